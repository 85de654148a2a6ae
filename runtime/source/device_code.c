/* The device of a model whose code is linked into this program (rlx/model_code.h). A run is one
 * call of each part of a variant, so the caller is asked whether to stop between these parts. There
 * are no threads but those that the code asks OpenMP for, if it was compiled so. */
#include "runtime/core/device_memory.h"

#include "rlx/model_code.h"
#include "runtime/base/error.h"

#ifdef _OPENMP
#include <omp.h>
#endif
#include <stdlib.h>
#include <string.h>

struct device_code {
    struct device base;
    struct device_memory memory;
    uint32_t threads;
};

static rlx_status code_choose_level(const struct artifact *a, const char *name,
                                    const struct rlx_level **level, rlx_error *error)
{
    const struct rlx_level *found = NULL;
    *level = NULL;
    for (uint32_t i = 0; i < a->levels.count; i++) {
        const struct rlx_level *l = table_at(&a->levels, i);
        if (strcmp(artifact_string(a, l->target), "c") != 0)
            continue;
        found = l;
        if (l->image_digest == rlx_code_digest && l->variant_count == rlx_code_variant_count)
            *level = l;
    }
    if (*level != NULL || a->levels.count == 0)
        return RLX_OK;
    if (found == NULL)
        return rlx_fail(error, RLX_ERROR_NO_DEVICE,
                        "%s: not the weights of this program: expected the file that rlxc wrote "
                        "beside its source",
                        name);
    return rlx_fail(
        error, RLX_ERROR_NO_DEVICE,
        "%s: belongs to other code (%016llx) than this program is built from (%016llx): "
        "make builds the program that goes with it",
        name, (unsigned long long)found->image_digest, (unsigned long long)rlx_code_digest);
}

static void code_close(struct device *device)
{
    struct device_code *d = (struct device_code *)device;
    device_memory_close(&d->memory);
    free(d);
}

static rlx_status code_open(const struct device_options *o, struct device **out, rlx_error *error)
{
    struct device_code *d = calloc(1, sizeof *d);
    *out = NULL;
    if (d == NULL)
        return rlx_fail(error, RLX_ERROR_NO_MEMORY, "no memory for a device");
    d->threads = o->threads;
    rlx_status status = device_memory_open(&d->memory, o, error);
    if (status == RLX_OK)
        *out = &d->base;
    else
        code_close(&d->base);
    return status;
}

static bool goes_on(const struct device_stop *stop)
{
    return stop == NULL || stop->ask == NULL || stop->ask(stop->context) == RLX_GO_ON;
}

/* The parts of a run: first .. end-1 are the steps before lm_head_step, those from there on, or
 * both. A model without rows of its own choice has all steps in the body. */
static bool code_run(struct device *device, const struct device_run *run)
{
    const struct device_code *d = (const struct device_code *)device;
    const struct rlx_variant_entry *v = run->variant;
    const struct artifact *a = &device->model->artifact;
    const uint32_t index = table_index(&a->variants, v) - device->level->first_variant;
    const struct rlx_code_variant *code = &rlx_code_variants[index];
    uint8_t *home[RLX_HOME_COUNT];
    device_memory_place(&d->memory, run, home);
    const struct rlx_code_run homes = {.weights = home[RLX_HOME_WEIGHT],
                                       .state = home[RLX_HOME_STATE],
                                       .scratch = home[RLX_HOME_SCRATCH],
                                       .input = home[RLX_HOME_INPUT],
                                       .output = home[RLX_HOME_OUTPUT],
                                       .carried_in = home[RLX_HOME_CARRIED_IN],
                                       .carried_out = home[RLX_HOME_CARRIED_OUT],
                                       .dims = run->dims};
#ifdef _OPENMP
    omp_set_num_threads((int)d->threads);
#endif
    if (run->is_replay) {
        if (code->replay != NULL)
            code->replay(&homes);
        return true;
    }
    if (run->first == 0) {
        if (!goes_on(run->stop))
            return false;
        code->body(&homes);
    }
    if (run->end > v->lm_head_step) {
        if (!goes_on(run->stop))
            return false;
        code->rows(&homes);
    }
    return true;
}

static void *code_io(struct device *device, const struct rlx_io *io)
{
    return device_memory_io(&((struct device_code *)device)->memory, io);
}

static const struct device_ops device_code = {
    .name = "c",
    .threads_max = 1024,
    .choose_level = code_choose_level,
    .open = code_open,
    .close = code_close,
    .run = code_run,
    .input = code_io,
    .output = code_io,
    .state_new = device_states_new,
    .state_free = device_states_free,
    .state_read = device_states_read,
    .state_write = device_states_write,
    .copy = device_states_copy,
};

const struct device_ops *const device_list[] = {&device_code, NULL};

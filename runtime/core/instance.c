/* Instances: opening, and names of entries and of their inputs and outputs. instance_inputs.c takes
 * inputs, instance_sizes.c sizes a run, instance_run.c runs entries, instance_state.c reads and
 * writes states. Contract: rlx/instance.h. */
#include "runtime/core/instance.h"

#include "runtime/base/caller_struct.h"
#include "runtime/base/error.h"

#include <stdlib.h>
#include <string.h>

/* ---- opening ---- */

static rlx_status share_device(rlx_instance *n, const struct instance_options *o, rlx_error *error)
{
    if (o->share_with != NULL && o->share_with->model != n->model)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                        "share_with: expected a session or instance of the same model");
    if (o->share_with != NULL) {
        n->device = o->share_with->device;
        n->device->users++;
        return RLX_OK;
    }
    return device_open(o->device, n->model, o->threads, &n->device, error);
}

static void find_effects(const struct device *d, uint32_t entry, struct entry_effects *e)
{
    const struct artifact *a = &d->model->artifact;
    const struct rlx_entry *found = table_at(&a->entries, entry);
    for (uint32_t i = 0; i < found->use_count; i++) {
        const struct rlx_use *use = table_at(&a->uses, found->first_use + i);
        const struct rlx_state_entry *s = table_at(&a->states, use->state);
        e->reads |= use->access & RLX_READS ? 1U << s->class_ : 0;
        e->writes |= use->access & RLX_WRITES ? 1U << s->class_ : 0;
    }
    for (uint32_t i = d->level->variant_count; i-- > 0;)
        if (device_variant(d, i)->entry == entry)
            e->variant = device_variant(d, i);
}

/* Room for the inputs of all entries, and what each entry does with states. */
static rlx_status open_entries(rlx_instance *n, rlx_error *error)
{
    const uint32_t count = n->model->artifact.entries.count;
    n->entries = calloc(count + 1, sizeof *n->entries);
    for (uint32_t i = 0; i < count && n->entries != NULL; i++) {
        struct entry_effects *e = &n->entries[i];
        find_effects(n->device, i, e);
        e->first_staged = n->staged_count;
        n->staged_count += e->variant == NULL ? 0 : e->variant->io_count;
    }
    n->staged = calloc(n->staged_count + 1, sizeof *n->staged);
    n->segment_rows = calloc(n->device->segments_max, sizeof *n->segment_rows);
    n->parts = calloc(n->device->segments_max, sizeof *n->parts);
    if (n->entries == NULL || n->staged == NULL || n->segment_rows == NULL || n->parts == NULL)
        return rlx_fail(error, RLX_ERROR_NO_MEMORY, "no memory for %u entries", count);
    return RLX_OK;
}

rlx_status instance_begin(rlx_instance *n, rlx_model *model, const struct instance_options *options,
                          rlx_error *error)
{
    model->users++;
    n->model = model;
    rlx_status status = share_device(n, options, error);
    if (status == RLX_OK)
        status = sequence_open(&n->sequence, n->device, options->checkpoints, error);
    return status == RLX_OK ? open_entries(n, error) : status;
}

void instance_leave(rlx_instance *n)
{
    if (n->device != NULL && n->device->logits_of == n->session)
        n->device->logits_of = NULL;
    sequence_close(&n->sequence);
    device_leave(n->device);
    for (uint32_t i = 0; i < n->staged_count && n->staged != NULL; i++)
        free(n->staged[i].data);
    free(n->staged);
    free(n->segment_rows);
    free(n->parts);
    free(n->entries);
    rlx_model_close(n->model); /* the instance's reference */
}

rlx_status rlx_instance_open(rlx_model *model, const rlx_instance_options *options,
                             rlx_instance **out, rlx_error *error)
{
    rlx_instance_options o = rlx_instance_options_default();
    REFUSE_NULL(out);
    *out = NULL;
    REFUSE_NULL(model);
    rlx_status status = caller_struct_read(&caller_instance_options, options, &o, error);
    if (status != RLX_OK)
        return status;
    if (model->level == NULL)
        return rlx_fail(error, RLX_ERROR_NO_VARIANT,
                        "the artifact holds a tokenizer only: there is nothing to run");
    rlx_instance *n = calloc(1, sizeof *n);
    if (n == NULL)
        return rlx_fail(error, RLX_ERROR_NO_MEMORY, "no memory for an instance");
    const struct instance_options parts = {
        .device = o.device, .threads = o.threads, .share_with = o.share_with};
    status = instance_begin(n, model, &parts, error);
    if (status == RLX_OK)
        *out = n;
    else
        rlx_instance_close(n);
    return status;
}

void rlx_instance_close(rlx_instance *instance)
{
    if (instance == NULL || instance->session != NULL)
        return;
    instance_leave(instance);
    free(instance);
}

/* ---- names ---- */

rlx_status instance_find_entry(const rlx_instance *n, const char *name, uint32_t *entry,
                               rlx_error *error)
{
    *entry = artifact_find_entry(&n->model->artifact, name);
    if (*entry == RLX_NO_SLOT)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT, "the model has no entry '%s'", name);
    if (n->entries[*entry].variant == NULL)
        return rlx_fail(error, RLX_ERROR_NO_VARIANT, "level %s has no variant of entry '%s'",
                        artifact_string(&n->model->artifact, n->device->level->name), name);
    return RLX_OK;
}

uint32_t instance_find_io(const rlx_instance *n, uint32_t entry, uint32_t direction,
                          const char *name)
{
    const struct rlx_variant_entry *v = n->entries[entry].variant;
    for (uint32_t i = 0; i < v->io_count; i++) {
        const struct rlx_io *io = run_io(n->model, v, i);
        if (io->direction == direction &&
            strcmp(artifact_string(&n->model->artifact, io->name), name) == 0)
            return i;
    }
    return RLX_NO_SLOT;
}

/* Devices by name, and what they have in common. Contract: device.h. */
#include "runtime/core/device.h"

#include "runtime/base/cpu.h"
#include "runtime/base/error.h"
#include "runtime/core/expert_memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- by name ---- */

struct named_device {
    const struct device_ops *ops;
    const struct rlx_level *level;
    uint32_t number;
};

static rlx_status choose_level(const rlx_model *m, struct named_device *d, rlx_error *error)
{
    rlx_status status = d->ops->choose_level(&m->artifact, m->name, &d->level, error);
    if (status == RLX_OK && d->level == NULL)
        return rlx_fail(error, RLX_ERROR_NO_VARIANT, "%s: holds no code", m->name);
    if (status == RLX_OK && d->level != m->level)
        status = artifact_check_level(m->name, &m->artifact,
                                      table_index(&m->artifact.levels, d->level), error);
    return status;
}

/* "vulkan:1" names number 1 of the devices of the kind "vulkan". */
static bool is_named(const struct device_ops *ops, const char *name, uint32_t *number)
{
    const size_t bytes = strlen(ops->name);
    char *end;
    *number = DEVICE_ANY;
    if (strncmp(name, ops->name, bytes) != 0)
        return false;
    if (name[bytes] == 0)
        return true;
    if (ops->list == NULL || name[bytes] != ':' || name[bytes + 1] < '0' || name[bytes + 1] > '9')
        return false;
    const unsigned long found = strtoul(name + bytes + 1, &end, 10);
    *number = found >= DEVICE_FAST ? DEVICE_FAST - 1 : (uint32_t)found;
    return *end == 0;
}

static rlx_status find_named(const char *name, const rlx_model *m, struct named_device *d,
                             rlx_error *error)
{
    char names[100] = "";
    for (size_t i = 0; device_list[i] != NULL; i++) {
        const size_t used = strlen(names);
        d->ops = device_list[i];
        if (is_named(d->ops, name, &d->number))
            return choose_level(m, d, error);
        snprintf(names + used, sizeof names - used, "%s'%s'", i == 0 ? "" : ", ", d->ops->name);
    }
    return rlx_fail(error, RLX_ERROR_NO_DEVICE, "there is no device '%s': expected %s%s", name,
                    names, device_list[1] == NULL ? "" : " or 'auto'");
}

/* The first kind that the model has code for. */
static rlx_status find_first(const rlx_model *m, struct named_device *d, rlx_error *error)
{
    rlx_status status = RLX_ERROR_NO_DEVICE;
    d->number = DEVICE_ANY;
    for (size_t i = 0; device_list[i] != NULL && status != RLX_OK; i++) {
        d->ops = device_list[i];
        status = choose_level(m, d, i == 0 ? error : NULL);
    }
    return status;
}

/* ---- the list ---- */

rlx_status rlx_devices_list(rlx_device_fn on_device, void *context, rlx_error *error)
{
    REFUSE_NULL(on_device);
    for (size_t i = 0; device_list[i] != NULL; i++) {
        rlx_device_info info = rlx_device_info_default();
        char features[200];
        cpu_feature_names(cpu_features(), features, sizeof features);
        info.is_usable = 1;
        info.name = info.type = device_list[i]->name;
        info.title = "the processors of this machine";
        info.driver = info.missing = "";
        info.features = features;
        if (device_list[i]->list != NULL)
            device_list[i]->list(on_device, context);
        else if (on_device(context, &info) != RLX_GO_ON)
            break;
    }
    return RLX_OK;
}

/* ---- opening ---- */

static uint32_t largest_batch(const struct device *d)
{
    uint32_t largest = 1;
    for (uint32_t i = 0; i < d->level->variant_count; i++) {
        const struct rlx_variant_entry *v = device_variant(d, i);
        largest = v->batch > largest ? v->batch : largest;
    }
    return largest;
}

static rlx_status open_found(const struct named_device *found, const rlx_model *model,
                             uint32_t threads, struct device **out, rlx_error *error)
{
    const struct device_options options = {.model = model,
                                           .level = found->level,
                                           .threads = threads != 0 ? threads : cpu_processors(),
                                           .number = found->number};
    *out = NULL;
    if (threads > found->ops->threads_max)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT, "%u threads: expected at most %u", threads,
                        found->ops->threads_max);
    rlx_status status = found->ops->open(&options, out, error);
    if (status != RLX_OK)
        return status;
    struct device *device = *out;
    device->ops = found->ops;
    device->model = model;
    device->level = device->level == NULL ? found->level : device->level;
    device->users = 1;
    snprintf(device->name, sizeof device->name, found->ops->list == NULL ? "%s" : "%s:%u",
             found->ops->name, device->number);
    device->segments_max = largest_batch(device);
    device->segments = calloc(device->segments_max, sizeof *device->segments);
    if (device->segments != NULL)
        return RLX_OK;
    device_leave(device);
    *out = NULL;
    return rlx_fail(error, RLX_ERROR_NO_MEMORY, "no memory for runs of %u sequences",
                    device->segments_max);
}

/* A device that is faster than the CPU, if there is one and the model has code for it. */
static rlx_status open_fast(const rlx_model *model, uint32_t threads, struct device **out,
                            rlx_error *error)
{
    rlx_status status = RLX_ERROR_NO_DEVICE;
    for (size_t i = 0; device_list[i] != NULL && status != RLX_OK; i++) {
        struct named_device found = {.ops = device_list[i], .number = DEVICE_FAST};
        if (!found.ops->can_be_fast)
            continue;
        status = choose_level(model, &found, error);
        if (status == RLX_OK)
            status = open_found(&found, model, threads, out, error);
    }
    return status;
}

rlx_status device_open(const char *name, const rlx_model *model, uint32_t threads,
                       struct device **out, rlx_error *error)
{
    struct named_device found = {0};
    rlx_error passed_over = {0};
    const bool is_auto = name != NULL && strcmp(name, "auto") == 0;
    rlx_status status;
    *out = NULL;
    if (is_auto && open_fast(model, threads, out, &passed_over) == RLX_OK)
        return RLX_OK;
    if (is_auto || name == NULL || name[0] == 0)
        status = find_first(model, &found, error);
    else
        status = find_named(name, model, &found, error);
    if (status == RLX_OK)
        status = open_found(&found, model, threads, out, error);
    if (status == RLX_OK)
        (*out)->passed_over = passed_over;
    return status;
}

void device_leave(struct device *device)
{
    if (device == NULL || --device->users != 0)
        return;
    free(device->segments);
    expert_memory_close(device->experts);
    device->ops->close(device);
}

/* ---- running ---- */

bool device_run(struct device *device, const struct device_run *run)
{
    device->runs++;
    if (device->failure.status != RLX_OK || !device->ops->run(device, run))
        return false;
    if (device->experts != NULL && run->end == run->variant->step_count)
        expert_memory_leave(device->experts);
    return true;
}

rlx_status device_use_expert_memory(struct device *device, uint64_t bytes, uint64_t states,
                                    rlx_error *error)
{
    struct expert_memory *experts = NULL;
    if (bytes != 0 && !device->ops->reads_mapping)
        return rlx_fail(error, RLX_ERROR_NO_DEVICE,
                        "expert memory: expected the device cpu, found %s", device->name);
    if (bytes != 0) {
        rlx_status status =
            expert_memory_open(device->model, device->level, bytes, states, &experts, error);
        if (status != RLX_OK)
            return status;
        if (experts == NULL)
            return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT, EXPERT_MEMORY_NO_MIXTURES,
                            device->model->name);
    }
    expert_memory_close(device->experts);
    device->experts = experts;
    return RLX_OK;
}

rlx_status device_check(const struct device *device, rlx_error *error)
{
    if (device->failure.status == RLX_OK)
        return RLX_OK;
    return rlx_fail(error, device->failure.status, "%s", device->failure.text);
}

/* ---- what devices share ---- */

void device_size_homes(const struct device_options *o, uint64_t sizes[RLX_HOME_COUNT])
{
    for (uint32_t i = 0; i < o->level->variant_count; i++) {
        const struct rlx_variant_entry *v = level_variant(o->model, o->level, i);
        for (uint32_t home = RLX_HOME_SCRATCH; home <= RLX_HOME_OUTPUT; home++) {
            if (v->home_bytes[home] > sizes[home])
                sizes[home] = v->home_bytes[home];
        }
    }
    for (uint32_t home = RLX_HOME_SCRATCH; home <= RLX_HOME_OUTPUT; home++)
        sizes[home] = device_home_bytes(sizes[home]);
}

static void number_rows(const struct device_run *r, uint8_t *input)
{
    if (r->variant->row_segments == RLX_ABSENT)
        return;
    int32_t *row = (int32_t *)(input + r->variant->row_segments);
    for (uint32_t i = 0; i < r->segment_count; i++)
        for (uint32_t j = 0; j < r->segments[i].rows; j++)
            *row++ = (int32_t)i;
}

struct rlx_segment *device_place_segments(const struct device_run *r, uint8_t *input)
{
    uint32_t row = 0, scratch = 0;
    number_rows(r, input);
    if (r->variant->segments == RLX_ABSENT)
        return NULL;
    struct rlx_segment *table = (struct rlx_segment *)(input + r->variant->segments);
    for (uint32_t i = 0; i < r->segment_count; i++) {
        const struct device_segment *s = &r->segments[i];
        table[i] = (struct rlx_segment){
            .first_row = row, .rows = s->rows, .past = s->past, .scratch_position = scratch};
        row += s->rows;
        scratch += (s->rows + 63) / 64 * 64;
    }
    return table;
}

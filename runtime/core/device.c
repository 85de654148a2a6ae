/* Devices by name, and what they have in common. Contract: device.h. */
#include "runtime/core/device.h"

#include "runtime/base/error.h"

#include <stdlib.h>
#include <string.h>

const struct device_ops *device_find(const char *name)
{
    if (name == NULL || name[0] == 0)
        return device_list[0];
    for (size_t i = 0; device_list[i] != NULL; i++)
        if (strcmp(device_list[i]->name, name) == 0)
            return device_list[i];
    return NULL;
}

static uint32_t largest_batch(const rlx_model *model)
{
    uint32_t largest = 1;
    for (uint32_t i = 0; i < model->level->variant_count; i++) {
        const struct rlx_variant_entry *v = model_variant(model, i);
        largest = v->batch > largest ? v->batch : largest;
    }
    return largest;
}

rlx_status device_open(const struct device_ops *ops, const rlx_model *model, uint32_t threads,
                       struct device **out, rlx_error *error)
{
    rlx_status status = ops->open(model, threads, out, error);
    if (status != RLX_OK)
        return status;
    struct device *device = *out;
    device->ops = ops;
    device->model = model;
    device->users = 1;
    device->segments_max = largest_batch(model);
    device->segments = calloc(device->segments_max, sizeof *device->segments);
    if (device->segments != NULL)
        return RLX_OK;
    device_leave(device);
    *out = NULL;
    return rlx_fail(error, RLX_ERROR_NO_MEMORY, "no memory for runs of %u sequences",
                    device->segments_max);
}

void device_leave(struct device *device)
{
    if (device == NULL || --device->users != 0)
        return;
    free(device->segments);
    device->ops->close(device);
}

bool device_run(struct device *device, const struct device_run *run)
{
    device->runs++;
    return device->ops->run(device, run);
}

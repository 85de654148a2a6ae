/* The Vulkan device. In: a model with code for "vulkan". Out: runs of its variants on a GPU, or on
 * the processors of this machine if the driver is software. Contract: runtime/core/device.h; parts:
 * device_parts.h. */
#include "runtime/vulkan/device_vulkan.h"

#include "runtime/base/shader_features.h"
#include "runtime/core/state.h"
#include "runtime/vulkan/device_parts.h"
#include "runtime/vulkan/level.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The level that needs least: no device is asked yet. */
static rlx_status describe_level(const struct artifact *a, const char *name,
                                 const struct rlx_level **level, rlx_error *error)
{
    static const struct vulkan_facts no_device;
    return vulkan_choose_level(a, name, &no_device, level, error);
}

/* ---- the devices of this machine ---- */

static const char *type_name(VkPhysicalDeviceType type)
{
    switch (type) {
    case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU:
        return "discrete GPU";
    case VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU:
        return "integrated GPU";
    case VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU:
        return "virtual GPU";
    case VK_PHYSICAL_DEVICE_TYPE_CPU:
        return "software";
    default:
        return "other";
    }
}

static void vulkan_list(rlx_device_fn on_device, void *context)
{
    struct vulkan_instance in;
    rlx_error error = {0};
    rlx_device_info info = rlx_device_info_default();
    if (vulkan_instance_open(&in, &error) != RLX_OK) {
        info.name = "vulkan";
        info.title = info.type = info.driver = info.features = "";
        info.missing = error.text;
        on_device(context, &info);
        return;
    }
    rlx_go go = RLX_GO_ON;
    for (uint32_t i = 0; i < in.device_count && go == RLX_GO_ON; i++) {
        struct vulkan_facts f;
        char name[DEVICE_NAME], driver[sizeof f.driver + sizeof f.driver_info + 1], features[160];
        vulkan_device_facts(&in, i, &f);
        snprintf(name, sizeof name, "vulkan:%u", i);
        snprintf(driver, sizeof driver, "%s%s%s", f.driver, f.driver_info[0] == 0 ? "" : " ",
                 f.driver_info);
        shader_feature_names(f.features, f.slow, features, sizeof features);
        info.is_usable = f.missing[0] == 0;
        info.name = name;
        info.title = f.name;
        info.type = type_name(f.type);
        info.driver = driver;
        info.missing = f.missing;
        info.memory_bytes = f.memory;
        info.features = features;
        go = on_device(context, &info);
    }
    vulkan_instance_close(&in);
}

/* ---- the one that runs a model ---- */

/* The level that the device runs best, or lacks least for. */
static rlx_status choose_level(const struct device_options *o, const struct vulkan_facts *f,
                               const struct rlx_level **level, bool *can_run, rlx_error *error)
{
    const rlx_model *m = o->model;
    rlx_status status = vulkan_choose_level(&m->artifact, m->name, f, level, error);
    *can_run = status == RLX_OK && f->missing[0] == 0 && vulkan_lacks(f, (*level)->features) == 0;
    return status;
}

/* The first of the best type, of those that can run the model if there are any; UINT32_MAX: there
 * is none. */
static uint32_t best_device(const struct vulkan_instance *in, const struct device_options *o)
{
    static const VkPhysicalDeviceType order[] = {
        VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU, VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU,
        VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU, VK_PHYSICAL_DEVICE_TYPE_OTHER,
        VK_PHYSICAL_DEVICE_TYPE_CPU};
    const uint32_t types = sizeof order / sizeof order[0] - (o->number == DEVICE_FAST ? 1 : 0);
    uint32_t best = UINT32_MAX, best_rank = UINT32_MAX;
    for (uint32_t i = 0; i < in->device_count; i++) {
        struct vulkan_facts f;
        const struct rlx_level *level;
        bool can_run;
        uint32_t rank = 0;
        vulkan_device_facts(in, i, &f);
        while (rank < types && order[rank] != f.type)
            rank++;
        if (rank == types)
            continue;
        choose_level(o, &f, &level, &can_run, NULL);
        rank += can_run ? 0 : types;
        if (rank < best_rank)
            best = i, best_rank = rank;
    }
    return best;
}

/* Sets the number and the level of the options. A device that cannot run the model, and one that is
 * not there, vulkan_open_device refuses. */
static rlx_status find_device(const struct vulkan_instance *in, struct device_options *o,
                              rlx_error *error)
{
    const rlx_model *m = o->model;
    const struct rlx_level *before = o->level;
    struct vulkan_facts facts = {0};
    bool can_run;
    if (o->number == DEVICE_ANY || o->number == DEVICE_FAST)
        o->number = best_device(in, o);
    if (o->number == UINT32_MAX)
        return rlx_fail(error, RLX_ERROR_NO_DEVICE, "vulkan: this machine has no GPU");
    if (o->number < in->device_count)
        vulkan_device_facts(in, o->number, &facts);
    rlx_status status = choose_level(o, &facts, &o->level, &can_run, error);
    if (status != RLX_OK || o->level == before)
        return status;
    return artifact_check_level(m->name, &m->artifact, table_index(&m->artifact.levels, o->level),
                                error);
}

/* ---- opening ---- */

/* All that the model needs, and one sequence, whose number of carried states is not known yet. */
static rlx_status expect_memory(const struct device_vulkan *d, const struct device_options *o,
                                rlx_error *error)
{
    uint64_t homes[RLX_HOME_COUNT] = {0}, needs[VULKAN_MEMORY_KINDS] = {0};
    device_size_homes(o, homes);
    needs[VULKAN_ON_DEVICE] = d->weights.copied;
    needs[VULKAN_FROM_HOST] = vulkan_programs_bytes(o);
    for (uint32_t home = RLX_HOME_SCRATCH; home <= RLX_HOME_OUTPUT; home++)
        if (home == RLX_HOME_INPUT || home == RLX_HOME_OUTPUT)
            needs[home == RLX_HOME_INPUT ? VULKAN_FROM_HOST : VULKAN_TO_HOST] += homes[home];
        else if (!vulkan_zeros_are_free(&d->v))
            needs[VULKAN_ON_DEVICE] += homes[home];
    if (!vulkan_zeros_are_free(&d->v))
        needs[VULKAN_ON_DEVICE] += vulkan_states_bytes(o->model, 0);
    return vulkan_memory_expect(&d->v, needs, o->model->name, error);
}

/* SCRATCH begins as zeros, because counters do. OUTPUT is memory of the host, which the last shaders
 * write: of logits, just the rows that a run asks for cross the bus, without a copy. */
static rlx_status open_homes(struct device_vulkan *d, const struct device_options *o,
                             rlx_error *error)
{
    uint64_t sizes[RLX_HOME_COUNT] = {0};
    device_size_homes(o, sizes);
    rlx_status status = RLX_OK;
    for (uint32_t home = RLX_HOME_SCRATCH; home <= RLX_HOME_OUTPUT && status == RLX_OK; home++) {
        const uint64_t bytes = sizes[home];
        struct vulkan_memory *m = &d->home[home];
        if (home == RLX_HOME_INPUT || home == RLX_HOME_OUTPUT)
            status = vulkan_memory_new(
                &d->v, home == RLX_HOME_INPUT ? VULKAN_FROM_HOST : VULKAN_TO_HOST, bytes, m, error);
        else
            status = vulkan_memory_zeros(&d->v, bytes, m, error);
    }
    if (status == RLX_OK)
        memset(d->home[RLX_HOME_INPUT].mapped, 0, d->home[RLX_HOME_INPUT].bytes);
    if (status == RLX_OK)
        status = vulkan_memory_new(&d->v, VULKAN_FROM_HOST, RLX_DIM_COUNT * sizeof(int64_t),
                                   &d->dims, error);
    return status;
}

/* Only where the host does not reach the memory of the device. */
static rlx_status open_shadow(struct device_vulkan *d, const rlx_model *m, rlx_error *error)
{
    const struct rlx_info *i = m->artifact.info;
    if (d->home[RLX_HOME_SCRATCH].mapped != NULL)
        return RLX_OK;
    d->shadow_bytes =
        device_home_bytes(i->state_bytes > i->carried_bytes ? i->state_bytes : i->carried_bytes);
    d->shadow = memory_reserve(d->shadow_bytes);
    if (d->shadow == NULL)
        return rlx_fail(error, RLX_ERROR_NO_MEMORY, "no memory for %llu bytes",
                        (unsigned long long)d->shadow_bytes);
    return RLX_OK;
}

static rlx_status open_fences(struct device_vulkan *d, rlx_error *error)
{
    const VkFenceCreateInfo info = {.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO};
    VkResult result = VK_SUCCESS;
    VULKAN_CREATE(&d->v, result, Fence, &info, &d->fences[0]);
    VULKAN_CREATE(&d->v, result, Fence, &info, &d->fences[1]);
    return result == VK_SUCCESS ? RLX_OK : vulkan_fail(error, result, d->v.facts.name);
}

/* Drivers compile while weights are copied. */
static rlx_status open_copies(struct device_vulkan *d, const rlx_model *m, rlx_error *error)
{
    rlx_status status = vulkan_pipelines_begin(d, error);
    if (status != RLX_OK)
        return status;
    status = vulkan_weights_copy(&d->v, m, &d->weights, error);
    vulkan_pipelines_end(d);
    return status;
}

static rlx_status open_parts(struct device_vulkan *d, const struct device_options *o,
                             rlx_error *error)
{
    rlx_status status = vulkan_weights_find(&d->v, o, &d->weights, error);
    if (status == RLX_OK)
        status = expect_memory(d, o, error);
    if (status == RLX_OK)
        status = open_fences(d, error);
    if (status == RLX_OK)
        status = open_homes(d, o, error);
    if (status == RLX_OK)
        status = open_shadow(d, o->model, error);
    if (status == RLX_OK)
        status = vulkan_pipelines_open(d, error);
    if (status == RLX_OK && d->weights.copied != 0)
        status = open_copies(d, o->model, error);
    if (status == RLX_OK)
        status = vulkan_programs_open(d, error);
    return status;
}

static void vulkan_device_close(struct device *device)
{
    struct device_vulkan *d = (struct device_vulkan *)device;
    struct vulkan *v = &d->v;
    v->DeviceWaitIdle(v->handle);
    vulkan_programs_close(d);
    vulkan_pipelines_close(d);
    vulkan_weights_close(v, &d->weights);
    for (uint32_t home = 0; home < RLX_HOME_COUNT; home++)
        vulkan_memory_free(v, &d->home[home]);
    vulkan_memory_free(v, &d->dims);
    v->DestroyFence(v->handle, d->fences[0], NULL);
    v->DestroyFence(v->handle, d->fences[1], NULL);
    memory_release(d->shadow, d->shadow_bytes);
    vulkan_close(v);
    free(d);
}

static rlx_status vulkan_device_open(const struct device_options *o, struct device **out,
                                     rlx_error *error)
{
    struct device_vulkan *d = calloc(1, sizeof *d);
    *out = NULL;
    if (d == NULL)
        return rlx_fail(error, RLX_ERROR_NO_MEMORY, "no memory for a device");
    d->options = *o;
    rlx_status status = vulkan_instance_open(&d->v.instance, error);
    if (status == RLX_OK)
        status = find_device(&d->v.instance, &d->options, error);
    if (status == RLX_OK)
        status = vulkan_open_device(&d->v, d->options.number, d->options.level->features, error);
    if (status != RLX_OK) {
        vulkan_close(&d->v);
        free(d);
        return status;
    }
    d->base.number = d->options.number;
    d->base.level = d->options.level;
    status = open_parts(d, &d->options, error);
    if (status == RLX_OK)
        *out = &d->base;
    else
        vulkan_device_close(&d->base);
    return status;
}

static void *vulkan_io(struct device *device, const struct rlx_io *io)
{
    return ((struct device_vulkan *)device)->home[io->home].mapped + io->offset;
}

const struct device_ops device_vulkan = {
    .name = "vulkan",
    .threads_max = 1024, /* they are not used */
    .list = vulkan_list,
    .can_be_fast = true,
    .choose_level = describe_level,
    .open = vulkan_device_open,
    .close = vulkan_device_close,
    .run = vulkan_device_run,
    .input = vulkan_io,
    .output = vulkan_io,
    .state_new = vulkan_states_new,
    .state_free = vulkan_states_free,
    .state_read = vulkan_states_read,
    .state_write = vulkan_states_write,
    .copy = vulkan_states_copy,
};

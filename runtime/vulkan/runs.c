/* Runs on a Vulkan device. In: a part of a variant, sizes and sequences. Out: the part has run, all
 * in one submission, or slice by slice while the caller may want to stop. Contract:
 * device_parts.h. */
#include "runtime/vulkan/device_parts.h"

#include <string.h>

/* ---- what the commands read ---- */

static VkDeviceAddress slot_address(const struct device_states *s, uint32_t slot)
{
    return s->memory.address + s->carried + slot * s->stride;
}

/* Segments have absolute addresses: rlx/shader.h. */
static void place_states(const struct device_vulkan *d, const struct device_run *r)
{
    struct rlx_segment *table = device_place_segments(r, d->home[RLX_HOME_INPUT].mapped);
    for (uint32_t i = 0; i < r->segment_count && table != NULL; i++) {
        const struct device_segment *s = &r->segments[i];
        table[i].state = (int64_t)s->states->memory.address;
        table[i].carried_in = (int64_t)slot_address(s->states, s->carried_in);
        table[i].carried_out = (int64_t)slot_address(s->states, s->carried_out);
    }
}

static void count_tiles(const struct device_run *r, const struct vulkan_program *p,
                        const struct artifact *a)
{
    for (uint32_t i = r->first; i < r->end; i++) {
        const struct rlx_step *s = table_at(&a->steps, r->variant->first_step + i);
        p->counts[i].x = (uint32_t)device_tiles(s, r->dims);
    }
}

/* ---- running ---- */

static void add_part(struct device_vulkan *d, const struct vulkan_commands *c, uint32_t *count)
{
    if (c->count != 0)
        memcpy(d->list + *count, c->slices, c->count * sizeof *d->list);
    *count += c->count;
}

static VkResult submit(struct device_vulkan *d, uint32_t first, uint32_t count, VkFence fence)
{
    const VkSubmitInfo info = {.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
                               .commandBufferCount = count,
                               .pCommandBuffers = d->list + first};
    return d->v.QueueSubmit(d->v.queue, 1, &info, fence);
}

static VkResult wait(struct device_vulkan *d, VkFence fence)
{
    VkResult result = d->v.WaitForFences(d->v.handle, 1, &fence, VK_TRUE, UINT64_MAX);
    return result == VK_SUCCESS ? d->v.ResetFences(d->v.handle, 1, &fence) : result;
}

static VkResult run_whole(struct device_vulkan *d, uint32_t count)
{
    VkResult result = submit(d, 0, count, d->fences[0]);
    return result == VK_SUCCESS ? wait(d, d->fences[0]) : result;
}

/* Two slices are with the device at a time, so that it does not wait for the host. */
static VkResult run_slices(struct device_vulkan *d, uint32_t count, const struct device_stop *stop,
                           bool *whole)
{
    VkResult result = VK_SUCCESS;
    uint32_t done = 0, given = 0;
    while (result == VK_SUCCESS && done < count) {
        const bool gives = *whole && given < count && given - done < 2;
        if (gives && stop->ask(stop->context) != RLX_GO_ON)
            *whole = false;
        else if (gives)
            result = submit(d, given, 1, d->fences[given % 2]), given++;
        else if (done < given)
            result = wait(d, d->fences[done % 2]), done++;
        else
            break;
    }
    return result;
}

bool vulkan_device_run(struct device *device, const struct device_run *run)
{
    struct device_vulkan *d = (struct device_vulkan *)device;
    const struct artifact *a = &device->model->artifact;
    const uint32_t index = table_index(&a->variants, run->variant) - device->level->first_variant;
    struct vulkan_program *p = &d->programs[index];
    const struct device_stop *stop = run->stop;
    const uint32_t messages = vulkan_message_count();
    uint32_t count = 0;
    bool whole = true;
    if (vulkan_program_need(d, p, &device->failure) != RLX_OK)
        return false;
    memcpy(d->dims.mapped, run->dims, RLX_DIM_COUNT * sizeof *run->dims);
    place_states(d, run);
    count_tiles(run, p, a);
    if (run->is_replay) {
        add_part(d, &p->parts[PART_REPLAY], &count);
    } else {
        if (run->first < run->variant->lm_head_step)
            add_part(d, &p->parts[PART_BODY], &count);
        if (run->end > run->variant->lm_head_step)
            add_part(d, &p->parts[PART_ROWS], &count);
    }
    VkResult result = count == 0                          ? VK_SUCCESS
                      : stop != NULL && stop->ask != NULL ? run_slices(d, count, stop, &whole)
                                                          : run_whole(d, count);
    if (result != VK_SUCCESS) {
        vulkan_fail(&device->failure, result, d->v.facts.name);
        d->v.DeviceWaitIdle(d->v.handle); /* other slices may still run */
    } else if (vulkan_message_count() != messages)
        rlx_fail(&device->failure, RLX_ERROR_INTERNAL,
                 "vulkan: the validation layers have found a fault");
    return whole && device->failure.status == RLX_OK;
}

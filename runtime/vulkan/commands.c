/* Short uses of the queue: copies, and single shaders. Contract: vulkan_api.h. */
#include "runtime/vulkan/vulkan_api.h"

#include <string.h>

static rlx_status begin(struct vulkan *v, VkCommandBuffer command, rlx_error *error)
{
    const VkCommandBufferBeginInfo info = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
                                           .flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT};
    VkResult result = v->BeginCommandBuffer(command, &info);
    return result == VK_SUCCESS ? RLX_OK : vulkan_fail(error, result, "commands");
}

rlx_status vulkan_begin(struct vulkan *v, rlx_error *error)
{
    return begin(v, v->command, error);
}

void vulkan_barrier(const struct vulkan *v, VkCommandBuffer command)
{
    const VkMemoryBarrier all = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
        .srcAccessMask = VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_TRANSFER_WRITE_BIT,
        .dstAccessMask = VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT |
                         VK_ACCESS_TRANSFER_READ_BIT | VK_ACCESS_TRANSFER_WRITE_BIT |
                         VK_ACCESS_HOST_READ_BIT};
    v->CmdPipelineBarrier(command,
                          VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT,
                          VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT |
                              VK_PIPELINE_STAGE_HOST_BIT,
                          0, 1, &all, 0, NULL, 0, NULL);
}

/* Ends recording and gives the commands to the device. */
static VkResult submit(struct vulkan *v, VkCommandBuffer command, VkFence fence)
{
    const VkSubmitInfo info = {.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
                               .commandBufferCount = 1,
                               .pCommandBuffers = &command};
    vulkan_barrier(v, command);
    VkResult result = v->EndCommandBuffer(command);
    if (result == VK_SUCCESS)
        result = v->ResetFences(v->handle, 1, &fence);
    return result == VK_SUCCESS ? v->QueueSubmit(v->queue, 1, &info, fence) : result;
}

/* After a wait that fails nothing may run any more: what it uses will be freed. */
static VkResult wait(struct vulkan *v, VkFence fence)
{
    VkResult result = v->WaitForFences(v->handle, 1, &fence, VK_TRUE, UINT64_MAX);
    if (result != VK_SUCCESS)
        v->DeviceWaitIdle(v->handle);
    return result;
}

rlx_status vulkan_end(struct vulkan *v, rlx_error *error)
{
    VkResult result = submit(v, v->command, v->fence);
    if (result == VK_SUCCESS)
        result = wait(v, v->fence);
    return result == VK_SUCCESS ? RLX_OK : vulkan_fail(error, result, v->facts.name);
}

/* ---- copies through memory that both sides reach ---- */

enum { PIECE_BYTES = 8 << 20, DOWN_BYTES = 2 * PIECE_BYTES };

/* Copies that pass through the staging memory together. The first may begin and the last may end
 * inside a copy of the caller. */
struct batch {
    const struct vulkan_copy *copies;
    uint32_t count, next; /* next: the one to go on with, */
    uint64_t done;        /* of which so many bytes have passed */
};

/* Where a batch passes through. */
struct staging {
    struct vulkan_memory *memory;
    uint64_t first, end; /* in the memory */
    VkCommandBuffer command;
    VkBuffer device_buffer;
};

typedef void (*piece_fn)(struct vulkan *v, const struct staging *s, uint64_t offset,
                         uint64_t staged, uint8_t *host, uint64_t bytes);

/* Calls `each` for pieces until the staging memory is full or no copy is left. */
static void for_each_piece(struct vulkan *v, struct batch *b, const struct staging *s,
                           piece_fn each)
{
    for (uint64_t staged = s->first; b->next < b->count && staged < s->end;) {
        const struct vulkan_copy *c = &b->copies[b->next];
        const uint64_t left = c->bytes - b->done, room = s->end - staged;
        const uint64_t now = left < room ? left : room;
        if (now != 0)
            each(v, s, c->offset + b->done, staged, (uint8_t *)c->host + b->done, now);
        staged += now;
        b->done += now;
        if (b->done == c->bytes) {
            b->next++;
            b->done = 0;
        }
    }
}

static void take_from_host(struct vulkan *v, const struct staging *s, uint64_t offset,
                           uint64_t staged, uint8_t *host, uint64_t bytes)
{
    const VkBufferCopy region = {staged, offset, bytes};
    memcpy(s->memory->mapped + staged, host, bytes);
    v->CmdCopyBuffer(s->command, s->memory->buffer, s->device_buffer, 1, &region);
}

static void take_from_device(struct vulkan *v, const struct staging *s, uint64_t offset,
                             uint64_t staged, uint8_t *host, uint64_t bytes)
{
    const VkBufferCopy region = {offset, staged, bytes};
    (void)host;
    v->CmdCopyBuffer(s->command, s->device_buffer, s->memory->buffer, 1, &region);
}

static void give_to_host(struct vulkan *v, const struct staging *s, uint64_t offset,
                         uint64_t staged, uint8_t *host, uint64_t bytes)
{
    (void)v;
    (void)offset;
    memcpy(host, s->memory->mapped + staged, bytes);
}

/* ---- to the device: one slot is filled while the other one is copied ---- */

static VkResult make_slot(struct vulkan *v, struct vulkan_slot *slot)
{
    const VkFenceCreateInfo fence = {.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO};
    const VkCommandBufferAllocateInfo command = {.sType =
                                                     VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
                                                 .commandPool = v->pool,
                                                 .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
                                                 .commandBufferCount = 1};
    VkResult result = v->AllocateCommandBuffers(v->handle, &command, &slot->command);
    VULKAN_CREATE(v, result, Fence, &fence, &slot->fence);
    return result;
}

static rlx_status need_slots(struct vulkan *v, rlx_error *error)
{
    VkResult result = VK_SUCCESS;
    if (v->up.mapped != NULL)
        return RLX_OK;
    for (uint32_t i = 0; i < VULKAN_SLOTS && result == VK_SUCCESS; i++)
        if (v->slots[i].fence == VK_NULL_HANDLE)
            result = make_slot(v, &v->slots[i]);
    if (result != VK_SUCCESS)
        return vulkan_fail(error, result, v->facts.name);
    return vulkan_memory_new(v, VULKAN_FROM_HOST, (uint64_t)VULKAN_SLOTS * PIECE_BYTES, &v->up,
                             error);
}

static rlx_status wait_for_slot(struct vulkan *v, struct vulkan_slot *slot, rlx_error *error)
{
    VkResult result = slot->is_busy ? wait(v, slot->fence) : VK_SUCCESS;
    slot->is_busy = false;
    return result == VK_SUCCESS ? RLX_OK : vulkan_fail(error, result, v->facts.name);
}

/* Fills a slot with what comes next and gives it to the device. */
static rlx_status upload_piece(struct vulkan *v, const struct vulkan_memory *to, struct batch *b,
                               rlx_error *error)
{
    const uint32_t index = v->next_slot++ % VULKAN_SLOTS;
    struct vulkan_slot *slot = &v->slots[index];
    const struct staging s = {&v->up, (uint64_t)index * PIECE_BYTES,
                              (uint64_t)(index + 1) * PIECE_BYTES, slot->command, to->buffer};
    rlx_status status = wait_for_slot(v, slot, error);
    if (status == RLX_OK)
        status = begin(v, slot->command, error);
    if (status != RLX_OK)
        return status;
    vulkan_barrier(v, slot->command);
    for_each_piece(v, b, &s, take_from_host);
    VkResult result = submit(v, slot->command, slot->fence);
    slot->is_busy = result == VK_SUCCESS;
    return result == VK_SUCCESS ? RLX_OK : vulkan_fail(error, result, v->facts.name);
}

rlx_status vulkan_upload(struct vulkan *v, const struct vulkan_memory *to,
                         const struct vulkan_copy *copies, uint32_t count, rlx_error *error)
{
    struct batch b = {.copies = copies, .count = count};
    if (to->mapped != NULL) {
        for (uint32_t i = 0; i < count; i++)
            memcpy(to->mapped + copies[i].offset, copies[i].host, copies[i].bytes);
        return RLX_OK;
    }
    rlx_status status = need_slots(v, error);
    while (status == RLX_OK && b.next < count)
        status = upload_piece(v, to, &b, error);
    return status;
}

rlx_status vulkan_upload_wait(struct vulkan *v, rlx_error *error)
{
    rlx_status status = RLX_OK;
    for (uint32_t i = 0; i < VULKAN_SLOTS; i++) {
        rlx_status one = wait_for_slot(v, &v->slots[i], status == RLX_OK ? error : NULL);
        status = status == RLX_OK ? one : status;
    }
    return status;
}

/* ---- from the device ---- */

rlx_status vulkan_download(struct vulkan *v, const struct vulkan_memory *from,
                           const struct vulkan_copy *copies, uint32_t count, rlx_error *error)
{
    struct batch b = {.copies = copies, .count = count};
    const struct staging s = {&v->down, 0, DOWN_BYTES, v->command, from->buffer};
    rlx_status status = RLX_OK;
    if (from->mapped != NULL) {
        for (uint32_t i = 0; i < count; i++)
            memcpy(copies[i].host, from->mapped + copies[i].offset, copies[i].bytes);
        return RLX_OK;
    }
    if (v->down.mapped == NULL)
        status = vulkan_memory_new(v, VULKAN_TO_HOST, DOWN_BYTES, &v->down, error);
    while (status == RLX_OK && b.next < count) {
        struct batch again = b;
        status = vulkan_begin(v, error);
        if (status != RLX_OK)
            break;
        vulkan_barrier(v, v->command);
        for_each_piece(v, &b, &s, take_from_device);
        status = vulkan_end(v, error);
        if (status == RLX_OK)
            for_each_piece(v, &again, &s, give_to_host);
    }
    return status;
}

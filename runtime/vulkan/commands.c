/* Short uses of the queue, one at a time: copies, and single shaders. Contract: vulkan_api.h. */
#include "runtime/vulkan/vulkan_api.h"

#include <string.h>

rlx_status vulkan_begin(struct vulkan *v, rlx_error *error)
{
    const VkCommandBufferBeginInfo info = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
                                           .flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT};
    VkResult result = v->BeginCommandBuffer(v->command, &info);
    return result == VK_SUCCESS ? RLX_OK : vulkan_fail(error, result, "commands");
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

rlx_status vulkan_end(struct vulkan *v, rlx_error *error)
{
    const VkSubmitInfo submit = {.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
                                 .commandBufferCount = 1,
                                 .pCommandBuffers = &v->command};
    vulkan_barrier(v, v->command);
    VkResult result = v->EndCommandBuffer(v->command);
    if (result == VK_SUCCESS)
        result = v->ResetFences(v->handle, 1, &v->fence);
    if (result == VK_SUCCESS)
        result = v->QueueSubmit(v->queue, 1, &submit, v->fence);
    if (result == VK_SUCCESS)
        result = v->WaitForFences(v->handle, 1, &v->fence, VK_TRUE, UINT64_MAX);
    return result == VK_SUCCESS ? RLX_OK : vulkan_fail(error, result, v->facts.name);
}

/* ---- copies through memory that both sides reach ---- */

enum { STAGING_BYTES = 16 << 20 };

/* Copies that pass through the staging memory together. The first may begin and the last may end
 * inside a copy of the caller. */
struct batch {
    const struct vulkan_copy *copies;
    uint32_t count, next; /* next: the one to go on with, */
    uint64_t done;        /* of which so many bytes have passed */
};

typedef void (*piece_fn)(struct vulkan *v, VkBuffer buffer, uint64_t offset, uint64_t staged,
                         uint8_t *host, uint64_t bytes);

/* Calls `each` for pieces until the staging memory is full or no copy is left. */
static void for_each_piece(struct vulkan *v, struct batch *b, VkBuffer buffer, piece_fn each)
{
    for (uint64_t staged = 0; b->next < b->count && staged < STAGING_BYTES;) {
        const struct vulkan_copy *c = &b->copies[b->next];
        const uint64_t left = c->bytes - b->done, room = STAGING_BYTES - staged;
        const uint64_t now = left < room ? left : room;
        if (now != 0)
            each(v, buffer, c->offset + b->done, staged, (uint8_t *)c->host + b->done, now);
        staged += now;
        b->done += now;
        if (b->done == c->bytes) {
            b->next++;
            b->done = 0;
        }
    }
}

static void take_from_host(struct vulkan *v, VkBuffer buffer, uint64_t offset, uint64_t staged,
                           uint8_t *host, uint64_t bytes)
{
    const VkBufferCopy region = {staged, offset, bytes};
    memcpy(v->up.mapped + staged, host, bytes);
    v->CmdCopyBuffer(v->command, v->up.buffer, buffer, 1, &region);
}

static void take_from_device(struct vulkan *v, VkBuffer buffer, uint64_t offset, uint64_t staged,
                             uint8_t *host, uint64_t bytes)
{
    const VkBufferCopy region = {offset, staged, bytes};
    (void)host;
    v->CmdCopyBuffer(v->command, buffer, v->down.buffer, 1, &region);
}

static void give_to_host(struct vulkan *v, VkBuffer buffer, uint64_t offset, uint64_t staged,
                         uint8_t *host, uint64_t bytes)
{
    (void)buffer;
    (void)offset;
    memcpy(host, v->down.mapped + staged, bytes);
}

static rlx_status need_staging(struct vulkan *v, enum vulkan_memory_kind kind,
                               struct vulkan_memory *staging, rlx_error *error)
{
    return staging->mapped != NULL ? RLX_OK
                                   : vulkan_memory_new(v, kind, STAGING_BYTES, staging, error);
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
    rlx_status status = need_staging(v, VULKAN_FROM_HOST, &v->up, error);
    while (status == RLX_OK && b.next < count) {
        status = vulkan_begin(v, error);
        if (status != RLX_OK)
            break;
        vulkan_barrier(v, v->command);
        for_each_piece(v, &b, to->buffer, take_from_host);
        status = vulkan_end(v, error);
    }
    return status;
}

rlx_status vulkan_download(struct vulkan *v, const struct vulkan_memory *from,
                           const struct vulkan_copy *copies, uint32_t count, rlx_error *error)
{
    struct batch b = {.copies = copies, .count = count};
    if (from->mapped != NULL) {
        for (uint32_t i = 0; i < count; i++)
            memcpy(copies[i].host, from->mapped + copies[i].offset, copies[i].bytes);
        return RLX_OK;
    }
    rlx_status status = need_staging(v, VULKAN_TO_HOST, &v->down, error);
    while (status == RLX_OK && b.next < count) {
        struct batch again = b;
        status = vulkan_begin(v, error);
        if (status != RLX_OK)
            break;
        vulkan_barrier(v, v->command);
        for_each_piece(v, &b, from->buffer, take_from_device);
        status = vulkan_end(v, error);
        if (status == RLX_OK)
            for_each_piece(v, &again, from->buffer, give_to_host);
    }
    return status;
}

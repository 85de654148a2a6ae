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

static rlx_status copy(struct vulkan *v, VkBuffer from, uint64_t from_offset, VkBuffer to,
                       uint64_t to_offset, uint64_t bytes, rlx_error *error)
{
    const VkBufferCopy region = {from_offset, to_offset, bytes};
    rlx_status status = vulkan_begin(v, error);
    if (status != RLX_OK)
        return status;
    vulkan_barrier(v, v->command);
    v->CmdCopyBuffer(v->command, from, to, 1, &region);
    return vulkan_end(v, error);
}

rlx_status vulkan_upload(struct vulkan *v, const struct vulkan_memory *to, uint64_t offset,
                         const void *from, uint64_t bytes, rlx_error *error)
{
    struct vulkan_memory staging;
    const uint64_t part = bytes < STAGING_BYTES ? bytes : STAGING_BYTES;
    if (to->mapped != NULL) {
        memcpy(to->mapped + offset, from, bytes);
        return RLX_OK;
    }
    rlx_status status = vulkan_memory_new(v, VULKAN_FROM_HOST, part, &staging, error);
    if (status != RLX_OK)
        return status;
    for (uint64_t done = 0; done < bytes && status == RLX_OK; done += part) {
        const uint64_t now = bytes - done < part ? bytes - done : part;
        memcpy(staging.mapped, (const uint8_t *)from + done, now);
        status = copy(v, staging.buffer, 0, to->buffer, offset + done, now, error);
    }
    vulkan_memory_free(v, &staging);
    return status;
}

rlx_status vulkan_download(struct vulkan *v, const struct vulkan_memory *from, uint64_t offset,
                           void *to, uint64_t bytes, rlx_error *error)
{
    struct vulkan_memory staging;
    const uint64_t part = bytes < STAGING_BYTES ? bytes : STAGING_BYTES;
    if (from->mapped != NULL) {
        memcpy(to, from->mapped + offset, bytes);
        return RLX_OK;
    }
    rlx_status status = vulkan_memory_new(v, VULKAN_TO_HOST, part, &staging, error);
    if (status != RLX_OK)
        return status;
    for (uint64_t done = 0; done < bytes && status == RLX_OK; done += part) {
        const uint64_t now = bytes - done < part ? bytes - done : part;
        status = copy(v, from->buffer, offset + done, staging.buffer, 0, now, error);
        if (status == RLX_OK)
            memcpy((uint8_t *)to + done, staging.mapped, now);
    }
    vulkan_memory_free(v, &staging);
    return status;
}

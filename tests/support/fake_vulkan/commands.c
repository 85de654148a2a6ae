/* Commands, and the queue that runs them when somebody waits. */
#include "tests/support/fake_vulkan/parts.h"

VkResult vkAllocateCommandBuffers(VkDevice device, const VkCommandBufferAllocateInfo *info,
                                  VkCommandBuffer *out)
{
    struct object *o, *pool = GET(info->commandPool, POOL);
    if (info->commandBufferCount != 1)
        broken("one command buffer at a time");
    const VkResult result = make("vkAllocateCommandBuffers", device, COMMAND, &o);
    *out = (VkCommandBuffer)o;
    if (result != VK_SUCCESS)
        return result;
    o->next = pool->next;
    pool->next = o;
    return VK_SUCCESS;
}

void vkDestroyCommandPool(VkDevice device, VkCommandPool pool, const VkAllocationCallbacks *a)
{
    (void)a;
    GET(device, DEVICE);
    if (pool == VK_NULL_HANDLE)
        return;
    for (struct object *c = GET(pool, POOL)->next; c != NULL;) {
        struct object *next = c->next;
        DROP(c, COMMAND);
        c = next;
    }
    DROP(pool, POOL);
}

VkResult vkBeginCommandBuffer(VkCommandBuffer command, const VkCommandBufferBeginInfo *info)
{
    struct object *c = GET(command, COMMAND);
    (void)info;
    if (c->is_pending)
        broken("commands are recorded while they run");
    c->op_count = 0;
    c->is_recorded = false;
    return call("vkBeginCommandBuffer");
}

VkResult vkEndCommandBuffer(VkCommandBuffer command)
{
    const VkResult result = call("vkEndCommandBuffer");
    GET(command, COMMAND)->is_recorded = result == VK_SUCCESS;
    return result;
}

static void add_op(VkCommandBuffer command, struct op op)
{
    struct object *c = GET(command, COMMAND);
    bytes_of(op.to, op.to_offset, op.bytes);
    if (op.from != NULL)
        bytes_of(op.from, op.from_offset, op.bytes);
    c->ops = realloc(c->ops, (c->op_count + 1) * sizeof *c->ops);
    if (c->ops == NULL)
        broken("no memory");
    c->ops[c->op_count++] = op;
}

void vkCmdFillBuffer(VkCommandBuffer command, VkBuffer buffer, VkDeviceSize offset,
                     VkDeviceSize bytes, uint32_t value)
{
    struct object *to = GET(buffer, BUFFER);
    if (value != 0)
        broken("only zeros");
    add_op(command,
           (struct op){to, NULL, offset, 0, bytes == VK_WHOLE_SIZE ? to->bytes - offset : bytes});
}

void vkCmdCopyBuffer(VkCommandBuffer command, VkBuffer from, VkBuffer to, uint32_t count,
                     const VkBufferCopy *regions)
{
    for (uint32_t i = 0; i < count; i++)
        add_op(command, (struct op){GET(to, BUFFER), GET(from, BUFFER), regions[i].dstOffset,
                                    regions[i].srcOffset, regions[i].size});
}

void vkCmdBindPipeline(VkCommandBuffer command, VkPipelineBindPoint point, VkPipeline pipeline)
{
    (void)point;
    GET(command, COMMAND);
    GET(pipeline, PIPELINE);
}

void vkCmdPushConstants(VkCommandBuffer command, VkPipelineLayout layout, VkShaderStageFlags stages,
                        uint32_t offset, uint32_t bytes, const void *values)
{
    (void)stages;
    (void)offset;
    (void)bytes;
    (void)values;
    GET(command, COMMAND);
    GET(layout, LAYOUT);
}

void vkCmdDispatchBase(VkCommandBuffer command, uint32_t x, uint32_t y, uint32_t z, uint32_t nx,
                       uint32_t ny, uint32_t nz)
{
    (void)x, (void)y, (void)z, (void)nx, (void)ny, (void)nz;
    GET(command, COMMAND);
}

void vkCmdDispatchIndirect(VkCommandBuffer command, VkBuffer buffer, VkDeviceSize offset)
{
    GET(command, COMMAND);
    bytes_of(GET(buffer, BUFFER), offset, sizeof(VkDispatchIndirectCommand));
}

void vkCmdPipelineBarrier(VkCommandBuffer command, VkPipelineStageFlags from,
                          VkPipelineStageFlags to, VkDependencyFlags flags, uint32_t count,
                          const VkMemoryBarrier *barriers, uint32_t buffers,
                          const VkBufferMemoryBarrier *buffer_barriers, uint32_t images,
                          const VkImageMemoryBarrier *image_barriers)
{
    (void)from, (void)to, (void)flags, (void)count, (void)barriers, (void)buffers;
    (void)buffer_barriers, (void)images, (void)image_barriers;
    GET(command, COMMAND);
}

/* ---- the queue ---- */

static void run_op(const struct op *op)
{
    uint8_t *to = bytes_of(op->to, op->to_offset, op->bytes);
    if (op->from == NULL)
        memset(to, 0, op->bytes);
    else
        memmove(to, bytes_of(op->from, op->from_offset, op->bytes), op->bytes);
}

/* Runs what was submitted up to this fence; NULL: all. A lost device runs nothing. */
static void run_pending(struct object *device, const struct object *fence)
{
    uint32_t done = 0;
    for (bool found = false; done < device->pending_count && !found; done++) {
        struct object *c = device->pending[done].command, *signaled = device->pending[done].fence;
        for (uint32_t i = 0; i < c->op_count && !device->is_lost; i++)
            run_op(&c->ops[i]);
        c->is_pending = false;
        if (signaled != NULL)
            signaled->is_signaled = true;
        found = signaled != NULL && signaled == fence;
    }
    device->pending_count -= done;
    memmove(device->pending, device->pending + done,
            device->pending_count * sizeof device->pending[0]);
}

/* What a lost device answers. */
static VkResult lose(struct object *device, VkResult result)
{
    device->is_lost |= result == VK_ERROR_DEVICE_LOST;
    if (!device->is_lost)
        return result;
    run_pending(device, NULL);
    return VK_ERROR_DEVICE_LOST;
}

VkResult vkQueueSubmit(VkQueue queue, uint32_t count, const VkSubmitInfo *info, VkFence fence)
{
    struct object *device = GET(queue, DEVICE);
    const VkResult result = lose(device, call("vkQueueSubmit"));
    if (count != 1 || GET(fence, FENCE)->is_signaled)
        broken("a submission with a fence that is signaled");
    for (uint32_t i = 0; i < info->commandBufferCount && result == VK_SUCCESS; i++) {
        struct object *c = GET(info->pCommandBuffers[i], COMMAND);
        if (!c->is_recorded || c->is_pending ||
            device->pending_count == sizeof device->pending / sizeof device->pending[0])
            broken("commands are submitted that are not recorded, or run already");
        c->is_pending = true;
        device->pending[device->pending_count].command = c;
        device->pending[device->pending_count++].fence =
            i + 1 == info->commandBufferCount ? GET(fence, FENCE) : NULL;
    }
    return result;
}

VkResult vkWaitForFences(VkDevice device, uint32_t count, const VkFence *fences, VkBool32 all,
                         uint64_t nanoseconds)
{
    struct object *d = GET(device, DEVICE);
    const VkResult result = lose(d, call("vkWaitForFences"));
    (void)all;
    (void)nanoseconds;
    for (uint32_t i = 0; i < count && result == VK_SUCCESS; i++) {
        if (!GET(fences[i], FENCE)->is_signaled)
            run_pending(d, GET(fences[i], FENCE));
        if (!GET(fences[i], FENCE)->is_signaled)
            broken("a wait without an end");
    }
    return result;
}

VkResult vkResetFences(VkDevice device, uint32_t count, const VkFence *fences)
{
    const VkResult result = call("vkResetFences");
    GET(device, DEVICE);
    for (uint32_t i = 0; i < count && result == VK_SUCCESS; i++)
        GET(fences[i], FENCE)->is_signaled = false;
    return result;
}

VkResult vkDeviceWaitIdle(VkDevice device)
{
    struct object *d = GET(device, DEVICE);
    const VkResult result = lose(d, call("vkDeviceWaitIdle"));
    run_pending(d, NULL);
    return result;
}

/* Heaps, memory and buffers. */
#include "tests/support/fake_vulkan/parts.h"

static uint64_t used[HEAPS];

static uint64_t heap_bytes(uint32_t heap)
{
    return heap == 0 ? amount("memory", (uint64_t)4096 * MIB) : (uint64_t)4096 * MIB;
}

/* What this program may have of it, with what it has. */
static uint64_t budget(uint32_t heap)
{
    return heap == 0 ? amount("free", heap_bytes(0)) : heap_bytes(heap);
}

void vkGetPhysicalDeviceMemoryProperties2(VkPhysicalDevice device,
                                          VkPhysicalDeviceMemoryProperties2 *out)
{
    const VkMemoryPropertyFlags visible =
        VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
    const VkMemoryPropertyFlags shared = shares_memory() ? ~(VkMemoryPropertyFlags)0 : 0;
    VkPhysicalDeviceMemoryProperties *m = &out->memoryProperties;
    (void)device;
    *m = (VkPhysicalDeviceMemoryProperties){
        .memoryTypeCount = 3,
        .memoryTypes = {{VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT |
                             (shared & (visible | VK_MEMORY_PROPERTY_HOST_CACHED_BIT)),
                         0},
                        {visible, 1},
                        {visible | VK_MEMORY_PROPERTY_HOST_CACHED_BIT, 1}},
        .memoryHeapCount = HEAPS,
        .memoryHeaps = {{heap_bytes(0), VK_MEMORY_HEAP_DEVICE_LOCAL_BIT}, {heap_bytes(1), 0}}};
    for (VkBaseOutStructure *s = out->pNext; s != NULL; s = s->pNext) {
        VkPhysicalDeviceMemoryBudgetPropertiesEXT *b =
            (VkPhysicalDeviceMemoryBudgetPropertiesEXT *)s;
        if (s->sType != VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_BUDGET_PROPERTIES_EXT)
            continue;
        for (uint32_t i = 0; i < HEAPS; i++) {
            b->heapUsage[i] = used[i];
            b->heapBudget[i] = budget(i);
        }
    }
}

VkResult vkCreateBuffer(VkDevice device, const VkBufferCreateInfo *info,
                        const VkAllocationCallbacks *a, VkBuffer *out)
{
    struct object *o;
    (void)a;
    const VkResult result = make("vkCreateBuffer", device, BUFFER, &o);
    if (result == VK_SUCCESS)
        o->bytes = info->size;
    *out = (VkBuffer)o;
    return result;
}

void vkGetBufferMemoryRequirements(VkDevice device, VkBuffer buffer, VkMemoryRequirements *out)
{
    GET(device, DEVICE);
    *out = (VkMemoryRequirements){(GET(buffer, BUFFER)->bytes + 255) / 256 * 256, 256, 7};
}

VkResult vkGetMemoryHostPointerPropertiesEXT(VkDevice device,
                                             VkExternalMemoryHandleTypeFlagBits type,
                                             const void *host,
                                             VkMemoryHostPointerPropertiesEXT *out)
{
    (void)type;
    GET(device, DEVICE);
    if ((uintptr_t)host % 4096 != 0)
        broken("imported memory is not aligned");
    out->memoryTypeBits = 1;
    return call("vkGetMemoryHostPointerPropertiesEXT");
}

/* Memory of the host that is imported; NULL: it is the device's own. */
static void *imported(const VkMemoryAllocateInfo *info)
{
    for (const VkBaseInStructure *s = info->pNext; s != NULL; s = s->pNext)
        if (s->sType == VK_STRUCTURE_TYPE_IMPORT_MEMORY_HOST_POINTER_INFO_EXT)
            return ((const VkImportMemoryHostPointerInfoEXT *)s)->pHostPointer;
    return NULL;
}

VkResult vkAllocateMemory(VkDevice device, const VkMemoryAllocateInfo *info,
                          const VkAllocationCallbacks *a, VkDeviceMemory *out)
{
    struct object *o;
    const uint32_t heap = info->memoryTypeIndex == 0 ? 0 : 1;
    (void)a;
    VkResult result = make("vkAllocateMemory", device, MEMORY, &o);
    *out = (VkDeviceMemory)o;
    if (result != VK_SUCCESS)
        return result;
    o->data = imported(info);
    o->is_imported = o->data != NULL;
    if (o->is_imported)
        return VK_SUCCESS;
    if (info->allocationSize + used[heap] <= budget(heap))
        o->data = malloc(info->allocationSize);
    if (o->data == NULL) {
        DROP(o, MEMORY);
        *out = (VkDeviceMemory)RUBBISH;
        return VK_ERROR_OUT_OF_DEVICE_MEMORY;
    }
    memset(o->data, 0xcd, info->allocationSize < MIB ? info->allocationSize : MIB);
    o->bytes = info->allocationSize;
    o->heap = heap;
    used[heap] += o->bytes;
    return VK_SUCCESS;
}

void vkFreeMemory(VkDevice device, VkDeviceMemory memory, const VkAllocationCallbacks *a)
{
    (void)a;
    GET(device, DEVICE);
    if (memory != VK_NULL_HANDLE)
        used[GET(memory, MEMORY)->heap] -= GET(memory, MEMORY)->bytes;
    DROP(memory, MEMORY);
}

VkResult vkBindBufferMemory(VkDevice device, VkBuffer buffer, VkDeviceMemory memory,
                            VkDeviceSize offset)
{
    struct object *b = GET(buffer, BUFFER), *m = GET(memory, MEMORY);
    const VkResult result = call("vkBindBufferMemory");
    GET(device, DEVICE);
    if (b->memory != NULL || (!m->is_imported && offset + b->bytes > m->bytes))
        broken("a buffer is bound twice, or does not fit");
    b->memory = result == VK_SUCCESS ? m : NULL;
    return result;
}

uint8_t *bytes_of(const struct object *buffer, uint64_t offset, uint64_t bytes)
{
    if (buffer->memory == NULL || offset + bytes > buffer->bytes)
        broken("commands reach past the end of a buffer");
    return GET(buffer->memory, MEMORY)->data + offset;
}

VkDeviceAddress vkGetBufferDeviceAddress(VkDevice device, const VkBufferDeviceAddressInfo *info)
{
    GET(device, DEVICE);
    return (VkDeviceAddress)(uintptr_t)bytes_of(GET(info->buffer, BUFFER), 0, 0);
}

VkResult vkMapMemory(VkDevice device, VkDeviceMemory memory, VkDeviceSize offset, VkDeviceSize size,
                     VkMemoryMapFlags flags, void **out)
{
    const VkResult result = call("vkMapMemory");
    (void)size;
    (void)flags;
    GET(device, DEVICE);
    *out = result == VK_SUCCESS ? GET(memory, MEMORY)->data + offset : (void *)RUBBISH;
    return result;
}

/* Memory that shaders reach by address. In: bytes, and who reads and writes them. Out: a buffer
 * with memory of its own. Contract: vulkan_api.h. */
#include "runtime/vulkan/vulkan_api.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
    DEVICE_LOCAL = VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT,
    VISIBLE = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT,
    CACHED = VK_MEMORY_PROPERTY_HOST_CACHED_BIT,
};

/* Properties, the best ones first. What is for the device never comes from elsewhere: it would be
 * slower by far, and nobody would know why. */
static const VkMemoryPropertyFlags wishes[][3] = {
    [VULKAN_ON_DEVICE] = {DEVICE_LOCAL | VISIBLE | CACHED, DEVICE_LOCAL, DEVICE_LOCAL},
    [VULKAN_FROM_HOST] = {VISIBLE | DEVICE_LOCAL, VISIBLE, VISIBLE},
    [VULKAN_TO_HOST] = {VISIBLE | CACHED, VISIBLE, VISIBLE},
};

static uint32_t find_type(const struct vulkan *v, uint32_t allowed, VkMemoryPropertyFlags wanted)
{
    for (uint32_t i = 0; i < v->memory_types.memoryTypeCount; i++)
        if ((allowed >> i & 1) != 0 &&
            (v->memory_types.memoryTypes[i].propertyFlags & wanted) == wanted)
            return i;
    return UINT32_MAX;
}

static rlx_status no_memory(const struct vulkan *v, uint64_t bytes, VkResult result,
                            rlx_error *error)
{
    if (result == VK_ERROR_OUT_OF_DEVICE_MEMORY || result == VK_ERROR_OUT_OF_HOST_MEMORY)
        return rlx_fail(error, RLX_ERROR_NO_MEMORY,
                        "vulkan: %llu MiB do not fit in the memory of '%s', which has %llu MiB in "
                        "all",
                        (unsigned long long)(bytes >> 20), v->facts.name,
                        (unsigned long long)(v->facts.memory >> 20));
    return vulkan_fail(error, result, "memory");
}

static VkResult create_buffer(struct vulkan *v, bool is_imported, struct vulkan_memory *m)
{
    const VkExternalMemoryBufferCreateInfo external = {
        .sType = VK_STRUCTURE_TYPE_EXTERNAL_MEMORY_BUFFER_CREATE_INFO,
        .handleTypes = VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_ALLOCATION_BIT_EXT};
    const VkBufferCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
        .pNext = is_imported ? &external : NULL,
        .size = m->bytes,
        .usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_SHADER_DEVICE_ADDRESS_BIT |
                 VK_BUFFER_USAGE_INDIRECT_BUFFER_BIT | VK_BUFFER_USAGE_TRANSFER_SRC_BIT |
                 VK_BUFFER_USAGE_TRANSFER_DST_BIT,
        .sharingMode = VK_SHARING_MODE_EXCLUSIVE};
    return v->CreateBuffer(v->handle, &info, NULL, &m->buffer);
}

/* Memory of one type for the buffer; `next`: an import, or NULL. */
static VkResult allocate(struct vulkan *v, uint64_t bytes, uint32_t type, const void *next,
                         struct vulkan_memory *m)
{
    const VkMemoryAllocateFlagsInfo flags = {.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_FLAGS_INFO,
                                             .pNext = next,
                                             .flags = VK_MEMORY_ALLOCATE_DEVICE_ADDRESS_BIT};
    const VkMemoryAllocateInfo info = {.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
                                       .pNext = &flags,
                                       .allocationSize = bytes,
                                       .memoryTypeIndex = type};
    const uint32_t heap = v->memory_types.memoryTypes[type].heapIndex;
    if (bytes > v->facts.buffer_max || bytes > v->memory_types.memoryHeaps[heap].size)
        return VK_ERROR_OUT_OF_DEVICE_MEMORY;
    VkResult result = v->AllocateMemory(v->handle, &info, NULL, &m->memory);
    if (result == VK_SUCCESS)
        result = v->BindBufferMemory(v->handle, m->buffer, m->memory, 0);
    if (result != VK_SUCCESS)
        return result;
    const VkBufferDeviceAddressInfo address = {
        .sType = VK_STRUCTURE_TYPE_BUFFER_DEVICE_ADDRESS_INFO, .buffer = m->buffer};
    m->address = v->GetBufferDeviceAddress(v->handle, &address);
    const VkMemoryPropertyFlags has = v->memory_types.memoryTypes[type].propertyFlags;
    void *mapped = NULL;
    if ((has & VISIBLE) == VISIBLE)
        result = v->MapMemory(v->handle, m->memory, 0, VK_WHOLE_SIZE, 0, &mapped);
    m->mapped = mapped;
    return result;
}

rlx_status vulkan_memory_new(struct vulkan *v, enum vulkan_memory_kind kind, uint64_t bytes,
                             struct vulkan_memory *out, rlx_error *error)
{
    VkMemoryRequirements needs;
    memset(out, 0, sizeof *out);
    out->bytes = bytes == 0 ? 256 : bytes;
    VkResult result = create_buffer(v, false, out);
    if (result != VK_SUCCESS)
        return no_memory(v, bytes, result, error);
    v->GetBufferMemoryRequirements(v->handle, out->buffer, &needs);
    result = VK_ERROR_OUT_OF_DEVICE_MEMORY;
    const bool is_hidden = kind == VULKAN_ON_DEVICE && v->facts.is_apart;
    for (uint32_t i = is_hidden ? 1 : 0; i < 3 && result != VK_SUCCESS; i++) {
        const uint32_t type = find_type(v, needs.memoryTypeBits, wishes[kind][i]);
        if (type != UINT32_MAX)
            result = allocate(v, needs.size, type, NULL, out);
    }
    if (is_hidden)
        out->mapped = NULL;
    if (result == VK_SUCCESS)
        return RLX_OK;
    vulkan_memory_free(v, out);
    return no_memory(v, bytes, result, error);
}

/* ---- memory of this process ---- */

static rlx_status import_piece(struct vulkan *v, void *host, uint64_t bytes,
                               struct vulkan_memory *out, rlx_error *error)
{
    const VkExternalMemoryHandleTypeFlagBits type =
        VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_ALLOCATION_BIT_EXT;
    VkMemoryHostPointerPropertiesEXT at = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_HOST_POINTER_PROPERTIES_EXT};
    const VkImportMemoryHostPointerInfoEXT import = {
        .sType = VK_STRUCTURE_TYPE_IMPORT_MEMORY_HOST_POINTER_INFO_EXT,
        .handleType = type,
        .pHostPointer = host};
    VkMemoryRequirements needs;
    memset(out, 0, sizeof *out);
    out->bytes = bytes;
    VkResult result = VK_ERROR_INVALID_EXTERNAL_HANDLE;
    if (v->GetMemoryHostPointerPropertiesEXT != NULL)
        result = v->GetMemoryHostPointerPropertiesEXT(v->handle, type, host, &at);
    if (result == VK_SUCCESS)
        result = create_buffer(v, true, out);
    if (result == VK_SUCCESS) {
        v->GetBufferMemoryRequirements(v->handle, out->buffer, &needs);
        const uint32_t found = find_type(v, needs.memoryTypeBits & at.memoryTypeBits, 0);
        result = found == UINT32_MAX || needs.size > bytes
                     ? VK_ERROR_INVALID_EXTERNAL_HANDLE
                     : allocate(v, bytes, found, &import, out);
    }
    if (result == VK_SUCCESS)
        return RLX_OK;
    vulkan_memory_free(v, out);
    return no_memory(v, bytes, result, error);
}

/* What follows the first piece. A shader finds it only if its address follows, too, as on devices
 * whose addresses are those of the process. */
static rlx_status import_rest(struct vulkan *v, uint8_t *host, uint64_t bytes, uint64_t piece,
                              struct vulkan_memory *out, rlx_error *error)
{
    rlx_status status = RLX_OK;
    out->rest = calloc(bytes / piece, sizeof *out->rest);
    if (out->rest == NULL)
        return rlx_fail(error, RLX_ERROR_NO_MEMORY, "no memory for a list of memory");
    for (uint64_t at = piece; at < bytes && status == RLX_OK; at += piece) {
        struct vulkan_memory *m = &out->rest[out->rest_count];
        const uint64_t now = bytes - at < piece ? bytes - at : piece;
        status = import_piece(v, host + at, now, m, error);
        out->rest_count += status == RLX_OK;
        if (status == RLX_OK && m->address != out->address + at)
            status = vulkan_fail(error, VK_ERROR_INVALID_EXTERNAL_HANDLE, "memory");
    }
    return status;
}

rlx_status vulkan_memory_import(struct vulkan *v, void *host, uint64_t bytes,
                                struct vulkan_memory *out, rlx_error *error)
{
    uint64_t piece = bytes;
    if (bytes > v->facts.buffer_max)
        piece = v->facts.buffer_max / 2 / v->facts.host_alignment * v->facts.host_alignment;
    rlx_status status = import_piece(v, host, piece, out, error);
    if (status == RLX_OK && piece != bytes)
        status = import_rest(v, host, bytes, piece, out, error);
    if (status != RLX_OK)
        vulkan_memory_free(v, out);
    out->bytes = bytes;
    return status;
}

/* ---- zeros ---- */

/* Pages of this process, which the system commits when they are touched. */
static rlx_status reserve(struct vulkan *v, uint64_t bytes, struct vulkan_memory *out,
                          rlx_error *error)
{
    const uint64_t unit = v->facts.host_alignment < 4096 ? 4096 : v->facts.host_alignment;
    const uint64_t whole = (bytes + unit) / unit * unit;
    void *at = mmap(NULL, whole, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at == MAP_FAILED)
        return rlx_fail(error, RLX_ERROR_NO_MEMORY, "no memory for %llu bytes",
                        (unsigned long long)whole);
    rlx_status status = vulkan_memory_import(v, at, whole, out, error);
    if (status == RLX_OK)
        out->reserved = at;
    else
        munmap(at, whole);
    return status;
}

rlx_status vulkan_memory_zeros(struct vulkan *v, uint64_t bytes, struct vulkan_memory *out,
                               rlx_error *error)
{
    if (v->facts.type == VK_PHYSICAL_DEVICE_TYPE_CPU &&
        v->GetMemoryHostPointerPropertiesEXT != NULL && reserve(v, bytes, out, error) == RLX_OK)
        return RLX_OK;
    const uint64_t whole = bytes == 0 ? 256 : (bytes + 3) / 4 * 4;
    rlx_status status = vulkan_memory_new(v, VULKAN_ON_DEVICE, whole, out, error);
    if (status != RLX_OK)
        return status;
    status = vulkan_begin(v, error);
    if (status == RLX_OK) {
        v->CmdFillBuffer(v->command, out->buffer, 0, VK_WHOLE_SIZE, 0);
        status = vulkan_end(v, error);
    }
    if (status != RLX_OK)
        vulkan_memory_free(v, out);
    return status;
}

static void free_piece(struct vulkan *v, const struct vulkan_memory *m)
{
    v->DestroyBuffer(v->handle, m->buffer, NULL);
    v->FreeMemory(v->handle, m->memory, NULL); /* and unmaps it */
}

void vulkan_memory_free(struct vulkan *v, struct vulkan_memory *m)
{
    for (uint32_t i = 0; i < m->rest_count; i++)
        free_piece(v, &m->rest[i]);
    free_piece(v, m);
    free(m->rest);
    if (m->reserved != NULL)
        munmap(m->reserved, m->bytes);
    memset(m, 0, sizeof *m);
}

/* Memory that shaders reach by address. In: bytes, and who reads and writes them. Out: a buffer
 * with memory of its own. Contract: vulkan_api.h. */
#include "runtime/vulkan/vulkan_api.h"

#include "runtime/base/amount.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
    DEVICE_LOCAL = VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT,
    VISIBLE = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT,
    CACHED = VK_MEMORY_PROPERTY_HOST_CACHED_BIT,
};

enum { WISHES = 3 };

/* Properties, the best ones first. What is for the device never comes from elsewhere: it would be
 * slower by far, and nobody would know why. */
static const VkMemoryPropertyFlags wishes[VULKAN_MEMORY_KINDS][WISHES] = {
    [VULKAN_ON_DEVICE] = {DEVICE_LOCAL | VISIBLE | CACHED, DEVICE_LOCAL, DEVICE_LOCAL},
    [VULKAN_FROM_HOST] = {VISIBLE | DEVICE_LOCAL, VISIBLE, VISIBLE},
    [VULKAN_TO_HOST] = {VISIBLE | CACHED, VISIBLE, VISIBLE},
};

/* The memory of a device apart is not mapped, so that all such devices are used in the same way. */
static uint32_t first_wish(const struct vulkan *v, enum vulkan_memory_kind kind)
{
    return kind == VULKAN_ON_DEVICE && v->facts.is_apart ? 1 : 0;
}

static uint32_t find_type(const struct vulkan *v, uint32_t allowed, VkMemoryPropertyFlags wanted)
{
    for (uint32_t i = 0; i < v->memory_types.memoryTypeCount; i++)
        if ((allowed >> i & 1) != 0 &&
            (v->memory_types.memoryTypes[i].propertyFlags & wanted) == wanted)
            return i;
    return UINT32_MAX;
}

/* ---- what is free ---- */

/* Bytes of a heap that this program can have now. Without a budget from the driver, what others
 * use is not known, and neither is what other devices of this program use. */
static uint64_t free_bytes(const struct vulkan *v, uint32_t heap)
{
    VkPhysicalDeviceMemoryBudgetPropertiesEXT budget = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_BUDGET_PROPERTIES_EXT};
    VkPhysicalDeviceMemoryProperties2 all = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_PROPERTIES_2, .pNext = &budget};
    uint64_t have = v->memory_types.memoryHeaps[heap].size, used = v->allocated[heap];
    if (v->facts.has_budget) {
        v->instance.GetPhysicalDeviceMemoryProperties2(v->facts.handle, &all);
        have = budget.heapBudget[heap] < have ? budget.heapBudget[heap] : have;
        used = budget.heapUsage[heap];
    }
    return have < used ? 0 : have - used;
}

/* The heap that memory of a kind comes from, if there is enough. */
static uint32_t heap_of(const struct vulkan *v, enum vulkan_memory_kind kind)
{
    uint32_t type = UINT32_MAX;
    for (uint32_t i = first_wish(v, kind); i < WISHES && type == UINT32_MAX; i++)
        type = find_type(v, UINT32_MAX, wishes[kind][i]);
    return type == UINT32_MAX ? 0 : v->memory_types.memoryTypes[type].heapIndex;
}

rlx_status vulkan_memory_expect(const struct vulkan *v, const uint64_t bytes[VULKAN_MEMORY_KINDS],
                                const char *what, rlx_error *error)
{
    char needed[AMOUNT_BYTES], left[AMOUNT_BYTES];
    uint64_t needs[VK_MAX_MEMORY_HEAPS] = {0};
    for (int kind = 0; kind < VULKAN_MEMORY_KINDS; kind++)
        needs[heap_of(v, (enum vulkan_memory_kind)kind)] += bytes[kind];
    for (uint32_t heap = 0; heap < v->memory_types.memoryHeapCount; heap++) {
        const uint64_t has = needs[heap] == 0 ? 0 : free_bytes(v, heap);
        if (needs[heap] > has)
            return rlx_fail(error, RLX_ERROR_NO_MEMORY,
                            "vulkan: %s needs %s, and '%s' has %s free (rlxc build with a smaller "
                            "--context makes a model that needs less)",
                            what, amount_of_bytes((double)needs[heap], needed), v->facts.name,
                            amount_of_bytes((double)has, left));
    }
    return RLX_OK;
}

static rlx_status no_memory(const struct vulkan *v, enum vulkan_memory_kind kind, uint64_t bytes,
                            VkResult result, rlx_error *error)
{
    char needed[AMOUNT_BYTES], left[AMOUNT_BYTES];
    if (result == VK_ERROR_OUT_OF_DEVICE_MEMORY || result == VK_ERROR_OUT_OF_HOST_MEMORY)
        return rlx_fail(error, RLX_ERROR_NO_MEMORY,
                        "vulkan: '%s' has no room for %s in one piece, and %s free", v->facts.name,
                        amount_of_bytes((double)bytes, needed),
                        amount_of_bytes((double)free_bytes(v, heap_of(v, kind)), left));
    return vulkan_fail(error, result, "memory");
}

/* ---- buffers and their memory ---- */

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
    VkResult result = VK_SUCCESS;
    VULKAN_CREATE(v, result, Buffer, &info, &m->buffer);
    return result;
}

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
    if (result != VK_SUCCESS) {
        m->memory = VK_NULL_HANDLE;
        return result;
    }
    m->heap = heap;
    m->allocated = next == NULL ? bytes : 0;
    v->allocated[heap] += m->allocated;
    return VK_SUCCESS;
}

static VkResult bind(struct vulkan *v, uint32_t type, struct vulkan_memory *m)
{
    const VkBufferDeviceAddressInfo address = {
        .sType = VK_STRUCTURE_TYPE_BUFFER_DEVICE_ADDRESS_INFO, .buffer = m->buffer};
    const VkMemoryPropertyFlags has = v->memory_types.memoryTypes[type].propertyFlags;
    void *mapped = NULL;
    VkResult result = v->BindBufferMemory(v->handle, m->buffer, m->memory, 0);
    if (result != VK_SUCCESS)
        return result;
    m->address = v->GetBufferDeviceAddress(v->handle, &address);
    if ((has & VISIBLE) == VISIBLE)
        result = v->MapMemory(v->handle, m->memory, 0, VK_WHOLE_SIZE, 0, &mapped);
    m->mapped = result == VK_SUCCESS ? mapped : NULL;
    return result;
}

rlx_status vulkan_memory_new(struct vulkan *v, enum vulkan_memory_kind kind, uint64_t bytes,
                             struct vulkan_memory *out, rlx_error *error)
{
    VkMemoryRequirements needs;
    uint32_t type = UINT32_MAX;
    memset(out, 0, sizeof *out);
    out->bytes = bytes == 0 ? 256 : bytes;
    VkResult result = create_buffer(v, false, out);
    if (result != VK_SUCCESS)
        return no_memory(v, kind, bytes, result, error);
    v->GetBufferMemoryRequirements(v->handle, out->buffer, &needs);
    result = VK_ERROR_OUT_OF_DEVICE_MEMORY;
    for (uint32_t i = first_wish(v, kind); i < WISHES && result != VK_SUCCESS; i++) {
        const uint32_t next = find_type(v, needs.memoryTypeBits, wishes[kind][i]);
        if (next != UINT32_MAX && next != type)
            result = allocate(v, needs.size, next, NULL, out);
        type = next;
    }
    if (result == VK_SUCCESS)
        result = bind(v, type, out);
    if (first_wish(v, kind) != 0)
        out->mapped = NULL;
    if (result == VK_SUCCESS)
        return RLX_OK;
    vulkan_memory_free(v, out);
    return no_memory(v, kind, bytes, result, error);
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
        if (result == VK_SUCCESS)
            result = bind(v, found, out);
    }
    if (result == VK_SUCCESS)
        return RLX_OK;
    vulkan_memory_free(v, out);
    return vulkan_fail(error, result, "memory");
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

bool vulkan_zeros_are_free(const struct vulkan *v)
{
    return v->facts.type == VK_PHYSICAL_DEVICE_TYPE_CPU &&
           v->GetMemoryHostPointerPropertiesEXT != NULL;
}

rlx_status vulkan_memory_zeros(struct vulkan *v, uint64_t bytes, struct vulkan_memory *out,
                               rlx_error *error)
{
    if (vulkan_zeros_are_free(v) && reserve(v, bytes, out, error) == RLX_OK)
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
    v->allocated[m->heap] -= m->allocated;
    v->DestroyBuffer(v->handle, m->buffer, NULL);
    v->FreeMemory(v->handle, m->memory, NULL); /* and unmaps it */
}

void vulkan_memory_free(struct vulkan *v, struct vulkan_memory *m)
{
    vulkan_upload_wait(v, NULL);
    for (uint32_t i = 0; i < m->rest_count; i++)
        free_piece(v, &m->rest[i]);
    free_piece(v, m);
    free(m->rest);
    if (m->reserved != NULL)
        munmap(m->reserved, m->bytes);
    memset(m, 0, sizeof *m);
}

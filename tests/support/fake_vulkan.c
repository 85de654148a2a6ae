/* A Vulkan device that is not there. Contract: fake_vulkan.h. */
#include "tests/support/fake_vulkan.h"

#include <vulkan/vulkan_core.h> /* with prototypes */

#include "runtime/vulkan/vulkan_api.h" /* the functions that must be there */

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

/* ---- words ---- */

enum { WORDS_BYTES = 512, WORD_BYTES = 80, NAMES_MAX = 64, MIB = 1 << 20 };

static char words[WORDS_BYTES];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
    const char *name;
    uint32_t calls;
} counts[NAMES_MAX];
static uint32_t objects;
static size_t cache_bytes;

EXPORT void fake_vulkan_set(const char *text)
{
    pthread_mutex_lock(&lock);
    snprintf(words, sizeof words, " %s ", text);
    memset(counts, 0, sizeof counts);
    pthread_mutex_unlock(&lock);
}

__attribute__((constructor)) static void begin(void)
{
    const char *text = getenv("RLX_FAKE_VULKAN");
    fake_vulkan_set(text == NULL ? "" : text);
}

/* What follows " NAME" in the words; NULL: it is not there. */
static const char *after(const char *name)
{
    char wanted[2 * WORD_BYTES];
    snprintf(wanted, sizeof wanted, " %s", name);
    const char *at = strstr(words, wanted);
    return at == NULL ? NULL : at + strlen(wanted);
}

static bool has_word(const char *word)
{
    const char *rest = after(word);
    return rest != NULL && *rest == ' ';
}

static bool has_value(const char *name, const char *value)
{
    char word[WORD_BYTES];
    snprintf(word, sizeof word, "%s=%s", name, value);
    return has_word(word);
}

/* MiB, in bytes. */
static uint64_t amount(const char *name, uint64_t otherwise)
{
    const char *rest = after(name);
    return rest == NULL || *rest != '=' ? otherwise : strtoull(rest + 1, NULL, 10) * MIB;
}

static uint32_t version(const char *name)
{
    const char *rest = after(name);
    return rest == NULL ? VK_API_VERSION_1_3
                        : VK_MAKE_API_VERSION(0, 1, (uint32_t)atoi(rest + 3), 0);
}

/* ---- calls that fail ---- */

static VkResult wanted_result(const char *text)
{
    static const struct {
        const char *word;
        VkResult result;
    } results[] = {{"lost ", VK_ERROR_DEVICE_LOST},
                   {"host-memory ", VK_ERROR_OUT_OF_HOST_MEMORY},
                   {"device-memory ", VK_ERROR_OUT_OF_DEVICE_MEMORY},
                   {"map ", VK_ERROR_MEMORY_MAP_FAILED},
                   {"shader ", VK_ERROR_INVALID_SHADER_NV},
                   {"no-driver ", VK_ERROR_INCOMPATIBLE_DRIVER},
                   {"failed ", VK_ERROR_INITIALIZATION_FAILED}};
    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++)
        if (strncmp(text, results[i].word, strlen(results[i].word)) == 0)
            return results[i].result;
    return VK_ERROR_UNKNOWN;
}

/* "@3=lost" or "@3+=lost" after the name: call 3 fails, or 3 and all that follow. */
static VkResult injected(const char *rest, uint32_t call)
{
    char *end;
    if (rest == NULL || *rest != '@')
        return VK_SUCCESS;
    const uint32_t at = (uint32_t)strtoul(rest + 1, &end, 10);
    const bool goes_on = *end == '+';
    return call == at || (goes_on && call > at) ? wanted_result(end + 1 + goes_on) : VK_SUCCESS;
}

static uint32_t *count_of(const char *name)
{
    uint32_t i = 0;
    while (counts[i].name != NULL && strcmp(counts[i].name, name) != 0)
        i++;
    counts[i].name = name;
    return &counts[i].calls;
}

static VkResult call(const char *name)
{
    pthread_mutex_lock(&lock);
    const VkResult result = injected(after(name), ++*count_of(name));
    pthread_mutex_unlock(&lock);
    return result;
}

EXPORT uint32_t fake_vulkan_calls(const char *function)
{
    pthread_mutex_lock(&lock);
    const uint32_t calls = *count_of(function);
    pthread_mutex_unlock(&lock);
    return calls;
}

/* ---- objects ---- */

enum kind {
    GONE,
    INSTANCE,
    DEVICE,
    FENCE,
    BUFFER,
    MEMORY,
    MODULE,
    LAYOUT,
    CACHE,
    PIPELINE,
    POOL,
    COMMAND
};

enum { HEAPS = 2 };

/* A fill, a copy, or a shader. */
struct op {
    struct object *to, *from; /* buffers; a fill has no `from` */
    uint64_t to_offset, from_offset, bytes;
};

struct object {
    enum kind kind;
    struct object *device;
    struct object *next; /* command: of its pool; pool: its first command */
    bool is_pending;     /* command: it was submitted, and nobody has waited for it */
    bool is_signaled;    /* fence */
    bool is_recorded;    /* command */
    bool is_imported;    /* memory */
    struct object *memory;
    uint64_t bytes; /* of memory and buffers; imported: 0 */
    uint8_t *data;
    uint32_t heap;
    struct op *ops; /* command */
    uint32_t op_count;
    /* device */
    bool is_lost;
    uint32_t objects, pending_count;
    struct {
        struct object *command, *fence; /* fence NULL: that of a later one */
    } pending[256];
};

static uint64_t used[HEAPS];

/* What a failing call leaves. */
static struct object *const rubbish = (struct object *)(uintptr_t)0x6666666666666666;

static _Noreturn void broken(const char *what)
{
    fprintf(stderr, "fake vulkan:%s: %s\n", words, what);
    abort();
}

static struct object *get(const void *handle, enum kind kind)
{
    struct object *o = (struct object *)(uintptr_t)handle;
    if (o == NULL || o == rubbish || o->kind != kind) {
        char text[64];
        snprintf(text, sizeof text, "a wrong handle: no object of kind %d", (int)kind);
        broken(text);
    }
    return o;
}
#define GET(handle, kind) get((const void *)(handle), kind)

/* VK_SUCCESS, or what the words say, with rubbish in `out`. */
static VkResult make(const char *function, VkDevice device, enum kind kind, struct object **out)
{
    const VkResult result = call(function);
    *out = rubbish;
    if (result != VK_SUCCESS)
        return result;
    struct object *o = calloc(1, sizeof *o), *owner = NULL;
    if (o == NULL)
        broken("no memory");
    o->kind = kind;
    if (device != NULL)
        owner = o->device = GET(device, DEVICE);
    pthread_mutex_lock(&lock);
    objects++;
    if (owner != NULL)
        owner->objects++;
    pthread_mutex_unlock(&lock);
    *out = o;
    return VK_SUCCESS;
}

/* Of a handle that may be NULL. */
static void drop(const void *handle, enum kind kind)
{
    if (handle == NULL)
        return;
    struct object *o = get(handle, kind);
    if (o->device != NULL && kind != MODULE && o->device->pending_count != 0)
        broken("something is destroyed while commands run");
    if (o->objects != 0)
        broken("a device is destroyed before what belongs to it");
    pthread_mutex_lock(&lock);
    objects--;
    if (o->device != NULL)
        o->device->objects--;
    pthread_mutex_unlock(&lock);
    o->kind = GONE;
    free(o->ops);
    if (!o->is_imported)
        free(o->data);
    free(o);
}
#define DROP(handle, kind) drop((const void *)(handle), kind)

EXPORT uint32_t fake_vulkan_objects(void)
{
    return objects;
}

#define CREATE(Name, Info, Handle, kind)                                                       \
    VkResult vkCreate##Name(VkDevice device, const Info *info, const VkAllocationCallbacks *a, \
                            Handle *out)                                                       \
    {                                                                                          \
        struct object *o;                                                                      \
        (void)info;                                                                            \
        (void)a;                                                                               \
        const VkResult result = make("vkCreate" #Name, device, kind, &o);                      \
        *out = (Handle)o;                                                                      \
        return result;                                                                         \
    }
#define DESTROY(Name, Handle, kind)                                                      \
    void vkDestroy##Name(VkDevice device, Handle handle, const VkAllocationCallbacks *a) \
    {                                                                                    \
        (void)a;                                                                         \
        GET(device, DEVICE);                                                             \
        DROP(handle, kind);                                                              \
    }

CREATE(Fence, VkFenceCreateInfo, VkFence, FENCE)
CREATE(ShaderModule, VkShaderModuleCreateInfo, VkShaderModule, MODULE)
CREATE(PipelineLayout, VkPipelineLayoutCreateInfo, VkPipelineLayout, LAYOUT)
CREATE(CommandPool, VkCommandPoolCreateInfo, VkCommandPool, POOL)
DESTROY(Fence, VkFence, FENCE)
DESTROY(Buffer, VkBuffer, BUFFER)
DESTROY(ShaderModule, VkShaderModule, MODULE)
DESTROY(PipelineLayout, VkPipelineLayout, LAYOUT)
DESTROY(PipelineCache, VkPipelineCache, CACHE)
DESTROY(Pipeline, VkPipeline, PIPELINE)

/* ---- the instance and its device ---- */

static uint8_t gpu; /* its address is the physical device */

VkResult vkEnumerateInstanceVersion(uint32_t *out)
{
    *out = version("loader");
    return call("vkEnumerateInstanceVersion");
}

VkResult vkCreateInstance(const VkInstanceCreateInfo *info, const VkAllocationCallbacks *a,
                          VkInstance *out)
{
    struct object *o;
    (void)info;
    (void)a;
    const VkResult result = make("vkCreateInstance", NULL, INSTANCE, &o);
    *out = (VkInstance)o;
    return result;
}

void vkDestroyInstance(VkInstance instance, const VkAllocationCallbacks *a)
{
    (void)a;
    DROP(instance, INSTANCE);
}

VkResult vkEnumeratePhysicalDevices(VkInstance instance, uint32_t *count, VkPhysicalDevice *out)
{
    GET(instance, INSTANCE);
    *count = has_word("no-device") ? 0 : 1;
    if (out != NULL && *count != 0)
        *out = (VkPhysicalDevice)&gpu;
    return call("vkEnumeratePhysicalDevices");
}

static bool shares_memory(void)
{
    return has_word("integrated") || has_word("software");
}

VkResult vkEnumerateDeviceExtensionProperties(VkPhysicalDevice device, const char *layer,
                                              uint32_t *count, VkExtensionProperties *out)
{
    const bool has[] = {!has_word("no-budget"), shares_memory() && !has_word("no-import")};
    static const char *const names[] = {VK_EXT_MEMORY_BUDGET_EXTENSION_NAME,
                                        VK_EXT_EXTERNAL_MEMORY_HOST_EXTENSION_NAME};
    (void)device;
    (void)layer;
    *count = 0;
    for (int i = 0; i < 2; i++)
        if (has[i] && out != NULL)
            strcpy(out[(*count)++].extensionName, names[i]);
        else
            *count += has[i];
    return call("vkEnumerateDeviceExtensionProperties");
}

void vkGetPhysicalDeviceProperties2(VkPhysicalDevice device, VkPhysicalDeviceProperties2 *out)
{
    (void)device;
    VkPhysicalDeviceProperties *p = &out->properties;
    strcpy(p->deviceName, "Fake GPU");
    p->deviceType = has_word("software")     ? VK_PHYSICAL_DEVICE_TYPE_CPU
                    : has_word("integrated") ? VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU
                                             : VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU;
    p->apiVersion = version("device");
    p->vendorID = 0x1234;
    p->deviceID = 0x5678;
    memcpy(p->pipelineCacheUUID, "fake pipelines 1", VK_UUID_SIZE);
    for (VkBaseOutStructure *s = out->pNext; s != NULL; s = s->pNext) {
        VkPhysicalDeviceMaintenance3Properties *limits =
            (VkPhysicalDeviceMaintenance3Properties *)s;
        VkPhysicalDeviceExternalMemoryHostPropertiesEXT *host =
            (VkPhysicalDeviceExternalMemoryHostPropertiesEXT *)s;
        VkPhysicalDeviceSubgroupProperties *subgroup = (VkPhysicalDeviceSubgroupProperties *)s;
        if (s->sType == VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_PROPERTIES) {
            subgroup->supportedStages = VK_SHADER_STAGE_COMPUTE_BIT;
            subgroup->supportedOperations =
                has_value("lacks", "quads") ? 0 : VK_SUBGROUP_FEATURE_QUAD_BIT;
        }
        if (s->sType == VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_3_PROPERTIES)
            limits->maxMemoryAllocationSize = (uint64_t)4096 * MIB;
        if (s->sType == VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_EXTERNAL_MEMORY_HOST_PROPERTIES_EXT)
            host->minImportedHostPointerAlignment = 4096;
    }
}

void vkGetPhysicalDeviceFeatures2(VkPhysicalDevice device, VkPhysicalDeviceFeatures2 *out)
{
    (void)device;
#define FEATURE(of, name) (of)->name = !has_value("lacks", #name)
    FEATURE(&out->features, shaderInt64);
    FEATURE(&out->features, shaderInt16);
    for (VkBaseOutStructure *s = out->pNext; s != NULL; s = s->pNext) {
        VkPhysicalDeviceVulkan11Features *v11 = (VkPhysicalDeviceVulkan11Features *)s;
        VkPhysicalDeviceVulkan12Features *v12 = (VkPhysicalDeviceVulkan12Features *)s;
        VkPhysicalDeviceShaderIntegerDotProductFeatures *dot =
            (VkPhysicalDeviceShaderIntegerDotProductFeatures *)s;
        if (s->sType == VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES)
            FEATURE(v11, storageBuffer16BitAccess);
        if (s->sType == VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_INTEGER_DOT_PRODUCT_FEATURES)
            FEATURE(dot, shaderIntegerDotProduct);
        if (s->sType != VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES)
            continue;
        FEATURE(v12, storageBuffer8BitAccess);
        FEATURE(v12, shaderInt8);
        FEATURE(v12, shaderFloat16);
        FEATURE(v12, scalarBlockLayout);
        FEATURE(v12, bufferDeviceAddress);
    }
}

void vkGetPhysicalDeviceQueueFamilyProperties(VkPhysicalDevice device, uint32_t *count,
                                              VkQueueFamilyProperties *out)
{
    (void)device;
    *count = 1;
    *out = (VkQueueFamilyProperties){.queueFlags = has_word("no-queue") ? VK_QUEUE_TRANSFER_BIT
                                                                        : VK_QUEUE_COMPUTE_BIT,
                                     .queueCount = 1};
}

VkResult vkCreateDevice(VkPhysicalDevice physical, const VkDeviceCreateInfo *info,
                        const VkAllocationCallbacks *a, VkDevice *out)
{
    struct object *o;
    (void)physical;
    (void)info;
    (void)a;
    const VkResult result = make("vkCreateDevice", NULL, DEVICE, &o);
    *out = (VkDevice)o;
    return result;
}

void vkDestroyDevice(VkDevice device, const VkAllocationCallbacks *a)
{
    (void)a;
    DROP(device, DEVICE);
}

void vkGetDeviceQueue(VkDevice device, uint32_t family, uint32_t index, VkQueue *out)
{
    (void)family;
    (void)index;
    *out = (VkQueue)GET(device, DEVICE);
}

/* ---- memory ---- */

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
        *out = (VkDeviceMemory)rubbish;
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

static uint8_t *bytes_of(const struct object *buffer, uint64_t offset, uint64_t bytes)
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
    *out = result == VK_SUCCESS ? GET(memory, MEMORY)->data + offset : (void *)rubbish;
    return result;
}

/* ---- pipelines ---- */

/* What a cache holds: what it was given, or a header and 16 bytes for each pipeline. */
VkResult vkCreatePipelineCache(VkDevice device, const VkPipelineCacheCreateInfo *info,
                               const VkAllocationCallbacks *a, VkPipelineCache *out)
{
    struct object *o;
    (void)a;
    const VkResult result = make("vkCreatePipelineCache", device, CACHE, &o);
    cache_bytes = info->initialDataSize;
    if (result == VK_SUCCESS)
        o->bytes = cache_bytes != 0 ? cache_bytes : 32;
    *out = (VkPipelineCache)o;
    return result;
}

EXPORT size_t fake_vulkan_cache_bytes(void)
{
    return cache_bytes;
}

VkResult vkGetPipelineCacheData(VkDevice device, VkPipelineCache cache, size_t *bytes, void *out)
{
    const uint32_t header[4] = {32, VK_PIPELINE_CACHE_HEADER_VERSION_ONE, 0x1234, 0x5678};
    const VkResult result = call("vkGetPipelineCacheData");
    GET(device, DEVICE);
    const size_t wanted = GET(cache, CACHE)->bytes;
    if (out != NULL && *bytes >= wanted) {
        memset(out, 0x77, wanted);
        memcpy(out, header, sizeof header);
        memcpy((uint8_t *)out + sizeof header, "fake pipelines 1", VK_UUID_SIZE);
    }
    *bytes = wanted;
    return result;
}

VkResult vkCreateComputePipelines(VkDevice device, VkPipelineCache cache, uint32_t count,
                                  const VkComputePipelineCreateInfo *info,
                                  const VkAllocationCallbacks *a, VkPipeline *out)
{
    struct object *o;
    (void)a;
    GET(info->stage.module, MODULE);
    GET(info->layout, LAYOUT);
    if (count != 1)
        broken("one pipeline at a time");
    const VkResult result = make("vkCreateComputePipelines", device, PIPELINE, &o);
    *out = (VkPipeline)o;
    if (result == VK_SUCCESS && cache != VK_NULL_HANDLE) {
        pthread_mutex_lock(&lock);
        GET(cache, CACHE)->bytes += cache_bytes == 0 ? 16 : 0;
        pthread_mutex_unlock(&lock);
    }
    return result;
}

/* ---- commands ---- */

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

/* ---- functions by name ---- */

static PFN_vkVoidFunction find(const char *name)
{
#define ENTRY(function) {"vk" #function, (PFN_vkVoidFunction)vk##function},
    static const struct {
        const char *name;
        PFN_vkVoidFunction function;
    } all[] = {VULKAN_LOADER_FUNCTIONS(ENTRY) VULKAN_INSTANCE_FUNCTIONS(ENTRY)
                   VULKAN_DEVICE_FUNCTIONS(ENTRY) ENTRY(GetMemoryHostPointerPropertiesEXT)};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (strcmp(all[i].name, name) == 0 && !has_value("missing", name))
            return all[i].function;
    return NULL;
}

PFN_vkVoidFunction vkGetDeviceProcAddr(VkDevice device, const char *name)
{
    GET(device, DEVICE);
    return find(name);
}

EXPORT PFN_vkVoidFunction vkGetInstanceProcAddr(VkInstance instance, const char *name)
{
    (void)instance;
    return find(name);
}

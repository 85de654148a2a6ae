/* Vulkan as this program reaches it: the loader of the system, opened at run time, so that a
 * machine without Vulkan misses nothing but this device. In: the number of a Vulkan device. Out: a
 * logical device with one queue for compute, memory with addresses, and compute pipelines.
 *
 * Everything here that can fail says why in one sentence. One thread uses a struct vulkan at a time;
 * only vulkan_pipeline_new may be called by several.
 */
#ifndef RLX_RUNTIME_VULKAN_API_H
#define RLX_RUNTIME_VULKAN_API_H

#include "rlx/shader.h"
#include "runtime/base/error.h"

#define VK_NO_PROTOTYPES
#include <vulkan/vulkan_core.h>

/* Functions by name, without "vk": those that need no instance, those of an instance, those of a
 * device. */
#define VULKAN_LOADER_FUNCTIONS(F) \
    F(EnumerateInstanceVersion)    \
    F(CreateInstance)
#define VULKAN_INSTANCE_FUNCTIONS(F)          \
    F(DestroyInstance)                        \
    F(EnumeratePhysicalDevices)               \
    F(EnumerateDeviceExtensionProperties)     \
    F(GetPhysicalDeviceProperties2)           \
    F(GetPhysicalDeviceFeatures2)             \
    F(GetPhysicalDeviceMemoryProperties2)     \
    F(GetPhysicalDeviceQueueFamilyProperties) \
    F(CreateDevice)                           \
    F(GetDeviceProcAddr)
#define VULKAN_DEVICE_FUNCTIONS(F) \
    F(DestroyDevice)               \
    F(DeviceWaitIdle)              \
    F(GetDeviceQueue)              \
    F(QueueSubmit)                 \
    F(CreateFence)                 \
    F(DestroyFence)                \
    F(WaitForFences)               \
    F(ResetFences)                 \
    F(CreateBuffer)                \
    F(DestroyBuffer)               \
    F(GetBufferMemoryRequirements) \
    F(GetBufferDeviceAddress)      \
    F(AllocateMemory)              \
    F(FreeMemory)                  \
    F(BindBufferMemory)            \
    F(MapMemory)                   \
    F(CreateShaderModule)          \
    F(DestroyShaderModule)         \
    F(CreatePipelineLayout)        \
    F(DestroyPipelineLayout)       \
    F(CreatePipelineCache)         \
    F(DestroyPipelineCache)        \
    F(GetPipelineCacheData)        \
    F(CreateComputePipelines)      \
    F(DestroyPipeline)             \
    F(CreateCommandPool)           \
    F(DestroyCommandPool)          \
    F(AllocateCommandBuffers)      \
    F(BeginCommandBuffer)          \
    F(EndCommandBuffer)            \
    F(CmdBindPipeline)             \
    F(CmdPushConstants)            \
    F(CmdDispatchBase)             \
    F(CmdDispatchIndirect)         \
    F(CmdPipelineBarrier)          \
    F(CmdCopyBuffer)               \
    F(CmdFillBuffer)

#define VULKAN_MEMBER(name) PFN_vk##name name;

/* Creates an object of the device unless `result` is a failure already. Calls that fail may leave
 * anything in a handle; here it is VK_NULL_HANDLE. */
#define VULKAN_CREATE(v, result, Name, info, out)                           \
    do {                                                                    \
        if ((result) == VK_SUCCESS) {                                       \
            (result) = (v)->Create##Name((v)->handle, (info), NULL, (out)); \
            if ((result) != VK_SUCCESS)                                     \
                *(out) = VK_NULL_HANDLE;                                    \
        }                                                                   \
    } while (0)

/* ---- loader.c ---- */

struct vulkan_instance {
    void *library;
    VkInstance handle;
    PFN_vkGetInstanceProcAddr GetInstanceProcAddr;
    VULKAN_LOADER_FUNCTIONS(VULKAN_MEMBER)
    VULKAN_INSTANCE_FUNCTIONS(VULKAN_MEMBER)
    VkPhysicalDevice *devices;
    uint32_t device_count;
    /* With the environment variable RLX_VULKAN_VALIDATION: the validation layers are on, and every
     * message of theirs goes to standard error and makes vulkan_message_count grow. */
    VkDebugUtilsMessengerEXT messenger;
    PFN_vkDestroyDebugUtilsMessengerEXT DestroyDebugUtilsMessenger;
};

/* On failure, nothing is left open. */
rlx_status vulkan_instance_open(struct vulkan_instance *instance, rlx_error *error);
void vulkan_instance_close(struct vulkan_instance *instance);
/* Messages of the validation layers since the program began. */
uint32_t vulkan_message_count(void);

/* The sentence for a result that is not VK_SUCCESS: "vulkan: WHAT: there is no memory left on the
 * device". */
rlx_status vulkan_fail(rlx_error *error, VkResult result, const char *what);

/* ---- gpu.c ---- */

/* What a Vulkan device is and has. */
struct vulkan_facts {
    char name[VK_MAX_PHYSICAL_DEVICE_NAME_SIZE], driver[VK_MAX_DRIVER_NAME_SIZE];
    char driver_info[VK_MAX_DRIVER_INFO_SIZE];
    VkPhysicalDevice handle;
    VkPhysicalDeviceType type;
    uint32_t api_version, driver_version, vendor, device;
    uint8_t uuid[VK_UUID_SIZE]; /* of pipeline caches */
    uint64_t memory;            /* bytes of the largest heap on the device */
    uint64_t buffer_max;        /* bytes of one allocation */
    uint64_t features;          /* rlx_shader_feature */
    uint64_t slow;              /* of these, what it has in software alone */
    uint64_t host_alignment;    /* of memory of this process that it can use in place; 0: cannot */
    uint32_t queue_family;      /* for compute; UINT32_MAX: there is none */
    bool is_apart;              /* its memory is not this machine's: bytes must be copied */
    bool has_budget;            /* it says how much of its memory is free */
    char missing[160];          /* what every model needs and it lacks; "": it can run models */
};

void vulkan_device_facts(const struct vulkan_instance *instance, uint32_t index,
                         struct vulkan_facts *facts);

struct vulkan_memory {
    VkBuffer buffer;
    VkDeviceMemory memory;
    VkDeviceAddress address; /* a multiple of 64 at least */
    uint8_t *mapped;         /* NULL: the host cannot reach it */
    uint64_t bytes;
    uint64_t allocated; /* of the heap; 0: it is imported */
    uint32_t heap;
    void *reserved;             /* memory of the process that belongs to it; NULL: none */
    struct vulkan_memory *rest; /* [rest_count]: what follows, if it is imported in pieces */
    uint32_t rest_count;
};

/* A part of the memory for uploads, and the commands that copy what is in it. */
struct vulkan_slot {
    VkCommandBuffer command;
    VkFence fence;
    bool is_busy; /* the device may still read it */
};
enum { VULKAN_SLOTS = 2 };

struct vulkan {
    struct vulkan_instance instance;
    struct vulkan_facts facts;
    VkPhysicalDeviceMemoryProperties memory_types;
    uint64_t allocated[VK_MAX_MEMORY_HEAPS]; /* bytes, by heap */
    VULKAN_DEVICE_FUNCTIONS(VULKAN_MEMBER)
    PFN_vkGetMemoryHostPointerPropertiesEXT GetMemoryHostPointerPropertiesEXT; /* or NULL */
    VkDevice handle;
    VkQueue queue;
    VkPipelineLayout layout; /* push constants: struct rlx_shader_launch */
    VkPipelineCache cache;   /* NULL: none */
    size_t cache_bytes;      /* that were stored before */
    VkCommandPool pool;
    VkCommandBuffer command; /* for one short use at a time: vulkan_begin, vulkan_end */
    VkFence fence;
    struct vulkan_memory up, down;          /* for uploads and downloads, once one was made */
    struct vulkan_slot slots[VULKAN_SLOTS]; /* of uploads */
    uint32_t next_slot;
};

/* `index` counts the devices of the loader. The level of a model says which `features` are needed;
 * 0: none besides those of all models. On failure, nothing is left open. */
rlx_status vulkan_open(struct vulkan *v, uint32_t index, uint64_t features, rlx_error *error);
/* The same where v->instance is open and the rest is zeros; vulkan_close also after a failure. */
rlx_status vulkan_open_device(struct vulkan *v, uint32_t index, uint64_t features,
                              rlx_error *error);
void vulkan_close(struct vulkan *v);

/* ---- memory.c ---- */

enum vulkan_memory_kind {
    VULKAN_ON_DEVICE, /* fastest for the device; mapped where that costs nothing */
    VULKAN_FROM_HOST, /* the host writes, the device reads */
    VULKAN_TO_HOST,   /* the device writes, the host reads */
    VULKAN_MEMORY_KINDS,
};

/* RLX_ERROR_NO_MEMORY if the device does not have so many bytes of each kind: "WHAT needs 3.1 GB,
 * and 'NAME' has 2.0 GB free". */
rlx_status vulkan_memory_expect(const struct vulkan *v, const uint64_t bytes[VULKAN_MEMORY_KINDS],
                                const char *what, rlx_error *error);
/* Whether vulkan_memory_zeros takes memory of this process, of which nothing is used yet. */
bool vulkan_zeros_are_free(const struct vulkan *v);

/* What it contains is not defined. Bytes 0: a buffer that nothing may be read from. */
rlx_status vulkan_memory_new(struct vulkan *v, enum vulkan_memory_kind kind, uint64_t bytes,
                             struct vulkan_memory *out, rlx_error *error);
/* Memory of this process, which must stay: place and size are multiples of facts.host_alignment.
 * What is larger than one allocation can be is imported in pieces where their addresses follow each
 * other. */
rlx_status vulkan_memory_import(struct vulkan *v, void *host, uint64_t bytes,
                                struct vulkan_memory *out, rlx_error *error);
/* Zeros. Of devices that are this machine's processors, pages cost nothing before they are touched. */
rlx_status vulkan_memory_zeros(struct vulkan *v, uint64_t bytes, struct vulkan_memory *out,
                               rlx_error *error);
void vulkan_memory_free(struct vulkan *v, struct vulkan_memory *memory);

/* ---- commands.c ---- */

/* Records v->command. */
rlx_status vulkan_begin(struct vulkan *v, rlx_error *error);
/* Ends recording, runs it and waits for it. */
rlx_status vulkan_end(struct vulkan *v, rlx_error *error);
/* All that was written before is there for all that comes after, on the device and, after a wait,
 * on the host. */
void vulkan_barrier(const struct vulkan *v, VkCommandBuffer command);

/* Bytes of memory on the device, and where they are on the host. */
struct vulkan_copy {
    uint64_t offset, bytes;
    void *host; /* uploads only read it */
};
/* Copies between the host and memory that may not be mapped. What an upload reads may change as soon
 * as it returns, and whatever is submitted later sees what it writes; the device may still be
 * copying, so that the next upload overlaps with this one. */
rlx_status vulkan_upload(struct vulkan *v, const struct vulkan_memory *to,
                         const struct vulkan_copy *copies, uint32_t count, rlx_error *error);
/* Until all uploads are complete. */
rlx_status vulkan_upload_wait(struct vulkan *v, rlx_error *error);
rlx_status vulkan_download(struct vulkan *v, const struct vulkan_memory *from,
                           const struct vulkan_copy *copies, uint32_t count, rlx_error *error);

/* ---- pipeline.c ---- */

/* Of a module with the entry point "main" and the calling interface of rlx/shader.h. `name` is that
 * of the kernel, for messages. */
rlx_status vulkan_pipeline_new(struct vulkan *v, const void *spirv, uint64_t bytes,
                               const char *name, VkPipeline *out, rlx_error *error);
void vulkan_pipeline_free(struct vulkan *v, VkPipeline pipeline);

#endif

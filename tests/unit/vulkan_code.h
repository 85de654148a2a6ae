/* For tests of the Vulkan target's code: runs its modules on lavapipe, which computes in this
 * process, so that an address of this program is one that a shader can read and write. The
 * validation layers, where they are installed, must have nothing to say.
 *
 * Stands on the loader alone, not on the runtime's device.
 */
#ifndef RLX_TESTS_VULKAN_CODE_H
#define RLX_TESTS_VULKAN_CODE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#define VK_NO_PROTOTYPES
#include <vulkan/vulkan.h>

#include "compiler/lir/target.h"

#include <rlx/shader.h>

extern const struct target target_vulkan;

/* ---- functions of the loader ---- */

#define VULKAN_INSTANCE_FUNCTIONS(X) \
    X(DestroyInstance)               \
    X(EnumeratePhysicalDevices)      \
    X(GetPhysicalDeviceProperties)   \
    X(CreateDevice)                  \
    X(GetDeviceQueue)                \
    X(CreatePipelineLayout)          \
    X(CreateShaderModule)            \
    X(DestroyShaderModule)           \
    X(CreateComputePipelines)        \
    X(DestroyPipeline)               \
    X(CreateCommandPool)             \
    X(AllocateCommandBuffers)        \
    X(BeginCommandBuffer)            \
    X(EndCommandBuffer)              \
    X(CmdBindPipeline)               \
    X(CmdPushConstants)              \
    X(CmdDispatchBase)               \
    X(QueueSubmit)                   \
    X(QueueWaitIdle)                 \
    X(CreateDebugUtilsMessengerEXT)

struct vulkan_machine {
    bool tried, runs;
    void *library;
    VkInstance instance;
    VkDevice device;
    VkQueue queue;
    VkPipelineLayout layout;
    VkCommandBuffer commands;
    uint32_t complaints; /* of the validation layers */
#define X(name) PFN_vk##name name;
    VULKAN_INSTANCE_FUNCTIONS(X)
#undef X
    PFN_vkGetInstanceProcAddr GetInstanceProcAddr;
    PFN_vkCreateInstance CreateInstance;
    PFN_vkEnumerateInstanceLayerProperties EnumerateInstanceLayerProperties;
};

static struct vulkan_machine vulkan_machine;

static inline void vulkan_function(VkInstance instance, const char *name, void *out)
{
    PFN_vkVoidFunction found = vulkan_machine.GetInstanceProcAddr(instance, name);

    memcpy(out, &found, sizeof found);
}

static VKAPI_ATTR VkBool32 VKAPI_CALL vulkan_complaint(
    VkDebugUtilsMessageSeverityFlagBitsEXT severity, VkDebugUtilsMessageTypeFlagsEXT types,
    const VkDebugUtilsMessengerCallbackDataEXT *data, void *context)
{
    (void)severity;
    (void)types;
    (void)context;
    print_message("validation: %s\n", data->pMessage);
    vulkan_machine.complaints++;
    return VK_FALSE;
}

/* ---- the machine ---- */

static inline bool vulkan_has_layer(const char *name)
{
    VkLayerProperties layers[64];
    uint32_t count = 64;

    if (vulkan_machine.EnumerateInstanceLayerProperties(&count, layers) < 0)
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(layers[i].layerName, name) == 0)
            return true;
    return false;
}

static inline bool vulkan_open_instance(void)
{
    static const char *const layers[] = {"VK_LAYER_KHRONOS_validation"}, *const extensions[] = {
                                                                             "VK_EXT_debug_utils"};
    struct vulkan_machine *m = &vulkan_machine;
    const VkDebugUtilsMessengerCreateInfoEXT messenger = {
        .sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT,
        .messageSeverity = VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT |
                           VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT,
        .messageType = VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT,
        .pfnUserCallback = vulkan_complaint};
    const VkApplicationInfo application = {.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO,
                                           .apiVersion = VK_API_VERSION_1_2};
    VkInstanceCreateInfo info = {.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO,
                                 .pApplicationInfo = &application};
    VkDebugUtilsMessengerEXT created;

    vulkan_function(NULL, "vkCreateInstance", &m->CreateInstance);
    vulkan_function(NULL, "vkEnumerateInstanceLayerProperties",
                    &m->EnumerateInstanceLayerProperties);
    const bool validates = vulkan_has_layer(layers[0]);
    if (validates) {
        info.enabledLayerCount = info.enabledExtensionCount = 1;
        info.ppEnabledLayerNames = layers;
        info.ppEnabledExtensionNames = extensions;
    } else {
        print_message("no validation: the layer VK_LAYER_KHRONOS_validation is not installed\n");
    }
    if (m->CreateInstance(&info, NULL, &m->instance) != VK_SUCCESS)
        return false;
#define X(name) vulkan_function(m->instance, "vk" #name, &m->name);
    VULKAN_INSTANCE_FUNCTIONS(X)
#undef X
    return !validates ||
           m->CreateDebugUtilsMessengerEXT(m->instance, &messenger, NULL, &created) == VK_SUCCESS;
}

/* Lavapipe: the device that is a CPU. */
static inline VkPhysicalDevice vulkan_find_device(void)
{
    VkPhysicalDevice devices[16];
    uint32_t count = 16;

    if (vulkan_machine.EnumeratePhysicalDevices(vulkan_machine.instance, &count, devices) < 0)
        return VK_NULL_HANDLE;
    for (uint32_t i = 0; i < count; i++) {
        VkPhysicalDeviceProperties properties;
        vulkan_machine.GetPhysicalDeviceProperties(devices[i], &properties);
        if (properties.deviceType == VK_PHYSICAL_DEVICE_TYPE_CPU &&
            strncmp(properties.deviceName, "llvmpipe", 8) == 0)
            return devices[i];
    }
    return VK_NULL_HANDLE;
}

static inline bool vulkan_open_device(VkPhysicalDevice physical)
{
    static const float priority = 1;
    VkPhysicalDeviceVulkan11Features features_11 = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES,
        .storageBuffer16BitAccess = VK_TRUE};
    VkPhysicalDeviceVulkan12Features features_12 = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES,
        .pNext = &features_11,
        .storageBuffer8BitAccess = VK_TRUE,
        .shaderInt8 = VK_TRUE,
        .scalarBlockLayout = VK_TRUE,
        .bufferDeviceAddress = VK_TRUE};
    const VkPhysicalDeviceFeatures features = {.shaderInt64 = VK_TRUE, .shaderInt16 = VK_TRUE};
    const VkDeviceQueueCreateInfo queue = {.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
                                           .queueCount = 1,
                                           .pQueuePriorities = &priority};
    const VkDeviceCreateInfo info = {.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
                                     .pNext = &features_12,
                                     .queueCreateInfoCount = 1,
                                     .pQueueCreateInfos = &queue,
                                     .pEnabledFeatures = &features};
    struct vulkan_machine *m = &vulkan_machine;

    if (m->CreateDevice(physical, &info, NULL, &m->device) != VK_SUCCESS)
        return false;
    m->GetDeviceQueue(m->device, 0, 0, &m->queue);
    return true;
}

static inline bool vulkan_open_commands(void)
{
    const VkPushConstantRange range = {VK_SHADER_STAGE_COMPUTE_BIT, 0,
                                       sizeof(struct rlx_shader_launch)};
    const VkPipelineLayoutCreateInfo layout = {.sType =
                                                   VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
                                               .pushConstantRangeCount = 1,
                                               .pPushConstantRanges = &range};
    const VkCommandPoolCreateInfo pool_info = {.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
                                               .flags =
                                                   VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT};
    VkCommandBufferAllocateInfo commands = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
                                            .commandBufferCount = 1};
    struct vulkan_machine *m = &vulkan_machine;

    return m->CreatePipelineLayout(m->device, &layout, NULL, &m->layout) == VK_SUCCESS &&
           m->CreateCommandPool(m->device, &pool_info, NULL, &commands.commandPool) == VK_SUCCESS &&
           m->AllocateCommandBuffers(m->device, &commands, &m->commands) == VK_SUCCESS;
}

/* False: this machine has no loader, or no lavapipe. It stays open until the program ends. */
static inline bool vulkan_runs(void)
{
    struct vulkan_machine *m = &vulkan_machine;

    if (m->tried)
        return m->runs;
    m->tried = true;
    m->library = dlopen("libvulkan.so.1", RTLD_NOW | RTLD_LOCAL);
    void *address = m->library == NULL ? NULL : dlsym(m->library, "vkGetInstanceProcAddr");
    if (address == NULL)
        return false;
    memcpy(&m->GetInstanceProcAddr, &address, sizeof address);
    if (!vulkan_open_instance())
        return false;
    VkPhysicalDevice physical = vulkan_find_device();
    return m->runs =
               physical != VK_NULL_HANDLE && vulkan_open_device(physical) && vulkan_open_commands();
}

/* ---- code ---- */

struct vulkan_code {
    VkPipeline *pipelines; /* by kernel */
    uint32_t count;
};

static inline void vulkan_code_open(struct vulkan_code *c, struct arena *a,
                                    const struct target_code *code, uint32_t count)
{
    struct vulkan_machine *m = &vulkan_machine;

    assert_true(vulkan_runs());
    *c = (struct vulkan_code){arena_new(a, VkPipeline, count), count};
    for (uint32_t i = 0; i < count; i++) {
        const VkShaderModuleCreateInfo module = {
            .sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO,
            .codeSize = code->code_bytes[i],
            .pCode = (const uint32_t *)(const void *)(code->image + code->entry[i])};
        VkComputePipelineCreateInfo info = {
            .sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
            .flags = VK_PIPELINE_CREATE_DISPATCH_BASE_BIT,
            .stage = {.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
                      .stage = VK_SHADER_STAGE_COMPUTE_BIT,
                      .pName = "main"},
            .layout = m->layout,
            .basePipelineIndex = -1};
        assert_int_equal(m->CreateShaderModule(m->device, &module, NULL, &info.stage.module),
                         VK_SUCCESS);
        assert_int_equal(
            m->CreateComputePipelines(m->device, VK_NULL_HANDLE, 1, &info, NULL, &c->pipelines[i]),
            VK_SUCCESS);
        m->DestroyShaderModule(m->device, info.stage.module, NULL);
    }
}

static inline void vulkan_code_close(struct vulkan_code *c)
{
    for (uint32_t i = 0; i < c->count; i++)
        vulkan_machine.DestroyPipeline(vulkan_machine.device, c->pipelines[i], NULL);
    assert_int_equal(vulkan_machine.complaints, 0);
}

/* The tiles first .. end - 1 of a kernel. */
static inline void vulkan_code_run(const struct vulkan_code *c, uint32_t kernel,
                                   const struct rlx_launch *launch, uint64_t first, uint64_t end)
{
    const VkCommandBufferBeginInfo begin = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO};
    struct vulkan_machine *m = &vulkan_machine;
    const VkSubmitInfo submit = {.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
                                 .commandBufferCount = 1,
                                 .pCommandBuffers = &m->commands};
    struct rlx_shader_launch constants = {.args = (uintptr_t)launch->args,
                                          .dims = (uintptr_t)launch->dims};

    if (first >= end)
        return;
    assert_true(end - first <= RLX_SHADER_TILES_MAX);
    memcpy(constants.values, launch->values, sizeof constants.values);
    assert_int_equal(m->BeginCommandBuffer(m->commands, &begin), VK_SUCCESS);
    m->CmdBindPipeline(m->commands, VK_PIPELINE_BIND_POINT_COMPUTE, c->pipelines[kernel]);
    m->CmdPushConstants(m->commands, m->layout, VK_SHADER_STAGE_COMPUTE_BIT, 0, sizeof constants,
                        &constants);
    m->CmdDispatchBase(m->commands, (uint32_t)first, 0, 0, (uint32_t)(end - first), 1, 1);
    assert_int_equal(m->EndCommandBuffer(m->commands), VK_SUCCESS);
    assert_int_equal(m->QueueSubmit(m->queue, 1, &submit, VK_NULL_HANDLE), VK_SUCCESS);
    assert_int_equal(m->QueueWaitIdle(m->queue), VK_SUCCESS);
}

#endif

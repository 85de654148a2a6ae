/* Devices of Vulkan: what they have, and one that is open. In: an instance, the number of a device
 * and the features that a level needs. Out: a logical device with a queue for compute. Contract:
 * vulkan_api.h. */
#include "runtime/base/shader_features.h"
#include "runtime/vulkan/level.h"
#include "runtime/vulkan/vulkan_api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The structures of features that are asked for, linked to each other. */
struct feature_chain {
    VkPhysicalDeviceFeatures2 core;
    VkPhysicalDeviceVulkan11Features v11;
    VkPhysicalDeviceVulkan12Features v12;
    VkPhysicalDeviceShaderIntegerDotProductFeatures dot;
};

static void link_chain(struct feature_chain *c, bool has_dot)
{
    memset(c, 0, sizeof *c);
    c->core.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2;
    c->core.pNext = &c->v11;
    c->v11.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES;
    c->v11.pNext = &c->v12;
    c->v12.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES;
    c->v12.pNext = has_dot ? &c->dot : NULL;
    c->dot.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_INTEGER_DOT_PRODUCT_FEATURES;
}

/* ---- extensions ---- */

static bool has_extension(const struct vulkan_instance *in, uint32_t index, const char *name)
{
    uint32_t count = 0;
    bool has = false;
    const VkPhysicalDevice device = in->devices[index];
    if (in->EnumerateDeviceExtensionProperties(device, NULL, &count, NULL) != VK_SUCCESS)
        return false;
    VkExtensionProperties *list = calloc((size_t)count + 1, sizeof *list);
    if (list == NULL)
        return false;
    if (in->EnumerateDeviceExtensionProperties(device, NULL, &count, list) == VK_SUCCESS)
        for (uint32_t i = 0; i < count; i++)
            has |= strcmp(list[i].extensionName, name) == 0;
    free(list);
    return has;
}

/* ---- what a device has ---- */

/* RLX_VULKAN_APART: use the device as if its memory were its own, so that tests on a machine without
 * a GPU see what happens on one. */
static bool is_set(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && value[0] != 0 && strcmp(value, "0") != 0;
}

static void add_missing(struct vulkan_facts *f, const char *name)
{
    const size_t used = strlen(f->missing);
    snprintf(f->missing + used, sizeof f->missing - used, "%s%s", used == 0 ? "" : ", ", name);
}

static void read_properties(const struct vulkan_instance *in, uint32_t index,
                            struct vulkan_facts *f)
{
    const bool imports = has_extension(in, index, VK_EXT_EXTERNAL_MEMORY_HOST_EXTENSION_NAME);
    f->handle = in->devices[index];
    f->has_budget = has_extension(in, index, VK_EXT_MEMORY_BUDGET_EXTENSION_NAME);
    VkPhysicalDeviceExternalMemoryHostPropertiesEXT host = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_EXTERNAL_MEMORY_HOST_PROPERTIES_EXT};
    VkPhysicalDeviceMaintenance3Properties limits = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_3_PROPERTIES,
        .pNext = imports ? &host : NULL};
    VkPhysicalDeviceDriverProperties driver = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRIVER_PROPERTIES, .pNext = &limits};
    VkPhysicalDeviceProperties2 all = {.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2,
                                       .pNext = &driver};
    in->GetPhysicalDeviceProperties2(in->devices[index], &all);
    const VkPhysicalDeviceProperties *p = &all.properties;
    snprintf(f->name, sizeof f->name, "%s", p->deviceName);
    snprintf(f->driver, sizeof f->driver, "%s", driver.driverName);
    snprintf(f->driver_info, sizeof f->driver_info, "%s", driver.driverInfo);
    f->type = p->deviceType;
    f->api_version = p->apiVersion;
    f->driver_version = p->driverVersion;
    f->vendor = p->vendorID;
    f->device = p->deviceID;
    memcpy(f->uuid, p->pipelineCacheUUID, sizeof f->uuid);
    f->buffer_max = limits.maxMemoryAllocationSize;
    f->is_apart = (f->type != VK_PHYSICAL_DEVICE_TYPE_CPU &&
                   f->type != VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU) ||
                  is_set("RLX_VULKAN_APART");
    f->host_alignment = imports && !f->is_apart ? host.minImportedHostPointerAlignment : 0;
}

/* Whether four products of int8 and their sum are an instruction. */
static bool has_fast_dot(const struct vulkan_instance *in, uint32_t index)
{
    VkPhysicalDeviceShaderIntegerDotProductProperties dot = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_INTEGER_DOT_PRODUCT_PROPERTIES};
    VkPhysicalDeviceProperties2 all = {.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2,
                                       .pNext = &dot};
    in->GetPhysicalDeviceProperties2(in->devices[index], &all);
    return dot.integerDotProduct4x8BitPackedSignedAccelerated;
}

static bool has_quads(const struct vulkan_instance *in, uint32_t index)
{
    VkPhysicalDeviceSubgroupProperties subgroup = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_PROPERTIES};
    VkPhysicalDeviceProperties2 all = {.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2,
                                       .pNext = &subgroup};
    in->GetPhysicalDeviceProperties2(in->devices[index], &all);
    return (subgroup.supportedStages & VK_SHADER_STAGE_COMPUTE_BIT) != 0 &&
           (subgroup.supportedOperations & VK_SUBGROUP_FEATURE_QUAD_BIT) != 0;
}

/* Whether a device can run a level's shaders: rlx/shader.h says what they need. */
static void read_features(const struct vulkan_instance *in, uint32_t index, struct vulkan_facts *f)
{
    struct feature_chain c;
    const bool has_dot = /* of Vulkan 1.2, for which the instance asks, an extension */
        has_extension(in, index, VK_KHR_SHADER_INTEGER_DOT_PRODUCT_EXTENSION_NAME);
    if (f->api_version < VK_API_VERSION_1_2) {
        add_missing(f, "Vulkan 1.2");
        return;
    }
    link_chain(&c, has_dot);
    in->GetPhysicalDeviceFeatures2(in->devices[index], &c.core);
    if (!c.core.features.shaderInt64)
        add_missing(f, "shaderInt64");
    if (!c.v12.bufferDeviceAddress)
        add_missing(f, "bufferDeviceAddress");
    if (!c.v12.scalarBlockLayout)
        add_missing(f, "scalarBlockLayout");
    if (c.v12.storageBuffer8BitAccess && c.v12.shaderInt8)
        f->features |= RLX_SHADER_STORAGE_8BIT;
    if (c.v11.storageBuffer16BitAccess && c.core.features.shaderInt16)
        f->features |= RLX_SHADER_STORAGE_16BIT;
    if (c.v12.shaderFloat16)
        f->features |= RLX_SHADER_FLOAT16;
    if (c.dot.shaderIntegerDotProduct)
        f->features |= RLX_SHADER_INTEGER_DOT;
    if (f->type == VK_PHYSICAL_DEVICE_TYPE_CPU)
        f->features |= RLX_SHADER_SOFTWARE;
    if (has_quads(in, index))
        f->features |= RLX_SHADER_SUBGROUP_QUADS;
    if (c.dot.shaderIntegerDotProduct && !has_fast_dot(in, index))
        f->slow |= RLX_SHADER_INTEGER_DOT;
}

static void read_memory(const struct vulkan_instance *in, uint32_t index, struct vulkan_facts *f)
{
    VkPhysicalDeviceMemoryProperties2 all = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_PROPERTIES_2};
    in->GetPhysicalDeviceMemoryProperties2(in->devices[index], &all);
    const VkPhysicalDeviceMemoryProperties *m = &all.memoryProperties;
    for (uint32_t i = 0; i < m->memoryHeapCount; i++)
        if ((m->memoryHeaps[i].flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT) != 0 &&
            m->memoryHeaps[i].size > f->memory)
            f->memory = m->memoryHeaps[i].size;
}

/* A family for compute alone, if there is one, because it does not wait for graphics. */
static void find_queue(const struct vulkan_instance *in, uint32_t index, struct vulkan_facts *f)
{
    VkQueueFamilyProperties families[16];
    uint32_t count = 16;
    in->GetPhysicalDeviceQueueFamilyProperties(in->devices[index], &count, families);
    f->queue_family = UINT32_MAX;
    for (uint32_t i = count; i-- > 0;) {
        const VkQueueFlags flags = families[i].queueFlags;
        const bool is_free = (flags & VK_QUEUE_GRAPHICS_BIT) == 0;
        if ((flags & VK_QUEUE_COMPUTE_BIT) != 0 && (is_free || f->queue_family == UINT32_MAX))
            f->queue_family = i;
    }
    if (f->queue_family == UINT32_MAX)
        add_missing(f, "a queue for compute");
}

void vulkan_device_facts(const struct vulkan_instance *in, uint32_t index, struct vulkan_facts *f)
{
    memset(f, 0, sizeof *f);
    read_properties(in, index, f);
    read_features(in, index, f);
    read_memory(in, index, f);
    find_queue(in, index, f);
}

/* ---- an open device ---- */

static rlx_status check_device(const struct vulkan_facts *f, uint64_t features, rlx_error *error)
{
    const uint64_t lacks = vulkan_lacks(f, features);
    char names[160];
    if (f->missing[0] != 0)
        return rlx_fail(error, RLX_ERROR_NO_DEVICE,
                        "vulkan: the device '%s' cannot run models: it lacks %s, which a newer "
                        "driver may have",
                        f->name, f->missing);
    shader_feature_names(lacks, 0, names, sizeof names);
    if (lacks != 0)
        return rlx_fail(error, RLX_ERROR_NO_DEVICE,
                        "vulkan: the device '%s' cannot run this code: it lacks %s, which a newer "
                        "driver may have",
                        f->name, names);
    return RLX_OK;
}

/* What the code needs, and what this room needs. */
static void ask_for_features(struct feature_chain *c, uint64_t features)
{
    c->core.features.shaderInt64 = VK_TRUE;
    c->v12.bufferDeviceAddress = VK_TRUE;
    c->v12.scalarBlockLayout = VK_TRUE;
    if (features & RLX_SHADER_STORAGE_8BIT)
        c->v12.storageBuffer8BitAccess = c->v12.shaderInt8 = VK_TRUE;
    if (features & RLX_SHADER_STORAGE_16BIT)
        c->v11.storageBuffer16BitAccess = c->core.features.shaderInt16 = VK_TRUE;
    if (features & RLX_SHADER_FLOAT16)
        c->v12.shaderFloat16 = VK_TRUE;
    if (features & RLX_SHADER_INTEGER_DOT)
        c->dot.shaderIntegerDotProduct = VK_TRUE;
}

static rlx_status create_device(struct vulkan *v, uint32_t index, uint64_t features,
                                rlx_error *error)
{
    struct feature_chain chain;
    const struct vulkan_facts *f = &v->facts;
    const bool asks_for_dot = (features & RLX_SHADER_INTEGER_DOT) != 0;
    const float priority = 1;
    const char *extensions[2];
    uint32_t count = 0;
    if (f->host_alignment != 0)
        extensions[count++] = VK_EXT_EXTERNAL_MEMORY_HOST_EXTENSION_NAME;
    if (asks_for_dot)
        extensions[count++] = VK_KHR_SHADER_INTEGER_DOT_PRODUCT_EXTENSION_NAME;
    link_chain(&chain, asks_for_dot);
    ask_for_features(&chain, features);
    const VkDeviceQueueCreateInfo queue = {.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
                                           .queueFamilyIndex = f->queue_family,
                                           .queueCount = 1,
                                           .pQueuePriorities = &priority};
    const VkDeviceCreateInfo info = {.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
                                     .pNext = &chain.core,
                                     .queueCreateInfoCount = 1,
                                     .pQueueCreateInfos = &queue,
                                     .enabledExtensionCount = count,
                                     .ppEnabledExtensionNames = extensions};
    VkResult result = v->instance.CreateDevice(v->instance.devices[index], &info, NULL, &v->handle);
    if (result == VK_SUCCESS)
        return RLX_OK;
    v->handle = NULL;
    return vulkan_fail(error, result, f->name);
}

#define TAKE(name)                                                                \
    v->name = (PFN_vk##name)v->instance.GetDeviceProcAddr(v->handle, "vk" #name); \
    if (v->name == NULL && missing == NULL)                                       \
        missing = "vk" #name;

static rlx_status take_functions(struct vulkan *v, rlx_error *error)
{
    const char *missing = NULL;
    VULKAN_DEVICE_FUNCTIONS(TAKE)
    if (v->facts.host_alignment != 0)
        v->GetMemoryHostPointerPropertiesEXT =
            (PFN_vkGetMemoryHostPointerPropertiesEXT)v->instance.GetDeviceProcAddr(
                v->handle, "vkGetMemoryHostPointerPropertiesEXT");
    if (missing == NULL)
        return RLX_OK;
    if (v->DestroyDevice != NULL)
        v->DestroyDevice(v->handle, NULL);
    v->handle = NULL;
    return rlx_fail(error, RLX_ERROR_NO_DEVICE,
                    "vulkan: the driver of '%s' has no function %s: a newer one is needed",
                    v->facts.name, missing);
}

static rlx_status create_queue_parts(struct vulkan *v, rlx_error *error)
{
    const VkCommandPoolCreateInfo pool = {.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
                                          .flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT,
                                          .queueFamilyIndex = v->facts.queue_family};
    const VkFenceCreateInfo fence = {.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO};
    const VkPushConstantRange range = {.stageFlags = VK_SHADER_STAGE_COMPUTE_BIT,
                                       .size = sizeof(struct rlx_shader_launch)};
    const VkPipelineLayoutCreateInfo layout = {.sType =
                                                   VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
                                               .pushConstantRangeCount = 1,
                                               .pPushConstantRanges = &range};
    v->GetDeviceQueue(v->handle, v->facts.queue_family, 0, &v->queue);
    VkResult result = VK_SUCCESS;
    VULKAN_CREATE(v, result, CommandPool, &pool, &v->pool);
    const VkCommandBufferAllocateInfo command = {.sType =
                                                     VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
                                                 .commandPool = v->pool,
                                                 .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
                                                 .commandBufferCount = 1};
    if (result == VK_SUCCESS)
        result = v->AllocateCommandBuffers(v->handle, &command, &v->command);
    VULKAN_CREATE(v, result, Fence, &fence, &v->fence);
    VULKAN_CREATE(v, result, PipelineLayout, &layout, &v->layout);
    return result == VK_SUCCESS ? RLX_OK : vulkan_fail(error, result, v->facts.name);
}

rlx_status vulkan_open_device(struct vulkan *v, uint32_t index, uint64_t features, rlx_error *error)
{
    VkPhysicalDeviceMemoryProperties2 all = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_PROPERTIES_2};
    if (index >= v->instance.device_count)
        return rlx_fail(error, RLX_ERROR_NO_DEVICE,
                        "vulkan: there is no device %u: the last one is %u", index,
                        v->instance.device_count - 1);
    vulkan_device_facts(&v->instance, index, &v->facts);
    v->instance.GetPhysicalDeviceMemoryProperties2(v->facts.handle, &all);
    v->memory_types = all.memoryProperties;
    rlx_status status = check_device(&v->facts, features, error);
    if (status == RLX_OK)
        status = create_device(v, index, features, error);
    if (status == RLX_OK)
        status = take_functions(v, error);
    if (status == RLX_OK)
        status = create_queue_parts(v, error);
    return status;
}

rlx_status vulkan_open(struct vulkan *v, uint32_t index, uint64_t features, rlx_error *error)
{
    memset(v, 0, sizeof *v);
    rlx_status status = vulkan_instance_open(&v->instance, error);
    if (status == RLX_OK)
        status = vulkan_open_device(v, index, features, error);
    if (status != RLX_OK)
        vulkan_close(v);
    return status;
}

void vulkan_close(struct vulkan *v)
{
    if (v->handle != NULL) {
        v->DeviceWaitIdle(v->handle);
        vulkan_memory_free(v, &v->up);
        vulkan_memory_free(v, &v->down);
        v->DestroyPipelineCache(v->handle, v->cache, NULL);
        v->DestroyPipelineLayout(v->handle, v->layout, NULL);
        v->DestroyFence(v->handle, v->fence, NULL);
        for (uint32_t i = 0; i < VULKAN_SLOTS; i++)
            v->DestroyFence(v->handle, v->slots[i].fence, NULL);
        v->DestroyCommandPool(v->handle, v->pool, NULL);
        v->DestroyDevice(v->handle, NULL);
    }
    vulkan_instance_close(&v->instance);
    memset(v, 0, sizeof *v);
}

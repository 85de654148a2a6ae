/* The instance, its device, and functions by name. */
#include "tests/support/fake_vulkan/parts.h"

#include "runtime/vulkan/vulkan_api.h" /* the functions that must be there */

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

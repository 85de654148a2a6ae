/* The loader of the system and an instance of Vulkan. In: libvulkan.so.1. Out: functions, and the
 * devices that the drivers of this machine show. Contract: vulkan_api.h. */
#include "runtime/vulkan/vulkan_api.h"

#include <dlfcn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- results ---- */

static const char *result_text(VkResult result)
{
    switch (result) {
    case VK_ERROR_OUT_OF_HOST_MEMORY:
        return "there is no memory left on this machine";
    case VK_ERROR_OUT_OF_DEVICE_MEMORY:
        return "there is no memory left on the device";
    case VK_ERROR_DEVICE_LOST:
        return "the device was lost: it failed, was reset or took too long; a new session may work";
    case VK_ERROR_INITIALIZATION_FAILED:
        return "the driver does not work here; vulkaninfo may say why";
    case VK_ERROR_INCOMPATIBLE_DRIVER:
        return "no driver works with this version of Vulkan";
    case VK_ERROR_LAYER_NOT_PRESENT:
        return "the validation layers are not installed (Debian: vulkan-validationlayers)";
    case VK_ERROR_EXTENSION_NOT_PRESENT:
        return "an extension is missing";
    case VK_ERROR_FEATURE_NOT_PRESENT:
        return "a feature is missing";
    case VK_ERROR_TOO_MANY_OBJECTS:
        return "there are too many objects of this kind";
    case VK_ERROR_MEMORY_MAP_FAILED:
        return "the memory cannot be mapped";
    case VK_ERROR_INVALID_EXTERNAL_HANDLE:
        return "the driver cannot use this memory in place";
    case VK_ERROR_INVALID_SHADER_NV:
        return "the driver does not compile the shader";
    default:
        return NULL;
    }
}

static rlx_status result_status(VkResult result)
{
    switch (result) {
    case VK_ERROR_OUT_OF_HOST_MEMORY:
    case VK_ERROR_OUT_OF_DEVICE_MEMORY:
        return RLX_ERROR_NO_MEMORY;
    default:
        return RLX_ERROR_NO_DEVICE;
    }
}

rlx_status vulkan_fail(rlx_error *error, VkResult result, const char *what)
{
    const char *text = result_text(result);
    if (text != NULL)
        return rlx_fail(error, result_status(result), "vulkan: %s: %s", what, text);
    return rlx_fail(error, result_status(result), "vulkan: %s: the driver says %d", what, result);
}

/* ---- validation ---- */

static atomic_uint messages;

uint32_t vulkan_message_count(void)
{
    return atomic_load(&messages);
}

static VKAPI_ATTR VkBool32 VKAPI_CALL on_message(VkDebugUtilsMessageSeverityFlagBitsEXT severity,
                                                 VkDebugUtilsMessageTypeFlagsEXT types,
                                                 const VkDebugUtilsMessengerCallbackDataEXT *data,
                                                 void *context)
{
    (void)severity;
    (void)types;
    (void)context;
    atomic_fetch_add(&messages, 1);
    fprintf(stderr, "vulkan validation: %s\n", data->pMessage);
    return VK_FALSE;
}

static const VkDebugUtilsMessengerCreateInfoEXT messenger_info = {
    .sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT,
    .messageSeverity = VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT |
                       VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT,
    .messageType = VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT |
                   VK_DEBUG_UTILS_MESSAGE_TYPE_PERFORMANCE_BIT_EXT,
    .pfnUserCallback = on_message,
};

static bool wants_validation(void)
{
    const char *value = getenv("RLX_VULKAN_VALIDATION");
    return value != NULL && value[0] != 0 && strcmp(value, "0") != 0;
}

/* ---- functions ---- */

/* A static program has no use for these, so that it does not bring its own and warn of it. */
#pragma weak dlopen
#pragma weak dlsym
#pragma weak dlclose

static rlx_status open_library(struct vulkan_instance *in, rlx_error *error)
{
    if (dlopen == NULL || dlsym == NULL || dlclose == NULL)
        return rlx_fail(error, RLX_ERROR_NO_DEVICE,
                        "vulkan: this program is linked statically, and such programs cannot load "
                        "drivers");
    in->library = dlopen("libvulkan.so.1", RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (in->library == NULL)
        return rlx_fail(error, RLX_ERROR_NO_DEVICE,
                        "vulkan: the Vulkan loader cannot be opened here (libvulkan.so.1; Debian: "
                        "libvulkan1)");
    void *at = dlsym(in->library, "vkGetInstanceProcAddr");
    memcpy(&in->GetInstanceProcAddr, &at, sizeof at);
    if (at == NULL)
        return rlx_fail(error, RLX_ERROR_NO_DEVICE,
                        "vulkan: libvulkan.so.1 has no function vkGetInstanceProcAddr");
    return RLX_OK;
}

/* The first function that is missing; NULL: none is. */
#define TAKE(name)                                                        \
    in->name = (PFN_vk##name)in->GetInstanceProcAddr(handle, "vk" #name); \
    if (in->name == NULL && missing == NULL)                              \
        missing = "vk" #name;

static rlx_status lacks(const char *missing, rlx_error *error)
{
    if (missing == NULL)
        return RLX_OK;
    return rlx_fail(error, RLX_ERROR_NO_DEVICE,
                    "vulkan: the Vulkan loader has no function %s: a newer one is needed", missing);
}

static rlx_status take_loader_functions(struct vulkan_instance *in, rlx_error *error)
{
    const VkInstance handle = NULL;
    const char *missing = NULL;
    VULKAN_LOADER_FUNCTIONS(TAKE)
    return lacks(missing, error);
}

static rlx_status take_instance_functions(struct vulkan_instance *in, rlx_error *error)
{
    const VkInstance handle = in->handle;
    const char *missing = NULL;
    VULKAN_INSTANCE_FUNCTIONS(TAKE)
    return lacks(missing, error);
}

/* ---- the instance ---- */

#define NO_DRIVER                                                                               \
    "vulkan: no driver shows a Vulkan device here (Debian: mesa-vulkan-drivers, or the driver " \
    "of the GPU's vendor)"

static rlx_status create(struct vulkan_instance *in, rlx_error *error)
{
    static const char *const layers[] = {"VK_LAYER_KHRONOS_validation"};
    static const char *const extensions[] = {VK_EXT_DEBUG_UTILS_EXTENSION_NAME};
    static const VkValidationFeatureEnableEXT enables[] = {
        VK_VALIDATION_FEATURE_ENABLE_SYNCHRONIZATION_VALIDATION_EXT};
    const VkValidationFeaturesEXT features = {.sType = VK_STRUCTURE_TYPE_VALIDATION_FEATURES_EXT,
                                              .pNext = &messenger_info,
                                              .enabledValidationFeatureCount = 1,
                                              .pEnabledValidationFeatures = enables};
    const VkApplicationInfo application = {.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO,
                                           .pApplicationName = "rlx",
                                           .pEngineName = "rlx",
                                           .apiVersion = VK_API_VERSION_1_2};
    const bool validates = wants_validation();
    const VkInstanceCreateInfo info = {.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO,
                                       .pNext = validates ? &features : NULL,
                                       .pApplicationInfo = &application,
                                       .enabledLayerCount = validates,
                                       .ppEnabledLayerNames = layers,
                                       .enabledExtensionCount = validates,
                                       .ppEnabledExtensionNames = extensions};
    uint32_t version = 0;
    VkResult result = in->EnumerateInstanceVersion(&version);
    if (result == VK_SUCCESS && version < VK_API_VERSION_1_2)
        return rlx_fail(error, RLX_ERROR_NO_DEVICE,
                        "vulkan: the Vulkan loader has version %u.%u: expected 1.2 or newer",
                        VK_API_VERSION_MAJOR(version), VK_API_VERSION_MINOR(version));
    if (result == VK_SUCCESS)
        result = in->CreateInstance(&info, NULL, &in->handle);
    if (result != VK_SUCCESS)
        in->handle = NULL;
    if (result == VK_ERROR_INCOMPATIBLE_DRIVER)
        return rlx_fail(error, RLX_ERROR_NO_DEVICE, NO_DRIVER);
    return result == VK_SUCCESS ? RLX_OK : vulkan_fail(error, result, "an instance");
}

static rlx_status open_messenger(struct vulkan_instance *in, rlx_error *error)
{
    if (!wants_validation())
        return RLX_OK;
    PFN_vkCreateDebugUtilsMessengerEXT begin =
        (PFN_vkCreateDebugUtilsMessengerEXT)in->GetInstanceProcAddr(
            in->handle, "vkCreateDebugUtilsMessengerEXT");
    in->DestroyDebugUtilsMessenger = (PFN_vkDestroyDebugUtilsMessengerEXT)in->GetInstanceProcAddr(
        in->handle, "vkDestroyDebugUtilsMessengerEXT");
    if (begin == NULL || in->DestroyDebugUtilsMessenger == NULL)
        return lacks("vkCreateDebugUtilsMessengerEXT", error);
    VkResult result = begin(in->handle, &messenger_info, NULL, &in->messenger);
    if (result != VK_SUCCESS)
        in->messenger = VK_NULL_HANDLE;
    return result == VK_SUCCESS ? RLX_OK : vulkan_fail(error, result, "messages of validation");
}

static rlx_status list_devices(struct vulkan_instance *in, rlx_error *error)
{
    VkResult result = in->EnumeratePhysicalDevices(in->handle, &in->device_count, NULL);
    if (result != VK_SUCCESS)
        return vulkan_fail(error, result, "the list of devices");
    in->devices = calloc(in->device_count + 1, sizeof *in->devices);
    if (in->devices == NULL)
        return rlx_fail(error, RLX_ERROR_NO_MEMORY, "no memory for a list of %u devices",
                        in->device_count);
    result = in->EnumeratePhysicalDevices(in->handle, &in->device_count, in->devices);
    if (result != VK_SUCCESS && result != VK_INCOMPLETE)
        return vulkan_fail(error, result, "the list of devices");
    if (in->device_count == 0)
        return rlx_fail(error, RLX_ERROR_NO_DEVICE, NO_DRIVER);
    return RLX_OK;
}

rlx_status vulkan_instance_open(struct vulkan_instance *in, rlx_error *error)
{
    memset(in, 0, sizeof *in);
    rlx_status status = open_library(in, error);
    if (status == RLX_OK)
        status = take_loader_functions(in, error);
    if (status == RLX_OK)
        status = create(in, error);
    if (status == RLX_OK)
        status = take_instance_functions(in, error);
    if (status == RLX_OK)
        status = open_messenger(in, error);
    if (status == RLX_OK)
        status = list_devices(in, error);
    if (status != RLX_OK)
        vulkan_instance_close(in);
    return status;
}

void vulkan_instance_close(struct vulkan_instance *in)
{
    if (in->messenger != VK_NULL_HANDLE)
        in->DestroyDebugUtilsMessenger(in->handle, in->messenger, NULL);
    if (in->handle != NULL && in->DestroyInstance != NULL)
        in->DestroyInstance(in->handle, NULL);
    if (in->library != NULL)
        dlclose(in->library);
    free(in->devices);
    memset(in, 0, sizeof *in);
}

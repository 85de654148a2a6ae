/* Objects: what handles name, and the functions that only make and destroy them. */
#include "tests/support/fake_vulkan/parts.h"

#include <stdio.h>

static uint32_t objects;

struct object *get(const void *handle, enum kind kind)
{
    struct object *o = (struct object *)(uintptr_t)handle;
    if (o == NULL || o == RUBBISH || o->kind != kind) {
        char text[64];
        snprintf(text, sizeof text, "a wrong handle: no object of kind %d", (int)kind);
        broken(text);
    }
    return o;
}

VkResult make(const char *function, VkDevice device, enum kind kind, struct object **out)
{
    const VkResult result = call(function);
    *out = RUBBISH;
    if (result != VK_SUCCESS)
        return result;
    struct object *o = calloc(1, sizeof *o), *owner = NULL;
    if (o == NULL)
        broken("no memory");
    o->kind = kind;
    if (device != NULL)
        owner = o->device = GET(device, DEVICE);
    pthread_mutex_lock(&fake_lock);
    objects++;
    if (owner != NULL)
        owner->objects++;
    pthread_mutex_unlock(&fake_lock);
    *out = o;
    return VK_SUCCESS;
}

void drop(const void *handle, enum kind kind)
{
    if (handle == NULL)
        return;
    struct object *o = get(handle, kind);
    if (o->device != NULL && kind != MODULE && o->device->pending_count != 0)
        broken("something is destroyed while commands run");
    if (o->objects != 0)
        broken("a device is destroyed before what belongs to it");
    pthread_mutex_lock(&fake_lock);
    objects--;
    if (o->device != NULL)
        o->device->objects--;
    pthread_mutex_unlock(&fake_lock);
    o->kind = GONE;
    free(o->ops);
    if (!o->is_imported)
        free(o->data);
    free(o);
}

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

/* Pipelines and their cache. */
#include "tests/support/fake_vulkan/parts.h"

static size_t cache_bytes;

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
        pthread_mutex_lock(&fake_lock);
        GET(cache, CACHE)->bytes += cache_bytes == 0 ? 16 : 0;
        pthread_mutex_unlock(&fake_lock);
    }
    return result;
}

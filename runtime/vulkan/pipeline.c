/* Compute pipelines. In: SPIR-V modules. Out: pipelines. Contract: vulkan_api.h. */
#include "runtime/vulkan/vulkan_api.h"

rlx_status vulkan_pipeline_new(struct vulkan *v, const void *spirv, uint64_t bytes,
                               const char *name, VkPipeline *out, rlx_error *error)
{
    VkShaderModule module = VK_NULL_HANDLE;
    const VkShaderModuleCreateInfo code = {
        .sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO, .codeSize = bytes, .pCode = spirv};
    *out = VK_NULL_HANDLE;
    VkResult result = VK_SUCCESS;
    VULKAN_CREATE(v, result, ShaderModule, &code, &module);
    const VkComputePipelineCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
        .flags = VK_PIPELINE_CREATE_DISPATCH_BASE_BIT,
        .stage = {.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
                  .stage = VK_SHADER_STAGE_COMPUTE_BIT,
                  .module = module,
                  .pName = "main"},
        .layout = v->layout};
    if (result == VK_SUCCESS)
        result = v->CreateComputePipelines(v->handle, v->cache, 1, &info, NULL, out);
    v->DestroyShaderModule(v->handle, module, NULL);
    if (result == VK_SUCCESS)
        return RLX_OK;
    *out = VK_NULL_HANDLE;
    return vulkan_fail(error, result, name);
}

void vulkan_pipeline_free(struct vulkan *v, VkPipeline pipeline)
{
    v->DestroyPipeline(v->handle, pipeline, NULL);
}

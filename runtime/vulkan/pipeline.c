/* Compute pipelines. In: SPIR-V modules. Out: pipelines, and a run of one of them. Contract:
 * vulkan_api.h. */
#include "runtime/vulkan/vulkan_api.h"

rlx_status vulkan_pipeline_new(struct vulkan *v, const void *spirv, uint64_t bytes,
                               const char *name, VkPipeline *out, rlx_error *error)
{
    VkShaderModule module = VK_NULL_HANDLE;
    const VkShaderModuleCreateInfo code = {
        .sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO, .codeSize = bytes, .pCode = spirv};
    *out = VK_NULL_HANDLE;
    VkResult result = v->CreateShaderModule(v->handle, &code, NULL, &module);
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

rlx_status vulkan_run(struct vulkan *v, VkPipeline pipeline, const struct rlx_shader_launch *launch,
                      uint32_t first, uint32_t end, rlx_error *error)
{
    rlx_status status = vulkan_begin(v, error);
    if (status != RLX_OK)
        return status;
    vulkan_barrier(v, v->command);
    v->CmdBindPipeline(v->command, VK_PIPELINE_BIND_POINT_COMPUTE, pipeline);
    v->CmdPushConstants(v->command, v->layout, VK_SHADER_STAGE_COMPUTE_BIT, 0, sizeof *launch,
                        launch);
    v->CmdDispatchBase(v->command, first, 0, 0, end - first, 1, 1);
    return vulkan_end(v, error);
}

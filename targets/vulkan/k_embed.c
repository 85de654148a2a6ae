/* embed: rows of a packed weight. A workgroup has a row, and a thread four columns at a time. */
#include "targets/vulkan/vulkan.h"

void vulkan_print_embed(struct vulkan_shader *s)
{
    const struct kernel_embed *k = &s->kernel->embed;
    const uint32_t stride = s->kernel->stride[EMBED_out];

    vulkan_weight_quad(s, (enum layout)k->layout, k->k);
    vulkan_line(s, 0, "const uint token = uint(tokens.at[tile]);");
    vulkan_line(s, 0, "const uint64_t group = %s;",
                vulkan_group_address(s, (enum layout)k->layout, k->k, "weight", "(token / 16)"));
    vulkan_line(s, 0, "for (uint k = 4 * thread; k < %u; k += 4 * THREADS) {", k->k);
    vulkan_line(s, 1, "const mat4 w = weight_quad(group, k, token %% 16 / 4);");
    vulkan_line(s, 1, "for (uint i = 0; i < 4%s; i++)",
                k->k % 4 != 0 ? arena_printf(s->arena, " && k + i < %u", k->k) : "");
    vulkan_line(s, 2, "result.at[tile * %u + k + i] = w[i][token %% 4];", stride);
    vulkan_line(s, 0, "}");
    if (lir_has(s->kernel, EMBED_after_norm))
        vulkan_embed_norm(s);
}

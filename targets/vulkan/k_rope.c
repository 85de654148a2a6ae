/* rope: norm and rotation of heads. In: the kernel; out: its body. A tile is one head. */
#include "targets/vulkan/heads.h"

void vulkan_print_rope(struct vulkan_shader *s)
{
    const struct lir_kernel *k = s->kernel;
    const struct kernel_rope *o = &k->rope;

    vulkan_line(s, 0, "const uint r = tile / %u, head = tile %% %u;", o->heads, o->heads);
    vulkan_line(s, 0, "const uint64_t from_queries = uint64_t(x) + 4ul * (r * %u + head * %u);",
                k->stride[ROPE_x], o->head_dim);
    vulkan_line(s, 0, "const uint64_t to_queries = uint64_t(result) + 4ul * (r * %u + head * %u);",
                k->stride[ROPE_out], o->head_dim);
    if (o->n_rot != 0)
        vulkan_line(s, 0, "const uint64_t angles = uint64_t(table) + 4ul * (positions.at[r] * %u);",
                    o->n_rot);
    if (lir_has(k, ROPE_counters))
        vulkan_zero_counters(s, o->kv_heads, "head");
    vulkan_print_heads(s,
                       &(struct vulkan_heads){.head_dim = o->head_dim,
                                              .queries = 1,
                                              .query_norm = lir_has(k, ROPE_norm) ? "norm" : NULL,
                                              .epsilon = o->epsilon,
                                              .n_rot = o->n_rot,
                                              .interleaved = o->interleaved != 0,
                                              .hadamard = o->hadamard != 0});
}

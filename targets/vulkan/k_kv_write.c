/* kv_write: norm and rotation of q and k, and the write of k and v to the states. In: the kernel;
 * out: its body. A tile is a head of keys and values of a row, with the queries that share it. */
#include "targets/vulkan/heads.h"

static void print_place(struct vulkan_shader *s)
{
    const struct head_shape *shape = &s->kernel->kv_write.shape;

    if (shape->class == STATE_ring)
        vulkan_line(s, 0, "const uint place = uint(positions.at[r]) %% %u;", shape->context);
    else if (shape->class != STATE_scratch)
        vulkan_line(s, 0, "const uint place = uint(positions.at[r]);");
    else if (lir_has(s->kernel, KV_WRITE_row_segments))
        vulkan_line(s, 0, "const uint place = segment.scratch_position + r - segment.first_row;");
    else
        vulkan_line(s, 0, "const uint place = r;");
}

/* The address of head `head` of row r. */
static void print_address(struct vulkan_shader *s, const char *name, const char *matrix,
                          uint32_t argument, uint32_t heads)
{
    vulkan_line(s, 0, "const uint64_t %s = uint64_t(%s) + 4ul * (r * %u + head * %u);", name,
                matrix, s->kernel->stride[argument], heads * s->kernel->kv_write.shape.head_dim);
}

/* Of a norm of all heads of row r of `matrix`: its factor, and where the weights for these heads
 * begin. Every tile sums up the row, in one order, which is in a cache. */
static void print_row_norm(struct vulkan_shader *s, const char *name, const char *matrix,
                           uint32_t argument, uint32_t kv_group)
{
    const struct kernel_kv_write *o = &s->kernel->kv_write;
    const uint32_t heads = o->shape.kv_heads * kv_group, width = heads * o->shape.head_dim;
    struct text epsilon = {.arena = s->arena};

    s->helpers |= VULKAN_SUM;
    vulkan_float(&epsilon, o->epsilon);
    vulkan_lanes(s, 0);
    vulkan_line(s, 1, "float squares = 0.0;");
    vulkan_line(s, 1, "for (uint i = lane; i < %u; i += %u)", width, s->threads);
    vulkan_line(s, 2, "squares = fma(%s.at[r * %u + i], %s.at[r * %u + i], squares);", matrix,
                s->kernel->stride[argument], matrix, s->kernel->stride[argument]);
    vulkan_line(s, 1, "joined[lane] = squares;");
    vulkan_line(s, 0, "}");
    vulkan_line(s, 0, "const float %s_factor = 1.0 / sqrt(sum_of_lanes(%u) / %u.0 + %s);", name,
                s->threads, width, epsilon.data);
    vulkan_line(s, 0, "const uint64_t %s_weights = uint64_t(%s_norm) + 4ul * (head * %u);", name,
                matrix, kv_group * o->shape.head_dim);
}

void vulkan_print_kv_write(struct vulkan_shader *s)
{
    const struct lir_kernel *k = s->kernel;
    const struct kernel_kv_write *o = &k->kv_write;
    const uint32_t group = o->shape.heads / o->shape.kv_heads;

    vulkan_line(s, 0, "const uint head = tile / rows, r = tile %% rows;");
    vulkan_segment(s, 0, KV_WRITE_row_segments, "r");
    print_place(s);
    vulkan_state_head(s, 0, &o->shape, false, "head");
    vulkan_state_head(s, 0, &o->shape, true, "head");
    print_address(s, "from_queries", "q", KV_WRITE_q, group);
    print_address(s, "to_queries", "result", KV_WRITE_out, group);
    print_address(s, "from_key", "k", KV_WRITE_k, 1);
    print_address(s, "from_value", "v", KV_WRITE_v, 1);
    if (o->n_rot != 0)
        vulkan_line(s, 0,
                    "const uint64_t angles = uint64_t(table) + 4ul * uint64_t(positions.at[r]) * "
                    "%uul;",
                    o->n_rot);
    if (lir_has(k, KV_WRITE_k_table))
        vulkan_line(s, 0,
                    "const uint64_t key_angles = uint64_t(k_table) + 4ul * "
                    "uint64_t(positions.at[r]) * %uul;",
                    o->n_rot);
    if (o->all_heads) {
        print_row_norm(s, "query", "q", KV_WRITE_q, group);
        print_row_norm(s, "key", "k", KV_WRITE_k, 1);
    }
    if (lir_has(k, KV_WRITE_counters))
        vulkan_zero_counters(s, o->shape.kv_heads, "head");
    vulkan_print_heads(
        s, &(struct vulkan_heads){.shape = &o->shape,
                                  .head_dim = o->shape.head_dim,
                                  .queries = group,
                                  .has_key = true,
                                  .has_value = true,
                                  .query_norm = !lir_has(k, KV_WRITE_q_norm) ? NULL
                                                : o->all_heads               ? "query_weights"
                                                                             : "q_norm",
                                  .key_norm = !lir_has(k, KV_WRITE_k_norm) ? NULL
                                              : o->all_heads               ? "key_weights"
                                                                           : "k_norm",
                                  .all_heads = o->all_heads != 0,
                                  .norm_last = o->norm_last != 0,
                                  .value_norm = lir_has(k, KV_WRITE_v_norm) ? "v_norm" : NULL,
                                  .has_key_angles = lir_has(k, KV_WRITE_k_table),
                                  .epsilon = o->epsilon,
                                  .n_rot = o->n_rot,
                                  .interleaved = o->interleaved != 0,
                                  .hadamard = o->shape.kv == DTYPE_q8_0});
}

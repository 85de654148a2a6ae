/* append: rows written to one state of keys or values. In: the kernel; out: its body. A tile is one
 * head of a row. */
#include "targets/vulkan/heads.h"

/* Where row r stands in the state. */
static void print_place(struct vulkan_shader *s)
{
    const struct lir_kernel *k = s->kernel;
    const struct head_shape *shape = &k->append.shape;
    const char *row = vulkan_row_in_segment(s, APPEND_row_segments, "r");

    if (shape->class == STATE_scratch && lir_has(k, APPEND_row_segments))
        vulkan_line(s, 0, "const uint place = segment.scratch_position + %s;", row);
    else if (!lir_has(k, APPEND_positions))
        vulkan_line(s, 0, "const uint place = %s;", row);
    else if (shape->class == STATE_ring)
        vulkan_line(s, 0, "const uint place = uint(positions.at[r]) %% %u;", shape->context);
    else
        vulkan_line(s, 0, "const uint place = uint(positions.at[r]);");
}

void vulkan_print_append(struct vulkan_shader *s)
{
    const struct lir_kernel *k = s->kernel;
    const struct kernel_append *o = &k->append;
    const bool is_value = o->is_value != 0;

    vulkan_line(s, 0, "const uint head = tile / rows, r = tile %% rows;");
    vulkan_segment(s, 0, APPEND_row_segments, "r");
    print_place(s);
    vulkan_state_head(s, 0, &o->shape, is_value, "head");
    vulkan_line(s, 0, "const uint64_t from_%s = uint64_t(x) + 4ul * (r * %u + head * %u);",
                is_value ? "value" : "key", k->stride[APPEND_x], o->shape.head_dim);
    vulkan_print_heads(s,
                       &(struct vulkan_heads){.shape = &o->shape,
                                              .head_dim = o->shape.head_dim,
                                              .has_key = !is_value,
                                              .has_value = is_value,
                                              .hadamard = !is_value && o->shape.kv == DTYPE_q8_0});
}

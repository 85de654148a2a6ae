/* Segments, and where heads of a state stand. In: shapes of states; out: lines of GLSL. */
#include "targets/vulkan/heads.h"

void vulkan_segment(struct vulkan_shader *s, uint32_t depth, uint32_t row_segments, const char *row)
{
    if (lir_has(s->kernel, row_segments))
        vulkan_line(s, depth, "const Segment segment = segments.at[row_segments.at[%s]];", row);
    else
        vulkan_line(s, depth, "const Segment segment = segments.at[0];");
}

const char *vulkan_row_in_segment(struct vulkan_shader *s, uint32_t row_segments, const char *row)
{
    return lir_has(s->kernel, row_segments)
               ? arena_printf(s->arena, "(%s - segment.first_row)", row)
               : row;
}

uint32_t vulkan_positions(const struct head_shape *shape)
{
    return (uint32_t)round_up(shape->context, 64);
}

void vulkan_state_head(struct vulkan_shader *s, uint32_t depth, const struct head_shape *shape,
                       bool is_value, const char *head)
{
    const enum dtype kv = (enum dtype)shape->kv;
    const uint64_t positions = vulkan_positions(shape),
                   elements = positions * kv_width(kv, shape->head_dim, is_value);
    const char *name = is_value ? "value" : "key",
               *own = shape->class == STATE_scratch ? "" : " + uint64_t(segment.state)";

    vulkan_line(s, depth, "const uint64_t %s_head = %ss%s + uint64_t(%s) * %lluul;", name, name,
                own, head, (unsigned long long)(elements * kv_element_bytes(kv)));
    if (kv == DTYPE_q8_0)
        vulkan_line(s, depth, "const uint64_t %s_scales = %ss%s + %lluul + uint64_t(%s) * %lluul;",
                    name, name, own, (unsigned long long)(elements * shape->kv_heads), head,
                    (unsigned long long)(2 * positions));
}

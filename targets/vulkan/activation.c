/* Buffers of activations. In: their format; out: GLSL that finds a row in them. Each tile has all its
 * rows one after the other, then scale and sums of every block. */
#include "targets/vulkan/vulkan.h"

void vulkan_activation_row(struct vulkan_shader *s, uint32_t depth, const struct act_format *f,
                           uint32_t k, const char *buffer, const char *row)
{
    const uint32_t rows = f->tile_rows, element_bytes = f->act == ACT_i8 ? 1 : 2,
                   row_bytes = k * element_bytes,
                   row_blocks = k / 32 * (act_block_bytes(f) - 32 * element_bytes);

    assert(act_is_integer((enum act)f->act));
    vulkan_line(s, depth, "const uint64_t act_tile = %s + uint64_t(%s / %u) * %llu;", buffer, row,
                rows, (unsigned long long)act_tile_bytes(f, k));
    vulkan_line(s, depth, "const uint64_t elements = act_tile + %s %% %u * %u;", row, rows,
                row_bytes);
    vulkan_line(s, depth, "const uint64_t blocks = act_tile + %u + %s %% %u * %u;",
                rows * row_bytes, row, rows, row_blocks);
}

/* conv: a causal convolution of each column over the rows of a segment. In: the kernel; out: its
 * body. A tile is 16 columns of a segment; its threads take rows side by side. Weights are plain
 * elements: no block of a quantized format is as short as taps.
 */
#include "targets/vulkan/heads.h"

/* Element [column][j] of the weight. */
static const char *tap(struct vulkan_shader *s)
{
    const struct kernel_conv *o = &s->kernel->conv;

    switch ((enum layout)o->layout) {
    case LAYOUT_f32_r16:
        return arena_printf(s->arena, "Floats(weight).at[column / 16 * %u + j * 16 + column %% 16]",
                            o->k * 16);
    case LAYOUT_f16_r32:
        s->helpers |= VULKAN_HALF_TO_FLOAT;
        return arena_printf(
            s->arena, "half_to_float(Halves(weight).at[column / 32 * %u + j * 32 + column %% 32])",
            o->k * 32);
    default:
        assert(o->layout == LAYOUT_bf16_r32);
        return arena_printf(
            s->arena,
            "uintBitsToFloat(uint(Halves(weight).at[column / 32 * %u + j / 2 * 64 + "
            "column %% 32 * 2 + j %% 2]) << 16)",
            (uint32_t)round_up(o->k, 2) * 32);
    }
}

/* "float row_of(...)": column `column` of row `row` after the first of a segment; the rows before it
 * are those of `from`, k - 1 of them. */
static void print_row_of(struct vulkan_shader *s)
{
    const struct kernel_conv *o = &s->kernel->conv;

    vulkan_before(s, 0, "float row_of(Floats x, Floats from, uint first, int row, uint column)");
    vulkan_before(s, 0, "{");
    vulkan_before(s, 1, "if (row < 0)");
    vulkan_before(s, 2, "return from.at[uint(row + %u) * %u + column];", o->k - 1, o->n);
    vulkan_before(s, 1, "return x.at[(first + uint(row)) * %u + column];",
                  s->kernel->stride[CONV_x]);
    vulkan_before(s, 0, "}");
}

void vulkan_print_conv(struct vulkan_shader *s)
{
    const struct lir_kernel *k = s->kernel;
    const struct kernel_conv *o = &k->conv;
    const bool several = k->rows_symbol == SYMBOL_ROWS;
    const uint32_t tiles = (uint32_t)ceil_div(o->n, 16);

    s->threads = 128;
    print_row_of(s);
    vulkan_line(s, 0, "const uint column = tile %% %u * 16 + thread %% 16;", tiles);
    vulkan_line(s, 0, "const Segment segment = segments.at[tile / %u];", tiles);
    vulkan_line(s, 0, "if (column >= %u)", o->n);
    vulkan_line(s, 1, "return;");
    vulkan_line(s, 0, "const uint first = %s, count = %s;", several ? "segment.first_row" : "0",
                several ? "segment.rows" : "rows");
    vulkan_line(s, 0, "Floats from = Floats(before + uint64_t(segment.carried_in));");
    vulkan_line(s, 0, "Floats to = Floats(after + uint64_t(segment.carried_out));");
    vulkan_line(s, 0, "for (uint r = thread / 16; r < count; r += THREADS / 16) {");
    vulkan_line(s, 1, "float sum = 0.0;");
    vulkan_line(s, 1, "for (uint j = 0; j < %u; j++)", o->k);
    vulkan_line(s, 2, "sum = fma(%s,", tap(s));
    vulkan_line(s, 2, "          row_of(x, from, first, int(r + j) - %u, column), sum);", o->k - 1);
    vulkan_line(s, 1, "result.at[(first + r) * %u + column] = sum;", k->stride[CONV_out]);
    vulkan_line(s, 0, "}");
    vulkan_line(s, 0, "for (uint j = thread / 16; j < %u; j += THREADS / 16)", o->k - 1);
    vulkan_line(s, 1,
                "to.at[j * %u + column] = row_of(x, from, first, int(count + j) - %u, column);",
                o->n, o->k - 1);
}

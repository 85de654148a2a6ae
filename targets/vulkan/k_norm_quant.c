/* norm_quant: rows of f32, with or without RMS norm and a residual, as activations of f32, i16 or i8
 * in the form that activation.c finds rows in. A workgroup has the rows of a tile, one after the other. */
#include "targets/vulkan/vulkan.h"

/* Element `column` of the row, less the mean where the norm is centered. */
static const char *element(const struct vulkan_shader *s, const char *column)
{
    return arena_printf(
        s->arena, s->kernel->norm_quant.centered ? "(x.at[row + %s] - mean)" : "x.at[row + %s]",
        column);
}

/* Element `column` of the row after the norm. */
static const char *value(const struct vulkan_shader *s, const char *column)
{
    const char *x = element(s, column);

    if (!lir_has(s->kernel, NORM_QUANT_weight))
        return x;
    x = arena_printf(s->arena, "%s * factor * weight.at[%s]", x, column);
    if (lir_has(s->kernel, NORM_QUANT_bias))
        x = arena_printf(s->arena, "(%s + bias.at[%s])", x, column);
    if (lir_has(s->kernel, NORM_QUANT_residual))
        x = arena_printf(s->arena, "(%s + residual.at[r * %u + %s])", x,
                         s->kernel->stride[NORM_QUANT_residual], column);
    if (lir_has(s->kernel, NORM_QUANT_scale))
        x = arena_printf(s->arena, "%s * scale.at[%s]", x, column);
    return x;
}

static void norm_factor(struct vulkan_shader *s)
{
    struct text epsilon = {.arena = s->arena};
    const uint32_t width = s->kernel->norm_quant.k;

    s->helpers |= VULKAN_SUM;
    vulkan_float(&epsilon, s->kernel->norm_quant.epsilon);
    if (s->kernel->norm_quant.centered) {
        vulkan_lanes(s, 1);
        vulkan_line(s, 2, "float sum_of_row = 0.0;");
        vulkan_line(s, 2, "for (uint k = lane; k < %u; k += %u)", width, s->threads);
        vulkan_line(s, 3, "sum_of_row += x.at[row + k];");
        vulkan_line(s, 2, "joined[lane] = sum_of_row;");
        vulkan_line(s, 1, "}");
        vulkan_line(s, 1, "const float mean = sum_of_lanes(%u) / %u.0;", s->threads, width);
    }
    vulkan_lanes(s, 1);
    vulkan_line(s, 2, "float squares = 0.0;");
    vulkan_line(s, 2, "for (uint k = lane; k < %u; k += %u)", width, s->threads);
    vulkan_line(s, 3, "squares = fma(%s, %s, squares);", element(s, "k"), element(s, "k"));
    vulkan_line(s, 2, "joined[lane] = squares;");
    vulkan_line(s, 1, "}");
    vulkan_line(s, 1, "const float factor = 1.0 / sqrt(sum_of_lanes(%u) / %u.0 + %s);", s->threads,
                width, epsilon.data);
}

static void store_f32(struct vulkan_shader *s)
{
    const uint32_t width = s->kernel->norm_quant.k;

    vulkan_line(s, 1, "for (uint k = thread; k < %u; k += THREADS)", width);
    vulkan_line(s, 2, "result.at[r * %u + k] = %s;", (uint32_t)round_up(width, 16), value(s, "k"));
}

/* ---- integers ---- */

/* The integers of a block, for which `largest` is known. */
static void block_integers(struct vulkan_shader *s, const struct act_format *f)
{
    const bool wide = f->act == ACT_i16;
    const char *max = wide ? "32639.0" : "127.0";

    vulkan_line(s, 2, "const bool is_zero = largest < 7.888609e-31; // 2^-100");
    vulkan_line(s, 2, "const float multiplier = is_zero ? 0.0 : %s / largest;", max);
    vulkan_line(s, 2, "for (uint i = 0; i < 32; i++) {");
    vulkan_line(s, 3, "const float scaled = roundEven(%s * multiplier);", value(s, "(k + i)"));
    vulkan_line(s, 3, "// not finite: then the scale is not either, and says so");
    vulkan_line(s, 3, "const int q = int(abs(scaled) <= %s ? scaled : 0.0);", max);
    if (f->block_sums == 2)
        vulkan_line(s, 3, "if (i < 16) sum += q; else sum_2 += q;");
    else
        vulkan_line(s, 3, "sum += q;");
    vulkan_line(s, 3,
                wide ? "SignedHalves(elements).at[k + i] = int16_t(q);"
                     : "SignedBytes(elements).at[k + i] = int8_t(q);");
    vulkan_line(s, 2, "}");
    vulkan_line(s, 2, "const float scale = is_zero ? 0.0 : largest / %s;", max);
}

static void block_sums(struct vulkan_shader *s, const struct act_format *f)
{
    const uint32_t sums = f->block_sums == 2 ? 2 : 1;

    vulkan_line(s, 2, "const uint64_t block = blocks + k / 32 * %u;", 4 + 4 * sums);
    vulkan_line(s, 2, "Floats(block).at[0] = scale;");
    for (uint32_t i = 0; i < sums; i++) {
        const char *sum = i == 0 ? "sum" : "sum_2";
        if (f->bias != 0)
            vulkan_line(s, 2, "Integers(block).at[%u] = -%u * %s;", i + 1, f->bias, sum);
        else
            vulkan_line(s, 2, "Floats(block).at[%u] = scale * float(%s);", i + 1, sum);
    }
}

/* A thread has a block. NaN is the greatest magnitude of all. */
static void store_integers(struct vulkan_shader *s)
{
    const struct kernel_norm_quant *k = &s->kernel->norm_quant;

    vulkan_activation_row(s, 1, &k->format, k->k, "result", "r");
    vulkan_line(s, 1, "for (uint k = 32 * thread; k < %u; k += 32 * THREADS) {", k->k);
    vulkan_line(s, 2, "float largest = 0.0;");
    vulkan_line(s, 2, "int sum = 0%s;", k->format.block_sums == 2 ? ", sum_2 = 0" : "");
    vulkan_line(s, 2, "for (uint i = 0; i < 32; i++) {");
    vulkan_line(s, 3, "const float y = %s;", value(s, "(k + i)"));
    vulkan_line(s, 3, "if (isnan(y) || abs(y) > largest)");
    vulkan_line(s, 4, "largest = abs(y);");
    vulkan_line(s, 2, "}");
    block_integers(s, &k->format);
    block_sums(s, &k->format);
    vulkan_line(s, 1, "}");
}

void vulkan_print_norm_quant(struct vulkan_shader *s)
{
    const struct lir_kernel *k = s->kernel;
    const uint32_t rows = k->norm_quant.format.tile_rows;

    s->threads = VULKAN_THREADS_MAX;
    vulkan_line(s, 0, "for (uint r = tile * %u; r < min(tile * %u + %u, rows); r++) {", rows, rows,
                rows);
    vulkan_line(s, 1, "const uint row = r * %u;", k->stride[NORM_QUANT_x]);
    if (lir_has(k, NORM_QUANT_weight))
        norm_factor(s);
    if (k->norm_quant.format.act == ACT_f32)
        store_f32(s);
    else
        store_integers(s);
    vulkan_line(s, 0, "}");
}

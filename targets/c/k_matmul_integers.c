/* matmul with activations of integers: per block of 32 columns exact sums of products of integers,
 * which the scales of both sides multiply. Of i8_row these scales are the same in all blocks. */
#include "targets/c/c.h"

static bool has_halves(const struct kernel_matmul *k)
{
    return layout_info[k->layout].scales == 2;
}

void c_print_matmul_integers_declarations(const struct kernel_matmul *k, uint32_t depth,
                                          struct text *out)
{
    const char *shape = c_scale_shape((enum layout)k->layout);

    c_code_line(out, depth, "int32_t w[32][16];");
    if (layout_has_minimum((enum layout)k->layout))
        c_code_line(out, depth, "float scale%s, minimum%s;", shape, shape);
    else
        c_code_line(out, depth, "float scale%s;", shape);
}

/* The exact sums of row r. */
static void dots(const struct kernel_matmul *k, uint32_t depth, struct text *out)
{
    const bool wide = k->format.act == ACT_i16, parts = has_halves(k),
               minimum = layout_has_minimum((enum layout)k->layout);

    c_code_line(out, depth, "int32_t %s%s;", parts ? "dot[2][16] = {{0}}" : "dot[16] = {0}",
                !minimum ? ""
                : parts  ? ", x_sum[2] = {0}"
                         : ", x_sum = 0");
    c_code_line(out, depth, "float x_scale;");
    if (k->format.act == ACT_i8_row)
        c_code_line(out, depth, "memcpy(&x_scale, blocks, sizeof x_scale);");
    else
        c_code_line(out, depth, "memcpy(&x_scale, blocks + k / 32 * %u, sizeof x_scale);",
                    act_scale_bytes(&k->format));
    c_code_line(out, depth, "for (size_t i = 0; i < 32; i++) {");
    if (wide) {
        c_code_line(out, depth + 1, "int16_t q;");
        c_code_line(out, depth + 1, "memcpy(&q, elements + 2 * (k + i), sizeof q);");
    } else {
        c_code_line(out, depth + 1, "const int8_t q = (int8_t)elements[k + i];");
    }
    if (minimum)
        c_code_line(out, depth + 1, "x_sum%s += q;", parts ? "[i / 16]" : "");
    c_code_line(out, depth + 1, "for (size_t lane = 0; lane < 16; lane++)");
    c_code_line(out, depth + 2, "dot%s[lane] += w[i][lane] * q;", parts ? "[i / 16]" : "");
    c_code_line(out, depth, "}");
}

void c_print_matmul_integers_part(const struct kernel_matmul *k, const char *sum,
                                  const char *packed, uint32_t depth, struct text *out)
{
    const bool minimum = layout_has_minimum((enum layout)k->layout);
    static const char *const halves[] = {"[0]", "[1]"};
    const uint32_t parts = has_halves(k) ? 2 : 1;

    c_code_line(out, depth, "unpack_integers_%s(%s, k, w, scale%s);",
                c_format_name((enum layout)k->layout), packed, minimum ? ", minimum" : "");
    c_matmul_begin_rows(k, depth, out);
    c_activation_row(&k->format, k->k, "x", false, depth + 1, out);
    dots(k, depth + 1, out);
    c_code_line(out, depth + 1, "for (size_t lane = 0; lane < 16; lane++) {");
    for (uint32_t part = 0; part < parts; part++) {
        const char *half = parts == 1 ? "" : halves[part];
        c_code_line(out, depth + 2, "%s%s[lane] += (float)dot%s[lane] * (scale%s[lane] * x_scale);",
                    sum, c_matmul_sums(k), half, half);
    }
    for (uint32_t part = 0; minimum && part < parts; part++) {
        const char *half = parts == 1 ? "" : halves[part];
        c_code_line(out, depth + 2, "%s%s[lane] += minimum%s[lane] * (x_scale * (float)x_sum%s);",
                    sum, c_matmul_sums(k), half, half);
    }
    c_code_line(out, depth + 1, "}");
    c_code_line(out, depth, "}");
}

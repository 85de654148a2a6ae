/* matmul with activations of i8 and i16: per block of 32 columns exact sums of products of integers,
 * which the scales of both sides multiply. */
#include "targets/c/c.h"

void c_print_matmul_integers_declarations(const struct kernel_matmul *k, uint32_t depth,
                                          struct text *out)
{
    c_code_line(out, depth, "int32_t w[32][16];");
    c_code_line(out, depth, "float scale%s%s;",
                layout_info[k->layout].scales == 2 ? "[2][16]" : "[16]",
                layout_has_minimum((enum layout)k->layout) ? ", minimum[16]" : "");
}

/* The exact sums of row r. */
static void dots(const struct kernel_matmul *k, uint32_t depth, struct text *out)
{
    const bool wide = k->format.act == ACT_i16, parts = layout_info[k->layout].scales == 2,
               minimum = layout_has_minimum((enum layout)k->layout);

    c_code_line(out, depth, "int32_t %s%s;", parts ? "dot[2][16] = {{0}}" : "dot[16] = {0}",
                minimum ? ", x_sum = 0" : "");
    c_code_line(out, depth, "float x_scale;");
    c_code_line(out, depth, "memcpy(&x_scale, blocks + k / 32 * %u, sizeof x_scale);",
                c_activation_block_bytes(&k->format));
    c_code_line(out, depth, "for (size_t i = 0; i < 32; i++) {");
    if (wide) {
        c_code_line(out, depth + 1, "int16_t q;");
        c_code_line(out, depth + 1, "memcpy(&q, elements + 2 * (k + i), sizeof q);");
    } else {
        c_code_line(out, depth + 1, "const int8_t q = (int8_t)elements[k + i];");
    }
    if (minimum)
        c_code_line(out, depth + 1, "x_sum += q;");
    c_code_line(out, depth + 1, "for (size_t lane = 0; lane < 16; lane++)");
    c_code_line(out, depth + 2, "dot%s[lane] += w[i][lane] * q;", parts ? "[i / 16]" : "");
    c_code_line(out, depth, "}");
}

void c_print_matmul_integers_part(const struct kernel_matmul *k, const char *sum,
                                  const char *packed, uint32_t depth, struct text *out)
{
    const struct layout_info *info = &layout_info[k->layout];
    const bool minimum = layout_has_minimum((enum layout)k->layout);

    c_code_line(out, depth, "unpack_integers_%s(%s, k, w, scale%s);",
                c_format_name((enum layout)k->layout), packed, minimum ? ", minimum" : "");
    c_matmul_begin_rows(k, depth, out);
    c_activation_row(&k->format, k->k, "x", false, depth + 1, out);
    dots(k, depth + 1, out);
    c_code_line(out, depth + 1, "for (size_t lane = 0; lane < 16; lane++) {");
    for (uint32_t part = 0; part < info->scales; part++) {
        const char *index = info->scales == 1 ? "" : part == 0 ? "[0]" : "[1]";
        c_code_line(out, depth + 2, "%s%s[lane] += (float)dot%s[lane] * (scale%s[lane] * x_scale);",
                    sum, c_matmul_sums(k), index, index);
    }
    if (minimum)
        c_code_line(out, depth + 2, "%s%s[lane] += minimum[lane] * (x_scale * (float)x_sum);", sum,
                    c_matmul_sums(k));
    c_code_line(out, depth + 1, "}");
    c_code_line(out, depth, "}");
}

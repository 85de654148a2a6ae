/* matmul with activations of i8 and i16: per block of 32 columns exact sums of products of integers,
 * which the scales of both sides multiply. */
#include "targets/c/c.h"

void c_print_matmul_integers_declarations(const struct kernel_matmul *k, struct text *out)
{
    const struct layout_info *info = &layout_info[k->layout];

    text_add(out,
             "                int32_t w[32][16];\n"
             "                float scale%s%s;\n",
             info->scales == 2 ? "[2][16]" : "[16]",
             layout_has_minimum((enum layout)k->layout) ? ", minimum[16]" : "");
}

/* The exact sums of row r. */
static void dots(const struct kernel_matmul *k, struct text *out)
{
    const char *indent = "                    ";
    const bool wide = k->format.act == ACT_i16, parts = layout_info[k->layout].scales == 2,
               minimum = layout_has_minimum((enum layout)k->layout);

    text_add(out, "%sint32_t dot%s[16] = {%s0%s}%s;\n", indent, parts ? "[2]" : "",
             parts ? "{" : "", parts ? "}" : "", minimum ? ", x_sum = 0" : "");
    text_add(out, "%sfloat x_scale;\n", indent);
    text_add(out, "%smemcpy(&x_scale, blocks + k / 32 * %u, sizeof x_scale);\n", indent,
             act_block_bytes(&k->format) - 32 * (wide ? 2 : 1));
    text_add(out, "%sfor (size_t i = 0; i < 32; i++) {\n", indent);
    if (wide)
        text_add(out, "%s    int16_t q;\n%s    memcpy(&q, elements + 2 * (k + i), sizeof q);\n",
                 indent, indent);
    else
        text_add(out, "%s    const int8_t q = (int8_t)elements[k + i];\n", indent);
    if (minimum)
        text_add(out, "%s    x_sum += q;\n", indent);
    text_add(out, "%s    for (size_t lane = 0; lane < 16; lane++)\n", indent);
    text_add(out, "%s        dot%s[lane] += w[i][lane] * q;\n%s}\n", indent,
             parts ? "[i / 16]" : "", indent);
}

void c_print_matmul_integers_part(const struct kernel_matmul *k, const char *sum,
                                  const char *packed, struct text *out)
{
    const char *indent = "                    ",
               *format = dtype_info[layout_info[k->layout].dtype].name;
    const bool minimum = layout_has_minimum((enum layout)k->layout);

    text_add(out, "                unpack_integers_%s(%s, k, w, scale%s);\n", format, packed,
             minimum ? ", minimum" : "");
    text_add(out, "                for (size_t r = first; r < end; r++) {\n");
    c_activation_row(&k->format, k->k, "x", false, indent, out);
    dots(k, out);
    text_add(out, "%sfor (size_t lane = 0; lane < 16; lane++) {\n", indent);
    for (uint32_t part = 0; part < layout_info[k->layout].scales; part++) {
        const char *index = layout_info[k->layout].scales == 2 ? part == 0 ? "[0]" : "[1]" : "";
        text_add(out,
                 "%s    %s[r - first][lane] += (float)dot%s[lane] * (scale%s[lane] * x_scale);\n",
                 indent, sum, index, index);
    }
    if (minimum)
        text_add(out, "%s    %s[r - first][lane] += minimum[lane] * (x_scale * (float)x_sum);\n",
                 indent, sum);
    text_add(out, "%s}\n                }\n", indent);
}

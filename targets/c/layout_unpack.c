/* Packed weights (compiler/hir/layout.def) as functions that kernels call. In: a layout; out: a
 * function that unpacks 32 columns of a row group as floats or as integers, and one that makes the
 * sums of one row of x. Words are read within loops over rows: compilers then make vectors of them.
 */
#include "targets/c/layout.h"

static void comment(enum layout layout, enum c_weight_helper what, struct text *out)
{
    const bool minimum = layout_has_minimum(layout);
    struct text text = {.arena = out->arena};

    if (what == C_DOT)
        text_add(&text,
                 "sum[n] = sum over k of w[n][k] * x[k], of 16 rows n; packed as unpack_%s "
                 "has it.",
                 c_format_name(layout));
    else if (what == C_UNPACK_INTEGERS)
        text_add(&text, "w[i][n]: the integers of columns k .. k + 31 of 16 rows.");
    else
        text_add(&text, "w[i][n]: columns k .. k + 31 of 16 rows, integer * scale%s.",
                 minimum ? " + minimum" : "");
    if (what != C_DOT)
        c_layout_picture(layout, &text);
    c_comment(out, text.data);
}

/* ---- columns ---- */

/* "8 * i + 4": column j of quad `which` of word i. */
static const char *column(enum layout layout, uint32_t which, uint32_t j, struct arena *a)
{
    const char *base = arena_printf(a, "%u * i", 4 * c_quads_of_word(layout));

    return which + j == 0 ? base : arena_printf(a, "%s + %u", base, 4 * which + j);
}

static void unpack_elements(enum layout layout, bool integer, uint32_t which, uint32_t depth,
                            struct text *out)
{
    for (uint32_t j = 0; j < 4; j++) {
        text_add(out, "%*sw[%s][n] = ", (int)(4 * depth), "", column(layout, which, j, out->arena));
        c_element(layout, integer, j, out);
        text_add(out, ";\n");
    }
}

static void add_products(enum layout layout, uint32_t which, uint32_t depth, struct text *out)
{
    const bool enclosed = layout_has_minimum(layout);

    c_code_line(out, depth, "part[n] +=");
    for (uint32_t j = 0; j < 4; j++) {
        text_add(out, "%*s%s", (int)(4 * depth + 4), "", enclosed ? "(" : "");
        c_element(layout, false, j, out);
        text_add(out, "%s * xs[%s]%s\n", enclosed ? ")" : "", column(layout, which, j, out->arena),
                 j == 3 ? ";" : " +");
    }
}

/* The 32 columns of a block. */
static void columns(enum layout layout, enum c_weight_helper what, uint32_t depth, struct text *out)
{
    const uint32_t quads = c_quads_of_word(layout);
    const char *half = quads == 4 ? "i" : quads == 2 ? "i / 2" : "i / 4";

    c_code_line(out, depth, "for (size_t i = 0; i < %u; i++) { /* %u columns */", 8 / quads,
                4 * quads);
    for (uint32_t which = 0; which < quads; which++) {
        c_code_line(out, depth + 1, "for (size_t n = 0; n < 16; n++) {");
        if (what != C_UNPACK_INTEGERS)
            c_row_scales(layout, half, depth + 2, out);
        c_quad(layout, which, depth + 2, out);
        if (what == C_DOT)
            add_products(layout, which, depth + 2, out);
        else
            unpack_elements(layout, what == C_UNPACK_INTEGERS, which, depth + 2, out);
        c_code_line(out, depth + 1, "}");
    }
    c_code_line(out, depth, "}");
}

/* ---- functions of a quantized layout ---- */

static void unit_of_k(enum layout layout, uint32_t depth, struct text *out)
{
    c_code_line(out, depth, "const uint8_t *const unit = packed + k / %u * %u;",
                layout_info[layout].unit, layout_info[layout].bytes);
}

static void print_unpack(enum layout layout, bool integers, struct text *out)
{
    if (integers) {
        c_code_line(out, 0, "static void unpack_integers_%s(const uint8_t *packed, size_t k,",
                    c_format_name(layout));
        c_code_line(out, 8, "int32_t w[restrict 32][16], float scales%s%s%s)",
                    c_scale_shape(layout), layout_has_minimum(layout) ? ", float minimums" : "",
                    layout_has_minimum(layout) ? c_scale_shape(layout) : "");
    } else {
        c_code_line(
            out, 0,
            "static void unpack_%s(const uint8_t *packed, size_t k, float w[restrict 32][16])",
            c_format_name(layout));
    }
    c_code_line(out, 0, "{");
    c_table(layout, out);
    unit_of_k(layout, 1, out);
    c_code_line(out, 1, "const size_t block = k / 32 %% %u;",
                layout_info[layout].unit / LAYOUT_BLOCK);
    c_quads(layout, 1, out);
    if (!integers)
        c_declare_block_scales(layout, 1, out);
    c_unit_scales(layout, 1, out);
    c_block_scales(layout, integers, 1, out);
    columns(layout, integers ? C_UNPACK_INTEGERS : C_UNPACK, 1, out);
    c_code_line(out, 0, "}");
}

static void dot_begin(enum layout layout, struct text *out)
{
    comment(layout, C_DOT, out);
    c_code_line(out, 0,
                "static void dot_%s(const uint8_t *packed, size_t columns, const float *x, "
                "float sum[16])",
                c_format_name(layout));
    c_code_line(out, 0, "{");
    c_table(layout, out);
    c_code_line(out, 1, "float part[16] = {0};");
    text_add(out, "\n");
}

static void print_dot(enum layout layout, struct text *out)
{
    const struct layout_info *info = &layout_info[layout];

    dot_begin(layout, out);
    c_code_line(out, 1, "for (size_t k = 0; k < columns; k += %u) {", info->unit);
    unit_of_k(layout, 2, out);
    c_unit_scales(layout, 2, out);
    c_code_line(out, 2, "for (size_t block = 0; block < %u%s; block++) {",
                info->unit / LAYOUT_BLOCK,
                layout_multiple(layout) < info->unit ? " && k + 32 * block < columns" : "");
    c_code_line(out, 3, "const float *const xs = x + k + 32 * block;");
    c_quads(layout, 3, out);
    c_declare_block_scales(layout, 3, out);
    c_block_scales(layout, false, 3, out);
    columns(layout, C_DOT, 3, out);
    c_code_line(out, 2, "}");
    c_code_line(out, 1, "}");
    c_code_line(out, 1, "memcpy(sum, part, sizeof part);");
    c_code_line(out, 0, "}");
}

void c_weight_helper_text(enum layout layout, enum c_weight_helper what, struct text *out)
{
    assert(what == C_UNPACK || layout_is_quantized(layout));
    if (!layout_is_quantized(layout)) {
        c_unpack_plain(layout, out);
        return;
    }
    if (what == C_DOT) {
        print_dot(layout, out);
        return;
    }
    comment(layout, what, out);
    print_unpack(layout, what == C_UNPACK_INTEGERS, out);
}

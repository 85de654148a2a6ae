/* conv: a causal convolution of each column over the rows of a segment. In: the kernel; out: its
 * body in C. Its weights are plain elements: no block of a quantized format is as short as taps.
 */
#include "targets/c/heads.h"

static const char *element_type(const struct kernel_conv *o)
{
    return o->layout == LAYOUT_f32_r16 ? "float" : "uint16_t";
}

/* "tap" is weight[c][j] as it is stored; returns its value. */
static const char *declare_tap(const struct kernel_conv *o, struct c_body *b, uint32_t d)
{
    switch ((enum layout)o->layout) {
    case LAYOUT_f32_r16:
        c_line(b, d, "const float tap = taps[c / 16 * %u + j * 16 + c %% 16];", o->k * 16);
        return "tap";
    case LAYOUT_f16_r32:
        c_line(b, d, "const uint16_t tap = taps[c / 32 * %u + j * 32 + c %% 32];", o->k * 32);
        return "half_to_float(tap)";
    default:
        assert(o->layout == LAYOUT_bf16_r32);
        c_line(b, d, "const uint16_t tap = taps[c / 32 * %u + j / 2 * 64 + c %% 32 * 2 + j %% 2];",
               (uint32_t)round_up(o->k, 2) * 32);
        return "bf16_to_float(tap)";
    }
}

static void print_comment(const struct kernel_conv *o, struct c_body *b)
{
    text_add(b->comment,
             "out[r][c] = sum over j < %u of weight[c][j] * x[r - %u + j][c], for %u columns. The "
             "rows in front of a segment are those of before[%u][%u], and after has those in front "
             "of what follows it. weight is ",
             o->k, o->k - 1, o->n, o->k - 1, o->n);
    switch ((enum layout)o->layout) {
    case LAYOUT_f32_r16:
        text_add(b->comment, "f32 [columns / 16][%u][16]. ", o->k);
        break;
    case LAYOUT_f16_r32:
        text_add(b->comment, "f16 [columns / 32][%u][32]. ", o->k);
        break;
    default:
        text_add(b->comment, "bf16 [columns / 32][%u][32][2]. ", (o->k + 1) / 2);
        break;
    }
    text_add(b->comment, "The distances of carried states are bytes. ");
}

static const char *row_count(const struct lir_kernel *k)
{
    return k->rows_symbol == SYMBOL_ROWS ? "count" : "rows";
}

/* Row r of x, counted from the first of the segment. */
static const char *row_of_x(const struct lir_kernel *k, struct c_body *b, const char *r)
{
    return arena_printf(b->code->arena, "x + (%s%s - %u) * %u",
                        k->rows_symbol == SYMBOL_ROWS ? "first + " : "", r, k->conv.k - 1,
                        k->stride[CONV_x]);
}

static void print_rows(const struct lir_kernel *k, struct c_body *b, uint32_t d)
{
    const struct kernel_conv *o = &k->conv;
    const char *row = k->rows_symbol == SYMBOL_ROWS ? "(first + r)" : "r";

    c_line(b, d, "for (size_t r = 0; r < %s; r++) {", row_count(k));
    c_line(b, d + 1, "const float *row[%u]; /* those that end with row r, the oldest first */",
           o->k);
    c_line(b, d + 1, "for (size_t j = 0; j < %u; j++)", o->k);
    c_line(b, d + 2, "row[j] = r + j < %u ? from + (r + j) * %u : %s;", o->k - 1, o->n,
           row_of_x(k, b, "r + j"));
    c_line(b, d + 1, "for (size_t c = 0; c < %u; c++) {", o->n);
    c_line(b, d + 2, "float sum = 0.0f;");
    c_line(b, d + 2, "for (size_t j = 0; j < %u; j++) {", o->k);
    c_line(b, d + 3, "sum += %s * row[j][c];", declare_tap(o, b, d + 3));
    c_line(b, d + 2, "}");
    c_line(b, d + 2, "out[%s * %u + c] = sum;", row, k->stride[CONV_out]);
    c_line(b, d + 1, "}");
    c_line(b, d, "}");
}

static void print_after(const struct lir_kernel *k, struct c_body *b, uint32_t d)
{
    const struct kernel_conv *o = &k->conv;
    const char *count = row_count(k);

    c_line(b, d, "for (size_t j = 0; j < %u; j++) {", o->k - 1);
    c_line(b, d + 1, "const size_t r = %s + j;", count);
    c_line(b, d + 1, "const float *const row = r < %u ? from + r * %u : %s;", o->k - 1, o->n,
           row_of_x(k, b, "r"));
    c_line(b, d + 1, "for (size_t c = 0; c < %u; c++)", o->n);
    c_line(b, d + 2, "kept[j * %u + c] = row[c];", o->n);
    c_line(b, d, "}");
}

void c_print_conv(const struct lir_kernel *k, struct c_body *b)
{
    const bool several = k->rows_symbol == SYMBOL_ROWS;
    const char *type = element_type(&k->conv);

    print_comment(&k->conv, b);
    c_line(b, 1, "const %s *const taps = (const %s *)weight;", type, type);
    text_add(b->code, "\n");
    const uint32_t d = c_segments_loop(b, several);
    if (several)
        c_line(b, d, "const size_t first = segment->first_row, count = segment->rows;");
    c_line(b, d, "const float *const from = before + segment->carried_in / 4;");
    c_line(b, d, "float *const kept = after + segment->carried_out / 4;");
    text_add(b->code, "\n");
    c_parallel_loop(b, arena_printf(b->code->arena, " if (%s > 1)", row_count(k)));
    print_rows(k, b, d);
    print_after(k, b, d);
    if (several)
        c_line(b, 1, "}");
}

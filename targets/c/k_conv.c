/* conv: a causal convolution of each column over the rows of a segment. In: the kernel; out: its
 * body in C. Its weights are plain elements: no block of a quantized format is as short as taps.
 */
#include "targets/c/heads.h"

/* The pointer that weights are read through, and element [c][j] of it. */
static const char *element_type(const struct kernel_conv *o)
{
    return o->layout == LAYOUT_f32_r16 ? "float" : "uint16_t";
}

static const char *element(const struct kernel_conv *o, struct arena *a)
{
    switch ((enum layout)o->layout) {
    case LAYOUT_f32_r16:
        return arena_printf(a, "taps[c / 16 * %u + j * 16 + c %% 16]", o->k * 16);
    case LAYOUT_f16_r32:
        return arena_printf(a, "half_to_float(taps[c / 32 * %u + j * 32 + c %% 32])", o->k * 32);
    default:
        assert(o->layout == LAYOUT_bf16_r32);
        return arena_printf(a,
                            "bf16_to_float(taps[c / 32 * %u + j / 2 * 64 + c %% 32 * 2 + j %% 2])",
                            (uint32_t)round_up(o->k, 2) * 32);
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

static void print_rows(const struct lir_kernel *k, struct c_body *b)
{
    const struct kernel_conv *o = &k->conv;
    const uint32_t tail = o->k - 1;

    c_line(b, 2, "for (size_t r = 0; r < count; r++) {");
    c_line(b, 3, "const float *row[%u]; /* those that end with row r, the oldest first */", o->k);
    c_line(b, 3, "for (size_t j = 0; j < %u; j++)", o->k);
    c_line(b, 4, "row[j] = r + j < %u ? from + (r + j) * %u : x + (first + r + j - %u) * %u;", tail,
           o->n, tail, k->stride[CONV_x]);
    c_line(b, 3, "for (size_t c = 0; c < %u; c++) {", o->n);
    c_line(b, 4, "float sum = 0.0f;");
    c_line(b, 4, "for (size_t j = 0; j < %u; j++)", o->k);
    c_line(b, 5, "sum += %s * row[j][c];", element(o, b->code->arena));
    c_line(b, 4, "out[(first + r) * %u + c] = sum;", k->stride[CONV_out]);
    c_line(b, 3, "}");
    c_line(b, 2, "}");
}

static void print_after(const struct lir_kernel *k, struct c_body *b)
{
    const struct kernel_conv *o = &k->conv;
    const uint32_t tail = o->k - 1;

    c_line(b, 2, "for (size_t j = 0; j < %u; j++) {", tail);
    c_line(b, 3, "const float *const row =");
    c_line(b, 4, "count + j < %u ? from + (count + j) * %u : x + (first + count + j - %u) * %u;",
           tail, o->n, tail, k->stride[CONV_x]);
    c_line(b, 3, "for (size_t c = 0; c < %u; c++)", o->n);
    c_line(b, 4, "kept[j * %u + c] = row[c];", o->n);
    c_line(b, 2, "}");
}

void c_print_conv(const struct lir_kernel *k, struct c_body *b)
{
    const bool several = k->rows_symbol == SYMBOL_ROWS;
    const char *type = element_type(&k->conv);

    print_comment(&k->conv, b);
    c_line(b, 1, "const %s *const taps = (const %s *)weight;", type, type);
    text_add(b->code, "\n");
    if (several) {
        c_line(b, 1, "(void)rows; /* as the segments have them */");
        c_line(b, 1, "for (size_t s = 0; s < segment_count; s++) {");
    } else {
        c_line(b, 1, "{");
    }
    c_line(b, 2, "const struct rlx_segment *const segment = &segments[%s];", several ? "s" : "0");
    c_line(b, 2, "const size_t first = %s;", several ? "segment->first_row" : "0");
    c_line(b, 2, "const size_t count = %s;", several ? "segment->rows" : "rows");
    c_line(b, 2, "const float *const from = before + segment->carried_in / 4;");
    c_line(b, 2, "float *const kept = after + segment->carried_out / 4;");
    text_add(b->code, "\n");
    c_parallel_loop(b, " if (count > 1)");
    print_rows(k, b);
    print_after(k, b);
    c_line(b, 1, "}");
}

/* matmul with registers that hold matrices: two row groups by two tiles of 16 tokens at a time, whose
 * sums stay in registers. In: activations as act_is_matrix says; weights of bf16 and i8_row as they
 * stand, and all others unpacked to bf16, scaled; out: sums in f32 or i32, which go through memory
 * to where a loop over rows finishes them.
 *
 * What is reused must stay in the nearest cache, which is why K is taken in stretches: those of the
 * two groups stay there for all tokens, and sums of so many tokens wait in memory until the next one.
 */
#include "targets/cpu/matmul.h"

enum {
    PAIR = 2,
    FIRST_X = PAIR * PAIR,
    FIRST_WEIGHTS = FIRST_X + PAIR,
    MATRIX_BYTES = MATRIX_ROWS * MATRIX_ROW_BYTES,
    SPAN_TILES = 32,     /* of tokens, whose sums wait */
    STRETCH_BYTES = 1024 /* of a row of activations */
};

bool act_is_matrix(const struct act_format *f)
{
    return (f->act == ACT_bf16 || f->act == ACT_i8_row) && f->tile_rows == MATRIX_ROWS;
}

uint32_t act_matrix_columns(const struct act_format *f, uint32_t k)
{
    return f->act == ACT_i8_row && k % MATRIX_ROW_BYTES == 0 ? MATRIX_ROW_BYTES : LAYOUT_BLOCK;
}

bool matmul_takes_matrices(enum act act, enum layout layout, uint32_t k)
{
    return act == ACT_i8_row || (act == ACT_bf16 && k % LAYOUT_BLOCK == 0 &&
                                 (layout == LAYOUT_bf16_r32 || layout_is_quantized(layout)));
}

bool matmul_uses_matrices(const struct lir_kernel *kernel)
{
    const struct kernel_matmul *k = &kernel->matmul;

    return kernel->kind == KERNEL_matmul && k->experts == 0 && act_is_matrix(&k->format) &&
           k->tile_groups == MATRIX_GROUPS &&
           matmul_takes_matrices((enum act)k->format.act, (enum layout)k->layout, k->k);
}

struct matrices {
    struct tile *t;
    const struct matrix_dot *dot;
    uint32_t columns, row_bytes; /* of a matrix of activations */
    uint32_t stretch;            /* columns */
    bool staged;
    LLVMValueRef stage; /* [blocks][groups] matrices of weights */
    LLVMValueRef sums;  /* [tiles of tokens][groups] matrices */
    /* i64: the columns of this stretch, and how many. */
    LLVMValueRef first, count;
};

/* ---- products ---- */

/* Where the matrix of weights of a group begins, `column` columns (i64) after the first of the stretch;
 * and how far apart its rows are. */
static int64_t weights_apart(const struct matrices *m)
{
    return m->staged ? MATRIX_ROW_BYTES : layout_step(m->t->layout);
}

static LLVMValueRef weights_at(const struct matrices *m, uint32_t group, LLVMValueRef column)
{
    const struct builder *b = m->t->b;
    const int64_t of_column = MATRIX_ROWS * m->row_bytes / m->columns;

    if (m->staged)
        return at_number(b, at(b, m->stage, times(b, column, PAIR * of_column)),
                         group * (int64_t)MATRIX_BYTES);
    const int64_t pairs = layout_info[m->t->layout].groups;
    return at(b, m->t->weights[group], times(b, add(b, m->first, column), pairs * of_column));
}

static void multiply_stretch(const struct matrices *m, const LLVMValueRef x[PAIR])
{
    const struct builder *b = m->t->b;
    const struct matrix_dot *dot = m->dot;
    const int64_t of_column = MATRIX_ROWS * m->row_bytes / m->columns,
                  apart = m->t->layout == LAYOUT_bf16_r32 ? weights_apart(m) : MATRIX_ROW_BYTES;
    struct loop l;

    loop_begin(b, &l, i64_number(b, 0), m->count, m->columns, NULL, 0);
    for (uint32_t i = 0; i < PAIR; i++)
        dot->load(b, FIRST_X + i, at(b, x[i], times(b, add(b, m->first, l.index), of_column)),
                  m->row_bytes);
    for (uint32_t g = 0; g < PAIR; g++) {
        dot->load(b, FIRST_WEIGHTS + g, weights_at(m, g, l.index), apart);
        for (uint32_t i = 0; i < PAIR; i++)
            (m->t->k->format.act == ACT_bf16 ? dot->add_bf16 : dot->add_bytes)(
                b, i * PAIR + g, FIRST_X + i, FIRST_WEIGHTS + g);
    }
    loop_end(b, &l, NULL);
}

/* ---- sums ---- */

/* Of a tile of tokens, counted from the first whose sums wait. */
static LLVMValueRef sums_at(const struct matrices *m, LLVMValueRef tile)
{
    return at(m->t->b, m->sums, times(m->t->b, tile, PAIR * MATRIX_BYTES));
}

/* The first stretch begins with zeros. */
static void begin_products(const struct matrices *m, LLVMValueRef sums)
{
    const struct builder *b = m->t->b;
    LLVMValueRef is_first = LLVMBuildICmp(b->ir, LLVMIntEQ, m->first, i64_number(b, 0), "");
    const bool is_only = m->stretch >= m->t->k->k;

    LLVMBasicBlockRef after = is_only ? NULL : when_begin(b, is_first);
    for (uint32_t i = 0; i < PAIR * PAIR; i++)
        m->dot->zero(b, i);
    if (is_only)
        return;
    when_end(b, after);
    after = when_begin(b, LLVMBuildNot(b->ir, is_first, ""));
    for (uint32_t i = 0; i < PAIR * PAIR; i++)
        m->dot->load(b, i, at_number(b, sums, i * (int64_t)MATRIX_BYTES), MATRIX_ROW_BYTES);
    when_end(b, after);
}

static LLVMValueRef activations_at(const struct tile *t, LLVMValueRef tile)
{
    return at(t->b, t->b->args[MATMUL_x],
              times(t->b, tile, (int64_t)act_tile_bytes(&t->k->format, t->k->k)));
}

/* Tiles `first` to `end` of tokens. A last one without a second is taken twice, and finished once. */
static void add_stretch(const struct matrices *m, LLVMValueRef first, LLVMValueRef end)
{
    const struct builder *b = m->t->b;
    struct loop l;

    loop_begin(b, &l, first, end, PAIR, NULL, 0);
    LLVMValueRef second = lesser(b, add_number(b, l.index, 1), add_number(b, end, -1)),
                 x[PAIR] = {activations_at(m->t, l.index), activations_at(m->t, second)},
                 sums = sums_at(m, subtract(b, l.index, first));
    begin_products(m, sums);
    multiply_stretch(m, x);
    for (uint32_t i = 0; i < PAIR * PAIR; i++)
        m->dot->store(b, i, at_number(b, sums, i * (int64_t)MATRIX_BYTES), MATRIX_ROW_BYTES);
    loop_end(b, &l, NULL);
}

/* ---- unpacking ---- */

static void stage_stretch(const struct matrices *m)
{
    const struct builder *b = m->t->b;
    const uint32_t unit = layout_info[m->t->layout].unit, k = m->t->k->k;
    LLVMValueRef end = add(b, m->first, m->count);

    matmul_stage_units(m->t, LLVMBuildUDiv(b->ir, m->first, i64_number(b, unit), ""),
                       LLVMBuildUDiv(b->ir, end, i64_number(b, unit), ""));
    if (k % unit == 0)
        return;
    LLVMBasicBlockRef after =
        when_begin(b, LLVMBuildICmp(b->ir, LLVMIntEQ, end, i64_number(b, k), ""));
    LLVMValueRef place = subtract(b, i64_number(b, k / unit * unit), m->first);
    matmul_stage_rest(
        m->t, at(b, m->stage, times(b, place, PAIR * MATRIX_BYTES / (int64_t)LAYOUT_BLOCK)));
    when_end(b, after);
}

/* ---- rows of results ---- */

/* A loop over rows, because code for 16 of them is long. */
static void finish_rows(const struct matrices *m, LLVMValueRef tile, LLVMValueRef sums,
                        LLVMValueRef rows)
{
    const struct builder *b = m->t->b;
    const bool is_row = m->t->k->format.act == ACT_i8_row;
    LLVMValueRef first = times(b, tile, MATRIX_ROWS);
    struct tile one = *m->t;
    struct loop l;

    one.tokens = 1;
    one.activations = activations_at(m->t, tile);
    loop_begin(b, &l, i64_number(b, 0),
               lesser(b, subtract(b, rows, first), i64_number(b, MATRIX_ROWS)), 1, NULL, 0);
    one.token = l.index;
    for (uint32_t g = 0; g < PAIR; g++)
        one.sums[g] = load(b, is_row ? b->i32x16 : b->f32x16,
                           at_number(b, at(b, sums, times(b, l.index, MATRIX_ROW_BYTES)),
                                     g * (int64_t)MATRIX_BYTES),
                           MATRIX_ROW_BYTES);
    if (is_row)
        matmul_add_starts(&one);
    end_sums(&one);
    matmul_store_row(&one, add(b, first, l.index), 0);
    loop_end(b, &l, NULL);
}

/* ---- the loops ---- */

static void run_span(struct matrices *m, LLVMValueRef first, LLVMValueRef end, LLVMValueRef rows)
{
    const struct builder *b = m->t->b;
    const uint32_t k = m->t->k->k;
    struct loop stretches, l;

    loop_begin_counted(b, &stretches, k, m->stretch, NULL, 0);
    m->first = stretches.index;
    m->count = lesser(b, i64_number(b, m->stretch), subtract(b, i64_number(b, k), stretches.index));
    if (m->staged)
        stage_stretch(m);
    add_stretch(m, first, end);
    loop_end(b, &stretches, NULL);
    loop_begin(b, &l, first, end, 1, NULL, 0);
    finish_rows(m, l.index, sums_at(m, subtract(b, l.index, first)), rows);
    loop_end(b, &l, NULL);
}

void run_matrices(struct tile *t, LLVMValueRef rows)
{
    const struct builder *b = t->b;
    struct matrices m = {.t = t, .dot = b->isa->matrices};
    LLVMValueRef tiles = tiles_of(b, rows, MATRIX_ROWS);
    struct loop spans;

    m.columns = act_matrix_columns(&t->k->format, t->k->k);
    m.row_bytes = m.columns * act_element_bytes(&t->k->format);
    m.stretch = STRETCH_BYTES / act_element_bytes(&t->k->format);
    m.staged = t->k->format.act == ACT_bf16 && t->layout != LAYOUT_bf16_r32;
    m.sums = stack_array(b, (uint64_t)SPAN_TILES * PAIR * MATRIX_BYTES);
    if (m.staged) {
        m.stage = stack_array(b, (uint64_t)PAIR * MATRIX_BYTES *
                                     (min_u64(m.stretch, t->k->k) / LAYOUT_BLOCK));
        memcpy(t->packed, t->weights, sizeof t->packed);
        t->weights[0] = m.stage;
    }
    m.dot->open(b, FIRST_X, FIRST_WEIGHTS, m.row_bytes);
    loop_begin(b, &spans, i64_number(b, 0), tiles, SPAN_TILES, NULL, 0);
    run_span(&m, spans.index, lesser(b, add_number(b, spans.index, SPAN_TILES), tiles), rows);
    loop_end(b, &spans, NULL);
    m.dot->close(b);
}

/* norm_quant: rows of f32, with or without RMS norm and a residual, to an activation buffer. In: x,
 * the norm's weight, the residual; out: f32 rows, or packed tiles of bf16 or integers
 * (norm_quant_blocks.c) in the forms that matmul_sums.c pictures. Rows that the last tile lacks are zeros there.
 */
#include "targets/cpu/norm_quant.h"

enum { MEANS = sizeof(float) * TILE_MAX_TOKENS }; /* where they begin, behind as many factors */

/* The 16 elements at `offset` bytes; lanes from `lanes` on as zeros. */
static LLVMValueRef load_x(const struct builder *b, LLVMValueRef x, LLVMValueRef offset,
                           uint32_t lanes)
{
    LLVMValueRef value = load_f32x16(b, at(b, x, offset));

    return lanes < LANES ? LLVMBuildSelect(b->ir, first_lanes(b, lanes), value, zeros(b), "")
                         : value;
}

/* The 16 elements at `offset` bytes, less the mean (f32x16; NULL: as they are); lanes from `lanes` on
 * as zeros. */
static LLVMValueRef load_centered(const struct builder *b, LLVMValueRef x, LLVMValueRef mean,
                                  LLVMValueRef offset, uint32_t lanes)
{
    LLVMValueRef value = load_x(b, x, offset, lanes);

    if (mean == NULL)
        return value;
    value = LLVMBuildFSub(b->ir, value, mean, "");
    return lanes < LANES ? LLVMBuildSelect(b->ir, first_lanes(b, lanes), value, zeros(b), "")
                         : value;
}

/* f32: the sum over a row of k elements, or of the squares of these less the mean. */
static LLVMValueRef sum_of_row(const struct builder *b, LLVMValueRef x, uint32_t k, bool squares,
                               LLVMValueRef mean)
{
    LLVMValueRef sums[4] = {zeros(b), zeros(b), zeros(b), zeros(b)};
    uint32_t whole = k / 64 * 64;

    if (whole > 0) {
        struct loop l;
        loop_begin_counted(b, &l, 4 * (int64_t)whole, 256, sums, 4);
        for (uint32_t i = 0; i < 4; i++) {
            LLVMValueRef value = load_centered(b, x, mean, add_number(b, l.index, 64 * i), LANES);
            sums[i] = squares ? fma16(b, value, value, sums[i])
                              : LLVMBuildFAdd(b->ir, value, sums[i], "");
        }
        loop_end(b, &l, sums);
    }
    for (uint32_t i = 0; whole + i * LANES < k; i++) {
        uint32_t at_element = whole + i * LANES;
        LLVMValueRef value =
            load_centered(b, x, mean, i64_number(b, 4 * (int64_t)at_element), k - at_element);
        sums[i] =
            squares ? fma16(b, value, value, sums[i]) : LLVMBuildFAdd(b->ir, value, sums[i], "");
    }
    LLVMValueRef low = LLVMBuildFAdd(b->ir, sums[0], sums[1], "");
    return sum_of_lanes(b,
                        LLVMBuildFAdd(b->ir, low, LLVMBuildFAdd(b->ir, sums[2], sums[3], ""), ""));
}

LLVMValueRef sum_of_squares(const struct builder *b, LLVMValueRef x, uint32_t k)
{
    return sum_of_row(b, x, k, true, NULL);
}

LLVMValueRef sum_of_elements(const struct builder *b, LLVMValueRef x, uint32_t k)
{
    return sum_of_row(b, x, k, false, NULL);
}

static LLVMValueRef row_at(const struct builder *b, LLVMValueRef row)
{
    return at(b, b->args[NORM_QUANT_x],
              times(b, row, 4 * (int64_t)b->kernel->stride[NORM_QUANT_x]));
}

/* f32: the mean of the row at `x`. */
static LLVMValueRef row_mean(const struct builder *b, LLVMValueRef x)
{
    uint32_t k = b->kernel->norm_quant.k;

    return LLVMBuildFDiv(b->ir, sum_of_elements(b, x, k), f32_number(b, k), "");
}

/* f32: what the norm of the row at `x`, less the mean, multiplies by. */
static LLVMValueRef norm_factor(const struct builder *b, LLVMValueRef x, LLVMValueRef mean)
{
    const struct kernel_norm_quant *k = &b->kernel->norm_quant;
    LLVMValueRef square =
        LLVMBuildFDiv(b->ir, sum_of_row(b, x, k->k, true, mean), f32_number(b, k->k), "");

    square = LLVMBuildFAdd(b->ir, square, f32_number(b, (double)k->epsilon), "");
    return LLVMBuildFDiv(b->ir, f32_number(b, 1), square_root(b, square), "");
}

/* The vectors of the norm, if there is one. */
static void set_norm(const struct builder *b, struct row_source *s)
{
    if (lir_has(b->kernel, NORM_QUANT_weight))
        s->weight = b->args[NORM_QUANT_weight];
    if (lir_has(b->kernel, NORM_QUANT_bias))
        s->bias = b->args[NORM_QUANT_bias];
    if (lir_has(b->kernel, NORM_QUANT_scale))
        s->scale = b->args[NORM_QUANT_scale];
}

static struct row_source open_row(const struct builder *b, LLVMValueRef row)
{
    struct row_source s = {.x = row_at(b, row)};

    set_norm(b, &s);
    if (b->kernel->norm_quant.centered)
        s.mean = broadcast(b, row_mean(b, s.x));
    if (s.weight != NULL)
        s.factor = broadcast(b, norm_factor(b, s.x, s.mean));
    if (lir_has(b->kernel, NORM_QUANT_residual))
        s.residual = at(b, b->args[NORM_QUANT_residual],
                        times(b, row, 4 * (int64_t)b->kernel->stride[NORM_QUANT_residual]));
    return s;
}

LLVMValueRef row_load(const struct builder *b, const struct row_source *s, LLVMValueRef offset,
                      uint32_t lanes)
{
    LLVMValueRef value = load_centered(b, s->x, s->mean, offset, lanes);

    if (s->weight == NULL)
        return value;
    value = LLVMBuildFMul(b->ir, value, s->factor, "");
    value = LLVMBuildFMul(b->ir, value, load_f32x16(b, at(b, s->weight, offset)), "");
    if (s->bias != NULL)
        value = LLVMBuildFAdd(b->ir, value, load_f32x16(b, at(b, s->bias, offset)), "");
    if (s->residual != NULL)
        value = LLVMBuildFAdd(b->ir, value, load_f32x16(b, at(b, s->residual, offset)), "");
    if (s->scale != NULL)
        value = LLVMBuildFMul(b->ir, value, load_f32x16(b, at(b, s->scale, offset)), "");
    return value;
}

/* The elements of a vector at distance `stride` bytes. */
static void store_apart(const struct builder *b, LLVMValueRef values, LLVMValueRef to,
                        uint32_t count, uint32_t stride)
{
    LLVMTypeRef type = LLVMTypeOf(values);
    uint32_t bytes = LLVMGetIntTypeWidth(LLVMGetElementType(type)) / 8;

    if (stride == bytes && count == LLVMGetVectorSize(type)) {
        store(b, values, to, 4);
        return;
    }
    for (uint32_t i = 0; i < count; i++)
        store(b, element(b, values, i), at_number(b, to, (int64_t)i * stride), 4);
}

/* ---- f32 ---- */

static void write_f32(const struct builder *b, const struct row_source *s, LLVMValueRef row)
{
    uint32_t k = b->kernel->norm_quant.k, whole = k / LANES * LANES;
    LLVMValueRef to =
        at(b, b->args[NORM_QUANT_out], times(b, row, 4 * (int64_t)round_up(k, LANES)));
    struct loop l;

    if (whole > 0) {
        loop_begin_counted(b, &l, 4 * (int64_t)whole, 64, NULL, 0);
        store(b, row_load(b, s, l.index, LANES), at(b, to, l.index), 64);
        loop_end(b, &l, NULL);
    }
    if (k > whole) {
        LLVMValueRef offset = i64_number(b, 4 * (int64_t)whole);
        store_first(b, row_load(b, s, offset, k - whole), at(b, to, offset), k - whole);
    }
}

/* ---- bf16 ---- */

/* Nearest even, as <8 x i32> pairs. */
static LLVMValueRef bf16_pairs(const struct builder *b, LLVMValueRef x)
{
    LLVMValueRef bits = cast(b, x, b->i32x16), sixteen = i32x16_number(b, 16);
    LLVMValueRef odd =
        LLVMBuildAnd(b->ir, LLVMBuildLShr(b->ir, bits, sixteen, ""), i32x16_number(b, 1), "");

    bits = LLVMBuildAdd(b->ir, bits, LLVMBuildAdd(b->ir, odd, i32x16_number(b, 0x7fff), ""), "");
    bits = LLVMBuildTrunc(b->ir, LLVMBuildLShr(b->ir, bits, sixteen, ""), vector_of(b->i16, LANES),
                          "");
    return cast(b, bits, vector_of(b->i32, LANES / 2));
}

static void write_bf16(const struct builder *b, const struct row_source *s, LLVMValueRef to)
{
    uint32_t k = b->kernel->norm_quant.k, whole = k / LANES * LANES,
             tokens = b->kernel->norm_quant.format.tile_rows;
    LLVMValueRef none = LLVMConstNull(vector_of(b->i32, LANES / 2));
    struct loop l;

    if (whole > 0) {
        loop_begin_counted(b, &l, 4 * (int64_t)whole, 64, NULL, 0);
        LLVMValueRef pairs = s != NULL ? bf16_pairs(b, row_load(b, s, l.index, LANES)) : none;
        LLVMValueRef offset = LLVMBuildLShr(b->ir, times(b, l.index, tokens), i64_number(b, 1), "");
        store_apart(b, pairs, at(b, to, offset), LANES / 2, 4 * tokens);
        loop_end(b, &l, NULL);
    }
    if (k > whole) {
        LLVMValueRef pairs = none;
        if (s != NULL)
            pairs = bf16_pairs(b, row_load(b, s, i64_number(b, 4 * (int64_t)whole), k - whole));
        store_apart(b, pairs, at_number(b, to, 2 * (int64_t)whole * tokens),
                    (uint32_t)ceil_div(k - whole, 2), 4 * tokens);
    }
}

/* A row of a tile of matrices, whose first bytes are at `to`. */
static void write_bf16_matrix(const struct builder *b, const struct row_source *s, LLVMValueRef to)
{
    LLVMValueRef pairs = LLVMConstNull(vector_of(b->i32, LANES / 2));
    struct loop l;

    loop_begin_counted(b, &l, 2 * (int64_t)b->kernel->norm_quant.k, 2 * LANES, NULL, 0);
    if (s != NULL)
        pairs = bf16_pairs(b, row_load(b, s, times(b, l.index, 2), LANES));
    store(b, pairs, matrix_at(b, to, l.index, MATRIX_ROW_BYTES), 2 * LANES);
    loop_end(b, &l, NULL);
}

/* Row `row` of a tile. */
static void write_bf16_row(const struct builder *b, const struct row_source *s, LLVMValueRef tile,
                           LLVMValueRef row)
{
    if (act_is_matrix(&b->kernel->norm_quant.format))
        write_bf16_matrix(b, s, at(b, tile, times(b, row, MATRIX_ROW_BYTES)));
    else
        write_bf16(b, s, at(b, tile, times(b, row, 4)));
}

/* ---- tiles ---- */

static LLVMValueRef tile_at(const struct builder *b, LLVMValueRef tile)
{
    const struct kernel_norm_quant *k = &b->kernel->norm_quant;

    return at(b, b->args[NORM_QUANT_out],
              times(b, tile, (int64_t)act_tile_bytes(&k->format, k->k)));
}

/* f32 and bf16: one row after the other. */
static void write_rows(const struct builder *b, LLVMValueRef tile, LLVMValueRef rows)
{
    const struct kernel_norm_quant *k = &b->kernel->norm_quant;
    struct loop tokens;

    loop_begin_counted(b, &tokens, k->format.tile_rows, 1, NULL, 0);
    LLVMValueRef row = add(b, times(b, tile, k->format.tile_rows), tokens.index);
    LLVMValueRef inside = LLVMBuildICmp(b->ir, LLVMIntSLT, row, rows, "");
    LLVMBasicBlockRef after = when_begin(b, inside);
    struct row_source s = open_row(b, row);
    if (k->format.act == ACT_f32)
        write_f32(b, &s, row);
    else
        write_bf16_row(b, &s, tile_at(b, tile), tokens.index);
    when_end(b, after);
    if (k->format.act == ACT_bf16) {
        after = when_begin(b, LLVMBuildNot(b->ir, inside, ""));
        write_bf16_row(b, NULL, tile_at(b, tile), tokens.index);
        when_end(b, after);
    }
    loop_end(b, &tokens, NULL);
}

/* Integers: tokens of a tile that are written together. Eight are two times the code of four, and
 * what four write of a quad of 16-bit elements is a whole vector; so do four of a matrix. */
static uint32_t tokens_at_once(const struct act_format *f)
{
    return act_is_matrix(f) || (f->act == ACT_i16 && f->tile_rows == 8) ? 4 : f->tile_rows;
}

/* The factors of a tile's norms, and behind them the means, go through memory, so that one loop makes
 * all. Where a row is missing, the last one is read instead. */
static void write_factors(const struct builder *b, LLVMValueRef first, LLVMValueRef last,
                          LLVMValueRef factors)
{
    struct loop l;

    loop_begin_counted(b, &l, b->kernel->norm_quant.format.tile_rows, 1, NULL, 0);
    LLVMValueRef x = row_at(b, lesser(b, add(b, first, l.index), last)), mean = NULL;
    LLVMValueRef to = at(b, factors, times(b, l.index, 4));
    if (b->kernel->norm_quant.centered) {
        mean = row_mean(b, x);
        store(b, mean, at_number(b, to, MEANS), 4);
        mean = broadcast(b, mean);
    }
    store(b, norm_factor(b, x, mean), to, 4);
    loop_end(b, &l, NULL);
}

static void write_part(const struct builder *b, LLVMValueRef tile, LLVMValueRef rows,
                       struct norm_quant_part *part, LLVMValueRef factors)
{
    const uint32_t tokens = b->kernel->norm_quant.format.tile_rows;
    LLVMValueRef last = add_number(b, rows, -1),
                 first = add(b, times(b, tile, tokens), part->first);

    for (uint32_t i = 0; i < part->tokens; i++) {
        struct row_source *s = &part->rows[i];
        LLVMValueRef row = add_number(b, first, i);
        s->inside = tokens == 1 ? NULL : LLVMBuildICmp(b->ir, LLVMIntSLT, row, rows, "");
        s->x = row_at(b, tokens == 1 ? row : lesser(b, row, last));
        if (factors != NULL) {
            LLVMValueRef from = at(b, factors, times(b, add_number(b, part->first, i), 4));
            s->factor = broadcast(b, load(b, b->f32, from, 4));
            if (b->kernel->norm_quant.centered)
                s->mean = broadcast(b, load(b, b->f32, at_number(b, from, MEANS), 4));
            set_norm(b, s);
        }
    }
    if (b->kernel->norm_quant.format.act == ACT_i8_row)
        norm_quant_write_tokens(b, part, tile_at(b, tile));
    else
        norm_quant_write_blocks(b, part, tile_at(b, tile));
}

static void write_tile(const struct builder *b, LLVMValueRef tile, LLVMValueRef rows,
                       LLVMValueRef factors)
{
    const uint32_t tokens = b->kernel->norm_quant.format.tile_rows;
    struct norm_quant_part part = {.tokens = tokens_at_once(&b->kernel->norm_quant.format),
                                   .first = i64_number(b, 0)};
    struct loop parts;

    if (factors != NULL)
        write_factors(b, times(b, tile, tokens), add_number(b, rows, -1), factors);
    if (part.tokens == tokens) {
        write_part(b, tile, rows, &part, factors);
        return;
    }
    loop_begin_counted(b, &parts, tokens, part.tokens, NULL, 0);
    part.first = parts.index;
    write_part(b, tile, rows, &part, factors);
    loop_end(b, &parts, NULL);
}

void emit_norm_quant(const struct builder *b)
{
    const struct kernel_norm_quant *k = &b->kernel->norm_quant;
    const bool integers = act_is_integer((enum act)k->format.act);
    LLVMValueRef rows = load_dim(b, b->kernel->rows_symbol), factors = NULL;
    struct loop tiles;

    if (integers && lir_has(b->kernel, NORM_QUANT_weight))
        factors = stack_array(b, 2 * MEANS);
    loop_begin(b, &tiles, b->first_tile, b->end_tile, 1, NULL, 0);
    if (integers)
        write_tile(b, tiles.index, rows, factors);
    else
        write_rows(b, tiles.index, rows);
    loop_end(b, &tiles, NULL);
}

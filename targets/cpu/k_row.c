/* row: rows of f32, with or without RMS norm, to an activation buffer. In: x and the norm's weight;
 * out: f32 rows, or packed tiles of bf16, i8 or i16 in the forms that matmul_sums.c pictures. Rows
 * that the last tile lacks are zeros there.
 */
#include "targets/cpu/cpu.h"

struct source {
    LLVMValueRef x, weight; /* start of the row; NULL where there is no norm */
    LLVMValueRef factor;    /* f32x16: 1 / sqrt(mean(x^2) + epsilon) */
};

/* The 16 elements at `offset` bytes; lanes from `lanes` on as zeros. */
static LLVMValueRef load_x(const struct builder *b, LLVMValueRef x, LLVMValueRef offset,
                           uint32_t lanes)
{
    LLVMValueRef value = load_f32x16(b, at(b, x, offset));

    return lanes < LANES ? LLVMBuildSelect(b->ir, first_lanes(b, lanes), value, zeros(b), "")
                         : value;
}

LLVMValueRef sum_of_squares(const struct builder *b, LLVMValueRef x, uint32_t k)
{
    LLVMValueRef sums[4] = {zeros(b), zeros(b), zeros(b), zeros(b)};
    uint32_t whole = k / 64 * 64;

    if (whole > 0) {
        struct loop l;
        loop_begin_counted(b, &l, 4 * (int64_t)whole, 256, sums, 4);
        for (uint32_t i = 0; i < 4; i++) {
            LLVMValueRef value = load_x(b, x, add_number(b, l.index, 64 * i), LANES);
            sums[i] = fma16(b, value, value, sums[i]);
        }
        loop_end(b, &l, sums);
    }
    for (uint32_t i = 0; whole + i * LANES < k; i++) {
        uint32_t at_element = whole + i * LANES;
        LLVMValueRef value = load_x(b, x, i64_number(b, 4 * (int64_t)at_element), k - at_element);
        sums[i] = fma16(b, value, value, sums[i]);
    }
    LLVMValueRef low = LLVMBuildFAdd(b->ir, sums[0], sums[1], "");
    return sum_of_lanes(b,
                        LLVMBuildFAdd(b->ir, low, LLVMBuildFAdd(b->ir, sums[2], sums[3], ""), ""));
}

static struct source open_row(const struct builder *b, LLVMValueRef row)
{
    const struct lir_kernel *k = b->kernel;
    struct source s = {.x = at(b, b->args[0], times(b, row, 4 * (int64_t)k->stride[0]))};

    if (k->norm == NORM_rms) {
        LLVMValueRef mean =
            LLVMBuildFDiv(b->ir, sum_of_squares(b, s.x, k->k), f32_number(b, k->k), "");
        mean = LLVMBuildFAdd(b->ir, mean, f32_number(b, (double)k->epsilon), "");
        s.factor = broadcast(b, LLVMBuildFDiv(b->ir, f32_number(b, 1), square_root(b, mean), ""));
        s.weight = b->args[1];
    }
    return s;
}

/* y of the 16 elements at `offset` bytes (in f32) of the row. */
static LLVMValueRef load_y(const struct builder *b, const struct source *s, LLVMValueRef offset,
                           uint32_t lanes)
{
    LLVMValueRef value = load_x(b, s->x, offset, lanes);

    if (s->weight == NULL)
        return value;
    value = LLVMBuildFMul(b->ir, value, s->factor, "");
    return LLVMBuildFMul(b->ir, value, load_f32x16(b, at(b, s->weight, offset)), "");
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

static void write_f32(const struct builder *b, const struct source *s, LLVMValueRef row)
{
    uint32_t k = b->kernel->k, whole = k / LANES * LANES;
    LLVMValueRef to =
        at(b, b->args[b->kernel->input_count], times(b, row, 4 * (int64_t)round_up(k, LANES)));
    struct loop l;

    if (whole > 0) {
        loop_begin_counted(b, &l, 4 * (int64_t)whole, 64, NULL, 0);
        store(b, load_y(b, s, l.index, LANES), at(b, to, l.index), 64);
        loop_end(b, &l, NULL);
    }
    if (k > whole) {
        LLVMValueRef offset = i64_number(b, 4 * (int64_t)whole);
        store_first(b, load_y(b, s, offset, k - whole), at(b, to, offset), k - whole);
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

static void write_bf16(const struct builder *b, const struct source *s, LLVMValueRef to)
{
    uint32_t k = b->kernel->k, whole = k / LANES * LANES, tokens = b->kernel->tile_tokens;
    LLVMValueRef none = LLVMConstNull(vector_of(b->i32, LANES / 2));
    struct loop l;

    if (whole > 0) {
        loop_begin_counted(b, &l, 4 * (int64_t)whole, 64, NULL, 0);
        LLVMValueRef pairs = s != NULL ? bf16_pairs(b, load_y(b, s, l.index, LANES)) : none;
        LLVMValueRef offset = LLVMBuildLShr(b->ir, times(b, l.index, tokens), i64_number(b, 1), "");
        store_apart(b, pairs, at(b, to, offset), LANES / 2, 4 * tokens);
        loop_end(b, &l, NULL);
    }
    if (k > whole) {
        LLVMValueRef pairs = none;
        if (s != NULL)
            pairs = bf16_pairs(b, load_y(b, s, i64_number(b, 4 * (int64_t)whole), k - whole));
        store_apart(b, pairs, at_number(b, to, 2 * (int64_t)whole * tokens),
                    (uint32_t)ceil_div(k - whole, 2), 4 * tokens);
    }
}

/* ---- i8 and i16 ---- */

/* One block of 32 quantized: q as two vectors of i32, scale f32, sums i32 or f32. */
struct block {
    LLVMValueRef q[2], scale, sum[2];
};

/* Adding 1.5 * 2^23 rounds to an integer, nearest even, and leaves it in the low bits. */
static LLVMValueRef rounded(const struct builder *b, LLVMValueRef x)
{
    LLVMValueRef shifted = LLVMBuildFAdd(b->ir, x, f32x16_number(b, 12582912.0), "");

    return LLVMBuildSub(b->ir, cast(b, shifted, b->i32x16), i32x16_number(b, 0x4B400000), "");
}

/* What matmul needs of the sum of q. */
static LLVMValueRef kept_sum(const struct builder *b, LLVMValueRef q, LLVMValueRef scale)
{
    LLVMValueRef sum = sum_of_i32_lanes(b, q);

    if (b->kernel->bias != 0)
        return LLVMBuildMul(b->ir, sum, i32_number(b, -(int64_t)b->kernel->bias), "");
    return LLVMBuildFMul(b->ir, scale, LLVMBuildSIToFP(b->ir, sum, b->f32, ""), "");
}

static struct block quantize(const struct builder *b, const struct source *s, LLVMValueRef offset)
{
    const double most = b->kernel->act == ACT_i16 ? 32639 : 127;
    LLVMValueRef y[2] = {load_y(b, s, offset, LANES),
                         load_y(b, s, add_number(b, offset, 64), LANES)};
    LLVMValueRef greatest = maximum_of_lanes(b, maximum(b, absolute(b, y[0]), absolute(b, y[1])));
    /* So small that the multiplier would overflow: as good as zeros. */
    LLVMValueRef is_zero = LLVMBuildFCmp(b->ir, LLVMRealOLT, greatest, f32_number(b, 0x1p-100), "");
    LLVMValueRef factor = LLVMBuildFDiv(b->ir, f32_number(b, most), greatest, "");
    LLVMValueRef none = f32_number(b, 0);
    struct block block;

    factor = broadcast(b, LLVMBuildSelect(b->ir, is_zero, none, factor, ""));
    block.scale = LLVMBuildFDiv(b->ir, greatest, f32_number(b, most), "");
    block.scale = LLVMBuildSelect(b->ir, is_zero, none, block.scale, "");
    for (int i = 0; i < 2; i++)
        block.q[i] = rounded(b, LLVMBuildFMul(b->ir, y[i], factor, ""));
    if (b->kernel->block_sums == 2) {
        block.sum[0] = kept_sum(b, block.q[0], block.scale);
        block.sum[1] = kept_sum(b, block.q[1], block.scale);
    } else {
        block.sum[0] = block.sum[1] =
            kept_sum(b, LLVMBuildAdd(b->ir, block.q[0], block.q[1], ""), block.scale);
    }
    return block;
}

static LLVMValueRef narrow_pair(const struct builder *b, LLVMValueRef low, LLVMValueRef high,
                                LLVMTypeRef type)
{
    return joined(b, LLVMBuildTrunc(b->ir, low, vector_of(type, LANES), ""),
                  LLVMBuildTrunc(b->ir, high, vector_of(type, LANES), ""));
}

/* The packed quads: <8 x i32> for i8, <8 x i64> for i16. */
static LLVMValueRef packed_quads(const struct builder *b, const struct block *block)
{
    int lanes[2 * LANES];

    if (b->kernel->act == ACT_i8)
        return cast(b, narrow_pair(b, block->q[0], block->q[1], b->i8), vector_of(b->i32, 8));
    if (!b->avx512) { /* elements 0 2 1 3 of each quad */
        static const int order[4] = {0, 2, 1, 3};
        LLVMValueRef words = narrow_pair(b, block->q[0], block->q[1], b->i16);
        for (int i = 0; i < 2 * LANES; i++)
            lanes[i] = i / 4 * 4 + order[i % 4];
        return cast(b, shuffled(b, words, words, lanes, 2 * LANES), vector_of(b->i64, 8));
    }
    LLVMValueRef high[2], part[2];
    for (int i = 0; i < 2; i++) {
        high[i] = LLVMBuildAdd(b->ir, block->q[i], i32x16_number(b, 128), "");
        high[i] = LLVMBuildAShr(b->ir, high[i], i32x16_number(b, 8), "");
    }
    part[0] = cast(b, narrow_pair(b, high[0], high[1], b->i8), vector_of(b->i32, 8));
    part[1] = cast(b, narrow_pair(b, block->q[0], block->q[1], b->i8), vector_of(b->i32, 8));
    for (int i = 0; i < LANES; i++)
        lanes[i] = i / 2 + i % 2 * 8;
    return cast(b, shuffled(b, part[0], part[1], lanes, LANES), vector_of(b->i64, 8));
}

static void write_blocks(const struct builder *b, const struct source *s, LLVMValueRef tile,
                         LLVMValueRef token)
{
    const struct lir_kernel *k = b->kernel;
    const uint32_t wide = k->act == ACT_i16 ? 8 : 4, tokens = k->tile_tokens,
                   sum_count = k->block_sums == 2 ? 2 : 1;
    LLVMValueRef to = tile;
    struct loop l;

    loop_begin_counted(b, &l, 4 * (int64_t)k->k, 128, &to, 1);
    struct block block = {.scale = f32_number(b, 0), .sum = {i32_number(b, 0), i32_number(b, 0)}};
    LLVMValueRef quads = LLVMConstNull(vector_of(wide == 8 ? b->i64 : b->i32, 8));
    if (s != NULL) {
        block = quantize(b, s, l.index);
        quads = packed_quads(b, &block);
    }
    store_apart(b, quads, at(b, to, times(b, token, wide)), 8, wide * tokens);
    LLVMValueRef after = at_number(b, at(b, to, times(b, token, 4)), 8 * (int64_t)wide * tokens);
    store(b, block.scale, after, 4);
    for (uint32_t i = 0; i < sum_count; i++)
        store(b, block.sum[i], at_number(b, after, 4 * (int64_t)((1 + i) * tokens)), 4);
    to = at_number(b, to, (int64_t)act_block_bytes(k) * tokens);
    loop_end(b, &l, &to);
}

/* ---- tiles ---- */

/* `s` NULL: zeros. */
static void write_packed(const struct builder *b, const struct source *s, LLVMValueRef tile,
                         LLVMValueRef token)
{
    const struct lir_kernel *k = b->kernel;
    LLVMValueRef to = at(b, b->args[k->input_count], times(b, tile, (int64_t)act_tile_bytes(k)));

    if (k->act == ACT_bf16)
        write_bf16(b, s, at(b, to, times(b, token, 4)));
    else
        write_blocks(b, s, to, token);
}

void emit_row(const struct builder *b)
{
    const struct lir_kernel *k = b->kernel;
    LLVMValueRef rows = load_dim(b, k->rows_symbol);
    struct loop tiles, tokens;

    loop_begin(b, &tiles, b->first_tile, b->end_tile, 1, NULL, 0);
    loop_begin_counted(b, &tokens, k->tile_tokens, 1, NULL, 0);
    LLVMValueRef row = add(b, times(b, tiles.index, k->tile_tokens), tokens.index);
    LLVMValueRef inside = LLVMBuildICmp(b->ir, LLVMIntSLT, row, rows, "");
    LLVMBasicBlockRef after = when_begin(b, inside);
    struct source s = open_row(b, row);
    if (k->act == ACT_f32)
        write_f32(b, &s, row);
    else
        write_packed(b, &s, tiles.index, tokens.index);
    when_end(b, after);
    if (k->act != ACT_f32) {
        after = when_begin(b, LLVMBuildNot(b->ir, inside, ""));
        write_packed(b, NULL, tiles.index, tokens.index);
        when_end(b, after);
    }
    loop_end(b, &tokens, NULL);
    loop_end(b, &tiles, NULL);
}

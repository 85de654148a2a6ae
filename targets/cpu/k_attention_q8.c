/* K and V as 8-bit integers (`kv` q8_0; kernel_kinds.def has the format): quantization after a
 * Hadamard rotation of heads (Ashkboos et al., "QuaRot": an orthogonal matrix on both sides of a
 * product), and scores as exact integer products. In: f32 rows, and queries of attention, which
 * become 16-bit integers with a scale each; out: bytes and scales of a state, and scores. A line of
 * K, four elements of 16 positions, is split into its even and its odd bytes as 16-bit integers,
 * whose pairs the machine multiplies and adds. No sum exceeds 32 bits, so the order of summation
 * does not matter.
 */
#include "targets/cpu/attention.h"

#include <math.h>

enum { QUERY_MAX = 32639 /* times 127 * HEAD_DIM_MAX stays within i32 */ };
_Static_assert((uint64_t)QUERY_MAX * 127 * HEAD_DIM_MAX <= INT32_MAX, "sums are exact");

/* Adding 1.5 * 2^23 rounds to an integer, nearest even, and leaves it in the low bits. */
static LLVMValueRef rounded(const struct builder *b, LLVMValueRef x)
{
    LLVMValueRef shifted = LLVMBuildFAdd(b->ir, x, f32x16_number(b, 12582912.0), "");

    return LLVMBuildSub(b->ir, cast(b, shifted, b->i32x16), i32x16_number(b, 0x4B400000), "");
}

/* 16 of n values from `index` on; zeros after the last. */
static LLVMValueRef load_some(const struct builder *b, LLVMValueRef from, uint32_t index,
                              uint32_t n)
{
    LLVMValueRef x = load_f32x16(b, at_number(b, from, 4 * (int64_t)index));

    if (n - index >= LANES)
        return x;
    return LLVMBuildSelect(b->ir, first_lanes(b, n - index), x, zeros(b), "");
}

static LLVMValueRef greatest_of(const struct builder *b, LLVMValueRef from, uint32_t n)
{
    LLVMValueRef greatest = zeros(b);

    for (uint32_t i = 0; i < n; i += LANES)
        greatest = greater_magnitude(b, absolute(b, load_some(b, from, i, n)), greatest);
    return magnitude_of_lanes(b, greatest);
}

/* 1 / scale; 0 for 0. */
static LLVMValueRef inverse(const struct builder *b, LLVMValueRef scale)
{
    LLVMValueRef none = f32_number(b, 0),
                 is_zero = LLVMBuildFCmp(b->ir, LLVMRealOEQ, scale, none, "");
    LLVMValueRef quotient = LLVMBuildFDiv(b->ir, f32_number(b, 1), scale, "");

    return LLVMBuildSelect(b->ir, is_zero, none, quotient, "");
}

LLVMValueRef q8_quantize(const struct builder *b, LLVMValueRef from, uint32_t n, LLVMValueRef to)
{
    LLVMValueRef scale = LLVMBuildFDiv(b->ir, greatest_of(b, from, n), f32_number(b, 127), "");
    LLVMValueRef bits = narrowed(b, broadcast(b, scale));
    LLVMValueRef factor = broadcast(b, inverse(b, element(b, widened(b, bits), 0)));

    for (uint32_t i = 0; i < n; i += LANES) {
        LLVMValueRef q = LLVMBuildFMul(b->ir, load_some(b, from, i, n), factor, "");
        q = minimum(b, maximum(b, q, f32x16_number(b, -127)), f32x16_number(b, 127));
        q = LLVMBuildTrunc(b->ir, rounded(b, q), vector_of(b->i8, LANES), "");
        store(b, q, at_number(b, to, i), 1);
    }
    return element(b, bits, 0);
}

LLVMValueRef q8_scale_place(const struct builder *b, LLVMValueRef state, LLVMValueRef head,
                            LLVMValueRef position, bool is_value)
{
    const struct head_shape *k = lir_shape(b->kernel);
    const int64_t positions = (int64_t)round_up(k->context, KEY_TILE);
    const int64_t data =
        (int64_t)k->kv_heads * positions * kv_width(DTYPE_q8_0, k->head_dim, is_value);
    LLVMValueRef index = add(b, times(b, head, positions), position);

    return at(b, state, add_number(b, times(b, index, 2), data));
}

/* ---- Hadamard rotation ---- */

/* Sums and differences of elements `half` apart, in a vector: lanes with that bit get the
 * differences. */
static LLVMValueRef crossed_lanes(const struct builder *b, LLVMValueRef x, uint32_t half)
{
    LLVMValueRef signs[LANES];
    int partners[LANES];

    for (uint32_t i = 0; i < LANES; i++) {
        partners[i] = (int)(i ^ half);
        signs[i] = f32_number(b, i & half ? -1 : 1);
    }
    return fma16(b, x, LLVMConstVector(signs, LANES), shuffled(b, x, x, partners, LANES));
}

static void cross(const struct builder *b, LLVMValueRef *x, uint32_t count, uint32_t half)
{
    const uint32_t apart = half / LANES;

    for (uint32_t i = 0; i < count; i++) {
        if (half < LANES) {
            x[i] = crossed_lanes(b, x[i], half);
        } else if ((i & apart) == 0) {
            LLVMValueRef first = x[i], second = x[i + apart];
            x[i] = LLVMBuildFAdd(b->ir, first, second, "");
            x[i + apart] = LLVMBuildFSub(b->ir, first, second, "");
        }
    }
}

void hadamard_rotate_lanes(const struct builder *b, LLVMValueRef x, uint32_t head_dim)
{
    const uint32_t count = (uint32_t)ceil_div(head_dim, LANES), w = hadamard_width(head_dim);
    LLVMValueRef parts[HEAD_DIM_MAX / LANES];

    for (uint32_t i = 0; i < count; i++)
        parts[i] = load_f32x16(b, at_number(b, x, 64 * (int64_t)i));
    for (uint32_t half = 1; half < w; half *= 2)
        cross(b, parts, count, half);
    for (uint32_t i = 0; i < count; i++) {
        parts[i] = LLVMBuildFMul(b->ir, parts[i], f32x16_number(b, 1 / sqrt(w)), "");
        store(b, parts[i], at_number(b, x, 64 * (int64_t)i), 4);
    }
}

/* ---- queries ---- */

static int64_t query_bytes(const struct attention *t)
{
    return 2 * (int64_t)round_up(t->k->shape.head_dim, LANES);
}

void q8_copy_query(const struct attention *t, LLVMValueRef query, LLVMValueRef from)
{
    const struct builder *b = t->b;
    const uint32_t n = t->k->shape.head_dim;
    LLVMValueRef to = at(b, t->queries, times(b, query, query_bytes(t)));
    LLVMValueRef scale =
        LLVMBuildFDiv(b->ir, greatest_of(b, from, n), f32_number(b, QUERY_MAX), "");
    /* so small that its inverse would overflow: treated as zeros */
    LLVMValueRef small = LLVMBuildFCmp(b->ir, LLVMRealOLT, scale, f32_number(b, 0x1p-120), "");
    int order[LANES];

    scale = LLVMBuildSelect(b->ir, small, f32_number(b, 0), scale, "");
    store(b, scale, number_at(b, t->query_scales, query), 4);
    LLVMValueRef factor = broadcast(b, inverse(b, scale));
    for (int i = 0; i < LANES; i++)
        order[i] = i / 4 * 4 + (i % 4 == 1 ? 2 : i % 4 == 2 ? 1 : i % 4);
    for (uint32_t i = 0; i < n; i += LANES) {
        LLVMValueRef q = rounded(b, LLVMBuildFMul(b->ir, load_some(b, from, i, n), factor, ""));
        q = LLVMBuildTrunc(b->ir, q, vector_of(b->i16, LANES), "");
        store(b, shuffled(b, q, q, order, LANES), at_number(b, to, 2 * (int64_t)i), 32);
    }
}

/* ---- scores ---- */

static void finish_chunk(const struct attention *t, LLVMValueRef chunk, LLVMValueRef position,
                         uint32_t first, const LLVMValueRef *sums)
{
    const struct builder *b = t->b;

    for (uint32_t i = 0; i < t->chunk; i++) {
        LLVMValueRef query = add_number(b, times(b, chunk, t->chunk), i);
        LLVMValueRef to = at(b, t->scores, times(b, query, 4 * KEY_TILE));
        LLVMValueRef scale = broadcast(b, load(b, b->f32, number_at(b, t->query_scales, query), 4));
        for (uint32_t v = 0; v < t->key_vectors; v++) {
            LLVMValueRef start =
                LLVMBuildAdd(b->ir, position, i32_number(b, (first + v) * (int64_t)LANES), "");
            LLVMValueRef score =
                LLVMBuildSIToFP(b->ir, sums[i * t->key_vectors + v], b->f32x16, "");
            score = LLVMBuildFMul(b->ir, score, scale, "");
            score = attention_finish(t, score, query, start);
            store(b, score, at_number(b, to, 64 * (int64_t)(first + v)), 64);
        }
    }
}

void q8_score_chunk(const struct attention *t, LLVMValueRef chunk, LLVMValueRef keys,
                    LLVMValueRef next, LLVMValueRef position, uint32_t first)
{
    const struct builder *b = t->b;
    const struct integer_dot *dot = b->isa->integers;
    const uint32_t quads = (uint32_t)ceil_div(t->k->shape.head_dim, 4),
                   count = t->chunk * t->key_vectors;
    LLVMValueRef queries = at(b, t->queries, times(b, chunk, t->chunk * query_bytes(t)));
    LLVMValueRef sums[LOOP_MAX_CARRIED], eight = filled(LLVMConstInt(b->i16, 8, 0), 2 * LANES);
    struct loop l;

    for (uint32_t i = 0; i < count; i++)
        sums[i] = i32x16_number(b, 0);
    loop_begin_counted(b, &l, quads, 1, sums, count);
    attention_fetch(t, first == 0 ? next : NULL, chunk, l.index, quads,
                    KEY_TILE * t->width * LANES);
    for (uint32_t v = 0; v < t->key_vectors; v++) {
        LLVMValueRef from = at(b, keys, times(b, l.index, 64));
        LLVMValueRef line = load(b, vector_of(b->i16, 2 * LANES),
                                 at_number(b, from, (int64_t)(first + v) * quads * 64), 64);
        LLVMValueRef even = LLVMBuildShl(b->ir, line, eight, "");
        even = LLVMBuildAShr(b->ir, even, eight, "");
        LLVMValueRef odd = LLVMBuildAShr(b->ir, line, eight, "");
        for (uint32_t i = 0; i < t->chunk; i++) {
            LLVMValueRef pairs = at(b, queries, times(b, l.index, 8));
            LLVMValueRef *sum = &sums[i * t->key_vectors + v];
            pairs = at_number(b, pairs, i * query_bytes(t));
            *sum = dot->words(b, *sum, even, broadcast(b, load(b, b->i32, pairs, 4)));
            pairs = at_number(b, pairs, 4);
            *sum = dot->words(b, *sum, odd, broadcast(b, load(b, b->i32, pairs, 4)));
        }
    }
    loop_end(b, &l, sums);
    finish_chunk(t, chunk, position, first, sums);
}

/* ---- elements as f32 ---- */

LLVMValueRef q8_integers(const struct builder *b, LLVMValueRef from)
{
    LLVMValueRef bytes = load(b, vector_of(b->i8, LANES), from, LANES);

    return LLVMBuildSIToFP(b->ir, LLVMBuildSExt(b->ir, bytes, b->i32x16, ""), b->f32x16, "");
}

/* Element 4 * quad + `byte` of 16 positions, without their scales. */
static LLVMValueRef key_element(const struct builder *b, LLVMValueRef line, uint32_t byte)
{
    LLVMValueRef x = load(b, b->i32x16, line, 64);

    x = LLVMBuildShl(b->ir, x, i32x16_number(b, 24 - 8 * (int64_t)byte), "");
    x = LLVMBuildAShr(b->ir, x, i32x16_number(b, 24), "");
    return LLVMBuildSIToFP(b->ir, x, b->f32x16, "");
}

void q8_key_pair(const struct attention *t, LLVMValueRef keys, LLVMValueRef pair, uint32_t vector,
                 LLVMValueRef out[2])
{
    const struct builder *b = t->b;
    LLVMValueRef quad = LLVMBuildLShr(b->ir, pair, i64_number(b, 1), ""),
                 second = LLVMBuildTrunc(b->ir, pair, b->i1, "");
    LLVMValueRef line = at(b, keys, times(b, quad, 64));

    line = at_number(b, line, (int64_t)vector * 64 * (int64_t)ceil_div(t->k->shape.head_dim, 4));
    for (uint32_t i = 0; i < 2; i++)
        out[i] = LLVMBuildSelect(b->ir, second, key_element(b, line, 2 + i),
                                 key_element(b, line, i), "");
}

LLVMValueRef q8_scales_at(const struct builder *b, LLVMValueRef scales, LLVMValueRef index)
{
    LLVMValueRef from = at(b, scales, times(b, index, 2));

    return widened(b, load(b, vector_of(b->i16, LANES), from, 2));
}

LLVMValueRef q8_scale_at(const struct builder *b, LLVMValueRef scales, LLVMValueRef index)
{
    LLVMValueRef bits = load(b, b->i16, at(b, scales, times(b, index, 2)), 2);

    return widened(b, broadcast(b, bits));
}

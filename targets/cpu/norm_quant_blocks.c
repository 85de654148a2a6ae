/* norm_quant: integers. In: the rows of a tile, or of half a tile; out: packed activations, blocks of
 * 32 with their scales, or whole rows with one scale, in the forms that matmul_sums.c pictures. All
 * these tokens take a block together (a single token takes four blocks), because what works across
 * lanes, greatest elements and sums, costs the same for four vectors as for two, and because their
 * quads stand side by side in memory.
 */
#include "targets/cpu/norm_quant.h"

enum {
    FOUR = 4, /* vectors that are reduced together */
    MAX_ITEMS = TILE_MAX_TOKENS,
    MAX_DWORDS = MAX_ITEMS * 19,
};

/* Blocks of 32: one of each token, or some of one token. Lanes 4i to 4i + 3 of a four belong to its
 * item i; all vectors are i32x16. */
struct items {
    uint32_t count;
    LLVMValueRef y[MAX_ITEMS][2];
    LLVMValueRef quads[MAX_ITEMS];
    LLVMValueRef scales[MAX_ITEMS / FOUR], sums[2][MAX_ITEMS / FOUR];
};

/* ---- across lanes ---- */

typedef LLVMValueRef (*combine)(const struct builder *b, LLVMValueRef x, LLVMValueRef y);

/* Halves, quarters: parts of `width` lanes of x and then of y, the first of each two with the
 * second. */
static LLVMValueRef fold(const struct builder *b, LLVMValueRef x, LLVMValueRef y, int width,
                         combine both)
{
    int first[LANES], second[LANES];

    for (int i = 0; i < LANES; i++) {
        first[i] = i / width * 2 * width + i % width;
        second[i] = first[i] + width;
    }
    return both(b, shuffled(b, x, y, first, LANES), shuffled(b, x, y, second, LANES));
}

/* Lanes 4i to 4i + 3: all of x[i] combined. Of fewer than four vectors the last counts again. */
static LLVMValueRef reduce_four(const struct builder *b, const LLVMValueRef *x, uint32_t count,
                                combine both)
{
    LLVMValueRef four[FOUR];

    for (uint32_t i = 0; i < FOUR; i++)
        four[i] = x[i < count ? i : count - 1];
    LLVMValueRef low = fold(b, four[0], four[1], 8, both),
                 high = fold(b, four[2], four[3], 8, both);
    LLVMValueRef value = fold(b, low, high, 4, both);
    for (int distance = 2; distance > 0; distance /= 2) {
        int lanes[LANES];
        for (int i = 0; i < LANES; i++)
            lanes[i] = i ^ distance;
        value = both(b, value, shuffled(b, value, value, lanes, LANES));
    }
    return value;
}

/* The value of item i of a four in every lane. */
static LLVMValueRef of_item(const struct builder *b, LLVMValueRef four, uint32_t i)
{
    int lanes[LANES];

    for (int lane = 0; lane < LANES; lane++)
        lanes[lane] = (int)(FOUR * i);
    return shuffled(b, four, four, lanes, LANES);
}

/* ---- quantizing ---- */

/* Adding 1.5 * 2^23 rounds to an integer, nearest even, and leaves it in the low bits. */
static LLVMValueRef rounded(const struct builder *b, LLVMValueRef x)
{
    LLVMValueRef shifted = LLVMBuildFAdd(b->ir, x, f32x16_number(b, 12582912.0), "");

    return LLVMBuildSub(b->ir, cast(b, shifted, b->i32x16), i32x16_number(b, 0x4B400000), "");
}

static LLVMValueRef narrow_pair(const struct builder *b, const LLVMValueRef q[2], LLVMTypeRef type)
{
    return joined(b, LLVMBuildTrunc(b->ir, q[0], vector_of(type, LANES), ""),
                  LLVMBuildTrunc(b->ir, q[1], vector_of(type, LANES), ""));
}

/* The packed quads as dwords: 8 for i8 (the other lanes are nothing), 16 for i16. */
static LLVMValueRef packed_quads(const struct builder *b, const LLVMValueRef q[2])
{
    int lanes[2 * LANES];

    for (int i = 0; i < 2 * LANES; i++)
        lanes[i] = i;
    if (b->kernel->norm_quant.format.act != ACT_i16) {
        LLVMValueRef quads = cast(b, narrow_pair(b, q, b->i8), vector_of(b->i32, 8));
        return shuffled(b, quads, quads, lanes, LANES);
    }
    if (!isa_takes_bytes(b->isa, &b->kernel->norm_quant.format)) { /* elements 0 2 1 3 of a quad */
        static const int order[4] = {0, 2, 1, 3};
        LLVMValueRef words = narrow_pair(b, q, b->i16);
        for (int i = 0; i < 2 * LANES; i++)
            lanes[i] = i / 4 * 4 + order[i % 4];
        return cast(b, shuffled(b, words, words, lanes, 2 * LANES), b->i32x16);
    }
    LLVMValueRef high[2];
    for (int i = 0; i < 2; i++) {
        high[i] = LLVMBuildAdd(b->ir, q[i], i32x16_number(b, 128), "");
        high[i] = LLVMBuildAShr(b->ir, high[i], i32x16_number(b, 8), "");
    }
    for (int i = 0; i < LANES; i++)
        lanes[i] = i / 2 + i % 2 * 8;
    return shuffled(b, cast(b, narrow_pair(b, high, b->i8), vector_of(b->i32, 8)),
                    cast(b, narrow_pair(b, q, b->i8), vector_of(b->i32, 8)), lanes, LANES);
}

/* Returns x, but hides that from LLVM, which otherwise searches through shuffles of shuffles. For
 * quads of 16-bit elements this search took half of the compile time of the kernel and removed
 * none. Costs no instruction. */
static LLVMValueRef opaque(const struct builder *b, LLVMValueRef x)
{
    const char *same = b->isa->machine->same_register;
    LLVMTypeRef vector = LLVMTypeOf(x), type = LLVMFunctionType(vector, &vector, 1, false);

    if (!b->isa->integers->takes_bytes || b->kernel->norm_quant.format.act != ACT_i16)
        return x;
    LLVMValueRef nothing = LLVMGetInlineAsm(type, "", 0, same, strlen(same), false, false,
                                            LLVMInlineAsmDialectATT, false);
    return LLVMBuildCall2(b->ir, type, nothing, &x, 1, "");
}

/* The form in which matmul needs the sums of q. */
static LLVMValueRef kept_sums(const struct builder *b, const LLVMValueRef *q, uint32_t count,
                              LLVMValueRef scales)
{
    LLVMValueRef sums = reduce_four(b, q, count, add);

    if (b->kernel->norm_quant.format.bias != 0)
        return opaque(b, LLVMBuildMul(b->ir, sums,
                                      i32x16_number(b, -(int64_t)b->kernel->norm_quant.format.bias),
                                      ""));
    sums = LLVMBuildFMul(b->ir, scales, LLVMBuildSIToFP(b->ir, sums, b->f32x16, ""), "");
    return opaque(b, cast(b, sums, b->i32x16));
}

static LLVMValueRef greatest_of(const struct builder *b, const LLVMValueRef y[2])
{
    return greater_magnitude(b, absolute(b, y[0]), absolute(b, y[1]));
}

/* What makes integers of four items whose greatest magnitudes these are, and their scales. */
static LLVMValueRef factors_of(const struct builder *b, LLVMValueRef greatest, LLVMValueRef *scales)
{
    LLVMValueRef none = zeros(b);
    LLVMValueRef number = f32x16_number(b, act_max((enum act)b->kernel->norm_quant.format.act));
    /* So small that the multiplier would overflow: treated as zeros. */
    LLVMValueRef is_zero =
        LLVMBuildFCmp(b->ir, LLVMRealOLT, greatest, f32x16_number(b, 0x1p-100), "");
    LLVMValueRef factor = LLVMBuildFDiv(b->ir, number, greatest, "");

    *scales = LLVMBuildSelect(b->ir, is_zero, none, LLVMBuildFDiv(b->ir, greatest, number, ""), "");
    return LLVMBuildSelect(b->ir, is_zero, none, factor, "");
}

/* The integers of an item, and its quads. */
static void quantize_item(const struct builder *b, struct items *items, uint32_t item,
                          LLVMValueRef factor, LLVMValueRef q[2])
{
    for (int half = 0; half < 2; half++)
        q[half] = rounded(b, LLVMBuildFMul(b->ir, items->y[item][half], factor, ""));
    items->quads[item] = opaque(b, packed_quads(b, q));
}

/* Items 4 * four and on. */
static void quantize_four(const struct builder *b, struct items *items, uint32_t four)
{
    const uint32_t first = FOUR * four, count = (uint32_t)min_u64(FOUR, items->count - first);
    LLVMValueRef parts[2][FOUR], scales;

    for (uint32_t i = 0; i < count; i++)
        parts[0][i] = greatest_of(b, items->y[first + i]);
    LLVMValueRef factor =
        factors_of(b, reduce_four(b, parts[0], count, greater_magnitude), &scales);
    for (uint32_t i = 0; i < count; i++) {
        LLVMValueRef q[2];
        quantize_item(b, items, first + i, of_item(b, factor, i), q);
        bool apart = b->kernel->norm_quant.format.block_sums == 2;
        parts[0][i] = apart ? q[0] : add(b, q[0], q[1]);
        parts[1][i] = q[1];
    }
    items->scales[four] = opaque(b, cast(b, scales, b->i32x16));
    items->sums[0][four] = kept_sums(b, parts[0], count, scales);
    if (b->kernel->norm_quant.format.block_sums == 2)
        items->sums[1][four] = kept_sums(b, parts[1], count, scales);
}

/* ---- writing ---- */

struct dword {
    LLVMValueRef from; /* i32x16 */
    int lane;
};

/* At most 16 dwords as one vector. */
static LLVMValueRef gathered(const struct builder *b, const struct dword *dwords, uint32_t count)
{
    LLVMValueRef value = NULL, done[LANES] = {NULL};

    for (uint32_t first = 0; first < count; first++) {
        LLVMValueRef from = dwords[first].from;
        int lanes[LANES];
        if (done[first] != NULL)
            continue;
        for (uint32_t i = 0; i < count; i++) {
            bool is_from = dwords[i].from == from;
            lanes[i] = is_from ? dwords[i].lane + (value != NULL ? LANES : 0) : (int)i;
            done[i] = is_from ? from : done[i];
        }
        for (uint32_t i = count; i < LANES; i++)
            lanes[i] = (int)i;
        value = shuffled(b, value != NULL ? value : from, from, lanes, LANES);
    }
    int lanes[LANES];
    for (uint32_t i = 0; i < count; i++)
        lanes[i] = (int)i;
    return count == LANES ? value : shuffled(b, value, value, lanes, count);
}

/* The dwords of `count` items from `first` on: quad after quad, `wide` of each item. */
static uint32_t list_quads(const struct items *items, uint32_t first, uint32_t count, uint32_t wide,
                           struct dword *to)
{
    const uint32_t dwords = 8 * wide * count;

    for (uint32_t i = 0; i < dwords; i++)
        to[i] = (struct dword){items->quads[first + i / wide % count],
                               (int)(i / wide / count * wide + i % wide)};
    return dwords;
}

/* Scales, then one or two sums. */
static uint32_t list_scales(const struct items *items, uint32_t first, uint32_t count,
                            uint32_t kinds, struct dword *to)
{
    uint32_t n = 0;

    for (uint32_t kind = 0; kind < kinds; kind++) {
        const LLVMValueRef *from = kind == 0 ? items->scales : items->sums[kind - 1];
        for (uint32_t i = first; i < first + count; i++)
            to[n++] = (struct dword){from[i / FOUR], (int)(i % FOUR * FOUR)};
    }
    return n;
}

/* Dwords that follow each other in memory. */
static void write_dwords(const struct builder *b, const struct dword *dwords, uint32_t count,
                         LLVMValueRef to)
{
    for (uint32_t i = 0; i < count; i += LANES)
        store(b, gathered(b, &dwords[i], (uint32_t)min_u64(LANES, count - i)),
              at_number(b, to, 4 * (int64_t)i), 4);
}

/* A block of some of a tile's tokens, which are the items from `first` on. Where they are not all
 * of it, they leave room for the others in each quad, and in scales and sums. */
static void write_block(const struct builder *b, const struct items *items, uint32_t first,
                        const struct norm_quant_part *part, LLVMValueRef to)
{
    const uint32_t wide = b->kernel->norm_quant.format.act == ACT_i16 ? 2 : 1,
                   tokens = part->tokens, all = b->kernel->norm_quant.format.tile_rows,
                   in_quads = 8 * wide * tokens;
    struct dword dwords[MAX_DWORDS];
    uint32_t count = list_quads(items, first, tokens, wide, dwords);

    count += list_scales(items, first, tokens, b->kernel->norm_quant.format.block_sums == 2 ? 3 : 2,
                         &dwords[count]);
    if (tokens == all) {
        write_dwords(b, dwords, count, to);
        return;
    }
    for (uint32_t i = 0, max; i < count; i += max) {
        bool is_quad = i < in_quads;
        max = is_quad ? wide * tokens : tokens;
        LLVMValueRef place = at_number(b, to, 4 * (int64_t)(i / tokens * all));
        place = at(b, place, times(b, part->first, 4 * (int64_t)(is_quad ? wide : 1)));
        store(b, gathered(b, &dwords[i], max), place, 4);
    }
}

LLVMValueRef matrix_at(const struct builder *b, LLVMValueRef to, LLVMValueRef offset,
                       uint32_t row_bytes)
{
    LLVMValueRef inside = LLVMBuildAnd(b->ir, offset, i64_number(b, row_bytes - 1), "");

    return at(b, at(b, to, times(b, subtract(b, offset, inside), MATRIX_ROWS)), inside);
}

/* ---- blocks ---- */

/* The 32 elements at `offset` bytes. */
static void load_item(const struct builder *b, const struct row_source *s, LLVMValueRef offset,
                      LLVMValueRef y[2])
{
    for (uint32_t half = 0; half < 2; half++) {
        y[half] = row_load(b, s, add_number(b, offset, 64 * half), LANES);
        if (s->inside != NULL)
            y[half] = LLVMBuildSelect(b->ir, s->inside, y[half], zeros(b), "");
    }
}

void norm_quant_write_blocks(const struct builder *b, const struct norm_quant_part *part,
                             LLVMValueRef to)
{
    const struct kernel_norm_quant *k = &b->kernel->norm_quant;
    const uint32_t tokens = part->tokens, bytes = act_block_bytes(&k->format) * k->format.tile_rows,
                   blocks =
                       k->format.tile_rows == 1 && k->k % (FOUR * LAYOUT_BLOCK) == 0 ? FOUR : 1;
    struct items items = {.count = tokens * blocks};
    struct loop l;

    assert(items.count <= MAX_ITEMS);
    loop_begin_counted(b, &l, 4 * (int64_t)k->k, 4 * LAYOUT_BLOCK * blocks, &to, 1);
    for (uint32_t i = 0; i < items.count; i++)
        load_item(b, &part->rows[i / blocks], add_number(b, l.index, 128 * (int64_t)(i % blocks)),
                  items.y[i]);
    for (uint32_t four = 0; FOUR * four < items.count; four++)
        quantize_four(b, &items, four);
    for (uint32_t block = 0; block < blocks; block++)
        write_block(b, &items, block * tokens, part, at_number(b, to, block * (int64_t)bytes));
    to = at_number(b, to, (int64_t)blocks * bytes);
    loop_end(b, &l, &to);
}

/* ---- rows ---- */

/* What makes integers of each token, and into `items` their scales. */
static void scale_rows(const struct builder *b, const struct norm_quant_part *part,
                       struct items *items, LLVMValueRef factors[MAX_ITEMS])
{
    LLVMValueRef greatest[MAX_ITEMS], y[2];
    struct loop l;

    for (uint32_t i = 0; i < items->count; i++)
        greatest[i] = zeros(b);
    loop_begin_counted(b, &l, 4 * (int64_t)b->kernel->norm_quant.k, 4 * LAYOUT_BLOCK, greatest,
                       items->count);
    for (uint32_t i = 0; i < items->count; i++) {
        load_item(b, &part->rows[i], l.index, y);
        greatest[i] = greater_magnitude(b, greatest[i], greatest_of(b, y));
    }
    loop_end(b, &l, greatest);
    for (uint32_t i = 0; i < items->count; i++) {
        const uint32_t four = i / FOUR, first = four * FOUR,
                       count = (uint32_t)min_u64(FOUR, items->count - first);
        LLVMValueRef scales;
        LLVMValueRef factor =
            factors_of(b, reduce_four(b, &greatest[first], count, greater_magnitude), &scales);
        items->scales[four] = cast(b, scales, b->i32x16);
        factors[i] = of_item(b, factor, i % FOUR);
    }
}

/* The 32 integers at `offset` (of f32) of some of a tile's tokens, each by itself. */
static void write_matrix(const struct builder *b, const struct items *items,
                         const struct norm_quant_part *part, LLVMValueRef offset, LLVMValueRef to)
{
    const uint32_t columns =
        act_matrix_columns(&b->kernel->norm_quant.format, b->kernel->norm_quant.k);
    int lanes[LANES / 2];

    for (int i = 0; i < LANES / 2; i++)
        lanes[i] = i;
    to = at(b, to, times(b, part->first, columns));
    to = matrix_at(b, to, LLVMBuildLShr(b->ir, offset, i64_number(b, 2), ""), columns);
    for (uint32_t i = 0; i < part->tokens; i++)
        store(b, shuffled(b, items->quads[i], items->quads[i], lanes, LANES / 2),
              at_number(b, to, i * (int64_t)columns), LAYOUT_BLOCK);
}

/* Scales and sums, behind all integers of the tile. */
static void write_row_scales(const struct builder *b, const struct items *items,
                             const struct norm_quant_part *part, LLVMValueRef to)
{
    struct dword dwords[MAX_DWORDS];
    const uint32_t tokens = part->tokens, count = list_scales(items, 0, tokens, 2, dwords),
                   all = b->kernel->norm_quant.format.tile_rows;

    if (tokens == all) {
        write_dwords(b, dwords, count, to);
        return;
    }
    to = at(b, to, times(b, part->first, 4));
    for (uint32_t i = 0; i < count; i += tokens)
        store(b, gathered(b, &dwords[i], tokens), at_number(b, to, 4 * (int64_t)(i / tokens * all)),
              4);
}

void norm_quant_write_tokens(const struct builder *b, const struct norm_quant_part *part,
                             LLVMValueRef to)
{
    const uint32_t k = b->kernel->norm_quant.k, tokens = part->tokens,
                   all = b->kernel->norm_quant.format.tile_rows;
    struct items items = {.count = tokens};
    struct dword dwords[MAX_DWORDS];
    LLVMValueRef factors[MAX_ITEMS], sums[MAX_ITEMS + 1];
    struct loop l;

    scale_rows(b, part, &items, factors);
    for (uint32_t i = 0; i < tokens; i++)
        sums[i] = LLVMConstNull(b->i32x16);
    sums[tokens] = to;
    loop_begin_counted(b, &l, 4 * (int64_t)k, 4 * LAYOUT_BLOCK, sums, tokens + 1);
    for (uint32_t i = 0; i < tokens; i++) {
        LLVMValueRef q[2];
        load_item(b, &part->rows[i], l.index, items.y[i]);
        quantize_item(b, &items, i, factors[i], q);
        sums[i] = add(b, sums[i], add(b, q[0], q[1]));
    }
    if (act_is_matrix(&b->kernel->norm_quant.format))
        write_matrix(b, &items, part, l.index, to);
    else
        write_dwords(b, dwords, list_quads(&items, 0, tokens, 1, dwords), sums[tokens]);
    sums[tokens] = at_number(b, sums[tokens], (int64_t)LAYOUT_BLOCK * all);
    loop_end(b, &l, sums);
    for (uint32_t first = 0; first < tokens; first += FOUR)
        items.sums[0][first / FOUR] =
            kept_sums(b, &sums[first], (uint32_t)min_u64(FOUR, tokens - first), NULL);
    write_row_scales(b, &items, part, sums[tokens]);
}

/* Packed weight layouts. In: 16 rows of a weight in the model's own format; out: one row group as
 * layout.def draws it, and back. Packing moves 32-bit words through a small tile, so that rows that
 * lie a power of two apart do not evict each other from the cache; reading back follows the
 * pictures of layout.def one element at a time.
 */
#include "compiler/hir/layout.h"

#include "compiler/base/float16.h"

#include <string.h>

const struct layout_info layout_info[LAYOUT_COUNT] = {
    [LAYOUT_none] = {"none", DTYPE_none, 1, 0, 0, 0},
#define LAYOUT(name, dtype, unit, bytes, half, bias) \
    [LAYOUT_##name] = {#name, DTYPE_##dtype, unit, bytes, half, bias},
#include "compiler/hir/layout.def"
#undef LAYOUT
};

enum {
    TILE_WORDS = 16, /* of each row: one cache line */
    BLOCK = 32,      /* elements of a quantized block: half a unit */
    Q8_0_BYTES = 34,
    Q4_0_BYTES = 18,
    Q4_1_BYTES = 20,
    SCALES = 2 * ROW_GROUP * 2, /* bytes of f16 [2][r] */
};

enum layout layout_of(enum dtype dtype)
{
    for (uint32_t i = 1; i < LAYOUT_COUNT; i++)
        if (layout_info[i].dtype == dtype)
            return (enum layout)i;
    return LAYOUT_none;
}

uint64_t layout_group_bytes(enum layout layout, uint64_t k)
{
    const struct layout_info *info = &layout_info[layout];

    assert(layout != LAYOUT_none && layout < LAYOUT_COUNT);
    if (info->half == 0)
        return ceil_div(k, info->unit) * info->bytes;
    assert(k % BLOCK == 0);
    return k / info->unit * info->bytes + (k % info->unit != 0 ? info->half : 0);
}

uint64_t layout_bytes(enum layout layout, uint64_t n, uint64_t k)
{
    return ceil_div(n, ROW_GROUP) * layout_group_bytes(layout, k);
}

/* Word w of row r goes to place [w][r]. */
static void put_words(uint32_t tile[ROW_GROUP][TILE_WORDS], uint64_t words, uint8_t *out)
{
    for (uint64_t w = 0; w < words; w++)
        for (uint32_t r = 0; r < ROW_GROUP; r++)
            memcpy(out + (w * ROW_GROUP + r) * 4, &tile[r][w], 4);
}

/* f32, and bf16 in pairs: a row is `row_bytes` bytes, taken as words; a last half word is padded
 * with zero. */
static void pack_words(const uint8_t *const rows[ROW_GROUP], uint64_t row_bytes, uint8_t *group)
{
    uint32_t tile[ROW_GROUP][TILE_WORDS];

    for (uint64_t at = 0; at < row_bytes; at += sizeof tile[0]) {
        uint64_t bytes = min_u64(row_bytes - at, sizeof tile[0]);
        memset(tile, 0, sizeof tile);
        for (uint32_t r = 0; r < ROW_GROUP; r++)
            if (rows[r] != NULL)
                memcpy(tile[r], rows[r] + at, bytes);
        put_words(tile, ceil_div(bytes, 4), group + at * ROW_GROUP);
    }
}

static void pack_f16(const uint8_t *const rows[ROW_GROUP], uint64_t k, uint8_t *group)
{
    enum { TILE = 32 };
    uint16_t tile[ROW_GROUP][TILE];

    for (uint64_t at = 0; at < k; at += TILE) {
        uint64_t count = min_u64(k - at, TILE);
        memset(tile, 0, sizeof tile);
        for (uint32_t r = 0; r < ROW_GROUP; r++)
            if (rows[r] != NULL)
                memcpy(tile[r], rows[r] + at * 2, count * 2);
        for (uint64_t i = 0; i < count; i++)
            for (uint32_t r = 0; r < ROW_GROUP; r++)
                memcpy(group + ((at + i) * ROW_GROUP + r) * 2, &tile[r][i], 2);
    }
}

/* One block of 32 from each row: half h of the unit at `unit`. */
static void pack_q8_0(const uint8_t *const blocks[ROW_GROUP], uint32_t h, uint8_t *unit)
{
    uint32_t tile[ROW_GROUP][TILE_WORDS];

    for (uint32_t r = 0; r < ROW_GROUP; r++) {
        memcpy(unit + (h * ROW_GROUP + r) * 2, blocks[r], 2);
        memcpy(tile[r], blocks[r] + 2, BLOCK);
        for (uint32_t i = 0; i < BLOCK / 4; i++)
            tile[r][i] ^= 0x80808080;
    }
    put_words(tile, BLOCK / 4, unit + SCALES + h * 512);
}

/* In the file byte b of a block holds elements b (low nibble) and 16 + b (high); in the group it
 * holds two elements that lie 4 apart. */
static void regroup_nibbles(const uint8_t *from, uint32_t out[4])
{
    const uint32_t low = 0x0f0f0f0f;
    uint32_t word[4];

    memcpy(word, from, sizeof word);
    out[0] = (word[0] & low) | (word[1] & low) << 4;
    out[1] = (word[2] & low) | (word[3] & low) << 4;
    out[2] = (word[0] >> 4 & low) | (word[1] & ~low);
    out[3] = (word[2] >> 4 & low) | (word[3] & ~low);
}

static void pack_q4(const uint8_t *const blocks[ROW_GROUP], bool has_minimum, uint32_t h,
                    uint8_t *unit)
{
    uint32_t tile[ROW_GROUP][TILE_WORDS], quants_at = has_minimum ? 4 : 2;

    for (uint32_t r = 0; r < ROW_GROUP; r++) {
        memcpy(unit + (h * ROW_GROUP + r) * 2, blocks[r], 2);
        if (has_minimum)
            memcpy(unit + SCALES + (h * ROW_GROUP + r) * 2, blocks[r] + 2, 2);
        regroup_nibbles(blocks[r] + quants_at, tile[r]);
    }
    put_words(tile, 4, unit + (has_minimum ? 2 * SCALES : SCALES) + h * 256);
}

/* Quantized rows, block by block. A row of zeros is a block whose scale is 0 and whose integers
 * mean 0. */
static void pack_blocks(enum layout layout, const uint8_t *const rows[ROW_GROUP], uint64_t k,
                        uint8_t *group)
{
    static const uint8_t zero_q8_0[Q8_0_BYTES], zero_q4_1[Q4_1_BYTES];
    static const uint8_t zero_q4_0[Q4_0_BYTES] = {
        0,    0,    0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88,
        0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88,
    };
    const struct layout_info *info = &layout_info[layout];
    const uint8_t *zero = layout == LAYOUT_q8_0_r16   ? zero_q8_0
                          : layout == LAYOUT_q4_0_r16 ? zero_q4_0
                                                      : zero_q4_1;
    uint64_t block_bytes = dtype_info[info->dtype].bytes;
    const uint8_t *blocks[ROW_GROUP];

    assert(k % BLOCK == 0);
    for (uint64_t b = 0; b < k / BLOCK; b++) {
        uint8_t *unit = group + b / 2 * info->bytes;
        uint32_t h = b % 2;
        if (h == 0) /* the second half's scales stay zero where the unit is cut */
            memset(unit, 0, layout == LAYOUT_q4_1_r16 ? 2 * SCALES : SCALES);
        for (uint32_t r = 0; r < ROW_GROUP; r++)
            blocks[r] = rows[r] == NULL ? zero : rows[r] + b * block_bytes;
        if (layout == LAYOUT_q8_0_r16)
            pack_q8_0(blocks, h, unit);
        else
            pack_q4(blocks, layout == LAYOUT_q4_1_r16, h, unit);
    }
}

void layout_pack_group(enum layout layout, const uint8_t *const rows[ROW_GROUP], uint64_t k,
                       uint8_t *group)
{
    switch (layout) {
    case LAYOUT_f32_r16:
        pack_words(rows, k * 4, group);
        return;
    case LAYOUT_f16_r16:
        pack_f16(rows, k, group);
        return;
    case LAYOUT_bf16_r16:
        pack_words(rows, k * 2, group);
        return;
    case LAYOUT_q8_0_r16:
    case LAYOUT_q4_0_r16:
    case LAYOUT_q4_1_r16:
        pack_blocks(layout, rows, k, group);
        return;
    case LAYOUT_none:
    case LAYOUT_COUNT:
        break;
    }
    unreachable("a layout that has no packing");
}

static uint16_t half_at(const uint8_t *at)
{
    uint16_t bits;

    memcpy(&bits, at, sizeof bits);
    return bits;
}

/* Element e of row r in a unit of a quantized layout. */
static float read_quantized(enum layout layout, const uint8_t *unit, uint32_t r, uint32_t e)
{
    const struct layout_info *info = &layout_info[layout];
    uint32_t h = e / BLOCK, in_block = e % BLOCK;
    float scale = f16_to_f32(half_at(unit + (h * ROW_GROUP + r) * 2)), minimum = 0;
    int32_t stored;

    if (layout == LAYOUT_q8_0_r16) {
        uint32_t i = in_block / 4, j = in_block % 4;
        stored = unit[SCALES + h * 512 + i * 64 + r * 4 + j];
    } else {
        uint32_t i = in_block / 8, j = in_block % 4, quants_at = SCALES;
        if (layout == LAYOUT_q4_1_r16) {
            minimum = f16_to_f32(half_at(unit + SCALES + (h * ROW_GROUP + r) * 2));
            quants_at = 2 * SCALES;
        }
        uint8_t pair = unit[quants_at + h * 256 + i * 64 + r * 4 + j];
        stored = in_block % 8 < 4 ? pair & 15 : pair >> 4;
    }
    float product = (float)(stored - (int32_t)info->bias) * scale;
    return layout == LAYOUT_q4_1_r16 ? product + minimum : product;
}

void layout_read_row(enum layout layout, const uint8_t *group, uint32_t r, uint64_t k, float *out)
{
    const struct layout_info *info = &layout_info[layout];

    assert(layout != LAYOUT_none && r < ROW_GROUP);
    for (uint64_t i = 0; i < k; i++) {
        const uint8_t *unit = group + i / info->unit * info->bytes;
        uint32_t e = (uint32_t)(i % info->unit);
        if (layout == LAYOUT_f32_r16)
            memcpy(&out[i], unit + r * 4, 4);
        else if (layout == LAYOUT_f16_r16)
            out[i] = f16_to_f32(half_at(unit + r * 2));
        else if (layout == LAYOUT_bf16_r16)
            out[i] = bf16_to_f32(half_at(unit + (r * 2 + e) * 2));
        else
            out[i] = read_quantized(layout, unit, r, e);
    }
}

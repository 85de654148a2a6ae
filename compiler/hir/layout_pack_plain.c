/* Packing weights of plain elements: f32, f16, bf16 and f8. In and out as layout_pack.c. */
#include "compiler/hir/layout_pack.h"

#include <string.h>

enum { TILE_WORDS = 16 /* of each row: one cache line */ };

/* Word w of row r goes to place r of vector w; vectors stand `step` bytes apart. */
static void put_words(uint32_t tile[ROW_GROUP][TILE_WORDS], uint64_t words, uint32_t step,
                      uint8_t *out)
{
    for (uint64_t w = 0; w < words; w++)
        for (uint32_t r = 0; r < ROW_GROUP; r++)
            memcpy(out + w * step + r * 4, &tile[r][w], 4);
}

/* f32, and bf16 in pairs: a row is `row_bytes` bytes, taken as words; a last half word is padded
 * with zero. */
static void pack_words(const uint8_t *const rows[ROW_GROUP], uint64_t row_bytes, uint32_t step,
                       uint8_t *group)
{
    uint32_t tile[ROW_GROUP][TILE_WORDS];

    for (uint64_t at = 0; at < row_bytes; at += sizeof tile[0]) {
        uint64_t bytes = min_u64(row_bytes - at, sizeof tile[0]);
        memset(tile, 0, sizeof tile);
        for (uint32_t r = 0; r < ROW_GROUP; r++)
            if (rows[r] != NULL)
                memcpy(tile[r], rows[r] + at, bytes);
        put_words(tile, ceil_div(bytes, 4), step, group + at / 4 * step);
    }
}

static void pack_f16(const uint8_t *const rows[ROW_GROUP], uint64_t k, uint32_t step,
                     uint8_t *group)
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
                memcpy(group + (at + i) * step + r * 2, &tile[r][i], 2);
    }
}

/* Blocks of words and bytes. */
static void pack_bytes(enum layout layout, const uint8_t *const rows[ROW_GROUP], uint64_t k,
                       uint8_t *group)
{
    const struct layout_info *info = &layout_info[layout];
    const uint64_t block_bytes = dtype_info[info->dtype].bytes;
    const uint32_t words = layout_byte_words(layout);

    assert(k % info->unit == 0);
    memset(group, 0, k / info->unit * info->bytes);
    for (uint64_t b = 0; b < k / info->unit; b++, group += info->bytes)
        for (uint32_t r = 0; r < ROW_GROUP && rows[r] != NULL; r++) {
            const uint8_t *block = rows[r] + b * block_bytes;
            for (uint32_t i = 0; i < words; i++)
                memcpy(group + (i * ROW_GROUP + r) * 4, block + 4 * i, 4);
            for (uint32_t i = 0; i < info->unit; i++)
                group[(4 * words + i) * ROW_GROUP + r] = block[4 * words + i];
        }
}

void pack_plain_group(enum layout layout, const uint8_t *const rows[ROW_GROUP], uint64_t k,
                      uint8_t *group)
{
    const uint32_t step = layout_step(layout);

    switch (layout) {
    case LAYOUT_f32_r16:
        pack_words(rows, k * 4, step, group);
        return;
    case LAYOUT_f16_r32:
        pack_f16(rows, k, step, group);
        return;
    case LAYOUT_bf16_r32:
        pack_words(rows, k * 2, step, group);
        return;
    case LAYOUT_f8_e4m3_r16:
    case LAYOUT_i8_g32_r16:
    case LAYOUT_i8_g128_r16:
        pack_bytes(layout, rows, k, group);
        return;
    default:
        unreachable("a layout that has no packing");
    }
}

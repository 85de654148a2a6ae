/* Packing weights that are stored in few bits (layout_pack_plain.c has the others). In: 16 rows of a
 * weight in the model's own format; out: one row group as layout.def draws it. Words of 32 bits of
 * all rows are gathered side by side first. All that follows is the same for 16 lanes, in loops of
 * fixed length that compilers vectorize.
 */
#include "compiler/hir/layout_pack.h"

#include "compiler/base/block_scales.h"

#include <string.h>

enum {
    MAX_WORDS = 53, /* of a block in the model's format, rounded up */
    NIBBLES = 0x0f0f0f0f,
};

struct lanes { /* a word of each row */
    uint32_t row[ROW_GROUP];
};

/* `count` words of each row's block, from byte `at` on. */
static void gather(const uint8_t *const blocks[ROW_GROUP], uint32_t at, uint32_t count,
                   struct lanes *to)
{
    for (uint32_t r = 0; r < ROW_GROUP; r++)
        for (uint32_t w = 0; w < count; w++)
            memcpy(&to[w].row[r], blocks[r] + at + 4 * w, 4);
}

static void gather_halves(const uint8_t *const blocks[ROW_GROUP], uint32_t at, uint8_t *to)
{
    for (uint32_t r = 0; r < ROW_GROUP; r++)
        memcpy(to + 2 * r, blocks[r] + at, 2);
}

/* d, and room for as many bytes again. */
static void pack_d(const uint8_t *const blocks[ROW_GROUP], uint32_t at, uint8_t *unit)
{
    gather_halves(blocks, at, unit);
    memset(unit + 32, 0, 32);
}

/* Bytes of all rows, `count` from each, those of one place side by side. */
static void put_bytes(const uint8_t *const rows[ROW_GROUP], uint32_t at, uint32_t count,
                      uint8_t *to)
{
    for (uint32_t r = 0; r < ROW_GROUP; r++)
        for (uint32_t i = 0; i < count; i++)
            to[i * ROW_GROUP + r] = rows[r][at + i];
}

/* The low nibbles of four bytes of words a and b, as low and high nibbles; their elements stand
 * `shift` bits up. */
static void put_nibbles(const struct lanes *a, const struct lanes *b, uint32_t shift, uint8_t *to)
{
    struct lanes out;

    for (uint32_t r = 0; r < ROW_GROUP; r++)
        out.row[r] = (a->row[r] >> shift & NIBBLES) | (b->row[r] >> shift & NIBBLES) << 4;
    memcpy(to, &out, sizeof out);
}

/* Bits of `count` words from bit `shift` of each byte on, `bits` of them, side by side in a byte.
 */
static void put_bits(const struct lanes *words, uint32_t count, uint32_t shift, uint32_t bits,
                     uint8_t *to)
{
    uint32_t mask = ((1u << bits) - 1) * 0x01010101u;
    struct lanes out = {0};

    for (uint32_t w = 0; w < count; w++)
        for (uint32_t r = 0; r < ROW_GROUP; r++)
            out.row[r] |= (words[w].row[r] >> shift & mask) << w * bits;
    memcpy(to, &out, sizeof out);
}

/* Integers of one block of 32 from each row, which stand `at` bytes after its start: half h of the
 * unit at `unit`. */
static void pack_bytes(enum layout layout, const uint8_t *const blocks[ROW_GROUP], uint32_t at,
                       uint32_t h, uint8_t *unit)
{
    struct lanes words[8];

    gather(blocks, at, 8, words);
    for (uint32_t w = 0; w < 8; w++)
        for (uint32_t r = 0; r < ROW_GROUP; r++)
            words[w].row[r] ^= 0x80808080;
    memcpy(unit + layout_integers_at(layout, h), words, sizeof words);
}

/* Bit i of a row's word is that of element i; those of quad t go to bit t of its four bytes. */
static void put_fifth_bits(const struct lanes *word, uint8_t *to)
{
    struct lanes out = {0};

    for (uint32_t t = 0; t < 8; t++)
        for (uint32_t r = 0; r < ROW_GROUP; r++) /* four copies, 7 bits apart: bit j in byte j */
            out.row[r] |= ((word->row[r] >> 4 * t & 15) * 0x00204081u & 0x01010101u) << t;
    memcpy(to, &out, sizeof out);
}

/* Nibbles of a block of 32 at byte `at`: in the file byte b holds elements b (low) and 16 + b (high); in
 * the group it holds two elements that lie 4 apart. */
static void pack_nibbles(const uint8_t *const blocks[ROW_GROUP], uint32_t at, uint8_t *to)
{
    struct lanes words[4];

    gather(blocks, at, 4, words);
    for (uint32_t i = 0; i < 4; i++)
        put_nibbles(&words[i % 2 * 2], &words[i % 2 * 2 + 1], i / 2 * 4, to + 64 * i);
}

/* Scale, minimum and fifth bits, where there are such, then nibbles. */
static void pack_q45(enum layout layout, const uint8_t *const blocks[ROW_GROUP], uint32_t h,
                     uint8_t *unit)
{
    uint8_t *to = unit + layout_integers_at(layout, h);
    struct lanes fifth;
    uint32_t at = layout == LAYOUT_mxfp4_r16 ? 1 : 2;

    if (layout_has_minimum(layout)) {
        gather_halves(blocks, at, unit + 64 + 32 * h);
        at += 2;
    }
    if (layout_info[layout].bits == 5) {
        gather(blocks, at, 1, &fifth);
        put_fifth_bits(&fifth, to);
        at += 4;
        to += 64;
    }
    pack_nibbles(blocks, at, to);
}

/* The formats of 256; quant_decode_k.c says where their blocks keep what. */
static void pack_q45_k(enum layout layout, const uint8_t *const blocks[ROW_GROUP], uint8_t *unit)
{
    const uint32_t fifth = layout == LAYOUT_q5_k_r16 ? 8 : 0; /* words of fifth bits */
    struct lanes words[3 + 8 + 32];

    gather_halves(blocks, 0, unit);
    gather_halves(blocks, 2, unit + 32);
    gather(blocks, 4, 3 + fifth + 32, words);
    memcpy(unit + 64, words, 3 * sizeof *words);
    for (uint32_t h = 0; h < 8; h++) {
        uint8_t *to = unit + layout_integers_at(layout, h);
        const struct lanes *from = &words[3 + fifth + h / 2 * 8];
        if (fifth != 0) {
            put_bits(&words[3], 8, h, 1, to);
            to += 64;
        }
        for (uint32_t i = 0; i < 4; i++)
            put_nibbles(&from[2 * i], &from[2 * i + 1], h % 2 * 4, to + 64 * i);
    }
}

static void pack_q6_k(const uint8_t *const blocks[ROW_GROUP], uint8_t *unit)
{
    struct lanes words[32 + 16];

    pack_d(blocks, 208, unit);
    put_bytes(blocks, 192, 16, unit + 64);
    gather(blocks, 0, 32 + 16, words);
    for (uint32_t i = 0; i < 16; i++) { /* each 16 elements */
        uint32_t h = i / 2, half = h / 4, first = i % 2 * 4;
        const struct lanes *low = &words[half * 16 + h % 2 * 8 + first],
                           *high = &words[32 + half * 8 + first];
        uint8_t *to = unit + layout_integers_at(LAYOUT_q6_k_r16, 0) + 192 * i;
        put_bits(high, 4, h % 4 * 2, 2, to);
        put_nibbles(&low[0], &low[1], h % 4 / 2 * 4, to + 64);
        put_nibbles(&low[2], &low[3], h % 4 / 2 * 4, to + 128);
    }
}

/* A block of integers of 3 bits. In the file the lower two stand `shift` bits up in words that have
 * those of four blocks; words of third bits have bit h for each block. */
static void put_three_bits(const struct lanes low[8], uint32_t shift, const struct lanes third[8],
                           uint32_t h, uint8_t *to)
{
    struct lanes q[8], line;

    for (uint32_t t = 0; t < 8; t++)
        for (uint32_t r = 0; r < ROW_GROUP; r++)
            q[t].row[r] =
                (low[t].row[r] >> shift & 0x03030303) | (third[t].row[r] >> h & 0x01010101) << 2;
    for (uint32_t i = 0; i < 3; i++) {
        for (uint32_t r = 0; r < ROW_GROUP; r++) {
            const uint32_t last[] = {q[6].row[r] & 0x03030303,
                                     (q[6].row[r] >> 2 & 0x01010101) |
                                         (q[7].row[r] >> 1 & 0x02020202),
                                     q[7].row[r] & 0x03030303};
            line.row[r] = q[2 * i].row[r] | q[2 * i + 1].row[r] << 3 | last[i] << 6;
        }
        memcpy(to + 64 * i, &line, sizeof line);
    }
}

/* q2_k and tq2_0, whose integers begin at byte `at` of a block. A word has those of four blocks. */
static void pack_q2(enum layout layout, const uint8_t *const blocks[ROW_GROUP], uint32_t at,
                    uint8_t *unit)
{
    struct lanes low[16];

    gather(blocks, at, 16, low);
    for (uint32_t h = 0; h < 8; h++)
        for (uint32_t i = 0; i < 2; i++) {
            const struct lanes *first = &low[h / 4 * 8 + 2 * i],
                               line[4] = {first[0], first[4], first[1], first[5]};
            put_bits(line, 4, h % 4 * 2, 2, unit + layout_integers_at(layout, h) + 64 * i);
        }
}

/* q3_k, and t3 with scales of whole bytes. */
static void pack_q3(enum layout layout, const uint8_t *const blocks[ROW_GROUP], uint8_t *unit)
{
    struct lanes words[8 + 16];
    int8_t scales[ROW_GROUP][16];
    const uint8_t *rows[ROW_GROUP];

    pack_d(blocks, dtype_info[layout_info[layout].dtype].bytes - 2, unit);
    for (uint32_t r = 0; r < ROW_GROUP; r++) {
        rows[r] = blocks[r] + 96;
        if (layout == LAYOUT_q3_k_r16) {
            block_scales_q3_k(blocks[r] + 96, scales[r]);
            rows[r] = (const uint8_t *)scales[r];
        }
    }
    put_bytes(rows, 0, 16, unit + 64);
    gather(blocks, 0, 8 + 16, words);
    for (uint32_t h = 0; h < 8; h++)
        put_three_bits(&words[8 + h / 4 * 8], h % 4 * 2, words, h,
                       unit + layout_integers_at(layout, h));
}

/* iq4_xs, and t4 with scales of whole bytes. */
static void pack_q4_256(enum layout layout, const uint8_t *const blocks[ROW_GROUP], uint8_t *unit)
{
    const uint32_t at = dtype_info[layout_info[layout].dtype].bytes - 128;
    int8_t scales[ROW_GROUP][8];
    const uint8_t *rows[ROW_GROUP];

    pack_d(blocks, 0, unit);
    for (uint32_t r = 0; r < ROW_GROUP; r++) {
        rows[r] = blocks[r] + 2;
        if (layout == LAYOUT_iq4_xs_r16) {
            block_scales_iq4_xs(blocks[r], scales[r]);
            rows[r] = (const uint8_t *)scales[r];
        }
    }
    put_bytes(rows, 0, 8, unit + 64);
    for (uint32_t h = 0; h < 8; h++)
        pack_nibbles(blocks, at + 16 * h, unit + layout_integers_at(layout, h));
}

/* Block h of a unit of nvfp4. In the file the nibbles of each 16 are 8 bytes: byte b of them holds elements
 * b and 8 + b. */
static void pack_nvfp4(const uint8_t *const blocks[ROW_GROUP], uint8_t *unit)
{
    struct lanes words[8];

    put_bytes(blocks, 0, 4, unit);
    gather(blocks, 4, 8, words);
    for (uint32_t i = 0; i < 8; i++) /* each 8 elements */
        put_nibbles(&words[i / 2 * 2], &words[i / 2 * 2 + 1], i % 2 * 4,
                    unit + layout_integers_at(LAYOUT_nvfp4_r16, 0) + 64 * i);
}

/* A group with one word, which is as in the model. */
static void pack_i4(enum layout layout, const uint8_t *const blocks[ROW_GROUP], uint32_t group,
                    uint8_t *unit)
{
    const uint32_t count = layout_blocks_of_scale(layout);
    struct lanes words;

    gather(blocks, 0, 1, &words);
    memcpy(unit + group * sizeof words, &words, sizeof words);
    for (uint32_t h = 0; h < count; h++)
        pack_nibbles(blocks, 4 + 16 * h, unit + layout_integers_at(layout, group * count + h));
}

static void pack_block(enum layout layout, const uint8_t *const blocks[ROW_GROUP], uint32_t h,
                       uint8_t *unit)
{
    switch (layout) {
    case LAYOUT_q8_0_r16:
        gather_halves(blocks, 0, unit + 32 * h);
        pack_bytes(layout, blocks, 2, h, unit);
        break;
    case LAYOUT_i8_row_r16:
        pack_bytes(layout, blocks, 4, h, unit);
        break;
    case LAYOUT_q4_k_r16:
    case LAYOUT_q5_k_r16:
        pack_q45_k(layout, blocks, unit);
        break;
    case LAYOUT_q6_k_r16:
        pack_q6_k(blocks, unit);
        break;
    case LAYOUT_mxfp4_r16:
        put_bytes(blocks, 0, 1, unit + h * ROW_GROUP);
        pack_q45(layout, blocks, h, unit);
        break;
    case LAYOUT_q2_k_r16:
        gather_halves(blocks, 80, unit);
        gather_halves(blocks, 82, unit + 32);
        put_bytes(blocks, 0, 16, unit + 64);
        pack_q2(layout, blocks, 16, unit);
        break;
    case LAYOUT_tq2_0_r16:
        pack_d(blocks, 64, unit);
        pack_q2(layout, blocks, 0, unit);
        break;
    case LAYOUT_q3_k_r16:
    case LAYOUT_iq1_t3_r16:
    case LAYOUT_iq2_t3_r16:
        pack_q3(layout, blocks, unit);
        break;
    case LAYOUT_iq4_xs_r16:
    case LAYOUT_iq3_xxs_t4_r16:
    case LAYOUT_iq3_s_t4_r16:
        pack_q4_256(layout, blocks, unit);
        break;
    case LAYOUT_nvfp4_r16:
        pack_nvfp4(blocks, unit);
        break;
    case LAYOUT_i4_g32_r16:
    case LAYOUT_i4_g64_r16:
    case LAYOUT_i4_g128_r16:
    case LAYOUT_nf4_r16:
    case LAYOUT_fp4_r16:
        pack_i4(layout, blocks, h, unit);
        break;
    default:
        gather_halves(blocks, 0, unit + 32 * h);
        pack_q45(layout, blocks, h, unit);
        break;
    }
}

/* A block of zeros, none of them negative. Where no integer means 0, it is a small one, times 0. */
static void fill_zero_block(enum layout layout, uint8_t block[4 * MAX_WORDS])
{
    switch (layout) {
    case LAYOUT_q4_0_r16:
    case LAYOUT_iq4_nl_r16:
        memset(block + 2, 0x88, 16);
        break;
    case LAYOUT_q5_0_r16:
        memset(block + 2, 0xff, 4);
        break;
    case LAYOUT_q6_k_r16:
        memset(block + 128, 0xaa, 64);
        break;
    case LAYOUT_q3_k_r16:
        memset(block, 0xff, 32);
        memset(block + 96 + 8, 0xaa, 4); /* scales of 32, less 32 */
        break;
    case LAYOUT_iq4_xs_r16:
        memset(block + 2, 0xaa, 2);
        memset(block + 8, 0x88, 128);
        break;
    case LAYOUT_tq2_0_r16:
        memset(block, 0x55, 64);
        break;
    case LAYOUT_nf4_r16:
        memset(block + 4, 0x77, 32);
        break;
    default:
        break;
    }
}

/* Quantized rows, one block of the model's format at a time; two or four of 32 fill a unit. */
static void pack_units(enum layout layout, const uint8_t *const rows[ROW_GROUP], uint64_t k,
                       uint8_t *group)
{
    const struct layout_info *info = &layout_info[layout];
    uint64_t block_bytes = dtype_info[info->dtype].bytes, multiple = layout_multiple(layout);
    uint32_t in_unit = (uint32_t)(info->unit / multiple);
    uint8_t zero[4 * MAX_WORDS] = {0};
    const uint8_t *blocks[ROW_GROUP];

    assert(k % multiple == 0);
    fill_zero_block(layout, zero);
    if (layout_scales_rows(layout)) /* the same in all blocks of a row */
        for (uint32_t r = 0; r < ROW_GROUP; r++)
            memcpy(group - layout_head_bytes(layout) + 4 * r, rows[r] == NULL ? zero : rows[r], 4);
    for (uint64_t b = 0; b < k / multiple; b++) {
        uint8_t *unit = group + b / in_unit * info->bytes;
        uint32_t h = (uint32_t)(b % in_unit);
        if (in_unit != 1 && h == 0) /* scales of blocks that a cut unit lacks stay zero */
            memset(unit, 0, layout_integers_at(layout, 0));
        for (uint32_t r = 0; r < ROW_GROUP; r++)
            blocks[r] = rows[r] == NULL ? zero : rows[r] + b * block_bytes;
        pack_block(layout, blocks, h, unit);
    }
}

void layout_pack_group(enum layout layout, const uint8_t *const rows[ROW_GROUP], uint64_t k,
                       uint8_t *group)
{
    if (layout_info[layout].bits != 0)
        pack_units(layout, rows, k, group);
    else
        pack_plain_group(layout, rows, k, group);
}

/* Packed weight layouts: sizes, and reading back. In: a packed row group; out: elements of one row,
 * found by the pictures of layout.def one element at a time.
 */
#include "compiler/hir/layout.h"

#include "compiler/base/float16.h"

#include <string.h>

const struct layout_info layout_info[LAYOUT_COUNT] = {
    [LAYOUT_none] = {"none", DTYPE_none, 1, 0, 0, 0, 0, 1, NULL},
#define TABLE_none NULL
#define TABLE_e2m1 doubled_e2m1
#define TABLE_iq4_nl iq4_nl_values
#define LAYOUT(name, dtype, unit, bytes, bias, bits, scales, groups, table) \
    [LAYOUT_##                                                              \
        name] = {#name, DTYPE_##dtype, unit, bytes, bias, bits, scales, groups, TABLE_##table},
#include "compiler/hir/layout.def"
#undef LAYOUT
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
    if (!layout_is_quantized(layout))
        return ceil_div(k, info->unit) * info->bytes;
    assert(k % layout_multiple(layout) == 0);
    return k / info->unit * info->bytes +
           (k % info->unit == 0 ? 0 : layout_integers_at(layout, k % info->unit / LAYOUT_BLOCK));
}

uint64_t layout_group_at(enum layout layout, uint64_t k, uint64_t group)
{
    const struct layout_info *info = &layout_info[layout];
    uint64_t turn = group % info->groups;

    return (group - turn) * layout_group_bytes(layout, k) + turn * info->bytes;
}

uint64_t layout_groups_bytes(enum layout layout, uint64_t count, uint64_t k)
{
    return round_up(count, layout_info[layout].groups) * layout_group_bytes(layout, k);
}

uint64_t layout_bytes(enum layout layout, uint64_t n, uint64_t k)
{
    return layout_groups_bytes(layout, ceil_div(n, ROW_GROUP), k);
}

static float half_at(const uint8_t *at)
{
    uint16_t bits;

    memcpy(&bits, at, sizeof bits);
    return f16_to_f32(bits);
}

/* Stored integer e of row r in the block of 32 at `from`. */
static uint32_t stored_integer(uint32_t bits, const uint8_t *from, uint32_t r, uint32_t e)
{
    uint32_t quad = e / 4, lane = r * 4 + e % 4;

    if (bits == 8)
        return from[quad * 64 + lane];
    if (bits == 4)
        return from[quad / 2 * 64 + lane] >> quad % 2 * 4 & 15;
    uint32_t high = bits - 4, together = 8 / high; /* quads whose high bits share 64 bytes */
    from += quad / together * (64 + together / 2 * 64);
    quad %= together;
    return (from[64 + quad / 2 * 64 + lane] >> quad % 2 * 4 & 15) |
           (from[lane] >> quad * high & ((1u << high) - 1)) << 4;
}

/* The scale (0) or minimum (1) of block h that row r of a q4_k or q5_k unit holds in 6 bits. */
static uint32_t six_bits(const uint8_t *unit, uint32_t r, uint32_t h, uint32_t which)
{
    const uint8_t *words =
        unit + 64 + r * 4; /* byte i of the model's twelve is words[i/4*64 + i%4] */
    uint32_t in_word = h % 4;

    if (h < 4)
        return words[which * 64 + in_word] & 63;
    return (words[128 + in_word] >> which * 4 & 15) |
           (uint32_t)words[which * 64 + in_word] >> 6 << 4;
}

static void read_scales(enum layout layout, const uint8_t *unit, uint32_t r, uint32_t h,
                        struct layout_block *out)
{
    switch (layout) {
    case LAYOUT_q4_k_r16:
    case LAYOUT_q5_k_r16:
        out->scale[0] = half_at(unit + r * 2) * (float)six_bits(unit, r, h, 0);
        out->minimum = -(half_at(unit + 32 + r * 2) * (float)six_bits(unit, r, h, 1));
        break;
    case LAYOUT_q6_k_r16:
        for (uint32_t i = 0; i < 2; i++)
            out->scale[i] =
                half_at(unit + r * 2) * (float)(int8_t)unit[64 + (2 * h + i) * ROW_GROUP + r];
        return;
    case LAYOUT_mxfp4_r16:
        out->scale[0] = half_of_e8m0(unit[h * ROW_GROUP + r]);
        break;
    case LAYOUT_q4_1_r16:
    case LAYOUT_q5_1_r16:
        out->minimum = half_at(unit + 64 + (h * ROW_GROUP + r) * 2);
        out->scale[0] = half_at(unit + (h * ROW_GROUP + r) * 2);
        break;
    default:
        out->scale[0] = half_at(unit + (h * ROW_GROUP + r) * 2);
        break;
    }
    out->scale[1] = out->scale[0];
}

void layout_read_block(enum layout layout, const uint8_t *group, uint32_t r, uint64_t block,
                       struct layout_block *out)
{
    const struct layout_info *info = &layout_info[layout];
    uint32_t in_unit = info->unit / LAYOUT_BLOCK, h = (uint32_t)(block % in_unit);
    const uint8_t *unit = group + block / in_unit * info->bytes;

    assert(layout_is_quantized(layout) && r < ROW_GROUP);
    out->minimum = 0;
    read_scales(layout, unit, r, h, out);
    for (uint32_t e = 0; e < LAYOUT_BLOCK; e++) {
        uint32_t stored = stored_integer(info->bits, unit + layout_integers_at(layout, h), r, e);
        out->q[e] =
            info->table != NULL ? info->table[stored] : (int32_t)stored - (int32_t)info->bias;
    }
}

static void read_quantized(enum layout layout, const uint8_t *group, uint32_t r, uint64_t k,
                           float *out)
{
    struct layout_block block;

    for (uint64_t b = 0; b < k / LAYOUT_BLOCK; b++) {
        layout_read_block(layout, group, r, b, &block);
        for (uint32_t e = 0; e < LAYOUT_BLOCK; e++) {
            float product = (float)block.q[e] * block.scale[e / 16];
            out[b * LAYOUT_BLOCK + e] =
                layout_has_minimum(layout) ? product + block.minimum : product;
        }
    }
}

void layout_read_row(enum layout layout, const uint8_t *group, uint32_t r, uint64_t k, float *out)
{
    const struct layout_info *info = &layout_info[layout];

    assert(layout != LAYOUT_none && r < ROW_GROUP);
    if (layout_is_quantized(layout)) {
        read_quantized(layout, group, r, k, out);
        return;
    }
    for (uint64_t i = 0; i < k; i++) {
        const uint8_t *unit = group + i / info->unit * layout_step(layout);
        if (layout == LAYOUT_f32_r16) {
            memcpy(&out[i], unit + r * 4, 4);
        } else if (layout == LAYOUT_f16_r32) {
            out[i] = half_at(unit + r * 2);
        } else {
            uint16_t bits;
            memcpy(&bits, unit + (r * 2 + i % info->unit) * 2, sizeof bits);
            out[i] = bf16_to_f32(bits);
        }
    }
}

/* Packed weight layouts: sizes, and reading back. In: a packed row group; out: elements of one row,
 * found by the pictures of layout.def one element at a time.
 */
#include "compiler/hir/layout.h"

#include "compiler/base/float16.h"

#include <math.h>
#include <string.h>

const struct layout_info layout_info[LAYOUT_COUNT] = {
    [LAYOUT_none] = {"none", DTYPE_none, 1, 0, 0, 0, 0, 1, NULL, SCALE_none, 0, -1},
#define TABLE_none NULL
#define TABLE_e2m1 doubled_e2m1
#define TABLE_iq4_nl iq4_nl_values
#define TABLE_iq1 iq1_values
#define TABLE_iq2 iq2_values
#define TABLE_iq3_xxs iq3_xxs_values
#define TABLE_iq3_s iq3_s_values
#define LAYOUT(name, dtype, unit, bytes, bias, bits, scales, groups, table, form, power, folded) \
    [LAYOUT_##name] = {#name,  DTYPE_##dtype, unit,          bytes,        bias,  bits,          \
                       scales, groups,        TABLE_##table, SCALE_##form, power, folded},
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
    return layout_head_bytes(layout) + k / info->unit * info->bytes +
           (k % info->unit == 0 ? 0 : layout_integers_at(layout, k % info->unit / LAYOUT_BLOCK));
}

uint64_t layout_group_at(enum layout layout, uint64_t k, uint64_t group)
{
    const struct layout_info *info = &layout_info[layout];
    uint64_t turn = group % info->groups;

    return (group - turn) * layout_group_bytes(layout, k) + turn * info->bytes +
           layout_head_bytes(layout);
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

/* Of 3 bits, whose bytes of three lines begin at `from`. */
static uint32_t stored_three_bits(const uint8_t *from, uint32_t quad)
{
    if (quad < 6)
        return from[quad / 2 * 64] >> quad % 2 * 3 & 7u;
    return from[quad % 2 * 128] >> 6 | (from[64] >> quad & 1u) << 2;
}

/* Stored integer e of row r in the block of 32 at `from`. */
static uint32_t stored_integer(enum layout layout, const uint8_t *from, uint32_t r, uint32_t e)
{
    const uint32_t low_bits = layout_low_bits(layout),
                   high_bits = layout_info[layout].bits - low_bits;
    uint32_t quad = e / 4, lane = r * 4 + e % 4, high = 0;

    if (low_bits == 2) /* two of either half in each byte */
        return from[quad % 4 / 2 * 64 + lane] >> (quad % 2 * 4 + quad / 4 * 2) & 3u;
    if (low_bits == 3)
        return stored_three_bits(from + lane, quad);
    if (high_bits != 0) {
        uint32_t together = 8 / high_bits; /* quads whose high bits share 64 bytes */
        from += quad / together * (64 + together * low_bits * 8);
        quad %= together;
        high = from[lane] >> quad * high_bits & ((1u << high_bits) - 1);
        from += 64;
    }
    from += quad * low_bits / 8 * 64;
    return (from[lane] >> quad * low_bits % 8 & ((1u << low_bits) - 1)) | high << low_bits;
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

/* Of the group that block h of a unit is in. */
static struct scale_and_zero scale_and_zero(const struct layout_info *info, const uint8_t *unit,
                                            uint32_t r, uint32_t h)
{
    const uint32_t group = h * LAYOUT_BLOCK / dtype_info[info->dtype].block;

    return dtype_scale_and_zero(unit + (group * ROW_GROUP + r) * 4);
}

/* The integer that scales half `half` of block h of a unit. */
static int32_t read_multiplier(const struct layout_info *info, const uint8_t *unit, uint32_t r,
                               uint32_t h, uint32_t half)
{
    const uint32_t place = h * info->scales + half % info->scales;

    switch (info->form) {
    case SCALE_six_bits:
        return (int32_t)six_bits(unit, r, h, 0);
    case SCALE_i8:
        return (int8_t)unit[64 + place * ROW_GROUP + r];
    case SCALE_nibbles:
        return unit[64 + place * ROW_GROUP + r] & 15;
    default:
        return 1;
    }
}

/* Half `half` of block h of a unit, without the layout's power of two. */
static float read_scale(const struct layout_info *info, const uint8_t *unit, uint32_t r, uint32_t h,
                        uint32_t half)
{
    const uint32_t place = h * info->scales + half % info->scales;

    switch (info->form) {
    case SCALE_six_bits:
    case SCALE_i8:
    case SCALE_nibbles:
    case SCALE_unit:
        return half_at(unit + r * 2) * (float)read_multiplier(info, unit, r, h, half);
    case SCALE_e8m0:
        return half_of_e8m0(unit[place * ROW_GROUP + r]);
    case SCALE_ue4m3:
        return half_of_ue4m3(unit[place * ROW_GROUP + r]);
    case SCALE_f16:
        return half_at(unit + (place * ROW_GROUP + r) * 2);
    case SCALE_zeros:
        return scale_and_zero(info, unit, r, h).scale;
    case SCALE_row:
    case SCALE_none:
        break;
    }
    unreachable("a layout without scales of blocks");
}

static float row_scale(enum layout layout, const uint8_t *group, uint32_t r)
{
    float scale;

    memcpy(&scale, group - layout_head_bytes(layout) + r * sizeof scale, sizeof scale);
    return scale;
}

/* Of part `place` of a unit; 0: the layout has no such minimums. */
static int32_t read_integer_minimum(const struct layout_info *info, const uint8_t *unit, uint32_t r,
                                    uint32_t place)
{
    return info->form == SCALE_nibbles ? unit[64 + place * ROW_GROUP + r] >> 4 : 0;
}

static float read_minimum(const struct layout_info *info, const uint8_t *unit, uint32_t r,
                          uint32_t h, uint32_t half)
{
    const uint32_t place = h * info->scales + half % info->scales;

    switch (info->form) {
    case SCALE_six_bits:
        return -(half_at(unit + 32 + r * 2) * (float)six_bits(unit, r, h, 1));
    case SCALE_nibbles:
        return -(half_at(unit + 32 + r * 2) * (float)read_integer_minimum(info, unit, r, place));
    case SCALE_zeros: {
        struct scale_and_zero both = scale_and_zero(info, unit, r, h);
        return -(both.scale * both.zero);
    }
    default:
        return half_at(unit + 64 + (place * ROW_GROUP + r) * 2);
    }
}

void layout_read_block(enum layout layout, const uint8_t *group, uint32_t r, uint64_t block,
                       struct layout_block *out)
{
    const struct layout_info *info = &layout_info[layout];
    uint32_t in_unit = info->unit / LAYOUT_BLOCK, h = (uint32_t)(block % in_unit);
    const uint8_t *unit = group + block / in_unit * info->bytes;

    assert(layout_is_quantized(layout) && r < ROW_GROUP);
    out->d = layout_folds(layout) ? ldexpf(half_at(unit + r * 2), info->power) : 0;
    out->dmin = info->form == SCALE_nibbles ? half_at(unit + 32 + r * 2) : 0;
    for (uint32_t half = 0; half < 2; half++) {
        out->multiplier[half] = read_multiplier(info, unit, r, h, half);
        out->integer_minimum[half] = read_integer_minimum(info, unit, r, 2 * h + half);
        out->scale[half] = layout_scales_rows(layout)
                               ? row_scale(layout, group, r)
                               : ldexpf(read_scale(info, unit, r, h, half), info->power);
        out->minimum[half] = layout_has_minimum(layout) ? read_minimum(info, unit, r, h, half) : 0;
    }
    for (uint32_t e = 0; e < LAYOUT_BLOCK; e++) {
        uint32_t stored = stored_integer(layout, unit + layout_integers_at(layout, h), r, e);
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
                layout_has_minimum(layout) ? product + block.minimum[e / 16] : product;
        }
    }
}

/* Element e of row r in a unit of words and bytes. */
static float read_byte(enum layout layout, const uint8_t *unit, uint32_t r, uint32_t e)
{
    const uint32_t count = layout_byte_words(layout);
    const uint8_t byte = unit[(count * 4 + e) * ROW_GROUP + r];
    float words[2] = {0};

    for (uint32_t i = 0; i < count; i++)
        memcpy(&words[i], unit + (i * ROW_GROUP + r) * 4, 4);
    return (count == 1 ? e4m3_to_f32(byte) : (float)byte - words[1]) * words[0];
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
        } else if (layout_byte_words(layout) != 0) {
            out[i] = read_byte(layout, unit, r, (uint32_t)(i % info->unit));
        } else if (layout_floats(layout) != NULL) {
            const uint32_t e = (uint32_t)(i % info->unit);
            float scale;
            memcpy(&scale, unit + r * 4, 4);
            out[i] = layout_floats(layout)[stored_integer(layout, unit + 64, r, e)] * scale;
        } else if (layout == LAYOUT_f16_r32) {
            out[i] = half_at(unit + r * 2);
        } else {
            uint16_t bits;
            memcpy(&bits, unit + (r * 2 + i % info->unit) * 2, sizeof bits);
            out[i] = bf16_to_f32(bits);
        }
    }
}

/* Packed weights of random bytes, and what those bytes mean by the pictures in layout.def. In: a
 * layout and a shape. Out: struct weight, its bytes for a kernel and its elements for plain loops.
 */
#ifndef RLX_TESTS_PACKED_WEIGHT_H
#define RLX_TESTS_PACKED_WEIGHT_H

#include "tests/support/packed_bytes.h"
#include "tests/unit/kernel_code.h"

static bool is_quantized(enum layout layout)
{
    return dtype_info[layout_info[layout].dtype].block > 1 && layout != LAYOUT_f8_e4m3_r16 &&
           layout != LAYOUT_i8_g32_r16 && layout != LAYOUT_i8_g128_r16 &&
           layout != LAYOUT_nf4_r16 && layout != LAYOUT_fp4_r16;
}

/* The exponent and fraction by their powers of two. */
static float value_of_e4m3(uint8_t byte)
{
    const int exponent = byte >> 3 & 15, fraction = byte & 7;
    const float value =
        exponent == 0 ? ldexpf((float)fraction, -9) : ldexpf((float)(8 + fraction), exponent - 10);

    return byte < 128 ? value : -value;
}

/* The values of bitsandbytes: quantiles of a normal distribution, or 0, 1/192, 1/6, 1/4, 1/3, 1/2, 2/3
 * and 1 in an order of their own. */
static float float_in(enum layout layout, uint32_t place)
{
    static const float nf4[] = {-1.0f,
                                -0.6961928009986877f,
                                -0.5250730514526367f,
                                -0.39491748809814453f,
                                -0.28444138169288635f,
                                -0.18477343022823334f,
                                -0.09105003625154495f,
                                0.0f,
                                0.07958029955625534f,
                                0.16093020141124725f,
                                0.24611230194568634f,
                                0.33791524171829224f,
                                0.44070982933044434f,
                                0.5626170039176941f,
                                0.7229568362236023f,
                                1.0f},
                       fp4[] = {0, 1.0f / 192, 2.0f / 3, 1, 1.0f / 3, 0.5f, 1.0f / 6, 0.25f};

    if (layout == LAYOUT_nf4_r16)
        return nf4[place];
    return place < 8 ? fp4[place] : -fp4[place - 8];
}

/* At least k columns, as many as the model's format can have. */
static inline uint32_t whole_blocks(enum layout layout, uint32_t k)
{
    return (uint32_t)round_up(k, layout_multiple(layout));
}

static uint8_t *weight_bytes_new(enum layout layout, uint32_t n, uint32_t k)
{
    uint64_t bytes = layout_bytes(layout, n, k);
    uint8_t *w = aligned_alloc(64, round_up(bytes, 64));

    assert_non_null(w);
    fill_packed(layout, k, w, bytes, 1, random_bits);
    return w;
}

static float half_at(const uint8_t *at)
{
    uint16_t bits;

    memcpy(&bits, at, 2);
    return f16_to_f32(bits);
}

/* A quantized element: its stored integer less the bias, d and m. Of 2 and 3 bits d is that of the unit
 * times an integer. */
struct parts {
    int32_t q, times, minimum;
    float d, m, unit_d, unit_dmin;
};

/* Formats of 256; `h`: block of 32, `e`: element in it. */
static struct parts weight_parts_k(enum layout layout, const uint8_t *unit, uint32_t r, uint32_t h,
                                   uint32_t e)
{
    const uint8_t *words = unit + 64 + 4 * r, *from;
    struct parts p = {.d = half_at(unit + 2 * r)};
    uint8_t bytes[12], scale, minimum;

    if (layout == LAYOUT_q6_k_r16) {
        from = unit + 320 + (2 * h + e / 16) * 192;
        p.d *= (float)(int8_t)unit[64 + (2 * h + e / 16) * 16 + r];
        e %= 16;
        uint8_t low = from[64 + e / 8 * 64 + r * 4 + e % 4];
        uint8_t high = from[r * 4 + e % 4] >> 2 * (e / 4);
        p.q = ((e % 8 < 4 ? low & 15 : low >> 4) | (high & 3) << 4) - 32;
        return p;
    }
    for (uint32_t i = 0; i < 12; i++)
        bytes[i] = words[i / 4 * 64 + i % 4];
    if (h < 4) {
        scale = bytes[h] & 63;
        minimum = bytes[4 + h] & 63;
    } else {
        scale = (uint8_t)((bytes[4 + h] & 15) + (bytes[h - 4] >> 6) * 16);
        minimum = (uint8_t)((bytes[4 + h] >> 4) + (bytes[h] >> 6) * 16);
    }
    p.d *= scale;
    p.m = -half_at(unit + 32 + 2 * r) * minimum;
    from = unit + 256 + h * (layout == LAYOUT_q5_k_r16 ? 320 : 256);
    uint8_t fifth = layout == LAYOUT_q5_k_r16 ? from[r * 4 + e % 4] >> e / 4 & 1 : 0;
    from += layout == LAYOUT_q5_k_r16 ? 64 : 0;
    uint8_t low = from[e / 8 * 64 + r * 4 + e % 4];
    p.q = (e % 8 < 4 ? low & 15 : low >> 4) + 16 * fifth;
    return p;
}

/* Places in tables of values, by hand. */
static int32_t value_in(enum layout layout, uint32_t place)
{
    static const int8_t e2m1[] = {0, 1, 2, 3, 4, 6, 8, 12},
                        iq4[] = {-127, -104, -83, -65, -49, -35, -22, -10,
                                 1,    13,   25,  38,  53,  69,  89,  113},
                        iq1[] = {1, 9, -7, 0, -1, 7, -9, 0}, iq2[] = {8, 25, 43, 0},
                        iq3_xxs[] = {4, 12, 20, 28, 36, 44, 52, 62};

    switch (layout) {
    case LAYOUT_mxfp4_r16:
    case LAYOUT_nvfp4_r16:
        return place < 8 ? e2m1[place] : -e2m1[place - 8];
    case LAYOUT_iq4_nl_r16:
    case LAYOUT_iq4_xs_r16:
        return iq4[place];
    case LAYOUT_iq1_t3_r16:
        return iq1[place];
    case LAYOUT_iq2_t3_r16:
        return place < 4 ? iq2[place] : -iq2[place - 4];
    case LAYOUT_iq3_xxs_t4_r16:
        return place < 8 ? iq3_xxs[place] : -iq3_xxs[place - 8];
    case LAYOUT_iq3_s_t4_r16:
        return place < 8 ? 2 * (int32_t)place + 1 : -(2 * (int32_t)(place - 8) + 1);
    case LAYOUT_q3_k_r16:
        return (int32_t)place - 4;
    case LAYOUT_tq2_0_r16:
        return (int32_t)place - 1;
    default:
        return (int32_t)place;
    }
}

/* Integers of 2 and 3 bits, whose blocks follow a table of `at` bytes; d and scales of all 256. */
static struct parts weight_parts_23(enum layout layout, const uint8_t *unit, uint32_t r, uint32_t h,
                                    uint32_t e)
{
    const bool is_3 = layout != LAYOUT_q2_k_r16 && layout != LAYOUT_tq2_0_r16;
    const uint8_t *from = unit + (layout == LAYOUT_tq2_0_r16 ? 64 : 320) + h * (is_3 ? 192 : 128);
    const uint8_t scale = unit[64 + (2 * h + e / 16) * 16 + r];
    struct parts p = {.times = 1, .unit_d = half_at(unit + 2 * r)};
    uint32_t place;

    from += r * 4 + e % 4;
    if (!is_3)
        place = from[e % 16 / 8 * 64] >> (e % 8 / 4 * 4 + e / 16 * 2) & 3;
    else if (e < 24)
        place = (e % 8 < 4 ? from[e / 8 * 64] : from[e / 8 * 64] >> 3) & 7;
    else /* the bits that are left, of lines 0 and 1, or 2 and 1 */
        place =
            e < 28 ? from[0] / 64 + from[64] / 64 % 2 * 4u : from[128] / 64 + from[64] / 128 * 4u;
    p.q = value_in(layout, place);
    if (layout == LAYOUT_q2_k_r16) {
        p.times = scale % 16;
        p.minimum = scale / 16;
        p.unit_dmin = half_at(unit + 32 + 2 * r);
        p.m = -p.unit_dmin * (float)p.minimum;
    } else if (is_3) {
        p.times = (int8_t)scale;
        p.unit_d /= layout == LAYOUT_q3_k_r16 ? 1.0f : 8.0f;
    }
    p.d = p.unit_d * (float)p.times;
    return p;
}

/* iq4_xs and those like it. */
static struct parts weight_parts_4(enum layout layout, const uint8_t *unit, uint32_t r, uint32_t h,
                                   uint32_t e)
{
    const uint8_t byte = unit[192 + h * 256 + e / 8 * 64 + r * 4 + e % 4];
    const float power = layout == LAYOUT_iq3_xxs_t4_r16 ? 0.25f : 1.0f;

    return (struct parts){.d = half_at(unit + 2 * r) * (float)(int8_t)unit[64 + h * 16 + r] * power,
                          .q = value_in(layout, e % 8 < 4 ? byte & 15 : byte >> 4)};
}

/* UE4M3, halved. */
static float half_ue4m3(uint8_t bits)
{
    uint32_t exponent = bits / 8, fraction = bits % 8;

    return exponent == 0 ? ldexpf((float)fraction, -10)
                         : ldexpf((float)(8 + fraction), (int)exponent - 11);
}

static struct parts parts_at(enum layout layout, const uint8_t *w, uint32_t k, uint32_t row,
                             uint32_t column)
{
    uint32_t in_unit = layout_info[layout].unit;
    const uint8_t *unit =
        w + row / 16 * layout_group_bytes(layout, k) + column / in_unit * layout_info[layout].bytes;
    uint32_t r = row % 16, h = column % in_unit / 32, e = column % 32;

    if (layout == LAYOUT_i8_row_r16) { /* a head of 64 bytes has the scales */
        struct parts p = {.q = (int8_t)(unit[64 + h * 512 + e / 4 * 64 + r * 4 + e % 4] ^ 0x80)};
        memcpy(&p.d, w + row / 16 * layout_group_bytes(layout, k) + 4 * r, 4);
        return p;
    }
    if (layout_info[layout].bits < 4)
        return weight_parts_23(layout, unit, r, h, e);
    if (in_unit == 256 && layout_info[layout].table != NULL)
        return weight_parts_4(layout, unit, r, h, e);
    if (in_unit == 256)
        return weight_parts_k(layout, unit, r, h, e);
    if (layout == LAYOUT_mxfp4_r16 || layout == LAYOUT_nvfp4_r16) {
        uint8_t byte = unit[64 + h * 256 + e / 8 * 64 + r * 4 + e % 4];
        return (struct parts){.d = layout == LAYOUT_mxfp4_r16
                                       ? ldexpf(1, unit[16 * h + r] - 128)
                                       : half_ue4m3(unit[16 * (2 * h + e / 16) + r]),
                              .q = value_in(layout, e % 8 < 4 ? byte & 15 : byte >> 4)};
    }
    if (layout >= LAYOUT_i4_g32_r16 && layout <= LAYOUT_i4_g128_r16) {
        const uint32_t group = layout == LAYOUT_i4_g32_r16 ? h : 0;
        const uint8_t *word = unit + 64 * group + 4 * r, first[] = {0, word[1], word[2], word[3]},
                      byte = unit[(layout == LAYOUT_i4_g32_r16 ? 128 : 64) + h * 256 + e / 8 * 64 +
                                  r * 4 + e % 4];
        struct parts p = {.q = e % 8 < 4 ? byte & 15 : byte >> 4};
        memcpy(&p.d, first, 4);
        p.m = -p.d * word[0];
        return p;
    }
    struct parts p = {.d = half_at(unit + 32 * h + 2 * r)};
    if (layout == LAYOUT_q8_0_r16) {
        p.q = (int8_t)(unit[64 + h * 512 + e / 4 * 64 + r * 4 + e % 4] ^ 0x80);
        return p;
    }
    if (layout == LAYOUT_iq4_nl_r16) {
        uint8_t byte = unit[64 + h * 256 + e / 8 * 64 + r * 4 + e % 4];
        p.q = value_in(layout, e % 8 < 4 ? byte & 15 : byte >> 4);
        return p;
    }
    const bool has_fifth = layout == LAYOUT_q5_0_r16 || layout == LAYOUT_q5_1_r16,
               has_m = layout == LAYOUT_q4_1_r16 || layout == LAYOUT_q5_1_r16;
    const uint8_t *from = unit + (has_m ? 128 : 64) + h * (has_fifth ? 320 : 256);
    uint8_t fifth = has_fifth ? from[r * 4 + e % 4] >> e / 4 & 1 : 0;
    uint8_t byte = from[(has_fifth ? 64 : 0) + e / 8 * 64 + r * 4 + e % 4];
    p.q = (e % 8 < 4 ? byte & 15 : byte >> 4) + 16 * fifth - (has_m ? 0 : has_fifth ? 16 : 8);
    if (has_m)
        p.m = half_at(unit + 64 + 32 * h + 2 * r);
    return p;
}

static bool has_minimum(enum layout layout)
{
    return layout == LAYOUT_q4_1_r16 || layout == LAYOUT_q5_1_r16 || layout == LAYOUT_q4_k_r16 ||
           layout == LAYOUT_q5_k_r16 || layout == LAYOUT_q2_k_r16 || layout == LAYOUT_i4_g32_r16 ||
           layout == LAYOUT_i4_g64_r16 || layout == LAYOUT_i4_g128_r16;
}

static float value_at(enum layout layout, const uint8_t *w, uint32_t k, uint32_t row,
                      uint32_t column)
{
    const uint8_t *pair = w + row / 32 * (2 * layout_group_bytes(layout, k));
    uint32_t in_pair = row % 32;
    uint16_t bits;
    float f;

    switch (layout) {
    case LAYOUT_f32_r16:
        memcpy(&f, w + row / 16 * layout_group_bytes(layout, k) + (column * 16 + row % 16) * 4, 4);
        return f;
    case LAYOUT_f8_e4m3_r16: {
        const uint8_t *unit =
            w + row / 16 * layout_group_bytes(layout, k) + column / 128 * (uint64_t)2112;
        memcpy(&f, unit + 4 * (row % 16), 4);
        return f * value_of_e4m3(unit[64 + column % 128 * 16 + row % 16]);
    }
    case LAYOUT_i8_g32_r16:
    case LAYOUT_i8_g128_r16: {
        const uint32_t each = layout == LAYOUT_i8_g32_r16 ? 32 : 128;
        const uint8_t *unit = w + row / 16 * layout_group_bytes(layout, k) +
                              (uint64_t)(column / each) * 16 * (each + 8);
        float zero;
        memcpy(&f, unit + 4 * (row % 16), 4);
        memcpy(&zero, unit + 64 + 4 * (row % 16), 4);
        return f * ((float)unit[128 + column % each * 16 + row % 16] - zero);
    }
    case LAYOUT_nf4_r16:
    case LAYOUT_fp4_r16: {
        const uint8_t *unit = w + row / 16 * layout_group_bytes(layout, k) + column / 64 * 576,
                      byte = unit[64 + column % 64 / 8 * 64 + row % 16 * 4 + column % 4];
        memcpy(&f, unit + 4 * (row % 16), 4);
        return f * float_in(layout, column % 8 < 4 ? byte & 15 : byte >> 4);
    }
    case LAYOUT_f16_r32:
        return half_at(pair + (column * 32 + in_pair) * 2);
    case LAYOUT_bf16_r32:
        memcpy(&bits, pair + (column / 2 * 64 + in_pair * 2 + column % 2) * 2, 2);
        return bf16_to_f32(bits);
    default: {
        struct parts p = parts_at(layout, w, k, row, column);
        return has_minimum(layout) ? fmaf((float)p.q, p.d, p.m) : (float)p.q * p.d;
    }
    }
}

/* A packed weight, and what its bytes mean: parts [rows, k] if it is quantized, values [rows,
 * k]. */
struct weight {
    enum layout layout;
    uint32_t k;
    uint8_t *bytes;
    struct parts *parts;
    float *values;
};

/* What the bytes mean now. */
static void weight_read(struct weight *w, uint32_t rows)
{
    for (uint32_t row = 0; row < rows; row++) {
        for (uint32_t i = 0; i < w->k; i++) {
            if (is_quantized(w->layout))
                w->parts[(size_t)row * w->k + i] = parts_at(w->layout, w->bytes, w->k, row, i);
            w->values[(size_t)row * w->k + i] = value_at(w->layout, w->bytes, w->k, row, i);
        }
    }
}

static struct weight weight_new(enum layout layout, uint32_t rows, uint32_t k)
{
    struct weight w = {.layout = layout, .k = k, .bytes = weight_bytes_new(layout, rows, k)};

    w.parts = malloc((size_t)rows * k * sizeof *w.parts);
    w.values = malloc((size_t)rows * k * sizeof *w.values);
    assert_non_null(w.parts);
    assert_non_null(w.values);
    weight_read(&w, rows);
    return w;
}

static void weight_free(struct weight *w)
{
    free(w->bytes);
    free(w->parts);
    free(w->values);
}

#endif

/* Block formats: decoding, for those of 32 here. In: blocks as model files hold them; out: f32,
 * exactly what the format means.
 *
 * Sources: the layouts of block_q4_0, block_q4_1, block_q5_0, block_q5_1, block_q8_0, block_mxfp4,
 * block_iq4_nl and block_nvfp4 in ggml (ggml-common.h).
 */
#include "compiler/import/quant.h"

#include "compiler/import/quant_blocks.h"

enum { BLOCK = QUANT_BLOCK };

static void decode_q8_0(const uint8_t *block, float *out)
{
    float scale = f16_to_f32(quant_half(block));

    for (int i = 0; i < BLOCK; i++)
        out[i] = (float)(int8_t)block[2 + i] * scale;
}

static void decode_q4_0(const uint8_t *block, float *out)
{
    float scale = f16_to_f32(quant_half(block));

    for (int i = 0; i < BLOCK / 2; i++) {
        out[i] = (float)((block[2 + i] & 15) - 8) * scale;
        out[BLOCK / 2 + i] = (float)((block[2 + i] >> 4) - 8) * scale;
    }
}

static void decode_q4_1(const uint8_t *block, float *out)
{
    float scale = f16_to_f32(quant_half(block)), minimum = f16_to_f32(quant_half(block + 2));

    for (int i = 0; i < BLOCK / 2; i++) {
        float low = (float)(block[4 + i] & 15) * scale;
        float high = (float)(block[4 + i] >> 4) * scale;
        out[i] = low + minimum;
        out[BLOCK / 2 + i] = high + minimum;
    }
}

/* A word of fifth bits, with that of element i in bit i, and nibbles as in q4_0. */
static void read_five_bits(const uint8_t *from, int q[BLOCK])
{
    const uint8_t *nibbles = from + 4;
    uint32_t fifth;

    memcpy(&fifth, from, sizeof fifth);
    for (int i = 0; i < BLOCK / 2; i++) {
        q[i] = (nibbles[i] & 15) | (int)(fifth >> i & 1) << 4;
        q[BLOCK / 2 + i] = nibbles[i] >> 4 | (int)(fifth >> (BLOCK / 2 + i) & 1) << 4;
    }
}

static void decode_q5_0(const uint8_t *block, float *out)
{
    float scale = f16_to_f32(quant_half(block));
    int q[BLOCK];

    read_five_bits(block + 2, q);
    for (int i = 0; i < BLOCK; i++)
        out[i] = (float)(q[i] - 16) * scale;
}

static void decode_q5_1(const uint8_t *block, float *out)
{
    float scale = f16_to_f32(quant_half(block)), minimum = f16_to_f32(quant_half(block + 2));
    int q[BLOCK];

    read_five_bits(block + 4, q);
    for (int i = 0; i < BLOCK; i++) {
        float product = (float)q[i] * scale;
        out[i] = product + minimum;
    }
}

/* Nibbles as in q4_0 of `count` elements, which are places in a table. */
static void decode_table(int count, const uint8_t *nibbles, const int8_t table[16], float scale,
                         float *out)
{
    for (int i = 0; i < count / 2; i++) {
        out[i] = (float)table[nibbles[i] & 15] * scale;
        out[count / 2 + i] = (float)table[nibbles[i] >> 4] * scale;
    }
}

static void decode_mxfp4(const uint8_t *block, float *out)
{
    decode_table(BLOCK, block + 1, doubled_e2m1, half_of_e8m0(block[0]), out);
}

static void decode_iq4_nl(const uint8_t *block, float *out)
{
    decode_table(BLOCK, block + 2, iq4_nl_values, f16_to_f32(quant_half(block)), out);
}

/* Four blocks of 16: their scales, then their nibbles. */
static void decode_nvfp4(const uint8_t *block, float *out)
{
    for (int i = 0; i < 4; i++)
        decode_table(16, block + 4 + 8 * i, doubled_e2m1, half_of_ue4m3(block[i]), out + 16 * i);
}

static void decode_i8_row(const uint8_t *block, float *out)
{
    float scale;

    memcpy(&scale, block, sizeof scale);
    for (int i = 0; i < QUANT_BLOCK; i++)
        out[i] = (float)(int8_t)block[sizeof scale + i] * scale;
}

static void decode_f8(const uint8_t *block, float *out)
{
    float scale;

    memcpy(&scale, block, sizeof scale);
    for (uint32_t i = 0; i < dtype_info[DTYPE_f8_e4m3].block; i++)
        out[i] = e4m3_to_f32(block[sizeof scale + i]) * scale;
}

static void decode_i8(const uint8_t *block, uint32_t count, float *out)
{
    float words[2]; /* scale and zero point */

    memcpy(words, block, sizeof words);
    for (uint32_t i = 0; i < count; i++)
        out[i] = ((float)block[sizeof words + i] - words[1]) * words[0];
}

static void decode_i8_g32(const uint8_t *block, float *out)
{
    decode_i8(block, 32, out);
}

static void decode_i8_g128(const uint8_t *block, float *out)
{
    decode_i8(block, 128, out);
}

/* Groups of `count` elements. Both products are exact, so their difference is the value. */
static void decode_i4(const uint8_t *block, int count, float *out)
{
    const struct scale_and_zero g = dtype_scale_and_zero(block);

    block += 4;
    for (int i = 0; i < count; i += BLOCK, block += BLOCK / 2)
        for (int j = 0; j < BLOCK / 2; j++) {
            out[i + j] = (float)(block[j] & 15) * g.scale - g.zero * g.scale;
            out[i + j + BLOCK / 2] = (float)(block[j] >> 4) * g.scale - g.zero * g.scale;
        }
}

static void decode_i4_g32(const uint8_t *block, float *out)
{
    decode_i4(block, 32, out);
}

static void decode_i4_g64(const uint8_t *block, float *out)
{
    decode_i4(block, 64, out);
}

static void decode_i4_g128(const uint8_t *block, float *out)
{
    decode_i4(block, 128, out);
}

static void decode_floats(const uint8_t *block, const float values[16], float *out)
{
    float scale;

    memcpy(&scale, block, sizeof scale);
    block += sizeof scale;
    for (int i = 0; i < 64; i += BLOCK, block += BLOCK / 2)
        for (int j = 0; j < BLOCK / 2; j++) {
            out[i + j] = values[block[j] & 15] * scale;
            out[i + j + BLOCK / 2] = values[block[j] >> 4] * scale;
        }
}

static void decode_nf4(const uint8_t *block, float *out)
{
    decode_floats(block, dtype_floats(DTYPE_nf4), out);
}

static void decode_fp4(const uint8_t *block, float *out)
{
    decode_floats(block, dtype_floats(DTYPE_fp4), out);
}

static void decode_plain(enum dtype dtype, const uint8_t *from, uint64_t count, float *out)
{
    if (dtype == DTYPE_f32)
        memcpy(out, from, count * 4);
    else if (dtype == DTYPE_f16)
        for (uint64_t i = 0; i < count; i++)
            out[i] = f16_to_f32(quant_half(from + i * 2));
    else if (dtype == DTYPE_bf16)
        for (uint64_t i = 0; i < count; i++)
            out[i] = bf16_to_f32(quant_half(from + i * 2));
    else if (dtype == DTYPE_i32)
        for (uint64_t i = 0; i < count; i++) {
            int32_t number;
            memcpy(&number, from + i * sizeof number, sizeof number);
            out[i] = (float)number;
        }
    else
        unreachable("a type that is not a float format");
}

enum { MAX_BLOCK_BYTES = 256 };

static quant_decoder *const decoder[DTYPE_COUNT] = {
    [DTYPE_q8_0] = decode_q8_0,
    [DTYPE_q4_0] = decode_q4_0,
    [DTYPE_q4_1] = decode_q4_1,
    [DTYPE_q5_0] = decode_q5_0,
    [DTYPE_q5_1] = decode_q5_1,
    [DTYPE_mxfp4] = decode_mxfp4,
    [DTYPE_iq4_nl] = decode_iq4_nl,
    [DTYPE_nvfp4] = decode_nvfp4,
    [DTYPE_q2_k] = quant_decode_q2_k,
    [DTYPE_q3_k] = quant_decode_q3_k,
    [DTYPE_q4_k] = quant_decode_q4_k,
    [DTYPE_q5_k] = quant_decode_q5_k,
    [DTYPE_q6_k] = quant_decode_q6_k,
    [DTYPE_iq4_xs] = quant_decode_iq4_xs,
    [DTYPE_tq2_0] = quant_decode_tq2_0,
    [DTYPE_iq1_t3] = quant_decode_iq1_t3,
    [DTYPE_iq2_t3] = quant_decode_iq2_t3,
    [DTYPE_iq3_xxs_t4] = quant_decode_iq3_xxs_t4,
    [DTYPE_iq3_s_t4] = quant_decode_iq3_s_t4,
    [DTYPE_i8_row] = decode_i8_row,
    [DTYPE_f8_e4m3] = decode_f8,
    [DTYPE_i4_g32] = decode_i4_g32,
    [DTYPE_i4_g64] = decode_i4_g64,
    [DTYPE_i4_g128] = decode_i4_g128,
    [DTYPE_nf4] = decode_nf4,
    [DTYPE_fp4] = decode_fp4,
    [DTYPE_i8_g32] = decode_i8_g32,
    [DTYPE_i8_g128] = decode_i8_g128,
};

/* A format that is packed as another one: the values are those of the other's block. */
static void decode_recoded(enum dtype dtype, const uint8_t *block, float *out)
{
    uint8_t other[MAX_BLOCK_BYTES];
    enum dtype packed = dtype_packed(dtype);

    assert(dtype_info[packed].bytes <= sizeof other);
    quant_recode(dtype, block, dtype_info[dtype].block, other);
    decoder[packed](other, out);
}

void quant_decode(enum dtype dtype, const uint8_t *blocks, uint64_t count, float *out)
{
    const struct dtype_info *info = &dtype_info[dtype];

    assert(count % info->block == 0);
    if (dtype_packed(dtype) != dtype)
        for (uint64_t i = 0; i < count / info->block; i++)
            decode_recoded(dtype, blocks + i * info->bytes, out + i * info->block);
    else if (decoder[dtype] == NULL)
        decode_plain(dtype, blocks, count, out);
    else
        for (uint64_t i = 0; i < count / info->block; i++)
            decoder[dtype](blocks + i * info->bytes, out + i * info->block);
}

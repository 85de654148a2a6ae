/* Formats of one to three bits, which are packed as others (dtype_packed). In: blocks of 256; out:
 * blocks of the other format, with the same values. Contract: quant.h.
 *
 * Eight elements choose a point of a grid (quant_grid.h), whose coordinates are magnitudes, and a
 * sign for each. iq1 has the values -1, 0 and 1 instead, and a shift of all by an eighth up or
 * down. Where there are only seven bits for the signs of eight elements, an even number of signs is
 * negative.
 *
 * Sources: the layouts of block_iq1_s, block_iq1_m, block_iq2_xxs, block_iq2_xs, block_iq2_s,
 * block_iq3_xxs, block_iq3_s and block_tq1_0 in ggml (ggml-common.h). quant_decode_places.c has
 * those of the other formats.
 */
#include "compiler/import/quant.h"

#include "compiler/import/quant_blocks.h"
#include "compiler/import/quant_grid.h"

enum { BLOCK = 256, RUN = 32, RUNS = BLOCK / RUN, OCTETS = BLOCK / 8 };

/* What a block is made of: element i is d * scale[i / 16] times the value that stands at its place
 * in a table of the format. Byte i % 8 of a word, from the lowest on, is the place of element i. */
struct parts {
    uint16_t d; /* bits of an f16 */
    int8_t scale[BLOCK / 16];
    uint64_t places[OCTETS];
};

static uint32_t word_at(const uint8_t *at)
{
    uint32_t word;

    memcpy(&word, at, sizeof word);
    return word;
}

/* Of the halves of a run. Scales are odd: 2 n + 1 for stored bits n. */
static void put_scales(struct parts *out, uint32_t run, uint32_t first, uint32_t second)
{
    out->scale[2 * run] = (int8_t)(2 * first + 1);
    out->scale[2 * run + 1] = (int8_t)(2 * second + 1);
}

/* Bit i to byte i: seven copies, 7 bits apart, do not meet. */
static uint64_t spread(uint32_t bits)
{
    return ((bits & 127) * UINT64_C(0x0002040810204081) & UINT64_C(0x0101010101010101)) |
           (uint64_t)(bits >> 7 & 1) << 56;
}

/* The eighth sign makes their number even. */
static uint32_t eight_signs(uint32_t seven)
{
    uint32_t sum = seven & 127;

    for (uint32_t i = 4; i != 0; i /= 2)
        sum ^= sum >> i;
    return (seven & 127) | (sum & 1) << 7;
}

/* Places in tables of 8 and 16: the sign stands above the magnitude. */
static uint64_t places_of_3(uint64_t point, uint32_t signs)
{
    return point | spread(signs) << 2;
}

/* Places of iq1, whose eight values all shift down if `down` is 1. No branch: such a bit is as good as
 * random, and processors would mispredict half of them. */
static uint64_t shifted_places(uint64_t point, uint32_t down)
{
    return point | (UINT64_C(0x0404040404040404) & (0 - (uint64_t)down));
}

static uint64_t places_of_4(uint64_t first, uint64_t second, uint32_t signs)
{
    return (first | second << 32) | spread(signs) << 3;
}

/* d; 32 low bytes of numbers; a word of 16 bits for each run, of four times three high bits of
 * numbers, three bits of scale, and the direction of the shift. */
static void read_iq1_s(const uint8_t *block, struct parts *out)
{
    const uint64_t *grid = quant_grid(GRID_iq1);

    out->d = quant_half(block);
    for (uint32_t run = 0; run < RUNS; run++) {
        uint32_t word = quant_half(block + 34 + 2 * run), down = word >> 15;
        put_scales(out, run, word >> 12 & 7, word >> 12 & 7);
        for (uint32_t i = 0; i < 4; i++) {
            uint32_t number = block[2 + 4 * run + i] | (word >> 3 * i & 7) << 8;
            out->places[4 * run + i] = shifted_places(grid[number], down);
        }
    }
}

/* 32 low bytes of numbers; 32 nibbles, of three high bits and the direction of the shift; four words
 * of four scales of three bits. The upper four bits of these words are those of d, lowest first. */
static void read_iq1_m(const uint8_t *block, struct parts *out)
{
    const uint64_t *grid = quant_grid(GRID_iq1);
    const uint8_t *high = block + 32, *scales = block + 48;

    out->d = 0;
    for (uint32_t i = 0; i < 4; i++)
        out->d |= (uint16_t)(quant_half(scales + 2 * i) >> 12 << 4 * i);
    for (uint32_t run = 0; run < RUNS; run++) {
        uint32_t pair = (uint32_t)quant_half(scales + run / 2 * 2) >> run % 2 * 6;
        put_scales(out, run, pair & 7, pair >> 3 & 7);
    }
    for (uint32_t i = 0; i < OCTETS; i++) {
        uint32_t nibble = high[i / 2] >> i % 2 * 4 & 15, down = nibble >> 3;
        out->places[i] = shifted_places(grid[block[i] | (nibble & 7) << 8], down);
    }
}

/* d; two words for each run: four numbers, then four times seven signs and four bits of scale. */
static void read_iq2_xxs(const uint8_t *block, struct parts *out)
{
    const uint64_t *grid = quant_grid(GRID_iq2_xxs);

    out->d = quant_half(block);
    for (uint32_t run = 0; run < RUNS; run++) {
        const uint8_t *numbers = block + 2 + 8 * run;
        uint32_t word = word_at(numbers + 4);
        put_scales(out, run, word >> 28, word >> 28);
        for (uint32_t i = 0; i < 4; i++)
            out->places[4 * run + i] = places_of_3(grid[numbers[i]], eight_signs(word >> 7 * i));
    }
}

/* d; 32 words of a number of nine bits and seven signs; 16 nibbles of scale. */
static void read_iq2_xs(const uint8_t *block, struct parts *out)
{
    const uint64_t *grid = quant_grid(GRID_iq2_xs);

    out->d = quant_half(block);
    for (uint32_t run = 0; run < RUNS; run++)
        put_scales(out, run, block[66 + run] & 15, block[66 + run] >> 4);
    for (uint32_t i = 0; i < OCTETS; i++) {
        uint32_t word = quant_half(block + 2 + 2 * i);
        out->places[i] = places_of_3(grid[word & 511], eight_signs(word >> 9));
    }
}

/* d; 32 low bytes of numbers; 32 bytes of signs; 32 times two high bits; 16 nibbles of scale. */
static void read_iq2_s(const uint8_t *block, struct parts *out)
{
    const uint64_t *grid = quant_grid(GRID_iq2_s);

    out->d = quant_half(block);
    for (uint32_t run = 0; run < RUNS; run++)
        put_scales(out, run, block[74 + run] & 15, block[74 + run] >> 4);
    for (uint32_t i = 0; i < OCTETS; i++) {
        uint32_t number = block[2 + i] | (block[66 + i / 4] >> i % 4 * 2 & 3) << 8;
        out->places[i] = places_of_3(grid[number], block[34 + i]);
    }
}

/* d; 64 numbers; a word for each run, of four times seven signs and four bits of scale. */
static void read_iq3_xxs(const uint8_t *block, struct parts *out)
{
    const uint64_t *grid = quant_grid(GRID_iq3_xxs);

    out->d = quant_half(block);
    for (uint32_t i = 0; i < OCTETS; i++) {
        const uint8_t *numbers = block + 2 + 2 * i;
        uint32_t word = word_at(block + 66 + i / 4 * 4);
        put_scales(out, i / 4, word >> 28, word >> 28);
        out->places[i] =
            places_of_4(grid[numbers[0]], grid[numbers[1]], eight_signs(word >> i % 4 * 7));
    }
}

/* d; 64 low bytes of numbers; 64 high bits; 32 bytes of signs; a nibble of scale for each run. */
static void read_iq3_s(const uint8_t *block, struct parts *out)
{
    const uint64_t *grid = quant_grid(GRID_iq3_s);

    out->d = quant_half(block);
    for (uint32_t run = 0; run < RUNS; run++) {
        uint32_t scale = block[106 + run / 2] >> run % 2 * 4 & 15;
        put_scales(out, run, scale, scale);
    }
    for (uint32_t i = 0; i < OCTETS; i++) {
        const uint8_t *low = block + 2 + 2 * i;
        uint32_t high = (uint32_t)block[66 + i / 4] >> i % 4 * 2;
        out->places[i] = places_of_4(grid[low[0] | (high & 1) << 8],
                                     grid[low[1] | (high >> 1 & 1) << 8], block[74 + i]);
    }
}

/* `bytes` bytes of `digits` digits of base 3: byte b / 256 is a fraction whose first digit belongs to
 * element b, the next one to element `bytes` + b, and so on. */
static void put_digits(const uint8_t *from, uint32_t bytes, uint32_t digits, uint8_t *places)
{
    uint8_t rest[32];

    memcpy(rest, from, bytes);
    for (uint32_t i = 0; i < digits; i++)
        for (uint32_t b = 0; b < bytes; b++) {
            uint16_t tripled = (uint16_t)(3 * rest[b]);
            places[i * bytes + b] = (uint8_t)(tripled >> 8);
            rest[b] = (uint8_t)tripled;
        }
}

/* 48 bytes of five digits, the first 32 of them before the others; 4 bytes of four; d. */
static void read_tq1_0(const uint8_t *block, struct parts *out)
{
    uint8_t places[BLOCK];

    out->d = quant_half(block + 52);
    put_digits(block, 32, 5, places);
    put_digits(block + 32, 16, 5, places + 160);
    put_digits(block + 48, 4, 4, places + 240);
    memcpy(out->places, places, sizeof places);
}

/* ---- blocks of the other formats ---- */

/* Two bits of each place, those of four runs in a byte. */
static void put_low_bits(const struct parts *parts, uint8_t *to)
{
    uint64_t words[OCTETS / 4] = {0};

    for (uint32_t half = 0; half < 2; half++)
        for (uint32_t run = 0; run < 4; run++)
            for (uint32_t i = 0; i < 4; i++)
                words[half * 4 + i] |=
                    (parts->places[half * 16 + run * 4 + i] & UINT64_C(0x0303030303030303))
                    << run * 2;
    memcpy(to, words, sizeof words);
}

static void write_tq2_0(const struct parts *parts, uint8_t *block)
{
    put_low_bits(parts, block);
    memcpy(block + 64, &parts->d, sizeof parts->d);
}

/* The third bits of places, those of eight runs in a byte; the other two; scales; d. */
static void write_t3(const struct parts *parts, uint8_t *block)
{
    uint64_t words[OCTETS / 8] = {0};

    for (uint32_t run = 0; run < RUNS; run++)
        for (uint32_t i = 0; i < 4; i++)
            words[i] |= (parts->places[4 * run + i] >> 2 & UINT64_C(0x0101010101010101)) << run;
    memcpy(block, words, sizeof words);
    put_low_bits(parts, block + 32);
    memcpy(block + 96, parts->scale, sizeof parts->scale);
    memcpy(block + 112, &parts->d, sizeof parts->d);
}

/* d; a scale for each run; nibbles of elements i and 16 + i. */
static void write_t4(const struct parts *parts, uint8_t *block)
{
    memcpy(block, &parts->d, sizeof parts->d);
    for (uint32_t run = 0; run < RUNS; run++) {
        const uint64_t *from = parts->places + 4 * run;
        uint64_t words[2] = {from[0] | from[2] << 4, from[1] | from[3] << 4};
        block[2 + run] = (uint8_t)parts->scale[2 * run];
        memcpy(block + 10 + sizeof words * run, words, sizeof words);
    }
}

static const struct {
    void (*read)(const uint8_t *block, struct parts *out);
    void (*write)(const struct parts *parts, uint8_t *block);
} ways[DTYPE_COUNT] = {
    [DTYPE_iq1_s] = {read_iq1_s, write_t3},     [DTYPE_iq1_m] = {read_iq1_m, write_t3},
    [DTYPE_iq2_xxs] = {read_iq2_xxs, write_t3}, [DTYPE_iq2_xs] = {read_iq2_xs, write_t3},
    [DTYPE_iq2_s] = {read_iq2_s, write_t3},     [DTYPE_iq3_xxs] = {read_iq3_xxs, write_t4},
    [DTYPE_iq3_s] = {read_iq3_s, write_t4},     [DTYPE_tq1_0] = {read_tq1_0, write_tq2_0},
};

void quant_recode(enum dtype dtype, const uint8_t *blocks, uint64_t count, uint8_t *out)
{
    const struct dtype_info *from = &dtype_info[dtype], *to = &dtype_info[dtype_packed(dtype)];
    struct parts parts;

    assert(ways[dtype].read != NULL && to->block == BLOCK && count % BLOCK == 0);
    for (uint64_t i = 0; i < count / BLOCK; i++) {
        ways[dtype].read(blocks + i * from->bytes, &parts);
        ways[dtype].write(&parts, out + i * to->bytes);
    }
}

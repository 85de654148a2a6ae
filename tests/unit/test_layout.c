/* Packed layouts: bytes are where layout.def puts them, and a packed row reads back equal to the
 * decoded original, also for odd sizes. */
#include "compiler/hir/layout.h"
#include "compiler/import/quant.h"
#include "tests/support/compare.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_K = 768, MAX_ROWS = 49 };

static uint32_t seed = 12345;

static uint32_t next(void)
{
    seed = seed * 1664525 + 1013904223;
    return seed >> 8;
}

/* Where in a block its f16 is (of f32 and bf16: the upper half); -1: nowhere. */
static int scale_place(enum dtype dtype)
{
    switch (dtype) {
    case DTYPE_mxfp4:
    case DTYPE_nvfp4:
        return -1;
    case DTYPE_f32:
    case DTYPE_bf16:
    case DTYPE_q3_k:
    case DTYPE_q6_k:
    case DTYPE_tq2_0:
    case DTYPE_iq1_t3:
    case DTYPE_iq2_t3:
        return (int)dtype_info[dtype].bytes - 2;
    case DTYPE_q2_k:
        return 80;
    case DTYPE_i8_row:
    case DTYPE_f8_e4m3:
    case DTYPE_i4_g32:
    case DTYPE_i4_g64:
    case DTYPE_i4_g128:
    case DTYPE_i8_g32:
    case DTYPE_i8_g128:
    case DTYPE_nf4:
    case DTYPE_fp4:
        return 2; /* the upper half of f32 */
    default:
        return 0;
    }
}

static bool has_minimum(enum dtype dtype)
{
    return dtype == DTYPE_q4_1 || dtype == DTYPE_q5_1 || dtype == DTYPE_q2_k ||
           dtype == DTYPE_q4_k || dtype == DTYPE_q5_k;
}

/* Random blocks: any bytes, but scales that are finite numbers. */
static void random_row(enum dtype dtype, uint64_t k, uint8_t *row)
{
    const struct dtype_info *info = &dtype_info[dtype];
    uint64_t bytes = k / info->block * info->bytes;

    for (uint64_t i = 0; i < bytes; i++)
        row[i] = (uint8_t)next();
    for (uint64_t i = 0; i < bytes && scale_place(dtype) >= 0; i += info->bytes) {
        uint8_t *half = row + i + scale_place(dtype);
        half[1] &= 0xbf; /* a bit of each exponent */
        if (has_minimum(dtype))
            half[3] &= 0xbf;
        if (dtype_scales_rows(dtype))
            memcpy(row + i, row, 4);
        if (dtype_has_zeros(dtype))
            row[i] &= 15;
        if (dtype_byte_words(dtype) == 2)
            memcpy(row + i + 4, &(float){(float)(next() & 255)}, 4);
        for (uint32_t j = 4; j < info->bytes && dtype == DTYPE_f8_e4m3; j++)
            row[i + j] &= 0xfe; /* no NaN */
    }
}

/* A matrix of `rows` rows, padded to row groups, and to pairs of them where they take turns: what
 * was packed is read back once all groups are there, and every byte belongs to one. */
static void check(enum layout layout, uint64_t k, uint32_t rows)
{
    enum dtype dtype = layout_info[layout].dtype;
    uint64_t bytes = layout_bytes(layout, rows, k), groups = bytes / layout_group_bytes(layout, k);
    static uint8_t row[MAX_ROWS][MAX_K * 4];
    uint8_t *matrix = malloc(bytes + 1);
    float expected[MAX_K], found[MAX_K];
    struct comparison c =
        comparison_of("%s, %u rows of %llu", layout_info[layout].name, rows, (unsigned long long)k);

    assert_non_null(matrix);
    for (uint32_t r = 0; r < rows; r++)
        random_row(dtype, k, row[r]);
    memset(matrix, 0xff, bytes + 1); /* not a number, whatever the format */
    for (uint64_t g = 0; g < groups; g++) {
        const uint8_t *pointers[ROW_GROUP] = {NULL};
        for (uint32_t r = 0; r < ROW_GROUP && g * ROW_GROUP + r < rows; r++)
            pointers[r] = row[g * ROW_GROUP + r];
        layout_pack_group(layout, pointers, k, matrix + layout_group_at(layout, k, g));
    }
    assert_int_equal(matrix[bytes], 0xff);
    for (uint32_t r = 0; r < groups * ROW_GROUP; r++) {
        memset(expected, 0, sizeof expected);
        if (r < rows)
            quant_decode(dtype, row[r], k, expected);
        layout_read_row(layout, matrix + layout_group_at(layout, k, r / ROW_GROUP), r % ROW_GROUP,
                        k, found);
        for (uint32_t i = 0; i < k; i++)
            compare_bits(&c, r, i, found[i], expected[i]);
    }
    expect_agreement(&c);
    free(matrix);
}

static void test_round_trip(void **state)
{
    static const uint64_t plain[] = {1, 2, 3, 15, 16, 17, 31, 33, 100, 129};
    static const uint64_t blocks[] = {32, 64, 96, 128, 160, 416, 256, 512, 768};
    static const uint32_t rows[] = {16, 1, 7, 15, 17, 32, 33, 49};

    (void)state;
    for (uint32_t layout = 1; layout < LAYOUT_COUNT; layout++)
        for (size_t i = 0; i < countof(rows); i++) {
            if (dtype_info[layout_info[layout].dtype].block == 1)
                for (size_t j = 0; j < countof(plain); j++)
                    check((enum layout)layout, plain[j], rows[i]);
            for (size_t j = 0; j < countof(blocks); j++)
                if (blocks[j] % layout_multiple((enum layout)layout) == 0)
                    check((enum layout)layout, blocks[j], rows[i]);
        }
}

static void test_sizes(void **state)
{
    (void)state;
    assert_int_equal(layout_group_bytes(LAYOUT_f32_r16, 5), 5 * 64);
    assert_int_equal(layout_group_bytes(LAYOUT_f16_r32, 5), 5 * 32);
    assert_int_equal(layout_group_bytes(LAYOUT_bf16_r32, 5), 3 * 64);
    assert_int_equal(layout_group_bytes(LAYOUT_q8_0_r16, 128), 2 * 1088);
    assert_int_equal(layout_group_bytes(LAYOUT_q8_0_r16, 96), 1088 + 576);
    assert_int_equal(layout_group_bytes(LAYOUT_q4_0_r16, 32), 320);
    assert_int_equal(layout_group_bytes(LAYOUT_q4_1_r16, 96), 640 + 384);
    assert_int_equal(layout_group_bytes(LAYOUT_q5_0_r16, 64), 2 * 16 * 22);
    assert_int_equal(layout_group_bytes(LAYOUT_q5_0_r16, 96), 704 + 384);
    assert_int_equal(layout_group_bytes(LAYOUT_q5_1_r16, 64), 2 * 16 * 24);
    assert_int_equal(layout_group_bytes(LAYOUT_q5_1_r16, 32), 448);
    assert_int_equal(layout_group_bytes(LAYOUT_mxfp4_r16, 128), 4 * 16 * 17);
    assert_int_equal(layout_group_bytes(LAYOUT_mxfp4_r16, 224), 1088 + 64 + 3 * 256);
    assert_int_equal(layout_group_bytes(LAYOUT_q4_k_r16, 512), 2 * 16 * 144);
    assert_int_equal(layout_group_bytes(LAYOUT_q5_k_r16, 256), 16 * 176);
    assert_int_equal(layout_group_bytes(LAYOUT_q6_k_r16, 256), 16 * 210 + 32);
    assert_int_equal(layout_integers_at(LAYOUT_q6_k_r16, 1), 320 + 2 * 192);
    assert_int_equal(layout_group_bytes(LAYOUT_i8_row_r16, 96), 64 + 1024 + 512);
    assert_int_equal(layout_integers_at(LAYOUT_i8_row_r16, 1), 512);
    assert_int_equal(layout_group_bytes(LAYOUT_q2_k_r16, 256), 16 * 84);
    assert_int_equal(layout_group_bytes(LAYOUT_nvfp4_r16, 192), 3 * 16 * 36);
    assert_int_equal(layout_integers_at(LAYOUT_q3_k_r16, 1), 320 + 192);
    assert_int_equal(layout_integers_at(LAYOUT_iq4_xs_r16, 0), 64 + 8 * 16);
    assert_int_equal(layout_bytes(LAYOUT_q4_0_r16, 17, 64), 2 * 576);
    assert_int_equal(layout_bytes(LAYOUT_q4_0_r16, 16, 64), 576);
    assert_int_equal(layout_bytes(LAYOUT_bf16_r32, 1, 5), 2 * 3 * 64);
    assert_int_equal(layout_bytes(LAYOUT_f16_r32, 33, 5), 4 * 5 * 32);
    assert_int_equal(layout_groups_bytes(LAYOUT_f16_r32, 3, 5), 4 * 5 * 32);
    assert_int_equal(layout_groups_bytes(LAYOUT_q8_0_r16, 3, 64), 3 * 1088);
    assert_int_equal(layout_group_at(LAYOUT_bf16_r32, 5, 3), 2 * 3 * 64 + 64);
    assert_int_equal(layout_group_at(LAYOUT_q4_0_r16, 64, 3), 3 * 576);
    assert_int_equal(layout_group_at(LAYOUT_i8_row_r16, 64, 3), 3 * (64 + 1024) + 64);
    assert_int_equal(layout_groups_apart(LAYOUT_i8_row_r16, 64, 2), 2 * (64 + 1024));
    assert_int_equal(layout_group_bytes(LAYOUT_f8_e4m3_r16, 256), 2 * 16 * 132);
    assert_int_equal(layout_group_bytes(LAYOUT_i8_g32_r16, 96), 3 * 16 * 40);
    assert_int_equal(layout_group_bytes(LAYOUT_i8_g128_r16, 256), 2 * 16 * 136);
    assert_int_equal(layout_group_bytes(LAYOUT_i4_g32_r16, 96), 640 + 128 + 256);
    assert_int_equal(layout_group_bytes(LAYOUT_i4_g64_r16, 128), 2 * 16 * 36);
    assert_int_equal(layout_group_bytes(LAYOUT_i4_g128_r16, 256), 2 * 16 * 68);
    assert_int_equal(layout_group_bytes(LAYOUT_nf4_r16, 192), 3 * 16 * 36);
    assert_int_equal(layout_of(DTYPE_q4_1), LAYOUT_q4_1_r16);
    assert_int_equal(layout_of(DTYPE_q5_0), LAYOUT_q5_0_r16);
    assert_int_equal(layout_of(DTYPE_i32), LAYOUT_none);
}

/* One element each, placed by hand from the pictures in layout.def. */
static void test_places(void **state)
{
    uint8_t rows[ROW_GROUP][4 * 34], group[2 * 1088];
    const uint8_t *pointers[ROW_GROUP];
    const uint16_t words[3] = {0x1111, 0x2222, 0x3333};

    (void)state;
    memset(rows, 0, sizeof rows);
    for (uint32_t r = 0; r < ROW_GROUP; r++)
        pointers[r] = rows[r];

    rows[5][34] = 0x34; /* q8_0: scale of block 1 of row 5, and element 32 + 4*2 + 3 = 43 */
    rows[5][35] = 0x12;
    rows[5][34 + 2 + 11] = 0x7f;
    layout_pack_group(LAYOUT_q8_0_r16, pointers, 64, group);
    assert_int_equal(group[(16 + 5) * 2], 0x34);
    assert_int_equal(group[(16 + 5) * 2 + 1], 0x12);
    assert_int_equal(group[64 + 512 + 2 * 64 + 5 * 4 + 3], 0xff);
    assert_int_equal(group[64], 0x80);

    memset(rows, 0, sizeof rows);
    rows[7][2 + 6] =
        0x9a; /* q4_0: element 6 = 10 (i 0, high, j 2), element 22 = 9 (i 2, high, j 2) */
    layout_pack_group(LAYOUT_q4_0_r16, pointers, 32, group);
    assert_int_equal(group[64 + 0 * 64 + 7 * 4 + 2], 0xa0);
    assert_int_equal(group[64 + 2 * 64 + 7 * 4 + 2], 0x90);

    memset(rows, 0, sizeof rows);
    rows[2][20 + 2] = 0xcd; /* q4_1: minimum of block 1, and element 32 + 25 = 57 (i 3, low, j 1) */
    rows[2][20 + 4 + 9] = 0x50;
    layout_pack_group(LAYOUT_q4_1_r16, pointers, 64, group);
    assert_int_equal(group[64 + (16 + 2) * 2], 0xcd);
    assert_int_equal(group[128 + 256 + 3 * 64 + 2 * 4 + 1], 0x05);

    memset(rows, 0, sizeof rows);
    rows[6][22 + 2 + 2] = 1 << 5; /* q5_0: fifth bit of element 32 + 21 = 53 (t 5, j 1) */
    rows[6][22 + 6 + 5] = 0x70;   /* and its nibble (i 2, high) */
    layout_pack_group(LAYOUT_q5_0_r16, pointers, 64, group);
    assert_int_equal(group[64 + 320 + 6 * 4 + 1], 1 << 5);
    assert_int_equal(group[64 + 320 + 64 + 2 * 64 + 6 * 4 + 1], 0x70);
    layout_pack_group(LAYOUT_q5_0_r16, (const uint8_t *[ROW_GROUP]){NULL}, 32, group);
    assert_int_equal(group[64], 0xff); /* rows that are not there are 16, less the bias */

    memset(rows, 0, sizeof rows);
    rows[4][2 * 17] = 0x85;         /* mxfp4: exponent of block 2, */
    rows[4][2 * 17 + 1 + 6] = 0x9a; /* elements 6 (i 0, high, j 2) and 22 (i 2, high, j 2) */
    layout_pack_group(LAYOUT_mxfp4_r16, pointers, 96, group);
    assert_int_equal(group[2 * 16 + 4], 0x85);
    assert_int_equal(group[3 * 16 + 4], 0);
    assert_int_equal(group[64 + 2 * 256 + 0 * 64 + 4 * 4 + 2], 0xa0);
    assert_int_equal(group[64 + 2 * 256 + 2 * 64 + 4 * 4 + 2], 0x90);

    memset(rows, 0, sizeof rows);
    rows[1][24 + 2] = 0xab; /* q5_1: minimum of block 1, */
    rows[1][4] = 1 << 7;    /* fifth bit of element 7 (t 1, j 3) of block 0, */
    rows[1][24 + 8] = 0x09; /* element 32 (i 0, low, j 0) */
    layout_pack_group(LAYOUT_q5_1_r16, pointers, 64, group);
    assert_int_equal(group[64 + (16 + 1) * 2], 0xab);
    assert_int_equal(group[128 + 1 * 4 + 3], 1 << 1);
    assert_int_equal(group[128 + 320 + 64 + 1 * 4], 0x09);

    memset(rows, 0, sizeof rows);
    memcpy(rows[3], words, sizeof words); /* bf16: pairs side by side, odd K padded */
    layout_pack_group(LAYOUT_bf16_r32, pointers, 3, group);
    assert_memory_equal(group + 3 * 4, words, 4);
    assert_memory_equal(group + 128 + 3 * 4, words + 2, 2);
    assert_int_equal(group[128 + 3 * 4 + 2], 0);
    layout_pack_group(LAYOUT_f16_r32, pointers, 3, group + 32); /* the second of a pair */
    assert_memory_equal(group + (2 * 32 + 16 + 3) * 2, words + 2, 2);
}

/* The same for the formats of 256, where one bit of each kind is set. */
static void test_places_of_256(void **state)
{
    uint8_t rows[ROW_GROUP][210], group[3392];
    const uint8_t *pointers[ROW_GROUP];

    (void)state;
    memset(rows, 0, sizeof rows);
    for (uint32_t r = 0; r < ROW_GROUP; r++)
        pointers[r] = rows[r];
    rows[9][2] = 0x5a;       /* dmin */
    rows[9][4 + 6] = 0x77;   /* byte 6 of twelve: word 1, byte 2 */
    rows[9][16 + 37] = 0xc0; /* high nibble: block 3 (bytes 32..63), element 5 (i 0, high, j 1) */
    layout_pack_group(LAYOUT_q4_k_r16, pointers, 256, group);
    assert_int_equal(group[32 + 9 * 2], 0x5a);
    assert_int_equal(group[64 + 64 + 9 * 4 + 2], 0x77);
    assert_int_equal(group[256 + 3 * 256 + 9 * 4 + 1], 0xc0);

    memset(rows, 0, sizeof rows);
    rows[4][16 + 22] = 1 << 6;    /* fifth bit of element 22 (t 5, j 2) of block 6 */
    rows[4][48 + 96 + 22] = 0x03; /* its nibble: i 2, high */
    layout_pack_group(LAYOUT_q5_k_r16, pointers, 256, group);
    assert_int_equal(group[256 + 6 * 320 + 4 * 4 + 2], 1 << 5);
    assert_int_equal(group[256 + 6 * 320 + 64 + 2 * 64 + 4 * 4 + 2], 0x30);

    memset(rows, 0, sizeof rows);
    rows[11][192 + 13] = 0x81; /* the scale of elements 208..223 */
    rows[11][64 + 18] = 0x70;  /* high nibble, second half: block 4 + 2, element 18 = 16 + 2 */
    rows[11][128 + 32 + 18] = 2 << 4;
    layout_pack_group(LAYOUT_q6_k_r16, pointers, 256, group);
    assert_int_equal(group[64 + 13 * 16 + 11], 0x81);
    assert_int_equal(group[320 + 13 * 192 + 11 * 4 + 2], 2);
    assert_int_equal(group[320 + 13 * 192 + 64 + 11 * 4 + 2], 7);
}

/* Integers of 2 and 3 bits, and scales in parts. */
static void test_places_of_few_bits(void **state)
{
    uint8_t rows[ROW_GROUP][136], group[2240];
    const uint8_t *pointers[ROW_GROUP];

    (void)state;
    memset(rows, 0, sizeof rows);
    for (uint32_t r = 0; r < ROW_GROUP; r++)
        pointers[r] = rows[r];
    rows[7][11] = 0x9c;           /* q2_k: scale 12 and minimum 9 of elements 176..191; dmin */
    rows[7][82] = 0x5a;           /* element 128 + 2 * 32 + 22: half 1, bits 4 and 5; */
    rows[7][16 + 32 + 22] = 0x30; /* block 6, p 1, i 0, t 1, j 2 */
    layout_pack_group(LAYOUT_q2_k_r16, pointers, 256, group);
    assert_int_equal(group[64 + 11 * 16 + 7], 0x9c);
    assert_int_equal(group[32 + 7 * 2], 0x5a);
    assert_int_equal(group[320 + 6 * 128 + 7 * 4 + 2], 3 << 6);

    memset(rows, 0, sizeof rows);
    rows[3][22] = 1 << 6;         /* q3_k: third bit of element 22 (t 5, j 2) of block 6, */
    rows[3][26] = 1 << 6;         /* and of element 26 (t 6, j 2) */
    rows[3][96 + 5] = 0x70;       /* scale 13: the low bits are 7, */
    rows[3][96 + 9] = 2 << 6;     /* the high ones 2 */
    rows[3][32 + 32 + 22] = 0x10; /* their other bits */
    rows[3][32 + 32 + 26] = 0x20;
    layout_pack_group(LAYOUT_q3_k_r16, pointers, 256, group);
    assert_int_equal(group[320 + 6 * 192 + 3 * 4 + 2], 2 << 6);
    assert_int_equal(group[320 + 6 * 192 + 64 + 3 * 4 + 2], 1 << 6);
    assert_int_equal(group[320 + 6 * 192 + 128 + 3 * 4 + 2], 5 << 3);
    assert_int_equal((int8_t)group[64 + 13 * 16 + 3], (7 | 2 << 4) - 32);
    assert_int_equal((int8_t)group[64 + 12 * 16 + 3], -32);

    memset(rows, 0, sizeof rows);
    rows[9][3] = 3 << 2;   /* iq4_xs: high bits of scale 5, */
    rows[9][4 + 2] = 0x60; /* its low ones; element 20 of block 5 (i 2, high, j 0) */
    rows[9][8 + 5 * 16 + 4] = 0xb0;
    layout_pack_group(LAYOUT_iq4_xs_r16, pointers, 256, group);
    assert_int_equal((int8_t)group[64 + 5 * 16 + 9], (6 | 3 << 4) - 32);
    assert_int_equal(group[192 + 5 * 256 + 2 * 64 + 9 * 4], 0xb0);

    memset(rows, 0, sizeof rows);
    rows[2][3] = 0x41;             /* nvfp4: scale of the last 16, and their element 9 */
    rows[2][4 + 3 * 8 + 1] = 0xe0; /* (block 1, element 25: i 3, low, j 1) */
    layout_pack_group(LAYOUT_nvfp4_r16, pointers, 64, group);
    assert_int_equal(group[3 * 16 + 2], 0x41);
    assert_int_equal(group[64 + 256 + 3 * 64 + 2 * 4 + 1], 0x0e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes),         cmocka_unit_test(test_places),
        cmocka_unit_test(test_places_of_256), cmocka_unit_test(test_places_of_few_bits),
        cmocka_unit_test(test_round_trip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Products of quantized weights at the ends of their ranges with activations at the ends of theirs, each
 * level of the processor, against plain loops: sums of integers stay exact where a level adds in 16 bits.
 */
#include "tests/unit/matmul_sums.h"

enum { ROWS = 32, TOKENS = 5 };

/* Each row of weights has one byte everywhere: all of its bits, those of each nibble, none. In the second
 * row group bits that stand apart in front of a block's others are 0. */
static void fill_extremes(struct weight *w)
{
    const struct layout_info *l = &layout_info[w->layout];
    const uint64_t group_bytes = layout_group_bytes(w->layout, w->k);
    const uint32_t apart = l->bits == 5 || l->bits == 6 ? 64 : 0;

    for (uint32_t row = 0; row < ROWS; row++)
        for (uint32_t block = 0; block < w->k / LAYOUT_BLOCK; block++) {
            const uint32_t column = block * LAYOUT_BLOCK;
            uint8_t *at = w->bytes + row / 16 * group_bytes + layout_head_bytes(w->layout) +
                          column / l->unit * l->bytes +
                          layout_integers_at(w->layout, column % l->unit / LAYOUT_BLOCK);
            for (uint32_t i = row % 16 * 4; i < 64 * l->bits; i += 64)
                memset(at + i, row >= 16 && i < apart ? 0 : (int)(row % 16 * 0x11), 4);
        }
    weight_read(w, ROWS);
}

/* The greatest integers, with one sign or in turns; integers whose low byte is -128; any. They are what x
 * is rounded to, since its greatest number is that of the range. */
static float number_at(enum act act, uint32_t token, uint32_t column)
{
    const float max = act == ACT_i16 ? 32639 : 127;

    switch (token) {
    case 0:
        return max;
    case 1:
        return -max;
    case 2:
        return column % 2 == 0 ? max : -max;
    case 3:
        return column % 32 == 31 || act != ACT_i16 ? -max : column % 3 == 0 ? -32384 : 32384;
    default:
        return column % 32 == 0 ? max : nearbyintf(random_number() * max);
    }
}

static void kernels_of(enum layout layout, enum act act, uint32_t k, uint32_t tokens,
                       struct lir_kernel *out)
{
    const struct act_format format = {.act = act,
                                      .bias = layout_sums_bias(layout, tokens != 1),
                                      .block_sums = layout_block_sums(layout, tokens != 1),
                                      .tile_rows = tokens};

    out[0] = with_arguments((struct lir_kernel){.kind = KERNEL_norm_quant,
                                                .rows_symbol = SYMBOL_ROWS,
                                                .norm_quant = {.format = format, .k = k},
                                                .stride = {[NORM_QUANT_x] = k}});
    out[1] = with_arguments((struct lir_kernel){.kind = KERNEL_matmul,
                                                .rows_symbol = SYMBOL_ROWS,
                                                .matmul = {.layout = layout,
                                                           .format = format,
                                                           .tile_groups = tokens == 1 ? 1 : 2,
                                                           .staged = tokens != 1,
                                                           .n = ROWS,
                                                           .k = k},
                                                .stride = {[MATMUL_out] = ROWS}});
}

static void check_sums(const struct code *code, uint32_t first, const struct weight *w,
                       const float *x)
{
    const struct kernel_matmul *k = &code->kernels[first + 1].matmul;
    float *packed = buffer_new(act_bytes(&k->format, k->k, TOKENS) / 4),
          *y = buffer_new((size_t)TOKENS * ROWS);
    const int64_t dims[RLX_DIM_COUNT] = {1, TOKENS, TOKENS, 0, TOKENS};
    void *norm_quant_args[] = {[NORM_QUANT_x] = (void *)(uintptr_t)x, [NORM_QUANT_out] = packed},
         *args[] = {[MATMUL_x] = packed, [MATMUL_weight] = w->bytes, [MATMUL_out] = y};
    struct comparison all = comparison_of("%s act %u, %u tokens", layout_info[k->layout].name,
                                          k->format.act, k->format.tile_rows);

    code_run(code, first, norm_quant_args, dims, ceil_div(TOKENS, k->format.tile_rows), 1);
    code_run(code, first + 1, args, dims, kernel_tile_count(&code->kernels[first + 1], TOKENS), 1);
    for (uint32_t token = 0; token < TOKENS; token++)
        for (uint32_t row = 0; row < ROWS; row++)
            compare_number(&all, token, row, (double)y[token * ROWS + row],
                           (double)sum_of(k->format.act, w, row, x + (size_t)token * k->k), 0);
    expect_agreement(&all);
    buffer_free(packed);
    buffer_free(y);
}

static void try_layout(uint32_t level, enum layout layout)
{
    static const uint8_t tokens[] = {1, 4};
    static const enum act acts[] = {ACT_i8, ACT_i16};
    const uint32_t k = whole_blocks(layout, 64);
    struct lir_kernel kernels[2 * countof(tokens) * countof(acts)];
    struct weight w = weight_new(layout, ROWS, k);
    float *x = buffer_new((size_t)TOKENS * k);
    struct code code;

    fill_extremes(&w);
    for (uint32_t i = 0; i < countof(kernels) / 2; i++)
        kernels_of(layout, acts[i / countof(tokens)], k, tokens[i % countof(tokens)],
                   &kernels[2 * i]);
    code_open(&code, level, kernels, countof(kernels));
    for (uint32_t i = 0; i < countof(kernels) / 2; i++) {
        for (uint32_t e = 0; e < TOKENS * k; e++)
            x[e] = number_at(acts[i / countof(tokens)], e / k, e % k);
        check_sums(&code, 2 * i, &w, x);
    }
    code_close(&code);
    buffer_free(x);
    weight_free(&w);
}

static void test_extremes(void **state)
{
    (void)state;
    for (uint32_t level = code_level(0); level < code_levels(); level = code_level(level + 1))
        for (uint32_t layout = 1; layout < LAYOUT_COUNT; layout++)
            if (!level_rounds(level) && !level_is_vulkan(level) &&
                is_quantized((enum layout)layout))
                try_layout(level, (enum layout)layout);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_extremes)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

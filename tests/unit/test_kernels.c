/* matmul, with the norm_quant that makes its activations: each level that this machine runs, against plain
 * loops written from kernel_kinds.def and layout.def. If the table of kernel kinds
 * fixes the chain of operations, bits must be equal; code in C may round each product and each sum.
 */
#include "tests/unit/matmul_sums.h"

static const uint32_t few_rows[] = {1, 2, 3, 5, 6, 7, 13, 17, 0},
                      many_rows[] = {1, 17, 32, 33, 65, 0};

/* ---- matmul ---- */

enum epilogue { PLAIN, BIAS_RESIDUAL, GATED, EPILOGUE_COUNT };

struct matmul_case {
    struct lir_kernel kernels[2]; /* norm_quant, matmul */
    enum epilogue epilogue;
    bool rounds; /* each product and each sum: code in C */
};

static struct matmul_case matmul_case(enum layout layout, enum act act, uint32_t n, uint32_t k,
                                      uint32_t groups, uint32_t tokens, enum epilogue epilogue,
                                      bool staged)
{
    static const uint8_t silu_gate[] = {S_X,   S_NUMBER, 0,     S_X, S_NEG,
                                        S_EXP, S_ADD,    S_DIV, S_Y, S_MUL};
    static const uint8_t add_both[] = {S_X, S_Y, S_ADD, S_Z, S_ADD};
    uint32_t stride_k = (uint32_t)round_up(k, 16), stride_n = (uint32_t)round_up(n, 16) + 16;
    const bool integers = act_is_integer(act);
    const struct act_format format = {
        .act = act,
        .bias = integers ? layout_sums_bias(layout, staged) : 0,
        .block_sums = integers ? layout_block_sums(layout, staged) : 0,
        .tile_rows = tokens,
    };
    /* A head has a way of its own for one row. */
    uint32_t rows_symbol = tokens % 2 == 0 ? SYMBOL_OUT_ROWS : SYMBOL_ROWS;
    struct matmul_case c = {.epilogue = epilogue};
    struct lir_kernel *m = &c.kernels[1];

    c.kernels[0] = with_arguments((struct lir_kernel){.kind = KERNEL_norm_quant,
                                                      .rows_symbol = rows_symbol,
                                                      .norm_quant = {.format = format, .k = k},
                                                      .stride = {[NORM_QUANT_x] = stride_k}});
    *m = with_arguments((struct lir_kernel){.kind = KERNEL_matmul,
                                            .rows_symbol = rows_symbol,
                                            .matmul = {.layout = layout,
                                                       .format = format,
                                                       .tile_groups = groups,
                                                       .staged = staged,
                                                       .n = n,
                                                       .k = k},
                                            .stride = {[MATMUL_out] = stride_n}});
    if (epilogue == BIAS_RESIDUAL) {
        m->present |= 3u << MATMUL_operand;
        m->matmul.code.bytes = sizeof add_both;
        memcpy(m->matmul.code.code, add_both, sizeof add_both);
        m->stride[MATMUL_operand + 1] = stride_n;
    } else if (epilogue == GATED) {
        m->matmul.gated = 1;
        m->matmul.code.bytes = sizeof silu_gate;
        memcpy(m->matmul.code.code, silu_gate, sizeof silu_gate);
        m->matmul.code.numbers[0] = 1;
    }
    return c;
}

/* How far an output may be from the chain of kernel_kinds.def; `row` of the packed weight. */
static double slack_of(const struct matmul_case *c, const struct weight *w, uint32_t row,
                       const float *x)
{
    const double of_bf16 = c->kernels[1].matmul.format.act == ACT_bf16 ? 1e-4 : 0;

    return c->rounds ? of_bf16 + 1e-6 * magnitude_of(w, row, x) : of_bf16;
}

/* silu(gate) * up, in f64. */
static void check_gated(const struct matmul_case *c, const struct weight *w, uint32_t column,
                        const float *x, struct comparison *all, uint32_t r, float found)
{
    const struct kernel_matmul *k = &c->kernels[1].matmul;
    const uint32_t rows[2] = {packed_row(k, column, 0), packed_row(k, column, 1)};
    const double gate = (double)sum_of(k->format.act, w, rows[0], x),
                 up = (double)sum_of(k->format.act, w, rows[1], x);
    double slack = k->format.act == ACT_bf16 ? 3e-4 * (1 + fabs(up) + fabs(gate))
                                             : 1e-6 * (fabs(up * gate) + 1e-3);

    if (c->rounds)
        slack += 2e-6 * (magnitude_of(w, rows[0], x) * fabs(up) +
                         magnitude_of(w, rows[1], x) * fabs(gate));
    compare_number(all, r, column, (double)found, gate / (1 + exp(-gate)) * up, slack);
}

static void check_matmul(const struct matmul_case *c, const struct weight *w, uint32_t rows,
                         const float *x, const float *bias, const float *residual, const float *y)
{
    const struct kernel_matmul *k = &c->kernels[1].matmul;
    uint32_t stride_k = c->kernels[0].stride[NORM_QUANT_x],
             stride_n = (uint32_t)round_up(k->n, 16) + 16;
    struct comparison all =
        comparison_of("%s act %u %ux%u tile %ux%u, %u rows", layout_info[k->layout].name,
                      k->format.act, k->n, k->k, k->tile_groups, k->format.tile_rows, rows);

    for (uint32_t r = 0; r < rows; r++) {
        for (uint32_t i = 0; i < k->n; i++) {
            const float *row = x + (size_t)r * stride_k;
            float sum = sum_of(k->format.act, w, packed_row(k, i, 0), row),
                  found = y[(size_t)r * stride_n + i];
            if (c->epilogue == GATED) {
                check_gated(c, w, i, row, &all, r, found);
                continue;
            }
            if (c->epilogue == BIAS_RESIDUAL)
                sum = sum + bias[i] + residual[(size_t)r * stride_n + i];
            compare_number(&all, r, i, (double)found, (double)sum,
                           slack_of(c, w, packed_row(k, i, 0), row));
        }
    }
    expect_agreement(&all);
    expect_untouched(y, rows, k->n, stride_n);
}

/* A single NaN makes all outputs of its row NaN, and no other's. */
static void check_nan(const struct code *code, uint32_t first, const struct matmul_case *c,
                      uint8_t *w)
{
    enum { NAN_ROWS = 3 };
    const struct kernel_matmul *k = &c->kernels[1].matmul;
    uint32_t stride_k = c->kernels[0].stride[NORM_QUANT_x],
             stride_n = (uint32_t)round_up(k->n, 16) + 16;
    float *x = buffer_random((size_t)NAN_ROWS * stride_k),
          *zeros = buffer_new((size_t)NAN_ROWS * stride_n),
          *y = buffer_new((size_t)NAN_ROWS * stride_n),
          *packed = buffer_new(act_bytes(&k->format, k->k, NAN_ROWS) / 4);
    int64_t dims[RLX_DIM_COUNT] = {1, NAN_ROWS, NAN_ROWS, 0, NAN_ROWS};
    void *norm_quant_args[] = {[NORM_QUANT_x] = x, [NORM_QUANT_out] = packed};
    void *args[] = {[MATMUL_x] = packed,
                    [MATMUL_weight] = w,
                    [MATMUL_out] = y,
                    [MATMUL_operand] = zeros,
                    [MATMUL_operand + 1] = zeros};

    memset(zeros, 0, (size_t)NAN_ROWS * stride_n * sizeof *zeros);
    for (uint32_t third = 0; third < 3; third++) {
        const uint32_t e = third * (k->k - 1) / 2;
        float before = x[stride_k + e];
        x[stride_k + e] = third % 2 == 0 ? NAN : -NAN;
        code_run(code, first, norm_quant_args, dims, ceil_div(NAN_ROWS, k->format.tile_rows), 1);
        code_run(code, first + 1, args, dims, kernel_tile_count(&c->kernels[1], NAN_ROWS), 1);
        for (uint32_t r = 0; r < NAN_ROWS; r++)
            for (uint32_t i = 0; i < k->n; i++)
                if (!isnan(y[(size_t)r * stride_n + i]) != (r != 1))
                    fail_msg("%s act %u: NaN in column %u of %u, row %u, output %u is %g",
                             layout_info[k->layout].name, k->format.act, e, k->k, r, i,
                             (double)y[(size_t)r * stride_n + i]);
        x[stride_k + e] = before;
    }
    buffer_free(x);
    buffer_free(zeros);
    buffer_free(y);
    buffer_free(packed);
}

/* `numbers` of rows, 0 at their end. */
static void run_matmul(const struct code *code, uint32_t first, const struct matmul_case *c,
                       const uint32_t *numbers)
{
    const struct kernel_matmul *k = &c->kernels[1].matmul;
    uint32_t stride_k = c->kernels[0].stride[NORM_QUANT_x],
             stride_n = (uint32_t)round_up(k->n, 16) + 16;
    uint32_t groups = (uint32_t)ceil_div(k->n, 16) * (k->gated ? 2 : 1);
    struct weight w = weight_new(k->layout, groups * 16, k->k);
    float *bias = buffer_random(round_up(k->n, 16));

    for (uint32_t i = 0; numbers[i] != 0; i++) {
        uint32_t rows = numbers[i];
        float *x = buffer_new((size_t)rows * stride_k),
              *residual = buffer_random((size_t)rows * stride_n);
        float *y = buffer_new((size_t)rows * stride_n),
              *packed = buffer_new(act_bytes(&k->format, k->k, rows) / 4);
        for (uint32_t r = 0; r < rows; r++)
            for (uint32_t e = 0; e < k->k; e++)
                x[(size_t)r * stride_k + e] =
                    e / 32 == 1 && r == 1 ? 0 : random_number() * (float)(1 + r);
        int64_t dims[RLX_DIM_COUNT] = {1, rows, rows, 0, rows};
        void *norm_quant_args[] = {[NORM_QUANT_x] = x, [NORM_QUANT_out] = packed};
        code_run(code, first, norm_quant_args, dims, ceil_div(rows, k->format.tile_rows), rows / 4);
        void *args[] = {[MATMUL_x] = packed,
                        [MATMUL_weight] = w.bytes,
                        [MATMUL_out] = y,
                        [MATMUL_operand] = bias,
                        [MATMUL_operand + 1] = residual};
        code_run(code, first + 1, args, dims, kernel_tile_count(&c->kernels[1], rows), 1);
        check_matmul(c, &w, rows, x, bias, residual, y);
        buffer_free(x);
        buffer_free(residual);
        buffer_free(y);
        buffer_free(packed);
    }
    check_nan(code, first, c, w.bytes);
    buffer_free(bias);
    weight_free(&w);
}

static const struct {
    uint8_t groups, tokens;
} matmul_tiles[] = {{1, 1}, {2, 6}, {1, 4}, {4, 6}, {2, 2}, {4, 1}, {3, 5}, {1, 2}};

/* On the main level each layout meets the tile of one row in every activation, and each other tile in one
 * of them; one that differs from its neighbour in the table of values alone, in this or in the neighbour.
 * Elsewhere a quantized layout takes one tile in each activation, in one of them that of one row, so that
 * the layouts together have all tiles in all activations. */
static bool takes_tile(uint32_t level, enum layout layout, enum act act, uint32_t tile)
{
    static const uint8_t turn_of[ACT_COUNT] = {
        [ACT_f32] = 0, [ACT_i8] = 1, [ACT_i16] = 2, [ACT_bf16] = 1, [ACT_i8_row] = 2};
    const uint32_t turn = turn_of[act], others = countof(matmul_tiles) - 1,
                   place = (tile + others - 1 + (uint32_t)layout) % others;

    if (!level_is_main(level) && is_quantized(layout))
        return turn == (uint32_t)layout % 3 ? tile == 0 : tile != 0 && place == turn;
    if (tile == 0)
        return true;
    if (!level_is_main(level))
        return place == turn;
    if (layout_info[layout].table != NULL && layout != LAYOUT_iq4_nl_r16)
        return place % 3 == turn && tile % 2 == (uint32_t)layout % 2;
    return is_quantized(layout) ? place % 3 == turn : place % 2 == 0;
}

struct matmul_cases { /* of a layout; compiled together */
    struct matmul_case all[ACT_COUNT * countof(matmul_tiles)];
    struct lir_kernel kernels[2 * ACT_COUNT * countof(matmul_tiles)];
    uint32_t count;
};

static void add_matmuls(struct matmul_cases *cases, uint32_t level, enum layout layout,
                        enum act act, struct few_cases *few)
{
    static const uint32_t widths[] = {40, 96, 16, 83}, plain[] = {33, 70, 160, 1},
                          quantized[] = {96, 32, 160, 64}, wide[] = {512, 256};

    for (uint32_t i = 0; i < countof(matmul_tiles); i++) {
        if (!cases_take(few, takes_tile(level, layout, act, i)))
            continue;
        uint32_t k = layout_multiple(layout) > 64  ? wide[i % 2]
                     : layout_multiple(layout) > 1 ? whole_blocks(layout, quantized[(i + 1) % 4])
                                                   : plain[i % 4];
        enum epilogue epilogue = matmul_tiles[i].groups % 2 == 0 && i % 2 == 0 ? GATED
                                 : i % 3 == 1                                  ? BIAS_RESIDUAL
                                                                               : PLAIN;
        struct matmul_case *c = &cases->all[cases->count];
        *c = matmul_case(layout, act, widths[(i + act) % 4], k, matmul_tiles[i].groups,
                         matmul_tiles[i].tokens, epilogue,
                         act_is_integer(act) && i % 4 != 2 && !level_rounds(level));
        if (level_is_vulkan(level))
            c->kernels[1].matmul.row_tile = c->kernels[1].matmul.format.tile_rows;
        c->rounds = level_rounds(level);
        memcpy(&cases->kernels[2 * cases->count++], c->kernels, sizeof c->kernels);
    }
}

static void try_matmuls(uint32_t level, enum layout layout, struct few_cases *few)
{
    struct matmul_cases cases = {.count = 0};
    struct code code;

    add_matmuls(&cases, level, layout, ACT_f32, few);
    if (is_quantized(layout)) {
        add_matmuls(&cases, level, layout, ACT_i8, few);
        add_matmuls(&cases, level, layout, ACT_i16, few);
    }
    if (layout_scales_rows(layout) && level_multiplies_rows(level))
        add_matmuls(&cases, level, layout, ACT_i8_row, few);
    if ((layout == LAYOUT_bf16_r32 && level_multiplies_bf16(level)) ||
        (layout == LAYOUT_q4_k_r16 && level_is_c(level)))
        add_matmuls(&cases, level, layout, ACT_bf16, few);
    code_open(&code, level, cases.kernels, 2 * cases.count);
    for (uint32_t i = 0; i < cases.count; i++)
        run_matmul(&code, 2 * i, &cases.all[i], few_rows);
    code_close(&code);
}

static void test_matmul(void **state)
{
    (void)state;
    for (uint32_t level = code_level(0); level < code_levels(); level = code_level(level + 1)) {
        struct few_cases few = {0};
        for (enum layout layout = 1; layout < LAYOUT_COUNT; layout++)
            try_matmuls(level, layout, &few);
        cases_end(&few, "tiles of products", level_name(level));
    }
}

/* Registers that hold matrices: all layouts, with widths of K that are stretches, and parts of one; and
 * more tokens than those whose sums wait together. */
static void test_matrices(void **state)
{
    static const uint32_t widths[] = {40, 96, 33, 83}, columns[] = {96, 544, 1088, 512},
                          wide[] = {512, 256, 1280, 768}, span_rows[] = {530, 0};
    const uint32_t level = level_of_matrices();
    struct matmul_case cases[LAYOUT_COUNT + 1];
    struct lir_kernel kernels[2 * countof(cases)];
    uint32_t count = 0;
    struct code code;

    (void)state;
    if (!level_runs(level))
        return;
    for (uint32_t i = 1; i <= LAYOUT_COUNT; i++) {
        const enum layout layout = i == LAYOUT_COUNT ? LAYOUT_i8_row_r16 : (enum layout)i;
        const enum act act = i == LAYOUT_COUNT ? ACT_i8_row : ACT_bf16;
        if (!is_quantized(layout) && layout != LAYOUT_bf16_r32)
            continue;
        const uint32_t k = layout_multiple(layout) > 64
                               ? wide[i % 4]
                               : (uint32_t)round_up(columns[i % 4], layout_multiple(layout));
        cases[count] = matmul_case(layout, act, widths[(i / 2) % 4], k, 2, 16,
                                   (enum epilogue)(i % EPILOGUE_COUNT), false);
        cases[count].rounds = act == ACT_bf16; /* in an order of the machine's */
        for (uint32_t j = 0; j < 2; j++) {
            cases[count].kernels[j].rows_symbol = SYMBOL_ROWS;
            kernels[2 * count + j] = cases[count].kernels[j];
        }
        count++;
    }
    code_open(&code, level, kernels, 2 * count);
    for (uint32_t i = 0; i < count; i++)
        run_matmul(&code, 2 * i, &cases[i], i % 16 == 1 ? span_rows : many_rows);
    code_close(&code);
}

/* Weights that are wider than a kernel's stack are staged a stretch of K after the other, and tiles
 * of tokens some at a time. */
static void test_wide_matmul(void **state)
{
    enum { COUNT = 4 };
    struct matmul_case cases[COUNT];
    struct lir_kernel kernels[2 * COUNT];
    struct code code;

    (void)state;
    for (uint32_t level = code_level(0); level < code_levels(); level = code_level(level + 1)) {
        const bool staged = !level_rounds(level);
        cases[0] = matmul_case(LAYOUT_q5_k_r16, ACT_i8, 33, 256 * 37, 2, 6, GATED, staged);
        cases[1] = matmul_case(LAYOUT_q6_k_r16, ACT_i16, 64, 256 * 21, 4, 2, PLAIN, staged);
        cases[2] = matmul_case(LAYOUT_q3_k_r16, ACT_i8, 33, 256 * 31, 2, 6, PLAIN, staged);
        cases[3] = matmul_case(LAYOUT_q2_k_r16, ACT_i16, 32, 256 * 29, 2, 4, GATED, staged);
        for (uint32_t i = 0; i < COUNT; i++) {
            if (level_is_vulkan(level))
                cases[i].kernels[1].matmul.row_tile = cases[i].kernels[1].matmul.format.tile_rows;
            cases[i].rounds = level_rounds(level);
            memcpy(&kernels[2 * i], cases[i].kernels, sizeof cases[i].kernels);
        }
        code_open(&code, level, kernels, countof(kernels));
        for (uint32_t i = 0; i < COUNT; i++)
            run_matmul(&code, 2 * i, &cases[i], few_rows);
        code_close(&code);
    }
}

/* Products of many rows at once, in the shared memory of a workgroup. Odd numbers of blocks of columns
 * and even ones are brought there differently. */
static void try_shared_tiles(uint32_t level, enum layout layout, enum act act)
{
    static const struct {
        uint8_t groups, row_tile;
    } tiles[] = {{4, 64}, {2, 32}, {2, 64}, {4, 32}};
    static const uint32_t widths[] = {40, 96, 83, 16}, plain[] = {33, 70, 160, 1},
                          quantized[] = {96, 64, 160, 32}, wide[] = {512, 256};
    /* One of a layout, since drivers compile slowly. */
    const uint32_t turn = (uint32_t)layout + 2 * (uint32_t)act, which = turn % countof(tiles),
                   k = layout_multiple(layout) > 64  ? wide[turn / 2 % 2]
                       : layout_multiple(layout) > 1 ? whole_blocks(layout, quantized[which])
                                                     : plain[which];
    struct matmul_case c = matmul_case(layout, act, widths[which], k, tiles[which].groups,
                                       1 + turn % 2, (enum epilogue)(turn % EPILOGUE_COUNT), false);
    struct code code;

    c.kernels[1].matmul.row_tile = tiles[which].row_tile;
    c.rounds = true;
    code_open(&code, level, c.kernels, countof(c.kernels));
    run_matmul(&code, 0, &c, many_rows);
    code_close(&code);
}

static void test_shared_tiles(void **state)
{
    (void)state;
    for (uint32_t layout = 1; layout < LAYOUT_COUNT; layout++) {
        if (level_runs(level_of_vulkan()))
            try_shared_tiles(level_of_vulkan(), (enum layout)layout, ACT_f32);
        if (is_quantized((enum layout)layout) && level_runs(level_of_vulkan_dot()))
            try_shared_tiles(level_of_vulkan_dot(), (enum layout)layout, ACT_i8);
    }
}

/* bf16 has no chain fixed by the table: its bits must still be those of any other tile. */
static void test_bf16_tiles(void **state)
{
    enum { N = 48, K = 130, ROWS = 13 };
    static const struct {
        uint8_t groups, tokens;
    } tiles[] = {{1, 1}, {4, 6}, {3, 8}, {2, 3}};
    struct lir_kernel kernels[2 * countof(tiles)];
    int64_t dims[RLX_DIM_COUNT] = {1, ROWS, ROWS, 0, ROWS};
    struct code code;

    (void)state;
    if (!level_runs(1))
        return;
    for (uint32_t i = 0; i < countof(tiles); i++) {
        struct matmul_case c = matmul_case(LAYOUT_bf16_r32, ACT_bf16, N, K, tiles[i].groups,
                                           tiles[i].tokens, PLAIN, false);
        memcpy(&kernels[2 * i], c.kernels, sizeof c.kernels);
    }
    code_open(&code, 1, kernels, countof(kernels));
    struct weight w = weight_new(LAYOUT_bf16_r32, N, K);
    float *x = buffer_random((size_t)ROWS * round_up(K, 16)), *y[countof(tiles)];
    for (uint32_t i = 0; i < countof(tiles); i++) {
        float *packed = buffer_new(act_bytes(&kernels[2 * i].norm_quant.format, K, ROWS) / 4);
        y[i] = buffer_new((size_t)ROWS * (N + 16));
        void *norm_quant_args[] = {[NORM_QUANT_x] = x, [NORM_QUANT_out] = packed};
        void *args[] = {[MATMUL_x] = packed, [MATMUL_weight] = w.bytes, [MATMUL_out] = y[i]};
        code_run(&code, 2 * i, norm_quant_args, dims, ceil_div(ROWS, tiles[i].tokens), 1);
        code_run(&code, 2 * i + 1, args, dims, ceil_div(N / 16, tiles[i].groups), 1);
        expect_equal_bits("bf16 tiles", y[i], y[0], ROWS, N + 16);
        buffer_free(packed);
    }
    for (uint32_t i = 0; i < countof(tiles); i++)
        buffer_free(y[i]);
    buffer_free(x);
    weight_free(&w);
    code_close(&code);
}

/* The bytes of an image depend neither on the number of threads nor on the run: LLVM makes both. */
static void test_same_bytes(void **state)
{
    struct arena a = {0};
    struct diags d = {.arena = &a};
    struct lir_kernel kernels[6];
    struct target_code once, again;

    (void)state;
    unsetenv("RLX_TEST_REUSE");
    for (uint32_t i = 0; i < 3; i++) {
        struct matmul_case c = matmul_case(LAYOUT_q8_0_r16, ACT_i8, 32 + 16 * i, 64, 1, 2,
                                           i % 2 == 0 ? PLAIN : BIAS_RESIDUAL, false);
        memcpy(&kernels[2 * i], c.kernels, sizeof c.kernels);
    }
    for (uint32_t level = 0; level < target_cpu.level_count; level++) {
        assert_true(target_cpu.emit(level, kernels, 6, 1, NULL, &a, &once, &d));
        assert_true(target_cpu.emit(level, kernels, 6, 3, NULL, &a, &again, &d));
        assert_int_equal(once.image_bytes, again.image_bytes);
        assert_memory_equal(once.image, again.image, once.image_bytes);
        assert_memory_equal(once.entry, again.entry, 6 * sizeof(uint64_t));
    }
    arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_matmul),
        cmocka_unit_test(test_bf16_tiles),
        cmocka_unit_test(test_matrices),
        cmocka_unit_test(test_wide_matmul),
        cmocka_unit_test(test_shared_tiles),
        cmocka_unit_test(test_same_bytes), /* the last: what it sets stays */
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

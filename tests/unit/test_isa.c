/* Machines described by data: what follows from the lines of isa.def, and that a further machine is
 * a description and its dot products alone. Two such machines, which the product does not have, get
 * tiles and code here.
 */
#include "targets/cpu/cpu.h"
#include "tests/unit/kernel_code.h"

#include "runtime/base/cpu.h"

/* AVX-512 with VNNI and without bf16: Cascade Lake, Ice Lake. */
static const struct isa without_bf16 = {.level = "x86-64-v4-vnni",
                                        .machine = &machine_x86_64,
                                        .cpu = "x86-64-v4",
                                        .extra = "+avx512vnni",
                                        .registers = 32,
                                        .lanes = 16,
                                        .integers = &integer_dot_vnni512,
                                        .f16 = true,
                                        .fma = true,
                                        .tiles = &tile_shapes_vectors_32,
                                        .features = CPU_X86_64_V4 | RLX_CPU_AVX512VNNI};

/* AVX-512 without a dot product of bytes: Skylake. Other registers and tiles than AVX2, and the
 * same operands. */
static const struct isa without_bytes = {.level = "x86-64-v4",
                                         .machine = &machine_x86_64,
                                         .cpu = "x86-64-v4",
                                         .extra = "",
                                         .registers = 32,
                                         .lanes = 16,
                                         .integers = &integer_dot_widen16,
                                         .f16 = true,
                                         .fma = true,
                                         .tiles = &tile_shapes_vectors_32,
                                         .features = CPU_X86_64_V4};

static const struct isa *const further[] = {&without_bf16, &without_bytes};

/* ---- the table ---- */

static void test_levels(void **state)
{
    (void)state;
    assert_int_equal(target_cpu.level_count, ISA_COUNT);
    for (uint32_t i = 0; i < ISA_COUNT; i++) {
        const struct target_level *l = &target_cpu.levels[i];
        assert_string_equal(isas[i].level, l->name);
        assert_int_equal(isas[i].machine->elf, l->machine);
        assert_true(isas[i].features == l->features);
        assert_true((isas[i].bf16 != NULL) == l->traits.bf16_dot);
        assert_true(isas[i].fma == ((l->features & RLX_CPU_FMA) != 0));
        assert_true(isas[i].f16 == ((l->features & RLX_CPU_F16C) != 0));
        if (i > 0) /* the last one that a machine has is the best */
            assert_true((isas[i - 1].features & ~isas[i].features) == 0);
    }
}

static void test_registers(void **state)
{
    static const struct {
        uint16_t registers, lanes;
        uint32_t vectors, keys, sums;
    } cases[] = {
        {16, 8, 8, 2, 4},  {32, 16, 32, 4, 24}, {32, 8, 16, 4, 8}, /* AVX-512 in ymm */
        {32, 4, 8, 2, 4},                                          /* NEON */
        {16, 4, 4, 1, 2},                                          /* SSE */
        {26, 8, 13, 2, 9},
    };

    (void)state;
    for (uint32_t i = 0; i < countof(cases); i++) {
        const struct isa isa = {.registers = cases[i].registers, .lanes = cases[i].lanes};
        assert_int_equal(isa_vectors(&isa), cases[i].vectors);
        assert_int_equal(isa_key_vectors(&isa), cases[i].keys);
        assert_int_equal(isa_sums(&isa), cases[i].sums);
    }
    assert_int_equal(isa_sums(&isas[ISA_v3]), 4);
    assert_int_equal(isa_sums(&isas[ISA_v4]), 24);
}

/* ---- what a machine accepts ---- */

static void expect_refused(const struct isa *isa, const struct lir_kernel *k, const char *words)
{
    struct arena a = {0};
    struct diags d = {.arena = &a};

    assert_false(cpu_accepts(isa, k, &d));
    assert_int_equal(d.error_count, 1);
    if (strstr(d.first->text, words) == NULL)
        fail_msg("expected '%s', found '%s'", words, d.first->text);
    arena_free(&a);
}

static void test_refused(void **state)
{
    const struct act_format format = {.act = ACT_bf16, .tile_rows = 1};
    struct lir_kernel product = {
        .kind = KERNEL_matmul,
        .matmul = {
            .layout = LAYOUT_bf16_r32, .format = format, .n = 64, .k = 64, .tile_groups = 2}};
    struct lir_kernel rows = {.kind = KERNEL_norm_quant, .norm_quant = {.format = format, .k = 64}};
    struct lir_kernel attention = {
        .kind = KERNEL_attention,
        .attention = {.shape = {.kv = DTYPE_f16, .heads = 4, .kv_heads = 4, .head_dim = 64},
                      .act = ACT_bf16,
                      .tile_rows = 1}};
    struct arena a = {0};
    struct diags d = {.arena = &a};

    (void)state;
    for (uint32_t i = 0; i < countof(further); i++) {
        expect_refused(further[i], &product, "a level with a bf16 dot product");
        expect_refused(further[i], &rows, "a level without a bf16 dot product");
        expect_refused(further[i], &attention, "a level with a bf16 dot product");
    }
    assert_true(cpu_accepts(&isas[ISA_v4], &product, &d) && cpu_accepts(&isas[ISA_v4], &rows, &d) &&
                cpu_accepts(&isas[ISA_v4], &attention, &d));
    product.matmul.format.act = ACT_f32;
    struct isa older = isas[ISA_v3];
    assert_true(cpu_accepts(&older, &product, &d));
    older.f16 = false;
    expect_refused(&older, &product, "converts f16");
    older.fma = false;
    expect_refused(&older, &product, "fused multiply-add");
    arena_free(&a);
}

/* Registers for matrices: a level without them refuses what the one with them accepts, and there is code
 * for it on every machine. */
static void test_matrices(void **state)
{
    static const uint8_t configures[] = {0xc4, 0xe2, 0x78, 0x49}; /* LDTILECFG, legacy registers */
    const struct act_format format = {.act = ACT_bf16, .tile_rows = MATRIX_ROWS};
    const struct lir_kernel product =
        with_arguments((struct lir_kernel){.kind = KERNEL_matmul,
                                           .rows_symbol = SYMBOL_ROWS,
                                           .matmul = {.layout = LAYOUT_q4_k_r16,
                                                      .format = format,
                                                      .n = 64,
                                                      .k = 512,
                                                      .tile_groups = MATRIX_GROUPS},
                                           .stride = {[MATMUL_out] = 64}});
    struct arena a = {0};
    struct diags d = {.arena = &a};
    struct target_code code;

    (void)state;
    expect_refused(&isas[ISA_v4], &product, "a level with registers for matrices");
    assert_true(cpu_accepts(&isas[ISA_amx], &product, &d));
    assert_true(target_cpu.emit(ISA_amx, &product, 1, 1, NULL, &a, &code, &d));
    bool found = false;
    for (uint64_t i = 0; i + sizeof configures <= code.image_bytes && !found; i++)
        found = memcmp(code.image + i, configures, sizeof configures) == 0;
    assert_true(found);
    arena_free(&a);
}

/* ---- code ---- */

enum { ROWS = 7, WIDTH = 96, COLUMNS = 256 };

/* A product with its activations, and attention over two kinds of KV cache. */
enum { PACK, PRODUCT, SCORES_f16, SCORES_q8, KERNELS };

static void describe(const struct isa *isa, enum act act, uint32_t rows, struct lir_kernel *k)
{
    const struct tile_request product = {.what = TILED_product,
                                         .rows = rows,
                                         .act = act,
                                         .layout = LAYOUT_q8_0_r16,
                                         .n = WIDTH,
                                         .k = COLUMNS},
                              attention = {.what = TILED_attention,
                                           .rows = rows,
                                           .heads = 4,
                                           .kv_heads = 2,
                                           .head_dim = 48};
    const struct tile_choice tile = cpu_choose_tile(isa, &product),
                             queries = cpu_choose_tile(isa, &attention);

    const struct act_format format = {
        .act = act, .bias = (uint32_t)layout_info[LAYOUT_q8_0_r16].bias, .tile_rows = tile.rows};
    k[PRODUCT] = with_arguments((struct lir_kernel){.kind = KERNEL_matmul,
                                                    .rows_symbol = SYMBOL_ROWS,
                                                    .matmul = {.layout = LAYOUT_q8_0_r16,
                                                               .format = format,
                                                               .tile_groups = tile.groups,
                                                               .staged = tile.staged,
                                                               .n = WIDTH,
                                                               .k = COLUMNS},
                                                    .stride = {[MATMUL_out] = WIDTH}});
    k[PACK] = with_arguments((struct lir_kernel){.kind = KERNEL_norm_quant,
                                                 .rows_symbol = SYMBOL_ROWS,
                                                 .norm_quant = {.format = format, .k = COLUMNS},
                                                 .stride = {[NORM_QUANT_x] = COLUMNS}});
    for (uint32_t i = SCORES_f16; i <= SCORES_q8; i++)
        k[i] = with_arguments((struct lir_kernel){
            .kind = KERNEL_attention,
            .rows_symbol = SYMBOL_ROWS,
            .attention = {.shape = {.kv = i == SCORES_q8 ? DTYPE_q8_0 : DTYPE_f16,
                                    .heads = 4,
                                    .kv_heads = 2,
                                    .head_dim = 48,
                                    .context = 128},
                          .mask = MASK_causal,
                          .tile_rows = queries.rows},
            .stride = {[ATTENTION_q] = 192, [ATTENTION_out] = 192}});
}

static void emit_for(const struct isa *isa, const struct lir_kernel *k, struct code *c)
{
    *c = (struct code){0};
    c->diags.arena = &c->arena;
    code_kernels(c, k, KERNELS);
    for (uint32_t i = 0; i < KERNELS; i++)
        assert_true(cpu_accepts(isa, &k[i], &c->diags));
    if (!cpu_emit(isa, k, KERNELS, 2, NULL, &c->arena, &c->target, &c->diags)) {
        diags_print(&c->diags, stderr);
        fail();
    }
}

/* What does not multiply bf16 is the same code with and without it. */
static void test_same_code(void **state)
{
    static const enum act acts[] = {ACT_i16, ACT_i8, ACT_f32};
    static const uint32_t rows[] = {ROWS, 64};

    (void)state;
    for (uint32_t i = 0; i < countof(acts); i++)
        for (uint32_t j = 0; j < countof(rows); j++) {
            struct lir_kernel kernels[2][KERNELS];
            struct code with, without;
            describe(&isas[ISA_v4], acts[i], rows[j], kernels[0]);
            describe(&without_bf16, acts[i], rows[j], kernels[1]);
            assert_memory_equal(kernels[0], kernels[1], sizeof kernels[0]);
            emit_for(&isas[ISA_v4], kernels[0], &with);
            emit_for(&without_bf16, kernels[1], &without);
            assert_int_equal(with.target.image_bytes, without.target.image_bytes);
            assert_memory_equal(with.target.image, without.target.image, with.target.image_bytes);
            arena_free(&with.arena);
            arena_free(&without.arena);
        }
}

/* q8_0_r16: two blocks per unit of 1088 bytes, their scales of 16 rows first. */
static uint8_t *random_weights(void)
{
    const uint64_t bytes = layout_bytes(LAYOUT_q8_0_r16, WIDTH, COLUMNS),
                   unit = layout_info[LAYOUT_q8_0_r16].bytes;
    uint8_t *weights = aligned_alloc(64, round_up(bytes, 64));

    assert_non_null(weights);
    for (uint64_t i = 0; i < bytes; i++)
        weights[i] =
            i % unit < 64 ? (i % 2 ? 0x28 : (uint8_t)random_bits()) : (uint8_t)random_bits();
    return weights;
}

static void run_product(const struct isa *isa, enum act act, float *x, void *weights, float *y)
{
    struct lir_kernel kernels[KERNELS];
    struct code c;
    const int64_t dims[RLX_DIM_COUNT] = {1, ROWS, ROWS, 0, ROWS};

    describe(isa, act, ROWS, kernels);
    emit_for(isa, kernels, &c);
    code_map(&c);
    float *packed = buffer_new(act_bytes(&kernels[PACK].norm_quant.format, COLUMNS, ROWS) / 4);
    void *pack_args[] = {[NORM_QUANT_x] = x, [NORM_QUANT_out] = packed};
    void *args[] = {[MATMUL_x] = packed, [MATMUL_weight] = weights, [MATMUL_out] = y};
    code_run(&c, PACK, pack_args, dims, ceil_div(ROWS, kernels[PACK].norm_quant.format.tile_rows),
             1);
    code_run(&c, PRODUCT, args, dims,
             ceil_div(ceil_div(WIDTH, 16), kernels[PRODUCT].matmul.tile_groups), 1);
    buffer_free(packed);
    code_close(&c);
}

/* Registers, tiles and dot products change no bit. */
static void test_same_numbers(void **state)
{
    static const enum act acts[] = {ACT_i16, ACT_i8, ACT_f32};
    float *x = buffer_random(ROWS * COLUMNS), *y[2] = {buffer_new(ROWS * WIDTH), NULL};
    uint8_t *weights = random_weights();
    uint32_t tried = 0;

    (void)state;
    for (uint32_t i = 0; i < countof(acts) && level_runs(ISA_v3); i++) {
        run_product(&isas[ISA_v3], acts[i], x, weights, y[0]);
        for (uint32_t j = 0; j < countof(further); j++) {
            if ((further[j]->features & ~cpu_features()) != 0)
                continue;
            y[1] = buffer_new(ROWS * WIDTH);
            run_product(further[j], acts[i], x, weights, y[1]);
            expect_equal_bits("products", y[1], y[0], ROWS, WIDTH);
            assert_true(isfinite(y[1][0]) && y[1][0] != 0);
            buffer_free(y[1]);
            tried++;
        }
    }
    print_message("%u products on further machines\n", tried);
    buffer_free(x);
    buffer_free(y[0]);
    free(weights);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_levels),    cmocka_unit_test(test_registers),
        cmocka_unit_test(test_refused),   cmocka_unit_test(test_matrices),
        cmocka_unit_test(test_same_code), cmocka_unit_test(test_same_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The CPU target's choice of tiles: for any matmul, the target accepts the chosen tile, which holds
 * no more tokens than there are rows; and the shapes are those of targets/cpu/README.md. */
#include "tests/unit/kernel_code.h"

static void test_tiles_accepted(void **state)
{
    struct arena a = {0};
    struct diags d = {.arena = &a};

    (void)state;
    for (uint32_t level = 0; level < target_cpu.level_count; level++)
        for (uint32_t layout = 1; layout < LAYOUT_COUNT; layout++)
            for (uint32_t act = 0; act < ACT_COUNT; act++)
                for (uint32_t rows = 1; rows < 20; rows++)
                    for (uint32_t gated = 0; gated < 2; gated++) {
                        bool integers = act_is_integer((enum act)act);
                        if ((integers && !layout_is_quantized((enum layout)layout)) ||
                            (act == ACT_i8_row && !layout_scales_rows((enum layout)layout)) ||
                            (act == ACT_bf16 && (layout != LAYOUT_bf16_r32 ||
                                                 !target_cpu.levels[level].traits.bf16_dot)))
                            continue;
                        struct lir_kernel k = {.kind = KERNEL_matmul,
                                               .matmul = {.layout = layout,
                                                          .format.act = act,
                                                          .n = 16 * rows,
                                                          .k = 256,
                                                          .gated = gated}};
                        choose_kernel_tile(&target_cpu, level, rows, &k);
                        assert_true(target_cpu.accepts(level, &k, &d));
                        assert_true(k.matmul.format.tile_rows <= rows);
                    }
    arena_free(&a);
}

/* ---- the shapes of the manual ---- */

enum { NARROW, WIDE, MATRICES, LEVELS }; /* registers of 8 lanes and of 16, and for matrices */

struct shape_case {
    uint64_t rows;
    enum act act;
    enum layout layout;
    bool gated;
    struct {
        uint8_t groups, rows;
        bool staged;
    } expected[LEVELS];
};

static const struct shape_case shapes[] = {
    /* one row */
    {1, ACT_i8, LAYOUT_q8_0_r16, false, {{1, 1, 0}, {1, 1, 0}, {1, 1, 0}}},
    {1, ACT_i16, LAYOUT_q4_k_r16, true, {{2, 1, 0}, {2, 1, 0}, {2, 1, 0}}},
    {1, ACT_f32, LAYOUT_f16_r32, false, {{2, 1, 0}, {2, 1, 0}, {2, 1, 0}}},
    /* short runs */
    {3, ACT_i8, LAYOUT_q8_0_r16, false, {{1, 2, 0}, {1, 3, 0}, {1, 3, 0}}},
    {4, ACT_i16, LAYOUT_q6_k_r16, false, {{1, 2, 0}, {1, 4, 0}, {1, 4, 0}}},
    {8, ACT_i8, LAYOUT_q8_0_r16, false, {{1, 2, 0}, {4, 3, 0}, {4, 3, 0}}},
    {8, ACT_i16, LAYOUT_q8_0_r16, true, {{2, 2, 0}, {2, 8, 0}, {2, 8, 0}}},
    {16, ACT_i16, LAYOUT_q4_k_r16, false, {{1, 2, 1}, {1, 8, 0}, {1, 8, 0}}},
    {16, ACT_f32, LAYOUT_f32_r16, false, {{1, 6, 0}, {2, 8, 0}, {2, 8, 0}}},
    /* more */
    {512, ACT_i8, LAYOUT_q8_0_r16, false, {{1, 2, 0}, {4, 3, 0}, {4, 3, 0}}},
    {512, ACT_i8, LAYOUT_q4_0_r16, true, {{2, 2, 0}, {4, 3, 0}, {4, 3, 0}}},
    {512, ACT_i8, LAYOUT_q4_k_r16, false, {{1, 2, 1}, {2, 6, 1}, {2, 6, 1}}},
    {512, ACT_i8_row, LAYOUT_i8_row_r16, false, {{1, 4, 0}, {4, 6, 0}, {2, 16, 0}}},
    {512, ACT_i8_row, LAYOUT_i8_row_r16, true, {{2, 4, 0}, {4, 6, 0}, {2, 16, 0}}},
    {512, ACT_i16, LAYOUT_q8_0_r16, false, {{1, 2, 0}, {2, 4, 0}, {2, 4, 0}}},
    {512, ACT_i16, LAYOUT_q5_1_r16, true, {{2, 2, 1}, {2, 8, 1}, {2, 8, 1}}},
    {512, ACT_f32, LAYOUT_bf16_r32, false, {{1, 6, 0}, {4, 6, 0}, {4, 6, 0}}},
    {512, ACT_f32, LAYOUT_f32_r16, true, {{2, 3, 0}, {4, 6, 0}, {4, 6, 0}}},
    {512, ACT_bf16, LAYOUT_bf16_r32, false, {{1, 2, 0}, {4, 6, 0}, {2, 16, 0}}},
    {512, ACT_bf16, LAYOUT_bf16_r32, true, {{2, 1, 0}, {4, 6, 0}, {2, 16, 0}}},
    {512, ACT_f32, LAYOUT_q8_0_r16, false, {{1, 4, 0}, {1, 8, 0}, {1, 8, 0}}},
};

static void test_shapes(void **state)
{
    (void)state;
    assert_int_equal(target_cpu.level_count, LEVELS);
    for (uint32_t i = 0; i < countof(shapes); i++)
        for (uint32_t level = 0; level < LEVELS; level++) {
            const struct shape_case *c = &shapes[i];
            const struct tile_request request = {.what = TILED_product,
                                                 .rows = c->rows,
                                                 .act = c->act,
                                                 .layout = c->layout,
                                                 .gated = c->gated,
                                                 .n = 1024,
                                                 .k = 1024};
            const struct tile_choice found = target_cpu.choose_tile(level, &request);
            const uint8_t groups = c->expected[level].groups, rows = c->expected[level].rows;
            const bool staged = c->expected[level].staged;
            if (found.groups != groups || found.rows != rows || found.staged != staged)
                fail_msg("case %u, %s: expected %ux%u staged %d, found %ux%u staged %d", i,
                         target_cpu.levels[level].name, groups, rows, staged, found.groups,
                         found.rows, found.staged);
        }
}

static void test_attention(void **state)
{
    static const struct {
        uint64_t rows;
        enum act act;
        uint32_t heads, head_dim;
        bool batched, split_kv;
        uint8_t expected, with_matrices; /* 0: at all levels in one way */
    } cases[] = {
        {1, ACT_f32, 8, 128, false, true, 1, 0},
        {16, ACT_f32, 8, 128, false, true, 12, 0},
        {16, ACT_f32, 2, 128, true, false, 1, 0},
        {512, ACT_f32, 8, 128, false, false, 6, 0},
        {512, ACT_bf16, 8, 128, false, false, 33, 32},
        {512, ACT_bf16, 8, 256, false, false, 15, 16},
        {512, ACT_bf16, 8, 192, false, false, 15, 24},
        {512, ACT_bf16, 2, 64, false, false, 132, 224},
        {512, ACT_bf16, 2, 512, false, false, 24, 0},
        {512, ACT_f32, 64, 64, false, false, 1, 0},
    };

    (void)state;
    for (uint32_t i = 0; i < countof(cases); i++)
        for (uint32_t level = 0; level < LEVELS; level++) {
            const struct tile_request request = {.what = TILED_attention,
                                                 .rows = cases[i].rows,
                                                 .act = cases[i].act,
                                                 .heads = cases[i].heads,
                                                 .kv_heads = 2,
                                                 .head_dim = cases[i].head_dim,
                                                 .batched = cases[i].batched,
                                                 .split_kv = cases[i].split_kv};
            const struct tile_choice found = target_cpu.choose_tile(level, &request);
            const bool matrices = level == MATRICES && cases[i].with_matrices != 0;
            assert_int_equal(found.matrices, matrices);
            assert_int_equal(found.rows, matrices ? cases[i].with_matrices : cases[i].expected);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_tiles_accepted),
                                       cmocka_unit_test(test_shapes),
                                       cmocka_unit_test(test_attention)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

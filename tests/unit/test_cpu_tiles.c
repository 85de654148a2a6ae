/* The CPU target's choice of tiles: for any matmul, the target accepts the chosen tile, which holds
 * no more tokens than there are rows. */
#include "tests/unit/cpu_code.h"

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
                        bool integers = act == ACT_i8 || act == ACT_i16;
                        if ((integers && dtype_info[layout_info[layout].dtype].block == 1) ||
                            (act == ACT_bf16 && (layout != LAYOUT_bf16_r32 ||
                                                 !target_cpu.levels[level].traits.bf16_dot)))
                            continue;
                        struct lir_kernel k = {.kind = KERNEL_matmul,
                                               .layout = (uint8_t)layout,
                                               .act = (uint8_t)act,
                                               .n = 16 * rows,
                                               .k = 256,
                                               .gated = (uint8_t)gated};
                        choose_kernel_tile(&target_cpu, level, rows, &k);
                        assert_true(target_cpu.accepts(level, &k, &d));
                        assert_true(k.tile_tokens <= rows);
                    }
    arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_tiles_accepted)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

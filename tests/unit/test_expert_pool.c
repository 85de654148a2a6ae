/* The rule of expert pools, by expert_pool.h: who decides, who moves, and what is counted. */
#include "runtime/core/expert_pool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

enum { EXPERTS = 6, MOVES_MAX = 32 };

static const struct expert_rule always = {EXPERT_REUSE, EXPERT_EVERY_FORWARD, 0};

static struct {
    uint32_t pool, expert;
    bool in;
} moves[MOVES_MAX];
static uint32_t move_count;

static void note(void *context, uint32_t pool, uint32_t expert, bool in)
{
    assert_ptr_equal(context, moves);
    assert_true(move_count < MOVES_MAX);
    moves[move_count].pool = pool;
    moves[move_count].expert = expert;
    moves[move_count++].in = in;
}

static void expect_resident(const struct expert_pool *p, const char *expected)
{
    for (uint32_t e = 0; e < p->experts; e++)
        assert_int_equal(p->resident[e], expected[e] == '1');
}

static bool refresh(struct expert_pool *p, const uint64_t *hits, const struct expert_rule *rule,
                    uint64_t step, bool is_prompt)
{
    move_count = 0;
    return expert_pools_refresh(p, 1, (const uint64_t *[]){hits}, 1, rule, step, is_prompt, note,
                                moves);
}

static void test_open(void **state)
{
    struct expert_pool p;

    (void)state;
    assert_true(expert_pool_open(&p, EXPERTS, 2));
    expect_resident(&p, "110000");
    assert_false(expert_pool_is_off(&p));
    expert_pool_close(&p);
    for (uint64_t budget = EXPERTS; budget <= EXPERTS + 1; budget++) {
        assert_true(expert_pool_open(&p, EXPERTS, budget));
        assert_int_equal(p.budget, EXPERTS);
        assert_true(expert_pool_is_off(&p));
        assert_false(refresh(&p, (const uint64_t[EXPERTS]){9, 9}, &always, 0, true));
        assert_int_equal(p.refreshes, 0);
        expert_pool_close(&p);
    }
    assert_true(expert_pool_open(&p, EXPERTS, 0));
    assert_true(refresh(&p, (const uint64_t[EXPERTS]){9, 9}, &always, 0, false));
    expect_resident(&p, "000000");
    expert_pool_close(&p);
}

static void test_budget(void **state)
{
    (void)state;
    assert_int_equal(expert_budget(1000, 10, 4), 25);
    assert_int_equal(expert_budget(1009, 10, 10), 10);
    assert_int_equal(expert_budget(9, 10, 1), 0);
    assert_true(expert_budget(1, 0, 4) == UINT64_MAX && expert_budget(1, 4, 0) == UINT64_MAX);
}

/* Most hits first, of equal ones the lower number; none without hits; no more move than must. */
static void test_targets(void **state)
{
    struct expert_pool p;

    (void)state;
    assert_true(expert_pool_open(&p, EXPERTS, 3));
    assert_true(refresh(&p, (const uint64_t[EXPERTS]){0, 4, 0, 5, 5, 5}, &always, 0, false));
    expect_resident(&p, "000111");
    assert_true(p.refreshes == 1 && p.promotions == 3 && p.demotions == 3);
    assert_int_equal(move_count, 6);
    assert_true(!moves[0].in && moves[0].expert == 0 && moves[1].in && moves[1].expert == 3);

    assert_true(refresh(&p, (const uint64_t[EXPERTS]){0, 0, 1, 0, 7, 0}, &always, 1, false));
    expect_resident(&p, "001011"); /* 2 came for 3, the lowest that nobody wanted; 5 stayed */
    assert_int_equal(move_count, 2);

    assert_true(refresh(&p, (const uint64_t[EXPERTS]){0}, &always, 2, false));
    expect_resident(&p, "001011");
    assert_int_equal(move_count, 0);

    assert_true(refresh(&p, (const uint64_t[EXPERTS]){2, 2, 2, 2, 2, 2}, &always, 3, false));
    expect_resident(&p, "111000");
    assert_true(p.refreshes == 4 && p.promotions == 6 && p.demotions == 6);
    expert_pool_close(&p);
}

static void test_who_decides(void **state)
{
    static const struct expert_rule third = {EXPERT_REUSE, EXPERT_EVERY_STEPS, 3},
                                    none = {EXPERT_REUSE, EXPERT_EVERY_STEPS, 0},
                                    refreshing = {EXPERT_REFRESH, EXPERT_EVERY_STEPS, 3};
    static const uint64_t hits[EXPERTS] = {1};
    struct expert_pool p;

    (void)state;
    assert_true(expert_pool_open(&p, EXPERTS, 2));
    for (uint64_t step = 0; step < 7; step++) {
        assert_int_equal(refresh(&p, hits, &third, step, false), step % 3 == 0);
        assert_true(refresh(&p, hits, &third, step, true));
        assert_true(refresh(&p, hits, &none, step, false));
        assert_true(refresh(&p, hits, &always, step, false));
        assert_true(refresh(&p, hits, &refreshing, step, false));
    }
    expert_pool_close(&p);
}

/* The first pool decides for all, and as many take part as there are pools and hits. */
static void test_several(void **state)
{
    static const struct expert_rule never = {EXPERT_REUSE, EXPERT_EVERY_STEPS, 100};
    static const uint64_t last[EXPERTS] = {0, 0, 0, 0, 0, 3};
    const uint64_t *const hits[] = {last, last, last};
    struct expert_pool p[3];

    (void)state;
    for (uint32_t i = 0; i < 3; i++)
        assert_true(expert_pool_open(&p[i], EXPERTS, 1));
    move_count = 0;
    assert_false(expert_pools_refresh(p, 3, hits, 3, &never, 1, false, note, moves));
    assert_false(expert_pools_refresh(p, 0, hits, 3, &always, 1, false, note, moves));
    assert_false(expert_pools_refresh(p, 3, hits, 0, &always, 1, false, note, moves));
    assert_int_equal(move_count, 0);
    assert_true(expert_pools_refresh(p, 3, hits, 2, &always, 1, false, note, moves));
    expect_resident(&p[0], "000001");
    expect_resident(&p[1], "000001");
    expect_resident(&p[2], "100000");
    assert_true(moves[3].pool == 1 && moves[3].expert == 5 && moves[3].in);
    assert_int_equal(p[2].refreshes, 0);
    for (uint32_t i = 0; i < 3; i++)
        expert_pool_close(&p[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_open),    cmocka_unit_test(test_budget),
        cmocka_unit_test(test_targets), cmocka_unit_test(test_who_decides),
        cmocka_unit_test(test_several),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Expert pools of sessions: whatever the budget, the same bits; and counts that follow from the model.
 */
#include "tests/support/compiled.h"

enum { TOKENS = 12, EXPERTS_OF_TOKEN = 2, BUDGETS = 5 };

static rlx_expert_counts counts_of(const rlx_session *s)
{
    rlx_expert_counts counts = rlx_expert_counts_default();

    assert_int_equal(rlx_session_get_expert_counts(s, &counts), RLX_OK);
    return counts;
}

/* Logits of a prompt, or token by token; *counts: what the pools did meanwhile. */
static float *logits_with(rlx_model *model, uint64_t bytes, enum way way, rlx_expert_counts *counts)
{
    rlx_model_info info = rlx_model_info_default();
    rlx_session *s = compiled_session(model, 2);
    rlx_error error = {0};
    int32_t ids[TOKENS];

    assert_non_null(s);
    rlx_model_get_info(model, &info);
    for (int32_t i = 0; i < TOKENS; i++)
        ids[i] = (i * 37 + 5) % (int32_t)info.vocabulary;
    assert_int_equal(rlx_session_use_expert_memory(s, bytes, &error), RLX_OK);
    float *logits = compiled_logits(s, info.vocabulary, ids, TOKENS, way);
    assert_non_null(logits);
    *counts = counts_of(s);
    rlx_session_close(s);
    return logits;
}

static void try_way(rlx_model *model, enum way way)
{
    rlx_model_info info = rlx_model_info_default();
    rlx_expert_counts none, all, counts;
    float *expected = logits_with(model, 0, way, &none);

    rlx_model_get_info(model, &info);
    free(logits_with(model, UINT64_MAX, way, &all));
    assert_true(none.layers == 0 && none.hits == 0);
    assert_true(all.layers != 0 && all.budget == all.experts && all.misses == 0);
    assert_true(all.promotions == 0 && all.refreshes == 0 && all.expert_bytes != 0);
    if (way == WAY_STEPS)
        assert_int_equal(all.hits, (uint64_t)TOKENS * all.layers * EXPERTS_OF_TOKEN);
    for (uint32_t i = 0; i < BUDGETS; i++) {
        float *logits = logits_with(model, 1 + all.expert_bytes * i / BUDGETS, way, &counts);
        assert_memory_equal(logits, expected, TOKENS * info.vocabulary * sizeof *logits);
        assert_int_equal(counts.budget, all.experts * i / BUDGETS);
        assert_int_equal(counts.hits + counts.misses, all.hits);
        assert_int_equal(counts.promotions, counts.demotions);
        assert_true(counts.refreshes != 0 && counts.misses != 0);
        assert_true((counts.budget == 0) == (counts.promotions == 0));
        free(logits);
    }
    free(expected);
}

static void test_same_bits(void **state)
{
    rlx_model *model = compiled_shared("golden/qwen3-moe-f32", "--variants=decode=1,blocks=2:16");

    (void)state;
    if (model == NULL)
        skip();
    try_way(model, WAY_LONG_RUNS);
    try_way(model, WAY_STEPS);
    rlx_model_close(model);
}

/* The sentence says what is missing, and the session goes on. */
static void test_no_mixtures(void **state)
{
    rlx_model *model = compiled_shared("golden/qwen3-f32", "--variants=decode=1");
    rlx_error error = {0};

    (void)state;
    if (model == NULL)
        skip();
    rlx_session *s = compiled_session(model, 1);
    assert_int_equal(rlx_session_use_expert_memory(s, 1000, &error), RLX_ERROR_BAD_ARGUMENT);
    assert_non_null(strstr(error.text, "no mixtures of experts"));
    assert_int_equal(counts_of(s).layers, 0);
    assert_int_equal(rlx_session_prefill(s, (const int32_t[]){1, 2}, 2, &error), RLX_OK);
    rlx_session_close(s);
    rlx_model_close(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_bits),
        cmocka_unit_test(test_no_mixtures),
    };

    return cmocka_run_group_tests(tests, temporary_set_up, temporary_tear_down);
}

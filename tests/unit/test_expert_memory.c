/* Expert pools of sessions: whatever the budget, the same bits; counts that follow from the model; and
 * how much memory weights take during a run. */
#include "runtime/base/free_memory.h"
#include "runtime/core/model.h"
#include "tests/support/compiled.h"
#include "tests/support/wide_mixture.h"

enum { TOKENS = 12, PROMPT = 40, EXPERTS_OF_TOKEN = 2, BUDGETS = 5 };

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
    free(logits_with(model, info.weight_bytes, way, &all));
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

/* ---- memory ---- */

struct watch {
    const rlx_model_info *info;
    uint64_t most; /* bytes of weights in this process */
};

/* Resident bytes of the mapping that has the weights: "Rss:" of proc(5)'s smaps. */
static uint64_t resident_weights(const rlx_model_info *info)
{
    char line[512];
    unsigned long long from, end, kib, sum = 0;
    bool is_inside = false;
    FILE *file = fopen("/proc/self/smaps", "r");

    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL)
        if (sscanf(line, "%llx-%llx ", &from, &end) == 2)
            is_inside = from < (uintptr_t)info->weights + info->weight_bytes &&
                        end > (uintptr_t)info->weights;
        else if (is_inside && sscanf(line, "Rss: %llu", &kib) == 1)
            sum += kib * 1024;
    fclose(file);
    return sum;
}

/* Where all threads meet, between layers too. */
static rlx_go measure(void *context)
{
    struct watch *watch = context;
    const uint64_t now = resident_weights(watch->info);

    watch->most = now > watch->most ? now : watch->most;
    return RLX_GO_ON;
}

/* The most memory that weights take while a prompt that needs every expert runs, and after it. */
static uint64_t most_with(rlx_model *model, uint64_t bytes, uint64_t *after)
{
    rlx_model_info info = rlx_model_info_default();
    struct watch watch = {.info = &info};
    rlx_session *s = compiled_session(model, 2);
    rlx_error error;
    int32_t ids[PROMPT];

    rlx_model_get_info(model, &info);
    for (int32_t i = 0; i < PROMPT; i++)
        ids[i] = (i * 37 + 5) % (int32_t)info.vocabulary;
    assert_int_equal(rlx_session_use_expert_memory(s, bytes, &error), RLX_OK);
    rlx_session_set_stop(s, measure, &watch);
    assert_int_equal(rlx_session_prefill(s, ids, PROMPT, &error), RLX_OK);
    *after = resident_weights(&info);
    rlx_session_close(s);
    return watch.most;
}

/* Mixes of one row take many tiles at a time (scatter-mixes): all in decode, and the last layer's in prompts. */
static void expect_scattered(const rlx_model *model, uint32_t layers)
{
    const struct artifact *a = &model->artifact;

    for (uint32_t v = 0; v < a->variants.count; v++) {
        const struct rlx_variant_entry *variant = table_at(&a->variants, v);
        uint32_t scattered = 0;
        for (uint32_t i = 0; i < variant->step_count; i++) {
            const struct rlx_step *s = table_at(&a->steps, variant->first_step + i);
            scattered += (s->flags & RLX_STEP_SCATTERED) != 0;
        }
        assert_int_equal(scattered, variant->phase == RLX_PHASE_DECODE ? layers : 1);
    }
}

/* Experts without a place leave with their layer, not only after the run. */
static void test_memory(void **state)
{
    char *path = strdup(temporary_path(&test_folder, "wide.gguf"));
    rlx_expert_counts c = rlx_expert_counts_default();
    uint64_t after_none, after_all;
    bool lacking;

    (void)state;
    assert_true(wide_mixture_write(path));
    rlx_model *model = compiled_open(path, "--variants=decode=1,prefill=64", &lacking);
    assert_non_null(model);
    assert_int_equal(rlx_model_get_experts(model, 0, &c, NULL), RLX_OK);
    expect_scattered(model, c.layers);
    const uint64_t none = most_with(model, 1, &after_none),
                   all = most_with(model, c.expert_bytes, &after_all);
    print_message(
        "most in memory: %llu kB without pools, %llu with all experts, of %llu in %u layers\n",
        (unsigned long long)none / 1000, (unsigned long long)all / 1000,
        (unsigned long long)c.expert_bytes / 1000, c.layers);
    assert_true(after_none + c.expert_bytes / 2 < after_all);
    assert_true(none + c.expert_bytes / 2 < all); /* one layer of four, at most */
    rlx_model_close(model);
    free(path);
}

/* What a size makes of a model, and of one without mixtures; auto is at most what is free. */
static void test_sizes(void **state)
{
    rlx_model *model = compiled_shared("golden/qwen3-moe-f32", "--variants=decode=1");
    rlx_expert_counts all = rlx_expert_counts_default(), half = all, rest = all;

    (void)state;
    if (model == NULL)
        skip();
    assert_int_equal(rlx_model_get_experts(model, 0, &all, NULL), RLX_OK);
    assert_int_equal(all.budget, all.experts);
    assert_int_equal(rlx_model_get_experts(model, all.expert_bytes / 2, &half, NULL), RLX_OK);
    assert_int_equal(half.budget, all.experts / 2);
    assert_int_equal(half.expert_bytes, all.expert_bytes);
    assert_true(free_memory() > 1 << 20);
    assert_int_equal(rlx_model_get_experts(model, RLX_EXPERT_MEMORY_AUTO, &rest, NULL), RLX_OK);
    assert_int_equal(rest.budget, all.experts); /* this model is small */
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
    rlx_expert_counts counts = rlx_expert_counts_default();
    assert_int_equal(rlx_model_get_experts(model, 1000, &counts, &error), RLX_ERROR_BAD_ARGUMENT);
    assert_non_null(strstr(error.text, "no mixtures of experts"));
    assert_int_equal(rlx_session_prefill(s, (const int32_t[]){1, 2}, 2, &error), RLX_OK);
    rlx_session_close(s);
    rlx_model_close(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_bits),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_no_mixtures),
    };

    return cmocka_run_group_tests(tests, temporary_set_up, temporary_tear_down);
}

/* Compiled code against golden/: logits and greedy tokens of independent implementations, for every
 * fixture of the families and formats that the compiler knows, on every level that this machine can
 * run, by long runs, steps and naive recomputation.
 */
#include "tests/unit/golden_cases.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

struct golden {
    struct safetensors_reader reader;
    struct test_tensor tokens, logits;
    size_t count, vocabulary;
};

static char *shared_path(const char *below)
{
    char *path = strdup(test_shared(below));

    assert_non_null(path);
    return path;
}

static bool golden_open(const struct fixture *f, struct golden *g)
{
    char below[256];

    if (f->expected == NULL)
        snprintf(below, sizeof below, "golden/%s/expected.safetensors", f->model);
    else
        snprintf(below, sizeof below, "golden/%s.expected.safetensors", f->expected);
    if (!safetensors_read(&g->reader, test_shared(below)))
        return false;
    g->tokens = safetensors_get(&g->reader, "tokens");
    g->logits = safetensors_get(&g->reader, "logits");
    g->count = g->tokens.count;
    g->vocabulary = g->logits.shape[1];
    return true;
}

static rlx_model *open_fixture(const struct fixture *f, const char *level, const char *numbers,
                               enum runs runs, bool *lacking)
{
    char below[256], options[256];

    snprintf(below, sizeof below, "golden/%s", f->model);
    snprintf(options, sizeof options, "--level=%s %s %s", level, variants(runs), numbers);
    char *path = shared_path(below);
    rlx_model *model = compiled_open(path, options, lacking);
    free(path);
    return model;
}

static struct error error_by(rlx_session *session, const struct golden *g, enum way way)
{
    float *found = compiled_logits(session, g->vocabulary, g->tokens.i32, g->count, way);

    assert_non_null(found);
    struct error e = error_of(g->logits.f32, found, g->count, g->vocabulary);
    free(found);
    return e;
}

/* 64 greedy tokens; all must be the reference's up to the first margin below `narrow`. */
static void check_greedy(rlx_session *session, const struct golden *g, bool cached, double narrow,
                         const char *what)
{
    struct test_tensor prompt = safetensors_get(&g->reader, "greedy.prompt"),
                       tokens = safetensors_get(&g->reader, "greedy.tokens");
    struct test_tensor margin = safetensors_get(&g->reader, "greedy.margin");
    rlx_error error;

    assert_int_equal(rlx_session_prefill(session, prompt.i32, prompt.count, &error), RLX_OK);
    for (size_t i = 0; i < tokens.count && margin.f32[i] >= narrow; i++) {
        int32_t id;
        assert_int_equal(
            (cached ? rlx_session_step : rlx_session_step_recomputing)(session, &id, &error),
            RLX_OK);
        if (id != tokens.i32[i]) {
            fprintf(stderr, "%s, %s: greedy token %zu: expected %d, found %d (margin %g)\n", what,
                    cached ? "cached" : "naive", i, tokens.i32[i], id, margin.f32[i]);
            fail();
        }
    }
}

static bool have_shared(const char *test)
{
    struct golden g;

    if (golden_open(&fixtures[0], &g)) {
        safetensors_close(&g.reader);
        return true;
    }
    fprintf(stderr, "%s: skipped: no golden data at %s\n", test, test_shared("golden"));
    return false;
}

/* What a KV cache of integers may add. Rounding a head to steps of its greatest element over 127 is
 * a noise of that element / (127 sqrt(12)); the greatest is at most sqrt(head_dim) times the head's
 * root mean square. K and V bring as much each, and layers add up as noise does; the largest of all
 * differences may be 2.5 times that. */
static double integers_budget(const rlx_model *model)
{
    rlx_model_info info = {.struct_bytes = sizeof info};

    rlx_model_get_info(model, &info);
    return 2.5 * sqrt(info.head_dim) / (127 * sqrt(12)) * sqrt(info.layers);
}

/* How many times its budget a rounded KV cache may add. The scores of Gemma 4 are not divided by
 * sqrt(head_dim), so rounded keys weigh more. Gemma 3n, which cuts gates off and mixes streams by their
 * own products, makes any rounding larger: its budget for bf16 is ten times that of others. One element
 * of gpt-oss, whose router weighs experts by what is rounded, is 0.1 % beyond it with a cache of q8. */
static double sensitive(const struct fixture *f)
{
    return strstr(f->model, "gemma3n") != NULL   ? 6
           : strstr(f->model, "gemma4") != NULL  ? 2
           : strstr(f->model, "gpt-oss") != NULL ? 1.1
                                                 : 1;
}

/* What a KV cache of a type that rounds adds to otherwise exact arithmetic. */
static void check_kv(const struct fixture *f, const struct golden *g, const char *level,
                     const char *type, enum runs runs)
{
    char numbers[64];
    bool lacking, integers = strcmp(type, "q8") == 0;

    snprintf(numbers, sizeof numbers, "--activations=f32 --kv=%s", type);
    rlx_model *model = open_fixture(f, level, numbers, runs, &lacking);
    assert_non_null(model);
    rlx_session *session = compiled_session(model, 2);
    struct budget budget = {.rel = (integers ? integers_budget(model) : 1e-2) * sensitive(f),
                            .kl = integers ? 1e-3 * sensitive(f) : 0};

    for (enum way way = WAY_LONG_RUNS; way <= WAY_STEPS; way++) {
        struct error e = error_by(session, g, way);
        assert_true(error_within(&e, budget, "%s on %s by %s: what a cache of %s adds", f->model,
                                 level, way_name[way], type));
    }
    rlx_session_close(session);
    rlx_model_close(model);
}

/* --exact: every fixture, every way, within its budget; greedy tokens equal, cached and naive. */
static void exact_on(int index)
{
    const char *level = level_name(index);
    struct few_cases exact = {0}, caches = {0};

    for (size_t i = 0; i < sizeof fixtures / sizeof fixtures[0]; i++) {
        struct golden g;
        bool lacking;
        if (!cases_count(&exact, is_wanted(i, index, false)))
            continue;
        assert_true(golden_open(&fixtures[i], &g));
        const enum runs runs = exact_runs(i, index);
        rlx_model *model = open_fixture(&fixtures[i], level, "--exact", runs, &lacking);
        if (lacking) {
            fprintf(stderr, "exact on %s: skipped: this machine lacks it\n", level);
            safetensors_close(&g.reader);
            skip();
        }
        assert_non_null(model);
        rlx_session *session = compiled_session(model, 2);
        assert_non_null(session);
        const double budget = safetensors_metadata(&g.reader, "budget_exact_rel", 2e-5);
        double worst = 0;
        for (enum way way = 0; way < WAY_COUNT; way++) {
            struct error e = error_by(session, &g, way);
            assert_true(error_within(&e, (struct budget){.rel = budget}, "%s on %s by %s",
                                     fixtures[i].model, level, way_name[way]));
            worst = fmax(worst, error_rel(&e));
        }
        print_message("%s on %s: exact %.1e\n", fixtures[i].model, level, worst);
        check_greedy(session, &g, true, 0.001, fixtures[i].model);
        if (i % 4 == 0)
            check_greedy(session, &g, false, 0.001, fixtures[i].model);
        rlx_session_close(session);
        rlx_model_close(model);
        if (cases_take(&caches, takes_cache(i)))
            check_kv(&fixtures[i], &g, level, i % 2 == 0 ? "f16" : "q8",
                     runs == RUNS_ALL ? rounded_runs(i) : runs);
        safetensors_close(&g.reader);
    }
    cases_end(&exact, "exact fixtures", level);
    cases_end(&caches, "what a cache adds", level);
}

static void exact_v3(void **state)
{
    (void)state;
    if (!have_shared("exact on x86-64-v3"))
        skip();
    exact_on(0);
}

static void exact_v4(void **state)
{
    (void)state;
    if (!has_level(1, "exact on x86-64-v4-vnni-bf16") ||
        !have_shared("exact on x86-64-v4-vnni-bf16"))
        skip();
    exact_on(1);
}

/* The rounding budget that fits the weights: rel and rms; 0 where the fixture has none (f32). */
static double rounding_budget(const struct golden *g, const char *which, double *rms)
{
    static const char *const kinds[] = {"int8_32", "bf16", "f16"};
    char key[64];

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        snprintf(key, sizeof key, "budget_%s_rms", kinds[i]);
        *rms = safetensors_metadata(&g->reader, key, 0);
        snprintf(key, sizeof key, "budget_%s_%s", kinds[i], which);
        double budget = safetensors_metadata(&g->reader, key, 0);
        if (budget != 0)
            return budget;
    }
    return 0;
}

/* Rounding of activations turns any change into other rounding, so that the KV cache's own share is
 * judged apart (check_kv). */
static void check_default_f16(const struct fixture *f, const struct golden *g, const char *level,
                              double budget, enum runs runs)
{
    bool lacking;
    rlx_model *model = open_fixture(f, level, "--kv=f16", runs, &lacking);

    assert_non_null(model);
    rlx_session *session = compiled_session(model, 2);
    for (enum way way = 0; way < WAY_NAIVE; way++) {
        struct error e = error_by(session, g, way);
        assert_true(error_within(&e, (struct budget){.rel = budget + 1e-2},
                                 "%s on %s by %s with a 16-bit cache", f->model, level,
                                 way_name[way]));
    }
    rlx_session_close(session);
    rlx_model_close(model);
}

/* Default activations: inside the rounding budgets with an f32 KV cache; a 16-bit KV cache adds
 * little; the mean KL beats llama.cpp's. */
static void default_on(int index)
{
    const char *level = level_name(index);
    struct few_cases few = {0};
    double log_ours = 0, log_peer = 0;
    int compared = 0;

    for (size_t i = 0; i < sizeof fixtures / sizeof fixtures[0]; i++) {
        struct golden g;
        bool lacking;
        if (!cases_count(&few, is_wanted(i, index, true)))
            continue;
        double rms;
        assert_true(golden_open(&fixtures[i], &g));
        rlx_model *model = open_fixture(&fixtures[i], level, "--kv=f32", rounded_runs(i), &lacking);
        if (lacking) {
            fprintf(stderr, "default on %s: skipped: this machine lacks it\n", level);
            safetensors_close(&g.reader);
            skip();
        }
        assert_non_null(model);
        rlx_session *session = compiled_session(model, 2);
        double budget = rounding_budget(&g, "rel", &rms),
               exact = safetensors_metadata(&g.reader, "budget_exact_rel", 2e-5);
        for (enum way way = 0; way < WAY_NAIVE; way++) {
            struct error e = error_by(session, &g, way);
            struct budget all = {.rel = budget != 0 ? budget : exact, .rms = rms};
            assert_true(
                error_within(&e, all, "%s on %s by %s", fixtures[i].model, level, way_name[way]));
            print_message("%s on %s by %s: rel %.1e of %.1e, rms %.1e of %.1e, KL %.1e of %.1e\n",
                          fixtures[i].model, level, way_name[way], error_rel(&e), all.rel,
                          error_rms(&e), rms, error_kl(&e), fixtures[i].peer_kl);
            if (way == WAY_LONG_RUNS && fixtures[i].peer_kl > 1e-9) {
                log_ours += log(fmax(error_kl(&e), 1e-14));
                log_peer += log(fixtures[i].peer_kl);
                compared++;
            }
        }
        check_greedy(session, &g, true,
                     2 * budget * safetensors_metadata(&g.reader, "max_abs_logit", 10) + 0.001,
                     fixtures[i].model);
        rlx_session_close(session);
        rlx_model_close(model);

        if (i % 2 == 1 && takes_cache(i)) /* the others had it in exact_on */
            check_default_f16(&fixtures[i], &g, level, budget, rounded_runs(i));
        safetensors_close(&g.reader);
    }
    cases_end(&few, "default fixtures", level);
    if (compared != 0)
        printf("%s: geometric mean of mean KLs over %d fixtures: %.3g, llama.cpp %.3g\n", level,
               compared, exp(log_ours / compared), exp(log_peer / compared));
    assert_true(log_ours <= log_peer);
}

static void default_v3(void **state)
{
    (void)state;
    if (!have_shared("default on x86-64-v3"))
        skip();
    default_on(0);
}

static void default_v4(void **state)
{
    (void)state;
    if (!has_level(1, "default on x86-64-v4-vnni-bf16") ||
        !have_shared("default on x86-64-v4-vnni-bf16"))
        skip();
    default_on(1);
}

static void default_amx(void **state)
{
    (void)state;
    if (!has_level(MATRICES, "default on x86-64-v4-amx") ||
        !have_shared("default on x86-64-v4-amx"))
        skip();
    default_on(MATRICES);
}

/* Weights and activations of int8 with one scale per row, which no golden model has as published.
 * Budgets are 1.5 times what was measured; short runs keep activations of 16 bits. */
static void int8_rows_on(int index)
{
    static const struct {
        struct fixture fixture;
        struct budget prompts, short_runs;
    } all[] = {
        {{"llama-f32", NULL, 0}, {.rel = 0.096, .rms = 0.060}, {.rel = 0.080, .rms = 0.045}},
        {{"qwen3-f32", NULL, 0}, {.rel = 0.095, .rms = 0.066}, {.rel = 0.057, .rms = 0.045}},
    };

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        struct golden g;
        bool lacking;
        rlx_model *model = open_fixture(&all[i].fixture, level_name(index),
                                        "--quant=i8_row --kv=f32", RUNS_ALL, &lacking);
        if (lacking)
            return;
        assert_non_null(model);
        assert_true(golden_open(&all[i].fixture, &g));
        rlx_session *session = compiled_session(model, 2);
        for (enum way way = 0; way < WAY_NAIVE; way++) {
            struct error e = error_by(session, &g, way);
            print_message("i8_row of %s on %s by %s: rel %.1e, rms %.1e, KL %.1e\n",
                          all[i].fixture.model, level_name(index), way_name[way], error_rel(&e),
                          error_rms(&e), error_kl(&e));
            assert_true(error_within(&e, way == WAY_LONG_RUNS ? all[i].prompts : all[i].short_runs,
                                     "i8_row of %s on %s by %s", all[i].fixture.model,
                                     level_name(index), way_name[way]));
        }
        rlx_session_close(session);
        rlx_model_close(model);
        safetensors_close(&g.reader);
    }
}

static void int8_rows(void **state)
{
    (void)state;
    if (compiled_target() != NULL || !have_shared("int8 with a scale per row"))
        skip(); /* the formats of other targets' activations have other errors */
    for (int level = OLDER; level <= MATRICES; level++)
        int8_rows_on(level);
}

/* Three sequences of different lengths on one model, each in a session of its own, side by side. */
static void parallel_sequences(void **state)
{
    static const char *const models[] = {"llama-f32", "qwen3-f32"};

    (void)state;
    if (is_same_there("sequences beside each other") || !have_shared("sequences beside each other"))
        skip();
    for (size_t m = 0; m < sizeof models / sizeof models[0]; m++) {
        const struct fixture f = {models[m], NULL, 0};
        struct safetensors_reader batch;
        char below[128], name[32];
        bool lacking;
        snprintf(below, sizeof below, "golden/%s/expected_batch.safetensors", models[m]);
        assert_true(safetensors_read(&batch, test_shared(below)));
        rlx_model *model = open_fixture(&f, "native", "--exact", RUNS_ALL, &lacking);
        assert_non_null(model);
        rlx_session *sessions[3];
        for (int i = 0; i < 3; i++)
            assert_non_null(sessions[i] = compiled_session(model, 1));
        for (int i = 0; i < 3; i++) {
            snprintf(name, sizeof name, "tokens.%d", i);
            struct test_tensor tokens = safetensors_get(&batch, name);
            snprintf(name, sizeof name, "logits.%d", i);
            struct test_tensor logits = safetensors_get(&batch, name);
            float *found = compiled_logits(sessions[i], logits.shape[1], tokens.i32, tokens.count,
                                           WAY_LONG_RUNS);
            assert_non_null(found);
            struct error e = error_of(logits.f32, found, tokens.count, logits.shape[1]);
            assert_true(error_within(&e, (struct budget){.rel = 2e-5}, "%s, %s", models[m], name));
            free(found);
        }
        for (int i = 0; i < 3; i++)
            rlx_session_close(sessions[i]);
        rlx_model_close(model);
        safetensors_close(&batch);
    }
}

/* Values that f16 cannot hold: by default the KV cache is of f32 then, and right; where f16 was
 * asked for, every logit is still a number. */
static void beyond_f16(void **state)
{
    static const char folder[] = "bug_inputs/f16-cache-overflow/";
    static const struct {
        const char *option, *cache;
        double rel;
    } cases[] = {{"", "f32", 2e-6}, {"--kv=q8", "q8", 8e-2}, {"--kv=f16", "f16", INFINITY}};
    struct golden g;
    char *expected = NULL, *path = NULL;
    bool lacking;

    (void)state;
    if (is_same_there("values beyond f16"))
        skip();
    assert_true(asprintf(&expected, "%sexpected.safetensors", folder) > 0);
    assert_true(asprintf(&path, "%s%svalues-above-65504.gguf", test_shared(""), folder) > 0);
    if (!safetensors_read(&g.reader, test_shared(expected))) {
        print_message("skipped: no %s\n", test_shared(expected));
        skip();
    }
    g.tokens = safetensors_get(&g.reader, "tokens");
    g.logits = safetensors_get(&g.reader, "logits");
    g.count = g.tokens.count;
    g.vocabulary = g.logits.shape[1];
    for (uint32_t i = 0; i < 2 * sizeof cases / sizeof cases[0]; i++) {
        if (!has_level((int)(i % 2), "values beyond f16"))
            continue;
        char options[128];
        rlx_model_info info = {.struct_bytes = sizeof info};
        snprintf(options, sizeof options, "--level=%s %s --activations=f32 %s", levels[i % 2],
                 variants(RUNS_ALL), cases[i / 2].option);
        rlx_model *model = compiled_open(path, options, &lacking);
        if (lacking)
            continue;
        assert_non_null(model);
        rlx_model_get_info(model, &info);
        assert_string_equal(info.kv_type, cases[i / 2].cache);
        rlx_session *session = compiled_session(model, 2);
        for (enum way way = WAY_LONG_RUNS; way <= WAY_STEPS; way++) {
            struct error e = error_by(session, &g, way);
            /* Other targets add in another order: sums of blocks, norms after the product. */
            double rel = cases[i / 2].rel * (compiled_target() != NULL ? 4 : 1);
            assert_true(
                error_within(&e, (struct budget){.rel = rel}, "%s by %s", options, way_name[way]));
        }
        rlx_session_close(session);
        rlx_model_close(model);
    }
    safetensors_close(&g.reader);
    free(expected);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exact_v3),           cmocka_unit_test(exact_v4),
        cmocka_unit_test(default_v3),         cmocka_unit_test(default_v4),
        cmocka_unit_test(default_amx),        cmocka_unit_test(beyond_f16),
        cmocka_unit_test(parallel_sequences), cmocka_unit_test(int8_rows),
    };
    return cmocka_run_group_tests(tests, temporary_set_up, temporary_tear_down);
}

/* Smoothing of activations: the graph computes the same in f32, factors are those of plain loops, and
 * what something else reads, keeps another type or is not known stays as it is. */
#include "compiler/smooth.h"
#include "compiler/family/family.h"
#include "compiler/hir/hir_eval.h"
#include "tests/support/compiled.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <math.h>

enum { TOKENS = 9 };

static const struct type_choice all_rows = {.matrices = DTYPE_i8_row, .kv = DTYPE_f32};
static const float alpha = 0.4f;

struct smoothed {
    struct arena arena;
    struct strings strings;
    struct diags diags;
    struct model model;
    struct hir_graph graph;
};

static void open(struct smoothed *s, const char *below)
{
    const struct import_options options = {.no_vocabulary = true};

    memset(s, 0, sizeof *s);
    s->diags.arena = &s->arena;
    strings_init(&s->strings, &s->arena);
    s->model = (struct model){.arena = &s->arena, .strings = &s->strings};
    assert_true(import_model(test_shared(below), &options, &s->model, &s->diags));
    hir_init(&s->graph, &s->arena, &s->strings, "model");
    assert_true(family_build(&s->model, 0, &s->graph, &s->diags));
}

static float importance(uint64_t column)
{
    return 0.01f * (float)((column * 29 + 3) % 61 * (column % 5 + 1));
}

/* What a file of --imatrix says of matrices whose names have these words. */
static void know(struct smoothed *s, const char *word)
{
    for (uint32_t i = 0; i < s->model.tensor_count; i++) {
        struct tensor *t = &s->model.tensors[i];
        if (t->rank != 2 || strstr(str_text(&s->strings, t->name), word) == NULL)
            continue;
        float *values = arena_new(&s->arena, float, tensor_width(t));
        for (uint64_t j = 0; j < tensor_width(t); j++)
            values[j] = importance(j);
        t->importance = values;
        t->importance_matrices = 1;
    }
}

static bool smooth(struct smoothed *s, const struct type_choice *types, struct smoothing *out)
{
    *out = (struct smoothing){.alpha = alpha, .threads = 2};
    return smooth_activations(&s->graph, &s->model, types, out, &s->diags);
}

static void forget(struct smoothed *s)
{
    model_close(&s->model);
    arena_free(&s->arena);
}

static float *logits_of(struct smoothed *s)
{
    struct model_weights weights = {.model = &s->model, .arena = &s->arena};
    struct hir_eval eval = {.weight = model_weight, .weight_context = &weights};
    const uint64_t count = (uint64_t)TOKENS * s->model.hyper.vocabulary;
    float *logits = arena_new(&s->arena, float, count);
    int32_t ids[TOKENS], positions[TOKENS];

    for (int32_t i = 0; i < TOKENS; i++) {
        ids[i] = (i * 37 + 5) % (int32_t)s->model.hyper.vocabulary;
        positions[i] = i;
    }
    hir_eval_open(&eval, &s->graph, &s->arena);
    eval.symbols[SYMBOL_BATCH] = 1;
    eval.symbols[SYMBOL_SEQ] = eval.symbols[SYMBOL_ROWS] = TOKENS;
    eval.symbols[SYMBOL_OUT_ROWS] = TOKENS;
    hir_eval_role(&eval, INPUT_tokens, ids);
    hir_eval_role(&eval, INPUT_positions, positions);
    hir_eval_run(&eval);
    memcpy(logits, hir_eval_value(&eval, "logits"), count * sizeof *logits);
    hir_eval_close(&eval);
    return logits;
}

/* The file has a tensor of a name that factors could have. */
static void check_model(const char *below, uint32_t norms, uint32_t products)
{
    static const float zeros[3];
    struct smoothed plain, s;
    struct smoothing out;

    open(&plain, below);
    open(&s, below);
    const struct tensor taken = {
        .name = str_of(&s.strings, "smooth.0"), .dtype = DTYPE_f32, .rank = 1, .shape = {3}};
    model_add_memory(&s.model, taken, (const uint8_t *)zeros);
    know(&s, ".layers.");
    assert_true(smooth(&s, &all_rows, &out));
    assert_int_equal(out.norms, norms * s.model.hyper.layers);
    assert_int_equal(out.products, products * s.model.hyper.layers);
    const float *expected = logits_of(&plain), *found = logits_of(&s);
    const uint32_t width = s.model.hyper.vocabulary;
    float largest = 0;
    for (uint32_t i = 0; i < TOKENS * width; i++)
        largest = fmaxf(largest, fabsf(expected[i]));
    struct comparison c = comparison_of("%s", below);
    for (uint32_t i = 0; i < TOKENS * width; i++)
        compare_number(&c, i / width, i % width, (double)found[i], (double)expected[i],
                       2e-5 * (double)largest);
    assert_true(comparison_good(&c));
    forget(&plain);
    forget(&s);
}

/* Rows of down have no whole blocks of 32: what it reads stays. */
static void test_norms(void **state)
{
    (void)state;
    check_model("golden/llama-f32", 2, 0);
}

/* The norm's weight is stored minus 1, and two norms of a layer are of no product. */
static void test_products(void **state)
{
    (void)state;
    check_model("golden/gemma3-text-f32", 2, 1);
}

static void test_factors(void **state)
{
    static const char *const readers[] = {"q", "k", "v"};
    struct smoothed s;
    struct smoothing out;
    double logs[64], mean = 0;

    (void)state;
    open(&s, "golden/llama-f32");
    know(&s, ".q_proj."); /* k and v read the same */
    assert_true(smooth(&s, &all_rows, &out));
    assert_int_equal(out.norms, s.model.hyper.layers);
    for (uint64_t j = 0; j < 64; j++) {
        double largest = 0;
        for (size_t r = 0; r < countof(readers); r++) {
            const struct tensor *t =
                model_find_tensor(&s.model, "model.layers.0.self_attn.%s_proj.weight", readers[r]);
            const float *values = (const void *)model_data(&s.model, t);
            for (uint64_t row = 0; row < tensor_rows(t); row++)
                largest = fmax(largest, fabs((double)values[row * 64 + j]));
        }
        logs[j] = (double)importance(j) > 0 ? (double)alpha * log(sqrt((double)importance(j))) -
                                                  (1 - (double)alpha) * log(largest)
                                            : NAN;
        mean += isnan(logs[j]) ? 0 : logs[j];
    }
    uint32_t known = 0;
    for (uint64_t j = 0; j < 64; j++)
        known += !isnan(logs[j]);
    assert_true(known < 64 && known > 32);
    const float *factors =
        (const void *)model_data(&s.model, model_find_tensor(&s.model, "smooth.0"));
    for (uint64_t j = 0; j < 64; j++) {
        double expected = isnan(logs[j]) ? 1 : exp(logs[j] - mean / known);
        assert_true(fabs((double)factors[j] - expected) <= 1e-5 * expected);
    }
    forget(&s);
}

/* A matrix that keeps its type keeps what it reads. */
static void test_other_types(void **state)
{
    static const struct type_rule rules[] = {{"model.layers.0.self_attn.k_proj.weight", DTYPE_q8_0},
                                             {"model.layers.1.mlp.up_proj.weight", DTYPE_none}};
    const struct type_choice choice = {
        .matrices = DTYPE_i8_row, .kv = DTYPE_f32, .rules = rules, .rule_count = countof(rules)};
    struct smoothed s;
    struct smoothing out;

    (void)state;
    open(&s, "golden/llama-f32");
    know(&s, ".layers.");
    assert_true(smooth(&s, &choice, &out));
    assert_int_equal(out.norms, 2 * s.model.hyper.layers - 2);
    forget(&s);
}

static void check_none(const char *known, const struct type_choice *types)
{
    struct smoothed s;
    struct smoothing out;

    open(&s, "golden/llama-f32");
    const uint32_t nodes = s.graph.node_count;
    know(&s, known);
    assert_false(smooth(&s, types, &out));
    assert_int_equal(s.graph.node_count, nodes);
    assert_int_equal(s.diags.error_count, 1);
    assert_non_null(strstr(s.diags.first->text, "found none"));
    forget(&s);
}

static void test_nothing(void **state)
{
    static const struct type_choice blocks = {.matrices = DTYPE_q8_0};

    (void)state;
    check_none("o_proj", &all_rows); /* no norm, no product stands before it */
    check_none("embed_tokens", &all_rows);
    check_none(".layers.", &blocks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_norms),   cmocka_unit_test(test_products),
        cmocka_unit_test(test_factors), cmocka_unit_test(test_other_types),
        cmocka_unit_test(test_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

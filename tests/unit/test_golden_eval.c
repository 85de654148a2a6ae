/* The evaluator against results of another implementation: logits, the residual stream after every
 * layer, and greedy texts of dense fixtures and of mixtures in $RLX_SHARED/golden, on the graph of the family,
 * after the early passes and in late form. This makes the evaluator a reference for everything
 * after it. */
#include "compiler/hir/hir_eval.h"
#include "compiler/family/family.h"
#include "tests/support/compare.h"
#include "tests/support/few_cases.h"
#include "tests/support/gemma3n_gguf.h"
#include "tests/support/lir_models.h"
#include "tests/support/safetensors_reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>

static const struct fixture {
    const char *model, *expected;               /* below golden/ */
    const char *(*make)(const char *directory); /* another file of the model; NULL: itself */
} fixtures[] = {
#define DIRECTORY(name)                          \
    {                                            \
        name, name "/expected.safetensors", NULL \
    }
    DIRECTORY("llama-f32"),
    DIRECTORY("llama3-rope-bf16"),
    DIRECTORY("llama-odd-f32"),
    DIRECTORY("llama-sharded-f16"),
    DIRECTORY("mistral-swa-f32"),
    DIRECTORY("qwen2-f32"),
    DIRECTORY("qwen2-bf16"),
    DIRECTORY("qwen3-f32"),
    DIRECTORY("qwen3-bf16"),
    DIRECTORY("granite-f32"),
    DIRECTORY("smollm3-f32"),
    DIRECTORY("olmo2-f32"),
    DIRECTORY("gemma-f32"),
    DIRECTORY("gemma2-f32"),
    DIRECTORY("phi3-f32"),
    DIRECTORY("olmo3-f32"),
    DIRECTORY("gemma3-text-f32"),
    DIRECTORY("gemma4-text-bf16"),
    DIRECTORY("gemma3n-text-bf16"),
    DIRECTORY("gemma4-moe-bf16"),
    DIRECTORY("gpt2-f32"),
    DIRECTORY("gptneox-f32"),
    DIRECTORY("falcon-mqa-f32"),
    DIRECTORY("falcon-new-f32"),
    DIRECTORY("phi-f32"),
    DIRECTORY("starcoder2-f32"),
    DIRECTORY("stablelm-f32"),
    DIRECTORY("cohere-f32"),
    DIRECTORY("cohere2-f32"),
    DIRECTORY("glm4-f32"),
    DIRECTORY("exaone4-f32"),
    DIRECTORY("hunyuan-dense-f32"),
    DIRECTORY("ernie4-5-f32"),
    DIRECTORY("seed-oss-f32"),
    DIRECTORY("arcee-f32"),
    DIRECTORY("ministral3-f32"),
    DIRECTORY("qwen3-moe-f32"),
    DIRECTORY("qwen2-moe-f32"),
    DIRECTORY("mixtral-bf16"),
    DIRECTORY("olmoe-bf16"),
    DIRECTORY("glm4-moe-bf16"),
    DIRECTORY("glm4-moe-mtp-f32"),
    DIRECTORY("minimax-m2-bf16"),
    DIRECTORY("ernie4-5-moe-bf16"),
    DIRECTORY("hunyuan-moe-bf16"),
    DIRECTORY("granite-moe-bf16"),
    DIRECTORY("llama4-text-bf16"),
    DIRECTORY("gpt-oss-f32"),
    DIRECTORY("gpt-oss-mxfp4"),
#undef DIRECTORY
#define GGUF(name)                                                       \
    {                                                                    \
        "gguf/" name ".gguf", "gguf/" name ".expected.safetensors", NULL \
    }
    GGUF("llama-F32"),
    GGUF("llama-F16"),
    GGUF("llama-BF16"),
    GGUF("llama-Q8_0"),
    GGUF("llama-Q4_0"),
    GGUF("llama-Q4_1"),
    GGUF("llama-Q5_0"),
    GGUF("llama-Q5_1"),
    GGUF("qwen2-F32"),
    GGUF("qwen2-F16"),
    GGUF("qwen2-BF16"),
    GGUF("qwen2-Q8_0"),
    GGUF("qwen2-Q4_0"),
    GGUF("qwen2-Q4_1"),
    GGUF("qwen2-Q5_0"),
    GGUF("qwen2-Q5_1"),
    GGUF("qwen3-F32"),
    GGUF("qwen3-F16"),
    GGUF("qwen3-BF16"),
    GGUF("qwen3-Q8_0"),
    GGUF("qwen3-Q4_0"),
    GGUF("qwen3-Q4_1"),
    GGUF("qwen3-Q5_0"),
    GGUF("qwen3-Q5_1"),
    GGUF("granite-Q8_0"),
    GGUF("smollm3-Q8_0"),
    GGUF("olmo2-Q8_0"),
    GGUF("gemma2-Q8_0"),
    GGUF("phi3-F32"),
    GGUF("phi3-Q8_0"),
    GGUF("olmo3-Q8_0"),
    GGUF("gemma3-F32"),
    GGUF("gemma3-k-Q4_K_M"),
    GGUF("gemma3-Q8_0"),
    GGUF("gemma4-F32"),
    GGUF("gemma4-Q8_0"),
    GGUF("gemma4-moe-Q8_0"),
    GGUF("gpt2-F32"),
    GGUF("gpt2-Q8_0"),
    GGUF("gptneox-Q8_0"),
    GGUF("falcon-Q8_0"),
    GGUF("falcon-new-Q8_0"),
    GGUF("phi2-Q8_0"),
    GGUF("starcoder2-Q8_0"),
    GGUF("stablelm-Q8_0"),
    GGUF("command-r-Q8_0"),
    GGUF("cohere2-Q8_0"),
    GGUF("glm4-Q8_0"),
    GGUF("exaone4-Q8_0"),
    GGUF("hunyuan-dense-Q8_0"),
    GGUF("ernie4-5-Q8_0"),
    GGUF("seed-oss-Q8_0"),
    GGUF("mistral3-Q8_0"),
    GGUF("qwen3moe-F32"),
    GGUF("qwen3moe-F16"),
    GGUF("qwen3moe-BF16"),
    GGUF("qwen3moe-Q8_0"),
    GGUF("qwen3moe-Q4_0"),
    GGUF("qwen3moe-Q4_1"),
    GGUF("qwen3moe-Q5_0"),
    GGUF("qwen3moe-Q5_1"),
    GGUF("qwen2moe-Q8_0"),
    GGUF("mixtral-F32"),
    GGUF("mixtral-Q8_0"),
    GGUF("olmoe-Q8_0"),
    GGUF("glm4-moe-Q8_0"),
    GGUF("glm4-moe-mtp-F32"),
    GGUF("minimax-m2-Q8_0"),
    GGUF("granite-moe-Q8_0"),
    GGUF("llama4-Q8_0"),
    GGUF("gpt-oss-MXFP4"),
    GGUF("qwen3-kquants"),
    GGUF("llama-iq"),
    {"gguf/qwen2-split-Q8_0-00001-of-00003.gguf", "gguf/qwen2-split-Q8_0.expected.safetensors",
     NULL},
    {"gemma3n-text-bf16", "gemma3n-text-bf16/expected.safetensors", gemma3n_gguf},
#undef GGUF
};

enum { MAX_TOKENS = 256 };

/* One fixture, opened. */
struct unit {
    struct arena arena;
    struct diags diags;
    struct strings strings;
    struct model model;
    struct hir_graph graph;
    struct safetensors_reader expected;
    double budget;
};

/* A run of the evaluator over the unit's graph. */
struct runner {
    struct arena arena;
    struct model_weights weights;
    struct hir_eval eval;
    int32_t positions[MAX_TOKENS], rows[MAX_TOKENS];
};

static void open_runner(struct runner *r, struct unit *u)
{
    *r = (struct runner){0};
    r->weights = (struct model_weights){.model = &u->model, .arena = &r->arena};
    hir_eval_open(&r->eval, &u->graph, &r->arena);
    r->eval.weight = model_weight;
    r->eval.weight_context = &r->weights;
}

static void run(struct runner *r, const int32_t *tokens, uint32_t count, uint32_t past,
                uint32_t first_out)
{
    struct hir_eval *e = &r->eval;

    assert_true(count <= MAX_TOKENS);
    for (uint32_t i = 0; i < count; i++)
        r->positions[i] = (int32_t)(past + i);
    for (uint32_t i = 0; i < count - first_out; i++)
        r->rows[i] = (int32_t)(first_out + i);
    e->symbols[SYMBOL_BATCH] = 1;
    e->symbols[SYMBOL_SEQ] = e->symbols[SYMBOL_ROWS] = count;
    e->symbols[SYMBOL_PAST_SEQ] = past;
    e->symbols[SYMBOL_OUT_ROWS] = count - first_out;
    hir_eval_role(e, INPUT_tokens, tokens);
    hir_eval_role(e, INPUT_positions, r->positions);
    hir_eval_role(e, INPUT_out_rows, r->rows);
    hir_eval_run(e);
}

static void close_runner(struct runner *r)
{
    hir_eval_close(&r->eval);
    arena_free(&r->arena);
}

static void open_unit(struct unit *u, const struct fixture *f)
{
    struct import_options options = {0};

    *u = (struct unit){.diags = {.arena = &u->arena}};
    u->model = (struct model){.arena = &u->arena, .strings = &u->strings};
    strings_init(&u->strings, &u->arena);
    const char *path = test_shared(arena_printf(&u->arena, "golden/%s", f->model));
    bool good =
        import_model(f->make != NULL ? f->make(path) : path, &options, &u->model, &u->diags);
    hir_init(&u->graph, &u->arena, &u->strings, f->model);
    good = good && family_build(&u->model, MAX_TOKENS, &u->graph, &u->diags);
    diags_print(&u->diags, stderr);
    assert_true(good);
    assert_int_equal(u->diags.warning_count, 0);
    assert_true(safetensors_read(&u->expected,
                                 test_shared(arena_printf(&u->arena, "golden/%s", f->expected))));
    u->budget = safetensors_metadata(&u->expected, "budget_exact_rel", 0);
    assert_true(u->budget > 0);
}

static void close_unit(struct unit *u)
{
    safetensors_close(&u->expected);
    model_close(&u->model);
    arena_free(&u->arena);
}

static bool close_enough(const struct unit *u, const struct fixture *f, const char *when,
                         const char *name, const float *found)
{
    struct test_tensor t = safetensors_get(&u->expected, name);

    assert_non_null(found);
    struct error e = error_of(t.f32, found, t.shape[0], t.shape[1]);
    return error_within(&e, (struct budget){.rel = u->budget}, "%s, %s: %s", f->model, when, name);
}

/* Logits of every position and the whole residual stream. */
static bool check_values(struct unit *u, const struct fixture *f, const char *when)
{
    struct test_tensor tokens = safetensors_get(&u->expected, "tokens");
    struct runner *r = malloc(sizeof *r);
    bool good = true;
    char name[32];

    open_runner(r, u);
    r->eval.keep_all = true;
    run(r, tokens.i32, (uint32_t)tokens.count, 0, 0);
    good = close_enough(u, f, when, "logits", hir_eval_value(&r->eval, "logits")) && good;
    for (uint32_t i = 0; i <= u->model.hyper.layers; i++) {
        snprintf(name, sizeof name, "hidden.%u", i);
        assert_true(safetensors_has(&u->expected, name));
        good = close_enough(u, f, when, name, hir_eval_value(&r->eval, name)) && good;
    }
    const float *final = hir_eval_value(&r->eval, "hidden.final");
    if (final != NULL || u->graph.origins == NULL) /* in late form the norm is part of norm_quant */
        good = close_enough(u, f, when, "hidden.final", final) && good;
    close_runner(r);
    free(r);
    return good;
}

static int32_t best(const float *logits, uint32_t count)
{
    uint32_t at = 0;

    for (uint32_t i = 1; i < count; i++)
        if (logits[i] > logits[at])
            at = i;
    return (int32_t)at;
}

/* The prompt in one run, then token by token over the kept states; only the last row's logits are
 * asked for. */
static bool check_greedy(struct unit *u, const struct fixture *f)
{
    struct test_tensor prompt = safetensors_get(&u->expected, "greedy.prompt"),
                       wanted = safetensors_get(&u->expected, "greedy.tokens");
    uint32_t past = (uint32_t)prompt.count;
    struct runner *r = malloc(sizeof *r);
    bool good = true;

    assert_true(prompt.count + wanted.count <= MAX_TOKENS);
    open_runner(r, u);
    run(r, prompt.i32, past, 0, past - 1);
    for (uint64_t i = 0; i < wanted.count && good; i++) {
        int32_t token = best(hir_eval_value(&r->eval, "logits"), u->model.hyper.vocabulary);
        good = token == wanted.i32[i];
        if (!good)
            print_error("%s: greedy token %u: expected %d, found %d\n", f->model, (unsigned)i,
                        wanted.i32[i], token);
        if (i + 1 < wanted.count)
            run(r, &token, 1, past++, 0);
    }
    close_runner(r);
    free(r);
    return good;
}

static bool is_there(const char *below)
{
    FILE *file = fopen(test_shared(below), "rb");

    if (file != NULL)
        fclose(file);
    return file != NULL;
}

/* The graph becomes that of a prompt, in late form, with f32 activations. */
static bool specialize_graph(struct unit *u, struct pass_run *passes)
{
    const struct variant variant = variant_prefill(1, MAX_TOKENS);
    const struct specialization s = {&variant, ACTIVATIONS_exact, &plain_target, PLAIN_f32, false};
    struct hir_graph late;

    if (!specialize(&u->graph, &s, &u->arena, &late, &u->diags) ||
        !run_late_passes(passes, &s, &late, &u->diags))
        return false;
    u->graph = late;
    return true;
}

/* Under a sanitizer one fixture in three is computed in all forms, the others in their last one. */
static void test_fixture(void **state)
{
    const struct fixture *f = *state;
    const bool in_all_forms = !cases_are_few() || (f - fixtures) % 3 == 0;
    struct unit *u;
    char path[128];

    snprintf(path, sizeof path, "golden/%s", f->expected);
    if (!is_there(path)) {
        print_message("skipped: no %s in RLX_SHARED\n", path);
        skip();
    }
    u = malloc(sizeof *u);
    open_unit(u, f);
    bool good = !in_all_forms || check_values(u, f, "plain");
    struct pass_run passes = {.arena = &u->arena, .tables = all_pass_tables};
    bool ran = run_passes(&passes, &early_passes, &u->graph, &u->diags);
    good = ran && (!in_all_forms || check_values(u, f, "after the early passes")) && good;
    ran = ran && specialize_graph(u, &passes);
    diags_print(&u->diags, stderr);
    assert_true(ran);
    good = check_values(u, f, "after the late passes") && good;
    good = check_greedy(u, f) && good;
    close_unit(u);
    free(u);
    assert_true(good);
}

int main(void)
{
    struct CMUnitTest tests[countof(fixtures)];

    for (size_t i = 0; i < countof(fixtures); i++)
        tests[i] = (struct CMUnitTest){.name = fixtures[i].model,
                                       .test_func = test_fixture,
                                       .initial_state = (void *)(uintptr_t)&fixtures[i]};
    return cmocka_run_group_tests_name("golden-eval", tests, temporary_set_up, temporary_tear_down);
}

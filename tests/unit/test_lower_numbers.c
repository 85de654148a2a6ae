/* Lowering keeps the meaning of the graph: the same tokens run in the graph's evaluator and in the
 * program's, which runs inside its planned memory over packed weights. The reference is the former,
 * over weights decoded by the definition of the formats. test_lower.c looks at the steps. */
#include "compiler/hir/hir_eval.h"
#include "tests/support/compare.h"
#include "tests/support/few_cases.h"
#include "tests/support/lir_models.h"
#include "tests/support/program_io.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct recipe small = {SAMPLE_SIZES, .dtype = DTYPE_f32};

static struct recipe with_dtype(struct recipe r, enum dtype dtype)
{
    r.dtype = dtype;
    return r;
}

/* ---- both evaluators on the same tokens ---- */

enum { MAX_ROWS = 64 };

struct sequence {
    struct sample_model *model;
    struct hir_eval graph;
    struct lir_kernels kernels;
    struct numerics numerics;
    uint32_t level;
    uint8_t *state;
    uint32_t past;
    struct error error; /* of the logits so far */
};

static void sequence_open(struct sequence *s, struct sample_model *m, struct numerics numerics,
                          uint32_t level)
{
    *s = (struct sequence){
        .model = m, .numerics = numerics, .level = level, .kernels = {.arena = &m->arena}};
    s->graph.weight = sample_values;
    s->graph.weight_context = m;
    hir_eval_open(&s->graph, &m->graph, &m->arena);
}

static uint8_t *poisoned(struct sample_model *m, uint64_t bytes)
{
    return memset(arena_alloc(&m->arena, bytes + 64, 64), 0xff, bytes + 64);
}

static void run_program(struct sequence *s, struct lir_program *p, const int32_t *tokens,
                        uint32_t count, const float *expected)
{
    struct sample_model *m = s->model;
    uint32_t vocabulary = m->recipe.vocabulary;
    struct lir_eval e = {.program = p};

    if (!lir_verify(p, &m->diags)) {
        diags_print(&m->diags, stderr);
        fail();
    }
    if (s->state == NULL)
        s->state = poisoned(m, p->home_bytes[HOME_state]);
    for (uint32_t i = 0; i < HOME_COUNT; i++)
        e.home[i] = poisoned(m, p->home_bytes[i]);
    e.home[HOME_state] = s->state;
    e.home[HOME_weight] = sample_pack(m, p);
    e.dims[SYMBOL_BATCH] = 1;
    e.dims[SYMBOL_SEQ] = e.dims[SYMBOL_ROWS] = count;
    e.dims[SYMBOL_PAST_SEQ] = s->past;
    int32_t *input =
        (int32_t *)(void *)(e.home[HOME_input] + p->buffers[input_of(p, INPUT_tokens)].offset);
    int32_t *positions =
        (int32_t *)(void *)(e.home[HOME_input] + p->buffers[input_of(p, INPUT_positions)].offset);
    for (uint32_t i = 0; i < count; i++) {
        input[i] = tokens[i];
        positions[i] = (int32_t)(s->past + i);
    }
    put_segment(p, e.home[HOME_input], count, s->past);
    lir_eval_steps(&e, 0, p->lm_head_step);
    const float *logits =
        (const float *)(const void *)(e.home[HOME_output] + p->buffers[logits_of(p)].offset);
    uint32_t slice = (uint32_t)p->upper[SYMBOL_OUT_ROWS];
    for (uint32_t first = 0; first < count; first += slice) {
        uint32_t rows = count - first < slice ? count - first : slice;
        for (uint32_t i = 0; i < rows; i++)
            ((int32_t *)(void *)(e.home[HOME_input] +
                                 p->buffers[input_of(p, INPUT_out_rows)].offset))[i] =
                (int32_t)(first + i);
        e.dims[SYMBOL_OUT_ROWS] = rows;
        lir_eval_steps(&e, p->lm_head_step, p->step_count);
        for (uint32_t i = 0; i < rows; i++)
            error_add(&s->error, expected + (first + i) * vocabulary, logits + i * logits_stride(p),
                      1, vocabulary);
    }
}

/* Feeds `count` new tokens to both, in the variant for at most `upper` of them. */
static void feed(struct sequence *s, uint32_t count, uint32_t upper)
{
    struct sample_model *m = s->model;
    int32_t tokens[MAX_ROWS], positions[MAX_ROWS], rows[MAX_ROWS];
    struct lir_program p;
    struct variant v = s->past == 0 ? variant_prefill(1, upper) : variant_decode(1, s->past, upper);

    for (uint32_t i = 0; i < count; i++) {
        tokens[i] = (int32_t)(random_number(&m->seed) % m->recipe.vocabulary);
        positions[i] = (int32_t)(s->past + i);
        rows[i] = (int32_t)i;
    }
    int64_t sizes[SYMBOL_MAX] = {[SYMBOL_BATCH] = 1,
                                 [SYMBOL_SEQ] = count,
                                 [SYMBOL_ROWS] = count,
                                 [SYMBOL_PAST_SEQ] = s->past,
                                 [SYMBOL_OUT_ROWS] = count};
    memcpy(s->graph.symbols, sizes, sizeof sizes);
    hir_eval_role(&s->graph, INPUT_tokens, tokens);
    hir_eval_role(&s->graph, INPUT_positions, positions);
    hir_eval_role(&s->graph, INPUT_out_rows, rows);
    hir_eval_run(&s->graph);
    if (!sample_lower(m, v, s->numerics, s->level, &s->kernels, &p)) {
        diags_print(&m->diags, stderr);
        fail();
    }
    run_program(s, &p, tokens, count, hir_eval_value(&s->graph, "logits"));
    s->past += count;
}

/* A prompt, single tokens, a short run, and a longer run after it. */
static struct error error_of_run(struct recipe recipe, struct numerics numerics, uint32_t level)
{
    struct sample_model *m = test_malloc(sizeof *m);
    struct sequence s;

    sample_make(m, &recipe, recipe.dtype + 17 * recipe.hidden);
    if (!hir_verify(&m->graph, &m->diags)) {
        diags_print(&m->diags, stderr);
        fail();
    }
    sequence_open(&s, m, numerics, level);
    feed(&s, 19, 32);
    feed(&s, 1, 1);
    feed(&s, 1, 1);
    feed(&s, 5, 8);
    feed(&s, 1, 1);
    feed(&s, 40, 64);
    feed(&s, 16, 16);
    hir_eval_close(&s.graph);
    arena_free(&m->arena);
    test_free(m);
    return s.error;
}

static const struct numerics exact = {ACTIVATIONS_exact, DTYPE_f32};

static void close_to(const char *what, struct error e, double max, double min)
{
    print_message("  %-28s %.2e\n", what, error_rel(&e));
    assert_true(error_within(&e, (struct budget){.rel = max}, "%s", what));
    assert_true(error_rel(&e) >= min); /* roundings must be there */
}

static void exact_equals_the_graph(void **state)
{
    static const enum dtype dtype[] = {DTYPE_f32,  DTYPE_f16,  DTYPE_bf16, DTYPE_q8_0,
                                       DTYPE_q4_0, DTYPE_q4_1, DTYPE_q5_0, DTYPE_q5_1};

    (void)state;
    for (uint32_t i = 0; i < countof(dtype); i++)
        close_to(dtype_info[dtype[i]].name, error_of_run(with_dtype(small, dtype[i]), exact, 0),
                 1e-5, 0);
}

/* Formats whose rows are multiples of 256. */
static void formats_of_256(void **state)
{
    static const enum dtype dtype[] = {DTYPE_q4_k, DTYPE_q5_k, DTYPE_q6_k};
    const struct numerics wide = {ACTIVATIONS_i16, DTYPE_f32}, narrow = {ACTIVATIONS_i8, DTYPE_f32};
    struct recipe r = small;

    (void)state;
    r.hidden = r.feed = 256, r.heads = 4, r.kv_heads = 2, r.head_dim = 64;
    for (uint32_t i = 0; i < countof(dtype); i++) {
        const char *name = dtype_info[dtype[i]].name;
        close_to(name, error_of_run(with_dtype(r, dtype[i]), exact, 0), 1e-5, 0);
        close_to(name, error_of_run(with_dtype(r, dtype[i]), wide, 0), 5e-4, 1e-6);
        close_to(name, error_of_run(with_dtype(r, dtype[i]), narrow, 0), 8e-2, 1e-3);
    }
}

static void every_shape_equals_the_graph(void **state)
{
    struct recipe r = small;

    (void)state;
    r.bias = r.qk_norm = r.tied = true;
    close_to("biases, norms of q and k", error_of_run(r, exact, 0), 1e-5, 0);
    r.interleaved = true;
    r.window = 7;
    close_to("pairs, window", error_of_run(r, exact, 0), 1e-5, 0);
    r.no_rope = true;
    close_to("no rotation", error_of_run(r, exact, 0), 1e-5, 0);
    r = small;
    r.hidden = 36, r.heads = 3, r.kv_heads = 1, r.head_dim = 12, r.feed = 50, r.vocabulary = 33,
    r.bias = true;
    close_to("nothing a multiple of 16", error_of_run(r, exact, 0), 1e-5, 0);
    r.plain_qkv = r.plain_mlp = true;
    close_to("not fused", error_of_run(r, exact, 0), 1e-5, 0);
    r.qk_norm = true;
    close_to("not fused, norms of q and k", error_of_run(r, exact, 0), 1e-5, 0);
    r.early_rows = true;
    close_to("rows chosen by the graph", error_of_run(r, exact, 0), 1e-5, 0);
    r = small;
    r.late_rows = true;
    close_to("rows chosen late by the graph", error_of_run(r, exact, 0), 1e-5, 0);
    r.late_rows = false, r.parallel = true;
    close_to("a parallel residual", error_of_run(r, exact, 0), 1e-5, 0);
    r.two_ways = true;
    close_to("two ways to the logits", error_of_run(r, exact, 0), 1e-5, 0);
}

/* Products norm the rows of short runs, and of the head. */
static void norms_in_products_equal_the_graph(void **state)
{
    const struct numerics usual = {ACTIVATIONS_auto, DTYPE_f32};
    struct recipe r = with_dtype(small, DTYPE_q4_0);

    (void)state;
    close_to("q4_0", error_of_run(r, usual, PLAIN_norms), 1e-5, 0);
    r.plain_qkv = r.plain_mlp = r.bias = r.parallel = true;
    close_to("several products of a norm", error_of_run(r, usual, PLAIN_norms), 1e-5, 0);
    r = small;
    r.hidden = 36, r.heads = 3, r.kv_heads = 1, r.head_dim = 12, r.feed = 50, r.vocabulary = 33,
    r.qk_norm = r.tied = true;
    close_to("nothing a multiple of 16", error_of_run(r, usual, PLAIN_norms), 1e-5, 0);
    r.norms_after = true;
    close_to("norms after", error_of_run(r, usual, PLAIN_norms), 1e-5, 0);
}

static void roundings_are_small(void **state)
{
    const struct numerics wide = {ACTIVATIONS_i16, DTYPE_f32}, narrow = {ACTIVATIONS_i8, DTYPE_f32};
    const struct numerics usual = {ACTIVATIONS_auto, DTYPE_f32},
                          half = {ACTIVATIONS_exact, DTYPE_f16};

    (void)state;
    close_to("q8_0 i16", error_of_run(with_dtype(small, DTYPE_q8_0), wide, 0), 5e-4, 1e-6);
    close_to("q4_0 i16", error_of_run(with_dtype(small, DTYPE_q4_0), wide, 0), 5e-4, 1e-6);
    close_to("q4_1 i16", error_of_run(with_dtype(small, DTYPE_q4_1), wide, 0), 5e-4, 1e-6);
    close_to("q5_0 i16", error_of_run(with_dtype(small, DTYPE_q5_0), wide, 0), 5e-4, 1e-6);
    close_to("q5_1 i16", error_of_run(with_dtype(small, DTYPE_q5_1), wide, 0), 5e-4, 1e-6);
    close_to("q8_0 i8", error_of_run(with_dtype(small, DTYPE_q8_0), narrow, 0), 8e-2, 1e-3);
    close_to("q4_0 i8", error_of_run(with_dtype(small, DTYPE_q4_0), narrow, 0), 8e-2, 1e-3);
    close_to("q4_1 i8", error_of_run(with_dtype(small, DTYPE_q4_1), narrow, 0), 8e-2, 1e-3);
    close_to("q5_0 i8", error_of_run(with_dtype(small, DTYPE_q5_0), narrow, 0), 8e-2, 1e-3);
    close_to("q5_1 i8", error_of_run(with_dtype(small, DTYPE_q5_1), narrow, 0), 8e-2, 1e-3);
    close_to("q8_0 auto", error_of_run(with_dtype(small, DTYPE_q8_0), usual, 0), 8e-2, 1e-3);
    close_to("bf16 auto, without the product",
             error_of_run(with_dtype(small, DTYPE_bf16), usual, 0), 1e-5, 0);
    close_to("bf16 auto", error_of_run(with_dtype(small, DTYPE_bf16), usual, 1), 4e-2, 1e-4);
    close_to("f16 state", error_of_run(small, half, 0), 1e-2, 1e-5);
}

/* Shapes as those of Llama and Gemma, and one without fusions. */
static void without_passes(const char *names, struct few_cases *few)
{
    const struct numerics wide = {ACTIVATIONS_i16, DTYPE_f32},
                          usual = {ACTIVATIONS_auto, DTYPE_f16};
    struct recipe shapes[] = {small, small, small};

    shapes[1].qk_norm = shapes[1].norms_after = shapes[1].tied = true;
    shapes[1].window = 7;
    shapes[2].plain_qkv = shapes[2].plain_mlp = shapes[2].bias = shapes[2].parallel = true;
    for (uint32_t i = 0; i < countof(shapes); i++) {
        if (!cases_take(few, !cases_are_few() || (few->taken + few->left) % 4 == 0))
            continue;
        struct recipe q8_0 = with_dtype(shapes[i], DTYPE_q8_0);
        shapes[i].leave_out = q8_0.leave_out = names;
        close_to(names, error_of_run(shapes[i], exact, 0), 1e-5, 0);
        close_to(names, error_of_run(q8_0, wide, 0), 5e-4, 0);
        close_to(names, error_of_run(q8_0, usual, 1), 8e-2, 0);
        close_to(names, error_of_run(q8_0, exact, PLAIN_norms), 1e-5, 0);
    }
}

/* Any optional late pass may be missing, and all of them: lowering then finds less done and makes
 * more steps, and what they compute stays the same. */
static void late_passes_may_be_left_out(void **state)
{
    char all[256] = "";
    struct few_cases few = {0};

    (void)state;
    for (uint32_t i = 0; i < late_passes.count; i++) {
        const struct hir_pass *pass = &late_passes.all[i];
        if (pass->required)
            continue;
        snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", all[0] == 0 ? "" : ",",
                 pass->name);
        without_passes(pass->name, &few);
    }
    without_passes(all, &few);
    cases_end(&few, "shapes without passes", "the evaluator");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exact_equals_the_graph),
        cmocka_unit_test(formats_of_256),
        cmocka_unit_test(every_shape_equals_the_graph),
        cmocka_unit_test(roundings_are_small),
        cmocka_unit_test(norms_in_products_equal_the_graph),
        cmocka_unit_test(late_passes_may_be_left_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

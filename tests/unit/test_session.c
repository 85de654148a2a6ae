/* Sessions on compiled golden models: equal bits for any number of threads and any short run size,
 * continuation, truncation, greedy tokens of the reference through generate, the KV cache's rows
 * against K and V computed here from the published weights, no allocation.
 */
#include "tests/support/compiled.h"
#include "tests/support/count_allocations.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static const uint32_t thread_counts[] = {1, 2, 3, 8};
enum { THREAD_COUNTS = sizeof thread_counts / sizeof thread_counts[0] };

/* Models and the kinds of numbers that they are computed in; the ladder has buckets to cross. */
static const struct compiled_case {
    const char *model, *expected, *options;
} cases[] = {
    {"golden/gguf/qwen3-Q8_0.gguf", "golden/gguf/qwen3-Q8_0.expected.safetensors",
     "--variants=decode=1,blocks=2:16,prefill=32:64"},
    {"golden/gguf/llama-Q4_1.gguf", "golden/gguf/llama-Q4_1.expected.safetensors",
     "--variants=decode=1,blocks=2:16,prefill=32:64"},
    {"golden/qwen2-bf16", "golden/qwen2-bf16/expected.safetensors",
     "--variants=decode=1,blocks=2:16,prefill=32:64"},
    {"golden/llama-f32", "golden/llama-f32/expected.safetensors", "--exact --context=100"},
};
enum { CASES = sizeof cases / sizeof cases[0] };

/* A compiled case with its reference. */
struct opened {
    struct safetensors_reader reader;
    struct test_tensor tokens;
    rlx_model *model;
    size_t vocabulary;
};

static void open_case(const struct compiled_case *c, struct opened *o)
{
    bool lacking;
    char *path = strdup(test_shared(c->model));

    if (!safetensors_read(&o->reader, test_shared(c->expected))) {
        print_message("skipped: no golden data at %s\n", test_shared("golden"));
        free(path);
        skip();
    }
    o->model = compiled_open(path, c->options, &lacking);
    free(path);
    assert_non_null(o->model);
    o->tokens = safetensors_get(&o->reader, "tokens");
    o->vocabulary = safetensors_get(&o->reader, "logits").shape[1];
}

static void close_case(struct opened *o)
{
    rlx_model_close(o->model);
    safetensors_close(&o->reader);
}

static float *logits_in_runs(rlx_session *session, const struct opened *o, uint32_t block)
{
    struct compiled_rows rows = {calloc(o->tokens.count * o->vocabulary, sizeof(float)),
                                 o->vocabulary};
    rlx_error error = {0};

    rlx_session_reset(session);
    if (rlx_session_run_logits(session, o->tokens.i32, o->tokens.count, block, compiled_keep_row,
                               &rows, &error) != RLX_OK)
        fail_msg("%s", error.text);
    return rows.out;
}

/* Short runs of 1 to 16 are one class, runs of 32 and more another; within a class, bits are equal
 * for any short run and any number of threads. */
static void test_equal_bits(void **state)
{
    (void)state;
    for (size_t c = 0; c < CASES; c++) {
        struct opened o;
        float *small = NULL, *large = NULL;
        open_case(&cases[c], &o);
        for (size_t t = 0; t < THREAD_COUNTS; t++) {
            rlx_session *session = compiled_session(o.model, thread_counts[t]);
            uint32_t step =
                thread_counts[t] <= 2 ? 1 : 8; /* more threads than processors are slow */
            for (uint32_t block = 0; block <= 16; block += step) {
                float *found = logits_in_runs(session, &o, block);
                float **first = block == 0 ? &large : &small;
                if (*first == NULL) {
                    *first = found;
                    continue;
                }
                char name[128];
                snprintf(name, sizeof name, "%s with %u threads in blocks of %u", cases[c].model,
                         thread_counts[t], block);
                expect_equal_bits(name, found, *first, o.tokens.count, o.vocabulary);
                free(found);
            }
            rlx_session_close(session);
        }
        free(small);
        free(large);
        close_case(&o);
    }
}

/* The last row of a prompt, made alone, has the bits that it has among the rows of all logits. */
static void test_last_row_alone(void **state)
{
    (void)state;
    for (size_t c = 0; c < CASES; c++) {
        struct opened o;
        open_case(&cases[c], &o);
        rlx_session *session = compiled_session(o.model, 2);
        for (size_t count = o.tokens.count; count > 32; count -= 5) {
            const size_t all = o.tokens.count;
            const float *row;
            rlx_error error;
            o.tokens.count = count;
            float *found = logits_in_runs(session, &o, 0);
            o.tokens.count = all;
            assert_int_equal(rlx_session_prefill_logits(session, o.tokens.i32, count, &row, &error),
                             RLX_OK);
            expect_equal_bits(cases[c].model, row, found + (count - 1) * o.vocabulary, 1,
                              o.vocabulary);
            free(found);
        }
        assert_true(o.tokens.count > 32);
        rlx_session_close(session);
        close_case(&o);
    }
}

struct heard {
    int32_t ids[64];
    size_t count;
};

static rlx_go hear(void *context, int32_t id)
{
    struct heard *heard = context;
    heard->ids[heard->count++] = id;
    return RLX_GO_ON;
}

/* generate, its callback and its array give the reference's tokens; cut back and continued, the
 * same ones again. */
static void test_generate_greedy(void **state)
{
    (void)state;
    struct opened o;
    open_case(&cases[3], &o);
    struct test_tensor prompt = safetensors_get(&o.reader, "greedy.prompt"),
                       expected = safetensors_get(&o.reader, "greedy.tokens");
    for (size_t t = 0; t < THREAD_COUNTS; t++) {
        rlx_session *session = compiled_session(o.model, thread_counts[t]);
        rlx_error error;
        int32_t ids[64];
        size_t made;
        rlx_end why;
        struct heard heard = {.count = 0};
        rlx_generate_options options = {.struct_bytes = sizeof options,
                                        .max = 64,
                                        .ignore_end = true,
                                        .on_token = hear,
                                        .context = &heard,
                                        .ids = ids};
        assert_int_equal(expected.count, 64);
        assert_int_equal(rlx_session_prefill(session, prompt.i32, prompt.count, &error), RLX_OK);
        assert_int_equal(rlx_session_generate(session, &options, &made, &why, &error), RLX_OK);
        assert_int_equal(made, 64);
        assert_int_equal(why, RLX_END_LENGTH);
        assert_memory_equal(ids, expected.i32, sizeof ids);
        assert_memory_equal(heard.ids, expected.i32, sizeof ids);
        assert_int_equal(rlx_session_past(session), rlx_session_tokens(session) - 1);
        assert_int_equal(rlx_session_truncate(session, prompt.count + 20, &error), RLX_OK);
        heard.count = 0;
        options.max = 44;
        assert_int_equal(rlx_session_generate(session, &options, &made, &why, &error), RLX_OK);
        assert_memory_equal(heard.ids, expected.i32 + 20, 44 * sizeof *ids);
        rlx_session_close(session);
    }
    close_case(&o);
}

/* A history in parts equals the history at once. */
static void test_append(void **state)
{
    (void)state;
    struct opened o;
    open_case(&cases[3], &o);
    struct test_tensor prompt = safetensors_get(&o.reader, "greedy.prompt"),
                       expected = safetensors_get(&o.reader, "greedy.tokens");
    rlx_session *session = compiled_session(o.model, 2);
    rlx_error error;
    int32_t id;
    assert_int_equal(rlx_session_prefill(session, prompt.i32, 2, &error), RLX_OK);
    assert_int_equal(rlx_session_step(session, &id, &error), RLX_OK);
    assert_int_equal(rlx_session_truncate(session, 2, &error), RLX_OK);
    assert_int_equal(rlx_session_append(session, prompt.i32 + 2, prompt.count - 2, &error), RLX_OK);
    assert_int_equal(rlx_session_past(session), 2);
    assert_int_equal(rlx_session_step(session, &id, &error), RLX_OK);
    assert_int_equal(id, expected.i32[0]);
    /* The next twenty are given, as a user's words would be. */
    assert_int_equal(rlx_session_append(session, expected.i32 + 1, 20, &error), RLX_OK);
    assert_int_equal(rlx_session_step(session, &id, &error), RLX_OK);
    assert_int_equal(id, expected.i32[21]);
    assert_int_equal(rlx_session_step_recomputing(session, &id, &error),
                     RLX_OK); /* and from nothing */
    assert_int_equal(id, expected.i32[22]);
    rlx_session_close(session);
    close_case(&o);
}

static void test_context(void **state)
{
    (void)state;
    struct opened o;
    open_case(&cases[3], &o);
    rlx_session *session = compiled_session(o.model, 2);
    rlx_error error;
    size_t made;
    rlx_end why;
    int32_t ids[101] = {0};
    rlx_generate_options options = {.struct_bytes = sizeof options, .ignore_end = true};
    assert_int_equal(rlx_session_context(session), 100);
    assert_int_equal(rlx_session_prefill(session, ids, 101, &error), RLX_ERROR_CONTEXT_FULL);
    assert_non_null(strstr(error.text, "101"));
    assert_non_null(strstr(error.text, "100"));
    assert_int_equal(rlx_session_prefill(session, ids, 90, &error), RLX_OK);
    assert_int_equal(rlx_session_generate(session, &options, &made, &why, &error), RLX_OK);
    assert_int_equal(made, 10);
    assert_int_equal(why, RLX_END_CONTEXT);
    rlx_session_close(session);
    close_case(&o);
}

/* ---- the KV cache against K and V of the first layer, from the published weights ---- */

enum { HIDDEN = 64, KV_HEADS = 2, HEAD_DIM = 16, KV_WIDTH = KV_HEADS * HEAD_DIM };

static void normalize(const float *x, const float *weight, double out[HIDDEN])
{
    double squares = 0;
    for (int i = 0; i < HIDDEN; i++)
        squares += (double)x[i] * x[i];
    for (int i = 0; i < HIDDEN; i++)
        out[i] = x[i] / sqrt(squares / HIDDEN + 1e-5) * weight[i];
}

static void project(const double x[HIDDEN], const float *weight, double out[KV_WIDTH])
{
    for (int row = 0; row < KV_WIDTH; row++) {
        out[row] = 0;
        for (int i = 0; i < HIDDEN; i++)
            out[row] += x[i] * weight[row * HIDDEN + i];
    }
}

/* Half-split pairs, theta 10000 (config.json). */
static void rotate(double k[KV_WIDTH], size_t position)
{
    for (int head = 0; head < KV_HEADS; head++) {
        for (int i = 0; i < HEAD_DIM / 2; i++) {
            double angle = (double)position * pow(10000, -2.0 * i / HEAD_DIM);
            double *a = &k[head * HEAD_DIM + i], *b = a + HEAD_DIM / 2, before = *a;
            *a = before * cos(angle) - *b * sin(angle);
            *b = *b * cos(angle) + before * sin(angle);
        }
    }
}

static void compare_row(struct comparison *c, size_t row, const float *found,
                        const double *expected)
{
    for (size_t i = 0; i < KV_WIDTH; i++)
        compare_number(c, row, i, (double)found[i], expected[i], 2e-5 * (1 + fabs(expected[i])));
}

static void test_export(void **state)
{
    (void)state;
    struct opened o;
    struct safetensors_reader weights;
    const float *row;
    rlx_error error;
    open_case(&cases[3], &o);
    assert_true(safetensors_read(&weights, test_shared("golden/llama-f32/model.safetensors")));
    const float *hidden = safetensors_get(&o.reader, "hidden.0").f32;
    const float *norm = safetensors_get(&weights, "model.layers.0.input_layernorm.weight").f32;
    const float *k_weight = safetensors_get(&weights, "model.layers.0.self_attn.k_proj.weight").f32;
    const float *v_weight = safetensors_get(&weights, "model.layers.0.self_attn.v_proj.weight").f32;
    size_t count = o.tokens.count;
    float *k_rows = malloc(count * KV_WIDTH * sizeof *k_rows),
          *v_rows = malloc(count * KV_WIDTH * sizeof *v_rows);
    rlx_session *session = compiled_session(o.model, 2);
    assert_false(rlx_session_has_state(session, "past_k_0"));
    assert_int_equal(rlx_session_prefill_logits(session, o.tokens.i32, count, &row, &error),
                     RLX_OK);
    assert_true(rlx_session_has_state(session, "past_k_0"));
    assert_int_equal(rlx_session_export_state(session, "past_k_0", k_rows, count, &error), RLX_OK);
    assert_int_equal(rlx_session_export_state(session, "past_v_0", v_rows, count, &error), RLX_OK);
    struct comparison keys = comparison_of("past_k_0"), values = comparison_of("past_v_0");
    for (size_t i = 0; i < count; i++) {
        double x[HIDDEN], k[KV_WIDTH], v[KV_WIDTH];
        normalize(hidden + i * HIDDEN, norm, x);
        project(x, k_weight, k);
        project(x, v_weight, v);
        rotate(k, i);
        compare_row(&keys, i, k_rows + i * KV_WIDTH, k);
        compare_row(&values, i, v_rows + i * KV_WIDTH, v);
    }
    expect_agreement(&keys);
    expect_agreement(&values);
    assert_int_equal(rlx_session_export_state(session, "past_k_0", k_rows, count + 1, &error),
                     RLX_ERROR_BAD_ARGUMENT);
    assert_int_equal(rlx_session_export_state(session, "past_k_99", k_rows, 1, &error),
                     RLX_ERROR_BAD_ARGUMENT);
    rlx_session_close(session);
    free(k_rows);
    free(v_rows);
    safetensors_close(&weights);
    close_case(&o);
}

/* From the prompt to the last token, greedy and with every filter of the sampler, the allocator is
 * not called; a seed repeats. */
static void test_no_allocation(void **state)
{
    (void)state;
    if (!allocations_are_counted)
        print_message("a sanitizer has the allocator: allocations are not counted here\n");
    struct opened o;
    open_case(&cases[0], &o);
    struct heard heard[3] = {{.count = 0}};
    for (size_t round = 0; round < 3; round++) {
        rlx_session *session = compiled_session(o.model, (uint32_t)round + 1);
        rlx_error error;
        size_t made;
        rlx_end why;
        rlx_generate_options options = {.struct_bytes = sizeof options,
                                        .max = 60,
                                        .ignore_end = true,
                                        .on_token = hear,
                                        .context = &heard[round]};
        rlx_sampling sampling = {.struct_bytes = sizeof sampling,
                                 .temperature = 1.5F,
                                 .top_k = round == 2 ? 0 : 100,
                                 .top_p = 0.95F,
                                 .min_p = 0.001F,
                                 .repetition_penalty = 1.1F,
                                 .penalty_window = 64,
                                 .seed = 7};
        size_t before = atomic_load(&allocation_count);
        rlx_session_set_sampling(session, &sampling);
        assert_int_equal(rlx_session_prefill(session, o.tokens.i32, o.tokens.count, &error),
                         RLX_OK);
        assert_int_equal(rlx_session_generate(session, &options, &made, &why, &error), RLX_OK);
        assert_int_equal(made, 60);
        /* What a driver of another target allocates is counted, too, if not for each token. */
        assert_in_range(atomic_load(&allocation_count) - before, 0,
                        compiled_target() == NULL ? 0 : 59);
        rlx_session_close(session);
    }
    assert_memory_equal(heard[0].ids, heard[1].ids, 60 * sizeof(int32_t));
    close_case(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equal_bits),      cmocka_unit_test(test_last_row_alone),
        cmocka_unit_test(test_generate_greedy), cmocka_unit_test(test_append),
        cmocka_unit_test(test_context),         cmocka_unit_test(test_export),
        cmocka_unit_test(test_no_allocation),
    };
    return cmocka_run_group_tests(tests, temporary_set_up, temporary_tear_down);
}

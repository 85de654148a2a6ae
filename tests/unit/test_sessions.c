/* Several sessions on compiled models: together they generate what each generates alone. This
 * compares bits, because sampling at a high temperature depends on the last bits of logits. Lengths
 * differ; one model has a sliding window. */
#include "tests/support/shared.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "tests/support/compiled.h"

static const struct {
    const char *path, *options;
} models[] = {
    {"golden/gguf/qwen3-Q8_0.gguf", "--variants=decode=1,blocks=2:16,batch=2:8,prefill=32:64"},
    {"golden/gguf/llama-Q4_1.gguf", "--activations=i8"},
    {"golden/gguf/qwen2-Q5_0.gguf", ""},
    {"golden/mistral-swa-f32", "--exact"},
    {"golden/mistral-swa-f32", ""},
    {"golden/mistral-swa-f32", "--kv=q8"},
    {"golden/gguf/qwen3-Q8_0.gguf", "--kv=q8"},
    {"golden/qwen2-bf16", "--variants=decode=1,blocks=2:8,prefill=32:64"}, /* none for batches */
    {"models/stories-3m/stories-3m.Q8_0.gguf", ""},
};

enum { MAX = 11, STEPS = 40 };

static void open_all(rlx_model *model, rlx_session **sessions, size_t count, bool beside)
{
    for (size_t i = 0; i < count; i++) {
        rlx_session_options options = {.struct_bytes = sizeof options,
                                       .threads = 2,
                                       .context = 120,
                                       .share_with = beside && i > 0 ? sessions[0] : NULL};
        rlx_sampling sampling = {.struct_bytes = sizeof sampling,
                                 .temperature = 2,
                                 .top_p = i % 2 == 0 ? 1 : 0.95F,
                                 .seed = i};
        rlx_error error;
        int32_t ids[64];
        if (rlx_session_open(model, &options, &sessions[i], &error) != RLX_OK)
            fail_msg("%s", error.text);
        for (size_t j = 0; j < 64; j++)
            ids[j] = (int32_t)((i * 31 + j * j * 7 + 5) % 200);
        rlx_session_set_sampling(sessions[i], &sampling);
        assert_int_equal(rlx_session_prefill(sessions[i], ids, 1 + i * 13 % 64, &error), RLX_OK);
    }
}

static void compare(rlx_model *model, size_t count)
{
    rlx_session *together[MAX], *alone[MAX];
    int32_t ids[MAX];
    rlx_error error;
    open_all(model, together, count, true);
    open_all(model, alone, count, false);
    for (int step = 0; step < STEPS; step++) {
        if (rlx_sessions_step(together, count, ids, &error) != RLX_OK)
            fail_msg("%s", error.text);
        for (size_t i = 0; i < count; i++) {
            int32_t id;
            assert_int_equal(rlx_session_step(alone[i], &id, &error), RLX_OK);
            if (id != ids[i])
                fail_msg("step %d of %zu sequences: sequence %zu made %d, alone %d", step, count, i,
                         (int)ids[i], (int)id);
        }
    }
    for (size_t i = 0; i < count; i++) { /* and the logits after it, as they are */
        const float *a, *b;
        rlx_model_info info = {.struct_bytes = sizeof info};
        rlx_model_get_info(model, &info);
        assert_int_equal(rlx_session_decode_logits(alone[i], 7, &a, &error), RLX_OK);
        assert_int_equal(rlx_session_decode_logits(together[i], 7, &b, &error), RLX_OK);
        assert_memory_equal(a, b, info.vocabulary * sizeof *a);
    }
    for (size_t i = 0; i < count; i++) {
        rlx_session_close(together[i]);
        rlx_session_close(alone[i]);
    }
}

static void test_parallel_as_alone(void **state)
{
    static const size_t counts[] = {2, 3, 5, 8, MAX};
    (void)state;
    for (size_t i = 0; i < sizeof models / sizeof models[0]; i++) {
        rlx_model *model = compiled_shared(models[i].path, models[i].options);
        if (model == NULL)
            continue;
        for (size_t j = 0; j < sizeof counts / sizeof counts[0]; j++)
            compare(model, counts[j]);
        rlx_model_close(model);
    }
}

/* The value rows of the first layer, which every later logit depends on. */
static void spoil(rlx_model *model, rlx_session *session)
{
    rlx_model_info info = {.struct_bytes = sizeof info};
    rlx_error error;
    rlx_model_get_info(model, &info);
    size_t rows = rlx_session_past(session), count = rows * info.kv_heads * info.head_dim;
    float *values = malloc(count * sizeof *values);
    for (size_t i = 0; i < count; i++)
        values[i] = i == 0 ? NAN : 1;
    assert_int_equal(rlx_session_bind_state(session, "past_v_0", values, rows, &error), RLX_OK);
    free(values);
}

static void expect_not_numbers(rlx_status status, const rlx_error *error)
{
    assert_int_equal(status, RLX_ERROR_NOT_NUMBERS);
    assert_non_null(strstr(error->text, "are not numbers"));
}

/* Logits that are not numbers make no token, by no way, and leave the sessions as they were. */
static void test_not_numbers(void **state)
{
    static const struct {
        float temperature;
        uint32_t top_k;
    } ways[] = {{0, 0}, {1, 0}, {1, 20}};
    rlx_model *model = compiled_shared(models[0].path, models[0].options);
    rlx_session *sessions[3];
    int32_t ids[3], id = -7;
    rlx_error error;
    (void)state;
    if (model == NULL)
        skip();
    open_all(model, sessions, 3, true);
    assert_int_equal(rlx_sessions_step(sessions, 3, ids, &error), RLX_OK);
    spoil(model, sessions[1]);
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        rlx_sampling sampling = rlx_sampling_default();
        rlx_generate_options options = {
            .struct_bytes = sizeof options, .max = 5, .draft = i == 0 ? RLX_DRAFT_LOOKUP : 0};
        size_t tokens = rlx_session_tokens(sessions[1]), made = 9;
        rlx_end why;
        sampling.temperature = ways[i].temperature;
        sampling.top_k = ways[i].top_k;
        rlx_session_set_sampling(sessions[1], &sampling);
        expect_not_numbers(rlx_sessions_step(sessions, 3, ids, &error), &error);
        for (size_t j = 0; j < 3; j += 2)
            assert_int_equal(rlx_session_past(sessions[j]), rlx_session_tokens(sessions[j]) - 1);
        expect_not_numbers(rlx_session_step(sessions[1], &id, &error), &error);
        expect_not_numbers(rlx_session_generate(sessions[1], &options, &made, &why, &error),
                           &error);
        assert_int_equal(id, -7);
        assert_int_equal(made, 0);
        assert_int_equal(rlx_session_tokens(sessions[1]), tokens);
    }
    rlx_session *const others[] = {sessions[0], sessions[2]};
    assert_int_equal(rlx_sessions_step(others, 2, ids, &error), RLX_OK);
    /* the naive step computes everything anew, from the history */
    assert_int_equal(rlx_session_step_recomputing(sessions[1], &id, &error), RLX_OK);
    for (size_t i = 0; i < 3; i++)
        rlx_session_close(sessions[i]);
    rlx_model_close(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parallel_as_alone),
        cmocka_unit_test(test_not_numbers),
    };
    return cmocka_run_group_tests(tests, temporary_set_up, temporary_tear_down);
}

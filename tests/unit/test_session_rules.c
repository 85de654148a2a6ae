/* The contract of sessions on a made-up model whose logits depend on every token and every position
 * of the KV cache: what each call computes and leaves behind, how tokens are cut into runs, what is
 * refused. The reference is a loop over the tokens. Kernels are C functions
 * (tests/support/tiny_session.h), so the test needs neither the compiler nor a published model.
 */
#include "tests/support/count_allocations.h"
#include "tests/support/tiny_session.h"

#include <math.h>

/* The history is the prompt and then greedy tokens. */
static void expect_greedy(const rlx_session *s, size_t prompt_count)
{
    const int32_t *history = rlx_session_history(s);
    assert_memory_equal(history, prompt, prompt_count * sizeof *prompt);
    for (size_t i = prompt_count; i < rlx_session_tokens(s); i++)
        assert_int_equal(history[i], true_next(history, i));
}

/* ---- the tests ---- */

/* A prefill runs everything once; the step after it draws from the logits that are kept. */
static void test_prefill_runs(void **state)
{
    (void)state;
    rlx_session *s = open_session(2);
    rlx_error error;
    atomic_store(&runs_of_write, 0);
    assert_int_equal(rlx_session_prefill(s, prompt, 9, &error), RLX_OK);
    expect_sizes(s, 9, 9);
    assert_int_equal(atomic_load(&runs_of_write), 9);
    assert_true(rlx_session_has_state(s, "past_k_0"));
    int32_t id;
    assert_int_equal(rlx_session_step(s, &id, &error), RLX_OK);
    assert_int_equal(id, true_next(prompt, 9));
    expect_sizes(s, 10, 9);
    assert_int_equal(atomic_load(&runs_of_write), 9);
    assert_int_equal(rlx_session_prefill(s, prompt, 0, &error), RLX_OK);
    expect_sizes(s, 0, 0);
    assert_int_equal(write_history(s, prompt, 9, &error), RLX_OK);
    expect_sizes(s, 9, 0);
    assert_false(rlx_session_has_state(s, "past_k_0"));
    assert_int_equal(atomic_load(&runs_of_write), 9);
    rlx_session_close(s);
}

/* Every length of prompt: exact buckets, the gap of 5 and 6 (a larger variant), chunks beyond 12.
 */
static void test_cached_steps(void **state)
{
    (void)state;
    for (size_t length = 1; length < TINY_CONTEXT; length++) {
        rlx_session *s = open_session(2);
        rlx_error error;
        int32_t id;
        assert_int_equal(write_history(s, prompt, length, &error), RLX_OK);
        atomic_store(&runs_of_write, 0);
        assert_int_equal(rlx_session_step(s, &id, &error), RLX_OK);
        assert_int_equal(atomic_load(&runs_of_write), length);
        assert_int_equal(id, true_next(prompt, length));
        expect_sizes(s, length + 1, length);
        if (length + 1 < TINY_CONTEXT) {
            assert_int_equal(rlx_session_step(s, &id, &error), RLX_OK);
            assert_int_equal(atomic_load(&runs_of_write), length + 1); /* the newest token only */
            expect_sizes(s, length + 2, length + 1);
        }
        expect_greedy(s, length);
        rlx_timings timings = {.struct_bytes = sizeof timings};
        rlx_session_get_timings(s, &timings);
        assert_int_equal(timings.larger_variant_runs != 0,
                         length == 5 || length == 6 || length > TINY_ROWS_MAX);
        rlx_session_close(s);
    }
}

static void test_naive_steps(void **state)
{
    (void)state;
    rlx_session *s = open_session(3);
    rlx_error error;
    int32_t id;
    assert_int_equal(rlx_session_prefill(s, prompt, 10, &error), RLX_OK);
    for (size_t i = 0; i < 6; i++) {
        atomic_store(&runs_of_write, 0);
        assert_int_equal(rlx_session_step_recomputing(s, &id, &error), RLX_OK);
        assert_int_equal(atomic_load(&runs_of_write), 10 + i); /* everything again */
    }
    assert_int_equal(rlx_session_step(s, &id, &error), RLX_OK);
    expect_sizes(s, 17, 16);
    assert_int_equal(rlx_session_step_recomputing(s, &id, &error), RLX_OK);
    assert_int_equal(rlx_session_step(s, &id, &error), RLX_OK);
    expect_sizes(s, 19, 18);
    expect_greedy(s, 10);
    rlx_session_close(s);
}

struct seen {
    size_t rows, stop_after;
    const int32_t *tokens;
};

static rlx_go check_row(void *context, size_t position, const float *row)
{
    struct seen *seen = context;
    expect_row(row, seen->tokens, position + 1);
    seen->rows++;
    return seen->rows == seen->stop_after ? RLX_GO_STOP : RLX_GO_ON;
}

static void test_run_logits_in_all_blocks_and_threads(void **state)
{
    (void)state;
    static const uint32_t threads[] = {1, 2, 3, 8};
    for (size_t t = 0; t < sizeof threads / sizeof threads[0]; t++) {
        rlx_session *s = open_session(threads[t]);
        rlx_error error;
        for (uint32_t block = 0; block <= 16; block++) {
            struct seen seen = {.tokens = prompt};
            rlx_session_reset(s);
            assert_int_equal(rlx_session_run_logits(s, prompt, 17, block, check_row, &seen, &error),
                             RLX_OK);
            assert_int_equal(
                rlx_session_run_logits(s, prompt + 17, 9, block, check_row, &seen, &error), RLX_OK);
            assert_int_equal(seen.rows, 26);
            expect_sizes(s, 26, 26);
        }
        rlx_session_close(s);
    }
}

static void test_run_logits_after_a_prompt_and_stopped(void **state)
{
    (void)state;
    rlx_session *s = open_session(2);
    rlx_error error;
    struct seen seen = {.tokens = prompt, .stop_after = 5};
    assert_int_equal(rlx_session_prefill(s, prompt, 6, &error),
                     RLX_OK); /* not yet computed, and nobody wants its rows */
    assert_int_equal(rlx_session_run_logits(s, prompt + 6, 20, 4, check_row, &seen, &error),
                     RLX_ERROR_STOPPED);
    assert_int_equal(seen.rows, 5);
    expect_sizes(s, 14, 14); /* two runs of four were done */
    const float *row;
    assert_int_equal(rlx_session_decode_logits(s, prompt[14], &row, &error), RLX_OK);
    expect_row(row, prompt, 15);
    rlx_session_close(s);
}

static void test_logits_without_sampling(void **state)
{
    (void)state;
    rlx_session *s = open_session(2);
    rlx_error error;
    const float *row;
    int32_t id;
    assert_int_equal(rlx_session_decode_logits(s, 1, &row, &error),
                     RLX_ERROR_BAD_ARGUMENT); /* before seeding */
    assert_null(row);
    assert_int_equal(rlx_session_prefill_logits(s, prompt, 0, &row, &error),
                     RLX_ERROR_BAD_ARGUMENT);
    assert_int_equal(rlx_session_prefill_logits(s, prompt, 8, &row, &error), RLX_OK);
    expect_row(row, prompt, 8);
    expect_sizes(s, 8, 8);
    for (size_t i = 8; i < 15; i++) {
        assert_int_equal(rlx_session_decode_logits(s, prompt[i], &row, &error), RLX_OK);
        expect_row(row, prompt, i + 1);
        expect_sizes(s, i + 1, i + 1);
    }
    assert_int_equal(rlx_session_step(s, &id, &error), RLX_OK);
    assert_int_equal(id, true_next(prompt, 15));
    expect_sizes(s, 16, 15);
    assert_int_equal(rlx_session_decode_logits(s, 20, &row, &error),
                     RLX_OK); /* runs the sampled token as well */
    int32_t all[17];
    memcpy(all, prompt, 15 * sizeof *all);
    all[15] = id;
    all[16] = 20;
    expect_row(row, all, 17);
    expect_sizes(s, 17, 17);
    rlx_session_close(s);
}

static void test_append_truncate_reset(void **state)
{
    (void)state;
    rlx_session *s = open_session(2);
    rlx_error error;
    int32_t id;
    assert_int_equal(rlx_session_prefill(s, prompt, 8, &error), RLX_OK);
    assert_int_equal(rlx_session_step(s, &id, &error), RLX_OK);
    assert_int_equal(rlx_session_append(s, prompt + 20, 5, &error), RLX_OK);
    expect_sizes(s, 14, 8);
    atomic_store(&runs_of_write, 0);
    assert_int_equal(rlx_session_step(s, &id, &error), RLX_OK);
    assert_int_equal(atomic_load(&runs_of_write), 6); /* the token made and the five appended */
    assert_int_equal(id, true_next(rlx_session_history(s), 14));
    assert_int_equal(rlx_session_truncate(s, 16, &error), RLX_ERROR_BAD_ARGUMENT);
    assert_int_equal(rlx_session_truncate(s, 6, &error), RLX_OK);
    expect_sizes(s, 6, 6);
    assert_int_equal(rlx_session_step(s, &id, &error), RLX_OK);
    assert_int_equal(id, true_next(prompt, 6));
    expect_sizes(s, 7, 6);
    rlx_session_reset(s);
    expect_sizes(s, 0, 0);
    assert_int_equal(rlx_session_step(s, &id, &error), RLX_ERROR_BAD_ARGUMENT);
    assert_int_equal(rlx_session_step_recomputing(s, &id, &error), RLX_ERROR_BAD_ARGUMENT);
    assert_non_null(strstr(error.text, "empty"));
    rlx_session_close(s);
}

static void test_export(void **state)
{
    (void)state;
    rlx_session *s = open_session(2);
    rlx_error error;
    const float *row;
    float rows[20][TINY_KV_HEADS][TINY_HEAD_DIM];
    assert_int_equal(rlx_session_prefill_logits(s, prompt, 20, &row, &error), RLX_OK);
    assert_true(rlx_session_has_state(s, "past_k_0"));
    assert_false(rlx_session_has_state(s, "past_k_1"));
    for (int is_value = 0; is_value < 2; is_value++) {
        assert_int_equal(rlx_session_export_state(s, is_value ? "past_v_0" : "past_k_0",
                                                  &rows[0][0][0], 20, &error),
                         RLX_OK);
        for (size_t p = 0; p < 20; p++)
            for (size_t h = 0; h < TINY_KV_HEADS; h++)
                for (size_t d = 0; d < TINY_HEAD_DIM; d++)
                    assert_true(rows[p][h][d] ==
                                (float)prompt[p] +
                                    (is_value ? (float)d : (float)h * 0.25F + (float)d * 0.5F));
    }
    assert_int_equal(rlx_session_export_state(s, "past_k_0", &rows[0][0][0], 21, &error),
                     RLX_ERROR_BAD_ARGUMENT);
    assert_int_equal(rlx_session_export_state(s, "nothing", &rows[0][0][0], 1, &error),
                     RLX_ERROR_BAD_ARGUMENT);
    assert_non_null(strstr(error.text, "'nothing'"));
    rlx_session_close(s);
}

static void test_context(void **state)
{
    (void)state;
    rlx_session_options options = {.struct_bytes = sizeof options, .threads = 2, .context = 10};
    rlx_session *s;
    rlx_error error;
    size_t made;
    rlx_end why;
    int32_t id;
    assert_int_equal(rlx_session_open(model, &options, &s, &error), RLX_OK);
    assert_int_equal(rlx_session_context(s), 10);
    assert_int_equal(rlx_session_prefill(s, prompt, 11, &error), RLX_ERROR_CONTEXT_FULL);
    assert_non_null(strstr(error.text, "11 tokens"));
    assert_non_null(strstr(error.text, "room for 10"));
    assert_int_equal(rlx_session_prefill(s, prompt, 7, &error), RLX_OK);
    assert_int_equal(rlx_session_append(s, prompt, 4, &error), RLX_ERROR_CONTEXT_FULL);
    expect_sizes(s, 7, 7);
    rlx_generate_options generate = {.struct_bytes = sizeof generate, .max = 100};
    assert_int_equal(rlx_session_generate(s, &generate, &made, &why, &error), RLX_OK);
    assert_int_equal(made, 3);
    assert_int_equal(why, RLX_END_CONTEXT);
    expect_greedy(s, 7);
    assert_int_equal(rlx_session_step(s, &id, &error), RLX_ERROR_CONTEXT_FULL);
    assert_int_equal(rlx_session_step_recomputing(s, &id, &error), RLX_ERROR_CONTEXT_FULL);
    rlx_session_close(s);
    options.context = TINY_CONTEXT + 1;
    assert_int_equal(rlx_session_open(model, &options, &s, &error), RLX_ERROR_BAD_ARGUMENT);
    assert_null(s);
}

static void test_bad_ids(void **state)
{
    (void)state;
    rlx_session *s = open_session(1);
    rlx_error error;
    const int32_t low[] = {1, -1}, high[] = {1, 2, TINY_VOCABULARY};
    assert_int_equal(rlx_session_prefill(s, low, 2, &error), RLX_ERROR_BAD_ARGUMENT);
    assert_string_equal(error.text, "token 1: expected an id from 0 to 49, found -1");
    assert_int_equal(rlx_session_append(s, high, 3, &error), RLX_ERROR_BAD_ARGUMENT);
    expect_sizes(s, 0, 0);
    rlx_session_close(s);
}

struct heard {
    size_t count, stop_after;
    int32_t ids[TINY_CONTEXT];
};

static rlx_go hear(void *context, int32_t id)
{
    struct heard *heard = context;
    heard->ids[heard->count++] = id;
    return heard->count == heard->stop_after ? RLX_GO_STOP : RLX_GO_ON;
}

static void test_generate(void **state)
{
    (void)state;
    rlx_session *s = open_session(2);
    rlx_error error;
    size_t made;
    rlx_end why;
    int32_t ids[TINY_CONTEXT];
    struct heard heard = {.stop_after = 4};
    rlx_generate_options o = {
        .struct_bytes = sizeof o, .max = 6, .on_token = hear, .context = &heard, .ids = ids};
    assert_int_equal(rlx_session_generate(s, &o, &made, &why, &error), RLX_ERROR_BAD_ARGUMENT);
    assert_int_equal(rlx_session_prefill(s, prompt, 9, &error), RLX_OK);
    assert_int_equal(rlx_session_generate(s, &o, &made, &why, &error), RLX_OK);
    assert_int_equal(made, 4);
    assert_int_equal(why, RLX_END_CALLBACK);
    assert_memory_equal(heard.ids, ids, 4 * sizeof *ids);
    rlx_generate_options endless = o;
    endless.max = 0;
    assert_int_equal(rlx_session_generate(s, &endless, &made, &why, &error),
                     RLX_ERROR_BAD_ARGUMENT);
    assert_non_null(strstr(error.text, "ids"));
    assert_memory_equal(rlx_session_history(s) + 9, ids, 4 * sizeof *ids);
    assert_int_equal(rlx_session_generate(s, &o, &made, &why, &error), RLX_OK);
    assert_int_equal(made, 6);
    assert_int_equal(why, RLX_END_LENGTH);
    expect_sizes(s, 19, 18);
    expect_greedy(s, 9);
    rlx_session_close(s);
}

/* Equal seeds give equal tokens, whatever the way; another seed gives others. */
static void test_sampling_repeats(void **state)
{
    (void)state;
    int32_t first[3][20];
    for (int round = 0; round < 3; round++) {
        rlx_session *s = open_session(1 + (uint32_t)round);
        rlx_error error;
        rlx_sampling sampling = {.struct_bytes = sizeof sampling,
                                 .temperature = 20,
                                 .top_p = 1,
                                 .repetition_penalty = 1.2F,
                                 .penalty_window = 64,
                                 .seed = round == 2 ? 2 : 1};
        rlx_session_set_sampling(s, &sampling);
        assert_int_equal(rlx_session_prefill(s, prompt, 9, &error), RLX_OK);
        for (int i = 0; i < 20; i++)
            assert_int_equal((round == 1 ? rlx_session_step_recomputing
                                         : rlx_session_step)(s, &first[round][i], &error),
                             RLX_OK);
        rlx_session_close(s);
    }
    assert_memory_equal(first[0], first[1], sizeof first[0]);
    assert_true(memcmp(first[0], first[2], sizeof first[0]) != 0);
}

/* What the call that gives no status could not say, the next one that would draw a token says. */
static void test_refused_sampling(void **state)
{
    (void)state;
    static const float wrong[] = {NAN, INFINITY, -5};
    rlx_session *s = open_session(1);
    rlx_sampling good = rlx_sampling_default(), found = rlx_sampling_default();
    rlx_error error;
    const float *row;
    int32_t id;
    good.temperature = 0.5F;
    rlx_session_set_sampling(s, &good);
    assert_int_equal(rlx_session_prefill(s, prompt, 9, &error), RLX_OK);
    for (int i = 0; i < 5; i++) {
        rlx_sampling bad = good;
        bad.temperature = i < 3 ? wrong[i] : 0.5F;
        bad.top_p = i == 3 ? 1.5F : 1;
        bad.struct_bytes = i == 4 ? 0 : bad.struct_bytes;
        rlx_session_set_sampling(s, &bad);
        const char *words = i < 3 ? "temperature" : i == 3 ? "top_p" : "struct_bytes is 0";
        for (int way = 0; way < 4; way++) {
            error.text[0] = 0;
            assert_int_equal(way == 0   ? rlx_session_step_recomputing(s, &id, &error)
                             : way == 1 ? rlx_session_step(s, &id, &error)
                             : way == 2 ? rlx_sessions_step(&s, 1, &id, &error)
                                        : rlx_session_generate(s, NULL, NULL, NULL, &error),
                             RLX_ERROR_BAD_ARGUMENT);
            assert_non_null(strstr(error.text, "rlx_session_set_sampling: "));
            assert_non_null(strstr(error.text, words));
        }
        expect_sizes(s, 9, 9);
        assert_int_equal(rlx_session_get_sampling(s, &found), RLX_OK);
        assert_memory_equal(&found, &good, sizeof good);
    }
    assert_int_equal(rlx_session_prefill_logits(s, prompt, 9, &row, &error), RLX_OK);
    rlx_session_set_sampling(s, NULL);
    assert_int_equal(rlx_session_step(s, &id, &error), RLX_OK);
    assert_int_equal(id, true_next(prompt, 9));
    good.min_p = -1;
    rlx_session_set_sampling(s, &good);
    assert_int_equal(rlx_session_use_sampling(s, &good, &error), RLX_ERROR_BAD_ARGUMENT);
    assert_int_equal(rlx_session_step(s, &id, &error), RLX_ERROR_BAD_ARGUMENT);
    assert_int_equal(rlx_session_use_sampling(s, NULL, &error), RLX_OK);
    assert_int_equal(rlx_session_step(s, &id, &error), RLX_OK);
    rlx_session_close(s);
}

/* Nothing is allocated between open and close, sampling with every filter included. */
static void test_no_allocation(void **state)
{
    (void)state;
    if (!allocations_are_counted) {
        print_message("skipped: allocations are not counted under a sanitizer\n");
        skip();
    }
    rlx_session *s = open_session(3);
    rlx_error error;
    size_t made;
    rlx_end why;
    struct seen seen = {.tokens = prompt};
    float rows[TINY_KV_HEADS * TINY_HEAD_DIM];
    rlx_generate_options o = {.struct_bytes = sizeof o, .max = 15};
    rlx_sampling sampling = {.struct_bytes = sizeof sampling,
                             .temperature = 2,
                             .top_k = 30,
                             .top_p = 0.9F,
                             .min_p = 0.01F,
                             .repetition_penalty = 1.1F,
                             .presence_penalty = 0.1F,
                             .frequency_penalty = 0.1F,
                             .penalty_window = UINT32_MAX};
    size_t before = atomic_load(&allocation_count);
    assert_int_equal(rlx_session_prefill(s, prompt, 14, &error), RLX_OK);
    assert_int_equal(rlx_session_generate(s, &o, &made, &why, &error), RLX_OK);
    rlx_session_set_sampling(s, &sampling);
    assert_int_equal(rlx_session_prefill(s, prompt, 14, &error), RLX_OK);
    assert_int_equal(rlx_session_generate(s, &o, &made, &why, &error), RLX_OK);
    assert_int_equal(rlx_session_export_state(s, "past_k_0", rows, 1, &error), RLX_OK);
    rlx_session_reset(s);
    assert_int_equal(rlx_session_run_logits(s, prompt, 17, 0, check_row, &seen, &error), RLX_OK);
    assert_int_equal(rlx_session_run_block(s, prompt + 17, 5, check_row, &seen, &error), RLX_OK);
    assert_int_equal(rlx_session_commit(s, 2, &error), RLX_OK);
    assert_int_equal(rlx_session_bind_state(s, "past_k_0", rows, 1, &error), RLX_OK);
    assert_int_equal(rlx_session_prefill(s, prompt, TINY_CONTEXT + 1, &error),
                     RLX_ERROR_CONTEXT_FULL);
    assert_int_equal(atomic_load(&allocation_count), before);
    rlx_session_close(s);
}

int main(void)
{
    tiny_require_machine();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_prefill_runs),
        cmocka_unit_test(test_cached_steps),
        cmocka_unit_test(test_naive_steps),
        cmocka_unit_test(test_run_logits_in_all_blocks_and_threads),
        cmocka_unit_test(test_run_logits_after_a_prompt_and_stopped),
        cmocka_unit_test(test_logits_without_sampling),
        cmocka_unit_test(test_append_truncate_reset),
        cmocka_unit_test(test_export),
        cmocka_unit_test(test_context),
        cmocka_unit_test(test_bad_ids),
        cmocka_unit_test(test_generate),
        cmocka_unit_test(test_sampling_repeats),
        cmocka_unit_test(test_refused_sampling),
        cmocka_unit_test(test_no_allocation),
    };
    return cmocka_run_group_tests(tests, open_model, close_model);
}

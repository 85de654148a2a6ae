/* Several sessions stepped together, on the made-up model whose logits depend on every token of a
 * sequence: each generates what it generates alone, whatever the lengths and the other sessions,
 * and only missing rows are computed. The reference is a loop over the tokens. The model has
 * variants for 2, and for 4 to 5 sequences. */
#include "tests/support/count_allocations.h"
#include "tests/support/tiny_session.h"

enum { MAX = 13 };

static rlx_session *open_parallel(rlx_session *first)
{
    rlx_session_options options = {.struct_bytes = sizeof options, .share_with = first};
    rlx_session *session;
    rlx_error error = {0};
    if (rlx_session_open(model, &options, &session, &error) != RLX_OK)
        fail_msg("%s", error.text);
    return session;
}

/* `count` sessions beside one another. Session i has a prompt of its own and samples in its own
 * way. */
static void open_all(rlx_session **sessions, size_t count, uint32_t threads)
{
    for (size_t i = 0; i < count; i++) {
        rlx_sampling sampling = {.struct_bytes = sizeof sampling,
                                 .temperature = i % 3 == 0 ? 0 : 5 * (float)i,
                                 .top_k = i % 2 == 0 ? 0 : 10,
                                 .top_p = i % 4 == 3 ? 0.8F : 1,
                                 .repetition_penalty = i % 5 == 4 ? 1.5F : 1,
                                 .penalty_window = 64,
                                 .seed = i};
        sessions[i] = i == 0 ? open_session(threads) : open_parallel(sessions[i - 1]);
        rlx_session_set_sampling(sessions[i], &sampling);
        assert_int_equal(rlx_session_prefill(sessions[i], prompt + i, 1 + i * 5 % 17, NULL),
                         RLX_OK);
    }
}

static void close_all(rlx_session **sessions, size_t count)
{
    for (size_t i = 0; i < count; i++)
        rlx_session_close(sessions[i * 5 % count]); /* any order: 5 has no common divisor */
}

static void expect_alike(const rlx_session *a, const rlx_session *b)
{
    assert_int_equal(rlx_session_tokens(a), rlx_session_tokens(b));
    assert_int_equal(rlx_session_past(a), rlx_session_past(b));
    assert_memory_equal(rlx_session_history(a), rlx_session_history(b),
                        rlx_session_tokens(a) * sizeof(int32_t));
}

/* Every number of sequences: together as alone. */
static void test_as_alone(void **state)
{
    (void)state;
    static const uint32_t threads[] = {1, 2, 3, 8};
    for (size_t count = 1; count <= MAX; count++) {
        if (count % 5 == 0)
            continue;
        rlx_session *together[MAX], *alone[MAX];
        int32_t ids[MAX];
        rlx_error error;
        open_all(together, count, threads[count % 4]);
        open_all(alone, count, 1);
        for (int step = 0; step < 20; step++) {
            if (rlx_sessions_step(together, count, ids, &error) != RLX_OK)
                fail_msg("%s", error.text);
            for (size_t i = 0; i < count; i++) {
                int32_t id;
                assert_int_equal(rlx_session_step(alone[i], &id, &error), RLX_OK);
                assert_int_equal(ids[i], id);
                expect_alike(together[i], alone[i]);
            }
        }
        close_all(together, count);
        close_all(alone, count);
    }
}

/* Greedy tokens are those of the truth; rows and runs are as many as they must be. */
static void test_runs(void **state)
{
    (void)state;
    static const unsigned runs[MAX + 1] = {0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3};
    for (size_t count = 1; count <= MAX; count++) {
        if (count % 5 == 0)
            continue;
        rlx_session *sessions[MAX];
        int32_t ids[MAX];
        rlx_error error;
        open_all(sessions, count, 2);
        for (size_t i = 0; i < count; i++)
            rlx_session_set_sampling(sessions[i], NULL);
        atomic_store(&runs_of_batches, 0);
        assert_int_equal(rlx_sessions_step(sessions, count, ids, &error), RLX_OK);
        atomic_store(&runs_of_batches, 0);
        atomic_store(&runs_of_write, 0);
        for (int step = 1; step < 4; step++) {
            assert_int_equal(rlx_sessions_step(sessions, count, ids, &error), RLX_OK);
            assert_int_equal(atomic_load(&runs_of_write), step * count);
            assert_int_equal(atomic_load(&runs_of_batches), (unsigned)step * runs[count]);
        }
        for (size_t i = 0; i < count; i++) {
            const int32_t *history = rlx_session_history(sessions[i]);
            for (size_t t = rlx_session_tokens(sessions[i]) - 4;
                 t < rlx_session_tokens(sessions[i]); t++)
                assert_int_equal(history[t], true_next(history, t));
            rlx_timings timings = {.struct_bytes = sizeof timings};
            rlx_session_get_timings(sessions[i], &timings);
            assert_true(timings.generated_tokens >= 3);
        }
        close_all(sessions, count);
    }
}

/* Sessions come and go, are cut back, get new words, and work by themselves in between. */
static void test_joining_and_leaving(void **state)
{
    (void)state;
    rlx_session *together[4], *alone[4];
    rlx_error error;
    uint64_t seed = 3;
    open_all(together, 4, 2);
    open_all(alone, 4, 2);
    for (int round = 0; round < 300; round++) {
        rlx_session *chosen[4];
        int32_t ids[4], id;
        size_t count = 0;
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        for (uint32_t i = 0; i < 4; i++) {
            rlx_session *both[2] = {together[i], alone[i]};
            uint32_t what = (uint32_t)(seed >> (33 + 4 * i)) % 8;
            size_t tokens = rlx_session_tokens(together[i]);
            for (int j = 0; j < 2; j++) {
                if (tokens > 30)
                    assert_int_equal(rlx_session_truncate(both[j], 1 + what, &error), RLX_OK);
                else if (what == 0)
                    assert_int_equal(rlx_session_append(both[j], prompt, 3, &error), RLX_OK);
                else if (what == 1)
                    assert_int_equal(rlx_session_step(both[j], &id, &error), RLX_OK);
            }
            if (what % 3 != 0) {
                chosen[count++] = together[i];
                assert_int_equal(rlx_session_step(alone[i], &id, &error), RLX_OK);
            }
        }
        if (count != 0)
            assert_int_equal(rlx_sessions_step(chosen, count, ids, &error), RLX_OK);
        for (size_t i = 0; i < 4; i++)
            expect_alike(together[i], alone[i]);
    }
    /* One that is in the way leaves, another takes its place, beside those that are left. */
    rlx_session_close(together[0]);
    together[0] = open_parallel(together[2]);
    rlx_session_reset(alone[0]);
    rlx_session_set_sampling(alone[0], NULL);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(rlx_session_prefill(i ? alone[0] : together[0], prompt, 7, &error),
                         RLX_OK);
    for (size_t i = 1; i < 4; i++)
        for (size_t j = 0; j < 2; j++)
            assert_int_equal(rlx_session_truncate(j ? alone[i] : together[i], 1, &error), RLX_OK);
    for (int step = 0; step < 20; step++) {
        int32_t ids[4], id;
        assert_int_equal(rlx_sessions_step(together, 4, ids, &error), RLX_OK);
        for (size_t i = 0; i < 4; i++) {
            assert_int_equal(rlx_session_step(alone[i], &id, &error), RLX_OK);
            assert_int_equal(ids[i], id);
        }
    }
    close_all(together, 4);
    close_all(alone, 4);
}

static void test_refusals(void **state)
{
    (void)state;
    rlx_session *sessions[3], *other = open_session(1), *made;
    rlx_model *first = model, *second;
    int32_t ids[3];
    rlx_error error;
    open_all(sessions, 3, 2);
    assert_int_equal(rlx_sessions_step(sessions, 0, ids, &error), RLX_ERROR_BAD_ARGUMENT);
    assert_int_equal(rlx_sessions_step((rlx_session *[]){sessions[0], NULL}, 2, ids, &error),
                     RLX_ERROR_BAD_ARGUMENT);
    assert_int_equal(rlx_sessions_step((rlx_session *[]){sessions[0], other}, 2, ids, &error),
                     RLX_ERROR_BAD_ARGUMENT);
    assert_non_null(strstr(error.text, "not opened to share"));
    assert_int_equal(
        rlx_sessions_step((rlx_session *[]){sessions[0], sessions[1], sessions[0]}, 3, ids, &error),
        RLX_ERROR_BAD_ARGUMENT);
    assert_non_null(strstr(error.text, "0 and 2 are the same"));
    /* A full one and an empty one: nobody moves. */
    assert_int_equal(rlx_session_append(sessions[1], prompt, TINY_CONTEXT - 6, &error), RLX_OK);
    assert_int_equal(rlx_sessions_step(sessions, 3, ids, &error), RLX_ERROR_CONTEXT_FULL);
    rlx_session_reset(sessions[1]);
    assert_int_equal(rlx_sessions_step(sessions, 3, ids, &error), RLX_ERROR_BAD_ARGUMENT);
    expect_sizes(sessions[0], 1, 1);
    expect_sizes(sessions[2], 11, 11);
    assert_int_equal(open_model(NULL), 0);
    second = model;
    model = first;
    rlx_session_options options = {.struct_bytes = sizeof options, .share_with = other};
    assert_int_equal(rlx_session_open(second, &options, &made, &error), RLX_ERROR_BAD_ARGUMENT);
    assert_null(made);
    rlx_model_close(second);
    rlx_session_close(other);
    close_all(sessions, 3);
}

static void test_no_allocation(void **state)
{
    (void)state;
    if (!allocations_are_counted) {
        print_message("skipped: allocations are not counted under a sanitizer\n");
        skip();
    }
    rlx_session *sessions[9];
    int32_t ids[9];
    rlx_error error;
    open_all(sessions, 9, 2);
    size_t before = atomic_load(&allocation_count);
    for (int step = 0; step < 10; step++)
        assert_int_equal(rlx_sessions_step(sessions, 9, ids, &error), RLX_OK);
    assert_int_equal(atomic_load(&allocation_count), before);
    close_all(sessions, 9);
}

int main(void)
{
    tiny_require_machine();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_as_alone),
        cmocka_unit_test(test_runs),
        cmocka_unit_test(test_joining_and_leaving),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_no_allocation),
    };
    return cmocka_run_group_tests(tests, open_model, close_model);
}

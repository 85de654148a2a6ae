/* NULL in every pointer and wrong sizes of every structure: sessions. See
 * tests/support/api_walk.h. */
#include "tests/support/api_walk.h"

enum { TOKENS = 3 };

static rlx_model *model;
static rlx_session *session, *other; /* `other` keeps its tokens */
static const int32_t ids_in[TOKENS] = {5, 6, 7};

static rlx_go on_row(void *context, size_t position, const float *row)
{
    (void)context, (void)position, (void)row;
    return RLX_GO_ON;
}

static rlx_go never(void *context)
{
    (void)context;
    return RLX_GO_ON;
}

static const char *saved_path(void)
{
    return temporary_path(&test_folder, "saved.rls");
}

/* ---- sessions ---- */

CALL(rlx_session_open)
{
    SIZED(rlx_session_options, options);
    rlx_session *opened = NULL;
    options.threads = 1;
    rlx_status status = rlx_session_open(P(0, model), P(1, &options), P(2, &opened), P(3, error));
    rlx_session_close(opened);
    return status;
}

CALL(rlx_session_close)
{
    (void)null, (void)error;
    rlx_session_close(NULL);
    return RLX_OK;
}

CALL(rlx_session_fork)
{
    rlx_session *fork = NULL;
    rlx_status status = rlx_session_fork(P(0, session), P(1, &fork), P(2, error));
    rlx_session_close(fork);
    return status;
}

CALL(rlx_session_instance)
{
    (void)error;
    return GIVES(rlx_session_instance(P(0, session)));
}

CALL(rlx_session_checkpoint)
{
    return rlx_session_checkpoint(P(0, session), P(1, error));
}

CALL(rlx_session_use_sampling)
{
    SIZED(rlx_sampling, sampling);
    return rlx_session_use_sampling(P(0, session), P(1, &sampling), P(2, error));
}

CALL(rlx_session_set_sampling)
{
    SIZED(rlx_sampling, sampling);
    (void)error;
    rlx_session_set_sampling(P(0, session), P(1, &sampling));
    return RLX_ERROR_BAD_ARGUMENT;
}

CALL(rlx_session_get_sampling)
{
    SIZED(rlx_sampling, sampling);
    (void)error;
    return rlx_session_get_sampling(P(0, session), P(1, &sampling));
}

CALL(rlx_session_set_stop)
{
    (void)error;
    rlx_session_set_stop(P(0, session), P(1, never), P(2, &session));
    rlx_session_set_stop(P(0, session), NULL, NULL);
    return RLX_ERROR_BAD_ARGUMENT;
}

CALL(rlx_session_prefill)
{
    return rlx_session_prefill(P(0, session), P(1, ids_in), TOKENS, P(2, error));
}

CALL(rlx_session_append)
{
    return rlx_session_append(P(0, session), P(1, ids_in), TOKENS, P(2, error));
}

CALL(rlx_session_step_recomputing)
{
    int32_t id;
    return rlx_session_step_recomputing(P(0, session), P(1, &id), P(2, error));
}

CALL(rlx_session_step)
{
    int32_t id;
    return rlx_session_step(P(0, session), P(1, &id), P(2, error));
}

CALL(rlx_sessions_step)
{
    rlx_session *all[] = {session};
    int32_t ids[1];
    return rlx_sessions_step(P(0, all), 1, P(1, ids), P(2, error));
}

CALL(rlx_session_generate)
{
    SIZED(rlx_generate_options, options);
    size_t made;
    rlx_end why;
    options.max = 2;
    return rlx_session_generate(P(0, session), P(1, &options), P(2, &made), P(3, &why),
                                P(4, error));
}

CALL(rlx_session_prefill_logits)
{
    const float *row;
    return rlx_session_prefill_logits(P(0, session), P(1, ids_in), TOKENS, P(2, &row), P(3, error));
}

CALL(rlx_session_decode_logits)
{
    const float *row;
    return rlx_session_decode_logits(P(0, session), 7, P(1, &row), P(2, error));
}

CALL(rlx_session_run_logits)
{
    return rlx_session_run_logits(P(0, session), P(1, ids_in), TOKENS, 0, P(2, on_row),
                                  P(3, &session), P(4, error));
}

CALL(rlx_session_run_block)
{
    return rlx_session_run_block(P(0, session), P(1, ids_in), TOKENS, P(2, on_row), P(3, &session),
                                 P(4, error));
}

CALL(rlx_session_commit)
{
    rlx_session_run_block(session, ids_in, TOKENS, on_row, NULL, NULL);
    return rlx_session_commit(P(0, session), 1, P(1, error));
}

CALL(rlx_session_tokens)
{
    (void)error;
    return GIVES(rlx_session_tokens(P(0, session)));
}

CALL(rlx_session_past)
{
    (void)error;
    return GIVES(rlx_session_past(P(0, session)));
}

CALL(rlx_session_context)
{
    (void)error;
    return GIVES(rlx_session_context(P(0, session)));
}

CALL(rlx_session_history)
{
    (void)error;
    return GIVES(rlx_session_history(P(0, session)));
}

CALL(rlx_session_truncate)
{
    return rlx_session_truncate(P(0, session), 1, P(1, error));
}

CALL(rlx_session_reset)
{
    (void)error;
    rlx_session_reset(P(0, session));
    return RLX_ERROR_BAD_ARGUMENT;
}

/* ---- state ---- */

static float rows[1 << 16];
static const float *layers[64];

CALL(rlx_session_has_state)
{
    (void)error;
    return GIVES(rlx_session_has_state(P(0, session), P(1, "past_k_0")));
}

CALL(rlx_session_export_state)
{
    return rlx_session_export_state(P(0, session), P(1, "past_k_0"), P(2, rows), 1, P(3, error));
}

CALL(rlx_session_bind_state)
{
    return rlx_session_bind_state(P(0, session), P(1, "past_k_0"), P(2, rows), 1, P(3, error));
}

CALL(rlx_session_version)
{
    (void)error;
    return GIVES(rlx_session_version(P(0, session)));
}

CALL(rlx_session_install_prefix)
{
    for (size_t i = 0; i < sizeof layers / sizeof layers[0]; i++)
        layers[i] = rows;
    return rlx_session_install_prefix(P(0, session), P(1, ids_in), TOKENS, P(2, layers),
                                      P(3, layers), 0, P(4, error));
}

CALL(rlx_session_copy_prefix)
{
    return rlx_session_copy_prefix(P(0, session), P(1, other), TOKENS, P(2, error));
}

CALL(rlx_session_set_note)
{
    return rlx_session_set_note(P(0, session), P(1, "note"), 4, P(2, error));
}

CALL(rlx_session_device)
{
    (void)error;
    return GIVES(rlx_session_device(P(0, session)));
}

CALL(rlx_session_level)
{
    (void)error;
    return GIVES(rlx_session_level(P(0, session)));
}

CALL(rlx_session_passed_over)
{
    const char *why = rlx_session_passed_over(P(0, session));
    (void)error;
    assert_null(why); /* nobody asked for "auto" */
    return null == 0 ? RLX_OK : RLX_ERROR_BAD_ARGUMENT;
}

CALL(rlx_session_note)
{
    size_t bytes;
    (void)error;
    rlx_session_set_note(session, "note", 4, NULL);
    return GIVES(rlx_session_note(P(0, session), P(1, &bytes)));
}

CALL(rlx_session_save)
{
    return rlx_session_save(P(0, session), P(1, saved_path()), P(2, error));
}

CALL(rlx_session_load)
{
    rlx_session_save(session, saved_path(), NULL);
    return rlx_session_load(P(0, session), P(1, saved_path()), P(2, error));
}

CALL(rlx_session_save_memory)
{
    void *data = NULL;
    size_t bytes;
    rlx_status status =
        rlx_session_save_memory(P(0, session), P(1, &data), P(2, &bytes), P(3, error));
    free(data);
    return status;
}

CALL(rlx_session_load_memory)
{
    void *data = NULL;
    size_t bytes = 0;
    rlx_session_save_memory(session, &data, &bytes, NULL);
    rlx_status status = rlx_session_load_memory(P(0, session), P(1, data), bytes, P(2, error));
    free(data);
    return status;
}

CALL(rlx_session_save_history)
{
    return rlx_session_save_history(P(0, session), P(1, saved_path()), P(2, error));
}

CALL(rlx_saved_read)
{
    SIZED(rlx_saved_info, info);
    void *note = NULL;
    size_t bytes;
    rlx_session_save(session, saved_path(), NULL);
    rlx_status status =
        rlx_saved_read(P(0, saved_path()), P(1, &info), P(2, &note), P(3, &bytes), P(4, error));
    free(note);
    return status;
}

CALL(rlx_session_get_timings)
{
    SIZED(rlx_timings, timings);
    (void)error;
    return rlx_session_get_timings(P(0, session), P(1, &timings));
}

CALL(rlx_session_use_expert_memory)
{
    return rlx_session_use_expert_memory(P(0, session), 0, P(1, error));
}

CALL(rlx_session_get_expert_counts)
{
    SIZED(rlx_expert_counts, counts);
    (void)error;
    return rlx_session_get_expert_counts(P(0, session), P(1, &counts));
}

CALL(rlx_model_get_experts)
{
    SIZED(rlx_expert_counts, counts);
    return rlx_model_get_experts(P(0, model), 0, P(1, &counts), P(2, error));
}

/* ---- all of them ---- */

static const struct walk_entry entries[] = {
    ENTRY(rlx_session_open, "options"),
    ENTRY(rlx_session_close, "session"),
    ENTRY(rlx_session_fork, ""),
    ENTRY(rlx_session_instance, ""),
    ENTRY(rlx_session_checkpoint, ""),
    ENTRY(rlx_session_use_sampling, "sampling"),
    ENTRY(rlx_session_set_sampling, "sampling"),
    ENTRY(rlx_session_get_sampling, ""),
    ENTRY(rlx_session_set_stop, "stop"),
    ENTRY(rlx_session_prefill, ""),
    ENTRY(rlx_session_append, ""),
    ENTRY(rlx_session_step_recomputing, "id"),
    ENTRY(rlx_session_step, "id"),
    ENTRY(rlx_sessions_step, ""),
    ENTRY(rlx_session_generate, "options made why"),
    ENTRY(rlx_session_prefill_logits, ""),
    ENTRY(rlx_session_decode_logits, ""),
    ENTRY(rlx_session_run_logits, ""),
    ENTRY(rlx_session_run_block, ""),
    ENTRY(rlx_session_commit, ""),
    ENTRY(rlx_session_tokens, ""),
    ENTRY(rlx_session_past, ""),
    ENTRY(rlx_session_context, ""),
    ENTRY(rlx_session_history, ""),
    ENTRY(rlx_session_truncate, ""),
    ENTRY(rlx_session_reset, ""),
    ENTRY(rlx_session_has_state, ""),
    ENTRY(rlx_session_export_state, ""),
    ENTRY(rlx_session_bind_state, ""),
    ENTRY(rlx_session_version, ""),
    ENTRY(rlx_session_install_prefix, ""),
    ENTRY(rlx_session_copy_prefix, ""),
    ENTRY(rlx_session_set_note, ""),
    ENTRY(rlx_session_device, ""),
    ENTRY(rlx_session_level, ""),
    ENTRY(rlx_session_passed_over, ""),
    ENTRY(rlx_session_note, "bytes"),
    ENTRY(rlx_session_save, ""),
    ENTRY(rlx_session_load, ""),
    ENTRY(rlx_session_save_memory, ""),
    ENTRY(rlx_session_load_memory, ""),
    ENTRY(rlx_session_save_history, ""),
    ENTRY(rlx_saved_read, "info"),
    ENTRY(rlx_session_get_timings, ""),
    ENTRY(rlx_session_use_expert_memory, ""),
    ENTRY(rlx_session_get_expert_counts, ""),
    ENTRY(rlx_model_get_experts, ""),
};

/* The session before each call: something to continue, with rows in its states. */
static void prepare(void)
{
    rlx_session_set_sampling(session, NULL);
    assert_int_equal(rlx_session_prefill(session, ids_in, TOKENS, NULL), RLX_OK);
}

static void unchanged(void)
{
    assert_int_equal(rlx_session_tokens(session), TOKENS);
    assert_int_equal(rlx_session_past(session), TOKENS);
}

static void test_every_function(void **state)
{
    static const char *const headers[] = {"rlx/session.h", "rlx/saved.h", NULL};
    (void)state;
    walk_headers(&(struct walk){.headers = headers,
                                .entries = entries,
                                .count = sizeof entries / sizeof entries[0],
                                .prepare = prepare,
                                .unchanged = unchanged});
}

/* No bytes and no elements need no pointer. */
static void test_nothing_at_null(void **state)
{
    rlx_error error = {0};
    (void)state;
    assert_int_equal(rlx_session_prefill(session, NULL, 0, &error), RLX_OK);
    assert_int_equal(rlx_session_append(session, NULL, 0, &error), RLX_OK);
    assert_int_equal(rlx_session_run_logits(session, NULL, 0, 0, on_row, NULL, &error), RLX_OK);
    assert_int_equal(rlx_session_install_prefix(session, NULL, 0, NULL, NULL, 0, &error), RLX_OK);
    assert_int_equal(rlx_session_set_note(session, NULL, 0, &error), RLX_OK);
    assert_int_equal(rlx_session_load_memory(session, NULL, 0, &error), RLX_ERROR_BAD_FILE);
}

/* What stands behind pointers: stop strings, sessions. */
static void test_null_inside(void **state)
{
    const char *const stop[] = {"a", NULL};
    rlx_session *none[] = {NULL};
    rlx_error error = {0};
    int32_t id;
    (void)state;
    prepare();
    rlx_generate_options options = rlx_generate_options_default();
    options.stop = stop;
    options.stop_count = 2;
    assert_int_equal(rlx_session_generate(session, &options, NULL, NULL, &error),
                     RLX_ERROR_BAD_ARGUMENT);
    assert_non_null(strstr(error.text, "stop string 1 is NULL"));
    options.stop = NULL;
    assert_int_equal(rlx_session_generate(session, &options, NULL, NULL, &error),
                     RLX_ERROR_BAD_ARGUMENT);
    assert_int_equal(rlx_sessions_step(none, 1, &id, &error), RLX_ERROR_BAD_ARGUMENT);
    assert_non_null(strstr(error.text, "sessions[0]"));
}

static int open_all(void **state)
{
    bool lacking;
    if (temporary_set_up(state) != 0)
        return -1;
    model = compiled_open("examples/stories-3m.Q8_0.gguf", "--context=64 --variants=decode=1",
                          &lacking);
    session = model == NULL ? NULL : compiled_session(model, 1);
    other = model == NULL ? NULL : compiled_session(model, 1);
    return other == NULL || rlx_session_prefill(other, ids_in, TOKENS, NULL) != RLX_OK;
}

static int close_all(void **state)
{
    rlx_session_close(other);
    rlx_session_close(session);
    rlx_model_close(model);
    return temporary_tear_down(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_function),
        cmocka_unit_test(test_nothing_at_null),
        cmocka_unit_test(test_null_inside),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}

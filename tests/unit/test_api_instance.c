/* NULL in every pointer and wrong sizes of every structure: instances. See
 * tests/support/api_walk.h. */
#include "tests/support/api_walk.h"

static rlx_model *model;
static rlx_instance *instance;
static const int32_t ids[] = {5};
static float rows[256];

CALL(rlx_instance_open)
{
    SIZED(rlx_instance_options, options);
    rlx_instance *opened = NULL;
    options.threads = 1;
    rlx_status status = rlx_instance_open(P(0, model), P(1, &options), P(2, &opened), P(3, error));
    rlx_instance_close(opened);
    return status;
}

CALL(rlx_instance_close)
{
    (void)null, (void)error;
    rlx_instance_close(NULL);
    return RLX_OK;
}

CALL(rlx_instance_set_input)
{
    return rlx_instance_set_input(P(0, instance), P(1, "main"), P(2, "tokens"), P(3, ids),
                                  sizeof ids, P(4, error));
}

CALL(rlx_instance_set_extent)
{
    return rlx_instance_set_extent(P(0, instance), P(1, "PAST_SEQ"), 0, P(2, error));
}

CALL(rlx_instance_set_segments)
{
    const rlx_segment_rows segments[] = {{1, 0}};
    return rlx_instance_set_segments(P(0, instance), P(1, segments), 1, P(2, error));
}

CALL(rlx_instance_run)
{
    return rlx_instance_run(P(0, instance), P(1, "main"), P(2, error));
}

CALL(rlx_instance_commit)
{
    return rlx_instance_commit(P(0, instance), P(1, error));
}

CALL(rlx_instance_get_output)
{
    SIZED(rlx_output, output);
    return rlx_instance_get_output(P(0, instance), P(1, "main"), P(2, "logits"), P(3, &output),
                                   P(4, error));
}

CALL(rlx_instance_feed)
{
    return rlx_instance_feed(P(0, instance), P(1, "main"), P(2, "logits"), P(3, "past_k_0"),
                             P(4, error));
}

CALL(rlx_instance_state_rows)
{
    size_t count;
    return rlx_instance_state_rows(P(0, instance), P(1, "past_k_0"), P(2, &count), P(3, error));
}

CALL(rlx_instance_set_state_rows)
{
    return rlx_instance_set_state_rows(P(0, instance), P(1, "past_k_0"), 0, P(2, error));
}

CALL(rlx_instance_read_state)
{
    rlx_instance_commit(instance, NULL);
    return rlx_instance_read_state(P(0, instance), P(1, "past_k_0"), 0, 1, P(2, rows), P(3, error));
}

CALL(rlx_instance_bind_state)
{
    return rlx_instance_bind_state(P(0, instance), P(1, "past_k_0"), 0, 1, P(2, rows), P(3, error));
}

CALL(rlx_instance_reset)
{
    (void)error;
    rlx_instance_reset(P(0, instance));
    return RLX_ERROR_BAD_ARGUMENT;
}

static const struct walk_entry entries[] = {
    ENTRY(rlx_instance_open, "options"),    ENTRY(rlx_instance_close, "instance"),
    ENTRY(rlx_instance_set_input, ""),      ENTRY(rlx_instance_set_extent, ""),
    ENTRY(rlx_instance_set_segments, ""),   ENTRY(rlx_instance_run, ""),
    ENTRY(rlx_instance_commit, ""),         ENTRY(rlx_instance_get_output, ""),
    ENTRY(rlx_instance_feed, ""),           ENTRY(rlx_instance_state_rows, ""),
    ENTRY(rlx_instance_set_state_rows, ""), ENTRY(rlx_instance_read_state, ""),
    ENTRY(rlx_instance_bind_state, ""),     ENTRY(rlx_instance_reset, ""),
};

/* The instance before each call: a run that is not committed. */
static void prepare(void)
{
    rlx_instance_reset(instance);
    assert_int_equal(rlx_instance_set_segments(instance, NULL, 0, NULL), RLX_OK);
    assert_int_equal(rlx_instance_set_input(instance, "main", "tokens", ids, sizeof ids, NULL),
                     RLX_OK);
    rlx_error error;
    if (rlx_instance_run(instance, "main", &error) != RLX_OK)
        fail_msg("%s", error.text);
}

/* The output is there, and commit has a run to keep. */
static void unchanged(void)
{
    rlx_output output = rlx_output_default();
    assert_int_equal(rlx_instance_get_output(instance, "main", "logits", &output, NULL), RLX_OK);
    assert_int_equal(output.rows, 1);
    assert_int_equal(output.width, 2048);
}

static void test_every_function(void **state)
{
    static const char *const headers[] = {"rlx/instance.h", NULL};
    (void)state;
    walk_headers(&(struct walk){.headers = headers,
                                .entries = entries,
                                .count = sizeof entries / sizeof entries[0],
                                .prepare = prepare,
                                .unchanged = unchanged});
}

static int open_all(void **state)
{
    bool lacking;
    if (temporary_set_up(state) != 0)
        return -1;
    model = compiled_open("examples/stories-3m.Q8_0.gguf", "--context=64 --variants=decode=1",
                          &lacking);
    return model == NULL || rlx_instance_open(model, NULL, &instance, NULL) != RLX_OK;
}

static int close_all(void **state)
{
    rlx_instance_close(instance);
    rlx_model_close(model);
    return temporary_tear_down(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_function),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}

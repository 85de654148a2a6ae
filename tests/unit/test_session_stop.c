/* rlx_session_set_stop: a prompt stops inside a run or between two, complete runs stay, and
 * continuing gives the same result as without a stop. Uses the made-up model, whose longest run
 * takes 12 tokens; the reference is a loop over the tokens. */
#include "tests/support/tiny_session.h"

enum { PROMPT = 30 };

struct patience {
    size_t asked, max; /* times */
};

static rlx_go is_enough(void *context)
{
    struct patience *p = context;
    return ++p->asked > p->max ? RLX_GO_STOP : RLX_GO_ON;
}

static rlx_session *open_stopping(struct patience *p)
{
    rlx_session *s = open_session(2);
    rlx_error error;
    rlx_session_set_stop(s, is_enough, p);
    assert_int_equal(write_history(s, prompt, PROMPT, &error), RLX_OK);
    return s;
}

/* Runs of 12, 12 and 6 tokens: asked once in the first two, where threads meet, and after them;
 * twice in the last, which has a head. */
static void test_prompt(void **state)
{
    (void)state;
    static const size_t ran[] = {0, 12, 12, 24, 24, 24};
    for (size_t i = 0; i < sizeof ran / sizeof ran[0]; i++) {
        struct patience p = {.max = i};
        rlx_session *s = open_stopping(&p);
        rlx_timings timings = {.struct_bytes = sizeof timings};
        rlx_error error;
        int32_t id;
        assert_int_equal(rlx_session_step(s, &id, &error), RLX_ERROR_STOPPED);
        assert_int_equal(p.asked, i + 1);
        expect_sizes(s, PROMPT, ran[i]);
        rlx_session_get_timings(s, &timings);
        assert_int_equal(timings.prompt_tokens, ran[i]);
        rlx_session_set_stop(s, NULL, NULL);
        atomic_store(&runs_of_write, 0);
        assert_int_equal(rlx_session_step(s, &id, &error), RLX_OK);
        assert_int_equal(id, true_next(prompt, PROMPT));
        assert_int_equal(atomic_load(&runs_of_write), PROMPT - ran[i]);
        rlx_session_close(s);
    }
    struct patience p = {.max = sizeof ran / sizeof ran[0]};
    rlx_session *s = open_stopping(&p);
    assert_int_equal(rlx_session_step(s, NULL, NULL), RLX_OK);
    assert_int_equal(p.asked, p.max);
    rlx_session_close(s);
}

static rlx_go count_row(void *context, size_t position, const float *row)
{
    assert_int_equal(position, (*(size_t *)context)++);
    expect_row(row, prompt, position + 1);
    return RLX_GO_ON;
}

/* Rows that were given are in the KV cache, whether the run's body stopped or a later slice of its
 * head (3 rows each, one place to meet). */
static void test_rows(void **state)
{
    (void)state;
    static const struct {
        size_t max, rows, past;
    } cases[] = {{0, 0, 0},   {1, 0, 0},   {2, 3, 12},  {3, 6, 12},
                 {5, 12, 12}, {6, 12, 12}, {7, 12, 12}, {8, 15, 24}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct patience p = {.max = cases[i].max};
        rlx_session *s = open_stopping(&p);
        rlx_error error;
        size_t rows = 0;
        rlx_session_reset(s);
        assert_int_equal(rlx_session_run_logits(s, prompt, PROMPT, 0, count_row, &rows, &error),
                         RLX_ERROR_STOPPED);
        assert_int_equal(rows, cases[i].rows);
        expect_sizes(s, cases[i].past, cases[i].past);
        rlx_session_close(s);
    }
}

/* Before the first token, and between two tokens; a generation that is stopped is none that failed.
 */
static void test_generation(void **state)
{
    (void)state;
    struct patience p = {.max = 1};
    rlx_session *s = open_stopping(&p);
    rlx_error error;
    rlx_generate_options o = {.struct_bytes = sizeof o, .max = 5};
    size_t made = 9;
    rlx_end why;
    assert_int_equal(rlx_session_generate(s, &o, &made, &why, &error), RLX_OK);
    assert_int_equal(made, 0);
    assert_int_equal(why, RLX_END_CALLBACK);
    expect_sizes(s, PROMPT, 12);
    p = (struct patience){.max =
                              4 + 2}; /* in the rest of the prompt, between tokens; then enough */
    assert_int_equal(rlx_session_generate(s, &o, &made, &why, &error), RLX_OK);
    assert_int_equal(made, 3);
    assert_int_equal(why, RLX_END_CALLBACK);
    const int32_t *history = rlx_session_history(s);
    for (size_t i = PROMPT; i < PROMPT + 3; i++)
        assert_int_equal(history[i], true_next(history, i));
    rlx_session_close(s);
}

int main(void)
{
    tiny_require_machine();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_prompt),
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_generation),
    };
    return cmocka_run_group_tests(tests, open_model, close_model);
}

/* rlx_session_set_stop: a prompt stops between two runs, what was run stays, and going on makes
 * what would have been made. On the made-up model, whose longest run takes 12 tokens; the truth is
 * a loop over the tokens.
 */
#include "tests/support/tiny_session.h"

enum { PROMPT = 30 };

struct patience {
    size_t asked, most; /* times */
};

static bool is_enough(void *context)
{
    struct patience *p = context;
    return ++p->asked > p->most;
}

static rlx_session *open_stopping(struct patience *p)
{
    rlx_session *s = open_session(2);
    rlx_error error;
    rlx_session_set_stop(s, is_enough, p);
    assert_int_equal(rlx_session_prefill(s, prompt, PROMPT, &error), RLX_OK);
    return s;
}

/* Runs of 12, 12 and 6 tokens: asked behind the first and the second. */
static void test_prompt(void **state)
{
    (void)state;
    static const size_t ran[] = {12, 24};
    for (size_t i = 0; i < 2; i++) {
        struct patience p = {.most = i};
        rlx_session *s = open_stopping(&p);
        rlx_error error;
        int32_t id;
        assert_int_equal(rlx_session_step_cached(s, &id, &error), RLX_STOPPED);
        assert_int_equal(p.asked, i + 1);
        expect_sizes(s, PROMPT, ran[i]);
        rlx_session_set_stop(s, NULL, NULL);
        atomic_store(&runs_of_write, 0);
        assert_int_equal(rlx_session_step_cached(s, &id, &error), RLX_OK);
        assert_int_equal(id, true_next(prompt, PROMPT));
        assert_int_equal(atomic_load(&runs_of_write), PROMPT - ran[i]);
        rlx_session_close(s);
    }
}

/* Before the first token, and between two tokens; a generation that is stopped is none that failed.
 */
static void test_generation(void **state)
{
    (void)state;
    struct patience p = {.most = 1};
    rlx_session *s = open_stopping(&p);
    rlx_error error;
    rlx_generate_options o = {.struct_bytes = sizeof o, .most = 5};
    size_t made = 9;
    rlx_stop why;
    assert_int_equal(rlx_session_generate(s, &o, &made, &why, &error), RLX_OK);
    assert_int_equal(made, 0);
    assert_int_equal(why, RLX_BY_CALLBACK);
    expect_sizes(s, PROMPT, 24);
    p = (struct patience){.most = 2}; /* twice between tokens, then enough */
    assert_int_equal(rlx_session_generate(s, &o, &made, &why, &error), RLX_OK);
    assert_int_equal(made, 3);
    assert_int_equal(why, RLX_BY_CALLBACK);
    const int32_t *history = rlx_session_history(s);
    for (size_t i = PROMPT; i < PROMPT + 3; i++)
        assert_int_equal(history[i], true_next(history, i));
    rlx_session_close(s);
}

int main(void)
{
#if !defined(__x86_64__)
    printf("skipped: the made-up model's code is for x86-64\n");
    return 0;
#endif
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_prompt),
        cmocka_unit_test(test_generation),
    };
    return cmocka_run_group_tests(tests, open_model, close_model);
}

/* Sessions whose cross states change: what was computed from the old rows is not used again, and a
 * saved session has what was encoded even where nothing of its history ran yet. On the model of
 * tests/support/tiny_mixed.h, whose logits contain the sum of the cross state. */
#include "tests/support/tiny_mixed.h"

enum { CROSS_1 = 40, CROSS_2 = 144 }; /* the sum after fill() of 1 and 2 frames */

static const int32_t ids[] = {4, 9, 1, 30, 22};

static rlx_session *open_one(void)
{
    rlx_session_options options = rlx_session_options_default();
    rlx_session *s;
    options.threads = 1;
    must(rlx_session_open(mixed, &options, &s, &error));
    return s;
}

static void fill(rlx_session *s, size_t frames)
{
    const float mel[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    rlx_instance *n = rlx_session_instance(s);
    must(rlx_instance_set_input(n, "fill", "mel", mel, frames * 16, &error));
    must(rlx_instance_run(n, "fill", &error));
    must(rlx_instance_commit(n, &error));
}

static void expect_step(rlx_session *s, size_t count, int64_t cross)
{
    int32_t id;
    must(rlx_session_step(s, &id, &error));
    assert_int_equal(id, mixed_true_next(ids, count, cross));
    must(rlx_session_truncate(s, count, &error));
}

/* Neither the kept logits nor those of a checkpoint are of the rows that count now. */
static void test_other_rows(void **state)
{
    (void)state;
    rlx_session *s = open_one();
    const float *row;
    fill(s, 1);
    must(rlx_session_prefill_logits(s, ids, 5, &row, &error));
    must(rlx_session_checkpoint(s, &error));
    expect_step(s, 5, CROSS_1);
    fill(s, 2);
    assert_int_equal(rlx_session_past(s), 0);
    expect_step(s, 5, CROSS_2);
    must(rlx_instance_set_state_rows(rlx_session_instance(s), "cross", 1, &error));
    expect_step(s, 5, CROSS_1);
    const float rows[8] = {10, 10, 10, 10, 1, 1, 1, 1};
    must(rlx_instance_bind_state(rlx_session_instance(s), "cross", 0, 2, rows, &error));
    expect_step(s, 5, 44);
    rlx_session_close(s);
}

/* The history is appended only: past is 0. */
static void test_saved_before_it_ran(void **state)
{
    (void)state;
    rlx_session *from = open_one(), *to = open_one();
    void *saved;
    size_t bytes;
    fill(from, 2);
    fill(to, 1);
    must(rlx_session_prefill(to, ids, 2, &error));
    must(rlx_session_append(from, ids, 5, &error));
    must(rlx_session_save_memory(from, &saved, &bytes, &error));
    must(rlx_session_load_memory(to, saved, bytes, &error));
    assert_int_equal(rlx_session_past(to), 0);
    expect_step(to, 5, CROSS_2);
    free(saved);
    rlx_session_close(from);
    rlx_session_close(to);
}

int main(void)
{
    tiny_require_machine();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_other_rows),
        cmocka_unit_test(test_saved_before_it_ran),
    };
    return cmocka_run_group_tests(tests, open_mixed, close_mixed);
}

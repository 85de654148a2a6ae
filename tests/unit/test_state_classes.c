/* Sessions on a model with states of every class (tests/support/tiny_mixed.h): histories that go
 * back, blocks kept in part, checkpoints, batches, files, forks. Whatever happens, the next token
 * is the one that a loop over the history gives. */
#include "rlx/state_format.h"
#include "runtime/core/session.h"
#include "tests/support/tiny_mixed.h"

enum { FRAMES = 3, CROSS = 4 * (1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + 9 + 10 + 11 + 12) };

static int32_t token_at(size_t p)
{
    return (int32_t)((p * 37 + p * p * 11 + 5) % TINY_VOCABULARY);
}

/* The beginning of the text that all tests read. */
static const int32_t *text(void)
{
    static int32_t ids[MIXED_CONTEXT];
    for (size_t i = 0; i < MIXED_CONTEXT; i++)
        ids[i] = token_at(i);
    return ids;
}

/* Rows 1..4, 5..8, 9..12 fill the cross state, each with four times its sum. */
static void fill_cross(rlx_session *s)
{
    float mel[FRAMES * 4];
    for (int i = 0; i < FRAMES * 4; i++)
        mel[i] = (float)(i + 1);
    rlx_instance *n = rlx_session_instance(s);
    must(rlx_instance_set_input(n, "fill", "mel", mel, sizeof mel, &error));
    must(rlx_instance_run(n, "fill", &error));
    must(rlx_instance_commit(n, &error));
}

static rlx_session *open_one(uint32_t threads, rlx_session *share_with)
{
    rlx_session_options options = rlx_session_options_default();
    rlx_session *s;
    options.threads = threads;
    options.share_with = share_with;
    must(rlx_session_open(mixed, &options, &s, &error));
    fill_cross(s);
    return s;
}

static void expect_row(const float *row, const int32_t *ids, size_t count)
{
    for (int32_t id = 0; id < TINY_VOCABULARY; id++)
        assert_true(row[id] == mixed_true_logit(ids, count, CROSS, id));
}

/* One step gives what the history says. */
static void expect_step(rlx_session *s)
{
    int32_t id, ids[MIXED_CONTEXT];
    const size_t count = rlx_session_tokens(s);
    memcpy(ids, rlx_session_history(s), count * sizeof *ids);
    must(rlx_session_step(s, &id, &error));
    assert_int_equal(id, mixed_true_next(ids, count, CROSS));
    assert_int_equal(rlx_session_past(s), count);
}

static rlx_session *open_with(size_t count, uint32_t threads)
{
    rlx_session *s = open_one(threads, NULL);
    must(rlx_session_prefill(s, text(), count, &error));
    return s;
}

static void test_runs_of_every_length(void **state)
{
    (void)state;
    for (uint32_t threads = 1; threads <= 3; threads += 2)
        for (size_t count = 1; count < 150; count += 1 + count / 8) {
            rlx_session *s = open_with(count, threads);
            for (int i = 0; i < 4; i++)
                expect_step(s);
            rlx_session_close(s);
        }
}

static void test_no_token_runs_twice(void **state)
{
    (void)state;
    rlx_session *s = open_with(30, 2);
    atomic_store(&mixed_rows, 0);
    expect_step(s);
    assert_int_equal(atomic_load(&mixed_rows), 0);
    expect_step(s);
    assert_int_equal(atomic_load(&mixed_rows), 1);
    must(rlx_session_truncate(s, 30, &error)); /* the end of the prompt, and its logits */
    assert_int_equal(rlx_session_past(s), 30);
    expect_step(s);
    assert_int_equal(atomic_load(&mixed_rows), 1);
    rlx_session_close(s);
}

static void test_cross_states_must_be_filled(void **state)
{
    (void)state;
    rlx_session *s;
    must(rlx_session_open(mixed, NULL, &s, &error));
    assert_int_equal(rlx_session_prefill(s, text(), 4, &error), RLX_ERROR_BAD_ARGUMENT);
    assert_non_null(strstr(error.text, "'cross' holds no rows yet"));
    fill_cross(s);
    expect_step(s);
    rlx_session_close(s);
}

/* ---- going back ---- */

/* To every length from every length: the past falls to what is there, and the text goes on. */
static void test_truncate(void **state)
{
    (void)state;
    for (size_t from = 1; from < 150; from += 13)
        for (size_t to = 0; to <= from; to += 1 + to / 5) {
            rlx_session *s = open_with(from, 2);
            must(rlx_session_truncate(s, to, &error));
            assert_true(rlx_session_past(s) == 0 || (to == from && rlx_session_past(s) == from));
            must(rlx_session_append(s, text() + 150, 3, &error));
            expect_step(s);
            expect_step(s);
            rlx_session_close(s);
        }
}

static void test_checkpoints(void **state)
{
    (void)state;
    rlx_session *s = open_with(20, 2);
    must(rlx_session_append(s, text() + 20, 1, &error));
    must(rlx_session_checkpoint(s, &error)); /* 21 */
    must(rlx_session_append(s, text() + 21, 2, &error));
    expect_step(s); /* the prompt ends at 23 */
    must(rlx_session_truncate(s, 22, &error));
    assert_int_equal(rlx_session_past(s), 21);
    expect_step(s);
    must(rlx_session_truncate(s, 20, &error));
    assert_int_equal(rlx_session_past(s), 20);
    atomic_store(&mixed_rows, 0);
    expect_step(s); /* with the logits of the checkpoint */
    assert_int_equal(atomic_load(&mixed_rows), 0);
    must(rlx_session_truncate(s, 19, &error));
    assert_int_equal(rlx_session_past(s), 0);
    expect_step(s);
    rlx_session_close(s);
}

/* The oldest one goes; the ring decides too, since it holds only the newest positions. */
static void test_checkpoints_end(void **state)
{
    (void)state;
    rlx_session_options options = rlx_session_options_default();
    options.checkpoints = 2;
    rlx_session *s;
    must(rlx_session_open(mixed, &options, &s, &error));
    fill_cross(s);
    must(rlx_session_prefill(s, text(), 10, &error));
    for (size_t i = 10; i < 13; i++) {
        must(rlx_session_append(s, text() + i, 1, &error));
        must(rlx_session_checkpoint(s, &error)); /* 11, 12, 13: only the last two are left */
    }
    must(rlx_session_append(s, text() + 13, 1, &error));
    expect_step(s);
    must(rlx_session_truncate(s, 12, &error));
    assert_int_equal(rlx_session_past(s), 12);
    must(rlx_session_truncate(s, 11, &error));
    assert_int_equal(rlx_session_past(s), 0);
    must(rlx_session_append(s, text() + 11, 80, &error));
    must(rlx_session_checkpoint(s, &error)); /* 91 */
    must(rlx_session_append(s, text() + 91, 20, &error));
    expect_step(s);
    must(rlx_session_truncate(s, 91, &error)); /* the ring has overwritten what 91 sees */
    assert_int_equal(rlx_session_past(s), 0);
    expect_step(s);
    rlx_session_close(s);
}

/* ---- blocks ---- */

struct seen {
    int32_t ids[MIXED_CONTEXT];
    size_t rows;
};

static rlx_go see_row(void *context, size_t position, const float *row)
{
    struct seen *seen = context;
    expect_row(row, seen->ids, position + 1);
    seen->rows++;
    return RLX_GO_ON;
}

/* Blocks of every length at several places, kept in every part. One run is replayed; several runs
 * run again. */
static void test_blocks(void **state)
{
    (void)state;
    static const size_t places[] = {1, 7, 58, 66, 100};
    for (uint32_t threads = 1; threads <= 3; threads += 2)
        for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
            for (size_t count = 1; count <= 9; count++)
                for (size_t keep = 0; keep <= count; keep++) {
                    rlx_session *s = open_with(places[i], threads);
                    struct seen seen = {.rows = 0};
                    memcpy(seen.ids, text(), places[i] * sizeof *seen.ids);
                    memcpy(seen.ids + places[i], text() + 60, count * sizeof *seen.ids);
                    atomic_store(&mixed_rows, 0);
                    must(rlx_session_run_block(s, text() + 60, count, see_row, &seen, &error));
                    assert_int_equal(seen.rows, count);
                    assert_int_equal(rlx_session_past(s), places[i]);
                    must(rlx_session_commit(s, keep, &error));
                    assert_int_equal(rlx_session_past(s), places[i] + keep);
                    if (count <= 4) /* one run, so nothing but recurrences ran again */
                        assert_int_equal(atomic_load(&mixed_rows), count);
                    expect_step(s);
                    expect_step(s);
                    rlx_session_close(s);
                }
}

static void test_block_after_another_session(void **state)
{
    (void)state;
    rlx_session *a = open_with(17, 2), *b = open_one(0, a);
    struct seen seen = {.rows = 0};
    memcpy(seen.ids, text(), 17 * sizeof *seen.ids);
    memcpy(seen.ids + 17, text() + 60, 4 * sizeof *seen.ids);
    must(rlx_session_run_block(a, text() + 60, 4, see_row, &seen, &error));
    must(rlx_session_prefill(b, text() + 3, 9, &error)); /* the device holds the block no more */
    must(rlx_session_commit(a, 2, &error));
    assert_int_equal(rlx_session_past(a), 19);
    expect_step(a);
    expect_step(b);
    rlx_session_close(b);
    rlx_session_close(a);
}

/* Proposals that are right for a while: each verifying run is kept in part. */
static void test_drafts(void **state)
{
    (void)state;
    rlx_session *s = open_one(2, NULL);
    int32_t ids[120], made[60];
    size_t count;
    for (size_t i = 0; i < 120; i++)
        ids[i] = token_at(i % 7);
    rlx_generate_options o = rlx_generate_options_default();
    o.max = 60;
    o.ids = made;
    o.draft = RLX_DRAFT_LOOKUP;
    o.draft_max = 3;
    must(rlx_session_prefill(s, ids, 120, &error));
    must(rlx_session_generate(s, &o, &count, NULL, &error));
    assert_int_equal(count, 60);
    const int32_t *history = rlx_session_history(s);
    for (size_t i = 120; i < 180; i++)
        assert_int_equal(history[i], mixed_true_next(history, i, CROSS));
    rlx_timings timings = rlx_timings_default();
    must(rlx_session_get_timings(s, &timings));
    assert_true(timings.draft_runs != 0);
    rlx_session_close(s);
}

/* ---- several sessions ---- */

static void test_batches(void **state)
{
    (void)state;
    for (uint32_t threads = 1; threads <= 3; threads += 2) {
        enum { COUNT = 6 };
        rlx_session *sessions[COUNT];
        int32_t ids[COUNT];
        for (size_t i = 0; i < COUNT; i++) {
            sessions[i] = open_one(threads, i == 0 ? NULL : sessions[0]);
            must(rlx_session_prefill(sessions[i], text() + i, 1 + i * 23, &error));
            if (i % 2 == 1)
                must(rlx_session_append(sessions[i], text() + 9, i, &error));
        }
        for (int step = 0; step < 8; step++) {
            int32_t expected[COUNT];
            for (size_t i = 0; i < COUNT; i++)
                expected[i] = mixed_true_next(rlx_session_history(sessions[i]),
                                              rlx_session_tokens(sessions[i]), CROSS);
            must(rlx_sessions_step(sessions, COUNT, ids, &error));
            assert_memory_equal(ids, expected, sizeof ids);
        }
        for (size_t i = COUNT; i-- > 0;) {
            expect_step(sessions[i]);
            rlx_session_close(sessions[i]);
        }
    }
}

/* ---- copies ---- */

static void test_fork(void **state)
{
    (void)state;
    for (size_t count = 1; count < 140; count += 17) {
        rlx_session *s = open_with(count, 2), *fork;
        expect_step(s);
        expect_step(s);
        must(rlx_session_fork(s, &fork, &error));
        expect_step(fork);
        expect_step(s);
        assert_memory_equal(rlx_session_history(fork), rlx_session_history(s),
                            rlx_session_tokens(s) * sizeof(int32_t));
        must(rlx_session_truncate(fork, count, &error)); /* its checkpoints came along */
        assert_int_equal(rlx_session_past(fork), count);
        expect_step(fork);
        rlx_session_close(s);
        expect_step(fork);
        rlx_session_close(fork);
    }
}

static void test_copy_prefix(void **state)
{
    (void)state;
    rlx_session *s = open_with(40, 2), *other = open_with(9, 1);
    expect_step(s);
    for (size_t count = 0; count <= 41; count++) {
        must(rlx_session_copy_prefix(other, s, count, &error));
        assert_int_equal(rlx_session_tokens(other), count);
        assert_int_equal(rlx_session_past(other), count < 40 ? 0 : 40);
        if (count != 0)
            expect_step(other);
    }
    assert_int_equal(rlx_session_copy_prefix(other, s, 42, &error), RLX_ERROR_BAD_ARGUMENT);
    expect_step(s);
    rlx_session_close(other);
    rlx_session_close(s);
}

/* ---- files ---- */

static void test_saved(void **state)
{
    (void)state;
    for (size_t count = 1; count < 140; count += 1 + count / 3)
        for (int way = 0; way < 3; way++) {
            rlx_session *s = open_with(count, 2), *other = open_with(30, 2);
            struct seen seen = {.rows = 0};
            void *data;
            size_t bytes;
            if (way == 1) { /* rows after the end, which a ring has written over older ones */
                memcpy(seen.ids, text(), count * sizeof *seen.ids);
                memcpy(seen.ids + count, text() + 60, 4 * sizeof *seen.ids);
                must(rlx_session_run_block(s, text() + 60, 4, see_row, &seen, &error));
            }
            if (way == 2)
                expect_step(s);
            must(rlx_session_save_memory(s, &data, &bytes, &error));
            must(rlx_session_load_memory(other, data, bytes, &error));
            free(data);
            assert_int_equal(rlx_session_past(other), count);
            atomic_store(&mixed_rows, 0);
            expect_step(other);
            assert_int_equal(atomic_load(&mixed_rows), way == 2);
            expect_step(other);
            rlx_session_close(s);
            rlx_session_close(other);
        }
}

/* Every bit changed behind a digest that fits: refused, or taken as a session that works. */
static void test_crafted(void **state)
{
    (void)state;
    rlx_session *s = open_with(70, 1), *other = open_with(5, 1);
    struct rlx_saved_header h;
    uint8_t *data;
    size_t bytes;
    const size_t table = sizeof h + 70 * 4;
    must(rlx_session_save_memory(s, (void **)&data, &bytes, &error));
    memcpy(&h, data, sizeof h);
    for (size_t i = table; i < table + 4 * sizeof(struct rlx_saved_state); i++)
        for (int bit = 0; bit < 8; bit++) {
            data[i] ^= (uint8_t)(1 << bit);
            h.digest = 0;
            memcpy(data, &h, sizeof h);
            h.digest = XXH3_64bits(data, bytes);
            memcpy(data, &h, sizeof h);
            assert_int_equal(rlx_session_load_memory(other, data, bytes, &error),
                             RLX_ERROR_BAD_FILE);
            data[i] ^= (uint8_t)(1 << bit);
        }
    expect_step(other);
    free(data);
    rlx_session_close(other);
    rlx_session_close(s);
}

static void test_export_and_bind(void **state)
{
    (void)state;
    rlx_session *s = open_with(100, 2), *other = open_with(100, 1);
    float all[100], newest[MIXED_RING], memory[2], cross[FRAMES * 4];
    must(rlx_session_export_state(s, "all", all, 100, &error));
    must(rlx_session_export_state(s, "newest", newest, MIXED_RING, &error));
    must(rlx_session_export_state(s, "memory", memory, 1, &error));
    must(rlx_session_export_state(s, "cross", cross, FRAMES, &error));
    assert_int_equal(rlx_session_export_state(s, "newest", newest, MIXED_RING + 1, &error),
                     RLX_ERROR_BAD_ARGUMENT);
    for (size_t i = 0; i < 100; i++)
        assert_true(all[i] == (float)token_at(i));
    for (size_t i = 0; i < MIXED_RING; i++)
        assert_true(newest[i] == (float)token_at(100 - MIXED_RING + i));
    assert_true(cross[0] == 10 && cross[11] == 42);
    /* Into a session that has read something else. */
    int32_t last = token_at(100);
    const float *row;
    must(rlx_session_prefill(other, text() + 50, 100, &error));
    must(rlx_session_bind_state(other, "all", all, 100, &error));
    must(rlx_session_bind_state(other, "newest", newest, MIXED_RING, &error));
    must(rlx_session_bind_state(other, "memory", memory, 1, &error));
    must(rlx_session_decode_logits(other, last, &row, &error));
    expect_row(row, text(), 101);
    rlx_session_close(other);
    rlx_session_close(s);
}

int main(void)
{
    tiny_require_machine();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_runs_of_every_length),
        cmocka_unit_test(test_no_token_runs_twice),
        cmocka_unit_test(test_cross_states_must_be_filled),
        cmocka_unit_test(test_truncate),
        cmocka_unit_test(test_checkpoints),
        cmocka_unit_test(test_checkpoints_end),
        cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_block_after_another_session),
        cmocka_unit_test(test_drafts),
        cmocka_unit_test(test_batches),
        cmocka_unit_test(test_fork),
        cmocka_unit_test(test_copy_prefix),
        cmocka_unit_test(test_saved),
        cmocka_unit_test(test_crafted),
        cmocka_unit_test(test_export_and_bind),
    };
    return cmocka_run_group_tests(tests, open_mixed, close_mixed);
}

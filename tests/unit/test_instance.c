/* Instances on a model with several entries, symbols of its own and states of every class
 * (tests/support/tiny_mixed.h): inputs and sizes by name, outputs, ragged segments, runs on trial
 * and commits, states from outputs, and each refusal with its sentence. */
#include "tests/support/count_allocations.h"
#include "tests/support/tiny_mixed.h"

static void refused(rlx_status found, rlx_status expected, const char *words)
{
    assert_int_equal(found, expected);
    if (strstr(error.text, words) == NULL)
        fail_msg("expected a sentence with \"%s\", found: %s", words, error.text);
}

static rlx_instance *open_one(uint32_t threads)
{
    rlx_instance_options options = rlx_instance_options_default();
    rlx_instance *n;
    options.threads = threads;
    must(rlx_instance_open(mixed, &options, &n, &error));
    return n;
}

static rlx_output output_of(rlx_instance *n, const char *entry, const char *name)
{
    rlx_output output = rlx_output_default();
    must(rlx_instance_get_output(n, entry, name, &output, &error));
    return output;
}

static void set_mel(rlx_instance *n, const char *entry, size_t frames)
{
    float mel[MIXED_FRAMES * 4];
    for (size_t i = 0; i < frames * 4; i++)
        mel[i] = (float)(i + 1);
    must(rlx_instance_set_input(n, entry, "mel", mel, frames * 16, &error));
}

/* ---- inputs, sizes, outputs ---- */

static void test_outputs_of_every_size(void **state)
{
    (void)state;
    for (uint32_t threads = 1; threads <= 3; threads += 2) {
        rlx_instance *n = open_one(threads);
        for (size_t frames = MIXED_FRAMES; frames > 0; frames--) {
            set_mel(n, "encode", frames);
            must(rlx_instance_run(n, "encode", &error));
            rlx_output hidden = output_of(n, "encode", "hidden");
            rlx_output half = output_of(n, "encode", "half");
            assert_int_equal(hidden.rows, frames);
            assert_int_equal(hidden.width, 4);
            assert_int_equal(half.rows, frames / 2);
            for (size_t i = 0; i < frames * 4; i++)
                assert_true(hidden.data[i / 4 * hidden.stride + i % 4] == 2 * (float)(i + 1));
            for (size_t i = 0; i < frames / 2 * 4; i++)
                assert_true(half.data[i / 4 * half.stride + i % 4] ==
                            hidden.data[i / 4 * 2 * hidden.stride + i % 4]);
        }
        rlx_instance_close(n);
    }
}

static void test_inputs_are_refused(void **state)
{
    (void)state;
    const float mel[MIXED_FRAMES * 4 + 4] = {0};
    rlx_output output = rlx_output_default();
    rlx_instance *n = open_one(1);
    refused(rlx_instance_run(n, "decode", &error), RLX_ERROR_BAD_ARGUMENT, "no entry 'decode'");
    refused(rlx_instance_run(n, "encode", &error), RLX_ERROR_BAD_ARGUMENT,
            "FRAMES has no size: no input of entry 'encode' gives it");
    refused(rlx_instance_set_input(n, "encode", "image", mel, 16, &error), RLX_ERROR_BAD_ARGUMENT,
            "entry 'encode' has no input 'image'");
    refused(rlx_instance_set_input(n, "encode", "mel", mel, 15, &error), RLX_ERROR_BAD_ARGUMENT,
            "'mel': 15 bytes: expected a multiple of 16");
    refused(rlx_instance_set_input(n, "encode", "mel", mel, 0, &error), RLX_ERROR_BAD_ARGUMENT,
            "'mel': 0 bytes");
    refused(rlx_instance_set_input(n, "encode", "mel", mel, 1 << 20, &error),
            RLX_ERROR_BAD_ARGUMENT, "the largest variant takes");
    must(rlx_instance_set_input(n, "encode", "mel", mel, sizeof mel, &error));
    refused(rlx_instance_run(n, "encode", &error), RLX_ERROR_NO_VARIANT, "FRAMES is 9");
    refused(rlx_instance_set_extent(n, "FRAMES", 9, &error), RLX_ERROR_BAD_ARGUMENT,
            "FRAMES is 9: expected 1 to 8");
    refused(rlx_instance_set_extent(n, "(FRAMES / 2)", 4, &error), RLX_ERROR_BAD_ARGUMENT,
            "no symbol '(FRAMES / 2)'");
    set_mel(n, "encode", 4);
    must(rlx_instance_set_extent(n, "FRAMES", 5, &error));
    refused(rlx_instance_run(n, "encode", &error), RLX_ERROR_BAD_ARGUMENT,
            "'rlx_instance_set_extent' and 'mel' disagree about FRAMES: 5 and 4");
    must(rlx_instance_set_extent(n, "FRAMES", 4, &error));
    must(rlx_instance_run(n, "encode", &error));
    refused(rlx_instance_get_output(n, "encode", "mel", &output, &error), RLX_ERROR_BAD_ARGUMENT,
            "has no output 'mel'");
    refused(rlx_instance_get_output(n, "embed", "sums", &output, &error), RLX_ERROR_BAD_ARGUMENT,
            "not one of entry 'embed'");
    rlx_instance_close(n);
}

static void test_ids_are_checked(void **state)
{
    (void)state;
    const int32_t bad[] = {1, TINY_VOCABULARY, 2}, good[] = {1, 2, 3}, places[] = {0, 1, 300};
    rlx_instance *n = open_one(1);
    must(rlx_instance_set_input(n, "embed", "tokens", bad, sizeof bad, &error));
    refused(rlx_instance_run(n, "embed", &error), RLX_ERROR_BAD_ARGUMENT,
            "input 'tokens', element 1: expected 0 to 49, found 50");
    must(rlx_instance_set_input(n, "embed", "tokens", good, sizeof good, &error));
    must(rlx_instance_set_input(n, "embed", "positions", places, sizeof places, &error));
    refused(rlx_instance_run(n, "embed", &error), RLX_ERROR_BAD_ARGUMENT,
            "input 'positions', element 2: expected 0 to 199, found 300");
    must(rlx_instance_set_input(n, "embed", "positions", good, 8, &error));
    refused(rlx_instance_run(n, "embed", &error), RLX_ERROR_BAD_ARGUMENT,
            "'tokens' and 'positions' disagree about ROWS: 3 and 2");
    rlx_instance_close(n);
}

/* ---- segments ---- */

/* Positions that no caller gives stay within the tables that they select from, too. */
static void test_positions_stay_in_tables(void **state)
{
    struct tiny t = mixed_make();
    const int32_t ids[] = {5, 6, 7, 8};
    rlx_model *model;

    (void)state;
    for (uint32_t i = 0; i < tiny_section(&t, RLX_SECTION_IO)->count; i++) {
        struct rlx_io *io = tiny_entry(&t, RLX_SECTION_IO, i);
        io->limit = io->role == RLX_ROLE_POSITIONS ? 3 : io->limit;
    }
    tiny_seal(&t);
    must(tiny_open(&t, &model, &error));
    rlx_instance *n;
    rlx_instance_options options = {.struct_bytes = sizeof options, .threads = 1};
    must(rlx_instance_open(model, &options, &n, &error));
    must(rlx_instance_set_input(n, "embed", "tokens", ids, sizeof ids, &error));
    refused(rlx_instance_run(n, "embed", &error), RLX_ERROR_CONTEXT_FULL,
            "input 'positions': 4 positions do not fit: a table of the model has 3");
    must(rlx_instance_set_input(n, "embed", "tokens", ids, 3 * sizeof *ids, &error));
    must(rlx_instance_run(n, "embed", &error));
    rlx_instance_close(n);
    rlx_model_close(model);
    free(t.data);
}

/* A size below its bound would make sizes that follow from it too small. */
static void test_sizes_keep_their_bounds(void **state)
{
    struct tiny t = mixed_make();
    rlx_model *model;
    rlx_instance *n;

    (void)state;
    struct rlx_symbol *frames = tiny_entry(&t, RLX_SECTION_SYMBOLS, MIXED_FRAMES_SLOT);
    frames->min = 2;
    tiny_seal(&t);
    must(tiny_open(&t, &model, &error));
    must(rlx_instance_open(model, NULL, &n, &error));
    set_mel(n, "encode", 1);
    refused(rlx_instance_run(n, "encode", &error), RLX_ERROR_BAD_ARGUMENT,
            "FRAMES is 1: expected 2 to 8");
    set_mel(n, "encode", 2);
    must(rlx_instance_run(n, "encode", &error));
    rlx_instance_close(n);
    rlx_model_close(model);
    free(t.data);
}

static void test_ragged_segments(void **state)
{
    (void)state;
    static const rlx_segment_rows cuts[][4] = {
        {{1, 0}, {2, 0}, {3, 0}, {6, 0}}, {{4, 0}, {1, 0}, {1, 0}, {1, 0}}, {{12, 0}}, {{4, 0}}};
    static const size_t counts[] = {4, 4, 1, 1};
    int32_t ids[MIXED_ROWS];
    for (int i = 0; i < MIXED_ROWS; i++)
        ids[i] = i * 7 % TINY_VOCABULARY;
    for (uint32_t threads = 1; threads <= 3; threads += 2) {
        rlx_instance *n = open_one(threads);
        for (size_t c = 0; c < 4; c++) {
            size_t rows = 0, at = 0;
            for (size_t i = 0; i < counts[c]; i++)
                rows += cuts[c][i].rows;
            must(rlx_instance_set_segments(n, cuts[c], counts[c], &error));
            must(rlx_instance_set_input(n, "embed", "tokens", ids, rows * 4, &error));
            must(rlx_instance_run(n, "embed", &error));
            rlx_output sums = output_of(n, "embed", "sums");
            assert_int_equal(sums.rows, rows);
            for (size_t i = 0; i < counts[c]; i++) {
                float sum = 0;
                for (size_t r = 0; r < cuts[c][i].rows; r++, at++)
                    assert_true(sums.data[at * sums.stride] == (sum += (float)ids[at]));
            }
        }
        rlx_instance_close(n);
    }
}

static void test_segments_are_refused(void **state)
{
    (void)state;
    const rlx_segment_rows two[] = {{2, 0}, {2, 0}}, past[] = {{1, 0}, {1, 3}}, none[] = {{0, 0}},
                           five[5] = {{1, 0}, {1, 0}, {1, 0}, {1, 0}, {1, 0}};
    const int32_t ids[] = {1, 2, 3};
    rlx_instance *n = open_one(1);
    refused(rlx_instance_set_segments(n, five, 5, &error), RLX_ERROR_NO_VARIANT, "takes 4");
    refused(rlx_instance_set_segments(n, none, 1, &error), RLX_ERROR_BAD_ARGUMENT, "has no rows");
    refused(rlx_instance_set_segments(n, past, 2, &error), RLX_ERROR_BAD_ARGUMENT,
            "segment 1 comes after 3 positions");
    must(rlx_instance_set_segments(n, two, 2, &error));
    must(rlx_instance_set_input(n, "embed", "tokens", ids, sizeof ids, &error));
    refused(rlx_instance_run(n, "embed", &error), RLX_ERROR_BAD_ARGUMENT,
            "'tokens' and 'rlx_instance_set_segments' disagree about ROWS: 3 and 4");
    must(rlx_instance_set_input(n, "main", "tokens", ids, sizeof ids, &error));
    must(rlx_instance_set_segments(n, (rlx_segment_rows[]){{1, 0}, {2, 0}}, 2, &error));
    refused(rlx_instance_run(n, "main", &error), RLX_ERROR_BAD_ARGUMENT,
            "an instance has those of one sequence");
    must(rlx_instance_set_segments(n, NULL, 0, &error));
    must(rlx_instance_run(n, "embed", &error));
    rlx_instance_close(n);
}

/* ---- states ---- */

/* Runs entry main over ids and compares the logits of its last row. */
static void expect_main(rlx_instance *n, const int32_t *ids, size_t past, size_t count,
                        int64_t cross)
{
    const int32_t last = (int32_t)count - 1;
    must(rlx_instance_set_input(n, "main", "tokens", ids + past, count * 4, &error));
    must(rlx_instance_set_input(n, "main", "out_rows", &last, 4, &error));
    must(rlx_instance_run(n, "main", &error));
    rlx_output logits = output_of(n, "main", "logits");
    assert_int_equal(logits.rows, 1);
    for (int32_t id = 0; id < TINY_VOCABULARY; id++)
        assert_true(logits.data[id] == mixed_true_logit(ids, past + count, cross, id));
}

static void test_trial_and_commit(void **state)
{
    (void)state;
    int32_t ids[MIXED_CONTEXT];
    for (int i = 0; i < MIXED_CONTEXT; i++)
        ids[i] = i * i % TINY_VOCABULARY;
    for (uint32_t threads = 1; threads <= 3; threads += 2) {
        rlx_instance *n = open_one(threads);
        size_t rows, past = 0;
        refused(rlx_instance_commit(n, &error), RLX_ERROR_BAD_ARGUMENT, "no run to commit");
        set_mel(n, "fill", 2);
        must(rlx_instance_run(n, "fill", &error));
        must(rlx_instance_set_input(n, "main", "tokens", ids, 4, &error));
        refused(rlx_instance_run(n, "main", &error), RLX_ERROR_BAD_ARGUMENT,
                "'cross' holds no rows yet");
        must(rlx_instance_commit(n, &error));
        must(rlx_instance_state_rows(n, "cross", &rows, &error));
        assert_int_equal(rows, 2);
        for (size_t i = 0; past < 150; i++) {
            const size_t count = 1 + i % 5;
            const int32_t first = 0;
            must(rlx_instance_set_input(n, "main", "tokens", ids + 40, count * 4, &error));
            must(rlx_instance_set_input(n, "main", "out_rows", &first, 4, &error));
            must(rlx_instance_run(n, "main", &error)); /* another text, which is forgotten */
            expect_main(n, ids, past, count, 144);
            must(rlx_instance_commit(n, &error));
            refused(rlx_instance_commit(n, &error), RLX_ERROR_BAD_ARGUMENT, "no run to commit");
            past += count;
            must(rlx_instance_state_rows(n, "all", &rows, &error));
            assert_int_equal(rows, past);
        }
        must(rlx_instance_set_input(n, "main", "tokens", ids, 6 * 4, &error));
        refused(rlx_instance_run(n, "main", &error), RLX_ERROR_NO_VARIANT,
                "the rings of this model take at most 5");
        refused(rlx_instance_set_extent(n, "PAST_SEQ", 100, &error), RLX_ERROR_BAD_ARGUMENT,
                "cannot go back to position 100: the nearest is 0");
        rlx_instance_reset(n);
        must(rlx_instance_state_rows(n, "all", &rows, &error));
        assert_int_equal(rows, 0);
        rlx_instance_close(n);
    }
}

static void test_feed(void **state)
{
    (void)state;
    const int32_t ids[] = {4, 9, 1};
    float rows[3 * 4], all[3];
    rlx_instance *n = open_one(2);
    set_mel(n, "encode", 3);
    must(rlx_instance_run(n, "encode", &error));
    refused(rlx_instance_feed(n, "encode", "hidden", "all", &error), RLX_ERROR_BAD_ARGUMENT,
            "rows of 4 values, and state 'all' of 1");
    refused(rlx_instance_feed(n, "encode", "hidden", "crossed", &error), RLX_ERROR_BAD_ARGUMENT,
            "no state named 'crossed'");
    must(rlx_instance_feed(n, "encode", "hidden", "cross", &error));
    must(rlx_instance_read_state(n, "cross", 0, 3, rows, &error));
    for (int i = 0; i < 12; i++)
        assert_true(rows[i] == 2 * (float)(i + 1));
    expect_main(n, ids, 0, 3, 156);
    must(rlx_instance_commit(n, &error));
    set_mel(n, "encode", 2); /* fewer rows count from now on */
    must(rlx_instance_run(n, "encode", &error));
    must(rlx_instance_feed(n, "encode", "hidden", "cross", &error));
    refused(rlx_instance_read_state(n, "cross", 0, 3, rows, &error), RLX_ERROR_BAD_ARGUMENT,
            "'cross' holds rows 0 to 2");
    must(rlx_instance_read_state(n, "all", 0, 3, all, &error));
    assert_true(all[0] == 4 && all[2] == 1);
    rlx_instance_close(n);
}

/* The states of one instance, written into another: it continues in the same way. */
static void test_bind(void **state)
{
    (void)state;
    const int32_t ids[] = {4, 9, 1, 30, 22, 7};
    float all[5], newest[5], memory[2], cross[8];
    rlx_instance *a = open_one(2), *b = open_one(1);
    set_mel(a, "fill", 2);
    must(rlx_instance_run(a, "fill", &error));
    must(rlx_instance_commit(a, &error));
    expect_main(a, ids, 0, 5, 144);
    must(rlx_instance_commit(a, &error));
    must(rlx_instance_read_state(a, "all", 0, 5, all, &error));
    must(rlx_instance_read_state(a, "newest", 0, 5, newest, &error));
    must(rlx_instance_read_state(a, "memory", 0, 1, memory, &error));
    must(rlx_instance_read_state(a, "cross", 0, 2, cross, &error));
    refused(rlx_instance_bind_state(b, "all", 1, 4, all, &error), RLX_ERROR_BAD_ARGUMENT,
            "row 1 would leave a gap");
    refused(rlx_instance_bind_state(b, "cross", 60, 5, cross, &error), RLX_ERROR_BAD_ARGUMENT,
            "room for 64 rows");
    must(rlx_instance_bind_state(b, "all", 0, 5, all, &error));
    must(rlx_instance_bind_state(b, "newest", 0, 5, newest, &error));
    must(rlx_instance_bind_state(b, "memory", 0, 1, memory, &error));
    must(rlx_instance_bind_state(b, "cross", 0, 2, cross, &error));
    expect_main(b, ids, 5, 1, 144);
    refused(rlx_instance_set_state_rows(b, "all", 6, &error), RLX_ERROR_BAD_ARGUMENT,
            "the states hold only 5");
    must(rlx_instance_set_state_rows(b, "cross", 1, &error));
    expect_main(b, ids, 5, 1, 40);
    must(rlx_instance_set_extent(b, "CROSS", 2, &error));
    refused(rlx_instance_run(b, "main", &error), RLX_ERROR_BAD_ARGUMENT,
            "state 'cross' holds 1 rows, but this run is to read 2");
    rlx_instance_close(a);
    rlx_instance_close(b);
}

/* ---- the instance of a session ---- */

static void test_of_a_session(void **state)
{
    (void)state;
    const int32_t ids[] = {4, 9, 1};
    rlx_session *s;
    float row[1] = {0};
    int32_t id;
    must(rlx_session_open(mixed, NULL, &s, &error));
    rlx_instance *n = rlx_session_instance(s);
    set_mel(n, "encode", 3);
    must(rlx_instance_run(n, "encode", &error));
    must(rlx_instance_feed(n, "encode", "hidden", "cross", &error));
    must(rlx_session_prefill(s, ids, 3, &error));
    rlx_output output = rlx_output_default();
    refused(rlx_instance_get_output(n, "encode", "hidden", &output, &error), RLX_ERROR_BAD_ARGUMENT,
            "something else ran on the same device");
    refused(rlx_instance_bind_state(n, "all", 0, 1, row, &error), RLX_ERROR_BAD_ARGUMENT,
            "use rlx_session_bind_state");
    refused(rlx_instance_set_extent(n, "PAST_SEQ", 1, &error), RLX_ERROR_BAD_ARGUMENT,
            "truncate the session");
    /* An entry that runs in between, even main on trial, takes nothing away. */
    set_mel(n, "encode", 1);
    must(rlx_instance_run(n, "encode", &error));
    must(rlx_instance_set_input(n, "main", "tokens", ids, 8, &error));
    must(rlx_instance_run(n, "main", &error));
    refused(rlx_instance_commit(n, &error), RLX_ERROR_BAD_ARGUMENT, "only the session's own runs");
    atomic_store(&mixed_rows, 0);
    must(rlx_session_step(s, &id, &error));
    assert_int_equal(id, mixed_true_next(ids, 3, 156));
    assert_int_equal(atomic_load(&mixed_rows), 0); /* its logits were kept */
    must(rlx_session_step(s, &id, &error));
    assert_int_equal(id, mixed_true_next(rlx_session_history(s), 4, 156));
    rlx_instance_close(n); /* does nothing */
    rlx_session_close(s);
}

static void test_sharing(void **state)
{
    (void)state;
    rlx_instance_options options = rlx_instance_options_default();
    rlx_instance *a = open_one(2), *b;
    rlx_output output = rlx_output_default();
    options.share_with = a;
    must(rlx_instance_open(mixed, &options, &b, &error));
    set_mel(a, "encode", 2);
    set_mel(b, "encode", 3);
    must(rlx_instance_run(a, "encode", &error));
    assert_int_equal(output_of(a, "encode", "hidden").rows, 2);
    must(rlx_instance_run(b, "encode", &error));
    refused(rlx_instance_get_output(a, "encode", "hidden", &output, &error), RLX_ERROR_BAD_ARGUMENT,
            "are gone");
    rlx_instance_close(a);
    assert_int_equal(output_of(b, "encode", "hidden").rows, 3);
    rlx_instance_close(b);
    options = rlx_instance_options_default();
    options.device = "abacus";
    refused(rlx_instance_open(mixed, &options, &b, &error), RLX_ERROR_NO_DEVICE,
            "no device 'abacus'");
    assert_null(b);
}

/* Once each input has its memory, runs allocate nothing. */
static void test_no_allocation(void **state)
{
    (void)state;
    if (!allocations_are_counted) {
        print_message("skipped: allocations are not counted under a sanitizer\n");
        skip();
    }
    const int32_t ids[] = {4, 9, 1};
    rlx_instance *n = open_one(2);
    for (int round = 0; round < 3; round++) {
        size_t before = atomic_load(&allocation_count);
        set_mel(n, "fill", 2);
        must(rlx_instance_run(n, "fill", &error));
        must(rlx_instance_commit(n, &error));
        expect_main(n, ids, 0, 3, 144);
        output_of(n, "main", "logits");
        assert_true(round == 0 || atomic_load(&allocation_count) == before);
    }
    rlx_instance_close(n);
}

int main(void)
{
    tiny_require_machine();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_outputs_of_every_size),
        cmocka_unit_test(test_inputs_are_refused),
        cmocka_unit_test(test_ids_are_checked),
        cmocka_unit_test(test_positions_stay_in_tables),
        cmocka_unit_test(test_sizes_keep_their_bounds),
        cmocka_unit_test(test_ragged_segments),
        cmocka_unit_test(test_segments_are_refused),
        cmocka_unit_test(test_trial_and_commit),
        cmocka_unit_test(test_feed),
        cmocka_unit_test(test_bind),
        cmocka_unit_test(test_of_a_session),
        cmocka_unit_test(test_sharing),
        cmocka_unit_test(test_no_allocation),
    };
    return cmocka_run_group_tests(tests, open_mixed, close_mixed);
}

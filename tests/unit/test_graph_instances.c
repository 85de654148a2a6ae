/* Instances and sessions side by side on one model: runs of any length, kept or forgotten, and
 * states that are written from outside give the bits of a session that reads the same text. */
#include "tests/support/graph_model.h"

#include <math.h>

enum { VOCABULARY = 32, TEXT = 120, SOUNDS = 8 };

#define HEADS " f32 [ROWS, 32] heads=2 kv_heads=2 head_dim=16 scale=0.25 "

static const char everything[] =
    "graph \"everything\" (FRAMES in 1..8, CROSS_KEYS in 1..8)\n"
    "%1 = input i32 [ROWS] role=tokens \"tokens\"\n"
    "%2 = input i32 [ROWS] role=positions \"positions\"\n"
    "%3 = weight f32 [32, 32] \"letters\"\n"
    "%4 = embed %3 %1 f32 [ROWS, 32]\n"
    "%10 = state f32 [BATCH, 3, 32] class=carried \"tail\"\n"
    "%11 = weight f32 [32, 4] \"kernel\"\n"
    "%12 = conv %10 %4 %11 f32 [ROWS, 32]\n"
    "%13 = written %12 f32 [BATCH, 3, 32] which=state\n"
    "%14 = sigmoid %12 f32 [ROWS, 32]\n"
    "%15 = state f32 [BATCH, 1, 32] class=carried \"h\"\n"
    "%16 = scan %15 %14 %12 f32 [ROWS, 32]\n"
    "%17 = written %16 f32 [BATCH, 1, 32] which=state\n"
    "%20 = state f32 [BATCH, 64, 2, 16] class=ring layer=1 role=key \"ring_k\"\n"
    "%21 = state f32 [BATCH, 64, 2, 16] class=ring layer=1 role=value \"ring_v\"\n"
    "%22 = reshape %16 f32 [ROWS, 2, 16]\n"
    "%23 = kv_append %20 %22 %2 f32 [BATCH, 64, 2, 16]\n"
    "%24 = kv_append %21 %22 %2 f32 [BATCH, 64, 2, 16]\n"
    "%25 = attention %22 %23 %24 %2" HEADS "mask=causal window=40\n"
    "%26 = state f32 [BATCH, 128, 2, 16] layer=2 role=key \"rows_k\"\n"
    "%27 = state f32 [BATCH, 128, 2, 16] layer=2 role=value \"rows_v\"\n"
    "%28 = kv_append %26 %22 %2 f32 [BATCH, 128, 2, 16]\n"
    "%29 = kv_append %27 %22 %2 f32 [BATCH, 128, 2, 16]\n"
    "%30 = attention %22 %28 %29 %2" HEADS "mask=causal window=0\n"
    "%31 = state f32 [BATCH, 8, 2, 16] class=cross role=key rows=CROSS_KEYS \"cross_k\"\n"
    "%32 = state f32 [BATCH, 8, 2, 16] class=cross role=value rows=CROSS_KEYS \"cross_v\"\n"
    "%33 = attention %22 %31 %32" HEADS "mask=none window=0\n"
    "%34 = add %25 %30 f32 [ROWS, 32]\n"
    "%35 = add %33 %34 f32 [ROWS, 32]\n"
    "%36 = matmul %35 %3 f32 [ROWS, 32]\n"
    "%37 = input f32 [FRAMES, 2, 16] \"mel\"\n"
    "%38 = kv_append %31 %37 f32 [BATCH, 8, 2, 16]\n"
    "%39 = kv_append %32 %37 f32 [BATCH, 8, 2, 16]\n"
    "%40 = neg %37 f32 [FRAMES, 2, 16]\n"
    "entry \"encode\"\noutput \"cross_k\" %38\noutput \"cross_v\" %39\noutput \"neg\" %40\n"
    "entry \"main\"\n"
    "output \"logits\" %36 role=logits\noutput \"hidden\" %16\noutput \"tail\" %13\n"
    "output \"h\" %17\noutput \"ring_k\" %23\noutput \"ring_v\" %24\noutput \"rows_k\" %28\n"
    "output \"rows_v\" %29\n";
static const struct graph_weight weights[] = {{"letters", 32, 32}, {"kernel", 32, 4}, {NULL, 0, 0}};

static rlx_model *model;
static float mel[SOUNDS][32];
static int32_t ids[TEXT];
static float rows[SOUNDS + 1][TEXT][VOCABULARY]; /* by frames heard: what a session finds */
static uint32_t seed = 1;

static uint32_t choose(uint32_t count)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % count;
}

static void hear(rlx_instance *n, uint32_t frames)
{
    must(rlx_instance_set_input(n, "encode", "mel", mel, frames * sizeof mel[0], &error));
    must(rlx_instance_run(n, "encode", &error));
}

static rlx_go keep_row(void *context, size_t position, const float *row)
{
    float(*to)[VOCABULARY] = context;
    memcpy(to[position], row, sizeof to[position]);
    return RLX_GO_ON;
}

static int open_all(void **state)
{
    (void)state;
    graph_begin(everything, weights);
    memcpy(mel, noise(SOUNDS * 32, 5), sizeof mel);
    for (int i = 0; i < TEXT; i++)
        ids[i] = (int32_t)choose(VOCABULARY);
    model = graph_compile(everything, weights, "--exact --variants=decode=1,blocks=4,prefill=24");
    for (uint32_t frames = 1; frames <= SOUNDS; frames++) {
        rlx_session *s = graph_session(model, 1, NULL);
        hear(rlx_session_instance(s), frames);
        must(rlx_instance_commit(rlx_session_instance(s), &error));
        must(rlx_session_run_logits(s, ids, TEXT, 1, keep_row, rows[frames], &error));
        rlx_session_close(s);
    }
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    rlx_model_close(model);
    shut();
    return 0;
}

/* The rows that a run of `count` tokens after `past` makes; the run stays on trial. */
static void run(rlx_instance *n, size_t past, size_t count, uint32_t frames)
{
    float found[TEXT][VOCABULARY];
    must(rlx_instance_set_input(n, "main", "tokens", ids + past, count * sizeof *ids, &error));
    must(rlx_instance_run(n, "main", &error));
    assert_int_equal(graph_output(n, "main", "logits", found[0]), count);
    expect_equal_bits("logits", found[0], rows[frames][past], count, VOCABULARY);
    assert_int_equal(graph_output(n, "main", "hidden", found[0]), count);
}

static size_t held(const rlx_instance *n)
{
    size_t count;
    must(rlx_instance_state_rows(n, "rows_k", &count, &error));
    return count;
}

/* Runs that are kept, that are forgotten, and encoders in between. */
static void test_kept_and_forgotten_runs(void **state)
{
    (void)state;
    for (uint32_t threads = 1; threads <= 3; threads += 2) {
        rlx_instance *n = graph_instance(model, threads);
        for (int round = 0; round < 12; round++) {
            uint32_t frames = 1 + choose(SOUNDS);
            size_t past = 0;
            rlx_instance_reset(n);
            hear(n, frames);
            must(rlx_instance_commit(n, &error));
            while (past + 24 < TEXT) {
                size_t count = 1 + choose(16);
                run(n, past, count, frames);
                assert_int_equal(held(n), past);
                if (choose(2) == 0)
                    continue;
                must(rlx_instance_commit(n, &error));
                assert_int_equal(rlx_instance_commit(n, &error), RLX_ERROR_BAD_ARGUMENT);
                past += count;
                assert_int_equal(held(n), past);
            }
        }
        rlx_instance_close(n);
    }
}

/* A session and an instance that read the same text, in other runs, hold the same bits. */
static void test_states_of_sessions(void **state)
{
    static const struct {
        const char *name;
        size_t first, count;
    } states[] = {{"tail", 0, 3},     {"h", 0, 1},        {"rows_k", 0, 90}, {"rows_v", 0, 90},
                  {"ring_k", 26, 64}, {"ring_v", 26, 64}, {"cross_k", 0, 7}, {"cross_v", 0, 7}};
    static float of_session[90 * 32], of_instance[90 * 32];
    rlx_instance *n = graph_instance(model, 1);
    rlx_session *s = graph_session(model, 3, NULL);
    (void)state;
    hear(n, 7);
    must(rlx_instance_commit(n, &error));
    hear(rlx_session_instance(s), 7);
    must(rlx_instance_commit(rlx_session_instance(s), &error));
    must(rlx_session_prefill(s, ids, 90, &error));
    for (size_t past = 0; past < 90; past += 9) {
        run(n, past, 9, 7);
        must(rlx_instance_commit(n, &error));
    }
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        const char *name = states[i].name;
        const size_t count = states[i].count;
        must(rlx_session_export_state(s, name, of_session, count, &error));
        must(rlx_instance_read_state(n, name, states[i].first, count, of_instance, &error));
        expect_equal_bits(name, of_session, of_instance, count, 32);
        must(rlx_instance_read_state(rlx_session_instance(s), name, states[i].first, count,
                                     of_instance, &error));
        expect_equal_bits(name, of_session, of_instance, count, 32);
        assert_int_equal(rlx_session_export_state(s, name, of_session, count + 1, &error),
                         RLX_ERROR_BAD_ARGUMENT);
    }
    rlx_session_close(s);
    rlx_instance_close(n);
}

/* What another instance holds, row by row, and the run after it. */
static void test_states_from_outside(void **state)
{
    static const struct {
        const char *name;
        size_t width, first, count;
    } states[] = {{"tail", 32, 0, 3},    {"h", 32, 0, 1},        {"rows_k", 32, 0, 90},
                  {"rows_v", 32, 0, 90}, {"ring_k", 32, 26, 64}, {"ring_v", 32, 26, 64},
                  {"cross_k", 32, 0, 5}, {"cross_v", 32, 0, 5}};
    rlx_instance *from = graph_instance(model, 1), *to = graph_instance(model, 3);
    static float values[90 * 32];
    (void)state;
    hear(from, 5);
    must(rlx_instance_commit(from, &error));
    for (size_t past = 0; past < 90; past += 15) {
        run(from, past, 15, 5);
        must(rlx_instance_commit(from, &error));
    }
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        must(rlx_instance_read_state(from, states[i].name, states[i].first, states[i].count, values,
                                     &error));
        must(rlx_instance_bind_state(to, states[i].name, states[i].first, states[i].count, values,
                                     &error));
    }
    assert_int_equal(held(to), 90);
    run(to, 90, 16, 5);
    run(from, 90, 16, 5);
    rlx_instance_close(to);
    rlx_instance_close(from);
}

/* A session whose instance hears something that is not kept has lost what it heard before. */
static void test_forgotten_encoder(void **state)
{
    static float found[TEXT][VOCABULARY];
    rlx_session *s = graph_session(model, 3, NULL);
    rlx_instance *n = rlx_session_instance(s);
    size_t heard;
    (void)state;
    hear(n, 3);
    must(rlx_instance_commit(n, &error));
    must(rlx_session_run_logits(s, ids, 50, 0, keep_row, found, &error));
    must(rlx_instance_set_input(n, "encode", "mel", mel[3], 5 * sizeof mel[0], &error));
    must(rlx_instance_run(n, "encode", &error));
    must(rlx_instance_state_rows(n, "cross_k", &heard, &error));
    assert_int_equal(heard, 0);
    assert_int_equal(rlx_session_run_logits(s, ids + 50, 50, 0, keep_row, found, &error),
                     RLX_ERROR_BAD_ARGUMENT);
    assert_non_null(strstr(error.text, "holds no rows yet"));
    hear(n, 3);
    must(rlx_instance_commit(n, &error));
    must(rlx_session_run_logits(s, ids + 50, 50, 0, keep_row, found, &error));
    expect_equal_bits("logits", found[0], rows[3][0], 100, VOCABULARY);
    rlx_session_close(s);
}

/* ---- a ring that only the caller reads ---- */

static const char unread[] = "graph \"unread\"\n"
                             "%1 = input i32 [ROWS] role=tokens \"tokens\"\n"
                             "%2 = input i32 [ROWS] role=positions \"positions\"\n"
                             "%3 = weight f32 [32, 32] \"letters\"\n"
                             "%4 = embed %3 %1 f32 [ROWS, 32]\n"
                             "%5 = reshape %4 f32 [ROWS, 2, 16]\n"
                             "%6 = state f32 [BATCH, 64, 2, 16] class=ring role=key \"newest\"\n"
                             "%7 = kv_append %6 %5 %2 f32 [BATCH, 64, 2, 16]\n"
                             "%8 = matmul %4 %3 f32 [ROWS, 32]\n"
                             "output \"logits\" %8 role=logits\noutput \"newest\" %7\n";

static void test_unread_ring(void **state)
{
    static const struct graph_weight letters[] = {{"letters", 32, 32}, {NULL, 0, 0}};
    float found[64][32];
    size_t past = 0;
    (void)state;
    rlx_model *m = graph_compile(unread, letters, "--variants=decode=1,prefill=32");
    rlx_instance *n = graph_instance(m, 1);
    for (size_t count = 1; past + count < TEXT; past += count++) {
        must(rlx_instance_set_input(n, "main", "tokens", ids + past, count * sizeof *ids, &error));
        must(rlx_instance_run(n, "main", &error));
        must(rlx_instance_commit(n, &error));
    }
    assert_true(past > 64);
    must(rlx_instance_read_state(n, "newest", past - 64, 64, found[0], &error));
    for (size_t i = 0; i < 64; i++)
        expect_equal_bits("newest", found[i], graph_values[0] + ids[past - 64 + i] * 32, 1, 32);
    rlx_instance_close(n);
    rlx_model_close(m);
}

/* ---- cross states that the caller fills, and rows of outputs that it asks for ---- */

static const char fed[] =
    "graph \"fed\" (FRAMES in 1..20, GIVEN in 1..20)\n"
    "%1 = input f32 [FRAMES, 32] \"mel\"\n"
    "%2 = neg %1 f32 [FRAMES, 32]\n"
    "%3 = tanh %1 f32 [FRAMES, 32]\n"
    "%4 = input i32 [ROWS] role=tokens \"tokens\"\n"
    "%5 = weight f32 [32, 32] \"letters\"\n"
    "%6 = embed %5 %4 f32 [ROWS, 32]\n"
    "%7 = reshape %6 f32 [ROWS, 2, 16]\n"
    "%8 = state f32 [BATCH, 20, 2, 16] class=cross role=key rows=GIVEN \"k\"\n"
    "%9 = state f32 [BATCH, 20, 2, 16] class=cross role=value rows=GIVEN \"v\"\n"
    "%10 = attention %7 %8 %9" HEADS "mask=none window=0\n"
    "%11 = matmul %10 %5 f32 [ROWS, 32]\n"
    "entry \"encode\"\noutput \"keys\" %2\noutput \"values\" %3\n"
    "entry \"main\"\noutput \"logits\" %11 role=logits\noutput \"all\" %10\n";

static void feed(rlx_instance *n, uint32_t frames, const float *sound)
{
    must(rlx_instance_set_input(n, "encode", "mel", sound, frames * 32 * sizeof *sound, &error));
    must(rlx_instance_run(n, "encode", &error));
    must(rlx_instance_feed(n, "encode", "keys", "k", &error));
    must(rlx_instance_run(n, "encode", &error)); /* a feed ends the outputs of its run */
    must(rlx_instance_feed(n, "encode", "values", "v", &error));
}

/* One head of a row over frames: keys are their negatives, values their tanh. */
static void expect_attention(const float *found, const float *query, const float *frames,
                             uint32_t count)
{
    double sums[16] = {0}, total = 0;
    for (uint32_t f = 0; f < count; f++) {
        double score = 0;
        for (size_t w = 0; w < 16; w++)
            score -= 0.25 * (double)query[w] * (double)frames[f * 32 + w];
        total += exp(score);
        for (size_t w = 0; w < 16; w++)
            sums[w] += exp(score) * tanh((double)frames[f * 32 + w]);
    }
    for (size_t w = 0; w < 16; w++)
        expect_number("attention", found[w], sums[w] / total, 1e-5);
}

static void test_fed_states(void **state)
{
    static const struct graph_weight letters[] = {{"letters", 32, 32}, {NULL, 0, 0}};
    static const int32_t wanted[] = {9, 2, 2};
    static const uint32_t sizes[] = {20, 1, 7};
    float logits[10][32], all[10][32];
    const float *sound = noise(20 * 32, 31);
    (void)state;
    rlx_model *m = graph_compile(fed, letters, "--exact --variants=decode=1,prefill=24");
    rlx_instance *n = graph_instance(m, 3);
    must(rlx_instance_set_input(n, "main", "tokens", ids, 10 * sizeof *ids, &error));
    assert_int_equal(rlx_instance_run(n, "main", &error), RLX_ERROR_BAD_ARGUMENT);
    for (size_t i = 0; i < 3; i++) {
        feed(n, sizes[i], sound);
        must(rlx_instance_run(n, "main", &error));
        assert_int_equal(graph_output(n, "main", "all", all[0]), 10);
        for (size_t r = 0; r < 10; r++)
            for (size_t head = 0; head < 2; head++)
                expect_attention(all[r] + head * 16, graph_values[0] + ids[r] * 32 + head * 16,
                                 sound + head * 16, sizes[i]);
    }
    assert_int_equal(graph_output(n, "main", "logits", logits[0]), 10);
    must(rlx_instance_set_input(n, "main", "out_rows", wanted, sizeof wanted, &error));
    must(rlx_instance_run(n, "main", &error));
    float some[3][32];
    assert_int_equal(graph_output(n, "main", "logits", some[0]), 3);
    for (size_t i = 0; i < 3; i++)
        expect_equal_bits("wanted", some[i], logits[wanted[i]], 1, 32);
    rlx_instance_close(n);
    rlx_model_close(m);
}

/* ---- two entries that write the same states ---- */

/* "hear" reads vectors where "main" reads tokens; both advance rows and a scan. */
static const char vectors[] =
    "graph \"vectors\"\n"
    "%1 = input i32 [ROWS] role=positions \"positions\"\n"
    "%2 = state f32 [BATCH, 128, 2, 16] role=key \"k\"\n"
    "%3 = state f32 [BATCH, 128, 2, 16] role=value \"v\"\n"
    "%4 = state f32 [BATCH, 1, 32] class=carried \"h\"\n"
    "%5 = weight f32 [32, 32] \"letters\"\n"
    "%10 = input f32 [ROWS, 32] \"vectors\"\n"
    "%11 = sigmoid %10 f32 [ROWS, 32]\n"
    "%12 = scan %4 %11 %10 f32 [ROWS, 32]\n"
    "%13 = written %12 f32 [BATCH, 1, 32] which=state\n"
    "%14 = reshape %12 f32 [ROWS, 2, 16]\n"
    "%15 = kv_append %2 %14 %1 f32 [BATCH, 128, 2, 16]\n"
    "%16 = kv_append %3 %14 %1 f32 [BATCH, 128, 2, 16]\n"
    "%17 = attention %14 %15 %16 %1" HEADS "mask=causal window=0\n"
    "%20 = input i32 [ROWS] role=tokens \"tokens\"\n"
    "%21 = embed %5 %20 f32 [ROWS, 32]\n"
    "%22 = sigmoid %21 f32 [ROWS, 32]\n"
    "%23 = scan %4 %22 %21 f32 [ROWS, 32]\n"
    "%24 = written %23 f32 [BATCH, 1, 32] which=state\n"
    "%25 = reshape %23 f32 [ROWS, 2, 16]\n"
    "%26 = kv_append %2 %25 %1 f32 [BATCH, 128, 2, 16]\n"
    "%27 = kv_append %3 %25 %1 f32 [BATCH, 128, 2, 16]\n"
    "%28 = attention %25 %26 %27 %1" HEADS "mask=causal window=0\n"
    "%29 = matmul %28 %5 f32 [ROWS, 32]\n"
    "%30 = matmul %17 %5 f32 [ROWS, 32]\n"
    "entry \"hear\"\noutput \"seen\" %30\noutput \"h\" %13\noutput \"k\" %15\n"
    "output \"v\" %16\n"
    "entry \"main\"\noutput \"logits\" %29 role=logits\noutput \"h\" %24\noutput \"k\" %26\n"
    "output \"v\" %27\n";

/* Rows first .. first + count - 1 of the text, by tokens or by the vectors of the same tokens. */
static void read_rows(rlx_instance *n, bool as_vectors, size_t first, size_t count,
                      float to[TEXT][VOCABULARY])
{
    float rows_in[16][32];
    const char *entry = as_vectors ? "hear" : "main";
    for (size_t i = 0; i < count; i++)
        memcpy(rows_in[i], graph_values[0] + ids[first + i] * 32, sizeof rows_in[i]);
    if (as_vectors)
        must(rlx_instance_set_input(n, entry, "vectors", rows_in, count * sizeof rows_in[0],
                                    &error));
    else
        must(rlx_instance_set_input(n, entry, "tokens", ids + first, count * 4, &error));
    must(rlx_instance_run(n, entry, &error));
    assert_int_equal(graph_output(n, entry, as_vectors ? "seen" : "logits", to[first]), count);
    must(rlx_instance_commit(n, &error));
}

static void test_entries_that_write_the_same_states(void **state)
{
    static const struct graph_weight letters[] = {{"letters", 32, 32}, {NULL, 0, 0}};
    static float expected[TEXT][VOCABULARY], found[TEXT][VOCABULARY];
    (void)state;
    rlx_model *m = graph_compile(
        vectors, letters, "--exact --variants=decode=1,blocks=4,prefill=24,hear:encoder=1x16");
    rlx_instance *n = graph_instance(m, 1);
    for (size_t at = 0; at < 112; at += 16)
        read_rows(n, false, at, 16, expected);
    rlx_instance_close(n);
    for (uint32_t threads = 1; threads <= 3; threads += 2) {
        n = graph_instance(m, threads);
        for (size_t at = 0, count; at < 112; at += count) {
            count = 1 + choose(16);
            count = at + count > 112 ? 112 - at : count;
            read_rows(n, choose(2) == 0, at, count, found);
        }
        expect_equal_bits("entries", found[0], expected[0], 112, VOCABULARY);
        rlx_instance_close(n);
    }
    rlx_model_close(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kept_and_forgotten_runs),
        cmocka_unit_test(test_states_of_sessions),
        cmocka_unit_test(test_states_from_outside),
        cmocka_unit_test(test_forgotten_encoder),
        cmocka_unit_test(test_unread_ring),
        cmocka_unit_test(test_fed_states),
        cmocka_unit_test(test_entries_that_write_the_same_states),
    };
    temporary_open(&test_folder);
    int failed = cmocka_run_group_tests(tests, open_all, close_all);
    temporary_close(&test_folder);
    return failed;
}

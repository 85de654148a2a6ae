/* A graph in text form with two entries and states of every class, compiled and run through the
 * public API: the encoder's outputs and the logits of every position are those of the evaluator,
 * and whatever a session goes through, its logits have the bits of single steps. */
#include "tests/support/graph_model.h"

enum {
    VOCABULARY = 32,
    WIDTH = 32,
    TEXT = 120,
    FRAMES = 9,
    CROSS = 5,
    FRAMES_SLOT = SYMBOL_FIRST_FREE,
    CROSS_SLOT
};

static const char *const text =
    "graph \"mixed\" (FRAMES in 2..16, CROSS_KEYS in 1..8)\n"
    "%1 = input f32 [FRAMES, 16] \"mel\"\n"
    "%2 = input i32 [ROWS] role=tokens \"tokens\"\n"
    "%3 = input i32 [ROWS] role=positions \"positions\"\n"
    "%4 = unfold %1 f32 [((FRAMES + 1) / 2), 48] kernel=3 stride=2 pad=1\n"
    "%5 = weight f32 [32, 48] \"stem\"\n"
    "%6 = matmul %4 %5 f32 [((FRAMES + 1) / 2), 32]\n"
    "%7 = reshape %6 f32 [((FRAMES + 1) / 2), 2, 16]\n"
    "%8 = state f32 [BATCH, ((FRAMES + 1) / 2), 2, 16] class=scratch role=key \"k\"\n"
    "%9 = state f32 [BATCH, ((FRAMES + 1) / 2), 2, 16] class=scratch role=value \"v\"\n"
    "%10 = kv_append %8 %7 f32 [BATCH, ((FRAMES + 1) / 2), 2, 16]\n"
    "%11 = kv_append %9 %7 f32 [BATCH, ((FRAMES + 1) / 2), 2, 16]\n"
    "%12 = attention %7 %10 %11 f32 [((FRAMES + 1) / 2), 32] heads=2 kv_heads=2 head_dim=16 "
    "scale=0.25 mask=none window=0\n"
    "%13 = reshape %12 f32 [((FRAMES + 1) / 2), 2, 16]\n"
    "%14 = state f32 [BATCH, 64, 2, 16] class=cross role=key rows=CROSS_KEYS \"cross_k\"\n"
    "%15 = state f32 [BATCH, 64, 2, 16] class=cross role=value rows=CROSS_KEYS \"cross_v\"\n"
    "%16 = kv_append %14 %13 f32 [BATCH, 64, 2, 16]\n"
    "%17 = kv_append %15 %7 f32 [BATCH, 64, 2, 16]\n"
    "%18 = weight f32 [32, 32] \"letters\"\n"
    "%19 = embed %18 %2 f32 [ROWS, 32]\n"
    "%20 = state f32 [BATCH, 2, 32] class=carried \"tail\"\n"
    "%21 = weight f32 [32, 3] \"kernel\"\n"
    "%22 = conv %20 %19 %21 f32 [ROWS, 32]\n"
    "%23 = written %22 f32 [BATCH, 2, 32] which=state\n"
    "%24 = sigmoid %22 f32 [ROWS, 32]\n"
    "%25 = state f32 [BATCH, 1, 32] class=carried layer=1 \"h\"\n"
    "%26 = scan %25 %24 %22 f32 [ROWS, 32]\n"
    "%27 = written %26 f32 [BATCH, 1, 32] which=state\n"
    "%28 = reshape %26 f32 [ROWS, 2, 16]\n"
    "%29 = state f32 [BATCH, 64, 2, 16] class=ring layer=2 role=key \"ring_k\"\n"
    "%30 = state f32 [BATCH, 64, 2, 16] class=ring layer=2 role=value \"ring_v\"\n"
    "%31 = kv_append %29 %28 %3 f32 [BATCH, 64, 2, 16]\n"
    "%32 = kv_append %30 %28 %3 f32 [BATCH, 64, 2, 16]\n"
    "%33 = attention %28 %31 %32 %3 f32 [ROWS, 32] heads=2 kv_heads=2 head_dim=16 scale=0.25 "
    "mask=causal window=20\n"
    "%34 = state f32 [BATCH, 128, 2, 16] class=rows layer=3 role=key \"rows_k\"\n"
    "%35 = state f32 [BATCH, 128, 2, 16] class=rows layer=3 role=value \"rows_v\"\n"
    "%36 = kv_append %34 %28 %3 f32 [BATCH, 128, 2, 16]\n"
    "%37 = kv_append %35 %28 %3 f32 [BATCH, 128, 2, 16]\n"
    "%38 = attention %28 %36 %37 %3 f32 [ROWS, 32] heads=2 kv_heads=2 head_dim=16 scale=0.25 "
    "mask=causal window=0\n"
    "%39 = attention %28 %14 %15 f32 [ROWS, 32] heads=2 kv_heads=2 head_dim=16 scale=0.25 "
    "mask=none window=0\n"
    "%40 = add %33 %38 f32 [ROWS, 32]\n"
    "%41 = add %39 %40 f32 [ROWS, 32]\n"
    "%42 = matmul %41 %18 f32 [ROWS, 32]\n"
    "%43 = reshape %19 f32 [ROWS, 2, 16]\n"
    "%44 = state f32 [BATCH, ROWS, 2, 16] class=scratch role=key \"run_k\"\n"
    "%45 = state f32 [BATCH, ROWS, 2, 16] class=scratch role=value \"run_v\"\n"
    "%46 = kv_append %44 %43 f32 [BATCH, ROWS, 2, 16]\n"
    "%47 = kv_append %45 %43 f32 [BATCH, ROWS, 2, 16]\n"
    "%48 = attention %43 %46 %47 f32 [ROWS, 32] heads=2 kv_heads=2 head_dim=16 scale=0.25 "
    "mask=none window=0\n"
    "entry \"encode\"\n"
    "output \"hidden\" %12\noutput \"cross_k\" %16\noutput \"cross_v\" %17\n"
    "entry \"main\"\n"
    "output \"logits\" %42 role=logits\noutput \"tail\" %23\noutput \"h\" %27\n"
    "output \"ring_k\" %31\noutput \"ring_v\" %32\noutput \"rows_k\" %36\noutput \"rows_v\" %37\n"
    "entry \"embed\"\noutput \"vectors\" %48\n";

static const struct graph_weight weights[] = {
    {"stem", 32, 48}, {"letters", 32, 32}, {"kernel", 32, 3}, {NULL, 0, 0}};

static const float *mel;
static rlx_model *model;
static float truth[TEXT][VOCABULARY]; /* of the evaluator */

static int32_t token_at(size_t i)
{
    return (int32_t)((i * 7 + i * i * 3) % VOCABULARY);
}

static const int32_t *tokens(void)
{
    static int32_t ids[TEXT];
    for (size_t i = 0; i < TEXT; i++)
        ids[i] = token_at(i);
    return ids;
}

/* ---- the model ---- */

/* The evaluator runs what sessions run: first the encoder, then the text, in runs that the ring
 * takes. */
static void find_truth(void)
{
    int32_t positions[TEXT];
    for (int i = 0; i < TEXT; i++)
        positions[i] = i;
    eval.symbols[FRAMES_SLOT] = FRAMES;
    eval.symbols[SYMBOL_BATCH] = 1;
    hir_eval_input(&eval, "mel", mel);
    hir_eval_run(&eval);
    eval.entry = 1;
    eval.symbols[CROSS_SLOT] = CROSS;
    for (int past = 0; past < TEXT; past += 30) {
        set_sizes(1, 30, past);
        hir_eval_input(&eval, "tokens", tokens() + past);
        hir_eval_input(&eval, "positions", positions + past);
        hir_eval_run(&eval);
        memcpy(truth[past], hir_eval_value(&eval, "logits"), 30 * sizeof truth[0]);
    }
}

static int open_all(void **state)
{
    (void)state;
    graph_begin(text, weights);
    mel = noise(16 * 16, 9);
    find_truth();
    model = graph_compile(text, weights,
                          "--exact --variants=decode=1,blocks=2:16,batch=2:4,prefill=32,"
                          "embed:encoder=1x16,embed:encoder=4x16");
    return model == NULL ? -1 : 0;
}

static int close_all(void **state)
{
    (void)state;
    rlx_model_close(model);
    shut();
    return 0;
}

/* ---- sessions ---- */

static void encode(rlx_session *s)
{
    rlx_instance *n = rlx_session_instance(s);
    must(rlx_instance_set_input(n, "encode", "mel", mel, FRAMES * 64, &error));
    must(rlx_instance_run(n, "encode", &error));
    must(rlx_instance_commit(n, &error));
}

static rlx_session *open_one(uint32_t threads, rlx_session *share_with)
{
    rlx_session_options options = rlx_session_options_default();
    rlx_session *s;
    options.threads = threads;
    options.share_with = share_with;
    must(rlx_session_open(model, &options, &s, &error));
    encode(s);
    return s;
}

static float rows_seen[TEXT][VOCABULARY];

static rlx_go see_row(void *context, size_t position, const float *row)
{
    (void)context;
    memcpy(rows_seen[position], row, sizeof rows_seen[0]);
    return RLX_GO_ON;
}

static float steps[TEXT][VOCABULARY]; /* logits of single steps, which all others must equal */

static void test_encoder(void **state)
{
    (void)state;
    for (uint32_t threads = 1; threads <= 3; threads += 2)
        for (size_t count = 2; count <= 16; count += 7) {
            rlx_instance_options options = rlx_instance_options_default();
            rlx_output hidden = rlx_output_default();
            rlx_instance *n;
            options.threads = threads;
            must(rlx_instance_open(model, &options, &n, &error));
            must(rlx_instance_set_input(n, "encode", "mel", mel, count * 64, &error));
            must(rlx_instance_run(n, "encode", &error));
            must(rlx_instance_get_output(n, "encode", "hidden", &hidden, &error));
            assert_int_equal(hidden.rows, (count + 1) / 2);
            assert_int_equal(hidden.width, WIDTH);
            struct hir_eval fresh = {.weight = find_weight};
            hir_eval_open(&fresh, g, &arena);
            fresh.symbols[FRAMES_SLOT] = (int64_t)count;
            fresh.symbols[SYMBOL_BATCH] = 1;
            hir_eval_input(&fresh, "mel", mel);
            hir_eval_run(&fresh);
            for (size_t r = 0; r < hidden.rows; r++)
                expect_close("hidden", hidden.data + r * hidden.stride,
                             hir_eval_value(&fresh, "hidden") + r * WIDTH, 1, WIDTH, 1e-5, 0);
            hir_eval_close(&fresh);
            rlx_instance_close(n);
        }
}

/* Texts of different lengths at once: each row sees its own text alone, as alone. */
static void test_ragged_texts(void **state)
{
    (void)state;
    static const rlx_segment_rows cuts[] = {{7, 0}, {1, 0}, {16, 0}, {12, 0}};
    static const struct hir_segment segments[] = {{7, 0}, {1, 0}, {16, 0}, {12, 0}};
    struct hir_eval fresh = {.weight = find_weight, .entry = 2, .segments = segments};
    hir_eval_open(&fresh, g, &arena);
    fresh.symbols[SYMBOL_BATCH] = 4;
    fresh.symbols[SYMBOL_ROWS] = 36;
    fresh.symbols[SYMBOL_SEQ] = 16;
    hir_eval_input(&fresh, "tokens", tokens());
    hir_eval_run(&fresh);
    for (uint32_t threads = 1; threads <= 3; threads += 2) {
        rlx_instance_options options = rlx_instance_options_default();
        rlx_output vectors = rlx_output_default();
        float together[36][WIDTH];
        rlx_instance *n;
        options.threads = threads;
        must(rlx_instance_open(model, &options, &n, &error));
        must(rlx_instance_set_segments(n, cuts, 4, &error));
        must(rlx_instance_set_input(n, "embed", "tokens", tokens(), 36 * 4, &error));
        must(rlx_instance_run(n, "embed", &error));
        must(rlx_instance_get_output(n, "embed", "vectors", &vectors, &error));
        assert_int_equal(vectors.rows, 36);
        for (size_t r = 0; r < 36; r++)
            memcpy(together[r], vectors.data + r * vectors.stride, sizeof together[r]);
        expect_close("vectors", together[0], hir_eval_value(&fresh, "vectors"), 36, WIDTH, 1e-5, 0);
        must(rlx_instance_set_segments(n, NULL, 0, &error));
        for (size_t i = 0, at = 0; i < 4; at += cuts[i++].rows) {
            must(rlx_instance_set_input(n, "embed", "tokens", tokens() + at, cuts[i].rows * 4,
                                        &error));
            must(rlx_instance_run(n, "embed", &error));
            must(rlx_instance_get_output(n, "embed", "vectors", &vectors, &error));
            for (size_t r = 0; r < cuts[i].rows; r++)
                expect_equal_bits("vectors", vectors.data + r * vectors.stride, together[at + r], 1,
                                  WIDTH);
        }
        rlx_instance_close(n);
    }
    hir_eval_close(&fresh);
}

static void test_all_rows(void **state)
{
    (void)state;
    for (uint32_t threads = 1; threads <= 3; threads += 2) {
        static const uint32_t sizes[] = {1, 3, 16, 17, 0};
        for (size_t i = 0; i < 5; i++) {
            rlx_session *s = open_one(threads, NULL);
            must(rlx_session_run_logits(s, tokens(), TEXT, sizes[i], see_row, NULL, &error));
            expect_close("logits", rows_seen[0], truth[0], TEXT, VOCABULARY, 2e-5, 0);
            if (threads == 1 && i == 0)
                memcpy(steps, rows_seen, sizeof steps);
            expect_equal_bits("logits", rows_seen[0], steps[0], TEXT, VOCABULARY);
            rlx_session_close(s);
        }
    }
}

static void expect_next(rlx_session *s, size_t count)
{
    const float *row;
    must(rlx_session_decode_logits(s, token_at(count), &row, &error));
    expect_equal_bits("logits", row, steps[count], 1, VOCABULARY);
}

static void test_blocks_and_truncation(void **state)
{
    (void)state;
    static const size_t places[] = {5, 63, 90};
    for (size_t i = 0; i < 3; i++)
        for (size_t keep = 0; keep <= 7; keep++) {
            const size_t at = places[i];
            rlx_session *s = open_one(1 + (uint32_t)keep % 3, NULL);
            must(rlx_session_prefill(s, tokens(), at, &error));
            must(rlx_session_run_block(s, tokens() + at, 7, see_row, NULL, &error));
            expect_equal_bits("block", rows_seen[at], steps[at], 7, VOCABULARY);
            must(rlx_session_commit(s, keep, &error));
            assert_int_equal(rlx_session_past(s), at + keep);
            expect_next(s, at + keep);
            must(rlx_session_truncate(s, at, &error)); /* to the checkpoint */
            assert_int_equal(rlx_session_past(s), at);
            expect_next(s, at);
            must(rlx_session_truncate(s, at - 2, &error)); /* and to the beginning */
            assert_int_equal(rlx_session_past(s), 0);
            expect_next(s, at - 2);
            rlx_session_close(s);
        }
}

static void test_batches_and_copies(void **state)
{
    (void)state;
    enum { COUNT = 5 };
    rlx_session *sessions[COUNT], *fork;
    int32_t ids[COUNT], alone;
    void *data;
    size_t bytes;
    for (size_t i = 0; i < COUNT; i++) {
        sessions[i] = open_one(3, i == 0 ? NULL : sessions[0]);
        must(rlx_session_prefill(sessions[i], tokens(), 4 + i * 20, &error));
    }
    for (int round = 0; round < 6; round++) {
        int32_t expected[COUNT];
        for (size_t i = 0; i < COUNT; i++) {
            must(rlx_session_fork(sessions[i], &fork, &error));
            must(rlx_session_step(fork, &expected[i], &error));
            rlx_session_close(fork);
        }
        must(rlx_sessions_step(sessions, COUNT, ids, &error));
        assert_memory_equal(ids, expected, sizeof ids);
    }
    rlx_session *loaded = open_one(1, NULL);
    must(rlx_session_save_memory(sessions[4], &data, &bytes, &error));
    must(rlx_session_load_memory(loaded, data, bytes, &error));
    free(data);
    must(rlx_session_step(loaded, &alone, &error));
    must(rlx_session_step(sessions[4], &ids[4], &error));
    assert_int_equal(alone, ids[4]);
    rlx_session_close(loaded);
    for (size_t i = COUNT; i-- > 0;)
        rlx_session_close(sessions[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_encoder),
        cmocka_unit_test(test_ragged_texts),
        cmocka_unit_test(test_all_rows),
        cmocka_unit_test(test_blocks_and_truncation),
        cmocka_unit_test(test_batches_and_copies),
    };
    temporary_open(&test_folder);
    int failed = cmocka_run_group_tests(tests, open_all, close_all);
    temporary_close(&test_folder);
    return failed;
}

/* Encoders through the public API: ragged batches with several outputs, frames that become half as
 * many rows, and a decoder that attends to what the encoder left. The truth is the evaluator; and
 * whatever runs beside a row, with however many threads, the row has the same bits. */
#include "tests/support/graph_model.h"

enum { WIDTH = 32, VOCABULARY = 32, TEXT = 24, MELS = 80 };

static const char *const levels[] = {"x86-64-v3", "native"};

#define HEADS " heads=2 kv_heads=2 head_dim=16 scale=0.25 "

static struct hir_eval fresh(uint32_t entry)
{
    struct hir_eval e = {.weight = find_weight, .entry = entry};
    hir_eval_open(&e, g, &arena);
    e.symbols[SYMBOL_BATCH] = 1;
    return e;
}

/* ---- ragged batches ---- */

/* Two layers: one sees all of its item, one the rows before; two outputs, one of rank 3. */
static const char texts[] =
    "graph \"texts\"\n"
    "%1 = input i32 [ROWS] role=tokens \"tokens\"\n"
    "%2 = input i32 [ROWS] role=positions \"positions\"\n"
    "%3 = weight f32 [32, 32] \"letters\"\n"
    "%4 = embed %3 %1 f32 [ROWS, 32]\n"
    "%5 = reshape %4 f32 [ROWS, 2, 16]\n"
    "%6 = rope_table f32 [512, 16] theta=10000\n"
    "%7 = rope %5 %6 %2 f32 [ROWS, 2, 16] n_rot=16\n"
    "%8 = state f32 [BATCH, ROWS, 2, 16] class=scratch role=key \"k\"\n"
    "%9 = state f32 [BATCH, ROWS, 2, 16] class=scratch role=value \"v\"\n"
    "%10 = kv_append %8 %7 f32 [BATCH, ROWS, 2, 16]\n"
    "%11 = kv_append %9 %5 f32 [BATCH, ROWS, 2, 16]\n"
    "%12 = attention %7 %10 %11 f32 [ROWS, 32]" HEADS "mask=none window=0\n"
    "%13 = weight f32 [32, 32] \"up\"\n"
    "%14 = matmul %12 %13 f32 [ROWS, 32]\n"
    "%15 = gelu %14 f32 [ROWS, 32]\n"
    "%16 = add %15 %4 f32 [ROWS, 32]\n"
    "%17 = reshape %16 f32 [ROWS, 2, 16]\n"
    "%18 = state f32 [BATCH, ROWS, 2, 16] class=scratch layer=1 role=key \"k1\"\n"
    "%19 = state f32 [BATCH, ROWS, 2, 16] class=scratch layer=1 role=value \"v1\"\n"
    "%20 = kv_append %18 %17 f32 [BATCH, ROWS, 2, 16]\n"
    "%21 = kv_append %19 %17 f32 [BATCH, ROWS, 2, 16]\n"
    "%22 = attention %17 %20 %21 f32 [ROWS, 32]" HEADS "mask=causal window=0\n"
    "%23 = reshape %22 f32 [ROWS, 4, 8]\n"
    "entry \"embed\"\noutput \"vectors\" %16\noutput \"pieces\" %23\n";
static const struct graph_weight text_weights[] = {
    {"letters", 32, 32}, {"up", 32, 32}, {NULL, 0, 0}};

enum { ROWS = 300 };

static int32_t ids[ROWS];
static float vectors[ROWS][WIDTH], pieces[ROWS][WIDTH];

static void embed(rlx_instance *n, size_t first, size_t count)
{
    must(rlx_instance_set_input(n, "embed", "tokens", ids + first, count * 4, &error));
    must(rlx_instance_run(n, "embed", &error));
    assert_int_equal(graph_output(n, "embed", "vectors", vectors[first]), count);
    assert_int_equal(graph_output(n, "embed", "pieces", pieces[first]), count);
}

/* The items together equal the evaluator's; each alone has the bits of all together. */
static void check_batch(rlx_model *model, const rlx_segment_rows *items, size_t count)
{
    float together[2][ROWS][WIDTH];
    struct hir_segment segments[5];
    struct hir_eval e = fresh(0);
    int32_t positions[ROWS];
    uint32_t rows = 0;
    for (size_t i = 0; i < count; i++) {
        segments[i] = (struct hir_segment){items[i].rows, 0};
        for (uint32_t p = 0; p < items[i].rows; p++)
            positions[rows++] = (int32_t)p;
    }
    e.segments = segments;
    e.symbols[SYMBOL_BATCH] = (int64_t)count;
    e.symbols[SYMBOL_ROWS] = rows;
    hir_eval_input(&e, "tokens", ids);
    hir_eval_input(&e, "positions", positions);
    hir_eval_run(&e);
    for (uint32_t threads = 1; threads <= 3; threads += 2) {
        rlx_instance *n = graph_instance(model, threads);
        must(rlx_instance_set_segments(n, items, count, &error));
        embed(n, 0, rows);
        expect_close("vectors", vectors[0], hir_eval_value(&e, "vectors"), rows, WIDTH, 1e-5, 0);
        expect_close("pieces", pieces[0], hir_eval_value(&e, "pieces"), rows, WIDTH, 1e-5, 0);
        memcpy(together[0], vectors, sizeof vectors);
        memcpy(together[1], pieces, sizeof pieces);
        must(rlx_instance_set_segments(n, NULL, 0, &error));
        for (size_t i = 0, at = 0; i < count; at += items[i++].rows)
            embed(n, at, items[i].rows);
        expect_equal_bits("vectors", vectors[0], together[0][0], rows, WIDTH);
        expect_equal_bits("pieces", pieces[0], together[1][0], rows, WIDTH);
        rlx_instance_close(n);
    }
    hir_eval_close(&e);
}

static void test_ragged_batches(void **state)
{
    static const rlx_segment_rows few[] = {{1, 0}, {5, 0}}, ones[] = {{1, 0}, {1, 0}, {1, 0}},
                                  many[] = {{64, 0}, {1, 0}, {65, 0}, {17, 0}, {100, 0}},
                                  one[] = {{ROWS, 0}};
    (void)state;
    for (size_t i = 0; i < ROWS; i++)
        ids[i] = (int32_t)((i * 7 + i * i * 3) % VOCABULARY);
    for (size_t i = 0; i < 2; i++) {
        char options[200];
        graph_begin(texts, text_weights);
        snprintf(options, sizeof options,
                 "--level=%s --exact --variants=embed:encoder=1x300,embed:encoder=5x64", levels[i]);
        rlx_model *model = graph_compile(texts, text_weights, options);
        if (model != NULL) {
            check_batch(model, few, 2);
            check_batch(model, ones, 3);
            check_batch(model, many, 5);
            check_batch(model, one, 1);
            check_batch(model, many, 1);
        }
        rlx_model_close(model);
        shut();
    }
}

/* ---- windows of frames ---- */

/* Windows that overlap, that touch, and that leave frames out, with and without zeros at the ends;
 * one over another. */
static const char windows[] =
    "graph \"windows\" (FRAMES in 5..301)\n"
    "%1 = input f32 [FRAMES, 80] \"mel\"\n"
    "%2 = unfold %1 f32 [(FRAMES / 2), 320] kernel=4 stride=2 pad=1\n"
    "%3 = weight f32 [32, 320] \"four\"\n"
    "%4 = matmul %2 %3 f32 [(FRAMES / 2), 32]\n"
    "%5 = unfold %1 f32 [(FRAMES / 2), 160] kernel=2 stride=2 pad=0\n"
    "%6 = weight f32 [32, 160] \"two\"\n"
    "%7 = matmul %5 %6 f32 [(FRAMES / 2), 32]\n"
    "%8 = add %4 %7 f32 [(FRAMES / 2), 32]\n"
    "%9 = unfold %1 f32 [((FRAMES - 2) / 3), 400] kernel=5 stride=3 pad=0\n"
    "%10 = weight f32 [32, 400] \"five\"\n"
    "%11 = matmul %9 %10 f32 [((FRAMES - 2) / 3), 32]\n"
    "%12 = unfold %1 f32 [FRAMES, 240] kernel=3 stride=1 pad=1\n"
    "%13 = weight f32 [32, 240] \"three\"\n"
    "%14 = matmul %12 %13 f32 [FRAMES, 32]\n"
    "%15 = gelu %14 f32 [FRAMES, 32]\n"
    "%16 = unfold %15 f32 [((FRAMES + 1) / 2), 96] kernel=3 stride=2 pad=1\n"
    "%17 = weight f32 [32, 96] \"again\"\n"
    "%18 = matmul %16 %17 f32 [((FRAMES + 1) / 2), 32]\n"
    "entry \"front\"\noutput \"sum\" %8\noutput \"five\" %11\noutput \"all\" %15\n"
    "output \"again\" %18\n";
static const struct graph_weight window_weights[] = {{"four", 32, 320}, {"two", 32, 160},
                                                     {"five", 32, 400}, {"three", 32, 240},
                                                     {"again", 32, 96}, {NULL, 0, 0}};

static void check_windows(rlx_instance *n, const float *mel, size_t frames)
{
    static const char *const names[] = {"sum", "five", "all", "again"};
    const size_t rows[] = {frames / 2, (frames - 2) / 3, frames, (frames + 1) / 2};
    static float found[301][WIDTH];
    struct hir_eval e = fresh(0);
    e.symbols[SYMBOL_FIRST_FREE] = (int64_t)frames;
    hir_eval_input(&e, "mel", mel);
    hir_eval_run(&e);
    must(rlx_instance_set_input(n, "front", "mel", mel, frames * MELS * sizeof *mel, &error));
    must(rlx_instance_run(n, "front", &error));
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(graph_output(n, "front", names[i], found[0]), rows[i]);
        expect_close(names[i], found[0], hir_eval_value(&e, names[i]), rows[i], WIDTH, 1e-4, 0);
    }
    hir_eval_close(&e);
}

static void test_windows_of_frames(void **state)
{
    static const size_t frames[] = {5, 301, 6, 300, 7, 96, 97};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        char options[100];
        graph_begin(windows, window_weights);
        const float *mel = noise(301 * MELS, 11);
        snprintf(options, sizeof options, "--level=%s --exact", levels[i]);
        rlx_model *model = graph_compile(windows, window_weights, options);
        for (uint32_t threads = 1; threads <= 3 && model != NULL; threads += 2) {
            rlx_instance *n = graph_instance(model, threads);
            for (size_t j = 0; j < sizeof frames / sizeof *frames; j++)
                check_windows(n, mel, frames[j]);
            rlx_instance_close(n);
        }
        rlx_model_close(model);
        shut();
    }
}

/* ---- an encoder and its decoder ---- */

static const char speech[] =
    "graph \"speech\" (FRAMES in 2..200, CROSS_KEYS in 1..128)\n"
    "%1 = input f32 [FRAMES, 80] \"mel\"\n"
    "%2 = unfold %1 f32 [((FRAMES + 1) / 2), 240] kernel=3 stride=2 pad=1\n"
    "%3 = weight f32 [32, 240] \"front\"\n"
    "%4 = matmul %2 %3 f32 [((FRAMES + 1) / 2), 32]\n"
    "%5 = reshape %4 f32 [((FRAMES + 1) / 2), 2, 16]\n"
    "%6 = state f32 [BATCH, ((FRAMES + 1) / 2), 2, 16] class=scratch role=key \"k\"\n"
    "%7 = state f32 [BATCH, ((FRAMES + 1) / 2), 2, 16] class=scratch role=value \"v\"\n"
    "%8 = kv_append %6 %5 f32 [BATCH, ((FRAMES + 1) / 2), 2, 16]\n"
    "%9 = kv_append %7 %5 f32 [BATCH, ((FRAMES + 1) / 2), 2, 16]\n"
    "%10 = attention %5 %8 %9 f32 [((FRAMES + 1) / 2), 32]" HEADS "mask=none window=0\n"
    "%11 = reshape %10 f32 [((FRAMES + 1) / 2), 2, 16]\n"
    "%12 = state f32 [BATCH, 128, 2, 16] class=cross role=key rows=CROSS_KEYS \"cross_k\"\n"
    "%13 = state f32 [BATCH, 128, 2, 16] class=cross role=value rows=CROSS_KEYS \"cross_v\"\n"
    "%14 = kv_append %12 %11 f32 [BATCH, 128, 2, 16]\n"
    "%15 = kv_append %13 %5 f32 [BATCH, 128, 2, 16]\n"
    "%16 = input i32 [ROWS] role=tokens \"tokens\"\n"
    "%17 = input i32 [ROWS] role=positions \"positions\"\n"
    "%18 = weight f32 [32, 32] \"letters\"\n"
    "%19 = embed %18 %16 f32 [ROWS, 32]\n"
    "%20 = reshape %19 f32 [ROWS, 2, 16]\n"
    "%21 = state f32 [BATCH, 64, 2, 16] role=key \"past_k\"\n"
    "%22 = state f32 [BATCH, 64, 2, 16] role=value \"past_v\"\n"
    "%23 = kv_append %21 %20 %17 f32 [BATCH, 64, 2, 16]\n"
    "%24 = kv_append %22 %20 %17 f32 [BATCH, 64, 2, 16]\n"
    "%25 = attention %20 %23 %24 %17 f32 [ROWS, 32]" HEADS "mask=causal window=0\n"
    "%26 = add %19 %25 f32 [ROWS, 32]\n"
    "%27 = reshape %26 f32 [ROWS, 2, 16]\n"
    "%28 = attention %27 %12 %13 f32 [ROWS, 32]" HEADS "mask=none window=0\n"
    "%29 = add %26 %28 f32 [ROWS, 32]\n"
    "%30 = matmul %29 %18 f32 [ROWS, 32]\n"
    "entry \"encode\"\noutput \"hidden\" %10\noutput \"cross_k\" %14\noutput \"cross_v\" %15\n"
    "entry \"main\"\noutput \"logits\" %30 role=logits\n"
    "output \"past_k\" %23\noutput \"past_v\" %24\n";
static const struct graph_weight speech_weights[] = {
    {"front", 32, 240}, {"letters", 32, 32}, {NULL, 0, 0}};

enum { SOUNDS = 3 };
static const uint32_t frames_of[SOUNDS] = {200, 7, 130};
static const float *sounds[SOUNDS];

/* Scores of attention stay small, so that it does not magnify differences. */
static const float *quiet_noise(uint32_t count, uint32_t seed)
{
    float *x = noise(count, seed);
    for (uint32_t i = 0; i < count; i++)
        x[i] *= 0.1F;
    return x;
}

static void encode(rlx_session *s, uint32_t sound)
{
    rlx_instance *n = rlx_session_instance(s);
    must(rlx_instance_set_input(n, "encode", "mel", sounds[sound],
                                frames_of[sound] * MELS * sizeof(float), &error));
    must(rlx_instance_run(n, "encode", &error));
    must(rlx_instance_commit(n, &error));
}

/* The evaluator hears `first`, reads tokens up to `turn`, hears `second`, and reads the others. */
static void evaluate(uint32_t first, uint32_t second, size_t turn, float rows[TEXT][VOCABULARY])
{
    struct hir_eval e = fresh(0);
    const uint32_t heard[] = {first, second};
    const size_t ends[] = {turn, TEXT};
    int32_t positions[TEXT];
    size_t at = 0;
    for (int i = 0; i < TEXT; i++)
        positions[i] = i;
    for (int i = 0; i < 2; i++) {
        e.entry = 0;
        e.symbols[SYMBOL_FIRST_FREE] = frames_of[heard[i]];
        hir_eval_input(&e, "mel", sounds[heard[i]]);
        hir_eval_run(&e);
        e.entry = 1;
        e.symbols[SYMBOL_FIRST_FREE + 1] = (frames_of[heard[i]] + 1) / 2;
        e.symbols[SYMBOL_ROWS] = e.symbols[SYMBOL_SEQ] = (int64_t)(ends[i] - at);
        e.symbols[SYMBOL_PAST_SEQ] = (int64_t)at;
        e.symbols[SYMBOL_OUT_ROWS] = 1;
        if (ends[i] == at)
            continue;
        hir_eval_input(&e, "tokens", ids + at);
        hir_eval_input(&e, "positions", positions + at);
        hir_eval_run(&e);
        memcpy(rows[at], hir_eval_value(&e, "logits"), (ends[i] - at) * sizeof rows[0]);
        at = ends[i];
    }
    hir_eval_close(&e);
}

static void read_text(rlx_session *s, size_t first, size_t end, float rows[TEXT][VOCABULARY])
{
    for (size_t i = first; i < end; i++) {
        const float *row;
        if (i == 0)
            must(rlx_session_prefill_logits(s, ids, 1, &row, &error));
        else
            must(rlx_session_decode_logits(s, ids[i], &row, &error));
        memcpy(rows[i], row, sizeof rows[i]);
    }
}

/* Two sessions that share threads hear sounds of different lengths, and read in turns; then each
 * hears another one in the middle of its text. */
static void check_sharing(rlx_model *model, uint32_t threads)
{
    static float expected[TEXT][VOCABULARY], rows[2][TEXT][VOCABULARY], alone[TEXT][VOCABULARY];
    rlx_session *a = graph_session(model, threads, NULL), *b = graph_session(model, 0, a);
    enum { TURN = 10 };
    encode(a, 0);
    encode(b, 1);
    for (size_t i = 0; i < TURN; i++) {
        read_text(a, i, i + 1, rows[0]);
        read_text(b, i, i + 1, rows[1]);
    }
    encode(b, 2);
    encode(a, 1);
    read_text(b, TURN, TEXT, rows[1]);
    read_text(a, TURN, TEXT, rows[0]);
    evaluate(0, 1, TURN, expected);
    expect_close("first", rows[0][0], expected[0], TEXT, VOCABULARY, 1e-5, 1e-6);
    evaluate(1, 2, TURN, expected);
    expect_close("second", rows[1][0], expected[0], TEXT, VOCABULARY, 1e-5, 1e-6);
    rlx_session *c = graph_session(model, 1, NULL);
    encode(c, 0);
    read_text(c, 0, TURN, alone);
    encode(c, 1);
    read_text(c, TURN, TEXT, alone);
    expect_equal_bits("alone", alone[0], rows[0][0], TEXT, VOCABULARY);
    rlx_session_close(c);
    rlx_session_close(b);
    rlx_session_close(a);
}

/* Steps of several sessions at once, which heard sounds of one length and of others. */
static void check_steps(rlx_model *model, uint32_t threads)
{
    rlx_session *all[4], *forks[4];
    int32_t together[4], alone;
    for (uint32_t i = 0; i < 4; i++) {
        all[i] = graph_session(model, threads, i == 0 ? NULL : all[0]);
        encode(all[i], i % SOUNDS);
        must(rlx_session_prefill(all[i], ids, 3 + i, &error));
    }
    for (int round = 0; round < 4; round++) {
        for (size_t i = 0; i < 4; i++)
            must(rlx_session_fork(all[i], &forks[i], &error));
        must(rlx_sessions_step(all, 4, together, &error));
        for (size_t i = 0; i < 4; i++) {
            must(rlx_session_step(forks[i], &alone, &error));
            assert_int_equal(alone, together[i]);
            rlx_session_close(forks[i]);
        }
    }
    for (size_t i = 4; i-- > 0;)
        rlx_session_close(all[i]);
}

static void test_encoder_and_decoder(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        char options[200];
        graph_begin(speech, speech_weights);
        for (uint32_t j = 0; j < SOUNDS; j++)
            sounds[j] = quiet_noise(frames_of[j] * MELS, 20 + j);
        snprintf(options, sizeof options,
                 "--level=%s --exact --variants=decode=1,batch=4,prefill=32", levels[i]);
        rlx_model *model = graph_compile(speech, speech_weights, options);
        for (uint32_t threads = 1; threads <= 3 && model != NULL; threads += 2) {
            check_sharing(model, threads);
            check_steps(model, threads);
        }
        rlx_model_close(model);
        shut();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ragged_batches),
        cmocka_unit_test(test_windows_of_frames),
        cmocka_unit_test(test_encoder_and_decoder),
    };
    temporary_open(&test_folder);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    temporary_close(&test_folder);
    return failed;
}

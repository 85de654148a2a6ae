/* Carried states through the public API: a convolution and a scan over tokens, alone and before an
 * attention. The truth are loops over the whole text, which know nothing of runs and states. What a
 * session goes through costs no token a second run, unless it goes back to before a checkpoint. */
#include "tests/support/graph_model.h"

#include <math.h>

enum { VOCABULARY = 32, WIDTH = 32, TAPS = 4, TEXT = 120 };

#define CARRIED                                              \
    "%1 = input i32 [ROWS] role=tokens \"tokens\"\n"         \
    "%2 = input i32 [ROWS] role=positions \"positions\"\n"   \
    "%3 = weight f32 [32, 32] \"letters\"\n"                 \
    "%4 = embed %3 %1 f32 [ROWS, 32]\n"                      \
    "%5 = state f32 [BATCH, 3, 32] class=carried \"tail\"\n" \
    "%6 = weight f32 [32, 4] \"kernel\"\n"                   \
    "%7 = conv %5 %4 %6 f32 [ROWS, 32]\n"                    \
    "%8 = written %7 f32 [BATCH, 3, 32] which=state\n"       \
    "%9 = sigmoid %7 f32 [ROWS, 32]\n"                       \
    "%10 = state f32 [BATCH, 1, 32] class=carried \"h\"\n"   \
    "%11 = scan %10 %9 %7 f32 [ROWS, 32]\n"                  \
    "%12 = written %11 f32 [BATCH, 1, 32] which=state\n"
static const char alone[] = "graph \"alone\"\n" CARRIED "%20 = matmul %11 %3 f32 [ROWS, 32]\n"
                            "output \"logits\" %20 role=logits\n"
                            "output \"tail\" %8\noutput \"h\" %12\n";
/* Logits are those of attention and scan together: attention with one head of all. */
static const char beside[] =
    "graph \"beside\"\n" CARRIED "%13 = reshape %11 f32 [ROWS, 2, 16]\n"
    "%14 = state f32 [BATCH, 128, 2, 16] role=key \"k\"\n"
    "%15 = state f32 [BATCH, 128, 2, 16] role=value \"v\"\n"
    "%16 = kv_append %14 %13 %2 f32 [BATCH, 128, 2, 16]\n"
    "%17 = kv_append %15 %13 %2 f32 [BATCH, 128, 2, 16]\n"
    "%18 = attention %13 %16 %17 %2 f32 [ROWS, 32] heads=2 kv_heads=2 head_dim=16 scale=0.25 "
    "mask=causal window=0\n"
    "%19 = add %11 %18 f32 [ROWS, 32]\n"
    "%20 = matmul %19 %3 f32 [ROWS, 32]\n"
    "output \"logits\" %20 role=logits\noutput \"tail\" %8\noutput \"h\" %12\n"
    "output \"k\" %16\noutput \"v\" %17\n";
static const struct graph_weight weights[] = {{"letters", 32, 32}, {"kernel", 32, 4}, {NULL, 0, 0}};

static const struct {
    const char *text, *options;
    bool attends;
} models[] = {
    {alone, "--level=x86-64-v3 --exact --variants=decode=1,blocks=8,batch=4,prefill=24", false},
    {beside, "--level=native --exact --variants=decode=1,blocks=8,batch=4,prefill=24", true},
};

static rlx_model *model;
static int32_t ids[TEXT];
static float truth[TEXT][VOCABULARY]; /* of loops */
static float steps[TEXT][VOCABULARY]; /* of single steps: what the bits must be */

/* ---- loops ---- */

static void attend(float h[TEXT][WIDTH], size_t row, float sum[WIDTH])
{
    for (size_t head = 0; head < WIDTH; head += 16) {
        double total = 0, out[16] = {0};
        for (size_t p = 0; p <= row; p++) {
            double score = 0;
            for (size_t i = 0; i < 16; i++)
                score += 0.25 * (double)h[row][head + i] * (double)h[p][head + i];
            total += exp(score);
            for (size_t i = 0; i < 16; i++)
                out[i] += exp(score) * (double)h[p][head + i];
        }
        for (size_t i = 0; i < 16; i++)
            sum[head + i] += (float)(out[i] / total);
    }
}

/* From `first` on with h as it is there: what a bound state continues from. */
static void loop(bool attends, size_t first, const float *from)
{
    static float h[TEXT][WIDTH];
    const float *letters = graph_values[0], *kernel = graph_values[1];
    for (size_t r = first; r < TEXT; r++) {
        float sum[WIDTH];
        for (size_t w = 0; w < WIDTH; w++) {
            float x = 0, before = r == first ? (from == NULL ? 0 : from[w]) : h[r - 1][w];
            for (size_t j = 0; j < TAPS; j++)
                if (r + j + 1 >= TAPS)
                    x = fmaf(kernel[w * TAPS + j], letters[ids[r + j + 1 - TAPS] * WIDTH + (int)w],
                             x);
            h[r][w] = before / (1 + expf(-x)) + x;
        }
        memcpy(sum, h[r], sizeof sum);
        if (attends)
            attend(h, r, sum);
        for (size_t i = 0; i < VOCABULARY; i++) {
            truth[r][i] = 0;
            for (size_t w = 0; w < WIDTH; w++)
                truth[r][i] += letters[i * WIDTH + w] * sum[w];
        }
    }
}

/* ---- sessions ---- */

static rlx_go keep_row(void *context, size_t position, const float *row)
{
    float(*rows)[VOCABULARY] = context;
    memcpy(rows[position], row, sizeof rows[position]);
    return RLX_GO_ON;
}

/* Tokens that have run so far. */
static size_t ran(const rlx_session *s)
{
    rlx_timings timings = rlx_timings_default();
    must(rlx_session_get_timings(s, &timings));
    return timings.prompt_tokens + timings.generated_tokens;
}

static rlx_session *read_to(size_t count)
{
    rlx_session *s = graph_session(model, 3, NULL);
    must(rlx_session_prefill(s, ids, count, &error));
    return s;
}

/* The next token's row; `reruns` tokens before it run again. */
static void expect_next(rlx_session *s, size_t reruns)
{
    const float *row;
    size_t count = rlx_session_tokens(s), before = ran(s);
    must(rlx_session_decode_logits(s, ids[count], &row, &error));
    expect_equal_bits("next", row, steps[count], 1, VOCABULARY);
    assert_int_equal(ran(s), before + reruns + 1);
}

static void run_on(rlx_session *s, size_t end)
{
    while (rlx_session_tokens(s) < end)
        expect_next(s, 0);
}

/* ---- the tests, on both models ---- */

static void check_cuts(bool attends)
{
    float rows[TEXT][VOCABULARY];
    loop(attends, 0, NULL);
    for (uint32_t threads = 1; threads <= 3; threads += 2)
        for (uint32_t cut = 0; cut < 26; cut += cut < 4 ? 1 : 5) {
            rlx_session *s = graph_session(model, threads, NULL);
            must(rlx_session_run_logits(s, ids, TEXT, cut, keep_row, rows, &error));
            if (threads == 1 && cut == 0)
                memcpy(steps, rows, sizeof steps);
            expect_close("loops", rows[0], truth[0], TEXT, VOCABULARY, 1e-4, 1e-5);
            expect_equal_bits("cuts", rows[0], steps[0], TEXT, VOCABULARY);
            assert_int_equal(ran(s), TEXT);
            rlx_session_close(s);
        }
}

static void check_blocks(void)
{
    float rows[TEXT][VOCABULARY];
    for (size_t at = 1; at < 60; at += 29)
        for (size_t keep = 0; keep <= 5; keep++) {
            rlx_session *s = read_to(at);
            must(rlx_session_run_block(s, ids + at, 5, keep_row, rows, &error));
            assert_int_equal(ran(s), at + 5);
            must(rlx_session_commit(s, keep, &error));
            assert_int_equal(rlx_session_past(s), at + keep);
            expect_next(s, 0);
            must(rlx_session_run_block(s, ids, 5, keep_row, rows, &error)); /* forgotten */
            expect_next(s, 0);
            rlx_session_close(s);
        }
}

static void check_checkpoints(void)
{
    rlx_session *s = read_to(20);
    run_on(s, 30);
    must(rlx_session_checkpoint(s, &error));
    run_on(s, 44);
    must(rlx_session_truncate(s, 30, &error)); /* back to one */
    assert_int_equal(rlx_session_past(s), 30);
    run_on(s, 40);
    must(rlx_session_truncate(s, 27, &error)); /* between two */
    assert_int_equal(rlx_session_past(s), 20);
    expect_next(s, 7);
    run_on(s, 35);
    must(rlx_session_truncate(s, 12, &error)); /* before the first */
    assert_int_equal(rlx_session_past(s), 0);
    expect_next(s, 12);
    rlx_session_close(s);
}

/* Saved after all of its tokens ran, and in the middle of a turn. */
static void check_files(void)
{
    for (size_t pending = 0; pending <= 5; pending += 5) {
        rlx_session *s = read_to(33), *loaded = read_to(50);
        void *data;
        size_t bytes;
        must(rlx_session_append(s, ids + 33, pending, &error));
        must(rlx_session_save_memory(s, &data, &bytes, &error));
        must(rlx_session_load_memory(loaded, data, bytes, &error));
        assert_int_equal(rlx_session_tokens(loaded), 33 + pending);
        assert_int_equal(rlx_session_past(loaded), 33);
        expect_next(loaded, pending);
        run_on(loaded, 60);
        must(rlx_session_truncate(loaded, 33, &error)); /* to what was loaded */
        assert_int_equal(rlx_session_past(loaded), 33);
        run_on(loaded, 50);
        free(data);
        rlx_session_close(loaded);
        rlx_session_close(s);
    }
}

static void check_copies(void)
{
    rlx_session *s = read_to(20), *copy = graph_session(model, 0, s), *fork;
    int32_t id, same;
    run_on(s, 40);
    must(rlx_session_copy_prefix(copy, s, 20, &error)); /* a checkpoint, with its logits */
    assert_int_equal(rlx_session_past(copy), 20);
    must(rlx_session_step(copy, &id, &error));
    assert_int_equal(ran(copy), 0);
    must(rlx_session_truncate(copy, 20, &error));
    expect_next(copy, 0);
    must(rlx_session_copy_prefix(copy, s, 30, &error)); /* none */
    assert_int_equal(rlx_session_past(copy), 20);
    expect_next(copy, 10);
    must(rlx_session_fork(s, &fork, &error));
    must(rlx_session_step(fork, &id, &error));
    must(rlx_session_step(s, &same, &error));
    assert_int_equal(id, same);
    must(rlx_session_truncate(fork, 20, &error)); /* a fork has the checkpoints */
    assert_int_equal(rlx_session_past(fork), 20);
    expect_next(fork, 0);
    rlx_session_close(fork);
    rlx_session_close(copy);
    rlx_session_close(s);
}

/* Another state, bound: the text goes on from there, also after going back to it. */
static void check_bound(void)
{
    float other[WIDTH], rows[TEXT][VOCABULARY];
    const float *row;
    int32_t id;
    rlx_session *s = read_to(30);
    for (size_t i = 0; i < WIDTH; i++)
        other[i] = (float)i / 16 - 1;
    loop(false, 30, other);
    must(rlx_session_bind_state(s, "h", other, 1, &error));
    for (int round = 0; round < 2; round++) {
        must(rlx_session_run_logits(s, ids + 30, TEXT - 30, 0, keep_row, rows, &error));
        expect_close("bound", rows[30], truth[30], TEXT - 30, VOCABULARY, 1e-4, 1e-5);
        must(rlx_session_truncate(s, 30, &error));
        assert_int_equal(rlx_session_past(s), 30);
    }
    must(rlx_session_step(s, &id, &error)); /* without kept logits, the text runs again */
    must(rlx_session_truncate(s, 30, &error));
    must(rlx_session_decode_logits(s, ids[30], &row, &error));
    expect_equal_bits("text", row, steps[30], 1, VOCABULARY);
    rlx_session_close(s);
}

/* Proposals are kept in part, and each costs its run alone: what was kept of it does not run again,
 * and all that ran is what was made and what was refused. */
static void check_drafts(void)
{
    int32_t made[2][80];
    for (int drafts = 0; drafts < 2; drafts++) {
        rlx_generate_options options = rlx_generate_options_default();
        rlx_session *s = read_to(20);
        options.max = 80;
        options.draft = drafts ? RLX_DRAFT_LOOKUP : RLX_DRAFT_NONE;
        options.draft_max = 4;
        options.ignore_end = true;
        options.ids = made[drafts];
        must(rlx_session_generate(s, &options, NULL, NULL, &error));
        assert_int_equal(ran(s), rlx_session_past(s));
        rlx_session_close(s);
    }
    assert_memory_equal(made[0], made[1], sizeof made[0]);
}

/* Sequences of different lengths and ages step together, each as it would alone. */
static void check_batches(void)
{
    enum { COUNT = 4 };
    rlx_session *sessions[COUNT], *forks[COUNT];
    int32_t made[COUNT], one;
    for (size_t i = 0; i < COUNT; i++) {
        sessions[i] = graph_session(model, 3, i == 0 ? NULL : sessions[0]);
        must(rlx_session_prefill(sessions[i], ids, 1 + i * 9, &error));
        run_on(sessions[i], 1 + i * 10); /* an odd or even number of runs */
    }
    for (int round = 0; round < 5; round++) {
        for (size_t i = 0; i < COUNT; i++)
            must(rlx_session_fork(sessions[i], &forks[i], &error));
        must(rlx_sessions_step(sessions, COUNT, made, &error));
        for (size_t i = 0; i < COUNT; i++) {
            must(rlx_session_step(forks[i], &one, &error));
            assert_int_equal(made[i], one);
            rlx_session_close(forks[i]);
        }
    }
    for (size_t i = COUNT; i-- > 0;)
        rlx_session_close(sessions[i]);
}

static void test_carried(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        graph_begin(models[i].text, weights);
        for (int j = 0; j < TEXT; j++)
            ids[j] = (j * 7 + j * j * 3) % VOCABULARY;
        model = graph_compile(models[i].text, weights, models[i].options);
        if (model != NULL) {
            check_cuts(models[i].attends);
            check_blocks();
            check_checkpoints();
            check_files();
            check_copies();
            check_drafts();
            check_batches();
            if (!models[i].attends)
                check_bound();
        }
        rlx_model_close(model);
        shut();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_carried)};
    temporary_open(&test_folder);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    temporary_close(&test_folder);
    return failed;
}

/* Rings through the public API: two of different capacities in one model, which come round three
 * times and more. The truth is the evaluator; the bits are those of single steps. */
#include "tests/support/graph_model.h"

enum { VOCABULARY = 32, TEXT = 450, RUN = 25 };

#define HEADS " f32 [ROWS, 32] heads=2 kv_heads=1 head_dim=16 scale=0.25 "

/* A run has 64 - 40 + 1 rows at most. */
static const char rings[] =
    "graph \"rings\"\n"
    "%1 = input i32 [ROWS] role=tokens \"tokens\"\n"
    "%2 = input i32 [ROWS] role=positions \"positions\"\n"
    "%3 = weight f32 [32, 32] \"letters\"\n"
    "%4 = embed %3 %1 f32 [ROWS, 32]\n"
    "%5 = reshape %4 f32 [ROWS, 2, 16]\n"
    "%6 = slice %5 f32 [ROWS, 1, 16] axis=1 start=0\n"
    "%7 = slice %5 f32 [ROWS, 1, 16] axis=1 start=1\n"
    "%10 = state f32 [BATCH, 64, 1, 16] class=ring role=key \"small_k\"\n"
    "%11 = state f32 [BATCH, 64, 1, 16] class=ring role=value \"small_v\"\n"
    "%12 = kv_append %10 %6 %2 f32 [BATCH, 64, 1, 16]\n"
    "%13 = kv_append %11 %7 %2 f32 [BATCH, 64, 1, 16]\n"
    "%14 = attention %5 %12 %13 %2" HEADS "mask=causal window=40\n"
    "%15 = reshape %14 f32 [ROWS, 2, 16]\n"
    "%16 = slice %15 f32 [ROWS, 1, 16] axis=1 start=0\n"
    "%17 = slice %15 f32 [ROWS, 1, 16] axis=1 start=1\n"
    "%18 = state f32 [BATCH, 128, 1, 16] class=ring layer=1 role=key \"large_k\"\n"
    "%19 = state f32 [BATCH, 128, 1, 16] class=ring layer=1 role=value \"large_v\"\n"
    "%20 = kv_append %18 %16 %2 f32 [BATCH, 128, 1, 16]\n"
    "%21 = kv_append %19 %17 %2 f32 [BATCH, 128, 1, 16]\n"
    "%22 = attention %15 %20 %21 %2" HEADS "mask=causal window=100\n"
    "%23 = add %22 %4 f32 [ROWS, 32]\n"
    "%24 = matmul %23 %3 f32 [ROWS, 32]\n"
    "output \"logits\" %24 role=logits\noutput \"small_k\" %12\noutput \"small_v\" %13\n"
    "output \"large_k\" %20\noutput \"large_v\" %21\n";
static const struct graph_weight weights[] = {{"letters", 32, 32}, {NULL, 0, 0}};

static const struct {
    const char *options;
    bool is_exact;
} models[] = {
    {"--level=x86-64-v3 --exact --variants=decode=1,blocks=4,batch=3,prefill=25", true},
    {"--level=native --exact --variants=decode=1,blocks=4,batch=3,prefill=25", true},
    {"--level=native --activations=f32 --kv=f16 --variants=decode=1,batch=3,prefill=25", false},
    {"--level=native --kv=q8 --variants=decode=1,blocks=8,batch=3,prefill=25", false},
};

static rlx_model *model;
static int32_t ids[TEXT];
static float truth[TEXT][VOCABULARY], steps[TEXT][VOCABULARY];

static void evaluate(void)
{
    int32_t positions[TEXT];
    for (int i = 0; i < TEXT; i++)
        positions[i] = i;
    for (int past = 0; past < TEXT; past += RUN) {
        set_sizes(1, RUN, past);
        hir_eval_input(&eval, "tokens", ids + past);
        hir_eval_input(&eval, "positions", positions + past);
        hir_eval_run(&eval);
        memcpy(truth[past], hir_eval_value(&eval, "logits"), RUN * sizeof truth[0]);
    }
}

static rlx_go keep_row(void *context, size_t position, const float *row)
{
    float(*rows)[VOCABULARY] = context;
    memcpy(rows[position], row, sizeof rows[position]);
    return RLX_GO_ON;
}

static void run_to(rlx_session *s, size_t end, uint32_t cut)
{
    static float rows[TEXT][VOCABULARY];
    size_t count = rlx_session_tokens(s);
    must(rlx_session_run_logits(s, ids + count, end - count, cut, keep_row, rows, &error));
    expect_equal_bits("rows", rows[count], steps[count], end - count, VOCABULARY);
}

static void check_cuts(bool is_exact)
{
    rlx_session *s = graph_session(model, 1, NULL);
    must(rlx_session_run_logits(s, ids, TEXT, 1, keep_row, steps, &error));
    if (is_exact)
        expect_close("logits", steps[0], truth[0], TEXT, VOCABULARY, 1e-4, 1e-5);
    rlx_session_close(s);
    for (uint32_t cut = 0; cut <= RUN; cut += 6) {
        s = graph_session(model, 3, NULL);
        run_to(s, TEXT, cut);
        rlx_session_close(s);
    }
}

/* After `end` tokens, back by a few, which the rings still hold, and by many. */
static void check_truncation(void)
{
    for (size_t end = 300; end < 430; end += 43) {
        rlx_session *s = graph_session(model, 3, NULL);
        run_to(s, end, 0);
        must(rlx_session_truncate(s, end - RUN, &error));
        assert_int_equal(rlx_session_past(s), end - RUN);
        run_to(s, end + 10, 5);
        must(rlx_session_truncate(s, end, &error));
        assert_int_equal(rlx_session_past(s), end);
        must(rlx_session_truncate(s, end - 20, &error)); /* the end counts, not where it was */
        assert_int_equal(rlx_session_past(s), 0);
        run_to(s, end + 20, 0);
        rlx_session_close(s);
    }
}

/* Short runs across the ends of both rings, kept in part; and files of each. */
static void check_blocks_and_files(void)
{
    for (size_t end = 380; end <= 384; end++)
        for (size_t keep = 0; keep <= 7; keep += 3) {
            static float rows[TEXT][VOCABULARY];
            rlx_session *s = graph_session(model, 1, NULL), *loaded = graph_session(model, 3, NULL);
            void *data;
            size_t bytes;
            run_to(s, end, 0);
            must(rlx_session_run_block(s, ids + end, 7, keep_row, rows, &error));
            expect_equal_bits("block", rows[end], steps[end], 7, VOCABULARY);
            must(rlx_session_commit(s, keep, &error));
            assert_int_equal(rlx_session_past(s), end + keep);
            must(rlx_session_save_memory(s, &data, &bytes, &error));
            must(rlx_session_load_memory(loaded, data, bytes, &error));
            assert_int_equal(rlx_session_past(loaded), end + keep);
            free(data);
            run_to(loaded, end + 30, 3);
            run_to(s, end + 30, 0);
            rlx_session_close(loaded);
            rlx_session_close(s);
        }
}

static void check_batches(void)
{
    static const size_t ends[] = {383, 70, 191};
    rlx_session *sessions[3], *forks[3];
    int32_t together[3], one;
    for (size_t i = 0; i < 3; i++) {
        sessions[i] = graph_session(model, 3, i == 0 ? NULL : sessions[0]);
        run_to(sessions[i], ends[i], 0);
    }
    for (int round = 0; round < 5; round++) {
        for (size_t i = 0; i < 3; i++)
            must(rlx_session_fork(sessions[i], &forks[i], &error));
        must(rlx_sessions_step(sessions, 3, together, &error));
        for (size_t i = 0; i < 3; i++) {
            must(rlx_session_step(forks[i], &one, &error));
            assert_int_equal(one, together[i]);
            rlx_session_close(forks[i]);
        }
    }
    for (size_t i = 3; i-- > 0;)
        rlx_session_close(sessions[i]);
}

/* `rings` with other words in the place of some: pairs, a NULL after the last. */
static const char *with_words(const char *const *words)
{
    struct text text = {.arena = &arena};
    for (const char *from = rings; *from != 0;) {
        const char *const *pair = words;
        while (*pair != NULL && strncmp(from, pair[0], strlen(pair[0])) != 0)
            pair += 2;
        text_add_bytes(&text, *pair == NULL ? from : pair[1], *pair == NULL ? 1 : strlen(pair[1]));
        from += *pair == NULL ? 1 : strlen(pair[0]);
    }
    return text.data;
}

/* A window whose keys are several chunks, in a ring and in states that keep every position: the same
 * chunks stand at other places, so bits are equal. */
static void check_chunks(const char *options)
{
    static const char *const ring[] = {"window=100", "window=300", "[BATCH, 128,", "[BATCH, 384,",
                                       NULL};
    static const char *const plain[] = {
        "window=100",  "window=300",   "[BATCH, 128,", "[BATCH, 512,",
        "[BATCH, 64,", "[BATCH, 512,", " class=ring",  "",
        NULL};
    static float found[TEXT][VOCABULARY], wanted[TEXT][VOCABULARY];
    const char *texts[] = {with_words(ring), with_words(plain)};
    for (uint32_t cut = 0; cut <= 4; cut++) {
        for (uint32_t i = 0; i < 2; i++) {
            rlx_model *one = graph_compile(texts[i], weights, options);
            rlx_session *s = graph_session(one, 3, NULL);
            must(rlx_session_run_logits(s, ids, TEXT, cut, keep_row, i == 0 ? found : wanted,
                                        &error));
            rlx_session_close(s);
            rlx_model_close(one);
        }
        expect_equal_bits("rows", found[0], wanted[0], TEXT, VOCABULARY);
    }
}

static void test_rings(void **state)
{
    (void)state;
    graph_begin(rings, weights);
    for (int i = 0; i < TEXT; i++)
        ids[i] = (i * 7 + i * i * 3 + i / 32) % VOCABULARY;
    evaluate();
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        model = graph_compile(rings, weights, models[i].options);
        if (model == NULL)
            continue;
        check_cuts(models[i].is_exact);
        check_chunks(models[i].options);
        check_truncation();
        check_blocks_and_files();
        check_batches();
        rlx_model_close(model);
    }
    shut();
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rings)};
    temporary_open(&test_folder);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    temporary_close(&test_folder);
    return failed;
}

/* Sessions on graphs with states of every class go through long histories that look random: they
 * append, step, go back, try blocks, propose drafts, stop, are saved, forked, copied and stepped
 * together. After each turn the logits have the bits of a session that read the same text token by
 * token and never went back. */
#include "tests/support/graph_model.h"

enum { VOCABULARY = 32, CONTEXT = 320, SESSIONS = 3, TURNS = 160 };

#define TOKENS                                             \
    "%1 = input i32 [ROWS] role=tokens \"tokens\"\n"       \
    "%2 = input i32 [ROWS] role=positions \"positions\"\n" \
    "%3 = weight f32 [32, 32] \"letters\"\n"               \
    "%4 = embed %3 %1 f32 [ROWS, 32]\n"                    \
    "%5 = reshape %4 f32 [ROWS, 2, 16]\n"
#define CARRIED                                               \
    "%10 = state f32 [BATCH, 3, 32] class=carried \"tail\"\n" \
    "%11 = weight f32 [32, 4] \"kernel\"\n"                   \
    "%12 = conv %10 %4 %11 f32 [ROWS, 32]\n"                  \
    "%13 = written %12 f32 [BATCH, 3, 32] which=state\n"      \
    "%14 = sigmoid %12 f32 [ROWS, 32]\n"                      \
    "%15 = state f32 [BATCH, 1, 32] class=carried \"h\"\n"    \
    "%16 = scan %15 %14 %12 f32 [ROWS, 32]\n"                 \
    "%17 = written %16 f32 [BATCH, 1, 32] which=state\n"
#define ATTENTION " f32 [ROWS, 32] heads=2 kv_heads=2 head_dim=16 scale=0.25 "

/* Numbers of nodes are those of their lines: each graph is whole. */
static const char carried[] =
    "graph \"carried\"\n" TOKENS CARRIED "%20 = matmul %16 %3 f32 [ROWS, 32]\n"
    "output \"logits\" %20 role=logits\n"
    "output \"tail\" %13\noutput \"h\" %17\n";
static const char ring[] =
    "graph \"ring\"\n" TOKENS "%10 = state f32 [BATCH, 64, 2, 16] class=ring role=key \"ring_k\"\n"
    "%11 = state f32 [BATCH, 64, 2, 16] class=ring role=value \"ring_v\"\n"
    "%12 = kv_append %10 %5 %2 f32 [BATCH, 64, 2, 16]\n"
    "%13 = kv_append %11 %5 %2 f32 [BATCH, 64, 2, 16]\n"
    "%14 = attention %5 %12 %13 %2" ATTENTION "mask=causal window=40\n"
    "%15 = matmul %14 %3 f32 [ROWS, 32]\n"
    "output \"logits\" %15 role=logits\noutput \"ring_k\" %12\noutput \"ring_v\" %13\n";
static const char mixed[] =
    "graph \"mixed\" (FRAMES in 1..8, CROSS_KEYS in 1..8)\n" TOKENS CARRIED
    "%20 = state f32 [BATCH, 64, 2, 16] class=ring layer=1 role=key \"ring_k\"\n"
    "%21 = state f32 [BATCH, 64, 2, 16] class=ring layer=1 role=value \"ring_v\"\n"
    "%22 = reshape %16 f32 [ROWS, 2, 16]\n"
    "%23 = kv_append %20 %22 %2 f32 [BATCH, 64, 2, 16]\n"
    "%24 = kv_append %21 %22 %2 f32 [BATCH, 64, 2, 16]\n"
    "%25 = attention %22 %23 %24 %2" ATTENTION "mask=causal window=20\n"
    "%26 = state f32 [BATCH, 128, 2, 16] layer=2 role=key \"rows_k\"\n"
    "%27 = state f32 [BATCH, 128, 2, 16] layer=2 role=value \"rows_v\"\n"
    "%28 = kv_append %26 %22 %2 f32 [BATCH, 128, 2, 16]\n"
    "%29 = kv_append %27 %5 %2 f32 [BATCH, 128, 2, 16]\n"
    "%30 = attention %22 %28 %29 %2" ATTENTION "mask=causal window=0\n"
    "%31 = state f32 [BATCH, 8, 2, 16] class=cross role=key rows=CROSS_KEYS \"cross_k\"\n"
    "%32 = state f32 [BATCH, 8, 2, 16] class=cross role=value rows=CROSS_KEYS \"cross_v\"\n"
    "%33 = attention %22 %31 %32" ATTENTION "mask=none window=0\n"
    "%34 = add %25 %30 f32 [ROWS, 32]\n"
    "%35 = add %33 %34 f32 [ROWS, 32]\n"
    "%36 = matmul %35 %3 f32 [ROWS, 32]\n"
    "%37 = input f32 [FRAMES, 2, 16] \"mel\"\n"
    "%38 = kv_append %31 %37 f32 [BATCH, 8, 2, 16]\n"
    "%39 = kv_append %32 %37 f32 [BATCH, 8, 2, 16]\n"
    "entry \"encode\"\noutput \"cross_k\" %38\noutput \"cross_v\" %39\n"
    "entry \"main\"\n"
    "output \"logits\" %36 role=logits\noutput \"tail\" %13\noutput \"h\" %17\n"
    "output \"ring_k\" %23\noutput \"ring_v\" %24\noutput \"rows_k\" %28\noutput \"rows_v\" %29\n";

/* Two layers read one state: the second one has queries of its own. */
static const char shared[] =
    "graph \"shared\"\n" TOKENS "%10 = state f32 [BATCH, 160, 2, 16] role=key \"k\"\n"
    "%11 = state f32 [BATCH, 160, 2, 16] role=value \"v\"\n"
    "%12 = kv_append %10 %5 %2 f32 [BATCH, 160, 2, 16]\n"
    "%13 = kv_append %11 %5 %2 f32 [BATCH, 160, 2, 16]\n"
    "%14 = attention %5 %12 %13 %2" ATTENTION "mask=causal window=0\n"
    "%15 = matmul %14 %3 f32 [ROWS, 32]\n"
    "%16 = reshape %15 f32 [ROWS, 2, 16]\n"
    "%17 = attention %16 %12 %13 %2" ATTENTION "mask=causal window=30\n"
    "%18 = add %14 %17 f32 [ROWS, 32]\n"
    "%19 = matmul %18 %3 f32 [ROWS, 32]\n"
    "output \"logits\" %19 role=logits\noutput \"k\" %12\noutput \"v\" %13\n";

static const struct graph_weight weights[] = {{"letters", 32, 32}, {"kernel", 32, 4}, {NULL, 0, 0}};
static const struct graph_weight letters[] = {{"letters", 32, 32}, {NULL, 0, 0}};

/* ---- the truth: a session that only ever reads one token after the other ---- */

static rlx_model *model;
static bool has_cross;
static float mel[8][32];

struct reader {
    rlx_session *session;
    uint32_t sound; /* what was encoded: so many frames */
};

static struct reader sessions[SESSIONS], truth;
static uint32_t seed, room; /* tokens that a text may have */

static uint32_t choose(uint32_t count)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % count;
}

static void encode(struct reader *r, uint32_t frames)
{
    rlx_instance *n = rlx_session_instance(r->session);
    r->sound = frames;
    if (!has_cross)
        return;
    must(rlx_instance_set_input(n, "encode", "mel", mel, frames * sizeof mel[0], &error));
    must(rlx_instance_run(n, "encode", &error));
    must(rlx_instance_commit(n, &error));
}

/* The logits after a text. */
static const float *true_row(const int32_t *ids, size_t count, uint32_t sound)
{
    const float *row = NULL;
    size_t held = rlx_session_tokens(truth.session);
    const int32_t *history = rlx_session_history(truth.session);
    assert_true(count != 0);
    if (truth.sound != sound || held >= count || memcmp(history, ids, held * sizeof *ids) != 0) {
        rlx_session_reset(truth.session);
        encode(&truth, sound);
        held = 0;
    }
    for (; held < count; held++)
        if (held == 0)
            must(rlx_session_prefill_logits(truth.session, ids, 1, &row, &error));
        else
            must(rlx_session_decode_logits(truth.session, ids[held], &row, &error));
    return row;
}

static int32_t best(const float *row)
{
    int32_t id = 0;
    for (int32_t i = 1; i < VOCABULARY; i++)
        if (row[i] > row[id])
            id = i;
    return id;
}

/* The newest `made` tokens of a history are those that greedy decoding makes. */
static void expect_greedy(const struct reader *r, size_t made)
{
    static int32_t ids[CONTEXT];
    size_t count = rlx_session_tokens(r->session);
    memcpy(ids, rlx_session_history(r->session), count * sizeof *ids);
    for (size_t at = count - made; at < count; at++)
        assert_int_equal(ids[at], best(true_row(ids, at, r->sound)));
}

/* ---- turns ---- */

static void make_text(int32_t *ids, size_t count)
{
    for (size_t i = 0; i < count; i++)
        ids[i] = (int32_t)choose(VOCABULARY);
}

static size_t tokens_of(const struct reader *r)
{
    return rlx_session_tokens(r->session);
}

static void turn_prefill(struct reader *r)
{
    int32_t ids[CONTEXT];
    size_t count = 1 + choose(room / 2);
    make_text(ids, count);
    must(rlx_session_prefill(r->session, ids, count, &error));
    assert_int_equal(rlx_session_past(r->session), count);
}

static void turn_append(struct reader *r)
{
    int32_t ids[20];
    size_t count = choose(20);
    make_text(ids, count);
    must(rlx_session_append(r->session, ids, count, &error));
}

static void turn_decode(struct reader *r)
{
    const float *row;
    float found[VOCABULARY];
    must(rlx_session_decode_logits(r->session, (int32_t)choose(VOCABULARY), &row, &error));
    memcpy(found, row, sizeof found);
    expect_equal_bits("decode", found,
                      true_row(rlx_session_history(r->session), tokens_of(r), r->sound), 1,
                      VOCABULARY);
}

static void turn_step(struct reader *r)
{
    int32_t id;
    if (choose(8) == 0)
        must(rlx_session_step_recomputing(r->session, &id, &error));
    else
        must(rlx_session_step(r->session, &id, &error));
    expect_greedy(r, 1);
}

static void turn_truncate(struct reader *r)
{
    size_t back = choose(4) == 0 ? choose((uint32_t)tokens_of(r)) : choose(8);
    size_t count = tokens_of(r) > back ? tokens_of(r) - back : 1;
    must(rlx_session_truncate(r->session, count, &error));
    assert_true(rlx_session_past(r->session) <= count);
}

static void turn_checkpoint(struct reader *r)
{
    must(rlx_session_checkpoint(r->session, &error));
    assert_int_equal(rlx_session_past(r->session), tokens_of(r));
}

struct rows {
    const struct reader *reader;
    int32_t ids[CONTEXT];
    size_t from, count, stop_after;
};

static float block_rows[CONTEXT][VOCABULARY];

static rlx_go keep_row(void *context, size_t position, const float *row)
{
    struct rows *rows = context;
    memcpy(block_rows[position], row, sizeof block_rows[position]);
    rows->count++;
    return rows->count == rows->stop_after ? RLX_GO_STOP : RLX_GO_ON;
}

static void expect_rows(const struct rows *rows)
{
    for (size_t i = 0; i < rows->count; i++)
        expect_equal_bits("rows", block_rows[rows->from + i],
                          true_row(rows->ids, rows->from + i + 1, rows->reader->sound), 1,
                          VOCABULARY);
}

static void turn_block(struct reader *r)
{
    struct rows rows = {.reader = r, .from = tokens_of(r)};
    size_t count = 1 + choose(choose(4) == 0 ? 24 : 6);
    size_t keep = choose((uint32_t)count + 1);
    memcpy(rows.ids, rlx_session_history(r->session), rows.from * sizeof *rows.ids);
    make_text(rows.ids + rows.from, count);
    must(rlx_session_run_block(r->session, rows.ids + rows.from, count, keep_row, &rows, &error));
    assert_int_equal(rows.count, count);
    assert_int_equal(tokens_of(r), rows.from);
    switch (choose(4)) {
    case 0:
        break; /* forgotten */
    default:
        must(rlx_session_commit(r->session, keep, &error));
        assert_int_equal(tokens_of(r), rows.from + keep);
    }
    expect_rows(&rows);
}

static void turn_rows(struct reader *r)
{
    struct rows rows = {.reader = r, .from = tokens_of(r)};
    size_t count = 1 + choose(24);
    memcpy(rows.ids, rlx_session_history(r->session), rows.from * sizeof *rows.ids);
    make_text(rows.ids + rows.from, count);
    rows.stop_after = choose(3) == 0 ? 1 + choose((uint32_t)count) : 0;
    rlx_status status = rlx_session_run_logits(r->session, rows.ids + rows.from, count, choose(9),
                                               keep_row, &rows, &error);
    if (status != RLX_ERROR_STOPPED)
        must(status);
    expect_rows(&rows);
}

static rlx_go stop_at_once(void *context)
{
    uint32_t *left = context;
    return (*left)-- == 0 ? RLX_GO_STOP : RLX_GO_ON;
}

static void turn_stopped(struct reader *r)
{
    uint32_t left = choose(6);
    int32_t ids[20], id;
    size_t before = tokens_of(r);
    make_text(ids, 20);
    must(rlx_session_append(r->session, ids, 20, &error));
    rlx_session_set_stop(r->session, stop_at_once, &left);
    rlx_status status = rlx_session_step(r->session, &id, &error);
    rlx_session_set_stop(r->session, NULL, NULL);
    if (status == RLX_ERROR_STOPPED) {
        assert_int_equal(tokens_of(r), before + 20);
        return;
    }
    must(status);
    expect_greedy(r, 1);
}

static void turn_generate(struct reader *r)
{
    rlx_generate_options options = rlx_generate_options_default();
    size_t made;
    options.max = 1 + choose(16);
    options.draft = choose(3) == 0 ? RLX_DRAFT_NONE : RLX_DRAFT_LOOKUP;
    options.draft_max = choose(4);
    options.ignore_end = true;
    must(rlx_session_generate(r->session, &options, &made, NULL, &error));
    assert_int_equal(made, options.max);
    expect_greedy(r, made);
}

static void turn_save(struct reader *r, struct reader *other)
{
    void *data;
    size_t bytes;
    must(rlx_session_save_memory(r->session, &data, &bytes, &error));
    must(rlx_session_load_memory(other->session, data, bytes, &error));
    free(data);
    other->sound = r->sound;
    assert_int_equal(tokens_of(other), tokens_of(r));
    assert_int_equal(rlx_session_past(other->session), rlx_session_past(r->session));
}

static void turn_fork(struct reader *r, struct reader *other)
{
    rlx_session *fork;
    must(rlx_session_fork(r->session, &fork, &error));
    if (other == r) { /* the fork goes on in its place */
        rlx_session_close(r->session);
        r->session = fork;
        return;
    }
    rlx_session_close(other->session);
    *other = (struct reader){fork, r->sound};
}

static void turn_copy(struct reader *r, struct reader *other)
{
    size_t count = 1 + choose((uint32_t)tokens_of(r));
    must(rlx_session_copy_prefix(other->session, r->session, count, &error));
    other->sound = r->sound;
    assert_int_equal(tokens_of(other), count);
}

static void turn_together(void)
{
    rlx_session *all[SESSIONS];
    int32_t ids[SESSIONS];
    for (size_t i = 0; i < SESSIONS; i++)
        all[i] = sessions[i].session;
    must(rlx_sessions_step(all, SESSIONS, ids, &error));
    for (size_t i = 0; i < SESSIONS; i++)
        expect_greedy(&sessions[i], 1);
}

static void turn_encode(struct reader *r)
{
    rlx_session_reset(r->session);
    encode(r, 1 + choose(8));
    turn_prefill(r);
}

enum turn {
    PREFILL,
    APPEND,
    DECODE,
    STEP,
    TRUNCATE,
    CHECKPOINT,
    BLOCK,
    ROWS,
    STOPPED,
    GENERATE,
    SAVE,
    FORK,
    COPY,
    TOGETHER,
    ENCODE,
    DECODE_AGAIN,
    TURN_KINDS
};

static void take_turn(enum turn turn, struct reader *r, struct reader *other)
{
    switch (turn) {
    case PREFILL:
        turn_prefill(r);
        break;
    case APPEND:
        turn_append(r);
        break;
    case STEP:
        turn_step(r);
        break;
    case TRUNCATE:
        turn_truncate(r);
        break;
    case CHECKPOINT:
        turn_checkpoint(r);
        break;
    case BLOCK:
        turn_block(r);
        break;
    case ROWS:
        turn_rows(r);
        break;
    case STOPPED:
        turn_stopped(r);
        break;
    case GENERATE:
        turn_generate(r);
        break;
    case SAVE:
        turn_save(r, other);
        break;
    case FORK:
        turn_fork(r, other);
        break;
    case COPY:
        turn_copy(r, other);
        break;
    case TOGETHER:
        turn_together();
        break;
    case ENCODE:
        turn_encode(r);
        break;
    default:
        turn_decode(r);
    }
}

static void walk(uint32_t threads, uint32_t first)
{
    seed = first;
    for (size_t i = 0; i < SESSIONS; i++) {
        sessions[i].session = graph_session(model, threads, i == 0 ? NULL : sessions[0].session);
        encode(&sessions[i], 1 + (uint32_t)i);
        turn_prefill(&sessions[i]);
    }
    for (int i = 0; i < TURNS; i++) {
        struct reader *r = &sessions[choose(SESSIONS)];
        enum turn turn = (enum turn)choose(TURN_KINDS);
        if (getenv("WALK") != NULL)
            fprintf(stderr, "%u.%d: session %d turn %d tokens %zu past %zu\n", first, i,
                    (int)(r - sessions), turn, tokens_of(r), rlx_session_past(r->session));
        take_turn(turn, r, &sessions[choose(SESSIONS)]);
        for (size_t j = 0; j < SESSIONS; j++)
            if (tokens_of(&sessions[j]) > room - 30)
                must(rlx_session_truncate(sessions[j].session, room - 60, &error));
    }
    for (size_t i = SESSIONS; i-- > 0;)
        rlx_session_close(sessions[i].session);
}

static void walk_on(const char *text, const struct graph_weight *with, uint32_t tokens,
                    const char *options)
{
    room = tokens;
    graph_begin(text, with);
    has_cross = strstr(text, "CROSS_KEYS") != NULL;
    memcpy(mel, noise(sizeof mel / sizeof(float), 7), sizeof mel);
    model = graph_compile(text, with, options);
    assert_non_null(model);
    truth = (struct reader){graph_session(model, 1, NULL), 0};
    uint32_t seeds = getenv("SEEDS") == NULL ? 2 : (uint32_t)atoi(getenv("SEEDS"));
    for (uint32_t i = 0; i < seeds; i++)
        walk(1 + 2 * (i % 2), i + 1);
    rlx_session_close(truth.session);
    rlx_model_close(model);
    shut();
}

#define VARIANTS " --variants=decode=1,blocks=4,batch=3,prefill=24"

static void test_carried(void **state)
{
    (void)state;
    walk_on(carried, weights, 128, "--level=x86-64-v3 --exact" VARIANTS);
}

static void test_ring(void **state)
{
    (void)state;
    walk_on(ring, letters, CONTEXT, "--level=x86-64-v3 --activations=f32 --kv=f16" VARIANTS);
}

static void test_mixed(void **state)
{
    (void)state;
    walk_on(mixed, weights, 128, "--level=native --exact" VARIANTS);
}

static void test_one_state_of_two_layers(void **state)
{
    (void)state;
    walk_on(shared, letters, 160, "--level=native --kv=q8" VARIANTS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_carried),
        cmocka_unit_test(test_ring),
        cmocka_unit_test(test_mixed),
        cmocka_unit_test(test_one_state_of_two_layers),
    };
    temporary_open(&test_folder);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    temporary_close(&test_folder);
    return failed;
}

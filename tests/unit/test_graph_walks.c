/* Sessions on graphs with states of every class go through long histories that look random: they
 * append, step, go back, try blocks, propose drafts, stop, are saved, forked, copied and stepped
 * together. After each turn the logits have the bits of a session that read the same text token by
 * token and never went back. */
#include "tests/support/graph_model.h"
#include "tests/support/session_graphs.h"

enum { VOCABULARY = 32, CONTEXT = 320, SESSIONS = 3, TURNS = 160 };

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

static void (*const turns[])(struct reader *) = {
    turn_prefill, turn_append, turn_decode,  turn_decode,   turn_step, turn_truncate,
    turn_encode,  turn_block,  turn_stopped, turn_generate, turn_rows, turn_checkpoint,
};
static void (*const turns_of_two[])(struct reader *, struct reader *) = {turn_save, turn_fork,
                                                                         turn_copy};
enum { TURNS_OF_ONE = sizeof turns / sizeof *turns, TURN_KINDS = TURNS_OF_ONE + 4 };

static void take_turn(void)
{
    struct reader *r = &sessions[choose(SESSIONS)], *other = &sessions[choose(SESSIONS)];
    const uint32_t turn = choose(TURN_KINDS);
    if (turn < TURNS_OF_ONE)
        turns[turn](r);
    else if (turn - TURNS_OF_ONE < 3)
        turns_of_two[turn - TURNS_OF_ONE](r, other);
    else
        turn_together();
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
        take_turn();
        for (size_t j = 0; j < SESSIONS; j++)
            if (tokens_of(&sessions[j]) > room - 30)
                must(rlx_session_truncate(sessions[j].session, room - 60, &error));
    }
    for (size_t i = SESSIONS; i-- > 0;)
        rlx_session_close(sessions[i].session);
}

/* A text without turns, against the evaluator. */
static void expect_truth(const char *text)
{
    enum { READ = 24 };
    static float found[READ][VOCABULARY];
    int32_t ids[READ], positions[READ];
    for (int i = 0; i < READ; i++)
        positions[i] = i;
    make_text(ids, READ);
    set_sizes(1, READ, 0);
    if (has_cross) {
        eval.symbols[SYMBOL_FIRST_FREE] = eval.symbols[SYMBOL_FIRST_FREE + 1] = 3;
        hir_eval_input(&eval, "mel", mel);
        hir_eval_run(&eval);
        eval.entry = 1;
    }
    hir_eval_role(&eval, INPUT_tokens, ids);
    if (strstr(text, "role=positions") != NULL)
        hir_eval_role(&eval, INPUT_positions, positions);
    hir_eval_run(&eval);
    for (size_t i = 0; i < READ; i++)
        memcpy(found[i], true_row(ids, i + 1, 3), sizeof found[i]);
    expect_close("truth", found[0], hir_eval_value(&eval, "logits"), READ, VOCABULARY, 1e-4, 1e-5);
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
    if (strstr(options, "--exact") != NULL)
        expect_truth(text);
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
    walk_on(carried, letters_and_kernel, 128, "--level=x86-64-v3 --exact" VARIANTS);
}

static void test_ring(void **state)
{
    (void)state;
    walk_on(ring, only_letters, CONTEXT, "--level=x86-64-v3 --activations=f32 --kv=f16" VARIANTS);
}

static void test_mixed(void **state)
{
    (void)state;
    walk_on(mixed, letters_and_kernel, 128, "--level=native --exact" VARIANTS);
}

static void test_one_state_of_two_layers(void **state)
{
    (void)state;
    walk_on(shared, only_letters, 160, "--level=native --kv=q8" VARIANTS);
}

static void test_narrow(void **state)
{
    (void)state;
    walk_on(narrow, letters_and_kernel, 128, "--level=native --exact" VARIANTS);
}

static void test_stateless(void **state)
{
    (void)state;
    walk_on(stateless, only_letters, 128, "--level=x86-64-v3 --exact" VARIANTS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_carried), cmocka_unit_test(test_ring),
        cmocka_unit_test(test_mixed),   cmocka_unit_test(test_one_state_of_two_layers),
        cmocka_unit_test(test_narrow),  cmocka_unit_test(test_stateless),
    };
    temporary_open(&test_folder);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    temporary_close(&test_folder);
    return failed;
}

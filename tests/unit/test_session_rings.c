/* Decoders whose layers have windows, with rings and without (-x ring-states): whatever a session
 * does, both give the same bits. Texts are many times as long as a ring. */
#include "tests/support/compiled.h"
#include "tests/support/few_cases.h"

enum { TEXT = 300, VOCABULARY_MAX = 512, RING = 64 };

/* A ring of 64 has room for a window of 16 and runs of 49. */
#define VARIANTS " --variants=decode=1,blocks=4,batch=3,prefill=32"

static const struct {
    const char *model;
    uint32_t window, windowed_layers;
} models[] = {
    {"golden/mistral-swa-f32", 16, 3}, {"golden/gemma2-f32", 12, 2},
    {"golden/gemma3-text-f32", 10, 3}, {"golden/cohere2-f32", 12, 3},
    {"golden/olmo3-f32", 11, 3},       {"golden/exaone4-f32", 12, 3},
    {"golden/gpt-oss-f32", 8, 2},
};
/* Where runs of all lengths have one arithmetic, bits do not depend on how a text is cut. */
static const struct {
    const char *options;
    bool any_cut;
} ways[] = {
    {"--exact", true},
    {"--activations=f32 --kv=f16 --level=x86-64-v3", true},
    {"--kv=q8", false},
};

static rlx_model *ringed, *plain;
static size_t vocabulary;
static int32_t ids[TEXT];
static bool any_cut;
static rlx_error error;

static void must(rlx_status status)
{
    if (status != RLX_OK)
        fail_msg("%s", error.text);
}

/* The two sessions that do the same: over rings, and over rows. */
struct pair {
    rlx_session *rings, *rows;
};

static struct pair open_pair(const struct pair *share_with)
{
    rlx_session_options options = rlx_session_options_default();
    struct pair p;

    options.threads = 2;
    options.share_with = share_with == NULL ? NULL : share_with->rings;
    must(rlx_session_open(ringed, &options, &p.rings, &error));
    options.share_with = share_with == NULL ? NULL : share_with->rows;
    must(rlx_session_open(plain, &options, &p.rows, &error));
    return p;
}

static void close_pair(struct pair *p)
{
    rlx_session_close(p->rings);
    rlx_session_close(p->rows);
}

struct kept {
    float rows[TEXT][VOCABULARY_MAX];
};

static rlx_go keep(void *context, size_t position, const float *row)
{
    struct kept *kept = context;

    memcpy(kept->rows[position], row, vocabulary * sizeof *row);
    return RLX_GO_ON;
}

static void expect_equal_rows(const struct kept *a, const struct kept *b, size_t from, size_t end)
{
    for (size_t i = from; i < end; i++)
        for (size_t v = 0; v < vocabulary; v++)
            if (memcmp(&a->rows[i][v], &b->rows[i][v], sizeof(float)) != 0)
                fail_msg("position %zu, logit %zu: %.9g with rings, %.9g without", i, v,
                         (double)a->rows[i][v], (double)b->rows[i][v]);
}

/* Both on to `end` tokens, in runs of `cut` at most (0: as the model chooses). */
static void run_to(const struct pair *p, size_t end, uint32_t cut)
{
    static struct kept a, b;
    const size_t count = rlx_session_tokens(p->rings);

    assert_int_equal(rlx_session_tokens(p->rows), count);
    must(rlx_session_run_logits(p->rings, ids + count, end - count, cut, keep, &a, &error));
    must(rlx_session_run_logits(p->rows, ids + count, end - count, cut, keep, &b, &error));
    expect_equal_rows(&a, &b, count, end);
    assert_int_equal(rlx_session_past(p->rings), end);
}

static void check_cuts(void)
{
    static const uint32_t cuts[] = {0, 1, 3, 4, 7, 31};
    const bool is_elsewhere = compiled_target() != NULL; /* where a run takes long */

    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i += is_elsewhere ? 2 : 1) {
        struct pair p = open_pair(NULL);
        run_to(&p, 37, cuts[i]);
        run_to(&p, TEXT, cuts[i]);
        close_pair(&p);
    }
}

/* A ring still holds what a query sees after going back by a run; by more, the text runs again. */
static void check_truncation(uint32_t window)
{
    const size_t held = RING - window + 1; /* rows of a run */

    for (size_t end = 200; end < 280; end += compiled_target() != NULL ? 58 : 29)
        for (size_t back = 1; back <= held + 1; back += held / 2) {
            struct pair p = open_pair(NULL);
            run_to(&p, end, 0);
            must(rlx_session_truncate(p.rings, end - back, &error));
            must(rlx_session_truncate(p.rows, end - back, &error));
            assert_int_equal(rlx_session_tokens(p.rings), end - back);
            assert_int_equal(rlx_session_past(p.rings), back <= held ? end - back : 0);
            if (back <= held || any_cut)
                run_to(&p, end + 20, 5);
            close_pair(&p);
        }
}

/* Trial blocks that are kept in part, across the places where rings come round. On another target, where
 * a run takes long, at every third place, and every other part. */
static void check_blocks(void)
{
    static struct kept a, b;
    const bool is_short = compiled_target() != NULL && !cases_whole();

    for (size_t end = 3 * RING - 5; end <= 3 * RING + 1; end += is_short ? 3 : 1)
        for (size_t kept = 0; kept <= 4; kept += is_short ? 2 : 1) {
            struct pair p = open_pair(NULL);
            run_to(&p, end, 0);
            must(rlx_session_run_block(p.rings, ids + end, 4, keep, &a, &error));
            must(rlx_session_run_block(p.rows, ids + end, 4, keep, &b, &error));
            expect_equal_rows(&a, &b, end, end + 4);
            must(rlx_session_commit(p.rings, kept, &error));
            must(rlx_session_commit(p.rows, kept, &error));
            run_to(&p, end + 20, 1);
            close_pair(&p);
        }
}

static void copy_by_file(const rlx_session *from, rlx_session *to)
{
    void *data;
    size_t bytes;

    must(rlx_session_save_memory(from, &data, &bytes, &error));
    must(rlx_session_load_memory(to, data, bytes, &error));
    assert_int_equal(rlx_session_past(to), rlx_session_past(from));
    free(data);
}

static void check_copies(void)
{
    for (size_t end = 20; end < 260; end += 61) {
        struct pair p = open_pair(NULL), loaded = open_pair(NULL), forked;
        run_to(&p, end, 0);
        copy_by_file(p.rings, loaded.rings);
        copy_by_file(p.rows, loaded.rows);
        must(rlx_session_fork(p.rings, &forked.rings, &error));
        must(rlx_session_fork(p.rows, &forked.rows, &error));
        run_to(&loaded, end + 40, 0);
        run_to(&forked, end + 35, 1);
        run_to(&p, end + 40, 4); /* the copies changed nothing */
        close_pair(&forked);
        close_pair(&loaded);
        close_pair(&p);
    }
}

static void check_batches(void)
{
    static const size_t ends[] = {3 * RING - 3, 30, 2 * RING - 1};
    struct pair p[3];
    rlx_session *rings[3], *rows[3];
    int32_t a[3], b[3];

    for (size_t i = 0; i < 3; i++) {
        p[i] = open_pair(i == 0 ? NULL : &p[0]);
        run_to(&p[i], ends[i], 0);
        rings[i] = p[i].rings;
        rows[i] = p[i].rows;
    }
    for (int round = 0; round < 8; round++) {
        must(rlx_sessions_step(rings, 3, a, &error));
        must(rlx_sessions_step(rows, 3, b, &error));
        assert_memory_equal(a, b, sizeof a);
    }
    for (size_t i = 3; i-- > 0;)
        close_pair(&p[i]);
}

struct told {
    int32_t ids[80];
    size_t count;
};

static rlx_go tell(void *context, int32_t id)
{
    struct told *told = context;

    told->ids[told->count++] = id;
    return RLX_GO_ON;
}

static struct told generate(rlx_session *s, uint32_t draft)
{
    rlx_generate_options options = rlx_generate_options_default();
    struct told told = {.count = 0};
    size_t made;
    rlx_end why;

    options.max = 80;
    options.draft = draft;
    options.on_token = tell;
    options.context = &told;
    must(rlx_session_generate(s, &options, &made, &why, &error));
    return told;
}

/* Drafts over rings give the text of plain decoding over rows. */
static void check_drafts(void)
{
    struct pair p = open_pair(NULL);
    int32_t again[120];

    for (size_t i = 0; i < 120; i++)
        again[i] = ids[i % 9];
    must(rlx_session_prefill(p.rings, again, 120, &error));
    must(rlx_session_prefill(p.rows, again, 120, &error));
    struct told a = generate(p.rings, RLX_DRAFT_LOOKUP), b = generate(p.rows, RLX_DRAFT_NONE);
    assert_int_equal(a.count, b.count);
    assert_memory_equal(a.ids, b.ids, a.count * sizeof *a.ids);
    close_pair(&p);
}

struct patience {
    size_t asked, max;
};

static rlx_go is_enough(void *context)
{
    struct patience *p = context;

    return ++p->asked > p->max ? RLX_GO_STOP : RLX_GO_ON;
}

/* A prompt that is stopped inside of its runs goes on as if it had not been. */
static void check_stops(void)
{
    static struct kept a, b;
    struct patience patience = {.max = 1};
    int32_t id;

    for (bool stopped = true; stopped; patience = (struct patience){.max = patience.max + 7}) {
        struct pair p = open_pair(NULL);
        run_to(&p, 130, 0);
        rlx_session_set_stop(p.rings, is_enough, &patience);
        must(rlx_session_append(p.rings, ids + 130, 100, &error));
        const rlx_status status = rlx_session_step(p.rings, &id, &error);
        stopped = status == RLX_ERROR_STOPPED;
        assert_true(stopped || (status == RLX_OK && patience.max > 1));
        rlx_session_set_stop(p.rings, NULL, NULL);
        const size_t done = rlx_session_past(p.rings);
        assert_true(done >= 130 && done <= 230);
        must(rlx_session_truncate(p.rings, done, &error));
        assert_int_equal(rlx_session_past(p.rings), done);
        must(rlx_session_run_logits(p.rows, ids + 130, done - 130, 0, keep, &b, &error));
        must(rlx_session_run_logits(p.rings, ids + done, 40, 0, keep, &a, &error));
        must(rlx_session_run_logits(p.rows, ids + done, 40, 0, keep, &b, &error));
        expect_equal_rows(&a, &b, done, done + 40);
        close_pair(&p);
    }
}

/* What is resident: a ring for each layer with a window, and everything for the others. */
static void check_sizes(uint32_t window, uint32_t windowed_layers)
{
    uint32_t rings = 0;

    assert_int_equal(rlx_model_state_count(ringed), rlx_model_state_count(plain));
    for (uint32_t i = 0; i < rlx_model_state_count(ringed); i++) {
        rlx_state_info a = rlx_state_info_default(), b = rlx_state_info_default();
        must(rlx_model_get_state(ringed, i, &a, &error));
        must(rlx_model_get_state(plain, i, &b, &error));
        assert_string_equal(a.name, b.name);
        assert_string_equal(b.state_class, "rows");
        assert_int_equal(b.window, 0);
        if (strcmp(a.state_class, "ring") != 0) {
            assert_int_equal(a.bytes, b.bytes);
            continue;
        }
        rings++;
        assert_int_equal(a.window, window);
        assert_int_equal(a.capacity, RING);
        assert_int_equal(a.bytes * b.capacity, b.bytes * RING);
    }
    assert_int_equal(rings, 2 * windowed_layers);
}

/* One model with one arithmetic. */
static void check_model(size_t m, size_t w)
{
    char options[256];
    rlx_model_info info = rlx_model_info_default();

    snprintf(options, sizeof options, "%s" VARIANTS, ways[w].options);
    ringed = compiled_shared(models[m].model, options);
    if (ringed == NULL)
        return;
    snprintf(options, sizeof options, "%s -x ring-states" VARIANTS, ways[w].options);
    plain = compiled_shared(models[m].model, options);
    rlx_model_get_info(ringed, &info);
    vocabulary = info.vocabulary;
    any_cut = ways[w].any_cut;
    assert_true(vocabulary <= VOCABULARY_MAX);
    for (size_t i = 0; i < TEXT; i++)
        ids[i] = (int32_t)((i * 7 + i * i * 3 + i / 32) % vocabulary);
    check_sizes(models[m].window, models[m].windowed_layers);
    check_cuts();
    check_truncation(models[m].window);
    check_blocks();
    check_copies();
    check_batches();
    check_drafts();
    check_stops();
    rlx_model_close(ringed);
    rlx_model_close(plain);
}

/* Every model with the first arithmetic, and one with each; under a sanitizer that one alone, on another
 * target with the first. */
static void test_rings(void **state)
{
    enum { GEMMA3 = 2 };
    const bool is_elsewhere = compiled_target() != NULL;

    (void)state;
    for (size_t m = 0; m < sizeof models / sizeof *models; m++)
        for (size_t w = 0; w < sizeof ways / sizeof *ways; w++)
            if (m == GEMMA3 ? !is_elsewhere || w == 0 : !is_elsewhere && !cases_are_few() && w == 0)
                check_model(m, w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rings)};

    temporary_open(&test_folder);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    temporary_close(&test_folder);
    return failed;
}

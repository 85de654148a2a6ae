/* One step of several sessions. In: sessions on one device, each with its own history and states.
 * Out: a token for each. A session whose logits are kept draws from them. If a session has more to
 * run than its newest token (a prompt), it runs first and alone. The newest tokens of the others
 * run together, each in a segment of its own. All runs are on trial until every session has its
 * token. */
#include "runtime/core/session.h"

#include "runtime/base/error.h"

#include <string.h>

enum { MAX_PARALLEL = 64 };

/* Sessions that run together, and the places of their tokens. */
struct group {
    rlx_session *sessions[MAX_PARALLEL];
    int32_t *ids[MAX_PARALLEL];
    uint32_t count;
};

/* The variant for a number of sequences: the smallest that holds all, else the largest; NULL: the
 * model has none. */
static const struct rlx_variant_entry *find_batch(const rlx_session *s, size_t count)
{
    const struct device *d = s->instance.device;
    const struct rlx_variant_entry *best = NULL;
    for (uint32_t i = 0; i < d->level->variant_count; i++) {
        const struct rlx_variant_entry *v = device_variant(d, i);
        if (v->entry != s->main.entry || v->batch == 1 || v->phase != RLX_PHASE_DECODE)
            continue;
        if (best == NULL ||
            (v->last_rows < best->last_rows ? v->last_rows >= count : best->last_rows < count))
            best = v;
    }
    return best;
}

static rlx_status step_alone(rlx_session *s, int32_t *id, rlx_error *error)
{
    struct feed f = {.count = s->tokens - session_past(s), .rows = FEED_LAST, .is_trial = true};
    rlx_status status = session_feed(s, &f, error);
    return status == RLX_OK ? session_sample(s, f.logits.rows, id, error) : status;
}

static void fill_inputs(const struct group *g, const struct run *run)
{
    const struct main_entry *main = &g->sessions[0]->main;
    const rlx_model *m = g->sessions[0]->instance.model;
    struct device *d = run->device;
    int32_t *tokens = d->ops->input(d, run_io(m, run->variant, main->tokens));
    int32_t *positions = main->positions == RLX_NO_SLOT
                             ? NULL
                             : d->ops->input(d, run_io(m, run->variant, main->positions));
    for (uint32_t i = 0; i < g->count; i++) {
        const rlx_session *s = g->sessions[i];
        tokens[i] = s->history[session_past(s)];
        if (positions != NULL)
            positions[i] = (int32_t)session_past(s);
    }
}

static void begin_group(const struct group *g, const struct rlx_variant_entry *v, struct run *run)
{
    struct run_part parts[MAX_PARALLEL];
    session_claim_output(g->sessions[0]->instance.device, NULL);
    for (uint32_t i = 0; i < g->count; i++) {
        parts[i] = (struct run_part){.sequence = &g->sessions[i]->instance.sequence, .rows = 1};
        g->sessions[i]->kept.rows = NULL;
        session_changed(g->sessions[i]);
    }
    run_begin(run, v, parts, g->count, NULL);
    fill_inputs(g, run);
}

static void count_time(const struct group *g, const struct rlx_variant_entry *v, double spent)
{
    for (uint32_t i = 0; i < g->count; i++) {
        rlx_timings *t = &g->sessions[i]->timings;
        t->generated_tokens++;
        t->generate_seconds += spent;
        t->larger_variant_runs += g->count < v->first_rows;
    }
}

static rlx_status step_parallel(struct group *g, const struct rlx_variant_entry *v,
                                rlx_error *error)
{
    const uint32_t stride = session_logits_stride(g->sessions[0], v);
    struct run run;
    uint32_t from = 0;
    rlx_status status = RLX_OK;
    double spent = 0;
    begin_group(g, v, &run);
    for (uint32_t first = 0; first < g->count && status == RLX_OK; first += v->lm_head_rows) {
        uint32_t count = g->count - first < v->lm_head_rows ? g->count - first : v->lm_head_rows;
        double start = session_seconds();
        float *rows = session_run_lm_head(g->sessions[0], &run, from, first, count, NULL);
        spent += session_seconds() - start;
        status = device_check(run.device, error);
        from = v->lm_head_step;
        for (uint32_t i = 0; i < count && status == RLX_OK; i++) {
            uint32_t at = first + i;
            sequence_try(&g->sessions[at]->instance.sequence, &run.segments[at], v, run.dims);
            status = session_sample(g->sessions[at], rows + (size_t)i * stride, g->ids[at], error);
        }
    }
    count_time(g, v, spent);
    g->count = 0;
    return status;
}

/* Attention over the states of an encoder has one size per run, and inputs have one value. */
static bool can_join(const struct group *g, const rlx_session *s)
{
    const int64_t *rows = s->instance.sequence.cross_rows;
    return !s->main.has_data &&
           (g->count == 0 || memcmp(rows, g->sessions[0]->instance.sequence.cross_rows,
                                    sizeof s->instance.sequence.cross_rows) == 0);
}

/* Runs all sessions that have one token to run, as many at a time as a variant holds. */
static rlx_status step_rest(rlx_session *const *sessions, size_t count, int32_t *ids,
                            size_t waiting, rlx_error *error)
{
    struct group g = {.count = 0};
    rlx_status status = RLX_OK;
    for (size_t i = 0; i < count && status == RLX_OK; i++) {
        rlx_session *s = sessions[i];
        if (s->tokens != s->before.tokens)
            continue; /* has its token already */
        const struct rlx_variant_entry *v = find_batch(s, g.count + waiting);
        waiting--;
        if (v == NULL || !can_join(&g, s) || (g.count == 0 && waiting == 0)) {
            status = step_alone(s, &ids[i], error);
        } else {
            g.sessions[g.count] = s;
            g.ids[g.count++] = &ids[i];
        }
        if (status == RLX_OK && g.count != 0 &&
            (waiting == 0 || g.count == v->last_rows || g.count == MAX_PARALLEL))
            status = step_parallel(&g, v, error);
    }
    return status;
}

static rlx_status check_sessions(rlx_session *const *sessions, size_t count, rlx_error *error)
{
    if (count == 0)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                        "rlx_sessions_step: count is 0: there is no session to step");
    for (size_t i = 0; i < count; i++) {
        if (sessions[i] == NULL)
            return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                            "rlx_sessions_step: sessions[%zu] must not be NULL", i);
        if (sessions[i]->instance.device != sessions[0]->instance.device)
            return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                            "session %zu was not opened to share with session 0, so they share no "
                            "threads",
                            i);
        for (size_t j = 0; j < i; j++)
            if (sessions[j] == sessions[i])
                return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT, "sessions %zu and %zu are the same",
                                j, i);
        rlx_status status = session_need_history(sessions[i], error);
        if (status != RLX_OK)
            return status;
    }
    return RLX_OK;
}

/* Keeps the runs of all sessions, or of none. */
static void end_steps(rlx_session *const *sessions, size_t count, bool keep)
{
    for (size_t i = 0; i < count; i++) {
        rlx_session *s = sessions[i];
        struct state_sequence *q = &s->instance.sequence;
        if (keep) {
            sequence_commit(q);
            continue;
        }
        sequence_settle(q);
        s->tokens = s->before.tokens;
        session_clip_kept(s, s->tokens);
        if (!q->rules.has_carried)
            q->past = s->before.past;
        session_changed(s);
    }
}

/* A session whose logits are kept has its token at once. */
static rlx_status step_kept(rlx_session *s, int32_t *id, rlx_error *error)
{
    struct state_sequence *q = &s->instance.sequence;
    if (q->past != s->tokens)
        return RLX_OK;
    float *row = session_kept_row(s);
    if (row != NULL)
        return session_sample(s, row, id, error);
    sequence_truncate(q, s->tokens - 1);
    return RLX_OK;
}

rlx_status rlx_sessions_step(rlx_session *const *sessions, size_t count, int32_t *ids,
                             rlx_error *error)
{
    REFUSE_NULL_OF(sessions, count);
    REFUSE_NULL_OF(ids, count);
    rlx_status status = check_sessions(sessions, count, error);
    size_t waiting = 0;
    if (status != RLX_OK)
        return status;
    for (size_t i = 0; i < count; i++) {
        rlx_session *s = sessions[i];
        sequence_settle(&s->instance.sequence);
        s->before.tokens = s->tokens;
        s->before.past = session_past(s);
    }
    for (size_t i = 0; i < count && status == RLX_OK; i++)
        status = step_kept(sessions[i], &ids[i], error);
    for (size_t i = 0; i < count && status == RLX_OK; i++) {
        rlx_session *s = sessions[i];
        size_t pending = s->tokens - session_past(s);
        if (s->tokens == s->before.tokens && pending > 1)
            status = step_alone(s, &ids[i], error);
        else
            waiting += s->tokens == s->before.tokens;
    }
    if (status == RLX_OK)
        status = step_rest(sessions, count, ids, waiting, error);
    end_steps(sessions, count, status == RLX_OK);
    return status;
}

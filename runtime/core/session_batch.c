/* One step of several sessions. In: sessions on one device, each with its own history and state
 * home. Out: a token for each. If a session has more to run than its newest token (a prompt), it
 * runs first and alone, and makes its token. The newest tokens of the others run together, each as a
 * segment that names its state home by the distance from that of the first session. */
#include "runtime/core/session.h"

#include "runtime/base/error.h"

enum { MAX_PARALLEL = 64 };

/* Sessions that run together, and the places of their tokens. */
struct group {
    rlx_session *sessions[MAX_PARALLEL];
    int32_t *ids[MAX_PARALLEL];
    uint32_t count;
};

/* The variant for a number of sequences: the smallest that holds all, else the largest; NULL: the
 * model has none. */
static const struct rlx_variant_entry *find_batch(const rlx_model *m, size_t count)
{
    const struct rlx_variant_entry *best = NULL;
    for (uint32_t i = 0; i < m->level->variant_count; i++) {
        const struct rlx_variant_entry *v = model_variant(m, i);
        if (v->entry != m->main.index || v->batch == 1 || v->phase != RLX_PHASE_DECODE)
            continue;
        if (best == NULL ||
            (v->last_rows < best->last_rows ? v->last_rows >= count : best->last_rows < count))
            best = v;
    }
    return best;
}

static rlx_status step_alone(rlx_session *s, int32_t *id, rlx_error *error)
{
    struct feed f = {.count = s->tokens - s->past, .rows = FEED_LAST};
    rlx_status status = session_feed(s, &f, error);
    return status == RLX_OK ? session_sample(s, f.logits, id, error) : status;
}

static void fill_inputs(const struct group *g, const struct rlx_variant_entry *v,
                        int64_t dims[RLX_DIM_COUNT])
{
    const rlx_model *m = g->sessions[0]->model;
    uint8_t *input = g->sessions[0]->device->cpu.home[RLX_HOME_INPUT];
    int32_t *tokens = (int32_t *)(input + model_place(m, v, RLX_ROLE_TOKENS));
    int32_t *positions = (int32_t *)(input + model_place(m, v, RLX_ROLE_POSITIONS));
    struct rlx_segment *segments = (struct rlx_segment *)(input + v->segments);
    int32_t *row_segments = (int32_t *)(input + v->row_segments);
    uintptr_t base = (uintptr_t)g->sessions[0]->state;
    size_t past = 0;
    for (uint32_t i = 0; i < g->count; i++) {
        const rlx_session *s = g->sessions[i];
        tokens[i] = s->history[s->past];
        positions[i] = (int32_t)s->past;
        if (v->segments != RLX_ABSENT)
            segments[i] = (struct rlx_segment){.state = (int64_t)((uintptr_t)s->state - base),
                                               .first_row = i,
                                               .rows = 1,
                                               .past = (uint32_t)s->past,
                                               .scratch_position = 64 * i};
        if (v->row_segments != RLX_ABSENT)
            row_segments[i] = (int32_t)i;
        past = s->past > past ? s->past : past;
    }
    dims[RLX_DIM_BATCH] = g->count;
    dims[RLX_DIM_SEQ] = 1;
    dims[RLX_DIM_ROWS] = g->count;
    dims[RLX_DIM_PAST_SEQ] = (int64_t)past;
    dims[RLX_DIM_KEYS] = (int64_t)past + 1;
}

static rlx_status step_parallel(struct group *g, const struct rlx_variant_entry *v,
                                rlx_error *error)
{
    int64_t dims[RLX_DIM_COUNT] = {0};
    uint32_t from = 0, stride = g->sessions[0]->model->main.logits_stride;
    rlx_status status = RLX_OK;
    double spent = 0;
    fill_inputs(g, v, dims);
    for (uint32_t first = 0; first < g->count && status == RLX_OK; first += v->lm_head_rows) {
        uint32_t count = g->count - first < v->lm_head_rows ? g->count - first : v->lm_head_rows;
        double start = session_seconds();
        float *rows = session_run_lm_head(g->sessions[0], v, from, first, count, dims, NULL);
        spent += session_seconds() - start;
        from = v->lm_head_step;
        for (uint32_t i = 0; i < count && status == RLX_OK; i++) {
            rlx_session *s = g->sessions[first + i];
            s->past++;
            status = session_sample(s, rows + (size_t)i * stride, g->ids[first + i], error);
        }
    }
    for (uint32_t i = 0; i < g->count; i++) {
        rlx_timings *t = &g->sessions[i]->timings;
        t->generated_tokens++;
        t->generate_seconds += spent;
        t->larger_variant_runs += g->count < v->first_rows;
    }
    g->count = 0;
    return status;
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
        const struct rlx_variant_entry *v = find_batch(s->model, g.count + waiting);
        g.sessions[g.count] = s;
        g.ids[g.count++] = &ids[i];
        waiting--;
        if (v == NULL || (g.count == 1 && waiting == 0)) {
            status = step_alone(s, &ids[i], error);
            g.count = 0;
        } else if (waiting == 0 || g.count == v->last_rows || g.count == MAX_PARALLEL) {
            status = step_parallel(&g, v, error);
        }
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
        if (sessions[i]->device != sessions[0]->device)
            return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                            "session %zu was not opened beside session 0, so they share no threads",
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
        s->before.tokens = s->tokens;
        s->before.past = s->past;
        if (s->past == s->tokens) /* its newest token runs again, because logits are not kept */
            s->past = s->tokens - 1;
        waiting += s->tokens - s->past == 1;
    }
    for (size_t i = 0; i < count && status == RLX_OK; i++)
        if (sessions[i]->tokens - sessions[i]->past > 1)
            status = step_alone(sessions[i], &ids[i], error);
    if (status == RLX_OK)
        status = step_rest(sessions, count, ids, waiting, error);
    for (size_t i = 0; i < count && status != RLX_OK; i++) {
        sessions[i]->tokens = sessions[i]->before.tokens;
        sessions[i]->past = sessions[i]->before.past;
        session_changed(sessions[i]);
    }
    return status;
}

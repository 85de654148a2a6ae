/* Generates tokens: the naive step, the cached step, the loop over them, and logits without
 * sampling. In: the session's history. Out: a history that is longer by sampled tokens, or rows of
 * logits. Contract: rlx.h. */
#include "runtime/core/session.h"

#include "runtime/base/caller_struct.h"
#include "runtime/base/error.h"
#include "runtime/core/generate_text.h"

#include <math.h>
#include <string.h>

rlx_status session_need_history(const rlx_session *s, rlx_error *error)
{
    if (s->tokens == 0)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                        "the history is empty: there is nothing to continue");
    if (s->tokens == s->context)
        return rlx_fail(error, RLX_ERROR_CONTEXT_FULL,
                        "%zu tokens do not fit: the context has room for %zu", s->tokens + 1,
                        s->context);
    if (s->refused.status != RLX_OK)
        return rlx_fail(error, s->refused.status, "rlx_session_set_sampling: %s", s->refused.text);
    return RLX_OK;
}

rlx_status session_last_row(rlx_session *s, float **row, rlx_error *error)
{
    struct state_sequence *q = &s->instance.sequence;
    sequence_settle(q);
    if (q->past == s->tokens) {
        *row = session_kept_row(s);
        if (*row != NULL)
            return RLX_OK;
        sequence_truncate(q, s->tokens - 1); /* its logits are gone: it runs again */
    }
    struct feed f = {.count = s->tokens - q->past, .rows = FEED_LAST};
    rlx_status status = session_feed(s, &f, error);
    *row = f.logits.rows;
    return status;
}

/* Damaged or badly converted weights show like this. */
static rlx_status refuse_row(const rlx_session *s, const float *row, rlx_error *error)
{
    uint32_t vocabulary = s->sampler.vocabulary, bad = 0;
    for (uint32_t i = 0; i < vocabulary; i++)
        bad += isnan(row[i]) != 0;
    if (bad == 0)
        return rlx_fail(error, RLX_ERROR_NOT_NUMBERS,
                        "no token can be drawn from the logits after token %zu: none of %u is "
                        "finite",
                        s->tokens, vocabulary);
    return rlx_fail(error, RLX_ERROR_NOT_NUMBERS,
                    "the logits after token %zu are not numbers: %u of %u are NaN; the model's "
                    "weights may be damaged or badly converted (rlxc eval names the layer)",
                    s->tokens, bad, vocabulary);
}

rlx_status session_sample(rlx_session *s, float *row, int32_t *id, rlx_error *error)
{
    int32_t drawn = sampler_draw(&s->sampler, row, s->history, s->tokens);
    if (drawn < 0)
        return refuse_row(s, row, error);
    s->history[s->tokens++] = *id = drawn;
    session_changed(s);
    return RLX_OK;
}

static rlx_status step(rlx_session *s, int32_t *id, rlx_error *error)
{
    int32_t made;
    float *row;
    rlx_status status = session_need_history(s, error);
    if (status == RLX_OK)
        status = session_last_row(s, &row, error);
    if (status == RLX_OK)
        status = session_sample(s, row, &made, error);
    if (status == RLX_OK && id != NULL)
        *id = made;
    return status;
}

static void forget_states(rlx_session *s)
{
    sequence_reset(&s->instance.sequence);
    s->kept.rows = NULL;
}

/* The reference neither reads nor leaves states. */
static rlx_status step_recomputing(rlx_session *s, int32_t *id, rlx_error *error)
{
    rlx_status status = session_need_history(s, error);
    if (status != RLX_OK)
        return status;
    forget_states(s);
    status = step(s, id, error);
    forget_states(s);
    return status;
}

rlx_status rlx_session_step_recomputing(rlx_session *session, int32_t *id, rlx_error *error)
{
    REFUSE_NULL(session);
    return step_recomputing(session, id, error);
}

rlx_status rlx_session_step(rlx_session *session, int32_t *id, rlx_error *error)
{
    REFUSE_NULL(session);
    return step(session, id, error);
}

/* A variant that takes one token of one sequence, whatever its class: then no token runs twice. */
static bool has_single_step(const rlx_session *s)
{
    const struct device *d = s->instance.device;
    for (uint32_t i = 0; i < d->level->variant_count; i++) {
        const struct rlx_variant_entry *v = device_variant(d, i);
        if (v->entry == s->main.entry && v->batch == 1 && v->phase != RLX_PHASE_ENCODER &&
            v->first_rows == 1)
            return true;
    }
    return false;
}

/* ---- generation ---- */

struct generation {
    rlx_session *session;
    rlx_generate_options options;
    bool cached, drafts;
    size_t count; /* tokens generated */
    bool ended;
    rlx_end reason;
    struct text_stream text;
};

/* Passes a token to the caller. The session is between tokens, as after a step. */
static void deliver(struct generation *g, int32_t id)
{
    const rlx_generate_options *o = &g->options;
    if (o->ids != NULL)
        o->ids[g->count] = id;
    g->count++;
    bool go_on = o->on_token == NULL || o->on_token(o->context, id) == RLX_GO_ON;
    bool ends = !o->ignore_end && rlx_token_ends_generation(g->session->instance.model, id);
    enum text_end text = text_stream_token(&g->text, id, ends);
    g->ended = true;
    if (text == TEXT_STOP_STRING)
        g->reason = RLX_END_STOP_STRING;
    else if (ends)
        g->reason = RLX_END_TOKEN;
    else if (!go_on || text == TEXT_ENOUGH)
        g->reason = RLX_END_CALLBACK;
    else if (o->max != 0 && g->count == o->max)
        g->reason = RLX_END_LENGTH;
    else if (g->session->tokens == g->session->context)
        g->reason = RLX_END_CONTEXT;
    else
        g->ended = false;
}

/* Number of tokens that a draft may add after the newest one, which alone is not in the states;
 * 0: none. */
static size_t propose(const struct generation *g, int32_t draft[SPECULATION_ROWS])
{
    const rlx_session *s = g->session;
    if (!g->drafts || s->tokens - session_past(s) != 1)
        return 0;
    /* A run makes one token more than the draft has right. */
    size_t room = s->context - s->tokens - 1;
    if (g->options.max != 0 && g->options.max - g->count - 1 < room)
        room = g->options.max - g->count - 1;
    return speculation_propose(&s->speculation, g->options.draft_max, room, draft);
}

/* A row of logits for the newest token and for each token of the draft: the row that is kept, or a
 * run of what the states lack, followed by the draft on trial. */
static rlx_status verify(struct generation *g, const int32_t *draft, size_t drafted,
                         struct kept_logits *rows, rlx_error *error)
{
    rlx_session *s = g->session;
    bool newest = s->tokens - session_past(s) == 1;
    struct feed f = {
        .count = s->tokens - session_past(s) + drafted, .rows = FEED_SHORT_RUN, .is_trial = true};
    if (!newest || drafted == 0) {
        double start = session_seconds();
        rlx_status status = session_last_row(s, &rows->rows, error);
        *rows = (struct kept_logits){rows->rows, s->tokens, 1, 0};
        if (g->drafts && newest)
            speculation_ran(&s->speculation, 1, session_seconds() - start);
        return status;
    }
    memcpy(s->history + s->tokens, draft, drafted * sizeof *draft);
    rlx_status status = session_feed(s, &f, error);
    *rows = f.logits;
    speculation_ran(&s->speculation, 1 + drafted, f.seconds);
    return status;
}

/* Row i of the run has been drawn from: it belongs to the history now, and so does its token. */
static void keep_row(rlx_session *s, const struct kept_logits *rows, size_t i)
{
    if (s->instance.sequence.trial.is_open) {
        s->kept = *rows;
        s->kept.count = i + 1;
        sequence_keep(&s->instance.sequence, s->tokens - 1);
    }
}

/* One run, and the tokens that it makes. A draft proposes one token per position, with probability
 * 1. To accept it with the model's probability, and to draw from the rest otherwise, is therefore
 * the same as to draw from the model and compare. The random generator counts tokens, so the draw
 * is the same as without a draft. */
static rlx_status make_tokens(struct generation *g, rlx_error *error)
{
    rlx_session *s = g->session;
    int32_t draft[SPECULATION_ROWS];
    rlx_status status = session_need_history(s, error);
    if (status != RLX_OK)
        return status;
    size_t drafted = propose(g, draft), right = 0;
    struct kept_logits rows;
    status = verify(g, draft, drafted, &rows, error);
    if (status != RLX_OK)
        return status;
    for (size_t i = 0; i <= drafted && !g->ended; i++) {
        int32_t id;
        status = session_sample(s, rows.rows + i * rows.stride, &id, error);
        if (status != RLX_OK)
            break;
        keep_row(s, &rows, i);
        if (g->drafts)
            speculation_made(&s->speculation, id);
        uint64_t version = s->version;
        deliver(g, id);
        if (s->version != version) { /* a callback changed the session: rows and draft are stale */
            lookup_follow(&s->speculation.lookup, s->history, s->tokens);
            break;
        }
        if (i == drafted || id != draft[i])
            break;
        right++;
    }
    sequence_settle(&s->instance.sequence);
    s->timings.draft_runs += drafted != 0;
    s->timings.draft_proposed += drafted;
    s->timings.draft_accepted += right;
    s->timings.generated_tokens += right;
    return status;
}

/* Without states: the reference. */
static rlx_status make_naively(struct generation *g, rlx_error *error)
{
    int32_t id;
    rlx_status status = step_recomputing(g->session, &id, error);
    if (status == RLX_OK)
        deliver(g, id);
    return status;
}

/* The history, and room for new tokens. */
static rlx_status begin_drafts(struct generation *g, rlx_error *error)
{
    rlx_session *s = g->session;
    size_t room = s->context;
    if (g->options.draft > RLX_DRAFT_LOOKUP)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT, "unknown kind of draft %u",
                        g->options.draft);
    if (g->options.draft == RLX_DRAFT_NONE || !g->cached)
        return RLX_OK;
    if (g->options.max != 0 && g->options.max < s->context - s->tokens)
        room = s->tokens + g->options.max;
    if (!lookup_reserve(&s->speculation.lookup, room))
        return rlx_fail(error, RLX_ERROR_NO_MEMORY,
                        "no memory to look for repetitions in %zu tokens", room);
    session_short_run_rows(s, &s->speculation);
    speculation_begin(&s->speculation);
    lookup_follow(&s->speculation.lookup, s->history, s->tokens);
    g->drafts = true;
    return RLX_OK;
}

/* Only the prompt, and its last logits. */
static rlx_status compute_pending(struct generation *g, rlx_error *error)
{
    float *row;
    g->ended = true;
    g->reason = RLX_END_LENGTH;
    return session_last_row(g->session, &row, error);
}

static rlx_status begin(struct generation *g, rlx_error *error)
{
    rlx_session *s = g->session;
    if (g->options.ids != NULL && g->options.max == 0)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                        "rlx_session_generate: ids is set but max is 0, so the room in ids is "
                        "unknown");
    rlx_status status = s->tokens == 0 ? session_need_history(s, error) : RLX_OK;
    if (status == RLX_OK)
        status = text_stream_begin(&g->text, s->instance.model, &g->options, error);
    if (status == RLX_OK && g->options.prompt_only)
        return compute_pending(g, error);
    if (status == RLX_OK)
        status = begin_drafts(g, error);
    if (s->tokens == s->context) {
        g->ended = true;
        g->reason = RLX_END_CONTEXT;
    }
    return status;
}

rlx_status rlx_session_generate(rlx_session *session, const rlx_generate_options *options,
                                size_t *made, rlx_end *why, rlx_error *error)
{
    struct generation g = {
        .session = session, .options = rlx_generate_options_default(), .reason = RLX_END_LENGTH};
    if (made != NULL)
        *made = 0;
    if (why != NULL)
        *why = g.reason;
    REFUSE_NULL(session);
    rlx_status status = caller_struct_read(&caller_generate_options, options, &g.options, error);
    if (status != RLX_OK)
        return status;
    g.cached = has_single_step(session);
    status = begin(&g, error);
    while (status == RLX_OK && !g.ended) {
        if (g.count != 0 && session_stops(session))
            status = RLX_ERROR_STOPPED;
        else
            status = g.cached ? make_tokens(&g, error) : make_naively(&g, error);
    }
    if (status == RLX_ERROR_STOPPED) {
        status = RLX_OK;
        g.reason = RLX_END_CALLBACK;
    }
    text_stream_end(&g.text);
    if (status == RLX_OK)
        session_checkpoint(session);
    if (made != NULL)
        *made = g.count;
    if (why != NULL)
        *why = g.reason;
    return status;
}

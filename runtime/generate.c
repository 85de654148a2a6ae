/* Making tokens: the naive step, the cached step, the loop over them, and logits without sampling.
 * In: the session's history. Out: the history grown by sampled tokens, or rows of logits. Contract:
 * rlx.h.
 */
#include "runtime/session.h"

#include "runtime/error.h"

#include <string.h>

static rlx_status need_history(const rlx_session *s, rlx_error *error)
{
    if (s->tokens == 0)
        return rlx_fail(error, RLX_BAD_ARGUMENT,
                        "the history is empty: there is nothing to continue");
    if (s->tokens == s->context)
        return rlx_fail(error, RLX_CONTEXT_FULL,
                        "%zu tokens do not fit: the context has room for %zu", s->tokens + 1,
                        s->context);
    return RLX_OK;
}

/* Runs all that is not in the cache and gives the last row. The last token runs again when it
 * stands in the cache already, since its logits are not kept; the same numbers are written once
 * more. */
static rlx_status feed_pending(rlx_session *s, float **row, rlx_error *error)
{
    if (s->past == s->tokens)
        s->past = s->tokens - 1;
    struct feed f = {.count = s->tokens - s->past, .rows = FEED_LAST};
    rlx_status status = session_feed(s, &f, error);
    *row = f.last;
    return status;
}

static int32_t sample_and_append(rlx_session *s, float *row)
{
    int32_t id = sampler_draw(&s->sampler, row, s->history, s->tokens);
    s->history[s->tokens++] = id;
    session_changed(s);
    return id;
}

/* Not cached, nothing is kept: the reference neither reads nor leaves a cache. */
static rlx_status step(rlx_session *s, bool cached, int32_t *id, rlx_error *error)
{
    rlx_status status = need_history(s, error);
    if (status != RLX_OK)
        return status;
    float *row;
    if (!cached)
        s->past = 0;
    status = feed_pending(s, &row, error);
    if (!cached)
        s->past = 0;
    if (status != RLX_OK)
        return status;
    int32_t made = sample_and_append(s, row);
    if (id != NULL)
        *id = made;
    return RLX_OK;
}

rlx_status rlx_session_step(rlx_session *session, int32_t *id, rlx_error *error)
{
    return step(session, false, id, error);
}

rlx_status rlx_session_step_cached(rlx_session *session, int32_t *id, rlx_error *error)
{
    return step(session, true, id, error);
}

static bool has_decode_variant(const rlx_model *m)
{
    for (uint32_t i = 0; i < m->level->variant_count; i++) {
        const struct rlx_variant_entry *v = model_variant(m, i);
        if (v->phase == RLX_PHASE_DECODE && v->batch == 1)
            return true;
    }
    return false;
}

rlx_status rlx_session_generate(rlx_session *session, const rlx_generate_options *options,
                                size_t *made, rlx_stop *why, rlx_error *error)
{
    rlx_generate_options o = {0};
    if (options != NULL)
        memcpy(&o, options, options->struct_bytes < sizeof o ? options->struct_bytes : sizeof o);
    bool cached = has_decode_variant(session->model);
    size_t count = 0;
    rlx_stop reason = RLX_LENGTH;
    rlx_status status = RLX_OK;
    if (session->tokens == 0)
        status = need_history(session, error);
    while (status == RLX_OK && (o.most == 0 || count < o.most)) {
        if (session->tokens == session->context) {
            reason = RLX_CONTEXT;
            break;
        }
        int32_t id;
        status = step(session, cached, &id, error);
        if (status != RLX_OK)
            break;
        if (o.ids != NULL && o.most != 0)
            o.ids[count] = id;
        count++;
        bool go_on = o.on_token == NULL || o.on_token(o.context, id);
        if (!o.ignore_end && rlx_token_ends_generation(session->model, id)) {
            reason = RLX_END_OF_GENERATION;
            break;
        }
        if (!go_on) {
            reason = RLX_BY_CALLBACK;
            break;
        }
    }
    if (made != NULL)
        *made = count;
    if (why != NULL)
        *why = reason;
    return status;
}

rlx_status rlx_session_prefill_logits(rlx_session *session, const int32_t *ids, size_t count,
                                      const float **row, rlx_error *error)
{
    *row = NULL;
    if (count == 0)
        return rlx_fail(error, RLX_BAD_ARGUMENT, "no tokens: there is no last row");
    rlx_status status = rlx_session_prefill(session, ids, count, error);
    if (status != RLX_OK)
        return status;
    float *last;
    status = feed_pending(session, &last, error);
    if (status == RLX_OK)
        *row = last;
    return status;
}

rlx_status rlx_session_decode_logits(rlx_session *session, int32_t id, const float **row,
                                     rlx_error *error)
{
    *row = NULL;
    if (session->past == 0)
        return rlx_fail(error, RLX_BAD_ARGUMENT,
                        "the cache is empty: seed it first with prefill_logits or a cached step");
    rlx_status status = rlx_session_append(session, &id, 1, error);
    if (status != RLX_OK)
        return status;
    float *last;
    status = feed_pending(session, &last, error);
    if (status == RLX_OK)
        *row = last;
    return status;
}

rlx_status rlx_session_run_logits(rlx_session *session, const int32_t *ids, size_t count,
                                  uint32_t block, rlx_logits_fn on_row, void *context,
                                  rlx_error *error)
{
    if (on_row == NULL)
        return rlx_fail(error, RLX_BAD_ARGUMENT, "run_logits: on_row must not be NULL");
    size_t before = session->tokens;
    rlx_status status = rlx_session_append(session, ids, count, error);
    if (status != RLX_OK)
        return status;
    /* What was in the history and not in the cache runs first; nobody asked for its rows. */
    struct feed pending = {.count = before - session->past, .block = block, .rows = FEED_NONE};
    status = session_feed(session, &pending, error);
    if (status != RLX_OK) {
        session->tokens = before;
        return status;
    }
    struct feed wanted = {
        .count = count, .block = block, .rows = FEED_ALL, .on_row = on_row, .context = context};
    status = session_feed(session, &wanted, error);
    if (status != RLX_OK)
        session->tokens = session->past;
    return status;
}

/* Logits without sampling, and those that a session keeps, so that no token has to run twice: where
 * they lie, until when, and those of checkpoints. In: rows of the device's output. Out: the row
 * that follows after the history. */
#include "runtime/core/session.h"

#include "runtime/base/error.h"

#include <string.h>

static float *row_after(const struct kept_logits *k, size_t tokens)
{
    if (k->rows == NULL || tokens < k->first || tokens - k->first >= k->count)
        return NULL;
    return k->rows + (tokens - k->first) * k->stride;
}

float *session_slot_logits(const rlx_session *s, uint32_t slot)
{
    return s->kept_copy + ((size_t)slot + 1) * s->sampler.vocabulary;
}

float *session_row_after(const rlx_session *s, size_t tokens)
{
    const struct state_sequence *q = &s->instance.sequence;
    float *row = row_after(&s->kept, tokens);
    const struct checkpoint *c;
    if (row != NULL || !q->rules.has_carried)
        return row;
    c = sequence_find_checkpoint(q, tokens);
    return c != NULL && c->has_logits ? session_slot_logits(s, c->slot) : NULL;
}

float *session_kept_row(const rlx_session *s)
{
    return session_row_after(s, s->tokens);
}

void session_clip_kept(rlx_session *s, size_t tokens)
{
    struct kept_logits *k = &s->kept;
    if (tokens < k->first)
        k->rows = NULL;
    else if (tokens - k->first < k->count)
        k->count = tokens - k->first + 1;
}

void session_keep_copy(rlx_session *s, const void *row, size_t tokens)
{
    if (row != NULL)
        memcpy(s->kept_copy, row, s->sampler.vocabulary * sizeof *s->kept_copy);
    s->kept = (struct kept_logits){row == NULL ? NULL : s->kept_copy, tokens, 1, 0};
}

void session_claim_output(struct device *device, rlx_session *session)
{
    rlx_session *old = device->logits_of;
    if (old != NULL && old->kept.rows != NULL && old->kept.rows != old->kept_copy)
        session_keep_copy(old, row_after(&old->kept, old->tokens), old->tokens);
    if (old != NULL)
        old->tried.rows = NULL;
    device->logits_of = session;
}

void session_checkpoint(rlx_session *s)
{
    struct checkpoint *c = sequence_checkpoint(&s->instance.sequence);
    if (c == NULL)
        return;
    const float *row = row_after(&s->kept, c->position);
    if (row != NULL)
        memcpy(session_slot_logits(s, c->slot), row, s->sampler.vocabulary * sizeof *row);
    c->has_logits |= row != NULL;
}

/* ---- without sampling ---- */

rlx_status rlx_session_prefill_logits(rlx_session *session, const int32_t *ids, size_t count,
                                      const float **row, rlx_error *error)
{
    REFUSE_NULL(row);
    *row = NULL;
    REFUSE_NULL(session);
    if (count == 0)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT, "no tokens: there is no last row");
    float *last;
    rlx_status status = rlx_session_prefill(session, ids, count, error);
    if (status == RLX_OK)
        status = session_last_row(session, &last, error);
    if (status == RLX_OK)
        *row = last;
    return status;
}

rlx_status rlx_session_decode_logits(rlx_session *session, int32_t id, const float **row,
                                     rlx_error *error)
{
    REFUSE_NULL(row);
    *row = NULL;
    REFUSE_NULL(session);
    if (session->tokens == 0)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                        "the history is empty: begin it with rlx_session_prefill");
    rlx_status status = rlx_session_append(session, &id, 1, error);
    if (status != RLX_OK)
        return status;
    float *last;
    status = session_last_row(session, &last, error);
    if (status == RLX_OK)
        *row = last;
    return status;
}

rlx_status rlx_session_run_logits(rlx_session *session, const int32_t *ids, size_t count,
                                  uint32_t block, rlx_logits_fn on_row, void *context,
                                  rlx_error *error)
{
    REFUSE_NULL(session);
    REFUSE_NULL(on_row);
    size_t before = session->tokens;
    rlx_status status = rlx_session_append(session, ids, count, error);
    if (status != RLX_OK)
        return status;
    /* Tokens of the history that are not in the states run first; their rows are not wanted. */
    struct feed pending = {
        .count = before - session_past(session), .run_rows = block, .rows = FEED_NONE};
    status = session_feed(session, &pending, error);
    if (status != RLX_OK) {
        session->tokens = before;
        return status;
    }
    struct feed wanted = {
        .count = count, .run_rows = block, .rows = FEED_ALL, .on_row = on_row, .context = context};
    status = session_feed(session, &wanted, error);
    if (status != RLX_OK)
        session->tokens = session_past(session);
    return status;
}

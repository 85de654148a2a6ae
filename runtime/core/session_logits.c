/* The logits that a session keeps, so that no token has to run twice: where they lie, until when,
 * and those of checkpoints. In: rows of the device's output. Out: the row that follows after the
 * history. */
#include "runtime/core/session.h"

#include <string.h>

static float *row_after(const struct kept_logits *k, size_t tokens)
{
    if (k->rows == NULL || tokens < k->first || tokens - k->first >= k->count)
        return NULL;
    return k->rows + (tokens - k->first) * k->stride;
}

float *session_slot_logits(const rlx_session *s, uint32_t slot)
{
    return s->checkpoint_logits + (size_t)slot * s->sampler.vocabulary;
}

float *session_kept_row(const rlx_session *s)
{
    const struct sequence *q = &s->instance.sequence;
    float *row = row_after(&s->kept, s->tokens);
    const struct checkpoint *c;
    if (row != NULL || s->checkpoint_logits == NULL)
        return row;
    c = sequence_find_checkpoint(q, s->tokens);
    return c != NULL && c->has_logits ? session_slot_logits(s, c->slot) : NULL;
}

void session_clip_kept(rlx_session *s, size_t tokens)
{
    struct kept_logits *k = &s->kept;
    if (tokens < k->first)
        k->rows = NULL;
    else if (tokens - k->first < k->count)
        k->count = tokens - k->first + 1;
}

void session_claim_output(struct device *device, rlx_session *session)
{
    rlx_session *old = device->logits_of;
    if (old != NULL && old->kept.rows != NULL && old->kept.rows != old->kept_copy) {
        const float *row = row_after(&old->kept, old->tokens);
        if (row != NULL)
            memcpy(old->kept_copy, row, old->sampler.vocabulary * sizeof *row);
        old->kept = (struct kept_logits){row == NULL ? NULL : old->kept_copy, old->tokens, 1, 0};
    }
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

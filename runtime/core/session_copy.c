/* Sessions from sessions: a fork, and the prefix of another one. In: a session. Out: one that
 * continues as it would. */
#include "runtime/core/session.h"

#include "runtime/base/error.h"

#include <string.h>

/* Copies the first `count` tokens, the states as far as they can go back to there, and the logits
 * after them. */
static void copy_history(rlx_session *s, const rlx_session *from, size_t count)
{
    const struct state_sequence *q = &from->instance.sequence;
    memcpy(s->history, from->history, count * sizeof *s->history);
    s->tokens = count;
    sequence_copy(&s->instance.sequence, q, sequence_nearest(q, count));
    session_keep_copy(s, session_row_after(from, count), count);
    session_changed(s);
}

static void copy_checkpoints(rlx_session *s, const rlx_session *from)
{
    const struct state_sequence *q = &from->instance.sequence;
    const size_t bytes = s->sampler.vocabulary * sizeof(float);
    for (uint32_t i = 0; i < q->checkpoint_count; i++) {
        const struct checkpoint *c = &q->checkpoints[i];
        if (c->position > session_past(s))
            break;
        struct checkpoint *copy = sequence_copy_checkpoint(&s->instance.sequence, q, c);
        copy->has_logits = c->has_logits;
        if (c->has_logits)
            memcpy(session_slot_logits(s, copy->slot), session_slot_logits(from, c->slot), bytes);
    }
}

rlx_status rlx_session_copy_prefix(rlx_session *session, const rlx_session *from, size_t count,
                                   rlx_error *error)
{
    REFUSE_NULL(session);
    REFUSE_NULL(from);
    if (from->instance.model != session->instance.model)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                        "a prefix can only be copied from a session of the same model");
    if (count > from->tokens)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                        "cannot copy %zu tokens: the history has %zu", count, from->tokens);
    if (count > session->context)
        return rlx_fail(error, RLX_ERROR_CONTEXT_FULL,
                        "%zu tokens do not fit: the context has room for %zu", count,
                        session->context);
    if (session == from)
        return rlx_session_truncate(session, count, error);
    session_settle(from);
    copy_history(session, from, count);
    session_checkpoint(session);
    return device_check(session->instance.device, error);
}

rlx_status rlx_session_fork(rlx_session *session, rlx_session **out, rlx_error *error)
{
    rlx_session *s;
    REFUSE_NULL(out);
    *out = NULL;
    REFUSE_NULL(session);
    rlx_session_options options = rlx_session_options_default();
    options.context = (uint32_t)session->context;
    options.share_with = session;
    options.checkpoints = session->instance.sequence.checkpoint_max;
    rlx_status status = rlx_session_open(session->instance.model, &options, &s, error);
    if (status != RLX_OK)
        return status;
    status = rlx_session_set_note(s, session->note, session->note_bytes, error);
    if (status != RLX_OK) {
        rlx_session_close(s);
        return status;
    }
    session_settle(session);
    copy_history(s, session, session->tokens);
    copy_checkpoints(s, session);
    s->sampler.settings = session->sampler.settings;
    s->refused = session->refused;
    *out = s;
    return RLX_OK;
}

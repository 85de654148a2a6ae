/* Short runs: tokens that run after the history on trial. In: ids. Out: their rows of logits, and a
 * history that grows by as many of them as the caller keeps. The ids are in the history after
 * `tokens`, and the states in the sequence's trial, until something else is written there. */
#include "runtime/core/session.h"

#include "runtime/base/error.h"

#include <string.h>

rlx_status rlx_session_run_block(rlx_session *session, const int32_t *ids, size_t count,
                                 rlx_logits_fn on_row, void *context, rlx_error *error)
{
    REFUSE_NULL(session);
    REFUSE_NULL(on_row);
    rlx_status status = session_check_ids(session, ids, count, session->tokens, error);
    if (status != RLX_OK)
        return status;
    sequence_settle(&session->instance.sequence);
    struct feed pending = {.count = session->tokens - session_past(session), .rows = FEED_LAST};
    status = session_feed(session, &pending, error);
    if (status != RLX_OK)
        return status;
    if (count != 0)
        memmove(session->history + session->tokens, ids, count * sizeof *ids);
    /* Cut into runs of the decode class, so that the rows that are kept equal those of single
     * tokens. */
    struct feed run = {.count = count,
                       .run_rows = session->instance.model->artifact.info->short_run_max,
                       .rows = FEED_ALL,
                       .is_trial = true,
                       .on_row = on_row,
                       .context = context};
    status = session_feed(session, &run, error);
    if (status != RLX_OK)
        return status;
    session->tried = run.logits;
    session->short_run = count;
    session->short_run_version = session->version;
    return RLX_OK;
}

/* Tokens whose states could not be kept run again, in the same class. */
static rlx_status catch_up(rlx_session *s, rlx_error *error)
{
    struct feed f = {.count = s->tokens - session_past(s),
                     .run_rows = s->instance.model->artifact.info->short_run_max,
                     .rows = FEED_NONE};
    return f.count == 0 ? RLX_OK : session_feed(s, &f, error);
}

rlx_status rlx_session_commit(rlx_session *session, size_t n, rlx_error *error)
{
    REFUSE_NULL(session);
    if (session->short_run_version != session->version)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                        "no block to commit: none was run, or the session has changed since");
    if (n > session->short_run)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT, "cannot keep %zu tokens of a block of %zu",
                        n, session->short_run);
    session->tokens += n;
    sequence_keep(&session->instance.sequence, session->tokens);
    sequence_settle(&session->instance.sequence);
    if (n != 0)
        session->kept = session->tried;
    session_clip_kept(session, session->tokens);
    session_changed(session);
    return catch_up(session, error);
}

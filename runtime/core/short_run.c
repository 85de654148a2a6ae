/* Short runs: tokens that run after the history on trial. In: ids. Out: their rows of logits, and a
 * history that grows by as many of them as the caller keeps. The short run's K and V are in the KV
 * cache after `past`, its ids in the history after `tokens`, until something else is written there.
 * Keeping them means to move both ends. */
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
    struct feed pending = {.count = session->tokens - session->past, .rows = FEED_NONE};
    status = session_feed(session, &pending, error);
    if (status != RLX_OK)
        return status;
    if (count != 0)
        memmove(session->history + session->tokens, ids, count * sizeof *ids);
    /* Cut into runs of the decode class, so that the rows that are kept equal those of single
     * tokens. */
    struct feed run = {.count = count,
                       .run_rows = session->model->artifact.info->short_run_max,
                       .rows = FEED_ALL,
                       .on_row = on_row,
                       .context = context};
    status = session_feed(session, &run, error);
    session->past = session->tokens;
    if (status != RLX_OK)
        return status;
    session->short_run = count;
    session->short_run_version = session->version;
    return RLX_OK;
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
    session->past += n;
    session_changed(session);
    return RLX_OK;
}

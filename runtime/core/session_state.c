/* State by name: existence, export of rows, import of rows, import of a whole prefix. In and out:
 * f32 rows as rlx.h describes them. */
#include "runtime/core/session.h"

#include "runtime/base/error.h"

#include <string.h>

bool rlx_session_has_state(const rlx_session *session, const char *name)
{
    const struct rlx_state_entry *state;
    return session != NULL && name != NULL && session_past(session) != 0 &&
           instance_find_state(session->instance.model, name, &state, NULL) == RLX_OK;
}

/* The state with this name, which must have row_count rows. */
static rlx_status find_state(const rlx_session *s, const char *name, size_t row_count,
                             const struct rlx_state_entry **state, rlx_error *error)
{
    rlx_status status = instance_find_state(s->instance.model, name, state, error);
    if (status != RLX_OK)
        return status;
    session_settle(s);
    size_t rows = instance_state_rows(&s->instance, *state);
    if (row_count > rows)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                        "state '%s': %zu rows requested, but it holds %zu", name, row_count, rows);
    return RLX_OK;
}

/* The row where export begins: that of the oldest position that a ring holds. */
static size_t oldest_row(const rlx_session *s, const struct rlx_state_entry *state)
{
    return state->class_ == RLX_CLASS_RING
               ? session_past(s) - instance_state_rows(&s->instance, state)
               : 0;
}

rlx_status rlx_session_export_state(const rlx_session *session, const char *name, float *rows,
                                    size_t count, rlx_error *error)
{
    const struct rlx_state_entry *state;
    REFUSE_NULL(session);
    REFUSE_NULL(name);
    REFUSE_NULL_OF(rows, count);
    rlx_status status = find_state(session, name, count, &state, error);
    if (status == RLX_OK)
        instance_read_rows(&session->instance, state, RLX_F32, oldest_row(session, state), count,
                           rows);
    return status == RLX_OK ? device_check(session->instance.device, error) : status;
}

rlx_status rlx_session_bind_state(rlx_session *session, const char *name, const float *rows,
                                  size_t count, rlx_error *error)
{
    const struct rlx_state_entry *state;
    REFUSE_NULL(session);
    REFUSE_NULL(name);
    REFUSE_NULL_OF(rows, count);
    rlx_status status = find_state(session, name, count, &state, error);
    if (status != RLX_OK)
        return status;
    rlx_instance *n = &session->instance;
    const size_t first = oldest_row(session, state), held = instance_state_rows(n, state);
    instance_write_rows(n, state, RLX_F32, first, count, rows);
    instance_write_rows(n, state, RLX_F32, first + count, held - count, NULL);
    session->kept.rows = NULL;
    n->sequence.checkpoint_count = 0; /* they belong to what was there before */
    session_checkpoint(session);
    session_changed(session);
    return device_check(n->device, error);
}

/* ---- a whole prefix ---- */

static const float *layer_rows(const struct rlx_state_entry *state, const float *const *keys,
                               const float *const *values)
{
    return (state->role == RLX_STATE_KEY ? keys : values)[state->layer];
}

static rlx_status check_prefix(const rlx_session *s, const int32_t *ids, size_t count,
                               const float *const *keys, const float *const *values,
                               uint64_t version, rlx_error *error)
{
    const struct artifact *a = &s->instance.model->artifact;
    if (version != 0 && version != s->version)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                        "the rows are a stale copy: exported at version %llu, the session is at "
                        "version %llu",
                        (unsigned long long)version, (unsigned long long)s->version);
    for (uint32_t i = 0; i < a->states.count && count != 0; i++) {
        const struct rlx_state_entry *state = table_at(&a->states, i);
        if (state->class_ != RLX_CLASS_ROWS || state->role == RLX_STATE_DATA)
            return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                            "state '%s' does not hold keys or values of all positions: copy or "
                            "load the session instead",
                            artifact_string(a, state->name));
        if (layer_rows(state, keys, values) == NULL)
            return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT, "state '%s': its rows must not be NULL",
                            artifact_string(a, state->name));
    }
    return session_check_ids(s, ids, count, 0, error);
}

rlx_status rlx_session_install_prefix(rlx_session *session, const int32_t *ids, size_t count,
                                      const float *const *keys, const float *const *values,
                                      uint64_t version, rlx_error *error)
{
    REFUSE_NULL(session);
    REFUSE_NULL_OF(ids, count);
    REFUSE_NULL_OF(keys, count);
    REFUSE_NULL_OF(values, count);
    const struct table *states = &session->instance.model->artifact.states;
    rlx_status status = check_prefix(session, ids, count, keys, values, version, error);
    if (status != RLX_OK)
        return status;
    rlx_session_reset(session);
    for (uint32_t i = 0; i < states->count && count != 0; i++) {
        const struct rlx_state_entry *state = table_at(states, i);
        instance_write_rows(&session->instance, state, RLX_F32, 0, count,
                            layer_rows(state, keys, values));
    }
    if (count != 0)
        memmove(session->history, ids, count * sizeof *ids);
    session->tokens = count;
    sequence_install(&session->instance.sequence, count);
    session_changed(session);
    return device_check(session->instance.device, error);
}

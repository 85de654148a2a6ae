/* State by name: existence, export of rows, import of rows, import of a whole prefix. In and out:
 * f32 rows as rlx.h describes them. */
#include "runtime/core/session.h"

#include "runtime/base/error.h"
#include "runtime/core/state.h"

#include <string.h>

bool rlx_session_has_state(const rlx_session *session, const char *name)
{
    return session != NULL && name != NULL && session->past != 0 &&
           model_state(session->model, name) != NULL;
}

/* The state with this name, which must have row_count rows. */
static rlx_status find_state(const rlx_session *s, const char *name, size_t row_count,
                             const struct rlx_state_entry **state, rlx_error *error)
{
    *state = model_state(s->model, name);
    if (*state == NULL)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT, "the model has no state named '%s'", name);
    if (row_count > s->past)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                        "state '%s': %zu rows requested, but the KV cache holds %zu", name,
                        row_count, s->past);
    return RLX_OK;
}

rlx_status rlx_session_export_state(const rlx_session *session, const char *name, float *rows,
                                    size_t row_count, rlx_error *error)
{
    const struct rlx_state_entry *state;
    REFUSE_NULL(session);
    REFUSE_NULL(name);
    REFUSE_NULL_OF(rows, row_count);
    rlx_status status = find_state(session, name, row_count, &state, error);
    if (status == RLX_OK)
        state_read(session->state, state, RLX_F32, 0, row_count, rows);
    return status;
}

rlx_status rlx_session_bind_state(rlx_session *session, const char *name, const float *rows,
                                  size_t row_count, rlx_error *error)
{
    const struct rlx_state_entry *state;
    REFUSE_NULL(session);
    REFUSE_NULL(name);
    REFUSE_NULL_OF(rows, row_count);
    rlx_status status = find_state(session, name, row_count, &state, error);
    if (status != RLX_OK)
        return status;
    uint8_t *home = session->state;
    state_write(home, state, RLX_F32, 0, row_count, rows);
    state_write(home, state, RLX_F32, row_count, session->past - row_count, NULL);
    session_changed(session);
    return RLX_OK;
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
    const struct artifact *a = &s->model->artifact;
    if (version != 0 && version != s->version)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                        "the rows are a stale copy: exported at version %llu, the session is at "
                        "version %llu",
                        (unsigned long long)version, (unsigned long long)s->version);
    for (uint32_t i = 0; i < a->states.count && count != 0; i++) {
        const struct rlx_state_entry *state = table_at(&a->states, i);
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
    const struct table *states = &session->model->artifact.states;
    rlx_status status = check_prefix(session, ids, count, keys, values, version, error);
    if (status != RLX_OK)
        return status;
    for (uint32_t i = 0; i < states->count && count != 0; i++) {
        const struct rlx_state_entry *state = table_at(states, i);
        state_write(session->state, state, RLX_F32, 0, count, layer_rows(state, keys, values));
    }
    if (count != 0)
        memmove(session->history, ids, count * sizeof *ids);
    session->tokens = count;
    session->past = count;
    session_changed(session);
    return RLX_OK;
}

/* States of an instance by name. In and out: rows of heads * width f32 values. A row's number is
 * its position where the class has positions, else its place. Contract: rlx/instance.h. */
#include "runtime/core/session.h"

#include "runtime/base/error.h"
#include "runtime/core/state.h"

#include <string.h>

rlx_status instance_find_state(const rlx_model *m, const char *name,
                               const struct rlx_state_entry **state, rlx_error *error)
{
    for (uint32_t i = 0; i < m->artifact.states.count; i++) {
        *state = table_at(&m->artifact.states, i);
        if (strcmp(artifact_string(&m->artifact, (*state)->name), name) == 0)
            return RLX_OK;
    }
    *state = NULL;
    return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT, "the model has no state named '%s'", name);
}

/* The first position that a ring still holds. */
static size_t oldest_position(const struct state_sequence *q, const struct rlx_state_entry *state)
{
    return state->class_ == RLX_CLASS_RING && q->ring_end > state->capacity
               ? q->ring_end - state->capacity
               : 0;
}

size_t instance_state_rows(const rlx_instance *n, const struct rlx_state_entry *state)
{
    const struct state_sequence *q = &n->sequence;
    const size_t oldest = oldest_position(q, state);
    switch (state->class_) {
    case RLX_CLASS_CROSS:
        return (size_t)q->cross_rows[state->rows_slot];
    case RLX_CLASS_CARRIED:
        return state->capacity;
    default:
        return q->past > oldest ? q->past - oldest : 0;
    }
}

/* Rows `first` and after, as many of `count` as follow one another in memory. */
static size_t place_rows(const struct rlx_state_entry *state, size_t *first, size_t count)
{
    if (state->class_ != RLX_CLASS_RING)
        return count;
    *first %= state->capacity;
    size_t left = state->capacity - *first;
    return count < left ? count : left;
}

void instance_read_rows(const rlx_instance *n, const struct rlx_state_entry *state, uint32_t as,
                        size_t first, size_t count, void *rows)
{
    const struct device_ops *ops = n->device->ops;
    const size_t bytes = state_row_bytes(state, as);
    uint8_t *out = rows;
    for (size_t done = 0, part; done < count; done += part) {
        size_t place = first + done;
        part = place_rows(state, &place, count - done);
        ops->state_read(n->sequence.states, sequence_slot(&n->sequence), state, as, place, part,
                        out + done * bytes);
    }
}

void instance_write_rows(rlx_instance *n, const struct rlx_state_entry *state, uint32_t as,
                         size_t first, size_t count, const void *rows)
{
    const struct device_ops *ops = n->device->ops;
    const size_t bytes = state_row_bytes(state, as);
    const uint8_t *in = rows;
    uint32_t slot = 0;
    if (state->class_ == RLX_CLASS_CARRIED && count != 0)
        slot = sequence_own_carried(&n->sequence);
    for (size_t done = 0, part; done < count; done += part) {
        size_t place = first + done;
        part = place_rows(state, &place, count - done);
        ops->state_write(n->sequence.states, slot, state, as, place, part,
                         in == NULL ? NULL : in + done * bytes);
    }
}

/* ---- how many rows count ---- */

rlx_status instance_set_past(rlx_instance *n, uint64_t past, rlx_error *error)
{
    struct state_sequence *q = &n->sequence;
    sequence_settle(q);
    if (past == q->past)
        return RLX_OK;
    if (n->session != NULL)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                        "the states of a session follow its history: truncate the session instead");
    if (past > q->past)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT, "%llu positions: the states hold only %zu",
                        (unsigned long long)past, q->past);
    if (sequence_nearest(q, past) != past)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                        "the states cannot go back to position %llu: the nearest is %zu",
                        (unsigned long long)past, sequence_nearest(q, past));
    sequence_truncate(q, past);
    return RLX_OK;
}

/* After rows were written from outside, `rows` count at least. */
static void count_rows(rlx_instance *n, const struct rlx_state_entry *state, size_t rows)
{
    struct state_sequence *q = &n->sequence;
    if (state->class_ == RLX_CLASS_CROSS && (size_t)q->cross_rows[state->rows_slot] < rows)
        q->cross_rows[state->rows_slot] = (int64_t)rows;
    if ((state->class_ == RLX_CLASS_ROWS || state->class_ == RLX_CLASS_RING) && rows > q->past) {
        q->past = rows;
        q->ring_end = rows > q->ring_end ? rows : q->ring_end;
    }
    if (n->session != NULL)
        session_cross_changed(n->session);
}

/* Of a session, only states that do not follow its history may be written. */
static rlx_status check_write(const rlx_instance *n, const struct rlx_state_entry *state,
                              size_t first, size_t count, rlx_error *error)
{
    const char *name = artifact_string(&n->model->artifact, state->name);
    const bool has_positions = state->class_ == RLX_CLASS_ROWS || state->class_ == RLX_CLASS_RING;
    size_t room = state->capacity;
    if (n->session != NULL && state->class_ != RLX_CLASS_CROSS)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                        "state '%s' follows the session's history: use rlx_session_bind_state",
                        name);
    if (state->class_ == RLX_CLASS_RING)
        room = first > SIZE_MAX - room ? 0 : first + room; /* positions, of which the newest stay */
    if (first > room || count > room - first)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                        "state '%s' has room for %u rows: rows %zu to %zu do not fit", name,
                        state->capacity, first, first + count);
    if (has_positions && first > n->sequence.past)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                        "state '%s' holds %zu positions: row %zu would leave a gap", name,
                        n->sequence.past, first);
    return RLX_OK;
}

rlx_status rlx_instance_state_rows(const rlx_instance *instance, const char *state, size_t *rows,
                                   rlx_error *error)
{
    const struct rlx_state_entry *found;
    REFUSE_NULL(rows);
    *rows = 0;
    REFUSE_NULL(instance);
    REFUSE_NULL(state);
    rlx_status status = instance_find_state(instance->model, state, &found, error);
    if (status != RLX_OK)
        return status;
    bool has_positions = found->class_ == RLX_CLASS_ROWS || found->class_ == RLX_CLASS_RING;
    *rows = has_positions ? instance->sequence.past : instance_state_rows(instance, found);
    return RLX_OK;
}

rlx_status rlx_instance_set_state_rows(rlx_instance *instance, const char *state, size_t rows,
                                       rlx_error *error)
{
    const struct rlx_state_entry *found;
    REFUSE_NULL(instance);
    REFUSE_NULL(state);
    rlx_status status = instance_find_state(instance->model, state, &found, error);
    if (status != RLX_OK)
        return status;
    if (found->class_ == RLX_CLASS_ROWS || found->class_ == RLX_CLASS_RING)
        return instance_set_past(instance, rows, error);
    if (found->class_ == RLX_CLASS_CARRIED ? rows != found->capacity : rows > found->capacity)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT, "state '%s' has %u rows: it cannot hold %zu",
                        state, found->capacity, rows);
    if (found->class_ == RLX_CLASS_CROSS)
        instance->sequence.cross_rows[found->rows_slot] = (int64_t)rows;
    if (instance->session != NULL && found->class_ == RLX_CLASS_CROSS)
        session_cross_changed(instance->session);
    return RLX_OK;
}

/* ---- reading and writing ---- */

rlx_status rlx_instance_read_state(const rlx_instance *instance, const char *state, size_t first,
                                   size_t count, float *rows, rlx_error *error)
{
    const struct rlx_state_entry *found;
    REFUSE_NULL(instance);
    REFUSE_NULL(state);
    REFUSE_NULL_OF(rows, count);
    rlx_status status = instance_find_state(instance->model, state, &found, error);
    if (status != RLX_OK)
        return status;
    const struct state_sequence *q = &instance->sequence;
    const size_t oldest = oldest_position(q, found);
    const size_t end = oldest + instance_state_rows(instance, found);
    if (first < oldest || first > end || count > end - first)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                        "state '%s' holds rows %zu to %zu: rows %zu to %zu are not there", state,
                        oldest, end, first, first + count);
    instance_read_rows(instance, found, RLX_F32, first, count, rows);
    return device_check(instance->device, error);
}

rlx_status instance_bind_rows(rlx_instance *n, const struct rlx_state_entry *state, size_t first,
                              size_t count, const float *rows, rlx_error *error)
{
    rlx_status status = check_write(n, state, first, count, error);
    if (status != RLX_OK)
        return status;
    sequence_settle(&n->sequence);
    instance_write_rows(n, state, RLX_F32, first, count, rows);
    count_rows(n, state, first + count);
    return device_check(n->device, error);
}

rlx_status rlx_instance_bind_state(rlx_instance *instance, const char *state, size_t first,
                                   size_t count, const float *rows, rlx_error *error)
{
    const struct rlx_state_entry *found;
    REFUSE_NULL(instance);
    REFUSE_NULL(state);
    REFUSE_NULL_OF(rows, count);
    rlx_status status = instance_find_state(instance->model, state, &found, error);
    return status == RLX_OK ? instance_bind_rows(instance, found, first, count, rows, error)
                            : status;
}

void rlx_instance_reset(rlx_instance *instance)
{
    if (instance == NULL)
        return;
    if (instance->session != NULL)
        rlx_session_reset(instance->session);
    sequence_reset(&instance->sequence);
    memset(instance->sequence.cross_rows, 0, sizeof instance->sequence.cross_rows);
}

/* The states of one sequence over time. Contract: sequence.h. */
#include "runtime/core/sequence.h"

#include "runtime/base/error.h"
#include "runtime/core/run.h"
#include "runtime/core/state.h"

#include <string.h>

/* Slots besides those of checkpoints: position 0, the current states, those of the next run, and
 * those before a trial. */
enum { OTHER_SLOTS = 4 };

struct state_rules state_rules_of(const struct artifact *a)
{
    struct state_rules rules = {.run_rows = UINT32_MAX, .ring_capacity = UINT32_MAX};
    for (uint32_t i = 0; i < a->states.count; i++) {
        const struct rlx_state_entry *s = table_at(&a->states, i);
        uint32_t rows = s->capacity - s->window + 1;
        rules.has_carried |= s->class_ == RLX_CLASS_CARRIED;
        if (s->class_ == RLX_CLASS_CROSS)
            rules.cross_slots |= 1U << s->rows_slot;
        if (s->class_ != RLX_CLASS_RING)
            continue;
        rules.run_rows = rows < rules.run_rows ? rows : rules.run_rows;
        rules.ring_capacity = s->capacity < rules.ring_capacity ? s->capacity : rules.ring_capacity;
    }
    return rules;
}

rlx_status sequence_open(struct state_sequence *q, struct device *device, uint32_t checkpoints,
                         rlx_error *error)
{
    *q = (struct state_sequence){.device = device,
                                 .rules = state_rules_of(&device->model->artifact)};
    q->checkpoint_max = checkpoints == 0 ? SEQUENCE_CHECKPOINTS : checkpoints;
    if (q->checkpoint_max > SEQUENCE_CHECKPOINTS_MAX)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT, "%u checkpoints: expected at most %d",
                        checkpoints, SEQUENCE_CHECKPOINTS_MAX);
    q->slots = q->rules.has_carried ? q->checkpoint_max + OTHER_SLOTS : 0;
    rlx_status status = device_check(device, error);
    if (status != RLX_OK)
        return status;
    return device->ops->state_new(device, q->slots, &q->states, error);
}

void sequence_close(struct state_sequence *q)
{
    if (q->device != NULL)
        q->device->ops->state_free(q->states);
}

/* ---- slots ---- */

static bool is_taken(const struct state_sequence *q, uint32_t slot)
{
    bool taken = slot == 0 || slot == q->carried || (q->trial.is_open && slot == q->trial.base);
    for (uint32_t i = 0; i < q->checkpoint_count; i++)
        taken |= slot == q->checkpoints[i].slot;
    return taken;
}

static uint32_t free_slot(const struct state_sequence *q)
{
    uint32_t slot = 0;
    while (slot < q->slots && is_taken(q, slot))
        slot++;
    return slot < q->slots ? slot : 0; /* without carried states there are none */
}

/* ---- where it can go back to ---- */

/* The rings that were written up to ring_end still have all that a query after `past` sees. */
static bool rings_hold(const struct state_sequence *q, size_t past)
{
    return past == 0 || q->ring_end <= q->rules.ring_capacity || past >= q->ring_end ||
           q->ring_end - past <= q->rules.run_rows;
}

const struct checkpoint *sequence_find_checkpoint(const struct state_sequence *q, size_t position)
{
    for (uint32_t i = 0; i < q->checkpoint_count; i++)
        if (q->checkpoints[i].position == position)
            return &q->checkpoints[i];
    return NULL;
}

size_t sequence_nearest(const struct state_sequence *q, size_t past)
{
    size_t nearest = past < q->past ? past : q->past;
    if (q->rules.has_carried && nearest != q->past) {
        size_t at = 0;
        for (uint32_t i = 0; i < q->checkpoint_count; i++)
            if (q->checkpoints[i].position <= nearest)
                at = q->checkpoints[i].position;
        nearest = at;
    }
    return rings_hold(q, nearest) ? nearest : 0;
}

static void drop_checkpoints_after(struct state_sequence *q, size_t past)
{
    while (q->checkpoint_count != 0 && q->checkpoints[q->checkpoint_count - 1].position > past)
        q->checkpoint_count--;
}

static void go_back(struct state_sequence *q, size_t past)
{
    if (q->rules.has_carried && past != q->past) {
        const struct checkpoint *c = sequence_find_checkpoint(q, past);
        q->carried = c == NULL ? 0 : c->slot; /* slot 0 is position 0 */
    }
    q->past = past;
    if (past == 0)
        q->ring_end = 0;
    drop_checkpoints_after(q, past);
}

/* ---- trials ---- */

/* Runs the steps that advance carried states once more, for the first `rows` rows of the trial,
 * whose operands are still on the device. */
static void replay(struct state_sequence *q, const struct trial *t, uint32_t rows)
{
    struct device_segment segment = {
        q->states, t->base, q->carried, rows, (uint32_t)t->past,
    };
    int64_t dims[RLX_DIM_COUNT];
    memcpy(dims, t->dims, sizeof dims);
    dims[RLX_DIM_SEQ] = rows;
    dims[RLX_DIM_ROWS] = rows;
    dims[RLX_DIM_KEYS] = (int64_t)t->past + rows;
    model_derive_sizes(q->device->model, dims);
    const struct device_run run = {.variant = t->variant,
                                   .end = t->variant->step_count,
                                   .is_replay = true,
                                   .dims = dims,
                                   .segments = &segment,
                                   .segment_count = 1};
    device_run(q->device, &run);
}

void sequence_settle(struct state_sequence *q)
{
    const struct trial *t = &q->trial;
    if (!t->is_open)
        return;
    bool is_whole = t->rows == 0 ? t->is_kept : q->past == t->past + t->rows;
    if (q->rules.has_carried && !is_whole) {
        /* The last slot of the trial is not needed: a replay may write it. */
        if (q->past != t->past && t->is_single && t->run == q->device->runs) {
            replay(q, t, (uint32_t)(q->past - t->past));
        } else {
            q->past = t->past;
            q->carried = t->base;
        }
    }
    q->trial.is_open = false;
    if (!rings_hold(q, q->past))
        sequence_truncate(q, 0);
}

void sequence_truncate(struct state_sequence *q, size_t past)
{
    if (q->trial.is_open && past < q->past)
        q->past = past > q->trial.past ? past : q->trial.past;
    sequence_settle(q);
    go_back(q, sequence_nearest(q, past));
}

void sequence_reset(struct state_sequence *q)
{
    q->trial.is_open = false;
    q->past = 0;
    q->carried = 0;
    q->ring_end = 0;
    q->checkpoint_count = 0;
}

void sequence_install(struct state_sequence *q, size_t past)
{
    q->trial.is_open = false;
    q->checkpoint_count = 0;
    q->past = past;
    q->ring_end = past;
}

/* ---- runs ---- */

struct device_segment sequence_segment(const struct state_sequence *q, uint32_t rows)
{
    return (struct device_segment){q->states, q->carried, free_slot(q), rows,
                                   (uint32_t)sequence_end(q)};
}

void sequence_wrote(struct state_sequence *q, size_t end)
{
    q->ring_end = end > q->ring_end ? end : q->ring_end;
}

void sequence_advance(struct state_sequence *q, const struct device_segment *segment)
{
    q->past = (size_t)segment->past + segment->rows;
    q->carried = segment->carried_out;
}

void sequence_try(struct state_sequence *q, const struct device_segment *segment,
                  const struct rlx_variant_entry *variant, const int64_t *dims)
{
    struct trial *t = &q->trial;
    t->is_single = !t->is_open;
    if (t->is_single) {
        t->past = q->past;
        t->base = q->carried;
        t->rows = 0;
        t->is_kept = false;
        t->is_open = true;
    }
    t->rows += segment->rows;
    t->variant = variant;
    t->run = q->device->runs;
    memcpy(t->dims, dims, sizeof t->dims);
    q->carried = segment->carried_out;
}

void sequence_keep(struct state_sequence *q, size_t past)
{
    q->past = past;
}

void sequence_commit(struct state_sequence *q)
{
    if (!q->trial.is_open)
        return;
    q->past = sequence_end(q);
    q->trial.is_kept = true;
    sequence_settle(q);
}

/* ---- checkpoints ---- */

struct checkpoint *sequence_checkpoint(struct state_sequence *q)
{
    sequence_settle(q);
    if (!q->rules.has_carried || q->past == 0)
        return NULL;
    struct checkpoint *last = &q->checkpoints[q->checkpoint_count];
    if (q->checkpoint_count != 0 && last[-1].position == q->past)
        return last - 1;
    if (q->checkpoint_count == q->checkpoint_max) {
        q->checkpoint_count--;
        last--;
        memmove(&q->checkpoints[0], &q->checkpoints[1],
                q->checkpoint_count * sizeof q->checkpoints[0]);
    }
    q->checkpoint_count++;
    *last = (struct checkpoint){.position = q->past, .slot = q->carried};
    return last;
}

/* ---- states from outside ---- */

/* Between devices, in the state's own elements. */
static void copy_rows(struct state_sequence *q, uint32_t to, const struct state_sequence *from,
                      uint32_t slot, const struct rlx_state_entry *s, size_t rows)
{
    enum { ROWS = 64 };
    const size_t bytes = ROWS * state_row_bytes(s, s->element);
    void *room = memory_reserve(bytes);
    if (room == NULL)
        rlx_fail(&q->device->failure, RLX_ERROR_NO_MEMORY, "no memory for a copy of %zu bytes",
                 bytes);
    for (size_t first = 0; first < rows && room != NULL; first += ROWS) {
        const size_t count = rows - first < ROWS ? rows - first : ROWS;
        from->device->ops->state_read(from->states, slot, s, s->element, first, count, room);
        q->device->ops->state_write(q->states, to, s, s->element, first, count, room);
    }
    memory_release(room, bytes);
}

static void copy_state(struct state_sequence *q, uint32_t to, const struct state_sequence *from,
                       uint32_t slot, const struct rlx_state_entry *s, size_t rows)
{
    if (q->device == from->device)
        q->device->ops->copy(q->states, to, from->states, slot, s, rows);
    else
        copy_rows(q, to, from, slot, s, rows);
}

static void copy_carried(struct state_sequence *q, uint32_t to, const struct state_sequence *from,
                         uint32_t slot)
{
    const struct table *states = &q->device->model->artifact.states;
    for (uint32_t i = 0; i < states->count; i++) {
        const struct rlx_state_entry *s = table_at(states, i);
        if (s->class_ == RLX_CLASS_CARRIED)
            copy_state(q, to, from, slot, s, s->capacity);
    }
}

uint32_t sequence_own_carried(struct state_sequence *q)
{
    sequence_settle(q);
    bool is_shared = q->carried == 0;
    for (uint32_t i = 0; i < q->checkpoint_count; i++)
        is_shared |= q->checkpoints[i].slot == q->carried;
    if (!is_shared || !q->rules.has_carried)
        return q->carried;
    uint32_t own = free_slot(q);
    copy_carried(q, own, q, q->carried);
    return q->carried = own;
}

void sequence_copy(struct state_sequence *q, const struct state_sequence *from, size_t past)
{
    const struct table *states = &q->device->model->artifact.states;
    const struct checkpoint *c = sequence_find_checkpoint(from, past);
    uint32_t slot = past == from->past ? from->carried : c != NULL ? c->slot : 0;
    sequence_reset(q);
    sequence_install(q, past);
    q->ring_end = past == 0 ? 0 : from->ring_end;
    q->carried = slot == 0 ? 0 : free_slot(q);
    memcpy(q->cross_rows, from->cross_rows, sizeof q->cross_rows);
    if (slot != 0)
        copy_carried(q, q->carried, from, slot);
    for (uint32_t i = 0; i < states->count; i++) {
        const struct rlx_state_entry *s = table_at(states, i);
        size_t rows = s->class_ == RLX_CLASS_ROWS    ? past
                      : s->class_ == RLX_CLASS_CROSS ? (size_t)from->cross_rows[s->rows_slot]
                                                     : s->capacity;
        if (s->class_ != RLX_CLASS_CARRIED)
            copy_state(q, 0, from, 0, s, rows);
    }
}

struct checkpoint *sequence_copy_checkpoint(struct state_sequence *q,
                                            const struct state_sequence *from,
                                            const struct checkpoint *checkpoint)
{
    struct checkpoint *copy = &q->checkpoints[q->checkpoint_count];
    *copy = (struct checkpoint){.position = checkpoint->position, .slot = free_slot(q)};
    copy_carried(q, copy->slot, from, checkpoint->slot);
    q->checkpoint_count++;
    return copy;
}

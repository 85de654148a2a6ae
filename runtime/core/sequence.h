/* The states of one sequence over time: how many positions they hold, to which positions they can
 * go back, and which memory the next run reads and writes. In: runs that were kept, tried or
 * stopped. Out: for each run, the slots of the carried states.
 *
 * By class: rows hold every position, so any shorter length is there at once. A ring holds the
 * newest positions. Carried states hold exactly one position, and those of checkpoints. Position 0
 * is always there. Rows of a cross state are counted by a symbol of the model and do not depend on
 * the position. */
#ifndef RLX_RUNTIME_SEQUENCE_H
#define RLX_RUNTIME_SEQUENCE_H

#include "runtime/core/device.h"

/* What the states of a model allow. */
struct state_rules {
    bool has_carried;
    uint32_t run_rows;      /* rows of one run at most, because of rings; without: UINT32_MAX */
    uint32_t ring_capacity; /* of the smallest ring; without: UINT32_MAX */
    uint32_t cross_slots;   /* bits by slot: symbols that count the rows of cross states */
};

struct state_rules state_rules_of(const struct artifact *a);

/* A copy of the carried states at a position: a slot that runs do not write. */
struct checkpoint {
    size_t position;
    uint32_t slot;
    bool has_logits; /* whoever owns the sequence keeps the logits after this position */
};

/* Rows after the position that the caller may keep in part. While it lasts, the sequence's position
 * may be set to anything from `past` to `past + rows`. */
struct trial {
    bool is_open;
    bool is_kept; /* of a trial without rows: keep its carried states */
    size_t past, rows;
    uint32_t base;  /* slot of the carried states at `past` */
    bool is_single; /* one run computed all of it: `run` and what follows */
    uint64_t run;   /* number of that run on the device: while no other followed, it can be
                          replayed */
    const struct rlx_variant_entry *variant;
    int64_t dims[RLX_DIM_COUNT];
};

enum { SEQUENCE_CHECKPOINTS = 8, SEQUENCE_CHECKPOINTS_MAX = 64 };

struct state_sequence {
    struct device *device;
    struct device_states *states;
    struct state_rules rules;
    size_t past;      /* positions that the states hold */
    size_t ring_end;  /* position after the last one that rings were written at */
    uint32_t carried; /* slot of the carried states at `past`, of a trial: after all of its rows */
    uint32_t slots;   /* slot 0 is never written: position 0 */
    struct trial trial;
    struct checkpoint checkpoints[SEQUENCE_CHECKPOINTS_MAX]; /* by position */
    uint32_t checkpoint_count, checkpoint_max;
    int64_t cross_rows[RLX_DIM_COUNT]; /* by slot: rows that the cross states hold */
};

rlx_status sequence_open(struct state_sequence *q, struct device *device, uint32_t checkpoints,
                         rlx_error *error);
void sequence_close(struct state_sequence *q);

/* The nearest position that is not after `past` and that the states can go back to. */
size_t sequence_nearest(const struct state_sequence *q, size_t past);
/* Goes back to sequence_nearest(past). Ends a trial: what was kept of it is computed again from the
 * run that is still on the device, or the position falls back to before the trial. */
void sequence_truncate(struct state_sequence *q, size_t past);
/* The same to where it is; a sequence on no trial does not change. */
void sequence_settle(struct state_sequence *q);
/* Forgets all but cross states. */
void sequence_reset(struct state_sequence *q);
/* Every state counts as written anew up to `past`, with the carried ones in the current slot. */
void sequence_install(struct state_sequence *q, size_t past);

/* The position after which the next run computes: after all rows of a trial. */
static inline size_t sequence_end(const struct state_sequence *q)
{
    return q->trial.is_open ? q->trial.past + q->trial.rows : q->past;
}

/* The slot of the carried states at `past`, of a trial: before it. */
static inline uint32_t sequence_slot(const struct state_sequence *q)
{
    return q->trial.is_open && q->past == q->trial.past ? q->trial.base : q->carried;
}

/* The segment of a run of `rows` rows after sequence_end. */
struct device_segment sequence_segment(const struct state_sequence *q, uint32_t rows);
/* A run writes the positions before `end`, whether or not it is kept or stopped. */
void sequence_wrote(struct state_sequence *q, size_t end);
/* The run of that segment is over, and its states count. */
void sequence_advance(struct state_sequence *q, const struct device_segment *segment);
/* The same on trial: `past` stays. Several in a row make one trial. */
void sequence_try(struct state_sequence *q, const struct device_segment *segment,
                  const struct rlx_variant_entry *variant, const int64_t *dims);
/* Keeps the first rows of a trial, up to position `past`; takes effect when it is settled. */
void sequence_keep(struct state_sequence *q, size_t past);
/* Keeps all of a trial. */
void sequence_commit(struct state_sequence *q);

/* Remembers the carried states at the position where it is; NULL: there is nothing to remember. If
 * all checkpoints are taken, the oldest goes. */
struct checkpoint *sequence_checkpoint(struct state_sequence *q);
const struct checkpoint *sequence_find_checkpoint(const struct state_sequence *q, size_t position);

/* The slot of the current carried states, for writing them from outside: never one that a
 * checkpoint needs. */
uint32_t sequence_own_carried(struct state_sequence *q);
/* Copies positions 0 .. past-1 and the cross states of another sequence on the same kind of device.
 * `past` must be a position that `from` can go back to. */
void sequence_copy(struct state_sequence *q, const struct state_sequence *from, size_t past);
/* Copies a checkpoint of another sequence that is not after `past`; they come in order. */
struct checkpoint *sequence_copy_checkpoint(struct state_sequence *q,
                                            const struct state_sequence *from,
                                            const struct checkpoint *checkpoint);

#endif

/* An instance: the states of one sequence and a device to run entries on, with inputs that wait for
 * a run. It knows the graph's names and nothing of tokens; a session is an instance with a history.
 * Contract of the public functions: rlx.h. */
#ifndef RLX_RUNTIME_INSTANCE_H
#define RLX_RUNTIME_INSTANCE_H

#include "runtime/core/run.h"

/* An input as the caller gave it. */
struct staged_input {
    uint8_t *data; /* malloc'd */
    size_t bytes, capacity;
    bool is_set;
};

/* What entries do with states, from the artifact's uses. */
struct entry_effects {
    const struct rlx_variant_entry *variant; /* the first one; NULL: this level has none */
    uint32_t first_staged;                   /* of its inputs and outputs */
    uint32_t reads, writes;                  /* bits by class: 1 << RLX_CLASS_… */
};

struct instance_run {
    uint32_t entry;
    struct run run;
    uint64_t number; /* of the run on the device; 0: none yet */
    bool is_committed;
};

struct rlx_instance {
    rlx_model *model;
    struct device *device;
    struct state_sequence sequence;
    rlx_session *session; /* that it is part of; NULL: the caller opened it */
    struct entry_effects *entries;
    struct staged_input *staged;
    uint32_t staged_count;
    int64_t extents[RLX_DIM_COUNT]; /* 0: not set */
    uint32_t *segment_rows;         /* [device->segments_max] */
    uint32_t segment_count;         /* 0: not set */
    struct run_part *parts;         /* [device->segments_max]: of a run that is prepared */
    struct instance_run last;
};

struct instance_options {
    const char *device;             /* NULL: "cpu" */
    uint32_t threads;               /* 0: one per processor */
    uint32_t checkpoints;           /* 0: SEQUENCE_CHECKPOINTS */
    const rlx_instance *share_with; /* NULL: a device of its own */
};

/* Fills zeroed memory; instance_leave undoes it, also after a failure. */
rlx_status instance_begin(rlx_instance *n, rlx_model *model, const struct instance_options *options,
                          rlx_error *error);
void instance_leave(rlx_instance *n);

/* An entry by name, which this level can run. */
rlx_status instance_find_entry(const rlx_instance *n, const char *name, uint32_t *entry,
                               rlx_error *error);
/* By name, from the variant's first_io; RLX_NO_SLOT: there is none. */
uint32_t instance_find_io(const rlx_instance *n, uint32_t entry, uint32_t direction,
                          const char *name);
/* Copies the inputs of role data to the device; an error names one that is missing or whose size
 * does not fit. */
rlx_status instance_write_inputs(rlx_instance *n, uint32_t entry,
                                 const struct rlx_variant_entry *variant, const int64_t *dims,
                                 rlx_error *error);
/* The inputs of other roles, after the data: of a run that is prepared. Also counts OUT_ROWS. */
rlx_status instance_write_roles(rlx_instance *n, uint32_t entry, struct run *run, rlx_error *error);
/* Elements of the dimensions from `first` on. */
uint64_t instance_elements(const struct rlx_io *io, uint32_t first, const int64_t *dims);
/* The size of every slot but OUT_ROWS, and the smallest variant that takes them. */
rlx_status instance_resolve(const rlx_instance *n, uint32_t entry, int64_t dims[RLX_DIM_COUNT],
                            const struct rlx_variant_entry **variant, rlx_error *error);
/* The sizes of the model's own symbols, as extents and inputs say: by slot, 0: nothing says it. */
rlx_status instance_sizes(const rlx_instance *n, uint32_t entry, int64_t sizes[RLX_DIM_COUNT],
                          rlx_error *error);

/* The state with this name, or an error that names it. */
rlx_status instance_find_state(const rlx_model *model, const char *name,
                               const struct rlx_state_entry **state, rlx_error *error);
/* Rows that a state holds now. */
size_t instance_state_rows(const rlx_instance *n, const struct rlx_state_entry *state);
/* Makes the states hold `past` positions, to which they must be able to go back. */
rlx_status instance_set_past(rlx_instance *n, uint64_t past, rlx_error *error);
/* rlx_instance_bind_state. */
rlx_status instance_bind_rows(rlx_instance *n, const struct rlx_state_entry *state, size_t first,
                              size_t count, const float *rows, rlx_error *error);
/* Reads and writes rows of a state, by row as its class counts them: position, or place. `as`:
 * RLX_F32, or the state's own element. */
void instance_read_rows(const rlx_instance *n, const struct rlx_state_entry *state, uint32_t as,
                        size_t first, size_t count, void *rows);
void instance_write_rows(rlx_instance *n, const struct rlx_state_entry *state, uint32_t as,
                         size_t first, size_t count, const void *rows);

#endif

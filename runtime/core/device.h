/* The seam between sessions and machines. In: runs of compiled variants, and the states of the
 * sequences that take part. Out: outputs, and states that are longer by a run. A device owns its
 * working memory and the states; it knows nothing of tokens or histories. Sessions and instances
 * reach it through struct device_ops alone. */
#ifndef RLX_RUNTIME_DEVICE_H
#define RLX_RUNTIME_DEVICE_H

#include "rlx/kernel.h"
#include "runtime/core/model.h"

/* The states of one sequence: its home STATE, and a number of slots of its carried states, each as
 * large as the home CARRIED_IN. The memory is zero until something is written. */
struct device_states;

/* One sequence's part of a run: its next `rows` rows after the first `past`. */
struct device_segment {
    struct device_states *states;
    uint32_t carried_in, carried_out; /* slots; different unless there are no carried states */
    uint32_t rows, past;
};

/* Whether the caller wants to stop. `ask` NULL: never. */
struct device_stop {
    rlx_stop_fn ask;
    void *context;
};

struct device_run {
    const struct rlx_variant_entry *variant;
    uint32_t first, end; /* steps first .. end-1, relative to the variant */
    bool is_replay;      /* of these only those that are flagged RLX_STEP_REPLAY */
    const int64_t *dims; /* [RLX_DIM_COUNT] */
    const struct device_segment *segments;
    uint32_t segment_count;         /* at least 1 */
    const struct device_stop *stop; /* asked where all threads meet; NULL: runs to the end */
};

struct device {
    const struct device_ops *ops;
    const rlx_model *model;
    uint64_t runs;  /* counts runs: inputs and outputs are those of the newest one */
    uint32_t users; /* instances that share it */
    struct device_segment *segments; /* [segments_max]: for whoever prepares a run */
    uint32_t segments_max;           /* of any variant of the model */
    struct rlx_session *logits_of;   /* whose kept logits are still in the output; NULL: nobody's */
};

struct device_ops {
    const char *name;
    uint32_t threads_max;
    /* The level of an artifact whose code this device runs, or can at least describe, so that open
     * says why it cannot run; NULL and RLX_OK if the artifact has no
     * levels at all. `name` is that of the file, for errors. */
    rlx_status (*choose_level)(const struct artifact *a, const char *name,
                               const struct rlx_level **level, rlx_error *error);
    rlx_status (*open)(const rlx_model *model, uint32_t threads, struct device **out,
                       rlx_error *error);
    void (*close)(struct device *device);
    /* False: `stop` ended the run, with some steps complete and the rest not begun. */
    bool (*run)(struct device *device, const struct device_run *run);
    /* Where the host writes an input before a run, and reads an output after it. */
    void *(*input)(struct device *device, const struct rlx_io *io);
    void *(*output)(struct device *device, const struct rlx_io *io);
    struct device_states *(*state_new)(struct device *device, uint32_t slots); /* NULL: no memory */
    void (*state_free)(struct device_states *states);                          /* may be NULL */
    /* Rows of one state, as state.h says; `slot` counts for carried states only. */
    void (*state_read)(const struct device_states *states, uint32_t slot,
                       const struct rlx_state_entry *state, uint32_t as, size_t first, size_t count,
                       void *rows);
    void (*state_write)(struct device_states *states, uint32_t slot,
                        const struct rlx_state_entry *state, uint32_t as, size_t first,
                        size_t count, const void *rows);
    /* The first `rows` rows of one state, from one sequence to another or from slot to slot. */
    void (*copy)(struct device_states *to, uint32_t to_slot, const struct device_states *from,
                 uint32_t from_slot, const struct rlx_state_entry *state, size_t rows);
};

/* The devices that this program has, NULL at their end. Programs are linked with one list or
 * another: device_list.c, or that of a model whose code is linked too (runtime/source). */
extern const struct device_ops *const device_list[];

/* By name; NULL and "" are the first. NULL: there is no such device. */
const struct device_ops *device_find(const char *name);
/* Opens a device for one user. */
rlx_status device_open(const struct device_ops *ops, const rlx_model *model, uint32_t threads,
                       struct device **out, rlx_error *error);
/* The last user closes it. `device` may be NULL. */
void device_leave(struct device *device);
bool device_run(struct device *device, const struct device_run *run);

#endif

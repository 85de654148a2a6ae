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

/* What a device is opened with. */
struct device_options {
    const rlx_model *model;
    const struct rlx_level *level; /* whose code the device runs; open may take a better one */
    uint32_t threads;
    uint32_t number; /* of the devices of this kind: 1 in "vulkan:1"; DEVICE_ANY, DEVICE_FAST */
};

enum { DEVICE_NAME = 24 };
#define DEVICE_ANY UINT32_MAX        /* the best one of its kind */
#define DEVICE_FAST (UINT32_MAX - 1) /* the best one, if it is faster than the CPU */

struct device {
    const struct device_ops *ops;
    const rlx_model *model;
    const struct rlx_level *level; /* open may set it; else that of the options */
    char name[DEVICE_NAME];        /* "cpu", "vulkan:0" */
    uint32_t number;               /* of its kind; open sets it */
    rlx_error passed_over; /* why "auto" did not take a device that it prefers; RLX_OK: it did */
    rlx_error failure;     /* not RLX_OK: the device failed, and what it holds is lost */
    uint64_t runs;         /* counts runs: inputs and outputs are those of the newest one */
    uint32_t users;        /* instances that share it */
    struct device_segment *segments; /* [segments_max]: for whoever prepares a run */
    uint32_t segments_max;           /* of any variant of the model */
    struct expert_memory *experts;   /* expert_memory.h; NULL: none */
    struct rlx_session *logits_of;   /* whose kept logits are still in the output; NULL: nobody's */
};

struct device_ops {
    const char *name;
    uint32_t threads_max;
    /* Those of this kind, one after the other, until on_device returns RLX_GO_STOP. NULL: there is
     * one, without a number. */
    void (*list)(rlx_device_fn on_device, void *context);
    /* Weights are read where the file is mapped, and run() shows steps to expert_memory.h. */
    bool reads_mapping;
    bool can_be_fast; /* "auto" tries DEVICE_FAST before the CPU */
    /* The level of an artifact whose code this device runs, or can at least describe, so that open
     * says why it cannot run; NULL and RLX_OK if the artifact has no
     * levels at all. `name` is that of the file, for errors. */
    rlx_status (*choose_level)(const struct artifact *a, const char *name,
                               const struct rlx_level **level, rlx_error *error);
    rlx_status (*open)(const struct device_options *options, struct device **out, rlx_error *error);
    void (*close)(struct device *device);
    /* False: `stop` ended the run, with some steps complete and the rest not begun; or the device
     * failed, as device->failure says. */
    bool (*run)(struct device *device, const struct device_run *run);
    /* Where the host writes an input before a run, and reads an output after it. */
    void *(*input)(struct device *device, const struct rlx_io *io);
    void *(*output)(struct device *device, const struct rlx_io *io);
    rlx_status (*state_new)(struct device *device, uint32_t slots, struct device_states **out,
                            rlx_error *error);
    void (*state_free)(struct device_states *states); /* may be NULL */
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

/* Opens a device for one user. `name`: "cpu", "vulkan", "vulkan:1"; NULL and "" are the first that
 * the model has code for; "auto": the fastest one. `threads` 0: one for each processor. */
rlx_status device_open(const char *name, const rlx_model *model, uint32_t threads,
                       struct device **out, rlx_error *error);
/* The last user closes it. `device` may be NULL. */
void device_leave(struct device *device);
bool device_run(struct device *device, const struct device_run *run);
/* Pools of at most `bytes` of experts, and `states` as expert_memory.h has it; 0 bytes: none. */
rlx_status device_use_expert_memory(struct device *device, uint64_t bytes, uint64_t states,
                                    rlx_error *error);
/* RLX_OK, or why nothing that the device computed may be used. */
rlx_status device_check(const struct device *device, rlx_error *error);

/* ---- what devices share ---- */

/* Bytes of a home: whole pages, and room after it, because kernels may read a vector or two after
 * the last row. */
static inline uint64_t device_home_bytes(uint64_t bytes)
{
    enum { PAGE = 4096, ROOM = 256 };
    return (bytes + ROOM + PAGE - 1) / PAGE * PAGE;
}

/* Bytes of the homes SCRATCH to OUTPUT that every variant of the level fits. */
void device_size_homes(const struct device_options *options, uint64_t sizes[RLX_HOME_COUNT]);
/* Writes the segment of each row, and the segments without their addresses, into the home INPUT,
 * where the variant wants them. Returns the segments; NULL: it does not. */
struct rlx_segment *device_place_segments(const struct device_run *run, uint8_t *input);

static inline uint64_t device_tiles(const struct rlx_step *s, const int64_t *dims)
{
    if (s->tile_unit == 0)
        return s->tiles;
    return s->tiles * (((uint64_t)dims[s->tile_symbol] + s->tile_unit - 1) / s->tile_unit);
}

static inline const struct rlx_variant_entry *device_variant(const struct device *d, uint32_t index)
{
    return level_variant(d->model, d->level, index);
}

#endif

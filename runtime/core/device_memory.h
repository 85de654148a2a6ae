/* Memory of a device whose code runs in this process. In: a model, and the sequences of a run. Out:
 * the homes (rlx/artifact.h) where the code of the run finds everything. All devices of this kind
 * share these functions; what they add is how a run computes. */
#ifndef RLX_RUNTIME_DEVICE_MEMORY_H
#define RLX_RUNTIME_DEVICE_MEMORY_H

#include "runtime/core/device.h"

struct device_memory {
    uint8_t *work; /* one mapping: scratch, input, output, then one thread home per thread */
    uint64_t work_bytes, thread_stride;
    uint8_t *home[RLX_HOME_COUNT]; /* THREAD: that of thread 0; those of states are unused: each run
                                      brings its own */
};

rlx_status device_memory_open(struct device_memory *memory, const struct device_options *options,
                              rlx_error *error);
void device_memory_close(struct device_memory *memory);

static inline void *device_memory_io(const struct device_memory *memory, const struct rlx_io *io)
{
    return memory->home[io->home] + io->offset;
}

/* The homes of a run. Writes its segments and the segment of each row where the variant wants
 * them. */
void device_memory_place(const struct device_memory *memory, const struct device_run *run,
                         uint8_t *home[RLX_HOME_COUNT]);

/* What struct device_ops asks for. */
rlx_status device_states_new(struct device *device, uint32_t slots, struct device_states **out,
                             rlx_error *error);
void device_states_free(struct device_states *states);
void device_states_read(const struct device_states *states, uint32_t slot,
                        const struct rlx_state_entry *state, uint32_t as, size_t first,
                        size_t count, void *rows);
void device_states_write(struct device_states *states, uint32_t slot,
                         const struct rlx_state_entry *state, uint32_t as, size_t first,
                         size_t count, const void *rows);
void device_states_copy(struct device_states *to, uint32_t to_slot,
                        const struct device_states *from, uint32_t from_slot,
                        const struct rlx_state_entry *state, size_t rows);

#endif

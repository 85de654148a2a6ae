/* Runs steps of a variant on the threads of a pool. It owns the working memory of steps, and knows
 * nothing of tokens or histories. */
#ifndef RLX_RUNTIME_DEVICE_CPU_H
#define RLX_RUNTIME_DEVICE_CPU_H

#include "rlx/kernel.h"
#include "runtime/core/model.h"
#include "runtime/core/pool.h"
#include "runtime/core/tiles.h"

struct device_cpu {
    const rlx_model *model;
    struct pool *pool;
    uint8_t *work; /* one mapping: scratch, input, output, then one thread home per thread */
    uint64_t work_bytes, thread_stride;
    struct tile_range *ranges;     /* [threads] */
    uint32_t turn;                 /* of the last step that ran */
    uint8_t *home[RLX_HOME_COUNT]; /* THREAD: that of thread 0; STATE: unused, each run brings its
                                      own */
};

/* Homes are as large as the largest variant needs, because variants run one after the other. */
rlx_status device_cpu_open(struct device_cpu *device, const rlx_model *model, uint32_t threads,
                           rlx_error *error);
void device_cpu_close(struct device_cpu *device);

/* Whether the caller wants to stop. `ask` NULL: never. */
struct device_stop {
    rlx_stop_fn ask;
    void *context;
};

/* Runs steps first .. end-1 (relative to the variant) at the active extent `dims`, on the state
 * home `state`. The calling thread asks `stop`, which may be NULL, where all threads meet. False:
 * it ended the run there, with some steps complete and the rest not begun. */
bool device_cpu_run(struct device_cpu *device, uint8_t *state,
                    const struct rlx_variant_entry *variant, uint32_t first, uint32_t end,
                    const int64_t dims[RLX_DIM_COUNT], const struct device_stop *stop);

#endif

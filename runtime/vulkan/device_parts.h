/* The parts of the Vulkan device; private to its files. In: a model and a Vulkan device. Out:
 * memory on the device for all that a model needs, and recorded commands for each variant. */
#ifndef RLX_RUNTIME_VULKAN_DEVICE_PARTS_H
#define RLX_RUNTIME_VULKAN_DEVICE_PARTS_H

#include "runtime/core/device.h"
#include "runtime/vulkan/vulkan_api.h"

#include <pthread.h>
#include <stdatomic.h>

/* ---- weights.c ---- */

/* The section WEIGHTS on the device, or what the level uses of it, in one piece or several. */
struct weight_chunk {
    uint64_t offset, end; /* in the section */
    struct vulkan_memory memory;
};

struct vulkan_weights {
    struct weight_chunk *chunks; /* by offset */
    uint32_t count;
    uint64_t copied; /* bytes of memory on the device; 0: the weights are used in place */
};

/* Uses them in place if the device can; otherwise only says how much memory a copy needs. */
rlx_status vulkan_weights_find(struct vulkan *v, const struct device_options *o,
                               struct vulkan_weights *weights, rlx_error *error);
/* Copies them, if they are not used in place. */
rlx_status vulkan_weights_copy(struct vulkan *v, const rlx_model *m, struct vulkan_weights *weights,
                               rlx_error *error);
void vulkan_weights_close(struct vulkan *v, struct vulkan_weights *weights);
/* Of an argument, which lies inside one chunk. */
VkDeviceAddress vulkan_weights_address(const struct vulkan_weights *weights, uint64_t offset);

/* ---- programs.c ---- */

/* The parts of a run: the steps before lm_head_step, those from there on, and those that are
 * flagged RLX_STEP_REPLAY. */
enum vulkan_part { PART_BODY, PART_ROWS, PART_REPLAY, PARTS };

/* The commands of a part, recorded once, cut where all threads of a CPU would meet so that a run
 * can be stopped there. */
struct vulkan_commands {
    VkCommandBuffer *slices;
    uint32_t count;
};

/* A variant. Its counts are the numbers of workgroups of its steps, which the device reads when it
 * comes to the step: the host writes them before a run. */
struct vulkan_program {
    const struct rlx_variant_entry *variant;
    bool is_ready; /* it has run: what follows is there */
    struct vulkan_memory tables;
    VkDispatchIndirectCommand *counts; /* in tables: [steps] */
    uint64_t counts_offset;
    struct vulkan_commands parts[PARTS];
};

/* Kernels without a pipeline, for whoever takes the next one, and who does. */
enum { PIPELINE_THREADS = 16 };
struct pipeline_work {
    struct device_vulkan *d;
    uint32_t *kernels;
    uint32_t count;
    atomic_uint next;
    struct pipeline_worker {
        struct pipeline_work *work;
        pthread_t thread;
        rlx_error error; /* its first failure */
    } workers[PIPELINE_THREADS];
    uint32_t worker_count;
};

struct device_vulkan {
    struct device base;
    struct device_options options;
    struct vulkan v;
    struct vulkan_weights weights;
    struct vulkan_memory home[RLX_HOME_COUNT]; /* SCRATCH to OUTPUT */
    struct vulkan_memory dims;                 /* int64_t [RLX_DIM_COUNT] */
    VkPipeline *pipelines;                     /* by kernel of the level */
    uint32_t pipeline_count;
    struct pipeline_work pipeline_work; /* while weights are copied */
    struct vulkan_program *programs;    /* by variant of the level */
    uint32_t program_count;
    VkFence fences[2];     /* of slices that run */
    VkCommandBuffer *list; /* room for all slices of a run */
    uint32_t list_room;
    uint8_t *shadow; /* reserved: a home of states that the host cannot reach (states.c) */
    uint64_t shadow_bytes;
};

static inline const struct rlx_step *vulkan_step(const struct device_options *o,
                                                 const struct rlx_variant_entry *v, uint32_t index)
{
    return table_at(&o->model->artifact.steps, v->first_step + index);
}

/* Bytes of memory for the tables of all variants. */
uint64_t vulkan_programs_bytes(const struct device_options *o);
/* Checks the variants of the level; makes nothing yet, because most of them never run. */
rlx_status vulkan_programs_open(struct device_vulkan *d, rlx_error *error);
/* Makes what a variant needs to run, if it has not run before. */
rlx_status vulkan_program_need(struct device_vulkan *d, struct vulkan_program *p, rlx_error *error);
void vulkan_programs_close(struct device_vulkan *d);

/* ---- pipelines.c ---- */

rlx_status vulkan_pipelines_open(struct device_vulkan *d, rlx_error *error);
/* Other threads make pipelines, as far as they come until vulkan_pipelines_end. */
rlx_status vulkan_pipelines_begin(struct device_vulkan *d, rlx_error *error);
void vulkan_pipelines_end(struct device_vulkan *d);
/* Makes those that the kernels of a variant of the level lack. */
rlx_status vulkan_pipelines_need(struct device_vulkan *d, uint32_t variant, rlx_error *error);
/* Stores what the driver has compiled. */
void vulkan_pipelines_close(struct device_vulkan *d);

/* ---- runs.c ---- */

bool vulkan_device_run(struct device *device, const struct device_run *run);

/* ---- cache.c: pipelines of earlier processes, in the user's folder of caches ---- */

/* Makes v->cache, with what was stored for this device and this image. Never fails: without a file
 * the cache is empty. */
void vulkan_cache_open(struct vulkan *v, uint64_t image_digest);
/* Stores it if it has grown. */
void vulkan_cache_store(struct vulkan *v, uint64_t image_digest);

/* ---- states.c ---- */

struct device_states {
    struct device_vulkan *device;
    struct vulkan_memory memory; /* the home STATE, then the slots of the carried states */
    uint64_t carried, stride;    /* where the slots begin, and bytes of one */
};

/* Bytes of memory for a sequence. */
uint64_t vulkan_states_bytes(const rlx_model *m, uint32_t slots);
rlx_status vulkan_states_new(struct device *device, uint32_t slots, struct device_states **out,
                             rlx_error *error);
void vulkan_states_free(struct device_states *states);
void vulkan_states_read(const struct device_states *states, uint32_t slot,
                        const struct rlx_state_entry *state, uint32_t as, size_t first,
                        size_t count, void *rows);
void vulkan_states_write(struct device_states *states, uint32_t slot,
                         const struct rlx_state_entry *state, uint32_t as, size_t first,
                         size_t count, const void *rows);
void vulkan_states_copy(struct device_states *to, uint32_t to_slot,
                        const struct device_states *from, uint32_t from_slot,
                        const struct rlx_state_entry *state, size_t rows);

#endif

/* Shaders, timed on a Vulkan device. In: kernels, or GLSL, and a pool of bytes that they read. Out:
 * seconds per launch, of slices of many, one after the other as the steps of a model are. Those that
 * wait for memory go through all of the pool, so that no cache serves them. What fails here ends the program with a sentence.
 */
#ifndef RLX_PERF_SHADER_BENCH_H
#define RLX_PERF_SHADER_BENCH_H

#include "compiler/lir/lir.h"
#include "runtime/vulkan/vulkan_api.h"

struct shader_bench {
    struct vulkan v;
    uint32_t number; /* of the device */
    uint32_t level;  /* of the target: what is compiled */
    struct vulkan_memory pool;
    /* Other arguments, whose values do not matter for speed: zeros, but `input`, which is random. */
    struct vulkan_memory input, output, partials, counters;
    struct arena arena;
};

/* "vulkan", the best device, or "vulkan:N"; a level of the target, or NULL: the last one that the
 * device has and is fast at. */
void shader_bench_open(struct shader_bench *b, const char *device, const char *level);
/* Of so many bytes; 0: as many as no cache of such a device holds. */
void shader_bench_pool(struct shader_bench *b, uint64_t bytes);
/* Repeats `unit` over the pool. */
void shader_bench_fill(struct shader_bench *b, const void *unit, uint64_t bytes);
void shader_bench_close(struct shader_bench *b);

/* A shader, launched again and again: launch i works on place i % places of the pool. */
struct shader_work {
    VkPipeline pipeline;
    uint32_t workgroups, places, launches; /* launches: of a slice */
    uint64_t bytes;                        /* of the pool that one launch reads */
    struct vulkan_memory tables;           /* arguments of all launches, and what they point to */
    uint32_t values[RLX_LAUNCH_VALUES];
    bool counts; /* its tiles count themselves */
};

/* Reads `bytes` of the pool, or nearly so many, and does nothing else. */
void shader_work_read(struct shader_bench *b, uint64_t bytes, struct shader_work *w);
/* A product, whose weight is in the pool, or attention over a state there. `dims`
 * says how many rows and keys; with one row it waits for memory. */
void shader_work_kernel(struct shader_bench *b, const struct lir_kernel *k,
                        const struct lir_values *values, const int64_t dims[RLX_DIM_COUNT],
                        struct shader_work *w);
void shader_work_free(struct shader_bench *b, struct shader_work *w);

/* Runs all launches and waits; seconds of one. */
double shader_work_slice(struct shader_bench *b, const struct shader_work *w);

#endif

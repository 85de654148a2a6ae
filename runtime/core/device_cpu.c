/* The CPU device. Each thread walks the step table, runs its share of each step's tiles and some
 * that other threads have left (tiles.h), and waits for the others where a step says so. The result
 * of a tile does not depend on who computes it and when, so results are equal bit for bit.
 * Addresses are the homes plus the offsets of the mapped tables: ten additions per step are cheaper
 * than a table of resolved addresses per thread and variant, and need no memory. */
#include "runtime/core/device_cpu.h"

#include "runtime/base/error.h"
#include "runtime/core/state.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { HOME_ALIGNMENT = 4096, HOME_SLACK = 256 };

/* Bytes of weights in a chunk, at least, and chunks per thread, at least. */
enum { CHUNK_BYTES = 16 * 1024, MIN_CHUNKS = 8 };

struct run {
    struct device_cpu *device;
    uint8_t *state;
    const struct rlx_variant_entry *variant;
    uint32_t first, end;
    uint32_t turn; /* of step 0 of the variant (tiles.h) */
    const int64_t *dims;
    const struct device_stop *stop; /* NULL: runs to the end */
    atomic_uint stopped_at;         /* the run ends before this step's barrier */
};

static uint64_t home_size(uint64_t bytes)
{
    return (bytes + HOME_SLACK + HOME_ALIGNMENT - 1) / HOME_ALIGNMENT * HOME_ALIGNMENT;
}

static uint64_t tile_count(const struct rlx_step *s, const int64_t *dims)
{
    if (s->tile_unit == 0)
        return s->tiles;
    return s->tiles * (((uint64_t)dims[s->tile_symbol] + s->tile_unit - 1) / s->tile_unit);
}

/* Pointers to functions and to data have the same representation here, but C has no cast between
 * them. */
static rlx_kernel_fn kernel_entry(const rlx_model *m, uint32_t kernel)
{
    const struct rlx_kernel *k = table_at(&m->artifact.kernels, m->level->first_kernel + kernel);
    const void *at = (const uint8_t *)m->code + k->entry;
    rlx_kernel_fn fn;
    memcpy(&fn, &at, sizeof fn);
    return fn;
}

/* Tiles per chunk: enough to keep the stream of weights going, or a share of a thread's tiles if
 * the step has few weights or none. */
static uint64_t chunk_tiles(const struct rlx_step *s, uint64_t tiles, uint32_t threads)
{
    uint64_t bytes = s->tile_bytes * s->tiles;
    uint64_t max = tiles / (MIN_CHUNKS * (uint64_t)threads) + 1;
    uint64_t chunk = bytes < CHUNK_BYTES ? max : CHUNK_BYTES / s->tile_bytes;
    return tile_chunk_fit(tiles, chunk < max ? chunk : max);
}

/* The thread's own tiles, then those that others have left. */
static void run_shared(const struct run *run, const struct rlx_step *s, uint32_t turn,
                       uint32_t thread, uint32_t threads, const struct rlx_launch *launch)
{
    rlx_kernel_fn kernel = kernel_entry(run->device->model, s->kernel);
    uint64_t tiles = tile_count(s, run->dims);
    struct tile_split split = {.ranges = run->device->ranges,
                               .tiles = tiles,
                               .chunk = chunk_tiles(s, tiles, threads),
                               .threads = threads,
                               .turn = turn};
    struct tile_chunk chunk;
    for (uint32_t done = 0; tile_next(&split, thread, &done, &chunk);)
        kernel(launch, chunk.first, chunk.end);
}

static void run_step(const struct run *run, const struct rlx_step *s, uint32_t turn,
                     uint8_t *const *homes, uint32_t thread, uint32_t threads)
{
    const rlx_model *m = run->device->model;
    void *args[ARTIFACT_STEP_ARGS];
    for (uint32_t i = 0; i < s->arg_count; i++) {
        const struct rlx_arg *a = table_at(&m->artifact.args, s->first_arg + i);
        args[i] = homes[a->home] + a->offset;
    }
    struct rlx_launch launch = {.args = args, .dims = run->dims};
    artifact_step_values(&m->artifact, s, launch.values);
    uint64_t tiles = tile_count(s, run->dims);
    if (s->flags & RLX_STEP_SHARED && threads > 1) {
        run_shared(run, s, turn, thread, threads, &launch);
        return;
    }
    struct tile_chunk all = {0, tiles};
    if (!(s->flags & RLX_STEP_REPLICATED))
        all = tile_own(tiles, thread, threads);
    if (all.first != all.end)
        kernel_entry(m, s->kernel)(&launch, all.first, all.end);
}

/* All threads meet; false: the run ends here. Only the first thread decides, and it sets the step
 * before it arrives. A thread that is still after the last barrier may read that, but is at another
 * step. */
static bool meet(struct run *run, uint32_t step, uint32_t thread)
{
    if (thread == 0 && run->stop != NULL && run->stop->ask(run->stop->context) != RLX_GO_ON)
        atomic_store_explicit(&run->stopped_at, step, memory_order_relaxed);
    pool_barrier(run->device->pool, thread);
    return atomic_load_explicit(&run->stopped_at, memory_order_relaxed) != step;
}

static void run_thread(void *context, uint32_t thread)
{
    struct run *run = context;
    const struct device_cpu *d = run->device;
    uint32_t threads = pool_active(d->pool);
    uint8_t *homes[RLX_HOME_COUNT];
    memcpy(homes, d->home, sizeof homes);
    homes[RLX_HOME_THREAD] += thread * d->thread_stride;
    homes[RLX_HOME_STATE] = run->state;
    for (uint32_t i = run->first; i < run->end; i++) {
        const struct rlx_step *s =
            table_at(&d->model->artifact.steps, run->variant->first_step + i);
        if (s->flags & RLX_STEP_BARRIER && !meet(run, i, thread))
            return;
        run_step(run, s, run->turn + i, homes, thread, threads);
    }
}

/* Takes the turns of a run, one per step. When the numbers run out, they start over, with empty
 * words. */
static uint32_t begin_turns(struct device_cpu *d, uint32_t steps)
{
    if (d->turn > UINT32_MAX - steps) {
        for (uint32_t i = 0; i < pool_threads(d->pool); i++)
            atomic_store_explicit(&d->ranges[i].word, 0, memory_order_relaxed);
        d->turn = 0;
    }
    uint32_t first = d->turn + 1;
    d->turn += steps;
    return first;
}

bool device_cpu_run(struct device_cpu *device, uint8_t *state,
                    const struct rlx_variant_entry *variant, uint32_t first, uint32_t end,
                    const int64_t dims[RLX_DIM_COUNT], const struct device_stop *stop)
{
    struct run run = {.device = device,
                      .state = state,
                      .variant = variant,
                      .first = first,
                      .end = end,
                      .turn = begin_turns(device, end),
                      .dims = dims,
                      .stop = stop != NULL && stop->ask != NULL ? stop : NULL};
    atomic_init(&run.stopped_at, UINT32_MAX);
    pool_run(device->pool, run_thread, &run);
    return atomic_load_explicit(&run.stopped_at, memory_order_relaxed) == UINT32_MAX;
}

static void place_homes(struct device_cpu *d, uint64_t sizes[RLX_HOME_COUNT], uint32_t threads)
{
    for (uint32_t i = 0; i < d->model->level->variant_count; i++) {
        const struct rlx_variant_entry *v = model_variant(d->model, i);
        for (uint32_t home = RLX_HOME_SCRATCH; home <= RLX_HOME_OUTPUT; home++) {
            if (v->home_bytes[home] > sizes[home])
                sizes[home] = v->home_bytes[home];
        }
    }
    for (uint32_t home = RLX_HOME_SCRATCH; home <= RLX_HOME_OUTPUT; home++)
        sizes[home] = home_size(sizes[home]);
    d->thread_stride = sizes[RLX_HOME_THREAD];
    d->work_bytes = sizes[RLX_HOME_SCRATCH] + sizes[RLX_HOME_INPUT] + sizes[RLX_HOME_OUTPUT] +
                    threads * d->thread_stride;
}

rlx_status device_cpu_open(struct device_cpu *d, const rlx_model *model, uint32_t threads,
                           rlx_error *error)
{
    uint64_t sizes[RLX_HOME_COUNT] = {0};
    *d = (struct device_cpu){.model = model};
    place_homes(d, sizes, threads);
    d->work = memory_reserve(d->work_bytes);
    if (d->work == NULL)
        return rlx_fail(
            error, RLX_ERROR_NO_MEMORY,
            "the system refuses %llu bytes of address space for working memory (ulimit -v?)",
            (unsigned long long)d->work_bytes);
    /* Weights are mapped read-only; kernels only read them. */
    d->home[RLX_HOME_WEIGHT] = (uint8_t *)(uintptr_t)model->artifact.weights.data;
    d->home[RLX_HOME_SCRATCH] = d->work;
    d->home[RLX_HOME_INPUT] = d->work + sizes[RLX_HOME_SCRATCH];
    d->home[RLX_HOME_OUTPUT] = d->home[RLX_HOME_INPUT] + sizes[RLX_HOME_INPUT];
    d->home[RLX_HOME_THREAD] = d->home[RLX_HOME_OUTPUT] + sizes[RLX_HOME_OUTPUT];
    d->ranges = aligned_alloc(_Alignof(struct tile_range), threads * sizeof *d->ranges);
    if (d->ranges == NULL)
        return rlx_fail(error, RLX_ERROR_NO_MEMORY, "no memory for %u threads", threads);
    memset(d->ranges, 0, threads * sizeof *d->ranges);
    rlx_status status = pool_open(threads, &d->pool, error);
    if (status == RLX_OK)
        pool_set_adaptive(d->pool);
    return status;
}

void device_cpu_close(struct device_cpu *d)
{
    pool_close(d->pool);
    free(d->ranges);
    memory_release(d->work, d->work_bytes);
}

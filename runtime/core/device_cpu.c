/* The CPU device. Each thread walks the step table, runs its share of each step's tiles and some
 * that other threads have left (tiles.h), and waits for the others where a step says so. The result
 * of a tile does not depend on who computes it and when, so results are equal bit for bit.
 * Addresses are the homes plus the offsets of the mapped tables: ten additions per step are cheaper
 * than a table of resolved addresses per thread and variant, and need no memory. */
#include "runtime/core/device_cpu.h"

#include "runtime/base/cpu.h"
#include "runtime/base/error.h"
#include "runtime/core/device_memory.h"
#include "runtime/core/expert_memory.h"
#include "runtime/core/level.h"
#include "runtime/core/pool.h"
#include "runtime/core/tiles.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct device_cpu {
    struct device base;
    struct pool *pool;
    struct device_memory memory;
    struct tile_range *ranges; /* [threads] */
    uint32_t turn;             /* of the last step that ran */
    struct rlx_ahead ahead;
};

/* Bytes of weights in a chunk, at least, and chunks per thread, at least; of a scattered step. */
enum { CHUNK_BYTES = 16 * 1024, MIN_CHUNKS = 8, SCATTERED_CHUNKS = 2 };

struct cpu_run {
    struct device_cpu *device;
    const struct device_run *steps;
    uint8_t *home[RLX_HOME_COUNT];  /* THREAD: that of thread 0 */
    uint32_t turn;                  /* of step 0 of the variant (tiles.h) */
    const struct device_stop *stop; /* NULL: runs to the end */
    atomic_uint stopped_at;         /* the run ends before this step's barrier */
};

/* Pointers to functions and to data have the same representation here, but C has no cast between
 * them. */
static rlx_kernel_fn kernel_entry(const struct device *d, uint32_t kernel)
{
    const rlx_model *m = d->model;
    const struct rlx_kernel *k = table_at(&m->artifact.kernels, d->level->first_kernel + kernel);
    const void *at = (const uint8_t *)m->code + k->entry;
    rlx_kernel_fn fn;
    memcpy(&fn, &at, sizeof fn);
    return fn;
}

/* Tiles per chunk: enough to keep the stream of weights going, or a share of a thread's tiles if
 * the step has few weights or none. */
static uint64_t chunk_tiles(const struct rlx_step *s, uint64_t tiles, uint32_t threads)
{
    if (s->flags & RLX_STEP_SCATTERED)
        return tile_chunk_fit(tiles, (tiles / threads + SCATTERED_CHUNKS - 1) / SCATTERED_CHUNKS);
    uint64_t max = tiles / (MIN_CHUNKS * (uint64_t)threads) + 1;
    uint64_t bytes = s->tile_bytes * s->tiles;
    uint64_t chunk = bytes < CHUNK_BYTES ? max : CHUNK_BYTES / s->tile_bytes;
    return tile_chunk_fit(tiles, chunk < max ? chunk : max);
}

/* The thread's own tiles, then those that others have left. */
static void run_shared(const struct cpu_run *run, const struct rlx_step *s, uint32_t turn,
                       uint32_t thread, uint32_t threads, const struct rlx_launch *launch)
{
    rlx_kernel_fn kernel = kernel_entry(&run->device->base, s->kernel);
    uint64_t tiles = device_tiles(s, run->steps->dims);
    struct tile_split split = {.ranges = run->device->ranges,
                               .tiles = tiles,
                               .chunk = chunk_tiles(s, tiles, threads),
                               .threads = threads,
                               .turn = turn};
    struct tile_chunk chunk;
    for (uint32_t done = 0; tile_next(&split, thread, &done, &chunk);)
        kernel(launch, chunk.first, chunk.end);
}

static void see_experts(const struct cpu_run *run, uint32_t step, void *const *args,
                        uint32_t thread)
{
    struct expert_memory *experts = run->device->base.experts;
    if (thread == 0)
        expert_memory_see(experts, step, args);
    if (expert_memory_waits(experts, step))
        pool_barrier(run->device->pool, thread);
}

static void run_step(const struct cpu_run *run, const struct rlx_step *s, uint32_t turn,
                     uint8_t *const *homes, uint32_t thread, uint32_t threads)
{
    const rlx_model *m = run->device->base.model;
    void *args[ARTIFACT_STEP_ARGS];
    for (uint32_t i = 0; i < s->arg_count; i++) {
        const struct rlx_arg *a = table_at(&m->artifact.args, s->first_arg + i);
        args[i] = homes[a->home] + a->offset;
    }
    struct rlx_launch launch = {
        .args = args, .dims = run->steps->dims, .ahead = run->device->ahead};
    artifact_step_values(&m->artifact, s, launch.values);
    if (run->device->base.experts != NULL)
        see_experts(run, table_index(&m->artifact.steps, s), args, thread);
    uint64_t tiles = device_tiles(s, run->steps->dims);
    if (s->flags & RLX_STEP_SHARED && threads > 1) {
        run_shared(run, s, turn, thread, threads, &launch);
        return;
    }
    struct tile_chunk all = {0, tiles};
    if (!(s->flags & RLX_STEP_REPLICATED))
        all = tile_own(tiles, thread, threads);
    if (all.first != all.end)
        kernel_entry(&run->device->base, s->kernel)(&launch, all.first, all.end);
}

/* All threads meet; false: the run ends here. Only the first thread decides, and it sets the step
 * before it arrives. A thread that is still after the last barrier may read that, but is at another
 * step. */
static bool meet(struct cpu_run *run, uint32_t step, uint32_t thread)
{
    if (thread == 0 && run->stop != NULL && run->stop->ask(run->stop->context) != RLX_GO_ON)
        atomic_store_explicit(&run->stopped_at, step, memory_order_relaxed);
    pool_barrier(run->device->pool, thread);
    return atomic_load_explicit(&run->stopped_at, memory_order_relaxed) != step;
}

static void run_thread(void *context, uint32_t thread)
{
    struct cpu_run *run = context;
    const struct device_cpu *d = run->device;
    uint32_t threads = pool_active(d->pool);
    uint8_t *homes[RLX_HOME_COUNT];
    memcpy(homes, run->home, sizeof homes);
    homes[RLX_HOME_THREAD] += thread * d->memory.thread_stride;
    bool waits = false; /* a replay keeps the barriers of the steps that it leaves out */
    for (uint32_t i = run->steps->first; i < run->steps->end; i++) {
        const struct rlx_step *s =
            table_at(&d->base.model->artifact.steps, run->steps->variant->first_step + i);
        waits |= (s->flags & RLX_STEP_BARRIER) != 0;
        if (run->steps->is_replay && !(s->flags & RLX_STEP_REPLAY))
            continue;
        if (waits && !meet(run, i, thread))
            return;
        waits = false;
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

static bool cpu_run(struct device *device, const struct device_run *steps)
{
    struct device_cpu *d = (struct device_cpu *)device;
    const struct device_stop *stop = steps->stop;
    struct cpu_run run = {.device = d,
                          .steps = steps,
                          .turn = begin_turns(d, steps->end),
                          .stop = stop != NULL && stop->ask != NULL ? stop : NULL};
    device_memory_place(&d->memory, steps, run.home);
    atomic_init(&run.stopped_at, UINT32_MAX);
    pool_run(d->pool, run_thread, &run);
    return atomic_load_explicit(&run.stopped_at, memory_order_relaxed) == UINT32_MAX;
}

static rlx_status cpu_choose_level(const struct artifact *a, const char *name,
                                   const struct rlx_level **level, rlx_error *error)
{
    const uint64_t have = cpu_features();
    rlx_status status = artifact_choose_level(a, name, have, 0, level, error);
    if (status != RLX_OK || *level == NULL || cpu_permit((*level)->features))
        return status;
    return artifact_choose_level(a, name, have, CPU_ON_REQUEST, level, error);
}

static rlx_status open_parts(struct device_cpu *d, const struct device_options *o, rlx_error *error)
{
    const uint32_t threads = o->threads;
    rlx_status status = cpu_ahead(&d->ahead, error);
    if (status == RLX_OK)
        status = device_memory_open(&d->memory, o, error);
    if (status != RLX_OK)
        return status;
    d->ranges = aligned_alloc(_Alignof(struct tile_range), threads * sizeof *d->ranges);
    if (d->ranges == NULL)
        return rlx_fail(error, RLX_ERROR_NO_MEMORY, "no memory for %u threads", threads);
    memset(d->ranges, 0, threads * sizeof *d->ranges);
    status = pool_open(threads, &d->pool, error);
    if (status == RLX_OK)
        pool_set_adaptive(d->pool);
    return status;
}

static void cpu_close(struct device *device)
{
    struct device_cpu *d = (struct device_cpu *)device;
    pool_close(d->pool);
    free(d->ranges);
    device_memory_close(&d->memory);
    free(d);
}

static rlx_status cpu_open(const struct device_options *o, struct device **out, rlx_error *error)
{
    *out = NULL;
    if (o->model->code == NULL)
        return rlx_fail(error, RLX_ERROR_NO_DEVICE,
                        "%s: holds no code: its code is the program that make builds beside it",
                        o->model->name);
    struct device_cpu *d = calloc(1, sizeof *d);
    if (d == NULL)
        return rlx_fail(error, RLX_ERROR_NO_MEMORY, "no memory for a device");
    rlx_status status = open_parts(d, o, error);
    if (status == RLX_OK)
        *out = &d->base;
    else
        cpu_close(&d->base);
    return status;
}

static void *cpu_io(struct device *device, const struct rlx_io *io)
{
    return device_memory_io(&((struct device_cpu *)device)->memory, io);
}

const struct device_ops device_cpu = {
    .name = "cpu",
    .reads_mapping = true,
    .threads_max = POOL_MAX_THREADS,
    .choose_level = cpu_choose_level,
    .open = cpu_open,
    .close = cpu_close,
    .run = cpu_run,
    .input = cpu_io,
    .output = cpu_io,
    .state_new = device_states_new,
    .state_free = device_states_free,
    .state_read = device_states_read,
    .state_write = device_states_write,
    .copy = device_states_copy,
};

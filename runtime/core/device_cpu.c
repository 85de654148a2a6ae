/* The CPU device. Each thread walks the step table, runs its share of each step's tiles and some
 * that other threads have left (tiles.h), and waits for the others where a step says so. The result
 * of a tile does not depend on who computes it and when, so results are equal bit for bit.
 * Addresses are the homes plus the offsets of the mapped tables: ten additions per step are cheaper
 * than a table of resolved addresses per thread and variant, and need no memory. */
#include "runtime/core/device_cpu.h"

#include "runtime/base/error.h"
#include "runtime/core/pool.h"
#include "runtime/core/state.h"
#include "runtime/core/tiles.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { HOME_ALIGNMENT = 4096, HOME_SLACK = 256 };

struct device_cpu {
    struct device base;
    struct pool *pool;
    uint8_t *work; /* one mapping: scratch, input, output, then one thread home per thread */
    uint64_t work_bytes, thread_stride;
    struct tile_range *ranges;     /* [threads] */
    uint32_t turn;                 /* of the last step that ran */
    uint8_t *home[RLX_HOME_COUNT]; /* THREAD: that of thread 0; those of states are unused: each run
                                      brings its own */
};

/* One mapping: the home STATE, then the slots of the carried states. Kernels may read a vector or
 * two after the last row. */
struct device_states {
    uint8_t *home, *carried;
    uint64_t stride, bytes; /* of one slot, of all */
};

/* Bytes of weights in a chunk, at least, and chunks per thread, at least. */
enum { CHUNK_BYTES = 16 * 1024, MIN_CHUNKS = 8 };

struct cpu_run {
    struct device_cpu *device;
    const struct device_run *steps;
    uint8_t *home[RLX_HOME_COUNT];  /* THREAD: that of thread 0 */
    uint32_t turn;                  /* of step 0 of the variant (tiles.h) */
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
    uint64_t max = tiles / (MIN_CHUNKS * (uint64_t)threads) + 1;
    uint64_t bytes = s->tile_bytes * s->tiles;
    uint64_t chunk = bytes < CHUNK_BYTES ? max : CHUNK_BYTES / s->tile_bytes;
    return tile_chunk_fit(tiles, chunk < max ? chunk : max);
}

/* The thread's own tiles, then those that others have left. */
static void run_shared(const struct cpu_run *run, const struct rlx_step *s, uint32_t turn,
                       uint32_t thread, uint32_t threads, const struct rlx_launch *launch)
{
    rlx_kernel_fn kernel = kernel_entry(run->device->base.model, s->kernel);
    uint64_t tiles = tile_count(s, run->steps->dims);
    struct tile_split split = {.ranges = run->device->ranges,
                               .tiles = tiles,
                               .chunk = chunk_tiles(s, tiles, threads),
                               .threads = threads,
                               .turn = turn};
    struct tile_chunk chunk;
    for (uint32_t done = 0; tile_next(&split, thread, &done, &chunk);)
        kernel(launch, chunk.first, chunk.end);
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
    struct rlx_launch launch = {.args = args, .dims = run->steps->dims};
    artifact_step_values(&m->artifact, s, launch.values);
    uint64_t tiles = tile_count(s, run->steps->dims);
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
    homes[RLX_HOME_THREAD] += thread * d->thread_stride;
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

/* ---- segments ---- */

static uint8_t *slot_at(const struct device_states *states, uint32_t slot)
{
    return states->carried + slot * states->stride;
}

static int64_t distance(const uint8_t *from, const uint8_t *to)
{
    return (int64_t)((uintptr_t)to - (uintptr_t)from);
}

/* The homes of states are those of the first segment; the others are at a distance. */
static void place_segments(struct cpu_run *run)
{
    const struct device_run *r = run->steps;
    const struct rlx_variant_entry *v = r->variant;
    const struct device_segment *s = r->segments;
    struct rlx_segment *table = NULL;
    uint32_t row = 0, scratch = 0;
    if (v->segments != RLX_ABSENT)
        table = (struct rlx_segment *)(run->home[RLX_HOME_INPUT] + v->segments);
    run->home[RLX_HOME_STATE] = s[0].states->home;
    run->home[RLX_HOME_CARRIED_IN] = slot_at(s[0].states, s[0].carried_in);
    run->home[RLX_HOME_CARRIED_OUT] = slot_at(s[0].states, s[0].carried_out);
    for (uint32_t i = 0; i < r->segment_count && table != NULL; i++) {
        table[i] = (struct rlx_segment){
            .state = distance(run->home[RLX_HOME_STATE], s[i].states->home),
            .carried_in =
                distance(run->home[RLX_HOME_CARRIED_IN], slot_at(s[i].states, s[i].carried_in)),
            .carried_out =
                distance(run->home[RLX_HOME_CARRIED_OUT], slot_at(s[i].states, s[i].carried_out)),
            .first_row = row,
            .rows = s[i].rows,
            .past = s[i].past,
            .scratch_position = scratch,
        };
        row += s[i].rows;
        scratch += (s[i].rows + 63) / 64 * 64;
    }
}

static void number_rows(const struct cpu_run *run)
{
    const struct device_run *r = run->steps;
    if (r->variant->row_segments == RLX_ABSENT)
        return;
    int32_t *row = (int32_t *)(run->home[RLX_HOME_INPUT] + r->variant->row_segments);
    for (uint32_t i = 0; i < r->segment_count; i++)
        for (uint32_t j = 0; j < r->segments[i].rows; j++)
            *row++ = (int32_t)i;
}

static bool cpu_run(struct device *device, const struct device_run *steps)
{
    struct device_cpu *d = (struct device_cpu *)device;
    const struct device_stop *stop = steps->stop;
    struct cpu_run run = {.device = d,
                          .steps = steps,
                          .turn = begin_turns(d, steps->end),
                          .stop = stop != NULL && stop->ask != NULL ? stop : NULL};
    memcpy(run.home, d->home, sizeof run.home);
    place_segments(&run);
    number_rows(&run);
    atomic_init(&run.stopped_at, UINT32_MAX);
    pool_run(d->pool, run_thread, &run);
    return atomic_load_explicit(&run.stopped_at, memory_order_relaxed) == UINT32_MAX;
}

static void place_homes(struct device_cpu *d, uint64_t sizes[RLX_HOME_COUNT], uint32_t threads)
{
    for (uint32_t i = 0; i < d->base.model->level->variant_count; i++) {
        const struct rlx_variant_entry *v = model_variant(d->base.model, i);
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

static rlx_status open_parts(struct device_cpu *d, const rlx_model *model, uint32_t threads,
                             rlx_error *error)
{
    uint64_t sizes[RLX_HOME_COUNT] = {0};
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

static void cpu_close(struct device *device)
{
    struct device_cpu *d = (struct device_cpu *)device;
    pool_close(d->pool);
    free(d->ranges);
    memory_release(d->work, d->work_bytes);
    free(d);
}

static rlx_status cpu_open(const rlx_model *model, uint32_t threads, struct device **out,
                           rlx_error *error)
{
    struct device_cpu *d = calloc(1, sizeof *d);
    *out = NULL;
    if (d == NULL)
        return rlx_fail(error, RLX_ERROR_NO_MEMORY, "no memory for a device");
    d->base.model = model;
    rlx_status status = open_parts(d, model, threads, error);
    if (status == RLX_OK)
        *out = &d->base;
    else
        cpu_close(&d->base);
    return status;
}

static void *cpu_io(struct device *device, const struct rlx_io *io)
{
    return ((struct device_cpu *)device)->home[io->home] + io->offset;
}

/* ---- states ---- */

static struct device_states *cpu_state_new(struct device *device, uint32_t slots)
{
    const struct rlx_info *info = device->model->artifact.info;
    struct device_states *states = calloc(1, sizeof *states);
    if (states == NULL)
        return NULL;
    states->stride = slots == 0 ? 0 : home_size(info->carried_bytes);
    states->bytes = home_size(info->state_bytes) + slots * states->stride;
    states->home = memory_reserve(states->bytes);
    if (states->home == NULL) {
        free(states);
        return NULL;
    }
    states->carried = states->home + home_size(info->state_bytes);
    return states;
}

static void cpu_state_free(struct device_states *states)
{
    if (states != NULL)
        memory_release(states->home, states->bytes);
    free(states);
}

static uint8_t *home_of(const struct device_states *states, const struct rlx_state_entry *s,
                        uint32_t slot)
{
    return s->class_ == RLX_CLASS_CARRIED ? slot_at(states, slot) : states->home;
}

static void cpu_state_read(const struct device_states *states, uint32_t slot,
                           const struct rlx_state_entry *state, uint32_t as, size_t first,
                           size_t count, void *rows)
{
    state_read(home_of(states, state, slot), state, as, first, count, rows);
}

static void cpu_state_write(struct device_states *states, uint32_t slot,
                            const struct rlx_state_entry *state, uint32_t as, size_t first,
                            size_t count, const void *rows)
{
    state_write(home_of(states, state, slot), state, as, first, count, rows);
}

static void cpu_copy(struct device_states *to, uint32_t to_slot, const struct device_states *from,
                     uint32_t from_slot, const struct rlx_state_entry *state, size_t rows)
{
    state_copy(home_of(to, state, to_slot), home_of(from, state, from_slot), state, rows);
}

const struct device_ops device_cpu = {
    .name = "cpu",
    .open = cpu_open,
    .close = cpu_close,
    .run = cpu_run,
    .input = cpu_io,
    .output = cpu_io,
    .state_new = cpu_state_new,
    .state_free = cpu_state_free,
    .state_read = cpu_state_read,
    .state_write = cpu_state_write,
    .copy = cpu_copy,
};

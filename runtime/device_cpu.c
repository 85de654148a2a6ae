/* The CPU device. Each thread walks the step table, runs its share of each step's tiles, and meets
 * the others where a step says so. Shares are contiguous ranges that depend on the number of
 * threads; what a tile computes does not, so that results are equal bit for bit. Addresses are the
 * homes plus the offsets of the mapped tables: ten additions a step are cheaper than a table of
 * resolved addresses a thread and variant, and need no memory.
 */
#include "runtime/device_cpu.h"

#include "runtime/error.h"
#include "runtime/state.h"

#include <string.h>

enum { HOME_ALIGNMENT = 4096, HOME_SLACK = 256, MAX_STEP_ARGS = 16 /* load_tables.c checks it */ };

struct run {
    struct device_cpu *device;
    uint8_t *state;
    const struct rlx_variant_entry *variant;
    uint32_t first, end;
    const int64_t *dims;
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

/* A pointer to a function and one to data have the same form here; C has no cast between them. */
static rlx_kernel_fn kernel_entry(const rlx_model *m, uint32_t kernel)
{
    const struct rlx_kernel *k = table_at(&m->artifact.kernels, m->level->first_kernel + kernel);
    const void *at = (const uint8_t *)m->code + k->entry;
    rlx_kernel_fn fn;
    memcpy(&fn, &at, sizeof fn);
    return fn;
}

static void run_step(const rlx_model *m, const struct rlx_step *s, uint8_t *const *homes,
                     const int64_t *dims, uint32_t thread, uint32_t threads)
{
    uint64_t tiles = tile_count(s, dims), first = 0, end = tiles;
    if (!(s->flags & RLX_STEP_REPLICATED)) {
        first = tiles * thread / threads;
        end = tiles * (thread + 1) / threads;
    }
    if (first == end)
        return;
    void *args[MAX_STEP_ARGS];
    for (uint32_t i = 0; i < s->arg_count; i++) {
        const struct rlx_arg *a = table_at(&m->artifact.args, s->first_arg + i);
        args[i] = homes[a->home] + a->offset;
    }
    struct rlx_launch launch = {.args = args, .dims = dims};
    kernel_entry(m, s->kernel)(&launch, first, end);
}

static void run_thread(void *context, uint32_t thread)
{
    const struct run *run = context;
    const struct device_cpu *d = run->device;
    uint32_t threads = pool_active(d->pool);
    uint8_t *homes[RLX_HOME_COUNT];
    memcpy(homes, d->home, sizeof homes);
    homes[RLX_HOME_THREAD] += thread * d->thread_stride;
    homes[RLX_HOME_STATE] = run->state;
    for (uint32_t i = run->first; i < run->end; i++) {
        const struct rlx_step *s =
            table_at(&d->model->artifact.steps, run->variant->first_step + i);
        if (s->flags & RLX_STEP_BARRIER)
            pool_barrier(d->pool, thread);
        run_step(d->model, s, homes, run->dims, thread, threads);
    }
}

void device_cpu_run(struct device_cpu *device, uint8_t *state,
                    const struct rlx_variant_entry *variant, uint32_t first, uint32_t end,
                    const int64_t dims[RLX_DIM_COUNT])
{
    struct run run = {device, state, variant, first, end, dims};
    pool_run(device->pool, run_thread, &run);
}

static void place_homes(struct device_cpu *d, uint64_t sizes[RLX_HOME_COUNT], uint32_t threads)
{
    for (uint32_t i = 0; i < d->model->level->variant_count; i++) {
        const struct rlx_variant_entry *v = model_variant(d->model, i);
        for (uint32_t home = RLX_HOME_SCRATCH; home < RLX_HOME_COUNT; home++) {
            if (v->home_bytes[home] > sizes[home])
                sizes[home] = v->home_bytes[home];
        }
    }
    for (uint32_t home = RLX_HOME_SCRATCH; home < RLX_HOME_COUNT; home++)
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
            error, RLX_NO_MEMORY,
            "the system does not give %llu bytes of address space to work in (ulimit -v?)",
            (unsigned long long)d->work_bytes);
    /* Weights are mapped without leave to write; kernels only read them. */
    d->home[RLX_HOME_WEIGHT] = (uint8_t *)(uintptr_t)model->artifact.weights.data;
    d->home[RLX_HOME_SCRATCH] = d->work;
    d->home[RLX_HOME_INPUT] = d->work + sizes[RLX_HOME_SCRATCH];
    d->home[RLX_HOME_OUTPUT] = d->home[RLX_HOME_INPUT] + sizes[RLX_HOME_INPUT];
    d->home[RLX_HOME_THREAD] = d->home[RLX_HOME_OUTPUT] + sizes[RLX_HOME_OUTPUT];
    rlx_status status = pool_open(threads, &d->pool, error);
    if (status == RLX_OK)
        pool_set_adaptive(d->pool);
    return status;
}

void device_cpu_close(struct device_cpu *d)
{
    pool_close(d->pool);
    memory_release(d->work, d->work_bytes);
}

/* Pipelines of a level's kernels, made by several threads, because drivers compile slowly: while
 * weights are copied to the device, in the order of the variants, and those that are missing when a
 * variant first runs. In: SPIR-V modules in the level's image. Out: pipelines, and the user's
 * cache of them. Contract: device_parts.h. */
#include "runtime/vulkan/device_parts.h"

#include <stdlib.h>
#include <string.h>

enum { SPIRV_MAGIC = 0x07230203 };

static rlx_status make_pipeline(struct device_vulkan *d, uint32_t kernel, rlx_error *error)
{
    const struct device_options *o = &d->options;
    const struct artifact *a = &o->model->artifact;
    const struct rlx_kernel *k = table_at(&a->kernels, o->level->first_kernel + kernel);
    const uint8_t *code = a->data + o->level->image_offset + k->entry;
    const char *name = artifact_string(a, k->name);
    uint32_t magic;
    memcpy(&magic, code, sizeof magic);
    if (magic != SPIRV_MAGIC)
        return rlx_fail(error, RLX_ERROR_BAD_FILE, "%s: kernel %s: its code is no SPIR-V module",
                        o->model->name, name);
    return vulkan_pipeline_new(&d->v, code, k->code_bytes, name, &d->pipelines[kernel], error);
}

static void *run_worker(void *argument)
{
    struct pipeline_worker *w = argument;
    struct pipeline_work *work = w->work;
    for (uint32_t i; (i = atomic_fetch_add(&work->next, 1)) < work->count;)
        if (w->error.status == RLX_OK)
            make_pipeline(work->d, work->kernels[i], &w->error);
    return NULL;
}

/* So many threads, but not more than there are kernels. */
static void start_workers(struct pipeline_work *work, uint32_t count)
{
    count = count < PIPELINE_THREADS ? count : PIPELINE_THREADS;
    for (; work->worker_count < count && work->worker_count < work->count; work->worker_count++) {
        struct pipeline_worker *w = &work->workers[work->worker_count];
        w->work = work;
        if (pthread_create(&w->thread, NULL, run_worker, w) != 0)
            break;
    }
}

/* The first failure, if there is one. */
static rlx_status join_workers(struct pipeline_work *work, rlx_error *error)
{
    rlx_status status = RLX_OK;
    for (uint32_t i = 0; i < work->worker_count; i++) {
        const rlx_error *found = &work->workers[i].error;
        pthread_join(work->workers[i].thread, NULL);
        if (found->status != RLX_OK && status == RLX_OK)
            status = rlx_fail(error, found->status, "%s", found->text);
    }
    free(work->kernels);
    *work = (struct pipeline_work){.d = work->d};
    return status;
}

/* The kernels of these variants of the level that have no pipeline yet, each once. */
static rlx_status list_kernels(struct device_vulkan *d, uint32_t first, uint32_t end,
                               struct pipeline_work *work, rlx_error *error)
{
    const struct device_options *o = &d->options;
    uint8_t *listed = calloc((size_t)d->pipeline_count + 1, sizeof *listed);
    uint32_t *kernels = calloc((size_t)d->pipeline_count + 1, sizeof *kernels);
    *work = (struct pipeline_work){.d = d, .kernels = kernels};
    for (uint32_t i = first; i < end && listed != NULL && kernels != NULL; i++) {
        const struct rlx_variant_entry *v = level_variant(o->model, o->level, i);
        for (uint32_t s = 0; s < v->step_count; s++) {
            const uint32_t kernel = vulkan_step(o, v, s)->kernel;
            if (d->pipelines[kernel] == VK_NULL_HANDLE && listed[kernel] == 0)
                kernels[work->count++] = kernel;
            listed[kernel] = 1;
        }
    }
    free(listed);
    if (listed != NULL && kernels != NULL)
        return RLX_OK;
    free(kernels);
    work->kernels = NULL;
    return rlx_fail(error, RLX_ERROR_NO_MEMORY, "no memory for %u pipelines", d->pipeline_count);
}

rlx_status vulkan_pipelines_need(struct device_vulkan *d, uint32_t variant, rlx_error *error)
{
    struct pipeline_work work;
    rlx_status status = list_kernels(d, variant, variant + 1, &work, error);
    if (status != RLX_OK)
        return status;
    struct pipeline_worker own = {.work = &work};
    start_workers(&work, d->options.threads - 1);
    run_worker(&own); /* this thread takes part */
    status = join_workers(&work, error);
    if (status == RLX_OK && own.error.status != RLX_OK)
        status = rlx_fail(error, own.error.status, "%s", own.error.text);
    return status;
}

rlx_status vulkan_pipelines_open(struct device_vulkan *d, rlx_error *error)
{
    const uint32_t count = d->options.level->kernel_count;
    d->pipelines = calloc((size_t)count + 1, sizeof *d->pipelines);
    if (d->pipelines == NULL)
        return rlx_fail(error, RLX_ERROR_NO_MEMORY, "no memory for %u pipelines", count);
    d->pipeline_count = count;
    vulkan_cache_open(&d->v, d->options.level->image_digest);
    return RLX_OK;
}

rlx_status vulkan_pipelines_begin(struct device_vulkan *d, rlx_error *error)
{
    rlx_status status =
        list_kernels(d, 0, d->options.level->variant_count, &d->pipeline_work, error);
    if (status == RLX_OK)
        start_workers(&d->pipeline_work, d->options.threads);
    return status;
}

void vulkan_pipelines_end(struct device_vulkan *d)
{
    atomic_store(&d->pipeline_work.next, UINT32_MAX / 2); /* no more */
    join_workers(&d->pipeline_work, NULL); /* whoever needs a pipeline that failed will see why */
}

void vulkan_pipelines_close(struct device_vulkan *d)
{
    vulkan_cache_store(&d->v, d->options.level->image_digest);
    for (uint32_t i = 0; i < d->pipeline_count; i++)
        vulkan_pipeline_free(&d->v, d->pipelines[i]);
    free(d->pipelines);
}

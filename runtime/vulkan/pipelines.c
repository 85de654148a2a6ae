/* Pipelines of a level's kernels, made when a variant first runs, by several threads, because
 * drivers compile slowly. In: SPIR-V modules in the level's image. Out: pipelines, and the user's
 * cache of them. Contract: device_parts.h. */
#include "runtime/vulkan/device_parts.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { SPIRV_MAGIC = 0x07230203, THREADS_MAX = 16 };

/* Kernels without a pipeline, for whoever takes the next one. */
struct work {
    struct device_vulkan *d;
    const uint32_t *kernels;
    uint32_t count;
    atomic_uint next;
};

/* What one thread does, and its first failure. */
struct worker {
    struct work *work;
    pthread_t thread;
    rlx_error error;
};

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
    struct worker *w = argument;
    for (uint32_t i; (i = atomic_fetch_add(&w->work->next, 1)) < w->work->count;)
        if (w->error.status == RLX_OK)
            make_pipeline(w->work->d, w->work->kernels[i], &w->error);
    return NULL;
}

/* The calling thread takes part. */
static rlx_status run_workers(struct work *work, rlx_error *error)
{
    struct worker workers[THREADS_MAX] = {{.work = work}};
    const uint32_t wanted =
        work->d->options.threads < work->count ? work->d->options.threads : work->count;
    uint32_t count = 1;
    for (; count < wanted && count < THREADS_MAX; count++) {
        workers[count].work = work;
        if (pthread_create(&workers[count].thread, NULL, run_worker, &workers[count]) != 0)
            break;
    }
    run_worker(&workers[0]);
    for (uint32_t i = 1; i < count; i++)
        pthread_join(workers[i].thread, NULL);
    for (uint32_t i = 0; i < count; i++)
        if (workers[i].error.status != RLX_OK)
            return rlx_fail(error, workers[i].error.status, "%s", workers[i].error.text);
    return RLX_OK;
}

rlx_status vulkan_pipelines_need(struct device_vulkan *d, const struct rlx_variant_entry *v,
                                 rlx_error *error)
{
    uint8_t *listed = calloc((size_t)d->pipeline_count + 1, sizeof *listed);
    uint32_t *kernels = calloc((size_t)d->pipeline_count + 1, sizeof *kernels);
    struct work work = {.d = d, .kernels = kernels};
    rlx_status status = RLX_OK;
    for (uint32_t i = 0; i < v->step_count && listed != NULL && kernels != NULL; i++) {
        const uint32_t kernel = vulkan_step(&d->options, v, i)->kernel;
        if (d->pipelines[kernel] == VK_NULL_HANDLE && listed[kernel] == 0)
            kernels[work.count++] = kernel;
        listed[kernel] = 1;
    }
    if (listed == NULL || kernels == NULL)
        status =
            rlx_fail(error, RLX_ERROR_NO_MEMORY, "no memory for %u pipelines", d->pipeline_count);
    else if (work.count != 0)
        status = run_workers(&work, error);
    free(kernels);
    free(listed);
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

void vulkan_pipelines_close(struct device_vulkan *d)
{
    vulkan_cache_store(&d->v, d->options.level->image_digest);
    for (uint32_t i = 0; i < d->pipeline_count; i++)
        vulkan_pipeline_free(&d->v, d->pipelines[i]);
    free(d->pipelines);
}

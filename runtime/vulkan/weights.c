/* Weights. In: the mapped section WEIGHTS. Out: the same bytes where shaders reach them: in place
 * where the device uses this machine's memory and can, else copied. What the level's steps do not
 * use is not copied. Contract: device_parts.h. */
#include "runtime/vulkan/device_parts.h"

#include <stdlib.h>
#include <string.h>

enum {
    SLACK = 256, /* shaders may read a vector or two after the last row */
    ALIGN = RLX_WEIGHT_ALIGNMENT,
};

/* ---- in place ---- */

/* The size in whole pages: the system has mapped the file's last page to its end, but not the
 * caller's memory. False: it cannot be used in place. */
static bool can_import(const struct vulkan *v, const rlx_model *m, uint64_t *bytes)
{
    const struct span *w = &m->artifact.weights;
    const uint64_t unit = v->facts.host_alignment;
    if (unit == 0 || unit > RLX_PAGE || (uintptr_t)w->data % unit != 0)
        return false;
    *bytes = (w->bytes + unit - 1) / unit * unit;
    return *bytes == w->bytes || !m->is_borrowed;
}

static rlx_status import_all(struct vulkan *v, const rlx_model *m, uint64_t bytes,
                             struct vulkan_weights *weights)
{
    struct weight_chunk *c = &weights->chunks[0];
    /* Shaders only read weights. */
    void *data = (void *)(uintptr_t)m->artifact.weights.data;
    rlx_status status = vulkan_memory_import(v, data, bytes, &c->memory, NULL);
    c->offset = 0;
    c->end = bytes;
    weights->count = status == RLX_OK;
    return status;
}

/* ---- copied ---- */

static int by_offset(const void *a, const void *b)
{
    const struct weight_chunk *x = a, *y = b;
    return x->offset != y->offset ? (x->offset < y->offset ? -1 : 1) : 0;
}

static uint32_t step_range(const struct device_options *o, uint32_t variant, uint32_t *end)
{
    const struct rlx_variant_entry *v = level_variant(o->model, o->level, variant);
    *end = v->first_step + v->step_count;
    return v->first_step;
}

/* What the steps of the level read, in any order; `out` NULL: only counts. */
static uint32_t list_uses(const struct device_options *o, struct weight_chunk *out)
{
    const struct artifact *a = &o->model->artifact;
    uint32_t count = 0, end;
    for (uint32_t i = 0; i < o->level->variant_count; i++)
        for (uint32_t s = step_range(o, i, &end); s < end; s++) {
            const struct rlx_step *step = table_at(&a->steps, s);
            for (uint32_t j = 0; j < step->arg_count; j++) {
                const struct rlx_arg *arg = table_at(&a->args, step->first_arg + j);
                if (arg->home != RLX_HOME_WEIGHT)
                    continue;
                if (out != NULL)
                    out[count] = (struct weight_chunk){.offset = arg->offset / ALIGN * ALIGN,
                                                       .end = arg->offset + arg->bytes};
                count++;
            }
        }
    return count;
}

/* Joins uses that overlap, then neighbours up to `max` bytes. */
static uint32_t join(struct weight_chunk *c, uint32_t count, uint64_t max, uint64_t gap)
{
    uint32_t kept = 0;
    for (uint32_t i = 1; i < count; i++) {
        struct weight_chunk *last = &c[kept];
        const uint64_t end = c[i].end > last->end ? c[i].end : last->end;
        const bool overlaps = c[i].offset < last->end;
        if (overlaps || (c[i].offset - last->end <= gap && end - last->offset <= max))
            last->end = end;
        else
            c[++kept] = c[i];
    }
    return count == 0 ? 0 : kept + 1;
}

rlx_status vulkan_weights_find(struct vulkan *v, const struct device_options *o,
                               struct vulkan_weights *weights, rlx_error *error)
{
    enum { GAP = 1 << 20 };
    uint64_t bytes;
    uint32_t count = list_uses(o, NULL);
    weights->chunks = calloc((size_t)count + 1, sizeof *weights->chunks);
    if (weights->chunks == NULL)
        return rlx_fail(error, RLX_ERROR_NO_MEMORY, "no memory for a list of weights");
    if (count == 0 ||
        (can_import(v, o->model, &bytes) && import_all(v, o->model, bytes, weights) == RLX_OK))
        return RLX_OK;
    list_uses(o, weights->chunks);
    qsort(weights->chunks, count, sizeof *weights->chunks, by_offset);
    count = join(weights->chunks, count, 0, 0);
    weights->count = join(weights->chunks, count, v->facts.buffer_max / 4, GAP);
    for (uint32_t i = 0; i < weights->count; i++)
        weights->copied += weights->chunks[i].end - weights->chunks[i].offset + SLACK;
    return RLX_OK;
}

rlx_status vulkan_weights_copy(struct vulkan *v, const rlx_model *m, struct vulkan_weights *weights,
                               rlx_error *error)
{
    rlx_status status = RLX_OK;
    for (uint32_t i = 0; i < weights->count && status == RLX_OK; i++) {
        struct weight_chunk *c = &weights->chunks[i];
        const uint64_t bytes = c->end - c->offset;
        const struct vulkan_copy copy = {
            .bytes = bytes, .host = (void *)(uintptr_t)(m->artifact.weights.data + c->offset)};
        status = vulkan_memory_new(v, VULKAN_ON_DEVICE, bytes + SLACK, &c->memory, error);
        if (status == RLX_OK)
            status = vulkan_upload(v, &c->memory, &copy, 1, error);
    }
    return status;
}

void vulkan_weights_close(struct vulkan *v, struct vulkan_weights *weights)
{
    for (uint32_t i = 0; i < weights->count; i++)
        vulkan_memory_free(v, &weights->chunks[i].memory);
    free(weights->chunks);
}

VkDeviceAddress vulkan_weights_address(const struct vulkan_weights *weights, uint64_t offset)
{
    uint32_t first = 0, end = weights->count;
    while (end - first > 1) {
        const uint32_t middle = first + (end - first) / 2;
        if (weights->chunks[middle].offset <= offset)
            first = middle;
        else
            end = middle;
    }
    const struct weight_chunk *c = &weights->chunks[first];
    return c->memory.address + (offset - c->offset);
}

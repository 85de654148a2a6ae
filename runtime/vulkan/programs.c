/* Pipelines and recorded commands. In: the tables of a level. Out: for each variant, commands that
 * run its parts as often as they are submitted: everything that changes from run to run is in
 * memory that they read. Contract: device_parts.h. */
#include "runtime/vulkan/device_parts.h"

#include <stdlib.h>
#include <string.h>

enum {
    SLICE_BARRIERS = 24,      /* a run can be stopped after so many */
    SPIRV_MAGIC = 0x07230203, /* the first word of every module */
};

static const struct rlx_step *step_at(const struct device_options *o,
                                      const struct rlx_variant_entry *v, uint32_t index)
{
    return table_at(&o->model->artifact.steps, v->first_step + index);
}

/* ---- pipelines ---- */

static rlx_status bad_kernel(const struct device_options *o, const char *kernel, const char *what,
                             rlx_error *error)
{
    return rlx_fail(error, RLX_ERROR_BAD_FILE, "%s: kernel %s: %s", o->model->name, kernel, what);
}

static rlx_status open_pipeline(struct device_vulkan *d, const struct device_options *o,
                                uint32_t index, rlx_error *error)
{
    const struct artifact *a = &o->model->artifact;
    const struct rlx_kernel *k = table_at(&a->kernels, o->level->first_kernel + index);
    const uint8_t *code = a->data + o->level->image_offset + k->entry;
    uint32_t magic = 0;
    if (k->code_bytes >= sizeof magic)
        memcpy(&magic, code, sizeof magic);
    if (magic != SPIRV_MAGIC || k->entry % sizeof magic != 0 || k->code_bytes % sizeof magic != 0)
        return bad_kernel(o, artifact_string(a, k->name), "its code is no SPIR-V module", error);
    return vulkan_pipeline_new(&d->v, code, k->code_bytes, artifact_string(a, k->name),
                               &d->pipelines[index], error);
}

static rlx_status open_pipelines(struct device_vulkan *d, const struct device_options *o,
                                 rlx_error *error)
{
    const uint32_t count = o->level->kernel_count;
    rlx_status status = RLX_OK;
    d->pipelines = calloc((size_t)count + 1, sizeof *d->pipelines);
    if (d->pipelines == NULL)
        return rlx_fail(error, RLX_ERROR_NO_MEMORY, "no memory for %u pipelines", count);
    d->pipeline_count = count;
    vulkan_cache_open(&d->v, o->level->image_digest);
    for (uint32_t i = 0; i < count && status == RLX_OK; i++)
        status = open_pipeline(d, o, i, error);
    if (status == RLX_OK)
        vulkan_cache_store(&d->v, o->level->image_digest);
    return status;
}

/* ---- tables of a variant: counts of workgroups, then addresses of arguments ---- */

static VkDeviceAddress arg_address(const struct device_vulkan *d, const struct rlx_arg *arg)
{
    switch (arg->home) {
    case RLX_HOME_WEIGHT:
        return vulkan_weights_address(&d->weights, arg->offset);
    case RLX_HOME_STATE:
    case RLX_HOME_CARRIED_IN:
    case RLX_HOME_CARRIED_OUT:
        return arg->offset; /* the segments of a run know where these homes are */
    default:
        return d->home[arg->home].address + arg->offset;
    }
}

static uint64_t args_offset(const struct rlx_variant_entry *v)
{
    return (v->step_count * sizeof(VkDispatchIndirectCommand) + 63) / 64 * 64;
}

static rlx_status fill_tables(struct device_vulkan *d, const struct device_options *o,
                              struct vulkan_program *p, rlx_error *error)
{
    const struct rlx_variant_entry *v = p->variant;
    uint64_t slots = 0;
    for (uint32_t i = 0; i < v->step_count; i++)
        slots += step_at(o, v, i)->arg_count;
    rlx_status status = vulkan_memory_new(
        &d->v, VULKAN_FROM_HOST, args_offset(v) + slots * sizeof(uint64_t), &p->tables, error);
    if (status != RLX_OK)
        return status;
    p->counts = (VkDispatchIndirectCommand *)p->tables.mapped;
    uint64_t *to = (uint64_t *)(p->tables.mapped + args_offset(v));
    for (uint32_t i = 0; i < v->step_count; i++) {
        const struct rlx_step *s = step_at(o, v, i);
        p->counts[i] = (VkDispatchIndirectCommand){0, 1, 1};
        for (uint32_t j = 0; j < s->arg_count; j++)
            *to++ = arg_address(d, table_at(&o->model->artifact.args, s->first_arg + j));
    }
    return RLX_OK;
}

/* ---- commands ---- */

struct recorder {
    struct device_vulkan *d;
    const struct device_options *options;
    struct vulkan_program *program;
    struct vulkan_commands *out;
    VkCommandBuffer command; /* NULL: none is begun */
    uint32_t barriers;       /* in it */
};

/* All steps before have written what the steps after it read, and read what they overwrite. */
static void step_barrier(const struct vulkan *v, VkCommandBuffer command)
{
    const VkMemoryBarrier shaders = {.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
                                     .srcAccessMask = VK_ACCESS_SHADER_WRITE_BIT,
                                     .dstAccessMask =
                                         VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT};
    v->CmdPipelineBarrier(command, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
                          VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, 0, 1, &shaders, 0, NULL, 0, NULL);
}

static rlx_status end_slice(struct recorder *r, rlx_error *error)
{
    if (r->command == NULL)
        return RLX_OK;
    VkResult result = r->d->v.EndCommandBuffer(r->command);
    r->command = NULL;
    return result == VK_SUCCESS ? RLX_OK : vulkan_fail(error, result, "commands");
}

static rlx_status begin_slice(struct recorder *r, rlx_error *error)
{
    const struct vulkan *v = &r->d->v;
    const VkCommandBufferAllocateInfo info = {.sType =
                                                  VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
                                              .commandPool = v->pool,
                                              .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
                                              .commandBufferCount = 1};
    const VkCommandBufferBeginInfo begin = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO};
    rlx_status status = end_slice(r, error);
    if (status != RLX_OK)
        return status;
    VkCommandBuffer *slices = realloc(r->out->slices, (r->out->count + 1) * sizeof *r->out->slices);
    if (slices == NULL)
        return rlx_fail(error, RLX_ERROR_NO_MEMORY, "no memory for commands");
    r->out->slices = slices;
    r->barriers = 0;
    VkResult result = v->AllocateCommandBuffers(v->handle, &info, &slices[r->out->count]);
    if (result == VK_SUCCESS) {
        r->command = slices[r->out->count++];
        result = v->BeginCommandBuffer(r->command, &begin);
    }
    return result == VK_SUCCESS ? RLX_OK : vulkan_fail(error, result, "commands");
}

static void record_step(const struct recorder *r, uint32_t index, uint64_t first_slot)
{
    const struct device_vulkan *d = r->d;
    const struct vulkan_program *p = r->program;
    const struct rlx_step *s = step_at(r->options, p->variant, index);
    struct rlx_shader_launch launch = {.args = p->tables.address + args_offset(p->variant) +
                                               first_slot * sizeof(uint64_t),
                                       .dims = d->dims.address};
    artifact_step_values(&r->options->model->artifact, s, launch.values);
    d->v.CmdBindPipeline(r->command, VK_PIPELINE_BIND_POINT_COMPUTE, d->pipelines[s->kernel]);
    d->v.CmdPushConstants(r->command, d->v.layout, VK_SHADER_STAGE_COMPUTE_BIT, 0, sizeof launch,
                          &launch);
    d->v.CmdDispatchIndirect(r->command, p->tables.buffer,
                             index * sizeof(VkDispatchIndirectCommand));
}

/* A part begins with a barrier, because it follows another part or run. */
static rlx_status record_steps(struct recorder *r, enum vulkan_part part, rlx_error *error)
{
    const struct rlx_variant_entry *v = r->program->variant;
    const uint32_t first = part == PART_ROWS ? v->lm_head_step : 0;
    const uint32_t end = part == PART_BODY ? v->lm_head_step : v->step_count;
    uint64_t slot = 0;
    bool waits = true;
    rlx_status status = RLX_OK;
    for (uint32_t i = 0; i < end && status == RLX_OK; i++) {
        const struct rlx_step *s = step_at(r->options, v, i);
        const uint64_t own = slot;
        slot += s->arg_count;
        if (i < first)
            continue;
        waits |= (s->flags & RLX_STEP_BARRIER) != 0;
        if (part == PART_REPLAY && (s->flags & RLX_STEP_REPLAY) == 0)
            continue;
        if (waits && (r->command == NULL || r->barriers == SLICE_BARRIERS))
            status = begin_slice(r, error);
        if (status == RLX_OK && waits) {
            step_barrier(&r->d->v, r->command);
            r->barriers++;
        }
        waits = false;
        if (status == RLX_OK)
            record_step(r, i, own);
    }
    return status;
}

static rlx_status record_part(struct device_vulkan *d, const struct device_options *o,
                              struct vulkan_program *p, enum vulkan_part part, rlx_error *error)
{
    struct recorder r = {.d = d, .options = o, .program = p, .out = &p->parts[part]};
    rlx_status status = record_steps(&r, part, error);
    if (status != RLX_OK || r.command == NULL)
        return status;
    vulkan_barrier(&d->v, r.command); /* the host reads outputs */
    return end_slice(&r, error);
}

/* ---- all ---- */

static rlx_status open_program(struct device_vulkan *d, const struct device_options *o,
                               struct vulkan_program *p, rlx_error *error)
{
    rlx_status status = fill_tables(d, o, p, error);
    for (int part = 0; part < PARTS && status == RLX_OK; part++)
        status = record_part(d, o, p, (enum vulkan_part)part, error);
    return status;
}

/* Tiles are workgroups of one dimension; a run never has more of them than at the upper sizes. */
static rlx_status check_steps(const struct device_options *o, const struct rlx_variant_entry *v,
                              rlx_error *error)
{
    for (uint32_t i = 0; i < v->step_count; i++) {
        const struct rlx_step *s = step_at(o, v, i);
        uint64_t tiles = s->tiles;
        if (s->tile_unit != 0)
            tiles *= ((uint64_t)v->upper[s->tile_symbol] + s->tile_unit - 1) / s->tile_unit;
        if (tiles > RLX_SHADER_TILES_MAX)
            return rlx_fail(error, RLX_ERROR_BAD_FILE,
                            "%s: step %s has %llu tiles: shaders have at most %d", o->model->name,
                            artifact_string(&o->model->artifact, s->name),
                            (unsigned long long)tiles, RLX_SHADER_TILES_MAX);
        if ((s->flags & RLX_STEP_REPLICATED) != 0)
            return rlx_fail(error, RLX_ERROR_BAD_FILE,
                            "%s: step %s is replicated, which is for threads of a CPU",
                            o->model->name, artifact_string(&o->model->artifact, s->name));
    }
    return RLX_OK;
}

rlx_status vulkan_programs_open(struct device_vulkan *d, const struct device_options *o,
                                rlx_error *error)
{
    const uint32_t count = o->level->variant_count;
    uint32_t longest = 0;
    rlx_status status = open_pipelines(d, o, error);
    if (status != RLX_OK)
        return status;
    d->programs = calloc((size_t)count + 1, sizeof *d->programs);
    if (d->programs == NULL)
        return rlx_fail(error, RLX_ERROR_NO_MEMORY, "no memory for %u variants", count);
    d->program_count = count;
    for (uint32_t i = 0; i < count && status == RLX_OK; i++) {
        struct vulkan_program *p = &d->programs[i];
        p->variant = level_variant(o->model, o->level, i);
        status = check_steps(o, p->variant, error);
        if (status == RLX_OK)
            status = open_program(d, o, p, error);
        const uint32_t slices = p->parts[PART_BODY].count + p->parts[PART_ROWS].count;
        longest = slices > longest ? slices : longest;
    }
    d->list = calloc((size_t)longest + 1, sizeof *d->list);
    if (status == RLX_OK && d->list == NULL)
        return rlx_fail(error, RLX_ERROR_NO_MEMORY, "no memory for commands");
    return status;
}

void vulkan_programs_close(struct device_vulkan *d)
{
    /* Command buffers go with their pool. */
    for (uint32_t i = 0; i < d->program_count; i++) {
        for (int part = 0; part < PARTS; part++)
            free(d->programs[i].parts[part].slices);
        vulkan_memory_free(&d->v, &d->programs[i].tables);
    }
    for (uint32_t i = 0; i < d->pipeline_count; i++)
        vulkan_pipeline_free(&d->v, d->pipelines[i]);
    free(d->programs);
    free(d->pipelines);
    free(d->list);
}

/* Recorded commands. In: the tables of a level. Out: for each variant that runs, commands that run
 * its parts as often as they are submitted: everything that changes from run to run is in memory
 * that they read. Contract: device_parts.h. */
#include "runtime/vulkan/device_parts.h"

#include <stdlib.h>
#include <string.h>

enum { SLICE_BARRIERS = 12 }; /* a run can be stopped after so many */

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

static uint64_t table_bytes(const struct device_options *o, const struct rlx_variant_entry *v)
{
    uint64_t slots = 0;
    for (uint32_t i = 0; i < v->step_count; i++)
        slots += vulkan_step(o, v, i)->arg_count;
    return args_offset(v) + slots * sizeof(uint64_t);
}

uint64_t vulkan_programs_bytes(const struct device_options *o)
{
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < o->level->variant_count; i++)
        bytes += table_bytes(o, level_variant(o->model, o->level, i));
    return bytes;
}

static rlx_status fill_tables(struct device_vulkan *d, const struct device_options *o,
                              struct vulkan_program *p, rlx_error *error)
{
    const struct rlx_variant_entry *v = p->variant;
    rlx_status status =
        vulkan_memory_new(&d->v, VULKAN_FROM_HOST, table_bytes(o, v), &p->tables, error);
    if (status != RLX_OK)
        return status;
    p->counts = (VkDispatchIndirectCommand *)p->tables.mapped;
    uint64_t *to = (uint64_t *)(p->tables.mapped + args_offset(v));
    for (uint32_t i = 0; i < v->step_count; i++) {
        const struct rlx_step *s = vulkan_step(o, v, i);
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
    const struct rlx_step *s = vulkan_step(r->options, p->variant, index);
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
        const struct rlx_step *s = vulkan_step(r->options, v, i);
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

/* A run's list of slices has room for the longest variant. */
static rlx_status grow_list(struct device_vulkan *d, const struct vulkan_program *p,
                            rlx_error *error)
{
    const uint32_t count =
        p->parts[PART_BODY].count + p->parts[PART_ROWS].count + p->parts[PART_REPLAY].count;
    VkCommandBuffer *list = realloc(d->list, (count + d->list_room + 1) * sizeof *list);
    if (list == NULL)
        return rlx_fail(error, RLX_ERROR_NO_MEMORY, "no memory for commands");
    d->list = list;
    d->list_room = count > d->list_room ? count : d->list_room;
    return RLX_OK;
}

rlx_status vulkan_program_need(struct device_vulkan *d, struct vulkan_program *p, rlx_error *error)
{
    const struct device_options *o = &d->options;
    if (p->is_ready)
        return RLX_OK;
    rlx_status status = vulkan_pipelines_need(d, (uint32_t)(p - d->programs), error);
    if (status == RLX_OK)
        status = fill_tables(d, o, p, error);
    for (int part = 0; part < PARTS && status == RLX_OK; part++)
        status = record_part(d, o, p, (enum vulkan_part)part, error);
    if (status == RLX_OK)
        status = grow_list(d, p, error);
    p->is_ready = status == RLX_OK;
    return status;
}

/* Tiles are workgroups of one dimension; a run never has more of them than at the upper sizes. */
static rlx_status check_steps(const struct device_options *o, const struct rlx_variant_entry *v,
                              rlx_error *error)
{
    for (uint32_t i = 0; i < v->step_count; i++) {
        const struct rlx_step *s = vulkan_step(o, v, i);
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

rlx_status vulkan_programs_open(struct device_vulkan *d, rlx_error *error)
{
    const struct device_options *o = &d->options;
    const uint32_t count = o->level->variant_count;
    rlx_status status = RLX_OK;
    d->programs = calloc((size_t)count + 1, sizeof *d->programs);
    if (d->programs == NULL)
        return rlx_fail(error, RLX_ERROR_NO_MEMORY, "no memory for %u variants", count);
    d->program_count = count;
    for (uint32_t i = 0; i < count && status == RLX_OK; i++) {
        d->programs[i].variant = level_variant(o->model, o->level, i);
        status = check_steps(o, d->programs[i].variant, error);
    }
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
    free(d->programs);
    free(d->list);
}

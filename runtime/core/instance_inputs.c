/* Inputs of an instance. In: what the caller gives by name, which waits for a run, and what a run
 * knows by itself: positions and rows wanted. Out: inputs on the device. Contract:
 * rlx/instance.h. */
#include "runtime/core/instance.h"

#include "runtime/base/error.h"

#include <stdlib.h>
#include <string.h>

/* ---- waiting ---- */

/* The largest size of an input over the entry's variants. Places have gaps between rows, so this
 * bounds the bytes without them. */
static uint64_t max_bytes(const rlx_instance *n, uint32_t entry, uint32_t index)
{
    uint64_t max = 0;
    for (uint32_t i = 0; i < n->device->level->variant_count; i++) {
        const struct rlx_variant_entry *v = device_variant(n->device, i);
        if (v->entry == entry && run_io(n->model, v, index)->bytes > max)
            max = run_io(n->model, v, index)->bytes;
    }
    return max;
}

/* Whole rows: a multiple of what the fixed dimensions make. */
static rlx_status check_bytes(const rlx_instance *n, uint32_t entry, uint32_t index, size_t bytes,
                              rlx_error *error)
{
    const struct rlx_io *io = run_io(n->model, n->entries[entry].variant, index);
    const char *name = artifact_string(&n->model->artifact, io->name);
    uint64_t unit = sizeof(float), max = max_bytes(n, entry, index);
    bool is_open = false;
    for (uint32_t i = 0; i < io->rank; i++) {
        is_open |= io->dims[i].slot != RLX_NO_SLOT;
        unit *= io->dims[i].slot == RLX_NO_SLOT ? io->dims[i].size : 1;
    }
    if (bytes > max)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                        "input '%s': %zu bytes, but the largest variant takes %llu", name, bytes,
                        (unsigned long long)max);
    if (bytes == 0 || bytes % unit != 0 || (!is_open && bytes != unit))
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT, "input '%s': %zu bytes: expected %s%llu",
                        name, bytes, is_open ? "a multiple of " : "", (unsigned long long)unit);
    return RLX_OK;
}

rlx_status rlx_instance_set_input(rlx_instance *instance, const char *entry, const char *name,
                                  const void *data, size_t bytes, rlx_error *error)
{
    uint32_t at;
    REFUSE_NULL(instance);
    REFUSE_NULL(entry);
    REFUSE_NULL(name);
    REFUSE_NULL_OF(data, bytes);
    rlx_status status = instance_find_entry(instance, entry, &at, error);
    if (status != RLX_OK)
        return status;
    uint32_t index = instance_find_io(instance, at, RLX_INPUT, name);
    if (index == RLX_NO_SLOT)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT, "entry '%s' has no input '%s'", entry, name);
    status = check_bytes(instance, at, index, bytes, error);
    if (status != RLX_OK)
        return status;
    struct staged_input *staged = &instance->staged[instance->entries[at].first_staged + index];
    if (bytes > staged->capacity) {
        uint8_t *grown = realloc(staged->data, bytes);
        if (grown == NULL)
            return rlx_fail(error, RLX_ERROR_NO_MEMORY, "no memory for %zu bytes of input '%s'",
                            bytes, name);
        staged->data = grown;
        staged->capacity = bytes;
    }
    memcpy(staged->data, data, bytes);
    staged->bytes = bytes;
    staged->is_set = true;
    return RLX_OK;
}

rlx_status rlx_instance_set_extent(rlx_instance *instance, const char *symbol, uint64_t value,
                                   rlx_error *error)
{
    REFUSE_NULL(instance);
    REFUSE_NULL(symbol);
    const struct artifact *a = &instance->model->artifact;
    for (uint32_t slot = 0; slot < a->symbols.count; slot++) {
        const struct rlx_symbol *s = table_at(&a->symbols, slot);
        if (strcmp(artifact_string(a, s->name), symbol) != 0 || s->symbol != slot ||
            slot == RLX_DIM_OUT_ROWS || slot == RLX_DIM_KEYS)
            continue;
        if (slot == RLX_DIM_PAST_SEQ)
            return instance_set_past(instance, value, error);
        if (value < s->min || value > s->max)
            return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT, "%s is %llu: expected %llu to %llu",
                            symbol, (unsigned long long)value, (unsigned long long)s->min,
                            (unsigned long long)s->max);
        instance->extents[slot] = (int64_t)value;
        return RLX_OK;
    }
    return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                    "the model has no symbol '%s' whose size a caller may set", symbol);
}

rlx_status rlx_instance_set_segments(rlx_instance *instance, const rlx_segment_rows *segments,
                                     size_t count, rlx_error *error)
{
    REFUSE_NULL(instance);
    REFUSE_NULL_OF(segments, count);
    if (count > instance->device->segments_max)
        return rlx_fail(error, RLX_ERROR_NO_VARIANT,
                        "%zu segments, but the largest variant takes %u", count,
                        instance->device->segments_max);
    for (size_t i = 0; i < count; i++) {
        if (segments[i].rows == 0)
            return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT, "segment %zu has no rows", i);
        if (count > 1 && segments[i].past != 0)
            return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                            "segment %zu comes after %u positions, but only one segment may: an "
                            "instance has the states of one sequence",
                            i, segments[i].past);
    }
    if (count == 1) {
        rlx_status status = instance_set_past(instance, segments[0].past, error);
        if (status != RLX_OK)
            return status;
    }
    for (size_t i = 0; i < count; i++)
        instance->segment_rows[i] = segments[i].rows;
    instance->segment_count = (uint32_t)count;
    return RLX_OK;
}

/* ---- on the device ---- */

uint64_t instance_elements(const struct rlx_io *io, uint32_t first, const int64_t *dims)
{
    uint64_t count = 1;
    for (uint32_t i = first; i < io->rank; i++)
        count *=
            io->dims[i].slot == RLX_NO_SLOT ? io->dims[i].size : (uint64_t)dims[io->dims[i].slot];
    return count;
}

/* Ids that select rows of tables, and positions that select rows of states, must be rows of them. */
static rlx_status check_numbers(const rlx_model *m, const struct rlx_io *io,
                                const struct staged_input *staged, const int64_t *dims,
                                rlx_error *error)
{
    const struct rlx_info *info = m->artifact.info;
    const int32_t *numbers = (const int32_t *)staged->data;
    int64_t end = io->role == RLX_ROLE_POSITIONS                  ? info->context
                  : io->role == RLX_ROLE_OUT_ROWS                 ? dims[RLX_DIM_ROWS]
                  : io->role == RLX_ROLE_TOKENS && io->limit == 0 ? info->vocabulary
                                                                  : 0;
    if (io->limit != 0 && (end == 0 || io->limit < end))
        end = io->limit;
    for (size_t i = 0; end != 0 && i < staged->bytes / sizeof *numbers; i++)
        if (numbers[i] < 0 || numbers[i] >= end)
            return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                            "input '%s', element %zu: expected 0 to %lld, found %d",
                            artifact_string(&m->artifact, io->name), i, (long long)end - 1,
                            numbers[i]);
    return RLX_OK;
}

/* Rows as the caller gave them, to rows at their stride. */
static rlx_status write_input(const rlx_instance *n, const struct rlx_io *io,
                              const struct staged_input *staged, const int64_t *dims,
                              rlx_error *error)
{
    const char *name = artifact_string(&n->model->artifact, io->name);
    const uint64_t rows = instance_elements(io, 0, dims) / instance_elements(io, 1, dims);
    const size_t width = instance_elements(io, 1, dims) * sizeof(float);
    if (!staged->is_set)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT, "input '%s' is not set", name);
    if (staged->bytes != rows * width)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                        "input '%s' has %zu bytes, but this run takes %llu", name, staged->bytes,
                        (unsigned long long)(rows * width));
    rlx_status status = check_numbers(n->model, io, staged, dims, error);
    if (status != RLX_OK)
        return status;
    uint8_t *to = n->device->ops->input(n->device, io);
    for (uint64_t r = 0; r < rows; r++)
        memcpy(to + r * io->stride * sizeof(float), staged->data + r * width, width);
    return RLX_OK;
}

rlx_status instance_write_inputs(rlx_instance *n, uint32_t entry, const struct rlx_variant_entry *v,
                                 const int64_t *dims, rlx_error *error)
{
    const struct entry_effects *e = &n->entries[entry];
    rlx_status status = RLX_OK;
    for (uint32_t i = 0; i < v->io_count && status == RLX_OK; i++) {
        const struct rlx_io *io = run_io(n->model, v, i);
        if (io->direction == RLX_INPUT && io->role == RLX_ROLE_DATA)
            status = write_input(n, io, &n->staged[e->first_staged + i], dims, error);
    }
    return status;
}

/* Positions go on from the past of each segment, unless the caller gave them. The smallest table
 * that they select from has a row for each. */
static rlx_status write_positions(const rlx_instance *n, struct run *run, const struct rlx_io *io,
                                  rlx_error *error)
{
    int32_t *position = run->device->ops->input(run->device, io);
    for (uint32_t i = 0; i < run->count; i++) {
        const uint64_t end = (uint64_t)run->segments[i].past + run->segments[i].rows;
        if (io->limit != 0 && end > io->limit)
            return rlx_fail(error, RLX_ERROR_CONTEXT_FULL,
                            "input '%s': %llu positions do not fit: a table of the model has %u",
                            artifact_string(&n->model->artifact, io->name), (unsigned long long)end,
                            io->limit);
        for (uint32_t r = 0; r < run->segments[i].rows; r++)
            *position++ = (int32_t)(run->segments[i].past + r);
    }
    return RLX_OK;
}

/* All rows, unless the caller gave them. */
static rlx_status write_out_rows(rlx_instance *n, struct run *run, const struct rlx_io *io,
                                 const struct staged_input *staged, rlx_error *error)
{
    int64_t count =
        staged->is_set ? (int64_t)(staged->bytes / sizeof(int32_t)) : run->dims[RLX_DIM_ROWS];
    if (count > (int64_t)run->variant->lm_head_rows)
        return rlx_fail(error, RLX_ERROR_NO_VARIANT,
                        "%lld rows of outputs, but %s makes at most %u: set input '%s'",
                        (long long)count, artifact_string(&n->model->artifact, run->variant->name),
                        run->variant->lm_head_rows, artifact_string(&n->model->artifact, io->name));
    run->dims[RLX_DIM_OUT_ROWS] = count;
    if (staged->is_set)
        return write_input(n, io, staged, run->dims, error);
    int32_t *rows = run->device->ops->input(run->device, io);
    for (int32_t i = 0; i < count; i++)
        rows[i] = i;
    return RLX_OK;
}

/* Inputs by role; those of role data are written already. */
rlx_status instance_write_roles(rlx_instance *n, uint32_t entry, struct run *run, rlx_error *error)
{
    const struct entry_effects *e = &n->entries[entry];
    rlx_status status = RLX_OK;
    for (uint32_t i = 0; i < run->variant->io_count && status == RLX_OK; i++) {
        const struct rlx_io *io = run_io(n->model, run->variant, i);
        const struct staged_input *staged = &n->staged[e->first_staged + i];
        if (io->direction != RLX_INPUT || io->role == RLX_ROLE_DATA)
            continue;
        if (io->role == RLX_ROLE_OUT_ROWS)
            status = write_out_rows(n, run, io, staged, error);
        else if (io->role == RLX_ROLE_POSITIONS && !staged->is_set)
            status = write_positions(n, run, io, error);
        else
            status = write_input(n, io, staged, run->dims, error);
    }
    return status;
}

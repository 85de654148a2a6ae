/* One run of a compiled variant. Contract: run.h. */
#include "runtime/core/run.h"

#include <string.h>

void model_derive_sizes(const rlx_model *model, int64_t dims[RLX_DIM_COUNT])
{
    const struct table *symbols = &model->artifact.symbols;
    for (uint32_t slot = RLX_DIM_KEYS + 1; slot < symbols->count; slot++) {
        const struct rlx_symbol *s = table_at(symbols, slot);
        if (s->symbol != slot)
            dims[slot] = artifact_slot_size(s, dims);
    }
}

uint32_t run_find_role(const rlx_model *model, const struct rlx_variant_entry *v,
                       enum rlx_role role)
{
    for (uint32_t i = 0; i < v->io_count; i++)
        if (run_io(model, v, i)->role == (uint32_t)role)
            return i;
    return RLX_NO_SLOT;
}

void run_set_cross_rows(int64_t *dims, const struct state_sequence *q)
{
    for (uint32_t slot = 0; slot < RLX_DIM_COUNT; slot++)
        if ((q->rules.cross_slots >> slot & 1) != 0 && dims[slot] == 0)
            dims[slot] = q->cross_rows[slot];
}

static struct device_segment segment_of(const struct run_part *part)
{
    struct device_segment segment = sequence_segment(part->sequence, part->rows);
    if (part->is_apart)
        segment.past = 0;
    else if (!part->only_reads)
        sequence_wrote(part->sequence, (size_t)segment.past + segment.rows);
    return segment;
}

void run_begin(struct run *run, const struct rlx_variant_entry *variant,
               const struct run_part *parts, uint32_t count, const int64_t *sizes)
{
    int64_t *dims = run->dims;
    *run = (struct run){.device = parts[0].sequence->device, .variant = variant, .count = count};
    run->segments = run->device->segments;
    for (uint32_t slot = RLX_DIM_KEYS + 1; sizes != NULL && slot < RLX_DIM_COUNT; slot++)
        dims[slot] = sizes[slot];
    dims[RLX_DIM_BATCH] = count;
    for (uint32_t i = 0; i < count; i++) {
        run->segments[i] = segment_of(&parts[i]);
        int64_t rows = parts[i].rows, past = run->segments[i].past;
        dims[RLX_DIM_ROWS] += rows;
        dims[RLX_DIM_SEQ] = rows > dims[RLX_DIM_SEQ] ? rows : dims[RLX_DIM_SEQ];
        dims[RLX_DIM_PAST_SEQ] = past > dims[RLX_DIM_PAST_SEQ] ? past : dims[RLX_DIM_PAST_SEQ];
        dims[RLX_DIM_KEYS] = past + rows > dims[RLX_DIM_KEYS] ? past + rows : dims[RLX_DIM_KEYS];
    }
    run_set_cross_rows(dims, parts[0].sequence);
    model_derive_sizes(run->device->model, dims);
}

static bool run_steps(const struct run *run, uint32_t first, uint32_t end,
                      const struct device_stop *stop)
{
    const struct device_run steps = {.variant = run->variant,
                                     .first = first,
                                     .end = end,
                                     .dims = run->dims,
                                     .segments = run->segments,
                                     .segment_count = run->count,
                                     .stop = stop};
    return device_run(run->device, &steps);
}

bool run_body(const struct run *run, const struct device_stop *stop)
{
    return run_steps(run, 0, run->variant->lm_head_step, stop);
}

bool run_rows(struct run *run, uint32_t first, uint32_t count, const struct device_stop *stop)
{
    run->dims[RLX_DIM_OUT_ROWS] = count;
    model_derive_sizes(run->device->model, run->dims);
    return run_steps(run, first, run->variant->step_count, stop);
}

void run_advance(struct run *run, const struct run_part *parts)
{
    for (uint32_t i = 0; i < run->count; i++)
        sequence_advance(parts[i].sequence, &run->segments[i]);
}

/* Runs of entries. In: the inputs and extents that wait in an instance. Out: outputs on the device,
 * and states on trial. Contract: rlx/instance.h. */
#include "runtime/core/session.h"

#include "runtime/base/caller_struct.h"
#include "runtime/base/error.h"

#include <string.h>

/* ---- sizes ---- */

struct sizes {
    int64_t *value;                       /* [RLX_DIM_COUNT] by slot; 0: open */
    const char *giver[RLX_DIM_COUNT];     /* what said so */
};

static const char *symbol_name(const rlx_model *m, uint32_t slot)
{
    const struct rlx_symbol *s = table_at(&m->artifact.symbols, slot);
    return artifact_string(&m->artifact, s->name);
}

static rlx_status bind_size(const rlx_model *m, struct sizes *z, uint32_t slot, uint64_t value,
                            const char *giver, rlx_error *error)
{
    if (z->value[slot] != 0 && (uint64_t)z->value[slot] != value)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                        "'%s' and '%s' disagree about %s: %lld and %llu", z->giver[slot], giver,
                        symbol_name(m, slot), (long long)z->value[slot],
                        (unsigned long long)value);
    z->value[slot] = (int64_t)value;
    z->giver[slot] = giver;
    return RLX_OK;
}

/* An input with one open dimension, a symbol, says how large that is. */
static rlx_status bind_input(const rlx_instance *n, const struct rlx_io *io,
                             const struct staged_input *staged, struct sizes *z, rlx_error *error)
{
    const struct artifact *a = &n->model->artifact;
    uint64_t unit = sizeof(float);
    uint32_t open = 0, slot = 0;
    for (uint32_t i = 0; i < io->rank; i++) {
        if (io->dims[i].slot == RLX_NO_SLOT) {
            unit *= io->dims[i].size;
        } else {
            slot = io->dims[i].slot;
            open++;
        }
    }
    if (open != 1)
        return RLX_OK;
    const struct rlx_symbol *s = table_at(&a->symbols, slot);
    if (s->symbol != slot)
        return RLX_OK; /* it follows from another one, and is compared later */
    return bind_size(n->model, z, slot, staged->bytes / unit, artifact_string(a, io->name), error);
}

static rlx_status bind_inputs(const rlx_instance *n, uint32_t entry, struct sizes *z,
                              rlx_error *error)
{
    const struct entry_effects *e = &n->entries[entry];
    rlx_status status = RLX_OK;
    for (uint32_t i = 0; i < e->variant->io_count && status == RLX_OK; i++) {
        const struct rlx_io *io = run_io(n->model, e->variant, i);
        const struct staged_input *staged = &n->staged[e->first_staged + i];
        if (io->direction == RLX_INPUT && staged->is_set && io->role != RLX_ROLE_OUT_ROWS)
            status = bind_input(n, io, staged, z, error);
    }
    return status;
}

static rlx_status collect_sizes(const rlx_instance *n, uint32_t entry, struct sizes *z,
                                rlx_error *error)
{
    const struct artifact *a = &n->model->artifact;
    rlx_status status = RLX_OK;
    for (uint32_t slot = 0; slot < a->symbols.count && status == RLX_OK; slot++)
        if (n->extents[slot] != 0)
            status = bind_size(n->model, z, slot, (uint64_t)n->extents[slot],
                               "rlx_instance_set_extent", error);
    return status == RLX_OK ? bind_inputs(n, entry, z, error) : status;
}

rlx_status instance_sizes(const rlx_instance *n, uint32_t entry, int64_t sizes[RLX_DIM_COUNT],
                          rlx_error *error)
{
    struct sizes z = {.value = sizes};
    return collect_sizes(n, entry, &z, error);
}

/* BATCH, SEQ and ROWS, from the segments or from one another. Rows 0: the entry has none. */
static rlx_status bind_rows(const rlx_instance *n, uint32_t entry, struct sizes *z,
                            rlx_error *error)
{
    const char *const giver = "rlx_instance_set_segments";
    const bool has_rows = n->entries[entry].variant->upper[RLX_DIM_ROWS] != 0;
    int64_t *value = z->value;
    uint64_t rows = 0;
    for (uint32_t i = 0; i < n->segment_count; i++)
        rows += n->segment_rows[i];
    if (!has_rows)
        return RLX_OK;
    rlx_status status = RLX_OK;
    if (n->segment_count != 0)
        status = bind_size(n->model, z, RLX_DIM_ROWS, rows, giver, error);
    else if (value[RLX_DIM_ROWS] == 0 && value[RLX_DIM_SEQ] != 0)
        value[RLX_DIM_ROWS] = value[RLX_DIM_SEQ];
    if (status == RLX_OK && n->segment_count != 0 && value[RLX_DIM_BATCH] != 0)
        status = bind_size(n->model, z, RLX_DIM_BATCH, n->segment_count, giver, error);
    if (status == RLX_OK && n->segment_count == 0 && value[RLX_DIM_BATCH] > 1)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                        "BATCH is %lld, but how many rows each sequence has is not set: call "
                        "rlx_instance_set_segments",
                        (long long)value[RLX_DIM_BATCH]);
    return status;
}

/* Every symbol that the entry's code reads has a size. */
static rlx_status need_sizes(const rlx_instance *n, uint32_t entry, const int64_t *dims,
                             rlx_error *error)
{
    const rlx_model *m = n->model;
    const struct rlx_variant_entry *v = n->entries[entry].variant;
    for (uint32_t slot = 0; slot < m->artifact.symbols.count; slot++) {
        const struct rlx_symbol *s = table_at(&m->artifact.symbols, slot);
        if (v->upper[slot] == 0 || dims[slot] > 0 || slot == RLX_DIM_PAST_SEQ ||
            slot == RLX_DIM_OUT_ROWS || s->symbol != slot)
            continue;
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                        "%s has no size: no input of entry '%s' gives it; call "
                        "rlx_instance_set_extent",
                        symbol_name(m, slot),
                        artifact_string(&m->artifact,
                                        ((const struct rlx_entry *)table_at(&m->artifact.entries,
                                                                            entry))
                                            ->name));
    }
    return RLX_OK;
}

/* Derived sizes are declared by inputs too; instance_write_inputs compares them. */
static rlx_status resolve_sizes(const rlx_instance *n, uint32_t entry, struct sizes *z,
                                rlx_error *error)
{
    rlx_status status = collect_sizes(n, entry, z, error);
    if (status == RLX_OK)
        status = bind_rows(n, entry, z, error);
    if (status != RLX_OK)
        return status;
    z->value[RLX_DIM_BATCH] = n->segment_count == 0 ? 1 : n->segment_count;
    z->value[RLX_DIM_SEQ] = z->value[RLX_DIM_ROWS];
    for (uint32_t i = 0; i < n->segment_count; i++)
        if (i == 0 || (int64_t)n->segment_rows[i] > z->value[RLX_DIM_SEQ])
            z->value[RLX_DIM_SEQ] = n->segment_rows[i];
    run_set_cross_rows(z->value, &n->sequence);
    model_derive_sizes(n->model, z->value);
    return need_sizes(n, entry, z->value, error);
}

/* ---- the variant ---- */

/* The first slot whose size is above the variant's; RLX_NO_SLOT: it fits. Pasts are bounded by the
 * states. */
static uint32_t exceeded(const rlx_model *m, const struct rlx_variant_entry *v, const int64_t *dims)
{
    for (uint32_t slot = 0; slot < m->artifact.symbols.count; slot++)
        if (slot != RLX_DIM_PAST_SEQ && slot != RLX_DIM_KEYS && slot != RLX_DIM_OUT_ROWS &&
            v->upper[slot] != 0 && dims[slot] > (int64_t)v->upper[slot])
            return slot;
    return RLX_NO_SLOT;
}

/* Memory shows which variant is the smallest. Of entry main, short runs have an arithmetic of their
 * own, which counts more. */
static uint64_t cost_of(const rlx_model *m, const struct rlx_variant_entry *v, const int64_t *dims)
{
    const bool is_short = dims[RLX_DIM_SEQ] <= m->artifact.info->short_run_max;
    const bool is_other = v->phase == RLX_PHASE_ENCODER
                              ? false
                              : (v->phase == RLX_PHASE_DECODE) != is_short;
    uint64_t bytes = v->home_bytes[RLX_HOME_SCRATCH] + v->home_bytes[RLX_HOME_INPUT] +
                     v->home_bytes[RLX_HOME_OUTPUT];
    return bytes / 2 + (is_other ? UINT64_MAX / 2 : 0);
}

static rlx_status choose_variant(const rlx_model *m, uint32_t entry, const int64_t *dims,
                                 const struct rlx_variant_entry **out, rlx_error *error)
{
    const struct rlx_variant_entry *best = NULL, *last = NULL;
    for (uint32_t i = 0; i < m->level->variant_count; i++) {
        const struct rlx_variant_entry *v = model_variant(m, i);
        if (v->entry != entry)
            continue;
        last = v;
        if (exceeded(m, v, dims) == RLX_NO_SLOT &&
            (best == NULL || cost_of(m, v, dims) < cost_of(m, best, dims)))
            best = v;
    }
    *out = best;
    if (best != NULL)
        return RLX_OK;
    uint32_t slot = exceeded(m, last, dims);
    return rlx_fail(error, RLX_ERROR_NO_VARIANT,
                    "%s is %lld, but no variant takes all sizes of this run: %s takes at most %u",
                    symbol_name(m, slot), (long long)dims[slot],
                    artifact_string(&m->artifact, last->name), last->upper[slot]);
}

/* ---- inputs ---- */

static uint64_t elements(const struct rlx_io *io, uint32_t first, const int64_t *dims)
{
    uint64_t count = 1;
    for (uint32_t i = first; i < io->rank; i++)
        count *= io->dims[i].slot == RLX_NO_SLOT ? io->dims[i].size
                                                 : (uint64_t)dims[io->dims[i].slot];
    return count;
}

/* Ids that select rows of tables must be rows of them. */
static rlx_status check_numbers(const rlx_model *m, const struct rlx_io *io,
                                const struct staged_input *staged, const int64_t *dims,
                                rlx_error *error)
{
    const struct rlx_info *info = m->artifact.info;
    const int32_t *numbers = (const int32_t *)staged->data;
    int64_t end = io->role == RLX_ROLE_TOKENS      ? info->vocabulary
                  : io->role == RLX_ROLE_POSITIONS ? info->context
                  : io->role == RLX_ROLE_OUT_ROWS  ? dims[RLX_DIM_ROWS]
                                                   : 0;
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
    const uint64_t rows = elements(io, 0, dims) / elements(io, 1, dims);
    const size_t width = elements(io, 1, dims) * sizeof(float);
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

rlx_status instance_write_inputs(rlx_instance *n, uint32_t entry,
                                 const struct rlx_variant_entry *v, const int64_t *dims,
                                 rlx_error *error)
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

/* Positions go on from the past of each segment, unless the caller gave them. */
static void write_positions(struct run *run, const struct rlx_io *io)
{
    int32_t *position = run->device->ops->input(run->device, io);
    for (uint32_t i = 0; i < run->count; i++)
        for (uint32_t r = 0; r < run->segment_rows[i]; r++)
            *position++ = (int32_t)(run->segments[i].past + r);
}

/* All rows, unless the caller gave them. */
static rlx_status write_out_rows(rlx_instance *n, struct run *run, const struct rlx_io *io,
                                 const struct staged_input *staged, rlx_error *error)
{
    int64_t count = staged->is_set ? (int64_t)(staged->bytes / sizeof(int32_t))
                                   : run->dims[RLX_DIM_ROWS];
    if (count > (int64_t)run->variant->lm_head_rows)
        return rlx_fail(error, RLX_ERROR_NO_VARIANT,
                        "%lld rows of outputs, but %s makes at most %u: set input '%s'",
                        (long long)count,
                        artifact_string(&n->model->artifact, run->variant->name),
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
static rlx_status write_roles(rlx_instance *n, uint32_t entry, struct run *run, rlx_error *error)
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
            write_positions(run, io);
        else
            status = write_input(n, io, staged, run->dims, error);
    }
    return status;
}

/* ---- runs ---- */

enum {
    HAS_POSITIONS = 1 << RLX_CLASS_ROWS | 1 << RLX_CLASS_RING,
    ON_TRIAL = HAS_POSITIONS | 1 << RLX_CLASS_CARRIED
};

static rlx_status check_states(const rlx_instance *n, uint32_t entry, const int64_t *dims,
                               rlx_error *error)
{
    const struct entry_effects *e = &n->entries[entry];
    const struct artifact *a = &n->model->artifact;
    const struct sequence *q = &n->sequence;
    const uint64_t end = q->past + (uint64_t)dims[RLX_DIM_ROWS];
    if (n->segment_count > 1 && (e->reads | e->writes) != 0)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                        "%u segments, but the entry reads or writes states, and an instance has "
                        "those of one sequence",
                        n->segment_count);
    for (uint32_t i = 0; i < a->states.count; i++) {
        const struct rlx_state_entry *s = table_at(&a->states, i);
        const char *name = artifact_string(a, s->name);
        if (s->class_ == RLX_CLASS_ROWS && (e->writes & HAS_POSITIONS) != 0 && end > s->capacity)
            return rlx_fail(error, RLX_ERROR_CONTEXT_FULL,
                            "state '%s': %llu positions do not fit: it has room for %u", name,
                            (unsigned long long)end, s->capacity);
        if (s->class_ == RLX_CLASS_CROSS && (e->reads >> RLX_CLASS_CROSS & 1) != 0 &&
            (e->writes >> RLX_CLASS_CROSS & 1) == 0 && q->cross_rows[s->rows_slot] == 0)
            return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                            "state '%s' holds no rows yet: run the entry that fills it and commit",
                            name);
    }
    if ((e->writes >> RLX_CLASS_RING & 1) != 0 && dims[RLX_DIM_ROWS] > q->rules.run_rows)
        return rlx_fail(error, RLX_ERROR_NO_VARIANT,
                        "%lld rows in one run: the rings of this model take at most %u",
                        (long long)dims[RLX_DIM_ROWS], q->rules.run_rows);
    return RLX_OK;
}

/* One part per segment; without segments one, of all rows. */
static void begin_run(rlx_instance *n, uint32_t entry, const struct rlx_variant_entry *v,
                      const int64_t *dims)
{
    const struct entry_effects *e = &n->entries[entry];
    const uint32_t count = n->segment_count == 0 ? 1 : n->segment_count;
    for (uint32_t i = 0; i < count; i++)
        n->parts[i] = (struct run_part){
            .sequence = &n->sequence,
            .rows = count == 1 ? (uint32_t)dims[RLX_DIM_ROWS] : n->segment_rows[i],
            .is_apart = ((e->reads | e->writes) & ON_TRIAL) == 0,
            .only_reads = (e->writes & ON_TRIAL) == 0};
    run_begin(&n->last.run, v, n->parts, count, dims);
}

/* All steps, at the rows wanted. */
static void run_all(struct run *run)
{
    run_rows(run, 0, (uint32_t)run->dims[RLX_DIM_OUT_ROWS], NULL);
}

rlx_status rlx_instance_run(rlx_instance *instance, const char *entry, rlx_error *error)
{
    rlx_instance *n = instance;
    int64_t dims[RLX_DIM_COUNT] = {0};
    struct sizes sizes = {.value = dims};
    const struct rlx_variant_entry *v = NULL;
    uint32_t at;
    REFUSE_NULL(instance);
    REFUSE_NULL(entry);
    rlx_status status = instance_find_entry(n, entry, &at, error);
    if (status != RLX_OK)
        return status;
    sequence_settle(&n->sequence);
    status = resolve_sizes(n, at, &sizes, error);
    if (status == RLX_OK)
        status = check_states(n, at, dims, error);
    if (status == RLX_OK)
        status = choose_variant(n->model, at, dims, &v, error);
    if (status != RLX_OK)
        return status;
    struct run *run = &n->last.run;
    n->last = (struct instance_run){.entry = at};
    session_claim_output(n->device, NULL);
    begin_run(n, at, v, dims);
    status = instance_write_inputs(n, at, v, run->dims, error);
    if (status == RLX_OK)
        status = write_roles(n, at, run, error);
    if (status != RLX_OK)
        return status;
    run_all(run);
    n->last.number = n->device->runs;
    if ((n->entries[at].writes & ON_TRIAL) != 0)
        sequence_try(&n->sequence, &run->segments[0], v, run->dims);
    return RLX_OK;
}

/* ---- after a run ---- */

/* Rows of cross states count as the entry wrote them. */
static void count_cross_rows(rlx_instance *n)
{
    const struct artifact *a = &n->model->artifact;
    const struct rlx_entry *entry = table_at(&a->entries, n->last.entry);
    for (uint32_t i = 0; i < entry->use_count; i++) {
        const struct rlx_use *use = table_at(&a->uses, entry->first_use + i);
        const struct rlx_state_entry *s = table_at(&a->states, use->state);
        if (s->class_ == RLX_CLASS_CROSS && (use->access & RLX_WRITES) != 0)
            n->sequence.cross_rows[s->rows_slot] = n->last.run.dims[use->rows_slot];
    }
}

rlx_status rlx_instance_commit(rlx_instance *instance, rlx_error *error)
{
    REFUSE_NULL(instance);
    rlx_instance *n = instance;
    const uint32_t writes = n->last.number == 0 ? 0 : n->entries[n->last.entry].writes;
    if (n->last.number == 0 || n->last.is_committed)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                        "no run to commit: none ran since the last commit");
    if ((writes & ON_TRIAL) != 0 && n->session != NULL)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                        "this run wrote states that follow the session's history: only the "
                        "session's own runs keep them");
    if ((writes & ON_TRIAL) != 0 && !n->sequence.trial.is_open)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                        "no run to commit: the states have changed since");
    sequence_commit(&n->sequence);
    count_cross_rows(n);
    n->last.is_committed = true;
    if (n->session != NULL)
        session_changed(n->session);
    return RLX_OK;
}

/* The rows of an output of the last run, which must still be there. */
static rlx_status find_output(const rlx_instance *n, const char *entry, const char *name,
                              rlx_output *out, rlx_error *error)
{
    const struct instance_run *last = &n->last;
    uint32_t at;
    rlx_status status = instance_find_entry(n, entry, &at, error);
    if (status != RLX_OK)
        return status;
    uint32_t index = instance_find_io(n, at, RLX_OUTPUT, name);
    if (index == RLX_NO_SLOT)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT, "entry '%s' has no output '%s'", entry,
                        name);
    if (last->number == 0 || last->entry != at)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT, "the last run was not one of entry '%s'",
                        entry);
    if (last->number != n->device->runs)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                        "the outputs of entry '%s' are gone: something else ran on the same device",
                        entry);
    const struct rlx_io *io = run_io(n->model, last->run.variant, index);
    out->data = n->device->ops->output(n->device, io);
    out->width = elements(io, 1, last->run.dims);
    out->rows = elements(io, 0, last->run.dims) / (out->width == 0 ? 1 : out->width);
    out->stride = io->stride;
    return RLX_OK;
}

rlx_status rlx_instance_get_output(rlx_instance *instance, const char *entry, const char *name,
                                   rlx_output *output, rlx_error *error)
{
    rlx_output found = rlx_output_default();
    REFUSE_NULL(instance);
    REFUSE_NULL(entry);
    REFUSE_NULL(name);
    REFUSE_NULL(output);
    rlx_status status = find_output(instance, entry, name, &found, error);
    return status == RLX_OK ? caller_struct_write(&caller_output, &found, output, error) : status;
}

rlx_status rlx_instance_feed(rlx_instance *instance, const char *entry, const char *output,
                             const char *state, rlx_error *error)
{
    const struct rlx_state_entry *s;
    rlx_output from;
    REFUSE_NULL(instance);
    REFUSE_NULL(entry);
    REFUSE_NULL(output);
    REFUSE_NULL(state);
    rlx_status status = find_output(instance, entry, output, &from, error);
    if (status == RLX_OK)
        status = instance_find_state(instance->model, state, &s, error);
    if (status != RLX_OK)
        return status;
    if (from.width != (uint64_t)s->heads * s->width)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                        "output '%s' has rows of %zu values, and state '%s' of %llu", output,
                        from.width, state, (unsigned long long)s->heads * s->width);
    /* Row by row, because outputs may have gaps between rows. */
    status = instance_bind_rows(instance, s, 0, from.rows, NULL, error);
    for (size_t r = 0; r < from.rows && status == RLX_OK; r++)
        status = instance_bind_rows(instance, s, r, 1, from.data + r * from.stride, error);
    if (status == RLX_OK && s->class_ == RLX_CLASS_CROSS)
        instance->sequence.cross_rows[s->rows_slot] = (int64_t)from.rows;
    return status;
}

/* Runs of entries. In: the inputs and extents that wait in an instance. Out: outputs on the device,
 * and states on trial. Contract: rlx/instance.h. */
#include "runtime/core/session.h"

#include "runtime/base/caller_struct.h"
#include "runtime/base/error.h"

#include <string.h>

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
    const struct state_sequence *q = &n->sequence;
    const uint64_t end = q->past + (uint64_t)dims[RLX_DIM_ROWS];
    if (dims[RLX_DIM_BATCH] > 1 && (e->reads | e->writes) != 0)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                        "%lld segments, but the entry reads or writes states, and an instance has "
                        "those of one sequence",
                        (long long)dims[RLX_DIM_BATCH]);
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
        if (s->class_ == RLX_CLASS_CROSS && (e->reads >> RLX_CLASS_CROSS & 1) != 0 &&
            (e->writes >> RLX_CLASS_CROSS & 1) == 0 &&
            dims[s->rows_slot] > q->cross_rows[s->rows_slot])
            return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                            "state '%s' holds %lld rows, but this run is to read %lld", name,
                            (long long)q->cross_rows[s->rows_slot], (long long)dims[s->rows_slot]);
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
    const uint32_t count = (uint32_t)dims[RLX_DIM_BATCH];
    for (uint32_t i = 0; i < count; i++)
        n->parts[i] = (struct run_part){.sequence = &n->sequence,
                                        .rows = count == 1 ? (uint32_t)dims[RLX_DIM_ROWS]
                                                           : n->segment_rows[i],
                                        .is_apart = ((e->reads | e->writes) & ON_TRIAL) == 0,
                                        .only_reads = (e->writes & ON_TRIAL) == 0};
    run_begin(&n->last.run, v, n->parts, count, dims);
}

/* All steps, at the rows wanted. */
static void run_all(struct run *run)
{
    run_rows(run, 0, (uint32_t)run->dims[RLX_DIM_OUT_ROWS], NULL);
}

/* Rows of the cross states that the last run writes: what it wrote, or none. */
static void count_cross_rows(rlx_instance *n, bool is_kept)
{
    const struct artifact *a = &n->model->artifact;
    const struct rlx_entry *entry = table_at(&a->entries, n->last.entry);
    for (uint32_t i = 0; i < entry->use_count; i++) {
        const struct rlx_use *use = table_at(&a->uses, entry->first_use + i);
        const struct rlx_state_entry *s = table_at(&a->states, use->state);
        if (s->class_ == RLX_CLASS_CROSS && (use->access & RLX_WRITES) != 0)
            n->sequence.cross_rows[s->rows_slot] = is_kept ? n->last.run.dims[use->rows_slot] : 0;
    }
}

rlx_status rlx_instance_run(rlx_instance *instance, const char *entry, rlx_error *error)
{
    rlx_instance *n = instance;
    int64_t dims[RLX_DIM_COUNT] = {0};
    const struct rlx_variant_entry *v = NULL;
    uint32_t at;
    REFUSE_NULL(instance);
    REFUSE_NULL(entry);
    rlx_status status = instance_find_entry(n, entry, &at, error);
    if (status != RLX_OK)
        return status;
    sequence_settle(&n->sequence);
    status = instance_resolve(n, at, dims, &v, error);
    if (status == RLX_OK)
        status = check_states(n, at, dims, error);
    if (status != RLX_OK)
        return status;
    struct run *run = &n->last.run;
    n->last = (struct instance_run){.entry = at};
    session_claim_output(n->device, NULL);
    begin_run(n, at, v, dims);
    status = instance_write_inputs(n, at, v, run->dims, error);
    if (status == RLX_OK)
        status = instance_write_roles(n, at, run, error);
    if (status != RLX_OK)
        return status;
    count_cross_rows(n, false); /* it writes over what they held */
    if (n->session != NULL && (n->entries[at].writes >> RLX_CLASS_CROSS & 1) != 0)
        session_cross_changed(n->session);
    run_all(run);
    status = device_check(n->device, error);
    if (status != RLX_OK)
        return status;
    n->last.number = n->device->runs;
    if ((n->entries[at].writes & ON_TRIAL) != 0)
        sequence_try(&n->sequence, &run->segments[0], v, run->dims);
    return RLX_OK;
}

/* ---- after a run ---- */

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
    count_cross_rows(n, true);
    n->last.is_committed = true;
    if (n->session != NULL)
        session_changed(n->session);
    if (n->session != NULL && (n->entries[n->last.entry].writes >> RLX_CLASS_CROSS & 1) != 0)
        session_cross_changed(n->session);
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
    out->width = instance_elements(io, 1, last->run.dims);
    out->rows = instance_elements(io, 0, last->run.dims) / (out->width == 0 ? 1 : out->width);
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
    rlx_output from = rlx_output_default();
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

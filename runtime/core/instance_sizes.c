/* Sizes of a run. In: the inputs, extents and segments that wait in an instance. Out: the size of
 * every slot, each said once, and the variant that takes them. */
#include "runtime/core/instance.h"

#include "runtime/base/error.h"

struct sizes {
    int64_t *value;                   /* [RLX_DIM_COUNT] by slot; 0: open */
    const char *giver[RLX_DIM_COUNT]; /* what said so */
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
                        symbol_name(m, slot), (long long)z->value[slot], (unsigned long long)value);
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

/* The symbols that sizes of the entry's inputs and outputs need: bits by slot. */
static uint32_t symbols_of(const rlx_instance *n, uint32_t entry)
{
    const struct rlx_variant_entry *v = n->entries[entry].variant;
    uint32_t found = 0;
    for (uint32_t i = 0; i < v->io_count; i++) {
        const struct rlx_io *io = run_io(n->model, v, i);
        for (uint32_t j = 0; j < io->rank; j++) {
            if (io->dims[j].slot == RLX_NO_SLOT)
                continue;
            const struct rlx_symbol *s = table_at(&n->model->artifact.symbols, io->dims[j].slot);
            found |= 1U << s->symbol;
        }
    }
    return found;
}

/* Without, a run is one segment of no rows. */
static bool has_rows(const rlx_instance *n, uint32_t entry)
{
    return (symbols_of(n, entry) >> RLX_DIM_ROWS & 1) != 0;
}

/* BATCH, SEQ and ROWS, from the segments or from one another. */
static rlx_status bind_rows(const rlx_instance *n, uint32_t entry, struct sizes *z,
                            rlx_error *error)
{
    const char *const giver = "rlx_instance_set_segments";
    int64_t *value = z->value;
    uint64_t rows = 0;
    for (uint32_t i = 0; i < n->segment_count; i++)
        rows += n->segment_rows[i];
    if (!has_rows(n, entry))
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

/* Every symbol of the inputs and outputs has a size, which is not below its bound: sizes that follow
 * from it would be none. How many rows are wanted is said later. */
static rlx_status need_sizes(const rlx_instance *n, uint32_t entry, const int64_t *dims,
                             rlx_error *error)
{
    const rlx_model *m = n->model;
    const uint32_t needed = symbols_of(n, entry) & ~(1U << RLX_DIM_OUT_ROWS);
    for (uint32_t slot = 0; slot < m->artifact.symbols.count; slot++) {
        const struct rlx_symbol *s = table_at(&m->artifact.symbols, slot);
        if ((needed >> slot & 1) == 0 || (dims[slot] > 0 && (uint64_t)dims[slot] >= s->min))
            continue;
        if (dims[slot] > 0)
            return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT, "%s is %lld: expected %llu to %llu",
                            symbol_name(m, slot), (long long)dims[slot], (unsigned long long)s->min,
                            (unsigned long long)s->max);
        return rlx_fail(
            error, RLX_ERROR_BAD_ARGUMENT,
            "%s has no size: no input of entry '%s' gives it; call "
            "rlx_instance_set_extent",
            symbol_name(m, slot),
            artifact_string(
                &m->artifact,
                ((const struct rlx_entry *)table_at(&m->artifact.entries, entry))->name));
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
    const uint32_t segments = has_rows(n, entry) ? n->segment_count : 0;
    z->value[RLX_DIM_BATCH] = segments == 0 ? 1 : segments;
    z->value[RLX_DIM_SEQ] = z->value[RLX_DIM_ROWS];
    for (uint32_t i = 0; i < segments; i++)
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
    const bool is_other =
        v->phase == RLX_PHASE_ENCODER ? false : (v->phase == RLX_PHASE_DECODE) != is_short;
    uint64_t bytes = v->home_bytes[RLX_HOME_SCRATCH] + v->home_bytes[RLX_HOME_INPUT] +
                     v->home_bytes[RLX_HOME_OUTPUT];
    return bytes / 2 + (is_other ? UINT64_MAX / 2 : 0);
}

static rlx_status choose_variant(const struct device *d, uint32_t entry, const int64_t *dims,
                                 const struct rlx_variant_entry **out, rlx_error *error)
{
    const rlx_model *m = d->model;
    const struct rlx_variant_entry *best = NULL, *last = NULL;
    for (uint32_t i = 0; i < d->level->variant_count; i++) {
        const struct rlx_variant_entry *v = device_variant(d, i);
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

rlx_status instance_resolve(const rlx_instance *n, uint32_t entry, int64_t dims[RLX_DIM_COUNT],
                            const struct rlx_variant_entry **variant, rlx_error *error)
{
    struct sizes sizes = {.value = dims};
    rlx_status status = resolve_sizes(n, entry, &sizes, error);
    return status == RLX_OK ? choose_variant(n->device, entry, dims, variant, error) : status;
}

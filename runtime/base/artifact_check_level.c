/* Checks what belongs to one level of an artifact: kernels inside their image, variants with their
 * inputs and outputs, steps and their arguments inside the homes. */
#include "runtime/base/artifact_check_parts.h"

#include "rlx/kernel.h"

/* Variants may share steps, but hostile ones could name the same steps without end. */
enum { MAX_WORK = 1 << 22 };

typedef unsigned long long number; /* the type that %llu prints */

struct level_check {
    struct check check;
    const struct rlx_level *level;
    const struct rlx_variant_entry *first[ARTIFACT_ENTRIES]; /* of each entry in this level */
    const struct rlx_variant_entry *variant;                 /* the one that is checked */
    uint64_t home_bytes[RLX_HOME_COUNT];                     /* of its homes */
    uint32_t main;                                           /* the entry of that name */
    uint64_t work; /* entries of the tables that were checked */
};

static rlx_status check_kernels(const struct check *c, const struct rlx_level *l)
{
    const bool is_vulkan = strcmp(artifact_string(c->artifact, l->target), "vulkan") == 0;
    for (uint32_t i = l->first_kernel; i < l->first_kernel + l->kernel_count; i++) {
        const struct rlx_kernel *k = table_at(&c->artifact->kernels, i);
        if (!string_holds(c, k->name) || !string_holds(c, k->kind))
            return bad_string(c, "kernel", i);
        bool is_elsewhere = l->image_bytes == 0 && k->entry == 0; /* its code is source */
        if ((k->entry == l->image_bytes && !is_elsewhere) ||
            !inside(k->entry, k->code_bytes, l->image_bytes))
            return check_failed(c,
                                "kernel %u: code at %llu with %llu bytes is not inside its "
                                "image of %llu bytes",
                                i, (number)k->entry, (number)k->code_bytes, (number)l->image_bytes);
        if (is_vulkan && (k->entry % 4 != 0 || k->code_bytes % 4 != 0 || k->code_bytes < 20))
            return check_failed(c,
                                "kernel %u: code at %llu with %llu bytes is no SPIR-V module, "
                                "which consists of words",
                                i, (number)k->entry, (number)k->code_bytes);
    }
    return RLX_OK;
}

/* ---- steps ---- */

static rlx_status check_args(const struct level_check *lc, uint32_t step, const struct rlx_step *s)
{
    const struct check *c = &lc->check;
    if (s->arg_count > ARTIFACT_STEP_ARGS ||
        !inside(s->first_arg, s->arg_count, c->artifact->args.count))
        return check_failed(c,
                            "step %u: arguments %u with %u entries are not inside the table of "
                            "%u, or are more than %d",
                            step, s->first_arg, s->arg_count, c->artifact->args.count,
                            ARTIFACT_STEP_ARGS);
    for (uint32_t i = s->first_arg; i < s->first_arg + s->arg_count; i++) {
        const struct rlx_arg *a = table_at(&c->artifact->args, i);
        if (a->home >= RLX_HOME_COUNT || a->home == RLX_HOME_ADAPTER)
            return check_failed(c, "argument %u (step %u): unknown home %u", i, step, a->home);
        if (!reserved_holds(c, a->reserved))
            return check_failed(c, "argument %u (step %u): reserved fields are not zero", i, step);
        if (!inside(a->offset, a->bytes, lc->home_bytes[a->home]))
            return check_failed(c,
                                "argument %u (step %u): offset %llu with %llu bytes is not "
                                "inside home %u of %llu bytes",
                                i, step, (number)a->offset, (number)a->bytes, a->home,
                                (number)lc->home_bytes[a->home]);
    }
    return RLX_OK;
}

static rlx_status check_step_values(const struct check *c, uint32_t step, const struct rlx_step *s)
{
    const uint64_t bytes = c->artifact->values.bytes;
    if (s->value_count > RLX_LAUNCH_VALUES ||
        !inside(s->first_value, s->value_count, bytes / sizeof(uint32_t)))
        return check_failed(c,
                            "step %u: %u values from %u on are not inside the values of %llu "
                            "bytes, or are more than %d",
                            step, s->value_count, s->first_value, (number)bytes, RLX_LAUNCH_VALUES);
    return RLX_OK;
}

static rlx_status check_step(const struct level_check *lc, uint32_t index)
{
    const struct check *c = &lc->check;
    const struct rlx_step *s = table_at(&c->artifact->steps, index);
    if (!string_holds(c, s->name))
        return bad_string(c, "step", index);
    if (s->kernel >= lc->level->kernel_count)
        return check_failed(c, "step %u: kernel %u of %u", index, s->kernel,
                            lc->level->kernel_count);
    if (s->flags & ~RLX_STEP_FLAGS)
        return check_failed(c, "step %u: unknown flags %u", index, s->flags);
    if (s->tile_symbol >= c->artifact->symbols.count)
        return check_failed(c, "step %u: unknown tile symbol %u", index, s->tile_symbol);
    uint64_t max = s->tiles;
    if (s->tile_unit != 0)
        max *= lc->variant->upper[s->tile_symbol] / s->tile_unit + 1;
    if (s->tiles == 0 || max > (uint64_t)1 << 40 || s->tile_bytes >> MAX_LOG_BYTES)
        return check_failed(c, "step %u: %llu tiles of %llu bytes", index, (number)max,
                            (number)s->tile_bytes);
    rlx_status status = check_step_values(c, index, s);
    return status == RLX_OK ? check_args(lc, index, s) : status;
}

/* ---- inputs and outputs ---- */

/* What the format says of each role but data. */
static bool role_holds(const struct level_check *lc, const struct rlx_io *io)
{
    static const struct role {
        uint32_t direction, element, rank, slot;
    } roles[] = {
        [RLX_ROLE_TOKENS] = {RLX_INPUT, RLX_I32, 1, RLX_DIM_ROWS},
        [RLX_ROLE_POSITIONS] = {RLX_INPUT, RLX_I32, 1, RLX_DIM_ROWS},
        [RLX_ROLE_OUT_ROWS] = {RLX_INPUT, RLX_I32, 1, RLX_DIM_OUT_ROWS},
        [RLX_ROLE_LOGITS] = {RLX_OUTPUT, RLX_F32, 2, RLX_DIM_OUT_ROWS},
    };
    if (io->role == RLX_ROLE_DATA)
        return true;
    const struct role *r = &roles[io->role];
    bool is_main = lc->variant->entry == lc->main;
    uint32_t vocabulary = lc->check.artifact->info->vocabulary;
    return io->direction == r->direction && io->element == r->element && io->rank == r->rank &&
           io->dims[0].slot == r->slot &&
           (io->role != RLX_ROLE_LOGITS ||
            (io->dims[1].slot == RLX_NO_SLOT && (!is_main || io->dims[1].size == vocabulary)));
}

/* The bytes from the first element to the last at the variant's upper sizes; 0: not a shape. */
static uint64_t shape_bytes(const struct level_check *lc, const struct rlx_io *io)
{
    uint64_t sizes[RLX_RANK_MAX], width = 1, elements;
    for (uint32_t i = 0; i < io->rank; i++) {
        const struct rlx_io_dim *d = &io->dims[i];
        bool fixed = d->slot == RLX_NO_SLOT;
        if (fixed ? d->size == 0 : d->size != 0 || d->slot >= lc->check.artifact->symbols.count)
            return 0;
        sizes[i] = fixed ? d->size : lc->variant->upper[d->slot];
        if (i != 0 && (__builtin_mul_overflow(width, sizes[i], &width) || width > UINT32_MAX))
            return 0;
    }
    if (sizes[0] == 0 || width == 0 || (io->rank == 1 ? io->stride != 1 : io->stride < width))
        return 0;
    elements = (sizes[0] - 1) * io->stride + width; /* of 32 bits each */
    return elements >> MAX_LOG_BYTES ? 0 : elements * 4;
}

static rlx_status check_io(const struct level_check *lc, uint32_t index)
{
    const struct check *c = &lc->check;
    const struct rlx_io *io = table_at(&c->artifact->io, index);
    if (!string_holds(c, io->name))
        return bad_string(c, "input or output", index);
    if (io->direction != RLX_INPUT && io->direction != RLX_OUTPUT)
        return check_failed(c, "input or output %u: unknown direction %u", index, io->direction);
    if (io->home !=
            (io->direction == RLX_INPUT ? (uint32_t)RLX_HOME_INPUT : (uint32_t)RLX_HOME_OUTPUT) ||
        (io->element != RLX_F32 && io->element != RLX_I32) || io->role < RLX_ROLE_DATA ||
        io->role > RLX_ROLE_LOGITS || io->rank == 0 || io->rank > RLX_RANK_MAX)
        return check_failed(
            c, "input or output %u: home %u, element %u, role %u or rank %u is unknown", index,
            io->home, io->element, io->role, io->rank);
    if (!role_holds(lc, io))
        return check_failed(c, "input or output %u: not the shape of role %u", index, io->role);
    uint64_t needed = shape_bytes(lc, io);
    if (needed == 0 || io->bytes < needed || io->offset % 4 != 0 ||
        !inside(io->offset, io->bytes, lc->home_bytes[io->home]))
        return check_failed(c,
                            "input or output %u: offset %llu with %llu bytes, of which %llu are "
                            "needed, is not inside home %u of %llu bytes",
                            index, (number)io->offset, (number)io->bytes, (number)needed, io->home,
                            (number)lc->home_bytes[io->home]);
    return RLX_OK;
}

/* The same for all variants of an entry, so that users may ask any of them. */
static bool io_equal(const struct rlx_io *a, const struct rlx_io *b)
{
    return a->name == b->name && a->direction == b->direction && a->role == b->role &&
           a->element == b->element && a->rank == b->rank && a->stride == b->stride &&
           a->limit == b->limit && memcmp(a->dims, b->dims, sizeof a->dims) == 0;
}

static rlx_status check_variant_io(struct level_check *lc, uint32_t index)
{
    const struct check *c = &lc->check;
    const struct table *table = &c->artifact->io;
    const struct rlx_variant_entry *v = lc->variant, **first = &lc->first[v->entry];
    if (!inside(v->first_io, v->io_count, table->count) || v->io_count > 1024)
        return check_failed(c,
                            "variant %u: inputs and outputs %u with %u entries are not inside the "
                            "table of %u",
                            index, v->first_io, v->io_count, table->count);
    if (*first == NULL)
        *first = v;
    if (v->io_count != (*first)->io_count)
        return check_failed(c, "variant %u: %u inputs and outputs, but others of its entry have %u",
                            index, v->io_count, (*first)->io_count);
    for (uint32_t i = 0; i < v->io_count; i++) {
        rlx_status status = check_io(lc, v->first_io + i);
        if (status != RLX_OK)
            return status;
        if (!io_equal(table_at(table, v->first_io + i), table_at(table, (*first)->first_io + i)))
            return check_failed(c,
                                "input or output %u: differs from that of other variants of its "
                                "entry",
                                v->first_io + i);
    }
    return RLX_OK;
}

/* ---- variants ---- */

static rlx_status check_homes(struct level_check *lc, uint32_t index)
{
    const struct check *c = &lc->check;
    const struct rlx_variant_entry *v = lc->variant;
    for (uint32_t i = 0; i < RLX_HOME_MAX; i++) {
        bool own = i >= RLX_HOME_SCRATCH && i <= RLX_HOME_OUTPUT;
        if (own ? v->home_bytes[i] >> MAX_LOG_BYTES != 0 : !reserved_holds(c, v->home_bytes[i]))
            return check_failed(c, "variant %u: home %u has %llu bytes", index, i,
                                (number)v->home_bytes[i]);
        if (own)
            lc->home_bytes[i] = v->home_bytes[i];
    }
    const struct {
        const char *name;
        uint64_t offset, bytes, unit;
    } places[] = {
        {"segments", v->segments, v->upper[RLX_DIM_BATCH] * sizeof(struct rlx_segment), 64},
        {"row_segments", v->row_segments, (uint64_t)v->upper[RLX_DIM_ROWS] * 4, 8}};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        if (places[i].offset != RLX_ABSENT &&
            (places[i].offset % places[i].unit != 0 ||
             !inside(places[i].offset, places[i].bytes, v->home_bytes[RLX_HOME_INPUT])))
            return check_failed(c,
                                "variant %u: %s at %llu with %llu bytes are not inside the inputs "
                                "of %llu bytes",
                                index, places[i].name, (number)places[i].offset,
                                (number)places[i].bytes, (number)v->home_bytes[RLX_HOME_INPUT]);
    return RLX_OK;
}

/* The homes hold every size of a run, if derived sizes are bounded as their symbols are. */
static rlx_status check_upper(const struct level_check *lc, uint32_t index)
{
    const struct check *c = &lc->check;
    const struct table *symbols = &c->artifact->symbols;
    const uint32_t *upper = lc->variant->upper;
    for (uint32_t i = 0; i < RLX_SLOT_MAX; i++) {
        if (i >= symbols->count ? upper[i] != 0 : upper[i] > INT32_MAX)
            return check_failed(c, "variant %u: unknown size %u of slot %u", index, upper[i], i);
        if (i >= symbols->count)
            continue;
        const struct rlx_symbol *s = table_at(symbols, i);
        int64_t of = upper[s->symbol];
        if (of != 0 && upper[i] != 0 && upper[i] < (s->multiply * of + s->add) / s->divide)
            return check_failed(c, "variant %u: size %u of slot %u is less than follows from %lld",
                                index, upper[i], i, (long long)of);
    }
    return RLX_OK;
}

static rlx_status check_rows(const struct level_check *lc, uint32_t index)
{
    const struct check *c = &lc->check;
    const struct rlx_variant_entry *v = lc->variant;
    if (v->phase > RLX_PHASE_INFERENCE || v->batch == 0 || v->seq == 0)
        return check_failed(c, "variant %u: phase %u, batch %u, seq %u", index, v->phase, v->batch,
                            v->seq);
    if (v->first_rows > v->last_rows || (v->first_rows == 0) != (v->last_rows == 0) ||
        v->last_rows > v->upper[RLX_DIM_ROWS])
        return check_failed(c,
                            "variant %u: serves %u to %u rows, expected a range from 1 to %u, or "
                            "none",
                            index, v->first_rows, v->last_rows, v->upper[RLX_DIM_ROWS]);
    if (v->lm_head_rows > c->artifact->info->lm_head_rows_max ||
        v->lm_head_rows > v->upper[RLX_DIM_OUT_ROWS] ||
        (v->lm_head_rows == 0) != (v->lm_head_step == v->step_count))
        return check_failed(c, "variant %u: lm_head_rows %u, expected at most %u", index,
                            v->lm_head_rows, c->artifact->info->lm_head_rows_max);
    return RLX_OK;
}

static rlx_status check_variant(struct level_check *lc, uint32_t index)
{
    const struct check *c = &lc->check;
    const struct rlx_variant_entry *v = table_at(&c->artifact->variants, index);
    lc->variant = v;
    if (!string_holds(c, v->name))
        return bad_string(c, "variant", index);
    if (v->entry >= c->artifact->entries.count)
        return check_failed(c, "variant %u: entry %u of %u", index, v->entry,
                            c->artifact->entries.count);
    if (!reserved_holds(c, v->reserved))
        return check_failed(c, "variant %u: reserved fields are not zero", index);
    if (v->step_count == 0 || !inside(v->first_step, v->step_count, c->artifact->steps.count) ||
        v->lm_head_step > v->step_count)
        return check_failed(c,
                            "variant %u: steps %u with %u entries (lm_head at %u) are not inside "
                            "the table of %u",
                            index, v->first_step, v->step_count, v->lm_head_step,
                            c->artifact->steps.count);
    rlx_status status = check_upper(lc, index);
    if (status == RLX_OK)
        status = check_rows(lc, index);
    if (status == RLX_OK)
        status = check_homes(lc, index);
    if (status == RLX_OK)
        status = check_variant_io(lc, index);
    lc->work += v->step_count + (uint64_t)v->io_count;
    if (status == RLX_OK && lc->work > MAX_WORK)
        return check_failed(c, "variant %u: more than %d steps, inputs and outputs in one level",
                            index, MAX_WORK);
    for (uint32_t i = 0; i < v->step_count && status == RLX_OK; i++)
        status = check_step(lc, v->first_step + i);
    return status;
}

rlx_status artifact_check_level(const char *name, const struct artifact *a, uint32_t level,
                                rlx_error *error)
{
    struct level_check lc = {.check = {name, a, error, true},
                             .level = table_at(&a->levels, level),
                             .main = artifact_find_entry(a, RLX_MAIN_ENTRY),
                             .home_bytes = {[RLX_HOME_WEIGHT] = a->weights.bytes,
                                            [RLX_HOME_STATE] = a->info->state_bytes,
                                            [RLX_HOME_CARRIED_IN] = a->info->carried_bytes,
                                            [RLX_HOME_CARRIED_OUT] = a->info->carried_bytes}};
    rlx_status status = check_kernels(&lc.check, lc.level);
    for (uint32_t i = 0; i < lc.level->variant_count && status == RLX_OK; i++)
        status = check_variant(&lc, lc.level->first_variant + i);
    return status;
}

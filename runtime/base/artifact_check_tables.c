/* Checks the tables that all levels of an artifact share: strings, info, symbols, states by their
 * formula, entries, tensors, sampling, and each level's ranges in the other tables. */
#include "runtime/base/artifact_check_parts.h"

#include "rlx/kernel.h"
#include "runtime/base/kv_layout.h"

#include <float.h>

typedef unsigned long long number; /* the type that %llu prints */

rlx_status bad_string(const struct check *c, const char *table, uint32_t index)
{
    return check_failed(c, "%s %u: a string is outside the strings (%llu bytes)", table, index,
                        (number)c->artifact->strings.bytes);
}

/* One test for all strings: the last byte of the section is 0, so a string that begins inside it
 * also ends inside it. */
static rlx_status check_strings(const struct check *c)
{
    const struct span *s = &c->artifact->strings;
    if (s->bytes == 0 || s->bytes > UINT32_MAX || s->data[0] != 0 || s->data[s->bytes - 1] != 0)
        return check_failed(c, "strings: expected to begin and to end with a zero byte");
    return RLX_OK;
}

static rlx_status check_info(const struct check *c)
{
    const struct rlx_info *i = c->artifact->info;
    if (!string_holds(c, i->name) || !string_holds(c, i->architecture) ||
        !string_holds(c, i->source) || !string_holds(c, i->compiler) ||
        !string_holds(c, i->numerics))
        return bad_string(c, "info", 0);
    if (!reserved_holds(c, i->reserved | i->reserved_bytes[0] | i->reserved_bytes[1]))
        return check_failed(c, "info: reserved fields are not zero");
    if (i->vocabulary > MAX_VOCABULARY)
        return check_failed(c, "info: expected a vocabulary of at most %d, found %u",
                            MAX_VOCABULARY, i->vocabulary);
    if (i->context > MAX_CONTEXT || i->lm_head_rows_max > MAX_CONTEXT)
        return check_failed(c,
                            "info: expected a context and lm_head_rows_max of at most %d, found %u "
                            "and %u",
                            MAX_CONTEXT, i->context, i->lm_head_rows_max);
    if (i->kv_element != 0 && !state_element_known(i->kv_element))
        return check_failed(c, "info: unknown kv_element %u", i->kv_element);
    if ((i->state_bytes | i->carried_bytes) >> MAX_LOG_BYTES)
        return check_failed(c,
                            "info: %llu bytes of states and %llu of carried states are larger "
                            "than any memory",
                            (number)i->state_bytes, (number)i->carried_bytes);
    return RLX_OK;
}

/* ---- symbols ---- */

static rlx_status check_derived(const struct check *c, uint32_t slot, uint32_t first_derived,
                                const struct rlx_symbol *s)
{
    const int64_t size_max = INT32_MAX;
    if (s->symbol >= first_derived)
        return check_failed(c, "symbol %u: expected one of the %u symbols, found %u", slot,
                            first_derived, s->symbol);
    const struct rlx_symbol *of = table_at(&c->artifact->symbols, s->symbol);
    if (s->multiply < 1 || s->multiply > size_max || s->divide < 1 || s->divide > size_max ||
        s->add < -size_max || s->add > size_max || s->multiply * (int64_t)of->min + s->add < 0 ||
        (s->multiply * (int64_t)of->max + s->add) / s->divide > size_max)
        return check_failed(c,
                            "symbol %u: (%lld * size + %lld) / %lld is no size for sizes from %llu "
                            "to %llu",
                            slot, (long long)s->multiply, (long long)s->add, (long long)s->divide,
                            (number)of->min, (number)of->max);
    return RLX_OK;
}

/* The symbols themselves first, then what is derived from them. */
static rlx_status check_symbols(const struct check *c)
{
    const struct table *symbols = &c->artifact->symbols;
    uint32_t first_derived = 0;
    if (c->artifact->levels.count != 0 &&
        (symbols->count <= RLX_DIM_KEYS || symbols->count > RLX_SLOT_MAX))
        return check_failed(c, "symbols: expected %d to %d, found %u", RLX_DIM_KEYS + 1,
                            RLX_SLOT_MAX, symbols->count);
    for (uint32_t i = 0; i < symbols->count; i++) {
        const struct rlx_symbol *s = table_at(symbols, i);
        if (!string_holds(c, s->name))
            return bad_string(c, "symbol", i);
        if (s->min > s->max || s->max > INT32_MAX)
            return check_failed(c, "symbol %u: expected bounds up to %d, found %llu to %llu", i,
                                INT32_MAX, (number)s->min, (number)s->max);
        bool itself = s->symbol == i && s->multiply == 1 && s->add == 0 && s->divide == 1;
        if (itself && first_derived == i) {
            first_derived++;
            continue;
        }
        if (i <= RLX_DIM_KEYS)
            return check_failed(c, "symbol %u: expected one that is not derived", i);
        rlx_status status = check_derived(c, i, first_derived, s);
        if (status != RLX_OK)
            return status;
    }
    return RLX_OK;
}

/* ---- states ---- */

uint64_t state_width(const struct rlx_state_entry *s)
{
    if (s->layout == RLX_LAYOUT_PLAIN)
        return (uint64_t)s->heads * s->width;
    return kv_row_width(s->width, s->layout == RLX_LAYOUT_VALUES, s->element == RLX_Q8);
}

uint64_t artifact_state_bytes(const struct rlx_state_entry *s)
{
    const uint64_t scale = s->element == RLX_Q8 ? 2 : 0;
    const uint64_t heads = s->layout == RLX_LAYOUT_PLAIN ? 1 : s->heads;
    uint64_t bytes, row;
    if (__builtin_mul_overflow(state_width(s), state_element_bytes(s->element), &row) ||
        __builtin_add_overflow(row, scale, &row) ||
        __builtin_mul_overflow(heads * s->capacity, row, &bytes))
        return 0;
    return bytes;
}

static rlx_status check_state_words(const struct check *c, uint32_t index,
                                    const struct rlx_state_entry *s)
{
    const struct {
        const char *name;
        uint32_t value, last;
    } words[] = {{"class", s->class_, RLX_CLASS_CROSS},
                 {"role", s->role, RLX_STATE_DATA},
                 {"layout", s->layout, RLX_LAYOUT_PLAIN}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (words[i].value == 0 || words[i].value > words[i].last)
            return check_failed(c, "state %u: unknown %s %u", index, words[i].name, words[i].value);
    if (!state_element_known(s->element))
        return check_failed(c, "state %u: unknown element %u", index, s->element);
    if (s->layout == RLX_LAYOUT_PLAIN && s->element == RLX_Q8)
        return check_failed(c, "state %u: expected f32 or f16, found q8 in plain rows", index);
    return RLX_OK;
}

/* How many rows there are, and who counts them. */
static rlx_status check_state_rows(const struct check *c, uint32_t index,
                                   const struct rlx_state_entry *s)
{
    const struct artifact *a = c->artifact;
    bool whole = s->layout == RLX_LAYOUT_PLAIN || s->capacity % 64 == 0;
    if (s->heads == 0 || s->width == 0 || s->capacity == 0 || !whole)
        return check_failed(c,
                            "state %u: %u rows of %u heads of %u elements: expected a multiple of "
                            "64 rows",
                            index, s->capacity, s->heads, s->width);
    if (s->class_ == RLX_CLASS_ROWS && s->capacity < a->info->context)
        return check_failed(c, "state %u: %u rows are fewer than the context of %u", index,
                            s->capacity, a->info->context);
    bool is_ring = s->class_ == RLX_CLASS_RING, is_cross = s->class_ == RLX_CLASS_CROSS;
    if (is_ring ? s->window == 0 || s->window > s->capacity : s->window != 0)
        return check_failed(c, "state %u: a window of %u keys in %u rows", index, s->window,
                            s->capacity);
    if (is_cross ? s->rows_slot >= a->symbols.count : s->rows_slot != RLX_NO_SLOT)
        return check_failed(c, "state %u: unknown rows_slot %u", index, s->rows_slot);
    if (is_cross &&
        s->capacity < ((const struct rlx_symbol *)table_at(&a->symbols, s->rows_slot))->max)
        return check_failed(c, "state %u: %u rows are fewer than its symbol's bound", index,
                            s->capacity);
    return RLX_OK;
}

static rlx_status check_state(const struct check *c, uint32_t index)
{
    const struct rlx_info *info = c->artifact->info;
    const struct rlx_state_entry *s = table_at(&c->artifact->states, index);
    bool carried = s->class_ == RLX_CLASS_CARRIED;
    uint64_t home_bytes = carried ? info->carried_bytes : info->state_bytes;
    if (!string_holds(c, s->name))
        return bad_string(c, "state", index);
    rlx_status status = check_state_words(c, index, s);
    if (status == RLX_OK)
        status = check_state_rows(c, index, s);
    if (status != RLX_OK)
        return status;
    if (s->layer >= info->layers)
        return check_failed(c, "state %u: layer %u of a model with %u", index, s->layer,
                            info->layers);
    if (s->home != (carried ? (uint32_t)RLX_HOME_CARRIED_IN : (uint32_t)RLX_HOME_STATE))
        return check_failed(c, "state %u: class %u in home %u", index, s->class_, s->home);
    if (s->bytes == 0 || s->bytes != artifact_state_bytes(s))
        return check_failed(c, "state %u: expected %llu bytes, found %llu", index,
                            (number)artifact_state_bytes(s), (number)s->bytes);
    if (s->offset % RLX_STATE_ALIGNMENT != 0 || !inside(s->offset, s->bytes, home_bytes))
        return check_failed(c,
                            "state %u: offset %llu with %llu bytes is not inside its home of %llu "
                            "bytes",
                            index, (number)s->offset, (number)s->bytes, (number)home_bytes);
    return RLX_OK;
}

/* ---- entries and levels ---- */

static rlx_status check_entry(const struct check *c, uint32_t index)
{
    const struct artifact *a = c->artifact;
    const struct rlx_entry *e = table_at(&a->entries, index);
    if (!string_holds(c, e->name))
        return bad_string(c, "entry", index);
    if (!reserved_holds(c, e->reserved))
        return check_failed(c, "entry %u: reserved fields are not zero", index);
    if (!inside(e->first_use, e->use_count, a->uses.count))
        return check_failed(c, "entry %u: uses %u with %u entries are not inside the table of %u",
                            index, e->first_use, e->use_count, a->uses.count);
    return RLX_OK;
}

static rlx_status check_use(const struct check *c, uint32_t index)
{
    const struct artifact *a = c->artifact;
    const struct rlx_use *u = table_at(&a->uses, index);
    if (u->state >= a->states.count || u->access == 0 ||
        (u->access & ~(uint32_t)(RLX_READS | RLX_WRITES)) != 0)
        return check_failed(c, "use %u: access %u to state %u of %u", index, u->access, u->state,
                            a->states.count);
    const struct rlx_state_entry *s = table_at(&a->states, u->state);
    bool counts = s->class_ == RLX_CLASS_CROSS && (u->access & RLX_WRITES) != 0;
    if (counts ? u->rows_slot >= a->symbols.count : u->rows_slot != RLX_NO_SLOT)
        return check_failed(c, "use %u: unknown rows_slot %u", index, u->rows_slot);
    if (!reserved_holds(c, u->reserved))
        return check_failed(c, "use %u: reserved fields are not zero", index);
    return RLX_OK;
}

/* There is one parity of carried states, so that an entry writes all of them or none. */
static rlx_status check_carried(const struct check *c, uint32_t index)
{
    const struct artifact *a = c->artifact;
    const struct rlx_entry *e = table_at(&a->entries, index);
    uint32_t carried = 0, written = 0;
    for (uint32_t i = 0; i < a->states.count; i++)
        carried +=
            ((const struct rlx_state_entry *)table_at(&a->states, i))->class_ == RLX_CLASS_CARRIED;
    for (uint32_t i = 0; i < e->use_count; i++) {
        const struct rlx_use *u = table_at(&a->uses, e->first_use + i);
        const struct rlx_state_entry *s = table_at(&a->states, u->state);
        written += s->class_ == RLX_CLASS_CARRIED && (u->access & RLX_WRITES) != 0;
    }
    if (written != 0 && written != carried)
        return check_failed(c, "entry %u: writes %u of %u carried states", index, written, carried);
    return RLX_OK;
}

static rlx_status check_level_entry(const struct check *c, uint32_t index)
{
    const struct artifact *a = c->artifact;
    const struct rlx_level *l = table_at(&a->levels, index);
    if (!string_holds(c, l->name) || !string_holds(c, l->target))
        return bad_string(c, "level", index);
    if (!reserved_holds(c, l->reserved))
        return check_failed(c, "level %u: reserved fields are not zero", index);
    if ((l->image_bytes == 0 && l->machine != 0) || l->image_offset % RLX_PAGE != 0 ||
        l->image_offset < a->code.offset ||
        !inside(l->image_offset - a->code.offset, l->image_bytes, a->code.bytes))
        return check_failed(c,
                            "level %u: an image at %llu with %llu bytes is not inside the "
                            "code, at %llu with %llu bytes",
                            index, (number)l->image_offset, (number)l->image_bytes,
                            (number)a->code.offset, (number)a->code.bytes);
    if (!inside(l->first_kernel, l->kernel_count, a->kernels.count) || l->variant_count == 0 ||
        !inside(l->first_variant, l->variant_count, a->variants.count))
        return check_failed(c,
                            "level %u: kernels %u with %u entries of %u, variants %u with %u of %u",
                            index, l->first_kernel, l->kernel_count, a->kernels.count,
                            l->first_variant, l->variant_count, a->variants.count);
    return RLX_OK;
}

/* ---- tensors, sampling, all ---- */

static rlx_status check_tensor(const struct check *c, uint32_t index)
{
    const struct rlx_tensor *t = table_at(&c->artifact->tensors, index);
    if (!string_holds(c, t->name) || !string_holds(c, t->layout))
        return bad_string(c, "tensor", index);
    if (t->offset % RLX_WEIGHT_ALIGNMENT != 0)
        return check_failed(c, "tensor %u: offset %llu is not a multiple of %d", index,
                            (number)t->offset, RLX_WEIGHT_ALIGNMENT);
    if (!inside(t->offset, t->bytes, c->artifact->weights.bytes))
        return check_failed(c,
                            "tensor %u: offset %llu with %llu bytes is not inside the weights "
                            "of %llu bytes",
                            index, (number)t->offset, (number)t->bytes,
                            (number)c->artifact->weights.bytes);
    return RLX_OK;
}

static rlx_status check_sampling(const struct check *c)
{
    const struct table *table = &c->artifact->sampling;
    if (table->base == NULL)
        return RLX_OK;
    if (table->count != 1)
        return check_failed(c, "sampling: expected one entry, found %u", table->count);
    const struct rlx_sampling_entry *s = table_at(table, 0);
    const struct {
        const char *name;
        uint32_t bit;
        float value, min, max;
    } values[] = {
        {"temperature", RLX_GIVEN_TEMPERATURE, s->temperature, 0, FLT_MAX},
        {"top_p", RLX_GIVEN_TOP_P, s->top_p, FLT_MIN, 1},
        {"min_p", RLX_GIVEN_MIN_P, s->min_p, 0, 1},
        {"repetition_penalty", RLX_GIVEN_REPETITION_PENALTY, s->repetition_penalty, FLT_MIN,
         FLT_MAX},
    };
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        float value = values[i].value;
        /* Written so that NaN fails. */
        if ((s->given & values[i].bit) && !(value >= values[i].min && value <= values[i].max))
            return check_failed(c, "sampling: %s is %g", values[i].name, (double)value);
    }
    return RLX_OK;
}

static rlx_status check_each(const struct check *c, const struct table *table,
                             rlx_status (*check)(const struct check *c, uint32_t index))
{
    rlx_status status = RLX_OK;
    for (uint32_t i = 0; i < table->count && status == RLX_OK; i++)
        status = check(c, i);
    return status;
}

rlx_status artifact_check_tables(const char *name, const struct artifact *a, rlx_error *error)
{
    const struct check c = {name, a, error, true};
    const struct {
        const struct table *table;
        rlx_status (*check)(const struct check *c, uint32_t index);
    } tables[] = {{&a->states, check_state},       {&a->entries, check_entry},
                  {&a->uses, check_use},           {&a->entries, check_carried},
                  {&a->levels, check_level_entry}, {&a->tensors, check_tensor}};
    rlx_status status = check_strings(&c);
    if (status == RLX_OK)
        status = check_info(&c);
    if (status == RLX_OK &&
        (a->levels.count > ARTIFACT_LEVELS || a->entries.count > ARTIFACT_ENTRIES))
        return check_failed(&c, "expected at most %d levels and %d entries, found %u and %u",
                            ARTIFACT_LEVELS, ARTIFACT_ENTRIES, a->levels.count, a->entries.count);
    if (status == RLX_OK)
        status = check_symbols(&c);
    for (size_t i = 0; i < sizeof tables / sizeof tables[0] && status == RLX_OK; i++)
        status = check_each(&c, tables[i].table, tables[i].check);
    return status == RLX_OK ? check_sampling(&c) : status;
}

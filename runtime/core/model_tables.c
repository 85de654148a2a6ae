/* Answers questions about the tables of an open model: its entries with their inputs and outputs,
 * its states. In: an index or a name. Out: what rlx/model.h says of it. */
#include "runtime/core/model.h"

#include "runtime/base/caller_struct.h"
#include "runtime/base/error.h"

/* Words of the enumerations of rlx/artifact.h; a checked artifact has no other values. */
static const char *const role_words[] = {[RLX_ROLE_DATA] = "data",
                                         [RLX_ROLE_TOKENS] = "tokens",
                                         [RLX_ROLE_POSITIONS] = "positions",
                                         [RLX_ROLE_OUT_ROWS] = "out_rows",
                                         [RLX_ROLE_LOGITS] = "logits"};
static const char *const class_words[] = {[RLX_CLASS_ROWS] = "rows",
                                          [RLX_CLASS_RING] = "ring",
                                          [RLX_CLASS_CARRIED] = "carried",
                                          [RLX_CLASS_CROSS] = "cross"};
static const char *const state_role_words[] = {
    [RLX_STATE_KEY] = "key", [RLX_STATE_VALUE] = "value", [RLX_STATE_DATA] = "data"};

const char *model_element_name(uint32_t element)
{
    static const char *const words[] = {"", "f32", "f16", "", "q8", "i32"};
    return words[element];
}

/* ---- entries ---- */

/* Variants of an entry at the level that runs here, and the first of them; NULL: none. */
static const struct rlx_variant_entry *first_variant(const rlx_model *m, uint32_t entry,
                                                     uint32_t *count)
{
    const struct rlx_variant_entry *first = NULL;
    *count = 0;
    for (uint32_t i = 0; i < rlx_model_variant_count(m); i++) {
        const struct rlx_variant_entry *v = model_variant(m, i);
        if (v->entry == entry && (*count)++ == 0)
            first = v;
    }
    return first;
}

uint32_t rlx_model_entry_count(const rlx_model *model)
{
    return model != NULL && model->level != NULL ? model->artifact.entries.count : 0;
}

rlx_status rlx_model_get_entry(const rlx_model *model, uint32_t index, rlx_entry_info *info,
                               rlx_error *error)
{
    REFUSE_NULL(model);
    REFUSE_NULL(info);
    uint32_t count = rlx_model_entry_count(model), variants;
    if (index >= count)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT, "entry %u: the model has %u", index, count);
    const struct rlx_entry *entry = table_at(&model->artifact.entries, index);
    const struct rlx_variant_entry *v = first_variant(model, index, &variants);
    rlx_entry_info filled = {.name = artifact_string(&model->artifact, entry->name),
                             .io_count = v == NULL ? 0 : v->io_count,
                             .variant_count = variants};
    return caller_struct_write(&caller_entry_info, &filled, info, error);
}

/* ---- inputs and outputs ---- */

/* The largest size that a variant of the entry takes. */
static uint64_t size_max(const rlx_model *m, uint32_t entry, uint32_t slot)
{
    uint32_t max = 0;
    for (uint32_t i = 0; i < rlx_model_variant_count(m); i++) {
        const struct rlx_variant_entry *v = model_variant(m, i);
        if (v->entry == entry && v->upper[slot] > max)
            max = v->upper[slot];
    }
    return max;
}

static rlx_dimension dimension(const rlx_model *m, uint32_t entry, const struct rlx_io_dim *dim)
{
    const struct artifact *a = &m->artifact;
    if (dim->slot == RLX_NO_SLOT)
        return (rlx_dimension){.size = dim->size};
    const struct rlx_symbol *size = table_at(&a->symbols, dim->slot);
    const struct rlx_symbol *of = table_at(&a->symbols, size->symbol);
    return (rlx_dimension){.symbol = artifact_string(a, of->name),
                           .size = size_max(m, entry, dim->slot),
                           .multiply = size->multiply,
                           .add = size->add,
                           .divide = size->divide};
}

rlx_status rlx_model_get_io(const rlx_model *model, const char *entry, uint32_t index,
                            rlx_io_info *info, rlx_error *error)
{
    REFUSE_NULL(model);
    REFUSE_NULL(entry);
    REFUSE_NULL(info);
    const struct artifact *a = &model->artifact;
    uint32_t place = artifact_find_entry(a, entry), variants;
    if (place == RLX_NO_SLOT)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT, "the model has no entry '%s'", entry);
    const struct rlx_variant_entry *v = first_variant(model, place, &variants);
    uint32_t count = v == NULL ? 0 : v->io_count;
    if (index >= count)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT, "input or output %u: the entry '%s' has %u",
                        index, entry, count);
    const struct rlx_io *io = table_at(&a->io, v->first_io + index);
    rlx_io_info filled = {.is_output = io->direction == RLX_OUTPUT,
                          .name = artifact_string(a, io->name),
                          .element = model_element_name(io->element),
                          .role = role_words[io->role],
                          .rank = io->rank};
    for (uint32_t i = 0; i < io->rank; i++)
        filled.dimensions[i] = dimension(model, place, &io->dims[i]);
    return caller_struct_write(&caller_io_info, &filled, info, error);
}

/* ---- states ---- */

uint32_t rlx_model_state_count(const rlx_model *model)
{
    return model == NULL ? 0 : model->artifact.states.count;
}

rlx_status rlx_model_get_state(const rlx_model *model, uint32_t index, rlx_state_info *info,
                               rlx_error *error)
{
    REFUSE_NULL(model);
    REFUSE_NULL(info);
    const struct artifact *a = &model->artifact;
    if (index >= a->states.count)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT, "state %u: the model has %u", index,
                        a->states.count);
    const struct rlx_state_entry *s = table_at(&a->states, index);
    const struct rlx_symbol *rows =
        s->rows_slot == RLX_NO_SLOT ? NULL : table_at(&a->symbols, s->rows_slot);
    rlx_state_info filled = {.layer = s->layer,
                             .name = artifact_string(a, s->name),
                             .state_class = class_words[s->class_],
                             .role = state_role_words[s->role],
                             .element = model_element_name(s->element),
                             .symbol = rows == NULL ? NULL : artifact_string(a, rows->name),
                             .heads = s->heads,
                             .width = s->width,
                             .capacity = s->capacity,
                             .bytes = s->bytes,
                             .window = s->window};
    return caller_struct_write(&caller_state_info, &filled, info, error);
}

/* Joins the parts of coded tensors. In: a model with all its tensors and parts; out: one tensor of
 * each group of parts, in a type that loses nothing. Experts all have one type,
 * because they become one tensor. */
#include "compiler/import/coded.h"
#include "compiler/import/import.h"
#include "runtime/base/amount.h"

#include <string.h>

/* A part of a type that no part has is not as good as absent; one without elements is. */
static void refuse_unread(const struct joining *j, const struct unread_tensor *found)
{
    const struct place at = {.file = j->m->files[j->main->file].path,
                             .object = str_text(j->m->strings, found->source_name)};

    if (found->type != NULL && part_type_of(found->type) == PART_none)
        diag_error(j->d, at, "expected numbers that belong to '%s', found those of the type %s",
                   str_text(j->m->strings, j->main->source_name), found->type);
}

const struct part *joining_find(const struct joining *j, const char *suffix)
{
    const char *name = arena_printf(j->m->arena, "%s%s", j->base, suffix);
    str_id id = str_find(j->m->strings, name, strlen(name));
    uint32_t place = id < j->names ? j->part_of[id] : 0;

    if (place == 0) {
        if (id < j->names && j->unread_of[id] != 0)
            refuse_unread(j, &j->m->unread[j->unread_of[id] - 1]);
        return NULL;
    }
    j->joined[id] = true;
    return &j->m->parts[place - 1];
}

static bool is_of_expert(const char *name)
{
    return strstr(name, ".experts.") != NULL;
}

/* The tensor of i32 that says which columns these are; 0: there can be none of that name. Matrices that
 * read the same rows mostly share one. */
static str_id add_order(struct model *m, const struct coded *c, uint64_t columns, const char *base)
{
    const uint64_t bytes = columns * sizeof *c->order;
    const uint8_t *order = (const uint8_t *)c->order;

    for (uint32_t i = m->tensor_count; i-- > 0;) {
        const struct tensor *t = &m->tensors[i];
        if (t->dtype == DTYPE_i32 && t->memory != NULL && t->bytes == bytes &&
            memcmp(t->memory, order, bytes) == 0)
            return t->name;
    }
    const str_id name = str_printf(m->strings, "%s.order", base);
    if (model_tensor(m, name) != NULL)
        return 0;
    model_add_memory(
        m, (struct tensor){.name = name, .dtype = DTYPE_i32, .rank = 1, .shape = {columns}}, order);
    return name;
}

/* The smallest type without loss. Columns change places only for a smaller one than f32, and not in
 * experts: each would have an order of its own. */
static void choose_type(struct joining *j)
{
    struct model *m = j->m;
    struct coded *c = j->coded;
    const uint64_t columns = tensor_width(j->tensor);

    if (is_of_expert(j->base))
        c->order = NULL;
    j->tensor->dtype = coded_type(c, columns, m->quantization.int8_rows);
    if (j->tensor->dtype != DTYPE_f32 && c->order != NULL)
        j->tensor->order = add_order(m, c, columns, j->base);
    if (c->order == NULL || j->tensor->order != 0)
        return;
    c->order = NULL;
    j->tensor->dtype = DTYPE_f32;
}

/* Joins the parts that belong to j->main. */
static bool join(struct joining *j, const struct coded_scheme *scheme)
{
    struct model *m = j->m;
    const char *name = str_text(m->strings, j->main->name);
    struct coded *c = arena_new(m->arena, struct coded, 1);
    struct place at = {.file = m->files[j->main->file].path,
                       .object = str_text(m->strings, j->main->source_name)};

    j->base = arena_text(m->arena, name, strlen(name) - strlen(scheme->suffix));
    j->coded = c;
    *j->tensor = (struct tensor){.source_name = j->main->source_name, .rank = 2};
    j->tensor->name = str_printf(m->strings, "%s.weight", j->base);
    c->numbers.part = *j->main;
    j->joined[j->main->name] = true;
    const uint32_t before = j->d->error_count;
    if (!scheme->join(j) || j->d->error_count != before)
        return false;
    const uint64_t columns = tensor_width(j->tensor);
    if (!c->is_mxfp4 && !coded_measure(m, c, tensor_rows(j->tensor), columns))
        return diag_error(j->d, at, "expected scales that are finite, found one that is not");
    choose_type(j);
    return true;
}

static bool is_of_experts(const struct model *m, const struct tensor *t)
{
    return t->coded != NULL && !t->coded->is_mxfp4 && is_of_expert(str_text(m->strings, t->name));
}

static bool experts_fit(const struct model *m, uint32_t first, enum dtype dtype)
{
    for (uint32_t i = first; i < m->tensor_count; i++) {
        const struct tensor *t = &m->tensors[i];
        if (is_of_experts(m, t) && t->dtype != dtype &&
            !coded_fits(t->coded, tensor_width(t), dtype))
            return false;
    }
    return true;
}

/* The type of all experts: the one they have, where that is one; else the smallest that fits all. */
static enum dtype type_of_experts(const struct model *m, uint32_t first)
{
    enum dtype common = DTYPE_f32;
    uint32_t found = 0, alike = 0, smallest = 0;

    for (uint32_t i = first; i < m->tensor_count; i++) {
        if (!is_of_experts(m, &m->tensors[i]))
            continue;
        common = found++ == 0 ? m->tensors[i].dtype : common;
        alike += m->tensors[i].dtype == common;
    }
    if (alike == found)
        return common;
    while (!experts_fit(m, first, coded_types[smallest]))
        smallest++; /* f32 fits all */
    return coded_types[smallest];
}

/* Tensors from `first` on are coded. */
static void widen_experts(struct model *m, uint32_t first)
{
    const enum dtype dtype = type_of_experts(m, first);

    for (uint32_t i = first; i < m->tensor_count; i++) {
        struct tensor *t = &m->tensors[i];
        if (!is_of_experts(m, t))
            continue;
        t->dtype = dtype;
        t->bytes = tensor_rows(t) * tensor_row_bytes(t);
    }
}

/* Why only f32 loses nothing. */
enum widened { WIDENED_experts, WIDENED_order, WIDENED_groups, WIDENED_COUNT };

static enum widened why_widened(const struct model *m, const struct tensor *t)
{
    const struct coded *c = t->coded;

    if (c->group_of != NULL)
        return is_of_experts(m, t) ? WIDENED_experts : WIDENED_order;
    return WIDENED_groups;
}

/* Says so once for each reason. Tensors from `first` on are coded. */
static void warn_of_widened(const struct model *m, uint32_t first, struct diags *d)
{
    static const char *const reasons[WIDENED_COUNT] = {
        [WIDENED_experts] =
            "each expert has the columns of its groups in another order (act-order)",
        [WIDENED_order] = "their groups do not have equally many columns",
        [WIDENED_groups] = "no packed type has their groups or values",
    };
    const struct tensor *found[WIDENED_COUNT] = {NULL};
    uint32_t count[WIDENED_COUNT] = {0};
    double stored[WIDENED_COUNT] = {0}, read[WIDENED_COUNT] = {0};
    char before[AMOUNT_BYTES], after[AMOUNT_BYTES];

    for (uint32_t i = first; i < m->tensor_count; i++) {
        const struct tensor *t = &m->tensors[i];
        if (t->dtype != DTYPE_f32)
            continue;
        const enum widened why = why_widened(m, t);
        found[why] = count[why]++ == 0 ? t : found[why];
        stored[why] += (double)coded_bytes(t->coded);
        read[why] += (double)(tensor_rows(t) * tensor_row_bytes(t));
    }
    for (uint32_t why = 0; why < WIDENED_COUNT; why++) {
        if (count[why] == 0)
            continue;
        const char *name = str_text(m->strings, found[why]->source_name);
        diag_warning(d, (struct place){.file = m->path, .object = name},
                     "%u matrices of %s become f32, %s, because %s; --quant=q8_0, for example, "
                     "rounds them to fewer bits",
                     count[why], amount_of_bytes(stored[why], before),
                     amount_of_bytes(read[why], after), reasons[why]);
    }
}

/* Forgets what was joined. */
static void drop_joined(struct model *m, const struct joining *j)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < m->tensor_count; i++)
        if (m->tensors[i].coded != NULL || m->tensors[i].name >= j->names ||
            !j->joined[m->tensors[i].name])
            m->tensors[kept++] = m->tensors[i];
    m->tensor_count = kept;
    kept = 0;
    for (uint32_t i = 0; i < m->unread_count; i++)
        if (m->unread[i].name >= j->names || !j->joined[m->unread[i].name])
            m->unread[kept++] = m->unread[i];
    m->unread_count = kept;
}

bool import_join_coded(struct model *m, struct diags *d)
{
    struct tensor made;
    struct joining j = {.m = m, .d = d, .names = 1, .tensor = &made};
    const uint32_t first = m->tensor_count;
    bool good = true;

    for (uint32_t i = 0; i < m->part_count; i++)
        j.names = m->parts[i].name >= j.names ? m->parts[i].name + 1 : j.names;
    for (uint32_t i = 0; i < m->unread_count; i++)
        j.names = m->unread[i].name >= j.names ? m->unread[i].name + 1 : j.names;
    uint32_t *part_of = arena_new(m->arena, uint32_t, j.names),
             *unread_of = arena_new(m->arena, uint32_t, j.names);
    j.joined = arena_new(m->arena, bool, j.names);
    j.part_of = part_of;
    j.unread_of = unread_of;
    for (uint32_t i = 0; i < m->unread_count; i++)
        unread_of[m->unread[i].name] = i + 1;
    for (uint32_t i = 0; i < m->part_count; i++)
        part_of[m->parts[i].name] = i + 1;
    for (uint32_t i = 0; i < m->part_count; i++) {
        const struct coded_scheme *scheme = coded_scheme_of(m, &m->parts[i]);
        j.main = &m->parts[i];
        if (scheme == NULL || part_of[j.main->name] != i + 1)
            continue;
        if (join(&j, scheme))
            model_add_coded(m, made, j.coded);
        else
            good = false;
    }
    widen_experts(m, first);
    warn_of_widened(m, first, d);
    drop_joined(m, &j);
    return good;
}

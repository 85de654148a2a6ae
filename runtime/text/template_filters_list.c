/* Filters of sequences and dicts. In: a value that gives items; out: lists, generators, single
 * items. Contract: template_filters.h.
 */
#include "runtime/text/template_filters.h"

#include "runtime/base/utf8.h"

/* ---- keys to sort and group by ---- */

static struct value fold_case(struct render *r, struct value v, bool case_sensitive)
{
    return is_text(v) && !case_sensitive ? text_change_case(r, v.as.text, CASE_LOWER) : v;
}

static bool is_attribute(struct value attribute)
{
    return is_given(attribute) && attribute.kind != VALUE_NONE;
}

static struct value pick_one(struct render *r, struct value item, struct value attribute,
                             bool case_sensitive)
{
    struct value v = is_attribute(attribute) ? template_path(r, item, attribute) : item;

    return fold_case(r, v, case_sensitive);
}

/* What `attribute` (absent, none or "a.b") picks of an item. Where `several` it may be "a,b" too,
 * and the key is a list in any case: items that are equal are then in order without being compared.
 */
static struct value pick(struct render *r, struct value item, struct value attribute,
                         bool case_sensitive, bool several)
{
    const struct text comma = {.data = ",", .bytes = 1, .points = 1};
    if (!several)
        return pick_one(r, item, attribute, case_sensitive);
    struct value keys = value_sequence(r, VALUE_LIST, 1);
    if (!is_attribute(attribute) || !is_text(attribute)) {
        sequence_add(r, keys.as.sequence, pick_one(r, item, attribute, case_sensitive));
        return keys;
    }
    const struct sequence *paths = split_text(r, attribute.as.text, &comma, -1).as.sequence;
    for (size_t i = 0; i < paths->count; i++)
        sequence_add(r, keys.as.sequence,
                     fold_case(r, template_path(r, item, paths->items[i]), case_sensitive));
    return keys;
}

/* The items of `v` with their keys; NULL after a failure. */
static struct dict_entry *keyed(struct render *r, struct value v, struct value attribute,
                                bool case_sensitive, bool several, size_t *count)
{
    const struct sequence *items = value_items(r, v);
    struct dict_entry *entries =
        items == NULL ? NULL : render_alloc(r, (items->count + 1) * sizeof *entries);

    *count = 0;
    for (size_t i = 0; !r->failed && entries != NULL && i < items->count && render_charge(r, 1);
         i++)
        entries[(*count)++] = (struct dict_entry){
            pick(r, items->items[i], attribute, case_sensitive, several), items->items[i]};
    return r->failed ? NULL : entries;
}

static struct value list_of(struct render *r, const struct dict_entry *entries, size_t count)
{
    struct value list = value_sequence(r, VALUE_LIST, count);

    for (size_t i = 0; entries != NULL && i < count; i++)
        sequence_add(r, list.as.sequence, entries[i].value);
    return list;
}

/* ---- sorting and grouping ---- */

static struct value sort(struct render *r, struct value v, const struct value *places)
{
    size_t count;
    struct dict_entry *entries =
        keyed(r, v, places[2], truth_argument(places[1], false), true, &count);

    if (entries != NULL)
        sort_entries(r, entries, count, truth_argument(places[0], false));
    return list_of(r, entries, count);
}

static struct value dictsort(struct render *r, struct value v, const struct value *places)
{
    const struct text *by = text_argument(r, places[1]);
    bool sensitive = truth_argument(places[0], false), key = by == NULL || text_is(by, "key");

    if (v.kind == VALUE_UNDEFINED)
        return fail_undefined(r, v);
    if (v.kind != VALUE_DICT)
        return render_fail(r, "'%s' object has no attribute 'items'", value_type_name(v));
    if (!key && !text_is(by, "value"))
        return render_fail(r, "You can only sort by either \"key\" or \"value\"");
    const struct dict *d = v.as.dict;
    struct dict_entry *entries = render_alloc(r, (d->count + 1) * sizeof *entries);
    for (size_t i = 0; i < d->count && !r->failed; i++) {
        struct value pair = value_sequence(r, VALUE_TUPLE, 2);
        sequence_add(r, pair.as.sequence, d->entries[i].key);
        sequence_add(r, pair.as.sequence, d->entries[i].value);
        entries[i] = (struct dict_entry){
            fold_case(r, key ? d->entries[i].key : d->entries[i].value, sensitive), pair};
    }
    if (!r->failed)
        sort_entries(r, entries, d->count, truth_argument(places[2], false));
    return list_of(r, r->failed ? NULL : entries, d->count);
}

static struct value groupby(struct render *r, struct value v, const struct value *places)
{
    bool sensitive = truth_argument(places[2], false);
    struct value groups = value_sequence(r, VALUE_LIST, 0);
    size_t count;

    if (!is_given(places[0]))
        return render_fail(r, "groupby takes an attribute");
    struct dict_entry *entries = keyed(r, v, places[0], sensitive, false, &count);
    for (size_t i = 0; entries != NULL && i < count; i++)
        if (entries[i].key.kind == VALUE_UNDEFINED && is_given(places[1]))
            entries[i].key = fold_case(r, places[1], sensitive);
    if (entries != NULL)
        sort_entries(r, entries, count, false);
    for (size_t i = 0; entries != NULL && i < count && !r->failed;) {
        struct value group = value_sequence(r, VALUE_TUPLE, 2),
                     members = value_sequence(r, VALUE_LIST, 0);
        size_t first = i;
        for (; i < count && value_equal(r, entries[i].key, entries[first].key); i++)
            sequence_add(r, members.as.sequence, entries[i].value);
        if (i == first)
            i++; /* not equal to itself: NaN */
        struct value name = template_path(r, entries[first].value, places[0]);
        sequence_add(r, group.as.sequence,
                     sensitive || name.kind == VALUE_UNDEFINED ? entries[first].key : name);
        sequence_add(r, group.as.sequence, members);
        group.as.sequence->prefix = "_GroupTuple";
        sequence_add(r, groups.as.sequence, group);
    }
    return groups;
}

static struct value unique(struct render *r, struct value v, const struct value *places)
{
    struct value seen = value_dict(r, VALUE_DICT), list = value_sequence(r, VALUE_GENERATOR, 0);
    size_t count;
    struct dict_entry *entries =
        keyed(r, v, places[1], truth_argument(places[0], false), false, &count);

    for (size_t i = 0; entries != NULL && i < count && !r->failed; i++)
        if (dict_get(r, seen.as.dict, entries[i].key) == NULL) {
            dict_set(r, seen.as.dict, entries[i].key, value_none);
            sequence_add(r, list.as.sequence, entries[i].value);
        }
    return list;
}

static struct value extreme(struct render *r, struct value v, const struct value *places,
                            bool greatest)
{
    size_t count, best = 0;
    struct dict_entry *entries =
        keyed(r, v, places[1], truth_argument(places[0], false), false, &count);

    if (entries == NULL)
        return value_undefined;
    if (count == 0)
        return value_undefined_because(r, "No aggregated item, sequence was empty.");
    for (size_t i = 1; i < count && !r->failed; i++)
        if (value_compare(r, entries[i].key, entries[best].key, greatest ? ">" : "<") ==
            (greatest ? 1 : -1))
            best = i;
    return entries[best].value;
}

static struct value sum(struct render *r, struct value v, const struct value *places)
{
    const struct sequence *items = value_items(r, v);
    struct value total = is_given(places[1]) ? places[1] : value_integer(0);

    if (is_text(total))
        return render_fail(r, "sum() can't sum strings [use ''.join(seq) instead]");
    for (size_t i = 0; items != NULL && i < items->count && render_charge(r, 1); i++) {
        struct value item =
            is_given(places[0]) ? template_path(r, items->items[i], places[0]) : items->items[i];
        total = template_binary(r, RLX_BINARY_ADD, total, item);
    }
    return total;
}

/* ---- cutting ---- */

static struct value batch(struct render *r, struct value v, const struct value *places)
{
    const struct sequence *items = value_items(r, v);
    int64_t size = integer_argument(r, places[0], 0);
    struct value all = value_sequence(r, VALUE_GENERATOR, 0);
    struct value list = value_sequence(r, VALUE_LIST, 0);

    if (!is_given(places[0]))
        return render_fail(r, "batch takes the number of items");
    for (size_t i = 0; items != NULL && i < items->count && !r->failed; i++) {
        if ((int64_t)list.as.sequence->count == size) {
            sequence_add(r, all.as.sequence, list);
            list = value_sequence(r, VALUE_LIST, 0);
        }
        sequence_add(r, list.as.sequence, items->items[i]);
    }
    if (list.as.sequence->count == 0)
        return all;
    sequence_add(r, all.as.sequence, list);
    if (is_given(places[1]) && places[1].kind != VALUE_NONE)
        while ((int64_t)list.as.sequence->count < size && render_charge(r, 1))
            sequence_add(r, list.as.sequence, places[1]);
    return all;
}

static struct value slices(struct render *r, struct value v, const struct value *places)
{
    const struct sequence *items = value_items(r, v);
    int64_t count = integer_argument(r, places[0], 0);
    struct value all = value_sequence(r, VALUE_GENERATOR, 0);
    size_t at = 0;

    if (items == NULL || count <= 0)
        return count == 0 ? render_fail(r, "integer division or modulo by zero") : all;
    int64_t whole = (int64_t)items->count / count, extra = (int64_t)items->count % count;
    for (int64_t i = 0; i < count && render_charge(r, 1); i++) {
        struct value list = value_sequence(r, VALUE_LIST, 0);
        for (int64_t k = 0; k < whole + (i < extra); k++)
            sequence_add(r, list.as.sequence, items->items[at++]);
        if (i >= extra && is_given(places[1]) && places[1].kind != VALUE_NONE)
            sequence_add(r, list.as.sequence, places[1]);
        sequence_add(r, all.as.sequence, list);
    }
    return all;
}

static struct value end_item(struct render *r, struct value v, bool last)
{
    if (last && (v.kind == VALUE_GENERATOR || v.kind == VALUE_NONE))
        return render_fail(r, "'%s' object is not reversible", value_type_name(v));
    const struct sequence *items = value_items(r, v);
    if (items == NULL)
        return value_undefined;
    if (items->count == 0)
        return value_undefined_because(r, "No %s item, sequence was empty.",
                                       last ? "last" : "first");
    return items->items[last ? items->count - 1 : 0];
}

static struct value to_list(struct render *r, struct value v)
{
    const struct sequence *items = value_items(r, v);
    struct value list = value_sequence(r, VALUE_LIST, items == NULL ? 0 : items->count);

    for (size_t i = 0; items != NULL && i < items->count; i++)
        sequence_add(r, list.as.sequence, items->items[i]);
    render_charge(r, items == NULL ? 0 : items->count);
    return list;
}

static struct value reverse(struct render *r, struct value v)
{
    if (is_text(v))
        return template_slice(r, v, value_none, value_none, value_integer(-1));
    const struct sequence *items = value_items(r, v);
    bool listed = v.kind != VALUE_GENERATOR;
    struct value list = value_sequence(r, VALUE_GENERATOR, items == NULL ? 0 : items->count);
    for (size_t i = items == NULL ? 0 : items->count; i > 0; i--)
        sequence_add(r, list.as.sequence, items->items[i - 1]);
    if (!listed)
        list.kind = VALUE_LIST;
    return list;
}

static struct value items_of(struct render *r, struct value v)
{
    struct value pairs = value_sequence(r, VALUE_GENERATOR, 0);

    if (v.kind == VALUE_UNDEFINED)
        return pairs;
    if (v.kind != VALUE_DICT)
        return render_fail(r, "Can only get item pairs from a mapping.");
    for (size_t i = 0; i < v.as.dict->count && !r->failed; i++) {
        struct value pair = value_sequence(r, VALUE_TUPLE, 2);
        sequence_add(r, pair.as.sequence, v.as.dict->entries[i].key);
        sequence_add(r, pair.as.sequence, v.as.dict->entries[i].value);
        sequence_add(r, pairs.as.sequence, pair);
    }
    return pairs;
}

static struct value join(struct render *r, struct value v, const struct value *places)
{
    const struct text *separator =
        is_given(places[0]) ? value_str(r, places[0]) : value_literal(r, "").as.text;
    const struct sequence *items = value_items(r, v);

    if (items != NULL && is_given(places[1]) && places[1].kind != VALUE_NONE) {
        struct value picked = value_sequence(r, VALUE_LIST, items->count);
        for (size_t i = 0; i < items->count && !r->failed; i++)
            sequence_add(r, picked.as.sequence, template_path(r, items->items[i], places[1]));
        items = picked.as.sequence;
    }
    return join_texts(r, separator, items, true);
}

struct value filter_list(struct render *r, uint32_t filter, struct value v,
                         const struct value *places)
{
    switch (filter) {
    case RLX_FILTER_batch:
        return batch(r, v, places);
    case RLX_FILTER_dictsort:
        return dictsort(r, v, places);
    case RLX_FILTER_first:
    case RLX_FILTER_last:
        return end_item(r, v, filter == RLX_FILTER_last);
    case RLX_FILTER_groupby:
        return groupby(r, v, places);
    case RLX_FILTER_items:
        return items_of(r, v);
    case RLX_FILTER_join:
        return join(r, v, places);
    case RLX_FILTER_list:
        return to_list(r, v);
    case RLX_FILTER_max:
    case RLX_FILTER_min:
        return extreme(r, v, places, filter == RLX_FILTER_max);
    case RLX_FILTER_reverse:
        return reverse(r, v);
    case RLX_FILTER_slice:
        return slices(r, v, places);
    case RLX_FILTER_sort:
        return sort(r, v, places);
    case RLX_FILTER_sum:
        return sum(r, v, places);
    case RLX_FILTER_unique:
        return unique(r, v, places);
    default:
        return value_absent;
    }
}

/* ---- map, select and their kin ---- */

static struct value map_attribute(struct render *r, const struct sequence *items,
                                  const struct arguments *a, struct value attribute)
{
    const struct value *otherwise = find_keyword(a, "default");
    struct value all = value_sequence(r, VALUE_GENERATOR, items->count);

    if (a->keyword_count > 1 + (otherwise != NULL))
        return render_fail(r, "map with attribute takes default and nothing else");
    for (size_t i = 0; i < items->count && render_charge(r, 1); i++) {
        struct value v = template_path(r, items->items[i], attribute);
        if (v.kind == VALUE_UNDEFINED && otherwise != NULL && otherwise->kind != VALUE_NONE)
            v = *otherwise;
        sequence_add(r, all.as.sequence, v);
    }
    return all;
}

static struct value map(struct render *r, const struct sequence *items, const struct arguments *a)
{
    const struct value *attribute = find_keyword(a, "attribute");
    struct value all = value_sequence(r, VALUE_GENERATOR, items->count);
    uint32_t filter;

    if (a->count == 0 && attribute != NULL)
        return map_attribute(r, items, a, *attribute);
    if (a->count == 0)
        return render_fail(r, "map requires a filter argument");
    if (!find_filter(r, a->values[0], &filter))
        return value_undefined;
    const struct arguments rest = {a->values + 1, a->count - 1, a->keywords, a->keyword_count};
    for (size_t i = 0; i < items->count && render_charge(r, 1); i++)
        sequence_add(r, all.as.sequence, call_filter(r, filter, items->items[i], &rest));
    return all;
}

static struct value select(struct render *r, const struct sequence *items,
                           const struct arguments *a, bool attribute, bool wanted)
{
    struct value all = value_sequence(r, VALUE_GENERATOR, 0);
    size_t skip = attribute ? 1 : 0;
    uint32_t test = RLX_TEST_COUNT;

    if (a->count < skip)
        return render_fail(r, "Missing parameter for attribute name");
    if (a->count > skip && !find_test(r, a->values[skip], &test))
        return value_undefined;
    struct arguments rest = {a->values, 0, a->keywords, a->keyword_count};
    if (a->count > skip) {
        rest.values = a->values + skip + 1;
        rest.count = a->count - skip - 1;
    }
    for (size_t i = 0; i < items->count && render_charge(r, 1); i++) {
        struct value v =
            attribute ? template_path(r, items->items[i], a->values[0]) : items->items[i];
        bool is = test == RLX_TEST_COUNT ? value_truth(v) : call_test(r, test, v, &rest);
        if (is == wanted)
            sequence_add(r, all.as.sequence, items->items[i]);
    }
    return all;
}

struct value filter_each(struct render *r, uint32_t filter, struct value v,
                         const struct arguments *a)
{
    if (!value_truth(v)) /* nothing to go through, none and the like included */
        return value_sequence(r, VALUE_GENERATOR, 0);
    const struct sequence *items = value_items(r, v);
    if (items == NULL)
        return value_undefined;
    switch (filter) {
    case RLX_FILTER_map:
        return map(r, items, a);
    case RLX_FILTER_select:
    case RLX_FILTER_reject:
        return select(r, items, a, false, filter == RLX_FILTER_select);
    default:
        return select(r, items, a, true, filter == RLX_FILTER_selectattr);
    }
}

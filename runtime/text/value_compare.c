/* What values are and how they compare: truth, equality, order, membership, length, as Python has
 * them. Contract: value.h.
 */
#include "runtime/text/value.h"

#include "runtime/base/utf8.h"

#include <math.h>
#include <string.h>

bool is_integer(struct value v, int64_t *out)
{
    if (v.kind == VALUE_BOOL)
        *out = v.as.truth;
    else if (v.kind == VALUE_INTEGER)
        *out = v.as.integer;
    else
        return false;
    return true;
}

bool is_number(struct value v, double *out)
{
    int64_t integer;

    if (v.kind == VALUE_FLOAT)
        *out = v.as.real;
    else if (is_integer(v, &integer))
        *out = (double)integer;
    else
        return false;
    return true;
}

bool is_sequence(struct value v)
{
    return v.kind == VALUE_LIST || v.kind == VALUE_TUPLE || v.kind == VALUE_RANGE;
}

const char *value_type_name(struct value v)
{
    switch ((enum value_kind)v.kind) {
    case VALUE_ABSENT:
    case VALUE_UNDEFINED:
        return "Undefined";
    case VALUE_NONE:
        return "NoneType";
    case VALUE_BOOL:
        return "bool";
    case VALUE_INTEGER:
    case VALUE_BIG:
        return "int";
    case VALUE_FLOAT:
        return "float";
    case VALUE_TEXT:
        return "str";
    case VALUE_LIST:
        return "list";
    case VALUE_TUPLE:
        return "tuple";
    case VALUE_RANGE:
        return "range";
    case VALUE_VIEW:
        return v.as.sequence->prefix;
    case VALUE_GENERATOR:
        return "generator";
    case VALUE_DICT:
        return "dict";
    case VALUE_NAMESPACE:
        return "Namespace";
    case VALUE_MACRO:
        return "Macro";
    case VALUE_FUNCTION:
        return "function";
    case VALUE_METHOD:
        return "method";
    case VALUE_LOOP:
        return "LoopContext";
    case VALUE_CYCLER:
        return "Cycler";
    case VALUE_JOINER:
        return "Joiner";
    }
    return "object";
}

bool value_truth(struct value v)
{
    switch ((enum value_kind)v.kind) {
    case VALUE_ABSENT:
    case VALUE_UNDEFINED:
    case VALUE_NONE:
        return false;
    case VALUE_BOOL:
        return v.as.truth;
    case VALUE_INTEGER:
        return v.as.integer != 0;
    case VALUE_FLOAT:
        return v.as.real != 0;
    case VALUE_TEXT:
        return v.as.text->bytes != 0;
    case VALUE_LIST:
    case VALUE_TUPLE:
    case VALUE_RANGE:
    case VALUE_VIEW:
        return v.as.sequence->count != 0;
    case VALUE_DICT:
        return v.as.dict->count != 0;
    default:
        return true;
    }
}

static bool texts_equal(struct render *r, const struct text *a, const struct text *b)
{
    return a->bytes == b->bytes && render_charge(r, a->bytes / 64) &&
           memcmp(a->data, b->data, a->bytes) == 0;
}

static int compare_numbers(struct value a, struct value b)
{
    int64_t left, right;
    double x, y;

    if (is_integer(a, &left) && is_integer(b, &right))
        return (left > right) - (left < right);
    if (!is_number(a, &x) || !is_number(b, &y) || isnan(x) || isnan(y))
        return 2; /* no order */
    return (x > y) - (x < y);
}

static bool equal_at(struct render *r, struct value a, struct value b, uint32_t depth);

static bool sequences_equal(struct render *r, const struct sequence *a, const struct sequence *b,
                            uint32_t depth)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!equal_at(r, a->items[i], b->items[i], depth))
            return false;
    return true;
}

static bool dicts_equal(struct render *r, const struct dict *a, const struct dict *b,
                        uint32_t depth)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++) {
        const struct value *other = dict_get(r, b, a->entries[i].key);
        if (other == NULL || !equal_at(r, a->entries[i].value, *other, depth))
            return false;
    }
    return true;
}

static bool equal_at(struct render *r, struct value a, struct value b, uint32_t depth)
{
    double real;

    if (!render_descend(r, depth))
        return false;
    if (is_number(a, &real) && is_number(b, &real))
        return compare_numbers(a, b) == 0;
    if (a.kind != b.kind)
        return false;
    switch ((enum value_kind)a.kind) {
    case VALUE_ABSENT:
    case VALUE_UNDEFINED:
    case VALUE_NONE:
        return true;
    case VALUE_BIG:
    case VALUE_TEXT:
        return texts_equal(r, a.as.text, b.as.text);
    case VALUE_LIST:
    case VALUE_TUPLE:
    case VALUE_RANGE:
        return a.as.sequence == b.as.sequence ||
               sequences_equal(r, a.as.sequence, b.as.sequence, depth + 1);
    case VALUE_DICT:
        return a.as.dict == b.as.dict || dicts_equal(r, a.as.dict, b.as.dict, depth + 1);
    case VALUE_FUNCTION:
        return a.number == b.number;
    default:
        return memcmp(&a.as, &b.as, sizeof a.as) == 0; /* the same object */
    }
}

bool value_equal(struct render *r, struct value a, struct value b)
{
    return equal_at(r, a, b, 0);
}

static int compare_texts(struct render *r, const struct text *a, const struct text *b)
{
    size_t common = a->bytes < b->bytes ? a->bytes : b->bytes;

    render_charge(r, common / 64);
    int order = common == 0 ? 0 : memcmp(a->data, b->data, common);

    return order != 0 ? (order > 0) - (order < 0) : (a->bytes > b->bytes) - (a->bytes < b->bytes);
}

static int compare_at(struct render *r, struct value a, struct value b, const char *operator,
                      uint32_t depth)
{
    double real;

    if (!render_charge(r, 1))
        return 2;
    if (is_number(a, &real) && is_number(b, &real))
        return compare_numbers(a, b);
    if (is_text(a) && is_text(b))
        return compare_texts(r, a.as.text, b.as.text);
    if (a.kind == b.kind && (a.kind == VALUE_LIST || a.kind == VALUE_TUPLE) &&
        depth < RENDER_DEPTH) {
        const struct sequence *x = a.as.sequence, *y = b.as.sequence;
        for (size_t i = 0; i < x->count && i < y->count; i++)
            if (!value_equal(r, x->items[i], y->items[i]))
                return compare_at(r, x->items[i], y->items[i], operator, depth + 1);
        return (x->count > y->count) - (x->count < y->count);
    }
    render_fail(r, "'%s' not supported between instances of '%s' and '%s'", operator,
                value_type_name(a), value_type_name(b));
    return 2;
}

int value_compare(struct render *r, struct value a, struct value b, const char *operator)
{
    return compare_at(r, a, b, operator, 0);
}

/* Merges two sorted halves through `spare`. */
static void merge(struct render *r, struct dict_entry *entries, size_t half, size_t count,
                  bool reverse, struct dict_entry *spare)
{
    size_t left = 0, right = half, to = 0;

    memcpy(spare, entries, count * sizeof *entries);
    while (left < half && right < count) {
        int order = value_compare(r, spare[right].key, spare[left].key, "<");
        entries[to++] = spare[order == (reverse ? 1 : -1) ? right++ : left++];
        if (r->failed)
            return;
    }
    while (left < half)
        entries[to++] = spare[left++];
    while (right < count)
        entries[to++] = spare[right++];
}

static void sort_range(struct render *r, struct dict_entry *entries, size_t count, bool reverse,
                       struct dict_entry *spare)
{
    size_t half = count / 2;

    if (count < 2 || r->failed)
        return;
    sort_range(r, entries, half, reverse, spare);
    sort_range(r, entries + half, count - half, reverse, spare);
    if (!r->failed)
        merge(r, entries, half, count, reverse, spare);
}

void sort_entries(struct render *r, struct dict_entry *entries, size_t count, bool reverse)
{
    struct dict_entry *spare = count < 2 ? NULL : render_alloc(r, count * sizeof *spare);

    if (spare != NULL && !r->failed)
        sort_range(r, entries, count, reverse, spare);
}

bool value_contains(struct render *r, struct value container, struct value item)
{
    if (is_text(container)) {
        if (!is_text(item)) {
            render_fail(r, "'in <string>' requires string as left operand, not %s",
                        value_type_name(item));
            return false;
        }
        return text_find(r, container.as.text, item.as.text, 0, container.as.text->bytes) !=
               SIZE_MAX;
    }
    if (container.kind == VALUE_DICT)
        return dict_get(r, container.as.dict, item) != NULL;
    if (container.kind == VALUE_NAMESPACE) {
        render_fail(r, "argument of type 'Namespace' is not iterable");
        return false;
    }
    const struct sequence *items = value_items(r, container);
    for (size_t i = 0; items != NULL && i < items->count && !r->failed; i++)
        if (value_equal(r, items->items[i], item))
            return true;
    return false;
}

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 29;
}

static uint64_t hash_text(struct render *r, const struct text *t)
{
    uint64_t hash = 0xcbf29ce484222325u;

    render_charge(r, t->bytes / 16);

    for (size_t i = 0; i < t->bytes; i++)
        hash = (hash ^ (uint8_t)t->data[i]) * 0x100000001b3u;
    return hash ^ hash >> 29;
}

static uint64_t hash_at(struct render *r, struct value v, uint32_t depth)
{
    double real;

    if (is_number(v, &real)) {
        real += 0.0; /* equal numbers have one hash: 1, 1.0 and true */
        uint64_t bits;
        memcpy(&bits, &real, sizeof bits);
        return mix(1, bits);
    }
    if (is_text(v) || v.kind == VALUE_BIG)
        return hash_text(r, v.as.text);
    if (v.kind == VALUE_TUPLE && depth < RENDER_DEPTH) {
        uint64_t hash = 2;
        for (size_t i = 0; i < v.as.sequence->count && render_charge(r, 1); i++)
            hash = mix(hash, hash_at(r, v.as.sequence->items[i], depth + 1));
        return hash;
    }
    if (v.kind == VALUE_LIST || v.kind == VALUE_DICT || v.kind == VALUE_TUPLE)
        render_fail(r, "unhashable type: '%s'", value_type_name(v));
    return v.kind;
}

uint64_t value_hash(struct render *r, struct value v)
{
    return hash_at(r, v, 0);
}

int64_t value_length(struct render *r, struct value v)
{
    switch ((enum value_kind)v.kind) {
    case VALUE_UNDEFINED:
        return 0;
    case VALUE_TEXT:
        return (int64_t)text_points(r, v.as.text);
    case VALUE_LIST:
    case VALUE_TUPLE:
    case VALUE_RANGE:
    case VALUE_VIEW:
        return (int64_t)v.as.sequence->count;
    case VALUE_DICT:
        return (int64_t)v.as.dict->count;
    default:
        render_fail(r, "object of type '%s' has no len()", value_type_name(v));
        return -1;
    }
}

static struct sequence *characters(struct render *r, const struct text *t)
{
    struct value list = value_sequence(r, VALUE_LIST, text_points(r, t));
    uint32_t point;

    for (size_t at = 0; at < t->bytes && !r->failed;) {
        size_t length = utf8_read(t->data, t->bytes, at, &point);
        sequence_add(r, list.as.sequence, text_part(r, t, at, at + length));
        at += length;
    }
    return list.as.sequence;
}

static struct sequence *keys(struct render *r, const struct dict *d)
{
    struct value list = value_sequence(r, VALUE_LIST, d->count);

    for (size_t i = 0; i < d->count; i++)
        sequence_add(r, list.as.sequence, d->entries[i].key);
    return list.as.sequence;
}

struct sequence *value_items(struct render *r, struct value v)
{
    static const struct sequence empty;

    switch ((enum value_kind)v.kind) {
    case VALUE_UNDEFINED:
        return (struct sequence *)(uintptr_t)&empty;
    case VALUE_TEXT:
        return characters(r, v.as.text);
    case VALUE_LIST:
    case VALUE_TUPLE:
    case VALUE_RANGE:
    case VALUE_VIEW:
        return v.as.sequence;
    case VALUE_GENERATOR:
        if (v.as.sequence->consumed)
            return (struct sequence *)(uintptr_t)&empty;
        v.as.sequence->consumed = true;
        return v.as.sequence;
    case VALUE_DICT:
        return keys(r, v.as.dict);
    default:
        render_fail(r, "'%s' object is not iterable", value_type_name(v));
        return NULL;
    }
}

/* What values have: attributes, items, parts, methods. In: a value and a name or a key; out: the
 * value, or an undefined one that knows what was missing. Names and the order of look-ups are those
 * of Jinja's immutable sandbox over Python's types.
 */
#include "runtime/text/template.h"
#include "runtime/base/utf8.h"

#include <string.h>

struct method_entry {
    const char *name, *parameters;
    bool unsafe; /* changes its object, which the sandbox forbids */
};

enum dict_method { DICT_get, DICT_items, DICT_keys, DICT_values, DICT_copy };
static const struct method_entry dict_methods[] = {
    [DICT_get] = {"get", "key default", false},
    [DICT_items] = {"items", "", false},
    [DICT_keys] = {"keys", "", false},
    [DICT_values] = {"values", "", false},
    [DICT_copy] = {"copy", "", false},
    {"clear", "", true},
    {"pop", "", true},
    {"popitem", "", true},
    {"setdefault", "", true},
    {"update", "", true},
    {NULL, NULL, false},
};

enum list_method { LIST_index, LIST_count, LIST_copy };
static const struct method_entry list_methods[] = {
    [LIST_index] = {"index", "value start stop", false},
    [LIST_count] = {"count", "value", false},
    [LIST_copy] = {"copy", "", false},
    {"append", "", true},
    {"clear", "", true},
    {"extend", "", true},
    {"insert", "", true},
    {"pop", "", true},
    {"remove", "", true},
    {"reverse", "", true},
    {"sort", "", true},
    {NULL, NULL, false},
};
static const struct method_entry tuple_methods[] = {
    [LIST_index] = {"index", "value start stop", false},
    [LIST_count] = {"count", "value", false},
    {NULL, NULL, false},
};

enum loop_method { LOOP_cycle, LOOP_changed };
static const struct method_entry loop_methods[] = {
    [LOOP_cycle] = {"cycle", "*", false},
    [LOOP_changed] = {"changed", "*", false},
    {NULL, NULL, false},
};

enum cycler_method { CYCLER_next, CYCLER_reset };
static const struct method_entry cycler_methods[] = {
    [CYCLER_next] = {"next", "", false},
    [CYCLER_reset] = {"reset", "", false},
    {NULL, NULL, false},
};

/* By the numbers of text_method (template_methods.c). */
static const struct method_entry text_methods[] = {
#define TEXT_METHOD(name, parameters) {#name, parameters, false},
#include "runtime/text/text_methods.def"
    {NULL, NULL, false},
};

static const struct method_entry *methods_of(struct value v)
{
    switch ((enum value_kind)v.kind) {
    case VALUE_DICT:
        return dict_methods;
    case VALUE_LIST:
        return list_methods;
    case VALUE_TUPLE:
    case VALUE_RANGE:
        return tuple_methods;
    case VALUE_TEXT:
        return text_methods;
    case VALUE_LOOP:
        return loop_methods;
    case VALUE_CYCLER:
        return cycler_methods;
    default:
        return NULL;
    }
}

static struct value bind_method(struct render *r, struct value object, const struct text *name)
{
    const struct method_entry *methods = methods_of(object);

    for (uint32_t i = 0; methods != NULL && methods[i].name != NULL; i++)
        if (text_is(name, methods[i].name)) {
            if (methods[i].unsafe)
                return value_undefined_because(r,
                                               "access to attribute '%s' of '%s' object is unsafe.",
                                               methods[i].name, value_type_name(object));
            struct method *m = render_alloc(r, sizeof *m);
            *m = (struct method){object, i};
            return (struct value){.kind = VALUE_METHOD, .as.method = m};
        }
    return value_absent;
}

/* ---- methods of dicts, lists, loops ---- */

static struct value view(struct render *r, const struct dict *d, enum dict_method which)
{
    struct value v = value_sequence(r, VALUE_VIEW, d->count);

    v.as.sequence->prefix = which == DICT_items  ? "dict_items"
                            : which == DICT_keys ? "dict_keys"
                                                 : "dict_values";
    for (size_t i = 0; i < d->count && !r->failed; i++) {
        const struct dict_entry *e = &d->entries[i];
        struct value item = which == DICT_keys ? e->key : e->value;
        if (which == DICT_items) {
            item = value_sequence(r, VALUE_TUPLE, 2);
            sequence_add(r, item.as.sequence, e->key);
            sequence_add(r, item.as.sequence, e->value);
        }
        sequence_add(r, v.as.sequence, item);
    }
    return v;
}

static struct value dict_method(struct render *r, const struct dict *d, uint32_t number,
                                const struct value *places)
{
    const struct value *found;

    switch ((enum dict_method)number) {
    case DICT_get:
        if (!is_given(places[0]))
            return render_fail(r, "get expected at least 1 argument, got 0");
        found = dict_get(r, d, places[0]);
        return found != NULL ? *found : is_given(places[1]) ? places[1] : value_none;
    case DICT_copy:
        return (struct value){.kind = VALUE_DICT, .as.dict = dict_copy(r, d)};
    default:
        return view(r, d, (enum dict_method)number);
    }
}

static struct value list_method(struct render *r, struct value list, uint32_t number,
                                const struct value *places)
{
    const struct sequence *s = list.as.sequence;
    int64_t count = 0, length = (int64_t)s->count;

    if (number == LIST_copy) {
        struct value copy = value_sequence(r, VALUE_LIST, s->count);
        for (size_t i = 0; i < s->count; i++)
            sequence_add(r, copy.as.sequence, s->items[i]);
        return copy;
    }
    if (!is_given(places[0]))
        return render_fail(r, "%s takes a value", number == LIST_index ? "index" : "count");
    int64_t from = number == LIST_index ? integer_argument(r, places[1], 0) : 0;
    int64_t to = number == LIST_index ? integer_argument(r, places[2], length) : length;
    from = from < 0 ? from + length < 0 ? 0 : from + length : from;
    to = to < 0 ? to + length : to < length ? to : length;
    for (int64_t i = from; i < to && !r->failed; i++)
        if (value_equal(r, s->items[i], places[0])) {
            if (number == LIST_index)
                return value_integer(i);
            count++;
        }
    return number == LIST_count ? value_integer(count)
                                : render_fail(r, "the value is not in the list");
}

static struct value loop_method(struct render *r, struct loop *loop, uint32_t number,
                                const struct arguments *a)
{
    if (number == LOOP_cycle)
        return a->count == 0 ? render_fail(r, "no items for cycling given")
                             : a->values[loop->index % a->count];
    struct value now = value_sequence(r, VALUE_TUPLE, a->count);
    for (size_t i = 0; i < a->count; i++)
        sequence_add(r, now.as.sequence, a->values[i]);
    bool changed = !is_given(loop->seen) || !value_equal(r, loop->seen, now);
    loop->seen = now;
    return value_bool(changed);
}

static struct value cycler_method(struct cycle *c, uint32_t number)
{
    struct value now = c->items->items[c->at % c->items->count];

    c->at = number == CYCLER_reset ? 0 : (c->at + 1) % c->items->count;
    return number == CYCLER_reset ? value_none : now;
}

struct value call_method(struct render *r, const struct method *m, const struct arguments *a)
{
    const struct method_entry *entry = &methods_of(m->object)[m->number];
    struct value places[4];

    if (is_text(m->object))
        return text_method(r, m->object.as.text, m->number, a);
    if (m->object.kind == VALUE_LOOP)
        return loop_method(r, m->object.as.loop, m->number, a);
    if (!bind_arguments(r, entry->name, entry->parameters, a, places, 4))
        return value_undefined;
    if (m->object.kind == VALUE_DICT)
        return dict_method(r, m->object.as.dict, m->number, places);
    if (m->object.kind == VALUE_CYCLER)
        return cycler_method(m->object.as.cycle, m->number);
    return list_method(r, m->object, m->number, places);
}

/* ---- attributes ---- */

static struct value neighbour(struct render *r, const struct loop *loop, size_t index)
{
    if (index < loop->items->count)
        return loop->items->items[index];
    return value_undefined_because(r, "there is no %s item",
                                   index == SIZE_MAX ? "previous" : "next");
}

static struct value loop_attribute(struct render *r, const struct loop *loop,
                                   const struct text *name)
{
    const int64_t index = (int64_t)loop->index, count = (int64_t)loop->items->count;
    const struct {
        const char *name;
        struct value value;
    } all[] = {
        {"index", value_integer(index + 1)},        {"index0", value_integer(index)},
        {"revindex", value_integer(count - index)}, {"revindex0", value_integer(count - index - 1)},
        {"first", value_bool(index == 0)},          {"last", value_bool(index + 1 == count)},
        {"length", value_integer(count)},           {"depth", value_integer(loop->depth + 1)},
        {"depth0", value_integer(loop->depth)},
    };

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (text_is(name, all[i].name))
            return all[i].value;
    if (text_is(name, "previtem"))
        return neighbour(r, loop, loop->index - 1);
    if (text_is(name, "nextitem"))
        return neighbour(r, loop, loop->index + 1);
    return value_absent;
}

static struct value own_attribute(struct render *r, struct value object, const struct text *name)
{
    if (object.kind == VALUE_LOOP) {
        struct value v = loop_attribute(r, object.as.loop, name);
        if (is_given(v))
            return v;
    }
    if (object.kind == VALUE_CYCLER && text_is(name, "current"))
        return object.as.cycle->items->items[object.as.cycle->at % object.as.cycle->items->count];
    if (object.kind == VALUE_TUPLE && object.as.sequence->prefix != NULL) {
        if (text_is(name, "grouper"))
            return object.as.sequence->items[0];
        if (text_is(name, "list"))
            return object.as.sequence->items[1];
    }
    return bind_method(r, object, name);
}

static struct value missing(struct render *r, struct value object, struct value key)
{
    struct builder b = {.render = r};

    builder_add_repr(&b, key, 0);
    const struct text *text = builder_value(&b).as.text;
    if (object.kind == VALUE_NONE)
        return value_undefined_because(r, "'None' has no attribute %.*s", (int)text->bytes,
                                       text->data);
    return value_undefined_because(
        r, is_text(key) ? "'%s object' has no attribute %.*s" : "%s object has no element %.*s",
        value_type_name(object), (int)text->bytes, text->data);
}

struct value fail_undefined(struct render *r, struct value v)
{
    const struct text *why = v.as.why;

    if (why == NULL)
        return render_fail(r, "a value is undefined");
    return render_fail(r, v.named ? "'%.*s' is undefined" : "%.*s", (int)why->bytes, why->data);
}

struct value template_attribute(struct render *r, struct value object, struct value name)
{
    if (r->failed)
        return value_undefined;
    if (object.kind == VALUE_UNDEFINED)
        return fail_undefined(r, object);
    struct value own = own_attribute(r, object, name.as.text);
    if (is_given(own))
        return own;
    if (object.kind == VALUE_DICT || object.kind == VALUE_NAMESPACE) {
        const struct value *found = dict_get(r, object.as.dict, name);
        if (found != NULL)
            return *found;
    }
    return missing(r, object, name);
}

/* ---- items ---- */

/* A place in something of `length`, counted from the end where negative; -1 outside. */
static int64_t place(int64_t index, int64_t length)
{
    if (index < 0)
        index += length;
    return index >= 0 && index < length ? index : -1;
}

static struct value indexed(struct render *r, struct value object, int64_t index)
{
    if (is_text(object)) {
        const struct text *t = object.as.text;
        int64_t at = place(index, (int64_t)text_points(r, t));
        if (at < 0)
            return value_absent;
        size_t from = text_offset(r, t, (size_t)at);
        uint32_t point;
        size_t length = utf8_read(t->data, t->bytes, from, &point);
        return text_part(r, t, from, from + length);
    }
    if (!is_sequence(object))
        return value_absent;
    int64_t at = place(index, (int64_t)object.as.sequence->count);
    return at < 0 ? value_absent : object.as.sequence->items[at];
}

static bool is_key(struct value v)
{
    return v.kind != VALUE_LIST && v.kind != VALUE_DICT;
}

struct value template_item(struct render *r, struct value object, struct value key)
{
    int64_t index;

    if (r->failed)
        return value_undefined;
    if (object.kind == VALUE_UNDEFINED)
        return fail_undefined(r, object);
    if (object.kind == VALUE_DICT && is_key(key)) {
        const struct value *found = dict_get(r, object.as.dict, key);
        if (found != NULL)
            return *found;
    } else if (object.kind == VALUE_NAMESPACE && is_text(key)) {
        return template_attribute(r, object, key);
    } else if (is_integer(key, &index)) {
        struct value item = indexed(r, object, index);
        if (is_given(item))
            return item;
    }
    if (is_text(key)) {
        struct value own = own_attribute(r, object, key.as.text);
        if (is_given(own))
            return own;
    }
    return missing(r, object, key);
}

/* Bounds as Python cuts them. */
static bool bounds(struct render *r, struct value from, struct value to, int64_t step,
                   int64_t length, int64_t *first, int64_t *last)
{
    *first = step > 0 ? 0 : length - 1;
    *last = step > 0 ? length : -1;
    const struct value given[2] = {from, to};
    int64_t *out[2] = {first, last}, low = step > 0 ? 0 : -1, high = step > 0 ? length : length - 1;

    for (int i = 0; i < 2; i++) {
        int64_t v;
        if (given[i].kind == VALUE_NONE)
            continue;
        if (!is_integer(given[i], &v)) {
            render_fail(r, "slice indices must be integers or None");
            return false;
        }
        v = v < 0 ? (v < -length ? -1 : v + length) : v;
        *out[i] = v < low ? low : v > high ? high : v;
    }
    return true;
}

static struct value slice_text(struct render *r, const struct text *t, int64_t first, int64_t last,
                               int64_t step)
{
    struct builder b = {.render = r};

    if (step == 1)
        return text_part(r, t, text_offset(r, t, (size_t)first),
                         first < last ? text_offset(r, t, (size_t)last) : 0);
    const struct sequence *characters = value_items(r, value_of_text(t));
    for (int64_t i = first; (step > 0 ? i < last : i > last) && !r->failed; i += step)
        builder_add_text(&b, characters->items[i].as.text);
    return builder_value(&b);
}

struct value template_slice(struct render *r, struct value object, struct value from,
                            struct value to, struct value step)
{
    int64_t by = 1, first, last;

    if (r->failed)
        return value_undefined;
    if (object.kind == VALUE_UNDEFINED)
        return fail_undefined(r, object);
    if (!is_text(object) && !is_sequence(object))
        return render_fail(r, "'%s' object is not subscriptable by a slice",
                           value_type_name(object));
    if (step.kind != VALUE_NONE && (!is_integer(step, &by) || by == 0))
        return render_fail(r, "the step of a slice is an integer other than 0");
    if (by > INT32_MAX || by < -INT32_MAX)
        by = by > 0 ? INT32_MAX : -INT32_MAX;
    if (!bounds(r, from, to, by, value_length(r, object), &first, &last))
        return value_undefined;
    if (is_text(object)) {
        struct value v = slice_text(r, object.as.text, first, last, by);
        v.safe = object.safe;
        return v;
    }
    struct value part = value_sequence(r, (enum value_kind)object.kind, 0);
    for (int64_t i = first; (by > 0 ? i < last : i > last) && !r->failed; i += by)
        sequence_add(r, part.as.sequence, object.as.sequence->items[i]);
    return part;
}

static bool all_digits(const struct text *t, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (t->data[i] < '0' || t->data[i] > '9')
            return false;
    return from < to;
}

struct value template_path(struct render *r, struct value object, struct value path)
{
    if (!is_text(path))
        return path.kind == VALUE_NONE ? object : template_item(r, object, path);
    const struct text *t = path.as.text;
    for (size_t from = 0; from <= t->bytes && !r->failed;) {
        const char *dot = memchr(t->data + from, '.', t->bytes - from);
        size_t to = dot == NULL ? t->bytes : (size_t)(dot - t->data);
        struct value part = text_part(r, t, from, to);
        int64_t index;
        bool big;
        if (all_digits(t, from, to) &&
            text_to_integer(t->data + from, to - from, 10, &index, &big) && !big)
            part = value_integer(index);
        object = template_item(r, object, part);
        from = to + 1;
    }
    return object;
}

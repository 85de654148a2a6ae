/* Arguments of calls, and the functions that every template has: range, dict, namespace, cycler,
 * joiner, raise_exception, strftime_now.
 */
#include "runtime/text/template.h"

#include "runtime/base/error.h"

#include <string.h>

const struct value *find_keyword(const struct arguments *a, const char *name)
{
    for (size_t i = 0; i < a->keyword_count; i++)
        if (text_is(a->keywords[i].key.as.text, name))
            return &a->keywords[i].value;
    return NULL;
}

/* The place of a name in "width first blank"; SIZE_MAX where it is none of them. */
static size_t place_of(const char *parameters, const struct text *name)
{
    size_t place = 0;

    for (const char *at = parameters; *at != 0; place++) {
        size_t length = strcspn(at, " ");
        if (length == name->bytes && memcmp(at, name->data, length) == 0)
            return place;
        at += length + (at[length] == ' ');
    }
    return SIZE_MAX;
}

static size_t count_places(const char *parameters)
{
    size_t count = parameters[0] != 0;

    for (const char *at = parameters; *at != 0; at++)
        count += *at == ' ';
    return count;
}

bool bind_arguments(struct render *r, const char *callee, const char *parameters,
                    const struct arguments *a, struct value *places, size_t capacity)
{
    size_t count = count_places(parameters);

    for (size_t i = 0; i < capacity; i++)
        places[i] = value_absent;
    if (r->failed)
        return false;
    if (a->count > count) {
        render_fail(r, "%s takes at most %zu argument(s), found %zu", callee, count, a->count);
        return false;
    }
    for (size_t i = 0; i < a->count && i < capacity; i++)
        places[i] = a->values[i];
    for (size_t i = 0; i < a->keyword_count; i++) {
        const struct text *name = a->keywords[i].key.as.text;
        size_t place = place_of(parameters, name);
        if (place >= capacity || is_given(places[place])) {
            render_fail(r, "%s %s '%.*s'", callee,
                        place >= capacity ? "has no parameter" : "got two values for",
                        (int)(name->bytes < 100 ? name->bytes : 100), name->data);
            return false;
        }
        places[place] = a->keywords[i].value;
    }
    return true;
}

int64_t integer_argument(struct render *r, struct value v, int64_t otherwise)
{
    int64_t integer;

    if (!is_given(v))
        return otherwise;
    if (is_integer(v, &integer))
        return integer;
    if (v.kind == VALUE_UNDEFINED)
        fail_undefined(r, v);
    render_fail(r, "'%s' object cannot be interpreted as an integer", value_type_name(v));
    return otherwise;
}

int64_t times_argument(struct render *r, struct value v)
{
    int64_t times = integer_argument(r, v, -1);

    return times < 0 ? -1 : times;
}

bool truth_argument(struct value v, bool otherwise)
{
    return is_given(v) ? value_truth(v) : otherwise;
}

const struct text *text_argument(struct render *r, struct value v)
{
    if (!is_given(v) || v.kind == VALUE_NONE)
        return NULL;
    if (is_text(v))
        return v.as.text;
    render_fail(r, "expected a str, found a %s", value_type_name(v));
    return NULL;
}

/* ---- global functions ---- */

enum { MAX_RANGE = 100000 }; /* of Jinja's sandbox */

static struct value make_range(struct render *r, const struct arguments *a)
{
    int64_t from = 0, to = 0, step = 1;

    if (a->count == 0 || a->count > 3 || a->keyword_count != 0)
        return render_fail(r, "range takes 1 to 3 integers");
    if (a->count == 1) {
        to = integer_argument(r, a->values[0], 0);
    } else {
        from = integer_argument(r, a->values[0], 0);
        to = integer_argument(r, a->values[1], 0);
        step = a->count == 3 ? integer_argument(r, a->values[2], 1) : 1;
    }
    if (step == 0)
        return render_fail(r, "range() arg 3 must not be zero");
    struct value range = value_sequence(r, VALUE_RANGE, 0);
    for (int64_t i = from; (step > 0 ? i < to : i > to) && render_charge(r, 1);) {
        if (range.as.sequence->count == MAX_RANGE)
            return render_fail(r, "range too big: a template takes at most %d items", MAX_RANGE);
        sequence_add(r, range.as.sequence, value_integer(i));
        if (__builtin_add_overflow(i, step, &i))
            break;
    }
    return range;
}

static void add_pair(struct render *r, struct dict *d, struct value pair)
{
    const struct sequence *items = value_items(r, pair);

    if (items == NULL || items->count != 2)
        render_fail(r, "a dict is made of pairs");
    else
        dict_set(r, d, items->items[0], items->items[1]);
}

static struct value make_dict(struct render *r, const struct arguments *a, enum value_kind kind)
{
    struct value d = value_dict(r, kind);

    if (a->count > 1)
        return render_fail(r, "dict expected at most 1 argument, got %zu", a->count);
    if (a->count == 1 && a->values[0].kind == VALUE_DICT) {
        d.as.dict = dict_copy(r, a->values[0].as.dict);
    } else if (a->count == 1) {
        const struct sequence *pairs = value_items(r, a->values[0]);
        for (size_t i = 0; pairs != NULL && i < pairs->count; i++)
            add_pair(r, d.as.dict, pairs->items[i]);
    }
    for (size_t i = 0; i < a->keyword_count; i++)
        dict_set(r, d.as.dict, a->keywords[i].key, a->keywords[i].value);
    for (size_t i = 0; kind == VALUE_NAMESPACE && i < d.as.dict->count; i++) {
        struct value key = d.as.dict->entries[i].key;
        if (is_text(key) && key.as.text->bytes != 0 && key.as.text->data[0] == '_')
            return render_fail(r, "a namespace takes no names that begin with _");
    }
    return d;
}

static struct value make_cycle(struct render *r, const struct arguments *a, enum value_kind kind)
{
    struct cycle *c = render_alloc(r, sizeof *c);
    struct value items = value_sequence(r, VALUE_LIST, a->count + 1);
    const struct value *keyword = find_keyword(a, "sep");

    for (size_t i = 0; i < a->count; i++)
        sequence_add(r, items.as.sequence, a->values[i]);
    if (kind == VALUE_CYCLER && a->count == 0)
        return render_fail(r, "at least one item has to be provided");
    if (kind == VALUE_JOINER && a->count == 0)
        sequence_add(r, items.as.sequence, keyword != NULL ? *keyword : value_literal(r, ", "));
    *c = (struct cycle){items.as.sequence, 0};
    return (struct value){.kind = (uint8_t)kind, .as.cycle = c};
}

/* The template's own message, as it stands. */
static struct value raise_exception(struct render *r, const struct arguments *a)
{
    struct value places[1];

    if (!bind_arguments(r, "raise_exception", "message", a, places, 1))
        return value_undefined;
    if (!is_given(places[0]))
        return render_fail(r, "raise_exception takes a message");
    const struct text *message = value_str(r, places[0]);
    if (!r->failed) {
        r->status = RLX_ERROR_TEMPLATE_FAILED;
        r->raised = message;
    }
    r->line = 0;
    return render_fail(r, "%.*s", (int)message->bytes, message->data);
}

static struct value strftime_now(struct render *r, const struct arguments *a)
{
    struct value places[1];

    if (!bind_arguments(r, "strftime_now", "format", a, places, 1))
        return value_undefined;
    const struct text *format = text_argument(r, places[0]);
    return format == NULL ? render_fail(r, "strftime_now takes a format")
                          : format_time(r, format, r->now);
}

struct value call_global(struct render *r, enum template_global which, const struct arguments *a)
{
    switch (which) {
    case GLOBAL_range:
        return make_range(r, a);
    case GLOBAL_dict:
        return make_dict(r, a, VALUE_DICT);
    case GLOBAL_namespace:
        return make_dict(r, a, VALUE_NAMESPACE);
    case GLOBAL_cycler:
        return make_cycle(r, a, VALUE_CYCLER);
    case GLOBAL_joiner:
        return make_cycle(r, a, VALUE_JOINER);
    case GLOBAL_raise_exception:
        return raise_exception(r, a);
    case GLOBAL_strftime_now:
        return strftime_now(r, a);
    case GLOBAL_COUNT:
        break;
    }
    return value_undefined;
}

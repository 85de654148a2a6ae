/* The filters of chat templates: `value | NAME(…)`. In: a value and arguments; out: a value. This
 * file has the names, the binding of arguments, and filters of any value and of numbers.
 */
#include "runtime/text/template_filters.h"

#include <float.h>
#include <math.h>
#include <string.h>

static const struct {
    const char *name, *parameters;
} filters[RLX_FILTER_COUNT] = {
#define FILTER(name, parameters) [RLX_FILTER_##name] = {#name, parameters},
#include "rlx/template_words.def"
};

static const struct {
    const char *name;
    uint32_t filter;
} aliases[] = {
#define FILTER_ALIAS(text, name) {text, RLX_FILTER_##name},
#include "rlx/template_words.def"
};

static uint32_t lookup(const struct text *name)
{
    for (uint32_t i = 0; i < RLX_FILTER_COUNT; i++)
        if (text_is(name, filters[i].name))
            return i;
    for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++)
        if (text_is(name, aliases[i].name))
            return aliases[i].filter;
    return RLX_FILTER_COUNT;
}

bool is_filter_name(const struct text *name)
{
    return lookup(name) != RLX_FILTER_COUNT;
}

bool find_filter(struct render *r, struct value name, uint32_t *filter)
{
    *filter = is_text(name) ? lookup(name.as.text) : RLX_FILTER_COUNT;
    if (*filter != RLX_FILTER_COUNT)
        return true;
    const struct text *text = value_str(r, name);
    render_fail(r, "No filter named '%.*s'.", (int)(text->bytes < 100 ? text->bytes : 100),
                text->data);
    return false;
}

/* ---- numbers ---- */

static struct value to_integer(struct render *r, struct value v, const struct value *places)
{
    struct value otherwise = is_given(places[0]) ? places[0] : value_integer(0);
    int64_t integer;
    double real;
    bool big;

    if (v.kind == VALUE_UNDEFINED)
        return fail_undefined(r, v);
    if (v.kind == VALUE_BIG)
        return v;
    if (is_integer(v, &integer))
        return value_integer(integer);
    if (is_text(v)) {
        int64_t wanted = integer_argument(r, places[1], 10);
        int base = wanted < 0 || wanted > 36 ? 1 : (int)wanted; /* 1: none */
        render_charge(r, v.as.text->bytes / 16);
        if (text_to_integer(v.as.text->data, v.as.text->bytes, base, &integer, &big))
            return big ? render_fail(r, "an integer goes beyond 64 bits") : value_integer(integer);
        if (!text_to_float(v.as.text->data, v.as.text->bytes, &real))
            return otherwise;
    } else if (!is_number(v, &real)) {
        return otherwise;
    }
    if (isnan(real) || isinf(real))
        return otherwise;
    return fabs(real) < 9.2e18 ? value_integer((int64_t)real)
                               : render_fail(r, "an integer goes beyond 64 bits");
}

static struct value to_float(struct render *r, struct value v, const struct value *places)
{
    struct value otherwise = is_given(places[0]) ? places[0] : value_float(0);
    double real;

    if (v.kind == VALUE_UNDEFINED)
        return fail_undefined(r, v);
    if (is_number(v, &real) || ((is_text(v) || v.kind == VALUE_BIG) &&
                                text_to_float(v.as.text->data, v.as.text->bytes, &real)))
        return value_float(real);
    return otherwise;
}

/* Half to even, of the decimal digits that the number has: Python's round. */
static double round_half_even(double real, int64_t precision)
{
    char text[400];

    if (precision > 22 || isnan(real) || isinf(real))
        return real;
    if (precision >= 0) {
        text_to_float(text, print_real(text, sizeof text, "%.*f", (int)precision, real), &real);
        return real;
    }
    if (precision < -DBL_MAX_10_EXP)
        return 0 * real;
    double unit = pow(10, (double)-precision);
    return nearbyint(real / unit) * unit;
}

static struct value round_number(struct render *r, struct value v, const struct value *places)
{
    const struct text *method = text_argument(r, places[1]);
    int64_t precision = integer_argument(r, places[0], 0), integer;
    double real;
    bool common = method == NULL || text_is(method, "common");

    if (v.kind == VALUE_UNDEFINED)
        return fail_undefined(r, v);
    if (!is_number(v, &real))
        return render_fail(r, "type %s doesn't define __round__ method", value_type_name(v));
    if (!common && !text_is(method, "ceil") && !text_is(method, "floor"))
        return render_fail(r, "method must be common, ceil or floor");
    if (common && is_integer(v, &integer)) {
        real = precision >= 0 ? 0 : round_half_even(real, precision);
        return precision >= 0        ? value_integer(integer)
               : fabs(real) < 9.2e18 ? value_integer((int64_t)real)
                                     : render_fail(r, "an integer goes beyond 64 bits");
    }
    if (common)
        return value_float(round_half_even(real, precision));
    double unit = pow(10, (double)precision);
    real = text_is(method, "ceil") ? ceil(real * unit) : floor(real * unit);
    return value_float(real / unit);
}

static struct value absolute(struct render *r, struct value v)
{
    if (v.kind == VALUE_FLOAT)
        return value_float(fabs(v.as.real));
    if (v.kind == VALUE_UNDEFINED)
        return fail_undefined(r, v);
    struct value zero = value_integer(0);
    int64_t integer;
    if (!is_integer(v, &integer))
        return render_fail(r, "bad operand type for abs(): '%s'", value_type_name(v));
    return integer < 0 ? template_binary(r, RLX_BINARY_SUBTRACT, zero, v) : value_integer(integer);
}

static struct value file_size(struct render *r, struct value v, bool binary)
{
    static const char prefixes[] = "kMGTPEZY";
    struct value bytes = to_float(r, v, &value_absent);
    const double base = binary ? 1024 : 1000;
    double unit = base * base, real = bytes.as.real;
    struct builder b = {.render = r};
    char text[400];
    size_t i = 0;

    if (r->failed)
        return value_undefined;
    if (real == 1)
        return value_literal(r, "1 Byte");
    if (real < base) {
        size_t count = print_real(text, sizeof text, "%.*f", 0, trunc(real) + 0.0);
        builder_add(&b, text, count);
        builder_printf(&b, " Bytes");
        return builder_value(&b);
    }
    for (; i + 2 < sizeof prefixes && real >= unit; i++)
        unit *= base;
    char prefix = binary && i == 0 ? 'K' : prefixes[i];
    builder_add(&b, text, print_real(text, sizeof text, "%.*f", 1, base * real / unit));
    builder_printf(&b, " %c%s", prefix, binary ? "iB" : "B");
    return builder_value(&b);
}

static struct value filter_number(struct render *r, uint32_t filter, struct value v,
                                  const struct value *places)
{
    switch (filter) {
    case RLX_FILTER_abs:
        return absolute(r, v);
    case RLX_FILTER_float:
        return to_float(r, v, places);
    case RLX_FILTER_int:
        return to_integer(r, v, places);
    case RLX_FILTER_round:
        return round_number(r, v, places);
    case RLX_FILTER_filesizeformat:
        return file_size(r, v, truth_argument(places[0], false));
    default:
        return value_absent;
    }
}

/* ---- any value ---- */

static struct value to_json(struct render *r, struct value v, const struct value *places)
{
    struct builder b = {.render = r}, spaces = {.render = r};
    struct json_style style = {.ascii = truth_argument(places[0], false),
                               .sort_keys = truth_argument(places[3], false)};
    int64_t width;

    if (is_text(places[1])) {
        style.indent = places[1].as.text;
    } else if (is_integer(places[1], &width)) {
        for (int64_t i = 0; i < width && !r->failed; i++)
            builder_add(&spaces, " ", 1);
        style.indent = builder_value(&spaces).as.text;
    }
    if (is_sequence(places[2]) && places[2].as.sequence->count == 2) {
        style.item_end = text_argument(r, places[2].as.sequence->items[0]);
        style.key_end = text_argument(r, places[2].as.sequence->items[1]);
    } else if (is_given(places[2]) && places[2].kind != VALUE_NONE) {
        return render_fail(r, "separators: expected two texts");
    }
    json_write(&b, v, &style, 0);
    return builder_value(&b);
}

static struct value or_default(struct value v, const struct value *places, struct render *r)
{
    if (v.kind == VALUE_UNDEFINED || (truth_argument(places[1], false) && !value_truth(v)))
        return is_given(places[0]) ? places[0] : value_literal(r, "");
    return v;
}

/* An attribute alone, not an item. */
static struct value attribute_alone(struct render *r, struct value v, struct value name)
{
    if (!is_text(name) || v.kind == VALUE_DICT) {
        struct value found = v.kind == VALUE_DICT && is_text(name)
                                 ? template_attribute(r, value_dict(r, VALUE_DICT), name)
                                 : value_undefined;
        return found.kind == VALUE_METHOD ? template_attribute(r, v, name) : found;
    }
    return template_attribute(r, v, name);
}

static struct value filter_any(struct render *r, uint32_t filter, struct value v,
                               const struct value *places)
{
    switch (filter) {
    case RLX_FILTER_attr:
        return attribute_alone(r, v, places[0]);
    case RLX_FILTER_default:
        return or_default(v, places, r);
    case RLX_FILTER_length: {
        int64_t length = value_length(r, v);
        return value_integer(length);
    }
    case RLX_FILTER_safe: {
        struct value text = value_of_text(value_str(r, v));
        text.safe = true;
        return text;
    }
    case RLX_FILTER_string:
        return is_text(v) ? v : value_of_text(value_str(r, v));
    case RLX_FILTER_tojson:
        return to_json(r, v, places);
    default:
        return value_absent;
    }
}

static struct value format_filter(struct render *r, struct value v, const struct arguments *a)
{
    const struct text *format = value_str(r, v);

    if (a->count != 0 && a->keyword_count != 0)
        return render_fail(r, "can't handle positional and keyword arguments at the same time");
    if (a->keyword_count != 0) {
        struct value d = value_dict(r, VALUE_DICT);
        for (size_t i = 0; i < a->keyword_count; i++)
            dict_set(r, d.as.dict, a->keywords[i].key, a->keywords[i].value);
        return format_percent(r, format, d);
    }
    struct value values = value_sequence(r, VALUE_TUPLE, a->count);
    for (size_t i = 0; i < a->count; i++)
        sequence_add(r, values.as.sequence, a->values[i]);
    return format_percent(r, format, values);
}

struct value call_filter(struct render *r, uint32_t filter, struct value input,
                         const struct arguments *a)
{
    struct value (*const kinds[])(struct render *, uint32_t, struct value, const struct value *) = {
        filter_any, filter_text, filter_list, filter_number};
    struct value places[FILTER_PLACES];

    if (filter == RLX_FILTER_format)
        return format_filter(r, input, a);
    if (filters[filter].parameters[0] == '*')
        return filter_each(r, filter, input, a);
    if (!bind_arguments(r, filters[filter].name, filters[filter].parameters, a, places,
                        FILTER_PLACES))
        return value_undefined;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct value v = kinds[i](r, filter, input, places);
        if (is_given(v))
            return v;
    }
    return render_fail(r, "the filter '%s' is not there", filters[filter].name);
}

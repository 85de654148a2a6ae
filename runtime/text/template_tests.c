/* The tests of chat templates: `value is NAME`. In: a value and arguments; out: whether it is. */
#include "runtime/text/template_text.h"

#include <math.h>
#include <string.h>

static const struct {
    const char *name, *parameters;
} tests[RLX_TEST_COUNT] = {
#define TEST(name, parameters) [RLX_TEST_##name] = {#name, parameters},
#include "rlx/template_words.def"
};

static const struct {
    const char *name;
    uint32_t test;
} aliases[] = {
#define TEST_ALIAS(text, name) {text, RLX_TEST_##name},
#include "rlx/template_words.def"
};

static uint32_t lookup(const struct text *name)
{
    for (uint32_t i = 0; i < RLX_TEST_COUNT; i++)
        if (text_is(name, tests[i].name))
            return i;
    for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++)
        if (text_is(name, aliases[i].name))
            return aliases[i].test;
    return RLX_TEST_COUNT;
}

bool find_test(struct render *r, struct value name, uint32_t *test)
{
    *test = is_text(name) ? lookup(name.as.text) : RLX_TEST_COUNT;
    if (*test != RLX_TEST_COUNT)
        return true;
    const struct text *text = value_str(r, name);
    render_fail(r, "No test named '%.*s'.", (int)(text->bytes < 100 ? text->bytes : 100),
                text->data);
    return false;
}

static bool is_mapping(struct value v)
{
    return v.kind == VALUE_DICT;
}

static bool is_iterable(struct value v)
{
    switch ((enum value_kind)v.kind) {
    case VALUE_UNDEFINED:
    case VALUE_TEXT:
    case VALUE_LIST:
    case VALUE_TUPLE:
    case VALUE_RANGE:
    case VALUE_VIEW:
    case VALUE_GENERATOR:
    case VALUE_DICT:
    case VALUE_LOOP:
        return true;
    default:
        return false;
    }
}

static bool is_callable(struct value v)
{
    return v.kind == VALUE_MACRO || v.kind == VALUE_FUNCTION || v.kind == VALUE_METHOD ||
           v.kind == VALUE_LOOP || v.kind == VALUE_JOINER || v.kind == VALUE_UNDEFINED;
}

/* The same object: of values without identity, the same value of the same type. */
static bool is_same(struct render *r, struct value a, struct value b)
{
    if (a.kind != b.kind)
        return false;
    switch ((enum value_kind)a.kind) {
    case VALUE_NONE:
        return true;
    case VALUE_BOOL:
    case VALUE_INTEGER:
    case VALUE_TEXT:
    case VALUE_FLOAT:
        return value_equal(r, a, b);
    default:
        return memcmp(&a.as, &b.as, sizeof a.as) == 0;
    }
}

static bool divides(struct render *r, struct value v, struct value by)
{
    struct value rest = template_binary(r, RLX_BINARY_MODULO, v, by);

    return !r->failed && value_equal(r, rest, value_integer(0));
}

static bool has_case(struct render *r, struct value v, bool upper)
{
    const struct text *t = value_str(r, v);

    render_charge(r, t->bytes / 8);
    return upper ? text_has_case(r, t, RLX_UPPER, RLX_LOWER | RLX_TITLE)
                 : text_has_case(r, t, RLX_LOWER, RLX_UPPER | RLX_TITLE);
}

static bool compares(struct render *r, uint32_t test, struct value v, struct value other)
{
    static const enum rlx_template_compare operators[RLX_TEST_COUNT] = {
        [RLX_TEST_eq] = RLX_COMPARE_EQUAL,   [RLX_TEST_ne] = RLX_COMPARE_NOT_EQUAL,
        [RLX_TEST_lt] = RLX_COMPARE_LESS,    [RLX_TEST_le] = RLX_COMPARE_LESS_EQUAL,
        [RLX_TEST_gt] = RLX_COMPARE_GREATER, [RLX_TEST_ge] = RLX_COMPARE_GREATER_EQUAL,
        [RLX_TEST_in] = RLX_COMPARE_IN,
    };

    return template_compare(r, operators[test], v, other);
}

static bool is_of_kind(struct value v, uint32_t test)
{
    switch (test) {
    case RLX_TEST_boolean:
        return v.kind == VALUE_BOOL;
    case RLX_TEST_callable:
        return is_callable(v);
    case RLX_TEST_defined:
        return v.kind != VALUE_UNDEFINED;
    case RLX_TEST_escaped:
        return is_text(v) && v.safe;
    case RLX_TEST_false:
        return v.kind == VALUE_BOOL && !v.as.truth;
    case RLX_TEST_float:
        return v.kind == VALUE_FLOAT;
    case RLX_TEST_integer:
        return v.kind == VALUE_INTEGER || v.kind == VALUE_BIG;
    case RLX_TEST_iterable:
        return is_iterable(v);
    case RLX_TEST_mapping:
        return is_mapping(v);
    case RLX_TEST_none:
        return v.kind == VALUE_NONE;
    case RLX_TEST_number:
        return v.kind == VALUE_BOOL || v.kind == VALUE_INTEGER || v.kind == VALUE_BIG ||
               v.kind == VALUE_FLOAT;
    case RLX_TEST_sequence: /* has a length and gives items */
        return is_text(v) || is_sequence(v) || is_mapping(v) || v.kind == VALUE_UNDEFINED;
    case RLX_TEST_string:
        return is_text(v);
    case RLX_TEST_true:
        return v.kind == VALUE_BOOL && v.as.truth;
    default:
        return v.kind == VALUE_UNDEFINED;
    }
}

bool call_test(struct render *r, uint32_t test, struct value input, const struct arguments *a)
{
    struct value places[1];

    if (!bind_arguments(r, tests[test].name, tests[test].parameters, a, places, 1))
        return false;
    if (tests[test].parameters[0] != 0 && !is_given(places[0])) {
        render_fail(r, "the test '%s' takes a value", tests[test].name);
        return false;
    }
    switch (test) {
    case RLX_TEST_divisibleby:
        return divides(r, input, places[0]);
    case RLX_TEST_even:
        return divides(r, input, value_integer(2));
    case RLX_TEST_odd:
        return value_equal(r, template_binary(r, RLX_BINARY_MODULO, input, value_integer(2)),
                           value_integer(1));
    case RLX_TEST_eq:
    case RLX_TEST_ne:
    case RLX_TEST_lt:
    case RLX_TEST_le:
    case RLX_TEST_gt:
    case RLX_TEST_ge:
    case RLX_TEST_in:
        return compares(r, test, input, places[0]);
    case RLX_TEST_lower:
    case RLX_TEST_upper:
        return has_case(r, input, test == RLX_TEST_upper);
    case RLX_TEST_sameas:
        return is_same(r, input, places[0]);
    case RLX_TEST_test:
        return is_text(input) && lookup(input.as.text) != RLX_TEST_COUNT;
    case RLX_TEST_filter:
        return is_text(input) && is_filter_name(input.as.text);
    default:
        return is_of_kind(input, test);
    }
}

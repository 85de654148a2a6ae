/* Operators of chat templates, with Python's meaning. Integers have 64 bits: an overflow is an
 * error, not another number.
 */
#include "runtime/text/template.h"

#include <math.h>

static struct value too_large(struct render *r)
{
    return render_fail(r, "an integer goes beyond 64 bits");
}

static struct value unsupported(struct render *r, const char *operator, struct value a,
                                struct value b)
{
    if (is_text(a) && operator[0] == '+')
        return render_fail(r, "can only concatenate str (not \"%s\") to str", value_type_name(b));
    return render_fail(r, "unsupported operand type(s) for %s: '%s' and '%s'", operator,
                       value_type_name(a), value_type_name(b));
}

/* ---- integers ---- */

static int64_t floor_divide(int64_t a, int64_t b)
{
    int64_t quotient = a / b;

    return quotient - (a % b != 0 && (a < 0) != (b < 0));
}

static struct value integer_power(struct render *r, int64_t base, int64_t exponent)
{
    int64_t result = 1;

    if (exponent < 0)
        return value_float(pow((double)base, (double)exponent));
    for (; exponent > 0; exponent >>= 1) {
        if ((exponent & 1) && __builtin_mul_overflow(result, base, &result))
            return too_large(r);
        if (exponent > 1 && __builtin_mul_overflow(base, base, &base))
            return too_large(r);
    }
    return value_integer(result);
}

static struct value integer_binary(struct render *r, enum rlx_template_binary op, int64_t a,
                                   int64_t b)
{
    int64_t result = 0;
    bool overflow = false;

    switch (op) {
    case RLX_BINARY_ADD:
        overflow = __builtin_add_overflow(a, b, &result);
        break;
    case RLX_BINARY_SUBTRACT:
        overflow = __builtin_sub_overflow(a, b, &result);
        break;
    case RLX_BINARY_MULTIPLY:
        overflow = __builtin_mul_overflow(a, b, &result);
        break;
    case RLX_BINARY_POWER:
        if (a == 0 && b < 0)
            return render_fail(r, "0.0 cannot be raised to a negative power");
        return integer_power(r, a, b);
    default:
        if (b == 0)
            return render_fail(r, "division by zero");
        if (op == RLX_BINARY_DIVIDE)
            return value_float((double)a / (double)b);
        if (b == -1) /* the one quotient that may not fit */
            overflow = op == RLX_BINARY_FLOOR_DIVIDE && __builtin_sub_overflow(0, a, &result);
        else
            result =
                op == RLX_BINARY_FLOOR_DIVIDE ? floor_divide(a, b) : a - floor_divide(a, b) * b;
    }
    return overflow ? too_large(r) : value_integer(result);
}

static struct value float_binary(struct render *r, enum rlx_template_binary op, double a, double b)
{
    switch (op) {
    case RLX_BINARY_ADD:
        return value_float(a + b);
    case RLX_BINARY_SUBTRACT:
        return value_float(a - b);
    case RLX_BINARY_MULTIPLY:
        return value_float(a * b);
    case RLX_BINARY_POWER:
        if ((a == 0 && b < 0) || (a < 0 && b != floor(b)))
            return render_fail(r, "a power that is no real number");
        return value_float(pow(a, b));
    default:
        break;
    }
    if (b == 0)
        return render_fail(r, "division by zero");
    if (op == RLX_BINARY_DIVIDE)
        return value_float(a / b);
    double rest = fmod(a, b);
    if (rest != 0 && (rest < 0) != (b < 0))
        rest += b;
    else if (rest == 0)
        rest = copysign(0, b);
    return value_float(op == RLX_BINARY_MODULO ? rest : floor((a - rest) / b + 0.5));
}

/* ---- texts and lists ---- */

static void add_safely(struct builder *b, struct value v, bool safe)
{
    if (safe && !v.safe)
        builder_add_escaped(b, v.as.text);
    else
        builder_add_text(b, v.as.text);
}

static struct value add_texts(struct render *r, struct value a, struct value b)
{
    struct builder out = {.render = r};
    bool safe = a.safe || b.safe;

    add_safely(&out, a, safe);
    add_safely(&out, b, safe);
    struct value v = builder_value(&out);
    v.safe = safe;
    return v;
}

static struct value add_sequences(struct render *r, struct value a, struct value b)
{
    struct value all =
        value_sequence(r, (enum value_kind)a.kind, a.as.sequence->count + b.as.sequence->count);

    for (size_t i = 0; i < a.as.sequence->count; i++)
        sequence_add(r, all.as.sequence, a.as.sequence->items[i]);
    for (size_t i = 0; i < b.as.sequence->count; i++)
        sequence_add(r, all.as.sequence, b.as.sequence->items[i]);
    render_charge(r, all.as.sequence->count);
    return all;
}

static struct value repeat(struct render *r, struct value what, int64_t times)
{
    struct builder b = {.render = r};

    if (is_text(what)) {
        if (what.as.text->bytes == 0)
            times = 0;
        for (int64_t i = 0; i < times && render_charge(r, 1); i++)
            builder_add_text(&b, what.as.text);
        struct value v = builder_value(&b);
        v.safe = what.safe;
        return v;
    }
    struct value all = value_sequence(r, (enum value_kind)what.kind, 0);
    if (what.as.sequence->count == 0)
        times = 0;
    for (int64_t i = 0; i < times && render_charge(r, what.as.sequence->count + 1); i++)
        for (size_t k = 0; k < what.as.sequence->count; k++)
            sequence_add(r, all.as.sequence, what.as.sequence->items[k]);
    return all;
}

static bool repeats(struct value v)
{
    return is_text(v) || v.kind == VALUE_LIST || v.kind == VALUE_TUPLE;
}

struct value template_binary(struct render *r, enum rlx_template_binary op, struct value a,
                             struct value b)
{
    static const char *const operators[] = {"+", "-", "*", "/", "//", "%", "** or pow()"};
    int64_t left, right;
    double x, y;

    if (r->failed)
        return value_undefined;
    if (op == RLX_BINARY_MODULO && is_text(a))
        return format_percent(r, a.as.text, b);
    if (a.kind == VALUE_UNDEFINED || b.kind == VALUE_UNDEFINED)
        return fail_undefined(r, a.kind == VALUE_UNDEFINED ? a : b);
    if (is_integer(a, &left) && is_integer(b, &right))
        return integer_binary(r, op, left, right);
    if (is_number(a, &x) && is_number(b, &y))
        return float_binary(r, op, x, y);
    if (op == RLX_BINARY_ADD && is_text(a) && is_text(b))
        return add_texts(r, a, b);
    if (op == RLX_BINARY_ADD && a.kind == b.kind && (a.kind == VALUE_LIST || a.kind == VALUE_TUPLE))
        return add_sequences(r, a, b);
    if (op == RLX_BINARY_MULTIPLY && repeats(a) && is_integer(b, &right))
        return repeat(r, a, right);
    if (op == RLX_BINARY_MULTIPLY && repeats(b) && is_integer(a, &left))
        return repeat(r, b, left);
    return unsupported(r, operators[op], a, b);
}

struct value template_unary(struct render *r, enum rlx_template_unary op, struct value v)
{
    int64_t integer;

    if (op == RLX_UNARY_NOT)
        return value_bool(!value_truth(v));
    if (v.kind == VALUE_UNDEFINED)
        return fail_undefined(r, v);
    if (v.kind == VALUE_FLOAT)
        return op == RLX_UNARY_MINUS ? value_float(-v.as.real) : v;
    if (!is_integer(v, &integer))
        return render_fail(r, "bad operand type for unary %c: '%s'",
                           op == RLX_UNARY_MINUS ? '-' : '+', value_type_name(v));
    if (op == RLX_UNARY_PLUS)
        return value_integer(integer);
    return integer == INT64_MIN ? too_large(r) : value_integer(-integer);
}

bool template_compare(struct render *r, enum rlx_template_compare op, struct value a,
                      struct value b)
{
    static const char *const operators[] = {"==", "!=", "<", "<=", ">", ">=", "in", "not in"};

    if (r->failed)
        return false;
    if (op == RLX_COMPARE_EQUAL || op == RLX_COMPARE_NOT_EQUAL)
        return value_equal(r, a, b) == (op == RLX_COMPARE_EQUAL);
    if (op == RLX_COMPARE_IN || op == RLX_COMPARE_NOT_IN)
        return value_contains(r, b, a) == (op == RLX_COMPARE_IN);
    if (a.kind == VALUE_UNDEFINED || b.kind == VALUE_UNDEFINED) {
        fail_undefined(r, a.kind == VALUE_UNDEFINED ? a : b);
        return false;
    }
    int order = value_compare(r, a, b, operators[op]);
    switch (op) {
    case RLX_COMPARE_LESS:
        return order == -1;
    case RLX_COMPARE_LESS_EQUAL:
        return order == -1 || order == 0;
    case RLX_COMPARE_GREATER:
        return order == 1;
    default:
        return order == 1 || order == 0;
    }
}

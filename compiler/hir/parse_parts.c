/* The parts of a node's line (hir_text.c). In: text at a size, a shape, a type or the attributes;
 * out: their values. */
#include "compiler/hir/parse_parts.h"

#include "compiler/hir/attr.h"

#include <ctype.h>
#include <string.h>

enum { MAX_NESTING = 40 /* parentheses in a size */ };

static const uint64_t MAX_SIZE = (uint64_t)1 << 40;

/* ---- sizes and shapes ---- */

bool parse_symbol(struct lexer *l, const struct dims *dims, uint32_t *symbol)
{
    const char *word;
    size_t bytes = lexer_word(l, &word);

    *symbol = dims_find(dims, word, bytes);
    if (*symbol != SYMBOL_MAX)
        return true;
    l->at = word;
    return lexer_expected(l, "a symbol (BATCH, SEQ, ROWS, PAST_SEQ, OUT_ROWS, KEYS, or one that "
                             "the first line declares)");
}

static bool parse_size(struct lexer *l, struct dims *dims, uint32_t nesting, dim_id *out);

/* - number) or / number), after a. */
static bool parse_number(struct lexer *l, struct dims *dims, const char *start, dim_id a,
                         bool quotient, dim_id *out)
{
    const char *at = lexer_here(l);
    uint64_t number;

    if (!lexer_count(l, MAX_SIZE, &number) || !lexer_require(l, ")"))
        return false;
    if (quotient && number == 0)
        return lexer_error(l, at, "expected a divisor above 0, found 0");
    *out = quotient ? dim_div(dims, a, (int64_t)number) : dim_sub(dims, a, (int64_t)number);
    return *out != 0 ||
           lexer_error(l, start,
                       quotient ? "a size is too large" : "expected a size that is 0 or above");
}

/* a + b), a * b), a - number) or a / number), after the parenthesis. */
static bool parse_nested(struct lexer *l, struct dims *dims, uint32_t nesting, dim_id *out)
{
    const char *start = l->at - 1;
    dim_id a, b;

    if (!parse_size(l, dims, nesting, &a))
        return false;
    if (lexer_take(l, "-"))
        return parse_number(l, dims, start, a, false, out);
    if (lexer_take(l, "/"))
        return parse_number(l, dims, start, a, true, out);
    bool sum = lexer_take(l, "+");
    if (!sum && !lexer_take(l, "*"))
        return lexer_expected(l, "'+', '-', '*' or '/'");
    if (!parse_size(l, dims, nesting, &b) || !lexer_require(l, ")"))
        return false;
    *out = sum ? dim_add(dims, a, b) : dim_mul(dims, a, b);
    return *out != 0 || lexer_error(l, start, "a size is too large");
}

/* A number, a symbol, or (a + b), (a - 2), (a * b), (a / 2). The nesting is bounded, so this may
 * call itself. */
static bool parse_size(struct lexer *l, struct dims *dims, uint32_t nesting, dim_id *out)
{
    const char *start = lexer_here(l);
    char next = lexer_line_ends(l) ? 0 : *start;
    uint64_t value;
    uint32_t symbol;

    if (dims->count >= PARSE_MAX_SIZES)
        return lexer_error(l, start, "too many different sizes");
    if (nesting > MAX_NESTING)
        return lexer_error(l, start, "a size is nested too deeply");
    if (lexer_take(l, "("))
        return parse_nested(l, dims, nesting + 1, out);
    if (isdigit((unsigned char)next)) {
        if (!lexer_count(l, MAX_SIZE, &value))
            return false;
        *out = dim_const(dims, (int64_t)value);
        return true;
    }
    if (!isalpha((unsigned char)next))
        return lexer_expected(l, "a size");
    if (!parse_symbol(l, dims, &symbol))
        return false;
    *out = dim_symbol(dims, symbol);
    return true;
}

bool parse_shape(struct lexer *l, struct dims *dims, struct hir_shape *shape)
{
    *shape = (struct hir_shape){0};
    if (!lexer_require(l, "["))
        return false;
    if (lexer_take(l, "]"))
        return true;
    do {
        if (shape->rank == HIR_MAX_RANK)
            return lexer_error(l, lexer_here(l), "expected at most %d axes", HIR_MAX_RANK);
        if (!parse_size(l, dims, 0, &shape->dims[shape->rank++]))
            return false;
    } while (lexer_take(l, ","));
    return lexer_require(l, "]");
}

bool parse_dtype(struct lexer *l, enum dtype *dtype)
{
    const char *word;
    size_t bytes = lexer_word(l, &word);

    *dtype = dtype_from_name(word, bytes);
    if (*dtype != DTYPE_none)
        return true;
    l->at = word;
    return lexer_expected(l, "a type");
}

/* ---- attributes ---- */

static bool parse_named_value(struct lexer *l, const struct attr_field *field, uint32_t *out)
{
    const char *start = lexer_here(l), *name;

    for (*out = 0; (name = attr_word((enum attr_type)field->type, *out)) != NULL; (*out)++)
        if (lexer_take_word(l, name))
            return true;
    return lexer_error(l, start, "%s: expected a known name, found %s", field->name,
                       lexer_found(l));
}

static bool parse_value(struct lexer *l, struct dims *dims, const struct attr_field *field,
                        struct hir_attr *attr)
{
    void *to = attr_field_to(attr, field);

    switch (field->type) {
    case ATTR_TYPE_number:
        return lexer_number(l, to);
    case ATTR_TYPE_count:
        return lexer_count_u32(l, UINT32_MAX, to);
    case ATTR_TYPE_flag:
        return lexer_count_u32(l, 1, to);
    case ATTR_TYPE_size:
        return parse_size(l, dims, 0, to);
    case ATTR_TYPE_code:
        return scalar_parse(l, to);
    default:
        return parse_named_value(l, field, to);
    }
}

/* The attribute that is next; ATTR_FIELD_COUNT after an error. */
static uint32_t parse_field_name(struct lexer *l, enum hir_op op, const bool *seen)
{
    const char *word;
    size_t bytes = lexer_word(l, &word);
    uint32_t i = 0;

    while (i < ATTR_FIELD_COUNT && !(attr_fields[i].kind == hir_op_info[op].attr &&
                                     lexer_word_is(word, bytes, attr_fields[i].name)))
        i++;
    if (i < ATTR_FIELD_COUNT && !seen[i])
        return i;
    l->at = word;
    lexer_error(l, word, "expected %s of %s or a name in quotes, found %s",
                i == ATTR_FIELD_COUNT ? "an attribute" : "a further attribute",
                hir_op_info[op].name, lexer_found(l));
    return ATTR_FIELD_COUNT;
}

bool parse_rest(struct lexer *l, struct dims *dims, enum hir_op op, struct hir_attr *attr,
                char name[LEXER_MAX_NAME + 1])
{
    bool seen[ATTR_FIELD_COUNT] = {false};

    while (!lexer_line_ends(l)) {
        if (lexer_sees(l, '"')) {
            if (name[0] != 0)
                return lexer_expected(l, "one name");
            if (!lexer_name(l, name))
                return false;
            continue;
        }
        uint32_t i = parse_field_name(l, op, seen);
        if (i == ATTR_FIELD_COUNT || !lexer_require(l, "=") ||
            !parse_value(l, dims, &attr_fields[i], attr))
            return false;
        seen[i] = true;
    }
    for (uint32_t i = 0; i < ATTR_FIELD_COUNT; i++)
        if (attr_fields[i].kind == hir_op_info[op].attr && attr_fields[i].always && !seen[i])
            return lexer_error(l, l->at, "expected %s=", attr_fields[i].name);
    return true;
}

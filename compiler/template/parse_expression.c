/* Tokens to expressions, by Jinja's grammar. From loosest to tightest: if-else, or, and, not,
 * comparisons, + and -, ~, * / // %, **, signs, then attributes, items, calls, filters and tests.
 */
#include "compiler/template/tree.h"

#include <string.h>

static struct node *parse_or(struct parser *p);
static struct node *parse_unary(struct parser *p, bool filters);

static struct node *pair(struct parser *p, enum node_kind kind, struct node *a, struct node *b)
{
    struct node *n = new_node(p, kind);

    n->a = a;
    n->b = b;
    return n;
}

static bool deeper(struct parser *p)
{
    return enter(p, "an expression is");
}

/* ---- primary expressions ---- */

static struct node *parse_number(struct parser *p)
{
    const struct token *t = peek(p);
    struct node *n = new_node(p, t->type == TOKEN_integer ? NODE_integer : NODE_float);

    n->integer = t->integer;
    n->real = t->real;
    p->at++;
    return n;
}

/* Adjacent strings are one. */
static struct node *parse_string(struct parser *p)
{
    struct node *n = new_node(p, NODE_string);
    const struct token *first = peek(p);
    size_t bytes = 0;

    for (const struct token *t = first; t->type == TOKEN_string; t++)
        bytes += t->bytes;
    char *joined = arena_alloc(p->arena, bytes + 1, 1);
    n->text = joined;
    n->bytes = (uint32_t)bytes;
    for (; peek(p)->type == TOKEN_string; p->at++) {
        memcpy(joined, peek(p)->text, peek(p)->bytes);
        joined += peek(p)->bytes;
    }
    return n;
}

static struct node *parse_name(struct parser *p)
{
    static const struct {
        const char *name;
        enum node_kind kind;
        int value;
    } known[] = {
        {"true", NODE_bool, 1},  {"True", NODE_bool, 1}, {"false", NODE_bool, 0},
        {"False", NODE_bool, 0}, {"none", NODE_none, 0}, {"None", NODE_none, 0},
    };

    for (size_t i = 0; i < countof(known); i++)
        if (at_name(p, known[i].name)) {
            struct node *n = new_node(p, known[i].kind);
            n->integer = known[i].value;
            p->at++;
            return n;
        }
    return name_node(p, NODE_name);
}

static struct node *parse_list(struct parser *p)
{
    struct node *n = new_node(p, NODE_list);
    struct node_list list = {0};

    expect_operator(p, "[");
    while (!at_operator(p, "]") && !refused(p)) {
        if (list.first != NULL)
            expect_operator(p, ",");
        if (at_operator(p, "]"))
            break;
        append_node(&list, parse_expression(p));
    }
    expect_operator(p, "]");
    n->first = list.first;
    return n;
}

static struct node *parse_dict(struct parser *p)
{
    struct node *n = new_node(p, NODE_dict);
    struct node_list list = {0};

    expect_operator(p, "{");
    while (!at_operator(p, "}") && !refused(p)) {
        if (list.first != NULL)
            expect_operator(p, ",");
        if (at_operator(p, "}"))
            break;
        append_node(&list, parse_expression(p));
        expect_operator(p, ":");
        append_node(&list, parse_expression(p));
    }
    expect_operator(p, "}");
    n->first = list.first;
    return n;
}

static struct node *parse_parentheses(struct parser *p)
{
    struct node *n;

    expect_operator(p, "(");
    if (at_operator(p, ")"))
        n = new_node(p, NODE_tuple);
    else
        n = parse_tuple(p, true, NULL);
    expect_operator(p, ")");
    return n;
}

static struct node *parse_primary(struct parser *p)
{
    struct node *n = NULL;

    if (!deeper(p))
        return NULL;
    switch (peek(p)->type) {
    case TOKEN_name:
        n = parse_name(p);
        break;
    case TOKEN_string:
        n = parse_string(p);
        break;
    case TOKEN_integer:
    case TOKEN_float:
        n = parse_number(p);
        break;
    default:
        if (at_operator(p, "("))
            n = parse_parentheses(p);
        else if (at_operator(p, "["))
            n = parse_list(p);
        else if (at_operator(p, "{"))
            n = parse_dict(p);
        else
            refuse_template(p, "expected an expression");
    }
    p->depth--;
    return n;
}

/* ---- after a primary expression ---- */

static struct node *parse_argument(struct parser *p)
{
    struct node *n = new_node(p, NODE_argument);

    if (take_operator(p, "*")) {
        n->integer = ARGUMENT_list;
    } else if (take_operator(p, "**")) {
        n->integer = ARGUMENT_dict;
    } else if (peek(p)->type == TOKEN_name && p->at + 1 < p->count &&
               p->tokens[p->at + 1].type == TOKEN_operator && p->tokens[p->at + 1].bytes == 1 &&
               p->tokens[p->at + 1].text[0] == '=') {
        n->integer = ARGUMENT_keyword;
        n->text = peek(p)->text;
        n->bytes = peek(p)->bytes;
        p->at += 2;
    }
    n->a = parse_expression(p);
    return n;
}

/* "(a, b=c, *d, **e)"; values come before keywords, and these before the starred ones. */
static struct node *parse_arguments(struct parser *p)
{
    struct node_list list = {0};
    int64_t last = ARGUMENT_value;
    uint32_t count = 0;

    expect_operator(p, "(");
    while (!at_operator(p, ")") && !refused(p)) {
        if (list.first != NULL)
            expect_operator(p, ",");
        if (at_operator(p, ")"))
            break;
        struct node *n = parse_argument(p);
        if (n->integer < last && !(n->integer == ARGUMENT_keyword && last == ARGUMENT_list))
            refuse_template(p, "an argument follows others that it must precede");
        if (n->integer > last)
            last = n->integer;
        append_node(&list, n);
        if (++count > 255)
            refuse_template(p, "a call has more than 255 arguments");
    }
    expect_operator(p, ")");
    return list.first;
}

/* After "[": an index, a slice, or several of them as a tuple. */
static struct node *parse_subscript_part(struct parser *p, struct node *object)
{
    struct node *n, *from = NULL;

    if (!at_operator(p, ":")) {
        from = parse_expression(p);
        if (!at_operator(p, ":"))
            return pair(p, NODE_item, object, from);
    }
    expect_operator(p, ":");
    n = pair(p, NODE_slice, object, from);
    if (!at_operator(p, ":") && !at_operator(p, "]") && !at_operator(p, ","))
        n->c = parse_expression(p);
    if (take_operator(p, ":") && !at_operator(p, "]") && !at_operator(p, ","))
        n->d = parse_expression(p);
    return n;
}

static struct node *parse_subscript(struct parser *p, struct node *object)
{
    struct node *n;

    if (take_operator(p, ".")) {
        if (peek(p)->type == TOKEN_integer)
            return pair(p, NODE_item, object, parse_number(p));
        n = name_node(p, NODE_attribute);
        n->a = object;
        return n;
    }
    expect_operator(p, "[");
    n = parse_subscript_part(p, object);
    if (at_operator(p, ",") && n->kind == NODE_item) { /* object[a, b] */
        struct node_list list = {0};
        struct node *tuple = new_node(p, NODE_tuple);
        append_node(&list, n->b);
        while (take_operator(p, ",") && !at_operator(p, "]"))
            append_node(&list, parse_expression(p));
        tuple->first = list.first;
        n->b = tuple;
    }
    expect_operator(p, "]");
    return n;
}

static struct node *parse_call(struct parser *p, struct node *callee)
{
    struct node *n = pair(p, NODE_call, callee, NULL);

    n->first = parse_arguments(p);
    return n;
}

static struct node *parse_postfix(struct parser *p, struct node *n)
{
    while (!refused(p)) {
        if (at_operator(p, ".") || at_operator(p, "["))
            n = parse_subscript(p, n);
        else if (at_operator(p, "("))
            n = parse_call(p, n);
        else
            break;
    }
    return n;
}

enum { MAX_DOTTED_NAME = 200 };

/* A name that may have dots in it. */
static void dotted_name(struct parser *p, struct node *n)
{
    const struct token *first = peek(p);
    struct node *part = name_node(p, NODE_name);

    n->text = part->text;
    n->bytes = part->bytes;
    while (take_operator(p, ".")) {
        part = name_node(p, NODE_name);
        if (n->bytes + part->bytes > MAX_DOTTED_NAME) {
            refuse_template(p, "the name of a filter or a test is too long");
            return;
        }
        n->text = arena_printf(p->arena, "%.*s.%.*s", (int)n->bytes, n->text, (int)part->bytes,
                               part->text);
        n->bytes = (uint32_t)strlen(n->text);
    }
    n->line = first->line != 0 ? first->line : n->line;
}

struct node *parse_filters(struct parser *p, struct node *value, bool begun)
{
    while ((begun || take_operator(p, "|")) && !refused(p)) {
        struct node *n = pair(p, NODE_filter, value, NULL);
        dotted_name(p, n);
        if (at_operator(p, "("))
            n->first = parse_arguments(p);
        value = n;
        begun = false;
    }
    return value;
}

/* What may stand after a test's name as its one argument. */
static bool at_test_argument(const struct parser *p)
{
    enum token_type type = peek(p)->type;

    if (at_name(p, "else") || at_name(p, "or") || at_name(p, "and"))
        return false;
    return type == TOKEN_name || type == TOKEN_string || type == TOKEN_integer ||
           type == TOKEN_float || at_operator(p, "(") || at_operator(p, "[") || at_operator(p, "{");
}

static struct node *parse_test(struct parser *p, struct node *value)
{
    bool negated = take_name(p, "not");
    struct node *n = pair(p, NODE_test, value, NULL);

    dotted_name(p, n);
    if (at_operator(p, "(")) {
        n->first = parse_arguments(p);
    } else if (at_name(p, "is")) {
        refuse_template(p, "tests cannot be chained with is");
    } else if (at_test_argument(p)) {
        struct node *argument = new_node(p, NODE_argument);
        argument->a = parse_postfix(p, parse_primary(p));
        n->first = argument;
    }
    if (!negated)
        return n;
    struct node *not = pair(p, NODE_unary, n, NULL);
    not ->integer = RLX_UNARY_NOT;
    return not ;
}

static struct node *parse_filters_and_tests(struct parser *p, struct node *n)
{
    while (!refused(p)) {
        if (at_operator(p, "|"))
            n = parse_filters(p, n, false);
        else if (take_name(p, "is"))
            n = parse_test(p, n);
        else if (at_operator(p, "("))
            n = parse_call(p, n);
        else
            break;
    }
    return n;
}

/* ---- operators ---- */

static struct node *parse_unary(struct parser *p, bool filters)
{
    struct node *n;

    if (at_operator(p, "-") || at_operator(p, "+")) {
        n = new_node(p, NODE_unary);
        bool minus = take_operator(p, "-");
        if (!minus)
            expect_operator(p, "+");
        n->integer = minus ? RLX_UNARY_MINUS : RLX_UNARY_PLUS;
        if (!deeper(p))
            return NULL;
        n->a = parse_unary(p, false);
        p->depth--;
    } else {
        n = parse_primary(p);
    }
    n = parse_postfix(p, n);
    return filters ? parse_filters_and_tests(p, n) : n;
}

/* Left-associative operators of one level. */
struct level {
    const char *operator;
    enum rlx_template_binary binary;
};

static struct node *parse_level(struct parser *p, const struct level *level, size_t count,
                                struct node *(*next)(struct parser *))
{
    struct node *left = next(p);

    for (size_t i = 0; i < count && !refused(p);) {
        if (!take_operator(p, level[i].operator)) {
            i++;
            continue;
        }
        left = pair(p, NODE_binary, left, next(p));
        left->integer = level[i].binary;
        i = 0;
    }
    return left;
}

static struct node *parse_signed(struct parser *p)
{
    return parse_unary(p, true);
}

static struct node *parse_power(struct parser *p)
{
    static const struct level level[] = {{"**", RLX_BINARY_POWER}};

    return parse_level(p, level, countof(level), parse_signed);
}

static struct node *parse_product(struct parser *p)
{
    static const struct level level[] = {{"*", RLX_BINARY_MULTIPLY},
                                         {"/", RLX_BINARY_DIVIDE},
                                         {"//", RLX_BINARY_FLOOR_DIVIDE},
                                         {"%", RLX_BINARY_MODULO}};

    return parse_level(p, level, countof(level), parse_power);
}

static struct node *parse_concat(struct parser *p)
{
    struct node *first = parse_product(p), *n;
    struct node_list list = {0};

    if (!at_operator(p, "~"))
        return first;
    n = new_node(p, NODE_concat);
    append_node(&list, first);
    while (take_operator(p, "~"))
        append_node(&list, parse_product(p));
    n->first = list.first;
    return n;
}

static struct node *parse_sum(struct parser *p)
{
    static const struct level level[] = {{"+", RLX_BINARY_ADD}, {"-", RLX_BINARY_SUBTRACT}};

    return parse_level(p, level, countof(level), parse_concat);
}

/* The comparison that stands here, taken; RLX_COMPARE_COUNT where none does. */
static enum rlx_template_compare take_comparison(struct parser *p)
{
    static const char *const operators[] = {"==", "!=", "<", "<=", ">", ">="};

    for (size_t i = 0; i < countof(operators); i++)
        if (take_operator(p, operators[i]))
            return (enum rlx_template_compare)i;
    if (take_name(p, "in"))
        return RLX_COMPARE_IN;
    if (at_name(p, "not") && p->at + 1 < p->count && p->tokens[p->at + 1].type == TOKEN_name &&
        p->tokens[p->at + 1].bytes == 2 && memcmp(p->tokens[p->at + 1].text, "in", 2) == 0) {
        p->at += 2;
        return RLX_COMPARE_NOT_IN;
    }
    return RLX_COMPARE_COUNT;
}

static struct node *parse_comparison(struct parser *p)
{
    struct node *left = parse_sum(p), *n = NULL;
    struct node_list list = {0};

    while (!refused(p)) {
        struct node *operand = new_node(p, NODE_operand);
        operand->integer = take_comparison(p);
        if (operand->integer == RLX_COMPARE_COUNT)
            break;
        operand->a = parse_sum(p);
        append_node(&list, operand);
    }
    if (list.first == NULL)
        return left;
    n = pair(p, NODE_compare, left, NULL);
    n->first = list.first;
    return n;
}

static struct node *parse_not(struct parser *p)
{
    if (!take_name(p, "not"))
        return parse_comparison(p);
    struct node *n = new_node(p, NODE_unary);
    n->integer = RLX_UNARY_NOT;
    if (!deeper(p))
        return NULL;
    n->a = parse_not(p);
    p->depth--;
    return n;
}

static struct node *parse_and(struct parser *p)
{
    struct node *left = parse_not(p);

    while (take_name(p, "and"))
        left = pair(p, NODE_and, left, parse_not(p));
    return left;
}

static struct node *parse_or(struct parser *p)
{
    struct node *left = parse_and(p);

    while (take_name(p, "or"))
        left = pair(p, NODE_or, left, parse_and(p));
    return left;
}

struct node *parse_expression(struct parser *p)
{
    struct node *n = parse_or(p);

    while (take_name(p, "if")) {
        struct node *condition = new_node(p, NODE_condition);
        condition->a = n;
        condition->b = parse_or(p);
        if (take_name(p, "else")) {
            if (!deeper(p))
                return NULL;
            condition->c = parse_expression(p);
            p->depth--;
        }
        n = condition;
    }
    return n;
}

/* ---- tuples and targets ---- */

static bool at_tuple_end(const struct parser *p, const char *end)
{
    enum token_type type = peek(p)->type;

    return type == TOKEN_variable_end || type == TOKEN_block_end || type == TOKEN_end ||
           at_operator(p, ")") || (end != NULL && at_name(p, end));
}

struct node *parse_tuple(struct parser *p, bool condition, const char *end)
{
    struct node *n = NULL;
    struct node_list list = {0};
    bool comma = false;

    while (!at_tuple_end(p, end) && !refused(p)) {
        append_node(&list, condition ? parse_expression(p) : parse_or(p));
        if (!take_operator(p, ","))
            break;
        comma = true;
    }
    if (list.first == NULL)
        return refuse_template(p, "expected an expression");
    if (!comma)
        return list.first;
    n = new_node(p, NODE_tuple);
    n->first = list.first;
    return n;
}

static struct node *parse_target_part(struct parser *p, bool attributes)
{
    if (take_operator(p, "(")) {
        struct node *n = parse_target(p, attributes);
        expect_operator(p, ")");
        return n;
    }
    struct node *n = name_node(p, NODE_name);
    if (attributes && take_operator(p, ".")) {
        struct node *attribute = name_node(p, NODE_attribute);
        attribute->a = n;
        return attribute;
    }
    return n;
}

struct node *parse_target(struct parser *p, bool attributes)
{
    struct node_list list = {0};
    bool comma = false;

    if (!deeper(p))
        return NULL;
    do {
        if (comma && (at_name(p, "in") || at_operator(p, "=") || at_operator(p, ")")))
            break;
        append_node(&list, parse_target_part(p, attributes));
    } while (take_operator(p, ",") && (comma = true));
    p->depth--;
    if (!comma)
        return list.first;
    struct node *n = new_node(p, NODE_tuple);
    n->first = list.first;
    return n;
}

/* Tokens to operands, by Jinja's grammar: literals, names and parentheses, and what follows them:
 * attributes, items, calls, filters and tests. */
#include "compiler/template/tree.h"

#include <string.h>

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

struct node *parse_operand(struct parser *p)
{
    struct node *n = NULL;

    if (!enter_expression(p))
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
            return new_pair(p, NODE_item, object, from);
    }
    expect_operator(p, ":");
    n = new_pair(p, NODE_slice, object, from);
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
            return new_pair(p, NODE_item, object, parse_number(p));
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
    struct node *n = new_pair(p, NODE_call, callee, NULL);

    n->first = parse_arguments(p);
    return n;
}

struct node *parse_postfix(struct parser *p, struct node *n)
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
        struct node *n = new_pair(p, NODE_filter, value, NULL);
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
    struct node *n = new_pair(p, NODE_test, value, NULL);

    dotted_name(p, n);
    if (at_operator(p, "(")) {
        n->first = parse_arguments(p);
    } else if (at_name(p, "is")) {
        refuse_template(p, "tests cannot be chained with is");
    } else if (at_test_argument(p)) {
        struct node *argument = new_node(p, NODE_argument);
        argument->a = parse_postfix(p, parse_operand(p));
        n->first = argument;
    }
    if (!negated)
        return n;
    struct node *not = new_pair(p, NODE_unary, n, NULL);
    not ->integer = RLX_UNARY_NOT;
    return not ;
}

struct node *parse_filters_and_tests(struct parser *p, struct node *n)
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

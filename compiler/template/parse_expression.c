/* Tokens to expressions, by Jinja's grammar. From loosest to tightest: if-else, or, and, not,
 * comparisons, + and -, ~, * / // %, **, signs, then what parse_operand.c has. Tuples and targets.
 */
#include "compiler/template/tree.h"

#include <string.h>

static struct node *parse_or(struct parser *p);

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
        if (!enter_expression(p))
            return NULL;
        n->a = parse_unary(p, false);
        p->depth--;
    } else {
        n = parse_operand(p);
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
        left = new_pair(p, NODE_binary, left, next(p));
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
    n = new_pair(p, NODE_compare, left, NULL);
    n->first = list.first;
    return n;
}

static struct node *parse_not(struct parser *p)
{
    if (!take_name(p, "not"))
        return parse_comparison(p);
    struct node *n = new_node(p, NODE_unary);
    n->integer = RLX_UNARY_NOT;
    if (!enter_expression(p))
        return NULL;
    n->a = parse_not(p);
    p->depth--;
    return n;
}

static struct node *parse_and(struct parser *p)
{
    struct node *left = parse_not(p);

    while (take_name(p, "and"))
        left = new_pair(p, NODE_and, left, parse_not(p));
    return left;
}

static struct node *parse_or(struct parser *p)
{
    struct node *left = parse_and(p);

    while (take_name(p, "or"))
        left = new_pair(p, NODE_or, left, parse_and(p));
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
            if (!enter_expression(p))
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

    if (!enter_expression(p))
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

/* What all of the parser uses: looks at tokens and takes them, makes nodes, refuses a template. */
#include "compiler/template/tree.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct token end_token = {.type = TOKEN_end, .text = ""};

bool refused(const struct parser *p)
{
    return p->refusal->line != 0;
}

const struct token *peek(const struct parser *p)
{
    return refused(p) ? &end_token : &p->tokens[p->at];
}

void next_token(struct parser *p)
{
    if (p->at + 1 < p->count)
        p->at++;
}

static bool is_token(const struct token *t, enum token_type type, const char *text)
{
    return t->type == type && strlen(text) == t->bytes && memcmp(t->text, text, t->bytes) == 0;
}

bool at_name(const struct parser *p, const char *name)
{
    return is_token(peek(p), TOKEN_name, name);
}

bool at_operator(const struct parser *p, const char *operator)
{
    return is_token(peek(p), TOKEN_operator, operator);
}

bool take_name(struct parser *p, const char *name)
{
    bool there = at_name(p, name);

    if (there)
        next_token(p);
    return there;
}

bool take_operator(struct parser *p, const char *operator)
{
    bool there = at_operator(p, operator);

    if (there)
        next_token(p);
    return there;
}

const char *describe_token(const struct parser *p)
{
    const struct token *t = peek(p);

    switch (t->type) {
    case TOKEN_end:
        return "the end of the template";
    case TOKEN_data:
        return "text";
    case TOKEN_block_begin:
    case TOKEN_block_end:
    case TOKEN_variable_begin:
    case TOKEN_variable_end:
        return "the border of a tag";
    default:
        return arena_printf(p->arena, "'%.*s'", (int)min_u64(t->bytes, 40), t->text);
    }
}

struct node *refuse_template(struct parser *p, const char *format, ...)
{
    char text[300];
    va_list arguments;
    uint32_t line = p->tokens[p->at].line;

    if (refused(p))
        return NULL;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    *p->refusal = (struct template_refusal){line, arena_text(p->arena, text, strlen(text))};
    return NULL;
}

void expect_operator(struct parser *p, const char *operator)
{
    if (!take_operator(p, operator))
        refuse_template(p, "expected '%s', found %s", operator, describe_token(p));
}

void expect_name(struct parser *p, const char *name)
{
    if (!take_name(p, name))
        refuse_template(p, "expected '%s', found %s", name, describe_token(p));
}

struct node *new_node(struct parser *p, enum node_kind kind)
{
    struct node *n = arena_new(p->arena, struct node, 1);

    n->kind = kind;
    n->line = p->tokens[p->at].line;
    n->text = "";
    return n;
}

struct node *new_pair(struct parser *p, enum node_kind kind, struct node *a, struct node *b)
{
    struct node *n = new_node(p, kind);

    n->a = a;
    n->b = b;
    return n;
}

struct node *name_node(struct parser *p, enum node_kind kind)
{
    struct node *n = new_node(p, kind);
    const struct token *t = peek(p);

    if (t->type != TOKEN_name) {
        refuse_template(p, "expected a name, found %s", describe_token(p));
        return n;
    }
    n->text = t->text;
    n->bytes = t->bytes;
    next_token(p);
    return n;
}

bool enter(struct parser *p, const char *what)
{
    if (++p->depth > PARSE_DEPTH)
        refuse_template(p, "%s nested deeper than %d", what, PARSE_DEPTH);
    return !refused(p);
}

bool enter_expression(struct parser *p)
{
    return enter(p, "an expression is");
}

void append_node(struct node_list *list, struct node *node)
{
    if (node == NULL)
        return;
    if (list->last == NULL)
        list->first = node;
    else
        list->last->next = node;
    list->last = node;
}

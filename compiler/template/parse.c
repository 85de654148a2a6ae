/* Tokens to statements. In: the tokens of a template; out: a tree. Tags are those of Jinja and its
 * loop controls; a tag that is about other templates (include, import, extends) is refused.
 */
#include "compiler/template/tree.h"

#include <string.h>

static struct node *parse_statements(struct parser *p, const char *const *ends);
static struct node *parse_statement(struct parser *p);

static void end_block(struct parser *p)
{
    if (peek(p)->type == TOKEN_block_end)
        next_token(p);
    else
        refuse_template(p, "expected the end of the tag, found %s", describe_token(p));
}

/* The body of a tag up to one of `ends`, of which the name stays to be read. */
static struct node *parse_body(struct parser *p, const char *const *ends)
{
    end_block(p);
    return parse_statements(p, ends);
}

#define ENDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static struct node *parse_if(struct parser *p)
{
    struct node *n = new_node(p, NODE_if);

    n->a = parse_tuple(p, false, NULL);
    n->body = parse_body(p, ENDS("elif", "else", "endif"));
    if (take_name(p, "elif")) {
        if (enter(p, "elif is"))
            n->other = parse_if(p); /* which reads up to endif */
        p->depth--;
        return n;
    }
    if (take_name(p, "else"))
        n->other = parse_body(p, ENDS("endif"));
    expect_name(p, "endif");
    return n;
}

static struct node *parse_for(struct parser *p)
{
    struct node *n = new_node(p, NODE_for);

    n->a = parse_target(p, false);
    expect_name(p, "in");
    n->b = parse_tuple(p, false, "recursive");
    if (take_name(p, "if"))
        n->c = parse_expression(p);
    n->integer = take_name(p, "recursive");
    p->loops++;
    n->body = parse_body(p, ENDS("endfor", "else"));
    p->loops--;
    if (take_name(p, "else"))
        n->other = parse_body(p, ENDS("endfor"));
    expect_name(p, "endfor");
    return n;
}

static struct node *parse_set(struct parser *p)
{
    struct node *n = new_node(p, NODE_set);

    n->a = parse_target(p, true);
    if (take_operator(p, "=")) {
        n->b = parse_tuple(p, true, NULL);
        return n;
    }
    n->kind = NODE_set_block;
    if (at_operator(p, "|"))
        n->b = parse_filters(p, NULL, false);
    n->body = parse_body(p, ENDS("endset"));
    expect_name(p, "endset");
    return n;
}

/* "(a, b=1)" */
static struct node *parse_parameters(struct parser *p)
{
    struct node_list list = {0};
    bool defaults = false;
    uint32_t count = 0;

    expect_operator(p, "(");
    while (!at_operator(p, ")") && !refused(p)) {
        if (list.first != NULL)
            expect_operator(p, ",");
        struct node *n = name_node(p, NODE_parameter);
        if (take_operator(p, "="))
            n->a = parse_expression(p);
        else if (defaults)
            refuse_template(p, "a parameter without a default follows one that has it");
        defaults = n->a != NULL;
        append_node(&list, n);
        if (++count > 255)
            refuse_template(p, "a macro has more than 255 parameters");
    }
    expect_operator(p, ")");
    return list.first;
}

/* Loops outside of a macro are not those of its body. */
static struct node *parse_apart(struct parser *p, const char *end)
{
    uint32_t loops = p->loops;
    struct node *body;

    p->loops = 0;
    body = parse_body(p, ENDS(end));
    p->loops = loops;
    expect_name(p, end);
    return body;
}

static struct node *parse_macro(struct parser *p)
{
    struct node *n = name_node(p, NODE_macro);

    n->first = parse_parameters(p);
    n->body = parse_apart(p, "endmacro");
    return n;
}

static struct node *parse_call_block(struct parser *p)
{
    struct node *n = new_node(p, NODE_call_block);

    if (at_operator(p, "("))
        n->first = parse_parameters(p);
    n->a = parse_expression(p);
    if (n->a != NULL && n->a->kind != NODE_call)
        refuse_template(p, "expected a call");
    n->body = parse_apart(p, "endcall");
    return n;
}

static struct node *parse_filter_block(struct parser *p)
{
    struct node *n = new_node(p, NODE_filter_block);

    n->b = parse_filters(p, NULL, true);
    n->body = parse_body(p, ENDS("endfilter"));
    expect_name(p, "endfilter");
    return n;
}

static struct node *parse_with(struct parser *p)
{
    struct node *n = new_node(p, NODE_with);
    struct node_list list = {0};

    while (peek(p)->type != TOKEN_block_end && !refused(p)) {
        if (list.first != NULL)
            expect_operator(p, ",");
        struct node *set = new_node(p, NODE_set);
        set->a = parse_target(p, false);
        expect_operator(p, "=");
        set->b = parse_expression(p);
        append_node(&list, set);
    }
    n->first = list.first;
    n->body = parse_body(p, ENDS("endwith"));
    expect_name(p, "endwith");
    return n;
}

/* {% block name %} where nothing extends the template, and {% generation %}: their bodies. */
static struct node *parse_scope(struct parser *p, bool named)
{
    struct node *n = new_node(p, NODE_scope);
    const char *end = named ? "endblock" : "endgeneration";

    if (named) {
        const struct node *name = name_node(p, NODE_name);
        n->text = name->text;
        n->bytes = name->bytes;
        while (take_name(p, "scoped") || take_name(p, "required"))
            ;
    }
    n->body = parse_apart(p, end);
    if (named && peek(p)->type == TOKEN_name)
        next_token(p);
    return n;
}

static struct node *parse_jump(struct parser *p, enum node_kind kind)
{
    if (p->loops == 0)
        refuse_template(p, "%s outside of a loop", kind == NODE_break ? "break" : "continue");
    return new_node(p, kind);
}

static struct node *parse_tag(struct parser *p)
{
    if (take_name(p, "if"))
        return parse_if(p);
    if (take_name(p, "for"))
        return parse_for(p);
    if (take_name(p, "set"))
        return parse_set(p);
    if (take_name(p, "macro"))
        return parse_macro(p);
    if (take_name(p, "call"))
        return parse_call_block(p);
    if (take_name(p, "filter"))
        return parse_filter_block(p);
    if (take_name(p, "with"))
        return parse_with(p);
    if (take_name(p, "generation"))
        return parse_scope(p, false);
    if (take_name(p, "block"))
        return parse_scope(p, true);
    if (take_name(p, "break"))
        return parse_jump(p, NODE_break);
    if (take_name(p, "continue"))
        return parse_jump(p, NODE_continue);
    return refuse_template(p, "unknown tag %s", describe_token(p));
}

static struct node *parse_statement(struct parser *p)
{
    const struct token *t = peek(p);
    struct node *n = NULL;

    if (t->type == TOKEN_data) {
        n = new_node(p, NODE_data);
        n->text = t->text;
        n->bytes = t->bytes;
        next_token(p);
        return n;
    }
    if (t->type == TOKEN_variable_begin) {
        next_token(p);
        n = new_node(p, NODE_output);
        n->a = parse_tuple(p, true, NULL);
        if (peek(p)->type == TOKEN_variable_end)
            next_token(p);
        else
            refuse_template(p, "expected the end of the expression, found %s", describe_token(p));
        return n;
    }
    if (enter(p, "tags are"))
        n = parse_tag(p);
    p->depth--;
    end_block(p);
    return n;
}

static bool at_end(const struct parser *p, const char *const *ends)
{
    for (; *ends != NULL; ends++)
        if (at_name(p, *ends))
            return true;
    return false;
}

static struct node *parse_statements(struct parser *p, const char *const *ends)
{
    struct node_list list = {0};

    while (peek(p)->type != TOKEN_end) {
        if (peek(p)->type == TOKEN_block_begin) {
            next_token(p);
            if (at_end(p, ends))
                return list.first;
        }
        append_node(&list, parse_statement(p));
    }
    if (ends[0] != NULL)
        refuse_template(p, "expected {%% %s %%}, found the end of the template", ends[0]);
    return list.first;
}

struct node *parse_template(struct parser *p)
{
    struct node *first = parse_statements(p, (const char *const[]){NULL});

    return refused(p) ? NULL : first;
}

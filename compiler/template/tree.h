/* The tree of a Jinja template, between parse*.c and emit*.c. The comment beside a kind says what
 * its children, text and number are. */
#ifndef RLXC_TEMPLATE_TREE_H
#define RLXC_TEMPLATE_TREE_H

#include "compiler/template/lex.h"

#include <rlx/template_format.h>

enum node_kind {
    /* expressions */
    NODE_name,      /* text */
    NODE_string,    /* text */
    NODE_integer,   /* integer */
    NODE_float,     /* real */
    NODE_none,      /* */
    NODE_bool,      /* integer: 0 or 1 */
    NODE_list,      /* first: items */
    NODE_tuple,     /* first: items */
    NODE_dict,      /* first: key, value, key, value, … */
    NODE_attribute, /* a; text */
    NODE_item,      /* a [b] */
    NODE_slice,     /* a [b : c : d]; each of b, c, d may be NULL */
    NODE_call,      /* a; first: arguments */
    NODE_argument,  /* a; integer: argument_kind; text: its keyword */
    NODE_filter,    /* a (NULL in filter blocks: the text); text: its name; first: arguments */
    NODE_test,      /* a; text: its name; first: arguments */
    NODE_unary,     /* a; integer: rlx_template_unary */
    NODE_binary,    /* a, b; integer: rlx_template_binary */
    NODE_concat,    /* first: parts */
    NODE_compare,   /* a; first: NODE_operand */
    NODE_operand,   /* a; integer: rlx_template_compare */
    NODE_and,       /* a, b */
    NODE_or,        /* a, b */
    NODE_condition, /* a if b else c; c may be NULL */
    /* statements */
    NODE_data,         /* text */
    NODE_output,       /* a */
    NODE_if,           /* if a: body; other: statements of else, elif inside */
    NODE_for,          /* for a in b if c (may be NULL): body; other; integer: recursive */
    NODE_set,          /* a = b */
    NODE_set_block,    /* a = body through the filters b (may be NULL) */
    NODE_macro,        /* text; first: NODE_parameter; body */
    NODE_parameter,    /* text; a: default, may be NULL */
    NODE_call_block,   /* a: NODE_call; first: parameters; body */
    NODE_filter_block, /* b: filters; body */
    NODE_with,         /* first: NODE_set; body */
    NODE_scope,        /* body; text: the block's name, "" of none */
    NODE_break,
    NODE_continue,
};

enum argument_kind { ARGUMENT_value, ARGUMENT_keyword, ARGUMENT_list, ARGUMENT_dict };

struct node {
    enum node_kind kind;
    uint32_t line;
    struct node *next; /* beside it in a list */
    struct node *a, *b, *c, *d;
    struct node *first;        /* a list */
    struct node *body, *other; /* statements */
    const char *text;
    uint32_t bytes;
    int64_t integer;
    double real;
};

struct parser {
    struct arena *arena;
    const struct token *tokens;
    uint32_t at, count;
    uint32_t depth;
    uint32_t loops; /* that surround the place, up to the macro */
    struct template_refusal *refusal;
};

/* The whole template; NULL (with a refusal) where it is not one. A refusal ends the tokens, so that
 * every caller that reads on comes to its end. */
struct node *parse_template(struct parser *p);

/* ---- between the files parse*.c ---- */

enum { PARSE_DEPTH = 150 };

const struct token *peek(const struct parser *p);
void next_token(struct parser *p);
const char *describe_token(const struct parser *p); /* for messages */
bool at_name(const struct parser *p, const char *name);
bool at_operator(const struct parser *p, const char *operator);
bool take_name(struct parser *p, const char *name);
bool take_operator(struct parser *p, const char *operator);
void expect_operator(struct parser *p, const char *operator);
void expect_name(struct parser *p, const char *name);
struct node *refuse_template(struct parser *p, const char *format, ...)
    __attribute__((format(printf, 2, 3))); /* NULL */
bool refused(const struct parser *p);
bool enter(struct parser *p, const char *what); /* one level deeper; the caller leaves by depth-- */
bool enter_expression(struct parser *p);
struct node *new_node(struct parser *p, enum node_kind kind);
struct node *new_pair(struct parser *p, enum node_kind kind, struct node *a, struct node *b);
struct node *name_node(struct parser *p, enum node_kind kind); /* takes a name as its text */
/* A list in the making: appends, and gives its first node. */
struct node_list {
    struct node *first, *last;
};
void append_node(struct node_list *list, struct node *node);

struct node *parse_expression(struct parser *p);
/* parse_operand.c: a literal, a name or parentheses; with attributes, items and calls behind it; with filters
 * and tests. */
struct node *parse_operand(struct parser *p);
struct node *parse_postfix(struct parser *p, struct node *n);
struct node *parse_filters_and_tests(struct parser *p, struct node *n);
/* Expressions with commas between them make a tuple; `end`: a name that ends it, or NULL. */
struct node *parse_tuple(struct parser *p, bool condition, const char *end);
/* Names, and with `attributes` names with one attribute, alone or as a tuple. */
struct node *parse_target(struct parser *p, bool attributes);
/* "| name(…) | …" behind `value`; `begun`: the first bar is behind us. */
struct node *parse_filters(struct parser *p, struct node *value, bool begun);

#endif

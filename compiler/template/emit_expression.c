/* Expressions to code. In: a tree; out: instructions that leave its value on the stack. Unknown
 * filters and tests fail when they run, as in Jinja under an `if`.
 */
#include "compiler/template/emit.h"

#include <string.h>

static const struct {
    const char *name;
    uint32_t number;
} filters[] =
    {
#define FILTER(name, parameters) {#name, RLX_FILTER_##name},
#define FILTER_ALIAS(text, name) {text, RLX_FILTER_##name},
#include <rlx/template_words.def>
},
  tests[] = {
#define TEST(name, parameters) {#name, RLX_TEST_##name},
#define TEST_ALIAS(text, name) {text, RLX_TEST_##name},
#include <rlx/template_words.def>
};

static bool is_word(const struct node *n, const char *word)
{
    return strlen(word) == n->bytes && memcmp(n->text, word, n->bytes) == 0;
}

/* ---- calls ---- */

/* Values, pairs, and what the stars add; counts go into the instruction after them. */
struct argument_counts {
    uint32_t values, keywords, flags;
};

static struct argument_counts emit_arguments(struct program *p, const struct node *first)
{
    struct argument_counts c = {0};
    const struct node *list = NULL, *dict = NULL;

    for (const struct node *n = first; n != NULL; n = n->next) {
        if (n->integer == ARGUMENT_value) {
            emit_expression(p, n->a);
            c.values++;
        }
    }
    for (const struct node *n = first; n != NULL; n = n->next) {
        if (n->integer == ARGUMENT_keyword) {
            emit(p, RLX_OP_CONSTANT, text_constant(p, n->text, n->bytes));
            emit_expression(p, n->a);
            c.keywords++;
        } else if (n->integer == ARGUMENT_list) {
            list = n;
        } else if (n->integer == ARGUMENT_dict) {
            dict = n;
        }
    }
    if (list != NULL)
        emit_expression(p, list->a);
    if (dict != NULL)
        emit_expression(p, dict->a);
    c.flags = (list != NULL ? 1u : 0u) | (dict != NULL ? 2u : 0u);
    return c;
}

static bool has_stars(const struct node *first)
{
    for (const struct node *n = first; n != NULL; n = n->next)
        if (n->integer == ARGUMENT_list || n->integer == ARGUMENT_dict)
            return true;
    return false;
}

/* self.name, of a block. */
static bool is_block(const struct node *n)
{
    return n != NULL && n->kind == NODE_attribute && n->a != NULL && n->a->kind == NODE_name &&
           is_word(n->a, "self");
}

void emit_call(struct program *p, const struct node *n, const struct node *call_block)
{
    emit_expression(p, n->a);
    if (call_block != NULL && has_stars(n->first))
        emit_refusal(p, "a call block passes * or **, which is not supported");
    struct argument_counts c = emit_arguments(p, n->first);
    if (call_block != NULL) {
        uint32_t macro = emit_macro(p, call_block, false);
        emit(p, RLX_OP_CONSTANT, text_constant(p, "caller", 6));
        emit(p, RLX_OP_MACRO, macro);
        c.keywords++;
    }
    p->line = n->line;
    emit_full(p, RLX_OP_CALL, c.values, c.keywords, c.flags, 0);
}

static void emit_unknown(struct program *p, const struct node *n, const char *what)
{
    const char *text =
        arena_printf(p->arena, "No %s named '%.*s'.", what, (int)min_u64(n->bytes, 100), n->text);

    emit(p, RLX_OP_FAIL, text_constant(p, text, strlen(text)));
    emit(p, RLX_OP_UNDEFINED, 0);
}

static void emit_filter(struct program *p, const struct node *n)
{
    for (size_t i = 0; i < countof(filters); i++)
        if (is_word(n, filters[i].name)) {
            if (has_stars(n->first))
                emit_refusal(p, "a filter is called with * or **, which is not supported");
            struct argument_counts c = emit_arguments(p, n->first);
            p->line = n->line;
            emit_full(p, RLX_OP_FILTER, c.values, c.keywords, 0, filters[i].number);
            return;
        }
    emit_unknown(p, n, "filter");
}

void emit_filters_around(struct program *p, const struct node *filters_node)
{
    if (filters_node == NULL || emit_refused(p))
        return;
    if (++p->depth > EMIT_DEPTH)
        emit_refusal(p, "an expression is too long");
    emit_filters_around(p, filters_node->a);
    p->depth--;
    emit_filter(p, filters_node);
}

static void emit_test(struct program *p, const struct node *n)
{
    emit_expression(p, n->a);
    for (size_t i = 0; i < countof(tests); i++)
        if (is_word(n, tests[i].name)) {
            if (has_stars(n->first))
                emit_refusal(p, "a test is called with * or **, which is not supported");
            struct argument_counts c = emit_arguments(p, n->first);
            p->line = n->line;
            emit_full(p, RLX_OP_TEST, c.values, c.keywords, 0, tests[i].number);
            return;
        }
    emit_unknown(p, n, "test");
}

/* ---- operators ---- */

static uint32_t emit_list(struct program *p, const struct node *first)
{
    uint32_t count = 0;

    for (const struct node *n = first; n != NULL; n = n->next, count++)
        emit_expression(p, n);
    return count;
}

/* a < b < c: each operand is computed once, and none after the first that fails. */
static void emit_compare(struct program *p, const struct node *n)
{
    uint32_t *jumps = NULL, count = 0, capacity = 0;

    emit_expression(p, n->a);
    for (const struct node *o = n->first; o != NULL; o = o->next) {
        emit_expression(p, o->a);
        if (o->next == NULL) {
            emit(p, RLX_OP_COMPARE, (uint32_t)o->integer);
            break;
        }
        ARENA_PUSH(p->arena, jumps, count, capacity) = p->code_count;
        emit_full(p, RLX_OP_CHAIN, 0, 0, (uint32_t)o->integer, 0);
    }
    for (uint32_t i = 0; i < count; i++)
        set_target(p, jumps[i]);
}

static void emit_condition(struct program *p, const struct node *n)
{
    emit_expression(p, n->b);
    uint32_t otherwise = emit(p, RLX_OP_JUMP_IF_FALSE, 0);
    emit_expression(p, n->a);
    uint32_t end = emit(p, RLX_OP_JUMP, 0);
    set_target(p, otherwise);
    if (n->c != NULL)
        emit_expression(p, n->c);
    else
        emit(p, RLX_OP_UNDEFINED, 0);
    set_target(p, end);
}

static void emit_slice(struct program *p, const struct node *n)
{
    const struct node *const bounds[] = {n->b, n->c, n->d};

    emit_expression(p, n->a);
    for (size_t i = 0; i < countof(bounds); i++) {
        if (bounds[i] != NULL)
            emit_expression(p, bounds[i]);
        else
            emit(p, RLX_OP_NONE, 0);
    }
    emit(p, RLX_OP_SLICE, 0);
}

/* Macros know which of these three their bodies use. */
static void emit_name(struct program *p, const struct node *n)
{
    for (struct macro_context *m = p->inside; m != NULL; m = m->around) {
        m->extra = m->extra || is_word(n, "varargs");
        m->extra_keywords = m->extra_keywords || is_word(n, "kwargs");
        m->caller = m->caller || is_word(n, "caller");
    }
    emit(p, RLX_OP_LOAD, variable(p, n->text, n->bytes));
}

static void emit_operation(struct program *p, const struct node *n)
{
    uint32_t jump;

    switch (n->kind) {
    case NODE_unary:
        emit_expression(p, n->a);
        emit(p, RLX_OP_UNARY, (uint32_t)n->integer);
        return;
    case NODE_binary:
        emit_expression(p, n->a);
        emit_expression(p, n->b);
        emit(p, RLX_OP_BINARY, (uint32_t)n->integer);
        return;
    case NODE_concat:
        emit(p, RLX_OP_CONCAT, emit_list(p, n->first));
        return;
    case NODE_compare:
        emit_compare(p, n);
        return;
    case NODE_and:
    case NODE_or:
        emit_expression(p, n->a);
        jump = emit(p, n->kind == NODE_and ? RLX_OP_AND : RLX_OP_OR, 0);
        emit_expression(p, n->b);
        set_target(p, jump);
        return;
    case NODE_condition:
        emit_condition(p, n);
        return;
    case NODE_attribute:
        if (is_block(n)) {
            emit(p, RLX_OP_LOAD, block_variable(p, n));
            return;
        }
        emit_expression(p, n->a);
        emit(p, RLX_OP_ATTRIBUTE, text_constant(p, n->text, n->bytes));
        return;
    case NODE_item:
        emit_expression(p, n->a);
        emit_expression(p, n->b);
        emit(p, RLX_OP_ITEM, 0);
        return;
    case NODE_slice:
        emit_slice(p, n);
        return;
    case NODE_call:
        emit_call(p, n, NULL);
        return;
    case NODE_filter:
        emit_expression(p, n->a);
        emit_filter(p, n);
        return;
    default:
        emit_test(p, n);
    }
}

void emit_expression(struct program *p, const struct node *n)
{
    uint64_t bits;

    if (n == NULL || emit_refused(p))
        return;
    p->line = n->line;
    if (++p->depth > EMIT_DEPTH)
        emit_refusal(p, "an expression is too long");
    switch (n->kind) {
    case NODE_name:
        emit_name(p, n);
        break;
    case NODE_string:
        emit(p, RLX_OP_CONSTANT, text_constant(p, n->text, n->bytes));
        break;
    case NODE_integer:
        emit(p, RLX_OP_CONSTANT, number_constant(p, RLX_CONSTANT_INTEGER, (uint64_t)n->integer));
        break;
    case NODE_float:
        memcpy(&bits, &n->real, sizeof bits);
        emit(p, RLX_OP_CONSTANT, number_constant(p, RLX_CONSTANT_FLOAT, bits));
        break;
    case NODE_none:
        emit(p, RLX_OP_NONE, 0);
        break;
    case NODE_bool:
        emit(p, RLX_OP_BOOL, (uint32_t)n->integer);
        break;
    case NODE_list:
        emit(p, RLX_OP_LIST, emit_list(p, n->first));
        break;
    case NODE_tuple:
        emit(p, RLX_OP_TUPLE, emit_list(p, n->first));
        break;
    case NODE_dict:
        emit(p, RLX_OP_DICT, emit_list(p, n->first) / 2);
        break;
    default:
        emit_operation(p, n);
    }
    p->depth--;
}

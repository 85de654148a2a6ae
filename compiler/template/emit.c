/* Statements to code. In: the tree of a template; out: instructions (rlx/template_format.h). The
 * running code resolves a variable: through the chain of scopes, the innermost first. Loops,
 * macros, blocks of set, filter and with have scopes of their own, as in Jinja.
 */
#include "compiler/template/emit.h"

#include <string.h>

enum { MAX_CODE = 1 << 20 };

/* ---- code ---- */

bool emit_refused(const struct program *p)
{
    return p->refusal->line != 0;
}

void emit_refusal(struct program *p, const char *reason)
{
    if (!emit_refused(p))
        *p->refusal = (struct template_refusal){p->line != 0 ? p->line : 1, reason};
}

void emit_full(struct program *p, enum rlx_template_op op, uint32_t count, uint32_t keywords,
               uint32_t flags, uint32_t arg)
{
    if (p->code_count == MAX_CODE || count > 255 || keywords > 255)
        emit_refusal(p, "the template is too large");
    if (emit_refused(p))
        return;
    ARENA_PUSH(p->arena, p->code, p->code_count, p->code_capacity) =
        (struct rlx_template_instruction){(uint8_t)op, (uint8_t)count, (uint8_t)keywords,
                                          (uint8_t)flags, arg};
    ARENA_PUSH(p->arena, p->lines, p->line_count, p->line_capacity) = p->line != 0 ? p->line : 1;
}

uint32_t emit(struct program *p, enum rlx_template_op op, uint32_t arg)
{
    emit_full(p, op, 0, 0, 0, arg);
    return p->code_count == 0 ? 0 : p->code_count - 1;
}

void set_target(struct program *p, uint32_t jump)
{
    if (!emit_refused(p))
        p->code[jump].arg = p->code_count;
}

/* Where the table keeps what belongs to a text. */
static uint32_t *place_of(struct program *p, uint32_t **table, uint32_t *capacity, str_id id)
{
    while (id >= *capacity) {
        uint32_t before = *capacity;
        *table = arena_grow(p->arena, *table, before, capacity, 1, sizeof **table);
        memset(*table + before, 0, (*capacity - before) * sizeof **table);
    }
    return &(*table)[id];
}

uint32_t text_constant(struct program *p, const char *text, size_t bytes)
{
    str_id id = str_intern(&p->texts, text, bytes);
    uint32_t *place = place_of(p, &p->constant_of, &p->constant_of_capacity, id);

    if (*place != 0)
        return *place - 1;
    ARENA_PUSH(p->arena, p->constants, p->constant_count, p->constant_capacity) =
        (struct rlx_template_constant){RLX_CONSTANT_TEXT, (uint32_t)bytes, id};
    return (*place = p->constant_count) - 1;
}

uint32_t number_constant(struct program *p, enum rlx_template_constant_kind kind, uint64_t value)
{
    char key[1 + sizeof value] = {(char)kind};

    memcpy(key + 1, &value, sizeof value);
    str_id id = str_intern(&p->numbers, key, sizeof key);
    uint32_t *place = place_of(p, &p->number_of, &p->number_of_capacity, id);
    if (*place != 0)
        return *place - 1;
    ARENA_PUSH(p->arena, p->constants, p->constant_count, p->constant_capacity) =
        (struct rlx_template_constant){.kind = kind, .value = value};
    return (*place = p->constant_count) - 1;
}

uint32_t variable(struct program *p, const char *text, size_t bytes)
{
    str_id id = str_intern(&p->texts, text, bytes);
    uint32_t *place = place_of(p, &p->name_of, &p->name_of_capacity, id);

    if (*place != 0)
        return *place - 1;
    ARENA_PUSH(p->arena, p->names, p->name_count, p->name_capacity) = id;
    return (*place = p->name_count) - 1;
}

uint32_t block_variable(struct program *p, const struct node *n)
{
    const char *name = arena_printf(p->arena, "*block %.*s", (int)n->bytes, n->text);

    return variable(p, name, strlen(name));
}

static uint32_t named(struct program *p, const char *name)
{
    return variable(p, name, strlen(name));
}

/* ---- scopes and captures ---- */

static void open_scope(struct program *p, bool capture)
{
    emit(p, capture ? RLX_OP_CAPTURE : RLX_OP_SCOPE, 0);
    ARENA_PUSH(p->arena, p->open, p->open_count, p->open_capacity) = capture;
}

static void close_scope(struct program *p)
{
    emit(p, p->open[--p->open_count] ? RLX_OP_CAPTURED : RLX_OP_LEAVE, 0);
}

/* Leaves what was opened since the loop began; the code after it is elsewhere. */
static void unwind(struct program *p, const struct loop_context *loop)
{
    for (uint32_t i = p->open_count; i > loop->open_count; i--)
        emit_full(p, p->open[i - 1] ? RLX_OP_CAPTURED : RLX_OP_LEAVE, 0, 0, p->open[i - 1] ? 1 : 0,
                  0);
}

/* ---- statements ---- */

static void emit_statements(struct program *p, const struct node *first);

/* The value on the stack goes to a target. */
static void emit_store(struct program *p, const struct node *target)
{
    uint32_t count = 0, hidden;

    if (target == NULL)
        return;
    switch (target->kind) {
    case NODE_name:
        emit(p, RLX_OP_STORE, variable(p, target->text, target->bytes));
        return;
    case NODE_attribute:
        hidden = named(p, "*value"); /* a name that no template can spell */
        emit(p, RLX_OP_STORE, hidden);
        emit_expression(p, target->a);
        emit(p, RLX_OP_LOAD, hidden);
        emit(p, RLX_OP_STORE_ATTRIBUTE, text_constant(p, target->text, target->bytes));
        return;
    default:
        for (const struct node *n = target->first; n != NULL; n = n->next)
            count++;
        emit(p, RLX_OP_UNPACK, count);
        for (const struct node *n = target->first; n != NULL; n = n->next)
            emit_store(p, n);
    }
}

static void emit_if(struct program *p, const struct node *n)
{
    emit_expression(p, n->a);
    uint32_t otherwise = emit(p, RLX_OP_JUMP_IF_FALSE, 0);
    emit_statements(p, n->body);
    if (n->other == NULL) {
        set_target(p, otherwise);
        return;
    }
    uint32_t end = emit(p, RLX_OP_JUMP, 0);
    set_target(p, otherwise);
    emit_statements(p, n->other);
    set_target(p, end);
}

/* Whether a name is read anywhere in a list of nodes or beneath it. */
static bool reads_name(const struct node *first, const char *name)
{
    for (const struct node *n = first; n != NULL; n = n->next) {
        const struct node *const below[] = {n->a, n->b, n->c, n->d, n->first, n->body, n->other};
        if (n->kind == NODE_name && n->bytes == strlen(name) &&
            memcmp(n->text, name, n->bytes) == 0)
            return true;
        for (size_t i = 0; i < countof(below); i++)
            if (reads_name(below[i], name))
                return true;
    }
    return false;
}

/* for … if where the body uses the variables of the loop, which know how many items there are: a
 * loop in front collects the items for which the condition holds. Elsewhere each item is tested
 * when its turn comes, so that the body may change the result, as in Jinja. */
static void emit_filtered(struct program *p, const struct node *n)
{
    uint32_t item = named(p, "*item");

    emit(p, RLX_OP_COLLECT, 0);
    emit_expression(p, n->b);
    emit(p, RLX_OP_FOR, 0);
    uint32_t again = emit(p, RLX_OP_NEXT, 0);
    emit(p, RLX_OP_STORE, item);
    emit(p, RLX_OP_LOAD, item);
    emit_store(p, n->a);
    emit_expression(p, n->c);
    emit(p, RLX_OP_JUMP_IF_FALSE, again);
    emit(p, RLX_OP_LOAD, item);
    emit(p, RLX_OP_APPEND, 0);
    emit(p, RLX_OP_JUMP, again);
    set_target(p, again);
    emit(p, RLX_OP_DONE, 0);
}

static void emit_for(struct program *p, const struct node *n)
{
    struct loop_context loop = {.around = p->loops, .open_count = p->open_count};
    bool variables = n->integer != 0 || reads_name(n->body, "loop");

    if (n->c != NULL && variables)
        emit_filtered(p, n);
    else
        emit_expression(p, n->b);
    p->line = n->line;
    uint32_t begin = p->code_count;
    emit_full(p, RLX_OP_FOR, 0, 0, n->integer != 0, 0);
    loop.again = emit(p, RLX_OP_NEXT, 0);
    emit_store(p, n->a);
    if (variables) {
        emit(p, RLX_OP_LOOP, 0);
        emit(p, RLX_OP_STORE, named(p, "loop"));
    } else if (n->c != NULL) {
        emit_expression(p, n->c);
        emit(p, RLX_OP_JUMP_IF_FALSE, loop.again);
    }
    p->loops = &loop;
    emit_statements(p, n->body);
    p->loops = loop.around;
    emit_full(p, RLX_OP_JUMP, 0, 0, 1, loop.again);
    set_target(p, loop.again);
    for (uint32_t i = 0; i < loop.break_count; i++)
        set_target(p, loop.breaks[i]);
    uint32_t done = p->code_count;
    emit_full(p, RLX_OP_DONE, 0, 0, n->other != NULL, 0);
    if (n->other != NULL) {
        open_scope(p, false);
        emit_statements(p, n->other);
        close_scope(p);
        set_target(p, done);
    }
    if (n->integer != 0)
        emit_full(p, RLX_OP_RETURN, 0, 0, 1, begin);
}

static void emit_break(struct program *p, const struct node *n)
{
    struct loop_context *loop = p->loops;

    if (loop == NULL) {
        emit_refusal(p, "break or continue outside of a loop");
        return;
    }
    unwind(p, loop);
    if (n->kind == NODE_continue) {
        emit(p, RLX_OP_JUMP, loop->again);
        return;
    }
    ARENA_PUSH(p->arena, loop->breaks, loop->break_count, loop->break_capacity) =
        emit(p, RLX_OP_JUMP, 0);
}

static void emit_parameters(struct program *p, const struct node *first,
                            struct rlx_template_macro *macro)
{
    uint32_t index = 0;

    macro->first_parameter = p->parameter_count;
    for (const struct node *n = first; n != NULL; n = n->next)
        ARENA_PUSH(p->arena, p->parameters, p->parameter_count, p->parameter_capacity) =
            variable(p, n->text, n->bytes);
    macro->parameter_count = p->parameter_count - macro->first_parameter;
    for (const struct node *n = first; n != NULL; n = n->next, index++) {
        if (n->a == NULL)
            continue;
        uint32_t bound = p->code_count;
        emit_full(p, RLX_OP_JUMP_IF_BOUND, index, 0, 0, 0);
        emit_expression(p, n->a);
        emit(p, RLX_OP_STORE, variable(p, n->text, n->bytes));
        set_target(p, bound);
    }
}

uint32_t emit_macro(struct program *p, const struct node *n, bool named_macro)
{
    struct macro_context inside = {.around = p->inside};
    struct loop_context *loops = p->loops;
    uint32_t skip = emit(p, RLX_OP_JUMP, 0), open_count = p->open_count;
    struct rlx_template_macro macro = {.name = named_macro ? text_constant(p, n->text, n->bytes)
                                                           : UINT32_MAX,
                                       .code = p->code_count};

    p->inside = &inside;
    p->loops = NULL;
    emit_parameters(p, n->first, &macro);
    emit_statements(p, n->body);
    emit(p, RLX_OP_RETURN, 0);
    p->open_count = open_count;
    p->loops = loops;
    p->inside = inside.around;
    macro.flags = (inside.extra ? RLX_MACRO_EXTRA : 0u) |
                  (inside.extra_keywords ? RLX_MACRO_EXTRA_KEYWORDS : 0u) |
                  (inside.caller ? RLX_MACRO_CALLER : 0u);
    macro.extra = inside.extra ? named(p, "varargs") : 0;
    macro.extra_keywords = inside.extra_keywords ? named(p, "kwargs") : 0;
    macro.caller = inside.caller ? named(p, "caller") : 0;
    ARENA_PUSH(p->arena, p->macros, p->macro_count, p->macro_capacity) = macro;
    set_target(p, skip);
    return p->macro_count - 1;
}

/* A body whose text is on the stack afterwards, through `filters`. */
static void emit_captured(struct program *p, const struct node *n)
{
    open_scope(p, true);
    open_scope(p, false);
    emit_statements(p, n->body);
    close_scope(p);
    close_scope(p);
    emit_filters_around(p, n->b);
}

/* {% block name %}: its text, here, and again wherever self.name() asks for it. */
static void emit_block(struct program *p, const struct node *n)
{
    uint32_t name = block_variable(p, n);

    emit(p, RLX_OP_MACRO, emit_macro(p, n, true));
    emit(p, RLX_OP_STORE, name);
    emit(p, RLX_OP_LOAD, name);
    emit(p, RLX_OP_CALL, 0);
    emit(p, RLX_OP_PRINT, 0);
}

static void emit_with(struct program *p, const struct node *n)
{
    uint32_t count = 0;

    for (const struct node *set = n->first; set != NULL; set = set->next, count++)
        emit_expression(p, set->b);
    open_scope(p, false);
    const struct node **targets = arena_new(p->arena, const struct node *, count + 1);
    count = 0;
    for (const struct node *set = n->first; set != NULL; set = set->next)
        targets[count++] = set->a;
    for (; count > 0; count--)
        emit_store(p, targets[count - 1]);
    emit_statements(p, n->body);
    close_scope(p);
}

static void emit_statement(struct program *p, const struct node *n)
{
    p->line = n->line;
    switch (n->kind) {
    case NODE_data:
        emit(p, RLX_OP_TEXT, text_constant(p, n->text, n->bytes));
        return;
    case NODE_output:
        emit_expression(p, n->a);
        emit(p, RLX_OP_PRINT, 0);
        return;
    case NODE_if:
        emit_if(p, n);
        return;
    case NODE_for:
        emit_for(p, n);
        return;
    case NODE_set:
        emit_expression(p, n->b);
        emit_store(p, n->a);
        return;
    case NODE_set_block:
        emit_captured(p, n);
        emit_store(p, n->a);
        return;
    case NODE_macro:
        emit(p, RLX_OP_MACRO, emit_macro(p, n, true));
        emit(p, RLX_OP_STORE, variable(p, n->text, n->bytes));
        return;
    case NODE_call_block:
        emit_call(p, n->a, n);
        emit(p, RLX_OP_PRINT, 0);
        return;
    case NODE_filter_block:
        emit_captured(p, n);
        emit(p, RLX_OP_PRINT, 0);
        return;
    case NODE_with:
        emit_with(p, n);
        return;
    case NODE_scope:
        if (n->bytes != 0) {
            emit_block(p, n);
            return;
        }
        open_scope(p, false);
        emit_statements(p, n->body);
        close_scope(p);
        return;
    default:
        emit_break(p, n);
    }
}

static void emit_statements(struct program *p, const struct node *first)
{
    for (const struct node *n = first; n != NULL && !emit_refused(p); n = n->next)
        emit_statement(p, n);
}

bool template_emit(struct program *p, const struct node *statements)
{
    emit_statements(p, statements);
    emit(p, RLX_OP_END, 0);
    return !emit_refused(p);
}

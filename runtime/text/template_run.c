/* The machine that runs a compiled chat template. In: a template and variables; out: text with its
 * marks. The meaning of each instruction stands in rlx/template_format.h. The code was checked when
 * the section was opened; what depends on the way that it takes (the depth of stacks) is checked
 * here.
 */
#include "runtime/text/template.h"

#include <string.h>

enum { STACK_VALUES = 4096 };

/* Variables of one stretch of the template. The outermost scope is the array `globals`. */
struct scope {
    struct scope *parent;
    uint32_t *names;
    struct value *values;
    uint32_t count, capacity;
};

struct capture {
    struct builder text;
    struct capture *below;
};

/* A call of a macro, or of a recursive loop. */
struct call {
    struct call *below;
    const struct rlx_template_macro *macro; /* NULL: a loop */
    uint32_t back, loop_code, loop_depth;
    struct scope *scope;
    struct loop *loops;
    struct capture *captures;
    size_t stack; /* values below the call */
    bool given[256];
};

struct machine {
    struct render *render;
    const struct template *template;
    uint32_t at; /* the next instruction */
    struct value *stack;
    size_t count;
    struct value *globals; /* for each name */
    struct scope *scope;   /* NULL: the outermost */
    struct loop *loops;
    struct capture *captures;
    struct call *calls;
    uint32_t depth; /* of calls and captures */
};

/* ---- the stack ---- */

static void push(struct machine *m, struct value v)
{
    if (m->count < STACK_VALUES)
        m->stack[m->count++] = v;
    else
        render_fail(m->render, "an expression is too large");
}

static struct value pop(struct machine *m)
{
    if (m->count > (m->calls == NULL ? 0 : m->calls->stack))
        return m->stack[--m->count];
    return render_fail(m->render, "the template's code is damaged");
}

/* The last `count` values, which leave the stack; they stay readable until the next push. */
static const struct value *take(struct machine *m, size_t count)
{
    size_t floor = m->calls == NULL ? 0 : m->calls->stack;

    if (count > m->count - floor) {
        render_fail(m->render, "the template's code is damaged");
        return NULL;
    }
    m->count -= count;
    return m->stack + m->count;
}

/* ---- variables ---- */

static struct value load(struct machine *m, uint32_t name)
{
    struct value found = m->globals[name];
    size_t passed = 0;

    for (const struct scope *s = m->scope; s != NULL; s = s->parent) {
        uint32_t i = 0;
        while (i < s->count && s->names[i] != name)
            i++;
        passed += 1 + i;
        if (i < s->count) {
            found = s->values[i];
            break;
        }
    }
    render_charge(m->render, passed / 16);
    return found;
}

static void store_in(struct machine *m, struct scope *s, uint32_t name, struct value v)
{
    for (uint32_t i = 0; i < s->count; i++)
        if (s->names[i] == name) {
            s->values[i] = v;
            return;
        }
    render_charge(m->render, s->count / 16);
    if (s->count == s->capacity) {
        uint32_t capacity = 2 * s->capacity + 4;
        uint32_t *names = render_alloc(m->render, capacity * sizeof *names);
        struct value *values = render_alloc(m->render, capacity * sizeof *values);
        if (m->render->failed)
            return;
        if (s->count != 0) {
            memcpy(names, s->names, s->count * sizeof *names);
            memcpy(values, s->values, s->count * sizeof *values);
        }
        s->names = names;
        s->values = values;
        s->capacity = capacity;
    }
    s->names[s->count] = name;
    s->values[s->count++] = v;
}

static void store(struct machine *m, uint32_t name, struct value v)
{
    if (m->scope == NULL)
        m->globals[name] = v;
    else
        store_in(m, m->scope, name, v);
}

static struct scope *new_scope(struct machine *m, struct scope *parent)
{
    struct scope *s = render_alloc(m->render, sizeof *s);

    s->parent = parent;
    return s;
}

static void leave_scope(struct machine *m)
{
    if (m->scope == NULL)
        render_fail(m->render, "the template's code is damaged");
    else
        m->scope = m->scope->parent;
}

static void store_attribute(struct machine *m, struct value name)
{
    struct value v = pop(m), object = pop(m);

    if (m->render->failed)
        return;
    if (object.kind == VALUE_UNDEFINED)
        fail_undefined(m->render, object);
    else if (object.kind != VALUE_NAMESPACE)
        render_fail(m->render, "cannot assign attribute on non-namespace object");
    else if (name.as.text->bytes != 0 && name.as.text->data[0] == '_')
        render_fail(m->render, "a namespace takes no names that begin with _");
    else
        dict_set(m->render, object.as.dict, name, v);
}

/* ---- output ---- */

static void begin_capture(struct machine *m)
{
    struct capture *c = render_alloc(m->render, sizeof *c);

    if (++m->depth > RENDER_DEPTH)
        render_fail(m->render, "calls are nested deeper than %d", RENDER_DEPTH);
    if (m->render->failed)
        return;
    *c = (struct capture){.text = {.render = m->render}, .below = m->captures};
    m->captures = c;
}

static struct value end_capture(struct machine *m)
{
    struct capture *c = m->captures;

    if (c->below == NULL || (m->calls != NULL && c == m->calls->captures))
        return render_fail(m->render, "the template's code is damaged");
    m->captures = c->below;
    m->depth--;
    return builder_value(&c->text);
}

/* ---- loops ---- */

static void begin_loop(struct machine *m, struct value iterable, uint32_t code)
{
    struct sequence *items = value_items(m->render, iterable);
    struct loop *loop = render_alloc(m->render, sizeof *loop);

    if (m->render->failed)
        return;
    bool again = m->calls != NULL && m->calls->macro == NULL && m->calls->loop_code == code &&
                 m->calls->loops == m->loops;
    *loop = (struct loop){.items = items,
                          .index = SIZE_MAX,
                          .seen = value_absent,
                          .depth = again ? m->calls->loop_depth : 0,
                          .code = code,
                          .outer = m->scope,
                          .below = m->loops};
    m->loops = loop;
    m->scope = new_scope(m, m->scope);
}

/* True where an item was pushed. */
static bool next_item(struct machine *m)
{
    struct loop *loop = m->loops;

    if (loop == NULL || m->scope == NULL || m->scope->parent != loop->outer) {
        render_fail(m->render, "the template's code is damaged");
        return false;
    }
    loop->index++;
    if (loop->index >= loop->items->count)
        return false;
    m->scope->count = 0;
    push(m, loop->items->items[loop->index]);
    return true;
}

/* True where the body came to its end once. */
static bool end_loop(struct machine *m)
{
    struct loop *loop = m->loops;

    if (loop == NULL || m->scope == NULL || (m->calls != NULL && loop == m->calls->loops)) {
        render_fail(m->render, "the template's code is damaged");
        return false;
    }
    m->scope = loop->outer;
    m->loops = loop->below;
    return loop->completed;
}

static void push_loop(struct machine *m)
{
    if (m->loops == NULL)
        render_fail(m->render, "the template's code is damaged");
    else
        push(m, (struct value){.kind = VALUE_LOOP, .as.loop = m->loops});
}

static void unpack(struct machine *m, uint32_t count)
{
    struct value v = pop(m);
    const struct sequence *items = m->render->failed ? NULL : value_items(m->render, v);

    if (items == NULL)
        return;
    if (items->count != count) {
        render_fail(m->render, "%s values to unpack (expected %u, found %zu)",
                    items->count > count ? "too many" : "not enough", count, items->count);
        return;
    }
    for (uint32_t i = count; i > 0; i--)
        push(m, items->items[i - 1]);
}

/* ---- calls ---- */

static struct call *begin_call(struct machine *m, const struct rlx_template_macro *macro)
{
    struct call *c = render_alloc(m->render, sizeof *c);

    if (m->render->failed)
        return NULL;
    *c = (struct call){.below = m->calls,
                       .macro = macro,
                       .back = m->at,
                       .scope = m->scope,
                       .loops = m->loops,
                       .captures = m->captures,
                       .stack = m->count};
    begin_capture(m);
    if (m->render->failed)
        return NULL;
    m->calls = c;
    return c;
}

static void end_call(struct machine *m)
{
    struct call *c = m->calls;

    if (c == NULL || m->captures == c->captures || m->captures->below != c->captures) {
        render_fail(m->render, "the template's code is damaged");
        return;
    }
    struct value text = builder_value(&m->captures->text);
    m->captures = c->captures;
    m->depth--;
    m->calls = c->below;
    m->at = c->back;
    m->scope = c->scope;
    m->loops = c->loops;
    m->count = c->stack;
    push(m, text);
}

static const char *macro_name(const struct machine *m, const struct rlx_template_macro *macro,
                              int *bytes)
{
    if (macro->name == UINT32_MAX) {
        *bytes = 6;
        return "caller";
    }
    *bytes = (int)m->template->constants[macro->name].bytes;
    return m->template->text + m->template->constants[macro->name].value;
}

static uint32_t find_parameter(const struct machine *m, const struct rlx_template_macro *macro,
                               const struct text *name)
{
    for (uint32_t i = 0; i < macro->parameter_count; i++) {
        const struct rlx_template_text *p =
            &m->template->names[m->template->parameters[macro->first_parameter + i]];
        if (p->bytes == name->bytes &&
            memcmp(m->template->text + p->offset, name->data, name->bytes) == 0)
            return i;
    }
    return UINT32_MAX;
}

static struct value take_extra(struct machine *m, const struct arguments *a, size_t first)
{
    struct value extra = value_sequence(m->render, VALUE_TUPLE, 0);

    for (size_t i = first; i < a->count; i++)
        sequence_add(m->render, extra.as.sequence, a->values[i]);
    return extra;
}

/* Keywords go to parameters of their names, `caller` to its own, the rest to `kwargs`. */
static void bind_keywords(struct machine *m, struct call *c, const struct arguments *a)
{
    const struct rlx_template_macro *macro = c->macro;
    struct value rest = value_dict(m->render, VALUE_DICT), caller = value_absent;
    int bytes;
    const char *name = macro_name(m, macro, &bytes);

    for (size_t i = 0; i < a->keyword_count; i++) {
        const struct dict_entry *k = &a->keywords[i];
        uint32_t at = find_parameter(m, macro, k->key.as.text);
        if (at != UINT32_MAX && c->given[at]) {
            render_fail(m->render, "macro '%.*s' got two values for '%.*s'", bytes, name,
                        (int)k->key.as.text->bytes, k->key.as.text->data);
        } else if (at != UINT32_MAX) {
            c->given[at] = true;
            store(m, m->template->parameters[macro->first_parameter + at], k->value);
        } else if ((macro->flags & RLX_MACRO_CALLER) && text_is(k->key.as.text, "caller")) {
            caller = k->value;
        } else if (macro->flags & RLX_MACRO_EXTRA_KEYWORDS) {
            dict_set(m->render, rest.as.dict, k->key, k->value);
        } else {
            render_fail(m->render, "macro '%.*s' takes no keyword argument '%.*s'", bytes, name,
                        (int)k->key.as.text->bytes, k->key.as.text->data);
        }
    }
    if (macro->flags & RLX_MACRO_EXTRA_KEYWORDS)
        store(m, macro->extra_keywords, rest);
    if (macro->flags & RLX_MACRO_CALLER)
        store(m, macro->caller,
              is_given(caller) ? caller : value_undefined_because(m->render, "No caller defined"));
}

static void call_macro(struct machine *m, const struct macro *callee, const struct arguments *a)
{
    const struct rlx_template_macro *macro = callee->description;
    struct call *c = begin_call(m, macro);
    int bytes;
    const char *name = macro_name(m, macro, &bytes);

    if (c == NULL)
        return;
    m->scope = new_scope(m, callee->scope);
    m->at = macro->code;
    if (a->count > macro->parameter_count && (macro->flags & RLX_MACRO_EXTRA) == 0) {
        render_fail(m->render, "macro '%.*s' takes not more than %u argument(s)", bytes, name,
                    macro->parameter_count);
        return;
    }
    for (uint32_t i = 0; i < macro->parameter_count; i++) {
        uint32_t parameter = m->template->parameters[macro->first_parameter + i];
        const struct rlx_template_text *text = &m->template->names[parameter];
        c->given[i] = i < a->count;
        store(m, parameter,
              i < a->count
                  ? a->values[i]
                  : value_undefined_because(m->render, "parameter '%.*s' was not provided",
                                            (int)text->bytes, m->template->text + text->offset));
    }
    if (macro->flags & RLX_MACRO_EXTRA)
        store(m, macro->extra, take_extra(m, a, macro->parameter_count));
    bind_keywords(m, c, a);
}

/* loop(items) inside a recursive loop: its body runs again, one level deeper. */
static void call_loop(struct machine *m, struct loop *loop, const struct arguments *a)
{
    if (a->count != 1 || a->keyword_count != 0 || (m->template->code[loop->code].flags & 1) == 0) {
        render_fail(m->render, "a loop that is called must be recursive, and takes the items");
        return;
    }
    struct value items = a->values[0];
    struct call *c = begin_call(m, NULL);
    if (c == NULL)
        return;
    c->loop_code = loop->code;
    c->loop_depth = loop->depth + 1;
    m->scope = loop->outer;
    m->at = loop->code;
    push(m, items);
}

static void call_value(struct machine *m, struct value callee, const struct arguments *a)
{
    struct render *r = m->render;

    switch ((enum value_kind)callee.kind) {
    case VALUE_MACRO:
        call_macro(m, callee.as.macro, a);
        return;
    case VALUE_LOOP:
        call_loop(m, callee.as.loop, a);
        return;
    case VALUE_FUNCTION:
        push(m, call_global(r, (enum template_global)callee.number, a));
        return;
    case VALUE_METHOD:
        push(m, call_method(r, callee.as.method, a));
        return;
    case VALUE_JOINER:
        push(m,
             callee.as.cycle->at++ == 0 ? value_literal(r, "") : callee.as.cycle->items->items[0]);
        return;
    case VALUE_UNDEFINED:
        fail_undefined(r, callee);
        return;
    default:
        render_fail(r, "'%s' object is not callable", value_type_name(callee));
    }
}

/* The keywords of a call: `count` pairs on the stack, then a dict's where there is one. */
static bool gather_keywords(struct machine *m, const struct value *pairs, size_t count,
                            struct value more, struct arguments *a)
{
    struct value all = value_dict(m->render, VALUE_DICT);

    for (size_t i = 0; i < count; i++)
        dict_set(m->render, all.as.dict, pairs[2 * i], pairs[2 * i + 1]);
    if (is_given(more) && more.kind != VALUE_DICT) {
        render_fail(m->render, "argument after ** must be a mapping, not %s",
                    value_type_name(more));
        return false;
    }
    for (size_t i = 0; is_given(more) && i < more.as.dict->count && !m->render->failed; i++) {
        const struct dict_entry *e = &more.as.dict->entries[i];
        if (!is_text(e->key))
            render_fail(m->render, "keywords must be strings");
        else
            dict_set(m->render, all.as.dict, e->key, e->value);
    }
    a->keywords = all.as.dict->entries;
    a->keyword_count = all.as.dict->count;
    for (size_t i = 0; i < a->keyword_count && !m->render->failed; i++)
        if (!is_text(a->keywords[i].key))
            render_fail(m->render, "the template's code is damaged");
    return !m->render->failed;
}

/* What stands on the stack for a call or a filter: values, pairs, then *list and **dict. */
static bool gather(struct machine *m, const struct rlx_template_instruction *i, bool stars,
                   struct arguments *a)
{
    struct value more = stars && (i->flags & 2) ? pop(m) : value_absent;
    struct value list = stars && (i->flags & 1) ? pop(m) : value_absent;
    const struct value *pairs = take(m, 2u * i->keywords);
    const struct value *values = take(m, i->count);

    *a = (struct arguments){.values = values, .count = i->count};
    if (m->render->failed || values == NULL || pairs == NULL)
        return false;
    if ((i->keywords != 0 || is_given(more)) && !gather_keywords(m, pairs, i->keywords, more, a))
        return false;
    if (!is_given(list))
        return true;
    const struct sequence *items = value_items(m->render, list);
    struct value all = value_sequence(m->render, VALUE_LIST, i->count);
    for (size_t k = 0; k < i->count; k++)
        sequence_add(m->render, all.as.sequence, values[k]);
    for (size_t k = 0; items != NULL && k < items->count; k++)
        sequence_add(m->render, all.as.sequence, items->items[k]);
    a->values = all.as.sequence->items;
    a->count = all.as.sequence->count;
    return !m->render->failed;
}

/* The arguments of a macro are read while its own variables are stored: they leave the stack's
 * memory first. */
static void run_call(struct machine *m, const struct rlx_template_instruction *i)
{
    struct arguments a;

    if (!gather(m, i, true, &a))
        return;
    struct value callee = pop(m);
    struct value *copy = render_alloc(m->render, (a.count + 1) * sizeof *copy);
    if (m->render->failed)
        return;
    if (a.count != 0)
        memcpy(copy, a.values, a.count * sizeof *copy);
    a.values = copy;
    call_value(m, callee, &a);
}

static void run_filter(struct machine *m, const struct rlx_template_instruction *i)
{
    struct arguments a;

    if (!gather(m, i, false, &a))
        return;
    struct value input = pop(m);
    if (m->render->failed)
        return;
    if (i->op == RLX_OP_FILTER)
        push(m, call_filter(m->render, i->arg, input, &a));
    else
        push(m, value_bool(call_test(m->render, i->arg, input, &a)));
}

/* ---- building ---- */

static struct value constant(const struct machine *m, uint32_t index)
{
    const struct rlx_template_constant *c = &m->template->constants[index];
    struct value v = value_integer((int64_t)c->value);

    if (c->kind == RLX_CONSTANT_TEXT)
        return value_text(m->render, m->template->text + c->value, c->bytes, MARK_NONE);
    if (c->kind == RLX_CONSTANT_FLOAT) {
        v.kind = VALUE_FLOAT;
        memcpy(&v.as.real, &c->value, sizeof v.as.real);
    }
    return v;
}

static void make_sequence(struct machine *m, enum value_kind kind, uint32_t count)
{
    const struct value *values = take(m, count);
    struct value s = value_sequence(m->render, kind, 0);

    for (uint32_t i = 0; values != NULL && i < count; i++)
        sequence_add(m->render, s.as.sequence, values[i]);
    push(m, s);
}

static void make_dict(struct machine *m, uint32_t count)
{
    const struct value *pairs = count > STACK_VALUES ? NULL : take(m, 2 * (size_t)count);
    struct value d = value_dict(m->render, VALUE_DICT);

    for (uint32_t i = 0; pairs != NULL && i < count; i++)
        dict_set(m->render, d.as.dict, pairs[2 * i], pairs[2 * i + 1]);
    push(m, d);
}

static void concatenate(struct machine *m, uint32_t count)
{
    const struct value *values = take(m, count);
    struct builder b = {.render = m->render};

    for (uint32_t i = 0; values != NULL && i < count; i++)
        builder_add_str(&b, values[i]);
    push(m, builder_value(&b));
}

static void append(struct machine *m)
{
    struct value v = pop(m), list = pop(m);

    if (list.kind != VALUE_LIST)
        render_fail(m->render, "the template's code is damaged");
    else
        sequence_add(m->render, list.as.sequence, v);
    push(m, list);
}

static void make_macro(struct machine *m, uint32_t index)
{
    struct macro *macro = render_alloc(m->render, sizeof *macro);

    *macro = (struct macro){&m->template->macros[index], m->scope};
    push(m, (struct value){.kind = VALUE_MACRO, .as.macro = macro});
}

/* ---- the machine ---- */

static void slice(struct machine *m)
{
    struct value step = pop(m), to = pop(m), from = pop(m), object = pop(m);

    push(m, template_slice(m->render, object, from, to, step));
}

static void fail_with(struct machine *m, uint32_t index)
{
    const struct value text = constant(m, index);

    render_fail(m->render, "%.*s", (int)text.as.text->bytes, text.as.text->data);
}

/* Instructions that only compute. */
static void compute(struct machine *m, const struct rlx_template_instruction *i)
{
    struct render *r = m->render;
    struct value a, b;

    switch ((enum rlx_template_op)i->op) {
    case RLX_OP_ATTRIBUTE:
        a = pop(m);
        push(m, template_attribute(r, a, constant(m, i->arg)));
        return;
    case RLX_OP_ITEM:
        b = pop(m);
        a = pop(m);
        push(m, template_item(r, a, b));
        return;
    case RLX_OP_SLICE:
        slice(m);
        return;
    case RLX_OP_LIST:
    case RLX_OP_TUPLE:
        make_sequence(m, i->op == RLX_OP_LIST ? VALUE_LIST : VALUE_TUPLE, i->arg);
        return;
    case RLX_OP_DICT:
        make_dict(m, i->arg);
        return;
    case RLX_OP_UNARY:
        a = pop(m);
        push(m, template_unary(r, (enum rlx_template_unary)i->arg, a));
        return;
    case RLX_OP_BINARY:
        b = pop(m);
        a = pop(m);
        push(m, template_binary(r, (enum rlx_template_binary)i->arg, a, b));
        return;
    case RLX_OP_COMPARE:
        b = pop(m);
        a = pop(m);
        push(m, value_bool(template_compare(r, (enum rlx_template_compare)i->arg, a, b)));
        return;
    case RLX_OP_CONCAT:
        concatenate(m, i->arg);
        return;
    case RLX_OP_COLLECT:
        push(m, value_sequence(r, VALUE_LIST, 0));
        return;
    case RLX_OP_APPEND:
        append(m);
        return;
    case RLX_OP_MACRO:
        make_macro(m, i->arg);
        return;
    default:
        fail_with(m, i->arg); /* RLX_OP_FAIL: the only one left */
    }
}

/* Instructions that may go elsewhere. */
static void branch(struct machine *m, const struct rlx_template_instruction *i)
{
    struct value a, b;

    switch ((enum rlx_template_op)i->op) {
    case RLX_OP_JUMP:
        if ((i->flags & 1) && m->loops != NULL)
            m->loops->completed = true;
        m->at = i->arg;
        return;
    case RLX_OP_JUMP_IF_FALSE:
        if (!value_truth(pop(m)))
            m->at = i->arg;
        return;
    case RLX_OP_AND:
    case RLX_OP_OR:
        a = pop(m);
        if (value_truth(a) == (i->op == RLX_OP_OR)) {
            push(m, a);
            m->at = i->arg;
        }
        return;
    case RLX_OP_CHAIN:
        b = pop(m);
        a = pop(m);
        if (template_compare(m->render, (enum rlx_template_compare)i->flags, a, b)) {
            push(m, b);
        } else {
            push(m, value_bool(false));
            m->at = i->arg;
        }
        return;
    case RLX_OP_NEXT:
        if (!next_item(m))
            m->at = i->arg;
        return;
    case RLX_OP_DONE:
        if (end_loop(m) && (i->flags & 1))
            m->at = i->arg;
        return;
    case RLX_OP_JUMP_IF_BOUND:
        if (m->calls != NULL && m->calls->given[i->count])
            m->at = i->arg;
        return;
    default: /* RLX_OP_RETURN; of a loop only where it was called */
        if ((i->flags & 1) == 0 ||
            (m->calls != NULL && m->calls->macro == NULL && m->calls->loop_code == i->arg))
            end_call(m);
    }
}

static void run_instruction(struct machine *m, const struct rlx_template_instruction *i)
{
    switch ((enum rlx_template_op)i->op) {
    case RLX_OP_TEXT: {
        const struct rlx_template_constant *c = &m->template->constants[i->arg];
        builder_add(&m->captures->text, m->template->text + c->value, c->bytes);
        return;
    }
    case RLX_OP_PRINT:
        builder_add_str(&m->captures->text, pop(m));
        return;
    case RLX_OP_CONSTANT:
        push(m, constant(m, i->arg));
        return;
    case RLX_OP_NONE:
        push(m, value_none);
        return;
    case RLX_OP_BOOL:
        push(m, value_bool(i->arg != 0));
        return;
    case RLX_OP_ABSENT:
        push(m, value_absent);
        return;
    case RLX_OP_UNDEFINED:
        push(m, value_undefined);
        return;
    case RLX_OP_LOAD:
        push(m, load(m, i->arg));
        return;
    case RLX_OP_STORE:
        store(m, i->arg, pop(m));
        return;
    case RLX_OP_STORE_ATTRIBUTE:
        store_attribute(m, constant(m, i->arg));
        return;
    case RLX_OP_CALL:
        run_call(m, i);
        return;
    case RLX_OP_FILTER:
    case RLX_OP_TEST:
        run_filter(m, i);
        return;
    case RLX_OP_DROP:
        pop(m);
        return;
    case RLX_OP_SCOPE:
        m->scope = new_scope(m, m->scope);
        return;
    case RLX_OP_LEAVE:
        leave_scope(m);
        return;
    case RLX_OP_FOR:
        begin_loop(m, pop(m), m->at - 1);
        return;
    case RLX_OP_LOOP:
        push_loop(m);
        return;
    case RLX_OP_UNPACK:
        unpack(m, i->arg);
        return;
    case RLX_OP_CAPTURE:
        begin_capture(m);
        return;
    case RLX_OP_CAPTURED: {
        struct value text = end_capture(m);
        if ((i->flags & 1) == 0)
            push(m, text);
        return;
    }
    case RLX_OP_JUMP:
    case RLX_OP_JUMP_IF_FALSE:
    case RLX_OP_AND:
    case RLX_OP_OR:
    case RLX_OP_CHAIN:
    case RLX_OP_NEXT:
    case RLX_OP_DONE:
    case RLX_OP_JUMP_IF_BOUND:
    case RLX_OP_RETURN:
        branch(m, i);
        return;
    default:
        compute(m, i);
    }
}

/* ---- the beginning ---- */

static const char *const global_names[GLOBAL_COUNT] = {
    [GLOBAL_range] = "range",
    [GLOBAL_dict] = "dict",
    [GLOBAL_namespace] = "namespace",
    [GLOBAL_cycler] = "cycler",
    [GLOBAL_joiner] = "joiner",
    [GLOBAL_raise_exception] = "raise_exception",
    [GLOBAL_strftime_now] = "strftime_now",
};

static struct value global_value(struct render *r, const struct template *t,
                                 const struct text *name, const struct dict *variables)
{
    const struct value *given = dict_get(r, variables, value_of_text(name));

    if (given != NULL)
        return *given;
    render_charge(r, t->variable_count / 16);
    for (uint32_t i = 0; i < t->variable_count; i++) {
        const struct rlx_template_variable *v = &t->variables[i];
        if (v->name.bytes == name->bytes &&
            memcmp(t->text + v->name.offset, name->data, name->bytes) == 0)
            return value_text(r, t->text + v->value.offset, v->value.bytes, MARK_NONE);
    }
    for (uint32_t i = 0; i < GLOBAL_COUNT; i++)
        if (text_is(name, global_names[i]))
            return (struct value){.kind = VALUE_FUNCTION, .number = i};
    return value_undefined_name(r, name->data, name->bytes);
}

static void set_globals(struct machine *m, const struct dict *variables)
{
    const struct template *t = m->template;

    m->globals = render_alloc(m->render, (t->name_count + 1) * sizeof *m->globals);
    for (uint32_t i = 0; i < t->name_count && !m->render->failed; i++) {
        const struct text name = {
            .data = t->text + t->names[i].offset, .bytes = t->names[i].bytes, .points = SIZE_MAX};
        m->globals[i] = global_value(m->render, t, &name, variables);
    }
}

bool template_run(struct render *r, const struct dict *variables, struct builder *out)
{
    struct machine m = {.render = r, .template = r->template};
    struct capture whole = {.text = {.render = r}};

    m.captures = &whole;
    m.stack = render_alloc(r, STACK_VALUES * sizeof *m.stack);
    set_globals(&m, variables);
    while (!r->failed && render_charge(r, 1)) {
        const struct rlx_template_instruction *i = &m.template->code[m.at];
        r->line = m.template->lines[m.at];
        if (i->op == RLX_OP_END)
            break;
        m.at++;
        run_instruction(&m, i);
    }
    r->line = 0;
    *out = whole.text;
    return !r->failed;
}

/* The machine that runs a compiled chat template. In: a template and variables; out: text with its
 * marks. rlx/template_format.h defines each instruction.
 */
#include "runtime/text/template_machine.h"

#include <string.h>

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
    const struct value *values = machine_take(m, count);
    struct value s = value_sequence(m->render, kind, 0);

    for (uint32_t i = 0; values != NULL && i < count; i++)
        sequence_add(m->render, s.as.sequence, values[i]);
    machine_push(m, s);
}

static void make_dict(struct machine *m, uint32_t count)
{
    const struct value *pairs = count > STACK_VALUES ? NULL : machine_take(m, 2 * (size_t)count);
    struct value d = value_dict(m->render, VALUE_DICT);

    for (uint32_t i = 0; pairs != NULL && i < count; i++)
        dict_set(m->render, d.as.dict, pairs[2 * i], pairs[2 * i + 1]);
    machine_push(m, d);
}

static void concatenate(struct machine *m, uint32_t count)
{
    const struct value *values = machine_take(m, count);
    struct builder b = {.render = m->render};

    for (uint32_t i = 0; values != NULL && i < count; i++)
        builder_add_str(&b, values[i]);
    machine_push(m, builder_value(&b));
}

static void append(struct machine *m)
{
    struct value v = machine_pop(m), list = machine_pop(m);

    if (list.kind != VALUE_LIST)
        render_fail(m->render, "the template's code is damaged");
    else
        sequence_add(m->render, list.as.sequence, v);
    machine_push(m, list);
}

static void make_macro(struct machine *m, uint32_t index)
{
    struct macro *macro = render_alloc(m->render, sizeof *macro);

    *macro = (struct macro){&m->template->macros[index], m->scope};
    machine_push(m, (struct value){.kind = VALUE_MACRO, .as.macro = macro});
}

/* ---- the machine ---- */

static void slice(struct machine *m)
{
    struct value step = machine_pop(m), to = machine_pop(m), from = machine_pop(m),
                 object = machine_pop(m);

    machine_push(m, template_slice(m->render, object, from, to, step));
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
        a = machine_pop(m);
        machine_push(m, template_attribute(r, a, constant(m, i->arg)));
        return;
    case RLX_OP_ITEM:
        b = machine_pop(m);
        a = machine_pop(m);
        machine_push(m, template_item(r, a, b));
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
        a = machine_pop(m);
        machine_push(m, template_unary(r, (enum rlx_template_unary)i->arg, a));
        return;
    case RLX_OP_BINARY:
        b = machine_pop(m);
        a = machine_pop(m);
        machine_push(m, template_binary(r, (enum rlx_template_binary)i->arg, a, b));
        return;
    case RLX_OP_COMPARE:
        b = machine_pop(m);
        a = machine_pop(m);
        machine_push(m, value_bool(template_compare(r, (enum rlx_template_compare)i->arg, a, b)));
        return;
    case RLX_OP_CONCAT:
        concatenate(m, i->arg);
        return;
    case RLX_OP_COLLECT:
        machine_push(m, value_sequence(r, VALUE_LIST, 0));
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
        if (!value_truth(machine_pop(m)))
            m->at = i->arg;
        return;
    case RLX_OP_AND:
    case RLX_OP_OR:
        a = machine_pop(m);
        if (value_truth(a) == (i->op == RLX_OP_OR)) {
            machine_push(m, a);
            m->at = i->arg;
        }
        return;
    case RLX_OP_CHAIN:
        b = machine_pop(m);
        a = machine_pop(m);
        if (template_compare(m->render, (enum rlx_template_compare)i->flags, a, b)) {
            machine_push(m, b);
        } else {
            machine_push(m, value_bool(false));
            m->at = i->arg;
        }
        return;
    case RLX_OP_NEXT:
        if (!machine_next_item(m))
            m->at = i->arg;
        return;
    case RLX_OP_DONE:
        if (machine_end_loop(m) && (i->flags & 1))
            m->at = i->arg;
        return;
    case RLX_OP_JUMP_IF_BOUND:
        if (m->calls != NULL && m->calls->given[i->count])
            m->at = i->arg;
        return;
    default: /* RLX_OP_RETURN; of a loop only where it was called */
        if ((i->flags & 1) == 0 ||
            (m->calls != NULL && m->calls->macro == NULL && m->calls->loop_code == i->arg))
            machine_end_call(m);
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
        builder_add_str(&m->captures->text, machine_pop(m));
        return;
    case RLX_OP_CONSTANT:
        machine_push(m, constant(m, i->arg));
        return;
    case RLX_OP_NONE:
        machine_push(m, value_none);
        return;
    case RLX_OP_BOOL:
        machine_push(m, value_bool(i->arg != 0));
        return;
    case RLX_OP_UNDEFINED:
        machine_push(m, value_undefined);
        return;
    case RLX_OP_LOAD:
        machine_push(m, machine_load(m, i->arg));
        return;
    case RLX_OP_STORE:
        machine_store(m, i->arg, machine_pop(m));
        return;
    case RLX_OP_STORE_ATTRIBUTE:
        machine_store_attribute(m, constant(m, i->arg));
        return;
    case RLX_OP_CALL:
        machine_call(m, i);
        return;
    case RLX_OP_FILTER:
    case RLX_OP_TEST:
        machine_filter(m, i);
        return;
    case RLX_OP_DROP:
        machine_pop(m);
        return;
    case RLX_OP_SCOPE:
        m->scope = machine_new_scope(m, m->scope);
        return;
    case RLX_OP_LEAVE:
        machine_leave_scope(m);
        return;
    case RLX_OP_FOR:
        machine_begin_loop(m, machine_pop(m), m->at - 1);
        return;
    case RLX_OP_LOOP:
        machine_push_loop(m);
        return;
    case RLX_OP_UNPACK:
        machine_unpack(m, i->arg);
        return;
    case RLX_OP_CAPTURE:
        machine_begin_capture(m);
        return;
    case RLX_OP_CAPTURED: {
        struct value text = machine_end_capture(m);
        if ((i->flags & 1) == 0)
            machine_push(m, text);
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

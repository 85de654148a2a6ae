/* Calls in chat templates: arguments from the stack, macros, recursive loops, and whatever else can
 * be called. Contract: template_machine.h. */
#include "runtime/text/template_machine.h"

#include <string.h>

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
    machine_begin_capture(m);
    if (m->render->failed)
        return NULL;
    m->calls = c;
    return c;
}

void machine_end_call(struct machine *m)
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
    machine_push(m, text);
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
            machine_store(m, m->template->parameters[macro->first_parameter + at], k->value);
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
        machine_store(m, macro->extra_keywords, rest);
    if (macro->flags & RLX_MACRO_CALLER)
        machine_store(m, macro->caller,
                      is_given(caller) ? caller
                                       : value_undefined_because(m->render, "No caller defined"));
}

static void call_macro(struct machine *m, const struct macro *callee, const struct arguments *a)
{
    const struct rlx_template_macro *macro = callee->description;
    struct call *c = begin_call(m, macro);
    int bytes;
    const char *name = macro_name(m, macro, &bytes);

    if (c == NULL)
        return;
    m->scope = machine_new_scope(m, callee->scope);
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
        machine_store(m, parameter,
                      i < a->count ? a->values[i]
                                   : value_undefined_because(
                                         m->render, "parameter '%.*s' was not provided",
                                         (int)text->bytes, m->template->text + text->offset));
    }
    if (macro->flags & RLX_MACRO_EXTRA)
        machine_store(m, macro->extra, take_extra(m, a, macro->parameter_count));
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
    machine_push(m, items);
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
        machine_push(m, call_global(r, (enum template_global)callee.number, a));
        return;
    case VALUE_METHOD:
        machine_push(m, call_method(r, callee.as.method, a));
        return;
    case VALUE_JOINER:
        machine_push(m, callee.as.cycle->at++ == 0 ? value_literal(r, "")
                                                   : callee.as.cycle->items->items[0]);
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
    struct value more = stars && (i->flags & 2) ? machine_pop(m) : value_absent;
    struct value list = stars && (i->flags & 1) ? machine_pop(m) : value_absent;
    const struct value *pairs = machine_take(m, 2u * i->keywords);
    const struct value *values = machine_take(m, i->count);

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
void machine_call(struct machine *m, const struct rlx_template_instruction *i)
{
    struct arguments a;

    if (!gather(m, i, true, &a))
        return;
    struct value callee = machine_pop(m);
    struct value *copy = render_alloc(m->render, (a.count + 1) * sizeof *copy);
    if (m->render->failed)
        return;
    if (a.count != 0)
        memcpy(copy, a.values, a.count * sizeof *copy);
    a.values = copy;
    call_value(m, callee, &a);
}

void machine_filter(struct machine *m, const struct rlx_template_instruction *i)
{
    struct arguments a;

    if (!gather(m, i, false, &a))
        return;
    struct value input = machine_pop(m);
    if (m->render->failed)
        return;
    if (i->op == RLX_OP_FILTER)
        machine_push(m, call_filter(m->render, i->arg, input, &a));
    else
        machine_push(m, value_bool(call_test(m->render, i->arg, input, &a)));
}

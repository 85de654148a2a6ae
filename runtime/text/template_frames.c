/* Stack, variables, output and loops of the machine that runs chat templates. Contract:
 * template_machine.h. */
#include "runtime/text/template_machine.h"

#include <string.h>

/* ---- the stack ---- */

void machine_push(struct machine *m, struct value v)
{
    if (m->count < STACK_VALUES)
        m->stack[m->count++] = v;
    else
        render_fail(m->render, "an expression is too large");
}

struct value machine_pop(struct machine *m)
{
    if (m->count > (m->calls == NULL ? 0 : m->calls->stack))
        return m->stack[--m->count];
    return render_fail(m->render, "the template's code is damaged");
}

/* The last `count` values, which leave the stack; they stay readable until the next push. */
const struct value *machine_take(struct machine *m, size_t count)
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

struct value machine_load(struct machine *m, uint32_t name)
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

void machine_store(struct machine *m, uint32_t name, struct value v)
{
    if (m->scope == NULL)
        m->globals[name] = v;
    else
        store_in(m, m->scope, name, v);
}

struct scope *machine_new_scope(struct machine *m, struct scope *parent)
{
    struct scope *s = render_alloc(m->render, sizeof *s);

    s->parent = parent;
    return s;
}

void machine_leave_scope(struct machine *m)
{
    if (m->scope == NULL)
        render_fail(m->render, "the template's code is damaged");
    else
        m->scope = m->scope->parent;
}

void machine_store_attribute(struct machine *m, struct value name)
{
    struct value v = machine_pop(m), object = machine_pop(m);

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

void machine_begin_capture(struct machine *m)
{
    struct capture *c = render_alloc(m->render, sizeof *c);

    if (++m->depth > RENDER_DEPTH)
        render_fail(m->render, "calls are nested deeper than %d", RENDER_DEPTH);
    if (m->render->failed)
        return;
    *c = (struct capture){.text = {.render = m->render}, .below = m->captures};
    m->captures = c;
}

struct value machine_end_capture(struct machine *m)
{
    struct capture *c = m->captures;

    if (c->below == NULL || (m->calls != NULL && c == m->calls->captures))
        return render_fail(m->render, "the template's code is damaged");
    m->captures = c->below;
    m->depth--;
    return builder_value(&c->text);
}

/* ---- loops ---- */

void machine_begin_loop(struct machine *m, struct value iterable, uint32_t code)
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
    m->scope = machine_new_scope(m, m->scope);
}

/* True where an item was pushed. */
bool machine_next_item(struct machine *m)
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
    machine_push(m, loop->items->items[loop->index]);
    return true;
}

/* True where the body came to its end once. */
bool machine_end_loop(struct machine *m)
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

void machine_push_loop(struct machine *m)
{
    if (m->loops == NULL)
        render_fail(m->render, "the template's code is damaged");
    else
        machine_push(m, (struct value){.kind = VALUE_LOOP, .as.loop = m->loops});
}

void machine_unpack(struct machine *m, uint32_t count)
{
    struct value v = machine_pop(m);
    const struct sequence *items = m->render->failed ? NULL : value_items(m->render, v);

    if (items == NULL)
        return;
    if (items->count != count) {
        render_fail(m->render, "%s values to unpack (expected %u, found %zu)",
                    items->count > count ? "too many" : "not enough", count, items->count);
        return;
    }
    for (uint32_t i = count; i > 0; i--)
        machine_push(m, items->items[i - 1]);
}

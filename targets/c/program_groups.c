/* Which steps become one function: those of a layer, or what stands between layers. In: a program;
 * out: groups of steps, in order, with names.
 *
 * A step belongs to the layer that its name says: layers.3.qkv to layers.3. One without a layer
 * belongs to the layer before it if it reads a value of that layer, or stands between its steps.
 */
#include "targets/c/program.h"

#include <string.h>

enum { GROUP_STEPS_MAX = 32 }; /* of steps without a layer */

static bool names_a_buffer(const struct lir_program *p, const char *name, size_t bytes)
{
    const str_id id = str_find(p->strings, name, bytes);

    for (buf_id b = 1; id != 0 && b < p->buffer_count; b++)
        if (p->buffers[b].name == id)
            return true;
    return false;
}

size_t c_layer_bytes(const struct lir_program *p, const char *name)
{
    for (const char *dot = strchr(name, '.'); dot != NULL; dot = strchr(dot + 1, '.')) {
        const size_t digits = strspn(dot + 1, "0123456789");
        const size_t bytes = (size_t)(dot + 1 - name) + digits;
        if (digits != 0 && name[bytes] == '.')
            return names_a_buffer(p, name, bytes) ? 0 : bytes;
    }
    return 0;
}

const char *c_step_name(const struct lir_program *p, uint32_t step)
{
    return str_text(p->strings, p->steps[step].name);
}

/* What the steps up to this one make: an output, or the value that the step is called after. */
static const char *made_name(const struct lir_program *p, uint32_t step)
{
    const struct lir_step *s = &p->steps[step];
    const struct lir_kernel *k = step_kernel(p, s);

    for (uint32_t i = 0; i < p->io_count; i++)
        for (uint32_t j = 0; p->io[i].is_output && j < lir_argument_count(k); j++)
            if (lir_is_output(k, j) && p->args[s->first_arg + j] == p->io[i].buffer)
                return str_text(p->strings, p->io[i].name);
    return c_step_name(p, step);
}

bool c_is_of_layer(const struct lir_program *p, const char *name, const char *layer, size_t bytes)
{
    return c_layer_bytes(p, name) == bytes && memcmp(name, layer, bytes) == 0;
}

static bool reads_layer(const struct lir_program *p, uint32_t step, const char *layer, size_t bytes)
{
    const struct lir_step *s = &p->steps[step];
    const struct lir_kernel *k = step_kernel(p, s);

    for (uint32_t i = 0; i < lir_argument_count(k); i++) {
        const struct lir_buffer *b = &p->buffers[p->args[s->first_arg + i]];
        const uint8_t home = p->buffers[root_of(p, p->args[s->first_arg + i])].home;
        if (lir_has(k, i) && !lir_is_output(k, i) &&
            (home == HOME_scratch || home == HOME_thread || home == HOME_output) &&
            c_is_of_layer(p, str_text(p->strings, b->name), layer, bytes))
            return true;
    }
    return false;
}

/* Whether a step without a layer belongs to the one before it. */
static bool joins_layer(const struct lir_program *p, uint32_t step, uint32_t end, const char *layer,
                        size_t bytes)
{
    if (reads_layer(p, step, layer, bytes))
        return true;
    for (uint32_t i = step; i < end; i++)
        if (c_layer_bytes(p, c_step_name(p, i)) != 0)
            return c_is_of_layer(p, c_step_name(p, i), layer, bytes);
    return false;
}

static uint32_t group_end(const struct lir_program *p, uint32_t first, uint32_t end)
{
    const char *layer = c_step_name(p, first);
    const size_t bytes = c_layer_bytes(p, layer);
    uint32_t i = first + 1;

    for (; i < end; i++) {
        const char *name = c_step_name(p, i);
        if (bytes == 0 ? c_layer_bytes(p, name) != 0 || i - first == GROUP_STEPS_MAX
            : c_layer_bytes(p, name) == 0 ? !joins_layer(p, i, end, layer, bytes)
                                          : !c_is_of_layer(p, name, layer, bytes))
            break;
    }
    return i;
}

static void add_groups(struct c_program *c, uint32_t first, uint32_t end, const char *ending)
{
    const struct lir_program *p = c->program;

    while (first < end) {
        const uint32_t next = group_end(p, first, end);
        const char *layer = c_step_name(p, first);
        const size_t bytes = c_layer_bytes(p, layer);
        const char *name =
            bytes != 0 ? arena_printf(c->arena, "%s%.*s%s", c->qualifier, (int)bytes, layer, ending)
                       : arena_printf(c->arena, "%smake_%s", c->qualifier, made_name(p, next - 1));
        c->groups[c->group_count++] = (struct c_group){c_word(c->file, name), first, next};
        first = next;
    }
}

bool c_program_replays(const struct lir_program *p)
{
    for (uint32_t i = 0; i < p->step_count; i++)
        if ((p->steps[i].flags & STEP_replay) != 0)
            return true;
    return false;
}

void c_program_init(struct c_program *c)
{
    const struct lir_program *p = c->program;

    c->groups = arena_new(c->arena, struct c_group, p->step_count);
    add_groups(c, 0, p->lm_head_step, "");
    c->first_of_rows = c->group_count;
    add_groups(c, p->lm_head_step, p->step_count, ".rows");
    c_words_init(&c->words, c->arena, c->file);
    c_name_buffers(c);
}

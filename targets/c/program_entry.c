/* A program as functions: one for each group of steps (program_groups.c), and those that call them.
 * In: a program with names; out: text. */
#include "targets/c/program.h"

/* ---- calls ---- */

static void value_text(const struct lir_step *s, uint32_t index, struct text *out)
{
    if (index == VALUE_attention_window)
        text_add(out, "%u", s->values.window);
    else
        c_float(out, index == VALUE_attention_scale ? s->values.scale : s->values.softcap);
}

static void parameter_text(struct c_pointers *p, const struct lir_step *s,
                           const struct c_parameter *parameter, struct text *out)
{
    const struct lir_kernel *k = step_kernel(p->c->program, s);

    switch (parameter->kind) {
    case C_ROWS:
        c_add_size(p, k->rows_symbol, out);
        break;
    case C_SEGMENT_COUNT:
        c_add_size(p, SYMBOL_BATCH, out);
        break;
    case C_KEYS:
        c_add_size(p, k->attention.keys_symbol, out);
        break;
    case C_ARGUMENT:
        c_add_argument(p, s, parameter, out);
        break;
    case C_VALUE:
        value_text(s, parameter->index, out);
        break;
    }
}

/* Declarations, then the call. */
static void call_text(struct c_pointers *p, uint32_t step, struct text *out)
{
    const struct c_program *c = p->c;
    const struct lir_step *s = &c->program->steps[step];
    struct c_parameter parameters[C_MAX_PARAMETERS];
    const uint32_t count = c_parameters(step_kernel(c->program, s), parameters);
    struct text call = {.arena = c->arena};
    uint32_t line = 0;

    text_add(&call, "    %s(", c->functions->names[s->kernel]);
    const uint32_t indent = call.bytes;
    for (uint32_t i = 0; i < count; i++) {
        struct text word = {.arena = c->arena};
        parameter_text(p, s, &parameters[i], &word);
        bool breaks = i > 0 && call.bytes - line + word.bytes + 4 > C_LINE_WIDTH;
        if (breaks) {
            text_add(&call, ",\n");
            line = call.bytes;
            text_add(&call, "%*s", (int)indent, "");
        }
        text_add(&call, "%s%s", i > 0 && !breaks ? ", " : "", word.data);
    }
    text_add_bytes(out, p->declarations.data, p->declarations.bytes);
    text_add(out, "%s);\n", call.data);
    p->declarations.bytes = 0;
}

/* For each step the sizes and pointers that it is the first to use, and its call. */
static void steps_text(const struct c_program *c, const char *head, uint32_t first, uint32_t end,
                       uint32_t flags, struct text *out)
{
    struct c_pointers p;
    bool is_first = true;

    c_pointers_init(&p, c);
    text_add(out, "%s(const struct rlx_code_run *run)\n{\n", head);
    for (uint32_t i = first; i < end; i++) {
        if ((c->program->steps[i].flags & flags) != flags)
            continue;
        text_add(out, "%s", is_first ? "" : "\n");
        call_text(&p, i, out);
        is_first = false;
    }
    text_add(out, "}\n");
}

/* A function that calls those of its groups. */
static void part_text(const struct c_program *c, const char *name, uint32_t first, uint32_t end,
                      struct text *out)
{
    text_add(out, "\nvoid %s_%s(const struct rlx_code_run *run)\n{\n", c->prefix, name);
    for (uint32_t i = first; i < end; i++)
        text_add(out, "    %s(run);\n", c->groups[i].name);
    if (first == end)
        text_add(out, "    (void)run; /* nothing */\n");
    text_add(out, "}\n");
}

void c_program_functions(const struct c_program *c, struct text *out)
{
    const struct lir_program *p = c->program;

    c_program_drawing(c, out);
    for (uint32_t i = 0; i < c->group_count; i++) {
        text_add(out, "\n");
        steps_text(c, arena_printf(c->arena, "static void %s", c->groups[i].name),
                   c->groups[i].first, c->groups[i].end, 0, out);
    }
    text_add(out, "\n/* ---- %s ---- */\n", c->prefix);
    part_text(c, "body", 0, c->first_of_rows, out);
    part_text(c, "rows", c->first_of_rows, c->group_count, out);
    if (!c_program_replays(p))
        return;
    text_add(out, "\n/* Advances the carried states again, for the first rows of a run. */\n");
    steps_text(c, arena_printf(c->arena, "void %s_replay", c->prefix), 0, p->step_count,
               STEP_replay, out);
}

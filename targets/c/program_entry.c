/* The steps of a program as functions, in the order of the graph: one for each layer, one for what
 * stands between them. In: a program with names (program_words.c); out: text.
 *
 * A step belongs to the layer that its name says: layers.3.qkv to layers.3. One without a layer
 * belongs to the layer before it if it reads a value of that layer, or stands between its steps.
 */
#include "targets/c/program.h"

#include <ctype.h>
#include <string.h>

enum { GROUP_STEPS_MAX = 32 }; /* of steps without a layer */

/* ---- layers ---- */

static bool names_a_buffer(const struct lir_program *p, const char *name, size_t bytes)
{
    const str_id id = str_find(p->strings, name, bytes);

    for (buf_id b = 1; id != 0 && b < p->buffer_count; b++)
        if (p->buffers[b].name == id)
            return true;
    return false;
}

/* Bytes of "layers.3" in "layers.3.qkv"; 0: the name has no layer. "hidden.3.rows" has none, since
 * hidden.3 is a value. */
static size_t layer_bytes(const struct lir_program *p, const char *name)
{
    for (const char *dot = strchr(name, '.'); dot != NULL; dot = strchr(dot + 1, '.')) {
        const size_t digits = strspn(dot + 1, "0123456789");
        const size_t bytes = (size_t)(dot + 1 - name) + digits;
        if (digits != 0 && name[bytes] == '.')
            return names_a_buffer(p, name, bytes) ? 0 : bytes;
    }
    return 0;
}

static const char *step_name(const struct lir_program *p, uint32_t step)
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
    return step_name(p, step);
}

static bool is_of_layer(const struct lir_program *p, const char *name, const char *layer,
                        size_t bytes)
{
    return layer_bytes(p, name) == bytes && memcmp(name, layer, bytes) == 0;
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
            is_of_layer(p, str_text(p->strings, b->name), layer, bytes))
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
        if (layer_bytes(p, step_name(p, i)) != 0)
            return is_of_layer(p, step_name(p, i), layer, bytes);
    return false;
}

static uint32_t group_end(const struct lir_program *p, uint32_t first, uint32_t end)
{
    const char *layer = step_name(p, first);
    const size_t bytes = layer_bytes(p, layer);
    uint32_t i = first + 1;

    for (; i < end; i++) {
        const char *name = step_name(p, i);
        if (bytes == 0                  ? layer_bytes(p, name) != 0 || i - first == GROUP_STEPS_MAX
            : layer_bytes(p, name) == 0 ? !joins_layer(p, i, end, layer, bytes)
                                        : !is_of_layer(p, name, layer, bytes))
            break;
    }
    return i;
}

static void add_groups(struct c_program *c, uint32_t first, uint32_t end, const char *ending)
{
    const struct lir_program *p = c->program;

    while (first < end) {
        const uint32_t next = group_end(p, first, end);
        const char *layer = step_name(p, first);
        const size_t bytes = layer_bytes(p, layer);
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

/* ---- the drawing ---- */

/* Words wrapped behind a margin, which is the continuation of a line of a comment. */
static void add_wrapped(struct text *out, uint32_t *line, const char *word, const char *margin)
{
    if (out->bytes - *line + strlen(word) + 1 > C_LINE_WIDTH) {
        *line = out->bytes + 1;
        text_add(out, "\n%s", margin);
    }
    text_add(out, " %s", word);
}

/* The names of steps without that of their layer. */
static void draw_steps(const struct c_program *c, const struct c_group *group, struct text *out)
{
    static const char margin[] = " *     |          ";
    uint32_t line = out->bytes;
    const char *layer = step_name(c->program, group->first);
    const size_t bytes = layer_bytes(c->program, layer);

    text_add(out, " *   %-*s", (int)sizeof margin - 6, group->name);
    for (uint32_t i = group->first; i < group->end; i++) {
        struct arena *a = c->arena;
        struct c_words words;
        const char *name = step_name(c->program, i);
        if (bytes != 0 && is_of_layer(c->program, name, layer, bytes))
            name += bytes + 1;
        c_words_init(&words, a, NULL);
        add_wrapped(out, &line,
                    arena_printf(a, "%s%s", c_word(&words, name), i + 1 == group->end ? "" : ","),
                    margin);
    }
    text_add(out, "\n");
}

/* Whether two groups run the same kernels in the same order. */
static bool are_alike(const struct lir_program *p, const struct c_group *a, const struct c_group *b)
{
    if (a->end - a->first != b->end - b->first)
        return false;
    for (uint32_t i = 0; i < a->end - a->first; i++)
        if (p->steps[a->first + i].kernel != p->steps[b->first + i].kernel)
            return false;
    return true;
}

static void draw_groups(const struct c_program *c, uint32_t first, uint32_t end, struct text *out)
{
    const struct c_group *groups = c->groups;

    for (uint32_t i = first, last; i < end; i = last + 1) {
        last = i;
        while (last + 1 < end && are_alike(c->program, &groups[i], &groups[last + 1]))
            last++;
        draw_steps(c, &groups[i], out);
        if (last == i + 1)
            text_add(out, " *     |\n *   %s, likewise\n", groups[last].name);
        else if (last > i)
            text_add(out, " *     |\n *   %s to %s, likewise\n", groups[i + 1].name,
                     groups[last].name);
        if (last + 1 < end)
            text_add(out, " *     |\n");
    }
}

static void draw_io(const struct c_program *c, bool outputs, struct text *out)
{
    const struct lir_program *p = c->program;
    bool first = true;

    text_add(out, " *  ");
    for (uint32_t i = 0; i < p->io_count; i++) {
        struct c_words words;
        if (p->io[i].is_output != outputs)
            continue;
        c_words_init(&words, c->arena, NULL);
        text_add(out, "%s %s", first ? "" : ",",
                 c_word(&words, str_text(p->strings, p->io[i].name)));
        for (uint32_t j = 0; j < p->io[i].rank; j++) {
            if (p->io[i].dims[j].slot == LIR_FIXED)
                text_add(out, "[%u]", p->io[i].dims[j].size);
            else
                text_add(out, "[%s]", c->sizes->names[p->io[i].dims[j].slot]);
        }
        first = false;
    }
    text_add(out, "%s\n", first ? " nothing" : "");
}

static void draw(const struct c_program *c, struct text *out)
{
    const struct lir_program *p = c->program;
    bool is_first = true;

    text_add(out, "/* %s: at most", p->name);
    for (uint32_t slot = 0; slot < c->sizes->count; slot++) {
        if (p->upper[slot] == 0 || slot == SYMBOL_SEQ)
            continue;
        text_add(out, "%s %s %lld", is_first ? "" : ",", c->sizes->names[slot],
                 (long long)p->upper[slot]);
        is_first = false;
    }
    text_add(out, "\n *\n");
    draw_io(c, false, out);
    text_add(out, " *     |\n");
    draw_groups(c, 0, c->first_of_rows, out);
    if (c->first_of_rows < c->group_count) {
        text_add(out, " *     |        for the rows whose outputs are wanted:\n");
        draw_groups(c, c->first_of_rows, c->group_count, out);
    }
    text_add(out, " *     |\n");
    draw_io(c, true, out);
    text_add(out, " */\n");
}

void c_program_functions(const struct c_program *c, struct text *out)
{
    const struct lir_program *p = c->program;

    draw(c, out);
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

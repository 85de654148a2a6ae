/* The comment that draws a program: what comes in, its functions in order with their steps, what goes
 * out. In: a program with names and groups; out: text whose lines end before column 100. */
#include "targets/c/program.h"

#include <string.h>

/* Words behind a margin, which begins each line but the first. */
struct drawing {
    struct text *out;
    uint32_t line; /* where it begins */
    const char *margin;
};

static struct drawing begin(struct text *out, const char *margin)
{
    return (struct drawing){out, out->bytes, margin};
}

static void add_word(struct drawing *d, const char *word)
{
    if (d->out->bytes - d->line + strlen(word) + 1 > C_LINE_WIDTH - 1) {
        text_add(d->out, "\n");
        d->line = d->out->bytes;
        text_add(d->out, "%s", d->margin);
    }
    text_add(d->out, " %s", word);
}

/* A name of the graph, as the code has it. */
static const char *word_of(const struct c_program *c, const char *name)
{
    struct c_words words;

    c_words_init(&words, c->arena, NULL);
    return c_word(&words, name);
}

/* ---- functions ---- */

static uint32_t names_width(const struct c_program *c)
{
    enum { WIDTH_MAX = 40 };
    size_t width = 0;

    for (uint32_t i = 0; i < c->group_count; i++)
        width = max_u64(width, strlen(c->groups[i].name));
    return (uint32_t)min_u64(width, WIDTH_MAX);
}

/* "layers_0: qkv, attention": the names of steps without that of their layer. */
static void draw_steps(const struct c_program *c, const struct c_group *group, struct text *out)
{
    const int width = (int)names_width(c);
    struct drawing d = begin(out, arena_printf(c->arena, " *     |%*s", width - 2, ""));
    const char *layer = c_step_name(c->program, group->first);
    const size_t bytes = c_layer_bytes(c->program, layer);

    text_add(out, " *   %-*s", width + 1, arena_printf(c->arena, "%s:", group->name));
    for (uint32_t i = group->first; i < group->end; i++) {
        const char *name = c_step_name(c->program, i);
        if (bytes != 0 && c_is_of_layer(c->program, name, layer, bytes))
            name += bytes + 1;
        add_word(&d,
                 arena_printf(c->arena, "%s%s", word_of(c, name), i + 1 == group->end ? "" : ","));
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
            text_add(out, " *     |\n *   %s %s %s, likewise\n", groups[i + 1].name,
                     last == i + 2 ? "and" : "to", groups[last].name);
        if (last + 1 < end)
            text_add(out, " *     |\n");
    }
}

/* ---- ends ---- */

static void draw_io(const struct c_program *c, bool outputs, struct text *out)
{
    const struct lir_program *p = c->program;
    struct drawing d = begin(out, " *  ");
    uint32_t left = 0;

    text_add(out, " *  ");
    for (uint32_t i = 0; i < p->io_count; i++)
        left += p->io[i].is_output == outputs;
    for (uint32_t i = 0; i < p->io_count; i++) {
        struct text word = {.arena = c->arena};
        if (p->io[i].is_output != outputs)
            continue;
        text_add(&word, "%s", word_of(c, str_text(p->strings, p->io[i].name)));
        for (uint32_t j = 0; j < p->io[i].rank; j++) {
            if (p->io[i].dims[j].slot == LIR_FIXED)
                text_add(&word, "[%u]", p->io[i].dims[j].size);
            else
                text_add(&word, "[%s]", c->sizes->names[p->io[i].dims[j].slot]);
        }
        text_add(&word, "%s", --left == 0 ? "" : ",");
        add_word(&d, word.data);
    }
    text_add(out, "\n");
}

/* Sizes that the buffers are made for. */
static void draw_sizes(const struct c_program *c, struct text *out)
{
    const struct lir_program *p = c->program;
    struct drawing d = begin(out, " *");
    const char *separator = ":";

    text_add(out, "/* %s", p->name);
    for (uint32_t slot = 0; slot < c->sizes->count; slot++) {
        if (p->upper[slot] == 0 || slot == SYMBOL_SEQ)
            continue;
        text_add(out, "%s", separator);
        add_word(&d, arena_printf(c->arena, "%s <= %lld", c->sizes->names[slot],
                                  (long long)p->upper[slot]));
        separator = ",";
    }
    text_add(out, "\n *\n");
}

void c_program_drawing(const struct c_program *c, struct text *out)
{
    draw_sizes(c, out);
    draw_io(c, false, out);
    text_add(out, " *     |\n");
    draw_groups(c, 0, c->first_of_rows, out);
    if (c->first_of_rows < c->group_count) {
        text_add(out, " *     |      for the rows whose outputs are wanted:\n");
        draw_groups(c, c->first_of_rows, c->group_count, out);
    }
    text_add(out, " *     |\n");
    draw_io(c, true, out);
    text_add(out, " */\n");
}

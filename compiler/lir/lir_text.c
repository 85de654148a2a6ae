/* Prints a program. In: a program, planned or not; out: text that lir_parse reads back (lir_words.h
 * shows it). Kernels are numbered in the order of their first use. */
#include "compiler/lir/arguments.h"
#include "compiler/lir/lir_words.h"

#include <string.h>

const char *const home_words[HOME_COUNT] = {"weight", "state",  "scratch",    "thread",
                                            "input",  "output", "carried_in", "carried_out"};
const char *const phase_words[4] = {"prefill", "decode", "encoder", "inference"};
const char *field_word(enum field_type type, uint32_t value)
{
    static const char *const mask[] = {"none", "causal"};
    static const char *const state_class[] = {
#define W(name) #name,
        STATE_CLASS_WORDS(W)
#undef W
    };

    switch (type) {
    case FIELD_layout:
        return value < LAYOUT_COUNT ? layout_info[value].name : NULL;
    case FIELD_act:
        return value < ACT_COUNT ? act_names[value] : NULL;
    case FIELD_dtype:
        return value < DTYPE_COUNT ? dtype_info[value].name : NULL;
    case FIELD_mask:
        return value < countof(mask) ? mask[value] : NULL;
    case FIELD_class:
        return value < countof(state_class) ? state_class[value] : NULL;
    case FIELD_symbol:
        return value < SYMBOL_MAX ? symbol_name(value) : NULL;
    default:
        return NULL;
    }
}

const char *io_role_word(bool is_output, uint32_t role)
{
    static const char *const inputs[] = {
#define W(name) #name,
        INPUT_ROLE_WORDS(W)
#undef W
    };
    static const char *const outputs[] = {
#define W(name) #name,
        OUTPUT_ROLE_WORDS(W)
#undef W
    };

    if (is_output)
        return role < countof(outputs) ? outputs[role] : NULL;
    return role < countof(inputs) ? inputs[role] : NULL;
}

/* ---- kernels ---- */

uint32_t field_number(const struct lir_kernel *k, const struct kernel_field *f)
{
    uint32_t value = 0;

    if (f->type != FIELD_real && f->type != FIELD_code)
        memcpy(&value, (const uint8_t *)k + f->offset, sizeof value);
    return value;
}

float field_real(const struct lir_kernel *k, const struct kernel_field *f)
{
    float value = 0;

    if (f->type == FIELD_real)
        memcpy(&value, (const uint8_t *)k + f->offset, sizeof value);
    return value;
}

static void field_text(struct text *out, const struct lir_kernel *k, const struct kernel_field *f)
{
    uint32_t value = field_number(k, f);
    float real = field_real(k, f);
    const char *word = field_word(f->type, value);

    if (word != NULL)
        text_add(out, " %s=%s", f->name, word);
    else if (value != 0)
        text_add(out, " %s=%u", f->name, value);
    else if (real != 0)
        text_add(out, " %s=%.9g", f->name, (double)real);
    else if (f->type == FIELD_code && lir_formula(k)->bytes != 0) {
        text_add(out, " %s=[", f->name);
        scalar_code_text(out, lir_formula(k));
        text_add(out, "]");
    }
}

/* The arguments of one direction that are present: of a kernel with their strides, of a step with
 * their buffers. */
static void arguments_text(struct text *out, const struct lir_kernel *k, bool is_output,
                           const buf_id *buffers)
{
    const char *comma = "";

    text_add(out, " (");
    for (uint32_t i = 0; i < lir_argument_count(k); i++) {
        if (!lir_has(k, i) || lir_is_output(k, i) != is_output)
            continue;
        text_add(out, "%s%s", comma, argument_info(k, i)->name);
        if (buffers != NULL)
            text_add(out, "=b%u", buffers[i]);
        else if (k->stride[i] != 0)
            text_add(out, ":%u", k->stride[i]);
        comma = ", ";
    }
    text_add(out, ")");
}

static void kernel_text(struct text *out, uint32_t number, const struct lir_kernel *k,
                        uint32_t then)
{
    const struct kernel_kind_info *info = &kernel_kind_info[k->kind];

    text_add(out, "  kernel k%u %s%s", number, k->tail != 0 ? "tail " : "", info->name);
    if (k->then != 0)
        text_add(out, " then k%u", then);
    text_add(out, " rows_symbol=%s", symbol_name(k->rows_symbol));
    for (const struct kernel_field *f = info->fields; f->name != NULL; f++)
        field_text(out, k, f);
    arguments_text(out, k, false, NULL);
    text_add(out, " ->");
    arguments_text(out, k, true, NULL);
    text_add(out, "\n");
}

/* The number of each kernel in the text, + 1; 0: the program does not use it. */
static uint32_t *number_kernels(const struct lir_program *p, struct arena *a, struct text *out)
{
    uint32_t *number = arena_new(a, uint32_t, p->kernels->count + 1), count = 0;

    for (uint32_t first = 0, end; first < p->step_count; first = end) {
        end = lir_launch_end(p, first);
        for (uint32_t i = end; i-- > first;) { /* tails first: `then` names them */
            const uint32_t kernel = p->steps[i].kernel;
            if (number[kernel] != 0)
                continue;
            kernel_text(out, count, &p->kernels->all[kernel],
                        i + 1 < end ? number[p->steps[i + 1].kernel] - 1 : 0);
            number[kernel] = ++count;
        }
    }
    return number;
}

/* ---- the rest ---- */

static void io_text(const struct lir_program *p, const struct lir_io *io, struct text *out)
{
    text_add(out, "  io %s %s ", io->is_output ? "output" : "input",
             io_role_word(io->is_output, io->role));
    text_add_quoted(out, str_text(p->strings, io->name));
    text_add(out, " %s [", dtype_info[io->element].name);
    for (uint32_t i = 0; i < io->rank; i++) {
        if (io->dims[i].slot == LIR_FIXED)
            text_add(out, "%s%u", i == 0 ? "" : ", ", io->dims[i].size);
        else
            text_add(out, "%s%s", i == 0 ? "" : ", ", symbol_name(io->dims[i].slot));
    }
    text_add(out, "] b%u:%u\n", io->buffer, io->stride);
}

static void variant_text(const struct lir_program *p, struct text *out)
{
    const struct variant *v = &p->variant;

    text_add(out, "\n  variant");
    if (!variant_is_main(v)) {
        text_add(out, " entry=");
        text_add_quoted(out, v->entry_name);
    }
    text_add(out, " phase=%s batch=%u seq=%u", phase_words[v->phase], v->batch, v->seq);
    if (v->has_past)
        text_add(out, " past=%u", v->past_seq);
    for (uint32_t i = 0; i < v->extra_count; i++)
        text_add(out, " %s=%u", symbol_name(v->extra[i].symbol), v->extra[i].size);
}

/* slot S7 = (1*S6 - 3) / 2 */
static void slot_text(const struct lir_program *p, uint32_t slot, struct text *out)
{
    const struct dim_slot_info *s = &p->slots[slot];

    if (s->divide != 0)
        text_add(out, "  slot %s = (%lld*%s %c %lld) / %lld\n", symbol_name(slot),
                 (long long)s->multiply, symbol_name(s->symbol), s->add < 0 ? '-' : '+',
                 (long long)(s->add < 0 ? -s->add : s->add), (long long)s->divide);
}

static void head_text(const struct lir_program *p, struct text *out)
{
    text_add(out, "program ");
    text_add_quoted(out, p->name);
    variant_text(p, out);
    text_add(out, "\n  upper");
    for (uint32_t i = 0; i < SYMBOL_MAX; i++)
        if (p->upper[i] != 0)
            text_add(out, " %s=%lld", symbol_name(i), (long long)p->upper[i]);
    text_add(out, "\n  homes");
    for (uint32_t i = 0; i < HOME_COUNT; i++)
        if (p->home_bytes[i] != 0)
            text_add(out, " %s=%llu", home_words[i], (unsigned long long)p->home_bytes[i]);
    text_add(out, "\n");
    for (uint32_t i = 0; i < SYMBOL_MAX; i++)
        slot_text(p, i, out);
}

/* Which buffers the caller fills and reads. */
static void ends_text(const struct lir_program *p, struct text *out)
{
    for (uint32_t i = 0; i < p->io_count; i++)
        io_text(p, &p->io[i], out);
    if (p->segments != 0)
        text_add(out, "  segments b%u\n", p->segments);
    if (p->row_segments != 0)
        text_add(out, "  row_segments b%u\n", p->row_segments);
}

static void buffer_text(const struct lir_program *p, buf_id id, struct text *out)
{
    const struct lir_buffer *b = &p->buffers[id];

    if (b->is_view)
        text_add(out, "  view b%u in b%u", id, b->inside);
    else
        text_add(out, "  buffer b%u %s", id, home_words[b->home]);
    text_add(out, " %llu @%llu live %u..%u", (unsigned long long)b->bytes,
             (unsigned long long)b->offset, b->first, b->last);
    if (b->source != 0)
        text_add(out, " source=%u", b->source);
    if (b->name != 0) {
        text_add(out, " ");
        text_add_quoted(out, str_text(p->strings, b->name));
    }
    text_add(out, "\n");
}

static void value_text(struct text *out, const struct value_field *f, const void *at)
{
    uint32_t value;
    float real;

    memcpy(&value, at, sizeof value);
    memcpy(&real, at, sizeof real);
    if (value != 0 && f->type == FIELD_real)
        text_add(out, " %s=%.9g", f->name, (double)real);
    else if (value != 0)
        text_add(out, " %s=%u", f->name, value);
}

void lir_value_text(const char *kind, uint32_t index, uint32_t bits, struct text *out)
{
    for (uint32_t i = 0; i < value_field_count; i++)
        if (value_fields[i].index == index &&
            strcmp(kernel_kind_info[value_fields[i].kind].name, kind) == 0) {
            value_text(out, &value_fields[i], &bits);
            return;
        }
    text_add(out, " value%u=0x%x", index, bits);
}

static void step_text(const struct lir_program *p, const struct lir_step *s, uint32_t kernel,
                      struct text *out)
{
    const struct lir_kernel *k = step_kernel(p, s);

    text_add(out, "  step ");
    text_add_quoted(out, str_text(p->strings, s->name));
    text_add(out, " k%u", kernel);
    arguments_text(out, k, false, &p->args[s->first_arg]);
    text_add(out, " ->");
    arguments_text(out, k, true, &p->args[s->first_arg]);
    text_add(out, " tiles=%u", s->tiles);
    if (s->tile_unit != 0)
        text_add(out, "*%s/%u", symbol_name(s->tile_symbol), s->tile_unit);
    if ((s->flags & STEP_barrier) != 0)
        text_add(out, " barrier");
    if ((s->flags & STEP_replicated) != 0)
        text_add(out, " replicated");
    else if ((s->flags & STEP_shared) == 0)
        text_add(out, " own");
    if ((s->flags & STEP_replay) != 0)
        text_add(out, " replay");
    if ((s->flags & STEP_scattered) != 0)
        text_add(out, " scattered");
    if ((s->flags & STEP_tail) != 0)
        text_add(out, " tail");
    if (s->counter != 0)
        text_add(out, " counter=b%u", s->counter);
    for (uint32_t i = 0; i < value_field_count; i++)
        if (value_fields[i].kind == k->kind)
            value_text(out, &value_fields[i], (const uint8_t *)&s->values + value_fields[i].offset);
    text_add(out, "\n");
}

void lir_text(const struct lir_program *p, struct text *out)
{
    struct arena scratch = {0};

    head_text(p, out);
    uint32_t *number = number_kernels(p, &scratch, out);
    for (buf_id b = 1; b < p->buffer_count; b++)
        buffer_text(p, b, out);
    ends_text(p, out);
    for (uint32_t i = 0; i < p->step_count; i++) {
        if (i == p->lm_head_step)
            text_add(out, "  lm_head\n");
        step_text(p, &p->steps[i], number[p->steps[i].kernel] - 1, out);
    }
    arena_free(&scratch);
}

/* Prints a program. In: a program, planned or not; out: text that lir_parse reads back (lir_words.h
 * shows it). Kernels are numbered in the order of their first use. */
#include "compiler/lir/arguments.h"
#include "compiler/lir/lir_words.h"

#include <string.h>

enum {
    E = 1 << KERNEL_embed,
    R = 1 << KERNEL_row,
    M = 1 << KERNEL_matmul,
    W = 1 << KERNEL_kv_write,
    A = 1 << KERNEL_attention
};

const struct kernel_field kernel_fields[] = {
#define FIELD(name, type, always)                                      \
    {                                                                  \
#name, offsetof(struct lir_kernel, name), FIELD_##type, always \
    }
    FIELD(rows_symbol, symbol, ~0u),
    FIELD(layout, layout, E | M),
    FIELD(act, act, R | M),
    FIELD(bias, u8, 0),
    FIELD(block_sums, u8, 0),
    FIELD(norm, norm, R),
    FIELD(gated, u8, 0),
    FIELD(qk_norm, u8, 0),
    FIELD(batched, u8, 0),
    FIELD(partial, u8, 0),
    FIELD(staged, u8, 0),
    FIELD(interleaved, u8, 0),
    FIELD(kv, dtype, W | A),
    FIELD(mask, mask, A),
    FIELD(windowed, u8, 0),
    FIELD(capped, u8, 0),
    FIELD(tile_groups, u8, 0),
    FIELD(tile_tokens, u8, 0),
    FIELD(n, u32, 0),
    FIELD(k, u32, 0),
    FIELD(heads, u32, 0),
    FIELD(kv_heads, u32, 0),
    FIELD(head_dim, u32, 0),
    FIELD(n_rot, u32, W),
    FIELD(context, u32, 0),
    FIELD(chunk, u32, 0),
    FIELD(epsilon, f32, 0),
#undef FIELD
};
const uint32_t kernel_field_count = countof(kernel_fields);

const struct value_field value_fields[] = {
#define KERNEL(...)
#define VALUE(kind, index, type, name) \
    {#name, offsetof(struct lir_values, name), FIELD_##type, KERNEL_##kind, index},
#include "compiler/lir/kernel_kinds.def"
#undef VALUE
#undef KERNEL
};
const uint32_t value_field_count = countof(value_fields);

const char *const home_words[HOME_COUNT] = {"weight", "state", "scratch",
                                            "thread", "input", "output"};
const char *const phase_words[4] = {"prefill", "decode", "encoder", "inference"};

const char *field_word(enum field_type type, uint32_t value)
{
    static const char *const norm[] = {"none", "rms"};
    static const char *const mask[] = {"none", "causal"};

    switch (type) {
    case FIELD_layout:
        return value < LAYOUT_COUNT ? layout_info[value].name : NULL;
    case FIELD_act:
        return value < ACT_COUNT ? act_names[value] : NULL;
    case FIELD_norm:
        return value < countof(norm) ? norm[value] : NULL;
    case FIELD_dtype:
        return value < DTYPE_COUNT ? dtype_info[value].name : NULL;
    case FIELD_mask:
        return value < countof(mask) ? mask[value] : NULL;
    case FIELD_symbol:
        return value < SYMBOL_MAX ? symbol_name(value) : NULL;
    default:
        return NULL;
    }
}

/* ---- kernels ---- */

static void real_text(struct text *out, const char *name, const void *at)
{
    float number;

    memcpy(&number, at, sizeof number);
    if (number != 0)
        text_add(out, " %s=%.9g", name, (double)number);
}

static void field_text(struct text *out, const struct lir_kernel *k, const struct kernel_field *f)
{
    const uint8_t *at = (const uint8_t *)k + f->offset;
    uint32_t value = 0;

    if (f->type == FIELD_f32) {
        real_text(out, f->name, at);
        return;
    }
    if (f->type == FIELD_u32)
        memcpy(&value, at, sizeof value);
    else
        value = *at;
    if (value == 0 && (f->always >> k->kind & 1) == 0)
        return;
    const char *word = field_word(f->type, value);
    if (word != NULL)
        text_add(out, " %s=%s", f->name, word);
    else
        text_add(out, " %s=%u", f->name, value);
}

static void kernel_text(struct text *out, uint32_t number, const struct lir_kernel *k)
{
    text_add(out, "  kernel k%u %s", number, kernel_kind_info[k->kind].name);
    for (uint32_t i = 0; i < kernel_field_count; i++)
        field_text(out, k, &kernel_fields[i]);
    text_add(out, " stride=[");
    for (uint32_t i = 0; i < kernel_arguments(k); i++)
        text_add(out, i == 0 ? "%u" : ", %u", k->stride[i]);
    text_add(out, "]");
    if (k->code_bytes != 0) {
        text_add(out, " code=[");
        scalar_code_text(out, k->code, k->code_bytes);
        text_add(out, "]");
    }
    text_add(out, "\n");
}

/* The number of each kernel in the text, + 1; 0: the program does not use it. */
static uint32_t *number_kernels(const struct lir_program *p, struct arena *a, struct text *out)
{
    uint32_t *number = arena_new(a, uint32_t, p->kernels->count + 1), count = 0;

    for (uint32_t i = 0; i < p->step_count; i++) {
        uint32_t kernel = p->steps[i].kernel;
        if (number[kernel] != 0)
            continue;
        kernel_text(out, count, &p->kernels->all[kernel]);
        number[kernel] = ++count;
    }
    return number;
}

/* ---- the rest ---- */

static void head_text(const struct lir_program *p, struct text *out)
{
    const struct {
        const char *name;
        buf_id id;
    } ends[] = {{"tokens", p->tokens},
                {"positions", p->positions},
                {"out_rows", p->out_rows},
                {"row_states", p->row_states},
                {"logits", p->logits}};

    text_add(out, "program ");
    text_add_quoted(out, p->name);
    text_add(out, "\n  variant phase=%s batch=%u seq=%u", phase_words[p->variant.phase],
             p->variant.batch, p->variant.seq);
    if (p->variant.has_past)
        text_add(out, " past=%u", p->variant.past_seq);
    for (uint32_t i = 0; i < p->variant.extra_count; i++)
        text_add(out, " %s=%u", symbol_name(p->variant.extra[i].symbol), p->variant.extra[i].size);
    text_add(out, "\n  upper");
    for (uint32_t i = 0; i < SYMBOL_MAX; i++)
        if (p->upper[i] != 0)
            text_add(out, " %s=%lld", symbol_name(i), (long long)p->upper[i]);
    text_add(out, "\n  homes");
    for (uint32_t i = 0; i < HOME_COUNT; i++)
        if (p->home_bytes[i] != 0)
            text_add(out, " %s=%llu", home_words[i], (unsigned long long)p->home_bytes[i]);
    text_add(out, "\n  ends");
    for (uint32_t i = 0; i < countof(ends); i++)
        if (ends[i].id != 0)
            text_add(out, " %s=b%u", ends[i].name, ends[i].id);
    text_add(out, " logits_stride=%u\n", p->logits_stride);
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

static void arguments_text(const struct lir_program *p, uint32_t first, uint32_t count,
                           struct text *out)
{
    text_add(out, "(");
    for (uint32_t i = 0; i < count; i++)
        text_add(out, i == 0 ? "b%u" : ", b%u", p->args[first + i]);
    text_add(out, ")");
}

static void value_text(struct text *out, const struct value_field *f, const void *at)
{
    uint32_t value;

    memcpy(&value, at, sizeof value);
    if (f->type == FIELD_f32)
        real_text(out, f->name, at);
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
    text_add(out, " k%u ", kernel);
    arguments_text(p, s->first_arg, k->input_count, out);
    text_add(out, " -> ");
    arguments_text(p, s->first_arg + k->input_count, k->output_count, out);
    text_add(out, " tiles=%u", s->tiles);
    if (s->tile_unit != 0)
        text_add(out, "*%s/%u", symbol_name(s->tile_symbol), s->tile_unit);
    if ((s->flags & STEP_barrier) != 0)
        text_add(out, " barrier");
    if ((s->flags & STEP_replicated) != 0)
        text_add(out, " replicated");
    else if ((s->flags & STEP_shared) == 0)
        text_add(out, " own");
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
    for (uint32_t i = 0; i < p->step_count; i++) {
        if (i == p->head_step)
            text_add(out, "  head\n");
        step_text(p, &p->steps[i], number[p->steps[i].kernel] - 1, out);
    }
    arena_free(&scratch);
}

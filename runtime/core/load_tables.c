/* Checks the contents of the artifact's tables: strings, kernels inside their image, steps and
 * their arguments inside the homes, states by their formula. In: the sections from load.c. Out:
 * checked tables, or an error that names the table, the entry, what was expected and what was
 * found. */
#include "runtime/core/load.h"

#include "rlx/kernel.h"
#include "runtime/core/state.h"

#include <float.h>

enum {
    MAX_CONTEXT = 1 << 28,
    MAX_VOCABULARY = 1 << 26,
    MAX_STEP_ARGS = 16, /* device_cpu.c has room for so many addresses on its stack */
    MAX_LOG_BYTES = 46, /* no home is larger than 2^46 bytes, so sums of two never overflow */
};

static bool inside(uint64_t offset, uint64_t bytes, uint64_t size)
{
    return offset <= size && bytes <= size - offset;
}

static bool range_inside(uint32_t first, uint32_t count, uint32_t size)
{
    return inside(first, count, size);
}

static bool string_holds(const struct check *c, uint32_t string)
{
    return string < c->artifact->strings.bytes;
}

static rlx_status bad_string(const struct check *c, const char *table, uint32_t index)
{
    return check_failed(c, "%s %u: a string is outside the strings (%llu bytes)", table, index,
                        (unsigned long long)c->artifact->strings.bytes);
}

/* One test for all strings: the last byte of the section is 0, so a string that begins inside it
 * also ends inside it. */
static rlx_status check_strings(const struct check *c)
{
    const struct span *s = &c->artifact->strings;
    if (s->bytes == 0 || s->bytes > UINT32_MAX || s->data[0] != 0 || s->data[s->bytes - 1] != 0)
        return check_failed(c, "strings: expected to begin and to end with a zero byte");
    return RLX_OK;
}

static rlx_status check_info(const struct check *c)
{
    const struct rlx_info *i = c->artifact->info;
    if (!string_holds(c, i->name) || !string_holds(c, i->architecture) ||
        !string_holds(c, i->source) || !string_holds(c, i->compiler) ||
        !string_holds(c, i->numerics))
        return bad_string(c, "info", 0);
    if (i->vocabulary > MAX_VOCABULARY)
        return check_failed(c, "info: expected a vocabulary of at most %d, found %u",
                            MAX_VOCABULARY, i->vocabulary);
    if (c->artifact->levels.count == 0)
        return RLX_OK; /* only a tokenizer */
    if (i->vocabulary == 0)
        return check_failed(c, "info: the vocabulary is empty");
    if (i->context == 0 || i->context > MAX_CONTEXT)
        return check_failed(c, "info: expected a context of 1 to %d, found %u", MAX_CONTEXT,
                            i->context);
    if (i->logits_stride < i->vocabulary || i->logits_stride - i->vocabulary > 4096)
        return check_failed(c, "info: logits_stride %u does not match the vocabulary of %u",
                            i->logits_stride, i->vocabulary);
    if (!state_element_known(i->kv_element))
        return check_failed(c, "info: unknown kv_element %u: compiled by another version of rlxc",
                            i->kv_element);
    if (i->lm_head_rows_max == 0 || i->lm_head_rows_max > MAX_CONTEXT)
        return check_failed(c, "info: lm_head_rows_max is %u", i->lm_head_rows_max);
    if (i->state_bytes >> MAX_LOG_BYTES)
        return check_failed(c, "info: state_bytes %llu is larger than any memory",
                            (unsigned long long)i->state_bytes);
    return RLX_OK;
}

static rlx_status check_kernels(const struct check *c, const struct rlx_level *l)
{
    for (uint32_t i = l->first_kernel; i < l->first_kernel + l->kernel_count; i++) {
        const struct rlx_kernel *k = table_at(&c->artifact->kernels, i);
        if (!string_holds(c, k->name) || !string_holds(c, k->kind))
            return bad_string(c, "kernel", i);
        if (k->entry == l->image_bytes || !inside(k->entry, k->code_bytes, l->image_bytes))
            return check_failed(c,
                                "kernel %u: code at %llu with %llu bytes is not inside its "
                                "image of %llu bytes",
                                i, (unsigned long long)k->entry, (unsigned long long)k->code_bytes,
                                (unsigned long long)l->image_bytes);
    }
    return RLX_OK;
}

static rlx_status check_args(const struct check *c, uint32_t step, const struct rlx_step *s,
                             const uint64_t home_bytes[RLX_HOME_COUNT])
{
    if (s->arg_count > MAX_STEP_ARGS ||
        !range_inside(s->first_arg, s->arg_count, c->artifact->args.count))
        return check_failed(c,
                            "step %u: arguments %u with %u entries are not inside the table of "
                            "%u, or are more than %d",
                            step, s->first_arg, s->arg_count, c->artifact->args.count,
                            MAX_STEP_ARGS);
    for (uint32_t i = s->first_arg; i < s->first_arg + s->arg_count; i++) {
        const struct rlx_arg *a = table_at(&c->artifact->args, i);
        if (a->home >= RLX_HOME_COUNT)
            return check_failed(c, "argument %u (step %u): unknown home %u", i, step, a->home);
        if (!inside(a->offset, a->bytes, home_bytes[a->home]))
            return check_failed(c,
                                "argument %u (step %u): offset %llu with %u bytes is not "
                                "inside home %u of %llu bytes",
                                i, step, (unsigned long long)a->offset, a->bytes, a->home,
                                (unsigned long long)home_bytes[a->home]);
    }
    return RLX_OK;
}

static rlx_status check_step_values(const struct check *c, uint32_t step, const struct rlx_step *s)
{
    const uint64_t bytes = c->artifact->values.bytes;
    if (!artifact_has_values(c->artifact))
        return RLX_OK;
    if (s->value_count > RLX_LAUNCH_VALUES ||
        !inside(s->first_value, s->value_count, bytes / sizeof(uint32_t)))
        return check_failed(c,
                            "step %u: %u values from %u on are not inside the values of %llu "
                            "bytes, or are more than %d",
                            step, s->value_count, s->first_value, (unsigned long long)bytes,
                            RLX_LAUNCH_VALUES);
    return RLX_OK;
}

static rlx_status check_step(const struct check *c, const struct rlx_level *l,
                             const struct rlx_variant_entry *v, uint32_t index,
                             const uint64_t home_bytes[RLX_HOME_COUNT])
{
    const struct rlx_step *s = table_at(&c->artifact->steps, index);
    if (!string_holds(c, s->name))
        return bad_string(c, "step", index);
    if (s->kernel >= l->kernel_count)
        return check_failed(c, "step %u: kernel %u of %u", index, s->kernel, l->kernel_count);
    if (s->flags & ~(RLX_STEP_BARRIER | RLX_STEP_REPLICATED | RLX_STEP_SHARED))
        return check_failed(c, "step %u: unknown flags %u", index, s->flags);
    if (s->tile_symbol >= RLX_DIM_COUNT)
        return check_failed(c, "step %u: unknown tile symbol %u", index, s->tile_symbol);
    uint64_t max = s->tiles;
    if (s->tile_unit != 0)
        max *= (s->tile_symbol == RLX_DIM_PAST_SEQ || s->tile_symbol == RLX_DIM_KEYS
                    ? c->artifact->info->context
                    : v->last_rows) /
                   s->tile_unit +
               1;
    if (s->tiles == 0 || max > (uint64_t)1 << 40)
        return check_failed(c, "step %u: %llu tiles", index, (unsigned long long)max);
    rlx_status status = check_step_values(c, index, s);
    return status == RLX_OK ? check_args(c, index, s, home_bytes) : status;
}

static rlx_status check_variant_homes(const struct check *c, uint32_t index,
                                      const struct rlx_variant_entry *v)
{
    const struct rlx_info *info = c->artifact->info;
    const uint64_t input = v->home_bytes[RLX_HOME_INPUT];
    const uint64_t output = v->home_bytes[RLX_HOME_OUTPUT];
    for (uint32_t i = 0; i < RLX_HOME_COUNT; i++) {
        if (v->home_bytes[i] >> MAX_LOG_BYTES)
            return check_failed(c, "variant %u: home %u has %llu bytes, more than any memory",
                                index, i, (unsigned long long)v->home_bytes[i]);
    }
    uint64_t rows = (uint64_t)v->last_rows * 4, lm_head = (uint64_t)v->lm_head_rows * 4;
    if (!inside(v->tokens, rows, input) || !inside(v->positions, rows, input) ||
        !inside(v->out_rows, lm_head, input) ||
        (v->tokens | v->positions | v->out_rows | v->logits) % 4 != 0)
        return check_failed(c,
                            "variant %u: tokens at %llu, positions at %llu or out_rows at %llu are "
                            "not inside the inputs of %llu bytes",
                            index, (unsigned long long)v->tokens, (unsigned long long)v->positions,
                            (unsigned long long)v->out_rows, (unsigned long long)input);
    if (!inside(v->segments, v->batch * sizeof(struct rlx_segment), input) || v->segments % 64 != 0)
        return check_failed(c,
                            "variant %u: segments at %llu are not inside the inputs of %llu bytes",
                            index, (unsigned long long)v->segments, (unsigned long long)input);
    if (v->batch > 1 && !inside(v->row_segments, rows, input))
        return check_failed(
            c, "variant %u: row_segments at %llu are not inside the inputs of %llu bytes", index,
            (unsigned long long)v->row_segments, (unsigned long long)input);
    if (!inside(v->logits, lm_head * info->logits_stride, output))
        return check_failed(c,
                            "variant %u: %u rows of logits at %llu are not inside the outputs "
                            "of %llu bytes",
                            index, v->lm_head_rows, (unsigned long long)v->logits,
                            (unsigned long long)output);
    return RLX_OK;
}

static rlx_status check_variant(const struct check *c, const struct rlx_level *l, uint32_t index)
{
    const struct artifact *a = c->artifact;
    const struct rlx_variant_entry *v = table_at(&a->variants, index);
    if (!string_holds(c, v->name))
        return bad_string(c, "variant", index);
    if (v->phase > RLX_PHASE_INFERENCE || v->batch == 0 || v->seq == 0)
        return check_failed(c, "variant %u: phase %u, batch %u, seq %u", index, v->phase, v->batch,
                            v->seq);
    if (v->first_rows == 0 || v->first_rows > v->last_rows || v->last_rows > MAX_CONTEXT)
        return check_failed(c, "variant %u: serves %u to %u rows, expected a range from 1", index,
                            v->first_rows, v->last_rows);
    if (v->lm_head_rows == 0 || v->lm_head_rows > a->info->lm_head_rows_max)
        return check_failed(c, "variant %u: lm_head_rows %u, expected 1 to %u", index,
                            v->lm_head_rows, a->info->lm_head_rows_max);
    if (v->step_count == 0 || !range_inside(v->first_step, v->step_count, a->steps.count) ||
        v->lm_head_step > v->step_count)
        return check_failed(c,
                            "variant %u: steps %u with %u entries (lm_head at %u) are not inside "
                            "the table of %u",
                            index, v->first_step, v->step_count, v->lm_head_step, a->steps.count);
    rlx_status status = check_variant_homes(c, index, v);
    if (status != RLX_OK)
        return status;
    uint64_t home_bytes[RLX_HOME_COUNT] = {
        [RLX_HOME_WEIGHT] = a->weights.bytes,
        [RLX_HOME_STATE] = a->info->state_bytes,
        [RLX_HOME_SCRATCH] = v->home_bytes[RLX_HOME_SCRATCH],
        [RLX_HOME_THREAD] = v->home_bytes[RLX_HOME_THREAD],
        [RLX_HOME_INPUT] = v->home_bytes[RLX_HOME_INPUT],
        [RLX_HOME_OUTPUT] = v->home_bytes[RLX_HOME_OUTPUT],
    };
    for (uint32_t i = 0; i < v->step_count && status == RLX_OK; i++)
        status = check_step(c, l, v, v->first_step + i, home_bytes);
    return status;
}

static rlx_status check_level(const struct check *c, uint32_t index)
{
    const struct artifact *a = c->artifact;
    const struct rlx_level *l = table_at(&a->levels, index);
    if (!string_holds(c, l->name) || !string_holds(c, l->target))
        return bad_string(c, "level", index);
    if (l->image_bytes == 0 || l->image_offset % RLX_PAGE != 0 ||
        l->image_offset < a->code.offset ||
        !inside(l->image_offset - a->code.offset, l->image_bytes, a->code.bytes))
        return check_failed(c,
                            "level %u: an image at %llu with %llu bytes is not inside the "
                            "code, at %llu with %llu bytes",
                            index, (unsigned long long)l->image_offset,
                            (unsigned long long)l->image_bytes, (unsigned long long)a->code.offset,
                            (unsigned long long)a->code.bytes);
    if (!range_inside(l->first_kernel, l->kernel_count, a->kernels.count) ||
        l->variant_count == 0 ||
        !range_inside(l->first_variant, l->variant_count, a->variants.count))
        return check_failed(c,
                            "level %u: kernels %u with %u entries of %u, variants %u with %u of %u",
                            index, l->first_kernel, l->kernel_count, a->kernels.count,
                            l->first_variant, l->variant_count, a->variants.count);
    rlx_status status = check_kernels(c, l);
    for (uint32_t i = 0; i < l->variant_count && status == RLX_OK; i++)
        status = check_variant(c, l, l->first_variant + i);
    return status;
}

uint64_t artifact_state_bytes(const struct rlx_state_entry *state)
{
    const uint64_t scale = state->element == RLX_Q8 ? 2 : 0;
    uint64_t bytes = 0, position = state_width(state) * state_element_bytes(state->element) + scale;
    if (__builtin_mul_overflow((uint64_t)state->kv_heads * state->context, position, &bytes))
        return 0;
    return bytes;
}

static rlx_status check_state(const struct check *c, uint32_t index)
{
    const struct rlx_info *info = c->artifact->info;
    const struct rlx_state_entry *s = table_at(&c->artifact->states, index);
    if (!string_holds(c, s->name))
        return bad_string(c, "state", index);
    if (s->kind != RLX_STATE_KEY && s->kind != RLX_STATE_VALUE)
        return check_failed(c, "state %u: unknown kind %u", index, s->kind);
    if (!state_element_known(s->element))
        return check_failed(c, "state %u: unknown element %u", index, s->element);
    if (s->layer >= info->layers)
        return check_failed(c, "state %u: layer %u of a model with %u", index, s->layer,
                            info->layers);
    if (s->kv_heads == 0 || s->head_dim == 0 || s->context % 64 != 0 || s->context < info->context)
        return check_failed(c,
                            "state %u: %u heads of %u values at %u positions, expected a multiple "
                            "of 64 positions from the context of %u",
                            index, s->kv_heads, s->head_dim, s->context, info->context);
    if (s->bytes == 0 || s->bytes != artifact_state_bytes(s))
        return check_failed(c, "state %u: expected %llu bytes, found %llu", index,
                            (unsigned long long)artifact_state_bytes(s),
                            (unsigned long long)s->bytes);
    if (s->offset % 64 != 0 || !inside(s->offset, s->bytes, info->state_bytes))
        return check_failed(c,
                            "state %u: offset %llu with %llu bytes is not inside the state of "
                            "%llu bytes",
                            index, (unsigned long long)s->offset, (unsigned long long)s->bytes,
                            (unsigned long long)info->state_bytes);
    return RLX_OK;
}

static rlx_status check_tensor(const struct check *c, uint32_t index)
{
    const struct rlx_tensor *t = table_at(&c->artifact->tensors, index);
    if (!string_holds(c, t->name) || !string_holds(c, t->layout))
        return bad_string(c, "tensor", index);
    if (!inside(t->offset, t->bytes, c->artifact->weights.bytes))
        return check_failed(c,
                            "tensor %u: offset %llu with %llu bytes is not inside the weights "
                            "of %llu bytes",
                            index, (unsigned long long)t->offset, (unsigned long long)t->bytes,
                            (unsigned long long)c->artifact->weights.bytes);
    return RLX_OK;
}

static rlx_status check_sampling(const struct check *c)
{
    const struct table *table = &c->artifact->sampling;
    if (table->base == NULL)
        return RLX_OK;
    if (table->count != 1)
        return check_failed(c, "sampling: expected one entry, found %u", table->count);
    const struct rlx_sampling_entry *s = table_at(table, 0);
    const struct {
        const char *name;
        uint32_t bit;
        float value, min, max;
    } values[] = {
        {"temperature", RLX_GIVEN_TEMPERATURE, s->temperature, 0, FLT_MAX},
        {"top_p", RLX_GIVEN_TOP_P, s->top_p, FLT_MIN, 1},
        {"min_p", RLX_GIVEN_MIN_P, s->min_p, 0, 1},
        {"repetition_penalty", RLX_GIVEN_REPETITION_PENALTY, s->repetition_penalty, FLT_MIN,
         FLT_MAX},
    };
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        float value = values[i].value;
        /* Written so that NaN fails. */
        if ((s->given & values[i].bit) && !(value >= values[i].min && value <= values[i].max))
            return check_failed(c, "sampling: %s is %g", values[i].name, (double)value);
    }
    return RLX_OK;
}

rlx_status check_tables(const struct check *c)
{
    const struct artifact *a = c->artifact;
    rlx_status status = check_strings(c);
    if (status == RLX_OK)
        status = check_info(c);
    for (uint32_t i = 0; i < a->states.count && status == RLX_OK; i++)
        status = check_state(c, i);
    for (uint32_t i = 0; i < a->levels.count && status == RLX_OK; i++)
        status = check_level(c, i);
    for (uint32_t i = 0; i < a->tensors.count && status == RLX_OK; i++)
        status = check_tensor(c, i);
    return status == RLX_OK ? check_sampling(c) : status;
}

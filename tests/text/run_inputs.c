/* What a run of a program finds. In: a program with its places; out: random weights and states,
 * segments, and inputs that are in range, on both sides. */
#include "tests/text/run_parts.h"

#include "tests/support/packed_bytes.h"

#include <math.h>
#include <string.h>

static uint64_t random_state;

void random_begin(uint64_t seed)
{
    random_state = seed;
}

uint32_t random_bits(void)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(random_state >> 32);
}

float random_number(void)
{
    return (float)((double)random_bits() / 2147483648.0 - 1);
}

/* ---- sequences ---- */

/* Every sequence has a row; the others go to any. */
static void share_rows(struct running *r)
{
    const uint64_t count = (uint64_t)r->dims[SYMBOL_BATCH];

    for (uint64_t i = 0; i < count; i++)
        r->segments[i] = (struct rlx_segment){.rows = 1};
    for (uint64_t left = (uint64_t)r->dims[SYMBOL_ROWS] - count; left > 0; left--)
        r->segments[random_bits() % count].rows++;
}

void make_segments(struct running *r, int64_t past)
{
    const struct lir_program *p = &r->program;
    const int64_t context = p->upper[SYMBOL_PAST_SEQ], count = r->dims[SYMBOL_BATCH];
    uint32_t row = 0, position = 0;

    share_rows(r);
    r->dims[SYMBOL_PAST_SEQ] = r->dims[SYMBOL_KEYS] = 0;
    for (int64_t i = 0; i < count; i++) {
        struct rlx_segment *s = &r->segments[i];
        const int64_t room = context - (int64_t)s->rows;
        s->past = (uint32_t)(count == 1 ? past : room <= 0 ? 0 : (past + 7 * i) % (room + 1));
        s->state = (count - 1 - i) * (int64_t)p->home_bytes[HOME_state];
        s->carried_in = (count - 1 - i) * (int64_t)p->home_bytes[HOME_carried_in];
        s->carried_out = i * (int64_t)p->home_bytes[HOME_carried_out];
        s->first_row = row;
        s->scratch_position = position;
        row += s->rows;
        position += (uint32_t)round_up(s->rows, 64);
        const int64_t keys = (int64_t)s->past + s->rows;
        if (s->past > r->dims[SYMBOL_PAST_SEQ])
            r->dims[SYMBOL_PAST_SEQ] = s->past;
        if (keys > r->dims[SYMBOL_KEYS])
            r->dims[SYMBOL_KEYS] = keys;
    }
}

static uint32_t segment_of(const struct running *r, uint64_t row)
{
    uint32_t i = 0;

    while (i + 1 < (uint32_t)r->dims[SYMBOL_BATCH] && row >= r->segments[i + 1].first_row)
        i++;
    return i;
}

/* ---- what stands in memory ---- */

static void fill_weight(const struct lir_kernel *k, uint8_t *at, uint64_t bytes)
{
    const enum layout layout = (enum layout)(k->kind == KERNEL_matmul ? k->matmul.layout
                                             : k->kind == KERNEL_conv ? k->conv.layout
                                                                      : k->embed.layout);
    const uint32_t width = k->kind == KERNEL_matmul ? k->matmul.k
                           : k->kind == KERNEL_conv ? k->conv.k
                                                    : k->embed.k;
    const struct layout_info *info = &layout_info[layout];
    /* of an integer, with its own scale where a unit has 256 */
    const float largest = info->unit == 256 ? 512 : info->bits == 8 ? 64 : info->bits != 0 ? 8 : 1;

    fill_packed(layout, width, at, bytes, (float)(1 / sqrt(width)) / largest, random_bits);
}

static void fill_state(const struct head_shape *s, uint8_t *at, bool is_value)
{
    const enum dtype kv = (enum dtype)s->kv;
    const uint64_t bytes = kv_state_bytes(kv, s->kv_heads, s->head_dim, s->context, is_value),
                   scales = kv == DTYPE_q8_0 ? s->kv_heads * round_up(s->context, 64) : 0;

    for (uint64_t i = 0; i < bytes; i += sizeof(uint16_t)) {
        uint16_t half = f32_to_f16(random_number());
        if (kv == DTYPE_q8_0)
            half = i < bytes - 2 * scales ? (uint16_t)random_bits()
                                          : f32_to_f16((random_number() * 0.75f + 1.25f) / 127);
        memcpy(at + i, &half, sizeof half);
    }
    for (uint64_t i = 0; kv == DTYPE_f32 && i < bytes; i += sizeof(float)) {
        float x = random_number();
        memcpy(at + i, &x, sizeof x);
    }
}

/* Tokens below n, rows of this run, or positions. */
static void fill_index(const struct running *r, const struct lir_kernel *k, uint8_t *at)
{
    for (uint64_t row = 0; row < (uint64_t)r->dims[k->rows_symbol]; row++) {
        const struct rlx_segment *s = &r->segments[segment_of(r, row)];
        int32_t value = (int32_t)(s->past + (row - s->first_row));
        if (k->kind == KERNEL_embed)
            value = (int32_t)(random_bits() % k->embed.n);
        else if (k->kind == KERNEL_gather_rows)
            value = (int32_t)(random_bits() % (uint64_t)r->dims[k->gather_rows.from_symbol]);
        memcpy(at + row * sizeof value, &value, sizeof value);
    }
}

static void fill_row_segments(const struct running *r, uint8_t *at)
{
    for (uint64_t row = 0; row < (uint64_t)r->dims[SYMBOL_ROWS]; row++) {
        const int32_t which = (int32_t)segment_of(r, row);
        memcpy(at + row * sizeof which, &which, sizeof which);
    }
}

static void fill_argument(struct running *r, const struct lir_step *s, uint32_t argument)
{
    const struct lir_kernel *k = step_kernel(&r->program, s);
    const struct argument a = lir_argument(&r->program, s, argument);
    const buf_id id = r->program.args[s->first_arg + argument], root = root_of(&r->program, id);
    uint8_t *at = address(r, EVALUATOR, id);
    const bool again = r->filled[root];

    if (a.role == ROLE_index)
        fill_index(r, k, at);
    if (a.role == ROLE_row_segments)
        fill_row_segments(r, at);
    if (a.role == ROLE_segments)
        memcpy(at, r->segments, (uint64_t)r->dims[SYMBOL_BATCH] * sizeof *r->segments);
    if (a.role == ROLE_weight && !again)
        fill_weight(k, at, r->program.buffers[id].bytes);
    const bool is_state = r->program.buffers[root].home == HOME_state && !again;
    for (uint64_t i = 0; is_state && i < batch_of(&r->program); i++)
        fill_state(lir_shape(k), at + i * r->program.home_bytes[HOME_state], a.role == ROLE_values);
    r->filled[root] = true;
}

void fill_inputs(struct running *r)
{
    const struct lir_program *p = &r->program;

    for (uint32_t i = 0; i < p->step_count; i++)
        for (uint32_t j = 0; j < lir_argument_count(step_kernel(p, &p->steps[i])); j++)
            if (lir_has(step_kernel(p, &p->steps[i]), j))
                fill_argument(r, &p->steps[i], j);
    for (uint32_t home = 0; home < HOME_COUNT; home++)
        if (home != HOME_weight)
            memcpy(r->home[CODE][home], r->home[EVALUATOR][home], r->home_bytes[home]);
}

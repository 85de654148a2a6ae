/* kv_write, append, rope and attention in plain loops, over the states' own layout: K [kv_head][position /
 * 16][head_dim][16] (q8_0: [head_dim / 4][16][4]), V [kv_head][position][head_dim rounded up to
 * 16], and with q8_0 after them scales [kv_head][position]. Sums and softmax are f64.
 */
#include "compiler/lir/eval.h"

#include "compiler/base/float16.h"

#include <math.h>
#include <string.h>

static uint64_t key_index(const struct head_shape *k, uint64_t head, uint64_t position, uint64_t i)
{
    uint64_t blocks = round_up(k->context, 64) / 16;

    if (k->kv == DTYPE_q8_0)
        return (head * blocks + position / 16) * round_up(k->head_dim, 4) * 16 + i / 4 * 64 +
               position % 16 * 4 + i % 4;
    return ((head * blocks + position / 16) * k->head_dim + i) * 16 + position % 16;
}

static uint64_t value_index(const struct head_shape *k, uint64_t head, uint64_t position,
                            uint64_t i)
{
    return (head * round_up(k->context, 64) + position) * round_up(k->head_dim, 16) + i;
}

/* One head of one position: where its elements stand. */
struct place_of_head {
    const struct head_shape *shape;
    uint8_t *state;
    uint64_t head, position;
    bool is_value;
};

static uint8_t *element_at(const struct place_of_head *p, uint64_t i)
{
    uint64_t index = p->is_value ? value_index(p->shape, p->head, p->position, i)
                                 : key_index(p->shape, p->head, p->position, i);

    return p->state + index * kv_element_bytes((enum dtype)p->shape->kv);
}

static uint8_t *scale_at(const struct place_of_head *p)
{
    const struct head_shape *k = p->shape;
    uint64_t positions = round_up(k->context, 64);
    uint64_t data = k->kv_heads * positions * kv_width(DTYPE_q8_0, k->head_dim, p->is_value);

    return p->state + data + 2 * (p->head * positions + p->position);
}

/* The scale is absmax / 127 as f16, integers the nearest to x / scale. */
static void put_integers(const struct place_of_head *p, const float *x)
{
    const uint32_t n = p->shape->head_dim, width = kv_width(DTYPE_q8_0, n, p->is_value);
    float max = 0;

    for (uint32_t i = 0; i < n; i++)
        max = lir_greater_magnitude(max, x[i]);
    uint16_t bits = f32_to_f16_saturated(max / 127);
    float scale = f16_to_f32(bits), factor = scale == 0 ? 0 : 1 / scale;
    memcpy(scale_at(p), &bits, sizeof bits);
    for (uint32_t i = 0; i < width; i++) {
        float q = i < n ? fminf(fmaxf(x[i] * factor, -127), 127) : 0;
        *element_at(p, i) = (uint8_t)(int8_t)lrintf(q);
    }
}

static void put_head(const struct place_of_head *p, const float *x)
{
    if (p->shape->kv == DTYPE_q8_0) {
        put_integers(p, x);
        return;
    }
    const enum dtype kv = (enum dtype)p->shape->kv;
    const uint32_t n = p->shape->head_dim, width = kv_width(kv, n, p->is_value);
    for (uint32_t i = 0; i < width; i++) {
        float value = i < n ? x[i] : 0;
        uint16_t bits = f32_to_f16_saturated(value);
        if (kv == DTYPE_f32)
            memcpy(element_at(p, i), &value, 4);
        else
            memcpy(element_at(p, i), &bits, 2);
    }
}

static float value_at(const struct place_of_head *p, uint64_t i)
{
    const uint8_t *from = element_at(p, i);
    float value;
    uint16_t bits;

    if (p->shape->kv == DTYPE_f32) {
        memcpy(&value, from, 4);
        return value;
    }
    if (p->shape->kv == DTYPE_q8_0) {
        memcpy(&bits, scale_at(p), 2);
        return (float)(int8_t)*from * f16_to_f32(bits);
    }
    memcpy(&bits, from, 2);
    return f16_to_f32(bits);
}

/* ---- kv_write, append, rope ---- */

/* H x / sqrt(w) for every w elements (kernel_kinds.def), by sums and differences of halves. */
static void hadamard_rotate(uint32_t head_dim, float *x)
{
    const uint32_t w = hadamard_width(head_dim);

    for (uint32_t half = 1; half < w; half *= 2)
        for (uint32_t i = 0; i < head_dim; i++)
            if ((i & half) == 0) {
                float sum = x[i] + x[i + half];
                x[i + half] = x[i] - x[i + half];
                x[i] = sum;
            }
    for (uint32_t i = 0; i < head_dim; i++)
        x[i] *= (float)(1 / sqrt(w));
}

/* What is done to heads. kernel_rope is that, with the numbers of a kernel that it does not need. */
static struct kernel_rope rotation_of(const struct kernel_kv_write *k)
{
    return (struct kernel_rope){.head_dim = k->shape.head_dim,
                                .n_rot = k->n_rot,
                                .interleaved = k->interleaved,
                                .hadamard = k->shape.kv == DTYPE_q8_0,
                                .epsilon = k->epsilon};
}

/* The norm of a head, and whether it comes after the rotation. */
struct head_norm {
    const float *weight; /* NULL: none */
    bool last;
};

/* One head: norm, then rotation of its first n_rot values, the rest copied, or first the rotation;
 * then perhaps the Hadamard rotation. */
static void transform(const struct kernel_rope *k, const float *x, struct head_norm norm,
                      const float *table, float *y)
{
    uint32_t half = k->n_rot / 2;

    if (norm.weight != NULL && !norm.last)
        lir_rms(x, norm.weight, k->head_dim, k->epsilon, y);
    else
        memcpy(y, x, k->head_dim * sizeof *y);
    for (uint32_t i = 0; i < half; i++) {
        uint32_t first = k->interleaved ? 2 * i : i, second = k->interleaved ? 2 * i + 1 : i + half;
        float a = y[first], b = y[second], cosine = table[i], sine = table[half + i];
        y[first] = a * cosine - b * sine;
        y[second] = b * cosine + a * sine;
    }
    if (norm.weight != NULL && norm.last)
        lir_rms(y, norm.weight, k->head_dim, k->epsilon, y);
    if (k->hadamard)
        hadamard_rotate(k->head_dim, y);
}

static uint32_t position_at(const struct call *c, uint32_t argument, uint64_t row)
{
    int32_t position;

    memcpy(&position, c->args[argument] + row * sizeof position, sizeof position);
    assert(position >= 0);
    return (uint32_t)position;
}

static const float *vector_at(const struct call *c, uint32_t argument)
{
    return (const float *)(const void *)c->args[argument];
}

/* The row of a rope table for a row of the run; NULL: nothing is rotated. */
static const float *table_row(const struct call *c, uint32_t table, uint32_t positions,
                              uint32_t n_rot, uint64_t row)
{
    if (!lir_has(c->kernel, table))
        return NULL;
    return vector_at(c, table) + (size_t)position_at(c, positions, row) * n_rot;
}

/* Where position `p` of a segment stands in a state. */
static uint64_t place_of(const struct head_shape *k, const struct rlx_segment *s, uint64_t p)
{
    const uint64_t place = k->class == STATE_ring      ? p % k->context
                           : k->class == STATE_scratch ? s->scratch_position + p
                                                       : p;

    assert(place < k->context);
    return place;
}

static uint8_t *state_at(const struct call *c, uint32_t argument, const struct head_shape *k,
                         const struct rlx_segment *s)
{
    return c->args[argument] + (k->class == STATE_scratch ? 0 : s->state);
}

/* A row of q or k; where one norm is of all its heads, after that, in `room`. */
static const float *heads_of_row(const struct call *c, uint32_t x, uint32_t norm, uint64_t row,
                                 uint32_t heads, float *room)
{
    const struct kernel_kv_write *k = &c->kernel->kv_write;

    if (!k->all_heads)
        return row_at(c, x, row);
    lir_rms(row_at(c, x, row), vector_at(c, norm), (uint64_t)heads * k->shape.head_dim, k->epsilon,
            room);
    return room;
}

/* y: room for a head, and after it for all of a row. */
static void write_row(const struct call *c, uint64_t row, float *y)
{
    const struct kernel_kv_write *k = &c->kernel->kv_write;
    const struct kernel_rope rotation = rotation_of(k);
    const uint32_t n = k->shape.head_dim;
    const float *table = table_row(c, KV_WRITE_table, KV_WRITE_positions, k->n_rot, row),
                *of_keys = table_row(c, KV_WRITE_k_table, KV_WRITE_positions, k->n_rot, row),
                *v_norm = row_if(c, KV_WRITE_v_norm, 0);
    const struct head_norm q_norm = {k->all_heads ? NULL : vector_at(c, KV_WRITE_q_norm),
                                     k->norm_last != 0},
                           k_norm = {k->all_heads ? NULL : vector_at(c, KV_WRITE_k_norm),
                                     k->norm_last != 0};
    const struct rlx_segment s = lir_segment(c, KV_WRITE_segments, KV_WRITE_row_segments, row);
    const uint64_t p = k->shape.class == STATE_scratch ? row - s.first_row
                                                       : position_at(c, KV_WRITE_positions, row),
                   place = place_of(&k->shape, &s, p);

    const float *x = heads_of_row(c, KV_WRITE_q, KV_WRITE_q_norm, row, k->shape.heads, y + n);
    for (uint32_t h = 0; h < k->shape.heads; h++) {
        transform(&rotation, x + (size_t)h * n, q_norm, table, y);
        memcpy(row_at(c, KV_WRITE_out, row) + (size_t)h * n, y, n * sizeof *y);
    }
    x = heads_of_row(c, KV_WRITE_k, KV_WRITE_k_norm, row, k->shape.kv_heads, y + n);
    for (uint32_t h = 0; h < k->shape.kv_heads; h++) {
        struct place_of_head key = {&k->shape, state_at(c, KV_WRITE_keys, &k->shape, &s), h, place,
                                    false},
                             value = {&k->shape, state_at(c, KV_WRITE_values, &k->shape, &s), h,
                                      place, true};
        transform(&rotation, x + (size_t)h * n, k_norm, of_keys != NULL ? of_keys : table, y);
        put_head(&key, y);
        memcpy(y, row_at(c, KV_WRITE_v, row) + (size_t)h * n, n * sizeof *y);
        if (v_norm != NULL)
            lir_rms(y, v_norm, n, k->epsilon, y);
        put_head(&value, y);
    }
}

void lir_run_kv_write(const struct call *c)
{
    struct arena scratch = {0};
    const struct head_shape *shape = &c->kernel->kv_write.shape;
    float *y = arena_new(&scratch, float, (size_t)(shape->heads + 1) * shape->head_dim);

    for (uint64_t r = 0; r < c->rows; r++)
        write_row(c, r, y);
    if (lir_has(c->kernel, KV_WRITE_counters))
        memset(c->args[KV_WRITE_counters], 0, c->rows * c->kernel->kv_write.shape.kv_heads * 64);
    arena_free(&scratch);
}

static void append_row(const struct call *c, uint64_t row, float *y)
{
    const struct kernel_append *k = &c->kernel->append;
    const uint32_t n = k->shape.head_dim, state = k->is_value ? APPEND_values : APPEND_keys;
    const struct rlx_segment s = lir_segment(c, APPEND_segments, APPEND_row_segments, row);
    const uint64_t p = lir_has(c->kernel, APPEND_positions) ? position_at(c, APPEND_positions, row)
                                                            : row - s.first_row;

    for (uint32_t h = 0; h < k->shape.kv_heads; h++) {
        struct place_of_head to = {&k->shape, state_at(c, state, &k->shape, &s), h,
                                   place_of(&k->shape, &s, p), k->is_value != 0};
        memcpy(y, row_at(c, APPEND_x, row) + (size_t)h * n, n * sizeof *y);
        if (!k->is_value && k->shape.kv == DTYPE_q8_0)
            hadamard_rotate(n, y);
        put_head(&to, y);
    }
}

void lir_run_append(const struct call *c)
{
    struct arena scratch = {0};
    float *y = arena_new(&scratch, float, c->kernel->append.shape.head_dim);

    for (uint64_t r = 0; r < c->rows; r++)
        append_row(c, r, y);
    arena_free(&scratch);
}

void lir_run_rope(const struct call *c)
{
    const struct kernel_rope *k = &c->kernel->rope;
    struct arena scratch = {0};
    float *y = arena_new(&scratch, float, k->head_dim);
    const struct head_norm norm = {vector_at(c, ROPE_norm), false};

    for (uint64_t r = 0; r < c->rows; r++)
        for (uint32_t h = 0; h < k->heads; h++) {
            transform(k, row_at(c, ROPE_x, r) + (size_t)h * k->head_dim, norm,
                      table_row(c, ROPE_table, ROPE_positions, k->n_rot, r), y);
            memcpy(row_at(c, ROPE_out, r) + (size_t)h * k->head_dim, y, k->head_dim * sizeof *y);
        }
    if (lir_has(c->kernel, ROPE_counters))
        memset(c->args[ROPE_counters], 0, c->rows * k->kv_heads * 64);
    arena_free(&scratch);
}

/* ---- attention: tiles, and what they leave for each other, are a target's matter ---- */

static double rounded(const struct kernel_attention *k, double value)
{
    return k->act == ACT_bf16 ? (double)bf16_to_f32(f32_to_bf16((float)value)) : value;
}

struct seen { /* positions first .. end - 1 of a segment's keys */
    struct rlx_segment segment;
    uint64_t first, end;
};

static struct seen keys_of(const struct call *c, uint64_t row)
{
    const struct kernel_attention *k = &c->kernel->attention;
    struct seen seen = {.segment = lir_segment(c, ATTENTION_segments, ATTENTION_row_segments, row)};
    const struct rlx_segment *s = &seen.segment;
    const uint64_t past = k->shape.class == STATE_scratch ? 0 : s->past,
                   here = past + row - s->first_row + 1;

    seen.end = k->shape.class == STATE_cross ? (uint64_t)c->dims[k->keys_symbol]
               : k->mask == MASK_causal      ? here
                                             : past + s->rows;
    if (c->values->window != 0 && k->anchored)
        seen.first = (here - 1) / c->values->window * c->values->window;
    else if (c->values->window != 0 && here > c->values->window)
        seen.first = here - c->values->window;
    return seen;
}

static void attend(const struct call *c, uint64_t row, uint32_t head, double *scores)
{
    const struct kernel_attention *k = &c->kernel->attention;
    const struct seen seen = keys_of(c, row);
    const uint64_t kv_head = head / (k->shape.heads / k->shape.kv_heads);
    struct place_of_head key = {&k->shape, state_at(c, ATTENTION_keys, &k->shape, &seen.segment),
                                kv_head, 0, false},
                         value = {&k->shape,
                                  state_at(c, ATTENTION_values, &k->shape, &seen.segment), kv_head,
                                  0, true};
    const struct lir_values *v = c->values;
    const float *q = row_at(c, ATTENTION_q, row) + (size_t)head * k->shape.head_dim;
    float *out = row_at(c, ATTENTION_out, row) + (size_t)head * k->shape.head_dim;
    const float *sinks = vector_at(c, ATTENTION_sinks);
    double largest = -INFINITY, sum = 0;

    for (uint64_t p = seen.first; p < seen.end; p++) {
        double score = 0;
        key.position = place_of(&k->shape, &seen.segment, p);
        for (uint32_t i = 0; i < k->shape.head_dim; i++)
            score += rounded(k, (double)q[i]) * (k->shape.kv == DTYPE_q8_0
                                                     ? (double)value_at(&key, i)
                                                     : rounded(k, value_at(&key, i)));
        score *= v->scale;
        if (v->softcap != 0)
            score = v->softcap * tanh(score / v->softcap);
        scores[p - seen.first] = score;
        largest = fmax(largest, score);
    }
    for (uint64_t p = 0; p < seen.end - seen.first; p++)
        sum += scores[p] = rounded(k, exp(scores[p] - largest));
    if (sinks != NULL)
        sum += exp((double)sinks[head] - largest);
    for (uint32_t i = 0; i < k->shape.head_dim; i++) {
        double mixed = 0;
        for (uint64_t p = seen.first; p < seen.end; p++) {
            value.position = place_of(&k->shape, &seen.segment, p);
            mixed += scores[p - seen.first] * rounded(k, value_at(&value, i));
        }
        out[i] = (float)(mixed / sum);
    }
}

void lir_run_attention(const struct call *c)
{
    const struct head_shape *shape = &c->kernel->attention.shape;
    struct arena scratch = {0};
    double *scores = arena_new(&scratch, double, shape->context);

    for (uint64_t r = 0; r < c->rows; r++)
        for (uint32_t h = 0; h < shape->heads; h++)
            attend(c, r, h, scores);
    arena_free(&scratch);
}

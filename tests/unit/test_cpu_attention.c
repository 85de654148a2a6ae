/* The CPU target's kernels with state (kv_write, attention), each level that this machine runs,
 * against plain loops in f64 written from kernel_kinds.def. The bits of a row must not depend on
 * the rows that are computed with it.
 */
#include "tests/unit/cpu_code.h"

enum { CONTEXT = 200, ROOM = 256 /* rounded up to 64 */, ROWS = 17 };

struct shape {
    uint32_t heads, kv_heads, head_dim, n_rot;
    enum dtype kv;
    bool interleaved, qk_norm;
    uint32_t window;
    float softcap;
    uint32_t mask;
};

static const struct shape shapes[] = {
    {4, 2, 20, 20, DTYPE_f32, false, false, 0, 0, MASK_causal},
    {3, 1, 24, 8, DTYPE_f16, false, true, 70, 0, MASK_causal},
    {2, 2, 64, 64, DTYPE_f16, true, false, 0, 0, MASK_causal},
    {8, 2, 64, 32, DTYPE_f32, false, true, 5, 15.0f, MASK_causal},
    {6, 1, 128, 128, DTYPE_f16, false, true, 0, 0, MASK_causal},
    {9, 3, 40, 36, DTYPE_f32, true, true, 130, 0, MASK_causal},
    {2, 1, 8, 0, DTYPE_f16, false, false, 0, 0, MASK_none},
    {4, 2, 20, 20, DTYPE_q8_0, false, false, 0, 0, MASK_causal},
    {3, 1, 22, 8, DTYPE_q8_0, false, true, 70, 0, MASK_causal},
    {2, 2, 64, 64, DTYPE_q8_0, true, false, 130, 15.0f, MASK_causal},
    {6, 1, 128, 128, DTYPE_q8_0, false, true, 0, 0, MASK_causal},
    {2, 1, 8, 0, DTYPE_q8_0, false, false, 0, 0, MASK_none},
    {2, 1, 256, 64, DTYPE_q8_0, false, true, 0, 0, MASK_causal},
};

static float *state_new(const struct shape *s, bool is_value)
{
    return buffer_new(kv_state_bytes(s->kv, s->kv_heads, s->head_dim, CONTEXT, is_value) / 4);
}

static size_t key_at(const struct shape *s, uint32_t head, uint32_t position, uint32_t d)
{
    size_t block = (size_t)head * (ROOM / 16) + position / 16;

    if (s->kv == DTYPE_q8_0)
        return (block * round_up(s->head_dim, 4) + d / 4 * 4) * 16 + position % 16 * 4 + d % 4;
    return (block * s->head_dim + d) * 16 + position % 16;
}

static size_t value_at(const struct shape *s, uint32_t head, uint32_t position, uint32_t d)
{
    return ((size_t)head * ROOM + position) * round_up(s->head_dim, 16) + d;
}

/* The f16 scale of a position where the state is q8_0. */
static float scale_at(const struct shape *s, const float *state, uint32_t head, uint32_t position,
                      bool is_value)
{
    size_t width = round_up(s->head_dim, is_value ? 16 : 4);
    uint16_t half;

    memcpy(&half,
           (const char *)state + s->kv_heads * ROOM * width + 2 * (head * (size_t)ROOM + position),
           sizeof half);
    return f16_to_f32(half);
}

/* An element; of q8_0 without its scale. */
static float state_at(const struct shape *s, const float *state, size_t index)
{
    uint16_t half;

    if (s->kv == DTYPE_f32)
        return state[index];
    if (s->kv == DTYPE_q8_0)
        return (float)((const int8_t *)state)[index];
    memcpy(&half, (const char *)state + 2 * index, sizeof half);
    return f16_to_f32(half);
}

static float key_of(const struct shape *s, const float *state, uint32_t head, uint32_t position,
                    uint32_t d)
{
    float x = state_at(s, state, key_at(s, head, position, d));

    return s->kv == DTYPE_q8_0 ? x * scale_at(s, state, head, position, false) : x;
}

static float value_of(const struct shape *s, const float *state, uint32_t head, uint32_t position,
                      uint32_t d)
{
    float x = state_at(s, state, value_at(s, head, position, d));

    return s->kv == DTYPE_q8_0 ? x * scale_at(s, state, head, position, true) : x;
}

/* ---- kv_write ---- */

/* Every `w` elements are multiplied by Hadamard's matrix over the root of w. */
static void hadamard_rotate(uint32_t head_dim, double *x)
{
    uint32_t w = 1;
    double mixed[256];

    while (head_dim % (2 * w) == 0 && w < 256)
        w *= 2;
    for (uint32_t i = 0; i < head_dim; i++) {
        mixed[i] = 0;
        for (uint32_t j = 0; j < w; j++)
            mixed[i] += (__builtin_popcount(i % w & j) % 2 ? -1 : 1) * x[i / w * w + j];
    }
    for (uint32_t i = 0; i < head_dim; i++)
        x[i] = mixed[i] / sqrt(w);
}

/* One head: norm, then rotation, in f64; for integers also the Hadamard rotation. */
static void write_head(const struct shape *s, const float *x, const float *weight,
                       const float *table, double *out)
{
    double squares = 0, normed[256];
    uint32_t half = s->n_rot / 2;

    for (uint32_t i = 0; i < s->head_dim; i++)
        squares += (double)x[i] * (double)x[i];
    double factor = 1 / sqrt(squares / s->head_dim + (double)1e-6f);
    for (uint32_t i = 0; i < s->head_dim; i++)
        out[i] = normed[i] = s->qk_norm ? (double)x[i] * factor * (double)weight[i] : (double)x[i];
    for (uint32_t i = 0; i < half; i++) {
        uint32_t a = s->interleaved ? 2 * i : i, b = s->interleaved ? 2 * i + 1 : i + half;
        double c = (double)table[i], sine = (double)table[half + i];
        out[a] = normed[a] * c - normed[b] * sine;
        out[b] = normed[b] * c + normed[a] * sine;
    }
    if (s->kv == DTYPE_q8_0)
        hadamard_rotate(s->head_dim, out);
}

struct write {
    float *q, *k, *v, *table, *norms[2], *to_q, *keys, *values;
    int32_t positions[ROWS];
    uint32_t q_stride, kv_stride;
};

static void write_open(struct write *w, const struct shape *s)
{
    uint32_t q = s->heads * s->head_dim, kv = s->kv_heads * s->head_dim;

    w->q_stride = (uint32_t)round_up(q, 16) + 32;
    w->kv_stride = (uint32_t)round_up(kv, 16) + 16;
    w->q = buffer_random((size_t)ROWS * w->q_stride);
    w->k = buffer_random((size_t)ROWS * w->kv_stride);
    w->v = buffer_random((size_t)ROWS * w->kv_stride);
    w->table = buffer_random((size_t)CONTEXT * (s->n_rot + 1));
    w->norms[0] = buffer_random(round_up(s->head_dim, 16));
    w->norms[1] = buffer_random(round_up(s->head_dim, 16));
    w->to_q = buffer_new((size_t)ROWS * w->q_stride);
    w->keys = state_new(s, false);
    w->values = state_new(s, true);
    for (int32_t i = 0; i < ROWS; i++)
        w->positions[i] = 31 + i;
    w->positions[ROWS - 1] = CONTEXT - 1;
}

static void write_close(struct write *w)
{
    float *const all[] = {w->q,        w->k,    w->v,    w->table, w->norms[0],
                          w->norms[1], w->to_q, w->keys, w->values};

    for (uint32_t i = 0; i < countof(all); i++)
        buffer_free(all[i]);
}

/* Half of the last place of f16, or some of f32; of integers half of one, which `most` makes. */
static double slack(const struct shape *s, double value, double max)
{
    if (s->kv == DTYPE_q8_0)
        return max / 127 * 0.501 + 1e-6;
    return s->kv == DTYPE_f16 ? fabs(value) * 0x1.01p-11 + 0x1p-25 : fabs(value) * 1e-6 + 1e-6;
}

static void check_q(const struct shape *s, const struct write *w)
{
    struct comparison c = comparison_of("q");
    double expected[256];

    for (uint32_t r = 0; r < ROWS; r++)
        for (uint32_t h = 0; h < s->heads; h++) {
            size_t at = (size_t)r * w->q_stride + h * s->head_dim;
            write_head(s, w->q + at, w->norms[0], w->table + (size_t)w->positions[r] * s->n_rot,
                       expected);
            for (uint32_t i = 0; i < s->head_dim; i++)
                compare_number(&c, r, h * s->head_dim + i, (double)w->to_q[at + i], expected[i],
                               1e-6);
        }
    expect_agreement(&c);
    expect_untouched(w->to_q, ROWS, s->heads * s->head_dim, w->q_stride);
}

static double greatest_of(const double *x, uint32_t count)
{
    double max = 0;

    for (uint32_t i = 0; i < count; i++)
        max = fmax(max, fabs(x[i]));
    return max;
}

static void check_state(const struct shape *s, const struct write *w)
{
    struct comparison key = comparison_of("K"), value = comparison_of("V"),
                      padding = comparison_of("what pads V");
    double expected[256], values[256];
    uint32_t width = (uint32_t)round_up(s->head_dim, 16);

    for (uint32_t r = 0; r < ROWS; r++)
        for (uint32_t h = 0; h < s->kv_heads; h++) {
            size_t at = (size_t)r * w->kv_stride + h * s->head_dim;
            uint32_t position = (uint32_t)w->positions[r];
            write_head(s, w->k + at, w->norms[1], w->table + (size_t)position * s->n_rot, expected);
            for (uint32_t i = 0; i < s->head_dim; i++)
                values[i] = (double)w->v[at + i];
            double max[2] = {greatest_of(expected, s->head_dim), greatest_of(values, s->head_dim)};
            for (uint32_t i = 0; i < s->head_dim; i++) {
                float v = w->v[at + i];
                compare_number(&key, position, i, (double)key_of(s, w->keys, h, position, i),
                               expected[i], slack(s, expected[i], max[0]));
                v = s->kv == DTYPE_f16 ? f16_to_f32(f32_to_f16(v)) : v;
                compare_number(&value, position, i, (double)value_of(s, w->values, h, position, i),
                               (double)v, s->kv == DTYPE_q8_0 ? slack(s, values[i], max[1]) : 0);
            }
            for (uint32_t i = s->head_dim; i < width; i++)
                compare_number(&padding, position, i,
                               (double)state_at(s, w->values, value_at(s, h, position, i)), 0, 0);
        }
    expect_agreement(&key);
    expect_agreement(&value);
    assert_true(comparison_good(&padding));
}

/* Positions that were not written hold what they held. */
static void check_rest(const struct shape *s, const struct write *w)
{
    float fresh[4] = {sentinel, sentinel, sentinel, sentinel};
    size_t row = s->kv_heads * kv_width(s->kv, s->head_dim, false), count = ROOM * row, changed = 0;

    for (size_t i = 0; i < count; i++)
        changed += state_at(s, w->keys, i) != state_at(s, fresh, i % 4);
    assert_in_range(changed, ROWS * row * 9 / 10, ROWS * row);
    assert_true(w->keys[-1] == sentinel && w->values[-1] == sentinel);
}

static void run_write(uint32_t level, const struct shape *s, struct write *w)
{
    const uint32_t norms = 1u << KV_WRITE_q_norm | 1u << KV_WRITE_k_norm;
    struct lir_kernel kernel =
        with_arguments((struct lir_kernel){.kind = KERNEL_kv_write,
                                           .rows_symbol = SYMBOL_ROWS,
                                           .present = s->qk_norm ? norms : 0,
                                           .kv_write = {.shape = {.kv = s->kv,
                                                                  .heads = s->heads,
                                                                  .kv_heads = s->kv_heads,
                                                                  .head_dim = s->head_dim,
                                                                  .context = CONTEXT},
                                                        .interleaved = s->interleaved,
                                                        .n_rot = s->n_rot,
                                                        .epsilon = 1e-6f}});
    int64_t dims[RLX_DIM_COUNT] = {1, ROWS, ROWS, 31, 1};
    struct code code;

    kernel.stride[KV_WRITE_q] = kernel.stride[KV_WRITE_out] = w->q_stride;
    kernel.stride[KV_WRITE_k] = kernel.stride[KV_WRITE_v] = w->kv_stride;
    void *args[LIR_MAX_ARGS] = {[KV_WRITE_q] = w->q,
                                [KV_WRITE_k] = w->k,
                                [KV_WRITE_v] = w->v,
                                [KV_WRITE_table] = w->table,
                                [KV_WRITE_positions] = w->positions,
                                [KV_WRITE_q_norm] = w->norms[0],
                                [KV_WRITE_k_norm] = w->norms[1],
                                [KV_WRITE_out] = w->to_q,
                                [KV_WRITE_keys] = w->keys,
                                [KV_WRITE_values] = w->values};
    code_open(&code, level, &kernel, 1);
    code_run(&code, 0, args, dims, (uint64_t)s->kv_heads * ROWS, 5);
    code_close(&code);
}

static void try_write(uint32_t level, const struct shape *s)
{
    struct write w;

    write_open(&w, s);
    run_write(level, s, &w);
    check_q(s, &w);
    check_state(s, &w);
    check_rest(s, &w);
    write_close(&w);
}

static void test_kv_write(void **state)
{
    (void)state;
    for (uint32_t level = 0; level < target_cpu.level_count; level++)
        for (uint32_t i = 0; i < countof(shapes) && level_runs(level); i++)
            try_write(level, &shapes[i]);
}

/* Row 0 of K and V has what f16 cannot hold: it becomes the greatest number, NaN stays NaN. */
static void try_extremes(uint32_t level)
{
    static const struct shape s = {2, 2, 20, 0, DTYPE_f16, false, false, 0, 0, MASK_causal};
    static const float in[] = {65504,  -65504,   65519,     65520, -65520, 7e4f,
                               -1e30f, INFINITY, -INFINITY, 65488, 1,      -6e-8f};
    static const float out[] = {65504,  -65504, 65504,  65504, -65504, 65504,
                                -65504, 65504,  -65504, 65472, 1,      -0x1p-24f};
    struct write w;

    write_open(&w, &s);
    memcpy(w.k, in, sizeof in);
    memcpy(w.v, in, sizeof in);
    w.k[countof(in)] = w.v[countof(in)] = NAN;
    run_write(level, &s, &w);
    float keys[countof(in)], values[countof(in)];
    for (uint32_t i = 0; i < countof(in); i++) {
        keys[i] = key_of(&s, w.keys, 0, 31, i);
        values[i] = value_of(&s, w.values, 0, 31, i);
    }
    expect_equal_bits("keys beyond f16", keys, out, 1, countof(in));
    expect_equal_bits("values beyond f16", values, out, 1, countof(in));
    assert_true(isnan(key_of(&s, w.keys, 0, 31, countof(in))));
    assert_true(isnan(value_of(&s, w.values, 0, 31, countof(in))));
    write_close(&w);
}

/* Integers: a scale beyond f16 is its greatest number, and a head with NaN has the scale NaN. */
static void try_extreme_scales(uint32_t level)
{
    static const struct shape s = {2, 2, 20, 0, DTYPE_q8_0, false, false, 0, 0, MASK_causal};
    struct write w;

    write_open(&w, &s);
    w.v[3] = -1e30f;
    w.k[7] = INFINITY;
    w.k[w.kv_stride + 9] = w.v[w.kv_stride + 19] = NAN;
    run_write(level, &s, &w);
    expect_number("value", value_of(&s, w.values, 0, 31, 3), -127 * 65504.0, 0);
    assert_true(isnan(scale_at(&s, w.keys, 0, 31, false)) ||
                scale_at(&s, w.keys, 0, 31, false) == 65504);
    assert_true(isnan(scale_at(&s, w.keys, 0, 32, false)));
    assert_true(isnan(scale_at(&s, w.values, 0, 32, true)));
    assert_false(isnan(scale_at(&s, w.keys, 1, 32, false)));
    write_close(&w);
}

static void test_beyond_f16(void **state)
{
    (void)state;
    for (uint32_t level = 0; level < target_cpu.level_count; level++)
        if (level_runs(level)) {
            try_extremes(level);
            try_extreme_scales(level);
        }
}

/* ---- attention ---- */

struct attend {
    const struct shape *shape;
    float *q, *keys, *values;
    uint32_t stride;
    uint32_t chunk; /* keys a tile; 0: all */
    enum act act;   /* of the products */
    bool windowed;  /* the code has a window whatever the shape has */
    float *partials, *counters;
};

static float scale_of(const struct shape *s)
{
    return (float)(3 / sqrt(s->head_dim));
}

static void fill_state(const struct shape *s, float *state, bool is_value)
{
    uint32_t bytes = kv_element_bytes(s->kv);
    size_t count = kv_state_bytes(s->kv, s->kv_heads, s->head_dim, CONTEXT, is_value) / bytes;
    size_t scales = s->kv == DTYPE_q8_0 ? (size_t)s->kv_heads * ROOM : 0;

    if (s->kv == DTYPE_q8_0)
        for (size_t i = 0; i < count - 2 * scales; i++)
            ((int8_t *)state)[i] = (int8_t)(random_number() * 127);
    for (size_t i = 0; i < scales; i++) {
        uint16_t half = f32_to_f16((random_number() * 0.75f + 1.25f) / 127);
        memcpy((char *)state + count - 2 * scales + 2 * i, &half, sizeof half);
    }
    if (s->kv == DTYPE_q8_0)
        return;

    for (size_t i = 0; i < count; i++) {
        float x = random_number() * 2;
        uint16_t half = f32_to_f16(x);
        memcpy((char *)state + bytes * i, s->kv == DTYPE_f32 ? (void *)&x : (void *)&half, bytes);
    }
}

static double factor(const struct attend *t, float x)
{
    return (double)(t->act == ACT_bf16 ? bf16_to_f32(f32_to_bf16(x)) : x);
}

/* Integers are exact in bf16, and their scale comes later. */
static double key_factor(const struct attend *t, float x)
{
    return t->shape->kv == DTYPE_q8_0 ? (double)x : factor(t, x);
}

/* Row `row` of `rows` after `past` keys, head h, in f64. */
static void attend_head(const struct attend *t, int64_t past, int64_t rows, uint32_t row,
                        uint32_t h, double *out)
{
    const struct shape *s = t->shape;
    const float *q = t->q + (size_t)row * t->stride + h * s->head_dim;
    uint32_t kv_head = h / (s->heads / s->kv_heads);
    int64_t here = past + row, last = s->mask == MASK_causal ? here : past + rows - 1;
    double scores[ROOM], greatest = -INFINITY, sum = 0;

    for (int64_t key = 0; key <= last; key++) {
        double score = 0;
        for (uint32_t i = 0; i < s->head_dim; i++)
            score += factor(t, q[i]) * key_factor(t, key_of(s, t->keys, kv_head, (uint32_t)key, i));
        score *= (double)scale_of(s);
        if (s->softcap > 0)
            score = (double)s->softcap * tanh(score / (double)s->softcap);
        scores[key] = s->window > 0 && key + s->window <= here ? -INFINITY : score;
        greatest = fmax(greatest, scores[key]);
    }
    memset(out, 0, s->head_dim * sizeof *out);
    for (int64_t key = 0; key <= last; key++) {
        double weight = exp(scores[key] - greatest);
        sum += weight;
        for (uint32_t i = 0; i < s->head_dim; i++)
            out[i] += weight * factor(t, value_of(s, t->values, kv_head, (uint32_t)key, i));
    }
    for (uint32_t i = 0; i < s->head_dim; i++)
        out[i] /= sum;
}

static void check_attention(const struct attend *t, int64_t past, uint32_t rows, const float *y)
{
    /* bf16: weights are rounded to 8 bits, values are up to 2; q8_0: queries have 16 bits */
    const double tolerance = t->act == ACT_bf16 ? 6e-3 : t->shape->kv == DTYPE_q8_0 ? 1e-4 : 2e-5;
    struct comparison c = comparison_of("attention of %u rows after %lld, act %u, chunk %u", rows,
                                        (long long)past, t->act, t->chunk);
    double expected[256];

    for (uint32_t r = 0; r < rows; r++)
        for (uint32_t h = 0; h < t->shape->heads; h++) {
            attend_head(t, past, rows, r, h, expected);
            for (uint32_t i = 0; i < t->shape->head_dim; i++) {
                uint32_t column = h * t->shape->head_dim + i;
                compare_number(&c, r, column, (double)y[(size_t)r * t->stride + column],
                               expected[i], tolerance);
            }
        }
    expect_agreement(&c);
    expect_untouched(y, rows, t->shape->heads * t->shape->head_dim, t->stride);
}

static const uint8_t tiles[] = {1, 2, 5, 16};

static struct lir_kernel attention_kernel(const struct attend *t, uint32_t which)
{
    const struct shape *s = t->shape;

    return with_arguments(
        (struct lir_kernel){.kind = KERNEL_attention,
                            .rows_symbol = SYMBOL_ROWS,
                            .attention = {.shape = {.kv = s->kv,
                                                    .split_kv = t->chunk != 0,
                                                    .heads = s->heads,
                                                    .kv_heads = s->kv_heads,
                                                    .head_dim = s->head_dim,
                                                    .context = ROOM},
                                          .act = t->act,
                                          .mask = s->mask,
                                          .chunk = t->chunk,
                                          .max_rows = t->chunk != 0 ? ROWS : 0,
                                          .tile_rows = tiles[which],
                                          .windowed = t->windowed || s->window != 0,
                                          .capped = s->softcap != 0},
                            .stride = {[ATTENTION_q] = t->stride, [ATTENTION_out] = t->stride}});
}

static struct lir_values attention_values(const struct shape *s)
{
    return (struct lir_values){s->window, scale_of(s), s->softcap};
}

/* Chunks in an order of their own: who comes last must not matter. */
static void run_chunks(const struct code *code, const struct kernel_attention *k, uint32_t index,
                       const struct attend *t, void *const *args, const int64_t *dims)
{
    void *addresses[LIR_MAX_ARGS];
    struct rlx_launch launch = code_launch(code, addresses, dims);
    uint64_t slots = attention_follows_window(k, t->shape->window)
                         ? attention_slots(k, t->shape->window)
                         : ceil_div((uint64_t)dims[RLX_DIM_KEYS], k->chunk);
    uint64_t count = k->shape.kv_heads * ceil_div(k->max_rows, k->tile_rows) * slots;
    uint8_t *entry = code->image + code->target.entry[index];
    rlx_kernel_fn run;

    memcpy(&run, &entry, sizeof run);
    code_slots(&code->kernels[index], args, addresses);
    memset(t->counters, 0, (size_t)ROWS * k->shape.kv_heads * 64);
    for (uint64_t i = 0; i < count; i++) {
        uint64_t tile = i % 2 == 0 ? i / 2 : count - 1 - i / 2;
        run(&launch, tile, tile + 1);
    }
}

static void run_attention(const struct code *code, uint32_t kernel, const struct attend *t,
                          uint32_t first_row, uint32_t rows, int64_t past, float *y)
{
    struct lir_kernel k = attention_kernel(t, kernel);
    int64_t dims[RLX_DIM_COUNT] = {1, rows, rows, past, 1, past + rows};
    void *args[LIR_MAX_ARGS] = {[ATTENTION_q] = t->q + (size_t)first_row * t->stride,
                                [ATTENTION_keys] = t->keys,
                                [ATTENTION_values] = t->values,
                                [ATTENTION_out] = y + (size_t)first_row * t->stride,
                                [ATTENTION_partials] = t->partials,
                                [ATTENTION_counters] = t->counters};

    if (t->chunk != 0)
        run_chunks(code, &k.attention, kernel, t, args, dims);
    else
        code_run(code, kernel, args, dims, t->shape->kv_heads * ceil_div(rows, tiles[kernel]), 1);
}

/* A run in tiles of any size, and one row after the other, give equal bits. */
static void try_extent(const struct code *code, const struct attend *t, uint32_t rows, int64_t past)
{
    size_t count = (size_t)rows * t->stride;
    float *expected = NULL;

    for (uint32_t i = 0; i < countof(tiles); i++) {
        float *y = buffer_new(count);
        run_attention(code, i, t, 0, rows, past, y);
        if (i == 0)
            check_attention(t, past, rows, y);
        else
            expect_equal_bits("another tile", y, expected, rows, t->stride);
        if (expected != NULL)
            buffer_free(y);
        else
            expected = y;
    }
    if (t->shape->mask == MASK_causal) {
        float *y = buffer_new(count);
        for (uint32_t r = 0; r < rows; r++)
            run_attention(code, r % countof(tiles), t, r, 1, past + r, y);
        expect_equal_bits("row by row", y, expected, rows, t->stride);
        buffer_free(y);
    }
    buffer_free(expected);
}

/* NaN in element 1 of head 0's key or value at a position; of q8_0 in its scale. */
static void spoil(const struct shape *s, float *state, uint32_t position, bool is_value)
{
    const uint16_t half = 0x7e00;
    size_t width = round_up(s->head_dim, is_value ? 16 : 4),
           at = is_value ? value_at(s, 0, position, 1) : key_at(s, 0, position, 1);

    if (s->kv == DTYPE_f32)
        state[at] = NAN;
    else if (s->kv == DTYPE_f16)
        memcpy((char *)state + 2 * at, &half, sizeof half);
    else
        memcpy((char *)state + s->kv_heads * ROOM * width + 2 * (size_t)position, &half,
               sizeof half);
}

/* All rows that see the key make NaN. What stands behind the run may be left from another text, and
 * makes none. */
static void try_nan(const struct code *code, const struct attend *t)
{
    enum { PAST = 62, NAN_ROWS = 3 };
    static const uint32_t places[] = {PAST, PAST + NAN_ROWS, 127};
    const struct shape *s = t->shape;
    size_t bytes[2], count = (size_t)NAN_ROWS * t->stride;
    float *states[2] = {t->keys, t->values};

    for (uint32_t which = 0; which < 2; which++)
        bytes[which] = kv_state_bytes(s->kv, s->kv_heads, s->head_dim, CONTEXT, which == 1);
    for (uint32_t i = 0; i < 2 * 3 * countof(tiles); i++) {
        uint32_t which = i % 2, position = places[i / 2 % 3], tile = i / 6;
        char *kept = malloc(bytes[which]);
        float *y = buffer_new(count);
        memcpy(kept, states[which], bytes[which]);
        spoil(s, states[which], position, which == 1);
        run_attention(code, tile, t, 0, NAN_ROWS, PAST, y);
        for (uint32_t r = 0; r < NAN_ROWS; r++)
            for (uint32_t h = 0; h < s->heads; h++)
                for (uint32_t d = 0; d < s->head_dim; d++) {
                    bool sees = position == PAST && h < s->heads / s->kv_heads &&
                                (which == 0 || d == 1 || s->kv == DTYPE_q8_0);
                    if (isnan(y[(size_t)r * t->stride + h * s->head_dim + d]) != sees)
                        fail_msg("kv %u act %u chunk %u tile %u: NaN in %s %u: row %u, head %u, "
                                 "element %u is %g",
                                 s->kv, t->act, t->chunk, tiles[tile], which == 0 ? "key" : "value",
                                 position, r, h, d,
                                 (double)y[(size_t)r * t->stride + h * s->head_dim + d]);
                }
        memcpy(states[which], kept, bytes[which]);
        buffer_free(y);
        free(kept);
    }
}

static void try_attention(uint32_t level, const struct shape *s, uint32_t chunk, enum act act)
{
    struct attend t = {.shape = s,
                       .stride = (uint32_t)round_up(s->heads * s->head_dim, 16) + 16,
                       .chunk = chunk,
                       .act = act};
    struct lir_kernel kernels[countof(tiles)];
    struct code code;

    t.q = buffer_random((size_t)ROWS * t.stride);
    t.keys = state_new(s, false);
    t.values = state_new(s, true);
    fill_state(s, t.keys, false);
    fill_state(s, t.values, true);
    for (uint32_t i = 0; i < countof(tiles); i++)
        kernels[i] = attention_kernel(&t, i);
    t.partials = buffer_new((size_t)ROWS * s->heads * (ROOM / 64) * 288);
    t.counters = buffer_new((size_t)ROWS * s->kv_heads * 16);
    code_open(&code, level, kernels, countof(tiles));
    code_values(&code, &kernels[0], attention_values(s));
    try_extent(&code, &t, 1, 0);
    try_extent(&code, &t, ROWS, 0);
    try_extent(&code, &t, 3, 62);
    try_extent(&code, &t, 7, 128);
    try_extent(&code, &t, ROWS, 183);
    try_nan(&code, &t);
    code_close(&code);
    buffer_free(t.partials);
    buffer_free(t.counters);
    buffer_free(t.q);
    buffer_free(t.keys);
    buffer_free(t.values);
}

static void test_attention(void **state)
{
    (void)state;
    for (uint32_t level = 0; level < target_cpu.level_count; level++)
        for (uint32_t i = 0; i < countof(shapes) && level_runs(level); i++)
            try_attention(level, &shapes[i], 0, ACT_f32);
}

static void test_chunks(void **state)
{
    (void)state;
    for (uint32_t level = 0; level < target_cpu.level_count; level++)
        for (uint32_t i = 0; i < countof(shapes) && level_runs(level); i++)
            for (uint32_t chunk = 64; chunk <= 128; chunk *= 2)
                try_attention(level, &shapes[i], chunk, ACT_f32);
}

static void test_bf16(void **state)
{
    (void)state;
    for (uint32_t level = 0; level < target_cpu.level_count; level++)
        for (uint32_t i = 0; i < countof(shapes) && level_runs(level); i++)
            if (target_cpu.levels[level].traits.bf16_dot)
                try_attention(level, &shapes[i], 0, ACT_bf16);
}

/* One piece of code serves every window. Without one, it gives the bits of code that has none. */
static void try_windows(uint32_t level, const struct shape *with_one, uint32_t chunk, enum act act)
{
    static const uint32_t windows[] = {1, 5, 64, 65, 70, 150, ROOM, 5000, UINT32_MAX, 0};
    const uint32_t which = 2; /* of the tiles */
    struct shape s = *with_one;
    struct attend t = {.shape = &s,
                       .stride = (uint32_t)round_up(s.heads * s.head_dim, 16) + 16,
                       .chunk = chunk,
                       .act = act,
                       .windowed = true};
    struct lir_kernel kernels[countof(tiles)];
    struct code code, plain;
    size_t count = (size_t)ROWS * t.stride;

    t.q = buffer_random(count);
    t.keys = state_new(&s, false);
    t.values = state_new(&s, true);
    fill_state(&s, t.keys, false);
    fill_state(&s, t.values, true);
    t.partials = buffer_new((size_t)ROWS * s.heads * (ROOM / 64) * 288);
    t.counters = buffer_new((size_t)ROWS * s.kv_heads * 16);
    for (uint32_t i = 0; i < countof(tiles); i++)
        kernels[i] = attention_kernel(&t, i);
    code_open(&code, level, kernels, countof(tiles));
    for (uint32_t i = 0; i < countof(windows); i++) {
        s.window = windows[i];
        code_values(&code, &kernels[0], attention_values(&s));
        try_extent(&code, &t, 7, 128);
        try_extent(&code, &t, ROWS, 183);
    }
    float *shared = buffer_new(count), *alone = buffer_new(count);
    run_attention(&code, which, &t, 0, ROWS, 183, shared);
    t.windowed = false;
    for (uint32_t i = 0; i < countof(tiles); i++)
        kernels[i] = attention_kernel(&t, i);
    assert_false(kernels[0].attention.windowed);
    code_open(&plain, level, kernels, countof(tiles));
    code_values(&plain, &kernels[0], attention_values(&s));
    run_attention(&plain, which, &t, 0, ROWS, 183, alone);
    assert_memory_equal(shared, alone, count * sizeof *shared);
    code_close(&code);
    code_close(&plain);
    float *const buffers[] = {t.q, t.keys, t.values, t.partials, t.counters, shared, alone};
    for (uint32_t i = 0; i < countof(buffers); i++)
        buffer_free(buffers[i]);
}

static void test_windows_share_code(void **state)
{
    static const uint8_t with_windows[] = {1, 3, 8};

    (void)state;
    for (uint32_t level = 0; level < target_cpu.level_count; level++)
        for (uint32_t i = 0; i < countof(with_windows) && level_runs(level); i++) {
            const struct shape *s = &shapes[with_windows[i]];
            try_windows(level, s, 0, ACT_f32);
            try_windows(level, s, 64, ACT_f32);
            if (target_cpu.levels[level].traits.bf16_dot)
                try_windows(level, s, 0, ACT_bf16);
        }
}

/* Both levels add in the same order. */
static void try_levels(enum dtype kv)
{
    enum { HEADS = 6, KV_HEADS = 2, HEAD_DIM = 40, STRIDE = 240, PAST = 70 };
    const struct shape s = {HEADS, KV_HEADS, HEAD_DIM, 0, kv, false, false, 50, 20.0f, MASK_causal};
    struct attend t = {.shape = &s, .stride = STRIDE, .chunk = 0, .act = ACT_f32};
    struct lir_kernel kernel = with_arguments(
        (struct lir_kernel){.kind = KERNEL_attention,
                            .rows_symbol = SYMBOL_ROWS,
                            .attention = {.shape = {.kv = kv,
                                                    .heads = HEADS,
                                                    .kv_heads = KV_HEADS,
                                                    .head_dim = HEAD_DIM,
                                                    .context = CONTEXT},
                                          .mask = MASK_causal,
                                          .tile_rows = tiles[0],
                                          .windowed = 1,
                                          .capped = 1},
                            .stride = {[ATTENTION_q] = STRIDE, [ATTENTION_out] = STRIDE}});
    float *y[2];

    t.q = buffer_random((size_t)ROWS * STRIDE);
    t.keys = state_new(&s, false);
    t.values = state_new(&s, true);
    fill_state(&s, t.keys, false);
    fill_state(&s, t.values, true);
    for (uint32_t level = 0; level < 2; level++) {
        struct code code;
        y[level] = buffer_new((size_t)ROWS * STRIDE);
        code_open(&code, level, &kernel, 1);
        code_values(&code, &kernel, attention_values(&s));
        run_attention(&code, 0, &t, 0, ROWS, PAST, y[level]);
        code_close(&code);
    }
    expect_equal_bits("levels", y[1], y[0], ROWS, STRIDE);
    buffer_free(y[0]);
    buffer_free(y[1]);
    buffer_free(t.q);
    buffer_free(t.keys);
    buffer_free(t.values);
}

static void test_levels_agree(void **state)
{
    (void)state;
    if (!level_runs(1))
        skip();
    try_levels(DTYPE_f16);
    try_levels(DTYPE_q8_0);
}

static void test_tile_fits_stack(void **state)
{
    struct arena a = {0};
    struct diags d = {.arena = &a};

    (void)state;
    for (uint32_t level = 0; level < target_cpu.level_count; level++)
        for (uint32_t i = 0; i < countof(shapes); i++)
            for (uint64_t rows = 1; rows <= 512; rows *= 8) {
                struct lir_kernel k = with_arguments(
                    (struct lir_kernel){.kind = KERNEL_attention,
                                        .attention = {.shape = {.kv = shapes[i].kv,
                                                                .heads = 8 * shapes[i].heads,
                                                                .kv_heads = shapes[i].kv_heads,
                                                                .head_dim = 256}}});
                choose_kernel_tile(&target_cpu, level, rows, &k);
                assert_true(target_cpu.accepts(level, &k, &d));
            }
    struct lir_kernel huge = with_arguments((struct lir_kernel){
        .kind = KERNEL_attention,
        .attention = {.shape = {.kv = DTYPE_f32, .heads = 255, .kv_heads = 1, .head_dim = 512},
                      .tile_rows = 1}});
    assert_false(target_cpu.accepts(0, &huge, &d));
    assert_int_equal(d.error_count, 1);
    arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kv_write),        cmocka_unit_test(test_beyond_f16),
        cmocka_unit_test(test_attention),       cmocka_unit_test(test_chunks),
        cmocka_unit_test(test_levels_agree),    cmocka_unit_test(test_bf16),
        cmocka_unit_test(test_tile_fits_stack), cmocka_unit_test(test_windows_share_code),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The CPU target's kv_write, each level that this machine runs, against plain loops in f64 written
 * from kernel_kinds.def: norms, rotations, and what stands in the states afterwards. */
#include "tests/support/diagnostics.h"
#include "tests/unit/kernel_states.h"

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

/* A norm: its weight for a head, or NULL, and what it multiplies x by. */
struct norm {
    const float *weight;
    double factor;
};

/* Of `count` elements at x, which are a head or all heads of a row. */
static struct norm norm_of(const float *weight, const float *x, uint32_t count)
{
    double squares = 0;

    for (uint32_t i = 0; i < count; i++)
        squares += (double)x[i] * (double)x[i];
    return (struct norm){weight, 1 / sqrt(squares / count + (double)1e-6f)};
}

static void norm_head(const struct shape *s, const float *x, const struct norm *norm, double *out)
{
    for (uint32_t i = 0; i < s->head_dim; i++)
        out[i] = norm->weight != NULL ? (double)x[i] * norm->factor * (double)norm->weight[i]
                                      : (double)x[i];
}

static void rotate(const struct shape *s, const float *table, double *x)
{
    const uint32_t half = s->n_rot / 2;

    for (uint32_t i = 0; i < half; i++) {
        uint32_t a = s->interleaved ? 2 * i : i, b = s->interleaved ? 2 * i + 1 : i + half;
        double c = (double)table[i], sine = (double)table[half + i], first = x[a], second = x[b];
        x[a] = first * c - second * sine;
        x[b] = second * c + first * sine;
    }
}

/* One head that is rotated, then normed by `weight`, in f64. */
static void norm_last(const struct shape *s, const float *x, const float *weight,
                      const float *table, double *out)
{
    double squares = 0;

    norm_head(s, x, &(struct norm){NULL, 1}, out);
    rotate(s, table, out);
    for (uint32_t i = 0; i < s->head_dim; i++)
        squares += out[i] * out[i];
    for (uint32_t i = 0; i < s->head_dim; i++)
        out[i] *= (double)weight[i] / sqrt(squares / s->head_dim + (double)1e-6f);
}

/* One head: norm, then rotation, in f64, or with `last` the other way round; for integers also the
 * Hadamard rotation. */
static void write_head(const struct shape *s, const float *x, const struct norm *norm, bool last,
                       const float *table, double *out)
{
    if (last) {
        norm_last(s, x, norm->weight, table, out);
    } else {
        norm_head(s, x, norm, out);
        rotate(s, table, out);
    }
    if (s->kv == DTYPE_q8_0)
        hadamard_rotate(s->head_dim, out);
}

struct write {
    float *q, *k, *v, *table, *k_table, *norms[3], *to_q, *keys, *values;
    bool more;      /* keys have a table of their own, and values a norm */
    bool all_heads; /* norms are of all heads of a row at once */
    bool norm_last; /* norms of q and k come after the rotation */
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
    w->k_table = buffer_random((size_t)CONTEXT * (s->n_rot + 1));
    for (uint32_t i = 0; i < countof(w->norms); i++)
        w->norms[i] = buffer_random(round_up(q, 16));
    w->to_q = buffer_new((size_t)ROWS * w->q_stride);
    w->keys = state_new(s, false);
    w->values = state_new(s, true);
    for (int32_t i = 0; i < ROWS; i++)
        w->positions[i] = 31 + i;
    w->positions[ROWS - 1] = CONTEXT - 1;
}

static void write_close(struct write *w)
{
    float *const all[] = {w->q,        w->k,        w->v,    w->table, w->k_table, w->norms[0],
                          w->norms[1], w->norms[2], w->to_q, w->keys,  w->values};

    for (uint32_t i = 0; i < countof(all); i++)
        buffer_free(all[i]);
}

/* Half of the last place of f16, or some of f32; of integers half of one, which `max` makes. */
static double slack(const struct shape *s, double value, double max)
{
    if (s->kv == DTYPE_q8_0)
        return max / 127 * 0.501 + 1e-6;
    return s->kv == DTYPE_f16 ? fabs(value) * 0x1.01p-11 + 0x1p-25 : fabs(value) * 1e-6 + 1e-6;
}

/* Of head h of the row at x, which has `heads`; `which`: the weight of q or that of k. */
static struct norm norm_at(const struct shape *s, const struct write *w, uint32_t which,
                           const float *x, uint32_t h, uint32_t heads)
{
    const uint32_t n = s->head_dim;

    if (!s->qk_norm)
        return (struct norm){NULL, 1};
    return w->all_heads ? norm_of(w->norms[which] + h * n, x, heads * n)
                        : norm_of(w->norms[which], x + h * n, n);
}

static void check_q(const struct shape *s, const struct write *w)
{
    struct comparison c = comparison_of("q");
    double expected[256];

    for (uint32_t r = 0; r < ROWS; r++)
        for (uint32_t h = 0; h < s->heads; h++) {
            size_t row = (size_t)r * w->q_stride, at = row + h * s->head_dim;
            const struct norm norm = norm_at(s, w, 0, w->q + row, h, s->heads);
            write_head(s, w->q + at, &norm, w->norm_last,
                       w->table + (size_t)w->positions[r] * s->n_rot, expected);
            for (uint32_t i = 0; i < s->head_dim; i++)
                compare_number(&c, r, h * s->head_dim + i, (double)w->to_q[at + i], expected[i],
                               1e-6 + 1e-6 * fabs(expected[i]));
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
            size_t row = (size_t)r * w->kv_stride, at = row + h * s->head_dim;
            uint32_t position = (uint32_t)w->positions[r];
            const struct norm norm = norm_at(s, w, 1, w->k + row, h, s->kv_heads),
                              of_v = norm_of(w->more ? w->norms[2] : NULL, w->v + at, s->head_dim);
            write_head(s, w->k + at, &norm, w->norm_last,
                       (w->more ? w->k_table : w->table) + (size_t)position * s->n_rot, expected);
            norm_head(s, w->v + at, &of_v, values);
            double max[2] = {greatest_of(expected, s->head_dim), greatest_of(values, s->head_dim)};
            for (uint32_t i = 0; i < s->head_dim; i++) {
                compare_number(&key, position, i, (double)key_of(s, w->keys, h, position, i),
                               expected[i], slack(s, expected[i], max[0]));
                const float v = w->v[at + i], half = f16_to_f32(f32_to_f16(v));
                const bool rounds = s->kv == DTYPE_q8_0 || w->more;
                compare_number(&value, position, i, (double)value_of(s, w->values, h, position, i),
                               rounds               ? values[i]
                               : s->kv == DTYPE_f16 ? (double)half
                                                    : (double)v,
                               rounds ? slack(s, values[i], max[1]) : 0);
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

static struct head_shape shape_of_state(const struct shape *s)
{
    return (struct head_shape){.kv = s->kv,
                               .heads = s->heads,
                               .kv_heads = s->kv_heads,
                               .head_dim = s->head_dim,
                               .context = CONTEXT};
}

static void run_write(uint32_t level, const struct shape *s, struct write *w)
{
    const uint32_t norms = s->qk_norm ? 1u << KV_WRITE_q_norm | 1u << KV_WRITE_k_norm : 0,
                   more = !w->more ? 0
                                   : 1u << KV_WRITE_v_norm |
                                         (s->n_rot != 0 ? 1u << KV_WRITE_k_table : 0);
    struct lir_kernel kernel =
        with_arguments((struct lir_kernel){.kind = KERNEL_kv_write,
                                           .rows_symbol = SYMBOL_ROWS,
                                           .present = norms | more,
                                           .kv_write = {.shape = shape_of_state(s),
                                                        .interleaved = s->interleaved,
                                                        .all_heads = w->all_heads,
                                                        .norm_last = w->norm_last,
                                                        .n_rot = s->n_rot,
                                                        .epsilon = 1e-6f}});
    int64_t dims[RLX_DIM_COUNT] = {1, ROWS, ROWS, 31, 1};
    struct rlx_segment segment = {.rows = ROWS, .past = 31};
    struct code code;

    kernel.stride[KV_WRITE_q] = kernel.stride[KV_WRITE_out] = w->q_stride;
    kernel.stride[KV_WRITE_k] = kernel.stride[KV_WRITE_v] = w->kv_stride;
    void *args[LIR_MAX_ARGS] = {[KV_WRITE_q] = w->q,
                                [KV_WRITE_k] = w->k,
                                [KV_WRITE_v] = w->v,
                                [KV_WRITE_table] = w->table,
                                [KV_WRITE_k_table] = w->k_table,
                                [KV_WRITE_v_norm] = w->norms[2],
                                [KV_WRITE_positions] = w->positions,
                                [KV_WRITE_q_norm] = w->norms[0],
                                [KV_WRITE_k_norm] = w->norms[1],
                                [KV_WRITE_segments] = &segment,
                                [KV_WRITE_out] = w->to_q,
                                [KV_WRITE_keys] = w->keys,
                                [KV_WRITE_values] = w->values};
    code_open(&code, level, &kernel, 1);
    code_run(&code, 0, args, dims, (uint64_t)s->kv_heads * ROWS, 5);
    code_close(&code);
}

static void try_write(uint32_t level, const struct shape *s, struct write w)
{
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
    for (uint32_t level = code_level(0); level < code_levels(); level = code_level(level + 1))
        for (uint32_t i = 0; i < countof(shapes); i++) {
            try_write(level, &shapes[i], (struct write){.more = (level + i) % 2 == 0});
            if (shapes[i].qk_norm && level >= target_cpu.level_count)
                try_write(level, &shapes[i], (struct write){.all_heads = true});
            if (shapes[i].qk_norm && shapes[i].n_rot != 0)
                try_write(level, &shapes[i],
                          (struct write){.norm_last = true, .more = (level + i) % 2 != 0});
        }
}

/* A step before the write norms all heads at once: each thread of a CPU would sum up the row. */
static void test_refused_by_cpu(void **state)
{
    struct arena arena = {0};
    struct diags diags = {.arena = &arena};
    const struct lir_kernel kernel = with_arguments(
        (struct lir_kernel){.kind = KERNEL_kv_write,
                            .rows_symbol = SYMBOL_ROWS,
                            .present = 1u << KV_WRITE_q_norm | 1u << KV_WRITE_k_norm,
                            .kv_write = {.shape = shape_of_state(&shapes[1]), .all_heads = 1}});

    (void)state;
    assert_false(target_cpu.accepts(0, &kernel, &diags));
    assert_non_null(strstr(diags_text(&diags, &arena), "norm all heads at once"));
    arena_free(&arena);
}

/* Row 0 of K and V has what f16 cannot hold: it becomes the greatest number, NaN stays NaN. */
static void try_extremes(uint32_t level)
{
    static const struct shape s = {2, 2, 20, 0, DTYPE_f16, false, false, 0, 0, MASK_causal};
    static const float in[] = {65504,  -65504,   65519,     65520, -65520, 7e4f,
                               -1e30f, INFINITY, -INFINITY, 65488, 1,      -6e-8f};
    static const float out[] = {65504,  -65504, 65504,  65504, -65504, 65504,
                                -65504, 65504,  -65504, 65472, 1,      -0x1p-24f};
    struct write w = {.more = false};

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
    struct write w = {.more = false};

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
    for (uint32_t level = code_level(0); level < code_levels(); level = code_level(level + 1)) {
        try_extremes(level);
        try_extreme_scales(level);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kv_write),
        cmocka_unit_test(test_refused_by_cpu),
        cmocka_unit_test(test_beyond_f16),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

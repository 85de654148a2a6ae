/* Products that norm the rows which they read, products and embeddings that norm the rows which they
 * make, against plain loops in f64 written from kernel_kinds.def: every target whose levels take them,
 * all layouts of products, several rows. The CPU target refuses them.
 */
#include "tests/support/diagnostics.h"
#include "tests/unit/packed_weight.h"

enum { NAN_ROWS = 3 };
enum epilogue { PLAIN, BIAS_RESIDUAL, GATED };
enum after { NO_NORM, RMS_NORM, LAYER_NORM }; /* of the result: plus a residual; two with biases */

static const float epsilon = 0.25f; /* as large as the mean of squares: it counts */

static struct lir_kernel normed_product(enum layout layout, uint32_t n, uint32_t k, uint32_t groups,
                                        uint32_t rows, enum epilogue epilogue)
{
    static const uint8_t gate_and_up[] = {S_X, S_TANH, S_Y, S_MUL};
    static const uint8_t add_both[] = {S_X, S_Y, S_ADD, S_Z, S_ADD};
    const uint32_t stride = (uint32_t)round_up(n, 16) + 16;
    struct lir_kernel m =
        with_arguments((struct lir_kernel){.kind = KERNEL_matmul,
                                           .rows_symbol = SYMBOL_ROWS,
                                           .present = 1u << MATMUL_norm,
                                           .matmul = {.layout = layout,
                                                      .format = {.act = ACT_f32, .tile_rows = rows},
                                                      .tile_groups = groups,
                                                      .n = n,
                                                      .k = k,
                                                      .epsilon = epsilon},
                                           .stride = {[MATMUL_out] = stride}});

    if (epilogue == BIAS_RESIDUAL) {
        m.present |= 3u << MATMUL_operand;
        m.matmul.code.bytes = sizeof add_both;
        memcpy(m.matmul.code.code, add_both, sizeof add_both);
        m.stride[MATMUL_operand + 1] = stride;
    } else if (epilogue == GATED) {
        m.matmul.gated = 1;
        m.matmul.code.bytes = sizeof gate_and_up;
        memcpy(m.matmul.code.code, gate_and_up, sizeof gate_and_up);
    }
    return m;
}

/* The same, which norms what it makes. */
static struct lir_kernel with_norm_after(struct lir_kernel m, enum after after)
{
    if (after == NO_NORM)
        return m;
    m.present |= 1u << MATMUL_after_norm | 1u << MATMUL_normed | 1u << MATMUL_counters;
    m.present |= after == RMS_NORM ? 1u << MATMUL_residual | 1u << MATMUL_scale
                                   : 1u << MATMUL_after_bias | 1u << MATMUL_second_norm |
                                         1u << MATMUL_second_bias | 1u << MATMUL_second_normed;
    m.matmul.after_epsilon = epsilon;
    m.matmul.after_centered = after == LAYER_NORM;
    m.stride[MATMUL_normed] = m.stride[MATMUL_out];
    if (after == LAYER_NORM)
        m.stride[MATMUL_second_normed] = m.stride[MATMUL_out];
    m.stride[MATMUL_counters] = 16;
    if (after == RMS_NORM)
        m.stride[MATMUL_residual] = m.stride[MATMUL_out];
    return m;
}

static uint32_t stride_of_x(const struct lir_kernel *m)
{
    return (uint32_t)round_up(m->matmul.k, 16);
}

static uint32_t groups_of(const struct lir_kernel *m)
{
    return (uint32_t)ceil_div(m->matmul.n, 16) * (m->matmul.gated ? 2 : 1);
}

/* ---- plain loops ---- */

/* A normed sum, and what its roundings are relative to. */
struct sum {
    double value, magnitude;
};

static struct sum sum_of(const struct weight *w, uint32_t row, const float *x, const float *norm)
{
    const float *values = w->values + (size_t)row * w->k;
    double squares = 0;
    struct sum sum = {0, 0};

    for (uint32_t i = 0; i < w->k; i++) {
        const double product = (double)values[i] * (double)x[i] * (double)norm[i];
        squares += (double)x[i] * (double)x[i];
        sum.value += product;
        sum.magnitude += fabs(product);
    }
    const double factor = 1 / sqrt(squares / w->k + (double)epsilon);
    return (struct sum){sum.value * factor, sum.magnitude * factor};
}

struct operands {
    const float *x, *norm, *bias, *residual;
    float *normed, *second; /* of what the product makes */
};

/* Element i of row r; gate and up groups alternate in the weight. */
static double expected(const struct lir_kernel *m, const struct weight *w, const struct operands *o,
                       uint32_t r, uint32_t i, double *slack)
{
    const float *x = o->x + (size_t)r * stride_of_x(m);
    const uint32_t gate = m->matmul.gated ? i / 16 * 32 + i % 16 : i;
    const struct sum y = sum_of(w, gate, x, o->norm);

    *slack = 2e-6 * y.magnitude + 1e-7;
    if (m->matmul.gated) {
        const struct sum up = sum_of(w, gate + 16, x, o->norm);
        *slack = *slack * fabs(up.value) + 2e-6 * up.magnitude + 1e-7;
        return tanh(y.value) * up.value;
    }
    if (!lir_has(m, MATMUL_operand))
        return y.value;
    const double bias = (double)o->bias[i],
                 residual = (double)o->residual[(size_t)r * m->stride[MATMUL_out] + i];
    *slack += 2e-7 * (fabs(bias) + fabs(residual));
    return y.value + bias + residual;
}

static void check(const struct lir_kernel *m, const struct weight *w, const struct operands *o,
                  uint32_t rows, const float *y)
{
    const uint32_t stride = m->stride[MATMUL_out];
    struct comparison all =
        comparison_of("%s %ux%u tile %ux%u, %u rows", layout_info[w->layout].name, m->matmul.n,
                      w->k, m->matmul.tile_groups, m->matmul.format.tile_rows, rows);

    for (uint32_t r = 0; r < rows; r++)
        for (uint32_t i = 0; i < m->matmul.n; i++) {
            double slack, value = expected(m, w, o, r, i, &slack);
            compare_number(&all, r, i, (double)y[(size_t)r * stride + i], value, slack);
        }
    expect_agreement(&all);
    expect_untouched(y, rows, m->matmul.n, stride);
}

/* A norm of rows as a kernel stored them. */
struct stored {
    uint32_t rows, n, stride; /* of all matrices */
    bool centered;
    const float *weight, *bias, *residual; /* bias and residual: one, or none */
    const float *scale;                    /* of the sum with a residual; NULL: none */
    const float *normed;
};

static void check_stored(const char *name, const struct stored *o, const float *y)
{
    struct comparison all = comparison_of("%s of %u, normed%s, %u rows", name, o->n,
                                          o->centered ? " less the mean" : "", o->rows);

    for (uint32_t r = 0; r < o->rows; r++) {
        const float *row = y + (size_t)r * o->stride;
        double sum = 0, squares = 0;
        for (uint32_t i = 0; i < o->n; i++)
            sum += (double)row[i];
        const double mean = o->centered ? sum / o->n : 0;
        for (uint32_t i = 0; i < o->n; i++)
            squares += ((double)row[i] - mean) * ((double)row[i] - mean);
        for (uint32_t i = 0; i < o->n; i++) {
            const double value = ((double)row[i] - mean) / sqrt(squares / o->n + (double)epsilon) *
                                 (double)o->weight[i],
                         other = o->bias != NULL       ? (double)o->bias[i]
                                 : o->residual != NULL ? (double)o->residual[r * o->stride + i]
                                                       : 0,
                         scale = o->scale != NULL ? (double)o->scale[i] : 1;
            compare_number(&all, r, i, (double)o->normed[(size_t)r * o->stride + i],
                           (value + other) * scale,
                           2e-6 * (1 + fabs(value) + fabs(mean) + fabs(other)));
        }
    }
    expect_agreement(&all);
    expect_untouched(o->normed, o->rows, o->n, o->stride);
}

/* The norms of rows as the product made them; `bias` is the weight of the first, too, and a row of
 * `residual` that of the second. */
static void check_normed(const struct lir_kernel *m, const struct operands *o, uint32_t rows,
                         const float *y)
{
    const bool centered = m->matmul.after_centered != 0;
    struct stored norm = {.rows = rows,
                          .n = m->matmul.n,
                          .stride = m->stride[MATMUL_out],
                          .centered = centered,
                          .weight = o->bias,
                          .bias = centered ? o->bias : NULL,
                          .residual = centered ? NULL : o->residual,
                          .scale = centered ? NULL : o->bias,
                          .normed = o->normed};

    check_stored(layout_info[m->matmul.layout].name, &norm, y);
    norm.weight = o->residual;
    norm.normed = o->second;
    if (lir_has(m, MATMUL_second_norm))
        check_stored("the second", &norm, y);
}

/* ---- runs ---- */

static void run(const struct code *code, uint32_t kernel, const struct weight *w,
                const struct operands *o, uint32_t rows, float *y)
{
    const struct lir_kernel *m = &code->kernels[kernel];
    const int64_t dims[RLX_DIM_COUNT] = {1, rows, rows, 0, rows};
    float *counters = buffer_new((size_t)rows * 16);
    void *args[] = {[MATMUL_x] = (void *)o->x,
                    [MATMUL_weight] = w->bytes,
                    [MATMUL_norm] = (void *)o->norm,
                    [MATMUL_after_norm] = (void *)o->bias,
                    [MATMUL_after_bias] = (void *)o->bias,
                    [MATMUL_residual] = (void *)o->residual,
                    [MATMUL_scale] = (void *)o->bias,
                    [MATMUL_second_norm] = (void *)o->residual,
                    [MATMUL_second_bias] = (void *)o->bias,
                    [MATMUL_normed] = o->normed,
                    [MATMUL_second_normed] = o->second,
                    [MATMUL_counters] = counters,
                    [MATMUL_out] = y,
                    [MATMUL_operand] = (void *)o->bias,
                    [MATMUL_operand + 1] = (void *)o->residual};

    memset(counters, 0, (size_t)rows * 16 * sizeof *counters);
    code_run(code, kernel, args, dims, kernel_tile_count(m, rows), 1);
    buffer_free(counters);
}

/* Rows of very different sizes, so that none could be normed as another is. */
static void try_rows(const struct code *code, uint32_t kernel, const struct weight *w,
                     const float *norm, uint32_t rows)
{
    const struct lir_kernel *m = &code->kernels[kernel];
    const uint32_t stride_x = stride_of_x(m), stride = m->stride[MATMUL_out];
    float *x = buffer_new((size_t)rows * stride_x), *bias = buffer_random(stride),
          *residual = buffer_random((size_t)rows * stride), *y = buffer_new((size_t)rows * stride),
          *normed = buffer_new((size_t)rows * stride), *second = buffer_new((size_t)rows * stride);
    const struct operands o = {x, norm, bias, residual, normed, second};

    for (uint32_t r = 0; r < rows; r++)
        for (uint32_t i = 0; i < w->k; i++)
            x[(size_t)r * stride_x + i] = ldexpf(random_number(), 3 * (int)(r % 5) - 4);
    run(code, kernel, w, &o, rows, y);
    check(m, w, &o, rows, y);
    if (lir_has(m, MATMUL_after_norm))
        check_normed(m, &o, rows, y);
    buffer_free(second);
    buffer_free(normed);
    buffer_free(x);
    buffer_free(bias);
    buffer_free(residual);
    buffer_free(y);
}

/* A NaN makes all outputs of its row NaN, and no other's. */
static void try_nan(const struct code *code, uint32_t kernel, const struct weight *w,
                    const float *norm)
{
    const struct lir_kernel *m = &code->kernels[kernel];
    const uint32_t stride_x = stride_of_x(m), stride = m->stride[MATMUL_out];
    float *x = buffer_random((size_t)NAN_ROWS * stride_x),
          *zeros = buffer_new((size_t)NAN_ROWS * stride),
          *y = buffer_new((size_t)NAN_ROWS * stride),
          *normed = buffer_new((size_t)NAN_ROWS * stride),
          *second = buffer_new((size_t)NAN_ROWS * stride);
    const struct operands o = {x, norm, zeros, zeros, normed, second};

    memset(zeros, 0, (size_t)NAN_ROWS * stride * sizeof *zeros);
    x[stride_x + w->k - 1] = NAN;
    run(code, kernel, w, &o, NAN_ROWS, y);
    for (uint32_t r = 0; r < NAN_ROWS; r++)
        for (uint32_t i = 0; i < m->matmul.n; i++)
            assert_int_equal(isnan(y[(size_t)r * stride + i]) != 0, r == 1);
    buffer_free(x);
    buffer_free(zeros);
    buffer_free(second);
    buffer_free(normed);
    buffer_free(y);
}

static void try_layout(uint32_t level, enum layout layout)
{
    static const struct {
        uint8_t groups, rows;
        enum epilogue epilogue;
        enum after after;
        uint32_t n, plain, quantized, wide; /* k, by what the layout serves */
    } cases[] = {{1, 1, PLAIN, LAYER_NORM, 40, 33, 544, 512},
                 {2, 4, GATED, NO_NORM, 83, 322, 32, 256},
                 {1, 8, BIAS_RESIDUAL, RMS_NORM, 77, 1, 96, 768}};
    static const uint32_t rows[] = {1, 2, 5, 16};
    struct lir_kernel kernels[countof(cases)];
    uint32_t count = 0;
    struct code code;

    for (uint32_t i = 0; i < countof(cases); i++) {
        if (!level_takes(level, i, (uint32_t)layout))
            continue;
        kernels[count] =
            normed_product(layout, cases[i].n,
                           layout_multiple(layout) > 64  ? cases[i].wide
                           : layout_multiple(layout) > 1 ? whole_blocks(layout, cases[i].quantized)
                                                         : cases[i].plain,
                           cases[i].groups, cases[i].rows, cases[i].epilogue);
        kernels[count] = with_norm_after(kernels[count], cases[i].after);
        kernels[count++].matmul.row_tile = level_is_vulkan(level) ? cases[i].rows : 0;
    }
    code_open(&code, level, kernels, count);
    for (uint32_t i = 0; i < count; i++) {
        struct weight w = weight_new(layout, groups_of(&kernels[i]) * 16, kernels[i].matmul.k);
        float *norm = buffer_random(stride_of_x(&kernels[i]));
        for (uint32_t j = w.k; j < stride_of_x(&kernels[i]); j++)
            norm[j] = 0; /* as vectors are padded */
        for (uint32_t j = 0; j < countof(rows); j++)
            try_rows(&code, i, &w, norm, rows[j]);
        try_nan(&code, i, &w, norm);
        buffer_free(norm);
        weight_free(&w);
    }
    code_close(&code);
}

static void test_normed_products(void **state)
{
    (void)state;
    for (uint32_t level = code_level(level_of_c()); level < code_levels();
         level = code_level(level + 1))
        for (uint32_t layout = 1; layout < LAYOUT_COUNT; layout++)
            try_layout(level, (enum layout)layout);
}

/* An embedding that norms its rows once or twice. */
static struct lir_kernel normed_embedding(enum layout layout, uint32_t k, uint32_t norms)
{
    const uint32_t stride = (uint32_t)round_up(k, 16) + 16;
    struct lir_kernel e = with_arguments(
        (struct lir_kernel){.kind = KERNEL_embed,
                            .rows_symbol = SYMBOL_ROWS,
                            .present = 1u << EMBED_after_norm | 1u << EMBED_normed,
                            .embed = {.layout = layout, .n = 37, .k = k, .after_epsilon = epsilon},
                            .stride = {[EMBED_out] = stride, [EMBED_normed] = stride}});

    if (norms == 1)
        return e;
    e.present |= 1u << EMBED_after_bias | 1u << EMBED_second_norm | 1u << EMBED_second_normed;
    e.embed.after_centered = 1;
    e.stride[EMBED_second_normed] = stride;
    return e;
}

static void try_embedding(uint32_t level, const struct lir_kernel *e)
{
    enum { ROWS = 3 };
    const uint32_t k = e->embed.k, stride = e->stride[EMBED_out];
    const int64_t dims[RLX_DIM_COUNT] = {1, ROWS, ROWS, 0, ROWS};
    int32_t tokens[ROWS] = {36, 0, 17};
    struct weight w = weight_new((enum layout)e->embed.layout, e->embed.n, k);
    float *vectors[] = {buffer_random(stride), buffer_random(stride), buffer_random(stride)},
          *rows[] = {buffer_new(ROWS * (size_t)stride), buffer_new(ROWS * (size_t)stride),
                     buffer_new(ROWS * (size_t)stride)};
    void *args[] = {[EMBED_tokens] = tokens,
                    [EMBED_weight] = w.bytes,
                    [EMBED_after_norm] = vectors[0],
                    [EMBED_after_bias] = vectors[1],
                    [EMBED_second_norm] = vectors[2],
                    [EMBED_second_bias] = NULL,
                    [EMBED_normed] = rows[1],
                    [EMBED_second_normed] = rows[2],
                    [EMBED_out] = rows[0]};
    struct stored norm = {.rows = ROWS,
                          .n = k,
                          .stride = stride,
                          .centered = e->embed.after_centered != 0,
                          .weight = vectors[0],
                          .bias = lir_has(e, EMBED_after_bias) ? vectors[1] : NULL,
                          .normed = rows[1]};
    struct code code;

    code_open(&code, level, e, 1);
    code_run(&code, 0, args, dims, ROWS, 1);
    code_close(&code);
    assert_float_equal(rows[0][k - 1], w.values[36 * (size_t)k + k - 1], 1e-6);
    check_stored("an embedding", &norm, rows[0]);
    norm.weight = vectors[2], norm.bias = NULL, norm.normed = rows[2];
    if (lir_has(e, EMBED_second_norm))
        check_stored("an embedding, the second", &norm, rows[0]);
    for (uint32_t i = 0; i < countof(vectors); i++) {
        buffer_free(vectors[i]);
        buffer_free(rows[i]);
    }
    weight_free(&w);
}

static void test_normed_embeddings(void **state)
{
    const struct lir_kernel kernels[] = {normed_embedding(LAYOUT_f32_r16, 33, 1),
                                         normed_embedding(LAYOUT_q8_0_r16, 544, 2)};

    (void)state;
    for (uint32_t level = code_level(level_of_c()); level < code_levels();
         level = code_level(level + 1))
        for (uint32_t i = 0; i < countof(kernels); i++)
            try_embedding(level, &kernels[i]);
}

static void test_refusal(void **state)
{
    const struct lir_kernel m = normed_product(LAYOUT_q8_0_r16, 48, 64, 1, 1, PLAIN);
    struct lir_kernel after = with_norm_after(m, RMS_NORM),
                      embedding = normed_embedding(LAYOUT_q8_0_r16, 64, 1);
    struct arena arena = {0};

    after.present &= ~(1u << MATMUL_norm);
    (void)state;
    for (uint32_t level = 0; level < target_cpu.level_count; level++) {
        struct diags diags = {.arena = &arena};
        assert_false(target_cpu.accepts(level, &m, &diags));
        assert_non_null(strstr(diags_text(&diags, &arena), "a step before the product normed"));
        diags = (struct diags){.arena = &arena};
        assert_false(target_cpu.accepts(level, &after, &diags));
        assert_non_null(strstr(diags_text(&diags, &arena), "a step after this one to norm"));
        diags = (struct diags){.arena = &arena};
        assert_false(target_cpu.accepts(level, &embedding, &diags));
        assert_non_null(strstr(diags_text(&diags, &arena), "a step after this one to norm"));
    }
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_normed_products),
        cmocka_unit_test(test_normed_embeddings),
        cmocka_unit_test(test_refusal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

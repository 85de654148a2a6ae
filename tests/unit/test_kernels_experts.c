/* Mixtures of experts (route, sort, and products by expert), each level that this machine runs, against
 * plain loops written from kernel_kinds.def: what is chosen and sorted must be equal, products bit for
 * bit where their chains are fixed.
 */
#include "tests/unit/matmul_sums.h"

enum { ROWS_MAX = 43, EXPERTS_MAX = 40, PLACES_MAX = 2 * (EXPERTS_MAX + 1) };

static const uint32_t rows_tried[] = {1, 3, ROWS_MAX}; /* short runs, and a prompt */

/* ---- route ---- */

static struct lir_kernel route_kernel(uint32_t experts, uint32_t slots, bool sigmoid,
                                      bool normalized, bool has_bias)
{
    struct lir_kernel k = with_arguments(
        (struct lir_kernel){.kind = KERNEL_route,
                            .rows_symbol = SYMBOL_ROWS,
                            .route = {.experts = experts,
                                      .slots = slots,
                                      .sigmoid = sigmoid,
                                      .normalized = normalized,
                                      .epsilon = normalized ? 0.25f : 0,
                                      .scale = 2.5f},
                            .stride = {[ROUTE_x] = (uint32_t)round_up(experts, 16) + 16,
                                       [ROUTE_out] = (uint32_t)round_up(slots, 16) + 16}});

    k.present |= has_bias ? 1u << ROUTE_bias : 0;
    return k;
}

static struct lir_kernel with_scales(struct lir_kernel k)
{
    k.present |= 1u << ROUTE_scales;
    return k;
}

/* By expert, of both signs. */
static float scale_of(uint32_t expert)
{
    return 0.25f * (float)(expert % 5) - 0.125f;
}

static struct lir_kernel with_groups(struct lir_kernel k, uint32_t groups, uint32_t chosen,
                                     uint32_t best)
{
    k.route.groups = groups;
    k.route.chosen_groups = chosen;
    k.route.group_best = best;
    return k;
}

static double score_of(const struct kernel_route *k, const float *x, uint32_t i)
{
    double sum = 0, max = -INFINITY;

    if (k->sigmoid)
        return 1 / (1 + exp(-(double)x[i]));
    for (uint32_t j = 0; j < k->experts; j++)
        max = fmax(max, (double)x[j]);
    for (uint32_t j = 0; j < k->experts; j++)
        sum += exp((double)x[j] - max);
    return exp((double)x[i] - max) / sum;
}

/* In f32, so that what underflows there is equal here, too. */
static double key_of(const struct kernel_route *k, const float *x, const float *bias, uint32_t i)
{
    if (bias == NULL && k->group_best != 2)
        return (double)x[i];
    return (double)(float)(score_of(k, x, i) + (bias == NULL ? 0 : (double)bias[i]));
}

/* Of group g the greatest key, or the sum of the greatest pair. */
static double rank_of(const struct kernel_route *k, const float *x, const float *bias, uint32_t g)
{
    const uint32_t size = k->experts / k->groups;
    double rank = -INFINITY;

    for (uint32_t i = g * size; i < (g + 1) * size; i++)
        for (uint32_t j = g * size; j < (k->group_best == 2 ? i : g * size + 1); j++)
            rank = fmax(rank,
                        key_of(k, x, bias, i) + (k->group_best == 2 ? key_of(k, x, bias, j) : 0));
    return (double)(float)rank;
}

static bool group_is_chosen(const struct kernel_route *k, const float *x, const float *bias,
                            uint32_t g)
{
    const double rank = rank_of(k, x, bias, g);
    uint32_t before = 0;

    for (uint32_t j = 0; j < k->groups; j++) {
        double other = rank_of(k, x, bias, j);
        before += other > rank || (other == rank && j < g);
    }
    return before < k->chosen_groups;
}

/* By number the experts that a row should have. */
static uint32_t expect_chosen(const struct kernel_route *k, const float *x, const float *bias,
                              uint32_t *expected)
{
    double keys[EXPERTS_MAX];
    uint32_t count = 0;

    for (uint32_t i = 0; i < k->experts; i++)
        keys[i] = k->groups != 0 && !group_is_chosen(k, x, bias, i / (k->experts / k->groups))
                      ? -INFINITY
                      : key_of(k, x, bias, i);
    for (uint32_t i = 0; i < k->experts; i++) {
        uint32_t before = 0;
        for (uint32_t j = 0; j < k->experts; j++)
            before += keys[j] > keys[i] || (keys[j] == keys[i] && j < i);
        if (before < k->slots)
            expected[count++] = i;
    }
    return count;
}

static void check_route(const struct lir_kernel *kernel, uint32_t rows, const float *x,
                        const float *bias, const int32_t *chosen, const float *out)
{
    const struct kernel_route *k = &kernel->route;
    const uint32_t *stride = kernel->stride;
    struct comparison all =
        comparison_of("route %u of %u, sigmoid %u, normalized %u, bias %u, groups %u of %u by %u",
                      k->slots, k->experts, k->sigmoid, k->normalized, bias != NULL,
                      k->chosen_groups, k->groups, k->group_best);

    for (uint32_t r = 0; r < rows; r++) {
        const float *row = x + r * stride[ROUTE_x];
        uint32_t expected[EXPERTS_MAX];
        double sum = (double)k->epsilon;
        assert_int_equal(expect_chosen(k, row, bias, expected), k->slots);
        for (uint32_t s = 0; s < k->slots; s++)
            sum += score_of(k, row, expected[s]);
        for (uint32_t s = 0; s < k->slots; s++) {
            double weight = score_of(k, row, expected[s]) / (k->normalized ? sum : 1) * 2.5;
            if (lir_has(kernel, ROUTE_scales))
                weight *= (double)scale_of(expected[s]);
            assert_int_equal(chosen[r * k->slots + s], expected[s]);
            compare_number(&all, r, s, (double)out[r * stride[ROUTE_out] + s], weight,
                           2e-6 * fabs(weight) + 1e-30);
        }
    }
    expect_agreement(&all);
    expect_untouched(out, rows, k->slots, stride[ROUTE_out]);
}

/* Rows with equal scores, with scores that a softmax makes 0 or a sigmoid 1, and random ones. */
static void fill_scores(float *x, uint32_t rows, uint32_t experts, uint32_t stride)
{
    for (uint32_t r = 0; r < rows; r++)
        for (uint32_t i = 0; i < experts; i++)
            x[r * stride + i] = r % 4 == 1   ? (float)(i * 5 % 3)
                                : r % 4 == 2 ? (i % 7 == 3 ? 90.0f - (float)i : -200.0f + (float)i)
                                             : 4 * random_number();
}

static void run_route(const struct code *code, uint32_t index, const struct lir_kernel *kernel)
{
    const struct kernel_route *k = &kernel->route;
    float *bias = buffer_random(round_up(k->experts, 16)),
          *scales = buffer_random(round_up(k->experts, 16));

    for (uint32_t i = 0; i < k->experts; i++)
        scales[i] = scale_of(i);
    /* of both signs, many below every score */
    for (uint32_t i = 0; i < round_up(k->experts, 16); i++)
        bias[i] = i >= k->experts ? 0 : i % 3 == 1 ? 2 * bias[i] - 1 : bias[i];
    for (uint32_t t = 0; t < countof(rows_tried); t++) {
        const uint32_t rows = rows_tried[t];
        int64_t dims[RLX_DIM_COUNT] = {1, rows, rows, 0, rows};
        float *x = buffer_new((size_t)rows * kernel->stride[ROUTE_x]),
              *out = buffer_new((size_t)rows * kernel->stride[ROUTE_out]),
              *chosen = buffer_new((size_t)rows * k->slots);
        void *args[] = {[ROUTE_x] = x,
                        [ROUTE_bias] = bias,
                        [ROUTE_scales] = scales,
                        [ROUTE_chosen] = chosen,
                        [ROUTE_out] = out};
        fill_scores(x, rows, k->experts, kernel->stride[ROUTE_x]);
        code_run(code, index, args, dims, rows, rows / 2);
        check_route(kernel, rows, x, lir_has(kernel, ROUTE_bias) ? bias : NULL,
                    (const int32_t *)(const void *)chosen, out);
        expect_untouched(chosen, rows, k->slots, k->slots);
        buffer_free(x);
        buffer_free(out);
        buffer_free(chosen);
    }
    buffer_free(bias);
    buffer_free(scales);
}

/* Whatever the scores are, what is chosen are different experts by number. */
static void run_route_nan(const struct code *code, uint32_t index, const struct lir_kernel *kernel)
{
    const struct kernel_route *k = &kernel->route;
    int64_t dims[RLX_DIM_COUNT] = {1, 1, 1, 0, 1};
    float *x = buffer_random(kernel->stride[ROUTE_x]), *out = buffer_new(kernel->stride[ROUTE_out]),
          *bias = buffer_random(round_up(k->experts, 16));
    int32_t chosen[EXPERTS_MAX];
    void *args[] = {[ROUTE_x] = x,
                    [ROUTE_bias] = bias,
                    [ROUTE_scales] = bias,
                    [ROUTE_chosen] = chosen,
                    [ROUTE_out] = out};

    for (uint32_t i = 0; i < k->experts; i += 2)
        x[i] = i % 4 == 0 ? NAN : -INFINITY;
    code_run(code, index, args, dims, 1, 1);
    for (uint32_t s = 0; s < k->slots; s++)
        assert_true(chosen[s] > (s == 0 ? -1 : chosen[s - 1]) && chosen[s] < (int32_t)k->experts);
    buffer_free(x);
    buffer_free(out);
    buffer_free(bias);
}

static void test_route(void **state)
{
    const struct lir_kernel kernels[] = {
        route_kernel(40, 8, false, true, false),
        route_kernel(16, 1, false, false, false),
        route_kernel(7, 7, true, true, false),
        route_kernel(33, 6, true, true, true),
        route_kernel(8, 2, false, false, true),
        route_kernel(19, 3, true, false, false),
        with_scales(route_kernel(40, 8, false, true, false)),
        with_scales(route_kernel(7, 3, true, false, true)),
        with_groups(route_kernel(40, 8, true, true, true), 8, 3, 2),
        with_groups(route_kernel(40, 6, false, false, false), 5, 2, 1),
        with_groups(route_kernel(33, 11, true, true, true), 3, 1, 1),
        with_groups(route_kernel(12, 3, false, true, false), 6, 2, 2),
        with_groups(route_kernel(16, 5, true, true, true), 4, 4, 2),  /* all groups */
        with_groups(route_kernel(16, 4, true, false, true), 1, 1, 2), /* one group */
        with_groups(route_kernel(9, 9, true, true, false), 3, 3, 1)};
    struct code code;

    (void)state;
    for (uint32_t level = code_level(0); level < code_levels(); level = code_level(level + 1)) {
        code_open(&code, level, kernels, countof(kernels));
        for (uint32_t i = 0; i < countof(kernels); i++) {
            run_route(&code, i, &kernels[i]);
            run_route_nan(&code, i, &kernels[i]);
        }
        code_close(&code);
    }
}

/* ---- sort ---- */

/* `slots` different experts of each row, by number; where `often`, the first one is always one. */
static void choose(int32_t *chosen, uint32_t rows, uint32_t experts, uint32_t slots, bool often)
{
    for (uint32_t r = 0; r < rows; r++) {
        uint32_t left = slots;
        for (uint32_t e = 0; e < experts; e++)
            if (left != 0 &&
                (experts - e == left || (often && e == 0) || random_bits() % (experts - e) < left))
                chosen[r * slots + slots - left--] = (int32_t)e;
    }
}

/* The order of so many pairs; returns how many numbers it has. */
static uint32_t sorted(const int32_t *chosen, uint32_t pairs, uint32_t experts, int32_t *order)
{
    int32_t *first = order + 1 + experts, *list = first + experts + 1, placed = 0;

    order[0] = 0;
    for (uint32_t e = 0; e < experts; e++) {
        first[order[0]] = placed;
        for (uint32_t p = 0; p < pairs; p++)
            if (chosen[p] == (int32_t)e)
                list[placed++] = (int32_t)p;
        if (placed > first[order[0]])
            order[1 + order[0]++] = (int32_t)e;
    }
    first[order[0]] = placed;
    return 2 * (experts + 1) + pairs;
}

static void check_order(const int32_t *found, const int32_t *expected, uint32_t experts,
                        uint32_t count)
{
    const int32_t listed = expected[0];

    assert_int_equal(found[0], listed);
    for (int32_t i = 0; i < listed; i++)
        assert_int_equal(found[1 + i], expected[1 + i]);
    for (int32_t i = 0; i <= listed; i++)
        assert_int_equal(found[1 + (int32_t)experts + i], expected[1 + (int32_t)experts + i]);
    for (uint32_t i = 2 * (experts + 1); i < count; i++)
        assert_int_equal(found[i], expected[i]);
}

static void run_sort(const struct code *code, uint32_t index, const struct lir_kernel *kernel)
{
    const struct kernel_sort *k = &kernel->sort;
    int32_t expected[PLACES_MAX + ROWS_MAX * EXPERTS_MAX], chosen[ROWS_MAX * EXPERTS_MAX];

    for (uint32_t t = 0; t < countof(rows_tried); t++) {
        const uint32_t rows = rows_tried[t];
        int64_t dims[RLX_DIM_COUNT] = {1, rows, rows, 0, rows};
        choose(chosen, rows, k->experts, k->slots, t % 2 == 0);
        const uint32_t count = sorted(chosen, rows * k->slots, k->experts, expected);
        float *order = buffer_new(count);
        void *args[] = {[SORT_chosen] = chosen, [SORT_order] = order};
        code_run(code, index, args, dims, 1, 1);
        check_order((const int32_t *)(const void *)order, expected, k->experts, count);
        expect_untouched(order, 1, count, count);
        buffer_free(order);
    }
}

static void test_sort(void **state)
{
    struct lir_kernel kernels[3];
    static const uint32_t sizes[][2] = {{40, 8}, {5, 5}, {16, 1}};
    struct code code;

    (void)state;
    for (uint32_t i = 0; i < countof(kernels); i++)
        kernels[i] = with_arguments((struct lir_kernel){
            .kind = KERNEL_sort, .rows_symbol = SYMBOL_ROWS, .sort = {sizes[i][0], sizes[i][1]}});
    for (uint32_t level = code_level(0); level < code_levels(); level = code_level(level + 1)) {
        code_open(&code, level, kernels, countof(kernels));
        for (uint32_t i = 0; i < countof(kernels); i++)
            run_sort(&code, i, &kernels[i]);
        code_close(&code);
    }
}

/* ---- products ---- */

enum form { PLAIN, GATED, MIXED, FORM_COUNT };
enum { EXPERTS = 6, SLOTS = 3 };

struct product {
    struct lir_kernel kernels[2]; /* norm_quant, matmul */
    enum form form;
    bool rounds, biased;
};

/* Tiles as of short runs and as of prompts, by activations; integers may be staged. */
struct shape {
    uint32_t groups, rows;
    bool staged;
};
static const struct shape shapes[ACT_COUNT][2] = {
    [ACT_f32] = {{1, 4, false}, {4, 6, false}},    [ACT_bf16] = {{2, 1, false}, {4, 6, false}},
    [ACT_i16] = {{1, 4, false}, {2, 4, true}},     [ACT_i8] = {{4, 3, false}, {2, 6, true}},
    [ACT_i8_row] = {{1, 4, false}, {4, 6, false}},
};

static struct product product_of(enum layout layout, enum act act, uint32_t n, uint32_t k,
                                 enum form form, const struct shape *shape, bool biased)
{
    static const uint8_t silu_gate[] = {S_X,   S_NUMBER, 0,     S_X, S_NEG,
                                        S_EXP, S_ADD,    S_DIV, S_Y, S_MUL};
    static const uint8_t add_two[] = {S_X, S_Y, S_ADD};
    const bool integers = act_is_integer(act), staged = shape->staged;
    const struct act_format format = {
        .act = act,
        .bias = integers ? layout_sums_bias(layout, staged) : 0,
        .block_sums = integers ? layout_block_sums(layout, staged) : 0,
        .tile_rows = 1,
    };
    const uint32_t stride_n = (uint32_t)round_up(n, 16) + 16;
    struct product p = {.form = form, .biased = biased};
    struct lir_kernel *m = &p.kernels[1];

    p.kernels[0] =
        with_arguments((struct lir_kernel){.kind = KERNEL_norm_quant,
                                           .rows_symbol = SYMBOL_ROWS,
                                           .norm_quant = {.format = format, .k = k},
                                           .stride = {[NORM_QUANT_x] = (uint32_t)round_up(k, 16)}});
    *m = with_arguments((struct lir_kernel){
        .kind = KERNEL_matmul,
        .rows_symbol = SYMBOL_ROWS,
        .matmul = {.layout = layout,
                   .format = format,
                   .n = n,
                   .k = k,
                   .gated = form == GATED,
                   .tile_groups = shape->groups * (form == GATED && shape->groups == 1 ? 2 : 1),
                   .staged = staged,
                   .expert_rows = shape->rows,
                   .experts = EXPERTS,
                   .slots = SLOTS,
                   .mixed = form == MIXED},
        .stride = {[MATMUL_out] = stride_n}});
    m->stride[MATMUL_weights] = form == MIXED ? 16 : 0;
    if (biased)
        m->present |= 1u << MATMUL_bias | (form == GATED ? 1u << MATMUL_up_bias : 0);
    if (form == GATED) {
        m->matmul.code.bytes = sizeof silu_gate;
        memcpy(m->matmul.code.code, silu_gate, sizeof silu_gate);
        m->matmul.code.numbers[0] = 1;
    } else if (form == MIXED) {
        m->present |= 1u << MATMUL_operand;
        m->stride[MATMUL_operand] = stride_n;
        m->matmul.code.bytes = sizeof add_two;
        memcpy(m->matmul.code.code, add_two, sizeof add_two);
    }
    return p;
}

/* Rows of the packed weight between one expert and the next. */
static uint32_t expert_rows(const struct kernel_matmul *k)
{
    const uint32_t groups = (uint32_t)ceil_div(k->n, 16) * (k->gated ? 2 : 1);

    return (uint32_t)round_up(groups, layout_info[k->layout].groups) * 16;
}

struct run { /* what a product reads, and what it left */
    const struct weight *weight;
    const int32_t *chosen;
    const float *x, *weights, *residual, *out;
    const float *biases[2]; /* [EXPERTS][n]; gated: of up, too */
};

/* One element of the result for a pair; *slack: how far off it may be. */
static double pair_of(const struct product *p, const struct run *run, uint32_t pair, uint32_t n,
                      double *slack)
{
    const struct kernel_matmul *k = &p->kernels[1].matmul;
    const float *x = run->x + (size_t)(k->mixed ? pair : pair / SLOTS) * round_up(k->k, 16);
    const uint32_t first = (uint32_t)run->chosen[pair] * expert_rows(k);
    const uint32_t rows[2] = {first + packed_row(k, n, 0), first + packed_row(k, n, 1)};
    const size_t at = (size_t)run->chosen[pair] * k->n + n;
    const float bias = p->biased ? run->biases[0][at] : 0,
                up_bias = p->biased ? run->biases[1][at] : 0;
    const double sum = (double)(sum_of(k->format.act, run->weight, rows[0], x) + bias);
    const double magnitude = magnitude_of(run->weight, rows[0], x);
    const double of_bf16 = k->format.act == ACT_bf16 ? 3e-4 : 0;

    *slack = of_bf16 + (p->rounds ? 1e-6 * magnitude : 0);
    if (p->form != GATED)
        return sum;
    const double up = (double)(sum_of(k->format.act, run->weight, rows[1], x) + up_bias);
    *slack =
        (of_bf16 + 1e-6) * (1 + fabs(up) + fabs(sum)) * (1 + fabs(up)) +
        (p->rounds
             ? 2e-6 * (magnitude * fabs(up) + magnitude_of(run->weight, rows[1], x) * fabs(sum))
             : 0);
    return sum / (1 + exp(-sum)) * up;
}

static double mix_of(const struct product *p, const struct run *run, uint32_t row, uint32_t n,
                     double *slack)
{
    float sum = 0;

    *slack = 0;
    for (uint32_t s = 0; s < SLOTS; s++) {
        const float weight = run->weights[row * 16 + s];
        double of_pair, y = pair_of(p, run, row * SLOTS + s, n, &of_pair);
        sum = fmaf(weight, (float)y, sum);
        *slack += fabs((double)weight) * of_pair + (p->rounds ? 1e-6 * fabs(y) : 0);
    }
    return (double)(sum + run->residual[row * p->kernels[1].stride[MATMUL_operand] + n]);
}

static void check_product(const struct product *p, const struct run *run, uint32_t rows)
{
    const struct kernel_matmul *k = &p->kernels[1].matmul;
    const uint32_t stride = p->kernels[1].stride[MATMUL_out];
    const uint32_t results = k->mixed ? rows : rows * SLOTS;
    struct comparison all =
        comparison_of("experts, %s act %u %ux%u form %u, %u rows", layout_info[k->layout].name,
                      k->format.act, k->n, k->k, p->form, rows);

    for (uint32_t r = 0; r < results; r++)
        for (uint32_t n = 0; n < k->n; n++) {
            double slack,
                expected = k->mixed ? mix_of(p, run, r, n, &slack) : pair_of(p, run, r, n, &slack);
            compare_number(&all, r, n, (double)run->out[r * stride + n], expected, slack);
        }
    expect_agreement(&all);
    expect_untouched(run->out, results, k->n, stride);
}

/* Launches that look ahead, inside an expert and past it, leave the same bits. */
static void check_ahead(const struct code *code, uint32_t index, void *const *args,
                        const int64_t *dims, uint64_t tiles, uint64_t numbers)
{
    static const struct rlx_ahead looks[] = {{.near = 64, .far = 10240}, {.near = UINT32_MAX}};
    float *out = args[MATMUL_out], *before = buffer_new(numbers);

    memcpy(before, out, numbers * sizeof *out);
    for (uint32_t i = 0; i < countof(looks); i++) {
        struct code looking = *code;
        looking.ahead = looks[i];
        for (uint64_t n = 0; n < numbers; n++)
            out[n] = sentinel;
        code_run(&looking, index, args, dims, tiles, 1);
        assert_memory_equal(out, before, numbers * sizeof *out);
    }
    buffer_free(before);
}

static void run_product(const struct code *code, uint32_t first, const struct product *p)
{
    const struct kernel_matmul *k = &p->kernels[1].matmul;
    const uint32_t stride = p->kernels[1].stride[MATMUL_out], width = (uint32_t)round_up(k->k, 16);
    struct weight w = weight_new(k->layout, EXPERTS * expert_rows(k), k->k);
    float *biases[2] = {buffer_random(EXPERTS * round_up(k->n, 16)),
                        buffer_random(EXPERTS * round_up(k->n, 16))};

    for (uint32_t t = 0; t < countof(rows_tried); t++) {
        const uint32_t rows = rows_tried[t], x_rows = k->mixed ? rows * SLOTS : rows;
        int32_t chosen[ROWS_MAX * SLOTS], order[2 * (EXPERTS + 1) + ROWS_MAX * SLOTS];
        int64_t dims[RLX_DIM_COUNT] = {1, rows, rows, 0, rows}, x_dims[RLX_DIM_COUNT] = {1};
        float *x = buffer_random((size_t)x_rows * width), *weights = buffer_random(rows * 16),
              *residual = buffer_random((size_t)rows * stride),
              *packed = buffer_new(act_bytes(&k->format, k->k, x_rows) / 4),
              *out = buffer_new((size_t)(k->mixed ? rows : rows * SLOTS) * stride);
        struct lir_step launch;
        choose(chosen, rows, EXPERTS, SLOTS, t == 2);
        sorted(chosen, rows * SLOTS, EXPERTS, order);
        x_dims[SYMBOL_ROWS] = x_rows;
        code_run(code, first, (void *[]){[NORM_QUANT_x] = x, [NORM_QUANT_out] = packed}, x_dims,
                 x_rows, x_rows);
        kernel_tiles(&p->kernels[1], &launch);
        void *args[] = {
            [MATMUL_x] = packed,        [MATMUL_weight] = w.bytes,   [MATMUL_order] = order,
            [MATMUL_weights] = weights, [MATMUL_out] = out,          [MATMUL_operand] = residual,
            [MATMUL_bias] = biases[0],  [MATMUL_up_bias] = biases[1]};
        code_run(code, first + 1, args, dims, launch.tiles, 1);
        check_product(
            p, &(struct run){&w, chosen, x, weights, residual, out, {biases[0], biases[1]}}, rows);
        if (code->image != NULL)
            check_ahead(code, first + 1, args, dims, launch.tiles,
                        (uint64_t)(k->mixed ? rows : rows * SLOTS) * stride);
        buffer_free(x);
        buffer_free(weights);
        buffer_free(residual);
        buffer_free(packed);
        buffer_free(out);
    }
    weight_free(&w);
    buffer_free(biases[0]);
    buffer_free(biases[1]);
}

static void try_products(uint32_t level, enum layout layout, enum act act,
                         const struct shape *shape, bool biased)
{
    static const uint32_t widths[FORM_COUNT] = {40, 83, 33};
    struct product products[FORM_COUNT];
    struct lir_kernel kernels[2 * FORM_COUNT];
    struct shape tile = *shape;
    struct code code;

    tile.staged = tile.staged && !level_rounds(level); /* of the CPU target alone */
    for (uint32_t i = 0; i < FORM_COUNT; i++) {
        uint32_t k = layout_multiple(layout) > 32 ? 512 : is_quantized(layout) ? 96 : 70;
        products[i] = product_of(layout, act, widths[i], k, (enum form)i, &tile, biased);
        products[i].rounds = level_rounds(level);
        memcpy(&kernels[2 * i], products[i].kernels, sizeof products[i].kernels);
    }
    code_open(&code, level, kernels, countof(kernels));
    for (uint32_t i = 0; i < FORM_COUNT; i++)
        run_product(&code, 2 * i, &products[i]);
    code_close(&code);
}

static const enum layout layouts[] = {LAYOUT_f32_r16,   LAYOUT_q4_1_r16, LAYOUT_q6_k_r16,
                                      LAYOUT_f16_r32,   LAYOUT_q8_0_r16, LAYOUT_q4_k_r16,
                                      LAYOUT_mxfp4_r16, LAYOUT_q2_k_r16, LAYOUT_q3_k_r16};

/* A layout has one of two shapes in each activation, by turns, so that each pair of a layout, an activation
 * and a shape is there. Elsewhere than on the main level a quantized layout has one activation of three.
 * A device without hardware takes seconds for each product: it has two layouts, in all activations. */
static bool takes_shape(uint32_t level, uint32_t layout, enum act act, uint32_t shape)
{
    const bool takes_all = level_is_main(level) || level_is_vulkan(level);

    if (level_is_vulkan(level) && layout > 1)
        return false;
    return (layout / 3 + layout + act + shape) % 2 == 0 &&
           (takes_all || !is_quantized(layouts[layout]) || (layout + act) % 3 == level % 3);
}

static void try_shapes(struct few_cases *few, uint32_t level, uint32_t layout, enum act act)
{
    for (uint32_t i = 0; i < countof(shapes[act]); i++)
        if (cases_take(few, takes_shape(level, layout, act, i)))
            try_products(level, layouts[layout], act, &shapes[act][i], (layout + act) % 3 == 0);
}

static void test_products(void **state)
{
    (void)state;
    for (uint32_t level = code_level(0); level < code_levels(); level = code_level(level + 1)) {
        struct few_cases few = {0};
        for (uint32_t i = 0; i < countof(layouts); i++) {
            try_shapes(&few, level, i, ACT_f32);
            if (is_quantized(layouts[i])) {
                try_shapes(&few, level, i, ACT_i8);
                try_shapes(&few, level, i, ACT_i16);
            }
        }
        for (uint32_t i = 0; i < countof(shapes[0]); i++) {
            if (level_multiplies_bf16(level) &&
                cases_take(&few, level_is_main(level) || i == level % 2))
                try_products(level, LAYOUT_bf16_r32, ACT_bf16, &shapes[ACT_bf16][i], true);
            if (level_multiplies_rows(level) &&
                cases_take(&few, level_is_main(level) || i != level % 2))
                try_products(level, LAYOUT_i8_row_r16, ACT_i8_row, &shapes[ACT_i8_row][i], false);
        }
        cases_end(&few, "products of experts", level_name(level));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_route),
        cmocka_unit_test(test_sort),
        cmocka_unit_test(test_products),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

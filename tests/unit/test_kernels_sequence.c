/* Kernels over segments (scan, conv) and unfold, each level that this machine runs, against plain
 * loops written from kernel_kinds.def. Bits must be equal, and must depend neither on the other
 * segments of a run nor on where runs begin; the sums of a conv in C are rounded at each product.
 */
#include "tests/unit/packed_weight.h"

enum { SEGMENTS = 3, ROWS = 19, TAPS_MAX = 8, ROOM = 16 /* elements between what segments have */ };

static const uint32_t segment_rows[SEGMENTS] = {5, 1, 13};

struct layer { /* one layer of a recurrence over ROWS rows: its inputs, and the plain answer */
    uint32_t n, k, stride, state; /* k: taps of a conv, 0: a scan; state: elements of a segment */
    float *a, *b, *x, *before;    /* matrices [ROWS, n]; states of SEGMENTS segments */
    float *out, *after;
    struct weight weight;
    double tolerance; /* of a conv's sums; 0: equal bits */
};

static struct layer layer_new(uint32_t n, uint32_t k, enum layout layout)
{
    struct layer l = {.n = n, .k = k, .stride = (uint32_t)round_up(n, 16) + 16};

    l.state = (k == 0 ? 1 : k - 1) * n;
    l.a = buffer_random((size_t)ROWS * l.stride);
    l.b = buffer_random((size_t)ROWS * l.stride);
    l.before = buffer_random((size_t)SEGMENTS * (l.state + ROOM));
    l.out = buffer_new((size_t)ROWS * l.stride);
    l.after = buffer_new((size_t)SEGMENTS * (l.state + ROOM));
    if (k != 0)
        l.weight = weight_new(layout, (uint32_t)round_up(n, 16), k);
    return l;
}

static void layer_free(struct layer *l)
{
    buffer_free(l->a);
    buffer_free(l->b);
    buffer_free(l->before);
    buffer_free(l->out);
    buffer_free(l->after);
    if (l->k != 0)
        weight_free(&l->weight);
}

/* ---- the plain answer ---- */

static float scanned(const struct layer *l, uint32_t row, uint32_t column, float h)
{
    volatile float product = l->a[row * l->stride + column] * h;

    return product + l->b[row * l->stride + column];
}

/* Column `column` of the row `row` rows after the start of a segment, which may be before it. */
static float row_of(const struct layer *l, uint32_t first, const float *before, int64_t row,
                    uint32_t column)
{
    return row < 0 ? before[(row + l->k - 1) * l->n + column]
                   : l->a[((uint64_t)row + first) * l->stride + column];
}

static float convolved(const struct layer *l, uint32_t first, const float *before, int64_t row,
                       uint32_t column)
{
    float sum = 0;

    for (uint32_t j = 0; j < l->k; j++)
        sum = fmaf(l->weight.values[(size_t)column * l->k + j],
                   row_of(l, first, before, row - (l->k - 1) + j, column), sum);
    return sum;
}

/* Rows [first, first + rows) as one segment. */
static void expect_segment(const struct layer *l, uint32_t first, uint32_t rows,
                           const float *before, const float *out, const float *after)
{
    for (uint32_t c = 0; c < l->n; c++) {
        float h = l->k == 0 ? before[c] : 0;
        for (uint32_t r = 0; r < rows; r++) {
            h = l->k == 0 ? scanned(l, first + r, c, h) : convolved(l, first, before, r, c);
            if (l->tolerance == 0)
                expect_equal_bits("row", &out[(first + r) * l->stride + c], &h, 1, 1);
            else
                expect_number("row", out[(first + r) * l->stride + c], h, l->tolerance);
        }
        if (l->k == 0)
            expect_equal_bits("state", &after[c], &h, 1, 1);
        for (uint32_t j = 0; j + 1 < l->k; j++) {
            float kept = row_of(l, first, before, (int64_t)rows - (l->k - 1) + j, c);
            expect_equal_bits("state", &after[j * l->n + c], &kept, 1, 1);
        }
    }
}

/* ---- runs ---- */

static struct lir_kernel kernel_of(const struct layer *l)
{
    struct lir_kernel k = {.rows_symbol = SYMBOL_ROWS};

    if (l->k == 0) {
        k.kind = KERNEL_scan;
        k.scan.n = l->n;
        k.stride[SCAN_a] = k.stride[SCAN_b] = k.stride[SCAN_out] = l->stride;
    } else {
        k.kind = KERNEL_conv;
        k.conv.layout = l->weight.layout;
        k.conv.n = l->n;
        k.conv.k = l->k;
        k.stride[CONV_x] = k.stride[CONV_out] = l->stride;
    }
    return with_arguments(k);
}

/* The segments of one run over rows from `first` on. */
static void run(const struct code *code, const struct layer *l, struct rlx_segment *segments,
                uint32_t count, uint32_t first, uint32_t rows, float *before, float *after)
{
    const size_t at = (size_t)first * l->stride;
    void *scan[] = {[SCAN_a] = l->a + at,       [SCAN_b] = l->b + at,     [SCAN_before] = before,
                    [SCAN_segments] = segments, [SCAN_out] = l->out + at, [SCAN_after] = after};
    void *conv[] = {
        [CONV_x] = l->a + at,       [CONV_weight] = l->weight.bytes, [CONV_before] = before,
        [CONV_segments] = segments, [CONV_out] = l->out + at,        [CONV_after] = after};
    int64_t dims[RLX_DIM_COUNT] = {count, rows, rows, 0, rows};
    const uint64_t tiles = ceil_div(l->n, 16) * count;

    code_run(code, 0, l->k == 0 ? scan : conv, dims, tiles, tiles / 3);
}

/* Three segments of one run: states stand in the reverse order, in two pieces of memory. */
static void try_segments(uint32_t level, struct layer *l)
{
    const uint32_t step = l->state + ROOM;
    struct rlx_segment segments[SEGMENTS] = {0};
    struct lir_kernel kernel = kernel_of(l);
    struct code code;
    uint32_t first = 0;

    for (uint32_t i = 0; i < SEGMENTS; i++) {
        segments[i].first_row = first;
        segments[i].rows = segment_rows[i];
        segments[i].carried_in = (int64_t)(SEGMENTS - 1 - i) * step * 4;
        segments[i].carried_out = (int64_t)((i + 1) % SEGMENTS) * step * 4;
        first += segment_rows[i];
    }
    code_open(&code, level, &kernel, 1);
    run(&code, l, segments, SEGMENTS, 0, ROWS, l->before, l->after);
    for (uint32_t i = 0; i < SEGMENTS; i++)
        expect_segment(l, segments[i].first_row, segments[i].rows,
                       l->before + (size_t)(SEGMENTS - 1 - i) * step, l->out,
                       l->after + (size_t)((i + 1) % SEGMENTS) * step);
    expect_untouched(l->out, ROWS, l->n, l->stride);
    expect_untouched(l->after, SEGMENTS, l->state, step);
    code_close(&code);
}

/* One segment of all rows, in one run, in runs of one row each, and in runs with an empty one: the
 * same bits, and the state goes from run to run. A run that is taken back and run again for fewer
 * rows leaves the state of those. */
static void try_cuts(uint32_t level, struct layer *l)
{
    static const uint32_t cuts[] = {1, 1, 0, 1, 4, 0, 12};
    struct lir_kernel kernel = kernel_of(l);
    struct code code;
    float *states[2] = {buffer_new(l->state), buffer_new(l->state)};
    uint32_t first = 0;

    code_open(&code, level, &kernel, 1);
    memcpy(states[0], l->before, l->state * sizeof(float));
    for (uint32_t i = 0; i < countof(cuts); i++) {
        struct rlx_segment whole = {.rows = ROWS - first}, part = {.rows = cuts[i]};
        run(&code, l, &whole, 1, first, ROWS - first, states[i % 2], states[(i + 1) % 2]);
        run(&code, l, &part, 1, first, cuts[i], states[i % 2], states[(i + 1) % 2]);
        first += cuts[i];
    }
    assert_int_equal(first, ROWS);
    expect_segment(l, 0, ROWS, l->before, l->out, states[countof(cuts) % 2]);
    code_close(&code);
    buffer_free(states[0]);
    buffer_free(states[1]);
}

static void test_scan(void **state)
{
    static const uint32_t widths[] = {1, 15, 16, 37, 64};

    (void)state;
    for (uint32_t level = code_level(0); level < code_levels(); level = code_level(level + 1))
        for (uint32_t i = 0; i < countof(widths); i++) {
            struct layer l = layer_new(widths[i], 0, LAYOUT_none);
            try_segments(level, &l);
            try_cuts(level, &l);
            layer_free(&l);
        }
}

static void test_conv(void **state)
{
    static const struct {
        uint32_t n, k;
        enum layout layout;
    } cases[] = {{37, 2, LAYOUT_f32_r16},  {16, 4, LAYOUT_f32_r16}, {70, 8, LAYOUT_f32_r16},
                 {50, 4, LAYOUT_bf16_r32}, {33, 3, LAYOUT_f16_r32}, {5, 7, LAYOUT_f32_r16}};

    (void)state;
    for (uint32_t level = code_level(0); level < code_levels(); level = code_level(level + 1))
        for (uint32_t i = 0; i < countof(cases); i++) {
            struct layer l = layer_new(cases[i].n, cases[i].k, cases[i].layout);
            l.tolerance = level_rounds(level) ? 1e-6 : 0;
            try_segments(level, &l);
            try_cuts(level, &l);
            layer_free(&l);
        }
}

static void try_unfold(uint32_t level, uint32_t n, uint32_t pad, uint32_t rows)
{
    const uint32_t stride = (uint32_t)round_up(n, 16) + 16, all = rows + 2 * pad;
    struct lir_kernel kernel = with_arguments((struct lir_kernel){.kind = KERNEL_unfold,
                                                                  .rows_symbol = SYMBOL_ROWS,
                                                                  .unfold = {.n = n, .pad = pad},
                                                                  .stride = {[UNFOLD_x] = stride}});
    float *x = buffer_random((size_t)rows * stride), *out = buffer_new((size_t)all * n);
    void *args[] = {[UNFOLD_x] = x, [UNFOLD_out] = out};
    int64_t dims[RLX_DIM_COUNT] = {1, rows, rows, 0, rows};
    struct code code;

    code_open(&code, level, &kernel, 1);
    code_run(&code, 0, args, dims, rows, rows / 2);
    for (uint32_t r = 0; r < all; r++)
        for (uint32_t c = 0; c < n; c++) {
            bool inside = r >= pad && r < pad + rows;
            float expected = inside ? x[(size_t)(r - pad) * stride + c] : 0;
            expect_equal_bits("unfold", &out[(size_t)r * n + c], &expected, 1, 1);
        }
    expect_untouched(out, 1, all * n, all * n);
    code_close(&code);
    buffer_free(x);
    buffer_free(out);
}

static void test_unfold(void **state)
{
    (void)state;
    for (uint32_t level = code_level(0); level < code_levels(); level = code_level(level + 1)) {
        try_unfold(level, 80, 1, 7);
        try_unfold(level, 37, 0, 3);
        try_unfold(level, 5, 2, 1);
        try_unfold(level, 48, 3, 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scan),
        cmocka_unit_test(test_conv),
        cmocka_unit_test(test_unfold),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* States by class, ragged segments, entries and unfold in the evaluator. The truth: loops over the
 * whole history of each sequence, which know nothing of runs, places or states. */
#include "tests/support/evaluating.h"

#include <math.h>

enum { SEQUENCES = 3, POSITIONS = 200, WIDTH = 12, HEADS = 2, HEAD_DIM = 6 };

/* Numbers of every position of every sequence. */
static float history[4][SEQUENCES][POSITIONS][WIDTH];

static void make_history(uint32_t seed)
{
    const float *x = noise(sizeof history / sizeof(float), seed);
    memcpy(history, x, sizeof history);
}

/* ---- runs of segments ---- */

struct flow {
    struct hir_segment segments[SEQUENCES];
    float in[4][64][WIDTH]; /* what the inputs get: rows of history */
    int32_t positions[64];
    uint32_t rows, run;
    uint32_t sequence[64];
};

/* The next run: some rows of each sequence, at times none; false at the end of the history. */
static bool next_run(struct flow *f, uint32_t most)
{
    uint32_t rows = 0;

    for (uint32_t s = 0; s < SEQUENCES; s++) {
        struct hir_segment *segment = &f->segments[s];
        segment->past += segment->rows;
        segment->rows = (f->run * 7 + s * 5 + f->run * s) % (most + 1);
        if (segment->past + segment->rows > POSITIONS)
            return false;
        for (uint32_t i = 0; i < segment->rows; i++, rows++) {
            for (uint32_t k = 0; k < 4; k++)
                memcpy(f->in[k][rows], history[k][s][segment->past + i], sizeof f->in[k][rows]);
            f->positions[rows] = (int32_t)(segment->past + i);
            f->sequence[rows] = s;
        }
    }
    f->rows = rows;
    f->run++;
    return true;
}

static void run_segments(const struct flow *f)
{
    static const char *const names[] = {"q", "k", "v", "w"};

    set_sizes(SEQUENCES, 0, 0);
    eval.symbols[SYMBOL_ROWS] = f->rows;
    eval.segments = f->segments;
    for (uint32_t k = 0; k < 4; k++)
        hir_eval_input(&eval, names[k], f->in[k]);
    hir_eval_role(&eval, INPUT_positions, f->positions);
    hir_eval_run(&eval);
}

/* A row's attention over the positions first..end of its sequence, head by head. */
static void attend(const float *q, float (*k)[WIDTH], float (*v)[WIDTH], uint32_t first,
                   uint32_t end, float *out)
{
    for (uint32_t head = 0; head < HEADS; head++) {
        double total = 0, sums[HEAD_DIM] = {0};
        uint32_t at = head * HEAD_DIM;
        for (uint32_t p = first; p < end; p++) {
            double score = 0;
            for (uint32_t i = 0; i < HEAD_DIM; i++)
                score += 0.5 * q[at + i] * k[p][at + i];
            for (uint32_t i = 0; i < HEAD_DIM; i++)
                sums[i] += exp(score) * v[p][at + i];
            total += exp(score);
        }
        for (uint32_t i = 0; i < HEAD_DIM; i++)
            out[at + i] = (float)(sums[i] / total);
    }
}

static void check_row(const char *name, uint32_t row, const float *expected)
{
    expect_close(name, hir_eval_value(&eval, name) + row * WIDTH, expected, 1, WIDTH, 3e-7, 0);
}

/* ---- rows and rings ---- */

#define QKV                                           \
    "%1 = input f32 [ROWS, 2, 6] \"q\"\n"             \
    "%2 = input f32 [ROWS, 2, 6] \"k\"\n"             \
    "%3 = input f32 [ROWS, 2, 6] \"v\"\n"             \
    "%4 = input i32 [ROWS] role=positions \"here\"\n" \
    "%5 = input f32 [ROWS, 12] \"w\"\n"
#define KERNEL "heads=2 kv_heads=2 head_dim=6 scale=0.5 "

/* The ring comes round three times. Two attentions read one state. */
static void test_rows_and_rings(void **state)
{
    static struct flow flow;
    float expected[WIDTH];

    (void)state;
    make_history(1);
    flow = (struct flow){0};
    open("graph \"t\"\n" QKV "%6 = state f32 [BATCH, 200, 2, 6] role=key \"k\"\n"
         "%7 = state f32 [BATCH, 200, 2, 6] role=value \"v\"\n"
         "%8 = state f32 [BATCH, 64, 2, 6] class=ring layer=1 role=key \"ring_k\"\n"
         "%9 = state f32 [BATCH, 64, 2, 6] class=ring layer=1 role=value \"ring_v\"\n"
         "%10 = kv_append %6 %2 %4 f32 [BATCH, 200, 2, 6]\n"
         "%11 = kv_append %7 %3 %4 f32 [BATCH, 200, 2, 6]\n"
         "%12 = kv_append %8 %2 %4 f32 [BATCH, 64, 2, 6]\n"
         "%13 = kv_append %9 %3 %4 f32 [BATCH, 64, 2, 6]\n"
         "%14 = attention %1 %10 %11 %4 f32 [ROWS, 12] " KERNEL "mask=causal window=0\n"
         "%15 = attention %1 %10 %11 f32 [ROWS, 12] " KERNEL "mask=none window=0\n"
         "%16 = attention %1 %12 %13 %4 f32 [ROWS, 12] " KERNEL "mask=causal window=57\n"
         "%17 = attention %1 %12 %13 %4 f32 [ROWS, 12] " KERNEL "mask=causal window=5\n"
         "output \"all\" %14\noutput \"both\" %15\noutput \"long\" %16\noutput \"short\" %17\n"
         "output \"k\" %10\noutput \"v\" %11\noutput \"ring_k\" %12\noutput \"ring_v\" %13\n",
         (const char *[]){NULL}, NULL);
    while (next_run(&flow, 8)) {
        run_segments(&flow);
        for (uint32_t row = 0; row < flow.rows; row++) {
            uint32_t s = flow.sequence[row], p = (uint32_t)flow.positions[row];
            uint32_t end = flow.segments[s].past + flow.segments[s].rows;
            attend(history[0][s][p], history[1][s], history[2][s], 0, p + 1, expected);
            check_row("all", row, expected);
            attend(history[0][s][p], history[1][s], history[2][s], 0, end, expected);
            check_row("both", row, expected);
            attend(history[0][s][p], history[1][s], history[2][s], p < 57 ? 0 : p - 56, p + 1,
                   expected);
            check_row("long", row, expected);
            attend(history[0][s][p], history[1][s], history[2][s], p < 5 ? 0 : p - 4, p + 1,
                   expected);
            check_row("short", row, expected);
        }
    }
    assert_true(flow.segments[0].past > 130 && flow.run > 30);
    shut();
}

/* ---- this run's own keys ---- */

static void test_scratch(void **state)
{
    static struct flow flow;
    float expected[WIDTH];

    (void)state;
    make_history(2);
    flow = (struct flow){0};
    open("graph \"t\"\n" QKV "%6 = state f32 [BATCH, ROWS, 2, 6] class=scratch role=key \"k\"\n"
         "%7 = state f32 [BATCH, ROWS, 2, 6] class=scratch role=value \"v\"\n"
         "%10 = kv_append %6 %2 f32 [BATCH, ROWS, 2, 6]\n"
         "%11 = kv_append %7 %3 f32 [BATCH, ROWS, 2, 6]\n"
         "%14 = attention %1 %10 %11 f32 [ROWS, 12] " KERNEL "mask=none window=0\n"
         "%15 = attention %1 %10 %11 f32 [ROWS, 12] " KERNEL "mask=causal window=0\n"
         "%16 = attention %1 %10 %11 f32 [ROWS, 12] " KERNEL "mask=causal window=3\n"
         "output \"both\" %14\noutput \"causal\" %15\noutput \"short\" %16\n",
         (const char *[]){NULL}, NULL);
    while (next_run(&flow, 9)) {
        run_segments(&flow);
        for (uint32_t row = 0; row < flow.rows; row++) {
            uint32_t s = flow.sequence[row], p = (uint32_t)flow.positions[row];
            uint32_t first = flow.segments[s].past, end = first + flow.segments[s].rows;
            attend(history[0][s][p], history[1][s], history[2][s], first, end, expected);
            check_row("both", row, expected);
            attend(history[0][s][p], history[1][s], history[2][s], first, p + 1, expected);
            check_row("causal", row, expected);
            attend(history[0][s][p], history[1][s], history[2][s], p < first + 2 ? first : p - 2,
                   p + 1, expected);
            check_row("short", row, expected);
        }
    }
    shut();
}

/* ---- carried states ---- */

/* The bits of every row, wherever runs are cut. */
static void test_carried(void **state)
{
    static struct flow flow;
    static float h[SEQUENCES][POSITIONS][WIDTH], y[SEQUENCES][POSITIONS][WIDTH];

    (void)state;
    make_history(3);
    flow = (struct flow){0};
    const float *taps = noise(WIDTH * 4, 4);
    for (uint32_t s = 0; s < SEQUENCES; s++)
        for (uint32_t p = 0; p < POSITIONS; p++)
            for (uint32_t i = 0; i < WIDTH; i++) {
                float sum = 0, product = (p == 0 ? 0 : h[s][p - 1][i]) * history[3][s][p][i];
                for (uint32_t j = 0; j < 4; j++)
                    sum = fmaf(taps[i * 4 + j], p + j < 3 ? 0 : history[3][s][p + j - 3][i], sum);
                y[s][p][i] = sum;
                h[s][p][i] = product + sum;
            }
    open("graph \"t\"\n" QKV "%6 = weight f32 [12, 4] \"taps\"\n"
         "%7 = state f32 [BATCH, 3, 12] class=carried \"tail\"\n"
         "%8 = conv %7 %5 %6 f32 [ROWS, 12]\n"
         "%9 = written %8 f32 [BATCH, 3, 12] which=state\n"
         "%10 = state f32 [BATCH, 1, 12] class=carried \"h\"\n"
         "%11 = scan %10 %5 %8 f32 [ROWS, 12]\n"
         "%12 = written %11 f32 [BATCH, 1, 12] which=state\n"
         "output \"conv\" %8\noutput \"scan\" %11\noutput \"tail\" %9\noutput \"h\" %12\n",
         (const char *[]){"taps", NULL}, (const float *[]){taps});
    while (next_run(&flow, 7)) {
        run_segments(&flow);
        for (uint32_t row = 0; row < flow.rows; row++) {
            uint32_t s = flow.sequence[row], p = (uint32_t)flow.positions[row];
            expect_equal_bits("conv", hir_eval_value(&eval, "conv") + row * WIDTH, y[s][p], 1,
                              WIDTH);
            expect_equal_bits("scan", hir_eval_value(&eval, "scan") + row * WIDTH, h[s][p], 1,
                              WIDTH);
        }
        for (uint32_t s = 0; s < SEQUENCES; s++) {
            uint32_t end = flow.segments[s].past + flow.segments[s].rows;
            if (end < 3)
                continue;
            expect_equal_bits("h", hir_eval_value(&eval, "h") + s * WIDTH, h[s][end - 1], 1, WIDTH);
            for (uint32_t j = 0; j < 3; j++)
                expect_equal_bits("tail", hir_eval_value(&eval, "tail") + (s * 3 + j) * WIDTH,
                                  history[3][s][end - 3 + j], 1, WIDTH);
        }
    }
    assert_true(flow.segments[1].past > 100);
    shut();
}

/* ---- windows of rows ---- */

static void check_unfold(uint32_t rows, uint32_t kernel, uint32_t stride, uint32_t pad)
{
    const float *x = noise(rows * 3, rows + kernel);
    uint32_t made = (rows + 2 * pad - kernel) / stride + 1;
    int64_t add = 2 * (int64_t)pad - kernel + stride;
    char size[64], text[512];

    if (add < 0)
        snprintf(size, sizeof size, "((R - %d) / %u)", (int)-add, stride);
    else
        snprintf(size, sizeof size, "((R + %d) / %u)", (int)add, stride);
    snprintf(text, sizeof text,
             "graph \"t\" (R in %u..90)\n%%1 = input f32 [R, 3] \"x\"\n"
             "%%2 = unfold %%1 f32 [%s, %u] kernel=%u stride=%u pad=%u\noutput \"y\" %%2\n",
             kernel, size, 3 * kernel, kernel, stride, pad);
    open(text, (const char *[]){NULL}, NULL);
    eval.symbols[SYMBOL_FIRST_FREE] = rows;
    hir_eval_input(&eval, "x", x);
    hir_eval_run(&eval);
    const float *y = hir_eval_value(&eval, "y");
    for (uint32_t o = 0; o < made; o++)
        for (uint32_t j = 0; j < kernel; j++)
            for (uint32_t i = 0; i < 3; i++) {
                int32_t from = (int32_t)(o * stride + j) - (int32_t)pad;
                bool inside = from >= 0 && from < (int32_t)rows;
                assert_true(y[(o * kernel + j) * 3 + i] == (inside ? x[from * 3 + (int)i] : 0));
            }
    shut();
}

static void test_unfold(void **state)
{
    (void)state;
    for (uint32_t rows = 5; rows < 12; rows++) {
        check_unfold(rows, 1, 1, 0);
        check_unfold(rows, 3, 1, 1);
        check_unfold(rows, 3, 2, 1);
        check_unfold(rows, 4, 4, 0);
        check_unfold(rows, 5, 2, 0);
        check_unfold(rows, 5, 3, 4);
    }
}

/* ---- entries ---- */

static const char two_entries[] =
    "graph \"t\" (FRAMES in 4..40, KEYS_GIVEN in 1..20)\n"
    "%1 = input f32 [FRAMES, 6] \"mel\"\n"
    "%2 = unfold %1 f32 [(FRAMES / 2), 12] kernel=2 stride=2\n"
    "%3 = reshape %2 f32 [(FRAMES / 2), 2, 6]\n"
    "%4 = state f32 [BATCH, 20, 2, 6] class=cross role=key rows=KEYS_GIVEN \"cross_k\"\n"
    "%5 = state f32 [BATCH, 20, 2, 6] class=cross role=value rows=KEYS_GIVEN \"cross_v\"\n"
    "%6 = neg %3 f32 [(FRAMES / 2), 2, 6]\n"
    "%7 = kv_append %4 %3 f32 [BATCH, 20, 2, 6]\n"
    "%8 = kv_append %5 %6 f32 [BATCH, 20, 2, 6]\n"
    "%9 = input f32 [ROWS, 2, 6] \"q\"\n"
    "%10 = attention %9 %4 %5 f32 [ROWS, 12] " KERNEL "mask=none window=0\n"
    "entry \"encode\"\noutput \"hidden\" %2\noutput \"cross_k\" %7\noutput \"cross_v\" %8\n"
    "entry \"main\"\noutput \"out\" %10\n";

/* Each sequence is encoded alone; then all read what is theirs in one ragged run. */
static void test_entries(void **state)
{
    static const struct hir_segment segments[] = {{2, 9}, {4, 0}, {1, 3}};
    float keys[SEQUENCES][14][WIDTH], values[SEQUENCES][14][WIDTH], expected[WIDTH];

    (void)state;
    make_history(5);
    open(two_entries, (const char *[]){NULL}, NULL);
    assert_int_equal(hir_find_entry(g, "main"), 1);
    assert_int_equal(hir_find_entry(g, "other"), HIR_ALL_ENTRIES);
    eval.symbols[SYMBOL_BATCH] = 1;
    eval.symbols[SYMBOL_FIRST_FREE] = 2 * 14;
    for (uint32_t s = 0; s < SEQUENCES; s++) {
        eval.first_item = s;
        hir_eval_input(&eval, "mel", history[1][s]);
        hir_eval_run(&eval);
        expect_equal_bits("hidden", hir_eval_value(&eval, "hidden"), history[1][s][0], 14, WIDTH);
        assert_null(hir_eval_value(&eval, "out"));
        memcpy(keys[s], history[1][s], sizeof keys[s]);
        for (uint32_t i = 0; i < 14 * WIDTH; i++)
            values[s][i / WIDTH][i % WIDTH] = -keys[s][i / WIDTH][i % WIDTH];
    }
    eval.first_item = 0;
    eval.entry = 1;
    for (uint32_t count = 14; count > 0; count -= 13) { /* all, and the first key alone */
        set_sizes(SEQUENCES, 0, 0);
        eval.symbols[SYMBOL_ROWS] = 7;
        eval.symbols[SYMBOL_FIRST_FREE + 1] = count;
        eval.segments = segments;
        hir_eval_input(&eval, "q", history[0][0]);
        hir_eval_run(&eval);
        for (uint32_t row = 0; row < 7; row++) {
            uint32_t s = row < 2 ? 0 : row < 6 ? 1 : 2;
            attend(history[0][0][row], keys[s], values[s], 0, count, expected);
            check_row("out", row, expected);
        }
        if (count == 1)
            break;
    }
    shut();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_and_rings), cmocka_unit_test(test_scratch),
        cmocka_unit_test(test_carried),        cmocka_unit_test(test_unfold),
        cmocka_unit_test(test_entries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

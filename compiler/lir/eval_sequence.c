/* Kernels that take the rows of a segment one after the other: scan and conv. In: a call; out: rows,
 * and the carried state after the last row of each segment.
 */
#include "compiler/lir/eval.h"

#include <rlx/kernel.h>

#include <math.h>
#include <string.h>

struct sequence { /* a segment, and what it has of the carried state */
    uint64_t first, rows;
    const float *before;
    float *after;
};

static uint64_t sequence_count(const struct call *c)
{
    return c->kernel->rows_symbol == SYMBOL_ROWS ? (uint64_t)c->dims[SYMBOL_BATCH] : 1;
}

static struct sequence sequence_at(const struct call *c, const uint8_t *segments, uint64_t i,
                                   uint8_t *before, uint8_t *after)
{
    struct rlx_segment segment;
    struct sequence s = {.rows = c->rows};

    memcpy(&segment, segments + i * sizeof segment, sizeof segment);
    if (c->kernel->rows_symbol == SYMBOL_ROWS) {
        s.first = segment.first_row;
        s.rows = segment.rows;
    }
    assert(s.first + s.rows <= c->rows);
    s.before = (const float *)(void *)(before + segment.carried_in);
    s.after = (float *)(void *)(after + segment.carried_out);
    return s;
}

void lir_run_scan(const struct call *c)
{
    for (uint64_t i = 0; i < sequence_count(c); i++) {
        struct sequence s =
            sequence_at(c, c->args[SCAN_segments], i, c->args[SCAN_before], c->args[SCAN_after]);
        for (uint32_t column = 0; column < c->kernel->scan.n; column++) {
            float h = s.before[column];
            for (uint64_t r = s.first; r < s.first + s.rows; r++) {
                volatile float product = row_at(c, SCAN_a, r)[column] * h; /* rounded: no fma */
                h = product + row_at(c, SCAN_b, r)[column];
                row_at(c, SCAN_out, r)[column] = h;
            }
            s.after[column] = h;
        }
    }
}

/* Column `column` of the row that stands `back` rows before row `row` of a segment. */
static float row_before(const struct call *c, const struct sequence *s, int64_t row,
                        uint32_t column)
{
    const struct kernel_conv *k = &c->kernel->conv;

    return row < 0 ? s->before[(row + k->k - 1) * k->n + column]
                   : row_at(c, CONV_x, s->first + (uint64_t)row)[column];
}

static void conv_column(const struct call *c, const struct sequence *s, uint32_t column,
                        const float *weight)
{
    const struct kernel_conv *k = &c->kernel->conv;
    const int64_t rows = (int64_t)s->rows, tail = (int64_t)k->k - 1;

    for (int64_t r = 0; r < rows; r++) {
        float sum = 0;
        for (int64_t j = 0; j < k->k; j++)
            sum = fmaf(weight[j], row_before(c, s, r - tail + j, column), sum);
        row_at(c, CONV_out, s->first + (uint64_t)r)[column] = sum;
    }
    for (int64_t j = 0; j < tail; j++) /* `after` is never `before` */
        s->after[j * k->n + column] = row_before(c, s, rows - tail + j, column);
}

void lir_run_conv(const struct call *c)
{
    const struct kernel_conv *k = &c->kernel->conv;
    const enum layout layout = (enum layout)k->layout;
    float weight[32];

    assert(k->k <= countof(weight));
    for (uint32_t column = 0; column < k->n; column++) {
        layout_read_row(layout,
                        c->args[CONV_weight] + layout_group_at(layout, k->k, column / ROW_GROUP),
                        column % ROW_GROUP, k->k, weight);
        for (uint64_t i = 0; i < sequence_count(c); i++) {
            struct sequence s = sequence_at(c, c->args[CONV_segments], i, c->args[CONV_before],
                                            c->args[CONV_after]);
            conv_column(c, &s, column, weight);
        }
    }
}

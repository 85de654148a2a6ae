/* Runs a program in plain loops, inside its planned memory. In: homes and sizes of a run; out: what
 * the steps wrote. It is what a target's kernels are compared with, and shows a wrong plan as a
 * wrong number. One thread does all tiles of a step, one step after the other.
 */
#include "compiler/lir/eval.h"

#include <string.h>

struct rlx_segment lir_segment(const struct call *c, uint32_t segments, uint32_t row_segments,
                               uint64_t row)
{
    struct rlx_segment s;
    int32_t which = 0;

    if (lir_has(c->kernel, row_segments))
        memcpy(&which, c->args[row_segments] + row * sizeof which, sizeof which);
    assert(which >= 0 && which < c->dims[SYMBOL_BATCH]);
    memcpy(&s, c->args[segments] + (uint32_t)which * sizeof s, sizeof s);
    if (!lir_has(c->kernel, row_segments)) {
        s.first_row = s.scratch_position = 0;
        s.rows = (uint32_t)c->rows;
    }
    assert(row >= s.first_row && row - s.first_row < s.rows);
    return s;
}

static void run_embed(const struct call *c)
{
    const struct kernel_embed *k = &c->kernel->embed;
    enum layout layout = (enum layout)k->layout;

    for (uint64_t r = 0; r < c->rows; r++) {
        int32_t token;
        memcpy(&token, c->args[EMBED_tokens] + r * 4, sizeof token);
        assert(token >= 0 && (uint32_t)token < k->n);
        uint32_t row = (uint32_t)token;
        layout_read_row(layout,
                        c->args[EMBED_weight] + layout_group_at(layout, k->k, row / ROW_GROUP),
                        row % ROW_GROUP, k->k, row_at(c, EMBED_out, r));
    }
    lir_norm_stored(c);
}

static void run_gather_rows(const struct call *c)
{
    for (uint64_t r = 0; r < c->rows; r++) {
        int32_t from;
        memcpy(&from, c->args[GATHER_ROWS_indices] + r * 4, sizeof from);
        assert(from >= 0 && from < c->dims[c->kernel->gather_rows.from_symbol]);
        memcpy(row_at(c, GATHER_ROWS_out, r), row_at(c, GATHER_ROWS_x, (uint64_t)from),
               c->kernel->gather_rows.k * sizeof(float));
    }
}

static void run_gather_columns(const struct call *c)
{
    const uint32_t width = c->kernel->gather_columns.k;

    for (uint64_t r = 0; r < c->rows; r++)
        for (uint32_t i = 0; i < width; i++) {
            int32_t from;
            memcpy(&from, c->args[GATHER_COLUMNS_order] + i * sizeof from, sizeof from);
            assert(from >= 0 && (uint32_t)from < width);
            row_at(c, GATHER_COLUMNS_out, r)[i] = row_at(c, GATHER_COLUMNS_x, r)[from];
        }
}

static void run_mean(const struct call *c)
{
    const uint32_t width = c->kernel->mean.k;

    for (uint64_t r = 0; r < c->rows; r++) {
        const float *x = row_at(c, MEAN_x, r);
        double sum = 0;
        for (uint32_t i = 0; i < width; i++)
            sum += x[i];
        row_at(c, MEAN_out, r)[0] = (float)(sum / width);
    }
}

static void run_map(const struct call *c)
{
    const struct kernel_map *k = &c->kernel->map;
    const uint32_t count = lir_operand_count(c->kernel);

    for (uint64_t r = 0; r < c->rows; r++) {
        for (uint32_t i = 0; i < k->n; i++) {
            float operands[LIR_MAX_ARGS];
            for (uint32_t j = 0; j < count; j++)
                operands[j] = operand_at(c, MAP_operand, j, r, i);
            row_at(c, MAP_out, r)[i] = scalar_eval(&k->code, operands);
        }
    }
}

static void run_unfold(const struct call *c)
{
    const struct kernel_unfold *k = &c->kernel->unfold;
    float *out = (float *)(void *)c->args[UNFOLD_out];

    memset(out, 0, (c->rows + 2 * (uint64_t)k->pad) * k->n * sizeof *out);
    for (uint64_t r = 0; r < c->rows; r++)
        memcpy(out + (k->pad + r) * k->n, row_at(c, UNFOLD_x, r), k->n * sizeof *out);
}

static uint8_t *address(const struct lir_eval *e, buf_id id)
{
    const struct lir_program *p = e->program;
    const struct lir_buffer *b = &p->buffers[id];
    uint64_t offset = b->offset + (b->is_view ? p->buffers[b->inside].offset : 0);

    return e->home[b->home] + offset;
}

static void run_step(struct lir_eval *e, const struct lir_step *s)
{
    static void (*const run[KERNEL_KIND_COUNT])(const struct call *) = {
        [KERNEL_embed] = run_embed,
        [KERNEL_gather_rows] = run_gather_rows,
        [KERNEL_mean] = run_mean,
        [KERNEL_gather_columns] = run_gather_columns,
        [KERNEL_norm_quant] = lir_run_norm_quant,
        [KERNEL_matmul] = lir_run_matmul,
        [KERNEL_kv_write] = lir_run_kv_write,
        [KERNEL_append] = lir_run_append,
        [KERNEL_rope] = lir_run_rope,
        [KERNEL_attention] = lir_run_attention,
        [KERNEL_route] = lir_run_route,
        [KERNEL_sort] = lir_run_sort,
        [KERNEL_map] = run_map,
        [KERNEL_unfold] = run_unfold,
        [KERNEL_scan] = lir_run_scan,
        [KERNEL_conv] = lir_run_conv,
    };
    const struct lir_program *p = e->program;
    struct call c = {.kernel = step_kernel(p, s), .values = &s->values, .dims = e->dims};

    c.rows = (uint64_t)e->dims[c.kernel->rows_symbol];
    assert(e->dims[c.kernel->rows_symbol] >= 0 &&
           e->dims[c.kernel->rows_symbol] <= p->upper[c.kernel->rows_symbol]);
    for (uint32_t i = 0; i < lir_argument_count(c.kernel); i++)
        if (lir_has(c.kernel, i))
            c.args[i] = address(e, p->args[s->first_arg + i]);
    run[c.kernel->kind](&c);
}

void lir_eval_steps(struct lir_eval *e, uint32_t first, uint32_t end)
{
    assert(first <= end && end <= e->program->step_count);
    for (uint32_t i = first; i < end; i++)
        run_step(e, &e->program->steps[i]);
}

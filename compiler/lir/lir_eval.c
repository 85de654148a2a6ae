/* Runs a program in plain loops, inside its planned memory. In: homes and sizes of a run; out: what
 * the steps wrote. It is what a target's kernels are compared with, and shows a wrong plan as a
 * wrong number. One thread does all tiles of a step, one step after the other.
 */
#include "compiler/lir/eval.h"

#include <string.h>

static void run_embed(const struct call *c)
{
    const struct lir_kernel *k = c->kernel;
    enum layout layout = (enum layout)k->layout;

    for (uint64_t r = 0; r < c->rows; r++) {
        int32_t token;
        memcpy(&token, c->args[0] + r * 4, sizeof token);
        assert(token >= 0 && (uint32_t)token < k->n);
        uint32_t row = (uint32_t)token;
        layout_read_row(layout, c->args[1] + layout_group_at(layout, k->k, row / ROW_GROUP),
                        row % ROW_GROUP, k->k, row_at(c, first_output(c), r));
    }
}

static void run_rows(const struct call *c)
{
    for (uint64_t r = 0; r < c->rows; r++) {
        int32_t from;
        memcpy(&from, c->args[1] + r * 4, sizeof from);
        assert(from >= 0 && from < c->dims[SYMBOL_ROWS]);
        memcpy(row_at(c, first_output(c), r), row_at(c, 0, (uint64_t)from),
               c->kernel->k * sizeof(float));
    }
}

static void run_map(const struct call *c)
{
    const struct lir_kernel *k = c->kernel;

    for (uint64_t r = 0; r < c->rows; r++) {
        for (uint32_t i = 0; i < k->n; i++) {
            float operands[LIR_MAX_ARGS];
            for (uint32_t j = 0; j < k->input_count; j++)
                operands[j] = row_at(c, j, r)[i];
            row_at(c, first_output(c), r)[i] = scalar_eval(k->code, operands);
        }
    }
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
        [KERNEL_rows] = run_rows,
        [KERNEL_row] = lir_run_row,
        [KERNEL_matmul] = lir_run_matmul,
        [KERNEL_kv_write] = lir_run_kv_write,
        [KERNEL_attention] = lir_run_attention,
        [KERNEL_map] = run_map,
    };
    const struct lir_program *p = e->program;
    struct call c = {.kernel = step_kernel(p, s), .values = &s->values, .dims = e->dims};

    c.rows = (uint64_t)e->dims[c.kernel->rows_symbol];
    assert(e->dims[c.kernel->rows_symbol] >= 0 &&
           e->dims[c.kernel->rows_symbol] <= p->upper[c.kernel->rows_symbol]);
    for (uint32_t i = 0; i < kernel_arguments(c.kernel); i++)
        c.args[i] = address(e, p->args[s->first_arg + i]);
    run[c.kernel->kind](&c);
}

void lir_eval_steps(struct lir_eval *e, uint32_t first, uint32_t end)
{
    assert(first <= end && end <= e->program->step_count);
    for (uint32_t i = first; i < end; i++)
        run_step(e, &e->program->steps[i]);
}

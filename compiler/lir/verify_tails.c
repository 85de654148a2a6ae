/* Checks steps that the last tile of another runs. In: a program whose steps make sense; out: every
 * launch whose kernels, flags or counter do not fit each other. */
#include "compiler/lir/tails.h"

static bool wrong(const struct lir_program *p, uint32_t step, const char *what, struct diags *d)
{
    return diag_error(d, (struct place){.object = str_text(p->strings, p->steps[step].name)}, "%s",
                      what);
}

static bool verify_tail(const struct lir_program *p, uint32_t first, uint32_t step, struct diags *d)
{
    const struct lir_step *s = &p->steps[step], *before = &p->steps[step - 1];
    const struct lir_kernel *k = step_kernel(p, s), *one = step_kernel(p, before);

    if ((s->flags & (STEP_barrier | STEP_replicated | STEP_replay)) != 0 || s->counter != 0)
        return wrong(p, step, "is a tail: it cannot wait, be replicated, run again or count", d);
    if (k->tail == 0 || one->then != lir_kernel_key(k))
        return wrong(p, step, "is a tail: expected its kernel to be the one after that before it",
                     d);
    return (k->rows_symbol == SYMBOL_ROWS && step - first < LIR_LAUNCH_MAX &&
            step < p->lm_head_step) ||
           wrong(p, step, "is a tail: expected few of them, of ROWS, before the lm_head", d);
}

/* What a launch counts is a number of its own, zeroed by a step of an earlier epoch. */
static bool verify_counter(const struct lir_program *p, uint32_t first, uint32_t epoch_first,
                           struct diags *d)
{
    const struct lir_step *s = &p->steps[first];
    const struct lir_buffer *b = &p->buffers[s->counter];
    const buf_id root = root_of(p, s->counter);
    bool zeroed = false, good = true;

    for (uint32_t i = 0; i < p->step_count; i++) {
        const struct lir_step *other = &p->steps[i];
        const struct lir_kernel *k = step_kernel(p, other);
        for (uint32_t a = 0; a < lir_argument_count(k); a++) {
            if (root_of(p, p->args[other->first_arg + a]) != root)
                continue;
            const bool zeroes = i < epoch_first && lir_is_output(k, a) && k->kind == KERNEL_map;
            zeroed |= zeroes;
            good &= zeroes;
        }
        if (i != first && other->counter != 0 && root_of(p, other->counter) == root)
            good &= p->buffers[other->counter].offset != b->offset;
    }
    return (good && zeroed && b->home == HOME_scratch && b->bytes >= 4 && b->offset % 4 == 0) ||
           wrong(p, first, "expected a counter of its own, which a map zeroes in an earlier epoch",
                 d);
}

bool verify_tails(const struct lir_program *p, struct diags *d)
{
    uint32_t epoch_first = 0;
    bool good = true;

    if (p->step_count != 0 && (p->steps[0].flags & STEP_tail) != 0)
        return wrong(p, 0, "is a tail: expected a step before it", d);
    for (uint32_t first = 0, end; first < p->step_count; first = end) {
        const struct lir_step *s = &p->steps[first];
        end = lir_launch_end(p, first);
        if ((s->flags & STEP_barrier) != 0)
            epoch_first = first;
        if (step_kernel(p, s)->tail != 0 || step_kernel(p, &p->steps[end - 1])->then != 0 ||
            (s->counter != 0) != (end > first + 1))
            good = wrong(p, first,
                         "expected a counter and tails exactly where its kernel has another after "
                         "it, and a kernel that is no tail",
                         d);
        else if (s->counter != 0)
            good = verify_counter(p, first, epoch_first, d) && good;
        for (uint32_t i = first + 1; i < end; i++)
            good = verify_tail(p, first, i, d) && good;
        if (end > first + 1 && ((s->flags & (STEP_replicated | STEP_replay)) != 0 ||
                                step_kernel(p, s)->rows_symbol != SYMBOL_ROWS))
            good = wrong(p, first, "has tails: expected ROWS, and that it runs once", d);
    }
    return good;
}

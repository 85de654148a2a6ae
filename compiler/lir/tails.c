/* Steps without a launch of their own. In: a step that would wait for those before it; out: whether
 * the last tile of the launch before it can run it instead, and the kernels and the counter that
 * this takes. A launch and a barrier cost more than small steps do; what is large keeps its launch,
 * because only one tile runs a tail.
 */
#include "compiler/lir/tails.h"
#include "compiler/lir/work.h"

/* Elements of a step, in all its tiles. A workgroup makes so many in about the time in which a
 * device begins a launch after a barrier: 64 each of 128 threads. */
enum { TAIL_ELEMENTS_MAX = 8192 };

static bool is_small(const struct lir_program *p, const struct lir_step *s)
{
    const uint64_t rows = (uint64_t)p->upper[SYMBOL_ROWS],
                   segments = max_u64(1, (uint64_t)p->upper[SYMBOL_BATCH]);
    const struct extent all = {.rows = rows, .segments = segments};

    return rows != 0 && rows <= SHORT_RUN_MAX &&
           step_work(p, s, &all).elements <= TAIL_ELEMENTS_MAX;
}

static uint32_t launch_first(const struct lir_program *p, uint32_t step)
{
    while ((p->steps[step].flags & STEP_tail) != 0)
        step--;
    return step;
}

/* What the launch counts is zero once a run, and zeroed in the first epoch. */
static bool can_count(const struct lir_program *p, const struct lir_step *s)
{
    return step_kernel(p, s)->rows_symbol == SYMBOL_ROWS &&
           (s->flags & (STEP_replay | STEP_replicated)) == 0;
}

bool tail_fits(const struct lir_program *p, uint32_t step, uint32_t epoch_first,
               const struct target_traits *traits)
{
    const struct lir_kernel *launch[LIR_LAUNCH_MAX];
    const struct lir_step *s = &p->steps[step];

    if (!p->joins_tails || traits->takes_tail == NULL || step >= p->lm_head_step ||
        epoch_first == 0 || !can_count(p, s) || !is_small(p, s))
        return false;
    const uint32_t first = launch_first(p, step - 1), count = step - first;
    if (first < epoch_first || count >= LIR_LAUNCH_MAX || !can_count(p, &p->steps[first]))
        return false;
    for (uint32_t i = epoch_first; i < first; i++)
        if (steps_race(p, &p->steps[i], s))
            return false;
    for (uint32_t i = 0; i < count; i++)
        launch[i] = step_kernel(p, &p->steps[first + i]);
    return traits->takes_tail(launch, count, step_kernel(p, s));
}

/* ---- after all are found ---- */

/* The kernels of a launch, from its end: each names the one after it. */
static void name_kernels(struct lir_program *p, uint32_t first, uint32_t end)
{
    uint64_t then = 0;

    for (uint32_t i = end; i-- > first;) {
        struct lir_kernel k = *step_kernel(p, &p->steps[i]);
        k.then = then;
        k.tail = i != first;
        p->steps[i].kernel = lir_kernel_intern(p->kernels, &k);
        then = lir_kernel_key(&k);
    }
}

/* The last step becomes the first. */
static void move_to_front(struct lir_program *p)
{
    struct lir_step last = p->steps[p->step_count - 1];

    for (uint32_t i = p->step_count - 1; i > 0; i--)
        p->steps[i] = p->steps[i - 1];
    p->steps[0] = last;
    p->steps[0].flags |= STEP_shared;
    p->lm_head_step++;
}

void tails_make(struct lir_program *p)
{
    uint32_t launches = 0, counted = 0;

    for (uint32_t first = 0, end; first < p->step_count; first = end) {
        end = lir_launch_end(p, first);
        launches += end > first + 1;
    }
    if (launches == 0)
        return;
    const str_id name = str_of(p->strings, "arrivals");
    const buf_id counters = lir_add_zeros(p, launches, name); /* each launch counts in one */
    move_to_front(p);
    for (uint32_t first = 0, end; first < p->step_count; first = end) {
        end = lir_launch_end(p, first);
        if (end == first + 1)
            continue;
        name_kernels(p, first, end);
        p->steps[first].counter = lir_add_view(p, counters, 4 * (uint64_t)counted++, 4, name);
    }
}

/* Places each buffer. In: steps with their barriers; out: offsets and one size for each home. Two
 * scratch buffers may share bytes only if no epoch (a stretch without a barrier) has both live, as
 * threads are anywhere in an epoch; in thread memory the order of steps is enough. Greedy by size
 * into the lowest gap (Pisarchyk and Lee, "Efficient memory management for deep neural net
 * inference", 2020).
 */
#include "compiler/lir/arguments.h"

#include <stdlib.h>

enum { ALIGN = 64, SLACK = 256 /* kernels read up to the next vector after a row */ };

static void touch(struct live *live, uint32_t at)
{
    if (live->first > live->last) {
        *live = (struct live){at, at};
        return;
    }
    live->first = at < live->first ? at : live->first;
    live->last = at > live->last ? at : live->last;
}

/* Whatever a step that may run again reads and writes stays until the end. */
static void keep_for_replay(const struct lir_program *p, uint32_t last_epoch, struct live *out)
{
    for (uint32_t i = 0; i < p->step_count; i++) {
        const struct lir_step *s = &p->steps[i];
        for (uint32_t j = 0;
             (s->flags & STEP_replay) != 0 && j < lir_argument_count(step_kernel(p, s)); j++) {
            buf_id root = root_of(p, p->args[s->first_arg + j]);
            if (root != 0)
                out[root].last =
                    p->buffers[root].home == HOME_thread ? p->step_count - 1 : last_epoch;
        }
    }
}

/* So does what the lm_head reads from the body: the lm_head runs several times. */
static void keep_for_lm_head(const struct lir_program *p, uint32_t lm_head_epoch,
                             uint32_t last_epoch, struct live *out)
{
    for (buf_id b = 0; b < p->buffer_count; b++) {
        bool by_step = p->buffers[b].home == HOME_thread;
        uint32_t lm_head = by_step ? p->lm_head_step : lm_head_epoch,
                 end = by_step ? p->step_count - 1 : last_epoch;
        if (out[b].first <= out[b].last && out[b].first < lm_head && out[b].last >= lm_head &&
            p->lm_head_step < p->step_count)
            out[b].last = end;
    }
}

void live_ranges(const struct lir_program *p, struct live *out)
{
    uint32_t epoch = 0, lm_head_epoch = 0;

    for (buf_id b = 0; b < p->buffer_count; b++)
        out[b] = (struct live){1, 0};
    for (uint32_t i = 0; i < p->step_count; i++) {
        const struct lir_step *s = &p->steps[i];
        epoch += (s->flags & STEP_barrier) != 0;
        lm_head_epoch = i == p->lm_head_step ? epoch : lm_head_epoch;
        for (uint32_t j = 0; j < lir_argument_count(step_kernel(p, s)); j++) {
            buf_id root = root_of(p, p->args[s->first_arg + j]);
            if (root == 0)
                continue;
            touch(&out[root], p->buffers[root].home == HOME_thread ? i : epoch);
        }
        if (s->counter != 0)
            touch(&out[root_of(p, s->counter)], epoch);
    }
    keep_for_replay(p, epoch, out);
    keep_for_lm_head(p, lm_head_epoch, epoch, out);
    for (buf_id b = 0; b < p->buffer_count; b++)
        if (p->buffers[b].home == HOME_input || p->buffers[b].home == HOME_output)
            out[b] = (struct live){0, epoch};
}

/* ---- placing ---- */

static int compare_sizes(const void *a, const void *b)
{
    const struct lir_buffer *const *x = a, *const *y = b;

    if ((*x)->bytes != (*y)->bytes)
        return (*x)->bytes > (*y)->bytes ? -1 : 1;
    return *x < *y ? -1 : *x > *y;
}

/* The lowest gap among those that are placed and live at the same time; `placed` is ordered by
 * offset. */
static uint64_t lowest_gap(const struct lir_buffer *b, struct lir_buffer *const *placed,
                           uint32_t count)
{
    uint64_t at = 0;

    for (uint32_t i = 0; i < count; i++) {
        const struct lir_buffer *other = placed[i];
        if (other->last < b->first || b->last < other->first)
            continue;
        if (at + b->bytes <= other->offset)
            break;
        at = max_u64(at, round_up(other->offset + other->bytes, ALIGN));
    }
    return at;
}

static uint64_t plan_home(struct lir_program *p, enum home home)
{
    struct lir_buffer **waiting = arena_new(p->arena, struct lir_buffer *, p->buffer_count);
    struct lir_buffer **placed = arena_new(p->arena, struct lir_buffer *, p->buffer_count);
    uint32_t count = 0;
    uint64_t end = 0;

    for (buf_id b = 1; b < p->buffer_count; b++)
        if (p->buffers[b].home == home && !p->buffers[b].is_view)
            waiting[count++] = &p->buffers[b];
    if (!home_is_state(home)) /* states keep the graph's order, which all variants share */
        qsort(waiting, count, sizeof(struct lir_buffer *), compare_sizes);
    for (uint32_t i = 0; i < count; i++) {
        waiting[i]->offset = lowest_gap(waiting[i], placed, i);
        end = max_u64(end, waiting[i]->offset + waiting[i]->bytes);
        uint32_t at = i;
        for (; at > 0 && placed[at - 1]->offset > waiting[i]->offset; at--)
            placed[at] = placed[at - 1];
        placed[at] = waiting[i];
    }
    return count == 0 ? 0 : round_up(end, ALIGN) + SLACK;
}

void plan_memory(struct lir_program *p)
{
    static const enum home planned[] = {HOME_state,  HOME_scratch,    HOME_thread,     HOME_input,
                                        HOME_output, HOME_carried_in, HOME_carried_out};
    struct live *live = arena_new(p->arena, struct live, p->buffer_count);
    uint32_t end = 0;

    live_ranges(p, live);
    for (uint32_t i = 0; i < p->step_count; i++)
        end += (p->steps[i].flags & STEP_barrier) != 0;
    for (buf_id b = 1; b < p->buffer_count; b++) {
        struct lir_buffer *buffer = &p->buffers[b];
        struct live range = live[root_of(p, b)];
        bool always = home_is_state((enum home)buffer->home) || buffer->home == HOME_weight ||
                      range.first > range.last;
        buffer->first = always ? 0 : range.first;
        buffer->last = always ? end : range.last;
    }
    for (uint32_t i = 0; i < countof(planned); i++)
        p->home_bytes[planned[i]] = plan_home(p, planned[i]);
}

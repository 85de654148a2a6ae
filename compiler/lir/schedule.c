/* Decides which steps wait. In: steps in order, and what the target can do (target_traits); out:
 * flags on them. Short row steps and cheap maps are replicated, where the target replicates: each
 * thread makes its own copy in `thread` memory, which costs less than a barrier. Then a
 * barrier goes in front of a step that depends on tiles which other threads may still work on: it
 * reads what was written, or writes what was read or written, since the last barrier. Where a step
 * reads tiles of another without a barrier, because the same thread makes both (the target owns
 * tiles), neither is shared.
 */
#include "compiler/lir/tails.h"

/* Operations on vectors of 16 that a map of all rows takes, about: a thread makes two in a
 * nanosecond (measured with AVX2). */
static uint64_t map_operations(const struct lir_kernel *kernel, uint64_t rows)
{
    static const uint8_t cost[S_MIN + 1] = {
        [S_NEG] = 1, [S_EXP] = 12, [S_TANH] = 24, [S_SQRT] = 4, [S_ERF] = 30, [S_ADD] = 1,
        [S_SUB] = 1, [S_MUL] = 1,  [S_DIV] = 4,   [S_MAX] = 1,  [S_MIN] = 1};
    const struct kernel_map *k = &kernel->map;
    uint64_t per_vector = 1 + lir_operand_count(kernel); /* a store, and loads */

    for (uint32_t i = 0; i < k->code.bytes; i++) {
        per_vector += cost[k->code.code[i]];
        i += k->code.code[i] == S_NUMBER;
    }
    return rows * ceil_div(k->n, 16) * per_vector;
}

/* Whether a step costs less to repeat than to wait for. A route of one row, and a sort, are one
 * tile: no thread would have done them sooner. */
static bool is_cheap(const struct lir_kernel *k, uint64_t rows)
{
    enum { MAP_OPERATIONS_MAX = 2048 }; /* a microsecond, as long as a step takes to begin */

    switch (k->kind) {
    case KERNEL_embed:
    case KERNEL_gather_rows:
    case KERNEL_gather_columns:
    case KERNEL_norm_quant:
    case KERNEL_mean:
    case KERNEL_sort:
        return true;
    case KERNEL_route:
        return rows == 1;
    case KERNEL_map:
        return lir_operand_count(k) != 0 /* counters are one for all threads */ &&
               map_operations(k, rows) <= MAP_OPERATIONS_MAX;
    default:
        return false;
    }
}

/* What advances a carried state may be asked to run again for fewer rows. */
static bool is_replayed(uint32_t kind)
{
    return kind == KERNEL_scan || kind == KERNEL_conv;
}

/* A run for fewer rows may have other threads, which have no copies of their own. */
static bool is_read_again(const struct lir_program *p, buf_id buffer)
{
    for (uint32_t i = 0; i < p->step_count; i++) {
        const struct lir_kernel *k = step_kernel(p, &p->steps[i]);
        for (uint32_t a = 0; is_replayed(k->kind) && a < lir_argument_count(k); a++)
            if (root_of(p, p->args[p->steps[i].first_arg + a]) == buffer)
                return true;
    }
    return false;
}

static void replicate(struct lir_program *p, struct lir_step *s)
{
    const struct lir_kernel *k = step_kernel(p, s);
    const uint64_t rows = (uint64_t)p->upper[k->rows_symbol];
    bool fits = rows <= SHORT_RUN_MAX && is_cheap(k, rows);

    for (uint32_t i = 0; fits && i < lir_argument_count(k); i++) {
        const struct lir_buffer *b = &p->buffers[p->args[s->first_arg + i]];
        fits = !lir_is_output(k, i) || !lir_has(k, i) ||
               (!b->is_view && b->home == HOME_scratch &&
                !is_read_again(p, p->args[s->first_arg + i]));
    }
    for (uint32_t i = 0; fits && i < lir_argument_count(k); i++)
        if (lir_is_output(k, i) && lir_has(k, i))
            p->buffers[p->args[s->first_arg + i]].home = HOME_thread;
    s->flags |= fits ? STEP_replicated : 0;
}

/* Views are in the home of what they stand in. */
static void move_views(struct lir_program *p)
{
    for (buf_id b = 1; b < p->buffer_count; b++)
        p->buffers[b].home = p->buffers[root_of(p, b)].home;
}

/* One row per sequence: kv_write and attention both have one tile per K and V head and row, and
 * thread t of T runs the same ones of each ([n t / T, n (t + 1) / T)). */
bool same_tiles(const struct lir_program *p, const struct lir_step *earlier,
                const struct lir_step *later)
{
    const struct lir_kernel *a = step_kernel(p, earlier), *b = step_kernel(p, later);

    if (a->kind != KERNEL_kv_write || b->kind != KERNEL_attention ||
        a->rows_symbol != b->rows_symbol)
        return false;
    const struct head_shape *write = &a->kv_write.shape, *read = &b->attention.shape;
    return a->rows_symbol == SYMBOL_ROWS && p->upper[SYMBOL_SEQ] == 1 &&
           lir_has(b, ATTENTION_row_segments) == (p->upper[SYMBOL_ROWS] != 1) &&
           b->attention.tile_rows == 1 && !read->split_kv && write->kv_heads == read->kv_heads &&
           write->heads == read->heads && write->head_dim == read->head_dim;
}

bool steps_race(const struct lir_program *p, const struct lir_step *earlier,
                const struct lir_step *later)
{
    const struct lir_kernel *a = step_kernel(p, earlier), *b = step_kernel(p, later);

    uint32_t a_count = lir_argument_count(a), b_count = lir_argument_count(b);

    for (uint32_t i = 0; i < a_count; i++) {
        buf_id root = root_of(p, p->args[earlier->first_arg + i]);
        if (root == 0 || p->buffers[root].home == HOME_thread)
            continue;
        for (uint32_t j = 0; j < b_count; j++) {
            if (root != root_of(p, p->args[later->first_arg + j]))
                continue;
            bool a_writes = lir_is_output(a, i), b_writes = lir_is_output(b, j);
            bool own = ((earlier->flags | later->flags) & STEP_shared) == 0;
            if (b_writes || (a_writes && !(own && same_tiles(p, earlier, later))))
                return true;
        }
    }
    return false;
}

struct access {       /* of a root buffer */
    uint32_t epoch;   /* the stretch without a barrier in which that was */
    uint32_t written; /* step + 1 that wrote it last; 0: none */
    bool is_read;
};

struct accesses {
    struct access *all; /* by buffer */
    uint32_t epoch;     /* the current one */
};

static struct access *since_barrier(const struct accesses *accesses, buf_id root)
{
    struct access *a = &accesses->all[root];

    if (a->epoch != accesses->epoch)
        *a = (struct access){.epoch = accesses->epoch};
    return a;
}

static bool must_wait(const struct lir_program *p, const struct lir_step *s,
                      const struct accesses *accesses, bool owns_tiles)
{
    const struct lir_kernel *k = step_kernel(p, s);

    for (uint32_t i = 0; i < lir_argument_count(k); i++) {
        buf_id root = root_of(p, p->args[s->first_arg + i]);
        const struct access *a = since_barrier(accesses, root);
        if (root == 0 || p->buffers[root].home == HOME_thread)
            continue;
        if (a->written != 0 && !(owns_tiles && same_tiles(p, &p->steps[a->written - 1], s)))
            return true;
        if (lir_is_output(k, i) && (a->is_read || a->written != 0))
            return true;
    }
    return false;
}

static void record_access(struct lir_program *p, uint32_t step, bool is_output,
                          const struct accesses *accesses)
{
    struct lir_step *s = &p->steps[step];
    const struct lir_kernel *k = step_kernel(p, s);

    for (uint32_t i = 0; i < lir_argument_count(k); i++) {
        buf_id root = root_of(p, p->args[s->first_arg + i]);
        struct access *a = since_barrier(accesses, root);
        if (root == 0 || lir_is_output(k, i) != is_output)
            continue;
        if (a->written != 0 && p->buffers[root].home != HOME_thread &&
            (s->flags & STEP_tail) == 0) { /* and no barrier: */
            p->steps[a->written - 1].flags &= (uint8_t)~STEP_shared;
            s->flags &= (uint8_t)~STEP_shared;
        }
        if (is_output)
            a->written = step + 1;
        else
            a->is_read = true;
    }
}

void schedule(struct lir_program *p, const struct target_traits *traits)
{
    struct accesses accesses = {.all = arena_new(p->arena, struct access, p->buffer_count)};
    uint32_t epoch_first = 0;

    for (uint32_t i = 0; traits->replicates && i < p->step_count; i++)
        replicate(p, &p->steps[i]);
    move_views(p);
    for (uint32_t i = 0; i < p->step_count; i++) {
        if (is_replayed(step_kernel(p, &p->steps[i])->kind))
            p->steps[i].flags |= STEP_replay;
        if ((p->steps[i].flags & STEP_replicated) == 0)
            p->steps[i].flags |= STEP_shared;
        /* The lm_head runs again on other rows while threads may still be in its last step. */
        const bool waits =
            i == p->lm_head_step || must_wait(p, &p->steps[i], &accesses, traits->owns_tiles);
        if (waits && tail_fits(p, i, epoch_first, traits)) {
            p->steps[i].flags |= STEP_tail;
        } else if (waits) {
            p->steps[i].flags |= STEP_barrier;
            accesses.epoch++;
            epoch_first = i;
        }
        record_access(p, i, false, &accesses);
        record_access(p, i, true, &accesses);
    }
    tails_make(p);
}

/* Expert pools over a mapped file. Contract: expert_memory.h.
 *
 * A mixture is found by its steps: a `sort` writes `order`, and each product by expert reads it right
 * after its weight (compiler/lir/kernel_kinds.def). `chosen` has a number for each pair of a row and a
 * slot, and order has 2 * (experts + 1) more: so the sizes of both say how many experts there are. */
#define _DEFAULT_SOURCE /* madvise */
#include "runtime/core/expert_memory.h"

#include "runtime/base/error.h"
#include "runtime/base/free_memory.h"
#include "runtime/core/expert_pool.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SLICES_MAX = 4, NUMBER_BYTES = 4 };

/* Advice about pages whose contents the file has. A mapping of ours gives them up, and they are the first
 * that the system takes when it needs memory; so they come back at no cost where it did not. Memory of the
 * caller may be no file's: there DONTNEED would destroy a model. Where a system has no such advice, none is
 * given. */
#ifdef MADV_PAGEOUT
enum { PAGE_OUT = MADV_PAGEOUT, FORGET = MADV_COLD };
#else
enum { PAGE_OUT = MADV_NORMAL, FORGET = MADV_NORMAL };
#endif

/* A page that is touched brings those around it that the system has (mm/memory.c of Linux,
 * fault_around_bytes). */
enum { AROUND = 1 << 16 };

/* The weights of one layer: for each stack where its first expert is and how large each is. */
struct mixture {
    uint32_t experts, slice_count;
    struct {
        uint64_t offset, bytes;
    } slices[SLICES_MAX];
    uint64_t *hits;  /* [experts], in this run */
    bool *is_loaded; /* [experts]: the system was asked to read it, and not to let it go since */
    bool *is_new;    /* [experts]: in this run */
};

/* What a step tells. */
struct view {
    uint16_t mixture; /* plus 1; 0: none */
    uint8_t order; /* of the mixture's first product, which of its arguments; 0: of another one */
    uint8_t slice; /* which of the mixture's slices it reads */
};

struct expert_memory {
    const rlx_model *model;
    struct mixture *mixtures;
    struct expert_pool *pools; /* by mixture */
    uint32_t count, view_count;
    struct view *views; /* by step */
    uint32_t working;   /* the mixture whose experts are being read; 0: none */
    uint64_t steps, read_there, read_elsewhere;
};

/* ---- finding ---- */

static const struct rlx_arg *argument(const rlx_model *m, const struct rlx_step *s, uint32_t i)
{
    return table_at(&m->artifact.args, s->first_arg + i);
}

static bool is_sort(const rlx_model *m, const struct rlx_level *level, const struct rlx_step *s)
{
    const struct rlx_kernel *k = table_at(&m->artifact.kernels, level->first_kernel + s->kernel);
    return s->arg_count == 2 && strcmp(artifact_string(&m->artifact, k->kind), "sort") == 0;
}

static bool is_same_place(const struct rlx_arg *a, const struct rlx_arg *b)
{
    return a->home == b->home && a->offset == b->offset && a->bytes == b->bytes;
}

/* The argument of a product by expert that is the order; 0: it is none. */
static uint32_t find_order(const rlx_model *m, const struct rlx_step *s,
                           const struct rlx_arg *order)
{
    for (uint32_t i = 1; i < s->arg_count; i++)
        if (is_same_place(argument(m, s, i), order) &&
            argument(m, s, i - 1)->home == RLX_HOME_WEIGHT)
            return i;
    return 0;
}

static struct mixture *mixture_with(struct expert_memory *m, uint64_t offset)
{
    for (uint32_t i = 0; i < m->count; i++)
        for (uint32_t j = 0; j < m->mixtures[i].slice_count; j++)
            if (m->mixtures[i].slices[j].offset == offset)
                return &m->mixtures[i];
    return NULL;
}

static struct mixture *new_mixture(struct expert_memory *m, uint32_t experts)
{
    if (m->count == UINT16_MAX)
        return NULL;
    struct mixture *all = realloc(m->mixtures, (m->count + 1) * sizeof *all);
    if (all == NULL)
        return NULL;
    m->mixtures = all;
    struct mixture *x = &all[m->count++];
    *x = (struct mixture){.experts = experts,
                          .hits = calloc(experts, sizeof *x->hits),
                          .is_loaded = calloc(experts, sizeof *x->is_loaded),
                          .is_new = calloc(experts, sizeof *x->is_new)};
    return x->hits == NULL || x->is_loaded == NULL || x->is_new == NULL ? NULL : x;
}

/* Which of the mixture's slices a weight is; a new one, while there is room. */
static uint32_t slice_of(struct mixture *x, const struct rlx_arg *weight)
{
    uint32_t i = 0;
    while (i < x->slice_count && x->slices[i].offset != weight->offset)
        i++;
    if (i == x->slice_count && i < SLICES_MAX) {
        x->slices[i].offset = weight->offset;
        x->slices[i].bytes = weight->bytes / x->experts;
        x->slice_count++;
    }
    return i;
}

/* The products of a sort, which begin at step `first`. False: no memory. */
static bool find_products(struct expert_memory *m, const struct rlx_level *level, uint32_t first,
                          uint32_t end, const struct rlx_arg *order, uint32_t experts)
{
    struct mixture *mixture = NULL;
    for (uint32_t i = first; i < end; i++) {
        const struct rlx_step *s = table_at(&m->model->artifact.steps, i);
        if (is_sort(m->model, level, s) && is_same_place(argument(m->model, s, 1), order))
            return true;
        const uint32_t place = find_order(m->model, s, order);
        const struct rlx_arg *weight = place == 0 ? NULL : argument(m->model, s, place - 1);
        if (place == 0 || weight->bytes % experts != 0)
            continue;
        const bool is_first = mixture == NULL;
        mixture = is_first ? mixture_with(m, weight->offset) : mixture;
        if (mixture == NULL && (mixture = new_mixture(m, experts)) == NULL)
            return false;
        if (mixture->experts != experts)
            continue;
        m->views[i] = (struct view){.mixture = (uint16_t)(mixture - m->mixtures + 1),
                                    .order = is_first ? (uint8_t)place : 0,
                                    .slice = (uint8_t)slice_of(mixture, weight)};
    }
    return true;
}

static bool find_mixtures(struct expert_memory *m, const struct rlx_level *level)
{
    for (uint32_t v = 0; v < level->variant_count; v++) {
        const struct rlx_variant_entry *variant = level_variant(m->model, level, v);
        const uint32_t end = variant->first_step + variant->step_count;
        for (uint32_t i = variant->first_step; i < end; i++) {
            const struct rlx_step *s = table_at(&m->model->artifact.steps, i);
            if (!is_sort(m->model, level, s))
                continue;
            const struct rlx_arg *chosen = argument(m->model, s, 0),
                                 *order = argument(m->model, s, 1);
            if (order->bytes < chosen->bytes + 4 * NUMBER_BYTES)
                continue;
            const uint64_t more = (order->bytes - chosen->bytes) / NUMBER_BYTES;
            if (!find_products(m, level, i + 1, end, order, (uint32_t)(more / 2 - 1)))
                return false;
        }
    }
    return true;
}

/* ---- opening ---- */

static uint64_t expert_bytes(const struct mixture *x)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < x->slice_count; i++)
        sum += x->slices[i].bytes;
    return sum;
}

static uint64_t all_bytes(const struct expert_memory *m)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < m->count; i++)
        sum += expert_bytes(&m->mixtures[i]) * m->mixtures[i].experts;
    return sum;
}

/* What is free, less what the model needs beside experts: its other weights, and states. */
static rlx_status free_bytes(const struct expert_memory *m, uint64_t states, uint64_t *bytes,
                             rlx_error *error)
{
    const uint64_t others = m->model->artifact.weights.bytes - all_bytes(m) + states,
                   free = free_memory();
    if (free == 0)
        return rlx_fail(
            error, RLX_ERROR_BAD_ARGUMENT,
            "expert memory: the system does not say how much memory is free; expected a "
            "size");
    *bytes = free > others ? free - others : 1; /* no pools would be all experts */
    return RLX_OK;
}

static bool open_pools(struct expert_memory *m, uint64_t bytes)
{
    m->pools = calloc(m->count, sizeof *m->pools);
    for (uint32_t i = 0; i < m->count && m->pools != NULL; i++) {
        const struct mixture *x = &m->mixtures[i];
        if (!expert_pool_open(&m->pools[i], x->experts,
                              expert_budget(bytes, expert_bytes(x), m->count)))
            return false;
    }
    return m->pools != NULL;
}

rlx_status expert_memory_open(const rlx_model *model, const struct rlx_level *level, uint64_t bytes,
                              uint64_t states, struct expert_memory **out, rlx_error *error)
{
    rlx_status status = RLX_OK;
    struct expert_memory *m = calloc(1, sizeof *m);
    *out = NULL;
    if (m != NULL) {
        m->model = model;
        m->view_count = model->artifact.steps.count;
        m->views = calloc(m->view_count, sizeof *m->views);
    }
    const bool is_found = m != NULL && m->views != NULL && find_mixtures(m, level);
    if (is_found && m->count != 0 && bytes == RLX_EXPERT_MEMORY_AUTO)
        status = free_bytes(m, states, &bytes, error);
    if (status == RLX_OK && (!is_found || (m->count != 0 && !open_pools(m, bytes))))
        status = rlx_fail(error, RLX_ERROR_NO_MEMORY, "no memory for expert pools");
    if (status != RLX_OK || m->count == 0) {
        expert_memory_close(m);
        return status;
    }
    *out = m;
    return RLX_OK;
}

void expert_memory_close(struct expert_memory *m)
{
    if (m == NULL)
        return;
    for (uint32_t i = 0; i < m->count; i++) {
        free(m->mixtures[i].hits);
        free(m->mixtures[i].is_loaded);
        free(m->mixtures[i].is_new);
        if (m->pools != NULL)
            expert_pool_close(&m->pools[i]);
    }
    free(m->mixtures);
    free(m->pools);
    free(m->views);
    free(m);
}

/* ---- running ---- */

/* Of the whole pages in a stretch of weights. */
static void let_go(const struct expert_memory *m, uintptr_t from, uintptr_t end)
{
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    from = (from + page - 1) / page * page;
    end = end / page * page;
    if (from >= end)
        return;
    (void)madvise((void *)from, end - from, m->model->is_borrowed ? PAGE_OUT : FORGET);
    if (!m->model->is_borrowed)
        (void)madvise((void *)from, end - from, MADV_DONTNEED);
}

/* A slice of an expert. Pages that it shares with a neighbour are fetched with it, and stay when it leaves. */
static void advise(const struct expert_memory *m, const struct mixture *x, uint32_t slice,
                   uint32_t expert, bool in)
{
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    const uintptr_t from = (uintptr_t)m->model->artifact.weights.data + x->slices[slice].offset +
                           expert * x->slices[slice].bytes,
                    end = from + x->slices[slice].bytes;
    if (!in)
        let_go(m, from, end);
    else
        (void)madvise((void *)(from / page * page), end - from / page * page, MADV_WILLNEED);
}

/* What came with an expert of its neighbours, which have no place. */
static void trim(const struct expert_memory *m, const struct mixture *x, uint32_t expert)
{
    const bool *resident = m->pools[m->working - 1].resident;
    for (uint32_t i = 0; i < x->slice_count; i++) {
        const uint64_t bytes = x->slices[i].bytes, around = bytes < AROUND ? bytes : AROUND;
        const uintptr_t from =
            (uintptr_t)m->model->artifact.weights.data + x->slices[i].offset + expert * bytes;
        if (expert != 0 && !resident[expert - 1])
            let_go(m, from - around, from);
        if (expert + 1 < x->experts && !resident[expert + 1])
            let_go(m, from + bytes, from + bytes + around);
    }
}

static void forget(const struct expert_memory *m, const struct mixture *x, uint32_t expert)
{
    for (uint32_t i = 0; i < x->slice_count; i++)
        advise(m, x, i, expert, false);
    x->is_loaded[expert] = false;
}

/* Of all chosen experts what the next product reads, then what the one after it reads: so the disk works
 * while the first computes. */
static void ask_for_missing(const struct expert_memory *m, const struct mixture *x)
{
    for (uint32_t i = 0; i < x->slice_count; i++)
        for (uint32_t e = 0; e < x->experts; e++)
            if (x->hits[e] != 0 && !x->is_loaded[e])
                advise(m, x, i, e, true);
    for (uint32_t e = 0; e < x->experts; e++)
        if (x->hits[e] != 0 && !x->is_loaded[e])
            x->is_loaded[e] = x->is_new[e] = true;
}

/* Chosen experts are read in this run, whether they move in or out; the latter leave with the layer. */
static void move_out(void *context, uint32_t pool, uint32_t expert, bool in)
{
    const struct expert_memory *m = context;
    const struct mixture *x = &m->mixtures[m->working - 1];
    (void)pool; /* the only one of its refresh */
    if (!in && x->hits[expert] == 0)
        forget(m, x, expert);
}

/* Chosen, without a place in the pool. */
static bool is_guest(const struct expert_memory *m, uint32_t expert)
{
    const uint32_t i = m->working - 1;
    return m->mixtures[i].hits[expert] != 0 && !m->pools[i].resident[expert];
}

void expert_memory_leave(struct expert_memory *m)
{
    if (m->working == 0)
        return;
    struct mixture *x = &m->mixtures[m->working - 1];
    for (uint32_t e = 0; e < x->experts; e++)
        if (is_guest(m, e))
            forget(m, x, e);
    for (uint32_t e = 0; e < x->experts; e++)
        if (x->is_new[e])
            trim(m, x, e);
    memset(x->is_new, false, x->experts * sizeof *x->is_new);
    memset(x->hits, 0, x->experts * sizeof *x->hits);
    m->working = 0;
}

static void count_hits(struct expert_memory *m, struct mixture *x, const struct expert_pool *pool,
                       const uint32_t *order)
{
    const uint32_t *experts = order + 1, *first = experts + x->experts;
    for (uint32_t i = 0; i < order[0] && i < x->experts; i++) {
        if (experts[i] >= x->experts)
            continue;
        x->hits[experts[i]] += first[i + 1] - first[i];
        *(pool->resident[experts[i]] ? &m->read_there : &m->read_elsewhere) += 1;
    }
}

/* The slice before this one has been read. */
static void leave_slice(struct expert_memory *m, const struct view *view)
{
    const struct mixture *x = &m->mixtures[view->mixture - 1];
    for (uint32_t e = 0; e < x->experts && m->working == view->mixture && view->slice != 0; e++)
        if (is_guest(m, e))
            advise(m, x, view->slice - 1u, e, false);
}

bool expert_memory_waits(const struct expert_memory *m, uint32_t step)
{
    return m->views[step].order != 0;
}

void expert_memory_see(struct expert_memory *m, uint32_t step, void *const *args)
{
    static const struct expert_rule rule = {EXPERT_REUSE, EXPERT_EVERY_FORWARD, 0};
    const struct view view = m->views[step];
    if (view.mixture == 0)
        return;
    struct mixture *x = &m->mixtures[view.mixture - 1];
    struct expert_pool *pool = &m->pools[view.mixture - 1];
    if (view.order == 0) {
        leave_slice(m, &view);
        return;
    }
    expert_memory_leave(m);
    m->working = view.mixture;
    count_hits(m, x, pool, args[view.order]);
    ask_for_missing(m, x);
    if (!expert_pool_is_off(&m->pools[0]))
        expert_pools_refresh(pool, 1, (const uint64_t *const[]){x->hits}, 1, &rule, m->steps++,
                             false, move_out, m);
}

void expert_memory_counts(const struct expert_memory *m, rlx_expert_counts *out)
{
    out->layers = m->count;
    out->experts = m->pools[0].experts;
    out->budget = m->pools[0].budget;
    out->hits = m->read_there;
    out->misses = m->read_elsewhere;
    for (uint32_t i = 0; i < m->count; i++) {
        out->refreshes += m->pools[i].refreshes;
        out->promotions += m->pools[i].promotions;
        out->demotions += m->pools[i].demotions;
    }
    out->expert_bytes = all_bytes(m);
}

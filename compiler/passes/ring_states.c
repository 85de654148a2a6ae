/* Keys and values that only attention with a window reads become rings.
 *
 *     state rows [BATCH, C, heads, D]   =>   state ring [BATCH, R, heads, D]
 *     R = window + run_rows - 1, rounded up to 64
 *
 * A ring holds what the first row of a run sees until its last row is written (HIR.md, States). All
 * rings have room for the longest window, because the code of an attention depends on the capacity
 * and not on the window: states of one head shape share their kernels, however many windows there
 * are.
 *
 * Needs: how many rows of a sequence a run may have; without that, everything stays as it is. No
 * dead node may read a state. Keeps: names, types and roles, and every bit of what is computed. Not
 * done for a state that some attention reads without a window; that something else than one
 * kv_append and attentions reads; and where R is no less than C.
 */
#include "compiler/hir/rows.h"
#include "compiler/passes/match.h"

enum { PLACES = 64 };

/* What reads a state of rows. */
struct reading {
    uint32_t window; /* the longest */
    bool is_read;    /* by an attention */
    bool is_other;   /* also by what cannot read a ring */
};

struct rings {
    struct reading *readings; /* by state */
    uint64_t capacity;
};

static uint64_t ring_capacity(const struct pass_call *call, uint32_t window)
{
    return round_up((uint64_t)window + call->context.run_rows - 1, PLACES);
}

static bool is_rows(const struct hir_graph *g, hir_id id)
{
    return match_is(g, id, HIR_state) && hir_attr(g, id)->state.class == STATE_rows &&
           hir_attr(g, id)->state.role != STATE_ROLE_data;
}

static void read_by(const struct hir_graph *g, struct rings *rings, hir_id reader, uint32_t i)
{
    const hir_id operand = hir_operand(g, reader, i);
    const enum hir_op op = (enum hir_op)hir_at(g, reader)->op;

    if (!hir_is_state(g, operand) || !is_rows(g, hir_state_leaf(g, operand)))
        return;
    struct reading *r = &rings->readings[hir_state_leaf(g, operand)];
    if (op != HIR_attention || hir_attr(g, reader)->attention.mask != MASK_causal) {
        r->is_other = r->is_other || op != HIR_kv_append;
        return;
    }
    const uint32_t window = hir_attr(g, reader)->attention.window;
    r->is_read = true;
    r->is_other = r->is_other || window == 0;
    r->window = window > r->window ? window : r->window;
}

static void find_readings(const struct hir_graph *g, struct rings *rings)
{
    rings->readings = arena_new(g->arena, struct reading, g->node_count);
    for (hir_id id = 1; id < g->node_count; id++)
        for (uint32_t i = 0; i < hir_at(g, id)->operand_count; i++)
            read_by(g, rings, id, i);
}

/* Keys and values of an attention have one class and one capacity, so what is true of the one must
 * be true of the other, and of every state that shares an attention with either. */
static bool agree_in_pairs(const struct hir_graph *g, struct rings *rings)
{
    bool agree = true;

    for (hir_id id = 1; id < g->node_count; id++) {
        if (!match_is(g, id, HIR_attention))
            continue;
        struct reading *k = &rings->readings[hir_state_leaf(g, hir_operand(g, id, 1))],
                       *v = &rings->readings[hir_state_leaf(g, hir_operand(g, id, 2))];
        agree = agree && k->is_other == v->is_other && k->window == v->window;
        k->is_other = v->is_other = k->is_other || v->is_other;
        k->window = v->window = k->window > v->window ? k->window : v->window;
    }
    return agree;
}

/* Whether windows alone read the state. */
static bool has_window(const struct rings *rings, hir_id state)
{
    return rings->readings[state].is_read && !rings->readings[state].is_other;
}

static bool is_shorter(const struct hir_graph *g, uint64_t capacity, hir_id state)
{
    return capacity < round_up(hir_size(g, state, 1), PLACES);
}

static void choose_capacity(const struct pass_call *call, struct rings *rings)
{
    const struct hir_graph *g = call->graph;

    for (hir_id id = 1; id < g->node_count; id++) {
        const uint64_t capacity = ring_capacity(call, rings->readings[id].window);
        if (has_window(rings, id) && is_shorter(g, capacity, id))
            rings->capacity = max_u64(rings->capacity, capacity);
    }
}

/* Says why not. */
static bool becomes_ring(const struct pass_call *call, const struct rings *rings, hir_id state)
{
    const struct hir_graph *g = call->graph;
    const uint64_t own = ring_capacity(call, rings->readings[state].window),
                   capacity = max_u64(own, rings->capacity);
    const uint32_t found = hir_size(g, state, 1);
    const bool shorter = is_shorter(g, capacity, state);

    if (!has_window(rings, state))
        note_left(call, state, "not only attention with a window reads it");
    else if (shorter)
        note_done(call, state, "a ring of %u positions in the place of %u", (uint32_t)capacity,
                  found);
    else
        note_left(call, state, "a ring of %llu positions would be no shorter than %u",
                  (unsigned long long)capacity, found);
    return has_window(rings, state) && shorter;
}

static hir_id emit(struct pass_call *call, struct hir_rewrite *r, hir_id old)
{
    const struct rings *rings = call->found;
    struct hir_attr attr = *hir_attr(&r->old, old);
    struct hir_shape shape = *hir_shape_of(&r->old, old);

    attr.state.class = STATE_ring;
    shape.dims[1] = dim_const(&r->graph->dims, (int64_t)rings->capacity);
    return hir_declare(r->graph, HIR_state, (enum dtype)hir_at(&r->old, old)->dtype,
                       hir_shape(r->graph, shape.rank, shape.dims), NULL, &attr, NULL, 0);
}

bool pass_ring_states(struct pass_call *call)
{
    struct hir_graph *g = call->graph;
    struct rings rings = {0};

    if (call->context.run_rows == 0)
        return true;
    match_begin(g);
    find_readings(g, &rings);
    while (!agree_in_pairs(g, &rings))
        continue;
    choose_capacity(call, &rings);
    for (hir_id id = 1; id < g->node_count; id++)
        hir_at(g, id)->mark = rings.readings[id].window != 0 && becomes_ring(call, &rings, id);
    rewrite_marked(call, emit, &rings);
    return true;
}

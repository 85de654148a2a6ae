/* Lays out the states of a sequence. In: a graph, whose states say class, layer and role. Out: what
 * each holds and where it stands: in the state home, or in the two carried homes. */
#include "compiler/pack/weight_plan.h"

enum { STATE_ALIGN = 64 };

static uint32_t size_of(const struct hir_graph *g, hir_id id, uint32_t axis)
{
    int64_t value = 0;
    bool known = dim_is_const(&g->dims, hir_shape_of(g, id)->dims[axis], &value);

    assert(known && value > 0 && value <= INT32_MAX);
    return known ? (uint32_t)value : 1;
}

/* The longest window of the attention that reads a ring, in any entry; 1 if none does: only the
 * caller reads it, and a run may write all of it. */
static uint32_t window_of(const struct hir_graph *g, hir_id state)
{
    uint32_t window = 1;

    for (hir_id id = 1; id < g->node_count; id++)
        if (hir_at(g, id)->op == HIR_attention &&
            (hir_state_leaf(g, hir_operand(g, id, 1)) == state ||
             hir_state_leaf(g, hir_operand(g, id, 2)) == state) &&
            hir_attr(g, id)->attention.window > window)
            window = hir_attr(g, id)->attention.window;
    return window;
}

static struct packed_state describe(const struct hir_graph *g, hir_id id)
{
    const struct hir_attr *attr = hir_attr(g, id);
    struct packed_state s = {.source = id,
                             .layer = attr->state.layer,
                             .class = attr->state.class,
                             .role = attr->state.role,
                             .element = (enum dtype)hir_at(g, id)->dtype,
                             .capacity = size_of(g, id, 1),
                             .rows_slot = UINT32_MAX};

    if (s.class == STATE_carried) {
        s.heads = 1;
        s.width = size_of(g, id, 2);
        s.bytes = (uint64_t)s.capacity * s.width * sizeof(float);
        return s;
    }
    s.capacity = (uint32_t)round_up(s.capacity, 64);
    s.heads = size_of(g, id, 2);
    s.width = size_of(g, id, 3);
    s.bytes = kv_state_bytes(s.element, s.heads, s.width, s.capacity, s.role == STATE_ROLE_value);
    if (s.class == STATE_ring)
        s.window = window_of(g, id);
    if (s.class == STATE_cross)
        s.rows_slot = (uint32_t)dim_slot(&g->dims, attr->state.rows);
    return s;
}

void plan_states(struct weight_plan *plan, const struct hir_graph *g, struct arena *a)
{
    plan->states = arena_new(a, struct packed_state, g->node_count);
    plan->state_of = arena_new(a, uint32_t, g->node_count);
    for (hir_id id = 1; id < g->node_count; id++) {
        if (hir_at(g, id)->op != HIR_state || hir_attr(g, id)->state.class == STATE_scratch)
            continue;
        struct packed_state s = describe(g, id);
        uint64_t *home = s.class == STATE_carried ? &plan->carried_bytes : &plan->state_bytes;
        s.offset = *home;
        *home = round_up(*home + s.bytes, STATE_ALIGN);
        plan->states[plan->state_count++] = s;
        plan->state_of[id] = plan->state_count;
    }
}

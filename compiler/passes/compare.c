/* Do two graphs compute the same? Each entry that both have runs in the evaluator on the same random
 * weights and inputs, twice, so that the second run continues the states of the first; outputs and
 * named values are compared. In: two graphs that verify; out: yes, or the first difference.
 *
 * Weights are made from the seed and the weight's name, so that a graph whose nodes were renumbered
 * gets the same ones.
 */
#include "compiler/hir/hir_eval.h"
#include "compiler/hir/rows.h"
#include "compiler/passes/passes.h"

#include <math.h>
#include <string.h>

enum { FIRST_ROWS = 5, SECOND_ROWS = 3, MAX_ROWS = 8, MAX_ELEMENTS = 1 << 24 };

struct side {
    const struct hir_graph *graph;
    struct hir_eval eval;
    struct arena arena;
    uint64_t seed;
};

/* splitmix64 (Steele, Lea, Flood 2014): a well-mixed number for each counter. */
static uint64_t mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

/* In [-1, 1). */
static float uniform(uint64_t seed, uint64_t index)
{
    return (float)((double)(mix(seed ^ mix(index)) >> 40) / (1 << 23) - 1);
}

static uint64_t seed_of(uint64_t seed, const char *name)
{
    for (const char *c = name; *c != 0; c++)
        seed = mix(seed ^ (unsigned char)*c);
    return seed;
}

static uint64_t element_count(const struct hir_graph *g, hir_id id, const int64_t *symbols)
{
    const struct hir_shape *shape = hir_shape_of(g, id);
    uint64_t count = 1;

    for (uint32_t i = 0; i < shape->rank; i++)
        if (!checked_mul(count, (uint64_t)dim_value(&g->dims, shape->dims[i], symbols), &count))
            return UINT64_MAX;
    return count;
}

/* Each number below `count` once. */
static void random_order(uint64_t seed, uint64_t count, float *out)
{
    for (uint64_t i = 0; i < count; i++) {
        const uint64_t place = mix(seed ^ i) % (i + 1);
        out[i] = out[place];
        out[place] = (float)i;
    }
}

/* Matrices keep the size of what passes through them; vectors, which scale or shift or divide, stay
 * near 1. */
static const float *random_weight(void *context, const struct hir_graph *g, hir_id id)
{
    struct side *side = context;
    const char *name = str_text(g->strings, hir_at(g, id)->name);
    bool vector = hir_shape_of(g, id)->rank == 1;
    uint64_t count = element_count(g, id, side->eval.symbols), seed = seed_of(side->seed, name);
    float *values = arena_new(&side->arena, float, count);
    if (hir_at(g, id)->dtype == DTYPE_i32) {
        random_order(seed, count, values);
        return values;
    }
    float scale = vector ? 0.5f : sqrtf(3.0f / (float)hir_width(g, id));

    for (uint64_t i = 0; i < count; i++)
        values[i] = (vector ? 1.0f : 0.0f) + scale * uniform(seed, i);
    return values;
}

/* The smallest of: vocabularies (tokens must lie in them), or contexts (positions must). */
static int64_t smallest(const struct hir_graph *g, bool vocabulary)
{
    int64_t min = 1 << 20;

    for (hir_id id = 1; id < g->node_count; id++) {
        uint16_t op = hir_at(g, id)->op;
        bool rows = op == HIR_state && hir_attr(g, id)->state.class == STATE_rows;
        int64_t size = 0;
        if (vocabulary && op == HIR_embed)
            size = hir_size(g, hir_operand(g, id, 0), 0);
        else if (!vocabulary && (rows || op == HIR_rope_table))
            size = hir_size(g, id, rows);
        if (size != 0 && size < min)
            min = size;
    }
    return min;
}

/* What a run is given: sizes, and the inputs that have a role. */
struct inputs {
    int64_t symbols[SYMBOL_MAX];
    int32_t tokens[MAX_ROWS], positions[MAX_ROWS], out_rows[MAX_ROWS];
};

static void make_inputs(const struct hir_graph *g, uint64_t seed, struct inputs *in)
{
    uint64_t vocabulary = (uint64_t)smallest(g, true);
    int64_t past = in->symbols[SYMBOL_PAST_SEQ];

    for (int64_t i = 0; i < in->symbols[SYMBOL_ROWS]; i++) {
        in->tokens[i] = (int32_t)(mix(seed + (uint64_t)(past + i)) % vocabulary);
        in->positions[i] = (int32_t)(past + i);
        in->out_rows[i] = (int32_t)i;
    }
}

/* Indices that lie in whatever they may point into. */
static uint64_t index_bound(const struct hir_graph *g, hir_id input, const int64_t *symbols)
{
    uint64_t bound = (uint64_t)smallest(g, false);

    for (hir_id id = 1; id < g->node_count; id++)
        if ((hir_at(g, id)->op == HIR_embed || hir_at(g, id)->op == HIR_gather_rows) &&
            hir_operand(g, id, 1) == input)
            bound = min_u64(
                bound, (uint64_t)dim_value(
                           &g->dims, hir_shape_of(g, hir_operand(g, id, 0))->dims[0], symbols));
    return bound == 0 ? 1 : bound;
}

/* An input without a role: numbers as its name gives them, or indices that count up. */
static const void *random_input(struct side *side, hir_id id)
{
    const struct hir_graph *g = side->graph;
    uint64_t count = element_count(g, id, side->eval.symbols);
    uint64_t seed = seed_of(side->seed + (uint64_t)side->eval.symbols[SYMBOL_PAST_SEQ],
                            str_text(g->strings, hir_at(g, id)->name));

    if (hir_at(g, id)->dtype == DTYPE_f32) {
        float *numbers = arena_new(&side->arena, float, count);
        for (uint64_t i = 0; i < count; i++)
            numbers[i] = uniform(seed, i);
        return numbers;
    }
    int32_t *indices = arena_new(&side->arena, int32_t, count);
    uint64_t bound = index_bound(g, id, side->eval.symbols);
    for (uint64_t i = 0; i < count; i++)
        indices[i] = (int32_t)(i % bound);
    return indices;
}

static void run(struct side *side, uint32_t entry, const struct inputs *in)
{
    const struct hir_graph *g = side->graph;
    struct hir_eval *e = &side->eval;

    e->entry = entry;
    memcpy(e->symbols, in->symbols, sizeof e->symbols);
    hir_eval_role(e, INPUT_tokens, in->tokens);
    hir_eval_role(e, INPUT_positions, in->positions);
    hir_eval_role(e, INPUT_out_rows, in->out_rows);
    for (hir_id id = 1; id < g->node_count; id++)
        if (hir_at(g, id)->op == HIR_input && hir_attr(g, id)->input.role == INPUT_data)
            hir_eval_input(e, str_text(g->strings, hir_at(g, id)->name), random_input(side, id));
    hir_eval_run(e);
}

static void open_side(struct side *side, const struct hir_graph *g, uint64_t seed)
{
    *side = (struct side){.graph = g, .seed = seed};
    hir_eval_open(&side->eval, g, &side->arena);
    side->eval.weight = random_weight;
    side->eval.weight_context = side;
    side->eval.keep_all = true;
    side->eval.symbols[SYMBOL_BATCH] = 1;
}

static void close_side(struct side *side)
{
    hir_eval_close(&side->eval);
    arena_free(&side->arena);
}

static bool values_agree(const float *a, const float *b, uint64_t count, double tolerance,
                         const char *name, struct diags *d)
{
    double largest = 0, worst = 0;
    uint64_t at = 0;

    for (uint64_t i = 0; i < count; i++) {
        double difference = fabs((double)a[i] - (double)b[i]);
        if (a[i] == b[i] || (isnan(a[i]) && isnan(b[i])))
            difference = 0;
        largest = fmax(largest, fabs((double)a[i]));
        if (difference > worst || isnan(difference)) {
            worst = isnan(difference) ? INFINITY : difference;
            at = i;
        }
    }
    if (worst <= tolerance * largest)
        return true;
    return diag_error(d, (struct place){.object = name},
                      "element %llu: expected %.9g, found %.9g (largest %.9g, tolerance %g)",
                      (unsigned long long)at, (double)a[at], (double)b[at], largest, tolerance);
}

/* The node of an output of the entry that runs; 0: it has none of that name. */
static hir_id output_of(const struct side *side, const char *name)
{
    const struct hir_graph *g = side->graph;
    const struct hir_entry *e = &g->entries[side->eval.entry];

    for (uint32_t i = e->first_output; i < e->first_output + e->output_count; i++)
        if (strcmp(str_text(g->strings, g->outputs[i].name), name) == 0)
            return g->outputs[i].node;
    return 0;
}

/* How many elements of an output two graphs share; 0: they differ in size. Where the one has a
 * ring in the place of rows, these are the positions that both have: MAX_ROWS of them at least, all
 * that a comparison writes. */
static uint64_t shared_elements(const struct side *a, hir_id one, const struct side *b, hir_id two)
{
    const uint64_t count = element_count(a->graph, one, a->eval.symbols),
                   other = element_count(b->graph, two, b->eval.symbols);
    const hir_id from = hir_state_leaf(a->graph, one), to = hir_state_leaf(b->graph, two);
    const bool becomes_ring = from != 0 && to != 0 &&
                              hir_attr(a->graph, from)->state.class == STATE_rows &&
                              hir_attr(b->graph, to)->state.class == STATE_ring;

    return becomes_ring ? min_u64(count, other) : count == other ? count : 0;
}

static bool outputs_agree(const struct side *a, const struct side *b, double tolerance,
                          struct diags *d)
{
    const struct hir_entry *e = &a->graph->entries[a->eval.entry];

    for (uint32_t i = e->first_output; i < e->first_output + e->output_count; i++) {
        const char *name = str_text(a->graph->strings, a->graph->outputs[i].name);
        uint64_t count = element_count(a->graph, a->graph->outputs[i].node, a->eval.symbols);
        hir_id other = output_of(b, name);
        const uint64_t shared =
            other == 0 ? 0 : shared_elements(a, a->graph->outputs[i].node, b, other);
        if (shared == 0)
            return diag_error(d, (struct place){.object = name},
                              "expected an output of %llu elements, found none of that size",
                              (unsigned long long)count);
        if (!values_agree(hir_eval_value(&a->eval, name), hir_eval_value(&b->eval, name), shared,
                          tolerance, name, d))
            return false;
    }
    return true;
}

/* A value in two formats has two nodes of one name. */
static bool is_only_one(const struct hir_graph *g, hir_id id)
{
    for (hir_id other = 1; other < g->node_count; other++)
        if (other != id && hir_at(g, other)->name == hir_at(g, id)->name)
            return false;
    return true;
}

/* Names survive passes, and so must the values that they name. */
static bool named_agree(const struct side *a, const struct side *b, double tolerance,
                        struct diags *d)
{
    for (hir_id id = 1; id < a->graph->node_count; id++) {
        const struct hir_node *n = hir_at(a->graph, id);
        const char *name = str_text(a->graph->strings, n->name);
        hir_id other = n->name == 0 ? 0 : hir_find(b->graph, name);
        if (other == 0 || hir_op_info[n->op].fusion == FUSE_leaf ||
            hir_op_info[hir_at(b->graph, other)->op].fusion == FUSE_leaf)
            continue;
        uint64_t count = element_count(a->graph, id, a->eval.symbols);
        if (element_count(b->graph, other, b->eval.symbols) != count ||
            a->eval.values[id] == NULL || b->eval.values[other] == NULL ||
            !is_only_one(a->graph, id) || !is_only_one(b->graph, other))
            continue;
        if (!values_agree(a->eval.values[id], b->eval.values[other], count, tolerance, name, d))
            return false;
    }
    return true;
}

static bool can_evaluate(const struct hir_graph *g, const struct inputs *in, struct diags *d)
{
    for (hir_id id = 1; id < g->node_count; id++)
        if (element_count(g, id, in->symbols) > MAX_ELEMENTS)
            return diag_error(
                d, (struct place){.object = str_text(g->strings, hir_at(g, id)->name)},
                "is too large to check by evaluation: expected at most %d elements", MAX_ELEMENTS);
    return true;
}

/* How many rows a run may have where the graph bounds ROWS, its contexts are short, or a ring must
 * hold a window beside them. */
static int64_t rows_within(const struct hir_graph *g, int64_t wanted, int64_t past)
{
    int64_t context = smallest(g, false), max = dim_max(&g->dims, SYMBOL_ROWS);

    wanted = wanted < max ? wanted : max;
    for (hir_id id = 1; id < g->node_count; id++) {
        if (hir_at(g, id)->op != HIR_attention)
            continue;
        hir_id state = hir_state_leaf(g, hir_operand(g, id, 1));
        int64_t room = hir_size(g, state, 1) + 1 - (int64_t)hir_attr(g, id)->attention.window;
        if (hir_attr(g, state)->state.class == STATE_ring && wanted > room)
            wanted = room;
    }
    return wanted < context - past ? wanted : context - past;
}

/* The sizes of a run of `wanted` rows, within the bounds of both graphs; false: there is none. */
static bool choose_sizes(const struct hir_graph *a, const struct hir_graph *b, int64_t wanted,
                         int64_t past, struct inputs *in)
{
    int64_t rows = rows_within(a, rows_within(b, wanted, past), past);

    *in = (struct inputs){.symbols = {[SYMBOL_BATCH] = 1,
                                      [SYMBOL_SEQ] = rows,
                                      [SYMBOL_ROWS] = rows,
                                      [SYMBOL_PAST_SEQ] = past,
                                      [SYMBOL_OUT_ROWS] = rows,
                                      [SYMBOL_KEYS] = past + rows}};
    for (uint32_t i = SYMBOL_FIRST_FREE; i < SYMBOL_MAX; i++) {
        int64_t min = a->dims.all[i + 1].min, max = dim_max(&a->dims, i);
        max = max < dim_max(&b->dims, i) ? max : dim_max(&b->dims, i);
        in->symbols[i] = wanted > max ? max : wanted < min ? min : wanted;
    }
    return rows > 0;
}

/* Every entry that both have, one after the other. */
static bool entries_agree(struct side *left, struct side *right, const struct inputs *in,
                          double tolerance, struct diags *d)
{
    const struct hir_graph *a = left->graph, *b = right->graph;
    bool any = false;

    for (uint32_t i = 0; i < a->entry_count; i++) {
        uint32_t other = hir_find_entry(b, str_text(a->strings, a->entries[i].name));
        if (other == HIR_ALL_ENTRIES)
            continue;
        any = true;
        run(left, i, in);
        run(right, other, in);
        if (!outputs_agree(left, right, tolerance, d) || !named_agree(left, right, tolerance, d))
            return false;
    }
    return any || diag_error(d, (struct place){.object = str_text(a->strings, a->name)},
                             "expected an entry that both graphs have");
}

bool graphs_agree(const struct hir_graph *a, const struct hir_graph *b, uint64_t seed,
                  double tolerance, struct diags *d)
{
    static const int64_t wanted[] = {FIRST_ROWS, SECOND_ROWS};
    struct side left, right;
    struct inputs in;
    int64_t past = 0;
    bool agree = true;

    open_side(&left, a, seed);
    open_side(&right, b, seed);
    for (uint32_t i = 0; agree && i < countof(wanted); i++) {
        if (!choose_sizes(a, b, wanted[i], past, &in))
            break;
        make_inputs(a, seed, &in);
        agree = can_evaluate(a, &in, d) && can_evaluate(b, &in, d) &&
                entries_agree(&left, &right, &in, tolerance, d);
        past += in.symbols[SYMBOL_ROWS];
    }
    close_side(&left);
    close_side(&right);
    return agree;
}

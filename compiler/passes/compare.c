/* Do two graphs compute the same? Both run in the evaluator on the same random weights and inputs,
 * twice, so that the second run continues the states of the first; then outputs and named values
 * are compared. In: two graphs that verify; out: yes, or the first difference.
 *
 * Weights are made from the seed and the weight's name, so that a graph whose nodes were renumbered
 * gets the same ones.
 */
#include "compiler/hir/hir_eval.h"
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

static uint64_t element_count(const struct hir_graph *g, hir_id id, const int64_t *symbols)
{
    const struct hir_shape *shape = hir_shape_of(g, id);
    uint64_t count = 1;

    for (uint32_t i = 0; i < shape->rank; i++)
        if (!checked_mul(count, (uint64_t)dim_value(&g->dims, shape->dims[i], symbols), &count))
            return UINT64_MAX;
    return count;
}

/* Matrices keep the size of what passes through them; vectors, which scale or shift or divide, stay
 * near 1. */
static const float *random_weight(void *context, const struct hir_graph *g, hir_id id)
{
    struct side *side = context;
    const char *name = str_text(g->strings, hir_at(g, id)->name);
    bool vector = hir_shape_of(g, id)->rank == 1;
    uint64_t count = element_count(g, id, side->eval.symbols), seed = side->seed;
    float *values = arena_new(&side->arena, float, count);
    float scale = vector ? 0.5f : sqrtf(3.0f / (float)hir_width(g, id));

    for (const char *c = name; *c != 0; c++)
        seed = mix(seed ^ (unsigned char)*c);
    for (uint64_t i = 0; i < count; i++)
        values[i] = (vector ? 1.0f : 0.0f) + scale * uniform(seed, i);
    return values;
}

/* The smallest of: vocabularies (tokens must lie in them), or contexts (positions must). */
static int64_t smallest(const struct hir_graph *g, bool vocabulary)
{
    int64_t min = 1 << 20, size;

    for (hir_id id = 1; id < g->node_count; id++) {
        uint16_t op = hir_at(g, id)->op;
        hir_id of = vocabulary && op == HIR_embed ? hir_operand(g, id, 0)
                    : !vocabulary && (op == HIR_state || op == HIR_rope_table) ? id
                                                                               : 0;
        if (of == 0)
            continue;
        if (dim_is_const(&g->dims, hir_shape_of(g, of)->dims[op == HIR_state ? 1 : 0], &size) &&
            size < min)
            min = size;
    }
    return min;
}

struct inputs {
    int32_t tokens[MAX_ROWS], positions[MAX_ROWS], out_rows[MAX_ROWS];
    int64_t past, rows;
};

static void make_inputs(const struct hir_graph *g, uint64_t seed, struct inputs *in)
{
    uint64_t vocabulary = (uint64_t)smallest(g, true);

    for (int64_t i = 0; i < in->rows; i++) {
        in->tokens[i] = (int32_t)(mix(seed + (uint64_t)(in->past + i)) % vocabulary);
        in->positions[i] = (int32_t)(in->past + i);
        in->out_rows[i] = (int32_t)i;
    }
}

static void run(struct side *side, const struct inputs *in)
{
    struct hir_eval *e = &side->eval;

    e->symbols[SYMBOL_BATCH] = 1;
    e->symbols[SYMBOL_SEQ] = e->symbols[SYMBOL_ROWS] = e->symbols[SYMBOL_OUT_ROWS] = in->rows;
    e->symbols[SYMBOL_PAST_SEQ] = in->past;
    hir_eval_role(e, INPUT_tokens, in->tokens);
    hir_eval_role(e, INPUT_positions, in->positions);
    hir_eval_role(e, INPUT_out_rows, in->out_rows);
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

static bool outputs_agree(const struct side *a, const struct side *b, double tolerance,
                          struct diags *d)
{
    for (uint32_t i = 0; i < a->graph->output_count; i++) {
        const char *name = str_text(a->graph->strings, a->graph->outputs[i].name);
        uint64_t count = element_count(a->graph, a->graph->outputs[i].node, a->eval.symbols);
        uint32_t j = 0;
        while (j < b->graph->output_count &&
               strcmp(str_text(b->graph->strings, b->graph->outputs[j].name), name) != 0)
            j++;
        if (j == b->graph->output_count ||
            element_count(b->graph, b->graph->outputs[j].node, b->eval.symbols) != count)
            return diag_error(d, (struct place){.object = name},
                              "expected an output of %llu elements, found none of that size",
                              (unsigned long long)count);
        if (!values_agree(hir_eval_value(&a->eval, name), hir_eval_value(&b->eval, name), count,
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

static bool is_symbol(const struct hir_graph *g, dim_id id, enum symbol symbol)
{
    return g->dims.all[id].kind == DIM_SYMBOL && g->dims.all[id].value == (int64_t)symbol;
}

/* The evaluator knows three inputs, each with one axis of its own. */
static bool is_known_input(const struct hir_graph *g, hir_id id)
{
    uint32_t role = hir_attr(g, id)->input.role;

    return role != INPUT_data && is_symbol(g, hir_shape_of(g, id)->dims[0],
                                           role == INPUT_out_rows ? SYMBOL_OUT_ROWS : SYMBOL_ROWS);
}

static bool can_evaluate(const struct hir_graph *g, struct diags *d)
{
    int64_t symbols[SYMBOL_MAX] = {1, MAX_ROWS, MAX_ROWS, MAX_ROWS, MAX_ROWS};

    for (uint32_t i = SYMBOL_KEYS; i < SYMBOL_MAX; i++)
        symbols[i] = 1;
    for (hir_id id = 1; id < g->node_count; id++) {
        struct place at = {.object = str_text(g->strings, hir_at(g, id)->name)};
        if (element_count(g, id, symbols) > MAX_ELEMENTS)
            return diag_error(d, at,
                              "is too large to check by evaluation: expected at most %d elements",
                              MAX_ELEMENTS);
        if (hir_at(g, id)->op == HIR_input && !is_known_input(g, id))
            return diag_error(d, at,
                              "cannot be checked by evaluation: expected i32 tokens [ROWS], "
                              "positions [ROWS] or out_rows [OUT_ROWS]");
    }
    return true;
}

/* How many rows a run may have where the graph bounds ROWS or its contexts are short. */
static int64_t rows_within(const struct hir_graph *a, const struct hir_graph *b, int64_t wanted,
                           int64_t past)
{
    int64_t context =
        smallest(a, false) < smallest(b, false) ? smallest(a, false) : smallest(b, false);

    for (dim_id id = 1; id < a->dims.count; id++)
        if (is_symbol(a, id, SYMBOL_ROWS) && wanted > a->dims.all[id].max)
            wanted = a->dims.all[id].max;
    return wanted < context - past ? wanted : context - past;
}

bool graphs_agree(const struct hir_graph *a, const struct hir_graph *b, uint64_t seed,
                  double tolerance, struct diags *d)
{
    struct inputs in[2] = {{.past = 0}};
    struct side left, right;

    if (!can_evaluate(a, d) || !can_evaluate(b, d))
        return false;
    in[0].rows = rows_within(a, b, FIRST_ROWS, 0);
    in[1].past = in[0].rows;
    in[1].rows = rows_within(a, b, SECOND_ROWS, in[1].past);
    open_side(&left, a, seed);
    open_side(&right, b, seed);
    bool agree = true;
    for (uint32_t i = 0; agree && i < 2 && in[i].rows > 0; i++) {
        make_inputs(a, seed, &in[i]);
        run(&left, &in[i]);
        run(&right, &in[i]);
        agree =
            outputs_agree(&left, &right, tolerance, d) && named_agree(&left, &right, tolerance, d);
    }
    close_side(&left);
    close_side(&right);
    return agree;
}

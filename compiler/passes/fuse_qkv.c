/* Three projections of one input become one wide matmul and three views; two of them, where the
 * third has another format (mixed files often give V more bits).
 *
 *     q = x Wq' + bq   k = x Wk' + bk   v = x Wv' + bv
 *         =>   y = x [Wq; Wk; Wv]' + [bq; bk; bv],   q k v = columns of y
 *
 * Needs: one node per value (cse), no dead readers (dce). Keeps: the names of q, k and v (after
 * their biases), and who reads them: a view costs nothing, so other readers are no hindrance. The
 * biases are joined when all have one of equal type; else they are added to the views. Not done
 * when the formats of all three weights differ (one layout cannot hold them), when a weight is not
 * a leaf or has another reader (it would be packed twice), when not exactly three matmuls read x, or
 * of more three that become heads (gate and up are two: fuse-swiglu joins them), or when an entry needs some of the three and not
 * the others.
 */
#include "compiler/hir/rows.h"
#include "compiler/passes/match.h"

#include <string.h>

enum { PARTS = 3 };

struct projections {
    hir_id x;
    uint32_t count; /* that are joined: 2 or 3 */
    hir_id matmul[PARTS], weight[PARTS];
    hir_id sum[PARTS], bias[PARTS]; /* 0: none; all or none are set where biases are joined */
    hir_id wide;                    /* in the new graph */
};

struct matches {
    struct projections *all;
    uint32_t count, capacity;
};

/* The one add of a weight [N] that reads the matmul and nothing else does. */
static void find_bias(const struct hir_graph *g, const hir_id *reader, struct projections *p,
                      uint32_t i)
{
    hir_id sum = reader[p->matmul[i]];

    if (!match_single(g, p->matmul[i]) || !match_is(g, sum, HIR_add))
        return;
    hir_id bias = match_other(g, sum, p->matmul[i]);
    if (match_weight(g, bias, 1) && hir_width(g, bias) == hir_width(g, p->matmul[i])) {
        p->sum[i] = sum;
        p->bias[i] = bias;
    }
}

/* All have a bias, of one type: keep them; else forget them. */
static void decide_biases(const struct pass_call *call, const struct hir_graph *g,
                          struct projections *p)
{
    bool joined = true, found = false;

    for (uint32_t i = 0; i < p->count; i++) {
        joined = joined && p->bias[i] != 0 &&
                 hir_at(g, p->bias[i])->dtype == hir_at(g, p->bias[0])->dtype;
        found = found || p->bias[i] != 0;
    }
    if (found && !joined)
        note_left(call, p->matmul[0],
                  "biases stay after the views: not all have one of equal type");
    for (uint32_t i = 0; !joined && i < PARTS; i++)
        p->sum[i] = p->bias[i] = 0;
}

/* NULL, or why the three must stay apart. */
static const char *find_reason(const struct pass_call *call, const struct hir_graph *g,
                               const uint64_t *entries, const struct projections *p)
{
    const char *format[PARTS];

    for (uint32_t i = 0; i < PARTS; i++) {
        if (entries[p->matmul[i]] != entries[p->matmul[0]])
            return arena_printf(call->report->arena, "other entries need %s",
                                node_text(call, p->matmul[i]));
        if (!match_weight(g, p->weight[i], 2))
            return arena_printf(call->report->arena, "the weight of %s is no leaf",
                                node_text(call, p->matmul[i]));
        if (!match_single(g, p->weight[i]))
            return arena_printf(call->report->arena, "the weight of %s has another reader",
                                node_text(call, p->matmul[i]));
        format[i] = dtype_info[hir_at(g, p->weight[i])->dtype].name;
    }
    if (strcmp(format[0], format[1]) != 0 && strcmp(format[0], format[2]) != 0 &&
        strcmp(format[1], format[2]) != 0)
        return arena_printf(call->report->arena, "the weights' formats differ: %s, %s, %s",
                            format[0], format[1], format[2]);
    return NULL;
}

/* Leaves out the one whose format is not that of the two others. */
static void keep_equal(const struct pass_call *call, const struct hir_graph *g,
                       struct projections *p)
{
    enum dtype format[PARTS];
    uint32_t out = PARTS;

    for (uint32_t i = 0; i < PARTS; i++)
        format[i] = (enum dtype)hir_at(g, p->weight[i])->dtype;
    for (uint32_t i = 0; i < PARTS; i++)
        if (format[i] != format[(i + 1) % PARTS] && format[i] != format[(i + 2) % PARTS])
            out = i;
    p->count = PARTS;
    if (out == PARTS)
        return;
    note_left(call, p->matmul[out], "its weight is %s, those of the two others are %s",
              dtype_info[format[out]].name, dtype_info[format[(out + 1) % PARTS]].name);
    p->count--;
    for (uint32_t i = out; i < p->count; i++) {
        p->matmul[i] = p->matmul[i + 1];
        p->weight[i] = p->weight[i + 1];
        p->sum[i] = p->sum[i + 1];
        p->bias[i] = p->bias[i + 1];
    }
}

static void mark(struct hir_graph *g, const struct projections *p, uint32_t index)
{
    for (uint32_t i = 0; i < p->count; i++) {
        hir_at(g, p->matmul[i])->mark = 1 + index;
        if (p->sum[i] != 0) {
            hir_at(g, p->matmul[i])->mark = MATCH_DROP;
            hir_at(g, p->sum[i])->mark = 1 + index;
        }
    }
}

static hir_id concat(struct hir_rewrite *r, const hir_id *parts, uint32_t count)
{
    hir_id operands[PARTS];

    for (uint32_t i = 0; i < count; i++)
        operands[i] = rewrite_weight(r, parts[i]);
    return hir_add(r->graph, HIR_concat, NULL, operands, count);
}

/* "layers.3.q", "layers.3.k", "layers.3.v" are parts of "layers.3.qkv". */
static void name_product(struct hir_rewrite *r, const struct projections *p)
{
    struct text joined = {.arena = r->graph->arena};

    for (uint32_t i = 0; i < p->count; i++) {
        hir_id part = p->sum[i] != 0 ? p->sum[i] : p->matmul[i];
        const char *name = str_text(r->old.strings, hir_at(&r->old, part)->name);
        const char *dot = strrchr(name, '.');
        if (dot == NULL)
            return;
        text_add(&joined, "%s", i == 0 ? name : dot + 1);
    }
    hir_name(r->graph, p->wide, "%s", joined.data);
}

/* Whichever of them comes first makes the wide product; each is then its columns. */
static hir_id emit(struct pass_call *call, struct hir_rewrite *r, hir_id old)
{
    struct projections *p = &((struct matches *)call->found)->all[match_index(r, old)];
    struct hir_graph *g = r->graph;
    uint64_t start = 0;

    if (p->wide == 0) {
        p->wide = hir_add2(g, HIR_matmul, r->translated[p->x], concat(r, p->weight, p->count));
        if (p->bias[0] != 0)
            p->wide = hir_add2(g, HIR_add, p->wide, concat(r, p->bias, p->count));
        name_product(r, p);
    }
    for (uint32_t i = 0; i < p->count && old != p->matmul[i] && old != p->sum[i]; i++)
        start += hir_width(&r->old, p->matmul[i]);
    struct hir_attr attr = {.slice = {.axis = 1, .start = dim_const(&g->dims, (int64_t)start)}};
    return hir_declare(g, HIR_slice, DTYPE_f32, hir_at(&r->old, old)->shape, NULL, &attr, &p->wide,
                       1);
}

/* By node: how many matmuls read it, and the first three; of these, those that become heads. */
struct readers {
    uint32_t count, head_count;
    hir_id first[PARTS], heads[PARTS];
};

/* [rows, width] -> [rows, heads, head_dim], perhaps after a bias. */
static bool becomes_heads(const struct hir_graph *g, const hir_id *reader, hir_id product)
{
    hir_id id = match_single(g, product) ? reader[product] : 0;

    if (match_is(g, id, HIR_add) && match_single(g, id))
        id = reader[id];
    return match_is(g, id, HIR_reshape) && hir_shape_of(g, id)->rank == 3;
}

static struct readers *find_readers(struct hir_graph *g, const hir_id *reader)
{
    struct readers *readers = arena_new(g->arena, struct readers, g->node_count);

    for (hir_id id = 1; id < g->node_count; id++) {
        if (!match_product(g, id))
            continue;
        struct readers *of = &readers[hir_operand(g, id, 0)];
        if (of->count < PARTS)
            of->first[of->count] = id;
        of->count++;
        if (!becomes_heads(g, reader, id))
            continue;
        if (of->head_count < PARTS)
            of->heads[of->head_count] = id;
        of->head_count++;
    }
    return readers;
}

bool pass_fuse_qkv(struct pass_call *call)
{
    struct hir_graph *g = call->graph;
    const hir_id *reader = match_begin(g);
    const struct readers *readers = find_readers(g, reader);
    const uint64_t *entries = hir_entry_sets(g, g->arena);
    struct matches matches = {0};

    for (hir_id x = 1; x < g->node_count; x++) {
        struct projections p = {.x = x};
        const bool all = readers[x].count == PARTS;
        if (!all && readers[x].head_count != PARTS)
            continue;
        for (uint32_t i = 0; i < PARTS; i++) {
            p.matmul[i] = all ? readers[x].first[i] : readers[x].heads[i];
            p.weight[i] = hir_operand(g, p.matmul[i], 1);
            find_bias(g, reader, &p, i);
        }
        const char *why = find_reason(call, g, entries, &p);
        if (why != NULL) {
            note_left(call, p.matmul[0], "%s", why);
            continue;
        }
        keep_equal(call, g, &p);
        decide_biases(call, g, &p);
        note_done(call, p.sum[0] != 0 ? p.sum[0] : p.matmul[0], "%s projections of %s, %s",
                  p.count == PARTS ? "three" : "two", node_text(call, x),
                  p.bias[0] != 0 ? "with their biases" : "without biases");
        ARENA_PUSH(g->arena, matches.all, matches.count, matches.capacity) = p;
        mark(g, &p, matches.count - 1);
    }
    rewrite_marked(call, emit, &matches);
    return true;
}

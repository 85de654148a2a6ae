/* Weights get the types that they will be packed in, and states the type of the KV cache.
 *
 *     matrix.type = the chosen one;  state.type = the chosen one
 *
 * Needs: nothing but the choice; without one, everything stays as it is. Keeps: names, shapes and
 * every op. Stands before the fusions, because only weights of equal types join. Not done for
 * vectors (norms, biases), which are small and read as f32; for weights that only expressions read,
 * because the type at the root of an expression (pack-weights) counts; for matrices whose rows are
 * no multiple of the block, nor of that of the type in its place (type_in_place_of); for those by
 * whose products a route chooses, because rounding them would choose other experts; and for matrices
 * that anything but a product or an embedding reads, because these are not packed. The evaluator
 * computes with the values as they are: a type is how they are stored.
 */
#include "compiler/passes/types.h"

#include "compiler/passes/match.h"

#include <stdlib.h>
#include <string.h>

/* ---- the rules of a choice ---- */

bool is_embedding_or_lm_head(const char *name)
{
    return strcmp(name, "model.embed_tokens.weight") == 0 || strcmp(name, "lm_head.weight") == 0;
}

bool type_is_quantized(enum dtype dtype)
{
    return dtype_info[dtype].block > 1;
}

bool type_fits_rows(enum dtype dtype, uint64_t columns)
{
    return columns % dtype_info[dtype].block == 0;
}

/* Few bits hurt embedding and lm_head most, and a tied one twice. So they take a type of fewer than
 * 6 bits only if the user chose it for them. If they are already quantized they keep their type,
 * because no type restores what they lost; otherwise they become q8_0. */
static enum dtype lm_head_type(const struct type_choice *choice, enum dtype now)
{
    const struct dtype_info *info = &dtype_info[choice->matrices];

    if (choice->lm_head_given)
        return choice->lm_head;
    if (choice->matrices == DTYPE_none || info->bytes * 8 >= info->block * 6)
        return choice->matrices;
    return type_is_quantized(now) ? now : DTYPE_q8_0;
}

static int compare_rule(const void *name, const void *rule)
{
    return strcmp(name, ((const struct type_rule *)rule)->name);
}

enum dtype type_wanted(const struct type_choice *choice, const char *name, enum dtype now)
{
    const struct type_rule *rule =
        choice->rule_count == 0
            ? NULL
            : bsearch(name, choice->rules, choice->rule_count, sizeof *choice->rules, compare_rule);
    enum dtype wanted = rule != NULL                    ? rule->type
                        : is_embedding_or_lm_head(name) ? lm_head_type(choice, now)
                                                        : choice->matrices;

    return wanted == DTYPE_none ? now : wanted;
}

bool types_scale_rows(const struct type_choice *choice)
{
    bool found = dtype_scales_rows(choice->matrices) ||
                 (choice->lm_head_given && dtype_scales_rows(choice->lm_head));

    for (uint32_t i = 0; i < choice->rule_count; i++)
        found = found || dtype_scales_rows(choice->rules[i].type);
    return found;
}

enum dtype type_in_place_of(enum dtype dtype, uint64_t columns)
{
    static const struct {
        enum dtype type, instead;
    } places[] = {{DTYPE_q2_k, DTYPE_q4_0}, {DTYPE_q3_k, DTYPE_q4_0}, {DTYPE_q4_k, DTYPE_q5_0},
                  {DTYPE_q5_k, DTYPE_q5_1}, {DTYPE_q6_k, DTYPE_q8_0}, {DTYPE_iq4_xs, DTYPE_iq4_nl}};

    for (size_t i = 0; i < countof(places) && !type_fits_rows(dtype, columns); i++)
        if (places[i].type == dtype && type_fits_rows(places[i].instead, columns))
            return places[i].instead;
    return dtype;
}

/* ---- the pass ---- */

/* What became of nodes: of matrices and of states. */
enum outcome {
    MATRIX_done,
    MATRIX_instead,
    MATRIX_not_whole,
    MATRIX_not_packed,
    MATRIX_scored,
    STATE_done,
    OUTCOME_COUNT
};

static const char *const outcome_text[OUTCOME_COUNT] = {
    [MATRIX_done] = "matrices of %s become %s (%u)",
    [MATRIX_instead] = "matrices of %s become %s (%u): their rows are no whole blocks of 256",
    [MATRIX_not_whole] = "matrices of %s cannot become %s (%u): their rows are no whole blocks",
    [MATRIX_not_packed] = "matrices of %s cannot become %s (%u): not only products read them",
    [MATRIX_scored] = "matrices of %s do not become %s (%u): a route chooses by what they make",
    [STATE_done] = "states of %s become %s (%u)",
};

/* Nodes of one outcome, by their old and new type. */
struct group {
    hir_id first;
    uint32_t count;
};

struct choosing {
    const struct type_choice *choice;
    enum dtype *chosen; /* by node; DTYPE_none: stays */
    struct group groups[OUTCOME_COUNT][DTYPE_COUNT][DTYPE_COUNT];
};

static bool is_done(enum outcome outcome)
{
    return outcome == MATRIX_done || outcome == MATRIX_instead || outcome == STATE_done;
}

static void add_to(struct choosing *c, enum outcome outcome, enum dtype from, enum dtype to,
                   hir_id id)
{
    struct group *group = &c->groups[outcome][from][to];

    group->first = group->count++ == 0 ? id : group->first;
    if (is_done(outcome))
        c->chosen[id] = to;
}

/* By node: how often a product or an embedding reads it as its matrix, or as half of it. */
static uint32_t *count_packed_reads(const struct hir_graph *g)
{
    uint32_t *reads = arena_new(g->arena, uint32_t, g->node_count);

    for (hir_id id = g->node_count - 1; id > 0; id--) /* readers stand after what they read */
        for (uint32_t i = 0; i < hir_at(g, id)->operand_count; i++)
            reads[hir_operand(g, id, i)] +=
                match_reads_packed(g, id, i) || (match_is(g, id, HIR_interleave) && reads[id] != 0);
    return reads;
}

/* By node: only what stands under a pack reads it. */
static bool *find_parts(const struct hir_graph *g)
{
    bool *parts = arena_new(g->arena, bool, g->node_count);
    uint32_t *inside = arena_new(g->arena, uint32_t, g->node_count); /* readers that count */

    for (hir_id id = g->node_count - 1; id > 0; id--) {
        parts[id] = inside[id] != 0 && inside[id] == hir_at(g, id)->use_count;
        for (uint32_t i = 0; i < hir_at(g, id)->operand_count; i++)
            inside[hir_operand(g, id, i)] += parts[id] || match_is(g, id, HIR_pack);
    }
    return parts;
}

/* By node: the matrix of a product that a route scores. */
static bool *find_scored(const struct hir_graph *g)
{
    bool *scored = arena_new(g->arena, bool, g->node_count);

    for (hir_id id = 1; id < g->node_count; id++)
        if (match_product(g, id) && match_is_scored(g, id))
            scored[hir_operand(g, id, 1)] = true;
    return scored;
}

static void choose_matrix(struct choosing *c, const struct hir_graph *g, hir_id id, bool packed,
                          bool scored)
{
    enum dtype now = (enum dtype)hir_at(g, id)->dtype;
    enum dtype wanted = type_wanted(c->choice, str_text(g->strings, hir_at(g, id)->name), now);
    enum dtype fitting = type_in_place_of(wanted, hir_width(g, id));

    if (fitting != now)
        add_to(c,
               !packed                                      ? MATRIX_not_packed
               : scored                                     ? MATRIX_scored
               : !type_fits_rows(fitting, hir_width(g, id)) ? MATRIX_not_whole
               : fitting != wanted                          ? MATRIX_instead
                                                            : MATRIX_done,
               now, fitting, id);
}

static void choose_state(struct choosing *c, const struct hir_graph *g, hir_id id)
{
    enum dtype now = (enum dtype)hir_at(g, id)->dtype, wanted = c->choice->kv;

    bool carried = hir_attr(g, id)->state.class == STATE_carried; /* always f32 */

    if (!carried && wanted != DTYPE_none && wanted != now)
        add_to(c, STATE_done, now, wanted, id);
}

static void note_groups(const struct pass_call *call, const struct choosing *c)
{
    for (uint32_t outcome = 0; outcome < OUTCOME_COUNT; outcome++)
        for (uint32_t from = 0; from < DTYPE_COUNT; from++)
            for (uint32_t to = 0; to < DTYPE_COUNT; to++) {
                const struct group *group = &c->groups[outcome][from][to];
                const char *old = dtype_info[from].name, *new = dtype_info[to].name;
                if (group->count == 0)
                    continue;
                (is_done((enum outcome)outcome) ? note_done : note_left)(
                    call, group->first, outcome_text[outcome], old, new, group->count);
            }
}

static hir_id emit(struct pass_call *call, struct hir_rewrite *r, hir_id old)
{
    const struct choosing *c = call->found;
    const struct hir_node *n = hir_at(&r->old, old);
    static const struct hir_attr no_layout = {0};

    hir_id packed = n->op == HIR_pack ? r->translated[hir_operand(&r->old, old, 0)] : 0;

    return hir_declare(r->graph, (enum hir_op)n->op, c->chosen[old], n->shape, NULL,
                       n->op == HIR_state ? hir_attr(&r->old, old) : &no_layout, &packed,
                       n->operand_count);
}

bool pass_choose_type(struct pass_call *call)
{
    struct hir_graph *g = call->graph;
    struct choosing c = {.choice = call->context.types};

    if (c.choice == NULL)
        return true;
    match_begin(g);
    const uint32_t *packed_reads = count_packed_reads(g);
    const bool *parts = find_parts(g), *scored = find_scored(g);
    c.chosen = arena_new(g->arena, enum dtype, g->node_count);
    for (hir_id id = 1; id < g->node_count; id++) {
        if ((match_weight(g, id, 2) || match_weight(g, id, 3)) && !parts[id])
            choose_matrix(&c, g, id, packed_reads[id] == hir_at(g, id)->use_count, scored[id]);
        if (match_is(g, id, HIR_state))
            choose_state(&c, g, id);
        hir_at(g, id)->mark = c.chosen[id] != DTYPE_none;
    }
    note_groups(call, &c);
    rewrite_marked(call, emit, &c);
    return true;
}

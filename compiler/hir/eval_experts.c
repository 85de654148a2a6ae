/* The meaning of mixtures of experts. In: values of the operands; out: the node's.
 *
 * A route chooses by its operands alone, so whoever reads one asks again which experts it chose.
 */
#include "compiler/hir/eval.h"
#include "compiler/hir/rows.h"

#include <math.h>
#include <stdlib.h>

/* ---- the router ---- */

/* softmax, or sigmoid of each. */
static void score(enum score kind, const float *x, uint64_t experts, double *scores)
{
    double max = -INFINITY, sum = 0;

    for (uint64_t i = 0; i < experts; i++)
        max = fmax(max, x[i]);
    for (uint64_t i = 0; i < experts; i++) {
        scores[i] = kind == SCORE_sigmoid ? 1 / (1 + exp(-(double)x[i])) : exp(x[i] - max);
        sum += scores[i];
    }
    for (uint64_t i = 0; i < experts && kind == SCORE_softmax; i++)
        scores[i] /= sum;
}

static float not_nan(float x)
{
    return isnan(x) ? -INFINITY : x;
}

/* What ranks a group: the sum of the keys of its best experts, one or two. */
static float rank_group(const float *keys, uint64_t size, uint32_t best)
{
    float first = -INFINITY, second = -INFINITY;

    for (uint64_t i = 0; i < size; i++) {
        second = fmaxf(second, fminf(first, keys[i]));
        first = fmaxf(first, keys[i]);
    }
    return not_nan(best == 2 ? first + second : first);
}

/* The experts of groups that are not among the best become the least. */
static void leave_groups(const struct hir_attr *attr, uint64_t experts, float *keys)
{
    const uint64_t groups = attr->route.groups, size = groups == 0 ? 0 : experts / groups;
    float *ranks = calloc(groups + 1, sizeof *ranks);

    if (ranks == NULL)
        unreachable("no memory for a router");
    for (uint64_t i = 0; i < groups; i++)
        ranks[i] = rank_group(keys + i * size, size, attr->route.group_best);
    for (uint64_t i = 0; i < groups; i++) {
        uint64_t better = 0;
        for (uint64_t j = 0; j < groups; j++)
            better += ranks[j] > ranks[i] || (ranks[j] == ranks[i] && j < i);
        for (uint64_t k = 0; k < size && better >= attr->route.chosen_groups; k++)
            keys[i * size + k] = -INFINITY;
    }
    free(ranks);
}

/* What ranks the experts: x, which a score does not reorder; where there is a bias, or where keys
 * are added, score + bias. NaN is the least. */
static void rank_by(struct hir_eval *e, hir_id route, const float *x, const double *scores,
                    uint64_t experts, float *keys)
{
    const struct hir_attr *attr = hir_attr(e->graph, route);
    const bool has_bias = hir_at(e->graph, route)->operand_count == 2u + attr->route.scaled;
    const float *bias = has_bias ? eval_operand(e, route, 1) : NULL;
    const bool by_score = bias != NULL || attr->route.group_best == 2;

    for (uint64_t i = 0; i < experts; i++)
        keys[i] = not_nan(by_score ? (float)scores[i] + (bias == NULL ? 0 : bias[i]) : x[i]);
    leave_groups(attr, experts, keys);
}

/* The scores of a row's experts, and which are chosen: the `slots` greatest keys, of equal ones the
 * first, by number. */
static void choose(struct hir_eval *e, hir_id route, uint64_t row, double *scores, uint64_t *chosen)
{
    const struct hir_attr *attr = hir_attr(e->graph, route);
    const uint64_t experts = eval_axis(e, hir_operand(e->graph, route, 0), 1);
    const float *x = eval_operand(e, route, 0) + row * experts;
    float *keys = calloc(experts, sizeof *keys);
    uint64_t count = 0;

    if (keys == NULL)
        unreachable("no memory for a router");
    score((enum score)attr->route.score, x, experts, scores);
    rank_by(e, route, x, scores, experts, keys);
    for (uint64_t i = 0; i < experts; i++) {
        uint64_t better = 0;
        for (uint64_t j = 0; j < experts; j++)
            better += keys[j] > keys[i] || (keys[j] == keys[i] && j < i);
        if (better < attr->route.slots)
            chosen[count++] = i;
    }
    free(keys);
}

struct choice { /* of one row */
    double *scores;
    uint64_t *chosen;
};

static struct choice new_choice(const struct hir_eval *e, hir_id route)
{
    struct choice c = {calloc(eval_axis(e, hir_operand(e->graph, route, 0), 1), sizeof *c.scores),
                       calloc(hir_attr(e->graph, route)->route.slots, sizeof *c.chosen)};

    if (c.scores == NULL || c.chosen == NULL)
        unreachable("no memory for a router");
    return c;
}

static void free_choice(struct choice *c)
{
    free(c->scores);
    free(c->chosen);
}

void eval_route(struct hir_eval *e, hir_id id, float *out)
{
    const struct hir_attr *attr = hir_attr(e->graph, id);
    const uint64_t slots = attr->route.slots;
    const float *scales =
        attr->route.scaled ? eval_operand(e, id, hir_at(e->graph, id)->operand_count - 1u) : NULL;
    struct choice c = new_choice(e, id);

    for (uint64_t r = 0; r < eval_axis(e, id, 0); r++) {
        double sum = attr->route.epsilon;
        choose(e, id, r, c.scores, c.chosen);
        for (uint64_t s = 0; s < slots; s++)
            sum += c.scores[c.chosen[s]];
        for (uint64_t s = 0; s < slots; s++)
            out[r * slots + s] =
                (float)(c.scores[c.chosen[s]] * (attr->route.normalized ? 1 / sum : 1) *
                        attr->route.scale * (scales == NULL ? 1 : scales[c.chosen[s]]));
    }
    free_choice(&c);
}

/* ---- products ---- */

/* x with row n of a matrix of the stack. */
static float product(struct hir_eval *e, hir_id stack, uint64_t expert, uint64_t n, const float *x)
{
    const uint64_t width = eval_axis(e, stack, 2);
    const float *weights = eval_weight_row(e, stack, expert) + n * width;
    double sum = 0;

    for (uint64_t i = 0; i < width; i++)
        sum += (double)x[i] * weights[i];
    return (float)sum;
}

/* Row after row of the result: those of the pairs (row, slot), or with a mix of the rows. `bias`: 0
 * where the product has none. */
static void multiply(struct hir_eval *e, hir_id id, hir_id stack, hir_id bias, float *out)
{
    hir_id x = hir_operand(e->graph, id, 0), route = hir_operand(e->graph, id, 2);
    const bool mixes = hir_at(e->graph, id)->op == HIR_expert_mix;
    const uint64_t slots = eval_axis(e, route, 1), width = eval_axis(e, x, 1);
    const uint64_t columns = eval_axis(e, stack, 1);
    const float *weights = eval_value(e, route), *values = eval_value(e, x);
    struct choice c = new_choice(e, route);

    for (uint64_t r = 0; r < eval_axis(e, route, 0); r++) {
        choose(e, route, r, c.scores, c.chosen);
        for (uint64_t n = 0; n < columns; n++) {
            double sum = 0;
            for (uint64_t s = 0; s < slots; s++) {
                uint64_t pair = r * slots + s;
                float y = product(e, stack, c.chosen[s], n, values + (mixes ? pair : r) * width);
                if (bias != 0)
                    y += eval_weight_row(e, bias, c.chosen[s])[n];
                if (!mixes)
                    out[pair * columns + n] = y;
                sum += (double)weights[pair] * y;
            }
            if (mixes)
                out[r * columns + n] = (float)sum;
        }
    }
    free_choice(&c);
}

void eval_experts(struct hir_eval *e, hir_id id, float *out)
{
    hir_id weights = hir_operand(e->graph, id, 1);
    const bool two = hir_is_gated(e->graph, id);
    const uint32_t biases = hir_expert_biases(e->graph, id);
    hir_id bias[2] = {biases > 0 ? hir_operand(e->graph, id, 3) : 0,
                      biases > 1 ? hir_operand(e->graph, id, 4) : 0};
    const uint64_t elements = eval_elements(e, id);

    if (elements == 0)
        return;
    float *up = two ? calloc(elements, sizeof *up) : NULL;
    if (two && up == NULL)
        unreachable("no memory for a product");
    multiply(e, id, two ? hir_operand(e->graph, weights, 0) : weights, bias[0], out);
    if (two)
        multiply(e, id, hir_operand(e->graph, weights, 1), bias[1], up);
    eval_finish(e, id, (float *const[]){out, up}, two ? 2 : 1, out);
    free(up);
}

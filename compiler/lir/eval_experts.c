/* The router of a mixture of experts in plain loops, as kernel_kinds.def says: which experts each row
 * has, and which rows each expert. Products by expert are in eval_matmul.c.
 */
#include "compiler/lir/eval.h"

#include <math.h>

/* The scores of a row, in f32. */
static void score(const struct kernel_route *k, const float *x, float *scores)
{
    float max = -INFINITY, sum = 0;

    for (uint32_t i = 0; i < k->experts; i++)
        max = fmaxf(max, x[i]);
    for (uint32_t i = 0; i < k->experts; i++) {
        scores[i] = k->sigmoid ? 1 / (1 + expf(-x[i])) : expf(x[i] - max);
        sum += scores[i];
    }
    for (uint32_t i = 0; i < k->experts && !k->sigmoid; i++)
        scores[i] /= sum;
}

static float not_nan(float x)
{
    return isnan(x) ? -INFINITY : x;
}

static float rank_group(const struct kernel_route *k, const float *keys)
{
    float first = -INFINITY, second = -INFINITY;

    for (uint32_t i = 0; i < k->experts / k->groups; i++) {
        second = fmaxf(second, fminf(first, keys[i]));
        first = fmaxf(first, keys[i]);
    }
    return not_nan(k->group_best == 2 ? first + second : first);
}

/* The experts of groups that are not among the best count as -infinity. */
static void leave_groups(const struct kernel_route *k, float *keys, float *ranks)
{
    const uint32_t size = k->groups == 0 ? 0 : k->experts / k->groups;

    for (uint32_t i = 0; i < k->groups; i++)
        ranks[i] = rank_group(k, keys + i * size);
    for (uint32_t i = 0; i < k->groups; i++) {
        uint32_t before = 0;
        for (uint32_t j = 0; j < k->groups; j++)
            before += ranks[j] > ranks[i] || (ranks[j] == ranks[i] && j < i);
        for (uint32_t j = 0; j < size && before >= k->chosen_groups; j++)
            keys[i * size + j] = -INFINITY;
    }
}

/* Whether so few experts stand before expert i that it is chosen. */
static bool is_chosen(const struct kernel_route *k, const float *keys, uint32_t i)
{
    uint32_t before = 0;

    for (uint32_t j = 0; j < k->experts; j++)
        before += keys[j] > keys[i] || (keys[j] == keys[i] && j < i);
    return before < k->slots;
}

static void weigh(const struct kernel_route *k, const float *scores, const uint32_t *chosen,
                  const float *scales, float *out)
{
    float sum = 0;

    for (uint32_t s = 0; s < k->slots; s++)
        sum += scores[chosen[s]];
    for (uint32_t s = 0; s < k->slots; s++)
        out[s] =
            (k->normalized ? scores[chosen[s]] / (sum + k->epsilon) : scores[chosen[s]]) * k->scale;
    for (uint32_t s = 0; s < k->slots && scales != NULL; s++)
        out[s] *= scales[chosen[s]];
}

void lir_run_route(const struct call *c)
{
    const struct kernel_route *k = &c->kernel->route;
    const float *bias = (const float *)(const void *)c->args[ROUTE_bias];
    struct arena scratch = {0};
    float *scores = arena_new(&scratch, float, k->experts);
    float *keys = arena_new(&scratch, float, k->experts);
    float *ranks = arena_new(&scratch, float, k->groups);
    const bool by_score = bias != NULL || k->group_best == 2;
    uint32_t *chosen = (uint32_t *)(void *)c->args[ROUTE_chosen];

    for (uint64_t r = 0; r < c->rows; r++, chosen += k->slots) {
        const float *x = row_at(c, ROUTE_x, r);
        uint32_t count = 0;
        score(k, x, scores);
        for (uint32_t i = 0; i < k->experts; i++)
            keys[i] = not_nan(by_score ? scores[i] + (bias == NULL ? 0 : bias[i]) : x[i]);
        leave_groups(k, keys, ranks);
        for (uint32_t i = 0; i < k->experts; i++)
            if (is_chosen(k, keys, i))
                chosen[count++] = i;
        weigh(k, scores, chosen, (const float *)(const void *)c->args[ROUTE_scales],
              row_at(c, ROUTE_out, r));
    }
    arena_free(&scratch);
}

void lir_run_sort(const struct call *c)
{
    const struct kernel_sort *k = &c->kernel->sort;
    const uint32_t *chosen = (const uint32_t *)(const void *)c->args[SORT_chosen];
    const uint64_t count = c->rows * k->slots;
    uint32_t *order = (uint32_t *)(void *)c->args[SORT_order];
    uint32_t *first = order + 1 + k->experts, *pairs = first + k->experts + 1, placed = 0;

    order[0] = 0;
    for (uint32_t e = 0; e < k->experts; e++) {
        uint32_t begin = placed;
        for (uint32_t p = 0; p < count; p++)
            if (chosen[p] == e)
                pairs[placed++] = p;
        if (placed == begin)
            continue;
        order[1 + order[0]] = e;
        first[order[0]++] = begin;
    }
    first[order[0]] = placed;
}

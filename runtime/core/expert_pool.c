/* Which experts stay in fast memory. Contract: expert_pool.h. */
#include "runtime/core/expert_pool.h"

#include <stdlib.h>
#include <string.h>

bool expert_pool_open(struct expert_pool *pool, uint32_t experts, uint64_t budget)
{
    const uint32_t kept = budget < experts ? (uint32_t)budget : experts;
    *pool = (struct expert_pool){.experts = experts,
                                 .budget = kept,
                                 .resident = calloc(experts, sizeof *pool->resident),
                                 .target = calloc(experts, sizeof *pool->target)};
    if (pool->resident == NULL || pool->target == NULL) {
        expert_pool_close(pool);
        return false;
    }
    memset(pool->resident, true, kept * sizeof *pool->resident);
    return true;
}

void expert_pool_close(struct expert_pool *pool)
{
    free(pool->resident);
    free(pool->target);
    *pool = (struct expert_pool){0};
}

bool expert_pool_is_off(const struct expert_pool *pool)
{
    return pool->budget >= pool->experts;
}

uint64_t expert_budget(uint64_t memory, uint64_t expert_bytes, uint32_t layers)
{
    return expert_bytes == 0 || layers == 0 ? UINT64_MAX : memory / layers / expert_bytes;
}

static bool decides(const struct expert_pool *pool, const struct expert_rule *rule, uint64_t step,
                    bool is_prompt)
{
    if (expert_pool_is_off(pool))
        return false;
    if (rule->mode == EXPERT_REFRESH || is_prompt || rule->policy == EXPERT_EVERY_FORWARD)
        return true;
    return step % (rule->steps != 0 ? rule->steps : 1) == 0;
}

/* Slow and plain: a pool has some hundred experts, and few of them have hits. */
static void find_targets(struct expert_pool *pool, const uint64_t *hits)
{
    memset(pool->target, false, pool->experts * sizeof *pool->target);
    for (uint32_t found = 0; found < pool->budget; found++) {
        uint32_t best = pool->experts;
        for (uint32_t e = 0; e < pool->experts; e++)
            if (!pool->target[e] && hits[e] != 0 && (best == pool->experts || hits[e] > hits[best]))
                best = e;
        if (best == pool->experts)
            return;
        pool->target[best] = true;
    }
}

static void take_hits(struct expert_pool *pool, const uint64_t *hits, uint32_t number,
                      expert_move_fn move, void *context)
{
    uint32_t out = 0;
    find_targets(pool, hits);
    pool->refreshes++;
    for (uint32_t e = 0; e < pool->experts; e++) {
        if (!pool->target[e] || pool->resident[e])
            continue;
        while (!pool->resident[out] || pool->target[out])
            out++; /* one is there: residents are as many as the budget, and targets at most */
        pool->resident[out] = false;
        pool->resident[e] = true;
        pool->promotions++;
        pool->demotions++;
        if (move == NULL)
            continue;
        move(context, number, out, false);
        move(context, number, e, true);
    }
}

bool expert_pools_refresh(struct expert_pool *pools, size_t pool_count, const uint64_t *const *hits,
                          size_t hits_count, const struct expert_rule *rule, uint64_t step,
                          bool is_prompt, expert_move_fn move, void *context)
{
    const size_t count = pool_count < hits_count ? pool_count : hits_count;
    if (count == 0 || !decides(&pools[0], rule, step, is_prompt))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!expert_pool_is_off(&pools[i]))
            take_hits(&pools[i], hits[i], (uint32_t)i, move, context);
    return true;
}

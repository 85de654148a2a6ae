/* The rule of expert pools: which experts of a mixture stay in fast memory. In: how often each expert
 * was chosen since the last time; out: which ones move in and out. Where an expert lives changes no
 * number that a model computes. */
#ifndef RLX_RUNTIME_EXPERT_POOL_H
#define RLX_RUNTIME_EXPERT_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum expert_mode { EXPERT_REUSE, EXPERT_REFRESH };
enum expert_policy { EXPERT_EVERY_FORWARD, EXPERT_EVERY_STEPS };

struct expert_rule {
    enum expert_mode mode;     /* refresh: at every chance */
    enum expert_policy policy; /* of reuse */
    uint32_t steps;            /* of EXPERT_EVERY_STEPS; 0 counts as 1 */
};

/* The pool of one layer. Off while its budget has room for all experts. */
struct expert_pool {
    uint32_t experts, budget;
    bool *resident, *target; /* [experts] */
    uint64_t refreshes, promotions, demotions;
};

/* What moves: true into fast memory, false out of it. May be NULL. */
typedef void (*expert_move_fn)(void *context, uint32_t pool, uint32_t expert, bool in);

/* Experts 0 to budget - 1 are resident at first; a greater budget is taken as all. False: no memory. */
bool expert_pool_open(struct expert_pool *pool, uint32_t experts, uint64_t budget);
void expert_pool_close(struct expert_pool *pool);
bool expert_pool_is_off(const struct expert_pool *pool);

/* How many experts of each layer fit: memory / (bytes of an expert * layers). */
uint64_t expert_budget(uint64_t memory, uint64_t expert_bytes, uint32_t layers);

/* `hits`: by pool, the times that each of its experts was chosen. The first pool alone decides; if it
 * says no, or there is none, nothing changes and the answer is false. Else each pool takes its hits:
 * up to `budget` experts with the most hits, at least one, of equal ones the lower number, are
 * wanted; those that are not resident move in, and as many residents that are not wanted move out. */
bool expert_pools_refresh(struct expert_pool *pools, size_t pool_count, const uint64_t *const *hits,
                          size_t hits_count, const struct expert_rule *rule, uint64_t step,
                          bool is_prompt, expert_move_fn move, void *context);

#endif

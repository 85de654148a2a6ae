/* Computes the digest of a KV cache. Contract: digest.h. The text of the graph names every
 * operation with its constants, every state and every weight with its type and layout, but no level
 * and no variant. Its first line names the model and is left out. */
#include "compiler/pack/digest.h"

#include "compiler/base/hash.h"

#include <string.h>

/* Raise this when the same graph comes to compute other rows of a KV cache, or to store them in
 * another form that the element does not show. */
enum { KV_REVISION = 1 };

/* A sum, because the order of the weights follows the first variant. */
static uint64_t digest_weights(const struct weight_plan *plan, const uint64_t *digests)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < plan->weight_count; i++)
        sum +=
            XXH3_64bits_withSeed(plan->weights[i].name, strlen(plan->weights[i].name), digests[i]);
    return sum;
}

uint64_t kv_digest(const struct artifact *a, const struct weight_plan *plan,
                   const uint64_t *weight_digests)
{
    struct text text = {.arena = a->arena};

    hir_text(a->graph, &text);
    const char *nodes = memchr(text.data, '\n', text.bytes);
    assert(nodes != NULL);
    uint64_t graph = XXH3_64bits(nodes, text.bytes - (size_t)(nodes - text.data));
    const char *facts =
        arena_printf(a->arena, "%d %s%s %016llx %016llx", KV_REVISION, numerics_name(a),
                     a->left_out != NULL ? a->left_out : "", (unsigned long long)graph,
                     (unsigned long long)digest_weights(plan, weight_digests));
    return XXH3_64bits(facts, strlen(facts));
}

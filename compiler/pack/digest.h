/* The digest of what determines a KV cache. In: the compiled graph, its packed weights and the
 * arithmetic. Out: a number that saved sessions carry (rlx/state_format.h). */
#ifndef RLXC_DIGEST_H
#define RLXC_DIGEST_H

#include "compiler/pack/artifact.h"

/* Equal for artifacts whose KV caches mean the same, whatever the names of model and file, the
 * levels and the variants. `weight_digests` are those of the packed weights, in the order of the
 * plan. */
uint64_t kv_digest(const struct artifact *a, const struct weight_plan *plan,
                   const uint64_t *weight_digests);

#endif

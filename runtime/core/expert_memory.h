/* Expert pools of a device that reads weights where the file is mapped. In: the steps of a model, and
 * which experts a run chose; out: advice to the system, which slices of the mapping to keep. Nothing
 * that is computed depends on it. */
#ifndef RLX_RUNTIME_EXPERT_MEMORY_H
#define RLX_RUNTIME_EXPERT_MEMORY_H

#include "runtime/core/model.h"

/* The name of the model. */
#define EXPERT_MEMORY_NO_MIXTURES "%s: expert memory: the model has no mixtures of experts"

struct expert_memory;

/* Pools for at most `bytes` of experts; *out is NULL where the level has no mixtures. For
 * RLX_EXPERT_MEMORY_AUTO, what is free less the model's other weights and `states` bytes. */
rlx_status expert_memory_open(const rlx_model *model, const struct rlx_level *level, uint64_t bytes,
                              uint64_t states, struct expert_memory **out, rlx_error *error);
void expert_memory_close(struct expert_memory *m); /* may be NULL */
/* A step is about to run, by number in STEPS; its arguments are there. One thread calls it. Before the
 * first product of a mixture, those of the chosen experts that are missing are asked for, and settle who
 * stays: others leave, and experts that are read without a place in the pool leave slice by slice. */
void expert_memory_see(struct expert_memory *m, uint32_t step, void *const *args);
/* Whether other threads must not begin this step before that: what they miss would come page by page. */
bool expert_memory_waits(const struct expert_memory *m, uint32_t step);
/* A run is over. */
void expert_memory_leave(struct expert_memory *m);
void expert_memory_counts(const struct expert_memory *m, rlx_expert_counts *out);

#endif

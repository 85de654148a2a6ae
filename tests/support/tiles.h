/* The tile that a target chooses for a kernel which has all but its tile. */
#ifndef RLX_TESTS_TILES_H
#define RLX_TESTS_TILES_H

#include "compiler/lir/target.h"

static inline void choose_kernel_tile(const struct target *target, uint32_t level, uint64_t rows,
                                      struct lir_kernel *k)
{
    const struct tile_request request = {.what = k->kind == KERNEL_attention ? TILED_attention
                                                                             : TILED_product,
                                         .rows = rows,
                                         .act = (enum act)k->act,
                                         .layout = (enum layout)k->layout,
                                         .gated = k->gated != 0,
                                         .n = k->n,
                                         .k = k->k,
                                         .heads = k->heads,
                                         .kv_heads = k->kv_heads,
                                         .head_dim = k->head_dim,
                                         .batched = k->batched != 0,
                                         .partial = k->partial != 0};
    const struct tile_choice choice = target->choose_tile(level, &request);

    k->tile_groups = choice.groups;
    k->tile_tokens = choice.rows;
    k->staged = choice.staged;
}

#endif

/* Kernels made by hand: the tile that a target chooses for a kernel which has all but its tile, and
 * the arguments that a kernel must have. */
#ifndef RLX_TESTS_TILES_H
#define RLX_TESTS_TILES_H

#include "compiler/lir/arguments.h"
#include "compiler/lir/target.h"

static inline void choose_kernel_tile(const struct target *target, uint32_t level, uint64_t rows,
                                      struct lir_kernel *k)
{
    struct tile_request request = {.rows = rows};

    if (k->kind == KERNEL_attention) {
        const struct kernel_attention *a = &k->attention;
        request.what = TILED_attention;
        request.act = (enum act)a->act;
        request.heads = a->shape.heads;
        request.kv_heads = a->shape.kv_heads;
        request.head_dim = a->shape.head_dim;
        request.batched = lir_has(k, ATTENTION_row_segments);
        request.split_kv = a->shape.split_kv != 0;
        const struct tile_choice tile = target->choose_tile(level, &request);
        k->attention.tile_rows = tile.rows;
        k->attention.matrices = tile.matrices;
        return;
    }
    const struct kernel_matmul *m = &k->matmul;
    request.what = TILED_product;
    request.act = (enum act)m->format.act;
    request.layout = (enum layout)m->layout;
    request.gated = m->gated != 0;
    request.n = m->n;
    request.k = m->k;
    const struct tile_choice choice = target->choose_tile(level, &request);
    k->matmul.tile_groups = choice.groups;
    k->matmul.format.tile_rows = choice.rows;
    k->matmul.staged = choice.staged;
    k->matmul.row_tile = choice.row_tile;
}

/* How many tiles a run of so many rows has. */
static inline uint64_t kernel_tile_count(const struct lir_kernel *k, uint64_t rows)
{
    struct lir_step step;

    kernel_tiles(k, &step);
    return step.tiles * (step.tile_unit == 0 ? 1 : ceil_div(rows, step.tile_unit));
}

/* Makes the arguments present that its fields require; those that are optional stay as they are. */
static inline struct lir_kernel with_arguments(struct lir_kernel k)
{
    for (uint32_t i = 0; i < kernel_kind_info[k.kind].max_arguments; i++)
        if (argument_presence(&k, i) == PRESENCE_required)
            k.present |= 1u << i;
    return k;
}

#endif

/* Parts of the printer of matmul for runs of many rows. Private to its files (k_matmul_tiles*.c).
 *
 * A workgroup has the tile of `height` rows of x and of `groups` row groups of the weight. It brings
 * 32 columns of both, or 64, into shared memory, multiplies them, and goes on:
 *
 *     w_tile [column][slot]      vec4: rows 4 * part .. 4 * part + 3 of a group
 *     x_tile [column][quad]      vec4: rows 4 * quad .. 4 * quad + 3 of the tile
 *
 * (of integers a word of four columns is in the place of a column). A thread has the sums of a quad
 * of x times a part of two groups that follow each other, which are gate and up where gated: each
 * column is one vector of x and two of the weight for 32 products. The first half of the threads
 * brings the weights, the second half x.
 *
 * Neighbours that write different columns would meet in a bank of the shared memory, since columns
 * are 128 or 256 bytes. So slots and quads of a column are permuted by an exclusive or: of columns
 * that are written together each has another one.
 */
#ifndef RLX_TARGETS_VULKAN_MATMUL_TILES_H
#define RLX_TARGETS_VULKAN_MATMUL_TILES_H

#include "targets/vulkan/vulkan.h"

struct vulkan_tiles {
    struct vulkan_shader *shader;
    const struct kernel_matmul *matmul;
    enum layout layout;
    uint32_t height, groups; /* rows of x, row groups */
    uint32_t blocks;         /* of 32 columns, in all */
    uint32_t at_once;        /* blocks that are brought together */
};

/* What stands before main: shared memory, functions, and the order of operations in main:
 *     vec4 sum[4][2], of row 4 * quad + i and of group 2 * pair + j, is 0
 *     for each `block`, a multiple of at_once: bring_weights and bring_rows, barrier, products
 * "octet" counts 8 columns of a block. */
void vulkan_tiles_floats_before(const struct vulkan_tiles *t);
void vulkan_tiles_floats_weights(const struct vulkan_tiles *t);
void vulkan_tiles_floats_rows(const struct vulkan_tiles *t);
void vulkan_tiles_floats_products(const struct vulkan_tiles *t);
void vulkan_tiles_integers_before(const struct vulkan_tiles *t);
void vulkan_tiles_integers_weights(const struct vulkan_tiles *t);
void vulkan_tiles_integers_rows(const struct vulkan_tiles *t);
void vulkan_tiles_integers_products(const struct vulkan_tiles *t);

/* For both: the loop over the octets that a thread brings. It declares octet, g, the part, `slot` of
 * the octet's columns and `group`, the address of the group; of quantized weights `integers`, the
 * address of the block's integers, and unit and in_unit. `block` is an expression. */
void vulkan_tiles_begin_octets(const struct vulkan_tiles *t);
/* Declares "scale" and, where the layout has them, "minimum" of the octet, at the given depth. */
void vulkan_tiles_scales(const struct vulkan_tiles *t, uint32_t depth);
/* "uvec4 first, second": the octet's integers, with their bias. */
void vulkan_tiles_bytes(const struct vulkan_tiles *t, uint32_t depth);
/* Declares a and b, the thread's slots in the columns of octet `octet`. */
void vulkan_tiles_slots(const struct vulkan_tiles *t, uint32_t depth);

#endif

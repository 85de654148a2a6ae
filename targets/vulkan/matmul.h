/* Parts of the printer of matmul. Private to its files. */
#ifndef RLX_TARGETS_VULKAN_MATMUL_H
#define RLX_TARGETS_VULKAN_MATMUL_H

#include "targets/vulkan/vulkan.h"

#include <string.h>

enum {
    VULKAN_PARTS = 4,  /* of a row group: four rows each */
    VULKAN_OCTETS = 4, /* of a block: eight columns each */
};

struct vulkan_matmul {
    struct vulkan_shader *shader;
    uint32_t groups, rows; /* of the weight, of x: at a time */
    uint32_t slices;       /* of the columns; each has VULKAN_PARTS threads */
    bool normed;           /* x is normed here */
    const char *end;       /* behind the last row, or the last one of an expert's list */
};

static inline enum layout vulkan_matmul_layout(const struct vulkan_matmul *m)
{
    return (enum layout)m->shader->kernel->matmul.layout;
}

/* What stands before main, and inside the loop over blocks, which adds block `block` of the groups
 * group_G, times rows row_R of x, to vec4 sum_R_G, whose components are rows 4 * part .. 4 * part + 3
 * of the group. Of f32, the row begins at the address x_R; where normed, the squares of the thread's
 * columns are added to vec4 squares_R. */
void vulkan_matmul_floats_functions(const struct vulkan_matmul *m);
void vulkan_matmul_floats_block(const struct vulkan_matmul *m);
void vulkan_matmul_integers_functions(const struct vulkan_matmul *m);
void vulkan_matmul_integers_block(const struct vulkan_matmul *m);

/* ---- stored_norms.c: the norms of what a product made ---- */

/* Bytes of shared memory that it takes. */
uint32_t vulkan_matmul_norm_shared(const struct vulkan_matmul *m);
/* After the rows of a tile are stored: the last tile norms them. `tiles`: of a row tile. */
void vulkan_matmul_norm(const struct vulkan_matmul *m, uint32_t tiles);

/* ---- k_matmul_weights.c: quantized weights, for both ---- */

/* Before the loop over blocks: what several blocks share. */
void vulkan_matmul_shared(const struct vulkan_matmul *m);
/* Of each group: its unit, integers_G, the address of the block's, and scale_G, or scale_G_0 and
 * scale_G_1 where each 16 columns have one; minimum_G, or minimum_G_0 and minimum_G_1, where there are
 * minimums. */
void vulkan_matmul_scales(const struct vulkan_matmul *m);
/* uvec4 first_G, second_G: the columns of octet i, as weight_bytes has them. */
void vulkan_matmul_bytes(const struct vulkan_matmul *m, uint32_t i);

#endif

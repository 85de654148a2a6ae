/* Parts of the printer of matmul. Private to its files. */
#ifndef RLX_TARGETS_VULKAN_MATMUL_H
#define RLX_TARGETS_VULKAN_MATMUL_H

#include "targets/vulkan/vulkan.h"

#include <string.h>

enum { VULKAN_PARTS = 4 /* of a row group: four rows each */ };

struct vulkan_matmul {
    struct vulkan_shader *shader;
    uint32_t groups, rows; /* of the weight, of x: at a time */
    uint32_t slices;       /* of the columns; each has VULKAN_PARTS threads */
    bool normed;           /* x is normed here */
};

/* What stands before main, and inside the loop over blocks, which adds the thread's half of block `block`
 * of the groups group_G, times rows row_R of x, to vec4 sum_R_G, whose components are rows 4 * part .. 4 * part + 3
 * of the group. Of f32, the row begins at the address x_R; where normed, the squares of its columns are
 * added to vec4 squares_R. */
void vulkan_matmul_floats_functions(const struct vulkan_matmul *m);
void vulkan_matmul_floats_block(const struct vulkan_matmul *m);
void vulkan_matmul_integers_functions(const struct vulkan_matmul *m);
void vulkan_matmul_integers_block(const struct vulkan_matmul *m);
/* Of quantized weights, for both: units, scales and integers of each group; and which 8 columns of the
 * block a thread takes in its turns 0 and 1. */
void vulkan_matmul_scales(const struct vulkan_matmul *m);
const char *vulkan_matmul_turn(const struct vulkan_matmul *m);

#endif

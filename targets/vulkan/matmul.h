/* Parts of the printer of matmul. Private to its files. */
#ifndef RLX_TARGETS_VULKAN_MATMUL_H
#define RLX_TARGETS_VULKAN_MATMUL_H

#include "targets/vulkan/vulkan.h"

#include <string.h>

enum { VULKAN_PARTS = 4 /* of a row group: four rows each */ };

struct vulkan_matmul {
    struct vulkan_shader *shader;
    uint32_t groups, rows; /* of the weight, of x: at a time */
    uint32_t slices;       /* threads that share the columns */
};

/* What stands before main, and inside the loop over blocks, which adds block `block` of the groups
 * group_G, times rows row_R of x, to vec4 sum_R_G, whose components are rows 4 * part .. 4 * part + 3
 * of the group. Of f32, the row begins at element x_R of x. */
void vulkan_matmul_floats_functions(const struct vulkan_matmul *m);
void vulkan_matmul_floats_block(const struct vulkan_matmul *m);
void vulkan_matmul_integers_functions(const struct vulkan_matmul *m);
void vulkan_matmul_integers_block(const struct vulkan_matmul *m);
/* The same of quantized weights, for both: units, scales and integers of each group. */
void vulkan_matmul_scales(const struct vulkan_matmul *m);

#endif

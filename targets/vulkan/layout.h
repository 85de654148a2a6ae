/* Parts of vulkan_weight_blocks. Private to the files layout*.c. */
#ifndef RLX_TARGETS_VULKAN_LAYOUT_H
#define RLX_TARGETS_VULKAN_LAYOUT_H

#include "targets/vulkan/vulkan.h"

/* Print before main what vulkan.h says of weight_scales and weight_four_scales, and of weight_bytes and
 * what it shares. */
void vulkan_scales_functions(struct vulkan_shader *s, enum layout layout);
void vulkan_bytes_functions(struct vulkan_shader *s, enum layout layout);

#endif

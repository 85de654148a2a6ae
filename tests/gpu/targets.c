/* The targets of the programs that test GPUs: without that of CPUs, whose code generator would make
 * each of them a hundred megabytes larger. */
#include "compiler/lir/target.h"

extern const struct target target_vulkan, target_c;

const struct target *const target_list[] = {&target_vulkan, &target_c, NULL};

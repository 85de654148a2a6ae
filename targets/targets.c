/* The targets of this build, in order of preference. */
#include "compiler/lir/target.h"

extern const struct target target_cpu, target_vulkan, target_c;

const struct target *const target_list[] = {&target_cpu, &target_vulkan, &target_c, NULL};

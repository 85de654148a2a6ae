/* The devices of programs that may open the system's Vulkan loader. Contract: runtime/core/device.h.
 */
#include "runtime/core/device_cpu.h"
#include "runtime/vulkan/device_vulkan.h"

#include <stddef.h>

const struct device_ops *const device_list[] = {&device_cpu, &device_vulkan, NULL};

/* The devices of programs that run artifacts with machine code. Contract: device.h. */
#include "runtime/core/device_cpu.h"

#include <stddef.h>

const struct device_ops *const device_list[] = {&device_cpu, NULL};

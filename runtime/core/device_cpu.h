/* The CPU device: runs steps of variants on the threads of a pool. */
#ifndef RLX_RUNTIME_DEVICE_CPU_H
#define RLX_RUNTIME_DEVICE_CPU_H

#include "runtime/core/device.h"

extern const struct device_ops device_cpu;

#endif

/* The Vulkan device: runs the steps of variants as compute shaders. */
#ifndef RLX_RUNTIME_DEVICE_VULKAN_H
#define RLX_RUNTIME_DEVICE_VULKAN_H

#include "runtime/core/device.h"

extern const struct device_ops device_vulkan;

#endif

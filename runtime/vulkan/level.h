/* Which level of a model a Vulkan device runs. In: the levels of an artifact, and what the device has.
 * Out: a level of the target "vulkan". */
#ifndef RLX_RUNTIME_VULKAN_LEVEL_H
#define RLX_RUNTIME_VULKAN_LEVEL_H

#include "runtime/base/artifact_check.h"
#include "runtime/vulkan/vulkan_api.h"

/* Of the levels whose features the device has, the one with the fewest in software, and of these the
 * one with the most features, because each feature makes code faster where it is an instruction of
 * the device, or says what the device is. Where the device lacks something for each of them, the
 * nearest one: of facts that are all zero, the level that needs least. RLX_VULKAN_LEVEL in the
 * environment names another one, for tests. NULL and RLX_OK if the artifact has no levels at all. `name` is that of the file, for
 * errors. */
rlx_status vulkan_choose_level(const struct artifact *a, const char *name,
                               const struct vulkan_facts *facts, const struct rlx_level **level,
                               rlx_error *error);

/* Of the features that a level asks for, those without which the device cannot run it. */
uint64_t vulkan_lacks(const struct vulkan_facts *facts, uint64_t features);

#endif

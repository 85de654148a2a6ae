/* Chooses the level of code for a Vulkan device, or says why there is none. Contract: level.h. */
#include "runtime/vulkan/level.h"

#include "runtime/base/error.h"

#include <rlx/shader.h>
#include <stdlib.h>
#include <string.h>

/* Whether a device that has `f` runs level l better than level m; levels that it cannot run come
 * last, those first that lack least. */
static bool runs_better(const struct vulkan_facts *f, const struct rlx_level *l,
                        const struct rlx_level *m)
{
    const uint64_t masks[] = {~f->features, f->slow};
    for (size_t i = 0; i < 2; i++) {
        const int of_l = __builtin_popcountll(l->features & masks[i]),
                  of_m = __builtin_popcountll(m->features & masks[i]);
        if (of_l != of_m)
            return of_l < of_m;
    }
    return __builtin_popcountll(l->features) > __builtin_popcountll(m->features);
}

uint64_t vulkan_lacks(const struct vulkan_facts *f, uint64_t features)
{
    return features & ~f->features & ~(uint64_t)RLX_SHADER_SOFTWARE;
}

rlx_status vulkan_choose_level(const struct artifact *a, const char *name,
                               const struct vulkan_facts *f, const struct rlx_level **level,
                               rlx_error *error)
{
    const char *wanted = getenv("RLX_VULKAN_LEVEL");
    bool is_for_vulkan = false;
    if (wanted != NULL && wanted[0] == 0)
        wanted = NULL;
    *level = NULL;
    for (uint32_t i = 0; i < a->levels.count; i++) {
        const struct rlx_level *l = table_at(&a->levels, i);
        if (strcmp(artifact_string(a, l->target), "vulkan") != 0)
            continue;
        is_for_vulkan = true;
        if (wanted != NULL && strcmp(artifact_string(a, l->name), wanted) != 0)
            continue;
        if (*level == NULL || runs_better(f, l, *level))
            *level = l;
    }
    if (*level != NULL || a->levels.count == 0)
        return RLX_OK;
    if (is_for_vulkan)
        return rlx_fail(error, RLX_ERROR_NO_DEVICE,
                        "%s: holds no code for the level '%s', which RLX_VULKAN_LEVEL names", name,
                        wanted);
    return rlx_fail(error, RLX_ERROR_NO_DEVICE,
                    "%s: holds no code for Vulkan; rlxc build --target=vulkan makes it", name);
}

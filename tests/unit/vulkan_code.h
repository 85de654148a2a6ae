/* For tests of the Vulkan target's code: runs its modules on lavapipe, which computes in this
 * process, so that an address of this program is one that a shader can read and write. The
 * validation layers, where they are installed, must have nothing to say.
 */
#ifndef RLX_TESTS_VULKAN_CODE_H
#define RLX_TESTS_VULKAN_CODE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "compiler/lir/target.h"
#include "runtime/vulkan/vulkan_api.h"

extern const struct target target_vulkan;

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define VULKAN_UNDER_SANITIZER 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define VULKAN_UNDER_SANITIZER 1
#endif

/* The number of the device that is a CPU, and the features of all levels that it runs; UINT32_MAX:
 * there is none, and `error` says why. */
static inline uint32_t vulkan_find_lavapipe(uint64_t *features, rlx_error *error)
{
    struct vulkan_instance instance;
    uint32_t found = UINT32_MAX;

    if (vulkan_instance_open(&instance, error) != RLX_OK)
        return UINT32_MAX;
    for (uint32_t i = 0; i < instance.device_count && found == UINT32_MAX; i++) {
        struct vulkan_facts facts;
        vulkan_device_facts(&instance, i, &facts);
        if (facts.type == VK_PHYSICAL_DEVICE_TYPE_CPU)
            found = i;
        for (uint32_t l = 0; l < target_vulkan.level_count && found == i; l++)
            if ((target_vulkan.levels[l].features & ~facts.features) == 0)
                *features |= target_vulkan.levels[l].features;
    }
    if (found == UINT32_MAX)
        rlx_fail(error, RLX_ERROR_NO_DEVICE, "none of the Vulkan devices is lavapipe");
    vulkan_instance_close(&instance);
    return found;
}

/* What the drivers and layers do, a sanitizer would report. */
static inline bool vulkan_may_run(rlx_error *error)
{
#ifdef VULKAN_UNDER_SANITIZER
    rlx_fail(error, RLX_ERROR_NO_DEVICE, "not in builds with sanitizers");
    return false;
#else
    (void)error;
    return true;
#endif
}

/* The device of all tests, open until the program ends; NULL: there is none here, as it says. */
static inline struct vulkan *vulkan_device(void)
{
    static struct vulkan device;
    static bool tried, is_open;
    uint64_t features = target_vulkan.levels[0].features;
    rlx_error error = {0};

    if (tried)
        return is_open ? &device : NULL;
    tried = true;
    assert_int_equal(setenv("RLX_VULKAN_VALIDATION", "1", 0), 0);
    assert_int_equal(setenv("GALLIVM_PERF", "nopt", 0),
                     0); /* lavapipe optimizes longer than it runs */
    const uint32_t lavapipe =
        vulkan_may_run(&error) ? vulkan_find_lavapipe(&features, &error) : UINT32_MAX;
    if (lavapipe == UINT32_MAX) {
        print_message("no Vulkan: %s\n", error.text);
        return NULL;
    }
    if (vulkan_open(&device, lavapipe, features, &error) != RLX_OK)
        fail_msg("%s", error.text);
    is_open = true;
    return &device;
}

/* Whether there is a device with these features. */
static inline bool vulkan_has(uint64_t features)
{
    return vulkan_device() != NULL && (features & ~vulkan_device()->facts.features) == 0;
}

struct vulkan_code {
    VkPipeline *pipelines; /* by kernel */
    uint32_t count;
};

static inline void vulkan_code_open(struct vulkan_code *c, struct arena *a,
                                    const struct target_code *code, uint32_t count)
{
    rlx_error error = {0};

    *c = (struct vulkan_code){arena_new(a, VkPipeline, count), count};
    for (uint32_t i = 0; i < count; i++)
        if (code->code_bytes[i] != 0 && /* a tail stands in another module */
            vulkan_pipeline_new(vulkan_device(), code->image + code->entry[i], code->code_bytes[i],
                                "kernel", &c->pipelines[i], &error) != RLX_OK)
            fail_msg("%s", error.text);
}

static inline void vulkan_code_close(struct vulkan_code *c)
{
    for (uint32_t i = 0; i < c->count; i++)
        vulkan_pipeline_free(vulkan_device(), c->pipelines[i]);
    assert_int_equal(vulkan_message_count(), 0);
}

static inline rlx_status vulkan_code_dispatch(struct vulkan *v, VkPipeline pipeline,
                                              const struct rlx_shader_launch *launch,
                                              uint32_t first, uint32_t end, rlx_error *error)
{
    rlx_status status = vulkan_begin(v, error);
    if (status != RLX_OK)
        return status;
    vulkan_barrier(v, v->command);
    v->CmdBindPipeline(v->command, VK_PIPELINE_BIND_POINT_COMPUTE, pipeline);
    v->CmdPushConstants(v->command, v->layout, VK_SHADER_STAGE_COMPUTE_BIT, 0, sizeof *launch,
                        launch);
    v->CmdDispatchBase(v->command, first, 0, 0, end - first, 1, 1);
    return vulkan_end(v, error);
}

/* The tiles first .. end - 1 of a kernel. */
static inline void vulkan_code_run(const struct vulkan_code *c, uint32_t kernel,
                                   const struct rlx_launch *launch, uint64_t first, uint64_t end)
{
    struct rlx_shader_launch constants = {.args = (uintptr_t)launch->args,
                                          .dims = (uintptr_t)launch->dims};
    rlx_error error = {0};

    if (first >= end)
        return;
    memcpy(constants.values, launch->values, sizeof constants.values);
    if (vulkan_code_dispatch(vulkan_device(), c->pipelines[kernel], &constants, (uint32_t)first,
                             (uint32_t)end, &error) != RLX_OK)
        fail_msg("%s", error.text);
}

#endif

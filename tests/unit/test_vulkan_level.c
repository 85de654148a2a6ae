/* The level that a Vulkan device runs: of artifacts with one level and with both, by what the device
 * has and whether it has it in software alone. The levels are the compiler's; no device is asked. */
#include "compiler/lir/target.h"
#include "runtime/base/shader_features.h"
#include "runtime/vulkan/level.h"

#include <rlx/shader.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const struct target target_vulkan;

enum { BASE = 1, DOT = 2, SOFTWARE = 4, BOTH = BASE | DOT, LEVELS = 3 };
enum {
    OLD = RLX_SHADER_STORAGE_8BIT | RLX_SHADER_STORAGE_16BIT | RLX_SHADER_SUBGROUP_QUADS,
    NEW = OLD | RLX_SHADER_FLOAT16 | RLX_SHADER_INTEGER_DOT,
    PROGRAM = NEW | RLX_SHADER_SOFTWARE
};

/* The levels of `which`, in their order or the other way round, after one of another target. */
static void expect_level(struct vulkan_facts facts, uint32_t which, rlx_status status,
                         const char *words)
{
    assert_int_equal(target_vulkan.level_count, LEVELS);
    for (uint32_t turned = 0; turned < 2; turned++) {
        char strings[200] = "cpu\0vulkan";
        struct rlx_level levels[1 + LEVELS] = {{.target = 0, .machine = 62}};
        struct artifact a = {.strings = {.data = (const uint8_t *)strings},
                             .levels = {(const uint8_t *)levels, 1, sizeof levels[0]}};
        const struct rlx_level *found = NULL;
        rlx_error error = {0};
        size_t used = sizeof "cpu\0vulkan";
        for (uint32_t i = 0; i < LEVELS; i++) {
            const uint32_t at = turned ? LEVELS - 1 - i : i;
            const struct target_level *l = &target_vulkan.levels[at];
            if ((which >> at & 1) == 0)
                continue;
            levels[a.levels.count++] =
                (struct rlx_level){.name = (uint32_t)used, .target = 4, .features = l->features};
            used += 1 + (size_t)snprintf(strings + used, sizeof strings - used, "%s", l->name);
        }
        assert_int_equal(vulkan_choose_level(&a, "m.rlx", &facts, &found, &error), status);
        const char *text = found != NULL ? artifact_string(&a, found->name) : error.text;
        if (strcmp(found != NULL ? text : words, words) != 0 || strstr(text, words) == NULL)
            fail_msg("expected '%s', found '%s'", words, text);
    }
}

static void test_devices(void **state)
{
    const struct vulkan_facts old = {.features = OLD}, fast = {.features = NEW},
                              software = {.features = NEW, .slow = RLX_SHADER_INTEGER_DOT};

    (void)state;
    unsetenv("RLX_VULKAN_LEVEL");
    expect_level(fast, BOTH, RLX_OK, "vulkan1.2-dot");
    expect_level(fast, BASE, RLX_OK, "vulkan1.2");
    expect_level(software, BOTH, RLX_OK, "vulkan1.2");
    expect_level(software, DOT, RLX_OK, "vulkan1.2-dot");
    expect_level(old, BOTH, RLX_OK, "vulkan1.2");
    expect_level(old, BASE, RLX_OK, "vulkan1.2");
}

/* A device in software takes what is made for it, and anything else where that is absent. Others take
 * it where there is nothing else. */
static void test_software(void **state)
{
    const struct vulkan_facts program = {.features = PROGRAM, .slow = RLX_SHADER_INTEGER_DOT},
                              fast = {.features = NEW}, old = {.features = OLD};

    (void)state;
    unsetenv("RLX_VULKAN_LEVEL");
    expect_level(program, BOTH | SOFTWARE, RLX_OK, "vulkan1.2-software");
    expect_level(program, BOTH, RLX_OK, "vulkan1.2");
    expect_level(program, DOT | SOFTWARE, RLX_OK, "vulkan1.2-software");
    expect_level(fast, BOTH | SOFTWARE, RLX_OK, "vulkan1.2-dot");
    expect_level(fast, BASE | SOFTWARE, RLX_OK, "vulkan1.2");
    expect_level(old, BOTH | SOFTWARE, RLX_OK, "vulkan1.2");
    expect_level(fast, SOFTWARE, RLX_OK, "vulkan1.2-software");
    assert_int_equal(vulkan_lacks(&fast, target_vulkan.levels[2].features), 0);
    assert_int_equal(vulkan_lacks(&old, target_vulkan.levels[1].features), RLX_SHADER_INTEGER_DOT);
}

/* The device's own refusal says what it lacks. */
static void test_lacking(void **state)
{
    const struct vulkan_facts none = {.features = 0}, old = {.features = OLD};

    (void)state;
    unsetenv("RLX_VULKAN_LEVEL");
    expect_level(none, BOTH, RLX_OK, "vulkan1.2");
    expect_level(old, DOT, RLX_OK, "vulkan1.2-dot");
    expect_level(old, 0, RLX_ERROR_NO_DEVICE, "holds no code for Vulkan");
}

static void test_named(void **state)
{
    const struct vulkan_facts software = {.features = NEW, .slow = RLX_SHADER_INTEGER_DOT};

    (void)state;
    setenv("RLX_VULKAN_LEVEL", "vulkan1.2-dot", 1);
    expect_level(software, BOTH, RLX_OK, "vulkan1.2-dot");
    expect_level(software, BASE, RLX_ERROR_NO_DEVICE, "no code for the level 'vulkan1.2-dot'");
    setenv("RLX_VULKAN_LEVEL", "", 1);
    expect_level(software, BOTH, RLX_OK, "vulkan1.2");
    unsetenv("RLX_VULKAN_LEVEL");
}

static void test_names(void **state)
{
    char text[200];

    (void)state;
    assert_string_equal(shader_feature_name(3), "integer-dot");
    assert_string_equal(shader_feature_name(5), "software");
    assert_null(shader_feature_name(6));
    shader_feature_names(NEW, RLX_SHADER_INTEGER_DOT, text, sizeof text);
    assert_string_equal(
        text, "storage-8bit, storage-16bit, float16, integer-dot (in software), subgroup-quads");
    shader_feature_names(RLX_SHADER_FLOAT16 | (uint64_t)1 << 40, 0, text, sizeof text);
    assert_string_equal(text, "float16, features unknown to this version");
    shader_feature_names(0, 0, text, sizeof text);
    assert_string_equal(text, "");
}

/* A level that has no feature more would never be chosen, or always. */
static void test_levels_of_the_target(void **state)
{
    const struct target_level *l = target_vulkan.levels;

    (void)state;
    assert_int_equal(l[0].features, OLD);
    assert_int_equal(l[1].features, OLD | RLX_SHADER_INTEGER_DOT);
    assert_true(!l[0].traits.integer_prompts && l[1].traits.integer_prompts);
    assert_int_equal(l[2].features, OLD | RLX_SHADER_SOFTWARE);
    assert_false(l[2].traits.integer_prompts);
    for (uint32_t i = 0; i < LEVELS; i++)
        assert_string_equal(l[i].traits.modules, "vulkan");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_devices), cmocka_unit_test(test_software),
        cmocka_unit_test(test_lacking), cmocka_unit_test(test_named),
        cmocka_unit_test(test_names),   cmocka_unit_test(test_levels_of_the_target),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

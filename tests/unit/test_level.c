/* The choice of the code level: every kind of machine, artifacts with one level and with all. The
 * levels are the compiler's. */
#include "compiler/lir/target.h"
#include "runtime/base/cpu.h"
#include "runtime/core/level.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <elf.h>
#include <stdio.h>
#include <string.h>

enum { LEVELS = 3, V3 = 1, V4 = 2, AMX = 4, ALL = V3 | V4 | AMX };

enum {
    HASWELL = RLX_CPU_AVX2 | RLX_CPU_FMA | RLX_CPU_F16C | RLX_CPU_BMI2,
    SKYLAKE = HASWELL | RLX_CPU_AVX512F | RLX_CPU_AVX512BW | RLX_CPU_AVX512DQ | RLX_CPU_AVX512VL |
              RLX_CPU_AVX512CD,
    ZEN4 = SKYLAKE | RLX_CPU_AVX512VNNI | RLX_CPU_AVX512BF16,
    SAPPHIRE_RAPIDS = ZEN4 | RLX_CPU_AMX_TILE | RLX_CPU_AMX_INT8 | RLX_CPU_AMX_BF16,
};

/* The levels of `which`, in their order or the other way round. */
static void expect_permitted(uint64_t have, uint64_t refused, uint32_t which, rlx_status status,
                             const char *words)
{
    const struct target *target = target_list[0];
    char strings[200] = "cpu";
    struct rlx_level levels[LEVELS];

    assert_int_equal(target->level_count, LEVELS);
    for (uint32_t turned = 0; turned < 2; turned++) {
        struct artifact a = {.strings = {.data = (const uint8_t *)strings}};
        const struct rlx_level *found;
        rlx_error error = {0};
        size_t used = 4;
        for (uint32_t i = 0; i < LEVELS; i++) {
            uint32_t index = turned ? LEVELS - 1 - i : i;
            if ((which >> index & 1) == 0)
                continue;
            levels[a.levels.count++] =
                (struct rlx_level){.name = (uint32_t)used,
                                   .machine = target->levels[index].machine,
                                   .features = target->levels[index].features};
            used += 1 + (size_t)snprintf(strings + used, sizeof strings - used, "%s",
                                         target->levels[index].name);
        }
        a.levels.base = (const uint8_t *)levels;
        a.levels.entry_bytes = sizeof levels[0];
        assert_int_equal(artifact_choose_level(&a, "m.rlx", have, refused, &found, &error), status);
        assert_true((found != NULL) == (status == RLX_OK));
        const char *text = found != NULL ? artifact_string(&a, found->name) : error.text;
        if (strstr(text, words) == NULL)
            fail_msg("expected '%s', found '%s'", words, text);
        assert_true(strlen(text) < sizeof error.text - 4); /* a whole sentence */
    }
}

static void expect_level(uint64_t have, uint32_t which, rlx_status status, const char *words)
{
    expect_permitted(have, 0, which, status, words);
}

static void test_machines(void **state)
{
    (void)state;
    const uint64_t newer = ZEN4 | (uint64_t)1 << 50;

    for (uint32_t which = V3; which <= ALL; which += ALL - V3) {
        expect_level(HASWELL, which, RLX_OK, "x86-64-v3");
        expect_level(HASWELL | RLX_CPU_AVX512F, which, RLX_OK, "x86-64-v3");
        expect_level(SKYLAKE, which, RLX_OK, "x86-64-v3");
        expect_level(SKYLAKE | RLX_CPU_AVX512VNNI, which, RLX_OK, "x86-64-v3");
    }
    expect_level(ZEN4, V3, RLX_OK, "x86-64-v3");
    expect_level(ZEN4, ALL, RLX_OK, "x86-64-v4-vnni-bf16");
    expect_level(newer, ALL, RLX_OK, "x86-64-v4-vnni-bf16");
    expect_level(ZEN4, V4, RLX_OK, "x86-64-v4-vnni-bf16");
    expect_level(ZEN4 | RLX_CPU_AMX_TILE, ALL, RLX_OK, "x86-64-v4-vnni-bf16");
    expect_level(SAPPHIRE_RAPIDS, V3 | V4, RLX_OK, "x86-64-v4-vnni-bf16");
    expect_level(SAPPHIRE_RAPIDS, ALL, RLX_OK, "x86-64-v4-amx");
}

/* The bits of features mean something else on another machine. */
static void test_other_machines(void **state)
{
    struct rlx_level other = {.machine = EM_S390, .features = 0};
    struct artifact a = {.strings = {.data = (const uint8_t *)"cpu"},
                         .levels = {(const uint8_t *)&other, 1, sizeof other}};
    const struct rlx_level *found;
    rlx_error error = {0};

    (void)state;
    assert_int_equal(artifact_choose_level(&a, "m.rlx", ZEN4, 0, &found, &error),
                     RLX_ERROR_NO_DEVICE);
    assert_non_null(strstr(error.text, "no code for a CPU of this kind"));
}

/* Code that is source has no machine. Such a level can be looked at, as device_cpu.c says. */
static void test_source(void **state)
{
    struct rlx_level source = {.variant_count = 1};
    struct artifact a = {.strings = {.data = (const uint8_t *)"cpu"},
                         .levels = {(const uint8_t *)&source, 1, sizeof source}};
    const struct rlx_level *found;
    rlx_error error = {0};

    (void)state;
    assert_int_equal(artifact_choose_level(&a, "weights.bin", ZEN4, 0, &found, &error), RLX_OK);
    assert_ptr_equal(found, &source);
}

static void test_refused(void **state)
{
    (void)state;
    const uint64_t ivy_bridge = RLX_CPU_F16C;

    for (uint32_t which = V3; which <= (V3 | V4); which++) {
        expect_level(0, which, RLX_ERROR_NO_DEVICE,
                     "too old: code of every level needs avx2, fma, f16c, bmi2,");
        expect_level(ivy_bridge, which, RLX_ERROR_NO_DEVICE, "needs avx2, fma, bmi2, which");
        expect_level(HASWELL & ~RLX_CPU_FMA, which, RLX_ERROR_NO_DEVICE, "needs fma, which");
    }
    expect_level(HASWELL, V4, RLX_ERROR_NO_DEVICE, "needs avx512f, avx512bw");
    expect_level(HASWELL, V4, RLX_ERROR_NO_DEVICE, "--level=all makes code for this one too");
    expect_level(SKYLAKE, V4, RLX_ERROR_NO_DEVICE, "needs avx512vnni, avx512bf16, which");
    expect_level(ZEN4, AMX, RLX_ERROR_NO_DEVICE, "needs amx-tile, amx-int8, amx-bf16, which this");
}

/* Linux may refuse what the CPU has. */
static void test_permission(void **state)
{
    (void)state;
    expect_permitted(SAPPHIRE_RAPIDS, CPU_ON_REQUEST, ALL, RLX_OK, "x86-64-v4-vnni-bf16");
    expect_permitted(SAPPHIRE_RAPIDS, CPU_ON_REQUEST, AMX, RLX_ERROR_NO_DEVICE,
                     "amx-bf16, which this CPU has, but Linux refuses to this process; rlxc");
    expect_permitted(ZEN4, CPU_ON_REQUEST, AMX, RLX_ERROR_NO_DEVICE, "which this CPU lacks");
}

/* What the environment says counts; anything but two numbers of bytes is an error. */
static void test_prefetch(void **state)
{
    static const char *const wrong[] = {"off",     "1024",       "1024,",  ",1024",
                                        "1024,1k", "1024,2048,", "-64,64", "64,1048577"};
    struct rlx_ahead ahead, by_maker;
    rlx_error error = {0};

    (void)state;
    unsetenv("RLX_PREFETCH");
    assert_int_equal(cpu_ahead(&by_maker, &error), RLX_OK);
    assert_true(by_maker.near > 0);
    setenv("RLX_PREFETCH", "", 1);
    assert_int_equal(cpu_ahead(&ahead, &error), RLX_OK);
    assert_memory_equal(&ahead, &by_maker, sizeof ahead);
    setenv("RLX_PREFETCH", "0,1048576", 1);
    assert_int_equal(cpu_ahead(&ahead, &error), RLX_OK);
    assert_true(ahead.near == 0 && ahead.far == 1048576);
    for (size_t i = 0; i < countof(wrong); i++) {
        setenv("RLX_PREFETCH", wrong[i], 1);
        assert_int_equal(cpu_ahead(&ahead, &error), RLX_ERROR_BAD_ARGUMENT);
        assert_non_null(strstr(error.text, "RLX_PREFETCH: expected two numbers of bytes"));
    }
    unsetenv("RLX_PREFETCH");
}

/* ---- the table of features ---- */

static void test_names(void **state)
{
    char text[200];

    (void)state;
    assert_string_equal(cpu_feature_name(0), "avx2");
    assert_string_equal(cpu_feature_name(10), "avx512bf16");
    assert_string_equal(cpu_feature_name(13), "amx-bf16");
    assert_null(cpu_feature_name(14));
    assert_null(cpu_feature_name(63));
    cpu_feature_names(ZEN4, text, sizeof text);
    assert_string_equal(text, "avx2, fma, f16c, bmi2, avx512f, avx512bw, avx512dq, avx512vl, "
                              "avx512cd, avx512vnni, avx512bf16");
    cpu_feature_names(RLX_CPU_FMA | (uint64_t)1 << 40, text, sizeof text);
    assert_string_equal(text, "fma, others unknown to this version");
    cpu_feature_names(0, text, sizeof text);
    assert_string_equal(text, "");
}

/* The numbers are part of the file format. */
static void test_bits_stay(void **state)
{
    (void)state;
    assert_int_equal(HASWELL, 0x00f);
    assert_int_equal(SKYLAKE, 0x1ff);
    assert_int_equal(ZEN4, 0x7ff);
    assert_int_equal(SAPPHIRE_RAPIDS, 0x3fff);
    assert_int_equal(CPU_X86_64_V3, HASWELL);
    assert_int_equal(CPU_X86_64_V4, SKYLAKE);
}

static void test_levels_of_the_target(void **state)
{
    const struct target *target = target_list[0];

    (void)state;
    for (uint32_t i = 0; i < target->level_count; i++) {
        const struct target_level *l = &target->levels[i];
        assert_int_equal(l->machine, EM_X86_64);
        assert_true(l->traits.replicates && l->traits.owns_tiles);
        assert_true((l->features & CPU_X86_64_V3) == CPU_X86_64_V3);
        assert_true(l->traits.bf16_dot == ((l->features & RLX_CPU_AVX512BF16) != 0));
    }
    assert_int_equal(target->levels[0].features, HASWELL);
    assert_int_equal(target->levels[1].features, ZEN4);
    assert_int_equal(target->levels[2].features, SAPPHIRE_RAPIDS);
}

#if defined(__x86_64__)
/* The compiler's own detection of this machine's features, which reads CPUID as well. */
static void test_this_machine(void **state)
{
    const uint64_t has = cpu_features();

    (void)state;
#define EXPECT(bit, name) \
    assert_int_equal((has & RLX_CPU_##bit) != 0, __builtin_cpu_supports(name) != 0)
    EXPECT(AVX2, "avx2");
    EXPECT(FMA, "fma");
    EXPECT(BMI2, "bmi2");
    EXPECT(AVX512F, "avx512f");
    EXPECT(AVX512BW, "avx512bw");
    EXPECT(AVX512DQ, "avx512dq");
    EXPECT(AVX512VL, "avx512vl");
    EXPECT(AVX512CD, "avx512cd");
    EXPECT(AVX512VNNI, "avx512vnni");
    EXPECT(AVX512BF16, "avx512bf16");
    struct rlx_ahead ahead;
    assert_int_equal(cpu_ahead(&ahead, NULL), RLX_OK);
    assert_true((ahead.far > ahead.near) == (__builtin_cpu_is("intel") != 0));
#undef EXPECT
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_bits_stay),
        cmocka_unit_test(test_levels_of_the_target),
#if defined(__x86_64__)
        cmocka_unit_test(test_this_machine),
#endif
        cmocka_unit_test(test_machines),
        cmocka_unit_test(test_other_machines),
        cmocka_unit_test(test_source),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_permission),
        cmocka_unit_test(test_prefetch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

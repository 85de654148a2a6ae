/* Features of the processor by CPUID and XGETBV: a feature counts only when the operating system
 * also saves its registers. Bits: Intel Software Developer's Manual volume 2, CPUID leaves 1 and 7;
 * volume 1, section 13.3 (XCR0).
 */
#include "runtime/base/cpu.h"

#include "rlx/artifact.h"

#include <sched.h>
#include <stdio.h>
#include <unistd.h>

static const struct feature {
    uint64_t bit;
    const char *name;
} features_known[] = {
    {RLX_CPU_AVX2, "avx2"},
    {RLX_CPU_FMA, "fma"},
    {RLX_CPU_F16C, "f16c"},
    {RLX_CPU_BMI2, "bmi2"},
    {RLX_CPU_AVX512F, "avx512f"},
    {RLX_CPU_AVX512BW, "avx512bw"},
    {RLX_CPU_AVX512DQ, "avx512dq"},
    {RLX_CPU_AVX512VL, "avx512vl"},
    {RLX_CPU_AVX512CD, "avx512cd"},
    {RLX_CPU_AVX512VNNI, "avx512vnni"},
    {RLX_CPU_AVX512BF16, "avx512bf16"},
};

#if defined(__x86_64__)
#include <cpuid.h>

struct leaf {
    uint32_t a, b, c, d;
};

static struct leaf cpuid(uint32_t leaf, uint32_t subleaf)
{
    struct leaf out = {0};
    __get_cpuid_count(leaf, subleaf, &out.a, &out.b, &out.c, &out.d);
    return out;
}

static uint64_t saved_registers(void)
{
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}

static uint64_t when(uint32_t word, int bit, uint64_t feature)
{
    return word >> bit & 1 ? feature : 0;
}

uint64_t cpu_features(void)
{
    const uint64_t avx_saved = 0x06, avx512_saved = 0xE6;
    struct leaf one = cpuid(1, 0), seven = cpuid(7, 0), seven_one = cpuid(7, 1);
    uint64_t found = 0;
    uint64_t saved = one.c >> 27 & 1 ? saved_registers() : 0;
    found |= when(seven.b, 8, RLX_CPU_BMI2);
    if ((saved & avx_saved) == avx_saved) {
        found |= when(seven.b, 5, RLX_CPU_AVX2) | when(one.c, 12, RLX_CPU_FMA) |
                 when(one.c, 29, RLX_CPU_F16C);
    }
    if ((saved & avx512_saved) == avx512_saved) {
        found |= when(seven.b, 16, RLX_CPU_AVX512F) | when(seven.b, 30, RLX_CPU_AVX512BW) |
                 when(seven.b, 17, RLX_CPU_AVX512DQ) | when(seven.b, 31, RLX_CPU_AVX512VL) |
                 when(seven.b, 28, RLX_CPU_AVX512CD) | when(seven.c, 11, RLX_CPU_AVX512VNNI) |
                 when(seven.a >= 1 ? seven_one.a : 0, 5, RLX_CPU_AVX512BF16);
    }
    return found;
}
#else
uint64_t cpu_features(void)
{
    return 0;
}
#endif

void cpu_feature_names(uint64_t features, char *text, size_t capacity)
{
    size_t used = 0;
    text[0] = 0;
    for (size_t i = 0; i < sizeof features_known / sizeof features_known[0]; i++) {
        if (!(features & features_known[i].bit))
            continue;
        int length = snprintf(text + used, capacity - used, "%s%s", used ? ", " : "",
                              features_known[i].name);
        if (length < 0 || (size_t)length >= capacity - used)
            return;
        used += (size_t)length;
        features &= ~features_known[i].bit;
    }
    if (features)
        snprintf(text + used, capacity - used, "%sothers unknown to this version",
                 used ? ", " : "");
}

uint32_t cpu_processors(void)
{
    cpu_set_t set;
    long count = sched_getaffinity(0, sizeof set, &set) == 0
                     ? CPU_COUNT(&set)
                     : sysconf(_SC_NPROCESSORS_ONLN); /* more processors than the set can hold */

    return count < 1 ? 1 : (uint32_t)count;
}

/* Features of the processor by CPUID and XGETBV: a feature counts only when the operating system
 * also saves its registers. cpu_features.def says where each one is reported.
 * Source of cpu_permit: Linux, Documentation/arch/x86/xstate.rst.
 */
#include "runtime/base/cpu.h"

#include "runtime/base/error.h"

#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum feature_index {
#define CPU_FEATURE(bit, ...) FEATURE_##bit,
#include "runtime/base/cpu_features.def"
#undef CPU_FEATURE
    FEATURE_COUNT
};

#define CPU_FEATURE(bit, ...) \
    _Static_assert(RLX_CPU_##bit == 1 << FEATURE_##bit, "cpu_features.def is in the order of bits");
#include "runtime/base/cpu_features.def"
#undef CPU_FEATURE

static const char *const names[FEATURE_COUNT] = {
#define CPU_FEATURE(bit, name, ...) name,
#include "runtime/base/cpu_features.def"
#undef CPU_FEATURE
};

#if defined(__x86_64__)
#include <cpuid.h>

/* Bits of XCR0: registers that the operating system saves. */
enum saved { SAVED_NONE = 0, SAVED_AVX = 0x06, SAVED_AVX512 = 0xE6, SAVED_AMX = 0x60000 };

struct leaf {
    uint32_t a, b, c, d;
};

/* Zeros where the processor has no such leaf. */
static struct leaf cpuid(uint32_t leaf, uint32_t subleaf)
{
    struct leaf out = {0}, first = {0};

    if (!__get_cpuid_count(leaf, 0, &first.a, &first.b, &first.c, &first.d))
        return out;
    if (subleaf == 0)
        return first;
    if (subleaf <= first.a) /* of leaf 7: its last subleaf */
        __get_cpuid_count(leaf, subleaf, &out.a, &out.b, &out.c, &out.d);
    return out;
}

static uint64_t saved_registers(const struct leaf *one)
{
    uint32_t low, high;

    if ((one->c >> 27 & 1) == 0) /* no XGETBV */
        return 0;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}

static uint64_t ask(void)
{
    const struct leaf leaf_1_0 = cpuid(1, 0), leaf_7_0 = cpuid(7, 0), leaf_7_1 = cpuid(7, 1);
    const uint64_t saved = saved_registers(&leaf_1_0);
    uint64_t found = 0;

#define CPU_FEATURE(bit, name, leaf, subleaf, word, at, needs, level)                              \
    if ((saved & SAVED_##needs) == SAVED_##needs && (leaf_##leaf##_##subleaf.word >> (at)&1) != 0) \
        found |= RLX_CPU_##bit;
#include "runtime/base/cpu_features.def"
#undef CPU_FEATURE
    return found;
}

static bool is_made_by(const char maker[static 12])
{
    const struct leaf zero = cpuid(0, 0);

    return memcmp(&zero.b, maker, 4) == 0 && memcmp(&zero.d, maker + 4, 4) == 0 &&
           memcmp(&zero.c, maker + 8, 4) == 0;
}
#else
static uint64_t ask(void)
{
    return 0;
}

static bool is_made_by(const char *maker)
{
    (void)maker;
    return false;
}
#endif

/* Asks once: in a virtual machine each CPUID goes to the host, and all of them take 25 us. */
uint64_t cpu_features(void)
{
    static const uint64_t asked = UINT64_C(1) << 63; /* a bit of no feature */
    static _Atomic uint64_t known;
    uint64_t found = known;

    _Static_assert(FEATURE_COUNT < 63, "a bit is left");
    if (found == 0)
        known = found = ask() | asked;
    return found & ~asked;
}

bool cpu_permit(uint64_t features)
{
    if ((features & CPU_ON_REQUEST) == 0)
        return true;
#if defined(__x86_64__)
    const long request = 0x1023 /* ARCH_REQ_XCOMP_PERM */, tile_data = 18; /* their bit of XCR0 */
    return syscall(SYS_arch_prctl, request, tile_data) == 0;
#else
    return false;
#endif
}

const char *cpu_feature_name(uint32_t bit)
{
    return bit < FEATURE_COUNT ? names[bit] : NULL;
}

void cpu_feature_names(uint64_t features, char *text, size_t capacity)
{
    size_t used = 0;

    text[0] = 0;
    for (uint32_t i = 0; i < FEATURE_COUNT; i++) {
        if ((features >> i & 1) == 0)
            continue;
        int length =
            snprintf(text + used, capacity - used, "%s%s", used != 0 ? ", " : "", names[i]);
        if (length < 0 || (size_t)length >= capacity - used)
            return;
        used += (size_t)length;
    }
    if (features >> FEATURE_COUNT != 0)
        snprintf(text + used, capacity - used, "%sothers unknown to this version",
                 used != 0 ? ", " : "");
}

/* Intel's first cache can wait for few lines at a time and its second for three times as many; what
 * is there still has to come into the first in time. AMD's Zen 4 drops some prefetches into the
 * second. */
static struct rlx_ahead ahead_by_maker(void)
{
    static const struct rlx_ahead intel = {.near = 2048, .far = 10240}, others = {.near = 10240};

    return is_made_by("GenuineIntel") ? intel : others;
}

/* A number of bytes up to the mark; false: it is none, or too large. */
static bool read_bytes(const char **text, char mark, uint32_t *bytes)
{
    enum { MOST = 1 << 20 };
    char *end;

    if ((*text)[0] < '0' || (*text)[0] > '9')
        return false;
    const unsigned long value = strtoul(*text, &end, 10);
    if (*end != mark || value > MOST)
        return false;
    *bytes = (uint32_t)value;
    *text = end + 1;
    return true;
}

rlx_status cpu_ahead(struct rlx_ahead *ahead, rlx_error *error)
{
    const char *wanted = getenv("RLX_PREFETCH"), *at = wanted;

    *ahead = ahead_by_maker();
    if (wanted == NULL || wanted[0] == 0)
        return RLX_OK;
    if (read_bytes(&at, ',', &ahead->near) && read_bytes(&at, 0, &ahead->far))
        return RLX_OK;
    return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                    "RLX_PREFETCH: expected two numbers of bytes up to 1048576, as in 2048,10240, "
                    "found '%.40s'",
                    wanted);
}

uint32_t cpu_processors(void)
{
    cpu_set_t set;
    long count = sched_getaffinity(0, sizeof set, &set) == 0
                     ? CPU_COUNT(&set)
                     : sysconf(_SC_NPROCESSORS_ONLN); /* more processors than the set can hold */

    return count < 1 ? 1 : (uint32_t)count;
}

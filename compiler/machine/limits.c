/* Measures peak arithmetic and latency of this machine. Contract: limits.h. */
#include "compiler/machine/limits.h"

#include "runtime/base/cpu.h"
#include "runtime/base/run_parallel.h"

#include <immintrin.h>
#include <stdatomic.h>
#include <time.h>

const char *const peak_name[PEAK_COUNT] = {"int8", "bf16", "f32"};

double limits_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* ---- peak: independent chains hide latency, ten milliseconds even out bursts of the clock ---- */

enum { CHAINS = 20, ROUNDS = 4000000 };

/* The empty asm hides from the compiler that all chains are equal. `in` is the register class. */
#define CHAIN_LOOP(type, in, step)                                                                 \
    do {                                                                                           \
        type c0 = zero, c1 = zero, c2 = zero, c3 = zero, c4 = zero, c5 = zero, c6 = zero,          \
             c7 = zero, c8 = zero, c9 = zero;                                                      \
        type c10 = zero, c11 = zero, c12 = zero, c13 = zero, c14 = zero, c15 = zero, c16 = zero,   \
             c17 = zero, c18 = zero, c19 = zero;                                                   \
        __asm__ volatile(""                                                                        \
                         : "+" in(c0), "+" in(c1), "+" in(c2), "+" in(c3), "+" in(c4), "+" in(c5), \
                           "+" in(c6), "+" in(c7), "+" in(c8), "+" in(c9));                        \
        __asm__ volatile(""                                                                        \
                         : "+" in(c10), "+" in(c11), "+" in(c12), "+" in(c13), "+" in(c14),        \
                           "+" in(c15), "+" in(c16), "+" in(c17), "+" in(c18), "+" in(c19));       \
        for (int i = 0; i < ROUNDS; i++) {                                                         \
            c0 = step(c0), c1 = step(c1), c2 = step(c2), c3 = step(c3), c4 = step(c4);             \
            c5 = step(c5), c6 = step(c6), c7 = step(c7), c8 = step(c8), c9 = step(c9);             \
            c10 = step(c10), c11 = step(c11), c12 = step(c12), c13 = step(c13), c14 = step(c14);   \
            c15 = step(c15), c16 = step(c16), c17 = step(c17), c18 = step(c18), c19 = step(c19);   \
            __asm__ volatile("" ::: "memory");                                                     \
        }                                                                                          \
        sum = ADD(ADD(ADD(c0, c1), ADD(c2, c3)), ADD(ADD(c4, c5), ADD(c6, c7)));                   \
        sum = ADD(sum, ADD(ADD(ADD(c8, c9), ADD(c10, c11)), ADD(ADD(c12, c13), ADD(c14, c15))));   \
        sum = ADD(sum, ADD(ADD(c16, c17), ADD(c18, c19)));                                         \
    } while (0)

/* The instruction by name: gcc 12 puts a register move before and after the intrinsic. */
__attribute__((target("avx512f,avx512vnni"))) static inline __m512i dot_bytes(__m512i sum,
                                                                              __m512i a, __m512i b)
{
    __asm__("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(a), "v"(b));
    return sum;
}

__attribute__((target("avx512f,avx512vnni"))) static int int8_avx512(void)
{
    __m512i zero = _mm512_setzero_si512(), a = _mm512_set1_epi8(3), b = _mm512_set1_epi8(1), sum;
#define STEP(c) dot_bytes(c, a, b)
#define ADD(x, y) _mm512_add_epi32(x, y)
    CHAIN_LOOP(__m512i, "v", STEP);
#undef STEP
#undef ADD
    return _mm512_reduce_or_epi32(sum);
}

__attribute__((target("avx512f,avx512bf16"))) static int bf16_avx512(void)
{
    __m512 zero = _mm512_setzero_ps(), sum;
    __m512i bits = _mm512_set1_epi16(0x3f80);
    __m512bh a = (__m512bh)bits, b = (__m512bh)bits;
#define STEP(c) _mm512_dpbf16_ps(c, a, b)
#define ADD(x, y) _mm512_add_ps(x, y)
    __asm__ volatile("" : "+v"(a), "+v"(b));
    CHAIN_LOOP(__m512, "v", STEP);
#undef STEP
#undef ADD
    return _mm512_reduce_add_ps(sum) > 0;
}

__attribute__((target("avx512f"))) static int f32_avx512(void)
{
    __m512 zero = _mm512_setzero_ps(), a = _mm512_set1_ps(1.0f), b = _mm512_set1_ps(0.5f), sum;
#define STEP(c) _mm512_fmadd_ps(a, b, c)
#define ADD(x, y) _mm512_add_ps(x, y)
    __asm__ volatile("" : "+v"(a), "+v"(b));
    CHAIN_LOOP(__m512, "v", STEP);
#undef STEP
#undef ADD
    return _mm512_reduce_add_ps(sum) > 0;
}

/* AVX2 without VNNI: 16-bit pairs, half of the operations per instruction. */
__attribute__((target("avx2"))) static int int8_avx2(void)
{
    __m256i zero = _mm256_setzero_si256(), a = _mm256_set1_epi16(3), b = _mm256_set1_epi16(1), sum;
#define STEP(c) _mm256_add_epi32(c, _mm256_madd_epi16(a, b))
#define ADD(x, y) _mm256_add_epi32(x, y)
    __asm__ volatile("" : "+x"(a), "+x"(b));
    CHAIN_LOOP(__m256i, "x", STEP);
#undef STEP
#undef ADD
    return _mm256_extract_epi32(sum, 0);
}

__attribute__((target("avx2,fma"))) static int f32_avx2(void)
{
    __m256 zero = _mm256_setzero_ps(), a = _mm256_set1_ps(1.0f), b = _mm256_set1_ps(0.5f), sum;
#define STEP(c) _mm256_fmadd_ps(a, b, c)
#define ADD(x, y) _mm256_add_ps(x, y)
    __asm__ volatile("" : "+x"(a), "+x"(b));
    CHAIN_LOOP(__m256, "x", STEP);
#undef STEP
#undef ADD
    return (int)_mm256_cvtss_f32(sum);
}

struct peak_code {
    int (*run)(void);
    double operations; /* per instruction */
};

static struct peak_code peak_code(enum peak peak)
{
    const uint64_t has = cpu_features();
    const bool wide = (has & RLX_CPU_AVX512F) != 0;

    if (peak == PEAK_INT8)
        return wide && (has & RLX_CPU_AVX512VNNI) != 0 ? (struct peak_code){int8_avx512, 128}
                                                       : (struct peak_code){int8_avx2, 32};
    if (peak == PEAK_BF16)
        return wide && (has & RLX_CPU_AVX512BF16) != 0 ? (struct peak_code){bf16_avx512, 64}
                                                       : (struct peak_code){NULL, 0};
    return wide ? (struct peak_code){f32_avx512, 32} : (struct peak_code){f32_avx2, 16};
}

struct chains {
    struct peak_code code;
    int result;
};

static void run_chains(void *item)
{
    struct chains *c = item;

    c->result = c->code.run();
}

double limits_peak(enum peak peak, unsigned threads)
{
    struct chains chains[RUN_PARALLEL_MAX];
    struct peak_code code = peak_code(peak);

    if (code.run == NULL)
        return 0;
    threads = threads < RUN_PARALLEL_MAX ? threads : RUN_PARALLEL_MAX;
    for (unsigned t = 0; t < threads; t++)
        chains[t] = (struct chains){.code = code};
    return threads * (double)CHAINS * ROUNDS * code.operations /
           run_parallel(run_chains, chains, sizeof *chains, threads);
}

/* ---- latency ---- */

enum { TRIPS = 4000, WARM_TRIPS = 200 };
static _Alignas(128) atomic_int ball;

struct player {
    bool serves;
    double round_trip; /* nanoseconds; set by the player that serves */
};

static void return_ball(void)
{
    for (int i = 0; i < TRIPS; i++) {
        while (atomic_load_explicit(&ball, memory_order_acquire) != 2 * i + 1)
            _mm_pause();
        atomic_store_explicit(&ball, 2 * i + 2, memory_order_release);
    }
}

static double serve_ball(void)
{
    double start = limits_seconds();

    for (int i = 0; i < TRIPS; i++) {
        if (i == WARM_TRIPS)
            start = limits_seconds();
        atomic_store_explicit(&ball, 2 * i + 1, memory_order_release);
        while (atomic_load_explicit(&ball, memory_order_acquire) != 2 * i + 2)
            _mm_pause();
    }
    return 1e9 * (limits_seconds() - start) / (TRIPS - WARM_TRIPS);
}

static void play(void *item)
{
    struct player *p = item;

    if (p->serves)
        p->round_trip = serve_ball();
    else
        return_ball();
}

double limits_ping_pong(void)
{
    struct player players[2] = {{.serves = true}, {.serves = false}};

    atomic_store(&ball, 0);
    run_parallel(play, players, sizeof *players, 2);
    return players[0].round_trip;
}

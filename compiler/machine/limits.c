/* Peak, bandwidth and latency of this machine; see limits.h. */
#include "compiler/machine/limits.h"

#include <immintrin.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

const char *const peak_name[PEAK_COUNT] = {"int8", "bf16", "f32"};

double limits_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* ---- peak
 * ----------------------------------------------------------------------------------------
 * Independent chains, so that latency is hidden, for some ten milliseconds, so that bursts of the
 * clock are not what is measured. */

enum { CHAINS = 20, ROUNDS = 4000000 };

/* The empty asm keeps the compiler from seeing that all chains are one. `in` is the register class.
 */
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

/* The instruction by name: gcc 12 puts a register move before and behind the intrinsic. */
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

/* AVX2 without VNNI: 16-bit pairs, half of the operations an instruction. */
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
    double operations; /* an instruction */
};

static struct peak_code peak_code(enum peak peak)
{
    bool wide = __builtin_cpu_supports("avx512f");

    if (peak == PEAK_INT8)
        return wide && __builtin_cpu_supports("avx512vnni") ? (struct peak_code){int8_avx512, 128}
                                                            : (struct peak_code){int8_avx2, 32};
    if (peak == PEAK_BF16)
        return wide && __builtin_cpu_supports("avx512bf16") ? (struct peak_code){bf16_avx512, 64}
                                                            : (struct peak_code){NULL, 0};
    return wide ? (struct peak_code){f32_avx512, 32} : (struct peak_code){f32_avx2, 16};
}

/* ---- threads
 * ----------------------------------------------------------------------------------------
 * Each on a processor of its own, and all begin together: neither creating threads nor two of them
 * meeting on one processor is measured. A single one goes where the system puts it, as those that
 * it is compared with do: on a shared machine one processor may be slower than the other. */

enum { MOST_THREADS = 64 };

struct worker {
    pthread_t thread;
    unsigned processor; /* from 1; 0: any */
    struct peak_code code;
    const char *from;
    size_t bytes;
    bool prefetch;
    double start, end;
    int64_t result;
    void (*work)(struct worker *);
};

static atomic_uint waiting; /* workers that have yet to arrive */

/* Binds the calling thread to the n-th of the processors that the process may use. */
static void bind_to(const cpu_set_t *allowed, unsigned n)
{
    cpu_set_t one;
    unsigned count = (unsigned)CPU_COUNT(allowed), seen = 0;

    CPU_ZERO(&one);
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, allowed) && seen++ == n % count)
            CPU_SET(cpu, &one);
    sched_setaffinity(0, sizeof one, &one);
}

static void *run_worker(void *argument)
{
    struct worker *w = argument;
    cpu_set_t allowed;

    if (w->processor > 0 && sched_getaffinity(0, sizeof allowed, &allowed) == 0)
        bind_to(&allowed, w->processor - 1);
    atomic_fetch_sub(&waiting, 1);
    while (atomic_load(&waiting) > 0)
        _mm_pause();
    w->start = limits_seconds();
    w->work(w);
    w->end = limits_seconds();
    return NULL;
}

/* Runs all of them; the seconds from the first start to the last end. */
static double run_workers(struct worker *workers, unsigned count)
{
    double start = 0, end = 0;

    atomic_store(&waiting, count);
    for (unsigned t = 0; t < count; t++) {
        workers[t].processor = count > 1 ? t + 1 : 0;
        if (pthread_create(&workers[t].thread, NULL, run_worker, &workers[t]) != 0)
            abort();
    }
    for (unsigned t = 0; t < count; t++) {
        pthread_join(workers[t].thread, NULL);
        start = t == 0 || workers[t].start < start ? workers[t].start : start;
        end = t == 0 || workers[t].end > end ? workers[t].end : end;
    }
    return end - start;
}

static void work_peak(struct worker *w)
{
    w->result = w->code.run();
}

double limits_peak(enum peak peak, unsigned threads)
{
    struct worker workers[MOST_THREADS];
    struct peak_code code = peak_code(peak);

    if (code.run == NULL)
        return 0;
    threads = threads < MOST_THREADS ? threads : MOST_THREADS;
    for (unsigned t = 0; t < threads; t++)
        workers[t] = (struct worker){.code = code, .work = work_peak};
    return threads * (double)CHAINS * ROUNDS * code.operations / run_workers(workers, threads);
}

/* ---- reading
 * ---------------------------------------------------------------------------------------- */

static volatile int64_t sink; /* what was read goes somewhere, so that it is read */

/* The widest loads: the fewer instructions a line takes, the more lines are in flight. */
__attribute__((target("avx512f"))) static int64_t read_avx512(const char *from, size_t bytes,
                                                              size_t ahead)
{
    __m512i a = _mm512_setzero_si512(), b = a;

    for (size_t i = 0; i + 128 <= bytes; i += 128) {
        if (ahead != 0) {
            _mm_prefetch(from + i + ahead, _MM_HINT_T0);
            _mm_prefetch(from + i + ahead + 64, _MM_HINT_T0);
        }
        a = _mm512_xor_si512(a, _mm512_loadu_si512(from + i));
        b = _mm512_xor_si512(b, _mm512_loadu_si512(from + i + 64));
    }
    return _mm512_reduce_or_epi64(_mm512_xor_si512(a, b));
}

static int64_t read_sse2(const char *from, size_t bytes, size_t ahead)
{
    __m128i a = _mm_setzero_si128(), b = a, c = a, d = a;

    for (size_t i = 0; i + 64 <= bytes; i += 64) {
        const __m128i *line = (const __m128i *)(const void *)(from + i);
        if (ahead != 0)
            _mm_prefetch(from + i + ahead, _MM_HINT_T0);
        a = _mm_xor_si128(a, _mm_loadu_si128(line));
        b = _mm_xor_si128(b, _mm_loadu_si128(line + 1));
        c = _mm_xor_si128(c, _mm_loadu_si128(line + 2));
        d = _mm_xor_si128(d, _mm_loadu_si128(line + 3));
    }
    return _mm_cvtsi128_si64(_mm_xor_si128(_mm_xor_si128(a, b), _mm_xor_si128(c, d)));
}

static void work_read(struct worker *w)
{
    size_t ahead = w->prefetch ? 2048 : 0;

    w->result = __builtin_cpu_supports("avx512f") ? read_avx512(w->from, w->bytes, ahead)
                                                  : read_sse2(w->from, w->bytes, ahead);
}

double limits_read(const void *data, size_t bytes, unsigned threads, bool prefetch)
{
    struct worker workers[MOST_THREADS];

    threads = threads < MOST_THREADS ? threads : MOST_THREADS;
    size_t share = bytes / threads / 128 * 128;
    for (unsigned t = 0; t < threads; t++)
        workers[t] = (struct worker){.from = (const char *)data + t * share,
                                     .bytes = share,
                                     .prefetch = prefetch,
                                     .work = work_read};
    double seconds = run_workers(workers, threads);
    for (unsigned t = 0; t < threads; t++)
        sink ^= workers[t].result;
    return (double)(share * threads) / seconds;
}

/* ---- latency
 * ---------------------------------------------------------------------------------------- */

enum { TRIPS = 4000, WARM_TRIPS = 200 };
static _Alignas(128) atomic_int ball;

static void work_return(struct worker *w)
{
    (void)w;
    for (int i = 0; i < TRIPS; i++) {
        while (atomic_load_explicit(&ball, memory_order_acquire) != 2 * i + 1)
            _mm_pause();
        atomic_store_explicit(&ball, 2 * i + 2, memory_order_release);
    }
}

static void work_serve(struct worker *w)
{
    double start = limits_seconds();

    for (int i = 0; i < TRIPS; i++) {
        if (i == WARM_TRIPS)
            start = limits_seconds();
        atomic_store_explicit(&ball, 2 * i + 1, memory_order_release);
        while (atomic_load_explicit(&ball, memory_order_acquire) != 2 * i + 2)
            _mm_pause();
    }
    w->result = (int64_t)(1e12 * (limits_seconds() - start) / (TRIPS - WARM_TRIPS));
}

double limits_ping_pong(void)
{
    struct worker workers[2] = {{.work = work_serve}, {.work = work_return}};

    atomic_store(&ball, 0);
    run_workers(workers, 2);
    return 1e-3 * (double)workers[0].result;
}

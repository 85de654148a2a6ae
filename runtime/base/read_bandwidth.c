/* Reads memory with the widest loads. Contract: reading.h. */
#include "runtime/base/read_bandwidth.h"

#include "runtime/base/cpu.h"
#include "runtime/base/run_parallel.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif
#include <stdint.h>
#include <string.h>

struct reader {
    const char *from;
    size_t bytes, ahead;
    bool is_wide; /* the processor has AVX-512 */
    int64_t result;
};

static volatile int64_t sink; /* uses what was read, so that the compiler keeps the loop */

static int64_t read_words(const char *from, size_t bytes, size_t ahead)
{
    uint64_t a = 0, b = 0, c = 0, d = 0;

    for (size_t i = 0; i + 64 <= bytes; i += 64) {
        uint64_t line[8];
        memcpy(line, from + i, sizeof line);
        if (ahead != 0)
            __builtin_prefetch(from + i + ahead);
        a ^= line[0] ^ line[4];
        b ^= line[1] ^ line[5];
        c ^= line[2] ^ line[6];
        d ^= line[3] ^ line[7];
    }
    return (int64_t)(a ^ b ^ c ^ d);
}

#if defined(__x86_64__)
/* The widest loads, because fewer instructions per line keep more lines in flight. */
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
#else
#define read_avx512 read_words
#endif

static void read_stretch(void *item)
{
    struct reader *r = item;

    r->result = r->is_wide ? read_avx512(r->from, r->bytes, r->ahead)
                           : read_words(r->from, r->bytes, r->ahead);
}

double read_bandwidth(const void *data, size_t bytes, unsigned threads, bool prefetch)
{
    struct reader readers[RUN_PARALLEL_MAX];
    const bool is_wide = (cpu_features() & RLX_CPU_AVX512F) != 0;

    threads = threads < RUN_PARALLEL_MAX ? threads : RUN_PARALLEL_MAX;
    size_t share = bytes / threads / 128 * 128;
    for (unsigned t = 0; t < threads; t++)
        readers[t] = (struct reader){.from = (const char *)data + t * share,
                                     .bytes = share,
                                     .ahead = prefetch ? 2048 : 0,
                                     .is_wide = is_wide};
    double seconds = run_parallel(read_stretch, readers, sizeof *readers, threads);
    for (unsigned t = 0; t < threads; t++)
        sink ^= readers[t].result;
    return (double)(share * threads) / seconds;
}

bool read_prefers_prefetch(const void *data, size_t bytes, unsigned threads)
{
    enum { TURNS = 3 };
    double seconds[2] = {0}; /* per byte */

    read_bandwidth(data, bytes, threads, false); /* whoever touches pages first waits for the
                                                   system */
    for (int i = 0; i < 2 * TURNS; i++)
        seconds[i % 2] += 1 / read_bandwidth(data, bytes, threads, i % 2 == 1);
    return seconds[1] < seconds[0];
}

/* Reads memory with the widest loads; see reading.h. */
#include "common/reading.h"

#include "common/together.h"

#include <immintrin.h>
#include <stdint.h>

struct reader {
    const char *from;
    size_t bytes, ahead;
    int64_t result;
};

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

static void read_stretch(void *item)
{
    struct reader *r = item;

    r->result = __builtin_cpu_supports("avx512f") ? read_avx512(r->from, r->bytes, r->ahead)
                                                  : read_sse2(r->from, r->bytes, r->ahead);
}

double reading_speed(const void *data, size_t bytes, unsigned threads, bool prefetch)
{
    struct reader readers[TOGETHER_MOST];

    threads = threads < TOGETHER_MOST ? threads : TOGETHER_MOST;
    size_t share = bytes / threads / 128 * 128;
    for (unsigned t = 0; t < threads; t++)
        readers[t] = (struct reader){
            .from = (const char *)data + t * share, .bytes = share, .ahead = prefetch ? 2048 : 0};
    double seconds = together_run(read_stretch, readers, sizeof *readers, threads);
    for (unsigned t = 0; t < threads; t++)
        sink ^= readers[t].result;
    return (double)(share * threads) / seconds;
}

bool reading_way(const void *data, size_t bytes, unsigned threads)
{
    enum { TURNS = 3 };
    double seconds[2] = {0}; /* for a byte */

    reading_speed(data, bytes, threads, false); /* the first to touch pages waits for the system */
    for (int i = 0; i < 2 * TURNS; i++)
        seconds[i % 2] += 1 / reading_speed(data, bytes, threads, i % 2 == 1);
    return seconds[1] < seconds[0];
}

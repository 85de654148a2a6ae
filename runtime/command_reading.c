/* Raw reading: how fast this machine delivers the mapped weights to so many threads. In: the
 * weights. Out: bytes a second, the yardstick of decoding. */
#include "runtime/command_bench.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_READERS = 64 };

struct reader {
    pthread_t thread;
    const char *from;
    size_t bytes;
    bool prefetch;
    uint64_t sum; /* keeps the loads alive */
};

static void *read_all(void *argument)
{
    struct reader *r = argument;
    uint64_t a = 0, b = 0, c = 0, d = 0;

    for (size_t i = 0; i + 64 <= r->bytes; i += 64) {
        uint64_t line[8];
        memcpy(line, r->from + i, sizeof line);
        if (r->prefetch)
            __builtin_prefetch(r->from + i + 2048);
        a += line[0] + line[4];
        b += line[1] + line[5];
        c += line[2] + line[6];
        d += line[3] + line[7];
    }
    r->sum = a + b + c + d;
    return NULL;
}

static volatile uint64_t sink; /* what was read goes somewhere, so that it is read */

/* Each thread reads its own stretch, front to back. */
static double read_once(const char *data, size_t bytes, uint32_t threads, bool prefetch)
{
    struct reader readers[MOST_READERS];
    size_t share = bytes / threads / 64 * 64;
    double start = command_seconds();

    for (uint32_t t = 0; t < threads; t++) {
        readers[t] =
            (struct reader){.from = data + t * share, .bytes = share, .prefetch = prefetch};
        if (pthread_create(&readers[t].thread, NULL, read_all, &readers[t]) != 0)
            abort();
    }
    for (uint32_t t = 0; t < threads; t++) {
        pthread_join(readers[t].thread, NULL);
        sink += readers[t].sum;
    }
    return (double)(share * threads) / (command_seconds() - start);
}

double bench_read(const rlx_model_info *info, uint32_t threads)
{
    threads = threads < MOST_READERS ? threads : MOST_READERS;
    double plain = read_once(info->weights, info->weight_bytes, threads, false);
    double prefetched = read_once(info->weights, info->weight_bytes, threads, true);

    return plain > prefetched ? plain : prefetched;
}

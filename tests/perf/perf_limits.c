/* Prints this machine's limits as a Markdown table: peak arithmetic; raw reading of a file mapping
 * and of huge anonymous pages, plain and prefetched, with one thread and with all; the round trip
 * of a cache line between two cores. In interleaved slices of at most some ten milliseconds, by
 * regime (stats.h).
 *
 *     perf_limits [FILE [ROUNDS [FILE,FILE]]]        the last: turn.h
 */
#include "runtime/base/read_bandwidth.h"
#include "compiler/machine/limits.h"
#include "tests/perf/pages.h"
#include "tests/perf/stats.h"
#include "tests/perf/turn.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_ROUNDS = 101, MAX_ROWS = 32, MAX_BYTES = 512 << 20 };

/* One limit: a peak, or (peak < 0) a raw read. */
struct row {
    const char *name;
    int peak;
    const void *data;
    size_t bytes;
    bool prefetch;
    unsigned threads;
    struct sample samples[MAX_ROUNDS];
};

static struct row rows[MAX_ROWS];
static size_t row_count;
static double pings[REGIME_COUNT][MAX_ROWS * MAX_ROUNDS];
static size_t ping_count[REGIME_COUNT];

static void add_row(const char *name, int peak, const void *data, size_t bytes, bool prefetch,
                    unsigned threads)
{
    struct row *row = &rows[row_count++];

    *row = (struct row){.name = name,
                        .peak = peak,
                        .data = data,
                        .bytes = bytes,
                        .prefetch = prefetch,
                        .threads = threads};
}

static void add_reads(const char *name, const void *data, size_t bytes, unsigned threads)
{
    add_row(name, -1, data, bytes, false, threads);
    add_row(name, -1, data, bytes, true, threads);
}

static void measure(size_t rounds)
{
    double before = limits_ping_pong();

    for (size_t i = 0; i < rounds; i++)
        for (size_t r = 0; r < row_count; r++) {
            struct row *row = &rows[r];
            double rate = row->peak >= 0
                              ? limits_peak((enum peak)row->peak, row->threads)
                              : read_bandwidth(row->data, row->bytes, row->threads, row->prefetch);
            double after = limits_ping_pong();
            enum regime regime = regime_of(before, after);
            row->samples[i] = (struct sample){.rate = rate, .seconds = rate > 0, .regime = regime};
            pings[regime][ping_count[regime]++] = after;
            before = after;
        }
}

static void print_spread(struct spread s, const char *unit)
{
    if (s.count == 0)
        printf(" – |");
    else
        printf(" %.1f %s (%.1f–%.1f), n %zu |", s.middle, unit, s.low, s.high, s.count);
}

static void print_row(const struct row *row, size_t rounds)
{
    printf("| %s%s, %u thread%s |", row->name, row->prefetch ? ", prefetched" : "", row->threads,
           row->threads > 1 ? "s" : "");
    for (int regime = 0; regime < REGIME_MIXED; regime++) {
        double values[MAX_ROUNDS];
        size_t count = 0;
        for (size_t i = 0; i < rounds; i++)
            if (row->samples[i].seconds > 0 && row->samples[i].regime == (enum regime)regime)
                values[count++] = row->samples[i].rate / 1e9;
        print_spread(spread_of(values, count), row->peak >= 0 ? "GOP/s" : "GB/s");
    }
    printf("\n");
}

/* The file's mapping, or NULL. */
static const void *map_file(const char *path, size_t *bytes)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;

    if (fd < 0 || fstat(fd, &status) != 0)
        return NULL;
    *bytes = (size_t)status.st_size < MAX_BYTES ? (size_t)status.st_size : MAX_BYTES;
    void *mapped = mmap(NULL, *bytes, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    return mapped != MAP_FAILED ? mapped : NULL;
}

int main(int argc, char **argv)
{
    unsigned all = (unsigned)sysconf(_SC_NPROCESSORS_ONLN), step = all > 1 ? all - 1 : 1;
    size_t rounds = argc > 2 ? strtoul(argv[2], NULL, 10) : 7, bytes = 0;
    const void *mapped = argc > 1 ? map_file(argv[1], &bytes) : NULL;
    char *anonymous =
        mmap(NULL, MAX_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    struct turn turn = {NULL, NULL};

    if (anonymous == MAP_FAILED || (argc > 3 && !turn_parse(&turn, argv[3])) || rounds == 0 ||
        rounds > MAX_ROUNDS)
        return 1;
    pages_ask_huge(anonymous, MAX_BYTES);
    memset(anonymous, 1, MAX_BYTES);
    if (mapped != NULL) {
        pages_ask_huge(mapped, bytes);
        read_bandwidth(mapped, bytes, 1, false); /* maps the pages */
    }
    for (int peak = 0; peak < PEAK_COUNT; peak++)
        for (unsigned threads = 1; threads <= all; threads += step)
            add_row(peak_name[peak], peak, NULL, 0, false, threads);
    for (unsigned threads = 1; threads <= all; threads += step) {
        add_reads("read, huge anonymous pages", anonymous, MAX_BYTES, threads);
        if (mapped != NULL)
            add_reads("read, file mapping", mapped, bytes, threads);
    }
    int held = turn_take(&turn);
    measure(rounds);
    turn_leave(held);
    if (mapped != NULL)
        printf("Of the file's mapping, huge pages hold %.0f %%.\n\n", 100 * pages_huge(mapped));
    printf("| limit | %s | %s |\n|---|---|---|\n", regime_name[0], regime_name[1]);
    for (size_t r = 0; r < row_count; r++)
        print_row(&rows[r], rounds);
    printf("| a cache line to another core and back |");
    for (int regime = 0; regime < REGIME_MIXED; regime++)
        print_spread(spread_of(pings[regime], ping_count[regime]), "ns");
    printf("\n");
    return 0;
}

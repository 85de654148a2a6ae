/* Prints this machine's limits as a Markdown table: peak arithmetic, raw reading of a file mapping
 * and of anonymous memory, latency between cores. */
#include "compiler/machine/limits.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SLICES = 5, ANONYMOUS_BYTES = 512 << 20 };

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values)
{
    qsort(values, SLICES, sizeof *values, compare);
    return values[SLICES / 2];
}

static void print_read(const char *what, const void *data, size_t bytes, unsigned threads)
{
    double rates[2][SLICES];

    for (int i = 0; i < SLICES; i++)
        for (int prefetch = 0; prefetch < 2; prefetch++)
            rates[prefetch][i] = limits_read(data, bytes, threads, prefetch);
    for (int prefetch = 0; prefetch < 2; prefetch++)
        printf("| read, %s%s, %u threads | %.1f GB/s |\n", what, prefetch ? ", prefetched" : "",
               threads, median(rates[prefetch]) / 1e9);
}

int main(int argc, char **argv)
{
    unsigned all = (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
    int fd = argc > 1 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;
    struct stat status;
    void *anonymous =
        mmap(NULL, ANONYMOUS_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (anonymous == MAP_FAILED)
        return 1;
    madvise(anonymous, ANONYMOUS_BYTES, MADV_HUGEPAGE);
    memset(anonymous, 1, ANONYMOUS_BYTES);
    printf("| limit | measured |\n|---|---|\n");
    for (int peak = 0; peak < PEAK_COUNT; peak++)
        for (unsigned threads = 1; threads <= all; threads += all > 1 ? all - 1 : 1)
            printf("| peak %s, %u threads | %.0f GOP/s |\n", peak_name[peak], threads,
                   limits_peak((enum peak)peak, threads) / 1e9);
    for (unsigned threads = 1; threads <= all; threads += all > 1 ? all - 1 : 1)
        print_read("huge anonymous pages", anonymous, ANONYMOUS_BYTES, threads);
    if (fd >= 0 && fstat(fd, &status) == 0) {
        void *mapped = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        for (unsigned threads = 1; mapped != MAP_FAILED && threads <= all;
             threads += all > 1 ? all - 1 : 1)
            print_read("file mapping", mapped, (size_t)status.st_size, threads);
    }
    printf("| a cache line to another core and back | %.0f ns |\n",
           all > 1 ? limits_ping_pong() : 0.0);
    return 0;
}

/* Huge pages, as /proc/self/smaps tells them (proc(5)). */
#include "tests/perf/pages.h"

#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

double pages_huge(const void *data)
{
    FILE *file = fopen("/proc/self/smaps", "r");
    char line[512];
    uintptr_t from, to;
    double resident = 0, huge = 0, kilobytes;
    int inside = 0;

    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
            inside = (uintptr_t)data >= from && (uintptr_t)data < to;
        else if (inside && sscanf(line, "Rss: %lf", &kilobytes) == 1)
            resident = kilobytes;
        else if (inside && (sscanf(line, "AnonHugePages: %lf", &kilobytes) == 1 ||
                            sscanf(line, "FilePmdMapped: %lf", &kilobytes) == 1))
            huge += kilobytes;
    }
    if (file != NULL)
        fclose(file);
    return resident > 0 ? huge / resident : 0;
}

void pages_ask_huge(const void *data, size_t bytes)
{
#ifdef MADV_HUGEPAGE
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), before = (uintptr_t)data % page;
    madvise((void *)((uintptr_t)data - before), bytes + before, MADV_HUGEPAGE);
#else
    (void)data, (void)bytes;
#endif
}

/* Draws the progress line. In: phases and bytes; out: a line on stderr that overwrites itself. */
#include "compiler/progress.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

double progress_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

void progress_init(struct progress *p, bool quiet, bool verbose)
{
    memset(p, 0, sizeof *p);
    p->shown = !quiet && isatty(STDERR_FILENO);
    p->verbose = verbose;
    p->started = progress_seconds();
}

static void end_phase(struct progress *p)
{
    if (p->shown)
        fputs("\r\033[K", stderr);
    if (p->verbose && p->phase[0] != 0)
        fprintf(stderr, "%-18s %7.3f s\n", p->phase, progress_seconds() - p->phase_started);
    p->phase[0] = 0;
}

void progress_phase(struct progress *p, const char *phase)
{
    end_phase(p);
    snprintf(p->phase, sizeof p->phase, "%s", phase);
    p->phase_started = progress_seconds();
    if (p->shown) {
        fputs(phase, stderr);
        fflush(stderr);
    }
}

/* Names come from the model's file: only what prints on one line is shown. */
static void printable(const char *from, char *to, size_t bytes)
{
    size_t i = 0;

    for (; from[i] != 0 && i + 1 < bytes; i++)
        to[i] = from[i] >= 0x20 && from[i] < 0x7f ? from[i] : '?';
    to[i] = 0;
}

void progress_bytes(void *context, const char *what, uint64_t done, uint64_t total)
{
    struct progress *p = context;
    double now = progress_seconds();
    char name[60];

    if (!p->shown || now - p->drawn < 0.1)
        return;
    p->drawn = now;
    printable(what, name, sizeof name);
    double seconds = now - p->phase_started;
    fprintf(stderr, "\r\033[K%s %3.0f%% %6.0f MB/s  %s", p->phase,
            total == 0 ? 100.0 : 100.0 * (double)done / (double)total,
            seconds > 0 ? (double)done / 1e6 / seconds : 0.0, name);
    fflush(stderr);
}

void progress_clear(struct progress *p)
{
    end_phase(p);
    fflush(stderr);
}

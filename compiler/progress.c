/* Draws the progress line. In: phases and bytes; out: a line on stderr that overwrites itself. */
#include "compiler/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>
#include <utf8proc.h>

enum { USUAL_COLUMNS = 80, MAX_COLUMNS = 250 };

double progress_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* A terminal without commands has no TERM, or one that says so. */
static bool can_overwrite(void)
{
    const char *terminal = getenv("TERM");

    return terminal != NULL && terminal[0] != 0 && strcmp(terminal, "dumb") != 0;
}

void progress_init(struct progress *p, bool quiet, bool verbose)
{
    memset(p, 0, sizeof *p);
    p->terminal = !quiet && isatty(STDERR_FILENO);
    p->shown = p->terminal && can_overwrite();
    p->verbose = verbose;
    p->started = progress_seconds();
}

void progress_cut(const char *from, uint32_t columns, char *to, size_t bytes)
{
    const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)from;
    size_t left = strlen(from), count = 0;

    while (left > 0) {
        utf8proc_int32_t point;
        utf8proc_ssize_t length = utf8proc_iterate(at, (utf8proc_ssize_t)left, &point);
        int width = length > 0 ? utf8proc_charwidth(point) : 0;
        bool prints = width > 0;
        size_t taken = length > 0 ? (size_t)length : 1, written = prints ? taken : 1;
        width = prints ? width : 1;
        if ((uint32_t)width > columns || count + written >= bytes)
            break;
        memcpy(to + count, prints ? (const char *)at : "?", written);
        count += written;
        columns -= (uint32_t)width;
        at += taken;
        left -= taken;
    }
    to[count] = 0;
}

/* Asks for the width each time, because the window may change. The last column stays free, because
 * some terminals begin the next line when it is written. */
static uint32_t columns_now(void)
{
    struct winsize size = {0};
    uint32_t columns = USUAL_COLUMNS;

    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1)
        columns = size.ws_col;
    return (columns < MAX_COLUMNS ? columns : MAX_COLUMNS) - 1;
}

static void draw(const char *line)
{
    char cut[4 * MAX_COLUMNS + 1];

    progress_cut(line, columns_now(), cut, sizeof cut);
    fprintf(stderr, "\r\033[K%s", cut);
    fflush(stderr);
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
    if (p->shown)
        draw(phase);
}

void progress_bytes(void *context, const char *what, uint64_t done, uint64_t total)
{
    struct progress *p = context;
    double now = progress_seconds();
    char line[2 * MAX_COLUMNS];

    if (!p->shown || now - p->drawn < 0.1)
        return;
    p->drawn = now;
    double seconds = now - p->phase_started;
    snprintf(line, sizeof line, "%s %3.0f%% %6.0f MB/s  %s", p->phase,
             total == 0 ? 100.0 : 100.0 * (double)done / (double)total,
             seconds > 0 ? (double)done / 1e6 / seconds : 0.0, what);
    draw(line);
}

void progress_clear(struct progress *p)
{
    end_phase(p);
    fflush(stderr);
}

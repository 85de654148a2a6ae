/* Draws the progress line. In: how much is done; out: a line on standard error. Contract:
 * progress_line.h. */
#include "runtime/tool/progress_line.h"

#include "runtime/tool/line_terminal.h"

#include <unistd.h>

void progress_line_begin(struct progress_line *p, const struct command_options *o)
{
    *p = (struct progress_line){.shown = !o->quiet && line_terminal_obeys(STDERR_FILENO),
                                .begun = command_seconds()};
}

void progress_line_show(struct progress_line *p, const char *what, size_t done, size_t total,
                        const char *so_far)
{
    double now = command_seconds();

    if (!p->shown || now - p->drawn < 0.1 || done == 0 || total == 0)
        return;
    p->drawn = now;
    double left = (now - p->begun) * (double)(total - done) / (double)done;
    unsigned long seconds = (unsigned long)(left + 0.5);
    fprintf(stderr, "\r\033[K%s %3.0f %%  %s, ", what, 100.0 * (double)done / (double)total,
            so_far);
    if (seconds >= 3600)
        fprintf(stderr, "%lu:%02lu:%02lu left", seconds / 3600, seconds / 60 % 60, seconds % 60);
    else
        fprintf(stderr, "%lu:%02lu left", seconds / 60, seconds % 60);
    fflush(stderr);
}

void progress_line_clear(const struct progress_line *p)
{
    if (p->shown)
        fputs("\r\033[K", stderr);
}

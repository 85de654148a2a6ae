/* A line on standard error that says how far a long computation is, and overwrites itself; nothing
 * where standard error is no terminal that can do that, or with --quiet. */
#ifndef RLX_PROGRESS_LINE_H
#define RLX_PROGRESS_LINE_H

#include "runtime/tool/command.h"

struct progress_line {
    bool shown;
    double begun, drawn; /* command_seconds */
};

void progress_line_begin(struct progress_line *p, const struct command_options *o);
/* "perplexity  34 %  21.35 so far, 1:20 left", at most ten times per second. */
void progress_line_show(struct progress_line *p, const char *what, size_t done, size_t total,
                        const char *so_far);
void progress_line_clear(const struct progress_line *p);

#endif

/* A progress line on stderr, if stderr is a terminal that can overwrite it; otherwise nothing. */
#ifndef RLXC_PROGRESS_H
#define RLXC_PROGRESS_H

#include "compiler/base/base.h"

struct progress {
    bool terminal;                        /* stderr is such a terminal */
    bool shown;                           /* the line is drawn */
    bool verbose;                         /* each phase's time is printed when it ends */
    double started, drawn, phase_started; /* seconds of the monotonic clock */
    char phase[32];
};

double progress_seconds(void); /* of the monotonic clock */
void progress_init(struct progress *p, bool quiet, bool verbose);
void progress_phase(struct progress *p, const char *phase);
/* Shows the current phase and how much of it is done, at most ten times per second. Signature of
 * weights_options.progress. */
void progress_bytes(void *p, const char *what, uint64_t done, uint64_t total);
/* Ends the last phase and erases the line. */
void progress_clear(struct progress *p);

/* Copies as much of `from`, which may be hostile UTF-8, as fits into that many columns of a
 * terminal. What is not a printable character becomes '?'. */
void progress_cut(const char *from, uint32_t columns, char *to, size_t bytes);

#endif

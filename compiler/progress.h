/* One line on stderr that says how far a build is, if stderr is a terminal that can overwrite it;
 * otherwise nothing. */
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
/* At most ten times a second: what is being done, and how much of it. Signature of
 * weights_options.progress. */
void progress_bytes(void *p, const char *what, uint64_t done, uint64_t total);
/* Ends the last phase and removes the line. */
void progress_clear(struct progress *p);

/* Copies as much of `from`, UTF-8 that anybody may have written, as fits into that many columns of
 * a terminal. What does not print, or is not a character, becomes '?'. */
void progress_cut(const char *from, uint32_t columns, char *to, size_t bytes);

#endif

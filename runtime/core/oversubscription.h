/* Decides how many threads should compute while other programs use the same processors. In: for
 * each stretch of computing, how many threads lost much of their time to others. Out: a number of
 * threads. A step ends with its slowest thread, so a thread that loses its processor half of the
 * time halves the speed of all; without it, the others lose only its share. */
#ifndef RLX_RUNTIME_OVERSUBSCRIPTION_H
#define RLX_RUNTIME_OVERSUBSCRIPTION_H

#include <stdbool.h>
#include <stdint.h>

/* A stretch is at least this long; a thread that lost more than this share of it is late. */
#define OVERSUBSCRIPTION_STRETCH_SECONDS 0.02
#define OVERSUBSCRIPTION_LATE_SHARE 0.2

struct oversubscription {
    uint32_t threads, active; /* all of them; those that compute */
    bool is_doubted;          /* the last stretch had late threads, the previous one had none */
    double pause;             /* seconds until all are tried again */
    double changed_at;        /* when threads were last taken out */
};

void oversubscription_open(struct oversubscription *c, uint32_t threads);
/* Reports a stretch that ended at `now` (seconds of any clock), in which `late` of the active
 * threads were late. */
void oversubscription_stretch(struct oversubscription *c, double now, uint32_t late);

#endif

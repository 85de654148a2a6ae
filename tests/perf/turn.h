/* Taking turns where others build and measure on the same machine: a lock on one file is the
 * turnstile; then comes an exclusive lock on a second file, held while measuring (builds and
 * preparations hold it shared). Without files nobody waits.
 */
#ifndef RLX_PERF_TURN_H
#define RLX_PERF_TURN_H

#include <stdbool.h>

struct turn {
    const char *turnstile, *machine;
};

/* "FILE,FILE", which is cut up. */
bool turn_parse(struct turn *turn, char *text);
int turn_take(const struct turn *turn);
int turn_share(const struct turn *turn);
void turn_leave(int held);

#endif

/* Work that several threads share: each takes items of a list that `context` describes until none is
 * left. */
#ifndef RLXC_THREADS_H
#define RLXC_THREADS_H

#include <stdint.h>

enum { THREADS_MAX = 64 };

/* Runs work(context) on `threads` threads, at most THREADS_MAX, the caller's among them, and waits
 * for all. Where the system allows fewer, those that there are do the whole work. */
void threads_run(void (*work)(void *context), void *context, uint64_t threads);

#endif

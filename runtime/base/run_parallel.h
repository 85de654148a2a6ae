/* Work that several threads begin together, for measurements. The time excludes the creation of
 * threads, and each thread has its own processor. */
#ifndef RLX_COMMON_RUN_PARALLEL_H
#define RLX_COMMON_RUN_PARALLEL_H

#include <stddef.h>

enum { RUN_PARALLEL_MAX = 64 };

/* Runs work(item) for each of `count` items (1 to RUN_PARALLEL_MAX), `item_bytes` apart. Several
 * items each run on their own thread, bound to its own processor. A single item runs on the
 * caller's thread, wherever the system has put it, as in the programs that are compared. Items for
 * which the system allows no thread run on the caller's thread, one after the other. Returns the
 * seconds from the first start to the last end. */
double run_parallel(void (*work)(void *item), void *items, size_t item_bytes, unsigned count);

#endif

/* Raw reading: how fast this machine delivers memory to so many threads, which is the yardstick of
 * decoding. `rlx bench` reads the mapped weights with it, `rlxc plan --machine=measured` memory of
 * its own, and tests/perf both, so that their figures compare.
 */
#ifndef RLX_COMMON_READING_H
#define RLX_COMMON_READING_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes a second at which `threads` threads (64 at most) read `data`, each its own stretch from
 * front to back, asking for lines 2 KB ahead or not. */
double reading_speed(const void *data, size_t bytes, unsigned threads, bool prefetch);

/* Which way is the faster one here: whether lines are to be asked for ahead. To be asked once, and
 * kept for all reads: the better one of every two is lucky more often than it is better. */
bool reading_way(const void *data, size_t bytes, unsigned threads);

#endif

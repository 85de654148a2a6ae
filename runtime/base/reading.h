/* Raw reading: how fast this machine delivers memory to a number of threads, the yardstick of
 * decoding. `rlx bench` reads the mapped weights with it, `rlxc plan --machine=measured` memory of
 * its own, and tests/perf both, so that their figures compare.
 */
#ifndef RLX_COMMON_READING_H
#define RLX_COMMON_READING_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes per second at which `threads` threads (64 at most) read `data`, each its own stretch from
 * front to back, prefetching 2 KB ahead or not. */
double reading_speed(const void *data, size_t bytes, unsigned threads, bool prefetch);

/* Whether prefetching is faster here. Ask once and keep the answer for all reads: the better of two
 * single measurements is lucky more often than it is better. */
bool reading_way(const void *data, size_t bytes, unsigned threads);

#endif

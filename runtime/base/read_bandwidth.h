/* Measures raw reading: how fast this machine delivers memory to a number of threads, which is the
 * yardstick of decoding. `rlx bench` reads the mapped weights, `rlxc plan --machine=measured` reads
 * its own memory, and tests/perf reads both, all with this code, so that their figures are
 * comparable. */
#ifndef RLX_COMMON_READ_BANDWIDTH_H
#define RLX_COMMON_READ_BANDWIDTH_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes per second at which `threads` threads (at most 64) read `data`, each its own part from
 * front to back, with or without a prefetch of 2 KB ahead. */
double read_bandwidth(const void *data, size_t bytes, unsigned threads, bool prefetch);

/* Whether prefetching is faster on this machine. Ask once and keep the answer for all reads,
 * because choosing the better of two measurements each time would mostly choose luck. */
bool read_prefers_prefetch(const void *data, size_t bytes, unsigned threads);

#endif

/* Limits of this machine, measured in short slices: peak arithmetic, and the time that two cores
 * need to see each other's writes (which shows how the virtual processors are placed).
 * runtime/base/read_bandwidth.h measures raw reading. Every speed in tests/perf is a ratio to one
 * of these in the same run, and `rlxc plan --machine=measured` predicts from them. */
#ifndef RLXC_MACHINE_LIMITS_H
#define RLXC_MACHINE_LIMITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum peak { PEAK_INT8, PEAK_BF16, PEAK_F32, PEAK_COUNT };
extern const char *const peak_name[PEAK_COUNT];

/* Operations per second (a multiply and an add count as two) of `threads` threads together; 0 if
 * the machine lacks the instruction. */
double limits_peak(enum peak peak, unsigned threads);

/* Nanoseconds of a round trip of one cache line between two threads. */
double limits_ping_pong(void);

double limits_seconds(void); /* a monotonic clock */

#endif

/* Work that several threads begin together, for measurements: the time includes neither the
 * creation of threads nor two of them on one processor.
 */
#ifndef RLX_COMMON_TOGETHER_H
#define RLX_COMMON_TOGETHER_H

#include <stddef.h>

enum { TOGETHER_MOST = 64 };

/* Runs work(item) for each of `count` items (1 to TOGETHER_MOST), `item_bytes` apart: several items
 * each in a thread of its own, bound to its own processor; a single one on the caller's thread,
 * wherever the system has put it, as with the programs under comparison. Returns the seconds from
 * the first start to the last end. */
double together_run(void (*work)(void *item), void *items, size_t item_bytes, unsigned count);

#endif

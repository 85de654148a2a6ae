/* Work that several threads begin together, for measurements: neither creating threads nor two of
 * them meeting on one processor is in the time.
 */
#ifndef RLX_COMMON_TOGETHER_H
#define RLX_COMMON_TOGETHER_H

#include <stddef.h>

enum { TOGETHER_MOST = 64 };

/* Runs work(item) for each of `count` items (1 to TOGETHER_MOST), `item_bytes` apart: several each
 * in a thread of its own, bound to a processor of its own; a single one here, wherever the system
 * has put the caller, as it does with those that it is compared with. Returns the seconds from the
 * first start to the last end. */
double together_run(void (*work)(void *item), void *items, size_t item_bytes, unsigned count);

#endif

/* The kind of a mapping: how much of it lies in huge pages. Raw reads are compared only with reads
 * of memory of the same kind.
 */
#ifndef RLX_PERF_PAGES_H
#define RLX_PERF_PAGES_H

#include <stddef.h>

/* The share, 0 to 1, of the mapping at `data` that huge pages hold, of what is in memory; 0 where
 * the system does not tell. */
double pages_huge(const void *data);
/* Asks for huge pages as the loader of models does. */
void pages_ask_huge(const void *data, size_t bytes);

#endif

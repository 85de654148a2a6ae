/* How much memory a program can still use. */
#ifndef RLX_FREE_MEMORY_H
#define RLX_FREE_MEMORY_H

#include <stdint.h>

/* Bytes that can be had without swapping, caches of files that the system can drop among them: of the machine,
 * and of each control group (cgroup v2) that this process is in. 0: the system does not say. */
uint64_t free_memory(void);

#endif

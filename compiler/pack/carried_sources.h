/* Files that rlxc carries, to write them beside a model that becomes source: the runtime, the
 * Makefile, the licence. The build makes them part of the program (carried_sources.cmake). */
#ifndef RLXC_CARRIED_SOURCES_H
#define RLXC_CARRIED_SOURCES_H

#include <stddef.h>

struct carried_source {
    const char *path; /* in the folder: "runtime/core/feed.c" */
    const char *data; /* a zero byte follows, which does not count */
    size_t bytes;
};

/* Of a program: everything but the code of the model, its weights and README.md. */
extern const struct carried_source carried_sources[];
extern const size_t carried_source_count;

/* Of a model without a program (--freestanding). */
extern const struct carried_source carried_freestanding_sources[];
extern const size_t carried_freestanding_source_count;

#endif

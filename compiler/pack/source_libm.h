/* Which functions of libm a text of C calls. In: source; out: declarations of these alone, so that
 * the source compiles without the system's headers, and a list for people. */
#ifndef RLXC_SOURCE_LIBM_H
#define RLXC_SOURCE_LIBM_H

#include "compiler/base/out.h"

enum { LIBM_MAX = 128 };
struct libm_names {
    char name[LIBM_MAX][16]; /* sorted, each once; functions */
    uint32_t count;
    uint32_t macros; /* bits: of those that math.h defines (source_libm.c) */
};

/* Adds those that occur outside comments and strings. */
void libm_find(const char *source, size_t bytes, struct libm_names *names);
/* A math.h that declares these. */
void libm_header(const struct libm_names *names, struct text *out);

#endif

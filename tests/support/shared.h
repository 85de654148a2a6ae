/* Where tests find data from outside the repository: below $RLX_SHARED, by default ../shared. */
#ifndef TESTS_SHARED_H
#define TESTS_SHARED_H

#include <stdio.h>
#include <stdlib.h>

/* The path of what is there; used again after eight more calls. */
static inline const char *test_shared(const char *below)
{
    static char paths[8][4096];
    static unsigned next;
    char *path = paths[next++ % 8];
    const char *root = getenv("RLX_SHARED");

    snprintf(path, sizeof paths[0], "%s/%s", root != NULL && *root != 0 ? root : "../shared",
             below);
    return path;
}

#endif

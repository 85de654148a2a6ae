/* Results that all programs of the suite share, in the folder that RLX_TEST_REUSE names; without it,
 * nothing is kept or found. */
#ifndef RLX_TESTS_REUSE_H
#define RLX_TESTS_REUSE_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>
#include <xxhash.h>

enum { REUSE_PATH_BYTES = 1024 };

static inline bool reuse_is_on(void)
{
    const char *folder = getenv("RLX_TEST_REUSE");

    return folder != NULL && folder[0] != 0;
}

static inline void reuse_path(XXH128_hash_t key, char path[REUSE_PATH_BYTES])
{
    const int length =
        snprintf(path, REUSE_PATH_BYTES, "%s/%016llx%016llx", getenv("RLX_TEST_REUSE"),
                 (unsigned long long)key.high64, (unsigned long long)key.low64);

    if (length < 0 || length >= REUSE_PATH_BYTES)
        abort();
}

/* A file is complete, because it gets its name when all is written. A result that cannot be kept is
 * made again. */
static inline void reuse_keep(const char *path, const void *made, size_t bytes)
{
    char unfinished[REUSE_PATH_BYTES + 8];

    snprintf(unfinished, sizeof unfinished, "%s.XXXXXX", path);
    const int file = mkstemp(unfinished);
    if (file < 0)
        return;
    const bool whole = write(file, made, bytes) == (ssize_t)bytes;
    if (close(file) != 0 || !whole || rename(unfinished, path) != 0)
        unlink(unfinished);
}

#endif

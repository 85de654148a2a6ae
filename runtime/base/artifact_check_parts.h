/* What the files of the checker share: how a check fails, and whether a range is inside another. */
#ifndef RLX_ARTIFACT_CHECK_PARTS_H
#define RLX_ARTIFACT_CHECK_PARTS_H

#include "runtime/base/artifact_check.h"

enum {
    MAX_CONTEXT = 1 << 28,
    MAX_VOCABULARY = 1 << 26,
    MAX_LOG_BYTES = 46, /* no home is larger than 2^46 bytes, so sums of two never overflow */
};

struct check {
    const char *name; /* of the file */
    const struct artifact *artifact;
    rlx_error *error;
    bool contents; /* of tables, whose digest is right */
};

/* "<file>: <sentence>", RLX_ERROR_BAD_FILE. RLX_ERROR_WRONG_VERSION for contents of a file that is newer than
 * this program: the digest shows that they are intact, so what looks wrong is new. */
rlx_status check_failed(const struct check *c, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
rlx_status bad_string(const struct check *c, const char *table, uint32_t index);

static inline bool inside(uint64_t offset, uint64_t bytes, uint64_t size)
{
    return offset <= size && bytes <= size - offset;
}

static inline bool string_holds(const struct check *c, uint32_t string)
{
    return string < c->artifact->strings.bytes;
}

/* Reserved fields of newer files may have a meaning. */
static inline bool reserved_holds(const struct check *c, uint64_t reserved)
{
    return reserved == 0 || c->artifact->header->minor > RLX_MINOR;
}

#endif

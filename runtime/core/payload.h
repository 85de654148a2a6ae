/* Where the bytes of an artifact are: in a file, in a part of one, or in the caller's memory. In: one of those. Out: the artifact's first byte and length, and mappings of it.
 */
#ifndef RLX_RUNTIME_PAYLOAD_H
#define RLX_RUNTIME_PAYLOAD_H

#include "rlx/rlx.h"

struct payload {
    const char *name; /* for messages */
    int descriptor;   /* unused where `memory` is set */
    const uint8_t *memory;
    uint64_t offset, bytes; /* of the artifact in the file, or in `memory` */
};

/* A regular file, or `bytes` of it from p->offset on; 0: all that stands there. */
rlx_status payload_of_file(struct payload *p, uint64_t bytes, rlx_error *error);

/* Copies the bytes from `at` on; the count, less than `bytes` where the payload ends before or
 * cannot be read. */
size_t payload_read(const struct payload *p, uint64_t at, void *to, size_t bytes);

/* Maps a part of the payload; of memory it is the caller's own, which must not be written. NULL:
 * failed, with errno. */
void *payload_map(const struct payload *p, uint64_t offset, uint64_t bytes, int protection);
/* The same for code that runs; of memory it is a copy. */
void *payload_map_code(const struct payload *p, uint64_t offset, uint64_t bytes);
/* Undoes a mapping, NULL included; not for the caller's own memory. */
void payload_unmap(void *at, uint64_t bytes);

#endif

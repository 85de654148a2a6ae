/* Where the bytes of an artifact are: in a file, in a part of one, or in the caller's memory. In:
 * one of these. Out: bytes and mappings of the artifact. */
#ifndef RLX_RUNTIME_PAYLOAD_H
#define RLX_RUNTIME_PAYLOAD_H

#include "rlx/rlx.h"

struct payload {
    const char *name; /* for messages */
    int descriptor;   /* unused if `memory` is set */
    const uint8_t *memory;
    uint64_t offset, bytes; /* of the artifact in the file, or in `memory` */
};

/* A regular file, or `bytes` of it from p->offset on; 0: up to its end. */
rlx_status payload_of_file(struct payload *p, uint64_t bytes, rlx_error *error);

/* Copies the bytes from `at` on. Returns the count, which is less than `bytes` if the payload ends
 * first or cannot be read. */
size_t payload_read(const struct payload *p, uint64_t at, void *to, size_t bytes);

/* Maps a part of the payload; memory is returned directly and must not be written. NULL and errno
 * on failure. */
void *payload_map(const struct payload *p, uint64_t offset, uint64_t bytes, int protection);
/* The same for executable code; memory is copied. */
void *payload_map_code(const struct payload *p, uint64_t offset, uint64_t bytes);
/* Removes a mapping, which may be NULL; not for the caller's own memory. */
void payload_unmap(void *at, uint64_t bytes);

#endif

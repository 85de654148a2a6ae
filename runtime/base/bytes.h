/* Bytes that grow. */
#ifndef RLX_BYTES_H
#define RLX_BYTES_H

#include <stdbool.h>
#include <stddef.h>

/* `data` is malloc'd, and the owner frees it. After a failed growth `failed` is set and the
 * contents stay. */
struct bytes {
    char *data;
    size_t count, capacity;
    bool failed;
};
/* Room for `count` more bytes. */
bool bytes_reserve(struct bytes *b, size_t count);
void bytes_add(struct bytes *b, const char *data, size_t count);

#endif

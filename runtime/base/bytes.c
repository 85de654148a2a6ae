/* Bytes that grow. */
#include "runtime/base/bytes.h"

#include <stdlib.h>
#include <string.h>

bool bytes_reserve(struct bytes *b, size_t count)
{
    if (count <= b->capacity - b->count)
        return true;
    size_t capacity = b->capacity + b->capacity / 2 + count + 64;
    char *grown = capacity > count ? realloc(b->data, capacity) : NULL;
    if (!grown) {
        b->failed = true;
        return false;
    }
    b->data = grown;
    b->capacity = capacity;
    return true;
}

void bytes_add(struct bytes *b, const char *data, size_t count)
{
    if (!bytes_reserve(b, count))
        return;
    if (count)
        memcpy(b->data + b->count, data, count);
    b->count += count;
}

/* Arenas over malloc'd chunks. In: sizes; out: zeroed memory that lives until a mark or the arena.
 */
#include "compiler/base/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct arena_chunk {
    struct arena_chunk *older;
    size_t bytes;
    _Alignas(64) char data[];
};

enum { CHUNK_BYTES = 1 << 16 };

_Noreturn void out_of_memory(uint64_t bytes)
{
    fputs("rlxc: error: there is not enough memory", stderr);
    if (bytes != 0)
        fprintf(stderr, ": %llu more bytes were needed", (unsigned long long)bytes);
    fputs("\n", stderr);
    exit(1);
}

_Noreturn void internal_error(const char *file, int line, const char *why)
{
    fprintf(stderr, "rlxc: internal error at %s:%d: %s\n", file, line, why);
    exit(70);
}

static void new_block(struct arena *a, size_t bytes)
{
    size_t room = bytes > CHUNK_BYTES ? bytes : CHUNK_BYTES;
    struct arena_chunk *chunk = NULL;

    if (room <= SIZE_MAX - sizeof *chunk - 64)
        chunk = aligned_alloc(64, (sizeof *chunk + room + 63) / 64 * 64);
    if (chunk == NULL)
        out_of_memory(bytes);
    chunk->older = a->chunks;
    chunk->bytes = room;
    a->chunks = chunk;
    a->at = chunk->data;
    a->end = chunk->data + room;
}

void *arena_alloc(struct arena *a, size_t bytes, size_t align)
{
    size_t skip = (size_t)(-(uintptr_t)a->at & (align - 1));

    if (a->chunks == NULL || bytes + skip < bytes || bytes + skip > (size_t)(a->end - a->at)) {
        if (bytes > SIZE_MAX - 128)
            out_of_memory(bytes);
        new_block(a, bytes + align);
        skip = (size_t)(-(uintptr_t)a->at & (align - 1));
    }
    void *p = a->at + skip;
    a->at += skip + bytes;
    a->used += bytes;
    if (a->used > a->peak)
        a->peak = a->used;
    return memset(p, 0, bytes);
}

char *arena_text(struct arena *a, const char *text, size_t bytes)
{
    char *copy = arena_alloc(a, bytes + 1, 1);

    if (bytes != 0)
        memcpy(copy, text, bytes);
    return copy;
}

char *arena_vprintf(struct arena *a, const char *format, va_list arguments)
{
    va_list again;

    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length < 0)
        unreachable("a format that cannot be printed");
    char *text = arena_alloc(a, (size_t)length + 1, 1);
    vsnprintf(text, (size_t)length + 1, format, arguments);
    return text;
}

char *arena_printf(struct arena *a, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    char *text = arena_vprintf(a, format, arguments);
    va_end(arguments);
    return text;
}

struct arena_mark arena_mark(const struct arena *a)
{
    return (struct arena_mark){a->chunks, a->at, a->used};
}

void arena_release(struct arena *a, struct arena_mark mark)
{
    while (a->chunks != mark.chunk) {
        struct arena_chunk *chunk = a->chunks;
        a->chunks = chunk->older;
        free(chunk);
    }
    a->at = mark.at;
    a->end = mark.chunk == NULL ? NULL : mark.chunk->data + mark.chunk->bytes;
    a->used = mark.used;
}

void arena_free(struct arena *a)
{
    arena_release(a, (struct arena_mark){0});
    *a = (struct arena){0};
}

void *arena_grow(struct arena *a, void *array, uint32_t used, uint32_t *capacity, uint32_t count,
                 size_t element_bytes)
{
    if (count <= *capacity - used)
        return array;
    uint64_t wanted = max_u64(max_u64((uint64_t)*capacity * 2, (uint64_t)used + count), 16);
    if (wanted > UINT32_MAX || wanted > SIZE_MAX / element_bytes)
        out_of_memory(SIZE_MAX);
    void *bigger = arena_alloc(a, (size_t)wanted * element_bytes, 16);
    if (used != 0)
        memcpy(bigger, array, used * element_bytes);
    *capacity = (uint32_t)wanted;
    return bigger;
}

/* Text buffers, and files that appear whole or not at all (runtime/base/atomic_file.h). */
#include "compiler/base/out.h"

#include "runtime/base/printable.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

void text_add_bytes(struct text *t, const char *data, size_t bytes)
{
    t->data = arena_grow(t->arena, t->data, t->bytes, &t->capacity, (uint32_t)bytes + 1, 1);
    memcpy(t->data + t->bytes, data, bytes);
    t->bytes += (uint32_t)bytes;
    t->data[t->bytes] = 0;
}

static void add_printable(struct text *t, const char *text, const char *escaped)
{
    bool plain;

    for (size_t bytes; (bytes = printable_next(text, &plain)) != 0; text += bytes) {
        if (plain && strchr(escaped, text[0]) != NULL)
            text_add_bytes(t, "\\", 1);
        if (plain)
            text_add_bytes(t, text, bytes);
        for (size_t i = 0; i < bytes && !plain; i++)
            text_add(t, "\\x%02x", (unsigned char)text[i]);
    }
}

void text_add_printable(struct text *t, const char *text)
{
    text_add_bytes(t, "", 0);
    add_printable(t, text, "");
}

void text_add_quoted(struct text *t, const char *text)
{
    text_add(t, "\"");
    add_printable(t, text, "\"\\");
    text_add(t, "\"");
}

void text_add(struct text *t, const char *format, ...)
{
    char stack[512];
    va_list arguments, again;

    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(stack, sizeof stack, format, arguments);
    va_end(arguments);
    assert(length >= 0);
    if ((size_t)length < sizeof stack) {
        text_add_bytes(t, stack, (size_t)length);
    } else {
        t->data = arena_grow(t->arena, t->data, t->bytes, &t->capacity, (uint32_t)length + 1, 1);
        vsnprintf(t->data + t->bytes, (size_t)length + 1, format, again);
        t->bytes += (uint32_t)length;
    }
    va_end(again);
}

static bool out_error(struct out *o, const char *what, int failure)
{
    o->failed = true;
    return diag_error(o->diags, (struct place){.file = o->path}, "%s: %s", what,
                      goal_reason(failure));
}

enum { WAYS = ATOMIC_FILE_STREAMS | ATOMIC_FILE_ANY_ORDER | ATOMIC_FILE_RESULT };

bool out_check(const char *path, struct diags *d)
{
    int failure = goal_check(path, true);

    return failure == 0 || diag_error(d, (struct place){.file = goal_name(path)},
                                      "cannot be created: %s", goal_reason(failure));
}

bool out_open(struct out *o, const char *path, struct diags *d)
{
    *o = (struct out){.path = goal_name(path), .diags = d};
    int failure = atomic_file_open(&o->atomic_file, path, WAYS);

    return failure == 0 || out_error(o, "cannot be created", failure);
}

/* A write waits for memory under the lock of the file, one thread at a time. Where memory comes
 * from the host of a virtual machine, that takes longer than everything else. There each thread
 * fetches a large page in parallel with the others and gives it back, and the write takes it. */
static void fetch_large_page(void)
{
    char *room = mmap(NULL, 2 * (size_t)OUT_LARGE_PAGE, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (room == MAP_FAILED)
        return;
    char *page = room + (-(uintptr_t)room & (OUT_LARGE_PAGE - 1));
    if (madvise(page, OUT_LARGE_PAGE, MADV_HUGEPAGE) == 0)
        *(volatile char *)page = 1;
    munmap(room, 2 * (size_t)OUT_LARGE_PAGE);
}

static uint64_t microseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* For a large page: memory at hand takes 0.4 ms. */
enum { SLOW_MICROSECONDS = 1500 };

int out_place(struct out *o, uint64_t offset, const void *data, uint64_t bytes)
{
    const char *from = data;
    int fd = fileno(o->atomic_file.file);

    while (bytes != 0) { /* never more than one large page, or one is made of a larger size */
        uint64_t max = OUT_LARGE_PAGE - offset % OUT_LARGE_PAGE;
        bool large = bytes >= OUT_LARGE_PAGE && max == OUT_LARGE_PAGE;
        if (large && atomic_load_explicit(&o->waits, memory_order_relaxed))
            fetch_large_page();
        uint64_t start = microseconds();
        ssize_t done = pwrite(fd, from, min_u64(bytes, max), (off_t)offset);
        if (large)
            atomic_store_explicit(&o->waits, microseconds() - start > SLOW_MICROSECONDS,
                                  memory_order_relaxed);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return done < 0 ? errno : EIO;
        from += done;
        offset += (uint64_t)done;
        bytes -= (uint64_t)done;
    }
    return 0;
}

bool out_placed(struct out *o, uint64_t end, int error)
{
    if (error != 0 && !o->failed)
        return out_error(o, "cannot be written", error);
    o->bytes = max_u64(o->bytes, end);
    return !o->failed;
}

bool out_write_at(struct out *o, uint64_t offset, const void *data, uint64_t bytes)
{
    return !o->failed && out_placed(o, offset + bytes, out_place(o, offset, data, bytes));
}

bool out_write(struct out *o, const void *data, uint64_t bytes)
{
    return out_write_at(o, o->bytes, data, bytes);
}

bool out_pad(struct out *o, uint64_t align)
{
    static const char zeros[4096];

    while (o->bytes % align != 0 && !o->failed)
        out_write(o, zeros, min_u64(align - o->bytes % align, sizeof zeros));
    return !o->failed;
}

void out_skip(struct out *o, uint64_t align)
{
    o->bytes = round_up(o->bytes, align);
}

/* The first failure is the one that is told. */
bool out_commit(struct out *o, bool executable)
{
    int failure = atomic_file_close(&o->atomic_file, o->failed ? ECANCELED : 0,
                                    executable ? 0777 : 0666, false);

    if (failure != 0 && !o->failed)
        out_error(o, "cannot be written", failure);
    return !o->failed;
}

void out_discard(struct out *o)
{
    atomic_file_close(&o->atomic_file, ECANCELED, 0, false);
}

/* Text buffers, and files that are written beside their goal and renamed when they are whole. */
#include "compiler/base/out.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void text_add_bytes(struct text *t, const char *data, size_t bytes)
{
    t->data = arena_grow(t->arena, t->data, t->bytes, &t->capacity, (uint32_t)bytes + 1, 1);
    memcpy(t->data + t->bytes, data, bytes);
    t->bytes += (uint32_t)bytes;
    t->data[t->bytes] = 0;
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

/* The file to remove on an interrupt; one output is open at a time. */
static char pending_path[4096];

static void unlink_pending(void)
{
    if (pending_path[0] != 0)
        unlink(pending_path);
}

static void remove_pending(int signal_number)
{
    unlink_pending();
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

static bool out_error(struct out *o, const char *what)
{
    o->failed = true;
    return diag_error(o->diags, (struct place){.file = o->path}, "%s: %s", what, strerror(errno));
}

/* A rename would put a file in the place of a device, a pipe or a directory. */
static bool may_be_replaced(const char *path, struct diags *d)
{
    struct stat goal;

    if (stat(path, &goal) != 0 || S_ISREG(goal.st_mode))
        return true;
    return diag_error(d, (struct place){.file = path}, "expected a path for a file, found a %s",
                      S_ISDIR(goal.st_mode) ? "directory" : "device or pipe");
}

/* What the caller ignores (nohup, a job in the background) stays ignored. */
static void catch_signal(int signal_number, void (*handler)(int))
{
    struct sigaction now;

    if (sigaction(signal_number, NULL, &now) == 0 && now.sa_handler != SIG_IGN)
        signal(signal_number, handler);
}

static void catch_signals(void (*handler)(int))
{
    catch_signal(SIGINT, handler);
    catch_signal(SIGTERM, handler);
    catch_signal(SIGHUP, handler);
}

bool out_open(struct out *o, const char *path, struct diags *d)
{
    static bool ending;

    *o = (struct out){.path = path, .diags = d, .fd = -1};
    if (!may_be_replaced(path, d))
        return false;
    char *resolved = realpath(path, NULL);
    o->goal = resolved == NULL ? path : arena_printf(d->arena, "%s", resolved);
    free(resolved);
    char *temporary = arena_printf(d->arena, "%s.XXXXXX", o->goal);
    o->temporary = temporary;
    if (strlen(temporary) >= sizeof pending_path)
        return diag_error(d, (struct place){.file = path}, "the path is too long");
    o->fd = mkstemp(temporary);
    if (o->fd < 0)
        return out_error(o, "cannot be created");
    strcpy(pending_path, temporary);
    catch_signals(remove_pending);
    if (!ending && atexit(unlink_pending) == 0)
        ending = true;
    signal(SIGXFSZ, SIG_IGN); /* a file that is too large is an error of the write */
    return true;
}

int out_place(struct out *o, uint64_t offset, const void *data, uint64_t bytes)
{
    const char *from = data;

    while (bytes != 0) { /* never more than one large page, or one is made of a larger size */
        uint64_t most = OUT_LARGE_PAGE - offset % OUT_LARGE_PAGE;
        ssize_t done = pwrite(o->fd, from, min_u64(bytes, most), (off_t)offset);
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
    if (error != 0 && !o->failed) {
        errno = error;
        return out_error(o, "cannot be written");
    }
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

static void forget_pending(void)
{
    catch_signals(SIG_DFL);
    pending_path[0] = 0;
}

/* Into the place of what was there, at once. Where something was, the two change places, because
 * some systems (ext4) make a rename over a file wait until all of the new one is on its way to the
 * disk, which takes longer than packing it. */
static bool take_place(const struct out *o)
{
#ifdef RENAME_EXCHANGE
    if (renameat2(AT_FDCWD, o->temporary, AT_FDCWD, o->goal, RENAME_EXCHANGE) == 0)
        return unlink(o->temporary) == 0;
#endif
    return rename(o->temporary, o->goal) == 0;
}

bool out_commit(struct out *o, bool executable)
{
    mode_t mask = umask(0);

    umask(mask);
    if (!o->failed && fchmod(o->fd, (executable ? 0777 : 0666) & ~mask) != 0)
        out_error(o, "cannot set its mode");
    if (close(o->fd) != 0 && !o->failed)
        out_error(o, "cannot be closed");
    o->fd = -1;
    if (!o->failed && !take_place(o))
        out_error(o, "cannot be renamed into place");
    if (o->failed)
        unlink(o->temporary);
    forget_pending();
    return !o->failed;
}

void out_discard(struct out *o)
{
    if (o->fd >= 0) {
        close(o->fd);
        unlink(o->temporary);
        forget_pending();
    }
    o->fd = -1;
}

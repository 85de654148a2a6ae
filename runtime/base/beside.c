/* Writing beside the goal and renaming. In: a path, bytes through stdio or the descriptor; out: the
 * whole file, or errno. Any thread, except with a mode other than 0 (the only way to read the
 * process's mask is to set it). Contract: beside.h.
 */
#include "runtime/base/beside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void forget(struct beside *b)
{
    free(b->goal);
    free(b->path);
    *b = (struct beside){0};
}

int beside_open(struct beside *b, const char *goal)
{
    *b = (struct beside){.goal = realpath(goal, NULL)};
    if (b->goal == NULL)
        b->goal = strdup(goal);
    if (b->goal == NULL || asprintf(&b->path, "%s.XXXXXX", b->goal) < 0) {
        b->path = NULL;
        forget(b);
        return ENOMEM;
    }
    int descriptor = mkostemp(b->path, O_CLOEXEC);
    b->file = descriptor < 0 ? NULL : fdopen(descriptor, "wb");
    if (b->file != NULL)
        return 0;
    int failure = errno;
    if (descriptor >= 0) {
        close(descriptor);
        unlink(b->path);
    }
    forget(b);
    return failure;
}

static bool set_mode(const struct beside *b, mode_t mode)
{
    mode_t mask = umask(0);

    umask(mask);
    return fchmod(fileno(b->file), mode & ~mask) == 0;
}

/* Replaces what was there, at once. Where there was a file, the two exchange names: some systems
 * (ext4) make a rename over a file wait until all of the new one is on its way to the disk, which
 * takes longer than packing a model. A file that is on the disk already does not wait. */
static bool take_place(const struct beside *b, bool durable)
{
#ifdef RENAME_EXCHANGE
    if (!durable && renameat2(AT_FDCWD, b->path, AT_FDCWD, b->goal, RENAME_EXCHANGE) == 0)
        return unlink(b->path) == 0;
#endif
    (void)durable;
    return rename(b->path, b->goal) == 0;
}

int beside_close(struct beside *b, int failure, mode_t mode, bool durable)
{
    if (failure == 0 && (fflush(b->file) != 0 || (mode != 0 && !set_mode(b, mode)) ||
                         (durable && fsync(fileno(b->file)) != 0)))
        failure = errno;
    if (fclose(b->file) != 0 && failure == 0)
        failure = errno;
    if (failure == 0 && !take_place(b, durable))
        failure = errno;
    if (failure != 0)
        unlink(b->path);
    forget(b);
    return failure;
}

/* Writes a file that appears whole or not at all. In: a path, and bytes through stdio or the
 * descriptor; out: the whole file, or a failure. Any thread may call this, except with a mode other
 * than 0 (the only way to read the process's mask is to set it). Contract: atomic_file.h.
 *
 * If the system supports it, a file has no name until it is whole, so that nothing remains whatever
 * ends the program. It can take a free name directly. Only a rename can take a name that is in use,
 * so the file then has a temporary name in the same folder for that moment.
 */
#include "runtime/base/atomic_file.h"

#include "runtime/base/goal.h"
#include "runtime/base/used_files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    ENDING = 7,                     /* ".XXXXXX" */
    NAME_BYTES = NAME_MAX - ENDING, /* bytes of the goal's name in the temporary name */
    LINK_BYTES = 32,                /* "/proc/self/fd/N" */
    PENDING = 64,
};

/* ---- temporary names, which end with the program ---- */

/* Whoever takes a path out owns it: a signal handler never frees what it took. */
static char *_Atomic pending[PENDING];

char *_Atomic *atomic_file_keep_path(char *path)
{
    for (size_t i = 0; i < PENDING; i++) {
        char *none = NULL;
        if (atomic_compare_exchange_strong(&pending[i], &none, path))
            return &pending[i];
    }
    return NULL;
}

void atomic_file_forget_path(char *_Atomic *kept, char *path)
{
    if (kept == NULL || atomic_exchange(kept, NULL) != NULL)
        free(path);
}

static void remember(struct atomic_file *b)
{
    if (b->pending == NULL)
        b->pending = atomic_file_keep_path(b->path);
}

static void free_path(struct atomic_file *b)
{
    atomic_file_forget_path(b->pending, b->path);
    b->path = NULL;
    b->pending = NULL;
}

/* Files before the folder that they are in, which came first. */
void atomic_file_remove_all(void)
{
    for (size_t i = PENDING; i-- > 0;) {
        const char *path = atomic_exchange(&pending[i], NULL);
        if (path != NULL && unlink(path) != 0)
            rmdir(path);
    }
}

/* ---- opening ---- */

static int end_open(struct atomic_file *b, int descriptor)
{
    if (descriptor >= 0)
        b->file = fdopen(descriptor, "wb");
    if (b->file != NULL)
        return 0;
    int failure = errno;
    if (descriptor >= 0)
        close(descriptor);
    if (b->path != NULL)
        unlink(b->path);
    if (b->stream >= 0)
        close(b->stream);
    free_path(b);
    free(b->goal);
    return failure;
}

/* The temporary name, without its last characters. */
static bool make_path(struct atomic_file *b)
{
    const char *slash = strrchr(b->goal, '/');
    int folder = slash == NULL ? 0 : (int)(slash + 1 - b->goal);

    free_path(b);
    if (asprintf(&b->path, "%.*s%.*s.XXXXXX", folder, b->goal, NAME_BYTES, b->goal + folder) >= 0)
        return true;
    b->path = NULL;
    errno = ENOMEM;
    return false;
}

/* Opens a file without a name in the goal's folder; -1 if the system cannot do that, or could not
 * name it later. */
static int open_nameless(const struct atomic_file *b)
{
    char *folder = goal_folder(b->goal), link[LINK_BYTES];
    int descriptor = folder == NULL ? -1 : open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

    free(folder);
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    if (descriptor >= 0 && access(link, F_OK) != 0) {
        close(descriptor);
        return -1;
    }
    return descriptor;
}

static int open_named(struct atomic_file *b)
{
    int descriptor = make_path(b) ? mkostemp(b->path, O_CLOEXEC) : -1;

    if (descriptor >= 0)
        remember(b);
    else
        free_path(b);
    return descriptor;
}

/* A hidden file, for what a stream receives at the end. */
static int open_hidden(void)
{
    const char *folder = getenv("TMPDIR");
    char *path;

    if (asprintf(&path, "%s/rlx.XXXXXX", folder == NULL || *folder == 0 ? P_tmpdir : folder) < 0)
        return -1;
    int descriptor = mkostemp(path, O_CLOEXEC);
    if (descriptor >= 0)
        unlink(path);
    free(path);
    return descriptor;
}

static int open_stream(struct atomic_file *b, const char *goal)
{
    int descriptor = goal_is_standard_output(goal, (b->ways & ATOMIC_FILE_STREAMS) != 0)
                         ? fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
                         : open(goal, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    int failure = descriptor < 0 ? errno : goal_check_stream(descriptor);

    if (failure != 0) {
        if (descriptor >= 0)
            close(descriptor);
        return failure;
    }
    fflush(stdout); /* earlier output comes first */
    if ((b->ways & ATOMIC_FILE_ANY_ORDER) == 0)
        return end_open(b, descriptor);
    b->stream = descriptor;
    return end_open(b, open_hidden());
}

int atomic_file_open(struct atomic_file *b, const char *goal, unsigned ways)
{
    bool streams = (ways & ATOMIC_FILE_STREAMS) != 0, stream;

    *b = (struct atomic_file){.stream = -1, .ways = ways};
    if (goal_is_standard_output(goal, streams))
        return open_stream(b, goal);
    int failure = goal_check_there(goal, streams, &stream);
    if (failure != 0)
        return failure;
    if (stream)
        return open_stream(b, goal);
    b->goal = goal_behind_links(goal);
    if (b->goal == NULL)
        return errno;
    int descriptor = open_nameless(b);
    return end_open(b, descriptor >= 0 ? descriptor : open_named(b));
}

/* ---- closing ---- */

/* File systems without modes, or with one mode for all files, refuse other modes. */
static bool set_mode(const struct atomic_file *b, mode_t mode)
{
    mode_t mask = umask(0);

    umask(mask);
    return fchmod(fileno(b->file), mode & ~mask) == 0 || errno == EPERM || errno == ENOTSUP ||
           errno == ENOSYS;
}

/* All bytes of a file into another, or into a stream. */
static int copy_bytes(int from, int to)
{
    char piece[1 << 16];
    off_t at = 0;
    ssize_t got, done;

    while ((got = pread(from, piece, sizeof piece, at)) > 0) {
        at += got;
        for (const char *next = piece; got > 0; next += done, got -= done) {
            done = write(to, next, (size_t)got);
            if (done < 0 && errno != EINTR)
                return errno;
            done = done < 0 ? 0 : done;
        }
    }
    return got < 0 ? errno : 0;
}

static void make_ending(char *to)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    unsigned char random[ENDING - 1] = {0};

    (void)!getrandom(random, sizeof random, 0);
    for (size_t i = 0; i < sizeof random; i++)
        to[i] = letters[random[i] % (sizeof letters - 1)];
}

/* Replaces a nameless file by a named copy: some systems refuse to name it. */
static int copy_to_named(struct atomic_file *b, bool durable)
{
    struct stat facts;
    int named = open_named(b), failure = named < 0 ? errno : copy_bytes(fileno(b->file), named);

    if (named < 0)
        return failure;
    if (failure == 0 && fstat(fileno(b->file), &facts) == 0)
        (void)!fchmod(named, facts.st_mode & 07777); /* as far as the file system has modes */
    if (failure == 0 && durable && fsync(named) != 0)
        failure = errno;
    if (failure == 0 && dup3(named, fileno(b->file), O_CLOEXEC) < 0)
        failure = errno;
    if (close(named) != 0 && failure == 0)
        failure = errno;
    return failure; /* then the caller removes b->path */
}

/* Gives a nameless file the goal's name if that is free, else a temporary name: b->path. */
static int take_name(struct atomic_file *b, bool durable)
{
    enum { TRIES = 100 };
    char from[LINK_BYTES];

    snprintf(from, sizeof from, "/proc/self/fd/%d", fileno(b->file));
    if (linkat(AT_FDCWD, from, AT_FDCWD, b->goal, AT_SYMLINK_FOLLOW) == 0)
        return 0;
    for (int i = 0; i < TRIES && errno == EEXIST; i++) {
        if (!make_path(b))
            return errno;
        make_ending(b->path + strlen(b->path) - (ENDING - 1));
        remember(b); /* before it has the name, so that no signal leaves it */
        if (linkat(AT_FDCWD, from, AT_FDCWD, b->path, AT_SYMLINK_FOLLOW) == 0)
            return 0;
    }
    int failure = errno;
    free_path(b);
    return failure == EEXIST ? failure : copy_to_named(b, durable);
}

/* Errors that the system reports only on closing, as some network file systems do. */
static int try_to_close(const struct atomic_file *b)
{
    int again = fcntl(fileno(b->file), F_DUPFD_CLOEXEC, 0);

    return again >= 0 && close(again) == 0 ? 0 : errno;
}

/* Replaces the old file atomically. If there is one, the two exchange names, because on some file
 * systems (ext4) a rename over a file waits until all of the new file is on its way to the disk,
 * which takes longer than packing a model. A file that is already on the disk does not wait. */
static int take_place(struct atomic_file *b, bool durable)
{
    bool stream;
    int failure =
        goal_check_there(b->goal, true, &stream); /* the file may have been opened for reading
                                                     since */

    if (failure == 0 && stream)
        failure = GOAL_NO_FILE;
    if (failure == 0 && b->path == NULL)
        failure = take_name(b, durable);
    if (failure != 0 || b->path == NULL)
        return failure;
#ifdef RENAME_EXCHANGE
    if (!durable && renameat2(AT_FDCWD, b->path, AT_FDCWD, b->goal, RENAME_EXCHANGE) == 0)
        return unlink(b->path) == 0 ? 0 : errno;
#endif
    (void)durable;
    return rename(b->path, b->goal) == 0 ? 0 : errno;
}

static int close_stream(struct atomic_file *b, int failure)
{
    if (failure == 0 && fflush(b->file) != 0)
        failure = errno;
    if (failure == 0 && b->stream >= 0)
        failure = copy_bytes(fileno(b->file), b->stream);
    if (b->stream >= 0 && close(b->stream) != 0 && failure == 0)
        failure = errno;
    if (fclose(b->file) != 0 && failure == 0)
        failure = errno;
    return failure;
}

int atomic_file_close(struct atomic_file *b, int failure, mode_t mode, bool durable)
{
    if (b->goal == NULL)
        return close_stream(b, failure);
    if (failure == 0 && (fflush(b->file) != 0 || (mode != 0 && !set_mode(b, mode)) ||
                         (durable && fsync(fileno(b->file)) != 0)))
        failure = errno;
    if (failure == 0)
        failure = try_to_close(b);
    if (failure == 0)
        failure = take_place(b, durable);
    if (failure == 0 && (b->ways & ATOMIC_FILE_RESULT) != 0)
        used_file_add(fileno(b->file), FILE_WRITTEN);
    if (failure != 0 && b->path != NULL)
        unlink(b->path);
    if (fclose(b->file) != 0 && failure == 0)
        failure = errno;
    free_path(b);
    free(b->goal);
    return failure;
}

/* Checks where results may go. In: paths and descriptors; out: what is wrong with them, and the
 * path with symbolic links resolved. Contract: goal.h. */
#include "runtime/base/goal.h"

#include "runtime/base/used_files.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINKS_MAX = 40 }; /* the limit of the kernel */

bool goal_is_standard_output(const char *goal, bool streams)
{
    return streams && strcmp(goal, "-") == 0;
}

const char *goal_name(const char *goal)
{
    return strcmp(goal, "-") == 0 ? "standard output" : goal;
}

const char *goal_reason(int failure)
{
    switch (failure) {
    case GOAL_READ:
        return "it would be overwritten, and this command reads it";
    case GOAL_WRITTEN:
        return "it would be overwritten, and this command has just written it";
    case GOAL_NO_FILE:
        return "expected a path for a file, found a device or pipe";
    case GOAL_TERMINAL:
        return "expected a file or a pipe, found a terminal";
    case GOAL_NO_FOLDER:
        return "its folder does not exist";
    case EISDIR:
        return "expected a path for a file, found a directory";
    default:
        return strerror(failure);
    }
}

/* Checks whether this file may be replaced, or written to. */
static int check_use(const struct stat *facts)
{
    switch (used_file_find(facts)) {
    case FILE_READ:
        return GOAL_READ;
    case FILE_WRITTEN:
        return GOAL_WRITTEN;
    default:
        return 0;
    }
}

/* A stream is not a regular file, and is not replaced. */
static bool is_stream(const struct stat *facts)
{
    return S_ISFIFO(facts->st_mode) || S_ISCHR(facts->st_mode);
}

int goal_check_there(const char *goal, bool streams, bool *stream)
{
    struct stat facts;

    *stream = false;
    if (stat(goal, &facts) != 0)
        return 0;
    if (S_ISREG(facts.st_mode))
        return check_use(&facts);
    *stream = streams && is_stream(&facts);
    return *stream ? 0 : S_ISDIR(facts.st_mode) ? EISDIR : GOAL_NO_FILE;
}

/* The target of `at`, a symbolic link; malloc'd. */
static char *follow(const char *at)
{
    char target[PATH_MAX], *next;
    const char *slash = strrchr(at, '/');
    ssize_t bytes = readlink(at, target, sizeof target - 1);

    if (bytes < 0)
        return NULL;
    target[bytes] = 0;
    int folder = target[0] == '/' || slash == NULL ? 0 : (int)(slash + 1 - at);
    return asprintf(&next, "%.*s%s", folder, at, target) < 0 ? NULL : next;
}

char *goal_behind_links(const char *path)
{
    struct stat facts;
    bool there = stat(path, &facts) == 0;
    char *at = realpath(path, NULL), *next;

    if (at != NULL || there || errno != ENOENT) /* an open file that was removed has no path */
        return at;
    at = strdup(path);
    for (int links = 0; at != NULL && (next = follow(at)) != NULL; links++) {
        free(at);
        at = next;
        if (links == LINKS_MAX) {
            free(at);
            errno = ELOOP;
            return NULL;
        }
    }
    return at;
}

char *goal_folder(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (slash == NULL)
        return strdup(".");
    return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

/* Checks whether files can be created there. */
static int check_folder(const char *goal)
{
    struct stat facts;
    char *path = goal_behind_links(goal);
    int failure = path == NULL ? errno : 0;
    char *folder = path == NULL ? NULL : goal_folder(path);

    if (folder != NULL && (stat(folder, &facts) != 0 || !S_ISDIR(facts.st_mode)))
        failure = GOAL_NO_FOLDER;
    else if (folder != NULL && access(folder, W_OK | X_OK) != 0)
        failure = errno;
    free(path);
    free(folder);
    return failure;
}

int goal_check_stream(int descriptor)
{
    struct stat facts;

    if (isatty(descriptor))
        return GOAL_TERMINAL;
    if (fstat(descriptor, &facts) != 0)
        return errno;
    return S_ISREG(facts.st_mode) ? check_use(&facts) : 0;
}

int goal_check(const char *goal, bool streams)
{
    bool stream;

    if (goal_is_standard_output(goal, streams))
        return goal_check_stream(STDOUT_FILENO);
    int failure = goal_check_there(goal, streams, &stream);
    return failure != 0 || stream ? failure : check_folder(goal);
}

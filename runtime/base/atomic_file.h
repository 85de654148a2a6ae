/* Files that appear whole or not at all: they are written without a name, or under a temporary name
 * next to their goal, and take the goal's name when they are whole. The compiler and the runtime
 * both write in this way. Files that the program reads or has written (used_files.h) are never
 * replaced.
 *
 * Failures are those of goal.h.
 */
#ifndef RLX_COMMON_ATOMIC_FILE_H
#define RLX_COMMON_ATOMIC_FILE_H

#include "runtime/base/goal.h"

#include <stdio.h>
#include <sys/types.h>

enum atomic_file_ways {
    ATOMIC_FILE_STREAMS = 1, /* "-" is standard output, and pipes and devices are written to;
                             without this, "-" is a file and both are refused */
    ATOMIC_FILE_ANY_ORDER =
        2,                  /* bytes are written in any order; a stream receives all of them at the
                             end */
    ATOMIC_FILE_RESULT = 4, /* no later output of this program may replace it */
};

struct atomic_file {
    FILE *file;             /* to write to; a stream cannot seek without ATOMIC_FILE_ANY_ORDER */
    char *goal;             /* with symbolic links resolved, which stay; NULL: a stream */
    char *path;             /* "<goal>.XXXXXX", readable only by its owner; NULL: no name */
    char *_Atomic *pending; /* holds the path until the file is removed or becomes the goal */
    int stream;             /* receives the bytes at the end; -1: none */
    unsigned ways;
};

/* 0, or a failure, which leaves nothing behind. */
int atomic_file_open(struct atomic_file *b, const char *goal, unsigned ways);

/* Ends writing. If `failure` is not 0, something went wrong before, and the file is removed.
 * Otherwise it replaces the goal, with this mode less the bits of the process's mask (0: as it was
 * opened), if the file system has modes. `durable`: the file is on the disk before it has the name,
 * so that a crash leaves the old file or the new one. Returns `failure`, or what went wrong
 * here. */
int atomic_file_close(struct atomic_file *b, int failure, mode_t mode, bool durable);

/* Keeps a path, malloc'd, for atomic_file_remove_all: of an unfinished file, or of a folder, which is
 * removed only if it is empty then. NULL: there is no room to remember it. */
char *_Atomic *atomic_file_keep_path(char *path);
/* What the path names has its place, or is gone; frees the path. */
void atomic_file_forget_path(char *_Atomic *kept, char *path);

/* Removes unfinished files and folders that have a name. For handlers of signals that end the program. */
void atomic_file_remove_all(void);

#endif

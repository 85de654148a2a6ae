/* Files that appear whole or not at all: written without a name, or beside their goal, and given
 * its name when they are whole. The compiler and the runtime both write this way; this folder
 * includes neither. What the program reads, or has written (used_files.h), is never replaced.
 *
 * Failures are those of goal.h.
 */
#ifndef RLX_COMMON_BESIDE_H
#define RLX_COMMON_BESIDE_H

#include "runtime/base/goal.h"

#include <stdio.h>
#include <sys/types.h>

enum beside_ways {
    BESIDE_STREAMS = 1,   /* "-" is standard output, and a pipe or a device is written to and stays;
                             without this both are refused, "-" is a file */
    BESIDE_ANY_ORDER = 2, /* bytes are placed in any order; a stream gets all of them at the end */
    BESIDE_RESULT = 4,    /* no later output of this program may take its place */
};

struct beside {
    FILE *file;             /* to write to; a stream cannot seek without BESIDE_ANY_ORDER */
    char *goal;             /* behind symbolic links, which stay; NULL: a stream */
    char *path;             /* "<goal>.XXXXXX", readable by its owner alone; NULL: it has no name */
    char *_Atomic *pending; /* where the path stands until it is removed or becomes the goal */
    int stream;             /* where the bytes go at the end; -1: nowhere else */
    unsigned ways;
};

/* 0; else a failure, and nothing is left. */
int beside_open(struct beside *b, const char *goal, unsigned ways);

/* Ends it. `failure` is what went wrong before, and the file goes; 0: it takes the goal's place,
 * with this mode less the bits of the process's mask (0: as it was opened), as far as the system of
 * files knows modes. `durable`: on the disk before it has the name, so that a crash leaves the old
 * file or the new one. Returns `failure`, or what went wrong here. */
int beside_close(struct beside *b, int failure, mode_t mode, bool durable);

/* Removes what has a name and is not whole. For handlers of signals that end the program. */
void beside_remove_all(void);

#endif

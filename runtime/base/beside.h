/* Files that appear whole or not at all: written beside their goal, and given its name when they
 * are whole. The compiler and the runtime both write this way; this folder includes neither.
 */
#ifndef RLX_COMMON_BESIDE_H
#define RLX_COMMON_BESIDE_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

struct beside {
    FILE *file; /* to write to */
    char *goal; /* after symbolic links, which stay */
    char *path; /* "<goal>.XXXXXX", readable by its owner alone */
};

/* 0; else errno, and nothing is left. The caller checks what the goal is now: a rename would
 * replace a device or a pipe by a file. */
int beside_open(struct beside *b, const char *goal);

/* Ends it. `failure` is the errno of what went wrong before, and removes the file; 0: the file
 * takes the goal's place, with this mode less the bits of the process's mask (0: as it was opened).
 * `durable`: on the disk before it has the name, so that a crash leaves the old file or the new
 * one. Returns `failure`, or errno of what went wrong here. */
int beside_close(struct beside *b, int failure, mode_t mode, bool durable);

#endif

/* A folder that appears whole or not at all: its files are written into one beside the goal, which
 * takes the goal's name when all are there. In: a path and files; out: the folder, or an error and
 * nothing. An older folder is replaced only if this program wrote it. */
#ifndef RLXC_NEW_FOLDER_H
#define RLXC_NEW_FOLDER_H

#include "compiler/base/out.h"

#include <signal.h>

/* How to tell a folder that may be replaced: the first line of this file begins with this text. */
struct folder_mark {
    const char *file, *line;
};

struct new_folder {
    const char *path; /* as the user wrote it, for messages */
    struct folder_mark mark;
    char *goal;      /* with symbolic links resolved */
    char *temporary; /* beside it */
    char *_Atomic *pending;
    sigset_t signals; /* that were blocked before */
    bool blocks;
    uint32_t files;
    struct diags *diags;
};

/* Whether the folder can be made, before work is spent on it. */
bool new_folder_check(const char *path, struct folder_mark mark, struct diags *d);
/* After new_folder_open, either new_folder_commit or new_folder_discard must follow. */
bool new_folder_open(struct new_folder *f, const char *path, struct folder_mark mark,
                     struct diags *d);
/* Opens a large file of the folder, whose name has no folders in it; out_commit ends it, after
 * new_folder_hurry. Its writer may take long, and a program that ends meanwhile leaves nothing. */
bool new_folder_out(struct new_folder *f, const char *name, struct out *out);
/* From here on the rest follows at once: signals that end the program wait. */
void new_folder_hurry(struct new_folder *f);
/* A small file, after new_folder_hurry; its name may have folders in it: "runtime/core/model.c". */
bool new_folder_write(struct new_folder *f, const char *name, const char *data, uint64_t bytes);
bool new_folder_commit(struct new_folder *f);
void new_folder_discard(struct new_folder *f);

#endif

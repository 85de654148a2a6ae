/* Writes a model as source code: one folder. In: the code of its programs, the artifact without its
 * code, and the files that rlxc carries (carried_sources.h). Out: the folder, whole or not at all.
 * It is written beside its goal and takes the goal's name when it is whole. */
#ifndef RLXC_SOURCE_FOLDER_H
#define RLXC_SOURCE_FOLDER_H

#include "compiler/pack/artifact.h"

struct source_folder {
    const char *path; /* as the user wrote it */
    const struct target_sources *sources;
    const struct artifact *artifact; /* of one level, whose code is text */
    /* A relocatable object without libc instead of a program: the bytes of the weights alone in the
     * place of the artifact, and other files beside the code. */
    bool freestanding;
};

/* What was written, for the last line of a build. */
struct source_folder_summary {
    uint32_t files;
    struct artifact_summary artifact; /* file_bytes: of weights.bin; code_bytes: of the text */
};

/* Whether the folder can be made, before work is spent on it: there is none, or one that is empty
 * or that rlxc wrote, as the first line of its Makefile says, and that holds no file which is
 * read. */
bool source_folder_check(const char *path, struct diags *d);
bool source_folder_write(const struct source_folder *f, struct source_folder_summary *summary,
                         struct diags *d);

/* ---- freestanding.c: what the folder of a freestanding model has besides ---- */

/* Whether model_generate can run the variant: one sequence of entry main. */
bool freestanding_keeps(const struct packed_variant *v);
/* Adds all files but the code and the weights to `sources`, whose array `files` is copied. An error
 * where no such model can be made of this artifact. */
bool freestanding_sources(const struct artifact *a, const struct weight_plan *plan,
                          struct target_sources *sources, struct diags *d);

#endif

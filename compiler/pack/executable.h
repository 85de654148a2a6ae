/* Executables: the static runtime program with an artifact inside (--emit=exe). */
#ifndef RLXC_EXECUTABLE_H
#define RLXC_EXECUTABLE_H

#include "compiler/base/out.h"

/* Where the runtime program lies: beside the running compiler, or where it is installed with it.
 * Errors name the path that was looked at. */
bool executable_find_runtime(struct arena *a, const char **path, struct diags *d);
/* An executable whose model is not complete yet. */
struct executable {
    uint64_t model_at;   /* offset of the artifact */
    uint64_t size_at[2]; /* where its size is missing: in its program header, in its section */
};
/* Writes the runtime program to the beginning of `out`; the artifact follows. */
bool executable_begin(struct out *out, const char *runtime_path, struct executable *e,
                      struct diags *d);
/* The artifact ends where the output does. */
bool executable_end(struct out *out, const struct executable *e);

#endif

/* Makes executables (--emit=exe). In: the static runtime program and an artifact; out: one program
 * with both. */
#ifndef RLXC_EXECUTABLE_H
#define RLXC_EXECUTABLE_H

#include "compiler/base/out.h"

/* The path of the runtime program: next to the running compiler, or where it is installed with it.
 * Errors name the paths that were tried. */
bool executable_find_runtime(struct arena *a, const char **path, struct diags *d);
/* An executable whose model is not complete yet. */
struct executable {
    uint64_t model_at;   /* offset of the artifact */
    uint64_t size_at[2]; /* where to write its size: in its program header and its section */
};
/* Writes the runtime program to the beginning of `out`; the caller appends the artifact. */
bool executable_begin(struct out *out, const char *runtime_path, struct executable *e,
                      struct diags *d);
/* Completes the headers; the artifact ends where the output does. */
bool executable_end(struct out *out, const struct executable *e);

#endif

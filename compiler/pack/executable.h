/* Executables: the static runtime program with an artifact behind it (--emit=exe). */
#ifndef RLXC_EXECUTABLE_H
#define RLXC_EXECUTABLE_H

#include "compiler/base/out.h"

/* Where the runtime program lies: beside the running compiler, or where it is installed with it.
 * Errors name the path that was looked at. */
bool executable_find_runtime(struct arena *a, const char **path, struct diags *d);
/* Copies the runtime program to the beginning of `out` and fills up the page. */
bool executable_begin(struct out *out, const char *runtime_path, struct diags *d);
/* Appends the trailer; the artifact begins at `payload_offset` and ends where the output does. */
bool executable_end(struct out *out, uint64_t payload_offset);

#endif

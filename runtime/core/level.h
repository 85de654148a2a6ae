/* Which code of an artifact a machine runs. */
#ifndef RLX_LEVEL_H
#define RLX_LEVEL_H

#include "runtime/core/load.h"

/* Of the levels whose features a machine with `have` (RLX_CPU_…) has, the one that needs most of
 * them: each feature that code may use makes it faster. NULL and RLX_OK where the artifact has no
 * levels at all. `name` is the file's, for errors. */
rlx_status artifact_choose_level(const struct artifact *a, const char *name, uint64_t have,
                                 const struct rlx_level **level, rlx_error *error);

#endif

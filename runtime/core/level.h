/* Chooses the code of an artifact that a machine runs. In: levels, and the features of a machine;
 * out: a level. */
#ifndef RLX_LEVEL_H
#define RLX_LEVEL_H

#include "runtime/base/artifact_check.h"

/* Of the levels that a machine with the features `have` (RLX_CPU_…), of which the operating system
 * refuses some, can run, the one that needs most features, because each feature makes code faster.
 * Where code is source (machine 0, no image) and there is no other, that level: it can be looked at.
 * NULL and RLX_OK if the artifact has no levels at all. `name` is that of the file, for errors. */
rlx_status artifact_choose_level(const struct artifact *a, const char *name, uint64_t have,
                                 uint64_t refused, const struct rlx_level **level,
                                 rlx_error *error);

#endif

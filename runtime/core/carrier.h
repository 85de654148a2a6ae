/* Programs that carry a model (rlx/artifact.h). */
#ifndef RLX_CARRIER_H
#define RLX_CARRIER_H

#include "runtime/base/carried.h"

#include <rlx/rlx.h>

/* Where the model is in a file that is open; RLX_NO_MODEL where this is no program (`is_program` is
 * false then, and no error is written) or one without a model. `name` is the file's, for errors. */
rlx_status carrier_find_model(int descriptor, const char *name, uint64_t file_bytes,
                              bool *is_program, struct carried *out, rlx_error *error);

/* A descriptor of the running program's own file, which the caller closes. RLX_NO_MODEL, without a
 * look at any file, where the program carries no model; RLX_IO where its file is not found: the
 * sentence has every place that was tried. */
rlx_status carrier_open_self(int *descriptor, rlx_error *error);

#endif

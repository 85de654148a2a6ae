/* Programs that carry a model (rlx/artifact.h). */
#ifndef RLX_CARRIER_H
#define RLX_CARRIER_H

#include "runtime/core/payload.h"

/* Narrows a payload that is a program to the model that it carries; what is no program stays as it
 * is. RLX_NO_MODEL: the program carries none. */
rlx_status carrier_find_model(struct payload *p, rlx_error *error);

/* A descriptor of the running program's own file, which the caller closes. RLX_NO_MODEL, without a
 * look at any file, where the program carries no model; RLX_IO where its file is not found: the
 * sentence has every place that was tried. */
rlx_status carrier_open_self(int *descriptor, rlx_error *error);

#endif

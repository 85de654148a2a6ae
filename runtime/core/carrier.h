/* Programs that carry a model (rlx/artifact.h). */
#ifndef RLX_CARRIER_H
#define RLX_CARRIER_H

#include "runtime/core/payload.h"

/* Narrows a payload that is a program to the model that it carries; other payloads do not change.
 * RLX_ERROR_NO_MODEL: the program carries none. */
rlx_status carrier_find_model(struct payload *p, rlx_error *error);

/* A descriptor of the running program's own file, which the caller closes. RLX_ERROR_NO_MODEL,
 * without opening any file, if the program carries no model. RLX_ERROR_IO if its file is not found;
 * the sentence lists every place that was tried. */
rlx_status carrier_open_self(int *descriptor, rlx_error *error);

#endif

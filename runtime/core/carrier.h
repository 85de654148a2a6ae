/* Programs that carry a model: in their own file (rlx/artifact.h), or beside it, if the code of the
 * model is linked into them (runtime/source/carrier_folder.c). */
#ifndef RLX_CARRIER_H
#define RLX_CARRIER_H

#include "runtime/core/payload.h"

/* Narrows a payload that is a program to the model that it carries; other payloads do not change.
 * RLX_ERROR_NO_MODEL: the program carries none. */
rlx_status carrier_find_model(struct payload *p, rlx_error *error);

/* The file that holds the running program's model. */
struct own_model {
    int descriptor;  /* the caller closes it */
    char name[4096]; /* for messages */
};

/* RLX_ERROR_NO_MODEL, without opening any file, if the program carries no model. RLX_ERROR_IO if
 * the file is not found; the sentence lists every place that was tried. */
rlx_status carrier_open_self(struct own_model *own, rlx_error *error);

#endif

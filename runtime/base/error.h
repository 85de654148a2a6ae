/* Filling the caller's rlx_error. In: a status and a printf-like sentence. Out: the same status, so
 * that a failing function can `return rlx_fail(error, RLX_BAD_FILE, "…")`. */
#ifndef RLX_RUNTIME_ERROR_H
#define RLX_RUNTIME_ERROR_H

#include "rlx/rlx.h"

/* `error` may be NULL. A text that is longer than error->text is cut at a whole character and ends
 * in "...". */
rlx_status rlx_fail(rlx_error *error, rlx_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif

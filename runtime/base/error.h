/* Fills the caller's rlx_error. In: a status and a printf-like sentence. Out: the same status, so
 * that a failing function can `return rlx_fail(error, RLX_ERROR_BAD_FILE, "…")`. */
#ifndef RLX_RUNTIME_ERROR_H
#define RLX_RUNTIME_ERROR_H

#include "rlx/rlx.h"

/* `error` may be NULL. A text that is too long for error->text is cut after a whole character and
 * ends in "...". */
rlx_status rlx_fail(rlx_error *error, rlx_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* "FUNCTION: ARGUMENT must not be NULL". */
rlx_status rlx_fail_null(rlx_error *error, const char *function, const char *argument);

/* Refuses a NULL argument (if it has a count, only when that is not 0) in a function of rlx.h,
 * whose rlx_error has the name `error`. */
#define REFUSE_NULL(argument)                                 \
    do {                                                      \
        if ((argument) == NULL)                               \
            return rlx_fail_null(error, __func__, #argument); \
    } while (0)
#define REFUSE_NULL_OF(argument, count)                                                \
    do {                                                                               \
        if ((argument) == NULL && (count) != 0)                                        \
            return rlx_fail_null(error, __func__, #argument " (" #count " is not 0)"); \
    } while (0)

#endif

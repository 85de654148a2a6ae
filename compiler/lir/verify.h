/* Shared by lir_verify.c and verify_kernel.c. Not for others. */
#ifndef RLXC_LIR_VERIFY_H
#define RLXC_LIR_VERIFY_H

#include "compiler/lir/lir.h"

/* The kernel makes sense by itself, and its numbers are small enough for the arithmetic of
 * arguments.c. */
bool verify_kernel(const struct lir_kernel *k, const char *step, struct diags *d);

#endif

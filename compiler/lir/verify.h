/* Shared by lir_verify.c, verify_kernel.c and verify_io.c. Not for others. */
#ifndef RLXC_LIR_VERIFY_H
#define RLXC_LIR_VERIFY_H

#include "compiler/lir/lir.h"

/* The kernel makes sense by itself, and its numbers are small enough for the arithmetic of
 * arguments.c. */
bool verify_kernel(const struct lir_kernel *k, const char *step, struct diags *d);
bool verify_io(const struct lir_program *p, struct diags *d);

#endif

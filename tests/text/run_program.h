/* Runs a program twice, on code that a target emits for it and in the evaluator. */
#ifndef RLX_TESTS_RUN_PROGRAM_H
#define RLX_TESTS_RUN_PROGRAM_H

#include "compiler/lir/lir.h"

/* From `# run level=NAME seed=N tol=X`. */
struct program_run {
    char level[64];
    unsigned long long seed;
    double tolerance; /* absolute, and relative to what is expected: both add up */
    bool may_refuse;  /* a program whose kernels the target refuses is skipped, by name */
};

/* Every value that a step leaves for others agrees, at several extents. Prints what does not.
 * A level that this machine does not have is skipped, by name. */
bool run_program(const char *path, const struct lir_program *p, const struct program_run *run);

#endif

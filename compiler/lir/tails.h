/* Steps that the last tile of another runs (STEP_tail). Private to schedule.c and lir_verify.c. */
#ifndef RLXC_TAILS_H
#define RLXC_TAILS_H

#include "compiler/lir/arguments.h"
#include "compiler/lir/target.h"

/* Whether `step`, which must wait for steps from `epoch_first` on, can be a tail of the launch before
 * it. */
bool tail_fits(const struct lir_program *p, uint32_t step, uint32_t epoch_first,
               const struct target_traits *traits);
/* The kernels and counters of launches with tails, and the step that zeroes the counters. */
void tails_make(struct lir_program *p);
/* Tails follow what runs them and need no other, and nobody else uses what their launch counts. */
bool verify_tails(const struct lir_program *p, struct diags *d);

#endif

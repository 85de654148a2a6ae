/* What a step of a program has to do at given sizes: bytes that it must read from memory, and
 * operations. Counted from the kernel's description, for plans (`rlxc plan`); nothing is measured.
 */
#ifndef RLXC_WORK_H
#define RLXC_WORK_H

#include "compiler/lir/lir.h"

/* The sizes of one run. */
struct extent {
    uint64_t rows;     /* new tokens, of all sequences */
    uint64_t out_rows; /* rows that logits are made of */
    uint64_t past;     /* tokens that each sequence has already */
    uint64_t segments; /* sequences, which have equal numbers of rows */
};

struct work {
    uint64_t weight_bytes; /* each matrix once; of what is looked up, the rows that are; no norms */
    uint64_t kv_bytes;     /* keys and values, read and written */
    uint64_t linear;       /* operations of products with weights: a multiply and an add are two */
    uint64_t attention;    /* operations of scores and of their products with values */
    uint64_t elements;     /* of rows that are normalized, rotated, converted or mapped */
    uint64_t tiles;        /* what threads share */
};

struct work step_work(const struct lir_program *p, const struct lir_step *s,
                      const struct extent *e);

#endif

/* Elementwise nodes as formulas of steps: postfix code (scalar.h) over matrices of one shape and
 * vectors of their width. In: nodes, or formulas that take the place of their operands; out: one
 * formula and the nodes that it reads.
 */
#ifndef RLXC_FORMULA_H
#define RLXC_FORMULA_H

#include "compiler/hir/hir.h"

enum { FORMULA_MAX_OPERANDS = 6, EPILOGUE_MAX_OPERANDS = 4 /* of those a product takes */ };

struct formula {
    uint32_t base; /* values that a product puts before the operands: 1, gated 2; none: 0 */
    uint32_t max_operands, operand_count;
    hir_id operands[FORMULA_MAX_OPERANDS]; /* operand base + i of the code */
    struct scalar_code code;
};

/* Why no step computes the elementwise node `id`; NULL: a formula can. */
const char *formula_refuses(const struct hir_graph *g, hir_id id, struct arena *a);
/* Adds what node `id` computes to a formula without code. Operand i is the whole of inlined[i], or
 * where that is NULL what the node reads. False: it does not fit. */
bool formula_of(const struct hir_graph *g, hir_id id, const struct formula *const *inlined,
                struct formula *to);
/* A product's own formula: the sum, or with gate and up activation(X) * Y. */
void formula_of_product(const struct hir_graph *g, hir_id id, struct formula *to);

#endif

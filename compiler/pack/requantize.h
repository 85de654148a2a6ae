/* The choice of another block format for the weights (--quant). After import and before the graph
 * is built, so that the graph is made of the types that will be packed.
 */
#ifndef RLXC_REQUANTIZE_H
#define RLXC_REQUANTIZE_H

#include "compiler/import/model.h"

/* Gives every matrix of the model the type `wanted`; DTYPE_none keeps all types. `stored` becomes a
 * copy of the tensors as the file has them, by index. Matrices whose rows are no multiple of the
 * block keep their type; a warning says so. */
void requantize(struct model *m, enum dtype wanted, const struct tensor **stored, struct diags *d);

#endif

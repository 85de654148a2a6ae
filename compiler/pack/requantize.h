/* The choice of another block format for the weights (--quant, --quant-head). After import and
 * before the graph is built, so that the graph is made of the types that will be packed.
 */
#ifndef RLXC_REQUANTIZE_H
#define RLXC_REQUANTIZE_H

#include "compiler/import/model.h"

/* What matrices become; DTYPE_none: they stay as the file has them. */
struct quant_choice {
    enum dtype matrices; /* all but embedding and head */
    enum dtype head;     /* embedding and head, which may be one; only where it was given */
    bool head_given;     /* else it follows from `matrices` */
};

/* Gives every matrix of the model the type that is chosen. `stored` becomes a copy of the tensors
 * as the file has them, by index. Matrices whose rows are no multiple of the block keep their type,
 * and those that are quantized already lose twice; a warning says so of each kind. */
void requantize(struct model *m, const struct quant_choice *choice, const struct tensor **stored,
                struct diags *d);

bool is_embedding_or_head(const struct model *m, const struct tensor *t);

#endif

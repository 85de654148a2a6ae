/* Chooses another block format for the weights (--quant, --quant-head). It runs after the import
 * and before the graph is built, so that the graph has the types that will be packed. */
#ifndef RLXC_REQUANTIZE_H
#define RLXC_REQUANTIZE_H

#include "compiler/import/model.h"

/* The types of matrices; DTYPE_none: as in the file. */
struct quant_choice {
    enum dtype matrices; /* all except embedding and head */
    enum dtype head;     /* embedding and head, which may be the same matrix; valid if head_given */
    bool head_given;     /* else it follows from `matrices` */
};

/* Gives every matrix of the model its chosen type. `stored` becomes a copy of the tensors as in the
 * file, by index. Matrices whose rows are not a multiple of the block keep their type; already
 * quantized ones lose precision twice. One warning reports each kind. */
void requantize(struct model *m, const struct quant_choice *choice, const struct tensor **stored,
                struct diags *d);

bool is_embedding_or_head(const struct model *m, const struct tensor *t);

#endif

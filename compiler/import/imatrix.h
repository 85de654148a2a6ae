/* Importance matrices: for each matrix of a model the mean square of what each of its columns is
 * multiplied by, which says what rounding there costs. In: a GGUF file of `rlx imatrix` or
 * llama-imatrix; out: tensor.importance. */
#ifndef RLXC_IMATRIX_H
#define RLXC_IMATRIX_H

#include "compiler/import/model.h"

struct imatrix_facts {
    uint64_t digest; /* of the file */
    uint64_t chunks; /* of text that it was made from; 0: unknown */
    uint32_t known;  /* tensors of the model for which it has data */
};

/* After the import. False: `d` says what is wrong with the file, or why it is not one of this model. */
bool imatrix_read(const char *path, struct model *m, struct imatrix_facts *out, struct diags *d);

#endif

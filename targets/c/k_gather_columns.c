/* gather_columns: the columns of a matrix in another order. */
#include "targets/c/c.h"

void c_print_gather_columns(const struct lir_kernel *k, struct c_body *b)
{
    text_add(b->comment, "out[r][k] = x[r][order[k]]; r < rows, k < %u.", k->gather_columns.k);
    text_add(b->code,
             "    for (size_t r = 0; r < rows; r++)\n"
             "        for (size_t k = 0; k < %u; k++)\n"
             "            out[r * %u + k] = x[r * %u + (size_t)order[k]];\n",
             k->gather_columns.k, k->stride[GATHER_COLUMNS_out], k->stride[GATHER_COLUMNS_x]);
}

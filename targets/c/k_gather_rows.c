/* gather_rows: chosen rows of a matrix. */
#include "targets/c/c.h"

void c_print_gather_rows(const struct lir_kernel *k, struct c_body *b)
{
    text_add(b->comment, "out[r][k] = x[indices[r]][k]; r < rows, k < %u.", k->gather_rows.k);
    text_add(b->code,
             "    for (size_t r = 0; r < rows; r++)\n"
             "        memcpy(out + r * %u, x + (size_t)indices[r] * %u, %u * sizeof *out);\n",
             k->stride[GATHER_ROWS_out], k->stride[GATHER_ROWS_x], k->gather_rows.k);
}

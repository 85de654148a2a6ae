/* mean: of the elements of each row. */
#include "targets/c/c.h"

void c_print_mean(const struct lir_kernel *k, struct c_body *b)
{
    text_add(b->comment, "out[r] = mean over k of x[r][k]; r < rows, k < %u.", k->mean.k);
    c_parallel(b->code, " if (rows > 1)");
    text_add(b->code,
             "    for (size_t r = 0; r < rows; r++) {\n"
             "        double sum = 0.0;\n"
             "        for (size_t k = 0; k < %u; k++)\n"
             "            sum += (double)x[r * %u + k];\n"
             "        out[r * %u] = (float)(sum / %u.0);\n"
             "    }\n",
             k->mean.k, k->stride[MEAN_x], k->stride[MEAN_out], k->mean.k);
}

/* unfold: rows between rows of zeros. */
#include "targets/c/c.h"

void c_print_unfold(const struct lir_kernel *kernel, struct c_body *b)
{
    const struct kernel_unfold *k = &kernel->unfold;
    const uint32_t pad = k->pad * k->n;

    text_add(b->comment,
             "out[%u + r][n] = x[r][n]; r < rows, n < %u, with %u rows of zeros before and after.",
             k->pad, k->n, k->pad);
    if (pad != 0)
        text_add(b->code, "    memset(out, 0, %u * sizeof *out);\n", pad);
    text_add(b->code,
             "    for (size_t r = 0; r < rows; r++)\n"
             "        memcpy(out + %u + r * %u, x + r * %u, %u * sizeof *out);\n",
             pad, k->n, kernel->stride[UNFOLD_x], k->n);
    if (pad != 0)
        text_add(b->code, "    memset(out + %u + rows * %u, 0, %u * sizeof *out);\n", pad, k->n,
                 pad);
}

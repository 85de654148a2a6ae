/* reverse: rows from their end to their beginning. In: a kernel; out: C11.
 * tests/command_line/howto.sh adds this file to a copy of the compiler. */
#include "targets/c/c.h"

void c_print_reverse(const struct lir_kernel *k, struct c_body *b)
{
    const uint32_t width = k->reverse.k;

    text_add(b->comment, "out[r][k] = x[r][%u - k]; r < rows, k < %u.", width - 1, width);
    text_add(b->code,
             "    for (size_t r = 0; r < rows; r++)\n"
             "        for (size_t k = 0; k < %u; k++)\n"
             "            out[r * %u + k] = x[r * %u + %u - k];\n",
             width, k->stride[REVERSE_out], k->stride[REVERSE_x], width - 1);
}

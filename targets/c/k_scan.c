/* scan: a linear recurrence over the rows of each segment. In: the kernel; out: its body in C. */
#include "targets/c/heads.h"

void c_print_scan(const struct lir_kernel *k, struct c_body *b)
{
    const bool several = k->rows_symbol == SYMBOL_ROWS;
    const uint32_t n = k->scan.n;

    text_add(b->comment,
             "For the rows of %s in order: h = a * h + b, element by element, and out is h. h[%u] "
             "begins as before has it and ends in after. The product is rounded before the sum: "
             "volatile keeps a compiler from joining them. The distances of carried states are "
             "bytes. ",
             several ? "each segment" : "the run", n);
    const uint32_t d = c_segments_loop(b, several);
    if (several)
        c_line(b, d, "const size_t first = segment->first_row, end = first + segment->rows;");
    c_line(b, d, "const float *const from = before + segment->carried_in / 4;");
    c_line(b, d, "float *const h = after + segment->carried_out / 4;");
    text_add(b->code, "\n");
    c_line(b, d, "for (size_t i = 0; i < %u; i++)", n);
    c_line(b, d + 1, "h[i] = from[i];");
    c_line(b, d, "for (size_t r = %s; r < %s; r++)", several ? "first" : "0",
           several ? "end" : "rows");
    c_line(b, d + 1, "for (size_t i = 0; i < %u; i++) {", n);
    c_line(b, d + 2, "const volatile float product = a[r * %u + i] * h[i];", k->stride[SCAN_a]);
    c_line(b, d + 2, "h[i] = product + b[r * %u + i];", k->stride[SCAN_b]);
    c_line(b, d + 2, "out[r * %u + i] = h[i];", k->stride[SCAN_out]);
    c_line(b, d + 1, "}");
    if (several)
        c_line(b, 1, "}");
}

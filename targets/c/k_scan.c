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
    if (several) {
        c_line(b, 1, "(void)rows; /* as the segments have them */");
        c_line(b, 1, "for (size_t s = 0; s < segment_count; s++) {");
    } else {
        c_line(b, 1, "{");
    }
    c_line(b, 2, "const struct rlx_segment *const segment = &segments[%s];", several ? "s" : "0");
    c_line(b, 2, "const size_t first = %s;", several ? "segment->first_row" : "0");
    c_line(b, 2, "const size_t end = %s;", several ? "first + segment->rows" : "rows");
    c_line(b, 2, "const float *const from = before + segment->carried_in / 4;");
    c_line(b, 2, "float *const h = after + segment->carried_out / 4;");
    text_add(b->code, "\n");
    c_line(b, 2, "for (size_t i = 0; i < %u; i++)", n);
    c_line(b, 3, "h[i] = from[i];");
    c_line(b, 2, "for (size_t r = first; r < end; r++)");
    c_line(b, 3, "for (size_t i = 0; i < %u; i++) {", n);
    c_line(b, 4, "const volatile float product = a[r * %u + i] * h[i];", k->stride[SCAN_a]);
    c_line(b, 4, "h[i] = product + b[r * %u + i];", k->stride[SCAN_b]);
    c_line(b, 4, "out[r * %u + i] = h[i];", k->stride[SCAN_out]);
    c_line(b, 3, "}");
    c_line(b, 1, "}");
}

/* sort: which rows each expert has. */
#include "targets/c/heads.h"

void c_print_sort(const struct lir_kernel *kernel, struct c_body *b)
{
    const struct kernel_sort *k = &kernel->sort;

    text_add(b->comment,
             "order is the number of experts that are chosen, these [%u], where the places of each "
             "begin [%u], and the places in chosen, expert after expert.",
             k->experts, k->experts + 1);
    c_line(b, 1, "int32_t *const begin = order + 1 + %u, *const places = begin + %u;", k->experts,
           k->experts + 1);
    c_line(b, 1, "int32_t count = 0, placed = 0;");
    text_add(b->code, "\n");
    c_line(b, 1, "for (int32_t e = 0; e < %u; e++) {", k->experts);
    c_line(b, 2, "begin[count] = placed;");
    c_line(b, 2, "for (size_t p = 0; p < rows * %u; p++)", k->slots);
    c_line(b, 3, "if (chosen[p] == e)");
    c_line(b, 4, "places[placed++] = (int32_t)p;");
    c_line(b, 2, "if (placed > begin[count])");
    c_line(b, 3, "order[1 + count++] = e;");
    c_line(b, 1, "}");
    c_line(b, 1, "begin[count] = placed;");
    c_line(b, 1, "order[0] = count;");
}

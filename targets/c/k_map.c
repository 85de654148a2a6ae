/* map: a formula over matrices, vectors and columns. */
#include "targets/c/c.h"

void c_print_map(const struct lir_kernel *kernel, struct c_body *b)
{
    const struct kernel_map *k = &kernel->map;
    const char *shown[LIR_MAX_ARGS], *written[LIR_MAX_ARGS];
    struct text statement = {.arena = b->code->arena};

    for (uint32_t i = 0; i < lir_operand_count(kernel); i++) {
        shown[i] = c_operand(b->comment->arena, kernel, i, "r", "n", false);
        written[i] = c_operand(b->comment->arena, kernel, i, "r", "n", true);
    }
    text_add(b->comment, "out[r][n] = ");
    c_formula(&k->code, shown, false, b->comment);
    text_add(b->comment, "; r < rows, n < %u.", k->n);
    c_parallel(b->code, " if (rows > 1)");
    text_add(b->code,
             "    for (size_t r = 0; r < rows; r++)\n"
             "        for (size_t n = 0; n < %u; n++)\n",
             k->n);
    text_add(&statement, "out[r * %u + n] = ", kernel->stride[MAP_out]);
    c_formula(&k->code, written, true, &statement);
    text_add(&statement, ";");
    c_statement(b->code, 12, statement.data);
}

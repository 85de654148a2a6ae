/* Formulas (compiler/hir/scalar.h) in C. In: postfix bytes, and how each operand is written; out:
 * an expression of floats, or what a comment says. */
#include "targets/c/c.h"

void c_formula(const struct scalar_code *code, const char *const *operands, bool is_code,
               struct text *out)
{
    static const struct scalar_language in_code = {.functions = {[S_EXP] = "expf",
                                                                 [S_TANH] = "tanhf",
                                                                 [S_SQRT] = "sqrtf",
                                                                 [S_ERF] = "erff",
                                                                 [S_MAX] = "larger",
                                                                 [S_MIN] = "smaller"},
                                                   .number = c_float};
    static const struct scalar_language in_comment = {.functions = {[S_EXP] = "exp",
                                                                    [S_TANH] = "tanh",
                                                                    [S_SQRT] = "sqrt",
                                                                    [S_ERF] = "erf",
                                                                    [S_MAX] = "max",
                                                                    [S_MIN] = "min"},
                                                      .number = float_text};

    scalar_infix(out, code, operands, is_code ? &in_code : &in_comment);
}

const char *c_operand(struct arena *a, const struct lir_kernel *k, uint32_t i, const char *row,
                      const char *column, bool is_code)
{
    const uint32_t argument = kernel_kind_info[k->kind].fixed_arguments + i,
                   stride = k->stride[argument];
    const char *name = c_parameter_name(k, argument);

    if (stride == 0)
        return arena_printf(a, "%s[%s]", name, column);
    if ((lir_columns(k) >> i & 1) != 0)
        return is_code ? arena_printf(a, "%s[%s * %u]", name, row, stride)
                       : arena_printf(a, "%s[%s]", name, row);
    return is_code ? arena_printf(a, "%s[%s * %u + %s]", name, row, stride, column)
                   : arena_printf(a, "%s[%s][%s]", name, row, column);
}

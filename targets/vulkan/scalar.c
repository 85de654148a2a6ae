/* Formulas (compiler/hir/scalar.h) as expressions. In: postfix bytes, and how each operand is
 * written; out: GLSL. */
#include "targets/vulkan/vulkan.h"

static const struct scalar_language glsl = {.functions = {[S_EXP] = "exp_f32",
                                                          [S_TANH] = "tanh_f32",
                                                          [S_SQRT] = "sqrt",
                                                          [S_ERF] = "erf_f32",
                                                          [S_MAX] = "larger",
                                                          [S_MIN] = "smaller"},
                                            .number = vulkan_float};
static const uint32_t helpers[S_MIN + 1] = {[S_EXP] = VULKAN_EXP,
                                            [S_TANH] = VULKAN_TANH,
                                            [S_ERF] = VULKAN_ERF,
                                            [S_MAX] = VULKAN_LARGER,
                                            [S_MIN] = VULKAN_SMALLER};

void vulkan_formula(struct vulkan_shader *s, const struct scalar_code *code,
                    const char *const *operands, struct text *out)
{
    scalar_infix(out, code, operands, &glsl);
    for (uint32_t op = S_NUMBER + 1; op <= S_MIN; op++)
        if (scalar_has(code, (enum scalar_op)op))
            s->helpers |= helpers[op];
}

const char *vulkan_operand(const struct vulkan_shader *s, uint32_t i, const char *row,
                           const char *column)
{
    const struct lir_kernel *k = s->kernel;
    const uint32_t stride = k->stride[kernel_kind_info[k->kind].fixed_arguments + i];
    const char name = (char)('a' + i);

    if (stride == 0)
        return arena_printf(s->arena, "%c.at[%s]", name, column);
    if ((lir_columns(k) >> i & 1) != 0)
        return arena_printf(s->arena, "%c.at[%s * %u]", name, row, stride);
    return arena_printf(s->arena, "%c.at[%s * %u + %s]", name, row, stride, column);
}

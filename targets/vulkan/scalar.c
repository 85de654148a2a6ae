/* Formulas (compiler/hir/scalar.h) as expressions. In: postfix bytes, and how each operand is
 * written; out: GLSL, every part in parentheses. */
#include "targets/vulkan/vulkan.h"

static const struct {
    const char *before, *between, *after;
    uint32_t helper;
} ops[] = {
    [S_NEG] = {"(-", "", ")", 0},
    [S_EXP] = {"exp_f32(", "", ")", VULKAN_EXP},
    [S_TANH] = {"tanh_f32(", "", ")", VULKAN_TANH},
    [S_SQRT] = {"sqrt(", "", ")", 0},
    [S_ERF] = {"erf_f32(", "", ")", VULKAN_ERF},
    [S_ADD] = {"(", " + ", ")", 0},
    [S_SUB] = {"(", " - ", ")", 0},
    [S_MUL] = {"(", " * ", ")", 0},
    [S_DIV] = {"(", " / ", ")", 0},
    [S_MAX] = {"larger(", ", ", ")", VULKAN_LARGER},
    [S_MIN] = {"smaller(", ", ", ")", VULKAN_SMALLER},
};

static const char *number(struct arena *a, float value)
{
    struct text text = {.arena = a};

    text_add(&text, value < 0 ? "(" : "");
    vulkan_float(&text, value);
    text_add(&text, value < 0 ? ")" : "");
    return text.data;
}

void vulkan_formula(struct vulkan_shader *s, const struct scalar_code *code,
                    const char *const *operands, struct text *out)
{
    const char *stack[SCALAR_MAX_STACK + 1] = {operands[0]};
    uint32_t depth = code->bytes == 0 ? 1 : 0;

    for (uint32_t i = 0; i < code->bytes; i++) {
        const uint8_t op = code->code[i];
        if (op < S_NUMBER) {
            stack[depth++] = operands[op - S_X];
            continue;
        }
        if (op == S_NUMBER) {
            stack[depth++] = number(s->arena, code->numbers[code->code[++i]]);
            continue;
        }
        const char *right = op > S_ERF ? stack[--depth] : "";
        stack[depth - 1] = arena_printf(s->arena, "%s%s%s%s%s", ops[op].before, stack[depth - 1],
                                        ops[op].between, right, ops[op].after);
        s->helpers |= ops[op].helper;
    }
    text_add(out, "%s", stack[0]);
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

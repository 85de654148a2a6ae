/* A kernel as one function. In: a kernel; out: its comment, prototype and body. */
#include "targets/c/c.h"

static void (*const print_body[KERNEL_KIND_COUNT])(const struct lir_kernel *, struct c_body *) = {
#define KERNEL(kind, KIND, title) [KERNEL_##kind] = c_print_##kind,
#include "compiler/lir/kernel_kinds.def"
};

/* Operands that the formula does not read. */
static void print_unread(const struct lir_kernel *k, struct text *code)
{
    const struct scalar_code *formula = lir_formula(k);
    const uint32_t sums = k->kind != KERNEL_matmul ? 0
                          : k->matmul.gated        ? 2
                                                   : 1,
                   fixed = kernel_kind_info[k->kind].fixed_arguments;

    for (uint32_t i = 0; i < lir_operand_count(k); i++)
        if (!scalar_has(formula, (enum scalar_op)(S_X + sums + i)))
            text_add(code, "    (void)%s;\n", c_parameter_name(k, fixed + i));
}

void c_kernel_text(const struct lir_kernel *k, const char *name, struct text *out)
{
    struct text comment = {.arena = out->arena}, code = {.arena = out->arena};
    struct c_body body = {&comment, &code};

    assert(k->kind < KERNEL_KIND_COUNT);
    print_unread(k, &code);
    print_body[k->kind](k, &body);
    c_comment(out, comment.bytes == 0 ? "" : comment.data);
    c_prototype(k, name, out);
    text_add(out, "\n{\n");
    text_add_bytes(out, code.data, code.bytes);
    text_add(out, "}\n");
}

/* The norms of rows that a product or an embedding stored. In: the kernel; out: its part of the comment,
 * and the loop that follows the kernel's. */
#include "compiler/lir/arguments.h"
#include "targets/c/c.h"

void c_stored_norms_comment(const struct lir_kernel *kernel, struct text *out)
{
    const struct lir_after after = lir_after(kernel);

    for (uint32_t i = 0; i < after.count; i++) {
        text_add(out, " %s[r][n] = %s / sqrt(mean over n of its square + ",
                 argument_info(kernel, after.norms[i].normed)->name,
                 after.centered ? "(out[r][n] - mean over n of out[r][n])" : "out[r][n]");
        float_text(out, after.epsilon);
        text_add(out, ") * %s[n]", argument_info(kernel, after.norms[i].weight)->name);
        if (lir_has(kernel, after.norms[i].bias))
            text_add(out, " + %s[n]", argument_info(kernel, after.norms[i].bias)->name);
        text_add(out, "%s%s.", lir_has(kernel, after.norms[i].residual) ? " + residual[r][n]" : "",
                 lir_has(kernel, after.norms[i].scale) ? ", times scale[n]" : "");
    }
}

void c_print_stored_norms(const struct lir_kernel *kernel, struct text *out)
{
    const struct lir_after after = lir_after(kernel);
    const uint32_t *stride = kernel->stride;

    if (after.count == 0)
        return;
    if (kernel->kind == KERNEL_matmul)
        c_code_line(out, 1, "(void)counters;");
    c_code_line(out, 1, "for (size_t r = 0; r < rows; r++) {");
    c_code_line(out, 2, "const float *const xs = out + r * %u;", stride[after.out]);
    c_norm_factor(after.n, after.epsilon, after.centered, 2, out);
    for (uint32_t i = 0; i < after.count; i++) {
        const uint32_t normed = after.norms[i].normed;
        struct text y = {.arena = out->arena};
        const bool scales = lir_has(kernel, after.norms[i].scale);
        text_add(&y, "%s%s * factor * %s[n]", scales ? "(" : "",
                 after.centered ? "(xs[n] - mean)" : "xs[n]",
                 argument_info(kernel, after.norms[i].weight)->name);
        if (lir_has(kernel, after.norms[i].bias))
            text_add(&y, " + %s[n]", argument_info(kernel, after.norms[i].bias)->name);
        if (lir_has(kernel, after.norms[i].residual))
            text_add(&y, " + residual[r * %u + n]", stride[after.norms[i].residual]);
        if (scales)
            text_add(&y, ") * scale[n]");
        c_code_line(out, 2, "for (size_t n = 0; n < %u; n++)", after.n);
        c_code_line(out, 3, "%s[r * %u + n] = %s;", argument_info(kernel, normed)->name,
                    stride[normed], y.data);
    }
    c_code_line(out, 1, "}");
}

/* The norm of the rows that a product made. In: a product; out: its part of the comment, and the loop
 * that follows the product's. */
#include "targets/c/c.h"

void c_matmul_norm_comment(const struct lir_kernel *kernel, struct text *out)
{
    const struct kernel_matmul *k = &kernel->matmul;

    if (!lir_has(kernel, MATMUL_after_norm))
        return;
    text_add(out, " normed[r][n] = %s / sqrt(mean over n of its square + ",
             k->after_centered ? "(out[r][n] - mean over n of out[r][n])" : "out[r][n]");
    float_text(out, k->after_epsilon);
    text_add(out, ") * after_norm[n]%s%s.",
             lir_has(kernel, MATMUL_after_bias) ? " + after_bias[n]" : "",
             lir_has(kernel, MATMUL_residual) ? " + residual[r][n]" : "");
}

void c_print_matmul_norm(const struct lir_kernel *kernel, struct text *out)
{
    const struct kernel_matmul *k = &kernel->matmul;
    const uint32_t *stride = kernel->stride;
    struct text y = {.arena = out->arena};

    if (!lir_has(kernel, MATMUL_after_norm))
        return;
    text_add(&y, "%s * factor * after_norm[n]", k->after_centered ? "(xs[n] - mean)" : "xs[n]");
    if (lir_has(kernel, MATMUL_after_bias))
        text_add(&y, " + after_bias[n]");
    if (lir_has(kernel, MATMUL_residual))
        text_add(&y, " + residual[r * %u + n]", stride[MATMUL_residual]);
    c_code_line(out, 1, "(void)counters;");
    c_code_line(out, 1, "for (size_t r = 0; r < rows; r++) {");
    c_code_line(out, 2, "const float *const xs = out + r * %u;", stride[MATMUL_out]);
    c_norm_factor(k->n, k->after_epsilon, k->after_centered, 2, out);
    c_code_line(out, 2, "for (size_t n = 0; n < %u; n++)", k->n);
    c_code_line(out, 3, "normed[r * %u + n] = %s;", stride[MATMUL_normed], y.data);
    c_code_line(out, 1, "}");
}

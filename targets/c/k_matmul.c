/* matmul: one function for all layouts, activations and formulas. The function takes 16 rows of the
 * weight at a time, as they are packed; of these it unpacks 32 columns and uses them for up to 16
 * rows of x. So each weight is read once, in the order of addresses, and unpacked once for 16 rows.
 * For a single row of f32 it calls dot_..., which multiplies the weights as it unpacks them.
 */
#include "targets/c/c.h"

enum { ROWS_AT_ONCE = 16 };

static bool has_short_block(const struct kernel_matmul *k)
{
    return k->k % LAYOUT_BLOCK != 0;
}

/* ---- the comment ---- */

static void formula_comment(const struct lir_kernel *kernel, struct text *out)
{
    const struct kernel_matmul *k = &kernel->matmul;
    const char *operands[LIR_MAX_ARGS];
    uint32_t count = 0;

    operands[count++] = k->gated ? "gate" : "y";
    if (k->gated)
        operands[count++] = "up";
    for (uint32_t i = 0; i < lir_operand_count(kernel); i++)
        operands[count++] = c_operand(out->arena, kernel, i, "r", "n", false);
    c_formula(&k->code, operands, false, out);
}

static void comment(const struct lir_kernel *kernel, struct text *out)
{
    const struct kernel_matmul *k = &kernel->matmul;
    const bool normed = lir_has(kernel, MATMUL_norm);
    const char *product = normed ? "factor[r] * sum over k of weight[n][k] * (x[r][k] * norm[k])"
                                 : "sum over k of weight[n][k] * x[r][k]";

    text_add(out, "out[r][n] = ");
    if (k->code.bytes == 0) {
        text_add(out, "%s", product);
    } else {
        formula_comment(kernel, out);
        text_add(out, " with %s = %s", k->gated ? "gate" : "y", product);
    }
    if (k->gated)
        text_add(out, " and up the same with further rows of weight");
    text_add(out, "; r < rows, n < %u, k < %u. ", k->n, k->k);
    c_layout_comment((enum layout)k->layout, out);
    if (k->gated)
        text_add(out, " A group of gate is followed by one of up.");
    if (k->format.act != ACT_f32)
        text_add(out, " x is %s.", act_names[k->format.act]);
    if (normed) {
        text_add(out, " factor[r] = 1 / sqrt(mean over k of x[r][k]^2 + ");
        float_text(out, k->epsilon);
        text_add(out, ").");
    }
}

/* ---- sums ---- */

/* Row r of x, from column k on, as floats. */
static void row_of_x(const struct lir_kernel *kernel, uint32_t depth, struct text *out)
{
    const struct kernel_matmul *k = &kernel->matmul;
    const char *count = has_short_block(k) ? "count" : "32";

    if (k->format.act == ACT_f32 && !lir_has(kernel, MATMUL_norm)) {
        c_code_line(out, depth, "const float *const xs = x + r * %u + k;",
                    c_activation_stride(k->k));
        return;
    }
    if (k->format.act == ACT_f32) {
        c_code_line(out, depth, "float xs[32];");
        c_code_line(out, depth, "for (size_t i = 0; i < %s; i++)", count);
        c_code_line(out, depth + 1, "xs[i] = x[r * %u + k + i] * norm[k + i];",
                    c_activation_stride(k->k));
        return;
    }
    c_activation_row(&k->format, k->k, "x", false, depth, out);
    c_code_line(out, depth, "float xs[32];");
    c_code_line(out, depth, "for (size_t i = 0; i < %s; i++) {", count);
    c_code_line(out, depth + 1, "uint16_t bf16;");
    c_code_line(out, depth + 1, "memcpy(&bf16, elements + 2 * (k + i), sizeof bf16);");
    c_code_line(out, depth + 1, "xs[i] = bf16_to_float(bf16);");
    c_code_line(out, depth, "}");
}

/* Adds the products of a block to the sums of all rows. It does what dot_... does in the
 * same order, so that a row has the same sums alone and among others. */
static void products(const struct lir_kernel *kernel, const char *sum, const char *packed,
                     uint32_t depth, struct text *out)
{
    const struct kernel_matmul *k = &kernel->matmul;

    text_add(out, "%*s", (int)(4 * depth), "");
    c_unpack_call((enum layout)k->layout, packed, "k", has_short_block(k) ? "count" : "32", out);
    text_add(out, ";\n");
    c_code_line(out, depth, "for (size_t r = first; r < end; r++) {");
    row_of_x(kernel, depth + 1, out);
    if (has_short_block(k)) {
        c_code_line(out, depth + 1, "for (size_t i = 0; i < count; i++)");
        c_code_line(out, depth + 2, "for (size_t lane = 0; lane < 16; lane++)");
        c_code_line(out, depth + 3, "%s[r - first][lane] += w[i][lane] * xs[i];", sum);
    } else {
        c_code_line(out, depth + 1, "for (size_t i = 0; i < 32; i += 4)");
        c_code_line(out, depth + 2, "for (size_t lane = 0; lane < 16; lane++)");
        c_code_line(out, depth + 3, "%s[r - first][lane] +=", sum);
        c_code_line(out, depth + 4, "w[i][lane] * xs[i] + w[i + 1][lane] * xs[i + 1] +");
        c_code_line(out, depth + 4, "w[i + 2][lane] * xs[i + 2] + w[i + 3][lane] * xs[i + 3];");
    }
    c_code_line(out, depth, "}");
}

static void sums(const struct lir_kernel *kernel, const char *sum, const char *packed,
                 uint32_t depth, struct text *out)
{
    if (act_is_integer((enum act)kernel->matmul.format.act))
        c_print_matmul_integers_part(&kernel->matmul, sum, packed, depth, out);
    else
        products(kernel, sum, packed, depth, out);
}

static const char *packed_up(const struct kernel_matmul *k, struct arena *a)
{
    return arena_printf(a, "packed + %llu",
                        (unsigned long long)layout_group_at((enum layout)k->layout, k->k, 1));
}

static void block_by_block(const struct lir_kernel *kernel, uint32_t depth, struct text *out)
{
    const struct kernel_matmul *k = &kernel->matmul;

    c_code_line(out, depth, "for (size_t k = 0; k < %u; k += 32) {", k->k);
    if (has_short_block(k))
        c_code_line(out, depth + 1, "const size_t count = %u - k < 32 ? %u - k : 32;", k->k, k->k);
    if (act_is_integer((enum act)k->format.act))
        c_print_matmul_integers_declarations(k, depth + 1, out);
    else
        c_code_line(out, depth + 1, "float w[32][16];");
    sums(kernel, k->gated ? "gates" : "sums", "packed", depth + 1, out);
    if (k->gated)
        sums(kernel, "ups", packed_up(k, out->arena), depth + 1, out);
    c_code_line(out, depth, "}");
}

bool c_matmul_has_dot(const struct lir_kernel *k)
{
    return k->matmul.format.act == ACT_f32 && layout_is_quantized((enum layout)k->matmul.layout) &&
           !lir_has(k, MATMUL_norm);
}

/* One row of x needs no unpacked weights. */
static void one_row(const struct kernel_matmul *k, uint32_t depth, struct text *out)
{
    const char *format = c_format_name((enum layout)k->layout);
    const uint32_t stride = c_activation_stride(k->k);

    c_code_line(out, depth, "dot_%s(packed, %u, x + first * %u, %s[0]);", format, k->k, stride,
                k->gated ? "gates" : "sums");
    if (k->gated)
        c_code_line(out, depth, "dot_%s(%s, %u, x + first * %u, ups[0]);", format,
                    packed_up(k, out->arena), k->k, stride);
}

static void all_sums(const struct lir_kernel *kernel, uint32_t depth, struct text *out)
{
    const struct kernel_matmul *k = &kernel->matmul;

    if (k->gated)
        c_code_line(out, depth, "float gates[%u][16] = {{0}}, ups[%u][16] = {{0}};", ROWS_AT_ONCE,
                    ROWS_AT_ONCE);
    else
        c_code_line(out, depth, "float sums[%u][16] = {{0}};", ROWS_AT_ONCE);
    if (!c_matmul_has_dot(kernel)) {
        block_by_block(kernel, depth, out);
        return;
    }
    c_code_line(out, depth, "if (end - first == 1) {");
    one_row(k, depth + 1, out);
    c_code_line(out, depth, "} else {");
    block_by_block(kernel, depth + 1, out);
    c_code_line(out, depth, "}");
}

/* Sums of what a norm multiplied get the factor of their row. */
static void norm_sums(const struct lir_kernel *kernel, uint32_t depth, struct text *out)
{
    const struct kernel_matmul *k = &kernel->matmul;

    if (!lir_has(kernel, MATMUL_norm))
        return;
    c_code_line(out, depth, "for (size_t r = first; r < end; r++) {");
    c_code_line(out, depth + 1, "const float *const xs = x + r * %u;", c_activation_stride(k->k));
    c_norm_factor(k->k, k->epsilon, depth + 1, out);
    c_code_line(out, depth + 1, "for (size_t lane = 0; lane < 16; lane++)%s", k->gated ? " {" : "");
    c_code_line(out, depth + 2, "%s[r - first][lane] *= factor;", k->gated ? "gates" : "sums");
    if (k->gated) {
        c_code_line(out, depth + 2, "ups[r - first][lane] *= factor;");
        c_code_line(out, depth + 1, "}");
    }
    c_code_line(out, depth, "}");
}

/* ---- results ---- */

static void store(const struct lir_kernel *kernel, uint32_t depth, struct text *out)
{
    const struct kernel_matmul *k = &kernel->matmul;
    const bool plain = k->code.bytes == 0;
    const char *operands[LIR_MAX_ARGS];
    struct text statement = {.arena = out->arena};
    uint32_t count = 0;

    operands[count++] = plain ? "sums[r - first][lane]" : k->gated ? "gate" : "y";
    if (k->gated)
        operands[count++] = "up";
    for (uint32_t i = 0; i < lir_operand_count(kernel); i++)
        operands[count++] = c_operand(out->arena, kernel, i, "r", "n", true);
    c_code_line(out, depth, "for (size_t r = first; r < end; r++) {");
    if (k->n % ROW_GROUP == 0)
        c_code_line(out, depth + 1, "for (size_t lane = 0; lane < 16; lane++) {");
    else
        c_code_line(out, depth + 1,
                    "for (size_t lane = 0; lane < 16 && 16 * group + lane < %u; lane++) {", k->n);
    c_code_line(out, depth + 2, "const size_t n = 16 * group + lane;");
    if (k->gated)
        c_code_line(out, depth + 2,
                    "const float gate = gates[r - first][lane], up = ups[r - first][lane];");
    else if (!plain)
        c_code_line(out, depth + 2, "const float y = sums[r - first][lane];");
    text_add(&statement, "out[r * %u + n] = ", kernel->stride[MATMUL_out]);
    c_formula(&k->code, operands, true, &statement);
    text_add(&statement, ";");
    c_statement(out, 4 * (depth + 2), statement.data);
    c_code_line(out, depth + 1, "}");
    c_code_line(out, depth, "}");
}

void c_print_matmul(const struct lir_kernel *kernel, struct c_body *b)
{
    const struct kernel_matmul *k = &kernel->matmul;
    const enum layout layout = (enum layout)k->layout;
    struct text address = {.arena = b->code->arena};

    comment(kernel, b->comment);
    if (k->gated)
        text_add(&address, "weight + group * %llu",
                 (unsigned long long)layout_group_at(layout, k->k, 2));
    else
        c_group_address(layout, k->k, "weight", "group", &address);
    c_parallel(b->code, "");
    c_code_line(b->code, 1, "for (size_t group = 0; group < %u; group++) {",
                (uint32_t)ceil_div(k->n, ROW_GROUP));
    c_code_line(b->code, 2, "const uint8_t *const packed = %s;", address.data);
    c_code_line(b->code, 2, "for (size_t first = 0; first < rows; first += %u) {", ROWS_AT_ONCE);
    c_code_line(b->code, 3, "const size_t end = rows - first < %u ? rows : first + %u;",
                ROWS_AT_ONCE, ROWS_AT_ONCE);
    all_sums(kernel, 3, b->code);
    norm_sums(kernel, 3, b->code);
    store(kernel, 3, b->code);
    c_code_line(b->code, 2, "}");
    c_code_line(b->code, 1, "}");
}

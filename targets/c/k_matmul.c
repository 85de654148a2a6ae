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

    operands[count++] = k->gated ? "gate" : k->mixed ? "mix" : "y";
    if (k->gated)
        operands[count++] = "up";
    for (uint32_t i = 0; i < lir_operand_count(kernel); i++)
        operands[count++] = c_operand(out->arena, kernel, i, "r", "n", false);
    c_formula(&k->code, operands, false, out);
}

/* " + bias[expert of p][n]" where there is one; `p` is a row of x and an expert. */
static const char *bias_comment(const struct lir_kernel *kernel, const char *p, struct arena *a)
{
    return lir_has(kernel, MATMUL_bias) ? arena_printf(a, " + bias[expert of %s][n]", p) : "";
}

static void comment(const struct lir_kernel *kernel, struct text *out)
{
    const struct kernel_matmul *k = &kernel->matmul;
    const bool normed = lir_has(kernel, MATMUL_norm);
    const char *product = normed ? "factor[r] * sum over k of weight[n][k] * (x[r][k] * norm[k])"
                                 : "sum over k of weight[n][k] * x[r][k]";

    text_add(out, "out[r][n] = ");
    if (k->mixed)
        product =
            arena_printf(out->arena, "sum over s of weights[r][s] * y[%u r + s][n]", k->slots);
    if (k->code.bytes == 0) {
        text_add(out, "%s%s", product, k->mixed ? "" : bias_comment(kernel, "r", out->arena));
    } else {
        formula_comment(kernel, out);
        text_add(out, " with %s = %s%s",
                 k->mixed   ? "mix"
                 : k->gated ? "gate"
                            : "y",
                 product, k->mixed ? "" : bias_comment(kernel, "r", out->arena));
    }
    if (k->mixed)
        text_add(out, " and y[p][n] = sum over k of weight[expert of p][n][k] * x[p][k]%s",
                 bias_comment(kernel, "p", out->arena));
    else if (k->experts != 0)
        text_add(out, ", the row of x being r / %u and the weight that of the expert of r",
                 k->slots);
    if (k->gated)
        text_add(out, " and up the same with further rows of weight%s",
                 lir_has(kernel, MATMUL_up_bias) ? " and up_bias" : "");
    if (k->experts != 0 && !k->mixed)
        text_add(out, "; r < %u rows, n < %u, k < %u. ", k->slots, k->n, k->k);
    else
        text_add(out, "; r < rows, n < %u, k < %u. ", k->n, k->k);
    if (k->experts != 0)
        text_add(out,
                 "order has the number of experts that are chosen, these [%u], where the rows of "
                 "each begin [%u], and these rows, expert after expert. ",
                 k->experts, k->experts + 1);
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
    c_stored_norms_comment(kernel, out);
}

/* ---- sums ---- */

void c_matmul_begin_rows(const struct kernel_matmul *k, uint32_t depth, struct text *out)
{
    if (k->experts == 0) {
        c_code_line(out, depth, "for (size_t r = first; r < end; r++) {");
        return;
    }
    c_code_line(out, depth, "for (size_t p = first; p < end; p++) {");
    if (k->mixed)
        c_code_line(out, depth + 1, "const size_t r = (size_t)pairs[p];");
    else
        c_code_line(out, depth + 1, "const size_t r = (size_t)pairs[p] / %u;", k->slots);
}

const char *c_matmul_sums(const struct kernel_matmul *k)
{
    return k->experts == 0 ? "[r - first]" : "[p - first]";
}

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

bool c_matmul_rounds(const struct kernel_matmul *k)
{
    return k->format.act == ACT_bf16 && k->layout != LAYOUT_bf16_r32;
}

/* Weights that are no bf16 are rounded to it where activations are bf16. */
static void round_weights(const struct kernel_matmul *k, uint32_t depth, struct text *out)
{
    if (!c_matmul_rounds(k))
        return;
    c_code_line(out, depth, "for (size_t i = 0; i < %s; i++)", has_short_block(k) ? "count" : "32");
    c_code_line(out, depth + 1, "for (size_t lane = 0; lane < 16; lane++)");
    c_code_line(out, depth + 2, "w[i][lane] = bf16_to_float(float_to_bf16(w[i][lane]));");
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
    round_weights(k, depth, out);
    c_matmul_begin_rows(k, depth, out);
    row_of_x(kernel, depth + 1, out);
    if (has_short_block(k)) {
        c_code_line(out, depth + 1, "for (size_t i = 0; i < count; i++)");
        c_code_line(out, depth + 2, "for (size_t lane = 0; lane < 16; lane++)");
        c_code_line(out, depth + 3, "%s%s[lane] += w[i][lane] * xs[i];", sum, c_matmul_sums(k));
    } else {
        c_code_line(out, depth + 1, "for (size_t i = 0; i < 32; i += 4)");
        c_code_line(out, depth + 2, "for (size_t lane = 0; lane < 16; lane++)");
        c_code_line(out, depth + 3, "%s%s[lane] +=", sum, c_matmul_sums(k));
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
                        (unsigned long long)layout_groups_apart((enum layout)k->layout, k->k, 1));
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
    const char *row = k->experts == 0 ? "first"
                      : k->mixed      ? "(size_t)pairs[first]"
                                 : arena_printf(out->arena, "(size_t)pairs[first] / %u", k->slots);

    c_code_line(out, depth, "dot_%s(packed, %u, x + %s * %u, %s[0]);", format, k->k, row, stride,
                k->gated ? "gates" : "sums");
    if (k->gated)
        c_code_line(out, depth, "dot_%s(%s, %u, x + %s * %u, ups[0]);", format,
                    packed_up(k, out->arena), k->k, row, stride);
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
    c_norm_factor(k->k, k->epsilon, false, depth + 1, out);
    c_code_line(out, depth + 1, "for (size_t lane = 0; lane < 16; lane++)%s", k->gated ? " {" : "");
    c_code_line(out, depth + 2, "%s[r - first][lane] *= factor;", k->gated ? "gates" : "sums");
    if (k->gated) {
        c_code_line(out, depth + 2, "ups[r - first][lane] *= factor;");
        c_code_line(out, depth + 1, "}");
    }
    c_code_line(out, depth, "}");
}

/* ---- results ---- */

/* r is the row of the result. */
static void begin_results(const struct kernel_matmul *k, uint32_t depth, struct text *out)
{
    if (k->experts == 0) {
        c_matmul_begin_rows(k, depth, out);
        return;
    }
    c_code_line(out, depth, "for (size_t p = first; p < end; p++) {");
    if (k->mixed)
        c_code_line(out, depth + 1,
                    "const size_t r = (size_t)pairs[p] / %u, slot = (size_t)pairs[p] %% %u;",
                    k->slots, k->slots);
    else
        c_code_line(out, depth + 1, "const size_t r = (size_t)pairs[p];");
}

/* Experts are taken by number, as the slots of a row are: the sum so far stands in the result. */
static void mix(const struct lir_kernel *kernel, const char *sum, uint32_t depth, struct text *out)
{
    c_code_line(out, depth, "const float y = weights[r * %u + slot] * %s;",
                kernel->stride[MATMUL_weights], sum);
    c_code_line(out, depth, "const float mix = slot == 0 ? y : out[r * %u + n] + y;",
                kernel->stride[MATMUL_out]);
}

/* A sum of the lane, plus the bias of its expert where there is one. */
static const char *biased(const struct lir_kernel *kernel, const char *sums, uint32_t argument,
                          struct arena *a)
{
    const struct kernel_matmul *k = &kernel->matmul;
    const char *sum = arena_printf(a, "%s%s[lane]", sums, c_matmul_sums(k));

    return !lir_has(kernel, argument) ? sum
                                      : arena_printf(a, "(%s + %s[(size_t)experts[e] * %u + n])",
                                                     sum, c_parameter_name(kernel, argument), k->n);
}

static void store(const struct lir_kernel *kernel, uint32_t depth, struct text *out)
{
    const struct kernel_matmul *k = &kernel->matmul;
    const bool plain = k->code.bytes == 0;
    const char *operands[LIR_MAX_ARGS];
    struct text statement = {.arena = out->arena};
    const char *sum = biased(kernel, k->gated ? "gates" : "sums", MATMUL_bias, out->arena);
    uint32_t count = 0;

    operands[count++] = k->mixed ? "mix" : k->gated ? "gate" : plain ? sum : "y";
    if (k->gated)
        operands[count++] = "up";
    for (uint32_t i = 0; i < lir_operand_count(kernel); i++)
        operands[count++] = c_operand(out->arena, kernel, i, "r", "n", true);
    begin_results(k, depth, out);
    if (k->n % ROW_GROUP == 0)
        c_code_line(out, depth + 1, "for (size_t lane = 0; lane < 16; lane++) {");
    else
        c_code_line(out, depth + 1,
                    "for (size_t lane = 0; lane < 16 && 16 * group + lane < %u; lane++) {", k->n);
    c_code_line(out, depth + 2, "const size_t n = 16 * group + lane;");
    if (k->gated)
        c_code_line(out, depth + 2, "const float gate = %s, up = %s;", sum,
                    biased(kernel, "ups", MATMUL_up_bias, out->arena));
    else if (k->mixed)
        mix(kernel, sum, depth + 2, out);
    else if (!plain)
        c_code_line(out, depth + 2, "const float y = %s;", sum);
    text_add(&statement, "out[r * %u + n] = ", kernel->stride[MATMUL_out]);
    if (k->mixed)
        text_add(&statement, "slot + 1 < %u ? mix : ", k->slots);
    c_formula(&k->code, operands, true, &statement);
    text_add(&statement, ";");
    c_statement(out, 4 * (depth + 2), statement.data);
    c_code_line(out, depth + 1, "}");
    c_code_line(out, depth, "}");
}

/* The rows from `from` to `to` with the row group at `address`. */
static void rows_of_matrix(const struct lir_kernel *kernel, const char *address, const char *from,
                           const char *to, uint32_t depth, struct text *out)
{
    c_code_line(out, depth, "const uint8_t *const packed = %s;", address);
    c_code_line(out, depth, "for (size_t first = %s; first < %s; first += %u) {", from, to,
                ROWS_AT_ONCE);
    c_code_line(out, depth + 1, "const size_t end = %s - first < %u ? %s : first + %u;", to,
                ROWS_AT_ONCE, to, ROWS_AT_ONCE);
    all_sums(kernel, depth + 1, out);
    norm_sums(kernel, depth + 1, out);
    store(kernel, depth + 1, out);
    c_code_line(out, depth, "}");
}

void c_print_matmul(const struct lir_kernel *kernel, struct c_body *b)
{
    const struct kernel_matmul *k = &kernel->matmul;
    const enum layout layout = (enum layout)k->layout;
    struct text address = {.arena = b->code->arena};
    const char *matrix = "weight";

    comment(kernel, b->comment);
    if (k->experts != 0)
        matrix = arena_printf(b->code->arena, "weight + (size_t)experts[e] * %llu",
                              (unsigned long long)matmul_expert_bytes(k));
    if (k->gated)
        c_pair_address(layout, k->k, matrix, "group", &address);
    else
        c_group_address(layout, k->k, matrix, "group", &address);
    if (k->experts != 0) {
        c_code_line(b->code, 1, "const int32_t *const experts = order + 1;");
        c_code_line(b->code, 1, "const int32_t *const begin = experts + %u;", k->experts);
        c_code_line(b->code, 1, "const int32_t *const pairs = begin + %u;", k->experts + 1);
        c_code_line(b->code, 1, "(void)rows;");
    }
    c_parallel(b->code, "");
    c_code_line(b->code, 1, "for (size_t group = 0; group < %u; group++) {",
                (uint32_t)ceil_div(k->n, ROW_GROUP));
    if (k->experts != 0) {
        c_code_line(b->code, 2, "for (int32_t e = 0; e < order[0]; e++) {");
        rows_of_matrix(kernel, address.data, "(size_t)begin[e]", "(size_t)begin[e + 1]", 3,
                       b->code);
        c_code_line(b->code, 2, "}");
    } else {
        rows_of_matrix(kernel, address.data, "0", "rows", 2, b->code);
    }
    c_code_line(b->code, 1, "}");
    c_print_stored_norms(kernel, b->code);
}

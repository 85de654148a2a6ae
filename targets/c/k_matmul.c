/* matmul: one function for all layouts, activations and formulas. The function takes 16 rows of the
 * weight at a time, as they are packed; of these it unpacks 32 columns and uses them for up to 16
 * rows of x. So each weight is read once, in the order of addresses, and unpacked once for 16 rows.
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
    const char *product = "sum over k of weight[n][k] * x[r][k]";

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
}

/* ---- sums ---- */

/* Row r of x, from column k on, as floats. */
static void row_of_x(const struct kernel_matmul *k, struct text *out)
{
    const char *count = has_short_block(k) ? "count" : "32";

    if (k->format.act == ACT_f32) {
        text_add(out, "                    const float *const xs = x + r * %u + k;\n",
                 c_activation_stride(k->k));
        return;
    }
    c_activation_row(&k->format, k->k, "x", false, "                    ", out);
    text_add(out,
             "                    float xs[32];\n"
             "                    for (size_t i = 0; i < %s; i++) {\n"
             "                        uint16_t bf16;\n"
             "                        memcpy(&bf16, elements + 2 * (k + i), sizeof bf16);\n"
             "                        xs[i] = bf16_to_float(bf16);\n"
             "                    }\n",
             count);
}

/* Adds the products of a block to the sums of all rows. */
static void products(const struct kernel_matmul *k, const char *sum, const char *packed,
                     struct text *out)
{
    text_add(out, "                ");
    c_unpack_call((enum layout)k->layout, packed, "k", has_short_block(k) ? "count" : "32", out);
    text_add(out, ";\n                for (size_t r = first; r < end; r++) {\n");
    row_of_x(k, out);
    if (has_short_block(k))
        text_add(out,
                 "                    for (size_t i = 0; i < count; i++)\n"
                 "                        for (size_t lane = 0; lane < 16; lane++)\n"
                 "                            %s[r - first][lane] += w[i][lane] * xs[i];\n",
                 sum);
    else
        text_add(
            out,
            "                    for (size_t i = 0; i < 32; i += 4)\n"
            "                        for (size_t lane = 0; lane < 16; lane++)\n"
            "                            %s[r - first][lane] +=\n"
            "                                w[i][lane] * xs[i] + w[i + 1][lane] * xs[i + 1] +\n"
            "                                w[i + 2][lane] * xs[i + 2] + w[i + 3][lane] * "
            "xs[i + 3];\n",
            sum);
    text_add(out, "                }\n");
}

static void sums(const struct kernel_matmul *k, const char *sum, const char *packed,
                 struct text *out)
{
    if (act_is_integer((enum act)k->format.act))
        c_print_matmul_integers_part(k, sum, packed, out);
    else
        products(k, sum, packed, out);
}

static void all_sums(const struct kernel_matmul *k, struct text *out)
{
    const unsigned long long to_up = layout_group_at((enum layout)k->layout, k->k, 1);

    if (k->gated)
        text_add(out, "            float gates[%u][16] = {{0}}, ups[%u][16] = {{0}};\n",
                 ROWS_AT_ONCE, ROWS_AT_ONCE);
    else
        text_add(out, "            float sums[%u][16] = {{0}};\n", ROWS_AT_ONCE);
    text_add(out, "            for (size_t k = 0; k < %u; k += 32) {\n", k->k);
    if (has_short_block(k))
        text_add(out, "                const size_t count = %u - k < 32 ? %u - k : 32;\n", k->k,
                 k->k);
    if (act_is_integer((enum act)k->format.act))
        c_print_matmul_integers_declarations(k, out);
    else
        text_add(out, "                float w[32][16];\n");
    sums(k, k->gated ? "gates" : "sums", "packed", out);
    if (k->gated)
        sums(k, "ups", arena_printf(out->arena, "packed + %llu", to_up), out);
    text_add(out, "            }\n");
}

/* ---- results ---- */

static void store(const struct lir_kernel *kernel, struct text *out)
{
    const struct kernel_matmul *k = &kernel->matmul;
    const bool plain = k->code.bytes == 0;
    const char *operands[LIR_MAX_ARGS], *indent = "                    ";
    struct text statement = {.arena = out->arena};
    uint32_t count = 0;

    operands[count++] = plain ? "sums[r - first][lane]" : k->gated ? "gate" : "y";
    if (k->gated)
        operands[count++] = "up";
    for (uint32_t i = 0; i < lir_operand_count(kernel); i++)
        operands[count++] = c_operand(out->arena, kernel, i, "r", "n", true);
    text_add(out, "            for (size_t r = first; r < end; r++) {\n");
    if (k->n % ROW_GROUP == 0)
        text_add(out, "                for (size_t lane = 0; lane < 16; lane++) {\n");
    else
        text_add(out,
                 "                for (size_t lane = 0; lane < 16 && 16 * group + lane < %u; "
                 "lane++) {\n",
                 k->n);
    text_add(out, "%sconst size_t n = 16 * group + lane;\n", indent);
    if (k->gated)
        text_add(out, "%sconst float gate = gates[r - first][lane], up = ups[r - first][lane];\n",
                 indent);
    else if (!plain)
        text_add(out, "%sconst float y = sums[r - first][lane];\n", indent);
    text_add(&statement, "out[r * %u + n] = ", kernel->stride[MATMUL_out]);
    c_formula(&k->code, operands, true, &statement);
    text_add(&statement, ";");
    c_statement(out, 20, statement.data);
    text_add(out, "                }\n            }\n");
}

void c_print_matmul(const struct lir_kernel *kernel, struct c_body *b)
{
    const struct kernel_matmul *k = &kernel->matmul;
    const enum layout layout = (enum layout)k->layout;
    const uint32_t groups = (uint32_t)ceil_div(k->n, ROW_GROUP);

    comment(kernel, b->comment);
    c_unused_operands(kernel, "    ", b->code);
    c_parallel(b->code);
    text_add(b->code,
             "    for (size_t group = 0; group < %u; group++) {\n"
             "        const uint8_t *const packed = ",
             groups);
    if (k->gated)
        text_add(b->code, "weight + group * %llu",
                 (unsigned long long)layout_group_at(layout, k->k, 2));
    else
        c_group_address(layout, k->k, "weight", "group", b->code);
    text_add(b->code,
             ";\n"
             "        for (size_t first = 0; first < rows; first += %u) {\n"
             "            const size_t end = rows - first < %u ? rows : first + %u;\n",
             ROWS_AT_ONCE, ROWS_AT_ONCE, ROWS_AT_ONCE);
    all_sums(k, b->code);
    store(kernel, b->code);
    text_add(b->code, "        }\n    }\n");
}

/* norm_quant: rows of f32, with or without RMS norm, as activations of any format in the
 * form that activation.c finds rows in. */
#include "targets/c/c.h"

/* ---- the comment ---- */

static void comment(const struct lir_kernel *kernel, struct text *out)
{
    const struct kernel_norm_quant *k = &kernel->norm_quant;
    const bool wide = k->format.act == ACT_i16;

    const char *x = k->centered ? "c[r][k]" : "x[r][k]";

    text_add(out, "out[r][k] = %s", x);
    if (lir_has(kernel, NORM_QUANT_weight)) {
        text_add(out, " / sqrt(mean over k of %s^2 + ", x);
        float_text(out, k->epsilon);
        text_add(out, ") * weight[k]%s%s", lir_has(kernel, NORM_QUANT_bias) ? " + bias[k]" : "",
                 lir_has(kernel, NORM_QUANT_residual) ? " + residual[r][k]" : "");
        if (lir_has(kernel, NORM_QUANT_scale))
            text_add(out, ", times scale[k]");
    }
    text_add(out, "; r < rows, k < %u.%s", k->k,
             k->centered ? " c[r][k] = x[r][k] - mean over k of x[r][k]." : "");
    if (k->format.act == ACT_bf16)
        text_add(out, " out is bfloat16, of two nearest the even one.");
    if (act_is_integer((enum act)k->format.act))
        text_add(out,
                 " out is %s: %s share the scale greatest magnitude / %s, and their "
                 "integers are x / scale, of two nearest the even one; after the scale stand sums "
                 "of the integers.",
                 act_names[k->format.act],
                 k->format.act == ACT_i8_row ? "all columns of a row" : "each 32 columns",
                 wide ? "32639" : "127");
}

/* ---- elements ---- */

/* Element `column` of row r after the norm. */
static const char *value(const struct lir_kernel *k, struct arena *a, const char *column)
{
    const char *x = arena_printf(a, k->norm_quant.centered ? "(xs[%s] - mean)" : "xs[%s]", column);

    if (!lir_has(k, NORM_QUANT_weight))
        return x;
    x = arena_printf(a, "%s * factor * weight[%s]", x, column);
    if (lir_has(k, NORM_QUANT_bias))
        x = arena_printf(a, "%s + bias[%s]", x, column);
    if (lir_has(k, NORM_QUANT_residual))
        x = arena_printf(a, "%s + residual[r * %u + %s]", x, k->stride[NORM_QUANT_residual],
                         column);
    if (lir_has(k, NORM_QUANT_scale))
        x = arena_printf(a, "(%s) * scale[%s]", x, column);
    return x;
}

static void store_f32(const struct lir_kernel *k, struct text *out)
{
    const uint32_t width = k->norm_quant.k;

    text_add(out,
             "        for (size_t k = 0; k < %u; k++)\n"
             "            out[r * %u + k] = %s;\n",
             width, c_activation_stride(width), value(k, out->arena, "k"));
}

/* An odd width is padded with a zero. */
static void store_bf16(const struct lir_kernel *k, struct text *out)
{
    const uint32_t width = k->norm_quant.k;

    c_activation_row(&k->norm_quant.format, width, "out", true, 2, out);
    text_add(out,
             "        for (size_t k = 0; k < %u; k++) {\n"
             "            const uint16_t bf16 = float_to_bf16(%s);\n"
             "            memcpy(elements + 2 * k, &bf16, sizeof bf16);\n"
             "        }\n",
             width, value(k, out->arena, "k"));
    if (width % 2 != 0)
        text_add(out, "        memset(elements + %u, 0, 2);\n", 2 * width);
}

/* ---- integers ---- */

/* The values of a block, and their greatest magnitude: NaN is the greatest of all. Those of a whole
 * row are made twice, since a stack may not hold them. */
static void block_values(const struct lir_kernel *k, uint32_t block, struct text *out)
{
    const bool kept = block <= ACT_BLOCK;
    const char *y = kept ? "y[i]" : "y";

    if (kept)
        text_add(out, "            float y[%u];\n", block);
    text_add(out,
             "            float largest = 0.0f, scale;\n"
             "            for (size_t i = 0; i < %u; i++) {\n"
             "                %s%s = %s;\n"
             "                if (%s != %s || fabsf(%s) > largest)\n"
             "                    largest = fabsf(%s);\n"
             "            }\n",
             block, kept ? "" : "const float ", y, value(k, out->arena, "k + i"), y, y, y, y);
}

static void block_integers(const struct lir_kernel *k, uint32_t block, struct text *out)
{
    const struct act_format *f = &k->norm_quant.format;
    const bool wide = f->act == ACT_i16;
    const uint32_t sums = f->block_sums == 2 ? 2 : 1;

    text_add(out,
             "            const float multiplier = largest < 0x1p-100f ? 0.0f : %s.0f / largest;\n"
             "            int32_t sum[%u] = {0};\n"
             "            for (size_t i = 0; i < %u; i++) {\n"
             "                const float scaled = rintf(%s * multiplier);\n",
             wide ? "32639" : "127", sums, block,
             block <= ACT_BLOCK ? "y[i]"
                                : arena_printf(out->arena, "(%s)", value(k, out->arena, "k + i")));
    text_add(
        out,
        "                /* not finite: then the scale is not either, and says so */\n"
        "                const int%s_t q = (int%s_t)(fabsf(scaled) <= %s.0f ? scaled : 0.0f);\n"
        "                sum[%s] += q;\n",
        wide ? "16" : "8", wide ? "16" : "8", wide ? "32639" : "127", sums == 2 ? "i / 16" : "0");
    if (wide)
        text_add(out, "                memcpy(elements + 2 * (k + i), &q, sizeof q);\n");
    else
        text_add(out, "                memcpy(elements + k + i, &q, sizeof q);\n");
    text_add(out, "            }\n");
}

static void block_scale(const struct act_format *f, struct text *out)
{
    const uint32_t sums = f->block_sums == 2 ? 2 : 1;

    text_add(out,
             "            scale = largest < 0x1p-100f ? 0.0f : largest / %s.0f;\n"
             "            memcpy(block, &scale, sizeof scale);\n"
             "            for (size_t i = 0; i < %u; i++) {\n",
             f->act == ACT_i16 ? "32639" : "127", sums);
    if (f->bias != 0)
        text_add(out,
                 "                const int32_t biased = -%u * sum[i];\n"
                 "                memcpy(block + 4 + 4 * i, &biased, sizeof biased);\n",
                 f->bias);
    else
        text_add(out, "                const float scaled = scale * (float)sum[i];\n"
                      "                memcpy(block + 4 + 4 * i, &scaled, sizeof scaled);\n");
    text_add(out, "            }\n");
}

static void store_integers(const struct lir_kernel *k, struct text *out)
{
    const struct act_format *f = &k->norm_quant.format;
    const uint32_t block = act_block((enum act)f->act, k->norm_quant.k);

    c_activation_row(f, k->norm_quant.k, "out", true, 2, out);
    text_add(out,
             "        for (size_t k = 0; k < %u; k += %u) {\n"
             "            uint8_t *const block = blocks + k / %u * %u;\n",
             k->norm_quant.k, block, block, act_scale_bytes(f));
    block_values(k, block, out);
    block_integers(k, block, out);
    block_scale(f, out);
    text_add(out, "        }\n");
}

/* ---- all ---- */

void c_norm_factor(uint32_t width, float epsilon, bool centered, uint32_t depth, struct text *out)
{
    struct text added = {.arena = out->arena};
    const char *x = centered ? "(xs[k] - mean)" : "xs[k]";

    c_float(&added, epsilon);
    if (centered) {
        c_code_line(out, depth, "double sum = 0.0;");
        c_code_line(out, depth, "for (size_t k = 0; k < %u; k++)", width);
        c_code_line(out, depth + 1, "sum += (double)xs[k];");
        c_code_line(out, depth, "const float mean = (float)(sum / %u.0);", width);
    }
    c_code_line(out, depth, "double squares = 0.0;");
    c_code_line(out, depth, "for (size_t k = 0; k < %u; k++)", width);
    c_code_line(out, depth + 1, "squares += (double)%s * (double)%s;", x, x);
    c_code_line(out, depth,
                "const float factor = (float)(1.0 / sqrt(squares / %u.0 + (double)%s));", width,
                added.data);
}

void c_print_norm_quant(const struct lir_kernel *kernel, struct c_body *b)
{
    comment(kernel, b->comment);
    c_parallel(b->code, " if (rows > 1)");
    text_add(b->code,
             "    for (size_t r = 0; r < rows; r++) {\n"
             "        const float *const xs = x + r * %u;\n",
             kernel->stride[NORM_QUANT_x]);
    if (lir_has(kernel, NORM_QUANT_weight))
        c_norm_factor(kernel->norm_quant.k, kernel->norm_quant.epsilon, kernel->norm_quant.centered,
                      2, b->code);
    if (kernel->norm_quant.format.act == ACT_f32)
        store_f32(kernel, b->code);
    else if (kernel->norm_quant.format.act == ACT_bf16)
        store_bf16(kernel, b->code);
    else
        store_integers(kernel, b->code);
    text_add(b->code, "    }\n");
}

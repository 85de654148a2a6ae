/* matmul of many rows with activations of i8 on devices with integer dot products: shared memory has
 * words of four columns, and the scales of both sides. Per block of 32 columns, or of 16 where these
 * have a scale, an exact sum of integers becomes f32. Contract: matmul_tiles.h. */
#include "targets/vulkan/matmul_tiles.h"

static uint32_t scales(const struct vulkan_tiles *t)
{
    return layout_info[t->layout].scales;
}

/* Four products of signed bytes and their sum: OpSDot of SPV_KHR_integer_dot_product, whose literal
 * operand 0 says that a word has four bytes. less_bias() makes signed bytes of unsigned ones less a
 * bias of at most 128: plus 128 they are bytes again, so that none carries into the next one. */
static void functions(const struct vulkan_tiles *t)
{
    struct vulkan_shader *s = t->shader;
    const uint32_t bias = layout_info[t->layout].bias;

    vulkan_before(s, 0, "spirv_instruction(extensions = [\"SPV_KHR_integer_dot_product\"],");
    vulkan_before(s, 0, "                  capabilities = [6019, 6018], id = 4450)");
    vulkan_before(s, 0, "int dot_of_bytes(uint a, uint b, spirv_literal int format);\n");
    vulkan_before(s, 0, "uvec4 less_bias(uvec4 word)");
    vulkan_before(s, 0, "{");
    if (bias == 0)
        vulkan_before(s, 1, "return word;");
    else
        vulkan_before(s, 1, "return word + 0x%08xu ^ 0x80808080u;", (128 - bias) * 0x01010101u);
    vulkan_before(s, 0, "}\n");
}

void vulkan_tiles_integers_before(const struct vulkan_tiles *t)
{
    struct vulkan_shader *s = t->shader;

    vulkan_weight_blocks(s, t->layout);
    functions(t);
    vulkan_before(s, 0, "const uint STEP = %u, SCALES = %u; // blocks at once; of a block",
                  t->at_once, scales(t));
    vulkan_before(s, 0, "shared uvec4 w_tile[8 * STEP][GROUPS * 4], x_tile[8 * STEP][HEIGHT / 4];");
    vulkan_before(s, 0, "shared vec4 w_scale[STEP * SCALES][GROUPS * 4];");
    vulkan_before(s, 0, "shared vec4 x_scale[STEP][HEIGHT / 4];");
    if (!layout_has_minimum(t->layout))
        return;
    vulkan_before(s, 0, "shared vec4 w_minimum[STEP * SCALES][GROUPS * 4];");
    vulkan_before(s, 0, "shared vec4 x_sum[STEP * SCALES][HEIGHT / 4]; // times the scale");
}

void vulkan_tiles_integers_weights(const struct vulkan_tiles *t)
{
    struct vulkan_shader *s = t->shader;

    vulkan_tiles_begin_octets(t);
    vulkan_tiles_bytes(t, 3);
    vulkan_line(s, 3, "w_tile[8 * in_step + 2 * octet][slot] = less_bias(first);");
    vulkan_line(s, 3, "w_tile[8 * in_step + 2 * octet + 1][slot] = less_bias(second);");
    vulkan_line(s, 3, "if (octet %% (4 / SCALES) == 0) {");
    vulkan_tiles_scales(t, 4);
    vulkan_line(s, 4, "const uint at = slot_of(g, 0) * 4 + part_of;");
    vulkan_line(s, 4, "const uint scaled = SCALES * in_step + octet / (4 / SCALES);");
    vulkan_line(s, 4, "w_scale[scaled][at] = scale;");
    if (layout_has_minimum(t->layout))
        vulkan_line(s, 4, "w_minimum[scaled][at] = minimum;");
    vulkan_line(s, 3, "}");
    vulkan_line(s, 2, "}");
}

/* The places in `row` of block, if it is in the run, else of the last one. */
static void row_of_x(const struct vulkan_tiles *t)
{
    struct vulkan_shader *s = t->shader;

    vulkan_line(s, 3, "const uint row = min(first_row + in_tile, rows - 1);");
    vulkan_activation_row(s, 3, &t->matmul->format, t->matmul->k, "x", "row");
}

void vulkan_tiles_integers_rows(const struct vulkan_tiles *t)
{
    struct vulkan_shader *s = t->shader;
    const struct act_format *f = &t->matmul->format;

    vulkan_line(s, 2,
                "for (uint n = thread - THREADS / 2; n < HEIGHT * 2 * STEP; n += THREADS / 2) {");
    vulkan_line(s, 3, "const uint in_tile = n / (2 * STEP), four = n %% (2 * STEP);");
    row_of_x(t);
    vulkan_line(s, 3, "const uvec4 words = load_words(elements + (32 * block + 16 * four));");
    vulkan_line(s, 3, "[[unroll]] for (uint i = 0; i < 4; i++)");
    vulkan_line(s, 4, "x_tile[4 * four + i][in_tile / 4 ^ 2 * four][in_tile %% 4] = words[i];");
    vulkan_line(s, 2, "}");
    vulkan_line(s, 2, "for (uint n = thread - THREADS / 2; n < HEIGHT * STEP; n += THREADS / 2) {");
    vulkan_line(s, 3, "const uint in_tile = n / STEP, in_step = n %% STEP;");
    row_of_x(t);
    vulkan_line(s, 3, "Floats of_block = Floats(blocks + (block + in_step) * %u);",
                act_block_bytes(f) - LAYOUT_BLOCK);
    vulkan_line(s, 3, "x_scale[in_step][in_tile / 4][in_tile %% 4] = of_block.at[0];");
    if (layout_has_minimum(t->layout))
        for (uint32_t i = 0; i < scales(t); i++)
            vulkan_line(
                s, 3, "x_sum[SCALES * in_step + %u][in_tile / 4][in_tile %% 4] = of_block.at[%u];",
                i, 1 + i);
    vulkan_line(s, 2, "}");
}

/* Exact sums of the columns that have one scale. */
static void dots(const struct vulkan_tiles *t)
{
    struct vulkan_shader *s = t->shader;

    vulkan_line(s, 2, "ivec4 dot[4][2];");
    vulkan_line(s, 2, "[[unroll]] for (uint r = 0; r < 4; r++)");
    vulkan_line(s, 3, "dot[r][0] = dot[r][1] = ivec4(0);");
    vulkan_line(s, 2, "[[unroll]] for (uint of_scale = 0; of_scale < 4 / SCALES; of_scale++) {");
    vulkan_line(s, 3, "const uint octet = scaled %% SCALES * (4 / SCALES) + of_scale;");
    vulkan_tiles_slots(t, 3);
    vulkan_line(s, 3, "[[unroll]] for (uint i = 0; i < 2; i++) {");
    vulkan_line(s, 4, "const uint word = scaled / SCALES * 8 + 2 * octet + i;");
    vulkan_line(s, 4, "const uvec4 xs = x_tile[word][quad ^ word / 4 * 2];");
    vulkan_line(s, 4, "const uvec4 w_a = w_tile[word][a], w_b = w_tile[word][b];");
    vulkan_line(s, 4, "[[unroll]] for (uint r = 0; r < 4; r++)");
    vulkan_line(s, 5, "[[unroll]] for (uint j = 0; j < 4; j++) {");
    vulkan_line(s, 6, "dot[r][0][j] += dot_of_bytes(w_a[j], xs[r], 0);");
    vulkan_line(s, 6, "dot[r][1][j] += dot_of_bytes(w_b[j], xs[r], 0);");
    vulkan_line(s, 5, "}");
    vulkan_line(s, 3, "}");
    vulkan_line(s, 2, "}");
}

/* And what minimums times the sums of x add. */
static void scaled_sums(const struct vulkan_tiles *t)
{
    struct vulkan_shader *s = t->shader;

    vulkan_line(s, 2, "const uint a = slot_of(2 * pair, 0) * 4 + part;");
    vulkan_line(s, 2, "const uint b = slot_of(2 * pair + 1, 0) * 4 + part;");
    vulkan_line(s, 2, "const vec4 scale_a = w_scale[scaled][a], scale_b = w_scale[scaled][b];");
    vulkan_line(s, 2, "const vec4 scales = x_scale[scaled / SCALES][quad];");
    vulkan_line(s, 2, "[[unroll]] for (uint r = 0; r < 4; r++) {");
    vulkan_line(s, 3, "sum[r][0] = fma(vec4(dot[r][0]), scale_a * scales[r], sum[r][0]);");
    vulkan_line(s, 3, "sum[r][1] = fma(vec4(dot[r][1]), scale_b * scales[r], sum[r][1]);");
    if (layout_has_minimum(t->layout)) {
        vulkan_line(s, 3, "const vec4 x_sums = vec4(x_sum[scaled][quad][r]);");
        vulkan_line(s, 3, "sum[r][0] = fma(w_minimum[scaled][a], x_sums, sum[r][0]);");
        vulkan_line(s, 3, "sum[r][1] = fma(w_minimum[scaled][b], x_sums, sum[r][1]);");
    }
    vulkan_line(s, 2, "}");
}

void vulkan_tiles_integers_products(const struct vulkan_tiles *t)
{
    vulkan_line(t->shader, 1, "for (uint scaled = 0; scaled < STEP * SCALES; scaled++) {");
    dots(t);
    scaled_sums(t);
    vulkan_line(t->shader, 1, "}");
}

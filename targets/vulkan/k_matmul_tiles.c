/* matmul of many rows: the tile of a workgroup, and what it stores. In: the kernel; out: its body.
 * Contract of the parts: matmul_tiles.h. For each output there is one chain of operations, in the
 * order of columns: the height of tiles and how many rows a run has do not change a bit of a row.
 */
#include "targets/vulkan/matmul_tiles.h"

#include <rlx/shader.h>

enum { PARTS = 4, OCTETS = 4, QUAD = 4 };

static uint32_t groups_in_all(const struct kernel_matmul *k)
{
    return (uint32_t)ceil_div(k->n, ROW_GROUP) * (k->gated ? 2 : 1);
}

/* ---- what is brought ---- */

/* Where the tile has more groups than are left, it has the last one again. */
void vulkan_tiles_begin_octets(const struct vulkan_tiles *t)
{
    struct vulkan_shader *s = t->shader;
    const struct layout_info *info = &layout_info[t->layout];
    const uint32_t units = t->groups * PARTS * OCTETS, blocks = info->unit / LAYOUT_BLOCK,
                   last = groups_in_all(t->matmul) - 1;
    const char *group = arena_printf(s->arena, "min(first_group + g, %u)", last);

    vulkan_line(s, 2, "for (uint n = thread; n < %u; n += THREADS / 2) {", units * t->at_once);
    vulkan_line(s, 3, "const uint part_of = n %% 4, octet = n / 4 %% 4, g = n / 16 %% GROUPS;");
    vulkan_line(s, 3, "const uint slot = slot_of(g, octet) * 4 + part_of;");
    vulkan_line(s, 3, "const uint64_t group = %s;",
                vulkan_group_address(s, t->layout, t->matmul->k, "weight",
                                     arena_printf(s->arena, "(%s)", group)));
    if (!layout_is_quantized(t->layout))
        return;
    vulkan_line(s, 3, "const uint in_step = n / %u, of_weight = block + in_step;", units);
    vulkan_line(s, 3, "const uint in_unit = of_weight %% %u;", blocks);
    vulkan_line(s, 3, "const uint64_t unit = group + uint64_t(of_weight / %u) * %u;", blocks,
                info->bytes);
    vulkan_line(s, 3, "const uint64_t integers = unit + %u + in_unit * %u;",
                layout_integers_at(t->layout, 0), 64 * info->bits);
}

void vulkan_tiles_scales(const struct vulkan_tiles *t, uint32_t depth)
{
    struct vulkan_shader *s = t->shader;
    const bool two = layout_info[t->layout].scales == 2;
    const char *minimum = layout_has_minimum(t->layout) ? ", minimum" : "";

    vulkan_line(s, depth, "vec4 scale%s;", minimum);
    if (vulkan_has_four_scales(t->layout))
        vulkan_line(s, depth,
                    "weight_scales(weight_four_scales(unit, in_unit / 4, part_of), in_unit %% 4, "
                    "scale, minimum);");
    else
        vulkan_line(s, depth, "weight_scales(%s, %s, part_of, scale%s);",
                    vulkan_scales_in(t->layout), two ? "2 * in_unit + octet / 2" : "in_unit",
                    minimum);
}

void vulkan_tiles_bytes(const struct vulkan_tiles *t, uint32_t depth)
{
    vulkan_line(t->shader, depth, "uvec4 first, second;");
    vulkan_line(t->shader, depth, "weight_bytes(integers, %soctet, part_of, first, second);",
                vulkan_octet_words(t->shader->arena, t->layout, "octet", "part_of"));
}

/* ---- the tile ---- */

static void constants(const struct vulkan_tiles *t)
{
    struct vulkan_shader *s = t->shader;

    vulkan_before(s, 0, "const uint GROUPS = %u, HEIGHT = %u;", t->groups, t->height);
    vulkan_before(s, 0,
                  "// Where columns of an octet have group g: those of even and of odd groups");
    vulkan_before(s, 0, "// side by side, since a thread takes one of each.");
    vulkan_before(s, 0, "uint slot_of(uint g, uint octet)");
    vulkan_before(s, 0, "{");
    vulkan_before(s, 1, "return (g %% 2 * (GROUPS / 2) + g / 2) ^ octet %% GROUPS;");
    vulkan_before(s, 0, "}\n");
}

void vulkan_tiles_slots(const struct vulkan_tiles *t, uint32_t depth)
{
    vulkan_line(t->shader, depth, "const uint a = slot_of(2 * pair, octet) * 4 + part;");
    vulkan_line(t->shader, depth, "const uint b = slot_of(2 * pair + 1, octet) * 4 + part;");
}

static void declare(const struct vulkan_tiles *t)
{
    struct vulkan_shader *s = t->shader;

    vulkan_line(s, 0, "const uint row_tiles = (rows + HEIGHT - 1) / HEIGHT;");
    vulkan_line(s, 0, "const uint first_group = tile / row_tiles * GROUPS;");
    vulkan_line(s, 0, "const uint first_row = tile %% row_tiles * HEIGHT;");
    vulkan_line(s, 0, "const uint part = thread %% 4, pair = thread / 4 %% (GROUPS / 2);");
    vulkan_line(s, 0, "const uint quad = thread / (2 * GROUPS);");
    vulkan_line(s, 0, "vec4 sum[4][2];");
    vulkan_line(s, 0, "[[unroll]] for (uint r = 0; r < 4; r++)");
    vulkan_line(s, 1, "sum[r][0] = sum[r][1] = vec4(0.0);");
}

/* ---- results ---- */

static const char *formula(const struct vulkan_tiles *t)
{
    struct vulkan_shader *s = t->shader;
    const char *operands[LIR_MAX_ARGS];
    struct text text = {.arena = s->arena};
    uint32_t count = 0;

    operands[count++] = "y";
    if (t->matmul->gated)
        operands[count++] = "up";
    for (uint32_t i = 0; i < lir_operand_count(s->kernel); i++)
        operands[count++] = vulkan_operand(s, i, "r", "n");
    vulkan_formula(s, &t->matmul->code, operands, &text);
    return text.data;
}

/* Column n of row r from the sums of the thread's row `of_quad`. */
static void store(const struct vulkan_tiles *t)
{
    struct vulkan_shader *s = t->shader;
    const bool gated = t->matmul->gated;

    vulkan_line(s, 0, "[[unroll]] for (uint of_quad = 0; of_quad < 4; of_quad++) {");
    vulkan_line(s, 1, "const uint r = first_row + 4 * quad + of_quad;");
    vulkan_line(s, 1, "[[unroll]] for (uint i = 0; i < %u; i++) {", gated ? 4 : 8);
    if (gated)
        vulkan_line(s, 2, "const uint n = (first_group / 2 + pair) * 16 + 4 * part + i;");
    else
        vulkan_line(s, 2,
                    "const uint n = (first_group + 2 * pair + i / 4) * 16 + 4 * part + i %% 4;");
    vulkan_line(s, 2, "if (r < rows && n < %u) {", t->matmul->n);
    vulkan_line(s, 3,
                gated ? "const float y = sum[of_quad][0][i], up = sum[of_quad][1][i];"
                      : "const float y = sum[of_quad][i / 4][i %% 4];");
    vulkan_line(s, 3, "result.at[r * %u + n] = %s;", s->kernel->stride[MATMUL_out], formula(t));
    vulkan_line(s, 2, "}");
    vulkan_line(s, 1, "}");
    vulkan_line(s, 0, "}");
}

/* ---- all ---- */

static struct vulkan_tiles tiles_of(struct vulkan_shader *s)
{
    const struct kernel_matmul *k = &s->kernel->matmul;
    struct vulkan_tiles t = {.shader = s,
                             .matmul = k,
                             .layout = (enum layout)k->layout,
                             .height = k->row_tile,
                             .groups = k->tile_groups,
                             .blocks = (uint32_t)ceil_div(k->k, LAYOUT_BLOCK)};

    t.at_once = k->format.act == ACT_i8 && t.blocks % 2 == 0 ? 2 : 1;
    return t;
}

void vulkan_print_matmul_tiles(struct vulkan_shader *s)
{
    const struct vulkan_tiles t = tiles_of(s);
    const bool integers = t.matmul->format.act == ACT_i8;

    s->threads = t.height / QUAD * (t.groups / 2) * PARTS;
    constants(&t);
    (integers ? vulkan_tiles_integers_before : vulkan_tiles_floats_before)(&t);
    declare(&t);
    vulkan_line(s, 0, "for (uint block = 0; block < %u; block += %u) {", t.blocks, t.at_once);
    vulkan_line(s, 1, "barrier();");
    vulkan_line(s, 1, "if (thread < THREADS / 2) {");
    (integers ? vulkan_tiles_integers_weights : vulkan_tiles_floats_weights)(&t);
    vulkan_line(s, 1, "} else {");
    (integers ? vulkan_tiles_integers_rows : vulkan_tiles_floats_rows)(&t);
    vulkan_line(s, 1, "}");
    vulkan_line(s, 1, "barrier();");
    (integers ? vulkan_tiles_integers_products : vulkan_tiles_floats_products)(&t);
    vulkan_line(s, 0, "}");
    store(&t);
}

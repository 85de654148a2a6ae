/* matmul: one shader for all layouts, activations and formulas. A workgroup has `tile_groups` row
 * groups of the weight and takes `tile_rows` rows of x at a time. Its threads share the columns: eight
 * threads have a range of blocks of 32 columns, which they read in the order of addresses. Of each
 * block a thread has one half of the columns (a slice has those of all its blocks) and four rows (a
 * part), side by side in 16 bytes. Sums of slices are joined in shared memory.
 *
 * Where the product norms x, each thread also adds the squares of the columns that it reads, and the
 * sums of slices are joined as those of products are.
 *
 * Ranges, and the order in which sums are joined, follow from the number of columns alone: a row has
 * the same bits however many rows a run has.
 */
#include "targets/vulkan/matmul.h"

/* More ranges would be more threads, but each with less to do; 64 threads are whole subgroups of all
 * devices. */
enum { RANGES_MAX = 8, HALVES = 2 };

static uint32_t ranges_of(uint32_t k)
{
    uint32_t ranges = 1;

    while (ranges < RANGES_MAX && 2 * ranges <= ceil_div(k, LAYOUT_BLOCK))
        ranges *= 2;
    return ranges;
}

/* Rows whose sums shared memory has room for. */
static uint32_t rows_joined(const struct vulkan_matmul *m)
{
    const uint32_t of_row = m->groups * ROW_GROUP + (m->normed ? 1 : 0),
                   bytes = m->slices * of_row * (uint32_t)sizeof(float);

    return (uint32_t)max_u64(1, min_u64(m->rows, VULKAN_SHARED_MAX / bytes));
}

/* Where the sums of squares of these rows stand: after those of products. */
static uint32_t squares_at(const struct vulkan_matmul *m)
{
    return rows_joined(m) * m->groups * ROW_GROUP;
}

/* ---- sums of a thread ---- */

/* Where the groups of the tile begin. A tile that has more of them than are left takes the last one
 * again. */
static void declare_groups(const struct vulkan_matmul *m)
{
    struct vulkan_shader *s = m->shader;
    const struct kernel_matmul *k = &s->kernel->matmul;
    const uint32_t all = (uint32_t)ceil_div(k->n, ROW_GROUP) * (k->gated ? 2 : 1);

    for (uint32_t g = 0; g < m->groups; g++) {
        const char *group = arena_printf(s->arena, "(tile * %u + %u)", m->groups, g);
        if (all % m->groups != 0)
            group = arena_printf(s->arena, "min%.*s, %u)", (int)strlen(group) - 1, group, all - 1);
        vulkan_line(s, 0, "const uint64_t group_%u = %s;", g,
                    vulkan_group_address(s, (enum layout)k->layout, k->k, "weight", group));
    }
}

/* Rows of x: those that a run does not have are its last one again. */
static void declare_rows(const struct vulkan_matmul *m)
{
    struct vulkan_shader *s = m->shader;
    const struct kernel_matmul *k = &s->kernel->matmul;
    const uint32_t stride = (uint32_t)round_up(k->k, 16);

    for (uint32_t r = 0; r < m->rows; r++) {
        vulkan_line(s, 1, "const uint row_%u = %s;", r,
                    m->rows == 1 ? "first"
                                 : arena_printf(s->arena, "min(first + %u, rows - 1)", r));
        if (k->format.act == ACT_f32)
            vulkan_line(s, 1, "const uint64_t x_%u = uint64_t(x) + uint64_t(row_%u) * %u;", r, r,
                        4 * stride);
        for (uint32_t g = 0; g < m->groups; g++)
            vulkan_line(s, 1, "vec4 sum_%u_%u = vec4(0.0);", r, g);
        if (m->normed)
            vulkan_line(s, 1, "vec4 squares_%u = vec4(0.0);", r);
    }
}

/* ---- sums of all threads ---- */

/* Sums of slices j, j + 4, j + 8, ... one after the other, for j of 0 to 3; then (0 + 1) + (2 + 3). */
static void join_function(const struct vulkan_matmul *m)
{
    struct vulkan_shader *s = m->shader;
    const uint32_t width = squares_at(m) + (m->normed ? rows_joined(m) : 0),
                   chains = (uint32_t)min_u64(4, m->slices);

    vulkan_before(s, 0, "shared float sums[%u][%u]; // of each slice: [row][group][16]%s",
                  m->slices, width, m->normed ? ", squares [row]" : "");
    vulkan_before(s, 0, "%s", "");
    vulkan_before(s, 0, "float joined_sum(uint i)");
    vulkan_before(s, 0, "{");
    vulkan_before(s, 1, "precise float chain[%u];", chains);
    vulkan_before(s, 1, "[[unroll]] for (uint j = 0; j < %u; j++) {", chains);
    vulkan_before(s, 2, "chain[j] = sums[j][i];");
    vulkan_before(s, 2, "for (uint slice = j + %u; slice < %u; slice += %u)", chains, m->slices,
                  chains);
    vulkan_before(s, 3, "chain[j] += sums[slice][i];");
    vulkan_before(s, 1, "}");
    if (chains == 4)
        vulkan_before(s, 1, "return (chain[0] + chain[1]) + (chain[2] + chain[3]);");
    else
        vulkan_before(s, 1, chains == 2 ? "return chain[0] + chain[1];" : "return chain[0];");
    vulkan_before(s, 0, "}\n");
}

/* The sums of an output: y, and where gated up. `factor` is that of the norm. */
static void declare_sums(const struct vulkan_matmul *m)
{
    struct vulkan_shader *s = m->shader;
    const struct kernel_matmul *k = &s->kernel->matmul;
    const uint32_t row = ROW_GROUP * (k->gated ? m->groups / 2 : m->groups);
    const char *factor = m->normed ? " * factor" : "";
    struct text epsilon = {.arena = s->arena};

    if (m->normed) {
        vulkan_float(&epsilon, k->epsilon);
        vulkan_line(s, 3, "const float factor = 1.0 / sqrt(joined_sum(%u + o / %u) / %u.0 + %s);",
                    squares_at(m), row, k->k, epsilon.data);
    }
    if (k->gated)
        vulkan_line(s, 3, "const uint at = o / 16 * 32 + o %% 16;");
    vulkan_line(s, 3, "precise const float y = joined_sum(%s)%s;", k->gated ? "at" : "o", factor);
    if (k->gated)
        vulkan_line(s, 3, "precise const float up = joined_sum(at + 16)%s;", factor);
}

/* Rows first + base .. of what is joined: thread after thread takes an output. */
static void store(const struct vulkan_matmul *m, uint32_t base, uint32_t count)
{
    struct vulkan_shader *s = m->shader;
    const struct kernel_matmul *k = &s->kernel->matmul;
    const uint32_t outputs = k->gated ? m->groups / 2 : m->groups; /* groups of the result */
    const char *operands[LIR_MAX_ARGS];
    struct text formula = {.arena = s->arena};
    uint32_t operand_count = 0;

    operands[operand_count++] = "y";
    if (k->gated)
        operands[operand_count++] = "up";
    for (uint32_t i = 0; i < lir_operand_count(s->kernel); i++)
        operands[operand_count++] = vulkan_operand(s, i, "r", "n");
    vulkan_formula(s, &k->code, operands, &formula);
    vulkan_line(s, 1, "for (uint o = thread; o < %u; o += THREADS) {", count * outputs * ROW_GROUP);
    vulkan_line(s, 2, "const uint r = first + %u + o / %u, in_tile = o %% %u;", base,
                outputs * ROW_GROUP, outputs * ROW_GROUP);
    vulkan_line(s, 2, "const uint n = tile * %u + in_tile;", outputs * ROW_GROUP);
    vulkan_line(s, 2, "if (r < rows && n < %u) {", k->n);
    declare_sums(m);
    vulkan_line(s, 3, "result.at[r * %u + n] = %s;", s->kernel->stride[MATMUL_out], formula.data);
    vulkan_line(s, 2, "}");
    vulkan_line(s, 1, "}");
}

static void join(const struct vulkan_matmul *m)
{
    struct vulkan_shader *s = m->shader;
    const uint32_t at_once = rows_joined(m);

    for (uint32_t base = 0; base < m->rows; base += at_once) {
        const uint32_t count = (uint32_t)min_u64(at_once, m->rows - base);
        vulkan_line(s, 1, "barrier();");
        for (uint32_t r = 0; r < count; r++)
            for (uint32_t g = 0; g < m->groups; g++)
                vulkan_line(s, 1,
                            "for (uint i = 0; i < 4; i++) sums[slice][%u + 4 * part + i] = "
                            "sum_%u_%u[i];",
                            (r * m->groups + g) * ROW_GROUP, base + r, g);
        for (uint32_t r = 0; m->normed && r < count; r++)
            vulkan_line(s, 1,
                        "if (part == 0) sums[slice][%u] = (squares_%u.x + squares_%u.y) + "
                        "(squares_%u.z + squares_%u.w);",
                        squares_at(m) + r, base + r, base + r, base + r, base + r);
        vulkan_line(s, 1, "barrier();");
        store(m, base, count);
    }
}

void vulkan_print_matmul(struct vulkan_shader *s)
{
    const struct kernel_matmul *k = &s->kernel->matmul;
    const struct vulkan_matmul m = {.shader = s,
                                    .groups = k->tile_groups,
                                    .rows = k->format.tile_rows,
                                    .slices = HALVES * ranges_of(k->k),
                                    .normed = lir_has(s->kernel, MATMUL_norm)};
    const uint32_t blocks = (uint32_t)ceil_div(k->k, LAYOUT_BLOCK),
                   in_range = (uint32_t)ceil_div(blocks, ranges_of(k->k));

    s->threads = VULKAN_PARTS * m.slices;
    join_function(&m);
    if (act_is_integer((enum act)k->format.act))
        vulkan_matmul_integers_functions(&m);
    else
        vulkan_matmul_floats_functions(&m);
    vulkan_line(s, 0,
                "const uint part = thread %% 4, slice = thread / 4, half_block = slice %% 2;");
    vulkan_line(s, 0, "const uint first_block = slice / 2 * %u;", in_range);
    vulkan_line(s, 0, "const uint end_block = min(first_block + %u, %u);", in_range, blocks);
    declare_groups(&m);
    vulkan_line(s, 0, "for (uint first = 0; first < rows; first += %u) {", m.rows);
    declare_rows(&m);
    vulkan_line(s, 1, "for (uint block = first_block; block < end_block; block++) {");
    if (act_is_integer((enum act)k->format.act))
        vulkan_matmul_integers_block(&m);
    else
        vulkan_matmul_floats_block(&m);
    vulkan_line(s, 1, "}");
    join(&m);
    vulkan_line(s, 0, "}");
}

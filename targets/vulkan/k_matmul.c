/* matmul: one shader for all layouts, activations and formulas. A workgroup has `tile_groups` row
 * groups of the weight and takes `tile_rows` rows of x at a time. Its threads share the columns: a
 * slice of four threads, a quad of a subgroup, has a range of blocks of 32 columns, which it reads in
 * the order of addresses. Of a row group each of the four has four rows (a part), side by side in 16
 * bytes. Sums of slices are joined in shared memory, and where the product norms x, so are those of
 * the squares of x.
 *
 * By expert, a workgroup has row groups of one expert after the other, and takes rows from the list of
 * those that the expert has. Experts come by number, as the slots of a row do: a mix adds the slots of
 * a row in their order. A column of it has always the same thread, which finds there what it wrote.
 *
 * Slices, and the order in which sums are joined, follow from the layout and the number of columns
 * alone: a row has the same bits however many rows a run has.
 */
#include "targets/vulkan/matmul.h"

/* Blocks of a slice. Fewer would be more slices, but each would read less for every sum that it
 * leaves to be joined. */
static uint32_t slice_blocks(const struct kernel_matmul *k)
{
    enum { BLOCKS_MIN = 3, SLICES_MAX = VULKAN_THREADS_MAX / VULKAN_PARTS };
    const uint64_t blocks = ceil_div(ceil_div(k->k, LAYOUT_BLOCK), SLICES_MAX),
                   whole = vulkan_has_four_scales((enum layout)k->layout) ? 4 : 1;

    return (uint32_t)round_up(max_u64(BLOCKS_MIN, blocks), whole);
}

/* Pairs of sums of a slice: of products for `rows` rows, then of their squares. */
static uint32_t slice_pairs(const struct vulkan_matmul *m, uint32_t rows)
{
    return rows * (m->groups * ROW_GROUP / 2 + (m->normed ? 1 : 0));
}

/* Rows whose sums shared memory has room for. */
static uint32_t rows_joined(const struct vulkan_matmul *m)
{
    const uint32_t bytes = m->slices * slice_pairs(m, 1) * (uint32_t)sizeof(uint64_t),
                   room =
                       VULKAN_SHARED_MAX - vulkan_matmul_norm_shared(m) - m->shader->tails_shared;

    return (uint32_t)max_u64(1, min_u64(m->rows, room / bytes));
}

/* Where the squares of these rows stand. */
static uint32_t squares_at(const struct vulkan_matmul *m)
{
    return rows_joined(m) * m->groups * ROW_GROUP / 2;
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
        const char *group = arena_printf(s->arena, "(group_tile * %u + %u)", m->groups, g);
        if (all % m->groups != 0)
            group = arena_printf(s->arena, "min%.*s, %u)", (int)strlen(group) - 1, group, all - 1);
        vulkan_line(s, 0, "const uint64_t group_%u = %s;", g,
                    vulkan_group_address(s, (enum layout)k->layout, k->k,
                                         k->experts != 0 ? "matrix" : "weight", group));
    }
}

/* Where `order` has the pairs of a row and a slot, by expert. */
static uint32_t pairs_at(const struct kernel_matmul *k)
{
    return 2 + 2 * k->experts;
}

/* Row r of those that are taken together. Those that a run, or an expert, does not have are its last
 * one again. */
static const char *row_of_x(const struct vulkan_matmul *m, uint32_t r)
{
    const struct kernel_matmul *k = &m->shader->kernel->matmul;
    struct arena *a = m->shader->arena;
    const char *row = r == 0 ? "first" : arena_printf(a, "min(first + %u, %s - 1)", r, m->end);

    if (k->experts == 0)
        return row;
    row = arena_printf(a, "uint(order.at[%u + %s])", pairs_at(k), row);
    return k->mixed ? row : arena_printf(a, "%s / %u", row, k->slots);
}

static void declare_rows(const struct vulkan_matmul *m)
{
    struct vulkan_shader *s = m->shader;
    const struct kernel_matmul *k = &s->kernel->matmul;
    const uint32_t stride = (uint32_t)round_up(k->k, 16);

    for (uint32_t r = 0; r < m->rows; r++) {
        vulkan_line(s, 0, "const uint row_%u = %s;", r, row_of_x(m, r));
        if (k->format.act == ACT_f32)
            vulkan_line(s, 0, "const uint64_t x_%u = uint64_t(x) + uint64_t(row_%u) * %u;", r, r,
                        4 * stride);
        for (uint32_t g = 0; g < m->groups; g++)
            vulkan_line(s, 0, "vec4 sum_%u_%u = vec4(0.0);", r, g);
        if (m->normed)
            vulkan_line(s, 0, "vec4 squares_%u = vec4(0.0);", r);
    }
}

/* ---- sums of all threads ---- */

/* Pairs of sums, as 64-bit words. Pair i of all slices: of slices j, j + 4, j + 8, ... one after the
 * other, for j of 0 to 3; then (0 + 1) + (2 + 3). */
static void join_functions(const struct vulkan_matmul *m)
{
    static const char *const ends[] = {"chain[0]", "chain[0] + chain[1]",
                                       "(chain[0] + chain[1]) + chain[2]",
                                       "(chain[0] + chain[1]) + (chain[2] + chain[3])"};
    struct vulkan_shader *s = m->shader;
    const uint32_t chains = (uint32_t)min_u64(countof(ends), m->slices);

    vulkan_before(s, 0,
                  "shared uint64_t sums[%u][%u]; // of a slice: [row][group][8], squares [row]",
                  m->slices, slice_pairs(m, rows_joined(m)));
    vulkan_before(s, 0, "%s", "");
    vulkan_before(s, 0, "void set_pair(uint slice, uint i, vec2 pair)");
    vulkan_before(s, 0, "{");
    vulkan_before(s, 1, "sums[slice][i] = packUint2x32(floatBitsToUint(pair));");
    vulkan_before(s, 0, "}\n");
    vulkan_before(s, 0, "vec2 pair_of(uint slice, uint i)");
    vulkan_before(s, 0, "{");
    vulkan_before(s, 1, "return uintBitsToFloat(unpackUint2x32(sums[slice][i]));");
    vulkan_before(s, 0, "}\n");
    vulkan_before(s, 0, "vec2 joined_pair(uint i)");
    vulkan_before(s, 0, "{");
    vulkan_before(s, 1, "precise vec2 chain[%u];", chains);
    vulkan_before(s, 1, "[[unroll]] for (uint j = 0; j < %u; j++) {", chains);
    vulkan_before(s, 2, "chain[j] = pair_of(j, i);");
    vulkan_before(s, 2, "[[unroll]] for (uint slice = j + %u; slice < %u; slice += %u)", chains,
                  m->slices, chains);
    vulkan_before(s, 3, "chain[j] += pair_of(slice, i);");
    vulkan_before(s, 1, "}");
    vulkan_before(s, 1, "precise const vec2 pair = %s;", ends[chains - 1]);
    vulkan_before(s, 1, "return pair;");
    vulkan_before(s, 0, "}\n");
}

/* Each thread of a quad, which has outputs of one row, adds the squares of every fourth slice. */
static void squares_function(const struct vulkan_matmul *m)
{
    struct vulkan_shader *s = m->shader;

    vulkan_before(s, 0, "float joined_squares(uint i, uint part)");
    vulkan_before(s, 0, "{");
    vulkan_before(s, 1, "precise vec2 pair = vec2(0.0);");
    vulkan_before(s, 1, "[[unroll]] for (uint slice = 0; slice < %u; slice += 4)", m->slices);
    vulkan_before(s, 2, "if (slice + part < %u)", m->slices);
    vulkan_before(s, 3, "pair += pair_of(slice + part, i);");
    vulkan_before(s, 1, "precise const float chain = pair.x + pair.y;");
    vulkan_before(s, 1,
                  "precise const float first = subgroupQuadBroadcast(chain, 0) + "
                  "subgroupQuadBroadcast(chain, 1);");
    vulkan_before(s, 1,
                  "precise const float second = subgroupQuadBroadcast(chain, 2) + "
                  "subgroupQuadBroadcast(chain, 3);");
    vulkan_before(s, 1, "return first + second;");
    vulkan_before(s, 0, "}\n");
}

/* The pairs of outputs o and o + 1 of `width` in a row: y, and where gated up. `factor` is that of the
 * norm. */
static void declare_sums(const struct vulkan_matmul *m, uint32_t width)
{
    struct vulkan_shader *s = m->shader;
    const struct kernel_matmul *k = &s->kernel->matmul;
    const char *factor = m->normed ? " * factor" : "";
    struct text epsilon = {.arena = s->arena};

    if (m->normed) {
        vulkan_float(&epsilon, k->epsilon);
        vulkan_line(
            s, 1, "const float factor = 1.0 / sqrt(joined_squares(%u + o / %u, part) / %u.0 + %s);",
            squares_at(m), width, k->k, epsilon.data);
    }
    if (k->gated)
        vulkan_line(s, 1, "const uint at = o / 16 * 16 + o %% 16 / 2;");
    vulkan_line(s, 1, "precise const vec2 y = joined_pair(%s)%s;", k->gated ? "at" : "o / 2",
                factor);
    if (k->gated)
        vulkan_line(s, 1, "precise const vec2 up = joined_pair(at + 8)%s;", factor);
}

/* The row of the result that is number p of those that are taken: `mix_sum` is the sum of its slots so
 * far. */
static void declare_result(const struct vulkan_matmul *m)
{
    struct vulkan_shader *s = m->shader;
    const struct kernel_matmul *k = &s->kernel->matmul;
    const uint32_t *stride = s->kernel->stride;

    if (k->experts == 0)
        vulkan_line(s, 2, "const uint r = p;");
    else
        vulkan_line(
            s, 2, "const uint pair = uint(order.at[%u + p]), r = pair%s;", pairs_at(k),
            k->mixed ? arena_printf(s->arena, " / %u, slot = pair %% %u", k->slots, k->slots) : "");
    if (lir_has(s->kernel, MATMUL_bias))
        vulkan_line(s, 2, "const float biased = y[i] + bias.at[bias_at + n];");
    if (lir_has(s->kernel, MATMUL_up_bias))
        vulkan_line(s, 2, "const float biased_up = up[i] + up_bias.at[bias_at + n];");
    if (!k->mixed)
        return;
    vulkan_line(s, 2, "const float before = slot == 0 ? 0.0 : result.at[r * %u + n];",
                stride[MATMUL_out]);
    vulkan_line(s, 2, "const float mix_sum = fma(weights.at[r * %u + slot], %s, before);",
                stride[MATMUL_weights], lir_has(s->kernel, MATMUL_bias) ? "biased" : "y[i]");
}

/* The formula of an output. */
static const char *result_text(const struct vulkan_matmul *m)
{
    struct vulkan_shader *s = m->shader;
    const struct kernel_matmul *k = &s->kernel->matmul;
    const char *operands[LIR_MAX_ARGS];
    struct text formula = {.arena = s->arena};
    uint32_t operand_count = 0;

    operands[operand_count++] = k->mixed                          ? "mix_sum"
                                : lir_has(s->kernel, MATMUL_bias) ? "biased"
                                                                  : "y[i]";
    if (k->gated)
        operands[operand_count++] = lir_has(s->kernel, MATMUL_up_bias) ? "biased_up" : "up[i]";
    for (uint32_t i = 0; i < lir_operand_count(s->kernel); i++)
        operands[operand_count++] = vulkan_operand(s, i, "r", "n");
    vulkan_formula(s, &k->code, operands, &formula);
    return k->mixed ? arena_printf(s->arena, "slot + 1 < %u ? mix_sum : %s", k->slots, formula.data)
                    : formula.data;
}

/* Rows first + base .. of what is joined: thread after thread takes two outputs. */
static void store(const struct vulkan_matmul *m, uint32_t base, uint32_t count)
{
    struct vulkan_shader *s = m->shader;
    const struct kernel_matmul *k = &s->kernel->matmul;
    const uint32_t width = ROW_GROUP * (k->gated ? m->groups / 2 : m->groups);
    const char *result = result_text(m);

    if (k->mixed) {
        vulkan_line(s, 0, "for (uint lane = 2 * thread; lane < %u; lane += 2 * THREADS)", width);
        vulkan_line(s, 0, "for (uint o = lane; o < %u; o += %u) {", count * width, width);
    } else {
        vulkan_line(s, 0, "for (uint o = 2 * thread; o < %u; o += 2 * THREADS) {", count * width);
    }
    declare_sums(m, width);
    vulkan_line(s, 1, "const uint p = first + %u + o / %u;", base, width);
    vulkan_line(s, 1, "[[unroll]] for (uint i = 0; i < 2; i++) {");
    vulkan_line(s, 2, "const uint n = group_tile * %u + o %% %u + i;", width, width);
    vulkan_line(s, 2, "if (p >= %s || n >= %u)", m->end, k->n);
    vulkan_line(s, 3, "continue;");
    declare_result(m);
    vulkan_line(s, 2, "result.at[r * %u + n] = %s;", s->kernel->stride[MATMUL_out], result);
    vulkan_line(s, 1, "}");
    vulkan_line(s, 0, "}");
}

/* What a slice has of row `row`, as row r of those that are joined. */
static void set_sums(const struct vulkan_matmul *m, uint32_t r, uint32_t row)
{
    struct vulkan_shader *s = m->shader;

    for (uint32_t g = 0; g < m->groups; g++)
        for (uint32_t i = 0; i < 2; i++)
            vulkan_line(s, 0, "set_pair(slice, %u + 2 * part, sum_%u_%u.%s);",
                        (r * m->groups + g) * ROW_GROUP / 2 + i, row, g, i == 0 ? "xy" : "zw");
    if (!m->normed)
        return;
    vulkan_line(s, 0,
                "precise const float square_%u = (squares_%u.x + squares_%u.y) + "
                "(squares_%u.z + squares_%u.w);",
                row, row, row, row, row);
    vulkan_line(s, 0,
                "precise const vec2 pair_%u = vec2(subgroupQuadBroadcast(square_%u, 0), "
                "subgroupQuadBroadcast(square_%u, 1)) + vec2(subgroupQuadBroadcast(square_%u, 2), "
                "subgroupQuadBroadcast(square_%u, 3));",
                row, row, row, row, row);
    vulkan_line(s, 0, "if (part == 0)");
    vulkan_line(s, 1, "set_pair(slice, %u, pair_%u);", squares_at(m) + r, row);
}

static void join(const struct vulkan_matmul *m)
{
    struct vulkan_shader *s = m->shader;
    const uint32_t at_once = rows_joined(m);

    for (uint32_t base = 0; base < m->rows; base += at_once) {
        const uint32_t count = (uint32_t)min_u64(at_once, m->rows - base);
        if (base != 0 || s->kernel->matmul.experts != 0) /* the sums before are read */
            vulkan_line(s, 0, "barrier();");
        for (uint32_t r = 0; r < count; r++)
            set_sums(m, r, base + r);
        vulkan_line(s, 0, "barrier();");
        store(m, base, count);
    }
}

/* ---- all ---- */

/* The rows of x from `first` on. All slices take as many turns, also the last one where it has fewer
 * blocks: of threads that leave a loop before others, lavapipe may keep sums as they were a turn
 * earlier. */
static void rows_of_x(const struct vulkan_matmul *m)
{
    struct vulkan_shader *s = m->shader;
    const struct kernel_matmul *k = &s->kernel->matmul;
    const uint32_t blocks = (uint32_t)ceil_div(k->k, LAYOUT_BLOCK), of_slice = slice_blocks(k);
    const bool is_uneven = blocks % of_slice != 0;

    declare_groups(m);
    declare_rows(m);
    vulkan_matmul_shared(m);
    vulkan_line(s, 0, "uint block = slice * %u, turn = 0;", of_slice);
    vulkan_line(s, 0, "do {");
    if (is_uneven)
        vulkan_line(s, 0, "if (block < %u) {", blocks);
    if (act_is_integer((enum act)k->format.act))
        vulkan_matmul_integers_block(m);
    else
        vulkan_matmul_floats_block(m);
    if (is_uneven)
        vulkan_line(s, 0, "}");
    vulkan_line(s, 0, "block++;");
    vulkan_line(s, 0, "} while (++turn < %u);", of_slice);
    join(m);
}

/* The rows of every expert that the run has, a few at a time. */
static void rows_of_experts(const struct vulkan_matmul *m)
{
    struct vulkan_shader *s = m->shader;
    const struct kernel_matmul *k = &s->kernel->matmul;
    const uint32_t begins = 1 + k->experts,
                   groups = (uint32_t)ceil_div(k->n, ROW_GROUP) * (k->gated ? 2 : 1),
                   tiles = (uint32_t)ceil_div(groups, m->groups);

    vulkan_line(s, 0, "const uint group_tile = tile %% %u;", tiles);
    vulkan_line(s, 0, "for (uint chosen = tile / %u; chosen < uint(order.at[0]); chosen += %u) {",
                tiles, k->mixed ? 1 : k->slots);
    vulkan_line(s, 0, "const uint from = uint(order.at[%u + chosen]);", begins);
    vulkan_line(s, 0, "const uint end = uint(order.at[%u + chosen]);", begins + 1);
    vulkan_line(s, 0, "const uint64_t matrix = weight + uint64_t(order.at[1 + chosen]) * %lluul;",
                (unsigned long long)matmul_expert_bytes(k));
    if (lir_has(s->kernel, MATMUL_bias))
        vulkan_line(s, 0, "const uint bias_at = uint(order.at[1 + chosen]) * %u;", k->n);
    vulkan_line(s, 0, "for (uint first = from; first < end; first += %u) {", m->rows);
    rows_of_x(m);
    vulkan_line(s, 0, "}");
    vulkan_line(s, 0, "}");
}

/* What stands before main. */
static void functions(const struct vulkan_matmul *m)
{
    join_functions(m);
    if (m->normed)
        squares_function(m);
    if (act_is_integer((enum act)m->shader->kernel->matmul.format.act))
        vulkan_matmul_integers_functions(m);
    else
        vulkan_matmul_floats_functions(m);
}

void vulkan_print_matmul(struct vulkan_shader *s)
{
    const struct kernel_matmul *k = &s->kernel->matmul;
    const bool has_experts = k->experts != 0;
    const struct vulkan_matmul m = {
        .shader = s,
        .groups = k->tile_groups,
        .rows = has_experts ? k->expert_rows : k->row_tile,
        .slices = (uint32_t)ceil_div(ceil_div(k->k, LAYOUT_BLOCK), slice_blocks(k)),
        .normed = lir_has(s->kernel, MATMUL_norm),
        .end = has_experts ? "end" : "rows"};

    if (k->row_tile >= VULKAN_LOW_TILE) {
        vulkan_print_matmul_tiles(s);
        return;
    }
    s->threads = VULKAN_PARTS * m.slices;
    s->has_quads = true;
    functions(&m);
    vulkan_line(s, 0, "const uint part = thread %% 4, slice = thread / 4;");
    if (has_experts) {
        rows_of_experts(&m);
        return;
    }
    vulkan_line(s, 0, "const uint row_tiles = (rows + %u) / %u;", m.rows - 1, m.rows);
    vulkan_line(s, 0, "const uint first = tile %% row_tiles * %u, group_tile = tile / row_tiles;",
                m.rows);
    rows_of_x(&m);
    if (lir_has(s->kernel, MATMUL_after_norm))
        vulkan_matmul_norm(
            &m, (uint32_t)ceil_div(ceil_div(k->n, ROW_GROUP) * (k->gated ? 2 : 1), m.groups));
}

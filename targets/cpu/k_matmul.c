/* matmul: one emitter for all layouts, activations, tiles and epilogues; a kernel is a description.
 * In: packed activations and a packed weight; out: f32 rows. A tile is a few row groups by a few
 * tokens, whose sums live in registers as values that the loop over k carries. Order: for each tile
 * of groups, for each tile of tokens, the loop over k; so the weights of a tile come from memory
 * once, in the order of their addresses, and from the cache for the other tokens.
 * matmul_sums.c has what a round of that loop adds.
 */
#include "targets/cpu/matmul.h"

/* ---- the loop over k ---- */

/* Elements that one round of the loop takes: a unit of a quantized layout, else so many that the
 * loop itself costs little. */
static uint32_t round_elements(const struct tile *t)
{
    uint32_t unit = layout_info[t->layout].unit, elements = 2;

    if (unit > 2)
        return unit;
    while (elements < 16 && elements * t->groups * t->tokens < 24)
        elements *= 2;
    return elements;
}

/* How far a round over `elements` columns advances: over all groups whose units alternate. */
static uint32_t weight_bytes(enum layout layout, uint32_t elements)
{
    return elements / layout_info[layout].unit * layout_step(layout);
}

/* A tile of several streams that stays long with its weights, so that the hardware forgets where
 * they were going: each tile of tokens prefetches its part of the next groups. */
static void prefetch_round(const struct tile *t, LLVMValueRef at_weight, uint32_t bytes)
{
    const struct builder *b = t->b;
    LLVMValueRef part = subtract(b, at_weight, t->ahead_from);
    LLVMValueRef mine = LLVMBuildICmp(b->ir, LLVMIntULT, part, t->ahead_bytes, "");
    LLVMBasicBlockRef after = when_begin(b, mine);

    for (uint32_t g = 0; g < t->groups; g += layout_info[t->layout].groups) {
        LLVMValueRef from = at(b, at(b, t->weights[g], at_weight), t->ahead_step);
        for (uint32_t line = 0; line < bytes; line += 64)
            prefetch(b, at_number(b, from, line));
    }
    when_end(b, after);
}

/* One stream is prefetched line by line (matmul_sums.c): a single tile of tokens looks a little
 * ahead; of several tiles each takes its part of the next groups, or else what it is reading
 * anyway. */
static bool is_asked_by_lines(const struct tile *t)
{
    return t->tokens == 1 || t->groups <= layout_info[t->layout].groups;
}

struct looks matmul_looks(const struct builder *b)
{
    return (struct looks){load_ahead(b, CACHES_all), load_ahead(b, CACHES_outer)};
}

/* By expert: a look that passes the end of the stream goes on where the next one begins. */
static LLVMValueRef look_within(const struct tile *t, LLVMValueRef at_weight, LLVMValueRef look,
                                LLVMValueRef past)
{
    const struct builder *b = t->b;
    LLVMValueRef place = add(b, at_weight, look);

    return LLVMBuildSelect(b->ir, LLVMBuildICmp(b->ir, LLVMIntSLT, place, t->ahead_left, ""), look,
                           past, "");
}

static void look_ahead(struct tile *t, LLVMValueRef at_weight, uint32_t bytes)
{
    const struct builder *b = t->b;

    if (!is_asked_by_lines(t)) {
        prefetch_round(t, at_weight, bytes);
    } else if (t->k->experts != 0) {
        t->ahead.near = look_within(t, at_weight, t->looks.near, t->ahead_past.near);
        t->ahead.far = look_within(t, at_weight, t->looks.far, t->ahead_past.far);
    } else if (t->tokens == 1) {
        t->ahead = t->looks;
    } else {
        LLVMValueRef part = subtract(b, at_weight, t->ahead_from), zero = i64_number(b, 0);
        LLVMValueRef mine = LLVMBuildICmp(b->ir, LLVMIntULT, part, t->ahead_bytes, "");
        t->ahead.near = LLVMBuildSelect(b->ir, mine, t->ahead_far.near, zero, "");
        t->ahead.far = LLVMBuildSelect(b->ir, mine, t->ahead_far.far, zero, "");
    }
}

static void sum_all(struct tile *t)
{
    const struct builder *b = t->b;
    uint32_t elements = round_elements(t), rounds = t->k->k / elements, rest = t->k->k % elements;
    uint32_t count = t->groups * t->tokens, step = weight_bytes(t->layout, elements);
    LLVMValueRef carried[TILE_MAX_SUMS + 1];

    if (t->staged) {
        sum_staged(t);
        return;
    }
    if (rounds > 0) {
        struct loop l;
        memcpy(carried, t->sums, count * sizeof *carried);
        carried[count] = i64_number(b, 0);
        loop_begin_counted(b, &l, (int64_t)rounds * step, step, carried, count + 1);
        memcpy(t->sums, carried, count * sizeof *carried);
        look_ahead(t, l.index, step);
        sum_elements(t, l.index, carried[count], elements);
        memcpy(carried, t->sums, count * sizeof *carried);
        carried[count] = add_number(b, carried[count], activation_bytes(t, elements));
        loop_end(b, &l, carried);
        memcpy(t->sums, carried, count * sizeof *carried);
    }
    t->ahead = (struct looks){0};
    if (rest > 0)
        sum_elements(t, i64_number(b, (int64_t)rounds * step),
                     i64_number(b, (int64_t)rounds * activation_bytes(t, elements)), rest);
    end_sums(t);
}

/* Gate and up need not be summed side by side: one after the other they are one stream of
 * addresses, and need half the registers. Only sums that share enough broadcast activations (i8,
 * where registers hold an integer and an f32 sum of every output, and i8_row), or hide each other's
 * latency (plain weights), are worth two streams. */
void matmul_sum(struct tile *t)
{
    const uint32_t act = t->k->format.act, of_output = act == ACT_i8 ? 2 : 1;
    bool together = t->tokens > 1 && (act == ACT_i8 || act == ACT_i8_row) &&
                    of_output * t->groups * t->tokens <= isa_sums(t->b->isa);

    if (!t->k->gated || !layout_is_quantized(t->layout) || together) {
        sum_all(t);
        return;
    }
    for (uint32_t g = 0; g < t->groups; g++) {
        struct tile one = *t;
        one.groups = 1;
        one.weights[0] = t->weights[g];
        one.packed[0] = t->packed[g];
        one.row_scales[0] = t->row_scales[g];
        if (t->ahead_left != NULL)
            one.ahead_left = add_number(t->b, t->ahead_left,
                                        -(int64_t)(g * layout_group_bytes(t->layout, t->k->k)));
        memcpy(one.sums, &t->sums[g * t->tokens], t->tokens * sizeof one.sums[0]);
        sum_all(&one);
        memcpy(&t->sums[g * t->tokens], one.sums, t->tokens * sizeof one.sums[0]);
    }
}

/* ---- the epilogue ---- */

/* The sum over the slots of a row up to this one. */
static LLVMValueRef mix(const struct tile *t, LLVMValueRef row, LLVMValueRef product,
                        LLVMValueRef to)
{
    const struct builder *b = t->b;
    const int64_t stride = b->kernel->stride[MATMUL_weights];
    LLVMValueRef is_first = LLVMBuildICmp(b->ir, LLVMIntEQ, t->slot, i64_number(b, 0), "");
    LLVMValueRef weight = at(b, b->args[MATMUL_weights], times(b, row, 4 * stride));
    LLVMValueRef before = LLVMBuildSelect(b->ir, is_first, zeros(b), load_f32x16(b, to), "");

    weight = load(b, b->f32, at(b, weight, times(b, t->slot, 4)), 4);
    return fma16(b, broadcast(b, weight), product, before);
}

/* Stores one row's values of output group `index` (i64) of the matrix. */
static void store_group(const struct tile *t, LLVMValueRef row, LLVMValueRef index,
                        const LLVMValueRef *sums, uint32_t sum_count)
{
    const struct builder *b = t->b;
    const struct kernel_matmul *k = t->k;
    LLVMValueRef operands[SCALAR_MAX_OPERANDS], value;
    LLVMValueRef column = times(b, index, 4 * LANES);
    const uint32_t *stride = b->kernel->stride, count = lir_operand_count(b->kernel);

    LLVMValueRef to =
        at(b, at(b, b->args[MATMUL_out], times(b, row, 4 * (int64_t)stride[MATMUL_out])), column);
    for (uint32_t i = 0; i < sum_count; i++) {
        operands[i] = sums[i];
        if (t->biases[i] != NULL)
            operands[i] =
                LLVMBuildFAdd(b->ir, sums[i], load_f32x16(b, at(b, t->biases[i], column)), "");
    }
    value = operands[0];
    if (k->mixed)
        operands[0] = value = mix(t, row, value, to);
    for (uint32_t i = 0; i < count; i++) {
        LLVMValueRef from = at(b, b->args[MATMUL_operand + i],
                               times(b, row, 4 * (int64_t)stride[MATMUL_operand + i]));
        operands[sum_count + i] = load_operand(b, i, from, column);
    }
    if (k->code.bytes > 0)
        value = scalar_value(b, &k->code, operands);
    if (k->mixed) { /* until the last slot the sum so far stands in the result */
        LLVMValueRef is_last =
            LLVMBuildICmp(b->ir, LLVMIntEQ, t->slot, i64_number(b, k->slots - 1), "");
        value = LLVMBuildSelect(b->ir, is_last, value, operands[0], "");
    }
    if (k->n % LANES == 0) {
        store(b, value, to, 4);
    } else {
        LLVMValueRef left = subtract(b, i64_number(b, k->n), times(b, index, LANES));
        store_where(b, lanes_below(b, left), value, to);
    }
}

void matmul_store_row(struct tile *t, LLVMValueRef row, uint32_t token)
{
    const struct builder *b = t->b;
    uint32_t together = t->k->gated ? 2 : 1, all = (uint32_t)ceil_div(t->k->n, LANES);
    bool partial = all * together % t->groups != 0;

    for (uint32_t g = 0; g < t->groups; g += together) {
        LLVMValueRef index = LLVMBuildLShr(b->ir, t->first_group, i64_number(b, together - 1), "");
        LLVMValueRef sums[2] = {t->sums[g * t->tokens + token],
                                t->sums[(g + together - 1) * t->tokens + token]};
        index = add_number(b, index, g / together);
        LLVMValueRef inside = LLVMBuildICmp(b->ir, LLVMIntSLT, index, i64_number(b, all), "");
        LLVMBasicBlockRef after = partial ? when_begin(b, inside) : NULL;
        store_group(t, row, index, sums, together);
        if (partial)
            when_end(b, after);
    }
}

/* What the epilogue reads of other rows, a residual most of all, has long left the near caches and
 * lies a page apart from token to token: the kernel prefetches it before the sums begin. */
static void fetch_epilogue(const struct tile *t)
{
    const struct builder *b = t->b;
    const struct kernel_matmul *k = t->k;
    const uint32_t *stride = b->kernel->stride, count = lir_operand_count(b->kernel);
    const uint32_t together = k->gated ? 2 : 1;
    LLVMValueRef column =
        times(b, LLVMBuildLShr(b->ir, t->first_group, i64_number(b, together - 1), ""), 4 * LANES);

    for (uint32_t i = MATMUL_operand; t->tokens > 1 && i < MATMUL_operand + count; i++) {
        bool has_rows = stride[i] != 0 && (k->columns >> (i - MATMUL_operand) & 1) == 0;
        for (uint32_t token = 0; has_rows && token < t->tokens; token++) {
            LLVMValueRef row = add_number(b, t->first_row, token);
            LLVMValueRef from =
                at(b, at(b, b->args[i], times(b, row, 4 * (int64_t)stride[i])), column);
            for (uint32_t g = 0; g < t->groups / together; g++)
                prefetch(b, at_number(b, from, 4 * LANES * (int64_t)g));
        }
    }
}

/* Rows of the last tile beyond the run's are computed and not stored. */
void matmul_store(struct tile *t, LLVMValueRef rows)
{
    const struct builder *b = t->b;
    LLVMBasicBlockRef after[TILE_MAX_TOKENS];

    for (uint32_t i = 0; i < t->tokens; i++) {
        LLVMValueRef row = add_number(b, t->first_row, i);
        if (i > 0)
            after[i] = when_begin(b, LLVMBuildICmp(b->ir, LLVMIntSLT, row, rows, ""));
        matmul_store_row(t, row, i);
    }
    for (uint32_t i = t->tokens; i-- > 1;)
        when_end(b, after[i]);
}

/* ---- tiles ---- */

uint32_t matmul_group_tiles(const struct kernel_matmul *k)
{
    return (uint32_t)ceil_div(ceil_div(k->n, LANES) * (k->gated ? 2 : 1), k->tile_groups);
}

/* A tile of groups at the end of the matrix may be short: its missing groups read the last one
 * again. A tile of whole pairs needs one address. */
void matmul_place_weights(struct tile *t, LLVMValueRef matrix, LLVMValueRef tile)
{
    const struct builder *b = t->b;
    uint32_t together = layout_info[t->layout].groups;
    uint64_t all = round_up(ceil_div(t->k->n, LANES) * (t->k->gated ? 2 : 1), together);

    t->first_group = times(b, tile, t->groups);
    LLVMValueRef start = row_group_at(b, matrix, t->layout, t->k->k, t->first_group);
    for (uint32_t g = 0; g < t->groups; g++) {
        if (all % t->groups == 0 && t->groups % together == 0) {
            t->weights[g] =
                at_number(b, start, (int64_t)layout_groups_apart(t->layout, t->k->k, g));
        } else {
            LLVMValueRef group =
                lesser(b, add_number(b, t->first_group, g), i64_number(b, (int64_t)all - 1));
            t->weights[g] = row_group_at(b, matrix, t->layout, t->k->k, group);
        }
        t->row_scales[g] = unpack_row_scales(b, t->layout, t->weights[g], NULL);
    }
}

/* Of R rounds over k, those from R * tile / tiles to R * (tile + 1) / tiles; of staged weights
 * blocks are counted, else bytes. */
void matmul_place_ahead(struct tile *t, LLVMValueRef tile, LLVMValueRef tiles)
{
    const struct builder *b = t->b;
    uint32_t elements = t->staged ? LAYOUT_BLOCK : round_elements(t),
             step = t->staged ? 1 : weight_bytes(t->layout, elements);
    LLVMValueRef ends[2];

    for (int i = 0; i < 2; i++) {
        LLVMValueRef rounds = times(b, add_number(b, tile, i), t->k->k / elements);
        ends[i] = times(b, LLVMBuildUDiv(b->ir, rounds, tiles, ""), step);
    }
    t->ahead_from = ends[0];
    t->ahead_bytes = subtract(b, ends[1], ends[0]);
    LLVMValueRef single = LLVMBuildICmp(b->ir, LLVMIntEQ, tiles, i64_number(b, 1), "");
    t->ahead_far.near = LLVMBuildSelect(b->ir, single, t->looks.near, t->ahead_step, "");
    t->ahead_far.far = LLVMBuildSelect(b->ir, single, t->looks.far, i64_number(b, 0), "");
}

static void place_activations(struct tile *t, LLVMValueRef tile, LLVMValueRef rows)
{
    const struct builder *b = t->b;
    const struct kernel_matmul *k = t->k;

    t->first_row = times(b, tile, t->tokens);
    if (k->format.act != ACT_f32) {
        t->activations =
            at(b, b->args[MATMUL_x], times(b, tile, (int64_t)act_tile_bytes(&k->format, k->k)));
        return;
    }
    LLVMValueRef last = add_number(b, rows, -1);
    for (uint32_t i = 0; i < t->tokens; i++) {
        LLVMValueRef row = i == 0 ? t->first_row : lesser(b, add_number(b, t->first_row, i), last);
        t->rows[i] = at(b, b->args[MATMUL_x], times(b, row, 4 * (int64_t)round_up(k->k, LANES)));
    }
}

void matmul_place_tokens(struct tile *t, LLVMValueRef tile, LLVMValueRef rows, LLVMValueRef tiles)
{
    place_activations(t, tile, rows);
    if (tiles != NULL) {
        t->ahead_step =
            i64_number(t->b, (int64_t)(t->k->tile_groups * layout_group_bytes(t->layout, t->k->k)));
        matmul_place_ahead(t, tile, tiles);
        fetch_epilogue(t);
    }
}

/* All tiles of tokens with one tile of groups. */
static void run_direct(struct tile *t, LLVMValueRef rows)
{
    const struct builder *b = t->b;
    LLVMValueRef tiles = tiles_of(b, rows, t->tokens);
    struct loop tokens;

    loop_begin(b, &tokens, i64_number(b, 0), tiles, 1, NULL, 0);
    matmul_place_tokens(t, tokens.index, rows, tiles);
    matmul_begin_sums(t);
    matmul_sum(t);
    matmul_store(t, rows);
    loop_end(b, &tokens, NULL);
}

/* All tiles of groups, `count` tokens at a time. */
static void run_groups(const struct builder *b, uint32_t count, LLVMValueRef rows)
{
    const struct kernel_matmul *k = &b->kernel->matmul;
    struct tile t = {.b = b,
                     .k = k,
                     .layout = k->layout,
                     .groups = k->tile_groups,
                     .tokens = count,
                     .looks = matmul_looks(b)};
    struct loop groups;

    assert(t.groups <= TILE_MAX_GROUPS && t.tokens <= TILE_MAX_TOKENS &&
           t.groups * t.tokens <= TILE_MAX_SUMS);
    assert(!k->gated || t.groups % 2 == 0);
    loop_begin(b, &groups, b->first_tile, b->end_tile, 1, NULL, 0);
    matmul_place_weights(&t, b->args[MATMUL_weight], groups.index);
    if (matmul_uses_matrices(b->kernel))
        run_matrices(&t, rows);
    else if (matmul_is_staged(&t))
        run_staged(&t, rows, tiles_of(b, rows, t.tokens));
    else
        run_direct(&t, rows);
    loop_end(b, &groups, NULL);
}

void emit_matmul(const struct builder *b)
{
    if (b->kernel->matmul.experts != 0)
        run_experts(b);
    else
        run_groups(b, b->kernel->matmul.format.tile_rows, load_dim(b, b->kernel->rows_symbol));
}

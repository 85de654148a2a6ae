/* matmul by expert: which matrix, and which rows. In: what sort made, activations of which each row is
 * packed by itself, and the matrices; out: f32 rows. A tile of row groups takes the rows of an expert
 * as a product takes its tokens, expert_rows at a time, and those that are left one by one. So weights
 * come from memory once and are unpacked for many rows. Experts come by number, as the slots of a row
 * do, so that a mix adds in the order of slots.
 *
 * Short runs wait for memory: they read an expert's groups one after the other. In prompts all tiles
 * with the same groups stand side by side, so that threads share the work of an expert that has most
 * of the rows.
 */
#include "targets/cpu/matmul.h"

struct order { /* addresses of i32 (kernel_kinds.def) */
    LLVMValueRef count, experts, first, pairs;
};

static struct order order_of(const struct builder *b)
{
    const int64_t experts = b->kernel->matmul.experts;
    LLVMValueRef order = b->args[MATMUL_order];

    return (struct order){order, at_number(b, order, 4), at_number(b, order, 4 * (1 + experts)),
                          at_number(b, order, 4 * (2 + 2 * experts))};
}

static LLVMValueRef load_index(const struct builder *b, LLVMValueRef from, LLVMValueRef index)
{
    LLVMValueRef value = load(b, b->i32, at(b, from, times(b, index, 4)), 4);

    return LLVMBuildZExt(b->ir, value, b->i64, "");
}

static int64_t row_bytes(const struct kernel_matmul *k)
{
    return k->format.act == ACT_f32 ? 4 * (int64_t)round_up(k->k, LANES)
                                    : (int64_t)act_tile_bytes(&k->format, k->k);
}

/* The pairs from number `first` of the list on, as many as the tile has tokens. */
static void run_pairs(struct tile *t, const struct order *order, LLVMValueRef first)
{
    const struct builder *b = t->b;
    const struct kernel_matmul *k = t->k;
    LLVMValueRef pairs[TILE_MAX_TOKENS], rows[TILE_MAX_TOKENS];

    for (uint32_t i = 0; i < t->tokens; i++) {
        pairs[i] = load_index(b, order->pairs, add_number(b, first, i));
        rows[i] = LLVMBuildUDiv(b->ir, pairs[i], i64_number(b, k->slots), "");
        t->rows[i] =
            at(b, b->args[MATMUL_x], times(b, k->mixed ? pairs[i] : rows[i], row_bytes(k)));
    }
    matmul_begin_sums(t);
    matmul_sum(t);
    for (uint32_t i = 0; i < t->tokens; i++) {
        t->slot = subtract(b, pairs[i], times(b, rows[i], k->slots));
        matmul_store_row(t, k->mixed ? rows[i] : pairs[i], i);
    }
}

/* All pairs of an expert with the groups of a tile: expert_rows at a time, then one by one. */
static void run_rows(struct tile *t, const struct order *order, LLVMValueRef from, LLVMValueRef end)
{
    const struct builder *b = t->b;
    const uint32_t several = t->k->expert_rows;
    LLVMValueRef tiles = LLVMBuildUDiv(b->ir, subtract(b, end, from), i64_number(b, several), "");
    struct loop pairs;

    t->tokens = several;
    loop_begin(b, &pairs, i64_number(b, 0), tiles, 1, NULL, 0);
    matmul_place_ahead(t, pairs.index, tiles);
    run_pairs(t, order, add(b, from, times(b, pairs.index, several)));
    loop_end(b, &pairs, NULL);
    if (several == 1)
        return;
    t->tokens = 1;
    t->ahead_bytes = NULL; /* the tiles did that */
    loop_begin(b, &pairs, add(b, from, times(b, tiles, several)), end, 1, NULL, 0);
    run_pairs(t, order, pairs.index);
    loop_end(b, &pairs, NULL);
}

/* Which tiles of groups go with which experts: of those that have rows numbers first, first + step, ...,
 * `count` of them; of the groups tiles from..end-1. After the last of them comes expert number `then`, from
 * tile `then_from` on. */
struct piece {
    LLVMValueRef first, step, count, then;
    LLVMValueRef from, end, then_from;
};

/* What lines of weights that are read prefetch. Of a short run the stream of addresses goes on with
 * the next expert, from tile `next` on; in a prompt that is read next, with the same groups. */
static void look_past(struct tile *t, const struct piece *p, LLVMValueRef groups, LLVMValueRef next,
                      LLVMValueRef is_prompt)
{
    const struct builder *b = t->b;
    const int64_t bytes = (int64_t)(t->groups * layout_group_bytes(t->layout, t->k->k));
    LLVMValueRef left = times(b, subtract(b, p->end, groups), bytes);
    LLVMValueRef jump = add(b, t->ahead_step, times(b, subtract(b, next, p->end), bytes));
    LLVMValueRef near = add(b, jump, t->looks.near), far = add(b, jump, t->looks.far);
    LLVMValueRef never = i64_number(b, INT64_MIN / 2);

    t->ahead_left = LLVMBuildSelect(b->ir, is_prompt, never, left, "");
    t->ahead_past.near = LLVMBuildSelect(b->ir, is_prompt, t->ahead_step, near, "");
    t->ahead_past.far = LLVMBuildSelect(b->ir, is_prompt, i64_number(b, 0), far, "");
}

/* Expert `number` of a piece. */
static void run_expert(const struct builder *b, const struct order *order, const struct piece *p,
                       LLVMValueRef number, LLVMValueRef groups, LLVMValueRef is_prompt)
{
    const struct kernel_matmul *k = &b->kernel->matmul;
    struct tile t = {.b = b,
                     .k = k,
                     .layout = k->layout,
                     .groups = k->tile_groups,
                     .tokens = k->expert_rows,
                     .looks = matmul_looks(b)};
    const int64_t bytes = (int64_t)matmul_expert_bytes(k);
    LLVMValueRef index = add(b, p->first, LLVMBuildMul(b->ir, number, p->step, ""));
    LLVMValueRef is_last = LLVMBuildICmp(b->ir, LLVMIntEQ, add_number(b, number, 1), p->count, "");
    LLVMValueRef next = LLVMBuildSelect(b->ir, is_last, p->then, add(b, index, p->step), "");
    LLVMValueRef expert = load_index(b, order->experts, index);

    t.ahead_step = times(b, subtract(b, load_index(b, order->experts, next), expert), bytes);
    look_past(&t, p, groups, LLVMBuildSelect(b->ir, is_last, p->then_from, p->from, ""), is_prompt);
    for (uint32_t i = 0; i < 2; i++)
        if (lir_has(b->kernel, MATMUL_bias + i))
            t.biases[i] = at(b, b->args[MATMUL_bias + i], times(b, expert, 4 * (int64_t)k->n));
    matmul_place_weights(&t, at(b, b->args[MATMUL_weight], times(b, expert, bytes)), groups);
    if (matmul_is_staged_whole(&t))
        matmul_stage_whole(&t);
    run_rows(&t, order, load_index(b, order->first, index),
             load_index(b, order->first, add_number(b, index, 1)));
}

/* A short run reads what it needs of an expert in one piece. In a prompt, where many rows have the
 * same columns of the result, these stay near until all experts had them. */
static void run_piece(const struct builder *b, const struct order *order, const struct piece *p,
                      LLVMValueRef is_prompt)
{
    LLVMValueRef tiles = subtract(b, p->end, p->from);
    struct loop outer, inner;

    loop_begin(b, &outer, i64_number(b, 0), LLVMBuildSelect(b->ir, is_prompt, tiles, p->count, ""),
               1, NULL, 0);
    loop_begin(b, &inner, i64_number(b, 0), LLVMBuildSelect(b->ir, is_prompt, p->count, tiles, ""),
               1, NULL, 0);
    LLVMValueRef number = LLVMBuildSelect(b->ir, is_prompt, inner.index, outer.index, "");
    LLVMValueRef tile = LLVMBuildSelect(b->ir, is_prompt, outer.index, inner.index, "");
    run_expert(b, order, p, number, add(b, p->from, tile), is_prompt);
    loop_end(b, &inner, NULL);
    loop_end(b, &outer, NULL);
}

/* The piece that begins with a tile, of a part of the experts: in a short run all of its tiles up to
 * the last one of that part, in a prompt, where parts alternate, itself. What follows a piece that ends
 * before its part does is the rest of that. */
static struct piece piece_at(const struct builder *b, LLVMValueRef tile, LLVMValueRef count,
                             LLVMValueRef is_prompt)
{
    const struct kernel_matmul *k = &b->kernel->matmul;
    LLVMValueRef slots = i64_number(b, k->slots), tiles = i64_number(b, matmul_group_tiles(k));
    LLVMValueRef by = LLVMBuildSelect(b->ir, is_prompt, slots, tiles, "");
    LLVMValueRef quotient = LLVMBuildUDiv(b->ir, tile, by, "");
    LLVMValueRef rest = subtract(b, tile, LLVMBuildMul(b->ir, quotient, by, ""));
    LLVMValueRef part = LLVMBuildSelect(b->ir, is_prompt, rest, quotient, "");
    LLVMValueRef from = LLVMBuildSelect(b->ir, is_prompt, quotient, rest, "");
    LLVMValueRef left =
        LLVMBuildSelect(b->ir, is_prompt, i64_number(b, 1), subtract(b, b->end_tile, tile), "");
    LLVMValueRef experts = add_number(b, subtract(b, count, part), k->slots - 1);
    LLVMValueRef end = lesser(b, add(b, from, left), tiles);
    LLVMValueRef goes_on = LLVMBuildICmp(b->ir, LLVMIntNE, end, tiles, "");
    LLVMValueRef part_after = lesser(b, add_number(b, part, 1), add_number(b, count, -1));

    goes_on = LLVMBuildAnd(b->ir, goes_on, LLVMBuildNot(b->ir, is_prompt, ""), "");
    return (struct piece){.first = part,
                          .step = slots,
                          .count = LLVMBuildUDiv(b->ir, experts, slots, ""),
                          .from = from,
                          .end = end,
                          .then = LLVMBuildSelect(b->ir, goes_on, part, part_after, ""),
                          .then_from = LLVMBuildSelect(b->ir, goes_on, end, i64_number(b, 0), "")};
}

/* A tile has a part of the experts, and row groups. Pieces of a prompt begin with each tile, those of
 * a short run with the first one and where parts do. */
static void run_parts(const struct builder *b, const struct order *order, LLVMValueRef count,
                      LLVMValueRef is_prompt)
{
    const uint32_t tiles = matmul_group_tiles(&b->kernel->matmul);
    LLVMValueRef first = LLVMBuildUDiv(b->ir, b->first_tile, i64_number(b, tiles), "");
    LLVMValueRef parts = subtract(b, tiles_of(b, b->end_tile, tiles), first);
    LLVMValueRef all = subtract(b, b->end_tile, b->first_tile);
    struct loop pieces;

    loop_begin(b, &pieces, i64_number(b, 0), LLVMBuildSelect(b->ir, is_prompt, all, parts, ""), 1,
               NULL, 0);
    LLVMValueRef own = add(b, b->first_tile, pieces.index);
    LLVMValueRef start = greater(b, b->first_tile, times(b, add(b, first, pieces.index), tiles));
    struct piece p =
        piece_at(b, LLVMBuildSelect(b->ir, is_prompt, own, start, ""), count, is_prompt);
    run_piece(b, order, &p, is_prompt);
    loop_end(b, &pieces, NULL);
}

void run_experts(const struct builder *b)
{
    const struct order order = order_of(b);
    LLVMValueRef count = load_index(b, order.count, i64_number(b, 0));
    LLVMValueRef rows = load_dim(b, b->kernel->rows_symbol);
    LLVMValueRef is_prompt =
        LLVMBuildICmp(b->ir, LLVMIntSGT, rows, i64_number(b, SHORT_RUN_MAX), "");
    const struct piece mixed = {i64_number(b, 0), i64_number(b, 1), count,      i64_number(b, 0),
                                b->first_tile,    b->end_tile,      b->end_tile};

    if (b->kernel->matmul.mixed) /* a tile has row groups, and all experts */
        run_piece(b, &order, &mixed, is_prompt);
    else
        run_parts(b, &order, count, is_prompt);
}

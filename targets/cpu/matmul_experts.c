/* matmul by expert: which matrix, and which rows. In: what sort made, activations of which each row is
 * packed by itself, and the matrices; out: f32 rows. Rows of one expert are taken a few at a time, so
 * that its weights come from memory once and are unpacked for all of these. Experts come by number,
 * as the slots of a row do, so that a mix adds in the order of slots.
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

/* All pairs of an expert: a few at a time, then one by one. */
static void run_expert(struct tile *t, const struct order *order, LLVMValueRef from,
                       LLVMValueRef end)
{
    const struct builder *b = t->b;
    const uint32_t several = b->isa->tiles->i16.rows;
    LLVMValueRef rest = LLVMBuildURem(b->ir, subtract(b, end, from), i64_number(b, several), "");
    LLVMValueRef middle = subtract(b, end, rest);
    struct loop pairs;

    t->tokens = several;
    loop_begin(b, &pairs, from, middle, several, NULL, 0);
    run_pairs(t, order, pairs.index);
    loop_end(b, &pairs, NULL);
    t->tokens = 1;
    loop_begin(b, &pairs, middle, end, 1, NULL, 0);
    run_pairs(t, order, pairs.index);
    loop_end(b, &pairs, NULL);
}

void run_experts(const struct builder *b)
{
    const struct kernel_matmul *k = &b->kernel->matmul;
    const uint32_t tiles = matmul_group_tiles(k), step = k->mixed ? 1 : k->slots;
    const struct order order = order_of(b);
    struct tile t = {.b = b, .k = k, .layout = k->layout, .groups = k->tile_groups};
    struct loop all, experts;

    loop_begin(b, &all, b->first_tile, b->end_tile, 1, NULL, 0);
    LLVMValueRef part = LLVMBuildUDiv(b->ir, all.index, i64_number(b, tiles), "");
    LLVMValueRef groups = subtract(b, all.index, times(b, part, tiles));
    loop_begin(b, &experts, part, load_index(b, order.count, i64_number(b, 0)), step, NULL, 0);
    LLVMValueRef expert = load_index(b, order.experts, experts.index);
    LLVMValueRef matrix =
        at(b, b->args[MATMUL_weight], times(b, expert, (int64_t)matmul_expert_bytes(k)));
    matmul_place_weights(&t, matrix, groups);
    run_expert(&t, &order, load_index(b, order.first, experts.index),
               load_index(b, order.first, add_number(b, experts.index, 1)));
    loop_end(b, &experts, NULL);
    loop_end(b, &all, NULL);
}

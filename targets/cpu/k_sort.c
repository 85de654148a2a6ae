/* sort: which rows each expert has. In: the experts of all rows; out: their order. A counting sort:
 * it counts the pairs of each expert, says where they begin, and puts each at the next place of its
 * expert.
 */
#include "targets/cpu/cpu.h"

static LLVMValueRef load_index(const struct builder *b, LLVMValueRef from)
{
    return LLVMBuildZExt(b->ir, load(b, b->i32, from, 4), b->i64, "");
}

static void store_index(const struct builder *b, LLVMValueRef value, LLVMValueRef to)
{
    store(b, LLVMBuildTrunc(b->ir, value, b->i32, ""), to, 4);
}

/* The counter of the expert that pair `pair` has. */
static LLVMValueRef counter_of(const struct builder *b, LLVMValueRef counters, LLVMValueRef pair)
{
    LLVMValueRef expert = load_index(b, at(b, b->args[SORT_chosen], times(b, pair, 4)));

    return at(b, counters, times(b, expert, 4));
}

static void count_pairs(const struct builder *b, LLVMValueRef counters, LLVMValueRef count)
{
    struct loop l;

    loop_begin_counted(b, &l, 4 * (int64_t)b->kernel->sort.experts, 4, NULL, 0);
    store(b, i32_number(b, 0), at(b, counters, l.index), 4);
    loop_end(b, &l, NULL);
    loop_begin(b, &l, i64_number(b, 0), count, 1, NULL, 0);
    LLVMValueRef counter = counter_of(b, counters, l.index);
    store_index(b, add_number(b, load_index(b, counter), 1), counter);
    loop_end(b, &l, NULL);
}

/* Counters become the places where pairs begin; those of experts that have some are written. */
static void list_experts(const struct builder *b, LLVMValueRef counters)
{
    const int64_t experts = b->kernel->sort.experts;
    LLVMValueRef order = b->args[SORT_order], first = at_number(b, order, 4 * (1 + experts));
    LLVMValueRef carried[2] = {i64_number(b, 0), i64_number(b, 0)}; /* listed, placed */
    struct loop l;

    loop_begin_counted(b, &l, experts, 1, carried, 2);
    LLVMValueRef counter = at(b, counters, times(b, l.index, 4)), pairs = load_index(b, counter);
    LLVMValueRef has_some = LLVMBuildICmp(b->ir, LLVMIntNE, pairs, i64_number(b, 0), "");
    LLVMValueRef place = times(b, carried[0], 4);
    store_index(b, carried[1], counter);
    store_index(b, carried[1], at(b, first, place));
    store_index(b, l.index, at(b, at_number(b, order, 4), place));
    carried[0] = add(b, carried[0], LLVMBuildZExt(b->ir, has_some, b->i64, ""));
    carried[1] = add(b, carried[1], pairs);
    loop_end(b, &l, carried);
    store_index(b, carried[1], at(b, first, times(b, carried[0], 4)));
    store_index(b, carried[0], order);
}

static void place_pairs(const struct builder *b, LLVMValueRef counters, LLVMValueRef count)
{
    LLVMValueRef pairs =
        at_number(b, b->args[SORT_order], 4 * (2 + 2 * (int64_t)b->kernel->sort.experts));
    struct loop l;

    loop_begin(b, &l, i64_number(b, 0), count, 1, NULL, 0);
    LLVMValueRef counter = counter_of(b, counters, l.index), place = load_index(b, counter);
    store_index(b, l.index, at(b, pairs, times(b, place, 4)));
    store_index(b, add_number(b, place, 1), counter);
    loop_end(b, &l, NULL);
}

void emit_sort(const struct builder *b)
{
    const struct kernel_sort *k = &b->kernel->sort;
    LLVMValueRef count = times(b, load_dim(b, b->kernel->rows_symbol), k->slots);
    LLVMValueRef counters = stack_array(b, 4 * (uint64_t)k->experts);
    struct loop tiles;

    loop_begin(b, &tiles, b->first_tile, b->end_tile, 1, NULL, 0);
    count_pairs(b, counters, count);
    list_experts(b, counters);
    place_pairs(b, counters, count);
    loop_end(b, &tiles, NULL);
}

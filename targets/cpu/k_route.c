/* route: scores of all experts of a row, which of them are chosen, and their weights. In: f32 rows;
 * out: experts by number, and f32 rows. Scores and what ranks them stand on the stack, in whole
 * vectors: what pads them is -infinity, which nothing ranks behind.
 */
#include "targets/cpu/cpu.h"

#include <math.h>

struct router {
    const struct builder *b;
    const struct kernel_route *k;
    LLVMValueRef keys, scores; /* f32 [experts], padded to 16 */
    LLVMValueRef ranks;        /* f32 [groups], where there are some */
    int64_t bytes;             /* of each */
    LLVMValueRef row;          /* i64 */
};

static LLVMValueRef infinity_below(const struct builder *b)
{
    return f32x16_number(b, -INFINITY);
}

/* x, padded, becomes the keys; returns the greatest. */
static LLVMValueRef copy_row(const struct router *r)
{
    const struct builder *b = r->b;
    const int64_t stride = b->kernel->stride[ROUTE_x];
    LLVMValueRef x = at(b, b->args[ROUTE_x], times(b, r->row, 4 * stride));
    LLVMValueRef greatest = infinity_below(b);
    struct loop l;

    loop_begin_counted(b, &l, r->bytes, 64, &greatest, 1);
    LLVMValueRef left = subtract(b, i64_number(b, r->k->experts),
                                 LLVMBuildLShr(b->ir, l.index, i64_number(b, 2), ""));
    LLVMValueRef value = LLVMBuildSelect(b->ir, lanes_below(b, left),
                                         load_f32x16(b, at(b, x, l.index)), infinity_below(b), "");
    store(b, value, at(b, r->keys, l.index), 64);
    greatest = maximum(b, greatest, value);
    loop_end(b, &l, &greatest);
    return maximum_of_lanes(b, greatest);
}

/* exp(x - greatest), or sigmoid(x); returns the sum. */
static LLVMValueRef score_row(const struct router *r, LLVMValueRef greatest)
{
    const struct builder *b = r->b;
    LLVMValueRef sum = zeros(b), one = f32x16_number(b, 1);
    struct loop l;

    loop_begin_counted(b, &l, r->bytes, 64, &sum, 1);
    LLVMValueRef x = load_f32x16(b, at(b, r->keys, l.index)), score;
    if (r->k->sigmoid)
        score = LLVMBuildFDiv(
            b->ir, one, LLVMBuildFAdd(b->ir, one, math_exp(b, LLVMBuildFNeg(b->ir, x, "")), ""),
            "");
    else
        score = math_exp(b, LLVMBuildFSub(b->ir, x, broadcast(b, greatest), ""));
    store(b, score, at(b, r->scores, l.index), 64);
    sum = LLVMBuildFAdd(b->ir, sum, score, "");
    loop_end(b, &l, &sum);
    return sum_of_lanes(b, sum);
}

/* Divides what is a softmax, and makes keys that are numbers. */
static void rank_row(const struct router *r, LLVMValueRef sum)
{
    const struct builder *b = r->b;
    const bool has_bias = lir_has(b->kernel, ROUTE_bias);
    struct loop l;

    loop_begin_counted(b, &l, r->bytes, 64, NULL, 0);
    LLVMValueRef score = load_f32x16(b, at(b, r->scores, l.index));
    LLVMValueRef key = load_f32x16(b, at(b, r->keys, l.index));
    LLVMValueRef is_last = LLVMBuildFCmp(b->ir, LLVMRealOEQ, key, infinity_below(b), "");
    if (!r->k->sigmoid)
        score = LLVMBuildFDiv(b->ir, score, broadcast(b, sum), "");
    store(b, score, at(b, r->scores, l.index), 64);
    if (has_bias || r->k->group_best == 2) {
        LLVMValueRef left = subtract(b, i64_number(b, r->k->experts),
                                     LLVMBuildLShr(b->ir, l.index, i64_number(b, 2), ""));
        key = has_bias ? LLVMBuildFAdd(b->ir, score,
                                       load_f32x16(b, at(b, b->args[ROUTE_bias], l.index)), "")
                       : score;
        is_last = LLVMBuildNot(b->ir, lanes_below(b, left), "");
    }
    LLVMValueRef is_nan = LLVMBuildFCmp(b->ir, LLVMRealUNO, key, key, "");
    key =
        LLVMBuildSelect(b->ir, LLVMBuildOr(b->ir, is_nan, is_last, ""), infinity_below(b), key, "");
    store(b, key, at(b, r->keys, l.index), 64);
    loop_end(b, &l, NULL);
}

/* Of each group the greatest key, or the sum of its two greatest. */
static void rank_groups(const struct router *r)
{
    const struct builder *b = r->b;
    const int64_t size = 4 * (int64_t)(r->k->experts / r->k->groups);
    const LLVMValueRef least = f32_number(b, -INFINITY);
    LLVMValueRef best[2] = {least, least};
    struct loop groups, l;

    loop_begin_counted(b, &groups, r->k->groups, 1, NULL, 0);
    LLVMValueRef keys = at(b, r->keys, times(b, groups.index, size));
    loop_begin_counted(b, &l, size, 4, best, 2);
    LLVMValueRef key = load(b, b->f32, at(b, keys, l.index), 4);
    best[1] = maximum(b, best[1], minimum(b, best[0], key));
    best[0] = maximum(b, best[0], key);
    loop_end(b, &l, best);
    if (r->k->group_best == 2) {
        best[0] = LLVMBuildFAdd(b->ir, best[0], best[1], "");
        LLVMValueRef is_nan = LLVMBuildFCmp(b->ir, LLVMRealUNO, best[0], best[0], "");
        best[0] = LLVMBuildSelect(b->ir, is_nan, least, best[0], "");
    }
    store(b, best[0], at(b, r->ranks, times(b, groups.index, 4)), 4);
    loop_end(b, &groups, NULL);
}

/* i64: how many groups stand before this one. */
static LLVMValueRef groups_before(const struct router *r, LLVMValueRef group)
{
    const struct builder *b = r->b;
    LLVMValueRef rank = load(b, b->f32, at(b, r->ranks, times(b, group, 4)), 4);
    LLVMValueRef before = i64_number(b, 0);
    struct loop l;

    loop_begin_counted(b, &l, r->k->groups, 1, &before, 1);
    LLVMValueRef other = load(b, b->f32, at(b, r->ranks, times(b, l.index, 4)), 4);
    LLVMValueRef lower = LLVMBuildICmp(b->ir, LLVMIntSLT, l.index, group, "");
    LLVMValueRef greater_rank = LLVMBuildFCmp(b->ir, LLVMRealOGT, other, rank, "");
    LLVMValueRef equal = LLVMBuildFCmp(b->ir, LLVMRealOEQ, other, rank, "");
    LLVMValueRef stands =
        LLVMBuildOr(b->ir, greater_rank, LLVMBuildAnd(b->ir, equal, lower, ""), "");
    before = add(b, before, LLVMBuildZExt(b->ir, stands, b->i64, ""));
    loop_end(b, &l, &before);
    return before;
}

/* The keys of groups that are not among the best become the least. */
static void leave_groups(const struct router *r)
{
    const struct builder *b = r->b;
    const int64_t size = 4 * (int64_t)(r->k->experts / r->k->groups);
    struct loop groups, l;

    loop_begin_counted(b, &groups, r->k->groups, 1, NULL, 0);
    LLVMValueRef before = groups_before(r, groups.index);
    LLVMBasicBlockRef after = when_begin(
        b, LLVMBuildICmp(b->ir, LLVMIntSGE, before, i64_number(b, r->k->chosen_groups), ""));
    LLVMValueRef keys = at(b, r->keys, times(b, groups.index, size));
    loop_begin_counted(b, &l, size, 4, NULL, 0);
    store(b, f32_number(b, -INFINITY), at(b, keys, l.index), 4);
    loop_end(b, &l, NULL);
    when_end(b, after);
    loop_end(b, &groups, NULL);
}

/* i1: fewer than `slots` experts stand before this one: those with a greater key, and of equal ones
 * those with a lower number. */
static LLVMValueRef is_chosen(const struct router *r, LLVMValueRef expert)
{
    const struct builder *b = r->b;
    LLVMValueRef key = broadcast(b, load(b, b->f32, at(b, r->keys, times(b, expert, 4)), 4));
    LLVMValueRef before = zeros(b), one = f32x16_number(b, 1);
    struct loop l;

    loop_begin_counted(b, &l, r->bytes, 64, &before, 1);
    LLVMValueRef other = load_f32x16(b, at(b, r->keys, l.index));
    LLVMValueRef lower = subtract(b, expert, LLVMBuildLShr(b->ir, l.index, i64_number(b, 2), ""));
    LLVMValueRef greater_key = LLVMBuildFCmp(b->ir, LLVMRealOGT, other, key, "");
    LLVMValueRef equal = LLVMBuildFCmp(b->ir, LLVMRealOEQ, other, key, "");
    lower = lanes_below(b, greater(b, lower, i64_number(b, 0)));
    LLVMValueRef stands =
        LLVMBuildOr(b->ir, greater_key, LLVMBuildAnd(b->ir, equal, lower, ""), "");
    before = LLVMBuildFAdd(b->ir, before, LLVMBuildSelect(b->ir, stands, one, zeros(b), ""), "");
    loop_end(b, &l, &before);
    return LLVMBuildFCmp(b->ir, LLVMRealOLT, sum_of_lanes(b, before), f32_number(b, r->k->slots),
                         "");
}

/* The chosen experts with their scores; returns the sum of these. */
static LLVMValueRef choose(const struct router *r, LLVMValueRef chosen, LLVMValueRef out)
{
    const struct builder *b = r->b;
    LLVMValueRef carried[2] = {i64_number(b, 0), f32_number(b, 0)}; /* how many, sum */
    struct loop l;

    loop_begin_counted(b, &l, r->k->experts, 1, carried, 2);
    LLVMValueRef is_one = is_chosen(r, l.index), place = times(b, carried[0], 4);
    LLVMValueRef score = load(b, b->f32, at(b, r->scores, times(b, l.index, 4)), 4);
    LLVMBasicBlockRef after = when_begin(b, is_one);
    store(b, LLVMBuildTrunc(b->ir, l.index, b->i32, ""), at(b, chosen, place), 4);
    store(b, score, at(b, out, place), 4);
    when_end(b, after);
    score = LLVMBuildSelect(b->ir, is_one, score, f32_number(b, 0), "");
    carried[0] = add(b, carried[0], LLVMBuildZExt(b->ir, is_one, b->i64, ""));
    carried[1] = LLVMBuildFAdd(b->ir, carried[1], score, "");
    loop_end(b, &l, carried);
    return carried[1];
}

static void weigh(const struct router *r, LLVMValueRef sum, LLVMValueRef chosen, LLVMValueRef out)
{
    const struct builder *b = r->b;
    struct loop l;

    sum = LLVMBuildFAdd(b->ir, sum, f32_number(b, (double)r->k->epsilon), "");
    loop_begin_counted(b, &l, 4 * (int64_t)r->k->slots, 4, NULL, 0);
    LLVMValueRef weight = load(b, b->f32, at(b, out, l.index), 4);
    if (r->k->normalized)
        weight = LLVMBuildFDiv(b->ir, weight, sum, "");
    weight = LLVMBuildFMul(b->ir, weight, f32_number(b, (double)r->k->scale), "");
    if (lir_has(b->kernel, ROUTE_scales)) {
        LLVMValueRef expert = load(b, b->i32, at(b, chosen, l.index), 4);
        expert = times(b, LLVMBuildZExt(b->ir, expert, b->i64, ""), 4);
        weight = LLVMBuildFMul(b->ir, weight,
                               load(b, b->f32, at(b, b->args[ROUTE_scales], expert), 4), "");
    }
    store(b, weight, at(b, out, l.index), 4);
    loop_end(b, &l, NULL);
}

void emit_route(const struct builder *b)
{
    const struct kernel_route *k = &b->kernel->route;
    const int64_t stride = b->kernel->stride[ROUTE_out];
    struct router r = {.b = b, .k = k, .bytes = 4 * (int64_t)round_up(k->experts, LANES)};
    struct loop rows;

    r.keys = stack_array(b, (uint64_t)r.bytes);
    r.scores = stack_array(b, (uint64_t)r.bytes);
    if (k->groups != 0)
        r.ranks = stack_array(b, 4 * (uint64_t)k->groups);
    loop_begin(b, &rows, b->first_tile, b->end_tile, 1, NULL, 0);
    r.row = rows.index;
    LLVMValueRef out = at(b, b->args[ROUTE_out], times(b, r.row, 4 * stride));
    rank_row(&r, score_row(&r, copy_row(&r)));
    if (k->groups != 0) {
        rank_groups(&r);
        leave_groups(&r);
    }
    LLVMValueRef chosen = at(b, b->args[ROUTE_chosen], times(b, r.row, 4 * (int64_t)k->slots));
    weigh(&r, choose(&r, chosen, out), chosen, out);
    loop_end(b, &rows, NULL);
}

/* matmul: what one round over k adds to the sums of a tile. In: pointers to a unit of each row
 * group and to the activations of the same columns; out: f32 sums. Floating point activations are
 * added element by element; integers are summed exactly over a block of 32 and then scaled.
 */
#include "targets/cpu/matmul.h"

static uint32_t block_bytes(const struct kernel_matmul *k)
{
    return k->format.tile_rows * act_block_bytes(&k->format);
}

/* The columns of a token `offset` bytes after the first of its activations. Tokens of a tile are packed
 * together, and token i is i-th of each; those of experts come from anywhere, and each is packed by
 * itself. */
LLVMValueRef columns_at(const struct tile *t, LLVMValueRef offset, uint32_t token)
{
    return at(t->b, t->k->experts != 0 ? t->rows[token] : t->activations, offset);
}

uint32_t place_of(const struct tile *t, uint32_t token)
{
    return t->k->experts != 0 ? 0 : token;
}

LLVMValueRef *sum_at(struct tile *t, uint32_t group, uint32_t token)
{
    return &t->sums[group * t->tokens + token];
}

/* Prefetches lines with each line that is read, here those of elements first..end-1 of a unit (or
 * of several plain elements in a row). A core cannot have many lines under way, so bursts are
 * slower. The fence is for LLVM alone, which would gather prefetches and loads; it costs no
 * instruction. */
void fetch_ahead(const struct tile *t, const struct unit *units, uint32_t first, uint32_t end)
{
    const struct builder *b = t->b;
    const struct layout_info *l = &layout_info[t->layout];
    const uint32_t bytes = layout_step(t->layout),
                   block = units[0].step != NULL ? first / LAYOUT_BLOCK * LAYOUT_BLOCK : 0,
                   from = (uint32_t)ceil_div((first - block) * bytes, l->unit * 64),
                   to = (uint32_t)ceil_div((end - block) * bytes, l->unit * 64);
    LLVMValueRef step = NULL;

    if (t->ahead.near == NULL || from == to)
        return;
    if (units[0].step != NULL)
        step = times(b, units[0].step, LAYOUT_BLOCK * bytes / l->unit);
    LLVMBuildFence(b->ir, LLVMAtomicOrderingSequentiallyConsistent, true, "");
    for (uint32_t line = from; line < to; line++) {
        for (uint32_t g = 0; g < t->groups; g += l->groups) {
            LLVMValueRef place = step != NULL ? at(b, units[g].at, step) : units[g].at;
            const int64_t offset = block * bytes / l->unit + 64 * line;
            prefetch(b, at_number(b, at(b, place, t->ahead.near), offset));
            prefetch_into(b, CACHES_outer, at_number(b, at(b, place, t->ahead.far), offset));
        }
    }
}

/* ---- f32 and bf16 ---- */

/* Elements first..end-1 of a unit (or of several plain elements in a row). */
static void sum_f32(struct tile *t, const struct unit *units, LLVMValueRef offset, uint32_t first,
                    uint32_t end)
{
    const struct builder *b = t->b;

    for (uint32_t e = first; e < end; e++) {
        LLVMValueRef weights[TILE_MAX_GROUPS];
        fetch_ahead(t, units, e, e + 1);
        for (uint32_t g = 0; g < t->groups; g++)
            weights[g] = unpack_element(b, &units[g], e);
        for (uint32_t i = 0; i < t->tokens; i++) {
            LLVMValueRef from = at_number(b, at(b, t->rows[i], offset), 4 * (int64_t)e);
            LLVMValueRef x = broadcast(b, load(b, b->f32, from, 4));
            for (uint32_t g = 0; g < t->groups; g++)
                *sum_at(t, g, i) = fma16(b, weights[g], x, *sum_at(t, g, i));
        }
    }
}

static void sum_bf16(struct tile *t, const struct unit *units, LLVMValueRef offset, uint32_t pairs)
{
    const struct builder *b = t->b;

    for (uint32_t p = 0; p < pairs; p++) {
        LLVMValueRef weights[TILE_MAX_GROUPS];
        fetch_ahead(t, units, 2 * p, 2 * p + 2);
        for (uint32_t g = 0; g < t->groups; g++)
            weights[g] = load(b, b->i32x16,
                              at_number(b, units[g].at, layout_step(t->layout) * (int64_t)p), 64);
        for (uint32_t i = 0; i < t->tokens; i++) {
            LLVMValueRef from =
                at_number(b, columns_at(t, offset, i),
                          4 * (int64_t)(p * t->k->format.tile_rows + place_of(t, i)));
            LLVMValueRef x = broadcast(b, load(b, b->i32, from, 4));
            for (uint32_t g = 0; g < t->groups; g++)
                *sum_at(t, g, i) = b->isa->bf16->pairs(b, *sum_at(t, g, i), weights[g], x);
        }
    }
}

/* ---- where sums begin and end ---- */

/* What follows all integers: the scale (0) or the sum (1) of a token. */
static LLVMValueRef after_row(const struct tile *t, uint32_t which, uint32_t token)
{
    const uint32_t rows = t->k->format.tile_rows;
    LLVMValueRef end = i64_number(t->b, (int64_t)t->k->k * rows);

    if (t->token != NULL)
        end = add(t->b, end, times(t->b, t->token, 4));
    return at_number(t->b, columns_at(t, end, token),
                     4 * (int64_t)(which * rows + place_of(t, token)));
}

void matmul_begin_sums(struct tile *t)
{
    const struct builder *b = t->b;

    for (uint32_t i = 0; i < t->tokens; i++) {
        LLVMValueRef first = t->k->format.act != ACT_i8_row ? zeros(b)
                             : isa_takes_signs(b->isa, &t->k->format)
                                 ? LLVMConstNull(b->i32x16)
                                 : broadcast(b, load(b, b->i32, after_row(t, 1, i), 4));
        for (uint32_t g = 0; g < t->groups; g++)
            *sum_at(t, g, i) = first;
    }
}

void matmul_add_starts(struct tile *t)
{
    LLVMValueRef first = broadcast(t->b, load(t->b, t->b->i32, after_row(t, 1, 0), 4));

    for (uint32_t g = 0; g < t->groups; g++)
        *sum_at(t, g, 0) = add(t->b, *sum_at(t, g, 0), first);
}

void end_sums(struct tile *t)
{
    const struct builder *b = t->b;

    if (t->k->format.act != ACT_i8_row)
        return;
    for (uint32_t i = 0; i < t->tokens; i++) {
        LLVMValueRef scale = broadcast(b, load(b, b->f32, after_row(t, 0, i), 4));
        for (uint32_t g = 0; g < t->groups; g++) {
            LLVMValueRef sum = LLVMBuildSIToFP(b->ir, *sum_at(t, g, i), b->f32x16, "");
            LLVMValueRef both = LLVMBuildFMul(b->ir, t->row_scales[g], scale, "");
            *sum_at(t, g, i) = LLVMBuildFMul(b->ir, sum, both, "");
        }
    }
}

/* ---- a round ---- */

uint32_t activation_bytes(const struct tile *t, uint32_t elements)
{
    switch (t->k->format.act) {
    case ACT_f32:
        return 4 * elements;
    case ACT_bf16:
    case ACT_i8_row:
        return elements * act_element_bytes(&t->k->format) * t->k->format.tile_rows;
    default:
        return elements / 32 * block_bytes(t->k);
    }
}

/* Takes `step` with the blocks of a unit. Many of them are four in a loop, and then the next four,
 * since unrolled code for many tokens would not fit where a core keeps decoded instructions. */
static void each_block(struct tile *t, struct unit *units, LLVMValueRef at_activation,
                       uint32_t blocks, block_step step)
{
    const struct builder *b = t->b;
    const bool is_f32 = t->k->format.act == ACT_f32;
    const uint32_t stride = is_f32 ? 4 * LAYOUT_BLOCK : block_bytes(t->k);
    struct loop l;

    if (blocks <= 2 || blocks % 4 != 0 || (t->tokens == 1 && !is_f32)) {
        for (uint32_t block = 0; block < blocks; block++)
            step(t, units, add_number(b, at_activation, block * (int64_t)stride), block);
        return;
    }
    for (uint32_t first = 0; first < blocks; first += 4) {
        loop_begin_counted(b, &l, 4, 1, t->sums, t->groups * t->tokens);
        for (uint32_t g = 0; g < t->groups; g++)
            units[g].step = l.index;
        LLVMValueRef place = add(b, at_activation, times(b, l.index, stride));
        step(t, units, add_number(b, place, first * (int64_t)stride), first);
        loop_end(b, &l, t->sums);
    }
    for (uint32_t g = 0; g < t->groups; g++)
        units[g].step = NULL;
}

static void sum_f32_block(struct tile *t, const struct unit *units, LLVMValueRef offset,
                          uint32_t index)
{
    sum_f32(t, units, add_number(t->b, offset, -4 * LAYOUT_BLOCK * (int64_t)index),
            LAYOUT_BLOCK * index, LAYOUT_BLOCK * (index + 1));
}

/* A unit whose sums have one scale, and its minimums another. */
static void sum_folded(struct tile *t, struct unit *units, LLVMValueRef at_activation,
                       uint32_t blocks)
{
    static const block_step steps[2] = {sum_folded_block, add_block_minimums};
    const uint32_t kinds = layout_has_minimum(t->layout) ? 2 : 1;
    struct tile of_unit[2] = {*t, *t};

    split_units(t, units);
    for (uint32_t i = 0; i < kinds * t->groups * t->tokens; i++)
        of_unit[i % kinds].sums[i / kinds] = zeros(t->b);
    for (uint32_t block = 0; t->tokens == 1 && block < blocks; block++)
        for (uint32_t kind = 0; kind < kinds; kind++)
            steps[kind](&of_unit[kind], units,
                        add_number(t->b, at_activation, block * (int64_t)block_bytes(t->k)), block);
    for (uint32_t kind = 0; kind < kinds; kind++) {
        if (t->tokens > 1)
            each_block(&of_unit[kind], units, at_activation, blocks, steps[kind]);
        scale_unit(t, units, of_unit[kind].sums, kind != 0);
    }
}

/* Activations have but one sum per block, for weights that stand folded on the stage. */
static bool is_folded(const struct tile *t)
{
    return layout_info[t->layout].scales > 1 && !t->staged && layout_folds(t->layout) &&
           t->k->format.block_sums == 0;
}

static void units_at(const struct tile *t, LLVMValueRef at_weight, struct unit *units)
{
    for (uint32_t g = 0; g < t->groups; g++) {
        units[g] = (struct unit){.layout = t->layout,
                                 .at = at(t->b, t->weights[g], at_weight),
                                 .row_scales = t->row_scales[g],
                                 .staged = t->staged,
                                 .unbiased = isa_takes_signs(t->b->isa, &t->k->format),
                                 .folded = is_folded(t)};
        if (!t->staged && (t->k->format.act == ACT_f32 || !layout_folds(t->layout)))
            unpack_head(t->b, &units[g]);
    }
}

void sum_elements(struct tile *t, LLVMValueRef at_weight, LLVMValueRef at_activation,
                  uint32_t elements)
{
    const uint32_t blocks = elements / LAYOUT_BLOCK;
    const bool is_f32 = t->k->format.act == ACT_f32;
    struct unit units[TILE_MAX_GROUPS];

    units_at(t, at_weight, units);
    if (t->k->format.act == ACT_bf16)
        sum_bf16(t, units, at_activation, (uint32_t)ceil_div(elements, 2));
    else if (t->k->format.act == ACT_i8_row)
        sum_row_quads(t, units, at_activation, elements / 4);
    else if (is_f32 && blocks > 2 && elements % 128 == 0)
        each_block(t, units, at_activation, blocks, sum_f32_block);
    else if (is_f32)
        sum_f32(t, units, at_activation, 0, elements);
    else if (!layout_folds(t->layout))
        each_block(t, units, at_activation, blocks, sum_block);
    else if (t->staged)
        sum_folded_block(t, units, at_activation, 0);
    else
        sum_folded(t, units, at_activation, blocks);
}

void add_unit(struct tile *t, LLVMValueRef at_weight, const LLVMValueRef *of_unit, bool minimums)
{
    struct unit units[TILE_MAX_GROUPS];

    units_at(t, at_weight, units);
    scale_unit(t, units, of_unit, minimums);
}

void add_minimums(struct tile *t, LLVMValueRef at_weight, LLVMValueRef at_activation)
{
    struct unit units[TILE_MAX_GROUPS];

    units_at(t, at_weight, units);
    add_block_minimums(t, units, at_activation, 0);
}

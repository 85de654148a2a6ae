/* matmul with staged weights: if a run has many tiles of tokens, the kernel unpacks the weights of
 * a tile of row groups once, onto the stack, and all tiles of tokens read them there. In: row
 * groups in their own layout; out: blocks as stage_block leaves them, [block][group], and with them
 * the sums of all rows. Weights that do not fit on the stack go through it in stretches of K, and
 * the sums are stored next to them in between. The chains of f32 steps stay the same.
 */
#include "targets/cpu/matmul.h"

#include <rlx/kernel.h>

enum {
    STACK_BYTES = RLX_KERNEL_STACK_BYTES - 16 * 1024, /* the rest is for registers */
    CARRIED_BYTES = 32 * 1024,                        /* of sums between stretches */
};

static uint32_t block_bytes(const struct tile *t)
{
    return t->k->format.act == ACT_bf16 ? LAYOUT_BLOCK * ROW_GROUP * sizeof(uint16_t)
                                        : staged_bytes(t->layout);
}

static uint32_t round_bytes(const struct tile *t)
{
    return t->groups * block_bytes(t);
}

bool matmul_stage_holds(enum layout layout, uint32_t groups, uint32_t k)
{
    return (uint64_t)k / LAYOUT_BLOCK * groups * staged_bytes(layout) <= STACK_BYTES;
}

/* Units of K that are staged at a time; 0: such weights cannot be. */
static uint32_t stretch_units(const struct tile *t)
{
    const uint32_t unit = layout_info[t->layout].unit;

    if (matmul_stage_holds(t->layout, t->groups, t->k->k))
        return (uint32_t)ceil_div(t->k->k, unit);
    if (t->k->k % unit != 0)
        return 0;
    return (STACK_BYTES - CARRIED_BYTES) / (unit / LAYOUT_BLOCK * round_bytes(t));
}

bool matmul_is_staged(const struct tile *t)
{
    return t->k->staged && (t->k->format.act == ACT_i8 || t->k->format.act == ACT_i16) &&
           layout_is_quantized(t->layout) && stretch_units(t) > 0;
}

/* ---- unpacking ---- */

static void stage_blocks(const struct tile *t, LLVMValueRef at_weight, LLVMValueRef step,
                         LLVMValueRef to, uint32_t first, uint32_t count)
{
    const struct builder *b = t->b;

    for (uint32_t block = 0; block < count; block++) {
        for (uint32_t g = 0; g < t->groups; g++) {
            struct unit unit = {.layout = t->layout,
                                .at = at(b, t->packed[g], at_weight),
                                .step = step,
                                .row_scales = t->row_scales[g]};
            LLVMValueRef place =
                at_number(b, to, (block * t->groups + g) * (int64_t)block_bytes(t));
            if (t->k->format.act == ACT_bf16)
                stage_bf16_block(b, &unit, first + block, place);
            else
                stage_block(b, &unit, first + block, place);
        }
    }
}

/* Units `first` to `end` (i64) of all groups. The code of long units is a loop over four blocks,
 * twice. */
void matmul_stage_units(const struct tile *t, LLVMValueRef first, LLVMValueRef end)
{
    const struct builder *b = t->b;
    const struct layout_info *info = &layout_info[t->layout];
    const uint32_t blocks = info->unit / LAYOUT_BLOCK;
    struct loop units, steps;

    loop_begin(b, &units, first, end, 1, NULL, 0);
    LLVMValueRef at_weight = times(b, units.index, info->bytes);
    LLVMValueRef to =
        at(b, t->weights[0], times(b, subtract(b, units.index, first), blocks * round_bytes(t)));
    if (blocks <= 4)
        stage_blocks(t, at_weight, NULL, to, 0, blocks);
    for (uint32_t four = 0; blocks > 4 && four < blocks; four += 4) {
        loop_begin_counted(b, &steps, 4, 1, NULL, 0);
        LLVMValueRef place = times(b, add_number(b, steps.index, four), round_bytes(t));
        stage_blocks(t, at_weight, steps.index, at(b, to, place), four, 1);
        loop_end(b, &steps, NULL);
    }
    loop_end(b, &units, NULL);
}

/* A last unit of fewer blocks. */
void matmul_stage_rest(const struct tile *t, LLVMValueRef to)
{
    const struct builder *b = t->b;
    const struct layout_info *info = &layout_info[t->layout];
    uint64_t units = t->k->k / info->unit;

    if (t->k->k % info->unit != 0)
        stage_blocks(t, i64_number(b, (int64_t)(units * info->bytes)), NULL, to, 0,
                     t->k->k % info->unit / LAYOUT_BLOCK);
}

/* ---- sums ---- */

/* Each tile of tokens prefetches its part of the next groups (place_ahead: of blocks). */
static void fetch_block(const struct tile *t, LLVMValueRef block)
{
    const struct builder *b = t->b;
    const struct layout_info *info = &layout_info[t->layout];
    const uint32_t bytes = info->bytes / (info->unit / LAYOUT_BLOCK);
    LLVMValueRef part = subtract(b, block, t->ahead_from);
    LLVMValueRef mine = LLVMBuildICmp(b->ir, LLVMIntULT, part, t->ahead_bytes, "");

    LLVMBasicBlockRef after = when_begin(b, mine);
    for (uint32_t g = 0; g < t->groups; g++) {
        LLVMValueRef from = at(b, at(b, t->packed[g], times(b, block, bytes)), t->ahead_step);
        for (uint32_t line = 0; line < bytes; line += 64)
            prefetch(b, at_number(b, from, line));
    }
    when_end(b, after);
}

struct places { /* bytes from the first block of the stage, and of the activations */
    LLVMValueRef weight, activation;
};

static struct places places_of(const struct tile *t, LLVMValueRef block)
{
    const uint32_t stride = t->k->tile_groups * staged_bytes(t->layout);

    return (struct places){times(t->b, block, stride),
                           times(t->b, block, activation_bytes(t, LAYOUT_BLOCK))};
}

/* Adds blocks `first` to `end`. */
static void sum_blocks(struct tile *t, LLVMValueRef first, LLVMValueRef end)
{
    const struct builder *b = t->b;
    struct loop l;

    loop_begin(b, &l, first, end, 1, t->sums, t->groups * t->tokens);
    struct places p = places_of(t, l.index);
    if (t->ahead_bytes != NULL)
        fetch_block(t, l.index);
    sum_elements(t, p.weight, p.activation, LAYOUT_BLOCK);
    loop_end(b, &l, t->sums);
}

/* A unit whose sums have one scale, from block `first` on. */
static void sum_unit(struct tile *t, LLVMValueRef first)
{
    const struct builder *b = t->b;
    const uint32_t count = t->groups * t->tokens;
    LLVMValueRef end = add_number(b, first, layout_info[t->layout].unit / LAYOUT_BLOCK);
    struct tile part = *t;
    struct loop l;

    for (uint32_t i = 0; i < count; i++)
        part.sums[i] = zeros(b);
    sum_blocks(&part, first, end);
    add_unit(t, places_of(t, first).weight, part.sums, false);
    if (!layout_has_minimum(t->layout))
        return;
    for (uint32_t i = 0; i < count; i++)
        part.sums[i] = zeros(b);
    loop_begin(b, &l, first, end, 1, part.sums, count);
    struct places p = places_of(t, l.index);
    add_minimums(&part, p.weight, p.activation);
    loop_end(b, &l, part.sums);
    add_unit(t, places_of(t, add_number(b, first, 1)).weight, part.sums, true);
}

void sum_staged(struct tile *t)
{
    const struct builder *b = t->b;
    struct loop units;

    if (!layout_folds(t->layout)) {
        sum_blocks(t, i64_number(b, 0), t->blocks);
        return;
    }
    loop_begin(b, &units, i64_number(b, 0), t->blocks, layout_info[t->layout].unit / LAYOUT_BLOCK,
               t->sums, t->groups * t->tokens);
    sum_unit(t, units.index);
    loop_end(b, &units, t->sums);
}

/* ---- the loops ---- */

static void place_stage(struct tile *t)
{
    uint32_t blocks = (uint32_t)(stretch_units(t) * (layout_info[t->layout].unit / LAYOUT_BLOCK));
    LLVMValueRef stage_at =
        stack_array(t->b, min_u64(blocks, t->k->k / LAYOUT_BLOCK) * (uint64_t)round_bytes(t));

    memcpy(t->packed, t->weights, sizeof t->packed);
    for (uint32_t g = 0; g < t->groups; g++)
        t->weights[g] = at_number(t->b, stage_at, g * (int64_t)staged_bytes(t->layout));
    t->staged = true;
}

bool matmul_is_staged_whole(const struct tile *t)
{
    return matmul_is_staged(t) &&
           stretch_units(t) >= ceil_div(t->k->k, layout_info[t->layout].unit);
}

void matmul_stage_whole(struct tile *t)
{
    const uint32_t unit = layout_info[t->layout].unit,
                   blocks = unit / LAYOUT_BLOCK * round_bytes(t);

    place_stage(t);
    matmul_stage_units(t, i64_number(t->b, 0),
                       i64_number(t->b, t->k->k / layout_info[t->layout].unit));
    matmul_stage_rest(t, at_number(t->b, t->weights[0], (int64_t)(t->k->k / unit) * blocks));
    t->blocks = i64_number(t->b, t->k->k / LAYOUT_BLOCK);
}

/* All of K at once. */
static void run_whole(struct tile *t, LLVMValueRef rows, LLVMValueRef token_tiles)
{
    const struct builder *b = t->b;
    struct loop tokens;

    matmul_stage_whole(t);
    loop_begin(b, &tokens, i64_number(b, 0), token_tiles, 1, NULL, 0);
    matmul_place_tokens(t, tokens.index, rows, token_tiles);
    matmul_begin_sums(t);
    matmul_sum(t);
    matmul_store(t, rows);
    loop_end(b, &tokens, NULL);
}

/* The sums of a tile of tokens, from or to the place where they wait. */
static void move_sums(struct tile *t, LLVMValueRef carried, LLVMValueRef tile, bool to_memory)
{
    const struct builder *b = t->b;
    const uint32_t count = t->groups * t->tokens;
    LLVMValueRef place = at(b, carried, times(b, tile, 64 * (int64_t)count));

    for (uint32_t i = 0; i < count; i++) {
        LLVMValueRef one = at_number(b, place, 64 * (int64_t)i);
        if (to_memory)
            store(b, t->sums[i], one, 64);
        else
            t->sums[i] = load(b, b->f32x16, one, 64);
    }
}

/* Tiles `first` to `end` of tokens, one stretch of K after the other. */
static void run_stretches(struct tile *t, LLVMValueRef rows, LLVMValueRef first, LLVMValueRef end,
                          LLVMValueRef carried)
{
    const struct builder *b = t->b;
    const uint32_t unit = layout_info[t->layout].unit, units = t->k->k / unit;
    struct loop stretch, tokens;

    loop_begin(b, &tokens, first, end, 1, NULL, 0);
    matmul_begin_sums(t);
    move_sums(t, carried, subtract(b, tokens.index, first), true);
    loop_end(b, &tokens, NULL);

    loop_begin_counted(b, &stretch, units, stretch_units(t), NULL, 0);
    LLVMValueRef last =
        lesser(b, add_number(b, stretch.index, stretch_units(t)), i64_number(b, units));
    matmul_stage_units(t, stretch.index, last);
    t->blocks = times(b, subtract(b, last, stretch.index), unit / LAYOUT_BLOCK);
    loop_begin(b, &tokens, first, end, 1, NULL, 0);
    matmul_place_tokens(t, tokens.index, rows, NULL);
    t->activations = at(b, t->activations, times(b, stretch.index, activation_bytes(t, unit)));
    move_sums(t, carried, subtract(b, tokens.index, first), false);
    matmul_sum(t);
    move_sums(t, carried, subtract(b, tokens.index, first), true);
    loop_end(b, &tokens, NULL);
    loop_end(b, &stretch, NULL);

    loop_begin(b, &tokens, first, end, 1, NULL, 0);
    matmul_place_tokens(t, tokens.index, rows, NULL);
    move_sums(t, carried, subtract(b, tokens.index, first), false);
    matmul_store(t, rows);
    loop_end(b, &tokens, NULL);
}

void run_staged(struct tile *t, LLVMValueRef rows, LLVMValueRef token_tiles)
{
    const struct builder *b = t->b;
    const uint32_t at_once = CARRIED_BYTES / (64 * t->groups * t->tokens);
    struct loop some;

    if (matmul_is_staged_whole(t)) {
        run_whole(t, rows, token_tiles);
        return;
    }
    place_stage(t);
    LLVMValueRef carried = stack_array(b, CARRIED_BYTES);
    loop_begin(b, &some, i64_number(b, 0), token_tiles, at_once, NULL, 0);
    run_stretches(t, rows, some.index, lesser(b, add_number(b, some.index, at_once), token_tiles),
                  carried);
    loop_end(b, &some, NULL);
}

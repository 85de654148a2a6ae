/* rope: norm and rotation of heads. In: rows of heads, a rope table, positions, and perhaps the
 * weight of a norm over each head; out: the same rows normed and rotated. A tile is one head of one
 * row. The parts serve kv_write and append as well (heads.h).
 */
#include "targets/cpu/heads.h"

static uint32_t lanes_at(uint32_t index, uint32_t end)
{
    return (uint32_t)min_u64(LANES, end - index);
}

static LLVMValueRef scratch_at(const struct head *h, uint32_t index)
{
    return at_number(h->b, h->scratch, 4 * (int64_t)index);
}

void head_read(const struct head *h, LLVMValueRef from, LLVMValueRef weight)
{
    const struct builder *b = h->b;
    const uint32_t n = h->rotation.head_dim;
    LLVMValueRef factor = NULL;

    if (weight != NULL) {
        LLVMValueRef mean = LLVMBuildFDiv(b->ir, sum_of_squares(b, from, n), f32_number(b, n), "");
        mean = LLVMBuildFAdd(b->ir, mean, f32_number(b, (double)h->rotation.epsilon), "");
        factor = broadcast(b, LLVMBuildFDiv(b->ir, f32_number(b, 1), square_root(b, mean), ""));
    }
    for (uint32_t i = 0; i < n; i += LANES) {
        LLVMValueRef x = load_f32x16(b, at_number(b, from, 4 * (int64_t)i));
        if (weight != NULL) {
            LLVMValueRef w = load_f32x16(b, at_number(b, weight, 4 * (int64_t)i));
            x = LLVMBuildFMul(b->ir, LLVMBuildFMul(b->ir, x, factor, ""), w, "");
        }
        if (lanes_at(i, n) < LANES)
            x = LLVMBuildSelect(b->ir, first_lanes(b, lanes_at(i, n)), x, zeros(b), "");
        store(b, x, scratch_at(h, i), 4);
    }
}

/* x * c + y * s */
static LLVMValueRef rotated(const struct builder *b, LLVMValueRef x, LLVMValueRef c, LLVMValueRef y,
                            LLVMValueRef s)
{
    return fma16(b, x, c, LLVMBuildFMul(b->ir, y, s, ""));
}

/* Pairs (i, i + n_rot/2). Each round stores only what it rotated, so that the overlapping lanes of
 * the next are still as they were. */
static void rotate_halves(const struct head *h)
{
    const struct builder *b = h->b;
    const uint32_t half = h->rotation.n_rot / 2;

    for (uint32_t i = 0; i < half; i += LANES) {
        uint32_t lanes = lanes_at(i, half);
        LLVMValueRef x = load_f32x16(b, scratch_at(h, i)),
                     y = load_f32x16(b, scratch_at(h, half + i));
        LLVMValueRef c = load_first(b, b->f32x16, at_number(b, h->table, 4 * (int64_t)i), lanes);
        LLVMValueRef s =
            load_first(b, b->f32x16, at_number(b, h->table, 4 * (int64_t)(half + i)), lanes);
        store_first(b, rotated(b, x, c, LLVMBuildFNeg(b->ir, y, ""), s), scratch_at(h, i), lanes);
        store_first(b, rotated(b, y, c, x, s), scratch_at(h, half + i), lanes);
    }
}

/* Pairs (2i, 2i + 1). */
static void rotate_pairs(const struct head *h)
{
    const struct builder *b = h->b;
    const uint32_t n = h->rotation.n_rot;
    LLVMTypeRef eight = vector_of(b->f32, LANES / 2);
    LLVMValueRef signs[LANES];
    int twice[LANES], swapped[LANES];

    for (int i = 0; i < LANES; i++) {
        twice[i] = i / 2;
        swapped[i] = i ^ 1;
        signs[i] = f32_number(b, i % 2 == 0 ? -1 : 1);
    }
    for (uint32_t i = 0; i < n; i += LANES) {
        uint32_t lanes = lanes_at(i, n);
        LLVMValueRef x = load_f32x16(b, scratch_at(h, i)), y = shuffled(b, x, x, swapped, LANES);
        LLVMValueRef c = load_first(b, eight, at_number(b, h->table, 2 * (int64_t)i), lanes / 2);
        LLVMValueRef s =
            load_first(b, eight, at_number(b, h->table, 2 * (int64_t)(n + i)), lanes / 2);
        c = shuffled(b, c, c, twice, LANES);
        s = shuffled(b, s, s, twice, LANES);
        y = LLVMBuildFMul(b->ir, y, LLVMConstVector(signs, LANES), "");
        store_first(b, rotated(b, x, c, y, s), scratch_at(h, i), lanes);
    }
}

void head_turn(const struct head *h, LLVMValueRef from, LLVMValueRef weight)
{
    head_read(h, from, h->norm_last ? NULL : weight);
    if (h->rotation.interleaved)
        rotate_pairs(h);
    else
        rotate_halves(h);
    if (h->norm_last)
        head_read(h, h->scratch, weight);
    if (h->rotation.hadamard)
        hadamard_rotate_lanes(h->b, h->scratch, h->rotation.head_dim);
}

void head_write(const struct head *h, LLVMValueRef to)
{
    const uint32_t n = h->rotation.head_dim;

    for (uint32_t i = 0; i < n; i += LANES)
        store_first(h->b, load_f32x16(h->b, scratch_at(h, i)), at_number(h->b, to, 4 * (int64_t)i),
                    lanes_at(i, n));
}

struct head head_open(const struct builder *b, const struct kernel_rope *rotation)
{
    const uint32_t room = (uint32_t)round_up(rotation->head_dim, LANES) + LANES;

    return (struct head){.b = b,
                         .rotation = *rotation,
                         .scratch = stack_array(b, 4 * room),
                         .halves = stack_array(b, 2 * room)};
}

void head_find_angles(struct head *h, uint32_t table, LLVMValueRef position)
{
    const struct builder *b = h->b;

    if (lir_has(b->kernel, table))
        h->table = at(b, b->args[table], times(b, position, 4 * (int64_t)h->rotation.n_rot));
}

LLVMValueRef head_row(const struct builder *b, uint32_t arg, LLVMValueRef row)
{
    return at(b, b->args[arg], times(b, row, 4 * (int64_t)b->kernel->stride[arg]));
}

LLVMValueRef head_position(const struct builder *b, uint32_t positions, LLVMValueRef row)
{
    LLVMValueRef position = load(b, b->i32, at(b, b->args[positions], times(b, row, 4)), 4);

    return LLVMBuildZExt(b->ir, position, b->i64, "");
}

void head_clear_counter(const struct builder *b, uint32_t counters, LLVMValueRef row,
                        LLVMValueRef kv_head, uint32_t kv_heads)
{
    LLVMValueRef counter = add(b, times(b, row, kv_heads), kv_head);

    store(b, i32_number(b, 0), at(b, b->args[counters], times(b, counter, 64)), 4);
}

/* The first heads of a row clear its counters. */
static void clear_counters(const struct builder *b, LLVMValueRef row, LLVMValueRef head)
{
    const uint32_t kv_heads = b->kernel->rope.kv_heads, heads = b->kernel->rope.heads;
    struct loop l;

    if (kv_heads == 0)
        return;
    loop_begin(b, &l, head, i64_number(b, kv_heads), heads, NULL, 0);
    head_clear_counter(b, ROPE_counters, row, l.index, kv_heads);
    loop_end(b, &l, NULL);
}

void emit_rope(const struct builder *b)
{
    const struct kernel_rope *k = &b->kernel->rope;
    struct head h = head_open(b, k);
    struct loop tiles;

    loop_begin(b, &tiles, b->first_tile, b->end_tile, 1, NULL, 0);
    LLVMValueRef heads = i64_number(b, k->heads),
                 row = LLVMBuildUDiv(b->ir, tiles.index, heads, ""),
                 head = LLVMBuildURem(b->ir, tiles.index, heads, "");
    LLVMValueRef offset = times(b, head, 4 * (int64_t)k->head_dim);
    if (k->n_rot != 0)
        head_find_angles(&h, ROPE_table, head_position(b, ROPE_positions, row));
    head_turn(&h, at(b, head_row(b, ROPE_x, row), offset), b->args[ROPE_norm]);
    head_write(&h, at(b, head_row(b, ROPE_out, row), offset));
    clear_counters(b, row, head);
    loop_end(b, &tiles, NULL);
}

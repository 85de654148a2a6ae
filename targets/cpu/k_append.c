/* append: rows into one state of keys or values. In: rows of heads, perhaps their positions, and the
 * segments of the run; out: the state in its own order, with integers (q8_0) after a Hadamard
 * rotation of keys. A tile is one row of one kv head. The parts serve kv_write as well (heads.h).
 */
#include "targets/cpu/heads.h"

/* Where a head's block of 16 positions begins in K, and its row in V. */
static LLVMValueRef key_tile_at(const struct builder *b, LLVMValueRef state, LLVMValueRef head,
                                LLVMValueRef position)
{
    const struct head_shape *k = lir_shape(b->kernel);
    const enum dtype kv = (enum dtype)k->kv;
    LLVMValueRef block = LLVMBuildLShr(b->ir, position, i64_number(b, 4), "");

    block = add(b, block, times(b, head, (int64_t)round_up(k->context, 64) / LANES));
    return at(
        b, state,
        times(b, block, (int64_t)kv_width(kv, k->head_dim, false) * kv_element_bytes(kv) * LANES));
}

static LLVMValueRef value_row_at(const struct builder *b, LLVMValueRef state, LLVMValueRef head,
                                 LLVMValueRef position)
{
    const struct head_shape *k = lir_shape(b->kernel);
    const enum dtype kv = (enum dtype)k->kv;
    LLVMValueRef row = add(b, position, times(b, head, (int64_t)round_up(k->context, 64)));

    return at(b, state,
              times(b, row, (int64_t)kv_width(kv, k->head_dim, true) * kv_element_bytes(kv)));
}

/* Integers of K as words of four, which stand 16 words apart, and their scale. */
static void write_k_q8(const struct head *h, LLVMValueRef state, LLVMValueRef head,
                       LLVMValueRef position)
{
    const struct builder *b = h->b;
    const struct head_shape *k = lir_shape(h->b->kernel);
    const uint32_t width = kv_width(DTYPE_q8_0, k->head_dim, false);
    LLVMValueRef lane = LLVMBuildAnd(b->ir, position, i64_number(b, LANES - 1), "");
    LLVMValueRef to = at(b, key_tile_at(b, state, head, position), times(b, lane, 4));
    struct loop l;

    store(b, q8_quantize(b, h->scratch, k->head_dim, h->halves),
          q8_scale_place(b, state, head, position, false), 2);
    loop_begin_counted(b, &l, width, 4, NULL, 0);
    LLVMValueRef word = load(b, b->i32, at(b, h->halves, l.index), 4);
    store(b, word, at(b, to, times(b, l.index, LANES)), 4);
    loop_end(b, &l, NULL);
}

static void write_v_q8(const struct head *h, LLVMValueRef from, LLVMValueRef state,
                       LLVMValueRef head, LLVMValueRef position)
{
    const struct builder *b = h->b;
    LLVMValueRef to = value_row_at(b, state, head, position);

    store(b, q8_quantize(b, from, h->rotation.head_dim, to),
          q8_scale_place(b, state, head, position, true), 2);
}

/* Element d to K[kv head][position / 16][d][position % 16]: 16 elements apart. */
static void write_k(const struct head *h, LLVMValueRef state, LLVMValueRef head,
                    LLVMValueRef position)
{
    const struct builder *b = h->b;
    const struct head_shape *k = lir_shape(h->b->kernel);
    const uint32_t n = k->head_dim, bytes = dtype_info[k->kv].bytes, at_once = n % 8 == 0 ? 8 : 1;
    LLVMValueRef lane = LLVMBuildAnd(b->ir, position, i64_number(b, LANES - 1), "");
    LLVMValueRef to = at(b, key_tile_at(b, state, head, position), times(b, lane, bytes));
    LLVMValueRef from = h->scratch;
    struct loop l;

    if (k->kv == DTYPE_f16) {
        from = h->halves;
        for (uint32_t i = 0; i < n; i += LANES)
            store(b, narrowed(b, load_f32x16(b, at_number(b, h->scratch, 4 * (int64_t)i))),
                  at_number(b, from, 2 * (int64_t)i), 2);
    }
    loop_begin_counted(b, &l, (int64_t)n * bytes, at_once * bytes, NULL, 0);
    from = at(b, from, l.index);
    to = at(b, to, times(b, l.index, LANES));
    for (uint32_t i = 0; i < at_once; i++) {
        LLVMValueRef value =
            load(b, bytes == 4 ? b->i32 : b->i16, at_number(b, from, i * bytes), bytes);
        store(b, value, at_number(b, to, i * bytes * LANES), bytes);
    }
    loop_end(b, &l, NULL);
}

/* A row of V[kv head][position], padded with zeros to 16. */
static void write_v(const struct head *h, LLVMValueRef from, LLVMValueRef state, LLVMValueRef head,
                    LLVMValueRef position)
{
    const struct builder *b = h->b;
    const struct head_shape *k = lir_shape(h->b->kernel);
    const uint32_t n = k->head_dim, bytes = dtype_info[k->kv].bytes;
    LLVMValueRef to = value_row_at(b, state, head, position);

    for (uint32_t i = 0; i < n; i += LANES) {
        LLVMValueRef x = load_f32x16(b, at_number(b, from, 4 * (int64_t)i));
        if (n - i < LANES)
            x = LLVMBuildSelect(b->ir, first_lanes(b, n - i), x, zeros(b), "");
        store(b, bytes == 2 ? narrowed(b, x) : x, at_number(b, to, (int64_t)i * bytes), bytes);
    }
}

void head_write_key(const struct head *h, LLVMValueRef state, LLVMValueRef head, LLVMValueRef place)
{
    if (lir_shape(h->b->kernel)->kv == DTYPE_q8_0)
        write_k_q8(h, state, head, place);
    else
        write_k(h, state, head, place);
}

void head_write_value(const struct head *h, LLVMValueRef from, LLVMValueRef state,
                      LLVMValueRef head, LLVMValueRef place)
{
    if (lir_shape(h->b->kernel)->kv == DTYPE_q8_0)
        write_v_q8(h, from, state, head, place);
    else
        write_v(h, from, state, head, place);
}

void head_find_pages(const struct builder *b, LLVMValueRef state, LLVMValueRef head,
                     LLVMValueRef place, bool is_value)
{
    prefetch(b,
             is_value ? value_row_at(b, state, head, place) : key_tile_at(b, state, head, place));
    if (lir_shape(b->kernel)->kv == DTYPE_q8_0)
        prefetch(b, q8_scale_place(b, state, head, place, is_value));
}

/* ---- places ---- */

LLVMValueRef head_state(const struct builder *b, uint32_t arg, const struct segment *s)
{
    if (lir_shape(b->kernel)->class == STATE_scratch)
        return b->args[arg];
    return at(b, b->args[arg], s->state);
}

LLVMValueRef head_place(const struct builder *b, const struct segment *s, LLVMValueRef row,
                        LLVMValueRef position)
{
    const struct head_shape *k = lir_shape(b->kernel);

    if (position == NULL || k->class == STATE_scratch)
        position = subtract(b, row, s->first_row);
    if (k->class == STATE_scratch)
        return add(b, s->scratch_position, position);
    if (k->class == STATE_ring)
        return LLVMBuildURem(b->ir, position, i64_number(b, k->context), "");
    return position;
}

void emit_append(const struct builder *b)
{
    const struct kernel_append *k = &b->kernel->append;
    const struct kernel_rope rotation = {.head_dim = k->shape.head_dim,
                                         .hadamard = !k->is_value && k->shape.kv == DTYPE_q8_0};
    const bool has_positions = lir_has(b->kernel, APPEND_positions);
    struct head h = head_open(b, &rotation);
    LLVMValueRef rows = load_dim(b, b->kernel->rows_symbol);
    struct segment s = load_segment(b, APPEND_segments, APPEND_row_segments, i64_number(b, 0));
    struct loop tiles;

    loop_begin(b, &tiles, b->first_tile, b->end_tile, 1, NULL, 0);
    LLVMValueRef head = LLVMBuildUDiv(b->ir, tiles.index, rows, ""),
                 row = LLVMBuildURem(b->ir, tiles.index, rows, "");
    LLVMValueRef from =
        at(b, head_row(b, APPEND_x, row), times(b, head, 4 * (int64_t)k->shape.head_dim));
    if (has_segments(b, APPEND_row_segments))
        s = load_segment(b, APPEND_segments, APPEND_row_segments, row);
    LLVMValueRef place =
        head_place(b, &s, row, has_positions ? head_position(b, APPEND_positions, row) : NULL);
    if (k->is_value) {
        head_write_value(&h, from, head_state(b, APPEND_values, &s), head, place);
    } else {
        head_turn(&h, from, NULL);
        head_write_key(&h, head_state(b, APPEND_keys, &s), head, place);
    }
    loop_end(b, &tiles, NULL);
}

/* kv_write: everything between the projections and attention. In: q, k and v rows, a rope table,
 * positions, perhaps the weights of a norm over each head, and the segments of the run; out: q rows
 * normed and rotated, K and V in the state's order at the rows' positions in the states of their
 * sequence; with integers (q8_0) after a Hadamard rotation of q and K. A tile is one row of one kv
 * head with the q heads that share it.
 */
#include "targets/cpu/heads.h"

enum { ROWS_AHEAD = 3 };

/* ---- tiles ---- */

struct tile {
    LLVMValueRef head, row, place, states[2];
    LLVMValueRef
        key_angles; /* row of a table that keys have for themselves; NULL: they have none */
};

/* `s` is the segment of all rows where there is one. */
static struct tile open_tile(struct head *h, LLVMValueRef index, LLVMValueRef rows,
                             struct segment s)
{
    const struct builder *b = h->b;
    struct tile t = {.head = LLVMBuildUDiv(b->ir, index, rows, ""),
                     .row = LLVMBuildURem(b->ir, index, rows, "")};
    LLVMValueRef position = head_position(b, KV_WRITE_positions, t.row);

    head_find_angles(h, KV_WRITE_k_table, position);
    if (lir_has(b->kernel, KV_WRITE_k_table))
        t.key_angles = h->table;
    head_find_angles(h, KV_WRITE_table, position);
    if (has_segments(b, KV_WRITE_row_segments))
        s = load_segment(b, KV_WRITE_segments, KV_WRITE_row_segments, t.row);
    t.place = head_place(b, &s, t.row, position);
    for (uint32_t i = 0; i < countof(t.states); i++)
        t.states[i] = head_state(b, KV_WRITE_keys + i, &s);
    return t;
}

static void fetch_piece(const struct builder *b, uint32_t arg, LLVMValueRef row,
                        LLVMValueRef offset, int64_t bytes)
{
    LLVMValueRef from = at(b, head_row(b, arg, row), offset);
    for (int64_t line = 0; line < bytes; line += 64)
        prefetch(b, at_number(b, from, line));
}

/* A head's rows are far apart, and no hardware prefetcher follows them, so a long run prefetches
 * the next ones. */
static void fetch_ahead(const struct builder *b, const struct tile *t, bool keys)
{
    const struct kernel_kv_write *k = &b->kernel->kv_write;
    const int64_t head_bytes = 4 * (int64_t)k->shape.head_dim,
                  group = k->shape.heads / k->shape.kv_heads;
    LLVMValueRef soon = add_number(b, t->row, ROWS_AHEAD), at_head = times(b, t->head, head_bytes);

    if (keys) {
        fetch_piece(b, KV_WRITE_k, soon, at_head, head_bytes);
        return;
    }
    fetch_piece(b, KV_WRITE_q, soon, times(b, at_head, group), group * head_bytes);
    fetch_piece(b, KV_WRITE_v, soon, at_head, head_bytes);
}

/* A few rows write to memory that was last touched for the previous token, with each head on its
 * own pages. Finding those pages takes longest, so the kernel prefetches one line of each at once;
 * the other lines arrive while they are written. */
static void find_pages(struct head *h, LLVMValueRef rows, struct segment s)
{
    const struct builder *b = h->b;
    struct loop tiles;

    loop_begin(b, &tiles, b->first_tile, b->end_tile, 1, NULL, 0);
    struct tile t = open_tile(h, tiles.index, rows, s);
    for (uint32_t i = 0; i < countof(t.states); i++)
        head_find_pages(b, t.states[i], t.head, t.place, i == 1);
    loop_end(b, &tiles, NULL);
}

static void write_key(const struct head *h, const struct tile *t)
{
    const struct builder *b = h->b;
    LLVMValueRef offset = times(b, t->head, 4 * (int64_t)b->kernel->kv_write.shape.head_dim);
    struct head key = *h;

    if (t->key_angles != NULL)
        key.table = t->key_angles;
    head_turn(&key, at(b, head_row(b, KV_WRITE_k, t->row), offset), b->args[KV_WRITE_k_norm]);
    head_write_key(&key, t->states[0], t->head, t->place);
}

static void write_others(const struct head *h, const struct tile *t)
{
    const struct builder *b = h->b;
    const struct kernel_kv_write *k = &b->kernel->kv_write;
    const int64_t head_bytes = 4 * (int64_t)k->shape.head_dim;
    const uint32_t group = k->shape.heads / k->shape.kv_heads;
    struct loop heads;

    loop_begin_counted(b, &heads, group, 1, NULL, 0);
    LLVMValueRef offset = times(b, add(b, times(b, t->head, group), heads.index), head_bytes);
    head_turn(h, at(b, head_row(b, KV_WRITE_q, t->row), offset), b->args[KV_WRITE_q_norm]);
    head_write(h, at(b, head_row(b, KV_WRITE_out, t->row), offset));
    loop_end(b, &heads, NULL);

    LLVMValueRef value = at(b, head_row(b, KV_WRITE_v, t->row), times(b, t->head, head_bytes));
    if (lir_has(b->kernel, KV_WRITE_v_norm)) {
        head_read(h, value, b->args[KV_WRITE_v_norm]);
        value = h->scratch;
    }
    head_write_value(h, value, t->states[1], t->head, t->place);
    if (k->shape.split_kv)
        head_clear_counter(b, KV_WRITE_counters, t->row, t->head, k->shape.kv_heads);
}

/* Part of a long run's tiles: its keys, or all else. 16 rows share the lines of a block of keys,
 * each of which takes two elements of a row; between q and V these lines would leave the cache. */
static void write_run(struct head *h, LLVMValueRef rows, struct segment s, bool keys)
{
    const struct builder *b = h->b;
    struct loop tiles;

    loop_begin(b, &tiles, b->first_tile, b->end_tile, 1, NULL, 0);
    const struct tile t = open_tile(h, tiles.index, rows, s);
    fetch_ahead(b, &t, keys);
    (keys ? write_key : write_others)(h, &t);
    loop_end(b, &tiles, NULL);
}

void emit_kv_write(const struct builder *b)
{
    const struct kernel_kv_write *k = &b->kernel->kv_write;
    const struct kernel_rope rotation = {.head_dim = k->shape.head_dim,
                                         .n_rot = k->n_rot,
                                         .interleaved = k->interleaved,
                                         .hadamard = k->shape.kv == DTYPE_q8_0,
                                         .epsilon = k->epsilon};
    struct head h = head_open(b, &rotation);
    h.norm_last = k->norm_last != 0;
    LLVMValueRef rows = load_dim(b, b->kernel->rows_symbol);
    struct segment s = load_segment(b, KV_WRITE_segments, KV_WRITE_row_segments, i64_number(b, 0));
    struct loop tiles;

    if (!k->shape.split_kv) {
        write_run(&h, rows, s, true);
        write_run(&h, rows, s, false);
        return;
    }
    find_pages(&h, rows, s);
    loop_begin(b, &tiles, b->first_tile, b->end_tile, 1, NULL, 0);
    const struct tile t = open_tile(&h, tiles.index, rows, s);
    write_others(&h, &t);
    write_key(&h, &t);
    loop_end(b, &tiles, NULL);
}

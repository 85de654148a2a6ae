/* kv_write: everything between the projections and attention. In: q, k and v rows, a rope table,
 * positions, and perhaps the weights of a norm over each head; out: q rows normed and rotated, K
 * and V in the state's order at the rows' positions (batched: in the row's own states); with
 * integers (q8_0) after a Hadamard rotation of q and K. A tile is one row of one kv head with the q
 * heads that share it.
 */
#include "targets/cpu/attention.h"

enum { ROWS_AHEAD = 3 };

struct head {
    const struct builder *b;
    const struct kernel_kv_write *k;
    LLVMValueRef table;     /* row of the rope table: n_rot/2 cosines, n_rot/2 sines */
    LLVMValueRef states[2]; /* where K and V begin for this row */
    LLVMValueRef scratch;   /* f32 [head_dim], room to 16 and 16 more */
    LLVMValueRef halves;    /* the same as f16 bits */
};

static uint32_t lanes_at(uint32_t index, uint32_t end)
{
    return (uint32_t)min_u64(LANES, end - index);
}

static LLVMValueRef scratch_at(const struct head *h, uint32_t index)
{
    return at_number(h->b, h->scratch, 4 * (int64_t)index);
}

/* A head into scratch, normed where `weight` is not NULL; the lanes after its end are zeros. */
static void read_head(const struct head *h, LLVMValueRef from, LLVMValueRef weight)
{
    const struct builder *b = h->b;
    const uint32_t n = h->k->shape.head_dim;
    LLVMValueRef factor = NULL;

    if (weight != NULL) {
        LLVMValueRef mean = LLVMBuildFDiv(b->ir, sum_of_squares(b, from, n), f32_number(b, n), "");
        mean = LLVMBuildFAdd(b->ir, mean, f32_number(b, (double)h->k->epsilon), "");
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
    const uint32_t half = h->k->n_rot / 2;

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
    const uint32_t n = h->k->n_rot;
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

static void rotate(const struct head *h)
{
    if (h->k->interleaved)
        rotate_pairs(h);
    else
        rotate_halves(h);
}

static void hadamard_rotate(const struct head *h)
{
    if (h->k->shape.kv == DTYPE_q8_0)
        hadamard_rotate_lanes(h->b, h->scratch, h->k->shape.head_dim);
}

static void write_q(const struct head *h, LLVMValueRef to)
{
    const uint32_t n = h->k->shape.head_dim;

    for (uint32_t i = 0; i < n; i += LANES)
        store_first(h->b, load_f32x16(h->b, scratch_at(h, i)), at_number(h->b, to, 4 * (int64_t)i),
                    lanes_at(i, n));
}

/* Where a head's block of 16 positions begins in K, and its row in V. */
static LLVMValueRef key_tile_at(const struct head *h, LLVMValueRef head, LLVMValueRef position)
{
    const struct builder *b = h->b;
    const struct kernel_kv_write *k = h->k;
    const enum dtype kv = (enum dtype)k->shape.kv;
    LLVMValueRef block = LLVMBuildLShr(b->ir, position, i64_number(b, 4), "");

    block = add(b, block, times(b, head, (int64_t)round_up(k->shape.context, 64) / LANES));
    return at(
        b, h->states[0],
        times(b, block,
              (int64_t)kv_width(kv, k->shape.head_dim, false) * kv_element_bytes(kv) * LANES));
}

static LLVMValueRef v_row(const struct head *h, LLVMValueRef head, LLVMValueRef position)
{
    const struct builder *b = h->b;
    const struct kernel_kv_write *k = h->k;
    const enum dtype kv = (enum dtype)k->shape.kv;
    LLVMValueRef row = add(b, position, times(b, head, (int64_t)round_up(k->shape.context, 64)));

    return at(b, h->states[1],
              times(b, row, (int64_t)kv_width(kv, k->shape.head_dim, true) * kv_element_bytes(kv)));
}

/* Integers of K as words of four, which stand 16 words apart, and their scale. */
static void write_k_q8(const struct head *h, LLVMValueRef head, LLVMValueRef position)
{
    const struct builder *b = h->b;
    const struct kernel_kv_write *k = h->k;
    const uint32_t width = kv_width(DTYPE_q8_0, k->shape.head_dim, false);
    LLVMValueRef lane = LLVMBuildAnd(b->ir, position, i64_number(b, LANES - 1), "");
    LLVMValueRef to = at(b, key_tile_at(h, head, position), times(b, lane, 4));
    struct loop l;

    store(b, q8_quantize(b, h->scratch, k->shape.head_dim, h->halves),
          q8_scale_place(b, h->states[0], head, position, false), 2);
    loop_begin_counted(b, &l, width, 4, NULL, 0);
    LLVMValueRef word = load(b, b->i32, at(b, h->halves, l.index), 4);
    store(b, word, at(b, to, times(b, l.index, LANES)), 4);
    loop_end(b, &l, NULL);
}

static void write_v_q8(const struct head *h, LLVMValueRef from, LLVMValueRef head,
                       LLVMValueRef position)
{
    const struct builder *b = h->b;
    LLVMValueRef to = v_row(h, head, position);

    store(b, q8_quantize(b, from, h->k->shape.head_dim, to),
          q8_scale_place(b, h->states[1], head, position, true), 2);
}

/* Element d to K[kv head][position / 16][d][position % 16]: 16 elements apart. */
static void write_k(const struct head *h, LLVMValueRef head, LLVMValueRef position)
{
    const struct builder *b = h->b;
    const struct kernel_kv_write *k = h->k;
    const uint32_t n = k->shape.head_dim, bytes = dtype_info[k->shape.kv].bytes,
                   at_once = n % 8 == 0 ? 8 : 1;
    LLVMValueRef lane = LLVMBuildAnd(b->ir, position, i64_number(b, LANES - 1), "");
    LLVMValueRef to = at(b, key_tile_at(h, head, position), times(b, lane, bytes));
    LLVMValueRef from = h->scratch;
    struct loop l;

    if (k->shape.kv == DTYPE_f16) {
        from = h->halves;
        for (uint32_t i = 0; i < n; i += LANES)
            store(b, narrowed(b, load_f32x16(b, scratch_at(h, i))),
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
static void write_v(const struct head *h, LLVMValueRef from, LLVMValueRef head,
                    LLVMValueRef position)
{
    const struct builder *b = h->b;
    const struct kernel_kv_write *k = h->k;
    const uint32_t n = k->shape.head_dim, bytes = dtype_info[k->shape.kv].bytes;
    LLVMValueRef to = v_row(h, head, position);

    for (uint32_t i = 0; i < n; i += LANES) {
        LLVMValueRef x = load_f32x16(b, at_number(b, from, 4 * (int64_t)i));
        if (lanes_at(i, n) < LANES)
            x = LLVMBuildSelect(b->ir, first_lanes(b, lanes_at(i, n)), x, zeros(b), "");
        store(b, bytes == 2 ? narrowed(b, x) : x, at_number(b, to, (int64_t)i * bytes), bytes);
    }
}

static LLVMValueRef row_of(const struct builder *b, uint32_t arg, LLVMValueRef row)
{
    return at(b, b->args[arg], times(b, row, 4 * (int64_t)b->kernel->stride[arg]));
}

LLVMValueRef row_state(const struct builder *b, uint32_t arg, uint32_t offsets, LLVMValueRef row)
{
    if (!lir_has(b->kernel, offsets))
        return b->args[arg];
    return at(b, b->args[arg], load(b, b->i64, at(b, b->args[offsets], times(b, row, 8)), 8));
}

static void fetch_piece(const struct builder *b, uint32_t arg, LLVMValueRef row,
                        LLVMValueRef offset, int64_t bytes)
{
    LLVMValueRef from = at(b, row_of(b, arg, row), offset);
    for (int64_t line = 0; line < bytes; line += 64)
        prefetch(b, at_number(b, from, line));
}

/* A head's rows are far apart, and no hardware prefetcher follows them, so a long run prefetches
 * the next ones. */
static void fetch_ahead(const struct builder *b, LLVMValueRef head, LLVMValueRef row)
{
    const struct kernel_kv_write *k = &b->kernel->kv_write;
    const int64_t head_bytes = 4 * (int64_t)k->shape.head_dim,
                  group = k->shape.heads / k->shape.kv_heads;
    LLVMValueRef soon = add_number(b, row, ROWS_AHEAD), at_head = times(b, head, head_bytes);

    fetch_piece(b, KV_WRITE_q, soon, times(b, at_head, group), group * head_bytes);
    fetch_piece(b, KV_WRITE_k, soon, at_head, head_bytes);
    fetch_piece(b, KV_WRITE_v, soon, at_head, head_bytes);
}

/* ---- tiles ---- */

struct tile {
    LLVMValueRef head, row, position;
};

static struct tile open_tile(struct head *h, LLVMValueRef index, LLVMValueRef rows)
{
    const struct builder *b = h->b;
    const struct kernel_kv_write *k = h->k;
    struct tile t = {.head = LLVMBuildUDiv(b->ir, index, rows, ""),
                     .row = LLVMBuildURem(b->ir, index, rows, "")};
    LLVMValueRef position =
        load(b, b->i32, at(b, b->args[KV_WRITE_positions], times(b, t.row, 4)), 4);

    t.position = LLVMBuildZExt(b->ir, position, b->i64, "");
    if (lir_has(b->kernel, KV_WRITE_table))
        h->table = at(b, b->args[KV_WRITE_table], times(b, t.position, 4 * (int64_t)k->n_rot));
    for (uint32_t i = 0; i < countof(h->states); i++)
        h->states[i] = row_state(b, KV_WRITE_keys + i, KV_WRITE_row_states, t.row);
    return t;
}

/* A few rows write to memory that was last touched for the previous token, with each head on its
 * own pages. Finding those pages takes longest, so the kernel prefetches one line of each at once;
 * the other lines arrive while they are written. */
static void find_pages(struct head *h, LLVMValueRef rows)
{
    const struct builder *b = h->b;
    struct loop tiles;

    loop_begin(b, &tiles, b->first_tile, b->end_tile, 1, NULL, 0);
    struct tile t = open_tile(h, tiles.index, rows);
    prefetch(b, key_tile_at(h, t.head, t.position));
    prefetch(b, v_row(h, t.head, t.position));
    for (uint32_t i = 0; h->k->shape.kv == DTYPE_q8_0 && i < countof(h->states); i++)
        prefetch(b, q8_scale_place(b, h->states[i], t.head, t.position, i == 1));
    loop_end(b, &tiles, NULL);
}

void emit_kv_write(const struct builder *b)
{
    const struct kernel_kv_write *k = &b->kernel->kv_write;
    const int64_t head_bytes = 4 * (int64_t)k->shape.head_dim;
    const uint32_t group = k->shape.heads / k->shape.kv_heads,
                   room = (uint32_t)round_up(k->shape.head_dim, LANES) + LANES;
    struct head h = {
        .b = b, .k = k, .scratch = stack_array(b, 4 * room), .halves = stack_array(b, 2 * room)};
    LLVMValueRef rows = load_dim(b, b->kernel->rows_symbol);
    struct loop tiles, heads;

    if (k->shape.split_kv)
        find_pages(&h, rows);
    loop_begin(b, &tiles, b->first_tile, b->end_tile, 1, NULL, 0);
    const struct tile t = open_tile(&h, tiles.index, rows);
    if (!k->shape.split_kv)
        fetch_ahead(b, t.head, t.row);

    loop_begin_counted(b, &heads, group, 1, NULL, 0);
    LLVMValueRef offset = times(b, add(b, times(b, t.head, group), heads.index), head_bytes);
    read_head(&h, at(b, row_of(b, KV_WRITE_q, t.row), offset), b->args[KV_WRITE_q_norm]);
    rotate(&h);
    hadamard_rotate(&h);
    write_q(&h, at(b, row_of(b, KV_WRITE_out, t.row), offset));
    loop_end(b, &heads, NULL);

    offset = times(b, t.head, head_bytes);
    read_head(&h, at(b, row_of(b, KV_WRITE_k, t.row), offset), b->args[KV_WRITE_k_norm]);
    rotate(&h);
    hadamard_rotate(&h);
    LLVMValueRef value = at(b, row_of(b, KV_WRITE_v, t.row), offset);
    if (k->shape.kv == DTYPE_q8_0) {
        write_k_q8(&h, t.head, t.position);
        write_v_q8(&h, value, t.head, t.position);
    } else {
        write_k(&h, t.head, t.position);
        write_v(&h, value, t.head, t.position);
    }
    if (k->shape.split_kv) { /* nobody has arrived yet */
        LLVMValueRef counter = add(b, times(b, t.row, k->shape.kv_heads), t.head);
        store(b, i32_number(b, 0), at(b, b->args[KV_WRITE_counters], times(b, counter, 64)), 4);
    }
    loop_end(b, &tiles, NULL);
}

/* attention: online softmax over key tiles of 64. In: q rows, K [kv head][position /
 * 16][head_dim][16] and V [kv head][position][head_dim to 16]; out: f32 rows. A tile is tile_rows
 * rows of one kv head with all q heads that share it: its queries, which meet each key tile
 * together, in chunks whose sums fit the registers. Method: Milakov and Gimelshein, "Online
 * normalizer calculation for softmax"; Dao et al., "FlashAttention".
 *
 * What a query gets does not depend on its tile: sums over head_dim and over keys are chains in
 * their order, key tiles begin at position 0, and a key tile of which it sees nothing leaves its
 * maximum, sum and output as they are, bit by bit (exp(0) = 1, weights 0).
 */
#include "targets/cpu/heads.h"

#include <string.h>
static void choose_chunks(struct attention *t, const struct isa *isa,
                          const struct kernel_attention *k)
{
    const uint32_t sums = isa_sums(isa);
    uint32_t queries;

    t->k = k;
    t->group = k->shape.heads / k->shape.kv_heads;
    t->width = (uint32_t)ceil_div(k->shape.head_dim, LANES);
    t->key_vectors = isa_key_vectors(isa);
    t->pairs = k->act == ACT_bf16;
    t->matrices = k->matrices;
    queries = t->group * k->tile_rows;
    if (t->matrices) {
        t->chunk = ATTENTION_MATRIX_CHUNK;
        t->chunks = (uint32_t)ceil_div(queries, t->chunk);
        return;
    }
    t->chunks = (uint32_t)ceil_div(queries, sums / t->key_vectors);
    t->chunk = (uint32_t)ceil_div(queries, t->chunks);
    t->value_vectors = (uint32_t)min_u64(t->width, sums / t->chunk);
}

uint32_t attention_query_count(const struct attention *t)
{
    return t->chunk * t->chunks;
}

uint32_t attention_query_width(const struct attention *t)
{
    return (uint32_t)round_up(t->k->shape.head_dim, t->matrices ? MATRIX_ROW_BYTES / 2 : LANES);
}

/* Of one query: elements, sums of outputs and of weights, the rest. */
static uint64_t query_stack_bytes(const struct attention *t)
{
    return attention_query_width(t) * (t->pairs ? 2ull : 4ull) +
           4 * (uint64_t)(t->width * LANES + LANES + 5);
}

uint64_t attention_stack_bytes(const struct isa *isa, const struct kernel_attention *k)
{
    struct attention t;

    choose_chunks(&t, isa, k);
    return attention_query_count(&t) * query_stack_bytes(&t) +
           (uint64_t)(t.pairs ? t.chunk : attention_query_count(&t)) * KEY_TILE * 4 +
           (t.pairs ? attention_pairs_bytes(&t) : 0);
}

static void reserve_stack(struct attention *t)
{
    const struct builder *b = t->b;
    uint64_t n = attention_query_count(t);

    t->queries = stack_array(b, n * attention_query_width(t) * (t->pairs ? 2 : 4));
    t->query_scales = t->k->shape.kv == DTYPE_q8_0 ? stack_array(b, n * 4) : NULL;
    if (t->pairs) {
        t->key_pairs = stack_array(b, (uint64_t)KEY_TILE * attention_query_width(t) * 2);
        t->value_pairs = stack_array(b, (uint64_t)KEY_TILE * t->width * LANES * 2);
    }
    t->scores = stack_array(b, (t->pairs ? t->chunk : n) * KEY_TILE * 4);
    t->outputs = stack_array(b, n * t->width * LANES * 4);
    t->sums = stack_array(b, n * LANES * 4);
    t->maxima = stack_array(b, n * 4);
    t->corrections = stack_array(b, n * 4);
    t->first_key = stack_array(b, n * 4);
    t->last_key = stack_array(b, n * 4);
}

LLVMValueRef infinity(const struct builder *b, int sign)
{
    return cast(b, i32_number(b, sign < 0 ? 0xff800000 : 0x7f800000), b->f32);
}

LLVMValueRef number_at(const struct builder *b, LLVMValueRef array, LLVMValueRef index)
{
    return at(b, array, times(b, index, 4));
}
/* ---- what rows see ---- */

/* The last key that a row sees. */
LLVMValueRef attention_last_seen(const struct attention *t, LLVMValueRef row)
{
    if (t->k->mask == MASK_none)
        return add_number(t->b, t->keys, -1);
    return add(t->b, t->past, row);
}

LLVMValueRef attention_first_seen(const struct attention *t, LLVMValueRef row)
{
    const struct builder *b = t->b;

    if (!t->k->windowed)
        return i64_number(b, 0);
    LLVMValueRef own = add(b, t->past, row);
    if (t->k->anchored) {
        LLVMValueRef window = add_number(b, t->reach, 1);
        return LLVMBuildMul(b->ir, LLVMBuildUDiv(b->ir, own, window, ""), window, "");
    }
    LLVMValueRef key = subtract(b, own, t->reach);
    return greater(b, key, i64_number(b, 0));
}

/* ---- parts of a row tile ---- */

static void open_part(struct attention *t, const struct segment *s)
{
    const struct builder *b = t->b;
    const bool is_scratch = t->k->shape.class == STATE_scratch;
    LLVMValueRef past = is_scratch ? i64_number(b, 0) : s->past;

    for (uint32_t i = 0; i < countof(t->states); i++)
        t->states[i] = head_state(b, ATTENTION_keys + i, s);
    t->first_place = s->scratch_position;
    t->past = subtract(b, past, s->first_row);
    t->keys = t->k->shape.class == STATE_cross ? t->cross_keys : add(b, past, s->rows);
}

/* Rows of one segment are one part, whose segment is open already. */
void attention_begin_parts(struct attention *t, struct parts *parts)
{
    const struct builder *b = t->b;
    LLVMValueRef end = lesser(b, add_number(b, t->first_row, t->k->tile_rows), t->rows);

    parts->loops = has_segments(b, ATTENTION_row_segments) && t->k->tile_rows != 1;
    t->end_row = t->rows;
    if (!has_segments(b, ATTENTION_row_segments))
        return;
    if (parts->loops) {
        loop_begin(b, &parts->loop, t->first_row, end, 1, NULL, 0);
        t->first_row = parts->loop.index;
    }
    struct segment s = load_segment(b, ATTENTION_segments, ATTENTION_row_segments, t->first_row);
    t->end_row = lesser(b, add(b, s.first_row, s.rows), end);
    if (parts->loops)
        t->part_chunks =
            tiles_of(b, times(b, subtract(b, t->end_row, t->first_row), t->group), t->chunk);
    open_part(t, &s);
}

void attention_end_parts(const struct attention *t, struct parts *parts)
{
    if (parts->loops)
        loop_end_at(t->b, &parts->loop, t->end_row, NULL);
}

void attention_find_keys(struct attention *t)
{
    const struct builder *b = t->b;
    LLVMValueRef last = add_number(b, t->first_row, t->k->tile_rows - 1);

    last = lesser(b, last, add_number(b, t->end_row, -1));
    t->key = attention_first_seen(t, t->first_row);
    t->end_key = add_number(b, attention_last_seen(t, last), 1);
    t->all_keys[0] = t->key;
    t->all_keys[1] = t->end_key;
}
/* ---- tiles ---- */

/* Long and short row tiles alternate, so that equal numbers of tiles are equal work. Single rows of
 * several sequences stay in the order in which kv_write has them. */
static LLVMValueRef row_tile(const struct attention *t, LLVMValueRef tile, LLVMValueRef count)
{
    const struct builder *b = t->b;

    if (has_segments(b, ATTENTION_row_segments) && t->k->tile_rows == 1)
        return tile;
    LLVMValueRef half = LLVMBuildLShr(b->ir, tile, i64_number(b, 1), "");
    LLVMValueRef odd = LLVMBuildTrunc(b->ir, tile, b->i1, "");

    return LLVMBuildSelect(b->ir, odd, subtract(b, add_number(b, count, -1), half), half, "");
}

/* The numbers of this launch, before any loop. A window of 0 keys reaches 2^32 - 1 keys back. */
static void load_values(struct attention *t)
{
    const struct builder *b = t->b;

    if (t->k->windowed) {
        LLVMValueRef window = load_value(b, b->i32, VALUE_attention_window);
        t->reach = LLVMBuildZExt(b->ir, add_number(b, window, -1), b->i64, "");
    }
    t->scale = load_value(b, b->f32, VALUE_attention_scale);
    if (t->k->capped)
        t->softcap = load_value(b, b->f32, VALUE_attention_softcap);
    if (t->pairs)
        attention_scale_pairs(t);
}

static void emit_row_tiles(struct attention *t)
{
    const struct builder *b = t->b;
    LLVMValueRef row_tiles = tiles_of(b, t->rows, t->k->tile_rows);
    struct loop tiles, l;
    struct parts parts;

    if (t->matrices)
        attention_open_matrices(t);
    loop_begin(b, &tiles, b->first_tile, b->end_tile, 1, NULL, 0);
    t->head = LLVMBuildUDiv(b->ir, tiles.index, row_tiles, "");
    LLVMValueRef place = LLVMBuildURem(b->ir, tiles.index, row_tiles, "");
    t->first_row = times(b, row_tile(t, place, row_tiles), t->k->tile_rows);
    attention_begin_parts(t, &parts);
    attention_find_keys(t);
    attention_mix(t);
    loop_begin_counted(b, &l, (int64_t)t->group * t->k->tile_rows, 1, NULL, 0);
    attention_store_query(t, l.index);
    loop_end(b, &l, NULL);
    attention_end_parts(t, &parts);
    loop_end(b, &tiles, NULL);
    if (t->matrices)
        attention_close_matrices(t);
}

void emit_attention(const struct builder *b)
{
    const struct kernel_attention *k = &b->kernel->attention;
    struct attention t = {.b = b};

    choose_chunks(&t, b->isa, k);
    reserve_stack(&t);
    load_values(&t);
    t.rows = load_dim(b, b->kernel->rows_symbol);
    if (k->shape.class == STATE_cross)
        t.cross_keys = load_dim(b, k->keys_symbol);
    if (!has_segments(b, ATTENTION_row_segments)) {
        struct segment s = load_segment(b, ATTENTION_segments, ATTENTION_row_segments, NULL);
        open_part(&t, &s);
    }
    if (k->shape.split_kv)
        emit_chunks(&t);
    else
        emit_row_tiles(&t);
}

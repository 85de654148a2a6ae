/* attention: softmax(q K) V over the states of keys and values. In: the kernel; out: its body. */
#include "targets/vulkan/attention.h"

uint32_t vulkan_attention_query_width(const struct kernel_attention *k)
{
    return (uint32_t)round_up(k->shape.head_dim, 4);
}

/* Queries of a block: as many as a tile has, and as shared memory has room for. */
static uint32_t queries_at_once(const struct kernel_attention *k, uint32_t group)
{
    enum { MOST = 16, ROOM = VULKAN_SHARED_MAX / 4 - 256 };
    const uint32_t each = vulkan_attention_query_width(k) + KEY_TILE + GREATEST_PARTS,
                   few = each + (SLICES - 1) * KEY_TILE;
    const uint64_t wanted = min_u64((uint64_t)group * k->tile_rows, MOST);

    return (uint32_t)max_u64(1, wanted <= ATTENTION_FEW ? min_u64(wanted, ROOM / few)
                                                        : min_u64(wanted, ROOM / each));
}

struct attention_shape vulkan_attention_shape(const struct kernel_attention *k)
{
    const uint32_t n = k->shape.head_dim;
    struct attention_shape a = {.group = k->shape.heads / k->shape.kv_heads};

    a.block = queries_at_once(k, a.group);
    a.slices_apart = a.block <= ATTENTION_FEW;
    a.threads = a.slices_apart ? 64 : 128;
    a.keys = a.slices_apart ? 8 : 4;
    a.key_queries =
        a.slices_apart ? a.block : (uint32_t)ceil_div(a.block, a.threads / (KEY_TILE / a.keys));
    for (a.width = 4; a.width > 1; a.width /= 2) /* as many together as leave no thread idle */
        if (ceil_div(n, a.width) * a.block >= a.threads)
            break;
    a.value_threads = (uint32_t)min_u64(ceil_div(n, a.width), a.threads);
    a.times = (uint32_t)ceil_div(ceil_div(n, a.width), a.value_threads);
    a.value_slots = (uint32_t)min_u64(a.threads / a.value_threads, a.block);
    a.value_queries = (uint32_t)ceil_div(a.block, a.value_slots);
    return a;
}

/* ---- what stands before main ---- */

/* Which keys a row sees: those from keys_first_of on, before keys_end_of. */
static void print_extent(struct vulkan_shader *s)
{
    const struct kernel_attention *k = &s->kernel->attention;
    const bool several = lir_has(s->kernel, ATTENTION_row_segments);
    const char *past = k->shape.class == STATE_scratch ? "" : "segment.past + ",
               *row = several ? "row - segment.first_row" : "row",
               *count = several ? "segment.rows" : "rows";

    vulkan_before(s, 0, "uint keys_end_of(Segment segment, uint row, uint rows, uint key_count)");
    vulkan_before(s, 0, "{");
    if (k->shape.class == STATE_cross)
        vulkan_before(s, 1, "return key_count;");
    else if (k->mask == MASK_causal)
        vulkan_before(s, 1, "return %s%s + 1;", past, row);
    else
        vulkan_before(s, 1, "return %s%s;", past, count);
    vulkan_before(s, 0, "}");
    text_add(&s->before, "\n");
    vulkan_before(s, 0, "uint keys_first_of(Segment segment, uint row, uint window)");
    vulkan_before(s, 0, "{");
    if (k->windowed) {
        vulkan_before(s, 1, "const uint end = %s%s + 1;", past, row);
        vulkan_before(s, 1,
                      k->anchored ? "return window != 0 ? (end - 1) / window * window : 0;"
                                  : "return window != 0 && end > window ? end - window : 0;");
    } else {
        vulkan_before(s, 1, "return 0;");
    }
    vulkan_before(s, 0, "}");
}

static void print_before(struct vulkan_shader *s, const struct attention_shape *a)
{
    vulkan_before(s, 0, "const uint GROUP = %u, BLOCK = %u, QUERY_WIDTH = %u;", a->group, a->block,
                  vulkan_attention_query_width(&s->kernel->attention));
    vulkan_before(s, 0, "const uint VALUE_THREADS = %u, VALUE_SLOTS = %u, VALUE_QUERIES = %u;",
                  a->value_threads, a->value_slots, a->value_queries);
    vulkan_before(s, 0, "shared float query[BLOCK * QUERY_WIDTH];");
    vulkan_before(s, 0,
                  "shared uvec2 seen[BLOCK]; // the first key that a query sees, and the end");
    text_add(&s->before, "\n");
    print_extent(s);
    vulkan_attention_keys_before(s, a);
}

/* ---- a block of queries ---- */

/* Queries, with zeros where there are none, and the keys that they see. */
static void print_queries(struct vulkan_shader *s, uint32_t depth)
{
    const struct kernel_attention *k = &s->kernel->attention;
    const uint32_t n = k->shape.head_dim;

    vulkan_line(s, depth, "for (uint n = thread; n < BLOCK * QUERY_WIDTH; n += THREADS) {");
    vulkan_line(s, depth + 1, "const uint which = block + n / QUERY_WIDTH, i = n %% QUERY_WIDTH;");
    vulkan_line(s, depth + 1, "float x = 0.0;");
    vulkan_line(s, depth + 1, "if (which < queries && i < %u)", n);
    vulkan_line(
        s, depth + 2,
        "x = q.at[(part + which / GROUP) * %u + (kv_head * GROUP + which %% GROUP) * %u + i];",
        s->kernel->stride[ATTENTION_q], n);
    vulkan_line(s, depth + 1, "query[n] = x;");
    vulkan_line(s, depth, "}");
    vulkan_line(s, depth, "for (uint n = thread; n < BLOCK; n += THREADS) {");
    vulkan_line(s, depth + 1, "const uint row = part + (block + n) / GROUP;");
    vulkan_line(s, depth + 1, "const bool is_query = block + n < queries;");
    vulkan_line(s, depth + 1, "seen[n].x = max(keys_first, keys_first_of(segment, row, %s));",
                k->windowed ? "window" : "0");
    vulkan_line(s, depth + 1,
                "seen[n].y = is_query ? min(keys_end, keys_end_of(segment, row, rows, "
                "key_count)) : 0;");
    vulkan_line(s, depth + 1, "greatest_before[n] = LOWEST;");
    vulkan_line(s, depth + 1, "greatest_before[BLOCK + n] = LOWEST;");
    vulkan_line(s, depth, "}");
}

void vulkan_attention_begin_queries(struct vulkan_shader *s, uint32_t depth)
{
    vulkan_line(s, depth, "[[unroll]] for (uint u = 0; u < VALUE_QUERIES; u++) {");
    vulkan_line(s, depth + 1, "const uint of_block = u * VALUE_SLOTS + value_slot;");
    vulkan_line(s, depth + 1, "const uint which = block + of_block;");
    vulkan_line(s, depth + 1,
                "if (value_slot < VALUE_SLOTS && of_block < BLOCK && which < queries) {");
}

void vulkan_attention_begin_elements(struct vulkan_shader *s, uint32_t depth)
{
    vulkan_line(s, depth, "[[unroll]] for (uint e = 0; e < TIMES * WIDTH; e++) {");
    vulkan_line(s, depth + 1,
                "const uint i = (value_thread + e / WIDTH * VALUE_THREADS) * WIDTH + e %% WIDTH;");
    vulkan_line(s, depth + 1, "const uint at = u * TIMES * WIDTH + e;");
    vulkan_line(s, depth + 1, "if (i < %u)", s->kernel->attention.shape.head_dim);
}

void vulkan_attention_end_elements(struct vulkan_shader *s, uint32_t depth)
{
    vulkan_line(s, depth, "}");
}

static void print_store(struct vulkan_shader *s, uint32_t depth)
{
    vulkan_attention_begin_queries(s, depth);
    if (lir_has(s->kernel, ATTENTION_sinks)) {
        vulkan_line(s, depth + 2, "const uint after = ((keys_end - 1) / %u + 1) %% 2 * BLOCK;",
                    KEY_TILE);
        vulkan_line(s, depth + 2,
                    "sum[u] += exp_f32(sinks.at[kv_head * GROUP + which %% GROUP] - "
                    "greatest_before[after + of_block]);");
    }
    vulkan_attention_begin_elements(s, depth + 2);
    vulkan_line(s, depth + 4,
                "result.at[(part + which / GROUP) * %u + (kv_head * GROUP + which %% GROUP) * %u + "
                "i] = mixed[at] / sum[u];",
                s->kernel->stride[ATTENTION_out], s->kernel->attention.shape.head_dim);
    vulkan_attention_end_elements(s, depth + 2);
    vulkan_line(s, depth + 1, "}");
    vulkan_line(s, depth, "}");
}

static void print_block(struct vulkan_shader *s, const struct attention_shape *a, uint32_t depth)
{
    const bool splits = s->kernel->attention.shape.split_kv != 0;

    vulkan_line(s, depth, "for (uint block = 0; block < queries; block += BLOCK) {");
    vulkan_line(s, depth + 1, "float sum[VALUE_QUERIES], mixed[VALUE_QUERIES * TIMES * WIDTH];");
    vulkan_line(s, depth + 1, "[[unroll]] for (uint u = 0; u < VALUE_QUERIES; u++)");
    vulkan_line(s, depth + 2, "sum[u] = 0.0;");
    vulkan_line(s, depth + 1,
                "[[unroll]] for (uint e = 0; e < VALUE_QUERIES * TIMES * WIDTH; e++)");
    vulkan_line(s, depth + 2, "mixed[e] = 0.0;");
    print_queries(s, depth + 1);
    vulkan_line(s, depth + 1, "barrier();");
    vulkan_line(s, depth + 1,
                "for (uint key_tile = keys_first / %u * %u; key_tile < keys_end; key_tile += %u) {",
                KEY_TILE, KEY_TILE, KEY_TILE);
    vulkan_attention_keys(s, a, depth + 2);
    vulkan_line(s, depth + 1, "}");
    if (splits)
        vulkan_line(s, depth + 1, "if (chunks == 1) {");
    print_store(s, depth + 1 + splits);
    if (splits) {
        vulkan_line(s, depth + 1, "} else {");
        vulkan_attention_leave(s, depth + 2);
        vulkan_line(s, depth + 1, "}");
    }
    if (splits || lir_has(s->kernel, ATTENTION_sinks))
        vulkan_line(s, depth + 1, "barrier();"); /* the next block begins with other greatest */
    vulkan_line(s, depth, "}");
}

/* ---- all ---- */

/* The rows part .. part_end - 1 of one segment. */
static void print_part(struct vulkan_shader *s, const struct attention_shape *a, uint32_t depth)
{
    const struct kernel_attention *k = &s->kernel->attention;
    const char *window = k->windowed ? "window" : "0";

    vulkan_state_head(s, depth, &k->shape, false, "kv_head");
    vulkan_state_head(s, depth, &k->shape, true, "kv_head");
    vulkan_line(s, depth, "const uint queries = (part_end - part) * GROUP;");
    vulkan_line(s, depth, "uint keys_first = keys_first_of(segment, part, %s);", window);
    vulkan_line(s, depth, "uint keys_end = keys_end_of(segment, part_end - 1, rows, key_count);");
    if (k->shape.split_kv != 0) {
        vulkan_attention_cut(s, depth);
        vulkan_line(s, depth, "if (keys_first < keys_end) {");
    }
    print_block(s, a, depth + (k->shape.split_kv != 0));
    if (k->shape.split_kv != 0) {
        vulkan_attention_join(s, depth + 1);
        vulkan_line(s, depth, "}");
    }
}

void vulkan_print_attention(struct vulkan_shader *s)
{
    const struct kernel_attention *k = &s->kernel->attention;
    const struct attention_shape a = vulkan_attention_shape(k);
    const bool several = lir_has(s->kernel, ATTENTION_row_segments);

    s->threads = a.threads;
    s->helpers |= VULKAN_EXP | VULKAN_LARGER | (k->capped ? (uint32_t)VULKAN_TANH : 0);
    vulkan_before(s, 0, "#define LOWEST uintBitsToFloat(0xff800000u) // minus infinity");
    print_before(s, &a);
    vulkan_line(s, 0, "const uint value_thread = thread %% VALUE_THREADS;");
    vulkan_line(s, 0, "const uint value_slot = thread / VALUE_THREADS;");
    if (k->shape.split_kv != 0) {
        vulkan_attention_chunk_of_tile(s);
    } else {
        vulkan_line(s, 0, "const uint row_tiles = (rows + %u) / %u;", k->tile_rows - 1,
                    k->tile_rows);
        vulkan_line(s, 0, "const uint kv_head = tile / row_tiles, row_tile = tile %% row_tiles;");
    }
    vulkan_line(s, 0, "const uint row_end = min((row_tile + 1) * %u, rows);", k->tile_rows);
    if (several) {
        vulkan_line(s, 0, "uint part_end;");
        vulkan_line(s, 0, "for (uint part = row_tile * %u; part < row_end; part = part_end) {",
                    k->tile_rows);
        vulkan_segment(s, 1, ATTENTION_row_segments, "part");
        vulkan_line(s, 1, "part_end = min(row_end, segment.first_row + segment.rows);");
        print_part(s, &a, 1);
        vulkan_line(s, 0, "}");
        return;
    }
    vulkan_segment(s, 0, ATTENTION_row_segments, "");
    vulkan_line(s, 0, "const uint part = row_tile * %u, part_end = row_end;", k->tile_rows);
    if (k->shape.split_kv != 0) {
        vulkan_line(s, 0, "if (part >= row_end)");
        vulkan_line(s, 1, "return;");
    }
    print_part(s, &a, 0);
}

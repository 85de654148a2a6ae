/* How each product, its activations, each attention and each formula are cut into tiles; the target
 * chooses for products and attention.
 *
 *     matmul(norm_quant(x), W)   =>   the same with tile_groups, tile_rows, staged, row_tile
 *
 * Activations are packed in tiles of as many rows as their product's. Where products that read one
 * norm_quant have different tiles, each tile gets a norm_quant of its own. A product of f32
 * activations reads a matrix where it stands, or a copy where its rows do not follow each other.
 *
 * Attention of few rows reads K and V once and waits for memory. Its tiles are chunks of keys, so
 * that any number of threads has work. Few chunks cost least; CHUNKS_MAX of them have room for
 * their results. What counts is the window, not what the state holds, so that a ring has the bits
 * of the rows in whose place it stands. A level whose threads do not share the keys of a run has no
 * chunks.
 *
 * A formula over few rows has tiles of columns, so that all threads have work.
 *
 * Needs: every product and format in its last form. Keeps: the values and names. Not done for a
 * product whose weight has no packed layout: lowering says so.
 */
#include "compiler/hir/rows.h"
#include "compiler/late/late.h"
#include "compiler/passes/match.h"

/* ---- tiles ---- */

/* The rows of a product by expert are chosen when it runs, so each is packed by itself, whatever the
 * number that the product takes at once. */
static void tile_product(const struct hir_graph *g, const struct specialization *s, hir_id id,
                         struct hir_attr *attr)
{
    hir_id weight = hir_operand(g, id, 1);
    const bool by_expert = hir_experts(g, id) != 0;
    struct tile_choice tile = s->target->choose_tile(
        s->level, &(struct tile_request){.what = TILED_product,
                                         .rows = hir_max_run_rows(g, id),
                                         .act = hir_act(g, hir_operand(g, id, 0)),
                                         .layout = hir_layout(g, weight),
                                         .gated = hir_is_gated(g, id),
                                         .by_expert = by_expert,
                                         .n = (uint32_t)hir_row_width(g, id),
                                         .k = (uint32_t)hir_width(g, weight)});

    assert(tile.groups != 0 && tile.rows != 0);
    attr->product.tile_groups = tile.groups;
    attr->product.tile_rows = tile.rows;
    attr->product.staged = tile.staged;
    attr->product.row_tile = tile.row_tile;
}

/* The longest window of the graph, if `attention` has one that hides something; else 0. All windows
 * have one chunk, so that they share a kernel. */
static uint64_t window_of(const struct hir_graph *g, hir_id attention)
{
    uint64_t longest = 0;

    for (hir_id id = 1; id < g->node_count; id++) {
        const uint64_t window =
            match_is(g, id, HIR_attention) ? hir_attr(g, id)->attention.window : 0;
        const bool hides = window != 0 && window < hir_size(g, hir_operand(g, id, 1), 1);
        if (id == attention && !hides)
            return 0;
        longest = max_u64(longest, hides ? window : 0);
    }
    return longest;
}

/* Keys per tile; 0: a tile is of all keys. A window has few chunks, and with few KV heads too few
 * tiles for all threads: smaller ones then. */
static uint32_t choose_chunk(const struct hir_graph *g, const struct specialization *s,
                             hir_id attention)
{
    enum { CHUNK_MIN = 256, CHUNKS_MAX = 64, WINDOW_TILES = 8, WHOLE_MAX = 128 };
    const uint64_t window = window_of(g, attention),
                   heads = hir_attr(g, attention)->attention.kv_heads;
    uint64_t keys = hir_size(g, hir_operand(g, attention, 1), 1), min = CHUNK_MIN;

    if (!s->target->levels[s->level].traits.splits_keys ||
        hir_max_rows(g, attention) > SHORT_RUN_MAX)
        return 0;
    if (window != 0) {
        keys = window;
        min = window <= WHOLE_MAX
                  ? CHUNK_MIN
                  : min_u64(CHUNK_MIN, round_up(ceil_div(window * heads, WINDOW_TILES), 64));
    }
    const uint64_t chunk = max_u64(min, round_up(ceil_div(keys, CHUNKS_MAX), 64));
    return chunk >= round_up(keys, 64) ? 0 : (uint32_t)chunk;
}

static void tile_attention(const struct hir_graph *g, const struct specialization *s, hir_id id,
                           struct hir_attr *attr)
{
    attr->attention.chunk = choose_chunk(g, s, id);
    struct tile_choice tile = s->target->choose_tile(
        s->level, &(struct tile_request){.what = TILED_attention,
                                         .rows = hir_max_rows(g, id),
                                         .act = (enum act)attr->attention.act,
                                         .heads = attr->attention.heads,
                                         .kv_heads = attr->attention.kv_heads,
                                         .head_dim = attr->attention.head_dim,
                                         .batched = dim_max(&g->dims, SYMBOL_BATCH) > 1 &&
                                                    dim_max(&g->dims, SYMBOL_SEQ) == 1,
                                         .split_kv = attr->attention.chunk != 0});

    assert(tile.rows != 0);
    attr->attention.tile_rows = tile.rows;
    attr->attention.matrices = tile.matrices;
}

/* A run of few rows has few tiles of whole rows: a wide row becomes several. */
static uint32_t choose_columns(const struct hir_graph *g, hir_id formula)
{
    enum { COLUMNS_MIN = 256, TILES = 16 };
    uint64_t width = hir_row_width(g, formula);
    uint64_t columns = max_u64(COLUMNS_MIN, round_up(ceil_div(width, TILES), 16));

    return hir_max_rows(g, formula) > SHORT_RUN_MAX || columns >= width ? 0 : (uint32_t)columns;
}

/* ---- activations ---- */

/* The activations of `x` (a norm_quant, or what one of f32 copies) in tiles of `tile_rows`; `staged`:
 * the layout of weights that are staged. */
static hir_id tiled(const struct pass_call *call, struct hir_rewrite *r, hir_id x,
                    uint32_t tile_rows, enum layout staged)
{
    const struct hir_graph *g = &r->old;
    bool *again = call->found, copies = !match_is(g, x, HIR_norm_quant);
    uint32_t count = copies ? 1 : hir_at(g, x)->operand_count;
    struct hir_attr attr = copies ? (struct hir_attr){.quant = {.act = ACT_f32}} : *hir_attr(g, x);
    hir_id operands[HIR_MAX_OPERANDS];
    bool is_new;

    for (uint32_t i = 0; i < count; i++)
        operands[i] = r->translated[copies ? x : hir_operand(g, x, i)];
    attr.quant.tile_rows = attr.quant.act == ACT_f32 ? 1 : tile_rows;
    if (staged != LAYOUT_none && act_is_integer((enum act)attr.quant.act)) {
        attr.quant.bias = layout_sums_bias(staged, true);
        attr.quant.block_sums = layout_block_sums(staged, true);
    }
    hir_id made =
        rewrite_once(r, HIR_norm_quant, &attr, operands, count, x, copies ? ".act" : "", &is_new);
    if (is_new && copies)
        note_done(call, x, "copied, so that its rows follow each other");
    else if (is_new && again[x])
        note_done(call, x, "made again for tiles of %u rows", tile_rows);
    again[x] = true;
    return made;
}

static hir_id emit(struct pass_call *call, struct hir_rewrite *r, hir_id old)
{
    const struct specialization *s = call->context.specialization;
    struct hir_attr attr = *hir_attr(&r->old, old);
    hir_id x = hir_operand(&r->old, old, 0);

    if (match_is(&r->old, old, HIR_norm_quant))
        return tiled(call, r, old, 1, LAYOUT_none);
    if (match_is(&r->old, old, HIR_attention)) {
        tile_attention(&r->old, s, old, &attr);
        if (attr.attention.chunk != 0)
            note_done(call, old, "chunks of %u keys", attr.attention.chunk);
        return rewrite_with(r, old, &attr, 0);
    }
    if (match_is(&r->old, old, HIR_formula)) {
        attr.formula.tile_columns = choose_columns(&r->old, old);
        return rewrite_with(r, old, &attr, 0);
    }
    tile_product(&r->old, s, old, &attr);
    bool stands = !match_is(&r->old, x, HIR_norm_quant) && hir_is_in_place(&r->old, x);
    const uint32_t packed = hir_experts(&r->old, old) != 0 ? 1 : attr.product.tile_rows;
    const enum layout staged =
        attr.product.staged ? hir_layout(&r->old, hir_operand(&r->old, old, 1)) : LAYOUT_none;
    return rewrite_with(r, old, &attr, stands ? 0 : tiled(call, r, x, packed, staged));
}

bool pass_choose_tile(struct pass_call *call)
{
    struct hir_graph *g = call->graph;

    match_begin(g);
    for (hir_id id = 1; id < g->node_count; id++) {
        bool is_tiled = hir_is_packed_product(g, id);
        hir_at(g, id)->mark = is_tiled || match_is(g, id, HIR_attention) ||
                              match_is(g, id, HIR_norm_quant) ||
                              (match_is(g, id, HIR_formula) && choose_columns(g, id) != 0);
        struct hir_node *x = is_tiled ? hir_at(g, hir_operand(g, id, 0)) : NULL;
        if (x != NULL && x->op == HIR_norm_quant && --x->use_count == 0)
            x->mark = MATCH_DROP; /* products make it, each for itself */
    }
    rewrite_marked(call, emit, arena_new(g->arena, bool, g->node_count));
    return true;
}

/* How each product, its activations and each attention are cut into tiles; the target chooses.
 *
 *     matmul(norm_quant(x), W)   =>   the same with tile_groups, tile_rows, staged
 *
 * Activations are packed in tiles of as many rows as their product's. Where products that read one
 * norm_quant have different tiles, each tile gets a norm_quant of its own. A product of f32
 * activations reads a matrix where it stands, or a copy where its rows do not follow each other.
 *
 * Attention of few rows reads K and V once and waits for memory. Its tiles are chunks of keys, so
 * that any number of threads has work. Few chunks cost least; CHUNKS_MAX of them have room for
 * their results.
 *
 * Needs: every product and format in its last form. Keeps: the values and names. Not done for a
 * product whose weight has no packed layout: lowering says so.
 */
#include "compiler/hir/rows.h"
#include "compiler/late/late.h"
#include "compiler/passes/match.h"

/* ---- tiles ---- */

static enum act act_read(const struct hir_graph *g, hir_id product)
{
    hir_id x = hir_operand(g, product, 0);

    return match_is(g, x, HIR_norm_quant) ? (enum act)hir_attr(g, x)->quant.act : ACT_f32;
}

static void tile_product(const struct hir_graph *g, const struct specialization *s, hir_id id,
                         struct hir_attr *attr)
{
    hir_id weight = hir_operand(g, id, 1);
    struct tile_choice tile = s->target->choose_tile(
        s->level, &(struct tile_request){.what = TILED_product,
                                         .rows = hir_max_rows(g, id),
                                         .act = act_read(g, id),
                                         .layout = hir_layout(g, weight),
                                         .gated = match_is(g, id, HIR_gated_matmul),
                                         .n = (uint32_t)hir_row_width(g, id),
                                         .k = (uint32_t)hir_width(g, weight)});

    assert(tile.groups != 0 && tile.rows != 0);
    attr->product.tile_groups = tile.groups;
    attr->product.tile_rows = tile.rows;
    attr->product.staged = tile.staged;
}

/* Keys per tile; 0: a tile is of all keys. */
static uint32_t choose_chunk(const struct hir_graph *g, hir_id attention)
{
    enum { CHUNK_MIN = 256, CHUNKS_MAX = 64 };
    int64_t context = 0;

    dim_is_const(&g->dims, hir_shape_of(g, hir_operand(g, attention, 1))->dims[1], &context);
    uint64_t keys = round_up((uint64_t)context, 64);
    uint64_t chunk = max_u64(CHUNK_MIN, round_up(ceil_div(keys, CHUNKS_MAX), 64));
    return hir_max_rows(g, attention) > BLOCK_ROWS_MAX || chunk >= keys ? 0 : (uint32_t)chunk;
}

static void tile_attention(const struct hir_graph *g, const struct specialization *s, hir_id id,
                           struct hir_attr *attr)
{
    attr->attention.chunk = choose_chunk(g, id);
    struct tile_choice tile = s->target->choose_tile(
        s->level, &(struct tile_request){.what = TILED_attention,
                                         .rows = hir_max_rows(g, id),
                                         .act = (enum act)attr->attention.act,
                                         .heads = attr->attention.heads,
                                         .kv_heads = attr->attention.kv_heads,
                                         .head_dim = attr->attention.head_dim,
                                         .batched = dim_max(&g->dims, SYMBOL_BATCH) > 1,
                                         .partial = attr->attention.chunk != 0});

    assert(tile.rows != 0);
    attr->attention.tile_rows = tile.rows;
}

/* ---- activations ---- */

/* Whether the rows of a matrix follow each other as those of f32 activations: every row in whole
 * vectors of 16, and the first one at the start of a cache line. */
static bool is_in_place(const struct hir_graph *g, hir_id x)
{
    uint64_t width = hir_row_width(g, x), offset = 0;
    int64_t start, size;

    for (; match_is(g, x, HIR_reshape) || match_is(g, x, HIR_slice); x = hir_operand(g, x, 0)) {
        const struct hir_shape *from = hir_shape_of(g, hir_operand(g, x, 0));
        if (match_is(g, x, HIR_reshape))
            continue;
        if (!dim_is_const(&g->dims, hir_attr(g, x)->slice.start, &start))
            return true; /* lowering refuses it */
        for (uint32_t i = 2; i < from->rank; i++)
            start *= dim_is_const(&g->dims, from->dims[i], &size) ? size : 0;
        offset += (uint64_t)start;
    }
    return round_up(hir_row_width(g, x), 16) == round_up(width, 16) && offset % 16 == 0;
}

/* The activations of `x` (a norm_quant, or what one of f32 copies) in tiles of `tile_rows`. */
static hir_id tiled(const struct pass_call *call, struct hir_rewrite *r, hir_id x,
                    uint32_t tile_rows)
{
    bool *again = call->found, copies = !match_is(&r->old, x, HIR_norm_quant);
    struct hir_attr attr = {.quant = {.act = ACT_f32}};
    hir_id operands[2] = {r->translated[x]}, made;
    uint32_t count = copies ? 1 : hir_at(&r->old, x)->operand_count;

    for (uint32_t i = 0; i < count && !copies; i++)
        operands[i] = r->translated[hir_operand(&r->old, x, i)];
    if (!copies)
        attr = *hir_attr(&r->old, x);
    attr.quant.tile_rows = attr.quant.act == ACT_f32 ? 1 : tile_rows;
    if (!rewrite_once(r, HIR_norm_quant, &attr, operands, count, &made))
        return made;
    if (copies)
        note_done(call, x, "copied, so that its rows follow each other");
    else if (again[x])
        note_done(call, x, "made again for tiles of %u rows", tile_rows);
    again[x] = true;
    rewrite_name(r, made, x, copies ? ".act" : "");
    return made;
}

static hir_id emit(struct pass_call *call, struct hir_rewrite *r, hir_id old)
{
    const struct specialization *s = call->context.specialization;
    struct hir_attr attr = *hir_attr(&r->old, old);
    hir_id x = hir_operand(&r->old, old, 0);

    if (match_is(&r->old, old, HIR_norm_quant))
        return tiled(call, r, old, 1);
    if (match_is(&r->old, old, HIR_attention)) {
        tile_attention(&r->old, s, old, &attr);
        if (attr.attention.chunk != 0)
            note_done(call, old, "chunks of %u keys", attr.attention.chunk);
        return rewrite_with(r, old, &attr, 0);
    }
    tile_product(&r->old, s, old, &attr);
    bool stands = !match_is(&r->old, x, HIR_norm_quant) && is_in_place(&r->old, x);
    return rewrite_with(r, old, &attr, stands ? 0 : tiled(call, r, x, attr.product.tile_rows));
}

bool pass_choose_tile(struct pass_call *call)
{
    struct hir_graph *g = call->graph;

    match_begin(g);
    for (hir_id id = 1; id < g->node_count; id++) {
        bool is_tiled = hir_is_product(g, id) && hir_rows_symbol(g, id) >= 0 &&
                        hir_layout(g, hir_operand(g, id, 1)) != LAYOUT_none;
        hir_at(g, id)->mark =
            is_tiled || match_is(g, id, HIR_attention) || match_is(g, id, HIR_norm_quant);
        struct hir_node *x = is_tiled ? hir_at(g, hir_operand(g, id, 0)) : NULL;
        if (x != NULL && x->op == HIR_norm_quant && --x->use_count == 0)
            x->mark = MATCH_DROP; /* products make it, each for itself */
    }
    rewrite_marked(call, emit, arena_new(g->arena, bool, g->node_count));
    return true;
}

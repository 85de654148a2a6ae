/* Which tile a product or an attention gets. In: what the target's seam asks (struct tile_request)
 * and the machine; out: a tile that its registers, or the stack of attention, hold.
 *
 * Shapes are groups by rows. A sum of 16 lanes takes a register of 16 lanes or two of 8. i8 needs
 * two sums per output, integers of the block and f32 of the chain; i16 three, where high and low
 * bytes are summed apart, and i8_row one.
 */
#include "targets/cpu/cpu.h"

/* AVX2: registers hold 8 vectors of 16 lanes. */
const struct tile_shapes tile_shapes_vectors_8 = {
    .short_run = 4,
    .short_run_i8 = 4,
    .short_rows = 2,
    .f32 = {1, 6},
    .decoded = {1, 4},
    .bf16 = {1, 2},
    .i16 = {1, 2},
    .i16_gated = {1, 2},
    .i8 = {1, 2},
    .i8_staged = {1, 2},
    .i8_row = {1, 4},
};

/* AVX-512: registers hold 32. */
const struct tile_shapes tile_shapes_vectors_32 = {
    .short_run = SHORT_RUN_MAX,
    .short_run_i8 = 4,
    .short_rows = 8,
    .f32 = {4, 6},
    .decoded = {1, 8}, /* decoding an element costs as much as five tokens with it */
    .bf16 = {4, 6},
    .i16 = {2, 4},
    .i16_gated = {2, 8}, /* one after the other (k_matmul.c): a row of outputs each */
    .i8 = {4, 3},
    .i8_staged = {2, 6},
    .i8_row = {4, 6},
};

/* One stream of addresses where units of quantized weights follow each other: their sums are short
 * chains. Plain weights are a chain of fused steps over k for each group, so two groups hide each
 * other's latency, and are one stream where their units alternate. */
static uint8_t streaming_groups(const struct tile_request *r)
{
    return layout_is_quantized(r->layout) ? 1 : 2;
}

/* Integers that take longer to unpack for every tile of rows than to read back unpacked. */
static bool is_unpacked_slowly(const struct tile_request *r)
{
    return act_is_integer(r->act) && layout_info[r->layout].bits < 8 &&
           r->layout != LAYOUT_q4_0_r16;
}

static struct tile_shape long_run(const struct tile_shapes *s, const struct tile_request *r)
{
    switch (r->act) {
    case ACT_i8:
        return is_unpacked_slowly(r) ? s->i8_staged : s->i8;
    case ACT_i8_row:
        return s->i8_row;
    case ACT_i16:
        return r->gated ? s->i16_gated : s->i16;
    case ACT_bf16:
        return s->bf16;
    default:
        return layout_is_quantized(r->layout) ? s->decoded : s->f32;
    }
}

/* A router has so few columns that all of them would be one tile, and one thread's work. */
static bool is_narrow(const struct tile_request *r, uint32_t tile_groups, uint64_t groups)
{
    enum { TILES_MIN = 8 };

    return r->rows > SHORT_RUN_MAX && r->act == ACT_f32 && !layout_is_quantized(r->layout) &&
           groups < (uint64_t)TILES_MIN * tile_groups;
}

/* Registers for matrices take 16 rows of activations, and two groups at a time. */
static bool takes_matrices(const struct isa *isa, const struct tile_request *r)
{
    return isa->matrices != NULL && !r->by_expert && r->rows > SHORT_RUN_MAX &&
           matmul_takes_matrices(r->act, r->layout, r->k);
}

/* A single row and the rows of a short run read the weights once and wait for memory. They take as
 * few streams of weights as there can be, and one tile for all rows where registers hold its sums;
 * of an expert most have one row or two. */
static struct tile_choice choose_product(const struct isa *isa, const struct tile_request *r)
{
    const struct tile_shapes *s = isa->tiles;
    const bool is_short =
        r->rows <= (r->act == ACT_i8 || r->act == ACT_i8_row ? s->short_run_i8 : s->short_run);
    const uint8_t short_rows = r->by_expert ? s->i16.rows : s->short_rows;
    struct tile_shape tile =
        is_short ? (struct tile_shape){streaming_groups(r), short_rows} : long_run(s, r);
    uint64_t groups = ceil_div(r->n, ROW_GROUP) * (r->gated ? 2 : 1);

    if (takes_matrices(isa, r))
        return (struct tile_choice){.groups = MATRIX_GROUPS, .rows = MATRIX_ROWS};
    while (tile.groups > 1 && (tile.groups > groups || is_narrow(r, tile.groups, groups)))
        tile.groups /= 2;
    if (r->gated && tile.groups == 1) { /* gate and up together */
        tile.groups = 2;
        if (!is_short && !layout_is_quantized(r->layout))
            tile.rows /= 2;
    }
    const bool staged = !is_short && is_unpacked_slowly(r) &&
                        (!r->by_expert || matmul_stage_holds(r->layout, tile.groups, r->k));
    return (struct tile_choice){.groups = tile.groups,
                                .rows = (uint8_t)max_u64(1, min_u64(tile.rows, r->rows)),
                                .staged = staged};
}

/* Queries of a tile. bf16: a key tile becomes pairs once for all of them, as many as the stack holds. */
static uint32_t choose_queries(const struct tile_request *r, bool matrices)
{
    if (r->head_dim > 256)
        return 24;
    if (matrices)
        return r->head_dim > 192 ? 64 : r->head_dim > 128 ? 96 : r->head_dim > 64 ? 128 : 224;
    if (r->act == ACT_bf16)
        return r->head_dim > 128 ? 60 : 132;
    return r->split_kv ? 48 : 24;
}

static struct tile_choice choose_attention(const struct isa *isa, const struct tile_request *r)
{
    const uint32_t group = r->heads / r->kv_heads; /* queries of a row that share keys */
    const bool matrices =
        isa->matrices != NULL && r->act == ACT_bf16 && r->head_dim <= 256 && !r->batched;
    const uint64_t rows = max_u64(1, choose_queries(r, matrices) / group);

    return (struct tile_choice){.rows = r->batched ? 1 : (uint8_t)min_u64(r->rows, rows),
                                .matrices = matrices};
}

struct tile_choice cpu_choose_tile(const struct isa *isa, const struct tile_request *request)
{
    struct tile_request r = *request;

    r.rows = max_u64(r.rows, 1);
    return r.what == TILED_attention ? choose_attention(isa, &r) : choose_product(isa, &r);
}

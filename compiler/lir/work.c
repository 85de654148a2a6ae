/* Counts the work of a step. In: a step and the sizes of a run; out: bytes and operations, by the
 * definitions of kernel_kinds.def. */
#include "compiler/lir/work.h"

#include "compiler/base/dtype.h"

/* Sizes that an extent does not have are at their upper bounds. */
static uint64_t size_of(const struct lir_program *p, uint32_t symbol, const struct extent *e)
{
    return symbol == SYMBOL_OUT_ROWS ? e->out_rows
           : symbol == SYMBOL_ROWS   ? e->rows
           : symbol == SYMBOL_KEYS   ? e->past + e->rows / e->segments
                                     : (uint64_t)p->upper[symbol];
}

static uint64_t matrix_bytes(const struct kernel_matmul *k)
{
    return layout_bytes((enum layout)k->layout, (uint64_t)k->n * (k->gated ? 2 : 1), k->k);
}

static void count_matmul(const struct kernel_matmul *k, uint64_t rows, struct work *w)
{
    const uint64_t products = rows * (k->experts != 0 ? k->slots : 1);
    const uint64_t matrices = k->experts != 0 ? min_u64(products, k->experts) : rows != 0;

    w->weight_bytes = matrices * matrix_bytes(k);
    w->linear = 2 * products * k->n * (k->gated ? 2 : 1) * k->k;
}

/* The run from one segment's view: its rows, after `past` positions that it has. */
static struct extent of_segment(const struct kernel_attention *k, const struct extent *e)
{
    return (struct extent){.rows = e->rows / e->segments,
                           .past = k->shape.class == STATE_scratch ? 0 : e->past};
}

/* Keys that the queries of a segment see together: query r sees itself and what is before it, at
 * most `window`; those of another sequence are taken as all that there can be. */
static uint64_t keys_seen(const struct kernel_attention *k, uint64_t window, const struct extent *e)
{
    uint64_t sum = 0;

    if (k->shape.class == STATE_cross)
        return e->rows * k->shape.context;
    for (uint64_t r = 0; r < e->rows; r++)
        sum += min_u64(k->mask == MASK_none ? e->past + e->rows : e->past + r + 1, window);
    return sum;
}

/* Positions of a segment's states that are read: those that any of its queries sees. */
static uint64_t positions_read(const struct kernel_attention *k, uint64_t window,
                               const struct extent *e)
{
    if (k->shape.class == STATE_cross)
        return k->shape.context;
    return min_u64(e->past + e->rows, window == UINT64_MAX ? window : window + e->rows - 1);
}

/* Of one position: keys and values of all heads. */
static uint64_t position_bytes(const struct head_shape *k)
{
    uint64_t context = round_up(k->context, 64);

    return (kv_state_bytes((enum dtype)k->kv, k->kv_heads, k->head_dim, k->context, false) +
            kv_state_bytes((enum dtype)k->kv, k->kv_heads, k->head_dim, k->context, true)) /
           context;
}

static uint64_t tiles_of(const struct lir_program *p, const struct lir_step *s,
                         const struct extent *e)
{
    return s->tile_unit == 0 ? s->tiles
                             : s->tiles * ceil_div(size_of(p, s->tile_symbol, e), s->tile_unit);
}

static void count_attention(const struct kernel_attention *k, const struct lir_values *values,
                            const struct extent *e, struct work *w)
{
    const uint64_t window = values->window != 0 ? values->window : UINT64_MAX;
    const struct extent part = of_segment(k, e);

    w->kv_bytes = e->segments * positions_read(k, window, &part) * position_bytes(&k->shape);
    w->attention =
        4 * e->segments * keys_seen(k, window, &part) * k->shape.heads * k->shape.head_dim;
}

struct work step_work(const struct lir_program *p, const struct lir_step *s, const struct extent *e)
{
    const struct lir_kernel *k = &p->kernels->all[s->kernel];
    const struct head_shape *shape = lir_shape(k);
    uint64_t rows = size_of(p, k->rows_symbol, e);
    struct work w = {.tiles = tiles_of(p, s, e)};

    switch ((enum kernel_kind)k->kind) {
    case KERNEL_embed:
        w.weight_bytes =
            rows * layout_group_bytes((enum layout)k->embed.layout, k->embed.k) / ROW_GROUP;
        w.elements = rows * k->embed.k;
        break;
    case KERNEL_matmul:
        count_matmul(&k->matmul, rows, &w);
        break;
    case KERNEL_kv_write:
        w.kv_bytes = rows * position_bytes(shape);
        w.elements =
            rows * ((uint64_t)shape->heads + 2 * (uint64_t)shape->kv_heads) * shape->head_dim;
        break;
    case KERNEL_append:
        w.kv_bytes = rows * position_bytes(shape) / 2;
        w.elements = rows * shape->kv_heads * shape->head_dim;
        break;
    case KERNEL_rope:
        w.elements = rows * k->rope.heads * k->rope.head_dim;
        break;
    case KERNEL_attention:
        count_attention(&k->attention, &s->values, e, &w);
        break;
    case KERNEL_gather_rows:
        w.elements = rows * k->gather_rows.k;
        break;
    case KERNEL_gather_columns:
        w.elements = rows * k->gather_columns.k;
        break;
    case KERNEL_mean:
        w.elements = rows * k->mean.k;
        break;
    case KERNEL_norm_quant:
        w.elements = rows * k->norm_quant.k;
        break;
    case KERNEL_unfold:
        w.elements = (rows + 2 * (uint64_t)k->unfold.pad) * k->unfold.n;
        break;
    case KERNEL_scan:
        w.elements = rows * k->scan.n;
        break;
    case KERNEL_conv:
        w.weight_bytes =
            rows == 0 ? 0 : layout_bytes((enum layout)k->conv.layout, k->conv.n, k->conv.k);
        w.elements = rows * k->conv.n;
        break;
    case KERNEL_route:
        w.elements = rows * k->route.experts;
        break;
    case KERNEL_sort:
        w.elements = rows * k->sort.slots;
        break;
    case KERNEL_map:
        w.elements = rows * k->map.n;
        break;
    case KERNEL_KIND_COUNT:
        unreachable("a kernel of no kind");
    }
    return w;
}

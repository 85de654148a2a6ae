/* Which tile a product or an attention gets. In: what the target's seam asks (struct tile_request);
 * out: how many row groups a workgroup has, and how many rows it takes at once. */
#include "targets/vulkan/vulkan.h"

/* A thread has a sum for each group and row. Two groups share what they read of x, but narrow products
 * would be too few workgroups. */
static struct tile_choice choose_product(const struct tile_request *r)
{
    enum { WIDE = 512, ROWS = 4 };
    const uint8_t rows = (uint8_t)min_u64(max_u64(r->rows, 1), ROWS);

    return (struct tile_choice){
        .groups = r->gated || r->n >= WIDE ? 2 : 1, .rows = rows, .row_tile = rows};
}

/* As many rows as a workgroup takes through the keys at once; those of a batch are of different
 * sequences, which share no keys. */
static struct tile_choice choose_attention(const struct tile_request *r)
{
    enum { QUERIES = 16 };
    const uint64_t group = r->heads / r->kv_heads,
                   rows = min_u64(max_u64(r->rows, 1), max_u64(QUERIES / group, 1));

    return (struct tile_choice){.rows = r->batched ? 1 : (uint8_t)rows};
}

struct tile_choice vulkan_choose_tile(const struct tile_request *r)
{
    return r->what == TILED_attention ? choose_attention(r) : choose_product(r);
}

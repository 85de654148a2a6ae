/* Which tile a product or an attention gets. In: what the target's seam asks (struct tile_request);
 * out: how many row groups a workgroup has, and how many rows it takes at once. */
#include "targets/vulkan/vulkan.h"

/* As many rows as a workgroup takes through the keys at once; those of a batch are of different
 * sequences, which share no keys. */
static uint64_t rows_of_attention(const struct tile_request *r)
{
    enum { QUERIES = 16 };
    const uint64_t group = r->heads / r->kv_heads;

    return r->batched ? 1 : min_u64(max_u64(r->rows, 1), max_u64(QUERIES / group, 1));
}

struct tile_choice vulkan_choose_tile(const struct tile_request *r)
{
    const uint64_t rows = r->what == TILED_attention ? rows_of_attention(r)
                          : r->rows <= 1             ? 1
                                                     : min_u64(r->rows, 8);

    return (struct tile_choice){.groups = r->gated ? 2 : 1, .rows = (uint8_t)rows};
}

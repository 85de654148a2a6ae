/* Which tile a product or an attention gets. In: what the target's seam asks (struct tile_request);
 * out: how many row groups a workgroup has, and how many rows it takes at once. */
#include "targets/vulkan/vulkan.h"

struct tile_choice vulkan_choose_tile(const struct tile_request *r)
{
    const uint64_t rows = r->what == TILED_attention || r->rows <= 1 ? 1 : min_u64(r->rows, 8);

    return (struct tile_choice){.groups = r->gated ? 2 : 1, .rows = (uint8_t)rows};
}

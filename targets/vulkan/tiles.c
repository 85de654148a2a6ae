/* Which tile a product or an attention gets. In: what the target's seam asks (struct tile_request);
 * out: how many row groups a workgroup has, and how many rows it takes at once. */
#include "targets/vulkan/vulkan.h"

#include <rlx/shader.h>

/* Of few rows, and of integers without dot products. A thread has a sum for each group and row. Two
 * groups share what they read of x, but narrow products would be too few workgroups. Larger tiles are
 * for products that a dispatch would otherwise have no room for. Devices in software have no others:
 * they read shared memory lane by lane, and at a barrier they put a workgroup's threads aside one by
 * one. */
static struct tile_choice choose_few_rows(const struct tile_request *r)
{
    enum { WIDE = 512, ROWS = 4, ROWS_MAX = 16 };
    const uint64_t all = ceil_div(r->n, ROW_GROUP) * (r->gated ? 2 : 1);
    uint64_t rows = min_u64(max_u64(r->rows, 1), ROWS), groups = r->gated || r->n >= WIDE ? 2 : 1;

    while (ceil_div(all, groups) * ceil_div(r->rows, rows) > RLX_SHADER_TILES_MAX)
        if (rows < ROWS_MAX)
            rows *= 2;
        else
            groups *= 2;
    return (struct tile_choice){
        .groups = (uint8_t)groups, .rows = (uint8_t)rows, .row_tile = (uint8_t)rows};
}

/* Tiles in shared memory. Larger ones read less, but a device wants more workgroups than it has
 * processors. Activations have a row in a tile of theirs, so that each is made by a workgroup. */
static struct tile_choice choose_many_rows(const struct tile_request *r)
{
    enum { WORKGROUPS = 64 };
    const uint32_t groups = (uint32_t)ceil_div(r->n, ROW_GROUP) * (r->gated ? 2 : 1),
                   height = r->rows > VULKAN_LOW_TILE ? VULKAN_HIGH_TILE : VULKAN_LOW_TILE;
    const uint64_t tiles = ceil_div(groups, 4) * ceil_div(r->rows, height);

    return (struct tile_choice){.groups = height == VULKAN_LOW_TILE || tiles >= WORKGROUPS ? 4 : 2,
                                .rows = 1,
                                .row_tile = (uint8_t)height};
}

/* A workgroup has all rows of an expert, a few at a time. */
static struct tile_choice choose_experts(const struct tile_request *r)
{
    enum { ROWS = 4 };
    struct tile_request one = *r;

    one.rows = 1;
    struct tile_choice tile = choose_few_rows(&one);
    return (struct tile_choice){.groups = tile.groups, .rows = ROWS};
}

static struct tile_choice choose_product(const struct tile_request *r, uint64_t features)
{
    const bool has_dot = (features & RLX_SHADER_INTEGER_DOT) != 0,
               has_tiles = (features & RLX_SHADER_SOFTWARE) == 0 &&
                           (r->act == ACT_f32 || (r->act == ACT_i8 && has_dot));

    if (r->by_expert)
        return choose_experts(r);
    return has_tiles && r->rows > SHORT_RUN_MAX ? choose_many_rows(r) : choose_few_rows(r);
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

struct tile_choice vulkan_choose_tile(const struct tile_request *r, uint64_t features)
{
    return r->what == TILED_attention ? choose_attention(r) : choose_product(r, features);
}

/* map: a formula over matrices, vectors and columns. A workgroup has a row, or some of its columns. */
#include "targets/vulkan/vulkan.h"

void vulkan_print_map(struct vulkan_shader *s)
{
    const struct lir_kernel *kernel = s->kernel;
    const struct kernel_map *k = &kernel->map;
    const char *operands[LIR_MAX_ARGS];
    struct text formula = {.arena = s->arena};

    s->threads = VULKAN_THREADS_MAX;
    for (uint32_t i = 0; i < lir_operand_count(kernel); i++)
        operands[i] = vulkan_operand(s, i, "r", "n");
    vulkan_formula(s, &k->code, operands, &formula);
    if (k->tile_columns == 0) {
        vulkan_line(s, 0, "const uint r = tile, first = 0, end = %u;", k->n);
    } else {
        const uint32_t tiles = (uint32_t)ceil_div(k->n, k->tile_columns);
        vulkan_line(s, 0, "const uint r = tile / %u, first = tile %% %u * %u;", tiles, tiles,
                    k->tile_columns);
        vulkan_line(s, 0, "const uint end = min(first + %u, %u);", k->tile_columns, k->n);
    }
    vulkan_line(s, 0, "for (uint n = first + thread; n < end; n += THREADS)");
    vulkan_line(s, 1, "result.at[r * %u + n] = %s;", kernel->stride[MAP_out], formula.data);
}

/* gather_rows: chosen rows of a matrix. */
#include "targets/vulkan/vulkan.h"

void vulkan_print_gather_rows(struct vulkan_shader *s)
{
    const struct lir_kernel *k = s->kernel;

    vulkan_line(s, 0, "const uint from = uint(indices.at[tile]) * %u, to = tile * %u;",
                k->stride[GATHER_ROWS_x], k->stride[GATHER_ROWS_out]);
    vulkan_line(s, 0, "for (uint k = thread; k < %u; k += THREADS)", k->gather_rows.k);
    vulkan_line(s, 1, "result.at[to + k] = x.at[from + k];");
}

/* gather_columns: the columns of a matrix in another order. */
#include "targets/vulkan/vulkan.h"

void vulkan_print_gather_columns(struct vulkan_shader *s)
{
    const struct lir_kernel *k = s->kernel;

    vulkan_line(s, 0, "const uint from = tile * %u, to = tile * %u;", k->stride[GATHER_COLUMNS_x],
                k->stride[GATHER_COLUMNS_out]);
    vulkan_line(s, 0, "for (uint k = thread; k < %u; k += THREADS)", k->gather_columns.k);
    vulkan_line(s, 1, "result.at[to + k] = x.at[from + uint(order.at[k])];");
}

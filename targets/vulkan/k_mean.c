/* mean: of the elements of each row. A workgroup has a row. */
#include "targets/vulkan/vulkan.h"

void vulkan_print_mean(struct vulkan_shader *s)
{
    const struct lir_kernel *k = s->kernel;

    s->threads = VULKAN_THREADS_MAX;
    s->helpers |= VULKAN_SUM;
    vulkan_line(s, 0, "float sum = 0.0;");
    vulkan_line(s, 0, "for (uint k = thread; k < %u; k += THREADS)", k->mean.k);
    vulkan_line(s, 1, "sum += x.at[tile * %u + k];", k->stride[MEAN_x]);
    vulkan_line(s, 0, "sum = sum_of_threads(sum);");
    vulkan_line(s, 0, "if (thread == 0)");
    vulkan_line(s, 1, "result.at[tile * %u] = sum / %u.0;", k->stride[MEAN_out], k->mean.k);
}

/* mean: of the elements of each row. A workgroup has a row. */
#include "targets/vulkan/vulkan.h"

void vulkan_print_mean(struct vulkan_shader *s)
{
    const struct lir_kernel *k = s->kernel;

    s->threads = VULKAN_THREADS_MAX;
    s->helpers |= VULKAN_SUM;
    vulkan_lanes(s, 0);
    vulkan_line(s, 1, "float sum = 0.0;");
    vulkan_line(s, 1, "for (uint k = lane; k < %u; k += %u)", k->mean.k, s->threads);
    vulkan_line(s, 2, "sum += x.at[tile * %u + k];", k->stride[MEAN_x]);
    vulkan_line(s, 1, "joined[lane] = sum;");
    vulkan_line(s, 0, "}");
    vulkan_line(s, 0, "const float sum = sum_of_lanes(%u);", s->threads);
    vulkan_line(s, 0, "if (thread == 0)");
    vulkan_line(s, 1, "result.at[tile * %u] = sum / %u.0;", k->stride[MEAN_out], k->mean.k);
}

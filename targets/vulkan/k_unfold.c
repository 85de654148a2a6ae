/* unfold: rows between rows of zeros. A workgroup copies one row; that of the first and that of the
 * last row write the zeros, too. */
#include "targets/vulkan/vulkan.h"

void vulkan_print_unfold(struct vulkan_shader *s)
{
    const struct kernel_unfold *k = &s->kernel->unfold;
    const uint32_t pad = k->pad * k->n;

    vulkan_line(s, 0, "for (uint n = thread; n < %u; n += THREADS)", k->n);
    vulkan_line(s, 1, "result.at[%u + tile * %u + n] = x.at[tile * %u + n];", pad, k->n,
                s->kernel->stride[UNFOLD_x]);
    if (pad == 0)
        return;
    vulkan_line(s, 0, "if (tile == 0)");
    vulkan_line(s, 1, "for (uint n = thread; n < %u; n += THREADS)", pad);
    vulkan_line(s, 2, "result.at[n] = 0.0;");
    vulkan_line(s, 0, "if (tile == rows - 1)");
    vulkan_line(s, 1, "for (uint n = thread; n < %u; n += THREADS)", pad);
    vulkan_line(s, 2, "result.at[%u + rows * %u + n] = 0.0;", pad, k->n);
}

/* reverse: rows from their end to their beginning. In: a kernel; out: GLSL.
 * tests/command_line/howto.sh adds this file to a copy of the compiler. */
#include "targets/vulkan/vulkan.h"

void vulkan_print_reverse(struct vulkan_shader *s)
{
    const struct lir_kernel *k = s->kernel;
    const uint32_t width = k->reverse.k;

    vulkan_line(s, 0, "const uint from = tile * %u + %u, to = tile * %u;", k->stride[REVERSE_x],
                width - 1, k->stride[REVERSE_out]);
    vulkan_line(s, 0, "for (uint k = thread; k < %u; k += THREADS)", width);
    vulkan_line(s, 1, "result.at[to + k] = x.at[from - k];");
}

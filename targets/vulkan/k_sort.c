/* sort: which rows each expert has. In: the kernel; out: its body. One workgroup counts the pairs of
 * all experts, a thread those of some; one thread says where they begin; then each thread writes its
 * own. */
#include "targets/vulkan/vulkan.h"

void vulkan_print_sort(struct vulkan_shader *s)
{
    const struct kernel_sort *k = &s->kernel->sort;

    s->threads = VULKAN_THREADS_MAX;
    vulkan_before(s, 0, "const uint SORTED = %u;", k->experts);
    vulkan_before(s, 0, "shared uint counts[SORTED], begins[SORTED];");
    vulkan_line(s, 0, "const uint pairs = rows * %u;", k->slots);
    vulkan_line(s, 0, "for (uint e = thread; e < SORTED; e += THREADS) {");
    vulkan_line(s, 1, "uint count = 0;");
    vulkan_line(s, 1, "for (uint p = 0; p < pairs; p++)");
    vulkan_line(s, 2, "count += uint(chosen.at[p] == int(e));");
    vulkan_line(s, 1, "counts[e] = count;");
    vulkan_line(s, 0, "}");
    vulkan_line(s, 0, "barrier();");
    vulkan_line(s, 0, "if (thread == 0) {");
    vulkan_line(s, 1, "uint listed = 0, placed = 0;");
    vulkan_line(s, 1, "for (uint e = 0; e < SORTED; e++) {");
    vulkan_line(s, 2, "begins[e] = placed;");
    vulkan_line(s, 2, "if (counts[e] == 0)");
    vulkan_line(s, 3, "continue;");
    vulkan_line(s, 2, "order.at[1 + listed] = int(e);");
    vulkan_line(s, 2, "order.at[1 + SORTED + listed++] = int(placed);");
    vulkan_line(s, 2, "placed += counts[e];");
    vulkan_line(s, 1, "}");
    vulkan_line(s, 1, "order.at[1 + SORTED + listed] = int(placed);");
    vulkan_line(s, 1, "order.at[0] = int(listed);");
    vulkan_line(s, 0, "}");
    vulkan_line(s, 0, "barrier();");
    vulkan_line(s, 0, "for (uint e = thread; e < SORTED; e += THREADS) {");
    vulkan_line(s, 1, "uint place = 2 + 2 * SORTED + begins[e];");
    vulkan_line(s, 1, "for (uint p = 0; p < pairs; p++)");
    vulkan_line(s, 2, "if (chosen.at[p] == int(e))");
    vulkan_line(s, 3, "order.at[place++] = int(p);");
    vulkan_line(s, 0, "}");
}

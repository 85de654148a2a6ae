/* scan: a linear recurrence over the rows of each segment. In: the kernel; out: its body. A tile is
 * 16 columns of a segment, a thread for each. */
#include "targets/vulkan/heads.h"

void vulkan_print_scan(struct vulkan_shader *s)
{
    const struct lir_kernel *k = s->kernel;
    const bool several = k->rows_symbol == SYMBOL_ROWS;
    const uint32_t n = k->scan.n, tiles = (uint32_t)ceil_div(n, 16);

    s->threads = 16;
    vulkan_line(s, 0, "const uint column = tile %% %u * 16 + thread;", tiles);
    vulkan_line(s, 0, "const Segment segment = segments.at[tile / %u];", tiles);
    vulkan_line(s, 0, "if (column >= %u)", n);
    vulkan_line(s, 1, "return;");
    vulkan_line(s, 0, "float h = Floats(before + uint64_t(segment.carried_in)).at[column];");
    if (several) {
        vulkan_line(s, 0, "const uint first = segment.first_row, end = first + segment.rows;");
        vulkan_line(s, 0, "for (uint r = first; r < end; r++) {");
    } else {
        vulkan_line(s, 0, "for (uint r = 0; r < rows; r++) {");
    }
    vulkan_line(s, 1, "precise const float product = a.at[r * %u + column] * h;",
                k->stride[SCAN_a]);
    vulkan_line(s, 1, "precise const float next = product + b.at[r * %u + column];",
                k->stride[SCAN_b]);
    vulkan_line(s, 1, "h = next;");
    vulkan_line(s, 1, "result.at[r * %u + column] = h;", k->stride[SCAN_out]);
    vulkan_line(s, 0, "}");
    vulkan_line(s, 0, "Floats(after + uint64_t(segment.carried_out)).at[column] = h;");
}

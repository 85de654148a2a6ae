/* scan: a linear recurrence over the rows of each segment. In: the kernel; out: its body. A tile is
 * 16 columns of a segment, a thread for each. */
#include "targets/vulkan/heads.h"

/* AHEAD rows are read before the first of them is computed, so that their loads overlap. */
static void print_rows(struct vulkan_shader *s)
{
    const struct lir_kernel *k = s->kernel;

    vulkan_before(s, 0, "const uint AHEAD = 8;");
    vulkan_line(s, 0, "for (uint block = first; block < end; block += AHEAD) {");
    vulkan_line(s, 1, "float factor[AHEAD], more[AHEAD];");
    vulkan_line(s, 1, "[[unroll]] for (uint j = 0; j < AHEAD; j++)");
    vulkan_line(s, 2, "if (block + j < end) {");
    vulkan_line(s, 3, "factor[j] = a.at[(block + j) * %u + column];", k->stride[SCAN_a]);
    vulkan_line(s, 3, "more[j] = b.at[(block + j) * %u + column];", k->stride[SCAN_b]);
    vulkan_line(s, 2, "}");
    vulkan_line(s, 1, "[[unroll]] for (uint j = 0; j < AHEAD; j++)");
    vulkan_line(s, 2, "if (block + j < end) {");
    vulkan_line(s, 3, "precise const float product = factor[j] * h;");
    vulkan_line(s, 3, "precise const float next = product + more[j];");
    vulkan_line(s, 3, "h = next;");
    vulkan_line(s, 3, "result.at[(block + j) * %u + column] = h;", k->stride[SCAN_out]);
    vulkan_line(s, 2, "}");
    vulkan_line(s, 0, "}");
}

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
    vulkan_line(s, 0, "const uint first = %s, end = %s;", several ? "segment.first_row" : "0",
                several ? "first + segment.rows" : "rows");
    print_rows(s);
    vulkan_line(s, 0, "Floats(after + uint64_t(segment.carried_out)).at[column] = h;");
}

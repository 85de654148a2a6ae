/* The norm of the rows that a product made. In: a product whose tiles have stored their columns; out:
 * lines of GLSL. Every tile counts itself, and the one that counts last reads the rows back. Threads
 * take columns and join sums by their number in the workgroup: which tile comes last changes no bit.
 */
#include "targets/vulkan/matmul.h"

uint32_t vulkan_matmul_norm_shared(const struct vulkan_matmul *m)
{
    /* `arrived`, and what sum_of_threads joins */
    return lir_has(m->shader->kernel, MATMUL_after_norm) ? 4 + 4 * VULKAN_PARTS * m->slices : 0;
}

/* Sets `arrived`, in all threads: how many tiles have stored their columns. */
static void count_tiles(struct vulkan_shader *s)
{
    vulkan_before(s, 0, "shared uint arrived;");
    vulkan_line(s, 0, "memoryBarrierBuffer();");
    vulkan_line(s, 0, "barrier();");
    vulkan_line(s, 0, "if (thread == 0)");
    vulkan_line(s, 1, "arrived = atomicAdd(counters.at[tile %% row_tiles * %u], 1) + 1;",
                s->kernel->stride[MATMUL_counters]);
    vulkan_line(s, 0, "barrier();");
    vulkan_line(s, 0, "memoryBarrierBuffer();");
}

/* `factor`, and where the norm is centered `mean`, of row r. */
static void declare_factor(struct vulkan_shader *s, const char *element)
{
    const struct kernel_matmul *k = &s->kernel->matmul;
    struct text epsilon = {.arena = s->arena};

    s->helpers |= VULKAN_SUM;
    vulkan_float(&epsilon, k->after_epsilon);
    if (k->after_centered) {
        vulkan_line(s, 2, "float sum_of_row = 0.0;");
        vulkan_line(s, 2, "for (uint n = lane; n < %u; n += THREADS)", k->n);
        vulkan_line(s, 3, "sum_of_row += result.at[row + n];");
        vulkan_line(s, 2, "const float mean = sum_of_threads(sum_of_row) / %u.0;", k->n);
    }
    vulkan_line(s, 2, "float squares = 0.0;");
    vulkan_line(s, 2, "for (uint n = lane; n < %u; n += THREADS)", k->n);
    vulkan_line(s, 3, "squares = fma(%s, %s, squares);", element, element);
    vulkan_line(s, 2, "const float factor = 1.0 / sqrt(sum_of_threads(squares) / %u.0 + %s);", k->n,
                epsilon.data);
}

void vulkan_matmul_norm(const struct vulkan_matmul *m, uint32_t tiles)
{
    struct vulkan_shader *s = m->shader;
    const struct lir_kernel *kernel = s->kernel;
    const uint32_t *stride = kernel->stride;
    const char *element =
        kernel->matmul.after_centered ? "(result.at[row + n] - mean)" : "result.at[row + n]";
    const char *y = arena_printf(s->arena, "%s * factor * after_norm.at[n]", element);

    if (lir_has(kernel, MATMUL_after_bias))
        y = arena_printf(s->arena, "(%s + after_bias.at[n])", y);
    if (lir_has(kernel, MATMUL_residual))
        y = arena_printf(s->arena, "(%s + residual.at[r * %u + n])", y, stride[MATMUL_residual]);
    count_tiles(s);
    vulkan_line(s, 0, "if (arrived == %u) {", tiles);
    vulkan_line(s, 1, "const uint lane = gl_LocalInvocationID.x;");
    vulkan_line(s, 1, "for (uint r = first; r < min(first + %u, rows); r++) {", m->rows);
    vulkan_line(s, 2, "const uint row = r * %u;", stride[MATMUL_out]);
    declare_factor(s, element);
    vulkan_line(s, 2, "for (uint n = lane; n < %u; n += THREADS)", kernel->matmul.n);
    vulkan_line(s, 3, "normed.at[r * %u + n] = %s;", stride[MATMUL_normed], y);
    vulkan_line(s, 1, "}");
    vulkan_line(s, 0, "}");
}

/* The norms of the rows that a kernel stored. In: a product whose tiles have stored their columns, or an
 * embedding; out: lines of GLSL. Every tile of a product counts itself, and the one that counts last
 * reads the rows back. Threads take columns and join sums by their number in the workgroup: which tile
 * comes last changes no bit.
 */
#include "targets/vulkan/matmul.h"

uint32_t vulkan_matmul_norm_shared(const struct vulkan_matmul *m)
{
    /* `arrived`, and what sum_of_lanes joins */
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

static void join_threads(struct vulkan_shader *s, uint32_t depth, const char *value)
{
    vulkan_line(s, depth, "barrier();");
    vulkan_line(s, depth, "joined[lane] = %s;", value);
}

/* `factor`, and where the norm is centered `mean`, of the row. */
static void declare_factor(struct vulkan_shader *s, uint32_t depth, const struct lir_after *after,
                           const char *element)
{
    struct text epsilon = {.arena = s->arena};

    s->helpers |= VULKAN_SUM;
    vulkan_float(&epsilon, after->epsilon);
    if (after->centered) {
        vulkan_line(s, depth, "float sum_of_row = 0.0;");
        vulkan_line(s, depth, "for (uint n = lane; n < %u; n += THREADS)", after->n);
        vulkan_line(s, depth + 1, "sum_of_row += result.at[row + n];");
        join_threads(s, depth, "sum_of_row");
        vulkan_line(s, depth, "const float mean = sum_of_lanes(THREADS) / %u.0;", after->n);
    }
    vulkan_line(s, depth, "float squares = 0.0;");
    vulkan_line(s, depth, "for (uint n = lane; n < %u; n += THREADS)", after->n);
    vulkan_line(s, depth + 1, "squares = fma(%s, %s, squares);", element, element);
    join_threads(s, depth, "squares");
    vulkan_line(s, depth, "const float factor = 1.0 / sqrt(sum_of_lanes(THREADS) / %u.0 + %s);",
                after->n, epsilon.data);
}

static const char *name_of(const struct vulkan_shader *s, uint32_t argument)
{
    return argument_info(s->kernel, argument)->name;
}

/* The norms of row r, by all threads, of which this one is `lane`. */
static void norm_row(struct vulkan_shader *s, uint32_t depth)
{
    const struct lir_kernel *kernel = s->kernel;
    const struct lir_after after = lir_after(kernel);
    const char *element = after.centered ? "(result.at[row + n] - mean)" : "result.at[row + n]";

    vulkan_line(s, depth, "const uint row = r * %u;", kernel->stride[after.out]);
    declare_factor(s, depth, &after, element);
    for (uint32_t i = 0; i < after.count; i++) {
        const uint32_t residual = after.norms[i].residual, normed = after.norms[i].normed;
        const char *y = arena_printf(s->arena, "%s * factor * %s.at[n]", element,
                                     name_of(s, after.norms[i].weight));
        if (lir_has(kernel, after.norms[i].bias))
            y = arena_printf(s->arena, "(%s + %s.at[n])", y, name_of(s, after.norms[i].bias));
        if (lir_has(kernel, residual))
            y = arena_printf(s->arena, "(%s + residual.at[r * %u + n])", y,
                             kernel->stride[residual]);
        if (lir_has(kernel, after.norms[i].scale))
            y = arena_printf(s->arena, "%s * scale.at[n]", y);
        vulkan_line(s, depth, "for (uint n = lane; n < %u; n += THREADS)", after.n);
        vulkan_line(s, depth + 1, "%s.at[r * %u + n] = %s;", name_of(s, normed),
                    kernel->stride[normed], y);
    }
}

void vulkan_matmul_norm(const struct vulkan_matmul *m, uint32_t tiles)
{
    struct vulkan_shader *s = m->shader;

    count_tiles(s);
    vulkan_line(s, 0, "if (arrived == %u) {", tiles);
    vulkan_line(s, 1, "const uint lane = gl_LocalInvocationID.x;");
    vulkan_line(s, 1, "for (uint r = first; r < min(first + %u, rows); r++) {", m->rows);
    norm_row(s, 2);
    vulkan_line(s, 1, "}");
    vulkan_line(s, 0, "}");
}

void vulkan_embed_norm(struct vulkan_shader *s)
{
    vulkan_line(s, 0, "memoryBarrierBuffer();");
    vulkan_line(s, 0, "barrier();");
    vulkan_line(s, 0, "const uint lane = gl_LocalInvocationID.x, r = tile;");
    norm_row(s, 0);
}

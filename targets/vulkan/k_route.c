/* route: the experts of each row, and their weights. In: the kernel; out: its body. A workgroup has a
 * row, and a thread some of its experts. */
#include "targets/vulkan/vulkan.h"

/* The scores, and what ranks the experts, in shared memory. */
static void score(struct vulkan_shader *s)
{
    const struct kernel_route *k = &s->kernel->route;
    const uint32_t stride = s->kernel->stride[ROUTE_x];

    vulkan_lanes(s, 0);
    vulkan_line(s, 1, "float largest = uintBitsToFloat(0xff800000u);");
    vulkan_line(s, 1, "for (uint i = lane; i < EXPERTS; i += %u)", s->threads);
    vulkan_line(s, 2, "largest = max(largest, x.at[tile * %u + i]);", stride);
    vulkan_line(s, 1, "joined[lane] = largest;");
    vulkan_line(s, 0, "}");
    vulkan_line(s, 0, "const float largest = largest_of_lanes(%u);", s->threads);
    vulkan_lanes(s, 0);
    vulkan_line(s, 1, "float total = 0.0;");
    vulkan_line(s, 1, "for (uint i = lane; i < EXPERTS; i += %u) {", s->threads);
    if (k->sigmoid)
        vulkan_line(s, 2, "scores[i] = 1.0 / (1.0 + exp_f32(-x.at[tile * %u + i]));", stride);
    else
        vulkan_line(s, 2, "scores[i] = exp_f32(x.at[tile * %u + i] - largest);", stride);
    vulkan_line(s, 2, "total += scores[i];");
    vulkan_line(s, 1, "}");
    vulkan_line(s, 1, "joined[lane] = total;");
    vulkan_line(s, 0, "}");
    vulkan_line(s, 0, "const float total = sum_of_lanes(%u);", s->threads);
    vulkan_line(s, 0, "for (uint i = thread; i < EXPERTS; i += THREADS) {");
    if (!k->sigmoid)
        vulkan_line(s, 1, "scores[i] /= total;");
    if (lir_has(s->kernel, ROUTE_bias))
        vulkan_line(s, 1, "const float key = scores[i] + bias.at[i];");
    else if (k->group_best == 2)
        vulkan_line(s, 1, "const float key = scores[i];");
    else
        vulkan_line(s, 1, "const float key = x.at[tile * %u + i];", stride);
    vulkan_line(s, 1, "const bool is_nan = (floatBitsToUint(key) & 0x7fffffffu) > 0x7f800000u;");
    vulkan_line(s, 1, "keys[i] = is_nan ? uintBitsToFloat(0xff800000u) : key;");
    vulkan_line(s, 0, "}");
    vulkan_line(s, 0, "barrier();");
}

/* A thread has some of the groups: what ranks each; then the keys of those that are not among the
 * best become the least. */
static void leave_groups(struct vulkan_shader *s)
{
    const struct kernel_route *k = &s->kernel->route;
    const uint32_t size = k->experts / k->groups;

    vulkan_line(s, 0, "const float least = uintBitsToFloat(0xff800000u);");
    vulkan_line(s, 0, "for (uint g = thread; g < GROUPS; g += THREADS) {");
    vulkan_line(s, 1, "float first = least, second = least;");
    vulkan_line(s, 1, "for (uint i = g * %u; i < (g + 1) * %u; i++) {", size, size);
    vulkan_line(s, 2, "second = max(second, min(first, keys[i]));");
    vulkan_line(s, 2, "first = max(first, keys[i]);");
    vulkan_line(s, 1, "}");
    vulkan_line(s, 1, "const float rank = %s;", k->group_best == 2 ? "first + second" : "first");
    vulkan_line(s, 1, "const bool is_nan = (floatBitsToUint(rank) & 0x7fffffffu) > 0x7f800000u;");
    vulkan_line(s, 1, "ranks[g] = is_nan ? least : rank;");
    vulkan_line(s, 0, "}");
    vulkan_line(s, 0, "barrier();");
    vulkan_line(s, 0, "for (uint g = thread; g < GROUPS; g += THREADS) {");
    vulkan_line(s, 1, "uint better = 0;");
    vulkan_line(s, 1, "for (uint j = 0; j < GROUPS; j++)");
    vulkan_line(s, 2, "better += uint(ranks[j] > ranks[g] || (ranks[j] == ranks[g] && j < g));");
    vulkan_line(s, 1, "for (uint i = g * %u; i < (g + 1) * %u && better >= %u; i++)", size, size,
                k->chosen_groups);
    vulkan_line(s, 2, "keys[i] = least;");
    vulkan_line(s, 0, "}");
    vulkan_line(s, 0, "barrier();");
}

/* Few enough experts stand before one that is chosen; it stands after those of lower numbers. */
static void choose(struct vulkan_shader *s)
{
    const struct kernel_route *k = &s->kernel->route;
    struct text epsilon = {.arena = s->arena}, scale = {.arena = s->arena};

    vulkan_float(&epsilon, k->epsilon);
    vulkan_float(&scale, k->scale);
    vulkan_lanes(s, 0);
    vulkan_line(s, 1, "float chosen_sum = 0.0;");
    vulkan_line(s, 1, "for (uint i = lane; i < EXPERTS; i += %u) {", s->threads);
    vulkan_line(s, 2, "uint better = 0;");
    vulkan_line(s, 2, "for (uint j = 0; j < EXPERTS; j++)");
    vulkan_line(s, 3, "better += uint(keys[j] > keys[i] || (keys[j] == keys[i] && j < i));");
    vulkan_line(s, 2, "is_chosen[i] = better < %u;", k->slots);
    vulkan_line(s, 2, "chosen_sum += is_chosen[i] ? scores[i] : 0.0;");
    vulkan_line(s, 1, "}");
    vulkan_line(s, 1, "joined[lane] = chosen_sum;");
    vulkan_line(s, 0, "}");
    vulkan_line(s, 0, "const float sum = sum_of_lanes(%u);", s->threads);
    vulkan_line(s, 0, "for (uint i = thread; i < EXPERTS; i += THREADS) {");
    vulkan_line(s, 1, "uint slot = 0;");
    vulkan_line(s, 1, "for (uint j = 0; j < i; j++)");
    vulkan_line(s, 2, "slot += uint(is_chosen[j]);");
    vulkan_line(s, 1, "if (!is_chosen[i])");
    vulkan_line(s, 2, "continue;");
    vulkan_line(s, 1, "chosen.at[tile * %u + slot] = int(i);", k->slots);
    vulkan_line(s, 1, "result.at[tile * %u + slot] = scores[i]%s * %s%s;",
                s->kernel->stride[ROUTE_out],
                k->normalized ? arena_printf(s->arena, " / (sum + %s)", epsilon.data) : "",
                scale.data, lir_has(s->kernel, ROUTE_scales) ? " * scales.at[i]" : "");
    vulkan_line(s, 0, "}");
}

void vulkan_print_route(struct vulkan_shader *s)
{
    s->helpers |= VULKAN_EXP | VULKAN_SUM | VULKAN_LARGEST;
    vulkan_before(s, 0, "const uint EXPERTS = %u;", s->kernel->route.experts);
    vulkan_before(s, 0, "shared float scores[EXPERTS], keys[EXPERTS];");
    vulkan_before(s, 0, "shared bool is_chosen[EXPERTS];");
    if (s->kernel->route.groups != 0) {
        vulkan_before(s, 0, "const uint GROUPS = %u;", s->kernel->route.groups);
        vulkan_before(s, 0, "shared float ranks[GROUPS];");
    }
    score(s);
    if (s->kernel->route.groups != 0)
        leave_groups(s);
    choose(s);
}

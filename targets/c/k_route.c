/* route: the experts of each row, and their weights. */
#include "targets/c/heads.h"

/* The scores of a row, and what ranks its experts. */
static void score(const struct lir_kernel *kernel, struct c_body *b)
{
    const struct kernel_route *k = &kernel->route;
    const bool has_bias = lir_has(kernel, ROUTE_bias);

    if (!k->sigmoid) {
        c_line(b, 2, "float max = -INFINITY, all = 0;");
        c_line(b, 2, "for (size_t i = 0; i < %u; i++)", k->experts);
        c_line(b, 3, "max = fmaxf(max, xs[i]);");
        c_line(b, 2, "for (size_t i = 0; i < %u; i++)", k->experts);
        c_line(b, 3, "all += score[i] = expf(xs[i] - max);");
    }
    c_line(b, 2, "for (size_t i = 0; i < %u; i++) {", k->experts);
    c_line(b, 3, "score[i] %s;", k->sigmoid ? "= 1 / (1 + expf(-xs[i]))" : "/= all");
    c_line(b, 3, "key[i] = %s;",
           has_bias             ? "score[i] + bias[i]"
           : k->group_best == 2 ? "score[i]"
                                : "xs[i]");
    c_line(b, 3, "if (isnan(key[i]))");
    c_line(b, 4, "key[i] = -INFINITY;");
    c_line(b, 2, "}");
}

/* The experts of groups that are not among the best become the least. */
static void leave_groups(const struct kernel_route *k, struct c_body *b)
{
    const uint32_t size = k->experts / k->groups;

    c_line(b, 2, "float rank[%u];", k->groups);
    c_line(b, 2, "for (size_t g = 0; g < %u; g++) {", k->groups);
    c_line(b, 3, "float first = -INFINITY%s;", k->group_best == 2 ? ", second = -INFINITY" : "");
    c_line(b, 3, "for (size_t i = g * %u; i < (g + 1) * %u; i++) {", size, size);
    if (k->group_best == 2)
        c_line(b, 4, "second = fmaxf(second, fminf(first, key[i]));");
    c_line(b, 4, "first = fmaxf(first, key[i]);");
    c_line(b, 3, "}");
    c_line(b, 3, "rank[g] = %s;",
           k->group_best == 2 ? "isnan(first + second) ? -INFINITY : first + second" : "first");
    c_line(b, 2, "}");
    c_line(b, 2, "for (size_t g = 0; g < %u; g++) {", k->groups);
    c_line(b, 3, "size_t before = 0;");
    c_line(b, 3, "for (size_t j = 0; j < %u; j++)", k->groups);
    c_line(b, 4, "before += rank[j] > rank[g] || (rank[j] == rank[g] && j < g);");
    c_line(b, 3, "for (size_t i = g * %u; i < (g + 1) * %u && before >= %u; i++)", size, size,
           k->chosen_groups);
    c_line(b, 4, "key[i] = -INFINITY;");
    c_line(b, 2, "}");
}

static void choose(const struct lir_kernel *kernel, struct c_body *b)
{
    const struct kernel_route *k = &kernel->route;

    c_line(b, 2, "size_t count = 0;");
    c_line(b, 2, "float sum = %s;", k->normalized ? "0" : "1");
    c_line(b, 2, "for (size_t i = 0; i < %u; i++) {", k->experts);
    c_line(b, 3, "size_t before = 0;");
    c_line(b, 3, "for (size_t j = 0; j < %u; j++)", k->experts);
    c_line(b, 4, "before += key[j] > key[i] || (key[j] == key[i] && j < i);");
    c_line(b, 3, "if (before >= %u)", k->slots);
    c_line(b, 4, "continue;");
    c_line(b, 3, "chosen[r * %u + count] = (int32_t)i;", k->slots);
    c_line(b, 3, "out[r * %u + count++] = score[i];", kernel->stride[ROUTE_out]);
    if (k->normalized)
        c_line(b, 3, "sum += score[i];");
    c_line(b, 2, "}");
}

void c_print_route(const struct lir_kernel *kernel, struct c_body *b)
{
    const struct kernel_route *k = &kernel->route;
    struct text line = {.arena = b->code->arena};

    text_add(
        b->comment,
        "chosen[r] are the %u of %u experts with the greatest %s%s, by number, and out[r] their "
        "weights: %s of x[r]%s; r < rows.",
        k->slots, k->experts,
        lir_has(kernel, ROUTE_bias) ? "score + bias"
        : k->group_best == 2        ? "score"
                                    : "x",
        k->groups == 0 ? ""
                       : arena_printf(b->code->arena, " in the best %u of %u groups",
                                      k->chosen_groups, k->groups),
        k->sigmoid ? "sigmoid" : "softmax",
        arena_printf(b->code->arena, "%s%s",
                     k->normalized ? ", divided by the sum of the chosen ones" : "",
                     lir_has(kernel, ROUTE_scales) ? ", times scales[chosen[r]]" : ""));
    c_parallel(b->code, " if (rows > 1)");
    c_line(b, 1, "for (size_t r = 0; r < rows; r++) {");
    c_line(b, 2, "const float *const xs = x + r * %u;", kernel->stride[ROUTE_x]);
    c_line(b, 2, "float score[%u], key[%u];", k->experts, k->experts);
    score(kernel, b);
    if (k->groups != 0)
        leave_groups(k, b);
    choose(kernel, b);
    text_add(&line, "out[r * %u + s] = out[r * %u + s] / (sum + ", kernel->stride[ROUTE_out],
             kernel->stride[ROUTE_out]);
    c_float(&line, k->epsilon);
    text_add(&line, ") * ");
    c_float(&line, k->scale);
    if (lir_has(kernel, ROUTE_scales))
        text_add(&line, " * scales[chosen[r * %u + s]]", k->slots);
    c_line(b, 2, "for (size_t s = 0; s < %u; s++)", k->slots);
    c_line(b, 3, "%s;", line.data);
    c_line(b, 1, "}");
}

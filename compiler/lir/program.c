/* HIR in, a program with every buffer in its place out: the stages of lir.h in their order. */
#include "compiler/lir/target.h"

bool make_program(const struct hir_graph *g, const struct variant *v,
                  const struct numerics *numerics, const struct target *target, uint32_t level,
                  struct lir_kernels *kernels, struct lir_program *out, struct diags *d)
{
    if (!lower(g, v, numerics, target, level, kernels, out, d))
        return false;
    schedule(out, &target->levels[level].traits);
    plan_memory(out);
    return lir_verify(out, d);
}

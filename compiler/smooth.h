/* Smoothing: where weights and activations have one scale per row, columns of activations that are
 * large make the others coarse. Each column is divided by a number where it is made, and the weights
 * that read it are multiplied by it, before these are quantized:
 *
 *     x = norm(h) * w;        y = matmul(x, W)   =>   x = norm(h) * (w / s);  y = matmul(x, W * s)
 *     x = f(h) * matmul(h, U)                    =>   x = f(h) * matmul(h, U / s), rows of U
 *
 * s is a^ALPHA / b^(1 - ALPHA), a the root mean square of the column, of which the importance matrix
 * knows, b the largest weight that reads it. In f32 the results stay the same, but for rounding; only
 * the quantization that follows is another.
 *
 * Source: Xiao and others, SmoothQuant, arXiv:2211.10438. */
#ifndef RLXC_SMOOTH_H
#define RLXC_SMOOTH_H

#include "compiler/hir/hir.h"
#include "compiler/import/model.h"
#include "compiler/passes/types.h"

struct smoothing {
    float alpha; /* how much of the range moves to the weights: more than 0, less than 1; 0: none */
    uint32_t threads;
    uint32_t norms, products; /* out: how many values of either kind were smoothed */
};

/* `g`: as a family made it. Rewrites it, and adds the vectors s to the model. Only values that nothing
 * but products read, all of whose weights become of a type with one scale per row, and of which the
 * importance matrix knows. False: there is none, as `d` says. */
bool smooth_activations(struct hir_graph *g, struct model *m, const struct type_choice *types,
                        struct smoothing *s, struct diags *d);

#endif

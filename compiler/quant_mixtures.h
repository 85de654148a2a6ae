/* Mixtures of types by name: q4_k_m and the like (quant_mixtures.def). In: a mixture and a graph; out:
 * the type of each matrix. */
#ifndef RLXC_QUANT_MIXTURES_H
#define RLXC_QUANT_MIXTURES_H

#include "compiler/hir/hir.h"
#include "compiler/import/model.h"

enum mixture {
    MIXTURE_none,
#define MIXTURE(name, most) MIXTURE_##name,
#define ROLE(mixture, role, condition, type)
#include "compiler/quant_mixtures.def"
#undef MIXTURE
#undef ROLE
    MIXTURE_COUNT
};

const char *mixture_name(enum mixture mixture);
enum dtype mixture_most(enum mixture mixture); /* the type of most matrices */

/* What the rules ask of a model, by the names and shapes of a graph's weights. */
struct mixture_facts {
    uint32_t layers;
    uint32_t values;  /* layers with a matrix of their own for values */
    uint64_t sharing; /* heads that share keys and values */
    uint64_t experts; /* of a layer; 0: none */
    bool tied;        /* the embedding is the lm_head */
    bool weighted;    /* it is known how important columns are (--imatrix) */
};
/* `m`: where the weights come from; NULL: from no file. */
struct mixture_facts mixture_read_facts(const struct hir_graph *g, const struct model *m);

/* `before`: how many matrices of values stand in layers before that of `name`. */
enum dtype mixture_type(enum mixture mixture, const struct mixture_facts *facts, const char *name,
                        uint32_t before);
/* Whether it is such a matrix. */
bool mixture_is_values(const char *name);

#endif

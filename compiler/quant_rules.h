/* What --quant says: "q4_k_m", "q8_0", "ffn_*=q4_k,output=q6_k,q8_0". In: the option's text, and the
 * names of a graph's weights; out: a type for each matrix that it names.
 *
 * A rule PATTERN=TYPE is for the matrices whose names match; the first that matches counts. A type or
 * mixture alone is for all others; q2_k and iq4_xs are both, and alone the mixture. A pattern matches a whole
 * name: * stands for any letters, ? for one.
 * A matrix goes by several names: that of its file, that of GGUF files and the compiler's, each also
 * without what stands before the layer's own part ("blk.3.") and without ".weight". */
#ifndef RLXC_QUANT_RULES_H
#define RLXC_QUANT_RULES_H

#include "compiler/import/model.h"
#include "compiler/passes/types.h"
#include "compiler/quant_mixtures.h"

struct quant_rule {
    const char *pattern;
    enum dtype type; /* DTYPE_none: as it is */
};

struct quant_rules {
    struct quant_rule *rules; /* in the order in which they count */
    uint32_t count, capacity;
    enum dtype others;    /* DTYPE_none: as they are */
    enum mixture mixture; /* of the others, in the place of a type; or MIXTURE_none */
};

/* One type by its name, or "keep" (DTYPE_none). `d` lists them where there is no such type, and auto, if
 * the caller takes that; `of`: the option. */
bool quant_type_read(const char *text, size_t bytes, const char *of, bool or_auto, enum dtype *type,
                     struct diags *d);
bool quant_rules_read(const char *text, struct arena *a, struct quant_rules *out, struct diags *d);
/* Puts the types of the matrices that rules (NULL: none) name into `choice`. False: `d` says which
 * pattern matches none, and what there is. `m`: where the weights come from; NULL: from no file. */
bool quant_rules_apply(const char *text, const struct hir_graph *g, const struct model *m,
                       struct type_choice *choice, struct diags *d);

#endif

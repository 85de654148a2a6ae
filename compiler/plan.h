/* Predicts what each variant of a model will do and how long it should take, before anything is
 * packed or run (`rlxc plan`). In: the programs of a level, and a machine; out: a table or JSON.
 *
 * The model of time: a step takes the start-up time of its kernel, plus the longer of reading its
 * bytes and computing its operations. Both run at the share of the machine's limit that the target
 * states for the kernel, less what threads lose if tiles do not divide evenly. A step that every
 * thread repeats counts as the work of one. A run takes the sum of its steps and its barriers.
 */
#ifndef RLXC_PLAN_H
#define RLXC_PLAN_H

#include "compiler/lir/work.h"
#include "compiler/machine/machine.h"
#include "compiler/pack/artifact.h"
#include "compiler/types.h"

struct plan_request {
    const char *machine; /* what machine_read takes; NULL: no times */
    uint64_t depth;      /* tokens already in each sequence */
    bool json;
};

/* One run of a variant, with as many new tokens as it serves. */
struct plan {
    struct extent extent;
    uint64_t weight_bytes, kv_bytes;
    uint64_t linear[ACT_COUNT]; /* operations of products with weights, by activations */
    uint64_t attention;         /* operations */
    uint32_t steps, barriers;
    uint32_t layer_steps,
        layer_barriers; /* of the layer that has most; 0: nothing is named layers.N */
    double seconds;     /* 0: no machine */
    double reading;     /* share of that time in steps that memory limits */
};

/* `machine` NULL: without times. */
struct plan plan_variant(const struct packed_level *level, const struct lir_program *p,
                         const struct packed_variant *v, uint64_t depth,
                         const struct machine *machine);

struct planned {
    const struct model *model;
    const struct packed_level *levels;
    uint32_t level_count;
    const struct packed_variant *variants;
    uint32_t variant_count;
    uint32_t context; /* 0: nothing bounds it */
    const struct weight_plan *weights;
    const struct type_uses *types;
    const struct machine *machine; /* NULL: none */
    uint64_t depth;
};
void plan_text(const struct planned *all, struct text *out);
void plan_json(const struct planned *all, struct text *out);

#endif

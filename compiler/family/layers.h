/* The parts that families are built from: embedding, norm, attention, feed-forward, lm_head. Each
 * part requires its tensors from the model (require.c checks their shapes) and adds plain nodes
 * (layers.c). Errors are collected, so that one run names everything that is missing or wrong.
 *
 * Notation: T rows (tokens of this run), H hidden size, D head_dim, F feed_forward, V vocabulary. A
 * linear layer's weight is [out, in].
 */
#ifndef RLXC_LAYERS_H
#define RLXC_LAYERS_H

#include "compiler/family/family.h"

struct layers {
    const struct model *model;
    const struct hyper_parameters *hyper; /* of the model */
    struct hir_graph *graph;
    struct diags *diags;
    uint32_t errors_before; /* in `diags` at layers_begin */
    bool *used;             /* by tensor: some part reads it */
    bool *needed;           /* by unread tensor: some part would read it */
    struct {
        str_id first;
        uint32_t count;
    } missing_biases, left_biases;        /* expected but not stored; stored but not read */
    hir_id *weights;                      /* by tensor: its node; 0: none yet */
    dim_id rows, context;                 /* ROWS; positions of a state */
    hir_id tokens, positions, rope_table; /* inputs; cos and sin, which all layers share */
    hir_id *keys, *values;                /* by layer: the states after their writes */
};

/* Checks the hyper-parameters and declares the inputs. False, after an error: nothing can be
 * built. */
bool layers_begin(struct layers *b, const struct model *m, uint32_t context, struct hir_graph *g,
                  struct diags *d);
/* Reports tensors of types that rlx does not read. Warns of biases that differ from the
 * configuration and of tensors that nothing reads. True if there was no error since
 * layers_begin. */
bool layers_end(struct layers *b);

/* ---- tensors (require.c); `from` says what the shape follows from ---- */

bool has_tensor(const struct layers *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Whether to read that bias. If the rule and the file differ, layers_end gives one warning for all
 * biases. */
bool use_bias(struct layers *b, enum bias_rule rule, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The weight node of a tensor [out, in]. Always a node of that shape, even after an error. */
hir_id require_matrix(struct layers *b, uint64_t out, uint64_t in, const char *from,
                      const char *format, ...) __attribute__((format(printf, 5, 6)));
hir_id require_vector(struct layers *b, uint64_t width, const char *from, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
const char *from_text(const struct layers *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* ---- parts (layers.c) ---- */

/* Differences between the attention parts of the families. */
struct attention_options {
    bool has_qk_norm; /* RMS norm over each head of q and of k, before rotary */
};

hir_id layer_embed(struct layers *b); /* tokens -> [T, H] */
/* RMS norm over the last axis of size `width`; `format` gives the weight's name. */
hir_id layer_norm_rms(struct layers *b, hir_id x, uint32_t width, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* [T, H] -> [T, H]: projections, rotary, cached attention, output projection. Neither norm nor
 * residual. */
hir_id layer_attention(struct layers *b, uint32_t layer, hir_id x,
                       const struct attention_options *options);
/* [T, H] -> [T, H]: down(silu(gate(x)) * up(x)) */
hir_id layer_mlp(struct layers *b, uint32_t layer, hir_id x);
/* One layer with norms before its two parts and residual sums after them; names its input
 * hidden.<layer>. */
hir_id layer_whole(struct layers *b, uint32_t layer, hir_id x,
                   const struct attention_options *options);
/* Last norm and lm_head: [T, H] -> output "logits" [T, V]; names hidden.<layers> and
 * hidden.final. */
void layer_lm_head(struct layers *b, hir_id x);

#define FAMILY(name, function, models) void function(struct layers *b);
#include "compiler/family/families.def"
#undef FAMILY

#endif

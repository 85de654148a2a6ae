/* The parts that families are built from: embedding, norm, attention, feed-forward, lm_head, and those
 * that few families have. Each part requires its tensors from the model (require.c checks their
 * shapes) and adds plain nodes. Errors are collected, so that one run names everything that is
 * missing or wrong.
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
    } missing_biases, left_biases;  /* expected but not stored; stored but not read */
    hir_id *weights;                /* by tensor: its node; 0: none yet */
    dim_id rows, context;           /* ROWS; positions of a state */
    hir_id tokens, positions;       /* inputs */
    hir_id rope_table, local_table; /* cos and sin; 0: no layer turns by them */
    hir_id query_table;             /* of q, where it grows with the position; else 0 */
    hir_id still_table;             /* likewise, where layers do not turn */
    hir_id *keys, *values;          /* by layer: the states after their writes */
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
/* Whether one of the layers has model.layers.N.NAME. What one has and files may lack, all need. */
bool any_layer_has(const struct layers *b, const char *name);
/* Whether to read that bias. If the rule and the file differ, layers_end gives one warning for all
 * biases. */
bool use_bias(struct layers *b, enum bias_rule rule, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The weight node of a tensor [out, in]. Always a node of that shape, even after an error. */
hir_id require_matrix(struct layers *b, uint64_t out, uint64_t in, const char *from,
                      const char *format, ...) __attribute__((format(printf, 5, 6)));
/* The same of several, [count, out, in]. */
hir_id require_stack(struct layers *b, uint64_t count, uint64_t out, uint64_t in, const char *from,
                     const char *format, ...) __attribute__((format(printf, 6, 7)));
hir_id require_vector(struct layers *b, uint64_t width, const char *from, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* A vector [H]. */
hir_id require_width(struct layers *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The only element of a vector. 1 after an error. */
double require_number(struct layers *b, const char *from, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
const char *from_text(const struct layers *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* ---- parts ---- */

enum norm_kind {
    NORM_rms,   /* x / sqrt(mean(x^2) + epsilon) * weight */
    NORM_layer, /* the same of x - mean(x), plus a bias */
};

enum qk_norm {
    QK_NORM_none,
    QK_NORM_head,  /* over each head; all heads share a weight of head_dim numbers */
    QK_NORM_heads, /* over each head; each has a weight of its own, [heads, head_dim] */
    QK_NORM_width, /* over all heads of q, and over all of k */
};

enum position_kind {
    POSITIONS_rope,    /* q and k of each layer turn as layer_parameters says */
    POSITIONS_learned, /* a row of a matrix, which is added to the embedding */
};

/* What a family's layers consist of. Everything else that differs between models, such as scales,
 * caps, windows and biases, is in the hyper-parameters. */
struct decoder_parts {
    enum norm_kind norm;
    enum bias_rule norm_bias; /* of NORM_layer */
    /* The names of the norms before and after the parts of a layer; NULL: there is none. In a
     * parallel layer, a feed-forward network without a norm of its own reads that of attention. */
    const char *attention_norm, *after_attention_norm, *mlp_norm, *after_mlp_norm;
    enum qk_norm qk_norm;
    bool qk_norm_after_rope;
    bool plain_mlp; /* down(activation(up(x))), without a gate */
    enum position_kind positions;
    bool has_head_bias;     /* the lm_head has a bias */
    bool raises_up;         /* gated networks multiply by up + 1 */
    bool weighs_gates;      /* the weight of a token's one expert multiplies its gate, too */
    bool has_expert_biases; /* router and experts have biases */
    bool scales_experts;    /* each expert's weights are multiplied by a number of its own */
    bool has_sinks;         /* each head's softmax has one more score, self_attn.sinks */
    bool has_laurel;        /* a product of low rank stands beside attention (laurel.c) */
    bool may_lack_v;        /* GGUF files: without v_proj, layers that have no window have k as v */
    /* What layers have instead of one feed-forward network: [T, H] -> [T, H] of x, which is `sum`
     * after its norm; NULL: they have one, or experts. */
    hir_id (*feed)(struct layers *b, const struct decoder_parts *parts, uint32_t layer, hir_id x,
                   hir_id sum);
};

/* ---- whole decoders (decoder.c) ---- */

/* A whole decoder: embedding, layers, lm_head. */
void family_decoder(struct layers *b, const struct decoder_parts *parts);
hir_id layer_embed(struct layers *b, const struct decoder_parts *parts); /* tokens -> [T, H] */
/* One layer with its norms and residual sums. layer_whole names its input hidden.<layer>. */
hir_id layer_body(struct layers *b, const struct decoder_parts *parts, uint32_t layer, hir_id x);
hir_id layer_whole(struct layers *b, const struct decoder_parts *parts, uint32_t layer, hir_id x);
/* Last norm and lm_head: [T, H] -> output "logits" [T, V]; names hidden.final. layer_lm_head names x
 * hidden.<layers>, too. */
void layer_logits(struct layers *b, const struct decoder_parts *parts, hir_id x);
void layer_lm_head(struct layers *b, const struct decoder_parts *parts, hir_id x);

/* ---- what all parts are built from (layers.c) ---- */

/* A norm over the last axis of size `width`; `format` gives the name before ".weight". */
hir_id layer_norm(struct layers *b, const struct decoder_parts *parts, hir_id x, uint32_t width,
                  const char *format, ...) __attribute__((format(printf, 5, 6)));
/* The same without a weight. */
hir_id layer_norm_plain(struct layers *b, const struct decoder_parts *parts, hir_id x);
/* x W' of the weight `prefix`.weight, times the scale beside it if the model has one. */
hir_id layer_product(struct layers *b, hir_id x, hir_id weight, const char *from,
                     const char *prefix);
/* x W', plus the bias by that rule. `prefix` is the layer's name in the model. */
hir_id layer_linear(struct layers *b, hir_id x, uint64_t out, uint64_t in, enum bias_rule bias,
                    const char *from, const char *prefix);
/* `size` elements of an axis, from `start` on, each `step`-th of them. */
hir_id layer_slice(struct layers *b, hir_id x, uint32_t axis, uint64_t start, uint64_t size,
                   uint32_t step);
/* x times a number; 0 and 1 leave it as it is. */
hir_id layer_scale(struct layers *b, hir_id x, double scale);
/* Values beyond the limit become the limit; 0: there is none. */
hir_id layer_clip(struct layers *b, hir_id x, double limit);

/* ---- attention (attention.c) ---- */

/* [T, H] -> [T, H]: projections, rotary, cached attention, output projection. Neither norm nor
 * residual. */
hir_id layer_attention(struct layers *b, const struct decoder_parts *parts, uint32_t layer,
                       hir_id x);

/* ---- feed-forward networks (feed_forward.c) ---- */

/* [T, H] -> [T, width] -> [T, H]: down(activation(gate(x)) * up(x)). The layer's weights begin with
 * `prefix`; the product gets the name layers.<layer>.<name>. */
hir_id layer_feed_forward(struct layers *b, const struct decoder_parts *parts, uint32_t layer,
                          hir_id x, uint32_t width, const char *name, const char *prefix);
/* The network that each layer without experts has. */
hir_id layer_mlp(struct layers *b, const struct decoder_parts *parts, uint32_t layer, hir_id x);
/* activation(x) */
hir_id layer_activate(struct layers *b, hir_id x);
/* The factors of a gated product, of what gate(x) and up(x) are: clipped, activated, raised. */
hir_id layer_gate(struct layers *b, hir_id gate);
hir_id layer_up(struct layers *b, const struct decoder_parts *parts, hir_id up);

/* ---- mixtures (experts.c) ---- */

/* Whether the layer has a router; and [T, H] -> [T, H] by the experts that it chooses, and one that
 * all tokens have. */
bool layer_has_experts(const struct layers *b, uint32_t layer);
hir_id layer_experts(struct layers *b, const struct decoder_parts *parts, uint32_t layer, hir_id x);
/* The same with a router that reads other rows. */
hir_id layer_experts_by(struct layers *b, const struct decoder_parts *parts, uint32_t layer,
                        hir_id x, hir_id scored);
/* x and a route with gate, up or down of all experts; `route` and `kind` choose. Gate and up
 * give [slots * T, out], down sums over the slots: [T, out] (expert_weights.c). */
hir_id layer_expert_product(struct layers *b, const struct decoder_parts *parts, uint32_t layer,
                            hir_id x, hir_id route, const char *kind);

/* ---- parts of few families ---- */

/* What every layer has of each token by itself, [T, layers * layer_width], made of the embedding; 0:
 * nothing. And what a layer adds to x because of it, [T, H] (layer_inputs.c). */
hir_id layer_inputs(struct layers *b, const struct decoder_parts *parts, hir_id embedding);
hir_id layer_own_term(struct layers *b, const struct decoder_parts *parts, uint32_t layer, hir_id x,
                      hir_id inputs);
/* `sum`, after attention to `normed`, joined by a product of low rank of `normed` (laurel.c). */
hir_id layer_laurel(struct layers *b, const struct decoder_parts *parts, uint32_t layer, hir_id sum,
                    hir_id normed);
/* Several streams, of which a layer computes the first: made of the embedding; guessed before each
 * layer and corrected by what it makes of the first guess; joined after the last (altup.c). */
enum { STREAMS_MAX = 16 };
bool streams_begin(struct layers *b, hir_id embedding, hir_id *streams);
void streams_guess(struct layers *b, const struct decoder_parts *parts, uint32_t layer,
                   const hir_id *streams, hir_id *guesses);
void streams_correct(struct layers *b, const struct decoder_parts *parts, uint32_t layer,
                     hir_id made, const hir_id *guesses, hir_id *streams);
hir_id streams_join(struct layers *b, const hir_id *streams);

#define FAMILY(name, function, models) void function(struct layers *b);
#include "compiler/family/families.def"
#undef FAMILY

#endif

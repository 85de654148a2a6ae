/* What an importer makes of a published model: tensors under one set of names, hyper-parameters,
 * vocabulary and chat template. It does not depend on the file format, except where the meaning
 * does (rope pairing).
 *
 * Tensor names are those of Hugging Face checkpoints (`model.layers.3.self_attn.q_proj.weight`);
 * the importer maps GGUF names. Shapes are outermost first: a linear layer's weight is [out, in].
 */
#ifndef RLXC_MODEL_H
#define RLXC_MODEL_H

#include "compiler/base/dtype.h"
#include "compiler/base/file.h"
#include "compiler/base/str.h"

enum { MODEL_MAX_RANK = 4 };

struct tensor {
    str_id name;
    str_id source_name; /* name in the file, for messages */
    enum dtype dtype;
    uint8_t rank;
    uint64_t shape[MODEL_MAX_RANK]; /* outermost first; the last one counts elements, not blocks */
    uint32_t file;                  /* index in model->files */
    uint64_t offset, bytes;         /* inside that file; checked */
    /* A tensor that no file has as such (model_add_slices, model_add_memory). */
    const uint8_t *memory; /* its bytes; NULL: they are in the file, or in slices */
    const struct tensor_slice *slices;
    uint32_t slice_count;      /* 0: not made of slices */
    const struct coded *coded; /* NULL: not made of coded parts (coded.h) */
    /* A tensor of i32: column i of this one is that column of the matrix which it stands for; 0: they
     * stand in order. */
    str_id order;
    /* What rounding costs in each column, [importance_matrices, columns] (imatrix.h); NULL: unknown.
     * Of a stack there is one row for each matrix, or one for all. */
    const float *importance;
    uint64_t importance_matrices;
};

/* Some rows of a tensor; a row is all elements of the last axis. */
struct tensor_slice {
    struct tensor of;
    uint64_t first, rows;
};

/* A tensor that cannot be read, which is an error only if the model needs it. */
struct unread_tensor {
    str_id name, source_name; /* as in struct tensor */
    const char *type;         /* a type that rlx does not read; NULL: the shape is the reason */
    const char *shape;        /* for messages: "5 dimensions" */
};

enum rope_scaling {
    ROPE_default,
    ROPE_linear,
    ROPE_llama3,
    ROPE_yarn,
    ROPE_longrope,
    ROPE_still, /* nothing turns */
};

struct rope_parameters {
    double theta;        /* base of the frequencies */
    uint32_t rotary_dim; /* elements of a head that turn, from the first one on */
    enum rope_scaling scaling;
    double factor;                                      /* linear, llama3, yarn: how much longer the
                                                           context is */
    double low_frequency_factor, high_frequency_factor; /* llama3 */
    uint32_t original_context; /* llama3, yarn, longrope, query_growth: positions before scaling */
    double beta_fast, beta_slow; /* yarn */
    double attention_factor;     /* yarn, longrope: of cos and sin; 0: derive it */
    double query_growth;         /* q is multiplied by 1 + query_growth * log(1 + n), where n is */
    uint32_t growth_offset;      /* floor((position + growth_offset) / original_context) */
    bool exact_borders;          /* yarn: where it begins and ends to blend is not rounded */
    bool interleaved;            /* pairs (2i, 2i+1) instead of (i, i + n_rot/2) */
};

/* Whether projections have biases. */
enum bias_rule {
    BIAS_as_stored, /* if the file has them */
    BIAS_expected,  /* always; a missing one is 0, with a warning */
    BIAS_never,     /* never; stored ones are not read */
};

enum activation {
    ACTIVATION_silu,
    ACTIVATION_gelu,      /* by erf */
    ACTIVATION_gelu_tanh, /* by an approximation with tanh */
    ACTIVATION_relu,
    ACTIVATION_relu2, /* relu, squared */
};

/* What turns the q and k of a layer. */
enum layer_rope {
    LAYER_ROPE_global, /* hyper_parameters.rope */
    LAYER_ROPE_local,  /* hyper_parameters.local_rope */
    LAYER_ROPE_still,  /* nothing, but q grows with the position as still_rope says */
    LAYER_ROPE_none,   /* nothing: the layer sees no positions */
};

/* What may differ between layers. */
struct layer_parameters {
    uint32_t window; /* number of keys that a query sees, including its own; 0: all */
    bool anchored;   /* windows do not slide: a query sees those from the last multiple on */
    enum layer_rope rope;
    uint32_t heads, kv_heads, head_dim, feed_forward;
    bool sparse; /* gates below the mean + `cut` standard deviations of a row are 0 */
    double cut;
    bool shares_kv; /* it has no keys and values: it reads those of the earlier layer `source` */
    uint32_t source;
};

/* Sizes without an index are those of all layers, or the largest of them. A number that 0 leaves
 * out has no effect where it is 0. */
struct hyper_parameters {
    str_id architecture; /* "llama", "qwen2", "qwen3": a name in family/families.def */
    uint32_t vocabulary, hidden, layers, heads, kv_heads, head_dim, feed_forward;
    uint32_t context;                     /* number of positions that the model was made for */
    uint32_t sliding_window;              /* of the layers that have one; 0: none has */
    const struct layer_parameters *layer; /* by layer */
    double norm_epsilon;
    struct rope_parameters rope, local_rope, still_rope;
    bool tied; /* the lm_head is the embedding: no lm_head.weight */
    enum bias_rule qkv_bias, output_bias, mlp_bias;
    enum activation activation;
    double embedding_scale;   /* 0: 1 */
    double residual_scale;    /* of what a part adds to the stream; 0: 1 */
    double attention_scale;   /* of scores; 0: 1 / sqrt(head_dim) */
    double attention_softcap; /* of scores; 0: none */
    double clip_qkv;          /* limit of the magnitudes of q, k and v; 0: none */
    double logit_scale;       /* 0: 1 */
    double logit_softcap;     /* 0: none */
    bool parallel;            /* attention and feed-forward network read one input */
    uint32_t experts;         /* of a layer that has a router; 0: none has */
    uint32_t expert_slots;    /* experts of a token */
    uint32_t expert_width;    /* the feed_forward of each */
    uint32_t shared_width;    /* that of an expert of all tokens; 0: there is none */
    uint32_t shared_experts;  /* how many such there are, side by side in one */
    bool shared_gated;        /* it has a gate of its own */
    bool normalized_experts;  /* the weights of a token's experts are divided by their sum */
    bool corrected_router;    /* each router has a correction of its scores */
    bool sigmoid_router;      /* scores of experts are sigmoids, else a softmax */
    double expert_scale;      /* of these weights; 0: 1 */
    uint32_t expert_groups;   /* a token's experts are of the best groups alone; 0: all are one */
    uint32_t chosen_groups;   /* how many groups these are */
    uint32_t group_best;      /* a group ranks by the sum of so many of its experts; 0: 1 */
    uint32_t further_layers;  /* of a GGUF file, behind the last: they predict further tokens */
    bool experts_turned;      /* weights of experts are [experts, in, out] */
    double swiglu_limit;      /* of the magnitude of gate (from above) and up; 0: none */
    double swiglu_slope;      /* gate * sigmoid(slope * gate); 0: 1 */
    uint32_t
        shared_kv_layers; /* so many layers at the end read the keys and values of earlier ones */
    uint32_t layer_width; /* of what each layer has of every token by itself; 0: nothing */
    uint32_t layer_vocabulary; /* tokens that have it, where these are fewer; 0: all */
    bool keys_are_values;      /* where layers have no window, v is what k is before its norm */
    bool has_v_norm;           /* v is normed, without a weight */
    uint32_t streams;     /* of an AltUp model: copies of the stream of which layers update one */
    uint32_t laurel_rank; /* inner width of what is beside attention */
    double correction_limit; /* of the magnitudes of AltUp's correction weights; 0: none */
    bool has_qk_norm;        /* of a family in which not every model has it */
    bool plain_qk_norm;      /* it has no weight, and only layers that turn have it */
    bool transposed;         /* weights of layers are [in, out] */
    bool norms_lack_one;     /* the weights of norms are stored minus 1 */
};

/* What the configuration of a directory says about coded tensors (config_quantization.c). What their
 * shapes say does not stand here. */
enum quantization_method {
    QUANTIZATION_none,
#define METHOD(name, spelling) QUANTIZATION_##name,
#include "compiler/import/quantizations.def"
#undef METHOD
};
struct quantization {
    enum quantization_method method;
    uint32_t group;      /* columns that share a scale; 0: it follows from shapes */
    uint32_t block[2];   /* rows and columns that do, of fp8; 0: 128 */
    bool zeros_lack_one; /* GPTQ: zero points are stored minus 1 */
    bool has_orders;     /* all matrices say which group each of their columns is of */
    bool int8_rows;      /* activations are meant to be int8 with one scale per row */
};

/* What a publisher may recommend for sampling, and the given values in the file's own spelling,
 * where -1 stands for all. */
enum sampling_option {
    SAMPLING_temperature,
    SAMPLING_top_k,
    SAMPLING_top_p,
    SAMPLING_min_p,
    SAMPLING_repetition_penalty,
    SAMPLING_penalty_window,
    SAMPLING_COUNT
};
struct recommended_sampling {
    bool given[SAMPLING_COUNT];
    double value[SAMPLING_COUNT]; /* in range (import/sampling.c); 0 if not given */
};

/* A token by its role: "bos_token" is "<s>". Chat templates use these names. */
struct special_token {
    const char *name, *text; /* NUL-terminated */
};
enum { MODEL_MAX_SPECIAL_TOKENS = 32 };

struct model {
    struct arena *arena;
    struct strings *strings;
    const char *path;   /* as the user gave it */
    const char *name;   /* general.name, or the file's or folder's name */
    const char *format; /* "GGUF v3", "safetensors": for people */
    struct file *files;
    uint32_t file_count, file_capacity;
    uint32_t cut_file;      /* the last file, from 1, that ends before its tensors do */
    struct tensor *tensors; /* in file order; none if only the vocabulary was requested */
    uint32_t tensor_count, tensor_capacity;
    uint32_t *places; /* [place_count]: of tensors, by name, as model_index_tensors found them */
    uint32_t place_count;
    bool text_part; /* of a directory with other parts, whose tensors are not read */
    const struct architecture *kind; /* import.h; NULL: tensors alone */
    struct unread_tensor *unread;
    uint32_t unread_count, unread_capacity;
    struct part
        *parts; /* of a directory, each also a tensor or unread, until it is joined: coded.h */
    uint32_t part_count, part_capacity;
    struct quantization quantization;
    struct hyper_parameters hyper;
    struct vocabulary *vocabulary; /* NULL: the model has none. See import/vocabulary.h */
    const char *chat_template;     /* Jinja source; NULL: none */
    uint32_t chat_template_bytes;
    const char
        *tool_template; /* for conversations with tools; NULL: chat_template serves them too */
    uint32_t tool_template_bytes;
    struct recommended_sampling sampling;
    struct special_token special_tokens[MODEL_MAX_SPECIAL_TOKENS];
    uint32_t special_token_count;
};

struct import_options {
    bool vocabulary_only;      /* neither require nor read tensors and hyper-parameters */
    bool no_vocabulary;        /* do not read the vocabulary */
    const char *pre_tokenizer; /* overrides what a GGUF file says; NULL: as the file says */
};

/* Recognizes the format (a GGUF file, the first part of a split one, or a Hugging Face directory)
 * and reads it. The caller zeroes `m` and sets its arena and strings. On failure, `d` has every
 * problem found. */
bool import_model(const char *path, const struct import_options *options, struct model *m,
                  struct diags *d);
/* The same for tensors alone: a safetensors file, a directory of them (model.safetensors, or an
 * index with shards), or a GGUF file. Neither a configuration nor an architecture is needed. */
bool import_weights(const char *path, struct model *m, struct diags *d);
bool model_is_gguf(const struct model *m); /* otherwise it is a directory */
/* The name that a tensor has, or would have, in the model's file; for messages. */
const char *model_source_name(const struct model *m, str_id name);
void model_close(struct model *m); /* unmaps the files */

/* Stores copies of both texts. The first text of a name counts; texts beyond the limit are
 * dropped. */
void model_add_special_token(struct model *m, const char *name, const char *text, size_t bytes);

/* The tensor of that name, or NULL. */
const struct tensor *model_tensor(const struct model *m, str_id name);
const struct tensor *model_find_tensor(const struct model *m, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The tensor that has this name in its file, or NULL. */
struct tensor *model_source_tensor(const struct model *m, str_id source_name);
/* The same for tensors that cannot be read. */
const struct unread_tensor *model_unread(const struct model *m, str_id name);
/* Reports the tensors whose types rlx does not read and for which `needed`, by index in m->unread,
 * is true (NULL: all). One error lists each type and its number of tensors. False if there are
 * any. */
bool model_refuse_types(const struct model *m, const bool *needed, struct diags *d);
/* The mapped bytes of a tensor that is not made of slices. */
const uint8_t *model_data(const struct model *m, const struct tensor *t);
uint64_t tensor_rows(const struct tensor *t);  /* the product of all axes but the last */
uint64_t tensor_width(const struct tensor *t); /* the last axis; 1 where there is none */
uint64_t tensor_row_bytes(const struct tensor *t);
/* The bytes of one row of any tensor. One of coded parts is made in `room`, which has
 * tensor_row_bytes; NULL: the caller knows that there are none. */
const uint8_t *model_row(const struct model *m, const struct tensor *t, uint64_t row,
                         uint8_t *room);
/* Calls `visit` for each part of the model's files that holds some of these rows. */
void model_visit_rows(const struct model *m, const struct tensor *t, uint64_t first, uint64_t rows,
                      void (*visit)(void *context, const struct file *f, uint64_t offset,
                                    uint64_t bytes),
                      void *context);

/* Adds a tensor whose rows are those of the slices, one after the other. Name, type and shape of
 * `t` are set; type and width are those of every slice, and the rows add up. Slices are copied.
 * False: `d` says which slice does not fit. After model_check_tensors, so that bytes may be in
 * several tensors. */
bool model_add_slices(struct model *m, struct tensor t, const struct tensor_slice *slices,
                      uint32_t count, struct diags *d);
/* Adds a tensor of coded parts, which fit it. */
void model_add_coded(struct model *m, struct tensor t, const struct coded *coded);
/* Adds a tensor whose bytes are copied from memory. */
void model_add_memory(struct model *m, struct tensor t, const uint8_t *bytes);

#endif

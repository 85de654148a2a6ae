/* What the importers share: the model's files and tensors, known architectures, limits of
 * hyper-parameters, and JSON. Only compiler/import uses it. */
#ifndef RLXC_IMPORT_H
#define RLXC_IMPORT_H

#include "compiler/import/gguf.h"

#include <jansson.h>

enum model_source { SOURCE_gguf = 1, SOURCE_config = 2 }; /* config.json and safetensors */

/* ---- files and tensors (tensors.c) ---- */

bool model_map_file(struct model *m, const char *path, uint32_t *index, struct diags *d);

/* Adds a tensor whose name, dtype, rank, shape, file and offset are set; checks shape, block size
 * and extent, and sets `bytes`. `source_name` is its name in the file, for messages. */
bool model_add_tensor(struct model *m, struct tensor t, const char *source_name, struct diags *d);

/* Whether this is the first tensor that reaches beyond the end of the file: one error per file. */
bool model_first_outside(struct model *m, uint32_t file);

/* Records a tensor that cannot be read because of its type or (NULL) its shape. Copies the
 * texts. */
void model_add_unread(struct model *m, str_id name, const char *source_name, const char *type,
                      const char *shape);

/* Forgets a tensor, which must be there. */
void model_drop_tensor(struct model *m, str_id name);

/* If several files have a tensor of the same name, the last one counts; a warning says so. */
void model_drop_repeated(struct model *m, struct diags *d);

/* After the last tensor: sorts them into file order, and refuses a name that occurs twice or a byte
 * in two tensors. */
bool model_check_tensors(struct model *m, struct diags *d);
/* Makes model_tensor quick for the tensors that are there now; it finds others and moved ones, too. */
void model_index_tensors(struct model *m);

/* ---- architectures and hyper-parameters (hyper.c) ---- */

/* The layers that have a window, where neither `layer_types` nor a pattern of the file says so. */
enum window_rule {
    WINDOW_none,     /* `sliding_window` has no meaning */
    WINDOW_always,   /* all, unless it is null */
    WINDOW_upper,    /* only with `use_sliding_window`: from `max_window_layers` on */
    WINDOW_unturned, /* likewise: those without rotary positions */
    WINDOW_pattern,  /* all but the last of each `window_pattern` layers */
    WINDOW_turned,   /* those with rotary positions */
};

/* What turns q and k of each layer. */
enum turning_rule {
    TURNING_all,      /* hyper_parameters.rope */
    TURNING_interval, /* none in each `pattern`-th layer, or as `no_rope_layers` says */
    TURNING_windowed, /* where some layers have a window, only these */
    TURNING_local,    /* layers with a window turn by local_rope */
    TURNING_none,     /* nothing */
};

/* Whether a directory's projections have biases. */
struct bias_source {
    const char *key; /* of config.json; NULL: always as `otherwise` says */
    bool otherwise;  /* without the key */
};

/* How the names of tensors in files become the compiler's (tensor_names.def). */
enum name_scheme {
#define SCHEME(name, prefix, layer_prefix) NAMES_##name,
#define TOP(scheme, file, ours)
#define LAYER(scheme, file, ours)
#include "compiler/import/tensor_names.def"
#undef SCHEME
#undef TOP
#undef LAYER
};

/* The facts that an architecture may read: READS(name) is a set with that one. */
enum fact_name {
#define FACT(name, ...) FACT_##name,
#define LAYERS(name, ...) FACT_##name,
#define SIZE(...)
#define SAME(...)
#define KNOWN(gguf)
#include "compiler/import/config_keys.def"
#undef FACT
#undef LAYERS
#undef SIZE
#undef SAME
#undef KNOWN
};
#define READS(name) (UINT64_C(1) << FACT_##name)

struct architecture {       /* architectures.def */
    const char *spelling;   /* model_type of config.json; NULL: there are no such directories */
    const char *gguf;       /* general.architecture of a GGUF file; NULL: no such files */
    const char *family;     /* in family/families.def */
    const char *class_name; /* its class in transformers; "architectures" of config.json names it */
    uint64_t reads;         /* facts, by READS */
    enum window_rule window;
    enum turning_rule turning;
    uint32_t window_pattern, turning_pattern;
    bool anchored; /* windows are chunks, of `attention_chunk_size` */
    struct bias_source qkv_bias, output_bias, mlp_bias;
    bool has_qk_norm;
    bool interleaved;         /* directories: rotary pairs (2i, 2i + 1) */
    bool has_lm_head;         /* GGUF files always have one, which is never the embedding */
    bool interleaved_in_gguf; /* the same of GGUF files, by permuted rows of q and k */
    double rotary_part;  /* directories: default of partial_rotary_factor; 0: it has no meaning */
    bool qkv_by_head;    /* directories: rows of q, k and v alternate for each KV head */
    bool transposed;     /* directories: weights of layers are [in, out] */
    bool experts_turned; /* directories: plain weights of experts are [experts, in, out] */
    bool norms_lack_one; /* directories: the weights of norms are stored minus 1 */
    bool ends_full;      /* directories: the last layer has no window, whatever layer_types says */
    double
        proportional; /* directories: without rope_parameters, of each head's pairs this part turns */
    bool has_v_norm;              /* v is normed, without a weight */
    uint32_t feed_forward_factor; /* the default of feed_forward: that many times the width */
    /* What follows from other parameters, and from config.json (NULL: a GGUF file) in ways of its
     * own; NULL: nothing. */
    void (*derive)(struct hyper_parameters *h, const json_t *config);
    enum name_scheme names, gguf_names;
    struct hyper_parameters
        defaults; /* used if config.json has no such key; 0: follows from other sizes */
};

/* An unknown architecture is an error that names the known ones. */
const struct architecture *architecture_find(const char *spelling, size_t bytes,
                                             enum model_source source, struct place at,
                                             struct diags *d);

/* Limits of plausible sizes. The product of any three of them fits in 64 bits. */
enum {
    MAX_VOCABULARY = 1 << 24,
    MAX_HIDDEN = 1 << 20,
    MAX_LAYERS = 1 << 12,
    MAX_HEADS = 1 << 14,
    MAX_HEAD_DIM = 1 << 13,
    MAX_FEED_FORWARD = 1 << 22,
    MAX_CONTEXT = 1 << 30,
    MAX_EXPERTS = 1 << 12,
};

/* Fills in head_dim, kv_heads and rotary_dim if they are 0, then checks that the parameters are
 * consistent. */
bool hyper_complete(struct hyper_parameters *h, const struct architecture *architecture,
                    const json_t *config, const char *file, struct diags *d);
/* Gives each layer its sizes, its window if `windowed` says so, and what turns it: nothing where
 * `turns` (NULL: all do) says so. For complete parameters. The caller may change the sizes of the
 * layers that this returns. */
struct layer_parameters *hyper_set_layers(struct hyper_parameters *h,
                                          const struct architecture *architecture,
                                          const bool *windowed, const bool *turns, struct arena *a);
/* Where a layer has the size that is at this offset of the hyper-parameters; NULL: it is one of the
 * whole model. */
uint32_t *hyper_layer_size(struct layer_parameters *layer, size_t offset);
/* Checks the sizes of all layers, says whose keys and values the last ones read, and makes the sizes
 * without an index the largest of each. */
bool hyper_finish_layers(struct hyper_parameters *h, struct layer_parameters *layer,
                         const char *file, struct diags *d);
/* Lets q of layers that do not turn grow with the position. Before hyper_set_layers. */
void hyper_grow_still(struct hyper_parameters *h, double growth, uint32_t context);
/* By layer: all but the last of each `pattern` layers; all where it is 0. */
bool *hyper_all_but_last(struct arena *a, uint32_t layers, uint32_t pattern);

/* ---- JSON (json.c, json_parse.c) ---- */

/* Reads a file that is one JSON object; NULL and an error if it is not. Reads what Python's json
 * reads: if a name occurs twice, the last value counts (a warning); integers beyond 64 bits become
 * reals; numbers that no double holds (Infinity, NaN, 1e999) become texts with their spelling.
 * Names and texts may contain U+0000. Nesting is bounded. The caller json_decrefs the object. */
json_t *json_read_object(const struct file *f, struct diags *d);
/* The object in `bytes` at `offset` of a binary file. A name that occurs twice, or contains U+0000,
 * is an error. */
json_t *json_read_header(const struct file *f, uint64_t offset, uint64_t bytes, struct diags *d);
/* The same for a path; the file is mapped only during the call. */
json_t *json_read_file(const char *path, struct diags *d);
struct json_report {
    const char *fault;    /* NULL: none */
    uint64_t at;          /* position of the fault */
    uint64_t repeated_at; /* position of the first name that occurs twice in one object; 0: none */
};
/* Any value; NULL and a fault if the text is not JSON. `strict`: as json_read_header. */
json_t *json_parse(const char *text, uint64_t bytes, bool strict, struct json_report *report);
/* A value as text to print after "found". */
const char *json_found(struct arena *a, const json_t *value);

/* ---- formats ---- */

bool gguf_open(struct gguf *g, struct model *m, uint32_t file, struct diags *d); /* gguf.c */
bool gguf_read_hyper(const struct gguf *g, struct model *m, struct diags *d);    /* gguf_hyper.c */
bool gguf_read_tensors(const struct gguf *g, struct diags *d); /* gguf_tensors.c; names mapped */
/* The compiler's name of a tensor in a file of this model, and the reverse. tensor_names.c */
str_id tensor_name_from_file(const struct model *m, const char *name);
const char *tensor_name_in_file(const struct model *m, const char *name);
/* The name that GGUF files have for what the compiler calls `name`; NULL: of any architecture. */
const char *tensor_name_in_gguf(const struct architecture *kind, const char *name, struct arena *a);
/* Adds q, k and v, gate and up, where files have them as one tensor. fused_tensors.c */
bool import_split_fused(struct model *m, struct diags *d);
/* Adds tensors that follow from others, or from nothing. made_tensors.c */
bool import_make_tensors(struct model *m, struct diags *d);
/* Makes tensors of numbers, scales and the like. coded_tensors.c */
bool import_join_coded(struct model *m, struct diags *d);
/* Makes one tensor [experts, out, in] of those of a layer's experts. expert_tensors.c */
bool import_stack_experts(struct model *m, struct diags *d);
bool import_gguf(uint32_t file, const struct import_options *options, struct model *m,
                 struct diags *d);
/* The tensors of a file and of its other parts, and nothing else. */
bool import_gguf_tensors(uint32_t file, struct model *m, struct diags *d);
bool import_safetensors(const char *directory, struct model *m,
                        struct diags *d); /* safetensors.c */
bool safetensors_read_file(struct model *m, const char *path, uint32_t *file,
                           struct diags *d); /* one file; does not compare tensors yet */
bool safetensors_read_mapped(struct model *m, uint32_t file, struct diags *d);
/* model.safetensors, or the shards of an index; does not compare tensors yet. */
bool safetensors_read_directory(const char *directory, struct model *m, struct diags *d);
bool config_read(const char *path, struct model *m, struct diags *d); /* config.c */
/* sampling.c; all fill m->sampling. The file is optional in a directory. */
bool sampling_from_json(const char *path, struct model *m, struct diags *d);
bool sampling_from_directory(const char *directory, struct model *m, struct diags *d);
bool sampling_from_gguf(const struct gguf *g, struct model *m, struct diags *d);

#endif

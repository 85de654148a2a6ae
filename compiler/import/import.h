/* What the importers share: the model's files and tensors, the architectures that are known, limits
 * of hyper-parameters, and JSON. Nothing outside compiler/import needs this.
 */
#ifndef RLXC_IMPORT_H
#define RLXC_IMPORT_H

#include "compiler/import/gguf.h"

#include <jansson.h>

enum model_source { SOURCE_gguf = 1, SOURCE_config = 2 }; /* config.json and safetensors */

/* ---- files and tensors (tensors.c) ---- */

bool model_map_file(struct model *m, const char *path, uint32_t *index, struct diags *d);

/* Adds a tensor of which name, dtype, rank, shape, file and offset are set; fills `bytes`. Checked
 * here: shape, block size, extent. `source_name` is its name in the file, for messages. */
bool model_add_tensor(struct model *m, struct tensor t, const char *source_name, struct diags *d);

/* Whether this is the first tensor that reaches beyond the end of the file: one error a file. */
bool model_first_outside(struct model *m, uint32_t file);

/* A tensor that is not read, because of its type or (NULL) its shape. The texts are copied. */
void model_add_unread(struct model *m, str_id name, const char *source_name, const char *type,
                      const char *shape);

/* Where several files have a tensor of one name, the last of them counts; a warning says so. */
void model_drop_repeated(struct model *m, struct diags *d);

/* After the last one: brings them into file order; no name twice, no byte in two tensors. */
bool model_check_tensors(struct model *m, struct diags *d);

/* ---- architectures and hyper-parameters (hyper.c) ---- */

enum window_rule {
    WINDOW_none,   /* `sliding_window` has no meaning */
    WINDOW_always, /* in all layers or as `layer_types` says, unless it is null */
    WINDOW_upper,  /* only with `use_sliding_window`, in layers from `max_window_layers` on, or as
                      `layer_types` says */
};

/* What config.json lets the projections of attention have. */
enum bias_source { BIASES_none, BIASES_qkv, BIASES_by_key /* attention_bias: q, k, v and o */ };

struct architecture { /* architectures.def */
    const char *spelling, *family, *class_name;
    unsigned sources;
    bool interleaved_in_gguf; /* q and k rows are permuted there */
    enum window_rule window;
    enum bias_source biases;
    bool has_mlp_bias; /* mlp_bias has a meaning */
    bool has_qk_norm;
    struct hyper_parameters
        defaults; /* where config.json says nothing; 0: it follows from others */
};

/* An unknown one is an error that names the known ones. */
const struct architecture *architecture_find(const char *spelling, size_t bytes,
                                             enum model_source source, struct place at,
                                             struct diags *d);

/* Largest sizes that are taken for serious. Products of any three of them fit 64 bits. */
enum {
    MAX_VOCABULARY = 1 << 24,
    MAX_HIDDEN = 1 << 20,
    MAX_LAYERS = 1 << 12,
    MAX_HEADS = 1 << 14,
    MAX_HEAD_DIM = 1 << 13,
    MAX_FEED_FORWARD = 1 << 22,
    MAX_CONTEXT = 1 << 30,
};

/* Fills head_dim, kv_heads and rotary_dim where they are 0, then checks what holds between the
 * parameters. */
bool hyper_complete(struct hyper_parameters *h, const char *file, struct diags *d);

/* ---- JSON (json.c, json_parse.c) ---- */

/* The JSON object that a whole file is, or NULL and an error. What Python's json reads this reads:
 * of a name that stands twice the last value counts (a warning), integers beyond 64 bits come as
 * reals, and numbers that no double holds (Infinity, NaN, 1e999) as texts of their spelling. Names
 * and texts may hold U+0000. Nesting is bounded. The caller json_decrefs it. */
json_t *json_read_object(const struct file *f, struct diags *d);
/* The object in `bytes` at `offset` of a binary file: a name that stands twice, or holds U+0000, is
 * an error. */
json_t *json_read_header(const struct file *f, uint64_t offset, uint64_t bytes, struct diags *d);
/* json_read_object of a file that is mapped only meanwhile. */
json_t *json_read_file(const char *path, struct diags *d);
struct json_report {
    const char *fault;    /* NULL: none */
    uint64_t at;          /* of the fault */
    uint64_t repeated_at; /* the first name that stands twice in one object; 0: none does */
};
/* Any value; NULL and a fault where the text is none. `strict`: as json_read_header. */
json_t *json_parse(const char *text, uint64_t bytes, bool strict, struct json_report *report);
/* A value as it may stand behind "found". */
const char *json_found(struct arena *a, const json_t *value);

/* ---- formats ---- */

bool gguf_open(struct gguf *g, struct model *m, uint32_t file, struct diags *d); /* gguf.c */
bool gguf_read_hyper(const struct gguf *g, struct model *m, struct diags *d);    /* gguf_hyper.c */
bool gguf_read_tensors(const struct gguf *g, struct diags *d); /* gguf_tensors.c; names mapped */
/* What GGUF files call a tensor of the compiler's name; in `strings`. gguf_tensors.c */
const char *gguf_name(struct strings *strings, const char *name);
bool import_gguf(uint32_t file, const struct import_options *options, struct model *m,
                 struct diags *d);
bool import_safetensors(const char *directory, struct model *m,
                        struct diags *d); /* safetensors.c */
bool safetensors_read_file(struct model *m, const char *path, uint32_t *file,
                           struct diags *d); /* one; tensors are not compared yet */
bool config_read(const char *path, struct model *m, struct diags *d); /* config.c */
/* sampling.c; all fill m->sampling. A directory need not have the file. */
bool sampling_from_json(const char *path, struct model *m, struct diags *d);
bool sampling_from_directory(const char *directory, struct model *m, struct diags *d);
bool sampling_from_gguf(const struct gguf *g, struct model *m, struct diags *d);

#endif

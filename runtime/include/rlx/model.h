/* Models: opening artifacts, what is in them, and which sampling their publisher recommends.
 * Include <rlx/rlx.h>. */
#ifndef RLX_MODEL_H
#define RLX_MODEL_H

#include <rlx/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Maps a file: an artifact, or a program that carries one. rlx_model_open_descriptor and
 * rlx_model_open_memory take both as well. */
RLX_API rlx_status rlx_model_open(const char *path, rlx_model **out, rlx_error *error);
/* Opens the artifact that the running program carries; RLX_ERROR_NO_MODEL if it carries none. */
RLX_API rlx_status rlx_model_open_self(rlx_model **out, rlx_error *error);

enum { RLX_MODEL_ALIGNMENT = 64 };
/* Maps an artifact that is a file or part of one: `bytes` bytes from `offset` on, which must be a
 * multiple of RLX_MODEL_ALIGNMENT; 0 bytes: up to the end of the file. Nothing is copied. The
 * descriptor must be open for reading. The caller keeps it and may close it at once; its position
 * does not move. The file must not change while the model is open. */
RLX_API rlx_status rlx_model_open_descriptor(int descriptor, uint64_t offset, uint64_t bytes,
                                             rlx_model **out, rlx_error *error);
/* Opens an artifact in memory, aligned to RLX_MODEL_ALIGNMENT, and uses it in place. The caller
 * keeps the memory and must neither change nor free it while the model is open. Only the code that
 * runs is copied (rlx_model_info.code_bytes), because it must be executable. */
RLX_API rlx_status rlx_model_open_memory(const void *data, size_t bytes, rlx_model **out,
                                         rlx_error *error);
/* `model` may be NULL. What sessions and instances still use stays open until the last of them
 * closes. */
RLX_API void rlx_model_close(rlx_model *model);
/* Reads every byte and checks every digest, and the tables of all code levels. */
RLX_API rlx_status rlx_model_verify(const rlx_model *model, rlx_error *error);

/* ---- what is in a model; all strings live as long as the model ---- */

/* A graph that no model file came with has 0 for what it does not say: hidden, heads, … */
typedef struct {
    uint32_t struct_bytes;
    const char *name, *architecture, *source, *compiler, *numerics;
    const char *level;    /* the code level that the default device runs here */
    const char *manifest; /* JSON */
    const char *kv_type;  /* of keys and values: "f32", "f16" or "q8"; "" without any */
    uint32_t vocabulary;  /* width of the logits; 0: no output is logits */
    uint32_t hidden, layers, heads, kv_heads, head_dim;
    uint32_t context; /* positions */
    uint64_t parameters, file_bytes, weight_bytes, code_bytes;
    uint64_t decode_bytes; /* weights that one decoded token reads */
    uint64_t state_bytes;  /* states of one sequence at full context; reserved, and committed as
                              they grow */
    const void *weights; /* the mapped weights, weight_bytes long: for benchmarks of reading them */
    bool has_tokenizer, has_template;
    bool template_refused; /* it has a chat template, which could not be compiled */
} rlx_model_info;
RLX_DEFAULT_IS_ZERO(rlx_model_info)
RLX_API rlx_status rlx_model_get_info(const rlx_model *model, rlx_model_info *info);

/* A variant is code for runs of certain sizes of one entry. */
typedef struct {
    uint32_t struct_bytes;
    uint32_t batch;    /* sequences in one run at most */
    const char *name;  /* "decode-b1-s1" */
    const char *entry; /* "main" */
    const char *phase; /* "prefill", "decode", "encoder" or "inference" */
    uint64_t key;
    uint32_t first_rows, last_rows; /* numbers of rows that it runs */
    uint64_t steps, scratch_bytes, thread_bytes;
} rlx_variant_info;
RLX_DEFAULT_IS_ZERO(rlx_variant_info)
RLX_API uint32_t rlx_model_variant_count(const rlx_model *model);
/* RLX_ERROR_BAD_ARGUMENT if `index` is not below the count; likewise below. */
RLX_API rlx_status rlx_model_get_variant(const rlx_model *model, uint32_t index,
                                         rlx_variant_info *info, rlx_error *error);

/* An entry is a way into the model's graph: outputs, and the inputs and states that they need.
 * Sessions run the entry "main"; instances run any (rlx/instance.h). */
typedef struct {
    uint32_t struct_bytes;
    uint32_t io_count, variant_count;
    const char *name;
} rlx_entry_info;
RLX_DEFAULT_IS_ZERO(rlx_entry_info)
RLX_API uint32_t rlx_model_entry_count(const rlx_model *model);
RLX_API rlx_status rlx_model_get_entry(const rlx_model *model, uint32_t index, rlx_entry_info *info,
                                       rlx_error *error);

enum { RLX_DIMENSIONS_MAX = 5 };
/* One dimension of an input or output: `size` elements, or, if it has a symbol,
 * floor((multiply * symbol + add) / divide) of them, `size` at most. */
typedef struct {
    const char *symbol; /* "ROWS", "FRAMES"; NULL: the size is fixed */
    uint64_t size;
    int64_t multiply, add, divide; /* without a symbol 0 */
} rlx_dimension;

/* An input or output of an entry. Its rows are those of the first dimension: row by row in memory,
 * the other dimensions of a row one after the other. */
typedef struct {
    uint32_t struct_bytes;
    bool is_output;
    const char *name;
    const char *element; /* "f32" or "i32" */
    const char *role; /* "data": the caller's. What sessions give and read by themselves: "tokens",
                            "positions", "out_rows", and the output "logits" */
    uint32_t rank;    /* number of dimensions */
    rlx_dimension dimensions[RLX_DIMENSIONS_MAX];
} rlx_io_info;
RLX_DEFAULT_IS_ZERO(rlx_io_info)
/* The inputs and outputs of an entry are numbered from 0 to io_count - 1, inputs first. */
RLX_API rlx_status rlx_model_get_io(const rlx_model *model, const char *entry, uint32_t index,
                                    rlx_io_info *info, rlx_error *error);

/* A state is memory of one sequence that outlives a run. By class:
 *   rows     one row per position
 *   ring     the newest `capacity` positions: position p is row p modulo capacity
 *   carried  replaced by every run; of the past, only checkpoints remain
 *   cross    written by one entry and read by others: what a decoder reads of its encoder */
typedef struct {
    uint32_t struct_bytes;
    uint32_t layer;
    const char *name;        /* "past_k_0" */
    const char *state_class; /* "rows", "ring", "carried" or "cross" */
    const char *role;        /* "key", "value" or "data" */
    const char *element;     /* "f32", "f16" or "q8"; values are passed as f32 all the same */
    const char *symbol;      /* cross: the size that counts its rows; else NULL */
    uint32_t heads, width;   /* a row is heads * width values */
    uint64_t capacity;       /* rows */
    uint64_t bytes;
    uint64_t window; /* ring: rows that a token reads at most; else 0 */
} rlx_state_info;
RLX_DEFAULT_IS_ZERO(rlx_state_info)
RLX_API uint32_t rlx_model_state_count(const rlx_model *model);
RLX_API rlx_status rlx_model_get_state(const rlx_model *model, uint32_t index, rlx_state_info *info,
                                       rlx_error *error);

/* ---- sampling ---- */

/* Sampling, in this order: penalties, temperature, top-k, softmax, top-p and min-p, draw. The draw
 * uses Philox with (seed, number of tokens in the history). Ties go to the lower id. Zero turns an
 * option off. Fields that the caller does not know have the values of rlx_sampling_default. */
typedef struct {
    uint32_t struct_bytes;
    float temperature;        /* 0: greedy; only the penalties apply */
    uint32_t top_k;           /* 0: all */
    float top_p;              /* 0 or 1: all */
    float min_p;              /* 0: all */
    float repetition_penalty; /* 0 or 1: none; in the window, positive logits are divided by it and
                                 negative ones multiplied */
    uint64_t seed;
    float presence_penalty;  /* subtracted from the logit of each token in the window */
    float frequency_penalty; /* the same, once per occurrence in the window */
    uint32_t penalty_window; /* number of newest tokens that all three penalties look at, including
                                the prompt; 64 is usual. UINT32_MAX: all; 0: none, so that all
                                three penalties must be off */
    uint32_t from_model;     /* set by rlx_model_get_sampling: RLX_SAMPLING_*; else unused */
} rlx_sampling;

/* Greedy: the largest logit, no penalties. Change the fields that should differ. */
static __inline__ rlx_sampling rlx_sampling_default(void)
{
    rlx_sampling sampling = {sizeof(rlx_sampling), 0, 0, 1, 0, 1, 0, 0, 0, 64, 0};
    return sampling;
}

/* Which values the model's publisher recommends. */
enum {
    RLX_SAMPLING_TEMPERATURE = 1,
    RLX_SAMPLING_TOP_K = 2,
    RLX_SAMPLING_TOP_P = 4,
    RLX_SAMPLING_MIN_P = 8,
    RLX_SAMPLING_REPETITION_PENALTY = 16,
    RLX_SAMPLING_PENALTY_WINDOW = 32
};
/* What the publisher recommends (generation_config.json, general.sampling.* of a GGUF file). If the
 * publisher names any of temperature, top-k, top-p and min-p, all four are the publisher's: those
 * left out are off, and the temperature defaults to 1. Otherwise they are ours, for conversations:
 * temperature 0.7, top_p 0.95, min_p 0.05. Penalties are the publisher's or none. The seed is 0. A
 * session does not use these values unless told to. */
RLX_API rlx_status rlx_model_get_sampling(const rlx_model *model, rlx_sampling *sampling);

#ifdef __cplusplus
}
#endif

#endif

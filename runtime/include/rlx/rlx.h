/* rlx: runs compiled models.
 *
 * Two objects. A model is a mapped artifact: read-only, cheap to open (no weight is touched),
 * shared by any number of threads. A session is one sequence of tokens on a model: its history, its
 * KV cache and its position. Only one thread may use a session at a time. That thread computes
 * along with the session's own threads, so it needs 256 kB of free stack (every thread has that by
 * default, unless it was created with a small stack).
 *
 * Functions return RLX_OK, or another status and fill the caller's rlx_error: what, where,
 * expected, found. They never print and never abort. Results come through `out`, which is NULL
 * after a failure. Between rlx_session_open and rlx_session_close, only the calls that say so
 * allocate memory.
 *
 * Pointers. Every pointer must be valid, unless its comment says that it may be NULL. `error` and
 * the `context` of a callback may always be NULL, and so may a pointer whose count of bytes or
 * elements is 0. NULL anywhere else gives RLX_ERROR_BAD_ARGUMENT, with a sentence that names the
 * argument, and changes nothing. Functions without an rlx_error then return RLX_ERROR_BAD_ARGUMENT, 0,
 * false or NULL; functions that return nothing do nothing.
 *
 * Callbacks run on the thread that called. They may query the session. Only on_token and on_text of
 * rlx_session_generate may also change it, and no callback may close it.
 *
 * Structures that begin with struct_bytes may grow at the end in later versions, and struct_bytes
 * says which fields the caller knows: start from what rlx_NAME_default() returns. A struct_bytes
 * that is 0, or a size that the structure never had, gives RLX_ERROR_BAD_ARGUMENT. A larger one comes
 * from a caller that is newer than the library: options that the library does not know must then be
 * 0, and results that it does not know become 0.
 *
 * Trust. An artifact holds machine code, which runs as part of the program: run only artifacts that
 * you built or trust. The library detects damage (in weights and code, rlx_model_verify does), but
 * not forgery. All other input, such as saved sessions, texts, conversations and tokens, may be
 * hostile.
 */
#ifndef RLX_H
#define RLX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RLX_API __attribute__((visibility("default")))

/* TYPE_default(): the structure with its struct_bytes set and all other fields zero. */
#define RLX_DEFAULT_IS_ZERO(type)                \
    static __inline__ type type##_default(void)  \
    {                                            \
        type made;                               \
        __builtin_memset(&made, 0, sizeof made); \
        made.struct_bytes = sizeof made;         \
        return made;                             \
    }

typedef struct rlx_model rlx_model;
typedef struct rlx_session rlx_session;
typedef struct rlx_instance rlx_instance;

typedef enum {
    RLX_OK,
    RLX_ERROR_BAD_ARGUMENT,
    RLX_ERROR_NO_MEMORY,
    RLX_ERROR_BAD_FILE, /* damaged, truncated, or not an artifact */
    RLX_ERROR_NO_MODEL, /* a program that carries no artifact */
    RLX_ERROR_WRONG_VERSION,
    RLX_ERROR_NO_DEVICE,    /* the machine lacks what the code needs */
    RLX_ERROR_CONTEXT_FULL, /* more tokens than the context has room for */
    RLX_ERROR_NO_VARIANT,   /* no compiled variant serves this */
    RLX_ERROR_NO_TOKENIZER,
    RLX_ERROR_NO_TEMPLATE, /* the model has no chat template, or one that could not be compiled */
    RLX_ERROR_STOPPED,     /* a callback asked to stop */
    RLX_ERROR_IO,
    RLX_ERROR_INTERNAL,
    RLX_ERROR_TEMPLATE_FAILED, /* the chat template refuses the conversation, or fails on it */
    RLX_ERROR_NOT_NUMBERS /* a logit is NaN, or all are minus infinity: no token can be drawn */
} rlx_status;

typedef struct {
    rlx_status status;
    char text[240]; /* one sentence, NUL-terminated */
} rlx_error;

RLX_API const char *rlx_status_name(rlx_status status); /* "context full" */
RLX_API const char *rlx_version(void);

/* ---- models ---- */

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
/* `model` may be NULL. What sessions still use stays open until the last of them closes. */
RLX_API void rlx_model_close(rlx_model *model);
/* Reads every byte and checks every digest. */
RLX_API rlx_status rlx_model_verify(const rlx_model *model, rlx_error *error);

typedef struct {
    uint32_t struct_bytes;
    const char *name, *architecture, *source, *compiler, *numerics; /* live as long as the model */
    const char *level;    /* the code level chosen for this machine */
    const char *manifest; /* JSON */
    uint32_t vocabulary, hidden, layers, heads, kv_heads, head_dim, context;
    uint64_t parameters, file_bytes, weight_bytes, code_bytes;
    uint64_t decode_bytes; /* weights that one decoded token reads */
    uint64_t state_bytes;  /* KV cache at full context; reserved, committed as it grows */
    bool has_tokenizer, has_template;
    const void *weights; /* the mapped weights, weight_bytes long: for benchmarks of reading them */
    const char *cache;   /* type of the KV cache: "f32", "f16" or "q8" */
    bool template_refused; /* it has a chat template, which could not be compiled */
} rlx_model_info;
RLX_DEFAULT_IS_ZERO(rlx_model_info)
RLX_API rlx_status rlx_model_get_info(const rlx_model *model, rlx_model_info *info);

typedef struct {
    uint32_t struct_bytes;
    const char *name; /* "decode-b1-s1" */
    uint64_t key;
    uint32_t phase, batch, first_rows, last_rows, steps;
    uint64_t scratch_bytes, thread_bytes;
} rlx_variant_info;
RLX_DEFAULT_IS_ZERO(rlx_variant_info)
RLX_API uint32_t rlx_model_variant_count(const rlx_model *model);
RLX_API rlx_status rlx_model_get_variant(const rlx_model *model, uint32_t index,
                                         rlx_variant_info *info, rlx_error *error);

/* ---- text (these allocate working memory and free it before they return) ---- */

enum {
    RLX_TOKENIZE_ADD_BOS =
        1, /* add what the vocabulary puts around a text: before it, such as a BOS token,
                        and after it, such as [SEP] */
    RLX_TOKENIZE_PARSE_SPECIAL = 2, /* recognize control tokens in the text */
    RLX_TOKENIZE_LEAVE_OPEN =
        4 /* with RLX_TOKENIZE_ADD_BOS: nothing after it, because the text goes on */
};

/* Writes at most `capacity` ids and always sets `count` to the number of ids that the text has;
 * RLX_ERROR_BAD_ARGUMENT if they do not fit. `flags`: any of RLX_TOKENIZE_ADD_BOS, RLX_TOKENIZE_PARSE_SPECIAL and
 * RLX_TOKENIZE_LEAVE_OPEN, or 0. A prompt that the model continues needs RLX_TOKENIZE_LEAVE_OPEN. */
RLX_API rlx_status rlx_tokenize(const rlx_model *model, const char *text, size_t bytes,
                                uint32_t flags, int32_t *ids, size_t capacity, size_t *count,
                                rlx_error *error);

/* A lower bound on the number of tokens in the text: at least its length divided by that of the
 * longest token, if the vocabulary allows such a bound. It looks at each byte once and needs no
 * memory, so a caller can reject a text that cannot fit before tokenizing it. 0 without a
 * tokenizer. */
RLX_API size_t rlx_tokenize_min(const rlx_model *model, const char *text, size_t bytes);

/* Turns a stream of ids into text, in whole characters only. Zero-initialise the state, pass ids
 * one by one, flush at the end. `text` receives at most `capacity` bytes (RLX_DETOKENIZE_MAX is
 * enough for any one token) without a terminating NUL; invalid bytes become U+FFFD. */
enum { RLX_DETOKENIZE_MAX = 4096 };
typedef struct {
    bool skip_special;
    bool started; /* a leading space was dropped, where the vocabulary asks for that */
    uint8_t pending_count, pending[6];
    bool space_waits; /* a space comes before the next token */
} rlx_detokenizer;
RLX_API rlx_status rlx_detokenize(const rlx_model *model, rlx_detokenizer *state, int32_t id,
                                  char *text, size_t capacity, size_t *bytes, rlx_error *error);
RLX_API rlx_status rlx_detokenize_flush(const rlx_model *model, rlx_detokenizer *state, char *text,
                                        size_t capacity, size_t *bytes, rlx_error *error);
/* The raw bytes that one token gives inside a text, which need not be whole characters; NULL for an
 * id outside the vocabulary. */
RLX_API const char *rlx_token_bytes(const rlx_model *model, int32_t id, size_t *bytes);
RLX_API bool rlx_token_ends_generation(const rlx_model *model, int32_t id);

typedef struct {
    const char *role, *content;
} rlx_message;
/* Renders messages with the model's chat template into malloc'd text that the caller frees. */
RLX_API rlx_status rlx_chat_render(const rlx_model *model, const rlx_message *messages,
                                   size_t count, bool add_generation_prompt, char **text,
                                   size_t *bytes, rlx_error *error);
/* The tokens of that text. Only the template can write control tokens: what a message spells
 * ("<|im_end|>") stays text, so that no message can end its turn or begin another one. (Tokenizing
 * the rendered text with RLX_TOKENIZE_PARSE_SPECIAL recognizes both, as Hugging Face does.) Added tokens
 * that control nothing ("<think>") are tokens in messages too, as in Hugging Face and llama.cpp,
 * because models know them by no other spelling. As in rlx_tokenize, `made` is always the full
 * number of ids; RLX_ERROR_BAD_ARGUMENT if they do not fit. */
RLX_API rlx_status rlx_chat_tokenize(const rlx_model *model, const rlx_message *messages,
                                     size_t count, bool add_generation_prompt, int32_t *ids,
                                     size_t capacity, size_t *made, rlx_error *error);

/* The same for conversations as JSON, with all that a chat template may ask for: one object with
 *   messages               a list of objects; contents are texts or lists of parts, as the template
 *                          takes them; it also sees tool_calls, reasoning_content and other fields
 *   add_generation_prompt  true: the text ends with the beginning of the answer (default: false)
 *   tools, documents       lists of objects
 *   variables              an object: names that the template sees; they override the model's own
 *                          (bos_token, …) and the ones above. Any other member counts as a variable
 *   now                    the time of strftime_now, "2025-03-09T14:05:06"; default: the clock's
 * Messages, tools and documents cannot spell control tokens; variables can. If the template raises
 * an error, the status is RLX_ERROR_TEMPLATE_FAILED and the sentence is the template's own.
 * rlx_chat_render_json returns that sentence as `text` too, because `error` cuts long ones. Input
 * that is not JSON or not a conversation gives RLX_ERROR_BAD_ARGUMENT. */
RLX_API rlx_status rlx_chat_render_json(const rlx_model *model, const char *conversation,
                                        size_t conversation_bytes, char **text, size_t *bytes,
                                        rlx_error *error);
RLX_API rlx_status rlx_chat_tokenize_json(const rlx_model *model, const char *conversation,
                                          size_t conversation_bytes, int32_t *ids, size_t capacity,
                                          size_t *made, rlx_error *error);

/* ---- sessions ---- */

typedef struct {
    uint32_t struct_bytes;
    uint32_t threads; /* 0: one for each processor that this process may use. Threads whose
                              processors other programs use too sit out for a while; the results
                              are the same */
    uint32_t context; /* tokens at most; 0: the model's own maximum, which is also the limit */
    rlx_session *share_with; /* share the threads and working memory of this session of the same
                              model, so that several sequences can run at once. `threads` is then
                              unused, and only one thread may use all these sessions at a time.
                              NULL: a session of its own */
    uint32_t checkpoints;
    const char *device;
} rlx_session_options;
RLX_DEFAULT_IS_ZERO(rlx_session_options)

/* `options` may be NULL: the defaults. */
RLX_API rlx_status rlx_session_open(rlx_model *model, const rlx_session_options *options,
                                    rlx_session **out, rlx_error *error);
RLX_API void rlx_session_close(rlx_session *session); /* may be NULL */

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
                                the prompt; 64 is usual. UINT32_MAX: all; 0: no penalties */
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

/* `sampling` may be NULL: rlx_sampling_default, as after opening. Values out of range give
 * RLX_ERROR_BAD_ARGUMENT: a negative or non-finite number (presence and frequency penalties may be
 * negative), top_p or min_p above 1, a penalty with a window of 0. The session then keeps its old
 * sampling. */
RLX_API rlx_status rlx_session_use_sampling(rlx_session *session, const rlx_sampling *sampling,
                                            rlx_error *error);
/* The same, but a bad value is reported later: the session keeps its old sampling, and every call
 * that would draw a token gives RLX_ERROR_BAD_ARGUMENT until valid sampling is set. */
RLX_API void rlx_session_set_sampling(rlx_session *session, const rlx_sampling *sampling);
/* What the session samples with. */
RLX_API rlx_status rlx_session_get_sampling(const rlx_session *session, rlx_sampling *sampling);

/* The calling thread asks `stop` several times per layer while a prompt runs, and between tokens
 * while it generates; true stops. A call then gives RLX_ERROR_STOPPED, and generation ends with
 * RLX_END_CALLBACK. The history stays, and complete runs (each of as many tokens as the largest
 * variant takes) stay in the KV cache, so that continuing later gives the same result. An
 * interrupted run leaves nothing: rlx_session_past says where it began. A signal handler may set
 * what the function reads. `stop` may be NULL: never stop (default). */
typedef bool (*rlx_stop_fn)(void *context);
RLX_API void rlx_session_set_stop(rlx_session *session, rlx_stop_fn stop, void *context);

/* Replaces the history and clears the KV cache; nothing runs. */
RLX_API rlx_status rlx_session_prefill(rlx_session *session, const int32_t *ids, size_t count,
                                       rlx_error *error);
/* Appends to the history without recomputing what is cached; nothing runs. */
RLX_API rlx_status rlx_session_append(rlx_session *session, const int32_t *ids, size_t count,
                                      rlx_error *error);
/* All calls that sample, from here to rlx_session_generate, fail with RLX_ERROR_NOT_NUMBERS if a logit is
 * NaN or all are minus infinity, as damaged weights cause; the history does not change. Plus
 * infinity is drawn. */

/* Recomputes the whole history, samples from its last row, appends. This is the reference for
 * rlx_session_step. In both, `id` may be NULL: the token is in the history. */
RLX_API rlx_status rlx_session_step_recomputing(rlx_session *session, int32_t *id,
                                                rlx_error *error);
/* Computes what is not yet cached (first the prompt, later the newest token), samples, appends.
 * Afterwards past == tokens - 1. */
RLX_API rlx_status rlx_session_step(rlx_session *session, int32_t *id, rlx_error *error);

/* Runs one cached step of each of several sessions that share threads (rlx_session_options.share_with).
 * If the model has a variant for this many sequences (--variants=batch=…), their newest tokens run
 * together, at the cost of little more than one; otherwise they run one after the other. Lengths
 * may differ. Each session uses its own sampling; ids[i] is what sessions[i] drew, bit for bit what
 * rlx_session_step draws alone. No session may occur twice. An error leaves all sessions
 * unchanged. */
RLX_API rlx_status rlx_sessions_step(rlx_session *const *sessions, size_t count, int32_t *ids,
                                     rlx_error *error);

/* Called once per new token; false stops. */
typedef bool (*rlx_token_fn)(void *context, int32_t id);
/* Called with new text: at least one byte, whole characters only, not NUL-terminated; false stops.
 * It is called after on_token for the same token. */
typedef bool (*rlx_text_fn)(void *context, const char *text, size_t bytes);
typedef enum {
    RLX_DRAFT_NONE,
    RLX_DRAFT_LOOKUP /* what followed an earlier occurrence of the history's longest suffix */
} rlx_draft;
enum { RLX_STOP_STRINGS_MAX = 16, RLX_STOP_STRING_BYTES_MAX = 256 }; /* at most */
typedef struct {
    uint32_t struct_bytes;
    uint32_t max;          /* new tokens at most; 0: until the context is full */
    bool ignore_end;       /* go on after an end-of-generation token */
    rlx_token_fn on_token; /* may be NULL */
    void *context;         /* of on_token and on_text */
    int32_t *ids;          /* room for `max` ids, which is not 0 then; may be NULL */
    /* Speculation: the session proposes tokens that probably come next and verifies them in one
     * run. The result is the same as without it, with any sampling. A generation with a draft
     * allocates memory when it begins: some 130 bytes per token of history and `max` together,
     * kept until the session closes. */
    uint32_t draft;     /* rlx_draft */
    uint32_t draft_max; /* tokens to propose at a time; 0: adapts to how many were right lately */
    /* Text as it comes. on_text and stop strings need a model with a tokenizer. */
    rlx_text_fn on_text; /* may be NULL */
    bool begins_text;    /* the new text stands alone, as an answer does: drop the space that some
                            vocabularies put in front of a text. false: it continues the history */
    bool show_special;   /* give control tokens as text; false: leave them out */
    /* Generation ends as soon as the new text contains one of these strings (UTF-8), also across
     * tokens. If two end at the same character, the longer one counts. on_text receives only what
     * precedes the string; text that may be the beginning of one is held back until that is
     * decided. A control token that is spelled exactly like a stop string ends generation even if
     * it is not shown. The tokens of the string stay in the history and the KV cache, like all new
     * tokens, and the last one may have text after the string. If you continue from there, the
     * model has read the string; to continue without it, call rlx_session_truncate and append what
     * was shown. */
    const char *const *stop; /* none of them NULL or empty */
    size_t stop_count; /* at most RLX_STOP_STRINGS_MAX, of at most RLX_STOP_STRING_BYTES_MAX each */
    bool prompt_only;  /* generate no token, only compute what is not in the KV cache yet; ends with
                         RLX_END_LENGTH */
} rlx_generate_options;
RLX_DEFAULT_IS_ZERO(rlx_generate_options)
typedef enum {
    RLX_END_TOKEN,
    RLX_END_LENGTH,
    RLX_END_CONTEXT,
    RLX_END_CALLBACK, /* on_token, on_text, or rlx_session_set_stop: even before the first token */
    RLX_END_STOP_STRING
} rlx_end;
/* `made` counts new tokens, including the one that ended generation. When the context is full,
 * generation ends with RLX_END_CONTEXT and returns RLX_OK. `options` (the defaults), `made` and `why`
 * may be NULL. */
RLX_API rlx_status rlx_session_generate(rlx_session *session, const rlx_generate_options *options,
                                        size_t *made, rlx_end *why, rlx_error *error);

/* Logits without sampling; rows stay valid until the next call on the session. Afterwards past ==
 * tokens. */
RLX_API rlx_status rlx_session_prefill_logits(rlx_session *session, const int32_t *ids,
                                              size_t count, const float **row, rlx_error *error);
RLX_API rlx_status rlx_session_decode_logits(rlx_session *session, int32_t id, const float **row,
                                             rlx_error *error);
/* Runs ids as a continuation of the KV cache, in several runs, and passes each row of logits to
 * on_row, in order. `block`: new tokens per run at most (0: as many as the largest variant
 * takes). */
typedef bool (*rlx_logits_fn)(void *context, size_t position, const float *row);
RLX_API rlx_status rlx_session_run_logits(rlx_session *session, const int32_t *ids, size_t count,
                                          uint32_t block, rlx_logits_fn on_row, void *context,
                                          rlx_error *error);

/* Runs ids after the history without keeping them, for speculation. Logits come as from
 * rlx_session_run_logits, but the history does not change (tokens of it that are not yet in the
 * KV cache run first, and stay there). The arithmetic is always that of decoding, whatever the
 * length. */
RLX_API rlx_status rlx_session_run_block(rlx_session *session, const int32_t *ids, size_t count,
                                         rlx_logits_fn on_row, void *context, rlx_error *error);
/* Keeps the first n tokens of the last block, as if they had been fed one by one; 0 discards it. It
 * is an error if anything changed the history or the KV cache since. */
RLX_API rlx_status rlx_session_commit(rlx_session *session, size_t n, rlx_error *error);

RLX_API size_t rlx_session_tokens(const rlx_session *session); /* length of the history */
RLX_API size_t rlx_session_past(const rlx_session *session);   /* rows in the KV cache */
RLX_API size_t rlx_session_context(const rlx_session *session);
RLX_API const int32_t *rlx_session_history(const rlx_session *session);
/* Keeps the first `tokens` tokens and forgets the rest. */
RLX_API rlx_status rlx_session_truncate(rlx_session *session, size_t tokens, rlx_error *error);
RLX_API void rlx_session_reset(rlx_session *session);

/* State by name ("past_k_3"): rows of kv_heads * head_dim f32 values, oldest first; each state has
 * `past` rows. */
RLX_API bool rlx_session_has_state(const rlx_session *session, const char *name);
RLX_API rlx_status rlx_session_export_state(const rlx_session *session, const char *name,
                                            float *rows, size_t row_count, rlx_error *error);
/* Replaces the rows of one state; rows from row_count on become zero. If the last token of the
 * history is already in the KV cache, a step runs it again and so rewrites its rows. */
RLX_API rlx_status rlx_session_bind_state(rlx_session *session, const char *name, const float *rows,
                                          size_t row_count, rlx_error *error);

/* Changes with every change of history or KV cache; never 0. What was exported at a version is
 * current as long as the session has that version. */
RLX_API uint64_t rlx_session_version(const rlx_session *session);
/* Replaces history and KV cache: `count` tokens, and for each layer i their rows of past_k_i and
 * past_v_i in keys[i] and values[i], as exported. Decoding continues as if they had been computed
 * here. `version`: the version of this session at which the rows were exported; it is an error if
 * the session has changed since, so that no newer token is lost. 0: rows from elsewhere, no
 * check. */
RLX_API rlx_status rlx_session_install_prefix(rlx_session *session, const int32_t *ids,
                                              size_t count, const float *const *keys,
                                              const float *const *values, uint64_t version,
                                              rlx_error *error);

/* Bytes of the caller's own that are saved with history and KV cache, for example the messages that
 * the history was rendered from. The session copies them; 0 bytes: no note. Only this call and load
 * replace the note. */
RLX_API rlx_status rlx_session_set_note(rlx_session *session, const void *note, size_t bytes,
                                        rlx_error *error);
/* NULL if there is no note. `bytes` may be NULL. */
RLX_API const void *rlx_session_note(const rlx_session *session, size_t *bytes);

/* History and KV cache in a file (rlx/state_format.h); sampling is not in it. The file fits every
 * artifact that was compiled from the same weights for the same arithmetic and context, whatever
 * its name, levels and variants. Save writes the whole file or none, readable only by its owner; it
 * follows symbolic links and never replaces the file of an open model. Load refuses a file that is
 * damaged, truncated or from another model, and then leaves the session unchanged. Both allocate
 * and free working memory. */
RLX_API rlx_status rlx_session_save(const rlx_session *session, const char *path, rlx_error *error);
RLX_API rlx_status rlx_session_load(rlx_session *session, const char *path, rlx_error *error);
/* The same in memory: save returns malloc'd bytes in `data`, which the caller frees; load needs no
 * alignment. */
RLX_API rlx_status rlx_session_save_memory(const rlx_session *session, void **data, size_t *bytes,
                                           rlx_error *error);
RLX_API rlx_status rlx_session_load_memory(rlx_session *session, const void *data, size_t bytes,
                                           rlx_error *error);
/* As rlx_session_save, but without the KV cache: a few kilobytes, written quickly. A session loaded
 * from it continues in the same way, after it has computed its history again. */
RLX_API rlx_status rlx_session_save_history(const rlx_session *session, const char *path,
                                            rlx_error *error);

/* Describes a saved session, whatever model it was saved with, and returns its note: malloc'd,
 * freed by the caller, NULL if it has none. The whole file is checked as in rlx_session_load,
 * except for what only the model knows. `info`, or `note` together with `note_bytes`, may be
 * NULL. */
typedef struct {
    uint32_t struct_bytes;
    uint32_t version;
    uint64_t file_bytes, model_digest; /* of what the model's KV cache is computed with */
    uint64_t tokens, past;             /* length of the history, and how many are in the KV cache */
    uint64_t note_bytes;
} rlx_saved_info;
RLX_DEFAULT_IS_ZERO(rlx_saved_info)
RLX_API rlx_status rlx_saved_read(const char *path, rlx_saved_info *info, void **note,
                                  size_t *note_bytes, rlx_error *error);

typedef struct {
    uint32_t struct_bytes;
    uint64_t prompt_tokens, generated_tokens; /* tokens run: a single one after others counts as
                                                 generated, all others as prompt */
    double prompt_seconds, generate_seconds;  /* spent on running them, without sampling; a run of
                                                 several sequences counts fully for each */
    uint64_t larger_variant_runs;             /* runs that used a larger variant, or chunks */
    uint64_t draft_runs;                      /* runs that verified proposed tokens */
    uint64_t draft_proposed, draft_accepted;  /* tokens; accepted ones also count as generated */
} rlx_timings;
RLX_DEFAULT_IS_ZERO(rlx_timings)
RLX_API rlx_status rlx_session_get_timings(const rlx_session *session, rlx_timings *timings);

#undef RLX_DEFAULT_IS_ZERO

#ifdef __cplusplus
}
#endif

#endif

/* rlx: runs compiled models.
 *
 * Two objects. A model is a mapped artifact: read-only, cheap to open (no weight is touched),
 * shared by any number of threads. A session is one sequence of tokens on a model: its history, its
 * KV cache and its position; one thread at a time uses it. That thread computes along with the
 * session's own, so it needs 256 kB of free stack (the default of every thread but small ones).
 *
 * Functions return RLX_OK or a status, and then fill the caller's rlx_error: what, where, expected,
 * found. They never print and never abort. Results come through `out`, which is NULL after a
 * failure. Nothing is allocated between rlx_session_open and rlx_session_close except by the calls
 * that say so.
 *
 * Pointers. Every pointer must be valid, unless its comment says that it may be NULL; `error` and
 * the `context` of a callback may always be, and so may a pointer whose count of bytes or elements
 * is 0. NULL anywhere else is RLX_BAD_ARGUMENT, with a sentence that names the argument, and
 * changes nothing. Functions that have no rlx_error give RLX_BAD_ARGUMENT, 0, false or NULL then;
 * those that give nothing do nothing.
 *
 * Callbacks run on the thread that called. They may ask the session anything; on_token and on_text
 * of rlx_session_generate may change it too, others must not, and none may close it.
 *
 * Structures that begin with struct_bytes may grow at the end, and struct_bytes says which fields
 * the caller knows: begin with what rlx_NAME_default() gives. A struct_bytes that is 0, or no size
 * that the structure ever had, is RLX_BAD_ARGUMENT. A larger one comes from a caller that is newer
 * than the library: options of which the library knows nothing must be 0 then, results become 0.
 *
 * Trust. An artifact holds machine code, which runs as part of the program: run only artifacts that
 * you built or trust. Damage is found (in weights and code by rlx_model_verify), forgery is not.
 * All else that comes in, such as saved sessions, texts, conversations and tokens, may be hostile.
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

/* TYPE_default(): the structure with its struct_bytes, and else zeros. */
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

typedef enum {
    RLX_OK,
    RLX_BAD_ARGUMENT,
    RLX_NO_MEMORY,
    RLX_BAD_FILE, /* damaged, truncated, or not an artifact */
    RLX_NO_MODEL, /* a program that carries no artifact */
    RLX_WRONG_VERSION,
    RLX_NO_DEVICE,    /* the machine lacks what the code needs */
    RLX_CONTEXT_FULL, /* more tokens than the context has room for */
    RLX_NO_VARIANT,   /* no compiled variant serves this */
    RLX_NO_TOKENIZER,
    RLX_NO_TEMPLATE, /* the model has no chat template, or one that could not be compiled */
    RLX_STOPPED,     /* a callback asked to stop */
    RLX_IO,
    RLX_INTERNAL,
    RLX_TEMPLATE_FAILED, /* the chat template refuses the conversation, or fails on it */
    RLX_NOT_NUMBERS /* a logit is not-a-number, or all are minus infinity: no token can be made */
} rlx_status;

typedef struct {
    rlx_status status;
    char text[240]; /* one sentence, NUL-terminated */
} rlx_error;

RLX_API const char *rlx_status_name(rlx_status status); /* "context full" */
RLX_API const char *rlx_version(void);

/* ---- models ---- */

/* Maps a file. A program that carries an artifact counts as one, here and in the next two. */
RLX_API rlx_status rlx_model_open(const char *path, rlx_model **out, rlx_error *error);
/* The artifact that the running program carries; RLX_NO_MODEL where there is none. */
RLX_API rlx_status rlx_model_open_self(rlx_model **out, rlx_error *error);

enum { RLX_MODEL_ALIGNMENT = 64 };
/* An artifact that is a file, or a part of one: `bytes` bytes from `offset` on, which must be a
 * multiple of RLX_MODEL_ALIGNMENT; 0 bytes: all that stands there. It is mapped, so that nothing is
 * copied. The descriptor must be open for reading. It stays the caller's, who may close it at once;
 * its position does not move. The file must not change while the model is open. */
RLX_API rlx_status rlx_model_open_descriptor(int descriptor, uint64_t offset, uint64_t bytes,
                                             rlx_model **out, rlx_error *error);
/* An artifact in memory that is aligned to RLX_MODEL_ALIGNMENT. It is used where it is and stays
 * the caller's, who must neither change nor free it while the model is open. Only the code that
 * runs is copied, rlx_model_info.code_bytes, because it must be executable. */
RLX_API rlx_status rlx_model_open_memory(const void *data, size_t bytes, rlx_model **out,
                                         rlx_error *error);
/* `model` may be NULL. What is still in use by sessions stays open until the last of them closes.
 * */
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
    RLX_ADD_BOS = 1 /* what the vocabulary puts in front */,
    RLX_PARSE_SPECIAL = 2 /* control tokens in the text are recognized */
};

/* Writes at most `capacity` ids and always sets `count` to how many there are; RLX_BAD_ARGUMENT
 * when they did not fit. `flags`: RLX_ADD_BOS, RLX_PARSE_SPECIAL, both or 0. */
RLX_API rlx_status rlx_tokenize(const rlx_model *model, const char *text, size_t bytes,
                                uint32_t flags, int32_t *ids, size_t capacity, size_t *count,
                                rlx_error *error);

/* Fewer tokens than this cannot come of the text: at least its bytes over those of the longest
 * token, where the vocabulary allows that much to be said. A look at each byte and no memory, so
 * that a text which cannot fit is known before it is tokenized. 0 without a tokenizer. */
RLX_API size_t rlx_tokenize_least(const rlx_model *model, const char *text, size_t bytes);

/* A stream of text from ids: whole characters only. Zero-initialise; pass ids one by one; flush at
 * the end. `text` receives at most `capacity` bytes (RLX_DETOKENIZE_MAX always fits any one token)
 * without a NUL; invalid bytes become U+FFFD. */
enum { RLX_DETOKENIZE_MAX = 4096 };
typedef struct {
    bool skip_special;
    bool started; /* a leading space was dropped, where the vocabulary asks for that */
    uint8_t pending_count, pending[7];
} rlx_detokenizer;
RLX_API rlx_status rlx_detokenize(const rlx_model *model, rlx_detokenizer *state, int32_t id,
                                  char *text, size_t capacity, size_t *bytes, rlx_error *error);
RLX_API rlx_status rlx_detokenize_flush(const rlx_model *model, rlx_detokenizer *state, char *text,
                                        size_t capacity, size_t *bytes, rlx_error *error);
/* The raw bytes of one token, as the vocabulary has them (no clean-up); NULL for an id outside the
 * vocabulary. */
RLX_API const char *rlx_token_bytes(const rlx_model *model, int32_t id, size_t *bytes);
RLX_API bool rlx_token_ends_generation(const rlx_model *model, int32_t id);

typedef struct {
    const char *role, *content;
} rlx_message;
/* Renders messages with the model's chat template into malloc'd text that the caller frees. */
RLX_API rlx_status rlx_chat_render(const rlx_model *model, const rlx_message *messages,
                                   size_t count, bool add_generation_prompt, char **text,
                                   size_t *bytes, rlx_error *error);
/* The tokens of that text. Control tokens are those that the template writes: what a message spells
 * ("<|im_end|>") stays text, so that nobody ends a turn or begins another one from inside a
 * message. (Tokenizing the rendered text with RLX_PARSE_SPECIAL recognizes both, as Hugging Face
 * does.) Added tokens that control nothing ("<think>") are tokens in messages too, as in Hugging
 * Face and llama.cpp: models know what they mean by no other spelling. As rlx_tokenize: `made` is
 * always the whole number, RLX_BAD_ARGUMENT when they did not fit. */
RLX_API rlx_status rlx_chat_tokenize(const rlx_model *model, const rlx_message *messages,
                                     size_t count, bool add_generation_prompt, int32_t *ids,
                                     size_t capacity, size_t *made, rlx_error *error);

/* The same for conversations as JSON, with all that a chat template may ask for: one object with
 *   messages               a list of objects; contents are texts or lists of parts, as the template
 *                          takes them; tool_calls, reasoning_content and other fields reach it too
 *   add_generation_prompt  true: the answer's beginning stands at the end (default: false)
 *   tools, documents       lists of objects
 *   variables              an object: names that the template sees, before the model's own
 *                          (bos_token, …) and these; other names of the conversation count as such
 *   now                    the moment of strftime_now, "2025-03-09T14:05:06"; default: the clock's
 * What stands in messages, tools and documents cannot spell control tokens; variables can. What
 * the template raises is RLX_TEMPLATE_FAILED in its own words, which rlx_chat_render_json gives as
 * `text` too, because `error` cuts long ones; what is no JSON or no conversation,
 * RLX_BAD_ARGUMENT. */
RLX_API rlx_status rlx_chat_render_json(const rlx_model *model, const char *conversation,
                                        size_t conversation_bytes, char **text, size_t *bytes,
                                        rlx_error *error);
RLX_API rlx_status rlx_chat_tokenize_json(const rlx_model *model, const char *conversation,
                                          size_t conversation_bytes, int32_t *ids, size_t capacity,
                                          size_t *made, rlx_error *error);

/* ---- sessions ---- */

typedef struct {
    uint32_t struct_bytes;
    uint32_t threads;    /* 0: the processors that this process may use. Those whose processors
                              other programs want too stay out for a while; results are equal */
    uint32_t context;    /* most tokens; 0: the model's. Larger than the model's is an error */
    rlx_session *beside; /* compute on the threads and in the working memory of this session of
                              the same model, so that several sequences can run at once; `threads`
                              is then unused, and one thread at a time uses all of them. NULL: a
                              session of its own */
} rlx_session_options;
RLX_DEFAULT_IS_ZERO(rlx_session_options)

/* `options` may be NULL: the default. */
RLX_API rlx_status rlx_session_open(rlx_model *model, const rlx_session_options *options,
                                    rlx_session **out, rlx_error *error);
RLX_API void rlx_session_close(rlx_session *session); /* may be NULL */

/* Sampling, in this order: penalties, temperature, top-k, softmax, top-p and min-p, draw. The draw
 * is Philox by (seed, number of tokens in the history). Ties go to the lower id. Zero turns every
 * option off. Fields that the caller does not know have the values of rlx_sampling_default. */
typedef struct {
    uint32_t struct_bytes;
    float temperature;        /* 0: greedy, and only the penalties matter */
    uint32_t top_k;           /* 0: all */
    float top_p;              /* 0 or 1: all */
    float min_p;              /* 0: all */
    float repetition_penalty; /* 0 or 1: none; logits of tokens in the window are divided by it, or
                                 multiplied where they are negative */
    uint64_t seed;
    float presence_penalty;  /* taken off the logit of each token that is in the window */
    float frequency_penalty; /* the same, times the number of times that it stands there */
    uint32_t penalty_window; /* tokens that all three penalties look at, counted back from the
                                newest, prompt included; 64 is usual. UINT32_MAX: all; 0: no
                                penalties at all */
    uint32_t from_model;     /* out, rlx_model_get_sampling: RLX_FROM_MODEL_*; else unused */
} rlx_sampling;

/* Greedy: the largest logit, no penalties. Fill in what should differ. */
static __inline__ rlx_sampling rlx_sampling_default(void)
{
    rlx_sampling sampling = {sizeof(rlx_sampling), 0, 0, 1, 0, 1, 0, 0, 0, 64, 0};
    return sampling;
}

/* Which values the model's publisher recommends. */
enum {
    RLX_FROM_MODEL_TEMPERATURE = 1,
    RLX_FROM_MODEL_TOP_K = 2,
    RLX_FROM_MODEL_TOP_P = 4,
    RLX_FROM_MODEL_MIN_P = 8,
    RLX_FROM_MODEL_REPETITION_PENALTY = 16,
    RLX_FROM_MODEL_PENALTY_WINDOW = 32
};
/* What the publisher recommends (generation_config.json, general.sampling.* of a GGUF file). If
 * that names temperature, top-k, top-p or min-p, the four are the publisher's: those left out are
 * off, and the temperature is 1. Otherwise they are ours, for conversations: temperature 0.7, top_p
 * 0.95, min_p 0.05. Penalties are the publisher's or none. The seed is 0. A session does not take
 * these by itself. */
RLX_API rlx_status rlx_model_get_sampling(const rlx_model *model, rlx_sampling *sampling);

/* NULL: rlx_sampling_default, as after opening. RLX_BAD_ARGUMENT names the value that is out of
 * range: one that is negative or no finite number (presence and frequency penalties may be
 * negative), top_p or min_p above 1, a penalty with a window of 0. The session then keeps what it
 * had. */
RLX_API rlx_status rlx_session_use_sampling(rlx_session *session, const rlx_sampling *sampling,
                                            rlx_error *error);
/* The same, with a refusal that comes later: the session keeps what it had, and whatever would draw
 * a token is RLX_BAD_ARGUMENT with that sentence, until other sampling is set. */
RLX_API void rlx_session_set_sampling(rlx_session *session, const rlx_sampling *sampling);
/* What the session samples with. */
RLX_API rlx_status rlx_session_get_sampling(const rlx_session *session, rlx_sampling *sampling);

/* Asked by the thread that called: while a prompt runs wherever its threads meet, some times a
 * layer, and in generation between tokens. True: enough. The call gives RLX_STOPPED then,
 * generation RLX_BY_CALLBACK; the history stays, and whole runs (of as many tokens as the largest
 * variant takes) are in the cache, so that going on later makes what would have been made. A run
 * that was broken off counts for nothing: rlx_session_past says where it began. A signal handler
 * may set what the function looks at. `stop` may be NULL: never (default). */
typedef bool (*rlx_stop_fn)(void *context);
RLX_API void rlx_session_set_stop(rlx_session *session, rlx_stop_fn stop, void *context);

/* Replaces the history and clears the cache; nothing runs. */
RLX_API rlx_status rlx_session_prefill(rlx_session *session, const int32_t *ids, size_t count,
                                       rlx_error *error);
/* Appends to the history without recomputing what is cached; nothing runs. */
RLX_API rlx_status rlx_session_append(rlx_session *session, const int32_t *ids, size_t count,
                                      rlx_error *error);
/* All calls that sample, from here to rlx_session_generate, fail with RLX_NOT_NUMBERS where a logit
 * is not-a-number or all are minus infinity, as damaged weights make them; the history keeps what it
 * had. Plus infinity is drawn. */

/* Recomputes the whole history, samples from its last row, appends. The reference for the cached
 * way. `id` may be NULL here and in the next one: the token stands in the history. */
RLX_API rlx_status rlx_session_step(rlx_session *session, int32_t *id, rlx_error *error);
/* Computes what is not yet cached (the first call: the prompt; later: the newest token), samples,
 * appends. Afterwards past == tokens - 1. */
RLX_API rlx_status rlx_session_step_cached(rlx_session *session, int32_t *id, rlx_error *error);

/* One cached step of each of several sessions that were opened beside one another
 * (rlx_session_options): their newest tokens run together, at the cost of little more than one,
 * where the model has a variant for so many sequences (--variants=batch=…), else one after the
 * other. Lengths may differ. Each samples by its own rules; ids[i] is what sessions[i] made, bit
 * for bit what rlx_session_step_cached makes alone. No session may stand twice. An error leaves all
 * as they were. */
RLX_API rlx_status rlx_sessions_step(rlx_session *const *sessions, size_t count, int32_t *ids,
                                     rlx_error *error);

/* Called once per new token; false stops. */
typedef bool (*rlx_token_fn)(void *context, int32_t id);
/* Called with new text, at least one byte and whole characters only, not NUL-terminated; false
 * stops. Behind on_token for the same token. */
typedef bool (*rlx_text_fn)(void *context, const char *text, size_t bytes);
typedef enum {
    RLX_DRAFT_NONE,
    RLX_DRAFT_LOOKUP /* what followed the longest suffix of the history that stood in it before */
} rlx_draft;
enum { RLX_STOP_STRINGS = 16, RLX_STOP_STRING_BYTES = 256 }; /* at most */
typedef struct {
    uint32_t struct_bytes;
    uint32_t most;         /* new tokens; 0: until the context is full */
    bool ignore_end;       /* go on after an end-of-generation token */
    rlx_token_fn on_token; /* may be NULL */
    void *context;         /* of on_token and on_text */
    int32_t *ids;          /* room for `most` ids, which is not 0 then; may be NULL */
    /* Speculation: tokens that probably come next are proposed and verified in one run; what comes
     * out is what comes out without it, with any sampling. A generation with a draft allocates
     * where it begins: some 130 bytes for each token that history and `most` have together, kept
     * until the session is closed. */
    uint32_t draft;      /* rlx_draft */
    uint32_t draft_most; /* tokens proposed at a time; 0: chosen by how many were right lately */
    /* Text as it comes. on_text and stop strings need a model with a tokenizer. */
    rlx_text_fn on_text; /* may be NULL */
    bool begins_text;    /* the new text stands alone, as an answer does: the space that some
                            vocabularies put in front of a text is dropped. false: it goes on where
                            the history ends */
    bool show_special;   /* control tokens are text too; false: they have none */
    /* Ends as soon as the new text has one of these in it (UTF-8), across tokens too. If two end at
     * the same character, the longer one counts. on_text receives what stands in front of it and
     * nothing else; text that may be the beginning of one is held back until that is decided. A
     * control token that is spelled exactly like one ends generation even if it is not shown. The
     * tokens of the string stay in the history, like all that were made: the cache holds them, and
     * the last one may have text behind the string. Going on from there, the model has read the
     * string; to go on without it, rlx_session_truncate and append what was shown. */
    const char *const *stop; /* none of them NULL or empty */
    size_t stop_count;       /* RLX_STOP_STRINGS at most, of RLX_STOP_STRING_BYTES each */
    bool prompt_only; /* make no token: only compute what is not in the cache yet; RLX_LENGTH */
} rlx_generate_options;
RLX_DEFAULT_IS_ZERO(rlx_generate_options)
typedef enum {
    RLX_END_OF_GENERATION,
    RLX_LENGTH,
    RLX_CONTEXT,
    RLX_BY_CALLBACK, /* on_token, on_text, or rlx_session_set_stop: even before the first token */
    RLX_STOP_STRING
} rlx_stop;
/* `made` counts new tokens, the one that ended generation included. A context that fills up ends it
 * with RLX_CONTEXT and RLX_OK. `options` (the default), `made` and `why` may be NULL. */
RLX_API rlx_status rlx_session_generate(rlx_session *session, const rlx_generate_options *options,
                                        size_t *made, rlx_stop *why, rlx_error *error);

/* Logits without sampling; rows stay valid until the next call on the session. Afterwards past ==
 * tokens. */
RLX_API rlx_status rlx_session_prefill_logits(rlx_session *session, const int32_t *ids,
                                              size_t count, const float **row, rlx_error *error);
RLX_API rlx_status rlx_session_decode_logits(rlx_session *session, int32_t id, const float **row,
                                             rlx_error *error);
/* Runs ids as a continuation of the cache, in blocks and chunks, and gives each row of logits in
 * order. `block`: most new tokens a run (0: the largest variant). */
typedef bool (*rlx_logits_fn)(void *context, size_t position, const float *row);
RLX_API rlx_status rlx_session_run_logits(rlx_session *session, const int32_t *ids, size_t count,
                                          uint32_t block, rlx_logits_fn on_row, void *context,
                                          rlx_error *error);

/* Runs ids behind the history without keeping them, as speculation wants it: the rows of logits
 * come as from rlx_session_run_logits, but history and past stay (what of the history is not yet in
 * the cache runs first, and stays). Always in the arithmetic of decoding, whatever the length. */
RLX_API rlx_status rlx_session_run_block(rlx_session *session, const int32_t *ids, size_t count,
                                         rlx_logits_fn on_row, void *context, rlx_error *error);
/* Keeps the first n tokens of the block that was run last, as if they had been fed one by one; 0
 * forgets it. An error when anything changed history or cache since. */
RLX_API rlx_status rlx_session_commit(rlx_session *session, size_t n, rlx_error *error);

RLX_API size_t rlx_session_tokens(const rlx_session *session); /* length of the history */
RLX_API size_t rlx_session_past(const rlx_session *session);   /* rows in the cache */
RLX_API size_t rlx_session_context(const rlx_session *session);
RLX_API const int32_t *rlx_session_history(const rlx_session *session);
/* Forgets all after the first `tokens`. */
RLX_API rlx_status rlx_session_truncate(rlx_session *session, size_t tokens, rlx_error *error);
RLX_API void rlx_session_reset(rlx_session *session);

/* State by name ("past_k_3"): rows of kv_heads * head_dim f32 values, oldest first; each state has
 * `past` of them. */
RLX_API bool rlx_session_has_state(const rlx_session *session, const char *name);
RLX_API rlx_status rlx_session_export_state(const rlx_session *session, const char *name,
                                            float *rows, size_t row_count, rlx_error *error);
/* Replaces the rows of one state; those behind row_count become zero. A step runs the history's
 * last token again when it is in the cache already, and so writes its rows anew. */
RLX_API rlx_status rlx_session_bind_state(rlx_session *session, const char *name, const float *rows,
                                          size_t row_count, rlx_error *error);

/* Changes with every change of history or cache; never 0. What was exported at a version is current
 * while the session still has it. */
RLX_API uint64_t rlx_session_version(const rlx_session *session);
/* Replaces history and cache: `count` tokens, and for each layer i their rows of past_k_i and
 * past_v_i in keys[i] and values[i], as export gives them. Decoding goes on as if they had been
 * computed here. `version`: the one that the rows were exported at, from this session; an error
 * when it has moved on since, so that no newer token is lost. 0: rows from elsewhere, unchecked. */
RLX_API rlx_status rlx_session_install_prefix(rlx_session *session, const int32_t *ids,
                                              size_t count, const float *const *keys,
                                              const float *const *values, uint64_t version,
                                              rlx_error *error);

/* Bytes of the caller's own that go into the file with history and cache: what the messages were
 * that the history was rendered from, say. Copied; no bytes: no note. Only load replaces it. */
RLX_API rlx_status rlx_session_set_note(rlx_session *session, const void *note, size_t bytes,
                                        rlx_error *error);
/* NULL: there is none. `bytes` may be NULL. */
RLX_API const void *rlx_session_note(const rlx_session *session, size_t *bytes);

/* History and cache in a file (rlx/state_format.h); sampling is not in it. It fits every artifact
 * that was compiled from the same weights for the same arithmetic and context, whatever its name,
 * levels and variants. What Save writes appears whole or not at all, readable by its owner alone;
 * it follows symbolic links, and never replaces the file of an open model. Load refuses what is
 * damaged, torn or another model's, and then leaves the session as it was. Both allocate and free
 * working memory. */
RLX_API rlx_status rlx_session_save(const rlx_session *session, const char *path, rlx_error *error);
RLX_API rlx_status rlx_session_load(rlx_session *session, const char *path, rlx_error *error);
/* The same in memory: `data` becomes malloc'd bytes that the caller frees, and what is loaded needs
 * no alignment. */
RLX_API rlx_status rlx_session_save_memory(const rlx_session *session, void **data, size_t *bytes,
                                           rlx_error *error);
RLX_API rlx_status rlx_session_load_memory(rlx_session *session, const void *data, size_t bytes,
                                           rlx_error *error);
/* As rlx_session_save, but without the cache: a few kilobytes, quickly written. What is loaded from
 * it goes on in the same way; its history is computed first. */
RLX_API rlx_status rlx_session_save_history(const rlx_session *session, const char *path,
                                            rlx_error *error);

/* What a file of a saved session is, whatever model it was saved with, and its note: malloc'd, NULL
 * where it has none; the caller frees it. All of the file is checked as in rlx_session_load, but
 * for what only the model knows. `info`, or `note` together with `note_bytes`, may be NULL. */
typedef struct {
    uint32_t struct_bytes;
    uint32_t version;
    uint64_t file_bytes, model_digest; /* of what the model's cache is computed with */
    uint64_t tokens, past;             /* the history's, and how many of them are in the cache */
    uint64_t note_bytes;
} rlx_saved_info;
RLX_DEFAULT_IS_ZERO(rlx_saved_info)
RLX_API rlx_status rlx_saved_read(const char *path, rlx_saved_info *info, void **note,
                                  size_t *note_bytes, rlx_error *error);

typedef struct {
    uint32_t struct_bytes;
    uint64_t prompt_tokens, generated_tokens; /* that were run: a single one behind others counts as
                                                 generated, all else as prompt */
    double prompt_seconds, generate_seconds;  /* spent on running them, without sampling; a run of
                                                 several sequences counts whole for each */
    uint64_t larger_variant_runs;             /* runs that a larger variant or chunks served */
    uint64_t draft_runs;                      /* runs that verified proposed tokens */
    uint64_t draft_proposed, draft_accepted;  /* tokens; accepted ones count as generated as well */
} rlx_timings;
RLX_DEFAULT_IS_ZERO(rlx_timings)
RLX_API rlx_status rlx_session_get_timings(const rlx_session *session, rlx_timings *timings);

#undef RLX_DEFAULT_IS_ZERO

#ifdef __cplusplus
}
#endif

#endif

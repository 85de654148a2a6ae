/* Sessions: one sequence of tokens on the entry "main" of a model. Include <rlx/rlx.h>.
 *
 * A session has a history of tokens and states (the KV cache and whatever else the model carries
 * along). `tokens` is the length of the history; `past` says how many of its first tokens the
 * states hold. Appending only writes down; the next call that computes runs what is missing. No
 * token runs twice: the logits after the last token that ran are kept, so that a step right after a
 * prefill draws from them at once. */
#ifndef RLX_SESSION_H
#define RLX_SESSION_H

#include <rlx/model.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    uint32_t struct_bytes;
    uint32_t threads;     /* 0: one for each processor that this process may use. Threads whose
                                processors other programs use too sit out for a while; the results
                                are the same */
    uint32_t context;     /* tokens at most; 0: the model's own maximum, which is also the limit */
    uint32_t checkpoints; /* of carried states, kept at most: rlx_session_checkpoint; 0: 8 */
    rlx_session *share_with; /* share the threads and working memory of this session of the same
                                model, so that several sequences can run at once. `threads` and
                                `device` are then unused, and only one thread may use all these
                                sessions at a time. NULL: a session of its own */
    const char *device;      /* rlx/device.h; NULL: the first of "cpu" and "vulkan" that the model
                                has code for */
} rlx_session_options;
RLX_DEFAULT_IS_ZERO(rlx_session_options)

/* `options` may be NULL: the defaults. RLX_ERROR_NO_VARIANT if the model has no entry "main" that
 * runs tokens to logits; such models run on instances (rlx/instance.h). */
RLX_API rlx_status rlx_session_open(rlx_model *model, const rlx_session_options *options,
                                    rlx_session **out, rlx_error *error);
RLX_API void rlx_session_close(rlx_session *session); /* may be NULL */
/* Opens a session that continues where this one stands: a copy of history, states, checkpoints,
 * sampling and note, which shares threads and working memory as with share_with. Its stop function
 * is not copied. */
RLX_API rlx_status rlx_session_fork(rlx_session *session, rlx_session **out, rlx_error *error);
/* The instance that the session runs on, for entries besides "main" (such as an encoder) and their
 * inputs. The session keeps it; it is valid until the session closes, and only one thread may use
 * both at a time. */
RLX_API rlx_instance *rlx_session_instance(rlx_session *session);

/* The device that a session runs on, "cpu" or "vulkan:0", and the level of code that it runs there.
 * Both live as long as the session. */
RLX_API const char *rlx_session_device(const rlx_session *session);
RLX_API const char *rlx_session_level(const rlx_session *session);
/* Why "auto" did not take a device that it prefers, as a sentence; NULL: it was not asked, or took
 * it. */
RLX_API const char *rlx_session_passed_over(const rlx_session *session);

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

/* The calling thread asks `stop` several times per layer while a prompt runs (on a GPU every few
 * layers), and between tokens while it generates; RLX_GO_STOP stops. A call then gives RLX_ERROR_STOPPED, and generation ends
 * with RLX_END_CALLBACK. The history stays, and complete runs (each of as many tokens as the
 * largest variant takes) stay in the states, so that continuing later gives the same result. An
 * interrupted run leaves nothing: rlx_session_past says where it began. A signal handler may set
 * what the function reads. `stop` may be NULL: never stop (default). */
typedef rlx_go (*rlx_stop_fn)(void *context);
RLX_API void rlx_session_set_stop(rlx_session *session, rlx_stop_fn stop, void *context);

/* ---- history ---- */

/* Replaces the history by `count` tokens and runs them: afterwards past == tokens. No tokens: an
 * empty history. After RLX_ERROR_STOPPED the history is complete, and the next call that computes
 * runs the rest. */
RLX_API rlx_status rlx_session_prefill(rlx_session *session, const int32_t *ids, size_t count,
                                       rlx_error *error);
/* Appends to the history; nothing runs. */
RLX_API rlx_status rlx_session_append(rlx_session *session, const int32_t *ids, size_t count,
                                      rlx_error *error);
RLX_API size_t rlx_session_tokens(const rlx_session *session); /* length of the history */
RLX_API size_t rlx_session_past(const rlx_session *session); /* of which the states hold so many */
RLX_API size_t rlx_session_context(const rlx_session *session);
/* Valid until the next call that changes the history. */
RLX_API const int32_t *rlx_session_history(const rlx_session *session);
/* Keeps the first `count` tokens and forgets the rest. States of class rows can go back to any
 * position, rings to what they still hold, carried states to checkpoints. Where they cannot go back
 * to `count`, rlx_session_past falls to the nearest position before it, 0 at worst, and the next
 * call that computes runs the tokens from there on again. */
RLX_API rlx_status rlx_session_truncate(rlx_session *session, size_t count, rlx_error *error);
/* An empty history. Rows of cross states stay: they belong to what was encoded. */
RLX_API void rlx_session_reset(rlx_session *session);
/* Runs what is missing and remembers the carried states there, so that a later truncate can go back
 * to this position. Ends of prompts and of generations, and what was loaded, copied or bound, are
 * remembered by themselves; the oldest checkpoint goes when rlx_session_options.checkpoints are
 * taken. Without carried states this only runs what is missing. */
RLX_API rlx_status rlx_session_checkpoint(rlx_session *session, rlx_error *error);

/* ---- steps and generation ---- */

/* All calls that sample, from here to rlx_session_generate, fail with RLX_ERROR_NOT_NUMBERS if a
 * logit is NaN or all are minus infinity, as damaged weights cause; the history does not change.
 * Plus infinity is drawn. */

/* Runs what the states lack (nothing, or the newest token, or an appended prompt), samples,
 * appends. Afterwards past == tokens - 1. `id` may be NULL here and below: the token is in the
 * history. */
RLX_API rlx_status rlx_session_step(rlx_session *session, int32_t *id, rlx_error *error);
/* The reference for it: runs the whole history from the beginning, samples, appends, and leaves
 * past == 0. */
RLX_API rlx_status rlx_session_step_recomputing(rlx_session *session, int32_t *id,
                                                rlx_error *error);

/* Runs one step of each of several sessions that share threads (rlx_session_options.share_with). If
 * the model has a variant for this many sequences (--variants=batch=…), their newest tokens run
 * together, at the cost of little more than one; otherwise they run one after the other. Lengths
 * may differ. Each session uses its own sampling; ids[i] is what sessions[i] drew, bit for bit what
 * rlx_session_step draws alone. No session may occur twice. An error leaves all sessions
 * unchanged. */
RLX_API rlx_status rlx_sessions_step(rlx_session *const *sessions, size_t count, int32_t *ids,
                                     rlx_error *error);

/* Called once per new token. */
typedef rlx_go (*rlx_token_fn)(void *context, int32_t id);
/* Called with new text: at least one byte, whole characters only, not NUL-terminated. It is called
 * after on_token for the same token. */
typedef rlx_go (*rlx_text_fn)(void *context, const char *text, size_t bytes);
typedef enum {
    RLX_DRAFT_NONE,
    RLX_DRAFT_LOOKUP /* what followed an earlier occurrence of the history's longest suffix */
} rlx_draft;
enum { RLX_STOP_STRINGS_MAX = 16, RLX_STOP_STRING_BYTES_MAX = 256 };
typedef struct {
    uint32_t struct_bytes;
    uint32_t max;          /* new tokens at most; 0: until the context is full */
    bool ignore_end;       /* go on after an end-of-generation token */
    bool prompt_only;      /* generate no token, only run what is missing; ends with
                              RLX_END_LENGTH */
    bool begins_text;      /* the new text stands alone, as an answer does: drop the space that some
                              vocabularies put in front of a text. false: it continues the history */
    bool show_special;     /* give control tokens as text; false: leave them out */
    rlx_token_fn on_token; /* may be NULL */
    rlx_text_fn on_text;   /* may be NULL; needs a model with a tokenizer, as stop strings do */
    void *context;         /* of on_token and on_text */
    int32_t *ids;          /* room for `max` ids, which is not 0 then; may be NULL */
    /* Speculation: the session proposes tokens that probably come next and verifies them in one
     * run. The result is the same as without it, with any sampling. A generation with a draft
     * allocates memory when it begins: some 130 bytes per token of history and `max` together, kept
     * until the session closes. */
    uint32_t draft;     /* rlx_draft */
    uint32_t draft_max; /* tokens to propose at a time; 0: adapts to how many were right lately */
    /* Generation ends as soon as the new text contains one of these strings (UTF-8), also across
     * tokens. If two end at the same character, the longer one counts. on_text receives only what
     * precedes the string; text that may be the beginning of one is held back until that is
     * decided. A control token that is spelled exactly like a stop string ends generation even if
     * it is not shown. The tokens of the string stay in the history and the states, like all new
     * tokens, and the last one may have text after the string. If you continue from there, the
     * model has read the string; to continue without it, call rlx_session_truncate and append what
     * was shown. */
    const char *const *stop; /* none of them NULL or empty */
    size_t stop_count;       /* at most RLX_STOP_STRINGS_MAX, of at most RLX_STOP_STRING_BYTES_MAX
                                bytes each */
} rlx_generate_options;
RLX_DEFAULT_IS_ZERO(rlx_generate_options)
typedef enum {
    RLX_END_TOKEN, /* an end-of-generation token */
    RLX_END_LENGTH,
    RLX_END_CONTEXT,
    RLX_END_CALLBACK, /* on_token, on_text, or rlx_session_set_stop: even before the first token */
    RLX_END_STOP_STRING
} rlx_end;
/* `made` counts new tokens, including the one that ended generation. When the context is full,
 * generation ends with RLX_END_CONTEXT and returns RLX_OK. `options` (the defaults), `made` and
 * `why` may be NULL. */
RLX_API rlx_status rlx_session_generate(rlx_session *session, const rlx_generate_options *options,
                                        size_t *made, rlx_end *why, rlx_error *error);

/* ---- logits without sampling; rows stay valid until the next call on the session ---- */

/* As rlx_session_prefill; `row`: the logits after the last token. */
RLX_API rlx_status rlx_session_prefill_logits(rlx_session *session, const int32_t *ids,
                                              size_t count, const float **row, rlx_error *error);
/* Appends one token, runs it, and gives the logits after it. */
RLX_API rlx_status rlx_session_decode_logits(rlx_session *session, int32_t id, const float **row,
                                             rlx_error *error);
/* Appends `count` tokens, runs them, in several runs, and passes each row of logits to on_row, in
 * order. `run_max`: new tokens per run at most (0: as many as the largest variant takes). */
typedef rlx_go (*rlx_logits_fn)(void *context, size_t position, const float *row);
RLX_API rlx_status rlx_session_run_logits(rlx_session *session, const int32_t *ids, size_t count,
                                          uint32_t run_max, rlx_logits_fn on_row, void *context,
                                          rlx_error *error);

/* Runs ids after the history without keeping them, for speculation. Logits come as from
 * rlx_session_run_logits, but the history does not change (tokens of it that the states lack run
 * first, and stay there). The arithmetic is always that of decoding, whatever the length. */
RLX_API rlx_status rlx_session_run_block(rlx_session *session, const int32_t *ids, size_t count,
                                         rlx_logits_fn on_row, void *context, rlx_error *error);
/* Keeps the first `count` tokens of the last block, as if they had been fed one by one; 0 discards
 * it. It is an error if anything changed the history or the states since. */
RLX_API rlx_status rlx_session_commit(rlx_session *session, size_t count, rlx_error *error);

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

/* ---- mixtures of experts ---- */

/* Keeps at most so many bytes of experts in memory, the same number of each layer, beside those that a
 * layer reads at the moment. When a router has chosen, the system is advised to let experts go for those
 * that were chosen most, and to read what is missing. Those that left come back from the file when they
 * are chosen again; results are the same. Counts for all sessions that share threads. Needs the device
 * cpu and a model with mixtures; 0 bytes: no pools; RLX_EXPERT_MEMORY_AUTO: what the system has free, less
 * what this session's states and the model's other weights take. */
#define RLX_EXPERT_MEMORY_AUTO UINT64_MAX
RLX_API rlx_status rlx_session_use_expert_memory(rlx_session *session, uint64_t bytes,
                                                 rlx_error *error);

typedef struct {
    uint32_t struct_bytes;
    uint32_t layers;       /* with mixtures; 0: there are no pools */
    uint32_t experts;      /* of the first such layer */
    uint32_t budget;       /* of these, how many stay in memory */
    uint64_t expert_bytes; /* of all experts of all layers */
    uint64_t hits, misses; /* experts that a run chose, each once per layer: in the pool, or not */
    uint64_t refreshes;    /* of pools, one in each run */
    uint64_t promotions, demotions; /* experts that moved into pools and out of them */
} rlx_expert_counts;
RLX_DEFAULT_IS_ZERO(rlx_expert_counts)
/* Since rlx_session_use_expert_memory. */
RLX_API rlx_status rlx_session_get_expert_counts(const rlx_session *session,
                                                 rlx_expert_counts *counts);
/* What they would be at the beginning, of the code that the model's first device runs; AUTO leaves room for
 * the states of the whole context. 0 bytes: all experts stay, and a model without mixtures has 0 layers. */
RLX_API rlx_status rlx_model_get_experts(const rlx_model *model, uint64_t bytes,
                                         rlx_expert_counts *counts, rlx_error *error);

#ifdef __cplusplus
}
#endif

#endif

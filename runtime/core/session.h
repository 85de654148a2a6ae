/* A session: one sequence of tokens on a model. It has a history, the states of an instance, whose
 * length says how many of the first tokens they hold, and the logits that follow from them. */
#ifndef RLX_RUNTIME_SESSION_H
#define RLX_RUNTIME_SESSION_H

#include "runtime/core/instance.h"
#include "runtime/core/speculate.h"
#include "runtime/sample/sample.h"

/* Rows of logits that were computed lately and can be drawn from again: those that follow after
 * `first` tokens of the history, first + 1 and so on. They lie in the device's output until
 * something else runs there; session_claim_output then keeps the one that may be wanted. */
struct kept_logits {
    float *rows; /* NULL: none */
    size_t first, count;
    uint32_t stride;
};

/* Inputs and outputs of the entry main, which are counted from a variant's first_io; RLX_NO_SLOT:
 * it has none of that role. */
struct main_entry {
    uint32_t entry;
    uint32_t tokens, positions, out_rows, logits;
    uint32_t token_limit; /* all ids are below it */
    bool has_data;        /* inputs that the caller gives by name */
};

struct rlx_session {
    rlx_instance instance;
    struct main_entry main;
    struct sampler sampler;
    rlx_error refused; /* the error that rlx_session_set_sampling could not return; RLX_OK: none */
    int32_t *history;  /* [context] */
    size_t tokens;     /* length of the history */
    size_t context;    /* tokens at most */
    uint64_t version;  /* counts changes of history and states */
    struct kept_logits kept;
    float *kept_copy; /* [1 + slots][vocabulary], reserved: a copy of the kept row, then those of
                         checkpoints */
    struct kept_logits tried;   /* those of a short run on trial */
    size_t short_run;           /* tokens of the last short run, which are after the history */
    uint64_t short_run_version; /* after the short run; after a change it cannot be committed */
    struct {
        size_t tokens, past;
    } before; /* restored if a step of several sessions fails */
    struct speculation speculation;
    rlx_timings timings;
    uint8_t *note; /* the caller's note, malloc'd; NULL: none */
    size_t note_bytes;
    struct device_stop stop;
};

/* Number of the first tokens that the states hold; <= tokens. */
static inline size_t session_past(const rlx_session *session)
{
    return session->instance.sequence.past;
}

/* Ends a trial, which does not change what the session says of itself. */
static inline void session_settle(const rlx_session *session)
{
    sequence_settle(&((rlx_session *)(uintptr_t)session)->instance.sequence);
}

/* Whether the caller wants to stop; asked between runs. */
static inline bool session_stops(const rlx_session *session)
{
    return session->stop.ask != NULL && session->stop.ask(session->stop.context) != RLX_GO_ON;
}

/* Entry main may read cross states, whose rows are others now: what it made of the old ones is
 * computed again. */
void session_cross_changed(rlx_session *session);
/* Everything that changes the history or the states calls this. */
static inline void session_changed(rlx_session *session)
{
    session->version++;
}

/* The logits that a feed computes. */
enum feed_rows {
    FEED_NONE,
    FEED_LAST,
    FEED_ALL,
    FEED_SHORT_RUN /* all rows of one run, which must be a short run: session_short_run_rows */
};

struct feed {
    size_t count;      /* tokens of the history to run, from `past` on */
    uint32_t run_rows; /* new tokens per run at most; 0: the largest variant */
    enum feed_rows rows;
    bool is_trial;        /* the sequence does not become longer: sequence_keep decides */
    rlx_logits_fn on_row; /* FEED_ALL */
    void *context;
    struct kept_logits logits; /* out: the last row, FEED_SHORT_RUN: all rows, FEED_ALL: the last
                                  pass over the lm_head */
    double seconds;            /* out: duration */
};

/* Runs the next tokens of the history through the states: past grows by count. RLX_ERROR_STOPPED if
 * on_row or the session's stop asked for it: past has then grown by complete runs, including the
 * run of on_row's row. A run that stops inside leaves rows after past, as short runs on trial
 * do. Unless it is on trial, the logits become the kept ones, and a prompt ends with a
 * checkpoint. */
rlx_status session_feed(rlx_session *session, struct feed *feed, rlx_error *error);

/* Checks for something to continue, room for one more token, and valid sampling. */
rlx_status session_need_history(const rlx_session *session, rlx_error *error);
/* The logits after the history: the kept ones, or those of a run of what the states lack. */
rlx_status session_last_row(rlx_session *session, float **row, rlx_error *error);
/* Draws from a row of logits and appends; sets `id` only on success. RLX_ERROR_NOT_NUMBERS if no
 * token can be drawn. */
rlx_status session_sample(rlx_session *session, float *row, int32_t *id, rlx_error *error);

/* The stride of rows of logits. */
uint32_t session_logits_stride(const rlx_session *session, const struct rlx_variant_entry *variant);
/* Writes the numbers of rows first .. first+count-1 as those wanted and runs the steps from `from`
 * on. NULL: `stop`, which may be NULL, ended it. */
float *session_run_lm_head(rlx_session *session, struct run *run, uint32_t from, uint32_t first,
                           uint32_t count, const struct device_stop *stop);
double session_seconds(void); /* a monotonic clock */

/* The variant that runs the next of `count` tokens, and how many of them. `exact` is false if it is
 * a larger variant, or if chunks are needed. */
struct choice {
    const struct rlx_variant_entry *variant;
    uint32_t rows;
    bool exact;
};
bool session_choose(const rlx_session *session, size_t count, struct choice *out);

/* Tells speculation how many new tokens one run of the decode class computes with all their logits,
 * and which numbers of tokens share a variant. */
void session_short_run_rows(const rlx_session *session, struct speculation *sp);

/* Checks for ids inside the vocabulary and room in the context. */
rlx_status session_check_ids(const rlx_session *session, const int32_t *ids, size_t count,
                             size_t present, rlx_error *error);

/* ---- kept logits (session_logits.c) ---- */

/* Those that follow after the first `tokens` tokens of the history; NULL: they are gone. */
float *session_row_after(const rlx_session *session, size_t tokens);
/* The same after all of it. */
float *session_kept_row(const rlx_session *session);
/* Forgets those that follow after more than `tokens` tokens. */
void session_clip_kept(rlx_session *session, size_t tokens);
/* Keeps a copy of `row`, which follows after `tokens` tokens. NULL: it is gone. */
void session_keep_copy(rlx_session *s, const void *row, size_t tokens);
/* Before a run on the device: whoever's logits are in its output keeps the row that it may want.
 * From now on they are those of `session`, or nobody's if it is NULL. */
void session_claim_output(struct device *device, rlx_session *session);
/* Memory for the logits of a checkpoint with this slot. */
float *session_slot_logits(const rlx_session *session, uint32_t slot);
/* Remembers the carried states where they are, with the logits if they are kept. */
void session_checkpoint(rlx_session *session);

/* A malloc'd copy; NULL for no bytes. False: no memory. */
bool session_copy_note(const void *from, size_t bytes, uint8_t **note);
/* Replaces history and states by a saved session (rlx/state_format.h). `name` is that of the file,
 * for messages. */
rlx_status session_load_bytes(rlx_session *session, const char *name, const uint8_t *data,
                              uint64_t bytes, rlx_error *error);
/* The header and the note (malloc'd, unless `note` is NULL) of such bytes, whatever model they
 * belong to. */
struct rlx_saved_header;
rlx_status session_read_saved(const char *name, const uint8_t *data, uint64_t bytes,
                              struct rlx_saved_header *h, uint8_t **note, rlx_error *error);

#endif

/* A session: one sequence of tokens on a model. It has a history, the number of tokens that are in
 * the KV cache, and the memory to compute in. */
#ifndef RLX_RUNTIME_SESSION_H
#define RLX_RUNTIME_SESSION_H

#include "runtime/core/device_cpu.h"
#include "runtime/sample/sample.h"
#include "runtime/core/speculate.h"

/* The device, which sessions that were opened beside one another share. */
struct shared_device {
    struct device_cpu cpu;
    uint32_t users;
};

struct rlx_session {
    rlx_model *model;
    struct shared_device *device;
    uint8_t *state; /* its reserved state home: state.h */
    struct sampler sampler;
    rlx_error refused; /* the error that rlx_session_set_sampling could not return; RLX_OK: none */
    int32_t *history;  /* [context] */
    size_t tokens;     /* length of the history */
    size_t past;       /* number of its first tokens that are in the KV cache; <= tokens */
    size_t context;    /* tokens at most */
    uint64_t version;  /* counts changes of history and KV cache */
    size_t short_run;  /* tokens of the last short run, which are after the history */
    uint64_t
        short_run_version; /* the version after the short run; after a change it cannot be committed */
    struct {
        size_t tokens, past;
    } before; /* restored if a step of several sessions fails */
    struct speculation speculation;
    rlx_timings timings;
    uint8_t *note; /* the caller's note, malloc'd; NULL: none */
    size_t note_bytes;
    struct device_stop stop;
};

/* Whether the caller wants to stop; asked between runs. */
static inline bool session_stops(const struct rlx_session *session)
{
    return session->stop.ask != NULL && session->stop.ask(session->stop.context) != RLX_GO_ON;
}

/* Everything that changes the history or the KV cache calls this. */
static inline void session_changed(struct rlx_session *session)
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
    rlx_logits_fn on_row; /* FEED_ALL */
    void *context;
    float *logits;  /* out, FEED_LAST: the last row, FEED_SHORT_RUN: the rows; in the output home */
    double seconds; /* out: duration */
};

/* Runs the next tokens of the history through the KV cache: past grows by count. RLX_ERROR_STOPPED if
 * on_row or the session's stop asked for it: past has then grown by complete runs, including the
 * run of on_row's row. A run that stops inside leaves rows after past, as short runs on trial
 * do. */
rlx_status session_feed(rlx_session *session, struct feed *feed, rlx_error *error);

/* Checks for something to continue, room for one more token, and valid sampling. */
rlx_status session_need_history(const rlx_session *session, rlx_error *error);
/* Draws from a row of logits and appends; sets `id` only on success. RLX_ERROR_NOT_NUMBERS if no token
 * can be drawn. */
rlx_status session_sample(rlx_session *session, float *row, int32_t *id, rlx_error *error);

/* Computes logits of rows first .. first+count-1 of a run whose body is done; with `from` 0, runs
 * the body too. NULL: `stop`, which may be NULL, ended it. */
float *session_run_lm_head(rlx_session *session, const struct rlx_variant_entry *variant,
                           uint32_t from, uint32_t first, uint32_t count, int64_t *dims,
                           const struct device_stop *stop);
double session_seconds(void); /* a monotonic clock */

/* The variant that runs the next of `count` tokens, and how many of them. `exact` is false if it is
 * a larger variant, or if chunks are needed. */
struct choice {
    const struct rlx_variant_entry *variant;
    uint32_t rows;
    bool exact;
};
bool session_choose(const rlx_model *model, size_t count, struct choice *out);

/* Tells speculation how many new tokens one run of the decode class computes with all their logits,
 * and which numbers of tokens share a variant. */
void session_short_run_rows(const rlx_model *model, struct speculation *sp);

/* Checks for ids inside the vocabulary and room in the context. */
rlx_status session_check_ids(const rlx_session *session, const int32_t *ids, size_t count,
                             size_t present, rlx_error *error);

/* A malloc'd copy; NULL for no bytes. False: no memory. */
bool session_copy_note(const void *from, size_t bytes, uint8_t **note);
/* Replaces history and KV cache by a saved session (rlx/state_format.h). `name` is that of the
 * file, for messages. */
rlx_status session_load_bytes(rlx_session *session, const char *name, const uint8_t *data,
                              uint64_t bytes, rlx_error *error);
/* The header and the note (malloc'd, unless `note` is NULL) of such bytes, whatever model they
 * belong to. */
struct rlx_saved_header;
rlx_status session_read_saved(const char *name, const uint8_t *data, uint64_t bytes,
                              struct rlx_saved_header *h, uint8_t **note, rlx_error *error);

#endif

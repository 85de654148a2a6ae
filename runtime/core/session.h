/* A session: one sequence of tokens on a model. Its history, how much of it stands in the cache,
 * the memory to compute in. */
#ifndef RLX_RUNTIME_SESSION_H
#define RLX_RUNTIME_SESSION_H

#include "runtime/core/device_cpu.h"
#include "runtime/sample/sample.h"
#include "runtime/core/speculate.h"

/* What computes; shared by sessions that were opened beside one another. */
struct shared_device {
    struct device_cpu cpu;
    uint32_t users;
};

struct rlx_session {
    rlx_model *model;
    struct shared_device *device;
    uint8_t *state; /* its state home, reserved: state.h */
    struct sampler sampler;
    rlx_error refused; /* what rlx_session_set_sampling could not say; RLX_OK: nothing */
    int32_t *history;  /* [context] */
    size_t tokens;     /* length of the history */
    size_t past;       /* its first rows that stand in the cache; <= tokens */
    size_t context;    /* most tokens */
    uint64_t version;  /* counts changes of history and cache */
    size_t block;      /* tokens of the block that was run last; they stand behind the history */
    uint64_t block_version; /* the version that this left; another one: it cannot be committed */
    struct {
        size_t tokens, past;
    } before; /* a step of several sessions, which leaves all as they were when one fails */
    struct speculation speculation;
    rlx_timings timings;
    uint8_t *note; /* the caller's, malloc'd; NULL: none */
    size_t note_bytes;
    struct device_stop stop;
};

/* Whether the caller has had enough; asked between runs. */
static inline bool session_stops(const struct rlx_session *session)
{
    return session->stop.ask != NULL && session->stop.ask(session->stop.context);
}

/* To be called by whatever changes the history or the cache. */
static inline void session_changed(struct rlx_session *session)
{
    session->version++;
}

/* Which logits a feed computes. */
enum feed_rows {
    FEED_NONE,
    FEED_LAST,
    FEED_ALL,
    FEED_BLOCK /* all of one run, which must be a block: session_block_rows */
};

struct feed {
    size_t count;   /* tokens of the history to run, from `past` on */
    uint32_t block; /* most new tokens a run; 0: the largest variant */
    enum feed_rows rows;
    rlx_logits_fn on_row; /* FEED_ALL */
    void *context;
    float *logits;  /* out, FEED_LAST: the last row, FEED_BLOCK: the rows; in the output home */
    double seconds; /* out: how long it took */
};

/* Runs the next tokens of the history through the cache: past grows by count. RLX_STOPPED when
 * on_row or the session's stop asked for it: past then grew by whole runs, with on_row the one that
 * the row belonged to. A run that stops inside leaves rows behind past, as blocks on trial do. */
rlx_status session_feed(rlx_session *session, struct feed *feed, rlx_error *error);

/* Something to continue, room for one token more, and sampling that was not refused. */
rlx_status session_need_history(const rlx_session *session, rlx_error *error);
/* Draws from a row of logits and appends; `id` is set only then. RLX_NOT_NUMBERS where there is
 * nothing to draw from. */
rlx_status session_sample(rlx_session *session, float *row, int32_t *id, rlx_error *error);

/* Computes logits of rows first .. first+count-1 of the run whose body is done or, with `from` 0,
 * runs with it. NULL: `stop`, which may be NULL, ended it. */
float *session_run_head(rlx_session *session, const struct rlx_variant_entry *variant,
                        uint32_t from, uint32_t first, uint32_t count, int64_t *dims,
                        const struct device_stop *stop);
double session_seconds(void); /* a monotonic clock */

/* The variant that runs the next of `count` tokens, and how many of them. `exact` is false when a
 * larger variant or chunks serve. */
struct choice {
    const struct rlx_variant_entry *variant;
    uint32_t rows;
    bool exact;
};
bool session_choose(const rlx_model *model, size_t count, struct choice *out);

/* Tells speculation how many new tokens one run of the decode class computes with all their logits,
 * and which numbers of them the same variant serves. */
void session_block_rows(const rlx_model *model, struct speculation *sp);

/* Ids inside the vocabulary, room in the context. */
rlx_status session_check_ids(const rlx_session *session, const int32_t *ids, size_t count,
                             size_t present, rlx_error *error);

/* A copy, malloc'd; NULL for no bytes. False: no memory. */
bool session_copy_note(const void *from, size_t bytes, uint8_t **note);
/* Replaces history and cache by a saved session (rlx/state_format.h). `name` is the file's, for
 * messages. */
rlx_status session_load_bytes(rlx_session *session, const char *name, const uint8_t *data,
                              uint64_t bytes, rlx_error *error);
/* The header and the note (malloc'd, unless `note` is NULL) of such bytes, whatever model they are
 * of. */
struct rlx_saved_header;
rlx_status session_read_saved(const char *name, const uint8_t *data, uint64_t bytes,
                              struct rlx_saved_header *h, uint8_t **note, rlx_error *error);

#endif

/* What a session holds, from outside: states by name, prefixes of other sessions, files. Include
 * <rlx/rlx.h>. */
#ifndef RLX_SAVED_H
#define RLX_SAVED_H

#include <rlx/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- states by name ("past_k_3"): rows of heads * width f32 values, oldest first ---- */

/* Whether the model has such a state, and tokens have run. */
RLX_API bool rlx_session_has_state(const rlx_session *session, const char *name);
/* The first `count` rows: of a state of class rows, rlx_session_past at most; a ring gives the rows
 * of the positions that it still holds, oldest first; carried and cross states give what they
 * hold. */
RLX_API rlx_status rlx_session_export_state(const rlx_session *session, const char *name,
                                            float *rows, size_t count, rlx_error *error);
/* Replaces the first `count` rows of one state; the rows after them become zero. What the session
 * computes next continues from there; logits that were kept from before are dropped. A carried
 * state is that after rlx_session_past tokens, so append one before a step: a step that has to run
 * the last token again begins before it. */
RLX_API rlx_status rlx_session_bind_state(rlx_session *session, const char *name, const float *rows,
                                          size_t count, rlx_error *error);

/* Changes with every change of history or states; never 0. What was exported at a version is
 * current as long as the session has that version. */
RLX_API uint64_t rlx_session_version(const rlx_session *session);

/* ---- prefixes ---- */

/* Replaces history and states: `count` tokens, and for each layer i their rows of keys and values
 * in keys[i] and values[i], as exported. Decoding continues as if they had been computed here.
 * `version`: the version of this session at which the rows were exported; it is an error if the
 * session has changed since, so that no newer token is lost. 0: rows from elsewhere, no check. It
 * is an error if the model has states of another class than rows. */
RLX_API rlx_status rlx_session_install_prefix(rlx_session *session, const int32_t *ids,
                                              size_t count, const float *const *keys,
                                              const float *const *values, uint64_t version,
                                              rlx_error *error);
/* Replaces history and states by the first `count` tokens of another session of the same model;
 * sampling and note stay. Where the states of `from` cannot go back to `count`, rlx_session_past
 * becomes the nearest position before it, as after rlx_session_truncate. `from` does not change. */
RLX_API rlx_status rlx_session_copy_prefix(rlx_session *session, const rlx_session *from,
                                           size_t count, rlx_error *error);

/* ---- notes, files ---- */

/* Bytes of the caller's own that are saved with history and states, for example the messages that
 * the history was rendered from. The session copies them; 0 bytes: no note. Only this call and load
 * replace the note. */
RLX_API rlx_status rlx_session_set_note(rlx_session *session, const void *note, size_t bytes,
                                        rlx_error *error);
/* NULL if there is no note. `bytes` may be NULL. Valid until the note is replaced. */
RLX_API const void *rlx_session_note(const rlx_session *session, size_t *bytes);

/* History and states in a file (rlx/state_format.h); sampling is not in it. The file fits every
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
/* As rlx_session_save, but without the states: a few kilobytes, written quickly. A session loaded
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
    uint64_t file_bytes, model_digest; /* of what the model's states are computed with */
    uint64_t tokens, past;             /* length of the history, and how many the states hold */
    uint64_t note_bytes;
} rlx_saved_info;
RLX_DEFAULT_IS_ZERO(rlx_saved_info)
RLX_API rlx_status rlx_saved_read(const char *path, rlx_saved_info *info, void **note,
                                  size_t *note_bytes, rlx_error *error);

#ifdef __cplusplus
}
#endif

#endif

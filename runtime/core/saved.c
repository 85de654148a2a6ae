/* Saves sessions. In: history, states, logits and the caller's note. Out: a file in the format of
 * rlx/state_format.h, or the same in memory. Rows are streamed into a file that appears whole. */
#include "rlx/state_format.h"
#include "runtime/base/atomic_file.h"
#include "runtime/base/error.h"
#include "runtime/core/session.h"
#include "runtime/core/state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define XXH_STATIC_LINKING_ONLY /* a hash state that needs no allocation */
#include <xxhash.h>

/* Rows of a state that a session saves: a ring's newest ones, and of carried states none before the
 * first token. */
static struct rlx_saved_state saved_state(const rlx_session *s, const struct rlx_state_entry *state)
{
    const bool is_ring = state->class_ == RLX_CLASS_RING;
    const bool is_empty = state->class_ == RLX_CLASS_CARRIED && session_past(s) == 0;
    const size_t rows = is_empty ? 0 : instance_state_rows(&s->instance, state);
    return (struct rlx_saved_state){
        .class_ = state->class_,
        .first = is_ring ? (uint32_t)(session_past(s) - rows) : 0,
        .rows = (uint32_t)rows,
    };
}

/* Before the first token, only cross states hold something. */
static bool holds_rows(const rlx_session *s)
{
    const struct table *states = &s->instance.model->artifact.states;
    for (uint32_t i = 0; i < states->count; i++)
        if (saved_state(s, table_at(states, i)).rows != 0)
            return true;
    return false;
}

/* `with_states`: also the states and the last logits, if there are any. */
static struct rlx_saved_header make_header(const rlx_session *s, bool with_states)
{
    const struct artifact *a = &s->instance.model->artifact;
    struct rlx_saved_header h = {.version = RLX_STATE_VERSION,
                                 .header_bytes = sizeof h,
                                 .model_digest = a->info->model_digest,
                                 .tokens = (uint32_t)s->tokens,
                                 .past = with_states ? (uint32_t)session_past(s) : 0,
                                 .note_bytes = s->note_bytes,
                                 .state_entry_bytes = sizeof(struct rlx_saved_state)};
    memcpy(h.magic, RLX_STATE_MAGIC, sizeof h.magic);
    h.state_count = with_states && holds_rows(s) ? a->states.count : 0;
    if (h.past != 0 && h.past == h.tokens && session_kept_row(s) != NULL)
        h.logits = a->info->vocabulary;
    h.file_bytes = sizeof h + h.tokens * sizeof(int32_t) + h.state_count * h.state_entry_bytes +
                   h.logits * sizeof(float) + h.note_bytes;
    for (uint32_t i = 0; i < h.state_count; i++) {
        const struct rlx_state_entry *state = table_at(&a->states, i);
        h.file_bytes +=
            (uint64_t)saved_state(s, state).rows * state_row_bytes(state, state->element);
    }
    return h;
}

/* Writes to a file, or to memory that takes all of it. */
struct saver {
    FILE *file;
    uint8_t *memory;
    XXH3_state_t hash;
    int failure; /* errno of the first write that failed */
};

static void put(struct saver *out, const void *data, size_t bytes)
{
    XXH3_64bits_update(&out->hash, data, bytes);
    if (out->file == NULL) {
        memcpy(out->memory, data, bytes);
        out->memory += bytes;
    } else if (out->failure == 0 && fwrite(data, 1, bytes, out->file) != bytes) {
        out->failure = errno;
    }
}

/* Rows that are read at once, because each reading of a device takes a while. */
enum { ROWS = 64 };

static size_t room_for_rows(const struct table *states)
{
    size_t room = 1;
    for (uint32_t i = 0; i < states->count; i++) {
        const struct rlx_state_entry *state = table_at(states, i);
        const size_t rows = state->capacity < ROWS ? state->capacity : ROWS;
        const size_t bytes = rows * state_row_bytes(state, state->element);
        room = bytes > room ? bytes : room;
    }
    return room;
}

static void put_states(struct saver *out, const rlx_session *s, uint32_t count, void *rows)
{
    const struct table *states = &s->instance.model->artifact.states;
    for (uint32_t i = 0; i < count; i++) {
        struct rlx_saved_state entry = saved_state(s, table_at(states, i));
        put(out, &entry, sizeof entry);
    }
    for (uint32_t i = 0; i < count; i++) {
        const struct rlx_state_entry *state = table_at(states, i);
        const struct rlx_saved_state entry = saved_state(s, state);
        for (size_t at = 0, part; at < entry.rows && out->failure == 0; at += part) {
            part = entry.rows - at < ROWS ? entry.rows - at : ROWS;
            instance_read_rows(&s->instance, state, state->element, entry.first + at, part, rows);
            put(out, rows, part * state_row_bytes(state, state->element));
        }
    }
}

/* 0 or errno. The header is written last, into the space reserved for it, because its digest is
 * known only then. */
static int write_session(const rlx_session *s, bool with_states, FILE *file, uint8_t *memory)
{
    struct rlx_saved_header header = make_header(s, with_states);
    struct saver out = {.file = file, .memory = memory};
    void *rows = malloc(room_for_rows(&s->instance.model->artifact.states));
    if (rows == NULL)
        return ENOMEM;
    XXH3_64bits_reset(&out.hash);
    put(&out, &header, sizeof header);
    put(&out, s->history, s->tokens * sizeof *s->history);
    put_states(&out, s, header.state_count, rows);
    if (header.logits != 0)
        put(&out, session_kept_row(s), header.logits * sizeof(float));
    if (s->note_bytes != 0)
        put(&out, s->note, s->note_bytes);
    free(rows);
    header.digest = XXH3_64bits_digest(&out.hash);
    if (file != NULL && out.failure == 0 && fseek(file, 0, SEEK_SET) != 0)
        out.failure = errno;
    out.memory = memory;
    put(&out, &header, sizeof header);
    return out.failure;
}

static rlx_status save(const rlx_session *session, bool with_states, const char *path,
                       rlx_error *error)
{
    struct atomic_file atomic_file;
    session_settle(session);
    int failure = atomic_file_open(&atomic_file, path, 0);
    if (failure != 0)
        return rlx_fail(error, RLX_ERROR_IO, "%s: cannot be created: %s", path,
                        goal_reason(failure));
    failure = write_session(session, with_states, atomic_file.file, NULL);
    const rlx_status status = device_check(session->instance.device, error);
    failure =
        atomic_file_close(&atomic_file, status != RLX_OK && failure == 0 ? EIO : failure, 0, true);
    if (status != RLX_OK)
        return status;
    if (failure != 0)
        return rlx_fail(error, RLX_ERROR_IO, "%s: cannot be written: %s", path,
                        goal_reason(failure));
    return RLX_OK;
}

rlx_status rlx_session_save(const rlx_session *session, const char *path, rlx_error *error)
{
    REFUSE_NULL(session);
    REFUSE_NULL(path);
    return save(session, true, path, error);
}

rlx_status rlx_session_save_history(const rlx_session *session, const char *path, rlx_error *error)
{
    REFUSE_NULL(session);
    REFUSE_NULL(path);
    return save(session, false, path, error);
}

rlx_status rlx_session_save_memory(const rlx_session *session, void **data, size_t *bytes,
                                   rlx_error *error)
{
    REFUSE_NULL(data);
    *data = NULL;
    REFUSE_NULL(bytes);
    *bytes = 0;
    REFUSE_NULL(session);
    session_settle(session);
    uint64_t all = make_header(session, true).file_bytes;
    uint8_t *memory = malloc(all);
    if (memory == NULL || write_session(session, true, NULL, memory) != 0) {
        free(memory);
        return rlx_fail(error, RLX_ERROR_NO_MEMORY, "no memory for a saved session of %llu bytes",
                        (unsigned long long)all);
    }
    const rlx_status status = device_check(session->instance.device, error);
    if (status != RLX_OK) {
        free(memory);
        return status;
    }
    *data = memory;
    *bytes = all;
    return RLX_OK;
}

/* Saves and loads sessions. In: history, KV cache and the caller's note. Out: a file in the format
 * of rlx/state_format.h, or the reverse. Saving streams row by row into a file that appears whole.
 * Loading maps the file and checks all of it before it changes anything. */
#include "runtime/base/atomic_file.h"
#include "rlx/state_format.h"
#include "runtime/base/caller_struct.h"
#include "runtime/base/error.h"
#include "runtime/base/used_files.h"
#include "runtime/core/session.h"
#include "runtime/core/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define XXH_STATIC_LINKING_ONLY /* a hash state that needs no allocation */
#include <xxhash.h>

/* Size of the session's file with so many tokens and rows; cannot overflow within a context. */
static struct rlx_saved_header make_header(const rlx_session *s, size_t tokens, size_t past,
                                           uint64_t note_bytes)
{
    const struct artifact *a = &s->model->artifact;
    struct rlx_saved_header h = {.version = note_bytes == 0 ? 1 : RLX_STATE_VERSION,
                                 .header_bytes = sizeof h,
                                 .file_bytes = sizeof h + tokens * sizeof(int32_t) + note_bytes,
                                 .model_digest = a->info->model_digest,
                                 .tokens = (uint32_t)tokens,
                                 .past = (uint32_t)past,
                                 .note_bytes = note_bytes};
    memcpy(h.magic, RLX_STATE_MAGIC, sizeof h.magic);
    for (uint32_t i = 0; i < a->states.count; i++) {
        const struct rlx_state_entry *state = table_at(&a->states, i);
        h.file_bytes += (uint64_t)past * state_row_bytes(state, state->element);
    }
    return h;
}

/* ---- save ---- */

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

static size_t widest_row(const struct table *states)
{
    size_t widest = 1;
    for (uint32_t i = 0; i < states->count; i++) {
        const struct rlx_state_entry *state = table_at(states, i);
        size_t bytes = state_row_bytes(state, state->element);
        widest = bytes > widest ? bytes : widest;
    }
    return widest;
}

static void put_rows(struct saver *out, const rlx_session *s, size_t past, void *row)
{
    const struct table *states = &s->model->artifact.states;
    for (uint32_t i = 0; i < states->count; i++) {
        const struct rlx_state_entry *state = table_at(states, i);
        for (size_t at = 0; at < past && out->failure == 0; at++) {
            state_read(s->state, state, state->element, at, 1, row);
            put(out, row, state_row_bytes(state, state->element));
        }
    }
}

/* 0 or errno. The header is written last, into the space reserved for it, because its digest is
 * known only then. */
static int write_session(const rlx_session *s, size_t past, FILE *file, uint8_t *memory)
{
    struct rlx_saved_header header = make_header(s, s->tokens, past, s->note_bytes);
    struct saver out = {.file = file, .memory = memory};
    void *row = malloc(widest_row(&s->model->artifact.states));
    if (row == NULL)
        return ENOMEM;
    XXH3_64bits_reset(&out.hash);
    put(&out, &header, sizeof header);
    put(&out, s->history, s->tokens * sizeof *s->history);
    put_rows(&out, s, past, row);
    if (s->note_bytes != 0)
        put(&out, s->note, s->note_bytes);
    free(row);
    header.digest = XXH3_64bits_digest(&out.hash);
    if (file != NULL && out.failure == 0 && fseek(file, 0, SEEK_SET) != 0)
        out.failure = errno;
    out.memory = memory;
    put(&out, &header, sizeof header);
    return out.failure;
}

static rlx_status save(const rlx_session *session, size_t past, const char *path, rlx_error *error)
{
    struct atomic_file atomic_file;
    int failure = atomic_file_open(&atomic_file, path, 0);
    if (failure != 0)
        return rlx_fail(error, RLX_ERROR_IO, "%s: cannot be created: %s", path,
                        goal_reason(failure));
    failure = atomic_file_close(&atomic_file, write_session(session, past, atomic_file.file, NULL),
                                0, true);
    if (failure != 0)
        return rlx_fail(error, RLX_ERROR_IO, "%s: cannot be written: %s", path,
                        goal_reason(failure));
    return RLX_OK;
}

rlx_status rlx_session_save(const rlx_session *session, const char *path, rlx_error *error)
{
    REFUSE_NULL(session);
    REFUSE_NULL(path);
    return save(session, session->past, path, error);
}

rlx_status rlx_session_save_history(const rlx_session *session, const char *path, rlx_error *error)
{
    REFUSE_NULL(session);
    REFUSE_NULL(path);
    return save(session, 0, path, error);
}

rlx_status rlx_session_save_memory(const rlx_session *session, void **data, size_t *bytes,
                                   rlx_error *error)
{
    REFUSE_NULL(data);
    *data = NULL;
    REFUSE_NULL(bytes);
    *bytes = 0;
    REFUSE_NULL(session);
    uint64_t all =
        make_header(session, session->tokens, session->past, session->note_bytes).file_bytes;
    uint8_t *memory = malloc(all);
    if (memory == NULL || write_session(session, session->past, NULL, memory) != 0) {
        free(memory);
        return rlx_fail(error, RLX_ERROR_NO_MEMORY, "no memory for a saved session of %llu bytes",
                        (unsigned long long)all);
    }
    *data = memory;
    *bytes = all;
    return RLX_OK;
}

/* ---- load ---- */

static uint64_t digest_of(const uint8_t *data, uint64_t bytes, struct rlx_saved_header header)
{
    XXH3_state_t hash;
    header.digest = 0;
    XXH3_64bits_reset(&hash);
    XXH3_64bits_update(&hash, &header, sizeof header);
    XXH3_64bits_update(&hash, data + sizeof header, bytes - sizeof header);
    return XXH3_64bits_digest(&hash);
}

/* Checks of a file that do not need the model. */
static rlx_status check_file(const char *name, const uint8_t *data, uint64_t bytes,
                             struct rlx_saved_header *h, rlx_error *error)
{
    if (bytes < sizeof *h || memcmp(data, RLX_STATE_MAGIC, sizeof h->magic) != 0)
        return rlx_fail(error, RLX_ERROR_BAD_FILE, "%s: not a saved session", name);
    memcpy(h, data, sizeof *h);
    if (h->version == 0 || h->version > RLX_STATE_VERSION)
        return rlx_fail(error, RLX_ERROR_WRONG_VERSION,
                        "%s: a saved session of version %u, expected at most version %d", name,
                        h->version, RLX_STATE_VERSION);
    if (h->file_bytes != bytes)
        return rlx_fail(error, RLX_ERROR_BAD_FILE,
                        "%s: incomplete: its header says %llu bytes, found %llu", name,
                        (unsigned long long)h->file_bytes, (unsigned long long)bytes);
    if (digest_of(data, bytes, *h) != h->digest)
        return rlx_fail(error, RLX_ERROR_BAD_FILE, "%s: damaged: its digest does not match", name);
    return RLX_OK;
}

/* All but the ids. */
static rlx_status check_saved(const rlx_session *s, const char *name, const uint8_t *data,
                              uint64_t bytes, struct rlx_saved_header *h, rlx_error *error)
{
    rlx_status status = check_file(name, data, bytes, h, error);
    if (status != RLX_OK)
        return status;
    if (h->model_digest != s->model->artifact.info->model_digest)
        return rlx_fail(error, RLX_ERROR_BAD_FILE,
                        "%s: saved with another model or another compilation of it", name);
    if (h->tokens > s->context)
        return rlx_fail(error, RLX_ERROR_CONTEXT_FULL,
                        "%s: %u tokens do not fit: the context has room for %zu", name, h->tokens,
                        s->context);
    struct rlx_saved_header expected = make_header(s, h->tokens, h->past, h->note_bytes);
    expected.digest = h->digest;
    if (h->past > h->tokens || h->note_bytes > bytes || memcmp(h, &expected, sizeof *h) != 0)
        return rlx_fail(error, RLX_ERROR_BAD_FILE,
                        "%s: its header does not match a history of %u tokens, %u of them in the "
                        "KV cache, and a note of %llu bytes",
                        name, h->tokens, h->past, (unsigned long long)h->note_bytes);
    return RLX_OK;
}

/* The session takes `note`. */
static void install_saved(rlx_session *s, const struct rlx_saved_header *h, const int32_t *ids,
                          const uint8_t *rows, uint8_t *note)
{
    const struct table *states = &s->model->artifact.states;
    for (uint32_t i = 0; i < states->count; i++) {
        const struct rlx_state_entry *state = table_at(states, i);
        state_write(s->state, state, state->element, 0, h->past, rows);
        rows += (size_t)h->past * state_row_bytes(state, state->element);
    }
    memcpy(s->history, ids, h->tokens * sizeof *ids);
    s->tokens = h->tokens;
    s->past = h->past;
    free(s->note);
    s->note = note;
    s->note_bytes = h->note_bytes;
    session_changed(s);
}

/* Copies ids before checking them, because the file could change under the mapping, and ids are
 * indices into tables. */
rlx_status session_load_bytes(rlx_session *session, const char *name, const uint8_t *data,
                              uint64_t bytes, rlx_error *error)
{
    struct rlx_saved_header header;
    rlx_status status = check_saved(session, name, data, bytes, &header, error);
    if (status != RLX_OK)
        return status;
    size_t id_bytes = header.tokens * sizeof(int32_t);
    int32_t *ids = malloc(id_bytes + 1);
    uint8_t *note = NULL;
    if (ids == NULL ||
        !session_copy_note(data + bytes - header.note_bytes, header.note_bytes, &note)) {
        free(ids);
        return rlx_fail(error, RLX_ERROR_NO_MEMORY,
                        "no memory for %u tokens and a note of %llu bytes", header.tokens,
                        (unsigned long long)header.note_bytes);
    }
    memcpy(ids, data + sizeof header, id_bytes);
    rlx_error wrong;
    if (session_check_ids(session, ids, header.tokens, 0, &wrong) == RLX_OK) {
        install_saved(session, &header, ids, data + sizeof header + id_bytes, note);
    } else {
        status = rlx_fail(error, RLX_ERROR_BAD_FILE, "%s: %s", name, wrong.text);
        free(note);
    }
    free(ids);
    return status;
}

struct mapped {
    const uint8_t *data; /* NULL: no bytes */
    uint64_t bytes;
    struct used_file *use;
};

static rlx_status map_file(const char *path, struct mapped *m, rlx_error *error)
{
    struct stat found;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0 || fstat(descriptor, &found) != 0) {
        int failure = errno;
        if (descriptor >= 0)
            close(descriptor);
        return rlx_fail(error, RLX_ERROR_IO, "%s: cannot be opened: %s", path, strerror(failure));
    }
    m->bytes = S_ISREG(found.st_mode) && found.st_size > 0 ? (uint64_t)found.st_size : 0;
    void *data = m->bytes == 0 ? NULL : mmap(NULL, m->bytes, PROT_READ, MAP_PRIVATE, descriptor, 0);
    int failure = errno;
    if (data != NULL && data != MAP_FAILED)
        m->use = used_file_map(descriptor, path, data, m->bytes);
    close(descriptor);
    if (data == MAP_FAILED)
        return rlx_fail(error, RLX_ERROR_IO, "%s: cannot be read: %s", path, strerror(failure));
    m->data = data;
    return RLX_OK;
}

static void unmap_file(const struct mapped *m)
{
    used_file_forget(m->use);
    if (m->data != NULL)
        munmap((void *)(uintptr_t)m->data, m->bytes);
}

rlx_status rlx_session_load(rlx_session *session, const char *path, rlx_error *error)
{
    struct mapped file = {0};
    REFUSE_NULL(session);
    REFUSE_NULL(path);
    rlx_status status = map_file(path, &file, error);
    if (status != RLX_OK)
        return status;
    status = session_load_bytes(session, path, file.data, file.bytes, error);
    unmap_file(&file);
    return status;
}

rlx_status rlx_session_load_memory(rlx_session *session, const void *data, size_t bytes,
                                   rlx_error *error)
{
    REFUSE_NULL(session);
    REFUSE_NULL_OF(data, bytes);
    return session_load_bytes(session, "memory", data, bytes, error);
}

/* The header and the note of a file. The sizes must agree: ids and note must fit into the file. */
rlx_status session_read_saved(const char *name, const uint8_t *data, uint64_t bytes,
                              struct rlx_saved_header *h, uint8_t **note, rlx_error *error)
{
    rlx_status status = check_file(name, data, bytes, h, error);
    if (status != RLX_OK)
        return status;
    uint64_t ids = h->tokens * (uint64_t)sizeof(int32_t);
    if (h->header_bytes != sizeof *h || ids > bytes - sizeof *h ||
        h->note_bytes > bytes - sizeof *h - ids || h->past > h->tokens)
        return rlx_fail(
            error, RLX_ERROR_BAD_FILE,
            "%s: its header does not match: %u tokens, %u of them in the KV cache, and a "
            "note of %llu bytes in %llu bytes",
            name, h->tokens, h->past, (unsigned long long)h->note_bytes, (unsigned long long)bytes);
    if (note != NULL && !session_copy_note(data + bytes - h->note_bytes, h->note_bytes, note))
        return rlx_fail(error, RLX_ERROR_NO_MEMORY, "no memory for a note of %llu bytes",
                        (unsigned long long)h->note_bytes);
    return RLX_OK;
}

rlx_status rlx_saved_read(const char *path, rlx_saved_info *info, void **note, size_t *note_bytes,
                          rlx_error *error)
{
    struct rlx_saved_header h = {0};
    struct mapped file = {0};
    rlx_saved_info found = rlx_saved_info_default();
    rlx_status status = RLX_OK;
    uint8_t *copied = NULL;
    if (note != NULL)
        *note = NULL;
    if (note_bytes != NULL)
        *note_bytes = 0;
    REFUSE_NULL(path);
    if ((note == NULL) != (note_bytes == NULL))
        return rlx_fail_null(error, __func__, note == NULL ? "note" : "note_bytes");
    if (info != NULL) /* all zero until the file is read */
        status = caller_struct_write(&caller_saved_info, &found, info, error);
    if (status == RLX_OK)
        status = map_file(path, &file, error);
    if (status != RLX_OK)
        return status;
    status =
        session_read_saved(path, file.data, file.bytes, &h, note == NULL ? NULL : &copied, error);
    unmap_file(&file);
    if (status != RLX_OK)
        return status;
    if (note != NULL) {
        *note = copied;
        *note_bytes = h.note_bytes;
    }
    found = (rlx_saved_info){found.struct_bytes, h.version, h.file_bytes, h.model_digest,
                             h.tokens,           h.past,    h.note_bytes};
    return info == NULL ? RLX_OK : caller_struct_write(&caller_saved_info, &found, info, error);
}

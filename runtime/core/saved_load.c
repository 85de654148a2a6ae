/* Loads saved sessions, and describes them. In: a file in the format of rlx/state_format.h, which
 * may be hostile and may change while it is mapped. Out: a session that continues, or its header
 * and note. All of a file is checked before anything changes, and what could lead out of memory is
 * copied before it is checked. */
#include "rlx/state_format.h"
#include "runtime/base/caller_struct.h"
#include "runtime/base/error.h"
#include "runtime/base/used_files.h"
#include "runtime/core/session.h"
#include "runtime/core/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define XXH_STATIC_LINKING_ONLY /* a hash state that needs no allocation */
#include <xxhash.h>

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
    const size_t known = 12; /* magic and version, which all versions begin with */
    if (bytes < known || memcmp(data, RLX_STATE_MAGIC, sizeof h->magic) != 0)
        return rlx_fail(error, RLX_ERROR_BAD_FILE, "%s: not a saved session", name);
    *h = (struct rlx_saved_header){0};
    memcpy(h, data, bytes < sizeof *h ? known : sizeof *h);
    if (h->version != RLX_STATE_VERSION)
        return rlx_fail(error, RLX_ERROR_WRONG_VERSION,
                        "%s: a saved session of version %u, expected version %d", name, h->version,
                        RLX_STATE_VERSION);
    if (bytes < sizeof *h || h->file_bytes != bytes)
        return rlx_fail(error, RLX_ERROR_BAD_FILE,
                        "%s: incomplete: its header says %llu bytes, found %llu", name,
                        (unsigned long long)h->file_bytes, (unsigned long long)bytes);
    if (digest_of(data, bytes, *h) != h->digest)
        return rlx_fail(error, RLX_ERROR_BAD_FILE, "%s: damaged: its digest does not match", name);
    return RLX_OK;
}

/* Where the parts of a checked file are. */
struct saved {
    const char *name;
    struct rlx_saved_header header;
    const uint8_t *ids, *states, *rows, *logits, *note;
    int32_t *history; /* malloc'd copies */
    struct rlx_saved_state *table;
};

/* Splits a file after its header; false: the sizes do not add up to its own. */
static bool find_parts(struct saved *f, const uint8_t *data)
{
    const struct rlx_saved_header *h = &f->header;
    const uint64_t ids = h->tokens * (uint64_t)sizeof(int32_t);
    const uint64_t states = (uint64_t)h->state_count * sizeof(struct rlx_saved_state);
    const uint64_t logits = h->logits * (uint64_t)sizeof(float);
    const uint64_t fixed = sizeof *h + ids + states + logits; /* cannot overflow: 32-bit counts */
    if (h->header_bytes != sizeof *h || h->state_entry_bytes != sizeof(struct rlx_saved_state) ||
        h->past > h->tokens || (h->logits != 0 && (h->past == 0 || h->past != h->tokens)) ||
        h->reserved[0] != 0 || h->reserved[1] != 0 || h->reserved[2] != 0 ||
        fixed > h->file_bytes || h->note_bytes > h->file_bytes - fixed)
        return false;
    f->ids = data + sizeof *h;
    f->states = f->ids + ids;
    f->rows = f->states + states;
    f->note = data + (h->file_bytes - h->note_bytes);
    f->logits = f->note - logits;
    return true;
}

/* Whether a state may have these rows, after `past` positions. */
static bool state_fits(const struct rlx_state_entry *s, const struct rlx_saved_state *found,
                       uint32_t past)
{
    const uint32_t needed = s->window == 0 ? 0 : s->window - 1; /* a query sees itself too */
    if (found->class_ != s->class_ || found->reserved != 0 || found->rows > s->capacity)
        return false;
    switch (s->class_) {
    case RLX_CLASS_ROWS:
        return found->first == 0 && found->rows == past;
    case RLX_CLASS_RING:
        return found->rows <= past && found->first == past - found->rows &&
               (found->rows == past || found->rows >= needed);
    case RLX_CLASS_CARRIED:
        return found->first == 0 && found->rows == (past == 0 ? 0 : s->capacity);
    default:
        return found->first == 0;
    }
}

/* Cross states that share a symbol have equally many rows. */
static bool same_cross_rows(const struct saved *f, const struct table *states, uint32_t index)
{
    const struct rlx_state_entry *s = table_at(states, index);
    for (uint32_t i = 0; i < index && s->class_ == RLX_CLASS_CROSS; i++) {
        const struct rlx_state_entry *other = table_at(states, i);
        if (other->class_ == RLX_CLASS_CROSS && other->rows_slot == s->rows_slot &&
            f->table[i].rows != f->table[index].rows)
            return false;
    }
    return true;
}

/* The states are those of the model, and their rows fill what is between table and logits. */
static bool states_match(const rlx_session *s, const struct saved *f)
{
    const struct artifact *a = &s->instance.model->artifact;
    uint64_t left = (uint64_t)(f->logits - f->rows);
    const bool is_empty = f->header.past == 0 && f->header.state_count == 0;
    if ((f->header.state_count != a->states.count && !is_empty) ||
        (f->header.logits != 0 && f->header.logits != a->info->vocabulary))
        return false;
    for (uint32_t i = 0; i < f->header.state_count; i++) {
        const struct rlx_state_entry *state = table_at(&a->states, i);
        const struct rlx_saved_state found = f->table[i];
        const uint64_t bytes = (uint64_t)found.rows * state_row_bytes(state, state->element);
        if (!state_fits(state, &found, f->header.past) || !same_cross_rows(f, &a->states, i) ||
            bytes > left)
            return false;
        left -= bytes;
    }
    return left == 0;
}

/* False: no memory. */
static bool copy_parts(struct saved *f)
{
    const size_t ids = f->header.tokens * sizeof *f->history;
    const size_t states = f->header.state_count * sizeof *f->table;
    f->history = malloc(ids + 1);
    f->table = malloc(states + 1);
    if (f->history == NULL || f->table == NULL)
        return false;
    memcpy(f->history, f->ids, ids);
    memcpy(f->table, f->states, states);
    return true;
}

/* The header says something else than the file or the model. */
static rlx_status refuse_parts(const struct saved *f, rlx_error *error)
{
    const struct rlx_saved_header *h = &f->header;
    return rlx_fail(error, RLX_ERROR_BAD_FILE,
                    "%s: its header does not match a history of %u tokens, %u of them in its %u "
                    "states, and a note of %llu bytes, in %llu bytes",
                    f->name, h->tokens, h->past, h->state_count, (unsigned long long)h->note_bytes,
                    (unsigned long long)h->file_bytes);
}

/* Also copies what the session takes. */
static rlx_status check_saved(const rlx_session *s, struct saved *f, const uint8_t *data,
                              uint64_t bytes, rlx_error *error)
{
    rlx_status status = check_file(f->name, data, bytes, &f->header, error);
    if (status != RLX_OK)
        return status;
    if (f->header.model_digest != s->instance.model->artifact.info->model_digest)
        return rlx_fail(error, RLX_ERROR_BAD_FILE,
                        "%s: saved with another model or another compilation of it", f->name);
    if (f->header.tokens > s->context)
        return rlx_fail(error, RLX_ERROR_CONTEXT_FULL,
                        "%s: %u tokens do not fit: the context has room for %zu", f->name,
                        f->header.tokens, s->context);
    if (!find_parts(f, data))
        return refuse_parts(f, error);
    if (!copy_parts(f))
        return rlx_fail(error, RLX_ERROR_NO_MEMORY, "no memory for %u tokens", f->header.tokens);
    if (!states_match(s, f))
        return refuse_parts(f, error);
    rlx_error wrong;
    if (session_check_ids(s, f->history, f->header.tokens, 0, &wrong) != RLX_OK)
        return rlx_fail(error, RLX_ERROR_BAD_FILE, "%s: %s", f->name, wrong.text);
    return RLX_OK;
}

static void install_states(rlx_session *s, const struct saved *f)
{
    const struct table *states = &s->instance.model->artifact.states;
    const uint8_t *rows = f->rows;
    size_t ring_end = f->header.past;
    for (uint32_t i = 0; i < f->header.state_count; i++) {
        const struct rlx_state_entry *state = table_at(states, i);
        const struct rlx_saved_state found = f->table[i];
        instance_write_rows(&s->instance, state, state->element, found.first, found.rows, rows);
        rows += (size_t)found.rows * state_row_bytes(state, state->element);
        if (state->class_ == RLX_CLASS_CROSS)
            s->instance.sequence.cross_rows[state->rows_slot] = found.rows;
        if (found.first != 0 && found.first + (size_t)state->capacity > ring_end)
            ring_end = found.first + (size_t)state->capacity;
    }
    sequence_install(&s->instance.sequence, f->header.past);
    sequence_wrote(&s->instance.sequence, ring_end); /* what a ring lacks counts as overwritten */
    session_keep_copy(s, f->header.logits == 0 ? NULL : f->logits, f->header.tokens);
}

rlx_status session_load_bytes(rlx_session *session, const char *name, const uint8_t *data,
                              uint64_t bytes, rlx_error *error)
{
    struct saved f = {.name = name};
    uint8_t *note = NULL;
    rlx_status status = check_saved(session, &f, data, bytes, error);
    if (status == RLX_OK && !session_copy_note(f.note, f.header.note_bytes, &note))
        status = rlx_fail(error, RLX_ERROR_NO_MEMORY, "no memory for a note of %llu bytes",
                          (unsigned long long)f.header.note_bytes);
    if (status == RLX_OK) {
        rlx_session_reset(session);
        install_states(session, &f);
        memcpy(session->history, f.history, f.header.tokens * sizeof *f.history);
        session->tokens = f.header.tokens;
        session_checkpoint(session); /* its states can be had again from here only */
        free(session->note);
        session->note = note;
        session->note_bytes = f.header.note_bytes;
        status = device_check(session->instance.device, error);
    }
    free(f.history);
    free(f.table);
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
    struct saved f = {.name = name, .header = *h};
    if (!find_parts(&f, data))
        return refuse_parts(&f, error);
    if (note != NULL && !session_copy_note(f.note, h->note_bytes, note))
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

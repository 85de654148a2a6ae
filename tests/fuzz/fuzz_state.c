/* Loading of saved sessions from hostile bytes: unchanged, and again with a correct size and
 * digest, so that later checks are reached. A refusal must leave the session unchanged; an accepted
 * file must give what its bytes say. */
#include "rlx/state_format.h"
#include "runtime/core/session.h"
#include "tests/support/tiny_artifact.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static rlx_session *open_once(void)
{
    static rlx_session *session;
    rlx_model *model;
    rlx_error error;
    if (session != NULL)
        return session;
    struct tiny t = tiny_make(NULL);
    rlx_session_options options = {.struct_bytes = sizeof options, .threads = 1};
    if (tiny_open(&t, &model, &error) != RLX_OK ||
        rlx_session_open(model, &options, &session, &error) != RLX_OK)
        abort();
    free(t.data);
    return session;
}

static void expect(bool holds)
{
    if (!holds)
        abort();
}

static void check_loaded(const rlx_session *s, const uint8_t *data, size_t bytes)
{
    struct rlx_saved_header h;
    float rows[TINY_CONTEXT * TINY_KV_HEADS * TINY_HEAD_DIM];
    rlx_error error;
    expect(bytes >= sizeof h);
    memcpy(&h, data, sizeof h);
    expect(s->tokens == h.tokens && session_past(s) == h.past);
    expect(session_past(s) <= s->tokens && s->tokens <= s->context);
    for (size_t i = 0; i < s->tokens; i++)
        expect(s->history[i] >= 0 && s->history[i] < TINY_VOCABULARY);
    expect(memcmp(s->history, data + sizeof h, s->tokens * sizeof *s->history) == 0);
    expect(rlx_session_export_state(s, "past_k_0", rows, session_past(s), &error) == RLX_OK);
    const size_t table = h.state_count * sizeof(struct rlx_saved_state);
    expect(memcmp(rows, data + sizeof h + s->tokens * sizeof *s->history + table,
                  session_past(s) * TINY_KV_HEADS * TINY_HEAD_DIM * sizeof *rows) == 0);
    expect(rlx_session_export_state(s, "past_v_0", rows, session_past(s), &error) == RLX_OK);
    expect((h.logits == 0) == (s->kept.rows == NULL));
}

static bool load(rlx_session *s, const uint8_t *data, size_t bytes)
{
    const uint64_t version = s->version;
    const size_t tokens = s->tokens, past = session_past(s);
    const uint64_t history = XXH3_64bits(s->history, tokens * sizeof *s->history);
    rlx_error error;
    bool good = session_load_bytes(s, "fuzz", data, bytes, &error) == RLX_OK;
    if (good)
        check_loaded(s, data, bytes);
    else
        expect(s->version == version && s->tokens == tokens && session_past(s) == past &&
               XXH3_64bits(s->history, tokens * sizeof *s->history) == history);
    return good;
}

/* Without a model: the header and the note hold each other, and what a session takes is read here
 * too. */
static void read_alone(const uint8_t *data, size_t bytes, bool taken)
{
    struct rlx_saved_header h;
    rlx_error error;
    uint8_t *note = NULL;
    bool good = session_read_saved("fuzz", data, bytes, &h, &note, &error) == RLX_OK;
    expect(good || !taken);
    expect(good || note == NULL);
    if (good && h.note_bytes != 0)
        expect(memcmp(note, data + bytes - h.note_bytes, h.note_bytes) == 0);
    free(note);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    rlx_session *session = open_once();
    struct rlx_saved_header h;
    read_alone(data, bytes, load(session, data, bytes));
    if (bytes < sizeof h)
        return 0;
    uint8_t *sealed = malloc(bytes); /* exactly, so that a sanitizer sees the first byte after */
    if (sealed == NULL)
        abort();
    memcpy(sealed, data, bytes);
    memcpy(&h, data, sizeof h);
    h.file_bytes = bytes;
    h.digest = 0;
    memcpy(sealed, &h, sizeof h);
    h.digest = XXH3_64bits(sealed, bytes);
    memcpy(sealed, &h, sizeof h);
    read_alone(sealed, bytes, load(session, sealed, bytes));
    free(sealed);
    return 0;
}

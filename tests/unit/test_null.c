/* NULL in every pointer of every function of rlx.h, and in every set of them: a refusal that names
 * an argument and changes nothing, or what the header allows. The test reads functions and pointers
 * from the header, so that no new one is left out. */
#include "tests/support/compiled.h"

#include <ctype.h>

enum { MAX_POINTERS = 8, TOKENS = 3 };

static rlx_model *model;
static rlx_session *session;
static const int32_t ids_in[TOKENS] = {5, 6, 7};

/* The pointer, or NULL where its bit is set; pointers are counted as they stand in the header. */
#define P(index, pointer) ((null >> (index)&1) != 0 ? NULL : (pointer))
/* Of functions that give no status: that of a refusal where what they give is 0. */
#define GIVES(value) ((value) ? RLX_OK : RLX_ERROR_BAD_ARGUMENT)
#define CALL(name) static rlx_status call_##name(unsigned null, rlx_error *error)

static rlx_go on_row(void *context, size_t position, const float *row)
{
    (void)context, (void)position, (void)row;
    return RLX_GO_ON;
}

static rlx_go never(void *context)
{
    (void)context;
    return RLX_GO_ON;
}

static const char *saved_path(void)
{
    return temporary_path(&test_folder, "saved.rls");
}

/* ---- models ---- */

CALL(rlx_status_name)
{
    (void)null, (void)error;
    return GIVES(rlx_status_name(RLX_OK));
}

CALL(rlx_version)
{
    (void)null, (void)error;
    return GIVES(rlx_version());
}

static rlx_status close_again(rlx_status status, rlx_model *opened)
{
    if (status != RLX_OK)
        assert_null(opened);
    rlx_model_close(opened);
    return status;
}

CALL(rlx_model_open)
{
    rlx_model *opened = NULL;
    rlx_status status = rlx_model_open(P(0, "nowhere"), P(1, &opened), P(2, error));
    return close_again(status, opened);
}

CALL(rlx_model_open_self)
{
    rlx_model *opened = NULL;
    rlx_status status = rlx_model_open_self(P(0, &opened), P(1, error));
    return close_again(status, opened);
}

CALL(rlx_model_open_descriptor)
{
    rlx_model *opened = NULL;
    rlx_status status = rlx_model_open_descriptor(0, 0, 0, P(0, &opened), P(1, error));
    return close_again(status, opened);
}

CALL(rlx_model_open_memory)
{
    static const _Alignas(RLX_MODEL_ALIGNMENT) char data[64];
    rlx_model *opened = NULL;
    rlx_status status = rlx_model_open_memory(P(0, data), 64, P(1, &opened), P(2, error));
    return close_again(status, opened);
}

CALL(rlx_model_close)
{
    (void)null, (void)error;
    rlx_model_close(NULL);
    return RLX_OK;
}

CALL(rlx_model_verify)
{
    return rlx_model_verify(P(0, model), P(1, error));
}

CALL(rlx_model_get_info)
{
    rlx_model_info info = rlx_model_info_default();
    (void)error;
    return rlx_model_get_info(P(0, model), P(1, &info));
}

CALL(rlx_model_variant_count)
{
    (void)error;
    return GIVES(rlx_model_variant_count(P(0, model)));
}

CALL(rlx_model_get_variant)
{
    rlx_variant_info info = rlx_variant_info_default();
    return rlx_model_get_variant(P(0, model), 0, P(1, &info), P(2, error));
}

CALL(rlx_model_get_sampling)
{
    rlx_sampling sampling = rlx_sampling_default();
    (void)error;
    return rlx_model_get_sampling(P(0, model), P(1, &sampling));
}

/* ---- text ---- */

CALL(rlx_tokenize)
{
    int32_t ids[16];
    size_t count;
    return rlx_tokenize(P(0, model), P(1, "once"), 4, 0, P(2, ids), 16, P(3, &count), P(4, error));
}

CALL(rlx_tokenize_min)
{
    (void)error;
    return GIVES(rlx_tokenize_min(P(0, model), P(1, "once upon"), 9));
}

CALL(rlx_detokenize)
{
    rlx_detokenizer state = {0};
    char text[64];
    size_t bytes;
    return rlx_detokenize(P(0, model), P(1, &state), 7, P(2, text), 64, P(3, &bytes), P(4, error));
}

CALL(rlx_detokenize_flush)
{
    rlx_detokenizer state = {0};
    char text[64];
    size_t bytes;
    return rlx_detokenize_flush(P(0, model), P(1, &state), P(2, text), 64, P(3, &bytes),
                                P(4, error));
}

CALL(rlx_token_bytes)
{
    size_t bytes;
    (void)error;
    return GIVES(rlx_token_bytes(P(0, model), 7, P(1, &bytes)));
}

CALL(rlx_token_ends_generation)
{
    (void)error;
    for (int32_t id = 0; id < 64; id++)
        if (rlx_token_ends_generation(P(0, model), id))
            return RLX_OK;
    return RLX_ERROR_BAD_ARGUMENT;
}

static const rlx_message messages[] = {{"user", "hello"}};
static const char conversation[] = "{\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}";

CALL(rlx_chat_render)
{
    char *text = NULL;
    size_t bytes;
    rlx_status status = rlx_chat_render(P(0, model), P(1, messages), 1, true, P(2, &text),
                                        P(3, &bytes), P(4, error));
    free(text);
    return status;
}

CALL(rlx_chat_tokenize)
{
    int32_t ids[64];
    size_t made;
    return rlx_chat_tokenize(P(0, model), P(1, messages), 1, true, P(2, ids), 64, P(3, &made),
                             P(4, error));
}

CALL(rlx_chat_render_json)
{
    char *text = NULL;
    size_t bytes;
    rlx_status status = rlx_chat_render_json(P(0, model), P(1, conversation), strlen(conversation),
                                             P(2, &text), P(3, &bytes), P(4, error));
    free(text);
    return status;
}

CALL(rlx_chat_tokenize_json)
{
    int32_t ids[64];
    size_t made;
    return rlx_chat_tokenize_json(P(0, model), P(1, conversation), strlen(conversation), P(2, ids),
                                  64, P(3, &made), P(4, error));
}

/* ---- sessions ---- */

CALL(rlx_session_open)
{
    rlx_session_options options = rlx_session_options_default();
    rlx_session *opened = NULL;
    options.threads = 1;
    rlx_status status = rlx_session_open(P(0, model), P(1, &options), P(2, &opened), P(3, error));
    rlx_session_close(opened);
    return status;
}

CALL(rlx_session_close)
{
    (void)null, (void)error;
    rlx_session_close(NULL);
    return RLX_OK;
}

CALL(rlx_session_use_sampling)
{
    rlx_sampling sampling = rlx_sampling_default();
    return rlx_session_use_sampling(P(0, session), P(1, &sampling), P(2, error));
}

CALL(rlx_session_set_sampling)
{
    rlx_sampling sampling = rlx_sampling_default();
    (void)error;
    rlx_session_set_sampling(P(0, session), P(1, &sampling));
    return RLX_ERROR_BAD_ARGUMENT;
}

CALL(rlx_session_get_sampling)
{
    rlx_sampling sampling = rlx_sampling_default();
    (void)error;
    return rlx_session_get_sampling(P(0, session), P(1, &sampling));
}

CALL(rlx_session_set_stop)
{
    (void)error;
    rlx_session_set_stop(P(0, session), P(1, never), P(2, &session));
    rlx_session_set_stop(P(0, session), NULL, NULL);
    return RLX_ERROR_BAD_ARGUMENT;
}

CALL(rlx_session_prefill)
{
    return rlx_session_prefill(P(0, session), P(1, ids_in), TOKENS, P(2, error));
}

CALL(rlx_session_append)
{
    return rlx_session_append(P(0, session), P(1, ids_in), TOKENS, P(2, error));
}

CALL(rlx_session_step_recomputing)
{
    int32_t id;
    return rlx_session_step_recomputing(P(0, session), P(1, &id), P(2, error));
}

CALL(rlx_session_step)
{
    int32_t id;
    return rlx_session_step(P(0, session), P(1, &id), P(2, error));
}

CALL(rlx_sessions_step)
{
    rlx_session *all[] = {session};
    int32_t ids[1];
    return rlx_sessions_step(P(0, all), 1, P(1, ids), P(2, error));
}

CALL(rlx_session_generate)
{
    rlx_generate_options options = rlx_generate_options_default();
    size_t made;
    rlx_end why;
    options.max = 2;
    return rlx_session_generate(P(0, session), P(1, &options), P(2, &made), P(3, &why),
                                P(4, error));
}

CALL(rlx_session_prefill_logits)
{
    const float *row;
    return rlx_session_prefill_logits(P(0, session), P(1, ids_in), TOKENS, P(2, &row), P(3, error));
}

CALL(rlx_session_decode_logits)
{
    const float *row;
    return rlx_session_decode_logits(P(0, session), 7, P(1, &row), P(2, error));
}

CALL(rlx_session_run_logits)
{
    return rlx_session_run_logits(P(0, session), P(1, ids_in), TOKENS, 0, P(2, on_row),
                                  P(3, &session), P(4, error));
}

CALL(rlx_session_run_block)
{
    return rlx_session_run_block(P(0, session), P(1, ids_in), TOKENS, P(2, on_row), P(3, &session),
                                 P(4, error));
}

CALL(rlx_session_commit)
{
    rlx_session_run_block(session, ids_in, TOKENS, on_row, NULL, NULL);
    return rlx_session_commit(P(0, session), 1, P(1, error));
}

CALL(rlx_session_tokens)
{
    (void)error;
    return GIVES(rlx_session_tokens(P(0, session)));
}

CALL(rlx_session_past)
{
    (void)error;
    return GIVES(rlx_session_past(P(0, session)));
}

CALL(rlx_session_context)
{
    (void)error;
    return GIVES(rlx_session_context(P(0, session)));
}

CALL(rlx_session_history)
{
    (void)error;
    return GIVES(rlx_session_history(P(0, session)));
}

CALL(rlx_session_truncate)
{
    return rlx_session_truncate(P(0, session), 1, P(1, error));
}

CALL(rlx_session_reset)
{
    (void)error;
    rlx_session_reset(P(0, session));
    return RLX_ERROR_BAD_ARGUMENT;
}

/* ---- state ---- */

static float rows[1 << 16];
static const float *layers[64];

CALL(rlx_session_has_state)
{
    (void)error;
    return GIVES(rlx_session_has_state(P(0, session), P(1, "past_k_0")));
}

CALL(rlx_session_export_state)
{
    return rlx_session_export_state(P(0, session), P(1, "past_k_0"), P(2, rows), 1, P(3, error));
}

CALL(rlx_session_bind_state)
{
    return rlx_session_bind_state(P(0, session), P(1, "past_k_0"), P(2, rows), 1, P(3, error));
}

CALL(rlx_session_version)
{
    (void)error;
    return GIVES(rlx_session_version(P(0, session)));
}

CALL(rlx_session_install_prefix)
{
    for (size_t i = 0; i < sizeof layers / sizeof layers[0]; i++)
        layers[i] = rows;
    return rlx_session_install_prefix(P(0, session), P(1, ids_in), TOKENS, P(2, layers),
                                      P(3, layers), 0, P(4, error));
}

CALL(rlx_session_set_note)
{
    return rlx_session_set_note(P(0, session), P(1, "note"), 4, P(2, error));
}

CALL(rlx_session_note)
{
    size_t bytes;
    (void)error;
    rlx_session_set_note(session, "note", 4, NULL);
    return GIVES(rlx_session_note(P(0, session), P(1, &bytes)));
}

CALL(rlx_session_save)
{
    return rlx_session_save(P(0, session), P(1, saved_path()), P(2, error));
}

CALL(rlx_session_load)
{
    rlx_session_save(session, saved_path(), NULL);
    return rlx_session_load(P(0, session), P(1, saved_path()), P(2, error));
}

CALL(rlx_session_save_memory)
{
    void *data = NULL;
    size_t bytes;
    rlx_status status =
        rlx_session_save_memory(P(0, session), P(1, &data), P(2, &bytes), P(3, error));
    free(data);
    return status;
}

CALL(rlx_session_load_memory)
{
    void *data = NULL;
    size_t bytes = 0;
    rlx_session_save_memory(session, &data, &bytes, NULL);
    rlx_status status = rlx_session_load_memory(P(0, session), P(1, data), bytes, P(2, error));
    free(data);
    return status;
}

CALL(rlx_session_save_history)
{
    return rlx_session_save_history(P(0, session), P(1, saved_path()), P(2, error));
}

CALL(rlx_saved_read)
{
    rlx_saved_info info = rlx_saved_info_default();
    void *note = NULL;
    size_t bytes;
    rlx_session_save(session, saved_path(), NULL);
    rlx_status status =
        rlx_saved_read(P(0, saved_path()), P(1, &info), P(2, &note), P(3, &bytes), P(4, error));
    free(note);
    return status;
}

CALL(rlx_session_get_timings)
{
    rlx_timings timings = rlx_timings_default();
    (void)error;
    return rlx_session_get_timings(P(0, session), P(1, &timings));
}

/* ---- all of them ---- */

/* `allowed`: arguments that may be NULL, each between blanks, besides error and context. */
static const struct entry {
    const char *name, *allowed;
    rlx_status (*call)(unsigned null, rlx_error *error);
} entries[] = {
#define ENTRY(name, allowed)                              \
    {                                                     \
#name, " error context " allowed " ", call_##name \
    }
    ENTRY(rlx_status_name, ""),
    ENTRY(rlx_version, ""),
    ENTRY(rlx_model_open, ""),
    ENTRY(rlx_model_open_self, ""),
    ENTRY(rlx_model_open_descriptor, ""),
    ENTRY(rlx_model_open_memory, ""),
    ENTRY(rlx_model_close, "model"),
    ENTRY(rlx_model_verify, ""),
    ENTRY(rlx_model_get_info, ""),
    ENTRY(rlx_model_variant_count, ""),
    ENTRY(rlx_model_get_variant, ""),
    ENTRY(rlx_model_get_sampling, ""),
    ENTRY(rlx_tokenize, ""),
    ENTRY(rlx_tokenize_min, ""),
    ENTRY(rlx_detokenize, ""),
    ENTRY(rlx_detokenize_flush, ""),
    ENTRY(rlx_token_bytes, ""),
    ENTRY(rlx_token_ends_generation, ""),
    ENTRY(rlx_chat_render, ""),
    ENTRY(rlx_chat_tokenize, ""),
    ENTRY(rlx_chat_render_json, ""),
    ENTRY(rlx_chat_tokenize_json, ""),
    ENTRY(rlx_session_open, "options"),
    ENTRY(rlx_session_close, "session"),
    ENTRY(rlx_session_use_sampling, "sampling"),
    ENTRY(rlx_session_set_sampling, "sampling"),
    ENTRY(rlx_session_get_sampling, ""),
    ENTRY(rlx_session_set_stop, "stop"),
    ENTRY(rlx_session_prefill, ""),
    ENTRY(rlx_session_append, ""),
    ENTRY(rlx_session_step_recomputing, "id"),
    ENTRY(rlx_session_step, "id"),
    ENTRY(rlx_sessions_step, ""),
    ENTRY(rlx_session_generate, "options made why"),
    ENTRY(rlx_session_prefill_logits, ""),
    ENTRY(rlx_session_decode_logits, ""),
    ENTRY(rlx_session_run_logits, ""),
    ENTRY(rlx_session_run_block, ""),
    ENTRY(rlx_session_commit, ""),
    ENTRY(rlx_session_tokens, ""),
    ENTRY(rlx_session_past, ""),
    ENTRY(rlx_session_context, ""),
    ENTRY(rlx_session_history, ""),
    ENTRY(rlx_session_truncate, ""),
    ENTRY(rlx_session_reset, ""),
    ENTRY(rlx_session_has_state, ""),
    ENTRY(rlx_session_export_state, ""),
    ENTRY(rlx_session_bind_state, ""),
    ENTRY(rlx_session_version, ""),
    ENTRY(rlx_session_install_prefix, ""),
    ENTRY(rlx_session_set_note, ""),
    ENTRY(rlx_session_note, "bytes"),
    ENTRY(rlx_session_save, ""),
    ENTRY(rlx_session_load, ""),
    ENTRY(rlx_session_save_memory, ""),
    ENTRY(rlx_session_load_memory, ""),
    ENTRY(rlx_session_save_history, ""),
    ENTRY(rlx_saved_read, "info"),
    ENTRY(rlx_session_get_timings, ""),
};
enum { ENTRIES = sizeof entries / sizeof entries[0] };

/* A function as the header declares it. */
struct declared {
    char name[64], pointers[MAX_POINTERS][32];
    unsigned count;
    bool has_error, has_status;
};

/* The last word of [from, to). */
static void last_word(const char *from, const char *to, char word[], size_t capacity)
{
    while (to > from && !isalnum((unsigned char)to[-1]) && to[-1] != '_')
        to--;
    const char *start = to;
    while (start > from && (isalnum((unsigned char)start[-1]) || start[-1] == '_'))
        start--;
    assert_true((size_t)(to - start) < capacity);
    memcpy(word, start, (size_t)(to - start));
    word[to - start] = 0;
}

static bool is_within(const char *from, const char *to, const char *text)
{
    const char *found = strstr(from, text);
    return found != NULL && found < to;
}

/* Reads the declaration at `text`, which ends with a semicolon. */
static struct declared read_declaration(const char *text)
{
    struct declared d = {0};
    const char *open = strchr(text, '('), *end = strchr(text, ';');
    assert_true(open != NULL && end != NULL && open < end);
    last_word(text, open, d.name, sizeof d.name);
    d.has_status = is_within(text, open, "rlx_status ");
    for (const char *at = open + 1; at < end;) {
        const char *comma = at + strcspn(at, ",;");
        if (is_within(at, comma, "*") || is_within(at, comma, "_fn ")) {
            assert_true(d.count < MAX_POINTERS);
            last_word(at, comma, d.pointers[d.count], sizeof d.pointers[0]);
            d.has_error = d.has_error || strcmp(d.pointers[d.count], "error") == 0;
            d.count++;
        }
        at = comma + 1;
    }
    return d;
}

static bool is_allowed(const struct entry *e, const struct declared *d, unsigned null, unsigned i)
{
    char word[40];
    snprintf(word, sizeof word, " %s ", d->pointers[i]);
    if (strcmp(e->name, "rlx_saved_read") == 0 && (null & 12) == 12 && (i == 2 || i == 3))
        return true; /* a note and its length go together */
    return strstr(e->allowed, word) != NULL;
}

/* The session before each call: something to continue, with rows in the KV cache. */
static void prepare(void)
{
    const float *row;
    assert_int_equal(rlx_session_prefill_logits(session, ids_in, TOKENS, &row, NULL), RLX_OK);
}

static void expect_refusal(const struct entry *e, const struct declared *d, unsigned null,
                           rlx_status status, const rlx_error *error)
{
    bool named = false;
    if (status != RLX_ERROR_BAD_ARGUMENT)
        fail_msg("%s with NULLs %#x: %s", e->name, null, rlx_status_name(status));
    if (!d->has_error || (null >> (d->count - 1) & 1) != 0)
        return;
    for (unsigned i = 0; i < d->count; i++)
        named = named || ((null >> i & 1) != 0 && strstr(error->text, d->pointers[i]) != NULL);
    if (!named || strstr(error->text, "must not be NULL") == NULL)
        fail_msg("%s with NULLs %#x: %s", e->name, null, error->text);
}

static void check_function(const struct entry *e, const struct declared *d)
{
    for (unsigned null = 0; null < 1u << d->count; null++) {
        rlx_error error = {0};
        bool refused = false;
        for (unsigned i = 0; i < d->count; i++)
            refused = refused || ((null >> i & 1) != 0 && !is_allowed(e, d, null, i));
        prepare();
        rlx_status status = e->call(null, &error);
        if (refused) {
            expect_refusal(e, d, null, status, &error);
            assert_int_equal(rlx_session_tokens(session), TOKENS);
            assert_int_equal(rlx_session_past(session), TOKENS);
        } else if (d->has_error && strstr(error.text, "NULL") != NULL) {
            fail_msg("%s with NULLs %#x: %s", e->name, null, error.text);
        }
    }
}

static void test_every_function(void **state)
{
    static char header[1 << 16];
    unsigned seen = 0;
    (void)state;
    FILE *file = fopen("runtime/include/rlx/rlx.h", "r");
    assert_non_null(file);
    header[fread(header, 1, sizeof header - 1, file)] = 0;
    assert_true(feof(file));
    fclose(file);
    for (char *at = header; (at = strstr(at, "\nRLX_API ")) != NULL; at++) {
        struct declared d = read_declaration(at + 1);
        unsigned i = 0;
        while (i < ENTRIES && strcmp(entries[i].name, d.name) != 0)
            i++;
        if (i == ENTRIES)
            fail_msg("%s of rlx.h is not tested here", d.name);
        check_function(&entries[i], &d);
        seen++;
    }
    assert_int_equal(seen, ENTRIES);
}

/* No bytes and no elements need no pointer. */
static void test_nothing_at_null(void **state)
{
    rlx_error error = {0};
    size_t count = 7;
    (void)state;
    assert_int_equal(rlx_tokenize(model, NULL, 0, 0, NULL, 0, &count, &error), RLX_OK);
    assert_int_equal(count, 0);
    assert_int_equal(rlx_tokenize(model, "one two", 7, 0, NULL, 0, &count, &error),
                     RLX_ERROR_BAD_ARGUMENT);
    assert_true(count > 0); /* how much room it needs */
    assert_int_equal(rlx_session_prefill(session, NULL, 0, &error), RLX_OK);
    assert_int_equal(rlx_session_append(session, NULL, 0, &error), RLX_OK);
    assert_int_equal(rlx_session_run_logits(session, NULL, 0, 0, on_row, NULL, &error), RLX_OK);
    assert_int_equal(rlx_session_install_prefix(session, NULL, 0, NULL, NULL, 0, &error), RLX_OK);
    assert_int_equal(rlx_session_set_note(session, NULL, 0, &error), RLX_OK);
    assert_int_equal(rlx_session_load_memory(session, NULL, 0, &error), RLX_ERROR_BAD_FILE);
    assert_int_equal(rlx_chat_render_json(model, NULL, 0, &(char *){NULL}, &count, &error),
                     RLX_ERROR_BAD_ARGUMENT); /* no conversation */
}

/* What stands behind pointers: members of messages, stop strings, sessions. */
static void test_null_inside(void **state)
{
    const rlx_message broken[][1] = {{{NULL, "x"}}, {{"user", NULL}}};
    const char *const stop[] = {"a", NULL};
    rlx_session *none[] = {NULL};
    rlx_error error = {0};
    char *text;
    size_t bytes;
    int32_t id;
    (void)state;
    prepare();
    for (int i = 0; i < 2; i++) {
        assert_int_equal(rlx_chat_render(model, broken[i], 1, true, &text, &bytes, &error),
                         RLX_ERROR_BAD_ARGUMENT);
        assert_non_null(strstr(error.text, i == 0 ? "messages[0].role" : "messages[0].content"));
        assert_null(text);
    }
    rlx_generate_options options = rlx_generate_options_default();
    options.stop = stop;
    options.stop_count = 2;
    assert_int_equal(rlx_session_generate(session, &options, NULL, NULL, &error),
                     RLX_ERROR_BAD_ARGUMENT);
    assert_non_null(strstr(error.text, "stop string 1 is NULL"));
    options.stop = NULL;
    assert_int_equal(rlx_session_generate(session, &options, NULL, NULL, &error),
                     RLX_ERROR_BAD_ARGUMENT);
    assert_int_equal(rlx_sessions_step(none, 1, &id, &error), RLX_ERROR_BAD_ARGUMENT);
    assert_non_null(strstr(error.text, "sessions[0]"));
}

static int open_all(void **state)
{
    bool lacking;
    if (temporary_set_up(state) != 0)
        return -1;
    model = compiled_open("examples/stories-3m.Q8_0.gguf", "--context=64 --variants=decode=1",
                          &lacking);
    session = model == NULL ? NULL : compiled_session(model, 1);
    return session == NULL;
}

static int close_all(void **state)
{
    rlx_session_close(session);
    rlx_model_close(model);
    return temporary_tear_down(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_function),
        cmocka_unit_test(test_nothing_at_null),
        cmocka_unit_test(test_null_inside),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}

/* The contract of state, short runs and saved sessions on the made-up model: what each call leaves
 * behind, what it refuses and with which words; a refusal changes nothing. */
#include "compiler/base/float16.h"
#include "rlx/state_format.h"
#include "runtime/core/session.h"
#include "runtime/core/state.h"
#include "tests/support/compare.h"
#include "tests/support/tiny_session.h"

#include <glob.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

enum {
    WIDTH = TINY_KV_HEADS * TINY_HEAD_DIM,
    HEADER = sizeof(struct rlx_saved_header),
    TABLE = 2 * sizeof(struct rlx_saved_state)
};

static rlx_error error;

static void must(rlx_status status)
{
    if (status != RLX_OK)
        fail_msg("%s", error.text);
}

/* `call` must fail with this status and a sentence that has `words`. */
static void refused(rlx_status found, rlx_status expected, const char *words)
{
    assert_int_equal(found, expected);
    if (strstr(error.text, words) == NULL)
        fail_msg("expected a sentence with \"%s\", found: %s", words, error.text);
}

static rlx_session *open_with(const int32_t *ids, size_t count)
{
    rlx_session *s = open_session(2);
    const float *row;
    must(rlx_session_prefill_logits(s, ids, count, &row, &error));
    return s;
}

/* K and V as the kernels write them, computed here. */
static void true_rows(const int32_t *ids, size_t count, float *k, float *v)
{
    for (size_t p = 0; p < count; p++)
        for (size_t h = 0; h < TINY_KV_HEADS; h++)
            for (size_t d = 0; d < TINY_HEAD_DIM; d++) {
                *k++ = (float)ids[p] + (float)h * 0.25F + (float)d * 0.5F;
                *v++ = (float)ids[p] + (float)d;
            }
}

static rlx_go ignore_row(void *context, size_t position, const float *row)
{
    size_t *seen = context;
    expect_row(row, prompt, position + 1);
    return --*seen == 0 ? RLX_GO_STOP : RLX_GO_ON;
}

/* What a session is, to see that a refusal changed nothing. */
struct snapshot {
    uint64_t version;
    size_t tokens, past;
    int32_t history[TINY_CONTEXT];
    float k[TINY_CONTEXT * WIDTH], v[TINY_CONTEXT * WIDTH];
};

static struct snapshot snapshot(const rlx_session *s)
{
    struct snapshot shot = {.version = rlx_session_version(s),
                            .tokens = rlx_session_tokens(s),
                            .past = rlx_session_past(s)};
    memcpy(shot.history, rlx_session_history(s), shot.tokens * sizeof *shot.history);
    must(rlx_session_export_state(s, "past_k_0", shot.k, shot.past, &error));
    must(rlx_session_export_state(s, "past_v_0", shot.v, shot.past, &error));
    return shot;
}

static void expect_unchanged(const rlx_session *s, const struct snapshot *before)
{
    rlx_error kept = error;
    struct snapshot now = snapshot(s);
    error = kept;
    assert_memory_equal(&now, before, sizeof now);
}

/* ---- bind, install, version ---- */

static void test_bind_replaces_rows(void **state)
{
    float k[20 * WIDTH], v[20 * WIDTH], found[20 * WIDTH];
    const float *row;
    (void)state;
    rlx_session *s = open_with(prompt + 1, 20); /* other tokens than those that are bound */
    true_rows(prompt, 20, k, v);
    must(rlx_session_bind_state(s, "past_k_0", k, 20, &error));
    must(rlx_session_bind_state(s, "past_v_0", v, 20, &error));
    must(rlx_session_export_state(s, "past_k_0", found, 20, &error));
    expect_equal_bits("past_k_0", found, k, 20, WIDTH);
    must(rlx_session_decode_logits(s, prompt[20], &row, &error));
    expect_row(row, prompt, 21);

    must(rlx_session_bind_state(s, "past_v_0", v, 3, &error));
    must(rlx_session_export_state(s, "past_v_0", found, 20, &error));
    expect_equal_bits("past_v_0", found, v, 3, WIDTH);
    expect_all("past_v_0 from row 3 on", found + 3 * WIDTH, 0, 17 * WIDTH);
    must(rlx_session_bind_state(s, "past_k_0", NULL, 0, &error));
    must(rlx_session_export_state(s, "past_k_0", found, 20, &error));
    assert_true(found[0] == 0 && found[20 * WIDTH - 1] == 0);
    rlx_session_close(s);
}

static void test_bind_refuses(void **state)
{
    float rows[7 * WIDTH] = {0};
    (void)state;
    rlx_session *s = open_with(prompt, 6);
    struct snapshot before = snapshot(s);
    refused(rlx_session_bind_state(s, "past_k_7", rows, 6, &error), RLX_ERROR_BAD_ARGUMENT,
            "'past_k_7'");
    refused(rlx_session_bind_state(s, "past_v_0", rows, 7, &error), RLX_ERROR_BAD_ARGUMENT,
            "'past_v_0': 7 rows requested, but it holds 6");
    refused(rlx_session_bind_state(s, "past_v_0", NULL, 6, &error), RLX_ERROR_BAD_ARGUMENT, "rows");
    expect_unchanged(s, &before);
    rlx_session_close(s);
}

static void test_install(void **state)
{
    (void)state;
    for (size_t count = 1; count < TINY_CONTEXT; count++) {
        float k[TINY_CONTEXT * WIDTH], v[TINY_CONTEXT * WIDTH];
        const float *keys[] = {k}, *values[] = {v}, *row;
        rlx_session *s = open_with(prompt + 5, 10);
        true_rows(prompt, count, k, v);
        must(rlx_session_install_prefix(s, prompt, count, keys, values, 0, &error));
        expect_sizes(s, count, count);
        assert_memory_equal(rlx_session_history(s), prompt, count * sizeof *prompt);
        assert_true(rlx_session_has_state(s, "past_v_0"));
        atomic_store(&runs_of_write, 0);
        must(rlx_session_decode_logits(s, prompt[count], &row, &error));
        assert_int_equal(atomic_load(&runs_of_write), 1); /* nothing is computed again */
        expect_row(row, prompt, count + 1);
        rlx_session_close(s);
    }
}

static void test_install_refuses(void **state)
{
    float k[TINY_CONTEXT * WIDTH], v[TINY_CONTEXT * WIDTH];
    const float *keys[] = {k}, *values[] = {v}, *none[] = {NULL};
    const int32_t wrong[] = {1, 2, TINY_VOCABULARY};
    int32_t many[TINY_CONTEXT + 1] = {0};
    (void)state;
    rlx_session *s = open_with(prompt, 6);
    struct snapshot before = snapshot(s);
    true_rows(prompt, TINY_CONTEXT, k, v);
    refused(rlx_session_install_prefix(s, wrong, 3, keys, values, 0, &error),
            RLX_ERROR_BAD_ARGUMENT, "token 2");
    refused(rlx_session_install_prefix(s, many, TINY_CONTEXT + 1, keys, values, 0, &error),
            RLX_ERROR_CONTEXT_FULL, "room for 40");
    refused(rlx_session_install_prefix(s, prompt, 3, none, values, 0, &error),
            RLX_ERROR_BAD_ARGUMENT, "'past_k_0'");
    refused(rlx_session_install_prefix(s, prompt, 3, keys, NULL, 0, &error), RLX_ERROR_BAD_ARGUMENT,
            "values");
    refused(rlx_session_install_prefix(s, NULL, 3, keys, values, 0, &error), RLX_ERROR_BAD_ARGUMENT,
            "NULL");
    expect_unchanged(s, &before);
    must(rlx_session_install_prefix(s, NULL, 0, NULL, NULL, 0, &error)); /* nothing, installed */
    expect_sizes(s, 0, 0);
    rlx_session_close(s);
}

/* Every call that writes or forgets makes exported rows stale; those that only look do not. */
static void test_stale_copies(void **state)
{
    float k[6 * WIDTH], v[6 * WIDTH];
    const float *keys[] = {k}, *values[] = {v}, *row;
    int32_t id;
    size_t all = 100;
    (void)state;
    true_rows(prompt, 6, k, v);
    for (int change = 0; change < 10; change++) {
        rlx_session *s = open_with(prompt, 6);
        uint64_t version = rlx_session_version(s);
        char path[1024];
        snprintf(path, sizeof path, "%s", temporary_path(&test_folder, "stale.state"));
        assert_true(version != 0);
        must(rlx_session_save(s, path, &error));
        must(rlx_session_export_state(s, "past_k_0", k, 6, &error));
        must(rlx_session_install_prefix(s, prompt, 6, keys, values, version, &error));
        version = rlx_session_version(s);
        switch (change) {
        case 0:
            must(rlx_session_append(s, prompt + 6, 1, &error));
            break;
        case 1:
            must(rlx_session_step(s, &id, &error));
            break;
        case 2:
            must(rlx_session_step_recomputing(s, &id, &error));
            break;
        case 3:
            must(rlx_session_decode_logits(s, prompt[6], &row, &error));
            break;
        case 4:
            must(rlx_session_truncate(s, 5, &error));
            break;
        case 5:
            rlx_session_reset(s);
            break;
        case 6:
            must(rlx_session_load(s, path, &error));
            break;
        case 7:
            must(rlx_session_bind_state(s, "past_k_0", k, 6, &error));
            break;
        case 8:
            must(rlx_session_prefill(s, prompt, 6, &error));
            break;
        default:
            must(rlx_session_run_block(s, prompt + 6, 2, ignore_row, &all, &error));
            must(rlx_session_commit(s, 2, &error));
        }
        struct snapshot before = snapshot(s);
        refused(rlx_session_install_prefix(s, prompt, 6, keys, values, version, &error),
                RLX_ERROR_BAD_ARGUMENT, "stale");
        expect_unchanged(s, &before);
        must(rlx_session_install_prefix(s, prompt, 6, keys, values, 0, &error));
        rlx_session_close(s);
    }
}

/* ---- short runs ---- */

static void test_short_run_and_commit(void **state)
{
    (void)state;
    for (size_t q = 0; q <= 18; q++) {
        for (size_t n = 0; n <= q; n++) {
            rlx_session *s = open_session(2);
            const float *row;
            size_t left = q + 1;
            must(rlx_session_prefill(s, prompt, 9,
                                     &error)); /* runs before the short run, and stays */
            must(rlx_session_run_block(s, prompt + 9, q, ignore_row, &left, &error));
            assert_int_equal(left, 1);
            expect_sizes(s, 9, 9);
            must(rlx_session_commit(s, n, &error));
            expect_sizes(s, 9 + n, 9 + n);
            atomic_store(&runs_of_write, 0);
            must(rlx_session_decode_logits(s, prompt[9 + n], &row, &error));
            assert_int_equal(atomic_load(&runs_of_write), 1);
            expect_row(row, prompt, 10 + n);
            rlx_session_close(s);
        }
    }
}

static void test_short_run_stopped(void **state)
{
    size_t left = 3;
    const float *row;
    (void)state;
    rlx_session *s = open_with(prompt, 9);
    size_t all = 100;
    must(rlx_session_run_block(s, prompt + 9, 5, ignore_row, &all, &error));
    refused(rlx_session_run_block(s, prompt + 9, 8, ignore_row, &left, &error), RLX_ERROR_STOPPED,
            "stopped");
    expect_sizes(s, 9, 9);
    refused(rlx_session_commit(s, 1, &error), RLX_ERROR_BAD_ARGUMENT, "no block");
    must(rlx_session_decode_logits(s, prompt[9], &row, &error));
    expect_row(row, prompt, 10);
    rlx_session_close(s);
}

static void test_commit_refuses(void **state)
{
    (void)state;
    rlx_session *s = open_with(prompt, 9);
    refused(rlx_session_commit(s, 0, &error), RLX_ERROR_BAD_ARGUMENT, "no block");
    for (int between = 0; between < 5; between++) {
        size_t left = 100;
        int32_t id;
        must(rlx_session_truncate(s, 9, &error));
        must(rlx_session_run_block(s, prompt + 9, 4, ignore_row, &left, &error));
        refused(rlx_session_commit(s, 5, &error), RLX_ERROR_BAD_ARGUMENT,
                "5 tokens of a block of 4");
        switch (between) {
        case 0:
            must(rlx_session_append(s, prompt + 9, 1, &error));
            break;
        case 1:
            must(rlx_session_step(s, &id, &error));
            break;
        case 2:
            must(rlx_session_truncate(s, 9, &error));
            break;
        case 3:
            must(rlx_session_commit(s, 4, &error));
            break;
        default:
            must(rlx_session_commit(s, 0, &error));
        }
        refused(rlx_session_commit(s, 1, &error), RLX_ERROR_BAD_ARGUMENT, "changed since");
    }
    rlx_session_reset(s);
    refused(rlx_session_commit(s, 1, &error), RLX_ERROR_BAD_ARGUMENT, "no block");
    rlx_session_close(s);
}

static void test_short_run_refuses(void **state)
{
    size_t left = 100;
    const int32_t wrong[] = {-1};
    (void)state;
    rlx_session *s = open_with(prompt, 30);
    struct snapshot before = snapshot(s);
    refused(rlx_session_run_block(s, prompt, 11, ignore_row, &left, &error), RLX_ERROR_CONTEXT_FULL,
            "41 tokens");
    refused(rlx_session_run_block(s, wrong, 1, ignore_row, &left, &error), RLX_ERROR_BAD_ARGUMENT,
            "found -1");
    refused(rlx_session_run_block(s, prompt, 1, NULL, NULL, &error), RLX_ERROR_BAD_ARGUMENT,
            "on_row");
    expect_unchanged(s, &before);
    must(rlx_session_run_block(s, prompt + 30, 10, ignore_row, &left, &error)); /* just fits */
    must(rlx_session_commit(s, 10, &error));
    expect_sizes(s, 40, 40);
    rlx_session_close(s);
}

/* ---- saved sessions ---- */

struct file {
    char path[1024];
    uint8_t data[4096];
    size_t bytes;
};

static struct file save(const rlx_session *s, const char *name)
{
    struct file f;
    snprintf(f.path, sizeof f.path, "%s", temporary_path(&test_folder, name));
    must(rlx_session_save(s, f.path, &error));
    FILE *file = fopen(f.path, "rb");
    assert_non_null(file);
    f.bytes = fread(f.data, 1, sizeof f.data, file);
    fclose(file);
    return f;
}

/* The format as its header says it, read here by hand. */
static void test_file_format(void **state)
{
    float k[6 * WIDTH], v[6 * WIDTH];
    struct rlx_saved_header h;
    struct stat found;
    (void)state;
    rlx_session *s = open_with(prompt, 6);
    must(rlx_session_append(s, prompt + 6, 3, &error));
    struct file f = save(s, "format.state");
    true_rows(prompt, 6, k, v);
    memcpy(&h, f.data, sizeof h);
    assert_memory_equal(h.magic, "\x89RLS\r\n\x1a\n", 8);
    assert_int_equal(h.version, RLX_STATE_VERSION);
    assert_int_equal(h.tokens, 9);
    assert_int_equal(h.past, 6);
    assert_int_equal(f.bytes, HEADER + 9 * 4 + TABLE + 6 * WIDTH * (4 + 2));
    assert_int_equal(h.file_bytes, f.bytes);
    assert_memory_equal(f.data + HEADER, prompt, 9 * 4);
    assert_memory_equal(f.data + HEADER + 9 * 4 + TABLE, k, sizeof k);
    for (size_t i = 0; i < 6 * WIDTH; i++) {
        uint16_t half;
        memcpy(&half, f.data + HEADER + 9 * 4 + TABLE + sizeof k + i * 2, 2);
        assert_true(f16_to_f32(half) == v[i]);
    }
    memset(f.data + offsetof(struct rlx_saved_header, digest), 0, 8);
    assert_true(h.digest == XXH3_64bits(f.data, f.bytes));
    assert_int_equal(stat(f.path, &found), 0);
    assert_int_equal(found.st_mode & 0777, 0600);
    rlx_session_close(s);
}

/* With all in the cache, with some pending, with nothing. */
static void test_save_and_load(void **state)
{
    (void)state;
    for (size_t count = 0; count < TINY_CONTEXT; count++) {
        for (size_t pending = 0; pending <= count; pending += 3) {
            rlx_session *s = open_session(2), *other = open_with(prompt + 3, 17);
            size_t left = 100;
            int32_t id;
            must(rlx_session_run_logits(s, prompt, count - pending, 0, ignore_row, &left, &error));
            must(rlx_session_append(s, prompt + count - pending, pending, &error));
            struct file f = save(s, "some.state");
            must(rlx_session_load(other, f.path, &error));
            expect_sizes(other, count, count - pending);
            if (count != 0) {
                must(rlx_session_step(other, &id, &error));
                assert_int_equal(id, true_next(prompt, count));
            }
            rlx_session_close(s);
            rlx_session_close(other);
        }
    }
}

/* Every byte changed, every length cut, and bytes added: refused, and nothing has changed. */
static void test_damaged_files(void **state)
{
    (void)state;
    rlx_session *s = open_with(prompt, 6), *other = open_with(prompt + 3, 11);
    struct file f = save(s, "damaged.state");
    struct snapshot before = snapshot(other);
    for (size_t i = 0; i < f.bytes; i++) {
        for (int bit = 0; bit < 8; bit++) {
            f.data[i] ^= (uint8_t)(1 << bit);
            rlx_status status = session_load_bytes(other, "it", f.data, f.bytes, &error);
            f.data[i] ^= (uint8_t)(1 << bit);
            assert_true(status == RLX_ERROR_BAD_FILE || status == RLX_ERROR_WRONG_VERSION);
            assert_memory_equal(error.text, "it: ", 4);
        }
    }
    for (size_t bytes = 0; bytes < f.bytes; bytes++) {
        temporary_write(&test_folder, "damaged.state", f.data, bytes);
        refused(rlx_session_load(other, f.path, &error), RLX_ERROR_BAD_FILE,
                bytes < 12 ? "not a saved session" : "incomplete");
    }
    f.data[f.bytes] = 0;
    refused(session_load_bytes(other, "it", f.data, f.bytes + 1, &error), RLX_ERROR_BAD_FILE,
            "incomplete");
    expect_unchanged(other, &before);
    rlx_session_close(s);
    rlx_session_close(other);
}

static void seal(struct file *f, const struct rlx_saved_header *h)
{
    struct rlx_saved_header sealed = *h;
    sealed.digest = 0;
    memcpy(f->data, &sealed, sizeof sealed);
    sealed.digest = XXH3_64bits(f->data, f->bytes);
    memcpy(f->data, &sealed, sizeof sealed);
}

/* Files with a digest that fits: made on purpose. */
static void test_crafted_files(void **state)
{
    struct rlx_saved_header h, changed;
    const int32_t outside = TINY_VOCABULARY;
    (void)state;
    rlx_session *s = open_with(prompt, 6), *other = open_with(prompt + 3, 11);
    struct file f = save(s, "crafted.state");
    struct snapshot before = snapshot(other);
    memcpy(&h, f.data, sizeof h);

#define CRAFTED(change, status, words) \
    changed = h;                       \
    changed.change;                    \
    seal(&f, &changed);                \
    refused(session_load_bytes(other, "it", f.data, f.bytes, &error), status, words)

    CRAFTED(model_digest++, RLX_ERROR_BAD_FILE, "another model");
    CRAFTED(version = 2, RLX_ERROR_WRONG_VERSION, "version 2, expected version 3");
    CRAFTED(version = 4, RLX_ERROR_WRONG_VERSION, "version 4, expected version 3");
    CRAFTED(state_count = 1, RLX_ERROR_BAD_FILE, "does not match");
    CRAFTED(state_count = UINT32_MAX, RLX_ERROR_BAD_FILE, "does not match");
    CRAFTED(state_entry_bytes = 8, RLX_ERROR_BAD_FILE, "does not match");
    CRAFTED(logits = 0, RLX_ERROR_BAD_FILE, "does not match");
    CRAFTED(logits = UINT32_MAX, RLX_ERROR_BAD_FILE, "does not match");
    CRAFTED(note_bytes = 1, RLX_ERROR_BAD_FILE, "does not match");
    CRAFTED(note_bytes = UINT64_MAX, RLX_ERROR_BAD_FILE, "does not match");
    CRAFTED(tokens = TINY_CONTEXT + 1, RLX_ERROR_CONTEXT_FULL, "41 tokens");
    CRAFTED(tokens = UINT32_MAX, RLX_ERROR_CONTEXT_FULL, "4294967295 tokens");
    CRAFTED(past = UINT32_MAX, RLX_ERROR_BAD_FILE, "does not match");
    CRAFTED(past = 5, RLX_ERROR_BAD_FILE, "does not match");
    CRAFTED(tokens = 5, RLX_ERROR_BAD_FILE, "does not match");
    CRAFTED(header_bytes = 81, RLX_ERROR_BAD_FILE, "does not match");
    CRAFTED(reserved[2] = 1, RLX_ERROR_BAD_FILE, "does not match");
#undef CRAFTED
    memcpy(f.data + HEADER + 2 * 4, &outside, 4);
    seal(&f, &h);
    refused(session_load_bytes(other, "it", f.data, f.bytes, &error), RLX_ERROR_BAD_FILE,
            "it: token 2: expected an id from 0 to 49, found 50");
    h.past = 7; /* of 6 tokens, and all its rows are there */
    h.file_bytes = f.bytes += WIDTH * (4 + 2);
    memset(f.data + HEADER, 0, f.bytes - HEADER);
    seal(&f, &h);
    refused(session_load_bytes(other, "it", f.data, f.bytes, &error), RLX_ERROR_BAD_FILE,
            "does not match");
    expect_unchanged(other, &before);
    rlx_session_close(s);
    rlx_session_close(other);
}

static void test_files_that_cannot_be(void **state)
{
    char path[1024];
    (void)state;
    rlx_session *s = open_with(prompt, 6);
    struct file f = save(s, "good.state");
    struct snapshot before = snapshot(s);
    snprintf(path, sizeof path, "%s/nowhere/x.state", test_folder.path);
    refused(rlx_session_save(s, path, &error), RLX_ERROR_IO, "nowhere/x.state: cannot be created");
    refused(rlx_session_load(s, path, &error), RLX_ERROR_IO, "nowhere/x.state: cannot be opened");
    refused(rlx_session_save(s, test_folder.path, &error), RLX_ERROR_IO, "found a directory");
    refused(rlx_session_load(s, test_folder.path, &error), RLX_ERROR_BAD_FILE,
            "not a saved session");
    refused(rlx_session_save(s, NULL, &error), RLX_ERROR_BAD_ARGUMENT, "path");
    refused(rlx_session_load(s, NULL, &error), RLX_ERROR_BAD_ARGUMENT, "path");
    snprintf(path, sizeof path, "%s.??????", test_folder.path);
    assert_int_equal(glob(path, 0, NULL, &(glob_t){0}), GLOB_NOMATCH); /* nothing beside it */

    rlx_session_options options = {.struct_bytes = sizeof options, .threads = 1, .context = 5};
    rlx_session *small;
    must(rlx_session_open(model, &options, &small, &error));
    refused(rlx_session_load(small, f.path, &error), RLX_ERROR_CONTEXT_FULL, "room for 5");
    expect_sizes(small, 0, 0);
    expect_unchanged(s, &before);
    rlx_session_close(small);
    rlx_session_close(s);
}

/* No room for the new file: the old one stays, and nothing beside it. */
static void test_disk_full(void **state)
{
    struct rlimit limit;
    char pattern[2048];
    (void)state;
    rlx_session *s = open_with(prompt, 6);
    struct file f = save(s, "full.state");
    must(rlx_session_append(s, prompt + 6, 20, &error));
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){128, limit.rlim_max});
    rlx_status status = rlx_session_save(s, f.path, &error);
    setrlimit(RLIMIT_FSIZE, &limit);
    refused(status, RLX_ERROR_IO, "full.state: cannot be written: File too large");
    snprintf(pattern, sizeof pattern, "%s.*", f.path);
    assert_int_equal(glob(pattern, 0, NULL, &(glob_t){0}), GLOB_NOMATCH);
    must(rlx_session_load(s, f.path, &error));
    expect_sizes(s, 6, 6);
    rlx_session_close(s);
}

static int set_up(void **state)
{
    return temporary_set_up(state) != 0 || open_model(state) != 0 ? -1 : 0;
}

static int tear_down(void **state)
{
    close_model(state);
    return temporary_tear_down(state);
}

int main(void)
{
    tiny_require_machine();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bind_replaces_rows),
        cmocka_unit_test(test_bind_refuses),
        cmocka_unit_test(test_install),
        cmocka_unit_test(test_install_refuses),
        cmocka_unit_test(test_stale_copies),
        cmocka_unit_test(test_short_run_and_commit),
        cmocka_unit_test(test_short_run_stopped),
        cmocka_unit_test(test_commit_refuses),
        cmocka_unit_test(test_short_run_refuses),
        cmocka_unit_test(test_file_format),
        cmocka_unit_test(test_save_and_load),
        cmocka_unit_test(test_damaged_files),
        cmocka_unit_test(test_crafted_files),
        cmocka_unit_test(test_files_that_cannot_be),
        cmocka_unit_test(test_disk_full),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

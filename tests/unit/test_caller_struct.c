/* Structures of rlx.h from callers of any version: valid sizes, bytes read, bytes written. Each
 * structure is at the end of its own memory, so that the address sanitizer sees any access beyond
 * it. */
#include "tests/support/tiny_session.h"

#include "runtime/base/caller_struct.h"

static rlx_session *session;

static rlx_status use_session_options(void *s, rlx_error *error)
{
    rlx_session *opened;
    rlx_status status = rlx_session_open(model, s, &opened, error);
    rlx_session_close(opened);
    return status;
}

static rlx_status use_sampling(void *s, rlx_error *error)
{
    return rlx_session_use_sampling(session, s, error);
}

static rlx_status use_generate_options(void *s, rlx_error *error)
{
    rlx_status status = rlx_session_prefill(session, prompt, TINY_CONTEXT - 2, error);
    return status == RLX_OK ? rlx_session_generate(session, s, NULL, NULL, error) : status;
}

static rlx_status give_model_info(void *s, rlx_error *error)
{
    (void)error;
    return rlx_model_get_info(model, s);
}

static rlx_status give_variant_info(void *s, rlx_error *error)
{
    return rlx_model_get_variant(model, 0, s, error);
}

static rlx_status give_model_sampling(void *s, rlx_error *error)
{
    (void)error;
    return rlx_model_get_sampling(model, s);
}

static rlx_status give_session_sampling(void *s, rlx_error *error)
{
    (void)error;
    return rlx_session_get_sampling(session, s);
}

static rlx_status give_timings(void *s, rlx_error *error)
{
    (void)error;
    return rlx_session_get_timings(session, s);
}

static rlx_status give_saved_info(void *s, rlx_error *error)
{
    const char *path = temporary_path(&test_folder, "saved.rls");
    rlx_status status = rlx_session_save(session, path, error);
    return status == RLX_OK ? rlx_saved_read(path, s, NULL, NULL, error) : status;
}

static rlx_status give_expert_counts(void *s, rlx_error *error)
{
    (void)error;
    return rlx_session_get_expert_counts(session, s);
}

static const struct kind {
    const char *name;
    rlx_status (*call)(void *s, rlx_error *error);
    bool is_result, has_sentence;
    uint32_t bytes; /* the only size so far */
} kinds[] = {
    {"rlx_session_options", use_session_options, false, true, 32},
    {"rlx_sampling", use_sampling, false, true, 48},
    {"rlx_generate_options", use_generate_options, false, true, 72},
    {"rlx_model_info", give_model_info, true, false, 168},
    {"rlx_variant_info", give_variant_info, true, true, 72},
    {"rlx_sampling", give_model_sampling, true, false, 48},
    {"rlx_sampling", give_session_sampling, true, false, 48},
    {"rlx_timings", give_timings, true, false, 72},
    {"rlx_saved_info", give_saved_info, true, true, 48},
    {"rlx_expert_counts", give_expert_counts, true, false, 64},
};
enum { KINDS = sizeof kinds / sizeof kinds[0], MAX = 4096 };

/* One call with a structure of `bytes` bytes in all, filled with `fill`. */
static rlx_status call(const struct kind *k, uint32_t bytes, uint32_t room, uint8_t fill,
                       uint8_t **after, rlx_error *error)
{
    *after = malloc(room);
    assert_non_null(*after);
    memset(*after, fill, room);
    memcpy(*after, &bytes, sizeof bytes);
    return k->call(*after, error);
}

static void expect_refusal(const struct kind *k, rlx_status status, const rlx_error *error,
                           const char *words)
{
    if (status != RLX_ERROR_BAD_ARGUMENT)
        fail_msg("%s: %s", k->name, rlx_status_name(status));
    if (k->has_sentence &&
        (strstr(error->text, words) == NULL || strncmp(error->text, k->name, strlen(k->name)) != 0))
        fail_msg("%s: %s", k->name, error->text);
}

static void test_sizes(void **state)
{
    (void)state;
    for (size_t i = 0; i < KINDS; i++) {
        const struct kind *k = &kinds[i];
        for (uint32_t bytes = 0; bytes <= k->bytes + 24; bytes++) {
            rlx_error error = {0};
            uint8_t *after;
            rlx_status status = call(k, bytes, bytes < 4 ? 4 : bytes, 0, &after, &error);
            if (bytes < k->bytes)
                expect_refusal(k, status, &error, "struct_bytes is");
            else if (status != RLX_OK)
                fail_msg("%s of %u bytes: %s", k->name, bytes, error.text);
            assert_memory_equal(after, &bytes, sizeof bytes);
            free(after);
        }
    }
}

/* A number that nobody meant as a size is not believed. */
static void test_garbage(void **state)
{
    static const uint32_t garbage[] = {MAX + 1, 0xCCCCCCCC, UINT32_MAX};
    (void)state;
    for (size_t i = 0; i < KINDS; i++)
        for (size_t g = 0; g < 3; g++) {
            rlx_error error = {0};
            uint8_t *after;
            rlx_status status = call(&kinds[i], garbage[g], kinds[i].bytes, 0, &after, &error);
            expect_refusal(&kinds[i], status, &error, "struct_bytes is");
            free(after);
        }
}

/* A caller that is newer: options that are set are refused, results that nobody knows are 0. */
static void test_newer_callers(void **state)
{
    (void)state;
    for (size_t i = 0; i < KINDS; i++) {
        const struct kind *k = &kinds[i];
        for (uint32_t bytes = k->bytes + 8; bytes <= MAX; bytes *= 2) {
            rlx_error error = {0};
            uint8_t *s = calloc(1, bytes);
            assert_non_null(s);
            memcpy(s, &bytes, sizeof bytes);
            memset(s + k->bytes, k->is_result ? 0xAA : 0, bytes - k->bytes);
            assert_int_equal(k->call(s, &error), RLX_OK);
            for (uint32_t at = k->bytes; at < bytes; at++)
                assert_int_equal(s[at], 0);
            s[bytes - 1] = 1;
            if (!k->is_result)
                expect_refusal(k, k->call(s, &error), &error, "is set: this library");
            free(s);
        }
    }
}

/* Callers of older versions, of a structure that has grown twice: only what they know is read and
 * written. */
struct grown {
    uint32_t struct_bytes, first;
    uint64_t second, third;
};
static const struct caller_struct grown = {"grown", {8, 16, sizeof(struct grown)}};

static void test_older_callers(void **state)
{
    (void)state;
    for (uint32_t bytes = 8; bytes <= sizeof(struct grown); bytes += 8) {
        const struct grown ours = {sizeof ours, 1, 2, 3};
        struct grown theirs = {bytes, 7, 8, 9}, read = ours;
        assert_int_equal(caller_struct_read(&grown, &theirs, &read, NULL), RLX_OK);
        assert_int_equal(read.struct_bytes, sizeof ours);
        assert_int_equal(read.first, 7);
        assert_int_equal(read.second, bytes > 8 ? 8 : 2);
        assert_int_equal(read.third, bytes > 16 ? 9 : 3);
        assert_int_equal(caller_struct_write(&grown, &ours, &theirs, NULL), RLX_OK);
        assert_int_equal(theirs.struct_bytes, bytes);
        assert_int_equal(theirs.first, 1);
        assert_int_equal(theirs.second, bytes > 8 ? 2 : 8);
        assert_int_equal(theirs.third, bytes > 16 ? 3 : 9);
    }
    for (uint32_t bytes = 9; bytes < 16; bytes++)
        assert_int_equal(caller_struct_read(&grown, &bytes, NULL, NULL), RLX_ERROR_BAD_ARGUMENT);
}

static void test_defaults(void **state)
{
    (void)state;
    const rlx_generate_options g = rlx_generate_options_default();
    const rlx_session_options o = rlx_session_options_default();
    const rlx_model_info m = rlx_model_info_default();
    const rlx_variant_info v = rlx_variant_info_default();
    const rlx_saved_info s = rlx_saved_info_default();
    const rlx_timings t = rlx_timings_default();
    assert_true(g.struct_bytes == sizeof g && g.max == 0 && g.on_text == NULL && !g.prompt_only);
    assert_true(o.struct_bytes == sizeof o && o.threads == 0 && o.share_with == NULL);
    assert_true(m.struct_bytes == sizeof m && m.name == NULL && !m.template_refused);
    assert_true(v.struct_bytes == sizeof v && v.thread_bytes == 0);
    assert_true(s.struct_bytes == sizeof s && s.note_bytes == 0);
    assert_true(t.struct_bytes == sizeof t && t.draft_accepted == 0);
    assert_int_equal(rlx_sampling_default().struct_bytes, sizeof(rlx_sampling));
}

static int open_all(void **state)
{
    if (temporary_set_up(state) != 0 || open_model(state) != 0)
        return -1;
    session = open_session(1);
    return 0;
}

static int close_all(void **state)
{
    rlx_session_close(session);
    close_model(state);
    return temporary_tear_down(state);
}

int main(void)
{
    tiny_require_machine();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes),         cmocka_unit_test(test_garbage),
        cmocka_unit_test(test_newer_callers), cmocka_unit_test(test_older_callers),
        cmocka_unit_test(test_defaults),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}

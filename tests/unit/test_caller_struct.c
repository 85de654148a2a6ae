/* Structures of rlx.h from callers of any version: valid sizes, bytes read, bytes written. Each
 * structure is at the end of its own memory, so that the address sanitizer sees any access beyond
 * it. */
#include "tests/support/tiny_session.h"

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

/* `sizes`: all that were published, then zeros; the last is the one of now. */
static const struct kind {
    const char *name;
    rlx_status (*call)(void *s, rlx_error *error);
    bool is_result, has_sentence;
    uint32_t now, sizes[3];
} kinds[] = {
    {"rlx_session_options",
     use_session_options,
     false,
     true,
     sizeof(rlx_session_options),
     {12, 24}},
    {"rlx_sampling", use_sampling, false, true, sizeof(rlx_sampling), {32, 48}},
    {"rlx_generate_options",
     use_generate_options,
     false,
     true,
     sizeof(rlx_generate_options),
     {40, 48, 88}},
    {"rlx_model_info", give_model_info, true, false, sizeof(rlx_model_info), {160, 168, 176}},
    {"rlx_variant_info", give_variant_info, true, true, sizeof(rlx_variant_info), {64}},
    {"rlx_sampling", give_model_sampling, true, false, sizeof(rlx_sampling), {32, 48}},
    {"rlx_sampling", give_session_sampling, true, false, sizeof(rlx_sampling), {32, 48}},
    {"rlx_timings", give_timings, true, false, sizeof(rlx_timings), {48, 72}},
    {"rlx_saved_info", give_saved_info, true, true, sizeof(rlx_saved_info), {48}},
};
enum { KINDS = sizeof kinds / sizeof kinds[0], MAX = 4096 };

static bool is_published(const struct kind *k, uint32_t bytes)
{
    for (size_t i = 0; i < 3; i++)
        if (bytes == k->sizes[i] && bytes != 0)
            return true;
    return false;
}

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
        assert_true(is_published(k, k->now));
        for (uint32_t bytes = 0; bytes <= k->now + 24; bytes++) {
            rlx_error error = {0};
            uint8_t *after;
            rlx_status status = call(k, bytes, bytes < 4 ? 4 : bytes, 0, &after, &error);
            if (!is_published(k, bytes) && bytes <= k->now)
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
            rlx_status status = call(&kinds[i], garbage[g], kinds[i].now, 0, &after, &error);
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
        for (uint32_t bytes = k->now + 8; bytes <= MAX; bytes *= 2) {
            rlx_error error = {0};
            uint8_t *s = calloc(1, bytes);
            assert_non_null(s);
            memcpy(s, &bytes, sizeof bytes);
            memset(s + k->now, k->is_result ? 0xAA : 0, bytes - k->now);
            assert_int_equal(k->call(s, &error), RLX_OK);
            for (uint32_t at = k->now; at < bytes; at++)
                assert_int_equal(s[at], 0);
            s[bytes - 1] = 1;
            if (!k->is_result)
                expect_refusal(k, k->call(s, &error), &error, "is set: this library");
            free(s);
        }
    }
}

/* A caller that is older: nothing behind its structure is written. */
static void test_older_results(void **state)
{
    (void)state;
    for (size_t i = 0; i < KINDS; i++)
        for (size_t v = 0; v < 3 && kinds[i].is_result; v++) {
            const struct kind *k = &kinds[i];
            rlx_error error = {0};
            uint8_t *after;
            if (k->sizes[v] == 0 || k->sizes[v] == k->now)
                continue;
            assert_int_equal(call(k, k->sizes[v], k->now, 0xAA, &after, &error), RLX_OK);
            assert_int_not_equal(after[k->sizes[0] - 1] == 0xAA && after[8] == 0xAA, 1);
            for (uint32_t at = k->sizes[v]; at < k->now; at++)
                assert_int_equal(after[at], 0xAA);
            free(after);
        }
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
        cmocka_unit_test(test_newer_callers), cmocka_unit_test(test_older_results),
        cmocka_unit_test(test_defaults),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}

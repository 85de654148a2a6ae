/* Models and sessions on a GPU that is not there (support/fake_vulkan.h), which a program finds instead of
 * the system's loader. Its shaders do nothing, so that only texts, counts and bytes are looked at. */
#ifndef TESTS_VULKAN_FAKED_H
#define TESTS_VULKAN_FAKED_H

#include "tests/support/compiled.h"
#include "tests/support/fake_vulkan.h"

enum { TOKENS = 40, MIB = 1 << 20 };

/* Of test_vulkan_faults.c. */
extern int32_t ids[TOKENS];
extern rlx_model *model, *only_vulkan; /* with code for the CPU too, and without */
extern char caches[600];               /* a folder for what drivers compiled */
/* Tests of what the device asks of Vulkan (vulkan_uses.c). */
void test_more_sequences(void **state);
void test_in_place(void **state);
void test_slices(void **state);
void test_token(void **state);
void test_upload(void **state);
void test_cache(void **state);

static inline void must(rlx_status status, const rlx_error *error)
{
    if (status != RLX_OK)
        fail_msg("%s", error->text);
}

static inline void contains(const char *words, const char *text, const char *wanted)
{
    if (strstr(text, wanted) == NULL)
        fail_msg("%s: found '%s', expected '%s'", words, text, wanted);
}

static inline rlx_status try_open(const rlx_model *m, const char *device, rlx_session **session,
                                  rlx_error *error)
{
    rlx_session_options options = rlx_session_options_default();
    options.threads = 2;
    options.device = device;
    return rlx_session_open((rlx_model *)(uintptr_t)m, &options, session, error);
}

static inline rlx_session *must_open(const char *device)
{
    rlx_session *session;
    rlx_error error = {0};
    must(try_open(model, device, &session, &error), &error);
    return session;
}

static inline void close_last(rlx_session *session)
{
    rlx_session_close(session);
    assert_int_equal(fake_vulkan_objects(), 0);
}

static inline void is_refused(const char *words, const char *device, rlx_status status,
                              const char *text)
{
    rlx_session *session;
    rlx_error error = {0};
    fake_vulkan_set(words);
    if (try_open(model, device, &session, &error) != status)
        fail_msg("%s: status %d: %s", words, error.status, error.text);
    contains(words, error.text, text);
    assert_int_equal(fake_vulkan_objects(), 0);
}

static inline rlx_go go_on(void *context)
{
    (void)context;
    return RLX_GO_ON;
}

#endif

/* For tests of the checker: the made-up artifact with one thing changed is refused with a sentence.
 */
#ifndef TESTS_REFUSED_ARTIFACT_H
#define TESTS_REFUSED_ARTIFACT_H

#include "runtime/base/artifact_check.h"
#include "tests/support/tiny_artifact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

/* All that can be checked without WEIGHTS and CODE. */
static inline rlx_status check(struct tiny *t, rlx_error *error)
{
    struct artifact artifact;
    *error = (rlx_error){0};
    rlx_status status = artifact_check("file.rlx", t->data, t->bytes, &artifact, error);
    for (uint32_t i = 0; i < artifact.levels.count && status == RLX_OK; i++)
        status = artifact_check_level("file.rlx", &artifact, i, error);
    return status;
}

/* The artifact is refused with `status`, and the sentence has `words`. */
static inline void expect_refused(struct tiny *t, rlx_status status, const char *words)
{
    rlx_error error;
    rlx_status found = check(t, &error);
    if (found != status || strstr(error.text, words) == NULL ||
        strncmp(error.text, "file.rlx: ", 10) != 0)
        fail_msg("expected %s with '%s', found %s: %s", rlx_status_name(status), words,
                 rlx_status_name(found), error.text);
    assert_int_equal(error.status, status);
}

#define SECTION_CASE(which, field, value, words)       \
    do {                                               \
        struct tiny t = tiny_make(NULL);               \
        tiny_section(&t, which)->field = value;        \
        tiny_seal(&t);                                 \
        expect_refused(&t, RLX_ERROR_BAD_FILE, words); \
        free(t.data);                                  \
    } while (0)

#endif

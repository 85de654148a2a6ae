/* The note of a saved conversation: bytes written by hand against messages, in both directions, and
 * errors for damaged notes. */
#include "runtime/tool/chat_note.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const char whole[] = "rlxchat1"
                            "system\0Be brief.\0"
                            "user\0What?\0"
                            "assistant\0";

static const char with_name[] = "rlxchat2"
                                "smol\0"
                                "user\0What?";

static const rlx_message expected[] = {
    {"system", "Be brief."}, {"user", "What?"}, {"assistant", ""}};

static void expect_note(const char *model, const rlx_message *messages, size_t count,
                        const char *bytes, size_t length)
{
    struct chat_note found;
    rlx_error error;
    size_t written;

    char *note = chat_note_write(model, messages, count, &written);
    assert_non_null(note);
    assert_int_equal(written, length);
    assert_memory_equal(note, bytes, length);
    assert_int_equal(chat_note_read(note, written, &found, &error), RLX_OK);
    assert_int_equal(found.count, count);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(found.messages[i].role, messages[i].role);
        assert_string_equal(found.messages[i].content, messages[i].content);
    }
    if (model == NULL)
        assert_null(found.model);
    else
        assert_string_equal(found.model, model);
    chat_note_free(&found);
    free(note);
}

static void there_and_back(void **state)
{
    (void)state;
    expect_note(NULL, expected, 3, whole, sizeof whole);
    expect_note("smol", expected + 1, 1, with_name, sizeof with_name);
    expect_note(NULL, NULL, 0, "rlxchat1", 8);
    expect_note("", NULL, 0, "rlxchat2", 9);
}

static void damaged(void **state)
{
    (void)state;
#define NOTE(text) text, sizeof text - 1
    static const struct {
        const char *note;
        size_t bytes;
        const char *says;
    } cases[] = {
        {NOTE(""), "does not begin with rlxchat1 or 2"},
        {NOTE("rlxchat"), "does not begin with rlxchat1 or 2"},
        {NOTE("rlxchat3user\0hello\0"), "does not begin with rlxchat1 or 2"},
        {NOTE("rlxchat1user\0hello"), "18 bytes is truncated"},
        {NOTE("rlxchat1user\0hello\0tool\0x\0"), "message 2 of the note: expected system, user"},
        {NOTE("rlxchat1\0"), "message 1 of the note: expected system, user"},
        {NOTE("rlxchat1user\0hello\0assistant\0"),
         "message 2 of the note: the message of assistant is empty"},
        {NOTE("rlxchat1user\0a\0system\0b\0"), "message 2 of the note: a system message may only"},
        {NOTE("rlxchat2"), "names no model"},
        {NOTE("rlxchat2smol"), "12 bytes is truncated"},
        {NOTE("rlxchat2smol\0user\0"), "message 1 of the note: the message of user is empty"},
    };
#undef NOTE
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct chat_note found;
        rlx_error error;
        assert_int_equal(chat_note_read(cases[i].note, cases[i].bytes, &found, &error),
                         RLX_ERROR_BAD_FILE);
        assert_null(found.messages);
        assert_non_null(strstr(error.text, cases[i].says));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_and_back),
        cmocka_unit_test(damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

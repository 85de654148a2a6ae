/* The note of a saved conversation: bytes written out here by hand against messages, both ways, and
 * what is said of notes that are damaged. */
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

static void there_and_back(void **state)
{
    (void)state;
    static const rlx_message expected[] = {
        {"system", "Be brief."}, {"user", "What?"}, {"assistant", ""}};
    rlx_message found[3];
    size_t count, bytes;
    rlx_error error;

    char *note = chat_note_write(expected, 3, &bytes);
    assert_non_null(note);
    assert_int_equal(bytes, sizeof whole);
    assert_memory_equal(note, whole, bytes);
    assert_int_equal(chat_note_read(note, bytes, found, 3, &count, &error), RLX_OK);
    assert_int_equal(count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(found[i].role, expected[i].role);
        assert_string_equal(found[i].content, expected[i].content);
    }
    free(note);
    note = chat_note_write(NULL, 0, &bytes);
    assert_int_equal(chat_note_read(note, bytes, found, 3, &count, &error), RLX_OK);
    assert_int_equal(count, 0);
    free(note);
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
        {NOTE(""), "does not begin with rlxchat1"},
        {NOTE("rlxchat"), "does not begin with rlxchat1"},
        {NOTE("rlxchat2user\0hello\0"), "does not begin with rlxchat1"},
        {NOTE("rlxchat1user\0hello"), "18 bytes is cut off"},
        {NOTE("rlxchat1user\0hello\0tool\0x\0"), "message 2 of the note: expected system, user"},
        {NOTE("rlxchat1\0"), "message 1 of the note: expected system, user"},
        {NOTE("rlxchat1user\0hello\0assistant\0"), "message 2 of the note: assistant says nothing"},
        {NOTE("rlxchat1user\0a\0system\0b\0"), "message 2 of the note: a system message stands"},
        {NOTE("rlxchat1user\0a\0user\0b\0user\0c\0user\0d\0"), "more than 3 messages"},
    };
#undef NOTE
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        rlx_message found[3];
        size_t count;
        rlx_error error;
        assert_int_equal(chat_note_read(cases[i].note, cases[i].bytes, found, 3, &count, &error),
                         RLX_BAD_FILE);
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

/* The caller's note in saved sessions: saved and loaded, replaced only by loading, refused if
 * damaged. Uses the made-up model, and checks the bytes of the file by its format. */
#include "tests/support/tiny_session.h"

#include "rlx/state_format.h"
#include "runtime/core/session.h"
#include "tests/support/temporary_files.h"

static struct temporary_folder folder;
static const char note[] = "what was said\0and answered";

static rlx_session *open_noted(const void *text, size_t bytes)
{
    rlx_session *s = open_session(1);
    rlx_error error;
    int32_t id;
    assert_int_equal(rlx_session_prefill(s, prompt, 7, &error), RLX_OK);
    assert_int_equal(rlx_session_step(s, &id, &error), RLX_OK);
    assert_int_equal(rlx_session_set_note(s, text, bytes, &error), RLX_OK);
    return s;
}

static void expect_note(const rlx_session *s, const void *text, size_t bytes)
{
    size_t found;
    const void *kept = rlx_session_note(s, &found);
    assert_int_equal(found, bytes);
    if (bytes == 0)
        assert_null(kept);
    else
        assert_memory_equal(kept, text, bytes);
}

static size_t read_file(const char *path, uint8_t *data, size_t capacity)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t bytes = fread(data, 1, capacity, file);
    fclose(file);
    return bytes;
}

static void test_there_and_back(void **state)
{
    (void)state;
    const char *path = temporary_path(&folder, "noted.state");
    rlx_session *s = open_noted(note, sizeof note), *other = open_noted("old", 3);
    rlx_error error;
    uint8_t data[4096];
    struct rlx_saved_header h;
    assert_int_equal(rlx_session_save(s, path, &error), RLX_OK);
    size_t bytes = read_file(path, data, sizeof data);
    memcpy(&h, data, sizeof h);
    assert_int_equal(h.version, RLX_STATE_VERSION);
    assert_int_equal(h.note_bytes, sizeof note);
    assert_memory_equal(data + bytes - sizeof note, note, sizeof note);
    rlx_session_reset(other);
    expect_note(other, "old", 3);
    assert_int_equal(rlx_session_load(other, path, &error), RLX_OK);
    expect_note(other, note, sizeof note);
    expect_sizes(other, 8, 7);
    /* none again: the file is what it was before there were notes */
    assert_int_equal(rlx_session_set_note(s, NULL, 0, &error), RLX_OK);
    assert_int_equal(rlx_session_save(s, path, &error), RLX_OK);
    assert_int_equal(read_file(path, data, sizeof data), bytes - sizeof note);
    memcpy(&h, data, sizeof h);
    assert_int_equal(h.version, RLX_STATE_VERSION);
    assert_int_equal(rlx_session_load(other, path, &error), RLX_OK);
    expect_note(other, NULL, 0);
    assert_int_equal(rlx_session_set_note(s, NULL, 1, &error), RLX_ERROR_BAD_ARGUMENT);
    rlx_session_close(s);
    rlx_session_close(other);
}

/* Every byte counts, and what is refused changes nothing. */
static void test_damaged(void **state)
{
    (void)state;
    const char *path = temporary_path(&folder, "noted.state");
    rlx_session *s = open_noted(note, sizeof note), *other = open_noted("old", 3);
    rlx_error error;
    uint8_t data[4096];
    assert_int_equal(rlx_session_save(s, path, &error), RLX_OK);
    size_t bytes = read_file(path, data, sizeof data);
    for (size_t i = bytes - sizeof note; i < bytes; i++) {
        data[i] ^= 4;
        assert_int_equal(session_load_bytes(other, "it", data, bytes, &error), RLX_ERROR_BAD_FILE);
        data[i] ^= 4;
        assert_int_equal(session_load_bytes(other, "it", data, i, &error), RLX_ERROR_BAD_FILE);
    }
    expect_note(other, "old", 3);
    assert_int_equal(session_load_bytes(other, "it", data, bytes, &error), RLX_OK);
    expect_note(other, note, sizeof note);
    rlx_session_close(s);
    rlx_session_close(other);
}

/* The note and the numbers of a file, without the model; without the KV cache too. */
static void test_read_alone(void **state)
{
    (void)state;
    const char *path = temporary_path(&folder, "noted.state");
    rlx_session *s = open_noted(note, sizeof note), *other = open_noted("old", 3);
    rlx_saved_info info = {.struct_bytes = sizeof info};
    rlx_error error;
    uint8_t data[4096];
    void *found;
    size_t count;
    int32_t id, expected;
    assert_int_equal(rlx_session_save(s, path, &error), RLX_OK);
    assert_int_equal(rlx_saved_read(path, &info, &found, &count, &error), RLX_OK);
    assert_int_equal(count, sizeof note);
    assert_memory_equal(found, note, sizeof note);
    free(found);
    assert_int_equal(info.tokens, 8);
    assert_int_equal(info.past, 7);
    assert_int_equal(info.note_bytes, sizeof note);
    uint64_t whole = info.file_bytes;
    assert_int_equal(whole, read_file(path, data, sizeof data));
    assert_int_equal(rlx_session_save_history(s, path, &error), RLX_OK);
    assert_int_equal(rlx_saved_read(path, &info, NULL, NULL, &error), RLX_OK);
    assert_int_equal(info.tokens, 8);
    assert_int_equal(info.past, 0);
    assert_int_equal(info.file_bytes, sizeof(struct rlx_saved_header) + 8 * 4 + sizeof note);
    assert_true(info.file_bytes < whole);
    assert_int_equal(rlx_session_load(other, path, &error), RLX_OK); /* goes on in the same way */
    expect_sizes(other, 8, 0);
    expect_note(other, note, sizeof note);
    assert_int_equal(rlx_session_step(other, &id, &error), RLX_OK);
    assert_int_equal(rlx_session_step(s, &expected, &error), RLX_OK);
    assert_int_equal(id, expected);
    assert_int_equal(rlx_saved_read("none", &info, NULL, NULL, &error), RLX_ERROR_IO);
    assert_int_equal(rlx_saved_read(path, &info, &found, NULL, &error), RLX_ERROR_BAD_ARGUMENT);
    assert_int_equal(rlx_session_set_note(s, NULL, 0, &error), RLX_OK);
    assert_int_equal(rlx_session_save(s, path, &error), RLX_OK);
    assert_int_equal(rlx_saved_read(path, NULL, &found, &count, &error), RLX_OK);
    assert_null(found);
    temporary_write(&folder, "noted.state", data, whole - 1);
    assert_int_equal(rlx_saved_read(path, NULL, &found, &count, &error), RLX_ERROR_BAD_FILE);
    assert_null(found);
    rlx_session_close(s);
    rlx_session_close(other);
}

static int set_up(void **state)
{
    temporary_open(&folder);
    return open_model(state);
}

static int tear_down(void **state)
{
    temporary_close(&folder);
    return close_model(state);
}

int main(void)
{
    tiny_require_machine();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_there_and_back),
        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_read_alone),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

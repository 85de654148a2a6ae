/* The history's file: writing and reading of several lines, two programs, hostile files, and the
 * limit of its length. */
#include "runtime/tool/line_history.h"

#include "runtime/base/used_files.h"
#include "tests/support/temporary_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <sys/stat.h>

static void expect_entry(const struct line_history *h, size_t i, const char *text)
{
    assert_true(i < h->count);
    assert_int_equal(h->entries[i].bytes, strlen(text));
    assert_memory_equal(h->entries[i].data, text, strlen(text));
}

static void add(struct line_history *h, const char *text)
{
    line_history_add(h, text, strlen(text));
}

static void there_and_back(void **state)
{
    (void)state;
    struct line_history one, two;
    struct stat found;
    char *path = strdup(temporary_path(&test_folder, "a/b/history"));

    line_history_open(&one, strdup(path));
    line_history_open(&two, strdup(path)); /* another program, at the same time */
    assert_int_equal(one.count, 0);
    add(&one, "first");
    add(&one, "first");
    add(&one, "");
    add(&two, "two\nlines \\n and a \\");
    add(&one, "\xff\r third");
    assert_int_equal(one.count, 2);
    line_history_close(&one);
    line_history_close(&two);
    line_history_open(&one, strdup(path));
    assert_int_equal(one.count, 3);
    expect_entry(&one, 0, "first");
    expect_entry(&one, 1, "two\nlines \\n and a \\");
    expect_entry(&one, 2, "\xff\r third");
    line_history_close(&one);
    assert_int_equal(stat(path, &found), 0);
    assert_int_equal(found.st_mode & 0777, 0600);
    unlink(path);
    rmdir(temporary_path(&test_folder, "a/b"));
    rmdir(temporary_path(&test_folder, "a"));
    free(path);
}

static void forms(void **state)
{
    (void)state;
    struct line_history h = {0};
    static const char bytes[] = "\n\na\\nb\n\\x\\\\n\n\0\ncut off";

    line_history_parse(&h, bytes, sizeof bytes - 1);
    assert_int_equal(h.count, 3);
    expect_entry(&h, 0, "a\nb");
    expect_entry(&h, 1, "\\x\\n");
    assert_int_equal(h.entries[2].bytes, 1);
    line_history_close(&h);
}

static void long_file(void **state)
{
    (void)state;
    struct line_history h;
    struct stat found;
    char *path = strdup(temporary_path(&test_folder, "long")), entry[2048];

    line_history_open(&h, strdup(path));
    for (int i = 0; i < 1500; i++) {
        memset(entry, 'a' + i % 7, sizeof entry);
        snprintf(entry, 16, "%06d", i);
        entry[6] = ' ';
        line_history_add(&h, entry, sizeof entry);
    }
    assert_int_equal(h.count, LINE_HISTORY_MAX);
    line_history_close(&h);
    assert_int_equal(stat(path, &found), 0);
    assert_true(found.st_size > 2 * LINE_HISTORY_BYTES);
    line_history_open(&h, strdup(path)); /* the newest ones, and the file becomes theirs */
    assert_true(h.count > 400 && h.count < 600);
    assert_memory_equal(h.entries[h.count - 1].data, "001499 ", 7);
    size_t count = h.count;
    line_history_close(&h);
    assert_int_equal(stat(path, &found), 0);
    assert_true(found.st_size <= LINE_HISTORY_BYTES);
    line_history_open(&h, strdup(path));
    assert_int_equal(h.count, count);
    line_history_close(&h);
    unlink(path);
    free(path);
}

static void paths(void **state)
{
    (void)state;
    char *path;

    setenv("HOME", "/home/x", 1);
    unsetenv("XDG_STATE_HOME");
    unsetenv("RLX_HISTORY");
    path = line_history_path();
    assert_string_equal(path, "/home/x/.local/state/rlx/history");
    free(path);
    setenv("XDG_STATE_HOME", "/s", 1);
    path = line_history_path();
    assert_string_equal(path, "/s/rlx/history");
    free(path);
    setenv("RLX_HISTORY", "there", 1);
    path = line_history_path();
    assert_string_equal(path, "there");
    free(path);
    setenv("RLX_HISTORY", "", 1);
    assert_null(line_history_path());
    unsetenv("RLX_HISTORY");
    unsetenv("XDG_STATE_HOME");
    unsetenv("HOME");
    assert_null(line_history_path());
}

/* No place for it: the entries are there all the same. */
static void no_file(void **state)
{
    (void)state;
    struct line_history h;

    for (int i = 0; i < 3; i++) {
        static const char *const none[] = {NULL, "/dev/null/history", "/dev/full"};
        line_history_open(&h, none[i] == NULL ? NULL : strdup(none[i]));
        add(&h, "one");
        add(&h, "two");
        assert_int_equal(h.count, 2);
        line_history_close(&h);
    }
}

/* Files that are no history, or that the program reads, are left as they are. */
static void other_files(void **state)
{
    (void)state;
    enum { BYTES = 3 << 20 };
    struct line_history h;
    struct stat found;
    char *data = malloc(BYTES);

    for (int kind = 0; kind < 2; kind++) {
        memset(data, kind == 0 ? 0 : 'x', BYTES);
        char *path = strdup(temporary_write(&test_folder, "model", data, BYTES));
        if (kind == 1)
            used_file_add_path(path);
        line_history_open(&h, strdup(path));
        add(&h, "one");
        assert_int_equal(h.count, 1);
        line_history_close(&h);
        assert_int_equal(stat(path, &found), 0);
        assert_int_equal(found.st_size, BYTES);
        used_files_begin();
        unlink(path);
        free(path);
    }
    free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_and_back), cmocka_unit_test(forms),   cmocka_unit_test(long_file),
        cmocka_unit_test(paths),          cmocka_unit_test(no_file), cmocka_unit_test(other_files),
    };
    return cmocka_run_group_tests(tests, temporary_set_up, temporary_tear_down);
}

/* Files that appear whole or not at all, also on file systems with fewer features: an interrupt
 * leaves nothing, a signal that the caller ignores stays ignored, and non-files and files in use
 * are never replaced. */
#include "compiler/base/out.h"

#include "compiler/base/file.h"
#include "runtime/base/program.h"
#include "runtime/base/used_files.h"
#include "tests/support/refuse_calls.h"
#include "tests/support/temporary_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <stdlib.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

struct fixture {
    struct arena arena;
    struct diags diags;
    struct temporary_folder folder;
};

static void open_fixture(struct fixture *f)
{
    *f = (struct fixture){.diags = {.arena = &f->arena}};
    used_files_begin(); /* numbers of files that are gone come again */
    temporary_open(&f->folder);
}

/* How many files were left in the folder. */
static int close_fixture(struct fixture *f)
{
    arena_free(&f->arena);
    return temporary_close(&f->folder);
}

static void test_whole_or_not_at_all(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f);
    const char *path = temporary_path(&f.folder, "file");
    struct stat facts;
    struct out out;
    assert_true(out_open(&out, path, &f.diags));
    assert_true(out_write(&out, "abc", 3));
    out_discard(&out);
    assert_int_not_equal(stat(path, &facts), 0);
    assert_true(out_open(&out, path, &f.diags));
    assert_true(out_write(&out, "abc", 3));
    assert_int_not_equal(stat(path, &facts), 0);
    assert_true(out_commit(&out, false));
    assert_int_equal(stat(path, &facts), 0);
    assert_int_equal(facts.st_size, 3);
    assert_int_equal(close_fixture(&f), 1);
}

/* Pieces in any order, beyond several large pages: the file is their bytes, and not one more. */
static void test_places(void **state)
{
    (void)state;
    enum { PIECES = 11, PIECE = 700001 };
    static const uint32_t order[PIECES] = {3, 0, 1, 2, 7, 4, 10, 5, 6, 9, 8};
    struct fixture f;
    open_fixture(&f);
    const char *path = temporary_path(&f.folder, "file");
    struct out out;
    char *piece = malloc(PIECE);
    assert_true(out_open(&out, path, &f.diags));
    for (uint32_t i = 0; i < PIECES; i++) {
        memset(piece, 'a' + (int)order[i], PIECE);
        int error = out_place(&out, (uint64_t)order[i] * PIECE, piece, PIECE);
        assert_true(out_placed(&out, (uint64_t)(order[i] + 1) * PIECE, error));
    }
    assert_true(out_commit(&out, false));
    FILE *file = fopen(path, "rb");
    for (uint32_t i = 0; i < PIECES; i++) {
        assert_int_equal(fread(piece, 1, PIECE, file), PIECE);
        assert_int_equal(piece[0], 'a' + (int)i);
        assert_int_equal(memcmp(piece, piece + 1, PIECE - 1), 0);
    }
    assert_int_equal(fgetc(file), EOF);
    fclose(file);
    free(piece);
    close_fixture(&f);
}

/* A privileged user's rename would succeed, and a device would be gone. What is no file stays, and
 * gets all bytes in their order at the end. */
static void test_no_file(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f);
    const char *path = temporary_path(&f.folder, "pipe");
    char read_back[8] = {0};
    struct stat facts;
    struct out out;
    assert_int_equal(mkfifo(path, 0600), 0);
    int pipe = open(path, O_RDWR | O_NONBLOCK);
    assert_true(out_check(path, &f.diags) && out_open(&out, path, &f.diags));
    assert_true(out_write_at(&out, 3, "def", 3) && out_write_at(&out, 0, "abc", 3));
    assert_int_equal(read(pipe, read_back, sizeof read_back), -1);
    assert_true(out_commit(&out, true));
    assert_int_equal(read(pipe, read_back, sizeof read_back), 6);
    assert_string_equal(read_back, "abcdef");
    assert_true(out_open(&out, path, &f.diags) && out_write(&out, "abc", 3));
    out_discard(&out);
    assert_int_equal(read(pipe, read_back, sizeof read_back), -1);
    close(pipe);
    assert_int_equal(stat(path, &facts), 0);
    assert_true(S_ISFIFO(facts.st_mode));
    assert_false(out_open(&out, f.folder.path, &f.diags));
    assert_non_null(strstr(f.diags.last->text, "found a directory"));
    assert_int_equal(close_fixture(&f), 1);
}

/* The file behind them is made or replaced. */
static void test_links(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f);
    const char *names[] = {"first", "second"};
    assert_int_equal(symlink("second", temporary_path(&f.folder, "first")), 0);
    const char *file = arena_printf(&f.arena, "%s", temporary_path(&f.folder, "file"));
    assert_int_equal(symlink(file, temporary_path(&f.folder, "second")), 0);
    for (off_t bytes = 1; bytes <= 5; bytes++) {
        struct stat facts;
        struct out out;
        const char *path = temporary_path(&f.folder, names[bytes % 2]);
        used_files_begin();
        assert_true(out_open(&out, path, &f.diags));
        assert_true(out_write(&out, "newer", (uint64_t)bytes) && out_commit(&out, false));
        assert_int_equal(lstat(path, &facts), 0);
        assert_true(S_ISLNK(facts.st_mode));
        assert_int_equal(lstat(file, &facts), 0);
        assert_true(S_ISREG(facts.st_mode));
        assert_int_equal(facts.st_size, bytes);
    }
    assert_int_equal(close_fixture(&f), 3);
}

/* In a child, for which calls fail that not all systems know: a result that is new, then one that
 * takes the place of the first, with the same modes. */
static bool writes_without(const struct fixture *f, const char *call)
{
    struct diags d = f->diags;
    const char *path = temporary_path(&f->folder, "file");
    struct stat facts;
    struct out out;

    umask(027);
    if (call != NULL && !refuse_call(call))
        return true;
    for (off_t bytes = 1; bytes <= 2; bytes++) {
        used_files_begin();
        if (!out_open(&out, path, &d) || !out_write(&out, "ab", (uint64_t)bytes) ||
            !out_commit(&out, true) || stat(path, &facts) != 0 || facts.st_size != bytes)
            return false;
    }
    return (facts.st_mode & 07777) == (call != NULL && strcmp(call, "fchmod") == 0 ? 0600 : 0750);
}

static void test_other_systems(void **state)
{
    (void)state;
    static const char *const calls[] = {NULL, "fchmod", "nameless", "exchange"};
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        struct fixture f;
        int status = 0;
        open_fixture(&f);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0)
            _exit(writes_without(&f, calls[i]) ? 0 : 1);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
        assert_int_equal(close_fixture(&f), 1);
    }
}

/* What was written by this program, and what it reads, whether that was known when the output was
 * opened or only later. */
static void test_used(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f);
    const char *path = temporary_path(&f.folder, "file");
    struct file in;
    struct out out;
    assert_true(out_open(&out, path, &f.diags) && out_write(&out, "abc", 3));
    assert_true(out_commit(&out, false));
    assert_false(out_check(path, &f.diags) || out_open(&out, path, &f.diags));
    assert_non_null(strstr(f.diags.last->text, "this command has just written it"));
    used_files_begin();
    assert_true(out_check(path, &f.diags) && out_open(&out, path, &f.diags));
    assert_true(file_map(path, &in, &f.diags));
    file_unmap(&in);
    assert_false(out_commit(&out, false));
    assert_non_null(strstr(f.diags.last->text, "this command reads it"));
    assert_false(out_check(path, &f.diags) || out_open(&out, path, &f.diags));
    assert_int_equal(close_fixture(&f), 1);
}

/* The exit status of a child that gets SIGHUP while its file is half written, and has a name. */
static int hung_up(struct fixture *f, bool ignored)
{
    pid_t child = fork();
    int status = 0;
    assert_true(child >= 0);
    if (child == 0) {
        struct out out;
        signal(SIGHUP, ignored ? SIG_IGN : SIG_DFL);
        program_remove_at_end();
        refuse_call("nameless");
        if (!out_open(&out, temporary_path(&f->folder, "file"), &f->diags))
            _exit(2);
        out_write(&out, "abc", 3);
        raise(SIGHUP);
        _exit(out_commit(&out, false) ? 0 : 3);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void test_interrupted(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f);
    int status = hung_up(&f, false);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGHUP);
    assert_int_equal(close_fixture(&f), 0);
}

static void test_ignored(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f);
    int status = hung_up(&f, true);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_int_equal(close_fixture(&f), 1);
}

/* In a child, whose limit ends with it. */
static void test_limit(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f);
    pid_t child = fork();
    int status = 0;
    assert_true(child >= 0);
    if (child == 0) {
        static const char data[4096];
        const struct rlimit limit = {1000, 1000};
        struct out out;
        program_remove_at_end();
        setrlimit(RLIMIT_FSIZE, &limit);
        bool opened = out_open(&out, temporary_path(&f.folder, "file"), &f.diags);
        bool refused = opened && !out_write(&out, data, sizeof data);
        _exit(refused && !out_commit(&out, false) && f.diags.error_count == 1 ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_int_equal(close_fixture(&f), 0);
}

/* Under AddressSanitizer too, memory that cannot be had is NULL. */
__attribute__((visibility("default"))) const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

static void *exhaust(void *arena)
{
    static const size_t everything = (size_t)1 << 60;
    return arena_alloc(arena, everything, 16);
}

/* In a child, whose end is what is looked at: memory runs out while a file is half written. */
static int run_out_of_memory(struct fixture *f, bool in_thread, const char *said)
{
    fflush(NULL);
    pid_t child = fork();
    int status = 0;
    assert_true(child >= 0);
    if (child == 0) {
        struct out out;
        pthread_t thread;
        program_remove_at_end();
        refuse_call("nameless");
        if (freopen(said, "w", stderr) == NULL ||
            !out_open(&out, temporary_path(&f->folder, "file"), &f->diags) ||
            !out_write(&out, "abc", 3))
            _exit(2);
        if (!in_thread)
            exhaust(&f->arena);
        else if (pthread_create(&thread, NULL, exhaust, &f->arena) == 0)
            pthread_join(thread, NULL);
        _exit(3);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void test_out_of_memory(void **state)
{
    (void)state;
    for (int in_thread = 0; in_thread < 2; in_thread++) {
        struct fixture f;
        static char text[1 << 16]; /* a sanitizer says where, too */
        open_fixture(&f);
        temporary_write(&f.folder, "file", "old", 3);
        const char *said = arena_printf(&f.arena, "%s", temporary_path(&f.folder, "said"));
        int status = run_out_of_memory(&f, in_thread, said);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 1);
        FILE *file = fopen(said, "r");
        assert_non_null(file);
        assert_int_not_equal(fread(text, 1, sizeof text - 1, file), 0);
        fclose(file);
        assert_non_null(strstr(text, "rlxc: error: there is not enough memory: 11529215"));
        assert_int_equal(close_fixture(&f), 2); /* the old file and what was said */
    }
}

/* What a terminal would obey comes out as its bytes; the rest as it is. */
static void test_printable(void **state)
{
    static const struct {
        const char *text, *printable;
    } cases[] = {
        {"", ""},
        {"Qwen3 \xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80",
         "Qwen3 \xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"},
        {"\x1b[31mRED\a\n\x7f", "\\x1b[31mRED\\x07\\x0a\\x7f"},
        {"\xc2\x9b"
         "1m",
         "\\xc2\\x9b1m"}, /* CSI of the second set */
        {"a\xe2\x80\xae z\xe2\x81\xa6", "a\\xe2\\x80\\xae z\\xe2\\x81\\xa6"}, /* turns the order */
        {"\xff\xc0\xaf\xed\xa0\x80\xe2\x82",
         "\\xff\\xc0\\xaf\\xed\\xa0\\x80\\xe2\\x82"}, /* no UTF-8 */
        {"\xc3\xa4\xf5\x80", "\xc3\xa4\\xf5\\x80"},
    };
    struct arena arena = {0};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text text = {.arena = &arena};
        text_add_printable(&text, cases[i].text);
        assert_string_equal(text.data, cases[i].printable);
    }
    struct text quoted = {.arena = &arena};
    text_add_quoted(&quoted, "a\"b\\\t");
    assert_string_equal(quoted.data, "\"a\\\"b\\\\\\x09\"");
    struct diags diags = {.arena = &arena};
    char shown[200] = "";
    FILE *file = fmemopen(shown, sizeof shown, "w");
    diag_warning(&diags, (struct place){.file = "m\x1b", .object = "k\n"}, "found '%s'",
                 "\xc2\x9b");
    diags_print(&diags, file);
    fclose(file);
    assert_string_equal(shown, "m\\x1b: warning: k\\x0a: found '\\xc2\\x9b'\n");
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_printable),     cmocka_unit_test(test_whole_or_not_at_all),
        cmocka_unit_test(test_places),        cmocka_unit_test(test_no_file),
        cmocka_unit_test(test_links),         cmocka_unit_test(test_other_systems),
        cmocka_unit_test(test_used),          cmocka_unit_test(test_interrupted),
        cmocka_unit_test(test_ignored),       cmocka_unit_test(test_limit),
        cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The files that no output may replace, and the end of a program when a mapped file fails. */
#include "runtime/base/used_files.h"

#include "runtime/base/program.h"
#include "tests/support/temporary_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>

static char page[4096];

static const char *make(const char *name)
{
    return temporary_write(&test_folder, name, page, sizeof page);
}

static enum file_use use_of(const char *name)
{
    struct stat facts;

    assert_int_equal(stat(temporary_path(&test_folder, name), &facts), 0);
    return used_file_find(&facts);
}

/* A file is itself, whatever its names. */
static void test_names(void **state)
{
    (void)state;
    char *file = strdup(make("file"));
    make("other");
    assert_int_equal(link(file, temporary_path(&test_folder, "hard")), 0);
    assert_int_equal(symlink("file", temporary_path(&test_folder, "symbolic")), 0);
    assert_int_equal(use_of("file"), FILE_UNUSED);
    used_file_add_path(temporary_path(&test_folder, "symbolic"));
    used_file_add_path(temporary_path(&test_folder, "nowhere"));
    used_file_add_path(test_folder.path);
    assert_int_equal(use_of("file"), FILE_READ);
    assert_int_equal(use_of("hard"), FILE_READ);
    assert_int_equal(use_of("symbolic"), FILE_READ);
    assert_int_equal(use_of("other"), FILE_UNUSED);
    int descriptor = open(temporary_path(&test_folder, "other"), O_RDONLY);
    used_file_add(descriptor, FILE_WRITTEN);
    close(descriptor);
    assert_int_equal(use_of("other"), FILE_WRITTEN);
    used_files_begin();
    assert_int_equal(use_of("file"), FILE_UNUSED);
    assert_int_equal(use_of("other"), FILE_UNUSED);
    FILE *opened = used_file_open(file);
    assert_int_equal(fgetc(opened), 0);
    fclose(opened);
    assert_int_equal(use_of("hard"), FILE_READ);
    used_files_begin();
    free(file);
}

/* One that is mapped twice, and one that is also read otherwise. */
static void test_mappings(void **state)
{
    (void)state;
    int descriptor = open(make("file"), O_RDONLY);
    bool shorter = true;
    struct used_file *one = used_file_map(descriptor, "one", page, 100);
    struct used_file *two = used_file_map(descriptor, "two", page + 1000, 100);
    assert_null(used_file_at(page + 999, &shorter));
    assert_string_equal(used_file_at(page + 99, &shorter), "one");
    assert_null(used_file_at(page + 100, &shorter));
    assert_string_equal(used_file_at(page + 1000, &shorter), "two");
    used_file_forget(one);
    assert_null(used_file_at(page, &shorter));
    assert_int_equal(use_of("file"), FILE_READ);
    used_file_forget(two);
    assert_int_equal(use_of("file"), FILE_UNUSED);
    used_file_add(descriptor, FILE_READ);
    used_file_forget(used_file_map(descriptor, "one", page, 100));
    assert_int_equal(use_of("file"), FILE_READ);
    used_files_begin();
    used_file_unmap(used_file_map(descriptor, "one", page, 100));
    used_file_unmap(NULL);
    assert_int_equal(use_of("file"), FILE_READ);
    used_files_begin();
    one = used_file_map(descriptor, "one", page, 100);
    used_files_begin();
    assert_int_equal(use_of("file"), FILE_READ);
    used_file_forget(one);
    assert_int_equal(use_of("file"), FILE_UNUSED);
    close(descriptor);
}

static void *come_and_go(void *descriptor)
{
    for (int i = 0; i < 2000; i++)
        used_file_forget(used_file_map(*(int *)descriptor, "one", page, 100));
    return NULL;
}

static void test_threads(void **state)
{
    (void)state;
    pthread_t threads[3];
    bool shorter;
    int descriptor = open(make("file"), O_RDONLY);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, come_and_go, &descriptor), 0);
    for (size_t i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(use_of("file"), FILE_UNUSED);
    assert_null(used_file_at(page, &shorter));
    close(descriptor);
}

/* The status of a child that reads a mapped file behind its end, in another thread, and what it
 * says. `known`: it had said that the file is mapped. */
static void *touch(void *at)
{
    return (void *)(uintptr_t) * (volatile char *)at;
}

static int fault(bool known, const char *said)
{
    static const char *const name = "program";
    const char *path = make("file");
    int status = 0;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        pthread_t thread;
        int descriptor = open(path, O_RDWR);
        char *data = mmap(NULL, sizeof page, PROT_READ, MAP_PRIVATE, descriptor, 0);
        program_begin(&name);
        if (known)
            used_file_map(descriptor, path, data, sizeof page);
        if (freopen(said, "w", stderr) == NULL || ftruncate(descriptor, 0) != 0 ||
            pthread_create(&thread, NULL, touch, data) != 0)
            _exit(2);
        pthread_join(thread, NULL);
        _exit(3);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void test_shorter(void **state)
{
    (void)state;
    char text[2048] = {0}, expected[2048];
    char *said = strdup(temporary_path(&test_folder, "said"));
    int status = fault(true, said);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
    FILE *file = fopen(said, "r");
    assert_non_null(file);
    assert_int_not_equal(fread(text, 1, sizeof text - 1, file), 0);
    fclose(file);
    snprintf(expected, sizeof expected,
             "program: %s: the file became shorter while it was in use\n",
             temporary_path(&test_folder, "file"));
    assert_string_equal(text, expected);
    status = fault(false, said); /* a fault of the program stays one */
    assert_false(WIFEXITED(status) && WEXITSTATUS(status) < 4);
    free(said);
}

/* Numbers of closed descriptors are given to no other file. */
static void test_closed(void **state)
{
    (void)state;
    static const char *const name = "program";
    const char *path = make("file");
    int status = 0;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        char byte = 0;
        for (int i = 0; i < 3; i++)
            close(i);
        program_begin(&name);
        bool good = open(path, O_RDWR) > 2;
        good = good && read(0, &byte, 1) < 0 && write(1, &byte, 1) < 0 && write(2, &byte, 1) < 0;
        _exit(good ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_names, temporary_set_up, temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_mappings, temporary_set_up, temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_threads, temporary_set_up, temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_shorter, temporary_set_up, temporary_tear_down),
        cmocka_unit_test_setup_teardown(test_closed, temporary_set_up, temporary_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

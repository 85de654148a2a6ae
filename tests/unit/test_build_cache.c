/* A build cache returns what was stored, or nothing: damaged, truncated, extended and foreign
 * entries count as missing and are replaced. Trimming removes the least recently used entries, and
 * only entries. */
#include "compiler/base/build_cache.h"

#include "runtime/base/used_files.h"
#include "tests/support/temporary_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEADER_BYTES = 48 };

struct fixture {
    struct arena arena;
    struct diags diags;
    struct temporary_folder folder;
    const char *path; /* of the build cache */
    struct build_cache build_cache;
};

static void open_fixture(struct fixture *f)
{
    *f = (struct fixture){.diags = {.arena = &f->arena}};
    temporary_open(&f->folder);
    f->path = arena_printf(&f->arena, "%s", f->folder.path);
    assert_true(build_cache_open(&f->build_cache, f->path, &f->diags));
}

static void close_fixture(struct fixture *f)
{
    arena_free(&f->arena);
    temporary_close(&f->folder);
}

static struct build_cache_key key_of(const struct build_cache *c, const char *kind, uint32_t number)
{
    struct build_cache_mixer m = build_cache_mix_begin(c, kind);

    build_cache_mix(&m, &number, sizeof number);
    return build_cache_mix_end(&m);
}

static const char *entry_of(struct fixture *f, const struct build_cache_key *key)
{
    return arena_printf(&f->arena, "%s/%016llx%016llx.rlxcache", f->path,
                        (unsigned long long)key->high, (unsigned long long)key->low);
}

static bool finds(struct fixture *f, const struct build_cache_key *key, const char *expected)
{
    char found[64];
    uint64_t bytes = 0;

    if (!build_cache_find(&f->build_cache, key, found, sizeof found, &bytes))
        return false;
    assert_int_equal(bytes, strlen(expected));
    assert_memory_equal(found, expected, bytes);
    return true;
}

static void test_kept(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f);
    struct build_cache_key one = key_of(&f.build_cache, "a", 1),
                           two = key_of(&f.build_cache, "a", 2),
                           other_kind = key_of(&f.build_cache, "b", 1);
    assert_false(finds(&f, &one, ""));
    build_cache_store(&f.build_cache, &one, "hello", 5);
    build_cache_store(&f.build_cache, &two, "", 0);
    assert_true(finds(&f, &one, "hello"));
    assert_true(finds(&f, &two, ""));
    assert_false(finds(&f, &other_kind, ""));
    assert_int_equal(atomic_load(&f.build_cache.found), 2);
    assert_int_equal(atomic_load(&f.build_cache.refused), 0);
    char small[4];
    uint64_t bytes;
    assert_false(build_cache_find(&f.build_cache, &one, small, sizeof small, &bytes));
    uint64_t taken_bytes = 0;
    uint8_t *taken = build_cache_take(&f.build_cache, &one, &f.arena, &taken_bytes);
    assert_int_equal(taken_bytes, 5);
    assert_memory_equal(taken, "hello", 5);
    assert_null(build_cache_take(&f.build_cache, &other_kind, &f.arena, &taken_bytes));
    /* opened again, by the same program: still there */
    assert_true(build_cache_open(&f.build_cache, f.path, &f.diags));
    struct build_cache_key again = key_of(&f.build_cache, "a", 1);
    assert_memory_equal(&again, &one, sizeof one);
    assert_true(finds(&f, &again, "hello"));
    close_fixture(&f);
}

/* Every single byte of an entry matters, and so does its length. */
static void test_damaged(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f);
    struct build_cache_key key = key_of(&f.build_cache, "a", 1);
    build_cache_store(&f.build_cache, &key, "hello", 5);
    const char *path = entry_of(&f, &key);
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_size, HEADER_BYTES + 5);
    for (off_t at = 0; at < status.st_size; at++) {
        int fd = open(path, O_RDWR);
        uint8_t byte;
        assert_int_equal(pread(fd, &byte, 1, at), 1);
        byte ^= 0x10;
        assert_int_equal(pwrite(fd, &byte, 1, at), 1);
        close(fd);
        uint64_t bytes;
        assert_null(build_cache_take(&f.build_cache, &key, &f.arena, &bytes));
        assert_false(finds(&f, &key, "hello"));
        build_cache_store(&f.build_cache, &key, "hello", 5);
        assert_true(finds(&f, &key, "hello"));
    }
    assert_int_equal(atomic_load(&f.build_cache.refused), 2 * (HEADER_BYTES + 5));
    for (off_t bytes = 0; bytes < status.st_size + 2; bytes++) {
        assert_int_equal(truncate(path, bytes), 0);
        assert_int_equal(finds(&f, &key, "hello"), bytes == status.st_size);
        build_cache_store(&f.build_cache, &key, "hello", 5);
    }
    close_fixture(&f);
}

/* A whole entry under another name, a link, a pipe, a folder. */
static void test_foreign(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f);
    struct build_cache_key key = key_of(&f.build_cache, "a", 1),
                           other = key_of(&f.build_cache, "a", 2);
    build_cache_store(&f.build_cache, &key, "hello", 5);
    assert_int_equal(rename(entry_of(&f, &key), entry_of(&f, &other)), 0);
    assert_false(finds(&f, &other, "hello"));
    build_cache_store(&f.build_cache, &key, "hello", 5);
    assert_int_equal(unlink(entry_of(&f, &other)), 0);
    assert_int_equal(symlink(entry_of(&f, &key), entry_of(&f, &other)), 0);
    assert_false(finds(&f, &other, "hello"));
    assert_int_equal(unlink(entry_of(&f, &other)), 0);
    assert_int_equal(mkfifo(entry_of(&f, &other), 0600), 0);
    assert_false(finds(&f, &other, "hello"));
    build_cache_store(&f.build_cache, &other, "you",
                      3); /* what is no file stays, and nothing is kept */
    assert_false(finds(&f, &other, "you"));
    assert_int_equal(unlink(entry_of(&f, &other)), 0);
    build_cache_store(&f.build_cache, &other, "you", 3);
    assert_true(finds(&f, &other, "you"));
    close_fixture(&f);
}

static void set_used(const char *path, time_t when)
{
    struct timespec times[2] = {{.tv_sec = when}, {.tv_sec = when}};

    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void test_trimmed(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f);
    struct build_cache_key keys[4];
    for (uint32_t i = 0; i < 4; i++) {
        keys[i] = key_of(&f.build_cache, "a", i);
        build_cache_store(&f.build_cache, &keys[i], "0123456789abcdef", 16);
        set_used(entry_of(&f, &keys[i]), 1000 + i);
    }
    const char *stranger = arena_printf(&f.arena, "%s/notes.txt", f.path);
    struct build_cache_key other = key_of(&f.build_cache, "a", 4);
    const char *left = arena_printf(&f.arena, "%s.abcdef", entry_of(&f, &other));
    const char *writing = arena_printf(&f.arena, "%s.ghijkl", entry_of(&f, &other));
    close(open(stranger, O_CREAT | O_WRONLY, 0600));
    close(open(left, O_CREAT | O_WRONLY, 0600));
    close(open(writing, O_CREAT | O_WRONLY, 0600));
    set_used(stranger, 1);
    set_used(left, 1);
    assert_true(finds(&f, &keys[0], "0123456789abcdef")); /* used now: the youngest */
    build_cache_trim(&f.build_cache, 2 * (HEADER_BYTES + 16));
    assert_true(finds(&f, &keys[0], "0123456789abcdef"));
    assert_false(finds(&f, &keys[1], ""));
    assert_false(finds(&f, &keys[2], ""));
    assert_true(finds(&f, &keys[3], "0123456789abcdef"));
    assert_int_equal(access(stranger, F_OK), 0);
    assert_int_not_equal(access(left, F_OK), 0);
    assert_int_equal(access(writing, F_OK), 0);
    used_file_add_path(entry_of(&f, &keys[3])); /* a model under such a name is none of its own */
    build_cache_trim(&f.build_cache, 0);
    assert_false(finds(&f, &keys[0], ""));
    assert_int_equal(access(entry_of(&f, &keys[3]), F_OK), 0);
    used_files_begin();
    close_fixture(&f);
}

static void test_which_folder(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f);
    struct build_cache c;
    assert_false(build_cache_open(&c, arena_printf(&f.arena, "%s/a/b", f.path), &f.diags));
    const char *open_to_all = arena_printf(&f.arena, "%s/open", f.path);
    assert_int_equal(mkdir(open_to_all, 0777), 0);
    assert_int_equal(chmod(open_to_all, 0777), 0);
    assert_false(build_cache_open(&c, open_to_all, &f.diags));
    assert_non_null(strstr(f.diags.last->text, "everybody may write"));
    assert_int_equal(rmdir(open_to_all), 0);
    assert_true(build_cache_open(&c, arena_printf(&f.arena, "%s/new", f.path), &f.diags));
    assert_int_equal(rmdir(c.folder), 0);
    close_fixture(&f);
}

enum { THREADS = 4, ROUNDS = 200 };

static void *race(void *context)
{
    struct build_cache *c = context;
    char found[4096], expected[4096];

    for (uint32_t i = 0; i < ROUNDS; i++) {
        struct build_cache_key key = key_of(c, "race", i % 7);
        uint64_t bytes;
        memset(expected, (int)(i % 7), sizeof expected);
        if (!build_cache_find(c, &key, found, sizeof found, &bytes))
            build_cache_store(c, &key, expected, sizeof expected);
        else if (bytes != sizeof expected || memcmp(found, expected, bytes) != 0)
            return c;
        if (i % 50 == 49)
            build_cache_trim(c, 4 * sizeof expected);
    }
    return NULL;
}

/* Several writers, readers and trimmers: an entry is whole, whoever wrote it. */
static void test_several(void **state)
{
    (void)state;
    struct fixture f;
    pthread_t threads[THREADS];
    void *wrong;
    open_fixture(&f);
    for (uint32_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, race, &f.build_cache), 0);
    for (uint32_t i = 0; i < THREADS; i++) {
        pthread_join(threads[i], &wrong);
        assert_null(wrong);
    }
    assert_int_equal(atomic_load(&f.build_cache.refused), 0);
    close_fixture(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kept),         cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_foreign),      cmocka_unit_test(test_trimmed),
        cmocka_unit_test(test_which_folder), cmocka_unit_test(test_several),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

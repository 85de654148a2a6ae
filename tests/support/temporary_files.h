/* A private folder for a test that needs files: created in TMPDIR, or the system's folder for
 * temporary files, and removed at the end. Most programs need only test_folder; temporary_set_up
 * and temporary_tear_down are cmocka fixtures, for a test or a whole group. */
#ifndef TESTS_TEMPORARY_FILES_H
#define TESTS_TEMPORARY_FILES_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct temporary_folder {
    char path[512];
};
static struct temporary_folder test_folder;

static inline void temporary_fatal(const char *what, const char *path)
{
    fprintf(stderr, "temporary_files: %s: %s\n", what, path);
    abort();
}

static inline void temporary_open(struct temporary_folder *t)
{
    const char *root = getenv("TMPDIR");

    if (root == NULL || *root == 0)
        root = P_tmpdir;
    snprintf(t->path, sizeof t->path, "%s/rlx-test-XXXXXX", root);
    if (mkdtemp(t->path) == NULL)
        temporary_fatal("cannot be made", t->path);
}

/* The path of a file in it; one static buffer, used again by the next call. */
static inline const char *temporary_path(const struct temporary_folder *t, const char *name)
{
    static char path[1024];

    snprintf(path, sizeof path, "%s/%s", t->path, name);
    return path;
}

static inline const char *temporary_write(const struct temporary_folder *t, const char *name,
                                          const void *data, size_t bytes)
{
    const char *path = temporary_path(t, name);
    FILE *file = fopen(path, "wb");

    if (file == NULL || fwrite(data, 1, bytes, file) != bytes || fclose(file) != 0)
        temporary_fatal("cannot be written", path);
    return path;
}

/* Removes the files in it, and the folder; how many files were left. Folders in it must be gone
 * already. */
static inline int temporary_close(const struct temporary_folder *t)
{
    DIR *folder = opendir(t->path);
    struct dirent *entry;
    int left = 0;

    while (folder != NULL && (entry = readdir(folder)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            unlink(temporary_path(t, entry->d_name));
            left++;
        }
    if (folder != NULL)
        closedir(folder);
    rmdir(t->path);
    return left;
}

static inline int temporary_set_up(void **state)
{
    (void)state;
    temporary_open(&test_folder);
    return 0;
}

static inline int temporary_tear_down(void **state)
{
    (void)state;
    temporary_close(&test_folder);
    return 0;
}

#endif

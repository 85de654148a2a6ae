/* Writes a folder that appears whole or not at all. Contract: new_folder.h. A program that ends
 * removes the folder while it is empty (atomic_file.h), and does not end while it is not. */
#include "compiler/base/new_folder.h"

#include "runtime/base/used_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OPEN_FOLDERS = 16 }; /* of nftw */

static struct place at(const char *path)
{
    return (struct place){.file = path};
}

/* ---- what may be replaced ---- */

static bool is_empty(const char *path)
{
    DIR *folder = opendir(path);
    uint32_t entries = 0;

    if (folder == NULL)
        return false;
    for (const struct dirent *e; (e = readdir(folder)) != NULL;)
        entries += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    closedir(folder);
    return entries == 0;
}

static bool has_mark(const char *path, struct folder_mark mark)
{
    char line[256] = "", *name;
    FILE *file = asprintf(&name, "%s/%s", path, mark.file) < 0 ? NULL : fopen(name, "r");
    bool found = file != NULL && fgets(line, sizeof line, file) != NULL &&
                 strncmp(line, mark.line, strlen(mark.line)) == 0;

    if (file != NULL) {
        fclose(file);
        free(name);
    }
    return found;
}

static int find_used(const char *path, const struct stat *facts, int type, struct FTW *walk)
{
    (void)path;
    (void)walk;
    return type == FTW_F && used_file_find(facts) != FILE_UNUSED;
}

static bool may_replace(const char *path, const char *goal, const struct stat *facts,
                        struct folder_mark mark, struct diags *d)
{
    struct stat current;

    if (!S_ISDIR(facts->st_mode))
        return diag_error(d, at(path),
                          "cannot be created: expected a path for a folder, found a "
                          "file");
    if (stat(".", &current) == 0 && current.st_dev == facts->st_dev &&
        current.st_ino == facts->st_ino)
        return diag_error(d, at(path),
                          "cannot be created: it is the current folder; name a folder "
                          "in it");
    if (is_empty(goal))
        return true;
    if (!has_mark(goal, mark))
        return diag_error(d, at(path),
                          "cannot be created: a folder of this name is there, and "
                          "rlxc did not write it; name another one");
    return nftw(goal, find_used, OPEN_FOLDERS, FTW_PHYS) == 0 ||
           diag_error(d, at(path),
                      "cannot be created: it would be replaced, and this command reads "
                      "a file in it");
}

/* The path without slashes at its end and without links; NULL after an error. */
static char *find_goal(const char *path, struct diags *d)
{
    size_t bytes = strlen(path);

    while (bytes > 1 && path[bytes - 1] == '/')
        bytes--;
    char *plain = strndup(path, bytes), *goal = plain == NULL ? NULL : goal_behind_links(plain);
    const int failure = goal == NULL ? errno : 0;
    free(plain);
    if (failure != 0)
        diag_error(d, at(path), "cannot be created: %s", strerror(failure));
    return goal;
}

static bool check_goal(const char *path, const char *goal, struct folder_mark mark, struct diags *d)
{
    struct stat facts;
    char *parent = goal_folder(goal);
    int failure = parent == NULL ? ENOMEM : access(parent, F_OK) != 0 ? GOAL_NO_FOLDER : 0;

    if (failure == 0 && access(parent, W_OK | X_OK) != 0)
        failure = errno;
    free(parent);
    if (failure != 0)
        return diag_error(d, at(path), "cannot be created: %s", goal_reason(failure));
    return lstat(goal, &facts) != 0 || may_replace(path, goal, &facts, mark, d);
}

bool new_folder_check(const char *path, struct folder_mark mark, struct diags *d)
{
    char *goal = find_goal(path, d);
    bool good = goal != NULL && check_goal(path, goal, mark, d);

    free(goal);
    return good;
}

/* ---- files ---- */

bool new_folder_open(struct new_folder *f, const char *path, struct folder_mark mark,
                     struct diags *d)
{
    *f = (struct new_folder){.path = path, .mark = mark, .diags = d};
    f->goal = find_goal(path, d);
    if (f->goal == NULL || !check_goal(path, f->goal, mark, d) ||
        asprintf(&f->temporary, "%s.XXXXXX", f->goal) < 0) {
        free(f->goal);
        return false;
    }
    if (mkdtemp(f->temporary) == NULL) {
        diag_error(d, at(path), "cannot be created: %s", strerror(errno));
        free(f->temporary);
        free(f->goal);
        return false;
    }
    f->pending = atomic_file_keep_folder(f->temporary);
    return true;
}

static bool cannot_write(struct new_folder *f, const char *name, int failure)
{
    return diag_error(f->diags, at(arena_printf(f->diags->arena, "%s/%s", f->path, name)),
                      "cannot be written: %s", strerror(failure));
}

bool new_folder_out(struct new_folder *f, const char *name, struct out *out)
{
    const char *path = arena_printf(f->diags->arena, "%s/%s", f->temporary, name);

    if (!out_open(out, path, f->diags))
        return false;
    out->path = arena_printf(f->diags->arena, "%s/%s", f->path, name);
    f->files++;
    return true;
}

void new_folder_hurry(struct new_folder *f)
{
    static const int ends[] = {SIGINT, SIGTERM, SIGHUP};
    sigset_t set;

    sigemptyset(&set);
    for (size_t i = 0; i < countof(ends); i++)
        sigaddset(&set, ends[i]);
    f->blocks = f->blocks || pthread_sigmask(SIG_BLOCK, &set, &f->signals) == 0;
}

/* The folders in which a file stands. */
static bool make_folders(struct new_folder *f, const char *name)
{
    for (const char *slash = strchr(name, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        const char *path =
            arena_printf(f->diags->arena, "%s/%.*s", f->temporary, (int)(slash - name), name);
        if (mkdir(path, 0777) != 0 && errno != EEXIST)
            return cannot_write(f, name, errno);
    }
    return true;
}

bool new_folder_write(struct new_folder *f, const char *name, const char *data, uint64_t bytes)
{
    const char *path = arena_printf(f->diags->arena, "%s/%s", f->temporary, name);

    if (!make_folders(f, name))
        return false;
    FILE *file = fopen(path, "wbx");
    if (file == NULL)
        return cannot_write(f, name, errno);
    bool good = fwrite(data, 1, bytes, file) == bytes;
    int failure = errno;
    if (fclose(file) != 0 && good) {
        failure = errno;
        good = false;
    }
    f->files++;
    return good || cannot_write(f, name, failure);
}

/* ---- the end ---- */

static int remove_one(const char *path, const struct stat *facts, int type, struct FTW *walk)
{
    (void)facts;
    (void)type;
    (void)walk;
    return remove(path);
}

static bool remove_all(const char *path)
{
    return nftw(path, remove_one, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS) == 0;
}

static void forget(struct new_folder *f)
{
    atomic_file_forget_folder(f->pending, f->temporary);
    free(f->goal);
    if (f->blocks)
        pthread_sigmask(SIG_SETMASK, &f->signals, NULL);
}

/* Where names cannot be exchanged: the old folder steps aside, and back if the new one fails. */
static int replace_in_steps(const struct new_folder *f)
{
    char *aside;

    if (asprintf(&aside, "%s.XXXXXX", f->goal) < 0)
        return ENOMEM;
    int failure = mkdtemp(aside) == NULL || rename(f->goal, aside) != 0 ? errno : 0;
    if (failure == 0 && rename(f->temporary, f->goal) != 0) {
        failure = errno;
        rename(aside, f->goal);
    }
    if (failure == 0)
        failure = remove_all(aside) ? 0 : errno;
    else
        rmdir(aside);
    free(aside);
    return failure;
}

/* A new name, or an exchange with the folder that has it, whose files then go. */
static int take_place(const struct new_folder *f)
{
    struct stat facts;

    if (lstat(f->goal, &facts) != 0 || rmdir(f->goal) == 0)
        return rename(f->temporary, f->goal) == 0 ? 0 : errno;
    if (renameat2(AT_FDCWD, f->temporary, AT_FDCWD, f->goal, RENAME_EXCHANGE) != 0)
        return replace_in_steps(f);
    return remove_all(f->temporary) ? 0 : errno;
}

bool new_folder_commit(struct new_folder *f)
{
    const mode_t mask = umask(0);

    umask(mask);
    if (!check_goal(f->path, f->goal, f->mark, f->diags)) { /* it may have changed since */
        new_folder_discard(f);
        return false;
    }
    int failure = chmod(f->temporary, 0777 & ~mask) == 0 ? 0 : errno;
    if (failure == 0)
        failure = take_place(f);
    if (failure != 0) {
        diag_error(f->diags, at(f->path), "cannot be written: %s", strerror(failure));
        new_folder_discard(f);
        return false;
    }
    forget(f);
    return true;
}

void new_folder_discard(struct new_folder *f)
{
    remove_all(f->temporary);
    forget(f);
}

/* Records the use of files. In: descriptors and paths; out: the use of a file. Entries never move
 * and are reused when free, so that a signal handler may walk along them without the lock.
 * Contract: used_files.h. */
#include "runtime/base/used_files.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

struct used_file {
    struct used_file *next;
    enum file_use use; /* FILE_UNUSED: a free entry */
    dev_t device;
    ino_t number;
    off_t size;                 /* when it was mapped */
    char *name;                 /* of a mapped file */
    _Atomic(const void *) data; /* NULL: not mapped */
    uint64_t bytes;
    bool stays; /* also after its mapping ends */
};

static struct used_file *_Atomic all;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool incomplete; /* some file could not be recorded */

static bool is_same(const struct used_file *u, const struct stat *facts)
{
    return u->device == facts->st_dev && u->number == facts->st_ino;
}

/* The entry of a file that is not mapped, or a free one; NULL: no memory. The caller holds the
 * lock. */
static struct used_file *take_entry(const struct stat *facts, enum file_use use)
{
    struct used_file *unused = NULL;

    for (struct used_file *u = all; u != NULL; u = u->next) {
        if (u->use == use && u->data == NULL && is_same(u, facts))
            return u;
        if (u->use == FILE_UNUSED)
            unused = u;
    }
    if (unused == NULL) {
        unused = calloc(1, sizeof *unused);
        if (unused == NULL)
            return NULL;
        unused->next = all;
        all = unused;
    }
    unused->stays = false;
    return unused;
}

/* `mapped`: its mapping, or NULL; then the entry stays until a new command begins. */
static struct used_file *add(const struct stat *facts, enum file_use use,
                             const struct used_file *mapped)
{
    struct used_file *u = NULL;

    if (!S_ISREG(facts->st_mode))
        return NULL;
    pthread_mutex_lock(&lock);
    if (mapped == NULL || mapped->name != NULL)
        u = take_entry(facts, use);
    if (u == NULL) {
        incomplete = true;
    } else {
        u->use = use;
        u->device = facts->st_dev;
        u->number = facts->st_ino;
        u->stays = u->stays || mapped == NULL;
    }
    if (u != NULL && mapped != NULL) {
        u->size = facts->st_size;
        u->name = mapped->name;
        u->bytes = mapped->bytes;
        u->data = mapped->data; /* last, because a signal handler reads it first */
    }
    pthread_mutex_unlock(&lock);
    return u;
}

void used_file_add(int descriptor, enum file_use use)
{
    struct stat facts;

    if (fstat(descriptor, &facts) == 0)
        add(&facts, use, NULL);
}

void used_file_add_path(const char *path)
{
    struct stat facts;

    if (stat(path, &facts) == 0)
        add(&facts, FILE_READ, NULL);
}

FILE *used_file_open(const char *path)
{
    FILE *file = fopen(path, "rbe");

    if (file != NULL)
        used_file_add(fileno(file), FILE_READ);
    return file;
}

struct used_file *used_file_map(int descriptor, const char *name, const void *data, uint64_t bytes)
{
    const struct used_file mapped = {.name = strdup(name), .data = data, .bytes = bytes};
    struct stat facts;
    struct used_file *u = fstat(descriptor, &facts) == 0 ? add(&facts, FILE_READ, &mapped) : NULL;

    if (u == NULL)
        free(mapped.name);
    return u;
}

static void end_mapping(struct used_file *u, bool stays)
{
    if (u == NULL)
        return;
    pthread_mutex_lock(&lock);
    u->data = NULL;
    free(u->name);
    u->name = NULL;
    u->stays = u->stays || stays;
    if (!u->stays)
        u->use = FILE_UNUSED;
    pthread_mutex_unlock(&lock);
}

void used_file_unmap(struct used_file *u)
{
    end_mapping(u, true);
}

void used_file_forget(struct used_file *u)
{
    end_mapping(u, false);
}

void used_files_begin(void)
{
    pthread_mutex_lock(&lock);
    for (struct used_file *u = all; u != NULL; u = u->next) {
        u->stays = false;
        if (u->data == NULL)
            u->use = FILE_UNUSED;
    }
    pthread_mutex_unlock(&lock);
    used_file_add(STDIN_FILENO, FILE_READ);
    used_file_add_path("/proc/self/exe");
    if (getauxval(AT_EXECFN) != 0) /* some containers have no /proc */
        used_file_add_path((const char *)(uintptr_t)getauxval(AT_EXECFN));
}

enum file_use used_file_find(const struct stat *facts)
{
    enum file_use use = FILE_UNUSED;

    pthread_mutex_lock(&lock);
    if (incomplete)
        use = FILE_READ;
    for (const struct used_file *u = all; u != NULL && use == FILE_UNUSED; u = u->next)
        if (is_same(u, facts))
            use = u->use;
    pthread_mutex_unlock(&lock);
    return use;
}

const char *used_file_at(const void *address, bool *shorter)
{
    uintptr_t at = (uintptr_t)address;
    struct stat now;

    for (const struct used_file *u = atomic_load(&all); u != NULL; u = u->next) {
        uintptr_t data = (uintptr_t)atomic_load(&u->data);
        if (data == 0 || at < data || at - data >= u->bytes)
            continue;
        *shorter = stat(u->name, &now) != 0 || now.st_dev != u->device || now.st_ino != u->number ||
                   now.st_size < u->size;
        return u->name;
    }
    return NULL;
}

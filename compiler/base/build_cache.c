/* Entries of a build cache: a header and the result's bytes, one file each. In: keys and bytes;
 * out: bytes that are what was stored, or nothing. Contract: build_cache.h.
 */
#include "compiler/base/build_cache.h"

#include "runtime/base/atomic_file.h"
#include "runtime/base/used_files.h"
#include "compiler/base/hash.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, NAME_BYTES = 32, STALE_SECONDS = 3600 };
static const char ending[] = ".rlxcache";

struct header {
    char magic[8];
    struct build_cache_key key;
    struct build_cache_key digest; /* of the bytes after it */
    uint64_t bytes;
};
static const char magic[8] = {'r', 'l', 'x', 'c', 'a', 'c', 'h', '1'};

static struct build_cache_key digest_of(const void *data, uint64_t bytes)
{
    XXH128_hash_t hash = XXH3_128bits(data, bytes);

    return (struct build_cache_key){hash.low64, hash.high64};
}

static bool entry_path(const struct build_cache *c, const struct build_cache_key *key,
                       char path[PATH_BYTES])
{
    int length = snprintf(path, PATH_BYTES, "%s/%016llx%016llx%s", c->folder,
                          (unsigned long long)key->high, (unsigned long long)key->low, ending);

    return length > 0 && length < PATH_BYTES;
}

/* ---- opening ---- */

/* The running program is part of every key: nobody finds what another program made. */
static bool digest_program(struct build_cache *c)
{
    enum { PIECE = 1 << 16 };
    static const char self[] = "/proc/self/exe";
    XXH3_state_t *hash = XXH3_createState();
    int fd = open(self, O_RDONLY | O_CLOEXEC);
    uint8_t *piece = malloc(PIECE);
    ssize_t done = -1;

    if (hash != NULL && fd >= 0 && piece != NULL) {
        XXH3_128bits_reset(hash);
        while ((done = read(fd, piece, PIECE)) > 0)
            XXH3_128bits_update(hash, piece, (size_t)done);
        XXH128_hash_t digest = XXH3_128bits_digest(hash);
        c->program = (struct build_cache_key){digest.low64, digest.high64};
    }
    if (fd >= 0)
        close(fd);
    free(piece);
    XXH3_freeState(hash);
    return done == 0;
}

bool build_cache_open(struct build_cache *c, const char *folder, struct diags *d)
{
    struct place at = {.file = folder, .object = "cache"};
    struct stat status;

    *c = (struct build_cache){.folder = folder};
    if (strlen(folder) + NAME_BYTES + sizeof ending + 2 > PATH_BYTES)
        return diag_error(d, at, "the path is too long");
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return diag_error(d, at, "the folder cannot be made: %s", strerror(errno));
    if (stat(folder, &status) != 0 || !S_ISDIR(status.st_mode))
        return diag_error(d, at, "expected a folder");
    if ((status.st_mode & S_IWOTH) != 0)
        return diag_error(d, at,
                          "expected a folder of one's own, found one into which everybody may "
                          "write: code in it could be anybody's");
    if (!digest_program(c))
        return diag_error(d, at,
                          "the running program cannot be read from /proc, and no cache can "
                          "be trusted without knowing it");
    return true;
}

/* ---- keys ---- */

struct build_cache_mixer build_cache_mix_begin(const struct build_cache *c, const char *kind)
{
    struct build_cache_mixer m = {.hash = XXH3_createState()};

    if (m.hash == NULL)
        out_of_memory(0);
    XXH3_128bits_reset(m.hash);
    build_cache_mix(&m, &c->program, sizeof c->program);
    build_cache_mix(&m, kind, strlen(kind) + 1);
    return m;
}

void build_cache_mix(struct build_cache_mixer *m, const void *data, uint64_t bytes)
{
    XXH3_128bits_update(m->hash, data, bytes);
}

struct build_cache_key build_cache_mix_end(struct build_cache_mixer *m)
{
    XXH128_hash_t hash = XXH3_128bits_digest(m->hash);

    XXH3_freeState(m->hash);
    m->hash = NULL;
    return (struct build_cache_key){hash.low64, hash.high64};
}

/* ---- entries ---- */

/* An entry that is being read. */
struct reading {
    FILE *file; /* NULL: there is none */
    struct header header;
    bool fits; /* the entry has this key and the length that it claims */
};

static struct reading open_entry(const struct build_cache *c, const struct build_cache_key *key)
{
    struct reading r = {.file = NULL};
    char path[PATH_BYTES];
    struct stat status;
    int fd = -1;

    if (entry_path(c, key, path)) /* a pipe must not be waited for */
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return r;
    r.file = fdopen(fd, "rb");
    if (r.file == NULL) {
        close(fd);
        return r;
    }
    r.fits = fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
             fread(&r.header, sizeof r.header, 1, r.file) == 1 &&
             memcmp(r.header.magic, magic, sizeof magic) == 0 &&
             memcmp(&r.header.key, key, sizeof *key) == 0 &&
             r.header.bytes <= BUILD_CACHE_ENTRY_MAX &&
             (uint64_t)status.st_size == sizeof r.header + r.header.bytes;
    return r;
}

/* `to`: room for its bytes, or NULL where there is none. False: it is not what was stored. */
static bool close_entry(struct build_cache *c, struct reading *r, void *to)
{
    struct build_cache_key digest;
    uint64_t bytes = r->header.bytes;
    bool good = r->fits && to != NULL && fread(to, 1, bytes, r->file) == bytes;

    if (good) {
        digest = digest_of(to, bytes);
        good = memcmp(&digest, &r->header.digest, sizeof digest) == 0;
    }
    if (good)
        futimens(fileno(r->file),
                 NULL); /* build_cache_trim removes what was not used for longest */
    fclose(r->file);
    atomic_fetch_add(good ? &c->found : &c->refused, 1);
    return good;
}

bool build_cache_find(struct build_cache *c, const struct build_cache_key *key, void *to,
                      uint64_t capacity, uint64_t *bytes)
{
    struct reading r = open_entry(c, key);

    *bytes = r.header.bytes;
    return r.file != NULL && close_entry(c, &r, *bytes <= capacity ? to : NULL);
}

uint8_t *build_cache_take(struct build_cache *c, const struct build_cache_key *key, struct arena *a,
                          uint64_t *bytes)
{
    struct reading r = open_entry(c, key);
    struct arena_mark mark = arena_mark(a);

    if (r.file == NULL)
        return NULL;
    uint8_t *to = r.fits ? arena_alloc(a, r.header.bytes, 64) : NULL;
    *bytes = r.header.bytes;
    if (close_entry(c, &r, to))
        return to;
    arena_release(a, mark);
    return NULL;
}

void build_cache_store(struct build_cache *c, const struct build_cache_key *key, const void *data,
                       uint64_t bytes)
{
    struct header h = {.key = *key, .bytes = bytes, .digest = digest_of(data, bytes)};
    char path[PATH_BYTES];
    struct atomic_file atomic_file;

    if (bytes > BUILD_CACHE_ENTRY_MAX || !entry_path(c, key, path) ||
        atomic_file_open(&atomic_file, path, 0) != 0)
        return;
    memcpy(h.magic, magic, sizeof magic);
    bool good = fwrite(&h, sizeof h, 1, atomic_file.file) == 1 &&
                fwrite(data, 1, bytes, atomic_file.file) == bytes;
    if (atomic_file_close(&atomic_file, good ? 0 : EIO, 0, false) == 0)
        atomic_fetch_add(&c->stored, 1);
}

/* ---- trimming ---- */

struct entry {
    char name[NAME_BYTES + sizeof ending];
    uint64_t bytes;
    struct timespec used;
};

struct entries {
    struct entry *all;
    uint64_t count, capacity, bytes;
};

/* What follows the name of an entry in a file's name; NULL: the file is not the build cache's. */
static const char *behind_entry(const char *name)
{
    size_t bytes = sizeof ending - 1;

    if (strspn(name, "0123456789abcdef") != NAME_BYTES ||
        strncmp(name + NAME_BYTES, ending, bytes) != 0)
        return NULL;
    return name + NAME_BYTES + bytes;
}

static void add_entry(struct entries *e, const char *name, const struct stat *status)
{
    if (e->count == e->capacity) {
        uint64_t capacity = e->capacity == 0 ? 256 : 2 * e->capacity;
        struct entry *all = realloc(e->all, capacity * sizeof *all);
        if (all == NULL)
            return; /* it stays, for the next time */
        e->all = all;
        e->capacity = capacity;
    }
    struct entry *new = &e->all[e->count++];
    strcpy(new->name, name);
    new->bytes = (uint64_t)status->st_size;
    new->used = status->st_mtim;
    e->bytes += new->bytes;
}

static int by_use(const void *a, const void *b)
{
    const struct timespec *left = &((const struct entry *)a)->used;
    const struct timespec *right = &((const struct entry *)b)->used;

    if (left->tv_sec != right->tv_sec)
        return left->tv_sec < right->tv_sec ? -1 : 1;
    return (left->tv_nsec > right->tv_nsec) - (left->tv_nsec < right->tv_nsec);
}

void build_cache_trim(struct build_cache *c, uint64_t max)
{
    struct entries e = {0};
    DIR *folder = opendir(c->folder);
    struct stat status;

    if (folder == NULL)
        return;
    for (const struct dirent *found; (found = readdir(folder)) != NULL;) {
        const char *name = found->d_name, *behind = behind_entry(name);
        bool temporary = behind != NULL && behind[0] == '.' && strlen(behind) == 7;
        if (behind == NULL || (!temporary && behind[0] != 0))
            continue;
        if (fstatat(dirfd(folder), name, &status, AT_SYMLINK_NOFOLLOW) != 0 ||
            !S_ISREG(status.st_mode) || used_file_find(&status) != FILE_UNUSED)
            continue;
        if (!temporary)
            add_entry(&e, name, &status);
        else if (status.st_mtim.tv_sec + STALE_SECONDS < time(NULL))
            unlinkat(dirfd(folder), name, 0);
    }
    if (e.bytes > max)
        qsort(e.all, e.count, sizeof *e.all, by_use);
    for (uint64_t i = 0; i < e.count && e.bytes > max; i++)
        if (unlinkat(dirfd(folder), e.all[i].name, 0) == 0)
            e.bytes -= e.all[i].bytes;
    closedir(folder);
    free(e.all);
}

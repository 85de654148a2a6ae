/* The build cache: a folder of compiled kernels and converted weights. An entry is a file named by
 * its key, a digest of everything that the result depends on, including the running program. So an
 * entry is right or is not found, and no time of a file matters.
 *
 * Entries appear whole (written under another name, then renamed), so several compilers may share a
 * folder. Readers compare them with their digest: an entry that is damaged or foreign counts as
 * missing, and the compiler makes it again. Digests guard against damage, not against malice: the
 * compiler refuses a folder into which everybody may write.
 */
#ifndef RLXC_BUILD_CACHE_H
#define RLXC_BUILD_CACHE_H

#include "compiler/base/diag.h"

#include <stdatomic.h>

struct build_cache_key {
    uint64_t low, high;
};

struct build_cache {
    const char *folder;
    struct build_cache_key program; /* digest of the running program */
    /* Entries since it was opened; any thread may count. */
    atomic_uint found, stored, refused; /* refused: damaged or foreign, made again */
};

enum { BUILD_CACHE_ENTRY_MAX = 1 << 28 }; /* bytes of one entry */

/* Makes the folder where it is missing (its parent must be there). False: reported. */
bool build_cache_open(struct build_cache *c, const char *folder, struct diags *d);

/* Puts a key together from parts; begins with the program's digest and the kind of result. */
struct build_cache_mixer {
    void *hash;
};
struct build_cache_mixer build_cache_mix_begin(const struct build_cache *c, const char *kind);
void build_cache_mix(struct build_cache_mixer *m, const void *data, uint64_t bytes);
struct build_cache_key build_cache_mix_end(struct build_cache_mixer *m);

/* Reads an entry of at most `capacity` bytes. False: there is none. Any thread. */
bool build_cache_find(struct build_cache *c, const struct build_cache_key *key, void *to,
                      uint64_t capacity, uint64_t *bytes);
/* The same into the arena, whatever its size; NULL: there is none. */
uint8_t *build_cache_take(struct build_cache *c, const struct build_cache_key *key, struct arena *a,
                          uint64_t *bytes);
/* Keeps an entry. It is no error if it cannot be kept (a full disk, a read-only folder): the
 * compiler makes it again the next time. Any thread. */
void build_cache_store(struct build_cache *c, const struct build_cache_key *key, const void *data,
                       uint64_t bytes);

/* Removes the least recently used entries until `max` bytes are left, and what interrupted
 * compilers left behind. Leaves files alone that are not entries. */
void build_cache_trim(struct build_cache *c, uint64_t max);

#endif

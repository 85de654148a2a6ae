/* XXH3, with the widest vectors of the machine where the library chooses them at run time (its
 * shared builds for x86-64 do): twice as fast from memory, four times from a core's cache. The
 * digests are the same.
 */
#ifndef RLXC_HASH_H
#define RLXC_HASH_H

#include <xxhash.h>
#ifdef RLX_XXH_DISPATCH
#include <xxh_x86dispatch.h>
#endif

#endif

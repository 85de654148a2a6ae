/* XXH3, by the widest vectors of the machine where the library chooses them at run time (some
 * builds of it do, the static ones and other processors not): from memory twice as fast, from a
 * core's cache four times. The digests are the same.
 */
#ifndef RLXC_HASH_H
#define RLXC_HASH_H

#include <xxhash.h>
#ifdef RLX_XXH_DISPATCH
#include <xxh_x86dispatch.h>
#endif

#endif

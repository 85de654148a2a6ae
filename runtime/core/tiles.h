/* Who computes which tiles of a step. In: the step's tiles and the number of threads; out: chunks,
 * each to one thread. Thread t owns the range [n t / T, n (t + 1) / T) and takes chunks from its
 * front, in the order of addresses; when it is empty, the thread takes chunks from the tails of
 * others' ranges, so that a step ends almost at once for all, however unequal the threads are.
 *
 * Each range is one word: the turn (a number for each step of each run), begin and end in chunks.
 * Nobody resets it: who comes first in a later turn, owner or not, opens the range. That loses
 * nothing, since a thread leaves a turn only when it has seen each range of it empty, and a word of
 * a later turn tells those who are behind the same. The words order nothing but themselves; what
 * tiles write becomes visible at barriers.
 */
#ifndef RLX_RUNTIME_TILES_H
#define RLX_RUNTIME_TILES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct tile_range { /* of one thread; two cache lines, since processors fetch them in pairs */
    _Alignas(128) _Atomic uint64_t word;
};

struct tile_split {
    struct tile_range *ranges; /* [threads] */
    uint64_t tiles, chunk;     /* of the step, and how many are the least that is taken */
    uint32_t threads;
    uint32_t turn; /* above all earlier ones; 0 is none's */
};

struct tile_chunk {
    uint64_t first, end;
};

/* Fits `chunk`, at least 1, to the numbers that a word has room for. */
uint64_t tile_chunk_fit(uint64_t tiles, uint64_t chunk);
struct tile_chunk tile_own(uint64_t tiles, uint32_t thread, uint32_t threads);
/* The next chunk for `thread`; false: none is left. `*done`, 0 at first, counts the ranges that are
 * empty. A thread that has begun a turn goes on until it gets false. */
bool tile_next(const struct tile_split *split, uint32_t thread, uint32_t *done,
               struct tile_chunk *chunk);

#endif

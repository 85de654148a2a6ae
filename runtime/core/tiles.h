/* Distributes the tiles of a step. In: the step's tiles and the number of threads; out: chunks,
 * each for one thread. Thread t owns the range [n t / T, n (t + 1) / T) and takes chunks from its
 * front, in the order of addresses. When its range is empty, it takes chunks from the tails of
 * other ranges, so that all threads finish a step at almost the same time, however unequal they
 * are.
 *
 * Each range is one word: the turn (a number for each step of each run), begin and end in chunks.
 * Nobody resets it: the first thread in a later turn, owner or not, opens the range. That loses no
 * work, because a thread leaves a turn only after it has seen each range of it empty, and to slower
 * threads a word of a later turn means the same. The words synchronize nothing else; what tiles
 * write becomes visible at barriers.
 */
#ifndef RLX_RUNTIME_TILES_H
#define RLX_RUNTIME_TILES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct tile_range { /* of one thread; two cache lines, because processors fetch them in pairs */
    _Alignas(128) _Atomic uint64_t word;
};

struct tile_split {
    struct tile_range *ranges; /* [threads] */
    uint64_t tiles, chunk;     /* tiles of the step, and of the smallest chunk */
    uint32_t threads;
    uint32_t turn; /* above all earlier ones, and never 0 */
};

struct tile_chunk {
    uint64_t first, end;
};

/* Adjusts `chunk`, at least 1, to the numbers that fit in a word. */
uint64_t tile_chunk_fit(uint64_t tiles, uint64_t chunk);
struct tile_chunk tile_own(uint64_t tiles, uint32_t thread, uint32_t threads);
/* The next chunk for `thread`; false: none is left. `*done`, 0 at first, counts the empty ranges. A
 * thread that has begun a turn continues until it gets false. */
bool tile_next(const struct tile_split *split, uint32_t thread, uint32_t *done,
               struct tile_chunk *chunk);

#endif

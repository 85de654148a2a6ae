/* Ranges of tiles in words that change by compare-and-swap. Contract: tiles.h. */
#include "runtime/core/tiles.h"

enum { INDEX_BITS = 16, INDEX_MAX = (1 << INDEX_BITS) - 1 };

/* A claim takes a fraction of what is left: few claims at first, because each interrupts the stream
 * of loads for a moment, and small ones in the end, when threads wait for the last one. */
enum { PART = 4 };

static uint64_t word_of(uint32_t turn, uint32_t begin, uint32_t end)
{
    return (uint64_t)turn << 32 | begin << INDEX_BITS | end;
}

uint64_t tile_chunk_fit(uint64_t tiles, uint64_t chunk)
{
    uint64_t min = tiles / INDEX_MAX + 1;
    return chunk < min ? min : chunk;
}

struct tile_chunk tile_own(uint64_t tiles, uint32_t thread, uint32_t threads)
{
    return (struct tile_chunk){tiles * thread / threads, tiles * (thread + 1) / threads};
}

struct indices {
    uint32_t first, count;
};

/* Takes a part of the chunks: the owner from the front, another thread from the tail; false: none
 * are left. */
static bool take_indices(const struct tile_split *s, uint32_t chunks, bool is_owner, uint32_t owner,
                         struct indices *taken)
{
    _Atomic uint64_t *word = &s->ranges[owner].word;
    uint64_t old = atomic_load_explicit(word, memory_order_relaxed), next;
    do {
        uint32_t turn = (uint32_t)(old >> 32);
        uint32_t begin = old >> INDEX_BITS & INDEX_MAX, end = old & INDEX_MAX;
        if (turn < s->turn) {
            begin = 0;
            end = chunks;
        }
        if (turn > s->turn || begin == end)
            return false;
        taken->count = (end - begin) / PART + ((end - begin) < PART);
        taken->first = is_owner ? begin : end - taken->count;
        next = is_owner ? word_of(s->turn, begin + taken->count, end)
                        : word_of(s->turn, begin, end - taken->count);
    } while (!atomic_compare_exchange_weak_explicit(word, &old, next, memory_order_relaxed,
                                                    memory_order_relaxed));
    return true;
}

static bool take(const struct tile_split *s, uint32_t thread, uint32_t owner,
                 struct tile_chunk *chunk)
{
    struct tile_chunk range = tile_own(s->tiles, owner, s->threads);
    uint64_t tiles = range.end - range.first;
    uint32_t chunks = (uint32_t)((tiles + s->chunk - 1) / s->chunk);
    struct indices taken;
    if (chunks == 0 || !take_indices(s, chunks, thread == owner, owner, &taken))
        return false;
    chunk->first = range.first + taken.first * s->chunk;
    uint64_t end = chunk->first + taken.count * s->chunk;
    chunk->end = end < range.end ? end : range.end;
    return true;
}

bool tile_next(const struct tile_split *s, uint32_t thread, uint32_t *done,
               struct tile_chunk *chunk)
{
    for (; *done < s->threads; ++*done) {
        uint32_t owner = thread + *done;
        if (take(s, thread, owner < s->threads ? owner : owner - s->threads, chunk))
            return true;
    }
    return false;
}

/* Ranges of tiles as words that are compared and swapped. */
#include "runtime/tiles.h"

enum { INDEX_BITS = 16, INDEX_MAX = (1 << INDEX_BITS) - 1 };

static uint64_t word_of(uint32_t turn, uint32_t begin, uint32_t end)
{
    return (uint64_t)turn << 32 | begin << INDEX_BITS | end;
}

uint64_t tile_chunk_fit(uint64_t tiles, uint64_t chunk)
{
    uint64_t least = tiles / INDEX_MAX + 1;
    return chunk < least ? least : chunk;
}

struct tile_chunk tile_own(uint64_t tiles, uint32_t thread, uint32_t threads)
{
    return (struct tile_chunk){tiles * thread / threads, tiles * (thread + 1) / threads};
}

/* Takes the first chunk for the owner and the last for another; false: there is none. */
static bool take_index(const struct tile_split *s, uint32_t chunks, uint32_t thread, uint32_t owner,
                       uint32_t *index)
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
        *index = thread == owner ? begin++ : --end;
        next = word_of(s->turn, begin, end);
    } while (!atomic_compare_exchange_weak_explicit(word, &old, next, memory_order_relaxed,
                                                    memory_order_relaxed));
    return true;
}

static bool take(const struct tile_split *s, uint32_t thread, uint32_t owner,
                 struct tile_chunk *chunk)
{
    struct tile_chunk range = tile_own(s->tiles, owner, s->threads);
    uint64_t tiles = range.end - range.first, index_end;
    uint32_t chunks = (uint32_t)((tiles + s->chunk - 1) / s->chunk), index;
    if (chunks == 0 || !take_index(s, chunks, thread, owner, &index))
        return false;
    chunk->first = range.first + index * s->chunk;
    index_end = chunk->first + s->chunk;
    chunk->end = index_end < range.end ? index_end : range.end;
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

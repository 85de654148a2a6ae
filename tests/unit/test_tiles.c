/* Sharing of tiles: some thread computes each tile once per turn; owners take from the front,
 * others from the tail; words of other turns are ignored. */
#include "runtime/core/pool.h"
#include "runtime/core/tiles.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MAX_THREADS = 9, TILES = 1000, TURNS = 400 };

static struct tile_range ranges[MAX_THREADS];

static void expect_chunk(const struct tile_split *s, uint32_t thread, uint32_t *done,
                         uint64_t first, uint64_t end)
{
    struct tile_chunk chunk = {0, 0};
    assert_true(tile_next(s, thread, done, &chunk));
    assert_int_equal(chunk.first, first);
    assert_int_equal(chunk.end, end);
}

static void expect_none(const struct tile_split *s, uint32_t thread, uint32_t *done)
{
    struct tile_chunk chunk;
    assert_false(tile_next(s, thread, done, &chunk));
}

/* 11 tiles: thread 0 owns 0 .. 4, thread 1 5 .. 10. */
static void owner_from_the_front_others_from_the_tail(void **state)
{
    (void)state;
    memset(ranges, 0, sizeof ranges);
    struct tile_split s = {ranges, 11, 2, 2, 1};
    uint32_t done[2] = {0, 0};
    expect_chunk(&s, 0, &done[0], 0, 2);
    expect_chunk(&s, 1, &done[1], 5, 7);
    expect_chunk(&s, 0, &done[0], 2, 4);
    expect_chunk(&s, 0, &done[0], 4, 5);
    expect_chunk(&s, 0, &done[0], 9, 11);
    expect_chunk(&s, 1, &done[1], 7, 9);
    expect_none(&s, 1, &done[1]);
    expect_none(&s, 0, &done[0]);
}

/* One thread does two turns alone; the other comes late, into the first. */
static void who_is_late_finds_nothing(void **state)
{
    (void)state;
    memset(ranges, 0, sizeof ranges);
    struct tile_split first = {ranges, 2, 1, 2, 1}, second = {ranges, 2, 1, 2, 2};
    uint32_t done[4] = {0};
    expect_chunk(&first, 0, &done[0], 0, 1);
    expect_chunk(&first, 0, &done[0], 1, 2);
    expect_none(&first, 0, &done[0]);
    expect_chunk(&second, 0, &done[1], 0, 1);
    expect_none(&first, 1, &done[2]);
    expect_chunk(&second, 1, &done[3], 1, 2);
    expect_none(&second, 1, &done[3]);
    expect_none(&second, 0, &done[1]);
}

static void few_and_many_tiles(void **state)
{
    (void)state;
    memset(ranges, 0, sizeof ranges);
    uint64_t many = (uint64_t)1 << 40, covered = 0;
    struct tile_split s = {ranges, many, tile_chunk_fit(many, 1), 2, 1};
    struct tile_chunk chunk;
    for (uint32_t done = 0; tile_next(&s, 1, &done, &chunk);)
        covered += chunk.end - chunk.first;
    assert_true(covered == many);
    s = (struct tile_split){ranges, 1, tile_chunk_fit(1, 7), 3, 2}; /* two threads own none */
    uint32_t done = 0;
    expect_chunk(&s, 0, &done, 0, 1);
    expect_none(&s, 0, &done);
    assert_int_equal(tile_chunk_fit(100, 7), 7);
}

struct shared {
    struct pool *pool;
    uint32_t threads;
    uint32_t computed[TURNS][TILES]; /* plain: two that compute one tile race */
};

/* Turns of one stretch follow one another without a barrier, as independent steps do. */
static void compute(void *context, uint32_t thread)
{
    struct shared *s = context;
    uint32_t seed = thread + 1;
    for (uint32_t turn = 0; turn < TURNS; turn++) {
        if (turn % 3 == 0)
            pool_barrier(s->pool, thread);
        struct tile_split split = {ranges, TILES - turn % 7, 1 + turn % 5, s->threads, turn + 1};
        struct tile_chunk chunk;
        for (uint32_t done = 0; tile_next(&split, thread, &done, &chunk);) {
            for (uint64_t i = chunk.first; i < chunk.end; i++)
                s->computed[turn][i]++;
            seed = seed * 1664525 + 1013904223;
            if (seed >> 22 == 0) { /* somebody else had the processor */
                struct timespec moment = {.tv_nsec = 100000};
                nanosleep(&moment, NULL);
            }
        }
    }
}

static void each_tile_once(void **state)
{
    (void)state;
    static const uint32_t counts[] = {1, 2, 3, MAX_THREADS};
    for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++) {
        struct shared *s = calloc(1, sizeof *s);
        rlx_error error = {0};
        assert_non_null(s);
        memset(ranges, 0, sizeof ranges);
        s->threads = counts[c];
        assert_int_equal(pool_open(counts[c], &s->pool, &error), RLX_OK);
        pool_run(s->pool, compute, s);
        pool_close(s->pool);
        for (uint32_t turn = 0; turn < TURNS; turn++)
            for (uint32_t i = 0; i < TILES; i++)
                assert_int_equal(s->computed[turn][i], i < TILES - turn % 7);
        free(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(owner_from_the_front_others_from_the_tail),
        cmocka_unit_test(who_is_late_finds_nothing),
        cmocka_unit_test(few_and_many_tiles),
        cmocka_unit_test(each_tile_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

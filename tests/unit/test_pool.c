/* The pool: every thread runs, barriers separate writes from reads, more threads than processors
 * finish, idle threads sleep. */
#include "runtime/core/oversubscription.h"
#include "runtime/base/cpu.h"
#include "runtime/core/pool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { CELLS = 64, ROUNDS = 200 };

/* Plain memory: a barrier that lets one through too early is a wrong sum, and a race for the thread
 * sanitizer. */
struct shared {
    struct pool *pool;
    uint32_t threads;
    uint64_t cells[CELLS], next[CELLS];
    uint32_t ran[CELLS];
};

/* Each round every cell becomes the sum of itself and its neighbour, by different threads from
 * round to round. */
static void mix(void *context, uint32_t thread)
{
    struct shared *s = context;
    s->ran[thread]++;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        uint32_t turn = (thread + round) % s->threads;
        for (uint32_t i = CELLS * turn / s->threads; i < CELLS * (turn + 1) / s->threads; i++)
            s->next[i] = s->cells[i] + s->cells[(i + 1) % CELLS];
        pool_barrier(s->pool, thread);
        for (uint32_t i = CELLS * thread / s->threads; i < CELLS * (thread + 1) / s->threads; i++)
            s->cells[i] = s->next[i];
        pool_barrier(s->pool, thread);
    }
}

static void mix_adaptive(void *context, uint32_t thread)
{
    struct shared *s = context;
    if (thread == 0)
        s->threads = pool_active(s->pool);
    pool_barrier(s->pool, thread);
    mix(context, thread);
}

static void expected_cells(uint64_t cells[CELLS])
{
    uint64_t next[CELLS];
    for (uint32_t round = 0; round < ROUNDS; round++) {
        for (uint32_t i = 0; i < CELLS; i++)
            next[i] = cells[i] + cells[(i + 1) % CELLS];
        memcpy(cells, next, sizeof next);
    }
}

static void test_barriers(void **state)
{
    (void)state;
    static const uint32_t counts[] = {1, 2, 3, 8};
    for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++) {
        static struct shared s;
        uint64_t expected[CELLS];
        rlx_error error = {0};
        memset(&s, 0, sizeof s);
        s.threads = counts[c];
        for (uint32_t i = 0; i < CELLS; i++)
            s.cells[i] = expected[i] = i * i + 1;
        assert_int_equal(pool_open(counts[c], &s.pool, &error), RLX_OK);
        assert_int_equal(pool_threads(s.pool), counts[c]);
        for (int run = 0; run < 3; run++) {
            pool_run(s.pool, mix, &s);
            expected_cells(expected);
            assert_memory_equal(s.cells, expected, sizeof expected);
        }
        for (uint32_t t = 0; t < counts[c]; t++)
            assert_int_equal(s.ran[t], 3);
        pool_close(s.pool);
    }
}

static void count_run(void *context, uint32_t thread)
{
    ((struct shared *)context)->ran[thread]++;
}

static void test_many_short_runs(void **state)
{
    (void)state;
    static struct shared s;
    rlx_error error;
    memset(&s, 0, sizeof s);
    assert_int_equal(pool_open(3, &s.pool, &error), RLX_OK);
    for (int run = 0; run < 2000; run++)
        pool_run(s.pool, count_run, &s);
    for (uint32_t t = 0; t < 3; t++)
        assert_int_equal(s.ran[t], 2000);
    pool_close(s.pool);
}

static void wait_a_moment(void)
{
    struct timespec moment = {.tv_nsec = 2000000};
    nanosleep(&moment, NULL);
}

static double processor_seconds(void)
{
    struct timespec used;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return (double)used.tv_sec + (double)used.tv_nsec * 1e-9;
}

/* Workers go to sleep, use no processor while they do, and wake for the next run. */
static void test_asleep_between_runs(void **state)
{
    (void)state;
    static struct shared s;
    rlx_error error;
    memset(&s, 0, sizeof s);
    assert_int_equal(pool_open(4, &s.pool, &error), RLX_OK);
    for (int run = 0; run < 5; run++) {
        pool_run(s.pool, count_run, &s);
        for (int tries = 0; tries < 2000 && pool_sleepers(s.pool) != 3; tries++)
            wait_a_moment();
        assert_int_equal(pool_sleepers(s.pool), 3);
        double before = processor_seconds();
        for (int i = 0; i < 10; i++)
            wait_a_moment();
        assert_true(processor_seconds() - before < 0.01);
    }
    assert_int_equal(s.ran[3], 5);
    pool_close(s.pool);
}

/* Threads that are late twice are taken out, tried again after 0.1 s, then after twice as long. */
static void test_oversubscription(void **state)
{
    (void)state;
    struct oversubscription c;
    oversubscription_open(&c, 8);
    oversubscription_stretch(&c, 1, 0);
    assert_int_equal(c.active, 8);
    oversubscription_stretch(&c, 1.02, 2);
    assert_int_equal(c.active, 8);
    assert_true(c.is_doubted);
    oversubscription_stretch(&c, 1.04, 0); /* it was nothing */
    assert_false(c.is_doubted);
    oversubscription_stretch(&c, 1.06, 2);
    assert_int_equal(c.active, 8);
    oversubscription_stretch(&c, 1.08, 2);
    assert_int_equal(c.active, 6);
    assert_false(c.is_doubted);
    oversubscription_stretch(&c, 1.17, 0);
    assert_int_equal(c.active, 6);
    oversubscription_stretch(&c, 1.19, 0);
    assert_int_equal(c.active, 8);
    oversubscription_stretch(&c, 1.21, 1);
    assert_int_equal(c.active, 8); /* again only the second counts */
    oversubscription_stretch(&c, 1.23, 8);
    assert_int_equal(c.active, 1);
    oversubscription_stretch(&c, 1.42, 1);
    assert_int_equal(c.active, 1); /* twice as long, and one alone stays */
    oversubscription_stretch(&c, 1.44, 0);
    assert_int_equal(c.active, 8);
    oversubscription_stretch(&c, 7, 0); /* quiet for long: as in the beginning */
    oversubscription_stretch(&c, 7.1, 1);
    oversubscription_stretch(&c, 7.12, 1);
    assert_int_equal(c.active, 7);
    oversubscription_stretch(&c, 7.23, 0);
    assert_int_equal(c.active, 8);
    oversubscription_open(&c, 1);
    oversubscription_stretch(&c, 1, 1);
    assert_int_equal(c.active, 1);
}

/* Runs long enough to be watched, with more threads than processors: whatever number takes part,
 * each run is whole. */
static void test_adaptive(void **state)
{
    (void)state;
    static struct shared s;
    rlx_error error;
    memset(&s, 0, sizeof s);
    assert_int_equal(pool_open(5, &s.pool, &error), RLX_OK);
    pool_set_adaptive(s.pool);
    for (int run = 0; run < 60; run++) {
        uint64_t expected[CELLS];
        for (uint32_t i = 0; i < CELLS; i++)
            s.cells[i] = expected[i] = i * i + 1;
        pool_run(s.pool, mix_adaptive, &s);
        expected_cells(expected);
        assert_memory_equal(s.cells, expected, sizeof expected);
    }
    pool_close(s.pool);
}

static void test_limits(void **state)
{
    (void)state;
    struct pool *pool;
    rlx_error error;
    assert_int_equal(pool_open(0, &pool, &error), RLX_ERROR_BAD_ARGUMENT);
    assert_null(pool);
    assert_int_equal(pool_open(POOL_MAX_THREADS + 1, &pool, &error), RLX_ERROR_BAD_ARGUMENT);
    assert_true(cpu_processors() >= 1);
    pool_close(NULL);
}

/* A page of a file that is too short; reads of it fault until the handler maps memory there. */
static struct {
    volatile uint8_t *page;
    size_t bytes;
    volatile sig_atomic_t faults;
} lost;

static void mend_page(int signal_number)
{
    (void)signal_number;
    lost.faults++;
    if (mmap((void *)(uintptr_t)lost.page, lost.bytes, PROT_READ,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
        abort();
}

static void read_lost_page(void *context, uint32_t thread)
{
    struct shared *s = context;
    if (thread == 1)
        s->ran[thread] = lost.page[0] + 1u;
}

/* A fault in a worker reaches the handler of the program that uses the library. */
static void test_fault_in_worker(void **state)
{
    (void)state;
    static struct shared s;
    struct sigaction action = {.sa_handler = mend_page}, before;
    rlx_error error;
    int file = memfd_create("short", MFD_CLOEXEC);
    assert_true(file >= 0);
    lost.bytes = (size_t)sysconf(_SC_PAGESIZE);
    lost.page = mmap(NULL, lost.bytes, PROT_READ, MAP_PRIVATE, file, 0);
    assert_true(lost.page != MAP_FAILED);
    sigaction(SIGBUS, &action, &before);
    assert_int_equal(pool_open(2, &s.pool, &error), RLX_OK);
    pool_run(s.pool, read_lost_page, &s);
    pool_close(s.pool);
    sigaction(SIGBUS, &before, NULL);
    assert_int_equal(lost.faults, 1);
    assert_int_equal(s.ran[1], 1);
    munmap((void *)(uintptr_t)lost.page, lost.bytes);
    close(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_barriers),
        cmocka_unit_test(test_many_short_runs),
        cmocka_unit_test(test_asleep_between_runs),
        cmocka_unit_test(test_oversubscription),
        cmocka_unit_test(test_adaptive),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_fault_in_worker),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

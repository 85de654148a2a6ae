/* Threads that begin together, and raw reading: each item is processed once, by threads that run at
 * the same time, and nothing outside the given memory is read. */
#include "runtime/base/read_bandwidth.h"
#include "runtime/base/run_parallel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdatomic.h>
#include <sched.h>
#include <sys/mman.h>
#include <unistd.h>

struct item {
    atomic_uint *here; /* those that have begun */
    unsigned count, seen, times;
};

/* Comes to an end only if all of them run at the same time. */
static void meet(void *argument)
{
    struct item *i = argument;

    i->times++;
    atomic_fetch_add(i->here, 1);
    while (atomic_load(i->here) < i->count)
        sched_yield();
    i->seen = atomic_load(i->here);
}

static void test_parallel(void **state)
{
    static const unsigned counts[] = {1, 2, 3, RUN_PARALLEL_MAX};
    struct item items[RUN_PARALLEL_MAX + 1];

    (void)state;
    for (unsigned c = 0; c < sizeof counts / sizeof *counts; c++) {
        atomic_uint here = 0;
        unsigned count = counts[c];
        for (unsigned i = 0; i <= RUN_PARALLEL_MAX; i++)
            items[i] = (struct item){.here = &here, .count = count};
        assert_true(run_parallel(meet, items, sizeof *items, count) > 0);
        for (unsigned i = 0; i <= RUN_PARALLEL_MAX; i++) {
            assert_int_equal(items[i].times, i < count);
            assert_int_equal(items[i].seen, i < count ? count : 0);
        }
    }
}

static void doze(void *argument)
{
    usleep(*(useconds_t *)argument);
}

/* The time is that of the last to end. */
static void test_time(void **state)
{
    useconds_t naps[] = {1000, 30000, 2000};

    (void)state;
    assert_true(run_parallel(doze, naps, sizeof *naps, 3) >= 0.03);
    assert_true(run_parallel(doze, naps + 1, sizeof *naps, 1) >= 0.03);
}

/* Three pages between two that nobody may read. */
static void test_bounds(void **state)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *room = mmap(NULL, 5 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    (void)state;
    assert_true(room != MAP_FAILED);
    assert_int_equal(mprotect(room, page, PROT_NONE), 0);
    assert_int_equal(mprotect(room + 4 * page, page, PROT_NONE), 0);
    for (unsigned threads = 1; threads <= 5; threads++)
        for (size_t bytes = 3 * page - 300; bytes <= 3 * page; bytes += 60) {
            const char *data = room + 4 * page - bytes;
            assert_true(read_bandwidth(data, bytes, threads, false) > 0);
            assert_true(read_bandwidth(data, bytes, threads, true) > 0);
            read_prefers_prefetch(data, bytes, threads);
        }
    munmap(room, 5 * page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parallel),
        cmocka_unit_test(test_time),
        cmocka_unit_test(test_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

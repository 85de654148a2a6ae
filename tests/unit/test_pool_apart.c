/* Threads of a pool that share a processor separate within a few barriers, and a bound thread
 * stays. The test binds the caller to a processor; the worker moves there in the middle of a run,
 * and checks where it is some barriers later. */
#include "runtime/base/cpu.h"
#include "runtime/core/pool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

/* By itself the system parts them too, but it looks only every few milliseconds: few barriers, and
 * what happens most of the time counts. */
enum { BARRIERS = 20, TRIES = 20 };

struct place {
    struct pool *pool;
    cpu_set_t mine, others; /* the caller's only processor; where the worker may be meanwhile */
    int before, after;      /* where the worker was */
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void meet(void *context, uint32_t thread)
{
    struct place *p = context;
    if (thread == 1) {
        sched_setaffinity(0, sizeof p->mine, &p->mine);
        /* Long enough to forget that it may have been sent away when it woke. */
        for (double start = now(); now() < start + 0.003;)
            ;
        sched_setaffinity(0, sizeof p->others, &p->others);
        p->before = sched_getcpu();
    }
    for (int i = 0; i < BARRIERS; i++)
        pool_barrier(p->pool, thread);
    if (thread == 1)
        p->after = sched_getcpu();
}

static void read_mask(void *context, uint32_t thread)
{
    if (thread == 1)
        sched_getaffinity(0, sizeof(cpu_set_t), context);
}

/* Of TRIES runs, in how many the worker began on the caller's processor and ended on another. The
 * masks of both are as they were afterwards. */
static int count_partings(bool is_bound)
{
    struct place p;
    cpu_set_t all, after;
    rlx_error error;
    int count = 0, processor = sched_getcpu();

    assert_int_equal(sched_getaffinity(0, sizeof all, &all), 0);
    CPU_ZERO(&p.mine);
    CPU_SET(processor, &p.mine);
    p.others = is_bound ? p.mine : all;
    assert_int_equal(pool_open(2, &p.pool, &error), RLX_OK);
    assert_int_equal(sched_setaffinity(0, sizeof p.mine, &p.mine), 0);
    for (int i = 0; i < TRIES; i++) {
        pool_run(p.pool, meet, &p);
        count += p.before == processor && p.after != processor;
    }
    pool_run(p.pool, read_mask, &after);
    assert_true(CPU_EQUAL(&after, &p.others));
    assert_int_equal(sched_getaffinity(0, sizeof after, &after), 0);
    assert_true(CPU_EQUAL(&after, &p.mine));
    assert_int_equal(sched_setaffinity(0, sizeof all, &all), 0);
    pool_close(p.pool);
    return count;
}

static void test_part(void **state)
{
    (void)state;
    if (cpu_processors() < 2) {
        printf("test_part: skipped: one processor\n");
        skip();
    }
    int count = count_partings(false);
    if (count <= TRIES / 2)
        printf("parted in %d of %d runs\n", count, TRIES);
    assert_true(count > TRIES / 2);
}

static void test_bound(void **state)
{
    (void)state;
    if (cpu_processors() < 2) {
        printf("test_bound: skipped: one processor\n");
        skip();
    }
    assert_int_equal(count_partings(true), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_part),
        cmocka_unit_test(test_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

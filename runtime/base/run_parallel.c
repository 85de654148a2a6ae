/* Starts threads together. Contract: run_parallel.h. */
#include "runtime/base/run_parallel.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <time.h>

struct member {
    pthread_t thread;
    atomic_uint *waiting; /* members that have not yet arrived */
    unsigned number;
    void (*work)(void *item);
    void *item;
    double start, end;
};

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Binds the calling thread to the n-th of the processors that the process may use. */
static void bind_to(const cpu_set_t *allowed, unsigned n)
{
    cpu_set_t one;
    unsigned count = (unsigned)CPU_COUNT(allowed), seen = 0;

    CPU_ZERO(&one);
    for (size_t cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, allowed) && seen++ == n % count)
            CPU_SET(cpu, &one);
    sched_setaffinity(0, sizeof one, &one);
}

static void do_work(struct member *m)
{
    m->start = now();
    m->work(m->item);
    m->end = now();
}

static void *run_member(void *argument)
{
    enum { SPINS = 1 << 12 }; /* with more threads than processors, the others need a turn */
    struct member *m = argument;
    cpu_set_t allowed;

    if (sched_getaffinity(0, sizeof allowed, &allowed) == 0)
        bind_to(&allowed, m->number);
    atomic_fetch_sub(m->waiting, 1);
    for (unsigned i = 0; atomic_load(m->waiting) > 0; i++)
        if (i >= SPINS)
            sched_yield();
    do_work(m);
    return NULL;
}

double run_parallel(void (*work)(void *item), void *items, size_t item_bytes, unsigned count)
{
    struct member members[RUN_PARALLEL_MAX];
    atomic_uint waiting = count;
    double start = 0, end = 0;

    unsigned started = 0;

    for (unsigned t = 0; t < count; t++)
        members[t] = (struct member){
            .waiting = &waiting, .number = t, .work = work, .item = (char *)items + t * item_bytes};
    while (count > 1 && started < count &&
           pthread_create(&members[started].thread, NULL, run_member, &members[started]) == 0)
        started++;
    atomic_fetch_sub(&waiting, count - started); /* the system allows no more threads */
    for (unsigned t = started; t < count; t++)
        do_work(&members[t]);
    for (unsigned t = 0; t < count; t++) {
        if (t < started)
            pthread_join(members[t].thread, NULL);
        start = t == 0 || members[t].start < start ? members[t].start : start;
        end = t == 0 || members[t].end > end ? members[t].end : end;
    }
    return end - start;
}

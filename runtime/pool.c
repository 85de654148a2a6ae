/* The pool of threads. A run is announced by a counter; workers wait for it to change, awake for a
 * moment, then asleep on a condition variable. Inside a run, threads meet at a sense-reversing
 * barrier (Mellor-Crummey and Scott, "Algorithms for scalable synchronization on shared-memory
 * multiprocessors", 1991): the last to arrive turns the phase. Waiting looks for a bounded time,
 * then yields for a bounded time, then sleeps. It does not come to that where each thread has a
 * processor; where other programs want the same ones, the awaited thread runs instead of the
 * waiting one, and more threads than processors go on, slowly, instead of hanging.
 */
#include "runtime/pool.h"

#include "rlx/kernel.h"
#include "runtime/error.h"

#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* How long to wait awake: first looks with a pause between (about 40 ns each), then looks with a
 * yield between (0.3 us where nobody else wants the processor). Few of the first: where two threads
 * share a processor, each look is time that the awaited one lacks. Together longer than threads
 * differ between barriers, and than sampling takes. */
enum { SPINS = 100, SPINS_CROWDED = 20 /* more threads than processors */, YIELDS = 300 };

enum {
    CACHE_LINE = 128, /* two lines: processors fetch them in pairs */
    STACK_BYTES = 1024 * 1024,
};
_Static_assert(STACK_BYTES >= 2 * RLX_KERNEL_STACK_BYTES, "kernels need their stack");

struct worker {
    struct pool *pool;
    uint32_t thread;
    pthread_t handle;
};

struct pool {
    uint32_t threads;
    uint32_t spins;
    pool_fn fn; /* of the announced run; NULL: go home */
    void *context;
    struct worker *workers;
    uint32_t worker_count; /* that were started */
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    atomic_uint sleepers;
    _Alignas(CACHE_LINE) atomic_uint run;     /* counts announcements */
    _Alignas(CACHE_LINE) atomic_uint arrived; /* at the barrier */
    _Alignas(CACHE_LINE) atomic_uint phase;   /* of the barrier */
    atomic_uint waiters;                      /* asleep at the barrier */
};

static inline void spin_pause(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

uint32_t pool_processors(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return 1;
    int count = CPU_COUNT(&set);
    return count < 1 ? 1 : (uint32_t)count;
}

/* Sleeps unless the phase has turned. The system compares it once more, so that no turn is missed.
 */
static void sleep_at_barrier(struct pool *pool, unsigned phase)
{
    atomic_fetch_add(&pool->waiters, 1);
    syscall(SYS_futex, &pool->phase, FUTEX_WAIT_PRIVATE, phase, NULL, NULL, 0);
    atomic_fetch_sub(&pool->waiters, 1);
}

/* Waits for a word to change from `old`, awake; false when patience ends. */
static bool changes(const struct pool *pool, const atomic_uint *word, unsigned old)
{
    for (uint32_t i = 0; i < pool->spins + YIELDS; i++) {
        if (atomic_load_explicit(word, memory_order_acquire) != old)
            return true;
        if (i < pool->spins)
            spin_pause();
        else
            sched_yield();
    }
    return false;
}

static void wait_for_phase(struct pool *pool, unsigned phase)
{
    if (changes(pool, &pool->phase, phase))
        return;
    while (atomic_load_explicit(&pool->phase, memory_order_acquire) == phase)
        sleep_at_barrier(pool, phase);
}

void pool_barrier(struct pool *pool)
{
    if (pool->threads == 1)
        return;
    unsigned phase = atomic_load_explicit(&pool->phase, memory_order_relaxed);
    unsigned before = atomic_fetch_add_explicit(&pool->arrived, 1, memory_order_acq_rel);
    if (before + 1 != pool->threads) {
        wait_for_phase(pool, phase);
        return;
    }
    atomic_store_explicit(&pool->arrived, 0, memory_order_relaxed);
    /* Sequentially consistent with the waiters' count: either it is seen here, or the waiter sees
     * the new phase. */
    atomic_store(&pool->phase, phase + 1);
    if (atomic_load(&pool->waiters) != 0)
        syscall(SYS_futex, &pool->phase, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

/* Returns when a run after `seen` is announced. */
static void wait_for_run(struct pool *pool, unsigned seen)
{
    if (changes(pool, &pool->run, seen))
        return;
    pthread_mutex_lock(&pool->mutex);
    atomic_fetch_add(&pool->sleepers, 1);
    while (atomic_load_explicit(&pool->run, memory_order_acquire) == seen)
        pthread_cond_wait(&pool->wake, &pool->mutex);
    atomic_fetch_sub(&pool->sleepers, 1);
    pthread_mutex_unlock(&pool->mutex);
}

/* Under the mutex, so that a worker on its way to sleep either sees the new run or is woken. */
static void announce(struct pool *pool, pool_fn fn, void *context)
{
    pthread_mutex_lock(&pool->mutex);
    pool->fn = fn;
    pool->context = context;
    atomic_fetch_add_explicit(&pool->run, 1, memory_order_release);
    bool asleep = atomic_load(&pool->sleepers) != 0;
    pthread_mutex_unlock(&pool->mutex);
    if (asleep)
        pthread_cond_broadcast(&pool->wake);
}

static void *work(void *argument)
{
    struct worker *worker = argument;
    struct pool *pool = worker->pool;
    for (unsigned seen = 0;; seen++) {
        wait_for_run(pool, seen);
        if (pool->fn == NULL)
            return NULL;
        pool->fn(pool->context, worker->thread);
        pool_barrier(pool);
    }
}

void pool_run(struct pool *pool, pool_fn fn, void *context)
{
    if (pool->threads > 1)
        announce(pool, fn, context);
    fn(context, 0);
    pool_barrier(pool);
}

uint32_t pool_threads(const struct pool *pool)
{
    return pool->threads;
}

uint32_t pool_sleepers(struct pool *pool)
{
    return atomic_load(&pool->sleepers);
}

void pool_close(struct pool *pool)
{
    if (pool == NULL)
        return;
    if (pool->worker_count != 0)
        announce(pool, NULL, NULL);
    for (uint32_t i = 0; i < pool->worker_count; i++)
        pthread_join(pool->workers[i].handle, NULL);
    pthread_cond_destroy(&pool->wake);
    pthread_mutex_destroy(&pool->mutex);
    free(pool->workers);
    free(pool);
}

/* Workers take no signals: a handler runs on a thread of the caller, who may stop generation from
 * it. */
static rlx_status start_workers(struct pool *pool, rlx_error *error)
{
    pthread_attr_t attributes;
    sigset_t all, before;
    int failure = pthread_attr_init(&attributes);
    if (failure != 0)
        return rlx_fail(error, RLX_NO_MEMORY, "no thread can be started: %s", strerror(failure));
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (failure == 0 && pool->worker_count + 1 < pool->threads) {
        struct worker *worker = &pool->workers[pool->worker_count];
        *worker = (struct worker){.pool = pool, .thread = pool->worker_count + 1};
        failure = pthread_create(&worker->handle, &attributes, work, worker);
        if (failure == 0)
            pool->worker_count++;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    if (failure != 0)
        return rlx_fail(error, RLX_NO_MEMORY, "only %u of %u threads could be started: %s",
                        pool->worker_count + 1, pool->threads, strerror(failure));
    return RLX_OK;
}

rlx_status pool_open(uint32_t threads, struct pool **out, rlx_error *error)
{
    *out = NULL;
    if (threads == 0 || threads > POOL_MAX_THREADS)
        return rlx_fail(error, RLX_BAD_ARGUMENT, "expected 1 to %d threads, found %u",
                        POOL_MAX_THREADS, threads);
    struct pool *pool = aligned_alloc(CACHE_LINE, sizeof *pool);
    struct worker *workers = calloc(threads, sizeof *workers);
    if (pool == NULL || workers == NULL) {
        free(pool);
        free(workers);
        return rlx_fail(error, RLX_NO_MEMORY, "no memory for %u threads", threads);
    }
    memset(pool, 0, sizeof *pool);
    bool crowded = threads > pool_processors();
    pool->threads = threads;
    pool->workers = workers;
    pool->spins = crowded ? SPINS_CROWDED : SPINS;
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->wake, NULL);
    rlx_status status = start_workers(pool, error);
    if (status == RLX_OK)
        *out = pool;
    else
        pool_close(pool);
    return status;
}

/* The pool of threads. A run is announced by a counter; workers wait for it to change, first
 * spinning, then asleep on a condition variable. Inside a run, threads meet at a sense-reversing
 * barrier (Mellor-Crummey and Scott, "Algorithms for scalable synchronization on shared-memory
 * multiprocessors", 1991): the last to arrive turns the phase. Waiting spins for a bounded time and
 * then yields the processor, so that more threads than processors go on, slowly, instead of
 * hanging.
 */
#include "runtime/pool.h"

#include "rlx/kernel.h"
#include "runtime/error.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
    CACHE_LINE = 128, /* two lines: processors fetch them in pairs */
    BARRIER_SPINS =
        2000, /* beyond that a yield, which is cheap where nobody else wants the processor */
    IDLE_SPINS = 4000, /* about 50 to 100 microseconds: longer than sampling takes, shorter than a
                          pause of the reader */
    CROWDED_SPINS = 50,
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
    uint32_t barrier_spins, idle_spins;
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

void pool_barrier(struct pool *pool)
{
    if (pool->threads == 1)
        return;
    unsigned phase = atomic_load_explicit(&pool->phase, memory_order_relaxed);
    unsigned before = atomic_fetch_add_explicit(&pool->arrived, 1, memory_order_acq_rel);
    if (before + 1 == pool->threads) {
        atomic_store_explicit(&pool->arrived, 0, memory_order_relaxed);
        atomic_store_explicit(&pool->phase, phase + 1, memory_order_release);
        return;
    }
    uint32_t spins = 0;
    while (atomic_load_explicit(&pool->phase, memory_order_acquire) == phase) {
        if (spins < pool->barrier_spins) {
            spins++;
            spin_pause();
        } else {
            sched_yield();
        }
    }
}

/* Returns when a run after `seen` is announced. */
static void wait_for_run(struct pool *pool, unsigned seen)
{
    for (uint32_t spins = 0; spins < pool->idle_spins; spins++) {
        if (atomic_load_explicit(&pool->run, memory_order_acquire) != seen)
            return;
        spin_pause();
    }
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
    pool->barrier_spins = crowded ? CROWDED_SPINS : BARRIER_SPINS;
    pool->idle_spins = crowded ? CROWDED_SPINS : IDLE_SPINS;
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->wake, NULL);
    rlx_status status = start_workers(pool, error);
    if (status == RLX_OK)
        *out = pool;
    else
        pool_close(pool);
    return status;
}

/* The pool of threads. Each worker has its own counter that announces runs; a worker spins on it
 * for a moment, then sleeps. Inside a run, threads meet at a sense-reversing barrier
 * (Mellor-Crummey and Scott, "Algorithms for scalable synchronization on shared-memory
 * multiprocessors", 1991): the last thread to arrive reverses the phase. A waiting thread spins for
 * a bounded time, then yields for a bounded time, then sleeps. If each thread has a processor, it
 * does not come to that. If other programs use the same processors, the awaited thread runs instead
 * of the waiting one. With more threads than processors, runs continue slowly instead of hanging.
 *
 * If two threads of the pool share a processor while another processor has none, they are separated
 * at the first barrier where one waits for the other. For this, each thread records its processor
 * when it comes to a barrier.
 *
 * In an adaptive pool, threads that lose their processor to other programs stay out of runs for a
 * while (oversubscription.c). A thread loses the time of a run in which it neither computed nor
 * slept. This counts only if the system took the processor away, because a thread that waits for a
 * page of a file gives it up voluntarily.
 */
#include "runtime/core/pool.h"

#include "rlx/kernel.h"
#include "runtime/core/oversubscription.h"
#include "runtime/base/cpu.h"
#include "runtime/base/error.h"
#include "runtime/base/signals.h"

#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* How long to wait awake: first spins with a pause (about 40 ns each), then yields (0.3 us if
 * nobody else wants the processor). There are few spins, because if two threads share a processor,
 * each spin costs the awaited one time. Together they take longer than threads differ between
 * barriers, and longer than sampling. */
enum { SPINS = 100, SPINS_OVERSUBSCRIBED = 20 /* more threads than processors */, YIELDS = 300 };

enum {
    CACHE_LINE = 128, /* two lines: processors fetch them in pairs */
    STACK_BYTES = 1024 * 1024,
};
_Static_assert(STACK_BYTES >= 2 * RLX_KERNEL_STACK_BYTES, "kernels need their stack");

/* Shorter runs are not watched, because reading clocks would cost more than 1 % of them. */
static const double watched_seconds = 0.0003;

/* How soon the same thread may separate threads again. It is not known whether other programs use
 * the other processors, and threads must not chase those programs from one to the next. */
static const double between_partings = 0.001;

/* How a thread spent its time. */
struct watch {
    double lost;     /* to other programs, since the stretch began */
    double slept;    /* at barriers, in this run */
    double began;    /* of this run: by the wall clock, */
    double used;     /* by the clock of the thread, */
    double parted;   /* when it last moved threads */
    long pre_empted; /* how often the system had taken the processor away */
};

struct worker {
    struct pool *pool;
    uint32_t thread;
    pthread_t handle;
    struct watch watch;
    _Alignas(CACHE_LINE) atomic_uint run; /* counts announcements to this worker */
    atomic_uint asleep;                   /* 0 or 1: it sleeps until one comes */
};

struct pool {
    uint32_t threads, active; /* active: those in this run */
    bool is_oversubscribed;   /* more threads than processors */
    pool_fn fn;               /* of the announced run; NULL: workers end */
    void *context;
    struct worker *workers; /* [threads]; 0 is the caller's thread */
    uint32_t worker_count;  /* started ones, including the caller */
    bool is_adaptive, is_watched;
    struct oversubscription oversubscription;
    double last_run, stretch;                 /* seconds */
    atomic_flag is_parting;                   /* a thread is separating threads */
    _Alignas(CACHE_LINE) atomic_uint arrived; /* at the barrier */
    _Alignas(CACHE_LINE) atomic_uint phase;   /* of the barrier */
    atomic_uint waiters;                      /* asleep at the barrier */
    /* Where each thread was when it last came to a barrier or began a run; below 0: unknown.
     * Changes are rare, so the values may share cache lines. */
    _Alignas(CACHE_LINE) atomic_int processor[POOL_MAX_THREADS];
};

static inline void spin_pause(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static double seconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static long times_pre_empted(void)
{
    struct rusage usage;
    return getrusage(RUSAGE_THREAD, &usage) == 0 ? usage.ru_nivcsw : 0;
}

static void begin_watch(struct watch *w)
{
    w->began = seconds(CLOCK_MONOTONIC);
    w->used = seconds(CLOCK_THREAD_CPUTIME_ID);
    w->pre_empted = times_pre_empted();
    w->slept = 0;
}

static void end_watch(struct watch *w)
{
    if (times_pre_empted() == w->pre_empted)
        return;
    w->lost += seconds(CLOCK_MONOTONIC) - w->began - w->slept -
               (seconds(CLOCK_THREAD_CPUTIME_ID) - w->used);
}

/* Sleeps unless the word has changed. The system compares it again, so that no change is missed. */
static void sleep_on(atomic_uint *word, unsigned old)
{
    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, old, NULL, NULL, 0);
}

static void wake(atomic_uint *word, int max)
{
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, max, NULL, NULL, 0);
}

/* Spins until a word changes from `old`; false after too many spins. */
static bool spins(const struct pool *pool, const atomic_uint *word, unsigned old)
{
    for (uint32_t i = pool->is_oversubscribed ? SPINS_OVERSUBSCRIBED : SPINS; i > 0; i--) {
        if (atomic_load_explicit(word, memory_order_acquire) != old)
            return true;
        spin_pause();
    }
    return false;
}

/* The same, but yields to others. */
static bool yields(const atomic_uint *word, unsigned old)
{
    for (uint32_t i = YIELDS; i > 0; i--) {
        if (atomic_load_explicit(word, memory_order_acquire) != old)
            return true;
        sched_yield();
    }
    return false;
}

static void note_processor(struct pool *pool, uint32_t thread)
{
    int processor = sched_getcpu();
    if (processor != atomic_load_explicit(&pool->processor[thread], memory_order_relaxed))
        atomic_store_explicit(&pool->processor[thread], processor, memory_order_relaxed);
}

static int processor_of(const struct pool *pool, uint32_t thread)
{
    return atomic_load_explicit(&pool->processor[thread], memory_order_relaxed);
}

static bool share_processor(const struct pool *pool, uint32_t thread, uint32_t other)
{
    int processor = processor_of(pool, thread);
    return thread != other && processor >= 0 && processor_of(pool, other) == processor;
}

/* Moves a worker to a processor that has none of the first `count` threads, if it may use one.
 * After that, the system may move it again. */
static void send_away(struct pool *pool, uint32_t thread, pthread_t handle, uint32_t count)
{
    cpu_set_t all, rest, one;
    if (pthread_getaffinity_np(handle, sizeof all, &all) != 0)
        return;
    rest = all;
    for (uint32_t i = 0; i < count; i++) {
        int processor = processor_of(pool, i);
        if (processor >= 0 && processor < CPU_SETSIZE)
            CPU_CLR((size_t)processor, &rest);
    }
    size_t processor = 0;
    while (processor < CPU_SETSIZE && !CPU_ISSET(processor, &rest))
        processor++;
    if (processor == CPU_SETSIZE)
        return;
    CPU_ZERO(&one);
    CPU_SET(processor, &one);
    pthread_setaffinity_np(handle, sizeof one, &one);
    pthread_setaffinity_np(handle, sizeof all, &all);
    atomic_store_explicit(&pool->processor[thread], (int)processor, memory_order_relaxed);
}

/* The caller's thread never moves; a worker that shares its processor does. A worker moves
 * itself. */
static void part(struct pool *pool, uint32_t thread, uint32_t count)
{
    struct watch *watch = &pool->workers[thread].watch;
    double now = seconds(CLOCK_MONOTONIC);
    if (now < watch->parted + between_partings ||
        atomic_flag_test_and_set_explicit(&pool->is_parting, memory_order_acquire))
        return;
    watch->parted = now;
    if (thread != 0)
        send_away(pool, thread, pthread_self(), count);
    for (uint32_t i = 1; i < count && thread == 0; i++) {
        if (share_processor(pool, 0, i))
            send_away(pool, i, pool->workers[i].handle, count);
    }
    atomic_flag_clear_explicit(&pool->is_parting, memory_order_release);
}

/* The system needs 3 to 25 ms to notice that two threads of the pool share a processor while
 * another is idle, and until then they take turns. So a thread that has waited in vain, or has just
 * been woken, checks whether it is where another of the first `count` was at its last barrier. */
static void stand_apart(struct pool *pool, uint32_t thread, uint32_t count)
{
    for (uint32_t i = 0; i < count && !pool->is_oversubscribed; i++) {
        if (share_processor(pool, thread, i)) {
            part(pool, thread, count);
            return;
        }
    }
}

static void wait_for_phase(struct pool *pool, unsigned phase, uint32_t thread, uint32_t active)
{
    if (spins(pool, &pool->phase, phase))
        return;
    stand_apart(pool, thread, active);
    if (yields(&pool->phase, phase))
        return;
    double start = seconds(CLOCK_MONOTONIC);
    while (atomic_load_explicit(&pool->phase, memory_order_acquire) == phase) {
        atomic_fetch_add(&pool->waiters, 1);
        sleep_on(&pool->phase, phase);
        atomic_fetch_sub(&pool->waiters, 1);
    }
    pool->workers[thread].watch.slept += seconds(CLOCK_MONOTONIC) - start;
}

void pool_barrier(struct pool *pool, uint32_t thread)
{
    uint32_t active = pool->active; /* after the barrier, another run may change it */
    if (active == 1)
        return;
    unsigned phase = atomic_load_explicit(&pool->phase, memory_order_relaxed);
    note_processor(pool, thread);
    unsigned before = atomic_fetch_add_explicit(&pool->arrived, 1, memory_order_acq_rel);
    if (before + 1 != active) {
        wait_for_phase(pool, phase, thread, active);
        return;
    }
    atomic_store_explicit(&pool->arrived, 0, memory_order_relaxed);
    /* Sequentially consistent with the waiters' count: either this thread sees the count, or the
     * waiter sees the new phase. */
    atomic_store(&pool->phase, phase + 1);
    if (atomic_load(&pool->waiters) != 0)
        wake(&pool->phase, INT_MAX);
}

/* Returns when a run after `seen` is announced; true if it has slept. */
static bool wait_for_run(struct worker *worker, unsigned seen)
{
    if (spins(worker->pool, &worker->run, seen) || yields(&worker->run, seen))
        return false;
    atomic_store(&worker->asleep, 1);
    while (atomic_load(&worker->run) == seen)
        sleep_on(&worker->run, seen);
    atomic_store(&worker->asleep, 0);
    return true;
}

/* Sequentially consistent with `asleep`, as at the barrier. Workers beyond `count` stay asleep. */
static void announce(struct pool *pool, uint32_t count, pool_fn fn, void *context)
{
    pool->fn = fn;
    pool->context = context;
    for (uint32_t i = 1; i < count; i++) {
        struct worker *worker = &pool->workers[i];
        atomic_fetch_add(&worker->run, 1);
        if (atomic_load(&worker->asleep))
            wake(&worker->run, 1);
    }
}

static void take_part(struct pool *pool, struct worker *worker)
{
    if (!pool->is_watched) {
        pool->fn(pool->context, worker->thread);
        return;
    }
    begin_watch(&worker->watch);
    pool->fn(pool->context, worker->thread);
    end_watch(&worker->watch);
}

static void *work(void *argument)
{
    struct worker *worker = argument;
    struct pool *pool = worker->pool;
    for (unsigned seen = 0;; seen++) {
        bool has_slept = wait_for_run(worker, seen);
        if (pool->fn == NULL)
            return NULL;
        note_processor(pool, worker->thread);
        if (has_slept) /* the system may have put it on the caller's processor */
            stand_apart(pool, worker->thread, pool->active);
        take_part(pool, worker);
        pool_barrier(pool, worker->thread);
    }
}

/* Adds a watched run to the stretch. At the end of a stretch, the number of threads may change. */
static void judge(struct pool *pool, double now)
{
    pool->stretch += pool->last_run;
    if (pool->stretch < OVERSUBSCRIPTION_STRETCH_SECONDS)
        return;
    uint32_t late = 0;
    for (uint32_t i = 0; i < pool->threads; i++) {
        late += pool->workers[i].watch.lost > OVERSUBSCRIPTION_LATE_SHARE * pool->stretch;
        pool->workers[i].watch.lost = 0;
    }
    pool->stretch = 0;
    oversubscription_stretch(&pool->oversubscription, now, late);
}

void pool_run(struct pool *pool, pool_fn fn, void *context)
{
    double start = pool->is_adaptive ? seconds(CLOCK_MONOTONIC) : 0;
    pool->active = pool->oversubscription.active;
    pool->is_watched = pool->is_adaptive && pool->last_run > watched_seconds;
    note_processor(pool, 0);
    announce(pool, pool->active, fn, context);
    take_part(pool, &pool->workers[0]);
    pool_barrier(pool, 0);
    if (!pool->is_adaptive)
        return;
    double now = seconds(CLOCK_MONOTONIC);
    pool->last_run = now - start;
    if (pool->is_watched)
        judge(pool, now);
}

void pool_set_adaptive(struct pool *pool)
{
    pool->is_adaptive = pool->threads > 1;
}

uint32_t pool_active(const struct pool *pool)
{
    return pool->active;
}

uint32_t pool_threads(const struct pool *pool)
{
    return pool->threads;
}

uint32_t pool_sleepers(struct pool *pool)
{
    uint32_t count = 0;
    for (uint32_t i = 1; i < pool->worker_count; i++)
        count += atomic_load(&pool->workers[i].asleep);
    return count;
}

void pool_close(struct pool *pool)
{
    if (pool == NULL)
        return;
    announce(pool, pool->worker_count, NULL, NULL);
    for (uint32_t i = 1; i < pool->worker_count; i++)
        pthread_join(pool->workers[i].handle, NULL);
    free(pool->workers);
    free(pool);
}

/* Workers take no signals except for their own faults, so that a handler, which may stop
 * generation, runs on a thread of the caller. */
static rlx_status start_workers(struct pool *pool, rlx_error *error)
{
    pthread_attr_t attributes;
    sigset_t before;
    int failure = pthread_attr_init(&attributes);
    if (failure != 0)
        return rlx_fail(error, RLX_ERROR_NO_MEMORY, "no thread can be started: %s",
                        strerror(failure));
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    signals_block(&before);
    while (failure == 0 && pool->worker_count < pool->threads) {
        struct worker *worker = &pool->workers[pool->worker_count];
        worker->pool = pool;
        worker->thread = pool->worker_count;
        failure = pthread_create(&worker->handle, &attributes, work, worker);
        if (failure == 0)
            pool->worker_count++;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    if (failure != 0)
        return rlx_fail(error, RLX_ERROR_NO_MEMORY, "only %u of %u threads could be started: %s",
                        pool->worker_count, pool->threads, strerror(failure));
    return RLX_OK;
}

rlx_status pool_open(uint32_t threads, struct pool **out, rlx_error *error)
{
    *out = NULL;
    if (threads == 0 || threads > POOL_MAX_THREADS)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT, "expected 1 to %d threads, found %u",
                        POOL_MAX_THREADS, threads);
    struct pool *pool = aligned_alloc(CACHE_LINE, sizeof *pool);
    struct worker *workers = aligned_alloc(CACHE_LINE, threads * sizeof *workers);
    if (pool == NULL || workers == NULL) {
        free(pool);
        free(workers);
        return rlx_fail(error, RLX_ERROR_NO_MEMORY, "no memory for %u threads", threads);
    }
    memset(pool, 0, sizeof *pool);
    memset(workers, 0, threads * sizeof *workers);
    pool->threads = threads;
    pool->active = threads;
    pool->workers = workers;
    pool->worker_count = 1;
    pool->is_oversubscribed = threads > cpu_processors();
    for (uint32_t i = 0; i < threads; i++)
        atomic_init(&pool->processor[i], -1);
    atomic_flag_clear(&pool->is_parting);
    oversubscription_open(&pool->oversubscription, threads);
    rlx_status status = start_workers(pool, error);
    if (status == RLX_OK)
        *out = pool;
    else
        pool_close(pool);
    return status;
}

/* Threads that run one function together and meet at barriers (single program, multiple data).
 * There is no queue, and no lock inside a run. The caller is thread 0; the others spin for a moment
 * between runs and then sleep. */
#ifndef RLX_RUNTIME_POOL_H
#define RLX_RUNTIME_POOL_H

#include "rlx/rlx.h"

struct pool;

typedef void (*pool_fn)(void *context, uint32_t thread);

enum { POOL_MAX_THREADS = 1024 };

rlx_status pool_open(uint32_t threads, struct pool **out, rlx_error *error);
void pool_close(struct pool *pool); /* may be NULL */
uint32_t pool_threads(const struct pool *pool);
/* From now on, threads whose processors other programs use too may stay out of runs. */
void pool_set_adaptive(struct pool *pool);

/* Runs fn(context, t) on every active thread t and returns when all have. One caller at a time. */
void pool_run(struct pool *pool, pool_fn fn, void *context);
/* Inside a run: the number of threads that take part, 0 .. n-1; all of them unless the pool is
 * adaptive. */
uint32_t pool_active(const struct pool *pool);
/* Inside a run: returns when all threads have called it. All writes before it are visible to all
 * threads after it. */
void pool_barrier(struct pool *pool, uint32_t thread);
/* The number of workers that sleep at this moment, for tests. */
uint32_t pool_sleepers(struct pool *pool);

#endif

/* Threads that share work. In: a function and its context; out: all have returned from it. */
#include "compiler/base/threads.h"

#include <pthread.h>

struct work {
    void (*run)(void *context);
    void *context;
};

static void *begin(void *argument)
{
    const struct work *w = argument;

    w->run(w->context);
    return NULL;
}

void threads_run(void (*work)(void *context), void *context, uint64_t threads)
{
    struct work w = {work, context};
    pthread_t others[THREADS_MAX - 1];
    uint32_t started = 0;

    while (started + 1 < threads && started + 1 < THREADS_MAX &&
           pthread_create(&others[started], NULL, begin, &w) == 0)
        started++;
    work(context);
    for (uint32_t i = 0; i < started; i++)
        pthread_join(others[i], NULL);
}

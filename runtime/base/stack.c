/* Runs a program with a stack of its own choice. The system grows the stack of the first thread up
 * to a limit that the caller of the program sets; the program itself sets the stack size of other
 * threads. Contract: stack.h. */
#include "runtime/base/stack.h"

#include "runtime/base/signals.h"

#include <pthread.h>
#include <sys/resource.h>

struct program {
    int (*body)(int argc, char **argv);
    int argc;
    char **argv;
    sigset_t signals; /* blocked when the program began */
    int status;
};

static void *run_program(void *argument)
{
    struct program *p = argument;

    pthread_sigmask(SIG_SETMASK, &p->signals, NULL);
    p->status = p->body(p->argc, p->argv);
    return NULL;
}

/* The first thread takes no signals; they interrupt the working thread. */
static int run_on_thread(struct program *p, size_t bytes)
{
    pthread_attr_t attributes;
    pthread_t thread;

    if (pthread_attr_init(&attributes) != 0 || pthread_attr_setstacksize(&attributes, bytes) != 0 ||
        pthread_setattr_default_np(&attributes) != 0)
        return -1;
    signals_block(&p->signals);
    int failure = pthread_create(&thread, &attributes, run_program, p);
    if (failure == 0)
        failure = pthread_join(thread, NULL);
    pthread_sigmask(SIG_SETMASK, &p->signals, NULL);
    pthread_attr_destroy(&attributes);
    return failure == 0 ? p->status : -1;
}

int stack_run(int (*body)(int argc, char **argv), int argc, char **argv, size_t bytes)
{
    struct program p = {.body = body, .argc = argc, .argv = argv};
    struct rlimit limit;

    if (getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur >= bytes)
        return body(argc, argv);
    return run_on_thread(&p, bytes);
}

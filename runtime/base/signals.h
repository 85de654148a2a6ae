/* Controls which threads take signals. In: the calling thread; out: its signal mask. */
#ifndef RLX_SIGNALS_H
#define RLX_SIGNALS_H

#include <signal.h>

/* Blocks all signals in this thread, and in threads that it starts from now on, except those that a
 * thread's own fault raises: if they were blocked, they would end the program without calling a
 * handler. `before`: the mask to restore with pthread_sigmask. */
void signals_block(sigset_t *before);

#endif

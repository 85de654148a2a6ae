/* Which thread takes a signal. */
#ifndef RLX_SIGNALS_H
#define RLX_SIGNALS_H

#include <signal.h>

/* Blocks all signals in this thread, and in threads that it starts from now on, but those that a
 * thread raises by a fault of its own: blocked, they would end the program and ask no handler.
 * `before`: what pthread_sigmask restores. */
void signals_block(sigset_t *before);

#endif

/* Gives a program enough stack if the system grants its first thread little (ulimit -s). */
#ifndef RLX_STACK_H
#define RLX_STACK_H

#include <stddef.h>

/* Runs the whole program, `body`, with `bytes` of stack, on this thread or on another one, and
 * returns its result. Threads that `body` starts have that much by default. -1: the system could
 * not start such a thread, and nothing ran. */
int stack_run(int (*body)(int argc, char **argv), int argc, char **argv, size_t bytes);

#endif

/* Engines are child processes that live as long as the measurement, so that loading a model is
 * outside of every slice. One line in, one line out:
 *
 *     child                    harness
 *     ready                                      after loading
 *                              decode 2 16 0     work, threads, two sizes; works.def lists them
 *     seconds 0.2034                             what the work alone took
 *     cannot REASON                              instead: this engine has no such work
 *
 * A child stands still (SIGSTOP) whenever it is not asked, because idle threads of some engines
 * spin.
 */
#ifndef RLX_PERF_CHILD_H
#define RLX_PERF_CHILD_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

enum { CHILD_LINE = 256, CHILD_ARGUMENTS = 16 };

struct child {
    const char *name;
    pid_t pid;
    FILE *in, *out;          /* its standard input and output */
    char reason[CHILD_LINE]; /* of the last refusal or failure */
};

/* Splits `command` at spaces and starts it; waits for nothing. */
bool child_start(struct child *child, const char *name, const char *command);
/* Waits until it has loaded, then stops it. False: it ended, or said something else. */
bool child_ready(struct child *child);
/* Seconds that one request took; 0 when it was refused. The child ending is a failure too. */
double child_ask(struct child *child, const char *request);
void child_end(struct child *child);

/* A whole process: the time from exec to its first byte of output and to its end, and its peak
 * memory. False when it failed. */
struct whole {
    double first_byte, seconds, peak_bytes;
};
bool child_whole(const char *command, struct whole *whole);

#endif

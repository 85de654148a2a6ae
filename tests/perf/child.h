/* Engines are child processes that live as long as the measurement, so that loading a model is
 * outside of every slice. One line in, one line out:
 *
 *     child                    harness
 *     ready                                      after loading
 *                              decode 2 16 0     work, threads, two sizes; works.def lists them
 *     seconds 0.2034                             what the work alone took
 *     cannot REASON                              instead: this engine has no such work
 *
 * A child is stopped (SIGSTOP) between requests, because idle threads of some engines spin. The
 * harness kills one that does not answer in time, and `reason` says so from then on.
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
    int in, out;             /* its standard input and output */
    char reason[CHILD_LINE]; /* of the last refusal or failure */
    char text[CHILD_LINE];   /* that came and was not taken yet */
    size_t text_bytes;
};

/* Splits `command` at spaces and starts it; waits for nothing. */
bool child_start(struct child *child, const char *name, const char *command);
/* Waits until it has loaded, then stops it. False: it ended, or said something else, or took more
 * than `limit` seconds. */
bool child_ready(struct child *child, double limit);
/* Seconds that one request took; 0 when it was refused. Ending and taking too long are failures
 * too. */
double child_ask(struct child *child, const char *request, double limit);
bool child_alive(const struct child *child);
void child_end(struct child *child);

/* A whole process: the time from exec to its first byte of output and to its end, and its peak
 * memory. False when it failed, or was killed after `limit` seconds. */
struct whole {
    double first_byte, seconds, peak_bytes;
};
bool child_whole(const char *command, double limit, struct whole *whole);

#endif

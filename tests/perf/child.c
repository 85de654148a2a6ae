/* Engines as child processes; see child.h. */
#include "tests/perf/child.h"
#include "compiler/machine/limits.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* Fills `arguments` with the words of `text`, which is cut up. */
static void split(char *text, char **arguments)
{
    int count = 0;

    for (char *word = strtok(text, " "); word != NULL && count < CHILD_ARGUMENTS;
         word = strtok(NULL, " "))
        arguments[count++] = word;
    arguments[count] = NULL;
}

/* Starts `command` with these descriptors as its standard input and output. */
static pid_t start(const char *command, int in, int out)
{
    char *text = strdup(command), *arguments[CHILD_ARGUMENTS + 1];
    pid_t pid;

    if (text == NULL)
        abort();
    split(text, arguments);
    pid = arguments[0] != NULL ? fork() : -1;
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* a stopped child would outlive the harness */
        dup2(in, STDIN_FILENO);
        dup2(out, STDOUT_FILENO);
        execvp(arguments[0], arguments);
        perror(arguments[0]);
        _exit(127);
    }
    free(text);
    return pid;
}

bool child_start(struct child *child, const char *name, const char *command)
{
    int request[2], answer[2];

    *child = (struct child){.name = name};
    if (pipe2(request, O_CLOEXEC) != 0 || pipe2(answer, O_CLOEXEC) != 0)
        abort();
    child->pid = start(command, request[0], answer[1]);
    close(request[0]);
    close(answer[1]);
    child->in = request[1];
    child->out = answer[0];
    return child->pid > 0;
}

bool child_alive(const struct child *child)
{
    return child->pid > 0;
}

void child_end(struct child *child)
{
    if (child->pid <= 0)
        return;
    kill(child->pid, SIGKILL);
    waitpid(child->pid, NULL, 0);
    close(child->in);
    close(child->out);
    child->pid = 0;
}

/* Ends it for a reason. */
__attribute__((format(printf, 2, 3))) static bool fail(struct child *child, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    vsnprintf(child->reason, sizeof child->reason, format, list);
    va_end(list);
    child_end(child);
    return false;
}

/* True when something can be read, or the other end is closed. */
static bool wait_for(int out, double until)
{
    double left = until - limits_seconds();
    struct pollfd one = {.fd = out, .events = POLLIN};

    return left > 0 && poll(&one, 1, (int)(left * 1e3) + 1) > 0;
}

/* The next line, whatever it says; a line that is too long comes in pieces. */
static bool next_line(struct child *child, char *line, double limit)
{
    double until = limits_seconds() + limit;

    for (;;) {
        char *end = memchr(child->text, '\n', child->text_bytes);
        bool full = child->text_bytes == sizeof child->text;
        if (end != NULL || full) {
            size_t length = end != NULL ? (size_t)(end - child->text) : child->text_bytes - 1;
            memcpy(line, child->text, length);
            line[length] = '\0';
            child->text_bytes -= length + 1;
            memmove(child->text, child->text + length + 1, child->text_bytes);
            return true;
        }
        if (!wait_for(child->out, until))
            return fail(child, "took more than %.0f s", limit);
        ssize_t got = read(child->out, child->text + child->text_bytes,
                           sizeof child->text - child->text_bytes);
        if (got <= 0)
            return fail(child, "ended");
        child->text_bytes += (size_t)got;
    }
}

/* The next line that belongs to the protocol: libraries print things of their own. */
static bool answer(struct child *child, char *line, double limit)
{
    static const char *const words[] = {"ready", "seconds ", "cannot "};

    while (next_line(child, line, limit))
        for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
            if (strncmp(line, words[i], strlen(words[i])) == 0)
                return true;
    return false;
}

bool child_ready(struct child *child, double limit)
{
    char line[CHILD_LINE];

    if (!answer(child, line, limit))
        return false;
    if (strcmp(line, "ready") != 0)
        return fail(child, "%s", line);
    kill(child->pid, SIGSTOP);
    return true;
}

double child_ask(struct child *child, const char *request, double limit)
{
    char line[CHILD_LINE];
    double seconds = 0;

    if (!child_alive(child))
        return 0;
    kill(child->pid, SIGCONT);
    if (dprintf(child->in, "%s\n", request) < 0) {
        fail(child, "ended");
        return 0;
    }
    if (!answer(child, line, limit))
        return 0;
    kill(child->pid, SIGSTOP);
    if (strncmp(line, "seconds ", 8) == 0)
        seconds = strtod(line + 8, NULL);
    else
        snprintf(child->reason, sizeof child->reason, "%.*s", CHILD_LINE - 1, line);
    return seconds > 0 ? seconds : 0;
}

/* Reads until the other end is closed; 0, or the time of the first byte. False: it took too long.
 */
static bool read_all(int out, double until, double *first)
{
    char bytes[4096];

    for (;;) {
        if (!wait_for(out, until))
            return false;
        if (read(out, bytes, sizeof bytes) <= 0)
            return true;
        if (*first <= 0)
            *first = limits_seconds();
    }
}

bool child_whole(const char *command, double limit, struct whole *whole)
{
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC), output[2], status;
    struct rusage usage;
    double from = limits_seconds(), first = 0;

    if (nothing < 0 || pipe2(output, O_CLOEXEC) != 0)
        abort();
    *whole = (struct whole){0};
    pid_t pid = start(command, nothing, output[1]);
    close(output[1]);
    close(nothing);
    if (pid > 0 && !read_all(output[0], from + limit, &first))
        kill(pid, SIGKILL);
    close(output[0]);
    if (pid <= 0 || wait4(pid, &status, 0, &usage) != pid)
        return false;
    whole->seconds = limits_seconds() - from;
    whole->first_byte = first > 0 ? first - from : 0;
    whole->peak_bytes = 1024.0 * (double)usage.ru_maxrss;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

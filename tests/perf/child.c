/* Engines as child processes; see child.h. */
#include "tests/perf/child.h"
#include "compiler/machine/limits.h"

#include <fcntl.h>
#include <signal.h>
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
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* a child that stands still would outlive us */
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
    child->in = fdopen(request[1], "w");
    child->out = fdopen(answer[0], "r");
    if (child->in == NULL || child->out == NULL)
        abort();
    return child->pid > 0;
}

/* The next line that belongs to the protocol: libraries print things of their own. */
static bool answer(struct child *child, char *line)
{
    static const char *const words[] = {"ready", "seconds ", "cannot "};

    while (fgets(line, CHILD_LINE, child->out) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
            if (strncmp(line, words[i], strlen(words[i])) == 0)
                return true;
    }
    snprintf(child->reason, sizeof child->reason, "ended");
    return false;
}

bool child_ready(struct child *child)
{
    char line[CHILD_LINE];
    bool ready = answer(child, line) && strcmp(line, "ready") == 0;

    kill(child->pid, SIGSTOP);
    return ready;
}

double child_ask(struct child *child, const char *request)
{
    char line[CHILD_LINE];
    double seconds = 0;

    kill(child->pid, SIGCONT);
    if (fprintf(child->in, "%s\n", request) < 0 || fflush(child->in) != 0 || !answer(child, line)) {
        snprintf(child->reason, sizeof child->reason, "ended");
        return 0;
    }
    kill(child->pid, SIGSTOP);
    if (strncmp(line, "seconds ", 8) == 0)
        seconds = strtod(line + 8, NULL);
    else
        snprintf(child->reason, sizeof child->reason, "%.*s", CHILD_LINE - 1,
                 line + strcspn(line, " ") + (strchr(line, ' ') != NULL));
    return seconds > 0 ? seconds : 0;
}

void child_end(struct child *child)
{
    if (child->pid <= 0)
        return;
    kill(child->pid, SIGKILL);
    waitpid(child->pid, NULL, 0);
    fclose(child->in);
    fclose(child->out);
    child->pid = 0;
}

bool child_whole(const char *command, struct whole *whole)
{
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC), output[2], status;
    char bytes[4096];
    struct rusage usage;
    double from = limits_seconds();

    if (nothing < 0 || pipe2(output, O_CLOEXEC) != 0)
        abort();
    *whole = (struct whole){0};
    pid_t pid = start(command, nothing, output[1]);
    close(output[1]);
    close(nothing);
    for (ssize_t got; pid > 0 && (got = read(output[0], bytes, sizeof bytes)) > 0;)
        if (whole->first_byte <= 0)
            whole->first_byte = limits_seconds() - from;
    close(output[0]);
    if (pid <= 0 || wait4(pid, &status, 0, &usage) != pid)
        return false;
    whole->seconds = limits_seconds() - from;
    whole->peak_bytes = 1024.0 * (double)usage.ru_maxrss;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Runs other programs for tests. In: a command, and more arguments after it. Out: what it printed on
 * standard output; its standard error is the test's own. */
#ifndef TESTS_SOURCE_COMMAND_H
#define TESTS_SOURCE_COMMAND_H

#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { COMMAND_MAX_ARGUMENTS = 32 };
extern char **environ;

/* "--tokens=5,17,3", malloc'd. */
static inline char *command_ids(const char *option, const int32_t *ids, size_t count)
{
    size_t room = strlen(option) + 12 * count + 1, used;
    char *text = malloc(room);

    if (text == NULL)
        abort();
    used = (size_t)snprintf(text, room, "%s", option);
    for (size_t i = 0; i < count; i++)
        used += (size_t)snprintf(text + used, room - used, i == 0 ? "%d" : ",%d", ids[i]);
    return text;
}

/* Everything that comes out of a pipe, NUL-terminated, malloc'd. */
static inline char *command_read(int pipe_end)
{
    size_t room = 4096, used = 0;
    char *text = malloc(room);
    ssize_t got;

    while (text != NULL && (got = read(pipe_end, text + used, room - used - 1)) > 0) {
        used += (size_t)got;
        if (room - used < 2048)
            text = realloc(text, room *= 2);
    }
    if (text == NULL)
        abort();
    text[used] = 0;
    return text;
}

/* What it printed, malloc'd; NULL, after a line on standard error, if it could not be started or
 * did not end with status 0. Both lists end with NULL. */
static inline char *command_output(char *const *command, char *const *arguments)
{
    char *argv[COMMAND_MAX_ARGUMENTS + 1];
    int count = 0, ends[2], status = -1;
    posix_spawn_file_actions_t actions;
    pid_t child;

    for (int part = 0; part < 2; part++)
        for (char *const *word = part == 0 ? command : arguments; *word != NULL; word++) {
            if (count == COMMAND_MAX_ARGUMENTS)
                abort();
            argv[count++] = *word;
        }
    argv[count] = NULL;
    if (pipe(ends) != 0 || posix_spawn_file_actions_init(&actions) != 0)
        abort();
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    posix_spawn_file_actions_addclose(&actions, ends[1]);
    int failed = posix_spawnp(&child, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    char *text = command_read(ends[0]);
    close(ends[0]);
    if (failed == 0)
        waitpid(child, &status, 0);
    if (failed == 0 && status == 0)
        return text;
    fprintf(stderr, "%s: %s\n", argv[0],
            failed != 0           ? strerror(failed)
            : WIFSIGNALED(status) ? strsignal(WTERMSIG(status))
                                  : "ended with another status than 0");
    free(text);
    return NULL;
}

#endif

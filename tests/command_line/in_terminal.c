/* Runs a program in a new terminal, types, and checks the screen.
 *
 * in_terminal COLUMNSxROWS PROGRAM ARGUMENT... < SCRIPT. A line of the script is a word and its
 * text, in which \r, \n, \t, \e, \\ and \xNN stand for bytes:
 *
 *   type TEXT      types it
 *   prompt         waits for an empty prompt at the cursor
 *   output         waits until the program has written something
 *   see TEXT       waits until a row of the screen has the text
 *   row N TEXT     waits until row N of the screen is just that
 *   cursor ROW COLUMN  waits until the cursor is there
 *   never TEXT     no row has it now
 *   size COLUMNSxROWS
 *   signal NUMBER  sends it to the program
 *   stopped        waits until the program has stopped
 *   cooked         the terminal is as it was before the program, pastes included
 *   plain          no escape sequence was written so far
 *   log FILE       appends what the program writes, as it is, from here on
 *   status N       waits for its end, and for the status (128 + signal)
 *
 * If something does not happen within 20 seconds, the program ends with 1, a line on standard
 * error, and the screen.
 */
#include "tests/support/terminal_screen.h"

#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { SECONDS = 20 };

static struct {
    int terminal;
    pid_t leader, program; /* the leader of the session does what a shell does */
    struct termios before;
    struct terminal_screen screen;
    FILE *log;
    bool wrote, escaped, ended;
    int status;
} it;

static void fail(const char *line, const char *why)
{
    fprintf(stderr, "in_terminal: %s: %s\n", line, why);
    for (size_t i = 0; i < it.screen.rows; i++)
        fprintf(stderr, "    |%s\n", screen_row(&it.screen, i));
    fprintf(stderr, "    cursor %zu %zu %s\n", it.screen.row, it.screen.column, it.screen.unknown);
    if (!it.ended)
        kill(it.program, SIGKILL);
    exit(1);
}

/* Takes what the program writes within some milliseconds; false: nothing came. */
static bool take_output(int milliseconds)
{
    struct pollfd out = {.fd = it.terminal, .events = POLLIN};
    char bytes[4096];

    if (poll(&out, 1, milliseconds) <= 0)
        return false;
    ssize_t got = read(it.terminal, bytes, sizeof bytes);
    if (got <= 0) {
        usleep(1000); /* the program has closed it */
        return false;
    }
    it.wrote = true;
    screen_feed(&it.screen, bytes, (size_t)got);
    if (it.log != NULL)
        fwrite(bytes, 1, (size_t)got, it.log);
    it.escaped = it.escaped || memchr(bytes, 0x1b, (size_t)got) != NULL;
    return true;
}

static bool any_row(const char *text)
{
    for (size_t i = 0; i < it.screen.rows; i++)
        if (strstr(screen_row(&it.screen, i), text) != NULL)
            return true;
    return false;
}

static bool cooked(void)
{
    struct termios now;

    return tcgetattr(it.terminal, &now) == 0 && now.c_lflag == it.before.c_lflag &&
           now.c_iflag == it.before.c_iflag && !it.screen.pastes;
}

static bool has_ended(void)
{
    int status;

    if (!it.ended && waitpid(it.leader, &status, WNOHANG) == it.leader) {
        it.ended = true;
        it.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    return it.ended;
}

static bool has_stopped(void)
{
    char path[64], state = 0;

    snprintf(path, sizeof path, "/proc/%d/stat", (int)it.program);
    FILE *file = fopen(path, "r");
    bool found = file != NULL && fscanf(file, "%*d %*s %c", &state) == 1;
    if (file != NULL)
        fclose(file);
    return found && state == 'T';
}

static bool holds(const char *word, const char *text)
{
    char *rest;

    if (strcmp(word, "prompt") == 0)
        return strcmp(screen_row(&it.screen, it.screen.row), ">") == 0 && it.screen.column == 2;
    if (strcmp(word, "output") == 0)
        return it.wrote;
    if (strcmp(word, "see") == 0)
        return any_row(text);
    if (strcmp(word, "row") == 0) {
        size_t row = strtoul(text, &rest, 10);
        return row < it.screen.rows &&
               strcmp(screen_row(&it.screen, row), rest + (*rest == ' ')) == 0;
    }
    if (strcmp(word, "cursor") == 0) {
        size_t row = strtoul(text, &rest, 10), column = strtoul(rest, NULL, 10);
        return it.screen.row == row && it.screen.column == column;
    }
    if (strcmp(word, "cooked") == 0)
        return cooked();
    if (strcmp(word, "stopped") == 0)
        return has_stopped();
    return strcmp(word, "status") == 0 && has_ended() && it.status == atoi(text);
}

/* In place; how many bytes. */
static size_t take_escapes(char *text)
{
    static const char letters[] = "rnte\\", bytes[] = "\r\n\t\x1b\\";
    size_t count = 0;

    for (char *c = text; *c != 0; c++) {
        const char *letter = *c == '\\' && c[1] != 0 ? strchr(letters, c[1]) : NULL;
        if (letter != NULL) {
            text[count++] = bytes[letter - letters];
            c++;
        } else if (*c == '\\' && c[1] == 'x' && c[2] != 0 && c[3] != 0) {
            text[count++] = (char)strtol((char[]){c[2], c[3], 0}, NULL, 16);
            c += 3;
        } else {
            text[count++] = *c;
        }
    }
    text[count] = 0;
    return count;
}

static void set_size(const char *text)
{
    struct winsize size = {0};
    char *rest;

    size.ws_col = (unsigned short)strtoul(text, &rest, 10);
    size.ws_row = (unsigned short)strtoul(rest + 1, NULL, 10);
    it.screen.columns = size.ws_col;
    it.screen.rows = size.ws_row;
    ioctl(it.terminal, TIOCSWINSZ, &size);
}

static void obey(const char *line, const char *word, char *text, size_t count)
{
    if (strcmp(word, "type") == 0) {
        if (write(it.terminal, text, count) != (ssize_t)count)
            fail(line, strerror(errno));
    } else if (strcmp(word, "size") == 0) {
        set_size(text);
    } else if (strcmp(word, "signal") == 0) {
        kill(it.program, atoi(text));
    } else if (strcmp(word, "log") == 0) {
        it.log = fopen(text, "ab");
        if (it.log == NULL)
            fail(line, strerror(errno));
    } else if (strcmp(word, "never") == 0) {
        while (take_output(50))
            ;
        if (any_row(text))
            fail(line, "it is there");
    } else if (strcmp(word, "plain") == 0) {
        if (it.escaped)
            fail(line, "there were escape sequences");
    } else {
        time_t end = time(NULL) + SECONDS;
        while (!holds(word, text))
            if (!take_output(20) && time(NULL) > end)
                fail(line, "does not come");
    }
}

static void run_script(void)
{
    char line[8192], copy[8192];

    while (fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = 0;
        if (line[0] == 0 || line[0] == '#')
            continue;
        strcpy(copy, line);
        char *text = copy + strcspn(copy, " ");
        if (*text != 0)
            *text++ = 0;
        obey(line, copy, text, take_escapes(text));
    }
}

/* Runs the program in the foreground, in a process group of its own, so that it can be stopped;
 * ends as it does. */
static void lead(char **argv, int told)
{
    int status;
    pid_t program = fork();

    if (program == 0) {
        setpgid(0, 0);
        signal(SIGTTOU, SIG_IGN);
        tcsetpgrp(STDIN_FILENO, getpid());
        signal(SIGTTOU, SIG_DFL);
        usleep(20000);           /* until the terminal has its size */
        signal(SIGINT, SIG_DFL); /* which scripts ignore for what they start in the background */
        execvp(argv[0], argv);
        _exit(127);
    }
    if (write(told, &program, sizeof program) != sizeof program)
        _exit(127);
    while (waitpid(program, &status, 0) != program)
        ;
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

int main(int argc, char **argv)
{
    int told[2];

    if (argc < 3 || pipe(told) != 0)
        return 2;
    screen_open(&it.screen, 1, 1);
    it.leader = forkpty(&it.terminal, NULL, NULL, NULL);
    if (it.leader < 0)
        return 2;
    if (it.leader == 0)
        lead(argv + 2, told[1]);
    set_size(argv[1]);
    tcgetattr(it.terminal, &it.before);
    if (read(told[0], &it.program, sizeof it.program) != sizeof it.program)
        return 2;
    run_script();
    if (it.ended) {
        while (take_output(0)) /* what it wrote last */
            ;
        return it.log != NULL && fclose(it.log) != 0;
    }
    kill(it.program, SIGKILL);
    fprintf(stderr, "in_terminal: the script ended before the program\n");
    return 1;
}

/* The terminal on Linux: termios, signals, poll. Contract: line_terminal.h.
 *
 * While keys are read, signals are blocked and only ppoll lets them through, so that none comes
 * between the check of its flag and the wait. Whatever ends the program in between first restores
 * the terminal; handlers may call tcsetattr and write.
 */
#include "runtime/tool/line_terminal.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

enum { REST_MILLISECONDS = 500 };

/* Signals that the editor handles while it reads. */
static const int watched[] = {SIGWINCH, SIGCONT, SIGTSTP};
/* Signals that end the program unless it catches them. */
static const int endings[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
enum { WATCHED = sizeof watched / sizeof watched[0], ENDINGS = sizeof endings / sizeof endings[0] };

static struct termios before; /* the settings to restore */
static struct sigaction actions_before[WATCHED], endings_before[ENDINGS];
static sigset_t mask_before;
static volatile sig_atomic_t inside, resized, resumed, stopped;

static const char paste_on[] = "\x1b[?2004h", paste_off[] = "\x1b[?2004l";

bool line_terminal_obeys(int descriptor)
{
    const char *term = getenv("TERM");

    return term != NULL && term[0] != 0 && strcmp(term, "dumb") != 0 && isatty(descriptor);
}

bool line_terminal_has_colour(int descriptor)
{
    const char *no_colour = getenv("NO_COLOR");

    return (no_colour == NULL || no_colour[0] == 0) && line_terminal_obeys(descriptor);
}

bool line_terminal_serves(void)
{
    return line_terminal_obeys(STDIN_FILENO) && line_terminal_obeys(STDOUT_FILENO);
}

void line_terminal_write(const char *bytes, size_t count)
{
    while (count > 0) {
        ssize_t wrote = write(STDOUT_FILENO, bytes, count);
        if (wrote < 0 && errno == EAGAIN) {
            struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
            poll(&out, 1, -1);
        } else if (wrote < 0 && errno != EINTR) {
            return;
        } else if (wrote > 0) {
            bytes += wrote;
            count -= (size_t)wrote;
        }
    }
}

static int set_modes(const struct termios *modes)
{
    int result;

    do
        result = tcsetattr(STDIN_FILENO, TCSADRAIN, modes);
    while (result != 0 && errno == EINTR);
    return result;
}

static bool set_raw(void)
{
    struct termios raw = before;

    raw.c_iflag &= ~(tcflag_t)(BRKINT | ICRNL | INLCR | IGNCR | INPCK | ISTRIP | IXON);
    raw.c_lflag &= ~(tcflag_t)(ECHO | ICANON | IEXTEN | ISIG);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    if (set_modes(&raw) != 0)
        return false;
    line_terminal_write(paste_on, sizeof paste_on - 1);
    return true;
}

static void set_back(void)
{
    set_modes(&before);
    line_terminal_write(paste_off, sizeof paste_off - 1);
}

/* ---- signals ---- */

static void on_watched(int number)
{
    if (number == SIGWINCH)
        resized = 1;
    else if (number == SIGCONT)
        resumed = 1;
    else
        stopped = 1;
}

/* A signal that nobody catches: restores the terminal, then lets the signal have its default
 * effect. */
static void on_ending(int number)
{
    sigset_t now;

    if (inside)
        set_back();
    inside = 0;
    sigemptyset(&now);
    sigaddset(&now, number);
    signal(number, SIG_DFL);
    sigprocmask(SIG_UNBLOCK, &now, NULL);
    raise(number);
}

static void put_back_at_exit(void)
{
    if (inside)
        set_back();
}

static void catch_signals(void)
{
    struct sigaction watch = {.sa_handler = on_watched}, end = {.sa_handler = on_ending};
    sigset_t wait;

    sigemptyset(&watch.sa_mask);
    sigemptyset(&end.sa_mask);
    sigemptyset(&wait);
    for (size_t i = 0; i < ENDINGS; i++)
        sigaddset(&wait, endings[i]);
    for (size_t i = 0; i < WATCHED; i++)
        sigaddset(&wait, watched[i]);
    sigprocmask(SIG_BLOCK, &wait, &mask_before);
    for (size_t i = 0; i < WATCHED; i++)
        sigaction(watched[i], &watch, &actions_before[i]);
    for (size_t i = 0; i < ENDINGS; i++) {
        sigaction(endings[i], NULL, &endings_before[i]);
        if (endings_before[i].sa_handler == SIG_DFL)
            sigaction(endings[i], &end, NULL);
    }
}

static void release_signals(void)
{
    for (size_t i = 0; i < WATCHED; i++)
        sigaction(watched[i], &actions_before[i], NULL);
    for (size_t i = 0; i < ENDINGS; i++)
        sigaction(endings[i], &endings_before[i], NULL);
    sigprocmask(SIG_SETMASK, &mask_before, NULL);
}

/* ---- input and output ---- */

bool line_terminal_enter(void)
{
    static bool registered;

    if (tcgetattr(STDIN_FILENO, &before) != 0)
        return false;
    if (!registered)
        registered = atexit(put_back_at_exit) == 0;
    catch_signals();
    resized = resumed = stopped = 0;
    inside = 1;
    if (set_raw())
        return true;
    inside = 0;
    release_signals();
    return false;
}

void line_terminal_leave(void)
{
    set_back();
    inside = 0;
    release_signals();
}

void line_terminal_suspend(void)
{
    line_terminal_leave();
    kill(0, SIGTSTP);
    line_terminal_enter();
}

void line_terminal_size(size_t *columns, size_t *rows)
{
    struct winsize size = {0};

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0)
        size = (struct winsize){0};
    *columns = size.ws_col;
    *rows = size.ws_row;
}

bool line_terminal_pending(void)
{
    struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};

    return poll(&in, 1, 0) > 0 && (in.revents & POLLIN) != 0;
}

static enum line_input after_stop(void)
{
    stopped = resumed = 0;
    line_terminal_suspend();
    return LINE_RESUMED;
}

enum line_input line_terminal_read(char *bytes, size_t capacity, size_t *count, bool waits,
                                   bool (*ended)(void))
{
    const struct timespec rest = {.tv_nsec = REST_MILLISECONDS * 1000000L};
    struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};

    *count = 0;
    for (;;) {
        if (ended())
            return LINE_NO_MORE;
        if (stopped)
            return after_stop();
        if (resumed) {
            resumed = 0;
            set_raw();
            return LINE_RESUMED;
        }
        if (resized) {
            resized = 0;
            return LINE_RESIZED;
        }
        int ready = ppoll(&in, 1, waits ? NULL : &rest, &mask_before);
        if (ready == 0)
            return LINE_RESTED;
        if (ready < 0 && errno != EINTR)
            return LINE_NO_MORE;
        if (ready < 0)
            continue;
        ssize_t got = read(STDIN_FILENO, bytes, capacity);
        if (got < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        *count = got > 0 ? (size_t)got : 0;
        return got > 0 ? LINE_BYTES : LINE_NO_MORE;
    }
}

/* Runs a command under a terminal of its own. In: COLUMNS[,LATER] COMMAND...; what comes on
 * standard input is typed there. Out: what the command prints; its exit status, 128 + n where
 * signal n ended it. LATER: the window is that wide once the command has printed something. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void resize(int terminal, long columns)
{
    struct winsize size = {.ws_row = 24, .ws_col = (unsigned short)columns};

    ioctl(terminal, TIOCSWINSZ, &size);
}

static int begin(int master, char **command)
{
    int child = fork();

    if (child != 0)
        return child;
    setsid();
    int terminal = open(ptsname(master), O_RDWR); /* becomes the session's */
    for (int i = 0; i < 3; i++)
        dup2(terminal, i);
    if (terminal > 2)
        close(terminal);
    close(master);
    signal(SIGINT, SIG_DFL); /* which scripts ignore for what they start in the background */
    execvp(command[0], command);
    perror(command[0]);
    _exit(127);
}

/* Copies up to a block; how many bytes came. */
static ssize_t copy(int from, int to)
{
    char block[4096];
    ssize_t bytes = read(from, block, sizeof block);

    for (ssize_t done = 0; done < bytes;) {
        ssize_t written = write(to, block + done, (size_t)(bytes - done));
        if (written < 0 && errno != EINTR)
            return -1;
        done += written < 0 ? 0 : written;
    }
    return bytes;
}

int main(int argc, char **argv)
{
    char *later;
    int master = posix_openpt(O_RDWR | O_NOCTTY), status;

    if (argc < 3 || master < 0 || grantpt(master) != 0 || unlockpt(master) != 0)
        return 126;
    long columns = strtol(argv[1], &later, 10);
    resize(master, columns);
    int child = begin(master, argv + 2);
    struct pollfd sides[2] = {{.fd = master, .events = POLLIN},
                              {.fd = STDIN_FILENO, .events = POLLIN}};
    while (poll(sides, 2, -1) >= 0) {
        if (sides[1].revents != 0 && copy(STDIN_FILENO, master) <= 0)
            sides[1].fd = -1;
        if (sides[0].revents == 0)
            continue;
        if (copy(master, STDOUT_FILENO) <= 0)
            break; /* nobody has the terminal open any more */
        if (*later == ',')
            resize(master, strtol(later + 1, &later, 10));
    }
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* Sets up the descriptors and signals of a program. Contract: program.h. */
#include "runtime/base/program.h"

#include "runtime/base/atomic_file.h"
#include "runtime/base/used_files.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const *program;
static struct sigaction fault_before;

/* ---- a mapped file fails ---- */

static void say(const char *text)
{
    (void)!write(STDERR_FILENO, text, strlen(text));
}

/* A fault outside of mapped files is a fault of the program: it recurs, and reaches the previous
 * handler. A signal from another program does not recur. */
static void on_bus_error(int signal_number, siginfo_t *facts, void *context)
{
    static atomic_flag said = ATOMIC_FLAG_INIT;
    bool is_fault = facts->si_code > 0, shorter;
    const char *name = is_fault ? used_file_at(facts->si_addr, &shorter) : NULL;

    (void)context;
    if (name == NULL) {
        sigaction(signal_number, &fault_before, NULL);
        if (!is_fault)
            raise(signal_number);
        return;
    }
    while (atomic_flag_test_and_set(&said))
        pause(); /* another thread prints the message and ends the program */
    atomic_file_remove_all();
    say(*program);
    say(": ");
    say(name);
    say(shorter ? ": the file became shorter while it was in use\n"
                : ": the file cannot be read: its disk or network failed\n");
    _exit(1);
}

static void catch_bus_errors(void)
{
    struct sigaction action = {.sa_sigaction = on_bus_error, .sa_flags = SA_SIGINFO};

    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, &action, &fault_before);
}

/* ---- ends ---- */

static void on_end(int signal_number)
{
    atomic_file_remove_all();
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

void program_remove_at_end(void)
{
    static const int ends[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = on_end}, now;

    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (sigaction(ends[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN)
            sigaction(ends[i], &action, NULL);
    atexit(atomic_file_remove_all);
    signal(SIGXFSZ, SIG_IGN);
}

/* ---- the beginning ---- */

/* Opened for neither reading nor writing, so both fail as on a closed descriptor. */
static void hold_standard_descriptors(void)
{
    for (int i = STDIN_FILENO; i <= STDERR_FILENO; i++)
        if (fcntl(i, F_GETFD) < 0 && errno == EBADF)
            (void)!open("/", O_PATH | O_CLOEXEC);
}

void program_begin(const char *const *name)
{
    program = name;
    hold_standard_descriptors();
    used_files_begin();
    catch_bus_errors();
}

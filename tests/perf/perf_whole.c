/* Whole processes: how long each command takes from exec to its first byte of output and to its
 * end, and its peak memory; in interleaved rounds, with the raw read of a file's mapping among
 * them. The first round only warms the page cache. Prints a Markdown table.
 *
 *     perf_whole [--read=FILE] [--rounds=N] [--seconds=S] [--turns=FILE,FILE] NAME=COMMAND ...
 *
 * A command that takes longer than S seconds (5) runs once after the warm-up.
 */
#include "compiler/machine/limits.h"
#include "tests/perf/child.h"
#include "tests/perf/stats.h"
#include "tests/perf/turn.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_COMMANDS = 8, MOST_ROUNDS = 64 };

struct command {
    const char *name, *text;
    double first[MOST_ROUNDS], whole[MOST_ROUNDS], peak;
    size_t count;
    bool slow;
};

static struct command commands[MOST_COMMANDS];
static size_t command_count;
static struct turn turn;
static double reads[MOST_ROUNDS], slow_seconds = 5;
static size_t read_count, rounds = 9;
static const void *mapped;
static size_t mapped_bytes;

static bool map_file(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;

    if (fd < 0 || fstat(fd, &status) != 0)
        return false;
    mapped_bytes = (size_t)status.st_size;
    mapped = mmap(NULL, mapped_bytes, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    return mapped != MAP_FAILED;
}

static bool take_argument(char *argument)
{
    char *equals = strchr(argument, '=');

    if (equals == NULL)
        return false;
    if (strncmp(argument, "--read=", 7) == 0)
        return map_file(equals + 1);
    if (strncmp(argument, "--turns=", 8) == 0)
        return turn_parse(&turn, equals + 1);
    if (strncmp(argument, "--rounds=", 9) == 0)
        return (rounds = strtoul(equals + 1, NULL, 10)) > 0 && rounds <= MOST_ROUNDS;
    if (strncmp(argument, "--seconds=", 10) == 0)
        return (slow_seconds = strtod(equals + 1, NULL)) > 0;
    if (argument[0] == '-' || command_count == MOST_COMMANDS)
        return false;
    *equals = '\0';
    commands[command_count++] = (struct command){.name = argument, .text = equals + 1};
    return true;
}

static bool run_once(struct command *c, bool keep)
{
    struct whole whole;

    if (!child_whole(c->text, &whole)) {
        fprintf(stderr, "perf_whole: failed: %s\n", c->text);
        return false;
    }
    if (keep) {
        c->first[c->count] = whole.first_byte;
        c->whole[c->count++] = whole.seconds;
    }
    c->slow = whole.seconds > slow_seconds;
    c->peak = whole.peak_bytes > c->peak ? whole.peak_bytes : c->peak;
    return true;
}

static void read_once(bool keep)
{
    unsigned threads = (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
    double rate = limits_read(mapped, mapped_bytes, threads, false);

    if (keep)
        reads[read_count++] = (double)mapped_bytes / rate;
}

static bool run_round(bool keep)
{
    if (mapped != NULL)
        read_once(keep);
    for (size_t i = 0; i < command_count; i++)
        if (!(commands[i].slow && commands[i].count > 0) && !run_once(&commands[i], keep))
            return false;
    return true;
}

static void print_times(struct spread s)
{
    printf(" %.1f ms (%.1f–%.1f) |", 1e3 * s.middle, 1e3 * s.low, 1e3 * s.high);
}

static void print_table(void)
{
    printf("| process | n | to the first byte of output | to its end | resident |\n"
           "|---|---|---|---|---|\n");
    if (mapped != NULL) {
        printf("| (raw read, %.0f MB) | %zu |", (double)mapped_bytes / 1e6, read_count);
        print_times(spread_of(reads, read_count));
        printf(" | |\n");
    }
    for (size_t i = 0; i < command_count; i++) {
        struct command *c = &commands[i];
        printf("| %s | %zu |", c->name, c->count);
        print_times(spread_of(c->first, c->count));
        print_times(spread_of(c->whole, c->count));
        printf(" %.0f MB |\n", c->peak / 1e6);
    }
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (!take_argument(argv[i])) {
            fprintf(stderr, "perf_whole: cannot use \"%s\"; perf_whole.c lists the options\n",
                    argv[i]);
            return 2;
        }
    bool good = true;
    for (size_t round = 0; round <= rounds && good; round++) {
        int held = turn_take(&turn);
        good = run_round(round > 0);
        turn_leave(held);
    }
    print_table();
    return good ? 0 : 1;
}

/* Whole processes: how long each command takes from exec to its first byte of output and to its
 * end, and its peak memory; in interleaved rounds, with the raw read of a file's mapping among
 * them. The first round only warms the page cache (--cold: there is none). Prints a Markdown table;
 * with --read, the first command is compared with the read and with the others, by regime.
 *
 *     perf_whole [--read=FILE] [--rounds=N] [--seconds=S] [--limit=S] [--cold]
 *                [--turns=FILE,FILE] NAME=COMMAND ...
 *
 * A command that takes longer than --seconds (5) runs once after the warm-up; one that takes longer
 * than --limit (60) is ended, and one that fails is not run again: their rows say so.
 */
#include "runtime/base/read_bandwidth.h"
#include "compiler/machine/limits.h"
#include "tests/perf/bars.h"
#include "tests/perf/child.h"
#include "tests/perf/pages.h"
#include "tests/perf/stats.h"
#include "tests/perf/turn.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* A round begins within this time of a turn; slow commands make it longer. */
static const double turn_seconds = 6;

enum { MAX_COMMANDS = 8, MAX_ROUNDS = 64 };

struct command {
    const char *name, *text;
    double first[MAX_ROUNDS], whole[MAX_ROUNDS], peak;
    size_t count;
    bool slow, failed;
};

static struct command commands[MAX_COMMANDS];
static size_t command_count;
static struct turn turn;
static double reads[MAX_ROUNDS], slow_seconds = 5, limit_seconds = 60;
static enum regime regimes[MAX_ROUNDS];
static bool cold;
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
    if (mapped == MAP_FAILED)
        return false;
    pages_ask_huge(mapped, mapped_bytes);
    return true;
}

static bool take_argument(char *argument)
{
    char *equals = strchr(argument, '=');

    if (strcmp(argument, "--cold") == 0)
        return cold = true;
    if (equals == NULL)
        return false;
    if (strncmp(argument, "--read=", 7) == 0)
        return map_file(equals + 1);
    if (strncmp(argument, "--turns=", 8) == 0)
        return turn_parse(&turn, equals + 1);
    if (strncmp(argument, "--rounds=", 9) == 0)
        return (rounds = strtoul(equals + 1, NULL, 10)) > 0 && rounds <= MAX_ROUNDS;
    if (strncmp(argument, "--seconds=", 10) == 0)
        return (slow_seconds = strtod(equals + 1, NULL)) > 0;
    if (strncmp(argument, "--limit=", 8) == 0)
        return (limit_seconds = strtod(equals + 1, NULL)) > 0;
    if (argument[0] == '-' || command_count == MAX_COMMANDS)
        return false;
    *equals = '\0';
    commands[command_count++] = (struct command){.name = argument, .text = equals + 1};
    return true;
}

static void run_once(struct command *c, bool keep)
{
    struct whole whole;

    if (!child_whole(c->text, limit_seconds, &whole)) {
        fprintf(stderr, "perf_whole: failed: %s\n", c->text);
        c->failed = true;
        return;
    }
    if (keep) {
        c->first[c->count] = whole.first_byte;
        c->whole[c->count++] = whole.seconds;
    }
    c->slow = whole.seconds > slow_seconds;
    c->peak = whole.peak_bytes > c->peak ? whole.peak_bytes : c->peak;
}

/* The faster of both kinds of reading, twice: of the same mapping as the model's. */
static void read_once(bool keep)
{
    unsigned threads = (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
    double rate = 0;

    for (int i = 0; i < 4; i++) {
        double now = read_bandwidth(mapped, mapped_bytes, threads, i % 2 == 1);
        rate = now > rate ? now : rate;
    }
    if (keep)
        reads[read_count++] = (double)mapped_bytes / rate;
}

/* The slow ones last, so that a round of the others is short. */
static void run_round(bool keep)
{
    double ping = limits_ping_pong();

    if (mapped != NULL)
        read_once(keep);
    for (size_t i = 0; i < command_count; i++)
        if (!commands[i].failed && !(commands[i].slow && commands[i].count > 0))
            run_once(&commands[i], keep);
    if (keep)
        regimes[commands[0].count > 0 ? commands[0].count - 1 : 0] =
            regime_of(ping, limits_ping_pong());
}

static void print_times(struct spread s)
{
    if (s.count == 0)
        printf(" – |");
    else
        printf(" %.1f ms (%.1f–%.1f) |", 1e3 * s.middle, 1e3 * s.low, 1e3 * s.high);
}

/* Those of one regime; all, when nothing is compared. */
static struct spread of_regime(const double *values, size_t count, enum regime regime)
{
    double chosen[MAX_ROUNDS];
    size_t n = 0;

    for (size_t i = 0; i < count; i++)
        if (mapped == NULL || regimes[i] == regime)
            chosen[n++] = values[i];
    return spread_of(chosen, n);
}

/* Our time, less the start of a process (10 ms), against the read; a peer's against ours. */
static void print_ratio(const struct command *c, enum regime regime)
{
    static const double process_seconds = 0.01;
    const struct command *ours = &commands[0];
    double ratios[MAX_ROUNDS];
    size_t count = c->count < ours->count ? c->count : ours->count;

    for (size_t i = 0; i < count; i++)
        ratios[i] =
            c == ours ? (c->first[i] - process_seconds) / reads[i] : c->first[i] / ours->first[i];
    struct spread s = of_regime(ratios, count, regime);
    if (s.count == 0)
        printf(" – |");
    else
        printf(" **%.2f ×** (%.2f–%.2f) |", s.middle, s.low, s.high);
    bar_print(bar_find(NULL, "start", c == ours ? "limit" : c->name, regime), 1, s.count > 0,
              s.middle);
}

static void print_row(const struct command *c, enum regime regime)
{
    struct spread whole = of_regime(c->whole, c->count, regime);

    if (c->failed) {
        printf("| %s | failed, or took more than %.0f s |\n", c->name, limit_seconds);
        return;
    }
    printf("| %s | %zu |", c->name, whole.count);
    print_times(of_regime(c->first, c->count, regime));
    print_times(whole);
    printf(" %.0f MB |", c->peak / 1e6);
    if (mapped != NULL)
        print_ratio(c, regime);
    printf("\n");
}

static void print_table(void)
{
    printf("| process | n | to the first byte of output | to its end | resident |%s\n"
           "|---|---|---|---|---|%s\n",
           mapped != NULL ? " ours / read, theirs / ours | bar |" : "",
           mapped != NULL ? "---|---|" : "");
    for (int r = REGIME_ONE; r < (mapped != NULL ? REGIME_MIXED : REGIME_TWO); r++) {
        enum regime regime = (enum regime)r;
        if (mapped != NULL && of_regime(reads, read_count, regime).count == 0)
            continue;
        if (mapped != NULL) {
            printf("| (raw read of %.0f MB, %s) | %zu |", (double)mapped_bytes / 1e6,
                   regime_name[r], of_regime(reads, read_count, regime).count);
            print_times(of_regime(reads, read_count, regime));
            printf(" | | | |\n");
        }
        for (size_t i = 0; i < command_count; i++)
            print_row(&commands[i], regime);
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
    if (command_count == 0 || (cold && mapped != NULL)) {
        fprintf(stderr, "perf_whole: no commands, or --cold with --read\n");
        return 2;
    }
    double turn_ends = 0;
    int held = -1;
    for (size_t round = cold; round <= rounds && !commands[0].failed; round++) {
        if (limits_seconds() >= turn_ends) {
            turn_leave(held);
            held = turn_take(&turn);
            turn_ends = limits_seconds() + turn_seconds;
        }
        run_round(round > 0);
    }
    turn_leave(held);
    print_table();
    return commands[0].failed ? 1 : 0;
}

/* The harness: measures one compiled model against this machine's limits, and against other engines
 * on the model that it was compiled from, in interleaved slices. README.md says how to read what it
 * prints; run.sh calls it.
 *
 *     perf_harness MODEL.rlx --engine=COMMAND [--peer=NAME=COMMAND ...] [--title=TEXT]
 *                  [--works=NAME,NAME] [--threads=N] [--rounds=N] [--seconds=S] [--quick]
 *                  [--linear=int8|bf16] [--kind=NAME] [--limit=S] [--json=FILE]
 *                  [--turns=FILE,FILE]
 *
 * COMMAND starts an engine that speaks the protocol of child.h. --kind: which of the bars
 * (bars.def) hold. --limit: seconds that a slice may take. --turns: slices hold an exclusive lock
 * on the second file, taken after one on the first; loading and the first round hold it shared.
 */
#include "tests/perf/harness.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const struct work works[] = {
#define WORK(name, threads, request, a, b, units, yardstick, pace, asked) \
    {name, threads, request, a, b, units, yardstick, pace, asked},
#include "tests/perf/works.def"
#undef WORK
};
const size_t work_count = sizeof works / sizeof works[0];

static struct harness harness;
static const char *peer_commands[MAX_PEERS];

/* The value of --NAME=VALUE, or NULL. */
static const char *value(const char *argument, const char *name)
{
    size_t length = strlen(name);

    return strncmp(argument, name, length) == 0 ? argument + length : NULL;
}

static bool add_peer(char *text)
{
    char *command = strchr(text, '=');

    if (command == NULL || harness.peer_count == MAX_PEERS)
        return false;
    *command = '\0';
    harness.peers[harness.peer_count].name = text;
    peer_commands[harness.peer_count++] = command + 1;
    return true;
}

static bool take_option(char *argument)
{
    struct options *o = &harness.options;
    const char *text;

    if ((text = value(argument, "--engine=")) != NULL)
        o->engine = text;
    else if ((text = value(argument, "--title=")) != NULL)
        o->title = text;
    else if ((text = value(argument, "--works=")) != NULL)
        o->names = text;
    else if ((text = value(argument, "--kind=")) != NULL)
        o->kind = text;
    else if ((text = value(argument, "--limit=")) != NULL)
        o->limit = strtod(text, NULL);
    else if ((text = value(argument, "--json=")) != NULL)
        o->json = text;
    else if ((text = value(argument, "--threads=")) != NULL)
        o->threads = (unsigned)strtoul(text, NULL, 10);
    else if ((text = value(argument, "--rounds=")) != NULL)
        o->rounds = (unsigned)strtoul(text, NULL, 10);
    else if ((text = value(argument, "--seconds=")) != NULL)
        o->seconds = strtod(text, NULL);
    else if ((text = value(argument, "--linear=")) != NULL)
        o->linear_in_bytes = strcmp(text, "bf16") != 0;
    else if (value(argument, "--peer=") != NULL)
        return add_peer(argument + strlen("--peer="));
    else if (value(argument, "--turns=") != NULL)
        return turn_parse(&o->turn, argument + strlen("--turns="));
    else if (strcmp(argument, "--quick") == 0)
        o->quick = true;
    else if (argument[0] != '-' && o->model == NULL)
        o->model = argument;
    else
        return false;
    return true;
}

static bool parse(int argc, char **argv)
{
    struct options *o = &harness.options;

    *o = (struct options){.threads = (unsigned)sysconf(_SC_NPROCESSORS_ONLN),
                          .rounds = 15,
                          .seconds = 10,
                          .limit = 20,
                          .linear_in_bytes = true};
    for (int i = 1; i < argc; i++)
        if (!take_option(argv[i])) {
            fprintf(stderr, "perf_harness: cannot use \"%s\"; harness.c lists the options\n",
                    argv[i]);
            return false;
        }
    if (o->title == NULL)
        o->title = o->model;
    return o->model != NULL && o->engine != NULL && o->threads > 0 && o->threads <= 64 &&
           o->rounds > 0 && o->rounds <= MAX_ROUNDS && o->limit > 0;
}

/* Whether `names` (all, when NULL) has this work's. */
static bool wanted(const struct work *work)
{
    const char *names = harness.options.names;
    size_t length = strlen(work->name);

    if (names == NULL)
        return !(harness.options.quick && work->pace == SLOW);
    for (const char *at = names; (at = strstr(at, work->name)) != NULL; at++)
        if ((at == names || at[-1] == ',') && (at[length] == ',' || at[length] == '\0'))
            return true;
    return false;
}

/* Loading uses all threads but measures nothing: one engine after the other, and builds may run
 * meanwhile. */
static bool start_child(struct child *child, const char *command)
{
    static const double loading_seconds = 120;
    int held = turn_share(&harness.options.turn);
    bool ready = child_start(child, child->name, command) && child_ready(child, loading_seconds);

    turn_leave(held);
    if (!ready)
        fprintf(stderr, "perf_harness: %s did not start: %s\n", child->name, child->reason);
    return ready;
}

/* The rows of a peer that does not start say so. */
static bool start_children(void)
{
    harness.ours.name = "rlx";
    if (!start_child(&harness.ours, harness.options.engine))
        return false;
    for (size_t i = 0; i < harness.peer_count; i++)
        start_child(&harness.peers[i], peer_commands[i]);
    return true;
}

static void end_children(void)
{
    child_end(&harness.ours);
    for (size_t i = 0; i < harness.peer_count; i++)
        child_end(&harness.peers[i]);
}

int main(int argc, char **argv)
{
    static struct round rounds[MAX_ROUNDS];
    rlx_error error;

    if (!parse(argc, argv))
        return 2;
    signal(SIGPIPE, SIG_IGN);
    harness.info.struct_bytes = sizeof harness.info;
    if (rlx_model_open(harness.options.model, &harness.model, &error) != RLX_OK) {
        fprintf(stderr, "perf_harness: %s\n", error.text);
        return 1;
    }
    rlx_model_get_info(harness.model, &harness.info);
    harness.needs = needs_of(harness.model, &harness.info, harness.options.linear_in_bytes);
    harness.slices = json_array();
    if (!start_children()) {
        end_children();
        return 1;
    }
    rounds_warm(&harness);
    report_head(&harness);
    for (size_t i = 0; i < work_count; i++)
        if (wanted(&works[i]))
            report_work(&harness, &works[i], rounds, rounds_measure(&harness, &works[i], rounds));
    rounds_end(&harness);
    end_children();
    bool written = report_samples(&harness);
    if (!written)
        fprintf(stderr, "perf_harness: %s cannot be written\n", harness.options.json);
    rlx_model_close(harness.model);
    return written ? 0 : 1;
}

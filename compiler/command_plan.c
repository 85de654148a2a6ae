/* rlxc plan: what each variant of a model will do, and how long it should take. In: a model and the
 * options of a build; out: a table or JSON on standard output. */
#include "compiler/build_options.h"
#include "compiler/command.h"
#include "compiler/plan.h"

static const char usage[] =
    "usage: rlxc plan MODEL [options]\n"
    "\n"
    "Predicts what each variant of a model would do if built with these options:\n"
    "bytes of weights and KV cache that a run reads, operations, barriers, memory;\n"
    "with --machine also how long it should take. MODEL is what rlxc build takes;\n"
    "nothing is packed or written.\n"
    "\n"
    "      --machine=measured|FILE|LIMITS\n"
    "                        measured: this machine, now; measured,read=GB/s: with\n"
    "                        the read speed that rlx bench printed;\n"
    "                        read=GB/s,int8=GOP/s,bf16=GOP/s,f32=GOP/s,\n"
    "                        barrier=us,threads=N,memory=GB (one word): these values;\n"
    "                        or a JSON file with them\n"
    "      --depth=N         number of tokens already in each sequence (default: 0)\n"
    "      --threads=N       threads to measure with (default: all processors)\n"
    "      --json            print everything, for tools\n"
    "\n" BUILD_OPTIONS_HELP;

static const char usage_end[] =
    BUILD_TARGETS_HELP "  -v, --verbose         print the time of each phase\n"
                       "  -q, --quiet           no progress, no warnings\n"
                       "  -h, --help            print this; --version: the version\n";

enum option_number { OPTION_machine = 256, OPTION_depth, OPTION_threads, OPTION_json };

static const struct option long_options[] = {
    {"machine", required_argument, NULL, OPTION_machine},
    {"depth", required_argument, NULL, OPTION_depth},
    {"threads", required_argument, NULL, OPTION_threads},
    {"json", no_argument, NULL, OPTION_json},
    BUILD_OPTIONS,
    {"verbose", no_argument, NULL, 'v'},
    {"quiet", no_argument, NULL, 'q'},
    {"help", no_argument, NULL, 'h'},
    COMMAND_VERSION,
    {NULL, 0, NULL, 0},
};

struct command {
    struct build_options build;
    struct plan_request request;
};

static bool check_machine(const char *text)
{
    struct arena arena = {0};
    struct diags d = {.arena = &arena};
    bool good = machine_check(text, &d) || wrong_value("plan", "--machine", &d);

    arena_free(&arena);
    return good;
}

static bool set_option(void *context, int option, const char *value)
{
    struct command *c = context;
    uint32_t depth = 0;

    switch (option) {
    case OPTION_machine:
        c->request.machine = value;
        return check_machine(value);
    case OPTION_depth:
        if (!read_number("plan", "--depth", value, 0, INT32_MAX, &depth))
            return false;
        c->request.depth = depth;
        return true;
    case OPTION_threads:
        return read_number("plan", "--threads", value, 1, 64, &c->build.options.threads);
    case OPTION_json:
        return c->request.json = true;
    case 'v':
        return c->build.options.verbose = true;
    case 'q':
        return c->build.options.quiet = true;
    }
    return build_options_set(&c->build, option, value);
}

static const struct command_line line = {.command = "plan",
                                         .usage = usage,
                                         .letters = ":x:vqh",
                                         .options = long_options,
                                         .set = set_option,
                                         .usage_end = usage_end};

int command_plan(int argc, char **argv)
{
    struct command c = {.build = build_options_default("plan")};
    struct diags diags = {.arena = &c.build.arena};
    int status;

    if (command_line_read(&line, &c, argc, argv, &status)) {
        status = 2;
        if (command_line_operand("plan", "model", argc, argv, &c.build.options.input) &&
            build_options_check(&c.build)) {
            status = compile_plan(&c.build.options, &c.request, &diags) ? 0 : 1;
            if (status != 0 || !c.build.options.quiet)
                diags_print(&diags, stderr);
        }
    }
    build_options_free(&c.build);
    return status;
}

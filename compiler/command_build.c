/* rlxc build: the command line of the compiler. In: arguments; out: options for compile(), or one
 * line that says what is wrong with them. */
#include "compiler/build_options.h"
#include "compiler/command.h"
#include "compiler/selection.h"
#include "compiler/unit.h"
#include "runtime/base/advice.h"

#include <stdlib.h>
#include <string.h>

enum { BUILD_CACHE_MEGABYTES = 20000 }; /* default of --cache-size */

static const char usage[] =
    "usage: rlxc build MODEL -o OUT [options]\n"
    "\n"
    "Compiles a model ahead of time. MODEL is a GGUF file (the first part of a split\n"
    "one), a Hugging Face directory, or a graph in text form (NAME.hir) whose weights\n"
    "--weights names. OUT is an artifact for rlx run, or a program with --emit=exe.\n"
    "\n"
    "  -o, --output=OUT      write the result to OUT, whole or not at all (-:\n"
    "                        standard output)\n"
    "      --emit=exe|c|hir|lir|ll|asm|glsl|spv|spvasm,...\n"
    "                        exe: a standalone program; c: a folder of C source\n"
    "                        for make, or without -o the C source of the kernels as\n"
    "                        a dump; the others: dumps of what the compiler made,\n"
    "                        one file per pass, variant or kernel; ll and asm are of\n"
    "                        the target cpu, the last three of vulkan\n"
    "      --freestanding    with --emit=c: one object without libc, files and\n"
    "                        allocation, from ids of tokens to ids of tokens\n"
    "      --dump-dir=DIR    write dumps to DIR (default: rlxc-dump)\n"
    "      --report=fusion|kernels|memory|types|tokenizer,...\n"
    "                        print reports\n"
    "\n" BUILD_OPTIONS_HELP;

static const char usage_end[] = BUILD_TARGETS_HELP
    "      --observe         add an entry that shows what weights multiply,\n"
    "                        which rlx imatrix runs\n"
    "      --chat-template=FILE  use this Jinja template instead of the model's own\n"
    "      --tokenizer-only  compile only the vocabulary; the model needs no weights\n"
    "      --no-check-tokenizer  do not compare the compiled tokenizer with a plain\n"
    "                        reading of its description on a sample of texts\n"
    "      --runtime=PATH    runtime program for --emit=exe (default: the rlx-static\n"
    "                        that is installed with rlxc)\n"
    "      --cache-dir=DIR   keep kernels and converted weights in DIR and reuse\n"
    "                        them; results stay the same (default: $RLX_CACHE_DIR,\n"
    "                        or none)\n"
    "      --cache-size=MB   limit the size of DIR; the least recently used results\n"
    "                        go first (default: 20000)\n"
    "      --threads=N       threads to compile with (default: all processors)\n"
    "  -v, --verbose         print the time of each phase\n"
    "  -q, --quiet           no progress, no warnings\n"
    "  -h, --help            print this; --version: the version\n";

enum option_number {
    OPTION_emit = 256,
    OPTION_freestanding,
    OPTION_dump_dir,
    OPTION_report,
    OPTION_chat_template,
    OPTION_tokenizer_only,
    OPTION_no_check_tokenizer,
    OPTION_runtime,
    OPTION_threads,
    OPTION_cache_dir,
    OPTION_cache_size,
    OPTION_observe,
};

static const struct option long_options[] = {
    {"output", required_argument, NULL, 'o'},
    {"emit", required_argument, NULL, OPTION_emit},
    {"freestanding", no_argument, NULL, OPTION_freestanding},
    {"dump-dir", required_argument, NULL, OPTION_dump_dir},
    {"report", required_argument, NULL, OPTION_report},
    BUILD_OPTIONS,
    {"chat-template", required_argument, NULL, OPTION_chat_template},
    {"tokenizer-only", no_argument, NULL, OPTION_tokenizer_only},
    {"no-check-tokenizer", no_argument, NULL, OPTION_no_check_tokenizer},
    {"runtime", required_argument, NULL, OPTION_runtime},
    {"threads", required_argument, NULL, OPTION_threads},
    {"cache-dir", required_argument, NULL, OPTION_cache_dir},
    {"cache-size", required_argument, NULL, OPTION_cache_size},
    {"observe", no_argument, NULL, OPTION_observe},
    {"verbose", no_argument, NULL, 'v'},
    {"quiet", no_argument, NULL, 'q'},
    {"help", no_argument, NULL, 'h'},
    COMMAND_VERSION,
    {NULL, 0, NULL, 0},
};

static bool set_option(void *context, int option, const char *value)
{
    struct build_options *b = context;
    struct compile_options *o = &b->options;
    uint32_t megabytes = 0;
    static const struct choice emits[] = {{"exe", EMIT_EXE}, {"hir", EMIT_HIR},
                                          {"lir", EMIT_LIR}, {"ll", EMIT_LL},
                                          {"asm", EMIT_ASM}, {"glsl", EMIT_GLSL},
                                          {"spv", EMIT_SPV}, {"spvasm", EMIT_SPVASM},
                                          {"c", EMIT_C},     {NULL, 0}};
    static const struct choice reports[] = {
        {"fusion", REPORT_FUSION}, {"kernels", REPORT_KERNELS},     {"memory", REPORT_MEMORY},
        {"types", REPORT_TYPES},   {"tokenizer", REPORT_TOKENIZER}, {NULL, 0}};

    switch (option) {
    case 'o':
        return read_path("build", "--output", value, &o->output);
    case OPTION_emit:
        return choose_several("build", "--emit", emits, value, &o->emit);
    case OPTION_freestanding:
        o->freestanding = true;
        return true;
    case OPTION_observe:
        o->observe = true;
        return true;
    case OPTION_dump_dir:
        return read_path("build", "--dump-dir", value, &o->dump_directory);
    case OPTION_report:
        return choose_several("build", "--report", reports, value, &o->report);
    case OPTION_chat_template:
        return read_path("build", "--chat-template", value, &o->chat_template);
    case OPTION_no_check_tokenizer:
        o->no_check_tokenizer = true;
        return true;
    case OPTION_tokenizer_only:
        b->tokenizer_only = true;
        return true;
    case OPTION_runtime:
        return read_path("build", "--runtime", value, &o->runtime);
    case OPTION_threads:
        return read_number("build", "--threads", value, 1, 64, &o->threads);
    case OPTION_cache_dir:
        o->build_cache = value;
        return true;
    case OPTION_cache_size:
        if (!read_number("build", "--cache-size", value, 1, 1u << 30, &megabytes))
            return false;
        o->build_cache_bytes = (uint64_t)megabytes * 1000000;
        return true;
    case 'v':
        o->verbose = true;
        return true;
    case 'q':
        o->quiet = true;
        return true;
    }
    return build_options_set(b, option, value);
}

static bool no_output(const struct compile_options *o)
{
    char name[ADVICE_BYTES];

    if (advice_on_file(PROGRAM_rlxc, o->input, name))
        return wrong_usage("build", "%s", name);
    advice_on_output(o->input, (o->emit & (EMIT_EXE | EMIT_C)) != 0, name);
    return wrong_usage("build", "no output was given; try -o %s", name);
}

/* The name of the first of these dumps; NULL: it is none of them. */
static const char *first_dump(uint32_t emit)
{
    static const struct choice dumps[] = {{"ll", EMIT_LL},         {"asm", EMIT_ASM},
                                          {"glsl", EMIT_GLSL},     {"spv", EMIT_SPV},
                                          {"spvasm", EMIT_SPVASM}, {NULL, 0}};
    uint32_t i = 0;

    while (dumps[i].word != NULL && (emit & dumps[i].value) == 0)
        i++;
    return dumps[i].word;
}

/* Every dump needs a target that has its form. */
static bool check_targets(const struct compile_options *o)
{
    static const struct {
        const char *target;
        uint32_t dumps;
    } all[] = {{"cpu", EMIT_MACHINE_CODE}, {"vulkan", EMIT_SHADERS}};
    const char *dump;

    for (uint32_t i = 0; i < countof(all); i++)
        if ((dump = first_dump(o->emit & all[i].dumps)) != NULL &&
            !names_target(o->targets, all[i].target))
            return wrong_usage("build", "--emit=%s goes with --target=%s", dump, all[i].target);
    if ((o->emit & EMIT_EXE) != 0 && o->runtime == NULL && names_target(o->targets, "vulkan"))
        return wrong_usage(
            "build", "--emit=exe makes a static program, which cannot load the drivers that "
                     "--target=vulkan needs; leave out --emit=exe, and rlx run runs the model");
    return true;
}

/* A folder of source code is made by one compiler for all machines, and by another for each. */
static bool check_source(const struct compile_options *o)
{
    if (o->observe && has_user_graph(o))
        return wrong_usage("build",
                           "--observe is for models, and '%s' is a graph, which says "
                           "itself what its outputs are",
                           o->input);
    if (o->freestanding && ((o->emit & EMIT_C) == 0 || o->output == NULL))
        return wrong_usage("build", "--freestanding goes with --emit=c and -o FOLDER");
    if ((o->emit & EMIT_C) == 0)
        return true;
    if ((o->emit & EMIT_EXE) != 0)
        return wrong_usage("build", "--emit=c and --emit=exe: one of them decides what -o names, "
                                    "a folder of source or a program");
    if (o->output == NULL)
        return true;
    if (strcmp(o->output, "-") == 0)
        return wrong_usage("build", "--emit=c writes a folder; expected its name after -o, found "
                                    "'-'");
    const char *dump = first_dump(o->emit & (EMIT_MACHINE_CODE | EMIT_SHADERS));
    if (dump != NULL)
        return wrong_usage("build",
                           "--emit=c with -o makes no machine code, so there is no %s to "
                           "dump; leave out -o, and --emit=c,%s dumps both",
                           dump, dump);
    if (o->targets != NULL)
        return wrong_usage("build", "--target does not go with --emit=c and -o: C is source for "
                                    "any machine's processor");
    if (o->levels != NULL)
        return wrong_usage("build", "--level does not go with --emit=c: the C compiler that builds "
                                    "the folder chooses the machine (make CFLAGS=\"-O3 "
                                    "-march=native\")");
    return true;
}

/* Checks options that make sense only with others. */
static bool check_parallel(struct build_options *b, int argc, char **argv)
{
    struct compile_options *o = &b->options;

    if (!command_line_operand("build", "model", argc, argv, &o->input) || !build_options_check(b))
        return false;
    if (!check_source(o) || !check_targets(o))
        return false;
    if (o->output == NULL && ((o->emit & EMIT_EXE) != 0 || (o->emit == 0 && o->report == 0) ||
                              (o->emit == EMIT_C && o->dump_directory == NULL)))
        return no_output(o);
    if (b->tokenizer_only && (o->emit != 0 || (o->report & ~(uint32_t)REPORT_TOKENIZER) != 0))
        return wrong_usage("build",
                           "--tokenizer-only makes an artifact without code: of --emit and "
                           "--report, only --report=tokenizer goes with it");
    if (o->output != NULL && strcmp(o->output, "-") == 0 && o->report != 0)
        return wrong_usage("build", "-o - and --report: both go to standard output");
    if (o->runtime != NULL && (o->emit & EMIT_EXE) == 0)
        return wrong_usage("build", "--runtime goes with --emit=exe");
    if (o->dump_directory != NULL && (o->emit & EMIT_DUMPS) == 0 &&
        ((o->emit & EMIT_C) == 0 || o->output != NULL))
        return wrong_usage("build", "--dump-dir goes with --emit=hir, lir, ll, asm, glsl, spv or "
                                    "spvasm, and with --emit=c without -o");
    if (o->build_cache == NULL)
        o->build_cache = getenv("RLX_CACHE_DIR");
    if (o->build_cache != NULL && o->build_cache[0] == 0)
        o->build_cache = NULL;
    if (o->dump_directory == NULL)
        o->dump_directory = "rlxc-dump";
    return true;
}

static const struct command_line line = {.command = "build",
                                         .usage = usage,
                                         .letters = ":o:x:vqh",
                                         .options = long_options,
                                         .set = set_option,
                                         .usage_end = usage_end};

int command_build(int argc, char **argv)
{
    struct build_options b = build_options_default("build");
    struct diags diags = {.arena = &b.arena};
    int status;

    b.options.build_cache_bytes = (uint64_t)BUILD_CACHE_MEGABYTES * 1000000;
    if (command_line_read(&line, &b, argc, argv, &status)) {
        status = 2;
        if (check_parallel(&b, argc, argv)) {
            status = (b.tokenizer_only ? compile_tokenizer : compile)(&b.options, &diags) ? 0 : 1;
            if (status != 0 || !b.options.quiet)
                diags_print(&diags, stderr);
        }
    }
    build_options_free(&b);
    return status;
}

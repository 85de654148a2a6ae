/* rlxc build: the command line of the compiler. In: arguments; out: options for compile(), or one
 * line about what is wrong with them. */
#include "compiler/command.h"
#include "compiler/command_line.h"
#include "compiler/compile.h"

#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: rlxc build MODEL -o OUT [options]\n"
    "\n"
    "Compiles a model ahead of time. MODEL is a GGUF file (or the first part of a split one) or a\n"
    "Hugging Face directory; OUT is an artifact for `rlx run`, or with --emit=exe a program.\n"
    "\n"
    "  -o, --output=OUT        where the result goes; it appears whole or not at all\n"
    "      --emit=WHAT,...     exe: a standalone program; hir, lir, ll, asm: dumps of what the\n"
    "                          compiler made, one file a pass, variant or kernel\n"
    "      --dump-dir=DIR      where dumps go (default: rlxc-dump)\n"
    "      --report=WHAT,...   fusion, kernels, memory: printed on standard output\n"
    "\n"
    "      --quant=TYPE        keep (default), q8_0, q4_0: the type of all matrices\n"
    "      --exact             f32 activations and f32 cache: the numbers of the reference\n"
    "      --activations=TYPE  auto (default), i16, i8, f32\n"
    "      --kv=TYPE           f16 (default), f32: elements of the key and value cache\n"
    "      --context=N         positions to make room for (default: the model's)\n"
    "\n"
    "      --level=LEVEL,...   native (default), x86-64-v3, x86-64-v4-vnni-bf16, all\n"
    "      --variants=SET      numbers of new tokens to make code for\n"
    "                          (default: decode=1,blocks=2:16,batch=2:16,prefill=32:512)\n"
    "  -x, --leave-out=PASS    leave an optimization out; may be given several times\n"
    "      --tokenizer-only    compile the vocabulary alone; the model needs no weights\n"
    "      --runtime=PATH      the runtime program for --emit=exe (default: rlx-static beside "
    "rlxc)\n"
    "      --threads=N         threads to compile with (default: all processors)\n"
    "  -v, --verbose           print the time of each phase\n"
    "  -q, --quiet             no progress, no warnings\n"
    "  -h, --help              print this; --version: the version\n";

enum option_number {
    OPTION_emit = 256,
    OPTION_dump_dir,
    OPTION_report,
    OPTION_quant,
    OPTION_exact,
    OPTION_activations,
    OPTION_kv,
    OPTION_context,
    OPTION_level,
    OPTION_variants,
    OPTION_tokenizer_only,
    OPTION_runtime,
    OPTION_threads,
};

static const struct option long_options[] = {
    {"output", required_argument, NULL, 'o'},
    {"emit", required_argument, NULL, OPTION_emit},
    {"dump-dir", required_argument, NULL, OPTION_dump_dir},
    {"report", required_argument, NULL, OPTION_report},
    {"quant", required_argument, NULL, OPTION_quant},
    {"exact", no_argument, NULL, OPTION_exact},
    {"activations", required_argument, NULL, OPTION_activations},
    {"kv", required_argument, NULL, OPTION_kv},
    {"context", required_argument, NULL, OPTION_context},
    {"level", required_argument, NULL, OPTION_level},
    {"variants", required_argument, NULL, OPTION_variants},
    {"leave-out", required_argument, NULL, 'x'},
    {"tokenizer-only", no_argument, NULL, OPTION_tokenizer_only},
    {"runtime", required_argument, NULL, OPTION_runtime},
    {"threads", required_argument, NULL, OPTION_threads},
    {"verbose", no_argument, NULL, 'v'},
    {"quiet", no_argument, NULL, 'q'},
    {"help", no_argument, NULL, 'h'},
    COMMAND_VERSION,
    {NULL, 0, NULL, 0},
};

struct choice {
    const char *word;
    uint32_t value;
};

static const struct choice *find_choice(const struct choice *choices, const char *text,
                                        size_t bytes)
{
    for (; choices->word != NULL; choices++)
        if (strlen(choices->word) == bytes && memcmp(choices->word, text, bytes) == 0)
            return choices;
    return NULL;
}

static bool unknown_choice(const char *option, const struct choice *choices, const char *text,
                           size_t bytes)
{
    char known[200] = "";

    for (; choices->word != NULL; choices++) {
        size_t used = strlen(known);
        snprintf(known + used, sizeof known - used, "%s%s", used == 0 ? "" : ", ", choices->word);
    }
    return wrong_usage("build", "%s: expected one of %s, found '%.*s'", option, known, (int)bytes,
                       text);
}

static bool choose(const char *option, const struct choice *choices, const char *text,
                   uint32_t *value)
{
    const struct choice *found = find_choice(choices, text, strlen(text));

    if (found == NULL)
        return unknown_choice(option, choices, text, strlen(text));
    *value = found->value;
    return true;
}

/* A list with commas; the values are or-ed. */
static bool choose_several(const char *option, const struct choice *choices, const char *text,
                           uint32_t *value)
{
    for (;; text++) {
        size_t bytes = strcspn(text, ",");
        const struct choice *found = find_choice(choices, text, bytes);
        if (found == NULL)
            return unknown_choice(option, choices, text, bytes);
        *value |= found->value;
        text += bytes;
        if (*text == 0)
            return true;
    }
}

static bool read_number(const char *option, const char *text, uint32_t most, uint32_t *value)
{
    char *end;
    unsigned long long number = strtoull(text, &end, 10);

    if (text[0] < '0' || text[0] > '9' || *end != 0 || number == 0 || number > most)
        return wrong_usage("build", "%s: expected a number from 1 to %u, found '%s'", option, most,
                           text);
    *value = (uint32_t)number;
    return true;
}

struct command {
    struct compile_options options;
    struct arena arena;
};

/* Adds a name to a list with commas. */
static void add_name(struct arena *a, const char **list, const char *name)
{
    *list = *list == NULL ? name : arena_printf(a, "%s,%s", *list, name);
}

static bool set_numbers(struct compile_options *o, int option, const char *value)
{
    static const struct choice quants[] = {
        {"keep", DTYPE_none}, {"q8_0", DTYPE_q8_0}, {"q4_0", DTYPE_q4_0}, {NULL, 0}};
    static const struct choice activations[] = {{"auto", ACTIVATIONS_auto},
                                                {"i16", ACTIVATIONS_i16},
                                                {"i8", ACTIVATIONS_i8},
                                                {"f32", ACTIVATIONS_exact},
                                                {NULL, 0}};
    static const struct choice elements[] = {{"f16", DTYPE_f16}, {"f32", DTYPE_f32}, {NULL, 0}};
    uint32_t chosen = 0;
    bool good;

    switch (option) {
    case OPTION_quant:
        good = choose("--quant", quants, value, &chosen);
        o->quant = value;
        o->quant_type = (enum dtype)chosen;
        return good;
    case OPTION_activations:
        good = choose("--activations", activations, value, &chosen);
        o->numerics.activations = (enum activations)chosen;
        return good;
    default:
        good = choose("--kv", elements, value, &chosen);
        o->numerics.kv = (enum dtype)chosen;
        return good;
    }
}

static bool set_option(void *context, int option, const char *value)
{
    struct command *c = context;
    struct compile_options *o = &c->options;
    static const struct choice emits[] = {{"exe", EMIT_EXE}, {"hir", EMIT_HIR}, {"lir", EMIT_LIR},
                                          {"ll", EMIT_LL},   {"asm", EMIT_ASM}, {NULL, 0}};
    static const struct choice reports[] = {{"fusion", REPORT_FUSION},
                                            {"kernels", REPORT_KERNELS},
                                            {"memory", REPORT_MEMORY},
                                            {NULL, 0}};

    switch (option) {
    case 'o':
        o->output = value;
        return value[0] != 0 || wrong_usage("build", "--output: expected a path");
    case OPTION_emit:
        return choose_several("--emit", emits, value, &o->emit);
    case OPTION_dump_dir:
        o->dump_directory = value;
        return true;
    case OPTION_report:
        return choose_several("--report", reports, value, &o->report);
    case OPTION_quant:
    case OPTION_activations:
    case OPTION_kv:
        return set_numbers(o, option, value);
    case OPTION_exact:
        o->numerics = (struct numerics){ACTIVATIONS_exact, DTYPE_f32};
        return true;
    case OPTION_context:
        return read_number("--context", value, INT32_MAX, &o->context);
    case OPTION_level:
        o->levels = value;
        return true;
    case OPTION_variants:
        o->variants = value;
        return true;
    case 'x':
        add_name(&c->arena, &o->leave_out, value);
        return true;
    case OPTION_tokenizer_only:
        o->tokenizer_only = true;
        return true;
    case OPTION_runtime:
        o->runtime = value;
        return true;
    case OPTION_threads:
        return read_number("--threads", value, 64, &o->threads);
    case 'v':
        o->verbose = true;
        return true;
    case 'q':
        o->quiet = true;
        return true;
    }
    return false;
}

/* Options that only make sense with others. */
static bool check_together(struct compile_options *o, int argc, char **argv)
{
    if (!command_line_operand("build", "model", argc, argv, &o->input))
        return false;
    if (o->output == NULL &&
        ((o->emit & EMIT_EXE) != 0 || o->tokenizer_only || (o->emit == 0 && o->report == 0)))
        return wrong_usage("build", "no output was given (-o OUT)");
    if (o->tokenizer_only && (o->emit != 0 || o->report != 0))
        return wrong_usage("build",
                           "--tokenizer-only makes an artifact without code: --emit and --report "
                           "do not go with it");
    if (o->runtime != NULL && (o->emit & EMIT_EXE) == 0)
        return wrong_usage("build", "--runtime goes with --emit=exe");
    if (o->dump_directory == NULL)
        o->dump_directory = "rlxc-dump";
    return true;
}

static const struct command_line line = {"build", usage, ":o:x:vqh", long_options, set_option};

int command_build(int argc, char **argv)
{
    struct command c = {.options = {.quant = "keep", .numerics = {ACTIVATIONS_auto, DTYPE_f16}}};
    struct diags diags = {.arena = &c.arena};
    int status;

    if (command_line_read(&line, &c, argc, argv, &status)) {
        status = 2;
        if (check_together(&c.options, argc, argv)) {
            status = compile(&c.options, &diags) ? 0 : 1;
            if (status != 0 || !c.options.quiet)
                diags_print(&diags, stderr);
        }
    }
    arena_free(&c.arena);
    return status;
}

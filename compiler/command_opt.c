/* rlxc opt: runs passes over a graph in text form. In: a .hir file, or standard input. Out: the
 * resulting graph in the same form; with --variant the graph of one variant, after the late passes;
 * with --report=fusion what was fused, what was not, and why; with --lower the planned program of
 * one variant. */
#include "compiler/command.h"
#include "compiler/build_options.h"
#include "compiler/base/file.h"
#include "compiler/late/late.h"
#include "compiler/quant_rules.h"
#include "compiler/selection.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: rlxc opt GRAPH.hir [options]\n"
    "\n"
    "Runs passes over a graph in text form (-: standard input) and prints the\n"
    "result.\n"
    "\n"
    "  -p, --passes=PASS,... run only these, in the compiler's order\n"
    "  -x, --leave-out=PASS,...  leave these out; required passes always run\n"
    "      --stop-after=PASS stop after this pass\n"
    "      --no-passes       run no passes: read, verify and print\n"
    "  -d, --dump=all|PASS,...\n"
    "                        print the graph on standard error after these passes\n"
    "                        (all: after each)\n"
    "      --report=fusion   print what was fused, what was not, and why, instead of\n"
    "                        the graph\n"
    "      --variant=VARIANT run the late passes too, for decode-N or prefill-N, for\n"
    "                        N new tokens, or for batch-N, for N sequences; of an\n"
    "                        entry ENTRY:decode-N, ENTRY:encoder-SxR, for S segments\n"
    "                        of R rows each, or ENTRY:SYMBOL-N\n"
    "      --lower=VARIANT   print the planned program of that variant instead of the\n"
    "                        graph\n"
    "      --level=native|x86-64-v3|x86-64-v4-vnni-bf16|x86-64-v4-amx|vulkan1.2|c\n"
    "                        machine of the variant, or c: source code (default:\n"
    "                        native)\n"
    "      --activations=auto|i16|i8|f32\n"
    "                        type of the variant's activations (default: auto)\n"
    "      --quant=TYPE|MIXTURE|PATTERN=TYPE,...\n"
    "                        types of the matrices, by choose-type, as rlxc build\n"
    "                        takes them (default: keep)\n"
    "      --quant-head=TYPE\n"
    "                        type of embedding and lm_head (default: auto)\n"
    "      --kv=f16|q8|f32   type of the key and value cache, by choose-type\n"
    "                        (default: as in the graph; with --variant and --lower\n"
    "                        f16)\n"
    "      --check           evaluate before and after each pass on the same random\n"
    "                        data\n"
    "      --seed=N          seed of that data (default: 7)\n"
    "      --tolerance=X     with --check: largest difference allowed, relative to\n"
    "                        the largest value (default: 1e-5; passes that round\n"
    "                        allow more)\n"
    "      --list            list the passes in their order, early and late\n"
    "  -o, --output=FILE     write to FILE instead of standard output (-)\n"
    "  -v, --verbose         print time and nodes of each pass on standard error\n"
    "  -q, --quiet           no warnings\n"
    "  -h, --help            print this; --version: the version\n";

enum option_number {
    OPTION_stop_after = 256,
    OPTION_no_passes,
    OPTION_report,
    OPTION_variant,
    OPTION_lower,
    OPTION_level,
    OPTION_activations,
    OPTION_check,
    OPTION_seed,
    OPTION_tolerance,
    OPTION_list,
};

static const struct option long_options[] = {
    {"passes", required_argument, NULL, 'p'},
    {"leave-out", required_argument, NULL, 'x'},
    {"stop-after", required_argument, NULL, OPTION_stop_after},
    {"no-passes", no_argument, NULL, OPTION_no_passes},
    {"dump", required_argument, NULL, 'd'},
    {"report", required_argument, NULL, OPTION_report},
    {"variant", required_argument, NULL, OPTION_variant},
    {"lower", required_argument, NULL, OPTION_lower},
    {"level", required_argument, NULL, OPTION_level},
    {"activations", required_argument, NULL, OPTION_activations},
    {"quant", required_argument, NULL, BUILD_OPTION_quant},
    {"quant-head", required_argument, NULL, BUILD_OPTION_quant_head},
    {"kv", required_argument, NULL, BUILD_OPTION_kv},
    {"check", no_argument, NULL, OPTION_check},
    {"seed", required_argument, NULL, OPTION_seed},
    {"tolerance", required_argument, NULL, OPTION_tolerance},
    {"list", no_argument, NULL, OPTION_list},
    {"output", required_argument, NULL, 'o'},
    {"verbose", no_argument, NULL, 'v'},
    {"quiet", no_argument, NULL, 'q'},
    {"help", no_argument, NULL, 'h'},
    COMMAND_VERSION,
    {NULL, 0, NULL, 0},
};

struct options {
    const char *input, *output;
    const char *dump; /* names of passes; "all" */
    const char *variant, *lower, *level;
    bool no_passes, report, verbose, quiet, list;
    struct variant bound; /* of --variant or --lower */
    struct selected_level level_of_variant;
    const char *quant;        /* --quant, which the graph's names complete; NULL: not given */
    struct type_choice types; /* counts where run.context has it */
    enum activations activations;
    struct specialization specialization;
    struct pass_run run;
};

static bool read_seed(struct options *o, const char *text)
{
    char *end;

    errno = 0;
    o->run.seed = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != 0 || errno != 0)
        return wrong_usage("opt", "--seed: expected a number from 0 to 2^64-1, found '%s'", text);
    return true;
}

static bool read_tolerance(struct options *o, const char *text)
{
    char *end;

    o->run.tolerance = strtod(text, &end);
    if (end == text || *end != 0 || !(o->run.tolerance > 0 && o->run.tolerance < 1))
        return wrong_usage("opt", "--tolerance: expected a number between 0 and 1, found '%s'",
                           text);
    return true;
}

static bool check_variant(const char *option, const char *text, struct variant *variant)
{
    struct arena arena = {0};
    struct diags d = {.arena = &arena};
    bool good = select_variant(text, NULL, variant, &d) || wrong_value("opt", option, &d);

    arena_free(&arena);
    return good;
}

/* Which variant the late passes and the program are for. */
static bool set_variant(struct options *o, int option, const char *value)
{
    uint32_t chosen = 0;
    bool good;

    switch (option) {
    case OPTION_variant:
        o->variant = value;
        return check_variant("--variant", value, &o->bound);
    case OPTION_lower:
        o->lower = value;
        return check_variant("--lower", value, &o->bound);
    case OPTION_level:
        o->level = value;
        return check_level("opt", value);
    default:
        good = choose("opt", "--activations", activation_choices, value, &chosen);
        o->activations = (enum activations)chosen;
        return good;
    }
}

static bool set_option(void *context, int option, const char *value)
{
    struct options *o = context;

    switch (option) {
    case 'p':
        o->run.only = value;
        return check_passes("opt", "--passes", value, false);
    case 'x':
        o->run.leave_out = value;
        return check_passes("opt", "--leave-out", value, true);
    case 'd':
        o->dump = value;
        return strcmp(value, "all") == 0 || check_passes("opt", "--dump", value, false);
    case 'o':
        if (strcmp(value, "-") != 0)
            return read_path("opt", "--output", value, &o->output);
        o->output = NULL;
        return true;
    case OPTION_stop_after:
        o->run.stop_after = value;
        return check_passes("opt", "--stop-after", value, false);
    case OPTION_no_passes:
        return o->no_passes = true;
    case OPTION_report:
        o->report = true;
        return strcmp(value, "fusion") == 0 ||
               wrong_usage("opt", "--report: expected fusion, found '%s'", value);
    case OPTION_variant:
    case OPTION_lower:
    case OPTION_level:
    case OPTION_activations:
        return set_variant(o, option, value);
    case BUILD_OPTION_quant:
    case BUILD_OPTION_quant_head:
    case BUILD_OPTION_kv:
        o->quant = option == BUILD_OPTION_quant ? value : o->quant;
        o->run.context.types = &o->types;
        return choose_types("opt", option, value, &o->types);
    case OPTION_check:
        return o->run.check = true;
    case OPTION_seed:
        return read_seed(o, value);
    case OPTION_tolerance:
        return read_tolerance(o, value);
    case 'v':
        return o->verbose = true;
    case 'q':
        return o->quiet = true;
    default:
        return o->list = true;
    }
}

/* Late passes run for a variant. */
static bool check_late_names(const struct options *o)
{
    const struct {
        const char *option, *names;
    } lists[] = {{"--passes", o->run.only},
                 {"--leave-out", o->run.leave_out},
                 {"--stop-after", o->run.stop_after},
                 {"--dump", o->dump}};

    for (uint32_t i = 0; i < countof(lists); i++)
        if (pass_list_names(&late_passes, lists[i].names))
            return wrong_usage("opt", "%s: late passes go with --variant", lists[i].option);
    return true;
}

static bool check_parallel(struct options *o, int argc, char **argv)
{
    if (o->list)
        return true;
    if (!command_line_operand("opt", "graph", argc, argv, &o->input))
        return false;
    if (o->no_passes && (o->run.only != NULL || o->run.stop_after != NULL))
        return wrong_usage("opt", "--no-passes does not go with -p or --stop-after");
    if (o->lower != NULL && (o->no_passes || o->run.only != NULL || o->run.stop_after != NULL))
        return wrong_usage("opt", "--lower does not go with -p, --stop-after or --no-passes");
    if (o->lower != NULL && o->report)
        return wrong_usage("opt", "--lower does not go with --report");
    if (o->lower != NULL && o->variant != NULL)
        return wrong_usage("opt", "--lower does not go with --variant");
    if (o->lower == NULL && o->variant == NULL) {
        if (o->level != NULL)
            return wrong_usage("opt", "--level goes with --variant or --lower");
        if (!check_late_names(o))
            return false;
    }
    if (o->no_passes)
        o->run.only = "";
    return true;
}

/* ---- input, passes, output ---- */

enum { MAX_INPUT = 1 << 28 };

static bool refuse_size(const char *path, struct diags *d)
{
    return diag_error(d, (struct place){.file = path}, "expected at most %d bytes", MAX_INPUT);
}

static bool read_standard_input(struct text *out, struct diags *d)
{
    char block[16384];
    size_t bytes;

    while ((bytes = fread(block, 1, sizeof block, stdin)) != 0) {
        if (out->bytes + bytes > MAX_INPUT)
            return refuse_size("-", d);
        text_add_bytes(out, block, bytes);
    }
    return !ferror(stdin) ||
           diag_error(d, (struct place){.file = "standard input"}, "%s", strerror(errno));
}

static bool parse_graph(struct hir_graph *g, const char *name, const char *data, size_t bytes,
                        struct diags *d)
{
    enum { LOOKED_AT = 4096 }; /* else a binary file has an error in each of its lines */

    if (bytes != 0 && memchr(data, 0, min_u64(bytes, LOOKED_AT)) != NULL)
        return diag_error(d, (struct place){.file = name},
                          "expected a graph as text, found a binary file; rlxc build --emit=hir "
                          "writes the graphs of a model");
    return hir_parse(g, name, data, bytes, d);
}

static bool read_graph(const struct options *o, struct hir_graph *g, struct diags *d)
{
    struct text standard = {.arena = d->arena};
    struct file file;

    if (strcmp(o->input, "-") == 0)
        return read_standard_input(&standard, d) &&
               parse_graph(g, "-", standard.data, standard.bytes, d);
    if (!file_map(o->input, &file, d))
        return false;
    bool good = file.bytes <= MAX_INPUT
                    ? parse_graph(g, o->input, (const char *)file.data, file.bytes, d)
                    : refuse_size(o->input, d);
    file_unmap(&file);
    return good;
}

static void dump(void *context, uint32_t number, const char *pass, const struct hir_graph *g)
{
    const struct options *o = context;
    struct text text = {.arena = g->arena};
    size_t bytes = strlen(pass);
    const char *at = o->dump;

    while (strcmp(o->dump, "all") != 0 && (at = strstr(at, pass)) != NULL) {
        if ((at == o->dump || at[-1] == ',') && (at[bytes] == ',' || at[bytes] == 0))
            break;
        at += bytes;
    }
    if (at == NULL)
        return;
    hir_text(g, &text);
    fprintf(stderr, "# %02u %s\n%s", number, pass, text.data);
}

static bool lowered_text(struct options *o, const struct hir_graph *g, struct text *text,
                         struct diags *d)
{
    struct lir_kernels kernels = {.arena = g->arena};
    struct lir_program program;

    if (!make_program(g, &o->specialization, &o->run, &kernels, &program, d))
        return false;
    lir_text(&program, text);
    return true;
}

static bool write_result(struct options *o, const struct hir_graph *g, struct diags *d)
{
    struct text text = {.arena = d->arena};
    struct out out;

    if (o->report) {
        for (const struct pass_table *const *table = all_pass_tables; *table != NULL; table++)
            pass_report_text(*table, &o->run.report, &text);
    } else if (o->lower == NULL) {
        hir_text(g, &text);
    } else if (!lowered_text(o, g, &text, d)) {
        return false;
    }
    if (o->output == NULL) {
        fwrite(text.data, 1, text.bytes, stdout);
        return true;
    }
    if (!out_open(&out, o->output, d))
        return false;
    out_write(&out, text.data, text.bytes);
    return out_commit(&out, false);
}

static void print_times(const struct pass_run *run)
{
    for (uint32_t i = 0; i < run->time_count; i++)
        fprintf(stderr, "%-18s %8.3f ms  %6u -> %u nodes\n", run->times[i].pass,
                1e3 * run->times[i].seconds, run->times[i].nodes_before, run->times[i].nodes_after);
}

static int list_passes(void)
{
    for (const struct pass_table *const *table = all_pass_tables; *table != NULL; table++)
        for (uint32_t i = 0; i < (*table)->count; i++) {
            const struct hir_pass *pass = &(*table)->all[i];
            printf("%-18s %s%s\n", pass->name, pass->what, pass->required ? " (required)" : "");
        }
    return 0;
}

/* From the graph of all variants to that of one. */
static bool bind_variant(struct options *o, struct hir_graph *g, struct diags *d)
{
    struct hir_graph early = *g;

    if (!specialize(&early, &o->specialization, early.arena, g, d))
        return false;
    if (o->run.check && !graphs_agree(&early, g, o->run.seed, 1e-5, d)) {
        diag_note(d, "the graphs before and after specialize differ");
        return false;
    }
    return run_late_passes(&o->run, &o->specialization, g, d);
}

static bool optimize(struct options *o, struct hir_graph *g, struct diags *d)
{
    if (o->dump != NULL) {
        o->run.dump = dump;
        o->run.dump_context = o;
    }
    const char *variant = o->lower != NULL ? o->lower : o->variant;

    if (!read_graph(o, g, d) || !hir_verify(g, d))
        return false;
    if (dim_max(&g->dims, SYMBOL_ROWS) < INT32_MAX)
        o->run.context.run_rows = (uint32_t)dim_max(&g->dims, SYMBOL_ROWS);
    if ((variant != NULL && !select_variant(variant, g, &o->bound, d)) ||
        !quant_rules_apply(o->quant, g, NULL, &o->types, d) ||
        !run_passes(&o->run, &early_passes, g, d))
        return false;
    if (o->variant != NULL && !o->run.stopped && !bind_variant(o, g, d))
        return false;
    if (o->verbose)
        print_times(&o->run);
    return write_result(o, g, d);
}

/* The level of the variant. */
static bool selected(struct options *o, struct diags *d)
{
    if (o->variant == NULL && o->lower == NULL)
        return true;
    if (!select_level(o->level != NULL ? o->level : "native", &o->level_of_variant, d))
        return false;
    o->run.context.types = &o->types;
    if (o->types.kv == DTYPE_none)
        o->types.kv = DTYPE_f16;
    o->specialization = (struct specialization){.variant = &o->bound,
                                                .activations = o->activations,
                                                .target = o->level_of_variant.target,
                                                .level = o->level_of_variant.level,
                                                .row_activations = types_scale_rows(&o->types)};
    return true;
}

static const struct command_line line = {.command = "opt",
                                         .usage = usage,
                                         .letters = ":p:x:d:o:vqh",
                                         .options = long_options,
                                         .set = set_option};

int command_opt(int argc, char **argv)
{
    struct options o = {.run = {.seed = 7, .tables = all_pass_tables}};
    struct arena arena = {0};
    struct diags diags = {.arena = &arena};
    struct strings strings;
    struct hir_graph graph;
    int status;

    if (!command_line_read(&line, &o, argc, argv, &status))
        return status;
    if (!check_parallel(&o, argc, argv))
        return 2;
    if (o.list)
        return list_passes();
    o.run.arena = &arena;
    strings_init(&strings, &arena);
    hir_init(&graph, &arena, &strings, "");
    if (!pass_run_valid(&o.run, &diags) || !selected(&o, &diags))
        status = 2;
    else
        status = optimize(&o, &graph, &diags) ? 0 : 1;
    if (status != 0 || !o.quiet)
        diags_print(&diags, stderr);
    arena_free(&arena);
    return status;
}

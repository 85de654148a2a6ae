/* rlxc eval: computes a model with the evaluator of the high-level graph: plain loops, f32 values,
 * f64 sums. In: a model and token ids; out: a safetensors file with f32 `logits` [T, V] of every
 * position, and the residual stream `hidden.0` … `hidden.L`, `hidden.final` [T, H]. Tests compare
 * compiled code with this result.
 */
#include "compiler/command.h"
#include "compiler/build_options.h"
#include "compiler/base/safetensors_out.h"
#include "compiler/family/family.h"
#include "compiler/hir/hir_eval.h"
#include "compiler/passes/passes.h"

#include "runtime/base/amount.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: rlxc eval MODEL --tokens=ID,... -o OUT.safetensors [options]\n"
    "\n"
    "Computes a model with the reference evaluator, on the graph after the compiler's\n"
    "passes. MODEL is a GGUF file or a Hugging Face directory. OUT holds f32 tensors:\n"
    "logits [T, V] of every position, and the residual stream hidden.0 .. hidden.L,\n"
    "hidden.final [T, H].\n"
    "\n"
    "      --tokens=ID,...   the input, from position 0\n"
    "  -o, --output=FILE     write the tensors to FILE (-: standard output)\n"
    "      --after=PASS      stop after this pass (rlxc opt --list names them)\n"
    "      --no-passes       evaluate the graph as the model's family defines it\n"
    "  -x, --leave-out=PASS,...  leave out passes\n"
    "  -v, --verbose         print how much memory it took\n"
    "  -q, --quiet           no warnings\n"
    "  -h, --help            print this; --version: the version\n";

enum option_number { OPTION_tokens = 256, OPTION_after, OPTION_no_passes };

static const struct option long_options[] = {
    {"tokens", required_argument, NULL, OPTION_tokens},
    {"output", required_argument, NULL, 'o'},
    {"after", required_argument, NULL, OPTION_after},
    {"no-passes", no_argument, NULL, OPTION_no_passes},
    {"leave-out", required_argument, NULL, 'x'},
    {"verbose", no_argument, NULL, 'v'},
    {"quiet", no_argument, NULL, 'q'},
    {"help", no_argument, NULL, 'h'},
    COMMAND_VERSION,
    {NULL, 0, NULL, 0},
};

struct options {
    const char *input, *output, *tokens;
    bool no_passes, verbose, quiet;
    struct pass_run run;
};

static bool set_option(void *context, int option, const char *value)
{
    struct options *o = context;

    switch (option) {
    case 'o':
        return read_path("eval", "--output", value, &o->output);
    case 'x':
        o->run.leave_out = value;
        return check_passes("eval", "--leave-out", value, true);
    case 'v':
        return o->verbose = true;
    case 'q':
        return o->quiet = true;
    case OPTION_tokens:
        o->tokens = value;
        return true;
    case OPTION_after:
        o->run.stop_after = value;
        return check_passes("eval", "--after", value, false);
    default:
        return o->no_passes = true;
    }
}

static bool check_parallel(struct options *o, int argc, char **argv)
{
    if (!command_line_operand("eval", "model", argc, argv, &o->input))
        return false;
    if (o->tokens == NULL)
        return wrong_usage("eval", "no tokens were given (--tokens=5,17,3)");
    if (o->output == NULL)
        return wrong_usage("eval", "no output was given (-o OUT.safetensors)");
    if (o->no_passes && (o->run.stop_after != NULL || o->run.leave_out != NULL))
        return wrong_usage("eval", "--no-passes does not go with --after or -x");
    return true;
}

/* ---- tokens ---- */

struct tokens {
    int32_t *ids;
    uint32_t count, capacity;
};

/* "5,17,3": at least one number, separated by commas. */
static bool parse_tokens(const char *text, struct arena *a, struct tokens *out)
{
    *out = (struct tokens){0};
    for (;; text++) {
        char *end;
        unsigned long id = strtoul(text, &end, 10);
        if (text[0] < '0' || text[0] > '9' || id > INT32_MAX || (*end != ',' && *end != 0))
            return wrong_usage(
                "eval", "--tokens: expected ids from 0 to %d separated by commas, found '%.20s'",
                INT32_MAX, text);
        ARENA_PUSH(a, out->ids, out->count, out->capacity) = (int32_t)id;
        text = end;
        if (*text == 0)
            return true;
    }
}

static bool check_tokens(const struct tokens *t, const struct model *m, struct diags *d)
{
    struct place at = {.file = m->path};
    bool good = true;

    for (uint32_t i = 0; i < t->count; i++)
        if ((uint32_t)t->ids[i] >= m->hyper.vocabulary)
            good = diag_error(d, at, "token %u: expected an id below the vocabulary's %u, found %d",
                              i, m->hyper.vocabulary, t->ids[i]);
    if (t->count > m->hyper.context)
        good = diag_error(d, at, "expected at most %u tokens, the model's context, found %u",
                          m->hyper.context, t->count);
    return good;
}

/* ---- evaluation ---- */

/* Rows 0, 1, 2, …: positions, and the rows whose logits are wanted. */
static const int32_t *count_up(struct arena *a, uint32_t count)
{
    int32_t *rows = arena_new(a, int32_t, count);

    for (uint32_t i = 0; i < count; i++)
        rows[i] = (int32_t)i;
    return rows;
}

static void add_result(struct safetensors_out *out, const struct hir_eval *e, const char *name,
                       uint32_t rows)
{
    hir_id id = hir_find(e->graph, name);
    const float *values = hir_eval_value(e, name);

    if (values != NULL)
        safetensors_add(out, name, DTYPE_f32, 2, (const uint64_t[]){rows, hir_width(e->graph, id)},
                        values);
}

/* Names the first weight or step of the computation whose values are not finite. */
static void warn_of_not_finite(const struct hir_eval *e, const struct model *m, struct diags *d)
{
    uint64_t count;
    hir_id id = hir_eval_not_finite(e, &count), named = id;

    if (id == 0)
        return;
    while (named + 1 < e->graph->node_count && hir_at(e->graph, named)->name == 0)
        named++;
    const struct hir_node *n = hir_at(e->graph, id);
    diag_warning(
        d,
        (struct place){.file = m->path,
                       .object = str_text(e->graph->strings, hir_at(e->graph, named)->name)},
        "%llu values of %s are not finite, the first in the order of computation",
        (unsigned long long)count,
        n->op == HIR_weight ? "this weight"
        : named == id       ? "this result"
                            : hir_op_info[n->op].name);
}

/* Logits that are NaN fail the command, but the file is kept for inspection. */
static bool check_logits(const struct hir_eval *e, const struct model *m, uint32_t rows,
                         struct diags *d)
{
    uint64_t count = (uint64_t)rows * m->hyper.vocabulary, bad = 0;
    const float *logits = hir_eval_value(e, "logits");

    for (uint64_t i = 0; logits != NULL && i < count; i++)
        bad += isnan(logits[i]) != 0;
    return bad == 0 || diag_error(d, (struct place){.file = m->path, .object = "logits"},
                                  "expected numbers, found %llu of %llu that are NaN",
                                  (unsigned long long)bad, (unsigned long long)count);
}

/* Writes the file while the values are in memory. */
static bool evaluate(const struct options *o, const struct model *m, const struct hir_graph *g,
                     const struct tokens *tokens, struct diags *d)
{
    struct arena values = {0};
    struct model_weights weights = {.model = m, .arena = &values};
    struct safetensors_out out = {.arena = &values};
    struct hir_eval e = {0};
    char name[32];

    hir_eval_open(&e, g, &values);
    e.weight = model_weight;
    e.weight_context = &weights;
    e.keep_all = true;
    e.symbols[SYMBOL_BATCH] = 1;
    e.symbols[SYMBOL_SEQ] = e.symbols[SYMBOL_ROWS] = e.symbols[SYMBOL_OUT_ROWS] = tokens->count;
    hir_eval_role(&e, INPUT_tokens, tokens->ids);
    hir_eval_role(&e, INPUT_positions, count_up(&values, tokens->count));
    hir_eval_run(&e);
    warn_of_not_finite(&e, m, d);
    add_result(&out, &e, "logits", tokens->count);
    for (uint32_t i = 0; i <= m->hyper.layers; i++) {
        snprintf(name, sizeof name, "hidden.%u", i);
        add_result(&out, &e, name, tokens->count);
    }
    add_result(&out, &e, "hidden.final", tokens->count);
    bool good = safetensors_write(&out, o->output, d) && check_logits(&e, m, tokens->count, d);
    hir_eval_close(&e);
    arena_free(&values);
    return good;
}

static bool run(struct options *o, const struct tokens *tokens, struct model *m, struct diags *d)
{
    struct import_options import = {.no_vocabulary = true};
    struct hir_graph graph;

    if (!import_model(o->input, &import, m, d) || !check_tokens(tokens, m, d) ||
        !out_check(o->output, d))
        return false;
    hir_init(&graph, m->arena, m->strings, m->name);
    return family_build(m, tokens->count, &graph, d) &&
           (o->no_passes || run_passes(&o->run, &early_passes, &graph, d)) &&
           evaluate(o, m, &graph, tokens, d);
}

static const struct command_line line = {.command = "eval",
                                         .usage = usage,
                                         .letters = ":o:x:vqh",
                                         .options = long_options,
                                         .set = set_option};

int command_eval(int argc, char **argv)
{
    struct options o = {0};
    struct arena arena = {0};
    struct diags diags = {.arena = &arena};
    struct strings strings;
    struct tokens tokens;
    char memory[AMOUNT_BYTES];
    int status;

    if (!command_line_read(&line, &o, argc, argv, &status))
        return status;
    if (!check_parallel(&o, argc, argv))
        return 2;
    o.run.arena = &arena;
    strings_init(&strings, &arena);
    struct model model = {.arena = &arena, .strings = &strings};
    if (!parse_tokens(o.tokens, &arena, &tokens) || !pass_run_valid(&o.run, &diags)) {
        status = 2;
    } else {
        status = run(&o, &tokens, &model, &diags) ? 0 : 1;
        model_close(&model);
    }
    if (status == 0 && o.verbose)
        fprintf(stderr, "%s: %u tokens by the evaluator, at most %s of memory\n",
                goal_name(o.output), tokens.count, amount_of_bytes((double)arena.peak, memory));
    if (status != 0 || !o.quiet)
        diags_print(&diags, stderr);
    arena_free(&arena);
    return status;
}

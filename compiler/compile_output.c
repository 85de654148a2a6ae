/* What leaves the compiler. In: everything that was made; out: an artifact or an executable,
 * reports on standard output, and the last line of a build on standard error.
 */
#include "compiler/unit.h"

#include "compiler/pack/executable.h"
#include "compiler/pack/source_folder.h"
#include "compiler/report.h"
#include "compiler/types.h"
#include "runtime/base/amount.h"
#include "runtime/base/used_files.h"

#include <string.h>
#include <sys/resource.h>

struct artifact describe_artifact(struct unit *u)
{
    struct artifact a = {.arena = &u->arena,
                         .model = &u->model,
                         .source = u->options->input,
                         .tokenizer = u->tokenizer,
                         .tokenizer_bytes = u->tokenizer_bytes,
                         .tokenizer_checked = u->tokenizer_checked,
                         .template = u->template,
                         .template_bytes = u->template_bytes};

    if (u->levels == NULL) /* a tokenizer alone */
        return a;
    a.graph = &u->graph;
    a.variants = u->variants;
    a.variant_count = u->variant_count;
    a.levels = u->levels;
    a.level_count = u->level_list.count;
    a.activations = u->options->activations;
    a.left_out = pass_left_out(&late_passes, u->options->leave_out, &u->arena);
    a.quant = u->options->quant;
    a.quant_head = u->options->quant_head;
    a.imatrix = u->options->imatrix != NULL ? &u->imatrix : NULL;
    a.smooth = u->options->smooth;
    a.context = u->options->context != 0 ? u->options->context : u->model.hyper.context;
    a.weights = (struct weights_options){u->threads, progress_bytes, &u->progress, u->build_cache};
    return a;
}

static bool write_source(struct unit *u)
{
    const struct artifact a = describe_artifact(u);
    const struct source_folder folder = {.path = u->options->output,
                                         .sources = &u->levels[0].sources,
                                         .artifact = &a,
                                         .freestanding = u->options->freestanding};
    struct source_folder_summary summary;

    progress_phase(&u->progress, "weights");
    if (!source_folder_write(&folder, &summary, u->diags))
        return false;
    u->summary = summary.artifact;
    u->files = summary.files;
    return true;
}

bool write_output(struct unit *u)
{
    const char *runtime = u->options->runtime;
    bool executable = (u->options->emit & EMIT_EXE) != 0;
    struct artifact a = describe_artifact(u);
    struct executable program;
    struct out out;

    if (u->options->output == NULL)
        return true;
    if (writes_source(u->options))
        return write_source(u);
    progress_phase(&u->progress, "weights");
    if (executable && runtime == NULL && !executable_find_runtime(&u->arena, &runtime, u->diags))
        return false;
    if (executable)
        used_file_add_path(runtime);
    if (!out_open(&out, u->options->output, u->diags))
        return false;
    bool good = !executable || executable_begin(&out, runtime, &program, u->diags);
    good = good && artifact_write(&a, &out, &u->summary, u->diags);
    good = good && (!executable || executable_end(&out, &program));
    u->summary.file_bytes = out.bytes;
    if (!good) {
        out_discard(&out);
        return false;
    }
    return out_commit(&out, executable);
}

void print_reports(struct unit *u)
{
    struct text text = {.arena = &u->arena};

    if (u->options->report & REPORT_FUSION)
        pass_report_text(&early_passes, &u->passes.report, &text);
    if (u->late_report.bytes != 0)
        text_add_bytes(&text, u->late_report.data, u->late_report.bytes);
    if ((u->options->report & REPORT_TOKENIZER) && u->model.vocabulary != NULL)
        report_tokenizer(u->model.vocabulary, u->tokenizer_checked, &text);
    if (u->options->report & REPORT_TYPES) {
        report_types(&u->model, &u->graph, &u->types, &text);
        if (u->smoothing.alpha != 0)
            text_add(&text, "  smoothed by %g: %u norms, %u products of two values\n",
                     (double)u->smoothing.alpha, u->smoothing.norms, u->smoothing.products);
    }
    for (uint32_t i = 0; i < u->level_list.count && u->levels != NULL; i++) {
        if (u->options->report & REPORT_KERNELS)
            report_kernels(&u->levels[i], u->variant_count, &text);
        if (u->options->report & REPORT_MEMORY)
            report_memory(&u->levels[i], u->variants, u->variant_count, &text);
    }
    if (text.bytes != 0)
        fputs(text.data, stdout);
}

/* "smol: 130 files of source (code of 120 kB, weights 145 MB) in 1.2 s; make -C smol builds
 * smol/model" */
static void print_source_summary(const struct unit *u)
{
    char weights[AMOUNT_BYTES], code[AMOUNT_BYTES];
    const char *path = u->options->output, *made = u->options->freestanding ? "model.o" : "model";
    size_t bytes = strlen(path);

    while (bytes > 1 && path[bytes - 1] == '/')
        bytes--;
    fprintf(stderr,
            "%.*s: %u files of source (code of the model %s, weights %s) in %.1f s; make -C %.*s "
            "builds %.*s/%s\n",
            (int)bytes, path, u->files, amount_of_bytes((double)u->summary.code_bytes, code),
            amount_of_bytes((double)u->summary.weight_bytes, weights),
            progress_seconds() - u->progress.started, (int)bytes, path, (int)bytes, path, made);
}

void print_summary(const struct unit *u)
{
    const struct artifact_summary *s = &u->summary;
    struct rusage usage = {0};
    struct text levels = {.arena = u->diags->arena};

    if (u->options->quiet || u->options->output == NULL ||
        !(u->progress.terminal || u->options->verbose))
        return;
    if (writes_source(u->options)) {
        print_source_summary(u);
        return;
    }
    getrusage(RUSAGE_SELF, &usage); /* ru_maxrss: kB */
    for (uint32_t i = 0; i < u->level_list.count && u->levels != NULL; i++)
        text_add(&levels, "%s%s", i == 0 ? " for " : ", ",
                 u->levels[i].target->levels[u->levels[i].level].name);
    char file[AMOUNT_BYTES], weights[AMOUNT_BYTES], code[AMOUNT_BYTES], memory[AMOUNT_BYTES];
    fprintf(stderr, "%s: %s (weights %s, code %s%s) in %.1f s, at most %s of memory\n",
            goal_name(u->options->output), amount_of_bytes((double)s->file_bytes, file),
            amount_of_bytes((double)s->weight_bytes, weights),
            amount_of_bytes((double)s->code_bytes, code), levels.bytes != 0 ? levels.data : "",
            progress_seconds() - u->progress.started,
            amount_of_bytes((double)usage.ru_maxrss * 1024, memory));
}

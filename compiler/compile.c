/* The compiler, top to bottom. In: a model file or directory and the user's options; out: an
 * artifact, or an executable that carries it. compile() at the end names every stage in order; each
 * stage is one of the functions above it, and none starts another.
 */
#include "compiler/compile.h"

#include "compiler/cache_range.h"
#include "compiler/dump.h"
#include "compiler/family/family.h"
#include "compiler/pack/artifact.h"
#include "compiler/pack/executable.h"
#include "compiler/tokenizer/pack.h"
#include "compiler/late/late.h"
#include "compiler/plan.h"
#include "compiler/progress.h"
#include "compiler/report.h"
#include "compiler/selection.h"
#include "compiler/template/template.h"
#include "runtime/base/amount.h"
#include "runtime/base/cpu.h"
#include "runtime/base/used_files.h"

#include <string.h>
#include <sys/resource.h>

/* For more positions than these, whose rotary table alone takes gigabytes, the user must name the
 * context. */
enum { CONTEXT_UNASKED = 1 << 22 };

/* One compilation. Everything lives in `arena` until it ends. */
struct unit {
    const struct compile_options *options;
    struct diags *diags;
    struct arena arena;
    struct strings strings;
    struct progress progress;
    struct dump dump;
    struct cache cache;
    uint32_t threads;

    struct model model;
    struct numerics numerics;
    const struct tensor
        *stored; /* its tensors as in the file; model.tensors: as they will be packed */
    uint8_t *tokenizer;
    uint64_t tokenizer_bytes;
    bool tokenizer_checked; /* compared with its description */
    uint8_t *template;      /* NULL: the model has none */
    uint64_t template_bytes;
    struct hir_graph graph;
    struct pass_run passes;
    struct level_list level_list;
    struct packed_variant variants[BUCKETS_MAX];
    uint32_t variant_count;
    struct packed_level *levels;
    struct artifact_summary summary;
};

/* Registers files that are read later, so that no output replaces them before that. */
static bool check_output(const struct compile_options *o, struct diags *d)
{
    if (o->chat_template != NULL)
        used_file_add_path(o->chat_template);
    used_file_add_path(o->input);
    return o->output == NULL || out_check(o->output, d);
}

/* Finds mistakes that show before the model is opened. */
static bool check_options(struct unit *u)
{
    const struct compile_options *o = u->options;
    uint32_t dumps = o->emit & (EMIT_HIR | EMIT_LIR | EMIT_LL | EMIT_ASM);

    /* By default: an executable runs on other machines, an artifact on this one. */
    const char *levels = (o->emit & EMIT_EXE) != 0 ? "all" : "native";

    u->passes =
        (struct pass_run){.arena = &u->arena, .tables = all_pass_tables, .leave_out = o->leave_out};
    bool good = select_levels(o->levels != NULL ? o->levels : levels, &u->level_list, u->diags);
    good = select_variants(o->variants, UINT32_MAX, u->variants, countof(u->variants),
                           &u->variant_count, u->diags) &&
           good;
    good = pass_run_valid(&u->passes, u->diags) && good;
    good = check_output(o, u->diags) && good;
    good = (o->cache == NULL || cache_open(&u->cache, o->cache, u->diags)) && good;
    if (!good || dumps == 0)
        return good;
    good = dump_open(&u->dump, o->dump_directory, u->diags);
    u->dump.hir = (dumps & EMIT_HIR) != 0;
    u->dump.lir = (dumps & EMIT_LIR) != 0;
    u->dump.ll = (dumps & EMIT_LL) != 0;
    u->dump.assembly = (dumps & EMIT_ASM) != 0;
    return good;
}

static bool read_model(struct unit *u)
{
    const struct import_options options = {.vocabulary_only = u->options->tokenizer_only,
                                           .pre_tokenizer = u->options->pre_tokenizer};

    progress_phase(&u->progress, "reading the model");
    u->model.arena = &u->arena;
    u->model.strings = &u->strings;
    if (!import_model(u->options->input, &options, &u->model, u->diags))
        return false;
    if (u->options->tokenizer_only && u->model.vocabulary == NULL)
        return diag_error(u->diags, (struct place){.file = u->options->input},
                          "expected a vocabulary for --tokenizer-only, found none");
    if (u->model.vocabulary == NULL)
        diag_warning(u->diags, (struct place){.file = u->options->input},
                     "has no tokenizer: the artifact works with token ids only, as in rlx run "
                     "--tokens=5,17,3 --ids");
    return u->options->output == NULL || out_check(u->options->output, u->diags);
}

static struct cache *cache_of(struct unit *u)
{
    return u->options->cache != NULL ? &u->cache : NULL;
}

static bool pack_vocabulary(struct unit *u)
{
    progress_phase(&u->progress, "tokenizer");
    u->tokenizer_checked = !u->options->no_check_tokenizer;
    return tokenizer_pack_cached(&u->model, cache_of(u), &u->tokenizer_checked, &u->arena,
                                 &u->tokenizer, &u->tokenizer_bytes, u->diags);
}

static bool build_graph(struct unit *u)
{
    uint32_t wanted = u->options->context, most = u->model.hyper.context;

    if (wanted > most)
        return diag_error(u->diags,
                          (struct place){.file = u->options->input, .object = "--context"},
                          "expected at most the model's %u positions, found %u", most, wanted);
    if (wanted == 0 && most > CONTEXT_UNASKED)
        return diag_error(
            u->diags, (struct place){.file = u->options->input, .object = "--context"},
            "expected a number of tokens, because the model has more than %d positions (%u); "
            "for example --context=8192",
            CONTEXT_UNASKED, most);
    requantize(&u->model, &u->options->quant_choice, &u->stored, u->diags);
    hir_init(&u->graph, &u->arena, &u->strings, u->model.name == NULL ? "model" : u->model.name);
    return family_build(&u->model, wanted, &u->graph, u->diags);
}

/* The default is f16 if it can hold the model's keys and values. */
static void choose_cache(struct unit *u)
{
    struct place at = {.file = u->options->input};
    struct cache_range range;

    u->numerics = u->options->numerics;
    enum dtype kv = u->numerics.kv;
    if (cache_range_fits(&u->model, kv, u->threads, &range))
        return;
    if (u->options->kv_given) {
        diag_warning(u->diags, at,
                     "%s of layer %u may reach %.3g, but %s cache limits them to %.0f; "
                     "--kv=f32 does not",
                     range.what, range.layer, range.most, kv == DTYPE_f16 ? "an f16" : "a q8",
                     cache_range_most(kv));
        return;
    }
    u->numerics.kv = DTYPE_f32;
    diag_warning(u->diags, at,
                 "%s of layer %u may reach %.3g, more than f16 holds (65504), so the cache is f32; "
                 "--kv=f16 or --kv=q8 would be smaller",
                 range.what, range.layer, range.most);
}

static bool optimize(struct unit *u)
{
    progress_phase(&u->progress, "passes");
    u->passes.dump = u->dump.hir ? dump_graph : NULL;
    u->passes.dump_context = &u->dump;
    dump_import(&u->dump, &u->graph);
    return run_passes(&u->passes, &early_passes, &u->graph, u->diags);
}

/* One variant on one level. */
static bool make_variant(struct unit *u, struct packed_level *level, uint32_t index)
{
    struct lir_program *p = &level->programs[index];

    struct pass_run run = {.arena = &u->arena,
                           .tables = all_pass_tables,
                           .leave_out = u->options->leave_out,
                           .verify_last = true};
    struct specialization s = {&u->variants[index].variant, &u->numerics, level->target,
                               level->level};

    if (!make_program(&u->graph, &s, &run, &level->kernels, p, u->diags))
        return false;
    dump_program(&u->dump, index, level->target->levels[level->level].name, p);
    return true;
}

static bool emit_level(struct unit *u, struct packed_level *level)
{
    const struct target *target = level->target;
    const struct target_dump dump = {u->dump.ll, u->dump.assembly, dump_kernel, &u->dump,
                                     cache_of(u)};

    u->dump.level = target->levels[level->level].name;
    return target->emit(level->level, level->kernels.all, level->kernels.count, u->threads, &dump,
                        &u->arena, &level->code, u->diags);
}

/* Makes the programs of all levels, without code yet. */
static bool make_levels(struct unit *u)
{
    uint32_t context = u->options->context != 0 ? u->options->context : u->model.hyper.context;

    progress_phase(&u->progress, "programs");
    if (!select_variants(u->options->variants, context, u->variants, countof(u->variants),
                         &u->variant_count, u->diags))
        return false;
    u->levels = arena_new(&u->arena, struct packed_level, u->level_list.count);
    for (uint32_t i = 0; i < u->level_list.count; i++) {
        struct packed_level *level = &u->levels[i];
        level->target = u->level_list.target;
        level->level = u->level_list.all[i];
        level->kernels.arena = &u->arena;
        level->programs = arena_new(&u->arena, struct lir_program, u->variant_count);
        for (uint32_t v = 0; v < u->variant_count; v++)
            if (!make_variant(u, level, v))
                return false;
    }
    return !u->dump.failed;
}

static bool read_template(struct unit *u)
{
    struct file f;

    if (u->options->chat_template == NULL)
        return true;
    if (!file_map(u->options->chat_template, &f, u->diags))
        return false;
    bool fits = f.bytes < UINT32_MAX;
    u->model.chat_template = fits ? arena_text(&u->arena, (const char *)f.data, f.bytes) : NULL;
    u->model.chat_template_bytes = fits ? (uint32_t)f.bytes : 0;
    u->model.tool_template = NULL;
    file_unmap(&f);
    return fits || diag_error(u->diags, (struct place){.file = u->options->chat_template},
                              "expected less than 4 GiB");
}

/* A template that cannot be compiled is not an error, because the model can still continue text. It
 * is an error if the user named it. */
static bool compile_chat_template(struct unit *u)
{
    struct template_variable variables[MODEL_MAX_SPECIAL_TOKENS];
    struct template_refusal refusal;
    struct place at = {.file = u->options->chat_template, .object = "chat template"};

    progress_phase(&u->progress, "chat template");
    if (!read_template(u))
        return false;
    if (u->model.chat_template == NULL)
        return true;
    for (uint32_t i = 0; i < u->model.special_token_count; i++)
        variables[i] = (struct template_variable){u->model.special_tokens[i].name,
                                                  u->model.special_tokens[i].text};
    const struct template_source source = {.text = u->model.chat_template,
                                           .bytes = u->model.chat_template_bytes,
                                           .tool_text = u->model.tool_template,
                                           .tool_bytes = u->model.tool_template_bytes,
                                           .variables = variables,
                                           .variable_count = u->model.special_token_count};
    if (template_compile(&source, &u->arena, &u->template, &u->template_bytes, &refusal))
        return true;
    at.line = refusal.line;
    if (u->options->chat_template != NULL)
        return diag_error(u->diags, at, "%s", refusal.reason);
    at.file = u->options->input;
    diag_warning(u->diags, at, "cannot be compiled, so the model only continues text: %s",
                 refusal.reason);
    return true;
}

static bool emit_levels(struct unit *u)
{
    progress_phase(&u->progress, "code");
    for (uint32_t i = 0; i < u->level_list.count; i++)
        if (!emit_level(u, &u->levels[i]))
            return false;
    return !u->dump.failed;
}

static struct artifact describe_artifact(struct unit *u)
{
    struct artifact a = {.arena = &u->arena,
                         .model = &u->model,
                         .tokenizer = u->tokenizer,
                         .tokenizer_bytes = u->tokenizer_bytes,
                         .tokenizer_checked = u->tokenizer_checked,
                         .template = u->template,
                         .template_bytes = u->template_bytes};

    if (u->options->tokenizer_only)
        return a;
    a.graph = &u->graph;
    a.variants = u->variants;
    a.variant_count = u->variant_count;
    a.levels = u->levels;
    a.level_count = u->level_list.count;
    a.numerics = u->numerics;
    a.quant = u->options->quant;
    a.quant_head = u->options->quant_head;
    a.context = u->options->context != 0 ? u->options->context : u->model.hyper.context;
    a.weights =
        (struct weights_options){u->threads, u->stored, progress_bytes, &u->progress, cache_of(u)};
    return a;
}

/* Prints what a build would make, instead of making it. */
static bool print_plan(struct unit *u)
{
    const struct plan_request *request = u->options->plan;
    struct artifact a = describe_artifact(u);
    struct weight_plan weights;
    struct machine machine;
    struct text text = {.arena = &u->arena};
    struct planned all = {
        &u->model, u->levels, u->level_list.count, u->variants, u->variant_count, a.context,
        &weights,  NULL,      request->depth};

    if (request->depth >= a.context)
        return diag_error(u->diags, (struct place){.object = "--depth"},
                          "expected less than the context of %u, found %llu", a.context,
                          (unsigned long long)request->depth);
    if (!artifact_plan_weights(&a, &weights, u->diags))
        return false;
    if (request->machine != NULL) {
        all.machine = &machine;
        progress_phase(&u->progress, "measuring");
        if (!machine_read(request->machine, u->threads, &machine, u->diags))
            return false;
    }
    progress_clear(&u->progress);
    (request->json ? plan_json : plan_text)(&all, &text);
    fputs(text.data, stdout);
    return true;
}

static bool write_output(struct unit *u)
{
    const char *runtime = u->options->runtime;
    bool executable = (u->options->emit & EMIT_EXE) != 0;
    struct artifact a = describe_artifact(u);
    struct executable program;
    struct out out;

    if (u->options->output == NULL)
        return true;
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

static void print_reports(struct unit *u)
{
    struct text text = {.arena = &u->arena};

    if (u->options->report & REPORT_FUSION)
        pass_report_text(&early_passes, &u->passes.report, &text);
    if ((u->options->report & REPORT_TOKENIZER) && u->model.vocabulary != NULL)
        report_tokenizer(u->model.vocabulary, u->tokenizer_checked, &text);
    if (u->options->report & REPORT_TYPES)
        report_types(&u->model, u->stored, &text);
    for (uint32_t i = 0; i < u->level_list.count && u->levels != NULL; i++) {
        if (u->options->report & REPORT_KERNELS)
            report_kernels(&u->levels[i], u->variant_count, &text);
        if (u->options->report & REPORT_MEMORY)
            report_memory(&u->levels[i], u->variants, u->variant_count, &text);
    }
    if (text.bytes != 0)
        fputs(text.data, stdout);
}

static void end_cache(struct unit *u)
{
    struct cache *c = &u->cache;

    cache_trim(c, u->options->cache_bytes);
    if (u->options->verbose)
        fprintf(stderr, "cache: %u results found, %u kept, %u damaged\n", atomic_load(&c->found),
                atomic_load(&c->stored), atomic_load(&c->refused));
}

static void print_summary(const struct unit *u)
{
    const struct artifact_summary *s = &u->summary;
    struct rusage usage = {0};
    struct text levels = {.arena = u->diags->arena};

    if (u->options->quiet || u->options->output == NULL ||
        !(u->progress.terminal || u->options->verbose))
        return;
    getrusage(RUSAGE_SELF, &usage); /* ru_maxrss: kB */
    for (uint32_t i = 0; i < u->level_list.count && u->levels != NULL; i++)
        text_add(&levels, "%s%s", i == 0 ? " for " : ", ",
                 u->level_list.target->levels[u->level_list.all[i]].name);
    char file[AMOUNT_BYTES], weights[AMOUNT_BYTES], code[AMOUNT_BYTES], memory[AMOUNT_BYTES];
    fprintf(stderr, "%s: %s (weights %s, code %s%s) in %.1f s, at most %s of memory\n",
            goal_name(u->options->output), amount_of_bytes((double)s->file_bytes, file),
            amount_of_bytes((double)s->weight_bytes, weights),
            amount_of_bytes((double)s->code_bytes, code), levels.bytes != 0 ? levels.data : "",
            progress_seconds() - u->progress.started,
            amount_of_bytes((double)usage.ru_maxrss * 1024, memory));
}

bool compile(const struct compile_options *options, struct diags *d)
{
    struct unit u = {.options = options,
                     .diags = d,
                     .threads = options->threads != 0 ? options->threads : cpu_processors()};

    strings_init(&u.strings, &u.arena);
    progress_init(&u.progress, options->quiet, options->verbose);
    bool good = check_options(&u) && read_model(&u);
    if (options->plan == NULL)
        good = good && pack_vocabulary(&u) && compile_chat_template(&u);
    if (good && !options->tokenizer_only) {
        choose_cache(&u);
        good = build_graph(&u) && optimize(&u) && make_levels(&u);
    }
    if (options->plan != NULL) {
        good = good && print_plan(&u);
    } else {
        if (!options->tokenizer_only)
            good = good && emit_levels(&u);
        if (good)
            print_reports(&u);
        good = good && write_output(&u);
    }
    progress_clear(&u.progress);
    if (good && options->cache != NULL)
        end_cache(&u);
    if (good)
        print_summary(&u);
    model_close(&u.model);
    dump_close(&u.dump);
    arena_free(&u.arena);
    return good;
}

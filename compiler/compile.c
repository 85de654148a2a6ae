/* The compiler, top to bottom. In: a model file or directory and the user's options; out: an
 * artifact, or an executable that carries it. compile() at the end names every stage in order; each
 * stage is one of the functions above it or of unit.h, and none starts another.
 */
#include "compiler/unit.h"

#include "compiler/family/family.h"
#include "compiler/kv_range.h"
#include "compiler/late/late.h"
#include "compiler/observe.h"
#include "compiler/pack/source_folder.h"
#include "compiler/quant_rules.h"
#include "compiler/types.h"

#include <string.h>

/* For more positions than these, whose rotary table alone takes gigabytes, the user must name the
 * context. */
enum { CONTEXT_UNASKED = 1 << 22 };

static bool build_graph(struct unit *u)
{
    uint32_t wanted = u->options->context, max = u->model.hyper.context;

    if (wanted > max)
        return diag_error(u->diags,
                          (struct place){.file = u->options->input, .object = "--context"},
                          "expected at most the model's %u positions, found %u", max, wanted);
    if (wanted == 0 && max > CONTEXT_UNASKED)
        return diag_error(
            u->diags, (struct place){.file = u->options->input, .object = "--context"},
            "expected a number of tokens, because the model has more than %d positions (%u); "
            "for example --context=8192",
            CONTEXT_UNASKED, max);
    hir_init(&u->graph, &u->arena, &u->strings, u->model.name == NULL ? "model" : u->model.name);
    return family_build(&u->model, wanted, &u->graph, u->diags) &&
           (!u->options->observe || observe_products(&u->graph, &u->model, u->diags));
}

static bool needs_one_variant(const struct unit *u)
{
    const struct selected_level *first = &u->level_list.all[0];

    return first->target->levels[first->level].traits.one_variant;
}

/* Whether there are variants that the form of the output can run; the others go. */
static bool keep_variants(struct unit *u)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < u->variant_count; i++)
        if (!u->options->freestanding || freestanding_keeps(&u->variants[i]))
            u->variants[kept++] = u->variants[i];
    u->variant_count = kept;
    return kept != 0 || diag_error(u->diags, (struct place){.object = "--freestanding"},
                                   "expected an entry " MAIN_ENTRY
                                   " that makes logits from ids of tokens alone, "
                                   "found no variant that runs one sequence of them");
}

/* What the user said of variants, and those of the entry for rlx imatrix unless that has some. */
static const char *variants_text(struct unit *u)
{
    const char *given = u->options->variants;

    if (!u->options->observe || (given != NULL && strstr(given, OBSERVE_ENTRY ":") != NULL))
        return given;
    return given == NULL ? OBSERVE_VARIANTS
                         : arena_printf(&u->arena, "%s," OBSERVE_VARIANTS, given);
}

/* Before the passes, because a ring must hold the rows of the longest run. */
static bool choose_variants(struct unit *u)
{
    uint32_t context = u->options->context != 0 ? u->options->context : u->model.hyper.context;

    if (context == 0) /* no state holds positions */
        context = INT32_MAX;
    return select_variants(variants_text(u), &u->graph, context, needs_one_variant(u), u->variants,
                           countof(u->variants), &u->variant_count, u->diags) &&
           keep_variants(u);
}

/* Rows of one sequence in a run, at most. The states of a graph of the user's stay what they are. */
static uint32_t run_rows(const struct unit *u)
{
    uint32_t rows = SHORT_RUN_MAX;

    for (uint32_t i = 0; i < u->variant_count; i++)
        rows = (uint32_t)max_u64(rows, u->variants[i].variant.seq);
    return u->own_graph ? 0 : rows;
}

/* Before the passes, which join products, and after the rules, which name the matrices of the model. */
static bool smooth(struct unit *u)
{
    u->smoothing = (struct smoothing){.alpha = u->options->smooth, .threads = u->threads};
    return u->smoothing.alpha == 0 ||
           smooth_activations(&u->graph, &u->model, &u->types, &u->smoothing, u->diags);
}

static bool optimize(struct unit *u)
{
    progress_phase(&u->progress, "passes");
    u->passes = (struct pass_run){.arena = &u->arena,
                                  .tables = all_pass_tables,
                                  .context = {.types = &u->types, .run_rows = run_rows(u)},
                                  .leave_out = u->options->leave_out};
    u->passes.dump = u->dump.hir ? dump_graph : NULL;
    u->passes.dump_context = &u->dump;
    dump_import(&u->dump, &u->graph);
    if (!quant_rules_apply(u->options->quant, &u->graph, &u->model, &u->types, u->diags) ||
        !smooth(u))
        return false;
    if (!run_passes(&u->passes, &early_passes, &u->graph, u->diags))
        return false;
    warn_of_types(&u->model, &u->graph, &u->types, u->diags);
    if (u->options->imatrix != NULL)
        warn_of_importance(&u->model, &u->graph, u->diags);
    return true;
}

/* A device launches no more tiles at once than its target says. */
static bool fits_launch(const struct lir_program *p, const struct specialization *s,
                        struct diags *d)
{
    const struct target_level *level = &s->target->levels[s->level];

    for (uint32_t i = 0; level->traits.tiles_max != 0 && i < p->step_count; i++) {
        const struct lir_step *step = &p->steps[i];
        uint64_t tiles = lir_most_tiles(p, step);
        if (tiles > level->traits.tiles_max)
            return diag_error(
                d, (struct place){.object = variant_name(d->arena, s->variant)},
                "the step %s has %llu tiles on %s, which launches at most %u; expected a smaller "
                "variant (--variants)",
                str_text(p->strings, step->name), (unsigned long long)tiles, level->name,
                level->traits.tiles_max);
    }
    return true;
}

bool make_program(const struct hir_graph *g, const struct specialization *s, struct pass_run *run,
                  struct lir_kernels *kernels, struct lir_program *out, struct diags *d)
{
    struct arena scratch = {0};
    struct hir_graph late;
    bool good = specialize(g, s, &scratch, &late, d) && run_late_passes(run, s, &late, d) &&
                lower(&late, g, s->variant, s->target, s->level, kernels, out, d);

    arena_free(&scratch);
    if (!good)
        return false;
    schedule(out, &s->target->levels[s->level].traits);
    plan_memory(out);
    return lir_verify(out, d) && fits_launch(out, s, d);
}

/* One variant on one level. */
static bool make_variant(struct unit *u, struct packed_level *level, uint32_t index)
{
    const struct variant *variant = &u->variants[index].variant;
    const struct specialization s = {variant, u->options->activations, level->target, level->level,
                                     wants_row_activations(&u->model, &u->types)};
    struct lir_program *p = &level->programs[index];
    struct arena notes = {0};
    struct pass_run run = {.arena = &notes,
                           .tables = all_pass_tables,
                           .leave_out = u->options->leave_out,
                           .no_report = (u->options->report & REPORT_FUSION) == 0,
                           .verify_last = true,
                           .dump = u->dump.hir ? dump_late_graph : NULL,
                           .dump_context = &u->dump};

    dump_variant(&u->dump, index, variant, level->target->levels[level->level].name);
    bool good = make_program(&u->graph, &s, &run, &level->kernels, p, u->diags);
    if (good) {
        dump_program(&u->dump, p);
        if (u->options->report & REPORT_FUSION)
            late_report_text(&s, &run.report, &u->late_report);
    }
    arena_free(&notes);
    return good;
}

/* Makes the programs of all levels, without code yet. */
static bool make_level_programs(struct unit *u)
{
    progress_phase(&u->progress, "programs");
    u->levels = arena_new(&u->arena, struct packed_level, u->level_list.count);
    for (uint32_t i = 0; i < u->level_list.count; i++) {
        struct packed_level *level = &u->levels[i];
        level->target = u->level_list.all[i].target;
        level->level = u->level_list.all[i].level;
        level->kernels.arena = &u->arena;
        level->programs = arena_new(&u->arena, struct lir_program, u->variant_count);
        for (uint32_t v = 0; v < u->variant_count; v++)
            if (!make_variant(u, level, v))
                return false;
        lir_kernels_order(&level->kernels, level->programs, u->variant_count);
    }
    return !u->dump.failed;
}

bool make_programs(struct unit *u)
{
    if (u->own_graph) {
        if (!choose_variants(u) || !optimize(u))
            return false;
        kv_range_warn(&u->graph, &u->model, u->options->kv_given, u->diags);
        return make_level_programs(u);
    }
    choose_kv_type(&u->model, u->options->kv_given, u->threads, &u->types.kv, u->diags);
    return build_graph(u) && choose_variants(u) && optimize(u) && make_level_programs(u);
}

/* What dumps call the code of a level. */
static const char *modules_of(const struct target_level *level)
{
    return level->traits.modules != NULL ? level->traits.modules : level->name;
}

/* What the target whose code is text makes of each program and kernel of another. */
static void dump_sources(struct unit *u, const struct weight_plan *plan)
{
    struct level_list source;

    select_source(&source);
    for (uint32_t i = 0; i < u->level_list.count; i++) {
        struct packed_level *level = &u->levels[i];
        const char *name = level->target->levels[level->level].name;
        for (uint32_t v = 0; v < u->variant_count; v++) {
            artifact_place_buffers(plan, &level->programs[v]);
            dump_variant(&u->dump, v, &u->variants[v].variant, name);
            dump_program_source(&u->dump, source.all[0].target, &level->programs[v]);
        }
        u->dump.level = modules_of(&level->target->levels[level->level]);
        dump_kernel_sources(&u->dump, source.all[0].target, &level->kernels);
    }
}

/* Code that is text names the places of weights. */
static bool print_level(struct unit *u, struct packed_level *level, const struct weight_plan *plan)
{
    const uint32_t kernels = level->kernels.count;

    for (uint32_t v = 0; v < u->variant_count; v++)
        artifact_place_buffers(plan, &level->programs[v]);
    level->code.entry = arena_new(&u->arena, uint64_t, kernels);
    level->code.code_bytes = arena_new(&u->arena, uint64_t, kernels);
    return level->target->print(level->level, level->programs, u->variant_count, &u->arena,
                                &level->sources, u->diags);
}

/* The kernels of level `first`, and of those after it that share its modules. */
static bool emit_kernels(struct unit *u, uint32_t first, const struct lir_kernels *kernels,
                         struct target_code *code)
{
    const struct packed_level *level = &u->levels[first];
    const struct target *target = level->target;
    const struct target_dump dump = {.ll = u->dump.ll,
                                     .assembly = u->dump.assembly,
                                     .glsl = u->dump.glsl,
                                     .spv = u->dump.spv,
                                     .spvasm = u->dump.spvasm,
                                     .write = dump_kernel,
                                     .context = &u->dump,
                                     .build_cache = u->build_cache};

    u->dump.level = modules_of(&target->levels[level->level]);
    return target->emit(level->level, kernels->all, kernels->count, u->threads, &dump, &u->arena,
                        code, u->diags);
}

static bool shares_modules(const struct unit *u, uint32_t a, uint32_t b)
{
    const struct packed_level *x = &u->levels[a], *y = &u->levels[b];

    return x->target == y->target && strcmp(modules_of(&x->target->levels[x->level]),
                                            modules_of(&y->target->levels[y->level])) == 0;
}

/* One image for the levels first .. *end - 1, which may have kernels in common. */
static bool emit_shared(struct unit *u, uint32_t first, uint32_t *end)
{
    struct lir_kernels kernels = {.arena = &u->arena};
    struct target_code code;

    for (*end = first; *end < u->level_list.count && shares_modules(u, first, *end); ++*end)
        for (uint32_t k = 0; k < u->levels[*end].kernels.count; k++)
            lir_kernel_intern(&kernels, &u->levels[*end].kernels.all[k]);
    if (!emit_kernels(u, first, &kernels, &code))
        return false;
    for (uint32_t i = first; i < *end; i++) {
        struct packed_level *level = &u->levels[i];
        level->code = code;
        level->code.entry = arena_new(&u->arena, uint64_t, level->kernels.count);
        level->code.code_bytes = arena_new(&u->arena, uint64_t, level->kernels.count);
        for (uint32_t k = 0; k < level->kernels.count; k++) {
            const uint32_t at = lir_kernel_intern(&kernels, &level->kernels.all[k]);
            level->code.entry[k] = code.entry[at];
            level->code.code_bytes[k] = code.code_bytes[at];
        }
    }
    return true;
}

static bool emit_levels(struct unit *u)
{
    const struct artifact a = describe_artifact(u);
    const bool prints = writes_source(u->options);
    struct weight_plan plan;

    progress_phase(&u->progress, "code");
    if ((prints || u->dump.source) && !artifact_plan_weights(&a, &plan, u->diags))
        return false;
    if (u->dump.source)
        dump_sources(u, &plan);
    for (uint32_t i = 0; i < u->level_list.count;)
        if (!(prints ? print_level(u, &u->levels[i++], &plan) : emit_shared(u, i, &i)))
            return false;
    return !u->dump.failed;
}

bool compile(const struct compile_options *options, struct diags *d)
{
    struct unit u;
    bool good = unit_open(&u, options, d) && unit_import(&u, false) && pack_vocabulary(&u) &&
                compile_chat_template(&u) && make_programs(&u) && emit_levels(&u);

    if (good)
        print_reports(&u);
    return unit_close(&u, good && write_output(&u));
}

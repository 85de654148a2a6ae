/* Begins and ends a compilation. Contract: unit.h. */
#include "compiler/unit.h"

#include "compiler/pack/source_folder.h"
#include "runtime/base/cpu.h"
#include "runtime/base/used_files.h"

static bool goal_is_good(const struct compile_options *o, struct diags *d)
{
    if (writes_source(o))
        return source_folder_check(o->output, d);
    return o->output == NULL || out_check(o->output, d);
}

/* Registers files that are read later, so that no output replaces them before that. */
static bool check_output(const struct compile_options *o, struct diags *d)
{
    if (o->chat_template != NULL)
        used_file_add_path(o->chat_template);
    used_file_add_path(o->input);
    if (o->weights != NULL)
        used_file_add_path(o->weights);
    if (o->imatrix != NULL)
        used_file_add_path(o->imatrix);
    if (o->vocabulary != NULL)
        used_file_add_path(o->vocabulary);
    return goal_is_good(o, d);
}

static bool open_dump(struct unit *u)
{
    const struct compile_options *o = u->options;

    const bool source = (o->emit & EMIT_C) != 0 && !writes_source(o);

    if ((o->emit & EMIT_DUMPS) == 0 && !source)
        return true;
    bool good = dump_open(&u->dump, o->dump_directory, u->diags);
    u->dump.hir = (o->emit & EMIT_HIR) != 0;
    u->dump.lir = (o->emit & EMIT_LIR) != 0;
    u->dump.ll = (o->emit & EMIT_LL) != 0;
    u->dump.assembly = (o->emit & EMIT_ASM) != 0;
    u->dump.glsl = (o->emit & EMIT_GLSL) != 0;
    u->dump.spv = (o->emit & EMIT_SPV) != 0;
    u->dump.spvasm = (o->emit & EMIT_SPVASM) != 0;
    u->dump.source = source;
    return good;
}

bool unit_open(struct unit *u, const struct compile_options *o, struct diags *d)
{
    /* By default: an executable runs on other machines, an artifact on this one. */
    const char *levels = (o->emit & EMIT_EXE) != 0 ? "all" : "native";

    *u = (struct unit){.options = o,
                       .diags = d,
                       .threads = o->threads != 0 ? o->threads : cpu_processors(),
                       .types = o->types};
    u->late_report.arena = &u->arena;
    strings_init(&u->strings, &u->arena);
    progress_init(&u->progress, o->quiet, o->verbose);
    bool good = true;
    if (writes_source(o))
        select_source(&u->level_list);
    else
        good = select_levels(o->targets, o->levels != NULL ? o->levels : levels, &u->level_list, d);
    good = check_output(o, d) && good;
    if (o->build_cache != NULL) {
        u->build_cache = &u->opened_build_cache;
        good = build_cache_open(u->build_cache, o->build_cache, d) && good;
    }
    return good && open_dump(u);
}

static bool read_importance(struct unit *u)
{
    return u->options->imatrix == NULL ||
           imatrix_read(u->options->imatrix, &u->model, &u->imatrix, u->diags);
}

bool unit_import(struct unit *u, bool vocabulary_only)
{
    const struct compile_options *o = u->options;
    const struct import_options options = {.vocabulary_only = vocabulary_only,
                                           .pre_tokenizer = o->pre_tokenizer};

    progress_phase(&u->progress, "reading the model");
    u->model.arena = &u->arena;
    u->model.strings = &u->strings;
    u->own_graph = has_user_graph(o);
    if (u->own_graph)
        return import_user_graph(u) && read_importance(u) && goal_is_good(o, u->diags);
    if (!import_model(o->input, &options, &u->model, u->diags) || !read_importance(u))
        return false;
    if (!vocabulary_only && u->model.vocabulary == NULL)
        diag_warning(u->diags, (struct place){.file = o->input},
                     "has no tokenizer: the artifact works with token ids only, as in rlx run "
                     "--tokens=5,17,3 --ids");
    return goal_is_good(o, u->diags);
}

static void end_build_cache(struct unit *u)
{
    struct build_cache *c = u->build_cache;

    if (c == NULL)
        return;
    build_cache_trim(c, u->options->build_cache_bytes);
    if (u->options->verbose)
        fprintf(stderr, "build cache: %u results found, %u kept, %u damaged\n",
                atomic_load(&c->found), atomic_load(&c->stored), atomic_load(&c->refused));
}

bool unit_close(struct unit *u, bool good)
{
    progress_clear(&u->progress);
    if (good) {
        end_build_cache(u);
        print_summary(u);
    }
    model_close(&u->model);
    model_close(&u->vocabulary_model);
    dump_close(&u->dump);
    arena_free(&u->arena);
    return good;
}

/* Writes a model as source code: its weights, then at once the code, what rlxc carries, and
 * README.md. Contract: source_folder.h. */
#include "compiler/pack/source_folder.h"

#include "compiler/base/new_folder.h"
#include "compiler/pack/carried_sources.h"
#include "compiler/pack/source_readme.h"

static const struct folder_mark mark = {"Makefile", "# Written by rlxc"};

bool source_folder_check(const char *path, struct diags *d)
{
    return new_folder_check(path, mark, d);
}

static bool write_weights(const struct source_folder *f, struct out *out,
                          struct source_folder_summary *summary, struct diags *d)
{
    return f->freestanding ? artifact_write_weights(f->artifact, out, &summary->artifact, d)
                           : artifact_write(f->artifact, out, &summary->artifact, d);
}

/* The first `code_count` files are the code of the model. */
static bool write_code(struct new_folder *folder, const struct target_sources *sources,
                       uint32_t code_count, struct source_folder_summary *summary)
{
    bool good = true;

    for (uint32_t i = 0; i < sources->count && good; i++) {
        const struct target_source *file = &sources->files[i];
        summary->artifact.code_bytes += i < code_count ? file->text.bytes : 0;
        good = new_folder_write(folder, file->name, file->text.data, file->text.bytes);
    }
    return good;
}

static bool write_carried(const struct source_folder *f, struct new_folder *folder)
{
    struct text readme = {.arena = f->artifact->arena};
    bool good = true;

    for (size_t i = 0; i < carried_source_count && good; i++)
        good = new_folder_write(folder, carried_sources[i].path, carried_sources[i].data,
                                carried_sources[i].bytes);
    source_readme_text(f->artifact, f->sources, &readme);
    return good && new_folder_write(folder, "README.md", readme.data, readme.bytes);
}

/* The code of a freestanding model has the other files among its own. */
static bool find_sources(const struct source_folder *f, struct target_sources *sources,
                         struct diags *d)
{
    struct weight_plan plan;

    *sources = *f->sources;
    return !f->freestanding || (artifact_plan_weights(f->artifact, &plan, d) &&
                                freestanding_sources(f->artifact, &plan, sources, d));
}

bool source_folder_write(const struct source_folder *f, struct source_folder_summary *summary,
                         struct diags *d)
{
    struct target_sources sources;
    struct new_folder folder;
    struct out out;

    *summary = (struct source_folder_summary){0};
    if (!find_sources(f, &sources, d) || !new_folder_open(&folder, f->path, mark, d))
        return false;
    bool good = new_folder_out(&folder, "weights.bin", &out);
    if (good && !write_weights(f, &out, summary, d)) {
        out_discard(&out);
        good = false;
    }
    new_folder_hurry(&folder);
    good = good && out_commit(&out, false) &&
           write_code(&folder, &sources, f->sources->count, summary) &&
           (f->freestanding || write_carried(f, &folder));
    if (!good) {
        new_folder_discard(&folder);
        return false;
    }
    summary->files = folder.files;
    return new_folder_commit(&folder);
}

/* Recognizes the format of a path and reads it. In: a path; out: a model, or every problem
 * found. */
#include "compiler/import/import.h"

#include "compiler/import/vocabulary.h"
#include "runtime/base/advice.h"
#include "runtime/base/used_files.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The last part of a path, without `suffix`; for "." and the like, the name of the folder that it
 * means. */
static const char *name_of(struct arena *a, const char *path, const char *suffix)
{
    size_t bytes = strlen(path), suffix_bytes = strlen(suffix);

    while (bytes > 1 && path[bytes - 1] == '/')
        bytes--;
    const char *whole = arena_text(a, path, bytes), *slash = strrchr(whole, '/');
    const char *name = slash == NULL || slash[1] == 0 ? whole : slash + 1;
    size_t name_bytes = strlen(name);
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
        char *real = realpath(path, NULL);
        if (real != NULL && strrchr(real, '/') != NULL)
            name = arena_printf(a, "%s", strrchr(real, '/') + 1);
        free(real);
    } else if (name_bytes > suffix_bytes && strcmp(name + name_bytes - suffix_bytes, suffix) == 0) {
        name = arena_text(a, name, name_bytes - suffix_bytes);
    }
    return name;
}

static bool ends_with(const char *path, const char *suffix)
{
    size_t bytes = strlen(path), suffix_bytes = strlen(suffix);

    return bytes >= suffix_bytes && strcmp(path + bytes - suffix_bytes, suffix) == 0;
}

/* Says what a file is that rlx does not read, if its bytes or its name tell. */
static bool refuse_file(const struct file *f, struct diags *d)
{
    static const struct {
        const char *magic;
        const char *what;
    } known[] = {
        {"PK\003\004", "a zip archive (a PyTorch checkpoint?); convert it to safetensors"},
        {"\200\002", "a Python pickle (a PyTorch checkpoint?); convert it to safetensors"},
        {"tjgg", "a GGML file older than GGUF; convert it to GGUF"},
        {"fmgg", "a GGML file older than GGUF; convert it to GGUF"},
        {"lmgg", "a GGML file older than GGUF; convert it to GGUF"},
        {"algg", "a LoRA adapter in a format older than GGUF; merge it into its model"},
        {"FUGG", "a GGUF file with its bytes swapped (big-endian)"},
        {"\177ELF", "an executable"},
        {"\037\213", "a gzip archive; unpack it"},
        {"\050\265\057\375", "a Zstandard archive; unpack it"},
        {"\3757zXZ", "an xz archive; unpack it"},
        {"<", "a web page (a download that needed a login, or another address?)"},
    };
    struct place at = {.file = f->path};
    const char *expected = "expected a GGUF file or a Hugging Face directory";

    if (f->bytes == 0)
        return diag_error(d, at, "%s, found an empty file", expected);
    for (size_t i = 0; i < countof(known); i++)
        if (f->bytes >= strlen(known[i].magic) &&
            memcmp(f->data, known[i].magic, strlen(known[i].magic)) == 0)
            return diag_error(d, at, "%s, found %s", expected, known[i].what);
    if (ends_with(f->path, ".hir"))
        return diag_error(d, at, "%s, found a graph in text form; rlxc build and plan take one",
                          expected);
    if (ends_with(f->path, ".safetensors") || ends_with(f->path, ".json") ||
        ends_with(f->path, ".model") || ends_with(f->path, ".txt") ||
        (f->bytes > 9 && f->data[8] == '{'))
        return diag_error(d, at,
                          "%s, found a part of one; name the directory that holds config.json and "
                          "the safetensors files",
                          expected);
    return diag_error(d, at, "%s, found a file that begins with the bytes %02x %02x %02x %02x",
                      expected, f->data[0], f->bytes > 1 ? f->data[1] : 0,
                      f->bytes > 2 ? f->data[2] : 0, f->bytes > 3 ? f->data[3] : 0);
}

/* The cache of the Hugging Face hub keeps models as models--OWNER--NAME/snapshots/REVISION. NULL:
 * not such a directory. */
static const char *name_in_hub_cache(struct arena *a, const char *directory)
{
    static const char before[] = "/models--", after[] = "/snapshots/";
    char *real = realpath(directory, NULL);
    const char *name = NULL, *end = real == NULL ? NULL : strstr(real, after);
    const char *owner = real == NULL ? NULL : strstr(real, before);

    if (owner != NULL && end != NULL && strchr(end + sizeof after - 1, '/') == NULL)
        name = strstr(owner + sizeof before - 1, "--");
    if (name != NULL && name + 2 < end)
        name = arena_text(a, name + 2, (size_t)(end - name - 2));
    else
        name = NULL;
    free(real);
    return name;
}

static bool import_file(const char *path, const struct import_options *options, struct model *m,
                        struct diags *d)
{
    uint32_t file;

    m->name = name_of(m->arena, path, ".gguf");
    if (!model_map_file(m, path, &file, d))
        return false;
    if (m->files[file].bytes < 4 || memcmp(m->files[file].data, "GGUF", 4) != 0)
        return refuse_file(&m->files[file], d);
    return import_gguf(file, options, m, d);
}

/* Files of a published model, including those that are not read: no output replaces them. */
static void protect_directory(const char *path)
{
    static const char *const names[] = {
        "*.json",     "*.jinja",   "*.model",           "model-*-of-*.safetensors",
        "merges.txt", "vocab.txt", "model.safetensors", "pytorch_model*.bin",
    };
    DIR *folder = opendir(path);
    struct arena scratch = {0};

    for (const struct dirent *found; folder != NULL && (found = readdir(folder)) != NULL;)
        for (size_t i = 0; i < countof(names); i++)
            if (fnmatch(names[i], found->d_name, 0) == 0)
                used_file_add_path(arena_printf(&scratch, "%s/%s", path, found->d_name));
    if (folder != NULL)
        closedir(folder);
    arena_free(&scratch);
}

/* The first entry of a directory, by name, that matches the pattern; NULL: none. */
static const char *first_match(const char *path, const char *pattern, struct arena *a)
{
    DIR *folder = opendir(path);
    const char *first = NULL;

    for (const struct dirent *found; folder != NULL && (found = readdir(folder)) != NULL;)
        if (fnmatch(pattern, found->d_name, FNM_PERIOD) == 0 &&
            (first == NULL || strcmp(found->d_name, first) < 0))
            first = arena_printf(a, "%s", found->d_name);
    if (folder != NULL)
        closedir(folder);
    return first;
}

/* Says what a directory without config.json is, if a name in it tells. */
static bool refuse_directory(const char *path, struct diags *d)
{
    static const struct {
        const char *inside, *pattern, *what;
        bool names_it; /* the sentence ends with the path that was found */
    } known[] = {
        {"", "adapter_config.json", "a LoRA adapter: merge it into its model first", false},
        {"", "*.gguf", "GGUF files: name one of them, such as", true},
        {"/snapshots", "*", "a model in the cache of huggingface_hub: name the directory", true},
        {"", "params.json", "weights in a format of the maker: take the copy with config.json",
         false},
        {"", "model_index.json", "a model that makes pictures", false},
    };
    const char *what = NULL;

    for (size_t i = 0; i < countof(known) && what == NULL; i++) {
        const char *inside = arena_printf(d->arena, "%s%s", path, known[i].inside);
        const char *name = first_match(inside, known[i].pattern, d->arena);
        if (name != NULL && known[i].names_it)
            what = arena_printf(d->arena, "%s %s/%s", known[i].what, inside, name);
        else if (name != NULL)
            what = known[i].what;
    }
    return diag_error(d, (struct place){.file = path},
                      "expected a Hugging Face directory with config.json, found %s",
                      what != NULL ? what : "none in it");
}

static bool import_directory(const char *path, const struct import_options *options,
                             struct model *m, struct diags *d)
{
    const char *config = arena_printf(m->arena, "%s/config.json", path);
    const char *in_cache = name_in_hub_cache(m->arena, path);
    uint32_t before = d->error_count;

    m->name = in_cache != NULL ? in_cache : name_of(m->arena, path, "");
    m->format = "safetensors";
    protect_directory(path);
    if (!options->vocabulary_only) {
        if (!file_is_named(config))
            return refuse_directory(path, d);
        if (config_read(config, m, d))
            import_safetensors(path, m, d);
    }
    return (options->no_vocabulary || vocabulary_from_directory(path, options, m, d)) &&
           sampling_from_directory(path, m, d) && d->error_count == before;
}

static bool refuse_path(const char *path, struct diags *d)
{
    const char *reason = strerror(errno);

    diag_error(d, (struct place){.file = path},
               "expected a GGUF file or a Hugging Face directory, found: %s", reason);
    if (advice_is_hub_name(path))
        diag_note(d, "a name on a hub? nothing is downloaded; rlxc build compiles a file or "
                     "directory of this machine");
    return false;
}

bool import_model(const char *path, const struct import_options *options, struct model *m,
                  struct diags *d)
{
    struct stat status;
    char advice[ADVICE_BYTES];

    m->path = arena_printf(m->arena, "%s", path);
    if (advice_on_file(PROGRAM_rlxc, path, advice))
        return diag_error(d, (struct place){0}, "%s", advice);
    if (stat(path, &status) != 0)
        return refuse_path(path, d);
    bool good = S_ISDIR(status.st_mode) ? import_directory(path, options, m, d)
                                        : import_file(path, options, m, d);
    if (good && options->vocabulary_only && m->vocabulary == NULL)
        return diag_error(d, (struct place){.file = path}, "expected a vocabulary (%s), found none",
                          S_ISDIR(status.st_mode)
                              ? "tokenizer.json, tekken.json, tokenizer.model, vocab.json with "
                                "merges.txt, or vocab.txt"
                              : "tokenizer.ggml.* values");
    if (good)
        vocabulary_check_rows(m, d);
    return good;
}

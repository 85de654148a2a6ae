/* The vocabulary of a Hugging Face directory. In: tokenizer.json or another form of it and, if
 * present, tokenizer_config.json, special_tokens_map.json, added_tokens.json,
 * generation_config.json, config.json and chat_template.jinja. Out: m->vocabulary,
 * m->chat_template. Whether tokens stand around a text is said by tokenizer.json alone; in the other
 * forms by the class, and by add_bos_token and add_eos_token of the configuration. */
#include "compiler/import/added_tokens.h"
#include "compiler/import/vocabulary_files.h"

#include <string.h>

/* An optional file: true and NULL if it does not exist. */
static bool load_optional(const char *directory, const char *name, json_t **root, struct model *m,
                          struct diags *d)
{
    const char *path = arena_printf(m->arena, "%s/%s", directory, name);
    *root = NULL;
    return !file_is_named(path) || (*root = json_read_file(path, d)) != NULL;
}

/* A token is a text, or an object with content. */
static uint32_t find_token(const struct vocabulary *v, const json_t *token)
{
    if (json_is_object(token))
        token = json_object_get(token, "content");
    return json_is_string(token)
               ? vocabulary_find(v, json_string_value(token), json_string_length(token))
               : UINT32_MAX;
}

/* The names "…_token" of a configuration are variables of the chat template. */
static void name_special_token(void *context, const char *name, const json_t *value)
{
    const json_t *text = json_is_object(value) ? json_object_get(value, "content") : value;
    model_add_special_token(context, name, json_string_value(text), json_string_length(text));
}

static void mark_end(struct vocabulary *v, const json_t *id)
{
    json_int_t value = json_integer_value(id);
    if (json_is_integer(id) && value >= 0 && value < v->token_count)
        v->tokens[value].ends_generation = true;
}

/* The readers of these files report what is not an id of the vocabulary. */
static void mark_ends(struct vocabulary *v, const json_t *config)
{
    const json_t *eos = json_object_get(config, "eos_token_id");
    size_t i;
    json_t *id;
    mark_end(v, eos);
    json_array_foreach(eos, i, id) mark_end(v, id);
}

static void set_template(struct model *m, const char *text, size_t bytes)
{
    m->chat_template = arena_text(m->arena, text, bytes);
    m->chat_template_bytes = (uint32_t)bytes;
}

static void set_tool_template(struct model *m, const char *text, size_t bytes)
{
    m->tool_template = arena_text(m->arena, text, bytes);
    m->tool_template_bytes = (uint32_t)bytes;
}

/* A text, or a list of named texts of which "default" and "tool_use" count. */
static void template_from_config(struct model *m, const json_t *config)
{
    const json_t *text = json_object_get(config, "chat_template");
    size_t i;
    json_t *named;
    if (json_is_string(text))
        set_template(m, json_string_value(text), json_string_length(text));
    json_array_foreach(text, i, named)
    {
        const char *name = json_string_value(json_object_get(named, "name"));
        const json_t *template = json_object_get(named, "template");
        if (!name || !json_is_string(template))
            continue;
        if (strcmp(name, "default") == 0)
            set_template(m, json_string_value(template), json_string_length(template));
        else if (strcmp(name, "tool_use") == 0)
            set_tool_template(m, json_string_value(template), json_string_length(template));
    }
}

static bool template_from_file(struct model *m, const char *directory, const char *name,
                               void (*set)(struct model *, const char *, size_t), struct diags *d)
{
    const char *path = arena_printf(m->arena, "%s/%s", directory, name);
    struct file f;
    if (!file_is_named(path))
        return true;
    if (!file_map(path, &f, d))
        return false;
    bool fits = f.bytes < UINT32_MAX;
    if (fits)
        set(m, f.data ? (const char *)f.data : "", f.bytes);
    file_unmap(&f);
    return fits || diag_error(d, (struct place){.file = path}, "expected less than 4 GiB");
}

/* Later sources take precedence: the configuration, chat_template.json (written by processors of
 * images and sound), separate files. */
static bool read_templates(struct model *m, const char *directory, const json_t *config,
                           struct diags *d)
{
    json_t *legacy;
    template_from_config(m, config);
    if (!load_optional(directory, "chat_template.json", &legacy, m, d))
        return false;
    template_from_config(m, legacy);
    json_decref(legacy);
    return template_from_file(m, directory, "chat_template.jinja", set_template, d) &&
           template_from_file(m, directory, "additional_chat_templates/tool_use.jinja",
                              set_tool_template, d);
}

struct directory_files {
    struct token_files tokens;
    json_t *generation, *model;
    json_t *description;         /* a tokenizer.json, or what stands for one */
    const char *path;            /* of the file that it comes from */
    const struct family *family; /* NULL: the description says all */
};

static bool load_files(struct directory_files *f, const char *directory, struct model *m,
                       struct diags *d)
{
    const struct {
        const char *name;
        json_t **root;
    } all[] = {
        {"tokenizer_config.json", &f->tokens.config},
        {"special_tokens_map.json", &f->tokens.special_tokens_map},
        {"added_tokens.json", &f->tokens.added_tokens},
        {"generation_config.json", &f->generation},
        {"config.json", &f->model},
    };
    bool good = true;

    for (size_t i = 0; i < countof(all); i++)
        good = load_optional(directory, all[i].name, all[i].root, m, d) && good;
    added_tokens_merge_map(&f->tokens);
    return good;
}

static void close_files(const struct directory_files *f)
{
    json_t *const all[] = {f->tokens.config,
                           f->tokens.special_tokens_map,
                           f->tokens.added_tokens,
                           f->generation,
                           f->model,
                           f->description};

    for (size_t i = 0; i < countof(all); i++)
        json_decref(all[i]);
}

/* ---- the file that has the tokens ---- */

static bool read_tokenizer(struct directory_files *f, const char *directory, struct diags *d)
{
    (void)directory;
    f->description = json_read_file(f->path, d);
    return f->description != NULL;
}

static bool read_tekken(struct directory_files *f, const char *directory, struct diags *d)
{
    json_t *root = json_read_file(f->path, d);

    (void)directory;
    if (root)
        f->description = vocabulary_from_tekken(f->path, root, d);
    json_decref(root);
    return f->description != NULL;
}

static json_t *read_lines(const char *path, json_t *(*read)(const struct file *, struct diags *),
                          struct diags *d)
{
    struct file file;

    if (!file_map(path, &file, d))
        return NULL;
    json_t *list = read(&file, d);
    file_unmap(&file);
    return list;
}

static void warn_ids_only(const char *path, const char *why, struct diags *d)
{
    diag_warning(d, (struct place){.file = path}, "%s; this model will work with ids only", why);
}

/* Without a known family there is no description, which is not an error. */
static void describe_family(struct directory_files *f, enum family_files files, json_t *vocab,
                            json_t *merges, struct diags *d)
{
    const char *program = family_program(f->tokens.config, f->model);

    f->family = program ? NULL : family_find(f->tokens.config, f->model, files);
    if (f->tokens.config == NULL)
        f->tokens.config = json_object();
    if (f->family) {
        family_name_tokens(f->family, NULL, f->tokens.config);
    } else if (!program && (f->family = family_guess(vocab, files)) != NULL) {
        diag_warning(d, (struct place){.file = f->path},
                     "no file says what class of tokenizer this is: reading text as %s does",
                     family_name(f->family));
        family_name_tokens(f->family, vocab, f->tokens.config);
    }
    if (f->family) {
        f->description = family_describe(f->family, f->tokens.config, vocab, merges);
        return;
    }
    warn_ids_only(f->path,
                  program ? arena_printf(d->arena, "the tokenizer class %s is a program", program)
                          : "no file says what class of tokenizer this is",
                  d);
    json_decref(vocab);
    json_decref(merges);
}

static bool read_pairs(struct directory_files *f, const char *directory, struct diags *d)
{
    const char *merges_path = arena_printf(d->arena, "%s/merges.txt", directory);

    if (!file_is_named(merges_path)) {
        warn_ids_only(f->path, "there is no merges.txt beside it", d);
        return true;
    }
    json_t *vocab = json_read_file(f->path, d);
    json_t *merges = vocab ? read_lines(merges_path, vocabulary_read_merges, d) : NULL;
    if (merges)
        describe_family(f, FAMILY_merges, vocab, merges, d);
    else
        json_decref(vocab);
    return merges != NULL;
}

static bool read_words(struct directory_files *f, const char *directory, struct diags *d)
{
    json_t *vocab = read_lines(f->path, vocabulary_read_words, d);

    (void)directory;
    if (vocab)
        describe_family(f, FAMILY_words, vocab, NULL, d);
    return vocab != NULL;
}

static bool read_sentencepiece(struct directory_files *f, const char *directory, struct diags *d)
{
    (void)directory;
    warn_ids_only(f->path, "rlx does not read this form", d);
    return true;
}

struct form {
    const char *name;
    bool (*read)(struct directory_files *, const char *, struct diags *);
};

/* The first of these that exists counts; NULL: there is none. transformers 5.24 takes tokenizer.json
 * first as well, then the files that the class names; few directories have two of the others. */
static const struct form *find_form(struct directory_files *f, const char *directory,
                                    struct arena *a)
{
    static const struct form forms[] = {
        {"tokenizer.json", read_tokenizer},
        {"tekken.json", read_tekken},
        {"tokenizer.model", read_sentencepiece},
        {"vocab.json", read_pairs},
        {"vocab.txt", read_words},
    };

    for (size_t i = 0; i < countof(forms); i++) {
        f->path = arena_printf(a, "%s/%s", directory, forms[i].name);
        if (file_is_named(f->path))
            return &forms[i];
    }
    return NULL;
}

/* ---- all together ---- */

static bool read_vocabulary(const struct directory_files *f, const char *directory, struct model *m,
                            struct diags *d)
{
    struct vocabulary *v = arena_new(m->arena, struct vocabulary, 1);
    json_t *config = f->tokens.config;

    if (!tokenizer_json_read(f->path, f->description, v, m->arena, d) ||
        !added_tokens_from_files(&f->tokens, directory, v, m->arena, d))
        return false;
    if (f->family)
        family_surround(f->family, config, v);
    mark_ends(v, f->generation);
    mark_ends(v, f->model);
    uint32_t eos = find_token(v, json_object_get(config, "eos_token"));
    if (eos != UINT32_MAX)
        v->tokens[eos].ends_generation = true;
    vocabulary_mark_known_ends(v);
    added_tokens_each_named(config, name_special_token, m);
    m->vocabulary = v;
    return read_templates(m, directory, config, d);
}

bool vocabulary_from_directory(const char *directory, const struct import_options *options,
                               struct model *m, struct diags *d)
{
    struct directory_files files = {.generation = NULL};

    m->vocabulary = NULL;
    if (options->pre_tokenizer)
        return vocabulary_refuse_pre_tokenizer(directory, d);
    const struct form *form = find_form(&files, directory, m->arena);
    bool good =
        form == NULL || (load_files(&files, directory, m, d) && form->read(&files, directory, d) &&
                         (files.description == NULL || read_vocabulary(&files, directory, m, d)));
    close_files(&files);
    if (!good)
        m->vocabulary = NULL;
    return good;
}

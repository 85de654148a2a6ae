/* The vocabulary of a Hugging Face directory. In: tokenizer.json or another form of it and, if
 * present, tokenizer_config.json, special_tokens_map.json, added_tokens.json,
 * generation_config.json, config.json and chat_template.jinja. Out: m->vocabulary,
 * m->chat_template. Whether tokens stand around a text is said by tokenizer.json alone; in the
 * other forms by the class, and by add_bos_token and add_eos_token of the configuration. */
#include "compiler/import/tokenizer/added_tokens.h"
#include "compiler/import/tokenizer/sentencepiece.h"
#include "compiler/import/tokenizer/vocabulary_files.h"

#include <ctype.h>
#include <string.h>

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

struct directory_files {
    struct token_files tokens;
    json_t *generation, *model;
    json_t *description;                 /* a tokenizer.json, or what stands for one */
    const char *path;                    /* of the file that it comes from */
    const struct tokenizer_class *class; /* NULL: the description says all */
    struct vocabulary *vocabulary;
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
        good = vocabulary_load_optional(directory, all[i].name, all[i].root, m, d) && good;
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

/* Without a known class there is no description, which is not an error. */
static void describe_class(struct directory_files *f, enum class_files files, json_t *vocab,
                           json_t *merges, struct diags *d)
{
    const char *program = class_program(f->tokens.config, f->model);

    f->class = program ? NULL : class_find(f->tokens.config, f->model, files);
    if (f->tokens.config == NULL)
        f->tokens.config = json_object();
    if (f->class) {
        class_name_tokens(f->class, NULL, f->tokens.config);
    } else if (!program && (f->class = class_guess(vocab, files)) != NULL) {
        diag_warning(d, (struct place){.file = f->path},
                     "no file says what class of tokenizer this is: reading text as %s does",
                     class_name(f->class));
        class_name_tokens(f->class, vocab, f->tokens.config);
    }
    if (f->class) {
        f->description = class_describe(f->class, f->tokens.config, vocab, merges);
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
        describe_class(f, CLASS_merges, vocab, merges, d);
    else
        json_decref(vocab);
    return merges != NULL;
}

static bool read_words(struct directory_files *f, const char *directory, struct diags *d)
{
    json_t *vocab = read_lines(f->path, vocabulary_read_words, d);

    (void)directory;
    if (vocab)
        describe_class(f, CLASS_words, vocab, NULL, d);
    return vocab != NULL;
}

/* Lines of base64 and rank, as tiktoken has them: no file says how text is split. */
static bool is_tiktoken(const struct file *f)
{
    size_t bytes = (size_t)min_u64(f->bytes, 4096), i = 0;

    while (i < bytes && (isalnum(f->data[i]) || strchr("+/=", f->data[i])))
        i++;
    return i > 0 && i + 1 < bytes && f->data[i] == ' ' && isdigit(f->data[i + 1]);
}

static void note_name(void *context, const char *name, const json_t *value)
{
    (void)name;
    (void)value;
    *(bool *)context = true;
}

/* Control pieces are added tokens, and those with usual names have their roles, if any file says
 * what the pieces are for. A model of SentencePiece by itself never finds them in text. */
static bool finish_pieces(struct directory_files *f, struct vocabulary *v, struct arena *a,
                          struct diags *d)
{
    uint32_t extra = class_extra_ids(f->class, f->tokens.config);
    struct added_token *more = arena_new(a, struct added_token, extra);
    json_t *known = json_object();
    bool has_roles = f->model != NULL;

    added_tokens_each_named(f->tokens.config, note_name, &has_roles);
    if (class_find(f->tokens.config, f->model, CLASS_pieces))
        has_roles = true;
    for (uint32_t i = 0; has_roles && i < v->token_count; i++) {
        struct vocabulary_token *t = &v->tokens[i];
        bool control = t->kind == TOKEN_control;
        t->added |= control;
        if (control || t->kind == TOKEN_unknown)
            json_object_setn_new(known, t->text, t->bytes, json_true());
    }
    class_name_tokens(f->class, known, f->tokens.config);
    json_decref(known);
    for (uint32_t i = 0; i < extra; i++) { /* the first one has the highest id */
        const char *text = arena_printf(a, "<extra_id_%u>", extra - 1 - i);
        more[i] = (struct added_token){
            .text = text, .bytes = (uint32_t)strlen(text), .id = -1, .special = true};
    }
    return added_tokens_add(v, more, extra, (struct place){.file = f->path}, a, d);
}

static bool read_pieces(struct directory_files *f, const char *directory, struct diags *d)
{
    struct file file;

    (void)directory;
    if (f->tokens.config == NULL)
        f->tokens.config = json_object();
    f->class = class_find(f->tokens.config, f->model, CLASS_pieces);
    if (f->class == NULL)
        f->class = class_guess(NULL, CLASS_pieces);
    if (!file_map(f->path, &file, d))
        return false;
    bool tiktoken = is_tiktoken(&file);
    struct vocabulary *v = arena_new(d->arena, struct vocabulary, 1);
    v->unknown = UINT32_MAX;
    bool good = tiktoken || sentencepiece_read(f->path, file.data, file.bytes, v, d->arena, d);
    file_unmap(&file);
    if (tiktoken)
        warn_ids_only(f->path, "it has tiktoken's form, which lacks the regular expression", d);
    else
        f->vocabulary = good && finish_pieces(f, v, d->arena, d) ? v : NULL;
    return tiktoken || f->vocabulary != NULL;
}

/* Of the classes with a file of this name, only T5's reads it as it stands. */
static bool read_spiece(struct directory_files *f, const char *directory, struct diags *d)
{
    const struct tokenizer_class *class = class_find(f->tokens.config, f->model, CLASS_pieces);

    if (class && class_extra_ids(class, NULL) > 0)
        return read_pieces(f, directory, d);
    warn_ids_only(f->path, "rlx reads this file only for the tokenizer class T5Tokenizer", d);
    return true;
}

struct form {
    const char *name;
    bool (*read)(struct directory_files *, const char *, struct diags *);
};

/* The first of these that exists counts; NULL: there is none. transformers 5.24 takes
 * tokenizer.json first as well, then the files that the class names; few directories have two of
 * the others. */
static const struct form *find_form(struct directory_files *f, const char *directory,
                                    struct arena *a)
{
    static const struct form forms[] = {
        {"tokenizer.json", read_tokenizer}, {"tekken.json", read_tekken},
        {"tokenizer.model", read_pieces},   {"spiece.model", read_spiece},
        {"vocab.json", read_pairs},         {"vocab.txt", read_words},
    };

    for (size_t i = 0; i < countof(forms); i++) {
        f->path = arena_printf(a, "%s/%s", directory, forms[i].name);
        if (file_is_named(f->path))
            return &forms[i];
    }
    return NULL;
}

/* ---- all together ---- */

static bool read_description(struct directory_files *f, struct arena *a, struct diags *d)
{
    f->vocabulary = arena_new(a, struct vocabulary, 1);
    return tokenizer_json_read(f->path, f->description, f->vocabulary, a, d);
}

static bool finish_vocabulary(const struct directory_files *f, const char *directory,
                              struct model *m, struct diags *d)
{
    struct vocabulary *v = f->vocabulary;
    json_t *config = f->tokens.config;

    if (!added_tokens_from_files(&f->tokens, directory, v, m->arena, d))
        return false;
    if (f->class)
        class_finish(f->class, config, v);
    mark_ends(v, f->generation);
    mark_ends(v, f->model);
    uint32_t eos = find_token(v, json_object_get(config, "eos_token"));
    if (eos != UINT32_MAX)
        v->tokens[eos].ends_generation = true;
    vocabulary_mark_known_ends(v);
    vocabulary_mark_unspelled(v);
    added_tokens_each_named(config, name_special_token, m);
    m->vocabulary = v;
    return vocabulary_read_templates(m, directory, config, d);
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
                         (files.description == NULL || read_description(&files, m->arena, d)) &&
                         (files.vocabulary == NULL || finish_vocabulary(&files, directory, m, d)));
    close_files(&files);
    if (!good)
        m->vocabulary = NULL;
    return good;
}

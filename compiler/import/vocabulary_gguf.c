/* The vocabulary in a GGUF's metadata (tokenizer.ggml.*). In: the opened file. Out: m->vocabulary
 * and m->chat_template; texts point into the mapped file. The meaning of the keys and of what is
 * absent is llama.cpp's, which made the format.
 */
#include "compiler/import/vocabulary.h"

#include <ctype.h>
#include <string.h>

static const char upper_digits[] = "0123456789ABCDEF";

struct reading {
    const struct gguf *gguf;
    struct model *model;
    struct vocabulary *vocabulary;
    struct diags *diags;
    struct place place;
};

static bool add_token(void *context, uint64_t index, const char *text, uint64_t bytes)
{
    struct reading *r = context;
    if (bytes > VOCABULARY_MAX_TEXT)
        return diag_error(r->diags, r->place, "token %llu: expected at most %d bytes, found %llu",
                          (unsigned long long)index, VOCABULARY_MAX_TEXT,
                          (unsigned long long)bytes);
    struct vocabulary *v = r->vocabulary;
    v->tokens[v->token_count++] =
        (struct vocabulary_token){.text = text, .bytes = (uint32_t)bytes, .kind = TOKEN_normal};
    return true;
}

static bool is_word(const char *text, uint64_t bytes, const char *word)
{
    return bytes == strlen(word) && memcmp(text, word, bytes) == 0;
}

/* A merge is two texts with a space between; neither holds a space, but the first may begin with
 * one in odd files. */
static bool add_merge(void *context, uint64_t index, const char *text, uint64_t bytes)
{
    struct reading *r = context;
    const char *space = bytes > 1 ? memchr(text + 1, ' ', bytes - 1) : NULL;
    if (!space || space == text + bytes - 1 || bytes > VOCABULARY_MAX_TEXT)
        return diag_error(r->diags, r->place,
                          "merge %llu: expected two texts with a space between, found '%.*s'",
                          (unsigned long long)index, (int)min_u64(bytes, 60), text);
    struct vocabulary *v = r->vocabulary;
    v->merges[v->merge_count++] =
        (struct vocabulary_merge){.left = text,
                                  .left_bytes = (uint32_t)(space - text),
                                  .right = space + 1,
                                  .right_bytes = (uint32_t)(text + bytes - space - 1)};
    return true;
}

/* The array of that key, whose elements are strings (or numbers): NULL where absent or wrong. */
static const struct gguf_value *find_array(struct reading *r, const char *key, bool strings,
                                           uint64_t most, bool *wrong)
{
    const struct gguf_value *value = gguf_find(r->gguf, key);
    if (!value)
        return NULL;
    r->place.object = key;
    bool of_strings = value->type == GGUF_array && value->element == GGUF_string;
    bool of_numbers =
        value->type == GGUF_array && value->element != GGUF_string && value->element != GGUF_array;
    if (strings ? !of_strings : !of_numbers) {
        diag_error(r->diags, r->place, "expected an array of %s", strings ? "strings" : "numbers");
        *wrong = true;
        return NULL;
    }
    if (value->count > most) {
        diag_error(r->diags, r->place, "expected at most %llu elements, found %llu",
                   (unsigned long long)most, (unsigned long long)value->count);
        *wrong = true;
        return NULL;
    }
    return value;
}

/* <0x0A>, as SentencePiece names bytes. */
static bool names_byte(const struct vocabulary_token *t)
{
    return t->bytes == 6 && memcmp(t->text, "<0x", 3) == 0 && t->text[5] == '>' &&
           memchr(upper_digits, t->text[3], 16) != NULL &&
           memchr(upper_digits, t->text[4], 16) != NULL;
}

/* The kind of a token by the number in the file. Bytes are known by their texts: converters have
 * written them as normal tokens, and files without types. */
static enum token_kind kind_of(const struct vocabulary *v, const struct vocabulary_token *t,
                               double type)
{
    enum token_kind kind =
        type >= TOKEN_normal && type <= TOKEN_byte ? (enum token_kind)type : TOKEN_normal;

    if (v->kind == VOCABULARY_characters && (kind == TOKEN_normal || kind == TOKEN_unused) &&
        names_byte(t))
        return TOKEN_byte;
    return kind;
}

/* An array of one number for each token, or more; NULL where absent or wrong. */
static const struct gguf_value *find_numbers(struct reading *r, const char *key, bool *wrong)
{
    uint32_t count = r->vocabulary->token_count;
    const struct gguf_value *numbers = find_array(r, key, false, UINT64_MAX, wrong);
    if (!numbers || numbers->count >= count)
        return numbers;
    diag_error(r->diags, r->place, "expected %u numbers, one for each token, found %llu", count,
               (unsigned long long)numbers->count);
    *wrong = true;
    return NULL;
}

static bool read_tokens(struct reading *r)
{
    bool wrong = false;
    struct vocabulary *v = r->vocabulary;
    const struct gguf_value *tokens =
        find_array(r, "tokenizer.ggml.tokens", true, VOCABULARY_MAX_TOKENS, &wrong);
    if (wrong)
        return false;
    r->place.object = "tokenizer.ggml.tokens";
    if (!tokens || tokens->count == 0)
        return diag_error(r->diags, r->place, "expected the texts of the tokens, found none");
    v->tokens = arena_new(r->model->arena, struct vocabulary_token, tokens->count);
    if (!gguf_each_string(r->gguf, tokens, add_token, r))
        return false;

    const struct gguf_value *types = find_numbers(r, "tokenizer.ggml.token_type", &wrong),
                            *scores = find_numbers(r, "tokenizer.ggml.scores", &wrong);
    if (wrong)
        return false;
    if (v->by_score && !scores) {
        r->place.object = "tokenizer.ggml.scores";
        diag_warning(r->diags, r->place,
                     "is missing: all tokens have the score 0, as in llama.cpp, which may split "
                     "text otherwise than the model was trained on");
    }
    for (uint32_t i = 0; i < v->token_count; i++) {
        struct vocabulary_token *t = &v->tokens[i];
        double type = types ? gguf_array_number(r->gguf, types, i) : TOKEN_normal;
        t->kind = kind_of(v, t, type);
        t->score = scores ? (float)gguf_array_number(r->gguf, scores, i) : 0;
        t->added =
            t->kind == TOKEN_unknown || t->kind == TOKEN_control || t->kind == TOKEN_user_defined;
    }
    return true;
}

static bool read_merges(struct reading *r)
{
    bool wrong = false;
    const struct gguf_value *merges =
        find_array(r, "tokenizer.ggml.merges", true, VOCABULARY_MAX_MERGES, &wrong);
    if (wrong)
        return false;
    r->place.object = "tokenizer.ggml.merges";
    if (!merges)
        return diag_error(r->diags, r->place,
                          "a vocabulary of model 'gpt2' needs merges, found none");
    r->vocabulary->merges =
        arena_new(r->model->arena, struct vocabulary_merge, max_u64(merges->count, 1));
    return gguf_each_string(r->gguf, merges, add_merge, r);
}

/* The token that a key names. UINT32_MAX where older files write -1. What is absent, or out of
 * range, is the `usual` one, if there is that. */
static uint32_t read_id(struct reading *r, const char *key, uint32_t usual)
{
    uint32_t count = r->vocabulary->token_count;
    const struct gguf_value *value = gguf_find(r->gguf, key);
    double id = usual = usual < count ? usual : UINT32_MAX;
    if (value && !gguf_get_f64(r->gguf, key, &id, r->diags))
        return UINT32_MAX;
    if (id >= 0 && id < count && id == (uint32_t)id)
        return (uint32_t)id;
    if (!value || id == -1 || id == UINT32_MAX)
        return UINT32_MAX;
    r->place.object = key;
    if (usual == UINT32_MAX)
        diag_warning(r->diags, r->place, "%.15g is not in the vocabulary of %u tokens: left out",
                     id, count);
    else
        diag_warning(r->diags, r->place,
                     "%.15g is not in the vocabulary of %u tokens: %u is taken, as in llama.cpp",
                     id, count, usual);
    return usual;
}

/* The tokens that templates know by name. */
static void name_special_tokens(struct reading *r, uint32_t bos, uint32_t eos, uint32_t unknown)
{
    const struct vocabulary *v = r->vocabulary;
    const struct {
        const char *name;
        uint32_t id;
    } all[] = {
        {"bos_token", bos},
        {"eos_token", eos},
        {"unk_token", unknown},
        {"pad_token", read_id(r, "tokenizer.ggml.padding_token_id", UINT32_MAX)},
        {"sep_token", read_id(r, "tokenizer.ggml.seperator_token_id", UINT32_MAX)},
        {"cls_token", read_id(r, "tokenizer.ggml.cls_token_id", UINT32_MAX)},
        {"mask_token", read_id(r, "tokenizer.ggml.mask_token_id", UINT32_MAX)},
    };

    for (size_t i = 0; i < countof(all); i++)
        if (all[i].id != UINT32_MAX && v->tokens[all[i].id].text != NULL)
            model_add_special_token(r->model, all[i].name, v->tokens[all[i].id].text,
                                    v->tokens[all[i].id].bytes);
}

static void read_special_ids(struct reading *r, bool add_bos)
{
    struct vocabulary *v = r->vocabulary;
    bool characters = v->kind == VOCABULARY_characters;
    uint32_t bos = read_id(r, "tokenizer.ggml.bos_token_id", characters ? 1 : UINT32_MAX);
    uint32_t eos = read_id(r, "tokenizer.ggml.eos_token_id", characters ? 2 : UINT32_MAX);
    uint32_t unknown = read_id(r, "tokenizer.ggml.unknown_token_id", characters ? 0 : UINT32_MAX);
    v->unknown = characters ? unknown : UINT32_MAX; /* a byte that no token has is dropped */
    const uint32_t ends[] = {eos, read_id(r, "tokenizer.ggml.eot_token_id", UINT32_MAX),
                             read_id(r, "tokenizer.ggml.eom_token_id", UINT32_MAX)};
    for (size_t i = 0; i < countof(ends); i++)
        if (ends[i] != UINT32_MAX)
            v->tokens[ends[i]].ends_generation = true;
    gguf_get_bool(r->gguf, "tokenizer.ggml.add_bos_token", &add_bos, r->diags);
    if (add_bos && bos != UINT32_MAX)
        v->front[v->front_count++] = bos;
    name_special_tokens(r, bos, eos, unknown);
}

/* Phi-3's published tokenizer drops white space behind its special tokens, which GGUF cannot say:
 * the model's name does. */
static void strip_behind_specials(struct reading *r)
{
    const char *name = NULL;
    uint64_t bytes = 0;
    if (!gguf_find(r->gguf, "general.name") ||
        !gguf_get_string(r->gguf, "general.name", &name, &bytes, r->diags))
        return;
    bool phi = false;
    for (uint64_t i = 0; i + 4 <= bytes && !phi; i++)
        phi = tolower((unsigned char)name[i]) == 'p' &&
              tolower((unsigned char)name[i + 1]) == 'h' &&
              tolower((unsigned char)name[i + 2]) == 'i' &&
              (name[i + 3] == '3' || (i + 5 <= bytes && name[i + 3] == '-' && name[i + 4] == '3'));
    if (!phi)
        return;
    static const char *const kept[] = {"<unk>", "<s>", "<|endoftext|>"};
    struct vocabulary *v = r->vocabulary;
    for (uint32_t i = 0; i < v->token_count; i++) {
        struct vocabulary_token *t = &v->tokens[i];
        t->right_strip = t->added;
        for (size_t k = 0; k < countof(kept); k++)
            if (t->bytes == strlen(kept[k]) && memcmp(t->text, kept[k], t->bytes) == 0)
                t->right_strip = false;
    }
}

static const struct vocabulary_split *infer_split(struct reading *r, const char *found)
{
    uint64_t bytes = 0;
    const char *text = "", *names = vocabulary_split_names(r->model->arena);
    if (!gguf_find(r->gguf, "general.architecture") ||
        !gguf_get_string(r->gguf, "general.architecture", &text, &bytes, r->diags))
        bytes = 0;
    const char *architecture = arena_text(r->model->arena, text, bytes);
    const struct vocabulary_split *split = vocabulary_split_infer(architecture, r->vocabulary);
    if (split)
        diag_warning(
            r->diags, r->place,
            "expected the name of the pre-tokenizer, found %s; taken is %.*s, which models "
            "of architecture %s with %u tokens have (--pre-tokenizer=NAME for another)",
            found, (int)strcspn(split->names, " "), split->names, architecture,
            r->vocabulary->token_count);
    else
        diag_error(r->diags, r->place,
                   "expected the name of the pre-tokenizer, found %s; models of architecture '%s' "
                   "with %u tokens may have several: say which with --pre-tokenizer=NAME (%s)",
                   found, architecture, r->vocabulary->token_count, names);
    return split;
}

/* The split that the user names, else the file, else the architecture. */
static const struct vocabulary_split *choose_split(struct reading *r, const char *chosen)
{
    const char *name = chosen ? chosen : "";
    uint64_t bytes = strlen(name);
    r->place.object = "tokenizer.ggml.pre";
    if (!chosen && !gguf_find(r->gguf, "tokenizer.ggml.pre"))
        return infer_split(r, "none (files of before May 2024 lack it)");
    if (!chosen && !gguf_get_string(r->gguf, "tokenizer.ggml.pre", &name, &bytes, r->diags))
        return NULL;
    if (is_word(name, bytes, "default"))
        return infer_split(r, "'default'");
    const struct vocabulary_split *split = vocabulary_split_by_name(name, bytes);
    if (!split)
        diag_error(
            r->diags, r->place,
            "expected a known pre-tokenizer (%s), found '%.*s'; if it splits as one of these "
            "does, say so with --pre-tokenizer=NAME",
            vocabulary_split_names(r->model->arena), (int)min_u64(bytes, 60), name);
    return split;
}

static bool read_split(struct reading *r, const char *chosen, bool *add_bos)
{
    const struct vocabulary_split *split = choose_split(r, chosen);
    if (!split)
        return false;
    r->vocabulary->split = split->split;
    r->vocabulary->whole_words = split->whole_words;
    *add_bos = split->whole_words;
    return true;
}

static const char *read_template(struct reading *r, const char *key, uint32_t *bytes)
{
    const char *text;
    uint64_t length;
    if (!gguf_find(r->gguf, key) || !gguf_get_string(r->gguf, key, &text, &length, r->diags) ||
        length > UINT32_MAX)
        return NULL;
    *bytes = (uint32_t)length;
    return arena_text(r->model->arena, text, length);
}

bool vocabulary_from_gguf(const struct gguf *g, const struct import_options *options,
                          struct model *m, struct diags *d)
{
    const char *kind;
    uint64_t bytes;
    struct reading r = {.gguf = g, .model = m, .diags = d, .place = {.file = g->file->path}};
    m->vocabulary = NULL;
    m->chat_template = read_template(&r, "tokenizer.chat_template", &m->chat_template_bytes);
    m->tool_template =
        read_template(&r, "tokenizer.chat_template.tool_use", &m->tool_template_bytes);
    r.place.object = "tokenizer.ggml.model";
    if (!gguf_find(g, "tokenizer.ggml.model")) {
        if (gguf_find(g, "tokenizer.ggml.tokens"))
            diag_warning(d, r.place,
                         "is missing, without which the vocabulary cannot be read: left out");
        return true;
    }
    if (!gguf_get_string(g, "tokenizer.ggml.model", &kind, &bytes, d))
        return false;
    if (is_word(kind, bytes, "none") || is_word(kind, bytes, "no_vocab"))
        return true;
    struct vocabulary *v = arena_new(m->arena, struct vocabulary, 1);
    r.vocabulary = v;
    v->file = g->file->path;
    v->from_gguf = v->ascii_strip = true;
    bool characters = is_word(kind, bytes, "llama"), add_bos = characters;
    if (!characters && !is_word(kind, bytes, "gpt2"))
        return diag_error(d, r.place,
                          "expected a tokenizer of model 'gpt2' or 'llama', found '%.*s'",
                          (int)min_u64(bytes, 60), kind);
    if (characters && options->pre_tokenizer)
        return vocabulary_refuse_pre_tokenizer(g->file->path, d);
    v->kind = characters ? VOCABULARY_characters : VOCABULARY_byte_level;
    v->by_score = characters;
    if (!read_tokens(&r) ||
        (!characters && (!read_split(&r, options->pre_tokenizer, &add_bos) || !read_merges(&r))))
        return false;
    bool prefix = characters;
    gguf_get_bool(g, "tokenizer.ggml.add_space_prefix", &prefix, d);
    v->strip_space = characters && prefix;
    v->prefix = v->strip_space ? PREFIX_stretch : PREFIX_none;
    strip_behind_specials(&r);
    read_special_ids(&r, add_bos);
    vocabulary_mark_known_ends(v);
    m->vocabulary = v;
    return true;
}

/* The models of a tokenizer.json. In: the member "model". Out: the tokens, merges and scores of a
 * vocabulary, and the properties of its model. */
#include "compiler/import/tokenizer/tokenizer_json.h"

#include <string.h>

static struct place at_member(struct tokenizer_reading *r, const char *object)
{
    return (struct place){.file = r->file, .object = object};
}

/* ---- tokens ---- */

static struct vocabulary_token *token_at(struct tokenizer_reading *r, const char *text,
                                         json_int_t id)
{
    struct vocabulary *v = r->vocabulary;

    if (id < 0 || id >= r->id_limit) {
        diag_error(r->diags, at_member(r, "model.vocab"),
                   "token '%.60s': expected an id from 0 to %d, found %lld", text,
                   (int)r->id_limit - 1, (long long)id);
        return NULL;
    }
    if ((uint32_t)id >= v->token_count) {
        uint32_t more = (uint32_t)id + 1 - v->token_count;
        v->tokens = arena_grow(r->arena, v->tokens, v->token_count, &v->token_capacity, more,
                               sizeof *v->tokens);
        memset(v->tokens + v->token_count, 0, more * sizeof *v->tokens);
        v->token_count += more;
    }
    return &v->tokens[id];
}

static bool is_byte_token(const struct vocabulary_token *t)
{
    return t->bytes == 6 && memcmp(t->text, "<0x", 3) == 0 && t->text[5] == '>';
}

static bool set_token(struct tokenizer_reading *r, json_int_t id, const char *text, size_t bytes,
                      double score)
{
    struct vocabulary_token *t = token_at(r, text, id);

    if (!t)
        return false;
    if (t->text)
        return diag_error(r->diags, at_member(r, "model.vocab"),
                          "id %lld: expected one token, found '%.60s' and '%.60s'", (long long)id,
                          t->text, text);
    if (bytes > VOCABULARY_MAX_TEXT)
        return diag_error(r->diags, at_member(r, "model.vocab"),
                          "expected tokens of at most %d bytes, found %zu", VOCABULARY_MAX_TEXT,
                          bytes);
    t->text = arena_text(r->arena, text, bytes);
    t->bytes = (uint32_t)bytes;
    t->score = score;
    t->kind = r->vocabulary->pipeline.byte_fallback && is_byte_token(t) ? TOKEN_byte : TOKEN_normal;
    return true;
}

/* {"text": id} */
static bool read_ids(struct tokenizer_reading *r, const json_t *model)
{
    json_t *vocab = json_object_get(model, "vocab"), *id;
    const char *text;
    size_t bytes;

    if (!json_is_object(vocab) || json_object_size(vocab) == 0)
        return json_refuse(r, "model", "vocab", "an object of texts and ids", vocab);
    json_object_keylen_foreach(vocab, text, bytes, id)
    {
        if (!set_token(r, json_is_integer(id) ? json_integer_value(id) : -1, text, bytes, 0))
            return false;
    }
    return true;
}

/* [["text", score]] */
static bool read_scores(struct tokenizer_reading *r, const json_t *model)
{
    const json_t *vocab = json_object_get(model, "vocab");
    size_t i;
    json_t *pair;

    if (json_array_size(vocab) == 0)
        return json_refuse(r, "model", "vocab", "a list of texts and scores", vocab);
    json_array_foreach(vocab, i, pair)
    {
        const json_t *text = json_array_get(pair, 0), *score = json_array_get(pair, 1);
        if (json_array_size(pair) != 2 || !json_is_string(text) || !json_is_number(score))
            return json_refuse(r, arena_printf(r->arena, "model.vocab[%zu]", i), NULL,
                               "a text and a score", pair);
        if (!set_token(r, (json_int_t)i, json_string_value(text), json_string_length(text),
                       json_number_value(score)))
            return false;
    }
    return true;
}

/* The library looks for it when it meets what is unknown. Without it, such a text is an error
 * there; here it gives no token. */
static bool read_unknown(struct tokenizer_reading *r, const json_t *model, bool required)
{
    const json_t *unknown = json_object_get(model, "unk_token");

    if (json_is_string(unknown))
        r->vocabulary->unknown =
            vocabulary_find(r->vocabulary, json_string_value(unknown), json_string_length(unknown));
    else if (required || (unknown && !json_is_null(unknown)))
        return json_refuse(r, "model", "unk_token", required ? "a text" : "a text, or null",
                           unknown);
    return !required || r->vocabulary->unknown != UINT32_MAX ||
           json_refuse(r, "model", "unk_token", "a token of the vocabulary", unknown);
}

/* ---- byte-pair encoding ---- */

/* "a b", or ["a", "b"]. */
static bool parse_merge(const json_t *merge, struct vocabulary_merge *m)
{
    const json_t *left = json_array_get(merge, 0), *right = json_array_get(merge, 1);
    const char *text = json_string_value(merge);

    if (text) {
        size_t bytes = json_string_length(merge);
        const char *space = memchr(text, ' ', bytes);
        if (space == NULL || memchr(space + 1, ' ', (size_t)(text + bytes - space - 1)))
            return false;
        *m = (struct vocabulary_merge){
            text, space + 1, (uint32_t)min_u64((uint64_t)(space - text), UINT32_MAX),
            (uint32_t)min_u64((uint64_t)(text + bytes - space - 1), UINT32_MAX)};
    } else if (json_array_size(merge) == 2 && json_is_string(left) && json_is_string(right)) {
        *m = (struct vocabulary_merge){json_string_value(left), json_string_value(right),
                                       (uint32_t)min_u64(json_string_length(left), UINT32_MAX),
                                       (uint32_t)min_u64(json_string_length(right), UINT32_MAX)};
    } else {
        return false;
    }
    return m->left_bytes && m->right_bytes && m->left_bytes <= VOCABULARY_MAX_TEXT &&
           m->right_bytes <= VOCABULARY_MAX_TEXT;
}

static bool read_merges(struct tokenizer_reading *r, const json_t *model)
{
    static const char version[] = "#version";
    const json_t *merges = json_object_get(model, "merges");
    struct vocabulary *v = r->vocabulary;
    size_t i;
    json_t *merge;

    if (!json_is_array(merges) || json_array_size(merges) > VOCABULARY_MAX_MERGES)
        return json_refuse(r, "model", "merges", "a list of pairs", merges);
    json_array_foreach(merges, i, merge)
    {
        const char *text = json_string_value(merge);
        struct vocabulary_merge m;
        if (text && strncmp(text, version, sizeof version - 1) == 0)
            continue;
        if (!parse_merge(merge, &m))
            return diag_error(r->diags, at_member(r, "model.merges"),
                              "merge %zu: expected two texts, found %s", i,
                              json_found(r->diags->arena, merge));
        m.left = arena_text(r->arena, m.left, m.left_bytes);
        m.right = arena_text(r->arena, m.right, m.right_bytes);
        ARENA_PUSH(r->arena, v->merges, v->merge_count, v->merge_capacity) = m;
    }
    return true;
}

/* null counts as empty. */
static bool read_affix(struct tokenizer_reading *r, const json_t *model, const char *key,
                       struct step_text *out)
{
    const json_t *value = json_object_get(model, key);

    return !value || json_is_null(value) || json_text(r, "model", model, key, out);
}

/* Dropout makes the library's ids random. Files say it because of training. */
static bool check_dropout(struct tokenizer_reading *r, const json_t *model)
{
    const json_t *dropout = json_object_get(model, "dropout");

    return !dropout || json_is_null(dropout) ||
           (json_is_number(dropout) && json_number_value(dropout) == 0) ||
           json_refuse(r, "model", "dropout", "0 or null", dropout);
}

static bool read_bpe(struct tokenizer_reading *r, const char *at, const json_t *model)
{
    struct vocabulary *v = r->vocabulary;
    struct pipeline *p = &v->pipeline;

    p->model = MODEL_bpe;
    return check_dropout(r, model) &&
           read_affix(r, model, "continuing_subword_prefix", &p->continuing_prefix) &&
           read_affix(r, model, "end_of_word_suffix", &p->end_suffix) &&
           json_flag(r, at, model, "byte_fallback", false, &p->byte_fallback) &&
           json_flag(r, at, model, "ignore_merges", false, &v->whole_words) &&
           json_flag(r, at, model, "fuse_unk", false, &v->fuse_unknown) && read_ids(r, model) &&
           read_merges(r, model) && read_unknown(r, model, false);
}

/* ---- the other models ---- */

static bool read_unigram(struct tokenizer_reading *r, const char *at, const json_t *model)
{
    struct vocabulary *v = r->vocabulary;
    const json_t *unknown = json_object_get(model, "unk_id");

    v->pipeline.model = MODEL_unigram;
    if (!json_flag(r, at, model, "byte_fallback", false, &v->pipeline.byte_fallback) ||
        !read_scores(r, model))
        return false;
    return !unknown || json_is_null(unknown) ||
           json_count(r, at, model, "unk_id", v->token_count - 1, &v->unknown);
}

static bool read_word_piece(struct tokenizer_reading *r, const char *at, const json_t *model)
{
    enum { MAX_CHARACTERS = 1 << 20 };
    struct pipeline *p = &r->vocabulary->pipeline;

    p->model = MODEL_wordpiece;
    if (!json_text(r, at, model, "continuing_subword_prefix", &p->continuing_prefix) ||
        !json_count(r, at, model, "max_input_chars_per_word", MAX_CHARACTERS,
                    &p->max_word_characters))
        return false;
    if (p->max_word_characters == 0)
        return json_refuse(r, at, "max_input_chars_per_word", "at least 1",
                           json_object_get(model, "max_input_chars_per_word"));
    return read_ids(r, model) && read_unknown(r, model, true);
}

static bool read_word_level(struct tokenizer_reading *r, const char *at, const json_t *model)
{
    (void)at;
    r->vocabulary->pipeline.model = MODEL_word_level;
    return read_ids(r, model) && read_unknown(r, model, true);
}

/* Older files have no type: the library then takes the first model that the members allow. */
static const char *type_of(const json_t *model)
{
    const char *type = json_string_value(json_object_get(model, "type"));

    return json_object_get(model, "type")                       ? (type ? type : "")
           : json_object_get(model, "merges")                   ? "BPE"
           : json_object_get(model, "max_input_chars_per_word") ? "WordPiece"
           : json_object_get(model, "unk_token")                ? "WordLevel"
                                                                : "Unigram";
}

bool tokenizer_json_model(struct tokenizer_reading *r, const json_t *root)
{
    static const struct component kinds[] = {
        {"BPE",
         "vocab merges dropout unk_token continuing_subword_prefix end_of_word_suffix fuse_unk "
         "byte_fallback ignore_merges",
         read_bpe},
        {"Unigram", "vocab unk_id byte_fallback", read_unigram},
        {"WordPiece", "vocab unk_token continuing_subword_prefix max_input_chars_per_word",
         read_word_piece},
        {"WordLevel", "vocab unk_token", read_word_level},
    };
    const json_t *model = json_object_get(root, "model");
    const char *type = type_of(model);

    for (size_t i = 0; json_is_object(model) && i < countof(kinds); i++)
        if (strcmp(type, kinds[i].type) == 0)
            return json_check_keys(r, "model", model, kinds[i].keys) &&
                   kinds[i].read(r, "model", model);
    return json_is_object(model)
               ? json_refuse(r, "model", "type", "BPE, Unigram, WordPiece or WordLevel",
                             json_object_get(model, "type"))
               : json_refuse(r, "model", NULL, "an object", model);
}

/* tokenizer.json of Hugging Face's tokenizers library. In: the file. Out: a vocabulary. Of the
 * pipeline that it describes (normalizer, pre-tokenizer, model, post-processor, decoder) the forms
 * of byte-level BPE and of SentencePiece-like BPE are known; what would change ids and is not known
 * is an error, since ids that are nearly right are wrong.
 */
#include "compiler/import/added_tokens.h"

#include <string.h>

static const char space_mark[] = "\xe2\x96\x81"; /* U+2581 */

struct reading {
    struct vocabulary *vocabulary;
    struct arena *arena;
    struct diags *diags;
    struct place place;
    bool byte_level, marks_spaces;
    json_int_t id_limit;
};

enum { ID_SLACK = 1 << 16 }; /* ids that no token has: gaps are rare and small */

static bool fail_at(struct reading *r, const char *object, const char *text, const char *found)
{
    r->place.object = object;
    return diag_error(r->diags, r->place, "%s, found '%.60s'", text, found ? found : "nothing");
}

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static bool is_type(const json_t *object, const char *type)
{
    const char *found = text_of(object, "type");
    return found && strcmp(found, type) == 0;
}

static bool is_true(const json_t *object, const char *key)
{
    return json_is_true(json_object_get(object, key));
}

static bool equals(const json_t *value, const char *text)
{
    const char *found = json_string_value(value);
    return found && strcmp(found, text) == 0;
}

/* Calls `one` for a component, or for each of a Sequence's. */
static bool each_component(struct reading *r, const json_t *component, const char *list,
                           bool (*one)(struct reading *, const json_t *))
{
    if (!component || json_is_null(component))
        return true;
    if (!is_type(component, "Sequence"))
        return one(r, component);
    size_t i;
    json_t *part;
    bool good = true;
    json_array_foreach(json_object_get(component, list), i, part) good = one(r, part) && good;
    return good;
}

/* How a space comes in front; false where there is one already, which would make two. */
static bool set_prefix(struct reading *r, const char *object, enum space_prefix prefix)
{
    struct vocabulary *v = r->vocabulary;

    if (v->prefix != PREFIX_none)
        return fail_at(r, object, "expected one space in front of a text", "two");
    v->prefix = prefix;
    return true;
}

static bool read_normalizer(struct reading *r, const json_t *n)
{
    struct vocabulary *v = r->vocabulary;
    if (is_type(n, "NFC")) {
        v->nfc = true;
        return true;
    }
    if (is_type(n, "Prepend") && equals(json_object_get(n, "prepend"), space_mark))
        return set_prefix(r, "normalizer", PREFIX_stretch);
    if (is_type(n, "Replace") &&
        equals(json_object_get(json_object_get(n, "pattern"), "String"), " ") &&
        equals(json_object_get(n, "content"), space_mark)) {
        r->marks_spaces = v->marks_spaces = true;
        return true;
    }
    return fail_at(r, "normalizer", "expected NFC, or spaces marked with U+2581",
                   text_of(n, "type"));
}

/* Each word becomes a piece. The known patterns match all of a text, so that it makes no difference
 * what becomes of the rest, and matches that are removed "inverted" are kept. */
static bool isolates(const json_t *p)
{
    const json_t *behavior = json_object_get(p, "behavior");

    return equals(behavior, "Isolated") || (equals(behavior, "Removed") && is_true(p, "invert"));
}

static bool read_split(struct reading *r, const json_t *p)
{
    struct vocabulary *v = r->vocabulary;
    const json_t *pattern = json_object_get(p, "pattern");
    const json_t *regex = json_object_get(pattern, "Regex");
    if (equals(json_object_get(pattern, "String"), " ") && r->marks_spaces)
        return true; /* the normalizer left no spaces to split at */
    const struct vocabulary_split *known =
        regex ? vocabulary_split_by_pattern(json_string_value(regex), json_string_length(regex))
              : NULL;
    if (!known || !isolates(p) || v->split.words)
        return fail_at(r, "pre_tokenizer", "expected one split by a known pattern",
                       json_string_value(regex));
    bool numbers_first = v->split.numbers_first;
    v->split = known->split;
    v->split.numbers_first = numbers_first;
    v->split.long_s = known->split.any_case; /* case-insensitive matching there is Unicode's */
    return true;
}

static bool read_byte_level(struct reading *r, const json_t *p)
{
    struct vocabulary *v = r->vocabulary;
    r->byte_level = true;
    if (is_true(p, "add_prefix_space") && (v->split.words || v->split.numbers_first))
        return fail_at(r, "pre_tokenizer", "expected no add_prefix_space behind a split", "true");
    if (is_true(p, "add_prefix_space") && !set_prefix(r, "pre_tokenizer", PREFIX_unless_space))
        return false;
    const json_t *use_regex = json_object_get(p, "use_regex");
    if (use_regex && !json_is_true(use_regex))
        return true;
    if (v->split.words)
        return fail_at(r, "pre_tokenizer", "expected one split into words", "two");
    bool numbers_first = v->split.numbers_first;
    v->split = vocabulary_split_by_name("gpt-2", 5)->split;
    v->split.numbers_first = numbers_first;
    return true;
}

static bool read_metaspace(struct reading *r, const json_t *p)
{
    struct vocabulary *v = r->vocabulary;
    if (!equals(json_object_get(p, "replacement"), space_mark))
        return fail_at(r, "pre_tokenizer", "expected Metaspace with U+2581",
                       text_of(p, "replacement"));
    const char *scheme = text_of(p, "prepend_scheme");
    const json_t *add = json_object_get(p, "add_prefix_space");
    bool good = true;
    if (scheme && strcmp(scheme, "first") == 0)
        good = set_prefix(r, "pre_tokenizer", PREFIX_first);
    else if ((!scheme && !json_is_false(add)) || (scheme && strcmp(scheme, "always") == 0))
        good = set_prefix(r, "pre_tokenizer", PREFIX_unless_space);
    r->marks_spaces = true;
    v->split.spaces = !json_is_false(json_object_get(p, "split"));
    return good;
}

static bool read_pre_tokenizer(struct reading *r, const json_t *p)
{
    if (is_type(p, "Split"))
        return read_split(r, p);
    if (is_type(p, "ByteLevel"))
        return read_byte_level(r, p);
    if (is_type(p, "Metaspace"))
        return read_metaspace(r, p);
    if (is_type(p, "Digits") && is_true(p, "individual_digits") && !r->vocabulary->split.words) {
        r->vocabulary->split.numbers_first = true;
        return true;
    }
    return fail_at(r, "pre_tokenizer", "expected Split, ByteLevel, Metaspace or single Digits",
                   text_of(p, "type"));
}

static bool read_decoder(struct reading *r, const json_t *p)
{
    if (is_type(p, "Strip") && equals(json_object_get(p, "content"), " "))
        r->vocabulary->strip_space = json_integer_value(json_object_get(p, "start")) == 1;
    if (is_type(p, "Metaspace"))
        r->vocabulary->strip_space = r->vocabulary->prefix != PREFIX_none;
    return true;
}

static bool add_front(struct reading *r, const json_t *id, const char *name)
{
    struct vocabulary *v = r->vocabulary;
    json_int_t value = json_integer_value(id);

    if (!json_is_integer(id) || value < 0 || value >= v->token_count ||
        v->front_count == countof(v->front))
        return fail_at(r, "post_processor", "expected a few ids of the vocabulary in front", name);
    v->front[v->front_count++] = (uint32_t)value;
    return true;
}

/* The special tokens that are put in front of a single text: by a template, or as "cls". */
static bool read_post_processor(struct reading *r, const json_t *p)
{
    if (is_type(p, "RobertaProcessing") || is_type(p, "BertProcessing")) {
        const json_t *cls = json_object_get(p, "cls");
        return add_front(r, json_array_get(cls, 1), json_string_value(json_array_get(cls, 0)));
    }
    if (!is_type(p, "TemplateProcessing"))
        return true;
    size_t i, k;
    json_t *piece, *id;
    json_array_foreach(json_object_get(p, "single"), i, piece)
    {
        const char *name = text_of(json_object_get(piece, "SpecialToken"), "id");
        if (!name)
            break;
        const json_t *special = json_object_get(json_object_get(p, "special_tokens"), name);
        json_array_foreach(json_object_get(special, "ids"), k, id)
        {
            if (!add_front(r, id, name))
                return false;
        }
    }
    return true;
}

static struct vocabulary_token *token_at(struct reading *r, const char *object, const char *text,
                                         const json_t *id)
{
    struct vocabulary *v = r->vocabulary;
    json_int_t value = json_integer_value(id);
    r->place.object = object;
    if (!json_is_integer(id) || value < 0 || value >= r->id_limit) {
        diag_error(r->diags, r->place, "token '%.60s': expected an id from 0 to %d, found %lld",
                   text, (int)r->id_limit - 1, (long long)value);
        return NULL;
    }
    if ((uint32_t)value >= v->token_count) {
        uint32_t more = (uint32_t)value + 1 - v->token_count;
        v->tokens = arena_grow(r->arena, v->tokens, v->token_count, &v->token_capacity, more,
                               sizeof *v->tokens);
        memset(v->tokens + v->token_count, 0, more * sizeof *v->tokens);
        v->token_count += more;
    }
    return &v->tokens[value];
}

static bool set_text(struct reading *r, const char *object, struct vocabulary_token *t,
                     const char *text, size_t bytes)
{
    r->place.object = object;
    if (bytes > VOCABULARY_MAX_TEXT)
        return diag_error(r->diags, r->place, "expected tokens of at most %d bytes, found %zu",
                          VOCABULARY_MAX_TEXT, bytes);
    t->text = arena_text(r->arena, text, bytes);
    t->bytes = (uint32_t)bytes;
    t->kind = TOKEN_normal;
    return true;
}

static bool is_byte_token(const struct vocabulary_token *t)
{
    return t->bytes == 6 && memcmp(t->text, "<0x", 3) == 0 && t->text[5] == '>';
}

static bool read_vocab(struct reading *r, const json_t *model)
{
    json_t *vocab = json_object_get(model, "vocab"), *id;
    const char *text;
    size_t bytes;
    if (!json_is_object(vocab) || json_object_size(vocab) == 0)
        return fail_at(r, "model.vocab", "expected an object of texts and ids", NULL);
    json_object_keylen_foreach(vocab, text, bytes, id)
    {
        struct vocabulary_token *t = token_at(r, "model.vocab", text, id);
        if (!t)
            return false;
        if (t->text)
            return diag_error(r->diags, r->place,
                              "id %lld: expected one token, found '%.60s' and '%.60s'",
                              (long long)json_integer_value(id), t->text, text);
        if (!set_text(r, "model.vocab", t, text, bytes))
            return false;
        if (is_true(model, "byte_fallback") && is_byte_token(t))
            t->kind = TOKEN_byte;
    }
    return true;
}

/* "a b", or ["a", "b"]. */
static bool read_merge(struct reading *r, size_t index, const json_t *merge)
{
    const json_t *left = json_array_get(merge, 0), *right = json_array_get(merge, 1);
    struct vocabulary_merge m = {0};
    const char *text = json_string_value(merge);
    if (text) {
        size_t bytes = json_string_length(merge);
        const char *space = memchr(text, ' ', bytes);
        if (space && space != text && space != text + bytes - 1)
            m = (struct vocabulary_merge){text, space + 1, (uint32_t)(space - text),
                                          (uint32_t)(text + bytes - space - 1)};
    } else if (json_is_string(left) && json_is_string(right)) {
        m = (struct vocabulary_merge){json_string_value(left), json_string_value(right),
                                      (uint32_t)json_string_length(left),
                                      (uint32_t)json_string_length(right)};
    }
    r->place.object = "model.merges";
    if (!m.left || m.left_bytes > VOCABULARY_MAX_TEXT || m.right_bytes > VOCABULARY_MAX_TEXT)
        return diag_error(r->diags, r->place, "merge %zu: expected two texts", index);
    m.left = arena_text(r->arena, m.left, m.left_bytes);
    m.right = arena_text(r->arena, m.right, m.right_bytes);
    struct vocabulary *v = r->vocabulary;
    ARENA_PUSH(r->arena, v->merges, v->merge_count, v->merge_capacity) = m;
    return true;
}

static bool read_model(struct reading *r, const json_t *model)
{
    struct vocabulary *v = r->vocabulary;
    const char *type = text_of(model, "type");
    if (type ? strcmp(type, "BPE") != 0 : !json_is_array(json_object_get(model, "merges")))
        return fail_at(r, "model.type", "expected 'BPE'", type);
    static const char *const empty[] = {"continuing_subword_prefix", "end_of_word_suffix"};
    for (size_t i = 0; i < countof(empty); i++)
        if (text_of(model, empty[i]) && *text_of(model, empty[i]))
            return fail_at(r, empty[i], "expected null or an empty text", text_of(model, empty[i]));
    json_t *merges = json_object_get(model, "merges"), *merge;
    if (!json_is_array(merges) || json_array_size(merges) > VOCABULARY_MAX_MERGES)
        return fail_at(r, "model.merges", "expected an array of pairs", NULL);
    if (!read_vocab(r, model))
        return false;
    size_t i;
    json_array_foreach(merges, i, merge) if (!read_merge(r, i, merge)) return false;
    v->whole_words = is_true(model, "ignore_merges");
    v->fuse_unknown = is_true(model, "fuse_unk");
    const json_t *unknown = json_object_get(model, "unk_token");
    if (json_is_string(unknown))
        v->unknown = vocabulary_find(v, json_string_value(unknown), json_string_length(unknown));
    return true;
}

static bool read_added(struct reading *r, const json_t *model, const json_t *list)
{
    size_t count = json_array_size(list);
    struct added_token *all = arena_new(r->arena, struct added_token, count);

    for (size_t i = 0; i < count; i++) {
        const json_t *added = json_array_get(list, i), *id = json_object_get(added, "id");
        if (!json_is_object(added) ||
            !added_token_read(added, json_is_integer(id) ? json_integer_value(id) : -1, false,
                              &all[i]))
            return fail_at(r, "added_tokens", "expected a text as content", NULL);
    }
    r->place.object = "added_tokens";
    return added_tokens_add(r->vocabulary, json_object_get(model, "vocab"), all, (uint32_t)count,
                            r->place, r->arena, r->diags);
}

bool tokenizer_json_read(const char *path, json_t *root, struct vocabulary *v, struct arena *a,
                         struct diags *d)
{
    struct reading r = {.vocabulary = v, .arena = a, .diags = d, .place = {.file = path}};
    v->file = path;
    v->unknown = UINT32_MAX;
    size_t listed = json_object_size(json_object_get(json_object_get(root, "model"), "vocab")) +
                    json_array_size(json_object_get(root, "added_tokens"));
    r.id_limit = (json_int_t)min_u64(listed + ID_SLACK, VOCABULARY_MAX_TOKENS);
    bool good =
        each_component(&r, json_object_get(root, "normalizer"), "normalizers", read_normalizer);
    good = each_component(&r, json_object_get(root, "pre_tokenizer"), "pretokenizers",
                          read_pre_tokenizer) &&
           good;
    good = read_model(&r, json_object_get(root, "model")) && good;
    good = good &&
           read_added(&r, json_object_get(root, "model"), json_object_get(root, "added_tokens"));
    good = good && each_component(&r, json_object_get(root, "post_processor"), "processors",
                                  read_post_processor);
    good = good && each_component(&r, json_object_get(root, "decoder"), "decoders", read_decoder);
    if (good && !r.byte_level && !r.marks_spaces)
        good =
            fail_at(&r, "pre_tokenizer", "expected ByteLevel, or spaces marked with U+2581", NULL);
    v->kind = r.byte_level ? VOCABULARY_byte_level : VOCABULARY_characters;
    if (good && v->kind == VOCABULARY_byte_level)
        v->unknown = UINT32_MAX;
    return good;
}

/* Adds tokens to a vocabulary. In: a model's own vocabulary, and a list of tokens as Hugging Face
 * files write them. Out: the vocabulary with these tokens. The rules are those of the tokenizers
 * library: a text that is already a token keeps its id and takes the new flags; any other gets the
 * next free id, whatever id the file states. */
#include "compiler/import/tokenizer/added_tokens.h"

#include <inttypes.h>
#include <string.h>

struct adding {
    struct vocabulary *vocabulary;
    struct strings texts; /* of all tokens */
    uint32_t *ids;        /* of those texts; an added token comes before one of the model */
    uint32_t id_count, id_capacity;
    uint32_t next; /* free id */
    struct arena *arena, scratch;
    struct diags *diags;
    struct place place;
    uint32_t moved; /* tokens with another id in the file */
};

static void remember(struct adding *a, const char *text, uint32_t bytes, uint32_t id)
{
    str_id string = str_intern(&a->texts, text, bytes);

    while (a->id_count <= string)
        ARENA_PUSH(&a->scratch, a->ids, a->id_count, a->id_capacity) = UINT32_MAX;
    a->ids[string] = id;
}

/* The id of a text, which is not empty; UINT32_MAX if no token has it. */
static uint32_t known_id(const struct adding *a, const struct added_token *t)
{
    str_id string = str_find(&a->texts, t->text, t->bytes);

    return string ? a->ids[string] : UINT32_MAX;
}

static bool is_free(const struct vocabulary *v, int64_t id)
{
    return id >= v->token_count || v->tokens[id].text == NULL;
}

/* The id of a new token. If the model's own ids have gaps, the library's rule may give one that is
 * taken. */
static uint32_t new_id(const struct adding *a, const struct added_token *t)
{
    const struct vocabulary *v = a->vocabulary;
    uint32_t id = a->next;

    if (is_free(v, id))
        return id;
    if (t->id >= 0 && t->id < VOCABULARY_MAX_TOKENS && is_free(v, t->id))
        return (uint32_t)t->id;
    while (!is_free(v, id))
        id++;
    return id;
}

static void grow_to(struct adding *a, uint32_t count)
{
    struct vocabulary *v = a->vocabulary;

    if (count <= v->token_count)
        return;
    uint32_t more = count - v->token_count;
    v->tokens = arena_grow(a->arena, v->tokens, v->token_count, &v->token_capacity, more,
                           sizeof *v->tokens);
    memset(v->tokens + v->token_count, 0, more * sizeof *v->tokens);
    v->token_count = count;
}

static void note_id(struct adding *a, const struct added_token *t, uint32_t id)
{
    if (t->id >= 0 && t->id != id && a->moved++ == 0)
        diag_warning(a->diags, a->place,
                     "token '%.60s': the file says id %" PRId64
                     ", the tokenizers library gives it id %u, and that counts here too",
                     t->text, t->id, id);
    remember(a, t->text, t->bytes, id);
    if (id >= a->next)
        a->next = id + 1;
}

static bool add_one(struct adding *a, const struct added_token *t)
{
    struct vocabulary *v = a->vocabulary;
    uint32_t known = known_id(a, t), id = known != UINT32_MAX ? known : new_id(a, t);

    if (t->bytes > VOCABULARY_MAX_TEXT)
        return diag_error(a->diags, a->place, "expected tokens of at most %d bytes, found %u",
                          VOCABULARY_MAX_TEXT, t->bytes);
    if (id >= VOCABULARY_MAX_TOKENS)
        return diag_error(a->diags, a->place, "expected at most %d tokens, found more",
                          VOCABULARY_MAX_TOKENS);
    grow_to(a, id + 1);
    struct vocabulary_token *token = &v->tokens[id];
    bool was_special = token->added && token->kind == TOKEN_control;
    if (known == UINT32_MAX)
        *token = (struct vocabulary_token){
            .text = arena_text(a->arena, t->text, t->bytes), .bytes = t->bytes, .unmerged = true};
    token->added = true;
    token->kind = t->special || was_special ? TOKEN_control : TOKEN_user_defined;
    token->left_strip = t->left_strip;
    token->right_strip = t->right_strip;
    token->single_word = t->single_word;
    token->normalized = t->normalized;
    note_id(a, t, id);
    return true;
}

/* The next free id is at first the number of the model's tokens. */
static void remember_all(struct adding *a)
{
    const struct vocabulary *v = a->vocabulary;

    for (uint32_t i = 0; i < v->token_count; i++) {
        const struct vocabulary_token *t = &v->tokens[i];
        a->next += t->text && !t->unmerged;
        if (t->text && !t->added)
            remember(a, t->text, t->bytes, i);
    }
    for (uint32_t i = 0; i < v->token_count; i++) {
        const struct vocabulary_token *t = &v->tokens[i];
        if (t->text == NULL || !t->added)
            continue;
        remember(a, t->text, t->bytes, i);
        if (i >= a->next)
            a->next = i + 1;
    }
}

bool added_tokens_add(struct vocabulary *v, const struct added_token *list, uint32_t count,
                      struct place place, struct arena *arena, struct diags *d)
{
    struct adding a = {.vocabulary = v, .arena = arena, .diags = d, .place = place};
    bool good = true;

    strings_init(&a.texts, &a.scratch);
    remember_all(&a);
    for (uint32_t i = 0; i < count && good; i++)
        good = list[i].bytes == 0 || add_one(&a, &list[i]);
    if (a.moved > 1)
        diag_note(d, "%u tokens have other ids than the file says", a.moved);
    arena_free(&a.scratch);
    return good;
}

static bool flag(const json_t *object, const char *key, bool absent)
{
    const json_t *value = json_object_get(object, key);

    return json_is_boolean(value) ? json_is_true(value) : absent;
}

bool added_token_read(const json_t *value, int64_t id, bool special, struct added_token *out)
{
    const json_t *text = json_is_object(value) ? json_object_get(value, "content") : value;

    if (!json_is_string(text))
        return false;
    special = special || flag(value, "special", false);
    *out = (struct added_token){
        .text = json_string_value(text),
        .bytes = (uint32_t)min_u64(json_string_length(text), UINT32_MAX),
        .id = id,
        .special = special,
        .left_strip = flag(value, "lstrip", false),
        .right_strip = flag(value, "rstrip", false),
        .single_word = flag(value, "single_word", false),
        .normalized = flag(value, "normalized", !special),
        .says_normalized = json_is_boolean(json_object_get(value, "normalized")),
    };
    return true;
}

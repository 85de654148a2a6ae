/* Adds tokens to a vocabulary. In: a model's own vocabulary, and a list of tokens as Hugging Face
 * files write them. Out: the vocabulary with these tokens. The rules are those of the tokenizers
 * library: a text that is already a token keeps its id and takes the new flags; any other gets the
 * next free id, whatever id the file states. */
#include "compiler/import/added_tokens.h"

#include <inttypes.h>
#include <string.h>

struct adding {
    struct vocabulary *vocabulary;
    const json_t *model; /* texts and ids of the model's own tokens */
    json_t *ids;         /* of the added tokens, by text */
    uint32_t next;       /* free id */
    struct arena *arena;
    struct diags *diags;
    struct place place;
    uint32_t moved; /* tokens with another id in the file */
};

/* The id of a text; -1 if no token has it. */
static json_int_t known_id(const struct adding *a, const struct added_token *t)
{
    const json_t *id = json_object_getn(a->ids, t->text, t->bytes);

    if (id == NULL)
        id = json_object_getn(a->model, t->text, t->bytes);
    return json_is_integer(id) ? json_integer_value(id) : -1;
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
    json_object_setn_new_nocheck(a->ids, t->text, t->bytes, json_integer(id));
    if (id >= a->next)
        a->next = id + 1;
}

static bool add_one(struct adding *a, const struct added_token *t)
{
    struct vocabulary *v = a->vocabulary;
    json_int_t known = known_id(a, t);

    uint32_t id = known >= 0 ? (uint32_t)known : new_id(a, t);

    if (t->bytes > VOCABULARY_MAX_TEXT)
        return diag_error(a->diags, a->place, "expected tokens of at most %d bytes, found %u",
                          VOCABULARY_MAX_TEXT, t->bytes);
    if (id >= VOCABULARY_MAX_TOKENS)
        return diag_error(a->diags, a->place, "expected at most %d tokens, found more",
                          VOCABULARY_MAX_TOKENS);
    grow_to(a, id + 1);
    struct vocabulary_token *token = &v->tokens[id];
    bool was_special = token->added && token->kind == TOKEN_control;
    if (known < 0)
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

bool added_tokens_add(struct vocabulary *v, const json_t *model, const struct added_token *list,
                      uint32_t count, struct place place, struct arena *arena, struct diags *d)
{
    struct adding a = {v,     model, json_object(), (uint32_t)json_object_size(model),
                       arena, d,     place,         0};
    bool good = true;

    for (uint32_t i = 0; i < v->token_count; i++) {
        const struct vocabulary_token *t = &v->tokens[i];
        if (t->text == NULL || !t->added)
            continue;
        json_object_setn_new_nocheck(a.ids, t->text, t->bytes, json_integer(i));
        if (i >= a.next)
            a.next = i + 1;
    }
    for (uint32_t i = 0; i < count && good; i++)
        good = list[i].bytes == 0 || add_one(&a, &list[i]);
    if (a.moved > 1)
        diag_note(d, "%u tokens have other ids than the file says", a.moved);
    json_decref(a.ids);
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

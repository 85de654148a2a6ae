/* Added tokens of the files next to tokenizer.json. In: tokenizer_config.json,
 * special_tokens_map.json and added_tokens.json. Out: the vocabulary with the tokens that they
 * name. The order follows AutoTokenizer of transformers 5: the tokens of added_tokens_decoder by
 * ascending id, then those with a name, then the extra ones. If there is no added_tokens_decoder,
 * the other two files replace it. */
#include "compiler/import/tokenizer/added_tokens.h"
#include "compiler/import/import.h"

#include <stdlib.h>
#include <string.h>

static const char *const common_names[] = {"bos_token", "eos_token", "unk_token", "sep_token",
                                           "pad_token", "cls_token", "mask_token"};

/* Keys of the configuration: lists of further tokens, under the newer and the older name, and names
 * that the model gives to its own tokens. */
static const char extra_list[] = "extra_special_tokens", older_list[] = "additional_special_tokens",
                  own_names[] = "model_specific_special_tokens";

struct collection {
    struct added_token *all;
    uint32_t count, capacity;
    json_t *known; /* texts of tokens that are added without a name */
    struct arena *arena;
    struct diags *diags;
    const char *directory;
};

static struct place place_of(const struct collection *c, const char *file, const char *object)
{
    return (struct place){.file = arena_printf(c->arena, "%s/%s", c->directory, file),
                          .object = object};
}

static struct added_token *push(struct collection *c)
{
    return &ARENA_PUSH(c->arena, c->all, c->count, c->capacity);
}

/* ---- named ones ---- */

static bool is_common(const char *name)
{
    for (size_t i = 0; i < countof(common_names); i++)
        if (strcmp(name, common_names[i]) == 0)
            return true;
    return false;
}

static bool is_name(const char *name)
{
    static const char end[] = "_token";
    size_t bytes = strlen(name);

    return bytes >= sizeof end - 1 && strcmp(name + bytes - (sizeof end - 1), end) == 0;
}

static bool is_token(const json_t *value)
{
    return json_is_string(value) || json_is_string(json_object_get(value, "content"));
}

static json_t *named(const json_t *config, const char *name)
{
    json_t *value = json_object_get(json_object_get(config, own_names), name);

    value = is_token(value) ? value : json_object_get(config, name);
    return is_token(value) ? value : NULL;
}

/* Uncommon names: those of objects come first, then those of texts, then the model's own, which may
 * also override the others. */
void added_tokens_each_named(json_t *config,
                             void (*each)(void *context, const char *name, const json_t *value),
                             void *context)
{
    json_t *own = json_object_get(config, own_names), *value;
    const char *name;

    for (size_t i = 0; i < countof(common_names); i++)
        if ((value = named(config, common_names[i])) != NULL)
            each(context, common_names[i], value);
    for (int texts = 0; texts < 2; texts++)
        json_object_foreach(config, name, value)
        {
            if (is_name(name) && !is_common(name) && is_token(value) &&
                json_is_string(value) == texts)
                each(context, name, named(config, name));
        }
    json_object_foreach(own, name, value)
    {
        bool passed = is_common(name) || (is_name(name) && is_token(json_object_get(config, name)));
        if (is_token(value) && !passed)
            each(context, name, value);
    }
}

/* ---- lists ---- */

static void push_new(struct collection *c, const json_t *value, bool special)
{
    struct added_token t;

    if (added_token_read(value, -1, special, &t) &&
        json_object_getn(c->known, t.text, t.bytes) == NULL)
        *push(c) = t;
}

static void push_named(void *context, const char *name, const json_t *value)
{
    (void)name;
    push_new(context, value, true);
}

static void push_extra(struct collection *c, const json_t *config)
{
    const json_t *list = json_object_get(config, extra_list);
    size_t i;
    json_t *value;

    if (!json_is_array(list))
        list = json_object_get(config, older_list);
    json_array_foreach(list, i, value) push_new(c, value, json_is_string(value));
}

static int compare_ids(const void *a, const void *b)
{
    const struct added_token *x = a, *y = b;

    return (x->id > y->id) - (x->id < y->id);
}

/* {"32000": {"content": "<x>", ...}} */
static bool push_decoder(struct collection *c, json_t *decoder)
{
    const char *key;
    json_t *value;

    json_object_foreach(decoder, key, value)
    {
        char *end;
        long id = strtol(key, &end, 10);
        if (end == key || *end != 0 || id < 0 || !json_is_object(value) ||
            !added_token_read(value, id, false, push(c)))
            return diag_error(c->diags,
                              place_of(c, "tokenizer_config.json", "added_tokens_decoder"),
                              "expected ids with objects that have content, found '%.60s' with %s",
                              key, json_found(c->arena, value));
    }
    return true;
}

static void set_text(json_t *texts, const json_t *value)
{
    const json_t *text = json_is_object(value) ? json_object_get(value, "content") : value;

    json_object_setn_new_nocheck(texts, json_string_value(text), json_string_length(text),
                                 json_true());
}

/* The texts of special tokens, for use with added_tokens.json; from the configuration, plain texts
 * only. */
static json_t *special_texts(json_t *config)
{
    json_t *texts = json_object(), *value;
    size_t i;

    for (size_t k = 0; k < countof(common_names); k++)
        if (is_token(value = json_object_get(config, common_names[k])) &&
            json_object_get(value, "__type") == NULL)
            set_text(texts, value);
    json_array_foreach(json_object_get(config, extra_list), i, value)
    {
        if (is_token(value) && json_object_get(value, "__type") == NULL)
            set_text(texts, value);
    }
    return texts;
}

/* {"<x>": 32000}. tokenizer.json takes precedence at that id. */
static bool push_added_json(struct collection *c, const struct token_files *files,
                            const struct vocabulary *v)
{
    json_t *special = special_texts(files->config), *id;
    const char *text;
    size_t bytes;
    bool good = true;

    json_object_keylen_foreach(files->added_tokens, text, bytes, id)
    {
        bool known = json_object_getn(special, text, bytes) != NULL;
        json_int_t value = json_integer_value(id);
        if (!json_is_integer(id) || value < 0) {
            good = diag_error(c->diags, place_of(c, "added_tokens.json", NULL),
                              "token '%.60s': expected an id, found %s", text,
                              json_found(c->arena, id));
            break;
        }
        if (value < v->token_count && v->tokens[value].added)
            continue;
        *push(c) = (struct added_token){.text = text,
                                        .bytes = (uint32_t)min_u64(bytes, UINT32_MAX),
                                        .id = value,
                                        .special = known,
                                        .normalized = !known,
                                        .says_normalized = true};
    }
    json_decref(special);
    return good;
}

/* Lists the tokens of tokenizer.json again, so that names apply to them. */
static void push_listed(struct collection *c, const struct vocabulary *v)
{
    for (uint32_t i = 0; i < v->token_count; i++) {
        const struct vocabulary_token *t = &v->tokens[i];
        if (t->text != NULL && t->added)
            *push(c) = (struct added_token){.text = t->text,
                                            .bytes = t->bytes,
                                            .id = i,
                                            .special = t->kind == TOKEN_control,
                                            .left_strip = t->left_strip,
                                            .right_strip = t->right_strip,
                                            .single_word = t->single_word,
                                            .normalized = t->normalized,
                                            .says_normalized = true};
    }
}

static void set_name_text(void *texts, const char *name, const json_t *value)
{
    (void)name;
    set_text(texts, value);
}

/* A token with a name is special. */
static void mark_named(struct collection *c, json_t *config)
{
    json_t *texts = json_object();

    added_tokens_each_named(config, set_name_text, texts);
    for (uint32_t i = 0; i < c->count; i++) {
        struct added_token *t = &c->all[i];
        if (json_object_getn(texts, t->text, t->bytes) == NULL)
            continue;
        t->special = true;
        t->normalized = t->normalized && t->says_normalized;
    }
    json_decref(texts);
}

/* Tokens with a name and extra ones, unless the vocabulary or the list has them. */
static void push_missing(struct collection *c, json_t *config, const struct vocabulary *v)
{
    c->known = json_object();
    for (uint32_t i = 0; i < c->count; i++)
        json_object_setn_new_nocheck(c->known, c->all[i].text, c->all[i].bytes, json_true());
    for (uint32_t i = 0; i < v->token_count; i++)
        if (v->tokens[i].text != NULL && v->tokens[i].added)
            json_object_setn_new_nocheck(c->known, v->tokens[i].text, v->tokens[i].bytes,
                                         json_true());
    added_tokens_each_named(config, push_named, c);
    push_extra(c, config);
    json_decref(c->known);
}

/* ---- what is not a token ---- */

static bool check_token(struct collection *c, const char *object, const json_t *value)
{
    return is_token(value) || diag_error(c->diags, place_of(c, "tokenizer_config.json", object),
                                         "expected a text or an object with content, found %s",
                                         json_found(c->arena, value));
}

/* null counts as absent. */
static bool check_types(struct collection *c, const json_t *config)
{
    const char *const lists[] = {extra_list, older_list};
    bool good = true;
    size_t k;
    json_t *item;

    for (size_t i = 0; i < countof(common_names); i++) {
        const json_t *value = json_object_get(config, common_names[i]);
        if (value != NULL && !json_is_null(value))
            good = check_token(c, common_names[i], value) && good;
    }
    for (size_t i = 0; i < countof(lists); i++) {
        const json_t *list = json_object_get(config, lists[i]);
        if (list != NULL && !json_is_null(list) && !json_is_array(list))
            good = diag_error(c->diags, place_of(c, "tokenizer_config.json", lists[i]),
                              "expected a list of tokens, found %s", json_found(c->arena, list));
        json_array_foreach(list, k, item) good = check_token(c, lists[i], item) && good;
    }
    const json_t *decoder = json_object_get(config, "added_tokens_decoder");
    return decoder == NULL || json_is_null(decoder) || json_is_object(decoder)
               ? good
               : diag_error(c->diags, place_of(c, "tokenizer_config.json", "added_tokens_decoder"),
                            "expected an object of ids and tokens, found %s",
                            json_found(c->arena, decoder));
}

/* ---- all together ---- */

static void mark_special(json_t *value)
{
    if (json_is_object(value))
        json_object_set_new(value, "special", json_true());
}

/* The newer name of the list takes precedence over the older one. An object under the older name
 * has names, and is moved. */
static void sort_out_extra(json_t *config)
{
    json_t *older = json_object_get(config, older_list),
           *extra = json_object_get(config, extra_list);

    if (older != NULL && json_array_size(extra) == 0 && json_object_size(extra) == 0) {
        json_object_set(config, extra_list, older);
        json_object_del(config, older_list);
    }
    extra = json_object_get(config, extra_list);
    if (!json_is_object(extra))
        return;
    json_object_set(config, own_names, extra);
    json_object_del(config, extra_list);
}

/* A value of special_tokens_map.json, whose tokens are all special. */
static void merge_value(json_t *config, const char *key, json_t *value)
{
    json_t *list = json_object_get(config, key), *item;
    size_t i;

    mark_special(value);
    json_array_foreach(value, i, item) mark_special(item);
    if (strcmp(key, extra_list) != 0)
        json_object_set(config, key, value);
    else if (json_is_object(value))
        json_object_set(config, own_names, value);
    else if (!json_is_array(list))
        json_object_set(config, key, value);
    else
        json_array_extend(list, value);
}

void added_tokens_merge_map(struct token_files *files)
{
    const char *key;
    json_t *value;

    sort_out_extra(files->config);
    if (files->special_tokens_map == NULL ||
        json_object_get(files->config, "added_tokens_decoder") != NULL)
        return;
    if (files->config == NULL)
        files->config = json_object();
    json_object_foreach(files->special_tokens_map, key, value)
        merge_value(files->config, key, value);
}

bool added_tokens_from_files(const struct token_files *files, const char *directory,
                             struct vocabulary *v, struct arena *arena, struct diags *d)
{
    struct collection c = {.arena = arena, .diags = d, .directory = directory};
    json_t *decoder = json_object_get(files->config, "added_tokens_decoder");

    if (!check_types(&c, files->config))
        return false;
    if (decoder != NULL ? !push_decoder(&c, decoder) : !push_added_json(&c, files, v))
        return false;
    if (decoder == NULL)
        push_listed(&c, v);
    if (c.count > 1)
        qsort(c.all, c.count, sizeof *c.all, compare_ids);
    push_missing(&c, files->config, v);
    mark_named(&c, files->config);
    const char *file = decoder == NULL && files->added_tokens != NULL ? "added_tokens.json"
                                                                      : "tokenizer_config.json";
    return c.count == 0 || added_tokens_add(v, c.all, c.count, place_of(&c, file, NULL), arena, d);
}

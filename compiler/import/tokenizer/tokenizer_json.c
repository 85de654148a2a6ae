/* tokenizer.json of Hugging Face's tokenizers library. In: the file. Out: a vocabulary, with every
 * component of the file as steps of its pipeline; tokenizer_json_*.c read the components. Anything
 * unknown is an error, because ids that are nearly right are wrong. Truncation and padding are
 * defaults of the library's calls and have no meaning here. */
#include "compiler/import/tokenizer/added_tokens.h"
#include "compiler/import/tokenizer/tokenizer_json.h"

enum { ID_SLACK = 1 << 16 }; /* gaps between ids are rare and small */

static bool read_added(struct tokenizer_reading *r, const json_t *list)
{
    struct place place = {.file = r->file, .object = "added_tokens"};
    size_t count = json_array_size(list);
    struct added_token *all = arena_new(r->arena, struct added_token, count);

    if (list && !json_is_null(list) && !json_is_array(list))
        return json_refuse(r, "added_tokens", NULL, "a list", list);
    for (size_t i = 0; i < count; i++) {
        const json_t *added = json_array_get(list, i), *id = json_object_get(added, "id");
        if (!json_is_object(added) ||
            !added_token_read(added, json_is_integer(id) ? json_integer_value(id) : -1, false,
                              &all[i]))
            return json_refuse(r, arena_printf(r->arena, "added_tokens[%zu]", i), "content",
                               "a text", json_object_get(added, "content"));
    }
    return added_tokens_add(r->vocabulary, all, (uint32_t)count, place, r->arena, r->diags);
}

static json_int_t id_limit(const json_t *root)
{
    const json_t *vocab = json_object_get(json_object_get(root, "model"), "vocab");
    size_t listed = json_object_size(vocab) + json_array_size(vocab) +
                    json_array_size(json_object_get(root, "added_tokens"));

    return (json_int_t)min_u64(listed + ID_SLACK, VOCABULARY_MAX_TOKENS);
}

bool tokenizer_json_read(const char *path, json_t *root, struct vocabulary *v, struct arena *a,
                         struct diags *d)
{
    struct tokenizer_reading r = {
        .vocabulary = v, .arena = a, .diags = d, .file = path, .id_limit = id_limit(root)};

    v->file = path;
    v->unknown = UINT32_MAX;
    bool good = tokenizer_json_normalizer(&r, root);
    good = tokenizer_json_pre_tokenizer(&r, root) && good;
    good = tokenizer_json_decoder(&r, root) && good;
    good = tokenizer_json_model(&r, root) && good;
    good = good && read_added(&r, json_object_get(root, "added_tokens"));
    return good && tokenizer_json_post_processor(&r, root);
}

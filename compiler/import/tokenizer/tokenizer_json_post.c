/* The post-processors of a tokenizer.json. In: the member "post_processor". Out: the ids that go
 * before and after a single text. */
#include "compiler/import/tokenizer/tokenizer_json.h"

#include <string.h>

static bool add_id(struct tokenizer_reading *r, const char *at, const json_t *id, bool after)
{
    struct vocabulary *v = r->vocabulary;
    uint32_t *ids = after ? v->back : v->front;
    uint32_t *count = after ? &v->back_count : &v->front_count;
    json_int_t value = json_integer_value(id);

    if (!json_is_integer(id) || value < 0 || value >= v->token_count ||
        v->tokens[value].text == NULL)
        return json_refuse(r, at, NULL, "an id of the vocabulary", id);
    if (*count == countof(v->front))
        return json_refuse(r, at, NULL, "at most 8 tokens on each side of a text", id);
    ids[(*count)++] = (uint32_t)value;
    return true;
}

/* The library does not run a second one. */
static bool begin_template(struct tokenizer_reading *r, const char *at, const json_t *p)
{
    if (r->has_template)
        return json_refuse(r, at, "type", "one processor that adds tokens",
                           json_object_get(p, "type"));
    r->has_template = true;
    return true;
}

/* ["[CLS]", 101] */
static bool add_pair(struct tokenizer_reading *r, const char *at, const json_t *p, const char *key,
                     bool after)
{
    const json_t *pair = json_object_get(p, key);

    if (json_array_size(pair) != 2)
        return json_refuse(r, at, key, "a text and an id", pair);
    return add_id(r, arena_printf(r->arena, "%s.%s", at, key), json_array_get(pair, 1), after);
}

static bool read_bert(struct tokenizer_reading *r, const char *at, const json_t *p)
{
    return begin_template(r, at, p) && add_pair(r, at, p, "cls", false) &&
           add_pair(r, at, p, "sep", true);
}

static bool add_special(struct tokenizer_reading *r, const char *at, const json_t *p,
                        const json_t *name, bool after)
{
    const json_t *special =
        json_is_string(name) ? json_object_getn(json_object_get(p, "special_tokens"),
                                                json_string_value(name), json_string_length(name))
                             : NULL;
    const json_t *ids = json_object_get(special, "ids");
    size_t i;
    json_t *id;

    if (!json_is_array(ids))
        return json_refuse(r, at, "SpecialToken", "the id of an entry of special_tokens", name);
    json_array_foreach(ids, i, id) if (!add_id(r, at, id, after)) return false;
    return true;
}

static bool read_template(struct tokenizer_reading *r, const char *at, const json_t *p)
{
    const json_t *single = json_object_get(p, "single");
    bool after = false;
    size_t i;
    json_t *piece;

    if (!begin_template(r, at, p))
        return false;
    json_array_foreach(single, i, piece)
    {
        const char *inside = arena_printf(r->arena, "%s.single[%zu]", at, i);
        const json_t *special = json_object_get(piece, "SpecialToken");
        const char *text =
            json_string_value(json_object_get(json_object_get(piece, "Sequence"), "id"));
        if (special) {
            if (!add_special(r, inside, p, json_object_get(special, "id"), after))
                return false;
        } else if (after || !text || strcmp(text, "A") != 0) {
            return json_refuse(r, inside, NULL, "a SpecialToken, or once the Sequence A", piece);
        } else {
            after = true;
        }
    }
    return after || json_refuse(r, at, "single", "a list with the Sequence A", single);
}

/* It only changes offsets. */
static bool read_byte_level(struct tokenizer_reading *r, const char *at, const json_t *p)
{
    (void)r;
    (void)at;
    (void)p;
    return true;
}

bool tokenizer_json_post_processor(struct tokenizer_reading *r, const json_t *root)
{
    static const struct component kinds[] = {
        {"TemplateProcessing", "single pair special_tokens", read_template},
        {"BertProcessing", "cls sep", read_bert},
        {"RobertaProcessing", "cls sep trim_offsets add_prefix_space", read_bert},
        {"ByteLevel", "add_prefix_space trim_offsets use_regex", read_byte_level},
    };

    return component_read(r, "post_processor", json_object_get(root, "post_processor"), kinds,
                          countof(kinds), "processors");
}

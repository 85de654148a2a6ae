/* Components of a tokenizer.json, which have a type and members. In: an object. Out: calls of the
 * reader of its type; members, with errors that name the path of the object. */
#include "compiler/import/tokenizer/tokenizer_json.h"

#include "compiler/base/words.h"
#include "runtime/base/utf8.h"

#include <string.h>

const char metaspace_keys[] = "replacement prepend_scheme add_prefix_space split str_rep";

bool json_refuse(struct tokenizer_reading *r, const char *at, const char *key, const char *expected,
                 const json_t *found)
{
    struct place place = {.file = r->file,
                          .object = key ? arena_printf(r->diags->arena, "%s.%s", at, key) : at};

    return diag_error(r->diags, place, "expected %s, found %s", expected,
                      json_found(r->diags->arena, found));
}

bool json_check_keys(struct tokenizer_reading *r, const char *at, const json_t *object,
                     const char *keys)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)object, key, value)
    {
        if (!json_is_null(value) && strcmp(key, "type") != 0 && !words_have(keys, key, strlen(key)))
            return json_refuse(r, at, key, "no such member, whose meaning is unknown here", value);
    }
    return true;
}

static bool refuse_type(struct tokenizer_reading *r, const char *at, const json_t *component,
                        const struct component *kinds, size_t count)
{
    const json_t *type = json_object_get(component, "type");
    const char *names = "Sequence";

    for (size_t i = 0; i < count; i++)
        names = arena_printf(r->diags->arena, "%s, %s", names, kinds[i].type);
    return json_is_object(component)
               ? json_refuse(r, at, "type", arena_printf(r->diags->arena, "one of %s", names), type)
               : json_refuse(r, at, NULL, "an object with a type, or null", component);
}

static bool read_sequence(struct tokenizer_reading *r, const char *at, const json_t *sequence,
                          const struct component *kinds, size_t count, const char *list)
{
    const json_t *parts = json_object_get(sequence, list);
    bool good = json_check_keys(r, at, sequence, list);
    size_t i;
    json_t *part;

    if (!json_is_array(parts))
        return json_refuse(r, at, list, "a list of components", parts);
    json_array_foreach(parts, i, part)
    {
        const char *inside = arena_printf(r->arena, "%s.%s[%zu]", at, list, i);
        good = component_read(r, inside, part, kinds, count, list) && good;
    }
    return good;
}

bool component_read(struct tokenizer_reading *r, const char *at, const json_t *component,
                    const struct component *kinds, size_t count, const char *list)
{
    const char *type = json_string_value(json_object_get(component, "type"));

    if (!component || json_is_null(component))
        return true;
    if (type && strcmp(type, "Sequence") == 0)
        return read_sequence(r, at, component, kinds, count, list);
    for (size_t i = 0; type && i < count; i++)
        if (strcmp(type, kinds[i].type) == 0)
            return json_check_keys(r, at, component, kinds[i].keys) &&
                   kinds[i].read(r, at, component);
    return refuse_type(r, at, component, kinds, count);
}

bool json_flag(struct tokenizer_reading *r, const char *at, const json_t *object, const char *key,
               int absent, bool *out)
{
    const json_t *value = json_object_get(object, key);

    *out = json_is_boolean(value) ? json_is_true(value) : absent > 0;
    return json_is_boolean(value) || ((!value || json_is_null(value)) && absent >= 0) ||
           json_refuse(r, at, key, "true or false", value);
}

bool json_count(struct tokenizer_reading *r, const char *at, const json_t *object, const char *key,
                json_int_t max, uint32_t *out)
{
    const json_t *value = json_object_get(object, key);
    json_int_t number = json_integer_value(value);

    *out = 0;
    if (!json_is_integer(value) || number < 0 || number > max)
        return json_refuse(r, at, key,
                           arena_printf(r->diags->arena, "a number from 0 to %lld", (long long)max),
                           value);
    *out = (uint32_t)number;
    return true;
}

bool json_text(struct tokenizer_reading *r, const char *at, const json_t *object, const char *key,
               struct step_text *out)
{
    const json_t *value = json_object_get(object, key);

    *out = (struct step_text){"", 0};
    if (!json_is_string(value) || json_string_length(value) > VOCABULARY_MAX_TEXT)
        return json_refuse(
            r, at, key,
            arena_printf(r->diags->arena, "a text of at most %d bytes", VOCABULARY_MAX_TEXT),
            value);
    *out = step_text_of(r->arena, json_string_value(value), json_string_length(value));
    return true;
}

bool json_character(struct tokenizer_reading *r, const char *at, const json_t *object,
                    const char *key, struct step_text *out)
{
    uint32_t point;

    if (!json_text(r, at, object, key, out))
        return false;
    return (out->bytes > 0 && utf8_read(out->text, out->bytes, 0, &point) == out->bytes) ||
           json_refuse(r, at, key, "one character", json_object_get(object, key));
}

bool json_pattern(struct tokenizer_reading *r, const char *at, const json_t *object,
                  struct step_text *expression, bool *literal)
{
    const json_t *pattern = json_object_get(object, "pattern");
    const char *inside = arena_printf(r->arena, "%s.pattern", at);
    *literal = json_object_get(pattern, "String") != NULL;
    const char *key = *literal ? "String" : "Regex";

    if (json_object_size(pattern) != 1 || !json_object_get(pattern, key))
        return json_refuse(r, at, "pattern", "an object with a String or a Regex", pattern);
    if (!json_text(r, inside, pattern, key, expression))
        return false;
    return expression->bytes > 0 ||
           json_refuse(r, inside, key, "a text that is not empty", json_object_get(pattern, key));
}

/* Older files have add_prefix_space; the library refuses them if the two contradict each other. */
bool json_metaspace(struct tokenizer_reading *r, const char *at, const json_t *object,
                    struct step_text *mark, enum metaspace_scheme *scheme)
{
    static const char *const names[] = {"always", "first", "never"};
    const json_t *name = json_object_get(object, "prepend_scheme");
    bool add;
    size_t i = 0;

    if (!json_character(r, at, object, "replacement", mark) ||
        !json_flag(r, at, object, "add_prefix_space", true, &add))
        return false;
    if (!json_is_string(name) && name && !json_is_null(name))
        return json_refuse(r, at, "prepend_scheme", "always, first or never", name);
    if (!json_is_string(name)) {
        *scheme = add ? METASPACE_always : METASPACE_never;
        return true;
    }
    while (i < countof(names) && strcmp(names[i], json_string_value(name)) != 0)
        i++;
    if (i == countof(names))
        return json_refuse(r, at, "prepend_scheme", "always, first or never", name);
    *scheme = (enum metaspace_scheme)i;
    return add || *scheme == METASPACE_never ||
           json_refuse(r, at, "add_prefix_space", "true, as prepend_scheme says",
                       json_object_get(object, "add_prefix_space"));
}

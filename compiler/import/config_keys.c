/* Values of configurations in either format. In: a key and its value. Out: a hyper-parameter, or an
 * error if rlx does not compute what the value asks for. */
#include "compiler/import/config_keys.h"

#include "compiler/base/out.h"

#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

const struct size_key size_keys[SIZE_KEY_COUNT] = {
#define SIZE(field, json, gguf, min, max) \
    {json, gguf, offsetof(struct hyper_parameters, field), min, max},
#define SAME(json, gguf, same, what)
#define KNOWN(gguf)
#include "compiler/import/config_keys.def"
#undef SIZE
#undef SAME
};

const struct same_key same_keys[SAME_KEY_COUNT] = {
#define SIZE(field, json, gguf, min, max)
#define SAME(json, gguf, same, what) {json, gguf, same, what},
#include "compiler/import/config_keys.def"
#undef SIZE
#undef SAME
#undef KNOWN
};

static const char *const gguf_keys[] = {
#define SIZE(field, json, gguf, min, max) gguf,
#define SAME(json, gguf, same, what) gguf,
#define KNOWN(gguf) gguf,
#include "compiler/import/config_keys.def"
#undef SIZE
#undef SAME
#undef KNOWN
};

bool config_knows_gguf_key(const char *key)
{
    for (size_t i = 0; i < countof(gguf_keys); i++)
        if (strcmp(gguf_keys[i], key) == 0)
            return true;
    return false;
}

/* ---- values ---- */

/* Takes one more element of a list; its count is the number of elements so far. */
static void add_element(struct plain_value *list, bool is_number, double number)
{
    list->alike = is_number && (list->count == 0 || (list->alike && number == list->number));
    list->number = number;
    list->count++;
}

struct plain_value plain_json(const json_t *value)
{
    struct plain_value plain = {.kind = VALUE_nothing};
    const json_t *element;
    size_t i;

    switch (value == NULL ? JSON_NULL : json_typeof(value)) {
    case JSON_NULL:
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        plain.boolean = true;
        plain.number = json_is_true(value);
        plain.kind = VALUE_number;
        break;
    case JSON_INTEGER:
    case JSON_REAL:
        plain.kind = VALUE_number;
        plain.number = json_number_value(value);
        break;
    case JSON_STRING:
        plain.kind = VALUE_text;
        plain.text = json_string_value(value);
        plain.bytes = json_string_length(value);
        break;
    case JSON_ARRAY:
        plain.kind = VALUE_list;
        json_array_foreach(value, i, element)
        {
            struct plain_value e = plain_json(element);
            add_element(&plain, e.kind == VALUE_number, e.number);
        }
        break;
    case JSON_OBJECT:
        plain.kind = VALUE_list;
        plain.count = json_object_size(value);
        break;
    }
    return plain;
}

struct plain_value plain_gguf(const struct gguf *g, const struct gguf_value *v)
{
    struct plain_value plain = {.kind = VALUE_nothing};

    if (v == NULL)
        return plain;
    if (v->type == GGUF_string) {
        plain.kind = VALUE_text;
        gguf_text(g, v, &plain.text, &plain.bytes);
    } else if (v->type == GGUF_array) {
        plain.kind = VALUE_list;
        bool numbers = v->element != GGUF_array && v->element != GGUF_string;
        for (uint64_t i = 0; numbers && i < v->count; i++)
            add_element(&plain, true, gguf_array_number(g, v, i));
        plain.count = v->count;
    } else {
        plain.kind = VALUE_number;
        plain.boolean = v->type == GGUF_bool;
        plain.number = gguf_number(g, v);
    }
    return plain;
}

const char *plain_found(struct arena *a, const struct plain_value *v)
{
    switch (v->kind) {
    case VALUE_nothing:
        break;
    case VALUE_number:
        return v->boolean ? v->number != 0 ? "true" : "false" : arena_printf(a, "%g", v->number);
    case VALUE_text:
        return arena_printf(a, "'%.*s'", (int)min_u64(v->bytes, 60), v->text);
    case VALUE_list:
        return arena_printf(a, "%" PRIu64 " values", v->count);
    }
    return "nothing";
}

/* ---- values without an effect ---- */

static bool is_number(const struct plain_value *v, double number)
{
    return v->kind == VALUE_number && v->number == number;
}

static bool is_word(const struct plain_value *v, const char *const *words)
{
    for (; v->kind == VALUE_text && *words != NULL; words++)
        if (strlen(*words) == v->bytes && memcmp(*words, v->text, v->bytes) == 0)
            return true;
    return false;
}

static bool near(double a, double b)
{
    return fabs(a - b) <= 1e-5 * fabs(b);
}

static bool is_nothing(const struct plain_value *v)
{
    return is_number(v, 0) || (v->kind == VALUE_text && v->bytes == 0) ||
           (v->kind == VALUE_list && (v->count == 0 || (v->alike && v->number == 0)));
}

bool config_check_same(const struct same_key *key, const struct plain_value *v,
                       enum model_source source, const struct hyper_parameters *h,
                       const struct architecture *architecture, struct place at, struct diags *d)
{
    static const char *const silu[] = {"silu", "swish", NULL};
    static const char *const rms_norm[] = {"rmsnorm", "rms_norm", "RMSNorm", NULL};
    static const char *const rope[] = {"rope", "rotary", NULL};
    const double scale = 1 / sqrt(h->head_dim), depth = sqrt(h->layers);
    const bool has_norm = architecture->has_qk_norm, unset = source == SOURCE_gguf && is_nothing(v),
               one = is_number(v, 1) || (v->kind == VALUE_list && v->alike && v->number == 1);
    const bool number = v->kind == VALUE_number, unknown = h->head_dim == 0; /* reported */
    const struct {
        bool good;
        const char *expected;
    } by_rule[] = {
        [SAME_nothing] = {is_nothing(v), "nothing or 0"},
        [SAME_one] = {one || unset || (v->kind == VALUE_list && v->count == 0), "1"},
        [SAME_true] = {is_number(v, 1), "true"},
        [SAME_head_dim] = {unknown || is_number(v, h->head_dim),
                           arena_printf(d->arena, "the size of a head, %u", h->head_dim)},
        [SAME_hidden] = {unset || is_number(v, h->hidden),
                         arena_printf(d->arena, "the width, %u", h->hidden)},
        [SAME_scale] = {unknown || unset || (number && near(v->number, scale)),
                        arena_printf(d->arena, "1 / sqrt(%u), the size of a head", h->head_dim)},
        [SAME_depth] = {number && near(v->number, depth),
                        arena_printf(d->arena, "sqrt(%u), the number of layers", h->layers)},
        [SAME_qk_norm] = {has_norm ? is_number(v, 1) : is_nothing(v), has_norm ? "true" : "false"},
        [SAME_silu] = {is_word(v, silu), "silu"},
        [SAME_rms_norm] = {is_word(v, rms_norm), "rms_norm"},
        [SAME_rope] = {is_word(v, rope), "rope"},
    };

    if (v->kind == VALUE_nothing || by_rule[key->same].good)
        return true;
    return diag_error(d, at, "expected %s, found %s: rlx does not compile %s",
                      by_rule[key->same].expected, plain_found(d->arena, v), key->what);
}

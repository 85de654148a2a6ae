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
#define FACT(...)
#define LAYERS(...)
#define SAME(...)
#define KNOWN(gguf)
#include "compiler/import/config_keys.def"
#undef SIZE
#undef FACT
#undef LAYERS
#undef SAME
};

const struct fact facts[FACT_COUNT] = {
#define SIZE(...)
#define FACT(name, field, kind, json, gguf, same, what) \
    {json,                                              \
     gguf,                                              \
     same,                                              \
     what,                                              \
     READS(name),                                       \
     FACT_KIND_##kind,                                  \
     offsetof(struct hyper_parameters, field)},
#define LAYERS(name, json, gguf, same, what) \
    {json, gguf, same, what, READS(name), FACT_KIND_none, 0},
#define SAME(json, gguf, same, what) {json, gguf, same, what, 0, FACT_KIND_none, 0},
#include "compiler/import/config_keys.def"
#undef SIZE
#undef FACT
#undef LAYERS
#undef SAME
#undef KNOWN
};

/* Spellings of GGUF files. */
static const char *const gguf_keys[] = {
#define SIZE(field, json, gguf, min, max) gguf,
#define FACT(name, field, kind, json, gguf, same, what) gguf,
#define LAYERS(name, json, gguf, same, what) gguf,
#define SAME(json, gguf, same, what) gguf,
#define KNOWN(gguf) gguf,
#include "compiler/import/config_keys.def"
#undef SIZE
#undef FACT
#undef LAYERS
#undef SAME
#undef KNOWN
};

const char *config_spelling(struct arena *a, const char *spellings, uint32_t index)
{
    size_t bytes = strcspn(spellings, "|");

    for (; index > 0 && spellings[bytes] != 0; index--) {
        spellings += bytes + 1;
        bytes = strcspn(spellings, "|");
    }
    return index > 0 || bytes == 0 ? NULL : arena_text(a, spellings, bytes);
}

/* Whether `key` is one of the spellings. */
static bool has_spelling(const char *spellings, const char *key)
{
    size_t bytes = strlen(key);

    for (const char *at = spellings; at != NULL; at = strchr(at, '|')) {
        at += *at == '|';
        if (strncmp(at, key, bytes) == 0 && (at[bytes] == 0 || at[bytes] == '|'))
            return bytes != 0;
    }
    return false;
}

bool config_knows_gguf_key(const char *key)
{
    for (size_t i = 0; i < countof(gguf_keys); i++)
        if (has_spelling(gguf_keys[i], key))
            return true;
    return false;
}

bool config_reads(const struct architecture *architecture, enum model_source source,
                  const char *key)
{
    for (size_t i = 0; i < FACT_COUNT; i++)
        if ((architecture->reads & facts[i].bit) != 0 &&
            has_spelling(source == SOURCE_gguf ? facts[i].gguf : facts[i].json, key))
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
            plain.boolean = plain.boolean || e.boolean;
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
        plain.boolean = v->element == GGUF_bool;
    } else {
        plain.kind = VALUE_number;
        plain.boolean = v->type == GGUF_bool;
        plain.number = gguf_number(g, v);
    }
    return plain;
}

struct plain_value plain_by_layer(struct plain_value v, uint32_t layers)
{
    if (v.kind == VALUE_list && v.alike && v.count == layers)
        v.kind = VALUE_number;
    return v;
}

/* Integers have all their digits. */
static const char *number_found(struct arena *a, double number)
{
    const bool is_integer = number == floor(number) && fabs(number) <= 0x1p53;

    return is_integer ? arena_printf(a, "%.0f", number) : arena_printf(a, "%g", number);
}

const char *plain_found(struct arena *a, const struct plain_value *v)
{
    switch (v->kind) {
    case VALUE_nothing:
        break;
    case VALUE_number:
        return v->boolean ? v->number != 0 ? "true" : "false" : number_found(a, v->number);
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

static const char *const activation_words[][5] = {
    [ACTIVATION_silu] = {"silu", "swish"},
    [ACTIVATION_gelu] = {"gelu", "gelu_python"},
    [ACTIVATION_gelu_tanh] = {"gelu_pytorch_tanh", "gelu_new", "gelu_fast", "gelu_accurate"},
    [ACTIVATION_relu] = {"relu"},
    [ACTIVATION_relu2] = {"relu2"},
};

/* "gelu" in files of Gemma means what the model was made with, the approximation. */
static bool is_activation(const struct plain_value *v, enum activation activation)
{
    return is_word(v, activation_words[activation]) ||
           (activation == ACTIVATION_gelu_tanh && is_word(v, activation_words[ACTIVATION_gelu]));
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

bool config_check_same(const struct fact *key, const struct plain_value *v,
                       enum model_source source, const struct hyper_parameters *h,
                       const struct architecture *architecture, struct place at, struct diags *d)
{
    static const char *const softmax[] = {"softmax", NULL};
    static const char *const rms_norm[] = {"rmsnorm", "rms_norm", "RMSNorm", NULL};
    static const char *const rope[] = {"rope", "rotary", NULL}, *const vision[] = {"vision", NULL};
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
        [SAME_activation] = {is_activation(v, architecture->defaults.activation),
                             activation_words[architecture->defaults.activation][0]},
        [SAME_rms_norm] = {is_word(v, rms_norm), "rms_norm"},
        [SAME_vision] = {is_nothing(v) || is_word(v, vision), "nothing or vision"},
        [SAME_rope] = {is_word(v, rope), "rope"},
        [SAME_softmax] = {unset || is_number(v, 1) || is_word(v, softmax), "softmax"},
    };

    if (v->kind == VALUE_nothing || by_rule[key->same].good)
        return true;
    return diag_error(d, at, "expected %s, found %s: rlx does not compile %s",
                      by_rule[key->same].expected, plain_found(d->arena, v), key->what);
}

/* ---- values of an architecture ---- */

static bool read_activation(const struct plain_value *v, enum activation *out, struct place at,
                            struct diags *d)
{
    struct text known = {.arena = d->arena};

    for (size_t i = 0; i < countof(activation_words); i++) {
        if (is_word(v, activation_words[i])) {
            *out = (enum activation)i;
            return true;
        }
        for (uint32_t j = 0; activation_words[i][j] != NULL; j++)
            text_add(&known, "%s%s", known.bytes == 0 ? "" : ", ", activation_words[i][j]);
    }
    return diag_error(d, at, "expected one of %s, found %s", known.data, plain_found(d->arena, v));
}

static bool read_number(const struct fact *fact, const struct plain_value *v, bool may_be_zero,
                        double *out, struct place at, struct diags *d)
{
    double number = v->number;
    bool good = v->kind == VALUE_number && number < 1e30 &&
                (number > 1e-30 || (may_be_zero && number == 0));

    if (!good)
        return diag_error(d, at, "expected a positive number%s, found %s",
                          may_be_zero ? ", or 0 for none" : "", plain_found(d->arena, v));
    *out = number == 0                            ? 0
           : fact->kind == FACT_KIND_inverse      ? 1 / number
           : fact->kind == FACT_KIND_inverse_root ? 1 / sqrt(number)
                                                  : number;
    return true;
}

static bool read_count(const struct plain_value *v, uint32_t *out, struct place at, struct diags *d)
{
    if (v->kind != VALUE_number || v->boolean ||
        !(v->number >= 0 && v->number <= MAX_FEED_FORWARD) || v->number != floor(v->number))
        return diag_error(d, at, "expected an integer from 0 to %d%s, found %s", MAX_FEED_FORWARD,
                          v->kind == VALUE_list ? ", or one for each layer, all the same" : "",
                          plain_found(d->arena, v));
    *out = (uint32_t)v->number;
    return true;
}

static bool read_score(const struct plain_value *v, enum model_source source, bool *sigmoid,
                       struct place at, struct diags *d)
{
    static const char *const words[][2] = {{"softmax", NULL}, {"sigmoid", NULL}};
    const bool is_number_of_file = source == SOURCE_gguf && v->kind == VALUE_number;

    if (is_number_of_file && v->number == 0)
        return true;
    for (uint32_t i = 0; i < countof(words); i++)
        if (is_word(v, words[i]) || (is_number_of_file && v->number == i + 1)) {
            *sigmoid = i == 1;
            return true;
        }
    return diag_error(d, at, "expected %s, found %s",
                      source == SOURCE_gguf ? "1 (softmax) or 2 (sigmoid)" : "softmax or sigmoid",
                      plain_found(d->arena, v));
}

bool config_read_fact(const struct fact *fact, const struct plain_value *v,
                      enum model_source source, struct hyper_parameters *h, struct place at,
                      struct diags *d)
{
    void *field = (char *)h + fact->offset;

    if (v->kind == VALUE_nothing || fact->kind == FACT_KIND_none)
        return true;
    if (fact->kind == FACT_KIND_activation)
        return read_activation(v, field, at, d);
    if (fact->kind == FACT_KIND_count)
        return read_count(v, field, at, d);
    if (fact->kind == FACT_KIND_score)
        return read_score(v, source, field, at, d);
    if (fact->kind != FACT_KIND_flag)
        return read_number(fact, v, fact->kind == FACT_KIND_cap || source == SOURCE_gguf, field, at,
                           d);
    if (!v->boolean)
        return diag_error(d, at, "expected true or false, found %s", plain_found(d->arena, v));
    *(bool *)field = v->number != 0;
    return true;
}

void config_default_facts(const struct architecture *architecture, struct hyper_parameters *h)
{
    const struct hyper_parameters *defaults = &architecture->defaults;

    h->activation = defaults->activation;
    h->parallel = defaults->parallel;
    h->normalized_experts = defaults->normalized_experts;
    h->sigmoid_router = defaults->sigmoid_router;
    h->corrected_router = defaults->corrected_router;
    h->group_best = defaults->group_best;
    h->shared_gated = defaults->shared_gated;
}

void config_default_fact(const struct fact *fact, const struct architecture *architecture,
                         struct hyper_parameters *h)
{
    static const size_t sizes[] = {
        [FACT_KIND_none] = 0,
        [FACT_KIND_scale] = sizeof(double),
        [FACT_KIND_inverse] = sizeof(double),
        [FACT_KIND_inverse_root] = sizeof(double),
        [FACT_KIND_cap] = sizeof(double),
        [FACT_KIND_flag] = sizeof(bool),
        [FACT_KIND_count] = sizeof(uint32_t),
        [FACT_KIND_activation] = sizeof(enum activation),
        [FACT_KIND_score] = sizeof(bool),
    };

    memcpy((char *)h + fact->offset, (const char *)&architecture->defaults + fact->offset,
           sizes[fact->kind]);
}

/* Rotary parameters of config.json. In: `rope_parameters` of transformers 5, or `rope_theta` of
 * transformers 4 and, for scaled frequencies, an object `rope_scaling` whose kind is in `rope_type`
 * or, in older files, `type`. Out: the rotary hyper-parameters.
 *
 * Source: modeling_rope_utils.py of transformers (defaults, what YaRN derives if keys are absent,
 * and which of two spellings counts).
 */
#include "compiler/import/config.h"

#include <math.h>
#include <string.h>

enum { MAX_FACTOR = 1000000 };

/* Kinds of scaling and what they become here. Dynamic scaling begins after max_position_embeddings,
 * and rlx compiles for no more positions. */
enum kind {
    KIND_default = 1,
    KIND_linear = 2,
    KIND_dynamic = 4,
    KIND_llama3 = 8,
    KIND_yarn = 16,
    KIND_longrope = 32,
    KIND_proportional = 64,
};

static const struct {
    const char *name;
    enum kind kind;
    enum rope_scaling scaling;
} kinds[] = {
    {"default", KIND_default, ROPE_default},
    {"linear", KIND_linear, ROPE_linear},
    {"dynamic", KIND_dynamic, ROPE_default},
    {"llama3", KIND_llama3, ROPE_llama3},
    {"yarn", KIND_yarn, ROPE_yarn},
    {"longrope", KIND_longrope, ROPE_longrope},
    {"su", KIND_longrope, ROPE_longrope}, /* its name at first */
    {"proportional", KIND_proportional, ROPE_default},
};

/* Keys of the object, the kinds that read them, and the fact that makes an architecture do so (0: all
 * do). */
static const struct {
    const char *name;
    unsigned kinds;
    uint64_t fact;
} object_keys[] = {
    {"rope_type", ~0u, 0},
    {"type", ~0u, 0},
    {"rope_theta", ~0u, 0},
    {"partial_rotary_factor", ~0u, 0},
    {"finetuned", ~0u, 0},     /* for people */
    {"mrope_section", ~0u, 0}, /* for images and video; for text all positions are equal */
    {"factor",
     KIND_linear | KIND_dynamic | KIND_llama3 | KIND_yarn | KIND_longrope | KIND_proportional, 0},
    {"original_max_position_embeddings", KIND_dynamic | KIND_llama3 | KIND_yarn | KIND_longrope, 0},
    {"low_freq_factor", KIND_llama3, 0},
    {"high_freq_factor", KIND_llama3, 0},
    {"attention_factor", KIND_yarn | KIND_longrope, 0},
    {"alpha", KIND_dynamic, READS(ntk_alpha)},
    {"llama_4_scaling_beta", KIND_yarn, READS(query_growth)},
    {"max_position_embeddings", KIND_yarn, READS(query_growth)}, /* repeats that of the root */
    {"short_factor", KIND_longrope, 0},
    {"long_factor", KIND_longrope, 0},
    {"beta_fast", KIND_yarn, 0},
    {"beta_slow", KIND_yarn, 0},
    {"mscale", KIND_yarn, 0},
    {"mscale_all_dim", KIND_yarn, 0},
    {"truncate", KIND_yarn, 0},
};

/* A value may be in two places; if they differ, a warning says which one counts. */
static void compare(const struct config *c, const json_t *counts, const char *where,
                    const json_t *other, const char *other_where)
{
    bool numbers = json_is_number(counts) && json_is_number(other);

    if (counts != NULL && other != NULL && !json_equal(counts, other) &&
        !(numbers && json_number_value(counts) == json_number_value(other)))
        diag_warning(c->diags, config_place(c, where),
                     "%s counts, and %s of %s does not, as in transformers",
                     json_found(c->diags->arena, counts), json_found(c->diags->arena, other),
                     other_where);
}

/* Theta and the rotary part are in the object or next to it. */
static const json_t *inner_or_beside(const struct config *c, const json_t *object, const char *key)
{
    const json_t *inner = config_get(object, key);

    compare(c, inner, key, config_get(c->root, key), "the same key next to the object");
    return inner != NULL ? object : c->root;
}

/* 0: unknown; reported. */
static enum kind read_kind(const struct config *c, const json_t *object, enum rope_scaling *scaling)
{
    const char *key = config_get(object, "rope_type") != NULL ? "rope_type" : "type";
    uint32_t before = c->diags->error_count;
    const char *kind = config_string(c, object, key);

    *scaling = ROPE_default;
    compare(c, config_get(object, "rope_type"), "rope_type", config_get(object, "type"), "type");
    if (kind == NULL)
        return c->diags->error_count == before ? KIND_default : 0;
    for (size_t i = 0; i < countof(kinds); i++)
        if (strcmp(kinds[i].name, kind) == 0) {
            bool by_list = kinds[i].kind == KIND_yarn && config_get(object, "short_factor") != NULL;
            *scaling = by_list ? ROPE_longrope : kinds[i].scaling; /* early files of Phi-3 */
            return by_list ? KIND_longrope : kinds[i].kind;
        }
    diag_error(
        c->diags, config_place(c, key),
        "expected default, linear, dynamic, llama3, yarn, longrope or proportional, found '%.60s'",
        kind);
    return 0;
}

static void warn_of_unused(const struct config *c, const json_t *object, enum kind kind)
{
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)object, name, value)
    {
        bool used = json_is_null(value);
        for (size_t i = 0; i < countof(object_keys) && !used; i++)
            used =
                (object_keys[i].kinds & kind) != 0 && strcmp(object_keys[i].name, name) == 0 &&
                (object_keys[i].fact == 0 || (c->architecture->reads & object_keys[i].fact) != 0);
        if (!used)
            diag_warning(c->diags, config_place(c, name),
                         "has no meaning for this rope_type: ignored, as transformers does");
    }
}

/* Positions before scaling: next to the object (which transformers prefers), in it, or else all
 * positions of the model. */
static void read_original_context(const struct config *c, const json_t *from, uint32_t context,
                                  struct rope_parameters *rope)
{
    const char *key = "original_max_position_embeddings";
    uint32_t *out = &rope->original_context;

    *out = context;
    compare(c, config_get(c->root, key), key, config_get(from, key), "the same key in the object");
    if (!config_u32(c, c->root, key, 1, MAX_CONTEXT, OPTIONAL, out))
        config_u32(c, from, key, 1, MAX_CONTEXT, OPTIONAL, out);
}

static void read_llama3(const struct config *c, const json_t *from, uint32_t context,
                        struct rope_parameters *rope)
{
    config_f64(c, from, "factor", 1, MAX_FACTOR, REQUIRED, &rope->factor);
    bool both = config_f64(c, from, "low_freq_factor", 1e-3, MAX_FACTOR, REQUIRED,
                           &rope->low_frequency_factor);
    both &= config_f64(c, from, "high_freq_factor", 1e-3, MAX_FACTOR, REQUIRED,
                       &rope->high_frequency_factor);
    if (both && rope->high_frequency_factor < rope->low_frequency_factor)
        diag_error(c->diags, config_place(c, "high_freq_factor"),
                   "expected at least low_freq_factor, %g, found %g", rope->low_frequency_factor,
                   rope->high_frequency_factor);
    read_original_context(c, from, context, rope);
}

/* YaRN's scale of the magnitude for a context `factor` times as long. */
static double yarn_magnitude(double factor, double weight)
{
    return factor <= 1 ? 1 : 0.1 * weight * log(factor) + 1;
}

static void read_yarn(const struct config *c, const json_t *from, uint32_t context,
                      struct rope_parameters *rope)
{
    double scale = 0, scale_all = 0;
    bool truncate = true;

    read_original_context(c, from, context, rope);
    if (!config_f64(c, from, "factor", 1, MAX_FACTOR, OPTIONAL, &rope->factor) &&
        context > rope->original_context)
        rope->factor = (double)context / rope->original_context;
    config_f64(c, from, "beta_fast", 0, MAX_FACTOR, OPTIONAL, &rope->beta_fast);
    config_f64(c, from, "beta_slow", 0, MAX_FACTOR, OPTIONAL, &rope->beta_slow);
    if (rope->beta_fast == 0) /* absent, or a value that transformers treats as absent */
        rope->beta_fast = 32;
    if (rope->beta_slow == 0)
        rope->beta_slow = 1;
    config_f64(c, from, "mscale", 0, MAX_FACTOR, OPTIONAL, &scale);
    config_f64(c, from, "mscale_all_dim", 0, MAX_FACTOR, OPTIONAL, &scale_all);
    if (!config_f64(c, from, "attention_factor", 1e-6, MAX_FACTOR, OPTIONAL,
                    &rope->attention_factor) &&
        scale != 0 && scale_all != 0)
        rope->attention_factor =
            yarn_magnitude(rope->factor, scale) / yarn_magnitude(rope->factor, scale_all);
    config_bool(c, from, "truncate", &truncate);
    if ((c->architecture->reads & READS(query_growth)) != 0)
        config_f64(c, from, "llama_4_scaling_beta", 0, 1e3, OPTIONAL, &rope->query_growth);
    rope->exact_borders = !truncate;
}

/* Dynamic scaling begins after the context, which rlx does not reach; with alpha it always acts, by a
 * larger base. */
static void read_dynamic(const struct config *c, const json_t *from, struct rope_parameters *rope)
{
    double factor, alpha = 1, size = rope->rotary_dim;

    config_f64(c, from, "factor", 0, MAX_FACTOR, OPTIONAL, &factor);
    if ((c->architecture->reads & READS(ntk_alpha)) != 0 &&
        config_f64(c, from, "alpha", 1, MAX_FACTOR, OPTIONAL, &alpha) && size > 2)
        rope->theta *= pow(alpha, size / (size - 2));
}

/* Numbers that divide the frequencies, one per pair, as a tensor. */
static void read_divisors(const struct config *c, const json_t *from, const char *key,
                          const char *name, struct model *m)
{
    const json_t *list = config_get(from, key);
    uint32_t pairs = m->hyper.rope.rotary_dim / 2;
    float *values = arena_new(m->arena, float, pairs);
    bool good = json_array_size(list) == pairs;

    for (uint32_t i = 0; i < pairs && good; i++) {
        double value = json_number_value(json_array_get(list, i));
        good = value > 1e-6 && value < MAX_FACTOR;
        values[i] = (float)value;
    }
    if (good)
        model_add_memory(
            m,
            (struct tensor){
                .name = str_of(m->strings, name), .dtype = DTYPE_f32, .rank = 1, .shape = {pairs}},
            (const uint8_t *)values);
    else
        diag_error(c->diags, config_place(c, key), "expected %u positive numbers, found %s", pairs,
                   json_found(c->diags->arena, list));
}

/* The long divisors serve contexts beyond the original one, the short ones all others; cos and sin
 * grow with the logarithm of how much longer the model's context is. */
static void read_longrope(const struct config *c, const json_t *from, struct model *m)
{
    struct rope_parameters *rope = &m->hyper.rope;
    double factor = 0;

    read_original_context(c, from, m->hyper.context, rope);
    if (!config_f64(c, from, "factor", 1, MAX_FACTOR, OPTIONAL, &factor))
        factor = (double)m->hyper.context / rope->original_context;
    if (!config_f64(c, from, "attention_factor", 1e-6, MAX_FACTOR, OPTIONAL,
                    &rope->attention_factor))
        rope->attention_factor =
            factor <= 1 ? 1 : sqrt(1 + log(factor) / log(rope->original_context));
    read_divisors(c, from, "long_factor", "rope.long_divisors.weight", m);
    read_divisors(c, from, "short_factor", "rope.short_divisors.weight", m);
}

/* The frequencies are those of the whole head, but only the first pairs turn: the others' are divided
 * by so much that their cos is 1. */
static void read_proportional(const struct config *c, const json_t *from, double part,
                              struct model *m, struct rope_parameters *rope)
{
    static const float never = 1e30f;
    const uint32_t pairs = rope->rotary_dim / 2;
    float *divisors = arena_new(m->arena, float, pairs);
    double factor = 1;

    config_f64(c, from, "partial_rotary_factor", 0, 1, OPTIONAL, &part);
    config_f64(c, from, "factor", 1e-6, MAX_FACTOR, OPTIONAL, &factor);
    const uint32_t turning = (uint32_t)(part * rope->rotary_dim / 2);
    for (uint32_t i = 0; i < pairs; i++)
        divisors[i] = i < turning ? (float)factor : never;
    if (rope != &m->hyper.rope)
        diag_error(c->diags, config_place(c, "rope_type"),
                   "expected proportional for full_attention alone");
    else
        model_add_memory(m,
                         (struct tensor){.name = str_of(m->strings, "rope.divisors.weight"),
                                         .dtype = DTYPE_f32,
                                         .rank = 1,
                                         .shape = {pairs}},
                         (const uint8_t *)divisors);
}

/* Without a rotary part, a class rotates whole heads by default, whatever this key says. With scaled
 * frequencies it takes a part and then fails. */
static void read_rotary_part(const struct config *c, const json_t *object, enum kind kind,
                             uint32_t head_dim, struct rope_parameters *rope)
{
    const char *key = "partial_rotary_factor";
    double part = c->architecture->rotary_part;
    bool read = part != 0, given;
    uint32_t turning;

    if (kind == KIND_proportional)
        return;
    if (read && (c->architecture->reads & READS(rotary_part)) != 0)
        config_f64(c, c->root, "rotary_pct", 0, 1, OPTIONAL, &part);
    given = config_f64(c, inner_or_beside(c, object, key), key, 0, 1, OPTIONAL, &part);
    if (read && !given && config_u32(c, c->root, "rotary_dim", 2, head_dim, OPTIONAL, &turning))
        part = (double)turning / head_dim; /* MiniMax writes it so */
    if (read) {
        rope->rotary_dim = (uint32_t)(head_dim * part);
        if (rope->rotary_dim == 0 || rope->rotary_dim % 2 != 0)
            diag_error(c->diags, config_place(c, key),
                       "expected an even number of elements that turn, found %u of %u",
                       rope->rotary_dim, head_dim);
    } else if (given && part != 1 && kind == KIND_default) {
        config_warn_unused(c, key);
    } else if (given && part != 1) {
        diag_error(c->diags, config_place(c, key), "expected 1 with this rope_type, found %g",
                   part);
    }
}

static const char *const types[] = {"full_attention", "sliding_attention"};

/* transformers 5 writes rope_parameters, 4 writes rope_scaling, which counts if both are present;
 * an empty one counts as absent. False: neither can be read. */
static bool find_object(const struct config *c, const json_t **object)
{
    static const char *const keys[] = {"rope_parameters", "rope_scaling"};
    const json_t *found[countof(keys)] = {NULL};

    *object = NULL;
    for (size_t i = 0; i < countof(keys); i++) {
        const json_t *value = config_get(c->root, keys[i]);
        if (value != NULL && !json_is_object(value))
            return diag_error(c->diags, config_place(c, keys[i]), "expected an object, found %s",
                              json_found(c->diags->arena, value));
        found[i] = json_object_size(value) == 0 ? NULL : value;
        *object = found[i] != NULL ? found[i] : *object;
        bool by_type = config_get(value, types[0]) != NULL || config_get(value, types[1]) != NULL;
        if (by_type && c->architecture->turning != TURNING_local)
            return diag_error(
                c->diags, config_place(c, keys[i]),
                "expected one set of parameters for all layers, found one per type of layer");
    }
    compare(c, found[1], keys[1], found[0], keys[0]);
    return true;
}

/* One set of parameters: `object` (NULL: none), or next to it. */
static void read_set(const struct config *c, const json_t *object, struct model *m,
                     struct rope_parameters *rope)
{
    config_f64(c, c->root, "rotary_emb_base", 1, 1e12, OPTIONAL, &rope->theta);
    config_f64(c, inner_or_beside(c, object, "rope_theta"), "rope_theta", 1, 1e12, OPTIONAL,
               &rope->theta);
    enum kind kind = read_kind(c, object, &rope->scaling);
    if (kind == 0)
        return;
    read_rotary_part(c, object, kind, rope->rotary_dim, rope);
    warn_of_unused(c, object, kind);
    if (kind == KIND_linear)
        config_f64(c, object, "factor", 1e-6, MAX_FACTOR, REQUIRED, &rope->factor);
    else if (kind == KIND_dynamic)
        read_dynamic(c, object, rope);
    else if (kind == KIND_llama3)
        read_llama3(c, object, m->hyper.context, rope);
    else if (kind == KIND_yarn)
        read_yarn(c, object, m->hyper.context, rope);
    else if (kind == KIND_longrope)
        read_longrope(c, object, m);
    else if (kind == KIND_proportional)
        read_proportional(c, object, 1, m, rope);
}

/* Of the layers that turn by it. */
static uint32_t head_dim_of(const struct hyper_parameters *h, enum layer_rope by)
{
    for (uint32_t i = 0; i < h->layers; i++)
        if (h->layer[i].rope == by)
            return h->layer[i].head_dim;
    return h->head_dim;
}

void config_read_rope(const struct config *c, struct model *m)
{
    struct rope_parameters *rope = &m->hyper.rope, *local = &m->hyper.local_rope;
    const struct hyper_parameters *defaults = &c->architecture->defaults;
    const json_t *object, *full, *sliding;

    rope->theta = defaults->rope.theta != 0 ? defaults->rope.theta : 10000;
    rope->factor = 1;
    rope->interleaved = c->architecture->interleaved;
    if (rope->rotary_dim != 0)
        rope->rotary_dim = head_dim_of(&m->hyper, LAYER_ROPE_global);
    *local = *rope;
    if (rope->rotary_dim != 0)
        local->rotary_dim = head_dim_of(&m->hyper, LAYER_ROPE_local);
    if (!find_object(c, &object))
        return;
    if (object == NULL && c->architecture->proportional != 0)
        read_proportional(c, NULL, c->architecture->proportional, m, rope);
    full = config_get(object, types[0]);
    sliding = config_get(object, types[1]);
    read_set(c, full != NULL || sliding != NULL ? full : object, m, rope);
    if (c->architecture->turning != TURNING_local)
        return;
    local->theta = defaults->local_rope.theta != 0 ? defaults->local_rope.theta : rope->theta;
    if ((c->architecture->reads & READS(local_theta)) != 0)
        config_f64(c, c->root, "rope_local_base_freq", 1, 1e12, OPTIONAL, &local->theta);
    if (sliding != NULL)
        read_set(c, sliding, m, local);
}

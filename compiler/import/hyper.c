/* Known architectures, and the checks of hyper-parameters from any format. In: hyper-parameters as
 * read. Out: complete and consistent ones, or errors. */
#include "compiler/import/import.h"

#include "compiler/base/out.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

static void derive_gemma(struct hyper_parameters *h, const json_t *config)
{
    (void)config;
    h->embedding_scale = sqrt(h->hidden);
}

/* GGUF files do not say what scores are scaled by: in the model of 46 layers, by the width per head.
 * Old ones do not say the caps either. */
static void derive_gemma2(struct hyper_parameters *h, const json_t *config)
{
    derive_gemma(h, config);
    if (config != NULL)
        return;
    if (h->layers == 46)
        h->attention_scale = 1 / sqrt((double)h->hidden / h->heads);
    if (h->attention_softcap == 0)
        h->attention_softcap = 50;
    if (h->logit_softcap == 0)
        h->logit_softcap = 30;
}

/* Likewise, in the model of 62 layers. */
static void derive_gemma3(struct hyper_parameters *h, const json_t *config)
{
    derive_gemma(h, config);
    if (config == NULL && h->layers == 62)
        h->attention_scale = 1 / sqrt((double)h->hidden / h->heads);
}

/* The number of KV heads counts in the second form of Falcon alone. In the first, there is one, or as
 * many as heads; a GGUF file says which. */
static void derive_falcon(struct hyper_parameters *h, const json_t *config)
{
    const json_t *one = json_object_get(config, "multi_query");

    if (config != NULL && !json_is_true(json_object_get(config, "new_decoder_architecture")))
        h->kv_heads = one == NULL || json_is_true(one) ? 1 : h->heads;
}

/* Scores are not scaled; q and k are normed. GGUF files say neither the limit of corrections nor, if
 * they are old, the cap of logits. */
static void derive_gemma3n(struct hyper_parameters *h, const json_t *config)
{
    derive_gemma(h, config);
    h->attention_scale = 1;
    if (config != NULL)
        return;
    h->correction_limit = 120;
    if (h->logit_softcap == 0)
        h->logit_softcap = 30;
}

/* Scores likewise. Experts count only where config.json says so. */
static void derive_gemma4(struct hyper_parameters *h, const json_t *config)
{
    derive_gemma(h, config);
    h->attention_scale = 1;
    if (config != NULL && !json_is_true(json_object_get(config, "enable_moe_block")))
        h->experts = 0;
}

/* GGUF files of Qwen 3 do not say that weights are normalized. */
static void derive_qwen3_moe(struct hyper_parameters *h, const json_t *config)
{
    h->normalized_experts = h->normalized_experts || config == NULL;
}

/* GGUF files do not say what the activation is, nor that the borders of YaRN are exact. */
static void derive_gpt_oss(struct hyper_parameters *h, const json_t *config)
{
    if (config != NULL)
        return;
    h->swiglu_limit = 7;
    h->swiglu_slope = 1.702;
    h->rope.exact_borders = true;
}

void hyper_grow_still(struct hyper_parameters *h, double growth, uint32_t context)
{
    h->still_rope = (struct rope_parameters){.theta = 1,
                                             .rotary_dim = h->head_dim,
                                             .scaling = ROPE_still,
                                             .query_growth = growth,
                                             .original_context = context,
                                             .growth_offset = 1};
}

/* GGUF files do not say how q grows, and only the model of 128 experts lacks norms of q and k. */
static void derive_llama4(struct hyper_parameters *h, const json_t *config)
{
    h->sigmoid_router = true;
    h->shared_width = h->experts == 0 ? 0 : h->expert_width;
    if (config == NULL) {
        hyper_grow_still(h, 0.1, 8192);
        h->has_qk_norm = h->experts != 128;
    }
    h->plain_qk_norm = h->has_qk_norm;
}

static const struct architecture architectures[] = {
#include "compiler/import/architectures.def"
};

const struct architecture *architecture_find(const char *spelling, size_t bytes,
                                             enum model_source source, struct place at,
                                             struct diags *d)
{
    struct text known = {.arena = d->arena};

    for (size_t i = 0; i < countof(architectures); i++) {
        const struct architecture *a = &architectures[i];
        const char *name = source == SOURCE_gguf ? a->gguf : a->spelling;
        if (name == NULL)
            continue;
        if (strlen(name) == bytes && memcmp(name, spelling, bytes) == 0)
            return a;
        text_add(&known, "%s%s", known.bytes == 0 ? "" : ", ", name);
    }
    diag_error(d, at,
               "expected a known architecture (%s), found '%.*s'; --tokenizer-only compiles the "
               "tokenizer alone",
               known.data, (int)min_u64(bytes, 64), spelling);
    return NULL;
}

/* Groups that all may be chosen are none. */
static void complete_groups(struct hyper_parameters *h, struct place at, struct diags *d)
{
    const uint32_t groups = h->expert_groups, chosen = h->chosen_groups;

    if (groups <= 1) {
        h->expert_groups = h->chosen_groups = 0;
        return;
    }
    at.object = "groups of experts";
    if (h->experts % groups != 0) {
        diag_error(d, at, "expected a divisor of the number of experts, %u, found %u", h->experts,
                   groups);
        return;
    }
    const uint32_t size = h->experts / groups;
    if (size < h->group_best)
        diag_error(d, at, "expected at least %u experts in each of %u groups, found %u",
                   h->group_best, groups, size);
    at.object = "groups of a token's experts";
    if (chosen == 0 || chosen > groups)
        diag_error(d, at, "expected from 1 to the number of groups, %u, found %u", groups, chosen);
    at.object = "experts of a token";
    if (h->expert_slots > (uint64_t)chosen * size)
        diag_error(d, at, "expected at most those of %u groups of %u, found %u", chosen, size,
                   h->expert_slots);
    if (chosen == groups)
        h->expert_groups = h->chosen_groups = 0;
}

/* All experts of all tokens are one, as wide as they are together. */
static void complete_shared(struct hyper_parameters *h, struct place at, struct diags *d)
{
    const uint64_t width = (uint64_t)h->shared_experts * h->expert_width;

    at.object = "experts of all tokens";
    if (width > MAX_FEED_FORWARD)
        diag_error(d, at, "expected a width of at most %d, found %u of %u", MAX_FEED_FORWARD,
                   h->shared_experts, h->expert_width);
    else if (h->shared_width == 0)
        h->shared_width = (uint32_t)width;
}

static void complete_experts(struct hyper_parameters *h, struct place at, struct diags *d)
{
    if (h->experts == 0)
        return;
    if (h->expert_width == 0)
        h->expert_width = h->feed_forward;
    at.object = "experts of a token";
    if (h->expert_slots == 0 || h->expert_slots > h->experts)
        diag_error(d, at, "expected from 1 to the number of experts, %u, found %u", h->experts,
                   h->expert_slots);
    at.object = "experts";
    if (h->experts > MAX_EXPERTS)
        diag_error(d, at, "expected at most %d, found %u", MAX_EXPERTS, h->experts);
    complete_groups(h, at, d);
    complete_shared(h, at, d);
}

/* Layers that predict further tokens are no part of the model itself. */
static void leave_further_layers(struct hyper_parameters *h, struct place at, struct diags *d)
{
    at.object = "layers that predict further tokens";
    if (h->further_layers != 0 && h->further_layers >= h->layers)
        diag_error(d, at, "expected fewer than all layers, %u, found %u", h->layers,
                   h->further_layers);
    else
        h->layers -= h->further_layers;
}

bool hyper_complete(struct hyper_parameters *h, const struct architecture *architecture,
                    const json_t *config, const char *file, struct diags *d)
{
    uint32_t before = d->error_count;
    struct place at = {.file = file};

    if (h->heads == 0 || h->hidden == 0)
        return d->error_count == before; /* reported where they were read */
    if (h->kv_heads == 0)
        h->kv_heads = h->heads;
    if (h->feed_forward == 0)
        h->feed_forward = architecture->feed_forward_factor * h->hidden;
    at.object = "attention heads";
    if (h->heads % h->kv_heads != 0)
        diag_error(d, at, "expected a multiple of the %u heads of keys and values, found %u",
                   h->kv_heads, h->heads);
    if (h->head_dim == 0) {
        if (h->hidden % h->heads != 0)
            return diag_error(
                d, at, "expected a divisor of the width %u (no head size is given), found %u",
                h->hidden, h->heads);
        h->head_dim = h->hidden / h->heads;
    }
    at.object = "head size";
    if (h->head_dim > MAX_HEAD_DIM)
        diag_error(d, at, "expected at most %d, found %u", MAX_HEAD_DIM, h->head_dim);
    if (h->rope.rotary_dim == 0 && architecture->turning != TURNING_none)
        h->rope.rotary_dim = h->head_dim;
    at.object = "rotary size";
    if (h->rope.rotary_dim % 2 != 0 || h->rope.rotary_dim > h->head_dim)
        diag_error(d, at, "expected an even number of at most the head size %u, found %u",
                   h->head_dim, h->rope.rotary_dim);
    complete_experts(h, at, d);
    leave_further_layers(h, at, d);
    if (architecture->derive != NULL && d->error_count == before)
        architecture->derive(h, config);
    return d->error_count == before;
}

bool *hyper_all_but_last(struct arena *a, uint32_t layers, uint32_t pattern)
{
    bool *by_layer = arena_new(a, bool, layers);

    for (uint32_t i = 0; i < layers; i++)
        by_layer[i] = pattern == 0 || (i + 1) % pattern != 0;
    return by_layer;
}

static enum layer_rope turning_of(enum turning_rule rule, bool turns, bool has_window, bool any,
                                  bool grows)
{
    if (!turns || rule == TURNING_none || (rule == TURNING_windowed && any && !has_window))
        return grows ? LAYER_ROPE_still : LAYER_ROPE_none;
    return rule == TURNING_local && has_window ? LAYER_ROPE_local : LAYER_ROPE_global;
}

struct layer_parameters *hyper_set_layers(struct hyper_parameters *h,
                                          const struct architecture *architecture,
                                          const bool *windowed, const bool *turns, struct arena *a)
{
    struct layer_parameters *layer = arena_new(a, struct layer_parameters, h->layers);
    bool any = false;

    for (uint32_t i = 0; i < h->layers; i++)
        any = any || windowed[i];
    if (!any)
        h->sliding_window = 0;
    for (uint32_t i = 0; i < h->layers; i++)
        layer[i] = (struct layer_parameters){
            .window = windowed[i] ? h->sliding_window : 0,
            .anchored = windowed[i] && architecture->anchored,
            .rope = turning_of(architecture->turning, turns == NULL || turns[i], windowed[i], any,
                               h->still_rope.query_growth != 0),
            .heads = h->heads,
            .kv_heads = h->kv_heads,
            .head_dim = h->head_dim,
            .feed_forward = h->feed_forward,
        };
    h->layer = layer;
    return layer;
}

uint32_t *hyper_layer_size(struct layer_parameters *layer, size_t offset)
{
    switch (offset) {
    case offsetof(struct hyper_parameters, heads):
        return &layer->heads;
    case offsetof(struct hyper_parameters, kv_heads):
        return &layer->kv_heads;
    case offsetof(struct hyper_parameters, head_dim):
        return &layer->head_dim;
    case offsetof(struct hyper_parameters, feed_forward):
        return &layer->feed_forward;
    default:
        return NULL;
    }
}

/* Finds whose keys and values the last layers read: those of the last layer before them that sees as
 * much as they do. */
static bool share_layers(const struct hyper_parameters *h, struct layer_parameters *layer,
                         struct place at, struct diags *d)
{
    uint32_t first = h->layers - (uint32_t)min_u64(h->shared_kv_layers, h->layers);

    at.object = "layers that read keys and values of others";
    if (first == 0)
        return diag_error(d, at, "expected fewer than the %u layers, found %u", h->layers,
                          h->shared_kv_layers);
    for (uint32_t i = first; i < h->layers; i++) {
        uint32_t source = first;
        while (source > 0 && (layer[source - 1].window != 0) != (layer[i].window != 0))
            source--;
        if (source == 0)
            return diag_error(d, at,
                              "expected a layer before layer %u that sees %s, as layer %u does, "
                              "found none",
                              first, layer[i].window != 0 ? "a window" : "all tokens", i);
        layer[i].shares_kv = true;
        layer[i].source = --source;
        if (layer[i].head_dim != layer[source].head_dim ||
            layer[i].kv_heads != layer[source].kv_heads)
            return diag_error(d, at,
                              "expected layer %u to have %u KV heads of %u elements, as layer %u "
                              "has, found %u of %u",
                              i, layer[source].kv_heads, layer[source].head_dim, source,
                              layer[i].kv_heads, layer[i].head_dim);
    }
    return true;
}

bool hyper_finish_layers(struct hyper_parameters *h, struct layer_parameters *layer,
                         const char *file, struct diags *d)
{
    struct place at = {.file = file, .object = "attention heads"};

    for (uint32_t i = 0; i < h->layers; i++) {
        if (layer[i].heads % layer[i].kv_heads != 0)
            return diag_error(d, at,
                              "expected of layer %u a multiple of the %u heads of keys and values, "
                              "found %u",
                              i, layer[i].kv_heads, layer[i].heads);
        h->heads = (uint32_t)max_u64(h->heads, layer[i].heads);
        h->kv_heads = (uint32_t)max_u64(h->kv_heads, layer[i].kv_heads);
        h->head_dim = (uint32_t)max_u64(h->head_dim, layer[i].head_dim);
        h->feed_forward = (uint32_t)max_u64(h->feed_forward, layer[i].feed_forward);
    }
    return share_layers(h, layer, at, d);
}

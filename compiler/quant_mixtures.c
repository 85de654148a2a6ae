/* Mixtures of types. Contract: quant_mixtures.h. */
#include "compiler/quant_mixtures.h"

#include "compiler/hir/rows.h"

#include <stdlib.h>
#include <string.h>

enum role { ROLE_other, ROLE_attn_k, ROLE_attn_v, ROLE_attn_output, ROLE_ffn_down };
enum condition {
    WHEN_always,
    WHEN_more_bits,
    WHEN_first_2,
    WHEN_first_4,
    WHEN_eighth,
    WHEN_sixteenth,
    WHEN_unknown,
    WHEN_shared,
    WHEN_eighty,
    WHEN_experts_8
};

static const struct {
    const char *name;
    enum dtype most;
} mixtures[MIXTURE_COUNT] = {
#define MIXTURE(name, most) [MIXTURE_##name] = {#name, DTYPE_##most},
#define ROLE(mixture, role, condition, type)
#include "compiler/quant_mixtures.def"
#undef MIXTURE
#undef ROLE
};

static const struct role_rule {
    enum mixture mixture;
    enum role role;
    enum condition when;
    enum dtype type;
} role_rules[] = {
#define MIXTURE(name, most)
#define ROLE(mixture, role, condition, type) \
    {MIXTURE_##mixture, ROLE_##role, WHEN_##condition, DTYPE_##type},
#include "compiler/quant_mixtures.def"
#undef MIXTURE
#undef ROLE
};

static const char embedding[] = "model.embed_tokens.weight", lm_head[] = "lm_head.weight";

const char *mixture_name(enum mixture mixture)
{
    return mixtures[mixture].name;
}

enum dtype mixture_most(enum mixture mixture)
{
    return mixtures[mixture].most;
}

/* What follows "model.layers.N."; NULL: the name has no layer. */
static const char *inside_layer(const char *name, uint32_t *layer)
{
    static const char prefix[] = "model.layers.";
    char *end;

    if (strncmp(name, prefix, strlen(prefix)) != 0)
        return NULL;
    *layer = (uint32_t)strtoul(name + strlen(prefix), &end, 10);
    return *end == '.' ? end + 1 : NULL;
}

static enum role role_of(const char *name, uint32_t *layer)
{
    static const struct {
        const char *name;
        enum role role;
    } roles[] = {{"self_attn.k_proj.weight", ROLE_attn_k},
                 {"self_attn.v_proj.weight", ROLE_attn_v},
                 {"self_attn.o_proj.weight", ROLE_attn_output},
                 {"mlp.down_proj.weight", ROLE_ffn_down},
                 {"mlp.experts.down_proj.weight", ROLE_ffn_down},
                 {"mlp.shared_expert.down_proj.weight", ROLE_ffn_down}};
    const char *inside = inside_layer(name, layer);

    for (size_t i = 0; inside != NULL && i < countof(roles); i++)
        if (strcmp(inside, roles[i].name) == 0)
            return roles[i].role;
    return ROLE_other;
}

bool mixture_is_values(const char *name)
{
    uint32_t layer;

    return role_of(name, &layer) == ROLE_attn_v;
}

struct mixture_facts mixture_read_facts(const struct hir_graph *g, const struct model *m)
{
    struct mixture_facts facts = {.tied = true};
    uint64_t queries = 0, keys = 0;

    for (uint32_t i = 0; m != NULL && i < m->tensor_count; i++)
        facts.weighted = facts.weighted || m->tensors[i].importance != NULL;
    for (hir_id id = 1; id < g->node_count; id++) {
        const char *name = str_text(g->strings, hir_at(g, id)->name);
        uint32_t layer = 0;
        if (hir_at(g, id)->op != HIR_weight || hir_shape_of(g, id)->rank < 2)
            continue;
        facts.tied = facts.tied && strcmp(name, lm_head) != 0;
        const char *inside = inside_layer(name, &layer);
        if (inside == NULL)
            continue;
        facts.layers = (uint32_t)max_u64(facts.layers, layer + 1);
        facts.values += mixture_is_values(name);
        if (strcmp(inside, "self_attn.q_proj.weight") == 0)
            queries = hir_size(g, id, 0);
        if (role_of(name, &layer) == ROLE_attn_k)
            keys = hir_size(g, id, 0);
        if (hir_shape_of(g, id)->rank == 3)
            facts.experts = hir_size(g, id, 0);
    }
    facts.sharing = keys != 0 ? queries / keys : 1;
    return facts;
}

static bool more_bits(uint32_t layer, uint32_t layers)
{
    return layer < layers / 8 || layer >= 7 * layers / 8 || (layer - layers / 8) % 3 == 2;
}

static bool holds(enum condition when, const struct mixture_facts *facts, uint32_t layer,
                  uint32_t layers)
{
    switch (when) {
    case WHEN_always:
        return true;
    case WHEN_more_bits:
        return more_bits(layer, layers);
    case WHEN_first_2:
        return layer < 2;
    case WHEN_first_4:
        return layer < 4;
    case WHEN_eighth:
        return layer < layers / 8;
    case WHEN_sixteenth:
        return layer < layers / 16;
    case WHEN_unknown:
        return layer < layers / 8 && !facts->weighted;
    case WHEN_shared:
        return facts->sharing >= 4;
    case WHEN_eighty:
        return facts->layers == 80 && facts->sharing > 1;
    case WHEN_experts_8:
        return facts->experts == 8;
    }
    return false;
}

enum dtype mixture_type(enum mixture mixture, const struct mixture_facts *facts, const char *name,
                        uint32_t before)
{
    uint32_t layer = 0;
    const enum role role = role_of(name, &layer);
    const bool values = role == ROLE_attn_v;

    if (strcmp(name, lm_head) == 0 || (facts->tied && strcmp(name, embedding) == 0))
        return DTYPE_q6_k;
    for (size_t i = 0; i < countof(role_rules); i++) {
        const struct role_rule *r = &role_rules[i];
        if (r->mixture == mixture && r->role == role &&
            holds(r->when, facts, values ? before : layer, values ? facts->values : facts->layers))
            return r->type;
    }
    return mixtures[mixture].most;
}

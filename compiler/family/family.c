/* Dispatches by architecture. In: a model; out: its graph. Also has the checks that come before any
 * tensor, and decodes weights for the evaluator. */
#include "compiler/family/family.h"
#include "compiler/family/layers.h"
#include "compiler/import/quant.h"

#include <string.h>

/* Far above any published model, far below where a product of two could overflow. */
enum { MAX_SIZE = 1 << 24, MAX_HEADS = 1 << 14, MAX_HEAD_DIM = 1 << 12, MAX_LAYERS = 4096 };

static const struct family {
    const char *name;
    void (*build)(struct layers *b);
} families[] = {
#define FAMILY(name, function, models) {#name, function},
#include "compiler/family/families.def"
#undef FAMILY
};

static void check_range(struct layers *b, const char *name, uint32_t value, uint32_t max)
{
    if (value == 0 || value > max)
        diag_error(b->diags, (struct place){.file = b->model->path, .object = name},
                   "expected 1 to %u, found %u", max, value);
}

static bool check_hyper_parameters(struct layers *b)
{
    const struct hyper_parameters *h = b->hyper;
    struct place at = {.file = b->model->path};

    check_range(b, "vocabulary size", h->vocabulary, MAX_SIZE);
    check_range(b, "hidden size", h->hidden, MAX_SIZE);
    check_range(b, "feed_forward", h->feed_forward, MAX_SIZE);
    check_range(b, "layers", h->layers, MAX_LAYERS);
    check_range(b, "heads", h->heads, MAX_HEADS);
    check_range(b, "kv_heads", h->kv_heads, MAX_HEADS);
    check_range(b, "head_dim", h->head_dim, MAX_HEAD_DIM);
    check_range(b, "context", h->context, INT32_MAX);
    for (uint32_t i = 0; b->diags->error_count == b->errors_before && i < h->layers; i++) {
        const struct layer_parameters *l = &h->layer[i];
        at.object = "heads";
        if (l->kv_heads == 0 || l->heads % l->kv_heads != 0)
            diag_error(b->diags, at, "expected a multiple of kv_heads = %u, found %u", l->kv_heads,
                       l->heads);
    }
    if (!(h->norm_epsilon >= 0 && h->norm_epsilon < 1)) {
        at.object = "norm_epsilon";
        diag_error(b->diags, at, "expected 0 to 1, found %g", h->norm_epsilon);
    }
    return b->diags->error_count == b->errors_before;
}

/* Of a table that some layer turns by. */
static void check_rope(struct layers *b, const struct rope_parameters *r, enum layer_rope by)
{
    struct place at = {.file = b->model->path, .object = "rotary_dim"};
    uint32_t head_dim = b->hyper->head_dim;

    for (uint32_t i = 0; i < b->hyper->layers; i++)
        if (b->hyper->layer[i].rope == by)
            head_dim = (uint32_t)min_u64(head_dim, b->hyper->layer[i].head_dim);
    if (r->rotary_dim == 0 || r->rotary_dim > head_dim || r->rotary_dim % 2 != 0)
        diag_error(b->diags, at, "expected an even number from 2 to head_dim = %u, found %u",
                   head_dim, r->rotary_dim);
    at.object = "rope_theta";
    if (!(r->theta > 0))
        diag_error(b->diags, at, "expected a positive number, found %g", r->theta);
}

/* The tensor whose numbers divide the frequencies; NULL: there is none. Of a long and a short one, the
 * long one serves contexts beyond the original one. */
static const char *find_divisors(struct layers *b, const struct rope_parameters *r)
{
    static const char plain[] = "rope.divisors.weight", long_name[] = "rope.long_divisors.weight",
                      short_name[] = "rope.short_divisors.weight";
    int64_t positions = 0;

    if (has_tensor(b, plain))
        return plain;
    if (!has_tensor(b, long_name) || !has_tensor(b, short_name))
        return NULL;
    dim_is_const(&b->graph->dims, b->context, &positions);
    return positions > r->original_context ? long_name : short_name;
}

/* A table of cos and sin. Its attribute holds the frequencies and their scaling; divisors are a
 * tensor if the file has them. */
static hir_id declare_rope_table(struct layers *b, const struct rope_parameters *r, double growth,
                                 const char *divisors_name, const char *name)
{
    static const enum hir_rope_scaling scaling[] = {
        [ROPE_default] = HIR_ROPE_default,  [ROPE_linear] = HIR_ROPE_linear,
        [ROPE_llama3] = HIR_ROPE_llama3,    [ROPE_yarn] = HIR_ROPE_yarn,
        [ROPE_longrope] = HIR_ROPE_default, /* by its divisors alone */
        [ROPE_still] = HIR_ROPE_still,
    };
    struct hir_graph *g = b->graph;
    struct hir_attr attr = {.table = {.theta = r->theta,
                                      .factor = r->factor,
                                      .low = r->low_frequency_factor,
                                      .high = r->high_frequency_factor,
                                      .beta_fast = r->beta_fast,
                                      .beta_slow = r->beta_slow,
                                      .exact_borders = r->exact_borders,
                                      .attention_factor = r->attention_factor,
                                      .scaling = scaling[r->scaling],
                                      .original_context = r->original_context,
                                      .growth = growth,
                                      .offset = growth != 0 ? r->growth_offset : 0}};
    dim_id dims[2] = {b->context, dim_const(&g->dims, r->rotary_dim)};
    hir_id divisors = 0;

    if (divisors_name != NULL)
        divisors = require_vector(b, r->rotary_dim / 2,
                                  from_text(b, "rotary_dim = %u, halved", r->rotary_dim), "%s",
                                  divisors_name);
    return hir_declare(g, HIR_rope_table, DTYPE_f32, hir_shape(g, 2, dims), name, &attr, &divisors,
                       divisors != 0);
}

/* The tables that some layer turns by. False: their parameters are wrong. */
static bool declare_rope_tables(struct layers *b)
{
    const struct hyper_parameters *h = b->hyper;
    bool used[LAYER_ROPE_none + 1] = {false};

    for (uint32_t i = 0; i < h->layers; i++)
        used[h->layer[i].rope] = true;
    if (used[LAYER_ROPE_global])
        check_rope(b, &h->rope, LAYER_ROPE_global);
    if (used[LAYER_ROPE_local])
        check_rope(b, &h->local_rope, LAYER_ROPE_local);
    if (used[LAYER_ROPE_still])
        check_rope(b, &h->still_rope, LAYER_ROPE_still);
    if (b->diags->error_count != b->errors_before)
        return false;
    if (used[LAYER_ROPE_global])
        b->rope_table = declare_rope_table(b, &h->rope, 0, find_divisors(b, &h->rope), "rope");
    if (used[LAYER_ROPE_global] && h->rope.query_growth != 0)
        b->query_table = declare_rope_table(b, &h->rope, h->rope.query_growth,
                                            find_divisors(b, &h->rope), "query_rope");
    if (used[LAYER_ROPE_local])
        b->local_table = declare_rope_table(b, &h->local_rope, 0, NULL, "local_rope");
    if (used[LAYER_ROPE_still])
        b->still_table =
            declare_rope_table(b, &h->still_rope, h->still_rope.query_growth, NULL, "still_rope");
    return true;
}

static hir_id declare_input(struct layers *b, const char *name, enum input_role role)
{
    const struct hir_attr attr = {.input = {role}};

    return hir_declare(b->graph, HIR_input, DTYPE_i32, hir_shape(b->graph, 1, &b->rows), name,
                       &attr, NULL, 0);
}

bool layers_begin(struct layers *b, const struct model *m, uint32_t context, struct hir_graph *g,
                  struct diags *d)
{
    *b = (struct layers){
        .model = m, .hyper = &m->hyper, .graph = g, .diags = d, .errors_before = d->error_count};
    if (!check_hyper_parameters(b))
        return false;
    b->used = arena_new(g->arena, bool, m->tensor_count);
    b->needed = arena_new(g->arena, bool, m->unread_count);
    b->weights = arena_new(g->arena, hir_id, m->tensor_count);
    b->keys = arena_new(g->arena, hir_id, m->hyper.layers);
    b->values = arena_new(g->arena, hir_id, m->hyper.layers);
    b->rows = dim_symbol(&g->dims, SYMBOL_ROWS);
    uint64_t positions = context == 0 ? m->hyper.context : min_u64(context, m->hyper.context);
    b->context = dim_const(&g->dims, (int64_t)positions);
    b->tokens = declare_input(b, "tokens", INPUT_tokens);
    b->positions = declare_input(b, "positions", INPUT_positions);
    return declare_rope_tables(b);
}

static bool unknown_architecture(const struct model *m, const char *name, struct diags *d)
{
    struct text known = {.arena = d->arena};

    for (size_t i = 0; i < countof(families); i++)
        text_add(&known, "%s%s", i == 0 ? "" : ", ", families[i].name);
    return diag_error(d, (struct place){.file = m->path, .object = "architecture"},
                      "expected one of %s, found '%s'", known.data, name);
}

bool family_build(const struct model *m, uint32_t context, struct hir_graph *g, struct diags *d)
{
    const char *name = str_text(m->strings, m->hyper.architecture);
    struct layers b;

    for (size_t i = 0; i < countof(families); i++) {
        if (strcmp(families[i].name, name) != 0)
            continue;
        if (!layers_begin(&b, m, context, g, d))
            return false;
        families[i].build(&b);
        return layers_end(&b) && hir_verify(g, d);
    }
    return unknown_architecture(m, name, d);
}

const float *model_weight(void *context, const struct hir_graph *g, hir_id id)
{
    const struct model_weights *w = context;
    const char *name = str_text(g->strings, hir_at(g, id)->name);
    const struct tensor *t =
        model_tensor(w->model, str_find(w->model->strings, name, strlen(name)));

    assert(t != NULL);
    uint64_t width = tensor_width(t), rows = tensor_rows(t);
    float *values = arena_new(w->arena, float, rows *width);
    uint8_t *room = arena_new(w->arena, uint8_t, tensor_row_bytes(t));
    for (uint64_t row = 0; row < rows; row++)
        quant_decode(t->dtype, model_row(w->model, t, row, room), width, values + row * width);
    return values;
}

/* Steps of all kinds but attention. In: one node; out: its kernel, its buffers, its launch. */
#include "compiler/hir/formula.h"
#include "compiler/lir/lower.h"

/* ---- launches ---- */

struct launch lower_begin(const struct lowering *l, enum kernel_kind kind, hir_id id)
{
    return (struct launch){
        .kernel = {.kind = kind, .rows_symbol = (uint32_t)hir_rows_symbol(l->graph, id)}};
}

void lower_argument(struct launch *s, uint32_t argument, buf_id buffer, uint32_t stride)
{
    s->kernel.present |= 1u << argument;
    s->kernel.stride[argument] = stride;
    s->args[argument] = buffer;
}

static bool is_stored(struct lowering *l, hir_id id)
{
    return l->facts[id].buffer != 0 ||
           hir_refuse(l->diags, l->graph, id,
                      "nothing stores this value (%s) as a matrix that a step could read",
                      hir_op_info[hir_at(l->graph, id)->op].name);
}

bool lower_matrix(struct lowering *l, struct launch *s, uint32_t argument, hir_id id)
{
    const struct fact *f = &l->facts[id];

    if (!is_stored(l, id))
        return false;
    if (f->packed)
        return hir_refuse(l->diags, l->graph, id, "is packed for products: nothing else reads it");
    lower_argument(s, argument, f->buffer, f->stride);
    return true;
}

void lower_out(struct lowering *l, struct launch *s, uint32_t argument, hir_id id, str_id name)
{
    buf_id out = lower_new_matrix(l, id, name);

    lower_argument(s, argument, out, l->facts[id].stride);
}

bool lower_end(struct lowering *l, const struct launch *s, str_id name)
{
    lir_add_step(l->program, &s->kernel, s->args, &s->values, name);
    return true;
}

str_id lower_name(const struct lowering *l, hir_id id)
{
    const struct hir_node *n = hir_at(l->graph, id);

    return n->name != 0 ? n->name : str_of(l->program->strings, hir_op_info[n->op].name);
}

/* The step that makes the matrix of node `id`. */
static bool end_with_matrix(struct lowering *l, struct launch *s, uint32_t argument, hir_id id)
{
    lower_out(l, s, argument, id, lower_name(l, id));
    return lower_end(l, s, lower_name(l, id));
}

/* ---- gathers ---- */

static bool lower_embed(struct lowering *l, hir_id id)
{
    hir_id weight = hir_operand(l->graph, id, 0);
    struct launch s = lower_begin(l, KERNEL_embed, id);
    buf_id table;

    if (!lower_weight(l, weight, &s.kernel.embed.layout, &table) ||
        !lower_matrix(l, &s, EMBED_tokens, hir_operand(l->graph, id, 1)))
        return false;
    s.kernel.embed.n = hir_size(l->graph, weight, 0);
    s.kernel.embed.k = (uint32_t)hir_row_width(l->graph, id);
    lower_argument(&s, EMBED_weight, table, 0);
    return end_with_matrix(l, &s, EMBED_out, id);
}

static bool lower_gather(struct lowering *l, hir_id id)
{
    struct launch s = lower_begin(l, KERNEL_gather_rows, id);

    s.kernel.gather_rows.k = (uint32_t)hir_row_width(l->graph, id);
    return lower_matrix(l, &s, GATHER_ROWS_x, hir_operand(l->graph, id, 0)) &&
           lower_matrix(l, &s, GATHER_ROWS_indices, hir_operand(l->graph, id, 1)) &&
           end_with_matrix(l, &s, GATHER_ROWS_out, id);
}

/* ---- activations ---- */

/* Of what a product reads, or a norm_quant makes: f32 where it is no norm_quant. */
static struct act_format format_of(const struct hir_graph *g, hir_id id)
{
    const struct hir_attr *attr = hir_attr(g, id);

    if (hir_at(g, id)->op != HIR_norm_quant || attr->quant.act == ACT_f32)
        return (struct act_format){.act = ACT_f32, .tile_rows = 1};
    return (struct act_format){attr->quant.act, attr->quant.bias, attr->quant.block_sums,
                               attr->quant.tile_rows};
}

/* norm_quant or rms_norm. A buffer of f32 activations is a matrix. */
static bool lower_norm_quant(struct lowering *l, hir_id id)
{
    const struct hir_graph *g = l->graph;
    const struct hir_attr *attr = hir_attr(g, id);
    struct launch s = lower_begin(l, KERNEL_norm_quant, id);
    struct kernel_norm_quant *k = &s.kernel.norm_quant;
    struct fact *f = &l->facts[id];

    k->k = (uint32_t)hir_row_width(g, id);
    k->format = format_of(g, id);
    if (!lower_matrix(l, &s, NORM_QUANT_x, hir_operand(g, id, 0)))
        return false;
    if (hir_at(g, id)->operand_count == 2) {
        hir_id weight = hir_operand(g, id, 1);
        bool rounds = hir_at(g, id)->op == HIR_norm_quant;
        k->epsilon = (float)(rounds ? attr->quant.epsilon : attr->norm.epsilon);
        if (!hir_is_vector(g, weight) || hir_width(g, weight) != k->k)
            return hir_refuse(l->diags, g, id,
                              "expected the weight of a norm over rows to be a vector [%u]", k->k);
        lower_argument(&s, NORM_QUANT_weight, lower_vector(l, weight), 0);
    }
    f->packed = k->format.act != ACT_f32;
    if (f->packed)
        f->buffer = lower_buffer(l, HOME_scratch, act_bytes(&k->format, k->k, hir_max_rows(g, id)),
                                 lower_name(l, id), 0);
    else
        lower_new_matrix(l, id, lower_name(l, id));
    lower_argument(&s, NORM_QUANT_out, f->buffer, 0);
    return lower_end(l, &s, lower_name(l, id));
}

/* A product reads its activations as one block: f32 rows must follow each other from a multiple of
 * 64 bytes on. */
static bool lower_activations(struct lowering *l, struct launch *s, hir_id x)
{
    const struct hir_graph *g = l->graph;
    const struct fact *f = &l->facts[x];
    const struct lir_buffer *b = &l->program->buffers[f->buffer];
    struct act_format *format = &s->kernel.matmul.format;
    uint32_t tile_rows = format->tile_rows;

    if (!is_stored(l, x))
        return false;
    *format = format_of(g, x);
    if (f->packed
            ? format->tile_rows != tile_rows
            : f->stride != round_up(hir_row_width(g, x), 16) || (b->is_view && b->offset % 64 != 0))
        return hir_refuse(l->diags, g, x, "expected activations in tiles of %u rows", tile_rows);
    format->tile_rows = tile_rows;
    lower_argument(s, MATMUL_x, f->buffer, 0);
    return true;
}

/* ---- products and formulas ---- */

/* Operands of a formula: vectors and matrices. */
static bool lower_operands(struct lowering *l, struct launch *s, uint32_t first,
                           const hir_id *operands, uint32_t count)
{
    bool good = true;

    for (uint32_t i = 0; i < count && good; i++)
        if (hir_is_vector(l->graph, operands[i]))
            lower_argument(s, first + i, lower_vector(l, operands[i]), 0);
        else
            good = lower_matrix(l, s, first + i, operands[i]);
    return good;
}

/* A gated product without a formula of its own is activation(X) * Y. */
static struct hir_code code_of_product(const struct hir_graph *g, hir_id id)
{
    struct formula formula = {0};

    if (hir_attr(g, id)->product.code.bytes != 0 || hir_at(g, id)->op == HIR_matmul)
        return hir_attr(g, id)->product.code;
    formula_of_product(g, id, &formula);
    return formula.code;
}

static bool lower_product(struct lowering *l, hir_id id)
{
    const struct hir_node *n = hir_at(l->graph, id);
    const struct hir_attr *attr = hir_attr(l->graph, id);
    const hir_id *operands = &l->graph->edges[n->operands];
    struct launch s = lower_begin(l, KERNEL_matmul, id);
    struct kernel_matmul *k = &s.kernel.matmul;
    buf_id weight;

    if (!lower_weight(l, operands[1], &k->layout, &weight))
        return false;
    assert(attr->product.tile_groups != 0 && attr->product.tile_rows != 0);
    k->gated = n->op == HIR_gated_matmul;
    k->n = (uint32_t)hir_row_width(l->graph, id);
    k->k = (uint32_t)hir_width(l->graph, operands[1]);
    k->tile_groups = attr->product.tile_groups;
    k->format.tile_rows = attr->product.tile_rows;
    k->staged = attr->product.staged;
    k->code = code_of_product(l->graph, id);
    lower_argument(&s, MATMUL_weight, weight, 0);
    return lower_activations(l, &s, operands[0]) &&
           lower_operands(l, &s, MATMUL_operand, operands + 2, n->operand_count - 2u) &&
           end_with_matrix(l, &s, MATMUL_out, id);
}

/* A formula, or an elementwise op that no step took in. */
static bool lower_map(struct lowering *l, hir_id id)
{
    const struct hir_graph *g = l->graph;
    const struct hir_node *n = hir_at(g, id);
    const struct formula *const inlined[HIR_MAX_OPERANDS] = {NULL};
    struct formula formula = {.max_operands = FORMULA_MAX_OPERANDS};
    struct launch s = lower_begin(l, KERNEL_map, id);
    const hir_id *operands = formula.operands;

    if (n->op == HIR_formula) {
        formula.code = hir_attr(g, id)->formula.code;
        formula.operand_count = n->operand_count;
        operands = &g->edges[n->operands];
    } else {
        const char *why = formula_refuses(g, id, g->arena);
        if (why != NULL)
            return hir_refuse(l->diags, g, id, "%s", why);
        if (!formula_of(g, id, inlined, &formula))
            unreachable("a formula that does not fit a step alone");
    }
    s.kernel.map.n = (uint32_t)hir_row_width(g, id);
    s.kernel.map.code = formula.code;
    return lower_operands(l, &s, MAP_operand, operands, formula.operand_count) &&
           end_with_matrix(l, &s, MAP_out, id);
}

bool lower_node(struct lowering *l, hir_id id)
{
    uint16_t op = hir_at(l->graph, id)->op;

    switch (op) {
    case HIR_reshape:
    case HIR_slice:
        return lower_view(l, id);
    case HIR_embed:
        return lower_embed(l, id);
    case HIR_rows:
        return lower_gather(l, id);
    case HIR_rms_norm:
    case HIR_norm_quant:
        return lower_norm_quant(l, id);
    case HIR_matmul:
    case HIR_gated_matmul:
        return lower_product(l, id);
    case HIR_kv_write:
        return lower_kv_write(l, id);
    case HIR_attention:
        return lower_attention(l, id);
    default:
        return hir_op_info[op].fusion == FUSE_map
                   ? lower_map(l, id)
                   : hir_refuse(l->diags, l->graph, id,
                                "%s has no kernel of its own here: a fusion pass that joins it to "
                                "its reader was left out, or its readers are not served",
                                hir_op_info[op].name);
    }
}

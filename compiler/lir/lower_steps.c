/* One node becomes one step. In: a node; out: its kernel, its buffers, its launch. The table below
 * says which kernel an op becomes and which argument each operand is; the kind of an argument says
 * how its buffer is found.
 */
#include "compiler/hir/formula.h"
#include "compiler/lir/arguments.h"
#include "compiler/lir/lower.h"

str_id lower_name(const struct lowering *l, hir_id id)
{
    const struct hir_node *n = hir_at(l->graph, id);

    return n->name != 0 ? n->name : str_of(l->program->strings, hir_op_info[n->op].name);
}

str_id lower_part_name(struct lowering *l, hir_id id, const char *part)
{
    const struct hir_node *n = hir_at(l->graph, id);

    if (n->name == 0)
        return str_of(l->program->strings, part);
    return str_printf(l->program->strings, "%s.%s", str_text(l->program->strings, n->name), part);
}

int lower_rows_symbol(const struct hir_graph *g, hir_id id)
{
    if (hir_at(g, id)->op == HIR_kv_append)
        id = hir_operand(g, id, 1);
    return hir_is_state(g, id) ? -1 : hir_rows_symbol(g, id);
}

/* ---- arguments ---- */

void lower_argument(struct step *s, uint32_t argument, buf_id buffer, uint32_t stride)
{
    s->kernel.present |= 1u << argument;
    s->kernel.stride[argument] = stride;
    s->args[argument] = buffer;
}

/* Activations are read as one piece of memory, even where they are a matrix. */
void lower_out(struct lowering *l, struct step *s, uint32_t argument, hir_id id, str_id name)
{
    bool is_activation = argument_info(&s->kernel, argument)->role == ROLE_activation;
    buf_id out = lower_new_rows(l, id, name);

    lower_argument(s, argument, out, is_activation ? 0 : l->facts[id].stride);
}

/* Whether a product can read the rows as one piece of memory: those of f32 follow each other from a
 * multiple of 64 bytes on. */
static bool is_one_piece(const struct lowering *l, hir_id x, uint32_t tile_rows)
{
    const struct fact *f = &l->facts[x];
    const struct lir_buffer *b = &l->program->buffers[f->buffer];

    if (f->packed)
        return lower_format(l->graph, x).tile_rows == tile_rows;
    return f->stride == round_up(hir_row_width(l->graph, x), 16) &&
           (!b->is_view || b->offset % 64 == 0);
}

bool lower_rows(struct lowering *l, struct step *s, uint32_t argument, hir_id id)
{
    bool is_activation = argument_info(&s->kernel, argument)->role == ROLE_activation;
    const struct fact *f = &l->facts[id];

    if (f->refused)
        return false;
    if (f->buffer == 0)
        return hir_refuse(l->diags, l->graph, id,
                          "nothing stores this value (%s) as a matrix that a step could read",
                          hir_op_info[hir_at(l->graph, id)->op].name);
    if (is_activation && !is_one_piece(l, id, s->kernel.matmul.format.tile_rows))
        return hir_refuse(l->diags, l->graph, id, "expected activations in tiles of %u rows",
                          s->kernel.matmul.format.tile_rows);
    if (!is_activation && f->packed)
        return hir_refuse(l->diags, l->graph, id, "is packed for products: nothing else reads it");
    lower_argument(s, argument, f->buffer, is_activation ? 0 : f->stride);
    return true;
}

bool lower_operand(struct lowering *l, struct step *s, uint32_t argument, hir_id id)
{
    enum role role = argument_info(&s->kernel, argument)->role;
    bool is_vector = role == ROLE_vector || role == ROLE_table || role == ROLE_columns ||
                     (role == ROLE_operand && hir_is_vector(l->graph, id));

    if (role == ROLE_order) {
        lower_argument(s, argument, l->facts[id].order, 0);
        return !l->facts[id].refused;
    }
    if (role != ROLE_weight && !is_vector)
        return lower_rows(l, s, argument,
                          hir_is_state(l->graph, id) ? hir_state_leaf(l->graph, id) : id);
    buf_id buffer = is_vector ? lower_vector(l, id) : lower_weight(l, id);
    lower_argument(s, argument, buffer, 0);
    return buffer != 0;
}

/* ---- what the kernels of each kind depend on ---- */

static bool fill_embed(struct lowering *l, struct step *s, hir_id id)
{
    s->kernel.embed.layout = hir_layout(l->graph, s->operands[0]);
    s->kernel.embed.n = hir_size(l->graph, s->operands[0], 0);
    s->kernel.embed.k = (uint32_t)hir_row_width(l->graph, id);
    return fill_after(l, s, id);
}

static bool fill_gather_rows(struct lowering *l, struct step *s, hir_id id)
{
    s->kernel.gather_rows.k = (uint32_t)hir_row_width(l->graph, id);
    s->kernel.gather_rows.from_symbol = (uint32_t)hir_rows_symbol(l->graph, s->operands[0]);
    return hir_rows_symbol(l->graph, s->operands[0]) >= 0 ||
           hir_refuse(l->diags, l->graph, id, "expected rows that a symbol counts");
}

static bool fill_gather_columns(struct lowering *l, struct step *s, hir_id id)
{
    s->kernel.gather_columns.k = (uint32_t)hir_row_width(l->graph, id);
    return true;
}

static bool fill_mean(struct lowering *l, struct step *s, hir_id id)
{
    s->kernel.mean.k = (uint32_t)hir_row_width(l->graph, s->operands[0]);
    return hir_shape_of(l->graph, id)->rank == 2 ||
           hir_refuse(l->diags, l->graph, id, "expected a matrix of rows");
}

bool lower_norm_weight(struct lowering *l, hir_id norm, hir_id weight)
{
    const uint64_t width = hir_row_width(l->graph, norm);

    return (hir_is_vector(l->graph, weight) && hir_width(l->graph, weight) == width) ||
           hir_refuse(l->diags, l->graph, norm,
                      "expected the weight of a norm over rows to be a vector [%llu]",
                      (unsigned long long)width);
}

static bool fill_norm_quant(struct lowering *l, struct step *s, hir_id id)
{
    const struct hir_graph *g = l->graph;
    const struct hir_norm_form form = hir_norm_form(g, id);
    struct kernel_norm_quant *k = &s->kernel.norm_quant;
    hir_id weight = s->operands[1];

    k->k = (uint32_t)hir_row_width(g, id);
    k->format = lower_format(g, id);
    if (weight == 0)
        return true;
    k->epsilon = (float)form.epsilon;
    k->centered = form.centered;
    if (form.added != 0) {
        s->operands[3] = form.bias != 0 ? hir_operand(g, id, form.bias) : 0;
        s->operands[4] = form.scale != 0 ? hir_operand(g, id, form.scale) : 0;
    }
    return lower_norm_weight(l, id, weight);
}

/* A norm_quant that has no step of its own. */
static bool is_in_products(const struct hir_graph *g, hir_id id)
{
    return hir_at(g, id)->op == HIR_norm_quant && hir_attr(g, id)->quant.in_products != 0;
}

/* The product reads what the norm reads, and its weight. */
static bool join_norm(struct lowering *l, struct step *s)
{
    const hir_id norm = s->operands[0], weight = hir_operand(l->graph, norm, 1),
                 x = hir_operand(l->graph, norm, 0);

    if (l->facts[x].packed)
        return hir_refuse(l->diags, l->graph, x, "is packed for products: no norm reads it");
    s->operands[0] = x;
    s->kernel.matmul.epsilon = (float)hir_attr(l->graph, norm)->quant.epsilon;
    return lower_norm_weight(l, norm, weight) && lower_operand(l, s, MATMUL_norm, weight);
}

/* Which operands of a formula are columns: bit i of the answer is that of operand first + i. */
static uint32_t columns_of(const struct lowering *l, const struct step *s, hir_id id,
                           uint32_t first)
{
    uint32_t columns = 0;

    for (uint32_t i = first; i < HIR_MAX_OPERANDS && s->operands[i] != 0; i++)
        if (hir_is_column(l->graph, s->operands[i], id))
            columns |= 1u << (i - first);
    return columns;
}

/* A gated product without a formula of its own is activation(X) * Y. */
static bool fill_matmul(struct lowering *l, struct step *s, hir_id id)
{
    const struct hir_attr *attr = hir_attr(l->graph, id);
    struct kernel_matmul *k = &s->kernel.matmul;
    struct formula formula = {.code = attr->product.code};

    assert(attr->product.tile_groups != 0 && attr->product.tile_rows != 0);
    k->layout = hir_layout(l->graph, s->operands[1]);
    k->format = lower_format(l->graph, s->operands[0]);
    k->format.tile_rows = attr->product.tile_rows;
    k->gated = hir_is_gated(l->graph, id);
    k->n = (uint32_t)hir_row_width(l->graph, id);
    k->k = (uint32_t)hir_width(l->graph, s->operands[1]);
    k->tile_groups = attr->product.tile_groups;
    k->staged = attr->product.staged;
    k->row_tile = attr->product.row_tile;
    if (k->gated && formula.code.bytes == 0)
        formula_of_product(l->graph, id, &formula);
    k->code = formula.code;
    k->columns = columns_of(l, s, id, hir_first_operand(l->graph, id));
    if (!fill_after(l, s, id))
        return false;
    if (is_in_products(l->graph, s->operands[0]))
        return join_norm(l, s);
    return hir_experts(l->graph, id) == 0 || fill_experts(l, s, id);
}

/* A formula, or an elementwise op that no step took in. */
static bool fill_map(struct lowering *l, struct step *s, hir_id id)
{
    const struct formula *const inlined[HIR_MAX_OPERANDS] = {NULL};
    struct formula formula = {.max_operands = FORMULA_MAX_OPERANDS};

    s->kernel.map.n = (uint32_t)hir_row_width(l->graph, id);
    if (hir_at(l->graph, id)->op == HIR_formula) {
        s->kernel.map.code = hir_attr(l->graph, id)->formula.code;
        s->kernel.map.tile_columns = hir_attr(l->graph, id)->formula.tile_columns;
        s->kernel.map.columns = columns_of(l, s, id, 0);
        return true;
    }
    const char *why = formula_refuses(l->graph, id, l->graph->arena);
    if (why != NULL)
        return hir_refuse(l->diags, l->graph, id, "%s", why);
    if (!formula_of(l->graph, id, inlined, &formula))
        unreachable("a formula that does not fit a step alone");
    s->kernel.map.code = formula.code;
    for (uint32_t i = 0; i < HIR_MAX_OPERANDS; i++)
        s->operands[i] = i < formula.operand_count ? formula.operands[i] : 0;
    s->kernel.map.columns = columns_of(l, s, id, 0);
    return true;
}

/* ---- sequences ---- */

/* Where a carried state comes from and goes to. */
static bool fill_carried(struct lowering *l, struct step *s, uint32_t after, uint32_t segments)
{
    hir_id state = hir_state_leaf(l->graph, s->operands[0]);

    lower_argument(s, after, l->facts[state].carried_out, 0);
    lower_argument(s, segments, l->program->segments, 0);
    return l->facts[state].carried_out != 0 ||
           hir_refuse(l->diags, l->graph, state, "expected a state of class carried");
}

static bool fill_scan(struct lowering *l, struct step *s, hir_id id)
{
    s->kernel.scan.n = (uint32_t)hir_row_width(l->graph, id);
    return fill_carried(l, s, SCAN_after, SCAN_segments);
}

static bool fill_conv(struct lowering *l, struct step *s, hir_id id)
{
    s->kernel.conv.layout = hir_layout(l->graph, s->operands[2]);
    s->kernel.conv.n = (uint32_t)hir_row_width(l->graph, id);
    s->kernel.conv.k = (uint32_t)hir_width(l->graph, s->operands[2]);
    return fill_carried(l, s, CONV_after, CONV_segments);
}

/* Rows between rows of zeros, where windows leave x or the rows of x do not follow each other; the
 * windows are a view whose rows overlap. */
static bool lower_unfold(struct lowering *l, hir_id id)
{
    const struct hir_graph *g = l->graph;
    const struct hir_attr *attr = hir_attr(g, id);
    hir_id x = hir_operand(g, id, 0);
    const uint32_t width = (uint32_t)hir_row_width(g, x), pad = attr->unfold.pad;
    const uint64_t rows = hir_max_rows(g, x) + 2 * (uint64_t)pad;
    struct step s = {.name = lower_name(l, id)};
    struct fact *f = &l->facts[id];

    if ((uint64_t)attr->unfold.stride * width % 16 != 0)
        return hir_refuse(l->diags, g, id,
                          "expected windows that begin at multiples of 16 elements, found one each "
                          "%u rows of %u",
                          attr->unfold.stride, width);
    s.kernel.kind = KERNEL_unfold;
    s.kernel.rows_symbol = (uint32_t)hir_rows_symbol(g, x);
    s.kernel.unfold = (struct kernel_unfold){.n = width, .pad = pad};
    if (!lower_rows(l, &s, UNFOLD_x, x))
        return false;
    f->buffer = l->facts[x].buffer;
    if (pad != 0 || l->facts[x].stride != width) {
        f->buffer =
            lower_buffer(l, HOME_scratch, rows * width * 4, lower_part_name(l, id, "padded"), 0);
        lower_argument(&s, UNFOLD_out, f->buffer, 0);
        lir_add_step(l->program, &s.kernel, s.args, &s.values, s.name);
    }
    f->stride = attr->unfold.stride * width;
    f->buffer =
        lir_add_view(l->program, f->buffer, 0,
                     ((hir_max_rows(g, id) - 1) * f->stride + hir_row_width(g, id)) * 4, s.name);
    return true;
}

/* ---- steps ---- */

enum { NO_OUT = UINT8_MAX }; /* the value of a write is a state */

/* What an op, or two, become. */
/* clang-format off */
static const struct rule {
    uint16_t ops[3], kind;                                       /* enum hir_op, enum kernel_kind */
    bool (*fill)(struct lowering *l, struct step *s, hir_id id); /* the fields of the kernel */
    uint8_t out;                                                 /* the node's value */
    uint8_t arguments[HIR_MAX_OPERANDS];                         /* by operand */
} rules[] = {
    {{HIR_embed}, KERNEL_embed, fill_embed, EMBED_out, {EMBED_weight, EMBED_tokens}},
    {{HIR_gather_rows}, KERNEL_gather_rows, fill_gather_rows, GATHER_ROWS_out,
        {GATHER_ROWS_x, GATHER_ROWS_indices}},
    {{HIR_gather_columns}, KERNEL_gather_columns, fill_gather_columns, GATHER_COLUMNS_out,
        {GATHER_COLUMNS_x, GATHER_COLUMNS_order}},
    {{HIR_mean}, KERNEL_mean, fill_mean, MEAN_out, {MEAN_x}},
    {{HIR_rms_norm, HIR_norm_quant}, KERNEL_norm_quant, fill_norm_quant, NORM_QUANT_out,
        {NORM_QUANT_x, NORM_QUANT_weight, NORM_QUANT_bias}},
    {{HIR_norm_add}, KERNEL_norm_quant, fill_norm_quant, NORM_QUANT_out,
        {NORM_QUANT_x, NORM_QUANT_weight, NORM_QUANT_residual, NORM_QUANT_bias, NORM_QUANT_scale}},
    {{HIR_matmul, HIR_gated_matmul}, KERNEL_matmul, fill_matmul, MATMUL_out,
        {MATMUL_x, MATMUL_weight, MATMUL_operand, MATMUL_operand + 1, MATMUL_operand + 2,
         MATMUL_operand + 3}},
    {{HIR_expert_matmul, HIR_gated_expert_matmul, HIR_expert_mix}, KERNEL_matmul, fill_matmul, MATMUL_out,
        {MATMUL_x, MATMUL_weight, MATMUL_order, MATMUL_operand, MATMUL_operand + 1, MATMUL_operand + 2,
         MATMUL_operand + 3}},
    {{HIR_kv_write}, KERNEL_kv_write, fill_kv_write, KV_WRITE_out,
        {KV_WRITE_keys, KV_WRITE_values, KV_WRITE_q, KV_WRITE_k, KV_WRITE_v, KV_WRITE_positions,
         KV_WRITE_table, KV_WRITE_k_table, KV_WRITE_q_norm, KV_WRITE_k_norm, KV_WRITE_v_norm}},
    {{HIR_attention}, KERNEL_attention, fill_attention, ATTENTION_out,
        {ATTENTION_q, ATTENTION_keys, ATTENTION_values, ATTENTION_sinks}},
    {{HIR_kv_append}, KERNEL_append, fill_append, NO_OUT, {0, APPEND_x, APPEND_positions}},
    {{HIR_rope}, KERNEL_rope, fill_rope, ROPE_out, {ROPE_x, ROPE_table, ROPE_positions, ROPE_norm}},
    {{HIR_scan}, KERNEL_scan, fill_scan, SCAN_out, {SCAN_before, SCAN_a, SCAN_b}},
    {{HIR_conv}, KERNEL_conv, fill_conv, CONV_out, {CONV_before, CONV_x, CONV_weight}},
    {{HIR_formula}, KERNEL_map, fill_map, MAP_out,
        {MAP_operand, MAP_operand + 1, MAP_operand + 2, MAP_operand + 3, MAP_operand + 4,
         MAP_operand + 5}},
};
/* clang-format on */

static const struct rule *find_rule(enum hir_op op)
{
    if (hir_op_info[op].fusion == FUSE_map)
        op = HIR_formula;
    for (uint32_t i = 0; i < countof(rules); i++)
        if (rules[i].ops[0] == op || rules[i].ops[1] == op || rules[i].ops[2] == op)
            return &rules[i];
    return NULL;
}

bool lower_node(struct lowering *l, hir_id id)
{
    const struct hir_node *n = hir_at(l->graph, id);
    const struct rule *rule = find_rule((enum hir_op)n->op);
    struct step s = {.name = lower_name(l, id)};

    if (n->op == HIR_reshape || n->op == HIR_slice)
        return lower_view(l, id);
    if (n->op == HIR_unfold)
        return lower_unfold(l, id);
    if (n->op == HIR_route)
        return lower_route(l, id);
    if (l->facts[id].joined || is_in_products(l->graph, id) ||
        hir_norm_form(l->graph, id).by_product)
        return true;
    if (lower_is_head_norm(l->graph, id))
        rule = find_rule(HIR_rope);
    if (rule == NULL)
        return hir_refuse(l->diags, l->graph, id,
                          "%s has no kernel of its own here: a fusion pass that joins it to its "
                          "reader was left out, or its readers are not served",
                          hir_op_info[n->op].name);
    s.kernel.kind = rule->kind;
    s.kernel.rows_symbol = (uint32_t)lower_rows_symbol(l->graph, id);
    for (uint32_t i = 0; i < n->operand_count; i++)
        s.operands[i] = hir_operand(l->graph, id, i);
    if (!rule->fill(l, &s, id))
        return false;
    for (uint32_t i = 0; i < HIR_MAX_OPERANDS; i++)
        if (s.operands[i] != 0 && !lower_operand(l, &s, rule->arguments[i], s.operands[i]))
            return false;
    if (rule->out != NO_OUT &&
        !lir_has(&s.kernel, rule->out)) /* the order of buffers may want it first */
        lower_out(l, &s, rule->out, id, s.name);
    lir_add_step(l->program, &s.kernel, s.args, &s.values, s.name);
    l->program->steps[l->program->step_count - 1].flags |= s.flags;
    return true;
}

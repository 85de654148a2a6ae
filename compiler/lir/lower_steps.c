/* Steps of all kinds but attention. In: one node that is the root of a step; out: its kernel, its
 * buffers, its launch. Views cost nothing: they are buffers that stand inside others. */
#include "compiler/lir/arguments.h"
#include "compiler/lir/lower.h"

#include <string.h>

/* ---- buffers ---- */

buf_id lower_buffer(struct lowering *l, enum home home, uint64_t bytes, str_id name, hir_id source)
{
    struct lir_program *p = l->program;

    ARENA_PUSH(p->arena, p->buffers, p->buffer_count, p->buffer_capacity) =
        (struct lir_buffer){.name = name, .home = (uint8_t)home, .bytes = bytes, .source = source};
    return p->buffer_count - 1;
}

static buf_id view_of(struct lowering *l, buf_id inside, uint64_t offset, uint64_t bytes,
                      str_id name)
{
    struct lir_program *p = l->program;
    struct lir_buffer b = p->buffers[inside];

    if (b.is_view) {
        offset += b.offset;
        inside = b.inside;
    }
    ARENA_PUSH(p->arena, p->buffers, p->buffer_count, p->buffer_capacity) =
        (struct lir_buffer){.name = name,
                            .home = b.home,
                            .is_view = true,
                            .inside = inside,
                            .offset = offset,
                            .bytes = bytes};
    return p->buffer_count - 1;
}

buf_id lower_vector(struct lowering *l, hir_id id)
{
    struct fact *f = &l->facts[id];

    if (f->buffer == 0)
        f->buffer = lower_buffer(l, HOME_weight, round_up(hir_width(l->graph, id), 16) * 4,
                                 hir_at(l->graph, id)->name, id);
    return f->buffer;
}

bool lower_matrix(struct lowering *l, hir_id id)
{
    if (l->facts[id].buffer != 0)
        return true;
    return lower_error(l, id, "nothing stores this value (%s) as a matrix that a step could read",
                       hir_op_info[hir_at(l->graph, id)->op].name);
}

buf_id lower_new_matrix(struct lowering *l, hir_id id, str_id name)
{
    struct fact *f = &l->facts[id];
    uint64_t rows = (uint64_t)l->program->upper[lower_symbol(l, id)];

    f->stride = (uint32_t)round_up(lower_width(l, id), 16);
    f->buffer = lower_buffer(l, id == l->logits ? HOME_output : HOME_scratch, rows * f->stride * 4,
                             name, 0);
    return f->buffer;
}

/* ---- launches ---- */

void lower_argument(struct launch *s, uint32_t argument, buf_id buffer, uint32_t stride)
{
    assert(argument < kernel_kind_info[s->kernel.kind].max_arguments);
    s->kernel.present |= 1u << argument;
    s->kernel.stride[argument] = stride;
    s->args[argument] = buffer;
}

bool lower_launch(struct lowering *l, struct launch *s, str_id name)
{
    struct lir_program *p = l->program;
    struct lir_step step = {.name = name,
                            .kernel = lir_kernel_intern(p->kernels, &s->kernel),
                            .first_arg = p->arg_count,
                            .values = s->values};

    kernel_tiles(&s->kernel, &step);
    for (uint32_t i = 0; i < lir_argument_count(&s->kernel); i++)
        ARENA_PUSH(p->arena, p->args, p->arg_count, p->arg_capacity) = s->args[i];
    ARENA_PUSH(p->arena, p->steps, p->step_count, p->step_capacity) = step;
    return true;
}

/* One tile per row. */
static struct launch row_launch(enum kernel_kind kind, int symbol)
{
    return (struct launch){.kernel = {.kind = kind, .rows_symbol = (uint32_t)symbol}};
}

static str_id name_of(const struct lowering *l, hir_id id)
{
    const struct hir_node *n = hir_at(l->graph, id);

    return n->name != 0 ? n->name : str_of(l->program->strings, hir_op_info[n->op].name);
}

/* ---- weights ---- */

/* A matrix [n, k] in its packed layout. The two halves of an interleaved one are padded to row
 * groups each. */
static bool weight_matrix(struct lowering *l, hir_id id, enum layout *layout, buf_id *buffer)
{
    const struct hir_graph *g = l->graph;
    const struct hir_node *node = hir_at(g, id);
    struct fact *f = &l->facts[id];
    bool joined = node->op == HIR_concat || node->op == HIR_interleave;
    uint64_t k = hir_width(g, id), groups;
    int64_t rows;

    if (!(node->op == HIR_weight || joined) || hir_shape_of(g, id)->rank != 2 ||
        !dim_is_const(&g->dims, hir_shape_of(g, id)->dims[0], &rows))
        return lower_error(l, id, "expected a weight [out, in]");
    *layout = (enum layout)hir_attr(g, id)->weight.layout;
    if (*layout == LAYOUT_none)
        *layout = layout_of((enum dtype)node->dtype);
    if (*layout == LAYOUT_none)
        return lower_error(l, id, "there is no packed layout for %s", dtype_info[node->dtype].name);
    if (k % layout_multiple(*layout) != 0)
        return lower_error(l, id, "a row of %llu elements is no multiple of %u",
                           (unsigned long long)k, layout_multiple(*layout));
    groups = ceil_div((uint64_t)rows, ROW_GROUP);
    if (node->op == HIR_interleave)
        groups = 2 * ceil_div((uint64_t)rows / 2, ROW_GROUP);
    if (f->buffer == 0)
        f->buffer =
            lower_buffer(l, HOME_weight, layout_groups_bytes(*layout, groups, k), node->name, id);
    *buffer = f->buffer;
    return true;
}

/* ---- activations ---- */

/* The format that a matmul reads; the rule is at the head of enum activations. */
static enum act choose_act(const struct lowering *l, enum layout layout, int symbol)
{
    bool block = symbol == SYMBOL_OUT_ROWS || l->program->upper[symbol] <= BLOCK_ROWS_MAX;
    enum activations wanted = l->numerics->activations;

    if (!layout_is_quantized(layout)) {
        bool pairs = layout == LAYOUT_bf16_r32 && !block && wanted != ACTIVATIONS_exact &&
                     l->target->levels[l->level].traits.bf16_dot;
        return pairs ? ACT_bf16 : ACT_f32;
    }
    if (wanted == ACTIVATIONS_exact)
        return ACT_f32;
    if (wanted == ACTIVATIONS_auto)
        return block ? ACT_i16 : ACT_i8;
    return wanted == ACTIVATIONS_i16 ? ACT_i16 : ACT_i8;
}

/* A norm_quant step: x, normed where `norm` is a node, in the format of an activation buffer. */
static bool launch_row(struct lowering *l, hir_id norm, hir_id x, const struct activation *made,
                       str_id name)
{
    struct launch s = row_launch(KERNEL_norm_quant, lower_symbol(l, x));
    struct kernel_norm_quant *k = &s.kernel.norm_quant;

    if (!lower_matrix(l, x))
        return false;
    k->k = (uint32_t)lower_width(l, x);
    k->format = made->format;
    lower_argument(&s, NORM_QUANT_x, l->facts[x].buffer, l->facts[x].stride);
    if (norm != 0) {
        hir_id weight = hir_operand(l->graph, norm, 1);
        k->epsilon = (float)hir_attr(l->graph, norm)->norm.epsilon;
        if (!lower_is_vector(l, weight) || hir_width(l->graph, weight) != k->k)
            return lower_error(l, norm,
                               "expected the weight of a norm over rows to be a vector [%u]", k->k);
        lower_argument(&s, NORM_QUANT_weight, lower_vector(l, weight), 0);
    }
    lower_argument(&s, NORM_QUANT_out, made->buffer, 0);
    return lower_launch(l, &s, name);
}

/* Where a plain matrix already is what an f32 activation buffer would be. */
static bool is_f32_activation(const struct lowering *l, hir_id x)
{
    const struct fact *f = &l->facts[x];
    const struct lir_buffer *b = &l->program->buffers[f->buffer];

    return f->buffer != 0 && f->stride == round_up(lower_width(l, x), 16) &&
           (!b->is_view || b->offset % 64 == 0);
}

/* The activation buffer of `x` for this matmul: one that was made, or a new row step. */
static bool activation_of(struct lowering *l, hir_id x, const struct kernel_matmul *matmul,
                          buf_id *out)
{
    struct lir_program *p = l->program;
    bool normed = hir_at(l->graph, x)->op == HIR_rms_norm && !l->facts[x].as_matrix;
    struct activation wanted = {.value = normed ? hir_operand(l->graph, x, 0) : x,
                                .norm = normed ? x : 0,
                                .format = matmul->format};

    if (matmul->format.act == ACT_f32)
        wanted.format.tile_rows = 1;
    if (!normed && matmul->format.act == ACT_f32 && is_f32_activation(l, x)) {
        *out = l->facts[x].buffer;
        return true;
    }
    for (uint32_t i = l->activation_count; i-- > 0;) {
        const struct activation *a = &l->activations[i];
        if (a->value == wanted.value && a->norm == wanted.norm &&
            memcmp(&a->format, &wanted.format, sizeof a->format) == 0) {
            *out = a->buffer;
            return true;
        }
    }
    uint64_t rows = (uint64_t)p->upper[lower_symbol(l, x)];
    str_id name = str_printf(p->strings, "%s.act", str_text(p->strings, name_of(l, x)));
    wanted.buffer =
        lower_buffer(l, HOME_scratch, act_bytes(&matmul->format, matmul->k, rows), name, 0);
    *out = wanted.buffer;
    ARENA_PUSH(p->arena, l->activations, l->activation_count, l->activation_capacity) = wanted;
    return launch_row(l, wanted.norm, wanted.value, &wanted, name);
}

/* ---- steps ---- */

static bool add_operands(struct lowering *l, struct launch *s, const struct group *group,
                         uint32_t first, struct hir_code *code)
{
    for (uint32_t i = 0; i < group->operand_count; i++) {
        hir_id id = group->operands[i];
        if (lower_is_vector(l, id))
            lower_argument(s, first + i, lower_vector(l, id), 0);
        else if (lower_matrix(l, id))
            lower_argument(s, first + i, l->facts[id].buffer, l->facts[id].stride);
        else
            return false;
    }
    memcpy(code->code, group->code, group->code_bytes);
    code->bytes = group->code_bytes;
    return true;
}

static bool launch_matmul(struct lowering *l, hir_id root, const struct group *group)
{
    hir_id x = hir_operand(l->graph, group->contract, 0),
           w = hir_operand(l->graph, group->contract, 1);
    int symbol = lower_symbol(l, root);
    struct launch s = row_launch(KERNEL_matmul, symbol);
    struct kernel_matmul *k = &s.kernel.matmul;
    enum layout layout;
    buf_id weight, activation;

    if (!weight_matrix(l, w, &layout, &weight))
        return false;
    k->layout = layout;
    k->format.act = choose_act(l, layout, symbol);
    if (k->format.act == ACT_i8 || k->format.act == ACT_i16) {
        k->format.bias = (uint32_t)layout_info[layout].bias;
        k->format.block_sums = layout_info[layout].scales == 2 ? 2 : 0;
    }
    k->gated = hir_at(l->graph, group->contract)->op == HIR_gated_matmul;
    k->n = (uint32_t)lower_width(l, root);
    k->k = (uint32_t)hir_width(l->graph, w);
    struct tile_choice tile = l->target->choose_tile(
        l->level, &(struct tile_request){.what = TILED_product,
                                         .rows = (uint64_t)l->program->upper[symbol],
                                         .act = (enum act)k->format.act,
                                         .layout = layout,
                                         .gated = k->gated != 0,
                                         .n = k->n,
                                         .k = k->k});
    assert(tile.groups != 0 && tile.rows != 0);
    k->tile_groups = tile.groups;
    k->format.tile_rows = tile.rows;
    k->staged = tile.staged;
    if (!activation_of(l, x, k, &activation))
        return false;
    lower_argument(&s, MATMUL_x, activation, 0);
    lower_argument(&s, MATMUL_weight, weight, 0);
    if (!add_operands(l, &s, group, MATMUL_operand, &k->code))
        return false;
    buf_id out = lower_new_matrix(l, root, name_of(l, root));
    lower_argument(&s, MATMUL_out, out, l->facts[root].stride);
    return lower_launch(l, &s, name_of(l, root));
}

static bool launch_map(struct lowering *l, hir_id root, const struct group *group)
{
    struct launch s = row_launch(KERNEL_map, lower_symbol(l, root));

    s.kernel.map.n = (uint32_t)lower_width(l, root);
    if (group->operand_count == 0)
        return lower_error(l, root, "a formula that reads nothing");
    if (!add_operands(l, &s, group, MAP_operand, &s.kernel.map.code))
        return false;
    buf_id out = lower_new_matrix(l, root, name_of(l, root));
    lower_argument(&s, MAP_out, out, l->facts[root].stride);
    return lower_launch(l, &s, name_of(l, root));
}

static bool launch_embed(struct lowering *l, hir_id id)
{
    hir_id weight = hir_operand(l->graph, id, 0), tokens = hir_operand(l->graph, id, 1);
    struct launch s = row_launch(KERNEL_embed, lower_symbol(l, id));
    enum layout layout;
    buf_id table;
    int64_t rows = 0;

    if (!weight_matrix(l, weight, &layout, &table) || !lower_matrix(l, tokens))
        return false;
    dim_is_const(&l->graph->dims, hir_shape_of(l->graph, weight)->dims[0], &rows);
    s.kernel.embed.layout = layout;
    s.kernel.embed.n = (uint32_t)rows;
    s.kernel.embed.k = (uint32_t)lower_width(l, id);
    lower_argument(&s, EMBED_tokens, l->facts[tokens].buffer, 0);
    lower_argument(&s, EMBED_weight, table, 0);
    buf_id out = lower_new_matrix(l, id, name_of(l, id));
    lower_argument(&s, EMBED_out, out, l->facts[id].stride);
    return lower_launch(l, &s, name_of(l, id));
}

static bool launch_rows(struct lowering *l, hir_id id)
{
    hir_id x = hir_operand(l->graph, id, 0), indices = hir_operand(l->graph, id, 1);
    struct launch s = row_launch(KERNEL_gather_rows, lower_symbol(l, id));

    if (!lower_matrix(l, x) || !lower_matrix(l, indices))
        return false;
    if (l->facts[id].whole) {
        l->facts[id].buffer = l->facts[x].buffer;
        l->facts[id].stride = l->facts[x].stride;
        return true;
    }
    s.kernel.gather_rows.k = (uint32_t)lower_width(l, id);
    lower_argument(&s, GATHER_ROWS_x, l->facts[x].buffer, l->facts[x].stride);
    lower_argument(&s, GATHER_ROWS_indices, l->facts[indices].buffer, 0);
    buf_id out = lower_new_matrix(l, id, name_of(l, id));
    lower_argument(&s, GATHER_ROWS_out, out, l->facts[id].stride);
    return lower_launch(l, &s, name_of(l, id));
}

bool lower_pick_rows(struct lowering *l, hir_id id, enum home home)
{
    struct lir_program *p = l->program;
    struct fact *f = &l->facts[id];
    struct launch s = row_launch(KERNEL_gather_rows, SYMBOL_OUT_ROWS);
    uint64_t rows = (uint64_t)p->upper[SYMBOL_OUT_ROWS];
    str_id name = str_printf(p->strings, "%s.rows", str_text(p->strings, name_of(l, id)));

    if (!lower_matrix(l, id))
        return false;
    if (p->out_rows == 0) /* the graph has no input for it, but whoever runs the program asks */
        p->out_rows = lower_buffer(l, HOME_input, rows * 4, str_of(p->strings, "out_rows"), 0);
    s.kernel.gather_rows.k = (uint32_t)lower_width(l, id);
    lower_argument(&s, GATHER_ROWS_x, f->buffer, f->stride);
    lower_argument(&s, GATHER_ROWS_indices, p->out_rows, 0);
    f->whole = false;
    f->stride = (uint32_t)round_up(s.kernel.gather_rows.k, 16);
    f->buffer = lower_buffer(l, home, rows * f->stride * 4, name, 0);
    lower_argument(&s, GATHER_ROWS_out, f->buffer, f->stride);
    return lower_launch(l, &s, name);
}

/* A norm that is read as a matrix: an f32 activation buffer is one. A norm that only matmuls read
 * is made for each of them. */
static bool launch_norm(struct lowering *l, hir_id id)
{
    if (!l->facts[id].as_matrix)
        return true;
    struct activation made = {.format = {.act = ACT_f32, .tile_rows = 1}};
    if (!lower_matrix(l, hir_operand(l->graph, id, 0)))
        return false;
    made.buffer = lower_new_matrix(l, id, name_of(l, id));
    return launch_row(l, id, hir_operand(l->graph, id, 0), &made, name_of(l, id));
}

static bool make_view(struct lowering *l, hir_id id)
{
    const struct hir_graph *g = l->graph;
    hir_id from = hir_operand(g, id, 0);
    const struct fact *source = &l->facts[from];
    uint64_t offset = 0, width = lower_width(l, id);
    int64_t start = 0;

    if (source->buffer == 0) /* of a value that is part of another step */
        return true;
    l->facts[id].stride = source->stride;
    if (hir_at(g, id)->op == HIR_reshape) {
        if (lower_symbol(l, from) != lower_symbol(l, id) || lower_width(l, from) != width)
            return lower_error(l, id, "a reshape that moves elements between rows is not served");
        l->facts[id].buffer = source->buffer;
        return true;
    }
    const struct hir_attr *attr = hir_attr(g, id);
    const struct hir_shape *shape = hir_shape_of(g, from);
    if (attr->slice.axis != 1 || !dim_is_const(&g->dims, attr->slice.start, &start))
        return lower_error(
            l, id, "a slice of axis %u is not served: expected axis 1, from a fixed element on",
            attr->slice.axis);
    offset = (uint64_t)start * 4;
    for (uint32_t i = 2; i < shape->rank; i++) {
        int64_t size = 0;
        dim_is_const(&g->dims, shape->dims[i], &size);
        offset *= (uint64_t)size;
    }
    uint64_t rows = (uint64_t)l->program->upper[lower_symbol(l, id)];
    l->facts[id].buffer = view_of(l, source->buffer, offset,
                                  ((rows - 1) * source->stride + width) * 4, name_of(l, id));
    return true;
}

bool lower_node(struct lowering *l, hir_id id)
{
    const struct hir_node *n = hir_at(l->graph, id);
    const struct group *group = l->facts[id].group;

    if (group != NULL)
        return group->contract != 0 ? launch_matmul(l, id, group) : launch_map(l, id, group);
    switch (n->op) {
    case HIR_embed:
        return launch_embed(l, id);
    case HIR_rows:
        return launch_rows(l, id);
    case HIR_rms_norm:
        return launch_norm(l, id);
    case HIR_reshape:
    case HIR_slice:
        return make_view(l, id);
    case HIR_attention:
        return lower_attention(l, id);
    default:
        return lower_error(l, id,
                           "%s has no kernel of its own here: a fusion pass that joins it to its "
                           "reader was left out, or "
                           "its readers are not served",
                           hir_op_info[n->op].name);
    }
}

/* Attention. In: attention(rope(norm(q)), append(rope(norm(k))), append(v)), with or without norm
 * and rotation, K's part fused (rope_kv) or not; out: one kv_write step, which does all that
 * happens to a row of q, k and v on its way, and the attention step.
 */
#include "compiler/lir/lower.h"

/* What happens to q or k between its projection and attention. */
struct rotated {
    hir_id from;             /* the projected rows */
    hir_id norm;             /* its weight; 0: none */
    hir_id table, positions; /* 0: no rotation */
    float epsilon;
    uint32_t n_rot, interleaved;
};

/* Follows `id` down to the projection; `mark` absorbs the nodes on the way. */
static struct rotated take_apart(struct lowering *l, hir_id id)
{
    const struct hir_graph *g = l->graph;
    struct rotated r = {0};

    id = lower_unshape(l, id);
    if (hir_at(g, id)->op == HIR_rope) {
        r.table = hir_operand(g, id, 1);
        r.positions = hir_operand(g, id, 2);
        r.n_rot = hir_attr(g, id)->rope.n_rot;
        r.interleaved = hir_attr(g, id)->rope.interleaved;
        l->facts[id].absorbed = true;
        id = lower_unshape(l, hir_operand(g, id, 0));
    }
    if (hir_at(g, id)->op == HIR_rms_norm && hir_shape_of(g, id)->rank == 3) {
        r.norm = hir_operand(g, id, 1);
        r.epsilon = (float)hir_attr(g, id)->norm.epsilon;
        l->facts[id].absorbed = true;
        id = hir_operand(g, id, 0);
    }
    r.from = id;
    return r;
}

/* The state of an append and what is appended. */
static bool take_append(struct lowering *l, hir_id id, hir_id *state, struct rotated *r)
{
    const struct hir_graph *g = l->graph;
    uint16_t op = hir_at(g, id)->op;

    if (op != HIR_kv_append && op != HIR_rope_kv)
        return lower_error(l, id,
                           "attention over a state that this run does not write is not served");
    *state = hir_operand(g, id, 0);
    if (hir_at(g, *state)->op != HIR_state)
        return lower_error(l, id, "two writes to one state in a run are not served");
    l->facts[id].absorbed = true;
    if (op == HIR_kv_append) {
        *r = take_apart(l, hir_operand(g, id, 1));
        hir_id written = hir_operand(g, id, 2);
        if (r->positions != 0 && r->positions != written)
            return lower_error(l, id,
                               "a key that is rotated at other positions than it is written "
                               "at is not served");
        r->positions = written;
        return true;
    }
    const struct hir_attr *attr = hir_attr(g, id);
    *r = (struct rotated){.from = hir_operand(g, id, 1),
                          .table = hir_operand(g, id, 2),
                          .positions = hir_operand(g, id, 3),
                          .n_rot = attr->rope.n_rot,
                          .interleaved = attr->rope.interleaved};
    if (hir_at(g, id)->operand_count == 5) {
        r->norm = hir_operand(g, id, 4);
        r->epsilon = (float)attr->rope.epsilon;
    } else { /* the norm may still stand before it */
        struct rotated before = take_apart(l, r->from);
        r->norm = before.norm;
        r->epsilon = before.epsilon;
        r->from = before.from;
    }
    return true;
}

static bool agree(struct lowering *l, hir_id id, const struct rotated *q, const struct rotated *k,
                  const struct rotated *v)
{
    if ((q->norm != 0) != (k->norm != 0))
        return lower_error(l, id, "a norm on only one of q and k is not served");
    if (q->norm != 0 && q->epsilon != k->epsilon)
        return lower_error(l, id,
                           "norms of q and k with different epsilons (%g and %g) are not served",
                           (double)q->epsilon, (double)k->epsilon);
    if (q->table != k->table || q->n_rot != k->n_rot || q->interleaved != k->interleaved)
        return lower_error(l, id, "different rotations of q and k are not served");
    if (v->norm != 0 || v->table != 0)
        return lower_error(l, id, "a norm or a rotation of v is not served");
    if (v->positions != k->positions || (q->table != 0 && q->positions != k->positions))
        return lower_error(l, id, "q, k and v at different positions are not served");
    return true;
}

static bool take_all(struct lowering *l, hir_id id, struct rotated *q, struct rotated *k,
                     struct rotated *v, hir_id *keys, hir_id *values)
{
    *q = take_apart(l, hir_operand(l->graph, id, 0));
    return take_append(l, hir_operand(l->graph, id, 1), keys, k) &&
           take_append(l, hir_operand(l->graph, id, 2), values, v) && agree(l, id, q, k, v);
}

bool lower_plan_attention(struct lowering *l, hir_id id)
{
    struct rotated q, k, v;
    hir_id keys = 0, values = 0;

    if (!take_all(l, id, &q, &k, &v, &keys, &values))
        return false;
    l->facts[keys].holds_keys = true;
    const hir_id from[] = {q.from, k.from, v.from};
    for (uint32_t i = 0; i < countof(from); i++)
        l->facts[lower_unview(l, from[i])].as_matrix = true;
    return true;
}

static buf_id table_of(struct lowering *l, hir_id id)
{
    const struct hir_shape *shape = hir_shape_of(l->graph, id);
    struct fact *f = &l->facts[id];
    int64_t rows = 0;

    dim_is_const(&l->graph->dims, shape->dims[0], &rows);
    if (f->buffer == 0)
        f->buffer = lower_buffer(l, HOME_weight, (uint64_t)rows * hir_width(l->graph, id) * 4,
                                 hir_at(l->graph, id)->name, id);
    return f->buffer;
}

static struct head_shape shape_of(const struct lowering *l, hir_id id, hir_id keys)
{
    const struct hir_attr *attr = hir_attr(l->graph, id);
    int64_t context = 0;

    dim_is_const(&l->graph->dims, hir_shape_of(l->graph, keys)->dims[1], &context);
    return (struct head_shape){.kv = l->numerics->kv,
                               .batched = l->program->row_states != 0,
                               .heads = attr->attention.heads,
                               .kv_heads = attr->attention.kv_heads,
                               .head_dim = attr->attention.head_dim,
                               .context = (uint32_t)round_up((uint64_t)context, 64)};
}

static str_id part_name(struct lowering *l, hir_id id, const char *part)
{
    const struct hir_node *n = hir_at(l->graph, id);

    if (n->name == 0)
        return str_of(l->program->strings, part);
    return str_printf(l->program->strings, "%s.%s", str_text(l->program->strings, n->name), part);
}

/* Runs of few rows read K and V once and wait for memory. Their tiles are chunks of keys, so that
 * any number of threads has work. Few chunks cost least; at most CHUNKS_MOST have results.
 */
static void split_keys(const struct lowering *l, struct kernel_attention *k)
{
    enum { CHUNK_LEAST = 256, CHUNKS_MOST = 64 };
    uint64_t rows = (uint64_t)l->program->upper[SYMBOL_ROWS];
    uint64_t chunk = max_u64(CHUNK_LEAST, round_up(ceil_div(k->shape.context, CHUNKS_MOST), 64));

    if (rows > BLOCK_ROWS_MAX || chunk >= k->shape.context)
        return;
    k->shape.partial = 1;
    k->chunk = (uint32_t)chunk;
    k->max_rows = (uint32_t)rows;
}

/* Whether the projections before it rounded their activations. */
static bool rounds_already(const struct lir_program *p)
{
    for (uint32_t i = p->step_count; i-- > 0;) {
        const struct lir_kernel *k = &p->kernels->all[p->steps[i].kernel];
        if (k->kind == KERNEL_matmul)
            return k->matmul.format.act != ACT_f32;
    }
    return false;
}

/* Prompts are bound by arithmetic. Weights of f32 and f16 are more exact than bf16 products would
 * be. */
static bool takes_bf16(const struct lowering *l, const struct kernel_attention *k)
{
    enum activations chosen = l->numerics->activations;

    return l->program->upper[SYMBOL_ROWS] > BLOCK_ROWS_MAX && k->shape.head_dim % 2 == 0 &&
           l->target->levels[l->level].traits.bf16_dot && rounds_already(l->program) &&
           (chosen == ACTIVATIONS_auto || chosen == ACTIVATIONS_i8);
}

static bool launch_kv_write(struct lowering *l, hir_id id, const struct rotated *q,
                            const struct rotated *k, const struct rotated *v, hir_id keys,
                            hir_id values, buf_id out, buf_id counters)
{
    struct launch s = {.kernel = {.kind = KERNEL_kv_write,
                                  .rows_symbol = SYMBOL_ROWS,
                                  .kv_write = {.shape = shape_of(l, id, keys),
                                               .n_rot = q->n_rot,
                                               .interleaved = q->interleaved != 0,
                                               .epsilon = q->epsilon}}};
    struct head_shape *shape = &s.kernel.kv_write.shape;
    const struct rotated *rows[] = {q, k, v};

    for (uint32_t i = 0; i < countof(rows); i++) {
        if (!lower_matrix(l, rows[i]->from))
            return false;
        lower_argument(&s, KV_WRITE_q + i, l->facts[rows[i]->from].buffer,
                       l->facts[rows[i]->from].stride);
    }
    if (!lower_matrix(l, k->positions))
        return false;
    buf_id positions = l->facts[k->positions].buffer;
    if (q->n_rot != 0)
        lower_argument(&s, KV_WRITE_table, table_of(l, q->table), 0);
    lower_argument(&s, KV_WRITE_positions, positions, 0);
    if (q->norm != 0) {
        lower_argument(&s, KV_WRITE_q_norm, lower_vector(l, q->norm), 0);
        lower_argument(&s, KV_WRITE_k_norm, lower_vector(l, k->norm), 0);
    }
    if (shape->batched)
        lower_argument(&s, KV_WRITE_row_states, l->program->row_states, 0);
    lower_argument(&s, KV_WRITE_out, out,
                   (uint32_t)round_up((uint64_t)shape->heads * shape->head_dim, 16));
    lower_argument(&s, KV_WRITE_keys, l->facts[keys].buffer, 0);
    lower_argument(&s, KV_WRITE_values, l->facts[values].buffer, 0);
    shape->partial = counters != 0;
    if (counters != 0)
        lower_argument(&s, KV_WRITE_counters, counters, 0);
    return lower_launch(l, &s, part_name(l, id, "kv_write"));
}

bool lower_attention(struct lowering *l, hir_id id)
{
    const struct hir_attr *attr = hir_attr(l->graph, id);
    struct launch s;
    struct rotated q, k, v;
    hir_id keys = 0, values = 0;

    if (!take_all(l, id, &q, &k, &v, &keys, &values))
        return false;
    if (attr->attention.kv_heads == 0 || attr->attention.heads % attr->attention.kv_heads != 0)
        return lower_error(l, id, "%u heads cannot share %u K and V heads", attr->attention.heads,
                           attr->attention.kv_heads);
    s = (struct launch){
        .kernel = {.kind = KERNEL_attention,
                   .rows_symbol = SYMBOL_ROWS,
                   .attention = {.shape = shape_of(l, id, keys),
                                 .mask = attr->attention.mask,
                                 .windowed = l->windowed && attr->attention.mask == MASK_causal,
                                 .capped = (float)attr->attention.softcap != 0}},
        .values = {.window = attr->attention.window,
                   .scale = (float)attr->attention.scale,
                   .softcap = (float)attr->attention.softcap}};
    struct kernel_attention *a = &s.kernel.attention;
    uint32_t stride = (uint32_t)round_up((uint64_t)a->shape.heads * a->shape.head_dim, 16);
    uint64_t rows = (uint64_t)l->program->upper[SYMBOL_ROWS];
    buf_id rotated = lower_buffer(l, HOME_scratch, rows * stride * 4, part_name(l, id, "q"), 0);
    split_keys(l, a);
    if (takes_bf16(l, a))
        a->act = ACT_bf16;
    a->tile_rows =
        l->target
            ->choose_tile(l->level, &(struct tile_request){.what = TILED_attention,
                                                           .rows = rows,
                                                           .act = (enum act)a->act,
                                                           .heads = a->shape.heads,
                                                           .kv_heads = a->shape.kv_heads,
                                                           .head_dim = a->shape.head_dim,
                                                           .batched = a->shape.batched != 0,
                                                           .partial = a->shape.partial != 0})
            .rows;
    assert(a->tile_rows != 0);
    buf_id counters = a->shape.partial
                          ? lower_buffer(l, HOME_scratch, rows * a->shape.kv_heads * 64,
                                         part_name(l, id, "counters"), 0)
                          : 0;
    if (!launch_kv_write(l, id, &q, &k, &v, keys, values, rotated, counters))
        return false;
    lower_argument(&s, ATTENTION_q, rotated, stride);
    lower_argument(&s, ATTENTION_keys, l->facts[keys].buffer, 0);
    lower_argument(&s, ATTENTION_values, l->facts[values].buffer, 0);
    if (a->shape.batched) {
        lower_argument(&s, ATTENTION_positions, l->facts[k.positions].buffer, 0);
        lower_argument(&s, ATTENTION_row_states, l->program->row_states, 0);
    }
    buf_id out = lower_new_matrix(l, id, part_name(l, id, "out"));
    lower_argument(&s, ATTENTION_out, out, l->facts[id].stride);
    if (a->shape.partial) {
        uint64_t bytes = attention_slots(a, s.values.window) * attention_partial_bytes(a);
        lower_argument(&s, ATTENTION_partials,
                       lower_buffer(l, HOME_scratch, rows * a->shape.heads * bytes,
                                    part_name(l, id, "partials"), 0),
                       0);
        lower_argument(&s, ATTENTION_counters, counters, 0);
    }
    return lower_launch(l, &s, part_name(l, id, "attention"));
}

/* Small random models for tests of the low-level IR: a graph as the passes leave it (or as they
 * would without some of them), weights in a model's own formats with their values, packed weights,
 * and a run of either evaluator over the same tokens.
 */
#ifndef TESTS_LIR_MODELS_H
#define TESTS_LIR_MODELS_H

#include "compiler/base/float16.h"
#include "compiler/compile.h"
#include "compiler/import/quant.h"
#include "compiler/late/late.h"
#include "compiler/passes/types.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct recipe {
    enum dtype dtype; /* of all matrices */
    uint32_t hidden, heads, kv_heads, head_dim, feed, vocabulary, layers, context, window;
    bool bias, qk_norm, interleaved, tied;
    bool anchored;             /* windows are chunks of positions, of which each row sees its own */
    bool plain_qkv, plain_mlp; /* without fuse-qkv, fuse-swiglu */
    bool no_rope;
    bool early_rows,
        late_rows;         /* the graph itself chooses rows: after the last attention, or before
                                   the last norm */
    bool parallel;         /* attention and feed-forward part read one norm */
    bool two_ways;         /* logits of the normalized stream and of the stream itself */
    bool norms_after;      /* what a layer adds to the stream is normed */
    const char *leave_out; /* late passes; NULL: none */
};

/* For the initializer of a recipe. */
#define SAMPLE_SIZES                                                                       \
    .hidden = 64, .heads = 4, .kv_heads = 2, .head_dim = 16, .feed = 96, .vocabulary = 75, \
    .layers = 2, .context = 100

struct sample_model {
    struct recipe recipe;
    struct arena arena;
    struct strings strings;
    struct diags diags;
    struct hir_graph graph;
    uint64_t seed;
    uint8_t **raw;  /* by node: weights in their own format, row after row */
    float **values; /* by node: the same as f32 */
};

static inline uint64_t random_number(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 0x2545f4914f6cdd1d;
}

/* About normal: mean 0, variance 1. */
static inline float random_normal(uint64_t *state)
{
    double sum = 0;

    for (int i = 0; i < 12; i++)
        sum += (double)(random_number(state) >> 11) / 9007199254740992.0;
    return (float)(sum - 6);
}

/* ---- the graph ---- */

static inline hir_id sample_weight(struct sample_model *m, enum dtype dtype, uint64_t rows,
                                   uint64_t columns, const char *name)
{
    struct hir_graph *g = &m->graph;
    dim_id dims[2] = {dim_const(&g->dims, (int64_t)(rows != 0 ? rows : columns)),
                      dim_const(&g->dims, (int64_t)columns)};
    struct hir_attr attr = {0};
    shape_id shape = hir_shape(g, rows != 0 ? 2 : 1, dims);

    return hir_declare(g, HIR_weight, dtype, shape, name, &attr, NULL, 0);
}

static inline hir_id sample_matrix(struct sample_model *m, uint32_t layer, uint64_t rows,
                                   uint64_t columns, const char *name)
{
    return sample_weight(m, m->recipe.dtype, rows, columns,
                         arena_printf(&m->arena, "layers.%u.%s", layer, name));
}

static inline hir_id sample_vector(struct sample_model *m, uint32_t layer, uint64_t columns,
                                   const char *name)
{
    return sample_weight(m, DTYPE_f32, 0, columns,
                         arena_printf(&m->arena, "layers.%u.%s", layer, name));
}

static inline hir_id sample_norm(struct sample_model *m, hir_id x, hir_id weight)
{
    struct hir_attr attr = {.norm = {.epsilon = 1e-5}};
    hir_id operands[2] = {x, weight};

    return hir_add(&m->graph, HIR_rms_norm, &attr, operands, 2);
}

static inline hir_id sample_heads(struct sample_model *m, hir_id x, uint32_t heads)
{
    struct hir_graph *g = &m->graph;
    dim_id dims[3] = {dim_symbol(&g->dims, SYMBOL_ROWS), dim_const(&g->dims, heads),
                      dim_const(&g->dims, m->recipe.head_dim)};

    return hir_declare(g, HIR_reshape, DTYPE_f32, hir_shape(g, 3, dims), "", NULL, &x, 1);
}

static inline hir_id sample_slice(struct sample_model *m, hir_id x, uint32_t start, uint32_t length)
{
    struct hir_graph *g = &m->graph;
    dim_id dims[2] = {dim_symbol(&g->dims, SYMBOL_ROWS), dim_const(&g->dims, length)};
    struct hir_attr attr = {.slice = {.axis = 1, .start = dim_const(&g->dims, start)}};

    return hir_declare(g, HIR_slice, DTYPE_f32, hir_shape(g, 2, dims), "", &attr, &x, 1);
}

static inline hir_id sample_pick(struct sample_model *m, uint32_t layer, hir_id x)
{
    const struct recipe *r = &m->recipe;

    if (!r->early_rows || layer + 1 < r->layers)
        return x;
    return hir_add2(&m->graph, HIR_gather_rows, x, hir_find(&m->graph, "out_rows"));
}

static inline hir_id sample_linear(struct sample_model *m, uint32_t layer, hir_id x, uint64_t n,
                                   uint64_t k, bool bias, const char *name)
{
    hir_id y = hir_add2(&m->graph, HIR_matmul, x, sample_matrix(m, layer, n, k, name));

    if (bias)
        y = hir_add2(&m->graph, HIR_add, y,
                     sample_vector(m, layer, n, arena_printf(&m->arena, "%s.bias", name)));
    hir_name(&m->graph, y, "layers.%u.%s", layer, name);
    return y;
}

/* q, k and v, as [rows, heads, head_dim]. */
static inline void sample_qkv(struct sample_model *m, uint32_t layer, hir_id x, hir_id out[3])
{
    static const char *const name[3] = {"q", "k", "v"};
    const struct recipe *r = &m->recipe;
    struct hir_graph *g = &m->graph;
    uint32_t heads[3] = {r->heads, r->kv_heads, r->kv_heads}, at = 0;
    hir_id weights[3], biases[3], wide = 0;

    for (uint32_t i = 0; i < 3 && !r->plain_qkv; i++) {
        weights[i] = sample_matrix(m, layer, heads[i] * r->head_dim, r->hidden, name[i]);
        biases[i] = r->bias ? sample_vector(m, layer, heads[i] * r->head_dim,
                                            arena_printf(&m->arena, "%s.bias", name[i]))
                            : 0;
    }
    if (!r->plain_qkv) {
        wide = hir_add2(g, HIR_matmul, x, hir_add(g, HIR_concat, NULL, weights, 3));
        if (r->bias)
            wide = hir_add2(g, HIR_add, wide, hir_add(g, HIR_concat, NULL, biases, 3));
        hir_name(g, wide, "layers.%u.qkv", layer);
    }
    for (uint32_t i = 0; i < 3; i++) {
        uint32_t width = heads[i] * r->head_dim;
        hir_id y = r->plain_qkv ? sample_linear(m, layer, x, width, r->hidden, r->bias, name[i])
                                : sample_slice(m, wide, at, width);
        out[i] = sample_heads(m, y, heads[i]);
        at += width;
    }
}

static inline hir_id sample_state(struct sample_model *m, uint32_t layer, const char *what)
{
    struct hir_graph *g = &m->graph;
    dim_id dims[4] = {dim_symbol(&g->dims, SYMBOL_BATCH), dim_const(&g->dims, m->recipe.context),
                      dim_const(&g->dims, m->recipe.kv_heads),
                      dim_const(&g->dims, m->recipe.head_dim)};

    const struct hir_attr attr = {
        .state = {.layer = layer, .role = what[0] == 'k' ? STATE_ROLE_key : STATE_ROLE_value}};

    return hir_declare(g, HIR_state, DTYPE_f32, hir_shape(g, 4, dims),
                       arena_printf(&m->arena, "past_%s_%u", what, layer), &attr, NULL, 0);
}

static inline hir_id sample_attention(struct sample_model *m, uint32_t layer, hir_id x,
                                      hir_id table, hir_id positions)
{
    const struct recipe *r = &m->recipe;
    struct hir_graph *g = &m->graph;
    struct hir_attr rope = {.rope = {.n_rot = r->head_dim / 4 * 2, .interleaved = r->interleaved}};
    hir_id qkv[3];

    sample_qkv(m, layer, x, qkv);
    if (r->qk_norm) {
        hir_id q_norm = sample_vector(m, layer, r->head_dim, "q_norm"),
               k_norm = sample_vector(m, layer, r->head_dim, "k_norm");
        qkv[0] = sample_norm(m, qkv[0], q_norm);
        qkv[1] = sample_norm(m, qkv[1], k_norm);
    }
    hir_id keys = sample_state(m, layer, "k"), values = sample_state(m, layer, "v");
    for (uint32_t i = 0; i < 2 && !r->no_rope; i++)
        qkv[i] = hir_add(g, HIR_rope, &rope, (hir_id[]){qkv[i], table, positions}, 3);
    keys = hir_add(g, HIR_kv_append, NULL, (hir_id[]){keys, qkv[1], positions}, 3);
    values = hir_add(g, HIR_kv_append, NULL, (hir_id[]){values, qkv[2], positions}, 3);
    hir_output(g, arena_printf(&m->arena, "past_k_%u", layer), keys, OUTPUT_state);
    hir_output(g, arena_printf(&m->arena, "past_v_%u", layer), values, OUTPUT_state);
    struct hir_attr attr = {.attention = {.scale = 1 / sqrt(r->head_dim),
                                          .heads = r->heads,
                                          .kv_heads = r->kv_heads,
                                          .head_dim = r->head_dim,
                                          .mask = MASK_causal,
                                          .window = r->window,
                                          .anchored = r->anchored}};
    hir_id mixed = hir_add(g, HIR_attention, &attr, (hir_id[]){qkv[0], keys, values, positions}, 4);
    hir_name(g, mixed, "layers.%u.attention", layer);
    mixed = sample_pick(m, layer, mixed);
    return sample_linear(m, layer, mixed, r->hidden, (uint64_t)r->heads * r->head_dim, r->bias,
                         "o");
}

static inline hir_id sample_mlp(struct sample_model *m, uint32_t layer, hir_id x)
{
    const struct recipe *r = &m->recipe;
    struct hir_graph *g = &m->graph;
    struct hir_attr silu = {.product = {.activation = HIR_silu}};
    hir_id product;

    if (r->plain_mlp) {
        hir_id gate = sample_linear(m, layer, x, r->feed, r->hidden, false, "gate");
        product = hir_add2(g, HIR_mul, hir_add1(g, HIR_silu, gate),
                           sample_linear(m, layer, x, r->feed, r->hidden, false, "up"));
    } else {
        hir_id gate = sample_matrix(m, layer, r->feed, r->hidden, "gate");
        hir_id both =
            hir_add2(g, HIR_interleave, gate, sample_matrix(m, layer, r->feed, r->hidden, "up"));
        product = hir_add(g, HIR_gated_matmul, &silu, (hir_id[]){x, both}, 2);
    }
    hir_name(g, product, "layers.%u.mlp", layer);
    return sample_linear(m, layer, product, r->hidden, r->feed, r->bias, "down");
}

static inline hir_id sample_input(struct sample_model *m, const char *name, enum input_role role)
{
    struct hir_graph *g = &m->graph;
    const struct hir_attr attr = {.input = {role}};
    dim_id rows = dim_symbol(&g->dims, role == INPUT_out_rows ? SYMBOL_OUT_ROWS : SYMBOL_ROWS);

    return hir_declare(g, HIR_input, DTYPE_i32, hir_shape(g, 1, &rows), name, &attr, NULL, 0);
}

static inline hir_id sample_table(struct sample_model *m)
{
    struct hir_graph *g = &m->graph;
    struct hir_attr attr = {.table = {.theta = 10000, .attention_factor = 1}};
    dim_id dims[2] = {dim_const(&g->dims, m->recipe.context),
                      dim_const(&g->dims, m->recipe.head_dim / 4 * 2)};

    return hir_declare(g, HIR_rope_table, DTYPE_f32, hir_shape(g, 2, dims), "rope", &attr, NULL, 0);
}

static inline hir_id sample_after(struct sample_model *m, uint32_t layer, hir_id x,
                                  const char *what)
{
    const char *name = arena_printf(&m->arena, "%s.norm", what);

    return m->recipe.norms_after
               ? sample_norm(m, x, sample_vector(m, layer, m->recipe.hidden, name))
               : x;
}

static inline void sample_graph(struct sample_model *m)
{
    const struct recipe *r = &m->recipe;
    struct hir_graph *g = &m->graph;
    hir_id tokens = sample_input(m, "tokens", INPUT_tokens),
           positions = sample_input(m, "positions", INPUT_positions);
    hir_id out_rows =
               r->early_rows || r->late_rows ? sample_input(m, "out_rows", INPUT_out_rows) : 0,
           table = r->no_rope ? 0 : sample_table(m);
    hir_id embedding = sample_weight(m, r->dtype, r->vocabulary, r->hidden, "embedding");
    hir_id x = hir_add2(g, HIR_embed, embedding, tokens);

    for (uint32_t i = 0; i < r->layers; i++) {
        hir_name(g, x, "hidden.%u", i);
        hir_id weight = sample_vector(m, i, r->hidden, "attention_norm");
        hir_id norm = sample_norm(m, x, weight);
        hir_id attended = sample_after(m, i, sample_attention(m, i, norm, table, positions), "o");
        hir_id picked = sample_pick(m, i, x);
        if (picked != x && r->parallel)
            norm = sample_norm(m, picked, weight);
        x = hir_add2(g, HIR_add, picked, attended);
        hir_name(g, x, "layers.%u.attended", i);
        if (!r->parallel)
            norm = sample_norm(m, x, sample_vector(m, i, r->hidden, "mlp_norm"));
        x = hir_add2(g, HIR_add, x, sample_after(m, i, sample_mlp(m, i, norm), "down"));
    }
    hir_name(g, x, "hidden.%u", r->layers);
    if (r->late_rows)
        x = hir_add2(g, HIR_gather_rows, x, out_rows);
    hir_id normed = sample_norm(m, x, sample_weight(m, DTYPE_f32, 0, r->hidden, "norm"));
    hir_id lm_head =
        r->tied ? embedding : sample_weight(m, r->dtype, r->vocabulary, r->hidden, "head");
    hir_id logits = hir_add2(g, HIR_matmul, normed, lm_head);
    if (r->two_ways)
        logits = hir_add2(g, HIR_add, logits, hir_add2(g, HIR_matmul, x, lm_head));
    hir_name(g, logits, "logits");
    hir_output(g, "logits", logits, OUTPUT_logits);
}

/* ---- weights ---- */

static inline void put_half(uint8_t *at, float value)
{
    uint16_t bits = f32_to_f16(value);

    memcpy(at, &bits, 2);
}

/* One block of 32: random scale and integers, and their values by the formats' definition (q5_0 and
 * q5_1: by the decoders that are held to golden vectors). */
static inline void random_block(struct sample_model *m, enum dtype dtype, float deviation,
                                uint8_t *raw, float *values)
{
    float d = f16_to_f32(f32_to_f16(deviation / (dtype == DTYPE_q8_0 ? 64.0f : 4.0f) *
                                    (0.5f + fabsf(random_normal(&m->seed)))));
    float low = dtype == DTYPE_q4_1 ? f16_to_f32(f32_to_f16(-7.5f * d)) : 0;

    put_half(raw, d);
    if (dtype == DTYPE_q4_1)
        put_half(raw + 2, low);
    if (dtype == DTYPE_q5_0 || dtype == DTYPE_q5_1) {
        uint32_t at = 2;
        put_half(raw, d / 2);
        if (dtype == DTYPE_q5_1) {
            put_half(raw + 2, -7.75f * d);
            at = 4;
        }
        for (; at < dtype_info[dtype].bytes; at++)
            raw[at] = (uint8_t)(random_number(&m->seed) >> 42);
        quant_decode(dtype, raw, 32, values);
        return;
    }
    for (uint32_t i = 0; i < 32; i++) {
        uint32_t bits = (uint32_t)(random_number(&m->seed) >> 40);
        if (dtype == DTYPE_q8_0) {
            raw[2 + i] = (uint8_t)bits;
            values[i] = (float)(int8_t)bits * d;
            continue;
        }
        uint8_t *at = raw + (dtype == DTYPE_q4_1 ? 4 : 2) + i % 16, q = bits & 15;
        *at = (uint8_t)(i < 16 ? (*at & 0xf0) | q : (*at & 15) | q << 4);
        values[i] = dtype == DTYPE_q4_1 ? (float)q * d + low : (float)((int)q - 8) * d;
    }
}

/* One block of 256: random bytes between small scales; values by the decoders that are held to
 * golden vectors. */
static inline void random_block_of_256(struct sample_model *m, enum dtype dtype, float deviation,
                                       uint8_t *raw, float *values)
{
    float d = deviation / 400 * (0.5f + fabsf(random_normal(&m->seed)));

    for (uint32_t i = 0; i < dtype_info[dtype].bytes; i++)
        raw[i] = (uint8_t)(random_number(&m->seed) >> 40);
    if (dtype == DTYPE_q6_k) {
        put_half(raw + 208, d / 8);
    } else {
        put_half(raw, dtype == DTYPE_q4_k ? d : d / 2);
        put_half(raw + 2, d * 7.5f);
    }
    quant_decode(dtype, raw, 256, values);
}

static inline void random_weight(struct sample_model *m, hir_id id)
{
    const struct hir_node *n = hir_at(&m->graph, id);
    const struct hir_shape *shape = hir_shape_of(&m->graph, id);
    const struct dtype_info *info = &dtype_info[n->dtype];
    uint64_t columns = hir_width(&m->graph, id);
    int64_t rows = 1;
    bool vector = shape->rank == 1;

    if (!vector)
        dim_is_const(&m->graph.dims, shape->dims[0], &rows);
    uint64_t count = (uint64_t)rows * columns;
    float deviation = vector ? 0.2f : 1.2f / sqrtf((float)columns);
    uint8_t *raw = m->raw[id] = arena_new(&m->arena, uint8_t, count / info->block * info->bytes);
    float *values = m->values[id] = arena_new(&m->arena, float, count);
    bool is_norm = strstr(str_text(&m->strings, n->name), "norm") != NULL;
    for (uint64_t i = 0; i < count; i += info->block) {
        uint8_t *at = raw + i / info->block * info->bytes;
        float value = random_normal(&m->seed) * deviation + (is_norm ? 1.0f : 0);
        uint16_t half = n->dtype == DTYPE_f16 ? f32_to_f16(value) : f32_to_bf16(value);
        if (n->dtype == DTYPE_f32) {
            memcpy(at, &value, 4);
            values[i] = value;
        } else if (info->block == 1) {
            memcpy(at, &half, 2);
            values[i] = n->dtype == DTYPE_f16 ? f16_to_f32(half) : bf16_to_f32(half);
        } else if (info->block == 256) {
            random_block_of_256(m, (enum dtype)n->dtype, deviation, at, values + i);
        } else {
            random_block(m, (enum dtype)n->dtype, deviation, at, values + i);
        }
    }
}

static inline const float *sample_values(void *context, const struct hir_graph *g, hir_id id)
{
    struct sample_model *m = context;

    (void)g;
    return m->values[id];
}

static inline void sample_make(struct sample_model *m, const struct recipe *recipe, uint64_t seed)
{
    *m = (struct sample_model){.recipe = *recipe, .seed = seed * 0x9e3779b97f4a7c15 + 1};
    strings_init(&m->strings, &m->arena);
    m->diags.arena = &m->arena;
    hir_init(&m->graph, &m->arena, &m->strings, "test");
    sample_graph(m);
    m->raw = arena_new(&m->arena, uint8_t *, m->graph.node_count);
    m->values = arena_new(&m->arena, float *, m->graph.node_count);
    for (hir_id id = 1; id < m->graph.node_count; id++)
        if (hir_at(&m->graph, id)->op == HIR_weight)
            random_weight(m, id);
}

/* ---- packing ---- */

/* The rows of a weight, or of those that it joins, as layout_pack_group wants them; NULL after the
 * last. */
static inline const uint8_t *sample_row(const struct sample_model *m, hir_id id, uint64_t row)
{
    const struct hir_graph *g = &m->graph;
    uint64_t columns = hir_width(g, id);

    for (uint32_t i = 0; hir_at(g, id)->op == HIR_concat; i++) {
        int64_t rows = 0;
        if (i == hir_at(g, id)->operand_count)
            return NULL;
        dim_is_const(&g->dims, hir_shape_of(g, hir_operand(g, id, i))->dims[0], &rows);
        if (row < (uint64_t)rows)
            return sample_row(m, hir_operand(g, id, i), row);
        row -= (uint64_t)rows;
    }
    int64_t rows = 0;
    dim_is_const(&g->dims, hir_shape_of(g, id)->dims[0], &rows);
    const struct dtype_info *info = &dtype_info[hir_at(g, id)->dtype];
    return row < (uint64_t)rows ? m->raw[id] + row * (columns / info->block * info->bytes) : NULL;
}

static inline void pack_matrix(const struct sample_model *m, hir_id id, uint64_t bytes,
                               uint8_t *out)
{
    const struct hir_graph *g = &m->graph;
    enum layout layout = layout_of((enum dtype)hir_at(g, id)->dtype);
    uint64_t k = hir_width(g, id), group_bytes = layout_group_bytes(layout, k);
    bool pair = hir_at(g, id)->op == HIR_interleave;

    for (uint64_t group = 0; group < bytes / group_bytes; group++) {
        const uint8_t *rows[ROW_GROUP];
        for (uint32_t r = 0; r < ROW_GROUP; r++)
            rows[r] = pair ? sample_row(m, hir_operand(g, id, group % 2), group / 2 * ROW_GROUP + r)
                           : sample_row(m, id, group * ROW_GROUP + r);
        layout_pack_group(layout, rows, k, out + layout_group_at(layout, k, group));
    }
}

static inline void pack_vector(const struct sample_model *m, hir_id id, float *out)
{
    const struct hir_graph *g = &m->graph;
    uint64_t at = 0;

    if (hir_at(g, id)->op == HIR_weight) {
        memcpy(out, m->values[id], hir_width(g, id) * 4);
        return;
    }
    for (uint32_t i = 0; i < hir_at(g, id)->operand_count; i++) {
        hir_id part = hir_operand(g, id, i);
        memcpy(out + at, m->values[part], hir_width(g, part) * 4);
        at += hir_width(g, part);
    }
}

/* Gives the weights of a program their places and bytes. */
static inline uint8_t *sample_pack(struct sample_model *m, struct lir_program *p)
{
    uint64_t end = 0;

    for (buf_id b = 1; b < p->buffer_count; b++) {
        if (p->buffers[b].home != HOME_weight)
            continue;
        p->buffers[b].offset = end;
        end = round_up(end + p->buffers[b].bytes, 64);
    }
    uint8_t *home = arena_alloc(&m->arena, end, 64);
    for (buf_id b = 1; b < p->buffer_count; b++) {
        const struct lir_buffer *buffer = &p->buffers[b];
        if (buffer->home != HOME_weight)
            continue;
        uint8_t *at = home + buffer->offset;
        if (hir_at(&m->graph, buffer->source)->op == HIR_rope_table) {
            uint32_t n_rot = (uint32_t)hir_width(&m->graph, buffer->source);
            for (uint32_t i = 0; i < m->recipe.context; i++)
                hir_rope_row(hir_attr(&m->graph, buffer->source), n_rot, NULL, i,
                             (float *)(void *)at + (size_t)i * n_rot);
        } else if (hir_shape_of(&m->graph, buffer->source)->rank == 1) {
            pack_vector(m, buffer->source, (float *)(void *)at);
        } else {
            pack_matrix(m, buffer->source, buffer->bytes, at);
        }
    }
    return home;
}

/* ---- a target that emits nothing ---- */

static inline struct tile_choice plain_tile(uint32_t level, const struct tile_request *r)
{
    const bool product = r->what == TILED_product;

    (void)level;
    return (struct tile_choice){.groups = product ? 2 : 0,
                                .rows = r->rows == 1 || r->batched ? 1
                                        : product                  ? 6
                                                                   : 4};
}

/* Machines with products of integers. "waits": neither replicates nor owns tiles. "norms": the same
 * with products of f32, which norm what they read. */
enum { PLAIN_f32, PLAIN_bf16, PLAIN_waits, PLAIN_norms, PLAIN_COUNT };
#define INTEGERS_AND_KEYS .integer_products = true, .splits_keys = true
static const struct target_level plain_levels[PLAIN_COUNT] = {
    [PLAIN_f32] = {.name = "plain",
                   .traits = {.replicates = true, .owns_tiles = true, INTEGERS_AND_KEYS}},
    [PLAIN_bf16] =
        {.name = "bf16",
         .traits = {.replicates = true, .owns_tiles = true, .bf16_dot = true, INTEGERS_AND_KEYS}},
    [PLAIN_waits] = {.name = "waits", .traits = {INTEGERS_AND_KEYS}},
    [PLAIN_norms] = {.name = "norms",
                     .traits = {.norms_in_products = true,
                                .norms_after_products = true,
                                .splits_keys = true}},
};
#undef INTEGERS_AND_KEYS
static const struct target plain_target = {
    .name = "plain", .levels = plain_levels, .level_count = PLAIN_COUNT, .choose_tile = plain_tile};

/* How a test computes: what --activations and --kv choose. */
struct numerics {
    enum activations activations;
    enum dtype kv;
};

static inline bool sample_make_program(struct sample_model *m, const struct specialization *s,
                                       enum dtype kv, struct lir_kernels *kernels,
                                       struct lir_program *p)
{
    const struct type_choice types = {.kv = kv};
    struct pass_run typed = {
        .arena = &m->arena, .context = {.types = &types}, .only = "choose-type"};
    struct pass_run run = {
        .arena = &m->arena, .tables = all_pass_tables, .leave_out = m->recipe.leave_out};

    return run_passes(&typed, &early_passes, &m->graph, &m->diags) &&
           make_program(&m->graph, s, &run, kernels, p, &m->diags);
}

static inline bool sample_lower(struct sample_model *m, struct variant v, struct numerics numerics,
                                uint32_t level, struct lir_kernels *kernels, struct lir_program *p)
{
    const struct specialization s = {&v, numerics.activations, &plain_target, level, false};

    return sample_make_program(m, &s, numerics.kv, kernels, p);
}

#endif

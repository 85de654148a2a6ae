/* One kernel by itself: fields that its kind needs, formats that go together, sizes in range. The
 * rules are those of kernel_kinds.def. */
#include "compiler/lir/verify.h"

#include "compiler/lir/arguments.h"
#include "compiler/lir/lir_words.h"

#include <stdarg.h>

enum { MAX_STRIDE = 1 << 28 };

struct question {
    const struct lir_kernel *kernel;
    const char *step;
    struct diags *diags;
    bool good;
};

static void require(struct question *q, bool holds, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void require(struct question *q, bool holds, const char *format, ...)
{
    va_list arguments;

    if (holds)
        return;
    va_start(arguments, format);
    const char *text = arena_vprintf(q->diags->arena, format, arguments);
    va_end(arguments);
    q->good = diag_error(q->diags, (struct place){.object = q->step}, "kernel %s: expected %s",
                         kernel_kind_info[q->kernel->kind].name, text);
}

/* ---- what the table says ---- */

static void verify_field(struct question *q, const struct kernel_field *f)
{
    const struct lir_kernel *k = q->kernel;
    const uint32_t number = field_number(k, f);
    const double value = f->type == FIELD_real ? (double)field_real(k, f) : number;

    if (f->type == FIELD_code)
        return;
    if (f->type == FIELD_real || f->type == FIELD_number || f->type == FIELD_flag)
        require(q, value >= f->min && value <= f->max, "%s from %.9g to %.9g, found %.9g", f->name,
                f->min, f->max, value);
    else
        require(q, value >= f->min && value <= f->max, "a known %s, found %s", f->name,
                field_word(f->type, number) != NULL ? field_word(f->type, number) : "another");
}

static void verify_presence(struct question *q)
{
    const struct lir_kernel *k = q->kernel;
    const uint32_t count = lir_argument_count(k), listed = lir_operand_count(k);

    require(q, count <= kernel_kind_info[k->kind].max_arguments && k->present >> count == 0,
            "operands that follow each other");
    for (uint32_t i = 0; q->good && i < count - listed; i++) {
        enum presence presence = argument_presence(k, i);
        const char *name = argument_info(k, i)->name;
        require(q, presence != PRESENCE_required || lir_has(k, i), "an argument '%s'", name);
        require(q, presence != PRESENCE_forbidden || !lir_has(k, i), "no argument '%s'", name);
    }
    for (uint32_t i = 0; i < LIR_MAX_ARGS; i++)
        require(q, k->stride[i] <= MAX_STRIDE && (lir_has(k, i) || k->stride[i] == 0),
                "strides in range, of arguments that are present");
}

/* ---- what goes together ---- */

static void verify_layout(struct question *q, uint32_t layout, uint32_t k)
{
    require(q, k % layout_multiple((enum layout)layout) == 0,
            "k to be a multiple of the layout's block");
}

static void verify_format(struct question *q, const struct act_format *f, uint32_t k)
{
    bool integer = act_is_integer((enum act)f->act);

    require(q, !integer || k % 32 == 0, "k to be a multiple of 32");
    require(q, integer || (f->bias == 0 && f->block_sums == 0), "no bias without integers");
    require(q, f->block_sums == 0 || f->block_sums == 2, "block_sums 0 or 2");
    require(q, f->act != ACT_i8_row || (k <= ACT_ROW_MAX && f->bias != 0 && f->block_sums == 0),
            "at most %d columns of i8_row, a bias and no sums of halves", ACT_ROW_MAX);
}

/* A column is an operand that is there and has rows. */
static void verify_columns(struct question *q, uint32_t first_operand)
{
    const uint32_t columns = lir_columns(q->kernel), count = lir_operand_count(q->kernel);

    require(q, columns >> count == 0, "columns among the %u operands, found columns=%u", count,
            columns);
    for (uint32_t i = 0; i < count; i++)
        require(q, (columns >> i & 1) == 0 || q->kernel->stride[first_operand + i] != 0,
                "rows of operand %u, which is a column", i);
}

static void verify_experts(struct question *q, const struct kernel_matmul *k)
{
    const bool has_bias = lir_has(q->kernel, MATMUL_bias);

    require(q, lir_has(q->kernel, MATMUL_up_bias) == (has_bias && k->gated),
            "a bias of up where gate has one");
    if (k->experts == 0) {
        require(q, !has_bias, "no bias without experts");
        require(q, k->slots == 0 && !k->mixed && k->expert_rows == 0,
                "slots, mixed and expert_rows 0 without experts");
        return;
    }
    require(q, k->slots >= 1 && k->slots <= k->experts, "slots from 1 to %u, found %u", k->experts,
            k->slots);
    require(q, k->format.tile_rows == 1, "rows packed one by one: they are chosen");
    require(q, k->expert_rows != 0, "expert_rows above 0 by expert");
    require(q, !lir_has(q->kernel, MATMUL_norm), "no norm of x, whose rows are chosen");
    require(q, !k->mixed || !k->gated, "no gate where products are mixed");
}

/* Norms of the rows that a kernel stores: a product counts tiles for them. */
static void verify_after(struct question *q)
{
    const struct lir_after after = lir_after(q->kernel);
    const bool any = lir_has(q->kernel, after.norms[0].weight);

    require(q, any || after.count == 0, "a second_norm only where there is an after_norm");
    for (uint32_t i = 0; i < countof(after.norms); i++) {
        const bool norms = lir_has(q->kernel, after.norms[i].weight);
        require(q, lir_has(q->kernel, after.norms[i].normed) == norms,
                "%s where there is %s, and only there", i == 0 ? "normed" : "second_normed",
                i == 0 ? "an after_norm" : "a second_norm");
        require(q,
                norms || (!lir_has(q->kernel, after.norms[i].bias) &&
                          !lir_has(q->kernel, after.norms[i].residual)),
                "no bias or residual of a norm without %s",
                i == 0 ? "an after_norm" : "a second_norm");
        require(q,
                !lir_has(q->kernel, after.norms[i].scale) ||
                    lir_has(q->kernel, after.norms[i].residual),
                "a scale only where there is a residual");
    }
    require(q, any || (after.epsilon == 0 && !after.centered),
            "no epsilon or mean of rows that are stored without an after_norm");
    if (q->kernel->kind == KERNEL_matmul) {
        require(q, lir_has(q->kernel, MATMUL_counters) == any,
                "counters where there is an after_norm, and only there");
        require(q, !any || q->kernel->matmul.experts == 0,
                "no experts where there is an after_norm");
    }
}

/* What the layout's products need of activations, or those of folded weights. */
static bool has_sums(const struct act_format *f, enum layout layout, bool folded)
{
    return f->bias == layout_sums_bias(layout, folded) &&
           f->block_sums == layout_block_sums(layout, folded);
}

static void verify_matmul(struct question *q)
{
    const struct kernel_matmul *k = &q->kernel->matmul;
    const enum layout id = (enum layout)k->layout;
    const struct layout_info *layout = &layout_info[id];
    bool integer = act_is_integer((enum act)k->format.act);

    verify_layout(q, k->layout, k->k);
    verify_format(q, &k->format, k->k);
    require(q,
            !integer || (layout->bits != 0 &&
                         (has_sums(&k->format, id, false) || has_sums(&k->format, id, true))),
            "integers for a quantized layout, with its bias and sums");
    require(q, k->format.act != ACT_i8_row || layout_scales_rows((enum layout)k->layout),
            "i8_row activations for weights with a scale per row");
    require(q, k->format.act != ACT_bf16 || k->layout == LAYOUT_bf16_r32 || layout->bits != 0,
            "bf16 activations for weights of bf16, and quantized ones");
    require(q, !lir_has(q->kernel, MATMUL_norm) || k->format.act == ACT_f32,
            "f32 activations where the product norms them");
    require(q, lir_has(q->kernel, MATMUL_norm) || k->epsilon == 0, "no epsilon without a norm");
    require(q, !k->gated || k->tile_groups % 2 == 0, "an even tile_groups where gated");
    verify_columns(q, MATMUL_operand);
    verify_experts(q, k);
    verify_after(q);
    uint32_t values = k->gated ? 2 : 1, operands = lir_operand_count(q->kernel);
    if (k->code.bytes == 0)
        require(q, operands == 0 && !k->gated, "a formula for its operands");
    else
        require(q, scalar_valid(&k->code, values + operands), "a formula over its operands");
}

static void verify_shape(struct question *q, const struct head_shape *s)
{
    require(q, kv_is_served((enum dtype)s->kv), "a state of f32, f16 or q8_0");
    require(q, s->heads % s->kv_heads == 0, "heads to be a multiple of kv_heads");
    require(q, s->context % 64 == 0, "a context that is a multiple of 64");
    require(q, s->class != STATE_carried, "a state that has positions");
    require(q,
            (s->class != STATE_rows && s->class != STATE_ring) ||
                q->kernel->rows_symbol == SYMBOL_ROWS,
            "rows by ROWS where the states keep those of sequences");
}

/* Only ROWS are those of several sequences. */
static void verify_segments(struct question *q, uint32_t row_segments)
{
    require(q, q->kernel->rows_symbol == SYMBOL_ROWS || !lir_has(q->kernel, row_segments),
            "rows by ROWS where they are of several segments");
}

static void verify_kv_write(struct question *q)
{
    const struct kernel_kv_write *k = &q->kernel->kv_write;

    verify_shape(q, &k->shape);
    verify_segments(q, KV_WRITE_row_segments);
    require(q, k->shape.class != STATE_cross, "a state that grows with its sequence");
    require(q, k->n_rot % 2 == 0 && k->n_rot <= k->shape.head_dim,
            "an even n_rot of at most head_dim");
    require(q, lir_has(q->kernel, KV_WRITE_q_norm) == lir_has(q->kernel, KV_WRITE_k_norm),
            "norm weights of q and k, or none");
    require(q,
            !k->all_heads ||
                (lir_has(q->kernel, KV_WRITE_q_norm) && !lir_has(q->kernel, KV_WRITE_v_norm)),
            "norms of q and k, and none of v, where norms are of all heads");
    require(
        q, !k->norm_last || (lir_has(q->kernel, KV_WRITE_q_norm) && k->n_rot != 0 && !k->all_heads),
        "rotations, and norms of each head, where norms come last");
    require(q, k->n_rot != 0 || !lir_has(q->kernel, KV_WRITE_k_table),
            "no table of keys where nothing is rotated");
}

static void verify_append(struct question *q)
{
    const struct kernel_append *k = &q->kernel->append;
    const bool has_positions = lir_has(q->kernel, APPEND_positions);

    verify_shape(q, &k->shape);
    verify_segments(q, APPEND_row_segments);
    require(q, has_positions || (k->shape.class != STATE_rows && k->shape.class != STATE_ring),
            "positions where the state grows with its sequence");
    require(q, !has_positions || k->shape.class != STATE_scratch,
            "no positions in a state of this run alone");
}

static uint32_t own_keys(const struct lir_kernel *k)
{
    return k->attention.shape.class == STATE_scratch ? k->rows_symbol : SYMBOL_KEYS;
}

static void verify_attention(struct question *q)
{
    const struct kernel_attention *k = &q->kernel->attention;

    verify_shape(q, &k->shape);
    require(q, k->act == ACT_f32 || (k->shape.head_dim % 2 == 0 && !k->shape.split_kv),
            "f32, or bf16 with an even head_dim and no chunks");
    require(q, !k->windowed || k->mask == MASK_causal, "a causal mask where windowed");
    require(q, !k->anchored || k->windowed, "a window where anchored");
    require(q, !k->matrices || k->act == ACT_bf16, "bf16 where products are of matrices");
    verify_segments(q, ATTENTION_row_segments);
    require(q, k->shape.class != STATE_ring || k->windowed, "a window where the states are rings");
    require(q, k->shape.class != STATE_cross || k->mask == MASK_none,
            "no mask where the states are those of another sequence");
    require(q, k->shape.class == STATE_cross || k->keys_symbol == own_keys(q->kernel),
            "keys by KEYS, or of scratch states by the symbol of the rows");
    if (k->shape.split_kv)
        require(q, k->chunk != 0 && k->chunk % 64 == 0 && k->max_rows != 0,
                "chunks of a multiple of 64 keys, and max_rows");
    else
        require(q, k->chunk == 0 && k->max_rows == 0, "chunk and max_rows 0 without chunks");
}

static void verify_route(struct question *q)
{
    const struct kernel_route *k = &q->kernel->route;
    const uint32_t size = k->groups == 0 ? k->experts : k->experts / k->groups;

    require(q, k->slots <= k->experts, "at most as many slots as experts");
    require(q, k->normalized || k->epsilon == 0, "epsilon 0 where not normalized");
    require(q,
            (k->groups != 0) == (k->chosen_groups != 0) && (k->groups != 0) == (k->group_best != 0),
            "chosen_groups and group_best with groups alone");
    require(q, k->groups == 0 || k->experts % k->groups == 0, "groups of equal size");
    require(q, k->chosen_groups <= k->groups && k->group_best <= size,
            "at most as many chosen as there are");
    require(q, k->chosen_groups == 0 || k->slots <= (uint64_t)k->chosen_groups * size,
            "at most as many slots as experts in the chosen groups");
}

static void verify_kind(struct question *q)
{
    const struct lir_kernel *k = q->kernel;

    switch ((enum kernel_kind)k->kind) {
    case KERNEL_embed:
        verify_layout(q, k->embed.layout, k->embed.k);
        verify_after(q);
        break;
    case KERNEL_norm_quant:
        verify_format(q, &k->norm_quant.format, k->norm_quant.k);
        require(q,
                lir_has(k, NORM_QUANT_weight) ||
                    (!k->norm_quant.centered && !lir_has(k, NORM_QUANT_bias)),
                "centered and a bias with a weight alone");
        require(q,
                !lir_has(k, NORM_QUANT_residual) ||
                    (lir_has(k, NORM_QUANT_weight) && k->norm_quant.format.act == ACT_f32),
                "a residual with a norm of f32 alone");
        require(q, !lir_has(k, NORM_QUANT_scale) || lir_has(k, NORM_QUANT_residual),
                "a scale only where there is a residual");
        break;
    case KERNEL_conv:
        verify_layout(q, k->conv.layout, k->conv.k);
        break;
    case KERNEL_matmul:
        verify_matmul(q);
        break;
    case KERNEL_kv_write:
        verify_kv_write(q);
        break;
    case KERNEL_append:
        verify_append(q);
        break;
    case KERNEL_rope:
        require(q, k->rope.n_rot % 2 == 0 && k->rope.n_rot <= k->rope.head_dim,
                "an even n_rot of at most head_dim");
        break;
    case KERNEL_attention:
        verify_attention(q);
        break;
    case KERNEL_route:
        verify_route(q);
        break;
    case KERNEL_sort:
        require(q, k->sort.slots <= k->sort.experts, "at most as many slots as experts");
        break;
    case KERNEL_map:
        verify_columns(q, MAP_operand);
        require(q, k->map.tile_columns % 16 == 0, "tile_columns to be a multiple of 16");
        require(q, scalar_valid(&k->map.code, lir_operand_count(k)), "a formula over its operands");
        break;
    default:
        break;
    }
}

bool verify_kernel(const struct lir_kernel *k, const char *step, struct diags *d)
{
    struct question q = {k, step, d, true};

    require(&q,
            k->rows_symbol < SYMBOL_MAX && k->rows_symbol != SYMBOL_SEQ &&
                k->rows_symbol != SYMBOL_PAST_SEQ && k->rows_symbol != SYMBOL_KEYS,
            "rows by ROWS, OUT_ROWS, BATCH or a size of the graph's own");
    for (const struct kernel_field *f = kernel_kind_info[k->kind].fields; f->name != NULL; f++)
        verify_field(&q, f);
    verify_presence(&q);
    if (q.good)
        verify_kind(&q);
    return q.good;
}

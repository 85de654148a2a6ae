/* What each argument of a launch is: role, width, bytes, by the roles of kernel_kinds.def; and the
 * tiles of a launch. */
#include "compiler/lir/arguments.h"

#include <rlx/kernel.h>

static uint64_t matrix_bytes(uint64_t rows, uint32_t stride, uint64_t width)
{
    return rows == 0 ? 0 : ((rows - 1) * stride + width) * 4;
}

static uint64_t weight_bytes(const struct lir_kernel *k)
{
    if (k->kind == KERNEL_embed)
        return layout_groups_bytes((enum layout)k->embed.layout, ceil_div(k->embed.n, ROW_GROUP),
                                   k->embed.k);
    if (k->kind == KERNEL_conv)
        return layout_groups_bytes((enum layout)k->conv.layout, ceil_div(k->conv.n, ROW_GROUP),
                                   k->conv.k);
    return (k->matmul.experts != 0 ? k->matmul.experts : 1) * matmul_expert_bytes(&k->matmul);
}

uint32_t argument_rows(const struct lir_kernel *k, uint32_t i)
{
    if (k->kind != KERNEL_matmul || k->matmul.experts == 0)
        return 1;
    const bool has_pairs = k->matmul.mixed ? i == MATMUL_x : i == MATMUL_out || i >= MATMUL_operand;
    return has_pairs ? k->matmul.slots : 1;
}

static uint64_t order_bytes(const struct lir_kernel *k, uint64_t rows)
{
    const uint32_t experts = k->kind == KERNEL_sort ? k->sort.experts : k->matmul.experts;
    const uint32_t slots = k->kind == KERNEL_sort ? k->sort.slots : k->matmul.slots;

    return order_count(experts, rows * slots) * 4;
}

static uint64_t state_bytes(const struct lir_kernel *k, bool is_value)
{
    const struct head_shape *s = lir_shape(k);

    return kv_state_bytes((enum dtype)s->kv, s->kv_heads, s->head_dim, s->context, is_value);
}

static uint64_t argument_bytes(const struct lir_program *p, const struct lir_step *s, uint32_t i,
                               const struct argument *argument)
{
    const struct lir_kernel *k = step_kernel(p, s);
    const uint64_t rows = (uint64_t)p->upper[k->rows_symbol] * argument_rows(k, i),
                   width = argument->width;

    switch (argument->role) {
    case ROLE_index:
    case ROLE_row_segments:
        return rows * 4;
    case ROLE_segments:
        return (uint64_t)p->upper[SYMBOL_BATCH] * sizeof(struct rlx_segment);
    case ROLE_weight:
        return weight_bytes(k);
    case ROLE_vector:
    case ROLE_columns:
        return round_up(width, 16) * 4;
    case ROLE_activation:
        return act_bytes(lir_format(k), (uint32_t)width, rows);
    case ROLE_table: /* the kernel has the context rounded up */
        return (uint64_t)p->upper[SYMBOL_PAST_SEQ] * width * 4;
    case ROLE_keys:
    case ROLE_values:
        return state_bytes(k, argument->role == ROLE_values);
    case ROLE_partials:
        return rows * k->attention.shape.heads * attention_slots(&k->attention, s->values.window) *
               attention_partial_bytes(&k->attention);
    case ROLE_counters: /* one cache line each */
        return rows * (k->kind == KERNEL_rope ? k->rope.kv_heads : lir_shape(k)->kv_heads) * 64;
    case ROLE_chosen:
        return rows * width * 4;
    case ROLE_order:
        return order_bytes(k, rows);
    case ROLE_padded:
        return (rows + 2 * (uint64_t)k->unfold.pad) * width * 4;
    case ROLE_carried:
        return width * 4;
    case ROLE_body_matrix:
        return matrix_bytes((uint64_t)p->upper[k->gather_rows.from_symbol], k->stride[i], width);
    default:
        return matrix_bytes(rows, k->stride[i], width);
    }
}

struct argument lir_argument(const struct lir_program *p, const struct lir_step *s, uint32_t i)
{
    const struct lir_kernel *k = step_kernel(p, s);
    struct argument a = {.role = argument_info(k, i)->role, .width = argument_width(k, i)};

    assert(lir_has(k, i));
    if (a.role == ROLE_operand)
        a.role = k->stride[i] == 0 ? ROLE_vector : ROLE_matrix;
    a.bytes = argument_bytes(p, s, i, &a);
    if (a.role == ROLE_body_matrix)
        a.role = ROLE_matrix;
    return a;
}

static void chunk_tiles(const struct kernel_attention *k, struct lir_step *out)
{
    out->tiles = (uint32_t)(k->shape.kv_heads * ceil_div(k->max_rows, k->tile_rows));
    if (attention_follows_window(k, out->values.window)) {
        out->tiles *= attention_slots(k, out->values.window);
        out->tile_unit = 0;
    } else {
        out->tile_symbol = (uint8_t)k->keys_symbol;
        out->tile_unit = k->chunk;
    }
}

/* 16 columns of one segment; rows of another symbol than ROWS are one segment. */
static void sequence_tiles(const struct lir_kernel *k, uint32_t columns, struct lir_step *out)
{
    out->tiles = (uint32_t)ceil_div(columns, 16);
    if (k->rows_symbol == SYMBOL_ROWS)
        out->tile_symbol = SYMBOL_BATCH;
    else
        out->tile_unit = 0;
}

struct lir_after lir_after(const struct lir_kernel *k)
{
    enum { NEVER = LIR_MAX_ARGS }; /* no kernel has this argument */
    struct lir_after after = {.count = 0};

    if (k->kind == KERNEL_matmul)
        after = (struct lir_after){.n = k->matmul.n,
                                   .out = MATMUL_out,
                                   .epsilon = k->matmul.after_epsilon,
                                   .centered = k->matmul.after_centered != 0,
                                   .norms = {{MATMUL_after_norm, MATMUL_after_bias, MATMUL_residual,
                                              MATMUL_scale, MATMUL_normed},
                                             {MATMUL_second_norm, MATMUL_second_bias, NEVER, NEVER,
                                              MATMUL_second_normed}}};
    else if (k->kind == KERNEL_embed)
        after = (struct lir_after){
            .n = k->embed.k,
            .out = EMBED_out,
            .epsilon = k->embed.after_epsilon,
            .centered = k->embed.after_centered != 0,
            .norms = {{EMBED_after_norm, EMBED_after_bias, NEVER, NEVER, EMBED_normed},
                      {EMBED_second_norm, EMBED_second_bias, NEVER, NEVER, EMBED_second_normed}}};
    else
        return after;
    for (uint32_t i = 0; i < countof(after.norms); i++)
        after.count += lir_has(k, after.norms[i].weight);
    return after;
}

void kernel_tiles(const struct lir_kernel *k, struct lir_step *out)
{
    out->tile_symbol = k->rows_symbol;
    out->tile_unit = 1;
    out->tiles = 1;
    switch (k->kind) {
    case KERNEL_norm_quant:
        out->tile_unit = k->norm_quant.format.tile_rows;
        break;
    case KERNEL_matmul:
        out->tiles = (uint32_t)ceil_div(
            ceil_div(k->matmul.n, ROW_GROUP) * (k->matmul.gated ? 2 : 1), k->matmul.tile_groups);
        out->tiles *= k->matmul.experts != 0 && !k->matmul.mixed ? k->matmul.slots : 1;
        out->tile_unit = k->matmul.row_tile;
        break;
    case KERNEL_sort:
        out->tile_unit = 0;
        break;
    case KERNEL_attention:
        out->tile_unit = k->attention.tile_rows;
        out->tiles = k->attention.shape.kv_heads;
        if (k->attention.shape.split_kv)
            chunk_tiles(&k->attention, out);
        break;
    case KERNEL_kv_write:
        out->tiles = k->kv_write.shape.kv_heads;
        break;
    case KERNEL_append:
        out->tiles = k->append.shape.kv_heads;
        break;
    case KERNEL_rope:
        out->tiles = k->rope.heads;
        break;
    case KERNEL_map:
        if (k->map.tile_columns != 0)
            out->tiles = (uint32_t)ceil_div(k->map.n, k->map.tile_columns);
        break;
    case KERNEL_scan:
        sequence_tiles(k, k->scan.n, out);
        break;
    case KERNEL_conv:
        sequence_tiles(k, k->conv.n, out);
        break;
    default:
        break;
    }
}

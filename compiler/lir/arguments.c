/* What each argument of a kernel is: role, width, bytes. The words are in kernel_kinds.def; this is
 * the same as a function. */
#include "compiler/lir/arguments.h"

static struct argument matrix(const struct lir_program *p, const struct lir_kernel *k, uint32_t i,
                              uint64_t width, uint32_t symbol)
{
    uint64_t rows = (uint64_t)p->upper[symbol];
    uint64_t bytes = rows == 0 ? 0 : ((rows - 1) * k->stride[i] + width) * 4;

    return (struct argument){ROLE_matrix, width, rows, bytes};
}

static struct argument vector(uint64_t width)
{
    return (struct argument){ROLE_vector, width, 1, round_up(width, 16) * 4};
}

static struct argument index_list(const struct lir_program *p, const struct lir_kernel *k)
{
    uint64_t rows = (uint64_t)p->upper[k->rows_symbol];

    return (struct argument){ROLE_index, 1, rows, rows * 4};
}

static struct argument row_states(const struct lir_program *p, const struct lir_kernel *k)
{
    uint64_t rows = (uint64_t)p->upper[k->rows_symbol];

    return (struct argument){ROLE_row_states, 1, rows, rows * 8};
}

static struct argument activation(const struct lir_program *p, const struct lir_kernel *k)
{
    uint64_t rows = (uint64_t)p->upper[k->rows_symbol];

    return (struct argument){ROLE_activation, k->k, rows, act_bytes(k, rows)};
}

static struct argument weight(const struct lir_kernel *k)
{
    uint64_t groups = ceil_div(k->n, ROW_GROUP) * (k->gated ? 2 : 1);

    return (struct argument){ROLE_weight, k->k, k->n,
                             layout_groups_bytes((enum layout)k->layout, groups, k->k)};
}

static struct argument state(const struct lir_kernel *k, bool is_value)
{
    uint64_t bytes =
        kv_state_bytes((enum dtype)k->kv, k->kv_heads, k->head_dim, k->context, is_value);

    return (struct argument){is_value ? ROLE_values : ROLE_keys, k->head_dim, k->context, bytes};
}

/* Counters of tiles that arrived, one cache line each. */
static struct argument arrivals(const struct lir_program *p, const struct lir_kernel *k)
{
    uint64_t rows = (uint64_t)p->upper[k->rows_symbol];

    return (struct argument){ROLE_work, 1, rows, rows * k->kv_heads * 64};
}

static struct argument partials(const struct lir_program *p, const struct lir_kernel *k,
                                uint32_t window)
{
    uint64_t rows = (uint64_t)p->upper[k->rows_symbol];
    uint64_t parts = rows * k->heads * attention_slots(k, window);

    return (struct argument){ROLE_work, 1, rows, parts * attention_partial_bytes(k)};
}

static struct argument kv_write_argument(const struct lir_program *p, const struct lir_kernel *k,
                                         uint32_t i)
{
    uint64_t q = (uint64_t)k->heads * k->head_dim, kv = (uint64_t)k->kv_heads * k->head_dim;
    uint64_t context = (uint64_t)p->upper[SYMBOL_PAST_SEQ]; /* the kernel has it rounded up */

    if (i == k->input_count + 3u)
        return arrivals(p, k);
    if (i >= k->input_count)
        return i == k->input_count ? matrix(p, k, i, q, k->rows_symbol)
                                   : state(k, i == k->input_count + 2u);
    switch (i) {
    case 0:
        return matrix(p, k, i, q, k->rows_symbol);
    case 1:
    case 2:
        return matrix(p, k, i, kv, k->rows_symbol);
    case 3:
        if (k->n_rot == 0)
            return (struct argument){.role = ROLE_any};
        return (struct argument){ROLE_table, k->n_rot, context, context * k->n_rot * 4};
    case 4:
        return index_list(p, k);
    default:
        return k->batched && i == k->input_count - 1u ? row_states(p, k) : vector(k->head_dim);
    }
}

static struct argument attention_argument(const struct lir_program *p, const struct lir_kernel *k,
                                          uint32_t window, uint32_t i)
{
    if (i == 1 || i == 2)
        return state(k, i == 2);
    if (i == 3 && k->batched)
        return index_list(p, k);
    if (i == 4 && k->batched)
        return row_states(p, k);
    if (i > k->input_count)
        return i == k->input_count + 1u ? partials(p, k, window) : arrivals(p, k);
    return matrix(p, k, i, (uint64_t)k->heads * k->head_dim, k->rows_symbol);
}

struct argument lir_argument(const struct lir_program *p, const struct lir_step *s, uint32_t i)
{
    const struct lir_kernel *k = step_kernel(p, s);
    bool is_output = i >= k->input_count;

    assert(i < kernel_arguments(k));
    switch (k->kind) {
    case KERNEL_embed:
        return is_output ? matrix(p, k, i, k->k, k->rows_symbol)
               : i == 0  ? index_list(p, k)
                         : weight(k);
    case KERNEL_rows:
        if (i == 1)
            return index_list(p, k);
        return matrix(p, k, i, k->k, is_output ? k->rows_symbol : (uint32_t)SYMBOL_ROWS);
    case KERNEL_row:
        return is_output ? activation(p, k)
               : i == 0  ? matrix(p, k, i, k->k, k->rows_symbol)
                         : vector(k->k);
    case KERNEL_matmul:
        if (i < 2)
            return i == 0 ? activation(p, k) : weight(k);
        break;
    case KERNEL_kv_write:
        return kv_write_argument(p, k, i);
    case KERNEL_attention:
        return attention_argument(p, k, s->values.window, i);
    default:
        break;
    }
    /* matmul's operands and map: a stride tells a matrix from a vector */
    return k->stride[i] == 0 && !is_output ? vector(k->n) : matrix(p, k, i, k->n, k->rows_symbol);
}

static void chunk_tiles(const struct lir_kernel *k, struct lir_step *out)
{
    out->tiles = (uint32_t)(k->kv_heads * ceil_div(k->n, k->tile_tokens));
    if (attention_follows_window(k, out->values.window)) {
        out->tiles *= attention_slots(k, out->values.window);
        out->tile_unit = 0;
    } else {
        out->tile_symbol = SYMBOL_KEYS;
        out->tile_unit = k->chunk;
    }
}

void kernel_tiles(const struct lir_kernel *k, struct lir_step *out)
{
    out->tile_symbol = k->rows_symbol;
    out->tile_unit = 1;
    out->tiles = 1;
    switch (k->kind) {
    case KERNEL_row:
        out->tile_unit = k->tile_tokens;
        break;
    case KERNEL_matmul:
        out->tiles =
            (uint32_t)ceil_div(ceil_div(k->n, ROW_GROUP) * (k->gated ? 2 : 1), k->tile_groups);
        out->tile_unit = 0;
        break;
    case KERNEL_attention:
        out->tile_unit = k->tile_tokens;
        out->tiles = k->kv_heads;
        if (k->partial)
            chunk_tiles(k, out);
        break;
    case KERNEL_kv_write:
        out->tiles = k->kv_heads;
        break;
    default:
        break;
    }
}

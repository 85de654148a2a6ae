/* One kernel by itself: fields that its kind needs, formats that go together, sizes in range. The
 * rules are those of kernel_kinds.def. */
#include "compiler/lir/verify.h"

enum {
    MOST_WIDTH = 1 << 28,
    MOST_HEADS = 1 << 14,
    MOST_HEAD_DIM = 1 << 12,
    MOST_CONTEXT = 1 << 30
};

struct question {
    const struct lir_kernel *kernel;
    const char *step;
    struct diags *diags;
    bool good;
};

static void require(struct question *q, bool holds, const char *what)
{
    if (!holds)
        q->good = diag_error(q->diags, (struct place){.object = q->step}, "kernel %s: expected %s",
                             kernel_kind_info[q->kernel->kind].name, what);
}

static void require_layout(struct question *q)
{
    const struct lir_kernel *k = q->kernel;
    bool known = k->layout != LAYOUT_none && k->layout < LAYOUT_COUNT;

    require(q, known, "a packed layout");
    require(q, !known || k->k % layout_multiple((enum layout)k->layout) == 0,
            "k to be a multiple of the layout's block");
    require(q, k->n != 0, "n above 0");
}

static void require_act(struct question *q)
{
    const struct lir_kernel *k = q->kernel;
    bool integer = k->act == ACT_i8 || k->act == ACT_i16;

    require(q, k->act < ACT_COUNT, "a known activation format");
    require(q, !integer || k->k % 32 == 0, "k to be a multiple of 32");
    require(q, integer || (k->bias == 0 && k->block_sums == 0), "no bias without integers");
    require(q, k->block_sums == 0 || k->block_sums == 2, "block_sums 0 or 2");
    require(q, k->tile_tokens != 0, "tile_tokens above 0");
}

static void verify_matmul(struct question *q)
{
    const struct lir_kernel *k = q->kernel;
    bool integer = k->act == ACT_i8 || k->act == ACT_i16;
    uint32_t values = k->gated ? 2 : 1;

    require_layout(q);
    require_act(q);
    if (q->good) {
        const struct layout_info *info = &layout_info[k->layout];
        require(q,
                !integer || (info->bits != 0 && k->bias == info->bias &&
                             (k->block_sums == 2) == (info->scales == 2)),
                "integers for a quantized layout, with its bias and sums");
        require(q, k->act != ACT_bf16 || k->layout == LAYOUT_bf16_r32,
                "bf16 activations for bf16 weights alone");
    }
    require(q, k->tile_groups != 0 && (!k->gated || k->tile_groups % 2 == 0),
            "tile_groups above 0, and even where gated");
    if (k->code_bytes == 0)
        require(q, k->input_count == 2 && !k->gated, "a formula for its operands");
    else
        require(q, scalar_valid(k->code, k->code_bytes, values + k->input_count - 2u),
                "a formula over its operands");
}

static void verify_heads(struct question *q)
{
    const struct lir_kernel *k = q->kernel;

    require(q, kv_is_served((enum dtype)k->kv), "a state of f32, f16 or q8_0");
    require(q,
            k->heads != 0 && k->heads <= MOST_HEADS && k->kv_heads != 0 &&
                k->heads % k->kv_heads == 0,
            "heads to be a multiple of kv_heads");
    require(q, k->head_dim != 0 && k->head_dim <= MOST_HEAD_DIM, "a head_dim in range");
    require(q, k->n_rot % 2 == 0 && k->n_rot <= k->head_dim, "an even n_rot of at most head_dim");
    require(q, k->context != 0 && k->context % 64 == 0 && k->context <= MOST_CONTEXT,
            "a context that is a multiple of 64");
    if (k->kind == KERNEL_attention) {
        require(q, k->tile_tokens != 0, "tile_tokens above 0");
        require(q, k->mask <= MASK_causal, "a known mask");
        require(q, k->windowed <= 1 && k->capped <= 1, "windowed and capped to be 0 or 1");
        require(q, !k->windowed || k->mask == MASK_causal, "a causal mask where windowed");
        require(q, k->act == ACT_f32 || (k->act == ACT_bf16 && k->head_dim % 2 == 0 && !k->partial),
                "f32, or bf16 with an even head_dim and no chunks");
        require(q, k->input_count == (k->batched ? 5 : 3),
                "positions and row_states exactly where batched");
        require(q, !k->batched || (k->mask == MASK_causal && k->tile_tokens == 1),
                "one row per tile and a causal mask where batched");
    } else {
        require(q, k->input_count == 5 + (k->qk_norm ? 2 : 0) + (k->batched ? 1 : 0),
                "norm weights exactly with qk_norm, row_states exactly where batched");
    }
    require(q, k->batched <= 1 && k->partial <= 1, "batched and partial to be 0 or 1");
    if (k->kind == KERNEL_attention && k->partial)
        require(q,
                k->chunk != 0 && k->chunk % 64 == 0 && k->chunk <= MOST_CONTEXT && k->n != 0 &&
                    k->n <= BLOCK_ROWS_MAX,
                "chunks of a multiple of 64 keys, and a most number of rows");
}

bool verify_kernel(const struct lir_kernel *k, const char *step, struct diags *d)
{
    struct question q = {k, step, d, true};
    const struct kernel_kind_info *info = &kernel_kind_info[k->kind];

    require(&q, k->input_count >= info->least_inputs && k->input_count <= info->most_inputs,
            "as many inputs as its kind has");
    require(&q, k->output_count == lir_kernel_outputs(k), "as many outputs as its kind has");
    require(&q, k->partial == 0 || k->kind == KERNEL_attention || k->kind == KERNEL_kv_write,
            "partial results of attention alone");
    require(&q, (!k->windowed && !k->capped) || k->kind == KERNEL_attention,
            "a window or a cap of attention alone");
    require(&q, k->rows_symbol == SYMBOL_ROWS || k->rows_symbol == SYMBOL_OUT_ROWS,
            "rows by ROWS or OUT_ROWS");
    require(&q, k->n <= MOST_WIDTH && k->k <= MOST_WIDTH, "widths in range");
    for (uint32_t i = 0; i < LIR_MAX_ARGS; i++)
        require(&q, k->stride[i] <= MOST_WIDTH, "strides in range");
    switch (k->kind) {
    case KERNEL_embed:
        require_layout(&q);
        require(&q, k->k != 0, "k above 0");
        break;
    case KERNEL_row:
        require_act(&q);
        require(&q, k->k != 0 && k->input_count == (k->norm != NORM_none ? 2 : 1),
                "a weight exactly with a norm");
        require(&q, k->norm <= NORM_rms, "a known norm");
        break;
    case KERNEL_rows:
        require(&q, k->k != 0, "k above 0");
        break;
    case KERNEL_matmul:
        verify_matmul(&q);
        require(&q, k->k != 0, "k above 0");
        break;
    case KERNEL_map:
        require(&q, k->n != 0 && scalar_valid(k->code, k->code_bytes, k->input_count),
                "a formula over its inputs");
        break;
    default:
        verify_heads(&q);
        break;
    }
    return q.good;
}

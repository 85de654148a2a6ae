/* Which kernels there is code for. In: a description and a machine; out: acceptance, or the reason
 * against it. */
#include "compiler/lir/arguments.h"
#include "targets/cpu/cpu.h"

#include <rlx/kernel.h>

static bool refuse(const struct lir_kernel *k, struct diags *d, const char *what)
{
    return diag_error(d, (struct place){.object = kernel_kind_info[k->kind].name},
                      "no code for the CPU: %s", what);
}

static bool accepts_matmul(const struct isa *isa, const struct lir_kernel *kernel, struct diags *d)
{
    const struct kernel_matmul *k = &kernel->matmul;
    bool quantized = layout_is_quantized(k->layout),
         integers = act_is_integer((enum act)k->format.act);

    if (k->layout == LAYOUT_none)
        return refuse(kernel, d,
                      "expected a packed weight, found one in the model file's own format");
    if (lir_has(kernel, MATMUL_norm))
        return refuse(kernel, d, "expected activations that a step before the product normed");
    if (integers && !quantized)
        return refuse(kernel, d, "expected quantized weights with int8 and int16 activations");
    if (integers && k->k % 32 != 0)
        return refuse(kernel, d,
                      "expected a multiple of 32 columns with int8 and int16 activations");
    if (k->format.act == ACT_i8_row && !layout_scales_rows(k->layout))
        return refuse(kernel, d, "expected weights with a scale per row with i8_row activations");
    if (k->k % layout_multiple(k->layout) != 0)
        return refuse(kernel, d, "expected columns that are a multiple of the weights' block");
    if (act_is_matrix(&k->format) && (isa->matrices == NULL || !matmul_uses_matrices(kernel)))
        return refuse(
            kernel, d,
            "expected a level with registers for matrices, and two row groups, with tiles of "
            "16 rows of bf16 or i8_row");
    if (k->format.act == ACT_bf16 && isa->bf16 == NULL)
        return refuse(kernel, d, "expected a level with a bf16 dot product with bf16 activations");
    if (k->format.act == ACT_bf16 && k->layout != LAYOUT_bf16_r32 && !act_is_matrix(&k->format))
        return refuse(
            kernel, d,
            "expected bf16 weights, or a level with registers for matrices, with bf16 activations");
    const uint32_t rows = k->experts != 0 ? k->expert_rows : k->format.tile_rows;
    if (k->tile_groups == 0 || rows == 0 || k->tile_groups > TILE_MAX_GROUPS ||
        rows > TILE_MAX_TOKENS || k->tile_groups * rows > TILE_MAX_SUMS ||
        (k->gated && k->tile_groups % 2 != 0) || k->row_tile != 0)
        return refuse(kernel, d, "a tile that its registers do not hold");
    return true;
}

static bool accepts_heads(const struct lir_kernel *k, uint32_t head_dim, struct diags *d)
{
    return (head_dim != 0 && head_dim <= HEAD_DIM_MAX) ||
           refuse(k, d, "expected heads of at most 512 values");
}

static bool accepts_rotation(const struct lir_kernel *k, uint32_t n_rot, uint32_t head_dim,
                             struct diags *d)
{
    return (n_rot % 2 == 0 && n_rot <= head_dim) ||
           refuse(k, d, "expected an even number of rotated values within the head");
}

static bool accepts_shape(const struct lir_kernel *k, struct diags *d)
{
    const struct head_shape *s = lir_shape(k);

    if (!kv_is_served((enum dtype)s->kv))
        return refuse(k, d, "expected a state of f32, f16 or q8_0");
    if (s->kv_heads == 0 || s->heads % s->kv_heads != 0)
        return refuse(k, d, "expected heads that are a multiple of the kv heads");
    return accepts_heads(k, s->head_dim, d);
}

static bool accepts_attention(const struct isa *isa, const struct lir_kernel *kernel,
                              struct diags *d)
{
    const uint64_t own_stack = 16 * 1024; /* besides the arrays of attention */
    const struct kernel_attention *k = &kernel->attention;

    if (!accepts_shape(kernel, d))
        return false;
    if (k->shape.heads == 0)
        return refuse(kernel, d, "expected at least one head");
    if (k->act == ACT_bf16 &&
        (isa->bf16 == NULL || k->shape.head_dim % 2 != 0 || k->shape.split_kv))
        return refuse(kernel, d,
                      "expected bf16 attention at a level with a bf16 dot product, of an even "
                      "head size and without chunks");
    if (k->matrices && isa->matrices == NULL)
        return refuse(kernel, d, "expected a level with registers for matrices");
    if (k->tile_rows == 0 || attention_stack_bytes(isa, k) > RLX_KERNEL_STACK_BYTES - own_stack)
        return refuse(kernel, d, "expected a tile of attention that fits the stack of a kernel");
    return true;
}

static bool accepts_norm_quant(const struct isa *isa, const struct lir_kernel *kernel,
                               struct diags *d)
{
    const struct kernel_norm_quant *k = &kernel->norm_quant;
    const uint32_t act = k->format.act;

    if (act == ACT_bf16 && isa->bf16 == NULL)
        return refuse(kernel, d, "bf16 activations at a level without a bf16 dot product");
    if (k->format.tile_rows == 0 && act != ACT_f32)
        return refuse(kernel, d, "expected at least one row per tile");
    return !act_is_integer((enum act)act) || k->k % 32 == 0 ||
           refuse(kernel, d, "expected a multiple of 32 columns with int8 and int16 activations");
}

/* The stack holds what is known of all experts. */
static bool accepts_experts(const struct lir_kernel *k, uint32_t experts, struct diags *d)
{
    return experts <= EXPERTS_MAX ||
           refuse(k, d,
                  arena_printf(d->arena, "expected at most %d experts, found %u", EXPERTS_MAX,
                               experts));
}

/* Without these LLVM calls functions of a library, which an image does not have. */
static bool has_instructions(const struct isa *isa, const struct lir_kernel *k, struct diags *d)
{
    if (!isa->fma)
        return refuse(k, d, "expected a machine with a fused multiply-add");
    return isa->f16 || refuse(k, d, "expected a machine that converts f16");
}

bool cpu_accepts(const struct isa *isa, const struct lir_kernel *k, struct diags *d)
{
    if (k->kind >= KERNEL_KIND_COUNT)
        return diag_error(d, (struct place){0}, "no code for the CPU: an unknown kernel kind");
    if (!has_instructions(isa, k, d))
        return false;
    if (lir_after(k).count != 0)
        return refuse(k, d, "expected a step after this one to norm what it made");
    switch (k->kind) {
    case KERNEL_matmul:
        return accepts_matmul(isa, k, d);
    case KERNEL_embed:
        return k->embed.layout != LAYOUT_none ||
               refuse(k, d, "expected a packed weight, found one in the model file's own format");
    case KERNEL_conv:
        return (k->conv.layout != LAYOUT_none && layout_is_plain(k->conv.layout)) ||
               refuse(k, d, "expected a packed weight of f32, f16 or bf16");
    case KERNEL_norm_quant:
        return accepts_norm_quant(isa, k, d);
    case KERNEL_kv_write:
        return accepts_shape(k, d) &&
               (!k->kv_write.all_heads ||
                refuse(k, d, "expected a step before the write to norm all heads at once")) &&
               accepts_rotation(k, k->kv_write.n_rot, k->kv_write.shape.head_dim, d);
    case KERNEL_route:
        return accepts_experts(k, k->route.experts, d);
    case KERNEL_sort:
        return accepts_experts(k, k->sort.experts, d);
    case KERNEL_append:
        return accepts_shape(k, d);
    case KERNEL_rope:
        return accepts_heads(k, k->rope.head_dim, d) &&
               accepts_rotation(k, k->rope.n_rot, k->rope.head_dim, d);
    case KERNEL_attention:
        return accepts_attention(isa, k, d);
    default:
        return true;
    }
}

/* Which kernels there is code for, and who prints it. In: a kernel; out: acceptance, or the reason
 * against it; its shader's body. */
#include "targets/vulkan/vulkan.h"

#include <rlx/shader.h>

static void (*const print_body[KERNEL_KIND_COUNT])(struct vulkan_shader *) = {
#define KERNEL(kind, KIND, title) [KERNEL_##kind] = vulkan_print_##kind,
#include "compiler/lir/kernel_kinds.def"
};

void vulkan_print_body(struct vulkan_shader *s)
{
    assert(s->kernel->kind < KERNEL_KIND_COUNT);
    print_body[s->kernel->kind](s);
}

/* ---- what is accepted ---- */

static bool refuse(const struct lir_kernel *k, struct diags *d, const char *what)
{
    return diag_error(d, (struct place){.object = kernel_kind_info[k->kind].name},
                      "no code for Vulkan: %s", what);
}

static bool accepts_act(uint32_t act)
{
    return act == ACT_f32 || act == ACT_i16 || act == ACT_i8;
}

static bool accepts_few_rows(const struct lir_kernel *kernel, struct diags *d)
{
    const struct kernel_matmul *k = &kernel->matmul;

    return (k->tile_groups != 0 && (k->row_tile != 0) == (k->experts == 0) &&
            k->expert_rows <= 16 && k->format.tile_rows != 0 &&
            (!k->gated || k->tile_groups % 2 == 0)) ||
           refuse(kernel, d, "a tile that it cannot have");
}

static bool accepts_many_rows(const struct lir_kernel *kernel, uint64_t features, struct diags *d)
{
    const struct kernel_matmul *k = &kernel->matmul;

    if ((k->row_tile != VULKAN_LOW_TILE && k->row_tile != VULKAN_HIGH_TILE) ||
        (k->tile_groups != 2 && k->tile_groups != 4) || k->format.tile_rows == 0)
        return refuse(kernel, d, "expected tiles of 32 or 64 rows and 2 or 4 row groups");
    if (k->format.act == ACT_i16 ||
        (k->format.act == ACT_i8 && (features & RLX_SHADER_INTEGER_DOT) == 0))
        return refuse(kernel, d,
                      "expected activations of f32 in tiles of 32 or 64 rows, or of int8 at the "
                      "level vulkan1.2-dot");
    return (!lir_has(kernel, MATMUL_norm) && !lir_has(kernel, MATMUL_after_norm)) ||
           refuse(kernel, d, "expected norms before and after tiles of 32 or 64 rows");
}

static bool accepts_matmul(const struct lir_kernel *kernel, uint64_t features, struct diags *d)
{
    const struct kernel_matmul *k = &kernel->matmul;
    const bool integers = act_is_integer((enum act)k->format.act);

    if (k->layout == LAYOUT_none)
        return refuse(kernel, d,
                      "expected a packed weight, found one in the model file's own format");
    if (integers && !layout_is_quantized((enum layout)k->layout))
        return refuse(kernel, d, "expected quantized weights with int8 and int16 activations");
    if (integers && k->k % LAYOUT_BLOCK != 0)
        return refuse(kernel, d,
                      "expected a multiple of 32 columns with int8 and int16 activations");
    if (k->k % layout_multiple((enum layout)k->layout) != 0)
        return refuse(kernel, d, "expected columns that are a multiple of the weights' block");
    if (!accepts_act(k->format.act))
        return refuse(kernel, d, "expected activations of f32, i16 or i8");
    return k->row_tile < VULKAN_LOW_TILE ? accepts_few_rows(kernel, d)
                                         : accepts_many_rows(kernel, features, d);
}

static bool accepts_norm_quant(const struct lir_kernel *kernel, struct diags *d)
{
    const struct kernel_norm_quant *k = &kernel->norm_quant;

    if (!accepts_act(k->format.act))
        return refuse(kernel, d, "expected activations of f32, i16 or i8");
    if (k->format.tile_rows == 0)
        return refuse(kernel, d, "expected at least one row per tile");
    return !act_is_integer((enum act)k->format.act) || k->k % LAYOUT_BLOCK == 0 ||
           refuse(kernel, d, "expected a multiple of 32 columns with int8 and int16 activations");
}

/* Shared memory holds a head, and what its norm or its softmax needs. */
static bool accepts_heads(const struct lir_kernel *k, uint32_t head_dim, struct diags *d)
{
    enum { HEAD_DIM_MAX = VULKAN_SHARED_MAX / 4 - 768 };

    return head_dim <= HEAD_DIM_MAX ||
           refuse(k, d,
                  arena_printf(d->arena, "expected heads of at most %u elements, found %u",
                               HEAD_DIM_MAX, head_dim));
}

static bool accepts_conv(const struct lir_kernel *k, struct diags *d)
{
    const enum layout layout = (enum layout)k->conv.layout;

    return (layout != LAYOUT_none && layout_is_plain(layout)) ||
           refuse(k, d, "expected weights of f32, f16 or bf16");
}

/* Shared memory holds what is known of all experts. */
static bool accepts_experts(const struct lir_kernel *k, uint32_t experts, struct diags *d)
{
    return experts <= VULKAN_EXPERTS_MAX ||
           refuse(k, d,
                  arena_printf(d->arena, "expected at most %u experts, found %u",
                               VULKAN_EXPERTS_MAX, experts));
}

bool vulkan_accepts(const struct lir_kernel *k, uint64_t features, struct diags *d)
{
    if (k->kind >= KERNEL_KIND_COUNT)
        return diag_error(d, (struct place){0}, "no code for Vulkan: an unknown kernel kind");
    switch (k->kind) {
    case KERNEL_matmul:
        return accepts_matmul(k, features, d);
    case KERNEL_norm_quant:
        return accepts_norm_quant(k, d);
    case KERNEL_embed:
        return k->embed.layout != LAYOUT_none ||
               refuse(k, d, "expected a packed weight, found one in the model file's own format");
    case KERNEL_conv:
        return accepts_conv(k, d);
    case KERNEL_attention:
        if (k->attention.act != ACT_f32)
            return refuse(k, d, "expected products of f32");
        return accepts_heads(k, k->attention.shape.head_dim, d);
    case KERNEL_route:
        return accepts_experts(k, k->route.experts, d);
    case KERNEL_sort:
        return accepts_experts(k, k->sort.experts, d);
    case KERNEL_rope:
        return accepts_heads(k, k->rope.head_dim, d);
    default:
        return lir_shape(k) == NULL || accepts_heads(k, lir_shape(k)->head_dim, d);
    }
}

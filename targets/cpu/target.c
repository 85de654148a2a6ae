/* The CPU target: its levels, the kernels that it accepts, and its choice of tiles. In:
 * descriptions of kernels; out: acceptance and tiles. emit.c makes the code; README.md explains
 * levels and tiles. */
#include "targets/cpu/cpu.h"

#include "runtime/base/cpu.h"

#include <rlx/artifact.h>
#include <rlx/kernel.h>

#include <elf.h>

enum {
    v3_features = CPU_X86_64_V3,
    v4_features = CPU_X86_64_V4 | RLX_CPU_AVX512VNNI | RLX_CPU_AVX512BF16
};

static const struct target_level levels[LEVEL_COUNT] = {
    [LEVEL_v3] = {"x86-64-v3", EM_X86_64, v3_features, {true, true, .bf16_dot = false}},
    [LEVEL_v4] = {"x86-64-v4-vnni-bf16", EM_X86_64, v4_features, {true, true, .bf16_dot = true}},
};

/* ---- what this machine has ---- */

static int native_level(void)
{
    uint64_t has = cpu_features();

    for (int i = LEVEL_COUNT; i-- > 0;)
        if ((levels[i].features & ~has) == 0)
            return i;
    return -1;
}

/* ---- what it accepts ---- */

static bool refuse(const struct lir_kernel *k, struct diags *d, const char *what)
{
    return diag_error(d, (struct place){.object = kernel_kind_info[k->kind].name},
                      "no code for the CPU: %s", what);
}

static bool accepts_matmul(uint32_t level, const struct lir_kernel *k, struct diags *d)
{
    bool quantized = layout_is_quantized(k->layout),
         integers = k->act == ACT_i8 || k->act == ACT_i16;

    if (k->layout == LAYOUT_none)
        return refuse(k, d, "expected a packed weight, found one in the model file's own format");
    if (integers && !quantized)
        return refuse(k, d, "expected quantized weights with int8 and int16 activations");
    if (integers && k->k % 32 != 0)
        return refuse(k, d, "expected a multiple of 32 columns with int8 and int16 activations");
    if (k->k % layout_multiple(k->layout) != 0)
        return refuse(k, d, "expected columns that are a multiple of the weights' block");
    if (k->act == ACT_bf16 && (k->layout != LAYOUT_bf16_r32 || !levels[level].traits.bf16_dot))
        return refuse(
            k, d,
            "expected bf16 weights and a level with a bf16 dot product with bf16 activations");
    if (k->tile_groups == 0 || k->tile_tokens == 0 || k->tile_groups > TILE_MAX_GROUPS ||
        k->tile_tokens > TILE_MAX_TOKENS || k->tile_groups * k->tile_tokens > TILE_MAX_SUMS ||
        (k->gated && k->tile_groups % 2 != 0))
        return refuse(k, d, "a tile that its registers do not hold");
    return true;
}

static bool accepts_heads(uint32_t level, const struct lir_kernel *k, struct diags *d)
{
    const uint64_t own_stack = 16 * 1024; /* besides the arrays of attention */

    if (!kv_is_served((enum dtype)k->kv))
        return refuse(k, d, "expected a state of f32, f16 or q8_0");
    if (k->kv_heads == 0 || k->heads == 0 || k->heads % k->kv_heads != 0 || k->head_dim == 0 ||
        k->head_dim > HEAD_DIM_MAX)
        return refuse(k, d,
                      "expected heads that are a multiple of the kv heads, of at most 512 values");
    if (k->n_rot % 2 != 0 || k->n_rot > k->head_dim)
        return refuse(k, d, "expected an even number of rotated values within the head");
    if (k->act == ACT_bf16 &&
        (!levels[level].traits.bf16_dot || k->head_dim % 2 != 0 || k->partial))
        return refuse(k, d,
                      "expected bf16 attention at a level with a bf16 dot product, of an even "
                      "head size and without chunks");
    if (k->kind == KERNEL_attention &&
        (k->tile_tokens == 0 ||
         attention_stack_bytes(level, k) > RLX_KERNEL_STACK_BYTES - own_stack))
        return refuse(k, d, "expected a tile of attention that fits the stack of a kernel");
    return true;
}

static bool accepts(uint32_t level, const struct lir_kernel *k, struct diags *d)
{
    if (level >= LEVEL_COUNT || k->kind >= KERNEL_KIND_COUNT)
        return diag_error(d, (struct place){0},
                          "no code for the CPU: an unknown level or kernel kind");
    switch (k->kind) {
    case KERNEL_matmul:
        return accepts_matmul(level, k, d);
    case KERNEL_embed:
        return k->layout != LAYOUT_none ||
               refuse(k, d, "expected a packed weight, found one in the model file's own format");
    case KERNEL_row:
        if (k->act == ACT_bf16 && !levels[level].traits.bf16_dot)
            return refuse(k, d, "bf16 activations at a level without a bf16 dot product");
        if (k->tile_tokens == 0 && k->act != ACT_f32)
            return refuse(k, d, "expected at least one row per tile");
        return (k->act != ACT_i8 && k->act != ACT_i16) || k->k % 32 == 0 ||
               refuse(k, d, "expected a multiple of 32 columns with int8 and int16 activations");
    case KERNEL_kv_write:
    case KERNEL_attention:
        return accepts_heads(level, k, d);
    default:
        return true;
    }
}

/* ---- tiles ---- */

/* Groups by tokens. A sum of a 16-lane vector is one register of 32 with AVX-512 and two of 16 with
 * AVX2; int8 needs two sums per output (integers of the block, f32 of the chain), int16 with
 * AVX-512 three. */
struct shape {
    uint8_t groups, tokens;
};

static struct shape single_token(const struct tile_request *r)
{
    if (layout_is_quantized(r->layout))
        return (struct shape){1, 1}; /* one stream of addresses; a block's sums are short chains */
    return (struct shape){2, 1}; /* a chain of fused steps over k for each group; one stream where
                                    their units alternate */
}

/* The rows of a block read the weights once and wait for memory: one stream of weights, of f32
 * two, and all rows in one tile where the registers hold its sums. */
static struct shape block_of_tokens(uint32_t level, const struct tile_request *r)
{
    const bool quantized = layout_is_quantized(r->layout);

    if (level == LEVEL_v3)
        return (struct shape){quantized ? 1 : 2, (uint8_t)min_u64(r->rows, 2)};
    if (quantized)
        return (struct shape){1, (uint8_t)min_u64(r->rows, 8)};
    return (struct shape){2, (uint8_t)min_u64(r->rows, 8)};
}

/* Integers that take longer to unpack for every tile of tokens than to read back unpacked. */
static bool is_unpacked_slowly(const struct tile_request *r)
{
    return (r->act == ACT_i8 || r->act == ACT_i16) && layout_info[r->layout].bits < 8 &&
           r->layout != LAYOUT_q4_0_r16;
}

static struct shape many_tokens(uint32_t level, const struct tile_request *r)
{
    const bool decoding = layout_is_quantized(r->layout) && r->act == ACT_f32;

    if (level == LEVEL_v3)
        return (struct shape){1, decoding ? 4 : r->act == ACT_f32 ? 6 : 2};
    if (decoding)
        return (struct shape){1, 8}; /* decoding an element costs as much as five tokens with it */
    switch (r->act) {
    case ACT_i8:
        return is_unpacked_slowly(r) ? (struct shape){2, 6} : (struct shape){4, 3};
    case ACT_i16: /* gate and up one after the other (k_matmul.c): a row of outputs each */
        return r->gated ? (struct shape){2, 8} : (struct shape){2, 4};
    default:
        return (struct shape){4, 6};
    }
}

static struct tile_choice choose_product(uint32_t level, const struct tile_request *r)
{
    bool block =
        r->rows <= 4 || (r->rows <= BLOCK_ROWS_MAX && level != LEVEL_v3 && r->act != ACT_i8);
    struct shape s = r->rows == 1 ? single_token(r)
                     : block      ? block_of_tokens(level, r)
                                  : many_tokens(level, r);
    uint64_t groups = ceil_div(r->n, ROW_GROUP) * (r->gated ? 2 : 1);

    while (s.groups > 1 && s.groups > groups)
        s.groups /= 2;
    if (r->gated && s.groups == 1) { /* gate and up together */
        s.groups = 2;
        if (!block && !layout_is_quantized(r->layout))
            s.tokens /= 2;
    }
    return (struct tile_choice){.groups = s.groups,
                                .rows = (uint8_t)max_u64(1, min_u64(s.tokens, r->rows)),
                                .staged = !block && r->rows > 1 && is_unpacked_slowly(r)};
}

static struct tile_choice choose_attention(const struct tile_request *r)
{
    uint32_t group = r->heads / r->kv_heads; /* queries of a row that share keys */
    /* bf16: a block becomes pairs once for all queries, as many as the stack holds */
    uint32_t queries = r->head_dim > 256    ? 24
                       : r->act == ACT_bf16 ? (r->head_dim > 128 ? 60 : 132)
                       : r->partial         ? 48
                                            : 24;

    return (struct tile_choice){
        .rows = r->batched ? 1 : (uint8_t)min_u64(r->rows, max_u64(1, queries / group))};
}

static struct tile_choice choose_tile(uint32_t level, const struct tile_request *request)
{
    struct tile_request r = *request;

    r.rows = max_u64(r.rows, 1);
    return r.what == TILED_attention ? choose_attention(&r) : choose_product(level, &r);
}

extern const struct target target_cpu;

const struct target target_cpu = {
    .name = "cpu",
    .code_kind = RLX_SECTION_CODE,
    .levels = levels,
    .level_count = LEVEL_COUNT,
    .native_level = native_level,
    .accepts = accepts,
    .choose_tile = choose_tile,
    .speed = cpu_speed,
    .emit = cpu_emit,
};

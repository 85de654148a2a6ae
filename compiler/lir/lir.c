/* What all parts of the low-level IR share: the table of kernel kinds, identity and names of
 * kernels, sizes of activation and state buffers. Formats and formulas are those of
 * kernel_kinds.def. */
#include "compiler/lir/lir.h"

#include <string.h>
#include <xxhash.h>

const struct kernel_kind_info kernel_kind_info[KERNEL_KIND_COUNT] = {
#define KERNEL(name, least, most, outputs) {#name, least, most, outputs},
#include "compiler/lir/kernel_kinds.def"
#undef KERNEL
};

_Static_assert(sizeof(struct lir_kernel) == 24 + 4 * (8 + 1 + LIR_MAX_ARGS) + SCALAR_MAX_CODE,
               "no padding: equal kernels are equal bytes");

uint64_t lir_kernel_key(const struct lir_kernel *k)
{
    return XXH3_64bits(k, sizeof *k);
}

uint32_t lir_kernel_outputs(const struct lir_kernel *k)
{
    uint32_t more = k->kind == KERNEL_kv_write ? 1 : k->kind == KERNEL_attention ? 2 : 0;

    return kernel_kind_info[k->kind].outputs + (k->partial ? more : 0);
}

uint32_t lir_launch_values(const struct lir_kernel *k, const struct lir_step *s,
                           uint32_t out[LIR_MAX_VALUES])
{
    uint32_t count = 0;

#define KERNEL(...)
#define VALUE(of_kind, index, type, name)                    \
    if (k->kind == KERNEL_##of_kind) {                       \
        memcpy(&out[index], &s->values.name, sizeof out[0]); \
        count = index + 1;                                   \
    }
#include "compiler/lir/kernel_kinds.def"
#undef VALUE
#undef KERNEL
    return count;
}

/* A row block spans window + tile_tokens - 1 keys, wherever it stands. */
static uint64_t window_chunks(const struct lir_kernel *k, uint32_t window)
{
    return ceil_div((uint64_t)(window - 1) + k->tile_tokens - 1, k->chunk) + 1;
}

bool attention_follows_window(const struct lir_kernel *k, uint32_t window)
{
    return k->windowed && window_chunks(k, window) < ceil_div(k->context, k->chunk);
}

uint32_t attention_slots(const struct lir_kernel *k, uint32_t window)
{
    return (uint32_t)(attention_follows_window(k, window) ? window_chunks(k, window)
                                                          : ceil_div(k->context, k->chunk));
}

uint64_t attention_partial_bytes(const struct lir_kernel *k)
{
    return (round_up(k->head_dim, 16) + 16) * 4;
}

/* The sizes and formats that a person asks for; the key behind them makes the name unique. */
static void name_parts(struct text *name, const struct lir_kernel *k)
{
    static const char *const act[ACT_COUNT] = {"f32", "bf16", "i16", "i8"};
    static const char *const symbol[] = {"batch", "seq", "rows", "past", "out"};

    switch (k->kind) {
    case KERNEL_embed:
        text_add(name, "_%s_%ux%u", layout_info[k->layout].name, k->n, k->k);
        break;
    case KERNEL_rows:
        text_add(name, "_%u", k->k);
        break;
    case KERNEL_row:
        text_add(name, "_%s_%s_%u_t%u", k->norm == NORM_rms ? "rms" : "plain", act[k->act], k->k,
                 k->tile_tokens);
        break;
    case KERNEL_matmul:
        text_add(name, "_%s_%s_%ux%u%s_%ux%u", layout_info[k->layout].name, act[k->act], k->n, k->k,
                 k->gated ? "_gated" : "", k->tile_groups, k->tile_tokens);
        break;
    case KERNEL_kv_write:
    case KERNEL_attention:
        text_add(name, "_%s_%ux%ux%u", dtype_info[k->kv].name, k->heads, k->kv_heads, k->head_dim);
        if (k->kind == KERNEL_attention)
            text_add(name, "_t%u", k->tile_tokens);
        if (k->kind == KERNEL_attention && k->partial)
            text_add(name, "_c%u", k->chunk);
        break;
    case KERNEL_map:
        text_add(name, "_%u", k->n);
        break;
    default:
        unreachable("a kernel kind without a name");
    }
    if (k->rows_symbol < countof(symbol))
        text_add(name, "_%s", symbol[k->rows_symbol]);
}

const char *lir_kernel_name(struct arena *a, const struct lir_kernel *k)
{
    struct text name = {.arena = a};

    text_add(&name, "%s", kernel_kind_info[k->kind].name);
    name_parts(&name, k);
    text_add(&name, "_%016llx", (unsigned long long)lir_kernel_key(k));
    return name.data;
}

uint32_t lir_kernel_intern(struct lir_kernels *kernels, const struct lir_kernel *k)
{
    for (uint32_t i = 0; i < kernels->count; i++)
        if (memcmp(&kernels->all[i], k, sizeof *k) == 0)
            return i;
    ARENA_PUSH(kernels->arena, kernels->all, kernels->count, kernels->capacity) = *k;
    return kernels->count - 1;
}

uint32_t act_block_bytes(const struct lir_kernel *k)
{
    assert(k->act == ACT_i8 || k->act == ACT_i16);
    return (k->act == ACT_i16 ? 64 : 32) + 4 + 4 * (k->block_sums == 2 ? 2 : 1);
}

uint64_t act_tile_bytes(const struct lir_kernel *k)
{
    uint64_t row = k->act == ACT_bf16 ? round_up(k->k, 2) * 2
                                      : (uint64_t)k->k / LAYOUT_BLOCK * act_block_bytes(k);

    assert(k->act != ACT_f32);
    return round_up(k->tile_tokens * row, 64);
}

uint64_t act_bytes(const struct lir_kernel *k, uint64_t rows)
{
    if (k->act == ACT_f32)
        return rows * round_up(k->k, 16) * 4;
    assert(k->tile_tokens != 0);
    return ceil_div(rows, k->tile_tokens) * act_tile_bytes(k);
}

bool kv_is_served(enum dtype kv)
{
    return kv == DTYPE_f32 || kv == DTYPE_f16 || kv == DTYPE_q8_0;
}

uint32_t kv_element_bytes(enum dtype kv)
{
    return kv == DTYPE_q8_0 ? 1 : dtype_info[kv].bytes;
}

uint32_t kv_width(enum dtype kv, uint32_t head_dim, bool is_value)
{
    return cache_width(head_dim, is_value, kv == DTYPE_q8_0);
}

uint64_t kv_state_bytes(enum dtype kv, uint32_t kv_heads, uint32_t head_dim, uint32_t context,
                        bool is_value)
{
    const uint64_t scale = kv == DTYPE_q8_0 ? 2 : 0;

    assert(kv_is_served(kv));
    return kv_heads * round_up(context, 64) *
           ((uint64_t)kv_width(kv, head_dim, is_value) * kv_element_bytes(kv) + scale);
}

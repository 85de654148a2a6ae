/* kernel_kinds.def as tables: the fields and arguments of each kind. In: the table and the fields
 * of one kernel; out: what the text form, the verifier and the scheduler ask about arguments. */
#include "compiler/lir/arguments.h"
#include "compiler/lir/lir_words.h"

#include <float.h>

enum {
    MAX_WIDTH = 1 << 28,
    MAX_TILE = UINT8_MAX,
    MAX_HEADS = 1 << 14,
    MAX_HEAD_DIM = 1 << 12,
    MAX_CONTEXT = 1 << 30,
    MAX_PAD = 1 << 10,
    MAX_TAPS = 8,
    MAX_EXPERTS = 1 << 12
};
#define MAX_REAL FLT_MAX

/* ---- equal kernels are equal bytes ---- */

_Static_assert(sizeof(struct act_format) == 4 * 4 && sizeof(struct head_shape) == 7 * 4 &&
                   sizeof(struct scalar_code) == 4 + SCALAR_MAX_CODE + 4 * SCALAR_MAX_NUMBERS,
               "no holes in what kinds share");
#define KERNEL(kind, KIND, title) _Static_assert(0
#define GROUP(type, member) +sizeof(struct type)
#define FIELD(kind, type, name, min, max, label) +sizeof(FIELD_TYPE_##type)
#define END(kind, KIND) == sizeof(struct kernel_##kind), "no holes");
#include "compiler/lir/kernel_kinds.def"

#define END(kind, KIND) _Static_assert(KIND##_ARGUMENTS <= LIR_MAX_ARGS, "room for its arguments");
#include "compiler/lir/kernel_kinds.def"

/* ---- tables ---- */

#define KERNEL(kind, KIND, title) static const struct kernel_field kind##_fields[] = {
#define FIELD(kind, type, name, min, max, label) \
    {#name, label, offsetof(struct lir_kernel, kind.name), FIELD_##type, min, max},
#define PART(kind, member, type, name, min, max, label) \
    {#name, label, offsetof(struct lir_kernel, kind.member.name), FIELD_##type, min, max},
#define END(kind, KIND) \
    {                   \
        .name = NULL    \
    }                   \
    }                   \
    ;
#include "compiler/lir/kernel_kinds.def"

enum { IN, OUT };
#define KERNEL(kind, KIND, title) static const struct argument_info kind##_arguments[] = {
#define ARG(KIND, name, role, direction, presence, width) {#name, ROLE_##role, direction, 1},
#define LIST(KIND, name, role, max, width) {#name, ROLE_##role, IN, max},
#define END(kind, KIND) \
    }                   \
    ;
#include "compiler/lir/kernel_kinds.def"

enum {
#define KERNEL(kind, KIND, title) kind##_outputs = 0
#define ARG(KIND, name, role, direction, presence, width) | direction << KIND##_##name
#define END(kind, KIND) ,
#include "compiler/lir/kernel_kinds.def"
#define KERNEL(kind, KIND, title) kind##_fixed = 0
#define ARG(KIND, name, role, direction, presence, width) +1
#define END(kind, KIND) ,
#include "compiler/lir/kernel_kinds.def"
};

const struct kernel_kind_info kernel_kind_info[KERNEL_KIND_COUNT] = {
#define END(kind, KIND) \
    {#kind,             \
     kind##_fields,     \
     kind##_arguments,  \
     kind##_outputs,    \
     kind##_fixed,      \
     KIND##_ARGUMENTS,  \
     sizeof(struct kernel_##kind)},
#include "compiler/lir/kernel_kinds.def"
};

const struct value_field value_fields[] = {
#define VALUE(kind, index, type, name) \
    {#name, offsetof(struct lir_values, name), FIELD_##type, KERNEL_##kind, index},
#include "compiler/lir/kernel_kinds.def"
};
const uint32_t value_field_count = countof(value_fields);

/* ---- presence and width, by the conditions and expressions of the table ---- */

/* Of operand `i` of a formula: a column's is 1. */
/* Rows [n] of all experts, one after the other; the last one is read in whole vectors. */
static uint64_t expert_bias_elements(const struct kernel_matmul *k)
{
    return k->experts == 0 ? 0 : (uint64_t)(k->experts - 1) * k->n + round_up(k->n, 16);
}

static uint64_t operand_width(uint32_t columns, uint32_t i, uint32_t n)
{
    return (columns >> i & 1) != 0 ? 1 : n;
}

#define ALWAYS PRESENCE_required
#define OPTIONAL PRESENCE_optional
#define WHEN(condition) ((condition) ? PRESENCE_required : PRESENCE_forbidden)

#define KERNEL(kind, KIND, title)                                                   \
    static enum presence kind##_presence(const struct kernel_##kind *k, uint32_t i) \
    {                                                                               \
        (void)k;                                                                    \
        switch (i) {
#define ARG(KIND, name, role, direction, presence, width) \
    case KIND##_##name:                                   \
        return presence;
#define END(kind, KIND)           \
    default:                      \
        return PRESENCE_optional; \
        }                         \
        }
#include "compiler/lir/kernel_kinds.def"

#define KERNEL(kind, KIND, title)                                           \
    static uint64_t kind##_width(const struct kernel_##kind *k, uint32_t i) \
    {                                                                       \
        switch (i) {
#define ARG(KIND, name, role, direction, presence, width) \
    case KIND##_##name:                                   \
        return width;
#define LIST(KIND, name, role, max, width) \
    default:                               \
        return width;
#define END(kind, KIND)                                     \
    }                                                       \
    unreachable("an argument that its kind does not have"); \
    }
#include "compiler/lir/kernel_kinds.def"

enum presence argument_presence(const struct lir_kernel *k, uint32_t i)
{
    switch ((enum kernel_kind)k->kind) {
#define KERNEL(kind, KIND, title) \
    case KERNEL_##kind:           \
        return kind##_presence(&k->kind, i);
#include "compiler/lir/kernel_kinds.def"
    default:
        unreachable("an unknown kernel kind");
    }
}

uint64_t argument_width(const struct lir_kernel *k, uint32_t i)
{
    switch ((enum kernel_kind)k->kind) {
#define KERNEL(kind, KIND, title) \
    case KERNEL_##kind:           \
        return kind##_width(&k->kind, i);
#include "compiler/lir/kernel_kinds.def"
    default:
        unreachable("an unknown kernel kind");
    }
}

/* ---- questions ---- */

const struct argument_info *argument_info(const struct lir_kernel *k, uint32_t argument)
{
    const struct kernel_kind_info *info = &kernel_kind_info[k->kind];

    assert(argument < info->max_arguments);
    return &info->arguments[min_u64(argument, info->fixed_arguments)];
}

uint32_t lir_slot(const struct lir_kernel *k, uint32_t argument)
{
    bool is_output = lir_is_output(k, argument);
    uint32_t slot = 0, count = lir_argument_count(k);

    assert(lir_has(k, argument));
    for (uint32_t i = 0; i < count; i++)
        if (lir_has(k, i) && (lir_is_output(k, i) == is_output ? i < argument : is_output))
            slot++;
    return slot;
}

uint32_t lir_slot_argument(const struct lir_kernel *k, uint32_t slot)
{
    uint32_t argument = 0;

    assert(slot < lir_slot_count(k));
    while (!lir_has(k, argument) || lir_slot(k, argument) != slot)
        argument++;
    return argument;
}

uint32_t lir_slot_count(const struct lir_kernel *k)
{
    return (uint32_t)__builtin_popcount(k->present);
}

const struct act_format *lir_format(const struct lir_kernel *k)
{
    return k->kind == KERNEL_norm_quant ? &k->norm_quant.format
           : k->kind == KERNEL_matmul   ? &k->matmul.format
                                        : NULL;
}

const struct head_shape *lir_shape(const struct lir_kernel *k)
{
    return k->kind == KERNEL_kv_write    ? &k->kv_write.shape
           : k->kind == KERNEL_append    ? &k->append.shape
           : k->kind == KERNEL_attention ? &k->attention.shape
                                         : NULL;
}

const struct scalar_code *lir_formula(const struct lir_kernel *k)
{
    return k->kind == KERNEL_matmul ? &k->matmul.code : k->kind == KERNEL_map ? &k->map.code : NULL;
}

uint32_t lir_columns(const struct lir_kernel *k)
{
    return k->kind == KERNEL_matmul ? k->matmul.columns
           : k->kind == KERNEL_map  ? k->map.columns
                                    : 0;
}

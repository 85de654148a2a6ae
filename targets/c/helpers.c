/* Functions that kernels call, each printed once in a file and before the kernels. In: a kernel, or
 * the bits of several; out: which functions it calls, and their text. */
#include "targets/c/c.h"

static const char half_to_float[] =
    "/* The value of 16 bits in IEEE 754 binary16, without branches so that loops vectorize. */\n"
    "static inline float half_to_float(uint16_t half)\n"
    "{\n"
    "    const uint32_t magnitude = half & 0x7fffu, sign = (uint32_t)(half & 0x8000u) << 16;\n"
    "    /* exponents of float are 112 more; of infinity and NaN, which have 31, 224 */\n"
    "    const uint32_t normal = (magnitude << 13) + ((magnitude < 0x7c00u ? 112u : 224u) << 23);\n"
    "    const uint32_t is_small = 0u - (uint32_t)(magnitude < 0x400u);\n"
    "    float value = (float)(int32_t)magnitude * 0x1p-24f; /* of zero and the subnormal ones */\n"
    "    uint32_t bits;\n"
    "\n"
    "    memcpy(&bits, &value, sizeof bits);\n"
    "    bits = sign | (bits & is_small) | (normal & ~is_small);\n"
    "    memcpy(&value, &bits, sizeof value);\n"
    "    return value;\n"
    "}\n";

static const char halves_to_floats[] =
    "/* 32 numbers of binary16 at once. */\n"
    "static void halves_to_floats(const uint8_t *from, float to[2][16])\n"
    "{\n"
    "    uint16_t halves[32];\n"
    "    float floats[32];\n"
    "\n"
    "    memcpy(halves, from, sizeof halves);\n"
    "    for (size_t i = 0; i < 32; i++)\n"
    "        floats[i] = half_to_float(halves[i]);\n"
    "    memcpy(to, floats, sizeof floats);\n"
    "}\n";

static const char float_to_half[] =
    "/* The nearest binary16, of two the even one; what is beyond 65504 becomes 65504. */\n"
    "static inline uint16_t float_to_half(float value)\n"
    "{\n"
    "    uint32_t bits, magnitude, sign;\n"
    "\n"
    "    memcpy(&bits, &value, sizeof bits);\n"
    "    magnitude = bits & 0x7fffffffu;\n"
    "    sign = bits >> 16 & 0x8000u;\n"
    "    if (magnitude > 0x7f800000u) /* NaN */\n"
    "        return (uint16_t)(sign | 0x7e00u);\n"
    "    if (magnitude > 0x477fe000u)\n"
    "        return (uint16_t)(sign | 0x7bffu);\n"
    "    if (magnitude < 0x38800000u) { /* below 2^-14: multiples of 2^-24, which 0.5f + x rounds to */\n"
    "        float sum;\n"
    "        memcpy(&sum, &magnitude, sizeof sum);\n"
    "        sum += 0.5f;\n"
    "        memcpy(&bits, &sum, sizeof bits);\n"
    "        return (uint16_t)(sign | (bits - 0x3f000000u));\n"
    "    }\n"
    "    magnitude += 0xfffu + (magnitude >> 13 & 1u);\n"
    "    return (uint16_t)(sign | (magnitude - (112u << 23)) >> 13);\n"
    "}\n";

static const char bf16_to_float[] = "/* bfloat16 is the upper half of a float. */\n"
                                    "static inline float bf16_to_float(uint16_t bf16)\n"
                                    "{\n"
                                    "    const uint32_t bits = (uint32_t)bf16 << 16;\n"
                                    "    float value;\n"
                                    "\n"
                                    "    memcpy(&value, &bits, sizeof value);\n"
                                    "    return value;\n"
                                    "}\n";

static const char float_to_bf16[] =
    "/* The nearest bfloat16, of two the even one. */\n"
    "static inline uint16_t float_to_bf16(float value)\n"
    "{\n"
    "    uint32_t bits;\n"
    "\n"
    "    memcpy(&bits, &value, sizeof bits);\n"
    "    if ((bits & 0x7fffffffu) > 0x7f800000u) /* NaN */\n"
    "        return (uint16_t)(bits >> 16 | 0x40u);\n"
    "    return (uint16_t)((bits + 0x7fffu + (bits >> 16 & 1u)) >> 16);\n"
    "}\n";

static const char larger[] = "static inline float larger(float a, float b)\n"
                             "{\n"
                             "    return a > b ? a : b;\n"
                             "}\n";

static const char smaller[] = "static inline float smaller(float a, float b)\n"
                              "{\n"
                              "    return a < b ? a : b;\n"
                              "}\n";

static const char hadamard[] =
    "/* Hadamard's matrix over the root of width, times every width elements of x: by sums and\n"
    " * differences of halves. width is a power of two that divides count. */\n"
    "static inline void hadamard(float *x, size_t count, size_t width)\n"
    "{\n"
    "    const float factor = 1.0f / sqrtf((float)width);\n"
    "\n"
    "    for (size_t half = 1; half < width; half *= 2)\n"
    "        for (size_t first = 0; first < count; first += 2 * half)\n"
    "            for (size_t i = first; i < first + half; i++) {\n"
    "                const float sum = x[i] + x[i + half], difference = x[i] - x[i + half];\n"
    "                x[i] = sum;\n"
    "                x[i + half] = difference;\n"
    "            }\n"
    "    for (size_t i = 0; i < count; i++)\n"
    "        x[i] *= factor;\n"
    "}\n";

/* In the order in which they are printed. */
static const struct {
    uint32_t helper;
    const char *text;
} helpers_in_order[] = {
    {C_HALF_TO_FLOAT, half_to_float},
    {C_HALVES_TO_FLOATS, halves_to_floats},
    {C_FLOAT_TO_HALF, float_to_half},
    {C_BF16_TO_FLOAT, bf16_to_float},
    {C_FLOAT_TO_BF16, float_to_bf16},
    {C_HADAMARD, hadamard},
    {C_LARGER, larger},
    {C_SMALLER, smaller},
};

/* ---- which a kernel calls ---- */

bool c_helpers_are_none(const struct c_helpers *helpers)
{
    uint64_t any = helpers->plain;

    for (uint32_t i = 0; i < C_WEIGHT_HELPERS; i++)
        any |= helpers->weight[i];
    return any == 0;
}

void c_helpers_add(struct c_helpers *helpers, const struct c_helpers *more)
{
    helpers->plain |= more->plain;
    for (uint32_t i = 0; i < C_WEIGHT_HELPERS; i++)
        helpers->weight[i] |= more->weight[i];
}

/* Plain elements, and scales of most forms, are halves or made of them. */
static void add_weight(struct c_helpers *helpers, enum layout layout, enum c_weight_helper what)
{
    const enum scale_form form = layout_info[layout].form;
    const bool rows = form != SCALE_none && form != SCALE_e8m0 && form != SCALE_ue4m3 &&
                      form != SCALE_zeros && form != SCALE_row,
               halves = rows || form == SCALE_ue4m3 || layout == LAYOUT_f16_r32 ||
                        layout == LAYOUT_f8_e4m3_r16;

    _Static_assert((int)LAYOUT_COUNT <= 64, "a bit for each layout");
    helpers->weight[what] |= UINT64_C(1) << layout;
    helpers->plain |=
        (halves ? (uint32_t)C_HALF_TO_FLOAT : 0) | (rows ? (uint32_t)C_HALVES_TO_FLOATS : 0);
}

static uint32_t helpers_of_formula(const struct scalar_code *code)
{
    return (scalar_has(code, S_MAX) ? (uint32_t)C_LARGER : 0) |
           (scalar_has(code, S_MIN) ? (uint32_t)C_SMALLER : 0);
}

static void add_matmul(struct c_helpers *helpers, const struct lir_kernel *kernel)
{
    const struct kernel_matmul *k = &kernel->matmul;
    const enum layout layout = (enum layout)k->layout;

    helpers->plain |= helpers_of_formula(&k->code);
    if (act_is_integer((enum act)k->format.act)) {
        add_weight(helpers, layout, C_UNPACK_INTEGERS);
        return;
    }
    add_weight(helpers, layout, C_UNPACK);
    if (c_matmul_has_dot(kernel))
        add_weight(helpers, layout, C_DOT);
    if (k->format.act == ACT_bf16)
        helpers->plain |= C_BF16_TO_FLOAT;
    if (c_matmul_rounds(k))
        helpers->plain |= C_FLOAT_TO_BF16;
}

/* States of keys and values in 16 bits, or in 8 bits with scales of 16. */
static uint32_t helpers_of_state(enum dtype kv, bool reads, bool writes)
{
    if (kv == DTYPE_f32)
        return 0;
    return (reads ? (uint32_t)C_HALF_TO_FLOAT : 0) | (writes ? (uint32_t)C_FLOAT_TO_HALF : 0);
}

static uint32_t helpers_of_attention(const struct kernel_attention *k)
{
    uint32_t helpers = helpers_of_state((enum dtype)k->shape.kv, true, false);

    return k->act == ACT_bf16 ? helpers | C_BF16_TO_FLOAT | C_FLOAT_TO_BF16 : helpers;
}

/* Those that do not depend on a layout of quantized weights. */
static uint32_t plain_helpers(const struct lir_kernel *k)
{
    const bool q8 = lir_shape(k) != NULL && lir_shape(k)->kv == DTYPE_q8_0;

    switch (k->kind) {
    case KERNEL_conv:
        return k->conv.layout == LAYOUT_f16_r32    ? (uint32_t)C_HALF_TO_FLOAT
               : k->conv.layout == LAYOUT_bf16_r32 ? (uint32_t)C_BF16_TO_FLOAT
                                                   : 0;
    case KERNEL_map:
        return helpers_of_formula(&k->map.code);
    case KERNEL_norm_quant:
        return k->norm_quant.format.act == ACT_bf16 ? (uint32_t)C_FLOAT_TO_BF16 : 0;
    case KERNEL_kv_write: /* an integer is divided by the scale as it is stored */
        return helpers_of_state((enum dtype)k->kv_write.shape.kv, q8, true) |
               (q8 ? (uint32_t)C_HADAMARD : 0);
    case KERNEL_append:
        return helpers_of_state((enum dtype)k->append.shape.kv, q8, true) |
               (q8 && k->append.is_value == 0 ? (uint32_t)C_HADAMARD : 0);
    case KERNEL_rope:
        return k->rope.hadamard != 0 ? (uint32_t)C_HADAMARD : 0;
    case KERNEL_attention:
        return helpers_of_attention(&k->attention);
    default:
        return 0;
    }
}

struct c_helpers c_helpers(const struct lir_kernel *k)
{
    struct c_helpers helpers = {.plain = plain_helpers(k)};

    if (k->kind == KERNEL_embed)
        add_weight(&helpers, (enum layout)k->embed.layout, C_UNPACK);
    else if (k->kind == KERNEL_matmul)
        add_matmul(&helpers, k);
    return helpers;
}

void c_helpers_text(const struct c_helpers *helpers, struct text *out)
{
    const char *between = "";

    for (uint32_t i = 0; i < countof(helpers_in_order); i++) {
        if ((helpers->plain & helpers_in_order[i].helper) == 0)
            continue;
        text_add(out, "%s%s", between, helpers_in_order[i].text);
        between = "\n";
    }
    for (uint32_t layout = 1; layout < LAYOUT_COUNT; layout++) {
        for (uint32_t i = 0; i < C_WEIGHT_HELPERS; i++) {
            if ((helpers->weight[i] >> layout & 1) == 0)
                continue;
            text_add(out, "%s", between);
            c_weight_helper_text((enum layout)layout, (enum c_weight_helper)i, out);
            between = "\n";
        }
    }
}

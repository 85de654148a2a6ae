/* Functions that kernels call, each printed once and before the kernel. In: their bits; out: their
 * text. Numbers are converted and formulas computed by integers, sums and products alone, whose
 * results Vulkan prescribes where they are `precise`: its own functions may round as they like, and
 * differ between devices. fma is no such operation: it may be two, and is never `precise`.
 */
#include "targets/vulkan/vulkan.h"

/* By 64 bits: llvmpipe gathers every element of a vector for itself, and takes as long for 64 bits as
 * for 32. Other devices load 16 bytes at once in either way. */
static const char loads[] = "uvec2 load_two_words(uint64_t address)\n"
                            "{\n"
                            "    return unpackUint2x32(Longs(address).at[0]);\n"
                            "}\n"
                            "\n"
                            "uvec4 load_words(uint64_t address)\n"
                            "{\n"
                            "    const u64vec2 two = Longs2(address).at[0];\n"
                            "    return uvec4(unpackUint2x32(two.x), unpackUint2x32(two.y));\n"
                            "}\n"
                            "\n"
                            "vec4 load_floats(uint64_t address)\n"
                            "{\n"
                            "    return uintBitsToFloat(load_words(address));\n"
                            "}\n";

static const char half_to_float[] =
    "// The value of 16 bits in IEEE 754 binary16.\n"
    "float half_to_float(uint half_bits)\n"
    "{\n"
    "    const uint magnitude = half_bits & 0x7fffu, sign = (half_bits & 0x8000u) << 16;\n"
    "    // exponents of float are 112 more; of infinity and NaN, which have 31, 224\n"
    "    const uint normal = (magnitude << 13) + ((magnitude < 0x7c00u ? 112u : 224u) << 23);\n"
    "    const uint small = floatBitsToUint(float(magnitude) * 5.9604645e-08); // 2^-24\n"
    "    return uintBitsToFloat(sign | (magnitude < 0x400u ? small : normal));\n"
    "}\n";

static const char halves_to_floats[] =
    "vec4 halves_to_floats(uvec2 four)\n"
    "{\n"
    "    return vec4(half_to_float(four.x & 0xffffu), half_to_float(four.x >> 16),\n"
    "                half_to_float(four.y & 0xffffu), half_to_float(four.y >> 16));\n"
    "}\n";

static const char float_to_half[] =
    "// The nearest binary16, of two the even one; what is beyond 65504 becomes 65504.\n"
    "uint float_to_half(float value)\n"
    "{\n"
    "    const uint bits = floatBitsToUint(value), sign = bits >> 16 & 0x8000u;\n"
    "    uint magnitude = bits & 0x7fffffffu;\n"
    "    if (magnitude > 0x7f800000u) // NaN\n"
    "        return sign | 0x7e00u;\n"
    "    if (magnitude > 0x477fe000u)\n"
    "        return sign | 0x7bffu;\n"
    "    if (magnitude < 0x38800000u) { // below 2^-14: multiples of 2^-24, which 0.5 + x rounds to\n"
    "        precise const float sum = uintBitsToFloat(magnitude) + 0.5;\n"
    "        return sign | (floatBitsToUint(sum) - 0x3f000000u);\n"
    "    }\n"
    "    magnitude += 0xfffu + (magnitude >> 13 & 1u);\n"
    "    return sign | (magnitude - (112u << 23)) >> 13;\n"
    "}\n";

/* x = n ln 2 + r with |r| <= ln(2)/2, e^x = 2^n (1 + r + r^2 Q(r)); ln 2 in two parts, n times the
 * first is exact. */
static const char exp_f32[] =
    "float exp_f32(float x)\n"
    "{\n"
    "    precise const float shifted = x * 1.442695 + 12582912.0;\n"
    "    precise const float n = shifted - 12582912.0; // an integer, also in the low bits of shifted\n"
    "    precise float r = n * -0.693359375 + x;\n"
    "    r = n * 2.1219444e-4 + r;\n"
    "    precise float q = 0.00138143194 * r + 0.00836885069;\n"
    "    q = q * r + 0.0416684002;\n"
    "    q = q * r + 0.166665196;\n"
    "    q = q * r + 0.49999994;\n"
    "    precise const float p = r * r * q + r + 1.0;\n"
    "    const float power = uintBitsToFloat(floatBitsToUint(p) + (floatBitsToUint(shifted) << 23));\n"
    "    return x < -87.3 ? 0.0 : x > 88.72283 ? uintBitsToFloat(0x7f800000u) : power;\n"
    "}\n";

/* x + x^3 R(x^2) near zero, else 1 - 2 / (e^(2|x|) + 1) with the sign of x. */
static const char tanh_f32[] =
    "float tanh_f32(float x)\n"
    "{\n"
    "    const float size = abs(x);\n"
    "    precise const float square = x * x;\n"
    "    precise float r = -0.00571704376 * square + 0.0206505861;\n"
    "    r = r * square - 0.0537434965;\n"
    "    r = r * square + 0.133314908;\n"
    "    r = r * square - 0.333332837;\n"
    "    precise const float near = x * square * r + x;\n"
    "    precise const float rest = 1.0 - 2.0 / (exp_f32(size + size) + 1.0);\n"
    "    return size < 0.625 ? near : x < 0.0 ? -rest : rest;\n"
    "}\n";

/* x + x S(x^2) near zero, else 1 - e^(|x| T(|x|)) with the sign of x. */
static const char erf_f32[] = "float erf_f32(float x)\n"
                              "{\n"
                              "    const float size = abs(x);\n"
                              "    precise const float square = x * x;\n"
                              "    precise float s = -0.000609036648 * square + 0.00501196415;\n"
                              "    s = s * square - 0.0267789099;\n"
                              "    s = s * square + 0.112821408;\n"
                              "    s = s * square - 0.376125233;\n"
                              "    s = s * square + 0.128379154;\n"
                              "    precise const float near = x * s + x;\n"
                              "    precise float t = -1.04331118e-05 * size + 0.000314858106;\n"
                              "    t = t * size - 0.00361034195;\n"
                              "    t = t * size + 0.0236945659;\n"
                              "    t = t * size - 0.106159049;\n"
                              "    t = t * size - 0.635198035;\n"
                              "    t = t * size - 1.12863708;\n"
                              "    precise const float rest = 1.0 - exp_f32(size * t);\n"
                              "    return size < 0.9 ? near : x < 0.0 ? -rest : rest;\n"
                              "}\n";

static const char larger[] = "float larger(float a, float b)\n"
                             "{\n"
                             "    return a > b ? a : b;\n"
                             "}\n";

static const char smaller[] = "float smaller(float a, float b)\n"
                              "{\n"
                              "    return a < b ? a : b;\n"
                              "}\n";

/* Memory that the functions below share: LANES_MAX lanes. */
static const char joined[] = "shared float joined[LANES_MAX];\n";

static const char sum_of_lanes[] =
    "// The sum of the first lanes of joined, by halves; all threads call it, and all get it.\n"
    "float sum_of_lanes(uint lanes)\n"
    "{\n"
    "    for (uint count = lanes; count > 1; count = (count + 1) / 2) {\n"
    "        barrier();\n"
    "        for (uint i = gl_LocalInvocationID.x; i < count / 2; i += THREADS)\n"
    "            joined[i] += joined[i + (count + 1) / 2];\n"
    "    }\n"
    "    barrier();\n"
    "    return joined[0];\n"
    "}\n";

static const char largest_of_lanes[] =
    "// Likewise the largest, of a power of two.\n"
    "float largest_of_lanes(uint lanes)\n"
    "{\n"
    "    for (uint half_count = lanes / 2; half_count != 0; half_count /= 2) {\n"
    "        barrier();\n"
    "        for (uint i = gl_LocalInvocationID.x; i < half_count; i += THREADS)\n"
    "            joined[i] = max(joined[i], joined[i + half_count]);\n"
    "    }\n"
    "    barrier();\n"
    "    return joined[0];\n"
    "}\n";

/* In the order in which they are printed, with what they call. */
static const struct {
    uint32_t helper, calls;
    const char *text;
} helpers_in_order[] = {
    {VULKAN_LOADS, 0, loads},
    {VULKAN_HALF_TO_FLOAT, 0, half_to_float},
    {VULKAN_HALVES, VULKAN_HALF_TO_FLOAT, halves_to_floats},
    {VULKAN_FLOAT_TO_HALF, 0, float_to_half},
    {VULKAN_EXP, 0, exp_f32},
    {VULKAN_TANH, VULKAN_EXP, tanh_f32},
    {VULKAN_ERF, VULKAN_EXP, erf_f32},
    {VULKAN_LARGER, 0, larger},
    {VULKAN_SMALLER, 0, smaller},
    {VULKAN_SUM | VULKAN_LARGEST, 0, joined},
    {VULKAN_SUM, 0, sum_of_lanes},
    {VULKAN_LARGEST, 0, largest_of_lanes},
};

void vulkan_helpers_text(uint32_t helpers, struct text *out)
{
    for (uint32_t i = 0; i < countof(helpers_in_order); i++)
        if ((helpers & helpers_in_order[i].helper) != 0)
            helpers |= helpers_in_order[i].calls;
    for (uint32_t i = 0; i < countof(helpers_in_order); i++)
        if ((helpers & helpers_in_order[i].helper) != 0)
            text_add(out, "%s\n", helpers_in_order[i].text);
}

/* How close each kernel comes to the machine's limits, for predictions (`rlxc plan`). In: a kernel;
 * out: the peak that bounds it, and the share of it and of reading in large pages that it reaches.
 *
 * Products of q8_0, q4_0, formats of 256 and 16 bits on AVX-512: as whole runs of rlx bench have
 * them (tests/perf/predictions.py, Zen 5); attention of prompts: perf record of such runs. The rest
 * and x86-64-v3: kernels alone, on one thread of the same machine, or (q2_k to q6_k of x86-64-v3 and
 * i8_g*) on two of an Emerald Rapids (tests/perf/log.md), so estimates
 * for whole runs and for machines that have no AVX-512, whose peaks its code cannot reach here.
 */
#include "targets/cpu/cpu.h"

enum { ANY = -1, QUANTIZED = -2 };

/* What was measured, by the integer dot product of the code: AVX2 and AVX-512. */
enum measured { WIDEN16, VNNI512, MEASURED_COUNT };

struct shares {
    enum speed_peak peak;
    double passes, of_peak, of_read;
};

/* The first line that matches counts. */
static const struct line {
    enum measured code;
    int layout, act;
    struct shares speed;
} matmuls[] = {
    /* code    layout           act       peak        passes  of peak  of read */
    {VNNI512, LAYOUT_q8_0_r16, ACT_i16, {SPEED_int8, 2, 0.70, 0.97}},
    {VNNI512, LAYOUT_q4_0_r16, ACT_i16, {SPEED_int8, 2, 0.70, 0.98}},
    {VNNI512, LAYOUT_q4_1_r16, ACT_i16, {SPEED_int8, 2, 0.70, 0.95}},
    {VNNI512, LAYOUT_q5_0_r16, ACT_i16, {SPEED_int8, 2, 0.67, 0.96}},
    {VNNI512, LAYOUT_q5_1_r16, ACT_i16, {SPEED_int8, 2, 0.65, 0.96}},
    {VNNI512, LAYOUT_q2_k_r16, ACT_i16, {SPEED_int8, 2, 0.48, 0.55}},
    {VNNI512, LAYOUT_q3_k_r16, ACT_i16, {SPEED_int8, 2, 0.50, 0.69}},
    {VNNI512, LAYOUT_nvfp4_r16, ACT_i16, {SPEED_int8, 2, 0.51, 0.83}},
    {VNNI512, LAYOUT_tq2_0_r16, ACT_i16, {SPEED_int8, 2, 0.64, 0.66}},
    {VNNI512, LAYOUT_iq1_t3_r16, ACT_i16, {SPEED_int8, 2, 0.50, 0.60}},
    {VNNI512, LAYOUT_iq2_t3_r16, ACT_i16, {SPEED_int8, 2, 0.50, 0.60}},
    {VNNI512, ANY, ACT_i16, {SPEED_int8, 2, 0.65, 0.95}},
    {VNNI512, LAYOUT_q8_0_r16, ACT_i8, {SPEED_int8, 1, 0.67, 0.90}},
    {VNNI512, LAYOUT_q4_0_r16, ACT_i8, {SPEED_int8, 1, 0.69, 0.90}},
    {VNNI512, LAYOUT_q5_0_r16, ACT_i8, {SPEED_int8, 1, 0.68, 0.90}},
    {VNNI512, LAYOUT_q2_k_r16, ACT_i8, {SPEED_int8, 1, 0.36, 0.55}},
    {VNNI512, LAYOUT_q3_k_r16, ACT_i8, {SPEED_int8, 1, 0.48, 0.69}},
    {VNNI512, ANY, ACT_i8, {SPEED_int8, 1, 0.62, 0.90}},
    {VNNI512, ANY, ACT_i8_row, {SPEED_int8, 1, 0.85, 0.90}},
    {VNNI512, ANY, ACT_bf16, {SPEED_bf16, 1, 0.88, 0.88}},
    {VNNI512, LAYOUT_f8_e4m3_r16, ACT_f32, {SPEED_f32, 1, 0.58, 0.75}},
    {VNNI512, LAYOUT_i8_g32_r16, ACT_f32, {SPEED_f32, 1, 0.58, 0.76}},
    {VNNI512, LAYOUT_i8_g128_r16, ACT_f32, {SPEED_f32, 1, 0.58, 0.72}},
    {VNNI512, LAYOUT_nf4_r16, ACT_f32, {SPEED_f32, 1, 0.77, 0.61}},
    {VNNI512, LAYOUT_fp4_r16, ACT_f32, {SPEED_f32, 1, 0.77, 0.61}},
    {VNNI512, QUANTIZED, ACT_f32, {SPEED_f32, 1, 0.72, 0.38}},
    {VNNI512, LAYOUT_f16_r32, ACT_f32, {SPEED_f32, 1, 0.78, 0.98}},
    {VNNI512, ANY, ACT_f32, {SPEED_f32, 1, 0.94, 0.98}},
    {WIDEN16, LAYOUT_q4_0_r16, ACT_i8, {SPEED_int8, 1, 0.19, 0.57}},
    {WIDEN16, LAYOUT_q8_0_r16, ACT_i8, {SPEED_int8, 1, 0.19, 0.76}},
    {WIDEN16, LAYOUT_iq4_nl_r16, ACT_i8, {SPEED_int8, 1, 0.19, 0.76}},
    {WIDEN16, LAYOUT_iq4_xs_r16, ACT_i8, {SPEED_int8, 1, 0.19, 0.76}},
    {WIDEN16, ANY, ACT_i8, {SPEED_int8, 1, 0.38, 0.76}},
    {WIDEN16, ANY, ACT_i8_row, {SPEED_int8, 1, 0.19, 0.76}},
    {WIDEN16, LAYOUT_q8_0_r16, ACT_i16, {SPEED_int8, 1, 0.19, 0.94}},
    {WIDEN16, LAYOUT_q4_0_r16, ACT_i16, {SPEED_int8, 1, 0.19, 0.85}},
    {WIDEN16, LAYOUT_q4_1_r16, ACT_i16, {SPEED_int8, 1, 0.19, 0.90}},
    {WIDEN16, LAYOUT_q5_0_r16, ACT_i16, {SPEED_int8, 1, 0.19, 0.86}},
    {WIDEN16, LAYOUT_q5_1_r16, ACT_i16, {SPEED_int8, 1, 0.19, 0.86}},
    {WIDEN16, LAYOUT_q2_k_r16, ACT_i16, {SPEED_int8, 1, 0.19, 0.75}},
    {WIDEN16, LAYOUT_q3_k_r16, ACT_i16, {SPEED_int8, 1, 0.19, 0.69}},
    {WIDEN16, LAYOUT_q4_k_r16, ACT_i16, {SPEED_int8, 1, 0.19, 0.80}},
    {WIDEN16, LAYOUT_q5_k_r16, ACT_i16, {SPEED_int8, 1, 0.19, 0.75}},
    {WIDEN16, LAYOUT_q6_k_r16, ACT_i16, {SPEED_int8, 1, 0.19, 0.79}},
    {WIDEN16, LAYOUT_tq2_0_r16, ACT_i16, {SPEED_int8, 1, 0.19, 0.46}},
    {WIDEN16, LAYOUT_iq1_t3_r16, ACT_i16, {SPEED_int8, 1, 0.19, 0.50}},
    {WIDEN16, LAYOUT_iq2_t3_r16, ACT_i16, {SPEED_int8, 1, 0.19, 0.50}},
    {WIDEN16, ANY, ACT_i16, {SPEED_int8, 1, 0.19, 0.77}},
    {WIDEN16, LAYOUT_f8_e4m3_r16, ACT_f32, {SPEED_f32, 1, 0.28, 0.63}},
    {WIDEN16, LAYOUT_i8_g32_r16, ACT_f32, {SPEED_f32, 1, 0.28, 0.67}},
    {WIDEN16, LAYOUT_i8_g128_r16, ACT_f32, {SPEED_f32, 1, 0.28, 0.55}},
    {WIDEN16, LAYOUT_nf4_r16, ACT_f32, {SPEED_f32, 1, 0.30, 0.28}},
    {WIDEN16, LAYOUT_fp4_r16, ACT_f32, {SPEED_f32, 1, 0.30, 0.28}},
    {WIDEN16, QUANTIZED, ACT_f32, {SPEED_f32, 1, 0.30, 0.36}},
    {WIDEN16, LAYOUT_f32_r16, ACT_f32, {SPEED_f32, 1, 0.45, 0.90}},
    {WIDEN16, ANY, ACT_f32, {SPEED_f32, 1, 0.45, 0.98}},
};

static const struct shares attention[MEASURED_COUNT] = {
    [WIDEN16] = {SPEED_f32, 1, 0.30, 0.80},
    [VNNI512] = {SPEED_f32, 1, 0.58, 0.96},
};
static const struct shares prompt_attention = {SPEED_bf16, 1, 0.46, 0.87},
                           matrices_attention = {SPEED_bf16, 1, 2.2, 0.87};

/* Norms, conversion and maps, and rotation with writing the KV cache: taken as eight operations per
 * element. */
static const struct shares elements[MEASURED_COUNT] = {
    [WIDEN16] = {SPEED_f32, 8, 0.05, 0.80},
    [VNNI512] = {SPEED_f32, 8, 0.07, 0.87},
};
static const struct shares kv_writes[MEASURED_COUNT] = {
    [WIDEN16] = {SPEED_f32, 8, 0.04, 0.80},
    [VNNI512] = {SPEED_f32, 8, 0.05, 0.87},
};

static bool fits(const struct line *l, enum measured code, const struct kernel_matmul *k)
{
    bool quantized = layout_info[k->layout].unit >= 64;

    return l->code == code && l->act == (int)k->format.act &&
           (l->layout == ANY || l->layout == (int)k->layout ||
            (l->layout == QUANTIZED && quantized));
}

/* Start-up seconds of a step: its threads do not arrive at the same time, and lines of code, tables
 * and KV cache that were last read for the previous token come from memory one after the other.
 * From time stamps around the steps of a token (tests/perf/log.md), less the time that the shares
 * above explain. */
static double start_of(enum kernel_kind kind)
{
    switch (kind) {
    case KERNEL_matmul:
        return 0.4e-6;
    case KERNEL_attention:
        return 1.5e-6;
    case KERNEL_kv_write:
    case KERNEL_append:
        return 3.5e-6;
    default:
        return 0.8e-6;
    }
}

/* With registers for matrices, as kernels alone on an Emerald Rapids: shares of what its vectors reach. */
static const struct shares matrices_bf16 = {SPEED_int8, 1, 0.90, 0.88},
                           matrices_i8 = {SPEED_int8, 1, 1.80, 0.90};

/* A machine that was not measured counts as the one whose integers it multiplies alike. */
static struct shares shares_of(const struct isa *isa, const struct lir_kernel *k)
{
    const enum measured code = isa->integers->takes_bytes ? VNNI512 : WIDEN16;

    if (k->kind == KERNEL_attention && k->attention.matrices)
        return matrices_attention;
    if (k->kind == KERNEL_attention)
        return k->attention.act == ACT_bf16 ? prompt_attention : attention[code];
    if (k->kind == KERNEL_kv_write || k->kind == KERNEL_append || k->kind == KERNEL_rope)
        return kv_writes[code];
    if (matmul_uses_matrices(k))
        return k->matmul.format.act == ACT_bf16 ? matrices_bf16 : matrices_i8;
    for (uint32_t i = 0; i < countof(matmuls) && k->kind == KERNEL_matmul; i++)
        if (fits(&matmuls[i], code, &k->matmul))
            return matmuls[i].speed;
    return elements[code];
}

struct target_speed cpu_speed(const struct isa *isa, const struct lir_kernel *k)
{
    struct shares s = shares_of(isa, k);

    return (struct target_speed){s.peak, s.passes, s.of_peak, s.of_read,
                                 start_of((enum kernel_kind)k->kind)};
}

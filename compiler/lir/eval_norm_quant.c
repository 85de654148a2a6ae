/* Activation buffers and the kernel that makes them. The packed forms are private to the target
 * that makes and reads them. This one is plain: in each tile all rows one after the other, then the
 * scale and the sums of every block (unused here: eval_matmul.c adds up what it needs). The
 * roundings are those of kernel_kinds.def.
 */
#include "compiler/lir/eval.h"

#include "compiler/base/float16.h"

#include <math.h>
#include <string.h>

struct act_row lir_act_row(const struct act_format *f, uint32_t k, uint8_t *buffer, uint64_t row)
{
    const uint64_t width = k, rows = f->tile_rows;
    uint64_t in_tile, row_bytes;
    uint8_t *tile;

    if (f->act == ACT_f32)
        return (struct act_row){buffer + row * round_up(width, 16) * 4, NULL};
    in_tile = row % rows;
    tile = buffer + row / rows * act_tile_bytes(f, k);
    if (f->act == ACT_bf16)
        return (struct act_row){tile + in_tile * round_up(width, 2) * 2, NULL};
    row_bytes = width * act_element_bytes(f);
    return (struct act_row){tile + in_tile * row_bytes,
                            tile + rows * row_bytes +
                                in_tile * (width / act_block((enum act)f->act, k)) *
                                    act_scale_bytes(f)};
}

float lir_rms_factor(const float *x, uint64_t width, float epsilon)
{
    double sum = 0;

    for (uint64_t i = 0; i < width; i++)
        sum += (double)x[i] * x[i];
    return (float)(1 / sqrt(sum / (double)width + epsilon));
}

void lir_rms(const float *x, const float *weight, uint64_t width, float epsilon, float *y)
{
    const float scale = lir_rms_factor(x, width, epsilon);

    for (uint64_t i = 0; i < width; i++)
        y[i] = x[i] * scale * weight[i];
}

float lir_greater_magnitude(float max, float x)
{
    return isnan(x) || fabsf(x) > max ? fabsf(x) : max;
}

/* Block `block`, `count` elements that share a scale, in 8 or 16 bits. A block so small that the
 * multiplier overflows is taken as zeros. */
static void quantize(const float *x, uint32_t count, const struct act_format *k, struct act_row to,
                     uint64_t block)
{
    const bool wide = k->act == ACT_i16;
    const uint32_t sum_count = k->block_sums == 2 ? 2 : 1;
    const float max = act_max((enum act)k->act);
    uint8_t *after = to.blocks + block * act_scale_bytes(k);
    float largest = 0, scale;
    int32_t sum[2] = {0};

    for (uint32_t i = 0; i < count; i++)
        largest = lir_greater_magnitude(largest, x[i]);
    float multiplier = max / largest;
    bool is_zero = largest < 0x1p-100f;
    scale = is_zero ? 0 : largest / max;
    for (uint32_t i = 0; i < count; i++) {
        float scaled = x[i] * multiplier; /* not finite: neither is the scale, which then counts */
        int32_t q = is_zero || !isfinite(scaled) ? 0 : (int32_t)rintf(scaled);
        int16_t q16 = (int16_t)q;
        int8_t q8 = (int8_t)q;
        sum[i / (count / sum_count)] += q;
        if (wide)
            memcpy(to.elements + (block * count + i) * 2, &q16, 2);
        else
            memcpy(to.elements + block * count + i, &q8, 1);
    }
    memcpy(after, &scale, 4);
    for (uint32_t i = 0; i < sum_count; i++) {
        int32_t negated = -(int32_t)k->bias * sum[i];
        float scaled = scale * (float)sum[i];
        memcpy(after + 4 + 4 * i, k->bias != 0 ? (void *)&negated : &scaled, 4);
    }
}

static void store_row(const struct call *c, const float *y, uint64_t row)
{
    const struct kernel_norm_quant *k = &c->kernel->norm_quant;
    struct act_row to = lir_act_row(&k->format, k->k, c->args[NORM_QUANT_out], row);

    if (k->format.act == ACT_f32) {
        memcpy(to.elements, y, k->k * sizeof *y);
    } else if (k->format.act == ACT_bf16) {
        for (uint64_t i = 0; i < round_up(k->k, 2); i++) {
            uint16_t bits = i < k->k ? f32_to_bf16(y[i]) : 0;
            memcpy(to.elements + i * 2, &bits, 2);
        }
    } else {
        const uint32_t block = act_block((enum act)k->format.act, k->k);
        for (uint64_t b = 0; b < k->k / block; b++)
            quantize(y + b * block, block, &k->format, to, b);
    }
}

/* Subtracts the mean of a row. */
static void center(float *x, uint64_t width)
{
    double sum = 0;

    for (uint64_t i = 0; i < width; i++)
        sum += x[i];
    for (uint64_t i = 0; i < width; i++)
        x[i] -= (float)(sum / (double)width);
}

void lir_norm(const float *x, const struct lir_norm *n, uint64_t width, float *y)
{
    memmove(y, x, width * sizeof *y);
    if (n->centered)
        center(y, width);
    if (n->weight != NULL)
        lir_rms(y, n->weight, width, n->epsilon, y);
    for (uint64_t i = 0; i < width && n->bias != NULL; i++)
        y[i] += n->bias[i];
    for (uint64_t i = 0; i < width && n->residual != NULL; i++)
        y[i] += n->residual[i];
    for (uint64_t i = 0; i < width && n->scale != NULL; i++)
        y[i] *= n->scale[i];
}

void lir_run_norm_quant(const struct call *c)
{
    const struct kernel_norm_quant *k = &c->kernel->norm_quant;
    struct arena scratch = {0};
    float *y = arena_new(&scratch, float, k->k);

    for (uint64_t r = 0; r < c->rows; r++) {
        const struct lir_norm norm = {.weight = row_if(c, NORM_QUANT_weight, 0),
                                      .bias = row_if(c, NORM_QUANT_bias, 0),
                                      .residual = row_if(c, NORM_QUANT_residual, r),
                                      .scale = row_if(c, NORM_QUANT_scale, 0),
                                      .epsilon = k->epsilon,
                                      .centered = k->centered != 0};
        lir_norm(row_at(c, NORM_QUANT_x, r), &norm, k->k, y);
        store_row(c, y, r);
    }
    arena_free(&scratch);
}

void lir_norm_stored(const struct call *c)
{
    const struct lir_after after = lir_after(c->kernel);

    for (uint32_t i = 0; i < after.count; i++)
        for (uint64_t r = 0; r < c->rows; r++) {
            const struct lir_norm norm = {.weight = row_at(c, after.norms[i].weight, 0),
                                          .bias = row_if(c, after.norms[i].bias, 0),
                                          .residual = row_if(c, after.norms[i].residual, r),
                                          .scale = row_if(c, after.norms[i].scale, 0),
                                          .epsilon = after.epsilon,
                                          .centered = after.centered};
            lir_norm(row_at(c, after.out, r), &norm, after.n, row_at(c, after.norms[i].normed, r));
        }
}

/* The matmul kernel in plain loops: for each output one chain of f32 operations in the order of k,
 * as kernel_kinds.def says.
 */
#include "compiler/lir/eval.h"

#include "compiler/base/float16.h"

#include <math.h>
#include <string.h>

enum { BLOCK = LAYOUT_BLOCK };

/* Everything of one weight row that its format needs, decoded once and used for all rows of x. */
struct weight_row {
    float *values;               /* f32 and bf16 activations */
    struct layout_block *blocks; /* i8 and i16 */
};

/* Row r of a row group of a matrix. */
static void read_weights(const struct kernel_matmul *k, const uint8_t *weights,
                         uint64_t group_index, uint32_t r, struct weight_row *w)
{
    const uint8_t *group = weights + layout_group_at((enum layout)k->layout, k->k, group_index);

    if (w->blocks == NULL) {
        layout_read_row((enum layout)k->layout, group, r, k->k, w->values);
        for (uint32_t i = 0; i < k->k && k->format.act == ACT_bf16; i++)
            w->values[i] = bf16_to_f32(f32_to_bf16(w->values[i]));
        return;
    }
    for (uint64_t b = 0; b < k->k / BLOCK; b++)
        layout_read_block((enum layout)k->layout, group, r, b, &w->blocks[b]);
}

static float dot_f32(const struct kernel_matmul *k, const struct weight_row *w, struct act_row x)
{
    const float *a = (const float *)(const void *)x.elements;
    float acc = 0;

    for (uint64_t i = 0; i < k->k; i++)
        acc = fmaf(w->values[i], a[i], acc);
    return acc;
}

/* Pairs as the machine takes them: the odd element first, both products exact (Intel, "Intel 64 and
 * IA-32 Architectures Software Developer's Manual", VDPBF16PS). */
static float dot_bf16(const struct kernel_matmul *k, const struct weight_row *w, struct act_row x)
{
    float acc = 0;

    for (uint64_t i = 0; i < k->k; i += 2) {
        uint16_t bits[2];
        memcpy(bits, x.elements + i * 2, sizeof bits);
        if (i + 1 < k->k)
            acc = fmaf(w->values[i + 1], bf16_to_f32(bits[1]), acc);
        acc = fmaf(w->values[i], bf16_to_f32(bits[0]), acc);
    }
    return acc;
}

/* A block of x, which shares a scale, with its weights: exact sums, by parts where scales differ. */
struct sums {
    float scale;
    int32_t products[2], of_x[2];
};

static struct sums sums_of(const struct kernel_matmul *k, const struct weight_row *w,
                           struct act_row x, uint64_t b)
{
    const uint32_t parts = layout_info[k->layout].scales,
                   size = act_block((enum act)k->format.act, k->k);
    const struct layout_block *block = &w->blocks[b * size / BLOCK];
    bool wide = k->format.act == ACT_i16;
    struct sums s = {0};

    for (uint32_t i = 0; i < size; i++) {
        const uint32_t part = i / (size / parts);
        int16_t a;
        if (wide)
            memcpy(&a, x.elements + (b * size + i) * 2, 2);
        else
            a = (int8_t)x.elements[b * size + i];
        s.products[part] += block[i / BLOCK].q[i % BLOCK] * a;
        s.of_x[part] += a;
    }
    memcpy(&s.scale, x.blocks + b * act_scale_bytes(&k->format), 4);
    return s;
}

static float add_minimums(enum layout layout, const struct layout_block *block,
                          const struct sums *s, float acc)
{
    for (uint32_t part = 0; layout_has_minimum(layout) && part < layout_info[layout].scales; part++)
        acc = fmaf(block->minimum[part], s->scale * (float)s->of_x[part], acc);
    return acc;
}

/* Layouts that fold: d scales the sum of a unit, whose minimums then follow. */
static float dot_folded(const struct kernel_matmul *k, const struct weight_row *w, struct act_row x)
{
    enum { MAX = 8 };
    const enum layout layout = (enum layout)k->layout;
    const uint32_t unit = layout_info[layout].unit / BLOCK;
    struct sums s[MAX];
    float acc = 0;

    assert(unit <= MAX);
    for (uint64_t first = 0; first < k->k / BLOCK; first += unit) {
        const struct layout_block *blocks = &w->blocks[first];
        float of_unit = 0, of_minimums = 0;
        for (uint32_t b = 0; b < unit; b++) {
            s[b] = sums_of(k, w, x, first + b);
            const int32_t total = s[b].products[0] * blocks[b].multiplier[0] +
                                  s[b].products[1] * blocks[b].multiplier[1];
            of_unit = fmaf((float)total, s[b].scale, of_unit);
        }
        acc = fmaf(of_unit, blocks->d, acc);
        for (uint32_t i = 0; layout_has_minimum(layout) && i < 2 * unit; i++)
            of_minimums = fmaf((float)blocks[i / 2].integer_minimum[i % 2],
                               s[i / 2].scale * (float)s[i / 2].of_x[i % 2], of_minimums);
        acc = fmaf(of_minimums, -blocks->dmin, acc);
    }
    return acc;
}

static float dot_integer(const struct kernel_matmul *k, const struct weight_row *w,
                         struct act_row x)
{
    const enum layout layout = (enum layout)k->layout;
    const uint32_t size = act_block((enum act)k->format.act, k->k);
    float acc = 0;

    if (layout_folds(layout))
        return dot_folded(k, w, x);
    for (uint64_t b = 0; b < k->k / size; b++) {
        const struct layout_block *block = &w->blocks[b * size / BLOCK];
        const struct sums s = sums_of(k, w, x, b);
        for (uint32_t part = 0; part < layout_info[layout].scales; part++)
            acc = fmaf((float)s.products[part], block->scale[part] * s.scale, acc);
        acc = add_minimums(layout, block, &s, acc);
    }
    return acc;
}

static float dot(const struct kernel_matmul *k, const struct weight_row *w, struct act_row x)
{
    return k->format.act == ACT_f32    ? dot_f32(k, w, x)
           : k->format.act == ACT_bf16 ? dot_bf16(k, w, x)
                                       : dot_integer(k, w, x);
}

/* ---- rows of x ---- */

struct rows_of_x {
    struct act_row *rows;
    float *factors; /* of a norm, by row; NULL: there is none */
};

static struct rows_of_x rows_of_x(const struct call *c, struct arena *a)
{
    const struct kernel_matmul *k = &c->kernel->matmul;
    const uint64_t count = c->rows * argument_rows(c->kernel, MATMUL_x);
    struct rows_of_x x = {.rows = arena_new(a, struct act_row, count)};

    for (uint64_t r = 0; r < count; r++)
        x.rows[r] = lir_act_row(&k->format, k->k, c->args[MATMUL_x], r);
    if (!lir_has(c->kernel, MATMUL_norm))
        return x;
    x.factors = arena_new(a, float, count);
    for (uint64_t r = 0; r < count; r++) {
        const float *row = (const float *)(const void *)x.rows[r].elements,
                    *norm = row_at(c, MATMUL_norm, 0);
        float *scaled = arena_new(a, float, k->k);
        for (uint64_t i = 0; i < k->k; i++)
            scaled[i] = row[i] * norm[i];
        x.factors[r] = lir_rms_factor(row, k->k, k->epsilon);
        x.rows[r].elements = (uint8_t *)scaled;
    }
    return x;
}

/* ---- results ---- */

static float sum(const struct kernel_matmul *k, const struct weight_row *w,
                 const struct rows_of_x *x, uint64_t r)
{
    const float product = dot(k, w, x->rows[r]);

    return x->factors != NULL ? product * x->factors[r] : product;
}

/* One element of the result, of the sums for gate, which is the only one where not gated, and up. */
static void finish(const struct call *c, uint64_t row, uint32_t n, float gate, float up)
{
    const struct kernel_matmul *k = &c->kernel->matmul;
    float operands[LIR_MAX_ARGS] = {gate, up};
    uint32_t count = k->gated ? 2 : 1;

    for (uint32_t i = 0; i < lir_operand_count(c->kernel); i++)
        operands[count++] = operand_at(c, MATMUL_operand, i, row, n);
    row_at(c, MATMUL_out, row)[n] =
        k->code.bytes == 0 ? operands[0] : scalar_eval(&k->code, operands);
}

/* That of an expert and column; 0 where the product has none. */
static float bias_at(const struct call *c, uint32_t argument, uint32_t expert, uint32_t n)
{
    const struct kernel_matmul *k = &c->kernel->matmul;

    return lir_has(c->kernel, argument) ? row_at(c, argument, 0)[(uint64_t)expert * k->n + n] : 0;
}

/* A slot of a row: what stands in the result until the last one is the sum so far. */
static void mix(const struct call *c, uint64_t pair, uint32_t n, float product)
{
    const uint64_t slots = c->kernel->matmul.slots, row = pair / slots, slot = pair % slots;
    const float weight = row_at(c, MATMUL_weights, row)[slot];
    float *out = &row_at(c, MATMUL_out, row)[n];

    *out = fmaf(weight, product, slot == 0 ? 0 : *out);
    if (slot + 1 == slots)
        finish(c, row, n, *out, 0);
}

/* Column n of a row, or of a pair of a row and a slot of this expert. */
static void run_row(const struct call *c, const struct rows_of_x *x, uint64_t r, uint32_t n,
                    uint32_t expert, const struct weight_row *gate, const struct weight_row *up)
{
    const struct kernel_matmul *k = &c->kernel->matmul;
    const uint64_t from = k->experts != 0 && !k->mixed ? r / k->slots : r;
    const float product = sum(k, gate, x, from) + bias_at(c, MATMUL_bias, expert, n);

    if (k->mixed)
        mix(c, r, n, product);
    else
        finish(c, r, n, product,
               k->gated ? sum(k, up, x, from) + bias_at(c, MATMUL_up_bias, expert, n) : 0);
}

static struct weight_row weight_row(struct arena *a, const struct kernel_matmul *k)
{
    struct weight_row w = {0};

    if (act_is_integer((enum act)k->format.act))
        w.blocks = arena_new(a, struct layout_block, k->k / BLOCK);
    else
        w.values = arena_new(a, float, k->k);
    return w;
}

/* The rows, or where `pairs` is not NULL those of them, with the matrix of an expert. */
static void run_matrix(const struct call *c, uint32_t expert, const uint32_t *pairs, uint64_t count)
{
    const struct kernel_matmul *k = &c->kernel->matmul;
    const uint8_t *weights = c->args[MATMUL_weight] + expert * matmul_expert_bytes(k);
    struct arena scratch = {0};
    struct weight_row first = weight_row(&scratch, k), second = weight_row(&scratch, k);
    const struct rows_of_x x = rows_of_x(c, &scratch);

    for (uint32_t n = 0; n < k->n; n++) {
        uint64_t group = n / ROW_GROUP;
        if (k->gated) { /* gate and up alternate by row groups */
            read_weights(k, weights, 2 * group, n % ROW_GROUP, &first);
            read_weights(k, weights, 2 * group + 1, n % ROW_GROUP, &second);
        } else {
            read_weights(k, weights, group, n % ROW_GROUP, &first);
        }
        for (uint64_t i = 0; i < count; i++)
            run_row(c, &x, pairs != NULL ? pairs[i] : i, n, expert, &first, &second);
    }
    arena_free(&scratch);
}

void lir_run_matmul(const struct call *c)
{
    const struct kernel_matmul *k = &c->kernel->matmul;
    const uint32_t *order = (const uint32_t *)(const void *)c->args[MATMUL_order];

    if (k->experts == 0) {
        run_matrix(c, 0, NULL, c->rows);
        lir_norm_stored(c);
        return;
    }
    const uint32_t *first = order + 1 + k->experts, *pairs = first + k->experts + 1;
    for (uint32_t i = 0; i < order[0]; i++)
        run_matrix(c, order[1 + i], pairs + first[i], first[i + 1] - first[i]);
}

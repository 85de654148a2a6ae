/* The search for scales of blocks, which makes what rounding costs small: the sum of weight * (value
 * - decoded value)^2. In: values and the weight of each; out: scales, minimums, and the integers
 * that go with them.
 *
 * Four blocks stand side by side, one in each lane of a vector, so that all sums go over elements
 * in their order and no lane waits for another. Nothing but IEEE additions, multiplications and
 * divisions is done, each by itself: every machine finds the same bytes. */
#ifndef RLXC_QUANT_SEARCH_H
#define RLXC_QUANT_SEARCH_H

#include "compiler/base/base.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum { LANES = 4, LANE_ELEMENTS = 32 };

typedef float lanes __attribute__((vector_size(4 * LANES)));
typedef int32_t lane_mask __attribute__((vector_size(4 * LANES)));

struct lane_blocks {
    lanes x[LANE_ELEMENTS], w[LANE_ELEMENTS]; /* element i of the four blocks, and its weight */
    uint32_t length;                          /* of each block */
};

static inline lanes lanes_of(float value)
{
    return (lanes){value, value, value, value};
}

static inline lanes lanes_pick(lane_mask mask, lanes yes, lanes no)
{
    return (lanes)((mask & (lane_mask)yes) | (~mask & (lane_mask)no));
}

/* The second operand where one is NaN. */
static inline lanes lanes_min(lanes a, lanes b)
{
#if defined(__SSE2__)
    return (lanes)_mm_min_ps((__m128)a, (__m128)b);
#else
    return lanes_pick(a < b, a, b);
#endif
}

static inline lanes lanes_max(lanes a, lanes b)
{
#if defined(__SSE2__)
    return (lanes)_mm_max_ps((__m128)a, (__m128)b);
#else
    return lanes_pick(a > b, a, b);
#endif
}

/* The nearest integer from `low` to `high`, where both are below 2^22; NaN becomes `low`. */
static inline lanes lanes_round(lanes value, float low, float high)
{
    const float shift = 0x1.8p23f; /* behind it floats have no fraction */

    return lanes_min(lanes_max(value, lanes_of(low)), lanes_of(high)) + shift - shift;
}

/* 0 for 0, so that blocks of zeros stay zero. */
static inline lanes lanes_inverse(lanes value)
{
    return lanes_pick(value == 0, lanes_of(0), 1.0f / value);
}

/* `count` (at most four) blocks of `length` values; the other lanes are 0. Weights are 1 where there
 * is no importance, or a block has none. */
void lane_blocks_load(struct lane_blocks *b, const float *values, const float *importance,
                      uint32_t length, uint32_t count);

/* value = scale * q - minimum, for q from 0 to `top`. With `positive` the minimum is not below 0. */
void quant_search_affine(const struct lane_blocks *b, float top, bool positive, lanes *scale,
                         lanes *minimum);
lanes quant_affine_error(const struct lane_blocks *b, float top, lanes scale, lanes minimum);

/* The nearest of the numbers of a table, which are integers below 128 in magnitude. Between two of
 * them it changes where twice a value is an integer, so that cells of a half are enough. */
enum { TABLE_CELLS = 512 };
struct nearest_table {
    float value[TABLE_CELLS]; /* by floor(2 x) + 256 */
    uint8_t place[TABLE_CELLS];
    float least, most;
};
/* `places`: those of the table in the order of their numbers. */
void nearest_table_make(struct nearest_table *t, const int8_t numbers[16], const uint8_t *places,
                        uint32_t count);
/* That of iq4_nl and iq4_xs. */
void nearest_table_of_iq4(struct nearest_table *t);
/* Cells of values, for t->value and t->place. */
void nearest_cells(lanes value, int32_t cell[LANES]);

/* What values divided by a scale are rounded to. */
struct rounding {
    float half;                        /* integers from -half to half - 1 */
    const struct nearest_table *table; /* or its numbers; NULL: none */
};
static inline lanes lanes_rounded(const struct rounding *r, lanes value)
{
    int32_t cell[LANES];

    if (r->table == NULL)
        return lanes_round(value, -r->half, r->half - 1);
    nearest_cells(value, cell);
    const float *of = r->table->value;
    return (lanes){of[cell[0]], of[cell[1]], of[cell[2]], of[cell[3]]};
}

/* value = scale * what is rounded to */
lanes quant_search_scale(const struct lane_blocks *b, const struct rounding *r);
lanes quant_scale_error(const struct lane_blocks *b, const struct rounding *r, lanes scale);
/* The value of largest magnitude of each block. */
lanes quant_extreme(const struct lane_blocks *b);

#endif

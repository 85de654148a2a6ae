/* The search for scales of blocks. Contract: quant_search.h.
 *
 * Each search tries a row of scales around the one that maps the largest value to the end of the
 * range. For each it rounds, solves for the scale (and minimum) that fit these integers best, by
 * least squares, and keeps what explains most: with r = sum w x q for the solution, the error is
 * sum w x^2 - scale * r, so that nothing but sums over q must be known. */
#include "compiler/import/quant_search.h"

#include "compiler/base/dtype.h"

void lane_blocks_load(struct lane_blocks *b, const float *values, const float *importance,
                      uint32_t length, uint32_t count)
{
    b->length = length;
    for (uint32_t lane = 0; lane < LANES; lane++) {
        float sum = 0;
        for (uint32_t i = 0; i < length; i++) {
            uint32_t at = lane * length + i;
            b->x[i][lane] = lane < count ? values[at] : 0.0f;
            b->w[i][lane] = lane < count && importance != NULL ? importance[at] : 1.0f;
            sum += b->w[i][lane];
        }
        for (uint32_t i = 0; i < length && !(sum > 0); i++)
            b->w[i][lane] = 1.0f;
    }
}

/* Sums over a block: those of its values, and those that a choice of integers adds. */
struct sums {
    lanes w, wx, wq, wqq, wqx;
};

/* The best scale and offset for integers: value = scale * q + offset. What they explain: more is
 * better. */
static lanes solve_affine(const struct sums *s, bool positive, lanes *scale, lanes *offset)
{
    const lanes whole = s->w * s->wqq, part = s->wq * s->wq, determinant = whole - part;
    const lanes inverse = 1.0f / determinant;
    lanes slope = (s->w * s->wqx - s->wx * s->wq) * inverse;
    lanes add = (s->wqq * s->wx - s->wq * s->wqx) * inverse;
    lane_mask through_zero = ~(determinant > 1e-6f * whole); /* all integers are the same */

    if (positive)
        through_zero |= add > 0;
    *scale = lanes_pick(through_zero, lanes_pick(s->wqq > 0, s->wqx / s->wqq, lanes_of(0)), slope);
    *offset = lanes_pick(through_zero, lanes_of(0), add);
    return *scale * s->wqx + *offset * s->wx;
}

static void sum_affine(const struct lane_blocks *b, float top, lanes low, lanes inverse,
                       struct sums *s)
{
    lanes wq = lanes_of(0), wqq = wq, wqx = wq;

    for (uint32_t i = 0; i < b->length; i++) {
        lanes q = lanes_round((b->x[i] - low) * inverse, 0, top), weighted = b->w[i] * q;
        wq += weighted;
        wqq += weighted * q;
        wqx += weighted * b->x[i];
    }
    s->wq = wq;
    s->wqq = wqq;
    s->wqx = wqx;
}

enum { AFFINE_STEPS = 18, AGAIN = 4 };

void quant_search_affine(const struct lane_blocks *b, float top, bool positive, lanes *scale,
                         lanes *minimum)
{
    lanes low = b->x[0], high = b->x[0], best, offset;
    struct sums s = {.w = lanes_of(0), .wx = lanes_of(0)};

    for (uint32_t i = 0; i < b->length; i++) {
        low = lanes_min(b->x[i], low);
        high = lanes_max(b->x[i], high);
        s.w += b->w[i];
        s.wx += b->w[i] * b->x[i];
    }
    if (positive)
        low = lanes_min(low, lanes_of(0));
    *scale = lanes_of(0);
    offset = low;
    best = lanes_of(-1);
    const lanes inverse = lanes_inverse(high - low);
    for (int step = 0; step < AFFINE_STEPS + AGAIN; step++) {
        lanes slope, add;
        if (step < AFFINE_STEPS)
            sum_affine(b, top, low, inverse * (top - 0.9f + 0.2f * (float)step), &s);
        else
            sum_affine(b, top, offset, lanes_inverse(*scale), &s);
        lanes explained = solve_affine(&s, positive, &slope, &add);
        lane_mask better = explained > best;
        best = lanes_pick(better, explained, best);
        *scale = lanes_pick(better, slope, *scale);
        offset = lanes_pick(better, add, offset);
    }
    *minimum = -offset;
}

lanes quant_affine_error(const struct lane_blocks *b, float top, lanes scale, lanes minimum)
{
    const lanes inverse = lanes_inverse(scale);
    lanes error = lanes_of(0);

    for (uint32_t i = 0; i < b->length; i++) {
        lanes shifted = b->x[i] + minimum;
        lanes e = shifted - lanes_round(shifted * inverse, 0, top) * scale;
        error += b->w[i] * (e * e);
    }
    return error;
}

lanes quant_extreme(const struct lane_blocks *b)
{
    lanes low = b->x[0], high = b->x[0];

    for (uint32_t i = 1; i < b->length; i++) {
        low = lanes_min(b->x[i], low);
        high = lanes_max(b->x[i], high);
    }
    return lanes_pick(-low > high, low, high);
}

/* ---- scales alone ---- */

struct fitted {
    lanes scale, explained;
};

/* Takes the scale that fits what values times `mapped` are rounded to, where it explains more. */
static inline void fit(const struct lane_blocks *b, const struct rounding *r, lanes mapped,
                       struct fitted *best)
{
    lanes wqq = lanes_of(0), wqx = lanes_of(0);

    for (uint32_t i = 0; i < b->length; i++) {
        lanes q = lanes_rounded(r, b->x[i] * mapped), weighted = b->w[i] * q;
        wqq += weighted * q;
        wqx += weighted * b->x[i];
    }
    lanes scale = lanes_pick(wqq > 0, wqx / wqq, lanes_of(0)), explained = scale * wqx;
    lane_mask better = explained > best->explained;
    best->explained = lanes_pick(better, explained, best->explained);
    best->scale = lanes_pick(better, scale, best->scale);
}

static inline lanes error_of(const struct lane_blocks *b, const struct rounding *r, lanes scale)
{
    const lanes inverse = lanes_inverse(scale);
    lanes error = lanes_of(0);

    for (uint32_t i = 0; i < b->length; i++) {
        lanes e = b->x[i] - lanes_rounded(r, b->x[i] * inverse) * scale;
        error += b->w[i] * (e * e);
    }
    return error;
}

static const struct fitted nothing_yet = {{0}, {-1, -1, -1, -1}};

enum { SCALE_STEPS = 17, TABLE_STEPS = 10 };

static lanes search_integers(const struct lane_blocks *b, float half)
{
    const struct rounding rounding = {.half = half};
    const lanes inverse = lanes_inverse(quant_extreme(b));
    struct fitted best = nothing_yet;

    for (int step = 0; step < SCALE_STEPS; step++)
        fit(b, &rounding, inverse * -(half - 1.0f + 0.125f * (float)step), &best);
    for (int again = 0; again < AGAIN; again++)
        fit(b, &rounding, lanes_inverse(best.scale), &best);
    return best.scale;
}

static lanes search_table(const struct lane_blocks *b, const struct nearest_table *t)
{
    const struct rounding rounding = {.table = t};
    const lanes inverse = lanes_inverse(quant_extreme(b));
    struct fitted best = nothing_yet;

    for (int step = 0; step < TABLE_STEPS; step++) {
        const float stretch = 0.9f + 0.025f * (float)step;
        fit(b, &rounding, inverse * (stretch * t->least), &best);
        fit(b, &rounding, inverse * (stretch * t->most), &best);
    }
    for (int again = 0; again < AGAIN; again++)
        fit(b, &rounding, lanes_inverse(best.scale), &best);
    return best.scale;
}

lanes quant_search_scale(const struct lane_blocks *b, const struct rounding *r)
{
    return r->table == NULL ? search_integers(b, r->half) : search_table(b, r->table);
}

/* Two calls, of which the compiler makes a loop for each kind of rounding. */
lanes quant_scale_error(const struct lane_blocks *b, const struct rounding *r, lanes scale)
{
    return r->table == NULL ? error_of(b, &(struct rounding){.half = r->half}, scale)
                            : error_of(b, &(struct rounding){.table = r->table}, scale);
}

/* ---- tables ---- */

void nearest_table_make(struct nearest_table *t, const int8_t numbers[16], const uint8_t *places,
                        uint32_t count)
{
    uint32_t at = 0;

    for (int cell = 0; cell < TABLE_CELLS; cell++) {
        while (at + 1 < count &&
               numbers[places[at]] + numbers[places[at + 1]] <= cell - TABLE_CELLS / 2)
            at++;
        t->place[cell] = places[at];
        t->value[cell] = numbers[places[at]];
    }
    t->least = numbers[places[0]];
    t->most = numbers[places[count - 1]];
}

void nearest_table_of_iq4(struct nearest_table *t)
{
    static const uint8_t in_order[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

    nearest_table_make(t, iq4_nl_values, in_order, countof(in_order));
}

void nearest_cells(lanes value, int32_t cell[LANES])
{
    const float half = TABLE_CELLS / 2;
    const lanes rounded = lanes_round(value * 2.0f - 0.5f, -half, half - 1) + half;

    for (uint32_t lane = 0; lane < LANES; lane++)
        cell[lane] = (int32_t)rounded[lane];
}

/* The types of coded tensors. In: parts that were checked; out: what their scales and zero points are like,
 * and the type that holds the tensor without loss. Contract: coded.h. */
#include "compiler/import/coded.h"

#include "compiler/base/float16.h"

#include <math.h>

static uint64_t group_count(const struct coded *c, uint64_t columns)
{
    uint32_t most = 0;

    for (uint64_t i = 0; i < columns && c->group_of != NULL; i++)
        most = c->group_of[i] > most ? c->group_of[i] : most;
    return c->group_of != NULL ? most + 1 : ceil_div(columns, c->group_columns);
}

bool coded_measure(const struct model *m, struct coded *c, uint64_t rows, uint64_t columns)
{
    const uint64_t groups = group_count(c, columns);
    bool has_zeros = c->zeros.part.type != PART_none;

    c->half_scales = c->short_scales = true;
    c->least_zero = has_zeros ? INT32_MAX : c->zero;
    c->greatest_zero = has_zeros ? INT32_MIN : c->zero;
    for (uint64_t row = 0; row < rows; row += c->group_rows)
        for (uint64_t group = 0; group < groups; group++) {
            float scale = coded_scale(m, c, row, group);
            if (!isfinite(scale))
                return false;
            c->half_scales = c->half_scales && f16_to_f32(f32_to_f16(scale)) == scale;
            c->short_scales = c->short_scales && (f32_bits(scale) & ZERO_MASK) == 0;
        }
    for (uint64_t row = 0; row < rows && has_zeros; row++)
        for (uint64_t group = 0; group < groups; group++) {
            int32_t zero = coded_zero(m, c, row, group);
            c->least_zero = zero < c->least_zero ? zero : c->least_zero;
            c->greatest_zero = zero > c->greatest_zero ? zero : c->greatest_zero;
        }
    return true;
}

/* q4_0 is first, since its products have no minimums. */
const enum dtype coded_types[CODED_TYPES] = {
    DTYPE_q4_0, DTYPE_i4_g128, DTYPE_i4_g64,  DTYPE_nf4,     DTYPE_fp4,    DTYPE_i4_g32, DTYPE_q5_0,
    DTYPE_q8_0, DTYPE_i8_row,  DTYPE_f8_e4m3, DTYPE_i8_g128, DTYPE_i8_g32, DTYPE_f32};

/* Whether rows, and groups of their columns, are whole blocks of a type. */
static bool has_whole_groups(const struct coded *c, uint64_t columns, enum dtype dtype)
{
    const uint32_t block = dtype_info[dtype].block;

    return columns % block == 0 && (c->group_columns % block == 0 || c->group_columns >= columns);
}

/* Whether numbers stand for values that are no integers. */
static bool has_floats(const struct coded *c)
{
    return c->table != NULL || c->numbers.part.type == PART_f8_e4m3;
}

static bool has_values(const struct coded *c, const float values[16])
{
    for (uint32_t i = 0; i < 16; i++)
        if (c->table == NULL || c->table[i] != values[i])
            return false;
    return true;
}

/* Whether columns of one group follow each other. */
static bool has_runs(const struct coded *c)
{
    return c->group_of == NULL || c->order != NULL;
}

/* Whether differences are inside the range of a type's integers. */
static bool integers_fit(const struct coded *c, uint32_t bits)
{
    const bool is_signed = c->numbers.part.type == PART_i8;
    const int32_t least = is_signed ? -128 : 0, half = 1 << (bits - 1);
    const int32_t greatest = is_signed ? 127 : (1 << c->numbers.bits) - 1;

    return least - c->greatest_zero >= -half && greatest - c->least_zero < half;
}

bool coded_fits(const struct coded *c, uint64_t columns, enum dtype dtype)
{
    const bool per_row = c->group_columns >= columns;
    const uint32_t bits = dtype == DTYPE_q4_0 ? 4 : dtype == DTYPE_q5_0 ? 5 : 8;

    if (c->is_mxfp4 || dtype == DTYPE_f32 || dtype == DTYPE_mxfp4)
        return c->is_mxfp4 == (dtype == DTYPE_mxfp4);
    if (!has_whole_groups(c, columns, dtype))
        return false;
    if (dtype == DTYPE_i8_g32 || dtype == DTYPE_i8_g128)
        return !has_floats(c) && has_runs(c);
    if (dtype == DTYPE_f8_e4m3)
        return c->numbers.part.type == PART_f8_e4m3 && c->group_of == NULL;
    if (dtype_floats(dtype) != NULL)
        return has_values(c, dtype_floats(dtype));
    if (dtype_has_zeros(dtype))
        return !has_floats(c) && has_runs(c) && c->numbers.bits <= 4 && c->short_scales;
    return !has_floats(c) && has_runs(c) && (dtype_scales_rows(dtype) ? per_row : c->half_scales) &&
           integers_fit(c, bits);
}

enum dtype coded_type(const struct coded *c, uint64_t columns, bool int8_rows)
{
    if (c->is_mxfp4)
        return DTYPE_mxfp4;
    for (size_t i = 0; i < countof(coded_types); i++) {
        if (coded_types[i] == DTYPE_q8_0 && int8_rows && coded_fits(c, columns, DTYPE_i8_row))
            return DTYPE_i8_row;
        if (coded_fits(c, columns, coded_types[i]))
            return coded_types[i];
    }
    unreachable("a coded tensor that f32 does not hold");
}

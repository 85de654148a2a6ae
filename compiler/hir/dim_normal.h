/* Inside the sizes: what their files share. */
#ifndef RLXC_DIM_NORMAL_H
#define RLXC_DIM_NORMAL_H

#include "compiler/hir/dim.h"

#define DIM_LARGEST ((int64_t)1 << 62) /* bounds stop here */

/* The id of an expression in its normal form. */
dim_id dim_intern(struct dims *d, struct dim x);

static inline int64_t dim_bounded_add(int64_t a, int64_t b)
{
    return a > DIM_LARGEST - b ? DIM_LARGEST : a + b;
}

static inline int64_t dim_bounded_mul(int64_t a, int64_t b)
{
    return b != 0 && a > DIM_LARGEST / b ? DIM_LARGEST : a * b;
}

static inline int64_t dim_floor_divide(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static inline int64_t dim_common_divisor(int64_t a, int64_t b)
{
    while (b != 0) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

#endif

/* What every file of the compiler may rely on: integer types, counts of arrays, checked arithmetic.
 * Sizes that come from a file go through the checked helpers; everything else is plain C11.
 */
#ifndef RLXC_BASE_H
#define RLXC_BASE_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define countof(array) (sizeof(array) / sizeof((array)[0]))

/* Marks a place that the program never reaches; exits with status 70 and says where. */
#define unreachable(why) internal_error(__FILE__, __LINE__, (why))
_Noreturn void internal_error(const char *file, int line, const char *why);

/* Ends the program with a sentence and status 1: the task needs more memory than there is. `bytes`:
 * how many were missing; 0: not known. */
_Noreturn void out_of_memory(uint64_t bytes);

static inline uint64_t max_u64(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static inline uint64_t min_u64(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static inline uint64_t ceil_div(uint64_t value, uint64_t unit)
{
    return value / unit + (value % unit != 0);
}

/* `unit` need not be a power of two. */
static inline uint64_t round_up(uint64_t value, uint64_t unit)
{
    return ceil_div(value, unit) * unit;
}

/* Checked arithmetic: false when the result does not fit; `out` is then undefined. */
static inline bool checked_add(uint64_t a, uint64_t b, uint64_t *out)
{
    *out = a + b;
    return *out >= a;
}

static inline bool checked_mul(uint64_t a, uint64_t b, uint64_t *out)
{
    *out = a * b;
    return a == 0 || *out / a == b;
}

/* True when [offset, offset + bytes) lies inside [0, whole). */
static inline bool range_inside(uint64_t offset, uint64_t bytes, uint64_t whole)
{
    return offset <= whole && bytes <= whole - offset;
}

#endif

/* The layout of one position of a key or value cache, shared by the compiler and the runtime. The
 * compiler plans and writes it, the runtime reads and writes it by name; rlx/artifact.h describes
 * the order of positions. */
#ifndef RLX_COMMON_KV_LAYOUT_H
#define RLX_COMMON_KV_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

enum { HADAMARD_MAX = 256 };

/* Number of elements of one head at one position; integer keys are read four at a time. */
static inline uint32_t kv_row_width(uint32_t head_dim, bool is_value, bool is_integers)
{
    const uint32_t unit = is_value ? 16 : is_integers ? 4 : 1;

    return (head_dim + unit - 1) / unit * unit;
}

/* Number of elements in one Hadamard rotation of integer keys: the largest power of two that
 * divides the head size. */
static inline uint32_t hadamard_width(uint32_t head_dim)
{
    const uint32_t power = head_dim & -head_dim;

    return power < HADAMARD_MAX ? power : HADAMARD_MAX;
}

#endif

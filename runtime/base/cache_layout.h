/* How one position of a key or value cache is laid out: the compiler and the runtime agree on it
 * here. The compiler plans and writes it, the runtime reads and writes it by name; rlx/artifact.h
 * says how positions stand beside each other.
 */
#ifndef RLX_COMMON_CACHE_LAYOUT_H
#define RLX_COMMON_CACHE_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

enum { CACHE_SPREAD_MOST = 256 };

/* Elements that a head of one position takes; integers of keys are read four at a time. */
static inline uint32_t cache_width(uint32_t head_dim, bool is_value, bool is_integers)
{
    const uint32_t unit = is_value ? 16 : is_integers ? 4 : 1;

    return (head_dim + unit - 1) / unit * unit;
}

/* Integers of keys: how many elements one Hadamard rotation takes, the greatest power of two that
 * divides the head. */
static inline uint32_t cache_spread(uint32_t head_dim)
{
    const uint32_t power = head_dim & -head_dim;

    return power < CACHE_SPREAD_MOST ? power : CACHE_SPREAD_MOST;
}

#endif

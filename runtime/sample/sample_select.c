/* The best of a row of logits. In: the row. Out: the largest, or the k largest in order. One pass
 * takes the largest of each group of 64. The k-th largest of these is a bound that at least k
 * logits reach, and a group below it holds no candidate, so that little more than k logits are
 * looked at and sorted. A k that is large beside the number of groups counts logits by their
 * leading bits instead. Sorting is stable, so that equal logits stay in the order of their ids and
 * the lower id wins.
 */
#include "runtime/sample/sample_parts.h"

#include "rlx/artifact.h"

#include <math.h>
#include <string.h>
#ifdef __x86_64__
#include <immintrin.h>
#endif

#define INLINE static inline __attribute__((always_inline))

enum {
    LANES = 16,
    INSERTION_MAX = 48, /* measured: about where a radix begins to pay */
    HEAP_MAX = 256,     /* a larger heap costs more than counting */
    RADIX_BITS = 11,
    RADIX = 1 << RADIX_BITS,
    RADIX_PASSES = 3,
    COUNT_SHIFT = 32 - 14, /* SAMPLE_COUNTS counts of leading bits */
};
_Static_assert(SAMPLE_COUNTS == 1 << (32 - COUNT_SHIFT), "a bucket for each of the leading bits");

#define MINUS_INFINITY 0xFF800000u /* its key; what is no number lies beyond */

/* An unsigned number that falls as the float rises, and back. */
static uint32_t falling_key(float value)
{
    uint32_t bits;
    value += 0.0F; /* -0 becomes +0: they are equal */
    memcpy(&bits, &value, sizeof bits);
    return bits >> 31 ? bits : ~bits & 0x7FFFFFFF;
}

static float key_value(uint32_t key)
{
    uint32_t bits = key >> 31 ? key : ~key & 0x7FFFFFFF;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static void sort_few(struct candidate *all, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        struct candidate c = all[i];
        uint32_t at = i;
        for (; at > 0 && all[at - 1].logit < c.logit; at--)
            all[at] = all[at - 1];
        all[at] = c;
    }
}

void sort_candidates(struct sampler *s, uint32_t count)
{
    if (count <= INSERTION_MAX) {
        sort_few(s->all, count);
        return;
    }
    uint32_t starts[RADIX_PASSES][RADIX] = {{0}};
    for (uint32_t i = 0; i < count; i++) {
        uint32_t key = falling_key(s->all[i].logit);
        for (int pass = 0; pass < RADIX_PASSES; pass++)
            starts[pass][key >> pass * RADIX_BITS & (RADIX - 1)]++;
    }
    struct candidate *from = s->all, *to = s->spare;
    for (int pass = 0; pass < RADIX_PASSES; pass++) {
        uint32_t sum = 0;
        for (uint32_t i = 0; i < RADIX; i++) {
            uint32_t here = starts[pass][i];
            starts[pass][i] = sum;
            sum += here;
        }
        for (uint32_t i = 0; i < count; i++) {
            uint32_t key = falling_key(from[i].logit);
            to[starts[pass][key >> pass * RADIX_BITS & (RADIX - 1)]++] = from[i];
        }
        struct candidate *other = from;
        from = to;
        to = other;
    }
    s->all = from; /* an odd number of passes: the two have changed places */
    s->spare = to;
}

/* The largest of a group; `not_numbers` becomes true where one is no number. */
typedef float (*largest_fn)(const float *x, bool *not_numbers);

INLINE float largest_plain(const float *x, bool *not_numbers)
{
    four_floats lane[4], here;
    four_bits found = {0};
    for (int j = 0; j < 4; j++)
        lane[j] = (four_floats){-INFINITY, -INFINITY, -INFINITY, -INFINITY};
    for (int i = 0; i < GROUP; i += LANES) {
        for (int j = 0; j < 4; j++) {
            memcpy(&here, x + i + 4 * j, sizeof here);
            lane[j] = larger(here, lane[j]);
            found |= here != here;
        }
    }
    *not_numbers |= (found[0] | found[1] | found[2] | found[3]) != 0;
    return largest_of(lane);
}

INLINE int32_t scan_groups(struct sampler *s, const float *row, largest_fn largest_of_group)
{
    uint32_t groups = sampler_groups(s), best = 0;
    float largest = -INFINITY;
    bool not_numbers = false;
    for (uint32_t g = 0; g < groups; g++) {
        const float *x = row + (size_t)g * GROUP;
        float last[GROUP], here;
        if (group_count(s, g) == GROUP) {
            here = largest_of_group(x, &not_numbers);
        } else {
            for (uint32_t i = 0; i < GROUP; i++)
                last[i] = i < group_count(s, g) ? x[i] : -INFINITY;
            here = largest_of_group(last, &not_numbers);
        }
        s->group_largest[g] = here;
        if (here > largest) {
            largest = here;
            best = g;
        }
    }
    if (not_numbers || largest == -INFINITY)
        return -1;
    int32_t id = (int32_t)(best * GROUP);
    while (row[id] != largest)
        id++;
    return id;
}

#ifdef __x86_64__
/* By eights, with a comparison for each two: the baseline has no room for the second question. */
__attribute__((target("avx2"))) static inline float largest_avx2(const float *x, bool *not_numbers)
{
    __m256 lane[2] = {_mm256_loadu_ps(x), _mm256_loadu_ps(x + 8)};
    __m256 found = _mm256_cmp_ps(lane[0], lane[1], _CMP_UNORD_Q);
    for (int i = LANES; i < GROUP; i += LANES) {
        __m256 a = _mm256_loadu_ps(x + i), b = _mm256_loadu_ps(x + i + 8);
        lane[0] = _mm256_max_ps(a, lane[0]);
        lane[1] = _mm256_max_ps(b, lane[1]);
        found = _mm256_or_ps(found, _mm256_cmp_ps(a, b, _CMP_UNORD_Q));
    }
    lane[0] = _mm256_max_ps(lane[0], lane[1]);
    __m128 max = _mm_max_ps(_mm256_castps256_ps128(lane[0]), _mm256_extractf128_ps(lane[0], 1));
    max = _mm_max_ps(max, _mm_movehl_ps(max, max));
    *not_numbers |= _mm256_movemask_ps(found) != 0;
    return _mm_cvtss_f32(_mm_max_ss(max, _mm_shuffle_ps(max, max, 1)));
}

__attribute__((target("avx2"))) static int32_t scan_avx2(struct sampler *s, const float *row)
{
    return scan_groups(s, row, largest_avx2);
}
#endif

int32_t find_largest(struct sampler *s, const float *row)
{
#ifdef __x86_64__
    if (s->features & RLX_CPU_AVX2)
        return scan_avx2(s, row);
#endif
    return scan_groups(s, row, largest_plain);
}

/* Puts `value` in place of the smallest of a heap. */
static void replace_smallest(float *heap, uint32_t count, float value)
{
    uint32_t at = 0;
    for (;;) {
        uint32_t child = 2 * at + 1;
        if (child >= count)
            break;
        if (child + 1 < count && heap[child + 1] < heap[child])
            child++;
        if (!(heap[child] < value))
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = value;
}

/* The k-th largest of the groups' largest, by a heap of the best k so far. */
static float bound_by_heap(struct sampler *s, uint32_t k)
{
    uint32_t groups = sampler_groups(s);
    float *heap = s->weights;
    for (uint32_t i = 0; i < k; i++)
        heap[i] = -INFINITY;
    for (uint32_t g = 0; g < groups; g++) {
        if (s->group_largest[g] > heap[0])
            replace_smallest(heap, k, s->group_largest[g]);
    }
    return heap[0];
}

/* The least value with the leading bits of the k-th largest of these. */
static float bound_by_counting(struct sampler *s, const float *values, uint32_t count, uint32_t k)
{
    uint32_t *counts = s->counts, reached = 0;
    memset(counts, 0, SAMPLE_COUNTS * sizeof *counts);
    for (uint32_t i = 0; i < count; i++)
        counts[falling_key(values[i]) >> COUNT_SHIFT] += values[i] == values[i];
    uint32_t b = 0;
    for (; b < SAMPLE_COUNTS; b++) {
        reached += counts[b];
        if (reached >= k)
            break;
    }
    if (b >= MINUS_INFINITY >> COUNT_SHIFT)
        return -INFINITY;
    return key_value((b << COUNT_SHIFT) + ((1u << COUNT_SHIFT) - 1));
}

static float bound_of(struct sampler *s, const float *row, uint32_t k)
{
    uint32_t groups = sampler_groups(s);
    if (k <= HEAP_MAX && k <= groups)
        return bound_by_heap(s, k);
    if (k < groups)
        return bound_by_counting(s, s->group_largest, groups, k);
    return bound_by_counting(s, row, s->vocabulary, k);
}

/* Logits of at least `bound`, in the order of ids. */
static uint32_t collect(struct sampler *s, const float *row, float bound)
{
    uint32_t count = 0, groups = sampler_groups(s);
    for (uint32_t g = 0; g < groups; g++) {
        if (s->group_largest[g] < bound)
            continue;
        uint32_t first = g * GROUP, end = first + group_count(s, g);
        for (uint32_t i = first; i < end; i++) {
            s->all[count] = (struct candidate){.logit = row[i], .id = (int32_t)i};
            count += row[i] >= bound;
        }
    }
    return count;
}

uint32_t select_best(struct sampler *s, const float *row, uint32_t k)
{
    uint32_t count = collect(s, row, bound_of(s, row, k));
    sort_candidates(s, count);
    return count < k ? count : k;
}

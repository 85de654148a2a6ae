/* Buckets: ladders of run-time sizes, the lookup that serves a length, and the padded interchange
 * form of a KV cache (its keep mask, and the compaction back to rows that follow each other). */
#include "compiler/lir/variant.h"

#include <string.h>

bool bucket_ladder(uint32_t min, uint32_t max, struct buckets *out, struct diags *d)
{
    uint32_t last = 1, first = 1;

    *out = (struct buckets){0};
    if (min == 0)
        min = 1;
    if (max < min)
        return diag_error(
            d, (struct place){0},
            "a ladder from %u to %u is empty: expected the first to be at most the second", min,
            max);
    if (max > 1u << 31)
        return diag_error(d, (struct place){0}, "a ladder from %u to %u: expected at most %u", min,
                          max, 1u << 31);
    while (last < min)
        last *= 2;
    for (;; last *= 2) {
        out->all[out->count++] = (struct bucket){first, last};
        if (last >= max)
            return true;
        first = last + 1;
    }
}

bool buckets_check(const struct buckets *b, struct diags *d)
{
    bool good = true;

    for (uint32_t i = 0; i < b->count; i++) {
        const struct bucket *one = &b->all[i];
        if (one->first == 0)
            good = diag_error(d, (struct place){0}, "bucket [%u, %u]: sizes begin at 1", one->first,
                              one->last);
        if (one->first > one->last) {
            good =
                diag_error(d, (struct place){0}, "bucket [%u, %u] is empty", one->first, one->last);
            continue;
        }
        for (uint32_t j = 0; j < i; j++) {
            const struct bucket *other = &b->all[j];
            if (other->first <= one->last && one->first <= other->last)
                good = diag_error(d, (struct place){0}, "buckets [%u, %u] and [%u, %u] overlap",
                                  other->first, other->last, one->first, one->last);
        }
    }
    return good;
}

int bucket_find(const struct buckets *b, uint32_t size)
{
    for (uint32_t i = 0; i < b->count; i++)
        if (b->all[i].first <= size && size <= b->all[i].last)
            return (int)i;
    return -1;
}

void padded_keep_mask(uint32_t past, uint32_t upper, uint32_t window, float *keep)
{
    assert(past <= upper);
    uint32_t first = window != 0 && past + 1 > window ? past + 1 - window : 0;

    for (uint32_t i = 0; i < upper; i++)
        keep[i] = i >= first && i < past ? 1.0f : 0.0f;
    keep[upper] = 1.0f;
}

uint32_t padded_compact(const float *from, uint32_t batch, uint32_t rows, uint32_t width,
                        uint32_t past_len, float *to)
{
    uint32_t kept = rows < past_len ? rows : past_len;

    if (kept == 0)
        return 0;
    for (uint32_t b = 0; b < batch; b++) {
        const float *item = from + (size_t)b * rows * width;
        float *out = to + (size_t)b * kept * width;
        uint32_t last = rows > past_len ? rows - 1 : kept - 1;
        memmove(out, item, (size_t)(kept - 1) * width * sizeof *out);
        memmove(out + (size_t)(kept - 1) * width, item + (size_t)last * width, width * sizeof *out);
    }
    return kept;
}

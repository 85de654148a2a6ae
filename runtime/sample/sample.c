/* Sampling: the generator, and the way with top-k. Greedy needs one pass over the row; top-k a few
 * candidates of it (sample_select.c); without top-k every token has a weight (sample_weigh.c,
 * sample_whole.c).
 */
#include "runtime/sample/sample_parts.h"

#include "runtime/base/cpu.h"
#include "runtime/base/error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#ifdef __clang__
#pragma STDC FP_CONTRACT OFF /* gcc does not contract in ISO mode; equal bits everywhere */
#endif

void philox4x32(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
    uint32_t c[4] = {counter[0], counter[1], counter[2], counter[3]};
    uint32_t k[2] = {key[0], key[1]};
    for (int round = 0; round < 10; round++) {
        uint64_t a = (uint64_t)0xD2511F53 * c[0], b = (uint64_t)0xCD9E8D57 * c[2];
        uint32_t next[4] = {(uint32_t)(b >> 32) ^ c[1] ^ k[0], (uint32_t)b,
                            (uint32_t)(a >> 32) ^ c[3] ^ k[1], (uint32_t)a};
        memcpy(c, next, sizeof c);
        k[0] += 0x9E3779B9;
        k[1] += 0xBB67AE85;
    }
    memcpy(out, c, sizeof c);
}

double sampler_uniform(uint64_t seed, uint64_t step)
{
    const uint32_t counter[4] = {(uint32_t)step, (uint32_t)(step >> 32), 0, 0};
    const uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
    uint32_t word[4];
    philox4x32(counter, key, word);
    return ((double)(word[0] >> 5) * 0x1p26 + (double)(word[1] >> 6)) * 0x1p-53;
}

/* Removes candidates whose weight is below `min`; order stays. */
static uint32_t drop_below(struct candidate *all, uint32_t count, float min)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (all[i].weight >= min)
            all[kept++] = all[i];
    }
    return kept;
}

/* The fewest best candidates whose weights reach `goal`. */
static uint32_t cut_top_p(const struct candidate *sorted, uint32_t count, double goal)
{
    double reached = 0;
    for (uint32_t i = 0; i < count; i++) {
        reached += sorted[i].weight;
        if (reached >= goal)
            return i + 1;
    }
    return count;
}

/* The candidate on which the fraction `uniform` of all their weights falls, in the order in which
 * they stand. */
static int32_t draw(const struct candidate *all, uint32_t count, double uniform)
{
    double sum = 0, reached = 0;
    for (uint32_t i = 0; i < count; i++)
        sum += all[i].weight;
    uint32_t last = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (all[i].weight <= 0)
            continue;
        last = i;
        reached += all[i].weight;
        if (uniform * sum < reached)
            break;
    }
    return all[last].id;
}

/* With top-k: few candidates, sorted from the beginning. */
static int32_t sample_best(struct sampler *s, const float *row, float largest, double uniform)
{
    const rlx_sampling *settings = &s->settings;
    uint32_t count = select_best(s, row, settings->top_k);
    double sum = 0;
    for (uint32_t i = 0; i < count; i++) {
        s->all[i].weight = weight_of((s->all[i].logit - largest) / settings->temperature);
        sum += s->all[i].weight;
    }
    if (settings->top_p < 1)
        count = cut_top_p(s->all, count, settings->top_p * sum);
    count = drop_below(s->all, count, settings->min_p); /* the largest weight is 1 */
    return draw(s->all, count, uniform);
}

static int32_t sample_row(struct sampler *s, const float *row, uint64_t step)
{
    const rlx_sampling *settings = &s->settings;
    int32_t best = find_largest(s, row);
    if (best < 0 || settings->temperature == 0 || settings->top_k == 1 || isinf(row[best]))
        return best;
    float largest = row[best];
    double uniform = sampler_uniform(settings->seed, step);
    if (settings->top_k != 0 && settings->top_k < s->vocabulary)
        return sample_best(s, row, largest, uniform);
    return sample_whole(s, row, largest, uniform);
}

int32_t sampler_draw(struct sampler *s, float *row, const int32_t *history, size_t tokens)
{
    uint32_t penalized = penalize(s, row, history, tokens);
    int32_t id = sample_row(s, row, tokens);
    for (uint32_t i = 0; i < penalized; i++)
        row[s->penalized[i].id] = s->penalized[i].before;
    return id;
}

rlx_status sampler_open(struct sampler *s, uint32_t vocabulary, rlx_error *error)
{
    *s = (struct sampler){.vocabulary = vocabulary, .features = cpu_features()};
    sampler_use(s, NULL, NULL);
    size_t groups = sampler_groups(s), padded = groups * GROUP;
    s->group_largest = malloc(groups * sizeof *s->group_largest);
    s->group_weight = malloc(groups * sizeof *s->group_weight);
    s->group_sum = malloc(groups * sizeof *s->group_sum);
    s->weights = malloc(padded * sizeof *s->weights);
    s->all = malloc((padded + 1) * sizeof *s->all);
    s->spare = malloc((padded + 1) * sizeof *s->spare);
    s->bucket = malloc(padded * sizeof *s->bucket);
    s->counts = malloc(SAMPLE_COUNTS * sizeof *s->counts);
    s->bucket_sum = malloc(SAMPLE_BUCKETS * sizeof *s->bucket_sum);
    s->times = calloc(vocabulary, sizeof *s->times);
    s->penalized = malloc(vocabulary * sizeof *s->penalized);
    if (s->group_largest == NULL || s->group_weight == NULL || s->group_sum == NULL ||
        s->weights == NULL || s->all == NULL || s->spare == NULL || s->bucket == NULL ||
        s->counts == NULL || s->bucket_sum == NULL || s->times == NULL || s->penalized == NULL)
        return rlx_fail(error, RLX_ERROR_NO_MEMORY, "no memory to sample from %u tokens",
                        vocabulary);
    return RLX_OK;
}

void sampler_close(struct sampler *s)
{
    free(s->group_largest);
    free(s->group_weight);
    free(s->group_sum);
    free(s->weights);
    free(s->all);
    free(s->spare);
    free(s->bucket);
    free(s->counts);
    free(s->bucket_sum);
    free(s->times);
    free(s->penalized);
}

/* Sampling. Greedy needs one pass over the row. Top-k first takes the largest of each group of 64
 * logits: the k-th largest of these is a lower bound of the k-th largest logit, so that only few
 * candidates are left to sort. Top-p without top-k sorts only the candidates that can be in the
 * nucleus: those below (1 - p) / vocabulary sum to less than 1 - p and cannot. Sorting is by radix,
 * stable, so that equal logits stay in the order of their ids and the lower id wins.
 */
#include "runtime/sample.h"

#include "runtime/error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#ifdef __clang__
#pragma STDC FP_CONTRACT OFF /* gcc does not contract in ISO mode; equal bits everywhere */
#endif

enum { GROUP = 64, RADIX_BITS = 11, RADIX = 1 << RADIX_BITS, RADIX_PASSES = 3 };

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

/* exp(x) for x <= 0 to about 1e-7 of itself: 2^n times a Taylor polynomial of degree 7 on [-ln2/2,
 * ln2/2], ln2 in two parts (Cody and Waite, 1980). Ours, because mathematical libraries differ in
 * their last bits and a seed should mean the same everywhere. Below -87, and for what is no number,
 * 0. */
static inline float exponential(float x)
{
    /* Choices are made on integers, so that a loop over this is compiled to vectors. */
    const int32_t limit = 0x42AE0000; /* 87 */
    int32_t magnitude;
    memcpy(&magnitude, &x, sizeof magnitude);
    magnitude &= 0x7FFFFFFF;
    int32_t clamped = magnitude > limit ? limit : magnitude;
    memcpy(&x, &clamped, sizeof x);
    int32_t n = (int32_t)(x * 1.44269504F + 0.5F);
    float r = (float)n * 0.693359375F - x;
    r += (float)n * -2.12194440e-4F;
    float sum = 1.0F / 5040;
    sum = sum * r + 1.0F / 720;
    sum = sum * r + 1.0F / 120;
    sum = sum * r + 1.0F / 24;
    sum = sum * r + 1.0F / 6;
    sum = sum * r + 0.5F;
    sum = sum * r + 1.0F;
    sum = sum * r + 1.0F;
    int32_t bits = magnitude > limit ? 0 : (127 - n) << 23;
    float power;
    memcpy(&power, &bits, sizeof power);
    return sum * power;
}

/* An unsigned number that falls as the float rises. */
static uint32_t falling_key(float value)
{
    uint32_t bits;
    value += 0.0F; /* -0 becomes +0: they are equal */
    memcpy(&bits, &value, sizeof bits);
    return bits >> 31 ? bits : ~bits & 0x7FFFFFFF;
}

/* Sorts by logit, largest first; stable. Uses `spare`, and leaves the result in `all`. */
static void sort_candidates(struct candidate *all, struct candidate *spare, uint32_t count)
{
    static const uint32_t insertion_limit = 48;
    if (count <= insertion_limit) {
        for (uint32_t i = 1; i < count; i++) {
            struct candidate c = all[i];
            uint32_t at = i;
            for (; at > 0 && all[at - 1].logit < c.logit; at--)
                all[at] = all[at - 1];
            all[at] = c;
        }
        return;
    }
    uint32_t starts[RADIX_PASSES][RADIX] = {{0}};
    for (uint32_t i = 0; i < count; i++) {
        uint32_t key = falling_key(all[i].logit);
        for (int pass = 0; pass < RADIX_PASSES; pass++)
            starts[pass][key >> pass * RADIX_BITS & (RADIX - 1)]++;
    }
    struct candidate *from = all, *to = spare;
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
    memcpy(all, from, count * sizeof *all); /* an odd number of passes ends in `spare` */
}

/* Fills group_largest and returns the id of the largest logit, the lower one of equals.
 * Not-a-number is never largest. */
static int32_t find_largest(struct sampler *s, const float *row)
{
    uint32_t groups = (s->vocabulary + GROUP - 1) / GROUP, best = 0;
    for (uint32_t g = 0; g < groups; g++) {
        const float *x = row + (size_t)g * GROUP;
        uint32_t n = s->vocabulary - g * GROUP < GROUP ? s->vocabulary - g * GROUP : GROUP;
        float lane[16];
        for (int j = 0; j < 16; j++)
            lane[j] = -INFINITY;
        uint32_t i = 0;
        for (; i + 16 <= n; i += 16) {
            for (int j = 0; j < 16; j++)
                lane[j] = x[i + j] > lane[j] ? x[i + j] : lane[j];
        }
        for (; i < n; i++)
            lane[0] = x[i] > lane[0] ? x[i] : lane[0];
        for (int j = 1; j < 16; j++)
            lane[0] = lane[j] > lane[0] ? lane[j] : lane[0];
        s->group_largest[g] = lane[0];
        if (lane[0] > s->group_largest[best])
            best = g;
    }
    uint32_t id = best * GROUP;
    while (id + 1 < s->vocabulary && !(row[id] == s->group_largest[best]) &&
           id % GROUP != GROUP - 1)
        id++;
    return row[id] == s->group_largest[best] ? (int32_t)id : 0;
}

/* A bound that at least k logits reach. */
static float top_k_bound(struct sampler *s, uint32_t k)
{
    uint32_t groups = (s->vocabulary + GROUP - 1) / GROUP;
    if (k >= groups)
        return -INFINITY;
    for (uint32_t g = 0; g < groups; g++)
        s->all[g] = (struct candidate){.logit = s->group_largest[g]};
    sort_candidates(s->all, s->spare, groups);
    return s->all[k - 1].logit;
}

/* Logits of at least `bound`, in the order of ids. */
static uint32_t collect(struct sampler *s, const float *row, float bound)
{
    uint32_t count = 0;
    for (uint32_t start = 0; start < s->vocabulary; start += GROUP) {
        if (s->group_largest[start / GROUP] < bound)
            continue;
        uint32_t end = s->vocabulary - start < GROUP ? s->vocabulary : start + GROUP;
        for (uint32_t i = start; i < end; i++) {
            if (row[i] >= bound)
                s->all[count++] = (struct candidate){.logit = row[i], .id = (int32_t)i};
        }
    }
    return count;
}

/* Removes candidates whose weight is below `least`; order stays. */
static uint32_t drop_below(struct candidate *all, uint32_t count, float least)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (all[i].weight >= least)
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
    uint32_t count = collect(s, row, top_k_bound(s, settings->top_k));
    sort_candidates(s->all, s->spare, count);
    count = count < settings->top_k ? count : settings->top_k;
    double sum = 0;
    for (uint32_t i = 0; i < count; i++) {
        s->all[i].weight = exponential((s->all[i].logit - largest) / settings->temperature);
        sum += s->all[i].weight;
    }
    if (settings->top_p < 1)
        count = cut_top_p(s->all, count, settings->top_p * sum);
    count = drop_below(s->all, count, settings->min_p); /* the largest weight is 1 */
    return draw(s->all, count, uniform);
}

/* Weights of all tokens and their sum, in an order that does not depend on the machine. */
static double weigh_all(const struct sampler *s, const float *restrict row, float largest,
                        float *restrict weights)
{
    enum { LANES = 16 };
    double sums[LANES] = {0}, sum = 0;
    float temperature = s->settings.temperature;
    uint32_t whole = s->vocabulary / LANES * LANES;
    for (uint32_t i = 0; i < s->vocabulary; i++)
        weights[i] = exponential((row[i] - largest) / temperature);
    for (uint32_t i = 0; i < whole; i += LANES) {
        for (uint32_t j = 0; j < LANES; j++)
            sums[j] += weights[i + j];
    }
    for (uint32_t i = whole; i < s->vocabulary; i++)
        sums[0] += weights[i];
    for (int j = 0; j < LANES; j++)
        sum += sums[j];
    return sum;
}

/* Without top-k: the whole distribution, of which top-p and min-p need only what is heavy enough.
 */
static int32_t sample_all(struct sampler *s, const float *row, float largest, double uniform)
{
    const rlx_sampling *settings = &s->settings;
    double sum = weigh_all(s, row, largest, s->weights), goal = settings->top_p * sum;
    float least = settings->min_p;
    if (settings->top_p < 1) {
        /* A half, because the sum itself is rounded. */
        float light = (float)(0.5 * (sum - goal) / s->vocabulary);
        least = light > least ? light : least;
    }
    uint32_t count = 0;
    for (uint32_t i = 0; i < s->vocabulary; i++) {
        if (s->weights[i] >= least && s->weights[i] > 0)
            s->all[count++] =
                (struct candidate){.logit = row[i], .weight = s->weights[i], .id = (int32_t)i};
    }
    if (settings->top_p < 1) {
        sort_candidates(s->all, s->spare, count);
        count = cut_top_p(s->all, count, goal);
    }
    return draw(s->all, count, uniform);
}

static int32_t sample_row(struct sampler *s, const float *row, uint64_t step)
{
    const rlx_sampling *settings = &s->settings;
    int32_t best = find_largest(s, row);
    float largest = row[best];
    if (settings->temperature == 0 || settings->top_k == 1 || !isfinite(largest))
        return best;
    double uniform = sampler_uniform(settings->seed, step);
    if (settings->top_k != 0 && settings->top_k < s->vocabulary)
        return sample_best(s, row, largest, uniform);
    return sample_all(s, row, largest, uniform);
}

/* Values that the penalty replaced. */
struct patches {
    int32_t id[PENALTY_WINDOW];
    float before[PENALTY_WINDOW];
    uint32_t count;
};

/* Keskar et al., "CTRL", 2019, section 4.1, in the usual form for both signs: each distinct token
 * once. */
static void penalize(const struct sampler *s, float *row, const int32_t *history, size_t tokens,
                     struct patches *p)
{
    float penalty = s->settings.repetition_penalty;
    if (penalty == 1)
        return;
    size_t first = tokens > PENALTY_WINDOW ? tokens - PENALTY_WINDOW : 0;
    for (size_t i = first; i < tokens; i++) {
        uint32_t seen = 0;
        while (seen < p->count && p->id[seen] != history[i])
            seen++;
        if (seen < p->count || history[i] < 0 || (uint32_t)history[i] >= s->vocabulary)
            continue;
        float *logit = &row[history[i]];
        p->id[p->count] = history[i];
        p->before[p->count++] = *logit;
        *logit = *logit > 0 ? *logit / penalty : *logit * penalty;
    }
}

int32_t sampler_draw(struct sampler *s, float *row, const int32_t *history, size_t tokens)
{
    struct patches patches = {.count = 0};
    penalize(s, row, history, tokens, &patches);
    int32_t id = sample_row(s, row, tokens);
    for (uint32_t i = 0; i < patches.count; i++)
        row[patches.id[i]] = patches.before[i];
    return id;
}

void sampler_set(struct sampler *s, const rlx_sampling *settings)
{
    rlx_sampling r = {.top_p = 1, .repetition_penalty = 1};
    if (settings != NULL)
        memcpy(&r, settings, settings->struct_bytes < sizeof r ? settings->struct_bytes : sizeof r);
    r.struct_bytes = sizeof r;
    /* Each written so that not-a-number takes the harmless side. */
    r.temperature = r.temperature > 0 ? r.temperature : 0;
    r.top_p = r.top_p < 1 ? (r.top_p > 0 ? r.top_p : 0) : 1;
    r.min_p = r.min_p > 0 ? (r.min_p < 1 ? r.min_p : 1) : 0;
    r.repetition_penalty = r.repetition_penalty > 0 ? r.repetition_penalty : 1;
    s->settings = r;
}

rlx_status sampler_open(struct sampler *s, uint32_t vocabulary, rlx_error *error)
{
    *s = (struct sampler){.vocabulary = vocabulary};
    sampler_set(s, NULL);
    s->group_largest = malloc(((size_t)vocabulary / GROUP + 1) * sizeof *s->group_largest);
    s->weights = malloc((size_t)vocabulary * sizeof *s->weights);
    s->all = malloc((size_t)vocabulary * sizeof *s->all);
    s->spare = malloc((size_t)vocabulary * sizeof *s->spare);
    if (s->group_largest == NULL || s->weights == NULL || s->all == NULL || s->spare == NULL)
        return rlx_fail(error, RLX_NO_MEMORY, "no memory to sample from %u tokens", vocabulary);
    return RLX_OK;
}

void sampler_close(struct sampler *s)
{
    free(s->group_largest);
    free(s->weights);
    free(s->all);
    free(s->spare);
}

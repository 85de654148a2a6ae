/* Drawing from the whole vocabulary, without top-k. In: a row of logits. Out: a token. Min-p and no
 * filter at all need no order: the draw steps over whole groups by their sums. Top-p needs the
 * heaviest first, but only around two places, where the nucleus ends and where the draw falls: the
 * weights are added up in buckets of nearly equal logits, and only these two buckets are sorted.
 */
#include "runtime/sample/sample_parts.h"

#include <string.h>

/* What is left to draw from: tokens of at least this weight. */
static float min_weight(const struct sampler *s, double sum, double goal)
{
    float min = s->settings.min_p > 0 ? s->settings.min_p : 1e-45F; /* not 0 */
    if (s->settings.top_p < 1) {
        /* Lighter tokens sum to less than what the nucleus leaves. A half, because the sum itself
         * is rounded. */
        float light = (float)(0.5 * (sum - goal) / s->vocabulary);
        min = light > min ? light : min;
    }
    return min;
}

static double sum_from(const float *weights, float min)
{
    double sum = 0;
    for (uint32_t i = 0; i < GROUP; i++)
        sum += weights[i] >= min ? (double)weights[i] : 0;
    return sum;
}

/* By ids: the token on which the fraction `uniform` of all weights falls. */
static int32_t draw_by_id(struct sampler *s, float min, double uniform)
{
    uint32_t groups = sampler_groups(s), last = 0;
    double sum = 0, reached = 0;
    for (uint32_t g = 0; g < groups; g++) {
        if (s->group_weight[g] < min)
            s->group_sum[g] = 0;
        else if (s->settings.min_p > 0)
            s->group_sum[g] = sum_from(s->weights + (size_t)g * GROUP, min);
        sum += s->group_sum[g];
    }
    double goal = uniform * sum;
    for (uint32_t g = 0; g < groups; g++) {
        if (s->group_sum[g] == 0)
            continue;
        last = g;
        if (goal < reached + s->group_sum[g])
            break;
        reached += s->group_sum[g];
    }
    uint32_t id = last * GROUP;
    const float *weights = s->weights + id;
    for (uint32_t i = 0; i < GROUP; i++) {
        if (weights[i] < min)
            continue;
        id = last * GROUP + i;
        reached += weights[i];
        if (goal < reached)
            break;
    }
    return (int32_t)id;
}

/* Without branches: which weights count is as good as random. */
static void fill_buckets(struct sampler *s, float min)
{
    uint32_t groups = sampler_groups(s);
    memset(s->bucket_sum, 0, SAMPLE_BUCKETS * sizeof *s->bucket_sum);
    for (uint32_t g = 0; g < groups; g++) {
        if (s->group_weight[g] < min)
            continue;
        const float *weights = s->weights + (size_t)g * GROUP;
        const uint16_t *bucket = s->bucket + (size_t)g * GROUP;
        float counted[GROUP];
        for (uint32_t i = 0; i < GROUP; i++)
            counted[i] = weights[i] >= min ? weights[i] : 0;
        for (uint32_t i = 0; i < GROUP; i++)
            s->bucket_sum[bucket[i]] += (double)counted[i];
    }
}

static bool group_holds(const uint16_t *bucket, uint16_t wanted)
{
    uint16_t found = 0;
    for (uint32_t i = 0; i < GROUP; i++)
        found |= bucket[i] == wanted;
    return found;
}

/* The tokens of a bucket, sorted, in s->all. */
static uint32_t open_bucket(struct sampler *s, const float *row, float min, uint32_t wanted)
{
    uint32_t groups = sampler_groups(s), count = 0;
    for (uint32_t g = 0; g < groups; g++) {
        const uint16_t *bucket = s->bucket + (size_t)g * GROUP;
        if (s->group_weight[g] < min || !group_holds(bucket, (uint16_t)wanted))
            continue;
        const float *weights = s->weights + (size_t)g * GROUP, *logits = row + (size_t)g * GROUP;
        uint32_t members = group_count(s, g);
        for (uint32_t i = 0; i < members; i++) {
            if (bucket[i] == wanted && weights[i] >= min)
                s->all[count++] =
                    (struct candidate){logits[i], weights[i], (int32_t)(g * GROUP + i)};
        }
    }
    sort_candidates(s, count);
    return count;
}

/* The bucket in which the sum comes to more than `goal` (`or_equal`: to as much), or the last one
 * that holds anything; `before` becomes the sum in front of it. */
static uint32_t find_bucket(const struct sampler *s, double goal, bool or_equal, double *before)
{
    uint32_t last = 0;
    double reached = 0;
    *before = 0;
    for (uint32_t b = 0; b < SAMPLE_BUCKETS; b++) {
        if (s->bucket_sum[b] == 0)
            continue;
        last = b;
        *before = reached;
        reached += s->bucket_sum[b];
        if (or_equal ? reached >= goal : reached > goal)
            break;
    }
    return last;
}

/* The fewest best tokens whose weights reach `goal`; of these, the one on which the fraction
 * `uniform` of their weights falls. */
static int32_t draw_nucleus(struct sampler *s, const float *row, float min, double goal,
                            double uniform)
{
    fill_buckets(s, min);
    double before, reached;
    uint32_t end = find_bucket(s, goal, true, &before);
    uint32_t count = open_bucket(s, row, min, end), kept = 0;
    reached = before;
    while (kept < count && (kept == 0 || reached < goal))
        reached += s->all[kept++].weight;
    double drawn = uniform * reached;
    if (drawn < before) {
        uint32_t bucket = find_bucket(s, drawn, false, &before);
        kept = open_bucket(s, row, min, bucket);
    }
    uint32_t i = 0;
    for (reached = before; i < kept; i++) {
        reached += s->all[i].weight;
        if (drawn < reached)
            return s->all[i].id;
    }
    return s->all[kept - 1].id;
}

int32_t sample_whole(struct sampler *s, const float *row, float largest, double uniform)
{
    double sum = weigh_all(s, row, largest), goal = s->settings.top_p * sum;
    float min = min_weight(s, sum, goal);
    if (s->settings.top_p >= 1)
        return draw_by_id(s, min, uniform);
    return draw_nucleus(s, row, min, goal, uniform);
}

/* Bounds keys and values by the weights that make them. A projection reads a normalized row, whose
 * length is at most the root of its width, multiplied by the norm's weights g. By the
 * Cauchy-Schwarz inequality, an output is at most sqrt(n) * |w g| + |bias|. Rotation of pairs makes
 * an element at most sqrt(2) times as large; scaling for long contexts may add to that. A normed
 * key is at most sqrt(n) times the norm's largest weight. Contract: kv_range.h. */
#include "compiler/kv_range.h"

#include "compiler/base/float16.h"
#include "compiler/base/threads.h"
#include "compiler/import/quant.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

/* sqrt(2) for a rotation, and room for the amplitude of scaled ones. */
static const double rotation = 2;

/* A vector as f32; NULL if the model has none of `count` elements. */
static const float *layer_vector(const struct model *m, struct arena *a, uint32_t layer,
                                 const char *what, uint64_t count)
{
    const struct tensor *t = model_find_tensor(m, "model.layers.%u.%s", layer, what);

    if (t == NULL || t->rank != 1 || t->shape[0] != count)
        return NULL;
    float *values = arena_new(a, float, count);
    quant_decode(t->dtype, model_row(m, t, 0, NULL), count, values);
    return values;
}

static double largest_of(const float *values, uint64_t count)
{
    float max = 0;

    for (uint64_t i = 0; i < count; i++)
        max = fmaxf(max, fabsf(values[i]));
    return (double)max;
}

/* |w g|, squared. The compiler turns the four sums into a vector. */
static float squares_of(const float *w, const float *g, uint64_t count)
{
    float sum[4] = {0};

    for (uint64_t i = 0; i + 4 <= count; i += 4)
        for (uint64_t j = 0; j < 4; j++)
            sum[j] += w[i + j] * g[i + j] * (w[i + j] * g[i + j]);
    for (uint64_t i = count - count % 4; i < count; i++)
        sum[0] += w[i] * g[i] * (w[i] * g[i]);
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

/* Elements of a vector by the columns of a matrix, which may stand in another order. */
static const float *in_order(const struct model *m, struct arena *a, const struct tensor *t,
                             const float *g, uint64_t count)
{
    const struct tensor *order = t->order != 0 ? model_tensor(m, t->order) : NULL;
    float *sorted = arena_new(a, float, count);
    int32_t column;

    if (order == NULL)
        return g;
    for (uint64_t i = 0; i < count; i++) {
        memcpy(&column, model_row(m, order, 0, NULL) + i * sizeof column, sizeof column);
        sorted[i] = g[column];
    }
    return sorted;
}

/* The largest output of a projection after the norm `g`; 0 if the layer has no such weights. */
static double projection_bound(const struct model *m, struct arena *a, uint32_t layer,
                               const char *which, const float *g)
{
    char name[48];
    uint64_t n = m->hyper.hidden;

    snprintf(name, sizeof name, "self_attn.%s_proj.weight", which);
    const struct tensor *t = model_find_tensor(m, "model.layers.%u.%s", layer, name);
    if (t == NULL || t->rank != 2 || t->shape[1] != n || g == NULL)
        return 0;
    g = in_order(m, a, t, g, n);
    snprintf(name, sizeof name, "self_attn.%s_proj.bias", which);
    const float *bias = layer_vector(m, a, layer, name, t->shape[0]);
    float *row = arena_new(a, float, n), longest = 0;
    uint8_t *room = arena_new(a, uint8_t, tensor_row_bytes(t));
    for (uint64_t i = 0; i < t->shape[0]; i++) {
        quant_decode(t->dtype, model_row(m, t, i, room), n, row);
        longest = fmaxf(longest, squares_of(row, g, n));
    }
    return sqrt((double)n) * sqrt((double)longest) +
           (bias == NULL ? 0 : largest_of(bias, t->shape[0]));
}

static double key_bound(const struct model *m, struct arena *a, uint32_t layer, const float *g)
{
    uint64_t n = m->hyper.head_dim;
    const float *norm = layer_vector(m, a, layer, "self_attn.k_norm.weight", n);

    return rotation * (norm != NULL ? sqrt((double)n) * largest_of(norm, n)
                                    : projection_bound(m, a, layer, "k", g));
}

/* What may exceed `limit` in this layer; NULL: nothing. */
static const char *beyond(const struct model *m, struct arena *a, uint32_t layer, double limit,
                          double *max)
{
    const float *g = layer_vector(m, a, layer, "input_layernorm.weight", m->hyper.hidden);

    *max = key_bound(m, a, layer, g);
    if (*max > limit)
        return "keys";
    *max = projection_bound(m, a, layer, "v", g);
    return *max > limit ? "values" : NULL;
}

/* q8_0 has integers up to 127, with f16 scales. */
double kv_range_max(enum dtype kv)
{
    return (kv == DTYPE_q8_0 ? 127 : 1) * (double)F16_MAX;
}

/* Takes layers in parallel. */
struct job {
    const struct model *model;
    double limit;
    pthread_mutex_t lock;
    uint32_t next;
    struct kv_range found; /* of the first layer that exceeds the limit; what == NULL: none */
};

static void work(void *argument)
{
    struct job *job = argument;
    struct arena scratch = {0};

    pthread_mutex_lock(&job->lock);
    while (job->next < job->model->hyper.layers) {
        struct kv_range r = {.layer = job->next++};
        struct arena_mark mark = arena_mark(&scratch);
        pthread_mutex_unlock(&job->lock);
        r.what = beyond(job->model, &scratch, r.layer, job->limit, &r.max);
        arena_release(&scratch, mark);
        pthread_mutex_lock(&job->lock);
        if (r.what != NULL && (job->found.what == NULL || r.layer < job->found.layer))
            job->found = r;
        if (r.what != NULL)
            job->next = job->model->hyper.layers; /* other threads check those before */
    }
    pthread_mutex_unlock(&job->lock);
    arena_free(&scratch);
}

bool kv_range_fits(const struct model *m, enum dtype kv, uint32_t threads, struct kv_range *out)
{
    struct job job = {.model = m, .limit = kv_range_max(kv)};

    if (kv != DTYPE_f16 && kv != DTYPE_q8_0)
        return true;
    pthread_mutex_init(&job.lock, NULL);
    threads_run(work, &job, threads);
    pthread_mutex_destroy(&job.lock);
    *out = job.found;
    return job.found.what == NULL;
}

/* The report of `rlx bench`: a line a work, or all samples as JSON. */
#include "runtime/base/printable.h"
#include "runtime/tool/command_bench.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* Weights below this may come from a cache, and a raw read of them says nothing of memory. */
enum { CACHED_BYTES = 64 << 20 };

static const char *const kind_names[] = {[BENCH_PROMPT] = "prompt",
                                         [BENCH_DECODE] = "decode",
                                         [BENCH_BATCH] = "batch",
                                         [BENCH_BLOCK] = "block",
                                         [BENCH_DRAFT] = "draft"};

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The median, and half the distance between the quartiles as a part of it. */
struct middle {
    double median, spread;
};

static struct middle middle_of(const double *values, uint32_t count)
{
    double *sorted = malloc(count * sizeof *sorted);

    if (sorted == NULL)
        abort();
    memcpy(sorted, values, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare);
    double median = (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
    double quartiles = sorted[count - 1 - (count - 1) / 4] - sorted[(count - 1) / 4];
    free(sorted);
    return (struct middle){median, quartiles / 2 / median};
}

/* Bytes that one run reads: the weights, and the cache of each sequence. */
static double run_bytes(const struct bench *b, const struct bench_work *w)
{
    double position = (double)b->info.state_bytes / ((b->info.context + 63) / 64 * 64.0);
    double sequences = w->kind == BENCH_BATCH ? w->size : 1;

    return (double)b->info.decode_bytes + position * sequences * w->depth;
}

static double tokens_of_run(const struct bench_work *w)
{
    return w->kind == BENCH_BATCH || w->kind == BENCH_BLOCK ? w->size : 1;
}

static struct middle middle_of_ratios(const struct bench *b, const double *a, const double *c)
{
    uint32_t count = b->options->repetitions;
    double *ratio = malloc(count * sizeof *ratio);

    if (ratio == NULL)
        abort();
    for (uint32_t i = 0; i < count; i++)
        ratio[i] = a[i] / c[i];
    struct middle m = middle_of(ratio, count);
    free(ratio);
    return m;
}

static void print_share(const struct bench *b, const struct bench_work *w)
{
    struct middle read = middle_of(w->read, b->options->repetitions);
    double bytes = run_bytes(b, w) / tokens_of_run(w);
    double share = middle_of_ratios(b, w->rate, w->read).median * bytes;

    if (b->info.decode_bytes < CACHED_BYTES)
        printf("   (the weights fit the caches)");
    else
        printf("   %.0f %% of raw read (%.1f GB/s)", 100 * share, read.median / 1e9);
}

static void print_comparison(const struct bench *b, const struct bench_work *w)
{
    struct middle gain = middle_of_ratios(b, w->rate, w->one);

    if (w->kind == BENCH_BATCH)
        printf("   %.2f x one sequence (± %.0f %%)", gain.median, 100 * gain.spread);
    else if (w->kind == BENCH_BLOCK)
        printf("   a run takes %.2f x one token's (± %.0f %%)", w->size / gain.median,
               100 * gain.spread);
    else if (w->kind == BENCH_DRAFT)
        printf("   %.2f x without a draft (± %.0f %%); %.0f %% of %llu proposed tokens were right",
               gain.median, 100 * gain.spread,
               w->proposed == 0 ? 0 : 100 * (double)w->right / (double)w->proposed,
               (unsigned long long)w->proposed);
}

void bench_print_table(const struct bench *b)
{
    uint32_t count = b->options->repetitions;

    printable_write(b->info.name, stdout);
    printf(", %s, cache %s, %s, %u threads; medians of %u, ± half the distance of their "
           "quartiles\n",
           b->info.numerics, b->info.cache, b->info.level, b->threads, count);
    for (uint32_t i = 0; i < b->work_count; i++) {
        const struct bench_work *w = &b->works[i];
        struct middle rate = middle_of(w->rate, count);
        char name[64];
        int length = snprintf(name, sizeof name, "%s %u", kind_names[w->kind], w->size);
        if (w->text != NULL)
            snprintf(name, sizeof name, "%s: %s", kind_names[w->kind], w->text);
        else if (w->depth != 0)
            snprintf(name + length, sizeof name - (size_t)length, " at %u", w->depth);
        printf("%-20s %9.1f tokens/s ± %2.0f %%", name, rate.median, 100 * rate.spread);
        if (w->kind == BENCH_DECODE || w->kind == BENCH_BATCH || w->kind == BENCH_BLOCK)
            print_share(b, w);
        print_comparison(b, w);
        putchar('\n');
    }
}

static json_t *samples(const double *values, uint32_t count)
{
    json_t *array = json_array();

    for (uint32_t i = 0; i < count; i++)
        json_array_append_new(array, json_real(values[i]));
    return array;
}

void bench_print_json(const struct bench *b)
{
    uint32_t count = b->options->repetitions;
    json_t *works = json_array();

    for (uint32_t i = 0; i < b->work_count; i++) {
        const struct bench_work *w = &b->works[i];
        json_t *work =
            json_pack("{s:s, s:i, s:i, s:o, s:o}", "work", kind_names[w->kind], "size",
                      (int)w->size, "depth", (int)w->depth, "tokens_per_second",
                      samples(w->rate, count), "read_bytes_per_second", samples(w->read, count));
        if (w->kind == BENCH_DECODE || w->kind == BENCH_BATCH || w->kind == BENCH_BLOCK)
            json_object_set_new(work, "bytes_per_run", json_real(run_bytes(b, w)));
        if (w->kind == BENCH_BATCH || w->kind == BENCH_BLOCK || w->kind == BENCH_DRAFT)
            json_object_set_new(work, "compared_tokens_per_second", samples(w->one, count));
        if (w->kind == BENCH_DRAFT) {
            json_object_set_new(work, "text", json_string(w->text));
            json_object_set_new(work, "proposed", json_integer((json_int_t)w->proposed));
            json_object_set_new(work, "right", json_integer((json_int_t)w->right));
        }
        json_array_append_new(works, work);
    }
    json_t *out = json_pack("{s:s, s:s, s:s, s:s, s:i, s:I, s:o}", "model", b->info.name,
                            "numerics", b->info.numerics, "cache", b->info.cache, "level",
                            b->info.level, "threads", (int)b->threads, "decode_bytes",
                            (json_int_t)b->info.decode_bytes, "works", works);
    json_dumpf(out, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(6));
    putchar('\n');
    json_decref(out);
}

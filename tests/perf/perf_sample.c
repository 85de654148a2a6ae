/* How long the sampler takes for one token. In: nothing. Out: a Markdown table of microseconds, the
 * least and the median of many draws, for the settings that people use. The logits are normally
 * distributed, as those of a language model roughly are; the row lies in the cache, as it does
 * after the head of a model.
 *
 *     perf_sample [VOCABULARY]
 */
#include "runtime/sample/sample.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DRAWS = 300, WINDOW = 64 };

static double thread_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Box and Muller's normal numbers, of deviation `width`. */
static void fill(float *row, uint32_t count, double width)
{
    for (uint32_t i = 0; i < count; i++) {
        double radius = sqrt(-2 * log(1 - sampler_uniform(1, i)));
        row[i] = (float)(width * radius * cos(6.283185307179586 * sampler_uniform(2, i)));
    }
}

static void measure(const char *name, const rlx_sampling *settings, float *row, uint32_t vocabulary)
{
    static double times[DRAWS];
    static int32_t history[DRAWS + WINDOW];
    struct sampler sampler;
    rlx_error error;
    if (sampler_open(&sampler, vocabulary, &error) != RLX_OK) {
        fprintf(stderr, "%s\n", error.text);
        exit(1);
    }
    sampler_use(&sampler, settings, NULL);
    for (uint32_t i = 0; i < DRAWS; i++) {
        double start = thread_seconds();
        history[WINDOW + i] = sampler_draw(&sampler, row, history, WINDOW + i);
        times[i] = thread_seconds() - start;
    }
    sampler_close(&sampler);
    qsort(times, DRAWS, sizeof *times, compare);
    printf("| %s | %.1f | %.1f |\n", name, times[0] * 1e6, times[DRAWS / 2] * 1e6);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        rlx_sampling settings;
        double width; /* of the logits */
    } cases[] = {
        {"greedy", {.top_p = 1}, 2.5},
        {"temp 0.8, top-k 40, top-p 0.95", {.temperature = 0.8F, .top_k = 40, .top_p = 0.95F}, 2.5},
        {"the same, penalty 1.1",
         {.temperature = 0.8F,
          .top_k = 40,
          .top_p = 0.95F,
          .repetition_penalty = 1.1F,
          .penalty_window = WINDOW},
         2.5},
        {"temp 0.8, top-k 2000", {.temperature = 0.8F, .top_k = 2000, .top_p = 1}, 2.5},
        {"temp 0.8, top-k 20000", {.temperature = 0.8F, .top_k = 20000, .top_p = 1}, 2.5},
        {"temp 0.8, top-p 0.95", {.temperature = 0.8F, .top_p = 0.95F}, 2.5},
        {"temp 0.8, top-p 0.95, nearly flat", {.temperature = 0.8F, .top_p = 0.95F}, 0.5},
        {"temp 0.8, min-p 0.05", {.temperature = 0.8F, .top_p = 1, .min_p = 0.05F}, 2.5},
        {"temp 0.8, all tokens", {.temperature = 0.8F, .top_p = 1}, 2.5},
    };
    uint32_t vocabulary = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 151936;
    float *row = vocabulary ? malloc(vocabulary * sizeof *row) : NULL;
    if (row == NULL) {
        fprintf(stderr, "usage: perf_sample [VOCABULARY]\n");
        return 2;
    }
    printf("| sampling from %u tokens | least us | median us |\n|---|---|---|\n", vocabulary);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        rlx_sampling settings = cases[i].settings;
        settings.struct_bytes = sizeof settings;
        settings.seed = 7;
        fill(row, vocabulary, cases[i].width);
        measure(cases[i].name, &settings, row, vocabulary);
    }
    free(row);
    return 0;
}

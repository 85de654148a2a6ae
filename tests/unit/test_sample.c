/* The sampler: Philox against its published answers, distributions against their formula, the order
 * of the filters, ties, and equality with a plain sampler that sorts everything.
 */
#include "runtime/sample/sample_parts.h"
#include "tests/support/few_cases.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { LARGE = 151936 };

static struct sampler sampler;

static void open_with(uint32_t vocabulary, rlx_sampling settings)
{
    rlx_error error;
    settings.struct_bytes = sizeof settings;
    assert_int_equal(sampler_open(&sampler, vocabulary, &error), RLX_OK);
    assert_int_equal(sampler_use(&sampler, &settings, &error), RLX_OK);
}

static int32_t draw_at(float *row, size_t step)
{
    static int32_t history[1 << 17];
    assert_true(step < sizeof history / sizeof history[0]);
    return sampler_draw(&sampler, row, history, step);
}

/* The known answers that the authors publish with their Random123 library (kat_vectors). */
static void test_philox(void **state)
{
    (void)state;
    static const struct {
        uint32_t counter[4], key[2], out[4];
    } known[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}, {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        uint32_t out[4];
        philox4x32(known[i].counter, known[i].key, out);
        assert_memory_equal(out, known[i].out, sizeof out);
    }
    /* The first answer again, as the fraction that it stands for. */
    assert_true(sampler_uniform(0, 0) ==
                ldexp((double)(0x6627e8d5 >> 5), -27) + ldexp((double)(0xe169c58d >> 6), -53));
}

static void test_greedy_and_ties(void **state)
{
    (void)state;
    float row[200];
    for (int i = 0; i < 200; i++)
        row[i] = -1;
    open_with(200, (rlx_sampling){.top_p = 1, .repetition_penalty = 1});
    assert_int_equal(draw_at(row, 0), 0);
    row[199] = 3;
    assert_int_equal(draw_at(row, 0), 199);
    row[131] = row[130] = 3;
    assert_int_equal(draw_at(row, 0), 130);
    row[64] = 3;
    assert_int_equal(draw_at(row, 0), 64);
    row[7] = row[9] = INFINITY;
    assert_int_equal(draw_at(row, 0), 7);
    sampler_close(&sampler);
}

/* Wherever the one stands that is no number, and however the token is chosen. */
static void test_not_numbers(void **state)
{
    static const rlx_sampling cases[] = {
        {.top_p = 1},
        {.temperature = 1, .top_k = 5, .top_p = 1},
        {.temperature = 1, .top_p = 0.9F},
        {.temperature = 1, .top_p = 1, .repetition_penalty = 2, .penalty_window = 64}};
    float row[135];
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        open_with(135, cases[c]);
        for (int i = 0; i < 135; i++)
            row[i] = (float)i / 100;
        for (int i = 0; i < 135; i++) {
            row[i] = i % 2 == 0 ? NAN : -NAN;
            assert_int_equal(draw_at(row, 5), -1);
            row[i] = INFINITY;
            assert_int_equal(draw_at(row, 5), i);
            row[i] = -INFINITY;
            assert_int_not_equal(draw_at(row, 5), i);
            row[i] = (float)i / 100;
        }
        for (int i = 0; i < 135; i++)
            row[i] = -INFINITY;
        assert_int_equal(draw_at(row, 5), -1);
        for (int i = 0; i < 135; i++)
            row[i] = NAN;
        assert_int_equal(draw_at(row, 5), -1);
        sampler_close(&sampler);
    }
}

/* Counts of 100000 draws against probabilities, in standard deviations. */
static void expect_distribution(float *row, uint32_t vocabulary, const double *probability)
{
    enum { DRAWS = 100000 };
    uint32_t *count = calloc(vocabulary, sizeof *count);
    for (size_t i = 0; i < DRAWS; i++)
        count[draw_at(row, i)]++;
    for (uint32_t id = 0; id < vocabulary; id++) {
        double mean = DRAWS * probability[id];
        if (probability[id] == 0)
            assert_int_equal(count[id], 0);
        else if (fabs(count[id] - mean) > 4.5 * sqrt(mean) + 1)
            fail_msg("token %u: drawn %u times, expected about %.0f", id, count[id], mean);
    }
    free(count);
}

static void normalize(double *p, int count)
{
    double sum = 0;
    for (int i = 0; i < count; i++)
        sum += p[i];
    for (int i = 0; i < count; i++)
        p[i] /= sum;
}

static void test_temperature(void **state)
{
    (void)state;
    float row[] = {1, 2, -1, 0.5F, 3};
    double p[5];
    open_with(5,
              (rlx_sampling){.temperature = 0.7F, .top_p = 1, .repetition_penalty = 1, .seed = 11});
    for (int i = 0; i < 5; i++)
        p[i] = exp(row[i] / 0.7);
    normalize(p, 5);
    expect_distribution(row, 5, p);
    sampler_close(&sampler);
}

static void test_top_k(void **state)
{
    (void)state;
    float row[] = {1, 2, 2, 0, 3, 2};
    double p[] = {0, exp(2), exp(2), 0, exp(3), 0}; /* the third of the equal ones is cut */
    open_with(6,
              (rlx_sampling){
                  .temperature = 1, .top_k = 3, .top_p = 1, .repetition_penalty = 1, .seed = 12});
    normalize(p, 6);
    expect_distribution(row, 6, p);
    sampler_close(&sampler);
}

static void test_top_p(void **state)
{
    (void)state;
    /* probabilities 0.1 0.4 0.2 0.2 0.1 */
    float row[] = {logf(1), logf(4), logf(2), logf(2), logf(1)};
    double two[] = {0, 4.0 / 6, 2.0 / 6, 0, 0}, one[] = {0, 1, 0, 0, 0},
           three[] = {0, 0.5, 0.25, 0.25, 0};
    open_with(
        5, (rlx_sampling){.temperature = 1, .top_p = 0.55F, .repetition_penalty = 1, .seed = 13});
    expect_distribution(row, 5, two);
    sampler.settings.top_p = 0.39F;
    expect_distribution(row, 5, one);
    sampler.settings.top_p = 1e-9F;
    expect_distribution(row, 5, one);
    sampler.settings.top_p = 0.75F;
    expect_distribution(row, 5, three);
    sampler_close(&sampler);
}

static void test_min_p(void **state)
{
    (void)state;
    float row[] = {logf(1), logf(4), logf(2), logf(2), logf(1)};
    double p[] = {0, 0.5, 0.25, 0.25, 0};
    open_with(
        5, (rlx_sampling){
               .temperature = 1, .top_p = 1, .min_p = 0.4F, .repetition_penalty = 1, .seed = 14});
    expect_distribution(row, 5, p);
    sampler_close(&sampler);
}

/* Temperature first: at 2 the nucleus of 0.55 has three tokens where at 1 it has two. Top-k before
 * softmax: the nucleus is of what it left. */
static void test_order_of_filters(void **state)
{
    (void)state;
    float row[] = {logf(1), logf(16), logf(4), logf(4), logf(1)};
    double at_two[] = {0, 0.5, 0.25, 0.25, 0}; /* square roots: 1 4 2 2 1; 0.4 + 0.2 < 0.65 */
    open_with(
        5, (rlx_sampling){.temperature = 2, .top_p = 0.65F, .repetition_penalty = 1, .seed = 15});
    expect_distribution(row, 5, at_two);
    /* Of the two best alone 4 : 2, so that 0.65 needs the best only; of all, it needs two. */
    double best_only[] = {0, 1, 0, 0, 0};
    sampler.settings.top_k = 2;
    expect_distribution(row, 5, best_only);
    sampler_close(&sampler);
}

static void test_repetition_penalty(void **state)
{
    (void)state;
    float row[100] = {0};
    int32_t history[100];
    float before[100];
    row[5] = 4;
    row[6] = 3;
    row[7] = -0.5F;
    memcpy(before, row, sizeof row);
    for (int i = 0; i < 100; i++)
        history[i] = 5;
    open_with(100, (rlx_sampling){.top_p = 1, .repetition_penalty = 2, .penalty_window = 64});
    assert_int_equal(sampler_draw(&sampler, row, history, 100),
                     6); /* 4 / 2 < 3, once for all repetitions */
    assert_memory_equal(row, before, sizeof row);
    for (int i = 0; i < 64; i++)
        history[36 + i] = 9;
    assert_int_equal(sampler_draw(&sampler, row, history, 100), 5); /* out of the window of 64 */
    history[36] = 5;
    assert_int_equal(sampler_draw(&sampler, row, history, 100), 6);
    for (int i = 0; i < 100; i++)
        row[i] = -1;
    history[50] = 0; /* negative logits are multiplied */
    assert_int_equal(sampler_draw(&sampler, row, history, 100), 1);
    sampler_close(&sampler);
}

/* ---- against a plain sampler ---- */

static const float *plain_row;

static int by_rank(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    if (plain_row[x] != plain_row[y])
        return plain_row[x] > plain_row[y] ? -1 : 1;
    return x < y ? -1 : 1;
}

/* How many tokens the filters leave, by sorting all of them; `order` receives them by rank. */
static uint32_t plain_kept(const float *row, uint32_t vocabulary, const rlx_sampling *s,
                           int32_t *order)
{
    uint32_t count = s->top_k && s->top_k < vocabulary ? s->top_k : vocabulary, kept = 0;
    double sum = 0, reached = 0;
    for (uint32_t i = 0; i < vocabulary; i++)
        order[i] = (int32_t)i;
    plain_row = row;
    qsort(order, vocabulary, sizeof *order, by_rank);
    for (uint32_t i = 0; i < count; i++)
        sum += exp((row[order[i]] - row[order[0]]) / s->temperature);
    while (kept < count && (kept == 0 || reached < s->top_p * sum)) {
        double weight = exp((row[order[kept]] - row[order[0]]) / s->temperature);
        if (weight < s->min_p)
            break;
        reached += weight;
        kept++;
    }
    return kept;
}

static void test_against_a_plain_sampler(void **state)
{
    (void)state;
    static const rlx_sampling cases[] = {
        {.temperature = 0.8F, .top_k = 40, .top_p = 0.95F},
        {.temperature = 1, .top_k = 5000, .top_p = 1},
        {.temperature = 1.5F, .top_k = 0, .top_p = 0.9F},
        {.temperature = 0.6F, .top_k = 0, .top_p = 1, .min_p = 0.1F},
        {.temperature = 1, .top_k = 200, .top_p = 0.5F, .min_p = 0.01F},
        {.temperature = 3, .top_k = 0, .top_p = 0.999F},
        {.temperature = 1, .top_k = 2, .top_p = 1},
        {.temperature = 1, .top_k = LARGE - 1, .top_p = 0.7F},
    };
    float *row = malloc(LARGE * sizeof *row);
    int32_t *order = malloc(LARGE * sizeof *order);
    uint8_t *allowed = malloc(LARGE);
    for (uint32_t i = 0; i < LARGE; i++) /* coarse values: many ties */
        row[i] = floorf((float)(sampler_uniform(99, i) + sampler_uniform(98, i) +
                                sampler_uniform(97, i)) *
                        64) /
                 8;
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        rlx_sampling settings = cases[c];
        settings.repetition_penalty = 1;
        settings.seed = c;
        open_with(LARGE, settings);
        uint32_t kept = plain_kept(row, LARGE, &settings, order);
        memset(allowed, 0, LARGE);
        /* One more: sums of weights differ in their last bits. */
        for (uint32_t i = 0; i < kept + 1 && i < LARGE; i++)
            allowed[order[i]] = 1;
        uint32_t rare = 0;
        for (size_t step = 0; step < 60; step++) {
            int32_t id = draw_at(row, step);
            if (!allowed[id])
                fail_msg("case %zu: token %d is not among the best %u", c, id, kept);
            rare += plain_row[id] < row[order[kept / 4]];
        }
        if (kept > 400)
            assert_true(rare > 0); /* not only the best */
        sampler_close(&sampler);
    }
    free(row);
    free(order);
    free(allowed);
}

/* The whole rule in plain words: rank, weigh, cut, draw; the sampler's own exponential, so that
 * tokens must be equal. A row with not-a-number, or without anything above minus infinity, has no
 * token. */
static int32_t plain_draw(const float *row, uint32_t vocabulary, const rlx_sampling *s, size_t step)
{
    int32_t *order = malloc(vocabulary * sizeof *order);
    double *weight = calloc(vocabulary, sizeof *weight), sum = 0, reached = 0, kept_sum = 0;
    uint32_t count = 0, kept = 0;
    for (uint32_t i = 0; i < vocabulary; i++) {
        if (row[i] == row[i])
            order[count++] = (int32_t)i;
    }
    plain_row = row;
    qsort(order, count, sizeof *order, by_rank);
    int32_t id = count != vocabulary || row[order[0]] == -INFINITY ? -1 : order[0];
    if (id >= 0 && s->temperature != 0 && s->top_k != 1 && isfinite(row[id])) {
        float largest = row[id];
        bool by_id = s->top_k == 0 || s->top_k >= vocabulary;
        count = by_id || s->top_k > count ? count : s->top_k;
        for (uint32_t i = 0; i < count; i++)
            sum += weight[i] = weight_of((row[order[i]] - largest) / s->temperature);
        while (kept < count && (s->top_p >= 1 || kept == 0 || reached < s->top_p * sum))
            reached += weight[kept++];
        while (kept > 1 && (weight[kept - 1] < s->min_p || weight[kept - 1] == 0))
            kept--;
        if (by_id && s->top_p >= 1) { /* drawn in the order of ids */
            for (uint32_t i = 0; i < vocabulary; i++)
                weight[i] = 0;
            for (uint32_t i = 0; i < kept; i++)
                weight[order[i]] = weight_of((row[order[i]] - largest) / s->temperature);
            for (uint32_t i = 0; i < vocabulary; i++)
                order[i] = (int32_t)i;
            kept = vocabulary;
        }
        for (uint32_t i = 0; i < kept; i++)
            kept_sum += weight[i];
        double goal = sampler_uniform(s->seed, step) * kept_sum;
        reached = 0;
        for (uint32_t i = 0; i < kept && reached <= goal; i++) {
            if (weight[i] > 0)
                id = order[i];
            reached += weight[i];
        }
    }
    free(order);
    free(weight);
    return id;
}

/* kind 0: normal-like, 1: few values, 2: with infinities, 3: nearly flat, 4: one peak, 5: nothing
 * but minus infinity and, at times, not-a-number. */
static void fill_row(float *row, uint32_t count, int kind, uint64_t seed)
{
    for (uint32_t i = 0; i < count; i++) {
        double a = sampler_uniform(seed, 3 * i), b = sampler_uniform(seed, 3 * i + 1);
        double x = a + b + sampler_uniform(seed, 3 * i + 2) - 1.5;
        row[i] = kind == 1   ? floorf((float)x * 4)
                 : kind == 3 ? (float)x * 0.01F
                 : kind == 5 ? (i == seed % 100 ? NAN : -INFINITY)
                             : (float)x * 8;
        if (kind == 2)
            row[i] = b < 0.2 ? -INFINITY : b < 0.5 ? -0.0F : row[i];
    }
    if (kind == 4)
        row[count / 2] = 50;
    if (kind == 2 && count > 100)
        row[count / 3] = seed % 4 == 0 ? INFINITY : 3;
}

static void test_equal_to_the_plain_sampler(void **state)
{
    (void)state;
    static const uint32_t sizes[] = {1, 2, 63, 64, 65, 129, 1000, 20011};
    static const rlx_sampling cases[] = {
        {.top_p = 1},
        {.temperature = 0.8F, .top_k = 40, .top_p = 0.95F},
        {.temperature = 0.8F, .top_k = 40, .top_p = 1, .min_p = 0.1F},
        {.temperature = 2, .top_k = 300, .top_p = 0.99F},
        {.temperature = 2, .top_k = 700, .top_p = 0.9F, .min_p = 0.001F},
        {.temperature = 1, .top_k = 15000, .top_p = 1},
        {.temperature = 1, .top_p = 1},
        {.temperature = 1.3F, .top_p = 0.9F},
        {.temperature = 1.3F, .top_p = 0.01F},
        {.temperature = 1, .top_p = 0.97F, .min_p = 0.02F},
        {.temperature = 0.5F, .top_p = 1, .min_p = 0.05F},
        {.temperature = 50, .top_p = 0.5F},
        {.temperature = 1e-4F, .top_p = 0.9F},
    };
    float *row = malloc(20011 * sizeof *row);
    for (size_t c = 0; c < sizeof cases / sizeof cases[0] * 8 * 6; c++) {
        if (cases_are_few() && c % 5 != 0)
            continue;
        uint32_t size = sizes[c % 8];
        int kind = (int)(c / 8 % 6);
        rlx_sampling settings = cases[c / 48];
        settings.repetition_penalty = 1;
        settings.seed = c;
        open_with(size, settings);
        for (size_t step = 0; step < (size > 1000 ? 4 : 20); step++) {
            fill_row(row, size, kind, c * 100 + step);
            int32_t found = draw_at(row, step), expected = plain_draw(row, size, &settings, step);
            if (found != expected)
                fail_msg("settings %zu, %u tokens of kind %d, step %zu: expected %d, found %d",
                         c / 48, size, kind, step, expected, found);
        }
        sampler_close(&sampler);
    }
    free(row);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_philox),
        cmocka_unit_test(test_greedy_and_ties),
        cmocka_unit_test(test_not_numbers),
        cmocka_unit_test(test_temperature),
        cmocka_unit_test(test_top_k),
        cmocka_unit_test(test_top_p),
        cmocka_unit_test(test_min_p),
        cmocka_unit_test(test_order_of_filters),
        cmocka_unit_test(test_repetition_penalty),
        cmocka_unit_test(test_against_a_plain_sampler),
        cmocka_unit_test(test_equal_to_the_plain_sampler),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

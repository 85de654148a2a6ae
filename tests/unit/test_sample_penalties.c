/* Penalties against their formulas in plain loops, and the settings of a sampler: zero means off,
 * older callers are supported, values out of range are refused or made harmless. */
#include "runtime/sample/sample_parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { VOCABULARY = 50, TOKENS = 300 };

static struct sampler sampler;

static int set_up(void **state)
{
    (void)state;
    return sampler_open(&sampler, VOCABULARY, NULL) == RLX_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    sampler_close(&sampler);
    return 0;
}

/* The logit of one token by the definitions, over the last `window` tokens. */
static float plain_logit(float logit, int32_t id, const int32_t *history, size_t tokens,
                         const rlx_sampling *s)
{
    size_t times = 0;
    for (size_t i = 0; i < tokens; i++)
        if (tokens - i <= s->penalty_window && history[i] == id)
            times++;
    if (times == 0)
        return logit;
    logit = logit > 0 ? logit / s->repetition_penalty : logit * s->repetition_penalty;
    return logit - ((float)times * s->frequency_penalty + s->presence_penalty);
}

static void fill(float row[VOCABULARY], int32_t history[TOKENS], uint64_t seed)
{
    for (uint32_t i = 0; i < VOCABULARY; i++)
        row[i] = (float)(sampler_uniform(seed, i) * 8 - 4);
    for (uint32_t i = 0; i < TOKENS; i++)
        history[i] =
            (int32_t)(sampler_uniform(seed + 1, i) * sampler_uniform(seed, i) * (VOCABULARY + 2)) -
            1; /* now and then an id that is none */
}

static void test_against_plain_loops(void **state)
{
    (void)state;
    static const rlx_sampling cases[] = {
        {.repetition_penalty = 1.3F},
        {.repetition_penalty = 0.5F},
        {.presence_penalty = 1.5F},
        {.frequency_penalty = 0.7F},
        {.frequency_penalty = -0.4F, .presence_penalty = -0.1F},
        {.repetition_penalty = 1.1F, .presence_penalty = 0.3F, .frequency_penalty = 0.2F},
    };
    static const uint32_t windows[] = {1, 2, 63, 64, 65, 299, 300, 301, UINT32_MAX};
    static const size_t lengths[] = {0, 1, 64, 65, TOKENS};
    float row[VOCABULARY], before[VOCABULARY];
    int32_t history[TOKENS];
    for (size_t n = 0; n < sizeof cases / sizeof cases[0] * 9 * 5; n++) {
        rlx_sampling s = cases[n / 45];
        size_t tokens = lengths[n % 5];
        s.struct_bytes = sizeof s;
        s.penalty_window = windows[n / 5 % 9];
        assert_int_equal(sampler_use(&sampler, &s, NULL), RLX_OK);
        s.repetition_penalty = s.repetition_penalty == 0 ? 1 : s.repetition_penalty;
        fill(row, history, n);
        memcpy(before, row, sizeof row);
        uint32_t changed = penalize(&sampler, row, history, tokens), best = 0;
        for (int32_t id = 0; id < VOCABULARY; id++) {
            float expected = plain_logit(before[id], id, history, tokens, &s);
            if (row[id] != expected)
                fail_msg("case %zu, token %d: expected %g, found %g", n, id, (double)expected,
                         (double)row[id]);
            best = row[id] > row[best] ? (uint32_t)id : best;
        }
        for (uint32_t i = 0; i < changed; i++)
            row[sampler.penalized[i].id] = sampler.penalized[i].before;
        assert_memory_equal(row, before, sizeof row);
        /* as a whole: the best of what is left, and the row as it was */
        assert_int_equal(sampler_draw(&sampler, row, history, tokens), best);
        assert_memory_equal(row, before, sizeof row);
    }
}

/* Penalties come before temperature: they are taken off logits, whatever these are divided by. */
static void test_before_temperature(void **state)
{
    (void)state;
    float row[VOCABULARY];
    int32_t history[TOKENS] = {0};
    rlx_sampling s = rlx_sampling_default();
    uint32_t first = 0;
    for (uint32_t i = 0; i < VOCABULARY; i++)
        row[i] = i < 2 ? 10 : -100;
    s.temperature = 4;
    s.presence_penalty = 4; /* 10 - 4 against 10, at temperature 4: one in 1 + e */
    assert_int_equal(sampler_use(&sampler, &s, NULL), RLX_OK);
    for (s.seed = 0; s.seed < 20000; s.seed++) {
        sampler.settings.seed = s.seed;
        first += sampler_draw(&sampler, row, history, 1) == 0;
    }
    assert_true(fabs(first / 20000.0 - 1 / (1 + exp(1))) < 0.015);
}

static void test_zero_means_off(void **state)
{
    (void)state;
    rlx_sampling zero = {.struct_bytes = sizeof zero, .temperature = 1, .seed = 5};
    rlx_sampling off = rlx_sampling_default();
    float row[VOCABULARY];
    int32_t history[TOKENS], drawn[2][40];
    off.temperature = 1;
    off.seed = 5;
    fill(row, history, 3);
    for (int round = 0; round < 2; round++) {
        assert_int_equal(sampler_use(&sampler, round == 0 ? &zero : &off, NULL), RLX_OK);
        for (size_t step = 0; step < 40; step++)
            drawn[round][step] = sampler_draw(&sampler, row, history, step);
    }
    assert_memory_equal(drawn[0], drawn[1], sizeof drawn[0]);
    uint32_t distinct = 0;
    for (int i = 0; i < 40; i++)
        distinct += drawn[0][i] != drawn[0][0];
    assert_true(distinct > 10); /* a top_p of 0 does not mean the best one alone */
    assert_int_equal(sampler_use(&sampler, NULL, NULL), RLX_OK);
    assert_int_equal(sampler.settings.temperature, 0);
    assert_int_equal(sampler.settings.penalty_window, 64);
}

static void expect_refused(rlx_sampling s, const char *words)
{
    rlx_error error = {0};
    rlx_sampling before = sampler.settings;
    s.struct_bytes = sizeof s;
    if (sampler_use(&sampler, &s, &error) != RLX_ERROR_BAD_ARGUMENT ||
        strstr(error.text, words) == NULL)
        fail_msg("expected '%s', found '%s'", words, error.text);
    assert_memory_equal(&sampler.settings, &before, sizeof before);
}

static void test_out_of_range(void **state)
{
    (void)state;
    static const float wrong[] = {NAN, INFINITY, -INFINITY, -5};
    for (size_t i = 0; i < 4; i++) {
        expect_refused((rlx_sampling){.temperature = wrong[i]}, "temperature: expected");
        expect_refused((rlx_sampling){.top_p = wrong[i]}, "top_p: expected");
        expect_refused((rlx_sampling){.min_p = wrong[i]}, "min_p: expected");
        expect_refused((rlx_sampling){.repetition_penalty = wrong[i]},
                       "repetition_penalty: expected");
        if (i < 3) {
            expect_refused((rlx_sampling){.presence_penalty = wrong[i], .penalty_window = 1},
                           "presence_penalty: expected");
            expect_refused((rlx_sampling){.frequency_penalty = wrong[i], .penalty_window = 1},
                           "frequency_penalty: expected");
        }
    }
    expect_refused((rlx_sampling){.top_p = 1.5F}, "top_p: expected a number from 0 to 1");
    expect_refused((rlx_sampling){.min_p = 2}, "found 2");
    expect_refused((rlx_sampling){.repetition_penalty = 1.1F}, "penalty_window");
    expect_refused((rlx_sampling){.presence_penalty = 1}, "penalty_window");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_plain_loops),
        cmocka_unit_test(test_before_temperature),
        cmocka_unit_test(test_zero_means_off),
        cmocka_unit_test(test_out_of_range),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

/* The recommended sampling of a model: complete, partial, and for callers of other versions. */
#include "tests/support/tiny_artifact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

/* Of the tiny model with this entry; NULL: without a section. */
static rlx_sampling sampling_of(const struct rlx_sampling_entry *entry)
{
    struct tiny t = tiny_make(NULL);
    rlx_model *model;
    rlx_error error = {0};
    rlx_sampling s = {.struct_bytes = sizeof s};
    if (entry == NULL)
        *tiny_section(&t, RLX_SECTION_SAMPLING) =
            (struct rlx_section){.kind = 99, .offset = TINY_TABLES};
    else
        memcpy(tiny_entry(&t, RLX_SECTION_SAMPLING, 0), entry, sizeof *entry);
    tiny_seal(&t);
    if (tiny_open(&t, &model, &error) != RLX_OK)
        fail_msg("%s", error.text);
    rlx_model_get_sampling(model, &s);
    rlx_model_close(model);
    free(t.data);
    assert_int_equal(s.struct_bytes, sizeof s);
    assert_int_equal(s.seed, 0);
    assert_true(s.presence_penalty == 0 && s.frequency_penalty == 0);
    return s;
}

static void expect(rlx_sampling s, float temperature, uint32_t top_k, float top_p, float min_p,
                   float repetition, uint32_t window, uint32_t from)
{
    assert_true(s.temperature == temperature);
    assert_int_equal(s.top_k, top_k);
    assert_true(s.top_p == top_p);
    assert_true(s.min_p == min_p);
    assert_true(s.repetition_penalty == repetition);
    assert_int_equal(s.penalty_window, window);
    assert_int_equal(s.from_model, from);
}

static void test_nothing_recommended(void **state)
{
    (void)state;
    expect(sampling_of(NULL), 0.7F, 0, 0.95F, 0.05F, 1, 64, 0);
    struct rlx_sampling_entry none = {.temperature = 3};
    expect(sampling_of(&none), 0.7F, 0, 0.95F, 0.05F, 1, 64, 0);
}

/* One of the four makes all four the publisher's; penalties stand alone. */
static void test_some_recommended(void **state)
{
    (void)state;
    struct rlx_sampling_entry e = {.given = RLX_GIVEN_TEMPERATURE, .temperature = 0.6F};
    expect(sampling_of(&e), 0.6F, 0, 1, 0, 1, 64, RLX_SAMPLING_TEMPERATURE);
    e = (struct rlx_sampling_entry){
        .given = RLX_GIVEN_TOP_K | RLX_GIVEN_TOP_P, .top_k = 64, .top_p = 0.95F};
    expect(sampling_of(&e), 1, 64, 0.95F, 0, 1, 64, RLX_SAMPLING_TOP_K | RLX_SAMPLING_TOP_P);
    e = (struct rlx_sampling_entry){.given = RLX_GIVEN_MIN_P, .min_p = 0.1F};
    expect(sampling_of(&e), 1, 0, 1, 0.1F, 1, 64, RLX_SAMPLING_MIN_P);
    e = (struct rlx_sampling_entry){.given = RLX_GIVEN_TEMPERATURE};
    expect(sampling_of(&e), 0, 0, 1, 0, 1, 64, RLX_SAMPLING_TEMPERATURE);
    e = (struct rlx_sampling_entry){.given = RLX_GIVEN_REPETITION_PENALTY,
                                    .repetition_penalty = 1.1F};
    expect(sampling_of(&e), 0.7F, 0, 0.95F, 0.05F, 1.1F, 64, RLX_SAMPLING_REPETITION_PENALTY);
    e.given |= RLX_GIVEN_PENALTY_WINDOW | 1u << 30;
    e.penalty_window = UINT32_MAX;
    expect(sampling_of(&e), 0.7F, 0, 0.95F, 0.05F, 1.1F, UINT32_MAX,
           RLX_SAMPLING_REPETITION_PENALTY | RLX_SAMPLING_PENALTY_WINDOW);
    e.penalty_window = 0;
    expect(sampling_of(&e), 0.7F, 0, 0.95F, 0.05F, 1, 0,
           RLX_SAMPLING_REPETITION_PENALTY | RLX_SAMPLING_PENALTY_WINDOW);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_recommended),
        cmocka_unit_test(test_some_recommended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* generate.c of the freestanding form, over a model of this test's own: a run sees the inputs, sizes
 * and states that it must see, whatever the pieces that a prompt is cut into, and generation ends
 * where it must. The model: logits are largest at (sum of all tokens + their number) mod 10, where
 * the sum is a carried state and the tokens are a state of rows. */
#include "model.h"
#include "rlx/kernel.h"
#include "rlx/model_code.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

enum { CONTEXT = 12, VOCABULARY = 11, LIMIT = 10 };

const uint8_t model_weights[4] = {1, 2, 3, 4};
static uint32_t runs[2];

/* Of one variant: where generate.c must have put what. */
static void run_body(const struct rlx_code_run *run, uint32_t variant, uint32_t tokens,
                     uint32_t positions)
{
    const int64_t rows = run->dims[RLX_DIM_ROWS], past = run->dims[RLX_DIM_PAST_SEQ];
    uint8_t *const history = run->state;
    int64_t sum;

    runs[variant]++;
    assert_ptr_equal(run->weights, model_weights);
    assert_int_equal((uintptr_t)run->state % 64, 0);
    assert_int_equal(run->dims[RLX_DIM_BATCH], 1);
    assert_int_equal(run->dims[RLX_DIM_SEQ], rows);
    assert_int_equal(run->dims[RLX_DIM_KEYS], past + rows);
    assert_int_equal(run->dims[6], (rows + 1) / 2);
    assert_ptr_not_equal(run->carried_in, run->carried_out);
    memcpy(&sum, run->carried_in, sizeof sum);
    for (int64_t i = 0; i < rows; i++) {
        const int32_t token = ((const int32_t *)(run->input + tokens))[i];
        assert_int_equal(((const int32_t *)(run->input + positions))[i], past + i);
        history[past + i] = (uint8_t)token;
        sum += token;
    }
    memcpy(run->carried_out, &sum, sizeof sum);
}

static void run_rows(const struct rlx_code_run *run, uint32_t logits_at)
{
    const int64_t keys = run->dims[RLX_DIM_KEYS];
    float *const logits = (float *)(run->output + logits_at);
    int64_t sum, check = 0;

    assert_int_equal(run->dims[RLX_DIM_OUT_ROWS], 1);
    memcpy(&sum, run->carried_out, sizeof sum);
    for (int64_t i = 0; i < keys; i++)
        check += run->state[i];
    assert_int_equal(check, sum);
    for (int32_t i = 0; i < VOCABULARY; i++)
        logits[i] = 0;
    logits[(sum + keys) % LIMIT] = 1;
}

static void single_body(const struct rlx_code_run *run)
{
    run_body(run, 0, 0, 4);
}

static void single_rows(const struct rlx_code_run *run)
{
    run_rows(run, 0);
}

static void several_body(const struct rlx_code_run *run)
{
    const struct rlx_segment *segment = (const struct rlx_segment *)(run->input + 128);

    assert_int_equal(segment->rows, run->dims[RLX_DIM_ROWS]);
    assert_int_equal(segment->past, run->dims[RLX_DIM_PAST_SEQ]);
    assert_int_equal(*(const int32_t *)(run->input + 96), run->dims[RLX_DIM_ROWS] - 1);
    run_body(run, 1, 64, 80);
}

static void several_rows(const struct rlx_code_run *run)
{
    run_rows(run, 16);
}

const struct rlx_code_variant rlx_code_variants[] = {
    {"decode", single_body, single_rows, NULL},
    {"prefill", several_body, several_rows, NULL},
};
const uint32_t rlx_code_variant_count = 2;
const uint64_t rlx_code_digest = 0;

/* What the model makes of tokens, in plain words. */
static int32_t next(const int32_t *tokens, size_t count)
{
    int64_t sum = (int64_t)count;

    for (size_t i = 0; i < count; i++)
        sum += tokens[i];
    return (int32_t)(sum % LIMIT);
}

static void expect_next(const float *logits, const int32_t *tokens, size_t count)
{
    const int32_t expected = next(tokens, count);

    for (int32_t i = 0; i < VOCABULARY; i++)
        assert_true(logits[i] == (i == expected ? 1.0F : 0.0F));
}

static void test_pieces(void **state)
{
    static const int32_t tokens[CONTEXT] = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8};
    const float *logits = NULL;

    (void)state;
    for (size_t first = 0; first <= CONTEXT; first++) {
        model_reset();
        assert_int_equal(model_room(), CONTEXT);
        if (first != 0) {
            memset(runs, 0, sizeof runs);
            assert_int_equal(model_feed(tokens, first, &logits), 0);
            expect_next(logits, tokens, first);
            assert_int_equal(runs[0] + runs[1], (first + 3) / 4);
            assert_int_equal(runs[0], first % 4 == 1 ? 1 : 0);
        }
        assert_int_equal(model_room(), CONTEXT - first);
        if (first != CONTEXT) {
            assert_int_equal(model_feed(tokens + first, CONTEXT - first, &logits), 0);
            expect_next(logits, tokens, CONTEXT);
        }
    }
    assert_int_equal(model_feed(tokens, 1, NULL), MODEL_ERROR_CONTEXT);
    assert_int_equal(model_room(), 0);
}

static void test_errors(void **state)
{
    static const int32_t good[] = {1, 2, 3}, high[] = {1, 10}, low[] = {1, -1};
    static const int32_t many[CONTEXT + 1];
    const float *logits = NULL;
    int32_t made[4];

    (void)state;
    model_reset();
    assert_int_equal(model_feed(NULL, 0, &logits), MODEL_ERROR_EMPTY);
    assert_int_equal(model_generate(NULL, 0, made, 4, NULL), MODEL_ERROR_EMPTY);
    assert_int_equal(model_generate(high, 2, made, 4, NULL), MODEL_ERROR_TOKEN);
    assert_int_equal(model_generate(low, 2, made, 4, NULL), MODEL_ERROR_TOKEN);
    assert_int_equal(model_generate(many, CONTEXT + 1, made, 4, NULL), MODEL_ERROR_CONTEXT);
    assert_int_equal(model_room(), CONTEXT);
    assert_int_equal(model_feed(good, 3, &logits), 0);
    assert_int_equal(model_feed(high, 2, &logits), MODEL_ERROR_TOKEN);
    assert_int_equal(model_feed(many, CONTEXT - 2, NULL), MODEL_ERROR_CONTEXT);
    assert_int_equal(model_room(), CONTEXT - 3);
    expect_next(logits, good, 3);
}

/* Tokens that were made count as fed, the newest one too. */
static void test_conversation(void **state)
{
    static const int32_t prompt[] = {2, 7}, more[] = {1, 1, 1};
    int32_t all[CONTEXT] = {2, 7}, made[CONTEXT];
    const float *logits;

    (void)state;
    assert_int_equal(model_generate(prompt, 2, made, 3, NULL), 3);
    for (size_t i = 0; i < 3; i++) {
        all[2 + i] = next(all, 2 + i);
        assert_int_equal(made[i], all[2 + i]);
    }
    assert_int_equal(model_room(), CONTEXT - 5);
    assert_int_equal(model_continue(more, 3, made, 2, NULL), 2);
    memcpy(all + 5, more, sizeof more);
    for (size_t i = 0; i < 2; i++) {
        all[8 + i] = next(all, 8 + i);
        assert_int_equal(made[i], all[8 + i]);
    }
    assert_int_equal(model_feed(NULL, 0, &logits), 0);
    expect_next(logits, all, 10);
    assert_int_equal(model_continue(more, 1, made, 9, NULL), 1); /* the context is full */
    assert_int_equal(model_room(), 0);
    assert_int_equal(model_generate(prompt, 2, made, 0, NULL), 0);
    assert_int_equal(model_room(), CONTEXT - 2);
}

struct witness {
    uint32_t tokens, choices;
    int32_t last;
};

static int stop_at_third(void *context, int32_t token)
{
    struct witness *w = context;

    w->last = token;
    return ++w->tokens == 3 ? 7 : 0;
}

static int32_t choose_few(void *context, const float *logits, size_t count)
{
    struct witness *w = context;

    assert_non_null(logits);
    assert_int_equal(count, VOCABULARY);
    return ++w->choices == 5 ? -1 : (int32_t)w->choices;
}

static int32_t choose_wrong(void *context, const float *logits, size_t count)
{
    (void)context;
    (void)logits;
    return (int32_t)count;
}

static void test_options(void **state)
{
    static const int32_t prompt[] = {4, 3};
    struct witness witness = {0};
    struct model_options options = {.on_token = stop_at_third, .context = &witness};
    int32_t made[CONTEXT];

    (void)state;
    assert_int_equal(model_generate(prompt, 2, made, 8, &options), 3);
    assert_int_equal(witness.last, made[2]);
    options = (struct model_options){.choose = choose_few, .context = &witness};
    assert_int_equal(model_generate(prompt, 2, made, 8, &options), 4);
    for (int32_t i = 0; i < 4; i++)
        assert_int_equal(made[i], i + 1);
    options = (struct model_options){.choose = choose_wrong};
    assert_int_equal(model_generate(prompt, 2, made, 8, &options), MODEL_ERROR_TOKEN);
    options = (struct model_options){.ends = model_ends, .end_count = model_end_count};
    assert_int_equal(model_generate(prompt, 2, made, 8, &options), 1); /* 9 ends it */
    assert_int_equal(made[0], 9);
    assert_int_equal(model_generate(prompt, 2, made, 8, NULL), 8);
    assert_int_equal(made[0], 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_conversation),
        cmocka_unit_test(test_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

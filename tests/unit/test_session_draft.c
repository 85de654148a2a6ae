/* Speculation on compiled models: whatever the proposals and their length, the result is that of
 * plain decoding, with every sampling and every kind of end. The other tests of sessions compare
 * plain decoding with references. */
#include "tests/support/few_cases.h"
#include "tests/support/shared.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "tests/support/compiled.h"

static const struct {
    const char *path, *options, *prompt;
} models[] = {
    {"models/stories-3m/stories-3m.Q8_0.gguf", "", "Once upon a time, the cat and the cat and"},
    {"models/stories-3m/stories-3m.Q8_0.gguf", "--exact --variants=decode=1,blocks=2:5,prefill=32",
     "One day One day One"},
    {"models/tinystories-656k", "--exact", "Tim and Lily. Tim and Lily."},
};

static const uint32_t draft_max[] = {0, 1, 3, 7, 15};

struct told {
    int32_t ids[256];
    size_t count, stop_after;
    const rlx_session *session;
};

static rlx_go tell(void *context, int32_t id)
{
    struct told *told = context;
    assert_true(told->count < 256);
    assert_int_equal(rlx_session_past(told->session), rlx_session_tokens(told->session) - 1);
    assert_int_equal(rlx_session_history(told->session)[rlx_session_past(told->session)], id);
    told->ids[told->count++] = id;
    return told->count == told->stop_after ? RLX_GO_STOP : RLX_GO_ON;
}

struct outcome {
    struct told told;
    size_t made, tokens, past;
    rlx_end why;
    rlx_timings timings;
};

static struct outcome generate(rlx_model *model, const int32_t *ids, size_t count,
                               const rlx_sampling *sampling, rlx_generate_options options,
                               size_t stop_after)
{
    struct outcome o = {.told.stop_after = stop_after, .timings.struct_bytes = sizeof o.timings};
    rlx_session_options session_options = {
        .struct_bytes = sizeof session_options, .threads = 2, .context = 128};
    rlx_session *session;
    rlx_error error;
    if (rlx_session_open(model, &session_options, &session, &error) != RLX_OK)
        fail_msg("%s", error.text);
    o.told.session = session;
    options.struct_bytes = sizeof options;
    options.on_token = tell;
    options.context = &o.told;
    rlx_session_set_sampling(session, sampling);
    assert_int_equal(rlx_session_prefill(session, ids, count, &error), RLX_OK);
    if (rlx_session_generate(session, &options, &o.made, &o.why, &error) != RLX_OK)
        fail_msg("%s", error.text);
    o.tokens = rlx_session_tokens(session);
    o.past = rlx_session_past(session);
    rlx_session_get_timings(session, &o.timings);
    rlx_session_close(session);
    return o;
}

static void expect_equal(const struct outcome *found, const struct outcome *plain)
{
    assert_int_equal(found->made, plain->made);
    assert_int_equal(found->why, plain->why);
    assert_int_equal(found->tokens, plain->tokens);
    assert_int_equal(found->past, plain->past);
    assert_int_equal(found->told.count, plain->told.count);
    assert_memory_equal(found->told.ids, plain->told.ids, plain->told.count * sizeof(int32_t));
    assert_int_equal(found->timings.generated_tokens, plain->timings.generated_tokens);
    assert_true(found->timings.draft_accepted <= found->timings.draft_proposed);
}

/* One way of generating, plain and with every length of draft; how many tokens were right. */
static uint64_t compare(rlx_model *model, const char *prompt, const rlx_sampling *sampling,
                        rlx_generate_options options, size_t stop_after)
{
    int32_t ids[64];
    size_t count;
    uint64_t right = 0;
    assert_int_equal(
        rlx_tokenize(model, prompt, strlen(prompt), RLX_TOKENIZE_ADD_BOS, ids, 64, &count, NULL),
        RLX_OK);
    struct outcome plain = generate(model, ids, count, sampling, options, stop_after);
    assert_int_equal(plain.timings.draft_runs, 0);
    options.draft = RLX_DRAFT_LOOKUP;
    for (size_t i = 0; i < sizeof draft_max / sizeof draft_max[0]; i++) {
        options.draft_max = draft_max[i];
        struct outcome found = generate(model, ids, count, sampling, options, stop_after);
        expect_equal(&found, &plain);
        right += found.timings.draft_accepted;
    }
    return right;
}

/* Under sanitizers one seed in three. */
static void compare_all(rlx_model *model, const char *prompt)
{
    static const size_t stops[] = {0, 1, 2, 9, 30};
    uint64_t right = 0;
    for (uint64_t seed = 0; seed < 8; seed += cases_are_few() ? 3 : 1) {
        rlx_sampling sampling = {.struct_bytes = sizeof sampling,
                                 .temperature = (float)(seed % 4) * 0.5F,
                                 .top_k = seed % 3 == 0 ? 20 : 0,
                                 .top_p = seed % 2 == 0 ? 1 : 0.9F,
                                 .repetition_penalty = seed % 5 == 4 ? 1.2F : 1,
                                 .frequency_penalty = seed == 3 ? 0.3F : 0,
                                 .penalty_window = seed == 4 ? UINT32_MAX : 64,
                                 .seed = seed};
        rlx_generate_options all = {.ignore_end = true}, some = {.max = 5 + (uint32_t)seed},
                             until_end = {.max = 0};
        right += compare(model, prompt, &sampling, all, 0);
        right += compare(model, prompt, &sampling, all, stops[seed % 5]);
        compare(model, prompt, &sampling, some, 0);
        compare(model, prompt, &sampling, until_end, 0);
    }
    assert_true(right > (cases_are_few() ? 5 : 20)); /* drafts were right, not only refused */
}

static void test_equal_tokens(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof models / sizeof models[0]; i++) {
        rlx_model *model = compiled_shared(models[i].path, models[i].options);
        if (model == NULL)
            continue;
        compare_all(model, models[i].prompt);
        rlx_model_close(model);
    }
}

/* Turns of a conversation: what was read stays read, and a history that was cut is read anew. */
static void test_turns(void **state)
{
    (void)state;
    bool lacking;
    char *path = strdup(test_shared(models[0].path));
    if (access(path, R_OK) != 0) {
        print_message("skipped: no %s\n", path);
        free(path);
        skip();
    }
    rlx_model *model = compiled_open(path, "", &lacking);
    free(path);
    rlx_session *sessions[2] = {compiled_session(model, 1), compiled_session(model, 2)};
    static const int32_t words[] = {479, 480, 256, 421, 300, 301, 479, 480, 256};
    rlx_error error;
    for (uint32_t turn = 0; turn < 30; turn++) {
        size_t made;
        rlx_end why;
        for (uint32_t drafts = 0; drafts < 2; drafts++) {
            rlx_session *s = sessions[drafts];
            rlx_generate_options o = {.struct_bytes = sizeof o,
                                      .max = 3 + turn % 11,
                                      .ignore_end = true,
                                      .draft = drafts ? RLX_DRAFT_LOOKUP : RLX_DRAFT_NONE,
                                      .draft_max = turn % 3};
            if (turn % 7 == 6)
                assert_int_equal(rlx_session_truncate(s, rlx_session_tokens(s) - 10, &error),
                                 RLX_OK);
            assert_int_equal(rlx_session_append(s, words, 1 + turn % 9, &error), RLX_OK);
            assert_int_equal(rlx_session_generate(s, &o, &made, &why, &error), RLX_OK);
            assert_int_equal(made, o.max);
        }
        assert_int_equal(rlx_session_tokens(sessions[0]), rlx_session_tokens(sessions[1]));
        assert_memory_equal(rlx_session_history(sessions[0]), rlx_session_history(sessions[1]),
                            rlx_session_tokens(sessions[0]) * sizeof(int32_t));
    }
    rlx_generate_options wrong = {.struct_bytes = sizeof wrong, .max = 1, .draft = 2};
    assert_int_equal(rlx_session_generate(sessions[1], &wrong, NULL, NULL, &error),
                     RLX_ERROR_BAD_ARGUMENT);
    rlx_session_close(sessions[0]);
    rlx_session_close(sessions[1]);
    rlx_model_close(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equal_tokens),
        cmocka_unit_test(test_turns),
    };
    return cmocka_run_group_tests(tests, temporary_set_up, temporary_tear_down);
}

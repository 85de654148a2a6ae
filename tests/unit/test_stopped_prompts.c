/* What a stopped prompt leaves in the cache of compiled models: complete runs, followed by rows
 * that are rewritten before they are read. The reference is a fresh session, bit for bit, for all
 * types of KV cache, with a window and without. */
#include "tests/support/shared.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "tests/support/compiled.h"

static const struct {
    const char *path, *options;
} models[] = {
    {"golden/mistral-swa-f32", "--exact --variants=decode=1,blocks=2:16,prefill=32:64"},
    {"golden/mistral-swa-f32", "--variants=decode=1,blocks=2:16,prefill=32:64"},
    {"golden/gguf/qwen3-Q8_0.gguf", "--kv=q8 --variants=decode=1,blocks=2:16,prefill=32:64"},
};

enum { PROMPT = 100, RUN = 64, MORE = 5, VOCABULARY_MAX = 1024 };

struct patience {
    size_t asked, max; /* times */
};

static rlx_go is_enough(void *context)
{
    struct patience *p = context;
    return ++p->asked > p->max ? RLX_GO_STOP : RLX_GO_ON;
}

/* Rows of MORE tokens after the history. */
static void go_on(rlx_session *s, size_t vocabulary, const int32_t *ids, float *rows)
{
    struct compiled_rows keep = {rows - rlx_session_tokens(s) * vocabulary, vocabulary};
    rlx_error error;
    if (rlx_session_run_logits(s, ids, MORE, 0, compiled_keep_row, &keep, &error) != RLX_OK)
        fail_msg("%s", error.text);
}

/* Stops in one place after the other and goes on with other tokens, or fewer. */
static void stop_everywhere(rlx_model *model, size_t vocabulary)
{
    static float found[MORE * VOCABULARY_MAX], expected[MORE * VOCABULARY_MAX];
    rlx_session *stopped = compiled_session(model, 2);
    int32_t ids[PROMPT], more[MORE];
    size_t inside = 0, after = 0;
    const float *row;
    rlx_error error;
    assert_true(vocabulary <= VOCABULARY_MAX);
    for (size_t i = 0; i < PROMPT; i++)
        ids[i] = (int32_t)((i * 31 + 7) % vocabulary);
    for (size_t i = 0; i < MORE; i++)
        more[i] = (int32_t)((i * 57 + 11) % vocabulary);
    for (struct patience p = {0};; p = (struct patience){.max = p.max + 1}) {
        rlx_session_set_stop(stopped, is_enough, &p);
        if (rlx_session_prefill_logits(stopped, ids, PROMPT, &row, &error) == RLX_OK)
            break;
        assert_int_equal(error.status, RLX_ERROR_STOPPED);
        rlx_session_set_stop(stopped, NULL, NULL);
        size_t past = rlx_session_past(stopped);
        assert_true(past == 0 || past == RUN);
        *(past == 0 ? &inside : &after) += 1;
        rlx_session *fresh = compiled_session(model, 2);
        assert_int_equal(rlx_session_prefill(fresh, ids, past, &error), RLX_OK);
        assert_int_equal(rlx_session_truncate(stopped, past, &error), RLX_OK);
        go_on(fresh, vocabulary, more, expected);
        go_on(stopped, vocabulary, more, found);
        expect_equal_bits("after a stop", found, expected, MORE, vocabulary);
        rlx_session_close(fresh);
    }
    /* A GPU takes a whole run at a time, and nobody is asked inside. */
    const size_t least = compiled_target() == NULL ? 4 : 1;
    assert_true(inside >= least && after >= least);
    rlx_session_close(stopped);
}

static void test_stopped(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof models / sizeof models[0]; i++) {
        rlx_model_info info = {.struct_bytes = sizeof info};
        rlx_model *model = compiled_shared(models[i].path, models[i].options);
        if (model == NULL)
            continue;
        rlx_model_get_info(model, &info);
        stop_everywhere(model, info.vocabulary);
        rlx_model_close(model);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_stopped)};
    return cmocka_run_group_tests(tests, temporary_set_up, temporary_tear_down);
}

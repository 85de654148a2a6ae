/* Several sessions on compiled models: what they make together is what each makes alone, bit for
 * bit, since sampling at a high temperature turns on the last bits of logits. Lengths differ; among
 * the models is one whose attention looks back through a window.
 */
#include "tests/support/shared.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "tests/support/compiled.h"

static const struct {
    const char *path, *options;
} models[] = {
    {"golden/gguf/qwen3-Q8_0.gguf", "--variants=decode=1,blocks=2:16,batch=2:8,prefill=32:64"},
    {"golden/gguf/llama-Q4_1.gguf", "--activations=i8"},
    {"golden/gguf/qwen2-Q5_0.gguf", ""},
    {"golden/mistral-swa-f32", "--exact"},
    {"golden/mistral-swa-f32", ""},
    {"golden/mistral-swa-f32", "--kv=q8"},
    {"golden/gguf/qwen3-Q8_0.gguf", "--kv=q8"},
    {"golden/qwen2-bf16", "--variants=decode=1,blocks=2:8,prefill=32:64"}, /* none for batches */
    {"models/stories-3m/stories-3m.Q8_0.gguf", ""},
};

enum { MOST = 11, STEPS = 40 };

static void open_all(rlx_model *model, rlx_session **sessions, size_t count, bool beside)
{
    for (size_t i = 0; i < count; i++) {
        rlx_session_options options = {.struct_bytes = sizeof options,
                                       .threads = 2,
                                       .context = 120,
                                       .beside = beside && i > 0 ? sessions[0] : NULL};
        rlx_sampling sampling = {.struct_bytes = sizeof sampling,
                                 .temperature = 2,
                                 .top_p = i % 2 == 0 ? 1 : 0.95F,
                                 .seed = i};
        rlx_error error;
        int32_t ids[64];
        if (rlx_session_open(model, &options, &sessions[i], &error) != RLX_OK)
            fail_msg("%s", error.text);
        for (size_t j = 0; j < 64; j++)
            ids[j] = (int32_t)((i * 31 + j * j * 7 + 5) % 200);
        rlx_session_set_sampling(sessions[i], &sampling);
        assert_int_equal(rlx_session_prefill(sessions[i], ids, 1 + i * 13 % 64, &error), RLX_OK);
    }
}

static void compare(rlx_model *model, size_t count)
{
    rlx_session *together[MOST], *alone[MOST];
    int32_t ids[MOST];
    rlx_error error;
    open_all(model, together, count, true);
    open_all(model, alone, count, false);
    for (int step = 0; step < STEPS; step++) {
        if (rlx_sessions_step(together, count, ids, &error) != RLX_OK)
            fail_msg("%s", error.text);
        for (size_t i = 0; i < count; i++) {
            int32_t id;
            assert_int_equal(rlx_session_step_cached(alone[i], &id, &error), RLX_OK);
            if (id != ids[i])
                fail_msg("step %d of %zu sequences: sequence %zu made %d, alone %d", step, count, i,
                         (int)ids[i], (int)id);
        }
    }
    for (size_t i = 0; i < count; i++) { /* and the logits behind, as they are */
        const float *a, *b;
        rlx_model_info info = {.struct_bytes = sizeof info};
        rlx_model_get_info(model, &info);
        assert_int_equal(rlx_session_decode_logits(alone[i], 7, &a, &error), RLX_OK);
        assert_int_equal(rlx_session_decode_logits(together[i], 7, &b, &error), RLX_OK);
        assert_memory_equal(a, b, info.vocabulary * sizeof *a);
    }
    for (size_t i = 0; i < count; i++) {
        rlx_session_close(together[i]);
        rlx_session_close(alone[i]);
    }
}

static void test_together_as_alone(void **state)
{
    static const size_t counts[] = {2, 3, 5, 8, MOST};
    (void)state;
    for (size_t i = 0; i < sizeof models / sizeof models[0]; i++) {
        rlx_model *model = compiled_shared(models[i].path, models[i].options);
        if (model == NULL)
            continue;
        for (size_t j = 0; j < sizeof counts / sizeof counts[0]; j++)
            compare(model, counts[j]);
        rlx_model_close(model);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_together_as_alone)};
    return cmocka_run_group_tests(tests, temporary_set_up, temporary_tear_down);
}

/* Models with odd spellings or storage, against logits from transformers: compiled with --exact, as
 * a block and step by step. */
#include "tests/support/compiled.h"

#include <sys/stat.h>

/* Below bug_inputs/, each with an expected.safetensors. */
static const char *const models[] = {
    "mistral-layer-types",    "rope-dynamic",         "unneeded-tensors/bool",
    "unneeded-tensors/empty", "unneeded-tensors/i64", "unneeded-tensors/rank5",
    "unneeded-tensors/u8",
};

static void compare(const char *model, const char *expected)
{
    struct safetensors_reader reader;
    bool lacking;

    assert_true(safetensors_read(&reader, expected));
    struct test_tensor tokens = safetensors_get(&reader, "tokens"),
                       logits = safetensors_get(&reader, "logits");
    const size_t vocabulary = logits.count / tokens.count;
    rlx_model *opened = compiled_open(model, "--exact --variants=decode=1,prefill=32:64", &lacking);
    assert_non_null(opened);
    rlx_session *session = compiled_session(opened, 1);
    assert_non_null(session);
    for (enum way way = WAY_LONG_RUNS; way <= WAY_STEPS; way++) {
        float *found = compiled_logits(session, vocabulary, tokens.i32, tokens.count, way);
        assert_non_null(found);
        struct error e = error_of(logits.f32, found, tokens.count, vocabulary);
        assert_true(
            error_within(&e, (struct budget){.rel = 2e-5}, "%s by %s", model, way_name[way]));
        free(found);
    }
    rlx_session_close(session);
    rlx_model_close(opened);
    safetensors_close(&reader);
}

static bool is_there(const char *below)
{
    struct stat status;

    if (stat(test_shared(below), &status) == 0)
        return true;
    print_message("skipped: no %s in RLX_SHARED\n", below);
    return false;
}

static void test_odd(void **state)
{
    char model[1024], expected[1100], below[200];

    snprintf(below, sizeof below, "bug_inputs/%s", (const char *)*state);
    if (!is_there(below))
        skip();
    snprintf(model, sizeof model, "%s", test_shared(below));
    snprintf(expected, sizeof expected, "%s/expected.safetensors", model);
    compare(model, expected);
}

/* Shards and all else behind symbolic links out of the folder. */
static void test_links(void **state)
{
    static const char *const files[] = {
        "config.json", "model.safetensors.index.json", "model-00001-of-00003.safetensors",
        "model-00002-of-00003.safetensors", "model-00003-of-00003.safetensors"};
    struct temporary_folder snapshot;
    char target[1100], from[1024];

    (void)state;
    if (!is_there("golden/llama-sharded-f16"))
        skip();
    snprintf(from, sizeof from, "%s", test_shared("golden/llama-sharded-f16"));
    temporary_open(&snapshot);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        snprintf(target, sizeof target, "%s/%s", from, files[i]);
        char *absolute = realpath(target, NULL);
        assert_non_null(absolute);
        assert_int_equal(symlink(absolute, temporary_path(&snapshot, files[i])), 0);
        free(absolute);
    }
    snprintf(target, sizeof target, "%s/expected.safetensors", from);
    compare(snapshot.path, target);
    temporary_close(&snapshot);
}

int main(void)
{
    enum { ODD = sizeof models / sizeof models[0] };
    struct CMUnitTest tests[ODD + 1];

    for (size_t i = 0; i < ODD; i++)
        tests[i] = (struct CMUnitTest){.name = models[i],
                                       .test_func = test_odd,
                                       .initial_state = (void *)(uintptr_t)models[i]};
    tests[ODD] = (struct CMUnitTest)cmocka_unit_test(test_links);
    return cmocka_run_group_tests(tests, temporary_set_up, temporary_tear_down);
}

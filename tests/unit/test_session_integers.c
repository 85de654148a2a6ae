/* Sessions of a model with an integer KV cache: after saving and loading they continue bit for bit,
 * a file with another type of KV cache is refused, and exported rows are those of an f32 KV cache
 * up to rounding, whatever the form inside the cache. */
#include "tests/support/shared.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "tests/support/compiled.h"

static const char model_path[] = "golden/gguf/qwen3-Q8_0.gguf";
enum { PROMPT = 41, STEPS = 20 };

static rlx_model *open_model(const char *options)
{
    rlx_model *model = compiled_shared(model_path, options);

    if (model == NULL)
        skip();
    return model;
}

static rlx_session *open_session(rlx_model *model)
{
    rlx_sampling sampling = {
        .struct_bytes = sizeof sampling, .temperature = 2, .top_p = 1, .seed = 5};
    rlx_session *session = compiled_session(model, 2);

    assert_non_null(session);
    rlx_session_set_sampling(session, &sampling);
    return session;
}

static void must(rlx_status status, const rlx_error *error)
{
    if (status != RLX_OK)
        fail_msg("%s", error->text);
}

static void feed_prompt(rlx_session *session)
{
    int32_t ids[PROMPT];
    const float *row;
    rlx_error error;

    for (int32_t i = 0; i < PROMPT; i++)
        ids[i] = (i * i * 7 + 5) % 200;
    must(rlx_session_prefill_logits(session, ids, PROMPT, &row, &error), &error);
}

static void test_save_and_load(void **state)
{
    rlx_model *model = open_model("--kv=q8"), *other = open_model("--kv=f16");
    rlx_session *first = open_session(model), *second = open_session(model),
                *foreign = open_session(other);
    rlx_model_info info = {.struct_bytes = sizeof info};
    const char *path = temporary_path(&test_folder, "saved.rls");
    const float *a, *b;
    rlx_error error;

    (void)state;
    rlx_model_get_info(other, &info);
    assert_string_equal(info.kv_type, "f16");
    rlx_model_get_info(model, &info);
    assert_string_equal(info.kv_type, "q8");
    feed_prompt(first);
    must(rlx_session_save(first, path, &error), &error);
    must(rlx_session_load(second, path, &error), &error);
    for (int i = 0; i < STEPS; i++) {
        must(rlx_session_decode_logits(first, 3 + i, &a, &error), &error);
        must(rlx_session_decode_logits(second, 3 + i, &b, &error), &error);
        assert_memory_equal(a, b, info.vocabulary * sizeof *a);
    }
    assert_int_equal(rlx_session_load(foreign, path, &error), RLX_ERROR_BAD_FILE);
    assert_non_null(strstr(error.text, "another compilation"));
    rlx_session_close(first);
    rlx_session_close(second);
    rlx_session_close(foreign);
    rlx_model_close(model);
    rlx_model_close(other);
}

/* Steps are at most the length of the head over 127 * sqrt(run), half of one an element: so much in
 * K, and in V where the greatest element is at most the length. */
static void check_rows(const float *exact, const float *found, uint32_t head_dim, size_t heads)
{
    for (size_t head = 0; head < heads; head++) {
        double length = 0, noise = 0;
        for (uint32_t i = 0; i < head_dim; i++) {
            size_t at = head * head_dim + i;
            length += (double)exact[at] * (double)exact[at];
            noise += pow((double)found[at] - (double)exact[at], 2);
        }
        assert_true(sqrt(noise) <= sqrt(length) * sqrt(head_dim) * 0.51 / 127);
        assert_true(noise > 0);
    }
}

/* The first layer's, which depend on no cache. */
static void test_rows_by_name(void **state)
{
    static const char *const names[] = {"past_k_0", "past_v_0"};
    rlx_model *models[] = {open_model("--kv=f32"), open_model("--kv=q8")};
    rlx_session *sessions[2];
    rlx_model_info info = {.struct_bytes = sizeof info};
    rlx_error error;
    float *rows[2];

    (void)state;
    rlx_model_get_info(models[0], &info);
    size_t heads = (size_t)PROMPT * info.kv_heads;
    for (int i = 0; i < 2; i++) {
        sessions[i] = open_session(models[i]);
        rows[i] = calloc(heads * info.head_dim, sizeof *rows[i]);
        assert_non_null(rows[i]);
        feed_prompt(sessions[i]);
    }
    for (size_t n = 0; n < sizeof names / sizeof names[0]; n++) {
        for (int i = 0; i < 2; i++)
            must(rlx_session_export_state(sessions[i], names[n], rows[i], PROMPT, &error), &error);
        check_rows(rows[0], rows[1], info.head_dim, heads);
    }
    for (int i = 0; i < 2; i++) {
        free(rows[i]);
        rlx_session_close(sessions[i]);
        rlx_model_close(models[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_save_and_load),
        cmocka_unit_test(test_rows_by_name),
    };
    return cmocka_run_group_tests(tests, temporary_set_up, temporary_tear_down);
}

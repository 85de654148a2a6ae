/* Trained models against results of Hugging Face transformers and llama.cpp: prompts to ids, greedy
 * continuations, logits, and the distance of the default arithmetic from the exact one. */
#include "tests/support/compiled.h"
#include "tests/support/few_cases.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static json_t *read_expected(const char *below)
{
    json_error_t error;
    json_t *root = json_load_file(test_shared(below), 0, &error);

    if (root == NULL)
        fprintf(stderr, "skipped: %s: %s\n", test_shared(below), error.text);
    return root;
}

static int32_t *json_ids(const json_t *list, size_t *count)
{
    *count = json_array_size(list);
    int32_t *ids = malloc((*count + 1) * sizeof *ids);

    assert_non_null(ids);
    for (size_t i = 0; i < *count; i++)
        ids[i] = (int32_t)json_integer_value(json_array_get(list, i));
    return ids;
}

static void check_tokens(const rlx_model *model, const json_t *entry, const char *name)
{
    size_t count, found_count;
    const json_t *prompt = json_object_get(entry, "prompt");
    int32_t *ids = json_ids(json_object_get(entry, "ids"), &count), found[2048];
    rlx_error error;

    if (json_is_string(prompt)) {
        assert_int_equal(rlx_tokenize(model, json_string_value(prompt), json_string_length(prompt),
                                      RLX_TOKENIZE_PARSE_SPECIAL, found, 2048, &found_count,
                                      &error),
                         RLX_OK);
        if (found_count != count || memcmp(found, ids, count * sizeof *ids) != 0) {
            fprintf(stderr, "%s: the prompt's ids differ\n", name);
            fail();
        }
    }
    free(ids);
}

/* Greedy tokens equal to the reference's up to the first margin below `narrow`. */
static void check_greedy(rlx_session *session, const json_t *prompt_ids, const json_t *greedy_ids,
                         const json_t *margins, double narrow, bool cached, const char *name)
{
    size_t prompt_count, count;
    int32_t *prompt = json_ids(prompt_ids, &prompt_count), *greedy = json_ids(greedy_ids, &count);
    rlx_error error;

    assert_int_equal(rlx_session_prefill(session, prompt, prompt_count, &error), RLX_OK);
    for (size_t i = 0; i < count && json_number_value(json_array_get(margins, i)) >= narrow; i++) {
        int32_t id;
        assert_int_equal(
            (cached ? rlx_session_step : rlx_session_step_recomputing)(session, &id, &error),
            RLX_OK);
        if (id != greedy[i]) {
            fprintf(stderr, "%s: greedy token %zu: expected %d, found %d\n", name, i, greedy[i],
                    id);
            fail();
        }
    }
    free(prompt);
    free(greedy);
}

static void stories(const char *form, const char *path, const char *options, double narrow)
{
    json_t *root = read_expected("models/stories-3m/expected.json"), *entry;
    bool lacking;
    size_t i, checked = 0;

    if (root == NULL)
        skip();
    char *model_path = strdup(test_shared(path));
    rlx_model *model = compiled_open(model_path, options, &lacking);
    free(model_path);
    assert_non_null(model);
    rlx_session *session = compiled_session(model, 2);
    json_array_foreach(json_object_get(root, "cases"), i, entry)
    {
        const char *name = json_string_value(json_object_get(entry, "name"));
        if (strcmp(json_string_value(json_object_get(entry, "form")), form) != 0)
            continue;
        check_tokens(model, entry, name);
        check_greedy(session, json_object_get(entry, "ids"), json_object_get(entry, "greedy"),
                     json_object_get(entry, "margins"), narrow, true, name);
        if (checked++ == 0)
            check_greedy(session, json_object_get(entry, "ids"), json_object_get(entry, "greedy"),
                         json_object_get(entry, "margins"), narrow, false, name);
    }
    assert_true(checked >= 4);
    rlx_session_close(session);
    rlx_model_close(model);
    json_decref(root);
}

static void stories_gguf_exact(void **state)
{
    (void)state;
    stories("gguf", "models/stories-3m/stories-3m.Q8_0.gguf", "--exact", 0.001);
}

static void stories_gguf_default(void **state)
{
    (void)state;
    stories("gguf", "models/stories-3m/stories-3m.Q8_0.gguf", "", 0.1);
}

static void stories_directory_exact(void **state)
{
    (void)state;
    stories("hf", "models/stories-3m/hf", "--exact", 0.001);
}

static void stories_directory_default(void **state)
{
    (void)state;
    stories("hf", "models/stories-3m/hf", "", 0.1);
}

/* Prompt and the first 63 exact tokens of a case: the positions over which llama.cpp's KL was
 * measured. */
static int32_t *scored_ids(const json_t *entry, size_t *count)
{
    size_t prompt_count, new_count;
    int32_t *prompt = json_ids(json_object_get(entry, "ids"), &prompt_count);
    int32_t *tokens = json_ids(json_object_get(json_object_get(entry, "exact"), "ids"), &new_count);

    if (new_count > 63)
        new_count = 63;
    *count = prompt_count + new_count;
    prompt = realloc(prompt, (*count + 1) * sizeof *prompt);
    assert_non_null(prompt);
    memcpy(prompt + prompt_count, tokens, new_count * sizeof *tokens);
    free(tokens);
    return prompt;
}

/* The prompt runs with int8 activations, whose error in a single logit can reach this much; the
 * steps after it add a thousandth of that. */
#define NARROW_MARGIN 0.3

/* A way to round, and what it adds. */
struct rounded {
    const char *options;
    rlx_model *model;
    rlx_session *session;
    double kl[2]; /* from exact, a sum and then a mean: as a prompt (long runs), by steps */
};

enum { ROUNDED_COUNT = 2, FEW_CASES = 2 };

struct smollm2 {
    json_t *root;
    struct safetensors_reader logits;
    rlx_model *exact;
    rlx_session *exact_session;
    struct rounded rounded[ROUNDED_COUNT];
    size_t vocabulary;
    double peer_kl;
    size_t rows, peer_rows;
};

static void check_exact_row(const struct smollm2 *s, const char *name, const float *row)
{
    char key[128];

    snprintf(key, sizeof key, "%s.exact", name);
    struct test_tensor expected = safetensors_get(&s->logits, key);
    if (expected.f32 == NULL || expected.count != s->vocabulary)
        return;
    struct error e = error_of(expected.f32, row, 1, s->vocabulary);
    assert_true(
        error_within(&e, (struct budget){.rel = 2e-5}, "%s: exact logits after the prompt", name));
}

static void check_rounded(const struct smollm2 *s, struct rounded *r, const json_t *entry,
                          const int32_t *ids, size_t count, const float *reference)
{
    const json_t *exact = json_object_get(entry, "exact");

    if (exact != NULL)
        check_greedy(r->session, json_object_get(entry, "ids"), json_object_get(exact, "ids"),
                     json_object_get(exact, "margins"), NARROW_MARGIN, true, r->options);
    for (int by_steps = 0; by_steps < 2; by_steps++) {
        float *found = compiled_logits(r->session, s->vocabulary, ids, count,
                                       by_steps ? WAY_STEPS : WAY_LONG_RUNS);
        assert_non_null(found);
        r->kl[by_steps] += error_of(reference, found, count, s->vocabulary).kl;
        free(found);
    }
}

static void check_case(struct smollm2 *s, const json_t *entry)
{
    const char *name = json_string_value(json_object_get(entry, "name"));
    const json_t *exact = json_object_get(entry, "exact"),
                 *peer = json_object_get(entry, "llama_cpp_kl_per_position"), *value;
    size_t count, prompt_count = json_array_size(json_object_get(entry, "ids")), i;
    int32_t *ids = scored_ids(entry, &count);

    if (exact != NULL)
        check_greedy(s->exact_session, json_object_get(entry, "ids"), json_object_get(exact, "ids"),
                     json_object_get(exact, "margins"), 0.001, true, name);
    float *reference = compiled_logits(s->exact_session, s->vocabulary, ids, count, WAY_LONG_RUNS);
    assert_non_null(reference);
    check_exact_row(s, name, reference + (prompt_count - 1) * s->vocabulary);
    for (i = 0; i < ROUNDED_COUNT; i++)
        check_rounded(s, &s->rounded[i], entry, ids, count, reference);
    s->rows += count;
    json_array_foreach((json_t *)(uintptr_t)peer, i, value) s->peer_kl += json_number_value(value);
    s->peer_rows += json_array_size(peer);
    free(reference);
    free(ids);
}

static void open_smollm2(struct smollm2 *s)
{
    char *path =
        strdup(test_shared("models/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf"));
    bool lacking;

    assert_true(safetensors_read(&s->logits,
                                 test_shared("models/smollm2-135m-instruct/logits.safetensors")));
    s->exact = compiled_open(path, "--exact --context=1024", &lacking);
    assert_non_null(s->exact);
    s->exact_session = compiled_session(s->exact, 2);
    for (int i = 0; i < ROUNDED_COUNT; i++) {
        s->rounded[i].model = compiled_open(path, s->rounded[i].options, &lacking);
        assert_non_null(s->rounded[i].model);
        s->rounded[i].session = compiled_session(s->rounded[i].model, 2);
    }
    free(path);
}

static void close_smollm2(struct smollm2 *s)
{
    for (int i = 0; i < ROUNDED_COUNT; i++) {
        rlx_session_close(s->rounded[i].session);
        rlx_model_close(s->rounded[i].model);
    }
    rlx_session_close(s->exact_session);
    rlx_model_close(s->exact);
    safetensors_close(&s->logits);
    json_decref(s->root);
}

/* All texts become their ids. Every second one runs, among these the long one; the first two where other
 * targets' drivers run in software, and where few are to run. */
static void check_cases(struct smollm2 *s)
{
    const bool most = compiled_target() == NULL && !cases_are_few();
    struct few_cases few = {0};
    json_t *entry;
    size_t i;

    json_array_foreach(json_object_get(s->root, "cases"), i, entry)
    {
        check_tokens(s->exact, entry, json_string_value(json_object_get(entry, "name")));
        if (cases_take(&few, most ? i % 2 == 1 : i < FEW_CASES))
            check_case(s, entry);
    }
    cases_end(&few, "texts of SmolLM2", compiled_target() != NULL ? compiled_target() : "CPUs");
    s->peer_kl /= (double)s->peer_rows;
    for (i = 0; i < ROUNDED_COUNT; i++) {
        struct rounded *r = &s->rounded[i];
        r->kl[0] /= (double)s->rows;
        r->kl[1] /= (double)s->rows;
        printf("SmolLM2-135M %s, mean KL from exact: as a prompt %.3g, by steps %.3g; llama.cpp "
               "%.3g\n",
               r->options, r->kl[0], r->kl[1], s->peer_kl);
    }
}

static void smollm2_agrees(void **state)
{
    struct smollm2 s = {
        .root = read_expected("models/smollm2-135m-instruct/expected.json"),
        .rounded = {{.options = "--context=1024"}, {.options = "--context=1024 --kv=q8"}},
        .vocabulary = 49152};

    (void)state;
    if (compiled_target() != NULL)
        s.rounded[1].options = "--context=1024 --target=cpu --level=native";
    if (s.root == NULL)
        skip();
    open_smollm2(&s);
    check_cases(&s);
    assert_true(s.rounded[0].kl[0] <= s.peer_kl);
    assert_true(s.rounded[0].kl[1] <= s.peer_kl);
    if (compiled_target() != NULL) { /* no worse than the target CPU */
        assert_true(s.rounded[0].kl[0] <= 1.2 * s.rounded[1].kl[0]);
        assert_true(s.rounded[0].kl[1] <= 1.2 * s.rounded[1].kl[1]);
        close_smollm2(&s);
        return;
    }
    /* Rounding of activations and of the KV cache are noises that add up; a small change of either
     * draws the sum again, which moves it by about 6 %. */
    assert_true(s.rounded[1].kl[0] <= 1.1 * s.peer_kl);
    assert_true(s.rounded[1].kl[1] <= 1e-3);
    close_smollm2(&s);
}

/* The SentencePiece-style model talks, and stays inside its template-free limits. */
static void tinystories_continues(void **state)
{
    char *path = strdup(test_shared("models/tinystories-656k"));
    int32_t ids[64];
    size_t count;
    rlx_error error;
    bool lacking;

    (void)state;
    if (access(path, R_OK) != 0) {
        fprintf(stderr, "skipped: no %s\n", path);
        free(path);
        skip();
    }
    rlx_model *model = compiled_open(path, "--exact", &lacking);
    free(path);
    assert_non_null(model);
    assert_int_equal(
        rlx_tokenize(model, "Once upon a time,", 17, RLX_TOKENIZE_ADD_BOS, ids, 64, &count, &error),
        RLX_OK);
    assert_int_equal(ids[0], 1);
    rlx_session *session = compiled_session(model, 1);
    assert_int_equal(rlx_session_prefill(session, ids, count, &error), RLX_OK);
    rlx_generate_options options = {.struct_bytes = sizeof options, .max = 40, .ids = ids};
    size_t made;
    rlx_end why;
    assert_int_equal(rlx_session_generate(session, &options, &made, &why, &error), RLX_OK);
    char text[2048];
    size_t length = 0, bytes;
    rlx_detokenizer stream = {0};
    for (size_t i = 0; i < made; i++) {
        assert_int_equal(rlx_detokenize(model, &stream, ids[i], text + length, sizeof text - length,
                                        &bytes, &error),
                         RLX_OK);
        length += bytes;
    }
    text[length] = 0;
    assert_non_null(strstr(text, " named "));
    rlx_session_close(session);
    rlx_model_close(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stories_gguf_exact),      cmocka_unit_test(stories_gguf_default),
        cmocka_unit_test(stories_directory_exact), cmocka_unit_test(stories_directory_default),
        cmocka_unit_test(smollm2_agrees),          cmocka_unit_test(tinystories_continues),
    };
    return cmocka_run_group_tests(tests, temporary_set_up, temporary_tear_down);
}

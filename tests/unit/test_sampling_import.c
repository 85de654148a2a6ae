/* Recommended sampling from its two sources to the artifact: accepted values, warnings, errors; and
 * it changes nothing else in a model. */
#include "compiler/base/out.h"
#include "compiler/import/import.h"
#include "compiler/pack/inspect.h"
#include "compiler/pack/sampling.h"
#include "tests/support/diagnostics.h"
#include "tests/support/gguf_values.h"
#include "tests/support/gguf_writer.h"
#include "tests/support/importing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <math.h>

#include "tests/support/compiled.h"

static const char bundled[] = "examples/stories-3m.Q8_0.gguf";

/* Single quotes stand for double ones. */
static bool read_json(struct importing *i, const char *text)
{
    char copy[512];

    snprintf(copy, sizeof copy, "%s", text);
    for (char *c = copy; *c != 0; c++)
        *c = *c == '\'' ? '"' : *c;
    const char *path = temporary_write(&test_folder, "generation_config.json", copy, strlen(copy));
    importing_open(i);
    bool good = sampling_from_json(path, &i->model, &i->diags);
    assert_int_equal(good, i->diags.error_count == 0);
    return good;
}

/* The entry that text becomes; `warnings` of them are said. */
static struct rlx_sampling_entry entry_of(const char *text, uint32_t warnings)
{
    struct importing i;
    struct rlx_sampling_entry e;

    if (!read_json(&i, text)) {
        diags_print(&i.diags, stderr);
        fail_msg("refused: %s", text);
    }
    assert_int_equal(i.diags.warning_count, warnings);
    sampling_entry(&i.model.sampling, &e);
    importing_close(&i);
    return e;
}

static void expect_entry(struct rlx_sampling_entry found, struct rlx_sampling_entry expected)
{
    assert_memory_equal(&found, &expected, sizeof found);
}

static void test_json(void **state)
{
    (void)state;
    expect_entry(entry_of("{'do_sample':true,'temperature':0.6,'top_k':20,'top_p':0.95,"
                          "'min_p':0.1,'repetition_penalty':1.05}",
                          0),
                 (struct rlx_sampling_entry){.given = 31,
                                             .temperature = 0.6F,
                                             .top_k = 20,
                                             .top_p = 0.95F,
                                             .min_p = 0.1F,
                                             .repetition_penalty = 1.05F});
    expect_entry(entry_of("{}", 0), (struct rlx_sampling_entry){0});
    expect_entry(entry_of("{'do_sample':true,'top_k':null}", 0), (struct rlx_sampling_entry){0});
    /* recommendations, whatever do_sample says; false alone is greedy */
    expect_entry(entry_of("{'temperature':0.3}", 0),
                 (struct rlx_sampling_entry){.given = RLX_GIVEN_TEMPERATURE, .temperature = 0.3F});
    expect_entry(entry_of("{'temperature':0.3,'do_sample':false}", 0),
                 (struct rlx_sampling_entry){.given = RLX_GIVEN_TEMPERATURE, .temperature = 0.3F});
    expect_entry(entry_of("{'do_sample':false}", 0),
                 (struct rlx_sampling_entry){.given = RLX_GIVEN_TEMPERATURE});
    expect_entry(entry_of("{'top_k':-1,'temperature':1}", 0),
                 (struct rlx_sampling_entry){.given = RLX_GIVEN_TEMPERATURE | RLX_GIVEN_TOP_K,
                                             .temperature = 1});
    /* not done here; a value that does nothing is no news */
    entry_of("{'num_beams':4,'typical_p':0.9,'no_repeat_ngram_size':3,'penalty_alpha':0.6}", 4);
    entry_of("{'num_beams':1,'typical_p':1.0,'no_repeat_ngram_size':0,'penalty_alpha':0}", 0);
}

static void test_wrong_json(void **state)
{
    (void)state;
    static const struct {
        const char *text, *key, *words;
    } wrong[] = {
        {"{'temperature':-0.5}", "temperature", "from 0 to 100, found -0.5"},
        {"{'temperature':1e300}", "temperature", "found 1e+300"},
        {"{'temperature':'hot'}", "temperature", "a number, found 'hot'"},
        {"{'top_p':0}", "top_p", "from 1e-06 to 1, found 0"},
        {"{'top_p':1.01}", "top_p", "found 1.01"},
        {"{'top_k':2.5}", "top_k", "an integer from -1 to"},
        {"{'top_k':-2}", "top_k", "found -2"},
        {"{'min_p':-0.1}", "min_p", "from 0 to 1"},
        {"{'repetition_penalty':0}", "repetition_penalty", "from 0.01 to 100"},
        {"{'do_sample':1}", "do_sample", "true or false, found 1"},
    };
    for (size_t n = 0; n < countof(wrong); n++) {
        struct importing i;
        assert_false(read_json(&i, wrong[n].text));
        assert_true(importing_said(&i, wrong[n].key, wrong[n].words));
        importing_close(&i);
    }
}

/* ---- GGUF ---- */

static const char *write_gguf(const char *key, double value)
{
    struct gguf_writer w;
    struct gguf_values v = {.bytes = 0};

    gguf_small_model(&w);
    gguf_values_number(&v, key, value);
    uint8_t *file = gguf_values_insert(&v, w.data, &w.bytes);
    const char *path = temporary_write(&test_folder, "small.gguf", file, w.bytes);
    free(file);
    return path;
}

/* Errors fit on a screen, however many mistakes a file has. */
static void test_many_wrong_ids(void **state)
{
    enum { IDS = 100000 };
    struct importing i;
    struct text json = {0};
    uint32_t lines = 0;

    (void)state;
    importing_open(&i);
    json.arena = &i.arena;
    text_add(&json, "{\"eos_token_id\":[%d", IDS);
    for (int id = 1; id < IDS; id++)
        text_add(&json, ",%d", IDS + id);
    text_add(&json, "]}");
    const char *path =
        temporary_write(&test_folder, "generation_config.json", json.data, json.bytes);
    i.model.hyper.vocabulary = IDS;
    assert_true(sampling_from_json(path, &i.model, &i.diags));
    assert_int_equal(i.diags.warning_count, IDS);
    const char *said = diags_text(&i.diags, &i.arena);
    for (const char *at = said; *at != 0; at++)
        lines += *at == '\n';
    assert_int_equal(lines, 21);
    assert_non_null(strstr(said, "and 99980 more warnings"));
    importing_close(&i);
}

static void test_gguf(void **state)
{
    (void)state;
    static const struct {
        const char *key;
        double value;
        enum sampling_option which;
    } good[] = {
        {"general.sampling.temp", 0.25, SAMPLING_temperature},
        {"general.sampling.temp", 1, SAMPLING_temperature}, /* a converter's integer */
        {"general.sampling.top_k", 64, SAMPLING_top_k},
        {"general.sampling.top_p", 0.5, SAMPLING_top_p},
        {"general.sampling.min_p", 0.125, SAMPLING_min_p},
        {"general.sampling.penalty_repeat", 1.5, SAMPLING_repetition_penalty},
        {"general.sampling.penalty_last_n", -1, SAMPLING_penalty_window},
    };
    for (size_t n = 0; n < countof(good); n++) {
        struct importing i;
        assert_true(importing_read(&i, write_gguf(good[n].key, good[n].value), false));
        for (uint32_t o = 0; o < SAMPLING_COUNT; o++) {
            assert_int_equal(i.model.sampling.given[o], o == good[n].which);
            assert_true(i.model.sampling.value[o] == (o == good[n].which ? good[n].value : 0));
        }
        assert_int_equal(i.diags.warning_count, 0);
        importing_close(&i);
    }
    static const char *const wrong[] = {"general.sampling.temp", "general.sampling.min_p",
                                        "general.sampling.penalty_repeat"};
    for (size_t n = 0; n < countof(wrong); n++) {
        struct importing i;
        assert_false(importing_read(&i, write_gguf(wrong[n], n == 1 ? NAN : -0.5), false));
        assert_true(importing_said(&i, wrong[n], n == 1 ? "nan" : "found -0.5"));
        importing_close(&i);
    }
    struct importing i;
    assert_true(importing_read(&i, write_gguf("general.sampling.mirostat", 2), false));
    assert_int_equal(i.diags.warning_count, 1);
    importing_close(&i);
}

/* ---- the artifact ---- */

/* The bundled model with a recommendation in it. */
static const char *write_bundled(void)
{
    struct gguf_values v = {.bytes = 0};
    struct arena arena = {0};
    struct diags d = {.arena = &arena};
    struct file in;

    assert_true(file_map(bundled, &in, &d));
    gguf_values_number(&v, "general.sampling.temp", 0.375);
    gguf_values_number(&v, "general.sampling.top_k", 12);
    gguf_values_number(&v, "general.sampling.penalty_last_n", -1);
    gguf_values_number(&v, "general.sampling.penalty_repeat", 1.125);
    size_t bytes = in.bytes;
    uint8_t *file = gguf_values_insert(&v, in.data, &bytes);
    const char *path = temporary_write(&test_folder, "stories-3m.Q8_0.gguf", file, bytes);
    free(file);
    file_unmap(&in);
    arena_free(&arena);
    return path;
}

struct seen {
    rlx_sampling sampling;
    char digest[20];
    uint64_t file_bytes;
};

static struct seen build(const char *model, const char *options)
{
    bool lacking;
    struct seen seen = {.sampling.struct_bytes = sizeof seen.sampling};
    rlx_model_info info = {.struct_bytes = sizeof info};
    rlx_model *m = compiled_open(model, options, &lacking);

    assert_non_null(m);
    rlx_model_get_sampling(m, &seen.sampling);
    rlx_model_get_info(m, &info);
    const char *digest = strstr(info.manifest, "\n \"digest\": \"");
    if (digest != NULL)
        memcpy(seen.digest, digest + 13, 16);
    assert_int_equal(strstr(info.manifest, "\"temperature\": 0.375") != NULL,
                     seen.sampling.from_model != 0);
    seen.file_bytes = info.file_bytes;
    rlx_model_close(m);
    return seen;
}

static void expect_recommended(const rlx_sampling *s)
{
    assert_true(s->temperature == 0.375F && s->top_k == 12 && s->top_p == 1 && s->min_p == 0);
    assert_true(s->repetition_penalty == 1.125F && s->penalty_window == UINT32_MAX);
    assert_int_equal(s->from_model, RLX_SAMPLING_TEMPERATURE | RLX_SAMPLING_TOP_K |
                                        RLX_SAMPLING_REPETITION_PENALTY |
                                        RLX_SAMPLING_PENALTY_WINDOW);
}

static void test_artifact(void **state)
{
    (void)state;
    static const char few[] = "--level=x86-64-v3 --variants=decode=1";
    char *path = strdup(write_bundled());
    struct seen plain = build(bundled, few), recommended = build(path, few);
    assert_true(plain.sampling.temperature == 0.7F && plain.sampling.from_model == 0);
    expect_recommended(&recommended.sampling);
    assert_int_equal(strlen(plain.digest), 16);
    assert_string_equal(recommended.digest, plain.digest); /* saved sessions fit both */
    recommended = build(path, "--tokenizer-only");
    expect_recommended(&recommended.sampling);
    free(path);
}

/* The other reader shows it. */
static void test_inspect(void **state)
{
    (void)state;
    char path[1024];
    struct arena arena = {0};
    struct diags d = {.arena = &arena};
    struct text text = {.arena = &arena};
    struct inspected in;
    struct file file;
    char *model = strdup(write_bundled());
    assert_int_equal(compiled_build(model, "--tokenizer-only", path), 0);
    free(model);
    assert_true(file_map(path, &file, &d));
    assert_true(inspect_open(&in, path, file.data, file.bytes, &d));
    assert_true(inspect_text(&in, false, &text));
    assert_non_null(strstr(text.data, "recommended sampling\n  temperature         0.375\n"));
    assert_int_equal(in.sections[RLX_SECTION_SAMPLING].flags, 0); /* others may skip it */
    file_unmap(&file);
    arena_free(&arena);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json),    cmocka_unit_test(test_wrong_json),
        cmocka_unit_test(test_gguf),    cmocka_unit_test(test_artifact),
        cmocka_unit_test(test_inspect), cmocka_unit_test(test_many_wrong_ids),
    };
    return cmocka_run_group_tests(tests, temporary_set_up, temporary_tear_down);
}

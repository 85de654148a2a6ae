/* Vocabularies of GGUF files, and SentencePiece's models, against ids by other programs: the
 * compiled tables, and the plain reading. Cases and their origin:
 * tests/tokenizers/gguf_pre_tokenizers.py, gguf_models.py and sentencepiece_models.py. */
#include "compiler/import/tokenizer/sentencepiece.h"
#include "compiler/tokenizer/reading.h"
#include "tests/support/gguf_writer.h"
#include "tests/unit/compared_ids.h"

enum { TEXT = 8, ARRAY = 9 };

/* Both ways of reading a vocabulary. */
struct subject {
    struct compiled *compiled;
    struct reading *reading;
    struct tally tally;
};

static void open_subject(struct subject *s, struct compiled *compiled, const char *name)
{
    const char *why = "";
    s->compiled = compiled;
    s->reading = reading_open(s->compiled->model.vocabulary, &s->compiled->arena, &why);
    if (s->reading == NULL)
        fail_msg("%s: %s", name, why);
    s->tally = (struct tally){.tokenizer = &s->compiled->tokenizer, .name = name};
}

static void close_subject(struct subject *s)
{
    assert_int_equal(s->tally.wrong, 0);
    reading_close(s->reading);
    free_vocabulary(s->compiled);
}

static void compare(struct subject *s, const json_t *line, const char *what, bool ends)
{
    const json_t *text = json_object_get(line, "text"), *expected = json_object_get(line, what);
    struct arena scratch = {0};
    struct reading_ids ids = {0};
    if (expected == NULL)
        return;
    compare_ids(&s->tally, line, what,
                RLX_TOKENIZE_PARSE_SPECIAL | (ends ? RLX_TOKENIZE_ADD_BOS : 0));
    assert_true(reading_encode(s->reading, json_string_value(text),
                               (uint32_t)json_string_length(text), true, ends, &scratch, &ids));
    bool same = ids.count == json_array_size(expected);
    for (uint32_t i = 0; same && i < ids.count; i++)
        same = json_integer_value(json_array_get(expected, i)) == (json_int_t)ids.all[i];
    if (!same)
        report(&s->tally, line, what, (const int32_t *)ids.all, ids.count);
    arena_free(&scratch);
}

/* ---- every name of a pre-tokenizer ---- */

static void put_texts(struct gguf_writer *w, const char *key, const json_t *texts)
{
    size_t i;
    json_t *text;
    gguf_put_text(w, key);
    gguf_put_u32(w, ARRAY);
    gguf_put_u32(w, TEXT);
    gguf_put_u64(w, json_array_size(texts));
    json_array_foreach(texts, i, text) gguf_put_text(w, json_string_value(text));
}

static const char *write_vocabulary(const json_t *vocabulary, const char *pre)
{
    struct gguf_writer *w = calloc(1, sizeof *w);
    const char *const texts[][2] = {{"general.architecture", "llama"},
                                    {"tokenizer.ggml.model", "gpt2"},
                                    {"tokenizer.ggml.pre", pre}};
    assert_non_null(w);
    gguf_begin(w, 0, 5);
    for (size_t i = 0; i < countof(texts); i++) {
        gguf_put_text(w, texts[i][0]);
        gguf_put_u32(w, TEXT);
        gguf_put_text(w, texts[i][1]);
    }
    put_texts(w, "tokenizer.ggml.tokens", json_object_get(vocabulary, "tokens"));
    put_texts(w, "tokenizer.ggml.merges", json_object_get(vocabulary, "merges"));
    const char *path = temporary_write(&test_folder, "pre.gguf", w->data, w->bytes);
    free(w);
    return path;
}

static json_t *vocabulary_line;
static size_t names_compared;

static void compare_name(const char *name, const json_t *ids)
{
    struct subject s;
    size_t i;
    json_t *text;
    open_subject(&s, load_vocabulary(write_vocabulary(vocabulary_line, name)), name);
    json_array_foreach(json_object_get(vocabulary_line, "texts"), i, text)
    {
        json_t *line = json_pack("{s:O, s:O}", "text", text, "ids", json_array_get(ids, i));
        compare(&s, line, "ids", false);
        json_decref(line);
    }
    close_subject(&s);
    names_compared++;
}

static void check_pre_tokenizer(void *context, const json_t *line)
{
    const char *names = json_string_value(json_object_get(line, "names"));
    (void)context;
    if (names == NULL) {
        vocabulary_line = json_deep_copy(line);
        return;
    }
    while (*names != 0) {
        char name[64];
        size_t bytes = strcspn(names, " ");
        assert_true(bytes < sizeof name);
        memcpy(name, names, bytes);
        name[bytes] = 0;
        compare_name(name, json_object_get(line, "ids"));
        names += bytes + (names[bytes] == ' ');
    }
}

static void pre_tokenizers(void **state)
{
    (void)state;
    each_case("tests/tokenizers/gguf_pre_tokenizers.jsonl", check_pre_tokenizer, NULL);
    json_decref(vocabulary_line);
    assert_true(names_compared > 80);
}

/* ---- other kinds of vocabularies ---- */

static void check_model(void *context, const json_t *line)
{
    struct subject s;
    size_t i;
    json_t *each;
    const char *file = json_string_value(json_object_get(line, "file"));
    (void)context;
    open_subject(&s, load_vocabulary(shared_path(file)), file);
    json_array_foreach(json_object_get(line, "cases"), i, each)
    {
        compare(&s, each, "ids", false);
        compare(&s, each, "ids_added", true);
    }
    assert_true(s.tally.compared > 20);
    close_subject(&s);
}

static void models(void **state)
{
    (void)state;
    each_case("tests/tokenizers/gguf_models.jsonl", check_model, NULL);
}

/* ---- SentencePiece's models ---- */

static uint8_t *from_base64(const char *text, size_t *bytes)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint8_t *out = malloc(strlen(text) + 1);
    uint32_t bits = 0, count = 0;
    assert_non_null(out);
    *bytes = 0;
    for (; *text != 0 && *text != '='; text++) {
        bits = bits << 6 | (uint32_t)(strchr(digits, *text) - digits);
        count += 6;
        if (count >= 8)
            out[(*bytes)++] = (uint8_t)(bits >> (count -= 8));
    }
    return out;
}

static struct compiled *load_model(const char *text)
{
    struct compiled *c = start_model();
    struct vocabulary *v = arena_new(&c->arena, struct vocabulary, 1);
    size_t bytes;
    uint8_t *model = from_base64(text, &bytes);
    assert_true(sentencepiece_read("tokenizer.model", model, bytes, v, &c->arena, &c->diags));
    free(model);
    c->model.vocabulary = v;
    pack_model(c);
    return c;
}

static void check_sentencepiece(void *context, const json_t *line)
{
    struct subject s;
    size_t i;
    json_t *text;
    (void)context;
    open_subject(&s, load_model(json_string_value(json_object_get(line, "model"))),
                 json_string_value(json_object_get(line, "name")));
    json_array_foreach(json_object_get(line, "texts"), i, text)
    {
        json_t *each = json_pack("{s:O, s:O, s:O}", "text", text, "ids",
                                 json_array_get(json_object_get(line, "ids"), i), "decoded",
                                 json_array_get(json_object_get(line, "decoded"), i));
        compare(&s, each, "ids", false);
        compare_text(&s.tally, each, "ids", "decoded", false);
        json_decref(each);
    }
    close_subject(&s);
}

static void sentencepiece_models(void **state)
{
    (void)state;
    each_case("tests/tokenizers/sentencepiece_models.jsonl", check_sentencepiece, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(pre_tokenizers, temporary_set_up, temporary_tear_down),
        cmocka_unit_test(models),
        cmocka_unit_test(sentencepiece_models),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Vocabularies of GGUF files made by hand: what stands around a text, how texts of tokens are read,
 * and pre-tokenizers that the file does not name. */
#include "compiler/import/tokenizer/pre_tokenizers.h"
#include "tests/support/gguf_writer.h"
#include "tests/unit/tokenizer_cases.h"

enum { U8 = 0, U32 = 4, I32 = 5, F32 = 6, BOOL = 7, TEXT = 8, ARRAY = 9, NONE = -1 };

static const char *const texts[] = {"[CLS]",        "<unk>",  "[SEP]", "\xe2\x96\x81Word",
                                    "ing",          "<mask>", "[x]",   "<0x41>",
                                    "\xe2\x96\x81", "[MASK]", "<s>"};
static const int32_t types[] = {3, 2, 3, 1, 1, 3, 1, 1, 1, 3, 3};

/* A key with a number; ended by one without a key. */
struct number {
    const char *key;
    uint32_t type, value;
};

struct by_hand {
    const char *model, *pre, *architecture;
    struct number numbers[6];
};

static struct gguf_writer writer;
static uint64_t values;

static void put_key(const char *key, uint32_t type)
{
    gguf_put_text(&writer, key);
    gguf_put_u32(&writer, type);
    values++;
}

static void put_text(const char *key, const char *text)
{
    if (text == NULL)
        return;
    put_key(key, TEXT);
    gguf_put_text(&writer, text);
}

static void put_array(const char *key, uint32_t type, uint64_t count)
{
    put_key(key, ARRAY);
    gguf_put_u32(&writer, type);
    gguf_put_u64(&writer, count);
}

static void put_vocabulary(const struct by_hand *h)
{
    const float score = -1;
    values = 0;
    gguf_begin(&writer, 0, 0);
    put_text("general.architecture", h->architecture);
    put_text("tokenizer.ggml.model", h->model);
    put_text("tokenizer.ggml.pre", h->pre);
    put_array("tokenizer.ggml.tokens", TEXT, countof(texts));
    for (size_t i = 0; i < countof(texts); i++)
        gguf_put_text(&writer, texts[i]);
    put_array("tokenizer.ggml.token_type", I32, countof(types));
    gguf_put(&writer, types, sizeof types);
    put_array("tokenizer.ggml.scores", F32, countof(texts));
    for (size_t i = 0; i < countof(texts); i++)
        gguf_put(&writer, &score, sizeof score);
    put_array("tokenizer.ggml.merges", TEXT, 0);
    for (const struct number *n = h->numbers; n->key != NULL; n++) {
        char key[64];
        snprintf(key, sizeof key, "tokenizer.ggml.%s", n->key);
        put_key(key, n->type);
        gguf_put(&writer, &n->value, n->type == BOOL ? 1 : 4);
    }
    memcpy(writer.data + 16, &values, sizeof values);
}

/* With a charsmap of that type of elements, unless there are no bytes. */
static bool read_vocabulary(struct compiled **out, const struct by_hand *h, uint32_t element,
                            const char *map, size_t bytes)
{
    const struct import_options options = {.vocabulary_only = true};
    put_vocabulary(h);
    if (bytes != 0) {
        put_array("tokenizer.ggml.precompiled_charsmap", element,
                  element == U8 ? bytes : bytes / 4);
        gguf_put(&writer, map, bytes);
        memcpy(writer.data + 16, &values, sizeof values);
    }
    const char *path = temporary_write(&test_folder, "x.gguf", writer.data, writer.bytes);
    *out = start_model();
    return import_model(path, &options, &(*out)->model, &(*out)->diags);
}

static void surroundings(void **state)
{
    static const struct {
        struct by_hand file;
        int front, back, unknown; /* NONE: no token */
    } cases[] = {
        {{"llama", NULL, "llama", {{0}}}, 1, NONE, 0},
        {{"llama",
          NULL,
          "llama",
          {{"add_bos_token", BOOL, 0}, {"add_eos_token", BOOL, 1}, {"eos_token_id", U32, 10}}},
         NONE,
         10,
         0},
        {{"t5", NULL, "t5", {{0}}}, NONE, 1, 1}, /* the token of type 2, not llama.cpp's 2 */
        {{"t5", NULL, "t5", {{"unknown_token_id", U32, 6}, {"add_eos_token", BOOL, 0}}},
         NONE,
         NONE,
         6},
        {{"bert",
          NULL,
          "bert",
          {{"cls_token_id", U32, 0},
           {"seperator_token_id", U32, 2},
           {"unknown_token_id", U32, 1},
           {"add_bos_token", BOOL, 0}}},
         0,
         2,
         1},
        {{"gemma4",
          NULL,
          "gemma4",
          {{"bos_token_id", U32, 10}, {"add_bos_token", BOOL, 0}, {"unknown_token_id", U32, 1}}},
         10,
         NONE,
         1},
        {{"gpt2", "gpt-2", "gpt2", {{"bos_token_id", U32, 10}}}, NONE, NONE, NONE},
        {{"gpt2", "tekken", "llama", {{"bos_token_id", U32, 10}}}, 10, NONE, NONE},
        {{"gpt2", "glm4", "glm4", {{"bos_token_id", U32, 10}}}, NONE, NONE, NONE},
    };

    (void)state;
    for (size_t i = 0; i < countof(cases); i++) {
        struct compiled *c;
        assert_true(read_vocabulary(&c, &cases[i].file, U8, NULL, 0));
        const struct vocabulary *v = c->model.vocabulary;
        assert_int_equal(v->front_count, cases[i].front != NONE);
        assert_int_equal(v->back_count, cases[i].back != NONE);
        if (cases[i].front != NONE)
            assert_int_equal(v->front[0], cases[i].front);
        if (cases[i].back != NONE)
            assert_int_equal(v->back[0], cases[i].back);
        assert_int_equal(v->unknown, (uint32_t)cases[i].unknown);
        free_vocabulary(c);
    }
}

static void expect_text(const struct vocabulary *v, uint32_t id, const char *text)
{
    assert_int_equal(v->tokens[id].bytes, strlen(text));
    assert_memory_equal(v->tokens[id].text, text, strlen(text));
}

/* The converter's marks of BERT's words are taken back; control tokens have none. */
static void words_of_bert(void **state)
{
    const struct by_hand file = {"bert", NULL, "bert", {{0}}};
    struct compiled *c;
    (void)state;
    assert_true(read_vocabulary(&c, &file, U8, NULL, 0));
    const struct vocabulary *v = c->model.vocabulary;
    expect_text(v, 0, "[CLS]");
    expect_text(v, 3, "Word");
    expect_text(v, 4, "##ing");
    expect_text(v, 6, "[x]");
    expect_text(v, 8, "##\xe2\x96\x81"); /* a mark alone is no start of a word */
    assert_false(v->tokens[5].left_strip);
    assert_int_equal(v->pipeline.model, MODEL_wordpiece);
    free_vocabulary(c);
}

static void masks(void **state)
{
    static const struct {
        struct by_hand file;
        bool strips;
    } cases[] = {
        {{"gpt2", "roberta-bpe", "bert", {{0}}}, true},
        {{"t5", NULL, "bert", {{0}}}, true},
        {{"gemma4", NULL, "gemma4", {{0}}}, false},
        {{"llama", NULL, "llama", {{0}}}, false},
    };
    (void)state;
    for (size_t i = 0; i < countof(cases); i++) {
        struct compiled *c;
        assert_true(read_vocabulary(&c, &cases[i].file, U8, NULL, 0));
        assert_int_equal(c->model.vocabulary->tokens[5].left_strip, cases[i].strips);
        assert_int_equal(c->model.vocabulary->tokens[9].left_strip, cases[i].strips);
        assert_false(c->model.vocabulary->tokens[3].left_strip);
        free_vocabulary(c);
    }
}

static void maps_of_characters(void **state)
{
    const struct by_hand file = {"t5", NULL, "t5", {{0}}};
    struct compiled *c;
    uint8_t *section;
    uint64_t bytes;
    (void)state;
    assert_false(read_vocabulary(&c, &file, U32, "\4\0\0\0\0\0\0\0", 8));
    assert_string_equal(c->diags.first->text, "expected an array of bytes");
    free_vocabulary(c);
    assert_true(read_vocabulary(&c, &file, U8, "\xff\xff\xff\xff\0\0\0\0", 8));
    assert_int_equal(c->model.vocabulary->pipeline.normalizers.all[0].kind, STEP_charsmap);
    assert_false(tokenizer_pack(&c->model, &c->arena, &section, &bytes, &c->diags));
    assert_int_equal(c->diags.error_count, 1);
    free_vocabulary(c);
}

static void inferred(void **state)
{
    static const struct {
        const char *architecture;
        uint32_t tokens;
        const char *name; /* NULL: there are several */
    } cases[] = {
        {"qwen2moe", 151936, "qwen2"},     {"starcoder2", 49152, "starcoder"},
        {"llama", 102400, "deepseek-llm"}, {"llama", 32256, "deepseek-coder"},
        {"gpt2", 50257, "gpt-2"},          {"gpt2", 50304, NULL},
        {"falcon", 65024, "falcon"},       {"falcon", 131072, NULL},
        {"gptneox", 50432, "gpt-2"},       {"unheard-of", 50257, NULL},
    };
    (void)state;
    for (size_t i = 0; i < countof(cases); i++) {
        struct vocabulary v = {.token_count = cases[i].tokens};
        v.tokens = calloc(v.token_count, sizeof *v.tokens);
        assert_non_null(v.tokens);
        const char *name = cases[i].name;
        assert_ptr_equal(pre_tokenizer_infer(cases[i].architecture, &v),
                         name ? pre_tokenizer_by_name(name, strlen(name)) : NULL);
        free(v.tokens);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(surroundings), cmocka_unit_test(words_of_bert),
        cmocka_unit_test(masks),        cmocka_unit_test(maps_of_characters),
        cmocka_unit_test(inferred),
    };
    return cmocka_run_group_tests(tests, temporary_set_up, temporary_tear_down);
}

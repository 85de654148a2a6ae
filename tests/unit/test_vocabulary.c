/* Messages about vocabularies that lack something, or name missing tokens: GGUF files and
 * directories made by hand. */
#include "compiler/import/tokenizer/pre_tokenizers.h"
#include "tests/support/gguf_writer.h"
#include "tests/unit/compared_ids.h"

/* ---- GGUF by hand ---- */

enum { U8 = 0, U32 = 4, I32 = 5, F32 = 6, TEXT = 8, ARRAY = 9 };

/* A vocabulary; what is NULL, or has no count, is left out. */
struct by_hand {
    const char *architecture, *model, *pre;
    uint32_t element, types, scores; /* the types' element; how many types and scores */
    uint8_t byte_type;               /* of the two bytes */
    uint32_t eos_type;               /* I32, U32; 0: none */
    int64_t eos;
    const char *pre_tokenizer; /* the option */
};

static const char *const token_texts[] = {"<unk>",  "<s>",          "</s>", "<0x0A>",
                                          "<0x41>", "\xe2\x96\x81", "a"};

static void put_array(struct gguf_writer *w, const char *key, uint32_t element, uint64_t count)
{
    gguf_put_text(w, key);
    gguf_put_u32(w, ARRAY);
    gguf_put_u32(w, element);
    gguf_put_u64(w, count);
}

static void put_types(struct gguf_writer *w, const struct by_hand *h)
{
    put_array(w, "tokenizer.ggml.token_type", h->element, h->types);
    for (uint32_t i = 0; i < h->types; i++) {
        uint8_t type = i < 3 ? TOKEN_control : i < 5 ? h->byte_type : TOKEN_normal;
        float number = type;
        if (h->element == U8)
            gguf_put(w, &type, 1);
        else if (h->element == F32)
            gguf_put(w, &number, 4);
        else
            gguf_put_u32(w, type);
    }
}

static void put_vocabulary(struct gguf_writer *w, const struct by_hand *h)
{
    float score = -1;

    gguf_begin(w, 0,
               1 + (h->architecture != NULL) + (h->model != NULL) + (h->pre != NULL) +
                   (h->types != 0) + (h->scores != 0) + (h->eos_type != 0) +
                   (h->model != NULL && strcmp(h->model, "gpt2") == 0));
    if (h->architecture)
        gguf_value_text(w, "general.architecture", h->architecture);
    if (h->model)
        gguf_value_text(w, "tokenizer.ggml.model", h->model);
    if (h->pre)
        gguf_value_text(w, "tokenizer.ggml.pre", h->pre);
    put_array(w, "tokenizer.ggml.tokens", TEXT, countof(token_texts));
    for (size_t i = 0; i < countof(token_texts); i++)
        gguf_put_text(w, token_texts[i]);
    if (h->types)
        put_types(w, h);
    if (h->scores)
        put_array(w, "tokenizer.ggml.scores", F32, h->scores);
    for (uint32_t i = 0; i < h->scores; i++)
        gguf_put(w, &score, 4);
    if (h->model && strcmp(h->model, "gpt2") == 0)
        put_array(w, "tokenizer.ggml.merges", TEXT, 0);
    if (h->eos_type) {
        gguf_put_text(w, "tokenizer.ggml.eos_token_id");
        gguf_put_u32(w, h->eos_type);
        gguf_put_u32(w, (uint32_t)h->eos);
    }
}

static bool import_by_hand(struct compiled **out, const struct by_hand *h)
{
    struct gguf_writer *w = calloc(1, sizeof *w);
    struct import_options options = {.vocabulary_only = true, .pre_tokenizer = h->pre_tokenizer};

    put_vocabulary(w, h);
    const char *path = temporary_write(&test_folder, "x.gguf", w->data, w->bytes);
    free(w);
    *out = start_model();
    return import_model(path, &options, &(*out)->model, &(*out)->diags);
}

/* Whether a warning, or an error, about that key (NULL: any) says that. */
static bool said(const struct compiled *c, enum severity severity, const char *object,
                 const char *text)
{
    for (const struct diag *d = c->diags.first; d; d = d->next)
        if (d->severity == severity && strstr(d->text, text) &&
            (!object || (d->place.object && strcmp(d->place.object, object) == 0)))
            return true;
    diags_print(&c->diags, stderr);
    return false;
}

static void types_of_bytes(void **state)
{
    static const struct by_hand good[] = {
        {.model = "llama", .scores = 7},
        {.model = "llama", .scores = 7, .types = 7, .element = I32, .byte_type = TOKEN_byte},
        {.model = "llama", .scores = 7, .types = 7, .element = U32, .byte_type = TOKEN_normal},
        {.model = "llama", .scores = 7, .types = 7, .element = U8, .byte_type = TOKEN_unused},
        {.model = "llama", .scores = 7, .types = 7, .element = F32, .byte_type = 0},
        {.model = "llama", .scores = 7, .types = 7, .element = I32, .byte_type = 77},
    };
    static const int32_t expected[] = {5, 6, 3, 4, 6};

    (void)state;
    for (size_t i = 0; i < countof(good); i++) {
        struct compiled *c;
        size_t count, bytes;
        assert_true(import_by_hand(&c, &good[i]));
        pack_model(c);
        int32_t *ids = encode(&c->tokenizer, "a\nAa", 4, 0, &count);
        assert_int_equal(count, countof(expected));
        assert_memory_equal(ids, expected, sizeof expected);
        assert_int_equal(tokenizer_token_bytes(&c->tokenizer, 3, &bytes)[0], '\n');
        assert_int_equal(bytes, 1);
        free(ids);
        free_vocabulary(c);
    }
}

static void refused_vocabularies(void **state)
{
    static const struct {
        struct by_hand file;
        const char *object, *says;
    } cases[] = {
        {{.model = "llama", .scores = 7, .types = 6, .element = I32},
         "tokenizer.ggml.token_type",
         "7 numbers, one per token, found 6"},
        {{.model = "llama", .scores = 3}, "tokenizer.ggml.scores", "found 3"},
        {{.model = "llama", .scores = 7, .pre_tokenizer = "qwen2"},
         "--pre-tokenizer",
         "byte-level"},
        {{.model = "gpt2", .architecture = "llama"}, "tokenizer.ggml.pre", "--pre-tokenizer=NAME"},
        {{.model = "gpt2", .architecture = "llama", .pre = "default"},
         "tokenizer.ggml.pre",
         "found 'default'; models of architecture 'llama' with 7 tokens may have several"},
        {{.model = "gpt2"}, "tokenizer.ggml.pre", "gpt-2, llama-bpe"},
        {{.model = "gpt2", .architecture = "qwen2", .pre = "quen2"},
         "tokenizer.ggml.pre",
         "found 'quen2'; if it splits like a known one, name that one with --pre-tokenizer=NAME "
         "(qwen2"},
        {{.model = "gpt2", .pre = "unlike-all-others"}, "tokenizer.ggml.pre", "(gpt-2, llama-bpe,"},
        {{.model = "rwkv"},
         "tokenizer.ggml.model",
         "expected a tokenizer of a known model ('gpt2', 'llama', 'bert', 't5', 'gemma4', "},
    };

    (void)state;
    for (size_t i = 0; i < countof(cases); i++) {
        struct compiled *c;
        assert_false(import_by_hand(&c, &cases[i].file));
        assert_true(said(c, DIAG_ERROR, cases[i].object, cases[i].says));
        free_vocabulary(c);
    }
}

static void warnings(void **state)
{
    static const struct {
        struct by_hand file;
        const char *object, *says; /* NULL: no warning */
    } cases[] = {
        {{.model = "gpt2", .architecture = "qwen3"}, "tokenizer.ggml.pre", "using qwen2"},
        {{.model = "gpt2", .architecture = "qwen2", .pre = "default"},
         "tokenizer.ggml.pre",
         "found 'default'; using qwen2"},
        {{.model = "gpt2", .architecture = "llama", .pre_tokenizer = "llama-bpe"}, NULL, NULL},
        {{.model = "gpt2", .pre = "poro-chat", .pre_tokenizer = "gpt-2"}, NULL, NULL},
        {{.model = "llama"}, "tokenizer.ggml.scores", "all tokens have the score 0"},
        {{.model = "llama", .scores = 9, .types = 8, .element = I32}, NULL, NULL},
        {{.model = "gpt2", .pre = "gpt-2", .eos_type = U32, .eos = 7},
         "tokenizer.ggml.eos_token_id",
         "7 is not in the vocabulary of 7 tokens: ignored"},
        {{.model = "llama", .scores = 7, .eos_type = U32, .eos = 7},
         "tokenizer.ggml.eos_token_id",
         "7 is not in the vocabulary of 7 tokens: using 2"},
        {{.model = "llama", .scores = 7, .eos_type = U32, .eos = 16777216},
         "tokenizer.ggml.eos_token_id",
         "16777216 is not in"},
        {{.model = "llama", .scores = 7, .eos_type = I32, .eos = -2},
         "tokenizer.ggml.eos_token_id",
         "-2 is not in"},
        {{.model = "llama", .scores = 7, .eos_type = I32, .eos = -1}, NULL, NULL},
        {{.model = "llama", .scores = 7, .eos_type = U32, .eos = UINT32_MAX}, NULL, NULL},
        {{.model = "llama", .scores = 7, .eos_type = U32, .eos = 6}, NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < countof(cases); i++) {
        struct compiled *c;
        assert_true(import_by_hand(&c, &cases[i].file));
        if (cases[i].says)
            assert_true(said(c, DIAG_WARNING, cases[i].object, cases[i].says));
        assert_int_equal(c->diags.warning_count, cases[i].says != NULL);
        free_vocabulary(c);
    }
    struct compiled *c;
    assert_false(import_by_hand(&c, &(struct by_hand){.scores = 7})); /* has no vocabulary */
    assert_true(said(c, DIAG_WARNING, "tokenizer.ggml.model", "ignored"));
    free_vocabulary(c);
}

/* Names of pre-tokenizers that llama.cpp reads in the same way. */
static void names_of_splits(void **state)
{
    static const char *const same[][6] = {
        {"gpt-2", "exaone4", "trillion", "granite-docling", "jina-v1-en", "jina-v2-code"},
        {"dbrx", "smaug-bpe", "chatglm-bpe"},
        {"qwen2", "hunyuan", "solar-open", "grok-2", "megrez"},
        {"smollm", "exaone", "minerva-7b", "mellum2"},
    };

    (void)state;
    for (size_t i = 0; i < countof(same); i++)
        for (size_t k = 0; k < countof(same[i]) && same[i][k]; k++) {
            const struct pre_tokenizer *pre = pre_tokenizer_by_name(same[i][k], strlen(same[i][k]));
            assert_non_null(pre);
            assert_ptr_equal(pre, pre_tokenizer_by_name(same[i][0], strlen(same[i][0])));
        }
}

/* Llama 3 with tokens of a fine-tune after its own. */
static void split_by_a_token(void **state)
{
    struct vocabulary v = {.token_count = 128258};
    v.tokens = calloc(v.token_count, sizeof *v.tokens);

    (void)state;
    assert_non_null(v.tokens);
    assert_null(pre_tokenizer_infer("llama", &v));
    v.tokens[128000] = (struct vocabulary_token){.text = "<|begin_of_text|>", .bytes = 17};
    const struct pre_tokenizer *pre = pre_tokenizer_infer("llama", &v);
    assert_non_null(pre);
    assert_ptr_equal(pre, pre_tokenizer_by_name("llama-bpe", 9));
    v.token_count = 128000;
    assert_null(pre_tokenizer_infer("llama", &v));
    free(v.tokens);
}

/* Marks of code models are control tokens whatever a GGUF file says, and never end generation. */
static void marks_of_code(void **state)
{
    struct vocabulary_token tokens[] = {
        {.text = "<|fim_prefix|>", .bytes = 14, .kind = TOKEN_normal},
        {.text = "<|fim_prefix|> ", .bytes = 15, .kind = TOKEN_normal},
    };
    struct vocabulary v = {.tokens = tokens, .token_count = countof(tokens)};

    (void)state;
    vocabulary_mark_known_ends(&v);
    assert_int_equal(tokens[0].kind, TOKEN_normal);
    v.from_gguf = true;
    vocabulary_mark_known_ends(&v);
    assert_int_equal(tokens[0].kind, TOKEN_control);
    assert_true(tokens[0].added && !tokens[0].ends_generation);
    assert_int_equal(tokens[1].kind, TOKEN_normal);
}

/* ---- directories by hand ---- */

static void tokens_of_configurations(void **state)
{
    static const char tokenizer[] =
        "{\"pre_tokenizer\":{\"type\":\"ByteLevel\"},\"model\":{\"type\":"
        "\"BPE\",\"vocab\":{\"a\":0,\"b\":1},\"merges\":[]}}";
    static const struct {
        const char *name, *text, *object, *says;
        enum severity severity;
    } cases[] = {
        {"tokenizer_config.json", "{\"eos_token\":5}", "eos_token", "found 5", DIAG_ERROR},
        {"tokenizer_config.json", "{\"extra_special_tokens\":[\"a\",7]}", "extra_special_tokens",
         "found 7", DIAG_ERROR},
        {"special_tokens_map.json", "{\"additional_special_tokens\":\"<x>\"}",
         "additional_special_tokens", "expected a list of tokens, found '<x>'", DIAG_ERROR},
        {"tokenizer_config.json", "{\"added_tokens_decoder\":[]}", "added_tokens_decoder",
         "found an array of 0", DIAG_ERROR},
        {"tokenizer_config.json", "{\"added_tokens_decoder\":{\"x\":{\"content\":\"<x>\"}}}",
         "added_tokens_decoder", "found 'x'", DIAG_ERROR},
        {"tokenizer_config.json", "{\"added_tokens_decoder\":{\"9\":{\"content\":\"<x>\"}}}", NULL,
         "the file says id 9", DIAG_WARNING},
        {"tokenizer_config.json", "{\"eos_token\":null,\"extra_special_tokens\":null}", NULL, NULL,
         DIAG_NOTE},
    };
    struct import_options options = {.vocabulary_only = true};

    (void)state;
    temporary_write(&test_folder, "tokenizer.json", tokenizer, strlen(tokenizer));
    for (size_t i = 0; i < countof(cases); i++) {
        struct compiled *c = start_model();
        temporary_write(&test_folder, cases[i].name, cases[i].text, strlen(cases[i].text));
        bool good = import_model(test_folder.path, &options, &c->model, &c->diags);
        assert_int_equal(good, cases[i].severity != DIAG_ERROR);
        if (cases[i].says)
            assert_true(said(c, cases[i].severity, cases[i].object, cases[i].says));
        assert_int_equal(c->diags.warning_count, cases[i].severity == DIAG_WARNING);
        unlink(temporary_path(&test_folder, cases[i].name));
        free_vocabulary(c);
    }
    options.pre_tokenizer = "qwen2";
    struct compiled *c = start_model();
    assert_false(import_model(test_folder.path, &options, &c->model, &c->diags));
    assert_true(said(c, DIAG_ERROR, "--pre-tokenizer", "expected a GGUF file"));
    free_vocabulary(c);
}

static void tokens_without_rows(void **state)
{
    (void)state;
    struct compiled *c = start_smallest();
    vocabulary_check_rows(&c->model, &c->diags); /* rows are not known */
    c->model.hyper.vocabulary = 1;
    vocabulary_check_rows(&c->model, &c->diags);
    assert_int_equal(c->diags.warning_count, 0);
    struct vocabulary_token tokens[4] = {*c->model.vocabulary->tokens};
    tokens[2] = tokens[3] = (struct vocabulary_token){.text = "<x>", .bytes = 3};
    c->model.vocabulary->tokens = tokens;
    c->model.vocabulary->token_count = 4;
    vocabulary_check_rows(&c->model, &c->diags);
    assert_int_equal(c->diags.warning_count, 1);
    assert_non_null(strstr(c->diags.last->text, "4 tokens and the model rows for 1"));
    assert_non_null(strstr(c->diags.last->text, "'<x>', token 2"));
    free_vocabulary(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_without_rows),  cmocka_unit_test(types_of_bytes),
        cmocka_unit_test(refused_vocabularies), cmocka_unit_test(warnings),
        cmocka_unit_test(names_of_splits),      cmocka_unit_test(marks_of_code),
        cmocka_unit_test(split_by_a_token),     cmocka_unit_test(tokens_of_configurations),
    };
    return cmocka_run_group_tests(tests, temporary_set_up, temporary_tear_down);
}

/* Text while tokens arrive: stream.jsonl from another program, and cases by hand that it lacks:
 * SentencePiece's leading space, full buffers, broken characters at every cut. */
#include "tests/unit/tokenizer_cases.h"

struct tally {
    const struct tokenizer *tokenizer;
    size_t compared;
};

static void expect_text(const json_t *line, const char *what, const json_t *expected,
                        const char *text, size_t bytes)
{
    if (bytes == json_string_length(expected) &&
        memcmp(text, json_string_value(expected), bytes) == 0)
        return;
    char *dumped = json_dumps(line, 0);
    print_error("%s: expected '%s', found '%.*s' in %.400s\n", what, json_string_value(expected),
                (int)bytes, text, dumped);
    free(dumped);
    fail();
}

static void compare_stream(void *context, const json_t *line)
{
    struct tally *tally = context;
    rlx_detokenizer state = {.skip_special = json_is_true(json_object_get(line, "skip_special"))};
    const json_t *chunks = json_object_get(line, "chunks");
    char text[RLX_DETOKENIZE_MAX];
    size_t i, bytes;
    json_t *id;
    json_array_foreach(json_object_get(line, "ids"), i, id)
    {
        assert_int_equal(detokenizer_step(tally->tokenizer, &state, (int32_t)json_integer_value(id),
                                          text, sizeof text, &bytes, NULL),
                         RLX_OK);
        expect_text(line, "chunk", json_array_get(chunks, i), text, bytes);
    }
    assert_int_equal(detokenizer_flush(tally->tokenizer, &state, text, sizeof text, &bytes, NULL),
                     RLX_OK);
    expect_text(line, "flush", json_object_get(line, "flush"), text, bytes);
    tally->compared++;
}

static void streams_of_qwen3(void **state)
{
    (void)state;
    const char *cases = shared_path("tokenizers/stream.jsonl");
    const char *folder =
        unpacked_folder(shared_path("tokenizers/qwen3/tokenizer.json.gz"), "tokenizer.json");
    struct compiled *c = load_vocabulary(folder);
    struct tally tally = {&c->tokenizer, 0};
    each_case(cases, compare_stream, &tally);
    print_message("stream: %zu cases\n", tally.compared);
    assert_true(tally.compared >= 160);
    free_vocabulary(c);
}

/* A SentencePiece vocabulary by hand: bytes 0 to 255 as tokens of the same ids, then the given
 * texts. */
static struct compiled *hand_made(const char *const *texts, uint32_t count)
{
    struct compiled *c = start_model();
    struct vocabulary *v = arena_new(&c->arena, struct vocabulary, 1);
    struct decoder_steps *decoders = &v->pipeline.decoders;
    v->tokens = arena_new(&c->arena, struct vocabulary_token, 256 + count);
    v->token_count = 256 + count;
    v->by_score = v->from_gguf = v->pipeline.byte_fallback = true;
    v->unknown = UINT32_MAX;
    for (uint32_t i = 0; i < 256 + count; i++) {
        char *text = arena_printf(&c->arena, "<0x%02X>", i);
        v->tokens[i].text = i < 256 ? text : texts[i - 256];
        v->tokens[i].bytes = (uint32_t)strlen(v->tokens[i].text);
        v->tokens[i].kind = i < 256 ? TOKEN_byte : TOKEN_normal;
    }
    struct decoder_step *marks = step_add_decoder(decoders, &c->arena, DECODE_replace);
    marks->expression = step_text_literal("\xe2\x96\x81");
    marks->content = step_text_literal(" ");
    step_add_decoder(decoders, &c->arena, DECODE_byte_fallback);
    step_add_decoder(decoders, &c->arena, DECODE_fuse);
    struct decoder_step *strip = step_add_decoder(decoders, &c->arena, DECODE_strip);
    strip->content = step_text_literal(" ");
    strip->start = 1;
    c->model.vocabulary = v;
    pack_model(c);
    return c;
}

static size_t step(struct compiled *c, rlx_detokenizer *state, int32_t id, char *text)
{
    size_t bytes;
    assert_int_equal(
        detokenizer_step(&c->tokenizer, state, id, text, RLX_DETOKENIZE_MAX, &bytes, NULL), RLX_OK);
    text[bytes] = 0;
    return bytes;
}

static void leading_space(void **state)
{
    (void)state;
    static const char *const texts[] = {"\xe2\x96\x81Once", "\xe2\x96\x81upon"};
    struct compiled *c = hand_made(texts, 2);
    char text[RLX_DETOKENIZE_MAX + 1];
    rlx_detokenizer fresh = {0}, continued = {.started = true};
    step(c, &fresh, 256, text);
    assert_string_equal(text, "Once");
    step(c, &fresh, 257, text);
    assert_string_equal(text, " upon");
    step(c, &continued, 257, text);
    assert_string_equal(text, " upon");
    free_vocabulary(c);
}

struct broken {
    const char *bytes, *chunks[8], *flush;
};

static void expect_chunks(struct compiled *c, const struct broken *expected)
{
    rlx_detokenizer stream = {.started = true};
    char text[RLX_DETOKENIZE_MAX + 1];
    size_t bytes;
    for (size_t k = 0; expected->bytes[k]; k++) {
        step(c, &stream, (uint8_t)expected->bytes[k], text);
        assert_string_equal(text, expected->chunks[k]);
    }
    assert_int_equal(detokenizer_flush(&c->tokenizer, &stream, text, 9, &bytes, NULL), RLX_OK);
    text[bytes] = 0;
    assert_string_equal(text, expected->flush);
}

#define ODD "\xef\xbf\xbd"

/* U+1F600 is F0 9F 98 80. As SentencePiece: a U+FFFD for each byte that is not part of a
 * character; and Unicode's table of maximal parts: section 3.9, example 3-8 to 3-11. */
static void broken_characters(void **state)
{
    (void)state;
    struct compiled *c = hand_made(NULL, 0);
    static const struct broken by_bytes[] = {
        {"\xf0\x9f\x98\x80", {"", "", "", "\xf0\x9f\x98\x80"}, ""},
        {"\xf0\x9f\x98", {"", "", ""}, ODD ODD ODD},
        {"\xf0\x9fx", {"", "", ODD ODD "x"}, ""},
        {"\xf0\x80", {"", ODD ODD}, ""},
        {"\xe2\x98\xc3\xa9", {"", "", ODD ODD, "\xc3\xa9"}, ""},
    };
    static const struct broken by_parts[] = {
        {"\xf0\x9f\x98\x80", {"", "", "", "\xf0\x9f\x98\x80"}, ""},
        {"\xf0\x9f\x98", {"", "", ""}, ODD},
        {"\xf0\x9fx", {"", "", ODD "x"}, ""},
        {"\xf0\x80", {"", ODD ODD}, ""},
        {"\xed\xa0\x80", {"", ODD ODD, ODD}, ""},
        {"\xe2\x98\xc3\xa9", {"", "", ODD, "\xc3\xa9"}, ""},
        {"\xff\x80", {ODD, ODD}, ""},
    };
    for (size_t i = 0; i < sizeof by_bytes / sizeof *by_bytes; i++)
        expect_chunks(c, &by_bytes[i]);
    ((struct rlx_tokenizer_header *)(void *)c->section)->flags &=
        ~(uint32_t)RLX_TOKENIZER_EACH_BYTE;
    for (size_t i = 0; i < sizeof by_parts / sizeof *by_parts; i++)
        expect_chunks(c, &by_parts[i]);
    free_vocabulary(c);
}

/* Expected texts by the decoders of tokenizers 0.23.3. */
static void decoders(void **state)
{
    static const struct {
        struct decoder_step steps[3];
        const char *tokens[9], *text;
    } cases[] = {
        {{{.kind = DECODE_word_piece, .content = {"##", 2}, .cleanup = true}},
         {"##ing", "##a", "b", ".", "' ", "n't", "do not", "x"},
         "##inga b.'n't don't x"},
        {{{.kind = DECODE_suffix, .content = {"</w>", 4}}},
         {"a</w>", "b", "c</w>", "</w>", "x</w>y", "z</w>"},
         "a bc  x yz"},
        {{{.kind = DECODE_suffix, .content = {"</w>", 4}, .expression = {"\xc4\xa0", 2}},
          {.kind = DECODE_byte_level},
          {.kind = DECODE_fuse}},
         {"\xc3\x83\xc2\xa9</w>", "b", "</w>c", "d</w>", "e</w>"},
         "\xc3\xa9 b cd e"},
        {{{.kind = DECODE_metaspace, .expression = {"\xe2\x96\x81", 3}, .start = 1}},
         {"\xe2\x96\x81\xe2\x96\x81",
          "\xe2\x96\x81"
          "a",
          "b\xe2\x96\x81"},
         " ab "},
        {{{.kind = DECODE_metaspace, .expression = {"\xe2\x96\x81", 3}, .start = 1}},
         {"a\xe2\x96\x81"
          "b",
          "a\xe2\x96\x81"
          "b"},
         "aba b"},
        {{{.kind = DECODE_metaspace, .expression = {"\xe2\x96\x81", 3}}},
         {"\xe2\x96\x81\xe2\x96\x81",
          "\xe2\x96\x81"
          "a",
          "b\xe2\x96\x81"},
         "   ab "},
        {{{.kind = DECODE_strip, .content = {" ", 1}, .start = 1}}, {"  a", " b"}, " ab"},
        {{{.kind = DECODE_fuse}, {.kind = DECODE_strip, .content = {" ", 1}, .start = 1}},
         {"  a", " b"},
         " a b"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct compiled *c = start_smallest();
        struct vocabulary *v = c->model.vocabulary;
        char text[RLX_DETOKENIZE_MAX + 1], joined[256] = "";
        rlx_detokenizer stream = {0};
        v->from_gguf = false;
        v->tokens = arena_new(&c->arena, struct vocabulary_token, 9);
        for (v->token_count = 0; cases[i].tokens[v->token_count]; v->token_count++) {
            const char *token = cases[i].tokens[v->token_count];
            v->tokens[v->token_count] = (struct vocabulary_token){
                .text = token, .bytes = (uint32_t)strlen(token), .kind = TOKEN_normal};
        }
        for (size_t k = 0; k < 3; k++)
            *step_add_decoder(&v->pipeline.decoders, &c->arena, DECODE_fuse) = cases[i].steps[k];
        v->pipeline.decoders.count = cases[i].steps[2].kind ? 3 : cases[i].steps[1].kind ? 2 : 1;
        pack_model(c);
        for (uint32_t k = 0; k < v->token_count; k++) {
            step(c, &stream, (int32_t)k, text);
            strcat(joined, text);
        }
        assert_string_equal(joined, cases[i].text);
        free_vocabulary(c);
    }
}

static void refusals(void **state)
{
    (void)state;
    static const char *const texts[] = {"abcdef"};
    struct compiled *c = hand_made(texts, 1);
    rlx_detokenizer stream = {.started = true};
    rlx_error error;
    char text[8];
    size_t bytes;
    assert_int_equal(
        detokenizer_step(&c->tokenizer, &stream, 257, text, sizeof text, &bytes, &error),
        RLX_ERROR_BAD_ARGUMENT);
    assert_non_null(strstr(error.text, "257"));
    assert_int_equal(
        detokenizer_step(&c->tokenizer, &stream, -1, text, sizeof text, &bytes, &error),
        RLX_ERROR_BAD_ARGUMENT);
    assert_int_equal(detokenizer_step(&c->tokenizer, &stream, 256, text, 5, &bytes, &error),
                     RLX_ERROR_BAD_ARGUMENT);
    assert_int_equal(detokenizer_step(&c->tokenizer, &stream, 256, text, 6, &bytes, &error),
                     RLX_OK);
    assert_null(tokenizer_token_bytes(&c->tokenizer, 257, &bytes));
    free_vocabulary(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(streams_of_qwen3, temporary_set_up, temporary_tear_down),
        cmocka_unit_test(leading_space),
        cmocka_unit_test(broken_characters),
        cmocka_unit_test(decoders),
        cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

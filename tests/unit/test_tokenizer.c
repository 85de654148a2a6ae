/* Ids of every published vector and case of tokenizers/, from other programs; the text of those
 * ids; and cases that the vectors lack: odd bytes, unknown characters, capacity, overlapping
 * special tokens. */
#include "compiler/import/import.h"
#include "tests/unit/compared_ids.h"

#include <stdio.h>
#include <time.h>

/* `decoded_hex` has the raw bytes where they are not valid UTF-8: those of the tokens joined. */
static void compare_bytes(struct tally *tally, const json_t *line)
{
    const char *expected = json_string_value(json_object_get(line, "decoded_hex"));
    if (!expected)
        return;
    char *found = calloc(strlen(expected) + RLX_DETOKENIZE_MAX * 2 + 1, 1);
    size_t i, used = 0;
    json_t *id;
    json_array_foreach(json_object_get(line, "ids"), i, id)
    {
        size_t bytes;
        const char *text =
            tokenizer_token_bytes(tally->tokenizer, (int32_t)json_integer_value(id), &bytes);
        for (size_t k = 0; k < bytes && used < strlen(expected); k++, used += 2)
            snprintf(found + used, 3, "%02x", (uint8_t)text[k]);
    }
    tally->compared++;
    if (strcasecmp(found, expected) != 0) {
        tally->wrong++;
        fprintf(stderr, "%s: decoded_hex: expected %s, found %s\n", tally->name, expected, found);
    }
    free(found);
}

static void compare_case(void *context, const json_t *line)
{
    compare_ids(context, line, "ids", 0);
    compare_ids(context, line, "ids_special", RLX_TOKENIZE_PARSE_SPECIAL);
    compare_ids(context, line, "ids_bos", RLX_TOKENIZE_PARSE_SPECIAL | RLX_TOKENIZE_ADD_BOS);
    compare_text(context, line, "ids", "decoded", false);
    compare_text(context, line, "ids_special", "decoded_special", false);
    compare_bytes(context, line);
}

static void check_vocabulary(const char *vocabulary, const char *cases, size_t min)
{
    struct compiled *c = load_vocabulary(shared_path(vocabulary));
    struct tally tally = {&c->tokenizer, cases, 0, 0};
    size_t lines = each_case(shared_path(cases), compare_case, &tally);
    print_message("%s: %zu cases, %zu comparisons, %zu wrong\n", cases, lines, tally.compared,
                  tally.wrong);
    assert_true(lines >= min);
    assert_int_equal(tally.wrong, 0);
    free_vocabulary(c);
}

#define VECTORS(name, file)                                               \
    static void cases_of_##name(void **state)                             \
    {                                                                     \
        (void)state;                                                      \
        check_vocabulary("tokenizers/vectors/ggml-vocab-" file ".gguf",   \
                         "tokenizers/vectors/" file ".cases.jsonl", 150); \
    }
VECTORS(gpt_2, "gpt-2")
VECTORS(llama_bpe, "llama-bpe")
VECTORS(qwen2, "qwen2")
VECTORS(llama_spm, "llama-spm")
VECTORS(phi_3, "phi-3")

static void cases_of_smollm2(void **state)
{
    (void)state;
    check_vocabulary("models/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf",
                     "tokenizers/smollm2/cases.jsonl", 200);
}

static void compare_qwen3(void *context, const json_t *line)
{
    compare_ids(context, line, "ids", RLX_TOKENIZE_PARSE_SPECIAL);
    compare_text(context, line, "ids", "decoded", false);
    compare_text(context, line, "ids", "decoded_skip_special", true);
}

static void cases_of_qwen3(void **state)
{
    (void)state;
    const char *cases = shared_path("tokenizers/qwen3/cases.jsonl");
    const char *folder =
        unpacked_folder(shared_path("tokenizers/qwen3/tokenizer.json.gz"), "tokenizer.json");
    struct compiled *c = load_vocabulary(folder);
    struct tally tally = {&c->tokenizer, "qwen3", 0, 0};
    size_t lines = each_case(cases, compare_qwen3, &tally);
    print_message("qwen3: %zu cases, %zu comparisons, %zu wrong\n", lines, tally.compared,
                  tally.wrong);
    assert_true(lines >= 400);
    assert_int_equal(tally.wrong, 0);
    free_vocabulary(c);
}

static char *read_all(const char *path, size_t *bytes)
{
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    char *data = malloc(1 << 20);
    *bytes = fread(data, 1, (1 << 20) - 1, f);
    data[*bytes] = 0;
    fclose(f);
    return data;
}

/* llama.cpp's own test: texts between separator lines, a line of ids each; special tokens are not
 * parsed, nothing is added. */
static void check_vector(const char *vocabulary, const char *name)
{
    static const char separator[] = "\n__ggml_vocab_test__\n";
    char path[256];
    size_t text_bytes, ids_bytes, tested = 0, wrong = 0;
    struct compiled *c = load_vocabulary(shared_path(vocabulary));
    snprintf(path, sizeof path, "tokenizers/vectors/ggml-vocab-%s.gguf.inp", name);
    char *texts = read_all(shared_path(path), &text_bytes);
    snprintf(path, sizeof path, "tokenizers/vectors/ggml-vocab-%s.gguf.out", name);
    char *lines = read_all(shared_path(path), &ids_bytes), *line = lines;
    for (char *text = texts, *next; text; text = next, tested++) {
        next = strstr(text, separator);
        size_t bytes = next ? (size_t)(next - text) : strlen(text), count;
        int32_t *ids = encode(&c->tokenizer, text, bytes, 0, &count);
        bool same = true;
        for (size_t i = 0; i < count; i++)
            same = same && strtol(line, &line, 10) == ids[i];
        same = same && (*line == '\n' || strspn(line, " ") == strcspn(line, "\n"));
        wrong += !same;
        if (!same)
            fprintf(stderr, "%s: text %zu: '%.*s'\n", name, tested, (int)bytes, text);
        line = strchr(line, '\n') ? strchr(line, '\n') + 1 : line;
        free(ids);
        next = next ? next + sizeof separator - 1 : NULL;
        if (next && *line == 0)
            break; /* the texts end with a separator */
    }
    print_message("%s: %zu texts, %zu wrong\n", name, tested, wrong);
    assert_true(tested >= 40);
    assert_int_equal(wrong, 0);
    free(texts);
    free(lines);
    free_vocabulary(c);
}

static void published_vectors(void **state)
{
    (void)state;
    static const char *const names[] = {"gpt-2", "llama-bpe", "qwen2", "llama-spm", "phi-3"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[256];
        snprintf(path, sizeof path, "tokenizers/vectors/ggml-vocab-%s.gguf", names[i]);
        check_vector(path, names[i]);
    }
    check_vector("tokenizers/vectors/ggml-vocab-qwen2.gguf", "deepseek-r1-qwen");
}

static void expect_ids(const struct tokenizer *t, const char *text, size_t bytes, uint32_t flags,
                       const int32_t *expected, size_t expected_count)
{
    size_t count;
    int32_t *ids = encode(t, text, bytes, flags, &count);
    assert_int_equal(count, expected_count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(ids[i], expected[i]);
    free(ids);
}

#define EXPECT_IDS(t, text, flags, ...)                                          \
    expect_ids(t, text, sizeof(text) - 1, flags, (const int32_t[]){__VA_ARGS__}, \
               sizeof((const int32_t[]){__VA_ARGS__}) / sizeof(int32_t))

/* Expected ids from a direct reading of the file's algorithm, written apart from this code:
 * repeatedly the best listed pair. */
static void listed_merges_of_characters(void **state)
{
    (void)state;
    struct compiled *c = load_vocabulary(shared_path("models/tinystories-656k"));
    const struct tokenizer *t = &c->tokenizer;
    EXPECT_IDS(t, "Once upon a time, there was a little boy named Tim.", 0, 80, 147, 201, 282, 215,
               286, 704, 294, 10);
    EXPECT_IDS(t, "<|start_story|>Once upon a time, ", RLX_TOKENIZE_PARSE_SPECIAL, 1, 147, 201, 282,
               215);
    EXPECT_IDS(t, "a <|end_story|> b<|end_story|>", RLX_TOKENIZE_PARSE_SPECIAL, 85, 2, 80, 54, 208,
               183, 209, 210);
    EXPECT_IDS(t, "  two  spaces\n", 0, 80, 80, 80, 1209, 80, 415, 53, 1499, 3);
    EXPECT_IDS(t, "na\xc3\xafve \xe6\x97\xa5\xe6\x9c\xac Zz", 0, 80, 557, 0, 218, 0, 80, 51, 78);
    EXPECT_IDS(t, "Zo\xc3\xab said: \"Hello!\" 1234", 0, 80, 51, 67, 0, 80, 174, 1608, 5, 1288, 67,
               300, 12, 13, 14, 15);
    EXPECT_IDS(t, "\xe2\x96\x81x y", 0, 80, 80, 1841, 77);
    EXPECT_IDS(t, "One", RLX_TOKENIZE_ADD_BOS, 1, 80, 147, 57);
    free_vocabulary(c);
}

static void ends_of_generation(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        int32_t ends[4], other;
    } models[] = {
        {"models/stories-3m/stories-3m.Q8_0.gguf", {2047, 2045, -1}, 2046},
        {"models/stories-3m/hf", {2047, 2045, -1}, 2046},
        {"models/tinystories-656k", {2, -1}, 1},
        {"models/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf", {2, 0, -1}, 1},
        {"tokenizers/vectors/ggml-vocab-llama-bpe.gguf", {128001, 128009, -1}, 128000},
        {"tokenizers/vectors/ggml-vocab-phi-3.gguf", {32000, 32007, 2, -1}, 32001},
        {"tokenizers/vectors/ggml-vocab-qwen2.gguf", {151643, 151645, -1}, 128247},
    };
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        struct compiled *c = load_vocabulary(shared_path(models[i].path));
        for (size_t k = 0; models[i].ends[k] >= 0; k++)
            assert_true(tokenizer_ends_generation(&c->tokenizer, models[i].ends[k]));
        assert_false(tokenizer_ends_generation(&c->tokenizer, models[i].other));
        assert_false(tokenizer_ends_generation(&c->tokenizer, -1));
        assert_false(tokenizer_ends_generation(&c->tokenizer, INT32_MAX));
        free_vocabulary(c);
    }
}

/* Bytes that are no UTF-8 pass through byte-level tokens unchanged; too small a room is told with
 * the size that would do. */
static void bytes_and_room(void **state)
{
    (void)state;
    struct compiled *c = load_vocabulary(shared_path("tokenizers/vectors/ggml-vocab-gpt-2.gguf"));
    char text[3000];
    uint64_t seed = 7;
    for (size_t i = 0; i < sizeof text; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        text[i] = (char)(seed >> 56);
    }
    size_t count, bytes, joined = 0;
    int32_t *ids = encode(&c->tokenizer, text, sizeof text, 0, &count);
    for (size_t i = 0; i < count; i++) {
        const char *token = tokenizer_token_bytes(&c->tokenizer, ids[i], &bytes);
        assert_true(joined + bytes <= sizeof text);
        assert_memory_equal(token, text + joined, bytes);
        joined += bytes;
    }
    assert_int_equal(joined, sizeof text);
    size_t wanted = count;
    rlx_error error;
    assert_int_equal(
        tokenizer_encode(&c->tokenizer, text, sizeof text, 0, ids, wanted - 1, &count, &error),
        RLX_ERROR_BAD_ARGUMENT);
    assert_int_equal(count, wanted);
    assert_int_equal(tokenizer_encode(&c->tokenizer, text, 0, 0, NULL, 0, &count, &error), RLX_OK);
    assert_int_equal(count, 0);
    free(ids);
    free_vocabulary(c);
}

/* Words of many letters, and a text of nothing but special tokens: a quadratic way would take
 * minutes. */
static void long_words_are_no_trap(void **state)
{
    (void)state;
    enum { BYTES = 400000 };
    static const char *const names[] = {"qwen2", "llama-spm"};
    char *text = malloc(BYTES);
    for (size_t i = 0; i < 2; i++) {
        char path[256];
        snprintf(path, sizeof path, "tokenizers/vectors/ggml-vocab-%s.gguf", names[i]);
        struct compiled *c = load_vocabulary(shared_path(path));
        for (int kind = 0; kind < 3; kind++) {
            for (size_t k = 0; k < BYTES; k++)
                text[k] = kind == 0   ? 'a'
                          : kind == 1 ? (char)('a' + (k * k * 7 + k / 3) % 26)
                                      : (i ? "<s>" : "[PAD151646]")[k % (i ? 3 : 11)];
            size_t count;
            clock_t start = clock();
            free(encode(&c->tokenizer, text, BYTES, RLX_TOKENIZE_PARSE_SPECIAL, &count));
            assert_true(count > BYTES / 100);
            assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 20);
        }
        free_vocabulary(c);
    }
    free(text);
}

static void opening_is_cheap(void **state)
{
    (void)state;
    struct compiled *c = load_vocabulary(shared_path("tokenizers/vectors/ggml-vocab-qwen2.gguf"));
    struct tokenizer t;
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(tokenizer_open(&t, c->section, c->bytes, NULL), RLX_OK);
    clock_gettime(CLOCK_MONOTONIC, &end);
    double seconds =
        (double)(end.tv_sec - start.tv_sec) + 1e-9 * (double)(end.tv_nsec - start.tv_nsec);
    print_message("opening 151936 tokens: %.2f us\n", seconds * 1e3);
    assert_true(seconds < 1); /* a thousand times: 1 ms each */
    free_vocabulary(c);
}

/* ---- by hand ---- */

static struct compiled *from_json(const char *text, bool expected)
{
    struct compiled *c = start_model();
    struct file f = {
        .path = "tokenizer.json", .data = (const uint8_t *)text, .bytes = strlen(text)};
    struct vocabulary *v = arena_new(&c->arena, struct vocabulary, 1);
    json_t *root = json_read_object(&f, &c->diags);
    bool good = root && tokenizer_json_read(f.path, root, v, &c->arena, &c->diags);
    json_decref(root);
    c->model.vocabulary = v;
    if (good && !expected)
        good = tokenizer_pack(&c->model, &c->arena, &c->section, &c->bytes, &c->diags);
    assert_int_equal(good, expected);
    if (expected)
        pack_model(c);
    return c;
}

#define BYTE_LEVEL "\"pre_tokenizer\":{\"type\":\"ByteLevel\",\"add_prefix_space\":false},"
#define ADDED(id, text, more) \
    "{\"id\":" #id ",\"content\":\"" text "\",\"special\":true,\"normalized\":false" more "}"

/* Leftmost, then longest; white space at either side; not inside words; user-defined ones always.
 */
static void added_tokens(void **state)
{
    (void)state;
    struct compiled *c = from_json(
        "{" BYTE_LEVEL "\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0,\"b\":1,\"<\":2,\"x\":3,"
        "\"\u0120\":4,\"ab\":5},\"merges\":[[\"a\",\"b\"]]},"
        "\"added_tokens\":[" ADDED(6, "<a", "") "," ADDED(7, "<ab", "") "," ADDED(
            8, "b<<",
            "") "," ADDED(9, "<x",
                          ",\"lstrip\":true,\"rstrip\":true") "," ADDED(10, "xx",
                                                                        ",\"single_word\":"
                                                                        "true") ","
                                                                                "{\"id\":11,"
                                                                                "\"content\":"
                                                                                "\"bb\","
                                                                                "\"special\":"
                                                                                "false,"
                                                                                "\"normalized"
                                                                                "\":false}]}",
        true);
    const struct tokenizer *t = &c->tokenizer;
    EXPECT_IDS(t, "ab", 0, 5);
    EXPECT_IDS(t, "<ab<<", RLX_TOKENIZE_PARSE_SPECIAL, 7, 2, 2);
    EXPECT_IDS(t, "<aab<<", RLX_TOKENIZE_PARSE_SPECIAL, 6, 0, 8);
    EXPECT_IDS(t, "a  <x  a", RLX_TOKENIZE_PARSE_SPECIAL, 0, 9, 0);
    EXPECT_IDS(t, "xx axx xx<", RLX_TOKENIZE_PARSE_SPECIAL, 10, 4, 0, 3, 3, 4, 10, 2);
    EXPECT_IDS(t, "<abbb", 0, 2, 0, 11, 1);
    free_vocabulary(c);
}

/* Each token takes all white space behind it, in which the next is found. */
static void white_space_taken_again(void **state)
{
    enum { SPACES = 1 << 20 };
    (void)state;
    struct compiled *c =
        from_json("{" BYTE_LEVEL "\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[]},"
                  "\"added_tokens\":[" ADDED(1, " ", ",\"rstrip\":true") "]}",
                  true);
    char *text = malloc(SPACES);
    int32_t last;
    size_t count;
    memset(text, ' ', SPACES);
    tokenizer_encode(&c->tokenizer, text, SPACES, RLX_TOKENIZE_PARSE_SPECIAL, &last, 1, &count,
                     NULL);
    assert_int_equal(count, SPACES);
    free(text);
    free_vocabulary(c);
}

/* Metaspace's "first" asks for the origin of the first character. By tokenizers 0.23.3. */
static void prefix_of_the_first_piece(void **state)
{
    (void)state;
    static const char strip[] = "{\"type\":\"Strip\",\"strip_left\":true,\"strip_right\":true}";
    static const char remove[] =
        "{\"type\":\"Replace\",\"pattern\":{\"String\":\"x\"},\"content\":\"\"}";
    static const char runs[] =
        "{\"type\":\"Replace\",\"pattern\":{\"Regex\":\"x+\"},\"content\":\"b\"}";
    static const struct {
        const char *normalizer, *text;
        int32_t ids[4];
    } cases[] = {
        {strip, "a", {0, 1}},     {strip, " a", {1}},      {remove, "ax", {0, 1}},
        {remove, "xa", {1}},      {runs, "xa", {0, 2, 1}}, {runs, "xxa", {2, 1}},
        {runs, "axx", {0, 1, 2}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char json[512];
        size_t count = 0;
        snprintf(json, sizeof json,
                 "{\"normalizer\":%s,\"pre_tokenizer\":{\"type\":\"Metaspace\",\"replacement\":"
                 "\"\xe2\x96\x81\",\"prepend_scheme\":\"first\"},\"model\":{\"type\":\"BPE\","
                 "\"vocab\":{\"\xe2\x96\x81\":0,\"a\":1,\"b\":2,\"x\":3},\"merges\":[]}}",
                 cases[i].normalizer);
        struct compiled *c = from_json(json, true);
        while (count < 4 && (count == 0 || cases[i].ids[count] != 0))
            count++;
        expect_ids(&c->tokenizer, cases[i].text, strlen(cases[i].text), 0, cases[i].ids, count);
        free_vocabulary(c);
    }
}

/* The same texts from a GGUF: the longest token wins wherever it stands. */
static void overlapping_tokens_of_a_gguf(void **state)
{
    (void)state;
    static const char *const texts[] = {"a", "b", "<", "<a", "<ab", "b<<<"};
    struct compiled *c = start_model();
    struct vocabulary *v = arena_new(&c->arena, struct vocabulary, 1);
    v->token_count = sizeof texts / sizeof *texts;
    v->tokens = arena_new(&c->arena, struct vocabulary_token, v->token_count);
    for (uint32_t i = 0; i < v->token_count; i++)
        v->tokens[i] = (struct vocabulary_token){.text = texts[i],
                                                 .bytes = (uint32_t)strlen(texts[i]),
                                                 .kind = i < 3 ? TOKEN_normal : TOKEN_control,
                                                 .added = i >= 3};
    v->from_gguf = v->ascii_strip = true;
    v->unknown = UINT32_MAX;
    step_add(&v->pipeline.pre_tokenizers, &c->arena, STEP_byte_level, "");
    c->model.vocabulary = v;
    pack_model(c);
    EXPECT_IDS(&c->tokenizer, "<ab<<<", RLX_TOKENIZE_PARSE_SPECIAL, 3, 5);
    EXPECT_IDS(&c->tokenizer, "<ab<<", RLX_TOKENIZE_PARSE_SPECIAL, 4, 2, 2);
    EXPECT_IDS(&c->tokenizer, "<ab", 0, 2, 0, 1);
    free_vocabulary(c);
}

#define DOUBLED "{\"type\":\"Replace\",\"pattern\":{\"String\":\"a\"},\"content\":\"aa\"},"
#define DOUBLED_8 DOUBLED DOUBLED DOUBLED DOUBLED DOUBLED DOUBLED DOUBLED DOUBLED
#define DECODED(steps)                                                               \
    "{" BYTE_LEVEL "\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[]}," \
    "\"decoder\":{\"type\":\"Sequence\",\"decoders\":[" steps "{\"type\":\"Fuse\"}]}}"

static void refused_files(void **state)
{
    (void)state;
    static const struct {
        const char *json, *says;
    } cases[] = {
        {"{", "JSON"},
        {"{\"model\":{\"type\":\"Unigrams\"}}", "Unigrams"},
        {"{" BYTE_LEVEL "\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[\"ab\"]}}",
         "two texts"},
        {"{" BYTE_LEVEL "\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[\"a b\"]}}",
         "to be tokens"},
        {"{" BYTE_LEVEL "\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":99999999},\"merges\":[]}}",
         "99999999"},
        {"{" BYTE_LEVEL "\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":-1},\"merges\":[]}}", "-1"},
        {"{" BYTE_LEVEL "\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0,\"b\":0},\"merges\":[]}}",
         "one token"},
        {"{" BYTE_LEVEL "\"normalizer\":{\"type\":\"NFKX\"},\"model\":{\"type\":\"BPE\",\"vocab\":{"
         "\"a\":0},\"merges\":[]}}",
         "NFKX"},
        {"{\"pre_tokenizer\":{\"type\":\"Split\",\"pattern\":{\"Regex\":\"(a)\\\\1\"},\"behavior\":"
         "\"Isolated\"},\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[]}}",
         "\\1"},
        {DECODED(DOUBLED_8 DOUBLED_8 DOUBLED_8 DOUBLED_8 DOUBLED_8), "at most 1360 bytes"},
        {DECODED(DOUBLED_8 DOUBLED_8 DOUBLED_8 DOUBLED_8 DOUBLED_8 DOUBLED_8 DOUBLED_8 DOUBLED_8),
         "at most 64 steps"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct compiled *c = from_json(cases[i].json, false);
        bool said = false;
        for (const struct diag *d = c->diags.first; d; d = d->next) {
            said = said || strstr(d->text, cases[i].says);
            assert_string_equal(d->place.file, "tokenizer.json");
        }
        if (!said)
            diags_print(&c->diags, stderr);
        assert_true(said);
        free_vocabulary(c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cases_of_gpt_2),
        cmocka_unit_test(cases_of_llama_bpe),
        cmocka_unit_test(cases_of_qwen2),
        cmocka_unit_test(cases_of_llama_spm),
        cmocka_unit_test(cases_of_phi_3),
        cmocka_unit_test(cases_of_smollm2),
        cmocka_unit_test_setup_teardown(cases_of_qwen3, temporary_set_up, temporary_tear_down),
        cmocka_unit_test(published_vectors),
        cmocka_unit_test(listed_merges_of_characters),
        cmocka_unit_test(ends_of_generation),
        cmocka_unit_test(bytes_and_room),
        cmocka_unit_test(long_words_are_no_trap),
        cmocka_unit_test(opening_is_cheap),
        cmocka_unit_test(added_tokens),
        cmocka_unit_test(white_space_taken_again),
        cmocka_unit_test(prefix_of_the_first_piece),
        cmocka_unit_test(overlapping_tokens_of_a_gguf),
        cmocka_unit_test(refused_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

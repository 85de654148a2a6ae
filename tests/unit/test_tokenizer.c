/* Ids of every published vector and case of tokenizers/, made by other programs; the text of those
 * ids; and what the vectors do not have: odd bytes, unknown characters, capacity, overlapping
 * special tokens.
 */
#include "tests/unit/tokenizer_cases.h"

#include <stdio.h>
#include <time.h>

struct tally {
    const struct tokenizer *tokenizer;
    const char *name;
    size_t compared, wrong;
};

static int32_t *encode(const struct tokenizer *t, const char *text, size_t bytes, uint32_t flags,
                       size_t *count)
{
    size_t capacity = bytes + 16;
    int32_t *ids = malloc(capacity * sizeof *ids);
    rlx_error error;
    assert_int_equal(tokenizer_encode(t, text, bytes, flags, ids, capacity, count, &error), RLX_OK);
    return ids;
}

static void report(struct tally *tally, const json_t *line, const char *what, const int32_t *ids,
                   size_t count)
{
    tally->wrong++;
    if (tally->wrong > 5)
        return;
    char *dumped = json_dumps(json_object_get(line, "text"), JSON_ENCODE_ANY);
    char *expected = json_dumps(json_object_get(line, what), JSON_ENCODE_ANY);
    fprintf(stderr, "%s: %s of %.300s\n  expected %.400s\n  found   ", tally->name, what, dumped,
            expected);
    for (size_t i = 0; i < count && i < 60; i++)
        fprintf(stderr, " %d,", ids[i]);
    fprintf(stderr, "\n");
    free(dumped);
    free(expected);
}

static void compare_ids(struct tally *tally, const json_t *line, const char *what, uint32_t flags)
{
    const json_t *text = json_object_get(line, "text"), *expected = json_object_get(line, what);
    if (!expected)
        return;
    size_t count;
    int32_t *ids =
        encode(tally->tokenizer, json_string_value(text), json_string_length(text), flags, &count);
    bool same = count == json_array_size(expected);
    for (size_t i = 0; same && i < count; i++)
        same = json_integer_value(json_array_get(expected, i)) == ids[i];
    if (!same)
        report(tally, line, what, ids, count);
    tally->compared++;
    free(ids);
}

/* The text of ids by the streaming decoder. */
static char *decode(const struct tokenizer *t, const json_t *ids, bool skip_special, size_t *bytes)
{
    rlx_detokenizer state = {.skip_special = skip_special};
    char *text = malloc((json_array_size(ids) + 1) * RLX_DETOKENIZE_MAX);
    size_t i, more;
    json_t *id;
    *bytes = 0;
    json_array_foreach(ids, i, id)
    {
        assert_int_equal(detokenizer_step(t, &state, (int32_t)json_integer_value(id), text + *bytes,
                                          RLX_DETOKENIZE_MAX, &more, NULL),
                         RLX_OK);
        *bytes += more;
    }
    assert_int_equal(detokenizer_flush(t, &state, text + *bytes, RLX_DETOKENIZE_MAX, &more, NULL),
                     RLX_OK);
    *bytes += more;
    return text;
}

static void compare_text(struct tally *tally, const json_t *line, const char *ids, const char *what,
                         bool skip_special)
{
    const json_t *expected = json_object_get(line, what);
    if (!expected)
        return;
    size_t bytes;
    char *text = decode(tally->tokenizer, json_object_get(line, ids), skip_special, &bytes);
    tally->compared++;
    if (bytes != json_string_length(expected) ||
        memcmp(text, json_string_value(expected), bytes) != 0) {
        tally->wrong++;
        char *dumped = json_dumps(expected, JSON_ENCODE_ANY);
        if (tally->wrong <= 5)
            fprintf(stderr, "%s: %s: expected %.300s\n  found %.*s\n", tally->name, what, dumped,
                    (int)(bytes > 300 ? 300 : bytes), text);
        free(dumped);
    }
    free(text);
}

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
    compare_ids(context, line, "ids_special", RLX_PARSE_SPECIAL);
    compare_ids(context, line, "ids_bos", RLX_PARSE_SPECIAL | RLX_ADD_BOS);
    compare_text(context, line, "ids", "decoded", false);
    compare_text(context, line, "ids_special", "decoded_special", false);
    compare_bytes(context, line);
}

static void check_vocabulary(const char *vocabulary, const char *cases, size_t least)
{
    struct compiled *c = load_vocabulary(shared_path(vocabulary));
    struct tally tally = {&c->tokenizer, cases, 0, 0};
    size_t lines = each_case(shared_path(cases), compare_case, &tally);
    print_message("%s: %zu cases, %zu comparisons, %zu wrong\n", cases, lines, tally.compared,
                  tally.wrong);
    assert_true(lines >= least);
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
    compare_ids(context, line, "ids", RLX_PARSE_SPECIAL);
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
    remove_folder(folder);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cases_of_gpt_2), cmocka_unit_test(cases_of_llama_bpe),
        cmocka_unit_test(cases_of_qwen2), cmocka_unit_test(cases_of_llama_spm),
        cmocka_unit_test(cases_of_phi_3), cmocka_unit_test(cases_of_smollm2),
        cmocka_unit_test(cases_of_qwen3), cmocka_unit_test(published_vectors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

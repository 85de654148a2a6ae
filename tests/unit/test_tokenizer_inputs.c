/* Vocabularies from the wild: files of the folder bug_inputs, with ids from another program (its
 * README says which), and recorded directories of random added tokens. */
#include "tests/unit/compared_ids.h"

static uint32_t flags_of_case;

static void compare_case(void *context, const json_t *line)
{
    compare_ids(context, line, "ids", flags_of_case);
}

/* `flags`: besides RLX_TOKENIZE_PARSE_SPECIAL. */
static void check_input(const char *vocabulary, const char *cases, uint32_t flags)
{
    char path[512];
    snprintf(path, sizeof path, "bug_inputs/%s", vocabulary);
    struct compiled *c = load_vocabulary_quietly(shared_path(path));
    struct tally tally = {&c->tokenizer, cases, 0, 0};
    snprintf(path, sizeof path, "bug_inputs/%s", cases);
    flags_of_case = RLX_TOKENIZE_PARSE_SPECIAL | flags;
    size_t lines = each_case(shared_path(path), compare_case, &tally);
    assert_true(lines >= 2 && tally.compared == lines);
    assert_int_equal(tally.wrong, 0);
    free_vocabulary(c);
}

static void zero_in_a_name(void **state)
{
    (void)state;
    check_input("tokenizer-json-nul", "tokenizer-json-nul/cases.jsonl", 0);
}

static void order_of_added_tokens(void **state)
{
    (void)state;
    check_input("added-token-order", "added-token-order/cases.jsonl", 0);
}

static void added_tokens_of_configurations(void **state)
{
    static const char *const folders[] = {
        "added_tokens_json",     "additional_special_tokens", "control_in_both",
        "decoder_changes_flags", "decoder_has_new_token",     "extra_special_tokens",
    };

    (void)state;
    for (size_t i = 0; i < countof(folders); i++) {
        char folder[128], cases[160];
        snprintf(folder, sizeof folder, "added-tokens-in-config/%s", folders[i]);
        snprintf(cases, sizeof cases, "%s/cases.jsonl", folder);
        check_input(folder, cases, 0);
    }
}

/* Of both kinds of file by the library's ids: llama.cpp's differ on combining marks. */
static void tekken(void **state)
{
    (void)state;
    check_input("tekken/hf", "tekken/hf/cases.jsonl", 0);
    check_input("tekken/tekken.gguf", "tekken/hf/cases.jsonl", 0);
}

/* A directory of the line's files; compares the line's cases, and removes the files. */
static void compare_directory(void *context, const json_t *line)
{
    size_t *compared = context, i;
    json_t *files = json_object_get(line, "files"), *value;
    const char *name;

    json_object_foreach(files, name, value)
    {
        char *text = json_dumps(value, 0);
        temporary_write(&test_folder, name, text, strlen(text));
        free(text);
    }
    struct compiled *c = load_vocabulary_quietly(test_folder.path);
    struct tally tally = {&c->tokenizer, "added_tokens.jsonl", 0, 0};
    json_array_foreach(json_object_get(line, "cases"), i, value)
    {
        compare_ids(&tally, value, "ids", RLX_TOKENIZE_PARSE_SPECIAL);
        compare_text(&tally, value, "ids", "decoded", true);
    }
    if (tally.wrong != 0) {
        char *text = json_dumps(files, 0);
        fail_msg("%zu of %zu differ with %s", tally.wrong, tally.compared, text);
    }
    *compared += tally.compared;
    free_vocabulary(c);
    json_object_foreach(files, name, value) unlink(temporary_path(&test_folder, name));
}

/* Ids and texts by transformers, of random directories. */
static void recorded_directories(void **state)
{
    size_t compared = 0;

    (void)state;
    assert_true(each_case("tests/tokenizers/added_tokens.jsonl", compare_directory, &compared) >=
                20);
    assert_true(compared >= 100);
}

static void bytes_by_their_texts(void **state)
{
    static const char *const names[] = {"control", "bytes-typed-normal", "no-types"};

    (void)state;
    for (size_t i = 0; i < countof(names); i++) {
        char file[128], cases[128];
        snprintf(file, sizeof file, "gguf-spm-byte-types/%s.gguf", names[i]);
        snprintf(cases, sizeof cases, "gguf-spm-byte-types/%s.cases.jsonl", names[i]);
        check_input(file, cases, RLX_TOKENIZE_ADD_BOS);
    }
}

/* The ids that the models were trained on, not those of a split that is nearly right. */
static void pre_tokenizer_by_architecture(void **state)
{
    static const char cases[] = "gguf-pre-missing/control-qwen2.cases.jsonl";

    (void)state;
    check_input("gguf-pre-missing/control-qwen2.gguf", cases, 0);
    check_input("gguf-pre-missing/no-pre.gguf", cases, 0);
    check_input("gguf-pre-missing/pre-default.gguf", cases, 0);
}

static void names_of_pre_tokenizers(void **state)
{
    static const char *const names[] = {"a.x-4.0", "kormo",    "lfm2",
                                        "mellum",  "midm-2.0", "pixtral"};

    (void)state;
    for (size_t i = 0; i < countof(names); i++) {
        char file[128], cases[128];
        snprintf(file, sizeof file, "gguf-pre-aliases/%s.gguf", names[i]);
        snprintf(cases, sizeof cases, "gguf-pre-aliases/%s.cases.jsonl", names[i]);
        check_input(file, cases, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zero_in_a_name),
        cmocka_unit_test(order_of_added_tokens),
        cmocka_unit_test(added_tokens_of_configurations),
        cmocka_unit_test(bytes_by_their_texts),
        cmocka_unit_test(pre_tokenizer_by_architecture),
        cmocka_unit_test(names_of_pre_tokenizers),
        cmocka_unit_test(tekken),
        cmocka_unit_test_setup_teardown(recorded_directories, temporary_set_up,
                                        temporary_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

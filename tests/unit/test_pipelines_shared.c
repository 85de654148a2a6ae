/* Ids and texts of every pipeline in the shared folder: tokenizers/pipelines (small vocabularies of
 * many kinds) and the WordPiece vocabulary of models/minilm-l6, as directory and as GGUF. The cases
 * come from other programs; the folders' README files say which. */
#include "tests/unit/compared_ids.h"

/* The ids with what --add-bos puts around them; a case without them has none to add. */
static void compare_pipeline(void *context, const json_t *line)
{
    const uint32_t flags = RLX_TOKENIZE_PARSE_SPECIAL | RLX_TOKENIZE_ADD_BOS;
    const char *added = json_object_get(line, "ids_added") ? "ids_added" : "ids";

    compare_ids(context, line, "ids", RLX_TOKENIZE_PARSE_SPECIAL);
    compare_ids(context, line, added, flags);
    compare_text(context, line, "ids", "decoded", false);
}

/* Nothing comes after a text that goes on. */
static void leaves_open(const struct tokenizer *t)
{
    size_t alone, added, open;
    int32_t *ids = encode(t, "a", 1, 0, &alone),
            *all = encode(t, "a", 1, RLX_TOKENIZE_ADD_BOS, &added),
            *left = encode(t, "a", 1, RLX_TOKENIZE_ADD_BOS | RLX_TOKENIZE_LEAVE_OPEN, &open);

    assert_true(alone <= open && open <= added);
    for (size_t i = 0; i < open; i++)
        assert_int_equal(left[i], all[i]);
    for (size_t i = 0; i < alone; i++)
        assert_int_equal(ids[i], left[open - alone + i]);
    free(ids);
    free(all);
    free(left);
}

static void check(const char *vocabulary, const char *cases, size_t min,
                  void (*compare)(void *, const json_t *))
{
    struct compiled *c = load_vocabulary_quietly(shared_path(vocabulary));
    struct tally tally = {&c->tokenizer, vocabulary, 0, 0};
    size_t lines = each_case(shared_path(cases), compare, &tally);

    print_message("%s: %zu cases, %zu comparisons, %zu wrong\n", vocabulary, lines, tally.compared,
                  tally.wrong);
    assert_true(lines >= min);
    assert_int_equal(tally.wrong, 0);
    leaves_open(&c->tokenizer);
    free_vocabulary(c);
}

static void pipeline(void **state)
{
    const char *name = *state;
    char folder[256], cases[256];

    snprintf(folder, sizeof folder, "tokenizers/pipelines/%s", name);
    snprintf(cases, sizeof cases, "tokenizers/pipelines/%s/cases.jsonl", name);
    check(folder, cases, 200, compare_pipeline);
}

/* [CLS] before and [SEP] after a text, always. */
static void compare_minilm(void *context, const json_t *line)
{
    json_t *whole = json_deep_copy(line), *added = json_array();

    json_array_append_new(added, json_integer(101));
    json_array_extend(added, json_object_get(whole, "ids"));
    json_array_append_new(added, json_integer(102));
    json_object_set_new(whole, "ids_added", added);
    compare_pipeline(context, whole);
    json_decref(whole);
}

static void minilm(void **state)
{
    check(*state, "models/minilm-l6/wordpiece.cases.jsonl", 250, compare_minilm);
}

#define PIPELINE(name)                                      \
    {                                                       \
        name, pipeline, NULL, NULL, (void *)(uintptr_t)name \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        PIPELINE("bpe-deepseek-coder"),
        PIPELINE("bpe-deepseek-v3"),
        PIPELINE("bpe-falcon"),
        PIPELINE("bpe-glm4"),
        PIPELINE("bpe-gpt-neox"),
        PIPELINE("bpe-o200k"),
        PIPELINE("bpe-roberta"),
        PIPELINE("bpe-seed-coder"),
        PIPELINE("bpe-starcoder"),
        PIPELINE("bpe-tekken"),
        PIPELINE("spm-bpe-nfkc"),
        PIPELINE("unigram-bytes"),
        PIPELINE("unigram-bytes-json"),
        PIPELINE("unigram-nfkc"),
        PIPELINE("unigram-nfkc-json"),
        PIPELINE("wordpiece-cased"),
        PIPELINE("wordpiece-uncased"),
        cmocka_unit_test_prestate(minilm, (char[]){"models/minilm-l6"}),
        cmocka_unit_test_prestate(minilm, (char[]){"models/minilm-l6/all-MiniLM-L6-v2.Q8_0.gguf"}),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

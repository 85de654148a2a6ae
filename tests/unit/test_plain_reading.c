/* The plain reading of a vocabulary against ids and texts by other programs: every directory of
 * shared/tokenizers/pipelines. */
#include "compiler/tokenizer/reading.h"
#include "tests/unit/tokenizer_cases.h"

struct subject {
    struct arena arena;
    struct strings strings;
    struct diags diags;
    struct model model;
    struct reading *reading;
    const char *name;
    uint32_t compared, wrong;
    bool added; /* ids_added */
};

static struct subject *open_subject(const char *path)
{
    struct subject *s = calloc(1, sizeof *s);
    struct import_options options = {.vocabulary_only = true};
    const char *why = "";
    strings_init(&s->strings, &s->arena);
    s->diags.arena = s->model.arena = &s->arena;
    s->model.strings = &s->strings;
    s->name = path;
    if (!import_model(path, &options, &s->model, &s->diags)) {
        diags_print(&s->diags, stderr);
        fail();
    }
    s->reading = reading_open(s->model.vocabulary, &s->arena, &why);
    if (!s->reading)
        fail_msg("%s: %s", path, why);
    return s;
}

static void close_subject(struct subject *s)
{
    reading_close(s->reading);
    model_close(&s->model);
    arena_free(&s->arena);
    free(s);
}

static void print_ids(const char *what, const uint32_t *ids, size_t count)
{
    print_message("  %s", what);
    for (size_t i = 0; i < count && i < 60; i++)
        print_message(" %u", ids[i]);
    print_message("\n");
}

static void compare_ids(struct subject *s, const char *text, size_t bytes, const json_t *expected,
                        bool ends, struct arena *a)
{
    struct reading_ids ids = {0};
    bool good = reading_encode(s->reading, text, (uint32_t)bytes, true, ends, a, &ids) &&
                ids.count == json_array_size(expected);
    uint32_t *want = arena_new(a, uint32_t, json_array_size(expected) + 1);
    for (size_t i = 0; i < json_array_size(expected); i++) {
        want[i] = (uint32_t)json_integer_value(json_array_get(expected, i));
        good = good && ids.all[i] == want[i];
    }
    s->compared++;
    if (good)
        return;
    if (s->wrong++ < 3) {
        print_message("%s: '%.*s'\n", s->name, (int)bytes, text);
        print_ids("expected", want, json_array_size(expected));
        print_ids("found   ", ids.all, ids.count);
    }
}

static void compare_text(struct subject *s, const json_t *list, const json_t *expected,
                         struct arena *a)
{
    uint32_t *ids = arena_new(a, uint32_t, json_array_size(list) + 1);
    for (size_t i = 0; i < json_array_size(list); i++)
        ids[i] = (uint32_t)json_integer_value(json_array_get(list, i));
    struct step_text found = reading_decode(s->reading, ids, (uint32_t)json_array_size(list), a);
    s->compared++;
    if (found.bytes == json_string_length(expected) &&
        memcmp(found.text, json_string_value(expected), found.bytes) == 0)
        return;
    if (s->wrong++ < 3)
        print_message("%s: expected '%s'\n   found '%.*s'\n", s->name, json_string_value(expected),
                      (int)found.bytes, found.text);
}

static void compare_case(void *context, const json_t *line)
{
    struct subject *s = context;
    struct arena a = {0};
    const json_t *text = json_object_get(line, "text"), *ids = json_object_get(line, "ids"),
                 *added = json_object_get(line, "ids_added"),
                 *decoded = json_object_get(line, "decoded");
    compare_ids(s, json_string_value(text), json_string_length(text), ids, false, &a);
    if (added)
        compare_ids(s, json_string_value(text), json_string_length(text), added, true, &a);
    if (decoded)
        compare_text(s, ids, decoded, &a);
    arena_free(&a);
}

static void check_directory(const char *name)
{
    char below[128];
    snprintf(below, sizeof below, "tokenizers/pipelines/%s", name);
    struct subject *s = open_subject(shared_path(below));
    snprintf(below, sizeof below, "tokenizers/pipelines/%s/cases.jsonl", name);
    size_t lines = each_case(shared_path(below), compare_case, s);
    if (s->wrong)
        print_message("%s: %u of %u wrong\n", name, s->wrong, s->compared);
    assert_true(lines > 100);
    assert_int_equal(s->wrong, 0);
    close_subject(s);
}

#define DIRECTORY(function, name)      \
    static void function(void **state) \
    {                                  \
        (void)state;                   \
        check_directory(name);         \
    }

DIRECTORY(bpe_deepseek_coder, "bpe-deepseek-coder")
DIRECTORY(bpe_deepseek_v3, "bpe-deepseek-v3")
DIRECTORY(bpe_falcon, "bpe-falcon")
DIRECTORY(bpe_glm4, "bpe-glm4")
DIRECTORY(bpe_gpt_neox, "bpe-gpt-neox")
DIRECTORY(bpe_o200k, "bpe-o200k")
DIRECTORY(bpe_roberta, "bpe-roberta")
DIRECTORY(bpe_seed_coder, "bpe-seed-coder")
DIRECTORY(bpe_starcoder, "bpe-starcoder")
DIRECTORY(bpe_tekken, "bpe-tekken")
DIRECTORY(unigram_bytes_json, "unigram-bytes-json")
DIRECTORY(unigram_nfkc_json, "unigram-nfkc-json")
DIRECTORY(wordpiece_cased, "wordpiece-cased")
DIRECTORY(wordpiece_uncased, "wordpiece-uncased")

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bpe_deepseek_coder), cmocka_unit_test(bpe_deepseek_v3),
        cmocka_unit_test(bpe_falcon),         cmocka_unit_test(bpe_glm4),
        cmocka_unit_test(bpe_gpt_neox),       cmocka_unit_test(bpe_o200k),
        cmocka_unit_test(bpe_roberta),        cmocka_unit_test(bpe_seed_coder),
        cmocka_unit_test(bpe_starcoder),      cmocka_unit_test(bpe_tekken),
        cmocka_unit_test(unigram_bytes_json), cmocka_unit_test(unigram_nfkc_json),
        cmocka_unit_test(wordpiece_cased),    cmocka_unit_test(wordpiece_uncased),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

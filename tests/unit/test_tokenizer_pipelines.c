/* Small tokenizers of every kind of pipeline against ids and texts by Hugging Face: the plain
 * reading of each, its compiled tables, and the check that compares these two. The files and cases
 * are tests/tokenizers/pipelines.jsonl, or the file that the command line names. */
#include "compiler/tokenizer/check.h"
#include "compiler/tokenizer/reading.h"
#include "tests/unit/tokenizer_cases.h"

static const char *cases_path = "tests/tokenizers/pipelines.jsonl";

struct subject {
    const char *name;
    struct compiled *vocabulary;
    struct reading *reading;
    uint32_t lines, compared, wrong, failed, shown; /* shown: of this line's differences */
};

static void report(struct subject *s, const char *what, const json_t *line, const char *found)
{
    char *shown = json_dumps(line, JSON_ENSURE_ASCII);
    if (s->wrong++ < 2000 && s->shown++ < 2)
        print_message("%s, %s: %s\n  found %s\n", s->name, what, shown, found);
    free(shown);
}

static const char *ids_text(struct arena *a, const uint32_t *ids, uint32_t count)
{
    char *text = arena_alloc(a, count * 12 + 3, 1), *at = text;
    at += sprintf(at, "[");
    for (uint32_t i = 0; i < count; i++)
        at += sprintf(at, "%s%u", i ? ", " : "", ids[i]);
    sprintf(at, "]");
    return text;
}

static struct reading_ids ids_of(const json_t *list, struct arena *a)
{
    struct reading_ids ids = {arena_new(a, uint32_t, json_array_size(list) + 1), 0, 0};
    for (size_t i = 0; i < json_array_size(list); i++)
        ids.all[ids.count++] = (uint32_t)json_integer_value(json_array_get(list, i));
    return ids;
}

static bool are_equal(const struct reading_ids *a, const struct reading_ids *b)
{
    return a->count == b->count &&
           (a->count == 0 || memcmp(a->all, b->all, a->count * sizeof *a->all) == 0);
}

static void compare_ids(struct subject *s, const char *what, const json_t *line, const char *key,
                        bool good, const struct reading_ids *found, struct arena *a)
{
    struct reading_ids expected = ids_of(json_object_get(line, key), a);
    s->compared++;
    if (good && are_equal(&expected, found))
        return;
    what = arena_printf(a, "%s, %s", what, key);
    report(s, what, line, good ? ids_text(a, found->all, found->count) : "nothing");
}

static void compare_text(struct subject *s, const char *what, const json_t *line,
                         const json_t *decoded, struct step_text found, struct arena *a)
{
    s->compared++;
    if (found.bytes == json_string_length(decoded) &&
        (!found.bytes || memcmp(found.text, json_string_value(decoded), found.bytes) == 0))
        return;
    report(s, arena_printf(a, "%s, decoded", what), line, arena_text(a, found.text, found.bytes));
}

static void by_reading(struct subject *s, const json_t *line, const char *key, bool ends,
                       struct arena *a)
{
    const json_t *text = json_object_get(line, "text");
    struct reading_ids found = {0};
    bool good = reading_encode(s->reading, json_string_value(text),
                               (uint32_t)json_string_length(text), true, ends, a, &found);
    compare_ids(s, "reading", line, key, good, &found, a);
}

static void by_tables(struct subject *s, const json_t *line, const char *key, bool ends,
                      struct arena *a)
{
    const json_t *text = json_object_get(line, "text");
    size_t bytes = json_string_length(text), count, capacity = bytes * 8 + 64;
    struct reading_ids found = {.all = arena_new(a, uint32_t, capacity)};
    rlx_error error = {0};
    bool good = tokenizer_encode(&s->vocabulary->tokenizer, json_string_value(text), bytes,
                                 RLX_TOKENIZE_PARSE_SPECIAL | (ends ? RLX_TOKENIZE_ADD_BOS : 0),
                                 (int32_t *)found.all, capacity, &count, &error) == RLX_OK &&
                count <= capacity;
    found.count = good ? (uint32_t)count : 0;
    compare_ids(s, "tables", line, key, good, &found, a);
}

static struct step_text streamed(struct subject *s, const struct reading_ids *ids, bool skip,
                                 struct arena *a)
{
    const struct tokenizer *t = &s->vocabulary->tokenizer;
    char *text = arena_alloc(a, (size_t)(ids->count + 1) * RLX_DETOKENIZE_MAX, 1);
    rlx_detokenizer state = {.skip_special = skip};
    rlx_error error = {0};
    size_t used = 0, got = 0;
    for (uint32_t i = 0; i <= ids->count; i++, used += got) {
        rlx_status status =
            i < ids->count
                ? detokenizer_step(t, &state, (int32_t)ids->all[i], text + used, RLX_DETOKENIZE_MAX,
                                   &got, &error)
                : detokenizer_flush(t, &state, text + used, RLX_DETOKENIZE_MAX, &got, &error);
        assert_int_equal(status, RLX_OK);
    }
    return (struct step_text){text, (uint32_t)used};
}

static void compare_case(struct subject *s, const json_t *line)
{
    const char *ends = json_object_get(line, "ids_added") ? "ids_added" : "ids";
    const json_t *decoded = json_object_get(line, "decoded");
    struct arena a = {0};
    struct reading_ids ids = ids_of(json_object_get(line, "ids"), &a);
    by_reading(s, line, "ids", false, &a);
    by_reading(s, line, ends, true, &a);
    by_tables(s, line, "ids", false, &a);
    by_tables(s, line, ends, true, &a);
    if (decoded) {
        compare_text(s, "reading", line, decoded,
                     reading_decode(s->reading, ids.all, ids.count, &a), &a);
        compare_text(s, "tables", line, decoded, streamed(s, &ids, false, &a), &a);
    }
    arena_free(&a);
}

/* A list of ids, their text, and their text without special tokens. */
static void compare_list(struct subject *s, const json_t *line)
{
    const json_t *whole = json_array_get(line, 1), *skipped = json_array_get(line, 2);
    struct arena a = {0};
    struct reading_ids ids = ids_of(json_array_get(line, 0), &a);
    compare_text(s, "reading, list", line, whole,
                 reading_decode(s->reading, ids.all, ids.count, &a), &a);
    compare_text(s, "tables, list", line, whole, streamed(s, &ids, false, &a), &a);
    compare_text(s, "tables, list without special tokens", line, skipped,
                 streamed(s, &ids, true, &a), &a);
    arena_free(&a);
}

static bool open_subject(struct subject *s)
{
    const struct import_options options = {.vocabulary_only = true};
    const char *why = "";
    bool compared;
    s->vocabulary = start_model();
    struct compiled *c = s->vocabulary;
    if (import_model(test_folder.path, &options, &c->model, &c->diags) &&
        tokenizer_pack(&c->model, &c->arena, &c->section, &c->bytes, &c->diags) &&
        tokenizer_check(c->model.vocabulary, c->section, c->bytes, &compared, &c->diags) &&
        c->diags.warning_count == 0) {
        rlx_error error = {0};
        assert_int_equal(tokenizer_open(&c->tokenizer, c->section, c->bytes, &error), RLX_OK);
        s->reading = reading_open(c->model.vocabulary, &c->arena, &why);
        assert_non_null(s->reading);
        return true;
    }
    print_message("%s:\n", s->name);
    diags_print(&c->diags, stdout);
    fflush(stdout);
    return false;
}

static void check_line(void *context, const json_t *line)
{
    struct subject *s = context;
    const char *name;
    json_t *value;
    size_t i;
    s->lines++;
    s->shown = 0;
    s->name = json_string_value(json_object_get(line, "name"));
    json_object_foreach(json_object_get(line, "files"), name, value)
    {
        char *text = json_dumps(value, 0);
        temporary_write(&test_folder, name, text, strlen(text));
        free(text);
    }
    if (open_subject(s)) {
        json_array_foreach(json_object_get(line, "cases"), i, value) compare_case(s, value);
        json_array_foreach(json_object_get(line, "lists"), i, value) compare_list(s, value);
        reading_close(s->reading);
    } else {
        s->failed++;
    }
    free_vocabulary(s->vocabulary);
    json_object_foreach(json_object_get(line, "files"), name, value)
        unlink(temporary_path(&test_folder, name));
}

static void recorded_pipelines(void **state)
{
    struct subject s = {0};
    (void)state;
    size_t lines = each_case(cases_path, check_line, &s);
    print_message("%zu pipelines, %u comparisons, %u wrong, %u not compiled\n", lines, s.compared,
                  s.wrong, s.failed);
    assert_true(lines > 0 && s.compared > 2 * lines);
    assert_int_equal(s.wrong + s.failed, 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(recorded_pipelines, temporary_set_up, temporary_tear_down),
    };
    if (argc > 1)
        cases_path = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}

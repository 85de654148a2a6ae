/* Small tokenizers of every kind of pipeline against ids and texts by Hugging Face: the plain
 * reading of each. The files and cases are tests/tokenizers/pipelines.jsonl, or the file that the
 * command line names. */
#include "compiler/tokenizer/reading.h"
#include "tests/unit/tokenizer_cases.h"

static const char *cases_path = "tests/tokenizers/pipelines.jsonl";

struct subject {
    const char *name;
    struct compiled *vocabulary; /* not compiled */
    struct reading *reading;
    uint32_t lines, compared, wrong, failed;
};

static void report(struct subject *s, const char *what, const json_t *line, const char *found)
{
    char *shown = json_dumps(line, JSON_ENSURE_ASCII);
    if (s->wrong++ < 400)
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

static void read_ids(struct subject *s, const json_t *line, const char *key, bool ends,
                     struct arena *a)
{
    const json_t *text = json_object_get(line, "text"), *list = json_object_get(line, key);
    struct reading_ids expected = ids_of(list, a), found = {0};
    bool good = reading_encode(s->reading, json_string_value(text),
                               (uint32_t)json_string_length(text), true, ends, a, &found);
    s->compared++;
    if (!good || !are_equal(&expected, &found))
        report(s, key, line, good ? ids_text(a, found.all, found.count) : "nothing");
}

static void read_text(struct subject *s, const json_t *line, struct arena *a)
{
    const json_t *decoded = json_object_get(line, "decoded");
    if (!decoded)
        return;
    struct reading_ids ids = ids_of(json_object_get(line, "ids"), a);
    struct step_text found = reading_decode(s->reading, ids.all, ids.count, a);
    s->compared++;
    if (found.bytes != json_string_length(decoded) ||
        memcmp(found.text, json_string_value(decoded), found.bytes) != 0)
        report(s, "decoded", line, arena_text(a, found.text, found.bytes));
}

static void read_case(struct subject *s, const json_t *line)
{
    struct arena a = {0};
    read_ids(s, line, "ids", false, &a);
    read_ids(s, line, json_object_get(line, "ids_added") ? "ids_added" : "ids", true, &a);
    read_text(s, line, &a);
    arena_free(&a);
}

static bool open_subject(struct subject *s)
{
    const struct import_options options = {.vocabulary_only = true};
    const char *why = "";
    s->vocabulary = start_model();
    struct compiled *c = s->vocabulary;
    if (!import_model(test_folder.path, &options, &c->model, &c->diags)) {
        print_message("%s:\n", s->name);
        diags_print(&c->diags, stderr);
        return false;
    }
    s->reading = reading_open(c->model.vocabulary, &c->arena, &why);
    if (!s->reading)
        print_message("%s: %s\n", s->name, why);
    return s->reading != NULL;
}

static void check_line(void *context, const json_t *line)
{
    struct subject *s = context;
    const char *name;
    json_t *value;
    size_t i;
    s->lines++;
    s->name = json_string_value(json_object_get(line, "name"));
    json_object_foreach(json_object_get(line, "files"), name, value)
    {
        char *text = json_dumps(value, 0);
        temporary_write(&test_folder, name, text, strlen(text));
        free(text);
    }
    if (open_subject(s)) {
        json_array_foreach(json_object_get(line, "cases"), i, value) read_case(s, value);
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
    print_message("%zu pipelines, %u comparisons, %u wrong, %u not read\n", lines, s.compared,
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

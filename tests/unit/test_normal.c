/* Normalizers by packed tables: against what the tokenizers library and SentencePiece made of texts
 * (tests/tokenizers/normalizers.jsonl, recorded by record_normalizers.py), and what they must do
 * with bytes that are not UTF-8, texts that would grow without end, and damaged tables. */
#include "tests/support/normalizing.h"
#include "tests/support/shared.h"

#include <jansson.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* ---- charsmaps, in base64 ---- */

static int base64_value(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

static struct step_text from_base64(struct arena *a, const char *text)
{
    char *out = arena_new(a, char, strlen(text));
    uint32_t count = 0, bits = 0, held = 0;
    for (int value; (value = base64_value(*text)) >= 0; text++) {
        bits = bits << 6 | (uint32_t)value;
        held += 6;
        if (held >= 8)
            out[count++] = (char)(bits >> (held -= 8));
    }
    return (struct step_text){out, count};
}

static const char *find_charsmap(const json_t *value)
{
    const char *type = json_string_value(json_object_get(value, "type"));
    const json_t *steps = json_object_get(value, "normalizers");
    if (type && strcmp(type, "Precompiled") == 0)
        return json_string_value(json_object_get(value, "precompiled_charsmap"));
    for (size_t i = 0; i < json_array_size(steps); i++) {
        const char *found = find_charsmap(json_array_get(steps, i));
        if (found)
            return found;
    }
    return NULL;
}

/* Shared data and the first line of the records; both may be absent. */
static json_t *shared_charsmaps, *recorded_charsmaps;

static const char *charsmap_by_name(const char *name)
{
    if (strcmp(name, "nfkc") == 0)
        return find_charsmap(json_object_get(shared_charsmaps, "normalizer"));
    return json_string_value(json_object_get(recorded_charsmaps, name));
}

/* ---- normalizers as tokenizer.json spells them ---- */

static bool flag(const json_t *o, const char *name)
{
    return json_is_true(json_object_get(o, name));
}

static struct step_text text_at(struct normalizing *n, const json_t *o, const char *name)
{
    const json_t *value = json_object_get(o, name);
    assert_true(json_is_string(value));
    uint32_t bytes = (uint32_t)json_string_length(value);
    return (struct step_text){arena_text(&n->arena, json_string_value(value), bytes), bytes};
}

static void add_replacement(struct normalizing *n, const json_t *o)
{
    const json_t *pattern = json_object_get(o, "pattern");
    struct text_step *s = add_normalizer(n, STEP_replace);
    s->literal = json_object_get(pattern, "String") != NULL;
    s->expression = text_at(n, pattern, s->literal ? "String" : "Regex");
    s->content = text_at(n, o, "content");
}

static bool add_charsmap(struct normalizing *n, const json_t *o, bool by_graphemes)
{
    const char *charsmap =
        charsmap_by_name(json_string_value(json_object_get(o, "precompiled_charsmap")));
    if (!charsmap)
        return false;
    struct text_step *s = add_normalizer(n, STEP_charsmap);
    s->content = from_base64(&n->arena, charsmap);
    s->by_graphemes = by_graphemes;
    return true;
}

static bool add_form(struct normalizing *n, const char *type)
{
    static const char *const forms[] = {"NFC", "NFD", "NFKC", "NFKD"};
    for (unsigned i = 0; i < 4; i++) {
        if (strcmp(type, forms[i]) == 0) {
            add_normalizer(n, STEP_form)->form = (enum normal_form)i;
            return true;
        }
    }
    return false;
}

/* False where shared data are absent. */
static bool add_described(struct normalizing *n, const json_t *o)
{
    const char *type = json_string_value(json_object_get(o, "type"));
    const json_t *steps = json_object_get(o, "normalizers");
    if (strcmp(type, "BertNormalizer") == 0) {
        pipeline_add_bert_normalizer(&n->vocabulary, &n->arena, "", flag(o, "clean_text"),
                                     flag(o, "handle_chinese_chars"), flag(o, "strip_accents"),
                                     flag(o, "lowercase"));
    } else if (strcmp(type, "StripAccents") == 0) {
        pipeline_add_strip_accents(&n->vocabulary, &n->arena, "");
    } else if (strcmp(type, "Nmt") == 0) {
        pipeline_add_nmt(&n->vocabulary, &n->arena, "");
    } else if (strcmp(type, "Lowercase") == 0) {
        add_normalizer(n, STEP_lowercase);
    } else if (strcmp(type, "Strip") == 0) {
        struct text_step *s = add_normalizer(n, STEP_strip);
        s->left = flag(o, "strip_left");
        s->right = flag(o, "strip_right");
    } else if (strcmp(type, "Prepend") == 0) {
        add_normalizer(n, STEP_prepend)->content = text_at(n, o, "prepend");
    } else if (strcmp(type, "Replace") == 0) {
        add_replacement(n, o);
    } else if (strcmp(type, "Precompiled") == 0) {
        return add_charsmap(n, o, true);
    } else if (strcmp(type, "SentencePiece") == 0) {
        return add_charsmap(n, o, false);
    } else if (strcmp(type, "Sequence") == 0) {
        for (size_t i = 0; i < json_array_size(steps); i++)
            if (!add_described(n, json_array_get(steps, i)))
                return false;
    } else if (!add_form(n, type)) {
        fail_msg("a normalizer of unknown type: %s", type);
    }
    return true;
}

static void compare_case(struct normalizing *n, const json_t *normalizer, const json_t *recorded)
{
    const json_t *text = json_array_get(recorded, 0), *expected = json_array_get(recorded, 1);
    size_t bytes = json_string_length(text);
    struct normal_text got = normalize(n, json_string_value(text), bytes);
    if (!expected)
        expected = text;
    assert_int_equal(got.failure, NORMAL_done);
    if (got.bytes == json_string_length(expected) &&
        memcmp(got.text, json_string_value(expected), got.bytes) == 0)
        return;
    char *description = json_dumps(normalizer, JSON_ENSURE_ASCII),
         *published = json_dumps(recorded, JSON_ENSURE_ASCII | JSON_ENCODE_ANY);
    json_t *ours = json_stringn(got.text, got.bytes);
    char *found = ours ? json_dumps(ours, JSON_ENSURE_ASCII | JSON_ENCODE_ANY) : NULL;
    fail_msg("%s: %s: found %s", description, published, found ? found : "invalid UTF-8");
}

static json_t *next_line(FILE *f)
{
    static char *line;
    static size_t capacity;
    json_error_t error;
    ssize_t bytes = getline(&line, &capacity, f);
    if (bytes <= 0) {
        free(line);
        line = NULL;
        capacity = 0;
        return NULL;
    }
    json_t *value = json_loadb(line, (size_t)bytes, JSON_ALLOW_NUL, &error);
    assert_non_null(value);
    return value;
}

static void recorded_texts(void **state)
{
    FILE *f = fopen("tests/tokenizers/normalizers.jsonl", "r");
    size_t normalizers = 0, cases = 0, absent = 0;
    (void)state;
    assert_non_null(f);
    shared_charsmaps = json_load_file(
        test_shared("tokenizers/pipelines/unigram-nfkc-json/tokenizer.json"), 0, NULL);
    json_t *first = next_line(f);
    recorded_charsmaps = json_object_get(first, "charsmaps");
    for (json_t *line; (line = next_line(f)) != NULL; json_decref(line)) {
        const json_t *normalizer = json_object_get(line, "normalizer"),
                     *all = json_object_get(line, "cases");
        struct normalizing n = {.diags.arena = NULL};
        if (!add_described(&n, normalizer)) {
            absent++;
            normalizing_close(&n);
            continue;
        }
        assert_true(normalizing_open(&n));
        for (size_t i = 0; i < json_array_size(all); i++, cases++)
            compare_case(&n, normalizer, json_array_get(all, i));
        normalizers++;
        normalizing_close(&n);
    }
    json_decref(first);
    json_decref(shared_charsmaps);
    fclose(f);
    assert_true(normalizers + absent > 40 && cases > 3000);
    if (absent)
        print_message("%zu normalizers skipped: shared data are absent\n", absent);
}

/* ---- what records cannot say ---- */

static void expect(struct normalizing *n, const char *text, size_t bytes, const char *expected)
{
    struct normal_text got = normalize(n, text, bytes);
    assert_int_equal(got.failure, NORMAL_done);
    assert_int_equal(got.bytes, strlen(expected));
    assert_memory_equal(got.text, expected, got.bytes);
}

static void invalid_bytes_stay(void **state)
{
    struct normalizing n = {.diags.arena = NULL};
    (void)state;
    pipeline_add_bert_normalizer(&n.vocabulary, &n.arena, "", true, true, true, true);
    add_normalizer(&n, STEP_form)->form = FORM_nfkc;
    add_normalizer(&n, STEP_strip)->right = true;
    assert_true(normalizing_open(&n));
    expect(&n, "A\xff\xcc", 3, "a\xff\xcc");
    expect(&n, "\xc3\xc3\x89\x80 ", 5, "\xc3\x65\x80");
    expect(&n, "\xed\xa0\x80\xf4\x90\x80\x80", 7, "\xed\xa0\x80\xf4\x90\x80\x80");
    expect(&n, "\xcc\x81\x80 \xe2\x80\x83", 7, "\x80");
    normalizing_close(&n);
}

/* A copy is made only where something changes. */
static void unchanged_text_is_the_input(void **state)
{
    static const char text[] = "plain words, \xc3\xa9t\xc3\xa9";
    struct normalizing n = {.diags.arena = NULL};
    (void)state;
    add_normalizer(&n, STEP_form)->form = FORM_nfc;
    add_normalizer(&n, STEP_lowercase);
    struct text_step *s = add_normalizer(&n, STEP_replace);
    s->literal = true;
    s->expression = text_of("zz");
    assert_true(normalizing_open(&n));
    struct normal_text got = normalize(&n, text, sizeof text - 1);
    assert_ptr_equal(got.text, text);
    assert_int_equal(got.bytes, sizeof text - 1);
    assert_null(n.work.buffers[0].data);
    normalizing_close(&n);
}

static void growth_has_an_end(void **state)
{
    static char text[1 << 16];
    struct normalizing n = {.diags.arena = NULL};
    (void)state;
    for (int i = 0; i < 40; i++) {
        struct text_step *s = add_normalizer(&n, STEP_replace);
        s->literal = true;
        s->expression = text_of("a");
        s->content = text_of("aa");
    }
    assert_true(normalizing_open(&n));
    memset(text, 'a', sizeof text);
    assert_int_equal(normalize(&n, text, sizeof text).failure, NORMAL_too_long);
    struct step_text token;
    assert_false(normal_token_text(&n.normal, text_of("aaaa"), &n.arena, &token));
    assert_true(normal_token_text(&n.normal, text_of("bb"), &n.arena, &token));
    assert_int_equal(token.bytes, 2);
    normalizing_close(&n);
}

static void refuse_charsmap(const uint8_t *bytes, uint32_t count, const char *why)
{
    struct normalizing n = {.diags.arena = NULL};
    struct text_step *s = add_normalizer(&n, STEP_charsmap);
    s->content = (struct step_text){(const char *)bytes, count};
    s->object = "normalizer.precompiled_charsmap";
    assert_false(normalizing_open(&n));
    assert_non_null(strstr(n.diags.first->text, why));
    normalizing_close(&n);
}

static void hostile_charsmaps(void **state)
{
    uint8_t map[12 + 300] = {8, 0, 0, 0};
    (void)state;
    refuse_charsmap(map, 0, "double array");
    refuse_charsmap(map, 3, "double array");
    refuse_charsmap(map, 11, "double array");
    memcpy(map + 12, "\xff\xfe", 2);
    refuse_charsmap(map, 14, "UTF-8");
    memset(map + 12, 'x', 300);
    refuse_charsmap(map, 312, "at most 256 bytes");
    /* unit 0: children from 0; unit 1: label 1, a leaf whose value is in unit 0, which says 256 */
    memcpy(map + 4, "\x00\x01\x00\x00\x01\x05\x00\x00", 8);
    refuse_charsmap(map, 20, "offsets below 8");
    /* the same with children from 0x60, beyond the array, of which 0x61 is in unit 1 */
    memcpy(map + 4, "\x00\x81\x01\x00\x61\x05\x00\x00", 8);
    refuse_charsmap(map, 20, "offsets below 8");
}

/* Tables with any byte changed are refused, or do no harm. */
static void damaged_tables(void **state)
{
    static const char text[] =
        "A\xcc\x81 \xe4\xb8\xad\xef\xac\x81 e\xcc\xa7\xcc\x81 \xea\xb0\x81 zz";
    struct normalizing n = {.diags.arena = NULL};
    (void)state;
    pipeline_add_bert_normalizer(&n.vocabulary, &n.arena, "", true, true, false, true);
    add_normalizer(&n, STEP_form)->form = FORM_nfkc;
    struct text_step *s = add_normalizer(&n, STEP_replace);
    s->literal = true;
    s->expression = text_of("zz");
    s->content = text_of("y");
    assert_true(normalizing_open(&n));
    uint8_t *block = n.tables.block;
    for (uint32_t at = 0; at < n.tables.bytes; at += at < 400 ? 1 : 131) {
        for (int bit = 0; bit < 8; bit += 3) {
            block[at] ^= (uint8_t)(1 << bit);
            if (normal_open(&n.normal, block, n.tables.bytes, NULL))
                normalize(&n, text, sizeof text - 1);
            block[at] ^= (uint8_t)(1 << bit);
        }
    }
    for (uint32_t bytes = 0; bytes < n.tables.bytes; bytes += bytes < 200 ? 1 : 997)
        assert_int_equal(normal_open(&n.normal, block, bytes, NULL), bytes == 0);
    normalizing_close(&n);
}

static void too_many_steps(void **state)
{
    struct normalizing n = {.diags.arena = NULL};
    (void)state;
    for (int i = 0; i < 257; i++)
        add_normalizer(&n, STEP_strip);
    assert_false(normalizing_open(&n));
    assert_non_null(strstr(n.diags.first->text, "at most 256 steps"));
    normalizing_close(&n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recorded_texts),    cmocka_unit_test(invalid_bytes_stay),
        cmocka_unit_test(growth_has_an_end), cmocka_unit_test(unchanged_text_is_the_input),
        cmocka_unit_test(hostile_charsmaps), cmocka_unit_test(damaged_tables),
        cmocka_unit_test(too_many_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

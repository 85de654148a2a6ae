/* JSON as Python writes and reads it: values that jansson would refuse, and every kind of fault
 * with its place. */
#include "compiler/import/import.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static json_t *parse(const char *text, bool strict, struct json_report *report)
{
    /* a copy that ends where the text ends, for the address sanitizer */
    size_t bytes = strlen(text);
    char *copy = malloc(bytes + 1);
    memcpy(copy, text, bytes);
    char *exact = realloc(copy, bytes ? bytes : 1);
    json_t *root = json_parse(exact, bytes, strict, report);
    free(exact);
    return root;
}

/* Expected: what Python 3.11 gives by json.dumps(json.loads(text), ensure_ascii=False), but for
 * numbers that no double holds. */
static void accepted(void **state)
{
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {" [ 1 , -0, 2.5e3, -5E-1 ] \n", "[1,0,2500.0,-0.5]"},
        {"{}", "{}"},
        {"[]", "[]"},
        {"[true,false,null]", "[true,false,null]"},
        {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\\"\\\\/\\b\\f\\n\\r\\t\""},
        {"\"\\u00e9\\ud83d\\ude42\\u0000x\"", "\"\303\251\360\237\231\202\\u0000x\""},
        {"{\"\\u0000\":420,\"\\u0000a\":7}", "{\"\\u0000\":420,\"\\u0000a\":7}"},
        {"{\"a\":1,\"b\":2,\"a\":3}", "{\"a\":3,\"b\":2}"},
        {"[9223372036854775807,-9223372036854775808]",
         "[9223372036854775807,-9223372036854775808]"},
        {"[9223372036854775808,1000000000000000019884624838656]", "[9.2233720368547758e18,1e30]"},
        {"[NaN,Infinity,-Infinity,1e999]", "[\"NaN\",\"Infinity\",\"-Infinity\",\"1e999\"]"},
        {"\xef\xbb\xbf{\"a\":\"\xe2\x96\x81\"}", "{\"a\":\"\xe2\x96\x81\"}"},
    };

    (void)state;
    for (size_t i = 0; i < countof(cases); i++) {
        struct json_report report;
        json_t *root = parse(cases[i].text, false, &report);
        if (root == NULL)
            fail_msg("%s: %s", cases[i].text, report.fault);
        char *found = json_dumps(root, JSON_COMPACT | JSON_ENCODE_ANY);
        assert_string_equal(found, cases[i].expected);
        free(found);
        json_decref(root);
    }
}

static void refused(void **state)
{
    static const struct {
        const char *text;
        uint64_t at;
        const char *fault;
    } cases[] = {
        {"", 0, "the text ends where a value is expected"},
        {"[1,", 3, "the text ends where"},
        {"[1 2]", 3, "expected , or ]"},
        {"{\"a\" 1}", 5, "expected : after a name"},
        {"{\"a\":1 \"b\":2}", 7, "expected , or }"},
        {"{a:1}", 1, "a name in double quotes"},
        {"{\"a\":1,}", 7, "a name in double quotes"},
        {"[1,]", 3, "expected a value"},
        {"{} x", 3, "follows the value"},
        {"\"abc", 1, "a text has no end"},
        {"\"abc\\", 1, "a text has no end"},
        {"\"a\nb\"", 2, "a control character"},
        {"\"a\xff\"", 2, "not UTF-8"},
        {"\"\xc3\"", 1, "not UTF-8"},
        {"\"\xed\xa0\x80\"", 1, "not UTF-8"},
        {"\"\\x41\"", 1, "an escape"},
        {"\"\\u12\"", 1, "an escape"},
        {"\"\\u12g4\"", 1, "an escape"},
        {"\"\\ud83d\"", 1, "half of a surrogate pair"},
        {"\"\\ud83d\\u0041\"", 1, "half of a surrogate pair"},
        {"\"\\ude42\"", 1, "half of a surrogate pair"},
        {"01", 0, "not spelled as JSON requires"},
        {"1.", 0, "not spelled as JSON requires"},
        {"1e+", 0, "not spelled as JSON requires"},
        {"-", 0, "not spelled as JSON requires"},
        {"+1", 0, "expected a value"},
        {"nul", 0, "expected a value"},
        {"// c\n1", 0, "expected a value"},
    };
    char deep[200];

    (void)state;
    struct json_report report;
    for (size_t i = 0; i < countof(cases); i++) {
        if (parse(cases[i].text, false, &report) != NULL)
            fail_msg("%s was read", cases[i].text);
        if (strstr(report.fault, cases[i].fault) == NULL || report.at != cases[i].at)
            fail_msg("%s: found '%s' at %d", cases[i].text, report.fault, (int)report.at);
    }
    memset(deep, '[', sizeof deep);
    deep[sizeof deep - 1] = 0;
    assert_null(parse(deep, false, &report));
    assert_int_equal(report.at, 64);
    memset(deep, '1', sizeof deep - 1);
    json_decref(parse(deep, false, &report));
    assert_null(report.fault);
}

static void names_of_headers(void **state)
{
    struct json_report report;

    (void)state;
    assert_null(parse("{\"a\":1,\"a\":2}", true, &report));
    assert_int_equal(report.at, 7);
    assert_null(parse("{\"\\u0000\":1}", true, &report));
    assert_int_equal(report.at, 1);
    assert_null(parse("\xef\xbb\xbf{}", true, &report));
    json_decref(parse("{\"a\":1,\"b\":{\"a\":2}}", true, &report));
    assert_null(report.fault);
}

/* The place of a fault, and the warning about a name that stands twice, as people read them. */
static void places(void **state)
{
    static const char twice[] = "{\n \"a\": 1,\n \"a\": 2}", broken[] = "{\n \"a\": [1,\n  }";
    struct arena arena = {0};
    struct diags d = {.arena = &arena};
    struct file f = {.path = "x.json", .data = (const uint8_t *)twice, .bytes = sizeof twice - 1};

    (void)state;
    json_decref(json_read_object(&f, &d));
    assert_int_equal(d.error_count, 0);
    assert_int_equal(d.last->severity, DIAG_WARNING);
    assert_int_equal(d.last->place.line, 3);
    assert_int_equal(d.last->place.column, 2);
    f = (struct file){
        .path = "x.json", .data = (const uint8_t *)broken, .bytes = sizeof broken - 1};
    assert_null(json_read_object(&f, &d));
    assert_int_equal(d.last->place.line, 3);
    assert_int_equal(d.last->place.column, 3);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepted),
        cmocka_unit_test(refused),
        cmocka_unit_test(names_of_headers),
        cmocka_unit_test(places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* JSON of the tool's input and output: what is refused and with which words, what the values are,
 * and how they are written. fuzz_json_in.c compares all of it with jansson. */
#include "runtime/base/json_in.h"
#include "runtime/base/json_out.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void test_refusals(void **state)
{
    static const struct {
        const char *text, *why;
    } cases[] = {
        {"", "'[' or '{' expected near end of file"},
        {"null", "'[' or '{' expected near 'null'"},
        {"{", "string or '}' expected near end of file"},
        {"[1,]", "unexpected token near ']'"},
        {"[1 2]", "']' expected near '2'"},
        {"{\"a\" 1}", "':' expected near '1'"},
        {"{\"a\":1,}", "string or '}' expected near '}'"},
        {"{} x", "end of file expected near 'x'"},
        {"[01]", "invalid token near '0'"},
        {"[1.]", "invalid token near '1.'"},
        {"[nul]", "invalid token near 'nul'"},
        {"[abcdefghijklmnopqrstu]", "invalid token"},
        {"[1e999]", "real number overflow near '1e999'"},
        {"[9223372036854775808]", "too big integer near '9223372036854775808'"},
        {"[\"a", "premature end of input near '\"a'"},
        {"[\"a\nb\"]", "unexpected newline near '\"a'"},
        {"[\"\t\"]", "control character 0x9 near '\"'"},
        {"[\"\\x\"]", "invalid escape near '\"\\x'"},
        {"[\"\\ud800\"]", "invalid Unicode '\\uD800' near '\"\\ud800\"'"},
        {"[\"\xc3\"]", "unable to decode byte 0xc3 near '\"'"},
        {"[\"\\u0000\"]", "\\u0000 is not allowed near '\"\\u0000\"'"},
        {"{\"\\u0000\":1}", "NUL byte in object key not supported near '\"\\u0000\"'"},
    };
    char why[JSON_WHY_BYTES];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_false(json_check(cases[i].text, strlen(cases[i].text), false, why));
        assert_string_equal(why, cases[i].why);
    }
    assert_true(json_check("[\"\\u0000\"]", 10, true, why));
}

/* As deep as allowed, and one deeper, whatever the kind of the containers. */
static void test_depth(void **state)
{
    static char text[8 * JSON_IN_DEPTH];
    char why[JSON_WHY_BYTES];

    (void)state;
    for (int kind = 0; kind < 2; kind++) {
        const char *opening = kind == 0 ? "[" : "{\"\":";
        for (size_t deeper = 0; deeper < 2; deeper++) {
            size_t bytes = 0, depth = JSON_IN_DEPTH - 1 + deeper;
            for (size_t i = 0; i < depth; i++, bytes += strlen(opening))
                strcpy(text + bytes, opening);
            text[bytes++] = '7';
            for (size_t i = 0; i < depth; i++)
                text[bytes++] = kind == 0 ? ']' : '}';
            text[bytes] = 0;
            assert_int_equal(json_check(text, bytes, false, why), deeper == 0);
            assert_string_equal(why, deeper == 0 ? "" : "maximum parsing depth reached near '7'");
        }
    }
}

static void expect_text(const char *value, const char *text, size_t bytes)
{
    size_t found;
    char *copy = json_in_text(value, &found);

    assert_non_null(copy);
    assert_int_equal(found, bytes);
    assert_memory_equal(copy, text, bytes + 1);
    free(copy);
}

static void test_values(void **state)
{
    static const char text[] =
        " { \"a\" : 1, \"b\":[ 10 , -2,3.0,[\"],\\\"\",{}], \"x\" ] , \"\\u0061\": "
        "\"\\ud834\\udd1e\\u0000\\n\\/\xc3\xa9\", \"c\":{\"a\":true} } ";
    static const int64_t integers[] = {10, -2};
    char why[JSON_WHY_BYTES];
    int64_t integer;

    (void)state;
    assert_true(json_check(text, sizeof text - 1, true, why));
    const char *root = json_in_root(text), *element = json_in_first(json_in_member(root, "b"));
    expect_text(json_in_member(root, "a"), "\xf0\x9d\x84\x9e\0\n/\xc3\xa9", 9);
    assert_true(json_in_is(json_in_member(json_in_member(root, "c"), "a"), 't'));
    assert_null(json_in_member(root, "d"));
    assert_null(json_in_member(json_in_member(root, "b"), "a"));
    assert_null(json_in_first(json_in_member(root, "c")));
    for (size_t i = 0; i < 2; i++, element = json_in_next(element)) {
        assert_true(json_in_integer(element, &integer));
        assert_int_equal(integer, integers[i]);
    }
    assert_false(json_in_integer(element, &integer));
    element = json_in_next(element);
    expect_text(json_in_first(element), "],\"", 3);
    element = json_in_next(element);
    expect_text(element, "x", 1);
    assert_null(json_in_next(element));
}

static char *write(struct json_out out)
{
    static const double reals[] = {0, 1, 0.1, 1e8, -2.5e-9, 123456789, 1e300, 0.0001};
    char *text;
    size_t bytes;

    out.file = open_memstream(&text, &bytes);
    assert_non_null(out.file);
    json_out_open(&out, NULL, '{');
    json_out_text(&out, "text", "\"\\\b\x1f\x7f\0\xc3\xa9\xf0\x9d\x84\x9e\xff", 13);
    json_out_open(&out, "reals", '[');
    for (size_t i = 0; i < sizeof reals / sizeof reals[0]; i++)
        json_out_real(&out, NULL, reals[i]);
    json_out_exact(&out, NULL, 1.0 / 3);
    json_out_exact(&out, NULL, 0.1);
    json_out_real(&out, NULL, (double)strtof("nan", NULL));
    json_out_close(&out, ']');
    json_out_open(&out, "empty", '{');
    json_out_close(&out, '}');
    json_out_integer(&out, "least", INT64_MIN);
    json_out_close(&out, '}');
    assert_int_equal(fclose(out.file), 0);
    return text;
}

static void test_writing(void **state)
{
    static const struct {
        struct json_out style;
        const char *text;
    } cases[] = {
        {{.ascii = true},
         "{\"text\": \"\\\"\\\\\\b\\u001F\x7f\\u0000\\u00E9\\uD834\\uDD1E\\uFFFD\", \"reals\": "
         "[0.0, 1.0, 0.1, 1e8, -2.5e-9, 1.23457e8, 1e300, 0.0001, "
         "0.3333333333333333, 0.1, null], \"empty\": {}, "
         "\"least\": -9223372036854775808}"},
        {{.indented = true},
         "{\n \"text\": \"\\\"\\\\\\b\\u001F\x7f\\u0000\xc3\xa9\xf0\x9d\x84\x9e\xef\xbf\xbd\",\n "
         "\"reals\": [\n  0.0,\n  1.0,\n  0.1,\n  1e8,\n  -2.5e-9,\n  1.23457e8,\n  1e300,\n  "
         "0.0001,\n  0.3333333333333333,\n  0.1,\n  null\n ],\n \"empty\": {},\n \"least\": -9223372036854775808\n}"},
        {{.compact = true},
         "{\"text\":\"\\\"\\\\\\b\\u001F\x7f\\u0000\xc3\xa9\xf0\x9d\x84\x9e\xef\xbf\xbd\",\"reals\":"
         "[0.0,1.0,0.1,1e8,-2.5e-9,1.23457e8,1e300,0.0001,0.3333333333333333,0.1,null],\"empty\":{},"
         "\"least\":-9223372036854775808}"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *text = write(cases[i].style);
        assert_string_equal(text, cases[i].text);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_refusals),
                                       cmocka_unit_test(test_depth), cmocka_unit_test(test_values),
                                       cmocka_unit_test(test_writing)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

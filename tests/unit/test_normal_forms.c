/* Normalization forms by packed tables: against utf8proc for each code point and for random
 * sequences, and the properties that the Unicode Standard demands of forms. Characters newer than
 * Unicode 9 stay as they are, which utf8proc cannot say: they are left out, and looked at alone. */
#include "tests/support/few_cases.h"
#include "tests/support/normalizing.h"
#include "runtime/base/utf8.h"

#include <stdlib.h>
#include <utf8proc.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { FORMS = 4, MAX = 32 };

static const utf8proc_option_t options[FORMS] = {
    [FORM_nfc] = UTF8PROC_STABLE | UTF8PROC_COMPOSE,
    [FORM_nfd] = UTF8PROC_STABLE | UTF8PROC_DECOMPOSE,
    [FORM_nfkc] = UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT,
    [FORM_nfkd] = UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT,
};

static struct normalizing forms[FORMS];

static int open_forms(void **state)
{
    (void)state;
    for (int i = 0; i < FORMS; i++) {
        add_normalizer(&forms[i], STEP_form)->form = (enum normal_form)i;
        if (!normalizing_open(&forms[i]))
            return -1;
    }
    return 0;
}

static int close_forms(void **state)
{
    (void)state;
    for (int i = 0; i < FORMS; i++)
        normalizing_close(&forms[i]);
    return 0;
}

static bool is_known(uint32_t c)
{
    return (c < 0xd800 || c >= 0xe000) && !unicode_newer_than(c, 9);
}

static uint32_t write_points(const uint32_t *points, uint32_t count, char *out)
{
    uint32_t bytes = 0;
    for (uint32_t i = 0; i < count; i++)
        bytes += utf8_write(points[i], out + bytes);
    return bytes;
}

static void expect(int form, const char *text, size_t bytes, const char *expected, size_t count)
{
    struct normal_text got = normalize(&forms[form], text, bytes);
    assert_int_equal(got.failure, NORMAL_done);
    if (got.bytes != count || memcmp(got.text, expected, count) != 0) {
        for (size_t i = 0; i < bytes; i++)
            print_message("%02x ", (unsigned char)text[i]);
        fail_msg("form %d of these bytes", form);
    }
}

/* All four forms of a text. */
static void compare(const uint32_t *points, uint32_t count)
{
    char text[4 * MAX];
    uint32_t bytes = write_points(points, count, text);
    for (int form = 0; form < FORMS; form++) {
        utf8proc_uint8_t *expected;
        utf8proc_ssize_t length =
            utf8proc_map((const utf8proc_uint8_t *)text, bytes, &expected, options[form]);
        assert_true(length >= 0);
        expect(form, text, bytes, (const char *)expected, (size_t)length);
        free(expected);
    }
}

static void each_code_point(void **state)
{
    (void)state;
    /* Under a sanitizer one in seven of those that few texts have. */
    for (uint32_t c = 1; c<0x110000; c += c> 0x3400 && cases_are_few() ? 7 : 1) {
        if (!is_known(c))
            continue;
        compare((const uint32_t[]){'a', c, 'b'}, 3);
        compare((const uint32_t[]){c, 0x301, 0x323}, 3);
    }
}

/* The next of a fixed sequence of random numbers below `count`. */
static uint32_t draw(uint32_t count)
{
    static uint64_t state = 1;
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((state >> 33) % count);
}

/* Characters that forms are about, and some that they are not. */
static uint32_t draw_point(void)
{
    static const struct {
        uint32_t first, count;
    } pools[] = {
        {0x20, 0x5f},    {0xa0, 0x1b0},   {0x300, 0x70},   {0x340, 6},      {0x5b0, 0x20},
        {0x610, 0x50},   {0x900, 0x500},  {0xf00, 0xd0},   {0x1100, 0x100}, {0x1dc0, 0x40},
        {0x1e00, 0x200}, {0x20d0, 0x20},  {0x2100, 0xa0},  {0x3040, 0xc0},  {0x3130, 0x60},
        {0xac00, 0x100}, {0xf900, 0x100}, {0xfb00, 0x100}, {0xff00, 0xf0},  {0x11080, 0x60},
        {0x1d150, 0x60}, {0x2f800, 0x80},
    };
    for (;;) {
        uint32_t pool = draw(countof(pools)), c = pools[pool].first + draw(pools[pool].count);
        if (is_known(c))
            return c;
    }
}

static void random_sequences(void **state)
{
    (void)state;
    for (int i = 0; i < (cases_are_few() ? 10000 : 50000); i++) {
        uint32_t points[MAX], count = 1 + draw(i % 8 == 0 ? MAX : 6);
        for (uint32_t k = 0; k < count; k++)
            points[k] = draw_point();
        compare(points, count);
    }
}

/* Of forms X and Y: Y(X(text)), which must be some third form of the text. */
static void twice(const char *text, size_t bytes, int x, int y, int same_as)
{
    struct normal_text third = normalize(&forms[same_as], text, bytes);
    struct bytes copy = {0};
    bytes_add(&copy, third.text, third.bytes);
    struct normal_text first = normalize(&forms[x], text, bytes);
    struct bytes middle = {0};
    bytes_add(&middle, first.text, first.bytes);
    expect(y, middle.data, middle.count, copy.data, copy.count);
    free(copy.data);
    free(middle.data);
}

/* As in NormalizationTest.txt, with characters of every age. */
static void forms_of_forms(void **state)
{
    (void)state;
    for (int i = 0; i < (cases_are_few() ? 4000 : 20000); i++) {
        uint32_t points[MAX], count = 1 + draw(MAX);
        char text[4 * MAX];
        for (uint32_t k = 0; k < count; k++) {
            points[k] = draw(4) ? draw_point() : draw(0x110000);
            if (points[k] >= 0xd800 && points[k] < 0xe000)
                points[k] = 0x1e030;
        }
        uint32_t bytes = write_points(points, count, text);
        for (int x = 0; x < FORMS; x++)
            for (int y = 0; y < FORMS; y++) {
                bool compatible = x >= FORM_nfkc || y >= FORM_nfkc;
                twice(text, bytes, x, y,
                      (y == FORM_nfc || y == FORM_nfkc ? FORM_nfc : FORM_nfd) +
                          (compatible ? FORM_nfkc : 0));
            }
    }
}

static void newer_characters_stay(void **state)
{
    /* U+32FF decomposes, U+1133B has a combining class, U+11935 U+11930 compose */
    static const uint32_t points[] = {0x32ff, 0x1133b, 0x334, 0x11935, 0x11930, 0x11938};
    char text[64];
    uint32_t bytes = write_points(points, countof(points), text);
    (void)state;
    for (int form = 0; form < FORMS; form++)
        expect(form, text, bytes, text, bytes);
}

/* A million marks of falling classes: each stretch is sorted in linear time. */
static void many_marks(void **state)
{
    enum { MARKS = 1000000 };
    static char text[2 + 2 * MARKS], expected[2 + 2 * MARKS];
    (void)state;
    text[0] = expected[0] = 'q';
    for (int i = 0; i < MARKS; i++) /* U+0345 (240), U+0301 (230), U+0323 (220) */
        memcpy(text + 1 + 2 * i, (const char *[]){"\xcd\x85", "\xcc\x81", "\xcc\xa3"}[i % 3], 2);
    int of[3] = {MARKS / 3, MARKS / 3, (MARKS + 2) / 3}, at = 0;
    for (int class = 0; class < 3; class ++)
        for (int i = 0; i < of[class]; i++, at++)
            memcpy(expected + 1 + 2 * at,
                   (const char *[]){"\xcc\xa3", "\xcc\x81", "\xcd\x85"}[class], 2);
    expect(FORM_nfd, text, 1 + 2 * MARKS, expected, 1 + 2 * MARKS);
    expect(FORM_nfkc, text, 1 + 2 * MARKS, expected, 1 + 2 * MARKS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_code_point), cmocka_unit_test(random_sequences),
        cmocka_unit_test(forms_of_forms),  cmocka_unit_test(newer_characters_stay),
        cmocka_unit_test(many_marks),
    };
    return cmocka_run_group_tests(tests, open_forms, close_forms);
}

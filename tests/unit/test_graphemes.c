/* Grapheme clusters by packed classes: against utf8proc, which knows the rules of Unicode 15, and
 * by hand the conjuncts of Unicode 16, which it does not know. */
#include "runtime/base/utf8.h"
#include "runtime/tokenizer/normal_parts.h"
#include "tests/support/normalizing.h"

#include <utf8proc.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct normalizing normalizing;
static struct charsmap_view view;

/* A charsmap without keys has the classes. */
static int open_classes(void **state)
{
    static const char charsmap[] = "\x04\x00\x00\x00"
                                   "\x00\x00\x00\x00";
    struct text_step *s = add_normalizer(&normalizing, STEP_charsmap);
    (void)state;
    s->content = (struct step_text){charsmap, sizeof charsmap};
    s->by_graphemes = true;
    if (!normalizing_open(&normalizing))
        return -1;
    const struct rlx_normal_step *step = &normalizing.normal.steps[0];
    return charsmap_view(normalizing.normal.block + step->table, step->table_bytes, &view) ? 0 : -1;
}

static int close_classes(void **state)
{
    (void)state;
    normalizing_close(&normalizing);
    return 0;
}

/* The next of a fixed sequence of random numbers below `count`. */
static uint32_t draw(uint32_t count)
{
    static uint64_t state = 1;
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((state >> 33) % count);
}

/* Of each class a few; without linkers. */
static uint32_t draw_point(void)
{
    static const uint32_t points[] = {
        '\r',    '\n',    0,       'a',     0x301,  0x323,  0x200c,  0x200d,  0x903,   0x93e,
        0x600,   0x110bd, 0x1f1e6, 0x1f1e7, 0x1100, 0x1161, 0x11a8,  0xac00,  0xac01,  0xa9,
        0x1f600, 0x2764,  0x1f3fb, 0xfe0f,  0x200b, 0x4e00, 0x1f468, 0xe0020, 0x1f1ff, 0x915,
    };
    return points[draw(countof(points))];
}

static void random_sequences(void **state)
{
    (void)state;
    for (int i = 0; i < 300000; i++) {
        uint32_t points[12], count = 2 + draw(11);
        char text[48];
        size_t starts[13] = {0}, bytes = 0;
        for (uint32_t k = 0; k < count; k++) {
            points[k] = draw_point();
            bytes += utf8_write(points[k], text + bytes);
            starts[k + 1] = bytes;
        }
        utf8proc_int32_t break_state = 0;
        size_t end = grapheme_end(&view, text, bytes, 0);
        for (uint32_t k = 1; k < count; k++) {
            bool expected = utf8proc_grapheme_break_stateful(
                (utf8proc_int32_t)points[k - 1], (utf8proc_int32_t)points[k], &break_state);
            assert_int_equal(end == starts[k], expected);
            if (expected)
                end = grapheme_end(&view, text, bytes, starts[k]);
        }
        assert_int_equal(end, bytes);
    }
}

static void expect(const char *text, size_t end)
{
    assert_int_equal(grapheme_end(&view, text, strlen(text), 0), end);
}

/* U+0915 is a consonant, U+094D a linker, U+093C an Extend, U+0905 a vowel. */
static void conjuncts(void **state)
{
    (void)state;
    expect("\xe0\xa4\x95\xe0\xa5\x8d\xe0\xa4\x95x", 9);
    expect("\xe0\xa4\x95\xe0\xa5\x8d\xe0\xa4\x85", 6);
    expect("\xe0\xa4\x95\xe0\xa4\xbc\xe0\xa4\x95", 6);
    expect("\xe0\xa4\x95\xe0\xa4\xbc\xe0\xa5\x8d\xe2\x80\x8d\xe0\xa4\x95", 15);
    expect("\xe0\xa4\x95\xe2\x80\x8d\xe0\xa5\x8d\xe0\xa4\x95\xe0\xa5\x8d\xe0\xa4\x95", 18);
    expect("\xe0\xa4\x95\xe0\xa5\x8d\xe2\x80\x8c\xe0\xa4\x95", 9); /* U+200C parts them */
    expect("x\xe0\xa5\x8d\xe0\xa4\x95", 4);
    expect("\xff\xcc\x81\xff", 3); /* what is not UTF-8 is a character of its own */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_sequences),
        cmocka_unit_test(conjuncts),
    };
    return cmocka_run_group_tests(tests, open_classes, close_classes);
}

/* What rlxc inspect shows of a damaged artifact: the checker's sentence, and everything that still
 * makes sense. */
#include "compiler/pack/inspect.h"
#include "tests/support/tiny_artifact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

/* Opens and shows; returns the text. */
static const char *show(struct tiny *t, struct inspected *in, struct diags *d, struct arena *a)
{
    struct text text = {.arena = a};

    *d = (struct diags){.arena = a};
    tiny_seal(t);
    assert_true(inspect_open(in, "tiny.rlx", t->data, t->bytes, d));
    bool good = inspect_text(in, true, &text);
    assert_true(good == (d->error_count == 0));
    return text.data;
}

static void expect_words(const char *text, const char *words)
{
    if (strstr(text, words) == NULL)
        fail_msg("expected '%s' in:\n%s", words, text);
}

static void test_whole(void **state)
{
    struct arena arena = {0};
    struct tiny t = tiny_make(NULL);
    struct inspected in;
    struct diags d;
    const char *text = show(&t, &in, &d, &arena);

    (void)state;
    assert_int_equal(d.error_count, 0);
    assert_true(inspect_verify(&in));
    expect_words(text, "rlx artifact 2.0");
    expect_words(text, "entry main: reads 2 states, writes 2\n"
                       "  input tokens i32 [SIZE] for tokens\n");
    expect_words(text, "output logits f32 [SIZE, 50] for logits\n");
    expect_words(text, "past_v_0, rows values of f16, layer 0: 64 rows of 2 x 3\n");
    expect_words(text, "      output logits f32 [SIZE, 50] for logits at 0, 768 bytes, rows 64");
    arena_free(&arena);
    free(t.data);
}

/* Each: one field of one table is wrong. */
static void expect_shown(uint32_t section, uint32_t index, size_t at, uint32_t value,
                         const char *error, const char *words)
{
    struct arena arena = {0};
    struct tiny t = tiny_make(NULL);
    struct inspected in;
    struct diags d;

    memcpy((uint8_t *)tiny_entry(&t, section, index) + at, &value, sizeof value);
    const char *text = show(&t, &in, &d, &arena);
    assert_int_equal(d.error_count, 1);
    expect_words(d.first->text, error);
    expect_words(text, words);
    expect_words(text, "past_k_0, rows keys"); /* the rest is still there */
    assert_false(inspect_verify(&in));
    arena_free(&arena);
    free(t.data);
}

static void test_damaged_tables(void **state)
{
    (void)state;
    expect_shown(RLX_SECTION_INFO, 0, offsetof(struct rlx_info, name), 100000,
                 "info 0: a string is outside", "name          (bad string)");
    expect_shown(RLX_SECTION_VARIANTS, 1, offsetof(struct rlx_variant_entry, first_step), 7,
                 "variant 1: steps 7 with 4 entries", " (no entry 8 of steps)\n");
    expect_shown(RLX_SECTION_VARIANTS, 1, offsetof(struct rlx_variant_entry, first_io), 2,
                 "variant 1: inputs and outputs 2 with 4", " (no entry 4 of io)\n");
    expect_shown(RLX_SECTION_STEPS, 0, offsetof(struct rlx_step, kernel), 99,
                 "step 0: kernel 99 of 6", " (no entry 99 of kernels)\n");
    expect_shown(RLX_SECTION_STEPS, 0, offsetof(struct rlx_step, first_arg), 10000,
                 "step 0: arguments 10000", " (no entry 10000 of args)\n");
    expect_shown(RLX_SECTION_LEVELS, 0, offsetof(struct rlx_level, variant_count), 100,
                 "level 0: kernels", " (no entry 5 of variants)\n");
    expect_shown(RLX_SECTION_IO, 0, offsetof(struct rlx_io, dims), 77,
                 "input or output 0: not the shape", "input tokens i32 [unknown] for tokens");
}

/* A wrong digest is an error, but the tables themselves hold. */
static void test_wrong_digest(void **state)
{
    struct arena arena = {0};
    struct tiny t = tiny_make(NULL);
    struct inspected in;
    struct diags d = {.arena = &arena};

    (void)state;
    tiny_header(&t)->table_digest ^= 1;
    assert_true(inspect_open(&in, "tiny.rlx", t.data, t.bytes, &d));
    assert_int_equal(d.error_count, 1);
    expect_words(d.first->text, "the tables are damaged: expected digest");
    assert_true(in.tables_hold);
    arena_free(&arena);
    free(t.data);
}

/* Nothing of such a file can be shown. */
static void test_refused(void **state)
{
    struct arena arena = {0};
    struct tiny t = tiny_make(NULL);
    struct inspected in;
    struct diags d = {.arena = &arena};

    (void)state;
    tiny_header(&t)->major = 1;
    assert_false(inspect_open(&in, "tiny.rlx", t.data, t.bytes, &d));
    assert_string_equal(d.first->text, "it was built by an older rlxc (format 1): build it again");
    assert_string_equal(d.first->place.file, "tiny.rlx");
    arena_free(&arena);
    free(t.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_damaged_tables),
        cmocka_unit_test(test_wrong_digest),
        cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Artifacts of other versions of the format. Those of version 1 are refused with a word on what to
 * do. In files of newer minor versions, whose entries may be longer, the runtime takes what it
 * knows. A file that the first compiler of format 2.0 made gives the numbers that it gave then
 * (tests/artifacts/README.md).
 */
#include "runtime/base/artifact_check.h"
#include "tests/support/states_walk.h"
#include "tests/support/tiny_session.h"

static void states_fail(const char *why)
{
    fail_msg("%s", why);
    abort();
}

static void test_format_1_is_refused(void **state)
{
    struct tiny t = tiny_runnable();
    rlx_error error = {0};

    (void)state;
    tiny_header(&t)->major = 1;
    assert_int_equal(tiny_open(&t, &model, &error), RLX_ERROR_WRONG_VERSION);
    assert_non_null(strstr(error.text, "built by an older rlxc (format 1): build it again"));
    free(t.data);
}

/* Moves a table behind everything else and appends 8 bytes to each of its entries. */
static void lengthen_entries(struct tiny *t, uint32_t kind)
{
    struct rlx_section *s = tiny_section(t, kind);
    uint32_t bytes = s->entry_bytes + 8;
    uint8_t *to = t->data + t->bytes;

    assert_true(t->bytes + (size_t)s->count * bytes <= TINY_CAPACITY);
    for (uint32_t i = 0; i < s->count; i++) {
        memcpy(to + (size_t)i * bytes, tiny_entry(t, kind, i), s->entry_bytes);
        memset(to + (size_t)i * bytes + s->entry_bytes, 0xa5, 8);
    }
    s->offset = t->bytes;
    s->entry_bytes = bytes;
    s->bytes = (uint64_t)s->count * bytes;
    t->bytes += s->bytes;
    tiny_header(t)->file_bytes = t->bytes;
}

static void test_newer_minor_versions_run(void **state)
{
    static const uint32_t tables[] = {
        RLX_SECTION_LEVELS, RLX_SECTION_KERNELS, RLX_SECTION_ENTRIES, RLX_SECTION_VARIANTS,
        RLX_SECTION_IO,     RLX_SECTION_STEPS,   RLX_SECTION_ARGS,    RLX_SECTION_STATES};
    struct tiny t = tiny_runnable();
    rlx_error error = {0};

    (void)state;
    tiny_header(&t)->minor = RLX_MINOR + 1;
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        lengthen_entries(&t, tables[i]);
    tiny_seal(&t);
    if (tiny_open(&t, &model, &error) != RLX_OK)
        fail_msg("%s", error.text);
    rlx_session *s = open_session(2);
    for (size_t count = 1; count <= 12; count++) {
        const float *row;
        assert_int_equal(rlx_session_prefill_logits(s, prompt, count, &row, &error), RLX_OK);
        expect_row(row, prompt, count);
        assert_int_equal(rlx_session_decode_logits(s, prompt[count], &row, &error), RLX_OK);
        expect_row(row, prompt, count + 1);
    }
    rlx_session_close(s);
    rlx_model_close(model);
    free(t.data);
}

/* ---- format 2.0 ---- */

/* One number for each line, as printf's %a. */
static void read_expected(float *expected)
{
    FILE *file = fopen("tests/artifacts/format-2.0.txt", "r");

    assert_non_null(file);
    for (size_t i = 0; i < NUMBERS; i++)
        assert_int_equal(fscanf(file, "%f", &expected[i]), 1);
    fclose(file);
}

/* For a new artifact: what read_expected reads. */
static void record(const char *path)
{
    static struct numbers n;
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    states_walk("tests/artifacts/format-2.0.rlx", 1, &n);
    for (size_t i = 0; i < NUMBERS; i++)
        fprintf(file, "%a\n", (double)n.all[i]);
    assert_int_equal(fclose(file), 0);
}

static void test_format_2_0_runs(void **state)
{
    static float expected[NUMBERS];
    static struct numbers found;

    (void)state;
    if (getenv("RLX_RECORD") != NULL)
        record(getenv("RLX_RECORD"));
    read_expected(expected);
    for (uint32_t threads = 1; threads <= 3; threads += 2) {
        states_walk("tests/artifacts/format-2.0.rlx", threads, &found);
        for (size_t i = 0; i < NUMBERS; i++)
            if (found.all[i] != expected[i])
                fail_msg("number %zu: expected %a, found %a", i, (double)expected[i],
                         (double)found.all[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_format_1_is_refused),
        cmocka_unit_test(test_newer_minor_versions_run),
        cmocka_unit_test(test_format_2_0_runs),
    };

    tiny_require_machine();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

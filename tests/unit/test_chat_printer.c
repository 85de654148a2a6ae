/* Printed answers: reasoning is faint only if that is wanted, the whole text is kept, and lines
 * end. Tokens are those of the small model's vocabulary. */
#include "runtime/tool/chat_printer.h"

#include "tests/support/compiled.h"

static rlx_model *model;

static bool never(void)
{
    return false;
}

static size_t ids_of(const char *text, int32_t *ids, size_t capacity)
{
    size_t count;
    rlx_error error;

    assert_int_equal(rlx_tokenize(model, text, strlen(text), 0, ids, capacity, &count, &error),
                     RLX_OK);
    return count;
}

/* Each token and the text that it completes, as a generation gives them. */
static void generate(struct chat_printer *p, const int32_t *ids, size_t count)
{
    rlx_detokenizer state = {.skip_special = true};
    char text[RLX_DETOKENIZE_MAX];
    size_t bytes;

    for (size_t i = 0; i < count; i++) {
        assert_int_equal(chat_printer_token(p, ids[i]), RLX_GO_ON);
        assert_int_equal(rlx_detokenize(model, &state, ids[i], text, sizeof text, &bytes, NULL),
                         RLX_OK);
        assert_int_equal(chat_printer_text(p, text, bytes), RLX_GO_ON);
    }
}

/* What is printed of an answer after a prompt; its text must come back. */
static void expect_printed(const char *prompt, const char *answer, bool faint, const char *expected)
{
    struct chat_printer p;
    int32_t ids[256];
    char found[1024] = {0};
    const char *path = temporary_path(&test_folder, "printed");
    int kept = dup(STDOUT_FILENO);

    fflush(stdout);
    assert_non_null(freopen(path, "w", stdout));
    size_t count = ids_of(prompt, ids, 256);
    chat_printer_open(&p, model, ids, count, faint, never);
    count = ids_of(answer, ids, 256);
    generate(&p, ids, count);
    char *text = chat_printer_end(&p);
    fflush(stdout);
    dup2(kept, STDOUT_FILENO);
    close(kept);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_true(fread(found, 1, sizeof found - 1, file) < sizeof found);
    fclose(file);
    unlink(path);
    assert_string_equal(found, expected);
    assert_string_equal(text, answer);
    free(text);
}

static void printed(void **state)
{
    (void)state;
    static const char thought[] = "<think>\nOne day\n</think>\nTwo foxes";

    expect_printed("", "Once upon a time", false, "Once upon a time\n");
    expect_printed("", "Once upon a time\n", true, "Once upon a time\n");
    expect_printed("", "", true, "");
    expect_printed("", thought, false, "<think>\nOne day\n</think>\nTwo foxes\n");
    expect_printed("", thought, true, "\x1b[2m<think>\nOne day\n</think>\x1b[0m\nTwo foxes\n");
    expect_printed("Hm<think>\n", "One day</think>Two", true, "\x1b[2mOne day</think>\x1b[0mTwo\n");
    expect_printed("", "<think>never ends", true, "\x1b[2m<think>never ends\x1b[0m\n");
    expect_printed("", "a\xc3\xa9 <thi", true, "a\xc3\xa9 <thi\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(printed)};
    bool lacking;

    temporary_set_up(NULL);
    model = compiled_open("examples/stories-3m.Q8_0.gguf", "--tokenizer-only", &lacking);
    int failures = model == NULL || cmocka_run_group_tests(tests, NULL, NULL);
    rlx_model_close(model);
    temporary_tear_down(NULL);
    return failures;
}

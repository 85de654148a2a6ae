/* Reasoning in answers: texts with markers, cut in every way, and the part that is reasoning. */
#include "runtime/tool/reasoning.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

struct out {
    char text[512]; /* what is reasoning in { } */
    size_t bytes;
    bool inside;
};

static void take(void *context, const char *text, size_t bytes, bool thought)
{
    struct out *o = context;

    if (thought != o->inside)
        o->text[o->bytes++] = thought ? '{' : '}';
    o->inside = thought;
    memcpy(o->text + o->bytes, text, bytes);
    o->bytes += bytes;
}

static const struct {
    const char *prompt, *answer, *marked;
} cases[] = {
    {"", "<think>a</think>b", "{<think>a</think>}b"},
    {"", "\n<think>\na\n</think>\n\nb", "\n{<think>\na\n</think>}\n\nb"},
    {"", "b <think>a</think>", "b <think>a</think>"}, /* an answer about markers */
    {"", "<think>a</think>b<think>c", "{<think>a</think>}b<think>c"},
    {"", "<think>a</thin</think>b", "{<think>a</thin</think>}b"},
    {"", "<think>a <think> b</think>c", "{<think>a <think> b</think>}c"},
    {"", "<thin", "<thin"},
    {"", "<th<think>", "<th<think>"},
    {"", "<think>never ends </th", "{<think>never ends </th"},
    {"", "[THINK]a</think>[/THINK]b", "{[THINK]a</think>[/THINK]}b"},
    {"", "<|START_THINKING|>a<|END_THINKING|>b", "{<|START_THINKING|>a<|END_THINKING|>}b"},
    {"x<think>\n", "a</think>b", "{a</think>}b"},
    {"x<think>\n\n</think>\n\n", "a</think>b", "a</think>b"},
    {"", "", ""},
};

static void cut_anywhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *answer = cases[i].answer;
        size_t bytes = strlen(answer);
        for (size_t piece = 1; piece <= bytes + 1; piece++) {
            struct reasoning r;
            struct out o = {0};
            reasoning_begin(&r, cases[i].prompt, strlen(cases[i].prompt));
            for (size_t at = 0; at < bytes; at += piece)
                reasoning_feed(&r, answer + at, bytes - at < piece ? bytes - at : piece, take, &o);
            reasoning_end(&r, take, &o);
            o.text[o.bytes] = 0;
            assert_string_equal(o.text, cases[i].marked);
        }
    }
}

/* Markers that are tokens of their own and print nothing. */
static void tokens(void **state)
{
    (void)state;
    struct reasoning r;
    struct out o = {0};

    reasoning_begin(&r, "", 0);
    reasoning_token(&r, "[/THINK]", 8); /* closes nothing */
    reasoning_token(&r, "[THINK]", 7);
    reasoning_feed(&r, "a", 1, take, &o);
    reasoning_token(&r, "[/THINK]", 8);
    reasoning_feed(&r, "b", 1, take, &o);
    reasoning_token(&r, "[THINK]", 7);
    reasoning_feed(&r, "c", 1, take, &o);
    reasoning_end(&r, take, &o);
    assert_string_equal(o.text, "{a}bc");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cut_anywhere),
        cmocka_unit_test(tokens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

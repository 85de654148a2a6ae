/* The text of a generation: stop strings across any token boundaries, text held back and released
 * at the right moment, against a plain search in the whole text; the same with and without a
 * draft. */
#include "tests/support/count_allocations.h"

#include "tests/support/shared.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "runtime/core/generate_text.h"
#include "tests/support/compiled.h"

static rlx_model *model; /* the bundled one, compiled */

static int set_up(void **state)
{
    bool lacking;
    if (temporary_set_up(state) != 0)
        return -1;
    model = compiled_open("examples/stories-3m.Q8_0.gguf", "", &lacking);
    return model == NULL ? -1 : 0;
}

static int tear_down(void **state)
{
    rlx_model_close(model);
    return temporary_tear_down(state);
}

/* ---- what comes out ---- */

struct told {
    char text[1 << 14];
    size_t bytes, calls, stop_after; /* stop_after: bytes with which the function has enough; 0 */
};

static rlx_go tell(void *context, const char *text, size_t bytes)
{
    struct told *told = context;
    assert_true(bytes > 0 && told->bytes + bytes < sizeof told->text);
    assert_int_not_equal((unsigned char)text[0] & 0xC0, 0x80); /* begins a character */
    memcpy(told->text + told->bytes, text, bytes);
    told->bytes += bytes;
    told->text[told->bytes] = 0;
    told->calls++;
    return told->stop_after == 0 || told->bytes < told->stop_after ? RLX_GO_ON : RLX_GO_STOP;
}

/* The first character with which a stop string is whole, and where the longest one begins; false:
 * none comes. */
static bool plain_find(const char *text, const char *const *stop, size_t count, size_t *begin)
{
    for (size_t end = 1; end <= strlen(text); end++) {
        *begin = end;
        for (size_t i = 0; i < count; i++) {
            size_t bytes = strlen(stop[i]);
            if (bytes <= end && memcmp(text + end - bytes, stop[i], bytes) == 0 &&
                end - bytes < *begin)
                *begin = end - bytes;
        }
        if (*begin != end)
            return true;
    }
    return false;
}

/* Bytes of `text` that no stop string can begin in any more. */
static size_t plain_safe(const char *text, const char *const *stop, size_t count)
{
    for (size_t at = 0; at < strlen(text); at++)
        for (size_t i = 0; i < count; i++)
            if (strncmp(stop[i], text + at, strlen(text + at)) == 0)
                return at;
    return strlen(text);
}

/* ---- made-up tokens ---- */

static size_t tokens_of(const char *text, bool by_bytes, int32_t ids[512])
{
    size_t count = 0, one;
    if (!by_bytes) {
        assert_int_equal(rlx_tokenize(model, text, strlen(text), 0, ids, 512, &count, NULL),
                         RLX_OK);
        return count;
    }
    for (size_t i = 0; i < strlen(text); i++) { /* a token for each byte, as it is spelled */
        int32_t id = 0;
        const char *bytes;
        while ((bytes = rlx_token_bytes(model, id, &one)) != NULL &&
               (one != 1 || bytes[0] != text[i]))
            id++;
        assert_non_null(bytes);
        ids[count++] = id;
    }
    return count;
}

static void expect_text(const char *text, bool by_bytes, const char *const *stop, size_t count)
{
    struct text_stream s = {0};
    struct told told = {.bytes = 0};
    rlx_generate_options o = {.struct_bytes = sizeof o,
                              .on_text = tell,
                              .context = &told,
                              .stop = stop,
                              .stop_count = count};
    int32_t ids[512];
    char so_far[2048];
    size_t begin = 0, tokens = tokens_of(text, by_bytes, ids), bytes;
    bool found = plain_find(text, stop, count, &begin), stopped = false;
    rlx_detokenizer whole = {.started = true};
    size_t length = 0;
    assert_int_equal(text_stream_begin(&s, model, &o, NULL), RLX_OK);
    for (size_t i = 0; i < tokens && !stopped; i++) {
        assert_int_equal(rlx_detokenize(model, &whole, ids[i], so_far + length,
                                        sizeof so_far - length, &bytes, NULL),
                         RLX_OK);
        length += bytes;
        so_far[length] = 0;
        stopped = text_stream_token(&s, ids[i], false) == TEXT_STOP_STRING;
        size_t here;
        assert_int_equal(stopped, plain_find(so_far, stop, count, &here));
        if (!stopped) /* neither too early nor too late */
            assert_int_equal(told.bytes, plain_safe(so_far, stop, count));
    }
    text_stream_end(&s);
    assert_int_equal(stopped, found);
    size_t expected = found ? begin : strlen(text);
    if (told.bytes != expected || memcmp(told.text, text, expected) != 0)
        fail_msg("'%s': expected the first %zu bytes, found '%s'", text, expected, told.text);
}

static void test_by_hand(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "Once upon a time, there was a fox. The fox had a lantern.",
        "stopstop",
        "sto sto stp stopp",
        "aaaaaaaaab",
        "\xc3\xa4pfel und \xe2\x82\xac 5, \xf0\x9f\xa6\x8a\xf0\x9f\xa6\x8a!",
        "a\nb\n\nc\n\n\nd",
        "User: hi\nBot: hello\nUser: bye",
    };
    static const char *const stops[][3] = {
        {"fox", "lantern", "time, there"},
        {"stop", "top", "stops"},
        {"stp", "stopper", " stp s"},
        {"aaab", "ab", "aaaaaaaaaaa"},
        {"\xf0\x9f\xa6\x8a!", "\xe2\x82\xac", "\xe2\x82\xad"},
        {"\n\n\n", "\n\n", "c\n"},
        {"\nUser:", "User: b", "User:"},
    };
    for (size_t t = 0; t < 7; t++)
        for (size_t i = 0; i < 7; i++)
            for (size_t first = 0; first < 3; first++)
                for (size_t count = 0; first + count <= 3; count++)
                    for (int by_bytes = 0; by_bytes < 2; by_bytes++)
                        expect_text(texts[t], by_bytes, stops[i] + first, count);
}

/* Short words of few letters, so that beginnings of stop strings are everywhere. */
static void test_at_random(void **state)
{
    (void)state;
    static const char *const letters[] = {"a", "b", "\xc3\xa4", "\xe2\x82\xac"};
    uint32_t random = 1;
    for (int round = 0; round < 4000; round++) {
        char text[200] = "", words[3][24] = {"", "", ""};
        const char *stop[3] = {words[0], words[1], words[2]};
        for (int i = 0; i < 40; i++)
            strcat(text, letters[(random = random * 1664525 + 1013904223) >> 30]);
        for (int w = 0; w < 3; w++)
            for (uint32_t i = 0; i <= (random >> 29) % 6; i++)
                strcat(words[w], letters[(random = random * 1664525 + 1013904223) >> 30]);
        expect_text(text, round % 2, stop, 1 + (size_t)(round % 3));
    }
}

/* A control token has no text unless it is asked for; one that is spelled like a stop string ends
 * generation all the same. */
static void test_control_tokens(void **state)
{
    (void)state;
    int32_t id = 0, word[8];
    size_t bytes, count;
    while (rlx_token_bytes(model, id, &bytes) != NULL && !rlx_token_ends_generation(model, id))
        id++;
    const char *name = rlx_token_bytes(model, id, &bytes);
    assert_non_null(name);
    char spelled[64];
    snprintf(spelled, sizeof spelled, "%.*s", (int)bytes, name);
    const char *stop[] = {"fo!", spelled};
    assert_int_equal(rlx_tokenize(model, "fo", 2, 0, word, 8, &count, NULL), RLX_OK);
    for (int way = 0; way < 4; way++) {
        struct told told = {.bytes = 0};
        struct text_stream s = {0};
        rlx_generate_options o = {.struct_bytes = sizeof o,
                                  .on_text = tell,
                                  .context = &told,
                                  .show_special = way == 1,
                                  .stop = stop,
                                  .stop_count = way < 2 ? 1 : 2};
        assert_int_equal(text_stream_begin(&s, model, &o, NULL), RLX_OK);
        for (size_t i = 0; i < count; i++)
            assert_int_equal(text_stream_token(&s, word[i], false), TEXT_GOES_ON);
        assert_int_equal(told.bytes, 0); /* may be the beginning of fo! */
        /* way 3: the token ends generation by itself, for that very reason */
        assert_int_equal(text_stream_token(&s, id, way == 3),
                         way == 2 ? TEXT_STOP_STRING : TEXT_GOES_ON);
        text_stream_end(&s);
        char expected[80];
        snprintf(expected, sizeof expected, "fo%s", way == 1 ? spelled : "");
        assert_string_equal(told.text, expected);
    }
}

static void test_refused(void **state)
{
    (void)state;
    rlx_session *s = compiled_session(model, 1);
    char longer[RLX_STOP_STRING_BYTES_MAX + 2];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = 0;
    const char *many[RLX_STOP_STRINGS_MAX + 1];
    for (size_t i = 0; i <= RLX_STOP_STRINGS_MAX; i++)
        many[i] = "x";
    const struct {
        const char *stop;
        const char *words;
    } wrong[] = {{"", "stop string 0 is empty"},
                 {NULL, "stop string 0 is NULL"},
                 {longer, "longer than 256 bytes"},
                 {"caf\xe9", "not UTF-8"}};
    const int32_t ids[] = {479, 480};
    rlx_error error;
    assert_int_equal(rlx_session_prefill(s, ids, 2, &error), RLX_OK);
    for (size_t i = 0; i < 6; i++) {
        rlx_generate_options o = {.struct_bytes = sizeof o, .max = 3, .stop_count = 1};
        o.stop = i < 4 ? &wrong[i].stop : i == 4 ? many : NULL;
        o.stop_count = i == 4 ? RLX_STOP_STRINGS_MAX + 1 : 1;
        size_t made = 9;
        const char *words = i < 4 ? wrong[i].words : i == 4 ? "at most 16" : "stop is NULL";
        if (rlx_session_generate(s, &o, &made, NULL, &error) != RLX_ERROR_BAD_ARGUMENT ||
            strstr(error.text, words) == NULL)
            fail_msg("expected '%s', found '%s'", words, error.text);
        assert_int_equal(made, 0);
        assert_int_equal(rlx_session_tokens(s), 2);
    }
    longer[RLX_STOP_STRING_BYTES_MAX] = 0; /* as long as it may be */
    const char *stop = longer;
    rlx_generate_options o = {.struct_bytes = sizeof o, .max = 3, .stop = &stop, .stop_count = 1};
    assert_int_equal(rlx_session_generate(s, &o, NULL, NULL, &error), RLX_OK);
    rlx_session_close(s);
}

/* ---- whole generations ---- */

struct outcome {
    struct told told;
    int32_t ids[128];
    size_t made, tokens, past;
    rlx_end why;
};

static rlx_go count_token(void *context, int32_t id)
{
    (void)context;
    (void)id;
    return RLX_GO_ON;
}

static void generate(struct outcome *out, rlx_session *s, rlx_generate_options o, size_t stop_after)
{
    static const char prompt[] = "One day One day, the cat and";
    int32_t ids[64];
    size_t count;
    rlx_error error = {0};
    *out = (struct outcome){.told.stop_after = stop_after};
    o.struct_bytes = sizeof o;
    o.ids = o.max != 0 ? out->ids : NULL;
    o.context = &out->told;
    assert_int_equal(rlx_tokenize(model, prompt, strlen(prompt), 0, ids, 64, &count, NULL), RLX_OK);
    assert_int_equal(rlx_session_prefill(s, ids, count, &error), RLX_OK);
    if (rlx_session_generate(s, &o, &out->made, &out->why, &error) != RLX_OK)
        fail_msg("%s", error.text);
    out->tokens = rlx_session_tokens(s) - count;
    out->past = rlx_session_past(s) - count;
}

/* The text of the first `made` tokens ends with the stop string, or with a token that has it. */
static void expect_stopped(const struct outcome *found, const struct outcome *whole,
                           const char *const *stop, size_t count)
{
    size_t begin = 0;
    assert_true(plain_find(whole->told.text, stop, count, &begin));
    assert_int_equal(found->why, RLX_END_STOP_STRING);
    assert_int_equal(found->told.bytes, begin);
    assert_memory_equal(found->told.text, whole->told.text, begin);
    assert_memory_equal(found->ids, whole->ids, found->made * sizeof(int32_t));
    assert_int_equal(found->tokens, found->made); /* all stay in the history */
    assert_int_equal(found->past, found->made - 1);
}

/* Stop strings cut out of what a generation makes without them, at the beginning, over borders of
 * tokens, at the end; with and without drafts and on_token. */
static void test_generations(void **state)
{
    (void)state;
    rlx_session *s = compiled_session(model, 2);
    static struct outcome whole, plain, found;
    for (uint32_t seed = 0; seed < 4; seed++) {
        rlx_sampling sampling = rlx_sampling_default();
        sampling.temperature = (float)seed * 0.3F;
        sampling.seed = seed;
        sampling.frequency_penalty = seed == 2 ? 0.2F : 0;
        rlx_generate_options o = {.max = 60, .ignore_end = true, .on_text = tell};
        assert_int_equal(rlx_session_use_sampling(s, &sampling, NULL), RLX_OK);
        rlx_sampling used = {.struct_bytes = sizeof used};
        rlx_session_get_sampling(s, &used);
        assert_memory_equal(&used, &sampling, sizeof used);
        generate(&whole, s, o, 0);
        assert_int_equal(whole.why, RLX_END_LENGTH);
        for (size_t from = 0; from + 12 < whole.told.bytes; from += 5) {
            char word[16];
            const char *stop[] = {"never there", word};
            snprintf(word, sizeof word, "%.*s", 1 + (int)(from % 11), whole.told.text + from);
            o.stop = stop;
            o.stop_count = 2;
            o.draft = RLX_DRAFT_NONE;
            o.on_token = NULL;
            generate(&plain, s, o, 0);
            expect_stopped(&plain, &whole, stop, 2);
            o.draft = RLX_DRAFT_LOOKUP;
            o.draft_max = from % 3 == 0 ? 15 : 0;
            o.on_token = count_token;
            generate(&found, s, o, 0);
            assert_int_equal(found.made, plain.made);
            expect_stopped(&found, &whole, stop, 2);
        }
    }
    rlx_session_close(s);
}

/* Whatever ends generation otherwise, what was held back comes out. */
static void test_released(void **state)
{
    (void)state;
    rlx_session *s = compiled_session(model, 1);
    static struct outcome whole, found;
    rlx_generate_options o = {.max = 20, .ignore_end = true, .on_text = tell};
    generate(&whole, s, o, 0);
    char tail[64];
    snprintf(tail, sizeof tail, "%.9s?", whole.told.text + whole.told.bytes - 9);
    const char *stop = tail;
    o.stop = &stop;
    o.stop_count = 1;
    generate(&found, s, o, 0);
    assert_int_equal(found.why, RLX_END_LENGTH);
    assert_string_equal(found.told.text, whole.told.text);
    /* enough: nothing comes after it */
    generate(&found, s, o, 10);
    assert_int_equal(found.why, RLX_END_CALLBACK);
    assert_true(found.told.bytes >= 10 && found.made < 20);
    assert_memory_equal(found.told.text, whole.told.text, found.told.bytes);
    size_t calls = found.told.calls;
    assert_true(calls <= found.made);
    rlx_session_close(s);
}

/* A conversation goes on after a stop string: the model has read it, or it is taken back. */
static void test_going_on(void **state)
{
    (void)state;
    rlx_session *s = compiled_session(model, 1), *other = compiled_session(model, 1);
    static struct outcome whole, found;
    rlx_generate_options o = {.max = 40, .ignore_end = true, .on_text = tell};
    generate(&whole, s, o, 0);
    char word[6];
    snprintf(word, sizeof word, "%.5s", whole.told.text + 20);
    const char *stop = word;
    o.stop = &stop;
    o.stop_count = 1;
    generate(&found, other, o, 0);
    assert_int_equal(found.why, RLX_END_STOP_STRING);
    int32_t rest[40];
    rlx_generate_options more = {.struct_bytes = sizeof more,
                                 .max = (uint32_t)(40 - found.made),
                                 .ignore_end = true,
                                 .ids = rest};
    size_t made;
    assert_int_equal(rlx_session_generate(other, &more, &made, NULL, NULL), RLX_OK);
    assert_memory_equal(rest, whole.ids + found.made, made * sizeof *rest);
    rlx_session_close(s);
    rlx_session_close(other);
}

static void test_prompt_only(void **state)
{
    (void)state;
    rlx_session *s = compiled_session(model, 1);
    static struct outcome whole, none;
    rlx_generate_options o = {.max = 10, .ignore_end = true, .on_text = tell};
    generate(&whole, s, o, 0);
    o.prompt_only = true;
    generate(&none, s, o, 0);
    assert_int_equal(none.made, 0);
    assert_int_equal(none.why, RLX_END_LENGTH);
    assert_int_equal(none.told.calls, 0);
    assert_int_equal(none.past, 0); /* all of the prompt, and nothing else */
    assert_int_equal(none.tokens, 0);
    int32_t ids[10];
    rlx_generate_options more = {
        .struct_bytes = sizeof more, .max = 10, .ignore_end = true, .ids = ids};
    assert_int_equal(rlx_session_generate(s, &more, NULL, NULL, NULL), RLX_OK);
    assert_memory_equal(ids, whole.ids, sizeof ids);
    rlx_session_close(s);
}

static void test_no_allocation(void **state)
{
    (void)state;
    if (!allocations_are_counted) {
        print_message("skipped: allocations are not counted under a sanitizer\n");
        skip();
    }
    rlx_session *s = compiled_session(model, 1);
    static struct outcome out;
    const char *stop[] = {"zzz", "a b c"};
    rlx_generate_options o = {.struct_bytes = sizeof o,
                              .max = 30,
                              .on_text = tell,
                              .context = &out.told,
                              .stop = stop,
                              .stop_count = 2};
    const int32_t ids[] = {479, 480, 256};
    out = (struct outcome){.made = 0};
    assert_int_equal(rlx_session_prefill(s, ids, 3, NULL), RLX_OK);
    size_t before = atomic_load(&allocation_count);
    assert_int_equal(rlx_session_generate(s, &o, &out.made, NULL, NULL), RLX_OK);
    /* Of a driver of another target, too, if not for each token. */
    assert_in_range(atomic_load(&allocation_count) - before, 0, compiled_target() == NULL ? 0 : 29);
    assert_int_equal(out.made, 30);
    rlx_session_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_hand),        cmocka_unit_test(test_at_random),
        cmocka_unit_test(test_control_tokens), cmocka_unit_test(test_refused),
        cmocka_unit_test(test_generations),    cmocka_unit_test(test_released),
        cmocka_unit_test(test_going_on),       cmocka_unit_test(test_prompt_only),
        cmocka_unit_test(test_no_allocation),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

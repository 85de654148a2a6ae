/* The scanner that splits text into words against PCRE2 with the published regular expressions, on
 * random and real texts; the classes of all code points against PCRE2's properties; and
 * normalization form C against utf8proc.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "runtime/tokenizer/tokenize_parts.h"
#include "tests/unit/tokenizer_cases.h"

#include <pcre2.h>
#include <utf8proc.h>

#define GPT2 "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"
#define NOT_LOWER "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]"
#define NOT_UPPER "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]"
#define REST "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
#define UNICODE_CASE "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|"
#define ASCII_CASE "'(?:[sStTmMdD]|[rR][eE]|[vV][eE]|[lL][lL])|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|"

/* `pattern` is the published one; a GGUF's reader folds ASCII only. `outer` is applied first. */
static const struct {
    const char *name, *pattern, *outer;
    bool long_s;
} kinds[] = {
    {"gpt-2", GPT2, NULL, false},
    {"llama-bpe", ASCII_CASE "\\p{N}{1,3}" REST, NULL, false},
    {"llama-bpe", UNICODE_CASE "\\p{N}{1,3}" REST, NULL, true},
    {"qwen2", ASCII_CASE "\\p{N}" REST, NULL, false},
    {"qwen2", UNICODE_CASE "\\p{N}" REST, NULL, true},
    {"smollm", GPT2, "\\p{N}", false},
    {"tekken",
     "[^\\r\\n\\p{L}\\p{N}]?" NOT_LOWER "*" NOT_UPPER "+|[^\\r\\n\\p{L}\\p{N}]?" NOT_LOWER
     "+" NOT_UPPER "*"
     "|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
     NULL, false},
};

static uint64_t seed = 42;

static uint32_t draw(uint32_t below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((seed >> 33) % below);
}

/* A vocabulary of nothing but the split. */
static struct compiled *with_split(const char *name, bool long_s, bool nfc)
{
    struct compiled *c = start_smallest();
    struct vocabulary *v = c->model.vocabulary;
    v->nfc = nfc;
    v->split = vocabulary_split_by_name(name, strlen(name))->split;
    v->split.long_s = long_s;
    pack_model(c);
    return c;
}

static pcre2_code *compile(const char *pattern)
{
    int number;
    size_t offset;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
                                     PCRE2_UTF | PCRE2_UCP, &number, &offset, NULL);
    assert_non_null(code);
    return code;
}

/* Where the pieces of text[0, bytes) end that the expression cuts: its matches, and what lies
 * between them. */
static size_t cut(pcre2_code *code, const char *text, size_t bytes, size_t base, size_t *ends,
                  size_t count)
{
    pcre2_match_data *match = pcre2_match_data_create_from_pattern(code, NULL);
    size_t at = 0;
    while (at < bytes && pcre2_match(code, (PCRE2_SPTR)text, bytes, at, 0, match, NULL) > 0) {
        const size_t *found = pcre2_get_ovector_pointer(match);
        if (found[0] > at)
            ends[count++] = base + found[0];
        at = found[1];
        ends[count++] = base + at;
    }
    if (at < bytes)
        ends[count++] = base + bytes;
    pcre2_match_data_free(match);
    return count;
}

static size_t expected_ends(pcre2_code *outer, pcre2_code *inner, const char *text, size_t bytes,
                            size_t *ends)
{
    if (!outer)
        return cut(inner, text, bytes, 0, ends, 0);
    size_t *pieces = malloc((bytes + 1) * sizeof *pieces);
    size_t piece_count = cut(outer, text, bytes, 0, pieces, 0), count = 0, start = 0;
    for (size_t i = 0; i < piece_count; start = pieces[i++])
        count = cut(inner, text + start, pieces[i] - start, start, ends, count);
    free(pieces);
    return count;
}

static void compare(size_t kind, const struct tokenizer *t, pcre2_code *outer, pcre2_code *inner,
                    const char *text, size_t bytes)
{
    size_t *ends = malloc((bytes + 1) * sizeof *ends);
    size_t expected = expected_ends(outer, inner, text, bytes, ends), limit = 0, at = 0;
    for (size_t i = 0; i < expected; i++) {
        size_t end = next_word(t, text, bytes, at, &limit);
        if (end != ends[i]) {
            print_error("%s (%zu): a word from %zu: expected its end at %zu, found %zu in '%.*s'\n",
                        kinds[kind].name, kind, at, ends[i], end, (int)bytes, text);
            fail();
        }
        at = end;
    }
    assert_int_equal(at, bytes);
    free(ends);
}

static bool matches(pcre2_code *code, pcre2_match_data *match, const char *text, size_t bytes)
{
    return pcre2_match(code, (PCRE2_SPTR)text, bytes, 0, 0, match, NULL) > 0;
}

/* PCRE2 counts U+180E as a space, Unicode does not; and its Unicode may be older than ours. */
static bool is_comparable(uint32_t point)
{
    char text[4];
    if ((point >= 0xd800 && point < 0xe000) || point == 0x180e)
        return false;
    pcre2_code *unassigned = compile("\\p{Cn}");
    pcre2_match_data *match = pcre2_match_data_create_from_pattern(unassigned, NULL);
    bool known = !matches(unassigned, match, text, utf8_write(point, text));
    pcre2_match_data_free(match);
    pcre2_code_free(unassigned);
    return known;
}

static uint32_t random_point(void)
{
    static const char common[] = "   \t\n\r\n'sStTrReEvVmMlLdD09,.!?<>_-/aZ'";
    static const uint32_t odd[] = {
        0x17f,  0x212a, 0xe9,    0x301, 0x4e2d, 0x85,   0xa0,   0x2003,   0x2028, 0x3000, 0x1f600,
        0x0661, 0x2167, 0xb2,    0xbd,  0x200d, 0xfeff, 0xfffd, 0x10ffff, 0xe000, 0x378,  0xac00,
        0x1100, 0x5d0,  0x1d7d8, 0xc9,  0x1c5,  0x2b0,  0x4e2d, 0x345,    0x93f,  0x20dd};
    uint32_t kind = draw(10);
    if (kind < 6)
        return (uint8_t)common[draw(sizeof common - 1)];
    if (kind < 9)
        return odd[draw(sizeof odd / sizeof *odd)];
    for (;;) {
        uint32_t point = draw(0x20000);
        if (is_comparable(point))
            return point;
    }
}

static size_t random_text(char *text, uint32_t most)
{
    size_t bytes = 0;
    for (uint32_t count = 1 + draw(most); count > 0; count--)
        bytes += utf8_write(random_point(), text + bytes);
    return bytes;
}

struct differential {
    size_t kind;
    const struct tokenizer *t;
    pcre2_code *outer, *inner;
    size_t texts;
};

static void compare_line(void *context, const json_t *line)
{
    struct differential *d = context;
    const json_t *text = json_object_get(line, "text");
    if (!strstr(json_string_value(text), "\xe1\xa0\x8e")) {
        compare(d->kind, d->t, d->outer, d->inner, json_string_value(text),
                json_string_length(text));
        d->texts++;
    }
}

static void splits_as_published(void **state)
{
    (void)state;
    const char *path = test_shared("tokenizers/qwen3/cases.jsonl");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct compiled *c = with_split(kinds[i].name, kinds[i].long_s, false);
        struct differential d = {i, &c->tokenizer, kinds[i].outer ? compile(kinds[i].outer) : NULL,
                                 compile(kinds[i].pattern), 0};
        char text[512];
        for (size_t round = 0; round < 20000; round++)
            compare(i, d.t, d.outer, d.inner, text, random_text(text, 30));
        if (access(path, R_OK) == 0)
            each_case(path, compare_line, &d);
        else
            print_message("skipped: real texts: %s is not there\n", path);
        print_message("%s: 20000 random texts, %zu real ones\n", kinds[i].name, d.texts);
        pcre2_code_free(d.inner);
        pcre2_code_free(d.outer);
        free_vocabulary(c);
    }
}

/* Their Unicode versions may differ by what is assigned; where both know a character they agree. */
static void classes_of_all_points(void **state)
{
    (void)state;
    struct compiled *c = with_split("qwen2", false, false);
    static const char *const patterns[] = {"\\p{L}", "\\p{N}", "\\s", "\\p{Cn}"};
    static const uint32_t classes[] = {RLX_CLASS_LETTER, RLX_CLASS_NUMBER, RLX_CLASS_SPACE};
    pcre2_code *code[4];
    for (size_t i = 0; i < 4; i++)
        code[i] = compile(patterns[i]);
    pcre2_match_data *match = pcre2_match_data_create_from_pattern(code[0], NULL);
    size_t unassigned = 0;
    for (uint32_t point = 0; point < 0x110000; point++) {
        char text[4];
        if ((point >= 0xd800 && point < 0xe000) || point == 0x180e)
            continue;
        uint32_t bytes = utf8_write(point, text),
                 class = point_class(&c->tokenizer, point) & RLX_CLASS_KIND;
        for (size_t i = 0; i < 3; i++) {
            if (matches(code[i], match, text, bytes) == (class == classes[i]))
                continue;
            if (!matches(code[3], match, text, bytes)) {
                print_error("U+%04X: class %u, PCRE2 disagrees about %s\n", point, class,
                            patterns[i]);
                fail();
            }
            unassigned++;
        }
    }
    print_message("%zu code points that PCRE2's Unicode does not assign\n", unassigned);
    pcre2_match_data_free(match);
    for (size_t i = 0; i < 4; i++)
        pcre2_code_free(code[i]);
    free_vocabulary(c);
}

static void compare_nfc(const struct tokenizer *t, const char *text, size_t bytes)
{
    struct bytes found = {0};
    uint8_t *expected = NULL;
    utf8proc_ssize_t expected_bytes = utf8proc_map((const uint8_t *)text, (utf8proc_ssize_t)bytes,
                                                   &expected, UTF8PROC_COMPOSE | UTF8PROC_STABLE);
    assert_true(expected_bytes >= 0);
    assert_true(nfc_append(t, text, bytes, &found));
    if (found.count != (size_t)expected_bytes || memcmp(found.data, expected, found.count) != 0) {
        for (size_t i = 0; i < bytes; i++)
            print_error("%02x ", (uint8_t)text[i]);
        print_error("\n");
        fail();
    }
    free(found.data);
    free(expected);
}

static void normalization(void **state)
{
    (void)state;
    struct compiled *c = with_split("qwen2", false, true);
    const struct tokenizer *t = &c->tokenizer;
    static const uint32_t parts[] = {
        'a',     'e',    0x301,  0x302, 0x308,  0x323,  0x327,  0x345,   0x1100,  0x1161,
        0x11a8,  0xac00, 0xac01, 0xe9,  0x1e69, 0x3b1,  0x1f70, 0x958,   0x93c,   0x915,
        0x9c7,   0x9be,  0xf71,  0xf72, 0x344,  0x212b, 0x2126, 0x1d15e, 0x11099, 0x110ba,
        0x110a5, 0x4e2d, 0xfb1d, 0x5b4, 0x1b06, 0x1b35, 0x30c7, 0x3099,  0x338};
    char text[4096];
    for (uint32_t point = 0; point < 0x110000; point++) {
        if (point >= 0xd800 && point < 0xe000)
            continue;
        size_t bytes = utf8_write('x', text);
        bytes += utf8_write(point, text + bytes);
        bytes += utf8_write(0x301, text + bytes);
        compare_nfc(t, text, bytes);
    }
    for (size_t round = 0; round < 100000; round++) {
        size_t bytes = 0;
        for (uint32_t count = 1 + draw(10); count > 0; count--) {
            uint32_t point = draw(3) ? parts[draw(sizeof parts / sizeof *parts)] : draw(0x30000);
            bytes += utf8_write(point >= 0xd800 && point < 0xe000 ? 'x' : point, text + bytes);
        }
        compare_nfc(t, text, bytes);
    }
    size_t bytes = 0;
    for (size_t i = 0; i < 1000; i++)
        bytes += utf8_write(i % 3 ? 0x300 + draw(0x70) : 0x327, text + bytes);
    compare_nfc(t, text, bytes);
    free_vocabulary(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splits_as_published),
        cmocka_unit_test(classes_of_all_points),
        cmocka_unit_test(normalization),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

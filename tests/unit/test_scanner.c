/* Scanners: expressions compiled to tables find what PCRE2 finds, cut texts as the tokenizers
 * library does, refuse what they cannot do, and need linear time. */
#include "runtime/base/utf8.h"
#include "tests/support/pcre2_matches.h"
#include "tests/unit/published_expressions.h"
#include "tests/unit/scanner_cases.h"
#include "tests/unit/tokenizer_cases.h"

#include <stdio.h>
#include <time.h>

static uint64_t random_state = 0x9e3779b97f4a7c15;

/* xorshift64* (Vigna 2016). */
static uint32_t draw(uint32_t below)
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return (uint32_t)((random_state * 0x2545f4914f6cdd1d) >> 33) % below;
}

static void compile_or_fail(struct compiled_scanner *c, const char *expression)
{
    bool good = scanner_compile(c, expression, strlen(expression), false);
    diags_print(&c->diags, stderr);
    assert_true(good);
    assert_true(scan_tables_check(&c->tables));
}

static pcre2_code *pcre2_of(const char *expression)
{
    int error = 0;
    PCRE2_SIZE where = 0;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)expression, PCRE2_ZERO_TERMINATED,
                                     PCRE2_UTF | PCRE2_UCP | PCRE2_MULTILINE, &error, &where, NULL);
    if (code == NULL)
        print_error("PCRE2: error %d at %zu of %s\n", error, where, expression);
    assert_non_null(code);
    return code;
}

/* ---- against PCRE2 ---- */

/* A code point that PCRE2's version of Unicode, too, has assigned; not U+180E, which is white space
 * to PCRE2 alone. */
static bool *comparable_points(void)
{
    pcre2_code *unassigned = pcre2_of("\\p{Cn}");
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    bool *comparable = calloc(POINT_COUNT, sizeof *comparable);
    assert_non_null(comparable);
    for (uint32_t c = 0; c < POINT_COUNT; c++) {
        char text[4];
        if ((c >= 0xd800 && c < 0xe000) || c == 0x180e)
            continue;
        size_t bytes = utf8_write(c, text);
        comparable[c] = pcre2_match(unassigned, (PCRE2_SPTR)text, bytes, 0, 0, data, NULL) < 0;
    }
    pcre2_match_data_free(data);
    pcre2_code_free(unassigned);
    return comparable;
}

struct comparison {
    const char *name;
    struct compiled_scanner scanner;
    pcre2_code *code;
    pcre2_match_data *data;
    const bool *comparable;
    size_t texts;
};

static void compare_text(struct comparison *c, const char *text, size_t bytes)
{
    struct scan ours;
    struct pcre2_search theirs = pcre2_start(c->code, c->data, NULL, text, bytes);
    assert_true(scan_start(&ours, &c->scanner.tables, c->scanner.number, text, bytes, false,
                           &c->scanner.memory));
    for (bool more = true; more;) {
        size_t found[2] = {0}, expected[2] = {0};
        more = scan_next(&ours, &found[0], &found[1]);
        bool same = more == pcre2_next(&theirs, &expected[0], &expected[1]) &&
                    found[0] == expected[0] && found[1] == expected[1];
        assert_false(theirs.gave_up);
        if (same)
            continue;
        print_error("%s: found [%zu, %zu), PCRE2 [%zu, %zu) in \"%.*s\" =", c->name, found[0],
                    found[1], expected[0], expected[1], (int)bytes, text);
        for (size_t i = 0; i < bytes; i++)
            print_error(" %02x", (uint8_t)text[i]);
        print_error("\n");
        fail();
    }
    c->texts++;
}

/* One of the first code points of the classes, a common character, or any. */
static uint32_t random_point(const struct comparison *c)
{
    static const char common[] = "   \t\n\r\n'sStTrReEvVmMlLdD0912,.!?<>_-/aZ'";
    const struct point_partition *p = &c->scanner.scanners.partition;
    uint32_t kind = draw(10), point;
    if (kind < 4)
        return (uint8_t)common[draw(sizeof common - 1)];
    do
        point = kind < 8 ? point_partition_example(p, draw(p->count)) : draw(0x20000);
    while (!c->comparable[point]);
    return point;
}

static size_t random_text(const struct comparison *c, char text[512])
{
    size_t bytes = 0;
    for (uint32_t count = 1 + draw(20); count > 0; count--) {
        uint32_t point = random_point(c);
        for (uint32_t times = draw(3) ? 1 : 1 + draw(5); times > 0; times--)
            bytes += utf8_write(point, text + bytes);
    }
    return bytes;
}

static void compare_line(void *context, const json_t *line)
{
    struct comparison *c = context;
    const json_t *text = json_object_get(line, "text");
    const char *at = json_string_value(text);
    if (strstr(at, "\xe1\xa0\x8e") == NULL)
        compare_text(c, at, json_string_length(text));
}

static void finds_what_pcre2_finds(void **state)
{
    (void)state;
    const char *path = test_shared("tokenizers/qwen3/cases.jsonl");
    bool *comparable = comparable_points();
    bool real = access(path, R_OK) == 0;
    size_t texts = 0;
    for (size_t i = 0; i < countof(published); i++) {
        const char *other = published[i].pcre2;
        struct comparison c = {.name = published[i].name, .comparable = comparable};
        char text[512];
        compile_or_fail(&c.scanner, published[i].expression);
        c.code = pcre2_of(other != NULL ? other : published[i].expression);
        c.data = pcre2_match_data_create_from_pattern(c.code, NULL);
        for (size_t round = 0; round < 1500; round++)
            compare_text(&c, text, random_text(&c, text));
        if (real)
            each_case(path, compare_line, &c);
        texts += c.texts;
        pcre2_match_data_free(c.data);
        pcre2_code_free(c.code);
        scanner_free(&c.scanner);
    }
    print_message("%zu expressions, %zu texts%s\n", countof(published), texts,
                  real ? "" : "; skipped: real texts, which are not there");
    free(comparable);
}

/* ---- against the tokenizers library ---- */

static enum rlx_split_behavior behavior_named(const char *name)
{
    static const char *const names[] = {"isolated", "removed", "merged_with_previous",
                                        "merged_with_next", "contiguous"};
    size_t i = 0;
    while (strcmp(names[i], name) != 0)
        i++;
    return (enum rlx_split_behavior)i;
}

struct recorded {
    struct compiled_scanner scanner;
    char *expression; /* of the scanner; NULL at first */
    bool good;
    size_t compared, refused;
};

/* Lines with the same expression follow each other. */
static void use_expression(struct recorded *r, const json_t *expression, bool literal)
{
    const char *text = json_string_value(expression);
    if (r->expression != NULL && strcmp(r->expression, text) == 0)
        return;
    if (r->expression != NULL)
        scanner_free(&r->scanner);
    free(r->expression);
    r->expression = strdup(text);
    r->good = scanner_compile(&r->scanner, text, json_string_length(expression), literal);
    assert_int_equal(r->scanner.diags.error_count, !r->good);
}

static void compare_pieces(void *context, const json_t *line)
{
    struct recorded *r = context;
    const json_t *text = json_object_get(line, "text"), *pieces = json_object_get(line, "pieces");
    use_expression(r, json_object_get(line, "expression"),
                   json_is_true(json_object_get(line, "literal")));
    if (!r->good) {
        r->refused++;
        return;
    }
    struct scan_pieces p;
    size_t start, end, count = 0;
    assert_true(
        scan_pieces_start(&p, &r->scanner.tables, r->scanner.number, json_string_value(text),
                          json_string_length(text), false,
                          behavior_named(json_string_value(json_object_get(line, "behavior"))),
                          json_is_true(json_object_get(line, "invert")), &r->scanner.memory));
    for (; scan_pieces_next(&p, &start, &end); count++) {
        const char *expected = json_string_value(json_array_get(pieces, count));
        if (expected != NULL && strlen(expected) == end - start &&
            memcmp(expected, json_string_value(text) + start, end - start) == 0)
            continue;
        char *whole = json_dumps(line, JSON_ENSURE_ASCII);
        print_error("piece %zu is [%zu, %zu): %s\n", count, start, end, whole);
        fail();
    }
    assert_int_equal(count, json_array_size(pieces));
    r->compared++;
}

static void cuts_as_recorded(void **state)
{
    (void)state;
    struct recorded r = {0};
    size_t count = each_case("tests/tokenizers/splits.jsonl", compare_pieces, &r);
    print_message("%zu cases; %zu of expressions that are refused\n", r.compared, r.refused);
    assert_true(count > 1000 && r.refused * 10 < count);
    scanner_free(&r.scanner);
    free(r.expression);
}

/* ---- what is refused ---- */

static void refuses_with_a_place(void **state)
{
    (void)state;
    static const struct {
        const char *expression, *says;
    } cases[] = {
        {"a(b", "at byte 1 (\"(b\"): this group does not end"},
        {"ab)c", "at byte 2 (\")c\"): this parenthesis closes no group"},
        {"x[a-", "at byte 4 (\"\"): the expression ends too early"},
        {"[]", "at byte 0 (\"[]\"): these brackets do not end"},
        {"[z-a]", "at byte 1 (\"z-a]\"): the range is upside down"},
        {"[\\w-z]", "a range begins with a character"},
        {"[a-\\d]", "this range has no end"},
        {"[[:what:]]", "no class of characters has this name"},
        {"\\p{Klingon}", "at byte 0 (\"\\p{Klingon}\"): no property of characters has this name"},
        {"\\pL", "the name of a property stands in braces"},
        {"(a)\\1", "at byte 3 (\"\\1\"): this escape is not supported"},
        {"a\\Kb", "at byte 1 (\"\\Kb\"): this escape is not supported"},
        {"\\R", "this escape is not supported"},
        {"\\", "the expression ends too early"},
        {"\\x{110000}", "this escape does not name a character"},
        {"\\x{d800}", "this escape does not name a character"},
        {"\\xe9", "this escape does not name a character"},
        {"*a", "at byte 0 (\"*a\"): this quantifier has nothing to repeat"},
        {"{2}", "this quantifier has nothing to repeat"},
        {"a|+", "at byte 2 (\"+\"): this quantifier has nothing to repeat"},
        {"(?=a)*", "this quantifier has nothing to repeat"},
        {"\\b+", "this quantifier has nothing to repeat"},
        {"a{3,2}", "the least number of repetitions is above the most"},
        {"a{5000}", "repetitions go up to 4096"},
        {"(?s:.)", "this option is not supported"},
        {"(?x: a)", "this option is not supported"},
        {"(?(1)a|b)", "this option is not supported"},
        {"(?<n>a)(?&n)", "at byte 9"},
        {"(*FAIL)", "callouts and verbs are not supported"},
        {"(?>a*b|ab)c", "this atomic group is not supported"},
        {"(?:a*b|ab)++", "this possessive repetition is not supported"},
        {"(?:a?\?)*", "what is repeated may match nothing"},
        {"(?<=(?=a)b)", "a lookahead inside a lookbehind is not supported"},
        {"(?i:\xc3\x9f)", "stands for several characters"},
        {"(?i:mass)", "one character stands for this and what precedes it"},
        {"(?i:[\\p{L}])", "a character of this set stands for several"},
        {"a\xff", "at byte 1"},
        {"a{1000}{1000}", "it is too large, with its repetitions written out"},
        {"(?:[ab]*a[ab]{30})", "it needs too many states"},
        {"(?:a*b|a)a", "quadratic time"},
        {"(?=ab)a|(?=bc)b|(?=cd)c|(?=de)d", "too many lookarounds"},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        struct compiled_scanner c;
        bool good = scanner_compile(&c, cases[i].expression, strlen(cases[i].expression), false);
        const char *said = c.diags.first == NULL ? "nothing" : c.diags.first->text;
        if (good || strstr(said, cases[i].says) == NULL)
            print_error("%s: expected \"%s\", said \"%s\"\n", cases[i].expression, cases[i].says,
                        said);
        assert_false(good);
        assert_int_equal(c.diags.error_count, 1);
        assert_non_null(strstr(said, cases[i].says));
        scanner_free(&c);
    }
}

/* ---- time ---- */

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static size_t count_matches(struct compiled_scanner *c, const char *text, size_t bytes)
{
    struct scan s;
    size_t start, end, count = 0;
    assert_true(scan_start(&s, &c->tables, c->number, text, bytes, false, &c->memory));
    while (scan_next(&s, &start, &end))
        count++;
    return count;
}

/* A unit, many times, and an end. */
static double time_of(struct compiled_scanner *c, const char *unit, const char *end, size_t times)
{
    size_t length = strlen(unit), bytes = 0;
    char *text = malloc(length * times + strlen(end));
    assert_non_null(text);
    for (; times > 0; times--, bytes += length)
        memcpy(text + bytes, unit, length);
    memcpy(text + bytes, end, strlen(end));
    double start = seconds();
    count_matches(c, text, bytes + strlen(end));
    free(text);
    return seconds() - start;
}

/* At two microseconds a character, sanitizers included, quadratic time is out of the question. */
static void takes_linear_time(void **state)
{
    (void)state;
    static const char *const units[] = {" ",  "\n ",          "a",        "1", "'",
                                        "aA", "\xe4\xb8\xad", "a\xcc\x81"};
    for (size_t i = 0; i < countof(published); i++) {
        struct compiled_scanner c;
        compile_or_fail(&c, published[i].expression);
        for (size_t k = 0; k < countof(units); k++) {
            double took = time_of(&c, units[k], "x", 20000);
            if (took > 0.2)
                print_error("%s: %f s for 20000 times \"%s\"\n", published[i].name, took, units[k]);
            assert_true(took < 0.2);
        }
        scanner_free(&c);
    }
    static const char *const hard[] = {"(a*)*b",   "(?:a|a)*b", "(?:a*)*",
                                       "(a+a+)+b", "\\s+$",     "(?:a|ab)(?:c|bcd)*d",
                                       "a*b|a",    "a(?:a*b)?", "\\s{2,}(?=\\S)|\\s"};
    for (size_t i = 0; i < countof(hard); i++) {
        struct compiled_scanner c;
        compile_or_fail(&c, hard[i]);
        assert_true(time_of(&c, "a", "c", 1000000) < 2);
        assert_true(time_of(&c, " ", "c", 1000000) < 2);
        scanner_free(&c);
    }
}

/* ---- bytes ---- */

/* Bytes that are no characters count as U+FFFD, one by one. */
static void reads_broken_text(void **state)
{
    (void)state;
    static const struct {
        const char *expression, *text;
        size_t matches;
    } cases[] = {
        {"\\x{fffd}", "\xff\xe4\xb8\xc3\xa9\x80", 4},
        {"(?<=\\x{fffd})a",
         "\x80"
         "a\xc3"
         "a\xc3\xa9"
         "a",
         2},
        {"(?=\\x{fffd}{2})", "\xff\xff\xc3", 2},
        {".", "\xf0\x9f\x98\x80\xf0\x9f\x98", 4},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        struct compiled_scanner c;
        compile_or_fail(&c, cases[i].expression);
        assert_int_equal(count_matches(&c, cases[i].text, strlen(cases[i].text)), cases[i].matches);
        scanner_free(&c);
    }
}

/* After the byte-level step, a space is U+0120 (a letter), and a line's end U+010A. */
static void reads_spelled_bytes(void **state)
{
    (void)state;
    struct compiled_scanner c;
    struct scan s;
    size_t start, end;
    compile_or_fail(&c, "\\p{L}+");
    assert_true(scan_start(&s, &c.tables, c.number, ".a b\n\xc3\xa9.", 8, true, &c.memory));
    assert_true(scan_next(&s, &start, &end));
    assert_int_equal(start, 1);
    assert_int_equal(end, 6); /* 0xa9 is U+00A9, a sign; 0xc3 is a letter */
    assert_false(scan_next(&s, &start, &end));
    scanner_free(&c);
}

/* Tables whose contents are arbitrary do no harm, and their searches end. */
static void survives_damaged_tables(void **state)
{
    (void)state;
    static const char text[] = "It's  1234567 \xe4\xb8\xad\xe6\x96\x87\xff 12\r\n  x\n";
    struct compiled_scanner c;
    size_t checked = 0;
    compile_or_fail(&c, "\\d{1,3}(?=(?:\\d{3})*\\b)|\\s+$|(?<=ab)c|\\S");
    struct rlx_scanner whole = *c.scanners.all;
    for (size_t round = 0; round < 20000; round++) {
        uint32_t at = draw(c.scanners.transition_count);
        uint16_t entry = c.scanners.transitions[at];
        c.scanners.transitions[at] = (uint16_t)draw(65536);
        ((uint8_t *)c.scanners.all)[draw(sizeof whole)] = (uint8_t)draw(256);
        if (scan_tables_check(&c.tables)) {
            assert_true(count_matches(&c, text, sizeof text - 1) <= sizeof text);
            checked++;
        }
        *c.scanners.all = whole;
        if (draw(2) == 0)
            c.scanners.transitions[at] = entry;
    }
    assert_true(checked > 1000);
    scanner_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_pcre2_finds),  cmocka_unit_test(cuts_as_recorded),
        cmocka_unit_test(refuses_with_a_place),    cmocka_unit_test(takes_linear_time),
        cmocka_unit_test(reads_broken_text),       cmocka_unit_test(reads_spelled_bytes),
        cmocka_unit_test(survives_damaged_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

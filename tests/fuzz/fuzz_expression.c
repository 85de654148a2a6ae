/* Compiles arbitrary regular expressions to scanners and runs them over arbitrary texts. Input: an
 * expression, a zero byte, a text. Where PCRE2 understands the expression in the same way, its
 * matches must be the same. Cutting the text must give pieces in order, without gaps.
 */
#include "runtime/base/utf8.h"
#include "tests/support/pcre2_matches.h"
#include "tests/unit/scanner_cases.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

enum { MAX_BYTES = 1 << 12, MATCH_LIMIT = 100000 };

static bool is_utf8(const char *text, size_t bytes)
{
    uint32_t point;
    for (size_t at = 0; at < bytes; at += utf8_read(text, bytes, at, &point))
        if (!utf8_valid_at(text, bytes, at))
            return false;
    return true;
}

/* What the two dialects spell alike and do not mean alike. Some of it is met too often: that is
 * harmless. */
static bool means_the_same(const char *expression)
{
    static const char *const differ[] = {
        "\\w", "\\W", "\\b",   "\\B", "\\h",  "\\H",          "\\N",    "\\O",
        "\\v", "\\u", "\\p{^", "(?m", "(?im", "(?-",          "(?i-",   "&&",
        "[[",  "[:",  "{,",    "}+",  "}?",   "\xe1\xa0\x8e", "\\x{180"};
    for (size_t i = 0; i < countof(differ); i++)
        if (strstr(expression, differ[i]) != NULL)
            return false;
    /* Nested brackets; names of properties longer than those of general categories; case and
     * properties together. */
    bool inside = false;
    for (const char *at = expression; *at != 0; at++) {
        if (*at == '[' && inside)
            return false;
        inside = *at == '[' || (inside && *at != ']') || (inside && at[-1] == '[');
        if (*at == '\\' && (at[1] | 32) == 'p' && at[2] == '{' && at[3] != 0 && at[4] != '}' &&
            at[5] != '}')
            return false;
        if (*at == '\\' && at[1] != 0)
            at++;
    }
    return strstr(expression, "(?i") == NULL || strstr(expression, "\\") == NULL;
}

static void say(const char *expression, const char *text, size_t bytes, const size_t *found,
                const size_t *expected)
{
    fprintf(stderr, "expression %s\ntext", expression);
    for (size_t i = 0; i < bytes; i++)
        fprintf(stderr, " %02x", (uint8_t)text[i]);
    fprintf(stderr, "\nfound [%zu, %zu), PCRE2 [%zu, %zu)\n", found[0], found[1], expected[0],
            expected[1]);
    abort();
}

static void compare_matches(struct compiled_scanner *c, const char *expression,
                            const pcre2_code *code, const char *text, size_t bytes)
{
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    pcre2_match_context *context = pcre2_match_context_create(NULL);
    if (data == NULL || context == NULL)
        abort();
    pcre2_set_match_limit(context, MATCH_LIMIT);
    struct scan ours;
    struct pcre2_search theirs = pcre2_start(code, data, context, text, bytes);
    if (!scan_start(&ours, &c->tables, c->number, text, bytes, false, &c->memory))
        abort();
    for (bool more = true; more;) {
        size_t found[2] = {0}, expected[2] = {0};
        more = scan_next(&ours, &found[0], &found[1]);
        bool other = pcre2_next(&theirs, &expected[0], &expected[1]);
        if (theirs.gave_up)
            break;
        if (more != other || found[0] != expected[0] || found[1] != expected[1])
            say(expression, text, bytes, found, expected);
    }
    pcre2_match_context_free(context);
    pcre2_match_data_free(data);
}

static void compare(struct compiled_scanner *c, const char *expression, const char *text,
                    size_t bytes)
{
    int error = 0;
    PCRE2_SIZE where = 0;
    if (!is_utf8(text, bytes) || !is_utf8(expression, strlen(expression)) ||
        !means_the_same(expression))
        return;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)expression, PCRE2_ZERO_TERMINATED,
                                     PCRE2_UTF | PCRE2_UCP | PCRE2_MULTILINE, &error, &where, NULL);
    if (code != NULL)
        compare_matches(c, expression, code, text, bytes);
    pcre2_code_free(code);
}

/* Pieces of all kinds: in order, not empty, and without gaps unless matches are removed. */
static void cut(struct compiled_scanner *c, const char *text, size_t bytes, bool spelled)
{
    for (int behavior = RLX_SPLIT_ISOLATED; behavior <= RLX_SPLIT_CONTIGUOUS; behavior++) {
        struct scan_pieces p;
        size_t start, end, before = 0;
        if (!scan_pieces_start(&p, &c->tables, c->number, text, bytes, spelled,
                               (enum rlx_split_behavior)behavior, bytes % 2, &c->memory))
            abort();
        for (; scan_pieces_next(&p, &start, &end); before = end)
            if (start < before || end <= start || end > bytes ||
                (behavior != RLX_SPLIT_REMOVED && start != before))
                abort();
        if (behavior != RLX_SPLIT_REMOVED && before != bytes)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    const uint8_t *zero = bytes == 0 ? NULL : memchr(data, 0, bytes);
    if (zero == NULL || bytes > MAX_BYTES)
        return 0;
    struct compiled_scanner c;
    const char *expression = (const char *)data, *text = (const char *)zero + 1;
    size_t length = (size_t)(zero - data), rest = bytes - length - 1;
    if (scanner_compile(&c, expression, length, false)) {
        if (!scan_tables_check(&c.tables))
            abort();
        compare(&c, expression, text, rest);
        cut(&c, text, rest, false);
        cut(&c, text, rest, true);
    } else if (c.diags.error_count != 1) {
        abort();
    }
    scanner_free(&c);
    return 0;
}

/* Tokens of line-oriented text (lexer.h). In: foreign bytes; out: tokens, or errors with line and
 * column. */
#include "compiler/base/lexer.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DIGITS = 40 /* characters of a number */ };

/* ---- lines ---- */

static bool at_line_end(const struct lexer *l)
{
    return l->at == l->end || *l->at == '\n';
}

static void skip_spaces(struct lexer *l)
{
    while (l->at < l->end && (*l->at == ' ' || *l->at == '\t' || *l->at == '\r'))
        l->at++;
    if (l->at < l->end && *l->at == '#')
        while (!at_line_end(l))
            l->at++;
}

void lexer_open(struct lexer *l, const char *path, const char *data, size_t bytes, struct diags *d)
{
    *l = (struct lexer){.diags = d, .path = path, .at = data, .end = data + bytes};
    l->line_start = data;
}

bool lexer_next_line(struct lexer *l)
{
    do {
        while (l->line != 0 && !at_line_end(l))
            l->at++;
        if (l->line != 0 && l->at == l->end)
            return false;
        l->at += l->line != 0;
        l->line_start = l->at;
        l->line++;
        skip_spaces(l);
    } while (at_line_end(l));
    if (l->error_count < LEXER_MAX_ERRORS)
        return true;
    return lexer_error(l, l->at, "too many errors: from here on nothing was read");
}

/* ---- errors ---- */

bool lexer_error(struct lexer *l, const char *at, const char *format, ...)
{
    uint32_t column = (uint32_t)min_u64((uint64_t)(at - l->line_start) + 1, UINT32_MAX);
    va_list arguments;

    l->error_count++;
    va_start(arguments, format);
    diag_verror(l->diags, (struct place){.file = l->path, .line = l->line, .column = column},
                format, arguments);
    va_end(arguments);
    return false;
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

const char *lexer_found(struct lexer *l)
{
    skip_spaces(l);
    const char *end = l->at;
    if (at_line_end(l))
        return l->at == l->end ? "the end of the file" : "the end of the line";
    while (end < l->end && end - l->at < 32 && is_word(*end))
        end++;
    end += end == l->at;
    return arena_printf(l->diags->arena, "'%.*s'", (int)(end - l->at), l->at);
}

bool lexer_expected(struct lexer *l, const char *what)
{
    const char *found = lexer_found(l);

    return lexer_error(l, l->at, "expected %s, found %s", what, found);
}

/* ---- words and punctuation ---- */

const char *lexer_here(struct lexer *l)
{
    skip_spaces(l);
    return l->at;
}

bool lexer_line_ends(struct lexer *l)
{
    skip_spaces(l);
    return at_line_end(l);
}

bool lexer_sees(struct lexer *l, char c)
{
    return !lexer_line_ends(l) && *l->at == c;
}

bool lexer_take(struct lexer *l, const char *text)
{
    size_t bytes = strlen(text);

    skip_spaces(l);
    if ((size_t)(l->end - l->at) < bytes || memcmp(l->at, text, bytes) != 0)
        return false;
    l->at += bytes;
    return true;
}

size_t lexer_word(struct lexer *l, const char **word)
{
    skip_spaces(l);
    *word = l->at;
    while (l->at < l->end && is_word(*l->at))
        l->at++;
    return (size_t)(l->at - *word);
}

bool lexer_word_is(const char *word, size_t bytes, const char *text)
{
    return strlen(text) == bytes && memcmp(word, text, bytes) == 0;
}

int lexer_word_index(struct lexer *l, const char *const *words, uint32_t count)
{
    const char *word;
    size_t bytes = lexer_word(l, &word);

    for (uint32_t i = 0; i < count; i++)
        if (words[i] != NULL && lexer_word_is(word, bytes, words[i]))
            return (int)i;
    l->at = word;
    return -1;
}

bool lexer_take_word(struct lexer *l, const char *word)
{
    return lexer_word_index(l, &word, 1) == 0;
}

static bool expected_text(struct lexer *l, const char *text)
{
    char what[64];

    snprintf(what, sizeof what, "'%s'", text);
    return lexer_expected(l, what);
}

bool lexer_require(struct lexer *l, const char *text)
{
    return lexer_take(l, text) || expected_text(l, text);
}

bool lexer_require_word(struct lexer *l, const char *word)
{
    return lexer_take_word(l, word) || expected_text(l, word);
}

bool lexer_require_line_end(struct lexer *l)
{
    return lexer_line_ends(l) || lexer_expected(l, "the end of the line");
}

/* ---- numbers ---- */

bool lexer_count(struct lexer *l, uint64_t max, uint64_t *out)
{
    const char *start = lexer_here(l), *at = start;
    uint64_t value = 0;
    bool fits = true;

    while (at < l->end && isdigit((unsigned char)*at)) {
        uint64_t digit = (uint64_t)(*at++ - '0');
        fits = fits && digit <= max && value <= (max - digit) / 10;
        value = fits ? value * 10 + digit : 0;
    }
    if (at == start)
        return lexer_expected(l, "a number");
    if (!fits || (at < l->end && is_word(*at)))
        return lexer_error(l, start, "expected a number of at most %llu, found %s",
                           (unsigned long long)max, lexer_found(l));
    l->at = at;
    *out = value;
    return true;
}

bool lexer_count_u32(struct lexer *l, uint32_t max, uint32_t *out)
{
    uint64_t value;

    if (!lexer_count(l, max, &value))
        return false;
    *out = (uint32_t)value;
    return true;
}

bool lexer_number(struct lexer *l, double *out)
{
    char digits[MAX_DIGITS + 1], *end;
    const char *at = lexer_here(l);
    size_t length = 0;

    while (at + length < l->end && length < MAX_DIGITS && at[length] != 0 &&
           (isdigit((unsigned char)at[length]) || strchr("+-.e", at[length]) != NULL))
        length++;
    memcpy(digits, at, length);
    digits[length] = 0;
    double value = strtod(digits, &end);
    if (length == 0 || *end != 0 || !isfinite(value))
        return lexer_expected(l, "a finite decimal number");
    l->at += length;
    *out = value;
    return true;
}

/* ---- quoted names ---- */

static int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One character of a quoted name at *at, with its escape undone; 0 where it is wrong. */
static char name_character(const struct lexer *l, const char **at)
{
    const char *c = *at;

    if (*c != '\\') {
        *at += 1;
        return (unsigned char)*c < 0x20 ? 0 : *c;
    }
    if (l->end - c >= 2 && (c[1] == '"' || c[1] == '\\')) {
        *at += 2;
        return c[1];
    }
    if (l->end - c < 4 || c[1] != 'x' || hex_digit(c[2]) < 0 || hex_digit(c[3]) < 0)
        return 0;
    *at += 4;
    return (char)(hex_digit(c[2]) * 16 + hex_digit(c[3]));
}

bool lexer_name(struct lexer *l, char name[LEXER_MAX_NAME + 1])
{
    const char *start = lexer_here(l), *at = start + 1;
    size_t length = 0;

    if (!lexer_sees(l, '"'))
        return lexer_expected(l, "a name in quotes");
    while (at < l->end && *at != '\n' && *at != '"') {
        const char *wrong = at;
        char c = name_character(l, &at);
        if (c == 0)
            return lexer_error(l, wrong, "expected a printable character or \\\", \\\\ or \\xHH");
        if (length == LEXER_MAX_NAME)
            return lexer_error(l, start, "expected a name of at most %d bytes", LEXER_MAX_NAME);
        name[length++] = c;
    }
    if (at == l->end || *at != '"')
        return lexer_error(l, start, "expected a closing quote on the same line");
    name[length] = 0;
    l->at = at + 1;
    return true;
}

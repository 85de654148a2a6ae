/* Jinja source to tokens. In: a template's text; out: tokens, of which data has lost the white
 * space that trim_blocks, lstrip_blocks and the signs of tags take away.
 *
 * The rules of white space: the end of line after a block tag or a comment goes (trim_blocks);
 * white space from the beginning of a line to a block tag or a comment goes (lstrip_blocks); "-" on
 * a tag's side takes all white space there, "+" keeps it. One end of line at the end of the source
 * goes, and every end of line is "\n".
 */
#include "compiler/template/lex.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum { MAX_NESTED_BRACKETS = 256, MAX_SOURCE = 1 << 24 };

struct lexer {
    struct arena *arena;
    const char *text;
    size_t bytes, at;
    uint32_t line;
    struct tokens *out;
    struct template_refusal *refusal;
    char open[MAX_NESTED_BRACKETS];
    uint32_t open_count;
};

static bool refuse(struct lexer *x, const char *reason)
{
    if (x->refusal->line == 0)
        *x->refusal = (struct template_refusal){x->line, reason};
    return false;
}

/* ---- characters ---- */

/* The length of the white space at text[at], 0 where there is none: what Python's str.isspace
 * says. */
static size_t space_at(const char *text, size_t bytes, size_t at)
{
    const uint8_t *c = (const uint8_t *)text + at;
    size_t left = bytes - at;

    if (left == 0)
        return 0;
    if ((c[0] >= 9 && c[0] <= 13) || (c[0] >= 28 && c[0] <= 32))
        return 1;
    if (left >= 2 && c[0] == 0xc2 && (c[1] == 0x85 || c[1] == 0xa0))
        return 2;
    if (left < 3)
        return 0;
    uint32_t point = (c[0] & 15u) << 12 | (c[1] & 63u) << 6 | (c[2] & 63u);
    bool three = c[0] == 0xe1 || c[0] == 0xe2 || c[0] == 0xe3;
    return three && (point == 0x1680 || (point >= 0x2000 && point <= 0x200a) || point == 0x2028 ||
                     point == 0x2029 || point == 0x202f || point == 0x205f || point == 0x3000)
               ? 3
               : 0;
}

static size_t skip_spaces(const struct lexer *x, size_t at)
{
    for (size_t length; (length = space_at(x->text, x->bytes, at)) != 0;)
        at += length;
    return at;
}

/* `bytes` without the white space at the end of text[from..]. */
static size_t strip_end(const char *text, size_t from, size_t bytes)
{
    size_t end = from;

    for (size_t at = from; at < bytes;) {
        size_t length = space_at(text, bytes, at);
        at += length != 0 ? length : 1;
        if (length == 0)
            end = at;
    }
    return end;
}

static bool starts(const struct lexer *x, size_t at, const char *with)
{
    size_t length = strlen(with);

    return length <= x->bytes - at && memcmp(x->text + at, with, length) == 0;
}

static void count_lines(struct lexer *x, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        x->line += x->text[i] == '\n';
}

static void move_to(struct lexer *x, size_t to)
{
    count_lines(x, x->at, to);
    x->at = to;
}

static bool check_characters(struct lexer *x)
{
    for (size_t at = 0; at < x->bytes;) {
        utf8proc_int32_t point;
        utf8proc_ssize_t length = utf8proc_iterate((const utf8proc_uint8_t *)x->text + at,
                                                   (utf8proc_ssize_t)(x->bytes - at), &point);
        if (length <= 0)
            return refuse(x, "a byte that is not UTF-8");
        x->line += point == '\n';
        at += (size_t)length;
    }
    x->line = 1;
    return true;
}

/* Ends of line become "\n", and the last one goes. */
static void normalize(struct lexer *x, const char *source, size_t bytes)
{
    char *text = arena_alloc(x->arena, bytes + 1, 1);
    size_t count = 0;

    for (size_t i = 0; i < bytes; i++) {
        if (source[i] == '\r' && i + 1 < bytes && source[i + 1] == '\n')
            continue;
        text[count++] = source[i] == '\r' ? '\n' : source[i];
    }
    if (count != 0 && text[count - 1] == '\n')
        count--;
    x->text = text;
    x->bytes = count;
}

static struct token *add(struct lexer *x, enum token_type type, size_t from, size_t to)
{
    struct token *t = &ARENA_PUSH(x->arena, x->out->all, x->out->count, x->out->capacity);

    *t = (struct token){
        .type = type, .line = x->line, .text = x->text + from, .bytes = (uint32_t)(to - from)};
    return t;
}

/* ---- data ---- */

/* Text before a tag. `sign`: the tag's, on this side; `block`: it is one that lstrip_blocks knows.
 */
static void add_data(struct lexer *x, size_t to, char sign, bool block)
{
    size_t from = x->at, end = to;

    if (sign == '-') {
        end = strip_end(x->text, from, to);
    } else if (sign != '+' && block) {
        size_t line = to;
        while (line > from && x->text[line - 1] != '\n')
            line--;
        bool begins = line > from || from == 0 || x->text[from - 1] == '\n';
        if (begins && strip_end(x->text, line, to) == line)
            end = line;
    }
    if (end > from)
        add(x, TOKEN_data, from, end);
    move_to(x, to);
}

/* After the end of a block tag or a comment: what goes with it. */
static size_t after_end(const struct lexer *x, size_t at, char sign)
{
    if (sign == '-')
        return skip_spaces(x, at);
    return at + (sign != '+' && at < x->bytes && x->text[at] == '\n');
}

static bool lex_comment(struct lexer *x)
{
    const char *end = memmem(x->text + x->at, x->bytes - x->at, "#}", 2);

    if (x->at == x->bytes) /* nothing is left to be commented out */
        return true;
    if (end == NULL)
        return refuse(x, "a comment has no end");
    size_t at = (size_t)(end - x->text);
    char sign =
        at > x->at && (x->text[at - 1] == '-' || x->text[at - 1] == '+') ? x->text[at - 1] : 0;
    move_to(x, after_end(x, at + 2, sign));
    return true;
}

/* Where "{% word %}" at `at` ends, *sign its second one; 0 where there is something else. */
static size_t whole_tag(const struct lexer *x, size_t at, const char *word, char *first, char *last)
{
    at += 2;
    *first = at < x->bytes && (x->text[at] == '-' || x->text[at] == '+') ? x->text[at++] : 0;
    at = skip_spaces(x, at);
    if (!starts(x, at, word))
        return 0;
    at = skip_spaces(x, at + strlen(word));
    *last = at < x->bytes && (x->text[at] == '-' || x->text[at] == '+') ? x->text[at++] : 0;
    return starts(x, at, "%}") ? at + 2 : 0;
}

/* After {% raw %}: everything to {% endraw %} is data. */
static bool lex_raw(struct lexer *x)
{
    for (size_t at = x->at; at < x->bytes; at++) {
        char first, last;
        if (!starts(x, at, "{%"))
            continue;
        size_t end = whole_tag(x, at, "endraw", &first, &last);
        if (end != 0) {
            add_data(x, at, first, true);
            move_to(x, after_end(x, end, last));
            return true;
        }
    }
    return refuse(x, "{% raw %} has no {% endraw %}");
}

/* ---- inside of tags ---- */

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'                 ? c - '0'
           : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
                                                : -1;
}

static size_t put_point(char *out, uint32_t point)
{
    bool valid = point <= 0x10ffff && utf8proc_codepoint_valid((utf8proc_int32_t)point);

    return (size_t)utf8proc_encode_char(valid ? (utf8proc_int32_t)point : 0xfffd,
                                        (utf8proc_uint8_t *)out);
}

/* The escape after a backslash at text[*at], as Python's. Returns bytes put into `out`. */
static size_t unescape(const char *text, size_t bytes, size_t *at, char *out)
{
    static const char letters[] = "\\'\"abfnrtv", meanings[] = "\\'\"\a\b\f\n\r\t\v";
    char c = text[(*at)++];
    const char *found = c == 0 ? NULL : strchr(letters, c);
    size_t digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0, i = 0;
    uint32_t point = 0;

    if (found != NULL)
        return out[0] = meanings[found - letters], 1;
    if (c == '\n')
        return 0;
    if (c >= '0' && c <= '7') {
        point = (uint32_t)(c - '0');
        for (; i < 2 && *at < bytes && text[*at] >= '0' && text[*at] <= '7'; i++)
            point = point * 8 + (uint32_t)(text[(*at)++] - '0');
        return put_point(out, point);
    }
    for (; i < digits && *at + i < bytes && hex_digit(text[*at + i]) >= 0; i++)
        point = point << 4 | (uint32_t)hex_digit(text[*at + i]);
    if (digits != 0 && i == digits) {
        *at += digits;
        return put_point(out, point);
    }
    out[0] = '\\';
    out[1] = c;
    return 2;
}

static bool lex_string(struct lexer *x)
{
    char quote = x->text[x->at];
    size_t end = x->at + 1, count = 0;

    while (end < x->bytes && x->text[end] != quote)
        end += x->text[end] == '\\' ? 2 : 1;
    if (end >= x->bytes)
        return refuse(x, "a string has no end");
    char *text = arena_alloc(x->arena, end - x->at + 1, 1);
    for (size_t at = x->at + 1; at < end;) {
        if (x->text[at] != '\\') {
            text[count++] = x->text[at++];
            continue;
        }
        at++;
        count += unescape(x->text, end, &at, text + count);
    }
    struct token *t = add(x, TOKEN_string, x->at, end);
    t->text = text;
    t->bytes = (uint32_t)count;
    move_to(x, end + 1);
    return true;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Digits with single underscores between them. */
static size_t digits_end(const struct lexer *x, size_t at, bool hexadecimal)
{
    while (at < x->bytes &&
           (is_digit(x->text[at]) || (hexadecimal && hex_digit(x->text[at]) >= 0) ||
            (x->text[at] == '_' && at + 1 < x->bytes && is_digit(x->text[at + 1]))))
        at++;
    return at;
}

static size_t copy_number(const struct lexer *x, size_t from, size_t to, char *out, size_t room)
{
    size_t count = 0;

    for (size_t i = from; i < to && count + 1 < room; i++)
        if (x->text[i] != '_')
            out[count++] = x->text[i];
    out[count] = 0;
    return count;
}

static bool lex_integer(struct lexer *x, size_t from, size_t to, int base)
{
    char digits[80];
    struct token *t = add(x, TOKEN_integer, x->at, to);

    copy_number(x, from, to, digits, sizeof digits);
    errno = 0;
    t->integer = strtoll(digits, NULL, base);
    if (errno != 0 || to - from >= sizeof digits - 1)
        return refuse(x, "an integer goes beyond 64 bits");
    move_to(x, to);
    return true;
}

static bool lex_number(struct lexer *x)
{
    size_t at = x->at, end = digits_end(x, at, false);
    char letter = at + 1 < x->bytes && x->text[at] == '0' ? (char)(x->text[at + 1] | 32) : 0;
    bool real = false, after_dot = at > 0 && x->text[at - 1] == '.';
    char digits[400];

    if (letter == 'x' || letter == 'o' || letter == 'b')
        return lex_integer(x, at + 2, digits_end(x, at + 2, letter == 'x'),
                           letter == 'x'   ? 16
                           : letter == 'o' ? 8
                                           : 2);
    if (!after_dot && end + 1 < x->bytes && x->text[end] == '.' && is_digit(x->text[end + 1])) {
        real = true;
        end = digits_end(x, end + 1, false);
    }
    if (!after_dot && end < x->bytes && (x->text[end] | 32) == 'e') {
        size_t sign = end + 1 < x->bytes && (x->text[end + 1] == '+' || x->text[end + 1] == '-');
        if (end + 1 + sign < x->bytes && is_digit(x->text[end + 1 + sign])) {
            real = true;
            end = digits_end(x, end + 1 + sign, false);
        }
    }
    if (!real)
        return lex_integer(x, at, end, 10);
    if (end - at >= sizeof digits)
        return refuse(x, "a number is too long");
    copy_number(x, at, end, digits, sizeof digits);
    add(x, TOKEN_float, at, end)->real = strtod(digits, NULL);
    move_to(x, end);
    return true;
}

static bool in_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || is_digit(c) ||
           (uint8_t)c >= 0x80;
}

/* Brackets must close in order. */
static bool follow_bracket(struct lexer *x, char c)
{
    static const char open[] = "([{", close[] = ")]}";
    const char *opens = strchr(open, c), *closes = strchr(close, c);

    if (opens != NULL) {
        if (x->open_count == MAX_NESTED_BRACKETS)
            return refuse(x, "brackets are nested deeper than 256");
        x->open[x->open_count++] = close[opens - open];
    } else if (closes != NULL) {
        if (x->open_count == 0 || x->open[--x->open_count] != c)
            return refuse(x, "a bracket closes that was not opened");
    }
    return true;
}

static bool lex_operator(struct lexer *x)
{
    static const char *const operators[] = {"//", "**", "==", "!=", ">=", "<=", "+", "-", "/",
                                            "*",  "%",  "~",  "[",  "]",  "(",  ")", "{", "}",
                                            ">",  "<",  "=",  ".",  ":",  "|",  ",", ";"};

    for (size_t i = 0; i < countof(operators); i++)
        if (starts(x, x->at, operators[i])) {
            size_t length = strlen(operators[i]);
            if (length == 1 && !follow_bracket(x, operators[i][0]))
                return false;
            add(x, TOKEN_operator, x->at, x->at + length);
            move_to(x, x->at + length);
            return true;
        }
    return refuse(
        x, arena_printf(x->arena, "unexpected character '%c'",
                        x->text[x->at] >= ' ' && x->text[x->at] < 127 ? x->text[x->at] : '?'));
}

static bool lex_word(struct lexer *x)
{
    size_t space = space_at(x->text, x->bytes, x->at);
    char c = x->text[x->at];

    if (space != 0) {
        move_to(x, x->at + space);
        return true;
    }
    if (is_digit(c))
        return lex_number(x);
    if (c == '\'' || c == '"')
        return lex_string(x);
    if (!in_name(c))
        return lex_operator(x);
    size_t end = x->at;
    while (end < x->bytes && in_name(x->text[end]) && space_at(x->text, x->bytes, end) == 0)
        end++;
    add(x, TOKEN_name, x->at, end);
    move_to(x, end);
    return true;
}

/* From after the opening of a tag to after its end. */
static bool lex_tag(struct lexer *x, bool block)
{
    const char *close = block ? "%}" : "}}";

    x->open_count = 0;
    while (x->at < x->bytes) {
        char c = x->text[x->at], sign = c == '-' || (c == '+' && block) ? c : 0;
        if (x->open_count == 0 && starts(x, x->at + (sign != 0), close)) {
            size_t end = x->at + (sign != 0) + 2;
            add(x, block ? TOKEN_block_end : TOKEN_variable_end, x->at, end);
            move_to(x, block ? after_end(x, end, sign) : sign == '-' ? skip_spaces(x, end) : end);
            return true;
        }
        if (!lex_word(x))
            return false;
    }
    return refuse(x, block ? "a block tag has no end" : "an expression has no end");
}

static size_t next_tag(const struct lexer *x)
{
    size_t at = x->at;

    while (at + 1 < x->bytes &&
           !(x->text[at] == '{' &&
             (x->text[at + 1] == '%' || x->text[at + 1] == '{' || x->text[at + 1] == '#')))
        at++;
    return at + 1 < x->bytes ? at : x->bytes;
}

static bool lex_next(struct lexer *x)
{
    size_t at = next_tag(x), end;
    char first = 0, last = 0;

    if (at == x->bytes) {
        add_data(x, at, '+', false);
        return true;
    }
    char kind = x->text[at + 1];
    char sign = at + 2 < x->bytes && (x->text[at + 2] == '-' || x->text[at + 2] == '+')
                    ? x->text[at + 2]
                    : 0;
    add_data(x, at, sign, kind != '{');
    if (kind == '%' && (end = whole_tag(x, at, "raw", &first, &last)) != 0 && last != '+') {
        move_to(x, last == '-' ? skip_spaces(x, end) : end);
        return lex_raw(x);
    }
    move_to(x, at + 2 + (sign != 0));
    if (kind == '#')
        return lex_comment(x);
    add(x, kind == '%' ? TOKEN_block_begin : TOKEN_variable_begin, at, x->at);
    return lex_tag(x, kind == '%');
}

bool template_lex(const char *source, size_t bytes, struct arena *a, struct tokens *out,
                  struct template_refusal *refusal)
{
    struct lexer *x = arena_new(a, struct lexer, 1);

    *x = (struct lexer){.arena = a, .line = 1, .out = out, .refusal = refusal};
    if (bytes > MAX_SOURCE)
        return refuse(x, "the template is larger than 16 MB");
    normalize(x, source, bytes);
    if (!check_characters(x))
        return false;
    while (x->at < x->bytes)
        if (!lex_next(x))
            return false;
    add(x, TOKEN_end, x->at, x->at);
    return true;
}

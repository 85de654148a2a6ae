/* Checks that a text is JSON. In: bytes from anywhere; out: yes, or a sentence that says what is
 * wrong and near what. It uses no stack per level, so the depth of a text costs nothing. Contract:
 * json_in.h. */
#include "runtime/base/json_in.h"
#include "runtime/base/utf8.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Tokens other than { } [ ] : and , have these names. */
enum { TEXT = '"', NUMBER = '0', WORD = 'a', END = 0, INVALID = '?' };
enum { NO_BYTE = -1, BROKEN = -2 }; /* of peek */

struct checker {
    const char *text;
    size_t bytes, token, at; /* the token's first byte, and the end of what was read of it */
    bool broken;             /* not UTF-8 from here */
    bool nul_allowed, has_nul;
    char *why;
    size_t depth;
    uint8_t objects[JSON_IN_DEPTH / 8 + 1]; /* a bit per open container: an object, not an array */
};

/* The first failure is the cause of those that follow. */
__attribute__((format(printf, 2, 3))) static bool fail(struct checker *c, const char *format, ...)
{
    enum { NEAR = 20 }; /* bytes of a token that help */
    va_list arguments;
    size_t length = c->at - c->token, used;

    if (c->why[0] != 0)
        return false;
    va_start(arguments, format);
    vsnprintf(c->why, JSON_WHY_BYTES, format, arguments);
    va_end(arguments);
    used = strlen(c->why);
    if (length == 0 || c->text[c->token] == 0)
        snprintf(c->why + used, JSON_WHY_BYTES - used, "%s", c->broken ? "" : " near end of file");
    else if (length <= NEAR)
        snprintf(c->why + used, JSON_WHY_BYTES - used, " near '%.*s'", (int)length,
                 c->text + c->token);
    return false;
}

/* ---- tokens ---- */

/* The next byte, if a valid character begins with it. */
static int peek(struct checker *c)
{
    if (c->broken || c->at == c->bytes)
        return c->broken ? BROKEN : NO_BYTE;
    uint8_t byte = (uint8_t)c->text[c->at];
    if (byte < 0x80 || utf8_valid_at(c->text, c->bytes, c->at))
        return byte;
    c->broken = true;
    fail(c, "unable to decode byte 0x%x", byte);
    return BROKEN;
}

/* Beyond the character that peek saw. */
static void pass(struct checker *c)
{
    uint32_t point;

    c->at += utf8_read(c->text, c->bytes, c->at, &point);
}

static bool is_digit(int byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_letter(int byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static bool is_hex(int byte)
{
    return is_digit(byte) || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
}

static bool pass_digits(struct checker *c)
{
    bool any = false;

    for (; is_digit(peek(c)); any = true)
        c->at++;
    return any;
}

/* After a backslash. */
static bool pass_escape(struct checker *c)
{
    int byte = peek(c);
    bool unit = byte == 'u';

    if (byte >= 0)
        c->at++;
    if (byte <= 0 || strchr("\"\\/bfnrtu", byte) == NULL)
        return fail(c, "invalid escape");
    for (int i = 0; unit && i < 4; i++) {
        byte = peek(c);
        if (byte >= 0)
            c->at++;
        if (!is_hex(byte))
            return fail(c, "invalid escape");
    }
    return true;
}

static uint32_t unit_at(const char *digits)
{
    char copy[5] = {digits[0], digits[1], digits[2], digits[3], 0};

    return (uint32_t)strtoul(copy, NULL, 16);
}

/* Both halves of a surrogate pair, or none. */
static bool check_units(struct checker *c)
{
    const char *end = c->text + c->at - 1, *at = c->text + c->token + 1;

    c->has_nul = false;
    while ((at = memchr(at, '\\', (size_t)(end - at))) != NULL) {
        at += 2;
        if (at[-1] != 'u')
            continue;
        uint32_t unit = unit_at(at);
        at += 4;
        c->has_nul |= unit == 0;
        if (unit < 0xd800 || unit > 0xdfff)
            continue;
        if (unit > 0xdbff || at[0] != '\\' || at[1] != 'u')
            return fail(c, "invalid Unicode '\\u%04X'", unit);
        uint32_t low = unit_at(at + 2);
        if (low < 0xdc00 || low > 0xdfff)
            return fail(c, "invalid Unicode '\\u%04X\\u%04X'", unit, low);
        at += 6;
    }
    return true;
}

/* After the first quote. */
static char take_text(struct checker *c)
{
    for (int byte; (byte = peek(c)) != '"';) {
        if (byte == BROKEN)
            return INVALID;
        if (byte == NO_BYTE)
            return fail(c, "premature end of input"), INVALID;
        if (byte == '\n')
            return fail(c, "unexpected newline"), INVALID;
        if (byte < 0x20)
            return fail(c, "control character 0x%x", (unsigned)byte), INVALID;
        pass(c);
        if (byte == '\\' && !pass_escape(c))
            return INVALID;
    }
    c->at++;
    return check_units(c) ? TEXT : INVALID;
}

static char take_number(struct checker *c)
{
    bool real = false, zero;

    c->at += peek(c) == '-';
    zero = peek(c) == '0';
    c->at += zero;
    if (zero ? is_digit(peek(c)) : !pass_digits(c))
        return INVALID;
    if (peek(c) == '.') {
        real = true;
        c->at++;
        if (!pass_digits(c))
            return INVALID;
    }
    if (peek(c) == 'e' || peek(c) == 'E') {
        real = true;
        c->at++;
        c->at += peek(c) == '+' || peek(c) == '-';
        if (!pass_digits(c))
            return INVALID;
    }
    errno = 0;
    if (real && isinf(strtod(c->text + c->token, NULL)))
        return fail(c, "real number overflow"), INVALID;
    if (!real && (strtoll(c->text + c->token, NULL, 10), errno) == ERANGE)
        return fail(c, c->text[c->token] == '-' ? "too big negative integer" : "too big integer"),
               INVALID;
    return NUMBER;
}

static char take_word(struct checker *c)
{
    static const char *const words[] = {"true", "false", "null"};

    while (is_letter(peek(c)))
        c->at++;
    for (size_t i = 0; i < 3; i++)
        if (c->at - c->token == strlen(words[i]) &&
            memcmp(c->text + c->token, words[i], c->at - c->token) == 0)
            return WORD;
    return INVALID;
}

static char next_token(struct checker *c)
{
    int byte;

    c->token = c->at;
    while ((byte = peek(c)) == ' ' || byte == '\t' || byte == '\n' || byte == '\r')
        c->token = ++c->at;
    if (byte < 0)
        return byte == NO_BYTE ? END : INVALID;
    if (is_digit(byte) || byte == '-')
        return take_number(c);
    if (is_letter(byte))
        return take_word(c);
    pass(c);
    if (byte == '"')
        return take_text(c);
    return byte != 0 && strchr("{}[]:,", byte) != NULL ? (char)byte : INVALID;
}

/* ---- structure ---- */

static bool in_object(const struct checker *c)
{
    return c->objects[c->depth / 8] >> c->depth % 8 & 1;
}

/* The token that begins the next value in a container; after it, the name of a member has been
 * read. False after a message. */
static bool begin_member(struct checker *c, char *token)
{
    if (!in_object(c))
        return *token != END || fail(c, "']' expected");
    if (*token != TEXT)
        return fail(c, "string or '}' expected");
    if (c->has_nul)
        return fail(c, "NUL byte in object key not supported");
    if (next_token(c) != ':')
        return fail(c, "':' expected");
    *token = next_token(c);
    return true;
}

/* A value by itself, or the beginning of one. */
static bool check_token(struct checker *c, char token)
{
    if (c->depth == JSON_IN_DEPTH)
        return fail(c, "maximum parsing depth reached");
    if (token == TEXT && c->has_nul && !c->nul_allowed)
        return fail(c, "\\u0000 is not allowed");
    if (token == INVALID)
        return fail(c, "invalid token");
    return (token != END && strchr("{[\"0a", token) != NULL) || fail(c, "unexpected token");
}

/* Opens a container; *token becomes the one behind it. */
static void open_container(struct checker *c, char *token)
{
    c->depth++;
    uint8_t bit = (uint8_t)(1u << c->depth % 8), *byte = &c->objects[c->depth / 8];
    *byte = (uint8_t)(*token == '{' ? *byte | bit : *byte & ~bit);
    *token = next_token(c);
}

/* After a value: closes the containers that end there. *token becomes the one behind a comma, or
 * END. False after a message. */
static bool end_value(struct checker *c, char *token)
{
    for (; c->depth != 0; c->depth--) {
        *token = next_token(c);
        if (*token == ',') {
            *token = next_token(c);
            return true;
        }
        if (*token != (in_object(c) ? '}' : ']'))
            return fail(c, in_object(c) ? "'}' expected" : "']' expected");
    }
    *token = next_token(c);
    return *token == END || fail(c, "end of file expected");
}

bool json_check(const char *text, size_t bytes, bool nul_allowed, char why[JSON_WHY_BYTES])
{
    struct checker c = {.text = text, .bytes = bytes, .nul_allowed = nul_allowed, .why = why};
    char token;

    why[0] = 0;
    token = next_token(&c);
    if (token != '{' && token != '[')
        return fail(&c, "'[' or '{' expected");
    do {
        if (!check_token(&c, token))
            return false;
        if (token == '{' || token == '[') {
            open_container(&c, &token);
            if (token != (in_object(&c) ? '}' : ']')) {
                if (!begin_member(&c, &token))
                    return false;
                continue;
            }
            c.depth--;
        }
        if (!end_value(&c, &token))
            return false;
        if (c.depth != 0 && !begin_member(&c, &token))
            return false;
    } while (c.depth != 0);
    return true;
}

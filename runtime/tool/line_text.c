/* Finds characters and words in bytes. Contract: line_text.h. Joining covers the sequences that
 * keyboards produce, not all of Unicode's rules (UAX 29), which would need more tables. */
#include "runtime/tool/line_text.h"

enum { ZERO_WIDTH_JOINER = 0x200d };

static size_t sequence_bytes(unsigned char lead)
{
    return lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
}

uint32_t line_decode(const char *text, size_t bytes, size_t at, size_t *taken)
{
    static const uint32_t min[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *t = (const unsigned char *)text + at;
    size_t length = sequence_bytes(t[0]);

    *taken = 1;
    if (t[0] < 0x80)
        return t[0];
    if (length == 0 || length > bytes - at)
        return LINE_NO_CODE;
    uint32_t code = t[0] & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((t[i] & 0xc0) != 0x80)
            return LINE_NO_CODE;
        code = code << 6 | (t[i] & 0x3f);
    }
    if (code < min[length] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        return LINE_NO_CODE;
    *taken = length;
    return code;
}

static bool regional(uint32_t code)
{
    return code >= 0x1f1e6 && code <= 0x1f1ff;
}

static bool skin_tone(uint32_t code)
{
    return code >= 0x1f3fb && code <= 0x1f3ff;
}

/* What may follow a joiner: emoji, and older signs that are used as emoji. */
static bool pictograph(uint32_t code)
{
    return (code >= 0x1f000 && code <= 0x1faff) || (code >= 0x2190 && code <= 0x2bff);
}

static bool mark(uint32_t code)
{
    return code >= 0x300 && code < LINE_NO_CODE && line_code_width(code) == 0;
}

size_t line_next(const char *text, size_t bytes, size_t at)
{
    size_t taken;

    if (at >= bytes)
        return bytes;
    uint32_t first = line_decode(text, bytes, at, &taken), before = first;
    at += taken;
    if (first < 0x20 || first == LINE_NO_CODE)
        return at;
    while (at < bytes) {
        uint32_t code = line_decode(text, bytes, at, &taken);
        bool flag = regional(before) && regional(code);
        if (!mark(code) && !(before == ZERO_WIDTH_JOINER && pictograph(code)) &&
            !(skin_tone(code) && pictograph(first)) && !flag)
            break;
        at += taken;
        before = flag ? 0 : code; /* a third indicator begins another flag */
    }
    return at;
}

size_t line_previous(const char *text, size_t bytes, size_t at)
{
    size_t from = at, found;

    if (at == 0)
        return 0;
    /* Characters can only be found from their beginnings, so go back to a certain one first. */
    do
        from--;
    while (from > 0 && text[from] != '\n' && text[from] != ' ' && at - from < 256);
    while (from > 0 && ((unsigned char)text[from] & 0xc0) == 0x80 && at - from < 260)
        from--;
    for (found = from; from < at; from = line_next(text, bytes, from))
        found = from;
    return found;
}

int line_width(const char *text, size_t bytes, size_t at)
{
    size_t taken, end = line_next(text, bytes, at);
    uint32_t code = line_decode(text, bytes, at, &taken);

    if (code == LINE_NO_CODE)
        return 1;
    if (regional(code) && end - at > taken)
        return 2;
    return line_code_width(code);
}

static bool blank(unsigned char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool in_word(unsigned char c)
{
    return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

size_t line_word_left(const char *text, size_t at)
{
    while (at > 0 && !in_word((unsigned char)text[at - 1]))
        at--;
    while (at > 0 && in_word((unsigned char)text[at - 1]))
        at--;
    return at;
}

size_t line_word_right(const char *text, size_t bytes, size_t at)
{
    while (at < bytes && !in_word((unsigned char)text[at]))
        at++;
    while (at < bytes && in_word((unsigned char)text[at]))
        at++;
    return at;
}

size_t line_blank_left(const char *text, size_t at)
{
    while (at > 0 && blank((unsigned char)text[at - 1]))
        at--;
    while (at > 0 && !blank((unsigned char)text[at - 1]))
        at--;
    return at;
}

bool line_is_blank(const char *text, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        if (!blank((unsigned char)text[i]))
            return false;
    return true;
}

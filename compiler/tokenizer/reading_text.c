/* Characters, for the plain reading. In: valid UTF-8. Out: code points, and GPT-2's spelling of
 * bytes. */
#include "compiler/tokenizer/reading_parts.h"

#include <utf8proc.h>

uint32_t character_at(const char *text, uint32_t *point)
{
    const uint8_t *t = (const uint8_t *)text;
    if (t[0] < 0x80) {
        *point = t[0];
        return 1;
    }
    if (t[0] < 0xe0) {
        *point = (t[0] & 0x1fu) << 6 | (t[1] & 0x3fu);
        return 2;
    }
    if (t[0] < 0xf0) {
        *point = (t[0] & 0xfu) << 12 | (t[1] & 0x3fu) << 6 | (t[2] & 0x3fu);
        return 3;
    }
    *point = (t[0] & 7u) << 18 | (t[1] & 0x3fu) << 12 | (t[2] & 0x3fu) << 6 | (t[3] & 0x3fu);
    return 4;
}

uint32_t character_before(const char *text, uint32_t at, uint32_t *point)
{
    uint32_t start = at - 1;
    while (start > 0 && ((uint8_t)text[start] & 0xc0) == 0x80)
        start--;
    return character_at(text + start, point);
}

bool is_white_space(uint32_t point)
{
    return (point >= 9 && point <= 13) || point == ' ' || point == 0x85 || point == 0xa0 ||
           point == 0x1680 || (point >= 0x2000 && point <= 0x200a) || point == 0x2028 ||
           point == 0x2029 || point == 0x202f || point == 0x205f || point == 0x3000;
}

void add_character(struct text *out, uint32_t point)
{
    uint8_t bytes[4];
    text_add_bytes(out, (const char *)bytes,
                   (size_t)utf8proc_encode_char((utf8proc_int32_t)point, bytes));
}

/* Printable Latin-1 spells itself; the other 68 bytes are U+0100 and up, in order. */
static bool spells_itself(uint32_t byte)
{
    return (byte >= '!' && byte <= '~') || (byte >= 0xa1 && byte <= 0xff && byte != 0xad);
}

uint32_t byte_spelling(uint8_t byte)
{
    uint32_t before = 0;
    if (spells_itself(byte))
        return byte;
    for (uint32_t b = 0; b < byte; b++)
        before += !spells_itself(b);
    return 0x100 + before;
}

int spelled_byte(uint32_t point)
{
    for (int byte = 0; byte < 256; byte++)
        if (byte_spelling((uint8_t)byte) == point)
            return byte;
    return -1;
}

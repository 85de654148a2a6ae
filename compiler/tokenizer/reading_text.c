/* Characters, for the plain reading. In: UTF-8. Out: code points, and GPT-2's spelling of bytes. */
#include "compiler/tokenizer/reading_parts.h"

#include <string.h>
#include <utf8proc.h>

uint32_t character_valid(const uint8_t *t, uint32_t bytes, uint32_t *part)
{
    uint32_t length = t[0] < 0x80                   ? 1
                      : t[0] >= 0xc2 && t[0] < 0xe0 ? 2
                      : t[0] >= 0xe0 && t[0] < 0xf0 ? 3
                      : t[0] >= 0xf0 && t[0] < 0xf5 ? 4
                                                    : 0;
    uint8_t low = t[0] == 0xe0 ? 0xa0 : t[0] == 0xf0 ? 0x90 : 0x80;
    uint8_t high = t[0] == 0xed ? 0x9f : t[0] == 0xf4 ? 0x8f : 0xbf;
    *part = 1;
    if (length < 2)
        return length;
    while (*part < length && *part < bytes && t[*part] >= low && t[*part] <= high) {
        low = 0x80;
        high = 0xbf;
        ++*part;
    }
    return *part == length ? length : 0;
}

uint32_t character_at(struct step_text text, uint32_t at, uint32_t *point)
{
    const uint8_t *t = (const uint8_t *)text.text + at;
    uint32_t part, length = character_valid(t, text.bytes - at, &part);
    *point = length < 2 ? t[0] : t[0] & (0x7fu >> length);
    for (uint32_t i = 1; i < length; i++)
        *point = *point << 6 | (t[i] & 0x3fu);
    if (length == 0)
        *point = 0xfffd;
    return length ? length : 1;
}

uint32_t character_before(struct step_text text, uint32_t at, uint32_t *point)
{
    for (uint32_t length = 1; length <= 4 && length <= at; length++)
        if (character_at(text, at - length, point) == length && *point != 0xfffd)
            return length;
    *point = 0xfffd;
    return at >= 3 && memcmp(text.text + at - 3, "\xef\xbf\xbd", 3) == 0 ? 3 : 1;
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

/* Finds plain characters. In: UTF-8, or any bytes; out: the length of the next character, and
 * whether it is plain. */
#include "runtime/base/printable.h"

#include <stdint.h>

/* Decodes a sequence of several bytes; 0 if it is not valid (also overlong sequences and
 * surrogates). */
static size_t decode(const unsigned char *text, uint32_t *point)
{
    static const uint32_t min[] = {0, 0, 0x80, 0x800, 0x10000};
    const size_t bytes = text[0] >= 0xf0 ? 4 : text[0] >= 0xe0 ? 3 : 2;

    if (text[0] < 0xc2 || text[0] > 0xf4)
        return 0;
    *point = text[0] & (0xffu >> (bytes + 1));
    for (size_t i = 1; i < bytes; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return 0; /* also at the end of the text */
        *point = *point << 6 | (text[i] & 0x3fu);
    }
    bool surrogate = *point >= 0xd800 && *point < 0xe000;
    return *point < min[bytes] || *point > 0x10ffff || surrogate ? 0 : bytes;
}

/* Controls of the second set, which some terminals obey; line ends; marks that change the direction
 * of text. */
static bool obeyed(uint32_t point)
{
    return point < 0xa0 || point == 0x61c || point == 0x200e || point == 0x200f ||
           (point >= 0x2028 && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
}

size_t printable_next(const char *text, bool *plain)
{
    const unsigned char *at = (const unsigned char *)text;
    uint32_t point = 0;

    *plain = at[0] >= 0x20 && at[0] < 0x7f;
    if (at[0] < 0x80)
        return at[0] != 0;
    size_t bytes = decode(at, &point);
    *plain = bytes != 0 && !obeyed(point);
    return bytes == 0 ? 1 : bytes;
}

void printable_write(const char *text, FILE *out)
{
    bool plain;

    for (size_t bytes; (bytes = printable_next(text, &plain)) != 0; text += bytes)
        for (size_t i = 0; i < bytes; i++)
            fprintf(out, plain ? "%c" : "\\x%02x", (unsigned char)text[i]);
}

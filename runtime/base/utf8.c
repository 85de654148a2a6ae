/* UTF-8 in and out. */
#include "runtime/base/utf8.h"

/* Length of a valid character, 0 where there is none. Table 3-7 of the Unicode Standard: overlong
 * forms, surrogates and what lies beyond U+10FFFF are cut off by the range of the second byte. */
static uint32_t valid_length(const uint8_t *t, size_t bytes)
{
    uint8_t first = t[0];
    if (first < 0x80)
        return 1;
    if (first < 0xc2 || first > 0xf4)
        return 0;
    uint32_t length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    uint8_t low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    uint8_t high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (bytes < length || t[1] < low || t[1] > high)
        return 0;
    for (uint32_t i = 2; i < length; i++)
        if ((t[i] & 0xc0) != 0x80)
            return 0;
    return length;
}

uint32_t utf8_read(const char *text, size_t bytes, size_t at, uint32_t *point)
{
    const uint8_t *t = (const uint8_t *)text + at;
    uint32_t length = valid_length(t, bytes - at);
    switch (length) {
    case 1:
        *point = t[0];
        return 1;
    case 2:
        *point = (t[0] & 0x1fu) << 6 | (t[1] & 0x3fu);
        return 2;
    case 3:
        *point = (t[0] & 0x0fu) << 12 | (t[1] & 0x3fu) << 6 | (t[2] & 0x3fu);
        return 3;
    case 4:
        *point = (t[0] & 0x07u) << 18 | (t[1] & 0x3fu) << 12 | (t[2] & 0x3fu) << 6 | (t[3] & 0x3fu);
        return 4;
    default:
        *point = POINT_INVALID;
        return 1;
    }
}

bool utf8_valid_at(const char *text, size_t bytes, size_t at)
{
    return valid_length((const uint8_t *)text + at, bytes - at) != 0;
}

uint32_t utf8_write(uint32_t point, char out[4])
{
    if (point < 0x80) {
        out[0] = (char)point;
        return 1;
    }
    uint32_t length = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    for (uint32_t i = length - 1; i > 0; i--, point >>= 6)
        out[i] = (char)(0x80 | (point & 0x3f));
    out[0] = (char)(0xf00u >> length | point);
    return length;
}

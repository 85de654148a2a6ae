/* UTF-8 in and out. */
#include "runtime/base/utf8.h"

/* Length of the characters that begin with that byte; 0: none does. */
static uint32_t length_of(uint8_t first)
{
    if (first < 0x80)
        return 1;
    return first < 0xc2 || first > 0xf4 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/* Table 3-7 of the Unicode Standard: the range of the second byte excludes overlong forms,
 * surrogates and what lies beyond U+10FFFF. */
static bool may_follow(uint8_t first, uint8_t second)
{
    uint8_t low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    uint8_t high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    return second >= low && second <= high;
}

/* Length of the valid character at t[0]; 0: there is none. */
static uint32_t valid_length(const uint8_t *t, size_t bytes)
{
    uint32_t length = length_of(t[0]);
    if (length <= 1)
        return length;
    if (bytes < length || !may_follow(t[0], t[1]))
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

uint32_t utf8_part(const char *text, size_t bytes, bool *may_go_on)
{
    const uint8_t *t = (const uint8_t *)text;
    uint32_t length = length_of(t[0]), good = 1;
    if (length > 1 && bytes > 1 && may_follow(t[0], t[1]))
        for (good = 2; good < bytes && good < length && (t[good] & 0xc0) == 0x80; good++)
            ;
    *may_go_on = good == bytes && good < length;
    return good;
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

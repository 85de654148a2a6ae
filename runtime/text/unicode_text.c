/* UTF-8 in and out, classes of code points by table, and bytes that grow. */
#include "runtime/text/unicode_text.h"

#include "runtime/text/tokenize_parts.h"

#include <stdlib.h>
#include <string.h>

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

/* The four bits of a code point in a table of pages. */
static uint32_t page_value(const struct tokenizer *t, enum rlx_tokenizer_table_kind index_kind,
                           enum rlx_tokenizer_table_kind pages_kind, uint32_t point)
{
    const uint8_t *index = tokenizer_table(t, index_kind), *pages = tokenizer_table(t, pages_kind);
    size_t at =
        point / 256 < RLX_CLASS_PAGES ? index[point / 256] * 128u + point % 256 / 2 : SIZE_MAX;
    if (at >= t->header->tables[pages_kind].count)
        return 0;
    return pages[at] >> (point % 2 * 4) & 15;
}

uint32_t point_class(const struct tokenizer *t, uint32_t point)
{
    return page_value(t, RLX_TABLE_CLASS_INDEX, RLX_TABLE_CLASS_PAGES, point);
}

uint32_t point_case(const struct tokenizer *t, uint32_t point)
{
    return page_value(t, RLX_TABLE_CASE_INDEX, RLX_TABLE_CASE_PAGES, point);
}

void bytes_add(struct bytes *b, const char *data, size_t count)
{
    if (count > b->capacity - b->count) {
        size_t capacity = b->capacity * 2 + count + 64;
        char *grown = capacity > count ? realloc(b->data, capacity) : NULL;
        if (!grown) {
            b->failed = true;
            return;
        }
        b->data = grown;
        b->capacity = capacity;
    }
    if (count)
        memcpy(b->data + b->count, data, count);
    b->count += count;
}

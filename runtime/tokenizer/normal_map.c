/* Maps of code points to sequences: lower case, removed marks, isolated ideographs. In: text and
 * the table of a map. Out: the mapped text. */
#include "runtime/tokenizer/normal_parts.h"

bool map_view(const uint8_t *table, size_t bytes, struct map_view *v)
{
    const struct rlx_normal_map *map = (const void *)table;
    if (bytes < sizeof *map)
        return false;
    uint64_t pages = (uint64_t)map->page_count * RLX_NORMAL_PAGE * 2,
             ends = ((uint64_t)map->sequence_count + 1) * 4,
             fixed = sizeof *map + RLX_NORMAL_INDEX * 2;
    if (fixed + pages + ends + map->text_bytes > bytes)
        return false;
    v->map = map;
    v->index = (const void *)(table + sizeof *map);
    v->pages = v->index + RLX_NORMAL_INDEX;
    v->ends = (const void *)(table + fixed + pages);
    v->text = (const char *)(v->ends + map->sequence_count + 1);
    return true;
}

static uint32_t value_of(const struct map_view *v, uint32_t point)
{
    return normal_page(v->index, v->pages, v->map->page_count, point);
}

/* The first character from `at` on that the map changes. */
static size_t next_change(const struct map_view *v, const char *text, size_t bytes, size_t at,
                          uint32_t *length, uint32_t *value)
{
    const uint8_t *ascii = v->map->ascii;
    while (at < bytes) {
        uint32_t point = (unsigned char)text[at];
        *length = 1;
        if (point < 0x80) {
            if (ascii[point] != point)
                break;
        } else {
            *length = utf8_read(text, bytes, at, &point);
            *value = *length > 1 ? value_of(v, point) : RLX_MAP_SAME;
            if (*value != RLX_MAP_SAME)
                break;
        }
        at += *length;
    }
    return at;
}

/* A run of ASCII characters that become ASCII characters; returns where it ends. */
static size_t map_ascii(const struct map_view *v, const char *text, size_t bytes, size_t at,
                        struct normal_out *o)
{
    const uint8_t *ascii = v->map->ascii;
    size_t end = ascii_end(text, bytes, at), count = 0;
    char *to = normal_keep(o, at) ? normal_room(o, end - at) : NULL;
    if (!to)
        return bytes;
    for (; at + count < end; count++) {
        uint8_t new = ascii[(unsigned char)text[at + count] & 127];
        if (new >= 0x80)
            break;
        to[count] = (char)new;
    }
    o->changed = true;
    o->bytes->count += count;
    o->kept = at + count;
    return at + count;
}

static bool map_character(const struct map_view *v, size_t at, uint32_t length, uint32_t value,
                          struct normal_out *o)
{
    if (value == RLX_MAP_ISOLATED) {
        char isolated[6] = " ";
        memcpy(isolated + 1, o->text + at, length);
        isolated[length + 1] = ' ';
        return normal_replace(o, at, at + length, isolated, length + 2);
    }
    uint32_t sequence = value - RLX_MAP_SEQUENCE;
    if (sequence >= v->map->sequence_count)
        return true;
    uint32_t start = v->ends[sequence], end = v->ends[sequence + 1];
    if (start > end || end > v->map->text_bytes)
        return true;
    o->front_lost = o->front_lost || (at == 0 && start == end);
    return normal_replace(o, at, at + length, v->text + start, end - start);
}

void normal_map(const struct map_view *v, const char *text, size_t bytes, struct normal_out *o)
{
    uint32_t length = 1, value = RLX_MAP_SAME;
    for (size_t at = 0; !normal_failed(o);) {
        at = next_change(v, text, bytes, at, &length, &value);
        if (at >= bytes)
            return;
        unsigned char c = (unsigned char)text[at];
        if (c < 0x80 && v->map->ascii[c] < 0x80) {
            at = map_ascii(v, text, bytes, at, o);
            continue;
        }
        if (c < 0x80)
            value = value_of(v, c);
        if (value != RLX_MAP_SAME && !map_character(v, at, length, value, o))
            return;
        at += length;
    }
}

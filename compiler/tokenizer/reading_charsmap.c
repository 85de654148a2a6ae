/* SentencePiece's precompiled map of characters, read where it lies. In: the map, and text. Out:
 * the text that it maps to. The map is a number of bytes (4, little-endian), a double array of that
 * size, and the texts that it leads to, each ended by a NUL. A unit of the double array has, from
 * bit 0: the label (8 bits), whether a value follows (bit 8), whether the offset counts in steps of
 * 256 (bit 9), and the offset (22 bits); a value has bit 31 set. Source: Darts-clone by S. Yata. */
#include "compiler/tokenizer/reading_parts.h"

#include <string.h>
#include <utf8proc.h>

struct charsmap {
    const uint8_t *units;
    uint32_t unit_count;
    struct step_text texts;
};

static uint32_t read_u32(const uint8_t *at)
{
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static struct charsmap open_map(struct step_text data)
{
    struct charsmap m = {0};
    if (data.bytes < 4)
        return m;
    uint32_t bytes = (uint32_t)min_u64(read_u32((const uint8_t *)data.text), data.bytes - 4u);
    m.units = (const uint8_t *)data.text + 4;
    m.unit_count = bytes / 4;
    m.texts = (struct step_text){data.text + 4 + bytes, data.bytes - 4 - bytes};
    return m;
}

static uint32_t offset_of(uint32_t unit)
{
    return (unit >> 10) << ((unit & 1u << 9) >> 6);
}

/* The value of the shortest or of the longest key at the start of `text`; *length is the key's. */
static bool look_up(const struct charsmap *m, const char *text, uint32_t bytes, bool longest,
                    uint32_t *value, uint32_t *length)
{
    bool found = false;
    if (m->unit_count == 0)
        return false;
    uint32_t node = offset_of(read_u32(m->units));
    for (uint32_t i = 0; i < bytes && (longest || !found); i++) {
        node ^= (uint8_t)text[i];
        if (text[i] == 0 || node >= m->unit_count)
            break;
        uint32_t unit = read_u32(m->units + 4 * (size_t)node);
        if ((unit & (1u << 31 | 0xffu)) != (uint8_t)text[i])
            break;
        node ^= offset_of(unit);
        if ((unit & 1u << 8) && node < m->unit_count) {
            *value = read_u32(m->units + 4 * (size_t)node) & ~(1u << 31);
            *length = i + 1;
            found = true;
        }
    }
    return found;
}

static void add_mapped(const struct charsmap *m, uint32_t value, struct text *out)
{
    if (value >= m->texts.bytes)
        return;
    const char *at = m->texts.text + value;
    text_add_bytes(out, at, strnlen(at, m->texts.bytes - value));
}

/* SentencePiece: the longest key at each place. */
static void map_longest(const struct charsmap *m, struct step_text in, struct text *out)
{
    for (uint32_t at = 0; at < in.bytes;) {
        uint32_t value, length, point;
        if (look_up(m, in.text + at, in.bytes - at, true, &value, &length)) {
            add_mapped(m, value, out);
            at += length;
        } else {
            length = character_at(in, at, &point);
            text_add_bytes(out, in.text + at, length);
            at += length;
        }
    }
}

static uint32_t cluster_end(struct step_text in, uint32_t start)
{
    utf8proc_int32_t state = 0;
    uint32_t before, point, at = start + character_at(in, start, &before);
    while (at < in.bytes) {
        uint32_t length = character_at(in, at, &point);
        if (utf8proc_grapheme_break_stateful((utf8proc_int32_t)before, (utf8proc_int32_t)point,
                                             &state))
            break;
        before = point;
        at += length;
    }
    return at;
}

/* The tokenizers library: a cluster of fewer than six bytes becomes the text of the shortest key
 * that it begins with, whole, whatever else it has; other clusters are mapped by character. */
static void map_clusters(const struct charsmap *m, struct step_text in, struct text *out)
{
    for (uint32_t at = 0; at < in.bytes;) {
        uint32_t end = cluster_end(in, at), value, length, point;
        if (end - at < 6 && look_up(m, in.text + at, end - at, false, &value, &length)) {
            add_mapped(m, value, out);
            at = end;
        }
        for (uint32_t bytes; at < end; at += bytes) {
            bytes = character_at(in, at, &point);
            if (look_up(m, in.text + at, bytes, false, &value, &length))
                add_mapped(m, value, out);
            else
                text_add_bytes(out, in.text + at, bytes);
        }
    }
}

struct step_text charsmap_apply(const struct text_step *s, struct step_text in, struct arena *a)
{
    struct charsmap m = open_map(s->content);
    struct text out = {.arena = a};
    if (s->by_graphemes)
        map_clusters(&m, in, &out);
    else
        map_longest(&m, in, &out);
    return view(&out);
}

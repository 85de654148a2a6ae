/* SentencePiece's precompiled map of characters: a double array of keys, as Darts-clone lays it
 * out, and the texts that stand in their place. In: text, of any bytes. Out: the mapped text. Each
 * step through the array reads one byte of the text and stays inside the array, whatever it holds.
 * */
#include "runtime/tokenizer/normal_parts.h"

bool charsmap_view(const uint8_t *table, size_t bytes, struct charsmap_view *v)
{
    const struct rlx_normal_charsmap *charsmap = (const void *)table;
    if (bytes < sizeof *charsmap)
        return false;
    bool graphemes = charsmap->flags & RLX_CHARSMAP_GRAPHEMES;
    uint64_t units = (uint64_t)charsmap->unit_count * 4,
             index = sizeof *charsmap + units + ((uint64_t)charsmap->text_bytes + 1) / 2 * 2,
             pages = (uint64_t)charsmap->page_count * RLX_NORMAL_PAGE;
    if (charsmap->unit_count == 0 || charsmap->text_bytes == 0 ||
        index + (graphemes ? RLX_NORMAL_INDEX * 2 + pages : 0) > bytes)
        return false;
    v->charsmap = charsmap;
    v->units = (const void *)(table + sizeof *charsmap);
    v->texts = (const char *)(table + sizeof *charsmap + units);
    v->index = graphemes ? (const void *)(table + index) : NULL;
    v->pages = graphemes ? table + index + RLX_NORMAL_INDEX * 2 : NULL;
    return v->texts[charsmap->text_bytes - 1] == 0;
}

struct found_key {
    size_t bytes; /* of the key; 0: none */
    uint32_t value;
};

/* The shortest or longest key at the start of the text. No key has a NUL. */
static struct found_key find_key(const struct charsmap_view *v, const char *text, size_t bytes,
                                 bool longest)
{
    struct found_key found = {0, 0};
    uint32_t count = v->charsmap->unit_count, at = rlx_unit_offset(v->units[0]);
    for (size_t i = 0; i < bytes && i < RLX_CHARSMAP_KEY; i++) {
        uint32_t c = (unsigned char)text[i];
        at ^= c;
        if (c == 0 || at >= count || (v->units[at] & RLX_UNIT_LABEL) != c)
            break;
        bool leaf = v->units[at] & RLX_UNIT_HAS_VALUE;
        at ^= rlx_unit_offset(v->units[at]);
        if (leaf && at < count) {
            found = (struct found_key){i + 1, v->units[at] & RLX_UNIT_VALUE};
            if (!longest)
                break;
        }
    }
    return found;
}

static bool replace_key(const struct charsmap_view *v, size_t start, size_t end, uint32_t value,
                        struct normal_out *o)
{
    uint32_t rest = value < v->charsmap->text_bytes ? v->charsmap->text_bytes - value : 0;
    size_t longest = rest < RLX_CHARSMAP_LONGEST ? rest : RLX_CHARSMAP_LONGEST;
    const char *text = v->texts + (rest ? value : 0);
    return normal_replace(o, start, end, text, strnlen(text, longest));
}

/* What passes from `at` on without a look at the units. */
static size_t skip(const struct charsmap_view *v, const char *text, size_t bytes, size_t at)
{
    for (; at < bytes && is_ascii(text[at]); at++) {
        uint32_t passes = v->charsmap->ascii[(unsigned char)text[at] & 127];
        if (passes == RLX_CHARSMAP_NEVER ||
            (passes == RLX_CHARSMAP_BEFORE_ASCII && at + 1 < bytes && !is_ascii(text[at + 1])))
            break;
    }
    return at;
}

static bool map_characters(const struct charsmap_view *v, const char *text, size_t at, size_t end,
                           struct normal_out *o)
{
    while (at < end) {
        uint32_t point, length = utf8_read(text, end, at, &point);
        struct found_key key = find_key(v, text + at, length, false);
        if (key.bytes && !replace_key(v, at, at + length, key.value, o))
            return false;
        at += length;
    }
    return true;
}

static void map_clusters(const struct charsmap_view *v, const char *text, size_t bytes,
                         struct normal_out *o)
{
    for (size_t at = skip(v, text, bytes, 0), end; at < bytes; at = skip(v, text, bytes, end)) {
        struct found_key key = {0, 0};
        end = grapheme_end(v, text, bytes, at);
        if (end - at < RLX_CHARSMAP_CLUSTER)
            key = find_key(v, text + at, end - at, false);
        if (!(key.bytes ? replace_key(v, at, end, key.value, o)
                        : map_characters(v, text, at, end, o)))
            return;
    }
}

static void map_prefixes(const struct charsmap_view *v, const char *text, size_t bytes,
                         struct normal_out *o)
{
    for (size_t at = skip(v, text, bytes, 0); at < bytes; at = skip(v, text, bytes, at)) {
        struct found_key key = find_key(v, text + at, bytes - at, true);
        uint32_t point, length = utf8_read(text, bytes, at, &point);
        if (key.bytes) {
            if (!replace_key(v, at, at + key.bytes, key.value, o))
                return;
            at += key.bytes;
            continue;
        }
        if (length == 1 && !is_ascii(text[at]) && !normal_replace(o, at, at + 1, "\xef\xbf\xbd", 3))
            return;
        at += length;
    }
}

void normal_charsmap(const struct charsmap_view *v, const char *text, size_t bytes,
                     struct normal_out *o)
{
    if (v->charsmap->flags & RLX_CHARSMAP_GRAPHEMES)
        map_clusters(v, text, bytes, o);
    else
        map_prefixes(v, text, bytes, o);
}

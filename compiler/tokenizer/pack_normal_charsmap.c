/* SentencePiece's precompiled map. In: its bytes as published, which may be hostile: u32
 * little-endian, the size of a double array of Darts-clone in bytes; the array; texts, each of
 * which ends with NUL. Out: the same in the layout of rlx_normal_charsmap, with a table of the
 * ASCII characters that need no search, and grapheme clusters if the map goes by them.
 */
#include "compiler/tokenizer/pack_normal_parts.h"
#include "runtime/base/utf8.h"

#include <string.h>

enum { MAX_UNITS = 1 << 20, MAX_TEXT = 1 << 24 };

struct charsmap {
    const uint8_t *published; /* units */
    uint32_t unit_count;
    const char *texts;
    uint32_t text_bytes;
    uint8_t *visited; /* states: those of a block of 256 that has units, [state_count] */
    uint32_t state_count;
    struct place place;
    struct diags *diags;
};

static uint32_t read_u32(const uint8_t *at)
{
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static uint32_t unit_at(const struct charsmap *m, uint32_t at)
{
    return read_u32(m->published + 4 * (size_t)at);
}

/* Whether the array has a child by that byte; `state` then is where its children count from. */
static bool step(const struct charsmap *m, uint32_t *state, uint32_t byte, bool *leaf)
{
    uint32_t at = *state ^ byte;
    if (at >= m->unit_count || (unit_at(m, at) & RLX_UNIT_LABEL) != byte)
        return false;
    *leaf = unit_at(m, at) & RLX_UNIT_HAS_VALUE;
    *state = at ^ rlx_unit_offset(unit_at(m, at));
    return true;
}

/* All keys below a state: their values are inside the texts, and none is too long. */
static bool check_keys(struct charsmap *m, uint32_t state, uint32_t depth)
{
    if (state >= m->state_count || m->visited[state])
        return true;
    if (depth > RLX_CHARSMAP_KEY)
        return diag_error(m->diags, m->place, "charsmap: expected keys of at most %d bytes",
                          RLX_CHARSMAP_KEY);
    m->visited[state] = 1;
    for (uint32_t byte = 1; byte < 256; byte++) {
        uint32_t child = state;
        bool leaf;
        if (!step(m, &child, byte, &leaf))
            continue;
        if (leaf &&
            (child >= m->unit_count || (unit_at(m, child) & RLX_UNIT_VALUE) >= m->text_bytes))
            return diag_error(m->diags, m->place,
                              "charsmap: expected offsets below %u in the texts", m->text_bytes);
        if (!check_keys(m, child, depth + 1))
            return false;
    }
    return true;
}

static bool check_texts(const struct charsmap *m)
{
    uint32_t length = 0;
    for (uint32_t at = 0, bytes; at < m->text_bytes; at += bytes) {
        uint32_t point;
        bytes = utf8_read(m->texts, m->text_bytes, at, &point);
        if (bytes == 1 && point >= 0x80)
            return diag_error(m->diags, m->place, "charsmap: expected texts in UTF-8");
        length = point == 0 ? 0 : length + bytes;
        if (length > RLX_CHARSMAP_LONGEST)
            return diag_error(m->diags, m->place, "charsmap: expected texts of at most %d bytes",
                              RLX_CHARSMAP_LONGEST);
    }
    return true;
}

static bool read_charsmap(struct step_text content, struct charsmap *m)
{
    const uint8_t *bytes = (const uint8_t *)content.text;
    uint32_t array = content.bytes >= 4 ? read_u32(bytes) : 0;
    if (array < 4 || array % 4 || array > content.bytes - 4)
        return diag_error(m->diags, m->place,
                          "charsmap: expected a double array in %u bytes, found a size of %u",
                          content.bytes, array);
    m->published = bytes + 4;
    m->unit_count = array / 4;
    m->texts = content.text + 4 + array;
    m->text_bytes = content.bytes - 4 - array;
    if (m->unit_count > MAX_UNITS || m->text_bytes > MAX_TEXT)
        return diag_error(m->diags, m->place,
                          "charsmap: expected at most %d units and %d bytes of text", MAX_UNITS,
                          MAX_TEXT);
    return true;
}

/* When the character passes without a search. */
static uint8_t ascii_of(const struct charsmap *m, uint32_t c, bool by_graphemes)
{
    uint32_t state = rlx_unit_offset(unit_at(m, 0));
    bool leaf = false, any = false, ascii = false;
    if (c == 0 || !step(m, &state, c, &leaf))
        return by_graphemes ? RLX_CHARSMAP_BEFORE_ASCII : RLX_CHARSMAP_ALWAYS;
    for (uint32_t next = 1; next < 128; next++) {
        uint32_t child = state;
        ascii = ascii || step(m, &child, next, &any);
    }
    return leaf || ascii ? RLX_CHARSMAP_NEVER : RLX_CHARSMAP_BEFORE_ASCII;
}

static void write_charsmap(const struct charsmap *m, bool by_graphemes, struct table_bytes *t)
{
    struct rlx_normal_charsmap header = {.flags = by_graphemes ? RLX_CHARSMAP_GRAPHEMES : 0,
                                         .unit_count = m->unit_count,
                                         .text_bytes = m->text_bytes + 1};
    uint32_t start = t->count;
    for (uint32_t c = 0; c < 128; c++)
        header.ascii[c] = ascii_of(m, c, by_graphemes);
    table_add(t, &header, sizeof header);
    for (uint32_t i = 0; i < m->unit_count; i++) {
        uint32_t unit = unit_at(m, i);
        table_add(t, &unit, sizeof unit);
    }
    table_add(t, m->texts, m->text_bytes);
    table_add(t, "", 1); /* ends the last text if nothing else does */
    table_align(t, 2);
    if (by_graphemes)
        header.page_count = pack_graphemes(t);
    memcpy(t->data + start, &header, sizeof header);
}

bool pack_charsmap(const struct text_step *s, struct place place, struct table_bytes *t,
                   struct diags *d)
{
    struct charsmap m = {.place = place, .diags = d};
    if (!read_charsmap(s->content, &m) || !check_texts(&m))
        return false;
    m.state_count = (uint32_t)round_up(m.unit_count, 256); /* children are in the state's block */
    m.visited = arena_new(t->arena, uint8_t, m.state_count);
    if (!check_keys(&m, rlx_unit_offset(unit_at(&m, 0)), 0))
        return false;
    write_charsmap(&m, s->by_graphemes, t);
    return true;
}

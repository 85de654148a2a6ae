/* The normalizer and the decoder of SentencePiece as steps of a pipeline. In: the settings of a model.
 * Out: steps.
 *
 * The normalizer maps the longest prefix that its map has, again and again. Of the mapped text it drops
 * spaces at both ends and all but one of several, writes U+2581 for a space, drops U+2581 at the end,
 * and puts one in front. Text that only the removal of spaces makes empty gets no prefix. */
#include "compiler/import/sentencepiece.h"

#include "compiler/import/text_steps.h"

static const char mark[] = "\u2581";

void sentencepiece_add_marks(struct pipeline *p, struct arena *a)
{
    step_add_replace(&p->normalizers, a, NULL, " ", mark)->literal = true;
}

static void add_prefix(struct pipeline *p, struct arena *a)
{
    step_add(&p->normalizers, a, STEP_prepend, NULL)->content = step_text_literal(" ");
}

void sentencepiece_add_normalizer(struct pipeline *p, struct arena *a,
                                  const struct sentencepiece_normalizer *n)
{
    struct text_steps *steps = &p->normalizers;

    if (n->prefix && !n->remove_spaces)
        add_prefix(p, a);
    if (n->charsmap.bytes != 0)
        step_add(steps, a, STEP_charsmap, n->object)->content = n->charsmap;
    if (n->remove_spaces) {
        step_add_replace(
            steps, a, NULL,
            n->removes_marks ? "(?<![ \u2581])[ \u2581]+\\z|\\A +" : "(?<! ) +\\z|\\A +", "");
        step_add_replace(steps, a, NULL, " {2,}", " ");
        if (n->prefix)
            add_prefix(p, a);
    }
    if (!n->spaces_stay)
        sentencepiece_add_marks(p, a);
}

void sentencepiece_add_decoders(struct pipeline *p, struct arena *a, bool prefix)
{
    struct decoder_step *step = step_add_decoder(&p->decoders, a, DECODE_replace);

    step->expression = step_text_literal(mark);
    step->content = step_text_literal(" ");
    step_add_decoder(&p->decoders, a, DECODE_byte_fallback);
    step_add_decoder(&p->decoders, a, DECODE_fuse);
    if (prefix) {
        step = step_add_decoder(&p->decoders, a, DECODE_strip);
        step->content = step_text_literal(" ");
        step->start = 1;
    }
}

/* ---- the precompiled map: a double array (darts-clone) behind its length in bytes ---- */

static bool unit_at(struct step_text map, uint32_t bytes, uint64_t index, uint32_t *unit)
{
    if (index >= bytes / 4)
        return false;
    const uint8_t *at = (const uint8_t *)map.text + 4 + 4 * index;
    *unit = (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
    return true;
}

/* Where the children of a unit begin, relative to it. */
static uint32_t offset_of(uint32_t unit)
{
    return (unit >> 10) << ((unit & 1u << 9) >> 6);
}

/* Whether the map has a key that begins the text. */
static bool map_has_prefix(struct step_text map, uint32_t bytes, const char *text, size_t length)
{
    uint32_t unit;
    if (!unit_at(map, bytes, 0, &unit))
        return false;
    uint64_t at = offset_of(unit);
    for (size_t i = 0; i < length; i++) {
        uint8_t byte = (uint8_t)text[i];
        at ^= byte;
        if (!unit_at(map, bytes, at, &unit) || (unit & (1u << 31 | 0xff)) != byte)
            return false;
        if (unit & 1u << 8)
            return true;
        at ^= offset_of(unit);
    }
    return false;
}

bool sentencepiece_map_changes(struct step_text charsmap, const char *text, size_t bytes)
{
    if (charsmap.bytes < 4)
        return false;
    const uint8_t *head = (const uint8_t *)charsmap.text;
    uint32_t units = (uint32_t)head[0] | (uint32_t)head[1] << 8 | (uint32_t)head[2] << 16 |
                     (uint32_t)head[3] << 24;
    if (units > charsmap.bytes - 4)
        return false;
    for (size_t i = 0; i < bytes; i++)
        if (((uint8_t)text[i] & 0xc0) != 0x80 &&
            map_has_prefix(charsmap, units, text + i, bytes - i))
            return true;
    return false;
}

/* Extended grapheme clusters (Unicode Standard Annex 29), by a table of classes. In: text. Out:
 * where a cluster ends. */
#include "runtime/tokenizer/normal_parts.h"

static uint32_t class_at(const struct charsmap_view *v, const char *text, size_t bytes, size_t at,
                         uint32_t *length)
{
    uint32_t point;
    *length = utf8_read(text, bytes, at, &point);
    uint32_t page = v->index[point / RLX_NORMAL_PAGE];
    if (page >= v->charsmap->page_count)
        return RLX_GRAPHEME_OTHER;
    return v->pages[(size_t)page * RLX_NORMAL_PAGE + point % RLX_NORMAL_PAGE];
}

static bool is_extend(uint32_t c)
{
    return c == RLX_GRAPHEME_EXTEND || c == RLX_GRAPHEME_LINKER || c == RLX_GRAPHEME_NON_JOINER;
}

static bool is_control(uint32_t c)
{
    return c == RLX_GRAPHEME_CR || c == RLX_GRAPHEME_LF || c == RLX_GRAPHEME_CONTROL;
}

/* What the cluster so far is to the rules that look further back than one character. */
struct past {
    bool pictograph; /* it ends with a pictograph and Extends (GB11) */
    bool joined;     /* ... and a ZWJ */
    bool odd_region; /* it ends with an odd number of regional indicators (GB12) */
    bool consonant;  /* it ends with a consonant, Extends and linkers (GB9c) */
    bool linked;     /* ... at least one linker */
};

static void step_past(struct past *p, uint32_t c)
{
    bool extends = is_extend(c);
    p->joined = c == RLX_GRAPHEME_ZWJ && p->pictograph;
    p->pictograph = c == RLX_GRAPHEME_PICTOGRAPH || (extends && p->pictograph);
    p->odd_region = c == RLX_GRAPHEME_REGIONAL && !p->odd_region;
    bool goes_on =
        p->consonant && c != RLX_GRAPHEME_NON_JOINER && (extends || c == RLX_GRAPHEME_ZWJ);
    p->linked = goes_on && (p->linked || c == RLX_GRAPHEME_LINKER);
    p->consonant = goes_on || c == RLX_GRAPHEME_CONSONANT;
}

static bool joins_hangul(uint32_t before, uint32_t c)
{
    switch (before) {
    case RLX_GRAPHEME_L:
        return c == RLX_GRAPHEME_L || c == RLX_GRAPHEME_V || c == RLX_GRAPHEME_LV ||
               c == RLX_GRAPHEME_LVT;
    case RLX_GRAPHEME_LV:
    case RLX_GRAPHEME_V:
        return c == RLX_GRAPHEME_V || c == RLX_GRAPHEME_T;
    case RLX_GRAPHEME_LVT:
    case RLX_GRAPHEME_T:
        return c == RLX_GRAPHEME_T;
    default:
        return false;
    }
}

/* Whether no boundary is before a character of class `c`. */
static bool joins(const struct past *p, uint32_t before, uint32_t c)
{
    if (before == RLX_GRAPHEME_CR)
        return c == RLX_GRAPHEME_LF;
    if (is_control(before) || is_control(c))
        return false;
    return is_extend(c) || c == RLX_GRAPHEME_ZWJ || c == RLX_GRAPHEME_SPACING_MARK ||
           before == RLX_GRAPHEME_PREPEND || joins_hangul(before, c) ||
           (p->joined && c == RLX_GRAPHEME_PICTOGRAPH) ||
           (p->odd_region && c == RLX_GRAPHEME_REGIONAL) ||
           (p->linked && c == RLX_GRAPHEME_CONSONANT);
}

size_t grapheme_end(const struct charsmap_view *v, const char *text, size_t bytes, size_t at)
{
    struct past past = {0};
    uint32_t length, before = class_at(v, text, bytes, at, &length);
    step_past(&past, before);
    for (at += length; at < bytes; at += length) {
        uint32_t c = class_at(v, text, bytes, at, &length);
        if (!joins(&past, before, c))
            break;
        step_past(&past, c);
        before = c;
    }
    return at;
}

/* What the files normal*.c share. Private to them. */
#ifndef RLX_NORMAL_PARTS_H
#define RLX_NORMAL_PARTS_H

#include "runtime/base/utf8.h"
#include "runtime/tokenizer/normal.h"

#include <string.h>

/* What a step writes. Until the first change nothing is copied: text from `kept` on, up to where
 * the step has come, is still to be copied. */
struct normal_out {
    struct bytes *bytes;
    const char *text;
    size_t kept;
    size_t limit; /* of what is written */
    bool changed, no_memory, too_long, front_lost;
};

/* Room for `count` (> 0) more bytes, at the returned place; NULL without it, which ends the step.
 * */
char *normal_room(struct normal_out *o, size_t count);
/* What was read since the last change, up to `at`, stays. */
bool normal_keep(struct normal_out *o, size_t at);
/* The text in [start, end) becomes `content`. */
bool normal_replace(struct normal_out *o, size_t start, size_t end, const char *content,
                    size_t count);

static inline bool normal_failed(const struct normal_out *o)
{
    return o->no_memory || o->too_long;
}

/* Views of the tables of a step. False where they do not fit `bytes`. */
struct map_view {
    const struct rlx_normal_map *map;
    const uint16_t *index, *pages;
    const uint32_t *ends;
    const char *text;
};
bool map_view(const uint8_t *table, size_t bytes, struct map_view *v);

struct form_view {
    const struct rlx_normal_form *form;
    const uint16_t *index, *pages;
    const struct rlx_form_record *records;
    const uint32_t *points;
    const struct rlx_form_composition *compositions;
};
bool form_view(const uint8_t *table, size_t bytes, struct form_view *v);

struct charsmap_view {
    const struct rlx_normal_charsmap *charsmap;
    const uint32_t *units;
    const char *texts;
    const uint16_t *index; /* of grapheme classes */
    const uint8_t *pages;
};
bool charsmap_view(const uint8_t *table, size_t bytes, struct charsmap_view *v);

/* The steps. They write to `o` and leave `changed` false where the text stays. */
void normal_map(const struct map_view *v, const char *text, size_t bytes, struct normal_out *o);
void normal_form(const struct form_view *v, const char *text, size_t bytes, struct normal_out *o);
void normal_charsmap(const struct charsmap_view *v, const char *text, size_t bytes,
                     struct normal_out *o);

/* The end of the extended grapheme cluster that begins at `at` (< bytes). */
size_t grapheme_end(const struct charsmap_view *v, const char *text, size_t bytes, size_t at);

/* An element of a table by code point, or 0. */
static inline uint32_t normal_page(const uint16_t *index, const uint16_t *pages,
                                   uint32_t page_count, uint32_t point)
{
    uint32_t page = index[point / RLX_NORMAL_PAGE];
    return page < page_count ? pages[(size_t)page * RLX_NORMAL_PAGE + point % RLX_NORMAL_PAGE] : 0;
}

static inline bool is_ascii(char c)
{
    return (unsigned char)c < 0x80;
}

/* Where the run of ASCII characters from `at` on ends. */
static inline size_t ascii_end(const char *text, size_t bytes, size_t at)
{
    for (uint64_t eight; bytes - at >= sizeof eight; at += sizeof eight) {
        memcpy(&eight, text + at, sizeof eight);
        if (eight & 0x8080808080808080u)
            break;
    }
    while (at < bytes && is_ascii(text[at]))
        at++;
    return at;
}

#endif

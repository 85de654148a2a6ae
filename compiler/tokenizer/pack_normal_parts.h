/* What the files pack_normal*.c share: a block while it is assembled. No other file includes it. */
#ifndef RLXC_PACK_NORMAL_PARTS_H
#define RLXC_PACK_NORMAL_PARTS_H

#include "compiler/tokenizer/pack_normal.h"

#include "rlx/normal_format.h"

enum {
    NORMAL_POINTS = 0x110000,
    NORMAL_STEPS = 256,      /* of a tokenizer at most */
    NORMAL_BYTES = 64 << 20, /* of a block at most */
};

/* Bytes that grow; tables are put together in one and then go into the block. */
struct table_bytes {
    struct arena *arena;
    uint8_t *data;
    uint32_t count, capacity;
};
void table_add(struct table_bytes *t, const void *data, size_t bytes);
void table_align(struct table_bytes *t, uint32_t align);

/* INDEX and then PAGES of elements of `size` bytes, one for each code point; returns the number of
 * pages. Equal pages are stored once. */
uint32_t table_add_pages(struct table_bytes *t, const void *values, uint32_t size);

/* A map while it is made: a value of rlx_map_value for each code point. */
struct point_map {
    uint16_t *values;            /* [NORMAL_POINTS] */
    struct step_text *sequences; /* UTF-8 */
    uint32_t count, capacity;
};

/* The map that a step is, into the values of `out`, which are zero; sequences go to `a`. False
 * where it is none: it looks at more than one code point. */
bool point_map_of(const struct text_step *s, struct arena *a, struct point_map *out);
/* `first` becomes what `first` and then `second` do. False, with nothing done, where that takes too
 * many sequences. */
bool point_map_join(struct point_map *first, const struct point_map *second, struct arena *a);
void pack_map(const struct point_map *m, struct table_bytes *t);

void pack_form(enum normal_form form, struct table_bytes *t);

bool pack_charsmap(const struct text_step *s, struct place place, struct table_bytes *t,
                   struct diags *d);
/* Index and pages of rlx_grapheme_class; returns the number of pages. */
uint32_t pack_graphemes(struct table_bytes *t);

#endif

/* Packed weight layouts; the table and the pictures are in layout.def. */
#ifndef RLXC_LAYOUT_H
#define RLXC_LAYOUT_H

#include "compiler/base/dtype.h"

enum layout {
    LAYOUT_none, /* as the model file has it: row after row */
#define LAYOUT(name, ...) LAYOUT_##name,
#include "compiler/hir/layout.def"
#undef LAYOUT
    LAYOUT_COUNT
};

enum { ROW_GROUP = 16 };

struct layout_info {
    const char *name;
    enum dtype dtype;
    uint32_t unit, bytes, half, bias;
};

extern const struct layout_info layout_info[LAYOUT_COUNT];

enum layout layout_of(enum dtype dtype);                     /* the packed layout of a format */
uint64_t layout_group_bytes(enum layout layout, uint64_t k); /* stride of a row group */
uint64_t layout_bytes(enum layout layout, uint64_t n, uint64_t k);

/* Packs one row group. `rows[r]` is row r in the model's own format (k elements), NULL for a row of
 * zeros. */
void layout_pack_group(enum layout layout, const uint8_t *const rows[ROW_GROUP], uint64_t k,
                       uint8_t *group);
/* Reads row r of a packed group back as f32: the meaning of a layout in plain loops. */
void layout_read_row(enum layout layout, const uint8_t *group, uint32_t r, uint64_t k, float *out);

#endif

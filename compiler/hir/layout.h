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

enum scale_form {
    SCALE_none,
    SCALE_f16,
    SCALE_six_bits,
    SCALE_i8,
    SCALE_nibbles,
    SCALE_unit,
    SCALE_e8m0,
    SCALE_ue4m3,
    SCALE_zeros,
    SCALE_row
};

struct layout_info {
    const char *name;
    enum dtype dtype;
    uint32_t unit, bytes, bias, bits, scales, groups;
    const int8_t *table; /* of 16 values; NULL: stored integers are the values */
    enum scale_form form;
    int32_t power;  /* scales are multiplied by 2 to this power */
    int32_t folded; /* bias of integers times their scales; -1: those are no bytes */
};

extern const struct layout_info layout_info[LAYOUT_COUNT];

enum { LAYOUT_BLOCK = 32 /* elements that integers are summed over */ };

/* Of places in a table of f32, where there is one. */
static inline const float *layout_floats(enum layout layout)
{
    return dtype_floats(layout_info[layout].dtype);
}

/* Integers, whose products are summed exactly. */
static inline bool layout_is_quantized(enum layout layout)
{
    return layout_info[layout].bits != 0 && layout_floats(layout) == NULL;
}

/* Words of f32 [r] in front of the bytes [k][r] of a unit; 0: its elements are others. */
static inline uint32_t layout_byte_words(enum layout layout)
{
    return dtype_byte_words(layout_info[layout].dtype);
}

/* A column of each row after the other, without scales. */
static inline bool layout_is_plain(enum layout layout)
{
    return layout_info[layout].bits == 0 && dtype_info[layout_info[layout].dtype].block == 1;
}

static inline bool layout_has_minimum(enum layout layout)
{
    return layout_is_quantized(layout) && layout_info[layout].bias == 0;
}

/* Integers times their integer scales are bytes, and d scales all of a unit. */
static inline bool layout_folds(enum layout layout)
{
    return layout_info[layout].folded >= 0;
}

/* What activations keep of the sum of a block of 32: times minus this bias (0: as it is), and of each
 * 16 apart (2; else 0), where scales or minimums differ; `folded`: for weights that are folded. */
static inline uint32_t layout_sums_bias(enum layout layout, bool folded)
{
    const struct layout_info *l = &layout_info[layout];

    return folded && layout_folds(layout) ? (uint32_t)l->folded : l->bias;
}

static inline uint32_t layout_block_sums(enum layout layout, bool folded)
{
    const bool joined = folded && layout_folds(layout) && !layout_has_minimum(layout);

    return layout_info[layout].scales == 2 && !joined ? 2 : 0;
}

/* Bits of a stored integer that stand together in a byte with those of others; the rest stand apart,
 * before them (but for the last quads of 3 bits, which fill bytes of the others). */
static inline uint32_t layout_low_bits(enum layout layout)
{
    const uint32_t bits = layout_info[layout].bits;

    return bits == 8 || bits < 4 ? bits : 4;
}

/* One scale for all of a row. */
static inline bool layout_scales_rows(enum layout layout)
{
    return layout_info[layout].form == SCALE_row;
}

/* Bytes of a row group in front of its first unit. */
static inline uint32_t layout_head_bytes(enum layout layout)
{
    return layout_scales_rows(layout) ? ROW_GROUP * sizeof(float) : 0;
}

/* K must be a multiple of this many elements: the block of the model's format. */
static inline uint32_t layout_multiple(enum layout layout)
{
    return dtype_info[layout_info[layout].dtype].block;
}

/* Bytes from a unit of a row group to its next one. */
static inline uint32_t layout_step(enum layout layout)
{
    return layout_info[layout].bytes * layout_info[layout].groups;
}

/* Where the integers of block h of a unit begin. */
static inline uint32_t layout_integers_at(enum layout layout, uint32_t h)
{
    const struct layout_info *l = &layout_info[layout];

    return l->bytes - (l->unit / LAYOUT_BLOCK - h) * 64 * l->bits;
}

/* Blocks of 32 that have one scale together. */
static inline uint32_t layout_blocks_of_scale(enum layout layout)
{
    return layout_info[layout].form == SCALE_zeros || layout_floats(layout) != NULL
               ? layout_multiple(layout) / LAYOUT_BLOCK
               : 1;
}

enum layout layout_of(enum dtype dtype);                     /* the packed layout of a format */
uint64_t layout_group_bytes(enum layout layout, uint64_t k); /* what one row group takes */
/* Where the first unit of row group `group` of a matrix is, and what `count` of them take with those
 * that fill the last pair. */
uint64_t layout_group_at(enum layout layout, uint64_t k, uint64_t group);
uint64_t layout_groups_bytes(enum layout layout, uint64_t count, uint64_t k);
uint64_t layout_bytes(enum layout layout, uint64_t n, uint64_t k);

/* From the first unit of a pair to that of the group `count` after. */
static inline uint64_t layout_groups_apart(enum layout layout, uint64_t k, uint64_t count)
{
    return layout_group_at(layout, k, count) - layout_group_at(layout, k, 0);
}

/* Packs one row group, whose first unit is at `group`. `rows[r]` is row r in the model's own format
 * (k elements), NULL for a row of zeros. */
void layout_pack_group(enum layout layout, const uint8_t *const rows[ROW_GROUP], uint64_t k,
                       uint8_t *group);

/* One block of 32 of one row of a quantized layout: element e is q[e] * scale[e / 16] +
 * minimum[e / 16]. */
struct layout_block {
    float scale[2], minimum[2];
    float d, dmin; /* of layouts that fold: a scale is d, a minimum -dmin, times an integer */
    int32_t multiplier[2], integer_minimum[2]; /* those integers */
    int32_t q[LAYOUT_BLOCK];                   /* the stored integers less the bias */
};

/* Reading back: the meaning of a layout in plain loops. */
void layout_read_block(enum layout layout, const uint8_t *group, uint32_t r, uint64_t block,
                       struct layout_block *out);
void layout_read_row(enum layout layout, const uint8_t *group, uint32_t r, uint64_t k, float *out);

#endif

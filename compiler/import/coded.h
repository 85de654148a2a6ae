/* Tensors that a directory has in several parts: numbers of few bits, their scales, their zero
 * points. An element is (number - zero point) * scale; zero point and scale are those of its group.
 * In: parts, which the importer checked; out: rows of one tensor of an ordinary type that loses
 * nothing. Where groups are whole blocks of 32, f16 holds all scales and the differences are small
 * enough, that is a type of blocks of integers; i4_g32 to i4_g128 for numbers of 4 bits whose scales
 * have at most 16 bits of fraction; nf4 and fp4 for their tables; i8_row, where a row has one scale and
 * f16 does not hold it or activations are meant to have one, too; f8_e4m3, where groups of such numbers
 * are whole blocks of 128; i8_g128 and i8_g32 for all other integers; else f32.
 *
 * Columns of a group may stand anywhere (act-order). Where all groups have as many, the tensor has them
 * group by group: struct tensor's `order` says which column each is.
 *
 * coded_schemes.c has the schemes, their names and their shapes; coded_types.c chooses the type. */
#ifndef RLXC_CODED_H
#define RLXC_CODED_H

#include "compiler/import/model.h"

/* The types that parts have: PART(name, safetensors, bytes). */
#define PART_TYPES(PART)        \
    PART(u8, "U8", 1)           \
    PART(i8, "I8", 1)           \
    PART(i32, "I32", 4)         \
    PART(i64, "I64", 8)         \
    PART(f8_e4m3, "F8_E4M3", 1) \
    PART(f16, "F16", 2)         \
    PART(bf16, "BF16", 2)       \
    PART(f32, "F32", 4)

enum part_type {
    PART_none, /* no tensor, or one of another type */
#define PART(name, safetensors, bytes) PART_##name,
    PART_TYPES(PART)
#undef PART
};

/* A tensor of a file as it stands there. */
struct part {
    str_id name, source_name;
    enum part_type type;
    uint8_t rank;
    uint64_t shape[MODEL_MAX_RANK];
    uint32_t file;
    uint64_t offset, bytes; /* inside that file; as many as shape and type say */
};

/* Integers of a matrix with one packed axis. In i32 they stand one after the other from bit 0 on,
 * and may cross words; in u8 two nibbles stand in a byte, the high one first; a byte of any other
 * type is one of them. */
struct coded_integers {
    struct part part;
    uint8_t bits;
    bool alternating;      /* in i32: eight nibbles are elements 0 2 4 6 1 3 5 7 */
    uint32_t added;        /* in i32: to each word, carrying over */
    uint64_t step, stride; /* units of the part from one to the next along the packed axis, and
                              along the other one */
};

enum { MXFP4_BLOCK = 32, MXFP4_BLOCK_BYTES = 16 };

struct coded {
    bool is_mxfp4; /* numbers are blocks of 16 bytes, scales are exponents; nothing else counts */
    struct coded_integers numbers;
    bool packed_rows;            /* the packed axis of numbers is that of rows; else of columns */
    const float *table;          /* the value of each number; NULL: the number itself */
    struct coded_integers zeros; /* [row, group], packed along rows; PART_none: all are `zero` */
    int32_t zero;                /* or what is added to each */
    struct part scales;          /* floating-point numbers, or places in scale_table */
    const float *scale_table;    /* NULL: none */
    struct part outer_scales;    /* with a table: each is for outer_block scales */
    uint64_t outer_block;
    float scale_offset;                 /* with a table: added */
    uint64_t group_rows, group_columns; /* of the elements that share a scale */
    uint64_t row_step, column_step;     /* scales from one group to the next along either axis */
    struct part groups;                 /* that say so; PART_none: they are in order */
    const uint32_t *group_of;           /* by column; NULL: by group_columns */
    const uint32_t
        *order; /* columns sorted by group_of: the tensor's; NULL: they stay as they are */
    /* Measured by coded_measure. */
    bool half_scales;  /* f16 holds every scale */
    bool short_scales; /* the low 8 bits of every scale are 0 */
    int32_t least_zero, greatest_zero;
};

uint32_t part_type_bytes(enum part_type type);
enum part_type part_type_of(const char *safetensors);
const char *part_type_name(enum part_type type); /* as there */
/* Element i of a part, as a number. */
double part_number(const struct model *m, const struct part *p, uint64_t i);

/* Of a row and a group of its columns. */
float coded_scale(const struct model *m, const struct coded *c, uint64_t row, uint64_t group);
int32_t coded_zero(const struct model *m, const struct coded *c, uint64_t row, uint64_t group);
/* Reads the scales and zero points of a matrix of so many rows and columns. False: a scale is not
 * finite. */
bool coded_measure(const struct model *m, struct coded *c, uint64_t rows, uint64_t columns);
/* Whether a type loses nothing. After coded_measure. */
bool coded_fits(const struct coded *c, uint64_t columns, enum dtype dtype);
/* The best type that loses nothing: the smallest, or i8_row before q8_0 for activations with a scale
 * per row. Likewise. */
enum dtype coded_type(const struct coded *c, uint64_t columns, bool int8_rows);
/* The types, from the smallest on, except mxfp4. */
enum { CODED_TYPES = 13 };
extern const enum dtype coded_types[CODED_TYPES];
/* What its parts take in files. */
uint64_t coded_bytes(const struct coded *c);
/* One row in the type of `t`. */
void coded_row(const struct model *m, const struct tensor *t, uint64_t row, uint8_t *to);
/* As model_visit_rows. */
void coded_visit(const struct model *m, const struct tensor *t, uint64_t first, uint64_t rows,
                 void (*visit)(void *context, const struct file *f, uint64_t offset,
                               uint64_t bytes),
                 void *context);

/* ---- joining (coded_tensors.c, coded_schemes.c, coded_bitsandbytes.c) ---- */

struct joining {
    struct model *m;
    struct diags *d;
    const uint32_t *part_of;   /* by name: the last part that has it, from 1; 0: none */
    const uint32_t *unread_of; /* likewise of tensors that rlx does not read */
    str_id names;              /* how many names both have */
    bool *joined;              /* by name */
    const struct part *main;   /* the part of the tensor that has its numbers */
    const char *base;          /* its name up to the scheme's suffix */
    struct coded *coded;       /* to fill in */
    struct tensor *tensor;     /* likewise: name, rank and shape */
};

struct coded_scheme {
    const char *suffix;                    /* of the part with the numbers */
    enum part_type type;                   /* of that part */
    enum quantization_method method;       /* QUANTIZATION_none: any */
    bool (*join)(const struct joining *j); /* false: `d` says what does not fit */
};
/* The scheme of a part; NULL: it is not one with numbers. */
const struct coded_scheme *coded_scheme_of(const struct model *m, const struct part *p);
/* The part with that name behind the base, which is joined now; NULL: there is none. */
const struct part *joining_find(const struct joining *j, const char *suffix);
struct place joining_place(const struct joining *j, const struct part *p);
/* Says which shape a part was expected to have; false. */
bool joining_misfit(const struct joining *j, const struct part *p, const char *expected);
uint64_t part_elements(const struct part *p);
bool join_bitsandbytes(const struct joining *j);

#endif
